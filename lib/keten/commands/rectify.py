"""The command `keten rectify`: declare what was wrong in a published report."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from keten.commands.parser import SUCCESS, data_given, data_option, day_given
from keten.errors import KetenError, remedy, why
from keten.paths import root


def add(commands: Any) -> None:
    """Put the command on the command line."""
    command = commands.add_parser(
        "rectify",
        help="rectificeer een rapport van een uitgave",
        description="Zet in rectifications.toml bij de gegevens wat er in een rapport onjuist was en wat juist is. Dat "
        "staat daarna bovenaan dat rapport, in de lijst van uitgaven en in de feed. Het rapport zoals het was blijft "
        "bewaard in UIT/gerectificeerd/. Maak de uitgave daarna opnieuw als haar cijfers anders moeten.",
    )
    add = command.add_argument
    add("edition", metavar="UITGAVE", help="naam van de uitgave (2017-06)")
    add("report", metavar="RAPPORT", help="naam van het rapport of deel ervan (2_asiel)")
    add("--wrong", metavar="TEKST", required=True, help="wat onjuist was, in een of meer zinnen")
    add("--right", metavar="TEKST", required=True, help="wat juist is, in een of meer zinnen")
    add("--figure", metavar="KENMERK", action="append", default=[], dest="figures",
        help="alleen dit cijfer was onjuist (kw-...); mag vaker")  # fmt: skip
    add("--date", metavar="DAG", default="", help="dag van de rectificatie; standaard vandaag")
    add("--out", metavar="UIT", type=Path, help="map met de uitgaven; standaard reports/")
    data_option(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out `keten rectify`. Raises KetenError, and then nothing was rectified."""
    from keten.reports.publish import frontpage, rectifications, standing

    data, out = data_given(arguments), arguments.out or root() / "reports"
    wrong, right = (_sentence(name, getattr(arguments, name)) for name in ("wrong", "right"))
    edition = _edition(out, arguments.edition)
    report = _report(edition, arguments.report)
    day = date.fromisoformat(day_given(arguments.date))
    figures = tuple(_ids(arguments.figures))
    try:
        entry = standing.rectified(out, edition, report, day, wrong, right, figures)
        standing.keep(out, edition, entry)
    except OSError as error:
        raise KetenError(
            f"Het rapport {report} van {edition['name']} kan niet worden bewaard zoals het was ({why(error)}); "
            f"{remedy(error)}."
        ) from error
    rectifications.add(data, entry)
    frontpage.write(out, data)
    print(f"Gerectificeerd: {report} van {edition['label']}. Zoals het was: {out / entry.kept}")
    return SUCCESS


def _sentence(option: str, text: str) -> str:
    from keten.reports.publish.rectifications import LONGEST, is_line

    line = " ".join(text.split())
    if not is_line(line):
        raise KetenError(f"Bij --{option} hoort tekst van ten hoogste {LONGEST} tekens: een of meer zinnen.")
    return line if line[-1] in ".!?" else f"{line}."


def _edition(out: Path, name: str) -> dict[str, Any]:
    from keten.model.naming import nearest
    from keten.reports.publish import overview

    known = {one["name"]: one for one in overview.editions(out) if not one["problem"]}
    if name not in known:
        raise KetenError(f"De uitgave '{name}' staat niet in {out}; geef de naam van een map.{nearest(name, known)}")
    if known[name]["embargo"]:
        raise KetenError(f"De uitgave {name} is nog niet openbaar; maak haar opnieuw met keten run in plaats daarvan.")
    return known[name]


def _report(edition: dict[str, Any], part: str) -> str:
    from keten.model.naming import containing

    stems = [stem for stem, entry in edition["notebooks"].items() if entry["report"]]
    found = containing(part, stems)
    if len(found) != 1:
        words = f"past op {', '.join(found)}" if found else f"staat niet in {edition['name']}: {', '.join(stems)}"
        raise KetenError(f"Het rapport '{part}' {words}; geef de naam van een rapport.")
    return found[0]


def _ids(given: list[str]) -> list[str]:
    from keten.model.figure_id import ids_in

    for text in given:
        if ids_in(text) != [text]:
            raise KetenError(f"--figure '{text}' is geen kenmerk van een cijfer; geef er een zoals kw-0123456789ab.")
    return given
