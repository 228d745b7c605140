"""The rules of the one door: when figures are added up, what is never seen, and what a wrong parameter answers."""

import math

import pandas as pd
import pytest
from helpers_data import REPOSITORY_DATA, figure, monthly, published, small_data

from keten import Workbook
from keten.errors import KetenError
from keten.model.own_data import OF_FIGURES, read_tables
from keten.model.periods import Period

INFLOW = "asylum_inflow_total"
OCCUPANCY = {"measure": "coa_occupancy", "organisation": "COA", "source": "coa-bezetting"}
RATE = {"measure": "asylum_recognition_rate", "unit": "percent"}
FIRST = "asylum_first_applications"
POSITIVE, DECISIONS = "asylum_first_instance_positive", "asylum_first_instance_decisions"
EUROSTAT = {"organisation": "Eurostat", "unit": "decisions"}
ONE_TO_TWELVE = [str(n) for n in range(1, 13)]


def chain(folder, rows, period="2017", **options) -> Workbook:
    """A workbook on nothing but these rows."""
    return Workbook(period, data=small_data(folder, rows), **options)


def only(frame: pd.DataFrame) -> pd.Series:
    assert len(frame) == 1
    return frame.iloc[0]


# Adding up


def test_months_are_added_only_when_every_month_is_there(tmp_path):
    whole = only(chain(tmp_path / "whole", monthly(1, ONE_TO_TWELVE)).value(INFLOW))
    assert (whole.value, whole.period, whole.calculation) == (78, "2017", "som van 12 maanden")
    assert not whole.fallback
    short = chain(tmp_path / "short", monthly(1, ONE_TO_TWELVE[:11]))
    assert only(short.value(INFLOW, period="2017")).status == "missing"
    assert only(short.value(INFLOW)).status == "missing", "a month does not stand in for a year"


@pytest.mark.parametrize("status", ["suppressed", "missing"])
def test_a_hidden_month_is_no_zero_in_a_sum(tmp_path, status):
    rows = monthly(1, ONE_TO_TWELVE)
    rows[4] |= {"value": "", "status": status}
    book = chain(tmp_path, rows)
    year = only(book.value(INFLOW, period="2017"))
    assert math.isnan(year.value) and year.status == "missing"
    may = only(book.series(INFLOW, kind="month").query("period == '2017-05'"))
    assert math.isnan(may.value) and may.status == status


def test_the_rounding_of_parts_travels_into_their_sum(tmp_path):
    row = only(chain(tmp_path, monthly(1, ["10"] * 12, status="rounded_5")).value(INFLOW))
    assert (row.value, row.margin, row.status) == (120, pytest.approx(10), "rounded_5")


def test_quarters_are_added_where_months_are_not_published(tmp_path):
    rows = [figure(period=f"2017-Q{n}", value=str(n)) for n in (1, 2, 3, 4)]
    book = chain(tmp_path, rows)
    assert only(book.value(INFLOW)).value == 10
    assert only(book.value(INFLOW, period="2017-H1")).calculation == "som van 2 kwartalen"


def test_a_published_total_goes_before_a_sum(tmp_path):
    rows = [*monthly(1, ONE_TO_TWELVE), figure(value="80", status="rounded_10")]
    row = only(chain(tmp_path, rows).value(INFLOW))
    assert (row.value, row.calculation) == (80, "")


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        ("80", 78),  # 75 to 85: the exact months say the same, only more precisely
        ("90", 90),  # 85 to 95: the months do not agree, so the publisher's own total stands
    ],
)
def test_an_approximate_total_yields_to_a_sum_that_agrees(tmp_path, published, shown):
    rows = [*monthly(1, ONE_TO_TWELVE), figure(value=published, status="circa")]
    assert only(chain(tmp_path, rows).value(INFLOW)).value == shown


def test_an_approximate_total_stays_when_the_parts_are_no_more_precise(tmp_path):
    rows = [*monthly(1, ["10"] * 12, status="rounded_10"), figure(value="120", status="circa")]
    row = only(chain(tmp_path, rows).value(INFLOW))
    assert (row.value, row.margin, row.calculation) == (120, 5, "")


