"""What the panel opens with: when its cell runs again, what it showed before, with the parameters changed since."""

from dataclasses import replace

from keten.lab.choices import PLACES
from keten.lab.view import View
from keten.workbook.workbook import Workbook

_latest: list[tuple[View, tuple]] = []  # the view of this session and the parameters that its notebook had


def remember(view: View, chain: Workbook) -> None:
    """Keep the view for when the cell runs again in this session."""
    _latest[:] = [(view, _parameters(chain))]


def opening(chain: Workbook, measure: str, by: str) -> View:
    """The view to begin with: of `measure` by `by` at first, later the one that was remembered."""
    now = _parameters(chain)
    period, years, as_of, nationality = now
    focus = (nationality,) if nationality and by in PLACES else ()
    if not _latest:
        return View(measure, period, years, as_of, by, focus)
    kept, before = _latest[0]
    names = ("period", "years", "as_of")
    changed = {name: new for name, new, old in zip(names, now, before, strict=False) if new != old}
    if nationality != before[3]:
        changed["categories"] = focus
    return replace(kept, **changed)


def _parameters(chain: Workbook) -> tuple[str, int, str, str]:
    return str(chain.period), chain.compare_years, str(chain.as_of or ""), chain.nationality
