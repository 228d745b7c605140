"""Which figures a statement speaks of: each rule by itself, and against the rule that comes after it."""

import math
from itertools import permutations

import pandas as pd
import pytest
from helpers_data import figure, in_memory, monthly, small_data
from helpers_sources import imported, written

from keten import Workbook
from keten.presentation import tables
from keten.presentation.changes import changes_of
from keten.sections import rankings
from keten.workbook import one_publisher

INFLOW, FIRST, OCCUPANCY = "asylum_inflow_total", "asylum_first_applications", "coa_occupancy"
RATE = {"measure": "asylum_recognition_rate", "unit": "percent"}
RETURNS = {"measure": "returned_following_order", "organisation": "Eurostat"}
REQUESTS = {"measure": "naturalisation_requests", "unit": "applications"}  # no line in the order of precedence
ASKED = {"measure": FIRST, "unit": "applications"}
STOCK = {"measure": OCCUPANCY, "organisation": "COA"}
EARLIER, LATER = "nrc-2018-01-asielinstroom", "ind-asieltrends-2017"
NATIONALITY = {"dimension": "nationality", "organisation": "CBS"}
TWELVE = ["10"] * 12


def told(frame: pd.DataFrame) -> dict[str, float]:
    """The values by period, of what there is."""
    known = frame[frame.value.notna()]
    return dict(zip(known.period, known.value, strict=True))


def changes(frame: pd.DataFrame) -> list[float]:
    """The changes in percent that can be given."""
    return changes_of(frame).value.dropna().round().tolist()


def reasons(frame: pd.DataFrame) -> str:
    return " ".join(frame.reason)


def years(values: dict[str, str], **cells: str) -> list[dict[str, str]]:
    return [figure(period=period, value=value, **cells) for period, value in values.items()]


# Own span, one publisher, most periods, precedence, newest


def test_the_own_span_goes_before_one_publisher_with_more_periods():
    """The IND has five earlier years and the CBS the edition's: the CBS speaks, and nothing is compared."""
    rows = [*years({"2012": "1000", "2013": "1100", "2014": "1200", "2015": "1300", "2016": "1400"})]
    found = in_memory([*rows, figure(value="2000", organisation="CBS")], "2017").compare(INFLOW)
    assert told(found) == {"2017": 2000} and changes(found) == []
    assert reasons(found).count("wat er is, komt van IND en is een andere telling") == 2


def test_the_own_span_goes_before_precedence_and_before_the_newest():
    rows = [figure(period="2016"), figure(organisation="CBS", value="2000", published="2017-12-31")]
    found = in_memory([*rows, figure(period="2016", value="9", published="2018-06-01")], "2017").value(INFLOW)
    assert told(found) == {"2017": 2000} and not found.fallback.any()


def test_one_publisher_with_most_of_the_periods_goes_before_precedence():
    """The leading IND has one year, the CBS three."""
    ind = years({"2017": "900"}, **REQUESTS)
    cbs = years({"2015": "1000", "2016": "2000", "2017": "3000"}, organisation="CBS", **REQUESTS)
    found = in_memory([*ind, *cbs], "2017").compare(REQUESTS["measure"])
    assert set(found.organisation) == {"CBS"} and changes(found) == [200, 50]


def test_precedence_decides_where_publishers_have_equally_many():
    both = [
        *years({"2015": "1000", "2016": "2000", "2017": "3000"}, **REQUESTS),
        *years({"2015": "1", "2016": "2", "2017": "3"}, organisation="CBS", published="2020-01-01", **REQUESTS),
    ]
    found = in_memory(both, "2017").compare(REQUESTS["measure"])
    assert set(found.organisation) == {"IND"}, "also before what was published later"


def test_precedence_ranks_and_never_excludes():
    """The table names IND and CBS for the inflow; NOS alone has a figure."""
    found = in_memory([figure(organisation="NOS", value="70")], "2017").value(INFLOW)
    assert told(found) == {"2017": 70}


