"""What may be shown of a survey once all its tables have been held side by side.

`protected_cells` protects the cells of one table. Here all that the report would say goes into one system
(`statistics.survey.system`), and what gives a small count away is withheld (`statistics.attack`). All tables take their
numbers from here.
"""

from dataclasses import replace
from functools import lru_cache
from math import nan

import pandas as pd

from keten.statistics.attack import Key, to_withhold
from keten.statistics.survey.protected_cells import Cell, cells_by_rule
from keten.statistics.survey.respondents import Respondents
from keten.statistics.survey.system import order, system_of


@lru_cache(maxsize=8)
def withheld(respondents: Respondents) -> frozenset[Key]:
    """What is not shown because it would give a small count away, together with what is."""
    return frozenset(to_withhold(system_of(respondents), order))


def is_withheld(respondents: Respondents, protect: bool, *key: str) -> bool:
    """Whether this may not be shown: a kind of `statistics.survey.system.KINDS`, and what it is about."""
    return protect and key in withheld(respondents)


def score_cells(respondents: Respondents, by: str | None = None, protect: bool = True) -> tuple[Cell, ...]:
    """The cells of every organisation and item; with `by` (a grouping, or "wave") of every group as well.

    With `protect` (for all that leaves the analyst's desk) without what the attack found; else everything is exact. A
    survey that was held once has no cells by "wave".
    """
    cells = cells_by_rule(respondents, by, protect)
    if not protect:
        return cells
    gone = withheld(respondents)
    if by is not None:
        return tuple(
            _bare(cell) if ("groups", by, cell.organisation, cell.item) in gone else cell
            for cell in cells
            if ("grouping", by, cell.organisation) not in gone
        )
    cells = tuple(_bare(cell) if ("cell", cell.organisation, cell.item) in gone else cell for cell in cells)
    return tuple(_without_mean(cell) if ("mean", cell.organisation, cell.item) in gone else cell for cell in cells)


def stated_importance(respondents: Respondents, protect: bool = True) -> tuple[Cell, ...]:
    """The cells of the importance that respondents gave to each item; none where they were not asked."""
    if not isinstance(respondents.importance, pd.DataFrame):
        return ()
    cells = cells_by_rule(replace(respondents, answers=respondents.importance), protect=protect)
    return tuple(
        _bare(cell) if is_withheld(respondents, protect, "importance", cell.organisation, cell.item) else cell
        for cell in cells
    )


def _bare(cell: Cell) -> Cell:
    """The cell with nothing but its number of records."""
    return Cell(cell.organisation, cell.group, cell.item, "suppressed", cell.records)


def _without_mean(cell: Cell) -> Cell:
    return replace(cell, mean=nan, sd=nan, status="suppressed")
