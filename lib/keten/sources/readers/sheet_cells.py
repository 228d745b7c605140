"""What a cell of a spreadsheet shows, of whatever kind it is, and cells that show no figure."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import NoReturn

from keten.errors import KetenError

MOST_CELLS = 50_000_000
"""Cells that a sheet may unfold to: a few bytes can repeat a row a million times."""
ERROR = re.compile(
    r"#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|DEEL/0!|N/B|NAAM\?|LEEG!|GETAL!|VERW!|WAARDE!)|Err:\d{3}"
)
"""The fault of a formula in place of its outcome, as English and Dutch programs write it."""
_LIKE_THOUSANDS = re.compile(r"(-?[1-9][0-9]{0,2}\.[0-9]{3})(?![0-9])")
_MARK = re.compile(r"\s*[(\[]?[0-9a-z*†‡]{1,2}[)\]]?\s*", re.I)  # of a footnote

Run = tuple[str, bool]
"""A part of a text, and whether it is raised."""


def number_text(value: float, decimal: str) -> str:
    """A number with as many decimals as it has; whole ones have none."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return _written(repr(value), decimal)


def percent_text(value: float, decimal: str) -> str:
    """A fraction that is shown as a percentage, as that percentage."""
    return f"{_written(f'{(Decimal(repr(value)) * 100).normalize():f}', decimal)}%"


def _written(number: str, decimal: str) -> str:
    # 1.234 must not be taken for a thousand and some.
    return _LIKE_THOUSANDS.sub(r"\g<1>0", number, count=1).replace(".", decimal)


def duration_text(span: timedelta) -> str:
    """A length of time as a sheet shows it: `36:00:00`."""
    seconds = round(span.total_seconds())
    return f"{'-' * (seconds < 0)}{abs(seconds) // 3600}:{abs(seconds) // 60 % 60:02}:{abs(seconds) % 60:02}"


def without_marks(runs: list[Run]) -> str:
    """The text of a cell without raised footnote marks, unless it is nothing else."""
    kept = "".join(text for text, raised in runs if not (raised and _MARK.fullmatch(text)))
    return kept if kept.strip() else "".join(text for text, _ in runs)


def refuse_error(fault: str, sheet: str, cell: str) -> NoReturn:
    """Refuse the outcome of a formula that failed: it is neither missing nor withheld."""
    raise KetenError(
        f"In blad '{sheet}', cel {cell}, staat de fout {fault}; herstel het bestand of vraag de uitgever om een goed."
    )


def refuse_formula(sheet: str, cell: str) -> NoReturn:
    """Refuse a formula of which the file has no outcome."""
    raise KetenError(
        f"In blad '{sheet}', cel {cell}, staat een formule zonder uitkomst; open het bestand in een rekenprogramma, "
        "bewaar het daar en lever het opnieuw aan."
    )


def refuse_size(sheet: str) -> NoReturn:
    """Refuse a sheet that unfolds to more cells than anyone publishes."""
    raise KetenError(f"Blad '{sheet}' heeft meer dan {MOST_CELLS} cellen; bewaar het als CSV zonder herhaalde cellen.")


def column_name(place: int) -> str:
    """The letters of a column by its place from 0: `A`, `Z`, `AA`."""
    letters = ""
    while place >= 0:
        letters, place = chr(ord("A") + place % 26) + letters, place // 26 - 1
    return letters
