"""A server on this machine that answers as CKAN, CBS, Eurostat and UNHCR do, and that can be told to fail.

with SourceServer() as server:
    server.put("/pad/tabel.json", b"{}")            # a file, with ETag, Last-Modified and 304
    server.fail("/pad/tabel.json", status(500))     # the next request fails; the one after it does not
    server.asked                                    # [(path, query, status), ...]
"""

import gzip
import hashlib
import json
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

MODIFIED = "Mon, 05 Jan 2026 10:00:00 GMT"
ACTION = "/data/api/3/action"
CERTIFICATES = Path(__file__).parent / "tls"  # made for these tests: an authority (ca.pem) and servers on this machine

Fault = Callable[["Handler", bytes], None]


class SourceServer:
    """A server with files, answers, datasets and faults of its own.

    `files`: bodies by path, or by path and query; `answers`: what a path says to a query; `packages`: the datasets of
    CKAN; `faults`: what goes wrong.
    """

    def __init__(self, validators: bool = True, squeeze: bool = False, certificate: str = ""):
        """`validators`: whether answers carry ETag and Last-Modified; `squeeze`: whether they are sent as gzip.

        `certificate`: "good", "expired" or "other" (for another name) for https. As a proxy it answers itself to http,
        and to https as `tunnel` says.
        """
        self.tunnel = 502
        self.validators, self.squeeze = validators, squeeze
        self.files: dict[str, bytes] = {}
        self.packages: list[dict[str, Any]] = []
        self.pages: dict[str, list[dict[str, Any]]] = {}
        self.answers: dict[str, Callable[[dict[str, list[str]]], dict[str, Any]]] = {}
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.broken: dict[str, Fault] = {}
        self.asked: list[tuple[str, str, int]] = []
        self.closing = threading.Event()
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), type("OurHandler", (Handler,), {"site": self}))
        self.http.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATES / f"{certificate}.pem")
            # The handshake is of the thread that answers: one that fails must not end the server.
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self.http.server_port}"

    def __enter__(self) -> "SourceServer":
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.closing.set()
        self.http.shutdown()
        self.http.server_close()

    # -- what it has --

    def put(self, path: str, body: bytes | str | dict[str, Any] | list[Any]) -> None:
        """A file; what is not bytes or text becomes JSON."""
        if not isinstance(body, bytes | str):
            body = json.dumps(body)
        self.files[path] = body.encode() if isinstance(body, str) else body

    def put_answer(self, path: str, answer: Callable[[dict[str, list[str]]], dict[str, Any]]) -> None:
        """JSON that depends on the query: values by name."""
        self.answers[path] = answer

    def put_v3(
        self, table: str, rows: list[dict[str, Any]], dimensions: dict[str, list[dict[str, str]]], modified: str,
        per_page: int = 1000, base: str = "/ODataFeed/odata",
    ) -> None:  # fmt: skip
        """A CBS table as OData version 3 gives it. `dimensions`: rows of Key and Title by name of the dimension."""
        root = f"{base}/{table}"
        self.put(f"{root}/TableInfos", {"value": [{"ID": 0, "Title": "Proeftabel", "Modified": modified}]})
        kinds = [{"Key": name, "Type": "TimeDimension" if name == "Perioden" else "Dimension"} for name in dimensions]
        topics = [{"Key": name, "Type": "Topic"} for name in rows[0] if name not in ("ID", *dimensions)]
        self.put(f"{root}/DataProperties", {"value": kinds + topics})
        for name, members in dimensions.items():
            self.put(f"{root}/{name}", {"value": members})
        self._put_pages(f"{root}/TypedDataSet", rows, per_page, "odata.nextLink", "https://opendata.cbs.nl")

    def put_v4(
        self, table: str, rows: list[dict[str, Any]], dimensions: dict[str, list[dict[str, str]]], modified: str,
        per_page: int = 1000, base: str = "/odata/v1/CBS",
    ) -> None:  # fmt: skip
        """A CBS table as OData version 4 gives it. `dimensions`: rows of Identifier and Title."""
        root = f"{base}/{table}"
        self.put(f"{root}/Properties", {"Identifier": table, "Modified": modified})
        self.put(f"{root}/Dimensions", {"value": [{"Identifier": name} for name in dimensions]})
        measures = sorted({row["Measure"] for row in rows})
        self.put(f"{root}/MeasureCodes", {"value": [{"Identifier": name, "Title": name} for name in measures]})
        for name, members in dimensions.items():
            self.put(f"{root}/{name}Codes", {"value": members})
        self._put_pages(f"{root}/Observations", rows, per_page, "@odata.nextLink", "https://datasets.cbs.nl")

    def put_unhcr(self, path: str, items: list[dict[str, Any]], limit: int = 100) -> None:
        """A table of the population API, in pages."""
        parts = [items[start : start + limit] for start in range(0, len(items), limit)] or [[]]
        self.pages[path] = [
            {"page": number, "maxPages": len(parts), "total": [], "items": part} for number, part in enumerate(parts, 1)
        ]

    def package(self, name: str, title: str, files: dict[str, bytes], **about: Any) -> dict[str, Any]:
        """A dataset of data.overheid.nl with its CSV files by name of the resource."""
        resources = []
        for number, (resource, body) in enumerate(files.items()):
            path = f"/sites/default/files/dataset/{name}/resources/{number}-{quote(resource, safe='')}.csv"
            self.put(unquote(path), body)
            resources.append({
                "id": f"{name}-{number}",
                "name": resource,
                "format": "http://publications.europa.eu/resource/authority/file-type/CSV",
                "url": f"https://data.overheid.nl{path}",
            })  # fmt: skip
        entry = {"id": f"uuid-{name}", "name": name, "title": title, "resources": resources, **about}
        self.packages = [package for package in self.packages if package["name"] != name] + [entry]
        return entry

    def _put_pages(self, path: str, rows: list[dict[str, Any]], per_page: int, link: str, home: str) -> None:
        parts = [rows[start : start + per_page] for start in range(0, len(rows), per_page)] or [[]]
        for number, part in enumerate(parts):
            content: dict[str, Any] = {"value": part}
            if number + 1 < len(parts):
                content[link] = f"{home}{path}?$skip={(number + 1) * per_page}"
            self.put(f"{path}?$skip={number * per_page}" if number else path, content)

    # -- what goes wrong --

    def fail(self, path: str, *faults: Fault) -> None:
        """The next requests for this path go wrong, one after the other; those after them go well."""
        self.faults[path] += faults

    def breaks(self, path: str, fault: Fault) -> None:
        """Every request for this path goes wrong, until `mend`."""
        self.broken[path] = fault

    def mend(self) -> None:
        """All goes well again."""
        self.faults.clear()
        self.broken.clear()

    def sent(self) -> list[str]:
        """Paths that were answered with a whole body, without CKAN's lists of what there is."""
        return [path for path, _, status in self.asked if status == 200 and not path.startswith(ACTION)]

    # -- answering --

    def body(self, path: str, lists: dict[str, list[str]]) -> bytes | None:
        """What is at an address; None for nothing."""
        if path in self.answers:
            return json.dumps(self.answers[path](lists)).encode()
        query = {name: values[0] for name, values in lists.items()}
        if path.startswith(ACTION):
            return self._action(path.removeprefix(ACTION + "/"), query)
        if path in self.pages:
            number = int(query.get("page", "1"))
            return json.dumps(self.pages[path][number - 1]).encode()
        skip = f"?$skip={query['$skip']}" if "$skip" in query else ""
        return self.files.get(path + skip)

    def _action(self, action: str, query: dict[str, str]) -> bytes | None:
        if action == "package_show":
            for package in self.packages:
                if query.get("id") in (package["name"], package["id"]):
                    return json.dumps({"success": True, "result": package}).encode()
        elif action == "package_search":
            found = [package for package in self.packages if query["q"] in json.dumps(package).lower()]
            start, rows = int(query.get("start", 0)), min(int(query.get("rows", 10)), 100)
            result = {"count": len(found), "results": found[start : start + rows]}
            return json.dumps({"success": True, "result": result}).encode()
        return None


