"""Charts as a reader, a screen reader and an archive meet them: static images, Dutch marks, gaps as gaps."""

import hashlib
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from helpers_data import figure, links, monthly, published, small_data, tree

import keten
from keten import Workbook
from keten.lab import chart
from keten.presentation.charts import annotations, bars, palette, scales
from keten.presentation.charts import series as charts
from keten.presentation.charts.lines import apart
from keten.statistics.timeseries.contribution import contributions

SVG = "{http://www.w3.org/2000/svg}"
TEMPLATES = Path(keten.__file__).parent / "reports" / "templates" / "ketenrapport"
INFLOW = "asylum_inflow_total"
ATTACK = '<script>alert("x")</script>'


@pytest.fixture(scope="module")
def chain() -> Workbook:
    return published("2017-06")


@pytest.fixture(scope="module")
def shown(chain) -> dict:
    """One chart of every kind."""
    top = chain.top("asylum_first_applications", "nationality", 5)
    by_nationality = chain.compare("asylum_first_applications", "nationality")
    first = chain.series("asylum_first_applications", kind="month")
    return {
        "trend": charts.trend(first, "Eerste aanvragen", chain, chain.policy_measures("asiel", years=3)),
        "columns": charts.columns(chain.series("asylum_inflow_total", kind="year"), "Instroom", chain),
        "ranking": charts.ranking(top, "Top vijf", chain),
        "contributions": charts.contributions(contributions(by_nationality), "Bijdragen", chain),
    }


def image_of(html: str, kind: str = "wide") -> ElementTree.Element:
    (image,) = [image for image in tree(html).iter(f"{SVG}svg") if kind in image.get("class", "").split()]
    return image


def texts(html: str, kind: str = "wide") -> list[str]:
    """The texts of a drawing, a broken one on one line."""
    return [" ".join(element.itertext()) for element in image_of(html, kind).iter(f"{SVG}text")]


def series_in(html: str) -> dict[str, ElementTree.Element]:
    """What is drawn of each series, by its name."""
    return {group.get("data-name"): group for group in image_of(html).iter(f"{SVG}g") if group.get("data-name")}


def tips(html: str) -> list[str]:
    return [mark.get("data-tip") for mark in image_of(html).iter() if mark.get("data-tip")]


def note_of(html: str) -> str:
    return "".join(tree(html).find(".//p[@class='note']").itertext())


def lines(html: str) -> list[str]:
    """The drawn lines of the figures: paths with the width of a series."""
    paths = [path.get("d") for path in image_of(html).iter(f"{SVG}path") if path.get("stroke-width") == "2.5"]
    return [path for path in paths if path]


def series_of(folder, values: dict[str, str]) -> tuple[Workbook, pd.DataFrame]:
    rows = [figure(period=period, value=value) for period, value in values.items()]
    chain = Workbook("2017", data=small_data(folder, rows))
    return chain, chain.series(INFLOW, kind="month")


