"""From a table of a report to a sheet: numbers stay numbers and look as in the report, the rest is said in words.

What a number alone would not say (provisional, approximate, another period, `binnen de afronding`) stands in the last
column, "Opmerking"; when it holds for every number of the table, in a line of its own.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from keten.model.quality import IN_DUTCH, ROUNDED_TO
from keten.presentation.grid import Cell, Form, Grid, grid_of, unmarked
from keten.presentation.spreadsheet.book import Column, Content, Line, Link, Number, Sheet, heads, web, width

NO_FIGURE = "geen cijfer"
REMARKS = "Opmerking"
STATUS_OF_ALL = {
    "provisional": "Alle cijfers in deze tabel zijn voorlopig.",
    "circa": "Alle cijfers in deze tabel gelden bij benadering.",
    "rounded_5": "Alle cijfers in deze tabel zijn afgerond op vijftallen of berekend uit zulke cijfers.",
    "rounded_10": "Alle cijfers in deze tabel zijn afgerond op tientallen of berekend uit zulke cijfers.",
}
STEPS = {word: step for step, word in ROUNDED_TO.items()}

Forms = dict[tuple[int, str], Form]
"""The common form of the numbers in a column (by its place) with one unit."""


def table_sheet(name: str, table: Mapping[str, Any]) -> Sheet:
    """The sheet of a table as the notebook's output holds it: title, subtitle and unit above it, its notes below."""
    grid = grid_of(table)
    numeric = [
        name in grid.numeric or any(_is_number(row[place]) for row in grid.rows)
        for place, name in enumerate(grid.columns)
    ]
    forms = _forms(grid)
    rows = [
        [_content(cell, forms.get((place, cell.unit)), numeric[place]) for place, cell in enumerate(row)]
        for row in grid.rows
    ]
    columns = _columns(grid, numeric, rows)
    everywhere = _status_of_all(grid)
    remarks = [] if everywhere else [_remarks(grid.columns, row) for row in grid.rows]
    if any(remarks):
        rows = [[*row, remark] for row, remark in zip(rows, remarks, strict=True)]
        columns = [*columns, Column(heads([*[column.name for column in columns], REMARKS])[-1], width(remarks))]
    lines = [Line(grid.title, "title"), *[Line(text) for text in (grid.subtitle, _units(grid, table)) if text]]
    below = [Line(note) for note in (*table["notes"], everywhere) if note]
    if not rows:
        return Sheet(name, [*lines, Line("Deze tabel heeft geen rijen.")], below=below)
    return Sheet(name, lines, columns, rows, below)


def source_lines(table: Mapping[str, Any]) -> list[Line]:
    """Each document behind the table, as a line that leads to it."""
    sources = dict.fromkeys(
        (source["title"], source["url"]) for origin in table["origins"] for source in origin["sources"]
    )
    return [Line(f"Bron: {title} ({url})" if url else f"Bron: {title}", target=web(url)) for title, url in sources]


def _is_number(cell: Cell) -> bool:
    return cell.value is not None and math.isfinite(cell.value)


def _forms(grid: Grid) -> Forms:
    """The form of the first number of each, with as many decimals as the most precise shows."""
    forms: Forms = {}
    for row in grid.rows:
        for place, cell in enumerate(row):
            if cell.form:
                form = forms.setdefault((place, cell.unit), cell.form)
                decimals, signed = max(form.decimals, cell.form.decimals), form.signed or cell.form.signed
                forms[place, cell.unit] = form._replace(decimals=decimals, signed=signed)
    return forms


def _content(cell: Cell, form: Form | None, numeric: bool) -> Content:
    if cell.value is None or not _is_number(cell):
        address = web(cell.url)
        return Link(cell.whole, address) if address else cell.whole or (NO_FIGURE if numeric else "")
    if form is None:  # no number of this unit is printed in the column, only words
        return Number(cell.value, Form(0 if float(cell.value).is_integer() else 1))
    prefix, suffix = cell.form[1:3] if cell.form else unmarked(form)
    return Number(cell.value, form._replace(prefix=prefix, suffix=suffix))


def _columns(grid: Grid, numeric: Sequence[bool], rows: Sequence[Sequence[Content]]) -> list[Column]:
    named = heads(grid.heads())
    columns = []
    for place, name in enumerate(named):
        words = [cell for row in rows if isinstance(cell := row[place], str)]
        numbers = [cell for row in rows if isinstance(cell := row[place], Number)]
        # A head wraps between its words.
        columns.append(Column(name, width([*words, *name.split(), *_longest(numbers)]), numeric[place]))
    return columns


def _longest(numbers: Sequence[Number]) -> list[str]:
    """Texts that are about as long as the longest of these numbers reads."""
    largest = max((abs(number.value) for number in numbers), default=0)
    forms = {number.form for number in numbers}
    return [f"{form.prefix}-{largest:,.{form.decimals}f}{form.suffix}" for form in forms]


def _status_of_all(grid: Grid) -> str:
    """What holds for every number of the table, when they have one status and nothing else is to be said."""
    found = {(cell.status, cell.words) for row in grid.rows for cell in row if _is_number(cell)}
    status, words = found.pop() if len(found) == 1 else ("", "")
    return "" if words else STATUS_OF_ALL.get(status, "")


def _remarks(names: Sequence[str], row: Sequence[Cell]) -> str:
    """What is to be said about the numbers of a row; by column, unless it holds for all of them."""
    found = [(name, _remark(cell)) for name, cell in zip(names, row, strict=True) if _is_number(cell)]
    if len({words for _, words in found}) == 1:
        return found[0][1]
    return "; ".join(f"{name}: {words}" for name, words in found if words)


def _remark(cell: Cell) -> str:
    """All that is to be said about a number, its status first."""
    quality, step = IN_DUTCH.get(cell.status, ""), STEPS.get(cell.status, 0)
    if step and (cell.unit == "percent" or (cell.value or 0) % step):
        quality = "uit afgeronde cijfers"
    return ", ".join(filter(None, [quality, cell.words]))


def _units(grid: Grid, table: Mapping[str, Any]) -> str:
    """The units of the table, when neither its subtitle nor a column names them."""
    used = {cell.unit for row in grid.rows for cell in row if cell.value is not None}
    if not used or grid.subtitle.startswith("In ") or "Eenheid" in grid.columns:
        return ""
    counted = [origin["unit"] for origin in table["origins"]] if used != {"percent"} else []
    words = dict.fromkeys(filter(None, [*counted, "procent" if "percent" in used else ""]))
    return f"Eenheid: {', '.join(words)}." if words else ""
