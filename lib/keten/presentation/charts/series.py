"""Charts of published figures: Dutch numbers and dates, direct labels, gaps as gaps, a text alternative.

Each function takes a table from the workbook and gives an `Output`: a figure with a static SVG, its notes and source,
and the figures as a table. The Vega-Lite specification travels beside it.
"""

from collections import Counter
from dataclasses import replace

import altair as alt
import pandas as pd

from keten.model.context import Context
from keten.model.figures import records, together
from keten.model.periods import Period
from keten.model.units import FREQUENCIES
from keten.presentation import prose
from keten.presentation.behind import behind, cell_text, series_grid
from keten.presentation.charts import axes
from keten.presentation.charts.channels import COLOUR, MARK, SHAPE, TEXT, TIP, marks
from keten.presentation.charts.direct_labels import end_labels, wrapped
from keten.presentation.charts.drawing import keyed, plain_figure
from keten.presentation.charts.palette import BLUE, DASHES, GREY, ORANGE, PALE, Style, styles
from keten.presentation.charts.policy_lines import event_layers, event_list, event_texts, events_within
from keten.presentation.charts.words import axis_title, figure_tip, main_points, with_unit
from keten.presentation.markup import note
from keten.presentation.output import Output, gap, series_names, share_decimals

BAR_WIDTH, ROW = axes.WIDTH - 120, 28  # pixels: plot of bars, and height of one
PUBLISHER_WIDTHS = (2.2, 1.1, 3.6, 5.0, 0.7)  # of lines, the publisher of most figures first


def trend(
    frame: pd.DataFrame,
    title: str,
    chain: Context,
    events: pd.DataFrame | None = None,
    remark: str = "",
    subtitle: str = "",
) -> Output:
    """Lines over time, one per category (or per measure), each labelled at its end.

    A missing period breaks the line; a provisional figure is a hollow marker. Series differ in colour, dash and
    marker; the publishers of one joined series in dash, or in thickness where there are several series. events: policy
    measures from `Workbook.policy_measures`, drawn as numbered lines and listed below. No figures at all: a named gap.

    >>> months = chain.series("asylum_first_applications", kind="month", years=1)
    >>> charts.trend(months, "Eerste asielaanvragen per maand", chain).figures[-1]["period"]
    '2017-06'
    """
    drawn = frame[frame.value.notna()]
    if drawn.empty:
        return gap(title)
    if drawn.period.nunique() < 2:
        return Output(note(f"{title}: voor een grafiek zijn er nog te weinig perioden met een cijfer."))
    data = _timed(frame, chain)
    joined = bool(drawn.joined.any()) and _few_switches(data)
    last = data.dropna(subset="value").groupby("name").tail(1).sort_values("value", ascending=False, kind="stable")
    found = styles(list(last.name), "line" if data.groupby("name").value.count().max() > axes.FEW_POINTS else "marked")
    publishers = _publishers(data, len(found)) if joined else []
    words, data = _trend_words(data), _styled(data, found, publishers)
    top = axes.nice_top(drawn.value.max())
    listed = events_within(events, drawn)
    rules, levels, edge = event_layers(listed, data, top)
    base = alt.Chart()  # the data stand once, with the layers together
    x = alt.X("time:T", title=None, axis=axes.time(data.time, drawn.kind))
    place = {"x": x, "y": axes.upright(axis_title(drawn, chain.catalogue), top, levels)}
    layers = [*rules]
    if joined:  # a thin line bridges the change of publisher, so that it does not look like a gap
        bridge = base.mark_line(color=GREY, strokeWidth=0.8)
        layers.append(bridge.encode(**place, detail=alt.Detail("run:N"), description=MARK))
    dashes, weights = list(dict.fromkeys(data.dash)), sorted(set(data.weight))
    dash = alt.Scale(domain=dashes, range=[[int(n) for n in one.split()] for one in dashes])
    weight = alt.Scale(type="ordinal", domain=weights, range=weights)
    looks = {
        "color": COLOUR,
        "strokeDash": alt.StrokeDash("dash:N", scale=dash, legend=None),
        "size": alt.Size("weight:N", scale=weight, legend=None),
    }
    layers.append(base.mark_line().encode(**place, **looks, detail=alt.Detail("segment:N"), description=MARK))
    seen = base.transform_filter("datum.point === 'full'").mark_point(filled=True, size=40, opacity=1)
    hollow = base.transform_filter("datum.point === 'hollow'").mark_point(fill="white", size=45, strokeWidth=1.6)
    layers += [
        points.encode(**place, color=COLOUR, shape=SHAPE, description=MARK)
        for points, kind in ((seen, "full"), (hollow, "hollow"))
        if (data.point == kind).any()
    ]
    layers += end_labels(_ends(last, data), found, top, edge)
    tips = base.transform_filter("isValid(datum.value)").mark_point(opacity=0)
    layers.append(tips.encode(**place, description=TIP))
    chart = alt.layer(*layers, data=data, width=axes.WIDTH, height=axes.HEIGHT)
    remarks = [remark]
    if joined:
        cue = "lijnsoort" if len(found) == 1 else "lijndikte"
        remarks.append(f"De {cue} geeft de uitgever aan.")
    if (data.point == "hollow").any():
        remarks.append("Een open teken is een voorlopig cijfer.")
    if data.groupby("name").value.apply(_interrupted).any():
        remarks.append("Waar een lijn is onderbroken, is geen cijfer bekend.")
    return _figure(
        keyed(chart, found, True, publishers, event_texts(listed)),
        title,
        subtitle or _time_subtitle(drawn),
        words,
        frame,
        chain,
        remark=" ".join(filter(None, remarks)),
        after=event_list(listed),
    )


