"""What an analyst takes along from real figures: read back as the program that gets it reads it."""

import re
import struct
import xml.etree.ElementTree as ElementTree
from io import BytesIO
from urllib.parse import unquote

import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from pictures import CHARTS
from pictures import pictures as pictures  # fixtures
from pictures import shown as shown

from keten.errors import KetenError
from keten.lab import export
from keten.presentation.charts import lettering
from keten.presentation.grid import Cell, Grid, grid_of, number_cell
from keten.presentation.output import Output, gap

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", '<img src=x onerror="alert(1)">', "a\tb\nc\x00")
SUFFIXES = (".png", ".svg", ".csv", ".xlsx")


def table_of(*rows: list[Cell], columns: tuple = ("Land", "2017"), notes: tuple = (), origins: tuple = ()) -> Output:
    """A table that no notebook shows."""
    grid = Grid("Proef", "In personen", columns, rows, frozenset(columns[1:]))
    return Output("", tables=[grid.payload(notes, origins)])


def hostile() -> Output:
    number = number_cell("1.490", 1490.0, "persons", "exact")
    return table_of(*[[Cell(text), number] for text in HOSTILE], notes=HOSTILE[:1])


def texts_of(picture: bytes) -> str:
    return " ".join(" ".join(ElementTree.fromstring(picture).itertext()).split())


def sheet_of(shown: Output):
    return openpyxl.load_workbook(BytesIO(export.xlsx(shown))).active


def rows_of_paste(shown: Output) -> dict[str, list[str]]:
    """Rows of the table in the pasted HTML, by their name."""
    page = BeautifulSoup(export.clipboard(shown)[0], "html.parser")
    cells = [[cell.get_text() for cell in row.find_all("td")] for row in page.find("tbody").find_all("tr")]
    return {row[0]: row[1:] for row in cells}


# Pictures


@pytest.mark.parametrize("name", CHARTS)
def test_a_picture_is_valid_xml_without_what_is_for_a_mouse_or_a_screen_reader(pictures, name):
    text = pictures[name].decode()
    root = ElementTree.fromstring(text)
    assert root.find(f"{SVG}title") is not None and root.find(f"{SVG}desc") is not None
    assert "keten|" not in text and "data-tip" not in text and "aria-" not in text
    assert all(element.get("opacity") != "0" for element in root.iter())
    assert root.get("width") == "160mm"


def test_a_picture_says_title_period_notes_and_source(shown, pictures):
    words = texts_of(pictures["trend"])
    assert words.count("Asielinstroom per maand") >= 2  # the name of the image, and the headline in it
    assert "per maand, van januari 2013 tot en met juni 2017" in words
    assert "Geen cijfer is niet nul." in words
    assert export.source(shown["trend"]) in words
    assert "10.000" in words and "10,000" not in words


def test_a_picture_explains_its_policy_measures_and_its_publishers(shown, pictures):
    words = texts_of(pictures["trend"])
    listed = BeautifulSoup(shown["trend"].html, "html.parser").select("ol.events li")
    titles = [item.find(string=True, recursive=False).partition(": ")[2].removesuffix(" (").strip() for item in listed]
    assert len(titles) == 5 and all(title in words for title in titles)
    assert all(publisher in words for publisher in ("Eurostat", "UNHCR", "IND"))


def test_a_picture_names_each_series_once(shown, pictures):
    def drawn(name: str, word: str) -> int:
        elements = ElementTree.fromstring(pictures[name]).iter(f"{SVG}text")
        return [" ".join(" ".join(element.itertext()).split()) for element in elements].count(word)

    names = re.findall(r'data-name="([^"]+)"', shown["trend"].spec["picture"])
    assert len(names) == 3
    assert [drawn("trend", name) for name in names] == [1, 1, 1]
    assert drawn("survey", "nee") == 1, "answers have a key"


@pytest.mark.parametrize("name", CHARTS)
def test_a_png_is_16_centimetres_wide_at_300_dots_per_inch(shown, name):
    picture = export.png(shown[name])
    assert picture.startswith(b"\x89PNG")
    wide, high = struct.unpack(">II", picture[16:24])
    assert wide == pytest.approx(16 / 2.54 * 300, abs=2) and high > 400
    at = picture.index(b"pHYs") + 4
    assert struct.unpack(">IIB", picture[at : at + 9]) == (11811, 11811, 1)  # dots per metre


def test_the_same_figure_gives_the_same_bytes(shown):
    for make in (export.svg, export.png, export.csv, export.xlsx):
        assert make(shown["ranking"]) == make(shown["ranking"])


def test_a_table_is_no_picture(shown):
    for make in (export.svg, export.png):
        with pytest.raises(KetenError, match="geen grafiek"):
            make(shown["comparison"])


