"""Publish the results of a run as one edition: a folder that is replaced as a whole or not at all.

An edition is `OUT/<name>/`: per notebook a report with its annexes and the executed notebook, `index.html`,
`beheer.html`, the pages that came with the run (`verken.html`), `figures.csv` and the other files for programs
(`formats`), `manifest.json` and, once the data have changed, `eerder/figures.csv`. The new edition is built beside the
old one and takes its place in one step (in two renames where the system cannot), under a lock. What a killed run left
behind, of any edition, is put right by the next run of whatever period.
"""

import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keten.durable import sync, sync_tree
from keten.errors import KetenError, remedy, why
from keten.locks import Busy, locked
from keten.presentation.markup import harmless
from keten.reports.periods import period_of
from keten.reports.publish import accessibility, baseline, citation, formats, index, manifest, run_page, slot
from keten.reports.publish.baseline import Row
from keten.reports.publish.exchange import exchange
from keten.reports.result import SUCCEEDED, Result
from keten.reports.signals import ENDING, handling

REPORT_FILES = ("html", "notebook", "xlsx", "ods", "pdf")  # as a manifest calls them; not every report has all
PATIENCE = 120  # seconds to wait for another run that is publishing
_LEFT = re.compile(r"\.(.+)\.(?:nieuw|vorige)(?:-\d+)?")  # folders of a run that is publishing, or was killed then

Tell = Callable[[str], object]


def _on_standard_error(sentence: str) -> None:
    print(f"Let op: {sentence}", file=sys.stderr)


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


def check(edition: Edition, tell: Tell = _on_standard_error) -> dict[str, Any]:
    """What the manifest says of the notebooks of the present edition, nothing when there is none.

    Raises KetenError when an edition cannot be published here; puts right what killed runs left behind, and lets `tell`
    say of what that it cannot.
    """
    try:
        edition.out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=edition.out):
            pass
    except OSError as error:
        raise KetenError(
            f"In de map {edition.out} kan niet worden geschreven ({why(error)}); "
            "kies met --out een andere map, pas de rechten aan of maak ruimte."
        ) from error
    if edition.folder.exists() and not edition.folder.is_dir():
        raise KetenError(f"{edition.folder} is een bestand in plaats van een map; verplaats of verwijder het.")
    if edition.folder.exists() and not _may_move(edition.folder):
        raise KetenError(
            f"De map {edition.folder} is van een andere gebruiker en kan hier niet worden vervangen; "
            "kies met --out een andere map."
        )
    _recover_all(edition.out, tell)
    with _locked(edition), _written(edition):
        return _present(edition)


def _may_move(folder: Path) -> bool:
    """Whether this user may give the folder another place: in a folder with the sticky bit only its owner may."""
    if not hasattr(os, "geteuid"):
        return True
    parent = folder.parent.stat()
    return not parent.st_mode & stat.S_ISVTX or os.geteuid() in (0, parent.st_uid, folder.stat().st_uid)


def _present(edition: Edition) -> dict[str, Any]:
    return (manifest.load(edition.folder) or {"notebooks": {}})["notebooks"]


def publish(
    edition: Edition,
    results: list[Result],
    run: dict[str, Any],
    publishers: Mapping[str, str] | None = None,
    tell: Tell = _on_standard_error,
    contact: str = "",
    pages: Mapping[str, str] | None = None,
    as_parquet: bool = False,
) -> Path:
    """Publish the results and return the edition's folder.

    `run` is the manifest's account of the run: `run`, `started`, `finished`, `parameters`, `inputs`, `packages`, `git`,
    `default`, `outdated`, `faults` and `refused`. `publishers`: publisher by title of a source, for the page on the
    run. `contact`: whom a reader may ask. `pages`: HTML of pages beside the reports, by name. `as_parquet`: the figures
    in that format too. Reports of notebooks that failed or were not run now are taken over from the present edition.
    Raises KetenError when it cannot be written: the present edition stays. What fails beside that, such as keeping the
    log of a failure, is told by `tell`.
    """
    with _locked(edition), _written(edition):
        try:
            _keep_failures(edition, results)
        except OSError as error:
            tell(f"In {edition.failures} kon niet worden bewaard wat er misging ({why(error)}); {remedy(error)}.")
        staging = _made(edition)
        try:
            for name, page in (pages or {}).items():
                (staging / name).write_text(page, encoding="utf-8", newline="\n")
            _build(edition, staging, results, run, publishers, contact, as_parquet)
            sync_tree(staging)
            _swap(edition, staging)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    return edition.folder


