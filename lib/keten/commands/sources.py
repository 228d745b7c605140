"""The command `keten sources`: which sources there are and how they stand; `keten sources check` looks at one card."""

import argparse
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keten.commands.parser import SOME_FAILED, SUCCESS, data_given, data_option

if TYPE_CHECKING:
    from keten.sources.attempts import Attempt
    from keten.sources.cards.types import Card
    from keten.sources.store import Receipt

HEADS = ("bron", "levering", "periode", "toestand")
WIDTH, INDENT = 100, "    "


def add(commands: Any) -> None:
    """Put the command on the command line."""
    command = commands.add_parser(
        "sources",
        help="toon de bronnen en hun stand",
        description="Toont van elke bron de uitgever, de dag van de laatste levering, de laatste periode, de "
        "toestand en de titel. Met check KAART: zoekt fouten in een kaart en noemt de regel.",
    )
    data_option(command)
    command.set_defaults(run=run)
    checks = command.add_subparsers(title="onderdelen", metavar="[check KAART]")
    check = checks.add_parser("check", help="zoek fouten in een kaart", description="Zoekt fouten in een kaart.")
    check.add_argument("card", metavar="KAART", help="een kaart (.toml) of de naam van een bron")
    data_option(check, again=True)
    check.set_defaults(run=run_check)


@dataclass(frozen=True)
class Row:
    """How a source stands: the `columns` below `HEADS`, how it is `named`, and what there is to tell of it."""

    columns: tuple[str, ...]
    named: str = ""
    remark: str = ""


def run(arguments: argparse.Namespace) -> int:
    """Print the sources, none of the lines longer than `WIDTH`."""
    rows = table(data_given(arguments))
    columns = [HEADS, *(row.columns for row in rows)]
    widths = [max(len(one[place]) for one in columns) for place in range(len(HEADS) - 1)]
    for row in [Row(HEADS, "uitgever: titel"), *rows]:
        cells = [cell.ljust(width) for cell, width in zip(row.columns, widths, strict=False)]
        print("  ".join([*cells, row.columns[-1]]).rstrip())
        for text in filter(None, (row.named, row.remark)):
            print(textwrap.fill(text, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT))
    return SUCCESS


def table(data: Path) -> list[Row]:
    """One row per card in the order of their names; a card that cannot be used says why."""
    from keten.observations.dataset import catalogue_of
    from keten.observations.vintages import history
    from keten.sources import store
    from keten.sources.attempts import attempts
    from keten.sources.cards.card import inspect

    catalogue = catalogue_of(data)
    known, _, faults = history(data, catalogue)
    latest = known[known.value.notna()].groupby("source").period.agg(_latest)
    tried = attempts(data / store.FOLDER)
    rows = []
    for path in sorted((data / "sources").glob("*.toml")):
        card, wrong = inspect(path, catalogue)
        if card is None:
            rows.append(Row((path.stem, "", "", "kaart met een fout"), remark=wrong[0]))
            continue
        newest = max(store.receipts(data, card.id), key=lambda one: one.order, default=None)
        state, remark = _state(data, card, newest, tried.get(card.id))
        fault = next((one for one in faults if f" {card.id} " in one), "")
        when = newest.date if newest else ""
        columns = (card.id, when, latest.get(card.id, ""), "doet niet mee" if fault else state)
        rows.append(Row(columns, f"{card.publisher}: {card.title}", fault or remark))
    return rows


def _state(data: Path, card: "Card", newest: "Receipt | None", tried: "Attempt | None") -> tuple[str, str]:
    """The state of a source in two or three words, and what there is to tell of it."""
    from keten.sources import store

    aside = [one for one in store.refused(data, card.id) if not one.about.get("cleared")]
    refused = max(aside, key=lambda one: one.order, default=None)
    if refused is not None and (newest is None or refused.received > newest.received):
        return refused.fate, f"op {refused.date}: {refused.about.get('reason', '')}"
    if tried is not None and tried.since:
        return tried.words, tried.reason
    if newest is not None:
        return "in orde", ""
    return "nog geen gegevens", "" if card.fetch else "Deze bron komt alleen binnen met keten import."


def _latest(periods: Any) -> str:
    from keten.model.periods import Period

    return str(max((Period.parse(text) for text in periods.unique()), key=lambda period: (period.end, period.start)))


def run_check(arguments: argparse.Namespace) -> int:
    """Print the faults of a card, one a line: 0 none, 1 some."""
    from keten.observations.dataset import catalogue_of
    from keten.sources.cards.card import find, inspect

    data = data_given(arguments)
    path = find(arguments.card, data)
    _, faults = inspect(path, catalogue_of(data))
    for fault in faults:
        print(fault)
    if not faults:
        print(f"{path.name}: de kaart klopt.")
    return SOME_FAILED if faults else SUCCESS
