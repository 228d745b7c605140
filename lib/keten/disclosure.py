"""Keep small counts of people out of reports, also when a reader does sums.

Records (survey respondents, people in shelter) are personal data: a count of 1 to 4 never reaches a report.
Hiding that one cell is not enough, for a total minus the other cells gives it back; so further cells are
hidden with it (complementary suppression). The rules here:

* 0 may be shown; 1 to 4 is hidden (primary); what is needed to keep a hidden cell unknown is hidden as well.
* The attacker that we reckon with knows these rules, knows all margins that are shown, and knows that no
  hidden cell is 0. Even then a hidden cell of 1 to 4 can be anything from 1 to at least 5, and a hidden
  margin can be 5 or more; so neither the count nor a sum of hidden counts under 5 can be worked out.
* The result depends on the counts alone: same table, same cells hidden.

For each small cell the cheapest set of other cells is found that lets it move to 5 and to 1 while all that is
shown stays true: a flow of little cost (`Network`), or a linear programme beyond two dimensions. Sources: Kelly,
Golden and Assad (1992), "Cell suppression: disclosure protection for sensitive tabular data", Networks 22(4);
Hundepool et al. (2012), "Statistical Disclosure Control", chapter 4.

Limits: a table is protected on its own. Whoever shows two tables about the same people must see to it that
neither breaks down the other's hidden cells, and that a total hidden here is shown nowhere else.
"""

from collections.abc import Iterable
from heapq import heappop, heappush

import numpy as np
import pandas as pd
import scipy as sp  # its parts are imported when they are used

THRESHOLD = 5
"""The smallest count of people, other than zero, that may be shown."""

MINIMUM_BASE = 10
"""The smallest number of people that a mean, a share or a curve may rest on."""

TOTAL = "Totaal"

Link = tuple[int, int, int]
"""The sum at the other end, the cell, and whether going there raises (1) or lowers (-1) it."""


def is_small(count: int) -> bool:
    """Whether a count of people is too small to show (1 to 4)."""
    return 0 < count < THRESHOLD


