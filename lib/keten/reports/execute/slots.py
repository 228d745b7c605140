"""An executor of worker processes in which one that dies takes its own task along, and no other."""

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

PAUSE = 0.5  # seconds in which the system notes that a process is dead
_Task = tuple[Future, Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class Slots(Executor):
    """Runs `size` tasks at a time, each slot in an executor of one worker that `make` makes, anew when it broke.

    The future of a task whose worker died raises BrokenExecutor.
    """

    def __init__(self, size: int, make: Callable[[], Executor]):
        self._make, self._tasks, self._ended = make, SimpleQueue[_Task | None](), False
        self._others = set(multiprocessing.active_children())
        self._threads = [Thread(target=self._work, name=f"slot-{n}", daemon=True) for n in range(size)]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        """Schedule a call, as any executor does."""
        future: Future = Future()
        self._tasks.put((future, fn, args, kwargs))
        return future

    def _work(self) -> None:
        executor: Executor | None = None
        while task := self._tasks.get():
            future, fn, args, kwargs = task
            if self._ended or not future.set_running_or_notify_cancel():
                continue
            try:
                executor, inner = self._begun(executor, fn, *args, **kwargs)
                future.set_result(inner.result())
            except BrokenExecutor as error:
                executor = None
                future.set_exception(error)
            except BaseException as error:
                future.set_exception(error)
        if executor:
            executor.shutdown()

    def _begun(
        self, executor: Executor | None, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> tuple[Executor, Future]:
        """The executor that took the call, and its future; a second one where the server of workers was just gone."""
        executor = executor or self._make()
        try:
            return executor, executor.submit(fn, *args, **kwargs)
        except (EOFError, OSError, BrokenExecutor):
            time.sleep(PAUSE)
            executor = self._make()
            return executor, executor.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End when all is done; with `cancel_futures`, what has not begun is not done any more."""
        if cancel_futures:
            self._cancel()
        for _ in self._threads:
            self._tasks.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def kill(self) -> None:
        """End now, with the processes."""
        self._ended = True
        self.shutdown(wait=False, cancel_futures=True)
        while any(thread.is_alive() for thread in self._threads):
            for worker in set(multiprocessing.active_children()) - self._others:
                worker.kill()
            for thread in self._threads:
                thread.join(0.05)

    def _cancel(self) -> None:
        try:
            while True:
                if task := self._tasks.get_nowait():
                    task[0].cancel()
        except Empty:
            return
