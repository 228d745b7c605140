"""Kernels that are born with everything imported: forked from a process that is kept for the purpose.

A worker process is warm (see `preload`), but by the time it needs a kernel it has threads and sockets, and
cannot be forked safely. So it splits off a fork server at its very start. (That of the standard library
would do, were it not that a process that was itself forked by it starts a second, cold one.)
"""

import os
import signal
import sys
import tempfile
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from keten.reports.execute.processes import adopt, die_with_parent, end_children
from keten.reports.execute.streams import divert

ANSWER = 30  # seconds in which it must answer; it may be ending what a notebook started
LOG = "KETEN_KERNEL_LOG"  # environment variable of a kernel: the file for what it would write in a terminal


class Gone(Exception):
    """The fork server does not answer, and its kernels are gone with it."""


class ForkServer:
    """A forked, single-threaded process that forks kernels on demand and ends them when its owner is gone.

    Make it before the owner has any threads. Linux only.
    """

    def __init__(self) -> None:
        ours, theirs = Pipe()
        self._pid = os.fork()
        if self._pid == 0:
            try:
                ours.close()
                _serve(theirs)
            finally:
                os._exit(0)
        theirs.close()
        self._pipe = ours

    def start(self, arguments: list[str], env: dict[str, str], cwd: str | None) -> int:
        """Start an IPython kernel with these command line arguments; returns its process id. Raises Gone."""
        return self._ask("start", arguments, env, cwd)

    def exit_code(self, pid: int) -> int | None:
        """Exit code of a kernel, negative for a signal; None while it runs. All that it started has ended as well."""
        try:
            return self._ask("exit_code", pid)
        except Gone:
            return -signal.SIGKILL

    def _ask(self, *question: Any) -> Any:
        try:
            self._pipe.send(question)
            if self._pipe.poll(ANSWER):
                answer = self._pipe.recv()
                if isinstance(answer, OSError):
                    raise answer
                return answer
        except (EOFError, ConnectionError, BrokenPipeError) as error:
            raise Gone from error
        with suppress(ProcessLookupError):  # stopped, perhaps; a notebook can do that
            os.kill(self._pid, signal.SIGKILL)
        raise Gone


def _serve(pipe: Connection) -> None:
    """Answer the owner until it closes the pipe, by will or by death."""
    kernels: dict[int, int | None] = {}  # exit code by process id
    adopt()
    try:
        while True:
            match pipe.recv():
                case "start", arguments, env, cwd:
                    pipe.send(_start(pipe, kernels, arguments, env, cwd))
                case "exit_code", pid:
                    if kernels[pid] is None:
                        ended, status = os.waitpid(pid, os.WNOHANG)
                        if ended:
                            kernels[pid] = os.waitstatus_to_exitcode(status)
                            # What the notebook started itself.
                            end_children(lambda: {other for other, code in kernels.items() if code is None})
                    pipe.send(kernels[pid])
    except (EOFError, OSError):
        end_children(set)


def _start(
    pipe: Connection, kernels: dict[int, int | None], arguments: list[str], env: dict[str, str], cwd: str | None
) -> int | OSError:
    """Fork a kernel: its process id, or why there is none."""
    server = os.getpid()
    try:
        pid = os.fork()
    except OSError as error:
        return error
    if pid == 0:
        die_with_parent(server)
        pipe.close()
        _be_kernel(arguments, env, cwd)
    kernels[pid] = None
    return pid


def _be_kernel(arguments: list[str], env: dict[str, str], cwd: str | None) -> None:
    code = 1
    try:
        os.setsid()
        divert(env.pop(LOG, os.devnull))
        os.environ.clear()
        os.environ.update(env)
        if cwd:
            os.chdir(cwd)
        tempfile.tempdir = None  # so that it follows the environment
        # Python reseeds its own random numbers after a fork, numpy does not: all kernels would draw alike.
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed()
        # Handle 1 says "do not poll for a parent": the fork server ends its kernels.
        sys.argv = ["ipykernel_launcher", *arguments, "--IPKernelApp.parent_handle=1"]

        from ipykernel.kernelapp import IPKernelApp

        IPKernelApp.launch_instance(sys.argv[1:])
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)
