"""The table behind a figure, made once: what a reader sees, what a download holds and what the annex lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple
from urllib.parse import quote

from keten.presentation.markup import caption, escape, inert, link, plain_number, region, slug

NO_FIGURE = "geen cijfer"
WIDE = 7  # more columns than this need a landscape page in print
PHONE, BETWEEN, SIGN = 288, 7, 7.2  # pixels: the narrowest column of text, between columns, a sign of a table there
CHANGE = "t.o.v."  # begins the head of a column of changes
UNIT_IN_HEAD = {("", "%"): "%", ("€ ", ""): "euro", ("", " procentpunt"): "procentpunt", ("", " punt"): "punt"}
BY_PERIOD = "Periode"  # the head of the first column where each row is about a period


class Form(NamedTuple):
    """How a number reads: its decimals, the text before and after it, and whether a rise carries a plus sign."""

    decimals: int = 0
    prefix: str = ""
    suffix: str = ""
    signed: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell: its Dutch text, and for a number its machine value, unit code, status and form.

    A number without a status is no figure, such as a count of rows; one without a form is told in other words.
    missing: whether a figure is not there; remark: small print beside the text; url: address behind the text; mark: a
    sign behind the number.
    """

    text: str
    value: float | None = None
    unit: str = ""
    status: str = ""
    missing: bool = False
    remark: str = ""
    url: str = ""
    form: Form | None = None
    mark: str = ""

    def html(self) -> str:
        """What stands inside the cell."""
        shown = link(self.text, self.url) if self.url else escape(self.text)
        if self.value is not None and self.status:  # a count of rows has no status: it is no figure
            shown = f'<data value="{plain_number(self.value)}">{shown}</data>'
        return f"{shown} <small>({escape(self.remark)})</small>" if self.remark else shown

    @property
    def whole(self) -> str:
        """The text with its remark."""
        return f"{self.text} ({self.remark})" if self.remark else self.text

    @property
    def words(self) -> str:
        """What the cell of a number says besides the number."""
        return ", ".join(filter(None, [self.remark, self.mark])) if self.form else self.whole


def number_cell(
    digits: str,
    value: float,
    unit: str = "",
    status: str = "",
    prefix: str = "",
    suffix: str = "",
    mark: str = "",
    remark: str = "",
) -> Cell:
    """The cell of a number that reads as `digits` (with its sign, from `prose.number`) between prefix and suffix.

    >>> number_cell("+3,5", 3.5, "percent", "exact", suffix=" procentpunt").form
    Form(decimals=1, prefix='', suffix=' procentpunt', signed=True)
    """
    form = Form(len(digits.partition(",")[2]), prefix, suffix, digits.startswith("+"))
    return Cell(f"{prefix}{digits}{suffix}{mark}", value, unit, status, remark=remark, form=form, mark=mark)


USUAL = {field.name: field.default for field in fields(Cell)}


