"""How far a printed figure may lie from the true one because of rounding.

One rule per precision, for every report the same:

- ``exact``: no margin. ``rounded_5`` and ``rounded_10``: half a step, 2.5 and 5.
- ``circa`` percentage: 2.5 percentage points ("circa een derde", 33.3, is read as 30.8 to 35.8).
- ``circa`` count, amount or duration: half the unit of its last significant digit (1,700 is 1,650 to 1,750;
  15,000 is 14,500 to 15,500); one that ends in the digit 5 is read as rounded to fives, as CBS does (795 is
  792.5 to 797.5).
- anything else, such as the figure of a source that does not say how it rounds: the margin is NaN, never zero.

A sum, and a difference, of figures that were rounded apart from each other: `model.margins`.
"""

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


def circa_bounds(value: float, unit: str) -> tuple[float, float]:
    """Lowest and highest value that a "circa" figure may stand for; a figure of zero or more stays so."""
    half = margin_of(value, "circa", unit)
    low, high = float(value) - half, float(value) + half
    if value >= 0:
        low = max(low, 0.0)
        if unit == "percent":
            high = min(high, 100.0)
    return low, high
