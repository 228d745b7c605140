"""Which estimates of an interrupted time series may be printed: each part of the bar, a clear effect and mere noise."""

import math

import numpy as np
import pandas as pd
import pytest
from test_interrupted import course, noise, series

from keten.statistics.timeseries.informative import FEW, INTERVAL, LARGE, WIDTH, judged
from keten.statistics.timeseries.interrupted import effect

DAY, BEFORE, MONTHS = "2017-11-01", 46, 66  # 46 months from January 2014 lie before the measure, 20 after


def verdict(values, day=DAY, term="level"):
    rows = judged(effect(series(values), day))
    return rows[rows.term == term].iloc[0]


def stepped(level, size=0.05, seed=3, months=MONTHS, before=BEFORE):
    """Exponential of a level of about 1,100 with a step, and noise of about this size."""
    return np.exp(course(months, before, 7, 0, level, 0) + size * noise(months, seed))


def test_a_clear_effect_may_be_printed():
    """A half less, with months that differ some 6%: far above what other dates show."""
    row = verdict(stepped(math.log(0.5)))
    assert row.failed == "" and row.high < -40 and row.low > -60
    assert (row.placebos, row.as_large) == (46 - 8 - 8 + 1, 0)
    assert row[["value", "low", "high"]].tolist() == [round(number) for number in row[["value", "low", "high"]]]


@pytest.mark.parametrize("seed", range(20))
def test_a_clear_effect_is_found_whatever_the_noise(seed):
    assert verdict(stepped(math.log(0.5), seed=seed)).failed == ""


def test_noise_is_no_effect():
    """Of 100 series in which nothing happened at most five give a jump, and as many a slope, that may be printed."""
    rows = [judged(effect(series(stepped(0, size=0.2, seed=seed)), DAY)) for seed in range(100)]
    passed = pd.concat(rows).query("failed == ''").groupby("term").size()
    assert (passed <= 5).all()
    assert sum((one.failed == INTERVAL).sum() for one in rows) > 100, "most are not even told from zero"


def test_an_interval_that_holds_zero_says_nothing():
    row = verdict(stepped(0, seed=5))
    assert row.low < 0 < row.high and row.failed == INTERVAL


def test_zero_is_excluded_as_it_is_printed():
    """A rise of some 0.3% without any noise to speak of prints as 0%."""
    row = verdict(stepped(0.003, size=1e-4))
    assert effect(series(stepped(0.003, size=1e-4)), DAY).estimates.low.iloc[0] > 0
    assert (row.low, row.failed) == (0, INTERVAL)


def test_an_interval_may_be_too_wide_to_say_anything():
    """Thirty times as much, but it might be twelve or seventy times."""
    row = verdict(stepped(math.log(10), size=0.8))
    assert row.low > 100 and (100 + row.high) > 3 * (100 + row.low) and row.failed == WIDTH


def test_three_times_is_not_too_wide_and_a_little_more_is():
    found = effect(series(stepped(math.log(0.5))), DAY)
    for low, high, failed in ((-60.0, -20.0, ""), (-90.0, -70.0, ""), (-90.0, -69.0, WIDTH), (-100.0, -20.0, WIDTH)):
        rows = found.estimates.assign(low=low, high=high).query("term == 'level'")
        assert judged(type(found)(**(vars(found) | {"estimates": rows}))).failed.tolist() == [failed], (low, high)


def test_a_slope_is_judged_by_a_year():
    """5% to 14% a month is 1.8 to 4.8 times in a year: within three. 5% to 16% is 1.8 to 5.9: not."""
    found = effect(series(stepped(math.log(0.5))), DAY)
    for high, failed in ((14.0, ""), (16.0, WIDTH)):
        rows = found.estimates.assign(low=5.0, high=high, as_large=0).query("term == 'slope'")
        assert judged(type(found)(**(vars(found) | {"estimates": rows}))).failed.tolist() == [failed], high


def test_in_amounts_the_interval_is_no_wider_than_what_was_there_before():
    """A zero keeps it from the logarithm. Some 100 a month before."""
    values = 100 + 5 * noise(MONTHS) + 80 * (np.arange(MONTHS) >= BEFORE)
    values[0] = 0
    found = effect(series(values), DAY)
    mean = values[:BEFORE].mean()
    assert not found.log
    for width, failed in ((mean - 1, ""), (mean + 1, WIDTH)):
        rows = found.estimates.assign(low=20.0, high=20.0 + width, as_large=0).query("term == 'level'")
        assert judged(type(found)(**(vars(found) | {"estimates": rows}))).failed.tolist() == [failed], width


def test_a_placebo_that_is_as_large_takes_the_news_away():
    """Before the measure the series had risen and fallen by more than a half as well."""
    time = np.arange(MONTHS)
    before = math.log(2.5) * ((time >= 14) & (time < 30))
    values = np.exp(course(MONTHS, BEFORE, 7, 0, math.log(0.5), 0) + before + 0.02 * noise(MONTHS))
    row = verdict(values)
    assert row.high < 0 and row.as_large > 1 and row.failed == LARGE


def test_one_placebo_date_in_twenty_is_the_limit():
    found = effect(series(stepped(math.log(0.5))), DAY)
    for placebos, as_large, failed in ((19, 0, ""), (18, 0, FEW), (19, 1, LARGE), (39, 1, ""), (38, 1, LARGE)):
        rows = found.estimates.assign(placebos=placebos, as_large=as_large).query("term == 'level'")
        assert judged(type(found)(**(vars(found) | {"estimates": rows}))).failed.tolist() == [failed]


def test_a_short_time_before_leaves_nothing_to_compare_with():
    """22 months before the measure leave seven other dates."""
    row = verdict(stepped(math.log(0.5), months=40, before=22), "2015-11-03")
    assert row.placebos == 7 and row.failed == FEW


def test_the_fit_is_that_of_the_model():
    """R squared by hand: one minus what the model leaves over the variance of the logarithm."""
    values = stepped(math.log(0.5))
    found = effect(series(values), DAY)
    left = np.log(values) - np.log(found.series.fitted)
    assert found.estimates.fit.iloc[0] == pytest.approx(1 - (left**2).sum() / (MONTHS * np.log(values).var()))
