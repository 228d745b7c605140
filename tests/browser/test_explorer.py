"""The page to explore: it answers as the panel in JupyterLab does, from one file, without a request."""

import html
import random
from functools import cache

import nbformat
import pytest
from audit import axe
from browser import requests_of, scripts, width
from bs4 import BeautifulSoup
from helpers_data import published
from places import REPOSITORY
from report_checks import NEWEST, arguments_of

from keten import Workbook
from keten.lab import citation
from keten.lab import view as views
from keten.lab.view import View
from keten.model.figure_id import ids_in
from keten.model.periods import CALENDAR_KINDS, Period
from keten.reports.publish import explorer
from keten.reports.render.exporter import ReportExporter
from keten.workbook.calendar import calendar
from keten.workbook.declared import shares

EDITION = "2025"
QUESTIONS = 200
LARGEST_PAGE = 250_000  # bytes
ERITREA = "#m=asylum_first_applications&n=Eritrea&k=quarter&s=2015"
COUNT = "return Pagina.told.rows[0].count"
TYPED = {
    "eerste asielaanvragen per maand": "asylum_first_applications",
    "asielaanvragen Eritrea kwartaal 2015": "asylum_first_applications",
    "nareis": "asylum_family_reunification",
    "bezetting COA": "coa_occupancy",
    "toegangsweigeringen": "border_refusals",
    "toegangsweigerngen luchthavens": "border_refusals_airports",
    "planned capacity detention": "detention_capacity_planned",
    "gedwongen vertrek": "illegal_found_forced_departure",
    "zelfstandig vertrek IOM": "iom_assisted_departures",
    "First residence permits all reasons": "first_residence_permits",
    "inwilligingspercentage asiel": "asylum_recognition_rate",
    "AMV": "asylum_unaccompanied_minors",
    "vertrek na terugkeerbesluit": "returned_following_order",
    "naturalisaties": "naturalisations",
    "dublinverzoeken aanvaard": "dublin_requests_accepted",
    "tijdelijke bescherming Oekraïne": "temporary_protection_beneficiaries",
    "vergunninghouders in de opvang": "coa_occupancy_status_holders",
    "Schengenvisa verstrekt": "schengen_visas_issued",
    "klachten bij de IND": "ind_complaints",
    "beslissingen op asielaanvragen in eerste aanleg Syrië": "asylum_first_instance_decisions",
}
OPEN = """
return arguments[0].map((text) => {
  const wanted = Pagina.ofAddress("#" + text), shown = Pagina.fitting(wanted);
  const told = (one) => JSON.stringify([one.measure, one.whole || "", one.by || "", one.names, one.kind, one.period]);
  return [told(wanted), told({...shown, names: wanted.names.length ? shown.names : []})];
});
"""
ASK = """
return arguments[0].map((view) => {
  const told = Verken.answer(view);
  return {sentences: told.sentences, names: told.rows.map((row) => row.name),
          cells: told.rows.map((row) => [...row.before, row.now].map((one) => Verken.cell(one, view.measure))),
          changes: told.rows.map((row) => row.changes.map(Verken.changeShort))};
});
"""

IDS = "Promise.all(arguments[0].map((view) => Verken.ids(Verken.answer(view)))).then(arguments[1]);"


@pytest.fixture(scope="module")
def pairs():
    return set().union(*(shares(path) for path in (REPOSITORY / "notebooks").glob("*.ipynb")))


@pytest.fixture(scope="module")
def page(pairs, tmp_path_factory):
    """The page of the project's own data as a file."""
    chain = published(EDITION)
    file = tmp_path_factory.mktemp("uitgave") / explorer.FILE
    file.write_text(explorer.page(chain, chain.period.label, pairs), encoding="utf-8", newline="\n")
    return file


def opened(browser, page, address=""):
    browser.get("about:blank")
    browser.get(page.as_uri() + address)
    browser.execute_script(
        "window.stopped = []; addEventListener('securitypolicyviolation', (e) => stopped.push(e.violatedDirective))"
    )
    wait = "const done = arguments[0], look = () => document.body.dataset.ready ? done() : setTimeout(look, 5); look();"
    browser.execute_async_script(wait)


def questions(pairs):
    """Random views of all kinds, in a fixed order."""
    chain, chance, found = published(EDITION), random.Random(17), []
    breakdowns = [(measure, by) for measure in sorted(chain.measures()) for by in sorted(chain.breakdowns(measure))]
    wholes = dict(sorted(pairs))
    shared = [one for one in breakdowns if one[0] in wholes]
    while len(found) < QUESTIONS:
        measure, by = chance.choice(shared if chance.random() < 0.15 else breakdowns)
        kinds = calendar(chain, measure, by)
        kind = chance.choice(sorted(kinds))
        share = wholes.get(measure, "") if kind in CALENDAR_KINDS and chance.random() < 0.5 else ""
        names = chance.sample(sorted(chain.categories(measure, by)), k=1) if by else []
        if by and kind in CALENDAR_KINDS:
            names = chance.sample(sorted(chain.categories(measure, by)), k=min(3, len(chain.categories(measure, by))))
            names = names if chance.random() < 0.6 else []
        period = chance.choice(kinds[kind])
        found.append(View(measure, period, 2, "", by, tuple(names), share))
    return found


