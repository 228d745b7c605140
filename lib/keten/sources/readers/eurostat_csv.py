"""The CSV of Eurostat's former data browser: English labels, thousands commas, "Flag and Footnotes"."""

from typing import BinaryIO

import pandas as pd

from keten.errors import KetenError
from keten.sources.cards.types import Card
from keten.sources.readers.cells import cells, shortened
from keten.sources.readers.table import numbered_rows
from keten.sources.readers.text import of_width, same_name

WHAT = "CSV van de databrowser van Eurostat"
FLAG = same_name("Flag and Footnotes")


def eurostat_csv(stream: BinaryIO, card: Card) -> pd.DataFrame:
    """Cells with the columns of the header (TIME, GEO, ..., Value), and `flag` for "Flag and Footnotes" if it is there.

    KetenError for other files and for rows that are not as wide as the header.
    """
    lines = numbered_rows(stream, card)
    _, header = next(lines, (0, []))
    while header and not header[-1]:  # some selections end every line with a comma
        header.pop()
    if not {"time", "value"} <= {same_name(name) for name in header}:
        raise KetenError(
            f"Het bestand is geen {WHAT}: verwacht werd een kop met TIME en Value, gevonden "
            f"'{shortened(', '.join(header))}'."
        )
    names = ["flag" if same_name(name) == FLAG else name for name in header]
    return cells(names, of_width(lines, len(header)), card)
