"""The widget that draws the panel's charts in the browser and hands over files and clipboards; see canvas.js."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import anywidget
import traitlets
import vl_convert

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


@cache
def script() -> str:
    """The browser's part with Vega-Lite inside: no other host is asked for it."""
    return vl_convert.javascript_bundle((FOLDER / "canvas.js").read_text(encoding="utf-8"))


class Canvas(anywidget.AnyWidget):
    """Two charts and a row of buttons.

    trend, ranking: Vega-Lite specifications, {} for none; words: their text alternatives; brush: first and last chosen
    day, [] for none; picked: the category that was clicked, '' for none.
    """

    _css = FOLDER / "panel.css"
    trend = traitlets.Dict().tag(sync=True)
    ranking = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    brush: traitlets.List[str] = traitlets.List().tag(sync=True)
    picked = traitlets.Unicode().tag(sync=True)
    actions: traitlets.List[dict[str, object]] = traitlets.List().tag(sync=True)
    faults = traitlets.Dict().tag(sync=True)
    number_locale = traitlets.Dict().tag(sync=True)
    time_locale = traitlets.Dict().tag(sync=True)

    def __init__(self, actions: Sequence[Action]) -> None:
        self._makers = {action.name: action for action in actions}
        super().__init__(
            _esm=script(),
            actions=[
                {"action": one.name, "label": one.label, "kind": one.kind, "types": list(one.types)} for one in actions
            ],
            faults={"copy": "Kopiëren lukt in deze browser niet; bewaar het als bestand."},
            number_locale=vl_convert.get_format_locale("nl-NL"),
            time_locale=vl_convert.get_time_format_locale("nl-NL"),
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
