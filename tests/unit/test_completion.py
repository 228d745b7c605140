"""The chain ladder against Mack (1993), on a triangle by hand, and in the report."""

import doctest
import math

import numpy as np
import pandas as pd
import pytest
from helpers_data import rows_of

from keten import Workbook
from keten.sections import completeness
from keten.statistics.timeseries import completion
from keten.statistics.timeseries.completion import by_age, development, expected

# Taylor and Ashe (1983), as Mack (ASTIN Bulletin 23, 1993, table 1) prints it.
CLAIMS = """
    357848 1124788 1735330 2218270 2745596 3319994 3466336 3606286 3833515 3901463
    352118 1236139 2170033 3353322 3799067 4120063 4647867 4914039 5339085
    290507 1292306 2218525 3235179 3985995 4132918 4628910 4909315
    310608 1418858 2195047 3757447 4029929 4381982 4588268
    443160 1136350 2128333 2897821 3402672 3873311
    396132 1333217 2180715 2985752 3691712
    440832 1288463 2419861 3483130
    359480 1421128 2864498
    376686 1363294
    344014
"""
# What he makes of it: factors, variances in thousands, and per year the reserve and its standard error, in thousands.
FACTORS = [3.491, 1.747, 1.457, 1.174, 1.104, 1.086, 1.054, 1.077, 1.018]
VARIANCES = [160, 37.7, 42.0, 15.2, 13.7, 8.19, 0.447, 1.147, 0.447]
RESERVES = [95, 470, 710, 985, 1419, 2178, 3920, 4279, 4626]
ERRORS = [75.535, 121.699, 133.549, 261.406, 411.010, 558.317, 875.328, 971.258, 1363.155]


@pytest.fixture(scope="module")
def claims():
    rows = [[float(cell) for cell in line.split()] for line in CLAIMS.strip().splitlines()]
    return pd.DataFrame([row + [math.nan] * (10 - len(row)) for row in rows])


def test_factors_are_those_of_mack(claims):
    found = development(claims)
    assert found.factor.tolist() == pytest.approx(FACTORS, abs=5e-4)
    assert (found.sigma2 / 1000).tolist() == pytest.approx(VARIANCES, rel=5e-3)
    assert found.periods.tolist() == [9, 8, 7, 6, 5, 4, 3, 2, 1]


def test_expected_figures_and_errors_are_those_of_mack(claims):
    found = expected(claims, least=1)
    assert found.age.tolist() == [8, 7, 6, 5, 4, 3, 2, 1, 0]
    assert ((found.expected - found.value) / 1000).tolist() == pytest.approx(RESERVES, abs=0.51)
    assert (found.error / 1000).tolist() == pytest.approx(ERRORS, rel=1e-5)


def test_a_triangle_by_hand():
    """From age 0 to 1: 394 of 350; from 1 to 2: 342 of 340. The last two rows have that still to come."""
    seen = pd.DataFrame([[100, 110, 110], [200, 230, 232], [50, 54, math.nan], [80, math.nan, math.nan]])
    factors = development(seen)
    assert factors.factor.tolist() == pytest.approx([394 / 350, 342 / 340])
    assert factors["median"].tolist() == pytest.approx([1.1, (1 + 232 / 230) / 2])
    assert (factors.low[0], factors.high[0]) == pytest.approx((1.09, 1.125))
    found = expected(seen, least=2)
    assert found.expected.tolist() == pytest.approx([54 * 342 / 340, 80 * 394 / 350 * 342 / 340])
    assert found.periods.tolist() == [2, 2]


def test_the_interval_is_log_normal_around_what_is_expected(claims):
    """Its logarithm has the variance log(1 + (error/expected)^2); its mean is what is expected."""
    found = expected(claims, least=1)
    spread = np.sqrt(np.log1p((found.error / found.expected) ** 2))
    assert (np.log(found.high / found.low) / (2 * 1.2815516)).to_numpy() == pytest.approx(spread.to_numpy())
    middle = np.sqrt(found.low * found.high)
    assert (middle * np.exp(spread**2 / 2)).to_numpy() == pytest.approx(found.expected.to_numpy())


