"""Spoiled data and cards, from fixed seeds: refused in one sentence with file and line, or read as they stand.

KETEN_FUZZ=1 tries all of them (minutes); without it a part of them runs.
"""

import csv
import io
import os
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from helpers_data import REPOSITORY_DATA
from helpers_sources import CARD, CATALOGUE, written

from keten.errors import KetenError
from keten.model import own_data
from keten.model.catalogue import Catalogue
from keten.observations import published
from keten.sources.cards.card import inspect
from keten.sources.validation import gate
from keten.sources.validation.interpret import BY

EVERY = bool(os.environ.get("KETEN_FUZZ"))
OF_DATA, OF_CARDS = (1000, 500) if EVERY else (100, 150)
BATCHES = 10
SIGNS = [*",;\"'\n\r\t #=-.9x\x00\u200b\u00a0é٣", "\r\n", '""', ",,"]
CELLS = [
    "", "NaN", "nan", "null", "2017-02-30", "2099-12", "2017-13", "-5", "12", "0", "1e9", "1e999", "inf", "3,5", "0x10",
    "stok", "stock", "rate", "x", " IND", "IND ", "=1+1", "١٢", "1_000", "a+b", "Utopia", "percent", "circa", "9..1",
]  # fmt: skip
LINE = re.compile(
    r"- (\w+/\w+\.csv), regel \d+: .+|- (\w+/\w+\.csv): dit is niet het bestand .+ keten check --accept.+"
)


def spoiled(text: str, chance: random.Random) -> str:
    """The text with one thing wrong, or another than it was."""
    lines = text.splitlines(keepends=True)
    at = chance.randrange(len(lines))

    def cell() -> str:
        rows = list(csv.reader([lines[at]]))
        rows[0][chance.randrange(len(rows[0]))] = chance.choice(CELLS)
        told = io.StringIO()
        csv.writer(told, lineterminator="\n").writerows(rows)
        return "".join([*lines[:at], told.getvalue(), *lines[at + 1 :]])

    def columns() -> str:
        rows = list(csv.reader(lines))
        one, other = chance.sample(range(len(rows[0])), 2)
        told = io.StringIO()
        for row in rows[chance.randrange(2) :] if chance.random() < 0.5 else rows[:1]:
            row[one], row[other] = row[other], row[one]
        csv.writer(told, lineterminator="\n").writerows(rows)
        return told.getvalue()

    place = chance.randrange(len(text))
    ways: list[Callable[[], str]] = [
        lambda: text[:place] + text[place + 1 :],
        lambda: text[:place] + chance.choice(SIGNS) + text[place:],
        lambda: text[:place] + chance.choice(SIGNS) + text[place + 1 :],
        lambda: text[:place],
        lambda: "".join(lines[: at + 1]),
        lambda: "".join([*lines[:at], *lines[at + 1 :]]),
        lambda: "".join([*lines[: at + 1], *lines[at:]]),
        lambda: "".join([lines[0], *(line.replace("\n", ",\n") for line in lines[1:])]),
        lambda: text.replace(",", ";"),
        lambda: "\ufeff" + text.replace("\n", "\r\n"),
        cell, cell, cell, cell,
        columns,
    ]  # fmt: skip
    return chance.choice(ways)()


def plain(text: str) -> list[list[str]]:
    """What the standard library makes of it."""
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    """The project's data with a part of the figures, so that reading is quick; described as they are."""
    data = tmp_path_factory.mktemp("klein") / "data"
    for name in ("catalogue", "published"):
        shutil.copytree(REPOSITORY_DATA / name, data / name)
    shutil.copy(REPOSITORY_DATA / own_data.DESCRIPTION, data)
    figures = data / "published" / "figures.csv"
    head, *rows = figures.read_text(encoding="utf-8").splitlines(keepends=True)
    figures.write_text(head + "".join(rows[::40]), encoding="utf-8")
    own_data.accept(data)
    return data


def read(data: Path) -> tuple[pd.DataFrame | None, str]:
    """The figures, or why they are refused."""
    try:
        return published.read(data, Catalogue.read(data))[0], ""
    except KetenError as fault:
        return None, str(fault)


