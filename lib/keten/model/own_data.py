"""The tables of `data/catalogue/` and `data/published/`: one schema and one strict reader for all of them.

The schema is the project's `datapackage.json` (Data Package, in Dutch). That of a data folder also states the rows,
bytes and SHA-256 of each file, so that a file that was cut off or changed unawares is not taken for the data; after a
change that was meant, `keten check --accept` states them anew. A folder without one is held to the schema alone.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from keten import asked
from keten.errors import KetenError
from keten.model.naming import nearest
from keten.model.periods import Period
from keten.model.units import bounds
from keten.paths import REPOSITORY_DATA

DESCRIPTION = "datapackage.json"
MOST = 40  # faults in one message
OF_FIGURES = ("figures", "survey", "lvv")  # tables that may have no rows
PERIODS = ("period", "first", "last")  # columns
LISTS = {"dimension": ("+", "dimensions", "dimension"), "nationalities": (";", "nationalities", "name")}
"""Columns with several names in a cell: what stands between these, and the table and column that know them."""
NOTHING = {"nan", "null", "none", "n/a", "#n/a", "<na>", "undefined", "inf", "-inf", "infinity"}
"""What programs write where they have nothing. "NA" is not among them: it is Namibia."""
FORMS = {
    "category": "van een woord dat een lezer begrijpt; schrijf ja of nee uit, zoals 'veilig land'",
    "sentence": "met één keer {n} voor het getal, en {enkelvoud|meervoud} waar een woord verschilt",
}
"""What the pattern of a column asks, in words."""
NUMBER = {"number": r"-?\d+(\.\d+)?", "integer": r"\d+"}

Tables = dict[str, pd.DataFrame]
Resource = dict[str, Any]


class OwnData(NamedTuple):
    """The tables by name, text with empty cells as "", and the faults of their cells by name of the table."""

    tables: Tables
    faults: dict[str, list[str]]


def read_tables(data: Path, folder: str) -> OwnData:
    """The tables in a folder below `data`: `catalogue` or `published`.

    Raises KetenError when a file is absent, is no such table or is not the file that `datapackage.json` describes.
    """
    asked.note(f"{asked.FOLDER}{folder}")
    described = data / DESCRIPTION
    stats = [path.stat() if path.exists() else None for path in (described, *(data / path for path in paths(folder)))]
    return _read(data, folder, tuple((one.st_size, one.st_mtime_ns) if one else None for one in stats))


def paths(folder: str = "") -> list[str]:
    """Where the tables stand below a data folder."""
    return [str(one["path"]) for one in _schema() if one["path"].startswith(folder)]


def columns(name: str) -> list[str]:
    """The columns of a table, in their order."""
    return next([field["name"] for field in one["schema"]["fields"]] for one in _schema() if one["name"] == name)


def refuse(faults: list[str]) -> None:
    """Raise KetenError with all faults in one message, if there are any."""
    if faults:
        points = "dit punt" if len(faults) == 1 else f"deze {len(faults)} punten"
        shown = "\n".join(f"- {fault}" for fault in faults[:MOST])
        more = f"\n- en nog {len(faults) - MOST}" if len(faults) > MOST else ""
        raise KetenError(f"De gegevens zijn niet bruikbaar; herstel {points} en probeer het opnieuw:\n{shown}{more}")


def accept(data: Path) -> list[str]:
    """State in the folder's `datapackage.json` what its files are now; the paths of those that were something else.

    A file that is absent or has a fault of its own is passed over: reading the folder says what is the matter. Raises
    KetenError when there is no such description.
    """
    content = _described(data)
    if content is None:
        raise KetenError(f"De gegevensmap {data.name} heeft geen {DESCRIPTION}, dus er valt niets vast te leggen.")
    changed = []
    for one in content["resources"]:
        if one["path"] in paths() and (data / one["path"]).is_file():
            found = (data / one["path"]).read_bytes()
            now = _fingerprint(found)
            if not _agree(now, one) and _is_whole(found, one["path"]):
                one |= now
                changed.append(one["path"])
    half = data / f".{DESCRIPTION}"
    half.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    half.replace(data / DESCRIPTION)
    return changed


@lru_cache(maxsize=4)
def _read(data: Path, folder: str, state: tuple[tuple[int, int] | None, ...]) -> OwnData:
    """The tables in this state of their files."""
    described = _described(data)
    stated = {one["path"]: one for one in described["resources"]} if described else {}
    found = OwnData({}, {})
    absent: list[str] = []
    for resource in _schema():
        path, name = resource["path"], resource["name"]
        if not path.startswith(folder):
            continue
        try:
            content = (data / path).read_bytes()
            found.tables[name] = table = _table(content, resource)
            found.faults[name] = [*_wrong_cells(table, resource)] or [*_changed(content, path, stated.get(path))]
        except FileNotFoundError:
            absent.append(
                f"Het bestand {path} ontbreekt in de gegevensmap; zet het terug of wijs met --data een andere map aan."
            )
        except KetenError as fault:
            absent.append(str(fault))
    refuse(absent)
    return found


# -- what is described --


@lru_cache(maxsize=1)
def _schema() -> list[Resource]:
    content = _described(REPOSITORY_DATA)
    if content is None:
        raise KetenError(f"Het bestand {DESCRIPTION} ontbreekt in {REPOSITORY_DATA.name}/; zet het terug.")
    return list(content["resources"])


def _described(data: Path) -> dict[str, Any] | None:
    """What a folder's `datapackage.json` says; None when there is none."""
    try:
        text = (data / DESCRIPTION).read_text(encoding="utf-8")
        content = json.loads(text)
        described = {str(one["path"]) for one in content["resources"]}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError, LookupError, TypeError) as fault:
        line = fault.lineno if isinstance(fault, json.JSONDecodeError) else 1
        raise KetenError(
            f"{DESCRIPTION}, regel {line}: dit is geen Data Package; zet een eerdere versie terug."
        ) from None
    if data != REPOSITORY_DATA and (absent := [path for path in paths() if path not in described]):
        raise KetenError(f"{DESCRIPTION}, regel 1: {absent[0]} is niet beschreven; zet een eerdere versie terug.")
    return dict(content)


