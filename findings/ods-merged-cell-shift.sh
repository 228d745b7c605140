#!/usr/bin/env bash
# pyexcel-ods 0.6.0: below a cell that spans rows all figures move one column to the left; a repeated row is read once.
#
# Expected: as LibreOffice shows it, and as pandas reads it: two rows of 2020 with their figures below the heads "share"
#           and "people", the second with an empty year; two rows of 2021.
# Happens:  the place below the merged cell is left out, so that the share stands in the column of years and the number
#           of people in that of shares; of the two equal rows, which the format writes as one with a count, one is lost.
# Matters:  publishers merge a year over the rows of its groups. 0.4 and 8 still are numbers, so nothing looks wrong, and
#           a sum over rows is too low. Read .ods with pandas (odfpy or calamine).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pyexcel-ods==0.6.0 odfpy==1.4.1 pandas==3.1.1
cd "$work"
venv/bin/python - <<'PY'
import sys
import pandas as pd
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P
from pyexcel_ods import get_data


def cell(value, **options):
    kind = {"valuetype": "string"} if isinstance(value, str) else {"valuetype": "float", "value": value}
    made = TableCell(**kind, **options)
    made.addElement(P(text=str(value)))
    return made


table = Table(name="T")
for cells, repeated in (
    ([cell("year"), cell("share"), cell("people")], 1),
    ([cell(2020, numberrowsspanned=2), cell(0.3), cell(7)], 1),
    ([CoveredTableCell(), cell(0.4), cell(8)], 1),
    ([cell(2021), cell(0.5), cell(9)], 2),
):
    row = TableRow(numberrowsrepeated=repeated) if repeated > 1 else TableRow()
    for one in cells:
        row.addElement(one)
    table.addElement(row)
document = OpenDocumentSpreadsheet()
document.spreadsheet.addElement(table)
document.save("table.ods")

seen = get_data("table.ods")["T"]
right = pd.read_excel("table.ods", engine="odf")
print("pyexcel-ods:", seen)
print("pandas with odfpy:", right.to_csv(index=False).split())
if seen != [["year", "share", "people"], [2020, 0.3, 7], [0.4, 8], [2021, 0.5, 9]]:
    sys.exit("changed: pyexcel-ods 0.6.0 gave [0.4, 8] for the second row of 2020, and 2021 once")
if right["people"].tolist() != [7, 8, 9, 9]:
    sys.exit("changed: pandas 3.1.1 with odfpy 1.4.1 read 7, 8, 9, 9 people")
print("as seen: figures below a merged cell move to the left, and one of two equal rows is lost")
PY
