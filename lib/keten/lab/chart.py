"""The charts of the exploring panel: one specification each, made once; a view only changes their data."""

from datetime import date
from functools import cache
from typing import Any

import altair as alt
import pandas as pd

from keten.lab import vega
from keten.lab.vega import COLOUR, SHAPE, TEXT, apart, wrapped
from keten.lab.view import MOST_LINES
from keten.model.figures import records
from keten.model.periods import Period
from keten.presentation.behind import cell_text
from keten.presentation.changes import by_row
from keten.presentation.charts import scales
from keten.presentation.charts.bars import BEFORE
from keten.presentation.charts.palette import AXIS, BLUE, QUIET, colour_of, styles
from keten.presentation.charts.policy_lines import TIME, event_texts, events_within
from keten.presentation.charts.words import axis_title, figure_tip
from keten.presentation.output import as_shown, series_names
from keten.workbook.workbook import Workbook

WIDTH, HEIGHT, BAR_WIDTH, ROW = 430, 280, 170, 24  # pixels
LABEL_LINE = 14
FADED = alt.condition("datum.faded", alt.value(0.25), alt.value(1))  # of what was not picked
BRUSH = "tijdvak"  # name of the selection of a stretch of time


@cache
def trend_spec(yearly: bool) -> dict:
    """Lines over time with their names at the end; the mouse selects a stretch of time or one line.

    yearly: whether there is nothing between the years to mark on the axis. Datasets: `points`, `labels` and `events`;
    parameters: `low` and `top`, the ends of the axis, and `counted`, its title.
    """
    top, low = alt.param(name="top", value=1), alt.param(name="low", value=0)
    unit = alt.param(name="counted", value="")
    brush = alt.selection_interval(name=BRUSH, encodings=["x"], mark=alt.BrushConfig(fill=BLUE, fillOpacity=0.08))
    years: dict[str, Any] = {"format": "%Y", "tickCount": "year"} if yearly else {}
    x = alt.X("time:T", title=None, axis=alt.Axis(labelOverlap="greedy", labelSeparation=6, **years))
    y = alt.Y(
        "value:Q",
        title=None,
        scale=alt.Scale(domainMin=alt.expr("low"), domainMax=alt.expr("top"), nice=False),
        axis=alt.Axis(format=vega.NUMBER_FORMAT, tickCount=5),
    )
    points = alt.Chart(alt.NamedData("points"))
    lines = points.mark_line().encode(x=x, y=y, color=COLOUR, detail="name:N", opacity=FADED)
    marks = points.transform_filter("isValid(datum.value)").mark_point(filled=True, size=34)
    marks = marks.encode(x=x, y=y, color=COLOUR, shape=SHAPE, opacity=FADED)
    targets = points.transform_filter("isValid(datum.value)").mark_circle(opacity=0, size=260)
    targets = targets.encode(x=x, y=y, tooltip="tip:N").add_params(brush)
    labels = alt.Chart(alt.NamedData("labels")).mark_text(align="left", fontWeight="bold", lineBreak="\n")
    labels = labels.encode(x=alt.value(WIDTH + 10), y="at:Q", text=TEXT, color=COLOUR, opacity=FADED)
    events = alt.Chart(alt.NamedData("events"))
    rules = events.mark_rule(color=AXIS, strokeDash=[2, 3]).encode(x="time:T", tooltip="tip:N")
    numbers = events.mark_text(color=QUIET, fontSize=11, fontWeight="bold", baseline="bottom", dy=-2)
    numbers = numbers.encode(x="time:T", y=alt.value(0), text="number:N", tooltip="tip:N")
    chart = alt.layer(rules, numbers, lines, marks, targets, labels, width=WIDTH, height=HEIGHT)
    return _finished(chart.add_params(top, low, unit))


@cache
def ranking_spec() -> dict:
    """Bars of the period with a tick for a year earlier; a click chooses one. Dataset `bars`, parameter `counted`."""
    unit = alt.param(name="counted", value="")
    bars = alt.Chart(alt.NamedData("bars"), width=BAR_WIDTH)
    y = alt.Y("name:N", sort=None, title=None, axis=vega.categories())
    x = alt.X("value:Q", title=None, axis=vega.numbers(tickCount=3))
    now = bars.mark_bar(cursor="pointer").encode(x=x, y=y, color=COLOUR, tooltip="tip:N", opacity=FADED)
    text = bars.mark_text(align="right", fontWeight="bold", cursor="pointer")
    text = text.encode(x=alt.value(BAR_WIDTH + 60), y=y, text=TEXT, opacity=FADED)
    before = bars.transform_filter("isValid(datum.before)").mark_tick(color=BEFORE, thickness=4, opacity=1)
    before = before.encode(x="before:Q", y=y, tooltip="before_tip:N")
    return _finished(alt.layer(now, before, text).add_params(unit))


