"""What is written above a plot about moments in it: policy measures, and where a count became another one."""

from collections.abc import Sequence
from dataclasses import dataclass

from keten.presentation.charts import svg
from keten.presentation.charts.lettering import lines, width
from keten.presentation.charts.palette import AXIS, INK, QUIET

MOST_ROWS = 4  # of texts above each other
ROOM, LEAST = 190, 70  # pixels of a line of such a text, and the least that it needs
ROW_GAP = 4


@dataclass(frozen=True)
class Moment:
    """A day in a plot (as the plot counts them) and what is said of it; a break in a count is no policy measure."""

    at: float
    text: str
    number: str = ""  # of a policy measure, in the list below the chart
    is_break: bool = False


@dataclass(frozen=True)
class Above:
    """What stands above a plot: pixels that it takes, and for each moment where its line begins above the plot."""

    height: float
    drawn: str
    tops: list[float]


def written(moments: Sequence[Moment], x: Sequence[float], right: float) -> Above | None:
    """The texts of the moments at the pixels `x`, in at most `MOST_ROWS` rows; None where they do not fit.

    right: where the drawing ends. A text stands to the right of its line; a line crosses no text.
    """
    rows: list[list[float]] = []  # where the lines of the texts in each row stand
    placed: dict[int, tuple[int, list[str], float]] = {}
    for number in sorted(range(len(moments)), key=lambda one: -x[one]):
        left = x[number] + 5
        room = min(ROOM, right - left)
        if room < LEAST:
            return None
        broken = lines(moments[number].text, room, svg.SMALL)
        if len(broken) > 3:
            return None
        end = left + max(width(line, svg.SMALL) for line in broken)
        # Also clear of the lines that come down from the rows above.
        row = next(
            (place for place in range(len(rows)) if all(end + 8 < at for taken in rows[place:] for at in taken)),
            len(rows),
        )
        if row == MOST_ROWS:
            return None
        if row == len(rows):
            rows.append([])
        rows[row].append(x[number])
        placed[number] = (row, broken, left)
    heights = [
        svg.LEADING * max(len(broken) for row, broken, _ in placed.values() if row == place) + ROW_GAP
        for place in range(len(rows))
    ]
    total = float(sum(heights))
    drawn, tops = "", [0.0] * len(moments)
    for number, (row, broken, left) in sorted(placed.items()):
        top = total - sum(heights[: row + 1])
        ink = QUIET if moments[number].is_break else INK
        drawn += svg.text(left, top + 13, broken, ink=ink, size=svg.SMALL)
        tops[number] = top
    return Above(total, drawn, tops)


def numbered(moments: Sequence[Moment], x: Sequence[float]) -> Above:
    """The numbers of the moments above their lines, one level higher where they would touch; breaks have none."""
    ends: list[float] = []
    levels: dict[int, int] = {}
    for number in sorted(range(len(moments)), key=lambda one: x[one]):
        if not moments[number].number:
            continue
        half = width(moments[number].number, svg.SMALL, True) / 2 + 2
        level = next((place for place, end in enumerate(ends) if end < x[number] - half), len(ends))
        ends[level : level + 1] = [x[number] + half]
        levels[number] = level
    total = 17.0 * len(ends)
    tops = [total - 17.0 * levels.get(number, -1) for number in range(len(moments))]
    drawn = "".join(
        svg.text(x[number], total - 17 * level - 4, moments[number].number, "middle", True, QUIET, svg.SMALL)
        for number, level in levels.items()
    )
    return Above(total, drawn, [min(top, total) for top in tops])


def rules(moments: Sequence[Moment], x: Sequence[float], above: Above, bottom: float, down: float) -> str:
    """The upright line of each moment, from its text to the bottom of the plot; down: where `above` begins."""
    return "".join(
        svg.line(at, down + top, at, bottom, QUIET if moment.is_break else AXIS, 1, "5,3" if moment.is_break else "2,3")
        for moment, at, top in zip(moments, x, above.tops, strict=True)
    )