def test_a_stock_is_read_on_its_last_day_and_never_added(tmp_path):
    days = {"2015-12-31": "5", "2017-03-31": "10", "2017-06-30": "20", "2018-01-01": "99"}
    book = chain(tmp_path, [figure(period=day, value=value, **OCCUPANCY) for day, value in days.items()])
    assert book.compare("coa_occupancy").value.dropna().tolist() == [20]
    assert only(book.value("coa_occupancy", period="2017-Q1")).value == 10
    assert only(book.value("coa_occupancy", period="2017-Q4")).status == "missing"
    assert book.rolling("coa_occupancy").empty


def test_a_rate_is_never_added(tmp_path):
    book = chain(tmp_path, monthly(1, ["50"] * 12, **RATE))
    assert only(book.value("asylum_recognition_rate", period="2017")).status == "missing"
    assert only(book.value("asylum_recognition_rate")).status == "missing"
    assert book.rolling("asylum_recognition_rate").empty


def test_a_missing_year_is_a_row_without_a_value(tmp_path):
    rows = chain(tmp_path, [figure(value="7"), figure(period="2015", value="5")]).compare(INFLOW)
    assert rows.period.tolist() == ["2015", "2016", "2017"]
    assert rows.status.tolist() == ["exact", "missing", "exact"]
    assert rows.value.isna().tolist() == [False, True, False]


def test_a_missing_month_is_a_row_in_the_series(tmp_path):
    rows = chain(tmp_path, [*monthly(1, ["1", "2"]), *monthly(5, ["5"])]).series(INFLOW)
    assert rows.period.tolist() == [f"2017-{n:02}" for n in range(1, 6)]
    assert rows.status.tolist() == ["exact", "exact", "missing", "missing", "exact"]
    assert rows.value.isna().tolist() == [False, False, True, True, False]


def test_the_finest_published_frequency_is_the_default_series(tmp_path):
    rows = [*monthly(1, ["1", "2"]), figure(period="2017-Q1", value="9"), figure(period="2016", value="40")]
    book = chain(tmp_path, rows)
    assert set(book.series(INFLOW).kind) == {"month"}
    assert book.series(INFLOW, kind="year").period.tolist() == ["2016"]


# Shares, windows and rankings


def test_a_share_with_its_margin(tmp_path):
    """40 of 80, both rounded to fives: 42.5 of 77.5 is 54.84%, which lies 4.84 points from 50%."""
    rows = [
        figure(measure=measure, value=value, status="rounded_5", period="2017-Q1", **EUROSTAT)
        for measure, value in ((POSITIVE, "40"), (DECISIONS, "80"))
    ]
    book = chain(tmp_path, rows, "2017-Q1", compare_years=0)
    for share in (only(book.share(POSITIVE, DECISIONS)), only(book.share_in_period(POSITIVE, DECISIONS))):
        assert share.value == 50 and share.unit == "percent"
        assert share.margin == pytest.approx(100 * 42.5 / 77.5 - 50)


def test_a_share_of_a_year_is_no_mean_of_its_quarters(tmp_path):
    """1 of 2 and 9 of 90: together 10 of 92 is 10.9%, while the mean of 50% and 10% would be 30%."""
    values = {POSITIVE: ("1", "9", "0", "0"), DECISIONS: ("2", "90", "0", "0")}
    rows = [
        figure(measure=measure, value=value, period=f"2017-Q{n + 1}", **EUROSTAT)
        for measure, quarters in values.items()
        for n, value in enumerate(quarters)
    ]
    book = chain(tmp_path, rows, compare_years=0)
    assert only(book.share_in_period(POSITIVE, DECISIONS)).value == pytest.approx(100 * 10 / 92)
    quarters = book.share(POSITIVE, DECISIONS).set_index("period")
    assert quarters.value["2017-Q1"] == 50
    assert math.isnan(quarters.value["2017-Q3"]) and quarters.status["2017-Q3"] == "missing", "nothing of nothing"


@pytest.mark.parametrize("method", ["share", "share_in_period"])
def test_a_share_is_never_made_of_two_publishers(tmp_path, method):
    rows = [
        figure(measure=POSITIVE, value="40", period="2017-Q1", **EUROSTAT),
        figure(measure=DECISIONS, value="80", period="2017-Q1", unit="decisions", organisation="IND"),
    ]
    shares = getattr(chain(tmp_path, rows, "2017-Q1", compare_years=0), method)(POSITIVE, DECISIONS)
    assert shares.value.isna().all()


