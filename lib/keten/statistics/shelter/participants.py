"""Records of people in a municipal shelter (LVV): one row per stay, read from a CSV of the municipality.

::

    gemeente;datum_in;datum_uit;uitkomst
    Utrecht;2020-03-31;;
    Groningen;01-04-2020;15-09-2020;Verblijfsvergunning

The separator is a semicolon, comma or tab; the text UTF-8 or Windows (cp1252); a date 2020-03-31 or
31-03-2020. Headers may be Dutch or English, in any case, with blanks or underscores. Without a date out the
person is still in. An optional column `id` only serves to find a stay that was entered twice, and is dropped.

These are personal data: only the functions of `keten.statistics.shelter.protected_outcomes` make tables for a report.
"""

import csv
import difflib
import io
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd

from keten.errors import KetenError

HEADERS = {
    "municipality": ("gemeente", "municipality"),
    "date_in": ("datumin", "datein", "instroom", "datuminstroom", "datumvaninstroom"),
    "date_out": ("datumuit", "dateout", "uitstroom", "datumuitstroom", "datumvanuitstroom"),
    "outcome": ("uitkomst", "outcome"),
}
DUTCH_HEADERS = dict(zip(HEADERS, ("gemeente", "datum_in", "datum_uit", "uitkomst"), strict=True))
ID_HEADERS = ("id", "deelnemer", "participant", "nummer")
UNKNOWN_OUTCOME = "Onbekend"
FIRST_YEAR = 2000  # an earlier date is a slip of the pen: the first shelters opened later


def read_participants(path: str | Path, municipalities: Sequence[str]) -> pd.DataFrame:
    """Read and check records of stays; all faults raise KetenError with file, line, column and remedy.

    `municipalities`: the names that may occur; capitals and blanks around a name do not matter.

    Returns one row per stay, in the order of the file: municipality (spelled as in `municipalities`),
    date_in and date_out (datetime64; NaT = still in) and outcome (text; missing while still in). A
    departure without an outcome gets the outcome "Onbekend": that someone left is known, where to is not.
    Spellings of an outcome that differ in capitals or blanks only are one outcome, spelled as it is met
    first.
    """
    path = Path(path)
    rows = _rows(path)
    columns = _columns(path, *rows[0])
    names = {name.casefold(): name for name in municipalities}
    spellings = {UNKNOWN_OUTCOME.casefold(): UNKNOWN_OUTCOME}
    records, seen = [], {}
    for line, cells in rows[1:]:
        if len(cells) != len(rows[0][1]):
            raise KetenError(
                f"{path.name}, regel {line}: er staan {len(cells)} velden, de kopregel heeft er "
                f"{len(rows[0][1])}; controleer de scheidingstekens op deze regel."
            )
        row = {column: " ".join(cells[at].split()) for column, at in columns.items()}
        where = f"{path.name}, regel {line}"
        record = {
            "municipality": _municipality(row["municipality"], names, f"{where}, kolom gemeente"),
            "date_in": _day(row["date_in"], f"{where}, kolom datum in"),
            "date_out": _day(row["date_out"], f"{where}, kolom datum uit"),
            "outcome": row["outcome"] or None,
        }
        _check_stay(record, where)
        if record["date_out"]:
            text = record["outcome"] or UNKNOWN_OUTCOME
            record["outcome"] = spellings.setdefault(text.casefold(), text)
        if row.get("id"):
            stay = (row["id"], record["municipality"], record["date_in"])
            if stay in seen:
                raise KetenError(
                    f"{where}: dit verblijf staat ook al op regel {seen[stay]} (zelfde id, gemeente en datum "
                    "in); verwijder een van de twee regels."
                )
            seen[stay] = line
        records.append(record)
    frame = pd.DataFrame(records, columns=list(HEADERS))
    return frame.astype(
        {"municipality": "str", "date_in": "datetime64[s]", "date_out": "datetime64[s]", "outcome": "str"}
    )


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """Header and rows with the number of the line on which each ends; empty lines are left out."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise KetenError(
            f"Het bestand {path.name} met deelnemers kan niet worden gelezen; controleer waar het staat "
            "en of u het mag lezen."
        ) from error
    text = _text(data, path.name)
    header = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=header.count), strict=True)
    try:
        rows = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise KetenError(
            f"{path.name}, regel {reader.line_num}: de aanhalingstekens kloppen niet; herstel deze regel."
        ) from error
    if len(rows) < 2:
        raise KetenError(f"{path.name} bevat geen deelnemers; verwacht een kopregel en een regel per verblijf.")
    return rows


def _text(data: bytes, name: str) -> str:
    """UTF-8 or, as Excel on Windows writes it, cp1252."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:  # a workbook or UTF-16
            return text
    raise KetenError(f"{name} is geen gewone tekst; bewaar het als CSV (UTF-8) en probeer het opnieuw.")


