"""Which figures a report may see, and which of those it uses: nothing after its period or after its as-of date."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property

import pandas as pd

from keten import asked
from keten.model.figures import Figure, figures_of, together
from keten.model.periods import Period
from keten.model.quality import comparable
from keten.observations.availability import present
from keten.observations.dataset import as_of_day, known_on, newest, sources_on
from keten.observations.selection import choose
from keten.presentation import prose
from keten.workbook.candidates import ByCount, Ranked, by_count
from keten.workbook.scope import Scope
from keten.workbook.watched import plain

RUNNING = "de periode liep nog toen zij werd geteld: dit is de stand van {}"

Breakdown = tuple[str, str]
"""A measure and the dimension that it is broken down by, "" for its totals."""


class Visible:
    """The figures that a scope allows. What was ordered of a measure is remembered, and noted (`keten.asked`)."""

    def __init__(self, scope: Scope) -> None:
        self.scope, self._data = scope, plain(scope.data)
        self._chosen: dict[Breakdown, pd.DataFrame] = {}  # by measure and dimension: few of them are asked for
        self._of_publisher: dict[tuple[str, str, str], dict[tuple[str, Period], Figure]] = {}
        self._running: dict[Breakdown, dict[tuple[str, Period], Figure]] = {}
        self._candidates: dict[Breakdown, ByCount] = {}

    def everything(self) -> pd.DataFrame:
        """All figures that may be seen, newest editions only, marked by `selection.choose`."""
        asked.note(asked.EVERYTHING)
        return self._choose(self._data.rows_of)

    def editions(self, measures: Iterable[str]) -> pd.DataFrame:
        """The figures of these measures, also what a later delivery of the same source replaced.

        Without those that were counted from records of persons: of them nothing is compared.
        """
        return comparable(self._in_words(self._seen(self._breakdowns(measures)))).assign(joined=False)

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
        wanted = self._breakdowns(measures, by)
        if new := [key for key in wanted if key not in self._chosen]:
            rows = self._choose(new)
            parts = {key: part for key, part in rows.groupby(["measure", "dimension"])}
            self._chosen |= {key: parts.get(key, rows.iloc[:0]) for key in new}
        return together([self._chosen[key] for key in wanted] or [self._choose([])])

    def prepare(self) -> None:
        """Put all figures in order at once: much quicker than one by one where all measures are asked for."""
        rows = self.of(measure for measure, _ in self._data.rows_of)
        self._candidates = {key: {} for key in self._data.rows_of} | by_count(rows)

    def candidates(self, measure: str, by: str) -> ByCount:
        """The figures with a value of a measure in one breakdown, by count, category and period."""
        if (measure, by) not in self._candidates:
            self._candidates[measure, by] = by_count(self.of([measure], by)).get((measure, by), {})
        return self._candidates[measure, by]

    def published_by(self, publisher: str, measure: str, by: str) -> dict[tuple[str, Period], Figure]:
        """What one publisher printed of a measure in one breakdown, by category and period."""
        key = (publisher, measure, by)
        if key not in self._of_publisher:
            rows = self.of([measure], by)
            rows = rows[(rows.organisation == publisher) & rows.value.notna() & ~rows.running]
            best = figures_of(rows.drop_duplicates(["category", "period"]))
            self._of_publisher[key] = {(one.category, one.period): one for one in best}
        return self._of_publisher[key]

    def running(self, measure: str, by: str) -> dict[tuple[str, Period], Figure]:
        """The figures of periods that still ran when they were counted, by category and period."""
        if (measure, by) not in self._running:
            rows = self.of([measure], by)
            rows = rows[rows.running & rows.chosen & rows.value.notna()]
            reasons = [RUNNING.format(prose.date_text(day.date())) for day in rows.known]
            found = figures_of(rows.assign(reason=reasons)) if len(rows) else []
            self._running[measure, by] = {(one.category, one.period): one for one in found}
        return self._running[measure, by]

    @cached_property
    def _days(self) -> pd.DataFrame:
        """Of all figures known on the as-of date the days and the source."""
        columns = ["start", "end", "known", "assumed", "live", "source"]
        return as_of_day(self._data.observations[columns], self.scope.as_of)

    @cached_property
    def _reported(self) -> pd.Series:
        """The last day that may be seen of each source without a date of its own."""
        days = self._days
        days = days[~days.live & (days.end <= pd.Timestamp(self.scope.period.end))]
        undated = days.source[days.assumed].unique()
        return days[days.source.isin(undated)].groupby("source").end.max()

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

    def _choose(self, keys: Iterable[Breakdown]) -> pd.DataFrame:
        rows = self._in_words(newest(self._seen(keys)))
        return choose(rows, self._data.catalogue, self._reported)

    def _in_words(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Figures with the words that a reader needs, and what is empty for a figure as published."""
        return rows.assign(
            label=rows.measure.map(self._data.catalogue.measures.label),
            source_title=rows.source.map(self._data.sources.title),
            source_url=rows.source.map(self._data.sources.url),
            statistic="",
            fallback=False,
            calculation="",
            reason="",
        )


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

    def candidates(self, measure: str, by: str) -> ByCount:
        """As `Visible.candidates`."""
        found = self._whole.candidates(measure, by)
        kept = {
            count: {category: self._seen_of(figures) for category, figures in categories.items()}
            for count, categories in found.items()
        }
        filled = {count: {name: of for name, of in categories.items() if of} for count, categories in kept.items()}
        return {count: categories for count, categories in filled.items() if categories}

    def published_by(self, publisher: str, measure: str, by: str) -> dict[tuple[str, Period], Figure]:
        """As `Visible.published_by`."""
        found = self._whole.published_by(publisher, measure, by)
        return {key: figure for key, figure in found.items() if key[1].end <= self._end}

    def _seen_of(self, figures: Mapping[Period, Ranked]) -> dict[Period, Ranked]:
        return {period: one for period, one in figures.items() if period.end <= self._end}
