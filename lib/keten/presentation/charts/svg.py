"""The pieces of a drawing as SVG: texts, lines, boxes and markers, all letters of one size.

Colours are attributes, so that `templates/ketenrapport/chart.css` can give each its counterpart on dark paper, and a
picture that is taken out of a page keeps its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from keten.presentation.charts.palette import INK, Style
from keten.presentation.markup import escape

FONT = "Arial, Helvetica, sans-serif"
WIDE, NARROW = 890, 340  # pixels: the column of text of a report, and that of a telephone
SIZE, SMALL = 14, 13  # pixels of type: of all that names or tells a figure, and of remarks
LEADING = 18  # pixels from line to line


@dataclass(frozen=True)
class Drawing:
    """What a chart looks like at one width; height in pixels, body: its elements."""

    width: float
    height: float
    body: str

    def svg(self, label: str, kind: str) -> str:
        """The drawing as one image with `label` as its text; kind: `wide` or `narrow`, of which a page shows one."""
        hidden = ' display="none"' if kind == "narrow" else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="keten-chart {kind}"{hidden} width="{px(self.width)}" '
            f'height="{px(self.height)}" viewBox="0 0 {px(self.width)} {px(self.height)}" role="img" '
            f'aria-label="{escape(label)}" font-family="{FONT}" font-size="{SIZE}" fill="{INK}">{self.body}</svg>'
        )


def px(value: float) -> str:
    """A length with one decimal at most."""
    return f"{round(value, 1) + 0:g}" if abs(value) < 1e5 else f"{value:.0f}"


def text(
    x: float,
    y: float,
    words: str | Sequence[str],
    anchor: str = "",
    bold: bool = False,
    ink: str = "",
    size: int = SIZE,
) -> str:
    """A text with its first baseline at `y`; several lines as a sequence. anchor: `middle`, `end` or '' (start)."""
    looks = f' text-anchor="{anchor}"' if anchor else ""
    looks += ' font-weight="bold"' if bold else ""
    looks += f' fill="{ink}"' if ink else ""
    looks += f' font-size="{size}"' if size != SIZE else ""
    lines = [words] if isinstance(words, str) else list(words)
    inner = escape(lines[0]) if lines else ""
    inner += "".join(f'<tspan x="{px(x)}" dy="{LEADING}">{escape(line)}</tspan>' for line in lines[1:])
    return f'<text x="{px(x)}" y="{px(y)}"{looks}>{inner}</text>'


def line(x1: float, y1: float, x2: float, y2: float, stroke: str, width: float = 1, dash: str = "") -> str:
    """A straight line."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="M{px(x1)},{px(y1)}L{px(x2)},{px(y2)}" stroke="{stroke}" stroke-width="{width:g}"{dashed}/>'


def lines(ends: Iterable[tuple[float, float, float, float]], stroke: str) -> str:
    """Straight thin lines of one colour, as one element; nothing for none."""
    path = "".join(f"M{px(x1)},{px(y1)}L{px(x2)},{px(y2)}" for x1, y1, x2, y2 in ends)
    return f'<path d="{path}" stroke="{stroke}"/>' if path else ""


def box(
    x: float, y: float, wide: float, high: float, fill: str, tip: str = "", outline: str = "", dash: str = ""
) -> str:
    """A box; fill: '' for that of its group; tip: what it says of itself; outline: its colour; dash: of the outline."""
    looks = f' stroke="{outline}" stroke-width="2"' if outline else ""
    looks += f' stroke-dasharray="{dash}"' if dash else ""
    painted = f'fill="{fill}"' if fill else ""
    size = f'width="{px(max(wide, 0))}" height="{px(max(high, 0))}"'
    return f'<rect x="{px(x)}" y="{px(y)}" {size} {painted}{looks}{told(tip)}/>'


def told(tip: str) -> str:
    """The attribute of a mark that says what it stands for, for the mouse and the arrow keys."""
    return f' data-tip="{escape(tip)}"' if tip else ""


def target(x: float, y: float, tip: str) -> str:
    """An unseen place that says what stands there."""
    return f'<circle cx="{px(x)}" cy="{px(y)}" r="6"{told(tip)}/>'


def series(name: str, inner: str, fill: str = "") -> str:
    """All that belongs to one series, under its name; fill: the colour of what has none of its own."""
    painted = f' fill="{fill}"' if fill else ""
    return f'<g data-name="{escape(name)}"{painted}>{inner}</g>'


SHAPES = {
    "circle": "M-4.2,0A4.2,4.2 0 1 1 4.2,0A4.2,4.2 0 1 1 -4.2,0Z",
    "diamond": "M0,-5.5L4.2,0L0,5.5L-4.2,0Z",
    "square": "M-3.7,-3.7H3.7V3.7H-3.7Z",
    "triangle-up": "M0,-5.2L4.8,3.8H-4.8Z",
    "triangle-down": "M0,5.2L4.8,-3.8H-4.8Z",
    "cross": "M-1.6,-5H1.6V-1.6H5V1.6H1.6V5H-1.6V1.6H-5V-1.6H-1.6Z",
    "triangle-right": "M5.2,0L-3.8,4.8V-4.8Z",
}


def marker(x: float, y: float, style: Style, hollow: bool = False, tip: str = "") -> str:
    """The marker of a series; hollow: of a provisional figure."""
    fill = f'fill="white" stroke="{style.colour}" stroke-width="1.6"' if hollow else f'fill="{style.colour}"'
    return f'<path transform="translate({px(x)},{px(y)})" d="{SHAPES[style.shape]}" {fill}{told(tip)}/>'


def swatch(x: float, y: float, style: Style) -> str:
    """How a series looks, 28 pixels wide around the height `y`: its line with its marker, or its box."""
    match style.kind:
        case "bar":
            return box(x, y - 6, 28, 12, style.colour)
        case "tick":
            return box(x + 12, y - 8, 4, 16, style.colour)
        case "point":
            return line(x, y, x + 28, y, style.colour, 2) + marker(x + 14, y, style)
    return line(x, y, x + 28, y, style.colour, style.width, ",".join(map(str, style.dash))) + marker(x + 14, y, style)
