"""Cells of a spreadsheet that have no value: an error, or a formula that nobody calculated.

Such a cell gets a text that says what is the matter and where, so that only a card that needs the cell refuses it.
"""

import re
from collections.abc import Iterable

from keten.errors import KetenError

_ERROR = re.compile(r"#(?:N/?[ABV]|[A-Z0-9/_?]+[!?]|#{2,})|(?:Err|Fout):[0-9]{3}")
_PLACED = re.compile(r" \[blad .*, cel [A-Z]+[0-9]+\]$", re.DOTALL)


MEND = (
    "herstel de cel in een rekenprogramma en bewaar het bestand daar opnieuw, of vraag de uitgever om een goed bestand"
)


class Unread(str):
    """In place of the text of a cell, while its place is not yet known: what is the matter, in Dutch."""

    __slots__ = ()


NO_RESULT = Unread("formule zonder opgeslagen uitkomst")
NO_DAY = Unread("datum die niet bestaat")
NOT_SHOWN = Unread("getal dat door de celopmaak is verborgen")


def is_error(text: str) -> bool:
    """Whether a text is what a spreadsheet shows in place of a result: `#DIV/0!`, `#N/A`, `Err:502`."""
    return text[:1] in ("#", "E", "F") and bool(_ERROR.fullmatch(text))


def placed(what: str, sheet: str, cell: str) -> str:
    """What stands for the text of a cell that has none."""
    return f"{what} [blad {sheet}, cel {cell}]"


def is_unread(text: str) -> bool:
    """Whether a text stands for a cell without a value."""
    return is_error(text) or (text[-1:] == "]" and bool(_PLACED.search(text)))


def refuse_unread(texts: Iterable[str]) -> None:
    """KetenError when one of these texts, which a card needs, stands for a cell without a value."""
    for text in texts:
        if is_unread(text):
            raise KetenError(f"'{text}' staat in plaats van een waarde; {MEND}.")
