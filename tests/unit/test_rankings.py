"""Rankings: the title counts what is drawn, says "largest" only where that is proved, and the rest has a bar."""

import re
from itertools import product

import pytest
from helpers_data import figure, published, rows_of, small_data

from keten import Workbook
from keten.model.figures import figures_of
from keten.model.periods import Period
from keten.sections import rankings

INFLOW = "asylum_inflow_total"
COUNTRIES = [
    "Syrië", "Eritrea", "Irak", "Iran", "Turkije", "Jemen", "Somalië", "Albanië", "Algerije", "China", "Egypte",
    "Ethiopië",
]  # fmt: skip
FIRST = [("asylum_first_applications", 10)]
OF_QUARTERS = [*FIRST, ("asylum_family_reunification", 5), ("asylum_unaccompanied_minors", 5)]
OF_YEARS = [
    *OF_QUARTERS,
    ("asylum_first_instance_decisions", 8), ("border_refusals", 10), ("illegally_present_found", 10),
    ("ordered_to_leave", 10), ("returned_following_order", 10), ("departure_chain", 5),
]  # fmt: skip
NUMBERS = dict(zip(rankings.WORDS, range(13), strict=True))


def of_year(values, year="2017", **cells) -> list[dict[str, str]]:
    about = {"dimension": "nationality", "period": year, "organisation": "CBS"} | cells
    return [figure(category=name, value=str(value), **about) for name, value in zip(COUNTRIES, values, strict=False)]


def total(value, year="2017", **cells) -> dict[str, str]:
    return figure(**{"value": str(value), "period": year, "organisation": "CBS"} | cells)


def book(folder, *rows, years=0) -> Workbook:
    return Workbook("2017", compare_years=years, data=small_data(folder, [row for part in rows for row in part]))


def ranked(chain, n=10) -> rankings.Ranking:
    return rankings.of(chain, INFLOW, "nationality", n)


def drawn(shown) -> list[str]:
    """The names of the bars."""
    return [
        re.split(r",(?= \D*\d{4})", tip)[0]
        for tip in re.findall(r'data-tip="([^"]+)"', shown.spec["picture"].partition("</g>")[0])
    ]


def title(shown) -> str:
    return shown.spec["title"]


def count_in(words: str) -> int:
    """How many bars a title says that there are."""
    found = re.search(r"\((\d+)\)$|\bde (\w+) grootste\b", words)
    return int(found[1]) if found[1] else NUMBERS[found[2]]


@pytest.mark.parametrize(
    ("values", "whole", "words", "rest"),
    [
        ([90, 80, 70], 250, "nationaliteiten met een cijfer (3)", 10),
        ([90, 80, 70, 60, 50, 40, 30], 460, "nationaliteiten met een cijfer (7)", 40),
        ([90, 80, 70, 60, 50, 40, 30, 20, 20, 20], 500, "de tien grootste nationaliteiten", 20),
        ([90, 80, 70, 60, 50, 40, 30, 20, 20, 20], 501, "nationaliteiten met een cijfer (10)", 21),
        ([90, 80, 70, 60, 50, 40, 30, 20, 20, 20, 5], 505, "de tien grootste nationaliteiten", 25),
        (
            [90, 80, 70, 60, 50, 40, 30, 20, 20, 20, 5],
            506,
            "de tien grootste van 11 nationaliteiten met een cijfer",
            26,
        ),
    ],
)
def test_title_and_rest_by_hand(tmp_path, values, whole, words, rest):
    """What the list hides is the total minus all that has a figure: up to the smallest bar it can carry "largest"."""
    chain = book(tmp_path, of_year(values), [total(whole)])
    shown = rankings.chart(ranked(chain), "Instroom", chain)
    assert title(shown) == f"Instroom: {words}"
    assert drawn(shown) == [*COUNTRIES[: min(len(values), 10)], rankings.REST]
    (row,) = [row for row in shown.figures if rankings.REST in row["dimensions"]]
    assert row["value"] == rest and row["dimensions"].endswith(f"remainder;of_largest={min(len(values), 10)}")


def test_nothing_is_left_of_a_complete_list(tmp_path):
    chain = book(tmp_path, of_year([9, 8, 7]), [total(24)])
    for shown in (rankings.chart(ranked(chain), "I", chain), rankings.table(ranked(chain), "I", chain)):
        assert "samen het totaal." in shown.html and rankings.REST not in shown.html


