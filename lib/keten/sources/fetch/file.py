"""A table that is one file at one address."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from keten.sources.cards.types import Card
from keten.sources.fetch.fetched import Fetched, fetch_one
from keten.sources.fetch.http import Client
from keten.sources.fetch.place import place
from keten.sources.store import Receipt, safe_name

SUFFIXES = (".csv", ".tsv", ".txt", ".json", ".xlsx", ".ods", ".zip", ".gz")


def fetch(card: Card, client: Client, known: list[Receipt], servers: Mapping[str, str]) -> list[Fetched]:
    """GET the file of a card."""
    url = place(card.fetch, servers).url(card.fetch.path, card.fetch.query)
    return [fetch_one(card, client, known, url, resource_name(card))]


def resource_name(card: Card, suffix: str = "") -> str:
    """The last part of the path, with a suffix that fits the format unless it has one."""
    name = PurePosixPath(card.fetch.path.partition("?")[0]).name or card.id
    if name.lower().endswith(SUFFIXES):
        return safe_name(name)
    kind = card.format.name.rpartition("-")[2]
    return safe_name(name + (suffix or (f".{kind}" if kind in ("csv", "tsv", "json") else "")))
