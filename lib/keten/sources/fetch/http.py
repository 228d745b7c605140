"""Ask a server for one file: patient with passing faults, strict about size, time and where it is sent.

A body is stored exactly as the server made it: transfer encoding (chunks) and content encoding (gzip) are undone,
nothing else. A body that was cut short is never given out.
"""

import hashlib
import json
import os
import re
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import requests
import tenacity
import urllib3

from keten.clock import time_stamp
from keten.errors import KetenError

TIMEOUT = 20  # seconds that a server may be silent
CONNECT = 10  # seconds to make a connection
DEADLINE = 300  # seconds for a whole answer
TRIES = 3
LONGEST_WAIT = 60  # seconds that a server may ask to wait
MOST_REDIRECTS = 5
CHUNK = 1 << 16
MEGABYTE = 1_000_000
PASSING = (408, 425, 429, 500, 502, 503, 504)
REDIRECTS = (301, 302, 303, 307, 308)
TOO_BIG = "is groter dan max_mb toestaat; verhoog max_mb als dat zo hoort en controleer de kaart"
LATER = "probeer het later opnieuw met keten update"


class FetchFailed(KetenError):
    """A file could not be fetched, in one Dutch sentence; `status`: the HTTP status when that was the reason."""

    def __init__(self, sentence: str, status: int = 0):
        super().__init__(sentence)
        self.status = status


class _Passing(Exception):
    """A fault that may be over at the next try. `wait`: seconds that the server asks for."""

    def __init__(self, reason: str, wait: float = 0, status: int = 0):
        super().__init__(reason)
        self.wait, self.status = wait, status


@dataclass(frozen=True)
class Answer:
    """What a server sent. `status` 200, with the body at `path`; or 304: not changed, without body.

    `http`: status, etag, last_modified, content_type, content_length, date, as far as the server gave them.
    """

    url: str
    status: int
    path: Path | None
    sha256: str
    size: int
    http: dict[str, Any]


