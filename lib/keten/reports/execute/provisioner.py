"""Kernel provisioner `keten-forkserver`: takes kernels from this process's fork server, where it has one."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from keten.reports.execute.fork_server import LOG, ForkServer, Gone

LAUNCHER = "ipykernel_launcher"
SAFE_PATH = "PYTHONSAFEPATH"  # of the processes of a run alone: what a notebook starts may stand beside its modules

_fork_server: ForkServer | None = None


def start_fork_server() -> None:
    """Give this process a fork server; only on Linux, and before the process has threads."""
    global _fork_server
    if sys.platform == "linux":
        _fork_server = ForkServer()


class ForkserverProvisioner(LocalProvisioner):
    """Start a kernel by forking.

    Without a fork server (Windows, macOS, a plain `papermill`), and for a kernel of another interpreter, it does
    what its parent class does: start a new Python.
    """

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch the kernel of command line `cmd`; keyword arguments as for `subprocess.Popen`."""
        kernel = None
        kwargs["env"].pop(SAFE_PATH, None)
        if _fork_server and LAUNCHER in cmd and cmd[0] == sys.executable:
            arguments = cmd[cmd.index(LAUNCHER) + 1 :]
            # When an earlier notebook took the server along, this one starts like any Python.
            with suppress(Gone):
                kernel = ForkedKernel(_fork_server, arguments, kwargs["env"], kwargs.get("cwd"))
        if kernel is None:
            kwargs["env"].pop(LOG, None)
            return await super().launch_kernel(cmd, **kwargs)
        self.process = cast("subprocess.Popen[bytes]", kernel)
        self.pid = self.pgid = kernel.pid
        self.cwd = kwargs.get("cwd") or os.getcwd()
        return self.connection_info


class ForkedKernel:
    """A kernel process with the part of `subprocess.Popen` that jupyter_client uses."""

    stdin = stdout = stderr = None

    def __init__(self, fork_server: ForkServer, arguments: list[str], env: dict[str, str], cwd: str | None):
        self._fork_server = fork_server
        self.pid = fork_server.start(arguments, env, cwd)

    def poll(self) -> int | None:
        """Exit code, or None while it runs."""
        return self._fork_server.exit_code(self.pid)

    def wait(self) -> int | None:
        """Exit code of a kernel that has ended; jupyter_client polls until then."""
        return self.poll()

    def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel alone."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)
