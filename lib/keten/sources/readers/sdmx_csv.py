"""Eurostat's SDMX-CSV, as the API and the data browser give it: with codes, with labels, or with both."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import BinaryIO

import pandas as pd

from keten.errors import KetenError
from keten.sources.readers.cells import (
    cells,
    csv_rows,
    exact_rows,
    first_line,
    kept,
    not_empty,
    refuse_double,
    row_of,
    shortened,
    sniff,
)
from keten.sources.readers.envelope import as_text
from keten.sources.readers.eurostat_json import refuse_other_dataset

WHAT = "SDMX-CSV van Eurostat"
ABOUT = ("STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "DATAFLOW", "LAST UPDATE")  # say which table it is
FLAGS = ("OBS_FLAG", "CONF_STATUS")
LOOKED_AT = 1000  # rows that tell whether a column has "NL: Netherlands"
CODE_AND_LABEL = re.compile(r"([A-Za-z0-9_+.-]+): \S.*", re.DOTALL)
NAME_AND_LABEL = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\s*:.*", re.DOTALL)


def sdmx_csv(stream: BinaryIO, card) -> pd.DataFrame:
    """Cells of an SDMX-CSV file: the dimensions, TIME_PERIOD, OBS_VALUE and `flag` ("p", "p|C", "|C").

    Of a file with codes and labels only the codes come, under the name of the code. Columns that say which table it
    is, and other columns with labels, are left out. KetenError for other files and for another table than the card's.
    """
    with as_text(stream, WHAT, card.format.encoding) as text:
        first = first_line(text)
        delimiter = sniff([first], card.format.delimiter)
        header = row_of(first, delimiter, WHAT)
        names = [NAME_AND_LABEL.sub(r"\1", name) for name in header]
        if "TIME_PERIOD" not in names or "OBS_VALUE" not in names:
            raise KetenError(
                f"Het bestand is geen {WHAT}: verwacht een kop met TIME_PERIOD en OBS_VALUE, gevonden "
                f"'{shortened(first)}'."
            )
        places = columns_with_codes(names)
        chosen = [names[place] for place in places]
        refuse_double([*chosen, "flag"])
        rows = exact_rows(csv_rows(text, delimiter, WHAT, before=1), len(header))
        rows = of_one_dataset(not_empty(rows), names, card)
        rows = without_labels(([row[place] for place in places] for row in rows), chosen)
        return cells(*flagged(chosen, rows, card))


def columns_with_codes(names: Sequence[str]) -> list[int]:
    """Where the columns with data are: not those about the table, and of pairs (code, label) the first.

    In a file with pairs one column stands between TIME_PERIOD and OBS_VALUE, its label.
    """
    start = next((place for place, name in enumerate(names) if name not in ABOUT), 0)
    pairs = names.index("OBS_VALUE") - names.index("TIME_PERIOD") == 2
    return list(range(start, len(names), 2 if pairs else 1))


def of_one_dataset(rows: Iterable[list[str]], names: Sequence[str], card) -> Iterator[list[str]]:
    """The same rows; KetenError when they are not of the card's table, such as ESTAT:MIGR_EIRFS(1.0)."""
    place = next((names.index(name) for name in ("STRUCTURE_ID", "DATAFLOW") if name in names), None)
    seen = set()
    for row in rows:
        if place is not None and row[place] not in seen:
            seen.add(row[place])
            refuse_other_dataset(re.sub(r"^.*?:|\(.*$", "", row[place]), card)
        yield row


def without_labels(rows: Iterable[list[str]], names: Sequence[str]) -> Iterator[list[str]]:
    """Rows in which "NL: Netherlands" is "NL", in the columns where the first rows all have that form."""
    rows = iter(rows)
    first = list(islice(rows, LOOKED_AT))
    glued = []
    for place, name in enumerate(names):
        texts = {row[place] for row in first} - {""}
        if name != "OBS_VALUE" and texts and all(CODE_AND_LABEL.fullmatch(text) for text in texts):
            glued.append(place)
    for row in chain(first, rows):
        for place in glued:
            row[place] = CODE_AND_LABEL.sub(r"\1", row[place])
        yield row


def flagged(names: list[str], rows: Iterable[list[str]], card) -> tuple[list[str], Iterator[Sequence[str]]]:
    """Names and rows with OBS_FLAG and CONF_STATUS together in one column `flag`, and only what the card reads."""
    plain = [place for place, name in enumerate(names) if name not in FLAGS]
    flag, status = (names.index(name) if name in names else None for name in FLAGS)

    def joined(row: Sequence[str]) -> list[str]:
        secret = row[status] if status is not None else ""
        return [
            *(row[place] for place in plain),
            (row[flag] if flag is not None else "") + ("|" + secret if secret else ""),
        ]

    return [*(names[place] for place in plain), "flag"], map(joined, kept(card, names, rows))
