"""Shares with Wilson intervals, circa shares as ranges, and what stays unexplained."""

import math

import pandas as pd
import pytest

from keten.statistics.proportions import circa_range, unexplained, wilson


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_equals_newcombe_1998_table_1(successes, n, low, high):
    share, *bounds = wilson(successes, n)
    assert share == successes / n
    assert [round(bound, 4) for bound in bounds] == [low, high]


def test_wilson_at_the_ends_and_of_nobody():
    assert wilson(0, 5)[:2] == (0, 0)
    assert wilson(5, 5)[2] == 1
    assert wilson(50, 100, level=0.99)[1] < wilson(50, 100)[1]
    assert all(map(math.isnan, wilson(0, 0)))
    assert all(map(math.isnan, wilson(pd.NA, 5)))
    with pytest.raises(ValueError, match="6 out of 5"):
        wilson(6, 5)


def test_circa_share_is_a_range_of_people():
    assert circa_range(33.3, 537) == (166, 192)  # 30.8% is 165.4, 35.8% is 192.2
    assert circa_range(20, 537) == (94, 120)  # 17.5% is 94.0, 22.5% is 120.8
    assert circa_range(20, 7) == (1, 2)


def test_what_is_left_of_the_lvv_departures():
    parts = {"verblijfsvergunning": 43, "terugkeer": 50, "derde land": 2, "beëindigd": 76}
    circa = {"wacht op beslissing": circa_range(33.3, 537), "onbekend": circa_range(20, 537)}
    assert unexplained(537, parts, {}) == (366, 366)
    assert unexplained(537, parts, circa) == (366 - 192 - 120, 366 - 166 - 94) == (54, 106)


def test_unexplained_is_never_negative():
    assert unexplained(100, {"a": 60}, {"b": (30, 50)}) == (0, 10)
    with pytest.raises(ValueError, match="exceed the total"):
        unexplained(100, {"a": 60}, {"b": (45, 50)})
