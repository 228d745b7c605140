"""Periods: months, quarters, half-years, years, days and spans of days; read, printed, named and compared.

One value type, `Period`: two inclusive dates. Its kind follows from the dates, so a span that happens to be a
calendar period *is* that calendar period: `2017-01-01/2017-12-31` and `2017` are equal and print alike.
"""

import re
from calendar import monthrange
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from babel.dates import get_month_names

from keten.errors import KetenError

_SIZES = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}  # in months
CALENDAR_KINDS = tuple(_SIZES)
KINDS = ("date", *CALENDAR_KINDS, "span")  # the finest first
_FORMS = (
    "een maand (2017-06), kwartaal (2017-Q2), halfjaar (2017-H1), jaar (2017; van 1900 tot en met 2100), "
    "dag (2017-12-31) of reeks dagen (2017-01-01/2017-05-31)"
)

_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_MONTHS = dict(get_month_names("wide", locale="nl"))
# Some releases of the locale data write "jan.", others "jan".
_SHORT_MONTHS = {number: name.rstrip(".") for number, name in get_month_names("abbreviated", locale="nl").items()}
_ORDINALS = ("eerste", "tweede", "derde", "vierde")
_PARTS = {"quarter": ("Q", "kwartaal", "kw"), "half_year": ("H", "helft", "helft")}  # of a year, called by number
_DUTCH_DAY = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")
_PATTERN = re.compile(
    r"(?P<year>[0-9]{4})"
    r"(?:-(?:(?P<month>[0-9]{2})(?:-(?P<date>[0-9]{2}))?|[Qq](?P<quarter>[1-4])|[Hh](?P<half_year>[12])))?"
)


