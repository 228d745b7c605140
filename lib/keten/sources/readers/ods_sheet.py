"""A sheet of an ODS file."""

import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse

from keten.sources.readers import sheet_cells
from keten.sources.readers.sheet_cells import (
    ERROR,
    Run,
    column_name,
    duration_text,
    number_text,
    percent_text,
    refuse_error,
    refuse_formula,
    refuse_size,
    without_marks,
)
from keten.sources.readers.text import Row

_DURATION = re.compile(r"(-?)P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?")
_CELLS = ("table-cell", "covered-table-cell")
_RAISED = re.compile(r"super|[1-9]\d*%")


class Ods:
    """An ODS file. `sheets`: the names of its sheets in order, each with whether a reader sees it."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.raised: set[str] = set()  # names of the styles of raised text
        self.sheets: dict[str, bool] = {}
        hidden: set[str] = set()
        with archive.open("content.xml") as file:
            for event, element in iterparse(file, events=("start", "end")):
                name = _name(element)
                if event == "start" and name == "table":
                    self.sheets.setdefault(_attribute(element, "name"), _attribute(element, "style-name") not in hidden)
                elif event == "end" and name == "style":
                    parts = {_name(part): part for part in element}
                    if "table-properties" in parts and _attribute(parts["table-properties"], "display") == "false":
                        hidden.add(_attribute(element, "name"))
                    if "text-properties" in parts and _RAISED.match(
                        _attribute(parts["text-properties"], "text-position")
                    ):
                        self.raised.add(_attribute(element, "name"))
                elif event == "end" and name == "table-row":
                    element.clear()

    def rows(self, sheet: str, decimal: str) -> Iterator[Row]:
        """Line and texts of every row of a sheet, up to its last filled cell."""
        line, count, inside = 1, 0, False
        with self.archive.open("content.xml") as file:
            for event, element in iterparse(file, events=("start", "end")):
                name = _name(element)
                if name == "table":
                    inside = event == "start" and _attribute(element, "name") == sheet
                elif event == "end" and name == "table-row":
                    repeated = int(_attribute(element, "number-rows-repeated") or 1)
                    cells = self._cells(element, decimal, sheet, line) if inside else []
                    element.clear()
                    count += repeated * len(cells)
                    if count > sheet_cells.MOST_CELLS:
                        refuse_size(sheet)
                    if cells:
                        yield from ((line + later, cells) for later in range(repeated))
                    line += repeated * inside

    def _cells(self, row: Element, decimal: str, sheet: str, line: int) -> list[str]:
        cells: list[str] = []
        blank = 0  # cells before the next filled one
        for cell in row:
            if _name(cell) not in _CELLS:
                continue
            repeated = int(_attribute(cell, "number-columns-repeated") or 1)
            text = self._text(cell, decimal, sheet, f"{column_name(len(cells) + blank)}{line}")
            if not text:
                blank += repeated
                continue
            if len(cells) + blank + repeated > sheet_cells.MOST_CELLS:
                refuse_size(sheet)
            cells += [""] * blank + [text] * repeated
            blank = 0
        return cells

    def _text(self, cell: Element, decimal: str, sheet: str, where: str) -> str:
        kind, value = _attribute(cell, "value-type"), _attribute(cell, "value")
        shown = "\n".join(without_marks(list(self._runs(part, False))) for part in cell if _name(part) == "p").strip()
        kinds = [text for key, text in cell.items() if key.endswith("}value-type")]
        if "error" in kinds or ERROR.fullmatch(shown):
            refuse_error(shown or "in een formule", sheet, where)
        if _attribute(cell, "formula") and not kind and not shown:
            refuse_formula(sheet, where)
        match kind:
            case "float" | "currency":
                return number_text(float(value), decimal)
            case "percentage":
                return percent_text(float(value), decimal)
            case "date":
                return _attribute(cell, "date-value").removesuffix("T00:00:00").replace("T", " ")
            case "time":
                return duration_text(_duration(_attribute(cell, "time-value")))
            case "boolean":
                return _attribute(cell, "boolean-value").upper()
        return shown

    def _runs(self, part: Element, raised: bool) -> Iterator[Run]:
        """The texts of a paragraph, spaces and breaks in words of their own among them."""
        yield part.text or "", raised
        for inner in part:
            match _name(inner):
                case "s":
                    yield " " * int(_attribute(inner, "c") or 1), raised
                case "tab" | "line-break":
                    yield " ", raised
                case "span" | "a":
                    yield from self._runs(inner, raised or _attribute(inner, "style-name") in self.raised)
            yield inner.tail or "", raised


def _duration(text: str) -> timedelta:
    sign, *parts = _DURATION.fullmatch(text).groups(default="0")  # type: ignore[union-attr]  # else the file is broken
    days, hours, minutes, seconds = map(float, parts)
    span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -span if sign == "-" else span


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _attribute(element: Element, name: str) -> str:
    """An attribute by its name without a namespace; '' when there is none. An office's own goes before an extension."""
    found = [value for key, value in element.items() if key.rpartition("}")[2] == name and "calcext" not in key]
    return found[0] if found else ""
