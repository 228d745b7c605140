"""When the figures of a period come out: a rule per kind of period, counted in working days of the Netherlands.

`data/calendar.toml` holds the rules. From the period alone follows the day of its edition, and so when the next of its
kind is to be expected; no clock has a say in it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from keten.errors import KetenError
from keten.model.naming import nearest
from keten.model.periods import CALENDAR_KINDS, Period
from keten.sources.toml_file import TomlFile, read_toml

NAME = "calendar.toml"
TABLE = "release"
ORDINALS = ("eerste", "tweede", "derde", "vierde", "vijfde", "zesde", "zevende", "achtste", "negende", "tiende")
_RULE = re.compile(rf"({'|'.join(ORDINALS)}|laatste) (werkdag|[a-z]+dag)(?: van de ({'|'.join(ORDINALS[:6])}) maand)?")
DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag")


@dataclass(frozen=True)
class Rule:
    """The `place`-th day (from 1, -1 = the last) of the `month`-th month after a period.

    weekday: 0 for Monday to 4 for Friday, None for any working day. A day of the week that is a holiday moves to the
    next working day.
    """

    place: int
    month: int = 1
    weekday: int | None = None


def release_day(rules: dict[str, Rule], period: Period) -> date | None:
    """The day on which the figures of a period come out; None for a kind of period without a rule."""
    rule = rules.get(period.kind)
    if rule is None:
        return None
    month = period.last_month.previous(-rule.month)
    days = [day for day in _days(month) if _fits(day, rule)]
    day = days[rule.place if rule.place < 0 else rule.place - 1]
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def next_release(rules: dict[str, Rule], period: Period) -> date | None:
    """The day on which the figures of the next period of this kind come out."""
    return release_day(rules, period.previous(-1)) if period.kind in rules else None


def expected(rules: dict[str, Rule], period: Period) -> str:
    """What a reader of a report on this period may wait for, in one sentence; '' without a rule.

    >>> expected({"month": Rule(5)}, Period.parse("2017-06"))
    'Het volgende cijfer van deze soort, over juli 2017, wordt verwacht in augustus 2017.'
    """
    day = next_release(rules, period)
    if day is None:
        return ""
    month = Period.parse(day).last_month.label
    return f"Het volgende cijfer van deze soort, over {period.previous(-1).label}, wordt verwacht in {month}."


def is_working_day(day: date) -> bool:
    """Whether government works: Monday to Friday, no holiday."""
    return day.weekday() < 5 and day not in holidays(day.year)


@lru_cache(maxsize=64)
def holidays(year: int) -> frozenset[date]:
    """The holidays of the Algemene termijnenwet, article 3, Good Friday included."""
    easter = easter_sunday(year)
    fixed = [date(year, 1, 1), kings_day(year), date(year, 5, 5), date(year, 12, 25), date(year, 12, 26)]
    return frozenset([*fixed, *(easter + timedelta(days=days) for days in (-2, 1, 39, 50))])


def kings_day(year: int) -> date:
    """The day on which the birthday of the monarch is celebrated: 27 April, before 2014 30 April; never a Sunday."""
    day = date(year, 4, 27 if year >= 2014 else 30)
    if day.weekday() < 6:
        return day
    return day + timedelta(days=-1 if year >= 1980 else 1)


def easter_sunday(year: int) -> date:
    """Easter in the Gregorian calendar, by the algorithm that Nature published anonymously in 1876."""
    golden, century, in_century = year % 19, *divmod(year, 100)
    leaps, rest = divmod(century, 4)
    moved = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - moved + 15) % 30
    weekday = (32 + 2 * rest + 2 * (in_century // 4) - epact - in_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def read(data: Path) -> dict[str, Rule]:
    """The rules of a data folder by kind of period; none when it has no such file.

    Raises KetenError with every fault of the file, each with its line.
    """
    if not (data / NAME).exists():
        return {}
    file = read_toml(data / NAME)
    if faults := list(_faults(file)):
        raise KetenError("\n".join(faults))
    return {kind: rule for kind, text in file.content[TABLE].items() if (rule := _rule(text))}


def _faults(file: TomlFile) -> Iterator[str]:
    told = file.content.get(TABLE)
    if set(file.content) != {TABLE} or not isinstance(told, dict):
        yield f'{NAME}, regel 1: verwacht wordt alleen de tabel [{TABLE}], met regels als month = "vijfde werkdag".'
        return
    for kind, text in told.items():
        if kind not in CALENDAR_KINDS:
            hint = nearest(kind, CALENDAR_KINDS)
            yield file.fault((TABLE, kind), f"'{kind}' is onbekend; kies uit {', '.join(CALENDAR_KINDS)}.{hint}")
        elif _rule(text) is None:
            yield file.fault(
                (TABLE, kind),
                f"de regel {text!r} is onbekend; schrijf bijvoorbeeld vijfde werkdag, laatste werkdag of tweede "
                "dinsdag van de tweede maand (tot en met de tiende werkdag, de vierde maandag, de zesde maand).",
            )


def _rule(text: object) -> Rule | None:
    found = _RULE.fullmatch(text) if isinstance(text, str) else None
    if found is None or found[2] not in ("werkdag", *DAYS):
        return None
    place = -1 if found[1] == "laatste" else ORDINALS.index(found[1]) + 1
    weekday = DAYS.index(found[2]) if found[2] in DAYS else None
    if weekday is not None and place > 4:  # a month may have no fifth
        return None
    return Rule(place, ORDINALS.index(found[3]) + 1 if found[3] else 1, weekday)


def _days(month: Period) -> list[date]:
    return [month.start + timedelta(days=number) for number in range(month.days)]


def _fits(day: date, rule: Rule) -> bool:
    return is_working_day(day) if rule.weekday is None else day.weekday() == rule.weekday
