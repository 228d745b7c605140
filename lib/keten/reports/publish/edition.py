"""Publish the results of a run as one edition: a folder that is replaced as a whole or not at all.

An edition is `OUT/<name>/`: per notebook a report with its annexes and the executed notebook, `index.html`,
`figures.csv`, `figures_excel.csv`, `manifest.json` and, once the data have changed, `eerder/figures.csv`. The new
edition is built beside the old one and takes its place by two renames, under a lock. What a killed run left behind is
put right by the next.
"""

import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from keten.errors import KetenError
from keten.reports.publish import baseline, figures_csv, index, manifest
from keten.reports.publish.baseline import BASELINE_FOLDER, FIGURES_FILE, Row
from keten.reports.publish.figures_csv import EXCEL_FILE
from keten.reports.result import SUCCEEDED, Result
from keten.reports.signals import handling

REPORT_FILES = ("html", "notebook", "xlsx", "ods", "pdf")  # as a manifest calls them; not every report has all
PATIENCE = 120  # seconds to wait for another run that is publishing


@dataclass(frozen=True)
class Edition:
    """Where an edition stands: `out`/`name`, and how it is called in Dutch (`juni 2017`)."""

    out: Path
    name: str
    label: str

    @property
    def folder(self) -> Path:
        """The published edition."""
        return self.out / self.name

    @property
    def previous(self) -> Path:
        """The edition that is being replaced, for the instant between two renames."""
        return self.out / f".{self.name}.vorige"

    @property
    def failures(self) -> Path:
        """Partial notebooks and logs of notebooks that failed."""
        return self.out / manifest.FAILURES / self.name

    @property
    def staging(self) -> Path:
        """The edition that is being built. It lives only under the lock, so who holds it may remove what it finds."""
        return self.out / f".{self.name}.nieuw"


def check(edition: Edition) -> dict[str, Any]:
    """What the manifest says of the notebooks of the present edition, nothing when there is none.

    Raises KetenError when an edition cannot be published here; puts right what a killed run left behind.
    """
    try:
        edition.out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=edition.out):
            pass
    except OSError as error:
        raise KetenError(
            f"In de map {edition.out} kan niet worden geschreven ({error.strerror}); "
            "kies met --out een andere map of pas de rechten aan."
        ) from error
    if edition.folder.exists() and not edition.folder.is_dir():
        raise KetenError(f"{edition.folder} is een bestand in plaats van een map; verplaats of verwijder het.")
    with _locked(edition):
        return _present(edition)


def _present(edition: Edition) -> dict[str, Any]:
    return (manifest.load(edition.folder) or {"notebooks": {}})["notebooks"]


def publish(
    edition: Edition, results: list[Result], run: dict[str, Any], publishers: Mapping[str, str] | None = None
) -> Path:
    """Publish the results and return the edition's folder.

    `run` is the manifest's account of the run: `run`, `started`, `finished`, `parameters`, `inputs`, `packages`, `git`,
    `default` and `outdated`. `publishers`: publisher by title of a source, for the index. Reports of notebooks that
    failed or were not run now are taken over from the present edition.
    """
    with _locked(edition):
        _keep_failures(edition, results)
        edition.staging.mkdir()
        try:
            _build(edition, results, run, publishers)
            _swap(edition)
        finally:
            shutil.rmtree(edition.staging, ignore_errors=True)
    return edition.folder


@contextmanager
def _locked(edition: Edition) -> Iterator[None]:
    try:
        lock = FileLock(edition.out / f".{edition.name}.lock", timeout=PATIENCE)
        with lock:
            _recover(edition)
            yield
    except Timeout as error:
        raise KetenError(
            f"Een andere run houdt {edition.folder} al {PATIENCE} seconden bezet; wacht tot die klaar is."
        ) from error


def _recover(edition: Edition) -> None:
    """Finish or undo what a killed run had begun."""
    if edition.previous.exists():
        if edition.folder.exists():
            shutil.rmtree(edition.previous)
        else:
            edition.previous.rename(edition.folder)
    if edition.staging.exists():
        shutil.rmtree(edition.staging)


