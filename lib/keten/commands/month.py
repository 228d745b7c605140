"""The command `keten month`: fetch, make the editions that are due, tell who has to know; for a timer."""

import argparse
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keten.clock import time_stamp, today
from keten.commands.parser import NOTHING_DONE, SUCCESS, data_given, data_option
from keten.commands.terminal import not_inherited
from keten.errors import KetenError
from keten.paths import root
from keten.workspace import temporary

if TYPE_CHECKING:
    from keten.operations.account import Account
    from keten.operations.due import Candidate
    from keten.operations.receivers import Receivers

NOTIFY = "KETEN_NOTIFY"
BUSY = "Er loopt al een maandelijkse run op deze gegevens; wacht tot die klaar is."


def add(commands: Any) -> None:
    """Put the command on the command line."""
    command = commands.add_parser(
        "month",
        help="haal op en maak de uitgaven die aan de beurt zijn",
        description="Voor de maandelijkse run waar niemand naar kijkt: haalt van elke bron op wat nieuw is, maakt op "
        "een en dezelfde stand van de gegevens de uitgaven die aan de beurt zijn (de nieuwste maand of het nieuwste "
        "kwartaal, en het nieuwste halfjaar en jaar dat compleet is) en meldt wat er gebeurde. Wat van een mislukt "
        "rapport overbleef wordt na drie maanden opgeruimd; uitgaven en leveringen nooit.",
        epilog="Afsluitcode: de slechtste van wat er gebeurde, 0 (alles in orde), 1 (een deel mislukte) of 2 (er kon "
        "iets helemaal niet). Wat er gebeurde staat ook in month.json bij de uitgaven.",
    )
    add = command.add_argument
    add("--dry-run", action="store_true", help="vertel wat er zou gebeuren en waarom, en doe niets")
    add("--no-update", action="store_true", help="haal niets op; maak alleen wat met deze gegevens aan de beurt is")
    add("--server", metavar="NAAM=URL", action="append", default=[], dest="servers",
        help="als bij keten update")  # fmt: skip
    add("--notify", metavar="BESTAND", type=Path,
        help=f"wie bericht krijgt (TOML, zie reports/README.md); standaard wat {NOTIFY} noemt")  # fmt: skip
    add("--pdf", action="store_true", help="maak van elk rapport ook een PDF")
    add("--explore", action="store_true", help="maak van elke uitgave ook verken.html, als bij keten run")
    add("--parquet", action="store_true", help="schrijf de cijfers ook als figures.parquet, als bij keten run")
    add("--failed", action="store_true",
        help="meld dat de run is afgebroken, tenzij die dat zelf al deed (voor OnFailure= van systemd)")  # fmt: skip
    data_option(command)
    add("--out", metavar="UIT", type=Path, help="map voor de rapporten; standaard reports/")
    add("-q", "--quiet", action="store_true", help="meld alleen wat misgaat")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out `keten month`; returns the worst exit code of what happened. Raises KetenError before anything did."""
    from keten.operations import receivers
    from keten.operations.deliver import needed
    from keten.reports.publish import site
    from keten.sources import store

    data, out = data_given(arguments), arguments.out or root() / "reports"
    file = arguments.notify or (Path(os.environ[NOTIFY]) if os.environ.get(NOTIFY) else None)
    who = receivers.read_receivers(file) if file else receivers.Receivers()
    if file:
        needed()
    site.address()  # refused before anything is fetched
    if arguments.failed:
        return _tell_of_failure(out, who)
    with store.locked(data, ".month.lock", patience=0, busy=BUSY), not_inherited(), temporary("maand-") as folder:
        if arguments.dry_run:
            return _foretell(folder, data, out, arguments)
        return _carry_out(folder, data, out, who, arguments)


def _carry_out(folder: Path, data: Path, out: Path, who: "Receivers", arguments: argparse.Namespace) -> int:
    from keten.operations import account as accounts
    from keten.operations.account import Account
    from keten.operations.cleaning import clean

    account = Account(time_stamp())
    out.mkdir(parents=True, exist_ok=True)
    accounts.write(out, account)
    if not arguments.no_update:
        _step(account, lambda: _update(data, account, arguments))
    _step(account, lambda: _editions(folder, data, out, account, arguments))
    account.removed = clean(out, _day_of(account.started))
    account.finished = time_stamp()
    _notify(account, out, who)
    accounts.write(out, account)
    return account.code


def _step(account: "Account", step: Callable[[], int]) -> None:
    """Take one step; that it cannot begin is told, and keeps the next from nothing."""
    try:
        account.fails(step())
    except KetenError as error:
        print(error, file=sys.stderr)
        account.fails(NOTHING_DONE, str(error))


def _update(data: Path, account: "Account", arguments: argparse.Namespace) -> int:
    """Fetch what is new; what became of each source goes into the account, also of one whose card cannot be read."""
    from keten.commands import update
    from keten.sources import store
    from keten.sources.attempts import attempts

    code, outcomes = update.fetch(data, [], arguments.servers, today(), update.TIMEOUT, arguments.quiet)
    known = attempts(data / store.FOLDER)
    account.sources = {source: vars(one) for source, one in known.items()}
    account.refusals += [f"{one.source}: {one.reason}" for one in outcomes if one.source not in known]
    return code


def _editions(folder: Path, data: Path, out: Path, account: "Account", arguments: argparse.Namespace) -> int:
    """Make the editions that are due, all of the data as they are now; the worst exit code."""
    from keten.commands.run import run_in
    from keten.reports import frozen

    view = frozen.data_view(data, folder)
    with frozen.told_as(view, data):
        found = _candidates(view, out)
    account.editions = [{**vars(one), "code": None} for one in found]
    for place, one in enumerate(found):
        tell = f"{one.period}: {one.why}."
        if not arguments.quiet:
            print(tell, flush=True)
        if not one.due:
            continue
        own = folder / one.period
        own.mkdir()
        try:
            code = run_in(own, _request(one.period, data, out, arguments), view)
        except KetenError as error:
            print(error, file=sys.stderr)
            account.refusals.append(str(error))
            code = NOTHING_DONE
        account.editions[place]["code"] = code
    return max((one["code"] or SUCCESS for one in account.editions), default=SUCCESS)


def _request(period: str, data: Path, out: Path, arguments: argparse.Namespace) -> argparse.Namespace:
    """The arguments of `keten run` for one edition."""
    return argparse.Namespace(
        notebooks=[], period=period, as_of=None, compare_years=None, parameters=[], data=data, out=out, jobs=None,
        timeout=None, force=False, pdf=arguments.pdf, explore=arguments.explore, parquet=arguments.parquet,
        embargo=None, quiet=arguments.quiet,
    )  # fmt: skip


def _candidates(data: Path, out: Path) -> list["Candidate"]:
    from keten.operations.due import candidates
    from keten.paths import repository
    from keten.reports.publish import manifest

    git = manifest.git(repository())
    return candidates(data, out, git["commit"] if git else "")


def _foretell(folder: Path, data: Path, out: Path, arguments: argparse.Namespace) -> int:
    """Tell what the command would do on the data as they are."""
    from keten.operations.cleaning import outlived
    from keten.reports import frozen
    from keten.sources import store
    from keten.sources.attempts import attempts

    if not arguments.no_update:
        known = attempts(data / store.FOLDER)
        print(f"Zou eerst ophalen wat nieuw is; de vorige keer: {_last_time(known)}.")
    for one in _candidates(frozen.data_view(data, folder), out):
        print(f"{one.period}: {'zou worden gemaakt' if one.due else 'zou niet worden gemaakt'}; {one.why}.")
    if gone := outlived(out, _day_of(time_stamp())):
        print(f"Zou opruimen: {', '.join(one.name for one in gone)}.")
    return SUCCESS


def _day_of(moment: str) -> date:
    """The day of a run's own time stamp, from which is counted how long ago something failed."""
    return date.fromisoformat(moment[:10])


