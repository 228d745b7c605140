#!/usr/bin/env bash
# pyjstat 2.4.0: a table in another row order becomes JSON-stat in which figures have changed places.
#
# Expected: a long table says in every row which country and year its value is of, so the order of the rows does not
#           matter. A JSON-stat cube is a bare list of values in the order of its dimensions; the writer puts them
#           there.
# Happens:  the writer lists the values in row order, whatever the rows say. With the rows by year, Belgium 2016 and the
#           Netherlands 2017 swap figures. With a row left out, every later figure moves up one cell, and a list that is
#           too short for its cube is written all the same.
# Matters:  a complete, correct table gives a valid file with wrong figures. Before writing, sort by all dimensions and
#           add the missing combinations; after writing, read back and compare.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pyjstat==2.4.0 pandas==3.1.1
cd "$work"
venv/bin/python - <<'PY'
import json, sys
import pandas as pd
from pyjstat import pyjstat

by_year = pd.DataFrame(
    [("NL", "2016", 1290), ("BE", "2016", 470), ("NL", "2017", 1300), ("BE", "2017", 480)],
    columns=["geo", "time", "value"])
text = pyjstat.Dataset.read(by_year).write("jsonstat")
back = pyjstat.Dataset.read(text).write("dataframe")
key = ["geo", "time"]
both = by_year.merge(back, on=key, suffixes=("_given", "_back"), validate="one_to_one")
print(both.to_string(index=False))
without_nl_2017 = by_year.iloc[[0, 1, 3]]
sparse = json.loads(pyjstat.Dataset.read(without_nl_2017).write("jsonstat"))
print("without the Netherlands 2017: dimensions", sparse["id"], "size", sparse["size"], "value", sparse["value"])
if (list(both["value_given"]), list(both["value_back"])) != ([1290, 470, 1300, 480], [1290, 1300, 470, 480]):
    sys.exit("changed: with pyjstat 2.4.0 the two figures in the middle had swapped")
if (sparse["size"], sparse["value"]) != ([2, 2], [1290, 470, 480]):
    sys.exit("changed: with pyjstat 2.4.0 three values stood in a cube of four cells")
print("as seen: values are written in row order, not in the order of the dimensions")
PY