def columns(frame: pd.DataFrame, title: str, chain: Context, remark: str = "", subtitle: str = "") -> Output:
    """A column per period with its number on top, for a short series of one category; a gap says so in words.

    The second publisher's columns are outlined, those of a provisional figure have a dashed outline.

    >>> years = chain.series("asylum_inflow_total", kind="year")
    >>> charts.columns(years, "Totale asielinstroom per jaar", chain).figures[-1]["period"]
    '2016'
    """
    drawn = frame[frame.value.notna()]
    if drawn.empty:
        return gap(title)
    publishers = list(dict.fromkeys(drawn.organisation))
    kinds = ("bar", "outline")
    found = [replace(one, kind=kinds[place % 2]) for place, one in enumerate(styles(publishers))]
    rows = records(frame)
    numbers = [publishers.index(row["organisation"]) if pd.notna(row["value"]) else 0 for row in rows]
    provisional = [row["status"] == "provisional" for row in rows]
    of = [found[number] for number in numbers]
    data = pd.DataFrame(
        {
            "name": [Period.parse(row["period"]).short for row in rows],
            "text": [cell_text(row) for row in rows],
            "shown": frame.value.fillna(0).to_numpy(),
            "value": frame.value.to_numpy(),
            "colour": [style.colour for style in of],
            "fill": [
                PALE.get(style.colour, "white") if light or style.kind == "outline" else style.colour
                for style, light in zip(of, provisional, strict=True)
            ],
            "provisional": provisional,
            **marks(numbers, [figure_tip(row, chain.catalogue, publisher=len(publishers) > 1) for row in rows]),
        }
    )
    base = alt.Chart().encode(
        x=alt.X("name:N", sort=list(data.name), title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True, ticks=False))
    )
    y = alt.Y(
        "value:Q",
        title=axis_title(drawn, chain.catalogue),
        axis=alt.Axis(format=axes.NUMBER_FORMAT, tickCount=4),
        scale=alt.Scale(domain=[0, axes.nice_top(drawn.value.max())]),
    )
    bars = base.transform_filter("isValid(datum.value)").mark_bar(size=34, strokeWidth=2)
    bars = bars.encode(
        y=y,
        color=alt.Color("fill:N", scale=None),
        stroke=alt.Stroke("colour:N", scale=None),
        strokeDash=alt.condition("datum.provisional", alt.value([4, 3]), alt.value([1, 0])),
        description=TIP,
    )
    text = base.mark_text(dy=-9).encode(y=alt.Y("shown:Q"), text=TEXT, description=MARK)
    chart = alt.layer(bars, text, data=data, width=max(280, 58 * len(data)), height=240)
    words = _trend_words(_timed(frame, chain))
    return _figure(keyed(chart, found), title, subtitle or _time_subtitle(drawn), words, frame, chain, remark=remark)