def test_the_newest_of_one_publisher_speaks():
    rows = [
        figure(value="10", source=EARLIER, published="2018-01-15"),
        figure(value="12", source=LATER, published="2018-06-01"),
    ]
    for order in permutations(rows):
        assert told(in_memory(order, "2017").value(INFLOW)) == {"2017": 12}
    assert told(in_memory(rows, "2017", as_of="2018-02-01").value(INFLOW)) == {"2017": 10}
    early = [figure(value="5", period="2016"), *rows]
    assert told(in_memory(early, "2017", as_of="2018-01-10").value(INFLOW)) == {"2016": 5}


@pytest.mark.parametrize("period", ["", "2017"])
def test_two_publishers_with_one_definition_are_one_count(period):
    """UNHCR hands on the count of the IND."""
    rows = [
        figure(period="2016", value="1000", organisation="UNHCR", **ASKED),
        figure(period="2017", value="1500", organisation="IND", **ASKED),
    ]
    found = in_memory(rows, "2017").compare(FIRST, period=period)
    assert told(found) == {"2016": 1000, "2017": 1500} and changes(found) == [50]


def test_two_definitions_of_one_publisher_are_two_counts():
    """What the KMar counts itself is not compared with what the CBS hands on for it."""
    kmar = {"measure": "border_refusals", "organisation": "KMar"}
    rows = [
        figure(period="2016", value="1000", source="cbs-minder-mensen-geweigerd", **kmar),
        figure(period="2017", value="1500", source=EARLIER, **kmar),
    ]
    book = in_memory(rows, "2017")
    found = book.compare("border_refusals")
    assert told(found) == {"2017": 1500} and changes(found) == []


def test_a_share_of_a_total_is_of_the_same_definition():
    about = {"measure": "border_refusals", "organisation": "KMar"}
    part = figure(value="30", dimension="nationality", category="Albanië", source=EARLIER, **about)
    other = figure(value="100", source="cbs-minder-mensen-geweigerd", **about)
    book = in_memory([part, other], "2017")
    assert book.share_of_total(book.compare("border_refusals", "nationality")).value.isna().all()
    own = in_memory([part, other, figure(value="60", source=EARLIER, **about)], "2017")
    assert own.share_of_total(own.compare("border_refusals", "nationality")).value.tolist() == [50]


@pytest.mark.parametrize("empty", [{"value": "", "status": "missing"}, {"value": "3", "published": "2014-05-01"}])
def test_a_gap_or_a_part_of_one_publisher_hides_no_figure_of_another_of_the_same_count(empty):
    """Of one count UNHCR has no figure of the whole period, or the IND has not: the other one has."""
    for first, second in (("UNHCR", "IND"), ("IND", "UNHCR")):
        rows = [
            figure(period="2014", organisation=first, **ASKED) | empty,
            figure(period="2014", value="700", organisation=second, published="2015-02-01", **ASKED),
        ]
        found = in_memory(rows, "2014").compare(FIRST)
        assert told(found) == {"2014": 700} and set(found.reason) == {""}


# Never shorter, the latest of the same length, a longer one that covers it, the latest longer one


def test_a_shorter_span_never_stands_in():
    rows = [*monthly(1, ["5"]), *monthly(12, ["9"]), figure(period="2017-Q1", value="20")]
    book = in_memory(rows, "2017")
    found = book.compare(INFLOW)
    assert found.value.isna().all() and set(found.status) == {"missing"}
    assert book.series(INFLOW, kind="month").value.notna().sum() == 2, "a series has them"


def test_the_latest_span_of_the_same_length_goes_before_a_longer_one_that_covers_it():
    rows = [figure(period="2016-Q4", value="40"), figure(period="2017-H1", value="300")]
    found = in_memory(rows, "2017-Q2").value(INFLOW)
    assert told(found) == {"2016-Q4": 40} and found.fallback.all()


