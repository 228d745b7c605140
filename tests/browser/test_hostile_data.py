"""Text from data is text: names, titles and addresses that try to be more stay inert in every file of an edition."""

import csv
import io
import re
import shutil
import zipfile
from urllib.parse import unquote_to_bytes

import pytest
from browser import chromium, requests_of
from bs4 import BeautifulSoup
from helpers_data import COLUMNS

from keten import Workbook
from keten.model import own_data
from keten.presentation import tables
from keten.presentation.charts import series

STEM = "2_asiel"
SCRIPT = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("https://example.org","klik")'
IMAGE = '"><img src=x onerror=alert(1)>'
TITLES = {"kwaad-1": IMAGE, "kwaad-2": FORMULA}
POLICY = "<svg onload=alert(1)>Maatregel"
NOTE = "@SUM(1+1)*cmd|' /C calc'!A0"
LABEL = "+1+1 <b onmouseover=alert(1)>locaties</b>"
NUMBER = re.compile(r"[+-]?\d[\d.]*(,\d+)?%?")

# Before a page's own scripts: note every dialog.
WATCH = """
window.dialogs = [];
for (const name of ["alert", "confirm", "prompt"]) window[name] = (text) => dialogs.push(text);
"""
# All that a reader can do with pointer and keyboard, on all that may answer.
PROVOKE = """
for (const one of document.querySelectorAll("details")) one.open = true;
for (const element of document.querySelectorAll("body *")) {
  for (const kind of ["pointerover", "pointerenter", "mouseover", "mousemove", "pointermove", "focusin"]) {
    element.dispatchEvent(new MouseEvent(kind, {bubbles: true}));
  }
  if (element.localName === "button") element.click();
}
for (const region of document.querySelectorAll("[tabindex='0']")) {
  for (const key of ["ArrowRight", "ArrowDown", "ArrowRight", "Escape"]) {
    region.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
  }
}
"""


@pytest.fixture(scope="module")
def data(repository, tmp_path_factory):
    """The data, and in them two nationalities, two sources, a policy measure, a label and notes that are hostile."""
    data = tmp_path_factory.mktemp("kwaad") / "data"
    shutil.copytree(repository / "data", data)
    add(data / "catalogue" / "nationalities.csv", {"code": "QQA", "name": SCRIPT, "group": "land"})
    add(data / "catalogue" / "nationalities.csv", {"code": "QQB", "name": FORMULA, "group": "land"})
    for source, title in TITLES.items():
        cells = {"source": source, "title": title, "publisher": f"Uitgever {SCRIPT}", "url": "javascript:alert(1)"}
        add(data / "published" / "sources.csv", cells | {"published": "2017-08-01", "licence": "CC0 1.0"})
    measure = {"date": "2017-03-01", "title": POLICY, "goal": STEM, "nationalities": SCRIPT}
    source = {"source_title": IMAGE, "source_url": "javascript:alert(1)"}
    add(data / "catalogue" / "policy_measures.csv", measure | source)
    rows = [
        figure(category=name, period=f"{year}-{month:02}", value=str(value + month), source=source)
        for name, source, value in ((SCRIPT, "kwaad-1", 900), (FORMULA, "kwaad-2", 700))
        for year in (2015, 2016, 2017)
        for month in range(1, 7)
    ]
    rows.append(figure(measure="coa_locations", period="2017-06-30", value="66", unit="locations", source="kwaad-2"))
    add(data / "published" / "figures.csv", *rows)
    with_label(data / "catalogue" / "measures.csv", "coa_locations")
    own_data.accept(data)
    return data


@pytest.fixture(scope="module")
def edition(data, edition_of):
    """The asylum report on these data, with one of the hostile nationalities in focus."""
    return edition_of(STEM, "--period", "2017-06", "--data", data, "-p", "nationality", SCRIPT)


def figure(**cells):
    """A row of figures.csv: by default first applications of a nationality, of the publisher that the ranking is of."""
    dimension = {"dimension": "nationality"} if "category" in cells else {}
    first = {"measure": "asylum_first_applications", "organisation": "CBS", "unit": "applications", "status": "exact"}
    return dict.fromkeys(COLUMNS, "") | first | dimension | {"note": NOTE} | cells


def add(path, *rows):
    """Append rows to a CSV file; columns that are not named stay empty."""
    with path.open(encoding="utf-8", newline="") as file:
        names = next(csv.reader(file))
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, names, restval="", lineterminator="\n").writerows(rows)


