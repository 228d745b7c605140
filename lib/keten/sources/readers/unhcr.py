"""UNHCR: the JSON of the population API, and the CSV export of the population statistics."""

import re
from itertools import chain, islice
from typing import Any, BinaryIO

import pandas as pd

from keten.errors import KetenError
from keten.sources.cards.types import Card
from keten.sources.readers.cells import cells, shortened
from keten.sources.readers.envelope import answers, table_of
from keten.sources.readers.table import numbered_rows
from keten.sources.readers.text import Row, of_width

API = "JSON van UNHCR"
EXPORT = "CSV-export van UNHCR"
LOOKED_AT = 30  # rows in which the header must be
MONTHLY = ["Country / territory of asylum/residence", "Origin", "Year", "Month", "Value"]


def unhcr_json(stream: BinaryIO, card: Card) -> pd.DataFrame:
    """Cells of the population API: a column per key of the items, null as "", "-" and "*" as they came.

    One answer, or a ZIP of page-1.json, page-2.json, ... KetenError when a page is absent, for a lone page of
    several, for an error and for anything else.
    """
    pages, _ = answers(stream, API)
    return table_of((items_of(page(), number, len(pages)) for number, page in enumerate(pages, 1)), card, API)


def items_of(answer: Any, number: int, count: int) -> list[dict[str, Any]]:
    """The items of page `number` of `count`; KetenError when it says that it is another or that there are more."""
    if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
        told = answer.get("error", answer.get("message", list(answer))) if isinstance(answer, dict) else answer
        raise KetenError(
            f"Het bestand is geen {API}: verwacht werd een lijst 'items', gevonden '{shortened(str(told)[:200])}'."
        )
    last, page = str(answer.get("maxPages") or count), str(answer.get("page") or number)
    if last != str(count):
        raise KetenError(
            f"Het bestand is niet volledig: het heeft {count} van {shortened(last)} bladzijden van UNHCR; haal alle op."
        )
    if page != str(number):
        raise KetenError(f"Bladzijde {number} noemt zich bladzijde {shortened(page)}; haal alle bladzijden opnieuw op.")
    items = [item for item in answer["items"] if isinstance(item, dict)]
    if len(items) < len(answer["items"]):
        raise KetenError(f"Het bestand is geen {API}: 'items' bevat iets anders dan objecten.")
    return items


def unhcr_csv(stream: BinaryIO, card: Card) -> pd.DataFrame:
    """Cells of the export, with or without preamble; "*" (1 to 4 persons) stays.

    The header is the line with "Year". Without one the card's `columns` are the names, else those of the monthly export
    when there are five columns with a year in the third. KetenError for other files and rows of another width.
    """
    lines = numbered_rows(stream, card)
    names, below = header(list(islice(lines, LOOKED_AT)), card)
    return cells(names, of_width(chain(below, lines), len(names)), card)


def header(head: list[Row], card: Card) -> tuple[list[str], list[Row]]:
    """Names of the columns, and the rows of `head` below the header."""
    titled = (place for place, (_, row) in enumerate(head) if len(row) > 2 and "year" in map(str.casefold, row))
    stated = (place for place, (line, _) in enumerate(head) if line == card.format.header)
    place = next(chain(stated, titled), None)
    if place is not None and card.format.header != 0:
        return head[place][1], head[place + 1 :]
    if card.format.columns:
        return list(card.format.columns), head
    if head and all(len(row) == len(MONTHLY) and re.fullmatch(r"[12][0-9]{3}", row[2]) for _, row in head):
        return MONTHLY, head
    first = ", ".join(head[0][1]) if head else ""
    raise KetenError(
        f"Het bestand is geen {EXPORT}: verwacht werd een kop met onder meer Year, gevonden '{shortened(first)}'; noem "
        "columns in de kaart als het bestand geen kop heeft."
    )