def test_a_longer_span_that_covers_it_goes_before_a_later_longer_one():
    covering = [figure(period="2017-H1", value="300"), figure(period="2016", value="40")]
    assert told(in_memory(covering, "2017-Q2").value(INFLOW)) == {"2017-H1": 300}
    assert told(in_memory(covering[1:], "2017-Q2").value(INFLOW)) == {"2016": 40}


def test_the_latest_longer_span_goes_before_an_earlier_one():
    rows = years({"2014": "14", "2016": "16", "2015": "15"})
    assert told(in_memory(rows, "2017-06").value(INFLOW)) == {"2016": 16}


def test_a_sum_over_a_covering_span_is_a_longer_one_too():
    rows = [figure(period="2017-Q1", value="10"), figure(period="2017-Q2", value="20")]
    found = in_memory(rows, "2017-06").value(INFLOW)
    assert told(found) == {"2017-Q2": 20}, "the shortest that covers it"


def test_a_span_that_is_asked_for_has_no_other_in_its_place():
    rows = [figure(period="2016", value="5"), figure(period="2015", value="4")]
    book = in_memory(rows, "2017")
    assert told(book.value(INFLOW)) == {"2016": 5}
    assert told(book.value(INFLOW, period="2017")) == {}, "also when it is that of the report"
    assert told(book.compare(INFLOW, period="2017")) == {"2015": 4, "2016": 5}
    assert book.compare(INFLOW, period="2017").period.tolist() == ["2015", "2016", "2017"]


# Sums


@pytest.mark.parametrize(("kind", "number"), [("month", 12), ("quarter", 4), ("half_year", 2)])
def test_complete_sums_and_never_incomplete_ones(kind, number):
    name = {"month": "2017-{:02}", "quarter": "2017-Q{}", "half_year": "2017-H{}"}[kind]
    rows = [figure(period=name.format(n), value="10") for n in range(1, number + 1)]
    assert told(in_memory(rows, "2017").value(INFLOW)) == {"2017": 10 * number}
    for place in range(number):
        assert told(in_memory(rows[:place] + rows[place + 1 :], "2017").value(INFLOW)) == {}


def test_a_sum_is_not_made_of_two_counts():
    rows = [*monthly(1, ["10"] * 6), *monthly(7, ["10"] * 6, organisation="CBS")]
    assert told(in_memory(rows, "2017").value(INFLOW)) == {}


def test_a_sum_of_one_count_may_be_of_two_publishers():
    rows = [*monthly(1, ["10"] * 6, **ASKED), *monthly(7, ["10"] * 6, **{**ASKED, "organisation": "UNHCR"})]
    found = in_memory(rows, "2017").value(FIRST)
    assert told(found) == {"2017": 120} and found.organisation.tolist() == ["IND, UNHCR"]


def test_a_published_figure_goes_before_a_sum_of_the_same_count():
    rows = [*monthly(1, TWELVE), figure(value="125")]
    found = in_memory(rows, "2017").value(INFLOW)
    assert told(found) == {"2017": 125} and found.calculation.tolist() == [""]


REASONS = ("arbeid", "studie", "gezin", "overig regulier", "slachtoffer mensenhandel")


def by_reason(names=REASONS, **cells: str) -> list[dict[str, str]]:
    about = {"measure": "temporary_permits_regular", "unit": "permits", "organisation": "CBS", "dimension": "reason"}
    return [figure(category=name, value="100", **about | cells) for name in names]


def test_declared_parts_make_a_total_with_a_rounded_margin():
    found = in_memory(by_reason(status="rounded_10"), "2017").value("temporary_permits_regular")
    assert told(found) == {"2017": 500} and found.calculation[0].startswith("som van arbeid, studie")
    assert found.margin[0] == pytest.approx(2 * 10 / (2 * math.sqrt(3)) * math.sqrt(5))
    assert (found.dimension[0], found.category[0], found.precision[0]) == ("", "", "rounded_10")


