"""Small counts: hidden, and not to be worked out from what is shown."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from keten.disclosure import MINIMUM_BASE, THRESHOLD, TOTAL, is_small, suppress, suppress_series


def feasible(equations: np.ndarray, published: np.ndarray, cell: int, lowest: int) -> tuple[float, float]:
    """Bounds of a cell for an attacker who knows that hidden (NaN) cells are at least `lowest`."""
    bounds = [(lowest, None) if np.isnan(value) else (value, value) for value in published]
    aim = np.eye(len(published))[cell]
    zeros = np.zeros(len(equations))
    least = linprog(aim, A_eq=equations, b_eq=zeros, bounds=bounds)
    most = linprog(-aim, A_eq=equations, b_eq=zeros, bounds=bounds)
    return round(least.fun), np.inf if most.status == 3 else round(-most.fun)


def equations_of(rows: int, columns: int) -> np.ndarray:
    """Cells minus total = 0, for a table whose last row and column are totals."""
    equations = []
    for row in range(rows):
        grid = np.zeros((rows, columns))
        grid[row] = 1
        grid[row, -1] = -1
        equations.append(grid.ravel())
    for column in range(columns):
        grid = np.zeros((rows, columns))
        grid[:, column] = 1
        grid[-1, column] = -1
        equations.append(grid.ravel())
    return np.array(equations)


def test_threshold_is_five_and_zero_may_be_shown():
    assert (THRESHOLD, MINIMUM_BASE) == (5, 10)
    assert [is_small(count) for count in (0, 1, 4, 5)] == [False, True, True, False]


def test_table_without_small_counts_is_shown_whole_with_its_totals():
    table = pd.DataFrame({"terug": [0, 7], "vergunning": [12, 5]}, index=["Utrecht", "Groningen"])
    values, status = suppress(table)
    assert values.loc["Utrecht"].tolist() == [0, 12, 12]
    assert values[TOTAL].tolist() == [12, 12, 24]
    assert (status == "exact").all(axis=None)


def test_one_small_cell_takes_a_rectangle_of_others_with_it():
    table = pd.DataFrame([[3, 20, 50], [30, 40, 60], [70, 80, 90]], index=list("abc"), columns=list("xyz"))
    values, status = suppress(table)
    # 20, 30 and 40 are the cheapest cells that close a rectangle with the 3; all totals stay
    hidden = [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]
    assert sorted(status.stack()[lambda cell: cell == "suppressed"].index) == hidden
    assert values.isna().equals(status == "suppressed")
    assert values.loc[TOTAL].tolist() == [103, 140, 200, 443]


@pytest.mark.parametrize("seed", range(8))
def test_no_hidden_count_can_be_worked_out_from_a_table(seed):
    random = np.random.default_rng(seed)
    rows, columns = random.integers(1, 6, size=2)
    table = pd.DataFrame(random.choice([0, 0, 1, 2, 3, 4, 5, 6, 9, 20, 80], size=(rows, columns)))
    values, _ = suppress(table)
    true = table.to_numpy()
    true = np.vstack([true, true.sum(axis=0)])
    true = np.hstack([true, true.sum(axis=1, keepdims=True)]).ravel()
    published = values.to_numpy(dtype=float, na_value=np.nan).ravel()
    shown = ~np.isnan(published)
    assert (published[shown] == true[shown]).all()
    assert not any(is_small(count) for count in published[shown])
    equations = equations_of(rows + 1, columns + 1)
    for cell in np.flatnonzero(~shown & (true < THRESHOLD)):
        least, most = feasible(equations, published, cell, lowest=0)
        assert least == 0 and most >= THRESHOLD
        is_margin = cell % (columns + 1) == columns or cell >= rows * (columns + 1)
        if not is_margin:
            least, most = feasible(equations, published, cell, lowest=1)
            assert least == 1 and most >= THRESHOLD


def test_series_hides_a_second_count_beside_the_small_one():
    values, status = suppress_series(pd.Series({"ja": 3, "nee": 40, "soms": 7, "nooit": 0}))
    assert values.isna().to_dict() == {"ja": True, "nee": False, "soms": True, "nooit": False}
    assert status.to_dict() == {"ja": "suppressed", "nee": "exact", "soms": "suppressed", "nooit": "exact"}


@pytest.mark.parametrize("counts", [[3, 0, 0], [4, 1, 0], [1, 1, 1, 1, 1], [2]])
def test_series_that_cannot_be_protected_is_hidden_whole(counts):
    # a total of 5 or less leaves no cell free to be 5 beside others; zeros that stayed would give it away
    assert suppress_series(pd.Series(counts))[0].isna().all()


@pytest.mark.parametrize("seed", range(8))
def test_no_hidden_count_can_be_worked_out_from_a_series_and_its_total(seed):
    random = np.random.default_rng(seed)
    counts = random.choice([0, 1, 2, 4, 6, 30], size=random.integers(2, 8))
    values, _ = suppress_series(pd.Series(counts))
    published = np.append(values.to_numpy(dtype=float, na_value=np.nan), counts.sum())
    equations = np.append(np.ones(len(counts)), -1)[np.newaxis]
    for cell in np.flatnonzero((counts > 0) & (counts < THRESHOLD)):
        least, most = feasible(equations, published, cell, lowest=0)
        assert least == 0 and most >= min(THRESHOLD, counts.sum())


@pytest.mark.parametrize("counts", [[1.5, 2], [-1, 3], [np.nan, 3]])
def test_anything_but_whole_numbers_of_people_is_refused(counts):
    with pytest.raises(ValueError, match="whole numbers"):
        suppress_series(pd.Series(counts))
