"""Whether a whole run would give what is there already: known before anything heavy is loaded.

After a run of which all reports came out whole, everything that the edition was made of is written beside it as
fingerprints, in `OUT/.nagezien/`, by what was asked. The same request finds them there, and when each is the same now
and every file of the edition is as the run left it, there is nothing to do. Whatever is not known for certain means a
run as always, which then executes what it must (`reports.reuse`).
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from keten import asked
from keten.clock import time_stamp, today
from keten.errors import KetenError
from keten.reports import reuse
from keten.reports.notebook import Notebook
from keten.reports.periods import period_of
from keten.reports.publish import frontpage, manifest, slot
from keten.reports.publish.manifest import digest, sha256

FOLDER = ".nagezien"  # in the folder of all editions
OVERVIEW = "overzicht.json"  # there: of the pages on all editions
# Names of modules in `publish` that are too heavy to load here:
RUN_PAGE, CALENDAR, NEWEST = "beheer.html", "kalender.ics", "nieuwste"
RECTIFICATIONS = "rectifications.toml"  # below the data, and no part of them: of reports that were made
ATTEMPTS = ".attempts.json"  # below the data: what became of each source, see `sources.attempts`

State = dict[str, Any]


def request(notebooks: list[Notebook], given: Mapping[str, str], data: Path, options: Mapping[str, Any]) -> str:
    """Twelve hexadecimal digits that stand for what is asked of a run, with `options` such as `pdf`."""
    names = [one.stem for one in notebooks]
    return digest([names, dict(given), str(data.resolve()), dict(options)])


def state(
    out: Path,
    edition: str,
    data: Path,
    there: list[Notebook],
    chosen: list[Notebook],
    git: Any,
    as_of: str,
    inputs: Mapping[str, str | None],
    attempts: str | None,
) -> State:
    """All that an edition is made of now, the variables that its notebooks asked for aside.

    data: the folder itself, not what a run holds of it; there: every notebook, of which those that are not made have a
    part in the choice of a period as well; inputs: the manifest's fingerprints of data and notebooks; attempts: from
    `attempts`.
    """
    return {
        "inputs": digest(dict(inputs)),
        "attempts": attempts,
        "notebooks": digest([(one.path.name, sha256(one.path)) for one in there]),
        "chosen": digest([str(one.path.resolve()) for one in chosen]),
        "code": reuse.code(left_out=()),
        "packages": [reuse.packages(), digest(manifest.packages())],
        "git": git,
        "contact": digest([os.environ.get(name, "") for name in ("KETEN_CONTACT", "KETEN_SITE")]),
        "rectifications": _mark(data / RECTIFICATIONS),
        "system": digest({name: os.environ.get(name) for name in reuse.SYSTEM_VARIABLES}),
        "day": as_of or today(),  # by which key figures are called out of date
        "earlier": {path.name: sha256(path / manifest.NAME) for path in _earlier(out, edition)},
    }


def inputs(data: Path, notebooks: list[Notebook]) -> dict[str, str | None]:
    """The manifest's fingerprints of data and notebooks, as a run that begins now would have them."""
    prints = {f"notebooks/{one.path.name}": sha256(one.path) for one in notebooks}
    files = manifest.files_through_links(data)
    aside = Path(RECTIFICATIONS)
    return prints | {f"data/{place.as_posix()}": sha256(path) for path, place in files if place != aside}


def attempts(data: Path) -> str | None:
    """A fingerprint of what became of each source when it was last fetched."""
    path = data / "snapshots" / ATTEMPTS
    return sha256(path) if path.is_file() else ""


def remember(out: Path, edition: str, asked_for: str, made_from: State) -> None:
    """Write beside the editions of what this one was made. Raises OSError when that cannot be written."""
    content = manifest.load(out / edition) or {"notebooks": {}}
    asked_of = [(one.get("report") or {}).get("made_of") or {} for one in content["notebooks"].values()]
    variables = {name: mark for one in asked_of for name, mark in (one.get("asked") or {}).items()}
    overview = _overview(out)
    _write(out, OVERVIEW, {**overview, "told": {name: _told(out / name) for name in overview["editions"]}})
    _write(
        out,
        f"{asked_for}.json",
        {
            "edition": edition,
            "state": made_from,
            "variables": {name: mark for name, mark in variables.items() if name.startswith(asked.VARIABLE)},
            "manifest": sha256(out / edition / manifest.NAME),
            "run_page": _mark(out / edition / RUN_PAGE),
        },
    )


