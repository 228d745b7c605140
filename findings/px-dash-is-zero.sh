#!/usr/bin/env bash
# pyaxis 0.4.3 with pandas 3.1.1: the zeros of a PX table are lost, and its missing values come back in three shapes.
#
# Expected: in a PX file a quoted dash is an exact nil and one to six quoted dots are kinds of missing data. A reader
#           gives the numbers as numbers, the dash as 0, and the dots as missing, or keeps them apart in one manner.
# Happens:  the whole column is text. "." becomes an empty text, ".." becomes NaN, while "..." and "-" keep even their
#           quotation marks. The usual next step, to_numeric(errors="coerce"), turns the exact nil into missing too.
# Matters:  "nobody" is a published figure, "not known" is not. Map the dash and each symbol by hand before converting.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pyaxis==0.4.3 pandas==3.1.1
cd "$work"
cat >table.px <<'PX'
CHARSET="ANSI";
AXIS-VERSION="2013";
MATRIX="T1";
SUBJECT-CODE="A";
SUBJECT-AREA="Migration";
CONTENTS="Persons";
UNITS="persons";
DECIMALS=0;
TITLE="Persons by sex and year";
STUB="sex";
HEADING="year";
VALUES("sex")="men","women";
VALUES("year")="2014","2015","2016";
DATASYMBOLNIL="none";
DATA=
1290 0 "-" "." ".." "..." ;
PX
venv/bin/python - <<'PY'
import logging, sys
import pandas as pd
from pyaxis import pyaxis

logging.disable()
column = pyaxis.parse("table.px", encoding="ISO-8859-1")["DATA"]["DATA"]
read = [None if pd.isna(value) else value for value in column]
numbers = [None if pd.isna(value) else value for value in pd.to_numeric(column, errors="coerce")]
print("in the file", ["1290", "0", '"-"', '"."', '".."', '"..."'])
print("as read    ", read)
print("as numbers ", numbers)
if (read, numbers) != (["1290", "0", '"-"', "", None, '"..."'], [1290, 0, None, None, None, None]):
    sys.exit("changed: pyaxis 0.4.3 gave '' for one dot, missing for two, quoted text for three and for the dash")
print("as seen: the dash is no zero, and each number of dots is read in its own way")
PY