@cache
def book(period):
    return Workbook(period, 2, data=published(EDITION).scope)


def question(view):
    """The same question as the page takes it."""
    names = list(view.categories)
    return {"measure": view.measure, "by": view.by, "whole": view.share_of, "names": names, "period": view.period}


def is_figure(text):
    return text not in ("geen cijfer", "geen vergelijkbaar cijfer")


def panel_says(view):
    """Sentences and tables of the panel: by row its cells and changes."""
    chain = book(views.book_period(view))
    names = views.shown_categories(chain, view)
    compared = views._compared(chain, view, names, view.period)
    sentences = [html.unescape(one) for one in views.answer(chain, view, compared)]
    rows = [row for table in views.table(chain, view, compared).tables for row in table["rows"]]
    return names or [""], sentences, [[cell["text"] for cell in row[1:]] for row in rows]


def test_the_page_and_the_panel_give_the_same_answer(browser, page, pairs):
    """200 random questions, words and numbers; a table of the panel leaves out what has no figure at all."""
    asked = questions(pairs)
    opened(browser, page)
    told = browser.execute_script(ASK, [question(one) for one in asked])
    assert sum(bool(one.share_of) for one in asked) > 5 and sum(len(one.categories) > 1 for one in asked) > 20
    wrong = []
    for view, answer in zip(asked, told, strict=True):
        names, sentences, rows = panel_says(view)
        ours = zip(answer["cells"], answer["changes"], strict=True)
        known = sorted([*cells, *changes] for cells, changes in ours if any(map(is_figure, cells)))
        mine = sorted(row for row in rows if any(map(is_figure, row[: (len(row) + 1) // 2])))
        if (answer["names"], answer["sentences"], known) != (names, sentences, mine):
            wrong.append((view, names, answer["names"], sentences, answer["sentences"], mine, known))
    assert not wrong, f"{len(wrong)} of {len(asked)}: " + "\n\n".join(map(str, wrong[:6]))


def test_a_mailed_address_opens_its_answer_without_a_request(browser, page):
    """Quarters of one nationality since 2015, each as the workbook has it, with source; nothing leaves the file."""
    requests_of(browser), browser.get_log("browser")
    opened(browser, page, ERITREA)
    assert {one.split("#")[0] for one in requests_of(browser) if one != "about:blank"} == {page.as_uri()}
    assert [one["message"] for one in browser.get_log("browser")] == []  # nothing that the policy stopped
    rows = dict(line.split(";") for line in browser.execute_script("return Pagina.csv()").strip().split("\r\n")[1:])
    assert min(rows) == "2015-Q1" and max(rows) == "2025-Q4"
    found = published(EDITION).about("asylum_first_applications", "nationality")
    speaking = found.answers("asylum_first_applications", "nationality")[browser.execute_script(COUNT)]
    for quarter in ("2015-Q2", "2019-Q3", "2025-Q4"):  # of one publisher throughout
        assert rows[quarter] == f"{speaking.over('Eritrea', Period.parse(quarter)).figure.value:.0f}"
    copied = browser.execute_script("return Pagina.answerText()").split("\n")
    assert (
        copied[0].startswith("Eerste asielaanvragen: Eritrea: in het vierde kwartaal van 2025 ") and "735" in copied[0]
    )
    assert copied[-2].startswith("Bron: CBS") and copied[-1].endswith(browser.execute_script("return location.hash"))


def test_what_is_copied_carries_the_ids_that_the_panel_gives(browser, page, pairs):
    """Also of shares and of breakdowns by more than one thing: `keten verify` finds the figures by them."""
    asked = questions(pairs)[:60]
    assert sum(bool(one.share_of) for one in asked) > 2 and sum("+" in one.by for one in asked) > 1
    opened(browser, page)
    told = browser.execute_async_script(IDS, [question(one) for one in asked])
    for view, ids in zip(asked, told, strict=True):
        chain = book(views.book_period(view))
        compared = views._compared(chain, view, views.shown_categories(chain, view), view.period)
        assert ids == ids_in(citation.ids(compared)), view
    opened(browser, page, ERITREA)
    browser.execute_async_script("Pagina.told.known.then(arguments[0])")
    (mine,) = browser.execute_script("return Pagina.told.ids")
    assert f"\nKenmerk: {mine}.\nBron: " in browser.execute_script("return Pagina.answerText()")


def with_links(edition, stem):
    """The report as it is in an edition with this page."""
    nb = nbformat.read(edition.folder / f"{stem}.ipynb", nbformat.NO_CONVERT)
    nb.metadata["keten"]["explorer"] = explorer.FILE
    return BeautifulSoup(ReportExporter().from_notebook_node(nb, {"metadata": {"name": stem}})[0], "lxml")


@pytest.mark.parametrize("stem", ["1_werk_studie_gezin", "2_asiel"])
def test_every_chart_and_key_figure_of_a_report_leads_to_its_view(browser, page, edition_of, stem):
    """What the address asks for, the page shows."""
    report = with_links(edition_of(*arguments_of(NEWEST)), stem)
    charts, tiles = report.select("figure.chart:has(div.origin)"), report.select("dl.keyfigures > div")
    links = [one.select(f"a[href^='{explorer.FILE}#']") for one in [*charts, *tiles]]
    assert charts and tiles and [len(one) for one in links] == [1] * len(links)
    asked = {link["href"].partition("#")[2] for [link] in links}
    opened(browser, page)
    told = browser.execute_script(OPEN, sorted(asked))
    assert [one for one in told if one[0] != one[1]] == []


def test_what_share_of_the_decisions_was_positive(browser, page):
    opened(browser, page, "#m=asylum_first_instance_positive&w=asylum_first_instance_decisions&k=year&p=2023")
    said = browser.execute_script("return Pagina.told.sentences[0]")
    assert "(percentage van beslissingen op asielaanvragen in eerste aanleg): in 2023 was dit 80,9%" in said
    assert said.endswith(" Dat zijn er 14.485 van de 17.910.")
    years = browser.execute_script("return Pagina.csv()").split("\r\n")
    assert "2021;geen cijfer" in years  # no line runs over a year without a figure
    assert browser.execute_script("return document.querySelector('#grafiek path').getAttribute('d')").count("M") > 1


@pytest.mark.parametrize("words", ["asielaanvragen Eritrea", "asielaanvrgen eritrea", "first applications Eritrea"])
def test_a_measure_is_found_by_keyboard(browser, page, words):
    """In Dutch, in English and with a typing mistake; the name of a category chooses it."""
    opened(browser, page)
    field = browser.find_element("id", "zoek")
    field.send_keys(words)
    assert browser.execute_script("return document.activeElement.getAttribute('aria-expanded')") == "true"
    field.send_keys("\ue007")  # Enter
    view = browser.execute_script("return Pagina.view")
    assert "asylum" in view["measure"] and view["names"] == ["Eritrea"] and view["by"] == "nationality"
    assert browser.execute_script("return document.activeElement.id") == "onderwerp"


def test_twenty_questions_are_answered_as_the_panel_does(browser, page):
    """Typed one after another, offline: each about its newest figure, in words that are seen, and with its source."""
    opened(browser, page)
    wrong = []
    for words, measure in TYPED.items():
        browser.find_element("id", "zoek").send_keys(words + "\ue007")
        seen = browser.execute_script("return [Pagina.view, document.getElementById('zinnen').innerText]")
        told, copied = seen[1], browser.execute_script("return Pagina.answerText()")
        one = View(seen[0]["measure"], seen[0]["period"], 2, "", seen[0]["by"], tuple(seen[0]["names"]), "")
        _, sentences, _ = panel_says(one)
        if one.measure != measure or any(text not in told for text in sentences) or "\nBron: " not in copied:
            wrong.append((words, one, told, sentences))
    assert not wrong, "\n".join(map(str, wrong))
    assert len(TYPED) == 20 and browser.execute_script("return Pagina.view.names") == ["Syrië"]


def test_another_measure_is_told_by_its_newest_figure(browser, page):
    """Also after a measure of which nothing is known lately: a reader is never left with an old number."""
    opened(browser, page, "#m=detention_capacity_planned")
    assert browser.execute_script("return Pagina.view.period") < "2020"
    browser.find_element("id", "zoek").send_keys("eerste asielaanvragen per maand\ue007")
    kind, period = browser.execute_script("return [Pagina.view.kind, Pagina.view.period]")
    assert kind == "month" and period.startswith(EDITION)


def test_a_broken_address_opens_the_page(browser, page):
    opened(browser, page, "#m=%E0%A4%A&n=%&p=<script>&k=eeuw")
    assert browser.execute_script("return Pagina.view.measure") == "asylum_first_applications"


def test_pictures_and_accessibility(browser, page):
    """Bytes of a PNG and an SVG, no violation of axe, and on a phone nothing scrolls sideways."""
    opened(browser, page, ERITREA)
    png = "const done = arguments[0]; Pagina.png().then((blob) => done([blob.type, blob.size]))"
    kind, size = browser.execute_async_script(png)
    assert kind == "image/png" and size > 10_000
    assert "Bron: CBS" in browser.execute_script("return Pagina.svgText()")
    assert axe(browser) == []
    width(browser, 400)
    opened(browser, page, ERITREA)
    wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert browser.execute_script(wide) == 0
    width(browser, 1280)


def test_without_scripts_every_measure_has_its_newest_figure(browser, page):
    scripts(browser, False)
    try:
        browser.get("about:blank")
        browser.get(page.as_uri())
        rows = [row.text for row in browser.find_elements("css selector", "#lijst tbody tr")]
    finally:
        scripts(browser, True)
    assert len(rows) == len(published(EDITION).measures())
    assert any(row.startswith("Eerste asielaanvragen ") and "2025" in row for row in rows)


def test_the_page_is_small(page):
    assert page.stat().st_size <= LARGEST_PAGE
