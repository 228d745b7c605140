"""How publishers write periods, numbers and the marks in place of a number. Pure functions of text.

What is not understood gives None, never a guess; the caller knows file and line and tells the reader.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from math import isinf
from typing import Protocol
from zoneinfo import ZoneInfo

from babel.dates import get_month_names

from keten.model.naming import bare
from keten.model.periods import Period, calendar_period

FIRST_YEAR, LAST_YEAR = 1900, 2100
EITHER = "?"  # before a sign that may be the decimal or the thousands mark
_DUTCH = ZoneInfo("Europe/Amsterdam")
_LONGEST = 100  # signs in a period or number; what is longer is some other text

_ENGLISH: dict[int, str] = {number: name.casefold() for number, name in get_month_names("wide", locale="en").items()}
_MONTHS = {
    name.rstrip(".").casefold(): number
    for locale in ("nl", "en")
    for width in ("wide", "abbreviated")
    for number, name in get_month_names(width, locale=locale).items()
} | {"febr": 2, "maa": 3, "mrt": 3, "sept": 9}
_ORDINALS = {
    word: number
    for number, words in enumerate(
        (
            "1 1e 1ste 1st eerste first",
            "2 2e 2de 2nd tweede second",
            "3 3e 3de 3rd derde third",
            "4 4e 4de 4th vierde fourth",
        ),
        1,
    )
    for word in words.split()
}
_WIDE = ("month", "quarter", "half_year", "year")
_COUNTS = {"month": 12, "quarter": 4, "half_year": 2}
_FIRST_SHORT_YEAR = 50  # of the last century: jan-75, but jan-17
_WHOLE_YEAR = {"", "-", "totaal", "total", "alle", "all", "jaar", "heel jaar", "gehele jaar", "jaartotaal", "year"}

_YEAR = r"(?P<year>[0-9]{4})"
_SHORT_YEAR = r"'?(?P<short>[0-9]{2})"
_NAME = rf"(?P<name>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_ORDINAL = rf"(?P<ordinal>{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})"
_QUARTER_WORD = r"(?P<quarter>kwartaal|kwart|kwt|kw|quarter|qtr|q|k)\.?"
_HALF_WORD = r"(?P<half_year>halfjaar|half jaar|jaarhelft|helft|half-year|half|semester|hj|s|h)\.?"
_MONTH_WORD = r"(?P<month>maand|month|mm|m)"
_CLOCK = r"(?:[t ](?P<clock>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?) ?(?P<zone>z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
_NUMBER = r"(?P<number>[0-9]{1,2})"
_PATTERNS = [
    re.compile(pattern)
    for pattern in (
        rf"y?{_YEAR}(?:jj00|-a1|\.0)?",
        rf"{_YEAR}(?P<number>0[1-9]|1[0-2])",
        rf"{_YEAR}[-/. ]{_NUMBER}",
        rf"{_NUMBER}[-/. ]{_YEAR}",
        rf"{_YEAR}[- ]?{_NAME}",
        rf"{_NAME}[-/ ]?(?:{_YEAR}|{_SHORT_YEAR})",
        *(
            pattern
            for word in (_MONTH_WORD, _QUARTER_WORD, _HALF_WORD)
            for pattern in (
                rf"y?{_YEAR}[-/ ]?{word} ?0?{_NUMBER}",
                rf"{word} ?0?{_NUMBER}[-/ ]?{_YEAR}",
            )
        ),
        *(
            pattern
            for word in (_QUARTER_WORD, _HALF_WORD)
            for pattern in (
                rf"{_YEAR}[- ]{_ORDINAL} ?{word}",
                rf"{_ORDINAL} ?{word}[- ](?:van |of )?{_YEAR}",
            )
        ),
        rf"{_YEAR}(?P<number>[0-9]{{2}})(?P<day>[0-9]{{2}})",
        rf"{_YEAR}(?P<dash>[-/.]){_NUMBER}(?P=dash)(?P<day>[0-9]{{1,2}}){_CLOCK}",
        rf"(?P<day>[0-9]{{1,2}})(?P<dash>[-/.]){_NUMBER}(?P=dash){_YEAR}{_CLOCK}",
        rf"(?P<day>[0-9]{{1,2}})[- ]{_NAME}[- ]{_YEAR}",
        rf"{_NAME} (?P<day>[0-9]{{1,2}}) {_YEAR}",
        rf"{_YEAR}[- ]?(?:week|wk|w) ?(?P<week>[0-9]{{1,2}})",
        rf"{_YEAR}w1(?P<week>[0-9]{{2}})",
        rf"(?:week|wk|w) ?(?P<week>[0-9]{{1,2}})[- ]{_YEAR}",
    )
]
_PROVISIONAL = re.compile(
    r"(?<=\S)\s*(?:\*+|\((?:\*+|p|(?:nader )?voorlopige?(?: cijfers?)?|provisional)\)|(?<=\s)(?:nader )?voorlopig)$",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"(?P<first>.*?)\s*(?:t/m|tot en met|up to and including|through|until)\s+(?P<last>.+)")
_BETWEEN = re.compile(rf"(?P<first>{_NAME}) ?- ?(?P<last>{_NAME.replace('<name>', '<until>')} [0-9]{{4}})")
_YEAR_ALONE = re.compile(r"[0-9]{4}")

_FISCAL_WORD = r"(?:fy|financial year|fiscal year|boekjaar|schooljaar) ?"
_BROKEN_YEAR = re.compile(rf"(?:{_FISCAL_WORD})?(?P<year>[0-9]{{4}}) ?[-/] ?'?(?P<next>[0-9]{{2}}|[0-9]{{4}})")
_NUMBERED = re.compile(r"[0-9]{4}[.,][1-9]")  # 2017.1 may have been 2017.10
_YEAR_AND_NUMBER = re.compile(r"[0-9]{4} ?[-/] ?'?[0-9]{2}")
_FISCAL = re.compile(rf"{_FISCAL_WORD}'?(?:[0-9]{{2}}|[0-9]{{4}})")

_NUMBER_FORM = re.compile(r"([+-]?) ?([0-9., ']*[0-9])(?:e([+-]?[0-9]{1,3}))?")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[^0-9][0-9]{3})+")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_BELOW = re.compile(r"(?:<|≤|<=)[0-9]+")


class Marks(Protocol):
    """The texts that stand in place of a number, as a card has them."""

    @property
    def suppressed(self) -> Sequence[str]:
        """Those of a figure that is hidden."""

    @property
    def missing(self) -> Sequence[str]:
        """Those of a figure that is not there."""

    @property
    def zero(self) -> Sequence[str]:
        """Those that the source writes in place of a zero."""


def period(text: str, freq: str | Sequence[str] = "", notation: str = "") -> Period | None:
    """The period that a cell names; None when it names none, or one outside 1900-2100.

    `freq`: what the table's periods are. It turns a day into the month, quarter, half-year or year it lies in, and
    settles what a bare number is (`2017-1` is a month unless the only frequency is quarter or half-year). `notation`: a
    strptime form, which then is the only one understood; names of months in it may be Dutch or English.
    """
    return _period(text, _listed(freq), notation) if len(text) <= _LONGEST else None


def broken_year(text: str) -> int | None:
    """The year in which a financial or school year begins, written as 2017/18, 2017-2018 or FY2017-18.

    None for other texts. 2010-11 may be such a year, and may be a month.
    """
    found = _BROKEN_YEAR.fullmatch(_trimmed(text)) if len(text) <= _LONGEST else None
    if found is None:
        return None
    year = int(found["year"])
    return year if str(year + 1).endswith(found["next"]) and FIRST_YEAR <= year < LAST_YEAR else None


def is_year_and_number(text: str) -> bool:
    """Whether a cell is a year and two digits, which are a month or the next year: 2010-11, 2010–11*, 2010/'11."""
    return len(text) <= _LONGEST and _YEAR_AND_NUMBER.fullmatch(_trimmed(text)) is not None


