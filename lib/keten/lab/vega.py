"""What the charts of the panel share: theme, axes and channels of Vega-Lite, which the browser draws."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import altair as alt

from keten.presentation.charts.lettering import lines
from keten.presentation.charts.palette import AXIS, GRID, INK, PALETTE
from keten.presentation.charts.svg import FONT

NUMBER_FORMAT = ",.10~f"
MEASURE, ROOM = 150, 6  # pixels of a line of a label, and between two labels
# All channels are classes, for Altair takes 15 ms to find the class of a bare shorthand.
COLOUR, SHAPE = alt.Color("colour:N", scale=None), alt.Shape("shape:N", scale=None)  # the values as they are
TEXT = alt.Text("text:N")


@alt.theme.register("keten", enable=True)
def _theme() -> alt.theme.ThemeConfig:
    text = {
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    }
    config: Any = {
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            **text,
            "gridColor": GRID,
            "domainColor": AXIS,
            "tickColor": AXIS,
            "labelPadding": 6,
            "labelFlush": False,
        },
        "axisY": {"domain": False, "ticks": False},
        "axisX": {"grid": False, "titlePadding": 8},
        "line": {"strokeWidth": 2.5, "strokeJoin": "round"},
        "text": {"fontSize": 12, "font": FONT, "color": INK},
        "range": {"category": list(PALETTE)},
    }
    return {"background": "white", "padding": {"left": 2, "right": 6, "top": 4, "bottom": 4}, "config": config}


def categories(**more: Any) -> alt.Axis:
    """Axis of categories to the left."""
    split = r"split(datum.label, '\n')"
    return alt.Axis(labelLimit=0, domain=False, ticks=False, labelLineHeight=14, labelExpr=split, **more)


def numbers(**more: Any) -> alt.Axis:
    """Axis of numbers below bars, with the minus sign of the tables."""
    plain_minus = "replace(datum.label, '−', '-')"
    return alt.Axis(format=NUMBER_FORMAT, grid=True, domain=False, ticks=False, **{"labelExpr": plain_minus, **more})


def ends(values: Sequence[float]) -> tuple[float, float]:
    """Ends of an axis that holds zero and all values, with a little room."""
    low, high = min(0.0, *values), max(0.0, *values)
    return (1.08 * low, 1.08 * high) if low < high else (0.0, 1.0)


def wrapped(name: str) -> str:
    """The name in lines that fit beside a chart."""
    return "\n".join(lines(name, MEASURE, 12, True)) or name


def apart(values: Sequence[float], heights: Sequence[int], per_pixel: float, low: float = 0) -> list[float]:
    """Where the middles of labels of descending `values` come, so that none touches another or the axis below.

    heights: pixels of each label; per_pixel: how much of the axis a pixel is; low: its lower end.
    """
    steps = [((a + b) / 2 + ROOM) * per_pixel for a, b in pairwise(heights)]
    placed = list(values[:1])
    for value, step in zip(values[1:], steps, strict=True):
        placed.append(min(value, placed[-1] - step))
    if placed:
        placed[-1] = max(placed[-1], low)
    for place in range(len(placed) - 2, -1, -1):
        placed[place] = max(placed[place], placed[place + 1] + steps[place])
    return placed
