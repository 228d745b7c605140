"""Every kind of cell gives what its reader sees, alike from CSV, XLSX and ODS, or a refusal by sheet and cell."""

import io
import re
import zipfile
from datetime import date, timedelta

import openpyxl
import pytest
import xlsxwriter
from helpers_sources import CATALOGUE, card_from
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from keten.errors import KetenError
from keten.sources.readers import sheet_cells
from keten.sources.readers.sheets import sheet_rows
from keten.sources.validation import gate

ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">
<office:automatic-styles>
<style:style style:name="T1" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>
<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>
</office:automatic-styles><office:body><office:spreadsheet>{}</office:spreadsheet></office:body>
</office:document-content>"""
CARD = """\
title = "Aandeel"
publisher = "Uitgever"
licence = "CC0"
goal = "2_asiel"
unit = "percent"

[format]
name = "table"

[period]
column = "Jaar"

[dimensions.nationality]
column = "Land"
codes = "nationality"

[measures.asylum_recognition_rate]
column = "Aantal"
"""


def ods(*tables: str) -> io.BytesIO:
    """A file with these `table:table` elements."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS.format("".join(tables)))
    return file


def ods_of(cell: str) -> io.BytesIO:
    heads = "".join(f'<table:table-cell office:value-type="string"><text:p>{head}</text:p></table:table-cell>'
                    for head in ("Jaar", "Land", "Aantal"))  # fmt: skip
    row = (
        '<table:table-cell office:value-type="float" office:value="2021"><text:p>2021</text:p></table:table-cell>'
        f'<table:table-cell office:value-type="string"><text:p>Syrië</text:p></table:table-cell>{cell}'
    )
    rows = f"<table:table-row>{heads}</table:table-row><table:table-row>{row}</table:table-row>"
    return ods(f'<table:table table:name="Cijfers">{rows}</table:table>')


def xlsx_of(value: object, form: str = "") -> io.BytesIO:
    book, file = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    sheet.title = "Cijfers"
    sheet.append(["Jaar", "Land", "Aantal"])
    sheet.append([2021, "Syrië", value])
    if form:
        sheet["C2"].number_format = form
    book.save(file)
    return file


def last_cell(file: io.BytesIO, decimal: str = ".") -> str:
    return sheet_rows(file, None, decimal)[-1][1][-1]


def cell(kind: str, text: str, **more: str) -> str:
    about = "".join(f' {name.replace("_", ":", 1).replace("_", "-")}="{value}"' for name, value in more.items())
    return f'<table:table-cell office:value-type="{kind}"{about}><text:p>{text}</text:p></table:table-cell>'


def superscript(text: str) -> TextBlock:
    return TextBlock(InlineFont(vertAlign="superscript"), text)


SEEN = {
    "whole number": (xlsx_of(1290, "#,##0"), cell("float", "1.290", office_value="1290"), "1290"),
    "decimals": (xlsx_of(12.5, "0.00"), cell("float", "12,50", office_value="12.5"), "12.5"),
    "percentage": (xlsx_of(0.083, "0.0%"), cell("percentage", "8,3%", office_value="0.083"), "8.3%"),
    "percentage with thousandths": (xlsx_of(0.01234, "0.000%"), cell("percentage", "1,234%", office_value="0.01234"),
                                    "1.2340%"),
    "percent sign that is only written": (xlsx_of(8.3, '0.0"%"'), cell("float", "8,3", office_value="8.3"), "8.3"),
    "day": (xlsx_of(date(2017, 6, 30)), cell("date", "30-06-17", office_date_value="2017-06-30"), "2017-06-30"),
    "duration": (xlsx_of(timedelta(hours=36), "[h]:mm:ss"), cell("time", "36:00:00", office_time_value="PT36H00M00S"),
                 "36:00:00"),
    "boolean": (xlsx_of(True), cell("boolean", "WAAR", office_boolean_value="true"), "TRUE"),
    "raised footnote": (xlsx_of(CellRichText("124", superscript("1"))),
                        cell("string", '124<text:span text:style-name="T1">1</text:span>'), "124"),
    "text that is all raised": (xlsx_of(CellRichText(superscript("3"))),
                                cell("string", '<text:span text:style-name="T1">3</text:span>'), "3"),
    "raised word": (xlsx_of(CellRichText("de 2", superscript("eind"))),
                    cell("string", 'de 2<text:span text:style-name="T1">eind</text:span>'), "de 2eind"),
    "comment": (xlsx_of("12"), '<table:table-cell office:value-type="string"><office:annotation><text:p>let op</text:p>'
                "</office:annotation><text:p>12</text:p></table:table-cell>", "12"),
}  # fmt: skip


@pytest.mark.parametrize(("xlsx", "in_ods", "text"), SEEN.values(), ids=SEEN)
def test_a_cell_is_what_its_reader_sees(xlsx, in_ods, text):
    assert last_cell(xlsx) == last_cell(ods_of(in_ods)) == text


def test_a_decimal_comma_is_written_where_the_card_has_one():
    assert last_cell(xlsx_of(0.083, "0.0%"), ",") == "8,3%" and last_cell(xlsx_of(1.234), ",") == "1,2340"


