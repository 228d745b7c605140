"""A figure: its fields, and how tables of figures are made, joined and filled up with gaps.

A table of figures has one row per figure and the columns of `FIGURE_COLUMNS`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import MISSING as MISSING_VALUE
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, cast

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
            "start": pd.Timestamp(period.start),
            "end": pd.Timestamp(period.end),
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
    periods = map(span, table.start, table.end) if {"start", "end"} <= {*table} else map(Period.parse, table.period)
    qualities = [quality_of(*words) for words in zip(*(table[name] for name in COLUMNS_OF_QUALITY), strict=True)]
    cells = zip(periods, qualities, *(as_list(table[name]) for name in _AS_THEY_ARE), strict=True)
    return [Figure(**dict(zip(("period", "quality", *_AS_THEY_ARE), row, strict=True))) for row in cells]


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, each by the names of its columns."""
    return cast(list[dict[str, Any]], table.to_dict("records"))


def together(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """The tables below each other; of nothing but empty ones the first."""
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else frames[0]


def table_of(figures: Iterable[Figure]) -> pd.DataFrame:
    """Figures as a table, one row each, with the columns of `FIGURE_COLUMNS`."""
    frame = pd.DataFrame([figure.row for figure in figures], columns=FIGURE_COLUMNS)
    return frame.astype({"value": float, "margin": float, "fallback": bool, "assumed": bool, "joined": bool})


def with_gaps(rows: pd.DataFrame) -> pd.DataFrame:
    """Add a row of status `missing` for each calendar period between a category's first and last one that has none."""
    rows = rows[FIGURE_COLUMNS]
    if rows.empty or rows.kind.iloc[0] not in CALENDAR_KINDS:
        return rows.sort_values(["category", "end"], kind="stable")
    calendar = span(rows.start.min(), rows.end.min()).until(rows.end.max().date())
    places = {str(period): place for place, period in enumerate(calendar)}
    extra = []
    for _, texts in rows.groupby("category").period:
        present = {places[text] for text in texts}
        if absent := sorted(set(range(min(present), max(present))) - present):
            about = rows.loc[texts.index[0], ["measure", "label", "dimension", "category", "unit"]].to_dict()
            extra += [Figure(**about, period=calendar[place]) for place in absent]
    return pd.concat([rows, table_of(extra)] if extra else [rows]).sort_values(["category", "start"], kind="stable")


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
