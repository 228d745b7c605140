"""The sheets of an OpenDocument spreadsheet (ODS), row by row."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree.ElementTree import Element, iterparse

from keten.sources.readers.sheet_cells import (
    MOST_COLUMNS,
    Sheet,
    SheetRow,
    day_text,
    dressed,
    duration_text,
    number_text,
    runs_text,
)
from keten.sources.readers.unread import NO_DAY, NO_RESULT, NOT_SHOWN, is_error

_ODF = "{urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TABLE, _TEXT, _STYLE = (f"{_ODF}{name}:1.0}}" for name in ("office", "table", "text", "style"))
_NUMBER = f"{_ODF}datastyle:1.0}}"
_ROW, _COLUMN, _CELL = f"{_TABLE}table-row", f"{_TABLE}table-column", f"{_TABLE}table-cell"
_CELLS = (_CELL, f"{_TABLE}covered-table-cell")
_LISTS = (f"{_OFFICE}styles", f"{_OFFICE}automatic-styles")
_PARTS = {
    "year": "year",
    "month": "month",
    **dict.fromkeys(("day", "day-of-week", "week-of-year", "quarter", "era"), "day"),
    **dict.fromkeys(("hours", "minutes", "seconds"), "clock"),
}
_DURATION = re.compile(r"(-?)P(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:\.[0-9]+)?S)?)?")
# Libraries that write formulas without calculating them.
_LIBRARIES = re.compile(rb"generator>\s*(?:odfpy|odfdo|ezodf|lpod|phpspreadsheet|relatorio)", re.IGNORECASE)
_AROUND = re.compile(r"(?P<before>\D*?)[+\-−]?[0-9](?:[0-9.,'’\s]*[0-9])?(?:[eE][+-]?[0-9]+)?(?P<after>.*)", re.DOTALL)
_FRACTION = re.compile(r"[0-9]/[0-9]")
_BLANKS = re.compile("[ \t\r\n]+")
_MOST_BLANKS = 1_000  # that one element may stand for

Events = Iterator[tuple[str, Element]]


@dataclass
class _Styles:
    """What the styles of a document say that changes the meaning of a cell."""

    shown: dict[str, frozenset[str]] = field(default_factory=dict)  # parts of a moment, by the name of a data style
    factor: dict[str, int] = field(default_factory=dict)  # digits that a data style leaves out
    of_cell: dict[str, tuple[str, str]] = field(default_factory=dict)  # data style and parent of a cell's style
    place: dict[str, str] = field(default_factory=dict)  # above or below the line, by the style of a text
    hidden: set[str] = field(default_factory=set)  # styles of hidden sheets

    def learn(self, element: Element) -> None:
        """Take in one element of a list of styles."""
        name, kind = element.get(f"{_STYLE}name", ""), element.tag.rpartition("}")[2]
        if kind in ("date-style", "time-style"):
            parts = {_PARTS.get(child.tag.removeprefix(_NUMBER), "") for child in element}
            self.shown[name] = frozenset(parts - {""})
        elif kind == "number-style":
            factors = [child.get(f"{_NUMBER}display-factor") for child in element]
            self.factor[name] = sum(len(factor) - 1 for factor in factors if factor and re.fullmatch("10+", factor))
        elif kind == "style":
            self._style(element, name)

    def _style(self, element: Element, name: str) -> None:
        family = element.get(f"{_STYLE}family")
        if family == "table-cell":
            data, parent = (element.get(f"{_STYLE}{key}", "") for key in ("data-style-name", "parent-style-name"))
            self.of_cell[name] = data, parent
        for child in element:
            position = child.get(f"{_STYLE}text-position", "")
            if family == "text" and position.startswith(("super", "sub")):
                self.place[name] = "sub" if position.startswith("sub") else "super"
            elif family == "text" and re.match(r"-?[1-9]", position):
                self.place[name] = "sub" if position.startswith("-") else "super"
            elif family == "table" and child.get(f"{_TABLE}display") == "false":
                self.hidden.add(name)

    def data(self, name: str) -> str:
        """The data style of a cell's style, its own or that of a parent."""
        for _ in range(len(self.of_cell)):
            own, parent = self.of_cell.get(name, ("", ""))
            if own or not parent:
                return own
            name = parent
        return ""


def sheets(archive: zipfile.ZipFile, decimal: str) -> Iterator[Sheet]:
    """Name of each sheet, whether it is hidden, and its rows, to be read before the next sheet is asked for."""
    members, styles = archive.namelist(), _Styles()
    about = archive.read("meta.xml") if "meta.xml" in members else b""
    reader = _Reader(styles, decimal, calculated=not _LIBRARIES.search(about))
    for member in [name for name in ("styles.xml", "content.xml") if name in members]:
        with archive.open(member) as source:
            events = iterparse(source, ("start", "end"))
            path: list[Element] = []
            for event, element in events:
                if event == "start" and element.tag == f"{_TABLE}table" and path[-1].tag == f"{_OFFICE}spreadsheet":
                    hidden = element.get(f"{_TABLE}style-name") in styles.hidden
                    yield element.get(f"{_TABLE}name", ""), hidden, reader.rows(events, element)
                    _skip(events, element)
                    path[-1].remove(element)
                elif event == "start":
                    path.append(element)
                else:
                    path.pop()
                    if path and path[-1].tag in _LISTS:
                        styles.learn(element)