def test_declared_parts_make_no_total_when_one_is_absent_or_hidden():
    assert told(in_memory(by_reason(REASONS[1:]), "2017").value("temporary_permits_regular")) == {}
    hidden = [*by_reason(REASONS[1:]), by_reason(REASONS[:1])[0] | {"value": "", "status": "suppressed"}]
    assert told(in_memory(hidden, "2017").value("temporary_permits_regular")) == {}


def test_a_published_total_goes_before_its_parts():
    total = by_reason(REASONS[:1])[0] | {"dimension": "", "category": "", "value": "505"}
    assert told(in_memory([*by_reason(), total], "2017").value("temporary_permits_regular")) == {"2017": 505}


# Breaks


@pytest.mark.parametrize(
    ("about", "before", "after"),
    [
        (RETURNS, "2020", "2022"),
        (STOCK, "2022-12-31", "2023-12-31"),
        (ASKED | {"organisation": "IND"}, "2013", "2014"),
        (ASKED | {"organisation": "UNHCR"}, "2013", "2014"),
        (ASKED | {"organisation": "IND", "measure": "asylum_permits_granted", "unit": "permits"}, "2025-07", "2026-07"),
    ],
)
def test_a_change_across_a_break_is_refused_with_the_reason(about, before, after):
    rows = [figure(period=period, value="1000", **about) for period in (before, after)]
    book = in_memory(rows, after[:7] if about is STOCK else after)
    # two years back for the returns, of which 2021 holds the break
    found = book.compare(about["measure"])
    assert len(told(found)) == 2 and changes(found) == []
    assert "wordt anders geteld" in reasons(found)
    shown = tables.comparison(found, "Titel", book)
    assert "†" in shown.html and "geen vergelijkbaar cijfer" in shown.html


def test_figures_on_one_side_of_a_break_are_compared():
    after = in_memory(years({"2022": "1000", "2023": "1500"}, **RETURNS), "2023").compare(RETURNS["measure"])
    before = in_memory(years({"2019": "1000", "2020": "1500"}, **RETURNS), "2020").compare(RETURNS["measure"])
    assert changes(after) == changes(before) == [50] and reasons(after).strip() == ""


@pytest.mark.parametrize(("own", "other"), [("2021", "2020"), ("2022", "2021")])
def test_a_period_that_holds_the_day_is_comparable_with_neither_side(own, other):
    found = in_memory(years({own: "1000", other: "1500"}, **RETURNS), own).compare(RETURNS["measure"])
    assert len(told(found)) == 2 and changes(found) == []


def test_june_2026_is_mixed_and_july_is_not():
    granted = {"measure": "asylum_permits_granted", "unit": "permits"}
    rows = [figure(period=p, value="1000", **granted) for p in ("2025-06", "2026-06", "2027-06", "2026-07", "2027-07")]
    for period in ("2026-06", "2027-06"):
        assert changes(in_memory(rows, period).compare(granted["measure"])) == [], period
    assert changes(in_memory(rows, "2027-07").compare(granted["measure"])) == [0]


def test_a_break_of_one_publisher_leaves_others_whole():
    rows = years({"2013": "1000", "2014": "1500"}, organisation="CBS", **ASKED)
    assert changes(in_memory(rows, "2014").compare(FIRST)) == [50]


def test_no_sum_and_no_window_across_a_break():
    rows = [*monthly(1, TWELVE, 2021, **RETURNS), *monthly(1, TWELVE, 2022, **RETURNS)]
    year = in_memory(rows, "2021")
    assert told(year.value(RETURNS["measure"], period="2021")) == {}
    half = in_memory(rows, "2022-06")
    windows = half.rolling(RETURNS["measure"]).set_index(["window", "period"]).value
    assert windows["year_to_date", "2022-H1"] == 60
    assert math.isnan(windows["trailing_12", "2021-07-01/2022-06-30"])
    assert told(in_memory(rows, "2022").value(RETURNS["measure"])) == {"2022": 120}


