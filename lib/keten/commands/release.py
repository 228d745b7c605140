"""The command `keten release`: make editions public that are under embargo."""

import argparse
from pathlib import Path
from typing import Any

from keten.clock import time_stamp
from keten.commands.parser import SUCCESS, data_given, data_option
from keten.errors import KetenError, remedy, why
from keten.paths import root


def add(commands: Any) -> None:
    """Put the command on the command line."""
    command = commands.add_parser(
        "release",
        help="maak een uitgave onder embargo openbaar",
        description="Laat de lijst van uitgaven, de feed en nieuwste/ naar een uitgave leiden die met keten run "
        "--embargo is gemaakt. Zonder naam: alle uitgaven waarvan het moment voorbij is.",
    )
    add = command.add_argument
    add("edition", metavar="UITGAVE", nargs="?", default="", help="naam van de uitgave (2017-06)")
    add("--early", action="store_true", help="ook als het embargo nog duurt; alleen met de naam van een uitgave")
    add("--out", metavar="UIT", type=Path, help="map met de uitgaven; standaard reports/")
    data_option(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out `keten release`. Raises KetenError, and then nothing became public."""
    from keten.reports.publish import embargo, frontpage, overview

    data, out, now = data_given(arguments), arguments.out or root() / "reports", time_stamp()
    held = {one["name"]: one["embargo"] for one in overview.editions(out) if one["embargo"]}
    if arguments.edition:
        chosen = [_checked(arguments.edition, held, now, arguments.early, out)]
    elif arguments.early:
        raise KetenError("Bij --early hoort de naam van een uitgave; noem haar.")
    else:
        chosen = [name for name, moment in held.items() if moment <= now]
    for name in chosen:
        try:
            embargo.lift(out / name, now)
        except OSError as error:
            raise KetenError(
                f"{out / name} kan niet openbaar worden gemaakt ({why(error)}); {remedy(error)}."
            ) from error
    frontpage.write(out, data)
    print(f"Openbaar: {', '.join(chosen)}." if chosen else "Geen uitgave waarvan het embargo voorbij is.")
    return SUCCESS


def _checked(name: str, held: dict[str, str], now: str, early: bool, out: Path) -> str:
    """The name, or a KetenError when it may not be released."""
    from keten.reports.publish import embargo

    if name not in held:
        known = f"onder embargo: {', '.join(held)}" if held else "geen enkele uitgave is onder embargo"
        raise KetenError(f"De uitgave '{name}' in {out} is niet onder embargo ({known}).")
    if held[name] > now and not early:
        raise KetenError(
            f"Het embargo op {name} duurt tot {embargo.words(held[name])}; geef --early om de uitgave nu al openbaar "
            "te maken."
        )
    return name