def test_rolling_windows(tmp_path):
    """2016 has 1 to 12, 2017 has 10 to 120: to June 21 and 210; twelve months to June 2017: 57 + 210."""
    rows = [*monthly(1, ONE_TO_TWELVE, year=2016), *monthly(1, [f"{n}0" for n in range(1, 13)])]
    book = chain(tmp_path, [*rows, *monthly(1, ["2"] * 12, year=2015)], "2017-06")
    windows = book.rolling(INFLOW).set_index(["window", "period"]).value
    assert windows.to_dict() == {
        ("year_to_date", "2016-H1"): 21,
        ("year_to_date", "2017-H1"): 210,
        ("trailing_12", "2015-07-01/2016-06-30"): 12 + 21,
        ("trailing_12", "2016-07-01/2017-06-30"): 57 + 210,
    }


def test_a_window_with_a_missing_month_has_no_value(tmp_path):
    rows = [row for row in monthly(1, ONE_TO_TWELVE) if row["period"] != "2017-03"]
    windows = chain(tmp_path, rows, "2017-06").rolling(INFLOW)
    assert windows.value.isna().all() and (windows.status == "missing").all()


def test_the_largest_categories_come_first_without_remainder_groups(tmp_path):
    counts = {"Syrië": "30", "Eritrea": "50", "Irak": "30", "Overig": "400", "Onbekend": "60", "Iran": "1"}
    syria = figure(dimension="nationality", category="Syrië", organisation="CBS", period="2016", value="900")
    rows = [
        figure(dimension="nationality", category=name, value=value, organisation="CBS")
        for name, value in counts.items()
    ]
    top = chain(tmp_path, [*rows, syria], compare_years=1).top(INFLOW, "nationality", 3)
    assert list(dict.fromkeys(top.category)) == ["Eritrea", "Irak", "Syrië"]
    assert top.groupby("category").period.agg(list).map(tuple).unique().tolist() == [("2016", "2017")]


def test_figures_of_others_stand_beside_the_one_that_is_used(tmp_path):
    rows = [
        figure(),
        figure(value="31330", status="rounded_10", source="ind-jaarverslag-2017"),
        figure(value="30000", organisation="NOS", source="nos-2018-04-overname"),
        figure(source="nrc-2018-01-asielinstroom"),  # the same figure of the same publisher is no difference
        figure(period="2013", value="1", source="ind-jaarverslag-2017"),
        figure(period="2017-03", value="5", organisation="NOS", source="nos-2018-04-overname"),
        figure(period="2017-04", value="6"),
    ]
    book = chain(tmp_path, rows)
    assert book.others([INFLOW]).empty, "nothing has been shown yet"
    book.compare(INFLOW)
    others = book.others([INFLOW])
    assert others[["value", "used", "difference"]].to_numpy().tolist() == [[30000, 31327, -1327], [31330, 31327, 3]]
    assert others.beyond.tolist() == [True, False], "31,330 is 31,327 rounded"


# Falling back


def test_without_a_figure_in_the_period_the_latest_earlier_one_stands_in_for_all_years(tmp_path):
    rows = [figure(period=year, value=value) for year, value in (("2013", "3"), ("2014", "4"), ("2015", "5"))]
    book = chain(tmp_path, [*rows, figure(period="2018-01", **OCCUPANCY)], "2017-06")
    frame = book.compare(INFLOW)
    assert frame[["period", "value"]].to_numpy().tolist() == [["2013", 3], ["2014", 4], ["2015", 5]]
    assert frame.fallback.all()
    assert not book.compare(INFLOW, period="2015").fallback.any(), "what is asked for by name is no fall-back"


def test_a_category_without_a_figure_in_the_common_period_is_missing(tmp_path):
    of = {"dimension": "nationality", "organisation": "CBS"}
    rows = [figure(category="Syrië", value="8", **of), figure(category="Irak", period="2016", value="6", **of)]
    frame = chain(tmp_path, rows, compare_years=0).compare(INFLOW, "nationality").set_index("category")
    assert frame.value["Syrië"] == 8 and frame.status["Irak"] == "missing"
    assert set(frame.period) == {"2017"}


