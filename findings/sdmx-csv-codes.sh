#!/usr/bin/env bash
# pysdmx 1.21.0: SDMX-CSV whose codes are all digits loses leading zeros; whether it does depends on the other rows.
#
# Expected: a code is text and comes out as it stands in the file: municipality 0363 stays 0363. The frame confirms it:
#           each column has a text type. A value stays as published too: 1290 and 12.50.
# Happens:  the reader first guesses a type for each column and makes text of it afterwards. 0363 becomes the text
#           "363", in a column with 12.50 the count 1290 becomes "1290.0", and 12.50 becomes "12.5". One code in letters
#           keeps the text of all codes, one empty value that of all values.
# Matters:  the same municipality has two codes in two deliveries, joins to a code list find nothing, and the decimals
#           by which a publisher shows precision are gone. Read the file as plain CSV of texts where codes are digits.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check 'pysdmx[data]==1.21.0' pandas==3.1.1 pyarrow==25.0.1
cd "$work"
venv/bin/python - <<'PY'
import sys
from pysdmx.io import read_sdmx

head = "STRUCTURE,STRUCTURE_ID,ACTION,AREA,TIME_PERIOD,OBS_VALUE\n"


def read(*rows: str) -> tuple[list[str], list[str]]:
    table = read_sdmx(head + "".join(f"datastructure,XX:T(1.0),I,{row}\n" for row in rows)).data[0].data
    assert {str(dtype) for dtype in table.dtypes} == {"string[pyarrow]"}
    return table["AREA"].tolist(), table["OBS_VALUE"].tolist()


seen = [
    read("0363,2016,1290", "0518,2016,12.50"),
    read("0363,2016,1290", "0518,2016,12.50", "NL,2016,"),
]
print("0363 with 1290, 0518 with 12.50:", *seen[0])
print("the same and NL without a value:", *seen[1])
if seen != [(["363", "518"], ["1290.0", "12.5"]), (["0363", "0518", "NL"], ["1290", "12.50", ""])]:
    sys.exit("changed: pysdmx 1.21.0 gave 363, 518 and 1290.0, 12.5 for two rows, and the texts of the file for three")
print("as seen: the codes of a row depend on the other rows")
PY
