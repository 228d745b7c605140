"""What a month removes: what was left of notebooks that failed long ago. Editions and deliveries are never removed."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from keten.reports.publish.manifest import FAILURES

KEPT_DAYS = 92  # three months


def outlived(out: Path, day: date) -> list[Path]:
    """The folders with what was left of failed notebooks in which nothing changed for `KEPT_DAYS` before `day`."""
    limit = day - timedelta(days=KEPT_DAYS)
    return [folder for folder in sorted((out / FAILURES).glob("*")) if folder.is_dir() and _newest(folder) < limit]


def clean(out: Path, day: date) -> list[str]:
    """Remove them, and give their names."""
    gone = outlived(out, day)
    for folder in gone:
        shutil.rmtree(folder)
    return [f"{FAILURES}/{folder.name}" for folder in gone]


def _newest(folder: Path) -> date:
    newest = max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
    return datetime.fromtimestamp(newest, UTC).date()