def _skip(events: Events, table: Element) -> None:
    for event, element in events:
        if event == "end" and element is table:
            return
        if event == "end" and element.tag == _ROW:
            element.clear()


@dataclass(frozen=True)
class _Reader:
    """Turns the elements of a sheet into texts; `calculated`: formulas have their results."""

    styles: _Styles
    decimal: str
    calculated: bool

    def rows(self, events: Events, table: Element) -> Iterator[SheetRow]:
        """The rows of a sheet that are not empty."""
        line, path, usual = 1, [table], list[str]()
        for event, element in events:
            if event == "start":
                path.append(element)
                continue
            path.pop()
            if element is table:
                return
            if element.tag not in (_ROW, _COLUMN) or any(one.tag in _CELLS for one in path):
                continue  # also what stands in a table within a cell
            if element.tag == _COLUMN:
                count = min(_repeated(element, "columns"), MOST_COLUMNS - len(usual))
                usual += [element.get(f"{_TABLE}default-cell-style-name", "")] * count
                continue
            count = _repeated(element, "rows")
            if cells := self._cells(element, usual):
                yield line, count, cells
            line += count
            path[-1].remove(element)

    def _cells(self, row: Element, usual: list[str]) -> list[str]:
        """The texts of a row up to the last; `usual`: the style of a cell that names none, by column."""
        texts, place = list[str](), 0
        for cell in row:
            if cell.tag not in _CELLS:
                continue
            count = _repeated(cell, "columns")
            style = cell.get(f"{_TABLE}style-name") or (usual[place] if place < len(usual) else "")
            if cell.tag == _CELL and (text := self._text(cell, style)):
                if place + count > MOST_COLUMNS:
                    raise ValueError(place)
                texts += [""] * (place - len(texts)) + [text] * count
            place += count
        return texts

    def _text(self, cell: Element, style: str) -> str:
        kind = cell.get(f"{_OFFICE}value-type", "")
        if cell.get(f"{_TABLE}formula") is not None and not (kind and self.calculated):
            return NO_RESULT
        paragraphs = [self._paragraph(child) for child in cell if child.tag == f"{_TEXT}p"]
        shown = "\n".join(paragraphs).strip()
        if kind in ("", "string") or is_error(shown):
            return shown or cell.get(f"{_OFFICE}string-value", "").strip()
        if kind == "date":
            return self._day(cell.get(f"{_OFFICE}date-value", ""), style)
        if kind == "time":
            return _duration(cell.get(f"{_OFFICE}time-value", ""))
        if kind == "boolean":
            return cell.get(f"{_OFFICE}boolean-value", "").upper()
        value = float(cell.get(f"{_OFFICE}value", ""))
        if paragraphs and not shown and value:
            return NOT_SHOWN
        if kind == "percentage":
            return self._dressed(f"{number_text(value, self.decimal, 2)}%", shown.replace("%", "", 1))
        factor = self.styles.factor.get(self.styles.data(style), 0)
        return self._number(value, shown if kind == "float" else "", factor)

    def _number(self, value: float, shown: str, factor: int) -> str:
        """The number, unless its format shows something else: `<5`, nothing but a word, 0518."""
        other = "<" in shown or ">" in shown or not any(map(str.isdigit, shown))
        if other and shown and (value or shown.strip("-–— ")):
            return shown
        if re.fullmatch("0[0-9]+", shown) and int(shown) == value:
            return shown
        return self._dressed(number_text(value, self.decimal, -factor), shown)

    def _dressed(self, number: str, shown: str) -> str:
        """The number with what stands around it in the text that is shown; a fraction (2 1/2) is a number."""
        around = None if _FRACTION.search(shown) else _AROUND.fullmatch(shown)
        return dressed(number, around["before"], around["after"]) if around else number

    def _day(self, value: str, style: str) -> str:
        try:
            moment = datetime.fromisoformat(value).replace(tzinfo=None)
        except ValueError:
            return NO_DAY
        return day_text(moment, self.styles.shown.get(self.styles.data(style), frozenset()))

    def _paragraph(self, element: Element) -> str:
        return runs_text(self._runs(element, ""))

    def _runs(self, element: Element, place: str) -> Iterator[tuple[str, str]]:
        """The texts in a paragraph, each with its place; remarks, notes and drawings are no part of it."""
        if element.text:
            yield place, _BLANKS.sub(" ", element.text)
        for child in element:
            if child.tag == f"{_TEXT}s":
                yield place, " " * min(int(child.get(f"{_TEXT}c") or 1), _MOST_BLANKS)
            elif child.tag in (f"{_TEXT}tab", f"{_TEXT}line-break"):
                yield place, "\t" if child.tag.endswith("tab") else "\n"
            elif child.tag.startswith(_TEXT) and child.tag != f"{_TEXT}note":
                yield from self._runs(child, self.styles.place.get(child.get(f"{_TEXT}style-name", ""), place))
            if child.tail:
                yield place, _BLANKS.sub(" ", child.tail)


def _repeated(element: Element, what: str) -> int:
    return int(element.get(f"{_TABLE}number-{what}-repeated") or 1)


def _duration(value: str) -> str:
    if not (found := _DURATION.fullmatch(value)):
        raise ValueError(value)
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    length = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    return duration_text(-length if found[1] else length)
