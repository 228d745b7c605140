"""The margin of a rounded figure, and so what may be called a change."""

import math

import numpy as np
import pandas as pd
import pytest

from keten.model.margins import margin_of_sum
from keten.model.rounding import circa_bounds, margin, margin_of


@pytest.mark.parametrize(
    ("value", "status", "unit", "expected"),
    [
        (31327, "exact", "applications", 0),
        (1750, "rounded_5", "persons", 2.5),
        (9020, "rounded_10", "persons", 5),
        (1700, "circa", "applications", 50),
        (230, "circa", "applications", 5),
        (15000, "circa", "applications", 500),
        (795, "circa", "persons", 2.5),
        (662, "circa", "persons", 0.5),
        (7, "circa", "months", 0.5),
        (3.5, "circa", "months", 0.05),
        (0, "circa", "persons", 0.5),
        (33, "circa", "percent", 2.5),
        (-40, "circa", "percent", 2.5),
    ],
)
def test_margin_is_half_the_step_that_the_status_tells(value, status, unit, expected):
    assert margin_of(value, status, unit) == expected


@pytest.mark.parametrize("status", ["provisional", "suppressed", "missing", None, pd.NA])
def test_unknown_margin_is_not_zero(status):
    assert math.isnan(margin_of(12, status, "persons"))


def test_margin_keeps_the_index_and_takes_missing_values():
    values = pd.Series([1700, pd.NA, 20], index=[5, 3, 9], dtype="Int64")
    statuses = pd.Series(["circa", "circa", "rounded_5"], index=values.index)
    units = pd.Series(["applications", "applications", "persons"], index=values.index)
    pd.testing.assert_series_equal(
        margin(values, statuses, units),
        pd.Series([50, None, 2.5], index=[5, 3, 9], dtype=float, name="margin"),
    )


def test_circa_bounds_stay_within_what_can_be():
    assert circa_bounds(33, "percent") == (30.5, 35.5)
    assert circa_bounds(1, "percent") == (0, 3.5)
    assert circa_bounds(99, "percent") == (96.5, 100)
    assert circa_bounds(1700, "persons") == (1650, 1750)
    assert circa_bounds(-40, "percent") == (-42.5, -37.5)


@pytest.mark.parametrize(
    ("halves", "expected"),
    [
        ([], 0),
        ([0, 0], 0),
        ([2.5], 2.5),  # one figure: half its step, however the formula goes (2 x 5 / 3.46 = 2.89)
        ([2.5, 2.5], 4.0825),  # 2 x 5 / 3.4641 x 1.4142
        ([2.5] * 12, 10),  # twelve months: 2 x 5 / 3.4641 x 3.4641, not 30
        ([5] * 4, 11.547),  # four quarters rounded to tens: 2 x 10 / 3.4641 x 2
        ([2.5, 5], 6.455),  # unlike steps: 2 x sqrt((6.25 + 25) / 3), below 7.5
        ([0.5, 50], 50.5),  # the widest that can be is less than 2 x sqrt((0.25 + 2500) / 3) = 57.7
        ([2.5, 0, 0], 2.5),  # exact figures add nothing
        ([10, 10], 16.33),  # sums of twelve, added up again; 14.14 for the 24 months themselves
    ],
)
def test_the_margin_of_a_sum_is_two_standard_deviations_within_what_can_be(halves, expected):
    assert margin_of_sum(halves) == pytest.approx(expected, abs=0.0005)


def test_a_sum_with_a_part_of_unknown_margin_has_none():
    assert math.isnan(margin_of_sum([2.5, float("nan")])) and math.isnan(margin_of_sum([float("nan"), 2.5]))


def test_two_standard_deviations_hold_nineteen_sums_in_twenty():
    errors = np.random.default_rng(2017).integers(-2, 3, size=(20_000, 12)).sum(axis=1)  # twelve counts, to fives
    inside = (abs(errors) <= margin_of_sum([2.5] * 12)).mean()
    assert 0.95 < inside < 0.99
