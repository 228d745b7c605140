"""Make the API reference from the docstrings, then open FOLDER/index.html.

    python tests/api_reference.py FOLDER [MODULE ...]

Without modules, of the whole library.
"""

import argparse
import inspect
from collections.abc import Sequence
from pathlib import Path
from pkgutil import iter_modules

import papermill  # noqa: F401  # loads our engine as its plugin, which must not be loaded before it
import pdoc

import keten


def rooms() -> list[str]:
    """The packages and modules right below `keten`."""
    return [f"keten.{module.name}" for module in iter_modules(keten.__path__)]


def write(folder: Path, modules: Sequence[str]) -> None:
    """Write a page for `keten`, which names what it imports when that is first asked for, and one for each module."""
    lazy = {name: getattr(keten, name) for name in keten.__all__}
    vars(keten).update(lazy)
    places = [f"- `{name}`: `{one.__name__}`" for name, one in lazy.items() if inspect.ismodule(one)]
    keten.__doc__ = "\n".join([f"{keten.__doc__}\nModules by the name that notebooks use:\n", *places])
    pdoc.pdoc("keten", *modules, output_directory=folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    given = parser.parse_args()
    write(given.folder, given.modules or rooms())
