"""What was said before this run: by the edition before it, and by this edition when its data were earlier.

When the data of a report change, the figures that it had go along in the new edition as `eerder/figures.csv`. They
stay there until the data change again, so that making the edition anew gives the same report. Only the standard
library: the command line reads this before anything heavy is loaded.
"""

import csv
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from keten.errors import KetenError
from keten.model.periods import Period
from keten.reports.periods import period_of
from keten.reports.publish import manifest

FIGURES_FILE = "figures.csv"
BASELINE_FOLDER = "eerder"
READ_COLUMNS = {"notebook", "section", "measure", "dimensions", "period", "value"}  # of all, those that are looked at
LATER_SOURCES = "Andere bronnen en latere uitgaven"  # section with figures that the report itself does not use

Row = dict[str, Any]


def previous(out: Path, period: Period, stem: str) -> dict[str, Any] | None:
    """The newest earlier edition in `out` of the same kind of period that holds a report of this notebook.

    A dict with `edition`, `label` and `key_figures` as its manifest has them; None when there is none. Only editions
    that end before `period` begins count, and that are as long.
    """
    found: list[tuple[Period, Any]] = []
    for path in out.glob(f"[!.]*/{manifest.NAME}"):
        other = period_of(path.parent.name)
        if other and _length(other) == _length(period) and other.end < period.start:
            with suppress(KetenError):  # one that cannot be read concerns whoever makes that one again
                found.append((other, manifest.load(path.parent)))
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
    now, before = read(edition / FIGURES_FILE), read(edition / BASELINE_FOLDER / FIGURES_FILE)
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
    """Rows of a `figures.csv`, by notebook; nothing when there is no such file.

    Raises KetenError when it is not as a run wrote it: a Dutch Excel saves it with semicolons and decimal commas.
    """
    rows: dict[str, list[Row]] = {}
    if not path.is_file():
        return rows
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            readable = set(reader.fieldnames or ()) >= READ_COLUMNS
            for row in reader if readable else ():
                rows.setdefault(row["notebook"], []).append(row)
    except (UnicodeDecodeError, csv.Error):
        readable = False
    if not readable:
        raise KetenError(
            f"{path} is niet meer zoals een run het schreef, misschien door Excel anders opgeslagen; zet het terug of "
            f"verwijder de map van deze uitgave en start opnieuw."
        )
    return rows


def comparable(rows: Iterable[Row]) -> list[Row]:
    """Of each published figure that a report uses its first row, with the columns that say which figure it is."""
    first: dict[tuple, Row] = {}
    for row in rows:
        if row["section"] != LATER_SOURCES and "statistic=" not in (row["dimensions"] or ""):
            key = (row["measure"], row["dimensions"] or "", row["period"])
            first.setdefault(key, row)
    return list(first.values())
