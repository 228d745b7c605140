"""Units of measure and frequencies: how figures in them are compared, and what they are called."""

FREQUENCIES = {
    "date": ("peildatum", "peildata"),
    "month": ("maand", "maanden"),
    "quarter": ("kwartaal", "kwartalen"),
    "half_year": ("halfjaar", "halfjaren"),
    "year": ("jaar", "jaren"),
    "span": ("tijdvak", "tijdvakken"),
}
"""The Dutch word of each kind of period, singular and plural, from the finest on."""


def is_rate(unit: str) -> bool:
    """Whether figures in this unit differ by points instead of percents: shares, scores and durations."""
    return unit in ("percent", "months", "days") or unit.startswith("score")
