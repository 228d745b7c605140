"""Every kind of cell gives what its reader sees, alike from CSV, XLSX and ODS, or a refusal by sheet and cell."""

import io
import re
import zipfile
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import openpyxl
import pytest
import xlsxwriter
from helpers_sources import CATALOGUE, card_from
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from keten.errors import KetenError
from keten.sources.readers import sheets
from keten.sources.readers.sheets import sheet_rows
from keten.sources.readers.unread import NO_RESULT, NOT_SHOWN
from keten.sources.validation import gate

ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"
 xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">
<office:automatic-styles>
<style:style style:name="T1" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>
<style:style style:name="T2" style:family="text"><style:text-properties style:text-position="-33% 58%"/></style:style>
<number:number-style style:name="N1"><number:number number:display-factor="1000"/></number:number-style>
<number:number-style style:name="N2"><number:number number:display-factor="1000000"/></number:number-style>
<number:date-style style:name="N3"><number:month/><number:text>-</number:text><number:year/></number:date-style>
<number:date-style style:name="N4"><number:year/></number:date-style>
<style:style style:name="thousands" style:family="table-cell" style:data-style-name="N1"/>
<style:style style:name="millions" style:family="table-cell" style:data-style-name="N2"/>
<style:style style:name="month" style:family="table-cell" style:data-style-name="N3"/>
<style:style style:name="inherits" style:family="table-cell" style:parent-style-name="month"/>
<style:style style:name="year" style:family="table-cell" style:data-style-name="N4"/>
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


