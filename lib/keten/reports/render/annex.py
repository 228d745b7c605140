"""The annexes of a report: all its tables as spreadsheets, with a cover, a contents list, terms and sources.

Laid out as the UK Analysis Function's guidance on accessible spreadsheets asks: one marked-up table per sheet below its
title, no merged or hidden cells, text in the first column, every mark explained. Both files hold the same sheets.
"""

from dataclasses import replace
from pathlib import Path

from keten.presentation.mime import TABLES
from keten.presentation.spreadsheet.book import Book, Column, Content, Line, Link, Sheet, web, width
from keten.presentation.spreadsheet.sheet import source_lines, table_sheet
from keten.reports import notebook as contents
from keten.reports.periods import in_words
from keten.reports.render.cells import notices
from keten.reports.render.dates import dates_of

SOURCES_SHOWN = 5
ABOUT = ("publisher", "known", "rounding", "status", "calculation")  # of an origin
PUBLISHERS_LICENCE = "De cijfers houden de licentie van hun uitgever"
MARKS = (
    "geen cijfer: hierover is geen cijfer bekend. Dat is niet nul.",
    "minder dan 5: het aantal is niet getoond om herleiding tot personen te voorkomen.",
    "*: een voorlopig cijfer, dat nog kan veranderen.",
    "ca.: een cijfer bij benadering.",
    "afgerond op vijftallen of tientallen: het cijfer is door de uitgever zo afgerond.",
    "uit afgeronde cijfers: het cijfer is berekend uit cijfers die op vijftallen of tientallen zijn afgerond.",
    "binnen de afronding: het verschil kan door het afronden van de cijfers komen (zie Begrippen).",
    "†: het eerdere cijfer komt van een andere uitgever; de verandering kan daarvan komen.",
    "%: procenten zijn als punten opgeslagen; 45,3% is het getal 45,3.",
)


def write(notebook: dict, stem: str, folder: Path) -> list[Path]:
    """Write `<stem>.xlsx` and `<stem>.ods` with the tables of an executed notebook; returns their paths.

    notebook: nbformat as plain dicts, with the tables in its outputs; folder: an existing folder. The same notebook
    gives the same bytes. Both files are made before the first is written.
    """
    # Imported here: only a run that makes annexes pays for it.
    from keten.presentation.spreadsheet import ods, xlsx

    book = book_of(notebook, stem)
    made = {folder / f"{stem}.xlsx": xlsx.file_of(book), folder / f"{stem}.ods": ods.file_of(book)}
    for path, content in made.items():
        path.write_bytes(content)
    return list(made)


def book_of(notebook: dict, stem: str) -> Book:
    """The sheets of the annex; a notebook without tables gives a cover that says so."""
    title = contents.title(notebook) or stem
    tables = [table for _, payload in contents.payloads(notebook, TABLES) for table in payload["tables"]]
    named = [(f"Tabel_{number}", table) for number, table in enumerate(tables, 1)]
    cover = Sheet("Voorblad", _cover(notebook, title, len(tables)))
    if not tables:
        return Book(title, [cover])
    pages = [_page(name, number, table) for number, (name, table) in enumerate(named, 1)]
    about = [sheet for sheet in (_terms(tables), _provenance(named)) if sheet]
    return Book(title, [cover, _contents(named, about), *about, *pages])


def _page(name: str, number: int, table: dict) -> Sheet:
    """The sheet of the table `number` of a report; all that is said about it stands above it."""
    sheet = table_sheet(name, table)
    title, *lines = sheet.lines
    about = "Dit blad bevat één tabel; het blad Toelichting verklaart de tekens en begrippen."
    if any(cell == "" for row in sheet.rows for cell in row):
        about += " Een lege cel betekent dat er niets te melden is."
    sources = source_lines(table)
    more = len(sources) - SOURCES_SHOWN
    if more > 0:
        words = f"En {more} andere bron{'nen' * (more > 1)}: zie het blad Herkomst."
        sources = [*sources[:SOURCES_SHOWN], Line(words, target="#Herkomst")]
    lines = [*lines, Line(about), *sheet.below, *sources, Line("Terug naar de inhoud", target="#Inhoud")]
    return replace(sheet, lines=[title._replace(text=f"Tabel {number}: {title.text}"), *lines], below=[])


