"""Tables with a column per period ("JAN2009", "2017M01", "2008"), turned into a row per figure."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice, takewhile

from keten.errors import KetenError
from keten.sources.cards.formats import FLAG, HEAD, UNDER_HEAD
from keten.sources.cards.types import Card
from keten.sources.readers.cells import listing, refuse_double
from keten.sources.readers.factors import refuse_factor
from keten.sources.readers.notation import broken_year, number, period
from keten.sources.readers.text import Row, same_name

LOOKED_AT = 100  # rows in which the heads must be
SEEN = 5  # rows that tell whether one period is a head
LEGEND = re.compile(r"special values?|available flags", re.IGNORECASE)  # stands below the tables of Eurostat's browser
TIME = {"", "time", "tijd"}  # head of the codes of a row where a second line names them


def header(lines: Iterator[Row], card: Card) -> tuple[list[str], Iterator[Row]]:
    """The heads, as wide as the table, and the rows below them: of the first rows the one with most periods.

    Eurostat's browser names the columns before the periods in a line of their own. KetenError when no row has
    periods, when something else stands between them, and when a head occurs twice.
    """
    head = list(islice(lines, LOOKED_AT))
    rows = [place for place, (line, _) in enumerate(head) if card.format.header in (None, line)]
    place = max(rows, key=lambda place: len(_periods(head[place][1], card)), default=0)
    names = list(head[place][1]) if rows else []
    for line, cells in head[:place]:
        refuse_factor(cells, line, card)
    periods = _periods(names, card)
    if not periods:
        raise KetenError("Het bestand heeft geen kop met perioden; heads in de kaart zegt dat die er is.")
    first, last = periods[0], periods[-1]
    below = head[place + 1 :]
    seen = [cells for _, cells in head[place : place + SEEN]]
    if first == last and below and all(_is_period(cells, first, card) for cells in seen):
        raise KetenError(
            "Het bestand heeft geen kop met perioden: zij staan in een kolom "
            f"('{names[first]}', '{below[0][1][first]}'); laat heads weg in de kaart en noem die kolom met column."
        )
    if strays := [name for at, name in enumerate(names[:last]) if at > first and name and at not in periods]:
        raise KetenError(f"Tussen de perioden in de kop staat {listing(strays)}; dat is geen periode die keten kent.")
    if below and all(below[0][1][:first]) and not any(below[0][1][first:]) and _are_time(names[:first]):
        names[:first] = below[0][1][:first]
        below = below[1:]
    refuse_double([name for at, name in enumerate(names) if name or at < first])
    return names, takewhile(lambda row: not LEGEND.match(row[1][0]), chain(below, lines))


def unpivoted(names: list[str], body: Iterable[Row], card: Card) -> tuple[list[str], Iterator[Row]]:
    """Names and rows of the long table: the columns beside the periods, the period, its figure, and `flag`.

    The flags stand in a column without a head, behind that of the period that they belong to.
    """
    periods = _periods(names, card)
    others = [at for at, name in enumerate(names) if name and at not in periods]
    flags = [at + 1 if at + 1 < len(names) and not names[at + 1] else None for at in periods]
    flagged = any(flags)

    def rows() -> Iterator[Row]:
        for line, cells in body:
            key = [cells[at] for at in others]
            for at, flag in zip(periods, flags, strict=True):
                told = [cells[flag] if flag else ""] if flagged else []
                yield line, [*key, names[at], cells[at], *told]

    return [*(names[at] for at in others), HEAD, UNDER_HEAD, *([FLAG] if flagged else [])], rows()


def _periods(names: list[str], card: Card) -> list[int]:
    about = card.period
    return [
        at
        for at, name in enumerate(names)
        if period(name, about.freq, about.notation) is not None or broken_year(name) is not None
    ]


def _is_period(cells: list[str], at: int, card: Card) -> bool:
    """Whether a cell is a period, and no number that looks like a year."""
    text = cells[at] if at < len(cells) else ""
    return number(text) is None and period(text, card.period.freq, card.period.notation) is not None


def _are_time(names: list[str]) -> bool:
    return all(same_name(name) in TIME for name in names)
