"""A period as a person types one: also `juni 2017`, `2017-6`, `tweede kwartaal 2017`, `1e helft 2017`.

What a file holds is read by `Period.parse` alone, which knows one spelling of each.
"""

import re
from collections.abc import Callable
from datetime import date

from babel.dates import get_month_names

from keten.model.periods import Period

_NUMBERS = {"eerste": 1, "tweede": 2, "derde": 3, "vierde": 4}
_MONTHS = {
    name.rstrip("."): number
    for width in ("wide", "abbreviated")
    for number, name in get_month_names(width, locale="nl").items()
}
_WHICH = rf"(?P<which>{'|'.join(_NUMBERS)}|[1-4](?:e|de|ste)?)"
_FORMS: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"(?P<year>\d{4})[-/. ](?P<month>\d{1,2})", lambda found: _month(found["year"], int(found["month"]))),
    (r"(?P<month>\d{1,2})[-/. ](?P<year>\d{4})", lambda found: _month(found["year"], int(found["month"]))),
    (
        rf"(?P<month>{'|'.join(_MONTHS)})\.? (?P<year>\d{{4}})",
        lambda found: _month(found["year"], _MONTHS[found["month"]]),
    ),
    (rf"{_WHICH} (?:kwartaal|kw\.?)(?: van)? (?P<year>\d{{4}})", lambda found: f"{found['year']}-Q{_number(found)}"),
    (rf"{_WHICH} (?:halfjaar|helft)(?: van)? (?P<year>\d{{4}})", lambda found: f"{found['year']}-H{_number(found)}"),
    (r"(?P<part>[qkh])(?P<which>[1-4])[- ]?(?P<year>\d{4})", lambda found: _part(found)),
    (r"(?P<year>\d{4})[- ]?(?P<part>[qkh])(?P<which>[1-4])", lambda found: _part(found)),
)


def typed_period(text: str | int | date | Period) -> Period:
    """The period that was meant. Raises KetenError as `Period.parse` does.

    >>> typed_period("juni 2017"), typed_period("2017-6"), typed_period("1e helft 2017"), typed_period("K2 2017")
    (Period.parse('2017-06'), Period.parse('2017-06'), Period.parse('2017-H1'), Period.parse('2017-Q2'))
    """
    if isinstance(text, str):
        plain = " ".join(text.lower().split())
        for pattern, spelled in _FORMS:
            if found := re.fullmatch(pattern, plain, re.ASCII):
                return Period.parse(spelled(found))
    return Period.parse(text)


def _month(year: str, number: int) -> str:
    return f"{year}-{number:02}"


def _number(found: re.Match[str]) -> int:
    return _NUMBERS.get(found["which"]) or int(found["which"][0])


def _part(found: re.Match[str]) -> str:
    return f"{found['year']}-{'H' if found['part'] == 'h' else 'Q'}{found['which']}"