def _keep_failures(edition: Edition, results: list[Result]) -> None:
    """Put partial notebook and log of what failed outside the edition; drop those of what succeeds now."""
    for result in results:
        notebook = edition.failures / f"{result.stem}.ipynb"
        log = edition.failures / f"{result.stem}.log"
        notebook.unlink(missing_ok=True)
        log.unlink(missing_ok=True)
        if result.state != SUCCEEDED:
            edition.failures.mkdir(parents=True, exist_ok=True)
            if partial := result.files.get("notebook"):
                shutil.copyfile(partial, notebook)
            log.write_text(f"{result.reason}\n\n{result.log}\n", encoding="utf-8")
    for folder in (edition.failures, edition.failures.parent):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _build(edition: Edition, results: list[Result], run: dict[str, Any], publishers: Mapping[str, str] | None) -> None:
    staging, present = edition.staging, _present(edition)
    entries = dict(present)
    for result in results:
        entries[result.stem] = manifest.entry(result, run, entries.get(result.stem))
    entries = dict(sorted(entries.items()))
    made_now = {result.stem: result for result in results if result.state == SUCCEEDED}

    for stem, entry in entries.items():
        if stem in made_now:
            for path in made_now[stem].files.values():
                shutil.copyfile(path, staging / path.name)
        elif entry["report"]:
            for name in (entry["report"][kind] for kind in REPORT_FILES if kind in entry["report"]):
                shutil.copyfile(edition.folder / name, staging / name)

    kept = {stem for stem, entry in entries.items() if entry["report"]} - made_now.keys()
    rows = _figures(edition, kept, made_now, entries)
    figures_csv.write(staging / FIGURES_FILE, rows)
    figures_csv.write_for_excel(staging / EXCEL_FILE, rows)
    if before := _baseline_figures(edition, present, entries):
        (staging / BASELINE_FOLDER).mkdir()
        figures_csv.write(staging / BASELINE_FOLDER / FIGURES_FILE, before)
    page = index.page(
        edition.label,
        entries,
        run["started"],
        name=edition.name,
        rows=rows,
        publishers=publishers,
        files={path.name for path in staging.iterdir() if path.is_file()},
        default=run.get("default"),
        outdated=run.get("outdated"),
    )
    (staging / "index.html").write_text(page, encoding="utf-8", newline="\n")
    content = {
        "edition": edition.name,
        "label": edition.label,
        **run,
        "notebooks": entries,
        "outputs": manifest.fingerprints(staging, manifest.files_below(staging)),
    }
    (staging / manifest.NAME).write_text(manifest.dump(content), encoding="utf-8", newline="\n")


def _figures(edition: Edition, kept: set[str], made_now: dict[str, Result], entries: Mapping[str, Any]) -> list[Row]:
    """Rows of all reports in the edition, in the order of the notebooks."""
    present = baseline.present_rows(edition.folder)
    rows = {stem: present.get(stem, []) for stem in kept} | {stem: made.figures for stem, made in made_now.items()}
    return [row for stem in entries for row in rows.get(stem, [])]


def _baseline_figures(edition: Edition, present: dict[str, Any], entries: dict[str, Any]) -> list[Row]:
    """Rows that the reports had on earlier data, in the order of the notebooks."""
    states = {stem: entry["report"]["data"] for stem, entry in entries.items() if "data" in (entry["report"] or {})}
    rows = baseline.figures(edition.folder, present, states)
    return [row for stem in states for row in rows[stem]]


def _swap(edition: Edition) -> None:
    """Let the new edition take the place of the present one."""
    with _uninterrupted():
        try:
            if edition.folder.exists():
                edition.folder.rename(edition.previous)
            edition.staging.rename(edition.folder)
        except OSError as error:
            if edition.previous.exists() and not edition.folder.exists():
                edition.previous.rename(edition.folder)
            raise KetenError(
                f"De map {edition.folder} kan niet worden vervangen ({error.strerror}); sluit de bestanden "
                "die eruit geopend zijn en start opnieuw."
            ) from error
        shutil.rmtree(edition.previous, ignore_errors=True)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C and a request to end back until the block is done."""
    held: list[int] = []
    with handling([signal.SIGINT, signal.SIGTERM], lambda received, _: held.append(received)):
        yield
    if held:
        signal.raise_signal(held[0])
