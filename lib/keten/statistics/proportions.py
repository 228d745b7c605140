"""Shares with their uncertainty, and what is left unexplained of a published total."""

import math
from collections.abc import Mapping

import pandas as pd
from scipy.special import ndtri

from keten.model.rounding import circa_bounds


def wilson(successes: int, n: int, level: float = 0.95) -> tuple[float, float, float]:
    """Share `successes / n` with the bounds of its Wilson score interval, all between 0 and 1.

    The score interval without continuity correction (Wilson 1927; method 3 of Newcombe, Statistics in
    Medicine 17, 1998, 857-872): it stays within 0 and 1 and keeps its coverage for small n and for shares
    near 0 or 1. It assumes independent people. Of nobody (`n` 0, or missing counts) no share is known:
    three NaN. Raises ValueError unless 0 <= successes <= n.
    """
    if pd.isna(successes) or pd.isna(n) or n == 0:
        return math.nan, math.nan, math.nan
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} out of {n} is not a share")
    share = successes / n
    wide = -float(ndtri((1 - level) / 2))
    middle = (share + wide**2 / (2 * n)) / (1 + wide**2 / n)
    half = wide * math.sqrt(share * (1 - share) / n + wide**2 / (4 * n**2)) / (1 + wide**2 / n)
    # the exact bounds at 0 and 1 are the share itself; floating point leaves 1e-17 beside it
    return share, min(max(middle - half, 0.0), share), max(min(middle + half, 1.0), share)


def circa_range(percent: float, total: int) -> tuple[int, int]:
    """Lowest and highest whole number of people that "circa `percent`% of `total`" may stand for.

    Follows `keten.model.rounding.circa_bounds`: 2.5 percentage points to each side. Circa 33.3% of 537 is 166 to 192.
    """
    low, high = circa_bounds(percent, "percent")
    first, last = math.ceil(low * total / 100), math.floor(high * total / 100)
    if first > last:  # a total so small that no whole number lies within: take the nearest around it
        return last, first
    return first, last


def unexplained(total: int, parts: Mapping[str, int], circa: Mapping[str, tuple[int, int]]) -> tuple[int, int]:
    """What is left of `total`, as a range, when exact `parts` and `circa` ranges (lowest, highest) are off.

    All in the unit of the total, and each part a group of its own within it: overlapping parts would hide
    something unexplained. Never below zero, where parts at their highest exceed the total. Raises ValueError
    when the parts at their lowest exceed the total already: then they are no parts of it.
    """
    known = sum(parts.values())
    most = total - known - sum(low for low, _ in circa.values())
    least = total - known - sum(high for _, high in circa.values())
    if most < 0:
        raise ValueError(f"the parts ({total - most}) exceed the total ({total})")
    return max(least, 0), most
