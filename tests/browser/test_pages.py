"""Pages of made-up content in a browser: the report, the index of an edition and the list of all."""

import base64
import re

import pytest
from browser import media, requests_of, width
from edition_folders import entry, write
from index_entries import ENTRIES, PUBLISHERS, ROWS, RUN, key_figure
from rich_notebook import edition as edition  # fixtures
from rich_notebook import notebook as notebook
from rich_notebook import render

from keten.reports.publish import index, operations, overview

OVERFLOW = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def report(edition, tmp_path):
    """The page of the edition as a file; its address."""
    file = tmp_path / "2_asiel.html"
    file.write_text(render(edition), encoding="utf-8")
    return file.as_uri()


def test_in_a_browser(browser, report):
    """No request but for the file itself, even if an output asks for one, and only our own script runs."""
    browser.get_log("browser")
    browser.get(report)
    assert requests_of(browser) == [report]
    assert browser.title == "Asiel & opvang, eerste helft van 2017"
    stopped = [
        entry["message"] for entry in browser.get_log("browser") if "Content Security Policy" in entry["message"]
    ]
    assert len(stopped) == 3, stopped  # the two scripts and the image of the outputs, not the page's own
    assert browser.execute_script("return document.documentElement.lang") == "nl"


@pytest.mark.parametrize("pixels", [320, 640, 1280])
def test_the_page_never_scrolls_sideways(browser, report, pixels):
    width(browser, pixels)
    browser.get(report)
    assert browser.execute_script(OVERFLOW) == 0


def test_the_contents_stay_beside_the_text_on_a_wide_screen(browser, report):
    width(browser, 1280)
    browser.get(report)
    browser.execute_script("document.querySelector('footer').scrollIntoView()")
    top = "return document.querySelector('nav').getBoundingClientRect().top"
    assert browser.execute_script(top) >= 0
    width(browser, 800)
    assert browser.execute_script(top) < 0


def test_running_text_has_a_readable_measure(browser, report):
    width(browser, 1280)
    browser.get(report)
    characters = browser.execute_script(
        """const paragraph = document.createElement("p");
        paragraph.textContent = "de cijfers van de keten naast die van een jaar eerder ".repeat(40);
        document.querySelector("main > section").append(paragraph);
        const height = parseFloat(getComputedStyle(paragraph).lineHeight);
        return paragraph.textContent.length / Math.round(paragraph.clientHeight / height);"""
    )
    assert 60 <= characters <= 75


def test_on_paper(browser, report):
    """Nothing scrolls there: a table of many columns lies on its side, and one of far too many is squeezed."""
    browser.get(report)
    media(browser, "print")
    try:
        kind = "return [...document.querySelectorAll('figure.table')].map(one => getComputedStyle(one).page)"
        assert browser.execute_script(kind) == ["auto", "auto", "breed", "breed"]
        width(browser, 971)  # A4 on its side without its margins
        cut = (
            "return [...document.querySelectorAll('table')].map(one => one.getBoundingClientRect().right > innerWidth)"
        )
        assert browser.execute_script(cut) == [False] * 4
        visible = "return document.querySelector('{}').checkVisibility()"
        seen = ("ol.events", "main", "footer")
        assert [browser.execute_script(visible.format(one)) for one in seen] == [True] * 3
        hidden = ("details.numbers", "nav", ".top", ".skip")
        assert [browser.execute_script(visible.format(one)) for one in hidden] == [False] * 4
    finally:
        media(browser)
    pdf = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"]
    sizes = set(re.findall(rb"/MediaBox \[0 0 (\d+)[.\d]* (\d+)", base64.b64decode(pdf)))
    assert sizes == {(b"594", b"841"), (b"841", b"594")}


