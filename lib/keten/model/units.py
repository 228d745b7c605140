"""Units of measure and frequencies: which values they can have, how they are compared, and what they are called."""

from math import inf

FREQUENCIES = {
    "date": ("peildatum", "peildata"),
    "month": ("maand", "maanden"),
    "quarter": ("kwartaal", "kwartalen"),
    "half_year": ("halfjaar", "halfjaren"),
    "year": ("jaar", "jaren"),
    "span": ("tijdvak", "tijdvakken"),
}
"""The Dutch word of each kind of period, singular and plural, from the finest on."""


def bounds(text: str) -> tuple[float, float]:
    """The lowest and highest value that a range such as `0..100`, `0..` or `` (any) allows; ValueError for other texts.

    >>> bounds("-100..")
    (-100.0, inf)
    """
    if not text:
        return -inf, inf
    low, high = (float(end) if end else None for end in text.split(".."))
    found = -inf if low is None else low, inf if high is None else high
    if not found[0] < found[1]:
        raise ValueError(text)
    return found


def is_rate(unit: str) -> bool:
    """Whether figures in this unit differ by points instead of percents: shares, scores and durations."""
    return unit in ("percent", "months", "days") or unit.startswith("score")
