"""`keten run --pdf`: an accessible PDF that stands alone, the same bytes each time, and plain words when it fails."""

import json
import os
import re
import stat
import sys
import time
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
import small_notebooks
from bs4 import BeautifulSoup, Tag
from page import validate_pdf, validate_pdf_bytes
from pypdf import PdfReader
from pypdf.generic import DictionaryObject
from report_checks import NEWEST, STEMS, arguments_of

from keten.cli import main
from keten.errors import KetenError
from keten.reports.render import paper, pdf

A4 = (595, 842)
UNTITLED = "Samenvatting"  # opens the report with the finding in the place of its title
PAGE = """<!DOCTYPE html><html lang="nl"><head><meta charset="utf-8"><title>Asiel – juni 2017</title><style>
@page { size: A4; margin: 2cm; @bottom-right { content: "bladzijde " counter(page); } }
@page breed { size: A4 landscape; }
.wide { page: breed; }
</style></head><body><main><section><h1>Asiel</h1><h2 id="in">Instroom</h2>
<p><a href="#uit">verder</a> <a href="https://ind.nl/cijfers">IND</a> <a href="2_asiel.xlsx">bijlage</a>
<a href="#nergens">niet op papier</a><i id="nergens" hidden>weg</i>
<a href="data:text/csv,a" download="a.csv">CSV</a></p>
<p id="script">zonder script</p><script>document.getElementById("script").textContent = "met script"</script>
<figure class="chart"><figcaption>Instroom</figcaption>
<svg role="img" aria-label="Instroom: 735 in 2013" width="200" height="50"><rect width="9" height="9"/></svg></figure>
<ul><li>een punt</li><li>een punt met <a href="https://coa.nl">COA</a></li></ul></section>
<nav aria-labelledby="inhoudsopgave"><h2 id="inhoudsopgave">In dit rapport</h2>
<ul><li><a href="#in">Instroom</a></li><li><a href="#uit">Vertrek</a></li><li><a href="#oekraïne">Oekraïne</a></li></ul>
</nav>
<section><h2 id="uit">Vertrek</h2>
<table class="wide"><caption>Vertrek</caption><tr><th scope="col">Jaar</th>KOPPEN<th scope="col">laatste kolom</th></tr>
<tr><th scope="row">2016</th>CELLEN<td>17.080</td></tr></table></section>
<section><h2 id="oekraïne">Oekraïne</h2><table><caption><b style="display: block">Ontheemden</b></caption>
<thead><tr><th scope="col">Week</th><th scope="col">Aantal</th></tr></thead>RIJEN</table></section></main></body></html>
"""
PAGE = PAGE.replace("KOPPEN", "<th scope=col>kolom</th>" * 11).replace(
    "CELLEN", "<td>1.234.567</td>" * 10 + "<td></td>"
)
PAGE = PAGE.replace("RIJEN", "<tr><th scope=row>week</th><td>5</td></tr>" * 90)


@pytest.fixture(scope="session")
def browser() -> str:
    """The installed browser; without one the test skips, but fails if CI=true."""
    try:
        return pdf.browser()
    except KetenError as error:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(str(error))


