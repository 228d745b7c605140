"""Charts that a reader sees: one theme, Dutch numbers and dates, direct labels, gaps as gaps, a text alternative.

Each function takes a table from the workbook (or an analysis) and gives a `Shown`: a figure with a static SVG, its notes
and source, and the figures as a table. The Vega-Lite specification travels beside it.
"""

import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence

import altair as alt
import pandas as pd
import vl_convert

from keten import prose
from keten.display import Shown, escape, figure_rows, link, notes_html, source_line
from keten.periods import Period
from keten.tables import cell_text, series_rows
from keten.workbook import Workbook

BLUE, ORANGE, SKY, PLUM, GREY = "#154273", "#e17000", "#007bc7", "#a90061", "#696969"
PALETTE = (BLUE, ORANGE, SKY, PLUM, GREY)
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [10, 4])
SHAPES = ("circle", "diamond", "square", "triangle-up", "triangle-down")
# The same concept has the same colour everywhere.
CONCEPT_COLOURS = {
    "Eerste asielaanvragen": BLUE, "Herhaalde asielaanvragen": ORANGE, "Ingereisde nareizigers": SKY,
    "zelfstandig": BLUE, "gedwongen": ORANGE, "zelfstandig zonder toezicht": GREY,
}  # fmt: skip
WIDTH, HEIGHT = 640, 300
FONT = "Arial, Helvetica, sans-serif"
LABEL_GAP = 15  # pixels between two direct labels
EVENTS_IN_SIGHT = 4  # longer lists of policy measures fold away


@alt.theme.register("keten", enable=True)
def _theme() -> alt.theme.ThemeConfig:
    text = {
        "labelColor": "#333333",
        "titleColor": "#333333",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    }
    return {
        "background": "white",
        "config": {
            "font": FONT,
            "view": {"stroke": None, "continuousWidth": WIDTH, "continuousHeight": HEIGHT},
            "axis": {
                **text,
                "gridColor": "#e4e4e4",
                "domainColor": "#8f8f8f",
                "tickColor": "#8f8f8f",
                "labelPadding": 5,
            },
            "axisY": {
                "domain": False,
                "ticks": False,
                "titleAngle": 0,
                "titleAlign": "left",
                "titleAnchor": "end",
                "titleX": 0,
                "titleY": -14,
            },
            "axisX": {"grid": False},
            "legend": {**text, "orient": "top", "title": None, "symbolStrokeWidth": 2},
            "line": {"strokeWidth": 2.2},
            "text": {"fontSize": 12, "font": FONT, "color": "#333333"},
            "range": {"category": list(PALETTE)},
        },
    }


def trend(
    frame: pd.DataFrame,
    title: str,
    chain: Workbook,
    events: pd.DataFrame | None = None,
    note: str = "",
    subtitle: str = "",
) -> Shown:
    """Lines over time, one per category (or per measure), each labelled at its end.

    A missing period breaks the line. A series of two publishers has another dash for each. events: policy measures
    from `Workbook.policy_measures`, drawn as numbered lines and listed below. No figures at all: a named gap.
    """
    drawn = frame[frame.value.notna()]
    if drawn.empty:
        return _nothing(title)
    data = _timed(frame)
    if drawn.period.nunique() < 2:
        return Shown(
            f'<p class="note">{escape(title)}: voor een grafiek zijn er nog te weinig perioden met een cijfer.</p>'
        )
    joined = drawn.joined.any() and _few_switches(data)
    order = list(data.dropna(subset="value").groupby("name").value.last().sort_values(ascending=False).index)
    colour = _colours(order)
    base = alt.Chart(data)
    by_year = (drawn.kind == "year").all() or data.time.str[:4].nunique() > 3
    ticks = {"format": "%Y", "tickCount": "year"} if by_year else {"format": "%b %Y", "tickCount": 8}
    x = alt.X("time:T", title=None, axis=alt.Axis(labelOverlap=True, **ticks))
    top = _nice_top(drawn.value.max())
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
    listed = _events_in(events, data)
    layers += _event_layers(listed, data, top)
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
        note=f"{note} {publishers_note}".strip(),
        after=_event_list(listed),
    )


def columns(frame: pd.DataFrame, title: str, chain: Workbook, note: str = "", subtitle: str = "") -> Shown:
    """A column per period with its number on top, for a short series of one category; a gap says so in words."""
    drawn = frame[frame.value.notna()]
    if drawn.empty:
        return _nothing(title)
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
                scale=alt.Scale(domain=[0, _nice_top(drawn.value.max())]),
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
        chart, title, subtitle or _time_subtitle(drawn), _trend_words(_timed(frame)), frame, chain, note=note
    )


