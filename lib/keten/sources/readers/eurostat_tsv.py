"""Eurostat's bulk TSV: the codes of a row in its first field, a column per period, flags glued to the values."""

import re
from typing import BinaryIO, TextIO

import numpy as np
import pandas as pd

from keten.errors import KetenError
from keten.sources.readers.cells import MOST_ROWS, frame, refuse_double, refuse_too_many, row_filter, shortened
from keten.sources.readers.envelope import as_text

WHAT = "TSV van Eurostat"
CELL = re.compile(r"(:|-?[0-9.]*[0-9](?:[eE][+-]?[0-9]+)?)\s*([a-zA-Z|]*)")
LONGEST_LINE = 10_000_000


def eurostat_tsv(stream: BinaryIO, card) -> pd.DataFrame:
    """Cells of a bulk TSV, long: a column per code in the first field, `time`, `value` (":" = none), `flag`.

    A row for every period of every kept combination of codes, in the order of the file. Combinations that the card
    does not read are dropped before their line is split, so a large file costs little. KetenError for other files,
    lines with too few or too many fields, and more rows than fit.
    """
    with as_text(stream, WHAT, card.format.encoding) as text:
        keys, periods = header(text)
        wanted = row_filter(card, keys)
        kept_keys: list[list[str]] = []
        texts: list[str] = []
        share = {}.setdefault  # equal texts are one object: millions of cells stay small
        line_number = 1
        for line in lines(text):
            line_number += 1
            key, _, rest = line.partition("\t")
            if not key.strip() and not rest.strip():
                continue
            codes = [code.strip() for code in key.split(",")]
            if len(codes) != len(keys):
                raise KetenError(
                    f"Regel {line_number} begint met {len(codes)} codes, verwacht {len(keys)} zoals in de kop; "
                    "haal het bestand opnieuw op."
                )
            if wanted is not None and not wanted(codes):
                continue
            row = rest.split("\t")
            if len(row) != len(periods):
                raise KetenError(
                    f"Regel {line_number} heeft {len(row)} waarden, verwacht {len(periods)} zoals in de kop; het "
                    "bestand is waarschijnlijk afgebroken, haal het opnieuw op."
                )
            kept_keys.append(codes)
            texts.extend(map(share, row, row))
            if len(texts) > MOST_ROWS:
                refuse_too_many()
        if line_number == 1:
            raise KetenError("Het bestand heeft een kop maar geen enkele rij met gegevens; haal het opnieuw op.")
    return long(keys, kept_keys, periods, texts)


def lines(text: TextIO):
    """The lines without their ends; KetenError for one that has none within reason."""
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise KetenError(f"Het bestand is geen {WHAT}: een regel is langer dan {LONGEST_LINE} tekens.")
        yield line.rstrip("\r\n")


def header(text: TextIO) -> tuple[list[str], list[str]]:
    """Names of the codes and the periods, from a first line such as freq,unit,geo\\TIME_PERIOD<TAB>2008-01."""
    first = next(lines(text), "")
    key, *periods = [field.strip() for field in first.split("\t")]
    names, _, time = key.partition("\\")
    if not time.strip() or not periods:
        raise KetenError(
            f"Het bestand is geen {WHAT}: verwacht een kop als freq,unit,geo\\TIME_PERIOD met daarna de perioden, "
            f"gevonden '{shortened(first)}'."
        )
    keys = [name.strip() for name in names.split(",")]
    refuse_double([*keys, "time", "value", "flag"])
    refuse_double(periods)
    return keys, periods


def long(keys: list[str], kept_keys: list[list[str]], periods: list[str], texts: list[str]) -> pd.DataFrame:
    """One row per value: codes repeated for each period, periods repeated for each row of the file."""
    parts: dict[str, tuple[str, str]] = {}
    for text in texts:
        if text not in parts:
            parts[text] = value_and_flag(text)
    codes = np.array(kept_keys, dtype=object).reshape(len(kept_keys), len(keys))
    columns = {name: np.repeat(codes[:, place], len(periods)) for place, name in enumerate(keys)}
    columns["time"] = np.tile(np.array(periods, dtype=object), len(kept_keys))
    columns["value"] = np.array([parts[text][0] for text in texts], dtype=object)
    columns["flag"] = np.array([parts[text][1] for text in texts], dtype=object)
    return frame(columns)


def value_and_flag(text: str) -> tuple[str, str]:
    """ "1295 p" -> ("1295", "p"); ": c" -> (":", "c"). What is neither comes whole, for the reader of cells to tell."""
    found = CELL.fullmatch(text.strip())
    return (found[1], found[2]) if found else (text.strip(), "")
