"""The command `keten lab`: the notebooks in JupyterLab."""

import argparse
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from keten.commands.parser import SUCCESS, data_given, data_option, whole_number
from keten.errors import KetenError
from keten.paths import notebooks_folder
from keten.presentation.prose import listing
from keten.reports.choice import available, one

DEFAULT_WORK = "~/ketenwerk"
START_PAGE = "start.md"
NEEDED = ("jupyterlab", "ipywidgets", "anywidget", "jupyterlab_language_pack_nl_NL")
DEFAULT_PORT, LAST_PORT = 8888, 65535


def add(commands: Any) -> None:
    """Put the command on the command line."""
    lab = commands.add_parser(
        "lab",
        help="verken de cijfers in JupyterLab",
        description="Opent kopieën van de notebooks in JupyterLab, in het Nederlands. De notebooks zelf, waarvan "
        "keten run rapporten maakt, blijven zoals ze zijn. Er gaat niets naar een andere computer.",
    )
    lab.add_argument(
        "notebook", nargs="?", metavar="NOTEBOOK", help="naam of deel ervan (asiel); standaard de startpagina"
    )
    lab.add_argument("--no-browser", action="store_true", help="open geen browser; toon alleen het adres")
    lab.add_argument("--port", metavar="NUMMER", help=f"poort; standaard {DEFAULT_PORT} of de eerste vrije daarna")
    lab.add_argument(
        "--work",
        metavar="MAP",
        type=Path,
        default=Path(DEFAULT_WORK),
        help=f"uw eigen map met kopieën van de notebooks, om in te werken; standaard {DEFAULT_WORK}",
    )
    data_option(lab)
    lab.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out `keten lab` until Ctrl-C. Raises KetenError before JupyterLab starts; returns 0 after."""
    if not all(map(find_spec, NEEDED)):
        raise KetenError("JupyterLab ontbreekt; installeer het met: pip install -c constraints.txt -e '.[lab]'")
    shipped, work = notebooks_folder(), arguments.work.expanduser().resolve()
    page = first_page(shipped, arguments.notebook)
    port = whole_number("--port", arguments.port, DEFAULT_PORT, LAST_PORT)
    os.environ["KETEN_DATA"] = str(data_given(arguments).resolve())
    from keten.lab.server import serve
    from keten.lab.work import edited, prepare

    for sentence in prepare(work, shipped):
        print(sentence, flush=True)
    os.environ["KETEN_NOTEBOOKS"] = str(
        shipped.resolve()
    )  # what the regular reports declare, also for a kernel elsewhere
    serve(work, page, port, not arguments.no_browser)
    if own := edited(work, [notebook.stem for notebook in available(shipped)]):
        print(f"Uw eigen versie van {listing(own)} staat in {work}.")
        print(f"keten run neemt de gewone; die van u geeft u met haar pad: keten run {work / own[0]}.ipynb")
    return SUCCESS


def first_page(folder: Path, name: str | None) -> str:
    """The file that opens first: the notebook of this name, or else the start page; '' when there is none.

    folder: the shipped notebooks, of which the analyst's folder has copies.
    """
    notebooks = available(folder)
    if name:
        return one(name, notebooks).path.name
    return START_PAGE if (folder / START_PAGE).is_file() else ""
