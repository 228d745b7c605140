"""The scores of one organisation, item and group as a cell: how many, which shares, mean and spread.

All tables of `keten.statistics.survey.tables` are made from cells, so that small counts are dealt with in one place.
These rules come first; what all tables together would still give away, `shown_cells` finds and withholds.
In a protected cell everything is a function of what the report shows, or rounded until it tells nothing more:

* A cell rests on at least 10 answers, else nothing of it is shown. Groups of under 10 records are merged.
* The distribution is shown in the finest classes that all hold 0 or at least 5 answers: each score; the
  lowest two, the middle and the highest two; the highest two and the rest; nothing. All groups of one item
  get the same classes, so that no group is the total minus the others.
* If 1 to 4 people skipped the item, its number of answers is not shown but only that of the records, shares
  are in whole percents (as long as two numbers of answers fit them), and formulas use the lowest number that
  a reader can be sure of (`base`).
* Unless the full distribution is shown, the mean is rounded so coarsely that the sum of all scores stays
  unknown by 10 points (to 0.5 from 20 answers, 0.1 from 100, 0.01 from 1,000; under 20 it is not shown), and
  its spread is the widest that fits what is shown. Intervals get wider for it, never narrower.

Limit: the rounding of means reckons with what is shown, not with a reader who also knows these rules and reasons from
why a mean was rounded.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from math import ceil, floor, isnan, nan, sqrt
from typing import Any

import numpy as np
import pandas as pd

from keten.disclosure import MINIMUM_BASE, THRESHOLD, is_small
from keten.statistics.survey.respondents import Respondents

MERGED = "Samengevoegde groepen"
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
UNKNOWN_POINTS = 10

Fields = dict[str, Any]
"""Those of a `Cell` beside what it is about."""


@dataclass(frozen=True)
class ScoreClass:
    """Neighbouring scores taken together; `count` is None where only the share may be shown."""

    low: int
    high: int
    share: float
    count: int | None

    @property
    def label(self) -> str:
        """`3` or `4–5`."""
        return str(self.low) if self.low == self.high else f"{self.low}–{self.high}"


@dataclass(frozen=True)
class Cell:
    """What may be said of one organisation, item and group; None, NaN or no classes = may not be shown.

    `records`: respondents; `n`: answers; `base`: answers that formulas may reckon with (at most `n`); `step`:
    to what the mean is rounded (0 = not); `status` of the mean: exact, circa (rounded), suppressed or
    missing (nobody answered).
    """

    organisation: str
    group: str | None
    item: str
    status: str
    records: int | None
    n: int | None = None
    base: int = 0
    classes: tuple[ScoreClass, ...] = ()
    mean: float = nan
    sd: float = nan
    step: float = 0.0

    def in_full(self, scale: tuple[int, int]) -> bool:
        """Whether how many gave each score may be shown."""
        return self.n is not None and not self.step and len(self.classes) == scale[1] - scale[0] + 1

    @property
    def top_two(self) -> ScoreClass | None:
        """The share with one of the two highest scores, where it may be shown."""
        if not self.classes:
            return None
        highest = self.classes[-1].high
        parts = [part for part in self.classes if part.low >= highest - 1]
        counts = [part.count for part in parts if part.count is not None]
        count = sum(counts) if len(counts) == len(parts) else None
        return ScoreClass(highest - 1, highest, sum(part.share for part in parts), count)


@lru_cache(maxsize=16)  # one survey is asked for the same cells by every table
def cells_by_rule(respondents: Respondents, by: str | None = None, protect: bool = True) -> tuple[Cell, ...]:
    """The cells of every organisation and item; with `by` (a grouping, or "wave") of every group as well.

    With `protect` as the module says, before the attack of `shown_cells`; an organisation of which all
    groups had to be merged into one has no cells then. Without, everything is exact. A survey that was
    held once has no cells by "wave".
    """
    if by not in (None, "wave", *respondents.groupings):
        raise ValueError(f"no grouping {by!r}")
    if by == "wave" and not respondents.has_waves:
        return ()
    lowest, highest = respondents.scale
    scores = range(lowest, highest + 1)
    answers = respondents.answers.assign(group="" if by is None else respondents.answers[by].astype(str))
    if by:
        names = [*respondents.answers[by].cat.categories.astype(str), MERGED]
        if protect:
            answers["group"] = merged_small_groups(answers)
        answers["group"] = pd.Categorical(answers["group"], categories=list(dict.fromkeys(names)), ordered=True)

    keys = ["organisation", "item", "group"]
    records = answers.groupby(keys, observed=True).size().sort_index()
    counts = answers.groupby([*keys, "score"], observed=True).size().unstack("score", fill_value=0)
    counts = counts.reindex(index=records.index, columns=scores, fill_value=0).astype(int)
    rows = zip(records.index, records, counts.to_numpy(), strict=True)

    cells: list[Cell] = []
    for (organisation, item), rows_of_item in groupby(rows, key=lambda row: row[0][:2]):
        family = list(rows_of_item)
        if by and protect and len(family) == 1:
            continue
        numbers = [(int(size), scores_of_group) for _, size, scores_of_group in family]
        made = protected_fields(scores, numbers) if protect else [_exact(scores, *number) for number in numbers]
        groups = [key[2] if by else None for key, *_ in family]
        cells += [Cell(organisation, group, item, **fields) for group, fields in zip(groups, made, strict=True)]
    return tuple(cells)


def merged_small_groups(answers: pd.DataFrame) -> pd.Series:
    """The column `group` with small groups of an organisation under one name.

    Fewer than 10 records is small; the smallest others join until the merged group is not small any more.
    """
    merged = answers["group"].copy()
    for _, part in answers.groupby("organisation", observed=True):
        sizes = (part.groupby("group").size() // part["item"].nunique()).sort_values(kind="stable")
        names: list[object] = []
        together = 0
        for name, size in sizes.items():
            if size >= MINIMUM_BASE and (not names or together >= MINIMUM_BASE):
                break
            names.append(name)
            together += size
        merged[part.index[part["group"].isin(names)]] = MERGED
    return merged


def rounding_step(n: int) -> float:
    """The finest step that leaves the sum of `n` scores unknown by 10 points; NaN for n < 20."""
    return next((step for step in STEPS if step * n >= UNKNOWN_POINTS - 1e-9), nan)


def round_to(value: float, step: float) -> float:
    """`value` to the nearest multiple of `step`, halves up; NaN when it cannot be rounded enough."""
    return nan if isnan(step) else round(floor(value / step + 0.5) * step, 2)


def _exact(scores: range, records: int, counts: np.ndarray) -> Fields:
    n = int(counts.sum())
    if n == 0:
        return {"status": "missing", "records": records, "n": 0}
    classes = tuple(ScoreClass(s, s, int(c) / n, int(c)) for s, c in zip(scores, counts, strict=True))
    mean = float(counts @ np.array(scores)) / n
    squares = float(counts @ (np.array(scores) - mean) ** 2)
    return {
        "status": "exact",
        "records": records,
        "n": n,
        "base": n,
        "classes": classes,
        "mean": mean,
        "sd": sqrt(squares / (n - 1)) if n > 1 else nan,
    }


def protected_fields(scores: range, family: list[tuple[int, np.ndarray]]) -> list[Fields]:
    """The fields of the cells of one organisation and item: one for the total, or one per group."""
    answered = [int(counts.sum()) for _, counts in family]
    skipped = [size - n for (size, _), n in zip(family, answered, strict=True)]
    n_hidden = any(map(is_small, [*answered, *skipped, sum(skipped)]))
    at_most = THRESHOLD - 1 if is_small(sum(skipped)) else sum(skipped)
    bases = [size - at_most if n_hidden else n for (size, _), n in zip(family, answered, strict=True)]
    asked = [counts for (_, counts), n in zip(family, answered, strict=True) if n]
    ladder = _ladder(scores)
    if any(base < MINIMUM_BASE and (n or n_hidden) for base, n in zip(bases, answered, strict=True)):
        ladder = []
    elif n_hidden:
        pairs = [(base, size, counts) for base, (size, counts) in zip(bases, family, strict=True)]
        ladder = [edges for edges in ladder if all(_n_stays_unknown(edges, *pair) for pair in pairs)]
    edges = next((edges for edges in ladder if all(_all_large(counts, edges) for counts in asked)), [])

    made = []
    for (size, counts), n, base in zip(family, answered, bases, strict=True):
        records = None if is_small(size) else size
        shown_n = None if n_hidden else n
        if base < MINIMUM_BASE:
            status = "missing" if n == 0 and not n_hidden else "suppressed"
            made.append({"status": status, "records": records, "n": shown_n})
        elif len(edges) == len(scores) and not n_hidden:
            made.append(_exact(scores, size, counts))
        else:
            made.append({"records": records, **_rounded(scores, counts, edges, n, shown_n, base)})
    return made


def _rounded(scores: range, counts: np.ndarray, edges: list[slice], n: int, shown_n: int | None, base: int) -> Fields:
    """Fields of a cell of which the full distribution or the number of answers is not shown."""
    classes = []
    for edge in edges:
        count = int(counts[edge].sum())
        share = count / n if shown_n is not None else _whole_percent(count, n) / 100
        low, high = scores[edge][0], scores[edge][-1]
        classes.append(ScoreClass(low, high, share, count if shown_n is not None else None))
    step = rounding_step(base)
    mean = round_to(float(counts @ np.array(scores)) / n, step)
    return {
        "status": "suppressed" if isnan(mean) else "circa",
        "n": shown_n,
        "base": base,
        "classes": tuple(classes),
        "mean": mean,
        "sd": _widest_sd(scores, classes, mean, step) * sqrt(base / (base - 1)),
        "step": step,
    }


def _widest_sd(scores: range, classes: Iterable[ScoreClass], mean: float, step: float) -> float:
    """The largest standard deviation that fits the classes and a mean within half a step; NaN without mean.

    On a scale from a to b with mean m it is at most sqrt((b - m)(m - a)) (Bhatia, Davis 2000); n, not n - 1.
    """
    lowest, highest = scores[0], scores[-1]
    if isnan(mean):
        return nan
    middle = min(max((lowest + highest) / 2, mean - step / 2), mean + step / 2)
    variance = (highest - middle) * (middle - lowest)
    if classes:
        furthest = [max(abs(part.low - mean), abs(part.high - mean)) for part in classes]
        around = sum(part.share * distance**2 for part, distance in zip(classes, furthest, strict=True))
        variance = min(variance, around)
    return sqrt(variance)


def _ladder(scores: range) -> list[list[slice]]:
    """Ways to take scores together, from fine to coarse, as slices of the scores."""
    size = len(scores)
    bottom, top = min(2, size - 2), size - 2
    thirds = [slice(0, bottom), slice(bottom, top), slice(top, size)]
    return [
        [slice(place, place + 1) for place in range(size)],
        [part for part in thirds if part.start < part.stop],
        [slice(0, top), slice(top, size)],
    ]


def _all_large(counts: np.ndarray, edges: list[slice]) -> bool:
    return not any(is_small(int(counts[edge].sum())) for edge in edges)


def _whole_percent(count: int, n: int) -> int:
    return floor(100 * count / n + 0.5)


def _n_stays_unknown(edges: list[slice], fewest: int, most: int, counts: np.ndarray) -> bool:
    """Whether at least two numbers of answers, fewer than all (`most`), fit the percents of these classes."""
    percents = [_whole_percent(int(counts[edge].sum()), int(counts.sum())) for edge in edges]
    fitting = 0
    for n in range(fewest, most):
        lows = [max(ceil(n * (percent - 0.5) / 100), 0) for percent in percents]
        highs = [ceil(n * (percent + 0.5) / 100) - 1 for percent in percents]
        fits = all(low <= high for low, high in zip(lows, highs, strict=True)) and sum(lows) <= n <= sum(highs)
        fitting += fits
    return fitting >= 2
