"""Published totals against what the workbook gives: the numbers that readers of the reports know by heart."""

import pandas as pd
import pytest
from helpers_data import published as chain

from keten.statistics.timeseries.contribution import contributions


def value(period: str, measure: str, by: str = "", category: str = "") -> float:
    """The figure of exactly this period; a fall-back to an earlier period is a failure."""
    row = chain(period).value(measure, by, category).iloc[0]
    assert not row.fallback, f"{measure} over {period} comes from {row.period}"
    return row.value


TRUTH = [
    ("2017", "asylum_inflow_total", "", "", 31327),
    ("2017-02", "asylum_inflow_total", "", "", 3418),
    ("2017-09", "asylum_inflow_total", "", "", 2153),
    ("2014", "asylum_first_applications", "", "", 21810),
    ("2015", "asylum_first_applications", "", "", 43095),
    ("2016", "asylum_first_applications", "", "", 18171),
    ("2017", "asylum_first_applications", "", "", 14716),
    ("2018", "asylum_first_applications", "", "", 20353),
    ("2020", "asylum_first_applications", "", "", 13673),
    ("2017", "asylum_family_reunification", "", "", 14490),
    ("2016", "border_refusals", "", "", 2705),
    ("2017", "coa_occupancy", "", "", 21037),
    ("2017", "departure_dtv", "departure_kind", "zelfstandig", 3400),
    ("2017", "departure_dtv", "departure_kind", "gedwongen", 2700),
    ("2017", "departure_dtv", "departure_kind", "zelfstandig zonder toezicht", 9020),
    ("2017", "departure_dtv", "departure_kind", "totaal", 15120),
    ("2018", "departure_dtv", "departure_kind", "totaal", 14880),
    ("2018", "departure_chain", "", "", 21410),
    ("2016", "departure_demonstrable", "nationality", "Albanië", 1840),
    ("2016", "asylum_first_applications", "nationality", "Albanië", 1665),
    ("2017-H1", "asylum_first_applications", "nationality", "Albanië", 225),
]


@pytest.mark.parametrize(("period", "measure", "by", "category", "truth"), TRUTH)
def test_published_figure(period, measure, by, category, truth):
    assert value(period, measure, by, category) == truth


def test_the_years_of_the_ind_are_the_exact_sums_of_their_months():
    """The IND published its years 2014 and 2015 as `circa`; the months that UNHCR took over from it say more."""
    years = chain("2016").compare("asylum_first_applications")
    assert years.value.tolist() == [21811, 43099, 18171]
    assert years.calculation.tolist() == ["som van 12 maanden", "som van 12 maanden", ""]
    assert years.margin.tolist() == [0, 0, 0]


def test_total_departure_is_the_published_one_and_no_sum():
    rows = chain("2017").compare("departure_dtv", "departure_kind").query("period == '2017'").set_index("category")
    kinds = ["zelfstandig", "gedwongen", "zelfstandig zonder toezicht"]
    total = rows.loc["totaal"]
    assert rows.value[kinds].sum() == total.value == 15120
    assert total.calculation == "" and total.source_title and total.margin == 5, "a sum would have a margin of 15"
    assert (rows.status[kinds] == "rounded_10").all()


def test_years_of_the_comparison_stand_oldest_first():
    rows = chain("2017").compare("asylum_inflow_total")
    assert rows[["period", "value"]].to_numpy().tolist() == [["2015", 58880], ["2016", 31642], ["2017", 31327]]


def test_occupancy_is_read_on_the_last_day_and_named_as_such():
    rows = chain("2017").compare("coa_occupancy")
    assert rows.period.tolist() == ["2015-12-31", "2016-12-31", "2017-12-31"]
    assert rows.value.tolist() == [47764, 27028, 21037]


def test_albania_tells_its_story():
    rows = chain("2017").compare("asylum_first_applications", "nationality", ["Albanië"])
    assert rows.value.tolist() == [1005, 1665, 365]
    others = chain("2017").others(["asylum_first_applications"])
    about = others[(others.category == "Albanië") & (others.period == "2016") & (others.status == "circa")].iloc[0]
    assert (about.value, about.organisation, about.used, about.difference) == (1700, "IND", 1665, 35)
    departed = chain("2017-06").latest_span("departure_demonstrable", "nationality", "Albanië").iloc[0]
    assert (departed.value, departed.period, departed.status) == (490, "2017-01-01/2017-05-31", "circa")
    campaign = chain("2017-06").policy_measures(nationality="Albanië", after=True)
    assert campaign.date[campaign.later].dt.strftime("%Y-%m").tolist() == ["2017-07"]
    assert not chain("2017-06").policy_measures(nationality="Albanië").later.any()