@contextmanager
def _locked(edition: Edition, patience: float = PATIENCE) -> Iterator[None]:
    busy = f"Een andere run houdt {edition.folder} al {PATIENCE} seconden bezet; wacht tot die klaar is."
    with locked(edition.out / f".{edition.name}.lock", patience, busy):
        yield


@contextmanager
def _written(edition: Edition) -> Iterator[None]:
    """Tell in one sentence that the system refuses to write or to read."""
    try:
        yield
    except OSError as error:
        raise KetenError(
            f"De uitgave {edition.folder} kon niet worden gemaakt ({why(error)}); wat er stond is niet gewijzigd; "
            f"{remedy(error)}."
        ) from error


def _recover_all(out: Path, tell: Tell) -> None:
    """Finish or undo what killed runs had begun, of every edition that no other run is publishing."""
    left = [match[1] for path in out.glob(".*") if path.is_dir() and (match := _LEFT.fullmatch(path.name))]
    for name in sorted(set(left)):
        edition = Edition(out, name, name)
        try:
            with _locked(edition, patience=0):
                _recover(edition)
        except Busy:  # at work, not killed
            continue
        except OSError as error:
            tell(f"Wat een afgebroken run van {edition.folder} achterliet, kan niet worden opgeruimd ({why(error)}).")
        except KetenError as error:
            tell(str(error))


def _recover(edition: Edition) -> None:
    if edition.previous.exists():
        if edition.folder.exists():
            shutil.rmtree(edition.previous)
        else:
            edition.previous.rename(edition.folder)
    for left in edition.out.glob(f"{edition.staging.name}*"):
        shutil.rmtree(left)


def _made(edition: Edition) -> Path:
    """A new folder to build in: under another name when one of another user, who was killed, cannot be removed."""
    with suppress(OSError):
        _recover(edition)
    number = 1
    while True:
        staging = edition.staging if number == 1 else edition.staging.with_name(f"{edition.staging.name}-{number}")
        try:
            staging.mkdir()
            return staging
        except FileExistsError:
            number += 1


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


def _build(
    edition: Edition,
    staging: Path,
    results: list[Result],
    run: dict[str, Any],
    publishers: Mapping[str, str] | None,
    contact: str,
    as_parquet: bool,
) -> None:
    present = _present(edition)
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
                (staging / name).write_bytes(slot.emptied(edition.folder / name))

    kept = {stem for stem, entry in entries.items() if entry["report"]} - made_now.keys()
    rows = _figures(edition, kept, made_now, entries)
    formats.write(
        staging,
        rows,
        edition.name,
        edition.label,
        run,
        earlier=_earlier(edition, present, entries),
        as_parquet=as_parquet,
    )
    files = {path.name for path in staging.iterdir() if path.is_file()}
    page = index.page(
        edition.label,
        entries,
        run["started"],
        name=edition.name,
        rows=rows,
        files=files,
        default=run.get("default"),
        outdated=run.get("outdated"),
        cited=citation.line(rows, edition.name, edition.label, run),
        data_set=citation.data_set(rows, edition.name, edition.label, run, files),
    )
    (staging / "index.html").write_text(harmless(page), encoding="utf-8", newline="\n")
    statement = accessibility.page(edition.label, contact)
    (staging / accessibility.NAME).write_text(harmless(statement), encoding="utf-8", newline="\n")
    content = {
        "edition": edition.name,
        "label": edition.label,
        **run,
        "notebooks": entries,
        "outputs": manifest.fingerprints(staging, manifest.files_below(staging)),
    }
    (staging / manifest.NAME).write_text(manifest.dump(content), encoding="utf-8", newline="\n")
    about = run_page.page(content, rows=rows, publishers=publishers, files=files)
    (staging / run_page.NAME).write_text(harmless(about), encoding="utf-8", newline="\n")


