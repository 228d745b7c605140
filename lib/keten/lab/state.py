"""What a panel begins with: when its cell runs again, what it showed before, with the parameters changed since."""

from dataclasses import replace

from keten.lab.choices import PLACES
from keten.lab.view import View
from keten.workbook.workbook import Workbook

Asked = tuple[str, str]
"""The measure and the breakdown that a cell asks a panel of, which tell the panels of a notebook apart."""
_latest: dict[Asked, tuple[View, View]] = {}  # of this session: the view of a panel, and the one of its parameters


def remember(asked: Asked, view: View, chain: Workbook) -> None:
    """Keep the view of a panel for when its cell runs again in this session."""
    _latest[asked] = (view, _of_parameters(asked, chain))


def first_view(asked: Asked, chain: Workbook) -> View:
    """The view to begin with: as asked at first, later the one that was remembered."""
    now = _of_parameters(asked, chain)
    if asked not in _latest:
        return now
    kept, before = _latest[asked]
    changed = {name: new for name, new in vars(now).items() if new != vars(before)[name]}
    return replace(kept, **changed)


def _of_parameters(asked: Asked, chain: Workbook) -> View:
    """What was asked, over the parameters of the notebook."""
    measure, by = asked
    focus = (chain.nationality,) if chain.nationality and by in PLACES else ()
    return View(measure, str(chain.period), chain.compare_years, str(chain.as_of or ""), by, focus)
