"""What `keten run` does: check what was asked (see `run_options`), run the notebooks, publish the edition."""

import argparse
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from keten.clock import time_stamp
from keten.commands import period_choice
from keten.commands.parser import DEFAULT_TIMEOUT, SOME_FAILED, SUCCESS, data_given, whole_number
from keten.commands.request import differing, given_parameters, nothing_to_do, options, tell
from keten.commands.terminal import not_inherited
from keten.errors import KetenError, remedy, why
from keten.model.parameters import DEFAULTS, RECORD_PARAMETERS
from keten.model.periods import Period, day_of
from keten.paths import DECISIONS, RECORDS, notebooks_folder, repository, root
from keten.presentation.prose import listing
from keten.reports import calendar, frozen, reuse, unchanged
from keten.reports.choice import available, chosen, left_out, refuse_unknown, typed
from keten.reports.notebook import Notebook, displayed, read
from keten.reports.own_figures import outdated_words
from keten.reports.publish import baseline, decisions, embargo, explorer, frontpage, index, manifest, parquet, site
from keten.reports.publish import edition as editions
from keten.reports.publish.variant import variant_of
from keten.reports.render import pdf
from keten.reports.result import SUCCEEDED, Job, Result
from keten.sources import store
from keten.sources.attempts import attempts
from keten.workspace import temporary

LONGEST_TIMEOUT = 7 * 24 * 3600  # seconds
MOST_JOBS = 999
PARQUET_GONE = (
    f"{parquet.FILE} vervalt, want het pakket pyarrow is hier niet; installeer het met pip install -c constraints.txt "
    "-e '.[parquet]' en start opnieuw."
)


def run(arguments: argparse.Namespace) -> int:
    """Carry out `keten run`. Raises KetenError before anything runs; returns 0 or 1 after."""
    if nothing_to_do(arguments):
        return SUCCESS
    with not_inherited(), temporary("run-") as folder:
        return run_in(folder, arguments)


