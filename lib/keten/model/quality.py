"""How sure a figure is: the words and the order of its status."""

STATUSES = ("exact", "rounded_5", "rounded_10", "circa", "provisional", "suppressed", "missing")
PRECISION = {
    "exact": 0,
    "provisional": 1,
    "rounded_5": 2,
    "rounded_10": 3,
    "circa": 4,
    "suppressed": 5,
    "missing": 6,
}
STATUS_WORDS = {
    "rounded_5": "afgerond op vijftallen",
    "rounded_10": "afgerond op tientallen",
    "circa": "bij benadering",
    "provisional": "voorlopig",
}
ROUNDED = ("rounded_5", "rounded_10", "circa")
CONFIDENTIAL = "vertrouwelijk volgens de bron"  # note of a figure that is hidden, and not for its size
