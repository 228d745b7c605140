"""What a chart says in one line: the change of its last figure since a year earlier, where it is outside the noise."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from keten.model.breaks import crossed
from keten.model.catalogue import Catalogue
from keten.model.context import Context
from keten.model.figures import records
from keten.model.margins import margin_of_sum
from keten.model.periods import Period
from keten.model.units import is_rate
from keten.presentation import prose
from keten.presentation.behind import cell_text
from keten.presentation.changes import changes_of
from keten.presentation.output import REST, series_names

LONGEST = 110  # characters of a headline


def over_time(frame: pd.DataFrame, chain: Context) -> str:
    """The largest change among the series between a year earlier and their last figure; '' where none can be told.

    Only of series that go on to the last period, of one count and on one side of a break, and outside the rounding.
    Among several series that of the largest size decides: a small one soon doubles.
    """
    named = frame.assign(name=series_names(frame))
    known = named[named.value.notna()]
    if known.empty:
        return ""
    latest = known.end.max()
    found = []
    for name, mine in known.groupby("name", sort=False):
        pair = _year_apart(mine, chain.catalogue) if mine.end.max() == latest else None
        if pair is not None and (said := _change(str(name), pair)):
            found.append((abs(pair.value.iloc[1] - pair.value.iloc[0]), said))
    best = max(found, key=lambda one: one[0], default=(0.0, ""))[1]
    return best if len(best) <= LONGEST else ""


def _year_apart(mine: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame | None:
    """The figure of a year earlier and the last one, when the two can be compared."""
    last = mine.sort_values("end").iloc[-1]
    now = Period.parse(last.period)
    if now.kind == "span":
        return None
    earlier = mine[mine.period == str(now.years_earlier(1))]
    if earlier.empty:
        return None
    before = earlier.iloc[0]
    count = [catalogue.count(row.measure, row.organisation, row.source) for row in (before, last)]
    across = crossed(catalogue.breaks_of(last.measure), last.organisation, Period.parse(before.period), now)
    if count[0] != count[1] or across or before.reason or last.reason:
        return None
    return pd.DataFrame([before, last])


def _change(name: str, pair: pd.DataFrame) -> str:
    """`Eerste asielaanvragen: in juni 2017 20% meer dan in juni 2016`; '' for no difference that can be told."""
    (change,) = records(changes_of(pair))
    told = change["change"]
    if told.verdict not in ("toegenomen", "afgenomen") or (told.percent is None and not told.rate):
        return ""
    words = prose.change_words(told, change["before"], change["figure_unit"]).rpartition(" (")[0]
    return f"{prose.capital(name)}: {prose.when(change['period'])} {words}"


def at_the_top(rows: Sequence[dict[str, Any]], chain: Context) -> str:
    """`Syrië bovenaan met 1.490 aanvragen`; '' where the first is not larger than all others for certain."""
    ranked = sorted((row for row in rows if pd.notna(row["value"])), key=lambda row: -row["value"])
    if len(ranked) < 3 or is_rate(ranked[0]["unit"]):
        return ""
    first, second = ranked[:2]
    margins = [0.0 if pd.isna(row["margin"]) else row["margin"] for row in (first, second)]
    if first["value"] - second["value"] <= margin_of_sum(margins):
        return ""
    unit = chain.catalogue.unit_words(first["unit"])
    return f"{prose.capital(first['category'] or first['label'])} bovenaan met {cell_text(first)} {unit.plural}"


def largest_change(rows: Sequence[Mapping[str, Any]]) -> str:
    """`Grootste daling: Syrië (-1.505)`; '' where the first change is not larger than all others for certain.

    A remainder is no category; the changes are of one statistic.
    """
    parts = [row for row in rows if pd.notna(row["value"]) and row["category"] != REST]
    ranked = sorted(parts, key=lambda row: -abs(row["value"]))
    if len(ranked) < 3:
        return ""
    first, second = ranked[:2]
    margins = [0.0 if pd.isna(row["margin"]) else row["margin"] for row in (first, second)]
    if abs(first["value"]) - abs(second["value"]) <= margin_of_sum(margins):
        return ""
    about = "ca. " * (first["precision"] == "circa")
    kind = "stijging" if first["value"] > 0 else "daling"
    return f"Grootste {kind}: {prose.capital(first['category'])} ({about}{prose.signed(first['value'])})"
