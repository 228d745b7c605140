#!/usr/bin/env bash
# tempdisagg 0.2.13: Denton-Cholette gives the same quarters whatever the quarterly indicator says.
#
# Expected: the method spreads a yearly total over quarters so that they follow the movement of a related quarterly
#           series. Another indicator gives other quarters, as it does with Chow-Lin in the same package.
# Happens:  method="denton-cholette" requires the indicator column X and does not use it: quarters for a series with a
#           peak in spring are equal, digit for digit, to those for one with a peak in autumn. The yearly totals are
#           met, so the usual check of the result passes.
# Matters:  the quarters are a smooth line of the package's own making, presented as if the indicator supported it. Feed
#           such a method two different indicators before trusting it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check \
    tempdisagg==0.2.13 pandas==3.1.1 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$work"
MPLCONFIGDIR="$work" venv/bin/python - <<'PY'
import logging, sys
import numpy as np
import pandas as pd
from tempdisagg import TempDisaggModel

logging.disable()
spring = [100.0, 160, 110, 90] * 3
autumn = [90.0, 100, 110, 160] * 3


def quarters(method: str, indicator: list[float]) -> np.ndarray:
    table = pd.DataFrame({"Index": np.repeat([2014, 2015, 2016], 4), "Grain": [1, 2, 3, 4] * 3,
                          "X": indicator, "y": np.repeat([430.0, 470, 500], 4)})
    model = TempDisaggModel(method=method, conversion="sum")
    model.fit(table)
    return np.asarray(model.predict()).ravel()


same = {}
for method in ("chow-lin-opt", "denton-cholette"):
    first, second = quarters(method, spring), quarters(method, autumn)
    assert np.allclose(first.reshape(3, 4).sum(axis=1), [430, 470, 500], atol=0.01)
    same[method] = bool(np.array_equal(first, second))
    print(f"{method:16} 2014 with one indicator {first[:4].round(1)}, with the other {second[:4].round(1)}")
if same != {"chow-lin-opt": False, "denton-cholette": True}:
    sys.exit("changed: with tempdisagg 0.2.13 the indicator mattered to chow-lin-opt and not to denton-cholette")
print("as seen: denton-cholette ignores the indicator")
PY
