"""One door for the notebooks: choose measures, period and as-of date; get plain DataFrames with their sources.

Every table that comes out of here has one row per figure and the columns of `FIGURE_COLUMNS`. Rules that hold
everywhere: nothing after the period or published after the as-of date is seen; a longer period is added up from months
(or quarters) only for a flow and only when every part is there; a rate is never added; a stock is read on its latest
date; a published total goes before a sum; the margin of rounding travels along.
"""

import os
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path

import pandas as pd

from keten.errors import KetenError
from keten.model.figures import FIGURE_COLUMNS, frame_of, gap, joined_sources, together, with_gaps
from keten.model.periods import CALENDAR_KINDS, Period, as_of_date
from keten.model.quality import PRECISION
from keten.model.row_numbers import as_records
from keten.observations.availability import present
from keten.observations.dataset import Data, known_on, load, newest, sources_on
from keten.observations.selection import choose
from keten.paths import REPOSITORY_DATA
from keten.workbook.glossary import Answer, describe, find, portrait

PART_KINDS = {"month": "maanden", "quarter": "kwartalen", "half_year": "halfjaren"}
MOST_COMPARE_YEARS = 30


def data_folder(data: Path | str | None = None) -> Path:
    """The folder named by the caller, else by the environment variable KETEN_DATA, else `data/` of the repository."""
    return Path(data or os.environ.get("KETEN_DATA") or REPOSITORY_DATA)


def default_period(data: Path | str | None = None, as_of: str = "") -> str:
    """The latest month for which the data hold first asylum applications, as known on `as_of` ('' = now known)."""
    known = known_on(load(data_folder(data)), as_of_date(as_of), [("asylum_first_applications", "")])
    months = known[known.kind == "month"]
    if months.empty:
        raise KetenError(
            f"Op {as_of} waren er nog geen maandcijfers over eerste asielaanvragen bekend; kies een latere datum of "
            "geef --period."
            if as_of
            else "De gegevens bevatten geen maandcijfers over eerste asielaanvragen; geef met --period een periode op."
        )
    return months.period.max()