class Client:
    """Fetches files into `folder`, for one thread. `heard` is told how many bytes came in."""

    def __init__(
        self,
        folder: Path,
        timeout: float = TIMEOUT,
        deadline: float = DEADLINE,
        heard: Callable[[int], object] = lambda count: None,
    ):
        self.folder, self.timeout, self.deadline, self.heard = folder, timeout, deadline, heard
        self.session = requests.Session()
        self.session.headers.update({"User-Agent": f"keten/{version('keten')}", "Accept-Encoding": "gzip"})

    def get(
        self, url: str, card: str, max_mb: float, etag: str = "", last_modified: str = "", accept: str = "*/*"
    ) -> Answer:
        """GET one address. With `etag` or `last_modified` of an earlier answer a server may say: not changed.

        `card` is the card's file name, for the sentence when it fails; `max_mb` limits what is received and what that
        becomes when unpacked. Raises FetchFailed.
        """
        headers = {"Accept": accept}
        headers |= {"If-None-Match": etag} if etag else {}
        headers |= {"If-Modified-Since": last_modified} if last_modified else {}
        patience = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(TRIES),
            wait=lambda state: max(0.5 * 2 ** (state.attempt_number - 1), state.outcome.exception().wait),
            retry=tenacity.retry_if_exception_type(_Passing),
            reraise=True,
        )
        failure = _Failure(url, card)
        try:
            return patience(self._once, url, headers, max_mb * MEGABYTE, failure)
        except _Passing as fault:
            raise failure(f"{fault}, ook na {TRIES} pogingen; {LATER}", fault.status) from fault

    def _once(self, url: str, headers: dict[str, str], limit: float, failure: "_Failure") -> Answer:
        end = time.monotonic() + self.deadline
        here = url
        for _ in range(MOST_REDIRECTS + 1):
            with self._ask(here, headers, failure) as response:
                if response.status_code not in REDIRECTS:
                    return self._answer(url, response, headers, limit, end, failure)
                here = _next(here, response, failure)
        raise failure(f"blijft doorverwijzen (laatst naar {public(here)}); controleer de kaart")

    def _ask(self, url: str, headers: dict[str, str], failure: "_Failure") -> requests.Response:
        """Send the request and read the head of the answer.

        The adapter is asked and not the session, as that reads the whole body of a redirect.
        """
        try:
            request = self.session.prepare_request(requests.Request("GET", url, headers=headers))
            settings = self.session.merge_environment_settings(request.url, {}, True, None, None)
            adapter = self.session.get_adapter(request.url)
            return adapter.send(request, timeout=(CONNECT, self.timeout), **settings)
        except requests.exceptions.SSLError as error:
            raise failure(
                "heeft geen geldig certificaat; vertrouw het antwoord niet en meld het de uitgever"
            ) from error
        except requests.exceptions.ProxyError as error:
            raise _Passing("is niet bereikbaar door de proxy") from error
        except requests.exceptions.ConnectTimeout as error:
            raise _Passing(f"is niet bereikbaar (geen verbinding binnen {CONNECT} seconden)") from error
        except requests.exceptions.Timeout as error:
            raise _Passing(self._silence()) from error
        except requests.exceptions.ConnectionError as error:
            raise _Passing(f"is niet bereikbaar ({_cause(error)})") from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, UnicodeError, ValueError) as error:
            raise failure("is geen adres dat kan worden opgehaald; controleer de kaart") from error

    def _answer(
        self, url: str, response: requests.Response, headers: dict[str, str], limit: float, end: float,
        failure: "_Failure",
    ) -> Answer:  # fmt: skip
        status = response.status_code
        about = _about(response)
        if status == 304 and ("If-None-Match" in headers or "If-Modified-Since" in headers):
            return Answer(url, status, None, "", 0, about)
        if status != 200:
            raise self._fault(response, failure)
        length = about.get("content_length", "")
        if length.isdigit() and int(length) > limit:
            raise failure(TOO_BIG)
        handle, name = tempfile.mkstemp(dir=self.folder)
        path = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                sha256, size = self._store(response, file, limit, end, failure)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Answer(url, status, path, sha256, size, about)

    def _store(
        self, response: requests.Response, file, limit: float, end: float, failure: "_Failure"
    ) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        for part in self._parts(response, limit, end, failure):
            size += len(part)
            if size > limit:
                raise failure(TOO_BIG)
            file.write(part)
            digest.update(part)
        return digest.hexdigest(), size

    def _parts(self, response: requests.Response, limit: float, end: float, failure: "_Failure") -> Iterator[bytes]:
        """The body, unpacked, in parts of at most a megabyte."""
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise failure(f"is verpakt op een manier die niet gevraagd is ({encoding}); meld het de uitgever")
        unpack = _Gunzip() if "gzip" in encoding else None
        received = 0
        try:
            while chunk := response.raw.read1(CHUNK, decode_content=False):
                received += len(chunk)
                self.heard(len(chunk))
                if received > limit:
                    raise failure(TOO_BIG)
                if time.monotonic() > end:
                    raise failure(f"was na {self.deadline:g} seconden nog niet binnen; {LATER}")
                yield from unpack.feed(chunk) if unpack else (chunk,)
            if unpack and received:
                unpack.close()
        except zlib.error as error:
            raise _Passing("gaf een beschadigd of afgebroken antwoord (gzip)") from error
        except urllib3.exceptions.ReadTimeoutError as error:
            raise _Passing(self._silence()) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise _Passing("gaf een afgebroken antwoord") from error

    def _silence(self) -> str:
        return f"zweeg {self.timeout:g} seconden lang"

    def _fault(self, response: requests.Response, failure: "_Failure") -> Exception:
        """What another status than 200 means."""
        status = response.status_code
        wait = _retry_after(response)
        if status in PASSING:
            if wait > LONGEST_WAIT:
                return failure(f"vraagt om {wait:.0f} seconden te wachten (HTTP {status}); {LATER}", status)
            words = "krijgt te veel vragen" if status == 429 else "heeft een storing"
            return _Passing(f"{words} (HTTP {status})", wait, status)
        words = {
            401: "geeft geen toegang",
            403: "geeft geen toegang",
            404: "bestaat niet",
            410: "bestaat niet meer",
            413: "vindt de vraag te groot",
        }.get(status, "gaf geen bestand")
        said = self._explanation(response)
        return failure(f"{words} (HTTP {status}{': ' + said if said else ''}); controleer de kaart", status)

    def _explanation(self, response: requests.Response) -> str:
        """The sentence in an error of Eurostat, CKAN or CBS, on one line; '' without one."""
        text, end = b"", time.monotonic() + self.timeout
        try:
            for part in self._parts(response, MEGABYTE, end, _Failure("", "")):
                text += part
                if len(text) > CHUNK:
                    return ""
            found = json.loads(text)
            for key in ("error", "odata.error"):
                found = found.get(key, found) if isinstance(found, dict) else found
            found = found[0] if isinstance(found, list) and found else found
            found = next((found[key] for key in ("label", "message", "detail") if found.get(key)), "")
            found = found.get("value", "") if isinstance(found, dict) else found
        except (_Passing, KetenError, ValueError, AttributeError, RecursionError):
            return ""
        return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", str(found)).strip()[:200].rstrip(".")


