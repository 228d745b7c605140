"""Small cards and files for tests of live sources."""

from pathlib import Path

from keten.cli import main
from keten.observations.dataset import catalogue_of
from keten.paths import REPOSITORY_DATA
from keten.sources.cards.card import inspect

CATALOGUE = catalogue_of(REPOSITORY_DATA)
CARD = """\
title = "Geweigerd aan de grens"
publisher = "Eurostat"
licence = "Hergebruik met bronvermelding"
goal = "3_toegang_grensbewaking"
unit = "persons"
rounding = 5

[format]
name = "table"

[period]
column = "maand"

[dimensions.nationality]
column = "land"
codes = "nationality"
total = "Totaal"

[measures.border_refusals]
column = "aantal"
"""
HEAD = "maand;land;aantal\n"


def written(folder: Path, text: str, name: str = "grens.toml") -> Path:
    """A file with this text."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def card_from(folder: Path, text: str = CARD, name: str = "grens.toml"):
    """The card in this text, which must be right."""
    card, faults = inspect(written(folder, text, name), CATALOGUE)
    assert faults == []
    return card


def table(*rows: str) -> str:
    """A delivery of the table that `CARD` reads, one text per row."""
    return HEAD + "".join(f"{row}\n" for row in rows)


def imported(data: Path, card: Path, text: str, date: str, name: str = "levering.csv") -> int:
    """Import a file with this text on this day; the exit code."""
    file = written(data.parent / f"ontvangen-{date}", text, name)
    return main(["import", str(card), str(file), "--date", date, "--data", str(data)])
