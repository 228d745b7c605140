"""The command `keten affected`: which reports a new delivery of a source touches."""

import argparse
from pathlib import Path
from typing import Any

from keten.commands.parser import SUCCESS, data_given, data_option

MOST = 4  # measures that are named of a report


def add(commands: Any) -> None:
    """Put the command on the command line."""
    command = commands.add_parser(
        "affected",
        help="toon welke rapporten een levering raakt",
        description="Toont van elke uitgave welke rapporten een nieuwe levering van deze bron kan veranderen: die naar "
        "een maat van de bron hebben gevraagd, ook als er toen geen cijfer was.",
    )
    command.add_argument("source", metavar="BRON", help="naam van een kaart of van een bron in published/sources.csv")
    command.add_argument("--out", metavar="UIT", type=Path, help="map met de uitgaven; standaard reports/")
    data_option(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out `keten affected`. Raises KetenError for a source that nobody knows."""
    from keten.paths import root
    from keten.presentation.prose import listing
    from keten.reports.touched import Touched, published_measures, touched
    from keten.sources.cards.card import find, read_card

    data, out = data_given(arguments), arguments.out or root() / "reports"
    source, measures = arguments.source, published_measures(data, arguments.source)
    if not measures:
        from keten.observations.dataset import catalogue_of

        card = read_card(find(source, data), catalogue_of(data))
        source, measures = card.id, set(card.measures)

    def words(one: Touched) -> str:
        if not one.known:
            return f"{one.report} (onbekend wat het heeft gevraagd)"
        if not one.measures:
            return f"{one.report} (vraagt naar alle gegevens)"
        rest = [f"{len(one.measures) - MOST} andere maten"] if len(one.measures) > MOST else []
        return f"{one.report} ({listing([*one.measures[:MOST], *rest])})"

    editions: dict[str, list[str]] = {}
    for one in touched(out, source, measures):
        editions.setdefault(one.edition, []).append(words(one))
    if not editions:
        print(f"Een levering van {source} raakt geen enkel rapport in {out}.")
    for name, reports in editions.items():
        print(f"{name}: {'; '.join(reports)}")
    return SUCCESS
