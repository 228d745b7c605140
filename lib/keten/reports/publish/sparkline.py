"""A line the size of a few words: how one key figure came to be what it is.

Drawn in the colours of the page around it, so that it is right in the dark and on paper as well.
"""

from html import escape
from math import isfinite
from typing import Any

from keten.presentation import prose

WIDTH, HEIGHT, EDGE = 136, 44, 5  # in CSS pixels; the edge leaves room for the mark of the last point


def svg(label: str, trend: Any, unit: str = "") -> str:
    """The trend of a key figure as inline SVG, '' when fewer than two of its moments have a figure.

    trend: [moment, number or None] pairs, oldest first, the moments a step apart; None breaks the line. The vertical
    scale begins at zero, so that a small change looks small. unit: a unit code of the data.
    """
    points = _points(trend)
    if len(points) < 2:
        return ""
    values = [value for _, value in points]
    runs = _runs(_spots(values))
    base = _height(0, values)
    lines = "".join(map(_line, runs))
    x, y = runs[-1][-1]  # no trend ends in a gap
    return (
        f'<svg class="sparkline" role="img" aria-label="{escape(_words(label, points, unit))}" '
        f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<path class="base" d="M0 {base}H{WIDTH}"/>{lines}<circle class="last" cx="{x}" cy="{y}" r="4"/></svg>'
    )


def first_moment(trend: Any) -> str:
    """The moment of the oldest figure of a trend, as the data print it; '' when there is none."""
    return next((moment for moment, _ in _points(trend)), "")


def _points(trend: Any) -> list[tuple[str, float | None]]:
    """The pairs of a trend from its first figure to its last.

    None at all when it is not a list of pairs: any notebook may declare a key figure.
    """
    pairs = trend if isinstance(trend, list) else []
    if not all(isinstance(pair, (list, tuple)) and len(pair) == 2 for pair in pairs):
        return []
    points = [(str(moment), value if _is_number(value) else None) for moment, value in pairs]
    known = [place for place, (_, value) in enumerate(points) if value is not None]
    return points[known[0] : known[-1] + 1] if known else []


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)


def _spots(values: list[float | None]) -> list[tuple[str, str] | None]:
    """Where each value lies, in pixels as text; None for a gap."""
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)
    return [
        None if value is None else (_digits(EDGE + place * step), _height(value, values))
        for place, value in enumerate(values)
    ]


def _height(value: float, values: list[float | None]) -> str:
    known = [each for each in values if each is not None]
    low, high = min(0, *known), max(0, *known)
    share = (value - low) / (high - low) if high > low else 0
    return _digits(HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE))


def _digits(pixels: float) -> str:
    return f"{pixels:.1f}".removesuffix(".0")


def _runs(spots: list[tuple[str, str] | None]) -> list[list[tuple[str, str]]]:
    """The spots between gaps."""
    runs: list[list[tuple[str, str]]] = [[]]
    for spot in spots:
        if spot is None:
            runs.append([])
        else:
            runs[-1].append(spot)
    return [run for run in runs if run]


def _line(run: list[tuple[str, str]]) -> str:
    """A line through the spots; a dot for one that stands alone between gaps."""
    if len(run) == 1:
        return f'<circle class="alone" cx="{run[0][0]}" cy="{run[0][1]}" r="2"/>'
    return f'<path class="line" d="M{"L".join(f"{x} {y}" for x, y in run)}"/>'


def _words(label: str, points: list[tuple[str, float | None]], unit: str) -> str:
    """What the line shows, for who does not see it: `Nareis: van 830 in juni 2016 naar 938 in juni 2017`."""
    (before, old), (now, new) = points[0], points[-1]
    words = (
        f"{label}: van {prose.number(old, unit=unit)} {prose.when(before)} "
        f"naar {prose.number(new, unit=unit)} {prose.when(now)}"
    )
    gaps = sum(value is None for _, value in points)
    if not gaps:
        return words
    return f"{words}; over {gaps} {'periode' if gaps == 1 else 'perioden'} daartussen is er geen vergelijkbaar cijfer"
