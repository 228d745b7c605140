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

    @property
    def stem(self) -> str:
        """The notebook's name in an edition."""
        return self.notebook.stem


@dataclass(frozen=True)
class Result:
    """What became of a job. `html` exists only when it succeeded; `notebook` may be partial or absent.

    `annexes`: the tables of the report as spreadsheets. `pdf_reason`: why a PDF that was wanted is not there.
    """

    stem: str
    title: str
    state: str
    reason: str | None
    parameters: dict[str, Any]
    started: str
    seconds: float
    html: Path | None = None
    notebook: Path | None = None
    log: str = ""
    figures: list[dict[str, Any]] = field(default_factory=list)
    key_figures: list[dict[str, Any]] = field(default_factory=list)
    annexes: list[Path] = field(default_factory=list)
    pdf: Path | None = None
    pdf_reason: str | None = None

    @property
    def files(self) -> dict[str, Path]:
        """The files of a report that succeeded, by what they are called in a manifest."""
        annexes = {path.suffix.removeprefix("."): path for path in self.annexes}
        files = {"html": self.html, "notebook": self.notebook, **annexes, "pdf": self.pdf}
        return {kind: path for kind, path in files.items() if path}

    @property
    def complete(self) -> bool:
        """Whether everything that was asked for is there."""
        return self.state == SUCCEEDED and self.pdf_reason is None
