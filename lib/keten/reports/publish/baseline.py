"""What was said before this run: by the edition before it, and by this edition when its data were earlier.

When the data of a report change, the figures that it had go along in the new edition as `eerder/figures.csv`. They
stay there until the data change again, so that making the edition anew gives the same report. A file that is no longer
what a run wrote, such as a copy that Excel saved, is not believed: the executed notebooks hold the same rows. Only the
standard library: the command line reads this before anything heavy is loaded.
"""

import csv
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keten.errors import KetenError
from keten.model.periods import Period
from keten.reports import notebook as contents
from keten.reports.periods import is_plain, period_of
from keten.reports.publish import manifest
from keten.reports.publish.variant import alike

FIGURES_FILE = "figures.csv"
BASELINE_FOLDER = "eerder"
MARKS = ("records", "records_suppressed")  # those of `keten.model.quality`, which is too heavy to load here
MEASURES_OF_RECORDS = ("respondent_records", "participant_records")
LATER_SOURCES = "Andere bronnen en latere uitgaven"  # section with figures that the report itself does not use

Row = dict[str, Any]


@dataclass(frozen=True)
class Earlier:
    """An edition of an earlier period: its name, its label and its manifest."""

    name: str
    label: str
    content: Mapping[str, Any]


def earlier(out: Path, period: Period) -> list[Earlier]:
    """The public editions in `out` of the same kind of period that end before `period` begins, the newest first."""
    found: list[tuple[Period, Earlier]] = []
    for path in out.glob(f"[!.]*/{manifest.NAME}"):
        other, name = period_of(path.parent.name), path.parent.name
        if other and _length(other) == _length(period) and other.end < period.start:
            with suppress(KetenError):  # one that cannot be read concerns whoever makes that one again
                content = manifest.load(path.parent)
                if content and not content.get("embargo"):  # no other report tells a figure of that one
                    found.append((other, Earlier(name, other.label, content)))
    found.sort(key=lambda item: (item[0].start, is_plain(item[1].name)), reverse=True)
    return [one for _, one in found]


def previous(editions: Iterable[Earlier], stem: str, parameters: dict[str, Any]) -> dict[str, Any] | None:
    """The first of these editions that holds a report of this notebook, made with the same parameters.

    A dict with `edition`, `label` and `key_figures` as its manifest has them; None when there is none. The period may
    be another one.
    """
    for one in editions:
        entry = one.content["notebooks"].get(stem) or {}
        if (report := entry.get("report")) and alike(entry.get("parameters", {}), parameters):
            return {"edition": one.name, "label": one.label, "key_figures": report["key_figures"]}
    return None


def _length(period: Period) -> tuple[str, int]:
    return period.kind, len(period.months)


def figures(edition: Path, present: dict[str, Any], states: dict[str, dict[str, str]]) -> dict[str, list[Row]]:
    """Rows of `figures.csv` that the edition's reports had on earlier data, by notebook; none for most.

    `present`: what the manifest now says of each notebook. `states`: the notebooks to look for, each with the data on
    which its report is made now (see `manifest.data_state`).
    """
    now, before = present_rows(edition), earlier_rows(edition)
    found = {
        stem: _figures(state, (present.get(stem) or {}).get("report"), now.get(stem, []), before.get(stem, []))
        for stem, state in states.items()
    }
    return {stem: [row for row in rows if not from_records(row)] for stem, rows in found.items()}


def from_records(row: Mapping[str, Any]) -> bool:
    """Whether a figure was counted from records of persons: of it no two editions stand beside each other.

    The difference may stand for fewer people than either figure. An edition of before the mark is known by its measure.
    """
    return row.get("confidentiality") in MARKS or row.get("measure") in MEASURES_OF_RECORDS


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


def present_rows(edition: Path) -> dict[str, list[Row]]:
    """Rows of figures that the edition's reports show, by notebook; nothing when there is no edition."""
    if _as_written(edition, FIGURES_FILE):
        return _read(edition / FIGURES_FILE)
    return {path.stem: rows for path in sorted(edition.glob("*.ipynb")) if (rows := _shown(path)) is not None}


def earlier_rows(edition: Path) -> dict[str, list[Row]]:
    """Rows of figures that the edition's reports had on earlier data, by notebook, as the last run kept them."""
    name = f"{BASELINE_FOLDER}/{FIGURES_FILE}"
    return _read(edition / name) if _as_written(edition, name) else {}


def distrusted(edition: Path) -> list[str]:
    """What to tell a user of files in the edition that are no longer as a run wrote them, one sentence each."""
    found = []
    name, path = f"{BASELINE_FOLDER}/{FIGURES_FILE}", edition / FIGURES_FILE
    if path.is_file() and not _as_written(edition, FIGURES_FILE):
        unread = [one.name for one in sorted(edition.glob("*.ipynb")) if _shown(one) is None]
        but = f", behalve uit {', '.join(unread)}, want dat is niet te lezen" if unread else ""
        found.append(
            f"{path} is gewijzigd nadat een run het schreef, misschien door Excel; de cijfers van toen zijn in plaats "
            f"daarvan uit de notebooks ernaast gelezen{but}."
        )
    if (edition / name).is_file() and not _as_written(edition, name):
        found.append(
            f"{edition / name} is gewijzigd nadat een run het schreef, misschien door Excel; het telt niet mee, dus "
            "wat er sinds die eerdere gegevens is herzien, staat niet in de rapporten."
        )
    return found


def _as_written(edition: Path, name: str) -> bool:
    """Whether a file of an edition is there and still what the run wrote, by the fingerprint in the manifest."""
    content = manifest.load(edition) or {"outputs": {}}
    wanted = content["outputs"].get(name)
    return wanted is not None and (edition / name).is_file() and manifest.sha256(edition / name) == wanted


def _read(path: Path) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["notebook"], []).append(row)
    return rows


def _shown(notebook: Path) -> list[Row] | None:
    """The rows of figures that an executed notebook shows; None when it cannot be read."""
    try:
        return contents.figures(json.loads(notebook.read_text(encoding="utf-8")), notebook.stem)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def comparable(rows: Iterable[Row]) -> list[Row]:
    """Of each published figure that a report uses its first row, with the columns that say which figure it is."""
    first: dict[tuple, Row] = {}
    for row in rows:
        if from_records(row):
            continue
        if row["section"] != LATER_SOURCES and "statistic=" not in (row["dimensions"] or ""):
            key = (row["measure"], row["dimensions"] or "", row["period"])
            first.setdefault(key, row)
    return list(first.values())
