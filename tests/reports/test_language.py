"""Dutch throughout: no English is left in what a reader sees, hears or downloads, nor what the chart library adds."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from bs4 import BeautifulSoup
from report_checks import arguments_of

PERIODS = ["2016", "2017-H1", "2017-06", "2011", "2021-12"]
HEARD = ("alt", "aria-description", "aria-label", "aria-roledescription", "aria-valuetext", "data-tip", "data-tips",
         "label", "summary", "title")  # fmt: skip
# Words that are Dutch as well (in, was, of, over, week, map, bar, link) are not in these lists.
FUNCTION_WORDS = """
    about above across after against also although an and another any are because before below between both but
    by can could did does each either else every few for from has have here how if into it its itself less many
    more most much neither nor not off only onto other others our out shall she should since some such than that
    the their them then there these they this those though through to together under until upon very were when
    where whether which while who whose why will with within without would yes you your
"""
PAGE_WORDS = """
    back cell changed changes close column columns contents dates edition editions error failed figure
    figures files footer head hide hover key language latest legend missing month months next none notes number
    numbers overview page press previous published quarter quarters question reference release report reports
    revised row rows search sections see settings sheet show shown skip source sources summary table tables
    toggle unavailable unknown updated value values view warning weeks year years yearly monthly quarterly
"""
CHART_WORDS = """
    area axes axis bars chart charts circle color colour count descending ascending diverging dashed domain
    graphics-document graphics-object graphics-symbol histogram layer layered line linear marks nominal ordinal
    plot points quantitative range scale series-mark size stroke symbol temporal tick ticks titled tooltip trail
    undefined x-axis y-axis null true false nan
"""
MONTHS = "january february march may june july october oct monday tuesday wednesday thursday friday saturday sunday"
SUBJECT_WORDS = """
    age applicant applicants application applications asylum borders citizenship citizenships country countries
    decision decisions departure departures entry family female forced found granted illegal illegally inflow
    influx male member members migrant migrants minor minors nationality nationalities occupancy outflow permit
    permits persons people refugee refugees refusal refusals refused rejected request requests residence
    residents return returned returns seeker seekers unaccompanied valid voluntary withdrawn
