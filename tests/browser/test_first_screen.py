"""What a reader sees before scrolling: the finding, the key figures and the figure over the years of every report."""

import pytest
from browser import width
from report_checks import STEMS, arguments_of

HEIGHT = 800  # CSS pixels
BELOW = """
    return [...document.querySelectorAll('h1, p.finding, .glance dl.keyfigures, figure.yearly')]
        .filter(part => part.getBoundingClientRect().bottom + scrollY > arguments[0])
        .map(part => part.className || part.tagName)"""
ASIDE = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("pixels", [1280, 400])
@pytest.mark.parametrize("period", ["2016", "2017-06", "2021-12", "2011"])
def test_the_first_screen_holds_the_finding_the_key_figures_and_the_figure_over_the_years(
    browser, edition_of, period, pixels
):
    width(browser, pixels)
    edition = edition_of(*arguments_of(period))
    for stem in STEMS:
        browser.get((edition.folder / f"{stem}.html").as_uri())
        assert browser.find_elements("css selector", "p.finding"), stem
        assert browser.execute_script(BELOW, HEIGHT) == [], stem
        assert browser.execute_script(ASIDE) == 0, stem
