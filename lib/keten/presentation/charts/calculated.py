"""Lines over time that are not all published: figures as a full line, what was calculated from them dashed."""

from collections.abc import Sequence
from math import inf

import pandas as pd

from keten.model.context import Context
from keten.model.figures import records
from keten.model.periods import Period
from keten.presentation import prose
from keten.presentation.charts import scales
from keten.presentation.charts.annotations import Moment
from keten.presentation.charts.lines import Line, Plot, Point
from keten.presentation.charts.palette import BLUE, DASHES, PLUM, Style
from keten.presentation.charts.words import number_of, with_unit

PUBLISHED = Style("gepubliceerd", BLUE)
OURS = Style("", PLUM, DASHES[1])  # a calculation; its name comes with it


def line(
    frame: pd.DataFrame,
    column: str,
    style: Style,
    chain: Context,
    top: float = inf,
    band: tuple[str, str] | None = None,
    apart: pd.Timestamp | None = None,
) -> Line:
    """One line: rows of figures with the value in `column`; a stretch above `top` is not drawn, a band ends there.

    band: columns with the bounds of an interval; apart: from which start on it is a line of its own.
    """
    points, last = [], ""
    for row in records(frame):
        value = row[column]
        at = scales.moment(row["start"], row["end"], row["kind"])
        if pd.isna(value) or value > top:
            points.append(Point(at, None))
            continue
        last = prose.number(round(value))
        said = f"{prose.number(round(value, 1))}{with_unit(value, row['unit'], chain.catalogue)}"
        low, high = (min(row[end], top) for end in band) if band else (None, None)
        tip = f"{Period.parse(row['period']).label}: {said}"
        points.append(Point(at, float(value), tip, low=low, high=high))
        if apart is not None and row["end"] < apart <= row["end"] + pd.Timedelta(days=1):
            points.append(Point(at, None))
    return Line(style, points, last)


def plot(
    lines: Sequence[Line],
    frame: pd.DataFrame,
    moments: Sequence[Moment] = (),
    top: float = inf,
    upright: float | None = None,
) -> Plot:
    """The plot of lines over the periods of `frame`; upright: the day of a full upright line."""
    return Plot(
        [one for one in lines if one.known],
        frame.start.min().toordinal(),
        frame.end.max().toordinal() + 1,
        scales.time(set(frame.kind)),
        number_of(frame),
        moments,
        top=top,
        upright=upright,
    )