def _finished(chart: alt.LayerChart | alt.FacetChart) -> dict:
    unit = alt.Title(alt.expr("counted"), anchor="start", fontSize=12, fontWeight="normal", offset=16)
    return chart.properties(title=unit, description="").to_dict()


def trend(
    chain: Workbook,
    series: pd.DataFrame,
    events: pd.DataFrame,
    picked: str = "",
    window: tuple[date, date] | None = None,
) -> dict:
    """The specification of lines over time with its data; {} where there is only one period to show.

    picked: the category to bring forward; window: first and last day of the chosen stretch of time.
    """
    tips = [figure_tip(row, chain.catalogue, publisher=bool(series.joined.any())) for row in records(series)]
    named = series.assign(name=series_names(series), tip=tips)
    drawn = named[named.value.notna()]
    if drawn.period.nunique() < 2:
        return {}
    last = drawn.groupby("name").tail(1).sort_values("value", ascending=False, kind="stable").head(MOST_LINES)
    found = {style.name: style for style in styles(list(last.name))}
    low, top = vega.ends(list(drawn.value))
    points = []
    for row in records(named[named.name.isin(found)]):
        name, style = row["name"], found[row["name"]]
        missing = pd.isna(row["value"])
        points.append(
            {
                "name": name,
                "time": _middle(row),
                "value": None if missing else as_shown(row["value"], row["unit"], row["statistic"], row["margin"]),
                "tip": f"{name}, {row['tip']}" if len(found) > 1 else row["tip"],
                "colour": style.colour,
                "shape": style.shape,
                "faded": picked not in ("", name),
            }
        )
    texts = [wrapped(name) for name in last.name] if len(last) > 1 else [cell_text(records(last)[0])]
    heights = [LABEL_LINE * (text.count("\n") + 1) for text in texts]
    labels = [
        {"text": text, "at": at, "colour": found[name].ink, "faded": picked not in ("", name), "name": name}
        for text, at, name in zip(
            texts, apart(list(last.value), heights, (top - low) / HEIGHT, low), last.name, strict=True
        )
    ]
    return _with_data(
        trend_spec(set(drawn.kind) == {"year"}),
        {"points": points, "labels": labels, "events": _events(events, drawn)},
        {"top": top, "low": low, "counted": axis_title(drawn, chain.catalogue)}
        | ({BRUSH: {"time": [_moment(day) for day in window]}} if window else {}),
    )


def _middle(row: dict[str, Any]) -> str:
    """Where a figure stands: in the middle of its period, and a stock at its own day."""
    at = int(scales.moment(row["start"], row["end"], row["kind"])) - (row["kind"] == "date")
    return date.fromordinal(at).strftime(TIME)


def _moment(day: date) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "date": day.day}


def _events(events: pd.DataFrame, drawn: pd.DataFrame) -> list[dict]:
    """The policy measures within the drawn time, numbered in order of date."""
    listed = events_within(events, drawn)
    return records(listed.assign(tip=event_texts(listed))[["time", "number", "tip"]])


def ranking(chain: Workbook, compared: pd.DataFrame, picked: str = "") -> dict:
    """The specification of bars per category with its data; {} where there are fewer than two with a figure."""
    rows = [group for group in by_row(compared).values() if pd.notna(group[-1]["value"])]
    if len(rows) < 2:
        return {}
    bars = []
    for group in sorted(rows, key=lambda group: -group[-1]["value"]):
        *earlier, now = group
        before = earlier[-1] if earlier and pd.notna(earlier[-1]["value"]) else None
        bars.append(
            {
                "name": wrapped(now["category"] or now["label"]),
                "category": now["category"],
                "value": now["value"],
                "colour": colour_of(now["label"]),
                "text": cell_text(now),
                "tip": figure_tip(now, chain.catalogue),
                "before": before["value"] if before else None,
                "before_tip": figure_tip(before, chain.catalogue) if before else "",
                "faded": picked not in ("", now["category"]),
            }
        )
    words = f"{axis_title(compared, chain.catalogue)}, {Period.parse(rows[0][-1]['period']).label}"
    if any(bar["before_tip"] for bar in bars):
        words += " (streep: een jaar eerder)"
    lines = max(bar["name"].count("\n") for bar in bars) + 1
    sized = {**ranking_spec(), "height": {"step": max(ROW, 6 + LABEL_LINE * lines)}}
    return _with_data(sized, {"bars": bars}, {"counted": words})


def _with_data(spec: dict, datasets: dict[str, list[dict]], values: dict[str, object]) -> dict:
    params = [
        {**param, "value": values[param["name"]]} if param["name"] in values else param for param in spec["params"]
    ]
    return {**spec, "datasets": datasets, "params": params}
