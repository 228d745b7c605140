"""The same figures from several publishers, beside the one that a report uses."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from keten.model.figures import FIGURE_COLUMNS, KEY, within
from keten.model.quality import COLUMNS_OF_QUALITY, RANK
from keten.workbook.visible import Visible


def publishers_of(visible: Visible, measure: str, kind: str = "year") -> list[str]:
    """The organisations that have a total of a measure over such periods, used by the report or not."""
    rows = visible.of([measure], "")
    return sorted(set(rows[rows.value.notna() & (rows.kind == kind)].organisation))


def by_publisher(visible: Visible, measures: Sequence[str], kind: str = "year") -> pd.DataFrame:
    """Totals of each publisher side by side, never joined: `label` names measure and publisher.

    Of several figures of one publisher its live, most precise and newest one. What the report does not use
    elsewhere has the statistic `publisher`, so that the key of a figure keeps one value.

    >>> chain.by_publisher(["asylum_first_applications"])[["label", "period", "value"]].tail(1)
                             label period    value
    5  Eerste asielaanvragen (IND)   2016  18171.0
    """
    rows = visible.of(measures, "")
    rows = rows[rows.kind == kind]
    rows = rows.assign(
        place=rows.measure.map({measure: place for place, measure in enumerate(measures)}),
        vague=rows.status.map(RANK),
        label=rows.label + " (" + rows.organisation + ")",
        statistic=("publisher;name=" + rows.organisation).where(~rows.chosen | (rows.status == "circa"), ""),
        joined=False,
    )
    order = ["place", "organisation", "start", "live", "vague", "known"]
    rows = rows.sort_values(order, ascending=[True, True, True, False, True, False], kind="stable")
    return rows.drop_duplicates(["measure", "organisation", "period"])[FIGURE_COLUMNS]


def others(visible: Visible, measures: Sequence[str]) -> pd.DataFrame:
    """Figures for the same key from another publisher or edition, beside the one that the report uses.

    Columns: those of a figure plus `used` (the chosen value) with its quality, source and day, and `difference`;
    only where the values differ or the publisher does, in the report's period and compared years.

    >>> chain.others(["asylum_first_applications"])[["period", "value", "used"]].head(1)
        period   value    used
    0  2015-06  2925.0  2937.0
    """
    rows = visible.of(measures)
    rows = rows[np.logical_or.reduce([within(rows, period) for period in visible.scope.compared])]
    about = ["value", *COLUMNS_OF_QUALITY, "source", "source_title", "organisation", "known"]
    used = rows[rows.chosen][[*KEY, *about]].rename(columns={name: f"used_{name}" for name in about})
    pairs = rows[~rows.chosen].merge(used, on=KEY, how="inner")
    pairs = pairs[(pairs.value != pairs.used_value) | (pairs.organisation != pairs.used_organisation)]
    pairs = pairs.rename(columns={"used_value": "used", "used_source": "used_id", "used_source_title": "used_source"})
    pairs = pairs.assign(difference=pairs.value - pairs.used).sort_values([*KEY, "known", "source"])
    quality = [f"used_{name}" for name in COLUMNS_OF_QUALITY]
    columns = [
        *FIGURE_COLUMNS,
        "used",
        *quality,
        "used_source",
        "used_id",
        "used_organisation",
        "used_known",
        "difference",
    ]
    return pairs[columns]


def only_elsewhere(visible: Visible, measures: Sequence[str]) -> pd.DataFrame:
    """Figures inside the period that exist only from a publisher that the report does not use for that series."""
    rows = visible.of(measures)
    has_choice = rows.groupby(KEY).chosen.transform("any")
    return rows.loc[~has_choice & within(rows, visible.scope.period), FIGURE_COLUMNS]
