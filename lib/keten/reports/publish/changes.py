"""What has changed: a report's key figures since the edition before, and figures that were revised since.

Pure functions of what the two reports say; the outcome is JSON that travels in the executed notebook.
"""

from typing import Any

from keten.model.periods import Period
from keten.model.rounding import margin_of
from keten.model.units import is_rate
from keten.presentation import prose
from keten.reports.periods import in_words
from keten.reports.publish.baseline import comparable, from_records

SUPPRESSED = "minder dan 5"
DIGITS = 4  # as figures.csv; what lies beyond is noise of the calculation


def changes(
    key_figures: list[dict[str, Any]],
    figures: list[dict[str, Any]],
    previous: dict[str, Any] | None,
    baseline: list[dict[str, Any]],
) -> dict[str, Any]:
    """What a report says under "Wat is er veranderd".

    `key_figures` and `figures`: of this report. `previous`: from `baseline.previous`. `baseline`: rows of the same
    report on earlier data, none when it was not made before.
    """
    return {
        "previous": previous and {**previous, "key_figures": compared(key_figures, previous["key_figures"])},
        "revised": {"figures": revised(figures, baseline)} if baseline else None,
    }


def compared(now: list[dict[str, Any]], before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The key figures that both reports have, with the change in words; none that was counted from records."""
    known = {_name(figure): figure for figure in before if not from_records(figure)}
    return [
        _compared(figure, known[_name(figure)]) for figure in now if _name(figure) in known and not from_records(figure)
    ]


def _name(key_figure: dict[str, Any]) -> tuple:
    return key_figure["label"], key_figure.get("measure", ""), key_figure.get("dimensions", "")


def _compared(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    unit = now.get("unit") or ""
    new, old = _number(now.get("number")), _number(before.get("number"))
    if unit != (before.get("unit") or ""):
        old = None
    return {
        "label": now["label"],
        "measure": now.get("measure", ""),
        "unit": unit,
        "now": {"text": now["value"], "number": new, "period": now["period"]},
        "before": {"text": before["value"], "number": old, "period": before["period"]},
        "change": _change(now, before, new, old, unit),
    }


def _change(now: dict[str, Any], before: dict[str, Any], new: float | None, old: float | None, unit: str) -> str:
    """The change in words; a figure over the same period is no newer one, though it may be revised."""
    same_period = now["period"] == before["period"] and None not in (new, old)
    if same_period and new == old:
        return "geen nieuwer cijfer"
    if not _as_long(now, before):
        return "niet te vergelijken: een andere duur"
    if _publisher(now) != _publisher(before) and _publisher(now) and _publisher(before):
        return "niet te vergelijken: een andere uitgever"
    margins = (_margin(new, now, unit), _margin(old, before, unit))
    words = prose.change_short(prose.change(new, old, *margins, rate=is_rate(unit)), unit)
    return f"herzien: {words}" if same_period else words


def _publisher(key_figure: dict[str, Any]) -> str:
    """Whose figure it is; '' where an earlier edition does not tell."""
    return key_figure.get("publisher") or ""


def _as_long(now: dict[str, Any], before: dict[str, Any]) -> bool:
    """Whether a month is set against a month, a quarter against a quarter, ...; a stock on a day has no duration."""
    periods = [Period.parse(figure["moment"]) for figure in (now, before) if figure.get("moment")]
    lengths = {(one.kind, (one.end - one.start).days if one.kind == "span" else 0) for one in periods}
    return len(lengths) < 2 or any(one.kind == "date" for one in periods)


def _margin(value: float | None, key_figure: dict[str, Any], unit: str) -> float:
    precision = key_figure.get("precision") or key_figure.get("status") or ""  # an earlier edition tells one word
    return margin_of(float("nan") if value is None else value, precision, unit)


def revised(now: list[dict[str, Any]], before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Published figures that both reports show, each with another value; in the order of this report."""
    known = {_figure(row): _number(row["value"]) for row in comparable(before)}
    found = []
    for row in comparable(now):
        new = _number(row["value"])
        if _figure(row) in known and (old := known[_figure(row)]) != new:
            found.append(
                {
                    "label": row["label"],
                    "measure": row["measure"],
                    "period": in_words(row["period"]),
                    "unit": row["unit"],
                    "old": {"text": _value_text(old, row["unit"]), "number": old},
                    "new": {"text": _value_text(new, row["unit"]), "number": new},
                }
            )
    return found


def _figure(row: dict[str, Any]) -> tuple:
    return row["measure"], row["dimensions"] or "", row["period"]


def _number(value: Any) -> float | None:
    """A value of JSON or of a CSV cell; None for one that is not shown."""
    return None if value in (None, "") else round(float(value), DIGITS)


def _value_text(value: float | None, unit: str) -> str:
    return SUPPRESSED if value is None else prose.number(value, unit=unit)
