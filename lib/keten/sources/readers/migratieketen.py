"""The stacked totals of data.overheid.nl ("Migratieketen: ...").

One file holds totals of several kinds under each other. The column "Totaal van" of a row names the columns that its
number is broken down by: `Jaar`, or `Jaar, Maand`, or deeper. All kinds together would count everyone several times.
"""

import re
from collections.abc import Iterator
from itertools import permutations
from typing import BinaryIO, NamedTuple

import pandas as pd

from keten.errors import KetenError
from keten.sources.cards.formats import LEVEL, NUMBER_NAMES
from keten.sources.cards.types import Card, Measure
from keten.sources.readers.cells import LINE, refuse_double
from keten.sources.readers.notation import mark, number
from keten.sources.readers.table import NAME_THEM, numbered_rows
from keten.sources.readers.text import Row, column_of, fitted, same_name
from keten.sources.readers.unread import refuse_unread

LEVEL_NAMES = ("totaalvan", "totalenvan", "totalof", "totalsof")

_ALL = re.compile(r"(totaal|total|alle|alles|all)\b.*|n\.?v\.?t\.?|-|", re.I)
_FIRST_ROWS = 30  # in which the header must stand
_MOST_HIDDEN = 4  # a number that is not shown is 1 to 4


class _Row(NamedTuple):
    line: int
    cells: list[str]
    named: frozenset[int]  # places of the columns that the number is broken down by


def migratieketen(stream: BinaryIO, card: Card) -> pd.DataFrame:
    """The cells of a file, with `level`: the names of a row's "Totaal van" in the file's spelling and order.

    Cells of columns that a row does not name are empty, unless the card chooses rows by them. With
    `card.format.levels` only those kinds of total are read. Raises KetenError (Dutch, with line numbers) when there is
    no "Totaal van", when it names a column that is not there, when a named cell is empty or one that is not named
    holds a part, when two rows are the same total, and when a kind of total that the card wants does not occur.
    """
    lines = numbered_rows(stream, card)
    header, at = _header(lines)
    body = list(_rows(lines, header, at))
    if not body:
        raise KetenError("Het bestand heeft geen rijen onder de kopregel.")
    numbers = _number_columns(header, at, body, card)
    chosen = {place for where in _conditions(card) if (place := column_of(header, where)) is not None}
    declared = {place for name in _declared(card) if (place := column_of(header, name)) is not None} - numbers
    wanted = _levels(header, body, card)
    found: dict[tuple[str, ...], tuple[int, str]] = {}
    cells = []
    for row in body:
        if wanted and row.named not in wanted:
            continue
        refuse_unread(row.cells[place] for place in chosen)
        filled = _checked(row, header, numbers | chosen | {at}, declared)
        key = (_name(row.named, header), *(cell for place, cell in enumerate(filled) if place not in {at, *numbers}))
        value = ", ".join(row.cells[place] for place in sorted(numbers))
        if key in found:
            line, earlier = found[key]
            raise KetenError(
                f"Regel {row.line} ({value}) geeft hetzelfde totaal als regel {line} ({earlier}), "
                f"{', '.join(filter(None, key))}; dat zou dubbel tellen."
            )
        found[key] = row.line, value
        cells.append([*filled, _name(row.named, header)])
    return pd.DataFrame(cells, pd.Index([line for line, _ in found.values()], name=LINE), [*header, LEVEL], dtype=str)


def reconcile(cells: pd.DataFrame, card: Card) -> list[str]:
    """Totals that their parts do not add up to, as Dutch sentences; `cells` as `migratieketen` gives them.

    A total is compared with the rows that are broken down by one column more. They may differ by the rounding of every
    number, and by what is hidden: each hidden part, and each that is absent though other totals have it, is at most 4.
    """
    findings: list[str] = []
    levels = {level: frozenset(level.split(", ")) for level in cells[LEVEL].unique()}
    for measure in card.measures.values():
        for coarse, fine in permutations(levels, 2):
            if not levels[coarse] < levels[fine] or len(levels[fine] - levels[coarse]) > 1:
                continue
            (extra,) = levels[fine] - levels[coarse]
            if not _lasts(measure, card, extra):
                for column in _columns_of(measure, cells):
                    findings += _differences(cells, column, coarse, fine, extra, card)
    return findings


def _header(lines: Iterator[Row]) -> tuple[list[str], int]:
    """The names of the columns and the place of "Totaal van"."""
    first: list[str] = []
    for (_, cells), _ in zip(lines, range(_FIRST_ROWS), strict=False):
        first = first or cells
        for place, cell in enumerate(cells):
            if same_name(cell) in LEVEL_NAMES:
                while not cells[-1]:
                    cells.pop()
                refuse_double(cells, NAME_THEM)
                return cells, place
    raise KetenError(
        f"Het bestand heeft geen kolom 'Totaal van'; het begint met {', '.join(first[:12]) or 'niets'}. Is dit een "
        "bestand van de Migratieketen?"
    )


def _rows(lines: Iterator[Row], header: list[str], at: int) -> Iterator[_Row]:
    last = None
    for line, cells in lines:
        if last:  # one cell by itself is only a footnote when nothing follows
            fitted(last[1], len(header), last[0])
        if len(list(filter(None, cells))) == 1 and len(cells) < len(header):
            last = line, cells
            continue
        fit = fitted(cells, len(header), line)
        yield _Row(line, fit, _named(fit[at], header, at, line))


