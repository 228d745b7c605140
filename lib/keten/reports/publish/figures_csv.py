"""The numbers of an edition as CSV: for programs, and the same once more as a Dutch Excel opens it.

Excel with Dutch settings splits at semicolons, reads a decimal comma, and makes a date of `2017-06`. Its copy therefore
writes a month as SDMX and Eurostat do, `2017-M06`; all else is the same.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from keten.errors import KetenError
from keten.paths import root
from keten.presentation.markup import inert, plain_number
from keten.reports.notebook import FIGURE_COLUMNS

FILE, EXCEL_FILE = "figures.csv", "figures_excel.csv"
MONTH = re.compile(r"(\d{4})-(\d\d)")

Row = dict[str, Any]


def write(path: Path, rows: Iterable[Row]) -> None:
    """Write rows of figures as programs read them: UTF-8, commas, decimal points."""
    write_texts(path, texts(rows))


def write_texts(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """Write what `texts` gives."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(FIGURE_COLUMNS)
        writer.writerows(row.values() for row in rows)


def write_for_excel(path: Path, rows: Iterable[dict[str, str]]) -> None:
    """Write the same, what `texts` gives, as a Dutch Excel opens them: byte order mark, semicolons, decimal commas."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(FIGURE_COLUMNS)
        for cells in rows:
            month = MONTH.fullmatch(cells["period"])
            period = f"{month[1]}-M{month[2]}" if month else cells["period"]
            told = {**cells, "value": cells["value"].replace(".", ","), "period": period}
            writer.writerow(told.values())


def of_edition(name: str, out: Path | None = None) -> list[Row]:
    """The rows of an edition, called by its name in `out` (`reports/` without one) or by its folder.

    Raises KetenError when it is not there, or is no file of figures.
    """
    return read(figures_file(name, out))


def read(path: Path) -> list[Row]:
    """The rows of a file of figures. Raises KetenError when it is none."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise KetenError(f"{path} is geen CSV in UTF-8; maak de uitgave opnieuw met keten run.") from error
    if missing := [column for column in FIGURE_COLUMNS if column not in (reader.fieldnames or ())]:
        raise KetenError(f"In {path} ontbreekt de kolom {missing[0]}; maak de uitgave opnieuw met keten run.")
    return rows


def figures_file(name: str, out: Path | None = None) -> Path:
    """The `figures.csv` of an edition. Raises KetenError when there is none."""
    folders = [(out or root() / "reports") / name, Path(name)]
    for folder in folders:
        if (folder / FILE).is_file():
            return folder / FILE
    raise KetenError(
        f"De uitgave '{name}' staat niet in {folders[0].parent}; geef de naam van een map daarin, of kies met --out "
        "een andere map."
    )


def texts(rows: Iterable[Row]) -> list[dict[str, str]]:
    """The cells of the rows as they stand in the file: numbers as programs read them, texts that are no formula."""
    return [{name: _text(name, row.get(name)) for name in FIGURE_COLUMNS} for row in rows]


def _text(column: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if column == "value":
        return plain_number(value) if isinstance(value, float) else str(value)
    return _inert(str(value))


_inert = lru_cache(1 << 16)(inert)  # most cells stand in many rows
