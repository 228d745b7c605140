"""The figures of 2022 to 2026 against what was published: values read again, months and years, parts and totals.

`data_samples/published/recent_values.csv` names three values of every series as their publication prints them, under
the measure that the material proposed.
"""

from datetime import date

import pandas as pd
import pytest
from helpers_data import published as chain
from helpers_material import PUBLISHED, folded

from keten.model.periods import Period, span


@pytest.fixture(scope="module")
def printed() -> pd.DataFrame:
    rows = folded(pd.read_csv(PUBLISHED / "recent_values.csv", dtype=str, keep_default_na=False))
    start = rows.period_start.where(rows.period_kind != "date", rows.period_end)
    days = zip(start, rows.period_end, strict=True)
    return rows.assign(
        period=[str(span(*map(date.fromisoformat, pair))) for pair in days], value=rows.value.str.removesuffix(".0")
    )


@pytest.fixture(scope="module")
def observations(repository) -> pd.DataFrame:
    """What stands in the data folder, as printed."""
    files = ("figures", "survey", "lvv")
    read = [pd.read_csv(repository / f"data/published/{name}.csv", dtype=str, keep_default_na=False) for name in files]
    return pd.concat(read, ignore_index=True)


def test_three_values_of_every_new_series_are_the_published_ones(printed, observations):
    assert len(printed) > 280
    key = ["organisation", "measure", "dimension", "category", "period", "value"]
    ours = {*observations[key].itertuples(index=False, name=None)}
    assert [row for row in printed[key].itertuples(index=False, name=None) if row not in ours] == []


def test_the_values_are_those_of_the_material(origin, publisher_files, printed):
    """Read again where the material lies beside the checkout."""
    if origin == "excerpt":
        assert printed.value.str.fullmatch(r"-?\d+(\.\d+)?").all()
        return
    folder = publisher_files / "published" / "recent"
    names = ("figures", "survey", "lvv")
    read = [pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False) for name in names]
    key = ["organisation", "measure", "dimension", "category", "period_start", "period_end", "value"]
    theirs = {*pd.concat(read)[key].itertuples(index=False, name=None)}
    asked = pd.read_csv(PUBLISHED / "recent_values.csv", dtype=str, keep_default_na=False)
    assert {*asked[key].itertuples(index=False, name=None)} <= theirs


TRUTH = [
    ("2024", "asylum_inflow_total", "", "", "IND", 45640),
    ("2022", "asylum_inflow_total", "", "", "IND", 47991),
    ("2024", "asylum_first_applications", "", "", "CBS", 32175),
    ("2025", "asylum_first_applications", "", "", "CBS", 24140),
    ("2022-09", "asylum_unaccompanied_minors", "", "", "IND", 651),
    ("2022-10", "asylum_first_applications", "", "", "IND", 3965),
    ("2025-12", "asylum_first_applications", "nationality", "Syrië", "CBS", 305),
    ("2025", "asylum_permits_granted", "permit_kind", "vluchtelingenstatus", "CBS", 3445),
    ("2024", "unhcr_asylum_decisions", "outcome", "afgewezen", "UNHCR", 4186),
    ("2023", "border_refusals", "", "", "Eurostat", 2475),
    ("2023", "illegally_present_found", "location", "binnenland", "Eurostat", None),
    ("2024", "illegally_present_found", "nationality", "Turkije", "Eurostat", 355),
    ("2024", "detention_inflow", "", "", "DT&V", 4440),
    ("2024", "departure_dtv", "departure_kind", "gedwongen", "DT&V", 2750),
    ("2024", "departure_demonstrable", "destination", "land van herkomst", "DT&V", 3710),
    ("2024", "dublin_transfers_out", "", "", "Eurostat", 2245),
    ("2024", "naturalisation_requests", "", "", "IND", 54780),
    ("2025-03", "temporary_protection_beneficiaries", "nationality", "Oekraïne", "Eurostat", None),
    ("2023-05", "ind_complaints", "", "", "IND", None),
]