class _Failure:
    """Makes the sentences about one address."""

    def __init__(self, url: str, card: str):
        self.url, self.card = url, card

    def __call__(self, words: str, status: int = 0) -> FetchFailed:
        words = words.replace("controleer de kaart", f"controleer de kaart {self.card}")
        return FetchFailed(f"{public(self.url)} {words}.", status)


class _Gunzip:
    """Undo gzip in parts of bounded size, also of several members."""

    def __init__(self):
        self.engine = zlib.decompressobj(wbits=31)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What these bytes become."""
        while data:
            if self.engine.eof:
                self.engine = zlib.decompressobj(wbits=31)
            yield self.engine.decompress(data, MEGABYTE)
            data = self.engine.unused_data if self.engine.eof else self.engine.unconsumed_tail

    def close(self) -> None:
        """Raise zlib.error when the end is not there."""
        if not self.engine.eof:
            raise zlib.error("cut")


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


def _next(here: str, response: requests.Response, failure: _Failure) -> str:
    """Where a redirect leads, when that is the same server."""
    location = response.headers.get("Location", "").encode("latin-1", "replace").decode("utf-8", "replace")
    try:
        there = urljoin(here, location)
        same = origin(there) == origin(here)
    except ValueError:
        same = False
    if not location or not same:
        where = public(urljoin(here, location)) if _is_url(location) else repr(location[:100])
        raise failure(f"verwijst door naar een andere host ({where}); controleer de kaart en pas het adres zelf aan")
    return there


def _is_url(text: str) -> bool:
    try:
        return bool(origin(text))
    except ValueError:
        return False


def _about(response: requests.Response) -> dict[str, Any]:
    names = {
        "etag": "ETag",
        "last_modified": "Last-Modified",
        "content_type": "Content-Type",
        "content_length": "Content-Length",
        "date": "Date",
    }
    given = {key: response.headers[name] for key, name in names.items() if name in response.headers}
    return {"status": response.status_code, **given}


def _retry_after(response: requests.Response) -> float:
    """Seconds that the server asks to wait, 0 when it does not; a date counts from the date of its answer."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
        given = response.headers.get("Date")
        since = parsedate_to_datetime(given) if given else datetime.fromisoformat(time_stamp())
        return max(0.0, (until - since).total_seconds())
    except (TypeError, ValueError):
        return 0.0


def _cause(error: BaseException) -> str:
    """What went wrong with a connection, in a few words."""
    text = str(error)
    for sign, words in {
        "NameResolution": "de naam van de server is onbekend",
        "Name or service": "de naam van de server is onbekend",
        "refused": "de verbinding werd geweigerd",
        "reset": "de verbinding werd verbroken",
        "RemoteDisconnected": "de verbinding werd verbroken",
        "BadStatusLine": "het antwoord is geen HTTP",
        "unreachable": "er is geen netwerk",
    }.items():
        if sign in text:
            return words
    return "de verbinding kwam niet tot stand"
