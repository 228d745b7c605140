"""The command `keten replay`: how a figure follows from the bytes that are stored."""

import argparse
from pathlib import Path
from typing import Any

from keten.commands.parser import SOME_FAILED, SUCCESS, data_given, data_option
from keten.errors import KetenError
from keten.paths import root


def add(commands: Any) -> None:
    """Put the command on the command line."""
    command = commands.add_parser(
        "replay",
        help="toon hoe een cijfer uit de bewaarde gegevens volgt",
        description="Rekent een cijfer van een uitgave na op de gegevens zoals die toen bekend waren: bestand en "
        "regel, keuze tussen uitgevers, som of deling, afronding.",
        epilog="Afsluitcode: 0 als hetzelfde cijfer volgt, 1 als dat niet zo is of niet alles na te rekenen is, 2 als "
        "geen uitgave het cijfer heeft.",
    )
    command.add_argument("figure", metavar="KENMERK", help="kenmerk van een cijfer: kw-0123456789ab")
    command.add_argument("--out", metavar="UIT", type=Path, help="map met de uitgaven; standaard reports/")
    data_option(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out `keten replay`. Raises KetenError when no edition has the figure."""
    from keten.model.figure_id import ids_in
    from keten.observations.dataset import load
    from keten.reports.publish import baseline, verification
    from keten.reports.publish.replay import replay

    name, out = arguments.figure, arguments.out or root() / "reports"
    if ids_in(name) != [name]:
        raise KetenError(f"'{name[:40]}' is geen kenmerk van een cijfer; geef er een zoals kw-0123456789ab.")
    data = data_given(arguments)
    said = verification.published_as(name, out)
    if said is None:
        raise KetenError(
            f"Geen openbare uitgave in {out} heeft het cijfer {name}; keten verify zegt of het ooit zo was."
        )
    if baseline.from_records(said.row):
        raise KetenError(
            "Dit cijfer is geteld uit een bestand met personen, dat niet wordt bewaard; het kan niet worden nagerekend."
        )
    print(f"{name}  {said.row['label']}, uitgave {said.label}, rapport {said.row['notebook']}, {said.row['section']}")
    same, lines = replay(said.row, data, load(data))
    print("\n".join(lines))
    return SUCCESS if same else SOME_FAILED