def test_a_published_window_across_a_break_is_not_compared():
    rows = [
        figure(period="2021-07-01/2022-06-30", value="1000", **RETURNS),
        figure(period="2020-07-01/2021-06-30", value="1500", **RETURNS),
        figure(period="2022-06", value="10", **RETURNS),
    ]
    window = in_memory(rows, "2022-06").rolling(RETURNS["measure"]).query("window == 'trailing_12'")
    assert window.value.tolist() == [1500, 1000] and changes(window) == []


def test_the_longest_series_ends_at_a_break():
    rows = [*monthly(1, TWELVE, 2021, **RETURNS), *monthly(1, TWELVE, 2022, **RETURNS)]
    found = one_publisher.longest(in_memory(rows, "2022"), RETURNS["measure"])
    assert (found.period.iloc[0], found.period.iloc[-1], len(found)) == ("2021-11", "2022-12", 14)
    granted = {"measure": "asylum_permits_granted", "unit": "permits"}
    rows = [*monthly(1, TWELVE, 2025, **granted), *monthly(1, TWELVE, 2026, **granted)]
    found = one_publisher.longest(in_memory(rows, "2026"), granted["measure"])
    assert found.period.iloc[-1] == "2026-05" and len(found) == 17, "June 2026 is part of neither"


# A period that still runs


RUNNING = [*years({"2022": "800", "2023": "900", "2024": "1000"}), figure(period="2025", value="170")]


def delivered() -> list[dict[str, str]]:
    return [row | {"published": "2025-03-01"} for row in RUNNING]


def test_a_year_of_two_months_is_neither_compared_nor_drawn():
    book = in_memory(delivered(), "2025")
    now = book.compare(INFLOW)
    assert told(now) == {"2022": 800, "2023": 900, "2024": 1000} and now.fallback.all() and changes(now) == [25, 11]
    assert told(book.series(INFLOW)) == {"2022": 800, "2023": 900, "2024": 1000}
    assert "2025" not in set(book.by_publisher([INFLOW]).period)


def test_a_year_of_two_months_that_is_asked_for_is_given_with_the_reason():
    asked = in_memory(delivered(), "2025").compare(INFLOW, period="2025")
    assert told(asked)["2025"] == 170 and changes(asked) == []
    assert asked.reason.iloc[-1] == "de periode liep nog toen zij werd geteld: dit is de stand van 1 maart 2025"


def test_a_running_year_has_no_share_and_no_rank():
    rows = [
        figure(period="2025", value=value, category=name, published="2025-03-01", **NATIONALITY)
        for name, value in (("Syrië", "60"), ("Irak", "40"))
    ]
    rows += [figure(period="2025", value="100", organisation="CBS", published="2025-03-01"), figure(period="2023")]
    book = in_memory(rows, "2025")
    assert book.top(INFLOW, "nationality").empty
    assert book.share_in_period(INFLOW, INFLOW, "nationality", ["Syrië"]).value.isna().all()
    assert book.share(INFLOW, INFLOW, "nationality").empty
    assert book.share_of_category(INFLOW, "nationality", "Syrië").empty
    assert not book.has(INFLOW, "nationality", "year")


def test_a_running_part_is_in_no_sum():
    rows = [row | {"published": "2017-12-20"} for row in monthly(1, TWELVE)]
    assert told(in_memory(rows, "2017").value(INFLOW)) == {}
    assert told(in_memory(rows, "2017-H1").value(INFLOW)) == {"2017-H1": 60}


def test_a_running_rate_is_not_compared_and_a_plan_or_stock_is():
    rate = [figure(period=p, value="50", published="2025-03-01", **RATE) for p in ("2024", "2025")]
    assert told(in_memory(rate, "2025").compare(RATE["measure"])) == {"2024": 50}
    stock = [figure(period=p, value="50", published="2025-03-01", **STOCK) for p in ("2024", "2025")]
    assert told(in_memory(stock, "2025").compare(OCCUPANCY)) == {"2024": 50, "2025": 50}


