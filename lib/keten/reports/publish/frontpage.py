"""What leads to the editions: the front page, the feed, `nieuwste/` and what the older ones tell of the newer."""

from pathlib import Path

from keten.errors import KetenError, why
from keten.locks import locked
from keten.presentation.markup import harmless
from keten.reports.publish.replace import replaced

PAGE, FEED = "index.html", "feed.xml"
PATIENCE = 60  # seconds to wait for another run that is writing them


def write(out: Path, data: Path | None = None) -> None:
    """Write `out`/index.html and all that leads to editions, from those that are there now.

    data: the folder with `rectifications.toml` and `calendar.toml`. Raises KetenError when one of these or the site is
    not right, or when something cannot be written.
    """
    from keten.reports import calendar
    from keten.reports.publish import ics, newest, overview, rectifications, site, standing

    address = site.address()
    declared = rectifications.read(data) if data else []
    rules = calendar.read(data) if data else {}

    busy = f"Een andere run houdt het overzicht in {out} al {PATIENCE} seconden bezet; de rapporten zelf zijn klaar."
    # Under a lock from reading to writing: of two runs that end together the last one lists both editions.
    with locked(out / ".overzicht.lock", PATIENCE, busy):
        try:
            every = overview.editions(out)
            public = [edition for edition in every if not edition["embargo"]]
            known = [edition for edition in public if not edition["problem"]]
            days = ics.coming(known, rules)
            replaced(out / PAGE, harmless(overview.page(public, declared, days)))
            _calendar(
                out / ics.FILE,
                ics.calendar(days, max((one["finished"] for one in known), default=""), address) if days else "",
            )
            replaced(out / FEED, harmless(overview.feed(public, declared, address)))
            newest.write(out, newest.pages(overview.opening(public)[0], known))
            for name, pages in standing.pages(out, every, declared):
                standing.write(out, name, pages)
        except OSError as error:
            raise KetenError(
                f"Het overzicht {out / PAGE} kan niet worden geschreven ({why(error)}); de rapporten zelf zijn klaar."
            ) from error


def _calendar(path: Path, text: str) -> None:
    """Without a day there is no calendar: RFC 5545 knows no empty one."""
    if text:
        replaced(path, text)
    else:
        path.unlink(missing_ok=True)
