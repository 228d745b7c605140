"""Until when an edition is not public: it stands in its folder, and nothing leads to it or tells a figure of it.

The moment stands in the manifest of the edition, which only `keten release` takes out again.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from keten.errors import KetenError
from keten.reports.publish import index, manifest
from keten.reports.publish.replace import replaced

KEY = "embargo"  # in the manifest: ISO 8601 in UTC
ZONE = ZoneInfo("Europe/Amsterdam")


def moment_of(text: str) -> str:
    """A typed moment as the manifest has it; without a zone it is of the clock in the Netherlands.

    Raises KetenError for what is no day with a time.

    >>> moment_of("2017-07-07 06:30"), moment_of("2017-01-07T06:30+00:00")
    ('2017-07-07T04:30:00.000Z', '2017-01-07T06:30:00.000Z')
    """
    try:
        read = datetime.fromisoformat(text.strip())
        if len(text.strip()) <= len("2017-07-07"):
            raise ValueError(text)
        return normal((read if read.tzinfo else read.replace(tzinfo=ZONE)).isoformat())
    except (ValueError, OverflowError):
        raise KetenError(
            f"--embargo '{text[:40]}' is geen moment; geef een dag met een tijd, zoals 2026-01-31T06:30."
        ) from None


def of(edition: Path) -> str:
    """Until when an edition is not public; '' for a public one and where there is none. Raises KetenError."""
    return str((manifest.load(edition) or {}).get(KEY) or "")


def normal(moment: str) -> str:
    """A moment of a manifest in one spelling, so that moments sort as texts. Raises ValueError for what is none."""
    return datetime.fromisoformat(moment).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def words(moment: str) -> str:
    """A moment of a manifest in words, by the clock in the Netherlands: `7 juli 2017 om 06:30 uur`."""
    return index.moment(datetime.fromisoformat(moment).astimezone(ZONE).isoformat()).rpartition(" (")[0]


def lift(edition: Path, released: str) -> None:
    """Make an edition public. released: time stamp of this moment. Raises OSError."""
    path = edition / manifest.NAME
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    content.pop(KEY)
    replaced(path, manifest.dump({**content, "released": released}))
