"""Whether a published figure still holds: from the editions that are kept, what was rectified, and the data.

A figure is known by its id (`model.figure_id`). An edition under embargo has published nothing yet. Of a figure that
was counted from records of persons is told that it was published, and never whether another edition says otherwise.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from keten.model.figure_id import figure_id
from keten.observations.dataset import Data, known_on, newest
from keten.observations.selection import choose
from keten.presentation import prose
from keten.presentation.output import as_shown, dimensions_of
from keten.reports.periods import in_words, is_plain
from keten.reports.publish import baseline, figures_csv, overview, slot
from keten.reports.publish.changes import SUPPRESSED
from keten.reports.publish.rectifications import FOLDER, Rectification

SAME, REVISED, RECTIFIED, NEVER = "nog gelijk", "herzien", "gerectificeerd", "nooit gepubliceerd"
SAME_COUNT = ("measure", "dimensions", "period", "unit", "publisher")  # of one figure, whatever its value
Row = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """A row of figures as an edition said it. present: it still does, in the report that `sha256` is of."""

    edition: str
    label: str
    finished: str
    row: Row
    present: bool
    sha256: str = ""


@dataclass(frozen=True)
class Outcome:
    """What is to be said of one id: one of the four verdicts, and a Dutch sentence."""

    verdict: str
    words: str


def outcomes(ids: Sequence[str], out: Path, data: Data | None, declared: Sequence[Rectification]) -> list[Outcome]:
    """What is to be said of each id.

    out: the folder of editions; data: None when there are none to look at; declared: all rectifications, newest first.
    """
    everything = list(_said(out))
    wanted: dict[str, list[Said]] = {name: [] for name in ids}
    for one in everything:
        wanted.get(figure_id(one.row), []).append(one)
    current = newest(known_on(data, None)) if data else None
    return [_outcome(name, wanted[name], everything, data, current, declared) for name in ids]


def published_as(name: str, out: Path) -> Said | None:
    """What the newest public edition that has a figure says of it; None when none has."""
    mine = [one for one in _said(out) if figure_id(one.row) == name]
    return max(mine, key=lambda one: (one.present, one.finished), default=None)


def _said(out: Path) -> Iterator[Said]:
    """All rows that public editions say or said."""
    for edition in overview.editions(out):
        if edition["problem"] or edition["embargo"]:
            continue
        name = edition["name"]
        pages = {
            stem: out / name / entry["report"]["html"]
            for stem, entry in edition["notebooks"].items()
            if entry["report"]
        }
        prints = {stem: slot.sha256(path) for stem, path in pages.items() if path.is_file()}
        about = (name, edition["label"], edition["finished"])
        for stem, rows in baseline.present_rows(out / name).items():
            yield from (Said(*about, row, True, prints.get(stem, "")) for row in rows)
        for rows in baseline.earlier_rows(out / name).values():
            yield from (Said(*about, row, False) for row in rows)
        for path in sorted((out / FOLDER / name).glob("*.csv")):
            yield from (Said(*about, row, False) for row in figures_csv.read(path))


def _outcome(
    name: str,
    mine: Sequence[Said],
    everything: Iterable[Said],
    data: Data | None,
    current: pd.DataFrame | None,
    declared: Sequence[Rectification],
) -> Outcome:
    known = mine[0].row if mine else _in_data(name, data)
    if known is None:
        return Outcome(NEVER, "geen uitgave en geen levering die hier wordt bewaard heeft dit cijfer.")
    about = f"{_named(known)}: {_value(known['value'], known['unit'])}"
    if wrong := next((one for one in declared if any(_concerns(one, name, said) for said in mine)), None):
        return Outcome(RECTIFIED, f"{about}. Op {in_words(wrong.date)}: onjuist: {wrong.wrong} Juist: {wrong.right}")
    where = (
        f"gepubliceerd in {prose.listing(dict.fromkeys(one.label for one in mine))}" if mine else "nog in geen uitgave"
    )
    if baseline.from_records(known):
        return Outcome(
            SAME, f"{about}; {where}. Of een cijfer uit een bestand met personen is herzien, wordt niet gezegd."
        )
    found = _now(known, everything, data, current)
    if found is None:
        return Outcome(REVISED, f"{about}; {where}. Dit cijfer wordt niet meer gegeven.")
    value, since = found
    if _text(value) == _text(known["value"]):
        return Outcome(SAME, f"{about}; {where}.")
    was, now = (_value(one, known["unit"]) for one in (known["value"], value))
    return Outcome(REVISED, f"{_named(known)}: herzien sinds {since} (was {was}, is {now}); {where}.")


def _concerns(one: Rectification, name: str, said: Said) -> bool:
    """Whether a rectification is about a figure as an edition said it; it is not about a report made since."""
    if (one.edition, one.report) != (said.edition, said.row["notebook"]):
        return False
    if one.figures:
        return name in one.figures
    return not said.present or one.sha256 in ("", said.sha256)


def _now(
    known: Row, everything: Iterable[Said], data: Data | None, current: pd.DataFrame | None
) -> tuple[Any, str] | None:
    """What the figure is now, and since when in words: by the data where they have it, else by the newest edition."""
    count = [_text(known.get(column)) for column in SAME_COUNT]
    if (
        data is not None
        and current is not None
        and not known.get("calculation")
        and "statistic=" not in (known.get("dimensions") or "")
    ):
        rows = _observed(known, current)
        if len(rows):
            first = choose(rows, data.catalogue).iloc[0]
            return _shown(first), in_words(f"{first.known:%Y-%m-%d}")
    later = [
        one
        for one in everything
        if one.present and is_plain(one.edition) and [_text(one.row.get(column)) for column in SAME_COUNT] == count
    ]
    last = max(later, key=lambda one: one.finished, default=None)
    return (last.row["value"], f"de uitgave {last.label}") if last else None


def _observed(known: Row, rows: pd.DataFrame) -> pd.DataFrame:
    """The observations of a figure by the publisher that it names."""
    asked = {"measure": "measure", "period": "period", "unit": "unit", "organisation": "publisher"}
    for column, name in asked.items():
        rows = rows[rows[column] == known.get(name)]
    named: Iterable[Any] = rows.assign(statistic="").itertuples()
    alike = [dimensions_of(row._asdict()) == (known.get("dimensions") or "") for row in named]
    return rows[pd.Series(alike, rows.index, dtype=bool)]


def _in_data(name: str, data: Data | None) -> Row | None:
    """The figure of any delivery with this id, as a row of `figures.csv`."""
    if data is None:
        return None
    rows = data.observations
    told = rows[rows.value.notna() | (rows.status == "suppressed")].assign(statistic="")
    cells: Iterable[Any] = told.itertuples()
    found = (_row(one, data) for one in cells)
    return next((row for row in found if figure_id(row) == name), None)


def _row(one: Any, data: Data) -> Row:
    return {
        "measure": one.measure,
        "label": data.catalogue.measure(one.measure).label,
        "dimensions": dimensions_of(one._asdict()),
        "period": one.period,
        "value": _shown(one),
        "unit": one.unit,
        "publisher": one.organisation,
        "confidentiality": one.confidentiality,
    }


def _shown(one: Any) -> float | str:
    return "" if pd.isna(one.value) else as_shown(one.value, one.unit, "")


def _named(row: Row) -> str:
    parts = [row.get("label") or row["measure"], in_words(row["period"]), row.get("publisher")]
    return ", ".join(str(part) for part in parts if part)


def _value(value: Any, unit: str) -> str:
    return SUPPRESSED if value in (None, "") else prose.number(float(value), unit=unit)


def _text(cell: Any) -> str:
    """A cell in one spelling, also a number."""
    if cell in (None, ""):
        return ""
    try:
        return f"{float(cell):.4f}"
    except ValueError:
        return str(cell)
