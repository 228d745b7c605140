"""The analyst's folder: copies of the shipped notebooks to work in, renewed when those change.

JupyterLab saves by itself whatever is open. It gets to see copies alone, so that nothing that an analyst tries ends up
in a monthly report.
"""

import hashlib
import json
import os
from pathlib import Path

from keten.errors import KetenError, remedy, why
from keten.reports.notebook import source

STATE = ".ketenwerk.json"  # whose copies these are, and by what the shipped file was known when it was copied
KINDS = ("*.ipynb", "*.md")
OTHER = "kies een andere map met --work"


def prepare(work: Path, shipped: Path) -> list[str]:
    """Bring the copies up to date; Dutch sentences on what was renewed.

    A copy that was changed by hand is kept beside the new one. Raises KetenError for a folder that cannot serve.
    """
    work, shipped = work.expanduser().resolve(), shipped.resolve()
    known = _known(work, shipped)
    told: list[str] = []
    try:
        work.mkdir(parents=True, exist_ok=True)
        copied = {path.name: _brought(path, work, known.get(path.name, ""), told) for path in _files(shipped)}
        state = {"van": str(shipped), "bestanden": {**known, **copied}}
        _written(work / STATE, json.dumps(state, indent=1, sort_keys=True, ensure_ascii=False).encode())
    except OSError as error:
        raise KetenError(
            f"De werkmap {work} kan niet worden gebruikt ({why(error)}); {remedy(error)}, of {OTHER}."
        ) from error
    return told


def _known(work: Path, shipped: Path) -> dict[str, str]:
    """What was copied here before. Raises KetenError for a folder that is not an analyst's to work in."""
    if work == shipped or shipped in work.parents:
        raise KetenError(f"De werkmap {work} ligt in de map met notebooks zelf; {OTHER}.")
    if work.exists() and not work.is_dir():
        raise KetenError(f"De werkmap {work} is geen map; {OTHER}.")
    try:
        state = json.loads((work / STATE).read_text(encoding="utf-8"))
        home, files = Path(state["van"]), dict(state["bestanden"])
    except FileNotFoundError:
        if work.is_dir() and any(work.iterdir()):
            raise KetenError(f"In de map {work} staat al iets anders dan werk in keten lab; {OTHER}.") from None
        return {}
    except OSError as error:
        raise KetenError(
            f"De werkmap {work} kan niet worden gelezen ({why(error)}); {remedy(error)}, of {OTHER}."
        ) from error
    except (ValueError, KeyError, TypeError):
        return {}  # of nothing is it known to be unchanged, so all is kept
    if home != shipped and home.is_dir():
        raise KetenError(f"De werkmap {work} hoort bij de notebooks in {home}, niet bij die in {shipped}; {OTHER}.")
    return files


def _files(shipped: Path) -> list[Path]:
    return sorted(path for kind in KINDS for path in shipped.glob(kind) if path.is_file())


def _brought(path: Path, work: Path, before: str, told: list[str]) -> str:
    """Copy a shipped file if it is new or has changed; what it is known by from now on."""
    content = path.read_bytes()
    now, copy = _mark(content), work / path.name
    if copy.is_symlink() or (copy.exists() and copy.samefile(path)):
        copy.unlink()  # through a link JupyterLab would write in the shipped notebook
    if copy.is_file():
        if now == before:
            return now
        mine = _mark(copy.read_bytes())
        if mine not in (before, now):
            kept = _beside(copy)
            os.replace(copy, kept)
            told.append(f"{path.name} is vernieuwd; uw eigen versie staat in {kept.name}.")
        elif mine == before:
            told.append(f"{path.name} is vernieuwd.")
        else:
            return now
    _written(copy, content)
    return now


def _mark(content: bytes) -> str:
    """By what a file is known: of a notebook its cells as they were typed, without outputs and numbers."""
    try:
        cells = [(cell["cell_type"], source(cell)) for cell in json.loads(content)["cells"]]
    except (ValueError, KeyError, TypeError):
        cells = None
    told = content if cells is None else json.dumps(cells).encode()
    return hashlib.sha256(told).hexdigest()[:16]


def _beside(copy: Path) -> Path:
    """A name for an own version that nothing has yet."""
    number = 1
    while (kept := copy.with_name(f"{copy.stem}_eigen_{number}{copy.suffix}")).exists():
        number += 1
    return kept


def _written(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    new = path.with_name(f".{path.name}.nieuw")
    try:
        new.write_bytes(content)
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def edited(work: Path, stems: list[str]) -> list[str]:
    """Of which of these notebooks the copy was changed by hand."""
    known = _known_files(work)
    return [stem for stem in stems if _is_edited(work / f"{stem}.ipynb", known)]


def _is_edited(copy: Path, known: dict[str, str]) -> bool:
    return copy.name in known and copy.is_file() and _mark(copy.read_bytes()) != known[copy.name]


def _known_files(work: Path) -> dict[str, str]:
    try:
        return dict(json.loads((work / STATE).read_text(encoding="utf-8"))["bestanden"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}
