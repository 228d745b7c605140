"""See files and folders through to the disk, so that a power cut does not undo what was told to be done."""

import errno
import os
from pathlib import Path


def sync(path: Path) -> None:
    """See one file or folder through to the disk; a folder only where that exists (not on Windows). Raises OSError."""
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # a file system that knows no such thing
            raise
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """See everything in a folder, and the folder itself, through to the disk. Raises OSError."""
    for path in sorted(folder.rglob("*"), reverse=True):
        sync(path)
    sync(folder)