def _cover(notebook: dict, title: str, tables: int) -> list[Line]:
    made = notebook["metadata"].get("keten", {})
    period = made.get("label") or in_words(_parameters(notebook).get("period"))
    if tables:
        what = "1 tabel" if tables == 1 else f"{tables} tabellen"
        about = [
            f"Dit bestand bevat de cijfers van de tabellen en grafieken in het rapport: {what}, elk op een eigen blad.",
            "Het blad Inhoud noemt alle tabellen. Toelichting verklaart de tekens en begrippen. "
            "Herkomst noemt de bronnen van elke tabel.",
        ]
    else:
        about = ["Het rapport heeft geen tabellen; dit bestand bevat alleen dit voorblad."]
    parts = {
        "Over dit bestand": about,
        "Periode": [period],
        "Gegevens": [dates_of(notebook)],
        "Let op": notices(notebook, "samples"),
        "Zonder cijfers": [
            f"Hierover is voor deze periode geen cijfer bekend: {gap}" for gap in notices(notebook, "gaps")
        ],
        "Licentie": [": ".join(filter(None, [PUBLISHERS_LICENCE, "; ".join(notices(notebook, "licences"))])) + "."],
        "Aanhalen": [_citation(title, period, made)],
        "Hoe dit bestand is gemaakt": _making(made),
        "Contact": [made.get("contact", "")],
    }
    lines = [Line(f"{title}: tabellen bij het rapport", "title")]
    for heading, words in parts.items():
        filled = [text for text in words if text]
        if filled:
            lines += [Line(heading, "heading"), *[Line(text, target=web(text)) for text in filled]]
    return lines


def _parameters(notebook: dict) -> dict:
    return notebook["metadata"].get("papermill", {}).get("parameters", {})


def _citation(title: str, period: str, made: dict) -> str:
    edition = f", uitgave {period}" if period else ""
    return f"Ketenwerkboek, {title}{edition}, tabellen{_run(made, ', run ')}."


def _making(made: dict) -> list[str]:
    from importlib.metadata import version

    commit = made.get("commit", "")
    state = "" if made.get("clean", True) else " met niet-vastgelegde wijzigingen"
    return [
        f"Gemaakt met Ketenwerkboek versie {version('keten')}{_run(made, ', run ')}.",
        f"Versie van de code: {commit}{state}." if commit else "",
    ]


def _run(made: dict, before: str) -> str:
    return f"{before}{made['run']}" if made.get("run") else ""


def _contents(named: list[tuple[str, dict]], about: list[Sheet]) -> Sheet:
    rows: list[list[Content]] = [[Link(sheet.name, f"#{sheet.name}"), sheet.lines[0].text, ""] for sheet in about]
    rows += [[Link(name, f"#{name}"), table["title"], table["subtitle"]] for name, table in named]
    lines = [
        Line("Inhoud", "title"),
        Line("Dit blad bevat één tabel: de bladen van dit bestand, elk met een verwijzing."),
    ]
    return _listing("Inhoud", lines, ["Blad", "Titel", "Eenheid en periode"], rows, most=70)


def _terms(tables: list[dict]) -> Sheet | None:
    """Each measure once, in order of appearance, below the marks."""
    rows = dict.fromkeys(
        (origin["label"], origin["definition"], origin["unit"], origin["kind"], origin["measure"])
        for table in tables
        for origin in table["origins"]
    )
    lines = [
        Line("Toelichting", "title"),
        Line("Dit blad legt uit welke tekens de tabellen gebruiken, en bevat één tabel met de begrippen."),
        *[Line(mark) for mark in MARKS],
    ]
    names = ["Begrip", "Definitie", "Eenheid", "Soort cijfer", "Maat"]
    return _listing("Toelichting", lines, names, [list(row) for row in rows])


def _provenance(named: list[tuple[str, dict]]) -> Sheet | None:
    """A row for each source of each measure in each table."""
    rows: list[list[Content]] = []
    for name, table in named:
        for origin in table["origins"]:
            about = [origin[key] for key in ABOUT]
            for source in origin["sources"] or [{"title": "", "url": ""}]:
                address = Link(source["url"], web(source["url"])) if web(source["url"]) else source["url"]
                rows.append(
                    [
                        name,
                        origin["label"],
                        *about,
                        source["title"],
                        address,
                        origin["measure"],
                        origin.get("remark", ""),
                    ]
                )
    if not rows:
        return None
    lines = [
        Line("Herkomst", "title"),
        Line(
            "Dit blad bevat één tabel: de bronnen van elke tabel, met een rij per begrip en bron. "
            "Een lege cel betekent dat er niets te melden is."
        ),
    ]
    names = [
        "Tabel",
        "Begrip",
        "Uitgever",
        "Gegevens van",
        "Afronding",
        "Status",
        "Berekening",
        "Bron",
        "Adres",
        "Maat",
        "Opmerking van het werkboek",
    ]
    return _listing("Herkomst", lines, names, rows)


def _listing(name: str, lines: list[Line], names: list[str], rows: list[list[Content]], most: int = 60) -> Sheet:
    """A sheet with a table of texts; without rows it has only its lines."""
    columns = []
    for place, head in enumerate(names):
        texts = [cell.text if isinstance(cell, Link) else str(cell) for cell in (row[place] for row in rows)]
        columns.append(Column(head, width([head, *texts], most=most)))
    return Sheet(name, lines, columns if rows else [], rows)
