"""The account of a run: with what, from what and by what the reports were made."""

import hashlib
import json
import os
import platform
import re
import subprocess
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from keten.errors import KetenError
from keten.reports.notebook import displayed
from keten.reports.result import SUCCEEDED, Result

NAME = "manifest.json"
PDF_GONE = "De PDF van het vorige rapport is vervallen: dit rapport is gemaakt zonder --pdf."
FAILURES = "mislukt"  # the folder beside the editions with what was left of failed notebooks


def sha256(path: Path) -> str | None:
    """Hexadecimal SHA-256 of a file; None for one that may not be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except PermissionError:
        return None


def fingerprints(folder: Path, paths: Iterable[Path], prefix: str = "") -> dict[str, str | None]:
    """SHA-256 of each file by its name relative to `folder`, sorted, with `prefix` before the name."""
    return {prefix + path.relative_to(folder).as_posix(): sha256(path) for path in sorted(paths)}


def files_below(folder: Path) -> list[Path]:
    """All files in a folder and below, hidden ones left out."""
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]


def files_through_links(
    folder: Path, place: Path = Path(), above: frozenset[str] = frozenset()
) -> Iterator[tuple[Path, Path]]:
    """Every file in a folder and below, hidden ones left out, also through symbolic links, with its place there.

    `above`: the folders that we came from.
    """
    if (real := os.path.realpath(folder)) in above:  # a link to a folder that it lies in
        return
    for entry in sorted(os.scandir(folder), key=lambda one: one.name):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from files_through_links(Path(entry.path), place / entry.name, above | {real})
        elif entry.is_file():
            yield Path(entry.path), place / entry.name


def packages() -> dict[str, str]:
    """Versions of Python, of this library and of what it requires directly."""
    lines = [line for line in metadata.requires("keten") or [] if "extra ==" not in line]
    required = [name for line in lines for name in re.findall(r"^[\w.-]+", line)]
    versions = {name: metadata.version(name) for name in ["keten", *sorted(required)]}
    return {"python": platform.python_version(), **versions}


def git(repository: Path | None, notebooks: Iterable[Path] = ()) -> dict[str, Any] | None:
    """Commit of the checkout and whether its tree is clean; None outside git or without the program.

    `changed_notebooks`: the names of those that are not, or not as they are now, in the commit.
    """
    if repository is None or not (repository / ".git").exists():
        return None
    try:
        commit = _git(repository, "rev-parse", "HEAD")
        return {
            "commit": commit.strip(),
            "clean": not _git(repository, "status", "--porcelain").strip(),
            "changed_notebooks": _changed(repository, notebooks),
        }
    except (OSError, subprocess.SubprocessError):
        return None


def _changed(repository: Path, notebooks: Iterable[Path]) -> list[str]:
    """Names of the notebooks of which the commit does not have the text that they have now."""
    root = repository.resolve()
    inside = {path: real for path in notebooks if (real := path.resolve()).is_relative_to(root)}
    places = [real.relative_to(root).as_posix() for real in inside.values()]
    if places:
        committed = set(_git(root, "ls-tree", "-r", "--name-only", "-z", "HEAD", "--", *places).split("\0"))
        differ = set(_git(root, "diff", "--name-only", "-z", "HEAD", "--", *places).split("\0"))
    return sorted(
        path.name
        for path in notebooks
        if path not in inside
        or (place := inside[path].relative_to(root).as_posix()) not in committed
        or place in differ
    )


def _git(repository: Path, *arguments: str) -> str:
    # Without optional locks a run never stands in the way of someone who works in the checkout.
    command = ["git", "--no-optional-locks", "--literal-pathspecs", "-C", str(repository), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout


def run_id(account: dict[str, Any]) -> str:
    """Twelve hexadecimal digits that stand for what a run was made from, and with: the same again, the same digits.

    `account`: the manifest's `parameters`, `inputs`, `packages`, `git` and `default`.
    """
    return digest([account[name] for name in ("parameters", "inputs", "packages", "git", "default")])


def data_state(inputs: dict[str, str | None], parameters: dict[str, Any]) -> dict[str, str]:
    """On which data a report is made: a `fingerprint` of the files with figures and records, and its `as_of` date.

    `inputs`: the manifest's fingerprints of everything; of the files with records only those in `parameters` count.
    """
    paths = {name: Path(value) for name, value in parameters.items() if isinstance(value, str)}
    records = {f"{name}/{path.name}" for name, path in paths.items()}
    records |= {f"{name}/{path.stem}.toml" for name, path in paths.items()}
    data = {name: print for name, print in inputs.items() if name.startswith("data/") or name in records}
    return {"fingerprint": digest(data), "as_of": str(parameters.get("as_of", ""))}


def digest(content: Any) -> str:
    """Twelve hexadecimal digits that stand for a content of plain values."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def entry(result: Result, run: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
    """What the manifest says of one notebook.

    `run`: the manifest's account of this run. `report` tells which report stands in the edition, which files belong
    to it, of which run (by its start) it is, on which data and of what (`reports.reuse`) it was made: after a failure
    that of the entry `before`, if there is one. `why`: why the notebook was executed in this run, or that it was not.
    """
    report = before and before["report"]
    if result.state == SUCCEEDED:
        report = {
            "run": run["started"],
            **{kind: path.name for kind, path in result.files.items()},
            "key_figures": result.key_figures,
            "key_figures_of": result.key_figures_of,
            "finding": result.finding,
            "dates": result.dates,
            "data": data_state(run.get("inputs", {}), result.parameters),
            "made_of": result.made_of,
        }
        had_one = before and before["report"] and "pdf" in before["report"]
        if reason := result.pdf_reason or (PDF_GONE if had_one and "pdf" not in result.files else None):
            report["pdf_reason"] = reason
    return {
        "title": result.title,
        "state": result.state,
        "reason": result.reason,
        "why": result.why,
        "parameters": {name: displayed(value) for name, value in result.parameters.items()},
        "started": result.started,
        "seconds": result.seconds,
        "report": report,
    }


def load(edition: Path) -> dict[str, Any] | None:
    """The manifest of an edition; None when there is no edition. Raises KetenError when it cannot be read."""
    if not edition.is_dir():
        return None
    try:
        content = json.loads((edition / NAME).read_text(encoding="utf-8"))
        missing = [name for name in content["outputs"] if not (edition / name).is_file()]
        content["notebooks"].items()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise KetenError(
            f"{edition / NAME} is geen leesbaar verslag van een eerdere run; verplaats of verwijder de map "
            f"{edition} en start opnieuw."
        ) from error
    if missing:
        raise KetenError(
            f"In {edition} ontbreekt {missing[0]}, dat een eerdere run daar heeft gezet; zet het terug of "
            "verwijder de hele map en start opnieuw."
        )
    return content


def dump(content: dict[str, Any]) -> str:
    """A manifest as text."""
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
