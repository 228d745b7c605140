"""How figures changed since an earlier period, as figures themselves."""

from typing import Any

import pandas as pd

from keten.model.figures import derived, joined_ids, joined_sources, records
from keten.model.quality import combined
from keten.model.units import is_rate
from keten.presentation import prose
from keten.presentation.output import as_shown

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
    for a rate; NaN when no number can be given, also within the rounding), and `before` (the earlier period),
    `verdict` (as `prose.change`), `short` (Dutch words for a table), `change` (the `prose.Change`), `figure_unit` (of
    the two figures) and `reason` (why the two cannot be compared, "" when they can or there is no earlier one).
    """
    rows = [_change(now, before) for *earlier, now in by_row(frame).values() for before in earlier]
    return pd.DataFrame(rows, columns=[*frame.columns, *EXTRA]).astype({"value": float})


def _change(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    rate, reason = is_rate(now["unit"]), now["reason"] or before["reason"]
    new, old = (
        None if pd.isna(row["value"]) else as_shown(row["value"], row["unit"], row["statistic"], row["margin"])
        for row in (now, before)
    )
    about, now_about = (row["precision"] == "circa" for row in (before, now))
    change = prose.change(new, None if reason else old, now["margin"], before["margin"], rate, about, now_about)
    value = change.absolute if rate else change.percent
    if change.verdict == prose.WITHIN_ROUNDING:
        value = None  # what cannot be told from rounding has no number
    return {
        **now,
        "value": float("nan") if value is None else value,
        "margin": float("nan"),  # the value has no more digits than its margin carries
        "unit": now["unit"] if rate else "percent",
        "statistic": derived(
            f"change_{'points' if rate else 'percent'};reference={before['period']}", now["statistic"]
        ),
        "source": joined_ids((now["source"], before["source"])),
        **(combined([now, before]) if value is not None else {}),
        **joined_sources(*([row[name] for row in (now, before)] for name in ("source_title", "source_url"))),
        "before": before["period"],
        "verdict": change.verdict,
        "short": NOT_ALIKE if reason else prose.change_short(change, now["unit"]),
        "change": change,
        "figure_unit": now["unit"],
        "reason": reason,
    }
