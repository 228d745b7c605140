"""One door for the notebooks: choose measures, period and as-of date; get plain DataFrames with their sources.

Every table has one row per figure and the columns of `FIGURE_COLUMNS`; `lookup` holds the rules for finding a figure.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from keten import asked
from keten.model.figures import Figure, figures_of, together
from keten.model.periods import Period
from keten.sources import store
from keten.sources.attempts import Attempt, attempts
from keten.workbook import arguments, glossary, policy, publishers, questions, ratios, scope
from keten.workbook.default_edition import default_edition
from keten.workbook.ledger import Ledger
from keten.workbook.lookup import Lookup
from keten.workbook.visible import Earlier, Visible

Names = str | Sequence[str]
NO_RANK = ("Overig", "Onbekend", "Overig/onbekend", "totaal")  # categories that are not one among others


class Workbook:
    """The published figures as one report may see them.

    period: `2017-06`, `2017-Q2`, `2017-H1`, `2017` ('' = that of `default_edition`, and `choice` then tells why);
    compare_years: how many earlier years stand beside it; as_of: day on which the figures had to be known ('' = the
    newest); nationality: Dutch name or ISO 3166 code of a nationality in focus ('' = none); data: folder with the data,
    or another workbook's `scope`, to see the same state. Raises KetenError, in Dutch, for a value that cannot be.
    """

    def __init__(
        self,
        period: str | Period = "",
        compare_years: int = 2,
        as_of: str | date = "",
        nationality: str = "",
        data: Path | str | scope.Scope | None = None,
    ) -> None:
        self.choice = default_edition(data, as_of) if period in ("", None) else None
        asked = self.choice.period if self.choice else period
        self.scope = scope.checked(asked, compare_years, as_of, nationality, data)
        self.period, self.as_of, self.compare_years = self.scope.period, self.scope.as_of, self.scope.compare_years
        self.nationality, self.catalogue = self.scope.nationality, self.scope.data.catalogue
        self._visible = Visible(self.scope)
        self._lookup = Lookup(self._visible)
        self._ledger = Ledger()
        self.hand_out = self._ledger.hand_out

    def series(
        self, measure: Names, by: str = "", only: Sequence[str] = (), kind: str = "", years: int | None = None
    ) -> pd.DataFrame:
        """The chosen figures of one measure (or of several, one after another) over time, up to the period.

        by: a dimension ('' = totals); only: categories to keep; kind: frequency ('' = the finest that is published);
        years: how many years back from the period's end (None = all). Months, quarters and half-years without a figure
        between the first and last one are rows with status `missing` and no value, so that a gap shows as a gap.

        >>> chain.series("asylum_inflow_total", kind="year", years=3)[["period", "value"]]
          period    value
        0   2014  29891.0
        1   2015  58880.0
        2   2016  31642.0
        """
        if not isinstance(measure, str):
            return together([self.series(one, by, only, kind, years) for one in measure])
        return self.hand_out(questions.series(self.about(measure, by, only, kind), measure, by, only, kind, years))

    def value(self, measure: str, by: str = "", category: str = "", period: str | Period = "") -> pd.DataFrame:
        """One figure as a table of one row; without one, a row with status `missing` and no value.

        Without `period` it is the report's own period, or else the latest earlier one that has a figure (`fallback`).

        >>> chain.value("asylum_first_applications", period="2017-Q1")[["period", "value", "unit"]]
            period   value          unit
        0  2017-Q1  4030.0  applications
        """
        return self.hand_out(questions.value(self.about(measure, by, [category]), measure, by, category, period))

    def compare(
        self, measure: Names, by: str = "", only: Sequence[str] = (), period: str | Period = ""
    ) -> pd.DataFrame:
        """The period beside the same period of `compare_years` earlier years, oldest first.

        When no category has a figure in the period, the latest earlier period that has one takes its place in all rows
        (`fallback`). A year without a figure is a row with status `missing`. Several measures come one after another.

        >>> chain.compare("asylum_first_applications")[["period", "value"]]
            period   value
        0  2015-06  2925.0
        1  2016-06  1110.0
        2  2017-06  1335.0
        """
        if not isinstance(measure, str):
            return together([self.compare(one, by, only, period) for one in measure])
        found = self.about(measure, by, only)
        categories = list(only) or (self.categories(measure, by) if by else [""])
        return self.hand_out(questions.compare(found, measure, by, categories, period))

    def rolling(self, measure: Names, by: str = "", category: str = "") -> pd.DataFrame:
        """Year to date and trailing twelve months, each beside the same a year earlier; see `questions.rolling`."""
        if not isinstance(measure, str):
            return together([self.rolling(one, by, category) for one in measure])
        rows = questions.rolling(self.about(measure, by, [category]), measure, by, category)
        return self.hand_out(rows) if len(rows) else rows

    def top(self, measure: str, by: str, n: int = 10, leave_out: Sequence[str] = NO_RANK) -> pd.DataFrame:
        """The comparison of the `n` largest categories in the period (or its latest earlier one), largest first.

        >>> chain.top("asylum_first_applications", "nationality", n=3).category.unique().tolist()
        ['Syrië', 'Eritrea', 'Irak']
        """
        found = questions.top(self.about(measure, by), measure, by, self.categories(measure, by))
        return self.hand_out(questions.largest(found, n, leave_out))

    def latest_span(self, measure: str, by: str = "", category: str = "") -> pd.DataFrame:
        """The figure over the last odd span of days that ended in or before the period, such as January to May."""
        return self.hand_out(questions.latest_span(self._lookup, measure, by, category))

    def history(self, figure: pd.Series, years: int) -> pd.DataFrame:
        """The figures like this one in the years before it, itself last; for a glance, so it counts as no use."""
        return questions.history(self._lookup, figure, years)

    def over_years(self, figure: pd.Series, years: int) -> pd.DataFrame:
        """A figure from `compare` or `share_in_period` beside the same period of so many earlier years, oldest first.

        All are of the figure's own count; a year without a figure that can be compared is a row with its reason.
        """
        return self.hand_out(questions.over_years(self._lookup, figure, years))

    def share(
        self, part: str, whole: str, by: str = "", only: Sequence[str] = (), kind: str = "", years: int | None = None
    ) -> pd.DataFrame:
        """`part` as a percentage of `whole`, period by period at the frequency that both have.

        Numerator and denominator are read first, so a rate is never averaged, and both come from the same publisher.
        The margin is the widest that both roundings allow.

        >>> positive, decisions = "asylum_first_instance_positive", "asylum_first_instance_decisions"
        >>> chain.share(positive, decisions, kind="quarter")[["period", "value"]].tail(1).round(1)
             period  value
        17  2017-Q2   45.3
        """
        self.about(whole, by, kind=kind)
        ratio = ratios.percentage_of(whole, self.catalogue)
        found = self.about(part, by, only, kind)
        return self.hand_out(questions.share_series(found, part, by, only, kind, years, ratio))

    def share_in_period(
        self, part: str, whole: str, by: str = "", only: Sequence[str] = ("",), period: str | Period = ""
    ) -> pd.DataFrame:
        """`part` as a percentage of `whole` in the period and the same period of earlier years, as `compare` does.

        >>> positive, decisions = "asylum_first_instance_positive", "asylum_first_instance_decisions"
        >>> chain.share_in_period(positive, decisions)[["period", "value"]].round(1)
            period  value
        0  2015-Q2   67.2
        1  2016-Q2   79.1
        2  2017-Q2   45.3
        """
        self.about(whole)
        ratio = ratios.percentage_of(whole, self.catalogue)
        return self.hand_out(questions.compare(self.about(part, by, only), part, by, only, period, ratio))

    def share_of_total(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The last figure of each category in `frame` (from `compare`) as a percentage of its own publisher's total."""
        last = frame.groupby(["measure", "category"], sort=False).tail(1)
        return self._shares(last, self._totals(last), frame.measure.iloc[0]) if len(last) else last

    def share_of_category(self, measure: str, by: str, category: str, kind: str = "") -> pd.DataFrame:
        """One category as a percentage of the total of the same publisher, period by period; no total, no share."""
        top = self.series(measure, by, [category], kind)
        return self._shares(top, self._totals(top), measure)

    def ratio(self, parts: pd.DataFrame, wholes: Sequence[Figure | None], whole: str, per: int) -> pd.DataFrame:
        """`parts` per so many of `wholes` (a figure of measure `whole` per row, or None), row by row."""
        self.about(whole)
        return self.hand_out(ratios.row_by_row(parts, wholes, ratios.per_so_many(whole, per, self.catalogue)))

    def by_publisher(self, measures: Sequence[str], kind: str = "year") -> pd.DataFrame:
        """Totals of each publisher side by side, never joined: `label` names measure and publisher."""
        return self.hand_out(publishers.by_publisher(self._visible, measures, kind))

    def others(self, measures: Sequence[str]) -> pd.DataFrame:
        """Other published figures for those given so far of these measures, the largest difference first (`used`)."""
        used = self._ledger.figures()
        return self.hand_out(publishers.others(self._visible, used[used.measure.isin(measures)]))

    def publishers_of(self, measure: str, kind: str = "year") -> list[str]:
        """The organisations that have a total of a measure over such periods, used by the report or not."""
        return publishers.publishers_of(self._visible, measure, kind)

    def policy_measures(
        self, goal: str = "", nationality: str = "", years: int | None = None, after: bool = False
    ) -> pd.DataFrame:
        """Dated policy measures up to the end of the period: `date` (day), `title`, `nationalities`, `later`, source.

        >>> chain.policy_measures(nationality="Albanië").title[0]
        'Eerste nationale lijst veilige landen van herkomst (westelijke Balkan)'
        """
        return policy.policy_measures(self.scope, goal, nationality, years, after)

    def safe_countries(self) -> pd.DataFrame:
        """Nationalities on the Dutch safe-countries list by the end of the period: `name`, `safe_since`, source."""
        return policy.safe_countries(self.scope)

    @property
    def last_year(self) -> str:
        """The last whole calendar year that ended before the period's own year did."""
        return str(self.period.end.year - 1)

    def has(self, measure: str, by: str = "", kind: str = "", least: int = 1) -> bool:
        """Whether at least so many whole periods have a figure of a measure, broken down like this."""
        arguments.check(self._visible, measure, by, kind=kind)
        periods = {one.figure.period for one in self._visible.offers(measure, by) if one.known}
        return sum(one.kind == kind or not kind for one in periods) >= least

    def categories(self, measure: str, by: str) -> list[str]:
        """Categories of a dimension of which the measure has chosen figures, in order of appearance in time.

        >>> chain.categories("asylum_first_instance_decisions", "nationality")[:3]
        ['Afghanistan', 'Turkije', 'Syrië']
        """
        chosen = [one.figure for one in self._visible.offers(measure, by) if one.chosen]
        order = np.argsort(np.array([one.period.start for one in chosen], dtype="datetime64[s]"))
        return list(dict.fromkeys(chosen[place].category for place in order))

    def breakdowns(self, measure: str) -> list[str]:
        """The dimensions of which a measure has figures, '' for its totals."""
        asked.note(f"{asked.MEASURE}{measure}")
        return [by for one, by in self._visible.filled if one == measure]

    def measures(self) -> list[str]:
        """Ids of all measures that have a figure."""
        asked.note(asked.EVERYTHING)
        return list(dict.fromkeys(measure for measure, _ in self._visible.filled))

    def earlier(self, period: Period) -> Lookup:
        """The look-up of a report on an earlier period on the same data, with as many years beside it; no use."""
        return Lookup(Earlier(self._visible, period))

    def offered(self, measure: str, by: str = "") -> pd.DataFrame:
        """Every figure of a measure in one breakdown, those that a report uses marked `chosen`; looking is no use."""
        return self._visible.of([measure], by)

    def editions(self, measures: Iterable[str]) -> pd.DataFrame:
        """The figures of these measures, also what a later delivery of the same source replaced."""
        return self._visible.editions(measures)

    def is_own(self, figure: pd.Series) -> bool:
        """Whether a row of a table of figures is about the whole of the report's own period, and has a value."""
        return questions.is_own(self.scope, figures_of(figure.to_frame().T)[0])

    def coverage(self, measures: Sequence[str]) -> pd.DataFrame:
        """What can be seen of each measure: `measure`, `label`, `last` period, `in_period` (a figure over it)."""
        return questions.coverage(self._lookup, measures)

    @cached_property
    def observations(self) -> pd.DataFrame:
        """All figures that may be seen, newest editions only, marked by `selection.choose`."""
        return self._visible.everything()

    @property
    def data(self) -> Path:
        """The folder with the data; who wants it may read all of it."""
        asked.note(asked.EVERYTHING)
        return self.scope.folder

    @property
    def faults(self) -> list[str]:
        """Which live sources cannot take part, in Dutch."""
        return self.scope.data.faults

    @property
    def sources(self) -> pd.DataFrame:
        """The sources, of a live one with the day of the last delivery known on the as-of date."""
        asked.note(asked.SOURCES)
        return self._visible.sources

    def sources_of(self, ids: Iterable[str]) -> pd.DataFrame:
        """Those of `sources` with these ids; KeyError for one that is not there."""
        wanted = list(dict.fromkeys(ids))
        for source in wanted:
            asked.note(f"{asked.SOURCE}{source}")
        return self._visible.sources.loc[wanted]

    def used_figures(self) -> pd.DataFrame:
        """All figures handed out so far, each once, in order of first use."""
        return self._ledger.figures()

    def used_sources(self) -> pd.DataFrame:
        """The sources of all figures handed out so far, with the number of figures taken from each."""
        return self._ledger.sources(self._visible.sources)  # those of measures that were noted

    def not_fetched(self) -> dict[str, Attempt]:
        """By source what went wrong when it was last fetched; nothing for a report on what was known on another day."""
        if self.as_of is not None:
            return {}
        asked.note(asked.FETCHED)
        with asked.quietly():
            known = attempts(self.scope.folder / store.FOLDER)
        return {source: one for source, one in known.items() if one.since}

    def used_measures(self) -> list[str]:
        """Ids of the measures asked for so far, in order of first use, with figures or not."""
        return self._ledger.measures()

    def find(self, words: str = "") -> glossary.Answer:
        """The measures that fit these words, in Dutch or English, best first; without words all of them.

        >>> chain.find("bewaring instroom").table.measure[0]
        'detention_inflow'
        """
        return glossary.find(words, self.catalogue, self._visible.present)

    def describe(self, measure: str) -> glossary.Answer:
        """What a measure means, its sources, which figures there are, where its series break and how to ask for them.

        >>> chain.describe("Eerste asielaanvragen").table.query("dimension == '' and kind == 'month'")["first"].item()
        '2013-01'
        """
        return glossary.describe(measure, self.scope, self.sources)

    def _repr_html_(self) -> str:
        return str(glossary.portrait(self.scope)._repr_mimebundle_()["text/html"])

    def __repr__(self) -> str:
        as_of = self.as_of.isoformat() if self.as_of else ""
        return f"Workbook({str(self.period)!r}, {self.compare_years}, {as_of!r}, {self.nationality!r})"

    def about(self, measure: str, by: str = "", only: Sequence[str] = (), kind: str = "") -> Lookup:
        """The look-up, after checking what is asked for and noting that the report is about this measure."""
        arguments.check(self._visible, measure, by, only, kind)
        self._ledger.asked(measure)
        return self._lookup

    def _totals(self, rows: pd.DataFrame) -> list[Figure | None]:
        return [self._lookup.alike(one, one.measure, "", "") for one in figures_of(rows)]

    def _shares(self, parts: pd.DataFrame, wholes: Sequence[Figure | None], whole: str) -> pd.DataFrame:
        return self.hand_out(ratios.row_by_row(parts, wholes, ratios.percentage_of(whole, self.catalogue)))
