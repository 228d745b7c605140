"""What became of each source when it was last fetched, and since when that goes wrong.

Kept in a hidden file beside what was received: it tells of the fetching, and changes no figure.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from keten.durable import sync
from keten.errors import KetenError
from keten.sources.states import FAILED, REFUSED, UNCHANGED

FILE = ".attempts.json"  # in the folder of the snapshots
WORDS = {FAILED: "mislukt", REFUSED: "geweigerd", UNCHANGED: "ongewijzigd"}


@dataclass(frozen=True)
class Attempt:
    """The last attempt to fetch a source.

    state: new, unchanged, refused or failed; day: ISO day of it; since: ISO day of the first of the attempts in a row
    that went wrong, '' when this one went well; reason: what went wrong, in Dutch.
    """

    state: str
    day: str
    since: str = ""
    reason: str = ""

    @property
    def words(self) -> str:
        """`opgehaald`, `ongewijzigd`, `geweigerd` or `mislukt`; of the last two since when."""
        return f"{WORDS.get(self.state, 'opgehaald')}{f' sinds {self.since}' if self.since else ''}"


def attempts(snapshots: Path) -> dict[str, Attempt]:
    """The last attempt by source; none when nothing was ever fetched. Raises KetenError for a damaged file."""
    path = snapshots / FILE
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return {source: Attempt(**one) for source, one in told.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise KetenError(
            f"{path} is niet te lezen als verslag van het ophalen; verwijder dit bestand en geef keten update."
        ) from error


def remember(snapshots: Path, outcomes: Iterable[tuple[str, str, str]], day: str) -> None:
    """Put the outcome (source, state, reason) of an attempt on this ISO day in the place of that of the one before.

    To be called by who holds the lock of the update. Raises KetenError for a damaged file, OSError when it cannot be
    written.
    """
    known = attempts(snapshots)
    for source, state, reason in outcomes:
        wrong = state in (FAILED, REFUSED)
        before = known.get(source)
        since = (before.since if before and before.since else day) if wrong else ""
        known[source] = Attempt(state, day, since, reason if wrong else "")
    path, staging = snapshots / FILE, snapshots / f"{FILE}.nieuw"
    text = json.dumps({source: asdict(one) for source, one in sorted(known.items())}, ensure_ascii=False, indent=1)
    staging.write_text(text + "\n", encoding="utf-8", newline="\n")
    sync(staging)
    os.replace(staging, path)
