#!/usr/bin/env bash
# frictionless 5.21.0: a Data Package 2 that says how thousands are written in an integer is refused, cell by cell.
#
# Expected: version 2 of the standard has the property groupChar, which numbers had, for integers too. With groupChar
#           "." the cell 1.335 is 1335.
# Happens:  the property is accepted in the schema and not used: 1.335 is an error and is read as missing. The same
#           property on a number works.
# Matters:  counts of people in tables for Dutch readers are written so; the checker says that a valid table is wrong,
#           and whoever reads the rows without checking gets no figure. Write counts without points in data for machines.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check frictionless==5.21.0
cd "$work"
printf 'year,count\n2016,1.335\n2017,980\n' >counts.csv
venv/bin/python - <<'PY'
import sys
from frictionless import Package


def read(kind: str) -> tuple[bool, list]:
    count = {"name": "count", "type": kind, "groupChar": "."} | ({"decimalChar": ","} if kind == "number" else {})
    schema = {"fields": [{"name": "year", "type": "year"}, count]}
    package = Package(
        {
            "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
            "name": "counts",
            "resources": [{"name": "counts", "path": "counts.csv", "schema": schema}],
        }
    )
    rows = package.get_resource("counts").read_rows()
    return package.validate().valid, [None if row["count"] is None else int(row["count"]) for row in rows]


seen = {kind: read(kind) for kind in ("integer", "number")}
for kind, (valid, counts) in seen.items():
    print(f"type {kind}: valid {valid}, counts {counts}")
if seen != {"integer": (False, [None, 980]), "number": (True, [1335, 980])}:
    sys.exit("changed: frictionless 5.21.0 refused 1.335 as an integer with groupChar '.', and took it as a number")
print("as seen: groupChar of an integer is not used")
PY
