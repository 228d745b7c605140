"""Which categories made the change of a total."""

from dataclasses import replace
from math import isnan

import pandas as pd

from keten.model.figures import Figure, derived, figures_of, joined_ids, joined_sources, table_of
from keten.model.margins import margin_of_sum
from keten.model.quality import combine


def contributions(frame: pd.DataFrame, n: int = 8) -> pd.DataFrame:
    """Change of each category between its last two periods, the largest movements first.

    frame: from `Workbook.compare` with a dimension: rows of one measure, oldest period first per category. The
    contribution of a category to the change of the total is its own change in numbers, now minus before; the
    contributions of all categories add up to the change of the total as far as the source names every category.
    Categories without a figure in either period have no contribution and are left out.

    Limits: it says where a change was counted, not why; a category of which the publisher changed moves for that reason
    alone; a contribution within its margin may be rounding.

    Returns the rows of the last period, as figures, with the change as `value`, its margin (as
    `model.rounding.margin_of_sum`) and statistic `change_absolute`; at most `n` rows, sorted from increase to decrease.

    >>> from keten import Workbook
    >>> changed = contributions(Workbook("2017").compare("asylum_first_applications", "nationality"), n=1000)
    >>> changed[changed.category.isin(["Syrië", "Albanië"])][["category", "value"]].to_dict("records")
    [{'category': 'Syrië', 'value': 105.0}, {'category': 'Albanië', 'value': -1300.0}]
    """
    pairs: dict[str, list[Figure]] = {}
    for one in figures_of(frame.groupby("category", sort=False).tail(2)):
        pairs.setdefault(one.category, []).append(one)
    changes = [change(*pair) for pair in pairs.values() if len(pair) == 2]
    known = [one for one in changes if not isnan(one.value)]
    largest = sorted(known, key=lambda one: -abs(one.value))[:n]
    return table_of(sorted(largest, key=lambda one: -one.value))


def change(before: Figure, now: Figure) -> Figure:
    """The change between two figures, as a figure of the later period."""
    sources = joined_sources((now.source_title, before.source_title), (now.source_url, before.source_url))
    return replace(
        now,
        value=now.value - before.value,
        margin=margin_of_sum([now.margin, before.margin]),
        quality=combine([now.quality, before.quality]),
        statistic=derived(f"change_absolute;reference={before.period}", now.statistic),
        source=joined_ids((now.source, before.source)),
        organisation=", ".join(dict.fromkeys([now.organisation, before.organisation])),
        source_title=sources["source_title"],
        source_url=sources["source_url"],
    )
