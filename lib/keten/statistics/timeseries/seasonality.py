"""Whether a series has a season that stands: without one, a seasonally adjusted line is an artefact."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from keten.statistics.timeseries.seasonal import strength

CHANCE = 0.01  # largest p-value of the QS test, as X-13ARIMA-SEATS uses it
STRONG = 0.64  # least strength: below it R's forecast::nsdiffs calls a series not seasonal


@dataclass(frozen=True)
class Seasonality:
    """How sure the season of a series is.

    p: of the QS test; strength: of the yearly pattern, 0 to 1 (`seasonal.strength`).
    """

    p: float
    strength: float

    @property
    def stable(self) -> bool:
        """Whether there is a season by both: more than chance, and most of what moves around the trend."""
        return self.p <= CHANCE and self.strength >= STRONG


def seasonality(adjusted: pd.DataFrame, per_year: int) -> Seasonality:
    """The QS test and the strength of a series, both on the scale (figures or logarithm) of its adjustment.

    adjusted: from `seasonal.seasonally_adjusted`. Two measures, because each is fooled by what the other sees: QS asks
    whether changes come back a year later, but hardly how large they are; the strength is never zero for pure noise.

    >>> from keten import Workbook
    >>> from keten.statistics.timeseries.seasonal import seasonally_adjusted
    >>> raw = Workbook("2017-06").series("asylum_applicants", kind="month")
    >>> found = seasonality(seasonally_adjusted(raw), 12)
    >>> round(found.p, 2), round(found.strength, 2), found.stable
    (0.26, 0.42, False)
    """
    values = adjusted.published.to_numpy(dtype=float)
    _, p = qs_test(np.log(values) if adjusted.log.all() else values, per_year)
    return Seasonality(p, strength(adjusted))


def qs_test(values: np.ndarray, per_year: int) -> tuple[float, float]:
    """The QS statistic of the first differences of a series, and its p-value (chi-squared, two degrees of freedom).

    n(n + 2) [r(s)^2 / (n - s) + max(0, r(2s))^2 / (n - 2s)], with the autocorrelations r of the n differences at one
    and two years; 0 when r(s) is not positive, for a season gives likeness, never its opposite.

    Sources: Maravall, "Seasonality tests and automatic model identification in TRAMO-SEATS" (Bank of Spain, 2012);
    X-13ARIMA-SEATS Reference Manual, version 1.1 (spectrum, with `logqs=yes` on the logarithm): the tests compare this
    function with that program, which takes second differences where its model does. The distribution is an
    approximation.
    """
    changes = np.diff(values)
    changes = changes - changes.mean()
    count, total = len(changes), float(changes @ changes)

    def likeness(lag: int) -> float:
        return max(0.0, float(changes[lag:] @ changes[:-lag]) / total) if total > 0 and count > lag else 0.0

    first, second = likeness(per_year), likeness(2 * per_year)
    if first == 0:
        return 0.0, 1.0
    later = second**2 / (count - 2 * per_year) if second else 0.0
    statistic = count * (count + 2) * (first**2 / (count - per_year) + later)
    return statistic, float(chdtrc(2, statistic))
