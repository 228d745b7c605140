"""A figure: its fields, and how tables of figures are made, joined and filled up with gaps.

A table of figures has one row per figure and the columns of `FIGURE_COLUMNS`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from keten.model.catalogue import Catalogue
from keten.model.periods import CALENDAR_KINDS, Period

KEY = ["measure", "dimension", "category", "period"]  # of a figure, whoever gives it
FIGURE_COLUMNS = [
    "measure", "label", "dimension", "category", "statistic", "period", "start", "end", "kind", "value", "margin",
    "unit", "status", "source", "source_title", "source_url", "organisation", "known", "assumed", "joined", "fallback",
    "calculation", "note",
]  # fmt: skip


def together(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """The tables below each other; of nothing but empty ones the first."""
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else frames[0]


Figure = dict[str, Any]
"""A row of a table of figures."""


def frame_of(rows: list[dict], *more: str) -> pd.DataFrame:
    """Figures as a table, with `more` columns at the end."""
    frame = pd.DataFrame(rows, columns=[*FIGURE_COLUMNS, *more])
    return frame.astype({"value": float, "margin": float, "fallback": bool, "assumed": bool, "joined": bool})


def gap(period: Period, **about: str) -> dict:
    """A row that says there is no figure over this period."""
    return {
        **dict.fromkeys(FIGURE_COLUMNS, ""),
        **dict.fromkeys(["assumed", "joined", "fallback"], False),
        **dict.fromkeys(["value", "margin"], float("nan")),
        **{"period": str(period), "start": pd.Timestamp(period.start), "end": pd.Timestamp(period.end)},
        **{"kind": period.kind, "status": "missing", "known": pd.NaT},
        **about,
    }


def with_gaps(rows: pd.DataFrame) -> pd.DataFrame:
    """Add a row of status `missing` for each calendar period between a category's first and last one that has none."""
    rows = rows[FIGURE_COLUMNS]
    if rows.empty or rows.kind.iloc[0] not in CALENDAR_KINDS:
        return rows.sort_values(["category", "end"], kind="stable")
    calendar, last = [Period.parse(rows.period.min())], rows.end.max().date()
    while calendar[-1].end < last:
        calendar.append(calendar[-1].previous(-1))
    places = {str(period): place for place, period in enumerate(calendar)}
    extra = []
    for _, texts in rows.groupby("category").period:
        present = {places[text] for text in texts}
        if absent := sorted(set(range(min(present), max(present))) - present):
            about = rows.loc[texts.index[0], ["measure", "label", "dimension", "category", "unit"]].to_dict()
            extra += [gap(calendar[place], **about) for place in absent]
    return pd.concat([rows, frame_of(extra)] if extra else [rows]).sort_values(["category", "start"], kind="stable")


def joined_sources(rows: Sequence[dict]) -> dict[str, str]:
    """Titles and addresses of the rows' sources, each source once, in step with each other."""
    pairs = [
        pair
        for row in rows
        if row["source_title"]
        for pair in zip(row["source_title"].split(" | "), row["source_url"].split(" | "), strict=False)
    ]
    titles = dict.fromkeys(pairs)
    return {
        "source_title": " | ".join(title for title, _ in titles),
        "source_url": " | ".join(url for _, url in titles),
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
    return figures.assign(value=pd.to_numeric(figures.value, errors="coerce").astype(float))[FIGURE_COLUMNS]
