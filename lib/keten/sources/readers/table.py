"""Any table of rows and columns: delimited text (CSV, TSV) or a spreadsheet (XLSX, ODS).

What the card leaves open is seen from the file: encoding, delimiter, and which line is the header. Titles above the
header, footnotes below the table, blank rows, heads of sections and repeated headers are passed over.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO

import pandas as pd

from keten.errors import KetenError
from keten.sources.cards.formats import FLAG
from keten.sources.cards.types import Card
from keten.sources.readers import period_heads
from keten.sources.readers.cells import FLAGS, refuse_double, with_flag
from keten.sources.readers.cells import cells as kept_cells
from keten.sources.readers.factors import refuse_factor
from keten.sources.readers.notation import number, period
from keten.sources.readers.sheets import sheet_rows
from keten.sources.readers.text import Row, fitted, is_zip, open_text, rows, sniffed
from keten.sources.readers.unread import is_unread

NAME_THEM = " Noem de kolommen met columns in de kaart."

_HEAD = 100  # rows in which the header is looked for
_LONGEST_LABEL = 60
_FOOTNOTE = re.compile(
    r"[*(©¹²³]|[0-9a-z]\)|(bron|source|noot|note|toelichting|opmerking|copyright|peildatum|extracted|laatst)\b", re.I
)


def table(stream: BinaryIO, card: Card) -> pd.DataFrame:
    """The cells of a table: a column of text per column of the file, in its order; of heads that are periods, long.

    Rows that `card.keep` and the measures' `where` exclude are left out while reading; columns of SDMX with the status
    and confidentiality of a figure become `flag`, unless the card chooses rows by them. Raises KetenError (Dutch) when
    the file is no table or has no header, a row has another number of cells, or two columns have one name.
    """
    lines = numbered_rows(stream, card)
    if card.period.heads:
        header, lines = period_heads.header(lines, card)
        return kept_cells(*period_heads.unpivoted(header, _body(lines, header, card), card), card)
    header, lines = _header(lines, card)
    found = kept_cells(header, _body(lines, header, card), card)
    used = {*card.keep, *(one.column for one in card.dimensions.values())}
    used.update(name for measure in card.measures.values() for name in measure.where)
    told = set(FLAGS) & set(found) and used.isdisjoint(FLAGS) and FLAG not in found
    return with_flag(found) if told else found


def numbered_rows(stream: BinaryIO, card: Card) -> Iterator[Row]:
    """Line number and stripped cells of every row that is not blank, of text or spreadsheet as the card says."""
    if is_zip(stream):
        comma = card.format.decimal == "," or card.format.thousands == "."
        declared = (*card.marks.suppressed, *card.marks.missing)
        yield from sheet_rows(stream, card.format.sheet, "," if comma else ".", declared)
        return
    with open_text(stream, card.format.encoding) as text:
        yield from rows(text, card.format.delimiter or sniffed(text))


def _header(lines: Iterator[Row], card: Card) -> tuple[list[str], Iterator[Row]]:
    """The names of the columns and the rows below the header."""
    names, at = list(card.format.columns), card.format.header
    if names and not at:
        refuse_double(names)
        return names, _from_first_fit(lines, len(names))
    if at == 0:
        raise KetenError("De kaart zegt dat er geen kopregel is (header = 0); noem de kolommen met columns.")
    if at is None:
        head = list(islice(lines, _HEAD))
        place = _place_of_header(head)
        for line, cells in head[:place]:
            refuse_factor(cells, line, card)
        found, lines = head[place][1], chain(head[place + 1 :], lines)
    else:
        line, found = next(lines, (0, []))
        while found and line < at:
            refuse_factor(found, line, card)
            line, found = next(lines, (0, []))
        if line != at:
            raise KetenError(f"Regel {at} is leeg of bestaat niet; de kaart zegt dat daar de kopregel staat.")
    header = names or _trimmed(found)
    refuse_double(header, NAME_THEM)
    return header, lines


def _place_of_header(head: list[Row]) -> int:
    """Which of the first rows is the header: the first that no row below outnumbers, if it holds only names."""
    if not head:
        raise KetenError("Het bestand heeft geen rijen; verwacht werd een tabel met een kopregel.")
    widths = [len(_trimmed(cells)) for _, cells in head]
    usual = Counter(widths).most_common(1)[0][0]
    # Where some row below is too wide, the usual width shows the header, so that the reader can name that row.
    for widest in (True, False):
        place = next(at for at in range(len(head)) if widths[at] >= (max(widths[at:]) if widest else usual))
        names = head[place][1][: widths[place]]
        below = [cells for _, cells in head[place + 1 :]]
        if all(names) and not any(_is_figure(name, place, below) for place, name in enumerate(names)):
            return place
    raise KetenError(
        "Het bestand heeft geen herkenbare kopregel; geef in de kaart header (het nummer van die regel), of header = 0 "
        "en columns."
    )


def _is_figure(name: str, place: int, below: list[list[str]]) -> bool:
    """Whether this is a number or mark, not a name. Years are names, unless years stand below them too."""
    if not any(sign.isalnum() for sign in name):
        return True
    if period(name) is None:
        return number(name) is not None
    return any(period(cells[place]) is not None for cells in below if place < len(cells))


def _trimmed(cells: list[str]) -> list[str]:
    end = next((place for place in range(len(cells), 0, -1) if cells[place - 1]), 0)
    return cells[:end]


def _from_first_fit(lines: Iterator[Row], width: int) -> Iterator[Row]:
    """Without the titles above a table that has no header."""
    lines = iter(lines)
    for line, cells in lines:
        if len(_trimmed(cells)) >= min(width, 2):
            yield line, cells
            break
    yield from lines


def _body(lines: Iterator[Row], header: list[str], card: Card) -> Iterator[Row]:
    """The rows of the table itself, each as wide as the header."""
    width, note = len(header), None
    for line, cells in lines:
        filled = _trimmed(cells)
        if width > 1 and len(filled) == 1 and _is_remark(cells, width):
            refuse_factor(filled, line, card)
            if len(cells) < width and not _FOOTNOTE.match(filled[0]):
                note = note or (line, cells)
            continue
        if note:  # a short row in the middle is no footnote
            fitted(note[1], width, note[0])
        fit = fitted(cells, width, line)
        if fit != header:
            yield line, fit


def _is_remark(cells: list[str], width: int) -> bool:
    """Whether a row that only has a first cell is a footnote or the head of a section, not a row without figures."""
    first = cells[0]
    return not is_unread(first) and bool(
        len(cells) < width
        or _FOOTNOTE.match(first)
        or len(first) > _LONGEST_LABEL
        or (width > 2 and period(first) is None)
    )
