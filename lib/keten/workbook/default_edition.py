"""Which edition is made when nobody says which: the newest period that most of the chain has figures of its own for.

One answer for `keten run`, for a notebook with `period = ""`, for JupyterLab and for the index. It is found from the
data and from what the notebooks declare (`workbook.declared`); no notebook runs. What counts as a figure of the period
itself is what the report will show as such: `questions.own_figure`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple
from weakref import WeakKeyDictionary

from keten.errors import KetenError
from keten.model.periods import Period, as_of_date
from keten.observations.dataset import Data
from keten.paths import notebooks_folder
from keten.workbook.declared import KeyFigure, of_goals
from keten.workbook.lookup import Lookup
from keten.workbook.questions import own_figure
from keten.workbook.reach import Reach
from keten.workbook.scope import Scope, state
from keten.workbook.visible import Visible

GOALS_NEEDED = 4  # of the five goals; of each at least half of the key figures
COMPARE_YEARS = 2  # as the notebooks ask

Goals = Mapping[str, tuple[KeyFigure, ...]]
"""Key figures by goal."""

Key = tuple[date | None, tuple[tuple[str, tuple[KeyFigure, ...]], ...]]
"""The as-of date and the goals of a question."""


@dataclass(frozen=True)
class Choice:
    """The chosen period; how many of the key figures are `own`, of how many; of how many goals that is half or more."""

    period: str
    own: int
    key_figures: int
    goals: int

    @property
    def enough(self) -> bool:
        """Whether the period is what the default edition has to be, and not merely the best that there is."""
        return self.goals >= GOALS_NEEDED

    @property
    def sentence(self) -> str:
        """Which period it is and why, in one Dutch sentence."""
        label, count = Period.parse(self.period).label, f"{self.own} van de {self.key_figures}"
        if self.enough:
            return (
                f"De nieuwste periode met genoeg eigen cijfers is {label}: bij ten minste vier van de vijf doelen gaat "
                f"minstens de helft van de kerncijfers over die periode zelf, in totaal {count}."
            )
        if not self.key_figures:
            return f"De nieuwste periode met cijfers is {label}; er zijn geen kerncijfers om op te kiezen."
        return (
            "Geen enkele periode heeft bij vier van de vijf doelen voor de helft van de kerncijfers een eigen cijfer; "
            f"gekozen is {label}, dat dit voor de meeste doelen heeft ({self.goals}), met in totaal {count}."
        )


_chosen: "WeakKeyDictionary[Data, dict[Key, Choice]]" = WeakKeyDictionary()  # each workbook asks it again


def default_edition(data: Path | str | Scope | None = None, as_of: str | date = "") -> Choice:
    """The edition to make of a data folder, as known on `as_of` ('' = now known).

    The newest period that has ended, of whatever calendar kind, for which at least half of the key figures of at least
    `GOALS_NEEDED` goals are of that very period; of periods that end together the longest. When no period has as many,
    the one with most such goals, then with most key figures of its own, then the newest. Raises KetenError when there
    is no figure over a calendar period that has ended.
    """
    folder, known = state(data)
    day, goals = as_of_date(as_of), of_goals(notebooks_folder())
    answers, key = _chosen.setdefault(known, {}), (day, tuple(goals.items()))
    if key not in answers:
        answers[key] = _choose(folder, known, day, goals)
    return answers[key]


def _choose(folder: Path, data: Data, day: date | None, goals: Goals) -> Choice:
    scorer = _Scorer(folder, data, day, goals)
    offered = scorer.reach.ended()
    if not offered:
        about = "over een afgelopen maand, kwartaal, halfjaar of jaar"
        raise KetenError(
            f"Op {day} waren er nog geen cijfers {about} bekend; kies een latere datum (as_of)."
            if day
            else f"De gegevens bevatten geen cijfers {about}; geef met --period een periode op."
        )

    if newest := scorer.newest(offered, GOALS_NEEDED):
        return newest
    limits = {period: scorer.most(period) for period in offered}
    best, place = Score(-1, -1), 0
    for period in sorted(offered, key=limits.__getitem__, reverse=True):
        if limits[period] < best:
            break
        score, at = scorer.found(period) if limits[period].own else limits[period], offered.index(period)
        if score > best or (score == best and at < place):
            best, place = score, at
    return _choice(offered[place], best, goals)


def newest(kinds: Collection[str], goals_needed: int, data: Path | str | Scope | None = None) -> Choice | None:
    """The newest ended period of one of these kinds for which half of the key figures of so many goals are its own.

    kinds: as `Period.kind` has them. None when there is no such period.
    """
    folder, known = state(data)
    scorer = _Scorer(folder, known, None, of_goals(notebooks_folder()))
    return scorer.newest([period for period in scorer.reach.ended() if period.kind in kinds], goals_needed)


def look_up(folder: Path, data: Data, period: Period, day: date | None) -> Lookup:
    """The figures of a period as a notebook would see them, known on `day` (None = now)."""
    return Lookup(Visible(Scope(folder, data, period, COMPARE_YEARS, day, "")))


class Score(NamedTuple):
    """Of how many `goals` at least half of the key figures are a period's own, and how many key figures are."""

    goals: int
    own: int


def _score(goals: Goals, has: Callable[[KeyFigure], bool]) -> Score:
    own = {goal: sum(map(has, figures)) for goal, figures in goals.items()}
    return Score(sum(2 * count >= len(goals[goal]) for goal, count in own.items()), sum(own.values()))


def _choice(period: Period, score: Score, goals: Goals) -> Choice:
    return Choice(str(period), score.own, sum(map(len, goals.values())), score.goals)


class _Scorer:
    """How many goals and key figures any period has of its own, in one state of the data."""

    def __init__(self, folder: Path, data: Data, day: date | None, goals: Goals) -> None:
        self.reach, self.goals = Reach(data, day), goals
        self._known = folder, data, day

    def most(self, period: Period) -> Score:
        """What the period may have at most: quickly known, so that only few are looked at as a report does."""
        return _score(self.goals, lambda one: all(self.reach.has(name, period) for name in one.measures))

    def found(self, period: Period) -> Score:
        """What the period has."""
        folder, data, day = self._known
        lookup = look_up(folder, data, period, day)
        return _score(self.goals, lambda one: own_figure(lookup, one))

    def newest(self, offered: Sequence[Period], goals_needed: int) -> Choice | None:
        """The first of the periods that has so many goals; None when none has."""
        for period in offered:
            if self.most(period).goals >= goals_needed and (score := self.found(period)).goals >= goals_needed:
                return _choice(period, score, self.goals)
        return None