def ods(*tables: str, generator: str = "") -> io.BytesIO:
    """A file with these `table:table` elements; `generator`: the program that wrote it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS.format("".join(tables)))
        archive.writestr("meta.xml", f"<m:meta xmlns:m='m'><m:generator>{generator}</m:generator></m:meta>")
    return file


ROWS = [["Jaar", "Land", "Aantal"], ["2021", "Syrië", None]]


def ods_of(cell: str, rows: list[list[str | None]] = ROWS, generator: str = "") -> io.BytesIO:
    """A file with these texts and numbers, and a cell in the place of None."""
    lines = [
        "".join(
            cell
            if text is None
            else f'<table:table-cell office:value-type="float" office:value="{text}"/>'
            if text.isdigit()
            else f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
            for text in row
        )
        for row in rows
    ]
    content = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
    return ods(f'<table:table table:name="Cijfers">{content}</table:table>', generator=generator)


def xlsx_of(value: object, form: str = "", rows: list[list[str | None]] = ROWS) -> io.BytesIO:
    """The same for a value with a number format."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    sheet.title = "Cijfers"
    for line, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            place = sheet.cell(line, column, value if text is None else int(text) if text.isdigit() else text)
            if text is None and form:
                place.number_format = form
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
    "four decimals": (xlsx_of(1.0207), cell("float", "1,0207", office_value="1.0207"), "1.0207"),
    "many decimals": (xlsx_of(12345.678901), cell("float", "12345,68", office_value="12345.678901"), "12345.678901"),
    "percentage": (xlsx_of(0.083, "0.0%"), cell("percentage", "8,3%", office_value="0.083"), "8.3%"),
    "percentage with thousandths": (xlsx_of(0.01234, "0.000%"), cell("percentage", "1,234%", office_value="0.01234"),
                                    "1.2340%"),
    "percent sign that is only written": (xlsx_of(8.3, '0.0"%"'), cell("float", "8,3%", office_value="8.3"), "8.3%"),
    "star of the format": (xlsx_of(1290, '#,##0"*"'), cell("float", "1.290*", office_value="1290"), "1290*"),
    "star behind a percentage": (xlsx_of(0.083, '0.0%"*"'), cell("percentage", "8,3%*", office_value="0.083"), "8.3%*"),
    "millions that are only written": (xlsx_of(1.25, '0.0" mln"'), cell("float", "1,3 mln", office_value="1.25"),
                                       "1.25 mln"),
    "number that it is less than": (xlsx_of(7, '"<"0'), cell("float", "&lt;7", office_value="7"), "<7"),
    "number that it is less than, bare": (xlsx_of(7, "<0"), cell("float", "&lt;7", office_value="7"), "<7"),
    "number that it is more than": (xlsx_of(7, '">"0'), cell("float", ">7", office_value="7"), ">7"),
    "word before the number": (xlsx_of(7, '"ca. "0'), cell("float", "ca. 7", office_value="7"), "ca. 7"),
    "negative number in brackets": (xlsx_of(-7, "0;(0)"), cell("float", "(7)", office_value="-7"), "-7"),
    "written mark of the group": (xlsx_of(1234, '#"."##0'), cell("float", "1.234", office_value="1234"), "1234"),
    "fraction": (xlsx_of(2.5, "# ?/?"), cell("float", "2 1/2", office_value="2.5"), "2.5"),
    "money of elsewhere": (xlsx_of(5, "[$kr-414] 0"), cell("currency", "kr 5", office_value="5"), "5"),
    "footnote behind a ten": (xlsx_of(CellRichText("10", superscript("1)"))),
                              cell("string", '10<text:span text:style-name="T1">1)</text:span>'), "10"),
    "day": (xlsx_of(date(2017, 6, 30)), cell("date", "30-06-17", office_date_value="2017-06-30"), "2017-06-30"),
    "duration": (xlsx_of(timedelta(hours=36), "[h]:mm:ss"), cell("time", "36:00:00", office_time_value="PT36H00M00S"),
                 "36:00:00"),
    "boolean": (xlsx_of(True), cell("boolean", "WAAR", office_boolean_value="true"), "TRUE"),
    "raised footnote": (xlsx_of(CellRichText("124", superscript("1"))),
                        cell("string", '124<text:span text:style-name="T1">1</text:span>'), "124"),
    "text that is all raised": (xlsx_of(CellRichText(superscript("3"))),
                                cell("string", '<text:span text:style-name="T1">3</text:span>'), "³"),
    "raised numbers of two footnotes": (xlsx_of(CellRichText("124", superscript("1"), superscript(",2"))),
                                        cell("string", '124<text:span text:style-name="T1">1,2</text:span>'), "124"),
    "raised number in the middle": (xlsx_of(CellRichText("124", superscript("1"), " %")),
                                    cell("string", '124<text:span text:style-name="T1">1</text:span> %'), "124¹ %"),
    "lowered number": (xlsx_of(CellRichText("CO", TextBlock(InlineFont(vertAlign="subscript"), "2"))),
                       cell("string", 'CO<text:span text:style-name="T2">2</text:span>'), "CO₂"),
    "power of ten": (xlsx_of(CellRichText("10", superscript("3"))),
                     cell("string", '10<text:span text:style-name="T1">3</text:span>'), "10³"),
    "square metres": (xlsx_of(CellRichText("per m", superscript("2"))),
                      cell("string", 'per m<text:span text:style-name="T1">2</text:span>'), "per m²"),
    "noise behind the fifteenth digit": (xlsx_of(123.00000000000001), cell("float", "123",
                                         office_value="123.00000000000001"), "123"),
    "shown rounded": (xlsx_of(1289.75, "#,##0"), cell("float", "1.290", office_value="1289.75"), "1289.75"),
    "colour of a negative number": (xlsx_of(-5, "0;[Red]-0"), cell("float", "-5", office_value="-5"), "-5"),
    "money": (xlsx_of(5, '"€ "#,##0.00'), cell("currency", "€ 5,00", office_value="5"), "5"),
    "code with zeros in front": (xlsx_of(518, "0000"), cell("float", "0518", office_value="518"), "0518"),
    "shown in thousands": (xlsx_of(1290400, "#,##0,"), cell("float", "1.290", office_value="1290400",
                           table_style_name="thousands"), "1290.4"),
    "shown in millions with a letter": (xlsx_of(1300000, '0.0,,"M"'), cell("float", "1.3M", office_value="1300000",
                                        table_style_name="millions"), "1.3M"),
    "small number that its format hides": (xlsx_of(3, '[<5]"<5";0'), cell("float", "&lt;5", office_value="3"), "<5"),
    "other number of that format": (xlsx_of(7, '[<5]"<5";0'), cell("float", "7", office_value="7"), "7"),
    "dash for zero": (xlsx_of(0, '0;-0;"-"'), cell("float", "-", office_value="0"), "0"),
    "word for zero": (xlsx_of(0, '0;-0;"n.b."'), cell("float", "n.b.", office_value="0"), "n.b."),
    "month": (xlsx_of(date(2017, 6, 1), "mmm-yy"), cell("date", "jun-17", office_date_value="2017-06-01",
              table_style_name="month"), "2017-06"),
    "year": (xlsx_of(date(2017, 1, 1), "yyyy"), cell("date", "2017", office_date_value="2017-01-01",
             table_style_name="year"), "2017"),
    "day and time": (xlsx_of(datetime(2017, 6, 30, 13, 45), "d-m-yyyy h:mm"), cell("date", "30-6-2017 13:45",  # noqa: DTZ001
                     office_date_value="2017-06-30T13:45:00"), "2017-06-30 13:45:00"),
    "time": (xlsx_of(time(9, 5), "h:mm"), cell("time", "09:05", office_time_value="PT09H05M00S"), "09:05:00"),
    "day before time began": (xlsx_of(-1, "d-m-yyyy"), cell("date", "", office_date_value="-0001-12-31"),
                              "datum die niet bestaat [blad Cijfers, cel C2]"),
    "line breaks": (xlsx_of("a\nb"), cell("string", "a</text:p><text:p>b"), "a\nb"),
    "raised word": (xlsx_of(CellRichText("de 2", superscript("eind"))),
                    cell("string", 'de 2<text:span text:style-name="T1">eind</text:span>'), "de 2eind"),
    "comment": (xlsx_of("12"), '<table:table-cell office:value-type="string"><office:annotation><text:p>let op</text:p>'
                "</office:annotation><text:p>12</text:p></table:table-cell>", "12"),
}  # fmt: skip


