"""Which of several figures goes before the others: by publisher, live or printed, how precise and how new.

The order of publishers stands in `catalogue/precedence.csv`; it ranks and never excludes. A measure without a line
there puts its leading organisation first. Which publisher a statement speaks of is chosen in `workbook.choosing`, of
all that have figures for it; this order decides where they have equally many.
"""

from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from keten.model.catalogue import Catalogue
from keten.model.figures import KEY
from keten.model.periods import Period
from keten.model.quality import RANK
from keten.model.row_numbers import as_list, coded, each_row, first_of, numbered

SERIES = ["measure", "dimension", "category", "kind"]
AFTER_ALL_RULES = 1000  # rank of a publisher that the table does not name for a measure that it does name
EARLIEST = np.datetime64(pd.Timestamp.min, "s")


def choose(observations: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Put the figures of every key in order of preference.

    `observations` as `observations.load` gives them, cut to what may be seen. Returns the same rows, sorted by key and
    preference, with `count` (see `Catalogue.count`), `running` (the period had not ended when it was counted), `rank`
    (lower goes first, of the figures of whole periods before all others), `ruled` (the precedence table gives it a
    place, so that it may continue another publisher's series), `best` (the first of its key and count) and `chosen`
    (the first of its key).
    """
    offered = Offered(observations, catalogue)
    return offered.table(offered.until())


class Order(NamedTuple):
    """The rows of a table that may be seen, by number and in order of preference, with what this order says of each."""

    rows: np.ndarray
    rank: np.ndarray
    best: np.ndarray
    chosen: np.ndarray


class Offered:
    """Figures with all that their order does not owe to a period, so that it is worked out once for every period.

    `rows`: as given, sorted by key; `count`, `running` and `ruled` of each row as in `choose`.
    """

    def __init__(self, observations: pd.DataFrame, catalogue: Catalogue) -> None:
        key = numbered(observations, KEY)
        by_key = np.argsort(key, kind="stable")
        self.rows = rows = observations.iloc[by_key]
        self.count, self.running = _counts(rows, catalogue), is_running(rows, catalogue).to_numpy(dtype=bool)
        self._key, self._series = key[by_key], np.unique(numbered(rows, SERIES), return_inverse=True)[1]
        self._publisher, publishers = coded(rows.organisation)
        self._publishers = len(publishers)
        leading = rows.organisation == rows.measure.map(catalogue.measures.organisation)
        self._leads = leading.to_numpy(dtype=bool)
        self._by_rule = _ranked_by_rule(rows, catalogue)
        self.ruled = ~np.isnan(self._by_rule)
        self._after = np.where(_has_rule(rows, catalogue), AFTER_ALL_RULES, 0)
        self._end, self._assumed = _days(rows.end), rows.assumed.to_numpy(dtype=bool)
        self._known = _days(rows.known)
        self._source, sources = coded(rows.source)
        self._sources = len(sources)
        self._printed = ~rows.live.to_numpy(dtype=bool)
        self._vague = rows.status.map(RANK).to_numpy(dtype=float)
        told = rows.value.notna() | (rows.status == "suppressed")
        self._last = self.running | ~told.to_numpy(dtype=bool)
        by_count = pd.DataFrame({"key": self._key, "count": self.count})
        self._of_count = by_count.groupby(["key", "count"], sort=False).ngroup().to_numpy()

    def until(self, last: date | None = None) -> Order:
        """What may be seen of it on a day (None = all), in order of preference within each key."""
        seen = np.arange(len(self.rows)) if last is None else np.flatnonzero(self._end <= np.datetime64(last, "s"))
        by_rule, source, end = self._by_rule[seen], self._source[seen], self._end[seen]
        by_leader = _ranked_by_leader(self._series[seen], self._publisher[seen], self._publishers, self._leads[seen])
        rank = np.where(np.isnan(by_rule), by_leader + self._after[seen], by_rule)
        # Of an undated source the newest period that it reports tells how recent the edition is.
        reported = np.full(self._sources, EARLIEST)
        np.maximum.at(reported, source, end)
        recency = np.where(self._assumed[seen], reported[source], self._known[seen])
        key = self._key[seen]
        printed, vague, others = self._printed[seen], self._vague[seen], self._last[seen]
        order = np.lexsort((source, -recency.astype(np.int64), vague, printed, rank, others, key))
        rows = seen[order]
        return Order(rows, rank[order], _firsts(self._of_count[rows]), first_of(key[order]))

    def table(self, order: Order) -> pd.DataFrame:
        """The rows in their order, with the columns of `choose`."""
        return self.rows.iloc[order.rows].assign(
            count=self.count[order.rows],
            running=self.running[order.rows],
            rank=order.rank,
            ruled=self.ruled[order.rows],
            best=order.best,
            chosen=order.chosen,
            joined=False,
        )


def _days(column: pd.Series) -> np.ndarray:
    """Days of which an unknown one comes before all others."""
    days = column.to_numpy(dtype="datetime64[s]")
    return np.where(np.isnat(days), EARLIEST, days)


def _firsts(numbers: np.ndarray) -> np.ndarray:
    """Which of these is the first with its number."""
    found = np.zeros(len(numbers), dtype=bool)
    found[np.unique(numbers, return_index=True)[1]] = True
    return found


def _counts(observations: pd.DataFrame, catalogue: Catalogue) -> np.ndarray:
    about = list(zip(*(as_list(observations[name]) for name in ("measure", "organisation", "source")), strict=True))
    names = {one: catalogue.count(*one) for one in dict.fromkeys(about)}
    return np.array([names[one] for one in about], dtype=object)


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
