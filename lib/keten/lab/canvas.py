"""The widget that draws the panel's charts in the browser and hands over files and clipboards; see canvas.js."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import anywidget
import traitlets

from keten.errors import KetenError


@dataclass(frozen=True)
class Action:
    """A button. kind: `download` or `copy`; types: media types of what `make` gives; make: `(file name, contents)`."""

    name: str
    label: str
    kind: str
    types: Sequence[str]
    make: Callable[[], tuple[str, Sequence[bytes]]]


FOLDER = Path(__file__).parent


class Canvas(anywidget.AnyWidget):
    """Two charts and a row of buttons.

    trend, ranking: charts as HTML, '' for none; periods: the period of each mark in a line of `trend`, by its name;
    categories: that of each bar of `ranking`; brush: first and last chosen period, [] for none; picked: the category
    that was clicked, '' for none.
    """

    _esm = FOLDER / "canvas.js"
    _css = FOLDER / "panel.css"
    trend = traitlets.Unicode().tag(sync=True)
    ranking = traitlets.Unicode().tag(sync=True)
    periods = traitlets.Dict().tag(sync=True)
    categories: traitlets.List[str] = traitlets.List().tag(sync=True)
    brush: traitlets.List[str] = traitlets.List().tag(sync=True)
    picked = traitlets.Unicode().tag(sync=True)
    actions: traitlets.List[dict[str, object]] = traitlets.List().tag(sync=True)
    faults = traitlets.Dict().tag(sync=True)

    def __init__(self, actions: Sequence[Action]) -> None:
        self._makers = {action.name: action for action in actions}
        super().__init__(
            actions=[
                {"action": one.name, "label": one.label, "kind": one.kind, "types": list(one.types)} for one in actions
            ],
            faults={"copy": "Kopiëren lukt in deze browser niet; bewaar het als bestand."},
        )
        self.on_msg(self._answer)

    def _answer(self, _widget: object, message: dict, _buffers: object) -> None:
        """Send what a button asks for; a fault of the user goes back as its sentence."""
        action = self._makers[message["action"]]
        try:
            name, contents = action.make()
        except KetenError as fault:
            self.send({"number": message["number"], "fault": str(fault)})
            return
        self.send({"number": message["number"], "name": name, "types": list(action.types)}, buffers=list(contents))
