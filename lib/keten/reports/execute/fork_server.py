"""Kernels that are born with everything imported: forked from a process that is kept for the purpose.

A worker process is warm (see `preload`), but by the time it needs a kernel it has threads and sockets, and
cannot be forked safely. So it splits off a fork server at its very start. (That of the standard library
would do, were it not that a process that was itself forked by it starts a second, cold one.)
"""

import os
import signal
import sys
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection


class ForkServer:
    """A forked, single-threaded process that forks kernels on demand and ends them when its owner is gone.

    Make it before the owner has any threads. POSIX only.
    """

    def __init__(self) -> None:
        ours, theirs = Pipe()
        if os.fork() == 0:
            try:
                ours.close()
                _serve(theirs)
            finally:
                os._exit(0)
        theirs.close()
        self._pipe = ours

    def start(self, arguments: list[str], env: dict[str, str], cwd: str | None) -> int:
        """Start an IPython kernel with these command line arguments; returns its process id."""
        self._pipe.send(("start", arguments, env, cwd))
        return self._pipe.recv()

    def exit_code(self, pid: int) -> int | None:
        """Exit code of a kernel, negative for a signal; None while it runs."""
        self._pipe.send(("exit_code", pid))
        return self._pipe.recv()


def _serve(pipe: Connection) -> None:
    """Answer the owner until it closes the pipe, by will or by death."""
    exit_codes: dict[int, int | None] = {}
    try:
        while True:
            match pipe.recv():
                case "start", arguments, env, cwd:
                    pid = os.fork()
                    if pid == 0:
                        pipe.close()
                        _be_kernel(arguments, env, cwd)
                    exit_codes[pid] = None
                    pipe.send(pid)
                case "exit_code", pid:
                    if exit_codes[pid] is None:
                        ended, status = os.waitpid(pid, os.WNOHANG)
                        exit_codes[pid] = os.waitstatus_to_exitcode(status) if ended else None
                    pipe.send(exit_codes[pid])
    except (EOFError, OSError):
        for pid, code in exit_codes.items():
            if code is None:
                os.kill(pid, signal.SIGKILL)
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)  # what the notebook started itself
                os.waitpid(pid, 0)


def _be_kernel(arguments: list[str], env: dict[str, str], cwd: str | None) -> None:
    code = 1
    try:
        os.setsid()
        os.environ.clear()
        os.environ.update(env)
        if cwd:
            os.chdir(cwd)
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
