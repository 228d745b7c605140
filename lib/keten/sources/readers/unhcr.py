"""UNHCR: the JSON of the population API, and the CSV export of the population statistics."""

import re
from itertools import chain, islice
from typing import Any, BinaryIO

import pandas as pd

from keten.errors import KetenError
from keten.sources.readers.cells import cells, csv_rows, exact_rows, kept, not_empty, refuse_double, shortened, sniff
from keten.sources.readers.envelope import as_text, from_json, is_zip, json_members, pages, read_whole

API = "JSON van UNHCR"
EXPORT = "CSV-export van UNHCR"
LOOKED_AT = 30  # rows in which the header must be
MONTHLY = ["Country / territory of asylum/residence", "Origin", "Year", "Month", "Value"]
KNOWN_WORD = re.compile(
    r"country\b.*|territory\b.*|origin\b.*|year|month|value|population type.*|rsd procedure.*|asylum.*|refugees.*|"
    r"returned.*|internally.*|stateless.*|others of concern.*|total.*|applied.*|decisions.*|rejected.*|recognized.*|"
    r"otherwise closed|tota pending.*|location name|female.*|male.*|sex|age.*|application type|stage.*|authority",
    re.IGNORECASE,
)


def unhcr_json(stream: BinaryIO, card) -> pd.DataFrame:
    """Cells of the population API: a column per key of the items, null as "", "-" and "*" as they came.

    One answer, or a ZIP of page-1.json, page-2.json, ... KetenError when a page is absent, for a lone page of
    several, for an error and for anything else.
    """
    answers = pages(json_members(stream, API), API) if is_zip(stream) else [from_json(read_whole(stream), API)]
    items = [item for number, answer in enumerate(answers, 1) for item in items_of(answer, number, len(answers))]
    names = list(dict.fromkeys(name for item in items for name in item))
    rows = not_empty([text(item.get(name), name) for name in names] for item in items)
    return cells(names, kept(card, names, rows))


def items_of(answer: Any, number: int, count: int) -> list[dict[str, Any]]:
    """The items of page `number` of `count`; KetenError when it says that it is another or that there are more."""
    if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
        told = answer.get("error", answer.get("message", "")) if isinstance(answer, dict) else ""
        raise KetenError(f"Het bestand is geen {API}: verwacht een lijst 'items', gevonden '{shortened(str(told))}'.")
    last, page = str(answer.get("maxPages") or "1"), str(answer.get("page") or number)
    if last != str(count):
        raise KetenError(
            f"Het bestand is niet volledig: het bevat {count} van {shortened(last)} bladzijden van UNHCR; haal alle op."
        )
    if page != str(number):
        raise KetenError(
            f"Bladzijde {number} noemt zichzelf bladzijde {shortened(page)}; haal alle bladzijden opnieuw op."
        )
    if not all(isinstance(item, dict) for item in answer["items"]):
        raise KetenError(f"Het bestand is geen {API}: 'items' bevat iets anders dan objecten.")
    return answer["items"]


def text(value: Any, name: str) -> str:
    """A cell: text and numbers as they came, null as ""."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value.strip()
    raise KetenError(
        f"Het bestand is geen {API}: '{shortened(name)}' bevat een lijst of object in plaats van een waarde."
    )


def unhcr_csv(stream: BinaryIO, card) -> pd.DataFrame:
    """Cells of the export, with or without preamble; "*" (1 to 4 persons) stays.

    Without a header the card's `columns` are the names, else those of the monthly export when there are five columns
    with a year in the third. KetenError for other files and for rows that are not as wide as the header.
    """
    with as_text(stream, EXPORT, card.format.encoding) as content:
        delimiter = sniff(content.read(20_000).splitlines()[:LOOKED_AT], card.format.delimiter)
        content.seek(0)
        rows = csv_rows(content, delimiter, EXPORT)
        head = list(islice(rows, LOOKED_AT))
        names, below = header(head, card)
        refuse_double(names)
        table = not_empty(exact_rows(chain(below, rows), len(names)))
        return cells(names, kept(card, names, table))


def header(head: list[tuple[int, list[str]]], card) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Names of the columns, and the rows of `head` below the header."""
    known = [sum(bool(KNOWN_WORD.fullmatch(cell)) for cell in row) for _, row in head]
    lines = [line for line, _ in head]
    if card.format.header in lines:
        place = lines.index(card.format.header)
    elif card.format.header != 0 and known and max(known) > 1:
        place = known.index(max(known))
    else:
        place = None
    if place is not None:
        return head[place][1], head[place + 1 :]
    if card.format.columns:
        return list(card.format.columns), head
    if head and all(len(row) == len(MONTHLY) and re.fullmatch(r"[12][0-9]{3}", row[2]) for _, row in head):
        return MONTHLY, head
    first = ", ".join(head[0][1]) if head else ""
    raise KetenError(
        f"Het bestand is geen {EXPORT}: verwacht een kop met Origin, Year en Value, gevonden '{shortened(first)}'; "
        "heeft het geen kop, noem dan columns in de kaart."
    )
