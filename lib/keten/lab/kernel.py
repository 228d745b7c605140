"""What a kernel of JupyterLab does when the parameters of a notebook cannot be: nothing below may show old figures.

JupyterLab sends all cells at once. After one that fails the next ones often still run, with what an earlier run left.
"""

import ast
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any

from keten.errors import KetenError
from keten.model.parameters import DEFAULTS
from keten.reports.notebook import slip, slip_at
from keten.workbook.workbook import Workbook

TAG = "parameters"
USUAL = "chain"  # what notebooks call their workbook


class Refused:
    """Stands in the place of a workbook or a parameter that could not be made: all that it says is why."""

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # what Python and IPython ask of every object
            raise AttributeError(name)
        raise KetenError(self._sentence)

    def __eq__(self, other: object) -> bool:
        raise KetenError(self._sentence)  # in the place of a parameter: the workbook looks whether it is empty

    __hash__ = None  # type: ignore[assignment]


def watch(shell: Any) -> None:
    """Look at every cell of this IPython shell that has run; once is enough."""
    if getattr(shell, "_keten_watched", False):
        return
    shell._keten_watched = True
    shell.events.register("post_run_cell", lambda result: _look(shell, result))
    for way in ("showsyntaxerror", "showtraceback"):
        setattr(shell, way, _telling(shell, getattr(shell, way)))


load_ipython_extension = watch
"""By this name IPython finds it, in the kernels that `keten lab` starts (`jupyterlab/kernels`)."""


def _look(shell: Any, result: Any) -> None:
    """After a cell: where it left no workbook on the parameters of this moment, there is none."""
    fault = result.error_before_exec or result.error_in_exec
    if fault is None:
        return
    source = result.info.raw_cell or ""
    if _is_parameters(shell):
        _refuse(shell, {USUAL, *DEFAULTS}, _sentence(fault, source))
    elif isinstance(fault, KetenError) and _in_the_making(fault.__traceback__):
        _refuse(shell, _made_in(source), str(fault))


def _refuse(shell: Any, names: set[str], sentence: str) -> None:
    old = {name for name, value in shell.user_ns.items() if isinstance(value, Workbook | Refused)}
    shell.user_ns.update(dict.fromkeys(old | names, Refused(sentence)))


def _is_parameters(shell: Any) -> bool:
    """Whether the cell that ran is the one with the parameters; JupyterLab sends its tags along."""
    about = shell.get_parent() or {}
    return TAG in (about.get("metadata") or {}).get("tags", [])


def _sentence(fault: BaseException, source: str) -> str:
    """What is wrong in the cell with parameters."""
    if isinstance(fault, SyntaxError):
        return slip(source) or slip_at(fault.lineno or 1, fault.text or "")
    trace, number = fault.__traceback__, 1
    while trace:
        if trace.tb_frame.f_code.co_name == "<module>":
            number = trace.tb_lineno
        trace = trace.tb_next
    return slip_at(number, "".join(source.splitlines()[number - 1 : number]).strip())


def _in_the_making(trace: TracebackType | None) -> bool:
    """Whether a fault came up while a workbook was made."""
    while trace:
        if trace.tb_frame.f_code is Workbook.__init__.__code__:
            return True
        trace = trace.tb_next
    return False


def _made_in(source: str) -> set[str]:
    """The names that a cell gives to a workbook."""
    return {
        target.id
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call)
        if isinstance(called := statement.value.func, ast.Name) and called.id == Workbook.__name__
        for target in statement.targets
        if isinstance(target, ast.Name)
    }


def _telling(shell: Any, usual: Callable[..., None]) -> Callable[..., None]:
    """IPython's way to show an error, and ours for the cell with parameters: one sentence."""

    def show(*arguments: Any, **more: Any) -> None:
        fault = sys.exc_info()[1]
        if not isinstance(fault, Exception) or not _is_parameters(shell):
            usual(*arguments, **more)
            return
        sentence = KetenError(_sentence(fault, shell.get_parent()["content"]["code"]))
        shell._showtraceback(KetenError, sentence, [str(sentence)])

    return show
