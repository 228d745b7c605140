"""Which reports need not be executed again: those of which nothing that they were made of has changed.

A report is made of its notebook, its parameters, the code of this library that runs in a kernel, the installed
packages, the language and time zone of the system, and the answers to all that it asked (`keten.asked`). Fingerprints
of these stand in the manifest (`made_of`). What is done after the execution (the page, the annexes, what changed since
the edition before) is always done again, so none of that is judged here.
"""

import ast
import hashlib
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from keten import asked
from keten.model.parameters import RECORD_PARAMETERS
from keten.model.periods import as_of_date
from keten.presentation.prose import listing
from keten.reports.publish.manifest import digest, sha256
from keten.reports.result import SUCCEEDED, Result

NOT_IN_KERNELS = (  # of the library: what is done before or after a notebook is executed
    "cli.py", "commands", "explorer", "operations", "reports/publish", "reports/render", "reports/templates",
)  # fmt: skip
SYSTEM_VARIABLES = ("LANG", "LANGUAGE", "LC_ALL", "LC_NUMERIC", "LC_TIME", "LC_COLLATE", "LC_CTYPE", "TZ")
UNSTEADY = frozenset(  # names by which a cell itself asks for the clock or for chance
    (
        "now", "today", "utcnow", "time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime", "ctime",
        "random", "urandom", "default_rng", "uuid", "secrets", "getpid", "gethostname", "cpu_count", "environb",
    )
)  # fmt: skip
REUSED = "niets veranderd; niet opnieuw uitgevoerd"
FIRST = "voor het eerst gemaakt"
FORCED = "gevraagd met --force"
MOST_NAMED = 5

MadeOf = dict[str, Any]


@dataclass(frozen=True)
class Judgement:
    """Why a notebook is executed; `executed`: what it showed before, when it need not be."""

    why: str
    executed: Path | None = None


def made_of(notebook: Path, parameters: Mapping[str, Any]) -> MadeOf:
    """Fingerprints of all that a report is made of but what it asks."""
    return {
        "notebook": sha256(notebook),
        "parameters": digest({name: repr(value) for name, value in parameters.items()}),
        "code": code(),
        "packages": packages(),
        "system": digest({name: os.environ.get(name) for name in SYSTEM_VARIABLES}),
    }


def code(left_out: Iterable[str] = NOT_IN_KERNELS) -> str:
    """A fingerprint of this library's files, those in `left_out` aside."""
    home = Path(__file__).resolve().parents[1]
    marks = hashlib.sha256()
    for path in sorted(home.rglob("*")):
        place = path.relative_to(home).as_posix()
        if path.suffix == ".pyc" or not path.is_file():
            continue
        if not any(place == one or place.startswith(f"{one}/") for one in left_out):
            marks.update(f"{place}\0{sha256(path)}\0".encode())
    return marks.hexdigest()[:12]


def packages() -> str:
    """A fingerprint of this Python and of all that is installed for it, by name and version."""
    there: set[str] = set()
    for folder in map(Path, sys.path):
        if folder.is_dir():
            there |= {path.name for path in folder.iterdir() if path.suffix in (".dist-info", ".egg-info")}
    return digest([sys.version, platform.platform(), sorted(there)])


