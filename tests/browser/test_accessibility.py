"""Every page of an edition in a real browser: accessible, by keyboard, on every screen and on paper; valid HTML.

Looked at are a rich edition and a sparse one: the others have nothing on a page that these do not have.
"""

from pathlib import Path

import audit
import pytest
import valid_html
from report_checks import NEWEST, STEMS, arguments_of

PERIODS = ["2016", "2017-H1", "2017-06", "2011", NEWEST]
RICH, SPARSE = NEWEST, "2011"  # most charts and tables, and nearly all gaps: together every part of a page
CHECKS = ["requests", "console", *audit.CHECKS]
LARGEST = 400_000  # bytes of a report


def pages_of(edition) -> list[Path]:
    """The reports and the index of an edition, and the index of all editions."""
    return [*sorted(edition.folder.glob("*.html")), *edition.folder.parent.glob("*.html")]


@pytest.fixture(scope="module")
def audits(edition_of, tmp_path_factory):
    """The findings on all pages of an edition, each edition looked at once."""
    made = {}

    def of(period, with_scripts=True):
        if (period, with_scripts) not in made:
            pages = pages_of(edition_of(*arguments_of(period)))
            made[period, with_scripts] = audit.audit(pages, tmp_path_factory.mktemp("profiel"), with_scripts)
        return made[period, with_scripts]

    return of


def said(found, check):
    """The findings of one check, each with its page."""
    return [f"{page.name}: {finding}" for page, checks in found.items() for finding in checks[check]]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("period", [RICH, SPARSE])
def test_every_page(audits, period, check):
    found = audits(period)
    assert {page.stem for page in found} >= {*STEMS, "index"}
    assert said(found, check) == []


@pytest.mark.parametrize("check", ["requests", "console", *audit.WITHOUT_SCRIPTS])
def test_every_page_without_scripts(audits, check):
    assert said(audits(RICH, with_scripts=False), check) == []


@pytest.mark.parametrize("name", ["2_asiel.html", "index.html"])
def test_a_page_on_telephones(edition_of, browser, name):
    audit.opened(browser, edition_of(*arguments_of(RICH)).folder / name)
    assert audit.on_telephones(browser) == {"axe": [], "colours": []}


@pytest.mark.parametrize("period", PERIODS)
def test_no_page_is_too_large(edition_of, period):
    sizes = {page.name: page.stat().st_size for page in pages_of(edition_of(*arguments_of(period)))}
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}


# -- the checks themselves ---------------------------------------------------------------------------------

