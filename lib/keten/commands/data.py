"""The command `keten data`: observations as CSV."""

import argparse
import sys
from pathlib import Path
from typing import Any

from keten.commands.parser import SUCCESS, choice_options, data_given
from keten.errors import KetenError


def add(commands: Any) -> None:
    """Put the command on the command line."""
    command = commands.add_parser(
        "data",
        help="schrijf cijfers als CSV",
        description="Schrijft cijfers als CSV naar standaarduitvoer: measure, period, freq, een kolom per dimensie "
        "(leeg = totaal), value (leeg = onderdrukt of ontbrekend), status, source en as_of (de dag waarop dit cijfer "
        "bekend werd). Van elke bron de nieuwste stand, of de stand op --as-of. Met --edition de cijfers van een "
        "uitgave, zoals figures.csv ze heeft.",
    )
    command.add_argument("--edition", metavar="UITGAVE", help="de cijfers van deze uitgave (2025), of van haar map")
    command.add_argument("--out", metavar="UIT", type=Path, help="map met de uitgaven; standaard reports/")
    choice_options(command, "alleen deze bron", "de stand van de gegevens op deze datum (2018-01-31)")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out `keten data`. Raises KetenError for a choice that cannot be."""
    if arguments.edition:
        return _of_edition(arguments)
    from keten.observations.as_csv import as_csv, chosen
    from keten.observations.dataset import load

    loaded = load(data_given(arguments))
    for fault in loaded.faults:  # what is absent below, beside the CSV
        print(f"let op: {fault}", file=sys.stderr)
    rows = chosen(loaded, arguments.measure, arguments.period, arguments.source, arguments.as_of)
    sys.stdout.write(as_csv(rows))
    return SUCCESS


def _of_edition(arguments: argparse.Namespace) -> int:
    from keten.reports.publish.figures_csv import figures_file

    if given := [name for name in ("measure", "period", "source", "as_of") if getattr(arguments, name)]:
        option = given[0].replace("_", "-")
        raise KetenError(f"--{option} kiest uit de gegevens en gaat niet samen met --edition; laat een van beide weg.")
    sys.stdout.write(figures_file(arguments.edition, arguments.out).read_text(encoding="utf-8"))
    return SUCCESS
