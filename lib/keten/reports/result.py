"""A job that a run hands out and the result that comes back: picklable, so that any executor can carry it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SUCCEEDED, FAILED, TIMEOUT = "SUCCEEDED", "FAILED", "TIMEOUT"


@dataclass(frozen=True)
class Job:
    """A notebook to run.

    `folder`: an existing folder of the run's own, where the job puts its files. `timeout`: seconds for the
    whole notebook. `environment`: variables for the kernel on top of the process's own. `context`: of which
    edition and run the report is, for its metadata; none for a report on its own. `previous` and `baseline`: what
    was said before (see `publish.changes.changes`). `browser`: the program that prints a PDF as well, if one is wanted.
    `executed`: the notebook as an earlier run executed it, when nothing that it was made of has changed since.
    """

    notebook: Path
    parameters: dict[str, Any]
    folder: Path
    timeout: float
    environment: dict[str, str] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)
    previous: dict[str, Any] | None = None
    baseline: list[dict[str, Any]] = field(default_factory=list)
    browser: str | None = None
    executed: Path | None = None

    @property
    def stem(self) -> str:
        """The notebook's name in an edition."""
        return self.notebook.stem


@dataclass(frozen=True)
class Result:
    """What became of a job.

    `files`: by what a manifest calls them, `html`, `notebook`, the annexes `xlsx` and `ods`, and `pdf`; of a job that
    failed only the partial notebook, if there is one. `key_figures`: those of the report's own period, of
    `key_figures_of`, and `finding` what they say. `dates`: the date line of the report. `pdf_reason`: why a PDF that
    was wanted is not there. `asked`: what the notebook asked of the world (`keten.asked`), None when nobody knows.
    `why`: why it was executed now, or that it was not; `made_of`: what that is judged by (`reports.reuse`).
    """

    stem: str
    title: str
    state: str
    reason: str | None
    parameters: dict[str, Any]
    started: str
    seconds: float
    files: dict[str, Path] = field(default_factory=dict)
    log: str = ""
    figures: list[dict[str, Any]] = field(default_factory=list)
    key_figures: list[dict[str, Any]] = field(default_factory=list)
    key_figures_of: int = 0
    finding: str = ""
    dates: str = ""
    pdf_reason: str | None = None
    asked: list[str] | None = None
    why: str = ""
    made_of: dict[str, Any] | None = None

    @property
    def complete(self) -> bool:
        """Whether everything that was asked for is there."""
        return self.state == SUCCEEDED and self.pdf_reason is None
