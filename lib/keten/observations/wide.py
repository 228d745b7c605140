"""Observations as a spreadsheet has them: a column per dimension."""

import pandas as pd

RESERVED = frozenset(
    [
        "measure", "period", "freq", "value", "status", "confidentiality", "precision", "source", "as_of", "note",
        "editor_note",
    ]
)  # fmt: skip


def wide(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with a column per dimension in the place of `dimension` and `category`.

    frame: at least `dimension` (`a+b`, "" = total) and `category` (`x + y`). The new columns are in alphabetical order
    and empty where a row is not broken down by them. A dimension that is called as a column of the output already is
    (`source`, `status`) is preceded by `by_`. All other columns stay as they are.
    """
    pairs = list(dict.fromkeys(zip(frame.dimension, frame.category, strict=True)))
    parts = {pair: named(*pair) for pair in pairs}
    columns = {_column(name, frame): name for name in set().union(*parts.values())}
    place = list(frame.columns).index("dimension")
    result = frame.drop(columns=["dimension", "category"])
    found = [parts[pair] for pair in zip(frame.dimension, frame.category, strict=True)]
    for offset, (column, name) in enumerate(sorted(columns.items())):
        result.insert(place + offset, column, [values.get(name, "") for values in found])
    return result


def named(dimension: str, category: str) -> dict[str, str]:
    """The category of each dimension of one row: `a+b` and `x + y` give `{"a": "x", "b": "y"}`."""
    names = dimension.split("+") if dimension else []
    return dict(zip(names, category.split(" + ", len(names) - 1) if names else [], strict=False))


def _column(name: str, frame: pd.DataFrame) -> str:
    taken = RESERVED | (set(frame.columns) - {"dimension", "category"})
    return f"by_{name}" if name in taken else name
