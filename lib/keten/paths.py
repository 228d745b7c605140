"""Where the project keeps its data and notebooks when nobody says otherwise."""

import json
import os
from pathlib import Path

RECORDS = "KETEN_RECORDS"
"""The environment variable with the full path (JSON) of each file with records of persons, by its parameter."""

_ROOT = Path(__file__).resolve().parents[2]


def repository() -> Path | None:
    """Root of the checkout in which this package lies; None for an installed copy."""
    return _ROOT if (_ROOT / "pyproject.toml").is_file() and (_ROOT / "lib" / "keten").is_dir() else None


def root() -> Path:
    """The checkout, or for an installed copy the current folder, as a path that is relative to it."""
    return repository() or Path()


REPOSITORY_DATA = root() / "data"


def data_folder(given: Path | str | None = None) -> Path:
    """The folder that the caller names, else the environment variable KETEN_DATA, else `data/` of the project."""
    return Path(given or os.environ.get("KETEN_DATA") or REPOSITORY_DATA)


DECISIONS = "KETEN_DECISIONS"
"""The environment variable with the folder in which a run gathers what was decided on records of persons."""


def records_file(parameter: str, given: str) -> Path:
    """The file with records of persons that a parameter names.

    In a run that is its bare name, so that no notebook and no report tells where it is kept.
    """
    known: dict[str, str] = json.loads(os.environ.get(RECORDS) or "{}")
    path = Path(known.get(parameter, given))
    return path if path.name == given else Path(given)


def notebooks_folder() -> Path:
    """The folder that the environment variable KETEN_NOTEBOOKS names, else `notebooks/` of the project."""
    return Path(os.environ.get("KETEN_NOTEBOOKS") or root() / "notebooks")