def _last_time(known: dict[str, Any]) -> str:
    wrong = [f"{source} {one.words}" for source, one in known.items() if one.since]
    if not known:
        return "nog nooit opgehaald"
    return "; ".join(wrong) or f"alle {len(known)} bronnen in orde"


def _notify(account: "Account", out: Path, who: "Receivers") -> None:
    from keten.operations import notice
    from keten.reports.publish import site

    if account.code or who.always:
        words = notice.subject(account), notice.text(account, out, site.address())
        account.undelivered = _delivered(who, *words, failed=account.code != SUCCESS)
    account.told = not account.undelivered


def _delivered(who: "Receivers", subject: str, text: str, failed: bool) -> list[str]:
    """What could not be delivered, which is told too."""
    from keten.operations.deliver import deliver

    missed = []
    for sentence in deliver(who, subject, text, failed):
        print(f"Let op: {sentence}", file=sys.stderr)
        missed.append(sentence)
    return missed


def _tell_of_failure(out: Path, who: "Receivers") -> int:
    """Tell that the last month was broken off, unless it told so itself."""
    from keten.operations import account as accounts

    account = accounts.read(out)
    if account is not None and account.finished and account.told:
        return SUCCESS
    since = f" Zij begon {account.started} en is niet voltooid." if account and not account.finished else ""
    sentence = (
        f"De maandelijkse run is afgebroken.{since} Zie journalctl --user -u keten-month en {out / accounts.FILE}."
    )
    return (
        SUCCESS if not _delivered(who, "Ketenwerkboek LET OP: de maandelijkse run is afgebroken", sentence, True) else 1
    )
