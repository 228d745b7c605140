"""The command `keten schedule`: let the system start `keten month`."""

import argparse
import os
import re
import sys
from pathlib import Path
from typing import Any

from keten.commands.parser import SOME_FAILED, SUCCESS, whole_number
from keten.errors import KetenError
from keten.paths import repository

LATEST_DAY = 28  # every month has it


def add(commands: Any) -> None:
    """Put the command on the command line."""
    command = commands.add_parser(
        "schedule",
        help="laat het systeem elke maand de rapporten maken",
        description="Schrijft de units waarmee systemd elke maand keten month start, ook zonder dat iemand is "
        "aangemeld, laat systemd ze nakijken en vertelt wat er verder nodig is. Met --cron: toont de regel voor een "
        "crontab en schrijft niets.",
    )
    add = command.add_argument
    add("--day", metavar="DAG", help="dag van de maand, 1 tot en met 28; standaard 5")
    add("--time", metavar="UU:MM", default="06:00", help="tijdstip; standaard 06:00")
    add("--notify", metavar="BESTAND", type=Path, help="wie bericht krijgt, als bij keten month")
    add("--pdf", action="store_true", help="maak van elk rapport ook een PDF")
    add("--explore", action="store_true", help="maak van elke uitgave ook verken.html")
    add("--parquet", action="store_true", help="schrijf van elke uitgave de cijfers ook als figures.parquet")
    add("--cron", action="store_true", help="toon de regel voor een crontab, en schrijf niets")
    add("--units", metavar="MAP", type=Path, help="map voor de units; standaard die van de gebruiker")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the units, or print the line for cron; 1 when systemd has remarks on the units."""
    from keten.operations import units
    from keten.operations.receivers import read_receivers
    from keten.workspace import temporary

    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", arguments.time, re.ASCII):
        raise KetenError(f"De optie --time moet een tijdstip zoals 06:00 zijn, niet '{arguments.time}'.")
    options = [f"--{name}" for name in ("pdf", "explore", "parquet") if getattr(arguments, name)]
    if arguments.notify:
        read_receivers(arguments.notify)
        options += ["--notify", str(arguments.notify.resolve())]
    folder = (repository() or Path()).resolve()
    day = whole_number("--day", arguments.day, 5, LATEST_DAY)
    plan = units.Plan(Path(sys.executable), folder, day, arguments.time, tuple(options))
    if arguments.cron:
        print(plan.cron)
        return SUCCESS
    place = arguments.units or _user_units()
    with temporary("units-") as scratch:
        moment = units.next_run(plan.calendar, scratch)
        units.write(place, units.texts(plan))
        remarks = units.faults(place, list(units.texts(plan)), scratch)
    for remark in remarks:
        print(f"systemd: {remark}", file=sys.stderr)
    print(f"Geschreven in {place}: {', '.join(units.texts(plan))}.")
    print(f"Volgende keer: {moment}. Zet de timer aan met:")
    print(f"  systemctl --user daemon-reload && systemctl --user enable --now {units.TIMER}")
    print("  loginctl enable-linger    # anders stopt de timer als u zich afmeldt")
    return SOME_FAILED if remarks else SUCCESS


def _user_units() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "systemd" / "user"
