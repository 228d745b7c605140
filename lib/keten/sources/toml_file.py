"""A TOML file of the data folder, read so that a fault in it can be told with its line."""

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keten.errors import KetenError
from keten.model.naming import nearest

Place = tuple[str, ...]
"""The names of a key and of the tables around it; of an array of tables, the name and then the number from 0."""


@dataclass(frozen=True)
class TomlFile:
    """What a file says. `lines`: where each key and table begins."""

    name: str
    content: dict[str, Any]
    lines: dict[Place, int]

    def line(self, place: Place) -> int:
        """The line of this key, or else of the nearest table around it."""
        return next((self.lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in self.lines), 1)

    def fault(self, place: Place, sentence: str) -> str:
        """The sentence with file and line before it."""
        return f"{self.name}, regel {self.line(place)}: {sentence}"


def read_toml(path: Path) -> TomlFile:
    """Raises KetenError for a file that is not there or is no text, and with the line for what is no TOML."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise KetenError(f"Het bestand {path.name} bestaat niet; controleer de naam.") from None
    except (UnicodeDecodeError, OSError) as fault:
        raise KetenError(
            f"Het bestand {path.name} is niet te lezen ({fault}); bewaar het als tekst in UTF-8."
        ) from None
    try:
        read = TomlFile(path.name, tomllib.loads(text), _lines(text))
    except (ValueError, RecursionError) as fault:  # also of numbers too long and tables too deep
        found = re.search(r"\(at line (\d+), column \d+\)", str(fault))
        line = int(found[1]) if found else len(text.splitlines()) or 1
        about = re.sub(r"\s*\(at .*\)", "", str(fault))
        raise KetenError(
            f"{path.name}, regel {line}: dit is geen geldige TOML ({about}); let op aanhalingstekens, '=' en dubbele "
            "namen."
        ) from None
    if place := next(_with_nul(read.content), None):
        raise KetenError(
            read.fault(place, "hier staat een NUL-teken (\\u0000), dat in tekst niet voorkomt; haal het weg.")
        )
    return read


def wrong_keys(entry: dict[str, Any], keys: Collection[str], optional: Collection[str]) -> Iterator[tuple[str, str]]:
    """Keys that a table should not have, or should; each with a sentence, an absent one under the name ''."""
    for key in entry:
        if key not in keys:
            yield key, f"'{key}' is onbekend; kies uit {', '.join(keys)}.{nearest(key, keys)}"
    for key in keys:
        if key not in entry and key not in optional:
            yield "", f"{key} ontbreekt; zet het erbij."


def _with_nul(content: object, place: Place = ()) -> Iterator[Place]:
    """Where a text or a name holds the sign NUL, which TOML can write as an escape."""
    if isinstance(content, str) and "\0" in content:
        yield place
    elif isinstance(content, dict):
        yield from (place for name in content if "\0" in name)
        for name, value in content.items():
            yield from _with_nul(value, (*place, name))
    elif isinstance(content, list):
        for number, value in enumerate(content):
            yield from _with_nul(value, (*place, str(number)))


def _lines(text: str) -> dict[Place, int]:
    found: dict[Place, int] = {}
    table: Place = ()
    arrays: Counter[Place] = Counter()
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$", line)
        key = re.match(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""", line)
        if header:
            table = _names(header[2])
            arrays[table] += header[1] == "[["
            if arrays[table[:1]]:
                table = (table[0], str(arrays[table[:1]] - 1), *table[1:])
            found.setdefault(table, number)
        elif key:
            found.setdefault((*table, *_names(key[1])), number)
    return found


def _names(dotted: str) -> Place:
    return tuple(part.strip("\"'") for part in re.findall(r'"[^"]*"|\'[^\']*\'|[\w-]+', dotted))
