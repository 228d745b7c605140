"""Which of several printed figures is the default: the choices that come with the published figures."""

from datetime import date

import pandas as pd
import pytest
from helpers_data import REPOSITORY_DATA, figure, monthly, published, small_data

from keten import Workbook
from keten.model.figures import KEY
from keten.model.own_data import OF_FIGURES, read_tables
from keten.model.periods import Period
from keten.observations.dataset import load
from keten.observations.selection import Offered, choose

TABLES = read_tables(REPOSITORY_DATA, "published").tables
PRINTED = pd.concat([TABLES[name] for name in OF_FIGURES])


@pytest.fixture(scope="module")
def chosen() -> pd.DataFrame:
    data = load(REPOSITORY_DATA)
    return choose(data.observations, data.catalogue)


@pytest.fixture(scope="module")
def defaults(chosen) -> pd.DataFrame:
    """The first of every key, of publishers that the table names or else the first one: what makes a series."""
    return chosen[chosen.chosen & (chosen.ruled | (chosen["rank"] == 1))]


def of(rows: pd.DataFrame, measure: str, dimension: str = "", kind: str = "", category: str = "") -> pd.DataFrame:
    found = rows[(rows.measure == measure) & (rows.dimension == dimension)]
    found = found[found.kind == kind] if kind else found
    found = found[found.category == category] if category else found
    return found.set_index(found.period.rename("at"))


def printed_by(organisation: str, measure: str, period: str) -> set[float]:
    """The values of a total that one publisher printed, read straight from the files."""
    rows = PRINTED[(PRINTED.measure == measure) & (PRINTED.dimension == "") & (PRINTED.period == period)]
    return {float(value) for value in rows.value[rows.organisation == organisation]}


def test_every_row_stays_and_a_key_has_one_default(chosen, defaults):
    assert len(chosen) == len(PRINTED) and chosen["rank"].notna().all()
    first = chosen[chosen.chosen]
    assert not first.duplicated(KEY).any()
    assert len(chosen.drop_duplicates(KEY)) == len(first) > len(defaults) > 3000


def test_the_order_excludes_nobody(chosen):
    """A publisher that the table does not name comes last, and is used where no other has a figure."""
    inflow = of(chosen[chosen.chosen], "asylum_inflow_total", kind="year")
    assert inflow.value["2020"] == 19180 and inflow.organisation["2020"] == "CBS"


def test_first_applications_per_month_follow_four_publishers_in_turn(defaults):
    months = of(defaults, "asylum_first_applications", kind="month")
    for publisher, first, last in (
        ("Eurostat", "2013-01", "2013-12"),
        ("UNHCR", "2014-01", "2015-12"),
        ("Eurostat", "2016-01", "2017-12"),
        ("CBS", "2018-01", "2020-03"),
    ):
        for period in map(str, Period.parse(first).until(Period.parse(last).end)):
            assert months.organisation[period] == publisher, period
            assert months.value[period] in printed_by(publisher, "asylum_first_applications", period)
    assert set(months.organisation[months.start >= "2020-04-01"]) == {"IND"}
    assert "2021-04" not in months.index, "no publisher gives this month"
    drawn = published("2021").series("asylum_first_applications", kind="month")
    assert drawn[drawn.value.notna()].joined.all(), "a series of several publishers must say so"


def test_those_months_add_up_to_the_published_years(defaults):
    months = of(defaults, "asylum_first_applications", kind="month")
    sums = months.value.groupby(months.start.dt.year).sum()
    assert (sums[2013], sums[2014], sums[2015]) == (9845, 21811, 43099)


def test_first_applications_by_nationality(defaults):
    months = of(defaults, "asylum_first_applications", "nationality", "month")
    seven = {"Afghanistan", "Eritrea", "Irak", "Jemen", "Somalië", "Syrië", "Turkije"}
    assert set(months.organisation[months.start < "2015-01-01"]) == {"UNHCR"}
    later = months[months.start >= "2015-01-01"]
    assert set(later.organisation[later.category.isin(seven)]) == {"CBS"}
    assert set(later.category[later.organisation == "CBS"]) == seven
    rest = later[~later.category.isin(seven)]
    assert set(rest.organisation) == {"IND", "UNHCR"}
    in_both = rest[rest.organisation == "UNHCR"].merge(
        PRINTED[(PRINTED.organisation == "IND") & (PRINTED.dimension == "nationality")].drop(columns="organisation"),
        on=["measure", "category", "period"],
    )
    assert in_both.empty, "UNHCR only fills in what the top five of the IND does not name"
    years = of(defaults, "asylum_first_applications", "nationality", "year")
    assert set(years.organisation) == {"CBS"}
    syria = later[later.category == "Syrië"].value
    assert (
        abs(syria[[f"2017-{n:02}" for n in range(1, 13)]].sum() - years.query("category == 'Syrië'").value["2017"])
        <= 15
    )


