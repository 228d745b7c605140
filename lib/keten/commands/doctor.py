"""The command `keten doctor`: can this machine make the month?"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keten.commands.parser import SOME_FAILED, SUCCESS, data_given, data_option
from keten.paths import notebooks_folder, repository, root

if TYPE_CHECKING:
    from keten.operations.health import Finding


def add(commands: Any) -> None:
    """Put the command on the command line."""
    command = commands.add_parser(
        "doctor",
        help="kijk of deze machine klaar is voor de maandelijkse run",
        description="Kijkt naar alles wat de maandelijkse run nodig heeft, een regel per onderdeel: goed, let op (het "
        "kan, maar zie de regel) of fout.",
        epilog="Afsluitcode 0: niets is fout; 1: wel.",
    )
    add = command.add_argument
    add("--offline", action="store_true", help="vraag niets aan de servers van de bronnen")
    add("--server", metavar="NAAM=URL", action="append", default=[], dest="servers",
        help="als bij keten update")  # fmt: skip
    add("--timeout", metavar="SECONDEN", default="10", help="zo lang mag een server zwijgen; standaard 10")
    data_option(command)
    add("--out", metavar="UIT", type=Path, help="map voor de rapporten; standaard reports/")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each finding; 1 when something is wrong."""
    from keten.operations.health import WRONG

    found = []
    for one in _findings(arguments):
        print(f"{one.state:<6}  {one.subject:<16} {one.words}", flush=True)
        found.append(one)
    return SOME_FAILED if any(one.state == WRONG for one in found) else SUCCESS


def _findings(arguments: argparse.Namespace) -> Iterator["Finding"]:
    from keten.commands.update import addresses, readable, seconds
    from keten.observations.dataset import catalogue_of
    from keten.operations import health
    from keten.reports.publish import manifest
    from keten.sources import store
    from keten.sources.fetch.place import place

    data, timeout = data_given(arguments), seconds(arguments.timeout)
    cards, wrong = readable(data, catalogue_of(data))
    elsewhere = addresses(arguments.servers, {card.fetch.server for card in cards.values() if card.fetch})
    home = repository()
    yield health.python()
    yield health.packages(home / "constraints.txt" if home else None)
    out = arguments.out or root() / "reports"
    yield from health.room({"gegevens": data, "rapporten": out, "tijdelijk": Path(tempfile.gettempdir())})
    yield health.locks(data / store.FOLDER)
    yield health.browser()
    yield health.certificates()
    yield health.proxies()
    git = manifest.git(home, sorted(notebooks_folder().glob("*.ipynb")))
    yield health.notebooks(git["changed_notebooks"] if git else None)
    for name, outcome in wrong.items():
        yield health.Finding(health.WRONG, f"kaart {name}", outcome.reason)
    if not arguments.offline:
        asked = {card.fetch.server: place(card.fetch, elsewhere).actual for card in cards.values() if card.fetch}
        yield from health.servers(asked, timeout)
