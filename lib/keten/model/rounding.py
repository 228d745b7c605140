"""How far a printed figure may lie from the true one because of rounding.

One rule per precision, for every report the same:

- ``exact``: no margin. ``rounded_5`` and ``rounded_10``: half a step, 2.5 and 5.
- ``circa`` percentage: 2.5 percentage points ("circa een derde", 33.3, is read as 30.8 to 35.8).
- ``circa`` count, amount or duration: half the unit of its last significant digit (1,700 is 1,650 to 1,750;
  15,000 is 14,500 to 15,500); one that ends in the digit 5 is read as rounded to fives, as CBS does (795 is
  792.5 to 797.5).
- anything else, such as the figure of a source that does not say how it rounds: the margin is NaN, never zero.

A sum, and a difference, of figures that were rounded apart from each other: `margin_of_sum`.
"""

import math
from collections.abc import Iterable
from decimal import Decimal

import pandas as pd

from keten.model.quality import rounded_to

CIRCA_PERCENT = 2.5


def margin_of(value: float, precision: str, unit: str) -> float:
    """Half the width of the interval that a printed value stands for, in its own unit; NaN if unknown."""
    if pd.isna(value) or pd.isna(precision):
        return float("nan")
    if precision != "circa":
        return rounded_to(precision) / 2
    if unit == "percent":
        return CIRCA_PERCENT
    digits = Decimal(str(float(value))).normalize().as_tuple()
    if digits.exponent == 0 and digits.digits[-1] == 5:
        return 2.5
    return float(Decimal(1).scaleb(int(digits.exponent)) / 2)


def margin(values: pd.Series, precisions: pd.Series, units: pd.Series) -> pd.Series:
    """`margin_of` row by row: floats on the index of `values`; the three series share that index."""
    steps = {precision: rounded_to(precision) / 2 for precision in precisions.dropna().unique()}
    margins = precisions.map(steps).where(values.notna()).to_numpy(dtype=float, copy=True)
    circa = ((precisions == "circa") & values.notna()).to_numpy()
    margins[circa] = list(map(margin_of, values[circa], precisions[circa], units[circa]))
    return pd.Series(margins, values.index, name="margin")


def margin_of_sum(margins: Iterable[float]) -> float:
    """Half the width of the interval for a sum or a difference of figures, each rounded by itself; NaN if unknown.

    A figure with margin h has an error that is evenly spread over -h to h, with standard deviation h / sqrt(3) (for a
    rounding base r, where h = r / 2: r / (2 x sqrt(3))). The errors of independent figures add up by their squares,
    and two standard deviations cover some 95% of what can be (Evaluation of measurement data, JCGM 100:2008, 4.3.7,
    5.1.2 and 6.3.3). So it is 2 x sqrt(sum of h squared / 3), for n figures of one base 2 x r / (2 x sqrt(3)) x
    sqrt(n); never more than all margins together, the widest that can be, which is what a single figure comes to. A sum
    that is added up once more counts as one figure with its own margin: at most a sixth too wide, never too narrow.

    >>> round(margin_of_sum([2.5] * 12), 6), margin_of_sum([2.5])
    (10.0, 2.5)
    """
    given = list(margins)
    widest = float(sum(given))
    return min(widest, 2 * math.sqrt(sum(half**2 for half in given) / 3))  # of NaN both are NaN


def step_within(margin: float, finest: float) -> float:
    """The place to which a number with this margin is rounded: `finest`, or ten, a hundred, ... times as much.

    A digit is given while the margin is less than five of it: then the number is known better than rounding to the next
    place would leave it.

    >>> [step_within(margin, 1) for margin in (0, 4.9, 5, 50)], step_within(0.6, 0.1)
    ([1, 1, 10, 100], 1.0)
    """
    step = finest
    while margin >= 5 * step:
        step *= 10
    return step


def circa_bounds(value: float, unit: str) -> tuple[float, float]:
    """Lowest and highest value that a "circa" figure may stand for; a figure of zero or more stays so."""
    half = margin_of(value, "circa", unit)
    low, high = float(value) - half, float(value) + half
    if value >= 0:
        low = max(low, 0.0)
        if unit == "percent":
            high = min(high, 100.0)
    return low, high