class Workbook:
    """The published figures as one report may see them.

    period: `2017-06`, `2017-Q2`, `2017-H1`, `2017` ('' = latest month with first asylum applications);
    compare_years: how many earlier years stand beside it; as_of: day on which the figures had to be known ('' = the
    newest); nationality: Dutch name or ISO 3166 code of a nationality in focus ('' = none); data: folder with the data.
    Raises KetenError, in one Dutch sentence, for a value that cannot be.
    """

    def __init__(
        self,
        period: str = "",
        compare_years: int = 2,
        as_of: str = "",
        nationality: str = "",
        data: Path | str | None = None,
    ) -> None:
        self.as_of = as_of_date(as_of)
        self.data = data_folder(data)
        self._data: Data = load(self.data)
        self.catalogue = self._data.catalogue
        self.faults = self._data.faults  # live sources that cannot take part, and why
        self.compare_years = self._checked_years(compare_years)
        self.nationality = self.catalogue.nationality(nationality)
        self.period = self._checked_period(default_period(data, as_of) if period in ("", None) else period)
        self._offered: dict[tuple[str, str], pd.DataFrame] = {}  # by measure and dimension: few of them are asked for
        self._by_category: dict[tuple[str, str], dict[str, dict[str, dict]]] = {}
        self._totals: dict[tuple[str, str], dict[str, dict]] = {}  # by publisher and measure, then by period
        self._handed: list[pd.DataFrame] = []
        self._asked: dict[str, None] = {}  # measures in order of first use, also those without any figure

    def _checked_years(self, compare_years: int) -> int:
        if (
            isinstance(compare_years, bool)
            or not isinstance(compare_years, int)
            or not 0 <= compare_years <= MOST_COMPARE_YEARS
        ):
            raise KetenError(
                f"Het aantal jaren om mee te vergelijken (compare_years) is '{compare_years}'; "
                f"geef een geheel getal van 0 tot en met {MOST_COMPARE_YEARS}."
            )
        return compare_years

    def _checked_period(self, text: str) -> Period:
        period = Period.parse(text)
        if period.kind not in CALENDAR_KINDS:
            raise KetenError(
                f"De periode '{text}' is geen maand, kwartaal, halfjaar of jaar; geef bijvoorbeeld 2017-06, 2017-Q2, "
                "2017-H1 of 2017."
            )
        known = self._days()
        if known.empty:
            raise KetenError(f"Op {self.as_of} waren er nog geen cijfers bekend; kies een latere datum (as_of).")
        if self.as_of is not None and period.start > self.as_of:
            raise KetenError(
                f"De periode {period} begint na de datum van de gegevens (as_of) {self.as_of}; kies een eerdere "
                "periode of een latere datum."
            )
        first, last = known.start.min().date(), known.end.max().date()
        if period.end < first or period.start > last:
            raise KetenError(
                f"De periode {period} ligt buiten de gegevens, die lopen van {first:%Y-%m} tot en met {last:%Y-%m}; "
                "kies een periode daarbinnen."
            )
        return period

    @cached_property
    def observations(self) -> pd.DataFrame:
        """All figures that may be seen, newest editions only, marked by `selection.choose`."""
        return self._choose(self._data.rows_of)

    def editions(self, measures: Iterable[str]) -> pd.DataFrame:
        """The figures of these measures, also what a later delivery of the same source replaced."""
        return self._in_words_of(self._seen(self._breakdowns(measures))).assign(joined=False)

    @cached_property
    def _filled(self) -> list[tuple[str, str]]:
        """The measures and dimensions of which any figure may be seen."""
        rows = self._seen(self._data.rows_of)
        return sorted(set(rows.loc[rows.value.notna(), ["measure", "dimension"]].itertuples(index=False, name=None)))

    @cached_property
    def sources(self) -> pd.DataFrame:
        """The sources, of a live one with the day of the last delivery known on the as-of date."""
        return sources_on(self._data, self.as_of)

    @property
    def last_known(self) -> date:
        """The newest day on which a figure that may be seen became known."""
        days = self._days()
        return days.known[days.end <= pd.Timestamp(self.period.end)].max().date()

    # -- reading ---------------------------------------------------------------------------------------------------

    def series(
        self,
        measure: str | Sequence[str],
        by: str = "",
        only: Sequence[str] = (),
        kind: str = "",
        years: int | None = None,
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
        self._ask(measure)
        rows = self._rows(measure, by)
        if only:
            rows = rows[rows.category.isin(only)]
        if years is not None:
            first = Period.parse(str(self.period.end.year - years)).start
            rows = rows[rows.start >= pd.Timestamp(first)]
        kind = kind or self._finest(rows)
        return self.hand_out(with_gaps(rows[rows.kind == kind]))

    def value(self, measure: str, by: str = "", category: str = "", period: str | Period = "") -> pd.DataFrame:
        """One figure as a table of one row; without one, a row with status `missing` and no value.

        Without `period` it is the report's own period, or else the latest earlier one that has a figure (`fallback`).

        >>> chain.value("asylum_first_applications", period="2017-Q1")[["period", "value", "unit"]]
            period   value          unit
        0  2017-Q1  4030.0  applications
        """
        self._ask(measure)
        if period:
            row = self._figure(measure, by, category, Period.parse(period))
            return self.hand_out(frame_of([row or self._missing(measure, by, category, Period.parse(period))]))
        row = self._figure(measure, by, category, self.period) or self._latest(measure, by, [category]).get(category)
        return self.hand_out(frame_of([row or self._missing(measure, by, category, self.period)]))

    def compare(
        self, measure: str | Sequence[str], by: str = "", only: Sequence[str] = (), period: str | Period = ""
    ) -> pd.DataFrame:
        """The period beside the same period of `compare_years` earlier years, oldest first.

        One row per category and year. When no category has a figure in the period, the latest earlier period that has
        one takes its place in all rows (`fallback`). A year without a figure is a row with status `missing`. Several
        measures come one after another.

        >>> chain.compare("asylum_first_applications")[["period", "value"]]
            period   value
        0  2015-06  2937.0
        1  2016-06  1110.0
        2  2017-06  1335.0
        """
        if not isinstance(measure, str):
            return together([self.compare(one, by, only, period) for one in measure])
        self._ask(measure)
        categories = list(only) or (self.categories(measure, by) if by else [""])
        wanted = Period.parse(period) if period else self.period
        found = {category: self._figure(measure, by, category, wanted) for category in categories}
        if not any(found.values()) and not period:
            found = self._latest(measure, by, categories)
            ends = [row["period"] for row in found.values()]
            wanted = Period.parse(ends[0]) if ends else wanted
        fallback = str(wanted) != str(self.period) and not period
        rows = []
        for category in categories:
            now = found.get(category)
            at = Period.parse(now["period"]) if now else wanted
            before = [
                (earlier, self._figure(measure, by, category, earlier))
                for earlier in at.earlier_years(self.compare_years)
            ]
            if at.kind != "span" or any(row for _, row in before):  # odd spans seldom return a year later
                rows += [row or self._missing(measure, by, category, earlier) for earlier, row in before]
            rows.append(now or self._missing(measure, by, category, wanted))
        frame = frame_of(rows)
        return self.hand_out(frame.assign(fallback=fallback | frame.fallback))

    def rolling(self, measure: str | Sequence[str], by: str = "", category: str = "") -> pd.DataFrame:
        """Year to date and trailing twelve months, each beside the same a year earlier; only for a flow.

        Column `window` is `year_to_date` (1 January to the end of the period) or `trailing_12` (the twelve months up to
        that end); of each the window a year earlier and then this one. Where the period has no figure both end with the
        latest that has one. A window is a published figure or the sum of all its months or quarters, with their margins
        added; with one of them missing it has no value (status `missing`). Twelve months hold every season once, so
        they compare at any moment; a peak stays in them for a year. Empty for a stock, a rate and for a measure of
        which the parts are not all published.
        """
        if not isinstance(measure, str):
            return together([self.rolling(one, by, category) for one in measure])
        self._ask(measure)
        if self.catalogue.measure(measure).kind != "flow":
            return frame_of([]).assign(window=[])
        anchor = self._latest_month_end(measure, by, category)
        if anchor is None:
            return frame_of([]).assign(window=[])
        rows = []
        for window, span in (("year_to_date", anchor.year_to_date()), ("trailing_12", anchor.trailing(12))):
            for period in (span.years_earlier(1), span):
                row = self._figure(measure, by, category, period) or self._missing(measure, by, category, period)
                rows.append({**row, "window": window})
        return self.hand_out(frame_of(rows, "window"))

    def top(
        self,
        measure: str,
        by: str,
        n: int = 10,
        leave_out: Sequence[str] = ("Overig", "Onbekend", "Overig/onbekend", "totaal"),
    ) -> pd.DataFrame:
        """The comparison of the `n` largest categories in the period (or its latest earlier one), largest first.

        >>> chain.top("asylum_first_applications", "nationality", n=3).category.unique().tolist()
        ['Syrië', 'Eritrea', 'Irak']
        """
        frame = self.compare(measure, by)
        if frame.empty:
            return frame
        last = frame.groupby("category").tail(1).dropna(subset="value")
        largest = (
            last[~last.category.isin(leave_out)].sort_values(["value", "category"], ascending=[False, True]).head(n)
        )
        order = {category: place for place, category in enumerate(largest.category)}
        kept = frame[frame.category.isin(order)]
        return kept.sort_values("category", key=lambda names: names.map(order), kind="stable").reset_index(drop=True)

    def share(
        self,
        part: str,
        whole: str,
        by: str = "",
        only: Sequence[str] = (),
        kind: str = "",
        years: int | None = None,
    ) -> pd.DataFrame:
        """`part` as a percentage of `whole`, period by period at the frequency that both have.

        Numerator and denominator are read first, so a rate is never averaged, and both come from the same publisher.
        The margin is the widest that both roundings allow.

        >>> positive, decisions = "asylum_first_instance_positive", "asylum_first_instance_decisions"
        >>> chain.share(positive, decisions, kind="quarter")[["period", "value"]].tail(1).round(1)
             period  value
        17  2017-Q2   45.3
        """
        top, bottom = self.series(part, by, only, kind, years), self.series(whole, by, only, kind, years)
        found = {(row["category"], row["period"]): row for row in bottom.to_dict("records")}
        return self.hand_out(
            self._shares(top, [found.get(key) for key in zip(top.category, top.period, strict=True)], whole)
        )

    def share_in_period(
        self, part: str, whole: str, by: str = "", only: Sequence[str] = ("",), period: str | Period = ""
    ) -> pd.DataFrame:
        """`part` as a percentage of `whole` in the period and the same period of earlier years, as `compare` does.

        only: categories of `by`, in the order of the table.

        >>> positive, decisions = "asylum_first_instance_positive", "asylum_first_instance_decisions"
        >>> chain.share_in_period(positive, decisions)[["period", "value"]].round(1)
            period  value
        0  2015-Q2   67.2
        1  2016-Q2   79.1
        2  2017-Q2   45.3
        """
        top = self.compare(part, by, only, period)
        self._ask(whole)
        wholes = [self._figure(whole, by, row.category, Period.parse(row.period)) for row in top.itertuples()]
        return self.hand_out(self._shares(top, wholes, whole))

    def share_of_total(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The last figure of each category in `frame` as a percentage of the total that its own publisher gives.

        frame: from `compare` or `top`. A category whose publisher gives no total over the period has no share.

        >>> syria = chain.compare("asylum_first_applications", "nationality", ["Syrië"], period="2016")
        >>> chain.share_of_total(syria)[["category", "period", "value"]].round(1)
          category period  value
        0    Syrië   2016   14.8
        """
        last = frame.groupby(["measure", "category"], sort=False).tail(1)
        wholes = [self._total_of(row.organisation, row.measure, Period.parse(row.period)) for row in last.itertuples()]
        return self.hand_out(self._shares(last, wholes, frame.measure.iloc[0])) if len(last) else last

    def share_of_category(self, measure: str, by: str, category: str, kind: str = "") -> pd.DataFrame:
        """One category as a percentage of the total of the same publisher, period by period; no total, no share.

        >>> shares = chain.share_of_category("asylum_first_applications", "nationality", "Syrië", "year")
        >>> shares[["period", "value"]].tail(2).round(1)
          period  value
        2   2015   43.3
        3   2016   14.8
        """
        top = self.series(measure, by, [category], kind)
        wholes = [self._total_of(row.organisation, measure, Period.parse(row.period)) for row in top.itertuples()]
        return self.hand_out(self._shares(top, wholes, measure))

    def ratio(self, parts: pd.DataFrame, wholes: Sequence[dict | None], whole: str, per: int) -> pd.DataFrame:
        """`parts` per so many of `wholes` (a figure of measure `whole` per row, or None), row by row."""
        self._ask(whole)
        words = f"aantal per {per:,} van {self._in_words(whole)}".replace(",", ".")
        return self.hand_out(self._ratios(parts, wholes, f"ratio;denominator={whole}", per, f"per_{per}", words))

    def has(self, measure: str, by: str = "", kind: str = "", least: int = 1) -> bool:
        """Whether at least so many periods have a figure of a measure, broken down like this.

        Asking does not count as using it in the report.

        >>> chain.has("asylum_first_applications", by="nationality", kind="month")
        True
        """
        rows = self._rows(measure, by)
        return rows[rows.value.notna() & (rows.kind == kind if kind else True)].period.nunique() >= least

    def publishers_of(self, measure: str, kind: str = "year") -> list[str]:
        """The organisations that have a total of a measure over such periods, used by the report or not."""
        rows = self._observations_of([measure], "")
        return sorted(set(rows[rows.value.notna() & (rows.kind == kind)].organisation))

    def _in_words(self, measure: str) -> str:
        label = self.catalogue.measure(measure).label
        return f"{label[0].lower()}{label[1:]}"

    def _total_of(self, publisher: str, measure: str, period: Period) -> dict | None:
        """The total over the period by one publisher, whichever publisher the report uses for totals."""
        if (publisher, measure) not in self._totals:
            rows = self._observations_of([measure], "")
            rows = rows[(rows.organisation == publisher) & rows.value.notna()]
            self._totals[publisher, measure] = {
                row["period"]: row for row in as_records(rows[::-1], FIGURE_COLUMNS)
            }  # the preferred one last
        totals = self._totals[publisher, measure]
        return totals.get(str(period)) or _sum_of_parts(totals, period)

    def _shares(self, parts: pd.DataFrame, wholes: Sequence[dict | None], whole: str) -> pd.DataFrame:
        """Percentages of `wholes`, row by row."""
        words = f"percentage van {self._in_words(whole)}"
        return self._ratios(parts, wholes, f"share;denominator={whole}", 100, "percent", words)

    def _ratios(
        self, parts: pd.DataFrame, wholes: Sequence[dict | None], statistic: str, per: int, unit: str, words: str
    ) -> pd.DataFrame:
        """`per` times each part divided by its whole; none where the two figures come from different publishers."""
        about = {"unit": unit, "statistic": statistic, "calculation": words}
        rows = []
        for part, bottom in zip(parts[FIGURE_COLUMNS].to_dict("records"), wholes, strict=True):
            if bottom and bottom["value"] > 0 and bottom["organisation"] == part["organisation"]:
                value = per * part["value"] / bottom["value"]
                least = bottom["value"] - bottom["margin"]
                widest = per * (part["value"] + part["margin"]) / least if least > 0 else float("nan")
                known = max(part["known"], bottom["known"])
                rows.append({**part, "value": value, "margin": abs(widest - value), "known": known, **about})
                rows[-1] |= joined_sources([part, bottom])
            else:
                rows.append({**part, "value": float("nan"), "margin": float("nan"), "status": "missing", **about})
        return frame_of(rows)

    def history(self, figure: pd.Series, years: int) -> pd.DataFrame:
        """The figures like this one in the years before it, itself last, gaps as rows without a value.

        For a glance only: what is read here does not count as used in the report.
        """
        rows = self._rows(figure.measure, figure.dimension)
        kind = Period.parse(figure.period).kind
        rows = rows[(rows.category == figure.category) & (rows.kind == kind)]
        first = figure.start - pd.DateOffset(years=years)
        return with_gaps(rows[(rows.start >= first) & (rows.end <= figure.end)])

    def latest_span(self, measure: str, by: str = "", category: str = "") -> pd.DataFrame:
        """The figure over the last odd span of days that ended in or before the period, such as January to May.

        >>> chain.latest_span("departure_demonstrable", "nationality", "Albanië")[["period", "value"]]
                          period  value
        0  2017-01-01/2017-05-31  490.0
        """
        rows = self._rows(measure, by)
        rows = rows[(rows.category == category) & (rows.kind == "span")].sort_values(["end", "start"])
        return self.hand_out(frame_of(rows.tail(1)[FIGURE_COLUMNS].to_dict("records")))

    def by_publisher(self, measures: Sequence[str], kind: str = "year") -> pd.DataFrame:
        """Totals of each publisher side by side, never joined: `label` names measure and publisher.

        Of several figures of one publisher its live, most precise and newest one. What the report does not use
        elsewhere has the statistic `publisher`, so that the key of a figure keeps one value.

        >>> chain.by_publisher(["asylum_first_applications"])[["label", "period", "value"]].tail(1)
                                 label period    value
        5  Eerste asielaanvragen (IND)   2016  18171.0
        """
        rows = self._observations_of(measures, "")
        rows = rows[rows.kind == kind]
        rows = rows.assign(
            place=rows.measure.map({measure: place for place, measure in enumerate(measures)}),
            vague=rows.status.map(PRECISION),
            label=rows.label + " (" + rows.organisation + ")",
            statistic=("publisher;name=" + rows.organisation).where(~rows.chosen | (rows.status == "circa"), ""),
            joined=False,
        )
        order = ["place", "organisation", "start", "live", "vague", "known"]
        rows = rows.sort_values(order, ascending=[True, True, True, False, True, False], kind="stable")
        return self.hand_out(rows.drop_duplicates(["measure", "organisation", "period"])[FIGURE_COLUMNS])

    @property
    def last_year(self) -> str:
        """The last whole calendar year that ended before the period's own year did.

        >>> chain.last_year
        '2016'
        """
        return str(self.period.end.year - 1)

    def categories(self, measure: str, by: str) -> list[str]:
        """Categories of a dimension of which the measure has chosen figures, in order of appearance in time.

        >>> chain.categories("asylum_first_instance_decisions", "nationality")[:3]
        ['Afghanistan', 'Turkije', 'Syrië']
        """
        return list(dict.fromkeys(self._rows(measure, by).sort_values("start").category))

    def offered(self, measure: str, by: str = "") -> pd.DataFrame:
        """Every figure of a measure in one breakdown, those that a report uses marked `chosen`; looking is no use."""
        return self._observations_of([measure], by)

    def breakdowns(self, measure: str) -> list[str]:
        """The dimensions of which a measure has figures, '' for its totals."""
        return [by for one, by in self._filled if one == measure]

    def measures(self) -> list[str]:
        """Ids of all measures that have a figure."""
        return list(dict.fromkeys(measure for measure, _ in self._filled))

    def others(self, measures: Sequence[str]) -> pd.DataFrame:
        """Figures for the same key from another publisher or edition, beside the one that the report uses.

        Columns: those of a figure plus `used` (the chosen value) with its status, source and day, and `difference`;
        only where the values differ or the publisher does, in the report's period and compared years.

        >>> chain.others(["asylum_first_applications"])[["period", "value", "used"]].head(1)
            period   value    used
        0  2015-06  2925.0  2937.0
        """
        spans = [self.period.years_earlier(n) for n in range(self.compare_years + 1)]
        rows = self._observations_of(measures)
        inside = [text for text in rows.period.unique() if any(span.contains(Period.parse(text)) for span in spans)]
        rows = rows[rows.period.isin(inside)]
        key = ["measure", "dimension", "category", "period"]
        about = ["value", "status", "source_title", "organisation", "known"]
        used = rows[rows.chosen][[*key, *about]].rename(columns={name: f"used_{name}" for name in about})
        pairs = rows[~rows.chosen].merge(used, on=key, how="inner")
        pairs = pairs[(pairs.value != pairs.used_value) | (pairs.organisation != pairs.used_organisation)]
        pairs = pairs.rename(columns={"used_value": "used", "used_source_title": "used_source"})
        pairs = pairs.assign(difference=pairs.value - pairs.used).sort_values([*key, "known", "source"])
        columns = [*FIGURE_COLUMNS, "used", "used_status", "used_source", "used_known", "difference"]
        return self.hand_out(pairs[columns].reset_index(drop=True))

    def published_only_elsewhere(self, measures: Sequence[str]) -> pd.DataFrame:
        """Figures inside the period that exist only from a publisher that the report does not use for that series."""
        rows = self._observations_of(measures)
        key = ["measure", "dimension", "category", "period"]
        has_choice = rows.groupby(key).chosen.transform("any")
        inside = rows.period.map(lambda period: self.period.contains(Period.parse(period))).astype(bool)
        rows = rows[~has_choice & inside]
        return self.hand_out(rows[FIGURE_COLUMNS].reset_index(drop=True))

    def policy_measures(
        self, goal: str = "", nationality: str = "", years: int | None = None, after: bool = False
    ) -> pd.DataFrame:
        """Dated policy measures up to the end of the period: `date` (day), `title`, `nationalities`, `later`, source.

        goal: notebook stem or its end (`asiel`); nationality: only measures that name it; years: how many years back;
        after: also those of the three months after the period (`later`), known by the time such a report is written.

        >>> chain.policy_measures(nationality="Albanië").title[0]
        'Eerste nationale lijst veilige landen van herkomst (westelijke Balkan)'
        """
        events = self.catalogue.policy_measures
        events = events.assign(date=pd.to_datetime(events.date))
        last = min(filter(None, [self.period.end, self.as_of]))
        keep = (events.date <= pd.Timestamp(last)) | (after & (events.date <= self._aftermath()))
        if goal:
            keep &= events.goal.str.endswith(goal) | (events.goal == "alle")
        if nationality:
            keep &= events.nationalities.str.split(";").map(lambda names: nationality in names)
        if years is not None:
            keep &= events.date.dt.year >= self.period.end.year - years
        shown = events[keep].reset_index(drop=True)
        return shown.assign(later=shown.date > pd.Timestamp(self.period.end))

    def _aftermath(self) -> pd.Timestamp:
        """Three months after the period, or the as-of date when that comes first."""
        end = pd.Timestamp(self.period.end) + pd.DateOffset(months=3)
        return end if self.as_of is None else min(end, pd.Timestamp(self.as_of))

    def safe_countries(self) -> pd.DataFrame:
        """Nationalities on the Dutch safe-countries list by the end of the period: `name`, `safe_since`, source.

        >>> chain.safe_countries().name.head(3).tolist()
        ['Albanië', 'Algerije', 'Bosnië en Herzegovina']
        """
        listed = self.catalogue.nationalities
        listed = listed[listed.safe_since != ""].assign(safe_since=lambda rows: pd.to_datetime(rows.safe_since))
        last = min(filter(None, [self.period.end, self.as_of]))
        return listed[listed.safe_since <= pd.Timestamp(last)].reset_index(drop=True)

    def coverage(self, measures: Sequence[str]) -> pd.DataFrame:
        """What can be seen of each measure: `measure`, `label`, `last` period, `in_period` (a figure over it).

        >>> chain.coverage(["coa_occupancy", "population"])[["measure", "last", "in_period"]]
                 measure        last  in_period
        0  coa_occupancy  2017-01-01      False
        1     population                  False
        """
        rows = []
        for measure in measures:
            seen = self._observations_of([measure])
            last = seen.sort_values(["end", "start"], ascending=[True, False]).period.tail(1)
            inside = any(
                self._figure(measure, by, category, self.period)
                for by in seen.dimension.unique()
                for category in self._records(measure, by)
            )
            rows.append(
                {
                    "measure": measure,
                    "label": self.catalogue.measure(measure).label,
                    "last": last.iloc[0] if len(last) else "",
                    "in_period": inside,
                }
            )
        return pd.DataFrame(rows, columns=["measure", "label", "last", "in_period"])

    def used_figures(self) -> pd.DataFrame:
        """All figures handed out so far, in order; one that was asked for more often stands there as often."""
        return pd.concat(self._handed, ignore_index=True) if self._handed else frame_of([])

    def used_sources(self) -> pd.DataFrame:
        """The sources of all figures handed out so far, with the number of figures taken from each."""
        handed = self.used_figures()
        ids = (
            handed.drop_duplicates(["measure", "dimension", "category", "period", "source"])
            .source.str.split(";")
            .explode()
        )
        counts = ids[ids.isin(self.sources.index)].value_counts()
        assumed = handed[handed.assumed.fillna(False).astype(bool)].source.str.split(";").explode().unique()
        used = self.sources.loc[sorted(counts.index)].assign(
            figures=counts, assumed=lambda rows: rows.index.isin(assumed)
        )
        return used.reset_index(drop=True)

    def used_measures(self) -> list[str]:
        """Ids of the measures asked for so far, in order of first use, also those of which no figure can be seen.

        >>> mine = Workbook("2017-06")
        >>> _ = mine.value("coa_occupancy")
        >>> mine.used_measures()
        ['coa_occupancy']
        """
        return list(self._asked)

    # -- asking what there is --------------------------------------------------------------------------------------

    def find(self, words: str = "") -> Answer:
        """The measures that fit these words, in Dutch or English, best first; without words all of them.

        Shows as a table in JupyterLab; its `table` is a DataFrame with `measure`, `label`, `unit`, `kind`, `first`,
        `last` and more. It tells of all figures known on the as-of date, also after the period.

        >>> chain.find("bewaring instroom").table.measure[0]
        'detention_inflow'
        """
        return find(words, self.catalogue, self._present)

    @cached_property
    def _present(self) -> pd.DataFrame:
        return present(known_on(load(self.data), self.as_of), self.catalogue)

    def describe(self, measure: str) -> Answer:
        """What a measure means, its sources, which figures there are, where its series break and how to ask for them.

        measure: its id, or its Dutch or English name. Its `table` is a DataFrame of what there is per breakdown and
        frequency. Raises KetenError with the nearest names.

        >>> chain.describe("Eerste asielaanvragen").table.query("dimension == '' and kind == 'month'")["first"].item()
        '2013-01'
        """
        return describe(measure, self.data, self.as_of, self.period.end, self.sources)

    def _repr_html_(self) -> str:
        about = (self.period, self.compare_years, self.nationality, self.faults)
        return portrait(self.data, self.as_of, *about)._repr_mimebundle_()["text/html"]

    def __repr__(self) -> str:
        as_of = self.as_of.isoformat() if self.as_of else ""
        return f"Workbook({str(self.period)!r}, {self.compare_years}, {as_of!r}, {self.nationality!r})"

    # -- the rules -------------------------------------------------------------------------------------------------

    def _ask(self, measure: str) -> None:
        """Check that a measure is known and remember that the report is about it."""
        self.catalogue.measure(measure)
        self._asked[measure] = None

    def _days(self) -> pd.DataFrame:
        """Of all figures known on the as-of date the days and the source."""
        rows = self._data.observations[["start", "end", "known", "assumed", "live", "source"]]
        return rows if self.as_of is None else rows[rows.known <= pd.Timestamp(self.as_of)]

    @cached_property
    def _reported(self) -> pd.Series:
        """The last day that may be seen of each source without a date of its own."""
        days = self._days()
        days = days[~days.live & (days.end <= pd.Timestamp(self.period.end))]
        undated = days.source[days.assumed].unique()
        return days[days.source.isin(undated)].groupby("source").end.max()

    def _breakdowns(self, measures: Iterable[str], by: str | None = None) -> list[tuple[str, str]]:
        """The measures with each dimension of which there are figures, or with this one, in order."""
        wanted = set(measures)
        return sorted(key for key in self._data.rows_of if key[0] in wanted and by in (None, key[1]))

    def _seen(self, keys: Iterable[tuple[str, str]]) -> pd.DataFrame:
        """What may be seen of these measures and dimensions."""
        rows = known_on(self._data, self.as_of, keys)
        return rows[rows.end <= pd.Timestamp(self.period.end)]

    def _choose(self, keys: Iterable[tuple[str, str]]) -> pd.DataFrame:
        return choose(self._in_words_of(newest(self._seen(keys))), self.catalogue, self._reported)

    def _observations_of(self, measures: Iterable[str], by: str | None = None) -> pd.DataFrame:
        """The part of `observations` about these measures, and only in breakdown `by` when that is given."""
        wanted = self._breakdowns(measures, by)
        if new := [key for key in wanted if key not in self._offered]:
            rows = self._choose(new)
            parts = dict(list(rows.groupby(["measure", "dimension"])))
            self._offered |= {key: parts.get(key, rows.iloc[:0]) for key in new}
        return together([self._offered[key] for key in wanted] or [self._choose([])])

    def _in_words_of(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Figures with the words that a reader needs, and what is empty for a figure as published."""
        return rows.assign(
            label=rows.measure.map(self.catalogue.measures.label),
            source_title=rows.source.map(self._data.sources.title),
            source_url=rows.source.map(self._data.sources.url),
            statistic="",
            fallback=False,
            calculation="",
        )

    def _rows(self, measure: str, by: str) -> pd.DataFrame:
        """The chosen figures of a measure, broken down like this."""
        rows = self._observations_of([measure], by)
        return rows[rows.chosen]

    def _finest(self, rows: pd.DataFrame) -> str:
        order = ("date", *CALENDAR_KINDS, "span")
        present = set(rows.kind)
        return next((kind for kind in order if kind in present), "month")

    def _records(self, measure: str, by: str) -> dict[str, dict[str, dict]]:
        """The chosen figures with a value, by category and period, for quick look-up."""
        if (measure, by) not in self._by_category:
            found: dict[str, dict[str, dict]] = {}
            rows = self._rows(measure, by)
            for row in as_records(rows[rows.value.notna()], FIGURE_COLUMNS):
                found.setdefault(row["category"], {})[row["period"]] = row
            self._by_category[measure, by] = found
        return self._by_category[measure, by]

    def _figure(self, measure: str, by: str, category: str, period: Period) -> dict | None:
        """The figure for exactly this period by the rules at the top of this module; None when there is none."""
        records = self._records(measure, by).get(category, {})
        kind = self.catalogue.measure(measure).kind
        published = records.get(str(period))
        if kind == "stock" and not published:
            first, last = pd.Timestamp(period.start), pd.Timestamp(period.end)
            dated = [row for row in records.values() if first <= row["start"] and row["end"] <= last]
            published = max(dated, key=lambda row: (row["end"], row["start"]), default=None)
        if kind != "flow" or (published and published["status"] != "circa"):
            return published
        total = _sum_of_parts(records, period)
        if published and total:
            agree = abs(total["value"] - published["value"]) <= published["margin"] + total["margin"]
            return total if agree and total["margin"] < published["margin"] else published
        return published or total

    def _latest(self, measure: str, by: str, categories: Sequence[str]) -> dict[str, dict]:
        """Per category the figure of the latest period that has one: one period for all, the longest that ends last."""
        records = self._records(measure, by)
        rows = [row for category in categories for row in records.get(category, {}).values()]
        rows = [row for row in rows if row["kind"] != "span"] or rows
        if not rows:
            return {}
        last = max(rows, key=lambda row: (row["end"], -row["start"].toordinal()))["period"]
        return {row["category"]: {**row, "fallback": True} for row in rows if row["period"] == last}

    def _latest_month_end(self, measure: str, by: str, category: str) -> Period | None:
        """The report's period when it has a figure, else the latest calendar period that has one."""
        row = self._figure(measure, by, category, self.period) or self._latest(measure, by, [category]).get(category)
        if row is None:
            return None
        period = Period.parse(row["period"])
        return period if period.months else None

    def _missing(self, measure: str, by: str, category: str, period: Period) -> dict:
        about = self.catalogue.measure(measure)
        return gap(period, measure=measure, label=about.label, dimension=by, category=category, unit=about.unit)

    def hand_out(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Remember what a notebook was given, so that 'Bronnen' and 'Begrippen' are complete without a list by hand."""
        self._handed.append(frame[FIGURE_COLUMNS])
        return frame.reset_index(drop=True)


def _sum_of_parts(records: dict[str, dict], period: Period) -> dict | None:
    """The sum of the finest parts that tile the period, only when every one of them is published."""
    for kind, words in PART_KINDS.items():
        parts = period.parts(kind)
        found = [records.get(str(part)) for part in parts]
        if len(parts) > 1 and all(found):
            publishers = list(dict.fromkeys(row["organisation"] for row in found))
            return {
                **found[-1],
                "period": str(period),
                "start": pd.Timestamp(period.start),
                "end": pd.Timestamp(period.end),
                "kind": period.kind,
                "value": sum(row["value"] for row in found),
                "margin": sum(row["margin"] for row in found),
                "status": max((row["status"] for row in found), key=PRECISION.get),
                "source": ";".join(dict.fromkeys(row["source"] for row in found)),
                **joined_sources(found),
                "organisation": ", ".join(publishers),
                "known": max(row["known"] for row in found),
                "assumed": any(row["assumed"] for row in found),
                "joined": len(publishers) > 1,
                "calculation": f"som van {len(parts)} {words}",
            }
    return None