def ranking(
    frame: pd.DataFrame, title: str, chain: Context, remark: str = "", rest: pd.DataFrame | None = None
) -> Output:
    """Horizontal bars of the last period per category, with a tick for the same period a year earlier.

    frame: from `Workbook.top` or `compare`, largest first; rest: what all other categories are together, for a grey bar
    below these (`sections.rankings` works it out, and makes a title that counts the bars).

    >>> top = chain.top("asylum_first_applications", "nationality", 3)
    >>> charts.ranking(top, "De drie grootste nationaliteiten", chain).figures[-1]["dimensions"]
    'nationality=Irak'
    """
    frame = together([frame, frame.iloc[:0] if rest is None else rest])
    groups = [group for _, group in frame.groupby(["measure", "category"], sort=False)]
    now = pd.DataFrame([group.iloc[-1] for group in groups])
    if now.empty or now.value.isna().all():
        return gap(title)
    before = pd.DataFrame([group.iloc[-2] for group in groups if len(group) > 1])
    compared = bool(len(before)) and bool(before.value.notna().any())
    highest = pd.concat([now.value, before.value if len(before) else now.value]).max()
    others = set() if rest is None else set(rest.category)
    colours = [GREY if category in others else BLUE for category in now.category]
    data = _bars(now, chain, 0).assign(edge=1.22 * highest, colour=colours)
    y = axes.names(data.name)
    x = alt.X(
        "value:Q",
        title=axis_title(now, chain.catalogue),
        axis=axes.numbers(tickCount=5),
        scale=alt.Scale(domain=[0, 1.22 * highest or 1], nice=False),
    )
    bars = alt.Chart().mark_bar(height={"band": 0.62}).encode(x=x, y=y, color=COLOUR, description=TIP)
    texts = alt.Chart().mark_text(align="right", fontWeight="bold")
    layers = [bars, texts.encode(x=alt.X("edge:Q"), y=y, text=TEXT, description=MARK)]
    period = Period.parse(now.period.iloc[0]).label
    found = [Style(period, BLUE, kind="bar")]
    subtitle = f"{prose.capital(period)} (balk en getal)"
    if compared:
        earlier = Period.parse(before.period.iloc[0]).label
        ticks = alt.Chart(_bars(before.dropna(subset="value"), chain, 1))
        band = alt.RelativeBandSize(0.9)
        ticks = ticks.mark_tick(color=ORANGE, thickness=4, height=band, opacity=1, stroke="white", strokeWidth=1)
        layers.append(ticks.encode(x=alt.X("value:Q"), y=y, description=TIP))
        subtitle += f", {earlier} (oranje streep)"
        found.append(Style(earlier, ORANGE, kind="tick"))
    chart = alt.layer(*layers, data=data, width=BAR_WIDTH, height=axes.rows_height(data.name, ROW))
    places = [f"{name} {text}" for name, text in zip(series_names(now), data.text, strict=True)]
    words = f"Van groot naar klein: {main_points(places)}"
    return _figure(keyed(chart, found), title, subtitle, words, frame, chain, remark=remark)


