"""Who is told of a month: a TOML file with an address for mail, for a webhook, or both."""

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from keten.errors import KetenError
from keten.sources.toml_file import TomlFile, read_toml

PASSWORD = "KETEN_MAIL_PASSWORD"  # the environment variable, which goes before the file
ALWAYS, FAILURE = "always", "failure"
KEYS: dict[str, dict[str, type]] = {
    "": {"when": str, "mail": dict, "webhook": dict},
    "mail": {"server": str, "port": int, "sender": str, "receivers": list, "user": str, "password_file": str},
    "webhook": {"url": str},
}
_ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+")


@dataclass(frozen=True)
class Mail:
    """A mail server that takes messages after STARTTLS, and for whom they are. `user` '' = no login."""

    server: str
    port: int
    sender: str
    receivers: tuple[str, ...]
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Receivers:
    """Who is told: by `mail`, and at the address `webhook` ('' = none); `always`: of good runs too."""

    always: bool = False
    mail: Mail | None = None
    webhook: str = ""


def read_receivers(path: Path) -> Receivers:
    """The receivers that a file names. Raises KetenError with the line of what is wrong; a password is never quoted."""
    file = read_toml(path)
    _check_keys(file)
    when = file.content.get("when", FAILURE)
    if when not in (ALWAYS, FAILURE):
        raise KetenError(file.fault(("when",), f"when moet '{FAILURE}' of '{ALWAYS}' zijn."))
    mail = _mail(file, path.parent) if "mail" in file.content else None
    webhook = _webhook(file) if "webhook" in file.content else ""
    if not mail and not webhook:
        raise KetenError(file.fault((), "er is niemand om het te melden; zet er [mail] of [webhook] in."))
    return Receivers(when == ALWAYS, mail, webhook)


def _check_keys(file: TomlFile) -> None:
    for table, known in KEYS.items():
        content = file.content if not table else file.content.get(table, {})
        for name, value in content.items():
            place = tuple(filter(None, (table, name)))
            if name not in known:
                raise KetenError(file.fault(place, f"'{name}' is onbekend; kies uit {', '.join(known)}."))
            if not isinstance(value, known[name]) or isinstance(value, bool):
                kind = {str: "een tekst", int: "een geheel getal", list: "een lijst", dict: "een onderdeel"}
                raise KetenError(file.fault(place, f"{name} moet {kind[known[name]]} zijn."))


def _mail(file: TomlFile, folder: Path) -> Mail:
    told: dict[str, Any] = file.content["mail"]
    for name in ("server", "sender", "receivers"):
        if not told.get(name):
            raise KetenError(file.fault(("mail",), f"in [mail] ontbreekt {name}."))
    for name, addresses in (("sender", [told["sender"]]), ("receivers", told["receivers"])):
        if wrong := next((one for one in addresses if not (isinstance(one, str) and _ADDRESS.fullmatch(one))), None):
            raise KetenError(file.fault(("mail", name), f"'{wrong}' is geen e-mailadres."))
    port = told.get("port", 587)
    if not 0 < port < 65536:
        raise KetenError(file.fault(("mail", "port"), "port moet een getal van 1 tot en met 65535 zijn."))
    user = told.get("user", "")
    return Mail(
        told["server"], port, told["sender"], tuple(told["receivers"]), user, _password(file, folder) if user else ""
    )


def _password(file: TomlFile, folder: Path) -> str:
    if password := os.environ.get(PASSWORD, ""):
        return password
    name = file.content["mail"].get("password_file")
    if not name:
        raise KetenError(
            file.fault(
                ("mail", "user"),
                f"bij user hoort een wachtwoord: in de omgevingsvariabele {PASSWORD}, of in het bestand dat "
                "password_file noemt.",
            )
        )
    path = folder / name
    try:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise KetenError(
                file.fault(
                    ("mail", "password_file"),
                    f"anderen mogen {name} lezen; geef het de rechten 600 (chmod 600 {name}).",
                )
            )
        return path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise KetenError(
            file.fault(("mail", "password_file"), f"het bestand {name} met het wachtwoord is niet te lezen.")
        ) from error


def _webhook(file: TomlFile) -> str:
    url: str = file.content["webhook"].get("url", "")
    try:
        parts = urlsplit(url)
        correct = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not parts.username
    except ValueError:
        correct = False
    if not correct:
        raise KetenError(file.fault(("webhook", "url"), "url moet een adres zijn dat met https:// of http:// begint."))
    return url
