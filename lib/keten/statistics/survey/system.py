"""All that a report says of a survey, as one system of statements on how many respondents gave which score.

Per organisation and item the reader does not know how many gave each score, or none; nor that per group, nor how many
gave which two scores to two organisations. Groupings of which one refines the other (country within continent) are one
table: they share their counts. Two items of one organisation speak of each other through who skipped most of them, and
through who gave one answer to everything. Not in the system, as they are not linear: rank correlations, which
`statistics.survey.importance` rounds, or leaves out where they come near to telling how an item was answered.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from math import floor, isnan

import numpy as np
import pandas as pd

from keten.disclosure import MINIMUM_BASE
from keten.statistics.attack import KNOWN, Key, System, Terms, times, total
from keten.statistics.survey.facts import (
    Pairs,
    answering,
    least_answered,
    pairs_of,
    scores_by_respondent,
    shown_counts,
    straight_lines,
)
from keten.statistics.survey.protected_cells import MERGED, Cell, cells_by_rule
from keten.statistics.survey.respondents import Respondents

SKIPPED = -1000  # in place of a score; no scale reaches it
KINDS = ("pairs", "groups", "answered", "judged", "invited", "mean", "grouping", "importance", "cell")
"""What may be withheld, the least worth first."""

About = tuple[str, str]
"""Organisation and item."""

Counted = dict[int, Terms]
"""By score (and `SKIPPED`) which counts make the number of people who gave it."""

Groups = dict[tuple[str, ...], np.ndarray]
"""By combination of categories of some groupings: how many skipped, and gave each score."""

GroupCells = dict[str, dict[About, dict[str, Cell]]]
"""By grouping, organisation and item the cell of each group."""


def order(key: Key) -> tuple[object, ...]:
    """What is withheld first."""
    return KINDS.index(key[0]), key


def system_of(respondents: Respondents) -> System:
    """The system of everything that a report on these respondents may show."""
    made = _Maker(respondents, "cell")
    made.items()
    made.pairs()
    made.records()
    if isinstance(respondents.importance, pd.DataFrame):
        stated = replace(respondents, answers=respondents.importance, groupings=(), linked=False)
        _Maker(stated, "importance", made.system).items(waves=False)
    return made.system


class _Maker:
    def __init__(self, respondents: Respondents, kind: str, system: System | None = None):
        self.respondents, self.kind = respondents, kind
        self.system = system or System()
        self.scores = range(respondents.scale[0], respondents.scale[1] + 1)
        self.cells = {(cell.organisation, cell.item): cell for cell in cells_by_rule(respondents)}
        self.counted: dict[About, Counted] = {}
        self.sums = [scores for scores in self._sums() if scores]

    def _sums(self) -> list[list[int]]:
        """Scores that a table may take together, and each alone."""
        scores = list(self.scores)
        return [*([one] for one in scores), scores[:2], scores[2:-2], scores[-2:], scores[:-2]]

    # -- items --

    def items(self, waves: bool = True) -> None:
        """What is said of every item of every organisation, in all and by group."""
        names = [*self.respondents.groupings, *(["wave"] if waves and self.respondents.has_waves else [])]
        tables = [self._by_group(family) for family in _families(self.respondents.answers, names)]
        whole = _counts(self.respondents.answers, [], self.scores)
        for about, cell in self.cells.items():
            if cell.records is None:
                continue  # nothing is shown of fewer than five
            numbers = whole[about][()]
            families = [(by_name, groups[about]) for by_name, groups in tables]
            if self._needs_no_attack(numbers, [rows for _, rows in families]):
                continue
            self._item(about, cell, numbers, families)

    def _needs_no_attack(self, numbers: np.ndarray, families: list[Groups]) -> bool:
        """Whether nobody gave an answer that few gave; two organisations with each other are looked at apart."""
        if self.respondents.linked:
            return False
        every = [numbers, *(rows for family in families for rows in family.values())]
        return not any(((one > 0) & (one < 5)).any() for one in every) and not numbers[0]

    def _by_group(self, names: Sequence[str]) -> tuple[GroupCells, dict[About, Groups]]:
        cells: GroupCells = {}
        for name in names:
            cells[name] = defaultdict(dict)
            for cell in cells_by_rule(self.respondents, name):
                cells[name][cell.organisation, cell.item][str(cell.group)] = cell
        return cells, _counts(self.respondents.answers, list(names), self.scores)

    def _item(self, about: About, cell: Cell, numbers: np.ndarray, families: list[tuple[GroupCells, Groups]]) -> None:
        most = int(numbers.sum())
        counted = self._new(numbers, most)
        self.counted[about] = counted
        self._say(cell, counted, KNOWN, (self.kind, *about), ("mean", *about) if self.kind == "cell" else None)
        self._watch(counted, cell.n is None)
        for cells_by_name, groups in families:
            self._groups(about, counted, cells_by_name, groups, most)

    def _new(self, numbers: np.ndarray, most: int) -> Counted:
        """New counts: of those who skipped, and who gave each score."""
        return {
            score: {self.system.count(number, most): 1.0}
            for score, number in zip(self._answers, numbers.tolist(), strict=True)
        }

    @property
    def _answers(self) -> list[int]:
        return [SKIPPED, *self.scores]

    def _groups(self, about: About, counted: Counted, cells_by_name: GroupCells, groups: Groups, most: int) -> None:
        """The tables of groupings that refine each other, on one set of counts."""
        names = list(cells_by_name)
        atoms = {atom: self._new(numbers, most) for atom, numbers in groups.items()}
        for score in self._answers:
            rest = total(*(atom[score] for atom in atoms.values()), times(-1, counted[score]))
            self.system.tell(KNOWN, rest, 0, 0)
        for place, name in enumerate(names):
            cells = cells_by_name[name].get(about, {})
            for group, cell in cells.items():
                inside = [atom for atom in atoms if (atom[place] if atom[place] in cells else MERGED) == group]
                parts: Counted = {score: total(*(atoms[atom][score] for atom in inside)) for score in self._answers}
                self._say(cell, parts, ("grouping", name, about[0]), ("groups", name, *about), None)
                self._watch(parts, cell.n is None)
                for score in self._answers:
                    self.system.watch(total(counted[score], times(-1, parts[score])), score == SKIPPED)
            if len(names) > 1:  # a small group that was merged in the one may stand alone in the other
                for value in dict.fromkeys(atom[place] for atom in atoms):
                    inside = [atom for atom in atoms if atom[place] == value]
                    self.system.watch(total(*(terms for atom in inside for terms in atoms[atom].values())))

    def _say(self, cell: Cell, counted: Counted, records: Key, key: Key, mean: Key | None) -> None:
        """What a cell says of the counts that it is made of."""
        answered = total(*(counted[score] for score in self.scores))
        if cell.records is not None:
            self.system.tell_exactly(records, total(answered, counted[SKIPPED]))
        if cell.n is not None:
            self.system.tell_exactly(key, answered)
        for part in cell.classes:
            inside = total(*(counted[score] for score in range(part.low, part.high + 1)))
            if part.count is not None:
                self.system.tell_exactly(key, inside)
            else:  # a whole percentage p: (p - 1/2) n <= 100 count < (p + 1/2) n
                percent = round(100 * part.share)
                self.system.tell(key, total(times(200, inside), times(1 - 2 * percent, answered)), 0, np.inf)
                self.system.tell(key, total(times(200, inside), times(-1 - 2 * percent, answered)), -np.inf, -1)
        if cell.step and not isnan(cell.mean):
            self._say_rounded(mean or key, self._points(counted), answered, cell.mean, cell.step)

    def _points(self, counted: Counted) -> Terms:
        return total(*(times(score, counted[score]) for score in self.scores))

    def _say_rounded(self, key: Key, points: Terms, people: Terms, mean: float, step: float) -> None:
        """A mean that was rounded, halves up: (mean - step/2) people <= points < (mean + step/2) people."""
        middle, half = round(200 * mean), round(100 * step)
        self.system.tell(key, total(times(200, points), times(half - middle, people)), 0, np.inf)
        self.system.tell(key, total(times(200, points), times(-half - middle, people)), -np.inf, -1)

    def _watch(self, counted: Counted, n_hidden: bool) -> None:
        for scores in self.sums:
            self.system.watch(total(*(counted[score] for score in scores)))
        self.system.watch(counted[SKIPPED], few=n_hidden)

    # -- two organisations --

    def pairs(self) -> None:
        """What comparisons within respondents say of how many gave which two scores."""
        if not self.respondents.linked:
            return
        scores = scores_by_respondent(self.respondents)
        organisations = list(dict.fromkeys(organisation for organisation, _ in self.cells))
        items = list(dict.fromkeys(item for _, item in self.cells))
        for item in items:
            for names in combinations(organisations, 2):
                about = [(name, item) for name in names]
                if not all(one in self.counted for one in about):
                    continue
                found = pairs_of(self.cells[about[0]], self.cells[about[1]], scores, True)
                if found is not None and not isnan(found.step):
                    self._pair(("pairs", *names, item), found, [self.counted[one] for one in about])

    def _pair(self, key: Key, pairs: Pairs, counted: list[Counted]) -> None:
        system, n = self.system, len(pairs.scores)
        many = {(int(a), int(b)): int(size) for (a, b), size in _sizes(pairs.scores)}
        both: dict[tuple[int, int], Terms] = {
            (a, b): {system.count(many.get((a, b), 0), n): 1.0} for a in self.scores for b in self.scores
        }
        for place in (0, 1):
            for score in self.scores:
                inside = total(*(terms for pair, terms in both.items() if pair[place] == score))
                alone = total(counted[place][score], times(-1, inside))
                system.tell(KNOWN, alone, 0, np.inf)
            rated = total(*(counted[place][score] for score in self.scores))
            system.watch(total(rated, times(-1, total(*both.values()))), few=pairs.n_hidden)
        people = total(*both.values())
        gaps: dict[int, Terms] = {
            gap: total(*(terms for (a, b), terms in both.items() if b - a == gap))
            for gap in range(self.scores[0] - self.scores[-1], self.scores[-1] - self.scores[0] + 1)
        }
        points = total(*(times(gap, terms) for gap, terms in gaps.items() if gap))
        if not pairs.n_hidden:
            system.tell_exactly(key, people)
        if pairs.step:
            mean = floor(pairs.gaps.mean() / pairs.step + 0.5) * pairs.step
            self._say_rounded(key, points, people, mean, pairs.step)
        else:
            system.tell_exactly(key, points)
            system.tell_exactly(key, total(*(times(gap**2, terms) for gap, terms in gaps.items() if gap)))
        for terms in gaps.values():
            system.watch(terms)

    # -- records --

    def records(self) -> None:
        """What is said of whole records: how many answered, were asked, or gave one answer to everything."""
        answered, straight = answering(self.respondents), straight_lines(self.respondents)
        for organisation, (some, none) in answered.items():
            shown, records = shown_counts([some, none], True)
            if records is None:
                continue
            system = self.system
            straight_shown, _ = shown_counts(straight[organisation], True, MINIMUM_BASE)
            judged = straight_shown[:2].notna().all() and straight_shown[:2].sum() > 0
            lines, others, few = (system.count(n, records) for n in straight[organisation])
            system.tell(KNOWN, {lines: 1, others: 1, few: 1}, records, records)
            if judged:
                for one in (lines, others):
                    system.tell_exactly(("judged", organisation), {one: 1})
                self._alike(organisation, records - straight[organisation][0])
            self._skipping(organisation, few, records)
            for one in (lines, others, few):
                system.watch({one: 1})
            silent = system.count(none, records)
            system.tell(KNOWN, {few: 1, silent: -1}, 0, np.inf)
            system.watch({few: 1, silent: -1}, few=True)
            self._silent(organisation, silent, shown, none)
            if (invited := self.respondents.invited.get(organisation)) and invited >= records:
                absent = system.count(invited - records, invited)
                system.tell_exactly(("invited", organisation), {absent: 1})
                system.watch({absent: 1})
                system.watch({absent: 1, silent: 1})
            for about, counted in self.counted.items():  # who answered nothing skipped every item
                if about[0] == organisation:
                    copy = system.count(none, records)
                    system.tell(KNOWN, total(counted[SKIPPED], {copy: -1}), 0, np.inf)
                    self._silent(organisation, copy, shown, none)
                    system.watch(total(counted[SKIPPED], {copy: -1}), few=self.cells[about].n is None)

    def _alike(self, organisation: str, most: int) -> None:
        """Who gave one answer to everything gave it to two items alike: all but `most` records did."""
        full = [cell for (name, _), cell in self.cells.items() if name == organisation]
        full = [cell for cell in full if cell.in_full(self.respondents.scale)]
        for about, counted in self.counted.items():
            if about[0] != organisation:
                continue
            for cell in full:
                skipped = (cell.records or 0) - (cell.n or 0)
                for part in cell.classes:
                    mine, given, key = counted[part.low], part.count or 0, ("judged", organisation)
                    self.system.tell(key, mine, -np.inf, given + skipped + most)
                    self.system.tell(key, total(mine, counted[SKIPPED]), given - most, np.inf)

    def _skipping(self, organisation: str, few: int, records: int) -> None:
        """Who answered too few items to be judged skipped many, the others not: of the skips of all items together."""
        cells = [cell for (name, _), cell in self.cells.items() if name == organisation]
        shown = [cell.records - cell.n for cell in cells if cell.n is not None and cell.records is not None]
        least = least_answered(len(cells))
        at_least = max(0, len(shown) - least + 1)
        at_most = min(len(shown), len(cells) - least)
        self.system.tell(KNOWN, {few: at_least}, -np.inf, sum(shown))
        self.system.tell(KNOWN, {few: len(shown) - at_most}, sum(shown) - at_most * records, np.inf)

    def _silent(self, organisation: str, silent: int, shown: pd.Series, none: int) -> None:
        if shown.notna().all():
            self.system.tell_exactly(("answered", organisation), {silent: 1})
        self.system.watch({silent: 1}, few=True)


def _families(answers: pd.DataFrame, names: Sequence[str]) -> list[list[str]]:
    """Groupings, those of which one refines another together."""
    combos = answers[list(names)].astype(object).fillna("").drop_duplicates() if names else pd.DataFrame()
    families: list[list[str]] = []
    for name in names:
        kin = [family for family in families if any(_refine(combos, name, other) for other in family)]
        families = [family for family in families if family not in kin]
        families.append([*(one for family in kin for one in family), name])
    return families


def _refine(combos: pd.DataFrame, one: str, other: str) -> bool:
    """Whether each category of one grouping lies within a category of the other."""
    pairs = combos[[one, other]].drop_duplicates()
    return not pairs[one].duplicated().any() or not pairs[other].duplicated().any()


def _counts(answers: pd.DataFrame, names: list[str], scores: Iterable[int]) -> dict[About, Groups]:
    """Per organisation and item, and per combination of these groupings: how many skipped, and gave each score."""
    keys = ["organisation", "item", *names]
    frame = answers[keys].assign(score=answers["score"].fillna(SKIPPED).astype(int))
    table = frame.groupby([*keys, "score"], observed=True).size().unstack("score", fill_value=0)
    table = table.reindex(columns=[SKIPPED, *scores], fill_value=0)
    found: dict[About, Groups] = defaultdict(dict)
    for key, row in zip(table.index, table.to_numpy(), strict=True):
        organisation, item, *groups = map(str, key)
        found[organisation, item][tuple(groups)] = row
    return found


def _sizes(pairs: np.ndarray) -> list[tuple[np.ndarray, int]]:
    values, sizes = np.unique(pairs, axis=0, return_counts=True)
    return list(zip(values, sizes, strict=True))
