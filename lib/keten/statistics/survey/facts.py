"""Counts of respondents beside the cells of each item.

Who answered, who gave one answer to everything, who rated two organisations.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from keten.disclosure import MINIMUM_BASE, is_small, suppress_series
from keten.statistics.survey.protected_cells import Cell, rounding_step
from keten.statistics.survey.respondents import Respondents

if TYPE_CHECKING:
    from pandas.core.groupby import SeriesGroupBy

LEAST_ANSWERED = 0.5  # share of the items (and at least two) that makes a record fit to judge as a whole


def scores_per_record(respondents: Respondents) -> Iterator[tuple[str, "SeriesGroupBy[Any, Any]"]]:
    """Of each organisation the scores, grouped by record."""
    for organisation, answers in respondents.answers.groupby("organisation", observed=True):
        yield str(organisation), answers.groupby(["respondent", "wave"], dropna=False, observed=True)["score"]


@lru_cache(maxsize=8)
def answering(respondents: Respondents) -> dict[str, list[int]]:
    """Per organisation how many records have an answer, and how many have none."""
    found = {}
    for organisation, scores in scores_per_record(respondents):
        answered = scores.count() > 0
        found[organisation] = [int(answered.sum()), int((~answered).sum())]
    return found


def least_answered(items: int) -> int:
    """How many of the items a record has to answer to be fit to judge as a whole."""
    return max(2, ceil(LEAST_ANSWERED * items))


@lru_cache(maxsize=8)
def straight_lines(respondents: Respondents) -> dict[str, list[int]]:
    """Per organisation how many records have one answer throughout, how many more, and how many too few to judge."""
    least = least_answered(respondents.answers["item"].nunique())
    found = {}
    for organisation, scores in scores_per_record(respondents):
        enough, one_answer = scores.count() >= least, scores.nunique() == 1
        found[organisation] = [int(part.sum()) for part in (enough & one_answer, enough & ~one_answer, ~enough)]
    return found


def shown_counts(parts: list[int], protect: bool, least: int = 0) -> tuple[pd.Series, int | None]:
    """How many records each part has, and all together; hidden where small, or all when there are under `least`."""
    counts = pd.Series(parts, dtype="Int64")
    records = sum(parts)
    if not protect:
        return counts, records
    shown = suppress_series(counts)[0] if records >= least else counts.mask(counts >= 0)
    return shown, None if is_small(records) else records


def scores_by_respondent(respondents: Respondents) -> pd.Series:
    """Scores by organisation, item, respondent and wave."""
    answers = respondents.answers.assign(wave=respondents.answers["wave"].astype(object).fillna(""))
    keys = ["organisation", "item", "respondent", "wave"]
    return answers.astype({"organisation": str, "item": str}).set_index(keys)["score"].sort_index()


@dataclass(frozen=True)
class Pairs:
    """Respondents who rated two organisations on one item: their scores side by side, and how much may be said.

    `scores`: those of the first and of the second [n x 2]. `n_hidden`: their number may not be shown. `step`: to what
    the mean difference is rounded (0 = not, NaN = it may not be shown).
    """

    scores: np.ndarray
    n_hidden: bool
    step: float

    @property
    def gaps(self) -> np.ndarray:
        """The second score minus the first, of each respondent."""
        gaps: np.ndarray = self.scores[:, 1] - self.scores[:, 0]
        return gaps


def pairs_of(first: Cell, second: Cell, scores: pd.Series, protect: bool) -> Pairs | None:
    """Who rated both; None where too few did for a comparison within respondents."""
    try:
        rated = [scores.xs((cell.organisation, cell.item)).dropna() for cell in (first, second)]
    except KeyError:
        return None
    both = pd.concat(rated, axis=1, join="inner").to_numpy(dtype=int)
    n = len(both)
    if n < MINIMUM_BASE or n < min(map(len, rated)) / 2:
        return None
    sizes = np.unique(both[:, 1] - both[:, 0], return_counts=True)[1]
    n_hidden = protect and (first.n is None or second.n is None or any(is_small(len(part) - n) for part in rated))
    rounded = protect and (n_hidden or any(map(is_small, sizes.tolist())))
    step = rounding_step(n) if rounded else 0.0
    return Pairs(both, n_hidden, float("nan") if protect and "suppressed" in (first.status, second.status) else step)
