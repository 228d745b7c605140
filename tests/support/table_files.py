"""One table written as CSV, XLSX (by two libraries) and ODS, and read back plainly by those libraries."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import odf.opendocument
import openpyxl
import xlsxwriter
from odf import number, style, table, text
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

Raw = str | float | bool | date | None


@dataclass(frozen=True)
class Cell:
    """What a spreadsheet keeps (`raw`, `form`: the number format), the footnote above its line, and what is shown."""

    raw: Raw
    shown: str
    form: str = "General"
    note: str = ""


Rows = Sequence[Sequence[Cell]]


def as_csv(rows: Rows, delimiter: str, encoding: str) -> bytes:
    """The table as text; a raised footnote mark is lost in it."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows([cell.shown for cell in row] for row in rows)
    return file.getvalue().encode(encoding)


def by_openpyxl(rows: Rows) -> bytes:
    """The table in a workbook of which the first sheet is hidden."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Kladblad", 1, 2, 3])
    book.active.sheet_state = "hidden"
    sheet = book.create_sheet("Cijfers")
    for line, row in enumerate(rows, 1):
        for column, cell in enumerate(row, 1):
            raised = TextBlock(InlineFont(vertAlign="superscript"), cell.note)
            place = sheet.cell(line, column, CellRichText(str(cell.raw), raised) if cell.note else cell.raw)
            place.number_format = cell.form
    book.active = 1
    book.save(file)
    return file.getvalue()


def by_xlsxwriter(rows: Rows) -> bytes:
    """The same with texts that the cells share, and formats that have a style each."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Cijfers")
        raised = book.add_format({"font_script": 1})
        formats = {cell.form: book.add_format({"num_format": cell.form}) for row in rows for cell in row}
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell.note:
                    sheet.write_rich_string(line, column, str(cell.raw), raised, cell.note)
                elif isinstance(cell.raw, date):
                    sheet.write_datetime(line, column, cell.raw, formats[cell.form])
                elif isinstance(cell.raw, str):
                    sheet.write_string(line, column, cell.raw)
                elif cell.raw is not None:
                    sheet.write(line, column, cell.raw, formats[cell.form])
    return file.getvalue()


def by_odfpy(rows: Rows) -> bytes:
    """The same in the way of office programs: a value, a style and the text that is shown."""
    document, file = odf.opendocument.OpenDocumentSpreadsheet(), io.BytesIO()
    raised = style.Style(name="hoog", family="text")
    raised.addElement(style.TextProperties(textposition="super 58%"))
    thousands = number.NumberStyle(name="N1")
    thousands.addElement(number.Number(displayfactor="1000"))
    month = number.DateStyle(name="N2")
    for element in (number.Month(textual="true"), number.Text(text="-"), number.Year()):
        month.addElement(element)
    for element in (raised, thousands, month):
        document.automaticstyles.addElement(element)
    for name, data in (("duizenden", "N1"), ("maand", "N2")):
        document.automaticstyles.addElement(style.Style(name=name, family="table-cell", datastylename=data))
    sheet = table.Table(name="Cijfers")
    for row in rows:
        line = table.TableRow()
        for cell in row:
            line.addElement(_of_odf(cell))
        sheet.addElement(line)
    document.spreadsheet.addElement(sheet)
    document.write(file)
    return file.getvalue()


def _of_odf(cell: Cell) -> table.TableCell:
    raw, form = cell.raw, cell.form
    if raw is None:
        return table.TableCell()
    about: dict[str, str] = {"valuetype": "string"}
    if isinstance(raw, bool):
        about = {"valuetype": "boolean", "booleanvalue": str(raw).lower()}
    elif isinstance(raw, date):
        about = {"valuetype": "date", "datevalue": raw.isoformat(), "stylename": "maand" if "m-" in form else None}
    elif isinstance(raw, int | float):
        about = {"valuetype": "percentage" if "%" in form else "float", "value": repr(raw)}
        about |= {"stylename": "duizenden"} if form.endswith(",") else {}
    made = table.TableCell(**{name: value for name, value in about.items() if value})
    paragraph = text.P(text=cell.shown)
    if cell.note:
        paragraph.addElement(text.Span(stylename="hoog", text=cell.note))
    made.addElement(paragraph)
    return made


SHEETS: dict[str, Callable[[Rows], bytes]] = {
    "openpyxl.xlsx": by_openpyxl,
    "xlsxwriter.xlsx": by_xlsxwriter,
    "odfpy.ods": by_odfpy,
}


def plainly(name: str, content: bytes) -> list[list[Raw]]:
    """The values in a spreadsheet by a library that interprets nothing; of a text with a footnote the whole text."""
    if name.endswith(".xlsx"):
        sheet = openpyxl.load_workbook(io.BytesIO(content))["Cijfers"]
        return [[_day(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    document = odf.opendocument.load(io.BytesIO(content))
    (sheet,) = document.spreadsheet.getElementsByType(table.Table)
    return [
        [_plain(cell) for cell in row.getElementsByType(table.TableCell)]
        for row in sheet.getElementsByType(table.TableRow)
    ]


def _day(value: object) -> Raw:
    return value.date() if hasattr(value, "date") else value  # type: ignore[return-value]


def _plain(cell: table.TableCell) -> Raw:
    kind = cell.getAttribute("valuetype")
    if kind in ("float", "percentage"):
        return float(cell.getAttribute("value"))
    if kind == "date":
        return date.fromisoformat(cell.getAttribute("datevalue"))
    if kind == "boolean":
        return cell.getAttribute("booleanvalue") == "true"
    return str(cell) or None
