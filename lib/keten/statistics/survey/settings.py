"""The TOML beside a survey's CSV: which keys it may have, and that they do not contradict each other.

`keten.statistics.survey.respondents` shows an example.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from keten.errors import KetenError
from keten.model.naming import nearest
from keten.statistics.records import read_text

RESERVED = ("respondent", "organisation", "wave", "item", "score")

COLUMN = (str, "de naam van een kolom")
KEYS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "title": (str, "een tekst"),
    "layout": (str, '"wide" (een kolom per vraag) of "long" (een rij per antwoord)'),
    "scale": (list, "de laagste en de hoogste score, zoals [1, 5]"),
    "items": ((list, dict), "een lijst van kolommen, of een tabel met per kolom de vraag in woorden"),
    "respondent": COLUMN,
    "item": COLUMN,
    "score": COLUMN,
    "organisation": COLUMN,
    "group": ((str, list, dict), "een kolom, een lijst van kolommen, of een tabel met per kolom een naam"),
    "wave": COLUMN,
    "missing": (list, 'een lijst van codes, zoals [0, 9, "nvt"]'),
    "sample": (bool, "true of false"),
    "separator": (str, 'een teken, zoals ";"'),
    "encoding": (str, 'de naam van een codering, zoals "cp1252"'),
    "importance": (dict, "een tabel met per vraag een kolom of een getal"),
    "invited": ((int, dict), "een aantal, of een tabel met per organisatie een aantal"),
    "values": (dict, "per kolom een tabel met codes en hun betekenis"),
}


def read_settings(path: Path) -> dict[str, Any]:
    """The TOML, with every key known and of the right type."""
    absent = f"Naast het CSV-bestand ontbreekt {path.name}; maak het leesbaar, met daarin welke kolom wat betekent."
    text = read_text(path, ["utf-8-sig"], absent, "sla het op als UTF-8.")
    try:
        settings = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        line = re.search(r"at line (\d+)", str(fault))
        where = f"regel {line[1]}" if line else "het einde"
        raise KetenError(
            f"{path.name}, {where}: dit is geen geldige TOML; controleer aanhalingstekens, haken, komma's en "
            "dubbele namen."
        ) from None

    for key, value in settings.items():
        if key not in KEYS:
            raise KetenError(
                f"{path.name}: de instelling `{key}` bestaat niet.{nearest(key, list(KEYS))} "
                f"Mogelijk zijn {', '.join(KEYS)}."
            )
        kind, expected = KEYS[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise KetenError(f"{path.name}: bij `{key}` wordt {expected} verwacht; verbeter deze instelling.")
    _check_settings(path.name, settings)
    return settings


Faults = Iterator[tuple[str, str | None]]
"""Keys that are missing or contradict others, and what is expected of them (None = what `KEYS` says)."""


def _check_settings(name: str, settings: dict[str, Any]) -> None:
    for faults in (_incomplete, _misnamed, _unreadable, _miscounted):
        for key, expected in faults(settings):
            expected = expected or KEYS[key][1]
            raise KetenError(
                f"{name}: bij `{key}` wordt {expected} verwacht; vul deze instelling aan of verbeter haar."
            )


def _incomplete(settings: dict[str, Any]) -> Faults:
    wide = settings.get("layout") == "wide"
    for key in ("title", "layout", "scale", *(("items",) if wide else ("respondent", "item", "score"))):
        if not settings.get(key):
            yield key, None
    if settings["layout"] not in ("wide", "long"):
        yield "layout", None
    scale = settings["scale"]
    if len(scale) != 2 or not all(type(end) is int for end in scale) or not 2 <= scale[1] - scale[0] <= 10:
        yield "scale", "de laagste en de hoogste score (3 tot 11 antwoorden), zoals [1, 5],"


def _misnamed(settings: dict[str, Any]) -> Faults:
    for key in ("items", "group"):
        given = settings.get(key, {})
        if isinstance(given, list) and not all(isinstance(column, str) for column in given):
            yield key, None
        words = as_table(given)
        if not all(isinstance(word, str) and word for pair in words.items() for word in pair):
            yield key, None
        if len(set(words.values())) < len(words):
            yield key, "voor elke kolom een andere naam"
    for taken in sorted(set(as_table(settings.get("group", {})).values()) & set(RESERVED)):
        yield "group", f"een andere naam dan {taken!r}"


def _unreadable(settings: dict[str, Any]) -> Faults:
    low, high = settings["scale"]
    for code in settings.get("missing", []):
        if type(code) not in (int, str):
            yield "missing", None
        if str(code) in map(str, range(low, high + 1)):
            yield "missing", f"geen code die zelf een score is ({code} ligt op de schaal)"
    if len(settings.get("separator", ";")) != 1:
        yield "separator", None
    try:
        b" ".decode(settings.get("encoding", "utf-8"))
    except LookupError:
        yield "encoding", None


def _miscounted(settings: dict[str, Any]) -> Faults:
    kinds = {type(value) for value in settings.get("importance", {}).values()}
    if not (kinds <= {str} or kinds <= {int, float}):
        yield "importance", "bij elke vraag een kolom, of bij elke vraag een getal,"
    invited = settings.get("invited", {})
    numbers = invited.values() if isinstance(invited, dict) else [invited]
    if not all(type(number) is int and number > 0 for number in numbers):
        yield "invited", None
    for words in settings.get("values", {}).values():
        if not isinstance(words, dict) or not all(isinstance(word, str) and word for word in words.values()):
            yield "values", None


def as_table(setting: str | list[str] | dict[str, str]) -> dict[str, str]:
    """A column, a list of columns or a table column -> words, always as a table."""
    if isinstance(setting, dict):
        return dict(setting)
    return {column: column for column in ([setting] if isinstance(setting, str) else setting)}
