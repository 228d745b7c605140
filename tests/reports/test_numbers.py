"""Every number of a report carries its machine value and leads to where it comes from."""

import csv
import io
import re
from urllib.parse import unquote

import pytest
from report_checks import STEMS, arguments_of, numbers

MONTHS = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
MOMENT = re.compile(rf"\b(?:\d{{1,2}} (?:{MONTHS}) )?(?:19|20)\d\d\b|\(schaal \d-\d+\)")  # what is no figure


@pytest.fixture(scope="module", params=["2017-06", "2021-12"])
def edition(edition_of, request):
    return edition_of(*arguments_of(request.param))


@pytest.fixture(params=STEMS)
def report(edition, request):
    return request.param, edition.report(request.param)


def listed(edition, stem: str) -> dict[str, set[float]]:
    """The values in figures.csv of one notebook, by measure."""
    found: dict[str, set[float]] = {}
    for row in edition.of(stem):
        if row["value"]:
            found.setdefault(row["measure"], set()).add(float(row["value"]))
    return found


def test_a_number_in_running_text_leads_to_its_origin(edition, report):
    stem, page = report
    values, links = listed(edition, stem), page.page.select("a.figure-link")
    for anchor in links:
        origin = page.page.find(id=anchor["href"].removeprefix("#"))
        assert origin is not None, f"{anchor} leads nowhere"
        measure = origin.code.get_text()
        terms = {term.get_text() for term in origin.select("dt")}
        assert {"Uitgever", "Bron", "Gegevens van", "Afronding", "Status"} <= terms
        value = float(anchor.data["value"])
        assert value in values[measure], f"{anchor} is not in figures.csv"
        assert any(one.rounds(abs(value)) or abs(value) < 1 for one in numbers(anchor.get_text().lstrip("+-")))
    assert links or not page.page.select("dl.keyfigures")


def test_no_number_in_running_text_is_without_one(report):
    _, page = report
    for tag in page.page.select("p.finding, dl.keyfigures dd"):
        rest = "".join(text for text in tag.find_all(string=True) if not text.find_parent("data"))
        assert not re.search(r"\d", MOMENT.sub("", rest)), f"an unmarked number in: {tag.get_text()}"


def test_a_cell_with_a_figure_has_its_machine_value(edition, report):
    stem, page = report
    every = set().union(*listed(edition, stem).values()) if edition.of(stem) else set()
    for data in page.page.select("td data"):
        value = float(data["value"])
        (printed, *_) = numbers(data.get_text().removeprefix("ca. ").lstrip("+-†")) or [None]
        assert printed is None or printed.rounds(abs(value)) or abs(value) < 1, str(data)
        assert value in every, f"{data} is not in figures.csv"


def test_a_download_holds_the_table_beside_it(report):
    _, page = report
    for anchor in page.page.select("a[download]"):
        figure = anchor.find_parent("figure")
        text = unquote(anchor["href"].removeprefix("data:text/csv;charset=utf-8,"))
        assert text.startswith("\ufeff") and re.fullmatch(r"[\w-]+\.csv", anchor["download"])
        head, *rows = csv.reader(io.StringIO(text[1:]), delimiter=";")
        shown = figure.table.select("tbody tr")
        assert len(rows) == len(shown) > 0 and len(head) == len(figure.table.select("thead th"))
        for row, printed in zip(rows, shown, strict=True):
            for text, cell in zip(row, printed.find_all(["th", "td"]), strict=True):
                value = cell.data["value"] if cell.data else None
                if value is not None:
                    assert float(text.replace(",", ".")) == float(value)
                else:
                    printed_text = cell.get_text(strip=False)
                    assert printed_text in (text, text.removeprefix("'")) or not cell.get_text(strip=True)
    assert page.page.select("a[download]") or not page.page.table
