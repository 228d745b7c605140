"""The account of what was decided on records of persons, kept beside the folder of reports and never in it.

It is for who makes the edition: which numbers were hidden, joined or rounded, and why. Whoever publishes the folder of
reports as a whole does not publish this with it.
"""

import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from keten.errors import KetenError
from keten.presentation.prose import listing
from keten.reports.publish import manifest
from keten.reports.publish.edition import Edition

SUFFIX = ".geheimhouding"


def folder_of(edition: Edition) -> Path:
    """Where the account of an edition lies: `reports.geheimhouding/2017-06` of `reports/2017-06`."""
    out = edition.out.resolve()
    return out.parent / f"{out.name}{SUFFIX}" / edition.name


def keep(edition: Edition, made: Path) -> None:
    """Keep the files in the folder `made`, in the place of those of an earlier run; nothing when there are none.

    Raises KetenError when that cannot be.
    """
    files = sorted(made.glob("*.csv"))
    if not files:
        return
    home = folder_of(edition)
    try:
        home.mkdir(parents=True, exist_ok=True)
        for file in files:
            shutil.copyfile(file, home / file.name)
    except OSError as error:
        raise KetenError(
            f"Het verslag van wat is verborgen kan niet naar {home} ({error.strerror}); de rapporten staan er wel."
        ) from error


def other_records(edition: Edition, parameters: Iterable[str], inputs: Mapping[str, str | None]) -> list[str]:
    """Warnings of editions beside this one that rest on another file of records: the two may not both go out.

    No report compares them, but who has both can subtract. parameters: those that name a file of records here;
    inputs: the manifest's fingerprints.
    """
    others: dict[str, list[str]] = {}
    for path in sorted(edition.out.glob(f"[!.]*/{manifest.NAME}")):
        with suppress(KetenError):  # one that cannot be read concerns whoever makes that one again
            for name in parameters:
                mine, theirs = (_prints(name, of) for of in (inputs, (manifest.load(path.parent) or {})["inputs"]))
                if theirs and mine != theirs:
                    others.setdefault(name, []).append(path.parent.name)
    return [
        f"Let op: {listing(names)} in {edition.out} rust op een ander bestand van de parameter {name}. Staan daar "
        "deels dezelfde mensen in, publiceer dan niet beide: het verschil kan voor een paar mensen staan."
        for name, names in others.items()
    ]


def _prints(parameter: str, inputs: Mapping[str, str | None]) -> set[str | None]:
    """The fingerprints of the file of records that a parameter names."""
    return {mark for name, mark in inputs.items() if name.startswith(f"{parameter}/") and not name.endswith(".toml")}
