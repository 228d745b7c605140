"""Rows of text to a table of cells, and the filters of a card that make a big file small while it is read."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TextIO

import pandas as pd

from keten.errors import KetenError

MOST_ROWS = 5_000_000
CANDIDATE_DELIMITERS = (";", "\t", ",", "|")


def cells(names: Sequence[str], rows: Iterable[Sequence[str]]) -> pd.DataFrame:
    """One text column per name, a row per item of `rows`. Equal texts are kept once, which is what makes it fit."""
    columns: list[list[str]] = [[] for _ in names]
    texts: dict[str, str] = {}
    share = texts.setdefault
    for number, row in enumerate(rows):
        if number == MOST_ROWS:
            refuse_too_many()
        for column, text in zip(columns, row, strict=True):
            column.append(share(text, text))
    return frame(dict(zip(names, columns, strict=True)))


def frame(columns: dict[str, Sequence[str]]) -> pd.DataFrame:
    """Text columns as a DataFrame of dtype str, also when there are no rows."""
    return pd.DataFrame({name: pd.array(texts, dtype="str") for name, texts in columns.items()}, copy=False)


def refuse_too_many() -> None:
    """KetenError that says how to read less."""
    raise KetenError(
        f"Het bestand geeft meer dan {MOST_ROWS} rijen; noem onder [keep] in de kaart welke codes nodig zijn."
    )


def row_filter(card, names: Sequence[str]) -> Callable[[Sequence[str]], bool] | None:
    """Whether a row (cells in the order of `names`) is one that the card reads; None when it reads all.

    A row must agree with all of `keep` and with the `where` of at least one measure. Columns that the file lacks do
    not count here: their absence is for the reader of cells to tell.
    """
    place = {name: number for number, name in enumerate(names)}

    def tests(wanted: dict[str, tuple[str, ...]]) -> list[tuple[int, frozenset[str]]]:
        return [(place[name], frozenset(codes)) for name, codes in wanted.items() if name in place]

    keep = tests(card.keep)
    choices = [tests(measure.where) for measure in card.measures.values()]
    if not all(choices):
        choices = []
    if not keep and not choices:
        return None

    def wanted(row: Sequence[str]) -> bool:
        for number, codes in keep:
            if row[number] not in codes:
                return False
        return not choices or any(all(row[number] in codes for number, codes in choice) for choice in choices)

    return wanted


def kept(card, names: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[Sequence[str]]:
    """The rows that the card reads."""
    wanted = row_filter(card, names)
    return rows if wanted is None else filter(wanted, rows)


def first_line(text: TextIO) -> str:
    """The first line, or as much of it as a header can be."""
    return text.readline(100_000)


def row_of(line: str, delimiter: str, what: str) -> list[str]:
    """The stripped cells of one line; none when it is blank."""
    return next((row for _, row in csv_rows([line], delimiter, what)), [])


def csv_rows(text: Iterable[str], delimiter: str, what: str, before: int = 0) -> Iterator[tuple[int, list[str]]]:
    """Line number and stripped cells of each row that is not blank, when `before` lines were read already.

    KetenError for quotes that are not closed.
    """
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        for row in reader:
            row = [cell.strip() for cell in row]
            if any(row):
                yield before + reader.line_num, row
    except csv.Error as error:
        reason = (
            "een aanhalingsteken wordt niet gesloten" if "end of data" in str(error) else "de regel is niet te lezen"
        )
        raise KetenError(f"Het bestand is geen {what}: regel {before + reader.line_num}, {reason}.") from None


def exact_rows(rows: Iterable[tuple[int, list[str]]], width: int) -> Iterator[list[str]]:
    """Rows of exactly `width` cells; surplus empty cells are cut, anything else is a KetenError with its line."""
    for line, row in rows:
        if len(row) != width:
            if len(row) < width or any(row[width:]):
                raise KetenError(
                    f"Regel {line} heeft {len(row)} velden, verwacht {width} zoals in de kop; het bestand is "
                    "waarschijnlijk afgebroken of beschadigd, haal het opnieuw op."
                )
            row = row[:width]
        yield row


def refuse_double(names: Sequence[str], advice: str = "") -> None:
    """KetenError when a name of a column occurs twice or is empty."""
    for number, name in enumerate(names):
        if not name:
            raise KetenError(f"Kolom {number + 1} heeft geen naam in de kop.{advice}")
        if name in names[:number]:
            raise KetenError(f"De kolom '{shortened(name)}' staat twee keer in de kop.{advice}")


def not_empty(rows: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    """The same rows; KetenError when there is none."""
    empty = True
    for row in rows:
        empty = False
        yield row
    if empty:
        raise KetenError("Het bestand heeft een kop maar geen enkele rij met gegevens; haal het opnieuw op.")


def sniff(lines: Sequence[str], declared: str = "") -> str:
    """The delimiter that the card declares, or that makes most of these lines equally wide (at least two cells)."""
    if declared:
        return declared

    def agreement(delimiter: str) -> int:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        except csv.Error:
            return 0
        wide = [width for width in widths if width > 1]
        return max((wide.count(width) for width in set(wide)), default=0)

    return max(CANDIDATE_DELIMITERS, key=agreement)


def shortened(text: str) -> str:
    """Text from a file, short enough for a sentence."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "..."
