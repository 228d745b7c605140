"""papermill engine `keten`: papermill's own, quicker and honest about what went wrong.

- the kernel is forked from a warm process where there is one (see `provisioner`);
- a timed-out cell and a dead kernel are recorded as failures, in the metadata and as the cell's output;
- the time limit holds for the notebook as a whole;
- cells for JupyterLab only (tag `verkennen`) are left out, and so is the state of widgets that JupyterLab saved;
- a user's own IPython profile has no say in the outcome.
"""

import asyncio
import os
import sys
from contextlib import nullcontext
from pathlib import Path
from time import monotonic
from typing import Any

import nbformat
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager
from papermill.log import logger

from keten.reports.execute.fork_server import LOG
from keten.reports.execute.output_limit import OutputLimit
from keten.reports.execute.streams import KERNEL_LOG
from keten.reports.notebook import LAB_ONLY, tags
from keten.workspace import temporary

LONGEST_SOCKET_PATH = 90  # the system's limit is about 104 bytes
OUTPUT_OPTIONS = ("log_output", "stdout_file", "stderr_file")  # where papermill lets what a notebook prints go as well
OUTPUT_PATIENCE = 60  # seconds that output may still be under way after a cell has ended


class KetenEngine(NBClientEngine):
    """papermill engine; choose it with `engine_name="keten"` or `papermill --engine keten`."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        start_timeout: float = 60,
        execution_timeout: float | None = None,
        environment: dict[str, str] | None = None,
        folder: str | None = None,
        **options: Any,
    ) -> None:
        """Execute `nb_man.nb` in place.

        `execution_timeout`: seconds for the whole notebook (None: no limit). `environment`: variables for the
        kernel on top of this process's own. `folder`: an empty folder for the kernel's sockets and profile,
        by default a temporary one. Other arguments as papermill gives them; what its client does not know is left out.
        """
        nb_man.nb.cells = [cell for cell in nb_man.nb.cells if LAB_ONLY not in tags(cell)]
        nb_man.nb.metadata.pop("widgets", None)
        with nullcontext(Path(folder)) if folder else temporary("papermill-") as own:
            client = Client(
                nb_man,
                km=kernel_manager(own),
                kernel_name=kernel_name,
                log=logger,
                startup_timeout=start_timeout,
                iopub_timeout=OUTPUT_PATIENCE,
                shutdown_kernel="immediate",
                record_timing=False,
                **{name: value for name, value in options.items() if name in OUTPUT_OPTIONS},
            )
            client.owns_km = True
            if execution_timeout:
                deadline = monotonic() + execution_timeout
                # Zero would mean: no limit.
                client.timeout_func = lambda cell: max(deadline - monotonic(), 0.01)
            of_kernel = {"IPYTHONDIR": str(own / "ipython"), LOG: str(own / KERNEL_LOG)}
            client.execute(env={**os.environ, **of_kernel, **(environment or {})})


def kernel_manager(folder: Path) -> AsyncKernelManager:
    """Manager of a kernel of this very Python, that keeps its files in `folder`."""
    manager = KernelManager(connection_file=str(folder / "kernel.json"))
    socket = str(folder / "s")
    if sys.platform != "win32" and len(os.fsencode(socket)) < LONGEST_SOCKET_PATH:
        # Unlike TCP ports, files in a folder of its own cannot collide with those of another kernel.
        manager.transport = "ipc"
        manager.ip = socket
    return manager


class KernelManager(AsyncKernelManager):
    """Ignores kernels installed under the notebook's kernel name: another Python may lack this library."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """Our own Python with our own provisioner, whatever the notebook names."""
        spec = KernelSpec(**get_kernel_dict())
        spec.metadata = {**spec.metadata, "kernel_provisioner": {"provisioner_name": "keten-forkserver"}}
        return spec


class Client(PapermillNotebookClient):
    """Executes the cells, and turns every fault into a failed cell, as papermill does with exceptions."""

    def __init__(self, *arguments: Any, **options: Any):
        super().__init__(*arguments, **options)
        self.limit = OutputLimit()

    def execute(self, **kwargs: Any) -> NotebookNode:
        """Execute all cells; keyword arguments go to the kernel's start."""
        self.reset_execution_trackers()
        if sys.platform == "win32":
            # ZeroMQ cannot listen in Windows' default event loop; papermill does the same.
            asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())
        with self.setup_kernel(**kwargs):
            self.papermill_execute_cells()
        return self.nb

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Take a message of the kernel in, as far as a cell may go."""
        if not self.limit.cut(msg["msg_type"], msg["content"], cell_index):
            return None
        return super().process_message(msg, cell, cell_index)

    def execute_cell(self, cell: NotebookNode, cell_index: int, **kwargs: Any) -> NotebookNode:
        """Execute one cell; raises CellExecutionError for whatever kept it from ending well."""
        try:
            return super().execute_cell(cell, cell_index, **kwargs)
        except (CellTimeoutError, DeadKernelError) as fault:
            name, value = type(fault).__name__, str(fault)
            cell.outputs.append(nbformat.v4.new_output("error", ename=name, evalue=value, traceback=[]))
            raise CellExecutionError(value, name, value) from fault
        finally:
            if cell.cell_type == "code" and (words := self.limit.told(cell_index)):
                cell.outputs.append(nbformat.v4.new_output("stream", name="stdout", text=words))
