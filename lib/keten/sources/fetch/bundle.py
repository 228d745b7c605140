"""Several answers of an API, kept together as received in one ZIP that is the same for the same answers."""

import json
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from keten.sources import store
from keten.sources.cards.types import Card
from keten.sources.fetch.fetched import NEW, UNCHANGED, Fetched, latest, receipt
from keten.sources.fetch.http import MEGABYTE, Answer, Client, FetchFailed, public
from keten.sources.store import Receipt

GONE = (404, 410)
MOST_PAGES = 10_000
_DATE = (1980, 1, 1, 0, 0, 0)  # a ZIP needs dates; the same answers shall be the same bytes


class Bundle:
    """Gathers answers by name. An answer that the server calls unchanged is taken from the last bundle."""

    def __init__(self, card: Card, client: Client, known: list[Receipt], resource: str):
        self.card, self.client, self.resource = card, client, resource
        self.entries: list[dict[str, Any]] = []
        self.answer: Answer | None = None
        self.last = latest(known, resource)
        if self.last and not store.intact(self.last):
            self.last = None
        self.before = {entry["name"]: entry for entry in self.last.about.get("answers", [])} if self.last else {}
        handle, name = tempfile.mkstemp(dir=client.folder)
        self.path = Path(name)
        with open(handle, "wb"):
            pass

    def get(self, name: str, url: str) -> Any:
        """Fetch one answer, keep it under this name and give what its JSON says. Raises FetchFailed."""
        if len(self.entries) >= MOST_PAGES:
            raise self.fault(url, f"geeft meer dan {MOST_PAGES} bladzijden")
        before = self.before.get(name, {})
        validators = {key: before.get(key, "") for key in ("etag", "last_modified")}
        if before.get("url") != public(url):
            validators = {}
        room = self.card.fetch.max_mb - sum(entry.get("bytes", 0) for entry in self.entries) / MEGABYTE
        answer = self.client.get(url, self.card.path.name, room, accept="application/json", **validators)
        path = answer.path or self._from_last(name)
        try:
            content = self._json(path, url)
            self._add(name, path)
        finally:
            path.unlink()
        self.answer = answer
        if answer.status == 304:
            self.entries.append(before)
        else:
            told = {key: answer.http[key] for key in ("etag", "last_modified") if key in answer.http}
            entry = {"name": name, "url": public(url), "sha256": answer.sha256, "bytes": answer.size}
            self.entries.append(entry | told)
        return content

    def get_if_there(self, name: str, url: str) -> dict[str, Any]:
        """Likewise; nothing when the server does not have it."""
        try:
            return self.get(name, url)
        except FetchFailed as fault:
            if fault.status not in GONE:
                raise
            return {}

    def same(self) -> bool:
        """Whether the answers so far are byte for byte those of the last bundle."""
        return [_print(entry) for entry in self.entries] == [
            _print(self.before.get(entry["name"], {})) for entry in self.entries
        ]

    def unchanged(self) -> Fetched:
        """Nothing new: the last bundle still holds."""
        self.path.unlink()
        return Fetched(self.resource, UNCHANGED)

    def close(self, url: str) -> Fetched:
        """The bundle, or that it is the last one again. `url`: the address of the data."""
        if self.before and self.same() and len(self.before) == len(self.entries):
            return self.unchanged()
        about = {**receipt(self.card, self.answer), "url": public(url), "answers": self.entries}
        return Fetched(self.resource, NEW, self.path, about)

    def drop(self) -> None:
        """Forget everything, after a fault."""
        self.path.unlink(missing_ok=True)

    def fault(self, url: str, words: str) -> FetchFailed:
        """An answer that is not what this kind of server gives."""
        return FetchFailed(
            f"{public(url)} {words}; controleer de kaart {self.card.path.name} of probeer het later opnieuw met keten "
            "update."
        )

    def _add(self, name: str, path: Path) -> None:
        info = zipfile.ZipInfo(name, _DATE)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system = 3  # Unix, on every system
        with zipfile.ZipFile(self.path, "a") as archive, path.open("rb") as source, archive.open(info, "w") as target:
            shutil.copyfileobj(source, target, 1 << 20)

    def _from_last(self, name: str) -> Path:
        handle, path = tempfile.mkstemp(dir=self.client.folder)
        with open(handle, "wb") as target, zipfile.ZipFile(self.last.path) as archive, archive.open(name) as source:
            shutil.copyfileobj(source, target, 1 << 20)
        return Path(path)

    def _json(self, path: Path, url: str) -> Any:
        try:
            content = json.loads(path.read_bytes())
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict):
            raise self.fault(url, "gaf geen JSON zoals van deze bron verwacht")
        return content


def _print(entry: dict[str, Any]) -> tuple[str | None, str | None]:
    return entry.get("name"), entry.get("sha256")
