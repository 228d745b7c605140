"""A book as an Excel workbook, made with XlsxWriter.

Not with gptables, which is made for the same guidance: it writes each cell by what its text looks like (`=` a formula,
`[text](address)` a link to any address), refuses cells like `*`, has English words on the cover that cannot be
changed, and takes seven times as long.
"""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from keten.presentation.grid import Form
from keten.presentation.spreadsheet.book import LONGEST_HEAD, Book, Link, Number, Sheet, clean

# Of the files inside the workbook: a real date would differ from run to run.
CREATED = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
FORMULA_SIGNS = ("=", "+", "-", "@")
TEXT_WIDTH = 90  # characters, of a sheet without a table
LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "font_color": "#154273"},
    "heading": {"bold": True, "font_size": 13, "font_color": "#154273", "text_wrap": True},
    "text": {},
    "link": {"font_color": "#0b5394", "underline": 1},
    "wrapped text": {"text_wrap": True},
    "wrapped link": {"font_color": "#0b5394", "underline": 1, "text_wrap": True},
    "head": {"bold": True, "bottom": 2, "text_wrap": True},
    "number head": {"bold": True, "bottom": 2, "text_wrap": True, "align": "right"},
    "gap": {"align": "right"},
}


def file_of(book: Book) -> bytes:
    """The workbook; the same book gives the same bytes."""
    file = BytesIO()
    # A font with a scheme would give way to the font of the theme.
    font = {"font_name": "Arial", "font_size": 12, "font_scheme": "none", "valign": "top"}
    with xlsxwriter.Workbook(file, {"in_memory": True, "default_format_properties": font}) as workbook:
        workbook.set_properties({"title": clean(book.title, LONGEST_HEAD), "created": CREATED})
        workbook.set_custom_property("Language", "nl-NL", "text")
        formats = _Formats(workbook)
        for sheet in book.sheets:
            _write_sheet(workbook.add_worksheet(sheet.name), sheet, formats)
    return file.getvalue()


class _Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, workbook: xlsxwriter.Workbook):
        self._workbook = workbook
        self._made: dict[object, Format] = {}

    def look(self, name: str, quoted: bool = False) -> Format:
        """A format by name; quoted: for a text that would become a formula as soon as a reader edits the cell."""
        if (name, quoted) not in self._made:
            self._made[name, quoted] = self._workbook.add_format({**LOOKS[name], "quote_prefix": quoted})
        return self._made[name, quoted]

    def number(self, form: Form) -> Format:
        """The format of a number."""
        if form not in self._made:
            self._made[form] = self._workbook.add_format({"num_format": number_format(form)})
        return self._made[form]


def number_format(form: Form) -> str:
    """Excel's code for the form; separators follow the reader's own language, `%` does not multiply."""
    digits = f"#,##0.{'0' * form.decimals}" if form.decimals else "#,##0"
    before, after = (f'"{text}"' if text else "" for text in (form.prefix, form.suffix))
    if not form.signed:
        return f"{before}{digits}{after}"
    return f"{before}+{digits}{after};{before}-{digits}{after};{before}{digits}{after}"


def _write_sheet(page: Worksheet, sheet: Sheet, formats: _Formats) -> None:
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.set_footer("&L&A&R&P van &N")
    wrapped = "" if sheet.columns else "wrapped "
    under = len(sheet.lines) + (len(sheet.rows) + 2 if sheet.columns else 0)  # below a blank row
    for place, line in [*enumerate(sheet.lines), *enumerate(sheet.below, under)]:
        look = line.kind if line.kind != "text" else f"{wrapped}{'link' if line.target else 'text'}"
        _write_text(page, place, 0, line.text, line.target, look, formats)
    if not sheet.columns:
        page.set_column(0, 0, TEXT_WIDTH)
        page.hide_gridlines(2)
        return
    page.set_landscape()
    _write_table(page, sheet, formats)


def _write_table(page: Worksheet, sheet: Sheet, formats: _Formats) -> None:
    head = len(sheet.lines)
    columns = []
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        look = formats.look("number head" if column.numeric else "head")
        columns.append({"header": clean(column.name, LONGEST_HEAD), "header_format": look})
    marked_up = {"columns": columns, "name": sheet.name, "style": None, "autofilter": False}
    page.add_table(head, 0, head + len(sheet.rows), len(columns) - 1, marked_up)
    page.repeat_rows(head)
    if sheet.frozen:
        page.freeze_panes(head + 1, 0)
    for at, row in enumerate(sheet.rows, head + 1):
        for place, cell in enumerate(row):
            if isinstance(cell, Number):
                page.write_number(at, place, cell.value, formats.number(cell.form))
            else:
                _write_cell(page, at, place, cell, sheet.columns[place].numeric, formats)


def _write_cell(page: Worksheet, row: int, place: int, cell: str | Link, numeric: bool, formats: _Formats) -> None:
    if isinstance(cell, Link):
        _write_text(page, row, place, cell.text, cell.target, "wrapped link", formats)
    elif cell:
        _write_text(page, row, place, cell, "", "gap" if numeric else "wrapped text", formats)


def _write_text(page: Worksheet, row: int, place: int, text: str, target: str, look: str, formats: _Formats) -> None:
    text = clean(text)
    if target:
        address = f"internal:{target[1:]}!A1" if target.startswith("#") else target
        page.write_url(row, place, address, formats.look(look), text)
    else:
        page.write_string(row, place, text, formats.look(look, text.startswith(FORMULA_SIGNS)))
