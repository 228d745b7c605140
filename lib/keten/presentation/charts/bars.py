"""Rows with their number at the end, columns per period, stacked answers, dots with intervals, a table of shades."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from keten.presentation.charts import scales, svg
from keten.presentation.charts.lettering import lines as broken
from keten.presentation.charts.lettering import width as wide
from keten.presentation.charts.palette import AXIS, BLUE, GRID, INK, PALE, QUIET, Style
from keten.presentation.charts.scales import Scale
from keten.presentation.charts.svg import LEADING, NARROW, SIZE, Drawing

NAMES = {svg.WIDE: 260, svg.NARROW: 118}  # most pixels of a name beside its bar
BAR, ROW = 20, 34  # pixels: height of a bar, and of its row
PLOT = 260  # pixels: height of columns
COLUMN = 64  # most pixels of a column's width
SMALLEST = 12  # pixels of type in a table of shades with many columns
BEFORE = "#595959"  # of an earlier period, in every chart


@dataclass(frozen=True)
class Bar:
    """A bar: its name, value (None = a gap, said by `text`), number in words, tip and colour.

    before: the same an earlier time, as a thin grey bar with a tip of its own; dashed: provisional; most: up to where
    the value may lie, in a paler colour.
    """

    name: str
    value: float | None
    text: str
    tip: str = ""
    colour: str = BLUE
    before: float | None = None
    before_tip: str = ""
    dashed: bool = False
    most: float | None = None


def rows(
    bars: Sequence[Bar], width: int, series: tuple[str, str] = ("", ""), below: Mapping[int, str] | None = None
) -> Drawing:
    """A row per bar, its number at the end of the bar.

    series: what the bars and the thin ones are; below: the text on a dashed line below a bar, where a count became
    another one.
    """
    above = width == NARROW and max(wide(bar.name, SIZE) for bar in bars) > 1.6 * NAMES[width]
    names = [broken(bar.name, width if above else NAMES[width], SIZE) for bar in bars]
    gutter = 0 if above else max(wide(line, SIZE) for name in names for line in name) + 12
    extremes = [one for bar in bars for one in (bar.value, bar.before, bar.most) if one is not None]
    low, high = min([0.0, *extremes]), max([0.0, *extremes])
    room = max(wide(bar.text, SIZE, True) for bar in bars) + 10
    negative = [wide(bar.text, SIZE, True) for bar in bars if (bar.value or 0) < 0]
    left = gutter + (max(negative) + 10 if negative else 0)
    x = Scale(low, high if high > low else low + 1, left, width - (room if high > 0 or not negative else 4))
    now, then, marks, top = "", "", "", 2.0
    for place, (bar, name) in enumerate(zip(bars, names, strict=True)):
        head = LEADING * len(name) + 2 if above else 0
        size = head + BAR + 14 if above else max(ROW, LEADING * len(name) + 10)
        middle = top + head + BAR / 2 if above else top + size / 2 - 2
        base = top + SIZE if above else middle - LEADING * (len(name) - 1) / 2 + 5
        now += svg.text(0 if above else gutter - 12, base, name, "" if above else "end")
        edge = x(0)
        if bar.value is not None:
            start, end = sorted((x(0), x(bar.value)))
            fill = PALE.get(bar.colour, "white") if bar.dashed else bar.colour
            if bar.most is not None:
                now += svg.box(
                    end, middle - BAR / 2, x(bar.most) - end, BAR, PALE.get(bar.colour, GRID), outline=bar.colour
                )
                edge = x(bar.most)
            now += svg.box(
                start, middle - BAR / 2, end - start, BAR, fill, bar.tip, bar.colour if bar.dashed else "",
                "4,3" if bar.dashed else "",
            )  # fmt: skip
            edge = max(edge, end)
        if bar.before is not None:
            start, end = sorted((x(0), x(bar.before)))
            then += svg.box(start, middle + BAR / 2 + 1, end - start, 5, BEFORE, bar.before_tip)
        if bar.value is not None and bar.value < 0:
            now += svg.text(x(bar.value) - 7, middle + 5, bar.text, "end", True)
        else:
            known = bar.value is not None
            now += svg.text(edge + 7, middle + 5, bar.text, bold=known, ink="" if known else QUIET)
        top += size
        if below and place in below:
            marks += svg.text(width, top + 13, below[place], "end", ink=QUIET, size=svg.SMALL)
            marks += svg.line(0, top + 20, width, top + 20, QUIET, 1, "5,3")
            top += 24
    zero = svg.line(x(0), 0, x(0), top, AXIS)
    body = svg.series(series[0], now) + marks + zero + (svg.series(series[1], then) if then else "")
    return Drawing(width, top + 4, body)


def columns(bars: Sequence[Bar], width: int, breaks: Sequence[tuple[int, str]] = (), series: str = "") -> Drawing:
    """A column per bar with its number on top; on a narrow page rows, the newest first.

    breaks: before which column a count became another one, and what is said of it.
    """
    each = min(width / len(bars), 2.2 * COLUMN)
    if width == NARROW or max(wide(bar.text, SIZE, True) for bar in bars if bar.value is not None) > each - 4:
        return rows(bars[::-1], width, (series, ""), {len(bars) - 1 - place: label for place, label in breaks})
    values = [bar.value for bar in bars if bar.value is not None]
    low, high = min([0.0, *values]), max([0.0, *values]) or (0.0 if min(values) < 0 else 1.0)
    size = min(COLUMN, 0.62 * each)
    ends = [*[place for place, _ in breaks[1:]], len(bars) + 2][: len(breaks)]
    labels = [
        broken(label, min((end - place) * each - 12, 2.2 * COLUMN), svg.SMALL)
        for (place, label), end in zip(breaks, ends, strict=True)
    ]
    head = (max(map(len, labels)) * LEADING if labels else 0) + 24
    y = Scale(low, high, head + PLOT, head + (18 if low < 0 and high <= 0 else 0))
    inner = ""
    for place, bar in enumerate(bars):
        middle = each * (place + 0.5)
        if bar.value is None:
            inner += svg.text(middle, y(0) - 8, broken(bar.text, each, SIZE), "middle", ink=QUIET)
            continue
        top, bottom = sorted((y(bar.value), y(0)))
        fill = PALE.get(bar.colour, "white") if bar.dashed else bar.colour
        inner += svg.box(
            middle - size / 2, top, size, bottom - top, fill, bar.tip, bar.colour if bar.dashed else "",
            "4,3" if bar.dashed else "",
        )  # fmt: skip
        inner += svg.text(middle, bottom + 19 if bar.value < 0 else top - 8, bar.text, "middle", True)
    foot = head + PLOT + (24 if low < 0 else 0)
    names = [broken(bar.name, each - 4, SIZE) for bar in bars]
    under = "".join(svg.text(each * (place + 0.5), foot + 20, name, "middle") for place, name in enumerate(names))
    marks = "".join(
        svg.line(each * place, 0, each * place, foot, QUIET, 1, "5,3")
        + svg.text(each * place + 6, 13, label, ink=QUIET, size=svg.SMALL)
        for (place, _), label in zip(breaks, labels, strict=True)
    )
    body = marks + svg.series(series, inner) + svg.line(0, y(0), each * len(bars), y(0), AXIS) + under
    return Drawing(width, foot + 8 + LEADING * max(map(len, names)), body)


@dataclass(frozen=True)
class Part:
    """A piece of a stacked bar: its answer (a number in the key), size in percent, text and tip."""

    answer: int
    size: float
    text: str
    tip: str


def stacked(items: Sequence[tuple[str, float, Sequence[Part]]], found: Sequence[Style], width: int) -> Drawing:
    """Bars of answers around a middle; each item with where its bar begins (percent left of the middle, negative)."""
    names = [broken(name, width if width == NARROW else NAMES[width] + 40, SIZE) for name, _, _ in items]
    narrow = width == NARROW
    gutter = 0.0 if narrow else max(wide(line, SIZE) for name in names for line in name) + 14
    low = min(start for _, start, _ in items)
    high = max(start + sum(part.size for part in parts) for _, start, parts in items)
    x = Scale(low, high, gutter, width - 1)
    body, top = key(found, width)
    drawn = [""] * len(found)
    texts = ""
    for (_, start, parts), name in zip(items, names, strict=True):
        head = LEADING * len(name) + 2 if narrow else 0
        size = head + 38 if narrow else max(38, LEADING * len(name) + 12)
        middle = top + head + 14 if narrow else top + size / 2
        base = top + SIZE if narrow else middle - LEADING * (len(name) - 1) / 2 + 5
        texts += svg.text(0, base, name) if narrow else svg.text(gutter - 14, base, name, "end")
        at = start
        for part in parts:
            left, right = x(at), x(at + part.size)
            fill = found[part.answer].colour
            drawn[part.answer] += (
                f'<rect x="{svg.px(left)}" y="{svg.px(middle - 14)}" width="{svg.px(right - left)}" height="28" '
                f'fill="{fill}" stroke="{QUIET}" stroke-width="0.6"{svg.told(part.tip)}/>'
            )
            if right - left >= wide(part.text, SIZE) + 6:
                ink = "white" if fill in ("#a94f00", BLUE) else "#1a1a1a"
                drawn[part.answer] += svg.text((left + right) / 2, middle + 5, part.text, "middle", ink=ink)
            at += part.size
        top += size
    middle_line = "" if narrow else svg.line(x(0), key(found, width)[1] - 4, x(0), top, INK)
    body += middle_line + "".join(svg.series(style.name, marks) for style, marks in zip(found, drawn, strict=True))
    return Drawing(width, top + 4, body + texts)


def key(found: Sequence[Style], width: float) -> tuple[str, float]:
    """Swatches with their names, as many on a row as fit, and how high that is."""
    drawn, x, top = "", 0.0, 0.0
    for style in found:
        needed = 36 + wide(style.name, SIZE)
        if x and x + needed > width:
            x, top = 0.0, top + LEADING + 6
        drawn += svg.swatch(x, top + 10, style) + svg.text(x + 36, top + 15, style.name)
        x += needed + 22
    return drawn, (top + LEADING + 14 if found else 0.0)


@dataclass(frozen=True)
class Dot:
    """An estimate of a group (a number in the key) with its interval; `text` is the number at the end of its row.

    both: whether what is known are the two ends of the interval, and no value between them.
    """

    group: int
    value: float
    low: float
    high: float
    text: str
    tip: str
    both: bool = False


def dots(
    items: Sequence[tuple[str, Sequence[Dot]]],
    found: Sequence[Style],
    width: int,
    ends: Sequence[float],
    number: Callable[[float], str],
) -> Drawing:
    """A row per item with a dot and an interval per group; ends: round numbers of the axis below."""
    narrow, several = width == NARROW, len(found) > 1
    names = [broken(name, width if narrow else NAMES[width] + 40, SIZE) for name, _ in items]
    gutter = 8.0 if narrow else max(wide(line, SIZE) for name in names for line in name) + 20
    room = max(wide(dot.text, SIZE, True) for _, mine in items for dot in mine) + 14
    x = Scale(ends[0], ends[-1], gutter, width - room)
    body, top = key(found, width) if several else ("", 4.0)
    first, marks, rules = top, [""] * len(found), ""
    for (_, mine), name in zip(items, names, strict=True):
        head = LEADING * len(name) + 4 if narrow else 0
        size = max(head + 20 * len(mine) + 10, LEADING * len(name) + 12)
        start = top + head + (size - head - 20 * len(mine)) / 2 + 10
        base = top + SIZE + 2 if narrow else top + size / 2 - LEADING * (len(name) - 1) / 2 + 5
        rules += svg.text(0, base, name) if narrow else svg.text(gutter - 20, base, name, "end")
        for place, dot in enumerate(mine):
            y = start + 20 * place
            style = found[dot.group]
            marks[dot.group] += (
                svg.line(x(dot.low), y, x(dot.high), y, style.colour, 3)
                + "".join(svg.marker(x(one), y, style, tip=dot.tip) for one in _marked(dot))
                + svg.text(width - room + 14, y + 5, dot.text, bold=not several, ink=style.ink)
            )
        top += size
        rules += svg.line(0, top, width, top, GRID)
    grid = "".join(svg.line(x(one), first, x(one), top, GRID) for one in ends)
    foot = "".join(svg.text(x(one), top + 19, number(one), "middle") for one in ends[:: 1 if len(ends) < 9 else 2])
    inner = "".join(svg.series(style.name, one) for style, one in zip(found, marks, strict=True))
    return Drawing(width, top + 26, body + grid + rules + inner + foot)


def _marked(dot: Dot) -> list[float]:
    return [dot.low, dot.high] if dot.both else [dot.value]


@dataclass(frozen=True)
class Box:
    """A cell of a table of shades: its number in words, its tip and its colours."""

    text: str
    tip: str = ""
    fill: str = "none"
    ink: str = ""


def heat(heads: Sequence[str], named: Sequence[tuple[str, Sequence[Box]]], width: int) -> Drawing:
    """A table of shades, of the last columns that there is room for.

    heads: of its columns; named: the name of each row with its cells.
    """
    names = [broken(name, NAMES[width], SIZE) for name, _ in named]
    gutter = max(wide(line, SIZE) for name in names for line in name) + 12
    texts = [cell.text for _, cells in named for cell in cells] + [word for head in heads for word in head.split()]
    widest = max(wide(one, SIZE) for one in texts)
    size_of = SIZE if len(heads) * (widest + 6) <= width - gutter else SMALLEST
    fit = max(1, int((width - gutter) // (widest * size_of / SIZE + 4)))
    heads, named = heads[-fit:], [(name, cells[-fit:]) for name, cells in named]
    each = min((width - gutter) / len(heads), 110)
    columns_of = [broken(head, each, size_of) for head in heads]
    top = LEADING * max(map(len, columns_of)) + 8
    body = ""
    for place, head in enumerate(columns_of):
        body += svg.text(
            gutter + each * (place + 0.5), top - 10 - LEADING * (len(head) - 1), head, "middle", size=size_of
        )
    inner = ""
    for (_, cells), name in zip(named, names, strict=True):
        size = max(32, LEADING * len(name) + 8)
        body += svg.text(0, top + size / 2 - LEADING * (len(name) - 1) / 2 + 5, name)
        for place, cell in enumerate(cells):
            left = gutter + each * place
            if cell.text:
                inner += (
                    f'<rect x="{svg.px(left)}" y="{svg.px(top)}" width="{svg.px(each)}" height="{svg.px(size)}" '
                    f'fill="{cell.fill}" stroke="white"{svg.told(cell.tip)}/>'
                )
            inner += svg.text(left + each / 2, top + size / 2 + 5, cell.text, "middle", ink=cell.ink, size=size_of)
        top += size
    return Drawing(width, top + 4, body + svg.series("", inner))


def axis(values: Sequence[float], whole: tuple[float, float] | None = None) -> list[float]:
    """Round numbers that hold all values; whole: the ends of a scale that has its own."""
    if whole:
        return scales.domain(values, whole)
    return scales.round_numbers(min(values), max(values))
