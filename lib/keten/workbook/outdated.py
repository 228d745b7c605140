"""Which key figures have no recent figure at all: data that nobody has added to for long, said aloud by a run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from keten.model.periods import Period, as_of_date, span
from keten.observations.dataset import known_on
from keten.observations.selection import is_running
from keten.presentation.output import name_of
from keten.workbook.declared import KeyFigure
from keten.workbook.scope import Scope, state

MOST_MONTHS = 18


@dataclass(frozen=True)
class Outdated:
    """A key figure of a notebook, what it is called, and the period of its newest figure (None = there is none)."""

    notebook: str
    measure: str
    label: str
    newest: Period | None


def outdated(
    key_figures: Mapping[str, Sequence[KeyFigure]],
    today: date,
    data: Path | str | Scope | None = None,
    as_of: str | date = "",
) -> list[Outdated]:
    """The key figures, by notebook, whose newest figure ended more than 18 months before a day, in their own order.

    Looks at all that was known on `as_of`, whatever the period of a report; what a catalogue does not know is left out.
    """
    _, known = state(data)
    measures = known.catalogue.measures
    rows = known_on(known, as_of_date(as_of))
    rows = rows[rows.value.notna() & ~is_running(rows, known.catalogue)]
    limit = (pd.Timestamp(today) - pd.DateOffset(months=MOST_MONTHS)).date()
    found = []
    for stem, figures in key_figures.items():
        for one in figures:
            if not {*one.measures} <= {*measures.index}:
                continue
            newest = list(_newest(rows, one))
            oldest = min(newest, key=Period.by_end) if len(newest) == len(one.measures) else None
            if oldest is None or oldest.end < limit:
                label = one.name or name_of(measures.label[one.measure], one.category)
                found.append(Outdated(stem, one.measure, label, oldest))
    return found


def _newest(rows: pd.DataFrame, asked: KeyFigure) -> Iterator[Period]:
    """The newest period of each measure of a key figure; of a category without rows of its own that of the measure."""
    for measure in asked.measures:
        mine = rows[rows.measure == measure]
        own = mine[(mine.dimension == asked.by) & (mine.category == asked.category)]
        last = (own if len(own) else mine).sort_values(["end", "start"]).tail(1)
        yield from (span(start, end) for start, end in zip(last.start, last.end, strict=True))