def is_fiscal(text: str) -> bool:
    """Whether a cell names a financial year by one year alone, which does not say whether it begins or ends in it."""
    return len(text) <= _LONGEST and _FISCAL.fullmatch(_trimmed(text)) is not None


def period_of(
    parts: Sequence[str], freq: str | Sequence[str] = "", notation: str = "", names: Sequence[str] = ()
) -> Period | None:
    """The period that several columns name together: a year, and a month, quarter or half-year (and a day).

    An empty part, or one that says "total", leaves the year whole. A part may hold the whole period (`2017MM06`), which
    must then agree with the year. `names`: heads of the columns; "Kwartaal" tells what a bare 1 is. With `notation` the
    parts are joined by a blank. None when they make no period or contradict each other.
    """
    if any(len(part) > _LONGEST for part in parts):
        return None
    if len(parts) == 1:
        return period(parts[0], freq, notation)
    if notation:
        return period(" ".join(part.strip() for part in parts), freq, notation)
    kinds = [_kind_of_head(name) for name in names] or [""] * len(parts)
    return _together([_clean(part) for part in parts], kinds, _listed(freq))


def is_provisional(text: str) -> bool:
    """Whether a cell is marked as provisional: a star behind it, or "(voorlopig)"."""
    return _PROVISIONAL.search(text.strip()) is not None


