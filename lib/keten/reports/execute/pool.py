"""Run jobs side by side, in worker processes that start warm and never outlive the run."""

import faulthandler
import logging
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, as_completed
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from time import monotonic

from keten.clock import time_stamp
from keten.reports.execute.job import run
from keten.reports.execute.provisioner import start_fork_server
from keten.reports.notebook import read
from keten.reports.result import FAILED, TIMEOUT, Job, Result
from keten.reports.signals import handling

MakePool = Callable[[int], AbstractContextManager[Executor]]
GRACE = 120  # seconds after a job's own time limit before its whole process is ended


def warm_up(environment: Mapping[str, str] | None = None) -> None:
    """Let the server from which workers and kernels are forked start loading, while we do other things.

    `environment`: that of the jobs, for what it reads in advance. Only on Linux; elsewhere forking is unsafe or unknown
    and every worker starts as a new Python.
    """
    # The library does not need it, but an analyst's own cell may print a set: its order is the same in every run.
    os.environ["PYTHONHASHSEED"] = "0"
    if sys.platform != "linux":
        return
    from multiprocessing import forkserver

    multiprocessing.get_context("forkserver").set_forkserver_preload(["keten.reports.execute.preload"])
    before = dict(os.environ)
    os.environ.update(environment or {})
    try:
        with handling([signal.SIGINT], signal.SIG_IGN):  # which the server then does from its first instruction on
            forkserver.ensure_running()
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def warm_pool(workers: int) -> Iterator[Executor]:
    """Executor of worker processes; when its block ends by an exception, they are ended at once."""
    warm_up()
    method = "forkserver" if sys.platform == "linux" else "spawn"
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context(method), initializer=_prepare_worker)
    try:
        yield pool
    except BaseException:
        for worker in set(multiprocessing.active_children()) - others:
            worker.kill()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _prepare_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    logging.getLogger("papermill").addHandler(logging.NullHandler())  # the result tells it, in Dutch
    start_fork_server()
    threading.Thread(target=_die_with_parent, name="die-with-parent", daemon=True).start()


def _die_with_parent() -> None:
    """End this worker as soon as the run is gone, however that ended; its fork server then ends the kernels."""
    if parent := multiprocessing.parent_process():
        multiprocessing.connection.wait([parent.sentinel])
    os._exit(1)


def conduct(
    jobs: list[Job], workers: int, report: Callable[[Result], None], make_pool: MakePool = warm_pool
) -> list[Result]:
    """Run all jobs, at most `workers` at a time; `report` is called with each result as it comes.

    `make_pool(workers)` gives a context manager with a `concurrent.futures.Executor`. Results come in the
    order of the jobs. A worker process that hangs or dies takes its pool with it: its job fails, and the jobs
    that were under way beside it are run again, each in a pool of its own.
    """
    results: dict[str, Result] = {}

    def run_in_pool(batch: list[Job], size: int) -> None:
        start = monotonic()
        with make_pool(size) as pool:
            pending = {pool.submit(_run_guarded, job): job for job in batch}
            for future in as_completed(pending):
                job = pending[future]
                result: Result | None
                try:
                    result = future.result()
                except BrokenExecutor:
                    result = _broken(job, alone=len(batch) == 1, seconds=monotonic() - start)
                if result is not None:
                    results[job.stem] = result
                    report(result)

    run_in_pool(jobs, max(1, min(workers, len(jobs))))
    for job in jobs:
        if job.stem not in results:
            run_in_pool([job], 1)
    return [results[job.stem] for job in jobs]


def _run_guarded(job: Job) -> Result:
    """Run a job under a watchdog that works even when Python itself is stuck in a C function."""
    if multiprocessing.parent_process() is None:
        return run(job)
    with _watchdog_file(job).open("w", encoding="utf-8") as file:
        faulthandler.dump_traceback_later(job.timeout + GRACE, exit=True, file=file)
        try:
            return run(job)
        finally:
            faulthandler.cancel_dump_traceback_later()


def _watchdog_file(job: Job) -> Path:
    return job.folder / f"{job.stem}.waakhond"


def _broken(job: Job, alone: bool, seconds: float) -> Result | None:
    """Result of a job whose worker is gone; None when another job's worker may have been to blame."""
    watchdog = _watchdog_file(job)
    log = watchdog.read_text(encoding="utf-8") if watchdog.exists() else ""
    if log:
        state, reason = TIMEOUT, f"Het rapport was na {job.timeout + GRACE:g} seconden niet klaar."
    elif alone:
        state, reason = FAILED, "Het proces dat het rapport maakte is onverwacht gestopt; start opnieuw."
    else:
        return None
    title = read(job.notebook).title
    return Result(job.stem, title, state, reason, job.parameters, time_stamp(), round(seconds, 1), log=log or reason)