def _fingerprint(content: bytes) -> dict[str, Any]:
    rows = max(content.count(b"\n") - 1, 0)
    return {"rows": rows, "bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}


def _agree(now: dict[str, Any], stated: Resource) -> bool:
    return all(stated.get(name) == value for name, value in now.items())


def _is_whole(content: bytes, path: str) -> bool:
    """Whether a file is a table without faults in its cells."""
    resource = next(one for one in _schema() if one["path"] == path)
    try:
        return not any(_wrong_cells(_table(content, resource), resource))
    except KetenError:
        return False


def _changed(content: bytes, path: str, stated: Resource | None) -> Iterator[str]:
    """That a file is not the one which is described."""
    now = _fingerprint(content)
    if stated is not None and not _agree(now, stated):
        rows, before = now["rows"], stated.get("rows")
        counted = f"{rows} regels" if rows == before else f"{rows} regels in plaats van {before}"
        yield (
            f"{path}: dit is niet het bestand dat {DESCRIPTION} beschrijft ({counted}); is de wijziging bedoeld, geef "
            "dan keten check --accept, zet anders een eerdere versie terug."
        )


# -- reading --


def _table(content: bytes, resource: Resource) -> pd.DataFrame:
    """The table in a file. Raises KetenError with the line that is no row of it."""
    path, names = resource["path"], columns(resource["name"])

    def fault(line: int, sentence: str) -> KetenError:
        return KetenError(f"{path}, regel {line}: {sentence}")

    text = _text(content, fault)
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    found = []
    try:
        for line, row in enumerate(rows, 1):
            if rows.line_num != line:
                raise fault(line, "een cel loopt door op de volgende regel; maak er een regel van, of zet het "
                            "aanhalingsteken dat ontbreekt.")  # fmt: skip
            if line == 1:
                if absent := [name for name in names if name not in row]:
                    raise fault(1, f"hier ontbreekt de kolom {', '.join(absent)}; verwacht worden {','.join(names)}.")
                if row != names:
                    raise fault(1, f"dit zijn niet de kolommen van dit bestand; verwacht worden {','.join(names)}.")
            elif len(row) != len(names):
                raise fault(line, f"deze regel heeft {len(row)} cellen in plaats van {len(names)}; let op komma's en "
                            "aanhalingstekens, en op een regel die is afgebroken.")  # fmt: skip
            found.append(row)
    except csv.Error:
        raise fault(len(found) + 1, "dit is niet te lezen als CSV in UTF-8; zet een cel met komma's of "
                    "aanhalingstekens tussen \", en schrijf een aanhalingsteken daarin dubbel.") from None  # fmt: skip
    if len(found) < (1 if resource["name"] in OF_FIGURES else 2):
        raise fault(
            max(len(found), 1),
            "het bestand is niet te lezen als CSV in UTF-8: het houdt hier op; zet een eerdere versie terug.",
        )
    if not text.endswith("\n"):
        raise fault(len(found), "de laatste regel is afgebroken; zet een regeleinde aan het eind.")
    return pd.DataFrame(found[1:], columns=names, dtype=str)


def _text(content: bytes, fault: Callable[[int, str], KetenError]) -> str:
    """The text of a file; `fault` makes the exception for a line that is none."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise fault(line, "dit is niet te lezen als CSV in UTF-8; bewaar het bestand in die vorm.") from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise fault(line, "hier staat een NUL-teken, dat in tekst niet voorkomt; haal het weg.")
    return text


# -- what may stand in a cell --


def _wrong_cells(table: pd.DataFrame, resource: Resource) -> Iterator[str]:
    """The faults of single cells and of keys that stand twice, by line."""
    schema, found = resource["schema"], []
    for field in schema["fields"]:
        cells = table[field["name"]]
        wrong = {cell: sentence for cell in cells.unique() if (sentence := _wrong(cell, field))}
        if field.get("constraints", {}).get("unique"):
            again = cells[cells.duplicated() & (cells != "")]
            found += [(at, f"{cell} staat dubbel; houd er één regel van over.") for at, cell in again.items()]
        found += [(at, wrong[cell]) for at, cell in cells[cells.isin(list(wrong))].items()]
    key = schema.get("primaryKey", [])
    if len(key) > 1:
        again = table[table.duplicated(key)]
        found += [(at, f"{' en '.join(row)} staat dubbel; houd er één regel van over.")
                  for at, row in zip(again.index, again[key].to_numpy(), strict=True)]  # fmt: skip
    return (f"{resource['path']}, regel {at + 2}: {sentence}" for at, sentence in sorted(found))


def _wrong(cell: str, field: dict[str, Any]) -> str:
    """Why a cell cannot be what the schema says of its column; '' when it can."""
    name, rules = field["name"], field.get("constraints", {})
    if cell == "":
        return f"de kolom {name} is leeg; vul haar in." if rules.get("required") else ""
    if field["type"] in NUMBER:
        whole = re.fullmatch(NUMBER[field["type"]], cell, re.ASCII)
        return "" if whole else f"'{cell}' is geen getal; schrijf een getal met een decimale punt."
    if cell.lower() in NOTHING:
        return f"in de kolom {name} staat '{cell}', een woord voor niets; vul haar in of laat haar leeg."
    if not cell.isprintable() or cell != cell.strip():
        return f"in de kolom {name} heeft {cell!r} een teken dat niet te zien is; typ de cel opnieuw."
    if field["type"] == "date" and not _is_day(cell):
        about = "de publicatiedatum" if name == "published" else f"in de kolom {name}"
        return f"{about} '{cell}' is geen datum; schrijf een bestaande dag als jjjj-mm-dd."
    if name in PERIODS:
        try:
            Period.parse(cell)
        except KetenError:
            return (
                f"de periode '{cell}' is niet te lezen; schrijf bijvoorbeeld 2017-06, 2017-Q2, 2017-H1, 2017 of een "
                "datum."
            )
    if name == "range" and not _is_range(cell):
        return f"in de kolom {name} is '{cell}' geen bereik; schrijf bijvoorbeeld 0..100 of 0.. ."
    if "enum" in rules and cell not in rules["enum"]:
        listed = ", ".join(rules["enum"])
        return f"in de kolom {name} is '{cell}' niet een van {listed}.{nearest(cell, rules['enum'])}"
    if "pattern" in rules and not re.fullmatch(rules["pattern"], cell, re.ASCII):
        return f"in de kolom {name} heeft '{cell}' niet de vorm {FORMS.get(name, rules['pattern'])}."
    return ""


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_range(text: str) -> bool:
    try:
        return bool(bounds(text))
    except ValueError:
        return False


def unknown(tables: Tables, names: Iterable[str]) -> list[str]:
    """Cells of these tables that name a row which no table has, by file and line."""
    return [sentence for one in _schema() if one["name"] in names for sentence in _unknown(one, tables)]


def _unknown(resource: Resource, tables: Tables) -> Iterator[str]:
    table = tables[resource["name"]]
    references = [
        (key["fields"][0], "", key["reference"]["resource"], key["reference"]["fields"][0])
        for key in resource["schema"].get("foreignKeys", [])
    ]
    references += [(name, *where) for name, where in LISTS.items() if name in table and where[1] != resource["name"]]
    for name, between, target, key in references:
        known = set(tables[target][key])
        if key == "name":
            known |= set(tables[target].labels.str.split(";").explode())
        wrong = {}
        for cell in table[name].unique():
            wrong[cell] = next((one for one in _parts(cell, between) if one not in known), None)
        where = next(one["path"] for one in _schema() if one["name"] == target)
        for at, cell in table[name].items():
            if (one := wrong[cell]) is not None:
                sentence = f"in de kolom {name} staat {one}, dat niet in {where} staat.{nearest(one, known)}"
                yield f"{resource['path']}, regel {at + 2}: {sentence}"


def _parts(cell: str, between: str) -> list[str]:
    return [] if cell == "" else cell.split(between) if between else [cell]
