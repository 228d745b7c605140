"""Make the API reference from the docstrings: `python tests/api_reference.py FOLDER`, then open FOLDER/index.html."""

import inspect
import sys
from pathlib import Path
from pkgutil import iter_modules

import papermill  # noqa: F401  # loads our engine as its plugin, which must not be loaded before it
import pdoc

import keten


def rooms() -> list[str]:
    """The packages and modules right below `keten`."""
    return [f"keten.{module.name}" for module in iter_modules(keten.__path__)]


def write(folder: Path) -> None:
    """Write a page for `keten`, which names what it imports when that is first asked for, and one for each module."""
    lazy = {name: getattr(keten, name) for name in keten.__all__}
    vars(keten).update(lazy)
    modules = [f"- `{name}`: `{one.__name__}`" for name, one in lazy.items() if inspect.ismodule(one)]
    keten.__doc__ = "\n".join([f"{keten.__doc__}\nModules by the name that notebooks use:\n", *modules])
    pdoc.pdoc("keten", *rooms(), output_directory=folder)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
