"""Charts of published figures: Dutch numbers and dates, direct labels, gaps as gaps, a text alternative.

Each function takes a table from the workbook and gives a `Shown`: a figure with a static SVG, its notes and source, and
the figures as a table. The Vega-Lite specification travels beside it.
"""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from keten import prose
from keten.display import Shown, gap
from keten.drawing import (
    BLUE,
    DASHES,
    GREY,
    HEIGHT,
    ORANGE,
    PALETTE,
    SHAPES,
    WIDTH,
    apart,
    colours,
    nice_top,
    plain_figure,
)  # fmt: skip
from keten.events import event_layers, event_list, events_in
from keten.markup import note
from keten.periods import Period
from keten.tables import behind, cell_text, series_grid
from keten.workbook import Workbook


def trend(
    frame: pd.DataFrame,
    title: str,
    chain: Workbook,
    events: pd.DataFrame | None = None,
    remark: str = "",
    subtitle: str = "",
) -> Shown:
    """Lines over time, one per category (or per measure), each labelled at its end.

    A missing period breaks the line. A series of two publishers has another dash for each. events: policy measures
    from `Workbook.policy_measures`, drawn as numbered lines and listed below. No figures at all: a named gap.
    """
    drawn = frame[frame.value.notna()]
    if drawn.empty:
        return gap(title)
    data = _timed(frame)
    if drawn.period.nunique() < 2:
        return Shown(note(f"{title}: voor een grafiek zijn er nog te weinig perioden met een cijfer."))
    joined = drawn.joined.any() and _few_switches(data)
    order = list(data.dropna(subset="value").groupby("name").value.last().sort_values(ascending=False).index)
    colour = colours(order)
    base = alt.Chart(data)
    by_year = (drawn.kind == "year").all() or data.time.str[:4].nunique() > 3
    ticks = {"format": "%Y", "tickCount": "year"} if by_year else {"format": "%b %Y", "tickCount": 8}
    x = alt.X("time:T", title=None, axis=alt.Axis(labelOverlap=True, **ticks))
    top = nice_top(drawn.value.max())
    y = alt.Y(
        "value:Q",
        title=_axis_title(drawn, chain),
        scale=alt.Scale(domain=[0, top], nice=False),
        axis=alt.Axis(format=",.10~f", tickCount=5),
    )
    line = {"x": x, "y": y, "color": colour, "detail": "segment:N"}
    if joined:
        publishers = list(dict.fromkeys(data.organisation[data.organisation != ""]))
        line["strokeDash"] = alt.StrokeDash(
            "organisation:N",
            scale=alt.Scale(domain=publishers, range=[DASHES[i % 5] for i in range(len(publishers))]),
            legend=alt.Legend(orient="bottom"),
        )
    layers = [base.mark_line().encode(**line)]
    if joined:  # a thin line bridges the change of publisher, so that it does not look like a gap
        bridge = base.mark_line(color=GREY, strokeWidth=0.8).encode(x=x, y=y, detail="run:N")
        layers.insert(0, bridge)
    alone = _alone(data)
    if len(alone):
        shape = alt.Shape(
            "name:N",
            scale=alt.Scale(domain=order, range=[SHAPES[place % 5] for place in range(len(order))]),
            legend=None,
        )
        points = alt.Chart(alone).mark_point(filled=True, size=40, opacity=1)
        layers.append(points.encode(x="time:T", y="value:Q", color=colour, shape=shape))
    layers.append(_end_labels(data, order, top, colour))
    listed = events_in(events, data)
    layers += event_layers(listed, data, top)
    words = _trend_words(data)
    chart = alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)
    publishers_note = "De lijnsoort geeft de uitgever aan." if joined else ""
    return _figure(
        chart,
        title,
        subtitle or _time_subtitle(drawn),
        words,
        frame,
        chain,
        remark=f"{remark} {publishers_note}".strip(),
        after=event_list(listed),
    )


def columns(frame: pd.DataFrame, title: str, chain: Workbook, remark: str = "", subtitle: str = "") -> Shown:
    """A column per period with its number on top, for a short series of one category; a gap says so in words."""
    drawn = frame[frame.value.notna()]
    if drawn.empty:
        return gap(title)
    data = frame.assign(
        name=[Period.parse(period).short for period in frame.period],
        text=[cell_text(row) for row in frame.to_dict("records")],
        shown=frame.value.fillna(0),
        publisher=frame.organisation,
    )[["name", "text", "shown", "value", "publisher"]]
    publishers = list(dict.fromkeys(drawn.organisation))
    base = alt.Chart(data).encode(
        x=alt.X("name:N", sort=None, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True))
    )
    legend = alt.Legend() if len(publishers) > 1 else None
    bars = (
        base.transform_filter("isValid(datum.value)")
        .mark_bar(size=34)
        .encode(
            y=alt.Y(
                "value:Q",
                title=_axis_title(drawn, chain),
                axis=alt.Axis(format=",.10~f", tickCount=4),
                scale=alt.Scale(domain=[0, nice_top(drawn.value.max())]),
            ),
            color=alt.Color(
                "publisher:N",
                scale=alt.Scale(domain=publishers, range=list(PALETTE[: len(publishers)])),
                legend=legend,
            ),
        )
    )
    text = base.mark_text(dy=-8).encode(y="shown:Q", text="text:N")
    chart = alt.layer(bars, text).properties(width=max(280, min(WIDTH, 66 * len(data))), height=240)
    return _figure(
        chart, title, subtitle or _time_subtitle(drawn), _trend_words(_timed(frame)), frame, chain, remark=remark
    )


