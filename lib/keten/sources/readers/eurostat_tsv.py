"""Eurostat's bulk TSV: the codes of a row in its first field, a column per period, flags glued to the values."""

import re
from collections.abc import Iterator
from typing import BinaryIO, TextIO

import numpy as np
import pandas as pd

from keten.errors import KetenError
from keten.sources.cards.types import Card
from keten.sources.readers.cells import (
    MOST_ROWS,
    Choice,
    frame,
    refuse_double,
    refuse_empty,
    refuse_too_many,
    shortened,
)
from keten.sources.readers.text import open_text

WHAT = "TSV van Eurostat"
CELL = re.compile(r"(:|-?[0-9.]*[0-9](?:[eE][+-]?[0-9]+)?)\s*([a-zA-Z|]*)")
LONGEST_LINE = 10_000_000


def eurostat_tsv(stream: BinaryIO, card: Card) -> pd.DataFrame:
    """Cells of a bulk TSV, long: a column per code in the first field, `time`, `value` (":" = none), `flag`.

    A row for every period of every kept combination of codes, in the order of the file. Combinations that the card
    does not read are dropped before their line is split, so a large file costs little. KetenError for other files,
    lines with too few or too many fields, and more rows than fit.
    """
    with open_text(stream, card.format.encoding) as text:
        keys, periods = header(text)
        kept: list[list[str]] = []
        numbers: list[int] = []
        texts: list[str] = []
        share: dict[str, str] = {}  # equal texts are one object: millions of cells stay small
        for line, codes, rest in chosen(text, Choice(card, keys), len(keys), len(periods)):
            row = rest.split("\t")
            kept.append(codes)
            numbers.append(line)
            texts.extend(map(share.setdefault, row, row))
            if len(texts) > MOST_ROWS:
                refuse_too_many()
    return long(keys, kept, periods, texts, numbers)


def chosen(text: TextIO, choice: Choice, width: int, periods: int) -> Iterator[tuple[int, list[str], str]]:
    """Number, codes, and all values in one text, of every line that the card reads."""
    number = 1
    for number, line in enumerate(lines(text), 2):
        if not line.strip():
            continue
        key, _, rest = line.partition("\t")
        codes = [code.strip() for code in key.split(",")]
        count = line.count("\t")
        if len(codes) != width or count != periods:
            raise KetenError(
                f"Regel {number} heeft {len(codes)} codes en {count} waarden, verwacht werden er {width} en {periods}, "
                "zoals in de kop. Het bestand is misschien afgebroken: haal het opnieuw op."
            )
        if choice.wants(codes):
            yield number, codes, rest
    if number == 1:
        refuse_empty()
    choice.check()


def lines(text: TextIO) -> Iterator[str]:
    """The lines without their ends; KetenError for one that has none within reason."""
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise KetenError(f"Het bestand is geen {WHAT}: een regel is langer dan {LONGEST_LINE} tekens.")
        yield line.rstrip("\r\n")


def header(text: TextIO) -> tuple[list[str], list[str]]:
    r"""Names of the codes and the periods, from a first line such as freq,unit,geo\TIME_PERIOD<TAB>2008-01."""
    first = next(lines(text), "")
    key, *periods = [field.strip() for field in first.split("\t")]
    names, _, time = key.partition("\\")
    if not time.strip() or not periods:
        raise KetenError(
            f"Het bestand is geen {WHAT}: verwacht werd een kop als freq,unit,geo\\TIME_PERIOD met daarna de perioden, "
            f"gevonden '{shortened(first)}'."
        )
    keys = [name.strip() for name in names.split(",")]
    refuse_double([*keys, "time", "value", "flag"])
    refuse_double(periods)
    return keys, periods


def long(
    keys: list[str], kept: list[list[str]], periods: list[str], texts: list[str], numbers: list[int]
) -> pd.DataFrame:
    """One row per value: codes and line repeated for each period, periods repeated for each row of the file."""
    parts: dict[str, tuple[str, str]] = {}
    for text in texts:
        if text not in parts:
            parts[text] = value_and_flag(text)
    codes = np.array(kept, dtype=object).reshape(len(kept), len(keys))
    columns = {name: np.repeat(codes[:, place], len(periods)) for place, name in enumerate(keys)}
    columns["time"] = np.tile(np.array(periods, dtype=object), len(kept))
    columns["value"] = np.array([parts[text][0] for text in texts], dtype=object)
    columns["flag"] = np.array([parts[text][1] for text in texts], dtype=object)
    return frame(columns, np.repeat(np.array(numbers, dtype=np.int32), len(periods)))


def value_and_flag(text: str) -> tuple[str, str]:
    """From "1295 p" ("1295", "p"), from ": c" (":", "c"). What is neither comes whole: the cells' reader tells."""
    found = CELL.fullmatch(text.strip())
    return (found[1], found[2]) if found else (text.strip(), "")
