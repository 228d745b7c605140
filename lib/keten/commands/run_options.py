"""The command `keten run` on the command line; what it does is in `commands.run`, which takes a while to import."""

import argparse
from pathlib import Path
from typing import Any

from keten.commands.parser import DEFAULT_TIMEOUT, SUCCESS, data_option


def add(commands: Any) -> None:
    """Put the command on the command line."""
    run_command = commands.add_parser(
        "run",
        help="maak rapporten",
        description="Voert notebooks uit en zet hun rapporten in UIT/<periode>/, met een index, alle cijfers "
        "(figures.csv) en een verslag van de run (manifest.json).",
        epilog="De omgevingsvariabele KETEN_CONTACT bevat de contactregel onder elk rapport, zoals een e-mailadres.",
    )
    run_command._positionals.title = "notebooks"
    add = run_command.add_argument
    add("notebooks", nargs="*", metavar="NOTEBOOK", help="naam of deel ervan (2_asiel); standaard alle")
    add("--period", metavar="PERIODE", help="2017-06, 2017-Q2, 2017-H1 of 2017; standaard kiezen de gegevens")
    add("--as-of", metavar="DATUM", help="stand van de gegevens op deze datum (2018-01-31)")
    add("--compare-years", metavar="AANTAL", help="vergelijk met zoveel eerdere jaren")
    add("-p", nargs=2, action="append", default=[], metavar=("NAAM", "WAARDE"), dest="parameters",
        help="een parameter van de notebooks; mag vaker")  # fmt: skip
    data_option(run_command)
    add("--out", metavar="UIT", type=Path, help="map voor de rapporten; standaard reports/")
    add("--jobs", metavar="AANTAL", help="zoveel notebooks tegelijk; standaard het aantal kernen")
    add("--timeout", metavar="SECONDEN", help=f"tijd per notebook; standaard {DEFAULT_TIMEOUT}")
    add("--pdf", action="store_true", help="maak van elk rapport ook een PDF, met Chromium, Chrome of Edge")
    add("--explore", action="store_true",
        help="maak ook verken.html, waarin een lezer zelf alle cijfers van de uitgave kan verkennen")  # fmt: skip
    add("--embargo", metavar="MOMENT",
        help="nog niet openbaar: niets leidt naar de uitgave tot keten release (2026-01-31T06:30)")  # fmt: skip
    add("--force", action="store_true", help="voer alles opnieuw uit, ook als er niets is veranderd")
    add("--parquet", action="store_true", help="schrijf de cijfers ook als figures.parquet")
    add("-q", "--quiet", action="store_true", help="meld alleen wat misgaat")
    run_command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out `keten run`; what a run needs is loaded only where there is something to do."""
    from keten.commands.request import nothing_to_do

    if nothing_to_do(arguments):
        return SUCCESS
    from keten.commands import run

    return run.run(arguments)
