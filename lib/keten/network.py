"""Move a cell of a table while all its sums stay true: rerouting along a network, quicker than a linear programme.

The sums of a table of one or two dimensions form a network: each sum is a node and each cell an edge between the two
sums that it is in. Raising one cell then asks for a path back along other cells, raised or lowered by as much.
"""

from collections.abc import Iterable
from heapq import heappop, heappush

import numpy as np
from scipy import sparse

Link = tuple[int, int, int]
"""The sum at the other end, the cell, and whether going there raises (1) or lowers (-1) it."""


class Network:
    """The network of `sums @ cells == 0`. `exists` is False when these sums form none."""

    def __init__(self, cells: np.ndarray, sums: sparse.csc_array) -> None:
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
        return np.array(now) != np.array(self.cells)

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