def test_too_few_earlier_periods_give_nothing(claims):
    assert expected(claims).empty  # the last ages have been seen once
    assert expected(claims, least=2).empty
    assert expected(claims.iloc[:, :3]).period.tolist() == [8, 9], "eight years have been seen at these ages"
    assert expected(claims.iloc[:, :4]).empty, "seven at the next"


def test_figures_without_growth_stay_as_they_are():
    seen = pd.DataFrame([[10.0, 10.0]] * 9 + [[12.0, math.nan]])
    (row,) = expected(seen).to_dict("records")
    assert (row["expected"], row["low"], row["high"]) == (12, 12, 12)


# -- editions ----------------------------------------------------------------------------------------------


def editions(*rows):
    """Rows of one series: period, day of the delivery, value."""
    frame = pd.DataFrame(rows, columns=["period", "known", "value"])
    months = pd.PeriodIndex(frame.period, freq="M")
    frame = frame.assign(known=pd.to_datetime(frame.known), end=months.end_time.normalize(), edition=1)
    return frame.astype({"value": float})


def test_a_figure_holds_until_the_next_edition_and_no_longer_than_the_last_delivery():
    rows = [("2017-01", "2017-02-15", 100), ("2017-01", "2017-04-15", 110), ("2017-02", "2017-04-15", 90)]
    early = [("2017-02", "2017-02-20", 40)]  # the month still ran
    table = by_age(editions(*rows, *early), pd.Timestamp("2017-05-15"))
    assert table.loc["2017-01"].iloc[:6].tolist() == pytest.approx(
        [math.nan, 100, 100, 110, 110, math.nan], nan_ok=True
    )
    assert table.loc["2017-02"].iloc[:5].tolist() == pytest.approx([math.nan, math.nan, 90, 90, math.nan], nan_ok=True)


def test_a_withdrawn_figure_is_not_known():
    rows = [("2017-01", "2017-02-15", 100), ("2017-01", "2017-03-15", math.nan)]
    table = by_age(editions(*rows), pd.Timestamp("2017-05-15"))
    assert table.loc["2017-01"].iloc[:5].isna().tolist() == [True, False, True, True, True]


# -- in the report -----------------------------------------------------------------------------------------


def growing(chain, months=30):
    """A live source that delivers every month, and each time has a tenth more of the month before: its editions."""
    known = chain.editions(["asylum_first_applications"])
    like = known[(known.dimension == "") & (known.kind == "month")].iloc[0]
    last = pd.Period("2017-06", freq="M")
    rows = []
    for month in pd.period_range(end=last, periods=months, freq="M"):
        first = 1000 + 10 * month.month
        for age, value in ((1, first), (2, round(1.1 * first))):
            day = (month + age).start_time + pd.Timedelta(days=14)
            if month + age <= last + 1:
                about = {"period": str(month), "start": month.start_time, "end": month.end_time.normalize()}
                rows.append({**like, **about, "known": day, "edition": age, "value": value, "live": True})
    return pd.DataFrame(rows).astype(known.dtypes.to_dict())


def test_a_month_that_will_grow_is_shown_with_what_it_will_be():
    chain = Workbook("2017-06")
    chain.series("asylum_first_applications")
    editions = growing(chain)
    chain.editions = lambda measures: editions
    shown = completeness.table(chain)
    head, *rows = rows_of(shown.html)
    assert head[2:4] == ["Gepubliceerd", "Verwacht"]
    (row,) = rows
    assert row[:4] == ["Eerste asielaanvragen", "jun 2017", "1.060", "1.166"] and row[-1].endswith("maanden")
    assert "vervangt geen cijfer" in shown.html.replace("\n", " ")
    assert [found["value"] for found in shown.figures if "statistic=completed" in found["dimensions"]][:1] == [1166]


def test_without_enough_deliveries_nothing_is_shown():
    chain = Workbook("2017-06")
    chain.series("asylum_first_applications")
    assert completeness.table(chain) is None
    editions = growing(chain, months=5)
    chain.editions = lambda measures: editions
    assert completeness.table(chain) is None


def test_the_examples_in_the_documentation():
    failed, attempted = doctest.testmod(completion)
    assert failed == 0 < attempted