@pytest.fixture(scope="session")
def sample(browser, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("pdf")
    (folder / "rapport.html").write_text(PAGE, encoding="utf-8")
    pdf.write(folder / "rapport.html", folder / "rapport.pdf", browser)
    return folder / "rapport.pdf"


def elements(tree) -> list[DictionaryObject]:
    """All structure elements of a tagged PDF, in order."""
    node = tree.get_object()
    if isinstance(node, list):
        return [element for child in node for element in elements(child)]
    if not isinstance(node, dict):
        return []
    children = elements(node["/K"]) if "/K" in node else []
    return [node, *children] if "/S" in node else children


def titles(outline) -> list[str]:
    return [title for item in outline for title in (titles(item) if isinstance(item, list) else [item.title])]


def failures(report) -> list[str]:
    """What a machine finds against PDF/UA-1; it must have looked at all its rules."""
    assert report.rules.total > 100
    return [f"{failure.rule_id}: {failure.message}" for failure in report.failures]


def test_a_pdf_is_tagged_and_says_what_it_is(sample):
    reader = PdfReader(sample)
    root = reader.trailer["/Root"]
    assert reader.metadata.title == "Asiel – juni 2017"
    assert root["/Lang"] == "nl" and root["/MarkInfo"]["/Marked"] and root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert titles(reader.outline) == ["Asiel", "Instroom", "In dit rapport", "Vertrek", "Oekraïne"]
    tree = elements(root["/StructTreeRoot"])
    assert [element["/Alt"] for element in tree if element["/S"] == "/Figure"] == ["Instroom: 735 in 2013"]
    scopes = [part.get("/Scope") for element in tree if element["/S"] == "/TH" for part in element["/A"]]
    assert scopes.count("/Column") == 13 + 2 and scopes.count("/Row") == 1 + 90


def test_a_pdf_is_accessible_to_a_machine(sample, browser, tmp_path):
    """And what the browser printed is not: the finishing does it, and the machine sees the difference."""
    assert failures(validate_pdf(sample, profile="ua1")) == []
    printer = pdf.Printer(tmp_path, browser, "rapport", pdf.PATIENCE)
    found = failures(validate_pdf_bytes(printer.printed(paper.printable(PAGE, {})), profile="ua1"))
    parts = ["ID-PART", "METADATA-TITLE", "LINK-CONTENTS", "LI-KIDS", "TABLE-KIDS", "CONTENT-TAGGING"]
    assert [part for part in parts if not any(part in line for line in found)] == []


def test_every_part_of_a_pdf_means_something(sample):
    """No element of the browser's own, no row with a cell less, and a link says where it leads or is none."""
    reader = PdfReader(sample)
    tree = elements(reader.trailer["/Root"]["/StructTreeRoot"])
    kinds = {element["/S"] for element in tree}
    assert "/NonStruct" not in kinds and kinds >= {"/Sect", "/L", "/LBody", "/Caption"}
    tables = [element for element in tree if element["/S"] == "/Table"]
    assert [table["/K"][0]["/S"] for table in tables] == ["/Caption", "/Caption"]
    assert [{len(row["/K"]) for row in table["/K"][1:]} for table in tables] == [{13}, {2}]
    links = [link.get_object() for page in reader.pages for link in page.get("/Annots", [])]
    told = ["Vertrek", "IND", "COA", "Instroom", "Vertrek", "Oekraïne"]
    assert [link["/Contents"] for link in links] == told  # "niet op papier" leads nowhere
    assert sum(element["/S"] == "/Link" for element in tree) == len(told)


def test_pages_are_a4_numbered_and_nothing_is_cut(sample):
    pages = PdfReader(sample).pages
    sizes = [tuple(round(float(side)) for side in page.mediabox[2:]) for page in pages]
    assert sizes[:2] == [A4, A4[::-1]] and set(sizes[2:]) == {A4}
    texts = [page.extract_text() for page in pages]
    assert all(f"bladzijde {number}" in text for number, text in enumerate(texts, 1))
    assert "laatste kolom" in texts[1] and "17.080" in texts[1]
    assert len(texts) > 3 and all("Week" in text and "Aantal" in text for text in texts[2:])  # heads again on each page


def test_the_contents_tell_the_page_of_each_section(sample):
    text = " ".join(PdfReader(sample).pages[0].extract_text().split())
    assert "een punt met COA In dit rapport Instroom 1 Vertrek 1 Oekraïne 3" in text


def plain(file: Path) -> bytes:
    """All that a PDF says, not compressed."""
    target = BytesIO()
    with pikepdf.open(file) as opened:
        opened.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable, qdf=True)
    return target.getvalue()


