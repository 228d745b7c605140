"""The parameters of a report, checked: its period, the years beside it, the as-of date and the nationality in focus."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from keten import asked
from keten.errors import KetenError
from keten.model.periods import CALENDAR_KINDS, Period, as_of_date
from keten.model.typed_period import typed_period
from keten.observations.dataset import Data, as_of_day, load
from keten.paths import data_folder
from keten.workbook.reach import Reach
from keten.workbook.watched import plain, watched

MOST_COMPARE_YEARS = 30


@dataclass(frozen=True)
class Scope:
    """What a report is about. `as_of`: the day on which its figures had to be known (None = the newest)."""

    folder: Path
    data: Data
    period: Period
    compare_years: int
    as_of: date | None
    nationality: str

    @property
    def last_day(self) -> pd.Timestamp:
        """The last day of which anything may be told: the end of the period, or the as-of date before it."""
        return pd.Timestamp(min(filter(None, [self.period.end, self.as_of])))

    @property
    def compared(self) -> list[Period]:
        """The period and the same period of the years beside it, newest first."""
        return [self.period.years_earlier(n) for n in range(self.compare_years + 1)]


def checked(
    period: str | Period, compare_years: int, as_of: str | date, nationality: str, data: Path | str | Scope | None
) -> Scope:
    """The parameters as a scope; KetenError, in one Dutch sentence, for a value that cannot be.

    data: the folder, or another scope, of which the data are used as they were when it was made.
    """
    day = as_of_date(as_of)
    with asked.quietly():  # what is taken from them is noted where that is done
        folder, known = state(data)
        known = watched(known)
    return Scope(
        folder=folder,
        data=known,
        compare_years=_checked_years(compare_years),
        nationality=known.catalogue.nationality(nationality),
        period=_checked_period(period, plain(known), day),
        as_of=day,
    )


def state(data: Path | str | Scope | None) -> tuple[Path, Data]:
    """A data folder and what was read from it; of a scope the same data as it has."""
    asked.note(asked.EVERYTHING)
    if isinstance(data, Scope):
        return data.folder, data.data
    folder = data_folder(data)
    return folder, load(folder)


def _checked_years(compare_years: int) -> int:
    if type(compare_years) is not int or not 0 <= compare_years <= MOST_COMPARE_YEARS:  # a bool is an int too
        raise KetenError(
            f"Het aantal jaren om mee te vergelijken (compare_years) is '{compare_years}'; "
            f"geef een geheel getal van 0 tot en met {MOST_COMPARE_YEARS}."
        )
    return compare_years


def _checked_period(text: str | Period, data: Data, as_of: date | None) -> Period:
    period = typed_period(text)
    if period.kind not in CALENDAR_KINDS:
        raise KetenError(
            f"De periode '{text}' is geen maand, kwartaal, halfjaar of jaar; geef bijvoorbeeld 2017-06, 2017-Q2, "
            "2017-H1 of 2017."
        )
    known = as_of_day(data.observations, as_of)
    if known.empty:
        raise KetenError(f"Op {as_of} waren er nog geen cijfers bekend; kies een latere datum (as_of).")
    if as_of is not None and period.start > as_of:
        raise KetenError(
            f"De periode {period} begint na de datum van de gegevens (as_of) {as_of}; kies een eerdere "
            "periode of een latere datum."
        )
    late = period.start > known.end.max().date()
    if late or period.end < known.start.min().date():
        ended = Reach(data, as_of).ended()
        near = [one for one in ended if one.kind == period.kind] or ended
        found = near[0 if late else -1] if near else None
        nearest = f'; het dichtstbij ligt {found.label} (period = "{found}")' if found else ""
        raise KetenError(f"Over {period.label} zijn er geen cijfers{nearest}.")
    return period
