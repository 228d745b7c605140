"""The report as a reader gets it: stands alone, Dutch, usable, and free of what belongs to its making."""

import base64
import copy
import hashlib
import re
import subprocess
import sys

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from rich_notebook import HOSTILE, render, shown
from rich_notebook import edition as edition  # fixtures
from rich_notebook import notebook as notebook

from keten.presentation.mime import NOTICES
from keten.reports.render.exporter import ReportExporter
from keten.reports.render.page import css_text


def parsed(report: nbformat.NotebookNode) -> BeautifulSoup:
    """The page as a tree."""
    return BeautifulSoup(render(report), "lxml")


def words(tag) -> str:
    """The text of an element, with single spaces."""
    return " ".join(tag.get_text().split())


@pytest.fixture(scope="module")
def page(notebook) -> str:
    return render(notebook)


@pytest.fixture(scope="module")
def tree(edition) -> BeautifulSoup:
    return parsed(edition)


def test_language_title_and_contents(page):
    assert page.startswith('<!DOCTYPE html>\n<html lang="nl">')
    assert '<meta charset="utf-8">' in page
    assert "<title>Asiel &amp; opvang</title>" in page
    header = re.search("<header.*?</header>", page, re.S)[0]
    assert '<h1 id="asiel-opvang">Asiel &amp; opvang</h1>' in header and "<p>juni 2017</p>" in header
    nav = re.search("<nav.*?</nav>", page, re.S)[0]
    assert re.findall(r'<a href="#(.*?)">(.*?)</a>', nav) == [
        ("instroom-per-maand", "Instroom per maand"),
        ("instroom-per-maand-2", "Instroom per maand"),
        ("over-dit-rapport", "Over dit rapport"),
    ]


@pytest.mark.parametrize("kind", ["notebook", "edition"])
def test_every_link_in_the_page_leads_somewhere(kind, request):
    found = parsed(request.getfixturevalue(kind))
    ids = [tag["id"] for tag in found.select("[id]")]
    assert len(ids) == len(set(ids))
    targets = {tag["href"][1:] for tag in found.select("a[href^='#']")}
    assert {"inhoud", "boven", "instroom-per-maand"} <= targets <= set(ids)


def test_a_heading_never_takes_an_id_that_is_taken():
    report = new_notebook()
    report.cells = [
        new_markdown_cell("# R\n\n## Inhoud\n\nEen zin.\n\n## Begrip x"),
        new_code_cell("", outputs=[shown(html='<p id="begrip-x">x</p>')]),
    ]
    assert [tag["id"] for tag in parsed(report).select("main h2")] == ["inhoud-2", "begrip-x-2"]


def test_a_heading_with_nothing_below_it_is_left_out():
    """An analysis of a file that was not given shows nothing; its headings then say nothing either."""
    report = new_notebook()
    report.cells = [
        new_markdown_cell("# Enquête"),
        new_markdown_cell("## Analyse\n\n### Respons"),
        new_code_cell("a", outputs=[shown(html="")]),
        new_markdown_cell("### Verdeling"),
        new_code_cell("b", outputs=[shown(html="<p>er is iets</p>")]),
        new_markdown_cell("### Verschil\n\nMet uitleg."),
        new_markdown_cell("### Belang"),
    ]
    report.cells += [new_markdown_cell("## Nog niet opgehaald"), new_code_cell("c")]
    found = parsed(report)
    assert [tag.get_text() for tag in found.select("main h3")] == ["Verdeling", "Verschil"]
    assert "Nog niet opgehaald" not in found.get_text()


def test_what_is_for_the_annex_stands_folded_behind_the_report():
    """The body leads there, headings stand lower there, and figures without data are named in one line."""
    gap = (
        '<div class="keten"><div class="gap"><p class="title">{}</p><p>Hiervoor is tot en met deze periode geen passend'
    )
    gap += " cijfer bekend: x.</p></div></div>"
    behind = {"metadata": {"tags": ["bijlage"]}}
    report = new_notebook()
    report.cells = [
        new_markdown_cell("# R\n\n## Instroom"),
        new_code_cell("a", outputs=[shown(html="<p>lijn</p>")]),
        new_code_cell("b", outputs=[shown(html=gap.format("Per dag")), shown(html=gap.format("Per uur"))]),
        new_markdown_cell("### Per land", **behind),
        new_code_cell("c", outputs=[shown(html="<p>tabel</p>")], **behind),
        new_markdown_cell("### Niets", **behind),
        new_markdown_cell("## Uitstroom"),
        new_code_cell("d", outputs=[shown(html="<p>tweede</p>")]),
        new_markdown_cell("## Verantwoording\n\n### Bronnen"),
        new_code_cell("e", outputs=[shown(html="<p>bron</p>")]),
    ]
    found = parsed(report)
    first, second, account = found.select("main > section")
    assert words(first) == (
        "Instroom lijn Tot en met deze periode is geen passend cijfer bekend voor: Per dag; Per uur. "
        "Meer cijfers over Instroom"
    )
    assert first.select_one(".further a")["href"] == "#meer-instroom" and not second.select(".further")
    assert [(tag.name, words(tag)) for tag in account.find_all(re.compile("^h"))] == [
        ("h2", "Verantwoording"), ("h3", "Meer cijfers"), ("h4", "Instroom"), ("h5", "Per land"), ("h3", "Bronnen"),
    ]  # fmt: skip
    assert [words(group.summary) for group in account.select("details")] == ["Instroom", "Bronnen"]
    assert [words(tag) for tag in found.select("nav li")][-2:] == ["Verantwoording", "Over dit rapport"]