def contributions(frame: pd.DataFrame, title: str, chain: Context, remark: str = "") -> Output:
    """Bars to the left and right of zero: what each category added to or took from the change of the total.

    frame: from `statistics.timeseries.contribution`: figures of statistic `change_absolute` with the change as value.

    >>> from keten.statistics.timeseries.contribution import contributions as made
    >>> change = made(chain.compare("asylum_first_applications", "nationality", ["Syrië", "Albanië"], period="2016"))
    >>> charts.contributions(change, "Bijdrage aan de verandering", chain).figures[0]["value"]
    660.0
    """
    if frame.empty:
        return gap(title)
    found = [Style("toename", BLUE, kind="bar"), Style("afname", ORANGE, kind="bar")]
    texts = [
        "ca. " * (precision == "circa") + prose.signed(value)
        for precision, value in zip(frame.precision, frame.value, strict=True)
    ]
    says = [
        f"{name}: {text}{with_unit(value, unit, chain.catalogue)}"
        for name, value, text, unit in zip(frame.category, frame.value, texts, frame.unit, strict=True)
    ]
    falls = [int(value < 0) for value in frame.value]
    data = pd.DataFrame(
        {
            "name": [wrapped(name, 30) for name in frame.category],
            "value": frame.value.to_numpy(),
            "text": texts,
            "colour": [found[fall].colour for fall in falls],
            **marks(falls, says),
        }
    )
    y = axes.names(data.name, orient="left")
    reach = 1.15 * max(abs(data.value.min()), abs(data.value.max()), 1)
    x = alt.X(
        "value:Q",
        title=f"verandering in {axis_title(frame, chain.catalogue)}",
        axis=axes.numbers(tickCount=5),
        scale=alt.Scale(domain=[-reach, reach]),
    )
    base = alt.Chart()
    bars = base.mark_bar(height={"band": 0.62})
    more = base.transform_filter("datum.value >= 0").mark_text(align="left", dx=5)
    less = base.transform_filter("datum.value < 0").mark_text(align="right", dx=-5)
    layers = [bars.encode(x=x, y=y, color=COLOUR, description=TIP), axes.zero_line()]
    layers += [text.encode(x=alt.X("value:Q"), y=y, text=TEXT, description=MARK) for text in (more, less)]
    chart = alt.layer(*layers, data=data, width=BAR_WIDTH, height=axes.rows_height(data.name, ROW))
    places = [f"{name} {text}" for name, text in zip(frame.category, texts, strict=True)]
    words = main_points(places)
    reference = frame.statistic.iloc[0].partition("reference=")[2].partition(";")[0]
    now = Period.parse(frame.period.iloc[0]).label
    subtitle = f"{prose.capital(now)} vergeleken met {prose.named(reference)}"
    return _figure(keyed(chart, found), title, subtitle, words, frame, chain, remark=remark)


def _figure(
    chart: alt.TopLevelMixin,
    title: str,
    subtitle: str,
    words: str,
    frame: pd.DataFrame,
    chain: Context,
    remark: str = "",
    after: str = "",
) -> Output:
    drawn = plain_figure(chart, title, subtitle, words, after)
    return behind(drawn, series_grid(frame, title, subtitle), chain.catalogue, [frame], remark)


def _bars(rows: pd.DataFrame, chain: Context, series: int) -> pd.DataFrame:
    """Plot data of bars or ticks, one per row."""
    figures, names = records(rows), series_names(rows)
    tips = [figure_tip(row, chain.catalogue, name) for name, row in zip(names, figures, strict=True)]
    return pd.DataFrame(
        {
            "name": [wrapped(name, 30) for name in names],
            "value": rows.value.to_numpy(),
            "text": [cell_text(row) for row in figures],
            **marks([series] * len(rows), tips),
        }
    )


def _timed(frame: pd.DataFrame, chain: Context) -> pd.DataFrame:
    """Plot data: name of the line, time at the start of the period, value, publisher and what its tip says.

    `run` numbers the stretches without a gap, `segment` those of one publisher within them.
    """
    data = frame.assign(name=series_names(frame)).sort_values(["name", "start"], kind="stable")
    present = data.name + data.value.isna().astype(str)
    publisher = present + data.organisation.where(data.joined, "")
    run, segment = ((key != key.shift()).cumsum() for key in (present, publisher))
    joined = bool(frame.joined.any())
    return data.assign(
        time=data.start.dt.strftime(axes.TIME),
        run=run,
        segment=segment,
        label=[Period.parse(p).label for p in data.period],
        says=[figure_tip(row, chain.catalogue, publisher=joined) for row in records(data)],
        number=[
            "ca. " * (precision == "circa") + prose.number(value, share_decimals(*about))
            for precision, value, *about in zip(
                data.precision, data.value, data.unit, data.statistic, data.margin, strict=True
            )
        ],
    )[["name", "time", "value", "status", "organisation", "run", "segment", "label", "says", "number"]]


