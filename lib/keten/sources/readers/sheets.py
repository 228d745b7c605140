"""The cells of a spreadsheet (XLSX, ODS) as text: what its reader sees.

Read from the XML itself, since libraries give a percentage as its hundredth, a raised footnote mark as one more digit,
and a formula that nobody calculated as an empty cell or a zero.
"""

import zipfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from keten.errors import KetenError
from keten.sources.readers.sheet_cells import MOST_LINES, Sheet, SheetRow
from keten.sources.readers.text import Row
from keten.sources.readers.unread import Unread, is_error, placed

MAX_UNPACKED = 1024**3
"""Bytes that a spreadsheet may unpack to."""

MOST_CELLS = 30_000_000
"""Cells that a sheet may have, with those that it only says to repeat."""


def sheet_rows(
    stream: BinaryIO, sheet: str | int | None = None, decimal: str = ".", declared: Collection[str] = ()
) -> list[Row]:
    """Line number and stripped cells of every row of a sheet that is not blank, all equally long.

    `sheet`: name, number from 1, or None for the first that is not hidden. `decimal`: the sign in which numbers are
    written. Numbers have all their decimals, also those that are not shown, and percentages a `%`; days are ISO, as far
    as they are shown; footnote marks are left out; of merged cells the first has the text. A cell without a value has a
    text that `refuse_unread` refuses, unless it is one of the marks that a card has `declared`. Raises KetenError when
    it is no spreadsheet, has no such sheet or is too large.
    """
    rows: list[Row] = []
    share: dict[str, str] = {}
    width = count = 0
    with _faults(), zipfile.ZipFile(stream) as archive:
        # Kept in a variable: the rows of an ODS are read from it.
        sheets = _sheets(archive, decimal)
        name, lines = _chosen(sheets, sheet)
        for first, times, cells in lines:
            width, count = max(width, len(cells)), count + times
            if width * count > MOST_CELLS or first + times > MOST_LINES + 1:
                raise KetenError(f"Het blad '{name}' heeft meer dan {MOST_CELLS} cellen; bewaar het als CSV.")
            for place, cell in enumerate(cells):
                if isinstance(cell, Unread) or (is_error(cell) and cell not in declared):
                    from openpyxl.utils import get_column_letter

                    cells[place] = placed(cell, name, f"{get_column_letter(place + 1)}{first}")
            cells = list(map(share.setdefault, cells, cells))
            rows += [(line, list(cells)) for line in range(first, first + times)]
    for _, cells in rows:
        cells += [""] * (width - len(cells))
    return rows


def _sheets(archive: zipfile.ZipFile, decimal: str) -> Iterator[Sheet]:
    # Imported here: few runs read a spreadsheet.
    from keten.sources.readers import ods_sheet, xlsx_sheet

    if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
        raise KetenError(f"Het rekenblad is uitgepakt groter dan {MAX_UNPACKED // 1024**2} MB; bewaar het als CSV.")
    members = archive.namelist()
    if "[Content_Types].xml" in members:
        return xlsx_sheet.sheets(archive, decimal)
    if "content.xml" in members:
        return ods_sheet.sheets(archive, decimal)
    raise KetenError("Het bestand is een zip-bestand zonder rekenblad (.xlsx of .ods); pak het eerst uit.")


@contextmanager
def _faults() -> Iterator[None]:
    """Broken files make these libraries raise nearly anything; it is the file's fault, whatever it is."""
    try:
        yield
    except KetenError:
        raise
    except Exception as fault:
        raise _broken() from fault


def _broken() -> KetenError:
    return KetenError("Het rekenblad is beschadigd of afgebroken; haal het opnieuw op.")


def _chosen(sheets: Iterable[Sheet], wanted: str | int | None) -> tuple[str, Iterator[SheetRow]]:
    names = []
    for name, hidden, rows in sheets:
        names.append(name)
        if wanted in (name, len(names)) or (wanted is None and not hidden):
            return name, rows
    if not names:
        raise _broken()
    if wanted is None:
        raise KetenError(f"Alle bladen van het rekenblad zijn verborgen; noem er een met sheet: {', '.join(names)}.")
    raise KetenError(f"Het rekenblad heeft geen blad {wanted!r}; het heeft {', '.join(names)}.")
