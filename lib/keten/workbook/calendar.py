"""The periods that can be asked about: those over which a measure has a figure, published or added up."""

from collections import Counter
from datetime import date
from functools import cache

from keten.model.periods import CALENDAR_KINDS, Period
from keten.workbook.workbook import Workbook

ORDER = (*CALENDAR_KINDS, "span", "date")  # of kinds of period to choose from


def calendar(chain: Workbook, measure: str, by: str) -> dict[str, list[str]]:
    """Per kind of period (`ORDER`) those over which the measure has a figure, oldest first; kinds without any left out.

    A flow counts as known where it is published or all its months, quarters or half-years are; a stock where a
    reference date lies within the period. Only periods that the workbook sees.
    """
    rows = chain.offered(measure, by)
    rows = rows[rows.chosen & rows.value.notna()]
    known: dict[str, set[tuple[str, Period]]] = {kind: set() for kind in ORDER}
    for category, text, kind in zip(rows.category, rows.period, rows.kind, strict=True):
        known[kind].add((category, Period.parse(text)))
    match chain.catalogue.measure(measure).kind:
        case "stock":
            moments = set().union(*known.values())
            for kind in CALENDAR_KINDS:
                around = {(category, moment, _around(moment.start, kind)) for category, moment in moments}
                known[kind] |= {(category, period) for category, moment, period in around if period.contains(moment)}
        case "flow":
            _add_sums(known)
    found = {kind: sorted({period for _, period in known[kind]}) for kind in ORDER}
    return {kind: [str(period) for period in periods] for kind, periods in found.items() if periods}


@cache
def _around(day: date, kind: str) -> Period:
    """The calendar period of this kind that the day lies in."""
    return next(part for part in Period.parse(str(day.year)).parts(kind) if part.contains(day))


def _add_sums(known: dict[str, set[tuple[str, Period]]]) -> None:
    """Add the longer periods of which every part of one frequency is there, category by category."""
    published = {kind: set(pairs) for kind, pairs in known.items()}
    for place, kind in enumerate(CALENDAR_KINDS):
        for shorter in CALENDAR_KINDS[:place]:
            counts = Counter((category, _around(part.start, kind)) for category, part in published[shorter])
            known[kind] |= {pair for pair, count in counts.items() if count == len(pair[1].parts(shorter))}
