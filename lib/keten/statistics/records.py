"""Records of persons as others deliver them: a text in some encoding, and the rows of a CSV with their line."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from keten.errors import KetenError

Decision = tuple[str, str, str]
"""What was decided so that no small count comes out, about what, and why: in Dutch."""

HEADER = ("besluit", "waarover", "waarom")

Row = tuple[int, list[str]]
"""The line on which a row begins, and its fields."""


def write_decisions(path: Path, decisions: Iterable[Decision]) -> None:
    """Write decisions as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(decisions)


def read_text(path: Path, encodings: Sequence[str], absent: str, remedy: str) -> str:
    """The text of a file in the first of these encodings that fits.

    Raises KetenError: `absent` when there is no file that can be read; else the line that is not in the first encoding,
    with `remedy`.
    """
    try:
        raw = path.read_bytes()
    except OSError:
        raise KetenError(absent) from None
    places = []
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError as fault:
            places.append(fault.start)
            continue
        if "\0" not in text:  # a workbook or UTF-16
            return text
        places.append(raw.index(b"\0"))
    line = raw[: places[0]].count(b"\n") + 1
    wanted = encodings[0].removesuffix("-sig").upper()
    raise KetenError(f"{path.name}, regel {line}: het bestand is geen {wanted}; {remedy}")


def read_rows(text: str, name: str, about: str, separator: str = "") -> list[Row]:
    """The rows of a CSV that are not empty, the header first; `separator`: "" = the one that the header has most of.

    Raises KetenError with the line when a row is no CSV or has more or fewer fields than the header, and when there is
    nothing below the header. name: of the file; about: what it has a row of, in Dutch.
    """
    header = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator or max(";,\t", key=header.count), strict=True
    )
    rows: list[Row] = []
    line = 1
    try:
        for fields in reader:
            if any(cell.strip() for cell in fields):
                rows.append((line, fields))
            line = reader.line_num + 1
    except csv.Error:
        raise KetenError(
            f"{name}, regel {reader.line_num}: de aanhalingstekens kloppen niet; herstel deze regel."
        ) from None
    if len(rows) < 2:
        raise KetenError(f"{name} is leeg of bevat geen {about}; lever een bestand met een kopregel en {about}.")
    width = len(rows[0][1])
    for line, fields in rows:
        if len(fields) != width:
            raise KetenError(
                f"{name}, regel {line}: hier staan {len(fields)} velden, in de kopregel {width}; "
                "controleer het scheidingsteken en de aanhalingstekens."
            )
    return rows