def test_a_report_ends_with_a_way_back(tree):
    for section in tree.select("main > section"):
        assert [tag.name for tag in section.find_all("h2")] == ["h2"]
    assert tree.select("main > section.account a")[-1].get_text() == "Terug naar boven"


def test_only_what_is_meant_for_a_reader(page):
    for hidden in ("import geheim", "print(1)", "op stdout", "op stderr", "alleen in het lab", "/Users/iemand"):
        assert hidden not in page
    assert "Kosten $5 en $6" in page
    assert "<pre>&lt;b&gt;5&lt;/b&gt;</pre>" in page
    assert 'viewBox="0 0 10 10"' in page


def test_without_an_edition_nothing_is_said_of_one(page):
    for absent in ("uitgave", "Wat is er veranderd", "banner", "Bijlagen", "Contact", ".xlsx", "run <code>"):
        assert absent not in page.partition("<body")[2], absent


def test_the_header_names_the_edition_and_warns(tree):
    assert words(tree.header.select_one(".edition")) == "Ketenwerkboek, uitgave eerste helft van 2017 (2017-H1)"
    assert [words(tag) for tag in tree.header.select(".banner")] == [
        "Voorbeeldgegevens. De respondenten zijn verzonnen.",
        "Voorlopige cijfers. In dit rapport zijn 2 cijfers voorlopig (met een * erachter): "
        "de uitgever kan ze nog bijstellen.",
        "Zonder cijfers. Tot en met deze periode zijn geen passende cijfers bekend voor Wat ontbreekt.",
    ]
    assert tree.header.select_one(".banner a")["href"] == "#wat-ontbreekt"


def test_what_has_changed_is_part_of_the_account(tree):
    headings = [words(tag) for tag in tree.select("main h2")]
    assert headings == ["Instroom per maand", "Instroom per maand", "Wat ontbreekt", "Begrippen", "Verantwoording"]
    key, revised = tree.select("section.account > details.changes table")
    assert key.caption and revised.caption
    assert all(tag.get("scope") for tag in key.find_all("th") + revised.find_all("th"))
    assert [[words(cell) for cell in row.find_all(["th", "td"])] for row in key.find_all("tr")] == [
        ["Onderwerp", "tweede helft van 2016", "eerste helft van 2017", "Verandering"],
        ["Aanvragen", "1.234.567,5 (eerste kwartaal 2017)", "45,3% (juni 2017)", "+5%"],
        ["Nareis <a>", "geen cijfer (eerste kwartaal 2017)", "45,3% (juni 2017)", "+5%"],
    ]
    assert [tag["value"] for tag in key.find_all("data")] == ["1234567.5", "45.3", "45.3"]
    assert {tag["href"] for tag in key.select("a")} == {"#begrip-aanvragen"}  # of nareis the page says nothing
    row = [words(cell) for cell in revised.tbody.find_all(["th", "td"])]
    assert row == ["Nareis", "maart 2017", "12", "15"]


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        (
            {"previous": None, "revised": None},
            ["geen eerdere uitgave van dit rapport", "geen versie van deze uitgave met oudere gegevens"],
        ),
        (
            {"previous": {"edition": "2016", "label": "2016", "key_figures": []}, "revised": {"figures": []}},
            ["De vorige uitgave, 2016, heeft geen kerncijfers", "geen enkel cijfer herzien"],
        ),
    ],
)
def test_no_change_is_said_in_words(edition, changes, sentences):
    report = copy.deepcopy(edition)
    report.metadata.keten["changes"] = changes
    section = parsed(report).select_one("details.changes")
    assert not section.find("table")
    for sentence in sentences:
        assert sentence in words(section)


def test_the_footer_tells_the_settings(page):
    footer = re.search("<footer>.*?</footer>", page, re.S)[0]
    assert re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", footer) == [
        ("Periode", "2017-H1"),
        ("Nationaliteit", "alle"),
        ("Respondenten", "a.csv"),
    ]


def test_the_footer_tells_how_it_was_made_and_how_to_cite_it(tree):
    footer = words(tree.footer)
    assert ", versie abcdef0 met niet-vastgelegde wijzigingen, run 0123456789ab, en deze instellingen:" in footer
    assert "De cijfers houden de licentie van hun uitgever: CC BY 4.0 en CC0 <1.0>." in footer
    cite = "Ketenwerkboek, Asiel & opvang, uitgave eerste helft van 2017 (2017-H1), run 0123456789ab."
    assert cite in footer
    links = [tag["href"] for tag in tree.footer.select("a")]
    files = ["2_asiel.xlsx", "2_asiel.ods", "index.html", "toegankelijkheid.html"]
    assert links == [*files, "mailto:cijfers@example.org", "#boven"]