def ranking(frame: pd.DataFrame, title: str, chain: Workbook, note: str = "") -> Shown:
    """Horizontal bars of the last period per category, with a tick for the same period a year earlier.

    frame: from `Workbook.top` or `compare`, largest first.
    """
    groups = [group for _, group in frame.groupby(["measure", "category"], sort=False)]
    now = pd.DataFrame([group.iloc[-1] for group in groups])
    if now.empty or now.value.isna().all():
        return _nothing(title)
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
    return _figure(chart, title, subtitle, words, frame, chain, note=note)


def contributions(frame: pd.DataFrame, title: str, chain: Workbook, note: str = "") -> Shown:
    """Bars to the left and right of zero: what each category added to or took from the change of the total.

    frame: from `analysis.contribution.contributions`: figures of statistic `change_absolute` with the change as value.
    """
    if frame.empty:
        return _nothing(title)
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
    return _figure(chart, title, f"{now[:1].upper()}{now[1:]} vergeleken met {before}", words, frame, chain, note=note)


def likert(shares: pd.DataFrame, title: str, note: str = "") -> Shown:
    """Diverging bars of answers per item: disagreement left of zero, agreement right, the middle around it.

    shares: columns `item`, `answer` (1 low .. high), `answer_label`, `share` (percent), `text`.
    """
    levels = sorted(shares.answer.unique())
    low, high = levels[0], levels[-1]
    middle = (low + high) / 2
    rows = []
    for item, mine in shares.sort_values("answer").groupby("item", sort=False):
        left = -(mine.share[mine.answer < middle].sum() + mine.share[mine.answer == middle].sum() / 2)
        for row in mine.itertuples():
            rows.append(
                {
                    "item": item,
                    "answer": row.answer_label,
                    "start": left,
                    "end": left + row.share,
                    "text": row.text if row.share >= 7 else "",
                    "at": left + row.share / 2,
                    "light": row.answer in (low, high),
                }
            )
            left += row.share
    data = pd.DataFrame(rows)
    labels = list(shares.sort_values("answer").answer_label.unique())
    ramp = {
        3: ["#c35c00", "#e3e3e3", BLUE],
        5: ["#a94f00", "#f3b27a", "#e3e3e3", "#8fb3d9", BLUE],
        2: ["#c35c00", BLUE],
        4: ["#a94f00", "#f3b27a", "#8fb3d9", BLUE],
    }
    colour = alt.Color(
        "answer:N",
        scale=alt.Scale(domain=labels, range=ramp.get(len(labels), list(PALETTE))),
        legend=alt.Legend(),
        sort=labels,
    )
    y = alt.Y(
        "item:N",
        sort=list(dict.fromkeys(data.item)),
        title=None,
        axis=alt.Axis(labelLimit=260, domain=False, ticks=False),
    )
    x = alt.X(
        "start:Q",
        title="procent van de antwoorden",
        scale=alt.Scale(domain=[-100, 100]),
        axis=alt.Axis(labelExpr="format(abs(datum.value), '.0f') + '%'", grid=True),
    )
    bars = alt.Chart(data).mark_bar(height={"band": 0.7}).encode(x=x, x2="end:Q", y=y, color=colour)
    inks = alt.condition("datum.light", alt.value("white"), alt.value("#1a1a1a"))
    texts = alt.Chart(data).mark_text(fontSize=11).encode(x="at:Q", y=y, text="text:N", color=inks)
    chart = alt.layer(bars, texts).properties(width=WIDTH - 160, height=30 * data.item.nunique())
    words = (
        prose.listing(
            [
                f"{item}: " + prose.listing([f"{row.answer_label} {row.text}" for row in mine.itertuples()])
                for item, mine in shares.groupby("item", sort=False)
            ]
        )
        + "."
    )
    return _plain_figure(chart, title, "Verdeling van de antwoorden per vraag", words, note)