def run_in(folder: Path, arguments: argparse.Namespace, view: Path | None = None) -> int:
    """`run` in a folder of its own. view: the data as they are frozen already, for who makes more editions of them."""
    from keten.reports.execute import pool

    started = time_stamp()
    there = available(notebooks_folder())
    originals = chosen(arguments.notebooks, there)
    notebooks = [read(frozen.notebook_view(notebook.path, folder)) for notebook in originals]
    data = data_given(arguments)
    given = given_parameters(arguments)
    workers = whole_number("--jobs", arguments.jobs, os.cpu_count() or 1, MOST_JOBS)
    timeout = whole_number("--timeout", arguments.timeout, DEFAULT_TIMEOUT, LONGEST_TIMEOUT)
    refuse_unknown(given, notebooks)
    parameters = {notebook.stem: typed(notebook, given) for notebook in notebooks}
    records = checked_records(parameters, data)
    contact = contact_line()
    site.address()  # refused now rather than when the reports are ready
    browser = pdf.browser() if arguments.pdf else None
    if arguments.parquet:
        parquet.refuse_without()

    view = view or frozen.data_view(data, folder)
    decided = folder / "besluiten"
    decided.mkdir()
    environment = {"KETEN_DATA": str(view.resolve()), RECORDS: json.dumps(records), DECISIONS: str(decided)}
    pool.warm_up(environment)
    with frozen.told_as(view, data):
        choice = period_choice.checked(view, given, notebooks)
        period = choice.period
        variant = variant_of(apart(notebooks, parameters, view), frozen.record_prints(records))
        account_for_cases(view, decided, period, given.get("as_of", ""))
        prints, received = inputs(notebooks, records, view), fetched(data)
        answers = reuse.Answers(view, prints, received, given.get("as_of", ""), Period.parse(period).end)
        organisations, faults = publishers(view)
        refused = refusals(view)
    for notebook in notebooks:
        parameters[notebook.stem] = {**parameters[notebook.stem], "period": period}
    out = arguments.out or root() / "reports"
    moment = Period.parse(period)
    label = f"{moment.label}, {variant.words}" if variant.words else moment.label
    edition = editions.Edition(out, period.replace("/", "_") + variant.name, label)
    present = editions.check(edition)
    git = manifest.git(repository(), [notebook.path for notebook in originals])
    account: dict[str, Any] = {
        "started": started,
        "parameters": effective(parameters, given),
        "inputs": prints,
        "packages": manifest.packages(),
        "git": git,
        "default": choice.default,
        "outdated": choice.outdated,
        "sources": received,
        "faults": faults,
        "refused": refused,
    }
    account["run"] = manifest.run_id(account)
    account |= under_embargo(arguments, edition)
    explored = explored_page(view, data, moment, label, given, notebooks) if to_explore(arguments, edition) else {}
    context = (
        report_context(edition, account, contact)
        | awaited(view, moment)
        | ({"explorer": explorer.FILE} if explored else {})
    )
    states = {stem: manifest.data_state(account["inputs"], values) for stem, values in parameters.items()}
    tell([] if arguments.notebooks else left_out(there), arguments.quiet)
    tell(differing(originals, given, git), arguments.quiet)
    tell(decisions.other_records(edition, records, account["inputs"]), arguments.quiet)
    if "period" not in given and not arguments.quiet:
        print(choice.default["sentence"], flush=True)
    late = [outdated_words(choice.outdated)] if choice.outdated["key_figures"] else []
    if not browser:
        late += lost_pdfs(present, list(parameters))
    as_parquet = arguments.parquet or (edition.folder / parquet.FILE).is_file()
    if as_parquet and not parquet.available():
        late, as_parquet = [*late, PARQUET_GONE], False
    for sentence in [*late, *baseline.distrusted(edition.folder)]:
        print(f"Let op: {sentence}", file=sys.stderr)
    made_from = unchanged.state(
        out, edition.name, data, there, originals, git, given.get("as_of", ""), prints, unchanged.attempts(view)
    )
    made_of = {one.stem: reuse.made_of(one.path, parameters[one.stem]) for one in notebooks}
    judgements = judged(arguments, edition, present, notebooks, parameters, made_of, answers, folder)
    tell(reuse.told(judgements), arguments.quiet)
    baselines = baseline.figures(edition.folder, present, states)
    earlier = baseline.earlier(out, moment)

    progress = Progress(len(notebooks), arguments.quiet)
    jobs = [
        Job(
            notebook.path,
            parameters[notebook.stem],
            folder,
            timeout,
            environment,
            context,
            baseline.previous(earlier, notebook.stem, parameters[notebook.stem]),
            baseline.comparable(baselines[notebook.stem]),
            browser,
            judgements[notebook.stem].executed,
        )
        for notebook in notebooks
    ]

    def certain(result: Result) -> Result:
        """The result as it may be told: on the records of the manifest, with the user's names of files."""
        checked = frozen.on_same_records(result, records, account["inputs"])
        told = [frozen.original_names(text, view, data) for text in (checked.reason or "", checked.log)]
        checked = replace(checked, reason=told[0] or None, log=told[1], why=judgements[result.stem].why)
        before = ((present.get(result.stem) or {}).get("report") or {}).get("made_of")
        return replace(checked, made_of=reuse.with_questions(checked, made_of[result.stem], before, answers))

    with editions.told_when_too_late(edition, started):
        results = [certain(result) for result in pool.conduct(jobs, workers, lambda one: progress.show(certain(one)))]
        if name := frozen.changed(view, account["inputs"]):
            results = [frozen.spoiled(result, name) for result in results]
            print(f"Geen rapport is vernieuwd: het bestand {name} werd tijdens de run gewijzigd.", file=sys.stderr)
        try:
            ended = {**account, "finished": time_stamp()}
            published = editions.publish(
                edition, results, ended, organisations, contact=contact, pages=explored, as_parquet=as_parquet
            )
            frontpage.write(out, data)
            alone = not records and not any(decided.iterdir())  # what is decided on persons is always told anew
            decisions.keep(edition, decided)
            if alone and all(result.complete for result in results):
                asked_for = unchanged.request(originals, given, data, options(arguments))
                remember(edition, asked_for, made_from, [one.path for one in notebooks])
        except KetenError as error:
            print(error, file=sys.stderr)
            return SOME_FAILED
        progress.close(published / "index.html", sum(result.state != SUCCEEDED for result in results))
    return SUCCESS if all(result.complete for result in results) else SOME_FAILED


def judged(
    arguments: argparse.Namespace,
    edition: editions.Edition,
    present: dict[str, Any],
    notebooks: list[Notebook],
    parameters: dict[str, dict[str, Any]],
    made_of: dict[str, reuse.MadeOf],
    answers: reuse.Answers,
    folder: Path,
) -> dict[str, reuse.Judgement]:
    """Of each notebook whether it is executed, and why."""
    if arguments.force:
        return {one.stem: reuse.Judgement(reuse.FORCED) for one in notebooks}
    outputs = (manifest.load(edition.folder) or {"outputs": {}})["outputs"]
    return {
        one.stem: reuse.judged(
            edition.folder, outputs, present.get(one.stem), made_of[one.stem], answers, one.path,
            parameters[one.stem], folder,
        )
        for one in notebooks
    }  # fmt: skip