def test_a_figure_counted_on_the_last_day_is_of_the_whole_period():
    assert told(in_memory([figure(published="2017-12-31")], "2017").value(INFLOW)) == {"2017": 31327}
    assert told(in_memory([figure(published="2017-12-30"), figure(period="2016")], "2017").value(INFLOW)) == {
        "2016": 31327
    }


CARD = """\
title = "Asielinstroom per jaar"
publisher = "IND"
licence = "Hergebruik met bronvermelding"
goal = "2_asiel"
unit = "persons"

[format]
name = "table"

[period]
column = "jaar"

[measures.asylum_inflow_total]
column = "aantal"
{more}
"""


def live(folder, *deliveries: tuple[str, str], more: str = "") -> Workbook:
    data = small_data(folder, [figure(period="2010", value="1", measure=FIRST, unit="applications")])
    card = written(folder, CARD.format(more=more), "instroom.toml")
    for day, text in deliveries:
        assert imported(data, card, text, day) == 0
    return data


def test_a_live_delivery_of_march_has_no_year_2025(tmp_path):
    data = live(tmp_path, ("2025-03-01", "jaar;aantal\n2023;900\n2024;1000\n2025;170\n"))
    book = Workbook("2025", data=data)
    found = book.compare(INFLOW)
    assert told(found) == {"2023": 900, "2024": 1000} and changes(found) == [11]
    assert "2025" not in told(book.series(INFLOW))
    assert book.compare(INFLOW, period="2025").reason.iloc[-1].endswith("dit is de stand van 1 maart 2025")


# Hidden figures


def test_a_hidden_figure_of_the_own_span_is_said_and_never_counted():
    rows = [*years({"2015": "40", "2016": "20"}), figure(value="", status="suppressed")]
    book = in_memory(rows, "2017")
    found = book.compare(INFLOW)
    assert found.period.tolist() == ["2015", "2016", "2017"] and not found.fallback.any()
    assert math.isnan(found.value.iloc[-1]) and changes(found) == []
    shown = tables.comparison(found, "Titel", book)
    assert shown.tables[0]["rows"][0][3]["text"] == "minder dan 5"


def test_a_hidden_earlier_figure_has_no_change():
    rows = [figure(period="2016", value="", status="suppressed"), figure(value="200")]
    found = in_memory(rows, "2017").compare(INFLOW)
    assert found.status.tolist() == ["missing", "suppressed", "exact"] and changes(found) == []


def test_a_hidden_month_is_in_no_sum():
    rows = monthly(1, TWELVE)
    rows[3] |= {"value": "", "status": "suppressed"}
    assert told(in_memory(rows, "2017").value(INFLOW)) == {}


# Stocks


def stock(days: dict[str, str], **cells: str) -> list[dict[str, str]]:
    return years(days, **STOCK | cells)


def test_a_stock_is_of_the_latest_day_in_the_period():
    rows = stock({"2017-03-31": "10", "2017-11-30": "20", "2018-01-01": "99"})
    assert told(in_memory(rows, "2017").value(OCCUPANCY)) == {"2017-11-30": 20}


def test_earlier_years_of_a_stock_are_by_the_nearest_day():
    rows = stock({"2016-06-24": "1", "2016-06-28": "2", "2016-07-04": "3", "2017-06-30": "4"})
    found = in_memory(rows, "2017-06").compare(OCCUPANCY)
    assert told(found) == {"2016-06-28": 2, "2017-06-30": 4}


def test_the_first_of_january_stands_beside_the_last_of_december():
    rows = stock({"2016-01-01": "100", "2016-12-31": "200", "2018-01-01": "9"})
    assert told(in_memory(rows, "2016").compare(OCCUPANCY)) == {"2016-01-01": 100, "2016-12-31": 200}


