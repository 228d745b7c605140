"""Ask a server for one file: patient with passing faults, strict about size, time and where it is sent.

A body is stored exactly as the server made it: transfer encoding (chunks) and content encoding (gzip) are undone,
nothing else. A body that was cut short is never given out.
"""

import gzip
import hashlib
import io
import json
import os
import re
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import requests
import urllib3

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


class _Fault(Exception):
    """What is wrong with an address, in the words behind it. `wait`: seconds until a next try; None: that is no use."""

    def __init__(self, words: str, status: int = 0, wait: float | None = None):
        super().__init__(words)
        self.status, self.wait = status, wait


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

    def take(self) -> bytes:
        """The body, of which the file is removed; nothing when there is none."""
        if self.path is None:
            return b""
        content = self.path.read_bytes()
        self.path.unlink()
        return content


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
        tries = 0
        while True:
            try:
                return self._once(url, headers, max_mb * MEGABYTE)
            except _Fault as fault:
                tries += 1
                if fault.wait is None:
                    words = str(fault).replace("controleer de kaart", f"controleer de kaart {card}")
                elif tries == TRIES:
                    words = f"{fault}, ook na {TRIES} pogingen; {LATER}"
                else:
                    time.sleep(max(0.5 * 2 ** (tries - 1), fault.wait))
                    continue
                raise FetchFailed(f"{public(url)} {words}.", fault.status) from fault

    def _once(self, url: str, headers: dict[str, str], limit: float) -> Answer:
        end = time.monotonic() + self.deadline
        here = url
        for _ in range(MOST_REDIRECTS + 1):
            with self._ask(here, headers) as response:
                if response.status_code not in REDIRECTS:
                    return self._answer(url, response, headers, limit, end)
                here = _next(here, response)
        raise _Fault(f"blijft doorverwijzen (laatst naar {public(here)}); controleer de kaart")

    def _ask(self, url: str, headers: dict[str, str]) -> requests.Response:
        """Send the request and read the head of the answer.

        The adapter is asked and not the session, as that reads the whole body of a redirect.
        """
        try:
            request = self.session.prepare_request(requests.Request("GET", url, headers=headers))
            address = request.url or url
            settings = self.session.merge_environment_settings(address, {}, True, None, None)
            adapter = self.session.get_adapter(address)
            # The stubs let `verify` be None, which requests never makes it.
            return adapter.send(request, timeout=(CONNECT, self.timeout), **settings)  # type: ignore[arg-type]
        except requests.exceptions.SSLError as error:
            raise _Fault("heeft geen geldig certificaat; vertrouw het antwoord niet en meld het de uitgever") from error
        except requests.exceptions.ProxyError as error:
            raise _Fault("is niet bereikbaar door de proxy", wait=0) from error
        except requests.exceptions.ConnectTimeout as error:
            raise _Fault(f"is niet bereikbaar (geen verbinding binnen {CONNECT} seconden)", wait=0) from error
        except requests.exceptions.Timeout as error:
            raise _Fault(self._silence(), wait=0) from error
        except requests.exceptions.ConnectionError as error:
            raise _Fault(f"is niet bereikbaar ({_cause(error)})", wait=0) from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, UnicodeError, ValueError) as error:
            raise _Fault("is geen adres dat kan worden opgehaald; controleer de kaart") from error

    def _answer(
        self, url: str, response: requests.Response, headers: dict[str, str], limit: float, end: float
    ) -> Answer:
        status = response.status_code
        about = _about(response)
        if status == 304 and ("If-None-Match" in headers or "If-Modified-Since" in headers):
            return Answer(url, status, None, "", 0, about)
        if status != 200:
            raise self._refusal(response)
        length = about.get("content_length", "")
        if length.isdigit() and int(length) > limit:
            raise _Fault(TOO_BIG)
        handle, name = tempfile.mkstemp(dir=self.folder)
        digest = hashlib.sha256()
        try:
            with open(handle, "wb") as file:
                for part in self._parts(response, limit, end):
                    file.write(part)
                    digest.update(part)
                size = file.tell()
        except BaseException:
            os.unlink(name)
            raise
        return Answer(url, status, Path(name), digest.hexdigest(), size, about)

    def _parts(self, response: requests.Response, limit: float, end: float) -> Iterator[bytes]:
        """The body, unpacked, in parts of at most `CHUNK` bytes."""
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise _Fault(f"is verpakt op een manier die niet gevraagd is ({encoding}); meld het de uitgever")

        def heard(received: int) -> None:
            self.heard(received)
            if time.monotonic() > end:
                raise _Fault(f"was na {self.deadline:g} seconden nog niet binnen; {LATER}")

        body = _Body(response.raw, heard)
        source = gzip.GzipFile(fileobj=body) if "gzip" in encoding else body
        size = 0
        try:
            while part := source.read(CHUNK):
                size += len(part)
                if max(size, body.received) > limit:
                    raise _Fault(TOO_BIG)
                yield part
        except (zlib.error, EOFError, gzip.BadGzipFile) as error:
            raise _Fault("gaf een beschadigd of afgebroken antwoord (gzip)", wait=0) from error
        except urllib3.exceptions.ReadTimeoutError as error:
            raise _Fault(self._silence(), wait=0) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise _Fault("gaf een afgebroken antwoord", wait=0) from error

    def _silence(self) -> str:
        return f"zweeg {self.timeout:g} seconden lang"

    def _refusal(self, response: requests.Response) -> _Fault:
        """What another status than 200 means."""
        status = response.status_code
        wait = _retry_after(response)
        if status in PASSING:
            if wait > LONGEST_WAIT:
                return _Fault(f"vraagt om {wait:.0f} seconden te wachten (HTTP {status}); {LATER}", status)
            words = "krijgt te veel vragen" if status == 429 else "heeft een storing"
            return _Fault(f"{words} (HTTP {status})", status, wait)
        words = {
            401: "geeft geen toegang",
            403: "geeft geen toegang",
            404: "bestaat niet",
            410: "bestaat niet meer",
            413: "vindt de vraag te groot",
        }.get(status, "gaf geen bestand")
        said = self._explanation(response)
        return _Fault(f"{words} (HTTP {status}{': ' + said if said else ''}); controleer de kaart", status)

    def _explanation(self, response: requests.Response) -> str:
        """The sentence in an error of Eurostat, CKAN or CBS, on one line; '' without one."""
        text, end = b"", time.monotonic() + self.timeout
        try:
            for part in self._parts(response, MEGABYTE, end):
                text += part
                if len(text) > CHUNK:
                    return ""
            found = json.loads(text)
            for key in ("error", "odata.error"):
                found = found.get(key, found) if isinstance(found, dict) else found
            found = found[0] if isinstance(found, list) and found else found
            found = next((found[key] for key in ("label", "message", "detail") if found.get(key)), "")
            found = found.get("value", "") if isinstance(found, dict) else found
        except (_Fault, ValueError, AttributeError, RecursionError):
            return ""
        return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", str(found)).strip()[:200].rstrip(".")


