"""Units of measure: how figures in them are compared."""


def is_rate(unit: str) -> bool:
    """Whether figures in this unit differ by points instead of percents: shares, scores and durations."""
    return unit in ("percent", "months", "days") or unit.startswith("score")
