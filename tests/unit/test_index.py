"""The index of an edition: the chain at a glance, gaps and failures in sight, whatever the data say."""

from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from index_entries import ENTRIES, FINDING, PUBLISHERS, ROWS, RUN, TREND, entry, key_figure, row

from keten.reports.publish import coverage, index, run_page, sparkline

HOSTILE = '<script>alert("1")</script>'


def page(entries: dict = ENTRIES, **more) -> BeautifulSoup:
    options = {"name": "2017-06", "rows": ROWS, **more}
    return BeautifulSoup(index.page("juni 2017", entries, RUN, **options), "html.parser")


def run_page_of(entries: dict = ENTRIES, **more) -> BeautifulSoup:
    content = {"edition": "2017-06", "label": "juni 2017", "started": RUN, "notebooks": entries}
    content |= {name: more.pop(name) for name in ("faults", "refused", "sources", "git", "packages") if name in more}
    return BeautifulSoup(run_page.page(content, rows=ROWS, **{"publishers": PUBLISHERS, **more}), "html.parser")


def card(page: BeautifulSoup, stem: str):
    return page.find("article", attrs={"aria-labelledby": f"rapport-{stem}"})


# -- cards -------------------------------------------------------------------------------------------------


def test_a_card_says_what_the_report_found_and_leads_to_it():
    found = card(page(files={"2_asiel.pdf"}), "2_asiel")
    assert found.h3.a["href"] == "2_asiel.html" and found.h3.get_text() == "Asiel"
    assert found.select_one("p.found").get_text() == FINDING
    assert [link["href"] for link in found.select("p a")] == ["2_asiel.pdf"]
    assert card(page(), "2_asiel").select("p a") == [] and found.dl is None


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2017-06", "Nareis: 938 (juni 2017), +13% t.o.v. juni 2016."),
        ("2016", "Over deze periode zelf zijn geen kerncijfers bekend."),
    ],
)
def test_a_report_of_before_the_finding_gives_its_first_key_figure(moment, words):
    old = {"label": "Nareis", "value": "938", "period": "juni 2017", "change": "+13% t.o.v. juni 2016"}
    report = ENTRIES["2_asiel"]["report"] | {"finding": "", "key_figures": [old | {"moment": moment}]}
    found = card(page({"2_asiel": ENTRIES["2_asiel"] | {"report": report}}), "2_asiel")
    assert found.select_one("p.found").get_text() == words


def test_the_page_to_explore_is_linked_only_when_it_is_there():
    found = page(files={"2_asiel.html", "verken.html"})
    assert [link.get_text() for link in found.select('a[href="verken.html"]')] == ["Verken zelf alle cijfers"]
    assert page(files={"2_asiel.html"}).select('a[href="verken.html"]') == []


def test_that_a_report_is_missing_is_said_above_all_and_at_its_card_with_the_way_to_the_reason():
    kept = entry("Terugkeer", "5_terugkeer", "FAILED", "De cel gaf een fout.")
    kept["report"] |= {"run": "2017-06-05T06:00:00.000Z"}
    late = entry("Toezicht", "4_toezicht", "TIMEOUT", "Na 600 seconden niet klaar.", report=None)
    entries = {"2_asiel": entry(), "4_toezicht": late, "5_terugkeer": kept}
    found = page(entries)
    links = found.header.select(".banner a")
    assert [(link["href"], link.get_text()) for link in links] == [
        ("#rapport-4_toezicht", "Toezicht"),
        ("#rapport-5_terugkeer", "Terugkeer"),
    ]
    terugkeer, toezicht = card(found, "5_terugkeer"), card(found, "4_toezicht")
    assert "van de run op 5 juni 2017 om 06:00 uur (UTC)" in terugkeer.get_text() and terugkeer.h3.a
    assert "Er is nog geen rapport" in toezicht.get_text() and toezicht.h3.a is None
    assert page().select(".banner") == []
    about = run_page_of(entries)
    for link in [terugkeer.select_one("p.gap a"), toezicht.select_one("p.gap a")]:
        name, _, target = link["href"].partition("#")
        assert name == run_page.NAME and about.find(id=target)
    assert "1 van de 3 rapporten gelukt." in about.header.get_text()
    text = about.main.get_text(" ")
    assert "Mislukt: De cel gaf een fout." in text and "Tijd overschreden: Na 600 seconden niet klaar." in text


# -- the chain ---------------------------------------------------------------------------------------------


def steps(page: BeautifulSoup) -> list[tuple[str, str, str]]:
    """Of each step its name, its figure and all else that it says."""
    shown = page.select(".chain > ol > li")
    return [
        (
            one.h3.get_text(),
            (one.select_one(".main > :is(data, .none)")).get_text(),
            " ".join(one.get_text(" ").split()),
        )
        for one in shown
    ]


def test_the_chain_is_one_list_with_the_figures_of_the_period_and_its_gaps():
    inflow = key_figure(measure="asylum_inflow_total", dimensions="", moment="2017-06")
    report = ENTRIES["2_asiel"]["report"] | {"key_figures": [inflow]}
    rows = [
        *ROWS,
        row("2_asiel", "2017-06", "IND: asiel", "9", measure="asylum_inflow_total"),  # the key figure goes before it
        row("2_asiel", "2017-06-30", "COA: opvang", "21037", measure="coa_occupancy", unit="persons"),
        row("2_asiel", "2016", "CBS: asiel", "5", measure="asylum_first_instance_decisions"),
    ]
    found = page({**ENTRIES, "2_asiel": ENTRIES["2_asiel"] | {"report": report}}, rows=rows)
    (inflow_name, inflow_figure, words), decided, received, left = steps(found)
    assert (inflow_name, inflow_figure) == ("Wie komt binnen", "2.316") and "+13% t.o.v. juni 2016" in words
    assert decided[1].startswith("geen cijfer"), "one of another period is no figure of this one"
    assert received[1] == "21.037" and "op 30 juni 2017" in received[2]
    assert left[1].startswith("geen cijfer") and "gedwongen geen cijfer" in left[2]


