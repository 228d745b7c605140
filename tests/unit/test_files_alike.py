"""Any table by any card: the figures that were written, alike from CSV, XLSX and ODS, or a refusal of each of them.

Every spreadsheet is also read by the library that made it, so that a fault in writing is no figure of ours.
"""

import math
import re
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from helpers_sources import CATALOGUE, card_from
from hypothesis import given, settings
from hypothesis import strategies as st
from table_files import SHEETS, Cell, as_csv, plainly

from keten.errors import KetenError
from keten.sources.cards.types import Card
from keten.sources.validation import gate

CARD = """\
title = "Proef"
publisher = "Uitgever"
licence = "CC0"
goal = "2_asiel"
unit = "{unit}"

[format]
name = "table"
{format}
[period]
{period}

[dimensions.nationality]
column = "Land"
codes = "nationality"
total = "Totaal"

[measures.{measure}]
{measured}"""
MEASURES = {"persons": "border_refusals", "percent": "asylum_recognition_rate"}
LANDS = {  # as in the file, and its Dutch name
    "Totaal": "", "Syrië": "Syrië", "Iraq": "Irak", "AFG": "Afghanistan", "Türkiye": "Turkije", "Somalia": "Somalië",
    "Iran, Islamic Republic of": "Iran", "Eritrea": "Eritrea",
}  # fmt: skip
REFUSED = "refused"
ENCODINGS = ["utf-8", "utf-8-sig", "cp1252", "utf-16"]


Figures = dict[tuple[str, str], tuple[float | None, bool]]
"""Value (None: not shown) and whether it is provisional, by period and nationality."""


@dataclass(frozen=True)
class Given:
    """A cell with what it says: a number, a status, or `REFUSED`; `bare`: a number without a percent sign."""

    cell: Cell
    says: float | str
    provisional: bool = False
    bare: bool = True


@dataclass(frozen=True)
class Table:
    """A file and its card: periods by their text, names of countries, a row of cells per country."""

    unit: str
    decimal: str
    thousands: str
    stated: bool
    wide: bool
    factor: int
    periods: list[tuple[Cell, str]]
    lands: list[str]
    cells: list[list[Given]]
    title: bool
    foot: bool
    delimiter: str
    encoding: str


def shown(value: float, decimal: str, thousands: str = "", digits: int | None = None) -> str:
    """A number as a program shows it."""
    plain = f"{value:,.{digits}f}" if digits is not None else f"{value:,}"
    return plain.translate({ord(","): thousands, ord("."): decimal})


MARKS = {"*": "suppressed", "<5": "suppressed", "X": "suppressed", ":": "missing", "..": "missing", "–": "missing"}
WRONG = [
    Cell(date(2017, 6, 30), "2017-06-30", "d-m-yyyy"), Cell(True, "TRUE"), Cell(-3, "-3"),
    *(Cell(text, text) for text in ("#DIV/0!", "#N/A", "veel", "12 of 13", "1.2.3")),
]  # fmt: skip


@st.composite
def given_cells(draw, unit: str, decimal: str, thousands: str):
    """A cell of a measure in this unit, in a file with these signs."""
    kind = draw(st.sampled_from(["number"] * 8 + ["mark", "empty", "note", "star", "thousands", "small"]))
    if kind == "mark":
        text = draw(st.sampled_from(list(MARKS)))
        return Given(Cell(text, text), MARKS[text])
    if kind == "empty":
        return Given(Cell(None, ""), "missing")
    if unit == "percent":
        digits = draw(st.integers(0, 4))
        number = draw(st.integers(0, 100 * 10**digits)) / 10**digits
        text = shown(number, decimal, "", digits)
        if kind == "number" and draw(st.booleans()):
            form = "0%" if digits == 0 else f"0.{'0' * digits}%"
            return Given(Cell(round(number / 100, 12), f"{text}%", form), number, bare=False)
        return Given(Cell(number, text, draw(st.sampled_from(["General", "0.0", "0.00", "0"]))), number)
    count = draw(st.integers(0, 20) | st.integers(0, 3_000_000))
    text = shown(count, decimal, thousands)
    if kind == "note":
        mark = draw(st.sampled_from(["1", "12", "1,2", "1, 2", "a", "*", "1)", "(2)"]))
        return Given(Cell(text, text, note=mark), count)
    if kind == "star":
        starred = Cell(count, f"{text}*", '#,##0"*"') if draw(st.booleans()) else Cell(f"{text}*", f"{text}*")
        return Given(starred, count, provisional=True)
    if kind == "thousands":
        return Given(Cell(count * 1000, text, "#,##0,"), count)
    if kind == "small":
        return Given(Cell(count, "<5" if count < 5 else str(count), '[<5]"<5";0'), "suppressed" if count < 5 else count)
    return Given(Cell(count, text, draw(st.sampled_from(["General", "#,##0", "0", "#,##0.00"]))), count)