@pytest.mark.parametrize(
    ("measure", "dimension", "kind", "publishers"),
    [
        ("asylum_inflow_total", "", "month", {"IND"}),
        ("asylum_inflow_total", "", "year", {"IND", "CBS"}),
        ("asylum_inflow_total", "nationality", "year", {"CBS"}),
        ("asylum_family_reunification", "nationality", "year", {"CBS"}),
        ("asylum_first_instance_decisions", "nationality", "quarter", {"Eurostat"}),
        ("temporary_permits_regular", "reason", "year", {"CBS"}),
        ("first_residence_permits", "", "year", {"Eurostat"}),
        ("valid_residence_permits", "reason", "date", {"Eurostat"}),
        ("regular_applications", "purpose", "year", {"IND"}),
        ("coa_occupancy", "", "date", {"COA"}),
        ("departure_dtv", "departure_kind", "year", {"DT&V"}),
    ],
)
def test_one_publisher_where_the_table_names_one(defaults, measure, dimension, kind, publishers):
    rows = of(defaults, measure, dimension, kind)
    assert set(rows.organisation) == publishers


def test_family_reunification_per_month_and_nationality_is_cbs_first(defaults):
    months = of(defaults, "asylum_family_reunification", "nationality", "month")
    assert months.start.min() == pd.Timestamp("2015-01-01")
    assert set(months.organisation[months.category == "Syrië"]) == {"CBS"}


def test_decisions_by_nationality_span_the_quarters_of_eurostat(defaults):
    quarters = of(defaults, "asylum_first_instance_decisions", "nationality", "quarter")
    assert (min(quarters.period), max(quarters.period)) == ("2015-Q1", "2020-Q1")


def test_permits_by_reason_know_only_the_years_that_cbs_gives(defaults):
    years = {"2012", "2013", "2014", "2020", "2022", "2023", "2024"}
    assert set(of(defaults, "temporary_permits_regular", "reason").index) == years


def test_year_end_occupancy_is_the_one_that_coa_states(defaults):
    ends = of(defaults, "coa_occupancy", kind="date")
    stated = {
        "2015-12-31": 47764,
        "2016-12-31": 27028,
        "2017-12-31": 21037,
        "2018-12-31": 22498,
        "2019-12-31": 27381,
    }
    assert {day: ends.value[day] for day in stated} == stated


def test_border_refusals_keep_to_the_european_definition(defaults):
    years = of(defaults, "border_refusals", kind="year")
    assert {str(year) for year in range(2010, 2022)} <= set(years.index)
    assert years.value["2016"] == 2705, "the KMar's own count of 3,220 is another definition"
    own_count = PRINTED[(PRINTED.value == "3220") & (PRINTED.period == "2016")]
    assert len(own_count) and not own_count.measure.isin(["border_refusals"]).any()


def test_departures_of_dtv_by_kind(defaults):
    kinds = {name: of(defaults, "departure_dtv", "departure_kind", "year", name) for name in
             ("zelfstandig", "gedwongen", "zelfstandig zonder toezicht", "totaal")}  # fmt: skip
    assert [kinds[name].value["2017"] for name in kinds] == [3400, 2700, 9020, 15120]
    assert "2014" in kinds["zelfstandig"].index and "2014" not in kinds["zelfstandig zonder toezicht"].index


def test_other_figures_stay_beside_the_default(chosen):
    rows = of(chosen, "asylum_first_applications", kind="year").loc["2017"]
    assert {14716, 16145} <= set(rows.value)
    assert rows.value[rows.chosen].tolist() == [14716]


def test_old_and_new_definition_are_never_one_series(defaults):
    assert printed_by("IND", "asylum_first_applications_incl_family", "2013") >= {14399}
    assert of(defaults, "asylum_first_applications", kind="year").value["2013"] == 9840


def test_a_later_edition_replaces_an_earlier_one_once_it_is_known():
    now = published("2017-02").value("asylum_inflow_total").iloc[0]
    then = Workbook("2017-02", as_of="2017-04-30").value("asylum_inflow_total").iloc[0]
    assert (now.value, then.value) == (3418, 3437)
    book = published("2017-02")
    book.compare("asylum_inflow_total")
    revised = book.others(["asylum_inflow_total"])
    earlier = revised[(revised.period == "2017-02") & (revised.value == 3437)].iloc[0]
    assert (earlier.used, earlier.difference) == (3418, 19)


def small(folder, rows) -> pd.DataFrame:
    data = load(small_data(folder, rows))
    return choose(data.observations, data.catalogue)