def _figures(edition: Edition, kept: set[str], made_now: dict[str, Result], entries: Mapping[str, Any]) -> list[Row]:
    """Rows of all reports in the edition, in the order of the notebooks."""
    present = baseline.present_rows(edition.folder)
    rows = {stem: present.get(stem, []) for stem in kept} | {stem: made.figures for stem, made in made_now.items()}
    return [row for stem in entries for row in rows.get(stem, [])]


def _earlier(edition: Edition, present: dict[str, Any], entries: dict[str, Any]) -> dict[str, dict[str, list[Row]]]:
    """What the figures are compared with, by its name and by report: those on earlier data, then editions before."""
    states = {stem: entry["report"]["data"] for stem, entry in entries.items() if "data" in (entry["report"] or {})}
    before = baseline.figures(edition.folder, present, states)
    found = {baseline.BASELINE_FOLDER: {stem: rows for stem, rows in before.items() if rows}}
    period = period_of(edition.name)
    editions = baseline.earlier(edition.out, period) if period else []
    for stem, entry in entries.items():
        if entry["report"] and (told := baseline.previous(editions, stem, entry["parameters"])):
            found.setdefault(told["edition"], {})[stem] = []
    for name in found.keys() - {baseline.BASELINE_FOLDER}:
        rows = baseline.present_rows(edition.out / name)
        found[name] = {stem: rows[stem] for stem in found[name] if stem in rows}
    return found


def _swap(edition: Edition, staging: Path) -> None:
    """Let the new edition take the place of the present one, which then stands in `staging` or is gone."""
    held: list[int] = []
    with handling(ENDING, lambda received, _: held.append(received)):
        try:
            if not edition.folder.exists():
                staging.rename(edition.folder)
            elif not exchange(staging, edition.folder):
                _swap_by_renames(edition, staging)
        except OSError as error:
            raise KetenError(
                f"De map {edition.folder} kan niet worden vervangen ({why(error)}); sluit de bestanden "
                "die eruit geopend zijn en start opnieuw."
            ) from error
        try:
            sync(edition.out)
        except OSError as error:
            raise KetenError(
                f"De uitgave {edition.folder} is vervangen, maar of zij al op de schijf staat is onzeker "
                f"({why(error)}); controleer de schijf."
            ) from error
    if held:
        raise _too_late(edition)


@contextmanager
def told_when_too_late(edition: Edition, started: str) -> Iterator[None]:
    """Let an interruption say so when the run that began at `started` has replaced the edition already."""
    try:
        yield
    except KeyboardInterrupt:
        with suppress(KetenError):
            if (manifest.load(edition.folder) or {}).get("started") == started:
                raise _too_late(edition) from None
        raise


def _too_late(edition: Edition) -> KeyboardInterrupt:
    return KeyboardInterrupt(
        f"Afgebroken toen de rapporten al klaar waren: {edition.folder / 'index.html'}; het overzicht van alle "
        "uitgaven volgt bij de volgende run."
    )


def _swap_by_renames(edition: Edition, staging: Path) -> None:
    """For an instant there is no edition: a run that is killed then is put right by the next."""
    edition.folder.rename(edition.previous)
    try:
        staging.rename(edition.folder)
    except OSError:
        edition.previous.rename(edition.folder)
        raise
    shutil.rmtree(edition.previous, ignore_errors=True)