@pytest.mark.parametrize("fault", ["#DIV/0!", "#N/A", "#REF!", "#DEEL/0!"])
def test_the_fault_of_a_formula_is_refused_by_sheet_and_cell(fault):
    in_ods = f'<table:table-cell office:value-type="string" calcext:value-type="error"><text:p>{fault}</text:p>'
    for file in (xlsx_of(fault), ods_of(f"{in_ods}</table:table-cell>")):
        with pytest.raises(KetenError, match=f"blad 'Cijfers', cel C2, staat de fout {re.escape(fault)}"):
            sheet_rows(file)


def test_a_formula_that_nobody_calculated_is_refused_by_sheet_and_cell():
    placeholder = io.BytesIO()
    with xlsxwriter.Workbook(placeholder) as book:
        sheet = book.add_worksheet("Cijfers")
        sheet.write_row("A1", ["Jaar", "Land", "Aantal"])
        sheet.write_row("A2", [2021, "Syrië"])
        sheet.write_formula("C2", "=A2*2")
    in_ods = '<table:table-cell table:formula="of:=[.A2]*2"/>'
    for file in (xlsx_of("=A2*2"), placeholder, ods_of(in_ods)):
        with pytest.raises(KetenError, match=r"blad 'Cijfers', cel C2, staat een formule zonder uitkomst"):
            sheet_rows(file)


def test_a_formula_with_its_outcome_counts():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Cijfers")
        sheet.write_formula("A1", "=40+2", None, 42)
    assert sheet_rows(file) == [(1, ["42"])]
    shown = cell("float", "42", office_value="42", table_formula="of:=40+2")
    assert last_cell(ods_of(shown)) == "42"


def test_shared_texts_lose_their_marks_too():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        raised = book.add_format({"font_script": 1})
        book.add_worksheet().write_rich_string("A1", "Aantal", raised, "1)")
    assert sheet_rows(file) == [(1, ["Aantal"])]


def test_a_strict_workbook_is_healthy():
    names = {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/": "http://purl.oclc.org/ooxml/officeDocument/",
    }
    strict = io.BytesIO()
    with zipfile.ZipFile(xlsx_of(0.083, "0.0%")) as old, zipfile.ZipFile(strict, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode("utf-8")
            for loose, narrow in names.items():
                text = text.replace(loose, narrow)
            new.writestr(name, text)
    assert last_cell(strict) == "8.3%"


def test_the_first_sheet_that_is_seen_is_meant():
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.title, book.active["A1"] = "Verborgen", "weg"
    book.active.sheet_state = "veryHidden"
    book.create_sheet("Zichtbaar")["A1"] = "hier"
    book.save(file)
    row = '<table:table-row><table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>{}'
    tables = [
        f'<table:table table:name="Verborgen" table:style-name="ta2">{row.format("weg", "</table:table-row>")}',
        f'<table:table table:name="Zichtbaar">{row.format("hier", "</table:table-row>")}',
    ]
    for one in (file, ods(*[f"{table}</table:table>" for table in tables])):
        assert sheet_rows(one) == [(1, ["hier"])]
        assert sheet_rows(one, "Verborgen") == sheet_rows(one, 1) == [(1, ["weg"])]


def test_what_a_small_file_unfolds_to_is_bounded(monkeypatch):
    monkeypatch.setattr(sheet_cells, "MOST_CELLS", 100)
    wide = cell("float", "1", office_value="1", table_number_columns_repeated="101")
    tall = f'<table:table-row table:number-rows-repeated="101">{cell("float", "1", office_value="1")}</table:table-row>'
    far, book = io.BytesIO(), openpyxl.Workbook()
    book.active["CW1"] = 1  # the 101st column
    book.save(far)
    for file in (ods_of(wide), ods(f'<table:table table:name="Lang">{tall}</table:table>'), far):
        with pytest.raises(KetenError, match="meer dan 100 cellen"):
            sheet_rows(file)


def test_empty_rows_at_the_end_are_no_cells_and_lines_keep_their_number():
    empty = '<table:table-row table:number-rows-repeated="{}"><table:table-cell/></table:table-row>'
    row = f"<table:table-row>{cell('float', '7', office_value='7')}</table:table-row>"
    table = f'<table:table table:name="A">{empty.format(3)}{row}{empty.format(1048572)}</table:table>'
    assert sheet_rows(ods(table)) == [(4, ["7"])]


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "ods"])
def test_a_percentage_is_the_same_figure_from_every_file(tmp_path, suffix):
    files = {
        "csv": io.BytesIO("Jaar;Land;Aantal\n2021;Syrië;8,3%\n".encode()),
        "xlsx": xlsx_of(0.083, "0.0%"),
        "ods": ods_of(cell("percentage", "8,3%", office_value="0.083")),
    }
    path = tmp_path / f"cijfers.{suffix}"
    path.write_bytes(files[suffix].getvalue())
    card = card_from(tmp_path, CARD)
    assert gate.read(path, card, CATALOGUE.names).observations.value.tolist() == [8.3]


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "ods"])
@pytest.mark.parametrize("kind", ["boolean", "duration", "day"])
def test_what_is_no_number_is_refused_alike(tmp_path, suffix, kind):
    xlsx, in_ods, text = SEEN[kind]
    files = {"csv": f"Jaar;Land;Aantal\n2021;Syrië;{text}\n".encode(), "xlsx": xlsx.getvalue()}
    path = tmp_path / f"cijfers.{suffix}"
    path.write_bytes(files[suffix] if suffix in files else ods_of(in_ods).getvalue())
    with pytest.raises(KetenError, match=re.escape(text)):
        gate.read(path, card_from(tmp_path, CARD), CATALOGUE.names)
