"""Case records, one row per application, departure or stay: counted by period and dimension while they are read.

Records are personal data. What comes out are counts: a total per period, one per category of each dimension, and one
per combination of all. Counts of 1 to 4 are hidden, and so is what would give them away (`keten.disclosure`).
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, islice
from operator import itemgetter
from typing import BinaryIO

import numpy as np
import pandas as pd
import scipy as sp  # its parts are imported when they are used

from keten import disclosure
from keten.errors import KetenError
from keten.model.naming import alike, folded, one_spelling
from keten.model.periods import Period
from keten.sources.cards.types import Card, Measure, Others, fits, in_words
from keten.sources.readers.cells import refuse_double
from keten.sources.readers.notation import period_of
from keten.sources.readers.sheets import sheet_rows
from keten.sources.readers.table import NAME_THEM
from keten.sources.readers.text import Row, column_of, fitted, is_zip, open_text, sniffed
from keten.sources.readers.unread import refuse_unread

HIDDEN = "<5"
"""In place of every hidden count, also of one that is hidden to protect another: a second mark would tell which."""

UNKNOWN = "onbekend"
"""An empty cell of a dimension: an empty cell in the result means the total."""

VALUE = "value"

_CHUNK = 10_000
_WORDS = {
    "month": "datum of maand",
    "quarter": "datum of kwartaal",
    "half_year": "datum of halfjaar",
    "year": "datum of jaar",
}

Key = tuple[str, ...]
Counts = dict[tuple[str, Key], int]


def records(stream: BinaryIO, card: Card) -> pd.DataFrame:
    """Counts of records: columns of the period, of the dimensions ("" = all), of keep and where, and `value`.

    Rows that `keep` or a measure's `where` exclude are not counted. `card.period.freq` is the period to count by.
    Raises KetenError when a column is missing, a row has another number of cells or no readable period (with its
    line), and when the card asks for tables that together would betray small counts: more than one frequency,
    measures that count the same people, or a dimension in keep or where.
    """
    _check(card)
    counts = _counted(stream, card)
    tables = [_shown(counts[name], name, measure, card) for name, measure in card.measures.items()]
    return pd.concat(tables, ignore_index=True).fillna("")


def _check(card: Card) -> None:
    if len(card.period.freq) != 1 or card.period.freq[0] not in _WORDS:
        raise KetenError(
            f"Zet in [period] van de kaart freq op één van {', '.join(_WORDS)}: daarnaar worden de dossiers geteld; "
            "naast elkaar zouden tellingen kleine aantallen verraden."
        )
    chosen = {*card.keep, *(name for measure in card.measures.values() for name in measure.where)}
    if both := sorted(chosen & {dimension.column for dimension in card.dimensions.values()}):
        raise KetenError(f"{both[0]} is een dimensie en staat ook bij keep of where in de kaart; kies een van beide.")
    for (first, one), (second, other) in combinations(card.measures.items(), 2):
        if not any(name in other.where and _disjoint(values, other.where[name]) for name, values in one.where.items()):
            raise KetenError(
                f"{first} en {second} tellen deels dezelfde dossiers; geef ze elk een where die de andere uitsluit, of "
                "houd er een: samen zouden ze kleine aantallen verraden."
            )


def _disjoint(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether no value fits both choices."""
    if isinstance(some, Others):
        return not isinstance(others, Others) and set(others) <= set(some)
    return not any(fits(value, others) for value in some)


# -- counting --


def _counted(stream: BinaryIO, card: Card) -> dict[str, Counts]:
    """Per measure the number of records by period and category of every dimension."""
    if is_zip(stream):
        return _counted_rows(_with_blank_lines(sheet_rows(stream, card.format.sheet)), card)
    with open_text(stream, card.format.encoding) as text:
        reader = csv.reader(text, delimiter=card.format.delimiter or sniffed(text), skipinitialspace=True, strict=True)
        try:
            return _counted_rows(reader, card)
        except csv.Error as fault:
            raise KetenError(
                f"Bij regel {reader.line_num}: de aanhalingstekens kloppen niet of het bestand is afgebroken; haal het "
                "opnieuw op of herstel die regel."
            ) from fault


def _with_blank_lines(rows: Iterable[Row]) -> Iterator[list[str]]:
    """The cells of numbered rows, with nothing for the lines between them."""
    last = 0
    for line, cells in rows:
        yield from ([] for _ in range(last + 1, line))
        yield cells
        last = line


