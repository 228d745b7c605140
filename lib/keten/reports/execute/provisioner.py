"""Kernel provisioner `keten-forkserver`: takes kernels from this process's nursery, where it has one."""

import os
import signal
import sys
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

from keten.reports.execute.fork_server import Nursery

LAUNCHER = "ipykernel_launcher"

_nursery: Nursery | None = None


def open_nursery() -> None:
    """Give this process a nursery; only on Linux, and before the process has threads."""
    global _nursery
    if sys.platform == "linux":
        _nursery = Nursery()


class ForkserverProvisioner(LocalProvisioner):
    """Start a kernel by forking.

    Without a nursery (Windows, macOS, a plain `papermill`), and for a kernel of another interpreter, it does
    what its parent class does: start a new Python.
    """

    async def launch_kernel(self, cmd: list[str], **kwargs: Any):
        """Launch the kernel of command line `cmd`; keyword arguments as for `subprocess.Popen`."""
        if _nursery is None or LAUNCHER not in cmd or cmd[0] != sys.executable:
            return await super().launch_kernel(cmd, **kwargs)
        arguments = cmd[cmd.index(LAUNCHER) + 1 :]
        self.process = ForkedKernel(_nursery, arguments, kwargs["env"], kwargs.get("cwd"))
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs.get("cwd") or os.getcwd()
        return self.connection_info


class ForkedKernel:
    """A kernel process with the part of `subprocess.Popen` that jupyter_client uses."""

    stdin = stdout = stderr = None

    def __init__(self, nursery: Nursery, arguments: list[str], env: dict[str, str], cwd: str | None):
        self._nursery = nursery
        self.pid = nursery.start(arguments, env, cwd)

    def poll(self) -> int | None:
        """Exit code, or None while it runs."""
        return self._nursery.exit_code(self.pid)

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