def test_a_pdf_tells_no_folder_or_moment_and_runs_no_script(sample, browser, tmp_path):
    content = plain(sample)
    assert b"https://ind.nl/cijfers" in content
    assert b"file:" not in content and b"xlsx" not in content and b"data:" not in content
    assert not re.search(rb"\b20\d\d-\d\d-\d\d", content)
    assert not {"/CreationDate", "/ModDate"} & PdfReader(sample).metadata.keys()
    assert "zonder script" in PdfReader(sample).pages[0].extract_text()
    elsewhere = tmp_path / "een andere map" / "rapport.html"
    elsewhere.parent.mkdir()
    elsewhere.write_text(PAGE, encoding="utf-8")
    pdf.write(elsewhere, elsewhere.with_suffix(".pdf"), browser)
    assert elsewhere.with_suffix(".pdf").read_bytes() == sample.read_bytes()
    assert sorted(path.name for path in elsewhere.parent.iterdir()) == ["rapport.html", "rapport.pdf"]


def false_browser(folder: Path, code: str) -> str:
    """A program that behaves as a browser that cannot print."""
    program = folder / "chromium"
    program.write_text(f"#!{sys.executable}\nimport os, pathlib, subprocess, sys, time\n{code}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(program)


@pytest.mark.skipif(os.name != "posix", reason="Windows voert geen script uit als programma")
@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("time.sleep(60)", "chromium was na 2 seconden niet klaar"),
        ("sys.exit(1)", "chromium stopte voortijdig"),
        (
            "[pathlib.Path(a[15:]).write_text('%PDF-1.4 half') for a in sys.argv if a.startswith('--print-to-pdf=')]",
            "chromium stopte voortijdig",
        ),
    ],
)
def test_a_browser_that_fails_leaves_no_pdf(tmp_path, code, words):
    (tmp_path / "rapport.html").write_text(PAGE, encoding="utf-8")
    program = false_browser(tmp_path, code)
    with pytest.raises(KetenError, match=f"De PDF van rapport is niet gemaakt: {words}") as caught:
        pdf.write(tmp_path / "rapport.html", tmp_path / "rapport.pdf", program, patience=2)
    assert str(tmp_path) not in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["chromium", "rapport.html"]


def test_a_browser_that_cannot_start_is_named(tmp_path):
    (tmp_path / "rapport.html").write_text(PAGE, encoding="utf-8")
    with pytest.raises(KetenError, match="chromium kan niet worden gestart") as caught:
        pdf.write(tmp_path / "rapport.html", tmp_path / "rapport.pdf", str(tmp_path / "chromium"))
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.skipif(sys.platform != "linux", reason="leest de toestand van een proces in /proc")
def test_a_browser_that_hangs_is_ended_with_its_helpers(tmp_path):
    (tmp_path / "rapport.html").write_text(PAGE, encoding="utf-8")
    note = "pathlib.Path(sys.argv[0]).with_name('pid').write_text(str(helper.pid))"
    program = false_browser(tmp_path, f"helper = subprocess.Popen(['sleep', '60'])\n{note}\ntime.sleep(60)")
    with pytest.raises(KetenError, match="niet klaar"):
        pdf.write(tmp_path / "rapport.html", tmp_path / "rapport.pdf", program, patience=2)
    helper = Path("/proc", (tmp_path / "pid").read_text(encoding="utf-8"), "stat")
    deadline = time.monotonic() + 10
    while helper.exists() and helper.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < deadline, "het hulpproces draait nog"
        time.sleep(0.1)


# -- as part of a run --


