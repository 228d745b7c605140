"""Every number of a report carries its machine value and leads to where it comes from."""

import re

import pytest
from helpers_data import dutch
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


def test_a_cell_with_a_figure_tells_its_number(edition, report):
    """Beside its text, or in it when that tells it exactly."""
    stem, page = report
    every = set().union(*listed(edition, stem).values()) if edition.of(stem) else set()
    for data in page.page.select("td data"):
        value = float(data["value"])
        (printed, *_) = numbers(data.get_text().removeprefix("ca. ").lstrip("+-†")) or [None]
        assert printed is None or printed.rounds(abs(value)) or abs(value) < 1, str(data)
        assert value in every, f"{data} is not in figures.csv"
    for cell in page.page.select("table.figures td:not(.words, .missing)"):
        told = cell.data or not numbers(cell.get_text())  # such as "geen vergelijking"
        assert told or dutch(cell.get_text()) in every, f"{cell} is not in figures.csv"


def test_what_a_reader_sees_first_is_in_the_table_below_it(report):
    """A condensed table says nothing that the whole one does not."""
    _, page = report
    for figure in page.page.select("figure:has(> .behind table)"):
        first, *rest = figure.select("table")
        tables = figure.select(".behind :is(td, th)"), first.select("td data, .figures td:not(.words)")
        every, shown = ({n.value for cell in cells for n in numbers(cell.get_text())} for cells in tables)
        assert not rest or shown <= every
