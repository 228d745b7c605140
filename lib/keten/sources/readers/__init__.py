"""One reader per format: a pure function of bytes and card that gives cells, all text, as the file has them.

`read(stream, card) -> DataFrame`: columns as in the file's header; rows in its order; nothing interpreted. Rows that
the card does not ask for may be left out early. Bytes that are not of the format raise KetenError and nothing else.
"""

from collections.abc import Callable
from typing import BinaryIO

import pandas as pd

from keten.sources.cards.types import Card
from keten.sources.readers.cbs_odata import cbs_odata
from keten.sources.readers.eurostat_csv import eurostat_csv
from keten.sources.readers.eurostat_json import eurostat_json
from keten.sources.readers.eurostat_tsv import eurostat_tsv
from keten.sources.readers.migratieketen import migratieketen, reconcile
from keten.sources.readers.records import records
from keten.sources.readers.sdmx_csv import sdmx_csv
from keten.sources.readers.statline_csv import statline_csv
from keten.sources.readers.table import table
from keten.sources.readers.unhcr import unhcr_csv, unhcr_json

READERS: dict[str, Callable[[BinaryIO, Card], pd.DataFrame]] = {
    "migratieketen": migratieketen,
    "cbs-odata": cbs_odata,
    "statline-csv": statline_csv,
    "eurostat-json": eurostat_json,
    "sdmx-csv": sdmx_csv,
    "eurostat-tsv": eurostat_tsv,
    "eurostat-csv": eurostat_csv,
    "unhcr-json": unhcr_json,
    "unhcr-csv": unhcr_csv,
    "table": table,
    "records": records,
}
# Formats that carry totals beside their parts, with what compares the two: Dutch sentences on what contradicts.
RECONCILED: dict[str, Callable[[pd.DataFrame, Card], list[str]]] = {"migratieketen": reconcile}
