"""Which estimates of an interrupted time series say enough to be printed."""

from typing import Any

import pandas as pd

from keten.statistics.timeseries.interrupted import Effect

WIDEST = 3  # times that the upper bound of the interval may be the lower one, as what is left of the series
CHANCE = 0.05  # largest share of dates, that of the measure included, with an estimate as large
FEWEST_PLACEBOS = round(1 / CHANCE) - 1  # with fewer, no estimate can be that rare
INTERVAL, WIDTH, FEW, LARGE = "interval", "width", "few placebos", "placebos"


def judged(found: Effect) -> pd.DataFrame:
    """The estimates, in whole percentages or amounts as they are printed, and in `failed` why one says too little.

    `failed` is '' for an estimate that may be printed, else the first of these that it does not pass:

    - `interval`: the 95% interval, in whole numbers, excludes zero;
    - `width`: it is narrow enough to tell something. On the logarithm the series after the measure, compared with what
      was expected, lies at most `WIDEST` times as high at one bound as at the other (-60% to +20% is just three times);
      in amounts the interval is no wider than the mean before the measure. A slope is judged by what it does in a year;
    - `few placebos`: there are `FEWEST_PLACEBOS` placebo dates at least;
    - `placebos`: (1 + placebo dates with an estimate as large) / (1 + placebo dates) is `CHANCE` at most.

    Sources: the design, and what an interval can tell, Bernal, Cummins and Gasparrini (International Journal of
    Epidemiology 46, 2017, 348-355); placebo dates, Abadie, Diamond and Hainmueller (American Journal of Political
    Science 59, 2015, 495-510); counting the estimate itself among them, Davison and Hinkley (Bootstrap Methods and
    Their Application, 1997, section 4.2). The width and the share are choices of this workbook.

    Limits: what passes is still association. Two terms are judged, and nothing corrects for that. Of 300 simulated
    series of 66 months in which nothing happened (noise with an autocorrelation of 0.6) 6% had a jump and 1% a slope
    that passed; of the intervals alone a quarter excluded zero.
    """
    rows = found.estimates
    whole = rows[["value", "low", "high"]].round() + 0.0  # adding zero turns -0 into 0
    return rows.assign(**whole, failed=[_failed(found, row) for row in rows.to_dict("records")])


def _failed(found: Effect, row: dict[Any, Any]) -> str:
    if round(row["low"]) <= 0 <= round(row["high"]):
        return INTERVAL
    if not _narrow(found, row):
        return WIDTH
    if row["placebos"] < FEWEST_PLACEBOS:
        return FEW
    return LARGE if (1 + row["as_large"]) / (1 + row["placebos"]) > CHANCE else ""


def _narrow(found: Effect, row: dict[Any, Any]) -> bool:
    times = found.per_year if row["term"] == "slope" else 1
    if found.log:
        low, high = 100 + row["low"], 100 + row["high"]
        return bool(high**times <= WIDEST * low**times)
    return bool(times * (row["high"] - row["low"]) <= found.series.value.iloc[: found.before].mean())
