"""The data and notebooks of a run as they are when it starts: what changes afterwards changes nothing in this run.

Files as received are linked where that can be, for nobody ever writes in them; all others are copied. Symbolic links
are followed, so that the copy holds every byte that a report can be made of.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path

from keten.errors import KetenError
from keten.reports.publish import rectifications
from keten.reports.publish.manifest import files_below, files_through_links, fingerprints, sha256
from keten.reports.result import FAILED, SUCCEEDED, Result
from keten.sources import attempts, store

REMEMBERED = ".read"  # where `observations.vintages` keeps what it read; made of the files themselves, so shared


@contextmanager
def told_as(frozen: Path, data: Path) -> Iterator[None]:
    """Let a KetenError name the files of the user, not those of the copy."""
    try:
        yield
    except KetenError as error:
        raise KetenError(original_names(str(error), frozen, data)) from error


def original_names(text: str, frozen: Path, data: Path) -> str:
    """The text with the folder of the user in the place of that of the copy."""
    return text.replace(str(frozen), str(data))


def data_view(data: Path, folder: Path) -> Path:
    """A copy of the data folder below `folder`, as it is at one moment; returns its path.

    Hidden files are left out, but for what became of each source (`sources.attempts`). Raises KetenError when the data
    change meanwhile, or the copy cannot be made.
    """
    view = folder / "gegevens" / data.resolve().name
    snapshots = data / store.FOLDER
    # `keten update` and `keten import` wait as long as this takes, where this may be asked of them.
    held = store.locked(data) if snapshots.is_dir() and os.access(snapshots, os.W_OK) else nullcontext()
    try:
        with held:
            for source, place in files_through_links(data):
                if place == Path(rectifications.NAME):  # of reports that were made, so no report is made of it
                    continue
                _take(source, view / place, linked=place.parts[0] == store.FOLDER and store.SIDECAR not in place.name)
    except FileNotFoundError as error:
        raise KetenError(
            f"De gegevens in {data} veranderden terwijl de run ze overnam ({Path(error.filename or '').name}); start "
            "opnieuw."
        ) from error
    except OSError as error:
        raise KetenError(
            f"De gegevens in {data} kunnen niet worden overgenomen ({error.strerror}); zorg voor ruimte en leesrechten "
            "en start opnieuw."
        ) from error
    view.mkdir(parents=True, exist_ok=True)
    _share(snapshots / REMEMBERED, view / store.FOLDER / REMEMBERED)
    with suppress(KetenError):  # one that cannot be read is told by the run, and no report speaks of it
        if attempts.attempts(snapshots):
            _take(snapshots / attempts.FILE, view / store.FOLDER / attempts.FILE, linked=False)
    return view


def notebook_view(notebook: Path, folder: Path) -> Path:
    """A copy of a notebook below `folder`; the notebook itself when it cannot be read, which its job then tells."""
    view = folder / "notebooks" / notebook.name
    view.parent.mkdir(exist_ok=True)
    try:
        shutil.copy2(notebook, view)
    except OSError:
        return notebook
    return view


def record_prints(records: Mapping[str, str]) -> dict[str, str | None]:
    """SHA-256 of each file with records, by parameter and name, and of the TOML beside it that says what is in it."""
    return {
        f"{name}/{path.name}": sha256(path)
        for name, given in records.items()
        for path in (Path(given), Path(given).with_suffix(".toml"))
        if path.is_file()
    }


def on_same_records(result: Result, records: Mapping[str, str], inputs: dict[str, str | None]) -> Result:
    """The result, or a failure when its files with records are no longer those of `inputs`: it may have read either.

    `records`: the paths of these files, by parameter.
    """
    mine = {name: path for name, path in records.items() if result.parameters.get(name)}
    for name, now in record_prints(mine).items():
        if inputs.get(name) != now:
            return spoiled(result, Path(name).name)
    return result


def changed(view: Path, inputs: dict[str, str | None]) -> str:
    """The name of a file of the copy that is no longer as `inputs` has it, '' when all are.

    Somebody wrote in a file as received in spite of all, or a notebook did in the copy itself.
    """
    now = fingerprints(view, files_below(view), prefix="data/")
    then = {name: mark for name, mark in inputs.items() if name.startswith("data/")}
    return next((name for name in sorted(now.keys() | then.keys()) if now.get(name) != then.get(name)), "")


def spoiled(result: Result, name: str) -> Result:
    """A failure in the place of a success: what was read of this file is uncertain."""
    if result.state != SUCCEEDED:
        return result
    reason = f"Het bestand {name} werd tijdens de run gewijzigd; start opnieuw."
    return replace(result, state=FAILED, reason=reason, files={}, log=reason)


def _take(source: Path, target: Path, linked: bool) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if linked:
        try:
            os.link(os.path.realpath(source), target)
            return
        except FileNotFoundError:
            raise
        except OSError:  # another disk, a file of another user, a system without links
            pass
    before = source.stat()
    try:
        shutil.copy2(source, target)
    except PermissionError:  # whoever needs this file tells that it cannot be read; for others it may be there
        target.unlink(missing_ok=True)
        target.symlink_to(source.resolve())
        return
    after = source.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise FileNotFoundError(None, None, str(source))


def _share(remembered: Path, place: Path) -> None:
    """Let the copy use, and add to, what reading the same files gave before; where it cannot, it is read again."""
    if not place.parent.is_dir():
        return
    try:
        remembered.mkdir(exist_ok=True)
        place.symlink_to(remembered.resolve(), target_is_directory=True)
    except OSError:
        place.mkdir(exist_ok=True)