def _counted_rows(rows: Iterator[list[str]], card: Card) -> dict[str, Counts]:
    header, line = _header(rows, card)
    periods = _Periods(card)
    dated = itemgetter(*_at_least_two([_place(header, name) for name in card.period.columns]))
    dimensions = [_place(header, dimension.column) for dimension in card.dimensions.values()]
    conditions = {name: _places(header, {**card.keep, **measure.where}) for name, measure in card.measures.items()}
    needed = [*dimensions, *sorted(set().union(*conditions.values()) - set(dimensions))]
    found: Counter[Key] = Counter()
    while chunk := list(islice(rows, _CHUNK)):
        _check_widths(chunk, len(header), line)
        full = list(filter(None, chunk))
        # Nothing here may be done per row in Python: there are millions.
        labels = map(periods.__getitem__, map(dated, full))
        found.update(zip(labels, *(map(itemgetter(place), full) for place in needed), strict=True))
        if "" in periods.values():
            _refuse_undated(chunk, line, dated, periods, list(conditions.values()), card)
        line += len(chunk)
    counts: dict[str, Counts] = {name: Counter() for name in card.measures}
    spellings = _spellings(found, needed, header, card)
    for raw, size in found.items():
        period, *cells = map(str.strip, raw)
        refuse_unread(cells)
        by_place = {place: spellings[place][cell] for place, cell in zip(needed, cells, strict=True)}
        for name, places in conditions.items():
            if period and all(fits(by_place[place], values) for place, values in places.items()):
                counts[name][period, tuple(by_place[place] or UNKNOWN for place in dimensions)] += size
    if not any(counts.values()):
        raise KetenError("Het bestand heeft geen rijen die de kaart vraagt.")
    return counts


def _spellings(found: Counter[Key], places: list[int], header: list[str], card: Card) -> dict[int, dict[str, str]]:
    """Per column the one spelling of each text: "IND", "ind" and "IND " count together, as the card writes them.

    An empty cell stays empty: it is not known, and asked for as such.
    """
    words: dict[int, list[str]] = {place: [] for place in places}
    keys = dict.fromkeys(places, alike)
    for dimension in card.dimensions.values():
        place = _place(header, dimension.column)
        words[place] += [UNKNOWN, *dimension.codes, *dimension.total, *dimension.leave_out]
        if dimension.codes == "nationality":
            words[place], keys[place] = [UNKNOWN, *dimension.total, *dimension.leave_out], folded
    for name, values in [*card.keep.items(), *(item for one in card.measures.values() for item in one.where.items())]:
        words[_place(header, name)] += values
    told: dict[int, dict[str, str]] = {}
    for at, place in enumerate(places, 1):
        counts: Counter[str] = Counter()
        for raw, size in found.items():
            counts[raw[at].strip()] += size
        told[place] = one_spelling(counts, words[place], keys[place])
    return told


class _Periods(dict[Key, str]):
    """The period, as text, that the cells of a row name; "" when it is none of the card's frequency."""

    def __init__(self, card: Card) -> None:
        self._card = card

    def __missing__(self, cells: Key) -> str:
        about = self._card.period
        texts = [cell.strip() for cell in cells[: len(about.columns)]]
        period = period_of(texts, about.freq, about.notation, about.columns)
        self[cells] = found = str(period) if period and period.kind == about.freq[0] else ""
        return found


def _at_least_two(places: list[int]) -> list[int]:
    """With one place `itemgetter` would give a bare cell; two make a tuple."""
    return places * 2 if len(places) == 1 else places


def _header(rows: Iterator[list[str]], card: Card) -> tuple[list[str], int]:
    """The names of the columns, and the number of the first line below them."""
    names, at = list(card.format.columns), card.format.header
    if names and not at:
        refuse_double(names)
        return names, 1
    for line, cells in enumerate(rows, 1):
        cells = [cell.strip() for cell in cells]
        if line == at or (at is None and any(cells)):
            while cells and not cells[-1]:
                cells.pop()
            header = names or cells
            refuse_double(header, NAME_THEM)
            return header, line + 1
    raise KetenError("Het bestand heeft geen kopregel; verwacht werd een rij met de namen van de kolommen.")


def _place(header: list[str], name: str) -> int:
    place = column_of(header, name)
    if place is None:
        raise KetenError(f"De kolom '{name}' ontbreekt; het bestand heeft {', '.join(header[:20])}.")
    return place


def _places(header: list[str], wanted: dict[str, tuple[str, ...]]) -> dict[int, tuple[str, ...]]:
    return {_place(header, name): values for name, values in wanted.items()}


def _check_widths(chunk: list[list[str]], width: int, line: int) -> None:
    if set(map(len, chunk)) <= {0, width}:
        return
    for place, cells in enumerate(chunk):
        if any(map(str.strip, cells)):
            fitted([cell.strip() for cell in cells], width, line + place)


