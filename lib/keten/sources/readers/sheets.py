"""The cells of a spreadsheet (XLSX, ODS) as text: what its reader sees, or a refusal that names sheet and cell.

Read from the XML itself, since libraries give a percentage as its hundredth, a raised footnote mark as one more digit,
and a formula that nobody calculated as an empty cell or a zero.
"""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from keten.errors import KetenError
from keten.sources.readers import sheet_cells
from keten.sources.readers.ods_sheet import Ods
from keten.sources.readers.text import Row
from keten.sources.readers.xlsx_sheet import Xlsx

MAX_UNPACKED = 1024**3
"""Bytes that a spreadsheet may unpack to."""


def sheet_rows(stream: BinaryIO, sheet: str | int | None = None, decimal: str = ".") -> list[Row]:
    """Line and texts of every row of a sheet that is not blank, all equally long; of merged cells the first has it.

    `sheet`: name, number from 1, or None for the first that is not hidden. `decimal`: the sign in which numbers are
    written. Days are ISO, whole numbers have no decimals, percentages have their sign, footnote marks are left out.
    Raises KetenError when it is no spreadsheet, has no such sheet, or has a cell without an outcome.
    """
    with _faults(), zipfile.ZipFile(stream) as archive:
        kind = _kind(archive)
        book = kind(archive)
        name = _chosen(book.sheets, sheet)
        rows = [(line, cells) for line, cells in book.rows(name, decimal) if any(cells)]
        width = max((len(cells) for _, cells in rows), default=0)
        if width * len(rows) > sheet_cells.MOST_CELLS:
            sheet_cells.refuse_size(name)
    return [(line, cells + [""] * (width - len(cells))) for line, cells in rows]


@contextmanager
def _faults() -> Iterator[None]:
    """Broken files make zip and XML raise nearly anything; it is the file's fault, whatever it is."""
    try:
        yield
    except KetenError:
        raise
    except Exception as fault:
        raise KetenError("Het rekenblad is beschadigd of afgebroken; haal het opnieuw op.") from fault


def _kind(archive: zipfile.ZipFile) -> type[Xlsx] | type[Ods]:
    kinds: dict[str, type[Xlsx] | type[Ods]] = {"xl/workbook.xml": Xlsx, "content.xml": Ods}
    found = next((kind for member, kind in kinds.items() if member in archive.namelist()), None)
    if found is None:
        raise KetenError("Het bestand is een zip-bestand zonder rekenblad (.xlsx of .ods); pak het eerst uit.")
    if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
        raise KetenError(f"Het rekenblad is uitgepakt groter dan {MAX_UNPACKED // 1024**2} MB; bewaar het als CSV.")
    return found


def _chosen(sheets: dict[str, bool], sheet: str | int | None) -> str:
    """The name of the sheet that is meant. sheets: each name with whether a reader sees it."""
    names, visible = list(sheets), [name for name, seen in sheets.items() if seen]
    if sheet is None and names:
        return (visible or names)[0]
    if isinstance(sheet, int) and 1 <= sheet <= len(names):
        return names[sheet - 1]
    if sheet in sheets:
        return str(sheet)
    raise KetenError(f"Het rekenblad heeft geen blad {sheet!r}; het heeft {', '.join(names)}.")
