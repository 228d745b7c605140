"""The report as a reader gets it: stands alone, Dutch, usable, and free of what belongs to its making."""

import re

import nbformat
import pytest
from browser import chromium, requests_of, width
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from keten.runs.exporter import ReportExporter
from keten.runs.index import page as index_page

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" role="img" aria-label="Staaf"><rect/></svg>'
WIDE = "".join(f"<td class='number'>{number:09d}</td>" for number in range(20))


def shown(**bundle: str) -> nbformat.NotebookNode:
    """An output with the data of one display; `html=` stands for text/html."""
    kinds = {"html": "text/html", "plain": "text/plain", "markdown": "text/markdown"}
    return new_output("display_data", {kinds[kind]: value for kind, value in bundle.items()})


@pytest.fixture(scope="module")
def notebook() -> nbformat.NotebookNode:
    """An executed notebook with everything that a report has to deal with."""
    report = new_notebook()
    parameters = 'period = "2017-06"\nnationality = ""\nrespondents = ""'
    report.cells = [
        new_markdown_cell("# Asiel & opvang"),
        new_code_cell(parameters, metadata={"tags": ["parameters"]}),
        new_code_cell("import geheim", outputs=[shown(html="<p>juni 2017</p>", plain="<object>")]),
        new_markdown_cell("## Instroom *per* maand\n\nKosten $5 en $6, zie [bron](https://example.org/a)."),
        new_code_cell(
            "print(1)",
            outputs=[
                new_output("stream", name="stdout", text="op stdout"),
                new_output("stream", name="stderr", text="op stderr"),
                shown(html=f'<figure class="chart">{SVG}</figure>'),
                shown(plain="<b>5</b>"),
            ],
        ),
        new_markdown_cell("## Instroom per maand\n\n### Tabel"),
        new_code_cell(
            "tabel",
            outputs=[shown(html=f'<div class="scroll" tabindex="0"><table><tr>{WIDE}</tr></table></div>')],
        ),
        new_code_cell("w", metadata={"tags": ["verkennen"]}, outputs=[shown(html="<p>alleen in het lab</p>")]),
        new_code_cell("x", outputs=[shown(html='<script src="https://example.org/x.js"></script>')]),
        new_code_cell("y", outputs=[shown(html='<img src="https://example.org/y.png" alt="">')]),
    ]
    report.metadata.papermill = {"parameters": {"period": "2017-H1", "respondents": "/Users/iemand/a.csv"}}
    return report


@pytest.fixture(scope="module")
def page(notebook) -> str:
    return ReportExporter().from_notebook_node(notebook)[0]


def test_language_title_and_contents(page):
    assert page.startswith('<!DOCTYPE html>\n<html lang="nl">')
    assert '<meta charset="utf-8">' in page
    assert "<title>Asiel &amp; opvang</title>" in page
    header = re.search("<header>(.*?)</header>", page, re.S)[1]
    assert '<h1 id="asiel-amp-opvang">Asiel &amp; opvang</h1>' in header and "<p>juni 2017</p>" in header
    nav = re.search("<nav.*?</nav>", page, re.S)[0]
    assert re.findall(r'<a href="#(.*?)">(.*?)</a>', nav) == [
        ("instroom-per-maand", "Instroom per maand"),
        ("instroom-per-maand-2", "Instroom per maand"),
    ]
    ids = re.findall(r'\bid="(.*?)"', page)
    assert len(ids) == len(set(ids))


def test_only_what_is_meant_for_a_reader(page):
    for hidden in (
        "import geheim",
        "print(1)",
        "op stdout",
        "op stderr",
        "alleen in het lab",
        "/Users/iemand",
    ):
        assert hidden not in page
    assert "Kosten $5 en $6" in page
    assert "<pre>&lt;b&gt;5&lt;/b&gt;</pre>" in page
    assert 'viewBox="0 0 10 10"' in page


def test_the_footer_tells_the_settings(page):
    footer = re.search("<footer>.*?</footer>", page, re.S)[0]
    assert re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", footer) == [
        ("Periode", "2017-H1"),
        ("Nationaliteit", "alle"),
        ("respondents", "a.csv"),
    ]


def test_the_same_notebook_gives_the_same_page(notebook, page):
    assert ReportExporter().from_notebook_node(notebook)[0] == page


def test_in_a_browser(page, tmp_path):
    """No request but for the file itself, even if an output asks for one; no sideways scrolling at 400 px."""
    report = tmp_path / "rapport.html"
    report.write_text(page, encoding="utf-8")
    entry = {
        "title": "Asiel", "state": "FAILED", "reason": "Cel <stuk>.",
        "report": {"run": "2017-07-01T10:00:00.000Z", "html": "2_asiel.html", "key_figures": [
            {"label": "Eerste aanvragen", "value": "1.297", "period": "juni 2017", "change": "+5%"}]},
    }  # fmt: skip
    index = tmp_path / "index.html"
    index.write_text(index_page("juni 2017", {"2_asiel": entry}, "2017-08-01T10:00:00.000Z"), encoding="utf-8")
    with chromium(tmp_path / "profiel") as browser:
        for file in (report, index):
            width(browser, 400)
            browser.get(file.as_uri())
            assert requests_of(browser) == [file.as_uri()]
            overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert browser.execute_script(overflow) == 0
            assert browser.execute_script("return document.documentElement.lang") == "nl"
        assert "Mislukt: Cel <stuk>." in browser.find_element("tag name", "main").text
        assert "1.297" in browser.find_element("css selector", "dl.keyfigures").text


def test_a_wide_table_is_not_cut_in_print(page, tmp_path):
    """On paper nothing scrolls, so a table that is wider on screen has to fit the sheet."""
    report = tmp_path / "rapport.html"
    report.write_text(page, encoding="utf-8")
    with chromium(tmp_path / "profiel") as browser:
        width(browser, 680)  # an A4 sheet without its margins
        browser.get(report.as_uri())
        excess = "return document.querySelector('table').getBoundingClientRect().right - innerWidth"
        assert browser.execute_script(excess) > 0
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        assert browser.execute_script(excess) <= 0
