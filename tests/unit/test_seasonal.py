"""Seasonal adjustment: against R's stl, on a series with a known pattern, and what is refused."""

import doctest
import math
import re

import numpy as np
import pandas as pd
import pytest
from helpers_data import monthly, published, small_data, whole

from keten import KetenError, Workbook
from keten.model.periods import Period
from keten.presentation.prose import number
from keten.sections import seasonal as seasons
from keten.statistics.timeseries import seasonal
from keten.statistics.timeseries import seasonality as seasonality_module
from keten.statistics.timeseries.seasonal import Move, decomposed, largest_move, seasonally_adjusted, strength
from keten.statistics.timeseries.seasonality import Seasonality, qs_test, seasonality
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


def test_the_largest_move_of_any_point_is_found():
    """From the definition: all points of all twelve shorter series, on the logarithm."""
    deaths = np.array(MDEATHS.split(), dtype=float)
    frame = series(deaths)
    now = decomposed(deaths, 12).adjusted
    moves = {}
    for end in range(60, 72):
        then = decomposed(deaths[:end], 12).adjusted
        moves |= {(end, at): abs(math.log(now[at] / then[at])) for at in range(end)}
    end, at = max(moves, key=moves.get)
    then = decomposed(deaths[:end], 12).adjusted[at]
    assert largest_move(frame) == Move(frame.period[at], then, now[at])
    assert at != end - 1, "it need not be the last point"


def test_a_series_that_only_just_is_long_enough_has_no_earlier_adjustment():
    values, _ = patterned(37)
    assert largest_move(series(values[:36])) is None and largest_move(series(values)) is not None


def test_a_zero_that_came_later_makes_no_move():
    """With it the model is on the figures, before it on the logarithm: only the ends that hold it are compared."""
    values, _ = patterned(48)
    values[44] = 0
    assert largest_move(series(values)) is not None
    values, _ = patterned(48)
    values[47] = 0
    assert largest_move(series(values)) is None


# -- is there a season -------------------------------------------------------------------------------------


def test_qs_by_hand():
    """Quarterly differences 1 -1 0 0 1 -1 0 0 1 -1 0 0: n = 12, r(4) = 4/6 and r(8) = 2/6.

    12 x 14 x ((4/6)^2 / 8 + (2/6)^2 / 4) = 9.333 + 4.667 = 14; exp(-14/2) = 0.00091.
    """
    values = np.concatenate([[0], np.cumsum([1, -1, 0, 0] * 3)])
    statistic, p = qs_test(values, 4)
    assert statistic == pytest.approx(14) and p == pytest.approx(math.exp(-7))


@pytest.mark.parametrize(
    "values",
    [[5.0] * 40, [1, 2, 1, 2, 5, 1] * 2, np.cumsum([1, -1, 0, 0, -1, 1, 0, 0] * 3), [1, 2, 4]],
    ids=["nothing changes", "no likeness after a year", "each year the opposite", "less than a year"],
)
def test_without_likeness_to_the_year_before_there_is_no_season(values):
    assert qs_test(np.array(values, dtype=float), 4) == (0, 1)


def test_a_season_that_stands():
    values, _ = patterned(48)
    found = seasonality(seasonally_adjusted(series(values)), 12)
    assert found.p < 1e-6 and found.strength > 0.99 and found.stable


def test_noise_has_no_season():
    """Of 200 series of noise none passes; QS alone lets a few through."""
    noises = [1000 + 100 * np.random.default_rng(seed).normal(size=60) for seed in range(200)]
    found = [seasonality(seasonally_adjusted(series(noise)), 12) for noise in noises]
    assert not any(one.stable for one in found)
    assert sum(one.p <= 0.01 for one in found) < 10


@pytest.mark.parametrize(
    ("p", "strength", "stable"), [(0.01, 0.64, True), (0.011, 0.9, False), (0.001, 0.63, False), (0.5, 0.1, False)]
)
def test_both_are_needed(p, strength, stable):
    assert Seasonality(p, strength).stable is stable


def test_the_examples_in_the_documentation():
    for module in (seasonal, seasonality_module):
        failed, attempted = doctest.testmod(module)
        assert failed == 0 < attempted


# -- in the report -----------------------------------------------------------------------------------------


def test_one_publisher_is_read_without_a_gap():
    """UNHCR has the months of 2014 and 2015; Eurostat has all."""
    rows = longest(published("2017-06"), "asylum_first_applications")
    assert set(rows.organisation) == {"Eurostat"} and len(rows) == 54
    assert rows.period.iloc[0] == "2013-01" and rows.period.iloc[-1] == "2017-06"
    assert set(rows.statistic) == {"publisher;name=Eurostat"}


