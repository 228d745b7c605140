"""What can answer for one measure in one breakdown: the figures of each publisher or count, published or added up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from math import isnan
from typing import NamedTuple

from keten.model.breaks import Break, crossed
from keten.model.figures import Figure, added_up
from keten.model.periods import Period
from keten.model.units import FREQUENCIES

ONE_WEEK = timedelta(days=7)
PARTS = ("half_year", "quarter", "month")  # kinds of period that longer ones are added up from


class Ranked(NamedTuple):
    """A figure and the place of its publisher in the order of precedence; of a sum the lowest place of its parts."""

    figure: Figure
    rank: float


Published = Mapping[Period, Ranked]


ByCount = dict[str, dict[str, dict[Period, Ranked]]]
"""The best figure of each count, category and period."""


class Offer(NamedTuple):
    """A figure that a report may see, with what `selection.choose` says of it; `counted`: its `count` there."""

    figure: Figure
    counted: str
    rank: float
    ruled: bool
    running: bool
    best: bool
    chosen: bool

    @property
    def known(self) -> bool:
        """Whether it has a value, over a whole period."""
        return not self.running and is_known(self.figure)


def by_count(offers: Iterable[Offer]) -> ByCount:
    """The best figure of each count, category and period, also one that its source hides.

    A figure of a period that still ran when it was counted is about a part of it, and none of the whole: left out.
    """
    found: ByCount = {}
    for one in offers:
        figure = one.figure
        if one.best and not one.running and (is_known(figure) or figure.quality.word == "suppressed"):
            found.setdefault(one.counted, {}).setdefault(figure.category, {})[figure.period] = Ranked(figure, one.rank)
    return found


@dataclass(frozen=True)
class Counted:
    """The figures of one count for one category, and how a figure over any period is had from them.

    kind: of the measure (`flow`, `stock`, `rate`); breaks: of the measure; partitions: the declared parts of a total,
    which is `category` of `dimension`.
    """

    published: Published
    kind: str
    breaks: tuple[Break, ...] = ()
    partitions: "tuple[tuple[Counted, ...], ...]" = ()
    dimension: str = ""
    category: str = ""

    def over(self, period: Period) -> Ranked | None:
        """The figure for exactly this period; None when there is none.

        A published one goes before a sum, unless it is an approximation that an exact sum agrees with. A flow is added
        up from shorter periods only when every one is there and no break lies between them; of a stock it is the latest
        day in the period; a rate is never added up. Last the sum of the declared parts of a total.
        """
        published = self.published.get(period)
        if self.kind == "stock" and not published:
            published = self._latest_day(period)
        if published and (self.kind != "flow" or published.figure.quality.precision != "circa"):
            return published
        total = sum_over(self.published, period, self.breaks) if self.kind == "flow" else None
        if published and total:
            now, sure = published.figure, total.figure
            agree = abs(sure.value - now.value) <= now.margin + sure.margin
            return total if agree and sure.margin < now.margin else published
        return published or total or (None if self.kind == "rate" else self._of_parts(period))

    def near(self, period: Period) -> Ranked | None:
        """`over`; of a stock not counted on that very day the nearest within a week, else the last of its month."""
        found = self.over(period)
        if found or period.kind != "date" or self.kind != "stock":
            return found
        days = [one for moment, one in self.published.items() if abs(moment.end - period.end) <= ONE_WEEK]
        nearest = min(days, key=lambda one: abs(one.figure.period.end - period.end), default=None)
        return nearest or self.over(period.last_month)

    def _latest_day(self, period: Period) -> Ranked | None:
        """The last day of a stock in a period; of days within a week of it that which goes before the others.

        Never a day from before a break in the place of one after it.

        Thus the stock of 31 December, of which a publisher keeps a series, stands for "about 27,000 on 1 January" too.
        """
        days = [moment for moment in self.published if period.contains(moment)]
        if not days:
            return None
        last = max(days, key=Period.by_end)
        near = [
            one
            for moment, one in self.published.items()
            if abs(moment.end - last.end) <= ONE_WEEK
            and moment.end <= period.end
            and not crossed(self.breaks, one.figure.organisation, moment, last)
        ]
        return min(near, key=lambda one: (one.rank, -one.figure.period.end.toordinal()))

    @property
    def known(self) -> list[Period]:
        """The periods of which it, or a part of it, is published."""
        return [*self.published, *(moment for parts in self.partitions for one in parts for moment in one.known)]

    def _of_parts(self, period: Period) -> Ranked | None:
        for parts in self.partitions:
            found = [one for part in parts if (one := part.over(period)) and is_known(one.figure)]
            if len(found) == len(parts) and len({one.figure.period for one in found}) == 1:
                names = ", ".join(one.figure.category for one in found)
                total = _added(found, found[0].figure.period, f"som van {names}")
                return Ranked(replace(total.figure, dimension=self.dimension, category=self.category), total.rank)
        return None


def is_known(figure: Figure) -> bool:
    """Whether a figure has a value: it is there, and its source does not hide it."""
    return not isnan(figure.value)


def sum_over(published: Published, period: Period, breaks: tuple[Break, ...] = ()) -> Ranked | None:
    """The sum of shorter periods that tile the period, when every one is published; None across a break in the series.

    Of several sums one without approximations, then that with the smallest margin, then that of the longest parts.
    """
    sums = []
    for kind in PARTS:
        spans = period.parts(kind)
        if len(spans) > 1 and all(one in published and is_known(published[one].figure) for one in spans):
            found = [published[one] for one in spans]
            sums.append(_added(found, period, f"som van {len(found)} {FREQUENCIES[kind][1]}"))
    best = min(sums, key=lambda one: (one.figure.quality.precision == "circa", one.figure.margin), default=None)
    if best and any(each.concerns(best.figure.organisation) and each.splits(period) for each in breaks):
        return None
    return best


def _added(found: list[Ranked], period: Period, words: str) -> Ranked:
    total = replace(added_up([one.figure for one in found]), period=period, calculation=words)
    return Ranked(total, max(one.rank for one in found))
