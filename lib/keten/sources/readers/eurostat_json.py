"""Eurostat's JSON-stat 2.0: one dataset of numbers by flat index, the last dimension running fastest."""

import math
import re
from typing import Any, BinaryIO

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
from keten.sources.readers.envelope import read_json

WHAT = "JSON-stat 2.0 van Eurostat"
MOST_CELLS = 2**62  # of the cube, for 64-bit indices


def eurostat_json(stream: BinaryIO, card: Card) -> pd.DataFrame:
    """Cells of a JSON-stat dataset: a column of codes per dimension, `value`, `flag` (status, "p|C" as it came).

    A row per figure, in the order of the cube. What was not filed gives no row, unless it has a status: then `value`
    is "", or ":" where the status says so. KetenError for an error or warning of the server, a dimension without
    codes (what Eurostat answers to a wrong code), another dataset than the card's, and anything that does not fit.
    """
    dataset = read_json(stream, WHAT)
    refuse_answer_without_data(dataset)
    refuse_other_dataset(str(mapping(dataset, "extension", {}).get("id", "")), card)
    names, sizes = axes(dataset)
    codes = [codes_of(dataset, name, size) for name, size in zip(names, sizes, strict=True)]
    count = math.prod(sizes)
    if count > MOST_CELLS:
        raise unfit(f"de dimensies hebben samen {count} combinaties")
    values = by_index(dataset.get("value"), count, "value")
    flags = flags_of(dataset, values, count)
    places = sorted(values.keys() | flags.keys() if flags else values)
    choice = Choice(card, names)
    refuse_double([*names, "value", "flag"])
    if not places:
        refuse_empty()
    flat = np.array(places, dtype=np.int64)
    wanted = choice.wants_of_cube(codes, np.unravel_index(flat, sizes))
    choice.check()
    if wanted.sum() > MOST_ROWS:
        refuse_too_many()
    flat = flat[wanted]
    keys = {
        name: np.array(known, dtype=object)[axis]
        for name, known, axis in zip(names, codes, np.unravel_index(flat, sizes), strict=True)
    }
    shown = [cell(values.get(place, ""), flags.get(place, "")) for place in flat.tolist()]
    return frame(keys | {"value": [value for value, _ in shown], "flag": [flag for _, flag in shown]})


def unfit(found: str) -> KetenError:
    """The error for JSON that is not a JSON-stat dataset, or one that contradicts itself."""
    return KetenError(f"Het bestand is geen {WHAT}: {found}.")


def refuse_answer_without_data(dataset: Any) -> None:
    """KetenError for an error, a warning (the answer is made later) or something that is no dataset."""
    if not isinstance(dataset, dict):
        raise unfit("verwacht een dataset, gevonden een lijst of losse waarde")
    for kind, meaning in (("error", "een foutmelding"), ("warning", "een waarschuwing")):
        if kind in dataset:
            told = dataset[kind][0] if isinstance(dataset[kind], list) and dataset[kind] else dataset[kind]
            label = told.get("label", told.get("status", "")) if isinstance(told, dict) else told
            raise KetenError(
                f"Eurostat gaf {meaning} in plaats van gegevens: '{shortened(str(label))}'; "
                "vraag minder of andere codes in query of path van de kaart."
            )
    if dataset.get("class") != "dataset":
        raise unfit(f"verwacht class 'dataset', gevonden '{shortened(str(dataset.get('class', '')))}'")


def refuse_other_dataset(found: str, card: Card) -> None:
    """KetenError when the file says that it is another table than the one that the card fetches."""
    if not found or card.fetch is None or not card.fetch.path:
        return
    found = re.sub(r"(\$|__custom).*", "", found).lower()
    parts = [part for part in card.fetch.path.lower().split("/") if part]
    if found in parts or found in card.fetch.also:
        return
    after = parts.index("data") + 1 if "data" in parts[:-1] else len(parts) - 1
    if parts and re.fullmatch(r"[a-z0-9_]+", parts[after]):
        raise KetenError(
            f"Het bestand is tabel {shortened(found)}, verwacht {parts[after]} zoals in path van de kaart."
        )


