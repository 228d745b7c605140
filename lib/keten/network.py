"""Move a cell of a table while all its sums stay true: rerouting along a network, quicker than a linear programme.

The sums of a table of one or two dimensions form a network: each sum is a node and each cell an edge between the two
sums that it is in. Raising one cell then asks for a path back along other cells, raised or lowered by as much.
"""

from heapq import heappop, heappush

import numpy as np
from scipy import sparse


class Network:
    """The network of `sums @ cells == 0`. `exists` is False when these sums form none."""

    def __init__(self, cells: np.ndarray, sums: sparse.csc_array) -> None:
        self.cells = cells
        self.ground = sums.shape[0]  # where a cell that is in one sum only is tied to
        self.links: list[list[tuple[int, int, int]]] = [[] for _ in range(self.ground + 1)]
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
                self.links[start].append((end, cell, 1))
                self.links[end].append((start, cell, -1))

    def moved(self, target: int, goal: int, costs: np.ndarray) -> np.ndarray | None:
        """Which cells change, at little cost, when `target` becomes `goal` and the others stay 1 or more; or None.

        A cell of infinite cost does not change.
        """
        change = np.zeros(len(self.cells), dtype=np.int64)
        left = abs(goal - int(self.cells[target]))
        start, end = self.ends[target]
        if goal > self.cells[target]:
            start, end = end, start
        weights = costs.tolist()
        while left:
            path = self._cheapest(start, end, target, weights, change)
            if path is None:
                return None
            room = [int(self.cells[cell] + change[cell]) - 1 for cell, step in path if step < 0]
            amount = min([left, *room])
            for cell, step in path:
                change[cell] += step * amount
            left -= amount
        change[target] = goal - self.cells[target]
        return change != 0

    def _cheapest(
        self, start: int, end: int, target: int, weights: list[float], change: np.ndarray
    ) -> list[tuple[int, int]] | None:
        """The cells to raise (1) or lower (-1) on the cheapest way from one sum to another (Dijkstra)."""
        best = {start: 0.0}
        came: dict[int, tuple[int, int, int]] = {}
        queue = [(0.0, start)]
        while queue:
            cost, node = heappop(queue)
            if node == end:
                path = []
                while node != start:
                    node, cell, step = came[node]
                    path.append((cell, step))
                return path
            if cost > best[node]:
                continue
            for other, cell, step in self.links[node]:
                further = cost + weights[cell]
                if cell == target or further >= best.get(other, float("inf")):
                    continue
                if step < 0 and self.cells[cell] + change[cell] <= 1:
                    continue
                best[other], came[other] = further, (node, cell, step)
                heappush(queue, (further, other))
        return None


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
