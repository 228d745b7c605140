"""A sheet of an XLSX file, transitional or strict: the two differ in namespaces only, which are passed over."""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring, iterparse
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from keten.sources.readers import sheet_cells
from keten.sources.readers.sheet_cells import (
    ERROR,
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

_LITERAL = re.compile(r'"[^"]*"|\\.|_.')  # of a number format: what is written as it stands


class Xlsx:
    """An XLSX file. `sheets`: the names of its sheets in order, each with whether a reader sees it."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        book = _part(archive, "xl/workbook.xml")
        targets = {_attribute(one, "Id"): one for one in _part(archive, "xl/_rels/workbook.xml.rels")}
        self.places = {}
        self.sheets: dict[str, bool] = {}
        for one in _all(book, "sheet"):
            relation = targets[_attribute(one, "id")]
            if _attribute(relation, "Type").endswith("/worksheet"):
                self.places[one.get("name", "")] = posixpath.join("/xl", _attribute(relation, "Target"))[1:]
                self.sheets[one.get("name", "")] = one.get("state", "visible") == "visible"
        settings = next(_all(book, "workbookPr"), None)
        self.epoch = CALENDAR_WINDOWS_1900
        if settings is not None and settings.get("date1904") in ("1", "true"):
            self.epoch = CALENDAR_MAC_1904
        calculation = next(_all(book, "calcPr"), None)
        # A library that writes formulas cannot calculate: it asks for that when the file is opened, and writes 0.
        self.uncalculated = calculation is not None and calculation.get("fullCalcOnLoad") in ("1", "true")
        names = set(archive.namelist())
        self.texts = list(_texts(archive)) if "xl/sharedStrings.xml" in names else []
        self.formats = _formats(_part(archive, "xl/styles.xml")) if "xl/styles.xml" in names else []

    def rows(self, sheet: str, decimal: str) -> Iterator[Row]:
        """Line and texts of every row of a sheet, up to its last cell."""
        count = line = 0
        with self.archive.open(self.places[sheet]) as file:
            for _, element in iterparse(file):
                if _name(element) != "row":
                    continue
                line = int(element.get("r") or line + 1)
                cells: list[str] = []
                for cell in element:
                    place = _place(cell.get("r", "")) if cell.get("r") else len(cells)
                    count += place - len(cells) + 1
                    if count > sheet_cells.MOST_CELLS:
                        refuse_size(sheet)
                    cells += [""] * (place - len(cells))
                    cells.append(self._text(cell, decimal, sheet, f"{column_name(place)}{line}"))
                element.clear()
                yield line, cells

    def _text(self, cell: Element, decimal: str, sheet: str, where: str) -> str:
        kind, parts = cell.get("t", "n"), {_name(part): part for part in cell}
        text = (parts["v"].text or "") if "v" in parts else ""
        if "f" in parts and ((text == "" and kind != "str") or (self.uncalculated and text == "0")):
            refuse_formula(sheet, where)
        if kind == "s":
            text = self.texts[int(text)]
        elif kind == "inlineStr" and "is" in parts:
            text = _runs(parts["is"])
        if kind == "e" or ERROR.fullmatch(text.strip()):
            refuse_error(text, sheet, where)
        if kind == "b":
            return "TRUE" if text == "1" else "FALSE"
        if kind != "n" or text == "":
            return text.strip().removesuffix("T00:00:00") if kind == "d" else text.strip()
        style = int(cell.get("s", 0))
        form = self.formats[style] if style < len(self.formats) else ""
        return number_text(float(text), decimal) if form in ("", "General") else self._shown(float(text), form, decimal)

    def _shown(self, value: float, form: str, decimal: str) -> str:
        if is_timedelta_format(form):
            return duration_text(from_excel(value, self.epoch, timedelta=True))
        if is_date_format(form):
            return _moment(from_excel(value, self.epoch))
        if "%" in _LITERAL.sub("", form):
            return percent_text(value, decimal)
        return number_text(value, decimal)


def _moment(moment: datetime | date | time) -> str:
    if isinstance(moment, datetime):
        return moment.date().isoformat() if moment.time() == time() else moment.isoformat(sep=" ")
    return moment.isoformat()


def _part(archive: zipfile.ZipFile, name: str) -> Element:
    root: Element = fromstring(archive.read(name))
    return root


def _texts(archive: zipfile.ZipFile) -> Iterator[str]:
    with archive.open("xl/sharedStrings.xml") as file:
        for _, element in iterparse(file):
            if _name(element) == "si":
                yield _runs(element)
                element.clear()


def _runs(text: Element) -> str:
    """A text of one piece or of runs with a form of their own; reading aids are passed over."""
    runs = []
    for part in text:
        if _name(part) in ("t", "r"):
            raised = any(one.get("val") == "superscript" for one in _all(part, "vertAlign"))
            words = [part] if _name(part) == "t" else list(_all(part, "t"))
            runs.append(("".join(one.text or "" for one in words), raised))
    return without_marks(runs)


def _formats(styles: Element) -> list[str]:
    """The number format of every style of a cell."""
    own = {one.get("numFmtId", ""): one.get("formatCode", "") for one in _all(styles, "numFmt")}
    cells = next(_all(styles, "cellXfs"), None)
    ids = [] if cells is None else [one.get("numFmtId", "0") for one in cells]
    return [own.get(one) or BUILTIN_FORMATS.get(int(one), "") for one in ids]


def _place(reference: str) -> int:
    """Place from 0 of the column in a reference such as `AB12`."""
    place = 0
    for letter in re.match("[A-Z]+", reference.upper())[0]:  # type: ignore[index]  # else the file is broken
        place = 26 * place + ord(letter) - ord("A") + 1
    return place - 1


def _all(element: Element, name: str) -> Iterator[Element]:
    return (one for one in element.iter() if _name(one) == name)


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _attribute(element: Element, name: str) -> str:
    return next(value for key, value in element.items() if key.rpartition("}")[2] == name)
