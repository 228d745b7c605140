"""The cells of a spreadsheet (XLSX, ODS) as text."""

import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any, BinaryIO, Literal

import pandas as pd

from keten.errors import KetenError

MAX_UNPACKED = 1024**3
"""Bytes that a spreadsheet may unpack to."""

_ENGINES: dict[str, Literal["openpyxl", "odf"]] = {"xl/workbook.xml": "openpyxl", "content.xml": "odf"}
_LIKE_THOUSANDS = re.compile(r"(-?[1-9][0-9]{0,2}\.[0-9]{3})")


def sheet_rows(stream: BinaryIO, sheet: str | int | None = None, decimal: str = ".") -> list[list[str]]:
    """All rows of a sheet, equally long, every cell as stripped text; of merged cells the first has the text.

    `sheet`: name, number from 1, or None for the first. `decimal`: the sign in which numbers are written. Days are
    ISO, whole numbers have no decimals. Raises KetenError when it is no spreadsheet or has no such sheet.
    """
    engine = _engine(stream)
    with _faults():
        book = pd.ExcelFile(stream, engine=engine)
    name = _chosen([str(name) for name in book.sheet_names], sheet)
    with _faults():
        frame = book.parse(name, header=None, dtype=object, na_filter=False)
    return [[_cell_text(value, decimal) for value in row] for row in frame.itertuples(index=False, name=None)]


@contextmanager
def _faults() -> Iterator[None]:
    """Broken files make these libraries raise nearly anything; it is the file's fault, whatever it is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Exception as fault:
        raise _broken() from fault


def _engine(stream: BinaryIO) -> Literal["openpyxl", "odf"]:
    try:
        with zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as fault:
        raise _broken() from fault
    found = next((engine for member, engine in _ENGINES.items() if member in names), None)
    if found is None:
        raise KetenError("Het bestand is een zip-bestand zonder rekenblad (.xlsx of .ods); pak het eerst uit.")
    if size > MAX_UNPACKED:
        raise KetenError(f"Het rekenblad is uitgepakt groter dan {MAX_UNPACKED // 1024**2} MB; bewaar het als CSV.")
    return found


def _broken() -> KetenError:
    return KetenError("Het rekenblad is beschadigd of afgebroken; haal het opnieuw op.")


def _chosen(names: list[str], sheet: str | int | None) -> str:
    if not names:
        raise _broken()
    if sheet is None:
        return names[0]
    if isinstance(sheet, int) and 1 <= sheet <= len(names):
        return names[sheet - 1]
    if sheet in names:
        return str(sheet)
    raise KetenError(f"Het rekenblad heeft geen blad {sheet!r}; het heeft {', '.join(names)}.")


def _cell_text(value: Any, decimal: str) -> str:
    if isinstance(value, str):
        return value.strip()
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        # 1.234 must not be taken for a thousand and some.
        return _LIKE_THOUSANDS.sub(r"\g<1>0", repr(value), count=1).replace(".", decimal)
    return str(value).strip()
