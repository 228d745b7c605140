"""Names of lines to the right of a chart, beside their ends, so that a reader needs no legend."""

import textwrap
from collections.abc import Sequence
from itertools import pairwise

import altair as alt
import pandas as pd

from keten.presentation.charts.axes import HEIGHT, WIDTH
from keten.presentation.charts.channels import COLOUR, MARK, SHAPE, TEXT
from keten.presentation.charts.palette import AXIS, Style
from keten.presentation.charts.words import described

LINE_HEIGHT = 14  # pixels of a line of text
ROOM = 6  # pixels between two labels
MEASURE = 24  # characters of a line of a label


def wrapped(name: str, measure: int = MEASURE) -> str:
    """The name in lines of at most `measure` characters, a longer word broken."""
    return "\n".join(textwrap.wrap(name, measure, break_on_hyphens=False)) or name


def apart(values: Sequence[float], heights: Sequence[int], per_pixel: float) -> list[float]:
    """Where the middles of labels of descending `values` come, so that none touches another or the axis below.

    heights: pixels of each label; per_pixel: how much of the axis a pixel is.
    """
    steps = [((a + b) / 2 + ROOM) * per_pixel for a, b in pairwise(heights)]
    placed = list(values[:1])
    for value, step in zip(values[1:], steps, strict=True):
        placed.append(min(value, placed[-1] - step))
    if placed:
        placed[-1] = max(placed[-1], 0)
    for place in range(len(placed) - 2, -1, -1):
        placed[place] = max(placed[place], placed[place + 1] + steps[place])
    return placed


def end_labels(ends: pd.DataFrame, found: Sequence[Style], top: float, edge: int) -> list[alt.Chart]:
    """The layers of the labels.

    ends: per series, from high to low, `series` (its number in `found`), `value` of its last point, `text`, and
    `reaches`: whether the line goes on to the last figure, which stands at the pixel `edge`. A thin line joins an end
    and its label; a series that stops earlier has its marker there.
    """
    texts = [wrapped(text) for text in ends.text]
    heights = [LINE_HEIGHT * (text.count("\n") + 1) for text in texts]
    of = [found[series] for series in ends.series]
    data = pd.DataFrame(
        {
            "text": texts,
            "end": list(ends.value),
            "label": apart(list(ends.value), heights, top / HEIGHT),
            "mark": [described(series) for series in ends.series],
            "ink": [style.ink for style in of],
            "colour": [style.colour for style in of],
            "shape": [style.shape for style in of],
            "reaches": list(ends.reaches),
        }
    )
    base = alt.Chart(data).encode(y=alt.Y("label:Q"), description=MARK)
    layers = [
        base.mark_text(align="left", fontWeight="bold", lineBreak="\n", lineHeight=LINE_HEIGHT).encode(
            x=alt.value(WIDTH + 14), text=TEXT, color=alt.Color("ink:N", scale=None)
        )
    ]
    if data.reaches.any() and len(data) > 1:
        joints = base.transform_filter("datum.reaches").mark_rule(color=AXIS, strokeWidth=1)
        layers.append(
            joints.encode(x=alt.value(edge + 3), x2=alt.value(WIDTH + 11), y=alt.Y("end:Q"), y2=alt.Y2("label:Q"))
        )
    if not data.reaches.all():
        keys = base.transform_filter("!datum.reaches").mark_point(filled=True, size=40, opacity=1)
        layers.append(keys.encode(x=alt.value(WIDTH + 7), color=COLOUR, shape=SHAPE))
    return layers