def _refuse_undated(
    chunk: list[list[str]],
    line: int,
    dated: Callable[[list[str]], Key],
    periods: _Periods,
    conditions: list[dict[int, tuple[str, ...]]],
    card: Card,
) -> None:
    """KetenError about the first row that should be counted but has no period; blank rows are none."""
    for place, cells in enumerate(chunk):
        if not any(map(str.strip, cells)) or periods[dated(cells)]:
            continue
        if not any(all(fits(cells[at].strip(), values) for at, values in places.items()) for places in conditions):
            continue
        shown = " ".join(filter(None, map(str.strip, dated(cells)[: len(card.period.columns)])))
        columns = " en ".join(card.period.columns)
        where = f"Regel {line + place}"  # exact as long as no cell has a line break in it
        if not shown:
            raise KetenError(f"{where}: {columns} is leeg; een dossier zonder datum kan niet worden geteld.")
        raise KetenError(
            f"{where}: '{shown}' in {columns} is geen {_WORDS[card.period.freq[0]]}; verbeter de datum of geef in "
            "[period] van de kaart een notation."
        )


# -- hiding small numbers --


def _shown(counts: Counts, name: str, measure: Measure, card: Card) -> pd.DataFrame:
    """The counts of one measure as cells, small numbers hidden."""
    dimensions = [dimension.column for dimension in card.dimensions.values()]
    chosen = {**card.keep, **measure.where}  # of a column with `not` no single value tells which rows were counted
    fixed = {name: in_words(some) if isinstance(some, Others) else some[0] for name, some in chosen.items()}
    by_period: dict[Period, dict[Key, int]] = {}
    for (text, key), size in counts.items():
        by_period.setdefault(Period.parse(text), {})[key] = size
    rows = []
    for period in _without_gaps(list(by_period)) if by_period else []:
        texts = _written(period, card)
        for key, value in protected(by_period.get(period, {}), len(dimensions)).items():
            rows.append([*texts, *key, *fixed.values(), value])
    value = measure.column or VALUE
    return pd.DataFrame(rows, columns=[*card.period.columns, *dimensions, *fixed, value], dtype=str)


def protected(counts: dict[Key, int], dimensions: int) -> dict[Key, str]:
    """Total, single dimensions and all dimensions together as texts, with `HIDDEN` for what may not be shown.

    counts: number of records by the category of each dimension; in the result "" means all categories.
    """
    levels: dict[Key, int] = Counter()
    for key, size in counts.items():
        for level in {("",) * dimensions, key, *(_only(key, place) for place in range(dimensions))}:
            levels[level] += size
    if not counts:
        return {("",) * dimensions: "0"}
    keys = sorted(levels, key=lambda key: (sum(map(bool, key)), key))
    cells = np.array([levels[key] for key in keys], dtype=np.int64)
    hidden = disclosure.hide(cells, _sums(keys, dimensions), _costs(keys, cells))
    return {key: HIDDEN if hide else str(size) for key, size, hide in zip(keys, cells, hidden, strict=True)}


def _only(key: Key, place: int) -> Key:
    return tuple(cell if at == place else "" for at, cell in enumerate(key))


def _sums(keys: list[Key], dimensions: int) -> "sp.sparse.csc_array":
    """One equation per known sum: categories of a dimension make the total, combinations make each category."""
    at = {key: place for place, key in enumerate(keys)}
    entries: list[tuple[int, int, int]] = []
    equations: dict[Key | tuple[str, int], int] = {}

    def add(equation: Key | tuple[str, int], part: Key, whole: Key) -> None:
        if equation not in equations:
            equations[equation] = len(equations)
            entries.append((equations[equation], at[whole], -1))
        entries.append((equations[equation], at[part], 1))

    for key in keys:
        depth = sum(map(bool, key))
        if depth == 1:
            add(("total", next(place for place, cell in enumerate(key) if cell)), key, ("",) * dimensions)
        if depth == dimensions > 1:
            for place in range(dimensions):
                add(_only(key, place), key, _only(key, place))
    if not entries:
        return sp.sparse.csc_array((0, len(keys)))
    rows, columns, signs = zip(*entries, strict=True)
    return sp.sparse.csc_array((signs, (rows, columns)), shape=(len(equations), len(keys)), dtype=float)


def _costs(keys: list[Key], cells: np.ndarray) -> np.ndarray:
    """Rather a small cell than a large one, a combination than a category, and anything than the total."""
    depth = np.array([sum(map(bool, key)) for key in keys])
    deepest = depth.max()
    weight = np.where(depth == 0, float(len(keys)) ** 2, np.where(depth < deepest, float(len(keys)), 0.0))
    return np.asarray(1 + cells / max(cells.max(), 1) + weight)


def _without_gaps(periods: list[Period]) -> list[Period]:
    """From the first to the last, also those without a record: there were none."""
    found, last = [min(periods)], max(periods)
    while found[-1] < last:
        found.append(found[-1].previous(-1))
    return found


def _written(period: Period, card: Card) -> list[str]:
    """The period as the card writes it, in the first of its columns."""
    text = period.start.strftime(card.period.notation) if card.period.notation else str(period)
    return [text] + [""] * (len(card.period.columns) - 1)
