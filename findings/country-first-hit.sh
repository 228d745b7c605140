#!/usr/bin/env bash
# pycountry 26.2.16: the full name of a country is not the first hit for that name: Niger is Nigeria, Curaçao is the
# Netherlands.
#
# Expected: search_fuzzy puts the country that is called exactly so first, as it does for Guinea, Samoa and Georgia.
# Happens:  a country gets points for each of its parts with the word in the name, and a beginning counts as a hit:
#           Nigeria has a state Niger, the Netherlands have Curaçao as a part. For the other names the exact one is first.
# Matters:  `search_fuzzy(name)[0]` is the usual way to a code for a name from a table; people of one nationality are
#           counted as another, without a word. Ask for the exact name first (`lookup`), and show what is found fuzzily.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pycountry==26.2.16
cd "$work"
venv/bin/python - <<'PY'
import sys
from pycountry import countries

first = {country.name: countries.search_fuzzy(country.name)[0].name for country in countries}
wrong = {name: found for name, found in first.items() if found != name}
print(len(first), "names asked; another country comes first for", wrong)
print("exact:", [countries.lookup(name).alpha_3 for name in wrong])
if wrong != {"Curaçao": "Netherlands", "Niger": "Nigeria"}:
    sys.exit("changed: pycountry 26.2.16 gave the Netherlands for Curaçao and Nigeria for Niger, all others right")
print("as seen: the exact name is not always the first hit")
PY
