"""What is to be fetched of a card, what became of one file, and how a single file is fetched."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keten.clock import time_stamp
from keten.sources.cards.types import Card, Fetch
from keten.sources.fetch.faults import public
from keten.sources.fetch.http import Answer, Client
from keten.sources.fetch.place import Place, place
from keten.sources.states import NEW, UNCHANGED
from keten.sources.store import Receipt, intact


@dataclass(frozen=True)
class Fetched:
    """One file of a source. `path`: the file when it is new; `about`: for its receipt; `reason`: why it failed."""

    resource: str
    state: str
    path: Path | None = None
    about: dict[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class Retrieval:
    """The fetching of one card's table. `known`: what was accepted of it before; `servers`: see `place`."""

    card: Card
    fetch: Fetch
    client: Client
    known: list[Receipt]
    servers: Mapping[str, str]

    @property
    def place(self) -> Place:
        """Where the server of the card is asked."""
        return place(self.fetch, self.servers)

    def file(self, url: str, resource: str, title: str = "", **about: Any) -> Fetched:
        """Fetch a file unless the server or its bytes say that it is the one that was received last."""
        last = self.latest(resource)
        validators = {}
        if last and last.about.get("url") == public(url):
            validators = {name: last.about.get("http", {}).get(name, "") for name in ("etag", "last_modified")}
        answer = self.client.get(url, self.card.path.name, self.fetch.max_mb, **validators)
        if answer.status == 304 or (last and last.about["sha256"] == answer.sha256):
            if answer.path:
                answer.path.unlink()
            return Fetched(resource, UNCHANGED)
        return Fetched(resource, NEW, answer.path, {**self.receipt(answer, title), **about})

    def latest(self, resource: str) -> Receipt | None:
        """The last receipt of a resource, in any letter case; None when its file is damaged and must come again."""
        series = [receipt for receipt in self.known if receipt.resource.lower() == resource.lower()]
        last = max(series, key=lambda receipt: (receipt.date, receipt.number), default=None)
        return last if last and intact(last) else None

    def receipt(self, answer: Answer, title: str = "") -> dict[str, Any]:
        """What a receipt says of a file that was fetched."""
        return {
            "url": public(answer.url),
            "title": title or self.card.title,
            "licence": self.card.licence,
            "received": time_stamp(),
            "http": answer.http,
        }
