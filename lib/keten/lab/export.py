"""What an analyst takes along from a figure or table: a file for Excel or Word, or something to paste.

All start from an `Output`, what a chart or table function gives. A chart also has the table behind it. Each raises a
`KetenError` when there is no table or no chart in it. The same figure gives the same bytes.
"""

import os
from dataclasses import replace
from pathlib import Path

from keten.errors import KetenError
from keten.lab import clipboard as pasted
from keten.lab.citation import source
from keten.lab.picture import png, svg
from keten.presentation.grid import grid_of
from keten.presentation.output import Output

__all__ = ["clipboard", "csv", "png", "save", "source", "svg", "xlsx"]


def csv(shown: Output) -> bytes:
    """The table as the reports' downloads: semicolons, decimal commas, byte order mark, nothing but the table.

    Several tables stand below each other, each under its title, with an empty line between.
    """
    grids = [grid_of(table) for table in _tables(shown)]
    if len(grids) == 1:
        return grids[0].csv().encode()
    parts = [_titled(grid.title, grid.csv().removeprefix("\ufeff")) for grid in grids]
    return ("\ufeff" + "\r\n".join(parts)).encode()


def _titled(title: str, table: str) -> str:
    words = title.replace('"', '""')
    return f'"{words}"\r\n{table}'


def xlsx(shown: Output) -> bytes:
    """An Excel workbook, a sheet for each table: numbers as numbers, title above, notes and all sources below."""
    from keten.presentation.spreadsheet.book import Book
    from keten.presentation.spreadsheet.sheet import source_lines, table_sheet
    from keten.presentation.spreadsheet.xlsx import file_of

    tables = _tables(shown)
    sheets = []
    for number, table in enumerate(tables, 1):
        sheet = table_sheet(f"Tabel_{number}", table)
        sheets.append(replace(sheet, below=[*sheet.below, *source_lines(table)]))
    return file_of(Book(tables[0]["title"], sheets))


def clipboard(shown: Output) -> tuple[str, str]:
    """The table to paste, as HTML (for Word, Outlook, Excel) and as tab-separated text."""
    _tables(shown)
    return pasted.html(shown), pasted.text(shown)


WRITERS = {".png": png, ".svg": svg, ".csv": csv, ".xlsx": xlsx}


def save(shown: Output, path: str | os.PathLike) -> Path:
    """Write the figure or table to a file and give its path; the end of the name (`.png`) says as what.

    An earlier file of that name is replaced once the new one is complete.
    """
    if not isinstance(shown, Output):
        raise KetenError("Bewaren gaat met een grafiek of tabel, zoals charts.trend(…) of tables.series(…) die geeft.")
    file = Path(path)
    write = WRITERS.get(file.suffix.lower())
    if write is None:
        raise KetenError(f"De naam “{file.name}” moet eindigen op {', '.join(WRITERS)}; dat bepaalt de soort bestand.")
    if not file.parent.is_dir():
        raise KetenError(f"De map {file.parent} bestaat niet; maak haar eerst aan of kies een andere map.")
    content = write(shown)
    new = file.with_name(f".{file.name}.nieuw")
    try:
        new.write_bytes(content)
        os.replace(new, file)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise KetenError(f"Het bestand {file} kan niet worden geschreven ({error.strerror}).") from error
    return file


def _tables(shown: Output) -> list[dict]:
    if not shown.tables:
        raise KetenError("Hier is geen tabel met cijfers om mee te nemen; kies een grafiek of tabel met cijfers.")
    return shown.tables