def suppress(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hide the small counts of a two-way table, and what would give them away.

    `table`: counts of people (whole numbers, none missing), without margins. Returns the values (Int64,
    hidden = <NA>) and, in the same shape, each cell's status: `exact` or `suppressed`; both with a row and a
    column `Totaal`.
    """
    counts = _whole_numbers(table)
    full = np.pad(counts, ((0, 1), (0, 1)))
    full[:-1, -1] = counts.sum(axis=1)
    full[-1, :] = full[:-1].sum(axis=0)
    hidden = hide(full.ravel(), _sums_of_table(full.shape), _costs_of_table(full)).reshape(full.shape)

    index = pd.Index([*table.index, TOTAL], name=table.index.name)
    columns = pd.Index([*table.columns, TOTAL], name=table.columns.name)
    values = pd.DataFrame(full, index=index, columns=columns).astype("Int64").mask(hidden)
    return values, pd.DataFrame(np.where(hidden, "suppressed", "exact"), index=index, columns=columns)


def suppress_series(counts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Hide the small counts of a one-way table whose total is known to the reader.

    `counts`: counts of people (whole numbers, none missing). Returns the values (Int64, hidden = <NA>) and
    the statuses. If no choice of cells can protect the small ones, or the total itself is small, all are
    hidden, zeros too; a total under `THRESHOLD` must then not be shown either.
    """
    numbers = _whole_numbers(counts)
    total = numbers.sum()
    cells = np.append(numbers, total)
    sums = np.append(np.ones(len(numbers)), -1.0)[np.newaxis]
    costs = np.append(1 + numbers / max(total, 1), np.inf)
    try:
        hidden = hide(cells, sums, costs)[:-1]
    except CannotProtectError:
        hidden = np.ones(len(numbers), dtype=bool)
    values = pd.Series(numbers, index=counts.index, name=counts.name, dtype="Int64").mask(hidden)
    return values, pd.Series(np.where(hidden, "suppressed", "exact"), index=counts.index, name="status")


class CannotProtectError(Exception):
    """No set of cells protects the small ones while the total is shown."""


def hide(cells: np.ndarray, sums: "np.ndarray | sp.sparse.sparray", costs: np.ndarray) -> np.ndarray:
    """Which cells of any table to hide (booleans), so that no small count can be worked out.

    `cells`: counts with their totals. `sums`: one row per known sum, such that `sums @ cells == 0`. `costs`: what it
    costs to hide a cell; one of infinite cost is always known. Raises CannotProtectError.
    """
    sums = sp.sparse.csc_array(sums)
    hidden = (cells > 0) & (cells < THRESHOLD)
    if np.any(hidden & np.isinf(costs)):
        raise CannotProtectError
    network = Network(cells, sums)
    if network.exists:
        network.release(np.flatnonzero(hidden))
    for goal in (THRESHOLD, 1):
        small = np.flatnonzero(hidden & (cells < THRESHOLD) & (cells != goal))
        waiting: list[int] = small.tolist()
        if not network.exists:
            settled = _reached(waiting, goal, cells, sums, hidden)
            waiting = [target for target in waiting if target not in settled]
        for target in waiting:
            now = np.where(hidden, 0, costs)
            moved = network.moved(target, goal, now) if network.exists else _moved(cells, sums, target, goal, now)
            if moved is not None:
                if network.exists:
                    network.release(np.flatnonzero(moved & ~hidden))
                hidden |= moved
            elif goal == THRESHOLD:
                raise CannotProtectError
            # else it is the total of two cells that are not 0, which cannot become 1
    return hidden


def _reached(
    targets: list[int], goal: int, cells: np.ndarray, sums: "sp.sparse.csc_array", hidden: np.ndarray
) -> set[int]:
    """Which of the small cells can become `goal` while only hidden cells move: many are settled at once."""
    free = np.flatnonzero(hidden)
    waiting = set(targets)
    steps = goal - cells
    while waiting:
        mine = np.isin(free, list(waiting))
        lowest, highest = 1.0 - cells[free], np.where(mine & (goal == THRESHOLD), steps[free], np.inf)
        solution = _least(np.where(mine, -np.sign(goal - 2), 0), sums[:, free], np.column_stack([lowest, highest]))
        if solution is None:
            break
        moves = np.abs(solution - steps[free]) < 1e-6
        fresh = set(free[moves & mine].tolist())
        if not fresh:
            break
        waiting -= fresh
    return set(targets) - waiting


def _moved(
    cells: np.ndarray, sums: "sp.sparse.csc_array", target: int, goal: int, costs: np.ndarray
) -> np.ndarray | None:
    """Which cells change when `target` becomes `goal` at the least cost; None where that cannot be.

    Zeros stay zero and other cells stay 1 or more.
    """
    free = np.flatnonzero((cells > 0) & np.isfinite(costs))
    step = goal - cells[target]
    up, down = np.full(len(free), np.inf), cells[free] - 1.0
    place = int(np.searchsorted(free, target))
    up[place], down[place] = max(step, 0), max(-step, 0)
    bounds = np.column_stack([np.zeros(2 * len(free)), np.concatenate([up, down])])
    bounds[[place, place + len(free)], 0] = up[place], down[place]
    equations = sums[:, free]
    solution = _least(np.tile(costs[free], 2), sp.sparse.hstack([equations, -equations]), bounds)
    if solution is None:
        return None
    ups, downs = np.split(solution, 2)
    moved = np.zeros(len(cells), dtype=bool)
    moved[free] = np.abs(ups - downs) > 1e-6
    return moved


def _least(costs: np.ndarray, equations: "sp.sparse.sparray", bounds: np.ndarray) -> np.ndarray | None:
    """The point within the bounds that costs least and makes the equations 0; None when there is none."""
    from scipy.optimize import linprog  # slow to import, and few runs need it

    nothing = np.zeros(equations.shape[0])
    found = linprog(costs, A_eq=equations, b_eq=nothing, bounds=bounds, method="highs-ds")
    return found.x if found.success else None


def _sums_of_table(shape: tuple[int, int]) -> np.ndarray:
    """One equation per row and per column: the cells minus their total make 0."""
    rows, columns = shape
    signs_of_row = np.append(np.ones(columns - 1), -1)
    signs_of_column = np.append(np.ones(rows - 1), -1)
    return np.vstack([np.kron(np.eye(rows), signs_of_row), np.kron(signs_of_column, np.eye(columns))])


def _costs_of_table(full: np.ndarray) -> np.ndarray:
    """Rather a small cell than a large one, a cell than a margin, and anything than the grand total."""
    costs: np.ndarray = 1 + full / max(full[-1, -1], 1)
    costs[-1, :] += full.size
    costs[:, -1] += full.size
    costs[-1, -1] += full.size**2
    return costs.ravel()


def _whole_numbers(counts: pd.DataFrame | pd.Series) -> np.ndarray:
    numbers = counts.to_numpy(dtype=float)
    if np.isnan(numbers).any() or (numbers < 0).any() or (numbers % 1).any():
        raise ValueError("counts of people must be whole numbers, not negative and none missing")
    return numbers.astype("int64")


class Network:
    """Moves a cell of a table while all its sums stay true: rerouting, quicker than a linear programme.

    The sums of a table of one or two dimensions form a network: each sum is a node and each cell an edge between the
    two sums that it is in. Raising one cell then asks for a path back along other cells, raised or lowered by as much.
    `exists` is False when the equations `sums @ cells == 0` form no network.
    """

    def __init__(self, cells: np.ndarray, sums: "sp.sparse.csc_array") -> None:
        self.cells: list[int] = cells.tolist()  # single items of an array are slow
        self.ground = sums.shape[0]  # where a cell that is in one sum only is tied to
        self.links: list[list[Link]] = [[] for _ in range(self.ground + 1)]
        self.free_links: list[list[Link]] = [[] for _ in range(self.ground + 1)]
        self.ends: list[tuple[int, int]] = []
        entries = [
            list(zip(sums.indices[first:last], sums.data[first:last], strict=True))
            for first, last in zip(sums.indptr[:-1], sums.indptr[1:], strict=True)
        ]
        sides = _sides(entries, self.ground)
        self.exists = sides is not None
        if sides is None:
            return
        for cell, tied in enumerate(entries):
            signs = {int(node): int(sign) * sides[node] for node, sign in tied}
            if not signs:
                self.ends.append((self.ground, self.ground))
                continue
            if len(signs) < 2:
                signs[self.ground] = -sum(signs.values())
            start, end = sorted(signs, key=signs.__getitem__)
            self.ends.append((start, end))
            if cells[cell] > 0:  # zeros stay zero
                _tie(self.links, start, end, cell)

    def release(self, fresh: Iterable[int]) -> None:
        """Let these cells change at no cost."""
        for cell in fresh:
            _tie(self.free_links, *self.ends[cell], cell)

    def moved(self, target: int, goal: int, costs: np.ndarray) -> np.ndarray | None:
        """Which cells change, at little cost, when `target` becomes `goal` and the others stay 1 or more; or None.

        A cell of infinite cost does not change.
        """
        now = self.cells.copy()
        left = abs(goal - now[target])
        start, end = self.ends[target]
        if goal > self.cells[target]:
            start, end = end, start
        weights = costs.tolist()
        while left:
            path = self._free(start, end, target, now) or self._cheapest(start, end, target, weights, now)
            if path is None:
                return None
            room = [now[cell] - 1 for cell, step in path if step < 0]
            amount = min([left, *room])
            for cell, step in path:
                now[cell] += step * amount
            left -= amount
        now[target] = goal
        return np.not_equal(now, self.cells)

    def _free(self, start: int, end: int, target: int, now: list[int]) -> list[tuple[int, int]] | None:
        """The shortest way along cells that cost nothing; None when there is none."""
        came: dict[int, tuple[int, int, int]] = {start: (start, -1, 0)}
        waiting = [start]
        for node in waiting:
            for other, cell, step in self.free_links[node]:
                if other in came or cell == target or (step < 0 and now[cell] <= 1):
                    continue
                came[other] = (node, cell, step)
                if other == end:
                    return _way_back(came, start, end)
                waiting.append(other)
        return None

    def _cheapest(
        self, start: int, end: int, target: int, weights: list[float], now: list[int]
    ) -> list[tuple[int, int]] | None:
        """The cells to raise (1) or lower (-1) on the cheapest way from one sum to another (Dijkstra)."""
        best = {start: 0.0}
        came: dict[int, tuple[int, int, int]] = {}
        queue = [(0.0, start)]
        while queue:
            cost, node = heappop(queue)
            if node == end:
                return _way_back(came, start, end)
            if cost > best[node]:
                continue
            for other, cell, step in self.links[node]:
                further = cost + weights[cell]
                if cell == target or further >= best.get(other, float("inf")):
                    continue
                if step < 0 and now[cell] <= 1:
                    continue
                best[other], came[other] = further, (node, cell, step)
                heappush(queue, (further, other))
        return None


def _tie(links: list[list[Link]], start: int, end: int, cell: int) -> None:
    links[start].append((end, cell, 1))
    links[end].append((start, cell, -1))


def _way_back(came: dict[int, tuple[int, int, int]], start: int, node: int) -> list[tuple[int, int]]:
    path = []
    while node != start:
        node, cell, step = came[node]
        path.append((cell, step))
    return path


def _sides(entries: list[list[tuple[int, float]]], nodes: int) -> list[int] | None:
    """A sign per sum such that every cell counts once for and once against; None when there is no such choice."""
    bound: list[list[tuple[int, int]]] = [[] for _ in range(nodes)]
    for tied in entries:
        if len(tied) > 2 or any(abs(sign) != 1 for _, sign in tied):
            return None
        if len(tied) == 2:
            (one, first), (other, second) = tied
            relation = -int(first * second)
            bound[one].append((other, relation))
            bound[other].append((one, relation))
    sides = [0] * nodes
    for root in range(nodes):
        if sides[root]:
            continue
        sides[root], waiting = 1, [root]
        while waiting:
            node = waiting.pop()
            for other, relation in bound[node]:
                if not sides[other]:
                    sides[other] = sides[node] * relation
                    waiting.append(other)
                elif sides[other] != sides[node] * relation:
                    return None
    return sides
