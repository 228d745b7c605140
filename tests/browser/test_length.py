"""How long a report is for who reads it: on paper, on a phone, by keyboard; what stands in its account not counted."""

import base64
import io

import pytest
from browser import width
from pypdf import PdfReader
from report_checks import NEWEST, STEMS, arguments_of

MOST_PAGES, MOST_SCREENS, MOST_STOPS = 14, 20, 120  # of A4, of 400 by 800 pixels, of the Tab key
BEFORE_THE_ACCOUNT = """
const end = document.getElementById("verantwoording");
const stops = [...document.querySelectorAll("a[href], button, summary, [tabindex='0']")].filter(
  (one) => one.checkVisibility() && end.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING);
return [(end.getBoundingClientRect().top + scrollY) / 800, stops.length];
"""


@pytest.fixture(scope="module")
def pages(edition_of):
    folder = edition_of(*arguments_of(NEWEST)).folder
    return {stem: (folder / f"{stem}.html").as_uri() for stem in STEMS}


@pytest.mark.parametrize("stem", STEMS)
def test_a_report_is_short_on_a_phone_and_by_keyboard(pages, stem, browser):
    width(browser, 400)
    browser.get(pages[stem])
    screens, stops = browser.execute_script(BEFORE_THE_ACCOUNT)
    assert 2 < screens <= MOST_SCREENS
    assert 10 < stops <= MOST_STOPS


def test_the_longest_report_is_short_on_paper_and_its_account_begins_a_page(pages, browser):
    browser.get(pages["2_asiel"])
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"]
    texts = [page.extract_text() for page in PdfReader(io.BytesIO(base64.b64decode(printed))).pages]
    first = next(number for number, text in enumerate(texts) if "\nVerantwoording\n" in f"\n{text}\n")
    assert 4 < first <= MOST_PAGES
    assert texts[first].split().index("Verantwoording") < 10, "after the running head alone"
    assert "Bronnen van dit rapport" in "".join(texts[first:]), "what is folded on a screen is printed"
