"""What a spreadsheet holds before it becomes a file: sheets with lines of text and at most one table each.

A cell of a table is a text, a `Number` or a `Link`; an empty text is an empty cell. Text from data stays text: the
writers pass every text through `clean`, and only an address that `web` lets through becomes a link.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from keten.presentation.grid import Form
from keten.presentation.markup import harmless

LONGEST_TEXT = 32_767  # characters in a cell of a spreadsheet, counted in UTF-16
LONGEST_HEAD = 255  # characters in the head of a column of a marked-up table
LONGEST_ADDRESS = 2_079  # characters in a link of a spreadsheet
FROZEN_LINES, LONG_TABLE = 12, 20  # a head further down than this would fill the window if it stayed in view

_SPACES = re.compile(r"[ \t\n\r\v\f\x1c-\x1f\x85\u2028\u2029]+")
_NOT_IN_XML = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_ADDRESS = re.compile(r"https?://[!#-;=?-\[\]_a-z~]+", re.IGNORECASE)


class Number(NamedTuple):
    """A number in the unit that its form shows; percentages in points (45.3 is 45,3%)."""

    value: float
    form: Form


class Link(NamedTuple):
    """A text that leads to a web address, or with a `#` in front to a sheet."""

    text: str
    target: str


class Line(NamedTuple):
    """A text in the first column; kind is `title`, `heading` or `text`. target: as of a `Link`, '' for none."""

    text: str
    kind: str = "text"
    target: str = ""


class Column(NamedTuple):
    """A column of a table; width in characters. A numeric column stands to the right."""

    name: str
    width: int
    numeric: bool = False


Content = str | Number | Link  # of a cell


@dataclass(frozen=True)
class Sheet:
    """A sheet: lines from the first cell down, right below them head and rows of its table, then the lines below it."""

    name: str
    lines: list[Line]
    columns: list[Column] = field(default_factory=list)
    rows: list[list[Content]] = field(default_factory=list)
    below: list[Line] = field(default_factory=list)

    @property
    def frozen(self) -> bool:
        """Whether the head stays in view while a reader scrolls."""
        return len(self.rows) > LONG_TABLE and len(self.lines) <= FROZEN_LINES


@dataclass(frozen=True)
class Book:
    """All sheets of a file, in order, and the title for the properties of the file."""

    title: str
    sheets: list[Sheet]


def clean(text: str, longest: int = LONGEST_TEXT) -> str:
    """The text on one line, as a page shows it; what XML cannot hold becomes `�`, what does not fit an ellipsis."""
    text = harmless(text)
    if text.isprintable() and len(text) * 2 <= longest and text == text.strip(" ") and "  " not in text:
        return text  # nearly every text, and quicker than the patterns
    text = _NOT_IN_XML.sub("�", _SPACES.sub(" ", text).strip(" "))
    if len(text) * 2 <= longest or len(text.encode("utf-16-le")) // 2 <= longest:
        return text
    return text.encode("utf-16-le")[: 2 * (longest - 1)].decode("utf-16-le", "ignore") + "…"


def web(address: str) -> str:
    """The address when it is one of the web and fit for a link, else ''."""
    address = harmless(address)
    return address if len(address) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(address) else ""


def heads(names: list[str]) -> list[str]:
    """Heads of columns as a marked-up table needs them: none empty, none twice, none too long."""
    made: list[str] = []
    for place, name in enumerate(names, 1):
        # Cut with room for a number behind it.
        plain = clean(name, LONGEST_HEAD - 8) or f"Kolom {place}"
        head, number = plain, 2
        while head.casefold() in {other.casefold() for other in made}:
            head, number = f"{plain} ({number})", number + 1
        made.append(head)
    return made


def width(texts: list[str], least: int = 10, most: int = 45) -> int:
    """Characters that a column needs for these texts; longer ones wrap."""
    return min(max([least, *[len(text) + 2 for text in texts]]), most)
