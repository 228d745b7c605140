"""Which period a run is about, whether the reports have figures of it, and how old the newest figures are."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from keten.clock import today
from keten.model.parameters import DEFAULTS
from keten.model.periods import as_of_date
from keten.model.typed_period import typed_period
from keten.paths import notebooks_folder
from keten.reports.choice import as_type, available
from keten.reports.notebook import Notebook

SHARED_PARAMETERS = ("period", "as_of", "compare_years", "nationality")


@dataclass(frozen=True)
class PeriodChoice:
    """The period of a run as `periods` prints it, and what its manifest tells beside it.

    default: the edition that the data themselves choose, with the reason; outdated: the `key_figures` without a recent
    figure, and the `day` from which that is judged.
    """

    period: str
    default: dict[str, Any]
    outdated: dict[str, Any]


def checked(data: Path, given: dict[str, str], notebooks: list[Notebook]) -> PeriodChoice:
    """The period of this run, once the workbook accepts it and its companions.

    given: the parameters as typed; without a period it is the default one. Raises KetenError for a wrong value, and for
    a given period of which no report has a figure of its own.
    """
    from keten.workbook.declared import declared
    from keten.workbook.default_edition import default_edition
    from keten.workbook.outdated import outdated
    from keten.workbook.own_periods import refuse_without_own
    from keten.workbook.workbook import Workbook

    values = _shared(given)
    regular = [notebook for notebook in available(notebooks_folder()) if notebook.regular]
    told = {notebook.stem: declared(notebook.path) for notebook in [*regular, *notebooks]}
    if period := given.get("period"):
        words = {stem: one.words for stem, one in told.items()}
        refuse_without_own(typed_period(period), words, data, values["as_of"])
    choice = Workbook(**values, data=data).choice or default_edition(data, values["as_of"])
    day = as_of_date(values["as_of"]) or date.fromisoformat(today())  # the day of the run, which its manifest tells
    late = outdated({stem: one.key_figures for stem, one in told.items()}, day, data, values["as_of"])
    return PeriodChoice(
        str(typed_period(period or choice.period)),
        {**vars(choice), "sentence": choice.sentence},
        {"day": str(day), "key_figures": [{**vars(one), "newest": str(one.newest or "")} for one in late]},
    )


def _shared(given: dict[str, str]) -> dict[str, Any]:
    """The parameters that all notebooks share: as typed, else as `DEFAULTS` has them; the period only as typed."""
    typed = {name: as_type(name, given[name], DEFAULTS[name]) for name in SHARED_PARAMETERS if name in given}
    return {name: typed.get(name, DEFAULTS[name]) for name in SHARED_PARAMETERS} | {"period": given.get("period", "")}