def test_the_index_in_a_browser(browser, tmp_path):
    entry = {
        "title": "Asiel", "state": "FAILED", "reason": "Cel <stuk>.",
        "report": {"run": "2017-07-01T10:00:00.000Z", "html": "2_asiel.html", "key_figures": [
            {"label": "Eerste aanvragen", "value": "1.297", "period": "juni 2017", "change": "+5%"}]},
    }  # fmt: skip
    file = tmp_path / "index.html"
    file.write_text(index.page("juni 2017", {"2_asiel": entry}, "2017-08-01T10:00:00.000Z"), encoding="utf-8")
    width(browser, 400)
    requests_of(browser)
    browser.get(file.as_uri())
    assert requests_of(browser) == [file.as_uri()]
    assert browser.execute_script(OVERFLOW) == 0
    assert browser.execute_script("return document.documentElement.lang") == "nl"
    text = browser.find_element("tag name", "main").text
    assert "Het eerdere rapport blijft staan" in text and "Eerste aanvragen: 1.297 (juni 2017), +5%." in text


def test_the_chain_and_the_cards_of_an_index_in_a_browser(browser, tmp_path):
    """Alone, light and dark, wide and narrow: nothing fetched, no sideways page, no figure outside its step."""
    long = [
        key_figure("Lang", measure=measure, dimensions="", moment="2017-06", value="ca. 14.282.800")
        for measure in ("asylum_inflow_total", "border_refusals", "coa_occupancy")
    ]
    entries = {stem: one | {"report": one["report"] | {"key_figures": long}} for stem, one in ENTRIES.items()}
    file = tmp_path / "index.html"
    file.write_text(index.page("juni 2017", entries, RUN, name="2017-06", rows=ROWS), encoding="utf-8")
    requests_of(browser)
    for scheme in ("light", "dark"):
        media(browser, **{"prefers-color-scheme": scheme})
        for pixels in (320, 400, 700, 1280):
            width(browser, pixels)
            browser.get(file.as_uri())
            assert requests_of(browser) == [file.as_uri()]
            assert browser.execute_script(OVERFLOW) == 0, pixels
            sticks_out = """
                return [...document.querySelectorAll('article, .chain > ol > li')].filter(box =>
                    [...box.querySelectorAll('p, data, li')].some(part =>
                        part.getBoundingClientRect().right > box.getBoundingClientRect().right)).length"""
            assert browser.execute_script(sticks_out) == 0, pixels
        steps = browser.find_elements("css selector", ".chain > ol > li")
        tops = {round(step.rect["y"]) for step in steps}
        assert len(steps) == 4 and len(tops) == 1, "beside each other where there is room"
    media(browser)


def test_the_page_on_the_run_in_a_browser(browser, tmp_path):
    """Nothing fetched, no sideways page; the wide table within reach of Tab."""
    content = {"edition": "2017-06", "label": "juni 2017", "started": RUN, "notebooks": ENTRIES}
    file = tmp_path / "beheer.html"
    file.write_text(operations.page(content, rows=ROWS, publishers=PUBLISHERS), encoding="utf-8")
    width(browser, 320)
    requests_of(browser)
    browser.get(file.as_uri())
    assert requests_of(browser) == [file.as_uri()] and browser.execute_script(OVERFLOW) == 0
    region = browser.find_element("css selector", ".coverage-part .scroll")
    assert region.get_attribute("tabindex") == "0" and region.get_attribute("aria-label")
    assert browser.execute_script("return arguments[0].scrollWidth > arguments[0].clientWidth", region)


def test_the_list_of_all_editions_in_a_browser(browser, tmp_path):
    """Nothing fetched, no sideways page, on a telephone and on a desk."""
    write(tmp_path, "2017-06", a=entry("Terugkeer", "FAILED", "De cel onder 'Vertrek' gaf een fout: " + "x" * 80))
    write(tmp_path, "2017-01-01_2017-05-31")
    file = tmp_path / "index.html"
    file.write_text(overview.page(overview.editions(tmp_path)), encoding="utf-8")
    requests_of(browser)
    for pixels in (320, 1280):
        width(browser, pixels)
        browser.get(file.as_uri())
        assert requests_of(browser) == [file.as_uri()]
        assert browser.execute_script(OVERFLOW) == 0
