#!/usr/bin/env bash
# statsmodels 0.15.0 with pandas 3.1.1: half-yearly figures are taken to have four or twelve seasons a year.
#
# Expected: a series with an observation every six months has two seasons, and the decompositions read that from the
#           index, as they do for months and quarters.
# Happens:  pandas knows no half-year. It calls 1 January, 1 July, ... "every second quarter", and statsmodels keeps the
#           letter and drops the multiple: four seasons, a cycle of two years. Periods of six months ("6M") have twelve
#           seasons in this way: seasonal_decompose refuses ten years of half-years and asks for 24 observations.
# Matters:  a movement between odd and even years is taken out as if it were the season: below, the second halves of
#           even years are 50 persons lower than those of odd years, and that difference is lost. Always give the
#           period.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check statsmodels==0.15.0 pandas==3.1.1 numpy==2.4.6 scipy==1.17.1
cd "$work"
venv/bin/python -W ignore - <<'PY'
import sys
import pandas as pd
from statsmodels.tsa.seasonal import STL, seasonal_decompose

values = [1000.0, 900, 1000, 950] * 5
days = pd.DatetimeIndex([f"{year}-{month}-01" for year in range(2008, 2018) for month in ("01", "07")])
dated = pd.Series(values, index=days)
periods = pd.Series(values, index=pd.period_range("2008-01", periods=20, freq="6M"))

try:
    refusal = f"none: {seasonal_decompose(periods)}"
except ValueError as error:
    refusal = str(error)
seen = {
    "name of the frequency": dated.index.inferred_freq,
    "seasons for STL": STL(dated).period,
    "season found": seasonal_decompose(dated).seasonal.round(1).tolist()[:4],
    "season with period=2": seasonal_decompose(dated, period=2).seasonal.round(1).tolist()[:4],
    "refusal of periods of 6 months": refusal,
}
for name, value in seen.items():
    print(f"{name:31} {value}")
if list(seen.values()) != [
        "2QS-JAN", 4, [37.5, -62.5, 37.5, -12.5], [38.2, -38.2, 38.2, -38.2],
        "x must have 2 complete cycles requires 24 observations. x only has 20 observation(s)"]:
    sys.exit("changed: statsmodels 0.15.0 gave a season of four half-years, and refused 20 periods of six months")
print("as seen: half-years are never two seasons")
PY
