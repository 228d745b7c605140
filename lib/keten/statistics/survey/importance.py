"""Importance of each item against how the organisations perform on it.

Built on the cells of `protected_cells`; `tables` explains `protect` and columns.
"""

from collections.abc import Sequence
from math import atanh, isnan, nan, sqrt, tanh

import pandas as pd
from scipy.special import ndtri

from keten.disclosure import MINIMUM_BASE, THRESHOLD, is_small
from keten.statistics.survey.facts import LEAST_ANSWERED
from keten.statistics.survey.protected_cells import Cell, round_to
from keten.statistics.survey.respondents import Respondents
from keten.statistics.survey.shown_cells import score_cells, stated_importance
from keten.statistics.survey.tables import LEVEL, interval_of, key_of, table_of

BELOW, AROUND, ABOVE = "below", "around", "above"
ADVICE = {  # importance, performance -> what to do; nothing where one of them is unknown
    (ABOVE, BELOW): "eerst verbeteren",
    (ABOVE, ABOVE): "zo houden",
    (BELOW, BELOW): "minder dringend",
    (BELOW, ABOVE): "geen extra inzet nodig",
    **{(AROUND, side): "grensgeval" for side in (BELOW, AROUND, ABOVE)},
    **{(side, AROUND): "grensgeval" for side in (BELOW, ABOVE)},
}

CLOSE = 0.85
"""A correlation beyond this, in the tenths that it is rounded to, is not shown beside a hidden distribution."""

Weight = tuple[float, float, float, str]
"""An importance with its interval, and by which method."""


def importance(respondents: Respondents, protect: bool = True) -> pd.DataFrame:
    """Importance against performance of each item: what matters much and scores low should be improved first.

    Columns: organisation, item, records, n, performance, performance_low, performance_high, importance,
    importance_low, importance_high, method, advice, status (of the performance). `performance`: the mean.
    `importance`, by `method`: `genoemd` = the mean of what respondents said, with t-interval; `vastgesteld`
    = a number from the settings; `afgeleid` = Spearman's correlation of the item with the mean of the
    respondent's other items (at least half of them answered), with Fisher's z-interval as in Bonett and
    Wright (2000, Psychometrika 65). Derived importance says what goes together with a good judgement, not
    what causes it. `advice`: the quadrant of Martilla and James (1977, J. of Marketing 41), split at the
    organisation's averages over its items; `grensgeval` where an interval reaches over the split.
    """
    cells = score_cells(respondents, protect=protect)
    weights = _importances(respondents, cells, protect)
    rows = [
        (
            *key_of(cell),
            cell.mean,
            *interval_of(cell, respondents.scale),
            *weights.get((cell.organisation, cell.item), (nan, nan, nan, "genoemd")),
            cell.status,
        )
        for cell in cells
    ]
    axes = ("performance", "importance")
    columns = " ".join(f"{axis} {axis}_low {axis}_high" for axis in axes)
    table = table_of(rows, f"organisation item records n {columns} method status")
    averages = table.groupby("organisation")[list(axes)].transform("mean")
    sides = [_side(table[axis], table[f"{axis}_low"], table[f"{axis}_high"], averages[axis]) for axis in reversed(axes)]
    table.insert(len(table.columns) - 1, "advice", [ADVICE.get(pair) for pair in zip(*sides, strict=True)])
    return table


def _importances(respondents: Respondents, cells: Sequence[Cell], protect: bool) -> dict[tuple[str, str], Weight]:
    """Importance of every item of every organisation, with its interval and method."""
    given = respondents.importance
    found: dict[tuple[str, str], Weight] = {}
    if isinstance(given, pd.DataFrame):
        for cell in stated_importance(respondents, protect):
            interval = interval_of(cell, respondents.scale)
            found[cell.organisation, cell.item] = (cell.mean, *interval, "genoemd")
    elif given is not None:
        for cell in cells:
            found[cell.organisation, cell.item] = (float(given.get(cell.item, nan)), nan, nan, "vastgesteld")
    else:
        for organisation, answers in respondents.answers.groupby("organisation", observed=True):
            scores = answers.pivot(index=["respondent", "wave"], columns="item", values="score").astype(float)
            mine = {cell.item: cell for cell in cells if cell.organisation == organisation}
            lowest, highest = respondents.scale
            whole = all(len(cell.classes) > highest - lowest for cell in mine.values())
            for item in scores:
                protected = mine[str(item)] if protect else None
                derived = _correlation(scores[item], scores.drop(columns=item), protected, whole)
                found[str(organisation), str(item)] = (*derived, "afgeleid")
    return found


def _correlation(item: pd.Series, others: pd.DataFrame, cell: Cell | None, whole: bool) -> tuple[float, float, float]:
    """Spearman's correlation of an item with the mean of the other items, with its interval.

    Protected, that is with the cell of the item: nothing where nothing of the cell is shown; rounded to 0.1, to 0.01
    from 50 answers on. `whole`: of all these items the share of each score is shown; else it is rounded to 0.1 and
    from 0.9 not shown, as two items that agree so well give the distribution of each other away.
    """
    enough = (others.count(axis=1) >= max(1, LEAST_ANSWERED * others.shape[1])) & item.notna()
    n = int(enough.sum())
    if n < MINIMUM_BASE or (cell and cell.base < MINIMUM_BASE):
        return nan, nan, nan
    correlation = item[enough].rank().corr(others[enough].mean(axis=1).rank())
    slack = 0.0
    if cell and correlation == correlation:
        step = 0.01 if n >= 50 and whole else 0.1
        correlation, slack, n = round_to(correlation, step), step / 2, _fewer(n, int(item.count()), cell)
        if n < MINIMUM_BASE or (not whole and abs(correlation) > CLOSE):
            return nan, nan, nan
    if not abs(correlation) < 1:  # no spread at all, or perfect agreement: there is no interval
        return correlation, nan, nan
    half = ndtri((1 + LEVEL) / 2) * sqrt((1 + correlation**2 / 2) / (n - 3))
    low, high = tanh(atanh(correlation) - half), tanh(atanh(correlation) + half)
    return correlation, max(low - slack, -1.0), min(high + slack, 1.0)


def _fewer(n: int, answered: int, cell: Cell) -> int:
    """A number of answers for an interval, in tens, that leaves unknown who answered this item and few of the others.

    As long as those may be five or more; where the number of answers is hidden, beside the one at least who skipped it.
    """
    found = min(n, cell.base) // 10 * 10
    most = answered if cell.n is not None else (cell.records or 0) - 1
    while (cell.n is None or is_small(answered - n)) and most - found < THRESHOLD:
        found -= 10
    return found


def _side(values: pd.Series, lows: pd.Series, highs: pd.Series, split: pd.Series) -> list[str | None]:
    """On which side of the split each value lies with its interval; without an interval, the value alone."""
    lows, highs = lows.fillna(values), highs.fillna(values)
    return [
        None if isnan(low) else BELOW if high < middle else ABOVE if low >= middle else AROUND
        for low, high, middle in zip(lows, highs, split, strict=True)
    ]