def is_told(message: str, path: str) -> bool:
    """Whether every line of a refusal after the first is a sentence that names a file, and one of them this one.

    A row that is gone may be missed by one in another file, which says that it is not there.
    """
    head, *points = message.splitlines()
    points = [point for point in points if not re.fullmatch(r"- en nog \d+", point)]
    named = [path in point for point in points if LINE.fullmatch(point)]
    return head.startswith("De gegevens zijn niet bruikbaar; herstel") and len(named) == len(points) and any(named)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_spoiled_data_are_refused_by_line_or_read_as_they_stand(small, batch):
    described = (small / own_data.DESCRIPTION).read_bytes()
    for seed in range(batch, OF_DATA, BATCHES):
        chance = random.Random(seed)
        path = chance.choice(own_data.paths())
        before = (small / path).read_bytes()
        text = spoiled(before.decode(), chance)
        if text.encode() == before:
            continue
        (small / path).write_text(text, encoding="utf-8", newline="")
        try:
            # By the description: every change is refused.
            message = read(small)[1]
            assert is_told(message, path), (seed, message)
            # Without it: refused for what it is, or right.
            (small / own_data.DESCRIPTION).unlink()
            observations, message = read(small)
            if observations is None:
                assert is_told(message, path) and "--accept" not in message, (seed, message)
                continue
            head, *rows = plain(text)
            table = own_data.read_tables(small, Path(path).parent.name).tables[Path(path).stem]
            assert head == own_data.columns(Path(path).stem) and rows == table.to_numpy().tolist(), seed
            files = [plain((small / "published" / f"{one}.csv").read_text("utf-8")) for one in own_data.OF_FIGURES]
            values = [float(row[5]) for rows in files for row in rows[1:] if row[5]]
            assert observations.value.dropna().tolist() == values, seed
        finally:
            (small / path).write_bytes(before)
            (small / own_data.DESCRIPTION).write_bytes(described)
    assert read(small)[1] == ""


# -- cards --

DELIVERY = """\
maand;land;aantal
2017-01;Totaal;2000
2017-01;Syrië;1200
2017-01;Irak;3
2017-02;Totaal;2100
2017-02;Syrië;<5
"""
PRINTED = {
    ("2017-01", ""): 2000, ("2017-01", "Syrië"): 1200, ("2017-01", "Irak"): 3, ("2017-02", ""): 2100,
    ("2017-02", "Syrië"): None,
}  # fmt: skip
VALUES = [
    "true", "7", "-1", "1e400", "nan", "9" * 5000, '""', '"x"', '"é\\u200b"', "[]", "[1]", '["land"]',
    '["land", "aantal"]', "{}", "{ a = 1 }", "2017-02-30", "2017-02-28", '"aantal"', '"land"', '"maand"', '"percent"',
    '"rate"', "[" * 3000, "\'\'\'",
]  # fmt: skip
FAULT = re.compile(r"\S+\.toml, regel \d+: .+|Het bestand \S+\.toml is niet te lezen \(.+\); .+")


def spoiled_card(text: str, chance: random.Random) -> bytes:
    """The card with one thing wrong, or another than it was."""
    lines = text.splitlines(keepends=True)
    at, place = chance.randrange(len(lines)), chance.randrange(len(text))
    keys = [number for number, line in enumerate(lines) if re.match(r"\w+ *=", line)]
    key = chance.choice(keys)
    name, _, value = lines[key].partition("=")
    ways: list[Callable[[], str]] = [
        lambda: text[:place] + text[place + 1 :],
        lambda: text[:place] + chance.choice(SIGNS) + text[place:],
        lambda: text[:place],
        lambda: "".join([*lines[:at], *lines[at + 1 :]]),
        lambda: "".join([*lines[: at + 1], *lines[at:]]),
        lambda: "".join([*lines[:key], f"{name.strip()}x ={value}", *lines[key + 1 :]]),
        *[lambda: "".join([*lines[:key], f"{name}= {chance.choice(VALUES)}\n", *lines[key + 1 :]])] * 5,
    ]
    made = chance.choice(ways)()
    return made.encode("cp1252", "replace") if chance.random() < 0.05 else made.encode()


@pytest.mark.parametrize("batch", range(BATCHES))
def test_spoiled_cards_are_refused_by_line_or_read_nothing_wrong(tmp_path, batch):
    delivery = written(tmp_path, DELIVERY, "levering.csv")
    shipped = sorted((REPOSITORY_DATA / "sources").glob("*.toml"))
    for seed in range(batch, OF_CARDS, BATCHES):
        chance = random.Random(seed)
        ours = chance.random() < 0.6
        text = CARD.replace("rounding = 5", "rounding = 0") if ours else chance.choice(shipped).read_text("utf-8")
        path = tmp_path / "grens.toml"
        path.write_bytes(spoiled_card(text, chance))
        card, faults = inspect(path, CATALOGUE)
        assert all(FAULT.fullmatch(fault) for fault in faults), (seed, faults)
        assert (card is None) == bool(faults), seed
        if card is None or not ours:
            continue
        try:
            rows = gate.read(delivery, card, CATALOGUE.names).observations
        except KetenError as fault:
            sentence = str(fault)
            assert sentence.startswith("grens: ") and "\n" not in sentence, (seed, sentence)
            continue
        for row in rows.to_dict("records"):
            land = next((row[name] for name in row if name.startswith(BY)), "")
            printed = PRINTED.get((row["period"], "" if land == "Totaal" else land), "nothing")
            assert printed == (None if pd.isna(row["value"]) else row["value"]), (seed, row, path.read_text())