def _named(text: str, header: list[str], at: int, line: int) -> frozenset[int]:
    """The places of the columns that a "Totaal van" names."""
    places = {same_name(name): place for place, name in enumerate(header) if place != at}
    for separator in (r"[,;]", r"[,;/+&]|\ben\b|\band\b"):
        names = [same_name(name) for name in re.split(separator, text)]
        if all(name in places for name in names):
            return frozenset(places[name] for name in names)
    raise KetenError(
        f"Regel {line}: '{header[at]}' is {text!r}; verwacht werden namen van kolommen: "
        f"{', '.join(name for name in header if name != header[at])}."
    )


def _number_columns(header: list[str], at: int, body: list[_Row], card: Card) -> set[int]:
    """Places of the columns with numbers: those of the card's measures, else the one called so, else the last."""
    names = [name for measure in card.measures.values() for name in (measure.column, *measure.columns) if name]
    found = {place for name in names if (place := column_of(header, name)) is not None}
    if found and all(measure.column or measure.columns for measure in card.measures.values()):
        return found
    for place, name in enumerate(header):
        if same_name(name) in NUMBER_NAMES:
            return found | {place}
    for place in reversed(range(len(header))):
        if place != at and all(_is_number(row.cells[place], card) for row in body):
            return found | {place}
    raise KetenError(f"Het bestand heeft geen kolom met aantallen; het heeft {', '.join(header)}.")


def _is_number(text: str, card: Card) -> bool:
    return bool(mark(text, card.marks)) or _value(text, card) is not None


def _conditions(card: Card) -> set[str]:
    return {*card.keep, *(name for measure in card.measures.values() for name in measure.where)}


def _declared(card: Card) -> set[str]:
    return {*card.period.columns, *(dimension.column for dimension in card.dimensions.values())}


def _levels(header: list[str], body: list[_Row], card: Card) -> set[frozenset[int]]:
    """The kinds of total that the card wants; all when empty. KetenError for one that does not occur."""
    present = {_key(_name(row.named, header)): row.named for row in body}
    wanted = set()
    for level in card.format.levels:
        if _key(level) not in present:
            listed = "; ".join(sorted({_name(named, header) for named in present.values()}))
            raise KetenError(f"Het bestand heeft geen totaal van '{level}' (levels in de kaart); het heeft: {listed}.")
        wanted.add(present[_key(level)])
    return wanted


def _key(level: str) -> frozenset[str]:
    return frozenset(same_name(name) for name in level.split(","))


def _name(named: frozenset[int], header: list[str]) -> str:
    return ", ".join(header[place] for place in sorted(named))


def _checked(row: _Row, header: list[str], kept: set[int], declared: set[int]) -> list[str]:
    """The cells of a row, empty where its "Totaal van" does not name the column."""
    cells = []
    for place, cell in enumerate(row.cells):
        named = place in row.named
        if named and not cell:
            raise KetenError(f"Regel {row.line}: {header[place]} is leeg, maar het totaal is naar {header[place]}.")
        if not named and place in declared - kept and not _ALL.fullmatch(cell):
            raise KetenError(
                f"Regel {row.line}: {header[place]} is '{cell}', maar het totaal is van {_name(row.named, header)}."
            )
        cells.append(cell if named or place in kept else "")
    return cells


def _columns_of(measure: Measure, cells: pd.DataFrame) -> list[str]:
    header = [name for name in cells.columns if name != LEVEL]
    names = [name for name in (measure.column, *measure.columns) if name]
    if not names:
        return [name for name in header if same_name(name) in NUMBER_NAMES][:1] or header[-1:]
    return [header[place] for name in names if (place := column_of(header, name)) is not None]


def _lasts(measure: Measure, card: Card, extra: str) -> bool:
    """Whether parts over this column must not be added: rates never, stocks not over time."""
    over_time = same_name(extra) in {same_name(name) for name in card.period.columns}
    return measure.kind == "rate" or (over_time and (measure.kind == "stock" or bool(card.period.moment)))


def _differences(cells: pd.DataFrame, column: str, coarse: str, fine: str, extra: str, card: Card) -> Iterator[str]:
    key = [name for name in cells.columns if name in coarse.split(", ") or name in _conditions(card)]
    parts = cells[cells[LEVEL] == fine]
    expected = parts[extra].nunique()
    half = card.rounding / 2
    sums = {}
    for at, rows in parts.groupby(key, sort=False):
        known = [value for text in rows[column] if (value := _value(text, card)) is not None]
        sums[at] = sum(known), len(known), expected - len(known)
    for _, row in cells[cells[LEVEL] == coarse].iterrows():
        at, total = tuple(row[key]), _value(row[column], card)
        if total is None or at not in sums:
            continue
        summed, shown, hidden = sums[at]
        where = " ".join(map(str, at))
        above, below = half * (shown + 1), half * (shown + 1) + _MOST_HIDDEN * hidden
        if summed - total > above or total - summed > below:
            yield (
                f"{column} over {where}: het totaal is {total:g}, de {shown} getoonde delen naar {extra} zijn "
                f"samen {summed:g}; dat verschil is meer dan afronding en onderdrukking verklaren"
            )


def _value(text: str, card: Card) -> float | None:
    found = mark(text, card.marks)
    if found:
        return 0.0 if found == "zero" else None
    return number(text, card.format.decimal, card.format.thousands)