@pytest.mark.parametrize(("period", "measure", "by", "category", "publisher", "truth"), TRUTH)
def test_a_report_shows_the_published_figure_of_its_own_period(
    observations, period, measure, by, category, publisher, truth
):
    row = chain(period).value(measure, by, category).iloc[0]
    assert not row.fallback and row.organisation == publisher
    if truth is None:
        rows = observations.query("measure == @measure and dimension == @by and category == @category")
        inside = [Period.parse(period).contains(Period.parse(one)) for one in rows.period]
        truth = float(rows[inside].value.iloc[-1])
    assert row.value == truth


def test_months_by_nationality_add_up_to_the_years_of_the_cbs(observations):
    """Twelve months, each rounded to five, lie within 30 of the year; nearly always far closer."""
    rows = observations[
        (observations.organisation == "CBS")
        & (observations.dimension == "nationality")
        & observations.measure.isin(["asylum_first_applications", "asylum_family_reunification"])
        & observations.status.eq("rounded_5")
    ].assign(number=lambda rows: rows.value.astype(float), year=lambda rows: rows.period.str[:4])
    months = rows[rows.period.str.fullmatch(r"20(2[2-5])-\d\d")].groupby(["measure", "category", "year"]).number
    sums = months.sum()[months.count() == 12]
    years = rows[rows.period.str.fullmatch(r"20(2[2-5])")].groupby(["measure", "category", "year"]).number.last()
    both = sums.index.intersection(years.index)
    assert len(both) > 30
    assert ((sums[both] - years[both]).abs() <= 30).all()


@pytest.mark.parametrize(
    ("period", "measure", "by", "parts", "total", "apart"),
    [
        ("2024", "departure_dtv", "departure_kind", ["zelfstandig", "gedwongen"], 5990, 0),
        ("2024", "departure_demonstrable", "destination", None, 5990, 0),
        ("2024", "coa_outflow", "status", None, 44280, 10),
        ("2023", "border_refusals", "border_kind", None, 2491, 0),
        ("2023", "illegally_present_found", "reason", None, None, 5),
        ("2024", "unhcr_asylum_decisions", "outcome", None, 28890, 0),
        ("2024", "asylum_permits_granted", "permit_kind", None, 15960, 5),
    ],
)
def test_parts_add_up_to_their_total(observations, period, measure, by, parts, total, apart):
    rows = observations.query("measure == @measure and period == @period")
    of_parts = rows[(rows.dimension == by) & (rows.category.isin(parts) if parts else rows.category.ne("totaal"))]
    of_parts = of_parts.drop_duplicates("category")
    if total is None:
        total = float(rows[(rows.dimension == "") & (rows.organisation == "Eurostat")].value.iloc[-1])
    assert len(of_parts) >= 2
    assert abs(of_parts.value.astype(float).sum() - total) <= apart


@pytest.mark.parametrize(
    ("year", "ind", "cbs"),
    [("2022", 35535, 35535), ("2023", 38377, 38375), ("2024", 32175, 32175), ("2025", 24070, 24140)],
)
def test_ind_and_cbs_stand_side_by_side_with_the_known_difference(year, ind, cbs):
    table = chain(year).by_publisher(["asylum_first_applications"])
    last = table[table.period == year].set_index("organisation").value
    assert last["CBS"] == cbs and last["IND"] == ind


def test_what_is_counted_otherwise_is_never_compared():
    rates = chain("2024").compare("asylum_recognition_rate")
    assert rates.value.tolist() == [87.2, 80.2, 75.3], "the European definition throughout; the IND has 58% for 2024"
    assert "IND" not in set(rates.organisation)
    stay = chain("2023").compare("coa_occupancy")
    assert stay.value.notna().tolist() == [False, True] or stay.value.isna().iloc[0], "before and after December 2022"
    requests = chain("2024").compare("dublin_requests_out")
    assert requests.value.dropna().tolist() == [10704, 7986], "with requests for re-examination on both sides"
    orders = chain("2017").compare("returned_following_order", "nationality", ["Albanië"])
    assert orders.value.dropna().shape == (1,), "to countries outside the Union beside all destinations"
