"""The annexes of a report, read back as a spreadsheet program reads them: the same numbers, with their sources."""

import copy
import json
import zipfile

import openpyxl
import pytest
from annex_files import KINDS, Annex
from odf import grammar

from keten.presentation.grid import Cell, Grid, number_cell
from keten.reports.render import annex

TABLES = "application/vnd.keten.tables+json"
NOTICES = "application/vnd.keten.notices+json"
FIGURES = "application/vnd.keten.figures+json"
HOSTILE = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "<script>alert(1)</script>",
    "a\x00b\x1b\ufffe & \"'",
    "_x0041_",
)
# Fitting on the width of a page is of ODF 1.3; odfpy knows 1.2.
NEWER = {("urn:oasis:names:tc:opendocument:xmlns:style:1.0", name) for name in ("scale-to-X", "scale-to-Y")}
ORIGIN = {
    "measure": "asylum_first_applications",
    "label": "Eerste asielaanvragen",
    "definition": "Eerste aanvragen in Nederland.",
    "unit": "aanvragen",
    "kind": "stroom (telt over een periode)",
    "publisher": "IND",
    "sources": [{"title": "IND Asieltrends 2017", "url": "https://ind.nl/asieltrends?jaar=2017&maand=6"}],
    "known": "31 juli 2017",
    "rounding": "zoals gepubliceerd",
    "status": "niet als voorlopig gemerkt",
    "calculation": "",
}


def number(value: float, digits: str, unit: str = "applications", status: str = "exact", **more: str) -> Cell:
    """A cell with a number; more: what stands around its digits."""
    return number_cell(digits, value, unit, status, **more)


