"""What a report opens with: the largest change that can be told from the noise, and a figure over the years."""

import pytest
from helpers_data import figure, published, small_data, tree

from keten import Workbook
from keten.presentation import yearly
from keten.presentation.yearly import Column
from keten.sections import finding, summary

INFLOW, FIRST, STOCK, RATE = (
    "asylum_inflow_total",
    "asylum_first_applications",
    "coa_occupancy",
    "asylum_recognition_rate",
)
CAUTIONED = "first_residence_permits"  # in some years permits for asylum count too


def pair(measure: str, before: str, now: str, **cells: str) -> list[dict[str, str]]:
    """A measure in 2016 and in 2017."""
    units = {FIRST: "applications", RATE: "percent", CAUTIONED: "permits"}
    cells = {"measure": measure, "unit": units.get(measure, "persons"), **cells}
    days = cells.pop("day", "")
    return [figure(period=f"{year}{days}", value=value, **cells) for year, value in (("2016", before), ("2017", now))]


def foremost(folder, *rows, years: int = 1) -> str:
    """The measure that a report on these figures opens with, and the first screen of that report."""
    chain = Workbook("2017", years, data=small_data(folder, [row for pair in rows for row in pair]))
    measures = list(dict.fromkeys(row["measure"] for pair in rows for row in pair))
    frames = [chain.compare(one) for one in measures]
    chosen = finding.foremost([one for one in finding.named(frames, []) if chain.is_own(one.now)], chain)
    assert chosen is not None
    said = summary.key_figures(frames, chain).finding
    assert said == finding.sentence(chosen.frame.tail(2), chain, chosen.name)
    return chosen.now.measure


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([pair(INFLOW, "30000", "33000"), pair(FIRST, "200", "400")], id="more people, not more percent"),
        pytest.param([pair(RATE, "30", "70"), pair(INFLOW, "1000", "1100")], id="a count before a rate"),
        pytest.param(
            [pair(FIRST, "1000", "1400", status="circa"), pair(INFLOW, "1000", "1010")], id="not within the rounding"
        ),
        pytest.param([pair(FIRST, "10", "90"), pair(INFLOW, "1000", "1010")], id="not on a small base"),
        pytest.param([pair(CAUTIONED, "10000", "20000"), pair(INFLOW, "1000", "1010")], id="not with a caution"),
        pytest.param(
            [pair(STOCK, "10000", "20000", day="-01-02"), pair(INFLOW, "1000", "1010")], id="not of another day"
        ),
        pytest.param([pair(INFLOW, "1000", "1000"), pair(FIRST, "500", "500")], id="the first when nothing changed"),
    ],
)
def test_it_opens_with_the_largest_change_that_can_be_told_from_the_noise(tmp_path, rows):
    assert foremost(tmp_path, *rows) == INFLOW


def test_a_stock_of_the_end_of_the_period_counts_as_the_others(tmp_path):
    assert foremost(tmp_path, pair(INFLOW, "1000", "1100"), pair(STOCK, "9000", "9900", day="-12-31")) == STOCK


def test_a_rate_is_the_finding_where_no_count_changed(tmp_path):
    assert foremost(tmp_path, pair(INFLOW, "1000", "1000"), pair(RATE, "54", "30")) == RATE


def test_the_finding_is_one_sentence_whose_numbers_lead_to_their_origin():
    chain = published("2017")
    shown = summary.key_figures([chain.compare(FIRST), chain.compare(INFLOW)], chain)
    (said,) = tree(shown.html).findall(".//p[@class='finding']")
    assert "".join(said.itertext()) == shown.finding and shown.finding.endswith(").")
    assert shown._repr_mimebundle_()["application/vnd.keten.keyfigures+json"]["finding"] == shown.finding
    values = {row["value"] for row in shown.figures}
    numbers = [float(one.get("value")) for one in said.iter("data")]
    assert len(numbers) == 3 and all(number in values or -number in values for number in numbers)


