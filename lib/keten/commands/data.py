"""The command `keten data`: observations as CSV."""

import argparse
import sys
from typing import Any

from keten.commands.parser import SUCCESS, choice_options, data_given


def add(commands: Any) -> None:
    """Put the command on the command line."""
    command = commands.add_parser(
        "data",
        help="schrijf cijfers als CSV",
        description="Schrijft cijfers als CSV naar standaarduitvoer: measure, period, freq, een kolom per dimensie "
        "(leeg = totaal), value (leeg = onderdrukt of ontbrekend), status, source en as_of (de dag waarop dit cijfer "
        "bekend werd). Van elke bron de nieuwste stand, of de stand op --as-of.",
    )
    choice_options(command, "alleen deze bron", "de stand van de gegevens op deze datum (2018-01-31)")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out `keten data`. Raises KetenError for a choice that cannot be."""
    from keten.observations.as_csv import as_csv, chosen
    from keten.observations.dataset import load

    loaded = load(data_given(arguments))
    for fault in loaded.faults:  # what is absent below, beside the CSV
        print(f"let op: {fault}", file=sys.stderr)
    rows = chosen(loaded, arguments.measure, arguments.period, arguments.source, arguments.as_of)
    sys.stdout.write(as_csv(rows))
    return SUCCESS