def ranking(frame: pd.DataFrame, title: str, chain: Workbook, remark: str = "") -> Shown:
    """Horizontal bars of the last period per category, with a tick for the same period a year earlier.

    frame: from `Workbook.top` or `compare`, largest first.
    """
    groups = [group for _, group in frame.groupby(["measure", "category"], sort=False)]
    now = pd.DataFrame([group.iloc[-1] for group in groups])
    if now.empty or now.value.isna().all():
        return gap(title)
    before = pd.DataFrame([group.iloc[-2] for group in groups if len(group) > 1])
    names = _names(now)
    highest = pd.concat([now.value, before.value if len(before) else now.value]).max()
    data = now.assign(name=names, text=[cell_text(row) for row in now.to_dict("records")], edge=1.22 * highest)
    data = data[["name", "value", "text", "edge"]]
    y = alt.Y("name:N", sort=list(names), title=None, axis=alt.Axis(labelLimit=220, domain=False, ticks=False))
    scale = alt.Scale(domain=[0, 1.22 * highest or 1], nice=False)
    x = alt.X(
        "value:Q",
        title=_axis_title(now, chain),
        axis=alt.Axis(format=",.10~f", grid=True, tickCount=5),
        scale=scale,
    )
    bars = alt.Chart(data).mark_bar(color=BLUE, height={"band": 0.62}).encode(x=x, y=y)
    texts = alt.Chart(data).mark_text(align="right", fontWeight="bold").encode(x="edge:Q", y=y, text="text:N")
    layers = [bars, texts]
    period = Period.parse(now.period.iloc[0])
    subtitle = f"{period.label[:1].upper()}{period.label[1:]} (balk en getal)"
    if len(before) and before.value.notna().any():
        ticks = before.assign(name=_names(before))[["name", "value"]].dropna()
        layers.append(
            alt.Chart(ticks)
            .mark_tick(color=ORANGE, thickness=4, height={"band": 0.9}, opacity=1)
            .encode(x="value:Q", y=y)
        )
        subtitle += f", {Period.parse(before.period.iloc[0]).label} (oranje streep)"
    chart = alt.layer(*layers).properties(width=WIDTH - 120, height=28 * len(data))
    words = (
        "Van groot naar klein: "
        + prose.listing([f"{row.name_} {row.text}" for row in data.rename(columns={"name": "name_"}).itertuples()])
        + "."
    )
    return _figure(chart, title, subtitle, words, frame, chain, remark=remark)


def contributions(frame: pd.DataFrame, title: str, chain: Workbook, remark: str = "") -> Shown:
    """Bars to the left and right of zero: what each category added to or took from the change of the total.

    frame: from `analysis.contribution.contributions`: figures of statistic `change_absolute` with the change as value.
    """
    if frame.empty:
        return gap(title)
    data = frame.assign(
        name=frame.category, text=[("+" if value > 0 else "") + prose.number(value) for value in frame.value],
        direction=["toename" if value >= 0 else "afname" for value in frame.value],
    )[["name", "value", "text", "direction"]]  # fmt: skip
    y = alt.Y(
        "name:N",
        sort=list(data.name),
        title=None,
        axis=alt.Axis(labelLimit=220, domain=False, ticks=False, orient="left"),
    )
    reach = 1.15 * max(abs(data.value.min()), abs(data.value.max()), 1)
    x = alt.X(
        "value:Q",
        title=f"verandering in {_axis_title(frame, chain)}",
        axis=alt.Axis(format=",.10~f", grid=True, tickCount=5),
        scale=alt.Scale(domain=[-reach, reach]),
    )
    colour = alt.Color(
        "direction:N",
        scale=alt.Scale(domain=["toename", "afname"], range=[BLUE, ORANGE]),
        legend=alt.Legend(),
    )
    bars = alt.Chart(data).mark_bar(height={"band": 0.62}).encode(x=x, y=y, color=colour)
    more = alt.Chart(data[data.value >= 0]).mark_text(align="left", dx=5).encode(x="value:Q", y=y, text="text:N")
    less = alt.Chart(data[data.value < 0]).mark_text(align="right", dx=-5).encode(x="value:Q", y=y, text="text:N")
    chart = alt.layer(bars, more, less).properties(width=WIDTH - 120, height=28 * len(data))
    words = prose.listing([f"{name} {text}" for name, text in zip(data.name, data.text, strict=True)]) + "."
    reference = frame.statistic.iloc[0].partition("reference=")[2]
    now, before = Period.parse(frame.period.iloc[0]).label, Period.parse(reference).label
    return _figure(
        chart, title, f"{now[:1].upper()}{now[1:]} vergeleken met {before}", words, frame, chain, remark=remark
    )


