"""Seasonal adjustment: against R's stl, on a series with a known pattern, and what is refused."""

import doctest
import math

import numpy as np
import pandas as pd
import pytest
from helpers_data import published, rows_of

from keten import KetenError, Workbook
from keten.sections import seasonal as seasons
from keten.statistics.timeseries import seasonal
from keten.statistics.timeseries.seasonal import decomposed, end_revision, seasonally_adjusted, strength
from keten.workbook.one_publisher import longest

# Deaths of men from lung diseases in the UK, per month, 1974 to 1979: R's data set `mdeaths`.
MDEATHS = """
    2134 1863 1877 1877 1492 1249 1280 1131 1209 1492 1621 1846 2103 2137 2153 1833 1403 1288 1186 1133 1053 1347 1545
    2066 2020 2750 2283 1479 1189 1160 1113 970 999 1208 1467 2059 2240 1634 1722 1801 1246 1162 1087 1013 959 1179 1229
    1655 2019 2284 1942 1423 1340 1187 1098 1004 970 1140 1110 1812 2263 1820 1846 1531 1215 1075 1056 975 940 1081 1294
    1341
"""
FACTORS = [0.8, 0.9, 1.0, 1.1, 1.25, 1 / 0.8, 1 / 0.9, 1.0, 1 / 1.1, 1 / 1.25, 1.0, 1.0]  # their product is 1
ABOUT = {
    "measure": "asylum_applicants", "label": "Asielzoekers", "dimension": "", "category": "", "unit": "persons",
    "status": "exact", "organisation": "CBS", "statistic": "", "calculation": "", "margin": 0.0,
}  # fmt: skip


def series(values, start="2012-01", freq="M", **cells):
    """A table as the workbook gives it."""
    periods = pd.period_range(start, periods=len(values), freq=freq)
    names = [f"{one.year}-Q{one.quarter}" if freq == "Q" else str(one) for one in periods]
    frame = pd.DataFrame({"period": names, "value": np.asarray(values, dtype=float)})
    frame = frame.assign(start=periods.start_time, end=periods.end_time.normalize())
    return frame.assign(**({"kind": "quarter" if freq == "Q" else "month"} | ABOUT | cells))


def patterned(months):
    """Growth of one percent a month times a yearly pattern; and the growth alone."""
    growth = 10_000 * 1.01 ** np.arange(months)
    return growth * np.resize(FACTORS, months), growth


def test_outliers_are_those_that_r_finds():
    """R: stmR <- stl(mdeaths, s.window = "per", robust = TRUE); which(stmR$weights < 1e-8), its own example.

    R works on the figures themselves. Taking 2000 off changes no weight and keeps us from the logarithm.
    """
    parts = decomposed(np.array(MDEATHS.split(), dtype=float) - 2000, 12)
    assert not parts.log.any()
    assert (np.flatnonzero(parts.weight < 1e-8) + 1).tolist() == [24, 26, 27, 28, 36, 37, 50, 52, 59, 61]


def test_on_the_logarithm_it_is_the_same_on_the_logarithm():
    scaled = np.log(np.array(MDEATHS.split(), dtype=float))
    additive, log = decomposed(scaled - 10, 12), decomposed(np.exp(scaled), 12)
    assert log.log.all() and not additive.log.any()
    assert np.log(log.adjusted).to_numpy() == pytest.approx(additive.adjusted.to_numpy() + 10)


def test_a_known_pattern_is_taken_off():
    values, growth = patterned(50)
    adjusted = seasonally_adjusted(series(values))
    assert adjusted.value.to_numpy() == pytest.approx(growth, rel=1e-3)
    assert adjusted.pattern.to_numpy() == pytest.approx(np.resize(FACTORS, 50), rel=1e-3)
    assert strength(adjusted) == pytest.approx(1, abs=1e-3)


def test_noise_has_a_weak_pattern():
    noise = 1000 + 100 * np.random.default_rng(5).normal(size=120)
    assert strength(seasonally_adjusted(series(noise))) < 0.3


def test_the_pattern_adds_up_to_nothing_over_a_year():
    parts = decomposed(np.array(MDEATHS.split(), dtype=float) - 2000, 12)
    assert parts.pattern[:12].sum() == pytest.approx(0, abs=1e-6)
    assert parts.pattern[:12].tolist() == parts.pattern[60:].tolist()


def test_a_published_figure_is_never_written_over():
    values, _ = patterned(40)
    raw = series(values)
    before = raw.copy()
    adjusted = seasonally_adjusted(raw)
    pd.testing.assert_frame_equal(raw, before)
    assert adjusted.published.tolist() == before.value.tolist() and (adjusted.value != adjusted.published).any()
    assert set(adjusted.statistic) == {"seasonally_adjusted;method=stl"}
    assert adjusted.label.str.contains("eigen berekening").all() and adjusted.margin.isna().all()


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (series(patterned(35)[0]), "35 maanden zonder onderbreking"),
        (series(patterned(11)[0], freq="Q"), "11 kwartalen"),
        (series([*patterned(20)[0], math.nan, *patterned(30)[0]]), "30 maanden"),
        (series(patterned(40)[0]).assign(organisation=["CBS"] * 10 + ["IND"] * 30), "30 maanden"),
        (series(patterned(40)[0]).drop(index=10), "29 maanden"),
        (series(patterned(40)[0], unit="percent"), "aandeel of gemiddelde"),
        (series(patterned(40)[0], kind="year"), "niet per maand of per kwartaal"),
        (series([math.nan] * 40), "geen cijfers"),
        (pd.concat([series(patterned(40)[0]), series(patterned(40)[0], category="Syrië")]), "2 reeksen"),
    ],
)
def test_what_cannot_be_adjusted_is_refused(frame, reason):
    with pytest.raises(KetenError, match=reason):
        seasonally_adjusted(frame)


