"""A table of the workbook as an Altair chart, for who wants to draw it another way than the reports do.

The charts of reports are drawn by `series`. This one is a beginning: all that Altair can do applies to it. A notebook
shows it as a drawing that is made here, so that nothing is asked of any host and a report can hold it.
"""

import altair as alt
import pandas as pd

from keten.model.context import Context
from keten.model.figures import records
from keten.presentation.charts.palette import AXIS, GRID, INK, styles
from keten.presentation.charts.svg import FONT
from keten.presentation.charts.words import axis_title, figure_tip
from keten.presentation.output import series_names

WIDTH, HEIGHT = 640, 320  # pixels


def chart(frame: pd.DataFrame, title: str, chain: Context) -> alt.Chart:
    """Lines over time, one per category or measure, in the colours of the reports.

    frame: a table of the workbook, one row per figure; a missing or suppressed one breaks the line, and is no zero.
    Each row of the chart's data has `period`, `end` (its last day), `value`, `name` (of the series) and `tip`.

    >>> months = chain.series("asylum_first_applications", kind="month", years=1)
    >>> vega.chart(months, "Eerste asielaanvragen per maand", chain).properties(height=200).height
    200
    """
    alt.renderers.enable("svg")
    alt.renderers.set_embed_options(format_locale="nl-NL", time_format_locale="nl-NL")
    names = series_names(frame)
    data = pd.DataFrame(
        {
            "period": frame.period,
            "end": frame.end,
            "value": frame.value,
            "name": names,
            "tip": [figure_tip(row, chain.catalogue) if pd.notna(row["value"]) else "" for row in records(frame)],
        }
    )
    looks = styles(list(dict.fromkeys(names)))
    colours = alt.Scale(domain=[style.name for style in looks], range=[style.colour for style in looks])
    legend = alt.Legend(title=None, orient="top") if len(looks) > 1 else None
    return (
        alt.Chart(data, title=alt.Title(title, subtitle=axis_title(frame, chain.catalogue), anchor="start"))
        .mark_line(point=True)
        .encode(
            x=alt.X("end:T", title=None, axis=alt.Axis(format="%Y", tickCount="year")),
            y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=True)),
            color=alt.Color("name:N", scale=colours, legend=legend),
            tooltip=alt.Tooltip("tip:N"),
        )
        .properties(width=WIDTH, height=HEIGHT)
    )


@alt.theme.register("keten", enable=True)
def _theme() -> alt.theme.ThemeConfig:
    words = {"labelColor": INK, "titleColor": INK, "labelFontSize": 14, "titleFontSize": 14}
    lines = {"gridColor": GRID, "domainColor": AXIS, "tickColor": AXIS}
    return {
        "background": "white",
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {**words, **lines},  # type: ignore[typeddict-item]
            "legend": {"labelColor": INK, "labelFontSize": 14},
            "title": {"color": INK, "fontSize": 18, "subtitleColor": INK, "subtitleFontSize": 14},
        },
    }
