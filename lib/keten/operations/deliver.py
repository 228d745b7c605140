"""Send a message by mail and to a webhook; what cannot be delivered is told, and stops nothing."""

from collections.abc import Iterator
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from keten.errors import KetenError
from keten.operations.receivers import Mail, Receivers

PATIENCE = 60  # seconds for one receiver, all in all
SILENCE = 10  # seconds that a server may be silent


def needed() -> None:
    """Raise KetenError unless the extra that sends messages is installed."""
    try:
        import apprise  # noqa: F401
    except ImportError as error:
        raise KetenError(
            "Om berichten te sturen is de aanvulling notify nodig; geef pip install -c constraints.txt -e '.[notify]'."
        ) from error


def deliver(receivers: Receivers, subject: str, text: str, failed: bool) -> Iterator[str]:
    """Send the message to each receiver; yields one Dutch sentence for each that could not be reached."""
    if receivers.mail:
        mail = receivers.mail
        for address in mail.receivers:  # each apart: a mistake in one address keeps nobody else from knowing
            if not _within(_mail(mail, address), subject, text, failed):
                yield (
                    f"Het bericht aan {address} is niet bezorgd: {mail.server}:{mail.port} is niet bereikbaar, biedt "
                    "geen geldig STARTTLS, of weigert de aanmelding of het adres."
                )
    if receivers.webhook and not _within(_hook(receivers.webhook), subject, text, failed):
        yield f"Het bericht aan {urlsplit(receivers.webhook).hostname} (webhook) is niet bezorgd of geweigerd."


def _within(receiver: dict[str, Any], subject: str, text: str, failed: bool) -> bool:
    """Whether the message was taken within the time; a server that keeps us waiting is left to itself."""
    import apprise

    service = apprise.Apprise()
    if not service.add(receiver):
        return False
    kind = apprise.NotifyType.FAILURE if failed else apprise.NotifyType.INFO
    taken: list[bool] = []

    def send() -> None:
        plain = apprise.NotifyFormat.TEXT  # else a text is sent as HTML
        taken.append(bool(service.notify(text, title=subject, notify_type=kind, body_format=plain)))

    thread = Thread(target=send, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return taken == [True]


def _mail(mail: Mail, address: str) -> dict[str, Any]:
    login = {"user": mail.user, "password": mail.password} if mail.user else {}
    return {
        "schema": "mailto",
        "host": mail.server,
        "smtp_host": mail.server,
        "port": mail.port,
        "secure_mode": "starttls",
        "from_addr": mail.sender,
        "targets": [address],
        "format": "text",
        "cto": SILENCE,
        "rto": SILENCE,
        **login,
    }


def _hook(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "schema": "jsons" if parts.scheme == "https" else "json",
        "host": parts.hostname,
        "port": parts.port,
        "fullpath": parts.path or "/",
        "params": dict(parse_qsl(parts.query)),
        "secure": parts.scheme == "https",
        "cto": SILENCE,
        "rto": SILENCE,
    }
