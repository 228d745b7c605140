"""Fetch what is new of a card's table, one module per kind of server."""

from collections.abc import Mapping

from keten.sources.cards.types import Card, Fetch
from keten.sources.fetch import cbs, ckan, file, unhcr
from keten.sources.fetch.fetched import Fetched, Retrieval
from keten.sources.fetch.http import Client
from keten.sources.store import Receipt

FETCHERS = {"file": file.fetch, "ckan": ckan.fetch, "cbs": cbs.fetch, "unhcr": unhcr.fetch}


def fetch(card: Card, where: Fetch, client: Client, known: list[Receipt], servers: Mapping[str, str]) -> list[Fetched]:
    """The files of a card as they are now, each new, unchanged or failed.

    `where`: the card's own [fetch]; `known`: what was accepted of this source before, as `store.receipts` gives it;
    `servers`: other addresses by name of server (see `place`). New files lie in the client's folder. Raises FetchFailed
    when nothing could be fetched.
    """
    return FETCHERS[where.kind](Retrieval(card, where, client, known, servers))
