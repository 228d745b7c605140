"""Charts of estimates from records: answers, means with their intervals, importance, curves over time."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from keten.model.figures import records
from keten.presentation import prose
from keten.presentation.charts import bars, lines, scales, svg
from keten.presentation.charts.bars import Dot, Part
from keten.presentation.charts.figure import figure
from keten.presentation.charts.lines import Line, Plot, Point
from keten.presentation.charts.palette import ANSWERS, BLUE, GRID, Style, styles
from keten.presentation.charts.scales import Scale
from keten.presentation.charts.svg import NARROW, Drawing
from keten.presentation.charts.words import main_points
from keten.presentation.markup import escape
from keten.presentation.output import Output, gap

MOST_TIPS = 60  # points of a curve that can be pointed at; a curve may have one per day
SQUARE = {svg.WIDE: 400, svg.NARROW: 300}  # pixels: height of a quadrant
NEAR = ((9, -8), (9, 13), (-9, -8), (-9, 13), (0, -14), (0, 18), (18, 5), (-18, 5))  # places of a number, in pixels


def likert(shares: pd.DataFrame, title: str) -> Output:
    """Diverging bars of answers per item: disagreement left of zero, agreement right, the middle around it.

    shares: columns `item`, `answer` (1 low .. high), `answer_label`, `share` (percent), `text`.
    """
    levels = sorted(shares.answer.unique())
    middle = (levels[0] + levels[-1]) / 2
    labels = list(shares.sort_values("answer").answer_label.unique())
    merged = len(labels) not in ANSWERS  # of some items answers were taken together: colours by place, names within
    at = dict(zip(shares.answer_label, shares.answer, strict=True))
    shades = ANSWERS[5] if merged else ANSWERS[len(labels)]
    places = [round(4 * (at[label] - levels[0]) / (levels[-1] - levels[0])) for label in labels] if merged else None
    found = [Style(label, shades[places[place] if places else place], kind="bar") for place, label in enumerate(labels)]
    items = []
    for item, mine in shares.sort_values("answer", kind="stable").groupby("item", sort=False):
        left = -(mine.share[mine.answer < middle].sum() + mine.share[mine.answer == middle].sum() / 2)
        parts = [
            Part(
                labels.index(row["answer_label"]),
                row["share"],
                f"{row['answer_label']}: " * merged + row["text"],
                f"{item}: {row['text']}",
            )
            for row in records(mine)
        ]
        items.append((str(item), float(left), parts))
    words = main_points(
        [
            f"{item}: " + prose.listing([f"{row.answer_label} {row.text}" for row in mine.itertuples()])
            for item, mine in shares.groupby("item", sort=False)
        ],
        ("andere vraag", "andere vragen"),
    )
    return figure(lambda width: bars.stacked(items, found, width), title, "Procent van de antwoorden per vraag", words)


def intervals(
    estimates: pd.DataFrame,
    title: str,
    axis: str,
    subtitle: str,
    domain: Sequence[float] | None = None,
    headline: str = "",
) -> Output:
    """Dots with their 95% interval, one row per name and one colour and shape per group.

    estimates: columns `name`, `group` ('' when there is one), `value`, `low`, `high`, `text`, and, where the row should
    end in less than that text, `short`; axis: what is measured; domain: the ends of a scale that has its own.
    """
    data = estimates.dropna(subset="value")
    if data.empty:
        return gap(title)
    groups = list(dict.fromkeys(data.group))
    found = styles(groups, "point")
    items: dict[str, list[Dot]] = {}
    said = []
    for row in records(data):
        said.append(f"{row['name']}: {row['text']}")
        low, high = (row["value"] if pd.isna(row[end]) else row[end] for end in ("low", "high"))
        dot = Dot(groups.index(row["group"]), row["value"], low, high, row.get("short", row["text"]), said[-1])
        items.setdefault(row["name"], []).append(dot)
    ends = bars.axis([*data.low.fillna(data.value), *data.high.fillna(data.value)], _two(domain))
    named = zip(data.group, said, strict=True)
    words = main_points([f"{group}, {text}" if group else text for group, text in named])
    about = ". ".join(filter(None, [prose.capital(axis), subtitle]))
    return figure(
        lambda width: bars.dots(list(items.items()), found, width, ends, prose.number),
        title,
        about,
        words,
        headline=headline,
    )


def _two(domain: Sequence[float] | None) -> tuple[float, float] | None:
    return (float(domain[0]), float(domain[-1])) if domain else None


def quadrant(points: pd.DataFrame, title: str, x_title: str, y_title: str) -> Output:
    """Importance against performance: a dot per item with its interval on both axes.

    points: columns `item`, `x`, `x_low`, `x_high`, `y`, `y_low`, `y_high`.
    """
    data = points.dropna(subset=["x", "y"]).reset_index(drop=True)
    if data.empty:
        return gap(title)
    rows = records(data)
    titles = (x_title.partition(" (")[0].partition(":")[0], y_title.partition(" (")[0].partition(":")[0])
    said = [
        f"{number} {row['item']}: {titles[0]} {prose.number(row['x'])}, {titles[1]} {prose.number(row['y'])}"
        for number, row in enumerate(rows, 1)
    ]
    items = list(data["item"].astype(str))
    listed = "".join(f"<li>{escape(item)}</li>" for item in items)
    return figure(
        lambda width: _square(rows, said, width),
        title,
        f"Naar rechts: {x_title}. Omhoog: {y_title}. Elk punt is een vraag; de lijnen zijn 95%-intervallen",
        main_points(said, ("andere vraag", "andere vragen")),
        f'<ol class="events">{listed}</ol>',
        numbered=items,
    )


def _square(rows: Sequence[Mapping[str, Any]], said: Sequence[str], width: int) -> Drawing:
    """The dots of a quadrant with their numbers."""
    top, bottom, left = 24, 24 + SQUARE[width], 46
    ends = {
        axis: bars.axis(
            [row[f"{axis}{end}"] for row in rows for end in ("", "_low", "_high") if pd.notna(row[f"{axis}{end}"])]
        )
        for axis in ("x", "y")
    }
    x = Scale(ends["x"][0], ends["x"][-1], left, width - 16)
    y = Scale(ends["y"][0], ends["y"][-1], bottom, top)
    body = "".join(svg.line(left, y(one), width - 16, y(one), GRID) for one in ends["y"])
    body += "".join(svg.line(x(one), top, x(one), bottom, GRID) for one in ends["x"])
    body += "".join(svg.text(left - 8, y(one) + 5, prose.number(one), "end") for one in ends["y"])
    every = 2 if width == NARROW and len(ends["x"]) > 5 else 1
    body += "".join(svg.text(x(one), bottom + 19, prose.number(one), "middle") for one in ends["x"][::every])
    inner, at = "", [(x(row["x"]), y(row["y"])) for row in rows]
    for row, (across, down) in zip(rows, at, strict=True):
        if pd.notna(row["x_low"]):
            inner += svg.line(x(row["x_low"]), down, x(row["x_high"]), down, "#6b93bf", 1.2)
        if pd.notna(row["y_low"]):
            inner += svg.line(across, y(row["y_low"]), across, y(row["y_high"]), "#6b93bf", 1.2)
    for number, ((across, down), place, text) in enumerate(zip(at, _beside(at), said, strict=True), 1):
        inner += svg.marker(across, down, Style("", BLUE), tip=text)
        inner += svg.text(across + place[0], down + place[1], str(number), "middle", True)
    return Drawing(width, bottom + 26, body + svg.series("", inner))


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
    dated = pd.api.types.is_datetime64_any_dtype(data[x])
    found = []
    for style in styles(list(last[name])):
        mine = data[data[name] == style.name]
        chosen = set(_few(mine[y]).index)
        points = [
            Point(
                float(row[x].toordinal() + 1 if dated else row[x]),
                round(float(row[y]), 4),
                _curve_tip(row, (x, y, *(band or ())), x_title, y_title) if place in chosen else "",
                low=_bound(row, band, 0),
                high=_bound(row, band, 1),
            )
            for place, row in zip(mine.index, records(mine), strict=True)
        ]
        percent = "%" if y_title.startswith("procent") else ""
        found.append(Line(style, points, f"{prose.number(round(points[-1].value or 0, 1))}{percent}"))
    ends = [point.at for line in found for point in line.points]
    ticks = scales.time({"month"}) if dated else scales.numbers(min(ends), max(ends), prose.number)
    first = min(ends) - (31 if dated else 0)
    plot = Plot(found, first, max(max(ends), first + 1), ticks, prose.number, step=step)
    words = main_points(
        [_curve_words(row[name], data[data[name] == row[name]], x, y, x_title) for row in records(last)],
        ("andere lijn", "andere lijnen"),
    )
    about = f"{prose.capital(y_title)}{f', naar {x_title}' if x_title else ''}. {subtitle}"
    return figure(lambda width: lines.draw(plot, width), title, about, f"{prose.capital(y_title)}. {words}")


def _bound(row: Mapping[str, Any], band: tuple[str, str] | None, place: int) -> float | None:
    return None if band is None or pd.isna(row[band[place]]) else round(float(row[band[place]]), 4)


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