def test_a_measure_without_any_figure_is_a_gap_and_never_a_zero(tmp_path):
    book = chain(tmp_path, [figure()])
    row = only(book.value("coa_occupancy"))
    assert math.isnan(row.value) and row.status == "missing" and row.source == ""
    assert book.compare("coa_occupancy").value.isna().all()
    assert book.series("coa_occupancy").empty


# What is not seen

TABLES = read_tables(REPOSITORY_DATA, "published").tables
PRINTED = pd.concat([TABLES[name] for name in OF_FIGURES])
DATED = TABLES["sources"].set_index("source").published


WIDE_CHOICE = [
    ("asylum_inflow_total", ""),
    ("asylum_first_applications", ""),
    ("asylum_first_applications", "nationality"),
    ("asylum_family_reunification", "nationality"),
    ("asylum_recognition_rate", ""),
    ("coa_occupancy", ""),
    ("coa_capacity_planned", ""),
    ("border_refusals", ""),
    ("departure_dtv", "departure_kind"),
    ("departure_demonstrable", "nationality"),
    ("survey_mean_quality", "respondent_group"),
    ("lvv_outflow", "outcome"),
]


def everything(book: Workbook) -> pd.DataFrame:
    """All that the door hands out for flows, stocks and rates of every frequency."""
    frames = []
    for measure, by in WIDE_CHOICE:
        kinds = {"", *book.observations.kind[book.observations.measure == measure]}
        frames += [book.series(measure, by, kind=kind) for kind in sorted(kinds)]
        frames += [book.compare(measure, by), book.latest_span(measure, by)]
        frames += [book.top(measure, by, 3)] if by else [book.value(measure), book.rolling(measure)]
    measures = list(book.catalogue.measures.index)
    frames += [book.others(measures), book.by_publisher(measures)]
    frames += [book.share(POSITIVE, DECISIONS), book.share_in_period(POSITIVE, DECISIONS)]
    return pd.concat([frame for frame in frames if len(frame)], ignore_index=True)


@pytest.mark.parametrize(
    ("period", "as_of"),
    [
        ("2017-06", ""),
        ("2017", "2017-02-28"),
        ("2016-H1", "2016-03-31"),
        ("2015", "2018-01-15"),
    ],
)
def test_nothing_after_the_period_or_published_after_the_day_is_ever_handed_out(period, as_of):
    book = Workbook(period, as_of=as_of)
    rows = everything(book)
    end = pd.Timestamp(Period.parse(period).end)
    day = pd.Timestamp(as_of) if as_of else pd.Timestamp("2100-01-01")
    shown = rows[rows.value.notna()]
    assert len(shown) > 500
    assert (shown.end <= end).all() and (shown.known <= day).all()
    assert (rows.end <= end).all(), "not even a gap lies after the period"

    printed = PRINTED.assign(value=pd.to_numeric(PRINTED.value))
    stated = printed.published.where(printed.published != "", printed.source.map(DATED))
    ends = printed.period.map(lambda text: Period.parse(text).end.isoformat())
    known = pd.to_datetime(stated.where(stated != "", ends))
    allowed = printed[(known <= day) & (pd.to_datetime(ends) <= end)]
    key = ["measure", "dimension", "category", "period", "value", "source"]
    as_printed = shown[(shown.calculation == "") & (shown.statistic == "")].drop_duplicates(key)
    assert len(as_printed.merge(allowed[key].drop_duplicates(), on=key)) == len(as_printed)

    events = book.policy_measures(after=True)
    assert (events.date <= min(day, end + pd.DateOffset(months=3))).all()
    assert (book.policy_measures().date <= min(day, end)).all()
    lasts = book.coverage(list(book.catalogue.measures.index)).query("last != ''")["last"]
    assert lasts.map(lambda text: Period.parse(text).end <= end.date()).all()


@pytest.mark.parametrize("as_of", ["", "2017-08-01"])
def test_figures_asked_for_alone_are_ordered_as_among_all(as_of):
    book, together = Workbook("2017-H1", as_of=as_of), Workbook("2017-H1", as_of=as_of).observations
    for key, rows in together.groupby(["measure", "dimension"]):
        alone = book.offered(*key).reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, rows.reset_index(drop=True), check_dtype=False)


