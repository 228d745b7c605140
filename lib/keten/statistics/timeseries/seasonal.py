"""Seasonal adjustment of a monthly or quarterly series, always beside the published figures."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from keten.errors import KetenError
from keten.model.units import is_rate
from keten.statistics.timeseries.unbroken import one_series, words

LEAST_YEARS = 3
STATISTIC = "seasonally_adjusted;method=stl"
CALCULATION = "seizoensgecorrigeerd met STL, eigen berekening"
LOOK_BACK = 12  # ends of the series that are looked back on


def seasonally_adjusted(frame: pd.DataFrame) -> pd.DataFrame:
    """The series without its yearly pattern, for the unbroken stretch of one publisher that ends with its last figure.

    frame: from `Workbook.series`, one series of counts per month or quarter (see `unbroken.one_series`).

    Method: STL, seasonal-trend decomposition by loess (Cleveland, Cleveland, McRae and Terpenning, Journal of Official
    Statistics 6, 1990, 3-73), by statsmodels, robust (15 outer iterations, 1 inner) and with one yearly pattern for the
    whole stretch, as R's `stl(x, s.window="periodic", robust=TRUE)`. On the logarithm where all figures are above zero,
    so that the pattern is a percentage; else additive. The pattern over a year averages to nothing, so the level stays.

    Limits: three full years at least, or it is refused. One pattern for all years: a season that shifts is not
    followed. No correction for working days or holidays. A sudden rise, as in 2015, is no season but may leak into the
    pattern of a short series. Points change when months are added (`largest_move`). Any series has a pattern, also mere
    noise: whether there is a season is another question (`seasonality.seasonality`). It is a calculation of ours and
    never replaces a published figure.

    Returns the rows of the stretch as figures: `value` adjusted, to whole ones, `label` and `calculation` that say so,
    `statistic` seasonally_adjusted; further `published`, `pattern` (factor, or amount when additive), `trend`,
    `remainder`, `weight` and `log` (see `decomposed`). Raises KetenError, with the reason, when it cannot be done.

    >>> from keten import Workbook
    >>> chain = Workbook("2017-06")
    >>> adjusted = seasonally_adjusted(chain.series("asylum_applicants", kind="month"))
    >>> adjusted[["period", "published", "value"]].tail(2)
         period  published   value
    52  2017-05     1440.0  1813.0
    53  2017-06     1510.0  1603.0
    """
    rows, per_year = last_stretch(frame)
    if rows.unit.map(is_rate).any():
        raise KetenError("Een aandeel of gemiddelde is niet voor het seizoen te corrigeren; corrigeer de aantallen.")
    least = LEAST_YEARS * per_year
    if len(rows) < least:
        raise KetenError(
            f"Er is te weinig voor een seizoenscorrectie: {words(len(rows), per_year)} zonder onderbreking en van één "
            f"uitgever, ten minste {least} zijn nodig."
        )
    parts = decomposed(rows.value.to_numpy(), per_year)
    made = rows.drop(columns=["place", "stretch"]).assign(
        label=rows.label + ", seizoensgecorrigeerd (eigen berekening)",
        statistic=STATISTIC,
        calculation=CALCULATION,
        margin=float("nan"),
        published=rows.value,
        value=parts.adjusted.round(),
    )
    return made.join(parts.drop(columns="adjusted"))


def last_stretch(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The unbroken run that ends with the last figure of a series, and its number of periods a year."""
    rows, per_year = one_series(frame)
    return rows[rows.stretch == rows.stretch.max()].reset_index(drop=True), per_year


def decomposed(values: np.ndarray, per_year: int) -> pd.DataFrame:
    """STL of consecutive figures, as `seasonally_adjusted` describes it.

    Columns `adjusted`, `pattern`, `trend` (in the unit of the figures; the pattern is a factor on the logarithm),
    `remainder` (on the scale of the model), `weight` (robustness, 0 to 1) and `log`.
    """
    from statsmodels.tsa.seasonal import STL  # slow to import, and few reports need it

    log = bool((values > 0).all())
    scaled = np.log(values) if log else np.asarray(values, dtype=float)
    years = len(values) // per_year + 1
    model = STL(scaled, period=per_year, seasonal=10 * len(values) + 1, seasonal_deg=0, robust=True)
    found = model.fit(inner_iter=1, outer_iter=15)
    phase = np.arange(len(values)) % per_year
    figure = np.array([found.seasonal[phase == one].mean() for one in range(per_year)])
    pattern = np.tile(figure - figure.mean(), years)[: len(values)]
    trend = found.trend + figure.mean()
    back = np.exp if log else np.asarray
    return pd.DataFrame(
        {
            "adjusted": back(scaled - pattern),
            "pattern": back(pattern),
            "trend": back(trend),
            "remainder": scaled - pattern - trend,
            "weight": found.weights,
            "log": log,
        }
    )


def strength(adjusted: pd.DataFrame) -> float:
    """How strong the yearly pattern is, from 0 (none) to 1 (all that moves around the trend).

    One minus the variance of the remainder over that of pattern and remainder together (Wang, Smith and Hyndman, Data
    Mining and Knowledge Discovery 13, 2006, 335-364).

    adjusted: from `seasonally_adjusted` or `decomposed`.
    """
    pattern = np.log(adjusted.pattern) if adjusted.log.all() else adjusted.pattern
    both = float(np.var(pattern + adjusted.remainder))
    return max(0.0, 1 - float(np.var(adjusted.remainder)) / both) if both > 0 else 0.0


@dataclass(frozen=True)
class Move:
    """An adjusted figure that changed when periods were added: of which period, what it was, and what it is now."""

    period: str
    then: float
    now: float


def largest_move(frame: pd.DataFrame) -> Move | None:
    """The adjusted figure that changed most when periods were added, of all points; None when that cannot be told.

    The series is cut off at each of the last `LOOK_BACK` periods and adjusted again; every adjusted figure of then is
    compared with that of the whole series, on the scale of the model (ratios on the logarithm, else amounts). frame: as
    `seasonally_adjusted` takes it.
    """
    rows, per_year = last_stretch(frame)
    values = rows.value.to_numpy()
    now = decomposed(values, per_year)
    scale = np.log if now.log.all() else np.asarray
    moves = []
    for end in range(max(LEAST_YEARS * per_year, len(values) - LOOK_BACK), len(values)):
        then = decomposed(values[:end], per_year)
        if then.log.all() != now.log.all():  # a zero came later: two models, which say nothing about each other
            continue
        sizes = np.abs(scale(now.adjusted[:end].to_numpy()) - scale(then.adjusted.to_numpy()))
        place = int(sizes.argmax())
        pair = float(then.adjusted[place]), float(now.adjusted[place])
        moves.append((float(sizes[place]), Move(rows.period.iloc[place], *pair)))
    return max(moves, key=lambda move: move[0])[1] if moves else None
