"""The axes of charts: names, numbers and time, with the size of a plot."""

from collections.abc import Iterable
from functools import partial
from typing import Any

import altair as alt
import pandas as pd

from keten.presentation.charts.palette import AXIS

WIDTH, HEIGHT = 560, 300
FEW_POINTS = 24  # so many points of a line get markers
MOST_TICKS, MOST_YEARS = 7, 3  # of quarters on an axis of time; of months on it
NUMBER_FORMAT = ",.10~f"
TIME = "%Y-%m-%dT00:00:00"


def names(names: Iterable[str], **axis: Any) -> alt.Y:
    """Categories to the left, in this order; a name may have several lines (`direct_labels.wrapped`)."""
    return alt.Y("name:N", sort=list(dict.fromkeys(names)), title=None, axis=categories(**axis))


def rows_height(names: pd.Series, least: int, room: int = 6) -> int:
    """Pixels for so many rows; more when a name takes more lines than `least` pixels have room for."""
    return int(max(least, room + 14 * (1 + names.str.count("\n").max())) * names.nunique())


def upright(title: str, top: float, levels: int = 0) -> alt.Y:
    """Values from zero to `top`; the title stands above so many levels of numbers of policy measures."""
    axis = alt.Axis(format=NUMBER_FORMAT, tickCount=5, titleY=-16 - 12 * levels)
    return alt.Y("value:Q", title=title, scale=alt.Scale(domain=[0, top], nice=False), axis=axis)


def time(times: Iterable[str], kinds: Iterable[str] = ("month",)) -> alt.Axis:
    """Ticks at the figures themselves where they are few, else at years or months."""
    moments, found, look = sorted(set(times)), set(kinds), partial(alt.Axis, labelOverlap="greedy", labelSeparation=6)
    if found == {"year"}:
        return look(format="%Y", values=moments)
    if found == {"date"} and len(moments) <= FEW_POINTS:
        return look(format="%-d %b %Y", values=moments)
    if len({moment[:4] for moment in moments}) > MOST_YEARS:
        return look(format="%Y", tickCount="year")
    if found == {"quarter"}:
        return look(format="%qe kw %Y", values=moments[:: -(-len(moments) // MOST_TICKS)])
    return look(format="%b %Y", tickCount=8)


def categories(**more: Any) -> alt.Axis:
    """Axis of categories to the left."""
    lines = r"split(datum.label, '\n')"
    return alt.Axis(labelLimit=0, domain=False, ticks=False, labelLineHeight=14, labelExpr=lines, **more)


def numbers(**more: Any) -> alt.Axis:
    """Axis of numbers below bars, with the minus sign of the tables."""
    plain_minus = "replace(datum.label, '−', '-')"
    return alt.Axis(format=NUMBER_FORMAT, grid=True, domain=False, ticks=False, **{"labelExpr": plain_minus, **more})


def zero_line() -> alt.Chart:
    """A thin upright line at zero."""
    return alt.Chart(alt.Data(values=[{}])).mark_rule(color=AXIS).encode(x=alt.datum(0))


def nice_top(highest: float) -> float:
    """Upper end of an axis: a little above the highest value, never zero."""
    return float(highest) * 1.08 or 1.0