def number(text: str, decimal: str = "", thousands: str = "") -> float | None:
    """The number in a cell; None when it is none (nor "inf" or "nan").

    A lone `.` or `,` between one to three digits and exactly three is a thousands mark, unless the card states the
    decimal sign or the number begins with a zero; otherwise it is the decimal sign. Of two different signs the last is
    the decimal one. Blanks and apostrophes between groups of three are thousands marks, and a `%` behind is dropped.
    """
    return _number(text, decimal, thousands) if len(text) <= _LONGEST else None


def decimal_sign_in(text: str) -> str:
    """The decimal sign that a number settles for its column; "" when it says nothing, or is no number.

    `EITHER` and the sign for a number such as 1.125, of which the sign may be a thousands mark as well.
    """
    if number(text) is None or not (found := _NUMBER_FORM.fullmatch(_plain_number(text))):
        return ""
    _, digits, exponent = found.groups()
    signs = {sign for sign in digits if sign in ".,"}
    if len(signs) == 1 and _THOUSANDS.fullmatch(digits) and not exponent:
        return EITHER + signs.pop()
    return _decimal_sign(digits, "", bool(exponent)) if signs else ""


def mark(text: str, marks: Marks) -> str:
    """`zero`, `suppressed` or `missing` when the cell holds such a mark, else "". Blanks and capitals do not matter.

    "<" and a number is always suppressed: it says that there is a number, not which.
    """
    cell = bare(text)
    for name in ("zero", "suppressed", "missing"):
        if cell in _bared(tuple(getattr(marks, name))):
            return name
    return "suppressed" if _BELOW.fullmatch(cell) else ""


def _listed(freq: str | Sequence[str]) -> tuple[str, ...]:
    return ((freq,) if freq else ()) if isinstance(freq, str) else tuple(freq)


def _day_stands_for(freq: tuple[str, ...]) -> str:
    """The finest of the table's frequencies; "" for days themselves."""
    return "" if "date" in freq else next((kind for kind in _WIDE if kind in freq), "")


def _bare_number_is(freq: tuple[str, ...]) -> str:
    return next((kind for kind in _COUNTS if kind in freq), "month")


@lru_cache(maxsize=50_000)
def _period(text: str, freq: tuple[str, ...], notation: str) -> Period | None:
    trimmed = _trimmed(text)
    if notation:
        return _by_notation(trimmed, freq, notation)
    if _NUMBERED.fullmatch(trimmed) and _bare_number_is(freq) == "month":
        return None
    cell = _clean(trimmed)
    return _by_pattern(cell, freq) or _to_date(cell) or _interval(cell)


