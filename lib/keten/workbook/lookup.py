"""The rules by which one figure over one period is found: published, added up, the latest, or not there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from keten.model.figures import Figure, added_up, figures_of
from keten.model.periods import Period
from keten.model.units import FREQUENCIES
from keten.workbook.visible import Visible

PARTS = ("month", "quarter", "half_year")  # kinds of period that longer ones are added up from


class Lookup:
    """Finds figures among those that a report may see.

    A longer period is added up from months (or quarters) only for a flow and only when every part is there; a rate is
    never added; a stock is read on its latest date; a published total goes before a sum; margins are added.
    """

    def __init__(self, visible: Visible) -> None:
        self.visible, self.scope = visible, visible.scope
        self.catalogue = visible.scope.data.catalogue
        self._totals: dict[tuple[str, str], dict[Period, Figure]] = {}  # by publisher and measure, then by period

    def figure(self, measure: str, by: str, category: str, period: Period) -> Figure | None:
        """The figure for exactly this period by the rules of this class; None when there is none."""
        figures = self.visible.figures(measure, by).get(category, {})
        kind = self.catalogue.measure(measure).kind
        published = figures.get(period)
        if kind == "stock" and not published:
            dated = [one for one in figures.values() if period.contains(one.period)]
            published = max(dated, key=lambda one: one.period.by_end(), default=None)
        if kind != "flow" or (published and published.quality.precision != "circa"):
            return published
        total = sum_of_parts(figures, period)
        if published and total:
            agree = abs(total.value - published.value) <= published.margin + total.margin
            return total if agree and total.margin < published.margin else published
        return published or total

    def figure_near(self, measure: str, by: str, category: str, period: Period) -> Figure | None:
        """`figure`, or of a stock that was not counted on that very day its latest date in the same month."""
        found = self.figure(measure, by, category, period)
        if found or period.kind != "date" or self.catalogue.measure(measure).kind != "stock":
            return found
        return self.figure(measure, by, category, period.last_month)

    def latest(self, measure: str, by: str, categories: Sequence[str]) -> dict[str, Figure]:
        """Per category the figure of the latest period that has one: one period for all, the longest that ends last."""
        figures = self.visible.figures(measure, by)
        found = [one for category in categories for one in figures.get(category, {}).values()]
        found = [one for one in found if one.period.kind != "span"] or found
        if not found:
            return {}
        last = max((one.period for one in found), key=lambda period: (period.end, -period.start.toordinal()))
        return {one.category: replace(one, fallback=True) for one in found if one.period == last}

    def latest_month_end(self, measure: str, by: str, category: str) -> Period | None:
        """The report's period when it has a figure, else the latest calendar period that has one."""
        found = self.figure(measure, by, category, self.scope.period)
        found = found or self.latest(measure, by, [category]).get(category)
        return found.period if found and found.period.months else None

    def missing(self, measure: str, by: str, category: str, period: Period) -> Figure:
        """The figure that says that there is none."""
        about = self.catalogue.measure(measure)
        return Figure(measure, about.label, by, category, period, about.unit)

    def total_of(self, publisher: str, measure: str, period: Period) -> Figure | None:
        """The total over the period by one publisher, whichever publisher the report uses for totals."""
        if (publisher, measure) not in self._totals:
            rows = self.visible.of([measure], "")
            rows = rows[(rows.organisation == publisher) & rows.value.notna()]
            self._totals[publisher, measure] = {one.period: one for one in figures_of(rows[::-1])}  # the best one last
        totals = self._totals[publisher, measure]
        return totals.get(period) or sum_of_parts(totals, period)


def sum_of_parts(figures: Mapping[Period, Figure], period: Period) -> Figure | None:
    """The sum of the finest parts that tile the period, only when every one of them is published."""
    for kind in PARTS:
        spans = period.parts(kind)
        parts = [figures[span] for span in spans if span in figures]
        if len(spans) > 1 and len(parts) == len(spans):
            return replace(added_up(parts), period=period, calculation=f"som van {len(parts)} {FREQUENCIES[kind][1]}")
    return None
