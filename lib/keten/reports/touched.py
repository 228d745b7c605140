"""Which reports a new delivery of a source can change: those that asked something about one of its measures."""

import csv
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keten import asked
from keten.errors import KetenError
from keten.reports.publish import manifest

WHOLE = (asked.EVERYTHING, asked.SOURCES)  # questions that any delivery touches
FILES = (f"{asked.FILE}published/", f"{asked.FILE}snapshots/", f"{asked.FOLDER}published", f"{asked.FOLDER}snapshots")


@dataclass(frozen=True)
class Touched:
    """A report of an edition, and of which measures; none when it asked for all data, or nobody knows what it asked."""

    edition: str
    report: str
    measures: tuple[str, ...] = ()
    known: bool = True


def touched(out: Path, source: str, measures: Collection[str]) -> Iterator[Touched]:
    """The reports of all editions in `out` that a delivery of this source, with these measures, can change."""
    for path in sorted(out.glob(f"[!.]*/{manifest.NAME}")):
        with suppress(KetenError):  # one that cannot be read concerns whoever makes that one again
            content = manifest.load(path.parent) or {"notebooks": {}}
            for stem, entry in content["notebooks"].items():
                if entry.get("report") and (found := _of_report(path.parent.name, stem, entry, source, measures)):
                    yield found


def _of_report(
    edition: str, stem: str, entry: Mapping[str, Any], source: str, measures: Collection[str]
) -> Touched | None:
    questions = (entry["report"].get("made_of") or {}).get("asked")
    if questions is None:
        return Touched(edition, stem, known=False)
    own = tuple(sorted(name for name in measures if asked.MEASURE + name in questions))
    whole = any(one in WHOLE or one == asked.SOURCE + source or one.startswith(FILES) for one in questions)
    return Touched(edition, stem, own) if own or whole else None


def published_measures(data: Path, source: str) -> set[str]:
    """The measures of which the printed figures of a source tell; none when there are none of it."""
    path = data / "published" / "figures.csv"
    if not path.is_file():
        return set()
    with path.open(encoding="utf-8", newline="") as file:
        return {row["measure"] for row in csv.DictReader(file) if row.get("source") == source}