def test_a_clean_version_is_not_called_changed(edition):
    report = copy.deepcopy(edition)
    report.metadata.keten.clean = True
    assert "niet-vastgelegde" not in render(report)


@pytest.mark.parametrize(
    ("contact", "href"),
    [
        ("https://example.org/cijfers", "https://example.org/cijfers"),
        ("Afdeling cijfers, 070 123 45 67", None),
        ("javascript:alert(1)", None),
        ('a@b.nl"onclick="x', None),
        ("", None),
    ],
)
def test_only_an_address_becomes_a_link(edition, contact, href):
    report = copy.deepcopy(edition)
    report.metadata.keten.contact = contact
    footer = parsed(report).footer
    ours = ("#", "2_asiel", "index", "toegankelijkheid")
    hrefs = [tag["href"] for tag in footer.select("a") if not tag["href"].startswith(ours)]
    assert hrefs == ([href] if href else [])
    assert contact in words(footer) and not footer.select("[onclick]")
    assert ("Contact" in words(footer)) == bool(contact)


def test_text_that_looks_like_markup_stays_text(edition):
    report = copy.deepcopy(edition)
    harmless = len(parsed(report).find_all("script"))
    report.cells[0].source = f"# {HOSTILE.replace('<', '&lt;')}"
    made = report.metadata.keten
    made.label = made.edition = made.contact = made.run = made.changes.previous.label = HOSTILE
    made.changes.previous.key_figures[0].label = made.changes.previous.key_figures[0].before.text = HOSTILE
    made.changes.revised.figures[0].measure = HOSTILE
    found = parsed(report)
    assert len(found.find_all("script")) == harmless
    assert len(found.find_all("style")) == 2 and HOSTILE in words(found.select_one("details.changes"))
    assert css_text('a"\\\n</style>é') == '"a\\000022\\00005c\\00000a\\00003c\\00002fstyle\\00003eé"'


def test_the_policy_allows_one_script_by_its_hash_and_only_where_there_are_charts(notebook, tree):
    def policy(found):
        return found.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"].split("; ")

    script = tree.find_all("script")[-1].string
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    closed = ["base-uri 'none'", "form-action 'none'"]
    general = ["default-src 'none'", "style-src 'unsafe-inline'", "img-src data:"]
    assert policy(tree) == [*general, f"script-src 'sha256-{digest}'", *closed]
    bare = copy.deepcopy(notebook)
    bare.cells = bare.cells[:3]
    assert policy(parsed(bare)) == [*general, *closed]
    assert not parsed(bare).find("script")


def test_every_way_of_rendering_gives_the_same_page(edition, tmp_path):
    """`keten run` renders from memory; nbconvert's command and JupyterLab pass name, folder and date of a file."""
    expected = render(edition)
    file = tmp_path / "2_asiel.ipynb"
    nbformat.write(edition, file)
    assert ReportExporter().from_filename(str(file))[0] == expected
    resources = {"metadata": {"name": "2_asiel", "path": str(tmp_path), "modified_date": "May 1, 2017"}}
    lab = ReportExporter().from_notebook_node(nbformat.read(file, as_version=4), resources | {"config_dir": "/etc"})
    assert lab[0] == expected
    assert str(tmp_path) not in expected


def by_hand(period, as_of=()):
    """A notebook that somebody ran, without an edition; its opening tells on what it is."""
    told = {NOTICES: {"period": [period], "as_of": list(as_of)}, "text/html": "<p>x</p>"}
    cell = nbformat.v4.new_code_cell(
        "opening", execution_count=1, outputs=[nbformat.v4.new_output("display_data", told)]
    )
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Toezicht"), cell])


def test_a_report_made_by_hand_carries_its_period_everywhere(tmp_path):
    file = tmp_path / "4_toezicht.ipynb"
    nbformat.write(by_hand("2017-H1", ["2018-03-31"]), file)
    page, resources = ReportExporter().from_filename(str(file))
    tree = BeautifulSoup(page, "html.parser")
    label = "eerste helft 2017, stand van 31 maart 2018"
    assert tree.title.string == f"Toezicht, {label}"
    assert tree.select_one("p.edition").text == f"Ketenwerkboek, {label} (2017-H1)"
    assert f"Toezicht, {label} (2017-H1), met de hand gemaakt." in tree.select_one("p.cite").text
    assert resources["output_extension"] == "_2017-H1.html"  # what JupyterLab names the file by
    command = [sys.executable, "-m", "nbconvert", "--to", "ketenrapport", str(file)]
    subprocess.run(command, check=True, capture_output=True)
    assert [path.name for path in tmp_path.glob("*.html")] == ["4_toezicht_2017-H1.html"]


def test_what_is_no_period_gets_no_place_in_a_file_name():
    for told in ("../../2017", "2017-01-03/2017-03-31", "juni", ""):
        page, resources = ReportExporter().from_notebook_node(by_hand(told), {"metadata": {"name": "x"}})
        assert resources["output_extension"] == ".html" and "<title>Toezicht</title>" in page
