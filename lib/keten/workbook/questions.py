"""The questions that a notebook asks: a series, one figure, a comparison, the largest, the last twelve months.

Each takes the look-up and gives a table of figures; `Workbook` explains them and keeps what it hands out.
"""

from collections.abc import Sequence

import pandas as pd

from keten.model.figures import FIGURE_COLUMNS, table_of, with_gaps
from keten.model.periods import KINDS, Period
from keten.workbook.lookup import Lookup


def series(found: Lookup, measure: str, by: str, only: Sequence[str], kind: str, years: int | None) -> pd.DataFrame:
    """The chosen figures over time, gaps as rows without a value."""
    rows = found.visible.used(measure, by)
    if only:
        rows = rows[rows.category.isin(only)]
    if years is not None:
        rows = rows[rows.start >= pd.Timestamp(found.scope.period.end.year - years, 1, 1)]
    present = set(rows.kind)
    kind = kind or next((one for one in KINDS if one in present), "month")
    return with_gaps(rows[rows.kind == kind])


def value(found: Lookup, measure: str, by: str, category: str, period: str | Period) -> pd.DataFrame:
    """One figure as a table of one row."""
    wanted = Period.parse(period) if period else found.scope.period
    figure = found.figure(measure, by, category, wanted)
    if figure is None and not period:
        figure = found.latest(measure, by, [category]).get(category)
    return table_of([figure or found.missing(measure, by, category, wanted)])


def compare(found: Lookup, measure: str, by: str, categories: Sequence[str], period: str | Period) -> pd.DataFrame:
    """Per category the period and the same period of earlier years, oldest first."""
    wanted = Period.parse(period) if period else found.scope.period
    figures = {category: found.figure(measure, by, category, wanted) for category in categories}
    if not any(figures.values()) and not period:
        figures = dict(found.latest(measure, by, categories))
        wanted = next((one.period for one in figures.values() if one), wanted)
    rows = []
    for category in categories:
        now = figures.get(category)
        at = now.period if now else wanted
        years = at.earlier_years(found.scope.compare_years)
        before = [(earlier, found.figure_near(measure, by, category, earlier)) for earlier in years]
        if at.kind != "span" or any(one for _, one in before):  # odd spans seldom return a year later
            rows += [one or found.missing(measure, by, category, earlier) for earlier, one in before]
        rows.append(now or found.missing(measure, by, category, wanted))
    frame = table_of(rows)
    return frame.assign(fallback=frame.fallback | (wanted != found.scope.period and not period))


def rolling(found: Lookup, measure: str, by: str, category: str) -> pd.DataFrame:
    """Year to date and trailing twelve months, each with the same a year earlier before it; only for a flow.

    Column `window` is `year_to_date` (1 January to the end of the period) or `trailing_12` (the twelve months up to
    that end). Where the period has no figure both end with the latest that has one. A window is a published figure or
    the sum of all its months or quarters, with their margins added; with one of them missing it has no value (status
    `missing`). Twelve months hold every season once, so they compare at any moment; a peak stays in them for a year.
    Empty for a stock, a rate and for a measure of which the parts are not all published.
    """
    anchor = found.latest_month_end(measure, by, category)
    if found.catalogue.measure(measure).kind != "flow" or anchor is None:
        return table_of([]).assign(window=[])
    windows = {"year_to_date": anchor.year_to_date(), "trailing_12": anchor.trailing(12)}
    spans = [(window, period) for window, span in windows.items() for period in (span.years_earlier(1), span)]
    figures = [
        found.figure(measure, by, category, period) or found.missing(measure, by, category, period)
        for _, period in spans
    ]
    return table_of(figures).assign(window=[window for window, _ in spans])


def largest(frame: pd.DataFrame, n: int, leave_out: Sequence[str]) -> pd.DataFrame:
    """Of a comparison the `n` categories that are largest in their last period, largest first."""
    if frame.empty:
        return frame
    last = frame.groupby("category").tail(1).dropna(subset="value")
    kept = last[~last.category.isin(leave_out)].sort_values(["value", "category"], ascending=[False, True]).head(n)
    order = {category: place for place, category in enumerate(kept.category)}
    rows = frame[frame.category.isin(order)]
    return rows.sort_values("category", key=lambda names: names.map(order), kind="stable").reset_index(drop=True)


def history(found: Lookup, figure: pd.Series, years: int) -> pd.DataFrame:
    """The figures like this one in the years before it, itself last, gaps as rows without a value."""
    rows = found.visible.used(figure.measure, figure.dimension)
    rows = rows[(rows.category == figure.category) & (rows.kind == figure.kind)]
    first = figure.start - pd.DateOffset(years=years)
    return with_gaps(rows[(rows.start >= first) & (rows.end <= figure.end)])


def latest_span(found: Lookup, measure: str, by: str, category: str) -> pd.DataFrame:
    """The figure over the last odd span of days."""
    rows = found.visible.used(measure, by)
    rows = rows[(rows.category == category) & (rows.kind == "span")].sort_values(["end", "start"])
    return rows.tail(1)[FIGURE_COLUMNS]


def coverage(found: Lookup, measures: Sequence[str]) -> pd.DataFrame:
    """What can be seen of each measure: `measure`, `label`, `last` period, `in_period` (a figure over it)."""
    rows = []
    for measure in measures:
        seen = found.visible.of([measure])
        last = seen.sort_values(["end", "start"], ascending=[True, False]).period.tail(1)
        inside = any(
            found.figure(measure, by, category, found.scope.period)
            for by in seen.dimension.unique()
            for category in found.visible.figures(measure, by)
        )
        label = found.catalogue.measure(measure).label
        rows.append((measure, label, last.iloc[0] if len(last) else "", inside))
    return pd.DataFrame(rows, columns=["measure", "label", "last", "in_period"])
