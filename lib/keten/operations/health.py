"""Whether this machine can make the month: one finding per thing that has to be right."""

import os
import platform
import re
import shutil
import ssl
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from keten.clock import time_stamp
from keten.errors import KetenError, why
from keten.locks import Busy, locked

GOOD, DOUBTFUL, WRONG = "goed", "let op", "fout"
ROOM = 500  # megabytes that a month may need
SLOW_CLOCK = 300  # seconds
PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


@dataclass(frozen=True)
class Finding:
    """How one thing stands: GOOD, DOUBTFUL (a month can be made) or WRONG, and what there is to say of it."""

    state: str
    subject: str
    words: str


def python() -> Finding:
    """The version of Python."""
    good = sys.version_info >= (3, 11)
    more = "" if good else "; nodig is 3.11 of nieuwer"
    return Finding(GOOD if good else WRONG, "Python", f"{platform.python_version()}{more}")


def packages(constraints: Path | None) -> Finding:
    """Whether the packages are there, in the versions that the workbook was checked with (a constraints file)."""
    required = [re.split(r"[^\w.-]", line)[0] for line in metadata.requires("keten") or [] if "extra ==" not in line]
    missing = [name for name in required if not _version(name)]
    if missing:
        return Finding(WRONG, "pakketten", f"ontbreken: {', '.join(missing)}; geef pip install -c constraints.txt -e .")
    if constraints is None or not constraints.is_file():
        return Finding(GOOD, "pakketten", f"{len(required)} aanwezig; er is geen constraints.txt om mee te vergelijken")
    pins = dict(line.split("==") for line in constraints.read_text(encoding="utf-8").split() if "==" in line)
    other = [
        f"{name} {found} in plaats van {pin}"
        for name, pin in pins.items()
        if (found := _version(name)) and found != pin and name in required
    ]
    words = f"anders dan in constraints.txt: {', '.join(other)}" if other else f"{len(required)} als in constraints.txt"
    return Finding(DOUBTFUL if other else GOOD, "pakketten", words)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def room(folders: Mapping[str, Path]) -> Iterator[Finding]:
    """Whether each of the folders (by what it is for) has room and takes a file."""
    for subject, folder in folders.items():
        there = next(path for path in (folder, *folder.absolute().parents) if path.is_dir())
        try:
            with tempfile.TemporaryFile(dir=there):
                free = shutil.disk_usage(there).free // 1_000_000
        except OSError as error:
            yield Finding(WRONG, subject, f"in {there} kan niet worden geschreven ({why(error)})")
            continue
        words = f"{there}: {free:,} MB vrij".replace(",", ".")
        yield Finding(
            GOOD if free >= ROOM else WRONG, subject, words + ("" if free >= ROOM else f"; nodig is {ROOM} MB")
        )


def locks(folder: Path) -> Finding:
    """Whether a lock can be had in a folder, and whether one is held now."""
    held = []
    for path in sorted(folder.glob(".*lock")):
        try:
            with locked(path, 0, path.name):
                pass
        except Busy:
            held.append(path.name)
        except KetenError as error:
            return Finding(WRONG, "sloten", str(error))
    return Finding(DOUBTFUL if held else GOOD, "sloten", f"bezet: {', '.join(held)}" if held else "vrij")


def browser() -> Finding:
    """Whether a PDF can be printed."""
    from keten.reports.render import pdf

    try:
        return Finding(GOOD, "browser", pdf.browser())
    except KetenError:
        return Finding(DOUBTFUL, "browser", "geen Chromium, Chrome of Edge gevonden; --pdf kan niet")


def certificates(environment: Mapping[str, str] = os.environ) -> Finding:
    """Whether the file with certificate authorities that the environment names can be read."""
    name = next((one for one in AUTHORITIES if environment.get(one)), "")
    if not name:
        return Finding(GOOD, "certificaten", "de lijst die met certifi komt")
    path = environment[name]
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:  # of which ssl.SSLError is one
        return Finding(WRONG, "certificaten", f"{name} noemt {path}, dat niet te gebruiken is ({why(error)})")
    return Finding(GOOD, "certificaten", f"{name}: {path}")


def proxies(environment: Mapping[str, str] = os.environ) -> Finding:
    """The proxies of the environment, without name and password."""
    told = [
        f"{name}={_bare(value)}"
        for name in PROXIES
        if (value := environment.get(name) or environment.get(name.lower()))
    ]
    return Finding(GOOD, "proxy", ", ".join(told) or "geen")


def _bare(url: str) -> str:
    return re.sub(r"//[^/@]*@", "//", url)


def notebooks(changed: Iterable[str] | None) -> Finding:
    """Whether the notebooks are those of the commit; None = there is no commit to compare with."""
    if changed is None:
        return Finding(GOOD, "notebooks", "geen git om mee te vergelijken")
    names = ", ".join(changed)
    return Finding(DOUBTFUL if names else GOOD, "notebooks", f"gewijzigd: {names}" if names else "als vastgelegd")


def servers(addresses: Mapping[str, str], timeout: float) -> Iterator[Finding]:
    """Whether each server (name and address) answers, whatever it says; the clock is compared with the first's."""
    import requests

    ticked = ""
    for name, url in addresses.items():
        subject, host = f"bron {name}", urlsplit(url).hostname
        try:
            answer = requests.head(url, timeout=timeout, allow_redirects=False)
        except (requests.RequestException, ValueError) as error:
            yield Finding(WRONG, subject, f"{host} is niet bereikbaar ({type(error).__name__})")
            continue
        ticked = ticked or answer.headers.get("Date", "")
        yield Finding(GOOD, subject, f"{host} antwoordt")
    yield _clock(ticked)


def _clock(theirs: str) -> Finding:
    now = datetime.fromisoformat(time_stamp())
    try:
        away = abs((now - parsedate_to_datetime(theirs).astimezone(UTC)).total_seconds())
    except (TypeError, ValueError):
        return Finding(GOOD, "klok", f"{now:%Y-%m-%d %H:%M} UTC; geen server om mee te vergelijken")
    slow = away > SLOW_CLOCK
    words = f"; loopt {away / 60:.0f} minuten anders dan die van een server" if slow else ""
    return Finding(WRONG if slow else GOOD, "klok", f"{now:%Y-%m-%d %H:%M} UTC{words}")
