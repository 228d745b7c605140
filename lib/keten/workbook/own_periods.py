"""Which periods the reports have a figure of their own for, and which of those is the nearest to one that has none."""

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

from keten.errors import KetenError
from keten.model.periods import CALENDAR_KINDS, Period, as_of_date
from keten.observations.dataset import Data
from keten.presentation import prose
from keten.workbook.candidates import is_known
from keten.workbook.lookup import Lookup
from keten.workbook.reach import Reach
from keten.workbook.scope import Scope, state
from keten.workbook.visible import Visible

Reports = Mapping[str, Collection[str]]
"""The measures of each report, among other words."""


def refuse_without_own(
    period: Period, reports: Reports, data: Path | str | Scope | None = None, as_of: str = ""
) -> None:
    """Raise KetenError when no report has a figure over exactly this period, with the nearest period that has.

    A period that is wrong in itself, or that begins after `as_of`, is left to the check of the workbook; so are reports
    of which no figure is known at all.
    """
    folder, known = state(data)
    day = as_of_date(as_of)
    reach = Reach(known, day)
    measures = sorted({*reach.periods} & {word for words in reports.values() for word in words})
    if not measures or period.kind not in CALENDAR_KINDS or (day and period.start > day):
        return

    def has(one: Period) -> bool:
        return _has_own(Scope(folder, known, one, 0, day, ""), reach, measures)

    if has(period):
        return
    near = sorted(reach.ended(), key=lambda one: (_distance(one, period), one.kind != period.kind, -one.days))
    found = next(filter(has, near), None)
    extents = {stem: reach.extent({*words} & {*measures}) for stem, words in reports.items()}
    told = [f"in {stem} van {one[0]:%Y-%m} tot en met {one[1]:%Y-%m}" for stem, one in extents.items() if one]
    nearest = f"; het dichtstbij ligt {found.label} (--period {found})" if found else ""
    raise KetenError(
        f"Over {period.label} heeft geen enkel rapport een eigen cijfer: de cijfers lopen {prose.listing(told)}"
        f"{nearest}."
    )


def _has_own(scope: Scope, reach: Reach, measures: Collection[str]) -> bool:
    """Whether any of the measures, whole or in part, has a figure over exactly the period of the scope."""
    lookup = Lookup(Visible(scope))
    return any(
        (one := each.over(category, scope.period)) is not None and is_known(one.figure)
        for measure in measures
        if reach.has(measure, scope.period)
        for by in _breakdowns(scope.data, measure)
        for each in lookup.answers(measure, by).values()
        for category in each.known
    )


def _breakdowns(data: Data, measure: str) -> list[str]:
    return sorted({"", *(by for name, by in data.rows_of if name == measure)})


def _distance(one: Period, other: Period) -> int:
    """The days between two periods; 0 when they touch or overlap."""
    return max(_days(one.end, other.start), _days(other.end, one.start), 0)


def _days(first: date, second: date) -> int:
    return (second - first).days
