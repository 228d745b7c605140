"""Breaks in series: days on which a count became another one, so that figures on both sides are not compared."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from keten.model.periods import Period


class Break(NamedTuple):
    """The first day of the new count, at which publisher ("" = all), and what changed, with the document that says so.

    SDMX: observation status B (break in time series); ESS Handbook for Quality Reports, "length of comparable time
    series".
    """

    day: date
    organisation: str
    reason: str
    source_title: str
    source_url: str

    def concerns(self, organisation: str) -> bool:
        """Whether figures of a publisher (or of several, "CBS, IND") change their meaning on the day."""
        return not self.organisation or self.organisation in organisation.split(", ")

    def splits(self, period: Period) -> bool:
        """Whether a period holds days of both counts."""
        return period.start < self.day <= period.end

    def parts(self, one: Period, other: Period) -> bool:
        """Whether two periods do not lie on the same side of the day; a period that holds both sides never does."""
        return self.splits(one) or self.splits(other) or (one.start < self.day) != (other.start < self.day)


def crossed(breaks: Iterable[Break], organisation: str, one: Period, other: Period) -> Break | None:
    """The first break of this publisher that makes two periods not comparable."""
    found = (each for each in breaks if each.concerns(organisation) and each.parts(one, other))
    return min(found, key=lambda each: each.day, default=None)
