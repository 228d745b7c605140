"""The command `keten verify`: whether a figure that was copied still holds."""

import argparse
import sys
from pathlib import Path
from typing import Any

from keten.commands.parser import NOTHING_DONE, SOME_FAILED, SUCCESS, data_given, data_option
from keten.errors import KetenError
from keten.paths import root


def add(commands: Any) -> None:
    """Put the command on the command line."""
    command = commands.add_parser(
        "verify",
        help="ga na of een overgenomen cijfer nog klopt",
        description="Zegt van elk kenmerk (kw- en twaalf tekens, zoals het bij een antwoord of kerncijfer staat) of "
        "het cijfer nog gelijk is, is herzien, is gerectificeerd of nooit is gepubliceerd. Zonder kenmerk: die in de "
        "tekst op standaardinvoer.",
        epilog="Afsluitcode: 0 nog gelijk, 1 herzien of gerectificeerd, 2 nooit gepubliceerd; van meer de hoogste.",
    )
    command.add_argument("ids", metavar="KENMERK", nargs="*", help="kenmerk van een cijfer: kw-0123456789ab")
    command.add_argument("--out", metavar="UIT", type=Path, help="map met de uitgaven; standaard reports/")
    data_option(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out `keten verify`. Raises KetenError when nothing was asked."""
    from keten.observations.dataset import load
    from keten.reports.publish import rectifications, verification

    data, out = data_given(arguments), arguments.out or root() / "reports"
    ids = asked(arguments.ids)
    found = verification.outcomes(ids, out, load(data), rectifications.read(data))
    codes = {verification.SAME: SUCCESS, verification.NEVER: NOTHING_DONE}
    for name, outcome in zip(ids, found, strict=True):
        print(f"{name}  {outcome.verdict}: {outcome.words}")
    return max(codes.get(one.verdict, SOME_FAILED) for one in found)


def asked(given: list[str]) -> list[str]:
    """The ids that were typed, or those in a text on standard input. Raises KetenError when there is none."""
    from keten.model.figure_id import ids_in

    if wrong := next((text for text in given if ids_in(text) != [text]), None):
        raise KetenError(f"'{wrong[:40]}' is geen kenmerk van een cijfer; geef er een zoals kw-0123456789ab.")
    ids = list(dict.fromkeys(given)) or ids_in(sys.stdin.read())
    if not ids:
        raise KetenError(
            "In de tekst staat geen kenmerk van een cijfer (kw- en twaalf tekens); neem de zin over met haar kenmerk."
        )
    return ids
