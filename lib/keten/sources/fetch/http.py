"""Ask a server for one file: patient with passing faults, strict about size, time and where it is sent.

A body is stored exactly as the server made it: transfer encoding (chunks) and content encoding (gzip) are undone,
nothing else. A body that was cut short is never given out.
"""

import gzip
import hashlib
import io
import json
import os
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from keten.sources.fetch.connection import NO_ADDRESS, fault_of, proxy_wants_login, way_to
from keten.sources.fetch.faults import LATER, Fault, FetchFailed, origin, public
from keten.sources.fetch.refusal import answer_in_place_of_data, refusal

TIMEOUT = 20  # seconds that a server may be silent
CONNECT = 10  # seconds to make a connection
DEADLINE = 300  # seconds for a whole answer
TRIES = 3
USUAL = (0.5, 1.0)  # seconds after each try
WATCHED, UNWATCHED = (10.0, 30.0), (60.0, 300.0)  # the same for a server that is making its answer
MOST_REDIRECTS = 5
CHUNK = 1 << 16
MEGABYTE = 1_000_000
REDIRECTS = (301, 302, 303, 307, 308)
TOO_BIG = "is groter dan max_mb toestaat; verhoog max_mb als dat zo hoort en controleer de kaart"


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
    """Fetches files into `folder`, for one thread. `heard` is told how many bytes came in.

    `patient`: nobody watches, so a server that is making its answer is given minutes. What stops every address of a
    server is remembered: its other cards do not wait for it again.
    """

    def __init__(
        self,
        folder: Path,
        timeout: float = TIMEOUT,
        deadline: float = DEADLINE,
        heard: Callable[[int], object] = lambda count: None,
        patient: bool = False,
    ):
        self.folder, self.timeout, self.deadline, self.heard, self.patient = folder, timeout, deadline, heard, patient
        self.unreachable: dict[str, Fault] = {}
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
        host = _host(url)
        if host in self.unreachable:
            raise _failed(self.unreachable[host], url, card)
        for tries in range(1, TRIES + 1):
            try:
                return self._once(url, headers, max_mb * MEGABYTE)
            except Fault as fault:
                if fault.wait is not None and tries < TRIES:
                    pause(self._wait(fault, tries))
                    continue
                if fault.cause:  # it holds for every address of that server
                    self.unreachable[host] = fault
                raise _failed(fault, url, card) from fault
        raise AssertionError("the last try returns or raises")

    def _wait(self, fault: Fault, tries: int) -> float:
        """Seconds until the next try."""
        waits = (UNWATCHED if self.patient else WATCHED) if fault.busy else USUAL
        return max(waits[tries - 1], fault.wait or 0)

    def _once(self, url: str, headers: dict[str, str], limit: float) -> Answer:
        end = time.monotonic() + self.deadline
        here = url
        for _ in range(MOST_REDIRECTS + 1):
            with self._ask(here, headers) as response:
                if response.status_code not in REDIRECTS:
                    return self._answer(url, response, headers, limit, end)
                here = _next(here, response)
        raise Fault(f"blijft doorverwijzen (laatst naar {public(here)}); controleer de kaart")

    def _ask(self, url: str, headers: dict[str, str]) -> requests.Response:
        """Send the request and read the head of the answer.

        The adapter is asked and not the session, as that reads the whole body of a redirect.
        """
        try:
            way = way_to(url)
        except ValueError as error:
            raise Fault(NO_ADDRESS) from error
        try:
            request = self.session.prepare_request(requests.Request("GET", url, headers=headers))
            adapter = self.session.get_adapter(request.url or url)
            answer = adapter.send(
                request, timeout=(CONNECT, self.timeout), verify=way.bundle or True, proxies=way.proxies
            )
        except (requests.RequestException, urllib3.exceptions.HTTPError, UnicodeError, ValueError) as error:
            raise fault_of(error, url, way, self._silence(), CONNECT) from error
        if answer.status_code == 407 and way.proxy:
            answer.close()
            raise proxy_wants_login(way)
        return answer

    def _answer(
        self, url: str, response: requests.Response, headers: dict[str, str], limit: float, end: float
    ) -> Answer:
        status = response.status_code
        about = _about(response)
        if status == 304 and ("If-None-Match" in headers or "If-Modified-Since" in headers):
            return Answer(url, status, None, "", 0, about)
        if status != 200:
            raise refusal(response, self._explanation(response))
        length = about.get("content_length", "")
        if length.isdigit() and int(length) > limit:
            raise Fault(TOO_BIG)
        handle, name = tempfile.mkstemp(dir=self.folder)
        digest = hashlib.sha256()
        try:
            with open(handle, "wb") as file:
                for part in self._parts(response, limit, end):
                    file.write(part)
                    digest.update(part)
                size = file.tell()
            if size <= CHUNK and (postponed := answer_in_place_of_data(Path(name).read_bytes())):
                raise postponed
        except BaseException:
            os.unlink(name)
            raise
        return Answer(url, status, Path(name), digest.hexdigest(), size, about)

    def _parts(self, response: requests.Response, limit: float, end: float) -> Iterator[bytes]:
        """The body, unpacked, in parts of at most `CHUNK` bytes."""
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise Fault(f"is verpakt op een manier die niet gevraagd is ({encoding}); meld het de uitgever")

        def heard(received: int) -> None:
            self.heard(received)
            if time.monotonic() > end:
                raise Fault(f"was na {self.deadline:g} seconden nog niet binnen; {LATER}")

        body = _Body(response.raw, heard)
        source = gzip.GzipFile(fileobj=body) if "gzip" in encoding else body
        size = 0
        try:
            while part := source.read(CHUNK):
                size += len(part)
                if max(size, body.received) > limit:
                    raise Fault(TOO_BIG)
                yield part
        except (zlib.error, EOFError, gzip.BadGzipFile) as error:
            raise Fault("gaf een beschadigd of afgebroken antwoord (gzip)", wait=0) from error
        except urllib3.exceptions.ReadTimeoutError as error:
            raise Fault(self._silence(), wait=0) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Fault("gaf een afgebroken antwoord", wait=0) from error

    def _silence(self) -> str:
        return f"zweeg {self.timeout:g} seconden lang"

    def _explanation(self, response: requests.Response) -> bytes:
        """The body of an error, when it is as short as an explanation."""
        text, end = b"", time.monotonic() + self.timeout
        try:
            for part in self._parts(response, MEGABYTE, end):
                text += part
                if len(text) > CHUNK:
                    return b""
        except Fault:
            return b""
        return text


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


