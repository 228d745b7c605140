"""What one cell may put in a notebook: what is more is cut, and the notebook says so."""

from collections import Counter
from typing import Any

TEXT = "text/plain"
PRINTED = 200_000  # characters that a cell prints
FORM = 20_000_000  # characters of one form of an output, such as its HTML
MESSAGE, TRACE = 2_000, 20_000  # characters of an error's message and of each step of its traceback


class OutputLimit:
    """Cuts the messages of a kernel, and keeps count of what each cell printed."""

    def __init__(self) -> None:
        self._printed: Counter[int] = Counter()

    def cut(self, kind: str, content: dict[str, Any], cell: int) -> bool:
        """Cut a message's content in place; False when nothing of it is left."""
        match kind:
            case "stream":
                room = max(PRINTED - self._printed[cell], 0)
                self._printed[cell] += len(content["text"])
                content["text"] = content["text"][:room]
                return room > 0
            case "error":
                content["evalue"] = _first(content["evalue"], MESSAGE)
                content["traceback"] = [_first(step, TRACE) for step in content["traceback"]]
            case "execute_result" | "display_data" | "update_display_data":
                content["data"] = _limited(content["data"])
        return True

    def told(self, cell: int) -> str:
        """What to say at the end of what this cell printed; '' when all of it is there."""
        return _left_out(self._printed[cell] - PRINTED) if self._printed[cell] > PRINTED else ""


def _limited(forms: dict[str, Any]) -> dict[str, Any]:
    """An output without the forms that are too large, and its text cut."""
    large = {form for form, value in forms.items() if isinstance(value, str) and len(value) > FORM} - {TEXT}
    kept = {form: _first(value, PRINTED) if form == TEXT else value for form, value in forms.items()}
    words = "".join(_left_out(len(forms[form])) for form in large)
    return {form: value for form, value in kept.items() if form not in large} | (
        {TEXT: kept.get(TEXT, "") + words} if words else {}
    )


def _first(text: str, room: int) -> str:
    return text if len(text) <= room else text[:room] + _left_out(len(text) - room)


def _left_out(count: int) -> str:
    return f"\n[Afgekapt: van deze uitvoer zijn {count:,} tekens weggelaten.]\n".replace(",", ".")