def _styled(data: pd.DataFrame, found: list[Style], publishers: list[Style]) -> pd.DataFrame:
    """The plot data with the looks of every point: those of its series and, in a joined series, of its publisher."""
    series = data.name.map({style.name: number for number, style in enumerate(found)}).fillna(0).astype(int)
    of = [found[number] for number in series]
    cues = {style.name: style for style in publishers}
    dashes = [
        cues[name].dash if len(found) == 1 and name in cues else style.dash
        for name, style in zip(data.organisation, of, strict=True)
    ]
    shown = _alone(data)
    return data.assign(
        colour=[style.colour for style in of],
        shape=[style.shape for style in of],
        dash=[" ".join(map(str, dash)) for dash in dashes],
        weight=[cues[name].width if name in cues else 2.2 for name in data.organisation],
        point=[
            "hollow" if status == "provisional" else "full" if point else ""
            for status, point in zip(data.status, shown, strict=True)
        ],
        **marks(series, data.says),
    ).drop(columns=["says", "number", "organisation", "status"])


def _publishers(data: pd.DataFrame, series: int) -> list[Style]:
    """What tells the publishers of a joined series apart; the one with most figures first."""
    known = data[data.value.notna()].organisation
    if series == 1:
        return [Style(name, GREY, dash=DASHES[place % len(DASHES)]) for place, name in enumerate(dict.fromkeys(known))]
    by_count = enumerate(Counter(known).most_common())
    return [Style(name, GREY, width=PUBLISHER_WIDTHS[place % 5]) for place, (name, _) in by_count]


def _ends(last: pd.DataFrame, data: pd.DataFrame) -> pd.DataFrame:
    """The last point of each line, from high to low, with the text beside it."""
    reaches = last.time == data.dropna(subset="value").time.max()
    if len(last) == 1:
        return last.assign(series=0, text=last.number, reaches=reaches)
    texts = [
        name if on else f"{name} (tot en met {label})"
        for name, on, label in zip(last.name, reaches, last.label, strict=True)
    ]
    return last.assign(series=range(len(last)), text=texts, reaches=reaches)


def _few_switches(data: pd.DataFrame) -> bool:
    """Whether the publishers follow each other in a few blocks, so that a dash per publisher can be read."""
    shown = data[data.organisation != ""]
    switches = (shown.organisation != shown.organisation.shift()) & (shown.name == shown.name.shift())
    return bool(switches.sum() <= 5)


def _alone(data: pd.DataFrame) -> pd.Series:
    """Whether each point gets a marker: those that no line would show, and all points of a short series."""
    value = data.value
    same_before, same_after = data.segment == data.segment.shift(), data.segment == data.segment.shift(-1)
    lonely = value.notna() & ~(same_before & value.shift().notna()) & ~(same_after & value.shift(-1).notna())
    short = data.groupby("name").value.transform("count") <= axes.FEW_POINTS
    return value.notna() & (lonely | short)


def _interrupted(values: pd.Series) -> bool:
    """Whether a series has a gap between its first and its last figure."""
    known = values.notna().to_numpy().nonzero()[0]
    return len(known) > 0 and len(known) < known[-1] - known[0] + 1


def _time_subtitle(drawn: pd.DataFrame) -> str:
    kinds = dict.fromkeys(drawn.kind)
    words = prose.listing([f"{'op' if kind == 'date' else 'per'} {FREQUENCIES[kind][0]}" for kind in kinds])
    texts = [drawn.sort_values("start").period.iloc[0], drawn.sort_values("end").period.iloc[-1]]
    first, last = map(prose.named, texts)
    return f"{prose.capital(words)}, " + (first if first == last else f"van {first} tot en met {last}")


def _trend_words(data: pd.DataFrame) -> str:
    """Per line: first, highest, lowest and last value with their periods, and how many periods have none."""
    parts = []
    for name, mine in data.groupby("name", sort=False):
        shown = mine.dropna(subset="value")
        if shown.empty:
            continue
        first, last = shown.iloc[0], shown.iloc[-1]
        values = shown.value.to_numpy()
        highest, lowest = shown.iloc[int(values.argmax())], shown.iloc[int(values.argmin())]
        missing = len(mine) - len(shown)
        text = f"{name}: {first.number} ({first.label})"
        if len(shown) > 1:
            turning = {"hoogste": highest, "laagste": lowest, "laatste": last}
            words = [f"{word} {point.number} ({point.label})" for word, point in turning.items()]
            text = f"{name}: eerste {first.number} ({first.label}), {', '.join(words)}"
        if missing:
            text += f", {prose.count(missing, 'periode', 'perioden')} zonder cijfer"
        parts.append(text)
    return main_points(parts, ("andere reeks", "andere reeksen"))