def test_hostile_text_stays_text_in_a_picture(shown):
    spec = shown["ranking"].spec
    evil = Output("", spec={**spec, "headline": "<script>&\x00" + "W" * 300})
    root = ElementTree.fromstring(export.svg(evil))
    assert root.find(f".//{SVG}script") is None
    assert "<script>&�" in root.find(f"{SVG}title").text


def test_lines_fit_and_keep_every_word():
    text = "Eerste asielaanvragen van alleenstaande minderjarige vreemdelingen " + "x" * 90
    broken = lettering.lines(text, 120, 12)
    assert all(lettering.width(line, 12) <= 120 for line in broken)
    assert "".join(broken).replace(" ", "") == text.replace(" ", "")


# Tables


def test_a_spreadsheet_holds_numbers_as_published_with_title_notes_and_addresses(shown):
    sheet = sheet_of(shown["comparison"])
    rows = {row[0].value: row for row in sheet.iter_rows() if row[0].value}
    assert sheet["A1"].value == "Eerste asielaanvragen" and sheet["A2"].value == "In aanvragen"
    heads = [cell.value for cell in rows["Nationaliteit"]]
    syria = dict(zip(heads, rows["Syrië"], strict=True))
    assert syria["1e helft 2017"].value == 1490 and syria["1e helft 2017"].number_format == "#,##0"
    assert syria["t.o.v. 1e helft 2016 (%)"].value == -7
    assert '"%"' in syria["t.o.v. 1e helft 2016 (%)"].number_format
    assert syria["aandeel (%)"].number_format == '"ca. "#,##0.0"%"'  # of a total that is an approximation
    assert rows["Nationaliteit"][0].font.bold
    assert dict(zip(heads, rows["Albanië"], strict=True))["1e helft 2016"].value == "geen vergelijkbaar cijfer"
    names = list(rows)
    assert any(str(name).startswith("Geen vergelijkbaar cijfer: wat er is") for name in names[names.index("Syrië") :])
    links = [cell.hyperlink for cell in sheet["A"] if cell.hyperlink]
    sources = {source["url"] for origin in shown["comparison"].tables[0]["origins"] for source in origin["sources"]}
    assert {"#".join(filter(None, [link.target, link.location])) for link in links} == sources - {""}


def test_a_csv_is_that_of_the_report(shown):
    for one in shown.values():
        if one.tables:
            inside = re.search(r'href="data:text/csv;charset=utf-8,([^"]*)"', one.html)[1]
            assert export.csv(one).decode() == unquote(inside.replace("&amp;", "&").replace("&#x27;", "'"))


def test_several_tables_stand_below_each_other_each_under_its_title():
    rows = [Cell("Syrië"), number_cell("5", 5.0)], [Cell("Irak"), number_cell("7,5", 7.5)]
    both = Output.together([table_of(row) for row in rows])
    table = "Land;2017\r\n"
    assert export.csv(both).decode() == f'\ufeff"Proef"\r\n{table}Syrië;5\r\n\r\n"Proef"\r\n{table}Irak;7,5\r\n'
    assert len(openpyxl.load_workbook(BytesIO(export.xlsx(both))).worksheets) == 2
    assert export.clipboard(both)[0].count("<table") == 2


def test_a_paste_for_word_reads_as_the_report(shown):
    rows = rows_of_paste(shown["comparison"])
    assert rows["Syrië"][2] == "1.490" and rows["Syrië"][4] == "-7%"
    assert rows["Albanië"][1] == "geen vergelijkbaar cijfer"
    page = BeautifulSoup(export.clipboard(shown["comparison"])[0], "html.parser")
    assert page.get_text().startswith("Eerste asielaanvragen")
    assert page.get_text().rstrip().endswith(export.source(shown["comparison"]))
    assert not page.find_all(class_=True) and not page.find_all(["style", "script"])
    number = page.find("td", string="1.490")
    assert "text-align:right" in number["style"] and "border-bottom" in number["style"]


def test_each_source_in_a_paste_leads_to_its_own_document(shown):
    page = BeautifulSoup(export.clipboard(shown["trend"])[0], "html.parser")
    address = {s["title"]: s["url"] for o in shown["trend"].tables[0]["origins"] for s in o["sources"]}
    links = page.find_all("a")
    assert links and all(address[link.get_text()] == link["href"] for link in links)


def test_a_paste_as_text_has_numbers_that_a_dutch_spreadsheet_reads(shown):
    lines = export.clipboard(shown["comparison"])[1].split("\r\n")
    syria = next(line for line in lines if line.startswith("Syrië")).split("\t")
    assert syria[3] == "1490" and syria[5] == "-7" and syria[6] == "19"
    assert next(line for line in lines if line.startswith("Eritrea")).endswith("\t11,1")
    assert next(line for line in lines if line.startswith("Albanië")).split("\t")[2] == "geen vergelijkbaar cijfer"


