"""The command `keten withdraw`: take a delivery back that should not have come in."""

import argparse
from typing import Any

from keten.commands.parser import SUCCESS, data_given, data_option
from keten.errors import KetenError
from keten.model.periods import day_of


def add(commands: Any) -> None:
    """Put the command on the command line."""
    command = commands.add_parser(
        "withdraw",
        help="neem een levering terug",
        description="Zet een levering van BRON apart onder snapshots/<bron>/refused/, met de reden. Wat de levering "
        "ervoor zei, geldt weer. Het bestand zelf blijft bewaard en kan opnieuw worden opgenomen met keten import.",
    )
    command.add_argument("source", metavar="BRON", help="naam van een bron of een deel ervan")
    command.add_argument(
        "delivery", metavar="DATUM", help="dag van ontvangst (2018-01-31); van een latere levering die dag 2018-01-31_2"
    )
    command.add_argument("--reason", metavar="TEKST", required=True, help="waarom, in een regel")
    data_option(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out `keten withdraw`. Raises KetenError when there is no such delivery, or more than one."""
    from keten.commands.update import chosen
    from keten.sources import store

    data = data_given(arguments)
    reason = " ".join(arguments.reason.split())
    if not reason or not reason.isprintable():
        raise KetenError("Bij --reason hoort een regel tekst: waarom deze levering niet telt.")
    known = store.deliveries(data)
    (source,) = chosen([arguments.source], sorted(known))
    text, _, number = arguments.delivery.partition("_")
    day = day_of(text)
    if day is None:
        raise KetenError(f"'{text}' is geen dag; geef de dag van ontvangst, zoals 2026-01-31.")
    same = [name for name in known[source] if name[:10] == day.isoformat()]
    if len(same) > 1 and not number:
        raise KetenError(
            f"De bron {source} heeft op {day} {len(same)} leveringen: {', '.join(same)}; noem er een. De laatste geldt."
        )
    aside = store.withdraw(data, source, f"{day}_{number}" if number else same[0] if same else str(day), reason)
    print(f"teruggenomen  {source}  {arguments.delivery}; bewaard in {aside.relative_to(data).as_posix()}/.")
    return SUCCESS