def mapping(container: dict[str, Any], name: str, default: dict[str, Any] | None = None) -> dict[str, Any]:
    """A member that must be an object; KetenError when it is not."""
    member = container.get(name, default)
    if not isinstance(member, dict):
        raise unfit(f"'{shortened(name)}' ontbreekt of is geen object")
    return member


def axes(dataset: dict[str, Any]) -> tuple[list[str], list[int]]:
    """Names and lengths of the dimensions."""
    names, sizes = dataset.get("id"), dataset.get("size")
    if not isinstance(names, list) or not isinstance(sizes, list) or not names or len(names) != len(sizes):
        raise unfit("'id' en 'size' moeten even lange lijsten zijn")
    if not all(isinstance(name, str) and name not in ("value", "flag", "") for name in names):
        raise unfit("'id' noemt geen bruikbare namen van dimensies")
    if len(set(names)) != len(names):
        raise unfit("'id' noemt een dimensie twee keer")
    lengths = [length for size in sizes if (length := whole_number(size)) is not None]
    if len(lengths) < len(sizes):
        raise unfit("'size' bevat iets anders dan gehele getallen")
    for name, length in zip(names, lengths, strict=True):
        if length == 0:
            raise KetenError(
                f"Eurostat gaf een lege dimensie '{shortened(name)}': een van de gevraagde codes bestaat niet of "
                "heeft geen gegevens; herstel de codes in query of path van de kaart."
            )
    return names, lengths


def whole_number(text: Any) -> int | None:
    """A non-negative index or length, that JSON gave as text; None when it is none."""
    plain = isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 19
    return int(text) if plain and (text == "0" or text[0] != "0") else None


def codes_of(dataset: dict[str, Any], name: str, size: int) -> list[str]:
    """The codes of a dimension by position; `index` may be an object, a list, or absent when there is one code."""
    category = mapping(mapping(mapping(dataset, "dimension"), name), "category")
    index = category.get("index")
    if index is None:
        index = list(mapping(category, "label"))
    if isinstance(index, list):
        codes = index
    else:
        index = mapping(category, "index")
        places = [place for value in index.values() if (place := whole_number(value)) is not None]
        if sorted(places) != list(range(len(index))):
            raise unfit(f"de codes van '{shortened(name)}' staan niet op de plaatsen 0, 1, 2, ...")
        codes = [code for _, code in sorted(zip(places, index, strict=True))]
    if len(codes) != size or not all(isinstance(code, str) for code in codes) or len(set(codes)) != size:
        raise unfit(f"'size' noemt voor '{shortened(name)}' {size} codes, gevonden {len(codes)} verschillende")
    return [code.strip() for code in codes]


def by_index(member: Any, count: int, name: str) -> dict[int, str]:
    """Texts by flat index, from an object or a list; what is null is left out."""
    if isinstance(member, list):
        if len(member) > count:
            raise unfit(f"'{name}' heeft {len(member)} waarden, de dimensies hebben er {count}")
        member = dict(zip(map(str, range(count)), member, strict=False))
    if not isinstance(member, dict):
        raise unfit(f"'{name}' ontbreekt of is geen object of lijst")
    found = {}
    for key, text in member.items():
        place = whole_number(key)
        if place is None or place >= count:
            raise unfit(f"'{name}' bevat een plaats die buiten de {count} cellen van de dimensies valt")
        if isinstance(text, str):
            found[place] = text.strip()
        elif text is not None:
            raise unfit(f"'{name}' bevat iets anders dan getallen of tekst")
    return found


def flags_of(dataset: dict[str, Any], values: dict[int, str], count: int) -> dict[int, str]:
    """Flags by flat index; one text is the flag of every figure."""
    status = dataset.get("status")
    if isinstance(status, str):
        return dict.fromkeys(values, status.strip())
    return {} if status is None else {at: flag for at, flag in by_index(status, count, "status").items() if flag}


def cell(value: str, flag: str) -> tuple[str, str]:
    """Value and flag; a colon among the flags of an empty cell is the mark for not available."""
    return (":", flag.replace(":", "").strip()) if not value and ":" in flag else (value, flag)