@pytest.mark.parametrize(("xlsx", "in_ods", "text"), SEEN.values(), ids=SEEN)
def test_a_cell_is_what_its_reader_sees(xlsx, in_ods, text):
    assert (last_cell(xlsx), last_cell(ods_of(in_ods))) == (text, text)


def test_a_decimal_comma_is_written_where_the_card_has_one():
    assert last_cell(xlsx_of(0.083, "0.0%"), ",") == "8,3%" and last_cell(xlsx_of(1.234), ",") == "1,2340"


def calculated(file: io.BytesIO) -> io.BytesIO:
    """The same workbook as a program that calculates would have left it: no calculation is asked for."""
    done = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(done, "w") as new:
        for name in old.namelist():
            text = old.read(name).replace(b' fullCalcOnLoad="1"', b"").replace(b'<c r="B1">', b'<c r="B1" t="str">')
            new.writestr(name, text)
    return done


def with_formulas() -> io.BytesIO:
    """Line 1: one with its outcome, one of which the outcome is an empty text; from line 2 an area of one formula."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Cijfers")
        sheet.write_formula("A1", "=40+2", None, 42)
        sheet.write_formula("B1", '=""', None, "")
        sheet.write_array_formula("A2:B3", "{=D2:E3*2}", None, 8)
    return file


def test_a_formula_counts_only_with_its_outcome():
    assert sheet_rows(calculated(with_formulas())) == [(1, ["42", ""]), (2, ["8", "0"]), (3, ["0", "0"])]
    shown = cell("float", "42", office_value="42", table_formula="of:=40+2")
    assert last_cell(ods_of(shown)) == "42"
    empty = '<table:table-cell office:value-type="string" office:string-value="" table:formula="of:=&quot;&quot;"/>'
    assert last_cell(ods_of(empty)) == ""
    for line, cells in sheet_rows(with_formulas()):
        assert cells == [f"{NO_RESULT} [blad Cijfers, cel {column}{line}]" for column in "AB"]


def test_a_library_that_cannot_calculate_has_no_outcomes():
    shown = cell("float", "0", office_value="0", table_formula="of:=40+2")
    assert last_cell(ods_of(shown, generator="ODFPY/1.4.1")) == f"{NO_RESULT} [blad Cijfers, cel C2]"
    assert last_cell(ods_of(shown, generator="LibreOffice/7.6")) == "0"


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
    monkeypatch.setattr(sheets, "MOST_CELLS", 100)
    wide = cell("float", "1", office_value="1", table_number_columns_repeated="101")
    tall = f'<table:table-row table:number-rows-repeated="101">{cell("float", "1", office_value="1")}</table:table-row>'
    far, book = io.BytesIO(), openpyxl.Workbook()
    book.active["CW1"] = 1  # the 101st column
    book.save(far)
    for file in (ods_of(wide), ods(f'<table:table table:name="Lang">{tall}</table:table>'), far):
        with pytest.raises(KetenError, match="meer dan 100 cellen"):
            sheet_rows(file)


def test_a_file_that_unpacks_to_much_more_is_refused(monkeypatch):
    monkeypatch.setattr(sheets, "MAX_UNPACKED", 1024**2)
    packed = io.BytesIO()
    with zipfile.ZipFile(xlsx_of(1)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("xl/media/image1.png", bytes(2 * 1024**2))
    assert packed.tell() < 20_000
    with pytest.raises(KetenError, match="uitgepakt groter dan 1 MB"):
        sheet_rows(packed)


def test_entities_that_grow_and_blanks_without_end_are_bounded():
    names = "abcdefghij"
    entities = "".join(f'<!ENTITY {name} "{f"&{before};" * 20}">' for before, name in pairwise(names))
    bomb = io.BytesIO()
    with zipfile.ZipFile(ods_of(cell("string", "&j;"))) as old, zipfile.ZipFile(bomb, "w") as new:
        text = old.read("content.xml").decode()
        head, body = text.split("?>", 1)
        new.writestr("content.xml", f'{head}?><!DOCTYPE x [<!ENTITY a "{"x" * 20}">{entities}]>{body}')
    with pytest.raises(KetenError, match="beschadigd"):
        sheet_rows(bomb)
    assert len(last_cell(ods_of(cell("string", 'a<text:s text:c="999999999999"/>b')))) < 2_000


@pytest.mark.parametrize(
    ("old", "new"),
    [('r="2"', 'r="1"'), ('r="2"', 'r="1048577"'), ('r="B2"', 'r="A2"'), ('r="C2"', 'r="XFE2"'), ("</row>", "")],
)
def test_rows_and_cells_out_of_place_are_damage(old, new):
    damaged = io.BytesIO()
    with zipfile.ZipFile(xlsx_of(1)) as book, zipfile.ZipFile(damaged, "w") as archive:
        for name in book.namelist():
            text = book.read(name).decode()
            archive.writestr(name, text.replace(old, new) if name.endswith("sheet1.xml") else text)
    with pytest.raises(KetenError, match="beschadigd"):
        sheet_rows(damaged)


def test_only_the_cells_of_the_sheet_itself_are_read():
    changes = "<table:table-row><table:table-cell><text:p>vroeger</text:p></table:table-cell></table:table-row>"
    changes = f"<table:tracked-changes>{changes}</table:tracked-changes>"
    inner = '<table:table table:name="In"><table:table-row><table:table-cell><text:p>in</text:p></table:table-cell>'
    inner += "</table:table-row></table:table>"
    row = f"<table:table-row><table:table-cell><text:p>uit</text:p>{inner}</table:table-cell></table:table-row>"
    linked = f"<table:dde-links>{inner}</table:dde-links>"
    file = ods(changes, f'<table:table table:name="A">{row}{row}</table:table>', linked)
    assert sheet_rows(file) == [(1, ["uit"]), (2, ["uit"])]
    with pytest.raises(KetenError, match="geen blad 'In'; het heeft A"):
        sheet_rows(file, "In")


def test_hidden_sheets_alone_and_sheets_of_charts():
    hidden = ods('<table:table table:name="Weg" table:style-name="ta2"/>')
    with pytest.raises(KetenError, match="zijn verborgen; noem er een met sheet: Weg"):
        sheet_rows(hidden)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        chart = book.add_chart({"type": "line"})
        book.add_chartsheet("Grafiek").set_chart(chart)
        chart.add_series({"values": "=Cijfers!$A$1:$A$2"})
        book.add_worksheet("Cijfers").write_column("A1", [7, 8])
    assert sheet_rows(file) == sheet_rows(file, 1) == [(1, ["7"]), (2, ["8"])]


def test_what_odfpy_writes_is_read_but_for_its_formulas():
    document, made = OpenDocumentSpreadsheet(), io.BytesIO()
    table, row = Table(name="Cijfers"), TableRow()
    for kind, value, text in (("float", "1290", "1290"), ("percentage", "0.083", "8.3%")):
        place = TableCell(valuetype=kind, value=value)
        place.addElement(P(text=text))
        row.addElement(place)
    row.addElement(TableCell(formula="of:=[.A1]*2", valuetype="float", value="0"))
    table.addElement(row)
    document.spreadsheet.addElement(table)
    document.write(made)
    assert sheet_rows(made) == [(1, ["1290", "8.3%", f"{NO_RESULT} [blad Cijfers, cel C1]"])]


def test_days_are_counted_from_1904_where_the_book_says_so():
    file, book = io.BytesIO(), openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active["A1"] = date(2017, 6, 30)
    book.save(file)
    assert sheet_rows(file) == [(1, ["2017-06-30"])]


def test_empty_rows_at_the_end_are_no_cells_and_lines_keep_their_number():
    empty = '<table:table-row table:number-rows-repeated="{}"><table:table-cell/></table:table-row>'
    row = f"<table:table-row>{cell('float', '7', office_value='7')}</table:table-row>"
    table = f'<table:table table:name="A">{empty.format(3)}{row}{empty.format(1048572)}</table:table>'
    assert sheet_rows(ods(table)) == [(4, ["7"])]


# -- the same figures or the same refusals from every file, by every reader of sheets --

STACKED = CARD.replace('"table"', '"migratieketen"').replace("[period]", '[dimensions.nationality]\ncolumn = "Land"')
CASES = """\
title = "Dossiers"
publisher = "Uitgever"
licence = "CC0"
goal = "2_asiel"
unit = "persons"