def test_without_any_figure_of_the_chain_or_without_a_period_there_is_no_picture():
    assert page(rows=[]).select(".chain") == [] == page(name="proef").select(".chain")


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
    found = run_page_of().select_one("table.coverage")
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
    assert "Zonder een enkel cijfer: Landelijke Vreemdelingenvoorzieningen (LVV)." in run_page_of().main.get_text()
    assert {tag["scope"] for tag in found.find_all("th")} == {"col", "row"} and found.caption.get_text()


def test_without_publishers_there_is_no_table():
    found = run_page_of(publishers=None)
    assert found.select("table.coverage") == [] and found.find(id="dekking") is None


# -- the page as a whole -----------------------------------------------------------------------------------


def test_text_from_data_stays_text():
    figure = key_figure(HOSTILE, value=HOSTILE, change=HOSTILE, measure="asylum_inflow_total", moment="2017-06")
    report = {"run": "", "html": "a#b?\"'.html", "notebook": "a.ipynb", "key_figures": [figure], "finding": HOSTILE}
    broken = {"title": HOSTILE, "state": "FAILED", "reason": HOSTILE, "report": report | {"run": RUN}}
    texts = [
        index.page(HOSTILE, {"a": broken}, RUN, name="2017-06", rows=[row("a", "2017-06", HOSTILE)]),
        str(run_page_of({"a": broken}, faults=[HOSTILE], packages={HOSTILE: HOSTILE})),
    ]
    for text in texts:
        assert BeautifulSoup(text, "html.parser").find_all("script") == [] and "<script" not in text
        assert text.count("&lt;script&gt;") >= 4
    found = BeautifulSoup(texts[0], "html.parser")
    assert [tag["href"] for tag in found.select("h3 a")] == ["a%23b%3F%22%27.html"]


def test_the_same_input_gives_the_same_page():
    assert index.page("juni 2017", ENTRIES, RUN, rows=ROWS) == index.page(
        "juni 2017", dict(ENTRIES), RUN, rows=list(ROWS)
    )
    assert run_page_of() == run_page_of(dict(ENTRIES), publishers=dict(reversed(PUBLISHERS.items())))


def test_landmarks_headings_and_the_way_out():
    for found in (page(), run_page_of()):
        assert [len(found.find_all(name)) for name in ("header", "main", "footer")] == [1, 1, 1]
        levels = [int(tag.name[1]) for tag in found.find_all(["h1", "h2", "h3", "h4"])]
        assert levels[0] == 1 and all(after - before <= 1 for before, after in pairwise(levels))
        targets = {tag["id"] for tag in found.find_all(id=True)}
        assert {link["href"][1:] for link in found.select('a[href^="#"]')} <= targets
    assert [link["href"] for link in page().footer.select("a")] == [
        "../index.html",
        "beheer.html",
        "toegankelijkheid.html",
    ]
    links = {link["href"] for link in run_page_of().select("a")}
    assert links >= {"index.html", "../index.html", "figures.csv", "figures_excel.csv", "manifest.json"}


def test_who_makes_it_finds_files_times_versions_and_what_was_refused():
    refused = {"source": "cbs-asiel", "date": "2017-06-30", "fate": "geweigerd", "reason": "Te weinig rijen."}
    found = run_page_of(
        {"2_asiel": entry(seconds=12.34)},
        files={"2_asiel.html", "2_asiel.xlsx"},
        faults=["Bron x doet niet mee."],
        refused=[refused],
        sources={
            "coa": {"state": "failed", "day": "2017-07-01", "since": "2017-05-01", "reason": "Geen antwoord."},
            "cbs": {"state": "unchanged", "day": "2017-07-01", "since": "", "reason": ""},
        },
        git={"commit": "abcdef0123", "clean": False},
        packages={"python": "3.11.7"},
    )
    text = " ".join(found.main.get_text(" ").split())
    assert [link["href"] for link in found.select("table.editions a")] == ["2_asiel.html", "2_asiel.xlsx"]
    for words in (
        "12,3",
        "Bron x doet niet mee.",
        "coa: niet opgehaald sinds 1 mei 2017. Geen antwoord.",
        "cbs-asiel : levering van 30 juni 2017 geweigerd: Te weinig rijen.",
    ):
        assert words in text, words
    assert "cbs:" not in text
    assert "abcdef0 met niet-vastgelegde wijzigingen" in text and "3.11.7" in text
    assert "elke levering die er is, is gebruikt" in run_page_of().main.get_text()


def test_each_report_has_its_own_dates():
    line = "Cijfers tot en met juni 2017; nieuwste bron van 20 augustus 2017."
    dated = entry()
    dated["report"]["dates"] = line
    found = page(entries={**ENTRIES, "2_asiel": dated})
    assert [tag.get_text() for tag in found.select("article p.dates")] == [line], "others are of an earlier version"
