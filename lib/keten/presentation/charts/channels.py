"""What the marks of a chart carry: their looks as columns hold them, and what they say of themselves."""

from collections.abc import Iterable, Sequence

import altair as alt

from keten.presentation.charts.palette import Style
from keten.presentation.charts.words import described

# What a mark says of itself, in a column of its data: its series alone, or its series and figure. All channels are
# classes, for Altair takes 15 ms to find the class of a bare shorthand.
MARK, TIP = alt.Description("mark:N"), alt.Description("tip:N")


COLOUR, SHAPE = alt.Color("colour:N", scale=None), alt.Shape("shape:N", scale=None)  # the values as they are
TEXT = alt.Text("text:N")


def marks(series: Iterable[int], says: Iterable[str]) -> dict[str, list[str]]:
    """The columns behind `MARK` and `TIP`: the number of each mark's series, and that with what the mark says."""
    pairs = list(zip(series, says, strict=True))
    return {
        "mark": [described(number) for number, _ in pairs],
        "tip": [described(number, text) for number, text in pairs],
    }


def dashes(styles: Sequence[Style]) -> alt.StrokeDash:
    """The dash of each series, by its number in the column `series`."""
    scale = alt.Scale(domain=list(range(len(styles))), range=[list(style.dash) for style in styles])
    return alt.StrokeDash("series:N", scale=scale, legend=None)
