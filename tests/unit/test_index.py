"""The index of an edition: the chain at a glance, gaps and failures in sight, whatever the data say."""

import pytest
from bs4 import BeautifulSoup
from index_entries import ENTRIES, PUBLISHERS, ROWS, RUN, TREND, entry, key_figure, row

from keten.reports.publish import coverage, index, sparkline

HOSTILE = '<script>alert("1")</script>'


def page(entries: dict = ENTRIES, **more) -> BeautifulSoup:
    options = {"name": "2017-06", "rows": ROWS, "publishers": PUBLISHERS, **more}
    return BeautifulSoup(index.page("juni 2017", entries, RUN, **options), "html.parser")


def tile(page: BeautifulSoup, stem: str):
    return page.find("article", attrs={"aria-labelledby": f"rapport-{stem}"})


# -- tiles -------------------------------------------------------------------------------------------------


def test_a_tile_holds_three_key_figures_and_leads_to_the_report():
    labels = ["Eerste", "Tweede", "Derde", "Vierde"]
    report = ENTRIES["2_asiel"]["report"] | {"key_figures": [key_figure(label) for label in labels]}
    found = tile(page({"2_asiel": ENTRIES["2_asiel"] | {"report": report}}), "2_asiel")
    assert found.h3.a["href"] == "2_asiel.html" and found.h3.get_text() == "Asiel"
    assert [tag.get_text() for tag in found.find_all("dt")] == labels[:3]
    value = found.select_one("dd.value")
    assert value.get_text() == "2.316 aanvragen" and value.data["value"] == "2316"
    assert found.select_one("dd.period").get_text() == "juni 2017"
    assert found.select_one("dd.change").get_text() == "+13% t.o.v. juni 2016"
    assert "sinds jun 2016" in found.select_one("dd.trend").get_text()


def test_other_forms_are_linked_only_when_they_are_there():
    found = page(files={"2_asiel.html", "2_asiel.xlsx", "2_asiel.pdf", "7_lvv.ipynb"})
    assert [link["href"] for link in tile(found, "2_asiel").select("ul a")] == ["2_asiel.xlsx", "2_asiel.pdf"]
    assert tile(found, "5_terugkeer").select("ul a") == []
    names = [link.get_text() for link in found.select("ul.formats a")]
    assert len(set(names)) == len(names) == 3


def test_the_page_to_explore_is_linked_only_when_it_is_there():
    found = page(files={"2_asiel.html", "verken.html"})
    assert [link.get_text() for link in found.select('a[href="verken.html"]')] == ["Verken alle cijfers", "verken.html"]
    assert page(files={"2_asiel.html"}).select('a[href="verken.html"]') == []


def test_a_manifest_of_before_the_trend_gives_the_same_tile_without_it():
    old = {"label": "Nareis", "value": "938", "period": "juni 2017", "change": ""}
    report = ENTRIES["2_asiel"]["report"] | {"key_figures": [old]}
    found = tile(page({"2_asiel": ENTRIES["2_asiel"] | {"report": report}}), "2_asiel")
    assert found.select_one("dd.value").get_text() == "938" and found.data is None and found.svg is None
    assert found.select_one("dd.change") is None


def test_what_failed_is_said_above_all_and_at_its_tile():
    kept = entry("Terugkeer", "5_terugkeer", "FAILED", "De cel gaf een fout.")
    kept["report"] |= {"run": "2017-06-05T06:00:00.000Z"}
    late = entry("Toezicht", "4_toezicht", "TIMEOUT", "Na 600 seconden niet klaar.", report=None)
    found = page({"2_asiel": entry(), "4_toezicht": late, "5_terugkeer": kept})
    assert "1 van de 3 rapporten gelukt." in found.header.get_text()
    links = found.header.select(".banner a")
    assert [(link["href"], link.get_text()) for link in links] == [
        ("#rapport-4_toezicht", "Toezicht"),
        ("#rapport-5_terugkeer", "Terugkeer"),
    ]
    terugkeer, toezicht = tile(found, "5_terugkeer").get_text(), tile(found, "4_toezicht")
    assert "Mislukt: De cel gaf een fout." in terugkeer and "van de run op 5 juni 2017 om 06:00 uur (UTC)" in terugkeer
    assert "Tijd overschreden: Na 600 seconden niet klaar." in toezicht.get_text()
    assert "Er is nog geen rapport" in toezicht.get_text() and toezicht.a is None
    assert page().select(".banner") == []


# -- sparkline ---------------------------------------------------------------------------------------------


def svg(trend, **more):
    return BeautifulSoup(sparkline.svg("Asielinstroom", trend, **more), "html.parser").svg


def test_a_sparkline_says_from_what_to_what():
    found = svg([["2016-06", 2045.0], ["2017-06", 2316.0]])
    assert found["role"] == "img"
    assert found["aria-label"] == "Asielinstroom: van 2.045 in juni 2016 naar 2.316 in juni 2017"
    rate = svg([["2016-Q2", 79.1], ["2017-Q2", 45.3]], unit="percent")["aria-label"]
    assert rate.endswith("van 79,1% in het tweede kwartaal van 2016 naar 45,3% in het tweede kwartaal van 2017")


def test_a_gap_breaks_the_line_and_is_said():
    found = svg([["2012", 1.0], ["2013", 2.0], ["2014", None], ["2015", 3.0], ["2016", None], ["2017", 4.0]])
    assert len(found.select("path.line")) == 1 and len(found.select("circle.alone")) == 2
    assert len(svg(TREND).select("path.line")) == 1 and "daartussen" not in svg(TREND[2:])["aria-label"]
    assert found["aria-label"].endswith("over 2 perioden daartussen is er geen vergelijkbaar cijfer")
    assert sparkline.first_moment([["2015", None], ["2016", 1.0]]) == "2016"


