"""From a table of a report to a sheet: numbers stay numbers and look as in the report, the rest is said in words.

What a number alone would not say (provisional, approximate, another period, `vrijwel gelijk`) stands in the last
column, "Opmerking"; when it holds for every number of the table, in a line of its own.
"""

import math
import re
from typing import NamedTuple

from keten.presentation.spreadsheet.book import Cell, Column, Form, Line, Link, Number, Sheet, heads, web, width

NO_FIGURE = "geen cijfer"
REMARKS = "Opmerking"
STATUS_WORDS = {
    "": "",
    "exact": "",
    "provisional": "voorlopig",
    "circa": "bij benadering",
    "rounded_5": "afgerond op vijftallen",
    "rounded_10": "afgerond op tientallen",
}
STATUS_OF_ALL = {
    "provisional": "Alle cijfers in deze tabel zijn voorlopig.",
    "circa": "Alle cijfers in deze tabel gelden bij benadering.",
    "rounded_5": "Alle cijfers in deze tabel zijn afgerond op vijftallen of berekend uit zulke cijfers.",
    "rounded_10": "Alle cijfers in deze tabel zijn afgerond op tientallen of berekend uit zulke cijfers.",
}
ROUNDED_TO = {"rounded_5": 5, "rounded_10": 10}
UNIT_IN_HEAD = {("", "%"): "%", ("€ ", ""): "euro", ("", " procentpunt"): "procentpunt", ("", " punt"): "punt"}

# A number as the reports print it: `ca. 1.300`, `€ 4.600.000`, `+3,5 procentpunt`, `2.045*`, `12% (mei 2017)`.
_PRINTED = re.compile(
    r"(?P<prefix>(?:ca\. )?(?:€ )?)(?P<sign>[+-]?)(?P<whole>\d{1,3}(?:\.\d{3})+|\d+)(?:,(?P<decimals>\d+))?"
    r"(?P<suffix>(?:%| [a-z]{1,20})?\*?)(?P<mark>†?)(?: \((?P<remark>.+)\))?"
)


class _Figure(NamedTuple):
    """A number as read from a cell; decimals is None when its text shows something else than this number.

    words: what its text says besides the number.
    """

    value: float
    unit: str
    status: str
    prefix: str
    suffix: str
    plus: bool
    decimals: int | None
    words: str

    @property
    def remark(self) -> str:
        """All that is to be said about the number, its status first."""
        words = STATUS_WORDS.get(self.status, self.status)
        step = ROUNDED_TO.get(self.status)
        if step and (self.unit == "percent" or self.value % step):
            words = "uit afgeronde cijfers"
        return _listed(words, self.words)


def table_sheet(name: str, table: dict) -> Sheet:
    """The sheet of a table as the notebook's output holds it: title, subtitle and unit above it, its notes below."""
    names = table["columns"]
    figures = [[_figure(cell) for cell in row] for row in table["rows"]]
    numeric = [bool(table["numeric"][place]) or _has(figures, place) for place in range(len(names))]
    forms = _forms(figures)
    rows = [
        [
            _cell(cell, figure, forms, numeric[place], place)
            for place, (cell, figure) in enumerate(zip(row, found, strict=True))
        ]
        for row, found in zip(table["rows"], figures, strict=True)
    ]
    columns = _columns(names, numeric, figures, rows)
    everywhere = _status_of_all(figures)
    remarks = [] if everywhere else [_remarks(names, row) for row in figures]
    if any(remarks):
        rows = [[*row, remark] for row, remark in zip(rows, remarks, strict=True)]
        columns = [*columns, Column(heads([*[column.name for column in columns], REMARKS])[-1], width(remarks))]
    lines = [Line(table["title"], "title"), *[Line(text) for text in (table["subtitle"], _units(table)) if text]]
    below = [Line(note) for note in (*table["notes"], everywhere) if note]
    if not rows:
        return Sheet(name, [*lines, Line("Deze tabel heeft geen rijen.")], below=below)
    return Sheet(name, lines, columns, rows, below)


def source_lines(table: dict) -> list[Line]:
    """Each document behind the table, as a line that leads to it."""
    sources = dict.fromkeys(
        (source["title"], source["url"]) for origin in table["origins"] for source in origin["sources"]
    )
    return [Line(f"Bron: {title} ({url})" if url else f"Bron: {title}", target=web(url)) for title, url in sources]


def _figure(cell: dict) -> _Figure | None:
    value = cell.get("value")
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        return None
    unit, status, text = cell.get("unit", ""), cell.get("status", ""), cell["text"]
    if text == f"{value:,.0f}".replace(",", "."):  # most numbers, and much quicker than the pattern
        return _Figure(value, unit, status, "", "", False, 0, "")
    printed = _PRINTED.fullmatch(text)
    if not printed or not _shows(printed, value):
        return _Figure(value, unit, status, "", "", False, None, text)
    prefix, sign, _, decimals, suffix, mark, remark = printed.groups()
    words = _listed(remark or "", mark or "")
    return _Figure(value, unit, status, prefix, suffix, sign == "+", len(decimals or ""), words)


