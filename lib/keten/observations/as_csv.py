"""Observations as a table to take away: a column per dimension, one row per figure and source."""

import pandas as pd

from keten.errors import KetenError
from keten.model.figures import KEY, within
from keten.model.naming import nearest
from keten.model.periods import as_of_date
from keten.model.typed_period import typed_period
from keten.observations.dataset import Data, known_on, newest
from keten.observations.wide import wide
from keten.presentation.markup import plain_number

CSV_COLUMNS = [
    "measure", "period", "freq", "dimension", "category", "value", "status", "confidentiality", "precision", "source",
    "as_of", "note", "editor_note",
]  # fmt: skip


def chosen(data: Data, measure: str = "", period: str = "", source: str = "", as_of: str = "") -> pd.DataFrame:
    """The newest figure of every source, cut to what was asked; "" leaves a choice open.

    period: figures over exactly this period, and stocks on a day in it. Raises KetenError for a measure, source, period
    or day that does not exist.
    """
    rows = newest(known_on(data, as_of_date(as_of)))
    if measure:
        data.catalogue.measure(measure)
        rows = rows[rows.measure == measure]
    if source:
        if source not in data.sources.index:
            raise KetenError(f"Van de bron {source} zijn er geen gegevens.{nearest(source, list(data.sources.index))}")
        rows = rows[rows.source == source]
    if period:
        wanted = typed_period(period)
        rows = rows[(rows.period == str(wanted)) | (within(rows, wanted) & (rows.kind == "date"))]
    return rows.sort_values([*KEY[:3], "start", "end", "source", "known"], kind="stable")


def as_csv(rows: pd.DataFrame) -> str:
    """The rows as CSV: decimal points, "" for what has no value, ISO days."""
    values = [plain_number(value) if pd.notna(value) else "" for value in rows.value]
    table = rows.assign(freq=rows.kind, value=values, as_of=rows.known.dt.strftime("%Y-%m-%d"))[CSV_COLUMNS]
    return wide(table).to_csv(index=False, lineterminator="\n")
