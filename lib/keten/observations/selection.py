"""Which of several figures a report uses: one publisher per series, its live data, its most precise, newest edition.

The order of publishers stands in `catalogue/precedence.csv`. A series of two publishers exists only where that table
gives both a place; a measure without a line there keeps to its leading organisation. The rest stays visible.
"""

from typing import Any

import numpy as np
import pandas as pd

from keten.model.catalogue import Catalogue
from keten.model.figures import KEY
from keten.model.periods import Period
from keten.model.quality import RANK
from keten.model.row_numbers import coded, each_row, first_of, numbered

SERIES = ["measure", "dimension", "category", "kind"]


def choose(observations: pd.DataFrame, catalogue: Catalogue, reported: pd.Series | None = None) -> pd.DataFrame:
    """Mark the default figure of every key.

    `observations` as `observations.load` gives them, cut to what may be seen. Returns the same rows, sorted by key and
    preference, with `rank` (NaN: another publisher than the catalogue allows), `chosen` (exactly one row per key that
    has a ranked row) and `joined` (the chosen series of this category has more than one publisher). `reported`: the
    last day that each undated source reports on, when these are not all of its rows.
    """
    key = numbered(observations, KEY)
    _, series = np.unique(numbered(observations, SERIES), return_inverse=True)
    publisher, publishers = coded(observations.organisation)
    leading = observations.organisation == observations.measure.map(catalogue.measures.organisation)
    by_leader = _ranked_by_leader(series, publisher, len(publishers), leading.to_numpy(dtype=bool))
    rank = np.where(_has_rule(observations, catalogue), _ranked_by_rule(observations, catalogue), by_leader)
    # Of an undated source the newest period that it reports tells how recent the edition is.
    if reported is None:
        reported = observations.groupby("source").end.max()
    last = reported.reindex(observations.source).set_axis(observations.index)
    recency = observations.known.mask(observations.assumed, last)
    order = np.lexsort(
        (
            coded(observations.source)[0],
            -recency.fillna(pd.Timestamp.min).to_numpy(dtype="datetime64[s]").astype(np.int64),
            observations.status.map(RANK).to_numpy(dtype=float),
            ~observations.live.to_numpy(dtype=bool),
            rank,  # without one (NaN) last
            key,
        )
    )
    ordered, rank, series = observations.iloc[order], rank[order], series[order]
    chosen = ~np.isnan(rank) & first_of(key[order])
    pairs = np.unique(series[chosen] * len(publishers) + publisher[order][chosen])
    together = np.bincount(pairs // max(len(publishers), 1), minlength=series.max(initial=0) + 1)
    return ordered.assign(rank=rank, chosen=chosen, joined=chosen & (together[series] > 1))


def _has_rule(observations: pd.DataFrame, catalogue: Catalogue) -> np.ndarray:
    """Which rows belong to a measure, dimension and frequency of which the precedence table has a line."""
    ruled = catalogue.precedence
    scopes = set(zip(ruled.measure, ruled.dimension, ruled.frequency, strict=True))  # an empty one holds for all
    scope = ["measure", "dimension", "kind"]
    _, first, which = np.unique(numbered(observations, scope), return_index=True, return_inverse=True)
    found = [
        (row.measure, row.dimension, row.kind) in scopes or (row.measure, row.dimension, "") in scopes
        for row in each_row(observations[scope].iloc[first])
    ]
    return np.asarray(np.array(found, dtype=bool)[which])


def _ranked_by_rule(observations: pd.DataFrame, catalogue: Catalogue) -> np.ndarray:
    """Rank by the first matching line of the precedence table; NaN where none matches."""
    rank = np.full(len(observations), np.nan)
    rows_of: dict[Any, Any] = observations.groupby(["measure", "dimension"]).indices
    cells = {name: coded(observations[name]) for name in ("organisation", "kind", "category", "source")}
    start, end = observations.start.to_numpy(), observations.end.to_numpy()

    for rule in each_row(catalogue.precedence):
        rows = rows_of.get((rule.measure, rule.dimension))
        if rows is None:
            continue
        wanted = {"organisation": rule.organisation, "kind": rule.frequency, "category": rule.category}
        for name, text in {**wanted, "source": rule.source}.items():
            if text or name == "organisation":  # any other that is empty holds for all
                places, values = cells[name]
                fits = [value.startswith(text) if name == "source" else value == text for value in values]
                rows = rows[np.array(fits, dtype=bool)[places[rows]]]
        if rule.first:
            rows = rows[start[rows] >= np.datetime64(Period.parse(rule.first).start)]
        if rule.last:
            rows = rows[end[rows] <= np.datetime64(Period.parse(rule.last).end)]
        rank[rows] = np.fmin(rank[rows], int(rule.rank))
    return rank


def _ranked_by_leader(series: np.ndarray, publisher: np.ndarray, publishers: int, leads: np.ndarray) -> np.ndarray:
    """Rank 1 for one publisher per series: the leading organisation, else the one with most figures.

    `series`, `publisher`: numbers per row, those of publishers in alphabetical order; `leads`: by the leading one.
    """
    pairs, first, which, count = np.unique(
        series * publishers + publisher, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((pairs, -count, ~leads[first], pairs // max(publishers, 1)))
    best = np.zeros(len(pairs), dtype=bool)
    best[order] = first_of(pairs[order] // max(publishers, 1))
    return np.where(np.asarray(best[which]), 1.0, np.nan)