def remember(edition: editions.Edition, asked_for: str, made_from: unchanged.State, notebooks: list[Path]) -> None:
    """Let the same request find that the edition is there, unless a notebook of it may say something else each time."""
    content = manifest.load(edition.folder)
    steady = content and unchanged.steady(content, [path.stem for path in notebooks])
    if not steady or any(reuse.unsteady(path) for path in notebooks):
        return
    try:
        unchanged.remember(edition.out, edition.name, asked_for, made_from)
    except OSError as error:
        print(
            f"Let op: in {edition.out} kon niet worden bewaard waarvan de uitgave is gemaakt ({why(error)}); de "
            f"volgende run doet daarom meer dan nodig is; {remedy(error)}.",
            file=sys.stderr,
        )


def lost_pdfs(present: dict[str, Any], stems: list[str]) -> list[str]:
    """What a run without PDFs must say of those that stand in the edition, of the notebooks `stems`."""
    lost = [stem for stem in stems if "pdf" in ((present.get(stem) or {}).get("report") or {})]
    if not lost:
        return []
    return [
        f"van {listing(lost)} vervalt de PDF, want die hoort bij het vorige rapport; geef --pdf om ook van het nieuwe "
        "rapport een PDF te maken."
    ]


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

    def close(self, page: Path, failed: int) -> None:
        """Tell where the edition is, and how many of its reports failed now."""
        if self.quiet:
            return
        if failed:
            few = (
                "Geen enkel rapport is gelukt" if failed == self.total else f"{failed} van de {self.total} zijn mislukt"
            )
            print(f"{few}; wat er is staat in {page}")
        else:
            print(f"De rapporten staan klaar: {page}")


# -- what was asked --


def effective(parameters: dict[str, dict[str, Any]], given: dict[str, str]) -> dict[str, Any]:
    """The parameters that held in this run: those that notebooks share, and what was given."""
    every = {name: value for values in parameters.values() for name, value in values.items()}
    return {name: displayed(value) for name, value in every.items() if name in DEFAULTS or name in given}


def apart(notebooks: list[Notebook], parameters: dict[str, dict[str, Any]], data: Path) -> dict[str, Any]:
    """The parameters that make this edition another than the plain one of its period, in one spelling."""
    from keten.observations.dataset import load

    found: dict[str, Any] = {}
    for notebook in notebooks:
        own = {**(notebook.parameters or {}), **DEFAULTS}
        values = parameters[notebook.stem]
        found |= {name: value for name, value in values.items() if name != "period" and value != own[name]}
    for name in ("as_of", "reference_date"):
        if day := day_of(str(found.get(name, ""))):
            found[name] = day.isoformat()
    if "nationality" in found:
        found["nationality"] = load(data).catalogue.nationality(found["nationality"])
    return found


def contact_line() -> str:
    """Whom a reader may ask, from the environment; '' when it does not say. Raises KetenError unless it is one line."""
    contact = os.environ.get("KETEN_CONTACT", "").strip()
    if not contact.isprintable():
        raise KetenError("De omgevingsvariabele KETEN_CONTACT moet een regel tekst zijn, zoals een e-mailadres.")
    return contact


def to_explore(arguments: argparse.Namespace, edition: editions.Edition) -> bool:
    """Whether the run makes the page to explore: when asked, and when there is one that would be out of date."""
    return arguments.explore or (edition.folder / explorer.FILE).is_file()


def explored_page(
    view: Path, data: Path, period: Period, label: str, given: dict[str, str], notebooks: list[Notebook]
) -> dict[str, str]:
    """The page on which all figures of the edition can be explored, by its name."""
    from keten.observations.dataset import forget
    from keten.workbook.declared import shares
    from keten.workbook.workbook import Workbook

    with frozen.told_as(view, data):
        chain = Workbook(period, as_of=given.get("as_of", ""), data=view)
        page = explorer.page(chain, label, set().union(*(shares(one.path) for one in notebooks)))
    forget()
    return {explorer.FILE: page}


def report_context(edition: editions.Edition, account: dict[str, Any], contact: str) -> dict[str, Any]:
    """Of which edition and run a report is, as its metadata tell it."""
    git = account["git"] or {"commit": "", "clean": True}
    version = {name: git[name] for name in ("commit", "clean")}
    default = account["default"]
    why = {"why": default["sentence"] if default["period"] == account["parameters"]["period"] else ""}
    about = {"edition": edition.name, "label": edition.label, "run": account["run"], "contact": contact}
    return {**about, **version, **why}


