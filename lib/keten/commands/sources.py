"""The command `keten sources`: which sources there are and how they stand; `keten sources check` looks at one card."""

import argparse
from pathlib import Path
from typing import Any

from keten.commands.parser import SOME_FAILED, SUCCESS, data_given, data_option

HEADS = ("bron", "doel", "formaat", "laatste gegevens", "laatste periode", "toestand")


def add(commands: Any) -> None:
    """Put the command on the command line."""
    command = commands.add_parser(
        "sources",
        help="toon de bronnen en hun stand",
        description="Toont van elke bron het ketendoel, het formaat, de dag van de laatste levering, de laatste "
        "periode en de toestand. Met check KAART: zoekt fouten in een kaart en noemt de regel.",
    )
    data_option(command)
    command.set_defaults(run=run)
    checks = command.add_subparsers(title="onderdelen", metavar="[check KAART]")
    check = checks.add_parser("check", help="zoek fouten in een kaart", description="Zoekt fouten in een kaart.")
    check.add_argument("card", metavar="KAART", help="een kaart (.toml) of de naam van een bron")
    data_option(check, again=True)
    check.set_defaults(run=run_check)


def run(arguments: argparse.Namespace) -> int:
    """Print the table of sources."""
    rows = [HEADS, *table(data_given(arguments))]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADS) - 1)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        print("  ".join([*cells, row[-1]]).rstrip())
    return SUCCESS


def table(data: Path) -> list[tuple[str, ...]]:
    """One row per card in the order of their names; a card that cannot be used says why."""
    from keten.observations.dataset import catalogue_of
    from keten.observations.vintages import history
    from keten.sources import store
    from keten.sources.cards.card import inspect

    catalogue = catalogue_of(data)
    known, _, faults = history(data, catalogue)
    latest = known[known.value.notna()].groupby("source").period.agg(_latest)
    rows: list[tuple[str, ...]] = []
    for path in sorted((data / "sources").glob("*.toml")):
        card, wrong = inspect(path, catalogue)
        if card is None:
            rows.append((path.stem, "", "", "", "", wrong[0]))
            continue
        mine, aside = store.receipts(data, card.id), store.refused(data, card.id)
        newest = max(mine, key=lambda one: one.order, default=None)
        refused = max((one for one in aside if not one.about.get("cleared")), key=lambda one: one.order, default=None)
        state = "in orde" if mine else "nog geen gegevens"
        if card.fetch is None and not mine:
            state += " (alleen met keten import)"
        if refused is not None and (newest is None or refused.received > newest.received):
            state = f"{refused.fate} op {refused.date}: {refused.about.get('reason', '')}"
        state = next((fault for fault in faults if f" {card.id} " in fault), state)
        rows.append(
            (card.id, card.goal, card.format.name, newest.date if newest else "", latest.get(card.id, ""), state)
        )
    return rows


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