"""
ENGLISH = set(" ".join([FUNCTION_WORDS, PAGE_WORDS, CHART_WORDS, MONTHS, SUBJECT_WORDS]).split())
ADDRESS = re.compile(r"https?://\S+|\b[\w-]+\.(?:csv|html|ipynb|json|ods|pdf|toml|xlsx|xml)\b")
SELECTOR = re.compile(r"(?:^|\s)[.#>]")  # of the parts of a page, in a script
ID = re.compile(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b")
WORD = re.compile(r"[A-Za-zÀ-ÿ]+(?:['’-][A-Za-zÀ-ÿ]+)*")


def test_the_word_list_names_no_dutch():
    dutch = "als bar been date die file had in is link list made map met of over per run step type update was we week"
    assert ENGLISH.isdisjoint(dutch.split())


def english(texts: Iterable[str], names: re.Pattern) -> list[str]:
    """The English words in these texts, names left out, each with what stands around it."""
    found = {}
    for text in texts:
        text = names.sub(" ", ADDRESS.sub(" ", text))
        for match in WORD.finditer(text):
            if match.group().lower() in ENGLISH:
                around = " ".join(text[max(0, match.start() - 40) : match.end() + 40].split())
                found.setdefault(match.group().lower(), around)
    return [f"{word}: {around}" for word, around in found.items()]


def texts(page: str) -> Iterator[str]:
    """Everything in a page that is for people: its text, what is said of images, what style and scripts add, files."""
    soup = BeautifulSoup(page, "lxml")
    for tag in soup.select("code, [lang]:not([lang^=nl])"):
        tag.decompose()
    for style in soup.find_all("style"):
        yield from re.findall(r'content:\s*"([^"]*)"', style.get_text())
    for script in soup.find_all("script"):
        spoken = re.sub(r"\$\{[^{}]*\}", "", script.get_text())  # what a template works out is code
        quoted = re.findall(r"""["'`]([^"'`\n]*)["'`]""", spoken)
        yield from (text for text in quoted if " " in text and not SELECTOR.search(text))
    for tag in soup.select("style, script"):
        tag.decompose()
    yield from map(str, soup.find_all(string=True))
    for tag in soup.find_all(True):
        yield from (tag[name] for name in HEARD if name in tag.attrs)
        if tag.name == "meta" and tag.get("name") == "description":
            yield tag["content"]
        if tag.get("href", "").startswith("data:") and tag.has_attr("download"):
            yield from cells_of(tag["href"])


def cells_of(address: str) -> list[str]:
    """The cells of a CSV file that is carried in an address."""
    content = unquote_to_bytes(address.partition(",")[2]).decode("utf-8-sig")
    separator = ";" if content.count(";") > content.count(",") else ","
    return [cell for row in csv.reader(io.StringIO(content), delimiter=separator) for cell in row]


def annex_texts(path: Path) -> list[str]:
    """Every text in a spreadsheet."""
    with zipfile.ZipFile(path) as archive:
        content = archive.read("xl/sharedStrings.xml").decode("utf-8")
    return [unescape(text) for text in re.findall(r"<t(?: [^>]*)?>([^<]*)</t>", content)]


@pytest.fixture(scope="session")
def names(repository) -> re.Pattern:
    """Titles of sources, publishers and licences stand as they are called, in whatever language."""
    columns = {
        "published/sources.csv": ["title", "publisher", "licence"],
        "catalogue/policy_measures.csv": ["source_title"],
        "catalogue/nationalities.csv": ["safe_source"],
        "catalogue/municipalities.csv": ["source"],
    }
    found = set()
    for name, wanted in columns.items():
        with (repository / "data" / name).open(encoding="utf-8", newline="") as file:
            found |= {row[column] for row in csv.DictReader(file) for column in wanted}
    return re.compile("|".join(re.escape(name) for name in sorted(found - {""}, key=len, reverse=True)))


@pytest.mark.parametrize("period", PERIODS)
def test_no_english_in_any_page(edition_of, names, period):
    folder = edition_of(*arguments_of(period)).folder
    pages = [*sorted(folder.glob("*.html")), *folder.parent.glob("*.html")]
    assert len(pages) >= 8
    found = {page.name: english(texts(page.read_text(encoding="utf-8")), names) for page in pages}
    assert {page: words for page, words in found.items() if words} == {}


def test_no_english_in_any_annex(edition_of, names):
    annexes = sorted(edition_of("--period", "2017-06").folder.glob("*.xlsx"))
    assert len(annexes) == 7
    texts = {
        path.name: [ID.sub(" ", names.sub(" ", ADDRESS.sub(" ", text))) for text in annex_texts(path)]
        for path in annexes
    }
    found = {name: english(each, names) for name, each in texts.items()}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize(
    ("page", "word"),
    [
        ("<p>Eerste aanvragen and beslissingen</p>", "and"),
        ('<svg role="img" aria-label="Y-axis titled persons"></svg>', "titled"),
        ("<svg><text>March 2017</text></svg>", "march"),
        ('<img alt="A chart">', "chart"),
        ('<a download="a.csv" href="data:text/csv;charset=utf-8,Periode;Value%0A2017;5">Bestand</a>', "value"),
        ('<style>p::after { content: "see below" }</style>', "below"),
        ('<script>button.textContent = "Show all";</script>', "show"),
        ('<g data-tip="June 2017: 5"></g>', "june"),
    ],
)
def test_english_is_found(names, page, word):
    assert word in [finding.partition(":")[0] for finding in english(texts(page), names)]


def test_names_and_code_are_no_english(names):
    page = (
        '<p>Bron: <a href="https://example.org/the">CBS dossier Asylum seekers (archive of news releases)</a></p>'
        '<p lang="en">The influx</p><code>reference_date</code><p>Het was in de week over de grens</p>'
    )
    assert english(texts(page), names) == []