def with_label(path, measure):
    """Give one measure the hostile label."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["label"] = LABEL if row["measure"] == measure else row["label"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def pages(edition):
    return [*sorted(edition.folder.glob("*.html")), *edition.folder.parent.glob("*.html")]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("profiel")) as browser:
        browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        yield browser


def test_a_watched_page_tells_what_ran(browser, tmp_path):
    page = tmp_path / "kwaad.html"
    page.write_text(f"<p>{SCRIPT}<b onmouseover=alert(2)>x</b></p>", encoding="utf-8")
    browser.get(page.as_uri())
    browser.execute_script(PROVOKE)
    assert browser.execute_script("return dialogs") == [1, 2]


@pytest.mark.parametrize("guarded", [True, False], ids=["with the security policy", "without it"])
def test_nothing_runs_in_a_browser(edition, browser, tmp_path, guarded):
    """Not by luck of the security policy either: the same pages without it are as quiet."""
    for page in pages(edition):
        html = page.read_text(encoding="utf-8")
        assert "Content-Security-Policy" in html
        if not guarded:
            page = tmp_path / page.name
            page.write_text(re.sub('<meta http-equiv="Content-Security-Policy"[^>]*>', "", html), encoding="utf-8")
        browser.get_log("browser")
        requests_of(browser)  # forget those for the page before
        browser.get(page.as_uri())
        browser.execute_script(PROVOKE)
        assert browser.execute_script("return dialogs") == []
        assert requests_of(browser) == [page.as_uri()]
        assert browser.get_log("browser") == []
        handlers = "return [...document.querySelectorAll('*')].flatMap((one) => one.getAttributeNames())"
        assert not [name for name in browser.execute_script(handlers) if name.startswith("on")]


def test_no_address_runs_a_script(edition):
    for page in pages(edition):
        soup = edition.report(page.stem).page if page.parent == edition.folder else None
        addresses = [
            value.strip().lower()
            for tag in (soup.find_all(True) if soup else [])
            for name, value in tag.attrs.items()
            if name in {"href", "src", "action", "formaction", "xlink:href", "data"}
        ]
        assert not [one for one in addresses if one.startswith(("javascript:", "vbscript:", "data:text/html"))]


def test_a_reader_sees_the_names_as_they_are(edition):
    report = edition.report(STEM)
    for name in (SCRIPT, FORMULA, IMAGE, POLICY, LABEL):
        assert name in report.text, name
    images = " ".join(svg.get_text(" ") + svg.get("aria-label", "") for svg in report.page.select("figure.chart svg"))
    assert SCRIPT in images and FORMULA in images


# -- downloads ---------------------------------------------------------------------------------------------


def active(cells):
    """Cells that a spreadsheet would read as a formula."""
    return [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not NUMBER.fullmatch(cell)]


def test_what_a_spreadsheet_would_run():
    assert active(["-5", "+5%", "-1.297,5", "=1+1", "'=1+1", "-1+1", "@SUM(1)", "tekst", ""]) == [
        "=1+1",
        "-1+1",
        "@SUM(1)",
    ]


def test_csv_files_hold_no_formula(edition):
    shown = ("".join(one.get("text/html", "")) for one in edition.outputs(STEM))  # a text, or its lines
    files = downloads(BeautifulSoup("".join(shown), "lxml"))
    files["figures.csv"] = cells_of((edition.folder / "figures.csv").read_text(encoding="utf-8"), ",")
    assert {name: active(cells) for name, cells in files.items() if active(cells)} == {}
    assert [cell for name, cells in files.items() for cell in cells if FORMULA in cell and name != "figures.csv"]


def test_a_download_with_names_as_heads_holds_no_formula(data):
    """A table over time has a column per nationality."""
    chain = Workbook("2017-06", data=data)
    both = chain.series("asylum_first_applications", "nationality", [SCRIPT, FORMULA], kind="month")
    for shown in (series.trend(both, "Twee landen", chain), tables.series(both, "Twee landen", chain)):
        files = downloads(BeautifulSoup(shown.html, "html.parser"))
        assert len(files) == 1
        assert [active(cells) for cells in files.values()] == [[]]
        assert any(FORMULA in cell for cells in files.values() for cell in cells)


def downloads(page):
    """The cells of the files that a page carries, by name."""
    links = page.select("a[download][href^='data:']")
    content = {link["download"]: unquote_to_bytes(link["href"].partition(",")[2]).decode("utf-8-sig") for link in links}
    return {name: cells_of(text, ";") for name, text in content.items()}


def cells_of(content, separator):
    return [cell for row in csv.reader(io.StringIO(content), delimiter=separator) for cell in row]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_annexes_hold_no_formula(edition, kind):
    """Read as XML: what is a formula is an element or attribute of its own there, what is text is escaped."""
    path = edition.folder / f"{STEM}.{kind}"
    with zipfile.ZipFile(path) as archive:
        parts = {
            name: archive.read(name).decode("utf-8") for name in archive.namelist() if name.endswith((".xml", ".rels"))
        }
    everything = "".join(parts.values())
    assert not re.search(r"<(\w+:)?f[ >]", everything) and "table:formula" not in everything
    assert not re.search(r"""(Target|xlink:href)=["']\s*javascript:""", everything, re.IGNORECASE)
    assert "&lt;script&gt;alert(1)" in everything and "<script" not in everything
    assert "=HYPERLINK(" in everything
