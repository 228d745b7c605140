"""papermill engine `keten`: papermill's own, quicker and honest about what went wrong.

- the kernel is forked from a warm process where there is one (see `provisioner`);
- a timed-out cell, a kernel that is dead or was told to quit, and whatever else kept a cell from running to its end are
  recorded as failures, in the metadata and as the cell's output, and so is a parameter that did not keep its value;
- the time limit holds for the notebook as a whole;
- cells for JupyterLab only (tag `verkennen`) are left out, and so is the state of widgets that JupyterLab saved;
- a user's own IPython profile has no say in the outcome.
"""

import ast
import asyncio
import json
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
from keten.reports.notebook import LAB_ONLY, section_at, source, tags
from keten.reports.proof import code_cells, fault
from keten.workspace import temporary

LONGEST_SOCKET_PATH = 90  # the system's limit is about 104 bytes
OUTPUT_OPTIONS = ("log_output", "stdout_file", "stderr_file")  # where papermill lets what a notebook prints go as well
ASKED = "keten_asked"  # in papermill's metadata: what the notebook asked of the world (`keten.asked`), None = unknown
RECORD = "__import__('keten.asked').asked.start()"
TOLD = "__import__('keten.asked').asked.told()"
OUTPUT_PATIENCE = 60  # seconds that output may still be under way after a cell has ended
ANSWER_PATIENCE = 30.0  # seconds that the kernel may take to tell its parameters after the last cell


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

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, on_cell_executed=self._look_at_reply, **options)
        self._told_to_quit = False
        self.limit = OutputLimit()

    def execute(self, **kwargs: Any) -> NotebookNode:
        """Execute all cells; keyword arguments go to the kernel's start."""
        self.reset_execution_trackers()
        if sys.platform == "win32":
            # ZeroMQ cannot listen in Windows' default event loop; papermill does the same.
            asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())
        with self.setup_kernel(**kwargs):
            # The kernel takes it before the first cell, so nobody waits for the answer.
            self.kc.execute(RECORD, silent=True, store_history=False)
            self.papermill_execute_cells()
            if not self.nb.metadata.papermill.get("exception"):
                self._prove()
        return self.nb

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Take a message of the kernel in, as far as a cell may go."""
        if not self.limit.cut(msg["msg_type"], msg["content"], cell_index):
            return None
        return super().process_message(msg, cell, cell_index)

    def execute_cell(self, cell: NotebookNode, cell_index: int, **kwargs: Any) -> NotebookNode:
        """Execute one cell; raises CellExecutionError for whatever kept it from ending well."""
        self._told_to_quit = False
        try:
            super().execute_cell(cell, cell_index, **kwargs)
        except (CellTimeoutError, DeadKernelError) as stop:
            raise _failed(cell, type(stop).__name__, str(stop)) from stop
        except CellExecutionError as error:
            if not _errors(cell):  # a magic that does not exist is told on standard error only
                _failed(cell, error.ename, error.evalue)
            raise
        finally:
            if cell.cell_type == "code" and (words := self.limit.told(cell_index)):
                cell.outputs.append(nbformat.v4.new_output("stream", name="stdout", text=words))
            for output in _errors(cell):
                if output.ename == "SystemExit":  # papermill passes over one with the text '' or '0'
                    output.evalue = f"exit {output.evalue or 0}"
        if self._told_to_quit:
            raise _failed(cell, "SystemExit", "exit")
        if errors := _errors(cell):  # of what the cell was allowed to get wrong, or ran inside itself
            raise CellExecutionError("", errors[0].ename, errors[0].evalue)
        return cell

    def _look_at_reply(self, cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:
        """Remember whether the cell told the kernel to quit, as `exit` does: that is no error."""
        payload = execute_reply["content"].get("payload", [])
        self._told_to_quit = any(part.get("source") == "ask_exit" for part in payload)

    def _prove(self) -> None:
        """Record as a failure what the cells do not tell: one was left out, or a parameter lost its value."""
        if found := fault(self.nb, {}):
            return self._record(found.index, "KetenError", f"{found.words[0].upper()}{found.words[1:]}.")
        try:
            changed = self._changed(self.nb.metadata.papermill.get("parameters", {}))
        except CellTimeoutError:
            sentence = (
                "De rekenkern antwoordt na de laatste cel niet meer; laat sys.stdout en sys.stderr zoals ze zijn."
            )
            return self._record(len(self.nb.cells) - 1, "KetenError", sentence)
        except DeadKernelError as stop:
            return self._record(len(self.nb.cells) - 1, type(stop).__name__, str(stop))
        if changed:
            index = _where_set(self.nb, changed)
            sentence = (
                f'De parameter {changed} krijgt onder "{section_at(self.nb, index)}" een andere waarde dan was '
                "gevraagd; geef wat daar wordt uitgerekend een eigen naam."
            )
            self._record(index, "KetenError", sentence)

    def _record(self, index: int, name: str, value: str) -> None:
        cell = self.nb.cells[index]
        if cell.cell_type != "code":  # only code can have failed
            index = [place for place, _ in code_cells(self.nb)][-1]
            cell = self.nb.cells[index]
        self.nb_man.cell_exception(cell, cell_index=index, exception=_failed(cell, name, value))

    def _changed(self, asked: dict[str, Any]) -> str | None:
        """The first parameter that the kernel holds another value of than was asked, now that all cells have run."""
        questions = {name: f"__import__('builtins').repr({name})" for name in asked} | {ASKED: TOLD}
        question = self.kc.execute("", silent=True, store_history=False, user_expressions=questions)
        self.timeout_func = lambda cell: ANSWER_PATIENCE  # a kernel without its streams never answers
        reply = self.wait_for_reply(question, cell=self.nb.cells[-1])  # nbclient knows no time limit without a cell
        answers = reply["content"]["user_expressions"]
        # Under papermill's own name, so that it goes where that goes: no reader needs it.
        told = answers[ASKED].get("data", {}).get("text/plain", "'null'")
        self.nb.metadata.papermill[ASKED] = json.loads(ast.literal_eval(told))
        for name, value in asked.items():
            answer = answers[name].get("data", {}).get("text/plain", "''")
            if ast.literal_eval(answer) != repr(value):
                return name
        return None


def _errors(cell: NotebookNode) -> list[NotebookNode]:
    return [output for output in cell.get("outputs", []) if output.output_type == "error"]


def _failed(cell: NotebookNode, name: str, value: str) -> CellExecutionError:
    """The exception of a cell that did not end well, which is now one of its outputs as well."""
    cell.outputs.append(nbformat.v4.new_output("error", ename=name, evalue=value, traceback=[]))
    return CellExecutionError(value, name, value)


def _where_set(nb: NotebookNode, name: str) -> int:
    """The last cell that gives this variable a value; the last one of all when none does so in plain sight."""
    cells = list(code_cells(nb))
    for index, cell in reversed(cells):
        try:
            nodes = ast.walk(ast.parse(source(cell)))
        except SyntaxError:  # it has a magic
            continue
        if any(isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load) for node in nodes):
            return index
    return cells[-1][0]
