"""The one place where the clock is read: for time stamps, for days of receipt, and for what is still to come."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def time_stamp() -> str:
    """This moment as ISO 8601 in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def today() -> str:
    """The day that a calendar in the Netherlands shows now, as ISO 8601."""
    return datetime.now(ZoneInfo("Europe/Amsterdam")).date().isoformat()
