"""Eurostat says one table in four formats, with codes or labels, and has renamed codes: a card reads them all.

The format of a file is seen from its first bytes. When it is another one than the card names, such as a download from
the data browser in the place of the API's answer, the card is fitted to it.
"""

import csv
import gzip
import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO

from keten.sources.cards.formats import FORMATS
from keten.sources.cards.types import Card, Dimension, Measure
from keten.sources.readers.sdmx_csv import NAME_AND_LABEL
from keten.sources.readers.text import column_of, delimiter, same_name

DIALECTS = ("eurostat-json", "sdmx-csv", "eurostat-tsv", "eurostat-csv")
HEAD = 1 << 16
OTHER_NAMES = {"applicant": "asyl_app"}  # how a column was called before
LABELS = {
    "T": ("Total",),
    "TOTAL": ("Total",),
    "NL": ("Netherlands",),
    "EU27_2020": ("European Union - 27 countries (from 2020)",),
}
OTHER_CODES: dict[str, dict[str, tuple[str, ...]]] = {  # of one column: labels, and codes of before
    "applicant": {
        "TOTAL": ("ASY_APP", "Asylum applicant"),
        "FRST": ("NASY_APP", "First time applicant"),
        "SSEQ": ("Subsequent applicant",),
    },
    "decision": {
        "TOTAL_POS": ("Total positive decisions",),
        "GENCONV": ("Geneva Convention status",),
        "SUB_PROT": ("Subsidiary protection status",),
        "HUMSTAT": ("Humanitarian status",),
        "REJECTED": ("Rejected",),
    },
}


def fitted(stream: BinaryIO, card: Card) -> tuple[Card, list[str]]:
    """The card as it reads this file (seekable, rewound), and Dutch sentences on what the file does not say.

    A column of [keep] that the file lacks is not asked for: a download has no column of a dimension of which one code
    was chosen. A measure of which it has no rows may be absent.
    """
    if card.format.name not in DIALECTS:
        return card, []
    found, header = recognised(stream)
    if found in ("", card.format.name):
        return card, []
    usual, new = FORMATS[card.format.name], FORMATS[found]
    columns = {name: _column(header, name) if header else name for name in card.keep}
    absent = [f"{name} ({' of '.join(codes)})" for name, codes in card.keep.items() if columns[name] is None]
    card = replace(
        card,
        format=replace(card.format, name=found),
        period=replace(card.period, columns=new.period) if card.period.columns == usual.period else card.period,
        keep={column: _spelled(card.keep[name], name) for name, column in columns.items() if column is not None},
        dimensions={name: _dimension(one, header) for name, one in card.dimensions.items()},
        measures={name: _measure(one, header, usual.value, new.value) for name, one in card.measures.items()},
    )
    told = f"het bestand heeft geen kolom {', '.join(absent)}; controleer dat bij het ophalen alleen dat is gekozen"
    return card, [told] if absent else []


def recognised(stream: BinaryIO) -> tuple[str, list[str]]:
    """The format of a file and the names of its columns, as far as its first line tells; '' for none of the four."""
    first = _first_line(stream)
    if first.startswith("{"):
        return "eurostat-json", []
    key, tab, _ = first.partition("\t")
    if tab and "\\" in key:
        return "eurostat-tsv", [name.strip() for name in key.partition("\\")[0].split(",")]
    try:
        names = [
            NAME_AND_LABEL.sub(r"\1", name.strip()) for name in next(csv.reader([first], delimiter=delimiter(first)))
        ]
    except (csv.Error, StopIteration):
        return "", []
    if {"TIME_PERIOD", "OBS_VALUE"} <= set(names):
        return "sdmx-csv", names
    return ("eurostat-csv", names) if {"time", "value"} <= {same_name(name) for name in names} else ("", [])


def _first_line(stream: BinaryIO) -> str:
    stream.seek(0)
    head = stream.read(HEAD)
    stream.seek(0)
    if head.startswith(b"\x1f\x8b"):
        try:
            head = gzip.GzipFile(fileobj=stream).read(HEAD)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return ""
        finally:
            stream.seek(0)
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = head.decode("utf-16" if wide else "utf-8-sig", errors="replace")
    return next(iter(text.lstrip().splitlines()), "")


def _column(header: Sequence[str], name: str) -> str | None:
    """The column that a card means, also under its former name; None when the file has neither."""
    places = (column_of(header, one) for one in (name, OTHER_NAMES.get(name, name)))
    return next((header[place] for place in places if place is not None), None)


def _spelled(codes: Sequence[str], column: str) -> tuple[str, ...]:
    """These codes, with what the other dialects write in their place."""
    others = OTHER_CODES.get(column, {})
    return tuple(dict.fromkeys(text for code in codes for text in (code, *LABELS.get(code, ()), *others.get(code, ()))))


def _dimension(one: Dimension, header: Sequence[str]) -> Dimension:
    return replace(
        one,
        column=_column(header, one.column) or one.column,
        total=_spelled(one.total, one.column),
        leave_out=_spelled(one.leave_out, one.column),
    )


def _measure(one: Measure, header: Sequence[str], usual: str, value: str) -> Measure:
    where = {_column(header, name) or name: _spelled(codes, name) for name, codes in one.where.items()}
    return replace(one, column=value if one.column == usual else one.column, where=where, optional=bool(where))
