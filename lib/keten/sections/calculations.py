"""What the sections on calculations over time share: numbers of ours as figures, and the words for a series."""

from typing import Any, cast

import pandas as pd

from keten.model.figures import FIGURE_COLUMNS
from keten.model.units import FREQUENCIES
from keten.presentation import prose


def calculated(rows: pd.DataFrame, column: str, name: str, statistic: str, calculation: str) -> pd.DataFrame:
    """The numbers in a column as figures of ours about the same periods as `rows`, to whole ones; without a margin."""
    return rows.assign(
        value=rows[column].round(),
        label=rows.label + f", {name}",
        statistic=statistic,
        calculation=f"{calculation}, eigen berekening",
        margin=float("nan"),
    )[FIGURE_COLUMNS]


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows with their cells by name."""
    return cast(list[dict[str, Any]], frame.to_dict("records"))


def course(series: pd.DataFrame) -> str:
    """`per maand, van januari 2013 tot en met juni 2017, IND`: what a series of one publisher covers."""
    first, last = (prose.named(series.period.iloc[place]) for place in (0, -1))
    return f"per {FREQUENCIES[series.kind.iloc[0]][0]}, van {first} tot en met {last}, {series.organisation.iloc[0]}"
