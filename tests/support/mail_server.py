"""A mail server on this machine that takes mail after STARTTLS and a login, and an address that takes webhooks."""

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import source_server
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

USER, PASSWORD = "keten", "geheim-woord"


class Inbox:
    """What came in, in order."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 Message accepted for delivery"


def _authenticated(server: Any, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
    good = (login.login, login.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


@contextmanager
def mail_server(certificate: str = "good") -> Iterator[tuple[int, Inbox]]:
    """Port and inbox of a server with that certificate of `tests/support/tls`."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(source_server.CERTIFICATES / f"{certificate}.pem")
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:  # the controller must know its port beforehand
        port = free.getsockname()[1]
    controller = Controller(
        inbox, hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True, auth_required=True,
        authenticator=_authenticated,
    )  # fmt: skip
    controller.start()
    try:
        yield port, inbox
    finally:
        controller.stop()


@contextmanager
def webhook() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Address and what was posted there."""
    posted: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/keten?sleutel=1", posted
    finally:
        server.shutdown()
        server.server_close()