def test_a_stock_of_december_stands_for_january_but_not_across_a_break():
    """The year's end goes before another list by the order of precedence; from 2023 on the COA counts otherwise."""
    for year, told_of in ((2019, "2018-12-31"), (2023, "2023-01-01")):
        rows = [
            *stock({f"{year - 1}-12-31": "100"}, source="coa-bezetting"),
            *stock({f"{year}-01-01": "110"}, source=EARLIER),
        ]
        book = in_memory(rows, f"{year}-01")
        assert list(told(book.value(OCCUPANCY))) == [told_of], year


def test_stocks_of_months_and_of_years():
    months = in_memory(stock({"2016-12": "5", "2017-11": "6", "2017-12": "7"}), "2017")
    assert told(months.compare(OCCUPANCY)) == {"2016-12": 5, "2017-12": 7}
    year = in_memory(stock({"2015": "5", "2016": "6"}), "2017-06")
    found = year.compare(OCCUPANCY)
    assert told(found) == {"2015": 5, "2016": 6} and found.fallback.all()


def test_a_stock_of_parts_is_of_one_day():
    """Parts that are known on other days are no total."""
    from keten.model.figures import figures_of
    from keten.model.periods import Period
    from keten.workbook.candidates import Counted, Ranked

    def counted(day: str) -> Counted:
        one = figures_of(in_memory(stock({day: "5"}), "2017").offered(OCCUPANCY))[0]
        return Counted({one.period: Ranked(one, 1)}, "stock")

    year = Period.parse("2017")
    alike = Counted({}, "stock", partitions=((counted("2017-06-30"), counted("2017-06-30")),)).over(year)
    assert alike.figure.value == 10
    assert Counted({}, "stock", partitions=((counted("2017-06-30"), counted("2017-12-31")),)).over(year) is None


# Rates


def test_a_rate_is_never_added_up():
    rows = monthly(1, ["50"] * 12, **RATE)
    assert told(in_memory(rows, "2017").compare(RATE["measure"])) == {}


def test_an_odd_span_of_a_survey_is_the_last_to_stand_in():
    survey = {"measure": "survey_mean_quality", "unit": "score", "organisation": "DUO"}
    weeks = figure(period="2017-03-06/2017-04-02", value="7", **survey)
    found = in_memory([weeks], "2017").compare("survey_mean_quality")
    assert told(found) == {"2017-03-06/2017-04-02": 7} and found.fallback.all() and len(found) == 1
    year = figure(period="2016", value="6", **survey)
    assert told(in_memory([weeks, year], "2017").value("survey_mean_quality")) == {"2016": 6}


def test_an_odd_span_of_a_flow_does_not_stand_in():
    assert told(in_memory([figure(period="2017-01-02/2017-12-24")], "2017").compare(INFLOW)) == {}


# Shares and ranks

POSITIVE, DECISIONS = "asylum_first_instance_positive", "asylum_first_instance_decisions"


def decided(period: str, positive: str, decisions: str, organisation: str = "Eurostat") -> list[dict[str, str]]:
    about = {"period": period, "organisation": organisation, "unit": "decisions"}
    return [
        figure(measure=measure, value=value, **about)
        for measure, value in ((POSITIVE, positive), (DECISIONS, decisions))
        if value
    ]


def test_a_share_has_numerator_and_denominator_of_one_publisher():
    rows = [*decided("2017-Q1", "40", "", "IND"), *decided("2017-Q1", "30", "60")]
    book = in_memory(rows, "2017-Q1")
    assert told(book.share_in_period(POSITIVE, DECISIONS)) == {"2017-Q1": 50}
    assert told(book.share(POSITIVE, DECISIONS)) == {"2017-Q1": 50}


def test_shares_are_made_period_by_period():
    rows = [*decided("2015-Q1", "10", "100"), *decided("2016-Q1", "20", ""), *decided("2017-Q1", "30", "60")]
    book = in_memory(rows, "2017-Q1")
    assert told(book.share_in_period(POSITIVE, DECISIONS)) == {"2015-Q1": 10, "2017-Q1": 50}
    assert told(book.share(POSITIVE, DECISIONS)) == {"2015-Q1": 10, "2017-Q1": 50}


