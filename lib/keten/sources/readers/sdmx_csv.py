"""Eurostat's SDMX-CSV, as the API and the data browser give it: with codes, with labels, or with both."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import BinaryIO

import pandas as pd

from keten.errors import KetenError
from keten.sources.cards.types import Card
from keten.sources.readers.cells import cells, refuse_double, shortened, with_flag
from keten.sources.readers.eurostat_json import refuse_other_dataset
from keten.sources.readers.table import numbered_rows
from keten.sources.readers.text import Row, of_width

WHAT = "SDMX-CSV van Eurostat"
ABOUT = ("STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "DATAFLOW", "LAST UPDATE")  # which table it is
LOOKED_AT = 1000  # rows that tell whether a column has "NL: Netherlands"
CODE_AND_LABEL = re.compile(r"([A-Za-z0-9_+.-]+): \S.*", re.DOTALL)
NAME_AND_LABEL = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\s*:.*", re.DOTALL)


def sdmx_csv(stream: BinaryIO, card: Card) -> pd.DataFrame:
    """Cells of an SDMX-CSV file: the dimensions, TIME_PERIOD, OBS_VALUE and `flag` ("p", "p|C", "|C").

    Of a file with codes and labels only the codes come, under the name of the code. Columns that say which table it
    is, and the other columns with labels, are left out. KetenError for other files and another table than the card's.
    """
    lines = numbered_rows(stream, card)
    _, header = next(lines, (0, []))
    names = [NAME_AND_LABEL.sub(r"\1", name) for name in header]
    if "TIME_PERIOD" not in names or "OBS_VALUE" not in names:
        raise KetenError(
            f"Het bestand is geen {WHAT}: verwacht werd een kop met TIME_PERIOD en OBS_VALUE, gevonden "
            f"'{shortened(', '.join(header))}'."
        )
    places = places_of_codes(names)
    chosen = [names[place] for place in places]
    refuse_double([*chosen, "flag"])
    body = of_one_dataset(of_width(lines, len(header)), names, card)
    rows = ((line, [row[place] for place in places]) for line, row in body)
    return with_flag(cells(chosen, without_labels(rows, chosen), card))


def places_of_codes(names: Sequence[str]) -> list[int]:
    """Where the columns with data are: not those about the table, and of pairs (code, label) the first.

    In a file with pairs one column stands between TIME_PERIOD and OBS_VALUE, its label.
    """
    start = next(place for place, name in enumerate(names) if name not in ABOUT)
    pairs = names.index("OBS_VALUE") - names.index("TIME_PERIOD") == 2
    if pairs and (names.index("OBS_VALUE") - start) % 2:
        raise KetenError(f"Het bestand is geen {WHAT}: niet elke code heeft één kolom met haar omschrijving.")
    return list(range(start, len(names), 2 if pairs else 1))


def of_one_dataset(body: Iterable[Row], names: Sequence[str], card: Card) -> Iterator[Row]:
    """The same rows; KetenError when they are not of the card's table, such as ESTAT:MIGR_EIRFS(1.0)."""
    place = next((names.index(name) for name in ("STRUCTURE_ID", "DATAFLOW") if name in names), None)
    met = set()
    for row in body:
        if place is not None and (name := row[1][place]) not in met:
            met.add(name)
            refuse_other_dataset(re.sub(r"^[^:]*:|\(.*$", "", name), card)
        yield row


def without_labels(body: Iterable[Row], names: Sequence[str]) -> Iterator[Row]:
    """Rows in which "NL: Netherlands" is "NL", in the columns where the first rows all have that form."""
    body = iter(body)
    first = list(islice(body, LOOKED_AT))
    glued = []
    for place, name in enumerate(names):
        texts = {row[place] for _, row in first} - {""}
        if name != "OBS_VALUE" and texts and all(CODE_AND_LABEL.fullmatch(text) for text in texts):
            glued.append(place)
    for row in chain(first, body):
        for place in glued:
            row[1][place] = CODE_AND_LABEL.sub(r"\1", row[1][place])
        yield row
