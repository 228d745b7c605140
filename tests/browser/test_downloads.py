"""A table of a page as a file to keep, made by the page itself."""

import re
from urllib.parse import unquote

import pytest
from helpers_data import published
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from rich_notebook import executed, render, shown
from selenium.webdriver.common.by import By

from keten.lab import export
from keten.presentation import tables
from keten.presentation.grid import Cell, Grid, number_cell
from keten.presentation.markup import folded

PRESSED = """
const link = document.querySelectorAll("a[download]")[arguments[0]];
link.addEventListener("click", (event) => event.preventDefault(), { once: true });
link.click();
return [link.download, link.href];
"""


def odd() -> Grid:
    """A table with what a spreadsheet would misread: formulas, quotes, semicolons, remarks, signs of a number."""
    rows = [
        [Cell('=1+1; "a"'), number_cell("1.297", 1297.0, "persons", "exact", "ca. "), Cell("-", missing=True)],
        [Cell("b", remark="oud"), number_cell("-3", -3.0, "persons", "exact", suffix="%", mark="†"), Cell("@c")],
        [Cell("c"), number_cell("7,5", 7.5, "percent", "exact", suffix="%", remark="2016"), Cell("1e kw 2017")],
    ]
    return Grid("Een titel: met tekens", "In personen", ["Naam", "Cijfer", "Woorden"], rows, frozenset(["Cijfer"]))


@pytest.fixture(scope="module")
def made():
    """The HTML of two tables, each with the file that JupyterLab makes of it."""
    chain = published("2017-06")
    first = tables.comparison(chain.compare("asylum_first_applications", "nationality"), "Nationaliteiten", chain)
    grid = odd()
    second = grid.figure(folded("Herkomst en download", grid.title, grid.download()))
    return [(first.html, export.csv(first).decode()), (second, grid.csv())]


@pytest.fixture(scope="module")
def page(made, tmp_path_factory):
    report = new_notebook()
    report.cells = [new_markdown_cell("# Proef"), *[new_code_cell("a", outputs=[shown(html=html)]) for html, _ in made]]
    path = tmp_path_factory.mktemp("tabellen") / "2_proef.html"
    path.write_text(render(executed(report)), encoding="utf-8")
    return path.as_uri()


def test_a_file_is_the_table_as_a_dutch_spreadsheet_reads_it(browser, page, made):
    browser.get_log("browser")
    browser.get(page)
    assert len(browser.find_elements(By.CSS_SELECTOR, "a[download]")) == len(made)
    for place, (_, expected) in enumerate(made):
        name, address = browser.execute_script(PRESSED, place)
        kind, _, content = address.partition(",")
        assert (name, kind) == (
            ["nationaliteiten.csv", "een-titel-met-tekens.csv"][place],
            "data:text/csv;charset=utf-8",
        )
        head, *rows = expected.splitlines(keepends=True)
        told = [row for row in rows if re.search(r";.*\d", row)]  # what has no figure is not in the page
        assert unquote(content) == "".join([head, *told])
    assert browser.get_log("browser") == []
