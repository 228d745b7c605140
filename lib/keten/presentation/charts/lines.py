"""Lines over time, or over another quantity, each named at its end; where there is no room, in a key above the plot."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from keten.presentation.charts import annotations, scales, svg
from keten.presentation.charts.annotations import Moment
from keten.presentation.charts.lettering import lines as broken
from keten.presentation.charts.lettering import width as wide
from keten.presentation.charts.palette import AXIS, GRID, INK, PALE, Style
from keten.presentation.charts.scales import Scale
from keten.presentation.charts.svg import LEADING, SIZE, Drawing

HEIGHTS = {svg.WIDE: 320, svg.NARROW: 240}  # pixels of a plot
PANEL = {svg.WIDE: 130, svg.NARROW: 110}  # of each of several plots below each other
LABEL = 190  # most pixels of a name at the end of a line
MOST_LEADER = 60  # pixels of a thin line from an end to its label
MOST_NUMBERS = 6  # points of a series without lines that get their number
FOOT = 28  # pixels below a plot


@dataclass(frozen=True)
class Point:
    """A point of a line. at: days, or another quantity; value None: a gap; hollow: provisional.

    part: what counted it; the line is thin where that changes. low, high: of an interval.
    """

    at: float
    value: float | None
    tip: str = ""
    hollow: bool = False
    part: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Line:
    """A series: how it looks, its points in order, its last figure in words, and where it ends if it ends early."""

    style: Style
    points: Sequence[Point]
    last: str = ""
    until: str = ""

    @property
    def known(self) -> list[Point]:
        """The points with a value."""
        return [point for point in self.points if point.value is not None]

    @property
    def fragments(self) -> list[list[Point]]:
        """The stretches without a gap."""
        return _split(self.points, lambda _, now: now.value is not None)

    @property
    def is_confetti(self) -> bool:
        """Whether a line would be more gap than data between its first and last figure."""
        last = max((place for place, point in enumerate(self.points) if point.value is not None), default=-1)
        first = next((place for place, point in enumerate(self.points) if point.value is not None), 0)
        return len(self.known) > 1 and last - first + 1 >= 2 * len(self.known)


@dataclass(frozen=True)
class Plot:
    """Lines in one plot.

    first, last: ends of the axis below, whose names `ticks` gives; number: how the axis to the left prints a value;
    whole: the ends of a scale that has its own; step: whether a value holds until the next one; upright: where a full
    upright line stands; top: nothing is drawn above it.
    """

    lines: Sequence[Line]
    first: float
    last: float
    ticks: scales.Ticks
    number: Callable[[float], str]
    moments: Sequence[Moment] = ()
    whole: tuple[float, float] | None = None
    step: bool = False
    upright: float | None = None
    top: float = field(default=math.inf)


def written_out(plot: Plot, apart: bool = False) -> bool:
    """Whether the policy measures are written out in the wide drawing, so that it needs no list below it.

    apart: whether the drawing is one of `panels`.
    """
    sides = (_panel_sides if apart else _sides)(plot, svg.WIDE)
    return _above(plot, svg.WIDE, Scale(plot.first, plot.last, *sides))[1]


def draw(plot: Plot, width: int) -> Drawing:
    """The plot at this width."""
    left, right = _sides(plot, width)
    x = Scale(plot.first, plot.last, left, right)
    key = _key(plot.lines, width) if width == svg.NARROW and len(plot.lines) > 1 else ("", 0.0)
    above, _ = _above(plot, width, x)
    at = [x(moment.at) for moment in plot.moments]
    down = key[1] + 6
    top = down + above.height + 8
    bottom = top + (2 * HEIGHTS[width] / 3 if plot.whole else HEIGHTS[width])
    rounds = _rounds(plot)
    y = Scale(rounds[0], rounds[-1], bottom, top)
    body = key[0] + _grid(rounds, y, left, right, plot.number)
    body += annotations.rules(plot.moments, at, above, bottom, down)
    body += f'<g transform="translate(0,{svg.px(down)})">{above.drawn}</g>' if above.drawn else ""
    if plot.upright is not None:
        body += svg.line(x(plot.upright), top - 4, x(plot.upright), bottom, INK, 1.5)
    body += _foot(plot.ticks(x), bottom)
    labels = _labels(plot.lines, x, y, right, width)
    # What is named first lies on top.
    for place, (line, label) in reversed(list(enumerate(zip(plot.lines, labels, strict=True)))):
        body += svg.series(line.style.name, _series(line, x, y, plot) + _loose(line, x, y, plot, place) + label)
    return Drawing(width, bottom + FOOT, body)


def panels(plot: Plot, width: int) -> Drawing:
    """The same series as columns in a plot each, below each other: for what is more gap than data."""
    left, right = _panel_sides(plot, width)
    x = Scale(plot.first, plot.last, left, right)
    above, _ = _above(plot, width, x)
    at = [x(moment.at) for moment in plot.moments]
    body, top = above.drawn, above.height + 4 if plot.moments else 0.0
    ticks = plot.ticks(x)
    for line in plot.lines:
        names = broken(_named(line), width, SIZE, True)
        body += svg.text(0, top + SIZE, names, bold=True, ink=line.style.ink)
        top += LEADING * len(names) + 14
        bottom = top + PANEL[width]
        rounds = _rounds(_alone(plot, line))
        y = Scale(rounds[0], rounds[-1], bottom, top)
        if line is plot.lines[0]:
            body += annotations.rules(plot.moments, at, above, bottom, 0)
        else:
            body += "".join(svg.line(one, top, one, bottom, AXIS, 1, "2,3") for one in at)
        body += _grid([rounds[0], rounds[-1]], y, left, right, plot.number)
        each = (
            min([(b.at - a.at) for a, b in pairwise(line.points)] or [30]) / (plot.last - plot.first) * (right - left)
        )
        inner = ""
        for point in line.known:
            high, zero = y(point.value or 0), y(max(0.0, rounds[0]))
            size = max(2.0, min(18.0, 0.75 * each))
            inner += svg.box(
                x(point.at) - size / 2, min(high, zero), size, abs(high - zero),
                PALE.get(line.style.colour, "white") if point.hollow else "",
                point.tip, line.style.colour if point.hollow else "",
            )  # fmt: skip
        final = line.known[-1]
        inner += svg.text(
            x(final.at) + max(2.0, min(18.0, 0.75 * each)) / 2 + 5, y(final.value or 0) + 5, line.last, bold=True,
            ink=line.style.ink,
        )  # fmt: skip
        body += svg.series(line.style.name, inner, line.style.colour) + _foot(ticks, bottom)
        top = bottom + FOOT + 12
    return Drawing(width, top - 12, body)


def _panel_sides(plot: Plot, width: int) -> tuple[float, float]:
    """The first and last pixel of plots below each other."""
    texts = [text for one in plot.lines for text in _texts(_rounds(_alone(plot, one)), plot.number)]
    left = max(wide(text, SIZE) for text in texts) + 10
    return left, width - max(wide(line.last, SIZE, True) for line in plot.lines) - 14


def _alone(plot: Plot, line: Line) -> Plot:
    return Plot([line], plot.first, plot.last, plot.ticks, plot.number, whole=plot.whole)


def _named(line: Line) -> str:
    return f"{line.style.name} ({line.until})" if line.until else line.style.name


def _rounds(plot: Plot) -> list[float]:
    points = [point for line in plot.lines for point in line.known]
    highs = [point.high for point in points if point.high is not None and point.high <= plot.top]
    lows = [point.low for point in points if point.low is not None]
    return scales.domain([*[point.value or 0.0 for point in points], *highs, *lows], plot.whole)


def _texts(rounds: Iterable[float], number: Callable[[float], str]) -> list[str]:
    return [number(one) for one in rounds]


def _sides(plot: Plot, width: int) -> tuple[float, float]:
    """The first and last pixel of the plot, with room for the numbers before it and the names behind it."""
    left = max(wide(text, SIZE) for text in _texts(_rounds(plot), plot.number)) + 10
    lasts = max(wide(line.last, SIZE, True) * (not line.until or len(plot.lines) == 1) for line in plot.lines)
    if width == svg.NARROW:
        return left, width - lasts - 12
    named = max((wide(text, SIZE, bold) for line in plot.lines for text, bold in _label(line, plot.lines)), default=0)
    least = annotations.ROOM if any(_last_third(plot, moment) for moment in plot.moments) else 0
    return left, width - max(named + 30, least)


def _last_third(plot: Plot, moment: Moment) -> bool:
    return moment.at > plot.first + 0.75 * (plot.last - plot.first)


def _above(plot: Plot, width: int, x: Scale) -> tuple[annotations.Above, bool]:
    """What stands above the plot, and whether it is written out."""
    at = [x(moment.at) for moment in plot.moments]
    if width == svg.WIDE and (found := annotations.written(plot.moments, at, width)):
        return found, True
    return annotations.numbered(plot.moments, at), not any(moment.number for moment in plot.moments)


def _grid(rounds: Sequence[float], y: Scale, left: float, right: float, number: Callable[[float], str]) -> str:
    """Lines across with their numbers to the left; that of zero is darker."""
    drawn = svg.lines([(left, y(one), right, y(one)) for one in rounds if one], GRID)
    drawn += svg.lines([(left, y(one), right, y(one)) for one in rounds if not one], AXIS)
    return drawn + "".join(svg.text(left - 8, y(one) + 5, number(one), "end") for one in rounds)


def _foot(ticks: Sequence[scales.Tick], bottom: float) -> str:
    drawn = svg.lines([(tick.at, bottom, tick.at, bottom + 5) for tick in ticks if tick.at is not None], AXIS)
    return drawn + "".join(svg.text(tick.middle, bottom + 19, tick.text, "middle") for tick in ticks if tick.text)


def _key(lines: Sequence[Line], width: float) -> tuple[str, float]:
    """The names of the lines with how these look, below each other, and how high that is."""
    drawn, top = "", 0.0
    for line in lines:
        early = f" ({line.last} {line.until})" if line.until else ""
        names = broken(f"{line.style.name}{early}", width - 38, SIZE)
        drawn += svg.swatch(0, top + 10, line.style) + svg.text(36, top + 15, names, ink=line.style.ink)
        top += LEADING * len(names) + 4
    return drawn, top + 6


def _label(line: Line, lines: Sequence[Line]) -> list[tuple[str, bool]]:
    """What stands at the end of a line, row by row: its name, which alone it does not need, and its last figure."""
    names = [(text, True) for text in broken(line.style.name, LABEL, SIZE, True)] if len(lines) > 1 else []
    until = [(line.until, False)] if line.until else []
    return [*names, *[(line.last, not names)] * bool(line.last), *until]


def _labels(lines: Sequence[Line], x: Scale, y: Scale, right: float, width: int) -> list[str]:
    """The label of each line, none touching another, with a thin line from an end that it does not stand at."""
    rows = [
        _label(line, lines) if width == svg.WIDE else [(line.last, True)] * (not line.until or len(lines) == 1)
        for line in lines
    ]
    wanted = [y(line.known[-1].value or 0) for line in lines]
    places = apart(wanted, [LEADING * len(one) for one in rows], y.end, y.start)
    drawn = []
    for line, label, middle, from_y in zip(lines, rows, places, wanted, strict=True):
        from_x = x(line.known[-1].at)
        leader, beside = "", right + 13
        if not label:
            drawn.append("")
            continue
        if from_x < right - MOST_LEADER:  # it ended long ago: its marker stands here as well
            leader, beside = svg.marker(right + 14, middle - LEADING * (len(label) - 1) / 2, line.style), right + 24
        elif abs(middle - from_y) > 6 or from_x < right - 12:
            leader = svg.line(from_x + 6, from_y, right + 9, middle, AXIS, 0.8)
        first = middle - LEADING * (len(label) - 1) / 2 + 5
        bold = [text for text, is_bold in label if is_bold]
        plain = [text for text, is_bold in label if not is_bold]
        text = svg.text(beside, first, bold, bold=True, ink=line.style.ink) if bold else ""
        text += svg.text(beside, first + LEADING * len(bold), plain, ink=line.style.ink) if plain else ""
        drawn.append(leader + text)
    return drawn


def apart(wanted: Sequence[float], heights: Sequence[float], top: float, bottom: float) -> list[float]:
    """Where the middles of labels come, near the wanted pixels, so that none touches another or leaves the plot."""
    order = sorted(range(len(wanted)), key=lambda one: wanted[one])
    placed: list[float] = []
    for place, one in enumerate(order):
        least = top + heights[one] / 2 - LEADING / 2
        if place:
            before = order[place - 1]
            least = placed[-1] + (heights[before] + heights[one]) / 2 + 3
        placed.append(max(wanted[one], least))
    most = bottom + LEADING / 2
    for place in range(len(order) - 1, -1, -1):
        one = order[place]
        placed[place] = min(placed[place], most - heights[one] / 2)
        most = placed[place] - heights[one] / 2 - 3
    found = [0.0] * len(order)
    for one, middle in zip(order, placed, strict=True):
        found[one] = middle
    return found


def _series(line: Line, x: Scale, y: Scale, plot: Plot) -> str:
    """One line: its band, its stretches, the thin ones between two counts, its markers and what its points say."""
    style, drawn = line.style, ""
    dash = f' stroke-dasharray="{",".join(map(str, style.dash))}"' if style.dash[0] != 1 else ""
    for stretch in line.fragments:
        drawn += _band(stretch, style, x, y, plot)
        parts = _split(stretch, lambda before, now: before is None or before.part == now.part)
        for before, after in pairwise(parts):
            drawn += svg.line(
                x(before[-1].at), y(before[-1].value or 0), x(after[0].at), y(after[0].value or 0), style.colour, 0.8
            )
        for part in parts:
            if len(part) > 1:
                drawn += (
                    f'<path d="{_path(part, x, y, plot.step)}" fill="none" stroke="{style.colour}" '
                    f'stroke-width="{style.width:g}" stroke-linejoin="round"{dash}/>'
                )
            else:
                drawn += svg.marker(x(part[0].at), y(part[0].value or 0), style, part[0].hollow)
    final = line.known[-1]
    marked = [point for point in line.known if point.hollow or (point is final and not plot.step)]
    drawn += "".join(svg.marker(x(point.at), y(point.value or 0), style, point.hollow) for point in marked)
    return drawn + "".join(svg.target(x(one.at), y(one.value or 0), one.tip) for one in line.known if one.tip)


def _loose(line: Line, x: Scale, y: Scale, plot: Plot, place: int) -> str:
    """The number at each point of a series without lines, but its last; those of the first series above it."""
    if len(line.known) > MOST_NUMBERS or any(len(stretch) > 1 for stretch in line.fragments):
        return ""
    off = 22 if place else -12
    return "".join(
        svg.text(x(point.at), y(point.value or 0) + off, plot.number(point.value or 0), "middle", ink=line.style.ink)
        for point in line.known[:-1]
    )


def _split(points: Sequence[Point], goes_on: Callable[[Point | None, Point], bool]) -> list[list[Point]]:
    """Stretches of points with a value; a new one where the next does not go on from the one before."""
    found: list[list[Point]] = []
    before: Point | None = None
    for point in points:
        if point.value is None:
            before = None
            continue
        if before is None or not goes_on(before, point):
            found.append([])
        found[-1].append(point)
        before = point
    return found


def _path(part: Sequence[Point], x: Scale, y: Scale, step: bool) -> str:
    first, *others = [(svg.px(x(point.at)), svg.px(y(point.value or 0))) for point in part]
    if step:
        return f"M{first[0]},{first[1]}" + "".join(f"H{at}V{high}" for at, high in others)
    return f"M{first[0]},{first[1]}L" + " ".join(f"{at},{high}" for at, high in others)


def _band(stretch: Sequence[Point], style: Style, x: Scale, y: Scale, plot: Plot) -> str:
    """The interval around a stretch as a pale area."""
    known = [one for one in stretch if one.low is not None and one.high is not None]
    if len(known) < 2:
        return ""
    top = _rounds(plot)[-1]
    there = [Point(one.at, min(one.high or 0, top)) for one in known]
    back = [Point(one.at, min(one.low or 0, top)) for one in known]
    forth = _path(there, x, y, plot.step)
    corners = _corners(back, x, y) if plot.step else [(svg.px(x(one.at)), svg.px(y(one.value or 0))) for one in back]
    points = " ".join(f"{at},{high}" for at, high in reversed(corners))
    return f'<path d="{forth}L{points}Z" fill="{style.colour}" opacity="0.15"/>'


def _corners(points: Sequence[Point], x: Scale, y: Scale) -> list[tuple[str, str]]:
    """The corners of a line that holds each value until the next one."""
    found = [(svg.px(x(points[0].at)), svg.px(y(points[0].value or 0)))]
    for point in points[1:]:
        at = svg.px(x(point.at))
        found += [(at, found[-1][1]), (at, svg.px(y(point.value or 0)))]
    return found
