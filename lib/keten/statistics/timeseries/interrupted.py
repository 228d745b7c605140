"""A policy measure as an interrupted time series: what changed in level and slope, beside what might be chance.

Association, no proof: other measures, other countries and chance may do the same.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from keten.errors import KetenError
from keten.model.periods import Period
from keten.statistics.timeseries.unbroken import WORDS, one_series

if TYPE_CHECKING:
    from statsmodels.regression.linear_model import RegressionResultsWrapper

LEAST = 8  # periods before and after
SEASON_YEARS = 3  # for each pair of harmonics
LEVEL, SLOPE = 1, 2  # columns of the design
BETWEEN = "\x1f"  # between the publishers of a figure and of its control
TERMS = {"level": LEVEL, "slope": SLOPE}


@dataclass(frozen=True)
class Effect:
    """What `effect` found.

    day: of the measure; first_after: first period that counts as after it; before, after: periods on either side;
    lag: of the intervals, in periods; harmonics: pairs of seasonal terms; log: whether the model is on the logarithm
    (then estimates are percentages, else amounts in the unit of the figures; a slope is per period); per_year: 12 or 4.
    estimates: a row per `model` (`alone`; `control`: against the control series) and `term` (`level`, `slope`) with
    `value`, `low`, `high` (95%), `placebos` (how many placebo dates), `as_large` (how many of these had an estimate at
    least as far from zero, on the scale of the model) and `fit` (R squared of the model, on its scale).
    series: the figures used, with `control` (NaN without one), `fitted`, `expected` (the model without the measure),
    and its 95% interval `expected_low`, `expected_high`; before the measure `expected` equals `fitted`. Of the model
    with the control series where there is one.
    """

    day: date
    first_after: str
    before: int
    after: int
    lag: int
    harmonics: int
    log: bool
    per_year: int
    estimates: pd.DataFrame
    series: pd.DataFrame


def effect(frame: pd.DataFrame, day: str | date, control: pd.DataFrame | None = None) -> Effect:
    """Segmented regression of one series around the day of a measure.

    frame: from `Workbook.series`, one series per month or quarter. control: a series at the same frequency that the
    measure does not touch, such as other nationalities. Used is the stretch around the measure without a gap, of one
    publisher, in which both have figures. The period of the measure counts as after it when most of its days do.

    Model: figure = level + slope x time + change of level after the measure + change of slope after it (+ one pair of
    yearly harmonics per three full years of data, two at most), by least squares. On the logarithm when every figure is
    above zero, so that changes are percentages. With a control series its logarithm is taken off first: the changes
    are those of the ratio, as in the comparison of groups of Linden (Stata Journal 15, 2015, 480-500). The expected
    course is that of the model without the two changes, times the control series as it really went.
    Intervals: Newey and West (Econometrica 55, 1987, 703-708), Bartlett weights up to a lag of 4(n/100)^(2/9) periods,
    rounded down; factor n/(n-k); t distribution. Placebo dates: the same model on the figures before the measure alone,
    with each date that leaves `LEAST` periods on either side; when their estimates are as large, the estimate of the
    measure is nothing special. They have fewer figures, so less precision, and often no seasonal terms.
    Sources: Bernal, Cummins and Gasparrini (International Journal of Epidemiology 46, 2017, 348-355); at least eight
    periods on either side: Penfold and Zhang (Academic Pediatrics 13, 2013, S38-S44).

    Limits: it tells that something changed, not why. A straight line (a constant percentage) through a boom or a crisis
    is a poor guess of what would have been, the more so further away; intervals do not cover that choice. Whatever else
    changed around then is in the estimate too. Measures that worked ahead, or slowly, blur it. Small numbers make the
    logarithm jump; rounding is not in the intervals. Which estimates a report prints: `informative.judged`.

    Raises KetenError, with the reason, when it cannot be done.

    >>> from keten import Workbook
    >>> chain = Workbook("2020-03")
    >>> albania = chain.series("asylum_first_instance_decisions", "nationality", ["Albanië"], kind="quarter")
    >>> effect(albania, "2017-07-20").estimates[["term", "value", "low", "high"]].round(1)
        term  value   low  high
    0  level  -66.1 -91.5  35.0
    1  slope  -16.9 -35.9   7.8
    >>> effect(albania, "2015-11-03")
    Traceback (most recent call last):
    keten.errors.KetenError: Er zijn te weinig kwartalen voor de maatregel (3; ten minste 8 zijn nodig).
    """
    moment = _measure_day(day)
    rows, per_year = one_series(frame if control is None else _beside(frame, control))
    first = _first_after(rows, moment, per_year)
    rows = rows[rows.stretch == _stretch_at(rows, first)].reset_index(drop=True)
    before = int((rows.place < first).sum())
    after = len(rows) - before
    for count, side in ((before, "voor"), (after, "na")):
        if count < LEAST:
            plural = WORDS[per_year][1]
            few = f"{count}; ten minste {LEAST} zijn nodig"
            raise KetenError(f"Er zijn te weinig {plural} {side} de maatregel ({few}).")
    log = bool((rows.value > 0).all())
    if control is not None and not (log and (rows.control > 0).all()):
        raise KetenError("Met een vergelijkingsgroep moet elk cijfer groter dan nul zijn; laat control weg.")
    scaled = np.log(rows.value.to_numpy()) if log else rows.value.to_numpy()
    offset = np.zeros(len(rows)) if control is None else np.log(rows.control.to_numpy())
    if np.ptp(scaled) == 0:
        raise KetenError("De reeks verandert niet; er is geen verschil voor en na de maatregel.")
    models = {"alone": scaled} if control is None else {"alone": scaled, "control": scaled - offset}
    estimates = [_estimates(name, y, before, per_year, log) for name, y in models.items()]
    series = rows.drop(columns=["place", "stretch"]).assign(
        organisation=rows.organisation.str.partition(BETWEEN)[0],
        control=rows.control if control is not None else float("nan"),
        **_course(scaled - offset, offset, before, per_year, log),
    )
    return Effect(
        day=moment,
        first_after=str(Period.parse(rows.period.iloc[before])),
        before=before,
        after=after,
        lag=lag_of(len(rows)),
        harmonics=_harmonics(len(rows), per_year),
        log=log,
        per_year=per_year,
        estimates=pd.concat(estimates, ignore_index=True),
        series=series,
    )


def lag_of(count: int) -> int:
    """How many periods back the intervals take autocorrelation into account."""
    return int(4 * (count / 100) ** (2 / 9))


def _measure_day(day: str | date) -> date:
    period = Period.parse(day)
    if period.kind != "date":
        raise KetenError(f"De datum van de maatregel '{day}' is geen dag; geef een datum zoals 2015-11-03.")
    return period.start


def _beside(frame: pd.DataFrame, control: pd.DataFrame) -> pd.DataFrame:
    """The series with the control series in a column; a period in which either has no figure has none."""
    other, _ = one_series(control)
    joined = frame.merge(
        other[["period", "value", "organisation"]].rename(columns={"value": "control", "organisation": "control_by"}),
        on="period",
        how="left",
    )
    if joined[["value", "control"]].isna().any(axis=1).all():
        raise KetenError("De vergelijkingsgroep heeft in geen enkele periode van de reeks een cijfer; kies een andere.")
    publishers = joined.organisation + BETWEEN + joined.control_by.fillna("")
    return joined.assign(value=joined.value.where(joined.control.notna()), organisation=publishers)


def _first_after(rows: pd.DataFrame, day: date, per_year: int) -> int:
    """The place of the first period of which most days lie on or after the day."""
    months = 12 // per_year
    place = per_year * day.year + (day.month - 1) // months
    start = pd.Timestamp(day.year, months * ((day.month - 1) // months) + 1, 1)
    end = start + pd.DateOffset(months=months)
    late = pd.Timestamp(day) - start > end - pd.Timestamp(day)
    return place + int(late)


def _stretch_at(rows: pd.DataFrame, first: int) -> float:
    """The unbroken stretch that holds the first period after the measure, or else that ends last before it."""
    around = rows[(rows.place <= first) & rows.stretch.notna()]
    known = around if len(around) else rows[rows.stretch.notna()].head(1)
    return float(known.stretch.iloc[-1])


def _harmonics(count: int, per_year: int) -> int:
    return min(count // (SEASON_YEARS * per_year), 2 if per_year == 12 else 1)


def _design(count: int, before: int, per_year: int) -> np.ndarray:
    """Columns: one, change of level, change of slope, time, then the harmonics."""
    time = np.arange(count, dtype=float)
    after = (time >= before).astype(float)
    columns = [np.ones(count), after, after * (time - before), time]
    for number in range(1, _harmonics(count, per_year) + 1):
        angle = 2 * np.pi * number * time / per_year
        columns += [np.sin(angle), np.cos(angle)]
    return np.column_stack(columns)


def _fit(y: np.ndarray, before: int, per_year: int) -> tuple["RegressionResultsWrapper", np.ndarray]:
    from statsmodels.regression.linear_model import OLS  # slow to import, and few reports need it

    design = _design(len(y), before, per_year)
    robust = {"maxlags": lag_of(len(y)), "use_correction": True}
    return OLS(y, design).fit(cov_type="HAC", cov_kwds=robust, use_t=True), design


def _estimates(name: str, y: np.ndarray, before: int, per_year: int, log: bool) -> pd.DataFrame:
    found, _ = _fit(y, before, per_year)
    bounds = found.conf_int(0.05)
    dates = range(LEAST, before - LEAST + 1)
    placebos = [np.linalg.lstsq(_design(before, at, per_year), y[:before])[0] for at in dates]
    fit = 1 - found.ssr / found.centered_tss if found.centered_tss > 0 else float("nan")

    def shown(value: float) -> float:
        return 100 * float(np.expm1(value)) if log else float(value)

    rows = []
    for term, column in TERMS.items():
        as_large = sum(abs(one[column]) >= abs(found.params[column]) for one in placebos)
        numbers = map(shown, (found.params[column], *bounds[column]))
        rows.append((name, term, *numbers, len(placebos), as_large, float(fit)))
    return pd.DataFrame(rows, columns=["model", "term", "value", "low", "high", "placebos", "as_large", "fit"])


def _course(y: np.ndarray, offset: np.ndarray, before: int, per_year: int, log: bool) -> dict[str, np.ndarray]:
    """The model with and without the measure, in the unit of the figures."""
    found, design = _fit(y, before, per_year)
    without = design.copy()
    without[:, [LEVEL, SLOPE]] = 0
    expected = without @ found.params
    spread = np.sqrt(np.einsum("ij,jk,ik->i", without, found.cov_params(), without))
    wide = stdtrit(found.df_resid, 0.975)
    course = {
        "fitted": design @ found.params,
        "expected": expected,
        "expected_low": expected - wide * spread,
        "expected_high": expected + wide * spread,
    }
    return {name: np.exp(line + offset) if log else line for name, line in course.items()}