def test_only_the_stretch_after_a_gap_is_adjusted():
    values, _ = patterned(60)
    values[10] = math.nan
    adjusted = seasonally_adjusted(series(values))
    assert adjusted.period.iloc[0] == "2012-12" and len(adjusted) == 49


def test_a_stock_at_the_end_of_each_month_is_one_per_month():
    values, growth = patterned(40)
    frame = series(values, kind="date")
    frame = frame.assign(start=frame.end, period=frame.end.dt.strftime("%Y-%m-%d"))
    assert seasonally_adjusted(frame).value.to_numpy() == pytest.approx(growth, rel=1e-3)
    with pytest.raises(KetenError, match="niet per maand"):
        seasonally_adjusted(frame.assign(end=frame.end - pd.Timedelta(days=3)))


def test_the_last_points_move_as_far_as_looking_back_tells():
    values, _ = patterned(48)
    assert end_revision(series(values)) < 0.1
    assert math.isnan(end_revision(series(values[:36])))
    deaths = np.array(MDEATHS.split(), dtype=float)
    now = decomposed(deaths, 12).adjusted
    moved = [abs(now[end - 1] / decomposed(deaths[:end], 12).adjusted.iloc[-1] - 1) for end in range(60, 72)]
    assert end_revision(series(deaths)) == pytest.approx(100 * np.mean(moved))


def test_the_examples_in_the_documentation():
    failed, attempted = doctest.testmod(seasonal)
    assert failed == 0 < attempted


# -- in the report -----------------------------------------------------------------------------------------


def test_one_publisher_is_read_without_a_gap():
    """UNHCR stands in the report for 2014 and 2015; Eurostat has all months."""
    rows = longest(published("2017-06"), "asylum_first_applications")
    assert set(rows.organisation) == {"Eurostat"} and len(rows) == 54
    assert rows.period.iloc[0] == "2013-01" and rows.period.iloc[-1] == "2017-06"
    other = rows[rows.statistic == "publisher;name=Eurostat"]
    assert other.period.tolist() == [f"{year}-{month:02}" for year in (2014, 2015) for month in range(1, 13)]


def test_the_chart_shows_both_and_says_what_is_ours():
    chain = published("2017-06")
    shown = seasons.chart(chain, "asylum_first_applications", "Titel")
    adjusted = [row for row in shown.figures if "seasonally_adjusted" in row["dimensions"]]
    assert len(adjusted) == 54 and adjusted[-1]["period"] == "2017-06"
    own = seasonally_adjusted(longest(chain, "asylum_first_applications"))
    assert [row["value"] for row in adjusted] == own.value.tolist()
    for words in ("eigen berekening", "vervangt het gepubliceerde cijfer niet", "laatste punten verschuiven"):
        assert words in shown.html
    head, *rows = rows_of(shown.html)
    assert head == [
        "Periode",
        "Eerste asielaanvragen",
        "Eerste asielaanvragen, seizoensgecorrigeerd (eigen berekening)",
    ]
    assert rows[-1][:2] == ["jun 2017", "1.335"] and len(rows) == 54


def test_quarters_take_over_where_the_months_end():
    shown = seasons.chart(published("2021-12"), "asylum_first_applications", "Titel")
    assert "Per kwartaal, van eerste kwartaal 2013 tot en met vierde kwartaal 2021, CBS" in shown.html


@pytest.mark.parametrize(
    ("period", "measure", "reason"),
    [
        ("2014-06", "asylum_first_applications", "18 maanden zonder onderbreking en van één uitgever"),
        ("2021-12", "asylum_first_instance_decisions", "eindigt in het tweede kwartaal van 2020"),
        ("2017-06", "coa_occupancy", "geen cijfer bekend"),
    ],
)
def test_too_little_is_a_named_gap(period, measure, reason):
    shown = seasons.chart(published(period), measure, "Titel")
    assert reason in shown.html and shown.notices == {"gaps": ["Titel"]} and not shown.figures


def test_only_the_series_that_is_shown_counts_as_used():
    chain = Workbook("2017-06")
    shown = seasons.chart(chain, "asylum_first_applications", "Seizoen")
    published = [row["period"] for row in shown.figures if "seasonally_adjusted" not in row["dimensions"]]
    assert published == list(chain.used_figures().period) and len(published) > 36
    assert chain.used_measures() == ["asylum_first_applications"]
