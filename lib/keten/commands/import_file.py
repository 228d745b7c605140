"""The command `keten import`: let in a file that was downloaded by hand, through the same door as `keten update`."""

import argparse
import shutil
from pathlib import Path
from typing import Any

from keten.clock import time_stamp
from keten.commands.parser import SOME_FAILED, SUCCESS, data_given, data_option, day_given
from keten.errors import KetenError


def add(commands: Any) -> None:
    """Put the command on the command line."""
    command = commands.add_parser(
        "import",
        help="neem een bestand op dat met de hand is opgehaald",
        description="Leest BESTAND volgens KAART, controleert het en bewaart het ongewijzigd onder snapshots/. Een "
        "bestand dat niet door de controle komt, wordt apart gehouden met de reden en vervangt niets.",
    )
    command.add_argument("card", metavar="KAART", help="naam van een bron of een deel ervan, of een kaart (.toml)")
    command.add_argument("file", metavar="BESTAND", type=Path, help="het bestand zoals de uitgever het gaf")
    command.add_argument(
        "--date", metavar="DATUM", default="", help="dag van ontvangst (2018-01-31); standaard vandaag"
    )
    data_option(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out `keten import`: 0 accepted or unchanged, 1 refused. Raises KetenError when it cannot be tried."""
    from keten.observations.dataset import catalogue_of
    from keten.sources.cards.card import find, read_card
    from keten.sources.states import REFUSED
    from keten.sources.validation import gate

    data = data_given(arguments)
    if not arguments.file.is_file():
        raise KetenError(f"Het bestand '{arguments.file}' bestaat niet; controleer de naam.")
    day = day_given(arguments.date)
    given = find(arguments.card, data)
    catalogue = catalogue_of(data)
    card = read_card(given, catalogue)
    own = data / "sources" / given.name
    replaces = own.is_file() and own.read_bytes() != given.read_bytes()
    if replaces:
        gate.refuse_unfit(data, card, catalogue.names)
    about = {"url": "", "file": arguments.file.name, "received": time_stamp()}
    entry = gate.receive(
        data, card, arguments.file, arguments.file.name, about, day, catalogue.names, assumed=not arguments.date
    )
    if entry.state != REFUSED and (replaces or not own.is_file()):
        own.parent.mkdir(exist_ok=True)
        if replaces:
            own.replace(own.with_suffix(".toml.vorige"))
            print(f"De kaart {own.name} in sources/ is vervangen; de vorige heet nu {own.name}.vorige.")
        else:
            print(f"De kaart {own.name} is overgenomen in sources/.")
        shutil.copyfile(given, own)
    print(gate.sentence(entry))
    for warning in entry.warnings:
        print(f"  let op: {warning}")
    return SOME_FAILED if entry.state == REFUSED else SUCCESS