[format]
name = "records"

[period]
column = "Jaar"
freq = "year"

[dimensions.nationality]
column = "Land"
codes = "nationality"

[measures.border_refusals]
"""
COUNTED = CARD.replace('"percent"', '"persons"').replace("asylum_recognition_rate", "border_refusals")


def stacked(card: str) -> str:
    """The card for a file of stacked totals."""
    return card.replace('name = "table"', 'name = "migratieketen"').replace('"Jaar"', '["Jaar"]')


READERS = {  # what stands around the cell, and the card
    "table": (ROWS, lambda card: card),
    "heads": ([["Land", "2021"], ["Syrië", None]],
              lambda card: card.replace('column = "Jaar"', "heads = true").replace('column = "Aantal"\n', "")),
    "migratieketen": ([["Totaal van", "Jaar", "Land", "Aantal"], ["Jaar, Land", "2021", "Syrië", None]], stacked),
}  # fmt: skip
ERROR_IN_ODS = (
    '<table:table-cell office:value-type="string" calcext:value-type="error"><text:p>{}</text:p></table:table-cell>'
)
UNCALCULATED = '<table:table-cell table:formula="of:=1+1"/>'
FIGURES = {  # card, text in a CSV (None: a CSV has no such cell), value and format in XLSX, cell in ODS, what it gives
    "percentage": (CARD, "8,3%", (0.083, "0.0%"), cell("percentage", "8,3%", office_value="0.083"), 8.3),
    "number with a percent sign": (CARD, "8,3%", (8.3, '0.0"%"'), cell("float", "8,3%", office_value="8.3"), 8.3),
    "percentage of persons": (COUNTED, "8%", (0.08, "0%"), cell("percentage", "8%", office_value="0.08"),
                              "'8%' in de kolom .* is een percentage, maar de maat telt iets anders"),
    "whole number": (COUNTED, "1290", (1290, "#,##0"), cell("float", "1.290", office_value="1290"), 1290),
    "share": (CARD, "0,5", (0.5, "0.0"), cell("float", "0,5", office_value="0.5"),
              "alle percentages liggen van 0 tot en met 1"),
    "zero": (COUNTED, "0", (0, "General"), cell("float", "0", office_value="0"), 0),
    "mark": (COUNTED, "*", ("*", ""), cell("string", "*"), None),
    "small number": (COUNTED, "<5", (3, '[<5]"<5";0'), cell("float", "&lt;5", office_value="3"), None),
    "footnote": (COUNTED, None, (CellRichText("124", superscript("1")), ""),
                 cell("string", '124<text:span text:style-name="T1">1</text:span>'), 124),
    "provisional by its format": (COUNTED, "7*", (7, '0"*"'), cell("float", "7*", office_value="7"), 7),
    "percentage by its format": (COUNTED, "7%", (7, '0"%"'), cell("float", "7%", office_value="7"),
                                 "'7%' in de kolom .* is een percentage, maar de maat telt iets anders"),
    "below a number": (COUNTED, "<7", (7, '"<"0'), cell("float", "&lt;7", office_value="7"), None),
    "above a number": (COUNTED, ">7", (7, '">"0'), cell("float", ">7", office_value="7"), "'>7' in de kolom"),
    "millions by its format": (COUNTED, "7 mln", (7, '0" mln"'), cell("float", "7 mln", office_value="7"),
                               "'7 mln' in de kolom .* is geen getal"),
    "power": (COUNTED, "10³", (CellRichText("10", superscript("3")), ""),
              cell("string", '10<text:span text:style-name="T1">3</text:span>'), "'10³' in de kolom .* is geen getal"),
    "duration": (COUNTED, "36:00:00", (timedelta(hours=36), "[h]:mm:ss"),
                 cell("time", "36:00:00", office_time_value="PT36H00M00S"), "'36:00:00' in de kolom .* is geen getal"),
    "day": (COUNTED, "2017-06-30", (date(2017, 6, 30), "d-m-yyyy"),
            cell("date", "30-6-2017", office_date_value="2017-06-30"), "'2017-06-30' in de kolom .* is geen getal"),
    "boolean": (COUNTED, "TRUE", (True, ""), cell("boolean", "WAAR", office_boolean_value="true"),
                "'TRUE' in de kolom .* is geen getal"),
    **{error: (COUNTED, error, (error, ""), ERROR_IN_ODS.format(error), f"'{error}.* staat in plaats van een waarde")
       for error in ("#DIV/0!", "#N/A", "#REF!", "#VALUE!", "#NAME?")},
    "Dutch error": (COUNTED, "#DEEL/0!", ("#DEEL/0!", ""), ERROR_IN_ODS.format("#DEEL/0!"),
                    "'#DEEL/0!.* staat in plaats van een waarde"),
    "formula": (COUNTED, None, ("=1+1", ""), UNCALCULATED, f"'{NO_RESULT}.* staat in plaats van een waarde"),
    "hidden number": (COUNTED, None, (7, ";;;"), cell("float", "", office_value="7"),
                      f"'{NOT_SHOWN} .* staat in plaats van een waarde"),
}  # fmt: skip


def in_files(rows, text, value, in_ods) -> dict[str, bytes]:
    """The same cell in the same rows, in each kind of file that can have it."""
    book = {"xlsx": xlsx_of(*value, rows).getvalue(), "ods": ods_of(in_ods, rows).getvalue()}
    if text is None:
        return book
    return book | {
        "csv": "\n".join(";".join(text if one is None else f"{one}" for one in row) for row in rows).encode()
    }


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", FIGURES)
def test_a_cell_is_one_figure_or_one_refusal(tmp_path, reader, kind):
    text, *cells, expected = FIGURES[kind]
    rows, fitted = READERS[reader]
    card = card_from(tmp_path, fitted(text))
    for suffix, content in in_files(rows, *cells).items():
        (path := tmp_path / f"cijfers.{suffix}").write_bytes(content)
        if isinstance(expected, str):
            place = f"{'ABCD'[rows[1].index(None)]}2"
            named = "plaats" in expected and suffix != "csv"
            with pytest.raises(KetenError, match=f"blad Cijfers, cel {place}.*" if named else expected) as fault:
                gate.read(path, card, CATALOGUE.names)
            assert re.search(expected, str(fault.value))
            continue
        (found,) = gate.read(path, card, CATALOGUE.names).observations.itertuples()
        assert found.by_nationality == "Syrië" and found.period == "2021"
        assert (None if found.value != found.value else found.value) == expected
        assert (found.status == "suppressed") == (expected is None)


WORDS = {
    "text": ("Irak", ("Irak", ""), cell("string", "Irak"), "Irak"),
    "footnote": (None, (CellRichText("Irak", superscript("1)")), ""),
                 cell("string", 'Irak<text:span text:style-name="T1">1)</text:span>'), "Irak"),
    "error": ("#N/A", ("#N/A", ""), ERROR_IN_ODS.format("#N/A"), "'#N/A.* staat in plaats van een waarde"),
    "formula": (None, ("=A1", ""), UNCALCULATED, f"'{NO_RESULT}.* staat in plaats van een waarde"),
}  # fmt: skip


@pytest.mark.parametrize("reader", ["table", "migratieketen", "records", "kept", "head"])
@pytest.mark.parametrize("kind", WORDS)
def test_a_word_is_one_category_or_one_refusal(tmp_path, reader, kind):
    *cells, expected = WORDS[kind]
    rows, card = [["Jaar", "Land", "Aantal"], ["2021", None, "7"], ["2021", "Syrië", "8"]], COUNTED
    if reader == "migratieketen":
        rows = [["Totaal van" if line == 0 else "Jaar, Land", *row] for line, row in enumerate(rows)]
        card = stacked(card)
    elif reader == "records":
        card, rows = CASES, [rows[0], *[rows[1]] * 6]
    elif reader == "kept":
        card += '[keep]\nLand = ["Irak", "Syrië"]\n'
    elif reader == "head":
        rows, card = [["Jaar", None, "Aantal"], ["2021", "Irak", "7"]], COUNTED.replace('"Land"', '"Irak"')
    card = card_from(tmp_path, card)
    for suffix, content in in_files(rows, *cells).items():
        (path := tmp_path / f"cijfers.{suffix}").write_bytes(content)
        if expected == "Irak":
            found = gate.read(path, card, CATALOGUE.names).observations.set_index("by_nationality").value
            assert found["Irak"] == (6 if reader == "records" else 7)
        else:
            with pytest.raises(KetenError, match=expected) as fault:
                gate.read(path, card, CATALOGUE.names)
            assert suffix == "csv" or re.search(r"\[blad Cijfers, cel [BC][12]\]", str(fault.value))


PERIODS = {
    "month": ("2017-06", (date(2017, 6, 1), "mmm-yy"),
              cell("date", "jun-17", office_date_value="2017-06-01", table_style_name="month"), "2017-06"),
    "month of a style that inherits": ("2017-06", (date(2017, 6, 1), "mmm-yy"), cell(
        "date", "jun-17", office_date_value="2017-06-01", table_style_name="inherits"), "2017-06"),
    "year": ("2017", (date(2017, 1, 1), "yyyy"),
             cell("date", "2017", office_date_value="2017-01-01", table_style_name="year"), "2017"),
    "number": ("2017", (2017, "0"), cell("float", "2017", office_value="2017"), "2017"),
    "number with a mark": ("2017", (2017, "#,##0"), cell("float", "2.017", office_value="2017"), "2017"),
    "day": ("30-6-2017", (date(2017, 6, 30), "d-m-yyyy"),
            cell("date", "30-6-2017", office_date_value="2017-06-30"), "2017-06-30"),
    "footnote": (None, (CellRichText("2017", superscript("1")), ""),
                 cell("string", '2017<text:span text:style-name="T1">1</text:span>'), "2017"),
    "formula": (None, ("=A1+1", ""), UNCALCULATED, r"blad Cijfers, cel A2.* is geen periode"),
    "error": ("#REF!", ("#REF!", ""), ERROR_IN_ODS.format("#REF!"), "#REF!.* is geen periode"),
}  # fmt: skip


@pytest.mark.parametrize("kind", PERIODS)
def test_a_period_is_what_is_shown(tmp_path, kind):
    *cells, expected = PERIODS[kind]
    card = card_from(tmp_path, COUNTED)
    for suffix, content in in_files([ROWS[0], [None, "Syrië", "7"]], *cells).items():
        (path := tmp_path / f"cijfers.{suffix}").write_bytes(content)
        if " " in expected:
            with pytest.raises(KetenError, match=expected):
                gate.read(path, card, CATALOGUE.names)
        else:
            assert gate.read(path, card, CATALOGUE.names).observations.period.tolist() == [expected]


@pytest.mark.parametrize(("text", "others"), [("1.290", 12.5), ("1,125", 8.25), ("1.290", 1250.5)])
def test_a_number_settles_no_text_beside_it(tmp_path, text, others):
    """Nobody wrote the point of a number, so it does not say what a text such as 1.290, with a footnote, means."""
    rows = [*ROWS, ["2022", "Irak", str(others)]]
    card = CARD.replace('"percent"', '"score_1_10"').replace("asylum_recognition_rate", "proef")
    card += 'label = "Proef"\ndefinition = "Proef"\nkind = "rate"\nrange = "0.."\n'
    book = openpyxl.load_workbook(xlsx_of(CellRichText(text, superscript("1")), rows=rows), rich_text=True)
    book.active["C3"], file = others, io.BytesIO()
    book.save(file)
    (path := tmp_path / "cijfers.xlsx").write_bytes(file.getvalue())
    with pytest.raises(KetenError, match=f"'{text}' .regel 2. kan {re.sub('[.,]', '', text)} zijn of een breuk"):
        gate.read(path, card_from(tmp_path, card), CATALOGUE.names)
    for sign in ".,":
        stated = card.replace('name = "table"', f'name = "table"\ndecimal = "{sign}"')
        value = gate.read(path, card_from(tmp_path, stated), CATALOGUE.names).observations.value.tolist()
        assert value == [float(text.replace(sign, ".") if sign in text else re.sub("[.,]", "", text)), others]


def test_dates_of_records_are_counted_by_what_they_show(tmp_path):
    card = card_from(tmp_path, CASES)
    rows = [["Jaar", "Land"], [], *[[None, "Syrië"]] * 7]
    cells = ((date(2021, 6, 30), "d-m-yyyy"), cell("date", "30-6-2021", office_date_value="2021-06-30"))
    for suffix, content in in_files(rows, "30-6-2021", *cells).items():
        (path := tmp_path / f"dossiers.{suffix}").write_bytes(content)
        assert gate.read(path, card, CATALOGUE.names).observations.value.tolist() == [7, 7]
    rows[4] = ["ooit", "Syrië"]
    for suffix, content in in_files(rows, "30-6-2021", *cells).items():
        (path := tmp_path / f"dossiers.{suffix}").write_bytes(content)
        with pytest.raises(KetenError, match="Regel 5: de waarde in Jaar is geen datum"):
            gate.read(path, card, CATALOGUE.names)


def test_a_fault_in_a_cell_that_no_card_reads_does_not_matter(tmp_path):
    card = card_from(tmp_path, COUNTED)
    rows = [["Jaar", "Land", "Aantal", "Groei"], ["2021", "Syrië", "7", None]]
    for suffix, content in in_files(rows, "#DIV/0!", ("#DIV/0!", ""), ERROR_IN_ODS.format("#DIV/0!")).items():
        (path := tmp_path / f"cijfers.{suffix}").write_bytes(content)
        assert gate.read(path, card, CATALOGUE.names).observations.value.tolist() == [7]


def test_a_card_may_declare_a_fault_to_be_a_mark(tmp_path):
    card = card_from(tmp_path, COUNTED + '[marks]\nmissing = ["#N/A"]\n')
    for suffix, content in in_files(ROWS, "#N/A", ("#N/A", ""), ERROR_IN_ODS.format("#N/A")).items():
        (path := tmp_path / f"cijfers.{suffix}").write_bytes(content)
        assert gate.read(path, card, CATALOGUE.names).observations.status.tolist() == ["missing"]


def test_of_merged_cells_the_first_has_the_text_and_an_empty_one_is_refused(tmp_path):
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in (["Jaar", "Land", "Aantal"], [2021, "Syrië", 7], [2021, None, 8]):
        book.active.append(row)
    book.active.merge_cells("B2:B3")
    book.save(file)
    covered = "<table:covered-table-cell office:value-type='string'><text:p>Irak</text:p></table:covered-table-cell>"
    files = {"xlsx": file, "ods": ods_of(covered, [*ROWS[:1], ["2021", "Syrië", "7"], ["2021", None, "8"]])}
    for suffix, content in files.items():
        (path := tmp_path / f"cijfers.{suffix}").write_bytes(content.getvalue())
        with pytest.raises(KetenError, match="regel 3: de kolom Land is leeg"):
            gate.read(path, card_from(tmp_path, COUNTED), CATALOGUE.names)
