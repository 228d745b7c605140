"""Fetch what is new of a card's table, one module per kind of server."""

from collections.abc import Mapping

from keten.sources.cards.types import Card
from keten.sources.fetch import cbs, ckan, file, unhcr
from keten.sources.fetch.fetched import Fetched
from keten.sources.fetch.http import Client
from keten.sources.store import Receipt

KINDS = {"file": file.fetch, "ckan": ckan.fetch, "cbs": cbs.fetch, "unhcr": unhcr.fetch}


def fetch(card: Card, client: Client, known: list[Receipt], servers: Mapping[str, str]) -> list[Fetched]:
    """The files of a card as they are now, each new, unchanged or failed.

    `known`: what was accepted of this source before, as `store.receipts` gives it. `servers`: other addresses by name
    of server (see `place`). New files lie in the client's folder. Raises FetchFailed when nothing could be fetched.
    """
    return KINDS[card.fetch.kind](card, client, known, servers)
