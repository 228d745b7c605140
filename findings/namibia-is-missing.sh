#!/usr/bin/env bash
# country_converter 1.3.2 with pandas 3.1.1: Namibia's code NA is read as missing, and the converter cannot be made.
#
# Expected: a converter of names to codes. Its list gives the column of codes a converter of its own (`str`), by which
#           pandas keeps the text NA; with pandas 3.0.0 it does.
# Happens:  pandas 3.1.1 looks for missing values also in what the converter gave: NA becomes NaN, and the package stops
#           with "first argument must be string or compiled pattern". Both versions are allowed by its requirements.
# Matters:  a table with two-letter codes that is read in the same way loses Namibia and nothing is said. Say
#           `keep_default_na=False` with the missing values that the publisher uses.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
cat >"$work/seen.py" <<'PY'
import io

import country_converter
import pandas as pd

table = io.StringIO("name,code\nNamibia,NA\nNiger,NE\n")
codes = pd.read_csv(table, converters={"code": str})["code"].fillna("missing").tolist()
try:
    made = country_converter.CountryConverter().convert("Namibia", to="ISO2")
except TypeError as error:
    made = error
print(codes, "|", made)
PY
cd "$work"
for pandas in 3.0.0 3.1.1; do
    venv/bin/pip install -q --disable-pip-version-check country_converter==1.3.2 pandas==$pandas
    echo "pandas $pandas: $(venv/bin/python seen.py)"
done | tee seen.txt
cat >expected.txt <<'TXT'
pandas 3.0.0: ['NA', 'NE'] | NA
pandas 3.1.1: ['missing', 'NE'] | first argument must be string or compiled pattern
TXT
cmp -s seen.txt expected.txt || { cat expected.txt; echo "changed: the lines above were seen before" >&2; exit 1; }
echo "as seen: with pandas 3.1.1 the code of Namibia is missing"
