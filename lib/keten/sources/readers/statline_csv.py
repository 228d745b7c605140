"""The CSV that an analyst downloads from StatLine by hand."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import BinaryIO

import pandas as pd

from keten.errors import KetenError
from keten.sources.cards.types import Card
from keten.sources.readers.cbs_odata import with_flag
from keten.sources.readers.cells import cells, refuse_double, shortened
from keten.sources.readers.factors import with_factor
from keten.sources.readers.table import numbered_rows
from keten.sources.readers.text import Row, of_width

WHAT = "CSV van StatLine"
LOOKED_AT = 50  # rows in which the header must be
TOPICS = ("Onderwerp", "Onderwerpen")
FOOTER = re.compile(
    r"(bron\b|source\b|©|\(c\)|centraal bureau|statistics netherlands|https?:|cc[ -]by|\*|[0-9]\)|toelichting|noot\b)",
    re.IGNORECASE,
)
YEAR = re.compile(r"(19|20)[0-9]{2}\b.*")
NUMBER = re.compile(r"-?[0-9][0-9., ]*|[.x*-]")
ADVICE = " Kies bij StatLine 'CSV zonder statistische symbolen', of zet alleen het onderwerp in de kolommen."


def statline_csv(stream: BinaryIO, card: Card) -> pd.DataFrame:
    """Cells of a StatLine download: a column per dimension and per measure, named as in the header.

    Taken off are a title above the header, a line of units below it and the source below the table. Of topics in
    lines of their own the last is the measure's name, with the unit behind it ("Nareizigers (aantal)") where the card
    names it so. Periods and labels stay as printed ("2018*"). Downloaded observations get `flag` as in `cbs_odata`.
    KetenError for other files, for periods or other dimensions in the columns, and for rows that are not complete.
    """
    lines = numbered_rows(stream, card)
    names, below = header(list(islice(lines, LOOKED_AT)), card)
    refuse_double(names, ADVICE)
    table = cells(names, of_width(without_footer(chain(below, lines), len(names)), len(names)), card)
    return with_flag(table) if "ValueAttribute" in table else table


def header(head: list[Row], card: Card) -> tuple[list[str], list[Row]]:
    """Names of the columns, and the rows of `head` below the header."""
    widths = Counter(len(row) for _, row in head if len(row) > 1)
    if not widths:
        first = head[0][1][0] if head else ""
        raise KetenError(f"Het bestand is geen {WHAT}: verwacht werd een tabel, gevonden '{shortened(first)}'.")
    width = widths.most_common(1)[0][0]
    if card.format.header:
        found = (place for place, (line, _) in enumerate(head) if line == card.format.header)
    else:
        found = (place for place, (_, row) in enumerate(head) if len(row) == width and sum(map(bool, row)) > 1)
    place = next(found, None)
    if place is None:
        raise KetenError(
            f"Het bestand is geen {WHAT}: er is geen kop gevonden in de eerste {LOOKED_AT} regels"
            f"{', op regel ' + str(card.format.header) if card.format.header else ''}."
        )
    topics = []
    while place < len(head) and set(TOPICS) & set(head[place][1]):
        topics.append(head[place][1])
        place += 1
    if place == len(head):
        raise KetenError(f"Het bestand is geen {WHAT}: onder de onderwerpen ontbreekt de kop met dimensies.")
    names = head[place][1]
    below = head[place + 1 :]
    if topics:
        names = named_by_topic(topics, names, card)
    elif below and is_unit_line(below[0][1]):
        units = [*below[0][1], *names][: len(names)]
        names = [with_factor(name, unit) for name, unit in zip(names, units, strict=True)]
        below = below[1:]
    while len(names) > 1 and not names[-1]:
        names = names[:-1]
    if any(YEAR.fullmatch(name) for name in [*names, *head[place][1]]):
        raise KetenError(f"De kop van het bestand bevat perioden als kolommen.{ADVICE}")
    return names, below


def named_by_topic(topics: list[list[str]], last: list[str], card: Card) -> list[str]:
    """Names from the lines with topics and the line below these, that has the dimensions and the units."""
    if any(len(row) != len(last) for row in topics):
        raise KetenError(f"De regels van de kop zijn niet even lang.{ADVICE}")
    paths = [list(dict.fromkeys(cell for cell in column if cell)) for column in zip(*topics, strict=True)]
    deepest = [path[-1] if path and not set(TOPICS) & set(path) else "" for path in paths]
    asked = {measure.column for measure in card.measures.values()}
    names = []
    for path, topic, cell in zip(paths, deepest, last, strict=True):
        if deepest.count(topic) > 1:
            topic = ", ".join(path) if topic else ""
        with_unit = f"{topic} ({cell})"
        names.append(cell if not topic else with_unit if with_unit in asked else with_factor(topic, cell))
    return names


def is_unit_line(row: list[str]) -> bool:
    """Whether a row below the header has units: no dimension, no number."""
    return not row[0] and not any(NUMBER.fullmatch(cell) for cell in row)


def without_footer(body: Iterable[Row], width: int) -> Iterator[Row]:
    """The rows above the footer; KetenError when there is a row of the table below it."""
    footer = 0
    for line, row in body:
        if FOOTER.match(row[0]) and (len(row) != width or not any(row[1:])):
            footer = footer or line
        elif not footer:
            yield line, row
        elif len(row) == width:
            raise KetenError(
                f"Regel {line} staat onder het slot van de tabel (regel {footer}); haal het bestand opnieuw op."
            )
