"""Carry out one job: execute one notebook and render its report."""

import re
import tempfile
import traceback
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from keten.clock import time_stamp
from keten.errors import KetenError, remedy, why
from keten.reports import notebook as contents
from keten.reports import proof
from keten.reports.execute.streams import KERNEL_LOG
from keten.reports.result import FAILED, SUCCEEDED, TIMEOUT, Job, Result

if TYPE_CHECKING:
    from nbformat import NotebookNode


LONGEST_REASON = 300  # characters of a fault in a sentence; the log has all of it


class Failure(Exception):
    """A failed notebook: `state`, a Dutch `reason` and a `log` for who must repair it."""

    def __init__(self, state: str, reason: str, log: str):
        super().__init__(reason)
        self.state, self.reason, self.log = state, reason, log


def run(job: Job) -> Result:
    """Execute, unless that was done, and render; every fault of the notebook becomes a result, never an exception."""
    started, clock = time_stamp(), monotonic()
    known = contents.read(job.notebook)

    def result(state: str, reason: str | None = None, title: str = known.title, **more: Any) -> Result:
        seconds = round(monotonic() - clock, 1)
        return Result(job.stem, title, state, reason, job.parameters, started, seconds, **more)

    executed = job.folder / f"{job.stem}.ipynb"
    try:
        report = _make(job, executed)
        return result(SUCCEEDED, **report)
    except Failure as failure:
        state, reason, log = failure.state, failure.reason, failure.log
    except OSError as error:
        state, log = FAILED, traceback.format_exc()
        reason = f"Het rapport kon niet worden gemaakt ({why(error)}); {remedy(error)}."
    except Exception as error:
        state, log = FAILED, traceback.format_exc()
        reason = f"Het rapport kon niet worden gemaakt: {_first_line(type(error).__name__, error)}."
    return result(state, reason, files={"notebook": executed} if executed.exists() else {}, log=log)


def _make(job: Job, executed: Path) -> dict[str, Any]:
    import nbformat

    from keten.reports.execute.engine import ASKED
    from keten.reports.publish.changes import changes
    from keten.reports.render import annex, pdf
    from keten.reports.render.dates import dates_of
    from keten.reports.render.exporter import ReportExporter

    try:
        original = nbformat.read(job.notebook, as_version=4)
    except Exception as error:
        reason = f"Het bestand {job.notebook.name} is geen leesbaar notebook; herstel of vervang het."
        raise Failure(FAILED, reason, _first_line(type(error).__name__, error)) from error
    _refuse_without_parameters(original, job)
    if job.executed:
        notebook, asked = nbformat.read(job.executed, as_version=4), None
        notebook.metadata.pop("keten", None)
    else:
        run_now = _execute(job, executed)
        asked = run_now.metadata.get("papermill", {}).get(ASKED)
        notebook = stable(run_now, original)
    if found := proof.fault(notebook, job.parameters):
        sentence = f"{found.words[0].upper()}{found.words[1:]}."
        raise Failure(FAILED, sentence, sentence)
    figures, key_figures = contents.figures(notebook, job.stem), contents.key_figures(notebook)
    if job.context:
        changed = changes(key_figures, figures, job.previous, job.baseline)
        notebook.metadata["keten"] = {**job.context, "changes": changed}
        notebook.metadata["keten"][proof.SEAL] = proof.seal(notebook)
    executed.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
    page, _ = ReportExporter().from_notebook_node(notebook, {"metadata": {"name": job.stem}})
    html = job.folder / f"{job.stem}.html"
    html.write_text(page, encoding="utf-8", newline="\n")
    annexes = {path.suffix.removeprefix("."): path for path in annex.write(notebook, job.stem, job.folder)}
    files = {"html": html, "notebook": executed, **annexes}
    pdf_reason = None  # a report stands without its PDF
    if job.browser:
        try:
            pdf.write(html, html.with_suffix(".pdf"), job.browser)
            files["pdf"] = html.with_suffix(".pdf")
        except KetenError as error:
            pdf_reason = str(error)
    return {
        "title": contents.title(notebook) or job.stem,
        "files": files,
        "figures": figures,
        "key_figures": key_figures,
        "key_figures_of": contents.key_figures_of(notebook),
        "finding": contents.finding(notebook),
        "dates": dates_of(notebook),
        "pdf_reason": pdf_reason,
        "asked": asked,
    }


