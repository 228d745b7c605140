"""A view: what an analyst looks at, as one value; its figures, and the cells that put it into a report."""

import json
from dataclasses import dataclass

import pandas as pd

from keten.lab import choices
from keten.model.periods import CALENDAR_KINDS, Period
from keten.presentation import prose, tables
from keten.presentation.charts import series as charts
from keten.presentation.markup import escape
from keten.presentation.output import Output, name_of
from keten.sections import summary
from keten.workbook.workbook import Workbook

MOST_LINES, LARGEST_LINES = 7, 5  # of a chart that can be told apart; of the largest, where none were chosen


@dataclass(frozen=True)
class View:
    """Which figures are looked at.

    measure: id; share_of: id of the measure that it is shown as a percentage of ('' = the numbers themselves); by:
    dimension ('' = total); categories: names in that dimension (none = the ten largest); period, years, as_of: as the
    parameters of a notebook; events: titles of policy measures to draw.
    """

    measure: str
    period: str
    years: int = 2
    as_of: str = ""
    by: str = ""
    categories: tuple[str, ...] = ()
    share_of: str = ""
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figures:
    """The tables of a view: `compared`, the period beside earlier years; `series`, all periods up to it."""

    compared: pd.DataFrame
    series: pd.DataFrame


def figures(chain: Workbook, view: View) -> Figures:
    """Read the tables of a view. `chain`: the workbook of its years and as-of date, over its period (`book_period`)."""
    names = shown_categories(chain, view)
    drawn = names[: MOST_LINES if view.categories else LARGEST_LINES]
    kind = line_kind(chain, view, drawn)
    compared = _compared(chain, view, names, view.period)
    if view.share_of:
        return Figures(compared, chain.share(view.measure, view.share_of, view.by, drawn, kind))
    return Figures(compared, chain.series(view.measure, view.by, drawn, kind))


def _compared(chain: Workbook, view: View, names: list[str], period: str) -> pd.DataFrame:
    """The period beside earlier years; what has no figure in it comes last."""
    if view.share_of:
        found = chain.share_in_period(view.measure, view.share_of, view.by, names or [""], period)
    else:
        found = chain.compare(view.measure, view.by, names, period)
    last = found.groupby(["measure", "category"], sort=False).tail(1)
    without = set(last[last.value.isna()].category)
    return found.sort_values("category", key=lambda own: own.isin(without), kind="stable").reset_index(drop=True)


def instead(chain: Workbook, wish: View, view: View) -> str:
    """That another period is shown than was chosen, as a Dutch sentence; '' where it is the same."""
    if wish.period == view.period:
        return ""
    chosen, shown = prose.named(wish.period), prose.named(view.period)
    return f"Over {chosen} is geen cijfer van '{title(chain, view)}'; getoond: {shown}. Uw keuze blijft bewaard."


def line_kind(chain: Workbook, view: View, names: list[str]) -> str:
    """The finest kind of period of which at least as many are published as of the view's own kind."""
    rows = chain.offered(view.measure, view.by)
    rows = rows[rows.chosen & rows.value.notna() & (rows.category.isin(names) if names else True)]
    counts = rows.groupby("kind").period.nunique()
    own = counts.get(Period.parse(view.period).kind, 0)
    finest = ("date", *CALENDAR_KINDS, "span")
    return next((kind for kind in finest if counts.get(kind, 0) >= max(own, 2)), "")


def book_period(view: View) -> str:
    """The period for a workbook that sees the view: its own, or the year in which an odd span of days ends."""
    period = Period.parse(view.period)
    return view.period if period.kind in CALENDAR_KINDS else str(period.end.year)


def shown_categories(chain: Workbook, view: View) -> list[str]:
    """The categories of the view in order: those that were chosen, else the largest."""
    if not view.by:
        return []
    return list(view.categories) or choices.members(chain, view.measure, view.by, choices.LARGEST)


def title(chain: Workbook, view: View) -> str:
    """What the view is about, as the headline of its chart and table."""
    label = chain.catalogue.measure(view.measure).label
    if view.share_of:
        whole = chain.catalogue.measure(view.share_of).label
        label = f"{label} als deel van {prose.small(whole)}"
    if len(view.categories) == 1:
        return name_of(label, view.categories[0])
    return f"{label} naar {chain.catalogue.dimension_label(view.by)}" if view.by else label


def table(chain: Workbook, view: View, compared: pd.DataFrame) -> Output:
    """The period beside the same period of earlier years, as the reports show it."""
    return tables.comparison(compared, title(chain, view), chain)


