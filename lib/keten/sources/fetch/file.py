"""A table that is one file at one address."""

from pathlib import PurePosixPath

from keten.sources.fetch.fetched import Fetched, Retrieval
from keten.sources.store import safe_name

SUFFIXES = (".csv", ".tsv", ".txt", ".json", ".xlsx", ".ods", ".zip", ".gz")


def fetch(retrieval: Retrieval) -> list[Fetched]:
    """GET the file of a card."""
    url = retrieval.place.url(retrieval.fetch.path, retrieval.fetch.query)
    return [retrieval.file(url, resource_name(retrieval))]


def resource_name(retrieval: Retrieval, suffix: str = "") -> str:
    """The last part of the path, with a suffix that fits the format unless it has one."""
    name = PurePosixPath(retrieval.fetch.path.partition("?")[0]).name or retrieval.card.id
    if name.lower().endswith(SUFFIXES):
        return safe_name(name)
    kind = retrieval.card.format.name.rpartition("-")[2]
    return safe_name(name + (suffix or (f".{kind}" if kind in ("csv", "tsv", "json") else "")))
