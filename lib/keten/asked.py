"""What a notebook asked of the world while it ran: by this a later run knows whether its report can have changed.

Recorded in a kernel that a run started, and nowhere else. The doors to the data note what is asked there, also when
nothing is found; what comes past no door (a file, a variable of the environment, another program) is heard from Python
itself. Names only, never a value and never a place on the disk.
"""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

EVERYTHING = "alles"  # all data: the door was not watched more precisely
SOURCES = "bronnen"  # the table of all sources
FAULTS = "meldingen"  # which live sources cannot take part
CORRECTIONS = "correcties"  # all of them
FETCHED = "ophalen"  # what became of each source when it was last fetched
MEASURE, SOURCE, TABLE = "maat:", "bron:", "tabel:"  # all about one measure, one source, a table of the catalogue
CATEGORY = "onderdeel:"  # whether any figure at all is of a category: its dimension, "=" and its name
FILE, FOLDER = "bestand:", "map:"  # of the data folder
VARIABLE = "omgeving:"  # a variable of the environment
UNSURE = "onzeker:"  # something of which nobody can tell whether it has changed
OUTSIDE = f"{UNSURE}een bestand buiten de gegevens"

OWN_VARIABLES = (  # what the run itself gives each kernel: a folder of its own, or the same in every run
    "KETEN_DATA", "KETEN_RECORDS", "KETEN_DECISIONS", "KETEN_KERNEL_LOG", "IPYTHONDIR", "TMPDIR", "PYTHONHASHSEED",
    "JPY_PARENT_PID", "JPY_INTERRUPT_EVENT", "JPY_SESSION_NAME",
)  # fmt: skip
_PROGRAMS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "socket.connect")
_SYSTEM = ("/proc", "/dev", "/sys", "/etc", "/usr/lib", "/usr/share")

_names: set[str] | None = None  # None where nothing is recorded
_opened: set[str] = set()
_quiet = 0


def note(name: str) -> None:
    """Remember a question; nothing where nothing is recorded, or inside `quietly`."""
    if _names is not None and not _quiet:
        _names.add(name)


@contextmanager
def quietly() -> Iterator[None]:
    """Read without its being a question: for a door that notes more precisely what is taken from what it read."""
    global _quiet
    _quiet += 1
    try:
        yield
    finally:
        _quiet -= 1


def start() -> None:
    """Record from here on, in this process. It cannot be undone."""
    global _names
    _names = set()
    _opened.clear()
    os.environ.__class__ = _Environment
    sys.addaudithook(_hear)


def told() -> str:
    """What was asked, sorted, as JSON; `null` where nothing was recorded."""
    return json.dumps(None if _names is None else sorted(_names | {name for one in _opened for name in _of_file(one)}))


class _Environment(os._Environ):  # type: ignore[type-arg]
    """The variables of the environment, with a note of each that is read, also one that is not there."""

    def __getitem__(self, key: Any) -> Any:
        name = os.fsdecode(key)
        if name not in OWN_VARIABLES:
            note(f"{VARIABLE}{name}")
        return super().__getitem__(key)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        path, _, flags = arguments
        if _quiet or not isinstance(path, str | bytes) or (isinstance(flags, int) and flags & os.O_ACCMODE == 1):
            return
        _opened.add(os.fsdecode(path))
    elif event in _PROGRAMS:
        note(f"{UNSURE}een ander programma of een server")
    elif event == "sqlite3.connect" and not _quiet:
        _opened.add(os.fsdecode(arguments[0]))


def _of_file(path: str) -> Iterator[str]:
    """The question that opening a file is: none for what belongs to Python, to the system or to the kernel itself."""
    if path.startswith((":memory:", "<")):
        return
    place = os.path.abspath(path)
    data = os.path.abspath(os.environ.get("KETEN_DATA", ""))
    if os.environ.get("KETEN_DATA") and _below(place, [data]):
        inside = Path(place).relative_to(data)
        if not any(part.startswith(".") for part in inside.parts):
            yield f"{FILE}{inside.as_posix()}"
        elif inside.name == ".attempts.json":
            yield FETCHED
        return
    own = [os.environ.get("KETEN_DECISIONS", ""), os.path.dirname(os.environ.get("IPYTHONDIR", ""))]
    python = [sys.prefix, sys.base_prefix, sys.exec_prefix, str(Path(__file__).parent)]
    libraries = [one for one in sys.path if one.endswith(("site-packages", "dist-packages", ".zip"))]
    known = [*python, *libraries, tempfile.gettempdir() if os.environ.get("TMPDIR") else "", *own, *_SYSTEM]
    if not _below(place, known) and not _below(os.path.realpath(place), known):
        yield OUTSIDE


def _below(place: str, folders: list[str]) -> bool:
    return any(place == one or place.startswith(one.rstrip(os.sep) + os.sep) for one in folders if one)