def test_a_country_is_safe_from_the_day_that_it_is_listed(tmp_path):
    """Brazil and Trinidad and Tobago came on the list on 24 April 2017."""
    data = small_data(tmp_path, [figure(), figure(period="2016")])
    listed = {
        as_of: set(Workbook("2017", as_of=as_of, data=data).safe_countries().name) for as_of in ("", "2018-01-31")
    }
    assert listed[""] == listed["2018-01-31"] >= {"Albanië", "Brazilië"}
    assert "Brazilië" not in set(Workbook("2016", data=data).safe_countries().name)


def test_a_country_listed_after_the_as_of_day_is_not_yet_seen(tmp_path):
    data = small_data(tmp_path, [figure(published="2017-03-01"), figure(period="2016")])
    seen = Workbook("2017", as_of="2017-03-31", data=data).safe_countries()
    assert "Albanië" in set(seen.name) and "Brazilië" not in set(seen.name)


def test_sources_and_measures_of_a_report_are_those_that_it_was_given(tmp_path):
    book = chain(tmp_path, [*monthly(1, ONE_TO_TWELVE), figure(period="2016", source="ind-jaarverslag-2017")])
    assert book.used_sources().empty and book.used_measures() == []
    book.compare(INFLOW)
    used = book.used_sources().set_index("source").figures
    assert used.to_dict() == {"ind-asieltrends-2017": 1, "ind-jaarverslag-2017": 1}
    assert book.used_measures() == [INFLOW]


def test_a_source_without_a_date_is_marked_as_such(tmp_path):
    data = small_data(tmp_path, [figure()])
    sources = data / "published" / "sources.csv"
    table = pd.read_csv(sources, dtype=str, keep_default_na=False)
    table.assign(published="").to_csv(sources, index=False)
    book = Workbook("2017", data=data)
    assert only(book.value(INFLOW)).assumed
    assert only(book.used_sources()).assumed


# Parameters


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """A data folder with the inflow of one year: enough to judge parameters."""
    return small_data(tmp_path_factory.mktemp("few"), [figure()])


WRONG = [
    ({"period": "juni"}, "2017-06"),
    ({"period": "2017-13"}, "2017-06"),
    ({"period": "1999"}, 'Over 1999 zijn er geen cijfers; het dichtstbij ligt 2017 (period = "2017")'),
    ({"period": "2035-06"}, "Over juni 2035 zijn er geen cijfers; het dichtstbij ligt"),
    ({"period": "2017-12-31"}, "geen maand, kwartaal, halfjaar of jaar"),
    ({"period": "2017-01-01/2017-05-31"}, "geen maand, kwartaal, halfjaar of jaar"),
    ({"compare_years": -1}, "compare_years"),
    ({"compare_years": 1.5}, "compare_years"),
    ({"compare_years": True}, "compare_years"),
    ({"compare_years": 31}, "compare_years"),
    ({"nationality": "Albanje"}, "Bedoelde u Albanië?"),
    ({"nationality": "Atlantis"}, "Atlantis"),
    ({"nationality": 7}, "nationaliteit"),
    ({"as_of": "gisteren"}, "as_of"),
    ({"as_of": "2017-06"}, "as_of"),
    ({"as_of": "2017-02-30"}, "as_of"),
    ({"as_of": "1999-01-01"}, "latere datum"),
    ({"as_of": "1999-01-01", "period": ""}, "latere datum"),
]


@pytest.mark.parametrize(("parameters", "words"), WRONG)
def test_a_value_that_cannot_be_is_answered_in_one_dutch_sentence(few, parameters, words):
    with pytest.raises(KetenError) as caught:
        Workbook(**{"period": "2017", "data": few, **parameters})
    message = str(caught.value)
    assert words in message and "\n" not in message and message.endswith((".", "?"))


def test_an_unknown_measure_comes_with_the_nearest_ones(few):
    book = Workbook("2017", data=few)
    for method in (book.series, book.value, book.compare, book.rolling):
        with pytest.raises(KetenError, match="asylum_inflow_total"):
            method("asylum_inflow")


