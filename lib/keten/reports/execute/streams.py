"""Where a process of a run writes what nobody reads: never in a pipe of whoever started the run, which would wait."""

import os
from pathlib import Path

KERNEL_LOG = "kernel.log"  # in the folder of a kernel's own


def divert(log: Path | str = os.devnull) -> None:
    """Let this process, and what it starts, read nothing and write in `log` what it would write in a terminal.

    A log that cannot be written becomes the null device.
    """
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    try:
        file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError:
        file = os.open(os.devnull, os.O_WRONLY)
    os.dup2(file, 1)
    os.dup2(file, 2)
    if file > 2:
        os.close(file)