class _Body(io.RawIOBase):
    """What a server sends, as it is packed. `heard` is told of every part that came in."""

    def __init__(self, raw: urllib3.HTTPResponse, heard: Callable[[int], None]):
        self.raw, self.heard, self.received = raw, heard, 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Wait for the next part, however small."""
        part = self.raw.read1(min(len(buffer), CHUNK), decode_content=False)
        buffer[: len(part)] = part
        self.received += len(part)
        self.heard(len(part))
        return len(part)


def json_object(content: bytes) -> dict[str, Any] | None:
    """What a JSON answer says; None when it is no JSON or no object."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


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


def _next(here: str, response: requests.Response) -> str:
    """Where a redirect leads, when that is the same server."""
    location = response.headers.get("Location", "").encode("latin-1", "replace").decode("utf-8", "replace")
    try:
        there = urljoin(here, location)
        same = bool(location) and origin(there) == origin(here)
        where = public(there)
    except ValueError:
        same, where = False, repr(location[:100])
    if not same:
        raise _Fault(f"verwijst door naar een andere host ({where}); controleer de kaart en pas het adres zelf aan")
    return there


def _about(response: requests.Response) -> dict[str, Any]:
    names = ("ETag", "Last-Modified", "Content-Type", "Content-Length", "Date")
    given = {name.lower().replace("-", "_"): response.headers[name] for name in names if name in response.headers}
    return {"status": response.status_code, **given}


def _retry_after(response: requests.Response) -> float:
    """Seconds that the server asks to wait, 0 when it does not."""
    try:
        return urllib3.Retry().get_retry_after(response.raw) or 0.0
    except urllib3.exceptions.InvalidHeader:
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
