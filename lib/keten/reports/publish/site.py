"""The address at which the editions are published, when the environment gives one."""

import os
import re

from keten.errors import KetenError

SITE = "KETEN_SITE"


def address() -> str:
    """The address with a slash at its end, '' when the environment gives none. Raises KetenError for what is none."""
    given = os.environ.get(SITE, "").strip()
    if given and not re.fullmatch(r"https?://[^\s/?#@\"'<>\\\\]+(/[^\s?#\"'<>\\\\]*)?", given):
        raise KetenError(
            f"De omgevingsvariabele {SITE} moet een webadres zijn, zoals https://cijfers.example.nl/migratie/, zonder "
            "naam, wachtwoord, ? en #."
        )
    return f"{given.rstrip('/')}/" if given else ""
