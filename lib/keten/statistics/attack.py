"""An attack on what is about to be shown: can a reader work out a count of fewer than five people from all of it?

All tables of a report speak of the same people. What each says is a statement on counts that the reader does not know:
a weighted sum of them lies between two bounds. Shares, means and differences are such statements too, with the room
that their rounding leaves. The attacker has every statement at once and looks for the whole numbers that fit
(HiGHS, by `scipy.optimize.milp`: its linear bounds first, then whole numbers). A count of 1 to 4 is pinned unless
something that fits has `THRESHOLD` or more in its place. What pins it is withheld, the least worth first, until it is
pinned no longer.

Nothing depends on the clock: a search that takes too many steps counts as pinned. Source: Hundepool et al. (2012),
"Statistical Disclosure Control", section 4.3 (auditing of a table).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import scipy as sp  # its parts are imported when they are used

from keten.disclosure import THRESHOLD, CannotProtectError, is_small

MOST_STEPS = 2000  # branches of a search for whole numbers
ROUNDS = 4  # of looking at all parts at once
EAGER = 100.0  # how many people may be moved to bring a watched sum one nearer to its goal

Key = tuple[str, ...]
"""What is withheld when a statement may not be made: first the kind, then what it is about."""

KNOWN: Key = ()
"""The key of what the reader knows anyway, such as that parts make a whole."""

Terms = Mapping[int, float]
"""A weighted sum: by the number of each count its weight."""


@dataclass(frozen=True)
class Statement:
    """What a reader is told: the weighted sum lies from low to high."""

    key: Key
    terms: Terms
    low: float
    high: float


@dataclass(frozen=True)
class Watched:
    """A small sum of counts that no reader may find.

    As a rule it must seem possible that it is `THRESHOLD` or more. `few`: that it is less is no secret, as its place
    says so (nothing, or "<5"); then another number must be possible.
    """

    terms: Terms
    true: int
    few: bool = False

    def is_open(self, value: float) -> bool:
        """Whether a reader who thinks it possible that it is so much does not know it."""
        return value > 0.5 and abs(value - self.true) > 0.5 if self.few else value > THRESHOLD - 0.5

    @property
    def ways_out(self) -> list[tuple[float, float]]:
        """From what to what it would have to be able to be: one of these will do."""
        if not self.few:
            return [(THRESHOLD, np.inf)]
        return [(self.true + 1, np.inf), *([(1, self.true - 1)] if self.true > 1 else [])]


@dataclass
class System:
    """Counts, statements on them, and the small sums of counts that no reader may find."""

    truth: list[int] = field(default_factory=list)
    most: list[int] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    watched: list[Watched] = field(default_factory=list)

    def count(self, true: int, most: int) -> int:
        """A new count, of which the reader knows that it is at most so many; its number."""
        self.truth.append(int(true))
        self.most.append(int(most))
        return len(self.truth) - 1

    def value(self, terms: Terms) -> float:
        """What a weighted sum truly is."""
        return sum(weight * self.truth[count] for count, weight in terms.items())

    def tell(self, key: Key, terms: Terms, low: float, high: float) -> None:
        """State that a weighted sum lies between two bounds."""
        if terms:
            self.statements.append(Statement(key, terms, low, high))

    def tell_exactly(self, key: Key, terms: Terms) -> None:
        """State what a weighted sum is."""
        true = self.value(terms)
        self.tell(key, terms, true, true)

    def watch(self, terms: Terms, few: bool = False) -> None:
        """Guard a sum of counts, when it is small."""
        true = round(self.value(terms))
        if is_small(true):
            self.watched.append(Watched(terms, true, few))


def total(*parts: Terms) -> Terms:
    """The sum of weighted sums."""
    found: dict[int, float] = defaultdict(float)
    for part in parts:
        for count, weight in part.items():
            found[count] += weight
    return found


def times(factor: float, terms: Terms) -> Terms:
    """A weighted sum so many times."""
    return {count: factor * weight for count, weight in terms.items()}


def pinned(system: System, withheld: Iterable[Key] = ()) -> list[Watched]:
    """The watched sums that a reader finds, when these keys are withheld."""
    gone, parts = set(withheld), _parts(system)
    waiting = _left_after_rounds(parts, gone)
    return [one for part, left in zip(parts, waiting, strict=True) for one in part.pinned(gone, left)]


def to_withhold(system: System, order: Callable[[Key], tuple[object, ...]]) -> set[Key]:
    """What must be withheld, so that no watched sum is pinned; what comes first by `order` is given up first.

    Raises CannotProtectError when what the reader knows anyway pins one.
    """
    found: set[Key] = set()
    parts = _parts(system)
    for part, left in zip(parts, _left_after_rounds(parts, found), strict=True):
        while betrayed := part.pinned(found, left):  # what is open beside all statements is open beside fewer
            found |= part.enough(betrayed[0], found, order)
    return found


def _parts(system: System) -> list["_Part"]:
    """The system in parts that share no count, those alone in which something is watched."""
    if not system.watched:
        return []
    every = [*(one.terms for one in system.statements), *(one.terms for one in system.watched)]
    rows = [place for place, terms in enumerate(every) for _ in terms]
    counts = [count for terms in every for count in terms]
    links = sp.sparse.coo_array((np.ones(len(rows)), (rows, counts)), (len(every), len(system.truth)))
    both = sp.sparse.block_array([[None, links], [links.T, None]])
    _, labels = sp.sparse.csgraph.connected_components(both, directed=False)
    statements: dict[int, list[Statement]] = defaultdict(list)
    for one, label in zip(system.statements, labels, strict=False):
        statements[label].append(one)
    watched: dict[int, list[Watched]] = defaultdict(list)
    for small, label in zip(system.watched, labels[len(system.statements) : len(every)], strict=True):
        watched[label].append(small)
    return [_Part(system, statements[label], watched[label]) for label in watched]


def _left_after_rounds(parts: list["_Part"], withheld: set[Key]) -> list[list[int]]:
    """Of each part the places of the watched sums that `_at_once` does not settle in a few rounds.

    Two sums that cannot both be `THRESHOLD` or more are settled in different rounds.
    """
    waiting = [list(range(len(part.watched))) for part in parts]
    for _ in range(ROUNDS):
        open_ = [place for place, left in enumerate(waiting) if left]
        before = sum(map(len, waiting))
        solutions = _at_once([parts[place] for place in open_], withheld, [waiting[place] for place in open_])
        for place, numbers in zip(open_, solutions, strict=True):
            waiting[place] = waiting[place] if numbers is None else parts[place].left(waiting[place], numbers)
        if sum(map(len, waiting)) == before:
            break
    return waiting


def _at_once(parts: list["_Part"], withheld: set[Key], waiting: list[list[int]]) -> list[np.ndarray | None]:
    """For each part whole numbers that fit and leave many of those sums open; None where none were found.

    One linear programme for all parts, which settles most of them: the calls to the solver are what takes time.
    """
    if not parts:
        return []
    active = [part.active(withheld) for part in parts]
    matrix = sp.sparse.block_diag([part.matrix[mine] for part, mine in zip(parts, active, strict=True)], format="csr")
    targets = sp.sparse.block_diag(
        [part.targets[left] for part, left in zip(parts, waiting, strict=True)], format="csr"
    )
    true, most = (np.concatenate([getattr(part, name) for part in parts]) for name in ("true", "most"))
    low, high = (
        np.concatenate([getattr(part, name)[mine] for part, mine in zip(parts, active, strict=True)])
        for name in ("low", "high")
    )
    goals = np.array(
        [part.watched[place].ways_out[0][0] for part, left in zip(parts, waiting, strict=True) for place in left]
    )
    size, aims = len(true), len(goals)
    eagerness = EAGER * (1 + np.arange(aims) * 0.618 % 1)  # unequal: of two that share a few people one gets all
    system = sp.sparse.block_array(
        [[matrix, -matrix, sp.sparse.csr_array((len(low), aims))], [targets, -targets, -sp.sparse.eye_array(aims)]]
    )
    sums, reached = matrix @ true, targets @ true
    found = _solved(
        np.concatenate([np.ones(2 * size), -eagerness]),
        system,
        np.concatenate([low - sums, -reached]),
        np.concatenate([high - sums, np.full(aims, np.inf)]),
        np.concatenate([most - true, true, goals]),
        np.zeros(2 * size + aims),
    )
    if found is None:
        return [None] * len(parts)
    numbers = np.split(true + found[:size] - found[size : 2 * size], np.cumsum([len(part.true) for part in parts])[:-1])
    return [
        part.whole(near, part.matrix[mine], part.low[mine], part.high[mine])
        for part, mine, near in zip(parts, active, numbers, strict=True)
    ]


class _Part:
    """Statements that hang together, ready for the solver."""

    def __init__(self, system: System, statements: list[Statement], watched: list[Watched]):
        self.statements, self.watched = statements, watched
        sums = [*(one.terms for one in statements), *(one.terms for one in watched)]
        used = sorted({count for terms in sums for count in terms})
        self.place = {count: place for place, count in enumerate(used)}
        self.most = np.array([system.most[count] for count in used], dtype=float)
        self.true = np.array([system.truth[count] for count in used], dtype=float)
        self.matrix = self._rows([one.terms for one in statements])
        self.low = np.array([one.low for one in statements])
        self.high = np.array([one.high for one in statements])
        self.targets = self._rows([one.terms for one in watched])

    def _rows(self, sums: list[Terms]) -> "sp.sparse.csr_array":
        rows = [row for row, terms in enumerate(sums) for _ in terms]
        columns = [self.place[count] for terms in sums for count in terms]
        weights = [weight for terms in sums for weight in terms.values()]
        return sp.sparse.csr_array((weights, (rows, columns)), (len(sums), len(self.place)), dtype=float)

    def pinned(self, withheld: set[Key], places: list[int]) -> list[Watched]:
        """Of the watched sums in these places those that no whole numbers leave open."""
        active, waiting = self.active(withheld), places
        lost = []
        while waiting:
            target, *waiting = waiting
            solution = self._one(active, target)
            if solution is None:
                lost.append(self.watched[target])
            else:
                waiting = self.left(waiting, solution)
        return lost

    def enough(self, betrayed: Watched, withheld: set[Key], order: Callable[[Key], tuple[object, ...]]) -> set[Key]:
        """A few keys that leave this sum open once they are withheld as well."""
        target = self.watched.index(betrayed)
        candidates = sorted({one.key for one in self.statements} - withheld - {KNOWN}, key=order)
        given_up: list[Key] = []

        def is_open(keys: Iterable[Key]) -> bool:
            gone = withheld.union(keys)
            return self._one(self.active(gone), target) is not None

        for key in candidates:
            given_up.append(key)
            if is_open(given_up):
                break
        else:
            raise CannotProtectError
        for key in given_up[:-1]:  # what came before the one that opened it may have been given up for nothing
            if is_open([other for other in given_up if other != key]):
                given_up = [other for other in given_up if other != key]
        return set(given_up)

    def active(self, withheld: set[Key]) -> np.ndarray:
        """Which statements are made when these keys are withheld."""
        return np.array([one.key not in withheld for one in self.statements], dtype=bool)

    def left(self, waiting: list[int], solution: np.ndarray) -> list[int]:
        """Those that this solution does not leave open."""
        values = self.targets @ np.round(solution)
        return [target for target in waiting if not self.watched[target].is_open(values[target])]

    def _one(self, active: np.ndarray, target: int) -> np.ndarray | None:
        """Whole numbers that fit and leave this target open; None when there are none."""
        matrix = sp.sparse.csc_array(sp.sparse.vstack([self.matrix[active], self.targets[[target]]]))
        for least, most in self.watched[target].ways_out:
            low, high = np.append(self.low[active], least), np.append(self.high[active], most)
            near = self._nearest(matrix, low, high)
            if near is None:
                continue  # no numbers fit, let alone whole ones
            if (found := self.whole(near, matrix, low, high)) is not None:
                return found
            nothing, whole = np.zeros(len(near)), np.ones(len(near))
            if (found := _solved(nothing, matrix, low, high, self.most, whole)) is not None:
                return found
        return None

    def _nearest(self, matrix: "sp.sparse.csc_array", low: np.ndarray, high: np.ndarray) -> np.ndarray | None:
        """Numbers that fit, whole or not, as near to the true ones as can be: many times quicker than whole ones."""
        true = matrix @ self.true
        up_or_down = sp.sparse.hstack([matrix, -matrix])
        ways = np.concatenate([self.most - self.true, self.true])
        found = _solved(np.ones(len(ways)), up_or_down, low - true, high - true, ways, np.zeros(len(ways)))
        if found is None:
            return None
        ups, downs = np.split(found, 2)
        near: np.ndarray = self.true + ups - downs
        return near

    def whole(
        self, near: np.ndarray, matrix: "sp.sparse.csc_array", low: np.ndarray, high: np.ndarray
    ) -> np.ndarray | None:
        """The whole numbers beside these, when they fit as well."""
        rounded: np.ndarray = np.round(near)
        sums = matrix @ rounded
        return rounded if np.all((sums > low - 0.5) & (sums < high + 0.5)) else None


def _solved(
    costs: np.ndarray,
    matrix: "sp.sparse.sparray",
    low: np.ndarray,
    high: np.ndarray,
    most: np.ndarray,
    whole: np.ndarray,
) -> np.ndarray | None:
    """Numbers from 0 to `most`, those of `whole` without a fraction, that fit; None when none were found."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # slow to import, and few runs need it

    solution: np.ndarray | None = milp(
        costs,
        integrality=whole,
        bounds=Bounds(np.zeros(len(most)), most),
        constraints=[LinearConstraint(sp.sparse.csc_array(matrix), low, high)],
        options={"node_limit": MOST_STEPS},
    ).x
    return solution
