"""Run jobs side by side, in worker processes that start warm and never outlive the run."""

import faulthandler
import logging
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import tempfile
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, as_completed
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from time import monotonic

from keten.clock import time_stamp
from keten.errors import KetenError, remedy, why
from keten.reports.execute.job import run
from keten.reports.execute.processes import nothing_left
from keten.reports.execute.provisioner import SAFE_PATH, start_fork_server
from keten.reports.execute.slots import Slots
from keten.reports.execute.streams import divert
from keten.reports.notebook import read
from keten.reports.result import FAILED, TIMEOUT, Job, Result
from keten.reports.signals import ENDING, ignored_by_children
from keten.workspace import for_sockets

MakePool = Callable[[int], AbstractContextManager[Executor]]
GRACE = 120  # seconds after a job's own time limit before its whole process is ended


def warm_up(environment: Mapping[str, str] | None = None) -> None:
    """Let the server from which workers and kernels are forked start loading, while we do other things.

    `environment`: that of the jobs, for what it reads in advance. Only on Linux; elsewhere forking is unsafe or unknown
    and every worker starts as a new Python. Raises KetenError when the system cannot start it.
    """
    # The library does not need it, but an analyst's own cell may print a set: its order is the same in every run.
    os.environ["PYTHONHASHSEED"] = "0"
    # Python would look first in the folder where the run starts, which may hold a calendar.py of its own.
    os.environ[SAFE_PATH] = "1"
    # A helper of Python's own that was killed is started anew, and that is enough.
    warnings.filterwarnings("ignore", message="resource_tracker", category=UserWarning)
    if sys.platform != "linux":
        return
    from multiprocessing import forkserver, process, resource_tracker

    multiprocessing.get_context("forkserver").set_forkserver_preload(
        [f"keten.reports.execute.{module}" for module in ("detached", "preload")]
    )
    # Its socket is put with all else that the next run clears when this one is killed.
    process.current_process()._config.setdefault("tempdir", str(for_sockets()))  # type: ignore[attr-defined]
    before = dict(os.environ)
    try:
        resource_tracker.ensure_running()
        os.environ.update(environment or {})
        with ignored_by_children(signal.SIGINT):  # Ctrl-C in a terminal reaches every process of the run
            forkserver.ensure_running()
    except OSError as error:
        raise KetenError(
            f"De processen van de run kunnen niet worden gestart ({why(error)}); {remedy(error)}."
        ) from error
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def warm_pool(workers: int) -> Iterator[Executor]:
    """Executor of worker processes; when its block ends by an exception, they are ended at once."""
    warm_up()
    context = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
    with nothing_left(_helpers) if sys.platform == "linux" else nullcontext():
        pool = Slots(workers, lambda: ProcessPoolExecutor(1, context, initializer=_prepare_worker))
        try:
            yield pool
        except BaseException:
            pool.kill()
            raise
        pool.shutdown()


def _helpers() -> set[int]:
    """Processes of Python's own that serve for as long as this process lives, and that it starts anew by itself."""
    from multiprocessing import forkserver, resource_tracker

    server = getattr(forkserver._forkserver, "_forkserver_pid", None)
    tracker = getattr(resource_tracker._resource_tracker, "_pid", None)
    return {pid for pid in (server, tracker) if pid}


def _prepare_worker() -> None:
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
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
    order of the jobs. A worker process that hangs or dies takes its job with it, and the server from which they are
    forked takes all that are under way: such a job is run once more, alone, and fails when that goes wrong again.
    """
    results: dict[str, Result] = {}

    def run_in_pool(batch: list[Job], size: int, again: bool = False) -> None:
        start = monotonic()
        with make_pool(size) as pool:
            pending = {pool.submit(_run_guarded, job): job for job in batch}
            for future in as_completed(pending):
                job = pending[future]
                result: Result | None
                try:
                    result = future.result()
                except BrokenExecutor:
                    result = _broken(job, last=again, seconds=monotonic() - start)
                except Exception as error:
                    result = _fallen(job, error, monotonic() - start)
                if result is not None:
                    results[job.stem] = result
                    report(result)

    run_in_pool(jobs, max(1, min(workers, len(jobs))))
    for job in jobs:
        if job.stem not in results:
            run_in_pool([job], 1, again=True)
    return [results[job.stem] for job in jobs]


def _run_guarded(job: Job) -> Result:
    """Run a job under a watchdog that works even when Python itself is stuck in a C function."""
    if multiprocessing.parent_process() is None:
        return run(job)
    divert(_log_file(job))
    os.environ["TMPDIR"] = tempfile.tempdir = tempfile.mkdtemp(prefix="t", dir=job.folder)
    with _watchdog_file(job).open("w", encoding="utf-8") as file:
        faulthandler.dump_traceback_later(job.timeout + GRACE, exit=True, file=file)
        try:
            return run(job)
        finally:
            faulthandler.cancel_dump_traceback_later()


def _watchdog_file(job: Job) -> Path:
    return job.folder / f"{job.stem}.waakhond"


def _log_file(job: Job) -> Path:
    """What the worker, and the libraries in it, said while they made the report."""
    return job.folder / f"{job.stem}.werker.log"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _broken(job: Job, last: bool, seconds: float) -> Result | None:
    """Result of a job whose worker is gone; None when it may be run once more."""
    watchdog = _text(_watchdog_file(job))
    if watchdog:
        return _result(
            job, TIMEOUT, f"Het rapport was na {job.timeout + GRACE:g} seconden niet klaar.", watchdog, seconds
        )
    if not last:
        return None
    reason = "Het proces dat het rapport maakte is onverwacht gestopt; start opnieuw."
    return _result(job, FAILED, reason, _text(_log_file(job)), seconds)


def _fallen(job: Job, error: Exception, seconds: float) -> Result:
    """Result of a job that did not even begin, or whose result could not come back."""
    told = f"{why(error)}; {remedy(error)}" if isinstance(error, OSError) else type(error).__name__
    log = "".join(traceback.format_exception(error))
    return _result(job, FAILED, f"Het rapport kon niet worden gemaakt: {told}.", log, seconds)


def _result(job: Job, state: str, reason: str, log: str, seconds: float) -> Result:
    title = read(job.notebook).title
    return Result(job.stem, title, state, reason, job.parameters, time_stamp(), round(seconds, 1), log=log or reason)