def _columns(path: Path, line: int, header: list[str]) -> dict[str, int]:
    """Place of each column; `id` only where there is one."""
    plain = [re.sub(r"[\s_-]+", "", cell).casefold() for cell in header]
    places = {}
    for column, spellings in {**HEADERS, "id": ID_HEADERS}.items():
        found = [place for place, name in enumerate(plain) if name in spellings]
        if len(found) > 1:
            raise KetenError(
                f"{path.name}, regel {line}: de kolommen {header[found[0]]!r} en {header[found[1]]!r} "
                "betekenen hetzelfde; laat er een staan."
            )
        if found:
            places[column] = found[0]
    missing = [column for column in HEADERS if column not in places]
    if missing:
        wanted = " en ".join(DUTCH_HEADERS[column] for column in missing)
        raise KetenError(
            f"{path.name}, regel {line}: {wanted} staat niet in de kopregel ({', '.join(header)}); nodig "
            f"zijn de kolommen {', '.join(DUTCH_HEADERS.values())}."
        )
    return places


def _municipality(text: str, names: dict[str, str], where: str) -> str:
    name = names.get(text.casefold())
    if name:
        return name
    near = difflib.get_close_matches(text.casefold(), names, n=3, cutoff=0.6)
    hint = f"bedoelt u {' of '.join(names[key] for key in near)}?" if near else f"kies uit {', '.join(names.values())}."
    raise KetenError(f"{where}: {text!r} is geen bekende gemeente; {hint}")


def _day(text: str, where: str) -> datetime | None:
    """Read one date; None when there is none."""
    if not text:
        return None
    form = "%Y-%m-%d" if re.match(r"\d{4}-", text) else "%d-%m-%Y"
    try:
        day = datetime.strptime(text, form)
    except ValueError:
        raise KetenError(f"{where}: {text!r} is geen datum; schrijf 2020-03-31 of 31-03-2020.") from None
    if day.year < FIRST_YEAR:
        raise KetenError(f"{where}: {text!r} ligt voor het jaar {FIRST_YEAR}; verbeter de datum.")
    return day


def _check_stay(record: dict, where: str) -> None:
    date_in, date_out = record["date_in"], record["date_out"]
    if not date_in:
        raise KetenError(f"{where}, kolom datum in: de datum van instroom ontbreekt; vul hem in.")
    if not date_out:
        if record["outcome"]:
            raise KetenError(
                f"{where}, kolom datum uit: er is een uitkomst ({record['outcome']!r}) maar geen datum; "
                "vul de datum van vertrek in, of laat de uitkomst leeg als de deelnemer er nog verblijft."
            )
    elif date_out < date_in:
        raise KetenError(
            f"{where}, kolom datum uit: het vertrek ({date_out:%Y-%m-%d}) ligt voor de instroom "
            f"({date_in:%Y-%m-%d}); verbeter een van beide datums."
        )
