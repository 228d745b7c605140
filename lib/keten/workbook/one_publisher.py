"""A series of one publisher without a gap, for calculations that a change of publisher or a gap would spoil."""

import pandas as pd

from keten.model.breaks import Break
from keten.model.figures import FIGURE_COLUMNS, Figure, added_up, figures_of, table_of
from keten.model.periods import Period
from keten.model.quality import RANK
from keten.statistics.timeseries.unbroken import one_series
from keten.workbook.workbook import Workbook

COUNT = ["organisation", "count"]  # a publisher may count in two ways


def longest(
    chain: Workbook, measure: str, by: str = "", category: str = "", kind: str = "month", publisher: str = ""
) -> pd.DataFrame:
    """The longest unbroken stretch that a single publisher gives of a series; of two alike the one that ends last.

    publisher: only this one ('' = any).

    A break in the series ends a stretch, and a period that still ran when it was counted is no part of one. Of several
    figures for one period that which goes first in the order of precedence, else the live, most precise and newest one.
    They have the statistic `publisher`, as another one may speak in the statements of the report. Empty when nobody has
    a figure. What is looked at here does not count as used: hand it out when it is shown.
    """
    rows = chain.offered(measure, by)
    rows = rows[(rows.category == category) & (rows.kind == kind) & rows.value.notna() & ~rows.running]
    rows = rows[rows.organisation == publisher] if publisher else rows
    rows = rows.assign(
        vague=rows.status.map(RANK),
        statistic="publisher;name=" + rows.organisation,
        joined=False,
    ).sort_values(["chosen", "live", "vague", "known"], ascending=[False, False, True, False], kind="stable")
    best = rows.iloc[:0]
    for _, mine in rows.drop_duplicates([*COUNT, "period"]).groupby(COUNT, sort=True):
        numbered = _cut(one_series(mine)[0], chain.catalogue.breaks_of(measure))
        last = numbered.stretch.value_counts().sort_index().iloc[::-1].idxmax()
        found = numbered[numbered.stretch == last]
        if (len(found), found.end.max()) > (len(best), best.end.max()):
            best = found
    return best[FIGURE_COLUMNS].reset_index(drop=True)


def _cut(rows: pd.DataFrame, breaks: list[Break]) -> pd.DataFrame:
    """Rows of one publisher with the stretches that end at a break; a period that holds one is none of them."""
    for each in breaks:
        if each.concerns(rows.organisation.iloc[0]):
            day = pd.Timestamp(each.day)
            rows = rows[(rows.end < day) | (rows.start >= day)]
            rows = rows.assign(stretch=2 * rows.stretch + (rows.start >= day))
    return rows


def total(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """The sum of several series of one publisher in every period in which each has a figure, as one series of figures.

    frames: from `longest`, of one measure and kind; at least one.
    """
    by_period: dict[Period, list[Figure]] = {}
    for one in sorted(figures_of(pd.concat(frames)), key=lambda one: (one.period, one.category)):
        by_period.setdefault(one.period, []).append(one)
    sums = [added_up(parts) for parts in by_period.values() if len(parts) == len(frames)]
    about = {"statistic": "sum_of_categories", "calculation": f"som van {len(frames)} reeksen"}
    return table_of(sums).assign(dimension="", category="", **about)
