"""Lines over time that are not all published: figures as a full line, what was calculated from them dashed."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from keten.model.context import Context
from keten.model.periods import Period
from keten.presentation import prose
from keten.presentation.charts import axes
from keten.presentation.charts.channels import COLOUR, MARK, TIP, dashes, marks
from keten.presentation.charts.direct_labels import end_labels
from keten.presentation.charts.drawing import keyed
from keten.presentation.charts.palette import BLUE, DASHES, INK, ORANGE, Style
from keten.presentation.charts.policy_lines import NO_EVENTS, event_layers
from keten.presentation.charts.words import with_unit

PUBLISHED = Style("gepubliceerd", BLUE)
OURS = Style("", ORANGE, DASHES[1])  # a calculation; its name comes with it


def points(frame: pd.DataFrame, column: str, style: Style, number: int, top: float, chain: Context) -> pd.DataFrame:
    """The points of one line: rows of figures with the value in `column`; nothing is drawn above `top`.

    number: the place of its style in the chart. A gap, or a stretch above the axis, breaks the line (`run`).
    """
    shown = frame[column].where(frame[column] <= top)
    says = [
        f"{style.name}, {Period.parse(period).label}: {prose.number(value)}{with_unit(value, unit, chain.catalogue)}"
        for period, value, unit in zip(frame.period, frame[column].round(1), frame.unit, strict=True)
    ]
    run = (shown.isna() != shown.isna().shift()).cumsum()
    return pd.DataFrame(
        {
            "time": frame.start.dt.strftime(axes.TIME),
            "value": shown,
            "series": number,
            "run": [f"{number}-{one}" for one in run],
            "colour": style.colour,
            **marks([number] * len(says), says),
        }
    )


def drawn(
    lines: pd.DataFrame,
    styles: Sequence[Style],
    top: float,
    unit: str,
    band: pd.DataFrame | None = None,
    at: pd.Timestamp | None = None,
    listed: pd.DataFrame = NO_EVENTS,
    x: alt.X | None = None,
    step: bool = False,
    tips: pd.DataFrame | None = None,
) -> alt.TopLevelMixin:
    """The chart of these lines (`points`, below each other), each named at its end.

    unit: title of the axis; band: points with the `low` and `high` of an interval; at: a full upright line; listed:
    policy measures as numbered lines (`events_within`); x: the axis below, unless it is one of months; step: whether a
    value holds until the next one; tips: the points that can be pointed at, unless all.
    """
    data = lines[lines.value.notna()].reset_index(drop=True)
    rules, levels, edge = event_layers(listed, lines, top)
    across = alt.X("time:T", title=None, axis=axes.time(data.time)) if x is None else x
    y, interpolate = axes.upright(unit, top, levels), alt.Interpolate("step-after" if step else "linear")
    layers = list(rules)
    if at is not None:
        rule = alt.Chart(pd.DataFrame({"time": [at.strftime(axes.TIME)]})).mark_rule(color=INK, strokeWidth=1.4)
        layers.append(rule.encode(x=across))
    if band is not None:
        area = alt.Chart(band).mark_area(opacity=0.15, interpolate=interpolate)
        bounds = {"y": alt.Y("low:Q", title=unit), "y2": "high:Q", "detail": alt.Detail("series:N")}
        layers.append(area.encode(x=across, **bounds, color=COLOUR, description=MARK))
    widths = alt.Scale(type="ordinal", domain=list(range(len(styles))), range=[style.width for style in styles])
    looks = {"color": COLOUR, "strokeDash": dashes(styles), "size": alt.Size("series:N", scale=widths, legend=None)}
    line = alt.Chart(data).mark_line(interpolate=interpolate)
    layers.append(line.encode(x=across, y=y, **looks, detail=alt.Detail("run:N"), description=MARK))
    last = data.groupby("series").tail(1).sort_values("value", ascending=False, kind="stable")
    names = [styles[number].name for number in last.series]
    layers += end_labels(last.assign(text=names, reaches=last.time == data.time.max()), styles, top, edge)
    targets = alt.Chart(data if tips is None else tips).mark_point(opacity=0)
    layers.append(targets.encode(x=across, y=y, description=TIP))
    return keyed(alt.layer(*layers, width=axes.WIDTH, height=axes.HEIGHT), styles, True)
