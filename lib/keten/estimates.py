"""Charts of estimates from records: answers, means with their intervals, importance, curves over time."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from keten import prose
from keten.display import Shown, gap
from keten.drawing import BLUE, HEIGHT, PALETTE, SHAPES, WIDTH, apart, colours, nice_top, plain_figure
from keten.markup import escape


def likert(shares: pd.DataFrame, title: str, remark: str = "") -> Shown:
    """Diverging bars of answers per item: disagreement left of zero, agreement right, the middle around it.

    shares: columns `item`, `answer` (1 low .. high), `answer_label`, `share` (percent), `text`.
    """
    levels = sorted(shares.answer.unique())
    low, high = levels[0], levels[-1]
    middle = (low + high) / 2
    rows = []
    for item, mine in shares.sort_values("answer", kind="stable").groupby("item", sort=False):
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
    return plain_figure(chart, title, "Verdeling van de antwoorden per vraag", words, remark)


def intervals(
    estimates: pd.DataFrame,
    title: str,
    axis: str,
    subtitle: str,
    remark: str = "",
    zero: bool = False,
    domain: Sequence[float] | None = None,
) -> Shown:
    """Dots with their 95% interval, one row per name and one colour and shape per group.

    estimates: columns `name`, `group` ('' when there is one), `value`, `low`, `high`, `text`.
    """
    data = estimates.dropna(subset="value")
    if data.empty:
        return gap(title)
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
    return plain_figure(chart, title, subtitle, words, remark)


def quadrant(points: pd.DataFrame, title: str, x_title: str, y_title: str, remark: str = "") -> Shown:
    """Importance against performance: a dot per item with its interval on both axes.

    points: columns `item`, `x`, `x_low`, `x_high`, `y`, `y_low`, `y_high`.
    """
    data = points.dropna(subset=["x", "y"]).reset_index(drop=True)
    if data.empty:
        return gap(title)
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
    return plain_figure(
        chart,
        title,
        "Elk punt is een vraag; de lijnen zijn 95%-intervallen",
        words,
        remark,
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
    remark: str = "",
) -> Shown:
    """Lines of an analysis over days or months, with an optional interval band, each line labelled at its end.

    frame: one row per point; x, y, name: its columns; band: columns of the lower and upper bound.
    """
    data = frame.dropna(subset=[y])
    if data.empty:
        return gap(title)
    order = list(data.groupby(name)[y].last().sort_values(ascending=False).index)
    colour = colours(order, name)
    kind = "T" if pd.api.types.is_datetime64_any_dtype(data[x]) else "Q"
    if kind == "T":
        data = data.assign(**{x: data[x].dt.strftime("%Y-%m-%dT00:00:00")})
    columns_ = [x, y, name, *(band or ())]
    data = data[columns_]
    ticks = {"format": "%b %Y"} if kind == "T" else {"format": ",.10~f"}
    across = alt.X(f"{x}:{kind}", title=x_title, axis=alt.Axis(tickCount=8, labelOverlap=True, **ticks))
    interpolate = "step-after" if step else "linear"
    top = nice_top(data[band[1]].max() if band else data[y].max())
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
    ends = ends.assign(label_y=apart(list(ends[y]), top))
    layers.append(
        alt.Chart(ends).mark_text(align="left", dx=6).encode(x=across, y="label_y:Q", text=f"{name}:N", color=colour)
    )
    chart = alt.layer(*layers).properties(width=WIDTH - 40, height=HEIGHT)
    words = (
        prose.listing([f"{row[name]} eindigt op {prose.number(round(row[y], 1))}" for row in ends.to_dict("records")])
        + "."
    )
    return plain_figure(chart, title, subtitle, words, remark)