GOOD = """<!DOCTYPE html>
<html lang="nl"><head><meta charset="utf-8"><title>Goed</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>a { color: #154273 } :focus-visible { outline: 3px solid #154273 } @media print { .scroll { overflow: visible } }
@media (prefers-color-scheme: dark) { body { background: #14181d; color: #e8eaed } a { color: #a9c8ec }
:focus-visible { outline-color: #a9c8ec } } @media print { body { background: #fff; color: #000 } a { color: #000 } }
.scroll { overflow-x: auto } svg { max-width: 100% } .skip:not(:focus) { position: absolute; left: -99rem }</style>
</head><body>
<a class="skip" href="#inhoud">Naar de inhoud</a><header><h1>Goed</h1></header>
<main id="inhoud" tabindex="-1"><h2 id="een">Een</h2><p><a href="#een">Naar een</a></p>
<div class="scroll" role="region" tabindex="0" aria-label="Tabel: instroom">
<table><caption>Instroom</caption><thead><tr><th scope="col">Jaar</th><th scope="col">Aantal</th></tr></thead>
<tbody><tr><th scope="row">2017</th><td>5</td></tr></tbody></table></div>
<svg role="img" aria-label="Lijn van 1 naar 5" viewBox="0 0 9 9" width="90"><path d="M0 0L9 9"/></svg>
</main><footer><p>Einde</p></footer></body></html>
"""
BAD = {  # what is replaced, by what: one fault each, and the words in which the check names it
    "axe": [("<p>Einde</p>", '<p>Einde</p><img src="data:,">', "image-alt")],
    "requests": [('data:">', '*"><style>p { background: url(https://example.org) }</style>', "example")],
    "console": [("<p>Einde</p>", '<img alt="" src="https://example.org/a.png">', "Content Security Policy")],
    "structure": [
        ('lang="nl"', 'lang="en"', "lang"),
        ("<h2", "<h1>Nog een</h1><h2", "2 h1"),
        ('<h2 id="een">Een</h2>', '<h3 id="een">Een</h3>', "after level 1"),
        ("<p>Einde</p>", '<p id="een">Einde</p>', "twice"),
        ('href="#een"', 'href="#twee"', "#twee"),
        ('role="region"', 'role="region" aria-labelledby="weg"', "names weg"),
        ("<caption>Instroom</caption>", "", "no caption"),
        ('scope="col">Aantal', ">Aantal", "scope"),
        ('<th scope="row">2017</th>', "<td>2017</td>", "no row head"),
        ('aria-label="Lijn van 1 naar 5"', "", "without role and name"),
        ('d="M0', 'aria-label="punt" d="M0', "inside an image"),
    ],
    "reflow": [
        ("<p>Einde</p>", '<p style="width: 700px">Einde</p>', "640 px: page"),
        ("<p>Einde</p>", f'<p style="overflow: hidden; overflow-wrap: normal">{"w" * 300}</p>', "cut off"),
        ("<p>Einde</p>", f'<p style="overflow: auto">{"w" * 300}</p>', "cannot be reached"),
    ],
    "colours": [
        ("<p>Einde</p>", '<p style="color: #999; background: #fff">Einde</p>', "light"),
        ("#e8eaed", "#444", "dark"),
        ("<p>Einde</p>", '<p style="forced-color-adjust: none; color: #aaa">Einde</p>', "forced colours"),
        ("background: #fff; color: #000", "", "print"),
        ("</svg>", '<text y="5" font-size="3" fill="#fa0">instroom</text></svg>', "light: instroom"),
    ],
    "motion": [
        ("<style>", "<style>p { transition: color 1s }", "transition"),
        ("<style>", "<style>p { animation: weg 1s infinite } @keyframes weg { to { opacity: .9 } }", "animation"),
        ("<style>", "<style>html { scroll-behavior: smooth }", "smooth"),
    ],
    "paper": [
        ("<td>5</td>", f"<td>{'w' * 400}</td>", "680: table"),
        ("<table>", f'<table style="page: breed"><caption>{"w" * 400}</caption>', "1000: table"),
    ],
    "keyboard": [
        ("#154273 } @media print", "#eee } @media print", "outline of"),
        ("outline: 3px solid", "outline: 0 solid", "no outline"),
        ("<p>Einde</p>", '<a href="#een" tabindex="3">Einde</a>', "Tab 1 leads to"),
        ("<a class=", '<a href="#een">Elders</a><a class=', "no skip link"),
        ("<p><a ", '<p><a style="position: fixed; left: -50rem" ', "out of sight"),
    ],
    "policy": [
        ("default-src 'none'", "script-src 'unsafe-eval'; default-src 'none'", "eval"),
        ("default-src 'none'", "script-src 'unsafe-inline'; default-src 'none'", "inline handler"),
    ],
}  # fmt: skip


def test_a_good_page_passes(browser, tmp_path):
    page = tmp_path / "goed.html"
    page.write_text(GOOD, encoding="utf-8")
    assert {check: found for check, found in audit.findings(browser, page).items() if found} == {}


@pytest.mark.parametrize("check", BAD)
def test_a_fault_is_found(browser, tmp_path, check):
    """Otherwise nothing above means anything."""
    for number, (old, new, words) in enumerate(BAD[check]):
        assert GOOD.count(old) == 1, old
        page = tmp_path / f"{number}.html"
        page.write_text(GOOD.replace(old, new), encoding="utf-8")
        found = audit.opened(browser, page)
        found = found[check] if check in found else audit.CHECKS[check](browser)
        assert any(words in finding for finding in found), (new, found)


# -- valid HTML --------------------------------------------------------------------------------------------


def test_every_page_is_valid_html(edition_of, tmp_path):
    pages = [page for period in (RICH, SPARSE) for page in pages_of(edition_of(*arguments_of(period)))]
    fault = tmp_path / "fout.html"
    fault.write_text(GOOD.replace("<p>Einde</p>", "<ul><p>Einde</p></ul>"), encoding="utf-8")
    found = valid_html.errors(*pages, fault)
    assert [line for line in found if line.startswith("fout.html")], "the checker finds nothing"
    assert [line for line in found if not line.startswith("fout.html")] == []