def _refuse_without_parameters(original: "NotebookNode", job: Job) -> None:
    """Raise Failure when the notebook cannot be given the parameters of this job: it would show its own."""
    try:
        declared = contents.parameters(original)
    except (SyntaxError, ValueError) as error:
        cell = next(cell for cell in original["cells"] if "parameters" in contents.tags(cell))
        reason = f"{job.notebook.name}: {contents.slip(contents.source(cell))}"
        if not isinstance(error, SyntaxError):
            reason = (
                f"De parametercel van {job.notebook.name} is niet te lezen; laat elke regel de vorm naam = waarde "
                'hebben, zoals period = "2017-06".'
            )
        raise Failure(FAILED, reason, _first_line(type(error).__name__, error)) from error
    if missing := [name for name in job.parameters if name not in declared]:
        reason = (
            f"Het notebook {job.notebook.name} heeft geen parameter {missing[0]}; zet die in een cel met het label "
            "parameters."
        )
        raise Failure(FAILED, reason, reason)


def _execute(job: Job, executed: Path) -> "NotebookNode":
    """Execute with papermill; on failure the partial notebook is left at `executed`."""
    import papermill
    from nbconvert.filters import strip_ansi
    from papermill.exceptions import PapermillExecutionError

    clock, folder = monotonic(), Path(tempfile.mkdtemp(prefix="k", dir=job.folder))
    try:
        return papermill.execute_notebook(
            # papermill fills in parameters between braces in a path.
            str(job.notebook).replace("{", "{{").replace("}", "}}"),
            str(executed).replace("{", "{{").replace("}", "}}"),
            job.parameters,
            engine_name="keten",
            kernel_name="python3",
            language="python",
            request_save_on_cell_execute=False,
            autosave_cell_every=0,
            progress_bar=False,
            execution_timeout=job.timeout,
            environment=job.environment,
            folder=str(folder),
        )
    except PapermillExecutionError as error:
        section = _section_of_failure(executed, error.cell_index)
        log = strip_ansi("\n".join([f"{error.ename}: {error.evalue}", *error.traceback, *_said(folder)]))
        out_of_time = error.ename == "CellTimeoutError" and monotonic() - clock >= job.timeout
        raise Failure(
            TIMEOUT if out_of_time else FAILED, _reason(error, section, out_of_time, job.timeout), log
        ) from error
    except RuntimeError as error:
        reason = f"De rekenkern kwam niet op gang: {_first_line(error)}."
        raise Failure(FAILED, reason, "\n".join([traceback.format_exc(), *_said(folder)])) from error


def _said(folder: Path) -> list[str]:
    """What a kernel said outside its cells, such as where it crashed."""
    log = folder / KERNEL_LOG
    return [text] if log.is_file() and (text := log.read_text(encoding="utf-8", errors="replace")) else []


def _reason(error: Any, section: str, out_of_time: bool, timeout: float) -> str:
    if out_of_time:
        return f'Het notebook was na {timeout:g} seconden niet klaar; het bleef steken onder "{section}".'
    if error.ename == "DeadKernelError":
        return f'De rekenkern is onverwacht gestopt, onder "{section}".'
    if error.ename == "SystemExit":
        return f'Het notebook stopte zichzelf, onder "{section}" (exit of sys.exit); haal dat weg en start opnieuw.'
    if error.ename == "KetenError":
        return error.evalue
    return f'De cel onder "{section}" gaf een fout: {_first_line(error.ename, error.evalue)}.'


def _first_line(*parts: object) -> str:
    """The parts, joined by a colon, without what follows the first line and without a closing full stop."""
    text = ": ".join(str(part).strip() for part in parts if str(part).strip())
    line = (text.splitlines() or [""])[0].rstrip(".")
    return line if len(line) <= LONGEST_REASON else f"{line[:LONGEST_REASON]}…"


def _section_of_failure(executed: Path, index: int) -> str:
    """Heading above cell `index`, not counting the cells with which papermill marks the fault."""
    import json

    from papermill.execute import ERROR_MARKER_TAG

    partial = json.loads(executed.read_text(encoding="utf-8"))
    partial["cells"] = [cell for cell in partial["cells"] if ERROR_MARKER_TAG not in contents.tags(cell)]
    return contents.section_at(partial, index)


def stable(executed: "NotebookNode", original: "NotebookNode") -> "NotebookNode":
    """The executed notebook without what differs from run to run: times, durations, random ids, addresses."""
    papermill = executed.metadata.pop("papermill", {})
    executed.metadata.papermill = {"parameters": papermill.get("parameters", {})}
    known = {cell.get("id") for cell in original.cells}
    for number, cell in enumerate(executed.cells, 1):
        if original.nbformat_minor < 5 or cell.id not in known:
            cell.id = f"cel-{number}"
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)
        if not cell.metadata.get("tags", True):
            del cell.metadata["tags"]
        for output in cell.get("outputs", []):
            if "text/plain" in output.get("data", {}):
                output.data["text/plain"] = re.sub(r" at 0x[0-9a-f]+", "", output.data["text/plain"])
    return executed