class Handler(BaseHTTPRequestHandler):
    """One request."""

    site: SourceServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer, or fail as told."""
        parts = urlsplit(self.path)
        self.clean, self.query = unquote(parts.path), parts.query
        body = self.site.body(self.clean, parse_qs(parts.query))
        fault = self.site.broken.get(self.clean)
        if self.site.faults[self.clean]:
            fault = self.site.faults[self.clean].pop(0)
        try:
            if fault:
                fault(self, body or b"")
            elif body is None:
                self.answer(404, b'{"success": false, "error": {"message": "Niet gevonden"}}')
            else:
                self.found(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def do_CONNECT(self) -> None:
        """What a proxy says to a question for a tunnel."""
        self.clean, self.query = self.path, ""
        self.answer(self.site.tunnel, b"")
        self.close_connection = True

    def found(self, body: bytes) -> None:
        """The body, or that it is not changed."""
        mark = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        told = {"ETag": mark, "Last-Modified": MODIFIED} if self.site.validators else {}
        if self.site.validators and self.headers.get("If-None-Match") == mark:
            self.answer(304, b"", told)
        elif self.site.squeeze and "gzip" in self.headers.get("Accept-Encoding", ""):
            self.answer(200, gzip.compress(body), {**told, "Content-Encoding": "gzip"})
        else:
            self.answer(200, body, told)

    def answer(self, code: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        """A whole answer; a header may replace the length."""
        headers = {"Content-Length": str(len(body)), "Content-Type": "application/octet-stream", **(headers or {})}
        self.start(code, headers)
        if code != 304:
            self.wfile.write(body)

    def start(self, code: int, headers: dict[str, str]) -> None:
        """The head of an answer."""
        self.site.asked.append((self.clean, self.query, code))
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Silent."""


