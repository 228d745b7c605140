"""The account of what was decided on records of persons, kept beside the folder of reports and never in it.

It is for who makes the edition: which numbers were hidden, joined or rounded, and why. Whoever publishes the folder of
reports as a whole does not publish this with it.
"""

import shutil
from pathlib import Path

from keten.errors import KetenError
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