@dataclass(frozen=True)
class Grid:
    """A table: `rows` of cells, the first of each row its name; `numeric` names the columns of figures."""

    title: str
    subtitle: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numeric: frozenset[str] = frozenset()

    def table(self, hidden_caption: bool = False) -> str:
        """The captioned HTML table in a region that scrolls by itself."""
        kinds = [["number"] * (name in self.numeric) + ["change"] * name.startswith(CHANGE) for name in self.columns]
        css = [f' class="{" ".join(one)}"' if one else "" for one in kinds]
        head = "".join(
            f'<th scope="col"{kind}>{escape(name)}</th>' for name, kind in zip(self.columns, css, strict=True)
        )
        body = "".join(self._row(row) for row in self.rows)
        hidden = ' class="visually-hidden"' if hidden_caption else ""
        heading = f"<caption{hidden}>{caption(self.title, self.subtitle)}</caption>"
        beside, below = self._on_a_phone()
        kind = f' class="numbers{" long" * below}" style="--n:{beside}"' if beside else ""
        grid = f"<table{kind}>{heading}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        if beside or self._fits():
            return f'<div class="fits">{grid}</div>'
        label = f"Cijfers bij: {self.title}" if hidden_caption else f"Tabel: {self.title}"
        return region(label, grid)

    def _on_a_phone(self) -> tuple[int, bool]:
        """How many numbers stand beside each other below the name of their row on a phone, and whether changes do not.

        0 for a table of something else than numbers, or of too many or too long ones, or of few that fit anyhow.
        """
        changes = [place for place, name in enumerate(self.columns) if name.startswith(CHANGE)]
        numbers = [place for place in range(1, len(self.columns)) if place not in changes]
        if not {self.columns[place] for place in numbers} <= self.numeric or len(self.columns) < 4:
            return 0, False

        def fit(places: list[int]) -> bool:
            room = (PHONE - BETWEEN * (len(places) - 1)) / len(places)
            return all(self._width(place) <= room for place in places)

        if fit([*numbers, *changes]):
            return len(self.columns) - 1, False
        return (len(numbers), True) if changes and fit(numbers) else (0, False)

    def _fits(self) -> bool:
        """Whether all columns stand beside each other on a phone."""
        places = range(len(self.columns))
        return sum(map(self._width, places)) + BETWEEN * (len(self.columns) - 1) <= PHONE

    def _width(self, place: int) -> float:
        """Pixels that a column cannot do without: a number is not broken, a text between its words."""
        texts = [row[place] for row in self.rows]
        words = [self.columns[place], *(cell.remark for cell in texts), *(cell.text for cell in texts if not cell.form)]
        longest = [len(word) for text in words for word in text.split()]
        return SIGN * max([*longest, *(len(cell.text) for cell in texts if cell.form), 1])

    def only(self, columns: Sequence[str]) -> "Grid":
        """The table with these of its columns, in this order."""
        places = [self.columns.index(name) for name in columns]
        return replace(self, columns=list(columns), rows=[[row[place] for place in places] for row in self.rows])

    def newest_first(self) -> "Grid":
        """The table with its last period on top, where each row is about a period."""
        return replace(self, rows=self.rows[::-1]) if self.columns[0] == BY_PERIOD else self

    def _row(self, row: Sequence[Cell]) -> str:
        first, *rest = row
        cells = ""
        for name, cell in zip(self.columns[1:], rest, strict=True):
            change = name.startswith(CHANGE)
            kinds = ["number"] * (name in self.numeric) + ["missing"] * cell.missing + ["change"] * change
            css = f' class="{" ".join(kinds)}"' if kinds else ""
            css += f' data-head="{escape(name)}"' * change
            cells += f"<td{css}>{cell.html()}</td>"
        return f'<tr><th scope="row">{first.html()}</th>{cells}</tr>'

    def figure(self, after: str) -> str:
        """The table as a figure; `after` is what stands below it."""
        wide = " wide" if len(self.columns) > WIDE else ""
        return f'<figure class="table{wide}">{self.table()}<figcaption>{after}</figcaption></figure>'

    def download(self) -> str:
        """A link that saves the table as CSV, without a connection."""
        address = "data:text/csv;charset=utf-8," + quote(self.csv(), safe="!()*,;:/@=?$")
        return (
            f'<p class="downloads"><a download="{slug(self.title)}.csv" href="{escape(address)}">'
            f'Download als CSV<span class="visually-hidden">: {escape(self.title)}</span></a></p>'
        )

    def csv(self) -> str:
        """The table as Dutch spreadsheets read it: semicolons, decimal commas, byte order mark; formulas are inert."""
        return "\ufeff" + "".join(";".join(map(_quoted, line)) + "\r\n" for line in self.lines())

    def lines(self) -> list[list[str]]:
        """Heads and rows for a Dutch spreadsheet: decimal commas, no thousands separators, no formulas."""
        return [list(map(inert, self.heads())), *[[_csv_text(cell) for cell in row] for row in self.rows]]

    def heads(self) -> list[str]:
        """The heads of the columns for a file, each with the unit that all its numbers share: a program sees no form.

        How the numbers read decides, so that a difference of percentages is in percentage points.
        """
        found = []
        for place, name in enumerate(self.columns):
            around = {unmarked(form) for row in self.rows if (form := row[place].form)}
            unit = UNIT_IN_HEAD.get(around.pop(), "") if len(around) == 1 else ""
            found.append(f"{name} ({unit})" if unit and unit not in name and "procent" not in name.lower() else name)
        return found

    def payload(self, notes: Sequence[str], origins: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """The table as plain data for the annexes."""
        return {
            "title": self.title,
            "subtitle": self.subtitle,
            "columns": list(self.columns),
            "numeric": [name in self.numeric for name in self.columns],
            "rows": [[_payload(cell) for cell in row] for row in self.rows],
            "notes": list(notes),
            "origins": list(origins),
        }


def unmarked(form: Form) -> tuple[str, str]:
    """What stands around a number for its unit, not for its quality."""
    return form.prefix.removeprefix("ca. "), form.suffix.removesuffix("*")


def grid_of(payload: Mapping[str, Any]) -> Grid:
    """The table that a payload of `Grid.payload` was made from, as far as it tells."""
    numeric = [name for name, number in zip(payload["columns"], payload["numeric"], strict=True) if number]
    rows = [[_cell(cell) for cell in row] for row in payload["rows"]]
    return Grid(payload["title"], payload["subtitle"], payload["columns"], rows, frozenset(numeric))


def _payload(cell: Cell) -> dict[str, Any]:
    """The fields of a cell that are not as usual."""
    return {name: value for name, value in vars(cell).items() if value != USUAL[name]}


def _cell(payload: Mapping[str, Any]) -> Cell:
    form = payload.get("form")
    return Cell(**{**payload, "form": Form(*form) if form else None})


def _csv_text(cell: Cell) -> str:
    return inert(cell.whole) if cell.value is None else plain_number(cell.value).replace(".", ",")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ';"\r\n') else text
