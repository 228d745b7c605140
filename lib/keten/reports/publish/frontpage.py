"""The front page and the feed of all editions, replaced in one move each."""

import os
from pathlib import Path

from keten.errors import KetenError, why
from keten.locks import locked
from keten.presentation.markup import harmless

PAGE, FEED = "index.html", "feed.xml"
PATIENCE = 60  # seconds to wait for another run that is writing them


def write(out: Path) -> None:
    """Write `out`/index.html and `out`/feed.xml, from the editions that are there now."""
    from keten.reports.publish import overview

    busy = f"Een andere run houdt het overzicht in {out} al {PATIENCE} seconden bezet; de rapporten zelf zijn klaar."
    # Under a lock from reading to writing: of two runs that end together the last one lists both editions.
    with locked(out / ".overzicht.lock", PATIENCE, busy):
        try:
            editions = overview.editions(out)
            _replace(out / PAGE, overview.page(editions))
            _replace(out / FEED, overview.feed(editions))
        except OSError as error:
            raise KetenError(
                f"Het overzicht {out / PAGE} kan niet worden geschreven ({why(error)}); de rapporten zelf zijn klaar."
            ) from error


def _replace(path: Path, text: str) -> None:
    """Never half a page: a reader finds the earlier one until the new one is complete."""
    new = path.with_name(f".{path.name}.nieuw")
    new.unlink(missing_ok=True)  # a killed run's, perhaps another user's
    with new.open("x", encoding="utf-8", newline="\n") as file:
        file.write(harmless(text))
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