KINDS = ["trend", "columns", "ranking", "contributions"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_is_one_image_with_a_text_to_a_screen_reader(shown, kind):
    for width in ("wide", "narrow"):
        image = image_of(shown[kind].html, width)
        assert image.get("role") == "img" and len(image.get("aria-label")) > 30
    inner = [name for element in image.iter() if element is not image for name in element.attrib]
    assert not [name for name in inner if name == "role" or name.startswith("aria-")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_has_title_source_and_its_numbers_as_a_table(shown, kind):
    root = tree(shown[kind].html)
    assert "".join(root.find(".//figcaption/span[@class='title']").itertext())
    assert "Bron: " in "".join(root.find(".//p[@class='source']").itertext())
    assert root.find(".//details//caption") is not None
    assert {cell.get("scope") for cell in root.iter("th")} == {"col", "row"}
    assert shown[kind].figures and all(row["source"] for row in shown[kind].figures)
    assert shown[kind].spec["picture"] in shown[kind].html


@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_asks_nothing_of_the_network_and_runs_nothing(shown, kind):
    root = tree(shown[kind].html)
    image = image_of(shown[kind].html)
    assert not [tag for tag in ("script", "image", "use", "style") if image.find(f".//{SVG}{tag}") is not None]
    assert not [name for element in root.iter() for name in element.attrib if name.startswith("on") or name == "src"]


def test_the_label_tells_first_and_last_value(shown, chain):
    series = chain.series("asylum_first_applications", kind="month").dropna(subset="value")
    label = image_of(shown["trend"].html).get("aria-label")
    assert series.value.iloc[0] == 735 and "735 (januari 2013)" in label
    assert (
        "laatste 1.335 (juni 2017)" in label
        and "eerste 735 (januari 2013)" in label
        and "9.965 (oktober 2015)" in label
    ), "first, last and highest"


def test_the_label_has_no_more_digits_than_the_figures_carry(tmp_path):
    positive, decisions = "asylum_first_instance_positive", "asylum_first_instance_decisions"
    book = Workbook("2016")
    share = book.share(positive, decisions, by="nationality", only=["Afghanistan"], kind="quarter")
    label = image_of(charts.trend(share, "T", book).html).get("aria-label")
    assert "laatste 35% (vierde kwartaal 2016)" in label, "the table prints 35%"
    refused = image_of(charts.trend(book.series("border_refusals", kind="year"), "T", book).html).get("aria-label")
    assert "laatste ca. 2.705 (2016)" in refused


def test_numbers_and_months_read_dutch(tmp_path):
    values = {f"2017-{n:02}": f"{n}000" for n in range(1, 13)}
    chain, series = series_of(tmp_path, values)
    marks = texts(charts.trend(series, "T", chain).html)
    assert any(re.fullmatch(r"\d{1,2}\.000", text) for text in marks)
    assert not any(re.search(r"\d,\d{3}", text) for text in marks)
    assert {"jan 2017", "mrt", "mei", "okt"} <= set(marks), "months that English spells otherwise"


def test_a_missing_month_breaks_the_line(tmp_path):
    whole = {f"2017-{n:02}": f"{n}0" for n in range(1, 10)}
    chain, series = series_of(tmp_path / "whole", whole)
    assert len(lines(charts.trend(series, "T", chain).html)) == 1
    chain, series = series_of(tmp_path / "broken", {month: n for month, n in whole.items() if month != "2017-05"})
    shown = charts.trend(series, "T", chain)
    parts = lines(shown.html)
    assert len(parts) == 2 and [part.count(" ") + 2 for part in parts] == [4, 4]
    assert "1 periode zonder cijfer" in image_of(shown.html).get("aria-label")
    assert ["mei 2017", "geen cijfer"] in [[cell["text"] for cell in row] for row in shown.tables[0]["rows"]]


def test_a_change_of_publisher_is_a_labelled_break_and_no_other_look():
    chain = published("2017-H1")  # its half-years are of CBS, which has no months of these years
    months = chain.series("asylum_first_applications", kind="month")
    joined = charts.trend(months, "T", chain)
    assert len(lines(joined.html)) == 3, "Eurostat, UNHCR and Eurostat again"
    assert not [
        path
        for path in image_of(joined.html).iter(f"{SVG}path")
        if path.get("fill") == "none" and path.get("stroke-dasharray")
    ]
    said = [text for text in texts(joined.html) if text.startswith("Vanaf ")]
    assert len(said) == 2 and "UNHCR" in said[0] + said[1] and "Eurostat" in said[0] + said[1]
    assert "Eurostat" in note_of(joined.html) and "UNHCR" in note_of(joined.html)


def test_series_that_are_more_gap_than_data_become_columns_in_a_plot_each():
    chain = published("2017-H1")
    parts = ["asylum_first_applications", "asylum_repeat_applications", "asylum_family_reunification"]
    series = chain.series(parts, kind="month")
    shown = charts.trend(series, "T", chain)
    drawn = series_in(shown.html)
    known = series[series.value.notna()].groupby("label").value.count()
    assert {name: len(list(group.iter(f"{SVG}rect"))) for name, group in drawn.items()} == dict(known)
    assert lines(shown.html) == []


def test_the_headline_is_the_change_where_it_is_outside_the_noise(tmp_path):
    def headline(now: str, before: str) -> str:
        rows = [
            figure(period="2016", value=before, status="rounded_10"),
            figure(period="2017", value=now, status="rounded_10"),
        ]
        chain = Workbook("2017", data=small_data(tmp_path / now, rows))
        return charts.columns(chain.series(INFLOW, kind="year"), "Instroom per jaar", chain).spec["headline"]

    assert headline("1500", "1000") == "Totale asielinstroom: in 2017 50% meer dan in 2016"
    assert headline("1010", "1005") == "Instroom per jaar", "within the rounding there is nothing to say"


def test_no_headline_across_publishers():
    chain = published("2020")
    frame = chain.series(INFLOW, kind="year").tail(3)
    assert list(frame.organisation) == ["IND", "IND", "CBS"]
    shown = charts.columns(frame, "Instroom per jaar", chain)
    assert shown.spec["headline"] == "Instroom per jaar"
    for kind in ("wide", "narrow"):
        assert "Vanaf 2020: CBS" in texts(shown.html, kind), "a labelled break before that year"


def test_policy_measures_are_written_out_where_there_is_room():
    chain = published("2020")
    events = chain.policy_measures("asiel", years=10)
    decisions = chain.series("asylum_first_instance_decisions", kind="quarter")
    shown = charts.trend(decisions, "T", chain, events)
    listed = [item.text.strip() for items in tree(shown.html).iter("ol") for item in items]
    assert listed and shown.spec["numbered"] == []
    assert {text.partition(": ")[2].removesuffix(" (") for text in listed} <= set(texts(shown.html))
    assert {str(place + 1) for place in range(len(listed))} <= set(texts(shown.html, "narrow"))


def test_texts_above_a_plot_touch_neither_each_other_nor_their_lines():
    moments = [annotations.Moment(0, f"Maatregel nummer {n} van het jaar", str(n)) for n in range(3)]
    above = annotations.written(moments, [100, 110, 600], 890)
    assert above and above.tops[0] < above.tops[1], "the first of two that are near stands a row higher"
    crowded = [annotations.Moment(0, "Een maatregel", str(n)) for n in range(9)]
    assert annotations.written(crowded, [100 + 5 * n for n in range(9)], 890) is None


def test_figures_below_zero_hang_below_it(tmp_path):
    rows = [figure(period=f"201{n}", value=value, measure="occupancy_growth") for n, value in ((5, "-40"), (6, "-10"))]
    drawing = bars.columns(
        [bars.Bar(row["period"], float(row["value"]), row["value"], row["value"]) for row in rows], 890
    )
    image = ElementTree.fromstring(drawing.svg("T", "wide"))
    zero = next(float(path.get("d").split(",")[1].split("L")[0]) for path in image.iter(f"{SVG}path"))
    boxes = {box.get("data-tip"): (float(box.get("y")), float(box.get("height"))) for box in image.iter(f"{SVG}rect")}
    assert all(top == pytest.approx(zero, abs=0.2) for top, _ in boxes.values())
    assert boxes["-40"][1] > 3 * boxes["-10"][1] and boxes["-40"][0] + boxes["-40"][1] < drawing.height
    assert (
        scales.domain([-40.0, -10.0])[-1] == 0 and scales.domain([-3.0, 12.0])[0] < 0 < scales.domain([-3.0, 12.0])[-1]
    )


def test_a_stock_stands_at_the_end_of_its_year_and_a_flow_in_the_middle():
    day = scales.moment(pd.Timestamp("2016-12-31"), pd.Timestamp("2016-12-31"), "date")
    year = scales.moment(pd.Timestamp("2016-01-01"), pd.Timestamp("2016-12-31"), "year")
    axis = scales.Scale(pd.Timestamp("2013-01-01").toordinal(), pd.Timestamp("2019-01-01").toordinal(), 0, 600)
    of_2016 = next(tick for tick in scales.time({"date"})(axis) if tick.text == "2016")
    assert of_2016.middle == pytest.approx(axis(year), abs=0.5)
    assert axis(day) == pytest.approx(of_2016.middle + 50, abs=0.5), "where 2017 begins"


@pytest.mark.parametrize("kind", KINDS)
def test_both_drawings_show_the_same_figures(shown, kind):
    wide = list(dict.fromkeys(tips(shown[kind].html)))
    narrow = [mark.get("data-at") for mark in image_of(shown[kind].html, "narrow").iter() if mark.get("data-at")]
    assert sorted({wide[int(place)] for place in narrow}) == sorted(wide)
    assert float(image_of(shown[kind].html, "narrow").get("width")) <= 360


def test_a_provisional_figure_is_a_hollow_marker_and_says_so(tmp_path):
    rows = [figure(period=f"2017-{n:02}", value=f"{n}0", status="provisional" if n > 5 else "exact") for n in (4, 5, 6)]
    chain = Workbook("2017", data=small_data(tmp_path, rows))
    shown = charts.trend(chain.series(INFLOW, kind="month"), "T", chain)
    markers = [path.get("fill") for path in image_of(shown.html).iter(f"{SVG}path") if path.get("transform")]
    assert "white" in markers
    assert "juni 2017: 60* personen (voorlopig)" in tips(shown.html)
    assert "Een open teken is een voorlopig cijfer." in note_of(shown.html)


@pytest.mark.parametrize("kind", KINDS)
def test_every_figure_drawn_has_a_tip_with_its_text(shown, kind):
    found = tips(shown[kind].html)
    values = [row for row in shown[kind].figures if row["value"] is not None]
    if kind == "ranking":  # shows the last two of the years that are compared
        values = [row for row in values if row["period"] >= "2016-06"]
    assert len(found) == len(values) and all(tip[-1] not in ":;, " for tip in found)


def test_a_measure_or_category_has_one_colour_in_every_edition(chain):
    def colours(shown) -> dict[str, str]:
        marks = {name: next(group.iter(f"{SVG}path")) for name, group in series_in(shown.html).items()}
        return {name: mark.get("stroke") for name, mark in marks.items()}

    first = colours(charts.trend(chain.series("valid_residence_permits", "reason"), "T", chain))
    assert len(set(first.values())) == len(first), "no two series of one colour"
    later = published("2021-12")
    assert colours(charts.trend(later.series("valid_residence_permits", "reason"), "T", later)) == first


def test_a_long_name_is_written_in_full_beside_its_line_with_its_last_figure(chain):
    decisions = ["asylum_first_instance_decisions", "asylum_first_instance_positive", "asylum_first_instance_rejected"]
    shown = charts.trend(chain.series(decisions, kind="quarter"), "T", chain)
    written = {" ".join(text.itertext()) for text in image_of(shown.html).iter(f"{SVG}text")}
    assert {
        "Beslissingen op asielaanvragen in eerste aanleg",
        "Positieve asielbeslissingen in eerste aanleg",
        "Afwijzende asielbeslissingen in eerste aanleg",
    } <= written
    assert tree(shown.html).find(".//ul") is None, "no key beside the names"


@pytest.mark.parametrize("wanted", [[150.0, 153.0, 156.0], [300.0, 299.0, 300.0], [10.0, 300.0, 299.0, 298.0, 12.0]])
def test_labels_never_touch_each_other_or_leave_the_plot(wanted):
    heights = [18 * (place % 3 + 1) for place in range(len(wanted))]
    placed = sorted(zip(apart(wanted, heights, 0, 300), heights, strict=True))
    for (above, high), (below, low) in pairwise(placed):
        assert below - above >= (high + low) / 2
    assert placed[-1][0] + placed[-1][1] / 2 <= 310


def test_a_text_alternative_stays_short_and_says_how_many_it_left_out(chain):
    names = chain.categories("asylum_first_applications", "nationality")
    assert len(names) > 5
    series = chain.series("asylum_first_applications", "nationality", names, kind="month")
    label = image_of(charts.trend(series, "T", chain).html).get("aria-label")
    assert len(label) < 700 and re.search(r"; en \d+ andere reeks(en)?\.$", label)


def test_every_colour_has_a_counterpart_on_dark_paper():
    style = (TEMPLATES / "chart.css").read_text(encoding="utf-8")
    dark = style[style.index("prefers-color-scheme: dark") :]
    outlines = {*palette.PALETTE, palette.AXIS, palette.GRID, palette.QUIET, palette.INK}
    fills = {*palette.PALETTE, *palette.INKS.values(), *palette.PALE.values(), palette.INK}
    fills |= {colour for ramp in palette.ANSWERS.values() for colour in ramp}
    wanted = {f'[fill="{colour}"]' for colour in fills} | {f'[stroke="{colour}"]' for colour in outlines}
    assert {selector for selector in wanted if selector not in dark} == set()


def test_a_gap_between_columns_is_said_in_words(tmp_path):
    rows = [figure(period=year, value=value) for year, value in (("2014", "40"), ("2016", "60"), ("2017", "80"))]
    chain = Workbook("2017", data=small_data(tmp_path, rows))
    shown = charts.columns(chain.series(INFLOW, kind="year"), "T", chain)
    for kind in ("wide", "narrow"):
        assert {"40", "60", "80", "geen cijfer"} <= set(texts(shown.html, kind))
        assert len(list(image_of(shown.html, kind).iter(f"{SVG}rect"))) == 3, "a gap has no bar"


def test_a_ranking_names_the_largest_first_with_its_number(shown, chain):
    top = chain.top("asylum_first_applications", "nationality", 5).groupby("category", sort=False).tail(1)
    label = image_of(shown["ranking"].html).get("aria-label")
    places = [label.index(name) for name in top.category]
    assert places == sorted(places)
    assert set(top.category) <= set(texts(shown["ranking"].html))


def test_contributions_carry_their_sign(chain):
    changes = contributions(published("2017").compare("asylum_first_applications", "nationality"), n=20)
    marks = texts(charts.contributions(changes, "T", chain).html)
    assert "+105" in marks and "-1.300" in marks, "Syria and Albania, 2017 against 2016"


@pytest.mark.parametrize("value", ["0", "4", "3000000"])
def test_an_axis_carries_any_size(tmp_path, value):
    chain, series = series_of(tmp_path, {"2017-01": value, "2017-02": value})
    shown = charts.trend(series, "T", chain)
    assert not any(word in text for text in texts(shown.html) for word in ("NaN", "Infinity", "undefined", "null"))
    assert lines(shown.html) and "NaN" not in lines(shown.html)[0]


def test_policy_measures_are_numbered_and_listed_with_their_source(chain):
    events = chain.policy_measures(nationality="Albanië")
    series = chain.series("asylum_first_applications", "nationality", ["Albanië"], kind="month")
    shown = charts.trend(series, "Albanië", chain, events)
    first, last = series.start.min(), series.end.max()
    inside = events[(events.date >= first) & (events.date <= last)]
    assert len(inside)
    listed = [item for items in tree(shown.html).iter("ol") for item in items]
    assert len(listed) == len(inside)
    assert all(title in "".join(item.itertext()) for title, item in zip(inside.title, listed, strict=True))
    numbers = {text for text in texts(shown.html, "narrow") if text.isdigit()}
    assert {str(n + 1) for n in range(len(inside))} <= numbers


@pytest.mark.parametrize(("kind", "title"), [("year", "Sporenbeleid ingevoerd"), ("quarter", "Eerste nationale lijst")])
def test_policy_measures_of_the_whole_last_period_are_drawn(kind, title):
    """Also those after the day that the last year or quarter is drawn at; the panel's chart shows the same ones."""
    book = published("2016" if kind == "year" else "2015-Q4")
    frame = book.series("asylum_first_applications", kind=kind)
    shown = charts.trend(frame, "Aanvragen", book, book.policy_measures("asiel"))
    listed = policy_list(shown.html)
    assert any(title in text for text in listed)
    assert len([text for text in listed if " 2016: " in text]) == (3 if kind == "year" else 0)
    assert policy_list(chart.trend(book, frame, "Aanvragen", book.policy_measures("asiel")).html) == listed


def policy_list(html: str) -> list[str]:
    return [item.text.strip() for items in tree(html).iter("ol") for item in items]


@pytest.mark.parametrize("draw", [charts.trend, charts.columns, charts.ranking, charts.contributions])
def test_without_figures_a_chart_is_a_named_gap(tmp_path, draw):
    chain = Workbook("2017", data=small_data(tmp_path, monthly(1, ["5"])))
    nothing = chain.series("coa_occupancy")
    shown = draw(nothing, "Bezetting", chain)
    assert "Bezetting" in shown.html and "<svg" not in shown.html and shown.figures == [] and shown.spec is None


def test_markup_in_data_stays_text_in_the_image_and_its_label(chain):
    series = chain.series("asylum_first_applications", "nationality", ["Syrië", "Irak"], kind="month", years=1)
    bad = series.assign(
        category=series.category.replace("Syrië", ATTACK), organisation=ATTACK, source_url="javascript:1"
    )
    top = chain.compare("asylum_first_applications", "nationality", ["Syrië", "Irak"])
    events = chain.policy_measures("asiel", years=1).assign(
        title=ATTACK, source_url="javascript:1", source_title=ATTACK
    )
    for shown in (
        charts.trend(bad, ATTACK, chain, events),
        charts.ranking(top.assign(category=top.category.replace("Syrië", ATTACK)), ATTACK, chain),
        charts.columns(bad[bad.category == ATTACK].tail(3), ATTACK, chain),
    ):
        root = tree(shown.html)
        assert not [element for element in root.iter() if element.tag.split("}")[-1] == "script"]
        assert ATTACK in image_of(shown.html).get("aria-label")
        assert not [address for address in links(shown.html).values() if not address.startswith("http")]


DRAW_ALL = """
import hashlib
from keten import Workbook, charts, provenance, summary
from keten.statistics.timeseries.contribution import contributions
chain = Workbook("2017-06", data={data!r})
first = chain.series("asylum_inflow_total", kind="month")
parts = [
    charts.trend(first, "A", chain, chain.policy_measures("asiel")),
    charts.ranking(chain.top("asylum_inflow_total", "nationality", 5), "B", chain),
    charts.contributions(contributions(chain.compare("asylum_inflow_total", "nationality")), "C", chain),
    provenance.others(chain), provenance.sources(chain), provenance.definitions(chain), provenance.gaps(chain),
    summary.key_figures([chain.compare("asylum_inflow_total")], chain),
]
text = "".join(str(part._repr_mimebundle_()) for part in parts)
print(hashlib.sha256(text.encode()).hexdigest())
"""


def test_same_input_gives_the_same_bytes_in_every_process(tmp_path, capsys):
    names = ("Syrië", "Irak", "Iran", "Eritrea")
    of = {"dimension": "nationality", "organisation": "IND"}
    rows = [
        *monthly(1, ["1200", "1300", "900", "1100", "1000", "950"]),
        *[
            figure(period=f"{year}-06", category=name, value=str(10 * n + year % 7), **of)
            for year in (2016, 2017)
            for n, name in enumerate(names)
        ],
        *monthly(1, ["1210", "1310"], organisation="NOS", source="nos-2018-04-overname"),
    ]  # fmt: skip
    script = DRAW_ALL.format(data=str(small_data(tmp_path, rows)))
    exec(script, {})
    here = capsys.readouterr().out
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    there = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert here == there.stdout and len(here.strip()) == 64


def test_same_input_gives_the_same_bytes_twice_in_one_process(chain, shown):
    again = charts.trend(
        chain.series("asylum_first_applications", kind="month"),
        "Eerste aanvragen",
        chain,
        chain.policy_measures("asiel", years=3),
    )
    first, second = (hashlib.sha256(one.html.encode()).hexdigest() for one in (shown["trend"], again))
    assert first == second and again.spec == shown["trend"].spec
