"""The account of a month: what was fetched, which editions were made, who was told. Kept beside the editions."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from keten.durable import sync
from keten.errors import KetenError, why

FILE = "month.json"  # in the folder of the editions


@dataclass
class Account:
    """One month, as far as it got.

    started, finished: time stamps, '' as long as it is not finished; code: the exit code; sources: the last attempt of
    each (`sources.attempts.Attempt`); editions: of each candidate `period`, `why`, `due` and the exit `code` of its run
    (None when it was not made); refusal: the sentence with which an update or a run refused to begin; told: whether who
    had to be told was, undelivered: what of that failed; removed: what was cleaned up.
    """

    started: str
    finished: str = ""
    code: int = 0
    sources: dict[str, dict[str, str]] = field(default_factory=dict)
    editions: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    told: bool = False
    undelivered: list[str] = field(default_factory=list)

    def fails(self, code: int, sentence: str = "") -> None:
        """Take in a worse exit code, and the sentence that tells why."""
        self.code = max(self.code, code)
        if sentence:
            self.refusals.append(sentence)


def write(out: Path, account: Account) -> None:
    """Put the account in the place of the one before. Raises KetenError when it cannot be written."""
    path, staging = out / FILE, out / f".{FILE}.nieuw"
    try:
        staging.write_text(json.dumps(asdict(account), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        sync(staging)
        os.replace(staging, path)
    except OSError as error:
        raise KetenError(f"Het verslag {path} kan niet worden geschreven ({why(error)}).") from error


def read(out: Path) -> Account | None:
    """The last account, None when there is none or it is none of ours."""
    try:
        return Account(**json.loads((out / FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