def test_without_a_total_nothing_is_said_to_be_largest_and_the_rest_is_not_known(tmp_path):
    chain = book(tmp_path, of_year([90, 80, 70, 60, 50, 40, 30, 20, 20, 20]), [total(500, "2016")])
    found = ranked(chain)
    assert found.words == "nationaliteiten met een cijfer (10)" and found.rest.empty
    for shown in (rankings.chart(found, "I", chain), rankings.table(found, "I", chain)):
        assert "Van dezelfde uitgever is er in 2017 geen totaal bekend" in shown.html
        assert rankings.REST not in shown.html


def test_the_total_of_another_publisher_is_no_total(tmp_path):
    chain = book(tmp_path, of_year([9, 8, 7]), [total(30, organisation="IND")])
    assert ranked(chain).rest.empty


def test_a_list_above_its_total_says_so_and_has_no_rest(tmp_path):
    chain = book(tmp_path, of_year([90, 80, 70]), [total(239)])
    shown = rankings.chart(ranked(chain), "I", chain)
    assert "in 2017 samen meer dan het totaal van dezelfde uitgever (239)" in shown.html
    assert drawn(shown) == COUNTRIES[:3]


def test_rounding_is_held_against_the_word_largest(tmp_path):
    """Ten figures and a total, each 5 off at most: what is hidden may be 55 above the 10 that is left."""
    values = [90, 80, 70, 60, 50, 40, 30, 20, 20, 20]
    chain = book(tmp_path, of_year(values, status="rounded_10"), [total(490, status="rounded_10")])
    assert ranked(chain).words == "nationaliteiten met een cijfer (10)"


def test_the_rest_of_a_year_before_needs_the_same_categories(tmp_path):
    totals = [total(1000, year) for year in ("2015", "2016", "2017")]
    rows = [*of_year([500, 300], "2017"), *of_year([400, 200], "2016"), *of_year([600], "2015")]
    chain = book(tmp_path, rows, totals, years=2)
    assert ranked(chain).rest.value.fillna(-1).tolist() == [-1, 400, 200]
    table = rows_of(rankings.table(ranked(chain), "I", chain).html)
    assert table[-1] == ["overige en onbekend", "geen cijfer", "400", "200", "geen vergelijking", "-50%", "20,0%"]


def test_who_lacks_a_figure_is_named_under_chart_and_table(tmp_path):
    """Irak has a quarter of the year only, Iran the year before, Jemen nothing within these years."""
    others = [
        figure(dimension="nationality", category=name, period=year, value="3", organisation="IND")
        for name, year in (("Irak", "2017-Q1"), ("Iran", "2016"), ("Jemen", "2014"))
    ]
    chain = book(tmp_path, of_year([9, 8]), [total(40)], others, years=1)
    for shown in (rankings.chart(ranked(chain), "I", chain), rankings.table(ranked(chain), "I", chain)):
        assert "Zonder cijfer van dezelfde uitgever in 2017, en daarom niet in de lijst: Irak en Iran." in shown.html


def test_the_largest_of_who_lacks_a_figure_is_named_first(tmp_path):
    """Of ten without a figure of the year eight are named: Zweden, with most applications in a quarter, first."""
    few = ["Albanië", "Algerije", "Angola", "Armenië", "Bangladesh", "Belarus", "Brazilië", "China", "Colombia"]
    names = {**dict.fromkeys(few, "1"), "Zweden": "400"}
    others = [
        figure(dimension="nationality", category=name, period="2017-Q1", value=value) for name, value in names.items()
    ]
    chain = book(tmp_path, of_year([9, 8]), [total(4000)], others)
    assert f"niet in de lijst: Zweden, {', '.join(few[:7])} en 2 andere." in ranked(chain).remark


def test_a_total_that_is_not_that_of_the_report_is_named():
    year = published("2016")
    ranked_by = rankings.of(year, "asylum_first_applications", "nationality")
    assert "Het totaal is hier dat van CBS: 19.370; elders in dit rapport staat een ander cijfer." in ranked_by.remark
    assert "Het totaal" not in rankings.of(year, "illegally_present_found", "nationality").remark


