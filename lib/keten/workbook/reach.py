"""Over which periods a measure can have a figure of their own, known from its rows alone: quick, and never too few.

Whether there really is one (of one count, not across a break) only a look-up says; where this says no, there is none.
"""

from collections.abc import Collection
from datetime import date

from keten.model.periods import CALENDAR_KINDS, Period, calendar_periods, span
from keten.observations.dataset import Data, known_on


class Reach:
    """The periods of the known figures of each measure. day: on which they had to be known (None = now)."""

    def __init__(self, data: Data, day: date | None) -> None:
        known = known_on(data, day)
        rows = known.loc[known.value.notna(), ["measure", "start", "end"]].drop_duplicates()
        self._kinds = data.catalogue.measures.kind.to_dict()
        self.newest_known: date | None = None if known.empty else known.known.max().date()
        self.periods: dict[str, set[Period]] = {}
        for measure, start, end in zip(rows.measure, rows.start.dt.date, rows.end.dt.date, strict=True):
            self.periods.setdefault(measure, set()).add(span(start, end))

    def has(self, measure: str, period: Period) -> bool:
        """Whether a measure may have a figure over exactly this period: one, or all shorter ones that make it up.

        Of a stock a day in it is enough.
        """
        periods = self.periods.get(measure, set())
        if period in periods:
            return True
        match self._kinds.get(measure):
            case "stock":
                return any(period.contains(one) for one in periods)
            case "flow":
                tiles = (period.parts(kind) for kind in CALENDAR_KINDS)
                return any(parts and periods.issuperset(parts) for parts in tiles)
        return False

    def extent(self, measures: Collection[str]) -> tuple[date, date] | None:
        """The first and the last day that figures of these measures are about; None without any."""
        every = [one for measure in measures for one in self.periods.get(measure, ())]
        return (min(one.start for one in every), max(one.end for one in every)) if every else None

    def ended(self) -> list[Period]:
        """The calendar periods in which figures lie and that had ended when the newest figure became known.

        The newest first, of those that end together the longest.
        """
        every = {one for periods in self.periods.values() for one in periods}
        around = {period for one in every for period in calendar_periods(one.end) if period.contains(one)}
        ended = [one for one in around if self.newest_known and one.end <= self.newest_known]
        return sorted(ended, key=lambda one: (one.end, one.days), reverse=True)