@pytest.fixture
def notebooks(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("KETEN_NOTEBOOKS", str(tmp_path / "notebooks"))
    monkeypatch.chdir(tmp_path)
    small_notebooks.good(tmp_path / "notebooks", "1_goed", 5)
    return tmp_path / "notebooks"


def test_without_a_browser_nothing_is_run(notebooks, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(pdf, "usual_places", lambda: [tmp_path / "geen"])
    assert main(["run", "--pdf", "--period", "2017-06", "--out", "uit"]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.count("\n") == 1 and "Chromium, Chrome of Edge" in printed.err
    assert not (tmp_path / "uit").exists()


def test_a_browser_at_its_usual_place_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("PROGRAMFILES", str(tmp_path))
    with pytest.raises(KetenError, match="installeer er een"):
        pdf.browser()
    place = next(place for place in pdf.usual_places() if place.is_relative_to(tmp_path))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch()
    assert pdf.browser() == str(place)


@pytest.mark.skipif(os.name != "posix", reason="Windows voert geen script uit als programma")
def test_a_pdf_that_fails_costs_no_report(notebooks, tmp_path, monkeypatch, capsys):
    (tmp_path / "bin").mkdir()
    false_browser(tmp_path / "bin", "sys.exit(1)")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert main(["run", "--pdf", "--period", "2017-06", "--out", "uit", "-q"]) == 1
    assert "1_goed  gelukt: De PDF van 1_goed is niet gemaakt" in capsys.readouterr().err
    edition = tmp_path / "uit/2017-06"
    entry = json.loads((edition / "manifest.json").read_text(encoding="utf-8"))["notebooks"]["1_goed"]
    assert entry["state"] == "SUCCEEDED" and "niet gemaakt" in entry["report"]["pdf_reason"]
    assert (edition / "1_goed.html").exists() and not (edition / "1_goed.pdf").exists()


@pytest.fixture(scope="module")
def printed(edition_of, browser, tmp_path_factory) -> dict[str, tuple[str, Path]]:
    """Of each report of the newest edition its HTML and its PDF."""
    folder, edition = tmp_path_factory.mktemp("gedrukt"), edition_of(*arguments_of(NEWEST)).folder
    for stem in STEMS:
        pdf.write(edition / f"{stem}.html", folder / f"{stem}.pdf", browser)
    return {stem: ((edition / f"{stem}.html").read_text(encoding="utf-8"), folder / f"{stem}.pdf") for stem in STEMS}


@pytest.mark.parametrize("stem", STEMS)
def test_every_report_is_accessible_to_a_machine(printed, stem):
    assert failures(validate_pdf(printed[stem][1], profile="ua1")) == []


@pytest.mark.parametrize("stem", STEMS)
def test_every_report_prints_complete(printed, stem):
    """Its sections are the outline and the contents, its charts have words and are whole, its pages have a number."""
    html, file = printed[stem]
    reader = PdfReader(file)
    root = reader.trailer["/Root"]
    texts = [" ".join(page.extract_text().split()) for page in reader.pages]
    sizes = {tuple(sorted(round(float(side)) for side in page.mediabox[2:])) for page in reader.pages}
    assert sizes == {A4}
    assert all(f"{number} / {len(texts)}" in text for number, text in enumerate(texts, 1))
    sections = [link.get_text(" ", strip=True) for link in BeautifulSoup(html, "lxml").select("nav a")]
    outline = {" ".join(title.split()) for title in titles(reader.outline)}
    assert set(sections) - outline <= {UNTITLED} and len(sections) > 3
    contents = next(text for text in texts if "In dit rapport" in text)
    for title in sections:
        page = int(re.search(rf"{re.escape(title)} (\d+)", contents.split("In dit rapport")[1])[1])
        assert title in texts[page - 1] or (title, page) == (UNTITLED, 1)
    figures = [element for element in elements(root["/StructTreeRoot"]) if element["/S"] == "/Figure"]
    assert all(figure.get("/Alt") for figure in figures)
    assert all(isinstance(piece, int) for figure in figures for piece in pieces(figure))  # else on another page
    last = widest_table(html).select("thead tr")[-1].find_all(["th", "td"])[-1].get_text(" ", strip=True)
    assert any(last in text for text in texts)


def pieces(element: DictionaryObject) -> list:
    """What an element holds: numbers of pieces of its own page, references for those of another."""
    kids = element["/K"].get_object()
    return list(kids) if isinstance(kids, list) else [kids]


def test_the_addresses_of_the_sources_are_printed(printed):
    html, file = printed["2_asiel"]
    sources = BeautifulSoup(html, "lxml").find(id="bronnen").find_parent(["section", "details"])
    addresses = {link["href"] for link in sources.select("a[href^=http]")}
    text = "".join("".join(page.extract_text().split()) for page in PdfReader(file).pages)
    assert addresses and [address for address in addresses if address not in text] == []


def widest_table(html: str) -> Tag:
    """The table on paper with the most columns; what is folded behind another form of it stays on screen."""
    tables = [one for one in BeautifulSoup(html, "lxml").find_all("table") if not one.find_parent(class_="behind")]
    return max(tables, key=lambda table: len(table.tr.find_all(["th", "td"])))
