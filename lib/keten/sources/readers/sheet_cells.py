"""How the value of a spreadsheet's cell is written: as its reader sees it, without the rounding of what is shown."""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

MOST_LINES, MOST_COLUMNS = 1_048_576, 16_384  # of a sheet in any program

SheetRow = tuple[int, int, list[str]]
"""The number of a row's line, how many lines it fills, and its cells up to the last that is not empty."""

Sheet = tuple[str, bool, Iterator[SheetRow]]
"""The name of a sheet, whether it is hidden, and its rows that are not empty."""

_LIKE_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")
_RAISED = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_LOWERED = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
_FOOTNOTE = re.compile(r"\s*\(?(?:[0-9]{1,2}|[a-z]|\*+)(?:, ?(?:[0-9]{1,2}|[a-z]|\*+))*\)?\s*", re.IGNORECASE)
_PLAIN = re.compile(r"[\s()\-−–—]*(?:[€$£]|EUR|USD|GBP)?[\s()\-−–—]*")  # around an amount or a negative number
_POWER = re.compile(r"(?:^|[^\w.,])(?:10|[kcdm]?m)$", re.IGNORECASE)  # 10³ and m² are no footnotes


def number_text(value: float, decimal: str, power: int = 0) -> str:
    """A number, times a power of ten, in the 15 digits that spreadsheets keep; whole numbers have no decimals."""
    value = float(f"{value:.15g}")
    if power:
        value = float(Decimal(repr(value)).scaleb(power))
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = repr(value)
    if _LIKE_THOUSANDS.fullmatch(text):  # 1.234 must not be taken for a thousand and some
        text += "0"
    return text.replace(".", decimal)


def dressed(number: str, before: str, after: str) -> str:
    """A number with what its format writes around it, when that may change what it says: `<7`, `7*`, `1.3 mln`."""
    before, after = ("" if _PLAIN.fullmatch(text) else text for text in (before, after))
    return f"{before}{number}{after}".strip()


def day_text(moment: datetime, shown: Collection[str]) -> str:
    """A moment as far as it is shown (`day month year clock`; nothing: all of it), in the order of ISO."""
    if "day" in shown or not shown:
        clock = ("clock" in shown or not shown) and moment.time() != datetime.min.time()
        return moment.isoformat(" ") if clock else moment.date().isoformat()
    if "month" in shown:
        return f"{moment.year:04}-{moment.month:02}"
    return f"{moment.year:04}" if "year" in shown else moment.time().isoformat()


def duration_text(seconds: int) -> str:
    """Hours, minutes and seconds: 36:00:00."""
    minutes, second = divmod(abs(seconds), 60)
    return f"{'-' * (seconds < 0)}{minutes // 60:02}:{minutes % 60:02}:{second:02}"


def runs_text(runs: Iterable[tuple[str, str]]) -> str:
    """The text of runs, each with its place (`super`, `sub` or ""): a footnote behind a text is left out.

    Other digits above or below the line get signs of their own, so that 10³ never becomes 103.
    """
    parts = [(place, "".join(text for _, text in some)) for place, some in groupby(runs, itemgetter(0))]
    while parts and not parts[-1][1].strip():
        parts.pop()
    texts = [text.translate({"super": _RAISED, "sub": _LOWERED}.get(place, {})) for place, text in parts]
    if parts and parts[-1][0] == "super" and _FOOTNOTE.fullmatch(parts[-1][1]):
        before = "".join(texts[:-1]).strip()
        if before and not (parts[-1][1].strip().isdigit() and _POWER.search(before)):
            return before
    return "".join(texts).strip()
