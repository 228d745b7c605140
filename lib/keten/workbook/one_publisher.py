"""A series of one publisher without a gap, for calculations that a change of publisher or a gap would spoil."""

import pandas as pd

from keten.model.figures import FIGURE_COLUMNS
from keten.model.quality import RANK, combined
from keten.statistics.timeseries.unbroken import one_series
from keten.workbook.workbook import Workbook


def longest(
    chain: Workbook, measure: str, by: str = "", category: str = "", kind: str = "month", publisher: str = ""
) -> pd.DataFrame:
    """The longest unbroken stretch that a single publisher gives of a series; of two alike the one that ends last.

    publisher: only this one ('' = any).

    Of several figures for one period that which the report uses, else the live, most precise and newest one. What the
    report does not use elsewhere has the statistic `publisher`, so that the key of a figure keeps one value. Empty when
    nobody has a figure. What is looked at here does not count as used: hand it out when it is shown.
    """
    rows = chain.offered(measure, by)
    rows = rows[(rows.category == category) & (rows.kind == kind) & rows.value.notna()]
    rows = rows[rows.organisation == publisher] if publisher else rows
    rows = rows.assign(
        vague=rows.status.map(RANK),
        statistic=("publisher;name=" + rows.organisation).where(~rows.chosen, ""),
        joined=False,
    ).sort_values(["chosen", "live", "vague", "known"], ascending=[False, False, True, False], kind="stable")
    best = rows.iloc[:0]
    for _, mine in rows.drop_duplicates(["organisation", "period"]).groupby("organisation", sort=True):
        numbered, _ = one_series(mine)
        last = numbered.stretch.value_counts().sort_index().iloc[::-1].idxmax()
        found = numbered[numbered.stretch == last]
        if (len(found), found.end.max()) > (len(best), best.end.max()):
            best = found
    return best[FIGURE_COLUMNS].reset_index(drop=True)


def total(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """The sum of several series of one publisher in every period in which each has a figure, as one series of figures.

    frames: from `longest`, of one measure and kind; at least one.
    """
    every = pd.concat(frames, ignore_index=True)
    whole = every.groupby("period").category.transform("nunique") == len(frames)
    rows = every[whole].sort_values(["start", "category"], kind="stable")
    sums = rows.groupby("period", sort=False).agg(
        value=("value", "sum"), margin=("margin", "sum"), known=("known", "max"), assumed=("assumed", "any")
    )
    quality = {period: combined(parts.to_dict("records")) for period, parts in rows.groupby("period", sort=False)}
    first = rows.drop_duplicates("period").set_index("period")
    worst = pd.DataFrame.from_dict(quality, orient="index").reindex(first.index)
    summed = first.assign(**{name: sums[name] for name in sums}, **{name: worst[name] for name in worst}).reset_index()
    return summed.assign(
        category="",
        dimension="",
        statistic="sum_of_categories",
        calculation=f"som van {len(frames)} reeksen",
    )[FIGURE_COLUMNS]