def _figure(
    chart: alt.TopLevelMixin,
    title: str,
    subtitle: str,
    words: str,
    frame: pd.DataFrame,
    chain: Workbook,
    remark: str = "",
    after: str = "",
) -> Shown:
    drawn = plain_figure(chart, title, subtitle, words, "", after)
    return behind(drawn, series_grid(frame, title, subtitle), chain.catalogue, [frame], remark)


def _names(frame: pd.DataFrame) -> list[str]:
    return list(
        frame.category
        if (frame.category != "").all() and frame.category.nunique() > 1
        else frame.label.where(frame.category == "", frame.category)
    )


def _timed(frame: pd.DataFrame) -> pd.DataFrame:
    """Plot data: name of the line, time at the start of the period, value and publisher.

    `run` numbers the stretches without a gap, `segment` those of one publisher within them.
    """
    name = frame.category if frame.category.nunique() > 1 else frame.label.where(frame.category == "", frame.category)
    data = frame.assign(name=name).sort_values(["name", "start"], kind="stable")
    present = data.name + data.value.isna().astype(str)
    publisher = present + data.organisation.where(data.joined, "")
    run, segment = ((key != key.shift()).cumsum() for key in (present, publisher))
    return data.assign(
        time=data.start.dt.strftime("%Y-%m-%dT00:00:00"),
        run=run,
        segment=segment,
        label=[Period.parse(p).label for p in data.period],
    )[["name", "time", "value", "organisation", "run", "segment", "label", "period"]]


def _few_switches(data: pd.DataFrame) -> bool:
    """Whether the publishers follow each other in a few blocks, so that a dash per publisher can be read."""
    shown = data[data.organisation != ""]
    switches = (shown.organisation != shown.organisation.shift()) & (shown.name == shown.name.shift())
    return bool(switches.sum() <= 5)


def _alone(data: pd.DataFrame) -> pd.DataFrame:
    """Points that no line would show, and all points of a short series."""
    value = data.value
    same_before, same_after = data.segment == data.segment.shift(), data.segment == data.segment.shift(-1)
    lonely = value.notna() & ~(same_before & value.shift().notna()) & ~(same_after & value.shift(-1).notna())
    short = data.groupby("name").value.transform("count") <= 24
    return data[value.notna() & (lonely | short)]


def _axis_title(frame: pd.DataFrame, chain: Workbook) -> str:
    return prose.listing([chain.catalogue.unit_words(unit).axis for unit in dict.fromkeys(frame.unit)], "of")


def _time_subtitle(drawn: pd.DataFrame) -> str:
    kinds = {
        "month": "per maand",
        "quarter": "per kwartaal",
        "half_year": "per halfjaar",
        "year": "per jaar",
        "date": "op peildatum",
        "span": "per tijdvak",
    }
    words = prose.listing([kinds[kind] for kind in dict.fromkeys(drawn.kind)])
    first, last = drawn.sort_values("start").period.iloc[0], drawn.sort_values("end").period.iloc[-1]
    if first == last:
        return f"{words[:1].upper()}{words[1:]}, {Period.parse(first).label}"
    return f"{words[:1].upper()}{words[1:]}, van {Period.parse(first).label} tot en met {Period.parse(last).label}"


def _trend_words(data: pd.DataFrame) -> str:
    """Per line: first, highest, lowest and last value with their periods, and how many periods have none."""
    parts = []
    for name, mine in data.groupby("name", sort=False):
        shown = mine.dropna(subset="value")
        if shown.empty:
            continue
        first, last = shown.iloc[0], shown.iloc[-1]
        highest, lowest = shown.loc[shown.value.idxmax()], shown.loc[shown.value.idxmin()]
        missing = len(mine) - len(shown)
        text = f"{name}: {prose.number(first.value)} ({first.label})"
        if len(shown) > 1:
            turning = {"hoogste": highest, "laagste": lowest, "laatste": last}
            words = [f"{name} {prose.number(point.value)} ({point.label})" for name, point in turning.items()]
            text += f", daarna {', '.join(words)}"
        if missing:
            text += f"; {prose.count(missing, 'periode', 'perioden')} zonder cijfer"
        parts.append(text + ".")
    return " ".join(parts)


def _end_labels(data: pd.DataFrame, order: Sequence[str], top: float, colour: alt.Color) -> alt.Chart:
    last = data.dropna(subset="value").groupby("name").tail(1).set_index("name").loc[list(order)].reset_index()
    text = (
        [name if len(name) <= 34 else f"{name[:33]}…" for name in last.name]
        if len(order) > 1
        else [prose.number(last.value.iloc[0])]
    )
    ends = last.assign(label_y=apart(list(last.value), top), text=text)[["name", "time", "label_y", "text"]]
    return (
        alt.Chart(ends)
        .mark_text(align="left", dx=8, fontWeight="bold")
        .encode(x="time:T", y="label_y:Q", text="text:N", color=colour)
    )
