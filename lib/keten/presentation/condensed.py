"""What of a table a reader sees at once: the newest period first, nothing empty; the whole stands folded below it."""

from collections.abc import Sequence
from dataclasses import replace

from keten.presentation import prose
from keten.presentation.changes import NOT_ALIKE
from keten.presentation.grid import NO_FIGURE, Cell, Grid

MOST_GAPS = 1 / 3  # of the numbers in a table; with more it lists the last figure of each row
MOST_NAMED = 8  # rows without a figure that are named
LAST = "Laatste cijfer"


def comparison(grid: Grid, periods: Sequence[str]) -> Grid:
    """Periods beside each other, the newest first, with the change against the one before it.

    periods: the heads of their columns, oldest first.
    """
    newest, change = list(periods[::-1]), f"t.o.v. {periods[-2]}" if len(periods) > 1 else ""
    names = [grid.columns[0], *newest, change, "aandeel"]
    shown = without_empty(grid.only([name for name in names if name in grid.columns]))
    shown = replace(shown, numeric=shown.numeric | {change})
    dated = [name for name in newest if name in shown.columns]
    cells = [row[shown.columns.index(name)] for row in shown.rows for name in dated]
    if sum(map(_empty, cells)) > MOST_GAPS * len(cells):
        return _last_of_each(shown, dated)
    return shown


def without_empty(grid: Grid) -> Grid:
    """The table without rows and columns of figures in which there is none."""
    numbers = [place for place, name in enumerate(grid.columns) if name in grid.numeric]
    if not numbers:
        return grid
    filled_rows = [row for row in grid.rows if not all(_empty(row[place]) for place in numbers)]
    rows = filled_rows or list(grid.rows)
    filled = [
        name for place, name in enumerate(grid.columns) if place == 0 or not all(_empty(row[place]) for row in rows)
    ]
    return replace(grid, rows=rows).only(filled)


def left_out(grid: Grid, shown: Grid, periods: Sequence[str] = ()) -> str:
    """Sentences that name the rows, and of the periods the columns, of which nothing is known; '' for none.

    A table that shows the last figure of each row leaves periods out of which something is known.
    """
    present = {row[0].text for row in shown.rows}
    names = list(dict.fromkeys(row[0].text for row in grid.rows if row[0].text not in present))
    left = len(names) - MOST_NAMED
    more = [prose.count(left, "andere", "andere")] if left > 0 else []
    without = [name for name in periods if name not in shown.columns and LAST not in shown.columns]
    told = [f"Geen cijfer bekend: {prose.listing([*names[:MOST_NAMED], *more])}."] if names else []
    told += [f"Over {prose.listing(without)} is er geen cijfer of geen vergelijkbaar cijfer."] if without else []
    return " ".join(told)


def _last_of_each(grid: Grid, periods: Sequence[str]) -> Grid:
    """The newest figure of each row, with its period."""
    rows = []
    for row in grid.rows:
        name, cell = next((name, cell) for name in periods if not _empty(cell := row[grid.columns.index(name)]))
        rows.append([row[0], cell, Cell(name)])
    return replace(grid, columns=[grid.columns[0], LAST, "Periode"], rows=rows, numeric=frozenset([LAST]))


def _empty(cell: Cell) -> bool:
    """Whether a cell only says that there is nothing; what is hidden is something."""
    return cell.text in ("", NO_FIGURE, NOT_ALIKE, "geen vergelijking")