def test_survey_of_2017_is_found_by_every_later_report():
    groups = {"asielzoekers": 3.6, "ketenpartners": 3.5}
    for period in ("2017-Q1", "2017", "2020-12"):
        rows = chain(period).compare("survey_mean_quality", "respondent_group", list(groups))
        assert dict(zip(rows.category, rows.value, strict=True)) == groups
        assert set(rows.period) == {"2017-02-01/2017-03-31"} and rows.fallback.all()
    assert chain("2017-02").value("survey_mean_quality", "respondent_group", "asielzoekers").value.isna().all()


def test_shelter_pilots_at_both_evaluations():
    first = {name: chain("2020-12").value(name).iloc[0] for name in ("lvv_participants", "lvv_outflow")}
    assert [row.value for row in first.values()] == [1297, 537]
    last = chain("2022")
    assert last.value("lvv_inflow", "municipality", "totaal").value.tolist() == [2065]
    assert last.value("lvv_outflow", "municipality", "totaal").value.tolist() == [1258]


def test_own_caseload_and_whole_chain_stay_apart():
    assert value("2018", "departure_dtv", "departure_kind", "totaal") == 14880
    assert value("2018", "departure_chain") == 21410
    both = chain("2018").compare(["departure_dtv", "departure_chain"])
    assert not both.joined.any()
    assert both.value.notna().sum() >= 2 and (both.calculation == "").all()


def test_recognition_rate_of_a_year_is_the_published_one_never_a_mean():
    rows = chain("2017").compare("asylum_recognition_rate")
    assert rows.value.tolist() == [70, 54, 30] and (rows.calculation == "").all()


def test_grant_share_of_a_year_comes_from_its_decisions():
    """Eurostat 2017: four quarters of positive decisions over four quarters of all decisions."""
    year = chain("2017")
    parts = [year.series(f"asylum_first_instance_{name}", kind="quarter") for name in ("positive", "decisions")]
    positive, decisions = [rows[rows.start.dt.year == 2017].value for rows in parts]
    assert len(positive) == len(decisions) == 4
    share = year.share_in_period("asylum_first_instance_positive", "asylum_first_instance_decisions").iloc[-1]
    assert share.value == pytest.approx(100 * positive.sum() / decisions.sum())
    assert share.statistic == "share;denominator=asylum_first_instance_decisions" and share.unit == "percent"


def test_contributions_of_nationalities_are_their_own_changes():
    """Syria, CBS: 2,865 in 2016 and 2,970 in 2017; Albania 1,665 and 365."""
    rows = contributions(chain("2017").compare("asylum_first_applications", "nationality"), n=1000)
    change = rows.set_index("category").value
    assert (change["Syrië"], change["Albanië"]) == (105, -1300)
    assert rows.value.is_monotonic_decreasing
    margin = rows.margin[rows.category == "Syrië"].tolist()
    assert margin == pytest.approx([2 * 5 / (2 * 3**0.5) * 2**0.5]), "both years are rounded to fives"
    largest = contributions(chain("2017").compare("asylum_first_applications", "nationality"), n=3)
    assert set(largest.value.abs()) == set(change.abs().nlargest(3))


def test_contributions_leave_out_what_cannot_be_compared():
    figure = {"period": "2017", "margin": 0.0, "statistic": "", "organisation": "CBS", "status": "exact"}
    figure |= {"source_title": "StatLine", "source_url": ""}
    rows = [
        {**figure, "category": "Syrië", "value": 5.0, "period": "2016"},
        {**figure, "category": "Syrië", "value": 9.0},
        {**figure, "category": "Irak", "value": float("nan"), "period": "2016"},
        {**figure, "category": "Irak", "value": 50.0},
        {**figure, "category": "Iran", "value": 70.0},
    ]
    assert contributions(pd.DataFrame(rows))[["category", "value"]].to_numpy().tolist() == [["Syrië", 4]]
    assert contributions(pd.DataFrame(rows[2:])).empty
