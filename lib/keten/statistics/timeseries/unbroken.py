"""Stretches of a series without a gap and of one publisher: what a model over time may be fitted to."""

import pandas as pd

from keten.errors import KetenError
from keten.model.units import FREQUENCIES

PER_YEAR = {"month": 12, "quarter": 4}
SERIES = ["measure", "dimension", "category"]
WORDS = {count: FREQUENCIES[kind] for kind, count in PER_YEAR.items()}


def one_series(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The figures of one series in order of time, with its number of periods a year (12 or 4).

    frame: from `Workbook.series`, of one measure and at most one category, per month or quarter; a stock read on the
    last day of each month counts as one per month. Adds `place` (number of the period, one higher for the next) and
    `stretch` (number of the unbroken run of one publisher; NaN where there is no figure). Raises KetenError for
    anything else.
    """
    count = len(frame.drop_duplicates(SERIES))
    if count > 1:
        raise KetenError(
            f"De tabel bevat {count} reeksen; vraag er één op met series: één maat en één categorie (only=[...])."
        )
    if frame.value.isna().all():
        raise KetenError("De reeks bevat geen cijfers; kies een andere maat, categorie of periode.")
    rows = frame.sort_values("start", kind="stable").reset_index(drop=True)
    per_year = 12 if _month_ends(rows) else PER_YEAR.get("".join(set(rows.kind)))
    if per_year is None:
        raise KetenError(
            'De reeks is niet per maand of per kwartaal; vraag haar op met kind="month" of kind="quarter".'
        )
    place = per_year * rows.end.dt.year + (rows.end.dt.month - 1) // (12 // per_year)
    known = rows.value.notna()
    follows = (place.diff() == 1) & known.shift(fill_value=False) & (rows.organisation == rows.organisation.shift())
    return rows.assign(place=place, stretch=(~follows | ~known).cumsum().where(known)), per_year


def _month_ends(rows: pd.DataFrame) -> bool:
    dates = set(rows.kind) == {"date"} and rows.end.dt.is_month_end.all()
    return bool(dates and not rows.end.dt.to_period("M").duplicated().any())


def words(count: int, per_year: int) -> str:
    """`1 maand`, `3 kwartalen`."""
    return f"{count} {WORDS[per_year][count != 1]}"