@pytest.mark.parametrize("spelling", ["Albanië", "albanië", " ALB ", "alb"])
def test_a_nationality_may_be_written_as_name_or_code(few, spelling):
    assert Workbook("2017", nationality=spelling, data=few).nationality == "Albanië"


def test_a_year_may_come_as_a_number_and_a_day_as_a_date(few):
    """YAML and papermill turn 2017 and 2018-01-31 into those."""
    book = Workbook(2017, as_of=pd.Timestamp("2018-01-31").date(), data=few)
    assert str(book.period) == "2017" and str(book.as_of) == "2018-01-31"


# Wrong arguments


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda book: book.compare(FIRST, "nationality", "Syrië"), ["only", 'only=["Syrië"]']),
        (lambda book: book.series(FIRST, "nationality", "Syrië"), ["lijst"]),
        (lambda book: book.series(FIRST, by="nationaliteit"), ["nationaliteit", "Bedoelde u nationality?"]),
        (lambda book: book.compare(FIRST, by="natoinality"), ["Bedoelde u nationality"]),
        (lambda book: book.has(FIRST, by="nationaliteit"), ["Bedoelde u nationality?"]),
        (lambda book: book.series(FIRST, kind="maand"), ["maand", "Bedoelde u month?"]),
        (lambda book: book.series(FIRST, "nationality", ["Syrie"]), ["Syrie", "Bedoelde u Syrië?"]),
        (lambda book: book.compare(FIRST, "nationality", ["SYR"]), ["Bedoelde u Syrië?"]),
        (lambda book: book.compare(FIRST, "nationality", ["Syria"]), ["Bedoelde u Syrië?"]),
        (lambda book: book.compare(FIRST, "nationality", ["Erit"]), ["Bedoelde u Eritrea"]),
        (lambda book: book.value(FIRST, "nationality", "ERITREA"), ["Bedoelde u Eritrea?"]),
        (lambda book: book.rolling(FIRST, "nationality", "Eritrae"), ["Bedoelde u Eritrea"]),
        (lambda book: book.compare(FIRST, only=["Syrië"]), ["by"]),
        (lambda book: book.share(POSITIVE, DECISIONS, "nationality", ["syrië"]), ["Bedoelde u Syrië?"]),
        (lambda book: book.value("asylum_first_application"), ["Bedoelde u asylum_first_applications"]),
    ],
)
def test_a_wrong_argument_is_one_sentence_with_the_nearest_name(ask, words):
    with pytest.raises(KetenError) as fault:
        ask(published("2017-06"))
    assert "\n" not in str(fault.value) and [word for word in words if word not in str(fault.value)] == []


def test_a_category_without_figures_is_a_gap_and_no_mistake(tmp_path):
    book = chain(tmp_path, [figure(measure=FIRST, dimension="nationality", category="Syrië", unit="applications")])
    gap = only(book.value(FIRST, "nationality", "Eritrea"))
    assert math.isnan(gap.value) and gap.status == "missing"


# What a workbook keeps


def test_a_stock_of_another_day_of_the_month_stands_beside_it(tmp_path):
    days = {"2016-09-12": "29", "2016-09-26": "30", "2017-09-25": "40"}
    rows = [figure(period=day, value=value, **OCCUPANCY) for day, value in days.items()]
    found = chain(tmp_path, rows, "2017-09", compare_years=1).compare("coa_occupancy")
    assert found[["period", "value"]].to_numpy().tolist() == [["2016-09-26", 30], ["2017-09-25", 40]]


def test_a_workbook_shows_one_state_of_the_data(tmp_path):
    book = chain(tmp_path, monthly(1, ONE_TO_TWELVE), "2017-06")
    measures = book.data / "catalogue" / "measures.csv"
    label = book.catalogue.measure(INFLOW).label
    measures.write_text(measures.read_text("utf-8").replace(label, "Heel iets anders"), encoding="utf-8")
    assert label in book.describe(INFLOW).text and "Heel iets anders" not in book.describe(INFLOW).text
    assert book.find("Totale asielinstroom").table.label[0] == label


def test_a_figure_that_is_asked_for_again_is_kept_once(tmp_path):
    book = chain(tmp_path, monthly(1, ONE_TO_TWELVE))
    for _ in range(50):
        book.series(INFLOW)
        book.value(INFLOW)
    assert len(book.used_figures()) == 13
