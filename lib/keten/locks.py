"""One process at a time: a lock on a file, which the system takes away from a process that is killed.

A file of another user locks as well: that asks no right to write in it.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from keten.errors import KetenError, remedy, why

PAUSE = 0.05  # seconds between two attempts


class Busy(KetenError):
    """Another process holds the lock."""


if sys.platform == "win32":
    from filelock import FileLock, Timeout

    @contextmanager
    def locked(path: Path, patience: float, busy: str) -> Iterator[None]:
        """As below, with the locks of Windows."""
        lock = FileLock(path, timeout=patience)
        try:
            lock.acquire()
        except Timeout as error:
            raise Busy(busy) from error
        except OSError as error:
            raise _impossible(path, error) from error
        try:
            yield
        finally:
            lock.release()

else:
    import fcntl

    @contextmanager
    def locked(path: Path, patience: float, busy: str) -> Iterator[None]:
        """Hold the lock on `path` during the block, after at most `patience` seconds of waiting.

        Raises Busy with the sentence `busy` when another process holds it longer, KetenError when it cannot be locked.
        """
        try:
            descriptor = _opened(path)
        except OSError as error:
            raise _impossible(path, error) from error
        try:
            _acquire(descriptor, path, patience, busy)
            yield
        finally:
            os.close(descriptor)  # which lets go of it

    def _acquire(descriptor: int, path: Path, patience: float, busy: str) -> None:
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError as error:
                if time.monotonic() >= deadline:
                    raise Busy(busy) from error
            except OSError as error:
                raise _impossible(path, error) from error
            time.sleep(PAUSE)

    def _opened(path: Path) -> int:
        """A descriptor of the file, which is made when it is not there: for everybody, whatever our umask."""
        with suppress(FileExistsError):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
            with suppress(OSError):  # a file system without rights
                os.fchmod(descriptor, 0o666)
            return descriptor
        try:
            return os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except PermissionError:
            return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def _impossible(path: Path, error: OSError) -> KetenError:
    return KetenError(f"Het slot {path} kan niet worden gezet ({why(error)}); {remedy(error)}.")
