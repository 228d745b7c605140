"""The sheets of an Office Open XML workbook (XLSX), transitional or strict, row by row."""

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property
from typing import IO
from xml.etree.ElementTree import Element, fromstring, iterparse

from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils import column_index_from_string, range_boundaries

from keten.sources.readers.number_format import sections, shown
from keten.sources.readers.sheet_cells import (
    MOST_COLUMNS,
    MOST_LINES,
    Sheet,
    SheetRow,
    day_text,
    number_text,
    runs_text,
)
from keten.sources.readers.unread import NO_RESULT

_PLACES = {"superscript": "super", "subscript": "sub"}
_ESCAPED = re.compile("_x([0-9A-F]{4})_")
_DATE_1900, _DATE_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - days have no time zone


def sheets(archive: zipfile.ZipFile, decimal: str) -> Iterator[Sheet]:
    """Name of each sheet with cells, whether it is hidden, and its rows."""
    book = _Book(archive, decimal)
    for sheet in book.root.iterfind(f"{book.space}sheets/{book.space}sheet"):
        kind, part = book.parts[next(value for name, value in sheet.items() if name.endswith("}id"))]
        if kind == "worksheet":
            yield sheet.get("name", ""), sheet.get("state", "visible") != "visible", book.rows(part)


class _Book:
    """What the sheets of a workbook share."""

    def __init__(self, archive: zipfile.ZipFile, decimal: str) -> None:
        self.archive, self.decimal = archive, decimal
        self.part = next(part for kind, part in _related(archive, "").values() if kind == "officeDocument")
        self.parts = _related(archive, self.part)
        self.root = fromstring(archive.read(self.part))
        self.space = _space(self.root)
        about = self.root.find(f"{self.space}workbookPr")
        self.since = _DATE_1904 if about is not None and _is_true(about.get("date1904")) else _DATE_1900
        calculation = self.root.find(f"{self.space}calcPr")
        # Programs that do not calculate leave formulas without a result, or with 0, and ask for it on opening.
        self.results = calculation is None or not (
            _is_true(calculation.get("fullCalcOnLoad")) or calculation.get("calcCompleted") in ("0", "false")
        )

    def _shared(self, kind: str) -> IO[bytes] | None:
        part = next((part for of, part in self.parts.values() if of == kind), "")
        return self.archive.open(part) if part in self.archive.namelist() else None

    @cached_property
    def strings(self) -> list[str]:
        """The texts that cells refer to."""
        if (source := self._shared("sharedStrings")) is None:
            return []
        with source:
            return [_text(element) for element in _each(source, "si")]

    @cached_property
    def formats(self) -> list[str]:
        """The number format of each style."""
        if (source := self._shared("styles")) is None:
            return []
        with source:
            root = fromstring(source.read())
        space = _space(root)
        own = {one.get("numFmtId"): one.get("formatCode", "") for one in root.iter(f"{space}numFmt")}
        used = [one.get("numFmtId", "0") for one in root.iterfind(f"{space}cellXfs/{space}xf")]
        return [own.get(number) or BUILTIN_FORMATS.get(int(number), "General") for number in used]

    def rows(self, part: str) -> Iterator[SheetRow]:
        """The rows of a sheet that are not empty."""
        line, areas = 0, list[tuple[int, int, int, int]]()
        with self.archive.open(part) as source:
            for row in _each(source, "row"):
                before, line = line, int(row.get("r") or line + 1)
                if not before < line <= MOST_LINES:
                    raise ValueError(line)
                cells = self._cells(row, areas)
                for left, top, right, bottom in areas:
                    if top <= line <= bottom:
                        cells += [""] * (right - len(cells))
                        cells[left - 1 : right] = [NO_RESULT] * (right - left + 1)
                while cells and not cells[-1]:
                    cells.pop()
                if cells:
                    yield line, 1, cells

    def _cells(self, row: Element, areas: list[tuple[int, int, int, int]]) -> list[str]:
        """The texts of a row; an area that one formula fills is added to `areas` when it has no results."""
        space, texts, place = self.space, list[str](), -1
        for cell in row.iterfind(f"{space}c"):
            place = _column(cell.get("r", ""), place + 1)
            formula = cell.find(f"{space}f")
            if formula is None:
                text = self._value(cell)
            elif self.results:
                text = self._value(cell) if cell.get("t") == "str" or cell.findtext(f"{space}v") else NO_RESULT
            else:
                text = NO_RESULT
                if ":" in (area := formula.get("ref", "")) and formula.get("t") != "shared":
                    left, top, right, bottom = range_boundaries(area)
                    areas.append((left, top, min(right, MOST_COLUMNS), bottom))
            if text:
                texts += [""] * (place - len(texts))
                texts.append(text)
        return texts

    def _value(self, cell: Element) -> str:
        """The text of a cell by its kind."""
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = cell.find(f"{self.space}is")
            return "" if inline is None else _text(inline)
        value = cell.findtext(f"{self.space}v") or ""
        return _KINDS[kind](self, value, cell) if value else ""

    def _number(self, value: str, cell: Element) -> str:
        code = self._format(cell)
        if code == "General":
            return number_text(float(value), self.decimal)
        return shown(float(value), code, self.decimal, self.since)

    def _format(self, cell: Element) -> str:
        style = int(cell.get("s") or 0)
        return self.formats[style] if style < len(self.formats) else "General"

    def _string(self, value: str, _: Element) -> str:
        return self.strings[int(value)]

    def _boolean(self, value: str, _: Element) -> str:
        return "TRUE" if _is_true(value) else "FALSE"

    def _day(self, value: str, cell: Element) -> str:
        return day_text(datetime.fromisoformat(value).replace(tzinfo=None), sections(self._format(cell))[0].days)

    def _plain(self, value: str, _: Element) -> str:
        return _unescaped(value).strip()


