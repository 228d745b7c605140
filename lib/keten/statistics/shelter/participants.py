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

import difflib
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from time import strptime

import pandas as pd

from keten.errors import KetenError, RecordsError
from keten.statistics.records import read_rows, read_text

HEADERS = {
    "municipality": ("gemeente", "municipality"),
    "date_in": ("datumin", "datein", "instroom", "datuminstroom", "datumvaninstroom"),
    "date_out": ("datumuit", "dateout", "uitstroom", "datumuitstroom", "datumvanuitstroom"),
    "outcome": ("uitkomst", "outcome"),
}
DUTCH_HEADERS = dict(zip(HEADERS, ("gemeente", "datum_in", "datum_uit", "uitkomst"), strict=True))
ID_HEADERS = ("id", "deelnemer", "participant", "nummer")
DATE_WORDS = {"date_in": "datum in", "date_out": "datum uit"}
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
    name = Path(path).name
    absent = f"Het bestand {name} bestaat niet of kan niet worden gelezen; controleer de parameter `participants`."
    remedy = "bewaar het als CSV (UTF-8) en probeer het opnieuw."
    text = read_text(Path(path), ["utf-8-sig", "cp1252"], absent, remedy)  # as Excel on Windows writes it
    (first, header), *rows = read_rows(text, name, "deelnemers")
    columns = _columns(f"{name}, regel {first}", header)
    names = {municipality.casefold(): municipality for municipality in municipalities}
    spellings = {UNKNOWN_OUTCOME.casefold(): UNKNOWN_OUTCOME}
    records = []
    seen: dict[tuple[str, str, date], int] = {}
    for line, cells in rows:
        row = {column: " ".join(cells[at].split()) for column, at in columns.items()}
        where = f"{name}, regel {line}"
        municipality = _municipality(row["municipality"], names, f"{where}, kolom gemeente")
        date_in, date_out, outcome = _stay(row, where)
        if date_out:
            outcome = spellings.setdefault((outcome or UNKNOWN_OUTCOME).casefold(), outcome or UNKNOWN_OUTCOME)
        if row.get("id"):
            stay = (row["id"], municipality, date_in)
            if stay in seen:
                raise KetenError(
                    f"{where}: dit verblijf staat ook al op regel {seen[stay]} (zelfde id, gemeente en datum "
                    "in); verwijder een van de twee regels."
                )
            seen[stay] = line
        records.append((municipality, date_in, date_out, outcome or None))
    frame = pd.DataFrame(records, columns=list(HEADERS))
    return frame.astype(
        {"municipality": "str", "date_in": "datetime64[s]", "date_out": "datetime64[s]", "outcome": "str"}
    )


def _columns(where: str, header: list[str]) -> dict[str, int]:
    """Place of each column; `id` only where there is one."""
    plain = [re.sub(r"[\s_-]+", "", cell).casefold() for cell in header]
    places = {}
    for column, spellings in {**HEADERS, "id": ID_HEADERS}.items():
        found = [place for place, name in enumerate(plain) if name in spellings]
        if len(found) > 1:
            first, second = found[:2]
            raise KetenError(
                f"{where}: de kolommen {first + 1} en {second + 1} betekenen hetzelfde; laat er een staan."
            )
        if found:
            places[column] = found[0]
    missing = [column for column in HEADERS if column not in places]
    if missing:
        wanted = " en ".join(DUTCH_HEADERS[column] for column in missing)
        needed, met = ", ".join(DUTCH_HEADERS.values()), f" ({', '.join(header)})"
        raise RecordsError(  # without a header its first line is a person
            lambda say: f"{where}: {wanted} staat niet in de kopregel{say(met, '')}; nodig zijn de kolommen {needed}."
        )
    return places


def _municipality(text: str, names: dict[str, str], where: str) -> str:
    name = names.get(text.casefold())
    if name:
        return name
    near = difflib.get_close_matches(text.casefold(), names, n=3, cutoff=0.6)
    hint = f"bedoelt u {' of '.join(names[key] for key in near)}?" if near else f"kies uit {', '.join(names.values())}."
    every = f"kies uit {', '.join(names.values())}."
    raise RecordsError(
        lambda say: f"{where}: {say(repr(text), 'de waarde')} is geen bekende gemeente; {say(hint, every)}"
    )


def _stay(row: dict[str, str], where: str) -> tuple[date, date | None, str]:
    """The days of a stay and its outcome, which do not contradict each other."""
    date_in, date_out = (_stay_date(row[name], f"{where}, kolom {words}") for name, words in DATE_WORDS.items())
    if not date_in:
        raise KetenError(f"{where}, kolom datum in: de datum van instroom ontbreekt; vul hem in.")
    if row["outcome"] and not date_out:
        found = f" ({row['outcome']!r})"
        raise RecordsError(
            lambda say: (
                f"{where}, kolom datum uit: er is een uitkomst{say(found, '')} maar geen "
                "datum; vul de datum van vertrek in, of laat de uitkomst leeg als de deelnemer er nog verblijft."
            )
        )
    if date_out and date_out < date_in:
        days = f" ({date_out:%Y-%m-%d})", f" ({date_in:%Y-%m-%d})"
        raise RecordsError(
            lambda say: (
                f"{where}, kolom datum uit: het vertrek{say(days[0], '')} ligt voor de instroom"
                f"{say(days[1], '')}; verbeter een van beide datums."
            )
        )
    return date_in, date_out, row["outcome"]


def _stay_date(text: str, where: str) -> date | None:
    """Read one date; None when there is none."""
    if not text:
        return None
    form = "%Y-%m-%d" if re.match(r"\d{4}-", text) else "%d-%m-%Y"
    try:
        day = date(*strptime(text, form)[:3])
    except ValueError:
        raise RecordsError(
            lambda say: f"{where}: {say(repr(text), 'de waarde')} is geen datum; schrijf 2020-03-31 of 31-03-2020."
        ) from None
    if day.year < FIRST_YEAR:
        raise RecordsError(
            lambda say: f"{where}: {say(repr(text), 'de datum')} ligt voor het jaar {FIRST_YEAR}; verbeter de datum."
        )
    return day
