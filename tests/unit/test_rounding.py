"""The margin of a rounded figure, and so what may be called a change."""

import math

import pandas as pd
import pytest

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
