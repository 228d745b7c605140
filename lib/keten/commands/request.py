"""What was asked of `keten run`, and whether that is there already: quickly known, so that nothing heavy is loaded."""

import argparse
import sys
from pathlib import Path
from typing import Any

from keten.errors import KetenError
from keten.model.periods import day_of
from keten.paths import data_folder, notebooks_folder, repository, root
from keten.presentation.prose import listing
from keten.reports import unchanged
from keten.reports.choice import available, chosen, left_out, passed_over
from keten.reports.notebook import Notebook
from keten.reports.own_figures import outdated_words
from keten.reports.publish import manifest
from keten.reports.render import pdf


def nothing_to_do(arguments: argparse.Namespace) -> bool:
    """Whether the edition that is asked for is there, made of what there is now; then this was told, and written down.

    Also False when what is asked cannot be: it is the run that says so.
    """
    data, out = data_folder(arguments.data), arguments.out or root() / "reports"
    if arguments.force or not data.is_dir() or not out.is_dir():
        return False
    there = available(notebooks_folder())
    originals, given = chosen(arguments.notebooks, there), given_parameters(arguments)
    asked_for = unchanged.request(originals, given, data, options(arguments))
    known = unchanged.found(out, asked_for)
    if known is None:
        return False
    git = manifest.git(repository(), [one.path for one in originals])
    try:
        now = unchanged.state(
            out, known["edition"], data, there, originals, git, given.get("as_of", ""),
            unchanged.inputs(data, originals), unchanged.attempts(data),
        )  # fmt: skip
        if not unchanged.stands(out, known, now):
            return False
        content = manifest.load(out / known["edition"]) or {}
        unchanged.checked(out, asked_for, known)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, KetenError):
        return False  # not certain, so a run it is, which tells what is wrong
    tell([] if arguments.notebooks else left_out(there), arguments.quiet)
    tell(differing(originals, given, git), arguments.quiet)
    tell([] if "period" in given else [content["default"]["sentence"]], arguments.quiet)
    tell([f"Let op: {fault}" for fault in content["faults"]], arguments.quiet)
    if content["outdated"]["key_figures"]:
        tell([f"Let op: {outdated_words(content['outdated'])}"], arguments.quiet)
    page = out / known["edition"] / "index.html"
    tell([f"Er is niets veranderd, dus niets opnieuw gemaakt. De rapporten staan klaar: {page}"], arguments.quiet)
    return True


def options(arguments: argparse.Namespace) -> dict[str, Any]:
    """What decides, beside the parameters, which files an edition has, with the program that prints them."""
    program = pdf.browser() if arguments.pdf else ""
    pdf_by = manifest.digest([program, _stamp(program)]) if program else ""
    # The last three change no report, but one that cannot be is refused by the run.
    names = ("explore", "parquet", "jobs", "timeout", "embargo")
    return {name: getattr(arguments, name) for name in names} | {"pdf": pdf_by}


def _stamp(program: str) -> list[int]:
    told = Path(program).resolve().stat()
    return [told.st_size, told.st_mtime_ns]


def given_parameters(arguments: argparse.Namespace) -> dict[str, str]:
    """Parameters as typed: those of the options and of -p; an empty period is none."""
    options = [(name, getattr(arguments, name)) for name in ("period", "as_of", "compare_years")]
    given: dict[str, str] = {}
    for name, value in [*options, *arguments.parameters]:
        if value is None or (name, value) == ("period", ""):
            continue
        if name == "as_of" and (day := day_of(value)):
            value = day.isoformat()
        if given.get(name, value) != value:
            raise KetenError(f"De parameter {name} is twee keer gegeven: '{given[name]}' en '{value}'; kies er een.")
        given[name] = value
    return given


def tell(sentences: list[str], quiet: bool) -> None:
    """What a user has to know before the run; a warning also when all else is quiet."""
    for sentence in sentences:
        if sentence.startswith("Let op"):
            print(sentence, file=sys.stderr)
        elif not quiet:
            print(sentence)


def differing(notebooks: list[Notebook], given: dict[str, str], git: dict[str, Any] | None) -> list[str]:
    """Warnings of what in the notebooks is not what a reader of the manifest's commit finds there."""
    told = [f"Let op: {sentence}" for notebook in notebooks if (sentence := passed_over(notebook, given))]
    folder = notebooks_folder().resolve()
    told += [f"Let op: dit is niet het gewone notebook: {one.path}." for one in notebooks if is_elsewhere(one, folder)]
    home = repository()
    if git and home:
        ours = {notebook.path.name for notebook in notebooks if notebook.path.resolve().is_relative_to(home.resolve())}
        if changed := [name for name in git["changed_notebooks"] if name in ours]:
            told.append(f"Let op: anders dan in de vastgelegde versie ({git['commit'][:7]}): {listing(changed)}.")
    return told


def is_elsewhere(notebook: Notebook, folder: Path) -> bool:
    """Whether somebody asked for a file outside the folder with notebooks."""
    return notebook.path.parent.resolve() != folder
