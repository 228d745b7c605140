"""Processes that may not outlive a run: found by who their parent is, and ended until none is left. Linux only.

A process whose parent ends gets as its parent the nearest ancestor that adopts (a "child subreaper"), whatever session
or process group it has put itself in. So an adopting process finds everything that was started below it among its own
children, sooner or later.
"""

import ctypes
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER, _PR_GET_CHILD_SUBREAPER = 1, 36, 37
PAUSE = 0.01  # seconds between two looks
PATIENCE = 10  # seconds in which a killed process must be gone; one that waits for a broken disk may never be


def adopt(on: bool = True) -> None:
    """Become the parent of what is left without one below this process, or no longer."""
    _prctl(_PR_SET_CHILD_SUBREAPER, int(on))


def _adopts() -> bool:
    answer = ctypes.c_int()
    _prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(answer))
    return bool(answer.value)


def die_with_parent(parent: int) -> None:
    """Let this process, just forked by the only thread of `parent`, be killed when that ends."""
    _prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:  # it has ended already
        os._exit(1)


def _prctl(option: int, value: object) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def children() -> set[int]:
    """Process ids of this process's own children, with those that have ended and were not waited for."""
    found: set[int] = set()
    for tasks in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):  # the thread has ended
            found |= {int(pid) for pid in tasks.read_text(encoding="ascii").split()}
    return found


def end_children(spared: Callable[[], set[int]], grace: float = 0) -> None:
    """Kill all children but those spared, and what they leave behind, until there are none.

    grace: seconds in which they may end by themselves.
    """
    start = time.monotonic()
    while left := children() - spared():
        waited = time.monotonic() - start
        if waited > grace + PATIENCE:
            return
        for pid in left:
            if waited >= grace:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            with suppress(ChildProcessError):  # another thread waited for it
                os.waitpid(pid, os.WNOHANG)
        time.sleep(PAUSE)


@contextmanager
def nothing_left(helpers: Callable[[], set[int]]) -> Iterator[None]:
    """End, after the block, what was started in it at whatever depth and has no parent left.

    Spared are children from before the block and the `helpers`, children that serve this process for longer.
    """
    before, adopted = children(), _adopts()
    adopt()
    try:
        yield
    finally:
        end_children(lambda: before | helpers(), grace=1)
        adopt(adopted)