@st.composite
def tables(draw):
    """A table with at most one cell that cannot be read."""
    unit = draw(st.sampled_from(list(MEASURES)))
    decimal = draw(st.sampled_from(",."))
    thousands = draw(st.sampled_from(["", {",": ".", ".": ","}[decimal], " ", "'"]))
    lands = draw(st.lists(st.sampled_from(list(LANDS)), min_size=1, max_size=4, unique=True))
    periods = draw(st.sampled_from(["years", "months", "days", "quarters"]))
    start = draw(st.integers(2009, 2020))
    numbers = [start + at if periods == "years" else at + 1 for at in range(draw(st.integers(2, 4)))]
    made = [
        {
            "years": (Cell(at, str(at), "0"), f"{at}"),
            "months": (Cell(f"{start}M{at:02}", f"{start}M{at:02}"), f"{start}-{at:02}"),
            "days": (
                Cell(date(start, at % 12 + 1, 1), f"{start}-{at % 12 + 1:02}", "mmm-yy"),
                f"{start}-{at % 12 + 1:02}",
            ),
            "quarters": (Cell(f"{start} Q{at}", f"{start} Q{at}"), f"{start}-Q{at}"),
        }[periods]
        for at in numbers
    ]
    cells = [[draw(given_cells(unit, decimal, thousands)) for _ in made] for _ in lands]
    if draw(st.integers(0, 3)) == 0:
        at, place = draw(st.integers(0, len(lands) - 1)), draw(st.integers(0, len(made) - 1))
        cells[at][place] = Given(draw(st.sampled_from(WRONG)), REFUSED)
    factor = draw(st.sampled_from([1, 1, 1000])) if unit == "persons" else 1
    wide = factor == 1 and draw(st.booleans())
    return Table(
        unit, decimal, thousands, draw(st.booleans()), wide, factor, made, lands, cells, draw(st.booleans()),
        draw(st.booleans()), draw(st.sampled_from(";\t|,")), draw(st.sampled_from(ENCODINGS)),
    )  # fmt: skip


def texts(*words: str) -> list[Cell]:
    return [Cell(word or None, word) for word in words]


def rows_of(table: Table) -> list[list[Cell]]:
    """The cells of the whole file, with a column that the card does not read and lines around the table."""
    head = texts("Land", "Opmerking") if table.wide else texts("Jaar", "Land", "Opmerking")
    if table.wide:
        head += [cell for cell, _ in table.periods]
        body = [
            [*texts(land, "#DIV/0!"), *(one.cell for one in row)]
            for land, row in zip(table.lands, table.cells, strict=True)
        ]
    else:
        head += texts("Aantal (x 1 000)" if table.factor > 1 else "Aantal")
        body = [
            [period, *texts(land, "#REF!"), one.cell]
            for land, row in zip(table.lands, table.cells, strict=True)
            for (period, _), one in zip(table.periods, row, strict=True)
        ]
    blank = texts(*[""] * len(head))
    above = [[*texts("Asiel: een tabel"), *blank[1:]], blank] if table.title else []
    below = [blank, [*texts("Bron: IND"), *blank[1:]]] if table.foot else []
    return [*above, head, *body, *below]


def text_of_card(table: Table) -> str:
    signs = f'decimal = "{table.decimal}"\n' if table.stated else ""
    return CARD.format(
        unit=table.unit, format=signs, measure=MEASURES[table.unit],
        period="heads = true" if table.wide else 'column = "Jaar"',
        measured="" if table.wide else 'column = "Aantal"\n',
    )  # fmt: skip


def expected(table: Table) -> Figures | None:
    """What the file says; None for a refusal."""
    cells = [one for row in table.cells for one in row]
    if any(one.says == REFUSED for one in cells):
        return None
    numbers = [one.says for one in cells if not isinstance(one.says, str) and one.bare]
    if table.unit == "percent" and numbers and 0 < max(numbers) <= 1:
        return None  # questioned: they may be parts of one
    return {
        (period, LANDS[land]): (None if isinstance(one.says, str) else one.says * table.factor, one.provisional)
        for land, row in zip(table.lands, table.cells, strict=True)
        for (_, period), one in zip(table.periods, row, strict=True)
    }


def open_to_doubt(name: str, table: Table, message: str) -> bool:
    """Whether a text file leaves open what a spreadsheet does not: 1,125 may be a thousand and some."""
    fractions = table.unit == "percent" or table.factor > 1
    doubt = re.search(r"kan \d+%? zijn of een breuk, en geen ander getal in de kolom beslist dat", message)
    return name.endswith(".csv") and fractions and not table.stated and doubt is not None


def read(path: Path, card: Card) -> Figures | str:
    """The figures in a file, or why it is refused."""
    try:
        found = gate.read(path, card, CATALOGUE.names).observations
    except KetenError as fault:
        return str(fault)
    return {
        (one.period, one.by_nationality): (None if math.isnan(one.value) else one.value, one.status == "provisional")
        for one in found.itertuples()
    }


@settings(max_examples=120, deadline=None, derandomize=True, database=None)
@given(tables())
def test_every_format_says_what_was_written(table):
    rows, wanted = rows_of(table), expected(table)
    files = {name: write(rows) for name, write in SHEETS.items()}
    for name, content in files.items():
        kept = [[f"{cell.raw}{cell.note}" if cell.note else cell.raw for cell in row] for row in rows]
        assert plainly(name, content) == kept, name
    files["tekst.csv"] = as_csv(rows, table.delimiter, table.encoding)
    with tempfile.TemporaryDirectory() as folder:
        card = card_from(Path(folder), text_of_card(table))
        for name, content in files.items():
            (path := Path(folder, name)).write_bytes(content)
            told = read(path, card)
            if wanted is None or isinstance(told, str):
                assert isinstance(told, str), (name, told)
                assert wanted is None or open_to_doubt(name, table, told), (name, told)
                continue
            # A country without any figure may be no row of the table at all.
            assert all(table.wide and wanted[key][0] is None for key in wanted.keys() - told.keys()), name
            for key, (value, provisional) in told.items():
                number, marked = wanted[key]
                same = value == number if None in (value, number) else math.isclose(value, number, rel_tol=1e-12)
                assert same and provisional == marked, (name, key, value)