_KINDS: dict[str, Callable[[_Book, str, Element], str]] = {
    "n": _Book._number,
    "s": _Book._string,
    "b": _Book._boolean,
    "d": _Book._day,
    "str": _Book._plain,
    "e": _Book._plain,
}


def _space(root: Element) -> str:
    """The namespace, in braces, of the elements: strict and transitional files differ in it alone."""
    return root.tag[: root.tag.index("}") + 1]


def _each(source: IO[bytes], name: str) -> Iterator[Element]:
    """Every element of this name, which is forgotten once the next is asked for."""
    events = iterparse(source, ("start", "end"))
    _, root = next(events)
    wanted, open_ones = f"{_space(root)}{name}", [root]
    for event, element in events:
        if event == "start":
            open_ones.append(element)
            continue
        open_ones.pop()
        if element.tag == wanted:
            yield element
            open_ones[-1].remove(element)


def _related(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Kind and name of the parts that a part refers to, by their identifier."""
    folder, name = posixpath.split(part)
    root = fromstring(archive.read(posixpath.join(folder, "_rels", f"{name}.rels")))
    return {
        one.get("Id", ""): (
            one.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/"),
        )
        for one in root
    }


def _column(place: str, following: int) -> int:
    """The number of a column from its cell (`C7` is 2); the following one when the file does not say."""
    number = column_index_from_string(place.rstrip("0123456789")) - 1 if place else following
    if not following <= number < MOST_COLUMNS:
        raise ValueError(place)
    return number


def _text(element: Element) -> str:
    """The text of a string with or without runs."""
    space, runs = _space(element), list[tuple[str, str]]()
    for child in element:
        if child.tag == f"{space}t":
            runs.append(("", _unescaped(child.text or "")))
        elif child.tag == f"{space}r":
            place = child.find(f"{space}rPr/{space}vertAlign")
            about = "" if place is None else _PLACES.get(place.get("val", ""), "")
            runs.append((about, _unescaped(child.findtext(f"{space}t") or "")))
    return runs_text(runs)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _is_true(text: str | None) -> bool:
    return text in ("1", "true")
