"""The page of a report as it goes to paper, before a browser prints it."""

import pytest

from keten.errors import KetenError
from keten.reports.render import paper, pdf

NAV = (
    '<html><head></head><body><nav aria-labelledby="inhoudsopgave"><h2 id="inhoudsopgave">In dit rapport</h2>'
    '<ul><li><a href="#in">Instroom</a></li><li><a href="#belgi%C3%AB">België</a></li></ul></nav></body></html>'
)


def test_the_contents_have_page_numbers():
    printed = paper.printable(NAV, {"in": 3, "belgië": 12})
    assert 'Instroom<span class="page">3</span></a>' in printed
    assert 'België<span class="page">12</span></a>' in printed
    assert 'Instroom<span class="page">–</span></a>' in paper.printable(NAV, {})
    assert paper.has_contents(NAV) and not paper.has_contents("<p>kort</p>")


def test_only_paper_has_its_style():
    assert "nav.contents" in paper.printable(NAV, {}) and "nav.contents" not in NAV
    assert paper.printable("<p>zonder kop</p>", {}) == "<p>zonder kop</p>"


@pytest.mark.parametrize(
    ("html", "address", "words"),
    [
        ('<h2 id="in">Instroom <small>per maand</small></h2><p>tekst</p>', "#in", "Instroom per maand"),
        ('<dl><div id="m"><dt>Nareis</dt><dd>Wie volgt.</dd></div></dl>', "#m", "Nareis"),
        ('<p id="n"><br>een noot</p>', "#n", "een noot"),
        ('<a href="https://ind.nl/">IND &amp; meer</a>', "https://ind.nl", "IND & meer"),
        ('<a href="https://ind.nl/a">eerst</a><a href="https://ind.nl/a">later</a>', "https://ind.nl/a", "eerst"),
        ('<h2 id="belgi&euml;">België</h2>', "#belgië", "België"),
    ],
)
def test_a_link_says_where_it_leads(html, address, words):
    assert paper.places(html)[address] == words


def test_a_link_in_the_report_is_told_by_its_place():
    assert paper.places('<a href="#in">735</a><h2 id="in">Instroom</h2>') == {"#in": "Instroom"}
    assert paper.places('<div id="leeg"></div>') == {}
    assert len(paper.places(f'<p id="p">{"lang " * 99}</p>')["#p"]) == paper.LONGEST


def test_without_the_package_for_pdf_it_is_named(monkeypatch):
    monkeypatch.setattr(pdf, "find_spec", lambda name: None)
    with pytest.raises(KetenError, match=r"pip install -c constraints\.txt -e '\.\[pdf\]'"):
        pdf.browser()