def _trimmed(text: str) -> str:
    """Small letters and plain blanks and dashes, without the marks of a provisional figure."""
    cell = re.sub(r"[\u2010-\u2015\u2212]", "-", " ".join(text.casefold().split()))
    while (shorter := _PROVISIONAL.sub("", cell)) != cell:
        cell = shorter
    return cell


def _clean(text: str) -> str:
    """Trimmed, with blanks for brackets, commas and underscores."""
    return re.sub(r"[\s,()_]+", " ", re.sub(r"(?<=\w)\*+(?!\w)", "", _trimmed(text))).strip()


def _by_pattern(cell: str, freq: tuple[str, ...] = ()) -> Period | None:
    for pattern in _PATTERNS:
        if (found := pattern.fullmatch(cell)) and (read := _built(found.groupdict(""), freq)):
            return read
    return None


def _built(part: dict[str, str], freq: tuple[str, ...]) -> Period | None:
    """The period of named parts; None for a day, month or year that does not exist."""
    year = int(part.get("year") or part["short"])
    if part.get("short"):
        year += 2000 if year < _FIRST_SHORT_YEAR else 1900
    digits = part.get("number", "")
    number = int(digits or 0) or _MONTHS.get(part.get("name", ""), 0) or _ORDINALS.get(part.get("ordinal", ""), 0)
    kind = next((kind for kind in _COUNTS if part.get(kind)), "month")
    if kind == "month" and len(digits) == 1 and not part.get("month"):
        kind = _bare_number_is(freq)
    try:
        if part.get("day"):
            read = _standing_for(_dutch_day(date(year, number, int(part["day"])), part), freq)
        elif part.get("week"):
            read = Period(*(date.fromisocalendar(year, int(part["week"]), day) for day in (1, 7)))
        elif number or digits:
            read = calendar_period(kind, year, number)
        else:
            read = calendar_period("year", year)
    except (ValueError, OverflowError):
        return None
    return read if FIRST_YEAR <= read.start.year <= read.end.year <= LAST_YEAR else None


def _dutch_day(day: date, part: dict[str, str]) -> date:
    """The day on a calendar in the Netherlands, for a moment of which the time zone is given."""
    if not part.get("zone"):
        return day
    return datetime.fromisoformat(f"{day}T{part['clock']}{part['zone']}".upper()).astimezone(_DUTCH).date()


