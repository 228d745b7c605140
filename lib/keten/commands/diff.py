"""The command `keten diff`: how the figures of two editions differ, as CSV."""

import argparse
import csv
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from keten.commands.parser import SUCCESS


def add(commands: Any) -> None:
    """Put the command on the command line."""
    command = commands.add_parser(
        "diff",
        help="toon waarin twee uitgaven verschillen",
        description="Schrijft als CSV naar standaarduitvoer elk gepubliceerd cijfer dat in de tweede uitgave nieuw is "
        "(new), herzien (revised), anders geteld (redefined: een andere eenheid of uitgever) of verdwenen (withdrawn). "
        "Op de foutuitvoer staat hoeveel het er zijn. Cijfers die uit bestanden met personen zijn geteld staan er "
        "niet bij: een verschil kan voor een paar mensen staan.",
    )
    command.add_argument("before", metavar="UITGAVE", help="naam van de eerdere uitgave (2024), of haar map")
    command.add_argument("now", metavar="UITGAVE", help="naam van de latere uitgave (2025), of haar map")
    command.add_argument("--out", metavar="UIT", type=Path, help="map met de uitgaven; standaard reports/")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out `keten diff`. Raises KetenError for an edition that is not there."""
    from keten.reports.publish.difference import COLUMNS, NEW, REDEFINED, REVISED, WITHDRAWN, differences
    from keten.reports.publish.figures_csv import of_edition

    before, now = (of_edition(name, arguments.out) for name in (arguments.before, arguments.now))
    found = differences(before, now)
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(found)
    words = {NEW: "nieuw", REVISED: "herzien", REDEFINED: "anders geteld", WITHDRAWN: "verdwenen"}
    counts = Counter(row["change"] for row in found)
    told = ", ".join(f"{counts[change]} {word}" for change, word in words.items() if counts[change])
    print(f"{told or 'Geen verschil'}.", file=sys.stderr)
    return SUCCESS