def unsteady(notebook: Path) -> bool:
    """Whether a notebook's own cells name the clock or chance, or cannot be read as Python."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        trees = [ast.parse("".join(one["source"])) for one in cells if one["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError, SyntaxError, RecursionError):
        return True
    names: set[str] = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                names |= set(name.split("."))
            case ast.ImportFrom(module=str(name)):
                names |= set(name.split("."))
    return bool(names & UNSTEADY)


class Answers:
    """What would be answered now to all that can be asked, as fingerprints.

    data: the folder as the run holds it; inputs: the manifest's fingerprints; fetched: what became of each source;
    as_of, end: day on which figures had to be known ('' = now) and last day of the period.
    """

    def __init__(self, data: Path, inputs: Mapping[str, Any], fetched: Any, as_of: str, end: Any) -> None:
        from keten.observations import prints
        from keten.observations.dataset import load

        loaded, day = load(data), as_of_date(as_of)
        self._files = {name.removeprefix("data/"): mark for name, mark in inputs.items() if name.startswith("data/")}
        self._known = {
            **{asked.MEASURE + name: mark for name, mark in prints.measures(loaded, day, end).items()},
            **{asked.SOURCE + name: mark for name, mark in prints.sources(loaded, day).items()},
            **{asked.TABLE + name: mark for name, mark in prints.tables(loaded).items()},
            asked.SOURCES: prints.of(sorted(prints.sources(loaded, day).items())),
            asked.FAULTS: digest(loaded.faults),
            asked.CORRECTIONS: prints.of(loaded.corrections),
            asked.FETCHED: digest(fetched),
        }
        self._categories = prints.categories(loaded)

    @cached_property
    def _everything(self) -> str:
        return digest([self._files, self._known[asked.FETCHED]])

    def to(self, question: str) -> str:
        """The fingerprint of an answer; '' for one that nothing is known of."""
        if question == asked.EVERYTHING:
            return self._everything
        if question.startswith(asked.FILE):
            return str(self._files.get(question.removeprefix(asked.FILE)))[:12]
        if question.startswith(asked.FOLDER):
            folder = question.removeprefix(asked.FOLDER)
            return digest({name: mark for name, mark in self._files.items() if name.startswith(f"{folder}/")})
        if question.startswith(asked.CATEGORY):
            dimension, _, category = question.removeprefix(asked.CATEGORY).partition("=")
            return "ja" if (dimension, category) in self._categories else "nee"
        if question.startswith(asked.VARIABLE):
            return digest(os.environ.get(question.removeprefix(asked.VARIABLE)))
        return self._known.get(question, "")

    def to_all(self, questions: Iterable[str]) -> dict[str, str]:
        """The fingerprints of the answers, by question."""
        return {question: self.to(question) for question in sorted(questions)}


def judge(
    entry: Mapping[str, Any] | None, now: MadeOf, answers: Answers, notebook: Path, parameters: Mapping[str, Any]
) -> str:
    """Why a notebook must be executed, as a Dutch clause; '' when its report is what it would be now.

    entry: what the manifest of the present edition says of it, None for a report that is not there; now: `made_of`;
    notebook, parameters: of this run.
    """
    if not entry or not entry.get("report"):
        return FIRST
    if entry["state"] != SUCCEEDED:
        return "de vorige keer mislukt"
    before = entry["report"].get("made_of")
    if not before:
        return "onbekend waarvan het vorige rapport is gemaakt"
    if any(parameters.get(name) for name in RECORD_PARAMETERS):
        return "gegevens van personen worden altijd opnieuw gelezen"
    for name, words in (
        ("notebook", "notebook veranderd"),
        ("parameters", "andere parameters"),
        ("code", "programma veranderd"),
        ("packages", "andere versies van Python of pakketten"),
        ("system", "andere taal of tijdzone van het systeem"),
    ):
        if before.get(name) != now[name]:
            return words
    if unsteady(notebook):
        return "het notebook gebruikt zelf de klok of het toeval"
    questions: Mapping[str, str] | None = before.get("asked")
    if questions is None:
        return "onbekend wat het notebook heeft gevraagd"
    if doubtful := [one for one in questions if one.startswith(asked.UNSURE)]:
        return f"het notebook gebruikt {doubtful[0].removeprefix(asked.UNSURE)}"
    return _changed([one for one, mark in questions.items() if not mark or answers.to(one) != mark])


def _changed(questions: list[str]) -> str:
    """What has changed, in words; '' when nothing has."""
    if not questions:
        return ""
    kinds = (
        (asked.MEASURE, "nieuwe cijfers"),
        (asked.SOURCE, "bron veranderd"),
        (asked.TABLE, "catalogus veranderd"),
        (asked.VARIABLE, "omgevingsvariabele veranderd"),
    )
    for kind, words in kinds:
        if named := [one.removeprefix(kind) for one in questions if one.startswith(kind)]:
            rest = [f"{len(named) - MOST_NAMED} andere"] if len(named) > MOST_NAMED else []
            return f"{words}: {listing([*named[:MOST_NAMED], *rest])}"
    return "gegevens veranderd"


def taken_over(edition: Path, outputs: Mapping[str, Any], stem: str, folder: Path) -> Path | None:
    """A copy below `folder` of the notebook as executed before; None when it is not as the run wrote it."""
    place = edition / f"{stem}.ipynb"
    copy = folder / "eerder" / place.name
    copy.parent.mkdir(exist_ok=True)
    try:
        shutil.copyfile(place, copy)
    except OSError:
        return None
    return copy if sha256(copy) == outputs.get(place.name) else None


def judged(
    edition: Path,
    outputs: Mapping[str, Any],
    entry: Mapping[str, Any] | None,
    now: MadeOf,
    answers: Answers,
    notebook: Path,
    parameters: Mapping[str, Any],
    folder: Path,
) -> Judgement:
    """Whether a notebook is executed, and why: `judge`, and whether what it showed before is still there."""
    if why := judge(entry, now, answers, notebook, parameters):
        return Judgement(why)
    copy = taken_over(edition, outputs, notebook.stem, folder)
    return Judgement(REUSED, copy) if copy else Judgement("het eerder uitgevoerde notebook is gewijzigd")


def with_questions(result: Result, now: MadeOf, before: Mapping[str, Any] | None, answers: Answers) -> MadeOf:
    """What a report is made of, with the answers to what it asked, now or when it was executed (`before`)."""
    questions = result.asked if result.why != REUSED else list((before or {}).get("asked") or [])
    return {**now, "asked": None if questions is None else answers.to_all(questions)}


def told(judgements: Mapping[str, Judgement]) -> list[str]:
    """What a user hears of reports that are not executed, and why the others are; nothing when all are, as always."""
    kept = [stem for stem, one in judgements.items() if one.executed]
    if not kept:
        return []
    again = [f"{stem} ({one.why})" for stem, one in judgements.items() if not one.executed]
    return [
        f"Niet opnieuw uitgevoerd, want niets veranderd: {listing(kept)}.",
        *([f"Uitgevoerd: {listing(again)}."] if again else []),
    ]