def table(*rows: list, columns: tuple = ("Soort", "2016", "2017"), **more: object) -> dict:
    """A table as a notebook's output holds it; a cell that is a text has no number."""
    cells = [[Cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    grid = Grid("Aanvragen", "In aanvragen", columns, cells, frozenset(columns[1:]))
    return {**json.loads(json.dumps(grid.payload([], [ORIGIN]))), **more}


def notebook(*tables: dict, notices: dict | None = None, **metadata: object) -> dict:
    """An executed notebook that shows these tables, each in a cell of its own."""
    shown = [{TABLES: {"tables": [each]}} for each in tables] + ([{NOTICES: notices}] if notices else [])
    cells = [{"cell_type": "markdown", "source": "# Asiel", "metadata": {}}]
    cells += [
        {"cell_type": "code", "source": "", "metadata": {}, "outputs": [{"output_type": "display_data", "data": data}]}
        for data in shown
    ]
    return {"cells": cells, "metadata": metadata}


PLAIN = table(
    ["Totaal", number(1110.0, "1.110"), number(1335.0, "1.335")],
    ["Herhaald", "geen cijfer", "minder dan 5"],
    ["Verandering", number(-5.04, "-5,04"), number(0.5, "0,5")],
)


def _name(qualified: str) -> tuple[str, str]:
    space, _, name = qualified.removeprefix("{").partition("}")
    return space, name


@pytest.fixture
def made(tmp_path):
    """Make the annexes of a notebook with these tables and metadata."""
    return lambda *tables, **more: Annex(notebook(*tables, **more), tmp_path)


def links(files: Annex, kind: str, name: str) -> dict[str, str]:
    """Text and target of each link on a sheet; a sheet of the file itself as `#name`."""
    if kind == "xlsx":
        cells = [cell for row in files.workbook[name].iter_rows() for cell in row if cell.hyperlink]
        return {
            cell.value: "#" + cell.hyperlink.location.split("!")[0]
            if cell.hyperlink.location and not cell.hyperlink.target
            else cell.hyperlink.target
            for cell in cells
        }
    table_of, text_of = (f"{{urn:oasis:names:tc:opendocument:xmlns:{part}:1.0}}" for part in ("table", "text"))
    sheet = next(
        each for each in files.xml("ods", "content.xml").iter(f"{table_of}table") if each.get(f"{table_of}name") == name
    )
    found = {link.text: link.get("{http://www.w3.org/1999/xlink}href") for link in sheet.iter(f"{text_of}a")}
    return {text: href.removesuffix(".A1") if href.startswith("#") else href for text, href in found.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_are_the_numbers_of_the_table_and_gaps_are_words(made, kind):
    assert made(PLAIN).table(kind) == [
        ["Soort", "2016", "2017"],
        ["Totaal", 1110, 1335],
        ["Herhaald", "geen cijfer", "minder dan 5"],
        ["Verandering", -5.04, 0.5],
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_sheet_says_what_the_table_is_and_where_it_is_from(made, kind):
    source = {"title": "Kamerbrief", "url": "javascript:alert(1)"}
    origin = {**ORIGIN, "sources": [*ORIGIN["sources"], source]}
    files = made(PLAIN, table(["a", "b", "c"], notes=["Geen cijfer is niet nul."], origins=[origin]))
    above = files.column_a(kind, "Tabel_2")
    assert above[0] == "Tabel 2: Aanvragen"
    assert above[1] == "In aanvragen"
    assert "Geen cijfer is niet nul." in above
    web = ORIGIN["sources"][0]["url"]
    assert f"Bron: IND Asieltrends 2017 ({web})" in above
    assert "Bron: Kamerbrief (javascript:alert(1))" in above
    targets = links(files, kind, "Tabel_2")
    assert targets[f"Bron: IND Asieltrends 2017 ({web})"] == web
    assert targets["Terug naar de inhoud"] == "#Inhoud"
    assert not [target for target in targets.values() if "javascript" in target]
    assert [row[7:9] for row in files.table(kind, "Herkomst", "Tabel") if row[0] == "Tabel_2"] == [
        ["IND Asieltrends 2017", web],
        ["Kamerbrief", "javascript:alert(1)"],
    ]
    assert list(links(files, kind, "Herkomst").values()) == [web]


@pytest.mark.parametrize("kind", KINDS)
def test_units_are_named_when_the_subtitle_does_not(made, kind):
    percentages = [number(45.3, "45,3", "percent", suffix="%"), number(7.0, "7", "percent", suffix="%")]
    shares = table(["a", *percentages], subtitle="Per jaar")
    files = made(table(["a", number(1, "1"), "b"], subtitle="Per maand"), shares, PLAIN)
    assert files.column_a(kind, "Tabel_1")[2] == "Eenheid: aanvragen."
    assert files.column_a(kind, "Tabel_2")[2] == "Eenheid: procent."
    assert files.table(kind, "Tabel_2") == [["Soort", "2016 (%)", "2017 (%)"], ["a", 45.3, 7]]
    assert not [text for text in files.column_a(kind, "Tabel_3") if str(text).startswith("Eenheid")]


def test_a_number_reads_as_in_the_report(made):
    cells = {
        "1.297": (number(1297.0, "1.297"), "#,##0", "1.297"),
        "percent": (number(45.3, "45,3", "percent", suffix="%"), '#,##0.0"%"', "45,3%"),
        "change": (number(4.8, "+5", "percent", suffix="%"), '+#,##0"%";-#,##0"%";#,##0"%"', "+5%"),
        "points": (number(-3.0, "-3", "percent", suffix=" procentpunt"), '#,##0" procentpunt"', "-3 procentpunt"),
        "euro": (number(4.6e6, "4.600.000", "EUR", prefix="€ "), '"€ "#,##0', "€ 4.600.000"),
        "circa": (number(1300.0, "1.300", status="circa", prefix="ca. "), '"ca. "#,##0', "ca. 1.300"),
        "provisional": (number(2045.0, "2.045", status="provisional", suffix="*"), '#,##0"*"', "2.045*"),
    }
    for name, (cell, code, _) in cells.items():
        page = made(table(["a", cell], columns=("Soort", "2017"))).workbook["Tabel_1"]
        found = [each.number_format for row in page.iter_rows() for each in row if each.value == cell.value]
        assert found == [code], name
    ods = made(*[table(["a", cell], columns=("Soort", "2017")) for cell, _, _ in cells.values()])
    shown = [
        "".join(each.itertext())
        for each in ods.xml("ods", "content.xml").iter("{urn:oasis:names:tc:opendocument:xmlns:table:1.0}table-cell")
        if each.get("{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type") == "float"
    ]
    assert shown == [text for _, _, text in cells.values()]


def test_numbers_of_a_column_have_the_same_decimals(made):
    rows = [["a", number(45.3, "45,3", "percent", suffix="%")], ["b", number(40.0, "40", "percent", suffix="%")]]
    page = made(table(*rows, columns=("Soort", "2017"))).workbook["Tabel_1"]
    codes = {cell.number_format for row in page.iter_rows() for cell in row if cell.data_type == "n" and cell.value}
    assert codes == {'#,##0.0"%"'}


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_number_does_not_say_stands_beside_it(made, kind):
    rows = [
        ["a", number(10, "10", status="provisional"), number(1300, "1.300", status="circa", prefix="ca. ")],
        ["b", number(12, "12", remark="mei 2017"), Cell("binnen de afronding", 0.2, "percent", "exact")],
        ["c", number(12, "12"), number(13, "13", mark="†")],
        ["d", number(5, "5", status="rounded_5"), number(33.3, "33,3", "percent", "rounded_5", suffix="%")],
        ["e", number(1, "1", status="provisional"), "geen cijfer"],
    ]
    found = made(table(*rows)).table(kind)
    assert [row[-1] for row in found] == [
        "Opmerking",
        "2016: voorlopig; 2017: bij benadering",
        "2016: mei 2017; 2017: binnen de afronding",
        "2017: †",
        "2016: afgerond op vijftallen; 2017: uit afgeronde cijfers",
        "voorlopig",
    ]
    assert [row[1:3] for row in found[1:]] == [[10, 1300], [12, 0.2], [12, 13], [5, 33.3], [1, "geen cijfer"]]


def test_a_text_that_shows_another_number_than_the_value_is_kept_as_words(made):
    found = made(table(["a", Cell("3 personen", 37.5, "percent", "exact"), Cell("van 12 naar 18", 6.0, "", "exact")]))
    assert found.table("xlsx")[1] == ["a", 37.5, 6, "2016: 3 personen; 2017: van 12 naar 18"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_status_of_every_number_is_said_once_above_the_table(made, kind):
    cells = [number(10, "10", status="provisional", suffix="*"), number(20, "20", status="provisional", suffix="*")]
    files = made(table(["a", *cells]))
    assert "Alle cijfers in deze tabel zijn voorlopig." in files.column_a(kind, "Tabel_1")
    assert files.table(kind)[0] == ["Soort", "2016", "2017"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_cover_tells_what_the_file_is(made, kind):
    notices = {
        "gaps": ["Personen in bewaring"],
        "samples": ["Deze gegevens zijn verzonnen."],
        "licences": ["CC BY 4.0", "CC0 1.0"],
    }
    run = {"label": "juni 2017", "run": "0123456789ab", "commit": "f" * 40, "clean": False, "contact": "info@keten.nl"}
    files = made(PLAIN, notices=notices, keten=run)
    cover = files.column_a(kind, "Voorblad")
    assert cover[0] == "Asiel: tabellen bij het rapport"
    assert cover[cover.index("Periode") + 1] == "juni 2017"
    assert cover[cover.index("Let op") + 1] == "Deze gegevens zijn verzonnen."
    assert cover[cover.index("Zonder cijfers") + 1].endswith(": Personen in bewaring")
    assert cover[cover.index("Licentie") + 1].endswith(": CC BY 4.0; CC0 1.0.")
    assert cover[cover.index("Aanhalen") + 1] == (
        "Ketenwerkboek, Asiel, uitgave juni 2017, tabellen, run 0123456789ab."
    )
    assert cover[cover.index("Hoe dit bestand is gemaakt") + 2].endswith("ffff met niet-vastgelegde wijzigingen.")
    assert cover[cover.index("Contact") + 1] == "info@keten.nl"
    assert "1 tabel," in cover[cover.index("Over dit bestand") + 1]


def test_a_notebook_run_by_hand_tells_its_period_and_the_date_of_its_data(tmp_path):
    content = notebook(PLAIN, papermill={"parameters": {"period": "2017-H1", "as_of": "2018-03-31"}})
    rows = [
        {"measure": "m", "period": period, "value": 5.0, "source_id": "a", "as_of": day}
        for period, day in (("2017-06", "2017-07-01"), ("2017-Q1", "2018-03-01"), ("2017-05", ""), ("ooit", "onbekend"))
    ]
    content["cells"][1]["outputs"][0]["data"][FIGURES] = {"figures": rows}
    cover = Annex(content, tmp_path).column_a("ods", "Voorblad")
    assert cover[cover.index("Periode") + 1] == "eerste helft 2017"
    data = cover.index("Gegevens")
    words = "Cijfers tot en met juni 2017, zoals bekend op 31 maart 2018; nieuwste bron van 1 maart 2018."
    assert cover[data + 1] == words
    assert not {"Contact", "Let op", "Zonder cijfers"} & set(cover)


@pytest.mark.parametrize("kind", KINDS)
def test_contents_lead_to_every_sheet_and_terms_are_explained_once(made, kind):
    second = {**ORIGIN, "publisher": "Eurostat", "rounding": "afgerond op vijftallen"}
    files = made(PLAIN, table(["a", "b", "c"], title="Nareis", origins=[second]))
    assert list(files.sheets(kind)) == ["Voorblad", "Inhoud", "Toelichting", "Herkomst", "Tabel_1", "Tabel_2"]
    listed = files.table(kind, "Inhoud", "Blad")
    assert listed[3:] == [["Tabel_1", "Aanvragen", "In aanvragen"], ["Tabel_2", "Nareis", "In aanvragen"]]
    names = [row[0] for row in listed[1:]]
    assert links(files, kind, "Inhoud") == {name: f"#{name}" for name in names}
    assert set(names) < set(files.sheets(kind))
    about = [ORIGIN[key] for key in ("label", "definition", "unit", "kind", "measure")]
    assert files.table(kind, "Toelichting", "Begrip")[1:] == [about]
    assert any(str(text).startswith("minder dan 5:") for text in files.column_a(kind, "Toelichting"))
    provenance = {row[0]: (row[2], row[4]) for row in files.table(kind, "Herkomst", "Tabel")}
    assert provenance["Tabel_1"] == ("IND", "zoals gepubliceerd")
    assert provenance["Tabel_2"] == ("Eurostat", "afgerond op vijftallen")


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_without_tables_has_a_cover_that_says_so(made, kind):
    sheets = made().sheets(kind)
    assert list(sheets) == ["Voorblad"]
    assert any("geen tabellen" in str(row[0]) for row in sheets["Voorblad"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_without_rows_or_origins_still_has_its_sheet(made, kind):
    files = made(table(title="Leeg", origins=[]))
    assert "Deze tabel heeft geen rijen." in files.column_a(kind, "Tabel_1")
    assert list(files.sheets(kind)) == ["Voorblad", "Inhoud", "Toelichting", "Tabel_1"]


def test_cells_for_jupyterlab_only_are_no_part_of_the_annex(tmp_path):
    content = notebook(PLAIN, table(["a", "b", "c"]))
    content["cells"][2]["metadata"]["tags"] = ["verkennen"]
    assert "Tabel_2" not in Annex(content, tmp_path).sheets("xlsx")


def test_hostile_text_is_text_everywhere(made):
    heads = ("=1+1", *HOSTILE[1:])
    origin = {name: text if isinstance(text, list) else "=1+1" for name, text in ORIGIN.items()}
    origin["sources"] = [{"title": text, "url": text} for text in HOSTILE]
    hostile = table(list(HOSTILE), columns=heads, title="=1+1", subtitle="@x", notes=list(HOSTILE), origins=[origin])
    run = {"label": "=1+1", "run": "=1", "commit": "+1", "contact": "=HYPERLINK(1)"}
    files = made(hostile, notices={"licences": ["@SUM(1)"], "gaps": ["=1"]}, keten=run)
    shown = [text.strip() for text in HOSTILE]
    shown[6] = "a�b�� & \"'"
    for kind in KINDS:
        rows = files.sheets(kind)["Tabel_1"]
        assert rows[-1] == shown
        assert [row[0] for row in rows][3 : 3 + len(shown)] == shown  # the notes
        for name in files.sheets(kind):
            assert all(target.startswith("#") for target in links(files, kind, name).values())
    for page in files.workbook:
        assert {cell.data_type for row in page.iter_rows() for cell in row if cell.value is not None} == {"s"}
    quoted = [cell for row in files.workbook["Tabel_1"].iter_rows() for cell in row if str(cell.value)[:1] in "=+-@"]
    assert quoted
    # An Excel table writes its own head; of the rest even an edited cell stays text.
    head = files.workbook["Tabel_1"].max_row - 1
    assert all(cell.quotePrefix for cell in quoted if cell.row != head)
    with zipfile.ZipFile(files.paths["xlsx"]) as archive:
        assert not [name for name in archive.namelist() if b"<f>" in archive.read(name)]
    with zipfile.ZipFile(files.paths["ods"]) as archive:
        assert b"table:formula" not in archive.read("content.xml")


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_that_no_cell_can_hold_is_cut_with_an_ellipsis(made, kind):
    cell = made(table(["a", "x" * 40_000, "😀" * 20_000])).table(kind)[1]
    assert cell[1] == "x" * 32_766 + "…"
    assert cell[2] == "😀" * 16_383 + "…"


@pytest.mark.parametrize("kind", KINDS)
def test_heads_of_columns_are_made_unique_and_never_empty(made, kind):
    files = made(table(["a", "b", "c", "d"], columns=("Soort", "", "soort", "x" * 300)))
    head = files.table(kind)[0]
    assert head[:3] == ["Soort", "Kolom 2", "soort (2)"]
    assert len(head[3]) <= 255 and head[3].endswith("…")


def test_every_table_is_marked_up_and_nothing_is_merged_or_hidden(made):
    rows = [[f"rij {place}", number(place + 0.0, str(place)), ""] for place in range(40)]
    files = made(PLAIN, table(*rows, columns=("Soort", "2016", "2017")))
    for page in files.workbook:
        assert not page.merged_cells.ranges and page.sheet_state == "visible"
        assert [row[0].value for row in page.iter_rows()].count(None) == 0  # no blank rows, nor rows that begin blank
        assert len(page.tables) == (page.title != "Voorblad")
        for marked in page.tables.values():
            head, last = (int("".join(filter(str.isdigit, corner))) for corner in marked.ref.split(":"))
            assert last == page.max_row
            assert marked.headerRowCount == 1 and [column.name for column in marked.tableColumns] == [
                cell.value for cell in page[head]
            ]
    assert files.workbook["Tabel_2"].freeze_panes == "A7"
    assert files.workbook["Tabel_1"].freeze_panes is None
    assert files.workbook["Tabel_2"].print_title_rows == "$6:$6"
    assert files.workbook.properties.title == "Asiel"
    assert not files.workbook.properties.creator
    assert {each.name: each.value for each in files.workbook.custom_doc_props.props} == {"Language": "nl-NL"}
    assert files.table("xlsx", "Tabel_2")[1] == ["rij 0", 0, "geen cijfer"]


def test_the_same_notebook_gives_the_same_bytes_without_a_date(tmp_path):
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        folder.mkdir()
    content = notebook(PLAIN, PLAIN, notices={"licences": ["a", "b"]})
    for one, other in zip(*[annex.write(copy.deepcopy(content), "2_asiel", folder) for folder in folders], strict=True):
        assert one.read_bytes() == other.read_bytes()
        with zipfile.ZipFile(one) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert openpyxl.load_workbook(folders[0] / "2_asiel.xlsx").properties.created.year == 1980
    with zipfile.ZipFile(folders[0] / "2_asiel.ods") as archive:
        assert b"date" not in archive.read("meta.xml")


def test_the_ods_is_an_opendocument_that_keeps_to_its_grammar(made):
    rows = [[f"rij {place}", number(place - 3.0, f"{place - 3:+}", "percent", suffix="%"), "x"] for place in range(40)]
    files = made(PLAIN, table(*rows))
    with zipfile.ZipFile(files.paths["ods"]) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type, first.extra) == ("mimetype", zipfile.ZIP_STORED, b"")
        assert archive.read("mimetype") == b"application/vnd.oasis.opendocument.spreadsheet"
        names = archive.namelist()
    manifest = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"
    listed = [entry.get(f"{manifest}full-path") for entry in files.xml("ods", "META-INF/manifest.xml")]
    assert sorted(listed) == sorted(
        ["/", *[name for name in names if name not in ("mimetype", "META-INF/manifest.xml")]]
    )
    for part in ("content.xml", "styles.xml", "meta.xml", "settings.xml"):
        for element in files.xml("ods", part).iter():
            known = grammar.allowed_children[_name(element.tag)]
            assert known is None or {_name(child.tag) for child in element} <= set(known), element.tag
            allowed = grammar.allowed_attributes[_name(element.tag)]
            assert allowed is None or {_name(each) for each in element.attrib} <= {*allowed, *NEWER}, element.attrib
    content = files.xml("ods", "content.xml")
    styles = {
        value
        for element in content.iter()
        for each, value in element.attrib.items()
        if _name(each)[1] == "name" and _name(each)[0].endswith("style:1.0")
    }
    used = {
        value
        for element in content.iter()
        for each, value in element.attrib.items()
        if _name(each)[1] in ("data-style-name", "apply-style-name") or each.endswith("table:1.0}style-name")
    }
    assert used <= styles
    table_of = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
    areas = [each.get(f"{table_of}target-range-address") for each in content.iter(f"{table_of}database-range")]
    assert areas[-1] == "Tabel_2.A6:Tabel_2.C46"
    assert len(list(content.iter(f"{table_of}table-header-rows"))) == len(areas) == 5
