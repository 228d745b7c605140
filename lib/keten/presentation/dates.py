"""Until when figures go and from when their sources are, said no more precisely than is known.

Of a publication that is dated by month or year only, the data hold the last day of it; so such a day is printed as its
month, and 31 December as its year. A day that no source states is printed as its year.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from keten.model.periods import Period


def newest(days: Iterable[tuple[date, bool]]) -> Period | None:
    """The newest of these days, each with whether it is assumed, as far as it is known; None without any.

    >>> str(newest([(date(2017, 8, 20), False), (date(2017, 6, 30), True)]))
    '2017-08-20'
    """
    known = sorted(days, key=lambda one: (one[0], not one[1]))
    return stated(*known[-1]) if known else None


def stated(day: date, assumed: bool = False) -> Period:
    """The day, or the month or the year that is all that is known of it.

    >>> [stated(date(2024, 12, 31)).label, stated(date(2017, 9, 30)).label, stated(date(2017, 6, 13), True).label]
    ['2024', 'september 2017', '2017']
    """
    whole_year, whole_month = (day.month, day.day) == (12, 31), day.day == monthrange(day.year, day.month)[1]
    form = "%Y" if assumed or whole_year else "%Y-%m" if whole_month else "%Y-%m-%d"
    return Period.parse(day.strftime(form))


def line(rows: Iterable[Mapping[str, Any]], as_of: str = "") -> str:
    """The dates of a report from its rows of `figures.csv`; '' without figures. as_of: the day it keeps to, in words.

    >>> line([{"period": "2017-06", "value": 2316.0, "source_id": "ind", "as_of": "2017-08-20", "as_of_assumed": ""}])
    'Cijfers tot en met juni 2017; nieuwste bron van 20 augustus 2017.'
    """
    shown = [row for row in rows if row["value"] is not None]
    if not shown:
        return f"Geen cijfers bekend op {as_of}." if as_of else ""
    last = max(_last_day(Period.parse(row["period"]), row) for row in shown)
    whole = last.day == monthrange(last.year, last.month)[1]
    until = Period.parse(last.strftime("%Y-%m") if whole else last).label
    source = newest(
        (Period.parse(row["as_of"]).end, row["as_of_assumed"] == "yes")
        for row in shown
        if row["source_id"] and row["as_of"]
    )
    words = [f"Cijfers tot en met {until}", *([f"zoals bekend op {as_of}"] if as_of else [])]
    return f"{', '.join(words)}{f'; nieuwste bron van {source.label}' if source else ''}."


def _last_day(period: Period, row: Mapping[str, Any]) -> date:
    """The last day that a figure is about: of a period that still ran when it was counted, the day of that count."""
    known = Period.parse(row["as_of"]).end if row["as_of"] and row["as_of_assumed"] != "yes" else period.end
    return known if period.contains(known) else period.end