def test_a_break_or_a_running_period_ends_a_stretch(tmp_path):
    """The IND counted otherwise before 2014; on 20 December 2017 that month still ran."""
    about = {"measure": "asylum_first_applications", "unit": "applications"}
    rows = [row for year in range(2012, 2018) for row in monthly(1, ["10"] * 12, year, **about)]
    rows[-1] |= {"published": "2017-12-20", "note": "stand 20 december"}
    found = longest(Workbook("2017", data=small_data(tmp_path, rows)), "asylum_first_applications")
    assert (found.period.iloc[0], found.period.iloc[-1], len(found)) == ("2014-01", "2017-11", 47)


@pytest.fixture(scope="module")
def seasoned(tmp_path_factory):
    """Five years of invented applications with a season, some noise and a slow rise."""
    values, _ = patterned(60)
    values = np.round(values * np.exp(0.02 * np.random.default_rng(4).normal(size=60)))
    rows = []
    for year in range(5):
        texts = [str(int(value)) for value in values[12 * year : 12 * year + 12]]
        about = {"measure": "asylum_first_applications", "unit": "applications", "organisation": "CBS"}
        rows += monthly(1, texts, 2013 + year, **about)
    return Workbook("2017-12", data=small_data(tmp_path_factory.mktemp("seasoned"), rows))


def test_the_chart_shows_both_and_says_what_is_ours(seasoned):
    shown = seasons.chart(seasoned, "asylum_first_applications", "Titel")
    adjusted = [row for row in shown.figures if "seasonally_adjusted" in row["dimensions"]]
    assert len(adjusted) == 60 and adjusted[-1]["period"] == "2017-12"
    raw = longest(seasoned, "asylum_first_applications")
    own = seasonally_adjusted(raw)
    assert [row["value"] for row in adjusted] == own.value.tolist()
    move = largest_move(raw)
    strong = f"{seasonality(own, 12).strength:.2f}".replace(".", ",")
    for words in (
        "eigen berekening",
        "vervangt het gepubliceerde cijfer niet",
        f"QS-toets p ten hoogste 0,01, sterkte {strong} op een schaal van 0 tot 1 (nodig is ten minste 0,64)",
        f"de grootste verschuiving door de laatste 12 maanden: {Period.parse(move.period).label}, van "
        f"{number(round(move.then))} naar {number(round(move.now))}.",
    ):
        assert words in shown.html
    head, *rows = whole(shown)
    assert head == [
        "Periode",
        "Eerste asielaanvragen",
        "Eerste asielaanvragen, seizoensgecorrigeerd (eigen berekening)",
    ]
    assert rows[-1][:2] == ["dec 2017", number(raw.value.iloc[-1])] and len(rows) == 60


@pytest.mark.parametrize(
    ("period", "series"),
    [
        ("2017-06", "per maand, van januari 2013 tot en met juni 2017, Eurostat"),
        # quarters go on where the months of one publisher end
        ("2021-12", "per kwartaal, van het eerste kwartaal van 2013 tot en met het vierde kwartaal van 2021, CBS"),
    ],
)
def test_without_a_season_there_is_one_sentence(period, series):
    shown = seasons.chart(published(period), "asylum_first_applications", "Titel")
    assert re.fullmatch(
        f"<p>Voor eerste asielaanvragen \\({series}\\) is geen vast seizoenspatroon vast te stellen \\(QS-toets: "
        "p = 0,[1-9]\\d, nodig is ten hoogste 0,01; sterkte van het patroon: 0,[1-4]\\d, nodig is ten minste 0,64\\); "
        "daarom staat hier geen gecorrigeerde reeks.</p>",
        shown.html,
    )
    assert not shown.figures and not shown.notices


@pytest.mark.parametrize(
    ("period", "measure", "reason"),
    [
        ("2014-06", "asylum_first_applications", "18 maanden zonder onderbreking en van één uitgever"),
        ("2021-12", "asylum_first_instance_decisions", "eindigt in het tweede kwartaal van 2020"),
    ],
)
def test_too_little_is_a_sentence(period, measure, reason):
    shown = seasons.chart(published(period), measure, "Titel")
    assert reason in shown.html and shown.html.count("<p>") == 1 and not shown.figures and not shown.notices


def test_no_figure_at_all_is_a_named_gap():
    shown = seasons.chart(published("2017-06"), "coa_occupancy", "Titel")
    assert "geen passend cijfer bekend" in shown.html and shown.notices == {"gaps": ["Titel"]}


def test_only_the_series_that_is_shown_counts_as_used(seasoned):
    shown = seasons.chart(seasoned, "asylum_first_applications", "Seizoen")
    published = [row["period"] for row in shown.figures if "seasonally_adjusted" not in row["dimensions"]]
    assert published == list(seasoned.used_figures().period) and len(published) == 60
    without = Workbook("2017-06")
    seasons.chart(without, "asylum_first_applications", "Seizoen")
    assert without.used_figures().empty and without.used_measures() == ["asylum_first_applications"]
