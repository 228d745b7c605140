"""Which of several figures goes before the others: by publisher, live or printed, how precise and how new.

The order of publishers stands in `catalogue/precedence.csv`; it ranks and never excludes. A measure without a line
there puts its leading organisation first. Which publisher a statement speaks of is chosen in `workbook.choosing`, of
all that have figures for it; this order decides where they have equally many.
"""

from typing import Any

import numpy as np
import pandas as pd

from keten.model.catalogue import Catalogue
from keten.model.figures import KEY
from keten.model.periods import Period
from keten.model.quality import RANK
from keten.model.row_numbers import as_list, coded, each_row, first_of, numbered

SERIES = ["measure", "dimension", "category", "kind"]
AFTER_ALL_RULES = 1000  # rank of a publisher that the table does not name for a measure that it does name


def choose(observations: pd.DataFrame, catalogue: Catalogue, reported: pd.Series | None = None) -> pd.DataFrame:
    """Put the figures of every key in order of preference.

    `observations` as `observations.load` gives them, cut to what may be seen. Returns the same rows, sorted by key and
    preference, with `count` (see `Catalogue.count`), `running` (the period had not ended when it was counted), `rank`
    (lower goes first, of the figures of whole periods before all others), `ruled` (the precedence table gives it a
    place, so that it may continue another publisher's series), `best` (the first of its key and count) and `chosen`
    (the first of its key). `reported`: the last day that each undated source reports on, when these are not all of its
    rows.
    """
    key = numbered(observations, KEY)
    _, series = np.unique(numbered(observations, SERIES), return_inverse=True)
    publisher, publishers = coded(observations.organisation)
    leading = observations.organisation == observations.measure.map(catalogue.measures.organisation)
    by_leader = _ranked_by_leader(series, publisher, len(publishers), leading.to_numpy(dtype=bool))
    by_rule = _ranked_by_rule(observations, catalogue)
    after = np.where(_has_rule(observations, catalogue), AFTER_ALL_RULES, 0)
    rank = np.where(np.isnan(by_rule), by_leader + after, by_rule)
    # Of an undated source the newest period that it reports tells how recent the edition is.
    if reported is None:
        reported = observations.groupby("source").end.max()
    last = reported.reindex(observations.source).set_axis(observations.index)
    recency = observations.known.mask(observations.assumed, last)
    running = is_running(observations, catalogue).to_numpy(dtype=bool)
    told = observations.value.notna() | (observations.status == "suppressed")
    order = np.lexsort(
        (
            coded(observations.source)[0],
            -recency.fillna(pd.Timestamp.min).to_numpy(dtype="datetime64[s]").astype(np.int64),
            observations.status.map(RANK).to_numpy(dtype=float),
            ~observations.live.to_numpy(dtype=bool),
            rank,
            running | ~told.to_numpy(dtype=bool),
            key,
        )
    )
    ordered = observations.iloc[order]
    count = _counts(ordered, catalogue)
    return ordered.assign(
        count=count,
        running=running[order],
        rank=rank[order],
        ruled=~np.isnan(by_rule[order]),
        best=~pd.DataFrame({"key": key[order], "count": count}).duplicated().to_numpy(),
        chosen=first_of(key[order]),
        joined=False,
    )


def _counts(observations: pd.DataFrame, catalogue: Catalogue) -> list[str]:
    about = list(zip(*(as_list(observations[name]) for name in ("measure", "organisation", "source")), strict=True))
    names = {one: catalogue.count(*one) for one in dict.fromkeys(about)}
    return [names[one] for one in about]


def is_running(observations: pd.DataFrame, catalogue: Catalogue) -> pd.Series:
    """Which figures are about a period that had begun and not ended on the day that they became known: a part of it.

    Of a flow or a rate; a stock holds for its day, and a budget or plan is no count of what has happened.
    """
    counted = (observations.measure.map(catalogue.measures.kind) != "stock") & (observations.unit != "EUR")
    known = observations.known
    return counted & ~observations.assumed & (known >= observations.start) & (known < observations.end)


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
    """Rank from 1 on of the publishers of each series: the leading organisation first, then by number of figures.

    `series`, `publisher`: numbers per row, those of publishers in alphabetical order; `leads`: by the leading one.
    """
    pairs, first, which, count = np.unique(
        series * publishers + publisher, return_index=True, return_inverse=True, return_counts=True
    )
    owner = pairs // max(publishers, 1)
    order = np.lexsort((pairs, -count, ~leads[first], owner))
    begins = np.flatnonzero(first_of(owner[order]))
    place = np.empty(len(pairs))
    place[order] = np.arange(len(pairs)) - np.repeat(begins, np.diff([*begins, len(pairs)])) + 1
    return np.asarray(place[which], dtype=float)