def under_embargo(arguments: argparse.Namespace, edition: editions.Edition) -> dict[str, str]:
    """Until when the edition is not public, as the manifest has it: as asked, else as it was.

    Raises KetenError for what is no moment, and for an edition that is public already: it cannot be called back.
    """
    present = embargo.of(edition.folder)
    if not arguments.embargo:
        if present:
            print(f"Let op: deze uitgave blijft onder embargo tot {embargo.words(present)}.", file=sys.stderr)
        return {embargo.KEY: present} if present else {}
    moment = embargo.moment_of(arguments.embargo)
    if edition.folder.is_dir() and not present:
        raise KetenError(
            f"De uitgave {edition.name} in {edition.out} is al openbaar en kan niet meer onder embargo; maak haar "
            "zonder --embargo, of kies met --out een andere map."
        )
    return {embargo.KEY: moment}


def awaited(data: Path, period: Period) -> dict[str, str]:
    """When a newer figure than those of this period is to be expected, for who reads the report later."""
    sentence = calendar.expected(calendar.read(data), period)
    return {"expected": sentence} if sentence else {}


def checked_records(parameters: dict[str, dict[str, Any]], data: Path) -> dict[str, str]:
    """Full paths of the files with records, by their parameter; in `parameters` their names alone remain.

    Each is read here, before anything runs: what is wrong in it is told to who started the run, and to no report.
    """
    found: dict[str, str] = {}
    for values in parameters.values():
        for name in RECORD_PARAMETERS:
            given = values.get(name)
            if not given:
                continue
            if not isinstance(given, str) or not Path(given).is_file():
                raise KetenError(f"Het bestand '{given}' van de parameter {name} bestaat niet.")
            if name not in found:
                read_records(name, Path(given), data)
            found[name] = str(Path(given).resolve())
            values[name] = Path(given).name
    return found


def read_records(name: str, path: Path, data: Path) -> None:
    """Read a file of records as the notebooks will. Raises KetenError that names line and column of a fault."""
    from keten.observations.dataset import catalogue_of
    from keten.statistics.shelter.participants import read_participants
    from keten.statistics.survey.respondents import read_respondents

    if name == "respondents":
        read_respondents(path)
    else:
        read_participants(path, list(catalogue_of(data).municipalities.name))


def account_for_cases(data: Path, folder: Path, period: str, as_of: str) -> None:
    """Put in the folder what is hidden of the counts of case records, where there are any."""
    from keten.model.periods import as_of_date
    from keten.observations.dataset import load
    from keten.observations.hidden_cases import hidden_cases
    from keten.statistics.records import write_decisions

    if hidden := hidden_cases(load(data), Period.parse(period).end, as_of_date(as_of)):
        write_decisions(folder / "dossiers.csv", hidden)


def publishers(data: Path) -> tuple[dict[str, str], list[str]]:
    """Publisher by title of each source in the data folder; the data, read and checked before, can go after this.

    Also which live sources cannot take part, told on standard error too; the reports say so as well.
    """
    from keten.observations.dataset import forget, load

    loaded = load(data)
    for fault in loaded.faults:
        print(f"Let op: {fault}", file=sys.stderr)
    forget()
    return dict(zip(loaded.sources.title, loaded.sources.publisher, strict=True)), list(loaded.faults)


def refusals(data: Path) -> list[dict[str, str]]:
    """The deliveries that were kept aside and not cleared since: `source`, `date`, `fate` and `reason`."""
    from keten.sources.store import refused

    return [
        {"source": one.source, "date": one.date, "fate": one.fate, "reason": str(one.about.get("reason", ""))}
        for one in refused(data)
        if not one.about.get("cleared")
    ]


def fetched(data: Path) -> dict[str, dict[str, str]]:
    """What became of each source when it was last fetched; tells on standard error when that cannot be read."""
    try:
        return {source: vars(one) for source, one in attempts(data / store.FOLDER).items()}
    except KetenError as error:
        print(f"Let op: {error}", file=sys.stderr)
        return {}


def inputs(notebooks: list[Notebook], records: dict[str, str], data: Path) -> dict[str, str | None]:
    """SHA-256 of the notebooks, of every file in the data folder and of the files with records, by parameter."""
    prints = {f"notebooks/{notebook.path.name}": manifest.sha256(notebook.path) for notebook in notebooks}
    prints |= manifest.fingerprints(data, manifest.files_below(data), prefix="data/")
    return prints | frozen.record_prints(records)
