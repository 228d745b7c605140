#!/usr/bin/env bash
# openpyxl 3.1.5, python-calamine 0.9.1, pandas 3.1.1: the superscript footnote mark of a figure becomes its last digit.
#
# Expected: a cell that shows 124 with a superscript 1 is the figure 124 and a reference to note 1. A reader that knows
#           no superscripts gives text, which cannot be mistaken for a number.
# Happens:  the runs of rich text are joined: both readers give the text "1241", and pandas, with either of them, then
#           takes the text for a number: 1241, in a column of integers, beside the true ones.
# Matters:  statistical tables mark provisional and revised figures in exactly this way. No error, no odd type shows it;
#           only a total or an earlier edition does. Read with openpyxl's rich_text=True and refuse superscripts in
#           cells.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check openpyxl==3.1.5 python-calamine==0.9.1 pandas==3.1.1
cd "$work"
venv/bin/python - <<'PY'
import sys
import openpyxl, pandas, python_calamine
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

book = openpyxl.Workbook()
book.active.append(["year", "persons"])
book.active.append([2015, 131])
book.active.append([2016, CellRichText("124", TextBlock(InlineFont(vertAlign="superscript"), "1"))])
book.save("table.xlsx")

rich = openpyxl.load_workbook("table.xlsx", rich_text=True).active["B3"].value
seen = {
    "openpyxl": openpyxl.load_workbook("table.xlsx").active["B3"].value,
    "calamine": python_calamine.CalamineWorkbook.from_path("table.xlsx").get_sheet_by_index(0).to_python()[2][1],
    "pandas with openpyxl": pandas.read_excel("table.xlsx", engine="openpyxl")["persons"].tolist(),
    "pandas with calamine": pandas.read_excel("table.xlsx", engine="calamine")["persons"].tolist(),
    "openpyxl, rich_text=True": [str(rich[0]), rich[1].text, rich[1].font.vertAlign],
}
for reader, value in seen.items():
    print(f"{reader:25} {value!r}")
if list(seen.values()) != ["1241", "1241", [131, 1241], [131, 1241], ["124", "1", "superscript"]]:
    sys.exit("changed: these versions gave the text 1241, which pandas made the number 1241")
print("as seen: the footnote has become the last digit")
PY