def intervals(
    estimates: pd.DataFrame,
    title: str,
    axis: str,
    subtitle: str,
    note: str = "",
    zero: bool = False,
    domain: Sequence[float] | None = None,
) -> Shown:
    """Dots with their 95% interval, one row per name and one colour and shape per group.

    estimates: columns `name`, `group` ('' when there is one), `value`, `low`, `high`, `text`.
    """
    data = estimates.dropna(subset="value")
    if data.empty:
        return _nothing(title)
    groups = list(dict.fromkeys(data.group))
    y = alt.Y(
        "name:N",
        sort=list(dict.fromkeys(data.name)),
        title=None,
        axis=alt.Axis(labelLimit=260, domain=False, ticks=False, grid=True),
    )
    offset = {"yOffset": alt.YOffset("group:N", sort=groups)} if len(groups) > 1 else {}
    legend = alt.Legend() if len(groups) > 1 else None
    colour = alt.Color(
        "group:N",
        scale=alt.Scale(domain=groups, range=[PALETTE[i % 5] for i in range(len(groups))]),
        legend=legend,
    )
    shape = alt.Shape(
        "group:N",
        scale=alt.Scale(domain=groups, range=[SHAPES[i % 5] for i in range(len(groups))]),
        legend=legend,
    )
    scale = alt.Scale(domain=list(domain)) if domain else alt.Scale(zero=zero, padding=8)
    x = alt.X("low:Q", title=axis, scale=scale, axis=alt.Axis(format=",.10~f", grid=True, tickCount=6))
    rules = alt.Chart(data).mark_rule(strokeWidth=2).encode(x=x, x2="high:Q", y=y, color=colour, **offset)
    dots = (
        alt.Chart(data)
        .mark_point(filled=True, size=60, opacity=1)
        .encode(x="value:Q", y=y, color=colour, shape=shape, **offset)
    )
    layers = [rules, dots]
    if zero:
        layers.insert(0, alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(color="#8f8f8f").encode(x="x:Q"))
    chart = alt.layer(*layers).properties(
        width=WIDTH - 160, height=max(80, (24 + 12 * (len(groups) - 1)) * data.name.nunique())
    )
    words = (
        prose.listing(
            [
                f"{row.name_}{' ' + row.group if row.group else ''}: {row.text}"
                for row in data.rename(columns={"name": "name_"}).itertuples()
            ]
        )
        + "."
    )
    return _plain_figure(chart, title, subtitle, words, note)


def quadrant(points: pd.DataFrame, title: str, x_title: str, y_title: str, note: str = "") -> Shown:
    """Importance against performance: a dot per item with its interval on both axes.

    points: columns `item`, `x`, `x_low`, `x_high`, `y`, `y_low`, `y_high`.
    """
    data = points.dropna(subset=["x", "y"]).reset_index(drop=True)
    if data.empty:
        return _nothing(title)
    data = data.assign(number=[str(place + 1) for place in range(len(data))])
    x = alt.X(
        "x:Q",
        title=x_title,
        scale=alt.Scale(zero=False, padding=20),
        axis=alt.Axis(format=",.10~f", grid=True),
    )
    y = alt.Y("y:Q", title=y_title, scale=alt.Scale(zero=False, padding=20), axis=alt.Axis(format=",.10~f"))
    across = alt.Chart(data).mark_rule(color="#8fb3d9").encode(x=alt.X("x_low:Q", title=x_title), x2="x_high:Q", y=y)
    upright = alt.Chart(data).mark_rule(color="#8fb3d9").encode(x=x, y=alt.Y("y_low:Q", title=y_title), y2="y_high:Q")
    dots = alt.Chart(data).mark_point(filled=True, color=BLUE, size=50, opacity=1).encode(x=x, y=y)
    texts = alt.Chart(data).mark_text(dx=9, dy=-7, fontWeight="bold").encode(x=x, y=y, text="number:N")
    chart = alt.layer(across, upright, dots, texts).properties(width=WIDTH - 60, height=360)
    words = prose.listing([f"{row.number} {row.item}" for row in data.itertuples()]) + "."
    items = "".join(f"<li>{escape(item)}</li>" for item in data.item)
    return _plain_figure(
        chart,
        title,
        "Elk punt is een vraag; de lijnen zijn 95%-intervallen",
        words,
        note,
        f'<ol class="events">{items}</ol>',
    )