def _shows(printed: re.Match, value: float) -> bool:
    """Whether the printed number is this value, rounded."""
    digits = printed["decimals"] or ""
    size = float(f"{printed['whole'].replace('.', '')}.{digits or 0}")
    shown = -size if printed["sign"] == "-" else size
    return abs(shown - value) <= 0.500001 * 10 ** -len(digits)


def _listed(*words: str) -> str:
    return ", ".join(word for word in words if word)


def _has(figures: list[list[_Figure | None]], place: int) -> bool:
    return any(row[place] for row in figures)


def _forms(figures: list[list[_Figure | None]]) -> dict[tuple, Form]:
    """The common form of the numbers with one unit in one column: as many decimals as the most precise shows."""
    forms: dict[tuple, Form] = {}
    for row in figures:
        for place, figure in enumerate(row):
            if figure and figure.decimals is not None:
                form = forms.get((place, figure.unit))
                if form is None:
                    forms[place, figure.unit] = Form(figure.decimals, figure.prefix, figure.suffix, figure.plus)
                elif figure.decimals > form.decimals or figure.plus > form.signed:
                    most = max(form.decimals, figure.decimals)
                    forms[place, figure.unit] = form._replace(decimals=most, signed=form.signed or figure.plus)
    return forms


def _cell(cell: dict, figure: _Figure | None, forms: dict[tuple, Form], numeric: bool, place: int) -> Cell:
    if figure is None and (address := web(cell.get("url", ""))):
        return Link(cell["text"], address)
    if figure is None:
        return cell["text"] or (NO_FIGURE if numeric else "")
    form = forms.get((place, figure.unit))
    if form is None:  # no number of this unit is printed in the column, only words
        return Number(figure.value, Form(0 if float(figure.value).is_integer() else 1))
    if figure.decimals is None:
        form = form._replace(prefix=form.prefix.removeprefix("ca. "), suffix=form.suffix.removesuffix("*"))
    elif (form.prefix, form.suffix) != (figure.prefix, figure.suffix):
        form = form._replace(prefix=figure.prefix, suffix=figure.suffix)
    return Number(figure.value, form)


def _columns(names: list[str], numeric: list[bool], figures: list, rows: list[list[Cell]]) -> list[Column]:
    named = heads([name + _unit_in_head(name, place, figures) for place, name in enumerate(names)])
    columns = []
    for place, name in enumerate(named):
        words = [cell for row in rows if isinstance(cell := row[place], str)]
        numbers = [cell for row in rows if isinstance(cell := row[place], Number)]
        # A head wraps between its words.
        columns.append(Column(name, width([*words, *name.split(), *_longest(numbers)]), numeric[place]))
    return columns


def _unit_in_head(name: str, place: int, figures: list) -> str:
    """The unit behind the head, when all numbers of the column have the same: a program does not see their form."""
    affixes = {
        (figure.prefix.removeprefix("ca. "), figure.suffix.removesuffix("*"))
        for row in figures
        if (figure := row[place]) and figure.decimals is not None
    }
    unit = UNIT_IN_HEAD.get(affixes.pop(), "") if len(affixes) == 1 else ""
    return f" ({unit})" if unit and unit not in name and "procent" not in name.lower() else ""


def _longest(numbers: list[Number]) -> list[str]:
    """Texts that are about as long as the longest of these numbers reads."""
    largest = max((abs(number.value) for number in numbers), default=0)
    forms = {number.form for number in numbers}
    return [f"{form.prefix}-{largest:,.{form.decimals}f}{form.suffix}" for form in forms]


def _status_of_all(figures: list[list[_Figure | None]]) -> str:
    """What holds for every number of the table, when they have one status and nothing else is to be said."""
    found = {(figure.status, figure.words) for row in figures for figure in row if figure}
    status, words = found.pop() if len(found) == 1 else ("", "")
    return "" if words else STATUS_OF_ALL.get(status, "")


def _remarks(names: list[str], row: list[_Figure | None]) -> str:
    """What is to be said about the numbers of a row; by column, unless it holds for all of them."""
    found = [(name, figure.remark) for name, figure in zip(names, row, strict=True) if figure]
    if len({words for _, words in found}) == 1:
        return found[0][1]
    return "; ".join(f"{name}: {words}" for name, words in found if words)


def _units(table: dict) -> str:
    """The units of the table, when neither its subtitle nor a column names them."""
    used = {cell["unit"] for row in table["rows"] for cell in row if "value" in cell}
    if not used or table["subtitle"].startswith("In ") or "Eenheid" in table["columns"]:
        return ""
    counted = [origin["unit"] for origin in table["origins"]] if used != {"percent"} else []
    words = dict.fromkeys(filter(None, [*counted, "procent" if "percent" in used else ""]))
    return f"Eenheid: {', '.join(words)}." if words else ""
