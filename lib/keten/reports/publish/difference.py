"""How the figures of two editions differ: new, withdrawn, revised, or counted in another way.

Without what was counted from records of persons: the difference of two counts may stand for fewer people than either.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from keten.reports.publish.baseline import comparable

COLUMNS = (
    "change", "measure", "dimensions", "period", "label", "from", "to", "unit", "unit_from", "publisher",
    "publisher_from", "status", "status_from",
)  # fmt: skip
NEW, WITHDRAWN, REVISED, REDEFINED = "new", "withdrawn", "revised", "redefined"


def differences(before: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """One row of `COLUMNS` per published figure that differs: first those of `now` in its order, then what is gone.

    before, now: rows of the `figures.csv` of two editions. `redefined`: of another unit or publisher, so that `from`
    and `to` cannot be compared; `revised`: another value or status of the same; `withdrawn`: no longer shown.
    """
    old, new = ({_key(row): row for row in comparable(map(dict, rows))} for rows in (before, now))
    found = [(change_of(old.get(key), row), old.get(key, {}), row) for key, row in new.items()]
    found += [(WITHDRAWN, row, {}) for key, row in old.items() if key not in new]
    return [_row(change, was, row) for change, was, row in found if change]


def _key(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["measure"], row["dimensions"] or "", row["period"]


def change_of(was: Mapping[str, Any] | None, row: Mapping[str, Any]) -> str:
    """What happened to a figure: new, redefined or revised; '' when it says what it said."""
    if was is None:
        return NEW
    if any(_cell(was, name) != _cell(row, name) for name in ("unit", "publisher")):
        return REDEFINED
    return REVISED if any(_cell(was, name) != _cell(row, name) for name in ("value", "status")) else ""


def _row(change: str, was: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, str]:
    about = row or was
    told = {name: _cell(about, name) for name in ("measure", "dimensions", "period", "label")}
    pairs = {
        "from": _cell(was, "value"),
        "to": _cell(row, "value"),
        **{name: _cell(row, name) for name in ("unit", "publisher", "status")},
        **{f"{name}_from": _cell(was, name) for name in ("unit", "publisher", "status")},
    }
    return {"change": change} | told | pairs


def _cell(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value)
