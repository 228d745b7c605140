"""Which publisher tells about which goal up to when: the table that makes the gaps of an edition visible."""

from collections.abc import Iterable, Mapping
from typing import Any

from keten.model.periods import Period
from keten.reports.periods import period_or_none


def table(rows: Iterable[Mapping[str, Any]], publishers: Mapping[str, str]) -> list[tuple[str, dict[str, Period]]]:
    """Per publisher the last period of which each notebook shows a figure.

    rows: those of `figures.csv`. publishers: publisher by title of a source; a file with records has none and is
    called by its title. Those who tell about most notebooks come first.
    """
    last: dict[str, dict[str, Period]] = {}
    for row in rows:
        # A count that is not shown tells nothing, and words that are no period cannot be put in order.
        period = period_or_none(row.get("period"))
        if period is None or row.get("value") in (None, ""):
            continue
        for title in filter(None, (row.get("source") or "").split(" | ")):
            cells = last.setdefault(publishers.get(title, title), {})
            stem = row["notebook"]
            cells[stem] = max(cells.get(stem, period), period, key=_order)
    return sorted(last.items(), key=lambda item: (-len(item[1]), item[0].casefold(), item[0]))


def latest(table: list[tuple[str, dict[str, Period]]]) -> dict[str, Period]:
    """The last period of each notebook, whoever tells about it."""
    found: dict[str, Period] = {}
    for _, cells in table:
        for stem, period in cells.items():
            found[stem] = max(found.get(stem, period), period, key=_order)
    return found


def _order(period: Period) -> tuple:
    """Later ones last; of those that end on the same day the shortest, which says most precisely until when."""
    return period.end, period.start