def test_a_share_across_a_break_is_not_compared():
    rows = [*decided("2025-Q4", "20", "80"), *decided("2026-Q4", "30", "60")]
    found = in_memory(rows, "2026-Q4").share_in_period(POSITIVE, DECISIONS)
    assert told(found) == {"2025-Q4": 25, "2026-Q4": 50} and changes_of(found).value.isna().all()


def test_a_ranking_is_of_one_count():
    """IND tells of one nationality more than CBS does; it stands in no list of the CBS."""
    rows = [figure(value=value, category=name, **NATIONALITY) for name, value in (("Syrië", "60"), ("Irak", "40"))]
    rows += [figure(value="900", category="Iran", **NATIONALITY | {"organisation": "IND"})]
    book = in_memory(rows, "2017")
    assert book.top(INFLOW, "nationality").category.unique().tolist() == ["Syrië", "Irak"]
    assert told(book.value(INFLOW, "nationality", "Iran")) == {"2017": 900}
    assert rankings.of(book, INFLOW, "nationality").frame.category.unique().tolist() == ["Syrië", "Irak"]


# One panel for a whole report


def test_all_statements_of_a_report_have_one_figure():
    rows = [
        *years({"2015": "1000", "2016": "2000", "2017": "3000"}, organisation="CBS"),
        *years({"2016": "2100", "2017": "3100"}),
        *[
            figure(period=year, value=value, category=name, **NATIONALITY | {"organisation": by})
            for year in ("2016", "2017")
            for by, name, value in (("CBS", "Syrië", "600"), ("CBS", "Irak", "400"), ("IND", "Syrië", "700"))
        ],
    ]
    book = in_memory(rows, "2017")
    compared = told(book.compare(INFLOW))
    assert compared == {"2015": 1000, "2016": 2000, "2017": 3000}
    assert told(book.value(INFLOW)) == told(book.value(INFLOW, period="2017")) == {"2017": 3000}
    assert told(book.compare(INFLOW, period="2017")) == told(book.series(INFLOW)) == compared
    first = book.top(INFLOW, "nationality")
    assert set(first.organisation[first.value.notna()]) == {"CBS"}
    assert book.share_of_total(first).value.tolist() == [20, pytest.approx(40 / 3)]
    assert told(book.share_in_period(INFLOW, INFLOW, "nationality", ["Syrië"])) == {"2016": 100, "2017": 100}


# Day and validity


def test_the_as_of_day_changes_who_speaks():
    """Until the CBS has published its third year the IND, which has two, goes first."""
    ind = years({"2016": "2100", "2017": "3100"}, published="2018-01-15")
    cbs = years({"2015": "1000", "2016": "2000", "2017": "3000"}, organisation="CBS", published="2018-06-01")
    then = in_memory([*ind, *cbs], "2017", as_of="2018-02-01").compare(INFLOW)
    assert set(then.organisation[then.value.notna()]) == {"IND"}
    assert set(in_memory([*ind, *cbs], "2017").compare(INFLOW).organisation) == {"CBS"}


def test_before_and_after_a_measure_exists_is_said():
    protected = {"measure": "temporary_protection_beneficiaries", "organisation": "Eurostat"}
    rows = [figure(period=day, value="60000", **protected) for day in ("2022-12-31", "2023-12-31")]
    found = in_memory(rows, "2023").compare(protected["measure"])
    assert found.reason.iloc[0] == "deze telling bestaat vanaf 4 maart 2022"
    dublin = {"measure": "dublin_transfers_out"}
    book = in_memory(years({"2025": "5", "2028": "7"}, **dublin), "2028")
    assert book.compare("dublin_transfers_out").reason.iloc[1].startswith("deze telling bestaat tot en met")