def test_a_part_beside_a_list_of_totals_is_not_said_to_lack_a_figure(tmp_path):
    """Of India there is a total in the list; its students have a figure too, and are no row of their own."""
    both = {"dimension": "nationality+reason", "organisation": "IND"}
    rows = [
        figure(**both, category=name, period="2017", value=value)
        for name, value in (("India + totaal", "9"), ("India + studie", "4"), ("China + totaal", "7"))
    ]
    before = figure(**both, category="Peru + totaal", period="2016", value="3")
    chain = book(tmp_path, rows, [before], [total(40)], years=1)
    found = rankings.of(chain, INFLOW, "nationality+reason")
    assert found.names == ["India + totaal", "China + totaal"]
    assert found.remark.endswith("in 2017, en daarom niet in de lijst: Peru, totaal.")


def test_the_rest_of_a_change_by_hand(tmp_path):
    """From 100 to 130: Syria +30, Eritrea -10, so the others +10."""
    totals = [total(100, "2016"), total(130, "2017")]
    chain = book(tmp_path, of_year([70, 20], "2017"), of_year([40, 30], "2016"), totals, years=1)
    shown = rankings.contributions(chain, INFLOW, "nationality", "Bijdrage")
    assert [row["value"] for row in shown.figures] == [30, -10, 10]
    assert drawn(shown) == ["Syrië", "Eritrea", rankings.REST]
    table = [row[0]["text"] for row in shown.tables[0]["rows"]], shown.tables[0]["columns"]
    assert table == (["2017"], ["Periode", "Syrië", "Eritrea", rankings.REST])


def test_without_totals_the_rest_of_a_change_is_not_known(tmp_path):
    chain = book(tmp_path, of_year([70, 20], "2017"), of_year([40, 30], "2016"), years=1)
    shown = rankings.contributions(chain, INFLOW, "nationality", "Bijdrage")
    assert drawn(shown) == ["Syrië", "Eritrea"] and "de verandering van het totaal niet bekend" in shown.html


def periods() -> list[str]:
    years = range(2013, 2022)
    kinds = [*(f"-{month:02}" for month in range(1, 13)), "-Q1", "-Q2", "-Q3", "-Q4", "-H1", "-H2", ""]
    return [f"{year}{kind}" for year, kind in product(years, kinds)]


@pytest.mark.parametrize("year", range(2013, 2022))
def test_every_title_counts_the_bars(year):
    """For every period there is: as many as the title says; "the ten largest" only as the rule allows."""
    seen = 0
    for period in (one for one in periods() if one.startswith(str(year))):
        chain = published(period)
        for measure, n in {"month": FIRST, "year": OF_YEARS}.get(Period.parse(period).kind, OF_QUARTERS):
            if not chain.has(measure, "nationality"):
                continue
            found = rankings.of(chain, measure, "nationality", n)
            last = found.frame.groupby("category", sort=False).tail(1)
            assert count_in(found.words) == len(found.names) == len(last) and len(last) <= n, (period, measure)
            assert last.value.notna().all() and last.value.is_monotonic_decreasing, (period, measure)
            if re.fullmatch(r"de \w+ grootste \w+", found.words):
                (rest,) = found.rest.value.tail(1) if len(found.rest) else [0]
                smaller = chain.top(measure, "nationality", 1000).groupby("category").tail(1).value.nlargest(1000)[n:]
                assert len(last) == n and last.value.iloc[-1] >= rest - smaller.sum(), (period, measure)
            if len(found.rest):
                whole = rankings.total_of(chain, figures_of(last)[0], Period.parse(last.period.iloc[0]))
                assert whole.value == last.value.sum() + found.rest.value.iloc[-1], (period, measure)
            seen += 1
    assert seen


@pytest.mark.parametrize("period", ["2014", "2016", "2017-H1", "2021", "2021-12"])
def test_every_chart_draws_what_its_title_says(period):
    chain = published(period)
    for measure in ("asylum_first_applications", "border_refusals", "illegally_present_found"):
        if chain.has(measure, "nationality"):
            found = rankings.of(chain, measure, "nationality")
            bars = [name for name in drawn(rankings.chart(found, "T", chain)) if name != rankings.REST]
            assert len(bars) == count_in(found.words)


def test_a_breakdown_by_two_things_ranks_what_has_a_name():
    """Without totals among its categories every pair stands for itself, and people of whom nothing is known do not."""
    ranked = rankings.of(Workbook("2025"), "unhcr_asylum_decisions", "nationality+outcome", 3)
    assert ranked.names == ["Eritrea + erkend als vluchteling", "Algerije + anders afgedaan", "Syrië + anders afgedaan"]
    permits = rankings.of(Workbook("2024"), "temporary_permits_regular", "nationality+reason", 3)
    assert permits.names[0] == "China + totaal" and all(name.endswith(" + totaal") for name in permits.names)