def curves(
    frame: pd.DataFrame,
    title: str,
    x: str,
    y: str,
    name: str,
    x_title: str,
    y_title: str,
    subtitle: str,
    band: tuple[str, str] | None = None,
    step: bool = False,
    note: str = "",
) -> Shown:
    """Lines of an analysis over days or months, with an optional interval band, each line labelled at its end.

    frame: one row per point; x, y, name: its columns; band: columns of the lower and upper bound.
    """
    data = frame.dropna(subset=[y])
    if data.empty:
        return _nothing(title)
    order = list(data.groupby(name)[y].last().sort_values(ascending=False).index)
    colour = _colours(order, name)
    kind = "T" if pd.api.types.is_datetime64_any_dtype(data[x]) else "Q"
    if kind == "T":
        data = data.assign(**{x: data[x].dt.strftime("%Y-%m-%dT00:00:00")})
    columns_ = [x, y, name, *(band or ())]
    data = data[columns_]
    across = alt.X(f"{x}:{kind}", title=x_title)
    interpolate = "step-after" if step else "linear"
    top = _nice_top(data[band[1]].max() if band else data[y].max())
    upright = alt.Y(
        f"{y}:Q", title=y_title, scale=alt.Scale(domain=[0, top]), axis=alt.Axis(format=",.10~f", tickCount=5)
    )
    layers = []
    if band:
        layers.append(
            alt.Chart(data)
            .mark_area(opacity=0.15, interpolate=interpolate)
            .encode(x=across, y=alt.Y(f"{band[0]}:Q", title=y_title), y2=f"{band[1]}:Q", color=colour)
        )
    layers.append(alt.Chart(data).mark_line(interpolate=interpolate).encode(x=across, y=upright, color=colour))
    ends = data.groupby(name).tail(1).set_index(name).loc[order].reset_index()
    ends = ends.assign(label_y=_apart(list(ends[y]), top))
    layers.append(
        alt.Chart(ends).mark_text(align="left", dx=6).encode(x=across, y="label_y:Q", text=f"{name}:N", color=colour)
    )
    chart = alt.layer(*layers).properties(width=WIDTH - 40, height=HEIGHT)
    words = (
        prose.listing([f"{row[name]} eindigt op {prose.number(round(row[y], 1))}" for row in ends.to_dict("records")])
        + "."
    )
    return _plain_figure(chart, title, subtitle, words, note)


# -- parts ---------------------------------------------------------------------------------------------------------


def svg(spec: dict, label: str) -> str:
    """A Vega-Lite chart as static SVG with Dutch numbers and dates; one image to a screen reader, with `label` as its text."""
    drawn = vl_convert.vegalite_to_svg(spec, format_locale="nl-NL", time_format_locale="nl-NL")
    ElementTree.register_namespace("", "http://www.w3.org/2000/svg")
    root = ElementTree.fromstring(drawn)
    for element in root.iter():
        for attribute in [name for name in element.attrib if name == "role" or name.startswith("aria-")]:
            del element.attrib[attribute]
    root.set("role", "img")
    root.set("aria-label", label)
    root.set("class", "keten-chart")
    return ElementTree.tostring(root, encoding="unicode")


def _figure(
    chart: alt.TopLevelMixin,
    title: str,
    subtitle: str,
    words: str,
    frame: pd.DataFrame,
    chain: Workbook,
    note: str = "",
    after: str = "",
) -> Shown:
    head, body = series_rows(frame)
    details = (
        f'<details><summary>Cijfers bij deze grafiek</summary><div class="scroll" role="region" tabindex="0" aria-label="Cijfers bij: {escape(title)}">'
        f'<table><caption class="visually-hidden">{escape(title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></details>'
    )
    after = f"{after}{notes_html(frame, note)}{source_line(frame)}{details}"
    shown = _plain_figure(chart, title, subtitle, words, "", after)
    return Shown(shown.html, figure_rows(frame), spec=shown.spec)


def _plain_figure(
    chart: alt.TopLevelMixin, title: str, subtitle: str, words: str, note: str = "", after: str = ""
) -> Shown:
    caption = f'<span class="title">{escape(title)}</span> <span class="subtitle">{escape(subtitle)}</span>'
    note_html = f'<p class="note">{escape(note)}</p>' if note else ""
    spec = chart.to_dict(validate=False)  # Altair has checked the parts as they were made
    image = svg(spec, f"{title}. {words}")
    html = f'<figure class="chart"><figcaption>{caption}</figcaption><div class="scroll" role="region" tabindex="0" aria-label="Grafiek: {escape(title)}">{image}</div>{note_html}{after}</figure>'
    return Shown(html, spec=spec)


def _nothing(title: str) -> Shown:
    return Shown(
        f'<div class="gap"><p class="title">{escape(title)}</p><p>Hierover is tot en met deze periode geen cijfer bekend.</p></div>'
    )


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


