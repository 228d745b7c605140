"""Fingerprints of what there is about each measure, source and table: when equal, a report says the same about it."""

import hashlib
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from keten.observations.dataset import Data, as_of_day, known_on, sources_on

OF_MEASURE = ("breaks", "definitions", "partitions", "precedence")  # tables of the catalogue with lines per measure
TABLES = ("units", "dimensions", "nationalities", "nationality_codes", "municipalities", "eu_members",
          "policy_measures")  # fmt: skip


def measures(data: Data, as_of: date | None, end: date) -> dict[str, str]:
    """Of every measure that has figures or a place in the catalogue: all that a report up to `end` can say about it.

    Its figures up to then that were known on `as_of` (None = now), in their order and with corrections; its lines in
    the catalogue and among the corrections; its sources, and how far those without a date report.
    """
    rows = known_on(data, as_of)
    rows = rows[rows.end <= pd.Timestamp(end)].reset_index(drop=True)
    marks = pd.util.hash_pandas_object(rows, index=False).to_numpy()
    places: dict[Any, Any] = rows.groupby("measure", sort=False).indices
    sources, reported = _sources(data, as_of), _reported(data, as_of, end)
    catalogue = data.catalogue
    lines = {name: _by_measure(getattr(catalogue, name)) for name in OF_MEASURE}
    found = {}
    for name in sorted({*map(str, places), *map(str, catalogue.measures.index)}):
        at = places.get(name, np.array([], dtype=np.int64))
        own = sorted(set(rows.source.iloc[at]))
        said = [
            hashlib.sha256(marks[at].tobytes()).hexdigest(),
            [(one, sources.get(one), str(reported.get(one))) for one in own],
            list(catalogue.measures.loc[name]) if name in catalogue.measures.index else None,
            [table.get(name) for table in lines.values()],
            [{**asdict(one), "line": 0} for one in data.corrections if one.measure == name],
        ]
        found[name] = of(said)
    return found


def sources(data: Data, as_of: date | None) -> dict[str, str]:
    """Of every source: what is said of it."""
    return {name: of(row) for name, row in _sources(data, as_of).items()}


def tables(data: Data) -> dict[str, str]:
    """Of every table of the catalogue: all its cells."""
    names = (*TABLES, *OF_MEASURE, "measures")
    return {name: of(getattr(data.catalogue, name).to_csv()) for name in names}


def categories(data: Data) -> set[tuple[str, str]]:
    """Every dimension and category of which there is a figure."""
    return set(data.observations[["dimension", "category"]].itertuples(index=False, name=None))


def of(said: Any) -> str:
    """Twelve hexadecimal digits that stand for plain values."""
    return hashlib.sha256(repr(said).encode()).hexdigest()[:12]


def _sources(data: Data, as_of: date | None) -> dict[str, list[str]]:
    table = sources_on(data, as_of).astype(str)
    return {str(name): list(row) for name, row in zip(table.index, table.itertuples(index=False), strict=True)}


def _reported(data: Data, as_of: date | None, end: date) -> dict[Any, Any]:
    """As `workbook.visible` has it: the last day up to `end` of which each source without a date of its own tells."""
    days = as_of_day(data.observations[["source", "end", "known", "assumed", "live"]], as_of)
    days = days[~days.live & (days.end <= pd.Timestamp(end))]
    undated = days.source[days.assumed].unique()
    return dict(days[days.source.isin(undated)].groupby("source").end.max())


def _by_measure(table: pd.DataFrame) -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for row in table.itertuples(index=False, name=None):
        found.setdefault(str(row[list(table.columns).index("measure")]), []).append(row)
    return found