def test_what_is_suppressed_provisional_or_approximate_says_so_everywhere():
    shown = table_of(
        [Cell("Syrië"), Cell("minder dan 5", missing=True)],
        [Cell("Irak"), number_cell("2.045", 2045.0, "persons", "provisional", suffix="*")],
        [Cell("Iran"), number_cell("1.300", 1300.0, "persons", "circa", "ca. ")],
        [Cell("Jemen"), Cell("geen cijfer", missing=True)],
    )
    pasted = rows_of_paste(shown)
    assert [pasted[name][0] for name in pasted] == ["minder dan 5", "2.045*", "ca. 1.300", "geen cijfer"]
    cells = {row[0]: row[1:] for row in sheet_of(shown).iter_rows(min_row=4, values_only=True)}
    assert cells["Syrië"][0] == "minder dan 5" and cells["Jemen"][0] == "geen cijfer"
    assert cells["Irak"] == (2045, "voorlopig") and cells["Iran"] == (1300, "bij benadering")
    lines = export.clipboard(shown)[1].split("\r\n")
    assert "Syrië\tminder dan 5" in lines and "Jemen\tgeen cijfer" in lines


def test_text_from_data_becomes_no_formula_or_markup_wherever_it_is_pasted():
    sheet = sheet_of(hostile())
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    page, text = export.clipboard(hostile())
    assert BeautifulSoup(page, "html.parser").find("img") is None
    cells = [cell.get_text() for cell in BeautifulSoup(page, "html.parser").find_all(["td", "th", "p"])]
    fields = [field for line in text.split("\r\n") for field in line.split("\t")]
    for formula in HOSTILE[:4]:
        assert f"'{formula}" in cells and f"'{formula}" in fields
    assert not [field for field in [*cells, *fields] if field.startswith(("=", "+", "-", "@"))]
    assert len([line for line in text.split("\r\n") if line.endswith("\t1490")]) == len(HOSTILE)


def test_a_signed_number_is_no_formula():
    shown = table_of([Cell("Syrië"), Cell("-2,3")], [Cell("Irak"), Cell("+3,5 procentpunt")])
    assert rows_of_paste(shown) == {"Syrië": ["-2,3"], "Irak": ["+3,5 procentpunt"]}


def test_a_payload_gives_the_table_back(shown):
    table = shown["comparison"].tables[0]
    assert grid_of(table).payload(table["notes"], table["origins"]) == table


# Source, files and mistakes


def test_the_source_line_of_a_letter(shown):
    line = export.source(shown["contributions"])
    assert line.startswith("Bron: CBS StatLine 83102NED") and line.endswith(".")
    assert all(row["as_of_assumed"] for row in shown["contributions"].figures)
    assert line.endswith("; publicatiedatum niet vermeld.")  # the day that we assume is no fact for a letter
    dated = r"; .+ en \d+ andere publicaties; stand van \d{1,2} [a-z]+ 20\d\d\.$"
    assert re.search(dated, export.source(shown["trend"]))
    with pytest.raises(KetenError, match="geen bron"):
        export.source(Output(""))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_end_of_the_name_decides_what_is_saved(shown, tmp_path, suffix):
    path = tmp_path / f"Syrië in cijfers{suffix.upper()}"
    path.write_text("een eerder bestand")
    assert export.save(shown["ranking"], str(path)) == path
    assert path.read_bytes() == export.WRITERS[suffix](shown["ranking"])
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("figuur.jpg", "eindigen op .png, .svg, .csv, .xlsx"),
        ("figuur", "eindigen op"),
        ("weg/figuur.png", "bestaat niet"),
    ],
)
def test_a_name_that_cannot_be_is_refused_in_dutch(shown, tmp_path, name, words):
    with pytest.raises(KetenError, match=words):
        export.save(shown["ranking"], tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_replaced_is_named_and_nothing_is_left(shown, tmp_path):
    (tmp_path / "tabel.csv").mkdir()
    with pytest.raises(KetenError, match=r"tabel\.csv kan niet worden geschreven"):
        export.save(shown["ranking"], tmp_path / "tabel.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["tabel.csv"]


def test_what_has_no_figures_says_what_to_choose(tmp_path):
    for make in (export.csv, export.xlsx, export.clipboard):
        with pytest.raises(KetenError, match="geen tabel"):
            make(gap("Geen cijfers"))
    with pytest.raises(KetenError, match="grafiek of tabel"):
        export.save(pd.DataFrame(), tmp_path / "x.csv")