def test_the_scale_begins_at_zero_and_the_last_point_is_marked():
    found = svg([["2015", 100.0], ["2016", 90.0], ["2017", 100.0]])
    heights = [float(point.split()[1]) for point in found.select_one("path.line")["d"][1:].split("L")]
    base = float(found.select_one("path.base")["d"].removeprefix("M0 ").split("H")[0])
    assert (base - heights[1]) / (base - heights[0]) == pytest.approx(0.9, abs=0.01)
    mark = found.select("circle.last")
    assert len(mark) == 1 and float(mark[0]["cy"]) == heights[2]
    assert svg([["2014", None], ["2015", 1.0], ["2016", 2.0], ["2017", None]]) == svg([["2015", 1.0], ["2016", 2.0]])
    below = svg([["2015", -5.0], ["2016", 5.0]])
    assert all(0 <= float(circle["cy"]) <= sparkline.HEIGHT for circle in below.select("circle"))


@pytest.mark.parametrize(
    "trend",
    [None, [], "2016", [["2017", 5.0]], [["2016", None], ["2017", 5.0]], [["2016", 1.0, 2.0]] * 2, [5.0, 6.0]],
    ids=str,
)
def test_no_sparkline_without_two_figures(trend):
    assert sparkline.svg("x", trend) == ""


# -- coverage ----------------------------------------------------------------------------------------------


def test_coverage_is_the_last_period_with_a_figure():
    table = coverage.table(ROWS, PUBLISHERS)
    assert [(name, {stem: str(period) for stem, period in cells.items()}) for name, cells in table] == [
        ("CBS", {"2_asiel": "2017-06", "5_terugkeer": "2016"}),
        ("Bestand deelnemers.csv", {"5_terugkeer": "2017-04-15"}),
        ("IND", {"2_asiel": "2016"}),
    ]


def test_the_table_of_coverage_shows_its_gaps():
    found = page().select_one("table.coverage")
    assert [tag.get_text() for tag in found.thead.find_all("th")] == ["Uitgever", "Asiel", "Terugkeer", "LVV"]
    rows = [[cell.get_text() for cell in line.find_all(["th", "td"])] for line in found.tbody.find_all("tr")]
    gap = "–geen cijfers"  # the dash to see, the words to hear
    assert rows == [
        ["Alle uitgevers samen", "jun 2017", "15-4-2017", gap],
        ["CBS", "jun 2017", "2016", gap],
        ["Bestand deelnemers.csv", gap, "15-4-2017", gap],
        ["IND", "2016", gap, gap],
    ]
    assert {tag.get_text() for tag in found.select("td.current")} == {"jun 2017"}
    assert "Zonder een enkel cijfer: Landelijke Vreemdelingenvoorzieningen (LVV)." in page().main.get_text()
    assert {tag["scope"] for tag in found.find_all("th")} == {"col", "row"} and found.caption.get_text()


def test_without_publishers_there_is_no_table():
    found = page(publishers=None)
    assert found.table is None and found.find(id="dekking") is None and "#dekking" not in str(found)


# -- the page as a whole -----------------------------------------------------------------------------------


def test_text_from_data_stays_text():
    figure = key_figure(HOSTILE, value=HOSTILE, period=HOSTILE, change=HOSTILE, unit_words=HOSTILE)
    report = {"run": RUN, "html": "a#b?\"'.html", "notebook": "a.ipynb", "key_figures": [figure]}
    broken = {"title": HOSTILE, "state": "FAILED", "reason": HOSTILE, "report": report}
    rows = [row("a", "2017-06", HOSTILE)]
    text = index.page(HOSTILE, {"a": broken}, RUN, name="2017-06", rows=rows, publishers={})
    found = BeautifulSoup(text, "html.parser")
    assert found.find_all("script") == [] and "<script" not in text
    assert text.count("&lt;script&gt;") >= 10
    assert found.svg["aria-label"].startswith(HOSTILE)
    assert [tag["href"] for tag in found.select("h3 a")] == ["a%23b%3F%22%27.html"]


def test_the_same_input_gives_the_same_page():
    assert index.page("juni 2017", ENTRIES, RUN, rows=ROWS, publishers=PUBLISHERS) == index.page(
        "juni 2017", dict(ENTRIES), RUN, rows=list(ROWS), publishers=dict(reversed(PUBLISHERS.items()))
    )


def test_landmarks_headings_and_the_way_out():
    found = page()
    assert [len(found.find_all(name)) for name in ("header", "nav", "main", "footer")] == [1, 1, 1, 1]
    levels = [int(tag.name[1]) for tag in found.find_all(["h1", "h2", "h3", "h4"])]
    assert levels == [1, 2, 2, 3, 3, 3, 2, 2]
    targets = {tag["id"] for tag in found.find_all(id=True)}
    assert {link["href"][1:] for link in found.select('a[href^="#"]')} <= targets
    links = [link["href"] for link in found.footer.select("a")]
    assert links == ["figures.csv", "figures_excel.csv", "manifest.json", "../index.html"]


def test_each_report_has_its_own_dates():
    line = "Cijfers tot en met juni 2017; nieuwste bron van 20 augustus 2017."
    dated = entry()
    dated["report"]["dates"] = line
    found = page(entries={**ENTRIES, "2_asiel": dated})
    assert [tag.get_text() for tag in found.select("article p.dates")] == [line], "others are of an earlier version"