def test_without_a_figure_of_the_period_that_is_the_finding_and_the_last_known_follows(tmp_path):
    chain = Workbook("2017-06", 1, data=small_data(tmp_path, pair(INFLOW, "1000", "1100")))
    shown = summary.key_figures([chain.compare(INFLOW)], chain)
    first, second = ["".join(one.itertext()) for one in tree(shown.html).findall(".//p[@class='finding']")]
    assert first == "Over juni 2017 zelf zijn geen kerncijfers bekend." and second.startswith("In 2016 telde")
    assert shown.finding == f"{first} {second}" and shown.keyfigures == []


def test_the_first_screen_has_three_key_figures_the_finding_among_them_and_the_others_after(tmp_path):
    measures = [INFLOW, STOCK, "border_refusals", "departure_chain", FIRST]
    rows = [row for one in measures[:4] for row in pair(one, "1000", "1010", day="-12-31" if one == STOCK else "")]
    chain = Workbook("2017", 1, data=small_data(tmp_path, [*rows, *pair(FIRST, "1000", "2000")]))
    html = tree(summary.key_figures([chain.compare(one) for one in measures], chain).html)
    (large,) = html.findall(".//div[@class='glance']/dl")
    names = ["".join(one.itertext()) for one in large.iter("dt")]
    assert len(names) == 3 and names[2] == "Eerste asielaanvragen"
    tiles = ["".join(one.itertext()) for one in html.findall(".//dl[@class='keyfigures']/div/dt")]
    assert len(tiles) == len({*tiles}) == 5 and tiles[:3] == names
    assert html.find(".//figure/figcaption/span").text == "Eerste asielaanvragen"


def test_the_figure_over_the_years_is_of_one_count_and_in_the_figures():
    chain = published("2017")
    shown = summary.key_figures([chain.compare(INFLOW)], chain)
    columns = tree(shown.html).findall(".//figure/ol/li")
    numbers = [(one.find("span").text, one.find(".//data")) for one in columns]
    drawn = {period: float(number.get("value")) for period, number in numbers if number is not None}
    assert drawn["2017"] == 31327 and len(drawn) > 3
    listed = {(row["period"], row["value"], row["publisher"]) for row in shown.figures if row["measure"] == INFLOW}
    assert len({who for period, value, who in listed if drawn.get(period) == value}) == 1
    assert all(any((period, value) == one[:2] for one in listed) for period, value in drawn.items())


# -- bars of text --


def bars(given, **more):
    return tree(yearly.columns("Titel", "personen", [Column(*one) for one in given], **more))


def test_columns_stand_on_zero_and_a_gap_is_no_column():
    found = bars([("2014", "", None), ("2015", "100", 100.0), ("2016", "", None), ("2017", "50", 50.0)])
    first, gap, last = found.findall(".//li")
    assert first.find("span").text == "2015", "what lies before the first figure is left out"
    assert [one.find("span[@class='room']").get("style") for one in (first, gap, last)] == [
        "--foot:0.0%;--top:100.0%", None, "--foot:0.0%;--top:50.0%",
    ]  # fmt: skip
    assert yearly.NONE in "".join(gap.itertext()) and yearly.NONE in "".join(found.find(".//figcaption").itertext())


def test_a_column_below_zero_hangs_from_it():
    _, below = bars([("2016", "30", 30.0), ("2017", "-10", -10.0)]).findall(".//li")
    assert below.find("span[@class='room']").get("style") == "--foot:0.0%;--top:25.0%"


def test_one_figure_is_no_picture():
    assert yearly.columns("Titel", "", [Column("2016", "", None), Column("2017", "5", 5.0)]) == ""
    assert yearly.rows("Titel", "", [Column("Een", "5", 5.0)]) == ""


def test_shares_beside_each_other_are_parts_of_the_whole():
    rows = [Column("Een <b>", "56%", 56.0), Column("Twee", "28%", 28.0)]
    found = tree(yearly.rows("Aandelen", "2017", rows, whole=100)).findall(".//li")
    assert [one.find("span[@class='room']").get("style") for one in found] == ["--share:0.560", "--share:0.280"]
    assert found[0].find("span").text == "Een <b>"
