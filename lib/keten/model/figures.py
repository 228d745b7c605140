"""A figure: its fields, and how tables of figures are made, joined and filled up with gaps.

A table of figures has one row per figure and the columns of `FIGURE_COLUMNS`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import MISSING as MISSING_VALUE
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from keten.model.catalogue import Catalogue
from keten.model.margins import margin_of_sum
from keten.model.periods import CALENDAR_KINDS, Period, span
from keten.model.quality import (
    COLUMNS_OF_QUALITY,
    MISSING,
    REMARKS,
    Quality,
    columns_of,
    combine,
    marked,
    quality_of,
)
from keten.model.row_numbers import as_list

KEY = ["measure", "dimension", "category", "period"]  # of a figure, whoever gives it
FIGURE_COLUMNS = [
    "measure", "label", "dimension", "category", "statistic", "period", "start", "end", "kind", "value", "margin",
    "unit", "status", "confidentiality", "precision", "source", "source_title", "source_url", "organisation",
    "known", "assumed", "joined", "fallback", "calculation", "note", "editor_note", "reason",
]  # fmt: skip

DAY = "datetime64[s]"
TYPES: dict[str, Any] = {
    "start": DAY,
    "end": DAY,
    "value": float,
    "margin": float,
    **dict.fromkeys(["assumed", "joined", "fallback"], bool),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: a measure of a category over a period, as a source gave it or as it was worked out.

    `dimension` and `category` are "" for a total; `statistic` is "" unless it was derived; `margin` is half the width
    of the interval that the printed value stands for; `known`: from which day, `assumed` when no source says so;
    `joined`: its series has more than one publisher; `fallback`: it stands in for a period without a figure; `note`:
    what the source says of it, `editor_note`: what the workbook remarks; `reason`: why it is absent, or may not be
    compared with the figure that it stands beside ("" = it may).
    """

    measure: str
    label: str
    dimension: str
    category: str
    period: Period
    unit: str
    value: float = float("nan")
    margin: float = float("nan")
    quality: Quality = MISSING
    statistic: str = ""
    source: str = ""
    source_title: str = ""
    source_url: str = ""
    organisation: str = ""
    known: pd.Timestamp = pd.NaT  # type: ignore[assignment]  # the stubs know no time stamp that may be missing
    assumed: bool = False
    joined: bool = False
    fallback: bool = False
    calculation: str = ""
    note: str = ""
    editor_note: str = ""
    reason: str = ""

    @property
    def row(self) -> dict[str, Any]:
        """The figure as a row of a table of figures."""
        period = self.period
        return {name: getattr(self, name) for name in _AS_THEY_ARE} | {
            "period": str(period),
            "start": period.start,
            "end": period.end,
            "kind": period.kind,
            **self.quality.columns,
        }


_BY_DEFAULT = {field.name: "" if field.default is MISSING_VALUE else field.default for field in fields(Figure)}
_AS_THEY_ARE = [name for name in _BY_DEFAULT if name not in ("period", "quality")]


