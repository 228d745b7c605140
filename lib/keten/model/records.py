"""Numbers from a file of records as figures: the same columns as a published figure, so that they are listed alike."""

from pathlib import Path

import pandas as pd

from keten.model.catalogue import Catalogue
from keten.workbook.workbook import FIGURE_COLUMNS


def as_figures(
    rows: pd.DataFrame,
    measure: str,
    dimension: str,
    period: str,
    known: pd.Timestamp,
    file: str,
    catalogue: Catalogue,
) -> pd.DataFrame:
    """Turn rows of an analysis into figures of one measure.

    rows: columns `category`, `value`, and where they differ `unit`, `statistic`, `status` and `period`; file: the name
    of the records file, shown as the source; known: the reference date, from which the numbers hold.
    """
    about = catalogue.measure(measure)
    base = {
        **dict.fromkeys(FIGURE_COLUMNS, ""),
        **dict.fromkeys(["assumed", "joined", "fallback"], False),
        **{"measure": measure, "label": about.label, "dimension": dimension, "unit": about.unit, "period": period},
        **{"organisation": about.organisation, "source_title": f"Bestand {Path(file).name}", "known": known},
        **{"status": "exact", "margin": 0.0, "start": pd.NaT, "end": pd.NaT},
    }
    figures = rows.assign(**{name: value for name, value in base.items() if name not in rows.columns})
    return figures.assign(value=pd.to_numeric(figures.value, errors="coerce").astype(float))[FIGURE_COLUMNS]
