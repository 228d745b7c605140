"""The command `keten new`: a notebook for a question of its own, made from one of the regular ones."""

import argparse
import json
import os
from pathlib import Path
from typing import Any

from keten.commands.parser import SUCCESS
from keten.errors import KetenError, remedy, why
from keten.paths import notebooks_folder
from keten.reports.choice import available, one
from keten.reports.notebook import Notebook
from keten.reports.on_request import checked_name, checked_title, made_like


def add(commands: Any) -> None:
    """Put the command on the command line."""
    new = commands.add_parser(
        "new",
        help="maak een notebook voor een losse vraag",
        description="Maakt notebooks/NAAM.ipynb naar het voorbeeld van een ander notebook, met dezelfde parameters, "
        "onderdelen en herkomst, voor een losse vraag zoals een Kamervraag. keten run NAAM maakt er een rapport van; "
        "keten run zonder namen slaat het over.",
    )
    new.add_argument("name", metavar="NAAM", help="naam van het nieuwe notebook: letters, cijfers, _ en -")
    new.add_argument("--like", metavar="NOTEBOOK", required=True, help="het voorbeeld: naam of deel ervan (2_asiel)")
    new.add_argument("--title", metavar="TITEL", help="titel van het rapport; standaard de naam")
    new.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out `keten new`. Raises KetenError, and then nothing was written."""
    folder = notebooks_folder()
    notebooks = available(folder)
    stem = checked_name(arguments.name, [notebook.stem for notebook in notebooks])
    title = checked_title(arguments.title, stem)
    example = one(arguments.like, notebooks)
    path = folder / f"{stem}.ipynb"
    _write(path, json.dumps(_made(example, stem, title), indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    print(f"Het notebook staat klaar: {path}")
    print(f"Bekijk het met keten lab {stem}; maak het rapport met keten run {stem}.")
    return SUCCESS


def _made(example: Notebook, stem: str, title: str) -> dict[str, Any]:
    try:
        return made_like(json.loads(example.path.read_text(encoding="utf-8")), stem, title, example.title)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise KetenError(
            f"Het notebook {example.stem} is niet te lezen; herstel het of kies met --like een ander voorbeeld."
        ) from None


def _write(path: Path, text: str) -> None:
    """Write a file that is not there yet: whole or not at all, and never over another."""
    new = path.with_name(f".{path.name}.nieuw")
    try:
        path.open("x").close()  # ours from here on
    except FileExistsError:
        raise KetenError(
            f"Het notebook '{path.stem}' bestaat al en wordt niet overschreven; kies een andere naam."
        ) from None
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        new.write_text(text, encoding="utf-8", newline="\n")
        os.replace(new, path)
    except BaseException as error:
        for half in (new, path):
            half.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(path, error) from error
        raise


def _unwritable(path: Path, error: OSError) -> KetenError:
    return KetenError(f"In de map {path.parent} kan niet worden geschreven ({why(error)}); {remedy(error)}.")
