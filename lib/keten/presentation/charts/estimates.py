"""Charts of estimates from records: answers, means with their intervals, importance, curves over time."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from keten.model.figures import records
from keten.presentation import prose
from keten.presentation.charts import axes
from keten.presentation.charts.channels import COLOUR, MARK, SHAPE, TEXT, TIP, marks
from keten.presentation.charts.direct_labels import wrapped
from keten.presentation.charts.drawing import keyed, plain_figure
from keten.presentation.charts.lines import drawn
from keten.presentation.charts.palette import ANSWERS, BLUE, PALETTE, QUIET, Style, styles
from keten.presentation.charts.words import described, main_points
from keten.presentation.markup import escape
from keten.presentation.output import Output, gap

PLOT_WIDTH = axes.WIDTH - 140
MOST_TIPS = 60  # points of a curve that can be pointed at; a curve may have one per day
NEAR = ((9, -8), (9, 9), (-9, -8), (-9, 9), (0, -14), (0, 15), (18, 0), (-18, 0))  # places of a number, in pixels


def likert(shares: pd.DataFrame, title: str) -> Output:
    """Diverging bars of answers per item: disagreement left of zero, agreement right, the middle around it.

    shares: columns `item`, `answer` (1 low .. high), `answer_label`, `share` (percent), `text`.
    """
    levels = sorted(shares.answer.unique())
    middle = (levels[0] + levels[-1]) / 2
    labels = list(shares.sort_values("answer").answer_label.unique())
    ramp = ANSWERS.get(len(labels), PALETTE)
    found = [Style(label, ramp[place % len(ramp)], kind="bar") for place, label in enumerate(labels)]
    rows = []
    for item, mine in shares.sort_values("answer", kind="stable").groupby("item", sort=False):
        left = -(mine.share[mine.answer < middle].sum() + mine.share[mine.answer == middle].sum() / 2)
        for row in records(mine):
            series = labels.index(row["answer_label"])
            colour = found[series].colour
            rows.append(
                {
                    "name": wrapped(row["item"], 34),
                    "start": left,
                    "end": left + row["share"],
                    "at": left + row["share"] / 2,
                    "text": row["text"],
                    "colour": colour,
                    "ink": "white" if colour in ("#a94f00", *PALETTE) else "#1a1a1a",
                    "mark": described(series),
                    "tip": described(series, f"{item}: {row['text']}"),
                }
            )
            left += row["share"]
    data = pd.DataFrame(rows)
    low, high = 10 * (data.start.min() // 10), -10 * (-data.end.max() // 10)
    pixels = PLOT_WIDTH * (data.end - data.start) / (high - low)
    data["text"] = data.text.where(pixels >= 7 * data.text.str.len() + 4, "")  # a number never sticks out
    y = axes.names(data.name)
    percent = "format(abs(datum.value), '.0f') + '%'"
    x = alt.X(
        "start:Q",
        title="procent van de antwoorden",
        scale=alt.Scale(domain=[low, high], nice=False),
        axis=axes.numbers(labelExpr=percent, tickCount=8),
    )
    base = alt.Chart()
    bars = base.mark_bar(height={"band": 0.72}, stroke=QUIET, strokeWidth=0.6)
    texts = base.mark_text(fontSize=12).encode(x=alt.X("at:Q"), y=y, text=TEXT, color=alt.Color("ink:N", scale=None))
    layers = [
        axes.zero_line(),
        bars.encode(x=x, x2=alt.X2("end:Q"), y=y, color=COLOUR, description=TIP),
        texts.encode(description=MARK),
    ]
    chart = alt.layer(*layers, data=data, width=PLOT_WIDTH, height=axes.rows_height(data.name, 32, room=8))
    words = main_points(
        [
            f"{item}: " + prose.listing([f"{row.answer_label} {row.text}" for row in mine.itertuples()])
            for item, mine in shares.groupby("item", sort=False)
        ],
        ("andere vraag", "andere vragen"),
    )
    return plain_figure(keyed(chart, found), title, "Verdeling van de antwoorden per vraag", words)


def intervals(
    estimates: pd.DataFrame,
    title: str,
    axis: str,
    subtitle: str,
    domain: Sequence[float] | None = None,
) -> Output:
    """Dots with their 95% interval, one row per name and one colour and shape per group.

    estimates: columns `name`, `group` ('' when there is one), `value`, `low`, `high`, `text`.
    """
    data = estimates.dropna(subset="value")
    if data.empty:
        return gap(title)
    groups = list(dict.fromkeys(data.group))
    found = styles(groups, "point")
    series = [groups.index(group) for group in data.group]
    said = [f"{name}: {text}" for name, text in zip(data.name, data.text, strict=True)]
    plotted = data.assign(
        name=[wrapped(name, 34) for name in data.name],
        colour=[found[number].colour for number in series],
        shape=[found[number].shape for number in series],
        **marks(series, said),
    ).drop(columns="text")
    place: dict[str, Any] = {"y": axes.names(plotted.name, grid=True), "color": COLOUR}
    if len(groups) > 1:
        place["yOffset"] = alt.YOffset("group:N", sort=groups, scale=alt.Scale(paddingOuter=0.6))
    scale = alt.Scale(domain=list(domain)) if domain else alt.Scale(zero=False, padding=8)
    x = alt.X("low:Q", title=axis, scale=scale, axis=axes.numbers(tickCount=6))
    base = alt.Chart()
    rules = base.mark_rule(strokeWidth=2).encode(x=x, x2=alt.X2("high:Q"), description=MARK, **place)
    dots = base.mark_point(filled=True, size=60, opacity=1)
    layers = [rules, dots.encode(x=alt.X("value:Q"), shape=SHAPE, description=TIP, **place)]
    height = max(80, axes.rows_height(plotted.name, 26 + 12 * (len(groups) - 1), room=8))
    chart = alt.layer(*layers, data=plotted, width=PLOT_WIDTH, height=height)
    named = zip(data.group, said, strict=True)
    words = main_points([f"{group}, {text}" if group else text for group, text in named])
    return plain_figure(keyed(chart, found), title, subtitle, words)


def quadrant(points: pd.DataFrame, title: str, x_title: str, y_title: str) -> Output:
    """Importance against performance: a dot per item with its interval on both axes.

    points: columns `item`, `x`, `x_low`, `x_high`, `y`, `y_low`, `y_high`.
    """
    data = points.dropna(subset=["x", "y"]).reset_index(drop=True)
    if data.empty:
        return gap(title)
    width, height = axes.WIDTH - 20, 360
    ends = {axis: _domain(data[[axis, f"{axis}_low", f"{axis}_high"]]) for axis in ("x", "y")}
    per_x, per_y = ((ends[axis][1] - ends[axis][0]) / size for axis, size in (("x", width), ("y", height)))
    numbers = [str(place + 1) for place in range(len(data))]
    beside = _beside(list(zip((data.x - ends["x"][0]) / per_x, (ends["y"][1] - data.y) / per_y, strict=True)))
    titles = (x_title.partition(" (")[0].partition(":")[0], y_title.partition(" (")[0].partition(":")[0])
    said = [
        f"{number} {row['item']}: {titles[0]} {prose.number(row['x'])}, {titles[1]} {prose.number(row['y'])}"
        for number, row in zip(numbers, records(data), strict=True)
    ]
    data = data.assign(
        number=numbers,
        text_x=[x + right * per_x for x, (right, _) in zip(data.x, beside, strict=True)],
        text_y=[y - down * per_y for y, (_, down) in zip(data.y, beside, strict=True)],
        tip=[described(0, text) for text in said],
    ).drop(columns="item")
    scales = {axis: alt.Scale(domain=domain, nice=False) for axis, domain in ends.items()}
    x = alt.X("x:Q", title=x_title, scale=scales["x"], axis=axes.numbers(tickCount=7))
    y = alt.Y("y:Q", title=y_title, scale=scales["y"], axis=alt.Axis(format=axes.NUMBER_FORMAT, tickCount=6))
    base = alt.Chart()
    rule = base.mark_rule(color="#6b93bf", strokeWidth=1.2)
    across = rule.encode(x=alt.X("x_low:Q", title=x_title), x2=alt.X2("x_high:Q"), y=y)
    upright = rule.encode(x=x, y=alt.Y("y_low:Q", title=y_title), y2=alt.Y2("y_high:Q"))
    dots = base.mark_point(filled=True, color=BLUE, size=55, opacity=1).encode(x=x, y=y, description=TIP)
    texts = base.mark_text(fontWeight="bold")
    texts = texts.encode(x=alt.X("text_x:Q"), y=alt.Y("text_y:Q"), text=alt.Text("number:N"))
    chart = alt.layer(across, upright, dots, texts, data=data, width=width, height=height)
    items = list(points.dropna(subset=["x", "y"])["item"].astype(str))
    listed = "".join(f"<li>{escape(item)}</li>" for item in items)
    return plain_figure(
        keyed(chart, [], numbered=items),
        title,
        "Elk punt is een vraag; de lijnen zijn 95%-intervallen",
        main_points(said, ("andere vraag", "andere vragen")),
        f'<ol class="events">{listed}</ol>',
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
) -> Output:
    """Lines of an analysis over days or months, with an optional interval band, each line labelled at its end.

    frame: one row per point; x, y, name: its columns; band: columns of the lower and upper bound.
    """
    data = frame.dropna(subset=[y])
    if data.empty:
        return gap(title)
    last = data.groupby(name).tail(1).sort_values(y, ascending=False, kind="stable")
    found = styles(list(last[name]))
    numbers = {style.name: number for number, style in enumerate(found)}
    series = [numbers[line] for line in data[name]]
    dated = pd.api.types.is_datetime64_any_dtype(data[x])
    says = [_curve_tip(row, (x, y, *(band or ())), x_title, y_title) for row in records(data)]
    points = pd.DataFrame(
        {
            "time": data[x].dt.strftime(axes.TIME) if dated else data[x],
            "value": data[y].round(4),
            "series": series,
            "run": series,
            "colour": [found[number].colour for number in series],
            **marks(series, says),
        }
    )
    axis = alt.Axis(tickCount=8, labelOverlap="greedy", format="%b %Y" if dated else axes.NUMBER_FORMAT)
    across = alt.X(f"time:{'T' if dated else 'Q'}", title=x_title or None, axis=axis)
    area = points.assign(low=data[band[0]].round(4), high=data[band[1]].round(4)) if band else None
    top = axes.nice_top(data[band[1] if band else y].max())
    chosen = data.groupby(name, group_keys=False)[y].apply(_few).index
    chart = drawn(points, found, top, y_title, area, x=across, step=step, tips=points.loc[chosen])
    words = main_points(
        [_curve_words(row[name], data[data[name] == row[name]], x, y, x_title) for row in records(last)],
        ("andere lijn", "andere lijnen"),
    )
    return plain_figure(chart, title, subtitle, f"{prose.capital(y_title)}. {words}")


def _domain(values: pd.DataFrame) -> list[float]:
    """Ends of an axis with some room around the intervals."""
    low, high = float(values.min().min()), float(values.max().max())
    room = 0.06 * (high - low) or 1.0
    return [low - room, high + room]


def _beside(points: list[tuple[float, float]]) -> list[tuple[int, int]]:
    """Where the number of each point goes, so that it covers no other point or number; all in pixels."""
    taken = list(points)
    chosen = []
    for x, y in points:

        def room(at: tuple[int, int], x: float = x, y: float = y) -> float:
            others = [(a, b) for a, b in taken if (a, b) != (x, y)]
            return min((max(abs(x + at[0] - a) / 12, abs(y + at[1] - b) / 14) for a, b in others), default=9.0)

        place = next((at for at in NEAR if room(at) >= 1), max(NEAR, key=room))
        chosen.append(place)
        taken.append((x + place[0], y + place[1]))
    return chosen


def _few(values: pd.Series) -> pd.Series:
    """Evenly chosen points of a curve, its last one among them."""
    step = -(-len(values) // MOST_TIPS)
    return values.iloc[::-1].iloc[::step].iloc[::-1]


def _moment(value: Any, x_title: str) -> str:
    if isinstance(value, pd.Timestamp):
        return prose.date_text(value.date())
    return f"{prose.number(value)} {x_title}".strip()


def _curve_tip(row: Mapping[str, Any], columns: Sequence[str], x_title: str, y_title: str) -> str:
    """What a point of a curve says; columns: of the place, the value, and the ends of its interval."""
    x, y, *ends = columns
    text = f"{_moment(row[x], x_title)}: {prose.number(round(row[y], 1))} {y_title}"
    if ends and all(pd.notna(row[end]) for end in ends):
        low, high = (prose.number(round(row[end], 1)) for end in ends)
        text += f" (95%-interval: {low} tot {high})"
    return text


def _curve_words(name: str, mine: pd.DataFrame, x: str, y: str, x_title: str) -> str:
    """First, highest and last value of a curve."""
    places = {"begint op": 0, "hoogste": int(mine[y].to_numpy().argmax()), "eindigt op": -1}
    at = {word: mine.iloc[place] for word, place in places.items()}
    words = [f"{word} {prose.number(round(row[y], 1))} ({_moment(row[x], x_title)})" for word, row in at.items()]
    return f"{name}: {', '.join(words)}"