def _standing_for(day: date, freq: tuple[str, ...]) -> Period:
    """The day, or the calendar period of this frequency in which it lies."""
    kind = _day_stands_for(freq)
    if not kind:
        return Period(day, day)
    if kind == "year":
        return calendar_period("year", day.year)
    size = 12 // _COUNTS[kind]
    return calendar_period(kind, day.year, (day.month - 1) // size + 1)


def _to_date(cell: str) -> Period | None:
    """A part of a year: "t/m oktober 2023", "2023 (t/m oktober)", "januari t/m oktober 2023", "jan-okt 2023"."""
    found = _UNTIL.fullmatch(cell) or _BETWEEN.fullmatch(cell)
    if not found:
        return None
    first, last = found["first"], found["last"]
    year = first if _YEAR_ALONE.fullmatch(first) else ""
    end = (_by_pattern(f"{last} {year}") if year else None) or _by_pattern(last)
    if end is None or (not first and end.kind == "year"):
        return None
    start = _by_pattern(first or str(end.end.year)) or _by_pattern(f"{first} {end.end.year}")
    if start is None or start.start > end.start:
        return None
    return Period(start.start, end.end)


def _interval(cell: str) -> Period | None:
    """Two days, months or quarters with a slash between; not two years: 2017/2018 may be a school year."""
    ends = [end for part in cell.split("/") if (end := _by_pattern(part.strip())) and end.kind != "year"]
    if cell.count("/") != 1 or len(ends) != 2 or ends[1].start < ends[0].start:
        return None
    return Period(ends[0].start, ends[1].end)


def _by_notation(cell: str, freq: tuple[str, ...], notation: str) -> Period | None:
    named = "%b" in notation.casefold()
    english = re.sub(_NAME, lambda found: _month_in(found["name"], notation), cell) if named else cell
    try:
        moment = datetime.strptime(english, notation)  # noqa: DTZ007  # of no time zone, unless the notation has one
        day = (moment.astimezone(_DUTCH) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        return None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    if re.search(r"%[djxcuwaA]", notation):
        return _standing_for(day, freq)
    if re.search(r"%[mbB]", notation):
        return calendar_period("month", day.year, day.month)
    return calendar_period("year", day.year)


def _month_in(name: str, notation: str) -> str:
    return _ENGLISH[_MONTHS[name]][: None if "%B" in notation else 3]


def _kind_of_head(name: str) -> str:
    head = _clean(name)
    for kind, words in (
        ("half_year", ("halfjaar", "half jaar", "helft", "half", "semester")),
        ("quarter", ("kwartaal", "quarter")),
        ("month", ("maand", "month")),
    ):
        if any(word in head for word in words):
            return kind
    return ""


def _together(parts: Sequence[str], kinds: Sequence[str], freq: tuple[str, ...]) -> Period | None:
    filled = [(part, kind) for part, kind in zip(parts, kinds, strict=True) if part not in _WHOLE_YEAR]
    filled.sort(key=lambda item: not _YEAR_ALONE.fullmatch(item[0]))
    found = None
    for part, kind in filled:
        finer = _finer(part, kind, found, freq) if found else _period(part, freq, "")
        if finer is None or (found and not (found.contains(finer.start) or found.contains(finer.end))):
            return None
        found = finer
    return found


def _finer(part: str, kind: str, within: Period, freq: tuple[str, ...]) -> Period | None:
    """The period that a part names, given what the part before it says."""
    year = str(within.start.year)
    if not (digits := re.fullmatch(r"0?([0-9]{1,2})(?:\.0)?", part)):
        return _period(part, freq, "") or _period(f"{part} {year}", freq, "")
    if within.kind == "month":
        return _built({"year": year, "number": f"{within.start.month:02}", "day": digits[1]}, freq)
    try:
        return calendar_period(kind or _bare_number_is(freq), within.start.year, int(digits[1]))
    except ValueError:
        return None


@lru_cache(maxsize=50_000)
def _number(text: str, decimal: str, thousands: str) -> float | None:
    found = _NUMBER_FORM.fullmatch(_plain_number(text))
    if not found:
        return None
    sign, digits, exponent = found.groups()
    point = decimal or _decimal_sign(digits, thousands, bool(exponent))
    whole, _, fraction = digits.rpartition(point) if point in digits else (digits, "", "0")
    separators = set(re.sub("[0-9]", "", whole))
    if not fraction.isdigit() or point in separators or len(separators) > 1:
        return None
    if separators and (not _GROUPED.fullmatch(whole) or (thousands.strip() and separators != {thousands})):
        return None
    value = float(f"{sign}{re.sub('[^0-9]', '', whole)}.{fraction}e{exponent or 0}")
    return None if isinf(value) else value


def _plain_number(text: str) -> str:
    cell = " ".join(text.casefold().replace("\u2019", "'").removesuffix("%").split())
    return re.sub("^[\u2012-\u2014\u2212]", "-", cell)


def _decimal_sign(digits: str, thousands: str, exponent: bool) -> str:
    other = {".": ",", ",": "."}
    if thousands in other:
        return other[thousands]
    signs = [sign for sign in digits if sign in other]
    if not signs:
        return "."
    last = signs[-1]
    if len(set(signs)) == 1 and (len(signs) > 1 or (_THOUSANDS.fullmatch(digits) and not exponent)):
        return other[last]
    return last


@lru_cache
def _bared(marks: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(bare, marks))
