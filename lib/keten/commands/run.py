"""The command `keten run`: check what was asked, run the notebooks, publish the edition."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from keten.clock import time_stamp
from keten.commands import period_choice
from keten.commands.parser import SOME_FAILED, SUCCESS, data_given, data_option, whole_number
from keten.commands.terminal import not_inherited
from keten.errors import KetenError
from keten.model.periods import Period, day_of
from keten.paths import notebooks_folder, repository, root
from keten.reports.choice import available, chosen, refuse_unknown, typed
from keten.reports.notebook import Notebook, displayed
from keten.reports.own_figures import outdated_words
from keten.reports.publish import baseline, frontpage, index, manifest
from keten.reports.publish import edition as editions
from keten.reports.render import pdf
from keten.reports.result import Job, Result
from keten.workspace import temporary

RECORD_PARAMETERS = ("respondents", "participants")  # names of files with records of persons
DEFAULT_TIMEOUT, LONGEST_TIMEOUT = 600, 7 * 24 * 3600  # seconds
MOST_JOBS = 999


def add(commands: Any) -> None:
    """Put the command on the command line."""
    run_command = commands.add_parser(
        "run",
        help="maak rapporten",
        description="Voert notebooks uit en zet hun rapporten in UIT/<periode>/, met een index, alle cijfers "
        "(figures.csv) en een verslag van de run (manifest.json).",
        epilog="De omgevingsvariabele KETEN_CONTACT bevat de contactregel onder elk rapport, zoals een e-mailadres.",
    )
    run_command._positionals.title = "notebooks"
    add = run_command.add_argument
    add("notebooks", nargs="*", metavar="NOTEBOOK", help="naam of deel ervan (2_asiel); standaard alle")
    add("--period", metavar="PERIODE", help="2017-06, 2017-Q2, 2017-H1 of 2017; standaard kiezen de gegevens")
    add("--as-of", metavar="DATUM", help="stand van de gegevens op deze datum (2018-01-31)")
    add("--compare-years", metavar="AANTAL", help="vergelijk met zoveel eerdere jaren")
    add("-p", nargs=2, action="append", default=[], metavar=("NAAM", "WAARDE"), dest="parameters",
        help="een parameter van de notebooks; mag vaker")  # fmt: skip
    data_option(run_command)
    add("--out", metavar="UIT", type=Path, help="map voor de rapporten; standaard reports/")
    add("--jobs", metavar="AANTAL", help="zoveel notebooks tegelijk; standaard het aantal kernen")
    add("--timeout", metavar="SECONDEN", help=f"tijd per notebook; standaard {DEFAULT_TIMEOUT}")
    add("--pdf", action="store_true", help="maak van elk rapport ook een PDF, met Chromium, Chrome of Edge")
    add("-q", "--quiet", action="store_true", help="meld alleen wat misgaat")
    run_command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out `keten run`. Raises KetenError before anything runs; returns 0 or 1 after."""
    with not_inherited():
        return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    from keten.reports.execute import pool

    started = time_stamp()
    notebooks = chosen(arguments.notebooks, available(notebooks_folder()))
    data = data_given(arguments)
    given = given_parameters(arguments)
    workers = whole_number("--jobs", arguments.jobs, os.cpu_count() or 1, MOST_JOBS)
    timeout = whole_number("--timeout", arguments.timeout, DEFAULT_TIMEOUT, LONGEST_TIMEOUT)
    parameters = {notebook.stem: typed(notebook, given) for notebook in notebooks}
    refuse_unknown(given, notebooks)
    refuse_missing_records(parameters)
    contact = contact_line()
    browser = pdf.browser() if arguments.pdf else None

    environment = {"KETEN_DATA": str(data.resolve())}
    pool.warm_up(environment)
    choice = period_choice.checked(data, given, notebooks)
    period = choice.period
    organisations = publishers(data)
    for notebook in notebooks:
        if "period" in (notebook.parameters or {}):
            parameters[notebook.stem] = {"period": period, **parameters[notebook.stem]}
    out = arguments.out or root() / "reports"
    moment = Period.parse(period)
    edition = editions.Edition(out, period.replace("/", "_"), moment.label)
    present = editions.check(edition)
    account: dict[str, Any] = {
        "started": started,
        "parameters": {"period": period} | {name: displayed(value) for name, value in given.items()},
        "inputs": inputs(notebooks, parameters, data),
        "packages": manifest.packages(),
        "git": manifest.git(repository()),
        "default": choice.default,
        "outdated": choice.outdated,
    }
    account["run"] = manifest.run_id(account)
    context = report_context(edition, account, contact)
    states = {stem: manifest.data_state(account["inputs"], values) for stem, values in parameters.items()}
    if "period" not in given and not arguments.quiet:
        print(choice.default["sentence"], flush=True)
    late = [outdated_words(choice.outdated)] if choice.outdated["key_figures"] else []
    for sentence in [*late, *baseline.distrusted(edition.folder)]:
        print(f"Let op: {sentence}", file=sys.stderr)
    baselines = baseline.figures(edition.folder, present, states)

    progress = Progress(len(notebooks), arguments.quiet)
    with editions.told_when_too_late(edition, started), temporary("run-") as folder:
        jobs = [
            Job(
                notebook.path,
                parameters[notebook.stem],
                folder,
                timeout,
                environment,
                context,
                baseline.previous(out, moment, notebook.stem),
                baseline.comparable(baselines[notebook.stem]),
                browser,
            )
            for notebook in notebooks
        ]
        results = pool.conduct(jobs, workers, progress.show)
        try:
            published = editions.publish(edition, results, {**account, "finished": time_stamp()}, organisations)
            frontpage.write(out)
        except KetenError as error:
            print(error, file=sys.stderr)
            return SOME_FAILED
        progress.close(published / "index.html")
    return SUCCESS if all(result.complete for result in results) else SOME_FAILED


