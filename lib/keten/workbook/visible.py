"""Which figures a report may see, and which of those it uses: nothing after its period or after its as-of date."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from keten import asked
from keten.model.figures import Figure, figures_of, together
from keten.model.periods import Period
from keten.model.quality import comparable
from keten.model.row_numbers import as_list
from keten.observations.availability import present
from keten.observations.dataset import Data, known_on, newest, sources_on
from keten.observations.selection import Offered, Order
from keten.presentation import prose
from keten.workbook.candidates import ByCount, Offer, by_count, is_known
from keten.workbook.scope import Scope
from keten.workbook.watched import plain

RUNNING = "de periode liep nog toen zij werd geteld: dit is de stand van {}"
MOST_DAYS = 4  # of which all figures are kept in order

Breakdown = tuple[str, str]
"""A measure and the dimension that it is broken down by, "" for its totals."""


class Known:
    """All figures known on a day, newest editions only: what does not depend on the period of a report."""

    def __init__(self, data: Data, as_of: date | None) -> None:
        self.offered = Offered(in_words(newest(known_on(data, as_of)), data), data.catalogue)
        rows, last = self.offered.rows, len(self.offered.rows)
        pairs = list(zip(as_list(rows.measure), as_list(rows.dimension), strict=True))
        starts = [place for place in range(last) if not place or pairs[place] != pairs[place - 1]]
        self._places = {pairs[one]: (one, end) for one, end in zip(starts, [*starts[1:], last], strict=True)}
        self._figures: dict[Breakdown, list[Figure]] = {}

    def figures(self, breakdown: Breakdown) -> tuple[int, list[Figure]]:
        """The figures of a measure in one breakdown in the order of the rows, and the number of the first row."""
        first, end = self.places(breakdown)
        if breakdown not in self._figures:
            self._figures[breakdown] = figures_of(self.offered.rows.iloc[first:end])
        return first, self._figures[breakdown]

    def places(self, breakdown: Breakdown) -> tuple[int, int]:
        """The number of the first row of a measure in one breakdown, and of the row after its last."""
        return self._places.get(breakdown, (0, 0))


_known: "WeakKeyDictionary[Data, dict[date | None, Known]]" = WeakKeyDictionary()  # shared by all workbooks


def known(data: Data, as_of: date | None) -> Known:
    """All figures known on a day (None = now), worked out once for workbooks of every period on the same data."""
    by_day = _known.setdefault(data, {})
    if as_of not in by_day:
        if len(by_day) == MOST_DAYS:
            del by_day[next(iter(by_day))]
        by_day[as_of] = Known(data, as_of)
    return by_day[as_of]


def in_words(rows: pd.DataFrame, data: Data) -> pd.DataFrame:
    """Figures with the words that a reader needs, and what is empty for a figure as published."""
    return rows.assign(
        label=rows.measure.map(data.catalogue.measures.label),
        source_title=rows.source.map(data.sources.title),
        source_url=rows.source.map(data.sources.url),
        statistic="",
        fallback=False,
        calculation="",
        reason="",
    )


class Visible:
    """The figures that a scope allows. What was looked up of a measure is remembered, and noted (`keten.asked`)."""

    def __init__(self, scope: Scope) -> None:
        self.scope, self._data = scope, plain(scope.data)
        self._offers: dict[Breakdown, list[Offer]] = {}  # by measure and dimension: few of them are asked for
        self._of_publisher: dict[tuple[str, str, str], dict[tuple[str, Period], Figure]] = {}
        self._running: dict[Breakdown, dict[tuple[str, Period], Figure]] = {}
        self._candidates: dict[Breakdown, ByCount] = {}

    def everything(self) -> pd.DataFrame:
        """All figures that may be seen, newest editions only, marked by `selection.choose`."""
        asked.note(asked.EVERYTHING)
        return self._table.copy()

    def editions(self, measures: Iterable[str]) -> pd.DataFrame:
        """The figures of these measures, also what a later delivery of the same source replaced.

        Without those that were counted from records of persons: of them nothing is compared.
        """
        seen = self._seen(self._breakdowns(measures))
        return comparable(in_words(seen, self._data)).assign(joined=False)

    @cached_property
    def filled(self) -> list[Breakdown]:
        """The measures and dimensions of which any figure may be seen; who looks at it notes of which."""
        rows = self._seen(self._data.rows_of)
        return sorted(set(rows.loc[rows.value.notna(), ["measure", "dimension"]].itertuples(index=False, name=None)))

    @cached_property
    def sources(self) -> pd.DataFrame:
        """The sources, of a live one with the day of the last delivery known on the as-of date."""
        return sources_on(self._data, self.scope.as_of)

    @cached_property
    def present(self) -> pd.DataFrame:
        """What there is of each measure, also after the period; see `availability.present`."""
        asked.note(asked.EVERYTHING)
        return present(known_on(self._data, self.scope.as_of), self._data.catalogue)

    def of(self, measures: Iterable[str], by: str | None = None) -> pd.DataFrame:
        """The figures of these measures, and only in breakdown `by` when that is given, in order of preference."""
        spans = [self._span(key) for key in self._breakdowns(measures, by)]
        return together([self._table.iloc[first:end] for first, end in spans] or [self._table.iloc[:0]])

    def offers(self, measure: str, by: str) -> list[Offer]:
        """As `of`, of a measure in one breakdown, as plain records."""
        asked.note(f"{asked.MEASURE}{measure}")
        key = (measure, by)
        if key not in self._offers:
            (begin, figures), (first, end), offered = self._known.figures(key), self._span(key), self._known.offered
            rows, order = self._order.rows[first:end], self._order
            self._offers[key] = [
                Offer(figures[row - begin], *about)
                for row, *about in zip(
                    rows.tolist(),
                    offered.count[rows].tolist(),
                    order.rank[first:end].tolist(),
                    offered.ruled[rows].tolist(),
                    offered.running[rows].tolist(),
                    order.best[first:end].tolist(),
                    order.chosen[first:end].tolist(),
                    strict=True,
                )
            ]
        return self._offers[key]

    def candidates(self, measure: str, by: str) -> ByCount:
        """The figures with a value of a measure in one breakdown, by count, category and period."""
        if (measure, by) not in self._candidates:
            self._candidates[measure, by] = by_count(self.offers(measure, by))
        return self._candidates[measure, by]

    def published_by(self, publisher: str, measure: str, by: str) -> dict[tuple[str, Period], Figure]:
        """What one publisher printed of a measure in one breakdown, by category and period."""
        key = (publisher, measure, by)
        if key not in self._of_publisher:
            own = [one for one in self.offers(measure, by) if one.known and one.figure.organisation == publisher]
            best = {(one.figure.category, one.figure.period): one.figure for one in reversed(own)}
            self._of_publisher[key] = best
        return self._of_publisher[key]

    def running(self, measure: str, by: str) -> dict[tuple[str, Period], Figure]:
        """The figures of periods that still ran when they were counted, by category and period."""
        if (measure, by) not in self._running:
            found = [one.figure for one in self.offers(measure, by) if one.running and one.chosen]
            self._running[measure, by] = {
                (one.category, one.period): replace(one, reason=RUNNING.format(prose.date_text(one.known.date())))
                for one in found
                if is_known(one)
            }
        return self._running[measure, by]

    @cached_property
    def _known(self) -> Known:
        return known(self._data, self.scope.as_of)

    @cached_property
    def _order(self) -> Order:
        return self._known.offered.until(self.scope.period.end)

    @cached_property
    def _table(self) -> pd.DataFrame:
        return self._known.offered.table(self._order)

    def _span(self, breakdown: Breakdown) -> tuple[int, int]:
        """Where the figures of a measure in one breakdown stand in the order."""
        first, end = np.searchsorted(self._sorted, self._known.places(breakdown))
        return int(first), int(end)

    @cached_property
    def _sorted(self) -> np.ndarray:
        """The numbers of the rows in the order of their keys: within one breakdown all lie between its places."""
        return np.sort(self._order.rows)

    def _breakdowns(self, measures: Iterable[str], by: str | None = None) -> list[Breakdown]:
        """The measures with each dimension of which there are figures, or with this one, in order."""
        wanted = set(measures)
        for measure in wanted:
            asked.note(f"{asked.MEASURE}{measure}")
        return sorted(key for key in self._data.rows_of if key[0] in wanted and by in (None, key[1]))

    def _seen(self, keys: Iterable[Breakdown]) -> pd.DataFrame:
        """What may be seen of these measures and dimensions."""
        rows = known_on(self._data, self.scope.as_of, keys)
        return rows[rows.end <= pd.Timestamp(self.scope.period.end)]


class Earlier(Visible):
    """What a report on an earlier period may see of the same data, in the order in which it was put already.

    That order is one of the whole: of publishers without a place in it, by how many figures each has to this day.
    """

    def __init__(self, whole: Visible, period: Period) -> None:
        super().__init__(replace(whole.scope, period=period))
        self._whole, self._end = whole, period.end

    def of(self, measures: Iterable[str], by: str | None = None) -> pd.DataFrame:
        """As `Visible.of`."""
        rows = self._whole.of(measures, by)
        return rows[rows.end <= pd.Timestamp(self._end)]

    def offers(self, measure: str, by: str) -> list[Offer]:
        """As `Visible.offers`."""
        if (measure, by) not in self._offers:
            every = self._whole.offers(measure, by)
            self._offers[measure, by] = [one for one in every if one.figure.period.end <= self._end]
        return self._offers[measure, by]
