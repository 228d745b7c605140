"""What the flags of a source say of a figure: its observation status and its confidentiality, each with its own codes.

One letter means different things in the two: P is provisional as a status and withheld as a confidentiality. Readers
give both in one text, "status|confidentiality": "p", "bp", "e|C", "|N".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from keten.model.quality import DEVIATING, STATUSES, UNRELIABLE

GLUED = re.compile(r"[bcdefimnprsuz]{2,4}")  # Eurostat writes several flags, each a small letter, as one: "bp"

STATUS_OF = {
    "b": "break", "e": "estimated", "f": "estimated", "i": "estimated",
    **dict.fromkeys("molhkz", "missing"),  # cannot exist, not collected, told in another category, does not apply
}  # fmt: skip
"""Eurostat's flags and SDMX's CL_OBS_STATUS, of which one is in small letters and the other in capitals."""
ESTIMATE = "s"  # of Eurostat itself; a capital S is a strike
WITHHELD_STATUS = {"c": "confidential", "q": "suppressed"}
NOTES = {
    "b": "reeksbreuk volgens de bron",
    "d": DEVIATING,
    "e": "schatting volgens de bron",
    "f": "prognose volgens de bron",
    "n": "niet significant volgens de bron",
    "u": UNRELIABLE,
}
PROVISIONAL = "voorlopig volgens de bron"  # beside a status that says more

FREE = {"", "F"}
WITHHELD = {"A": "suppressed", "N": "suppressed", "P": "suppressed", "D": "secondary", "S": "secondary"}
"""SDMX's CL_CONF_STATUS. All its other codes are some kind of confidential; words are CBS's ValueAttribute."""


@dataclass(frozen=True)
class Flags:
    """Status ("" = normal), confidentiality when the figure is withheld, and what a reader should know beside them."""

    status: str = ""
    withheld: str = ""
    note: str = ""


def read(text: str, provisional: Sequence[str]) -> Flags:
    """What the flags in a text say. `provisional`: the flags that the card gives that meaning.

    >>> read("ep|F", ("p",))
    Flags(status='estimated', withheld='', note='schatting volgens de bron; voorlopig volgens de bron')
    """
    about, _, secrecy = text.partition("|")
    words = _codes(about)
    codes = [word.lower() for word in words]
    found = {STATUS_OF[code] for code in codes if code in STATUS_OF}
    if ESTIMATE in words:
        found.add("estimated")
    if {*words, *codes} & set(provisional):
        found.add("provisional")
    status = max(found, key=STATUSES.index, default="")
    notes = [NOTES[letter] for letter in NOTES if letter in codes]
    if "provisional" in found and status != "provisional":
        notes.append(PROVISIONAL)
    hidden = next((WITHHELD_STATUS[code] for code in codes if code in WITHHELD_STATUS), "")
    return Flags(status, _confidentiality(secrecy.strip()) or hidden, "; ".join(notes))


def _codes(text: str) -> list[str]:
    words = [word for word in re.split(r"[,;\s]+", text) if word]
    return [code for word in words for code in (word if GLUED.fullmatch(word) else [word])]


def _confidentiality(code: str) -> str:
    if len(code) > 1:
        return "confidential" if code == "Confidential" else ""
    return "" if code.upper() in FREE else WITHHELD.get(code.upper(), "confidential")
