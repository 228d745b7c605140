"""What was said before this run: by the edition before it, and by this edition when its data were earlier.

When the data of a report change, the figures that it had go along in the new edition as `eerder/figures.csv`. They
stay there until the data change again, so that making the edition anew gives the same report. Only the standard
library: the command line reads this before anything heavy is loaded.
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from keten.errors import KetenError
from keten.model.periods import Period
from keten.reports.publish import manifest

FIGURES = "figures.csv"
FOLDER = "eerder"
LATER_SOURCES = "Andere bronnen en latere uitgaven"  # section with figures that the report itself does not use
COMPARED = ("measure", "dimensions", "period", "value")

Row = dict[str, Any]


def previous(out: Path, period: Period, stem: str) -> dict[str, Any] | None:
    """The newest earlier edition in `out` of the same kind of period that holds a report of this notebook.

    A dict with `edition`, `label` and `key_figures` as its manifest has them; None when there is none. Only editions
    that end before `period` begins count, and that are as long.
    """
    found: list[tuple[Period, Any]] = []
    for path in out.glob(f"[!.]*/{manifest.NAME}"):
        try:
            other = Period.parse(path.parent.name.replace("_", "/"))
            if _length(other) == _length(period) and other.end < period.start:
                found.append((other, manifest.load(path.parent)))
        except KetenError:
            continue  # no edition, or one that cannot be read: that concerns whoever makes that one again
    for other, content in sorted(found, key=lambda item: item[0].start, reverse=True):
        report = (content["notebooks"].get(stem) or {}).get("report")
        if report:
            return {"edition": str(other), "label": other.label, "key_figures": report["key_figures"]}
    return None


def _length(period: Period) -> tuple[str, int]:
    return period.kind, len(period.months)


def figures(edition: Path, present: dict[str, Any], states: dict[str, dict[str, str]]) -> dict[str, list[Row]]:
    """Rows of `figures.csv` that the edition's reports had on earlier data, by notebook; none for most.

    `present`: what the manifest now says of each notebook. `states`: the notebooks to look for, each with the data on
    which its report is made now (see `manifest.data_state`).
    """
    now, before = read(edition / FIGURES), read(edition / FOLDER / FIGURES)
    return {
        stem: _figures(state, (present.get(stem) or {}).get("report"), now.get(stem, []), before.get(stem, []))
        for stem, state in states.items()
    }


def _figures(state: dict[str, str], report: dict[str, Any] | None, now: list[Row], before: list[Row]) -> list[Row]:
    was = (report or {}).get("data")
    if was is None or was == state:
        return before
    if _as_of(was) > _as_of(state):
        return []  # a step back in time: what the report says now is no later version of what it said
    return now


def _as_of(state: dict[str, str]) -> str:
    """The as-of date, in order; without one a report shows the newest data, later than any date."""
    return state["as_of"] or "9999"


def read(path: Path) -> dict[str, list[Row]]:
    """Rows of a `figures.csv`, by notebook; nothing when there is no such file."""
    rows: dict[str, list[Row]] = {}
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                rows.setdefault(row["notebook"], []).append(row)
    return rows


def comparable(rows: Iterable[Row]) -> list[Row]:
    """Of each published figure that a report uses its first row, with the columns that say which figure it is."""
    first: dict[tuple, Row] = {}
    for row in rows:
        if row["section"] != LATER_SOURCES and "statistic=" not in (row["dimensions"] or ""):
            key = (row["measure"], row["dimensions"] or "", row["period"])
            first.setdefault(key, row)
    return list(first.values())
