"""The days on which the next editions come out as a calendar that other programs read (iCalendar, RFC 5545)."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from keten.model.periods import Period
from keten.reports.calendar import Rule, next_release
from keten.reports.periods import is_plain, period_of

FILE = "kalender.ics"
LONGEST_LINE = 75  # octets, RFC 5545 section 3.1


def coming(editions: Iterable[Mapping[str, Any]], rules: dict[str, Rule]) -> list[tuple[date, Period]]:
    """The day and the period of the next edition of each kind of which there is one, the first day first.

    editions: those that may be told of. Of each kind the newest counts, of those with no other parameters.
    """
    newest: dict[str, Period] = {}
    for edition in editions:
        period = period_of(edition["name"])
        if period and is_plain(edition["name"]) and period.kind in rules:
            newest[period.kind] = max(period, newest.get(period.kind, period))
    found = [(day, period.previous(-1)) for period in newest.values() if (day := next_release(rules, period))]
    return sorted(found)


def calendar(days: Iterable[tuple[date, Period]], stamp: str, site: str) -> str:
    """The calendar, with CRLF line ends.

    days: as `coming` gives them; stamp: when the newest edition was made (ISO 8601, UTC), which is when the calendar
    came to say this; site: the address of the editions, '' for none.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Ketenwerkboek//keten//NL", "CALSCALE:GREGORIAN"]
    lines.append("X-WR-CALNAME:Ketenwerkboek: nieuwe cijfers")
    for day, period in days:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{uuid5(NAMESPACE_URL, f'urn:ketenwerkboek:kalender/{period}')}",
            f"DTSTAMP:{re.sub(r'[-:]', '', stamp[:19])}Z",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(f'Cijfers over de migratieketen, {period.label}')}",
            *([f"URL:{site}nieuwste/index.html"] if site else []),
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _text(words: str) -> str:
    return re.sub(r"([\\;,])", r"\\\1", words).replace("\n", r"\n")


def _folded(line: str) -> str:
    """The line, broken before it is too long, and never within a sign."""
    parts, room = [""], LONGEST_LINE
    for sign in line:
        if len((parts[-1] + sign).encode()) > room:
            parts.append("")
            room = LONGEST_LINE - 1  # of a following line the first octet is a space
        parts[-1] += sign
    return "\r\n ".join(parts)