def _host(url: str) -> str:
    """Host and port of an address, '' when it makes no sense."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def pause(seconds: float) -> None:
    """Wait."""
    time.sleep(seconds)


def _failed(fault: Fault, url: str, card: str) -> FetchFailed:
    """The sentence about an address that cannot be fetched."""
    passing = fault.wait is not None
    if fault.local:
        sentence = fault.cause
    elif passing:
        sentence = f"{public(url)} {fault}, ook na {TRIES} pogingen; {LATER}."
    else:
        sentence = f"{public(url)} {str(fault).replace('controleer de kaart', f'controleer de kaart {card}')}."
    again = passing and (fault.busy or fault.status == 503)
    return FetchFailed(sentence, fault.status, fault.cause, fault.offline, again)


def whole_number(value: object) -> int | None:
    """A count in JSON, which some servers give as text; None for anything else."""
    plain = isinstance(value, (int, str)) and not isinstance(value, bool)
    text = str(value) if plain else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def json_object(content: bytes) -> dict[str, Any] | None:
    """What a JSON answer says; None when it is no JSON or no object."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _next(here: str, response: requests.Response) -> str:
    """Where a redirect leads, when that is the same server, or the same host over https."""
    location = response.headers.get("Location", "").encode("latin-1", "replace").decode("utf-8", "replace")
    try:
        there = urljoin(here, location)
        new, old = origin(there), origin(here)
        same = bool(location) and (new == old or (new[0] == "https" and new[1] == old[1]))
        where = public(there)
    except ValueError:
        same, where = False, repr(location[:100])
    if not same:
        raise Fault(f"verwijst door naar een andere host ({where}); controleer de kaart en pas het adres zelf aan")
    return there


def _about(response: requests.Response) -> dict[str, Any]:
    names = ("ETag", "Last-Modified", "Content-Type", "Content-Length", "Date")
    given = {name.lower().replace("-", "_"): response.headers[name] for name in names if name in response.headers}
    return {"status": response.status_code, **given}
