"""Differences of mean scores between organisations, groups and waves.

Built on the cells of `protected_cells`; `tables` explains `protect` and columns.
"""

from collections.abc import Iterator
from itertools import combinations, pairwise
from math import ceil, isnan, nan, sqrt

import pandas as pd
from scipy.special import stdtr

from keten.statistics.survey.facts import pairs_of, scores_by_respondent
from keten.statistics.survey.protected_cells import MERGED, Cell, round_to
from keten.statistics.survey.respondents import Respondents
from keten.statistics.survey.shown_cells import is_withheld, score_cells
from keten.statistics.survey.tables import table_of, two_sided

SIGNIFICANT = 0.05

HIGHER, LOWER, SAME = "aantoonbaar hoger", "aantoonbaar lager", "geen aantoonbaar verschil"
UNKNOWN = "onbekend"

Found = tuple[int | None, float, float, float, float, str, str]
"""Number of pairs, difference, the bounds of its interval, p, method and status."""


def differences(respondents: Respondents, between: str = "organisation", protect: bool = True) -> pd.DataFrame:
    """Differences of means per item between organisations, or within each between groups or waves.

    `between`: "organisation" (every pair), a grouping (every pair of groups) or "wave" (each with the
    previous). Columns: organisation (within which; None between organisations), item, first, second,
    n_first, n_second, n_pairs, difference (mean of second minus mean of first), low, high, p, p_holm,
    method, verdict, status.

    Method `Welch`: two independent samples of unequal variance (Welch 1947, Biometrika 34). Method
    `gepaard`: where the same respondents rated both organisations (at least 10, and half of the smaller
    one's), the mean of the differences within respondents, with a t-interval; it leaves out who rated only
    one. Waves are taken as independent samples. `p_holm`: p corrected for all comparisons in the table
    (Holm 1979, Scand. J. Statist. 6); `verdict` (of the second against the first) rests on it; the interval
    is not corrected. Protected tables use the rounded means and the widest spread that fits what is shown,
    so that p is too high rather than too low.
    """
    by = None if between == "organisation" else between
    cells = [cell for cell in score_cells(respondents, by, protect) if cell.group != MERGED or by != "wave"]
    scores = scores_by_respondent(respondents) if respondents.linked and by is None else None
    rows = []
    for first, second in _pairs(cells, between):
        gone = is_withheld(respondents, protect, "pairs", first.organisation, second.organisation, first.item)
        paired = None if scores is None else _paired(first, second, scores, protect, gone)
        names = (first.group, second.group) if by else (first.organisation, second.organisation)
        within = first.organisation if by else None
        found = paired or _independent(first, second)
        rows.append((within, first.item, *names, first.n, second.n, *found))
    columns = "organisation item first second n_first n_second n_pairs difference low high p method status"
    return _with_holm(table_of(rows, columns))


def _pairs(cells: list[Cell], between: str) -> Iterator[tuple[Cell, Cell]]:
    """The cells to compare: the same item, and within one organisation unless organisations are compared."""
    families: dict[tuple[str, ...], list[Cell]] = {}
    for cell in cells:
        key = (cell.item,) if between == "organisation" else (cell.organisation, cell.item)
        families.setdefault(key, []).append(cell)
    for family in families.values():
        yield from pairwise(family) if between == "wave" else combinations(family, 2)


def _independent(first: Cell, second: Cell) -> Found:
    """Welch's comparison of two cells."""
    if isnan(first.sd) or isnan(second.sd):
        return _not_compared("Welch", first, second)
    variances = [cell.sd**2 / cell.base for cell in (first, second)]
    squares = [variance**2 / (cell.base - 1) for variance, cell in zip(variances, (first, second), strict=True)]
    degrees = sum(variances) ** 2 / sum(squares) if any(variances) else nan
    slack = (first.step + second.step) / 2
    tested = _tested(second.mean - first.mean, sqrt(sum(variances)), degrees, slack)
    return None, *tested, "Welch", "circa" if slack else "exact"


def _paired(first: Cell, second: Cell, scores: pd.Series, protect: bool, withheld: bool) -> Found | None:
    """Comparison within respondents; None where too few rated both."""
    pairs = pairs_of(first, second, scores, protect)
    if pairs is None:
        return None
    if withheld or isnan(pairs.step):
        return _not_compared("gepaard", first, second)
    gaps, n, step = pd.Series(pairs.gaps, dtype=float), len(pairs.gaps), pairs.step
    difference, error, slack = float(gaps.mean()), float(gaps.std()) / sqrt(n), 0.0
    if step:
        difference, error, slack = round_to(difference, step), ceil(error / step) * step, step / 2
    tested = _tested(difference, error, n // 10 * 10 - 1 if step else n - 1, slack)
    return None if pairs.n_hidden else n, *tested, "gepaard", "circa" if step else "exact"


def _tested(difference: float, error: float, degrees: float, slack: float) -> tuple[float, float, float, float]:
    """A difference that is known within `slack`, its interval, and two-sided p; p is NaN when nothing varies."""
    half = slack + (two_sided(degrees) * error if error > 0 else 0.0)
    p = float(2 * stdtr(degrees, -max(abs(difference) - slack, 0) / error)) if error > 0 else nan
    return difference, difference - half, difference + half, p


def _not_compared(method: str, *cells: Cell) -> Found:
    status = "missing" if all(cell.status == "missing" for cell in cells) else "suppressed"
    return None, nan, nan, nan, nan, method, status


def _with_holm(table: pd.DataFrame) -> pd.DataFrame:
    """Add p corrected for the number of comparisons, and what it says."""
    corrected = pd.Series(nan, index=table.index)
    tested = table["p"].notna()
    if tested.any():
        from statsmodels.stats.multitest import multipletests  # slow to import, and few runs need it

        corrected[tested] = multipletests(table.loc[tested, "p"], method="holm")[1]
    verdicts = [_verdict(*values) for values in zip(corrected, table["difference"], strict=True)]
    table.insert(list(table.columns).index("p") + 1, "p_holm", corrected)
    table.insert(list(table.columns).index("method") + 1, "verdict", verdicts)
    return table


def _verdict(p: float, difference: float) -> str:
    if isnan(p):
        return UNKNOWN
    if p >= SIGNIFICANT:
        return SAME
    return HIGHER if difference > 0 else LOWER