def _colours(order: Sequence[str], field: str = "name") -> alt.Color:
    free = [colour for colour in PALETTE if colour not in {CONCEPT_COLOURS.get(name) for name in order}]
    chosen = [CONCEPT_COLOURS.get(name) or (free.pop(0) if free else GREY) for name in order]
    return alt.Color(f"{field}:N", scale=alt.Scale(domain=list(order), range=chosen), legend=None)


def _nice_top(highest: float) -> float:
    """Upper end of an axis: a little above the highest value, never zero."""
    return float(highest) * 1.08 or 1.0


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
            text += (
                f", daarna hoogste {prose.number(highest.value)} ({highest.label}), laagste {prose.number(lowest.value)} ({lowest.label}), "
                f"laatste {prose.number(last.value)} ({last.label})"
            )
        if missing:
            text += f"; {prose.count(missing, 'periode', 'perioden')} zonder cijfer"
        parts.append(text + ".")
    return " ".join(parts)


def _apart(values: Sequence[float], top: float, height: int = HEIGHT) -> list[float]:
    """Positions for labels of descending values, at least `LABEL_GAP` pixels from each other."""
    step, placed = top * LABEL_GAP / height, []
    for value in values:
        placed.append(min(value, placed[-1] - step) if placed else value)
    lowest = placed[-1] if placed else 0
    return [position - min(lowest, 0) for position in placed]


def _end_labels(data: pd.DataFrame, order: Sequence[str], top: float, colour: alt.Color) -> alt.Chart:
    last = data.dropna(subset="value").groupby("name").tail(1).set_index("name").loc[list(order)].reset_index()
    text = (
        [name if len(name) <= 34 else f"{name[:33]}…" for name in last.name]
        if len(order) > 1
        else [prose.number(last.value.iloc[0])]
    )
    ends = last.assign(label_y=_apart(list(last.value), top), text=text)[["name", "time", "label_y", "text"]]
    return (
        alt.Chart(ends)
        .mark_text(align="left", dx=8, fontWeight="bold")
        .encode(x="time:T", y="label_y:Q", text="text:N", color=colour)
    )


def _events_in(events: pd.DataFrame | None, data: pd.DataFrame) -> pd.DataFrame:
    """The policy measures within the drawn time, numbered in order of date."""
    if events is None or events.empty:
        return pd.DataFrame(columns=["number", "time", "date", "title", "source_title", "source_url"])
    first, last = pd.Timestamp(data.time.min()), pd.Timestamp(data.time.max()) + pd.offsets.MonthEnd(1)
    inside = events[(events.date >= first) & (events.date <= last)].sort_values("date", kind="stable")
    return inside.assign(
        number=[str(place + 1) for place in range(len(inside))],
        time=inside.date.dt.strftime("%Y-%m-%dT00:00:00"),
    )


def _event_layers(listed: pd.DataFrame, data: pd.DataFrame, top: float) -> list[alt.Chart]:
    """A rule per day with its numbers above it, one level higher where they would touch those before."""
    if listed.empty:
        return []
    days = listed.groupby("time").number.agg(", ".join).reset_index()
    first, last = pd.Timestamp(data.time.min()), pd.Timestamp(data.time.max())
    pixels = WIDTH * (pd.to_datetime(days.time) - first) / max(last - first, pd.Timedelta(days=1))
    ends: list[float] = []  # right edge of the last number on each level
    heights = []
    for at, number in zip(pixels, days.number, strict=True):
        half = 3.5 * len(number) + 2
        level = next((place for place, end in enumerate(ends) if end < at - half), len(ends))
        ends[level : level + 1] = [at + half]
        heights.append(top * (1 + (8 + 12 * level) / HEIGHT))
    numbers = alt.Chart(days.assign(height=heights)).mark_text(color="#333333", fontSize=11)
    rules = alt.Chart(days).mark_rule(color="#595959", strokeDash=[3, 3], strokeWidth=1)
    return [rules.encode(x="time:T"), numbers.encode(x="time:T", y="height:Q", text="number:N")]


def _event_list(listed: pd.DataFrame) -> str:
    if listed.empty:
        return ""
    items = "".join(
        f"<li>{escape(prose.date_text(row.date.date()))}: {escape(row.title)} <small>({link(row.source_title, row.source_url)})</small></li>"
        for row in listed.itertuples()
    )
    listing = f'<ol class="events">{items}</ol>'
    if len(listed) <= EVENTS_IN_SIGHT:
        return listing
    return (
        f"<details><summary>De {len(listed)} genummerde beleidsmaatregelen in deze grafiek</summary>{listing}</details>"
    )
