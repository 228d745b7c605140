"""The CSV of Eurostat's former data browser: English labels, thousands commas, "Flag and Footnotes"."""

from itertools import islice
from typing import BinaryIO

import pandas as pd

from keten.errors import KetenError
from keten.sources.cards.types import Card
from keten.sources.readers.cells import cells, shortened
from keten.sources.readers.text import open_text, rows, same_name, sniffed

WHAT = "CSV van de databrowser van Eurostat"
FLAG = same_name("Flag and Footnotes")


def eurostat_csv(stream: BinaryIO, card: Card) -> pd.DataFrame:
    """Cells with the columns of the header (TIME, GEO, ..., Value), and `flag` for "Flag and Footnotes" if it is there.

    KetenError for other files and for rows that are not as wide as the header.
    """
    with open_text(stream, card.format.encoding) as text:
        start = text.tell()
        delimiter = card.format.delimiter or sniffed(text)
        header = next((row for _, row in rows(text, delimiter)), [])
        while header and not header[-1]:  # some selections end every line with a comma
            header.pop()
        if not {"time", "value"} <= {same_name(name) for name in header}:
            raise KetenError(
                f"Het bestand is geen {WHAT}: verwacht werd een kop met TIME en Value, gevonden "
                f"'{shortened(delimiter.join(header))}'."
            )
        names = ["flag" if same_name(name) == FLAG else name for name in header]
        text.seek(start)
        body = (row for _, row in islice(rows(text, delimiter, len(header)), 1, None))
        return cells(names, body, card)
