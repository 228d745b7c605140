"""Small counts of people stay hidden wherever a number can travel: tables, marks of charts, downloads, annexes.

What the tables may say is tested in test_report_records.py. Here: nothing else in an edition says more than they do.
"""

import csv
import io
import re
from urllib.parse import unquote_to_bytes

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from report_checks import CHART, numbers
from test_report_records import PILOTS, SMALL, SURVEY, pilots, stays, survey  # noqa: F401 - fixtures

COUNTED = {"Uitkomsten van de deelnemers", "Instroom, uitstroom en bezetting", "Bezetting aan het einde van de maand"}
SECTIONS = {PILOTS: "Analyse van een deelnemersbestand", SURVEY: "Analyse van een respondentenbestand"}
PEOPLE = {
    "Personen", "Instroom", "Uitstroom", "Bezetting aan het einde", "Respondenten", "Met een antwoord", "Antwoorden",
    "Overgeslagen", "Beoordeelbare respondenten",
}  # fmt: skip
ENGINES = {"xlsx": "openpyxl", "ods": "odf"}


@pytest.fixture(params=[PILOTS, SURVEY])
def stem(request):
    return request.param


@pytest.fixture
def edition(request, stem):
    """An edition on records of persons with small groups among them."""
    return request.getfixturevalue("pilots" if stem == PILOTS else "survey")


@pytest.fixture
def section(edition, stem):
    """The elements of the section on the records."""
    head = next(tag for tag in edition.report(stem).page.find_all("h2") if tag.get_text() == SECTIONS[stem])
    found = []
    for element in head.find_next_siblings():
        if element.name == "h2":
            break
        found.append(element)
    return found


@pytest.fixture
def said(section):
    """Every number that the section's own text prints, that of images and their words left out."""
    return {number.value for element in section for text in _own_texts(element) for number in numbers(text)}


def _own_texts(element):
    for text in element.find_all(string=True):
        if not text.find_parent(["svg", "code"]):
            yield text


def tables_of(edition, stem, section):
    """Every table on the records, by where it stands: the page, a download, a sheet of an annex. Rows of cells."""
    found = {}
    titles = []
    for element in section:
        for table in element.select("table"):
            titles.append((table.caption.select_one(".title") or table.caption).get_text(strip=True))
            found[f"page: {titles[-1]}"] = [
                [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in table.select("tr")
            ]
    shown = BeautifulSoup("".join("".join(one.get("text/html", "")) for one in edition.outputs(stem)), "lxml")
    for figure in shown.select("figure:has(a[download])"):  # which the executed notebook has beside the report
        link, title = figure.select_one("a[download]"), figure.select_one(".title").get_text(strip=True)
        if title in titles:
            content = unquote_to_bytes(link["href"].partition(",")[2]).decode("utf-8-sig")
            found[f"download: {link['download']}"] = list(csv.reader(io.StringIO(content), delimiter=";"))
    for kind, engine in ENGINES.items():
        book = pd.read_excel(edition.folder / f"{stem}.{kind}", sheet_name=None, header=None, engine=engine)
        for name, sheet in book.items():
            if str(sheet.iloc[0, 0]).partition(": ")[2] in titles:
                rows = sheet.astype(object).where(sheet.notna(), "").to_numpy().tolist()
                start = next(place for place, row in enumerate(rows) if all(row))  # the row of heads fills all columns
                found[f"{kind}: {name}"] = rows[start:]
    return found


def values(cell):
    """The numbers in a cell: itself, or those in its text."""
    return [cell] if isinstance(cell, int | float) else [number.value for number in numbers(str(cell))]


def people(tables):
    """Every number of people in these tables, with its place."""
    return [
        (place, heads[column], value)
        for place, (heads, *rows) in tables.items()
        for column in range(len(heads))
        if heads[column] in PEOPLE
        for row in rows
        for value in values(row[column])
    ]


def more(tables, said):
    """Numbers in these tables, names of rows left out, that are not among those said."""
    cells = [(place, cell) for place, (_, *rows) in tables.items() for row in rows for cell in row[1:]]
    return [(place, value) for place, cell in cells for value in values(cell) if round(value, 6) not in said]


def test_what_is_small_and_what_is_more():
    """Otherwise nothing below means anything."""
    tables = {"xlsx: 1": [["Uitkomst", "Personen", "Aandeel"], ["Terugkeer", 3, "53,8%"], ["Elders", "12", 53.846]]}
    assert [found for found in people(tables) if found[-1] in SMALL] == [("xlsx: 1", "Personen", 3)]
    assert more(tables, {3, 12, 53.8}) == [("xlsx: 1", 53.846)]


def test_no_table_counts_a_few(edition, stem, section):
    tables = tables_of(edition, stem, section)
    assert {place.partition(":")[0] for place in tables} == {"page", "download", *ENGINES}
    shown = people(tables)
    assert len(shown) > 40 and not [found for found in shown if found[-1] in SMALL]


def test_files_say_no_more_than_the_page(edition, stem, section, said):
    """Nor more precisely: an unrounded share would give the count away."""
    assert more(tables_of(edition, stem, section), said) == []


def test_marks_and_machine_values_say_no_more_than_the_page(section, said):
    """Tips on marks, words for an image and values for programs."""
    spoken = [
        tag[name]
        for element in section
        for name in ("data-tip", "data-tips", "aria-label")
        for tag in element.find_all(attrs={name: True})
    ]
    machine = {float(tag["value"]) for element in section for tag in element.find_all("data", attrs={"value": True})}
    assert spoken
    assert not {number.value for text in spoken for number in numbers(text)} - said
    assert not machine - said


def test_the_executed_notebook_holds_no_small_group(edition, stem):
    """What lies beside the report for programs: the marks of its charts."""
    charts = [data[CHART] for data in edition.outputs(stem) if CHART in data]
    told = {chart["title"]: re.findall(r'data-tip="([^"]*)"', chart["picture"]) for chart in charts}
    assert told and (stem != PILOTS or set(told) >= COUNTED)
    people = [tip.rpartition(": ")[2].partition(" (")[0] for title in COUNTED & set(told) for tip in told[title]]
    assert not [text for text in people for number in numbers(text) if number.value in SMALL]
