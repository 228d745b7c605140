"""A page says in fewer words what the outputs of a notebook say in full: tables, origins, drawings and markup."""

import re

import pytest
from bs4 import BeautifulSoup
from helpers_data import dutch, published

from keten.presentation import tables
from keten.presentation.charts import series as charts
from keten.reports.render import light_charts, light_markup, light_origins, light_tables
from keten.sections import provenance

EVERY = (light_charts, light_origins, light_tables, light_markup)


@pytest.fixture(scope="module")
def whole() -> str:
    """A chart, a table, what the words mean and the list of sources, as outputs of a notebook hold them."""
    chain = published("2017-06")
    inflow = chain.series("asylum_first_applications", kind="month", years=2)
    parts = [
        charts.trend(inflow, "Instroom", chain),
        tables.comparison(chain.compare("asylum_first_applications", "nationality"), "Nationaliteiten", chain),
        provenance.definitions(chain),
        provenance.sources(chain),
    ]
    return "\n".join(part.html for part in parts)


@pytest.fixture(scope="module")
def light(whole) -> str:
    for one in EVERY:
        whole = one.lighter(whole)
    return whole


def parsed(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "lxml")


def test_half_the_weight_with_the_same_words(whole, light):
    """Cell by cell and line by line; what is left out is said elsewhere in the page."""
    assert len(light) < 0.6 * len(whole)
    for name in ("th", "td", "caption", "p.note", "p.source", "dt", "figcaption > .title"):
        before, after = ([tag.get_text() for tag in parsed(html).select(name)] for html in (whole, light))
        if name == "caption":
            before, after = (["".join(re.findall(r"\w", text)) for text in texts] for texts in (before, after))
        if name == "th":
            after = [re.sub(r"^\d+\. ", "", text) for text in after]
        if name == "dt":  # of an origin, which is a line there
            before = [text for text in before if text in after]
        assert before == after and before, name


def test_a_cell_without_a_second_form_tells_its_number_exactly(whole, light):
    before, after = ([tag for tag in parsed(html).select("figure.table td")] for html in (whole, light))
    bare = [(was, now) for was, now in zip(before, after, strict=True) if was.data and not now.data]
    assert len(bare) > 20
    assert all(dutch(now.get_text()) == float(was.data["value"]) for was, now in bare)


@pytest.mark.parametrize(
    ("value", "text", "kept"),
    [
        ("1297", "1.297", False),
        ("80.9", "80,9%", False),
        ("-16", "-16%", False),
        ("16", "ca. +16%*", False),
        ("-16", "16%", True),
        ("0.6", "minder dan 1%", True),
        ("100", "van 20 naar 40", True),
        ("1297", "1297", True),  # no Dutch number
    ],
)
def test_a_number_stays_where_its_text_does_not_tell_it(value, text, kept):
    cell = f'<td class="number"><data value="{value}">{text}</data></td>'
    shown = light_tables.lighter(f"<table><tbody><tr>{cell}</tr></tbody></table>")
    assert ("<data " in shown) is kept and text in shown


@pytest.mark.parametrize(("text", "css"), [("binnen de afronding", ' class="phrase"'), ("ca. +16%", ""), ("73%", "")])
def test_a_figure_in_words_may_stand_on_more_lines(text, css):
    shown = light_tables.lighter(f'<table><tbody><tr><td class="number">{text}</td></tr></tbody></table>')
    assert f"<td{css}>{text}</td>" in shown


def test_cells_of_words_are_marked_where_most_are_figures(whole, light):
    before, after = (parsed(html).select("figure.table td") for html in (whole, light))
    for was, now in zip(before, after, strict=True):
        figures = now.find_parent("table", class_="figures")
        is_figure = "words" not in now.get("class", []) if figures else "number" in now.get("class", [])
        assert is_figure == ("number" in was.get("class", [])), now


def test_an_origin_leads_to_its_definition_and_its_documents(whole, light):
    """By links within the page, to the same addresses as the notebook gives, without a script."""
    page = parsed(light)
    lines = page.select(".behind .origin p")
    assert len(lines) >= 2
    for line, was in zip(lines, parsed(whole).select(".origin-of"), strict=True):
        definition, *documents = [page.find(id=link["href"].removeprefix("#")) for link in line.select("a")]
        assert definition.dt.get_text() == was.select_one(".title").get_text()
        numbers = [int(number) for number in re.findall(r"\d+", str(line).partition("; gegevens")[0]) if number]
        links = {link["href"] for link in was.select("dd a")}
        first, last = min(numbers), max(numbers)
        every = [page.find(id=f"b{number}") for number in range(first, last + 1)]
        named = {row.a["href"] for row in documents}
        assert named <= links <= {row.a["href"] for row in every if row and row.a}
        assert "Gegevens van" not in line.get_text() and was.select("dd")[2].get_text() in line.get_text()


def test_without_a_list_of_sources_an_origin_names_them(whole):
    alone = whole.partition('<dl class="definitions">')[0]
    assert light_origins.lighter(alone) == re.sub(r'(<div class="origin") id="[^"]*"', r"\1", alone)


def test_what_a_number_in_running_text_leads_to_stays_a_list_of_terms(whole):
    name = re.search(r'class="origin-of" id="([^"]*)"', whole)[1]
    found = parsed(light_origins.lighter(f'<a href="#{name}">5</a>{whole}')).find(id=name)
    assert {"Begrip", "Eenheid", "Bron"} <= {term.get_text() for term in found.select("dt")}


@pytest.mark.parametrize(
    ("period", "after"),
    [
        ("januari 2017", "februari 2017"),
        ("december 2017", "januari 2018"),
        ("vierde kwartaal 2017", "eerste kwartaal 2018"),
        ("2017", ""),
        ("31 december 2017", ""),
    ],
)
def test_which_period_follows(period, after):
    assert light_charts.following(period) == after


def test_signs_that_would_end_a_text_of_a_mark_keep_the_drawing_whole(whole):
    chart = re.search("<svg .*</svg>", whole, re.DOTALL)[0]
    odd = chart.replace("(afgerond", "|afgerond").replace("Eurostat", "Euro~stat")
    assert 'data-tips="' in light_charts.lighter(chart) and 'data-tips="' not in light_charts.lighter(odd)


def test_a_script_keeps_its_lines_and_strings():
    code = '// remark\n  const a = "// no remark";\n    /* remark */\n  go(a); // why\n'
    assert light_markup.bare(code) == 'const a = "// no remark";\ngo(a); // why\n'


def test_an_empty_cell_keeps_its_end():
    row = '<table><tbody><tr><th scope="row">a</th><td></td><td>5</td></tr><tr><td>b</td></tr></tbody></table>'
    shown = "<table><tbody><tr><th scope=row>a</th><td></td><td>5<tr><td>b</table>"
    assert light_markup.lighter(row) == shown.replace("b</table>", "b</tbody></table>")
