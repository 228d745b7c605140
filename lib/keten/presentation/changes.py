"""How figures changed since an earlier period, as figures themselves."""

from typing import Any

import pandas as pd

from keten.model.figures import joined_sources, records
from keten.model.quality import combined
from keten.model.units import is_rate
from keten.presentation import prose

EXTRA = ["before", "verdict", "short", "change", "figure_unit"]
NOT_ALIKE = "geen vergelijkbaar cijfer"
"""In the place of a figure or a change of another publisher or definition, across a break, or of a part of a period."""


def by_row(frame: pd.DataFrame) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The records of each measure and category, in order of appearance."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for record in records(frame):
        found.setdefault((record["measure"], record["category"]), []).append(record)
    return found


def changes_of(frame: pd.DataFrame) -> pd.DataFrame:
    """The change of each category's last period against each earlier one.

    frame: from `Workbook.compare`. Returns the columns of a figure, with the change as `value` in percent (in points
    for a rate; NaN when no number can be given), and `before` (the earlier period), `verdict` (as `prose.change`),
    `short` (Dutch words for a table), `change` (the `prose.Change`), `figure_unit` (of the two figures) and `reason`
    (why the two cannot be compared, "" when they can or there is no earlier one).
    """
    rows = [_change(now, before) for *earlier, now in by_row(frame).values() for before in earlier]
    return pd.DataFrame(rows, columns=[*frame.columns, *EXTRA]).astype({"value": float})


def _change(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    rate, reason = is_rate(now["unit"]), now["reason"] or before["reason"]
    margins, about = (now["margin"], before["margin"]), before["precision"] == "circa"
    earlier = None if reason else before["value"]
    change = prose.change(now["value"], earlier, *margins, rate=rate, about=about)
    value = change.absolute if rate else change.percent
    return {
        **now,
        "value": float("nan") if value is None else value,
        "unit": now["unit"] if rate else "percent",
        "statistic": f"change_{'points' if rate else 'percent'};reference={before['period']}",
        **(combined([now, before]) if value is not None else {}),
        **joined_sources(*([row[name] for row in (now, before)] for name in ("source_title", "source_url"))),
        "before": before["period"],
        "verdict": change.verdict,
        "short": NOT_ALIKE if reason else prose.change_short(change, now["unit"]),
        "change": change,
        "figure_unit": now["unit"],
        "reason": reason,
    }


def absolute_changes(changes: pd.DataFrame) -> pd.DataFrame:
    """The changes of counts on a base too small for a percentage, as numbers; from `changes_of`."""
    is_bare = [change.absolute is not None and change.percent is None and not change.rate for change in changes.change]
    bare = changes[pd.Series(is_bare, changes.index, dtype=bool)]
    return bare.assign(
        value=[change.absolute for change in bare.change],
        unit=bare.figure_unit,
        statistic="change_absolute;reference=" + bare.before,
    )
