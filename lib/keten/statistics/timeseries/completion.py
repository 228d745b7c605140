"""What recent figures will probably become, from how earlier ones grew: the chain ladder.

A first count of a month is often not its last. Figures of earlier months at the same age tell how much comes after.
"""

import math

import pandas as pd
from scipy.special import ndtri

LEAST = 8  # earlier periods that were seen both at an age and at the next
MOST_AGE = 12  # months after the period in which a figure is taken to be complete


def by_age(editions: pd.DataFrame, newest: pd.Timestamp) -> pd.DataFrame:
    """The triangle of one series of a live source: a row per period, a column per age, 0 to `MOST_AGE` months.

    editions: rows of `Workbook.editions` of one measure, category, frequency and source; `newest`: day of its last
    delivery. A delivery says again what it does not change, so a figure holds until the next edition; before its first
    edition, after the last delivery and where it was withdrawn a cell is NaN. Editions from before the end of a period
    do not count. The age is in calendar months from the end of the period.
    """
    rows = editions[editions.known >= editions.end].sort_values(["end", "known", "edition"], kind="stable")
    ages = range(MOST_AGE + 1)
    table = {}
    for period, mine in rows.groupby("period", sort=False):
        reached = _months(newest, mine.end.iloc[0])
        lags = [_months(day, end) for day, end in zip(mine.known, mine.end, strict=True)]
        said = pd.Series(mine.value.to_numpy(), index=lags).groupby(level=0).last()
        held = [said[said.index <= age] for age in ages]
        table[period] = [
            part.iloc[-1] if len(part) and age <= reached else math.nan for age, part in zip(ages, held, strict=True)
        ]
    return pd.DataFrame.from_dict(table, orient="index", columns=list(ages), dtype=float)


def _months(later: pd.Timestamp, earlier: pd.Timestamp) -> int:
    return 12 * (later.year - earlier.year) + later.month - earlier.month


def development(triangle: pd.DataFrame) -> pd.DataFrame:
    """How figures grow from each age to the next: `factor`, `sigma2`, `periods`, and `low`, `median`, `high`.

    triangle: a row per period, oldest first, a column per age; NaN where a figure is not known at that age. `factor`:
    sum of the figures at the next age over the sum at this age, over the periods known at both; `sigma2`: the variance
    around it, per unit of the figure at this age (Mack, ASTIN Bulletin 23, 1993, 213-225; of a last age with one period
    as he extrapolates it); `median`, `low` and `high`: quartiles of the ratios of single periods. Indexed by age, the
    last age left out.

    >>> development(pd.DataFrame([[100, 110], [200, 230], [50, None]])).round(3)[["factor", "periods", "median"]]
       factor  periods  median
    0   1.133        2   1.125
    """
    rows = []
    sigmas: list[float] = []
    for age, after in zip(triangle.columns[:-1], triangle.columns[1:], strict=True):
        both = triangle[[age, after]].dropna()
        base = both[age].sum()
        factor = both[after].sum() / base if base > 0 else math.nan
        ratio = (both[after] / both[age])[both[age] > 0]
        spread = (both[age][ratio.index] * (ratio - factor) ** 2).sum()
        sigmas.append(spread / (len(ratio) - 1) if len(ratio) > 1 else _extrapolated(sigmas))
        rows.append([factor, sigmas[-1], len(both), *ratio.quantile([0.25, 0.5, 0.75])])
    return pd.DataFrame(rows, triangle.columns[:-1], ["factor", "sigma2", "periods", "low", "median", "high"])


def _extrapolated(sigmas: list[float]) -> float:
    """The variance of a last age with one period, from the two before it."""
    if len(sigmas) < 2:
        return math.nan
    two, one = sigmas[-2:]
    return min(one**2 / two, two, one) if two > 0 else 0.0


def expected(triangle: pd.DataFrame, least: int = LEAST) -> pd.DataFrame:
    """What the figures that are not complete yet will probably become, with an 80% interval.

    triangle: as `development` takes it, for example from `by_age`. The last age counts as complete.

    Method: the chain ladder: the last known figure times the factors of all ages that it still has to pass. Interval:
    the standard error of Mack (1993: variation of single periods and of the factors themselves), on the logarithm so
    that it stays above zero. See also England and Verrall, British Actuarial Journal 8, 2002, 443-518.

    Limits: it holds as long as the publisher works as before; a backlog, a new system or a rush changes the factors.
    Only where every factor rests on at least `least` earlier periods; elsewhere there is no row. It does not know of
    figures that change after the last age. It is an expectation of ours, and no figure is ever replaced by it.

    Returns a row per incomplete period, oldest first: `period`, `age`, `value` (last known), `expected`, `error`
    (standard error), `low`, `high` (10% to 90%) and `periods` (the fewest that a factor rests on).

    >>> seen = pd.DataFrame([[100, 110, 110], [200, 230, 232], [50, 54, None], [80, None, None]], list("abcd"))
    >>> expected(seen, least=2).round(1)[["period", "age", "value", "expected"]]
      period  age  value  expected
    0      c    1   54.0      54.3
    1      d    0   80.0      90.6
    """
    factors = development(triangle)
    columns = ["period", "age", "value", "expected", "error", "low", "high", "periods"]
    rows = []
    for period, mine in triangle.iterrows():
        known = mine.dropna()
        if known.empty or known.index[-1] == triangle.columns[-1] or known.iloc[-1] <= 0:
            continue
        age = known.index[-1]
        left = factors.loc[age:]
        if left.periods.min() < least or left[["factor", "sigma2"]].isna().any(axis=None):
            continue
        final = float(known.iloc[-1] * left.factor.prod())
        error = math.sqrt(_mack_variance(triangle, left, float(known.iloc[-1])))
        wide = math.sqrt(math.log1p((error / final) ** 2))
        ends = [final * math.exp(-(wide**2) / 2 + ndtri(share) * wide) for share in (0.1, 0.9)]
        rows.append([period, age, float(known.iloc[-1]), final, error, *ends, int(left.periods.min())])
    return pd.DataFrame(rows, columns=columns)


def _mack_variance(triangle: pd.DataFrame, left: pd.DataFrame, value: float) -> float:
    """The squared standard error of one period's complete figure. left: the factors that it still has to pass."""
    at, total = value, 0.0
    passed = triangle.notna().shift(-1, axis=1, fill_value=False)  # seen at the next age too
    for age, factor, sigma2 in zip(left.index, left.factor, left.sigma2, strict=True):
        base = triangle[age][passed[age]].sum()
        total += sigma2 / factor**2 * (1 / at + 1 / base)
        at *= factor
    return float(at**2 * total)
