"""The CSV of Eurostat's former data browser: English labels, thousands commas, "Flag and Footnotes"."""

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

WHAT = "CSV van de databrowser van Eurostat"
FLAG = "Flag and Footnotes"


def eurostat_csv(stream: BinaryIO, card) -> pd.DataFrame:
    """Cells with the columns of the header (TIME, GEO, ..., Value) and `flag` for "Flag and Footnotes", if there.

    KetenError for other files and for rows that are not as wide as the header.
    """
    with as_text(stream, WHAT, card.format.encoding) as text:
        first = first_line(text)
        delimiter = sniff([first], card.format.delimiter)
        header = row_of(first, delimiter, WHAT)
        while header and not header[-1]:  # some selections end every line with a comma
            header.pop()
        if not {"time", "value"} <= {name.lower() for name in header}:
            raise KetenError(
                f"Het bestand is geen {WHAT}: verwacht een kop met TIME en Value, gevonden '{shortened(first)}'."
            )
        names = ["flag" if name == FLAG else name for name in header]
        refuse_double(names)
        rows = not_empty(exact_rows(csv_rows(text, delimiter, WHAT, before=1), len(header)))
        return cells(names, kept(card, names, rows))
