"""Several answers of an API, kept together as received in one ZIP that is the same for the same answers."""

import tempfile
import zipfile
from pathlib import Path
from typing import Any

from keten.sources.fetch.faults import FetchFailed, public
from keten.sources.fetch.fetched import Fetched, Retrieval
from keten.sources.fetch.http import MEGABYTE, Answer, json_object
from keten.sources.states import NEW, UNCHANGED

GONE = (404, 410)
MOST_PAGES = 10_000
_DATE = (1980, 1, 1, 0, 0, 0)  # a ZIP needs dates; the same answers shall be the same bytes


class Bundle:
    """Gathers answers by name. An answer that the server calls unchanged is taken from the last bundle.

    After a fault within `with` nothing of it is left.
    """

    def __init__(self, retrieval: Retrieval, resource: str):
        self.retrieval, self.resource = retrieval, resource
        self.entries: list[dict[str, Any]] = []
        self.answer: Answer | None = None
        self.last = retrieval.latest(resource)
        self.before = {entry["name"]: entry for entry in self.last.about.get("answers", [])} if self.last else {}
        handle, name = tempfile.mkstemp(dir=retrieval.client.folder)
        self.path = Path(name)
        open(handle, "wb").close()

    def __enter__(self) -> "Bundle":
        return self

    def __exit__(self, fault: type[BaseException] | None, *details: object) -> None:
        if fault:
            self.path.unlink(missing_ok=True)

    def get(self, name: str, url: str) -> dict[str, Any]:
        """Fetch one answer, keep it under this name and give what its JSON says. Raises FetchFailed."""
        if len(self.entries) >= MOST_PAGES:
            raise self.fault(url, f"geeft meer dan {MOST_PAGES} bladzijden")
        before = self.before.get(name, {})
        validators = {key: before.get(key, "") for key in ("etag", "last_modified")}
        if before.get("url") != public(url):
            validators = {}
        room = self.retrieval.fetch.max_mb - sum(entry.get("bytes", 0) for entry in self.entries) / MEGABYTE
        card = self.retrieval.card.path.name
        answer = self.retrieval.client.get(url, card, room, accept="application/json", **validators)
        body = answer.take() if answer.path or not self.last else _member(self.last.path, name)
        content = json_object(body)
        if content is None:
            raise self.fault(url, "gaf geen JSON zoals van deze bron verwacht")
        self._add(name, body)
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
        return all(entry["sha256"] == self.before.get(entry["name"], {}).get("sha256") for entry in self.entries)

    def unchanged(self) -> Fetched:
        """Nothing new: the last bundle still holds."""
        self.path.unlink()
        return Fetched(self.resource, UNCHANGED)

    def close(self, url: str) -> Fetched:
        """The bundle, or that it is the last one again. `url`: the address of the data."""
        if self.answer is None or (self.before and self.same() and len(self.before) == len(self.entries)):
            return self.unchanged()
        about = {**self.retrieval.receipt(self.answer), "url": public(url), "answers": self.entries}
        return Fetched(self.resource, NEW, self.path, about)

    def fault(self, url: str, words: str) -> FetchFailed:
        """An answer that is not what this kind of server gives."""
        return FetchFailed(
            f"{public(url)} {words}; controleer de kaart {self.retrieval.card.path.name} of probeer het later opnieuw "
            "met keten update."
        )

    def _add(self, name: str, body: bytes) -> None:
        info = zipfile.ZipInfo(name, _DATE)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system = 3  # Unix, on every system
        with zipfile.ZipFile(self.path, "a") as archive:
            archive.writestr(info, body)


def _member(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)
