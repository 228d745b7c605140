"""From values and days to pixels, with round numbers and whole years, quarters or months along the axes."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import pandas as pd

from keten.presentation.charts.lettering import width
from keten.presentation.charts.svg import SIZE

MOST_MONTHS = 36  # of a stretch of time whose months or quarters are named
MONTHS = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
APART = 14  # pixels between two names on an axis


@dataclass(frozen=True)
class Scale:
    """Where values from `low` to `high` come, from pixel `start` to pixel `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The pixel of a value."""
        return self.start + (value - self.low) / ((self.high - self.low) or 1) * (self.end - self.start)


class Tick(NamedTuple):
    """A place on an axis: where its line stands (None = without) and where its name, in pixels."""

    at: float | None
    middle: float
    text: str


Ticks = Callable[[Scale], list[Tick]]


def round_numbers(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers from at most `low` to at least `high`, some `about` of them.

    >>> round_numbers(0, 9965), round_numbers(-3, 12)
    ([0.0, 2000.0, 4000.0, 6000.0, 8000.0, 10000.0], [-5.0, 0.0, 5.0, 10.0, 15.0])
    """
    span = (high - low) or abs(high) or 1.0
    size = 10.0 ** math.floor(math.log10(span / about))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor * (about + 0.5) >= span)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(place * step, 10) for place in range(first, max(last, first + 1) + 1)]


def domain(values: Iterable[float], whole: tuple[float, float] | None = None) -> list[float]:
    """The round numbers of an axis that holds all values and zero; whole: the ends of a scale that has its own."""
    if whole:
        low, high = whole
        return [low + place for place in range(round(high - low) + 1)]
    known = [value for value in values if not math.isnan(value)]
    return round_numbers(min(0.0, *known, 0.0), max(0.0, *known, 0.0))


def moment(start: pd.Timestamp, end: pd.Timestamp, kind: str) -> float:
    """The day at which a figure stands: the middle of its period, and of a stock the end of its day."""
    last = end.toordinal() + 1
    return float(last) if kind == "date" else (start.toordinal() + last) / 2


def numbers(low: float, high: float, text: Callable[[float], str], about: int = 7) -> Ticks:
    """Round numbers along the bottom of a plot."""

    def ticks(scale: Scale) -> list[Tick]:
        most = max(2, min(about, int(abs(scale.end - scale.start) / 70)))
        found = [one for one in round_numbers(low, high, most) if low - 1e-9 <= one <= high + 1e-9]
        return [Tick(scale(one), scale(one), text(one)) for one in found]

    return ticks


def time(kinds: set[str]) -> Ticks:
    """Years as stretches with their name in the middle; quarters or months where there are at most `MOST_MONTHS`."""

    def ticks(scale: Scale) -> list[Tick]:
        months = (scale.high - scale.low) / 30.44
        if months > MOST_MONTHS or kinds == {"year"}:
            return _stretches(scale, 12, lambda day, _: str(day.year))
        if kinds == {"quarter"}:
            return _stretches(scale, 3, _quarter)
        return _stretches(scale, 1, _month)

    return ticks


def _quarter(day: date, new_year: bool) -> str:
    return f"{day.month // 3 + 1}e kw{f' {day.year}' if new_year else ''}"


def _month(day: date, new_year: bool) -> str:
    return f"{MONTHS[day.month - 1]}{f' {day.year}' if new_year else ''}"


def _stretches(scale: Scale, months: int, name: Callable[[date, bool], str]) -> list[Tick]:
    """Calendar stretches of so many months: a line at the start of each, names on those that fit, always the last."""
    first, last = date.fromordinal(math.floor(scale.low)), date.fromordinal(math.ceil(scale.high) - 1)
    place = (first.year * 12 + first.month - 1) // months * months
    starts = []
    while (day := date(place // 12, place % 12 + 1, 1)) <= last:
        starts.append(day)
        place += months
    ends = [*starts[1:], date(place // 12, place % 12 + 1, 1)]
    visible = [
        (max(scale.low, one.toordinal()), min(scale.high, end.toordinal()))
        for one, end in zip(starts, ends, strict=True)
    ]
    each = abs(scale.end - scale.start) / max((scale.high - scale.low) / (30.44 * months), 1)
    room = max(width(name(day, months == 12), SIZE) for day in starts) + APART
    step = next((step for step in (1, 2, 3, 4, 5, 6, 8, 10, 12, 20, 24, 50) if step * each >= room), 100)
    found: list[Tick] = []
    named = ""
    for number, (day, (left, right)) in enumerate(zip(starts, visible, strict=True)):
        at = scale(day.toordinal()) if day.toordinal() > scale.low else None
        text = ""
        if (len(starts) - 1 - number) % step == 0:
            text = name(day, str(day.year) != named)
            named = str(day.year)
            whole = width(text, SIZE) <= scale(right) - scale(left) + APART
            text = text if whole or step > 1 or months < 12 else ""
        found.append(Tick(at, scale((left + right) / 2), text))
    return found