def chart(chain: Workbook, view: View, found: Figures) -> Output:
    """The figures over time, as the reports show them; over one period only, the categories beside each other."""
    if found.series[found.series.value.notna()].period.nunique() < 2:
        return charts.ranking(found.compared, title(chain, view), chain)
    return charts.trend(found.series, title(chain, view), chain, chosen_events(chain, view))


def answer(chain: Workbook, view: View, compared: pd.DataFrame) -> list[str]:
    """Per row of the table, as HTML: one Dutch sentence on the figure, and one on what a share is a share of."""
    groups = [group for _, group in compared.groupby(["measure", "category"], sort=False)]
    return [
        f"{summary.sentence(group, chain, escape(_name(group.iloc[-1])))}{_behind(chain, view, group.iloc[-1])}"
        for group in groups
    ]


def _behind(chain: Workbook, view: View, row: pd.Series) -> str:
    """The numerator and denominator of a share as a sentence; '' for what is no share."""
    if not view.share_of or pd.isna(row.value):
        return ""
    part, whole = (
        chain.value(measure, view.by, row.category, row.period).value.iloc[0]
        for measure in (view.measure, view.share_of)
    )
    return f" Dat zijn er {prose.number(part)} van de {prose.number(whole)}."


def _name(row: pd.Series) -> str:
    """What a figure is called; of a share also what it is a share of."""
    return name_of(row.label, row.category) + (f" ({row.calculation})" if row.statistic else "")


def chosen_events(chain: Workbook, view: View) -> pd.DataFrame:
    """The policy measures of the view."""
    events = chain.policy_measures()
    return events[events.title.isin(view.events)]


def nearby_events(chain: Workbook, view: View) -> pd.DataFrame:
    """The policy measures that an analyst may draw: those of the measure's chain goal or of its nationalities."""
    goal = chain.catalogue.measure(view.measure).goal
    events = chain.policy_measures()
    about = events.nationalities.str.split(";").map(lambda names: bool({*names} & {*view.categories}))
    return events[events.goal.isin([goal, "alle"]) | about].reset_index(drop=True)


def parameter_lines(view: View) -> str:
    """The lines of the cell `parameters` that make the whole notebook follow the view."""
    return f"period = {_code(book_period(view))}\ncompare_years = {view.years}\nas_of = {_code(view.as_of)}"


def cell(chain: Workbook, view: View) -> str:
    """A cell that shows the view's chart and table in a report, over the period of the notebook's parameters."""
    name = _code(title(chain, view))
    names = f", {_code(list(view.categories))}" if view.categories else ""
    asked = ", ".join([_code(view.measure), *([_code(view.share_of)] if view.share_of else [])])
    by = f", {_code(view.by)}" if view.by else ""
    over_time, compared = ("share", "share_in_period") if view.share_of else ("series", "compare")
    if view.by and not view.categories:
        frame, picture = f"chain.top({_code(view.measure)}{by}, 10)", f"charts.ranking(frame, {name}, chain)"
    else:
        span = f", period={_code(view.period)}" if book_period(view) != view.period else ""
        frame = f"chain.{compared}({asked}{by}{names}{span})"
        events = ""
        if view.events:
            events = f", events[events.title.isin({_code(list(view.events))})]"
        picture = f"charts.trend(chain.{over_time}({asked}{by}{names}), {name}, chain{events})"
    lines = ["events = chain.policy_measures()"] if view.events and "events[" in picture else []
    lines += [f"frame = {frame}", f"display({picture}, tables.comparison(frame, {name}, chain))"]
    return "\n".join(lines)


def _code(value: str | list[str]) -> str:
    """A text or a list of texts as Python, with double quotes as the notebooks have them."""
    return json.dumps(value, ensure_ascii=False)


def within(chain: Workbook, view: View, first: str, last: str) -> pd.DataFrame:
    """The view's figures over a stretch of time, beside the same stretch of earlier years."""
    return _compared(chain, view, shown_categories(chain, view), str(_stretch(first, last)))


def _stretch(first: str, last: str) -> Period:
    return Period(Period.parse(first).start, Period.parse(last).end)


def window_table(chain: Workbook, view: View, frame: pd.DataFrame, first: str, last: str) -> Output:
    """The table of `within`."""
    return tables.comparison(frame, f"{title(chain, view)}, {_stretch(first, last).label}", chain)
