"""What sets an edition apart from the plain one of its period: the parameters that it was made with, in its name."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from keten.model.parameters import DEFAULTS, RECORD_PARAMETERS, without_folder
from keten.model.periods import Period, day_of
from keten.reports.publish.manifest import digest

LONGEST, LONGEST_NAME = 40, 150  # characters of a value in the name of a folder, and of all together
WORDS = {
    "nationality": ("nationaliteit", "nationaliteit {}"),
    "as_of": ("stand", "stand van {}"),
    "compare_years": ("jaren", "eerdere jaren ernaast: {}"),
    "respondents": ("respondenten", "respondenten uit {}"),
    "participants": ("deelnemers", "deelnemers uit {}"),
    "reference_date": ("peildatum", "peildatum {}"),
}
"""By parameter the word in the name of the folder, and how a reader is told."""


@dataclass(frozen=True)
class Variant:
    """`name`: the end of the folder's name, such as `_nationaliteit-eritrea`; `words`: the same for a reader."""

    name: str = ""
    words: str = ""


def variant_of(values: Mapping[str, Any], prints: Mapping[str, str | None] = MappingProxyType({})) -> Variant:
    """What the parameters of a run other than its period make of its edition; values that are no default only.

    `prints`: fingerprints of the files with records, by parameter and name of the file.

    >>> variant_of({"nationality": "Eritrea", "as_of": "2017-04-30"})
    Variant(name='_nationaliteit-eritrea_stand-2017-04-30', words='nationaliteit Eritrea; stand van 30 april 2017')
    """
    order = [*WORDS, *sorted(set(values) - set(WORDS) - {"period"})]
    told = [(name, values[name]) for name in order if name in values]
    names = [f"_{WORDS.get(name, (_slug(name), ''))[0]}-{_value(name, value, prints)}" for name, value in told]
    words = [WORDS.get(name, ("", f"{name}: {{}}"))[1].format(_shown(name, value)) for name, value in told]
    name = "".join(names)
    if len(name) > LONGEST_NAME:
        name = f"{name[:LONGEST_NAME]}-{digest(name)[:6]}"
    return Variant(name, "; ".join(words))


def _value(name: str, value: Any, prints: Mapping[str, str | None]) -> str:
    """The value as a part of a file name; what that cannot tell apart has a mark."""
    text = str(without_folder(name, value))
    if name in RECORD_PARAMETERS:  # by what is in the file: another file of the same name makes another edition
        return f"{_slug(text.rpartition('.')[0] or text)}-{(prints.get(f'{name}/{text}') or '')[:6]}".strip("-")
    slug = _slug(text)
    return slug if name in DEFAULTS and slug and len(text) <= LONGEST else f"{slug}-{digest(text)[:6]}".strip("-")


def _slug(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:LONGEST].strip("-")


def _shown(name: str, value: Any) -> str:
    day = day_of(value) if name in ("as_of", "reference_date") else None
    text = "".join(sign if sign.isprintable() else " " for sign in str(without_folder(name, value)))
    return Period.parse(day).label if day else " ".join(text.split())


def alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two reports were made with the same parameters but for the period, as far as both tell."""
    first, second = ({**DEFAULTS, **values} for values in (one, other))
    return all(
        without_folder(name, first[name]) == without_folder(name, second[name])
        for name in first.keys() & second.keys() - {"period"}
    )