# -- faults --


def status(code: int, body: bytes = b"", **headers: str) -> Fault:
    """Another status, with headers such as Retry_After."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, _: handler.answer(code, body, told)


def replaced(body: bytes, **headers: str) -> Fault:
    """Another body, with status 200."""
    return status(200, body, **headers)


def redirect(url: str) -> Fault:
    """Look elsewhere."""
    return status(302, Location=url)


def silent(handler: Handler, body: bytes) -> None:
    """Say nothing until the server closes."""
    handler.site.asked.append((handler.clean, handler.query, 0))
    handler.site.closing.wait()
    handler.close_connection = True


def stalled(handler: Handler, body: bytes) -> None:
    """Say half and then nothing."""
    handler.start(200, {"Content-Length": str(len(body))})
    handler.wfile.write(body[: len(body) // 2])
    handler.wfile.flush()
    handler.site.closing.wait()
    handler.close_connection = True


def dripping(handler: Handler, body: bytes) -> None:
    """A byte now and then."""
    handler.start(200, {"Content-Length": "1000000"})
    while not handler.site.closing.wait(0.05):
        handler.wfile.write(b"x")
        handler.wfile.flush()


def cut(handler: Handler, body: bytes) -> None:
    """Half of the body, then the connection is gone."""
    handler.start(200, {"Content-Length": str(len(body))})
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


def cut_chunk(handler: Handler, body: bytes) -> None:
    """A whole chunk and no end."""
    handler.start(200, {"Transfer-Encoding": "chunked"})
    handler.wfile.write(b"%x\r\n%s\r\n" % (len(body), body))
    handler.close_connection = True


def cut_gzip(handler: Handler, body: bytes) -> None:
    """Gzip that stops before its end, of the length that it says."""
    packed = gzip.compress(body * 3)
    handler.answer(200, packed[: len(packed) // 2], {"Content-Encoding": "gzip"})


def hangs_up(handler: Handler, body: bytes) -> None:
    """No answer at all."""
    handler.site.asked.append((handler.clean, handler.query, 0))
    handler.close_connection = True


def endless(handler: Handler, body: bytes) -> None:
    """A body without end."""
    handler.start(200, {"Transfer-Encoding": "chunked"})
    while not handler.site.closing.is_set():
        handler.wfile.write(b"%x\r\n%s\r\n" % (1 << 16, b"0" * (1 << 16)))


def bomb(handler: Handler, body: bytes) -> None:
    """A small body that becomes very large."""
    handler.answer(200, gzip.compress(b"0" * 5_000_000), {"Content-Encoding": "gzip"})


def wrong_length(handler: Handler, body: bytes) -> None:
    """A length that is larger than the body."""
    handler.start(200, {"Content-Length": str(len(body) + 10)})
    handler.wfile.write(body)
    handler.close_connection = True


def slow(seconds: float) -> Fault:
    """The right answer, late."""

    def fault(handler: Handler, body: bytes) -> None:
        time.sleep(seconds)
        handler.found(body)

    return fault