class Progress:
    """One line per finished notebook; when quiet, only those that failed, on standard error."""

    def __init__(self, total: int, quiet: bool):
        self.total, self.quiet, self.done = total, quiet, 0

    def show(self, result: Result) -> None:
        """Tell of one result."""
        self.done += 1
        seconds = f"{result.seconds:.1f}".replace(".", ",")
        words = index.status(result.state, result.reason or result.pdf_reason)
        line = f"[{self.done}/{self.total}] {result.stem}  {words}  ({seconds} s)"
        if not self.quiet:
            print(line, flush=True)
        elif not result.complete:
            print(line, file=sys.stderr)

    def close(self, page: Path) -> None:
        """Tell where the edition is."""
        if not self.quiet:
            print(f"De rapporten staan klaar: {page}")


# -- what was asked --


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


def contact_line() -> str:
    """Whom a reader may ask, from the environment; '' when it does not say. Raises KetenError unless it is one line."""
    contact = os.environ.get("KETEN_CONTACT", "").strip()
    if not contact.isprintable():
        raise KetenError("De omgevingsvariabele KETEN_CONTACT moet een regel tekst zijn, zoals een e-mailadres.")
    return contact


def report_context(edition: editions.Edition, account: dict[str, Any], contact: str) -> dict[str, Any]:
    """Of which edition and run a report is, as its metadata tell it."""
    git = account["git"] or {"commit": "", "clean": True}
    default = account["default"]
    why = {"why": default["sentence"] if default["period"] == edition.name else ""}
    return {"edition": edition.name, "label": edition.label, "run": account["run"], **git, "contact": contact, **why}


def refuse_missing_records(parameters: dict[str, dict[str, Any]]) -> None:
    """Raise KetenError when a file with records that a parameter names is not there."""
    for values in parameters.values():
        for name in RECORD_PARAMETERS:
            if values.get(name) and not Path(values[name]).is_file():
                raise KetenError(f"Het bestand '{values[name]}' van de parameter {name} bestaat niet.")


def publishers(data: Path) -> dict[str, str]:
    """Publisher by title of each source in the data folder; the data, read and checked before, can go after this.

    Tells on standard error which live sources cannot take part; the reports say so as well.
    """
    from keten.observations.dataset import forget, load

    loaded = load(data)
    for fault in loaded.faults:
        print(f"Let op: {fault}", file=sys.stderr)
    forget()
    return dict(zip(loaded.sources.title, loaded.sources.publisher, strict=True))


def inputs(notebooks: list[Notebook], parameters: dict[str, dict[str, Any]], data: Path) -> dict[str, str | None]:
    """SHA-256 of the notebooks, of every file in the data folder and of the files that parameters name."""
    prints = {f"notebooks/{notebook.path.name}": manifest.sha256(notebook.path) for notebook in notebooks}
    prints |= manifest.fingerprints(data, manifest.files_below(data), prefix="data/")
    for values in parameters.values():
        for name in RECORD_PARAMETERS:
            if values.get(name):
                prints[f"{name}/{Path(values[name]).name}"] = manifest.sha256(Path(values[name]))
    return prints
