"""The temporary folders of this process, all in one folder that the next process removes when this one is killed.

That folder holds a lock for as long as the process lives; what has no holder any more is left over.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from keten.errors import KetenError, remedy, why
from keten.locks import locked

PREFIX, LOCK = "keten-werk-", ".slot"
LONGEST_FOR_SOCKETS = 50  # bytes of a folder's path; the system takes about 104 for the path of a socket in it
SHORT = ("/tmp", "/var/tmp", "/dev/shm")

_held: dict[Path, ExitStack] = {}
_owner = 0


def folder() -> Path:
    """The folder of this process, in the system's temporary folder. Raises KetenError when there is none."""
    try:
        return _in(Path(tempfile.gettempdir()))
    except OSError as error:
        raise KetenError(
            f"Er is geen map voor tijdelijke bestanden waarin kan worden geschreven ({why(error)}); {remedy(error)}, "
            "of noem een andere map in de omgevingsvariabele TMPDIR."
        ) from error


def for_sockets() -> Path:
    """A folder of this process whose path is short enough for sockets, if there is one at all."""
    here = folder()
    if len(os.fsencode(here)) <= LONGEST_FOR_SOCKETS:
        return here
    for root in (os.environ.get("XDG_RUNTIME_DIR", ""), *SHORT):
        if root and len(root) < LONGEST_FOR_SOCKETS - len(PREFIX) - 8:
            with suppress(OSError, KetenError):
                return _in(Path(root))
    return here


@contextmanager
def temporary(prefix: str) -> Iterator[Path]:
    """A new folder that is gone after the block. Raises KetenError when it cannot be made."""
    home = folder()
    try:
        made = Path(tempfile.mkdtemp(prefix=prefix, dir=home))
    except OSError as error:
        raise KetenError(f"In de map {home} kan niet worden geschreven ({why(error)}); {remedy(error)}.") from error
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _in(root: Path) -> Path:
    """This process's folder in `root`; what killed processes left there is removed when it is made."""
    global _owner
    if _owner != os.getpid():  # also after a fork: the folder is that of the parent, and so is its removal
        _held.clear()
        _owner = os.getpid()
        atexit.register(_remove_all, _owner)
    for made in _held:
        if made.parent == root and made.is_dir():
            return made
    for left in root.glob(PREFIX + "*"):
        _remove_if_left(left)
    while True:
        made = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
        stack = ExitStack()
        try:
            stack.enter_context(locked(made / LOCK, 0, f"De map {made} is van een ander proces."))
        except KetenError:
            if made.exists():
                shutil.rmtree(made, ignore_errors=True)
                raise
        # Another process may have taken the new folder, still without a lock, for left over: once more.
        if (made / LOCK).exists():
            _held[made] = stack
            return made
        stack.close()


def _remove_if_left(left: Path) -> None:
    """Remove the folder of a process that is gone; another user's stays."""
    with suppress(OSError, KetenError):
        if left.is_symlink() or (hasattr(os, "getuid") and left.stat().st_uid != os.getuid()):
            return
        if not (left / LOCK).exists():
            left.rmdir()  # killed before it had its lock, so empty
            return
        with locked(left / LOCK, 0, "bezet"):
            shutil.rmtree(left, ignore_errors=True)


def _remove_all(owner: int) -> None:
    if owner == os.getpid():
        for made, stack in _held.items():
            shutil.rmtree(made, ignore_errors=True)
            stack.close()
        _held.clear()