def test_precision_goes_before_edition(tmp_path):
    rows = [
        figure(value="31327", published="2018-01-31"),
        figure(value="31330", status="rounded_10", published="2019-01-31", note="editie 2019"),
        figure(value="31000", status="circa", published="2020-01-31", note="editie 2020"),
        figure(value="", status="missing", published="2021-01-31", note="editie 2021"),
    ]
    assert small(tmp_path, rows).query("chosen").value.tolist() == [31327]
    assert small(tmp_path / "without", rows[1:]).query("chosen").value.tolist() == [31330]


def test_an_undated_edition_is_as_recent_as_the_newest_period_that_it_reports(tmp_path):
    old, new = "venj-nieuwsbrief-2017", "verwey-jonker-2021-03-lvv"
    rows = [
        figure(period="2016", value="31640", source=old, published="2017-06-30", note="editie juni 2017"),
        figure(period="2016", value="31642", source=new),
        figure(period="2019", value="1", source=new),
    ]
    data = small_data(tmp_path, rows)
    sources = data / "published" / "sources.csv"
    table = pd.read_csv(sources, dtype=str, keep_default_na=False)
    table.assign(published="").to_csv(sources, index=False)
    loaded = load(data)
    assert choose(loaded.observations, loaded.catalogue).query("chosen and period == '2016'").value.tolist() == [31642]


@pytest.mark.parametrize(("period", "value"), [("2017", 31640), ("2019", 31642)])
def test_an_undated_edition_is_as_recent_as_what_it_reports_on_any_measure_that_may_be_seen(tmp_path, period, value):
    old, new = "venj-nieuwsbrief-2017", "verwey-jonker-2021-03-lvv"
    rows = [
        figure(period="2016", value="31640", source=old, published="2017-06-30", note="editie juni 2017"),
        figure(period="2016", value="31642", source=new),
        figure(period="2019", value="1", source=new, measure="asylum_first_applications"),
    ]
    data = small_data(tmp_path, rows)
    sources = data / "published" / "sources.csv"
    table = pd.read_csv(sources, dtype=str, keep_default_na=False)
    table.assign(published="").to_csv(sources, index=False)
    book = Workbook(period, data=data)
    assert book.value("asylum_inflow_total", period="2016").value.tolist() == [value]
    assert book.observations.query("chosen and period == '2016'").value.tolist() == [value]


def test_a_series_without_a_rule_keeps_to_one_publisher(tmp_path):
    """The publisher with the latest figure, or of two alike that with most figures; never both."""
    requests = {"measure": "naturalisation_requests", "unit": "applications"}
    led = [*monthly(1, ["10"], **requests), *monthly(1, ["11", "12", "13"], organisation="CBS", **requests)]
    book = Workbook("2017", data=small_data(tmp_path / "led", led))
    assert book.series("naturalisation_requests").value.tolist() == [11, 12, 13]
    alike = [*monthly(2, ["10"], **requests), *monthly(1, ["11", "12"], organisation="CBS", **requests)]
    rows = Workbook("2017", data=small_data(tmp_path / "alike", alike)).series("naturalisation_requests")
    assert rows.value.tolist() == [11, 12] and not rows.joined.any()


def test_no_series_is_joined_unless_the_catalogue_says_so():
    book = published("2021")
    ruled = read_tables(REPOSITORY_DATA, "catalogue").tables["precedence"]
    several = ruled.groupby(["measure", "dimension"]).organisation.nunique()
    joined = set()
    for measure in book.measures():
        for by in book.breakdowns(measure):
            rows = book.series(measure, by)
            joined |= {(measure, by)} if rows.joined.any() else set()
    assert joined and all(several.get(one, 0) > 1 for one in joined)


def test_choosing_does_not_depend_on_the_order_of_rows(chosen):
    data = load(REPOSITORY_DATA)
    turned = choose(data.observations.iloc[::-1], data.catalogue)
    columns = [*KEY, "organisation", "value", "source"]
    pd.testing.assert_frame_equal(
        turned.loc[turned.chosen, columns].reset_index(drop=True),
        chosen.loc[chosen.chosen, columns].reset_index(drop=True),
    )


@pytest.mark.parametrize("last", [date(2012, 12, 31), date(2017, 6, 30), date(2021, 3, 31)])
def test_what_is_worked_out_once_gives_for_every_period_the_order_of_the_figures_until_then(last):
    data = load(REPOSITORY_DATA)
    offered = Offered(data.observations, data.catalogue)
    until_then = data.observations[data.observations.end <= pd.Timestamp(last)]
    pd.testing.assert_frame_equal(offered.table(offered.until(last)), choose(until_then, data.catalogue))
