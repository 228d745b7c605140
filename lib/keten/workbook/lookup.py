"""The rules by which one figure over one period is found: published, added up, the latest, or not there."""

from collections.abc import Sequence

import pandas as pd

from keten.model.figures import FIGURE_COLUMNS, Figure, gap, joined_sources
from keten.model.periods import Period
from keten.model.quality import PRECISION
from keten.model.row_numbers import as_records
from keten.workbook.visible import Visible

PART_KINDS = {"month": "maanden", "quarter": "kwartalen", "half_year": "halfjaren"}


class Lookup:
    """Finds figures among those that a report may see.

    A longer period is added up from months (or quarters) only for a flow and only when every part is there; a rate is
    never added; a stock is read on its latest date; a published total goes before a sum; margins are added.
    """

    def __init__(self, visible: Visible) -> None:
        self.visible, self.scope = visible, visible.scope
        self.catalogue = visible.scope.data.catalogue
        self._totals: dict[tuple[str, str], dict[str, Figure]] = {}  # by publisher and measure, then by period

    def figure(self, measure: str, by: str, category: str, period: Period) -> Figure | None:
        """The figure for exactly this period by the rules at the top of this module; None when there is none."""
        records = self.visible.records(measure, by).get(category, {})
        kind = self.catalogue.measure(measure).kind
        published = records.get(str(period))
        if kind == "stock" and not published:
            first, last = pd.Timestamp(period.start), pd.Timestamp(period.end)
            dated = [row for row in records.values() if first <= row["start"] and row["end"] <= last]
            published = max(dated, key=lambda row: (row["end"], row["start"]), default=None)
        if kind != "flow" or (published and published["status"] != "circa"):
            return published
        total = _sum_of_parts(records, period)
        if published and total:
            agree = abs(total["value"] - published["value"]) <= published["margin"] + total["margin"]
            return total if agree and total["margin"] < published["margin"] else published
        return published or total

    def latest(self, measure: str, by: str, categories: Sequence[str]) -> dict[str, Figure]:
        """Per category the figure of the latest period that has one: one period for all, the longest that ends last."""
        records = self.visible.records(measure, by)
        rows = [row for category in categories for row in records.get(category, {}).values()]
        rows = [row for row in rows if row["kind"] != "span"] or rows
        if not rows:
            return {}
        last = max(rows, key=lambda row: (row["end"], -row["start"].toordinal()))["period"]
        return {row["category"]: {**row, "fallback": True} for row in rows if row["period"] == last}

    def latest_month_end(self, measure: str, by: str, category: str) -> Period | None:
        """The report's period when it has a figure, else the latest calendar period that has one."""
        row = self.figure(measure, by, category, self.scope.period)
        row = row or self.latest(measure, by, [category]).get(category)
        period = Period.parse(row["period"]) if row else None
        return period if period and period.months else None

    def missing(self, measure: str, by: str, category: str, period: Period) -> Figure:
        """The row that says there is no such figure."""
        about = self.catalogue.measure(measure)
        return gap(period, measure=measure, label=about.label, dimension=by, category=category, unit=about.unit)

    def total_of(self, publisher: str, measure: str, period: Period) -> Figure | None:
        """The total over the period by one publisher, whichever publisher the report uses for totals."""
        if (publisher, measure) not in self._totals:
            rows = self.visible.of([measure], "")
            rows = rows[(rows.organisation == publisher) & rows.value.notna()]
            self._totals[publisher, measure] = {
                row["period"]: row for row in as_records(rows[::-1], FIGURE_COLUMNS)
            }  # the preferred one last
        totals = self._totals[publisher, measure]
        return totals.get(str(period)) or _sum_of_parts(totals, period)


def _sum_of_parts(records: dict[str, Figure], period: Period) -> Figure | None:
    """The sum of the finest parts that tile the period, only when every one of them is published."""
    for kind, words in PART_KINDS.items():
        parts = period.parts(kind)
        found = [records.get(str(part)) for part in parts]
        if len(parts) > 1 and all(found):
            publishers = list(dict.fromkeys(row["organisation"] for row in found))
            return {
                **found[-1],
                "period": str(period),
                "start": pd.Timestamp(period.start),
                "end": pd.Timestamp(period.end),
                "kind": period.kind,
                "value": sum(row["value"] for row in found),
                "margin": sum(row["margin"] for row in found),
                "status": max((row["status"] for row in found), key=PRECISION.get),
                "source": ";".join(dict.fromkeys(row["source"] for row in found)),
                **joined_sources(found),
                "organisation": ", ".join(publishers),
                "known": max(row["known"] for row in found),
                "assumed": any(row["assumed"] for row in found),
                "joined": len(publishers) > 1,
                "calculation": f"som van {len(parts)} {words}",
            }
    return None
