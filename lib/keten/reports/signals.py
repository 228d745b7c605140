"""Signals of the system, answered in another way for as long as a block lasts."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

Handler = Callable[[int, FrameType | None], Any] | signal.Handlers
# Ctrl-C, a request to end (systemd, a logout), and a terminal that is closed.
ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
IGNORE = signal.SIG_IGN
ECHO = 0.5  # seconds in which a second signal belongs to the first: a closed terminal sends more than one


@contextmanager
def handling(numbers: Iterable[int], handler: Handler, after: Handler | None = None) -> Iterator[None]:
    """Let `handler` answer these signals; nothing changes outside the main thread, which alone gets them.

    After the block `after` answers them, by default what did so before. A signal that whoever started us has made us
    ignore (nohup, a shell's background) stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in heard}
    try:
        yield
    finally:
        for number, handler_before in before.items():
            signal.signal(number, after or handler_before)


@contextmanager
def ignored_by_children(number: int) -> Iterator[None]:
    """Let what is started in the block ignore a signal from its first instruction on; we answer it after the block."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "pthread_sigmask"):
        yield
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {number})
    before = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, before)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})


def ignore_from_here() -> None:
    """Of a process that is about to end: what asks for that is not heard any more."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def interruptible(last: bool = False) -> Iterator[None]:
    """Let each signal that asks to end raise KeyboardInterrupt, also where Python would pass the exception over.

    last: the process ends after the block, and ignores them from there on.
    """
    heard = -ECHO

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal heard
        if time.monotonic() - heard >= ECHO:
            heard = time.monotonic()
            raise KeyboardInterrupt

    def once_more(unraisable: Any) -> None:
        """An exception in a destructor or a callback ends there; the request to end does not."""
        if issubclass(unraisable.exc_type, KeyboardInterrupt):
            again = threading.Timer(ECHO, os.kill, (os.getpid(), signal.SIGINT))
            again.daemon = True
            again.start()
        else:
            hook_before(unraisable)

    hook_before = sys.unraisablehook
    sys.unraisablehook = once_more
    try:
        with handling(ENDING, interrupt, IGNORE if last else None):
            yield
    finally:
        sys.unraisablehook = hook_before