def found(out: Path, asked_for: str) -> State | None:
    """What was remembered of a request; None when nothing was, or it cannot be read."""
    try:
        content = json.loads((out / FOLDER / f"{asked_for}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and content.get("edition") else None


def stands(out: Path, known: State, now: State) -> bool:
    """Whether the edition that was remembered is still whole, and made of what there is now.

    known: from `found`; now: from `state`.
    """
    folder = out / known["edition"]
    if known["state"] != now or known["manifest"] != _mark(folder / manifest.NAME):
        return False
    content = json.loads((folder / manifest.NAME).read_text(encoding="utf-8"))
    files = {path.relative_to(folder).as_posix(): slot.sha256(path) for path in manifest.files_below(folder)}
    aside = (manifest.NAME, RUN_PAGE)  # outside the manifest's fingerprints
    if {name: mark for name, mark in files.items() if name not in aside} != content["outputs"]:
        return False
    variables = {name: digest(os.environ.get(name.removeprefix(asked.VARIABLE))) for name in known["variables"]}
    if variables != known["variables"] or known["run_page"] != _mark(folder / RUN_PAGE):
        return False
    return _overview_stands(out, known["edition"])


def checked(out: Path, asked_for: str, known: State) -> None:
    """Write when the edition was last seen to stand. Raises OSError when that cannot be written."""
    _write(out, f"{asked_for}.json", known)


def steady(content: Mapping[str, Any], stems: list[str]) -> bool:
    """Whether the reports of these notebooks would be the same by what they asked, whatever else there is in the world.

    content: the manifest.
    """
    for stem in stems:
        entry = content["notebooks"].get(stem) or {}
        questions = ((entry.get("report") or {}).get("made_of") or {}).get("asked")
        if questions is None or any(one.startswith(asked.UNSURE) for one in questions):
            return False
    return True


def _write(out: Path, name: str, content: State) -> None:
    (out / FOLDER).mkdir(exist_ok=True)
    path = out / FOLDER / name
    half = path.with_name(f".{path.name}.{os.getpid()}")
    half.write_text(json.dumps({**content, "checked": time_stamp()}, ensure_ascii=False, indent=1), encoding="utf-8")
    half.replace(path)


def _overview(out: Path) -> State:
    """Fingerprints of the pages on all editions, and of the editions that they tell of."""
    pages = [path for name in (frontpage.PAGE, frontpage.FEED, CALENDAR) if (path := out / name).is_file()]
    editions = sorted(out.glob(f"[!.]*/{manifest.NAME}"))
    return {
        "pages": {path.relative_to(out).as_posix(): sha256(path) for path in [*pages, *out.glob(f"{NEWEST}/*")]},
        "editions": {path.parent.name: sha256(path) for path in editions},
    }


def _told(edition: Path) -> str:
    """A fingerprint of an edition's pages with what they tell of what became of it since, in their slots."""
    return digest({path.name: sha256(path) for path in sorted(edition.glob("*.html"))})


def _overview_stands(out: Path, edition: str) -> bool:
    """Whether the pages on all editions, and what this one tells of others, are as the last run left them."""
    try:
        known = json.loads((out / FOLDER / OVERVIEW).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    now = {**_overview(out), "told": {edition: _told(out / edition)}}
    told = {name: mark for name, mark in known["told"].items() if name == edition}
    return bool({name: value for name, value in known.items() if name != "checked"} | {"told": told} == now)


def _mark(path: Path) -> str | None:
    return sha256(path) if path.is_file() else None


def _earlier(out: Path, edition: str) -> Iterator[Path]:
    """The editions that a report of this one may tell the changes since: those that ended before its period."""
    own = period_of(edition)
    for path in sorted(out.glob(f"[!.]*/{manifest.NAME}")):
        with suppress(KetenError):
            other = period_of(path.parent.name)
            if own and other and other.end < own.start:
                yield path.parent
