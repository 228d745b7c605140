"""What was wrong in a published report and is declared right: `data/rectifications.toml`.

It changes no figure and no report: a rectification is shown at the top of the report, on the index and in the feed. The
report that it is about is kept in `gerectificeerd/` beside the editions, also after the edition is made again.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from keten.errors import KetenError, remedy, why
from keten.locks import locked
from keten.reports.publish.replace import replaced
from keten.sources.toml_file import Place, TomlFile, read_toml, wrong_keys

NAME = "rectifications.toml"
TABLE = "rectification"
FOLDER = "gerectificeerd"  # beside the editions, with the reports as they were
LONGEST = 1000  # characters of a sentence
TEXTS = ("edition", "report", "wrong", "right", "sha256")
OPTIONAL = ("sha256", "figures")
SHOWN_DIGITS = 8  # of a fingerprint in the name of a file


@dataclass(frozen=True)
class Rectification:
    """One declared mistake.

    date: the day of the rectification; edition: its name; report: its file without extension; wrong, right: sentences;
    sha256: the fingerprint of the report that was wrong, '' when it is not told; figures: ids (`model.figure_id`) of
    the figures that were wrong, none when it is about the report as a whole.
    """

    date: date
    edition: str
    report: str
    wrong: str
    right: str
    sha256: str = ""
    figures: tuple[str, ...] = ()

    @property
    def kept(self) -> str:
        """Where the report as it was is kept, relative to the folder of the editions; '' when it does not tell."""
        return f"{FOLDER}/{self.edition}/{self.report}-{self.sha256[:SHOWN_DIGITS]}.html" if self.sha256 else ""

    @property
    def as_toml(self) -> str:
        """The entry as it stands in the file."""
        told: dict[str, str] = {name: _string(getattr(self, name)) for name in TEXTS if getattr(self, name)}
        if self.figures:
            told["figures"] = f"[{', '.join(map(_string, self.figures))}]"
        lines = [f"[[{TABLE}]]", f"date = {self.date}", *(f"{name} = {text}" for name, text in told.items())]
        return "\n".join(lines) + "\n"


KEYS = ("date", *TEXTS, "figures")


def read(data: Path) -> list[Rectification]:
    """The rectifications of a data folder, the newest first (of one day the last in the file); none without the file.

    Raises KetenError with every fault of the file, each with its line.
    """
    if not (data / NAME).exists():
        return []
    file = read_toml(data / NAME)
    entries = file.content.pop(TABLE, [])
    if file.content or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise KetenError(f"{NAME}, regel 1: verwacht worden alleen tabellen [[{TABLE}]]; herstel het bestand.")
    faults = [fault for at, entry in enumerate(entries) for fault in _faults(entry, file, (TABLE, str(at)))]
    if faults:
        raise KetenError("\n".join(faults))
    found = [Rectification(**entry | {"figures": tuple(entry.get("figures", ()))}) for entry in entries]
    return sorted(reversed(found), key=lambda one: one.date, reverse=True)


def add(data: Path, entry: Rectification) -> None:
    """Put an entry at the end of the file. Raises KetenError when the file is not right or cannot be written."""
    path = data / NAME
    with locked(data / f".{NAME}.lock", 10, f"Een ander proces schrijft in {path}; probeer het zo weer."):
        read(data)
        try:
            present = path.read_text(encoding="utf-8-sig") if path.exists() else ""
            replaced(path, f"{present.rstrip()}\n\n{entry.as_toml}".lstrip())
        except OSError as error:
            raise KetenError(f"{path} kan niet worden geschreven ({why(error)}); {remedy(error)}.") from error


def keep(out: Path, entry: Rectification, page: str, figures: Path) -> None:
    """Keep the report as it was, and the figures of its edition, where they are not kept already.

    page: its HTML, with what became of it in its slot. Raises OSError.
    """
    place = out / entry.kept
    place.parent.mkdir(parents=True, exist_ok=True)
    rows = figures.read_bytes()
    for path, text in ((place, page), (place.with_suffix(".csv"), rows.decode("utf-8"))):
        if not path.exists():
            replaced(path, text)


def _faults(entry: dict[str, Any], file: TomlFile, place: Place) -> Iterator[str]:
    for key, sentence in (*wrong_keys(entry, KEYS, OPTIONAL), *_wrong_values(entry)):
        yield file.fault((*place, key), sentence)


def _wrong_values(entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "date" in entry and type(entry["date"]) is not date:
        yield "date", "date hoort een dag te zijn, zonder aanhalingstekens: 2026-01-31."
    for key in TEXTS:
        if key in entry and not is_line(entry[key]):
            yield key, f"{key} hoort een regel tekst te zijn, van ten hoogste {LONGEST} tekens."
    for key in ("edition", "report"):
        if is_line(entry.get(key)) and not is_name(entry[key]):
            yield key, f"{key} hoort de naam van een map of bestand te zijn, zonder / of \\."
    sha = entry.get("sha256")
    if isinstance(sha, str) and is_line(sha) and not re.fullmatch(r"[0-9a-f]{64}", sha):
        yield "sha256", "sha256 hoort 64 tekens 0-9 en a-f te zijn; laat haar anders weg."
    figures = entry.get("figures", [])
    if not isinstance(figures, list) or not all(is_line(one) for one in figures):
        yield "figures", 'figures hoort een lijst van kenmerken te zijn: ["kw-0123456789ab"].'


def is_line(text: object) -> bool:
    """Whether this is a line of text that can be shown as it is."""
    return isinstance(text, str) and bool(text.strip()) and text.isprintable() and len(text) <= LONGEST


def is_name(text: str) -> bool:
    """Whether a text can be the name of a folder or file, and no path."""
    return not text.startswith(".") and not re.search(r'[/\\:*?"<>|]', text)


def _string(text: str) -> str:
    """A basic string of TOML: of what JSON escapes the same, and no half of a pair."""
    return json.dumps(text, ensure_ascii=False)