@dataclass(frozen=True, order=True)
class Period:
    """The days from `start` to `end`, both inclusive. Sorts by start, then by end."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a period cannot end ({self.end}) before it starts ({self.start})")

    @classmethod
    def parse(cls, text: "str | int | date | Period") -> "Period":
        """Read a period as `str` prints it; blanks around it and small letters `q` and `h` are fine.

        A year may be an int and a day a `date`, since papermill and YAML turn `2017` and `2017-12-31` into
        those. Raises KetenError for anything else, for a day that does not exist and outside 1900-2100.

        >>> Period.parse("2017-h1")
        Period.parse('2017-H1')
        """
        if isinstance(text, Period):
            return text
        if isinstance(text, date):
            text = _day(text).isoformat()
        if not isinstance(text, (str, int)) or isinstance(text, bool):
            raise _not_a_period(text)
        return _parse(str(text))

    @property
    def kind(self) -> str:
        """One of `KINDS`."""
        return _kind(self)

    def __str__(self) -> str:
        return _text(self)

    def __repr__(self) -> str:
        return f"Period.parse({str(self)!r})"

    def _repr_html_(self) -> str:
        """How JupyterLab shows it: its Dutch name, as it is written, and its days."""
        days = "1 dag" if self.days == 1 else f"{self.start:%d-%m-%Y} tot en met {self.end:%d-%m-%Y}, {self.days} dagen"
        return f'<p class="keten" lang="nl"><strong>{self.label}</strong> <code>{self}</code> ({days})</p>'

    @property
    def label(self) -> str:
        """Dutch name in a sentence: `juni 2017`, `tweede kwartaal 2017`, `januari tot en met mei 2017`, `2015 en 2016`.

        >>> Period.parse("2017-Q2").label
        'tweede kwartaal 2017'
        """
        if self.kind in _PARTS:
            return f"{_ORDINALS[self._number - 1]} {_PARTS[self.kind][1]} {self.start.year}"
        two = self._month_count == 2 or (self._month_count == 24 and self.start.month == 1)  # months, or years
        return self._span_text(_MONTHS, " en " if two else " tot en met ")

    @property
    def short(self) -> str:
        """Compact Dutch name for an axis or a table head: `jun 2017`, `2e kw 2017`, `31-12-2017`.

        >>> Period.parse("2017-Q2").short
        '2e kw 2017'
        """
        first = self.start
        if self.kind == "date":
            return f"{first.day}-{first.month}-{first.year}"
        if self.kind in _PARTS:
            return f"{self._number}e {_PARTS[self.kind][2]} {first.year}"
        return self._span_text(_SHORT_MONTHS, "-")

    def by_end(self) -> tuple[date, date]:
        """What to sort by so that the latest period comes last: its end, then its start."""
        return self.end, self.start

    @property
    def days(self) -> int:
        """Number of days, both ends included."""
        return (self.end - self.start).days + 1

    @property
    def months(self) -> "tuple[Period, ...]":
        """The whole months that it is made of, in order; empty when it does not consist of whole months."""
        return self.parts("month")

    def contains(self, other: "Period | date") -> bool:
        """Whether the day, or every day of the other period, lies within this one.

        >>> Period.parse("2017-H1").contains(Period.parse("2017-06"))
        True
        """
        if isinstance(other, Period):
            return self.start <= other.start and other.end <= self.end
        return self.start <= _day(other) <= self.end

    def parts(self, kind: str) -> "tuple[Period, ...]":
        """The calendar periods of this kind (`month` to `year`) that tile it exactly, in order; else empty.

        A quarter has one part of kind `quarter`: itself. Raises ValueError for kinds that do not tile.

        >>> [str(part) for part in Period.parse("2017-H1").parts("quarter")]
        ['2017-Q1', '2017-Q2']
        """
        if kind not in _SIZES:
            raise ValueError(f"parts of kind {kind!r} do not exist; choose one of {', '.join(_SIZES)}")
        return _parts(self, _SIZES[kind])

    def previous(self, n: int = 1) -> "Period":
        """The period of equal length in months, `n` times that length earlier (later when `n` is negative).

        The month before, the quarter before; for a span of five whole months the five months before it.
        Raises ValueError for a period that is not made of whole months: what precedes it is anyone's guess.

        >>> Period.parse("2017-Q1").previous()
        Period.parse('2016-Q4')
        """
        count = self._month_count
        if not count:
            raise ValueError(f"{self} is not made of whole months and has no previous period")
        return _whole_months(_month_index(self.start) - n * count, count)

    def until(self, end: date) -> "list[Period]":
        """Itself and the periods of equal length in months that follow it, up to the one in which `end` lies.

        >>> [str(one) for one in Period.parse("2016-12").until(date(2017, 2, 28))]
        ['2016-12', '2017-01', '2017-02']
        """
        found = [self]
        while found[-1].end < end:
            found.append(found[-1].previous(-1))
        return found

    def years_earlier(self, n: int = 1) -> "Period":
        """The same period `n` years earlier.

        The end of a month stays the end of that month (28 or 29 February), since figures "at the end of the
        month" are compared with each other.

        >>> Period.parse("2017-06").years_earlier()
        Period.parse('2016-06')
        """
        return _years_earlier(self, n)

    def earlier_years(self, n: int) -> "list[Period]":
        """The same period of the `n` years before, oldest first.

        >>> Period.parse("2017").earlier_years(2)
        [Period.parse('2015'), Period.parse('2016')]
        """
        return [self.years_earlier(back) for back in range(n, 0, -1)]

    @property
    def last_month(self) -> "Period":
        """The calendar month in which it ends.

        >>> Period.parse("2016-09-26").last_month
        Period.parse('2016-09')
        """
        return _whole_months(_month_index(self.end), 1)

    def year_to_date(self) -> "Period":
        """From 1 January of the year in which it ends, up to and including its end.

        >>> Period.parse("2017-05").year_to_date().label
        'januari tot en met mei 2017'
        """
        return Period(date(self.end.year, 1, 1), self.end)

    def trailing(self, months: int = 12) -> "Period":
        """The `months` whole months up to and including the last one that ended on or before its end.

        >>> Period.parse("2017-06").trailing(12).label
        'juli 2016 tot en met juni 2017'
        """
        after = _month_index(self.end + timedelta(days=1))
        return _whole_months(after - months, months)

    @property
    def _number(self) -> int:
        """Which of the periods of its length in its year a calendar period is, from 1 on."""
        return (self.start.month - 1) // self._month_count + 1

    @property
    def _month_count(self) -> int:
        """Number of whole months that it is made of; 0 when it is not."""
        after = self.end + timedelta(days=1)
        if self.start.day != 1 or after.day != 1:
            return 0
        return _month_index(after) - _month_index(self.start)

    def _span_text(self, names: dict[int, str], until: str) -> str:
        """First and last day, month or year, joined by `until`, without repeating what both share."""
        first, last, count = self.start, self.end, self._month_count
        last_words = [str(last.day), names[last.month], str(last.year)]
        first_words = [str(first.day), names[first.month], str(first.year)]
        if count:
            unit = 2 if count % 12 == 0 and first.month == 1 else 1
            first_words, last_words = first_words[unit:], last_words[unit:]
        if first_words == last_words:
            return " ".join(last_words)
        if first.year == last.year:
            first_words.pop()
            if first.month == last.month:
                first_words.pop()
        return " ".join(first_words) + until + " ".join(last_words)


def calendar_period(kind: str, year: int, number: int = 1) -> Period:
    """The month, quarter or half-year of a year with this number, from 1 on, or the year; ValueError for no such one.

    >>> calendar_period("quarter", 2017, 2)
    Period.parse('2017-Q2')
    """
    size = _SIZES[kind]
    if not 1 <= number <= 12 // size:
        raise ValueError(f"a year has no {kind} {number}")
    return _whole_months(year * 12 + (number - 1) * size, size)


def calendar_periods(day: date) -> "list[Period]":
    """The month, quarter, half-year and year in which a day lies.

    >>> [str(one) for one in calendar_periods(date(2017, 5, 31))]
    ['2017-05', '2017-Q2', '2017-H1', '2017']
    """
    return [calendar_period(kind, day.year, (day.month - 1) // size + 1) for kind, size in _SIZES.items()]


def span(start: date, end: date) -> Period:
    """From `start` to `end`, both inclusive; ValueError when it would end before it starts."""
    return Period(_day(start), _day(end))


def as_of_date(as_of: str | date) -> date | None:
    """The day in `as_of`, None for ''. Raises KetenError for what is not a day."""
    if as_of == "" or as_of is None:
        return None
    if (day := day_of(as_of)) is not None:
        return day
    raise KetenError(
        f"De datum van de gegevens (as_of) '{as_of}' is geen dag; geef een datum zoals 2018-03-31 of laat haar leeg."
    )


def day_of(text: str | date) -> date | None:
    """The day in a text as 2018-01-31 or, as it is written in Dutch, 31-01-2018; None when it is no day.

    >>> day_of("31-1-2018")
    datetime.date(2018, 1, 31)
    """
    if isinstance(text, str) and (dutch := _DUTCH_DAY.fullmatch(text.strip())):
        text = "{2}-{1:0>2}-{0:0>2}".format(*dutch.groups())
    with suppress(KetenError):
        period = Period.parse(text)
        if period.kind == "date":
            return period.start
    return None


@cache
def _parse(text: str) -> Period:
    first, *others = (_parse_simple(part) for part in text.strip().split("/"))
    last = others[0] if others else first
    if first is None or last is None or len(others) > 1 or (others and {first.kind, last.kind} != {"date"}):
        raise _not_a_period(text)
    if last < first:
        raise KetenError(f"De periode {text!r} eindigt voor haar begin; zet de eerste dag voorop.")
    return Period(first.start, last.end)


def _not_a_period(text: object) -> KetenError:
    return KetenError(f"{text!r} is geen periode; schrijf {_FORMS}.")


def _parse_simple(text: str) -> Period | None:
    """A calendar period or a day; None when it is neither."""
    match = _PATTERN.fullmatch(text)
    if not match or not _FIRST_YEAR <= int(match["year"]) <= _LAST_YEAR:
        return None
    kind, in_year = match.lastgroup or "", int(match["year"])
    try:
        if kind == "date":
            day = date(in_year, int(match["month"]), int(match["date"]))
            return Period(day, day)
        return calendar_period(kind, in_year, int(match[kind]) if kind != "year" else 1)
    except ValueError:  # no such day or month
        return None


@cache
def _kind(period: Period) -> str:
    if period.start == period.end:
        return "date"
    for kind, size in _SIZES.items():
        if period._month_count == size and _is_first_of(size, period.start):
            return kind
    return "span"


@cache
def _text(period: Period) -> str:
    kind, first = period.kind, period.start
    if kind in _PARTS:
        return f"{first.year}-{_PARTS[kind][0]}{period._number}"
    match kind:
        case "date":
            return first.isoformat()
        case "month":
            return f"{first.year}-{first.month:02}"
        case "year":
            return f"{first.year}"
    return f"{first.isoformat()}/{period.end.isoformat()}"


@cache
def _years_earlier(period: Period, n: int) -> Period:
    """The same period `n` years earlier; asked for anew for every figure that is compared."""
    end = _years_before(period.end, n)
    last_day = monthrange(end.year, end.month)[1]
    if period.end.day == monthrange(period.end.year, period.end.month)[1]:
        end = end.replace(day=last_day)
    return Period(end if period.start == period.end else _years_before(period.start, n), end)


@cache
def _parts(period: Period, size: int) -> tuple[Period, ...]:
    """The calendar periods of so many months that tile a period; asked for anew for every figure that is added up."""
    count = period._month_count
    if not count or count % size or not _is_first_of(size, period.start):
        return ()
    first = _month_index(period.start)
    return tuple(_whole_months(index, size) for index in range(first, first + count, size))


def _whole_months(index: int, count: int) -> Period:
    """The `count` months from the month with this index (see `_month_index`)."""
    return Period(_first_day(index), _first_day(index + count) - timedelta(days=1))


def _month_index(day: date) -> int:
    """Months since the year 0, so that months can be counted with."""
    return day.year * 12 + day.month - 1


def _first_day(index: int) -> date:
    return date(index // 12, index % 12 + 1, 1)


def _is_first_of(size: int, day: date) -> bool:
    """Whether a calendar period of `size` months begins in this day's month."""
    return (day.month - 1) % size == 0


def _years_before(day: date, n: int) -> date:
    """The same day `n` years earlier; 29 February becomes 28 February in a common year."""
    target = day.year - n
    return date(target, day.month, min(day.day, monthrange(target, day.month)[1]))


def _day(value: date) -> date:
    """A plain date: a time stamp (pandas gives those) cannot be compared with one."""
    return value.date() if isinstance(value, datetime) else value
