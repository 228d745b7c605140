"""What can go wrong with an address, and how an address is shown."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from keten.errors import KetenError

LATER = "probeer het later opnieuw met keten update"


class FetchFailed(KetenError):
    """A file could not be fetched, in one Dutch sentence; `status`: the HTTP status when that was the reason.

    `cause`: a sentence on what stops every card of that server, '' for a fault of one address; `offline`: the server
    could not be found or reached at all; `later`: worth asking once more at the end of the run.
    """

    def __init__(self, sentence: str, status: int = 0, cause: str = "", offline: bool = False, later: bool = False):
        super().__init__(sentence)
        self.status, self.cause, self.offline, self.later = status, cause, offline, later


class Fault(Exception):
    """What is wrong with an address, in the words behind it. `wait`: seconds until a next try; None: that is no use.

    `cause`, `offline`: as of `FetchFailed`; `local`: the cause lies with this computer, so it is told alone.
    `busy`: the server is making the answer.
    """

    def __init__(
        self,
        words: str = "",
        status: int = 0,
        wait: float | None = None,
        cause: str = "",
        *,
        offline: bool = False,
        busy: bool = False,
    ):
        super().__init__(words or cause)
        self.status, self.wait, self.cause, self.offline, self.busy = status, wait, cause, offline, busy
        self.local = not words


def public(url: str) -> str:
    """An address for receipts and messages: without user name, password and keys."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.rpartition("@")[2]
    host = parts.netloc.rpartition("@")[2]
    secret = re.compile(r"key|token|secret|passw|signature", re.IGNORECASE)
    query = parts.query
    if secret.search(query):
        pairs = [(name, "***" if secret.search(name) else value) for name, value in parse_qsl(query, True)]
        query = urlencode(pairs, safe="*$,:/")
    return urlunsplit((parts.scheme, host, parts.path, query, ""))


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of an address; ValueError when it has none."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}[parts.scheme]