def figures_of(table: pd.DataFrame) -> list[Figure]:
    """The rows of a table of figures as figures. Of its columns only `period`, `value` and `status` must be there."""
    table = table.assign(**{name: _BY_DEFAULT[name] for name in _AS_THEY_ARE if name not in table})
    if not {*COLUMNS_OF_QUALITY} <= {*table}:
        table = table.assign(**columns_of(table.status))
    dated = {"start", "end"} <= {*table}
    periods = map(span, table.start, table.end) if dated else map(Period.parse, as_list(table.period))
    words = zip(*(as_list(table[name]) for name in COLUMNS_OF_QUALITY), strict=True)
    qualities = [quality_of(*one) for one in words]
    cells = zip(periods, qualities, *(as_list(table[name]) for name in _AS_THEY_ARE), strict=True)
    return [Figure(**dict(zip(("period", "quality", *_AS_THEY_ARE), row, strict=True))) for row in cells]


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, each by the names of its columns."""
    names = list(table.columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*(as_list(table[name]) for name in names), strict=True)]


def together(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """The tables below each other; of nothing but empty ones the first."""
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else frames[0]


def table_of(figures: Iterable[Figure]) -> pd.DataFrame:
    """Figures as a table, one row each, with the columns of `FIGURE_COLUMNS`."""
    rows = [figure.row for figure in figures]
    cells: dict[str, Any] = {name: [row[name] for row in rows] for name in FIGURE_COLUMNS}
    words = {} if rows else dict.fromkeys(FIGURE_COLUMNS, pd.Series(dtype=str))  # columns have a type without rows too
    typed = {name: np.array(cells[name], dtype=of) for name, of in TYPES.items()}
    known = pd.DatetimeIndex(cells["known"], dtype="datetime64[us]")
    return pd.DataFrame({**cells, **words, **typed, "known": known})


def with_gaps(figures: Sequence[Figure]) -> list[Figure]:
    """In order of category and time, with a missing one for each calendar period between a category's first and last.

    figures: of one kind of period; of days and odd spans none is missed.
    """
    if not figures or figures[0].period.kind not in CALENDAR_KINDS:
        return sorted(figures, key=lambda one: (one.category, one.period.end))
    periods = [one.period for one in figures]
    first = span(min(one.start for one in periods), min(one.end for one in periods))
    calendar = first.until(max(one.end for one in periods))
    places = {period: place for place, period in enumerate(calendar)}
    by_category: dict[str, list[Figure]] = {}
    for one in figures:
        by_category.setdefault(one.category, []).append(one)
    found = list(figures)
    for mine in by_category.values():
        present, about = {places[one.period] for one in mine}, mine[0]
        for place in set(range(min(present), max(present))) - present:
            words = (about.measure, about.label, about.dimension, about.category, calendar[place], about.unit)
            found.append(Figure(*words))
    return sorted(found, key=lambda one: (one.category, one.period.start))


def within(rows: pd.DataFrame, period: Period) -> pd.Series:
    """Which rows are about days in a period alone."""
    return (rows.start >= pd.Timestamp(period.start)) & (rows.end <= pd.Timestamp(period.end))


def added_up(parts: Sequence[Figure]) -> Figure:
    """The sum of figures, of quality and day the worst, with all sources; the last figure tells the rest.

    Its margin is that of figures which were rounded apart from each other (`model.rounding.margin_of_sum`).

    What the sources remark on the quality of any part holds for the sum.
    """
    publishers = dict.fromkeys(one.organisation for one in parts)
    remarks = [text for text in REMARKS if text not in parts[-1].note and any(text in one.note for one in parts)]
    return replace(
        parts[-1],
        value=sum(one.value for one in parts),
        margin=margin_of_sum(one.margin for one in parts),
        quality=combine(one.quality for one in parts),
        source=joined_ids(one.source for one in parts),
        **joined_sources((one.source_title for one in parts), (one.source_url for one in parts)),
        organisation=", ".join(publishers),
        known=max(one.known for one in parts),
        assumed=any(one.assumed for one in parts),
        joined=len(publishers) > 1,
        note="; ".join(filter(None, [parts[-1].note, *remarks])),
        editor_note=joined_notes(one.editor_note for one in parts),
    )


def derived(statistic: str, figure: str) -> str:
    """A statistic of a figure that has a statistic of its own: both, so that all that went into it can be found.

    >>> derived("change_points;reference=2016", "share;denominator=asylum_first_instance_decisions")
    'change_points;reference=2016;figure=share;denominator=asylum_first_instance_decisions'
    """
    return f"{statistic};figure={figure}" if figure else statistic


def joined_ids(ids: Iterable[str]) -> str:
    """The sources of several figures, each once."""
    return ";".join(dict.fromkeys(one for text in ids for one in text.split(";") if one))


def joined_notes(notes: Iterable[str]) -> str:
    """The remarks on several figures, each once."""
    return "; ".join(dict.fromkeys(one for note in notes for one in note.split("; ") if one))


def joined_sources(titles: Iterable[str], urls: Iterable[str]) -> dict[str, Any]:
    """Titles and addresses of several figures' sources, each source once, in step with each other."""
    pairs = [
        pair
        for title, url in zip(titles, urls, strict=True)
        if title
        for pair in zip(title.split(" | "), url.split(" | "), strict=False)
    ]
    found = dict.fromkeys(pairs)
    return {
        "source_title": " | ".join(title for title, _ in found),
        "source_url": " | ".join(url for _, url in found),
    }


def as_figures(
    rows: pd.DataFrame,
    measure: str,
    dimension: str,
    period: str,
    known: pd.Timestamp,
    file: str,
    catalogue: Catalogue,
) -> pd.DataFrame:
    """Turn rows of an analysis into figures of one measure.

    rows: columns `category`, `value`, and where they differ `unit`, `statistic`, `status` and `period`; file: the name
    of the records file, shown as the source; known: the reference date, from which the numbers hold.
    """
    about = catalogue.measure(measure)
    base = {
        **dict.fromkeys(FIGURE_COLUMNS, ""),
        **dict.fromkeys(["assumed", "joined", "fallback"], False),
        **{"measure": measure, "label": about.label, "dimension": dimension, "unit": about.unit, "period": period},
        **{"organisation": about.organisation, "source_title": f"Bestand {Path(file).name}", "known": known},
        **{"status": "exact", "margin": 0.0, "start": pd.NaT, "end": pd.NaT},
    }
    figures = rows.assign(**{name: value for name, value in base.items() if name not in rows.columns})
    figures = figures.assign(**marked(columns_of(figures.status)))
    return figures.assign(value=pd.to_numeric(figures.value, errors="coerce").astype(float))[FIGURE_COLUMNS]
