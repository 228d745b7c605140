"""The command `keten update`: fetch what is new of the sources, check it and let it in."""

import argparse
import re
import sys
from collections import Counter
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from keten.commands.parser import NOTHING_DONE, SOME_FAILED, SUCCESS, data_given, data_option, day_given
from keten.errors import KetenError

if TYPE_CHECKING:
    from keten.sources.cards.types import Card
    from keten.sources.update import Outcome

NO_NETWORK = (
    "Er is geen netwerk: geen enkele server is te bereiken; controleer de verbinding (en HTTPS_PROXY, als die hier "
    "nodig is) en probeer het opnieuw met keten update."
)
TIMEOUT = 20.0  # seconds that a server may be silent
SERVERS = ("cbs", "eurostat", "overheid", "unhcr")  # names of the cards that come with the workbook


def add(commands: Any) -> None:
    """Put the command on the command line."""
    command = commands.add_parser(
        "update",
        help="haal nieuwe gegevens op bij de bronnen",
        description="Haalt van elke bron met een kaart in data/sources/ op wat nieuw is, bewaart het bestand zoals het "
        "is ontvangen in data/snapshots/, controleert het en neemt het op. Wat niet deugt wordt met de reden apart "
        "gehouden en vervangt niets. Afgebroken of mislukt? Dezelfde opdracht gaat verder waar het bleef.",
        epilog="Uitkomst per bron: nieuw, ongewijzigd, geweigerd of mislukt. Afsluitcode 0: alles in orde; 1: een deel "
        "is geweigerd of mislukt; 2: er kon niets worden gedaan.",
    )
    option = command.add_argument
    option("sources", nargs="*", metavar="BRON", help="naam van een kaart of een deel ervan; standaard alle")
    option("--server", metavar="NAAM=URL", action="append", default=[], dest="servers",
           help="vraag een server elders: een proefserver of spiegel; mag vaker. NAAM is de server op de kaart "
           "(cbs, eurostat, overheid, unhcr). Een URL zonder pad vervangt https://host van het adres op de kaart, "
           "een URL met een pad het hele basisadres (base)")  # fmt: skip
    option("--date", metavar="DATUM", default="", help="dag van ontvangst (2026-01-31); standaard vandaag")
    option("--timeout", metavar="SECONDEN", default=f"{TIMEOUT:.0f}",
           help=f"zo lang mag een server zwijgen; standaard {TIMEOUT:.0f}")  # fmt: skip
    option("-q", "--quiet", action="store_true", help="meld alleen wat misgaat")
    data_option(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out `keten update`; returns 0, 1 or 2. Raises KetenError when the question itself is wrong."""
    data = data_given(arguments)
    date, timeout = day_given(arguments.date), seconds(arguments.timeout)
    return fetch(data, arguments.sources, arguments.servers, date, timeout, arguments.quiet)[0]


def fetch(
    data: Path, names: list[str], servers: list[str], date: str, timeout: float, quiet: bool
) -> tuple[int, list["Outcome"]]:
    """Fetch and tell: the exit code (0, 1 or 2), and what became of each source.

    names: of sources, or parts of them, all without; servers: as NAME=URL; date: ISO day of receipt; timeout: seconds.
    Raises KetenError when the question itself is wrong.
    """
    from keten.observations.dataset import catalogue_of
    from keten.sources import update

    catalogue = catalogue_of(data)
    cards, outcomes = readable(data, catalogue)
    elsewhere = addresses(servers, {card.fetch.server for card in cards.values() if card.fetch})
    ids = chosen(names, [*cards, *outcomes])
    wanted = [cards[source] for source in ids if source in cards and cards[source].fetch]
    outcomes = {source: outcome for source, outcome in outcomes.items() if source in ids}
    if names:
        by_hand = "wordt niet opgehaald: de kaart heeft geen [fetch]; deze bron komt binnen met keten import."
        outcomes |= {
            source: update.Outcome(source, "failed", by_hand)
            for source in ids
            if source in cards and not cards[source].fetch
        }
    if not wanted and not outcomes:
        raise KetenError(
            f"In {data / 'sources'} staat geen kaart met [fetch], dus er is niets op te halen; zie README.md daar."
        )
    with Progress(len(wanted), quiet) as progress:
        patient = not sys.stderr.isatty()
        fetched = update.update(
            data, wanted, elsewhere, date, catalogue.names, timeout, progress.heard, progress.done, patient
        )
    outcomes |= {outcome.source: outcome for outcome in fetched}
    offline = len(fetched) > 1 and all(outcome.offline for outcome in fetched)
    tell_all(list(outcomes.values()), offline, quiet)
    stopped = len(fetched) > 1 and all(outcome.cause for outcome in fetched)
    complete = stopped or names or discovered(update, data, wanted, elsewhere, timeout, quiet)
    states = {outcome.state for outcome in outcomes.values()}
    if states == {"failed"}:
        code = NOTHING_DONE
    else:
        code = SUCCESS if complete and not states & {"failed", "refused"} else SOME_FAILED
    return code, list(outcomes.values())


def readable(data: Path, catalogue: Any) -> tuple[dict[str, "Card"], dict[str, "Outcome"]]:
    """The cards of a data folder by id, and the outcome of those that are wrong."""
    from keten.sources.cards.card import read_card
    from keten.sources.update import Outcome

    cards, wrong = {}, {}
    for path in sorted((data / "sources").glob("*.toml")):
        try:
            cards[path.stem] = read_card(path, catalogue)
        except KetenError as fault:
            wrong[path.stem] = Outcome(path.stem, "failed", str(fault))
    return cards, wrong


def chosen(names: list[str], ids: list[str]) -> list[str]:
    """The sources that the names (ids or unambiguous parts of one) stand for; all without names."""
    from keten.model.naming import containing, nearest

    found = []
    for name in names or ids:
        name = name.removesuffix(".toml")
        matches = containing(name, ids)
        if len(matches) > 1:
            raise KetenError(f"'{name}' past op meer bronnen: {', '.join(sorted(matches))}; geef een langer deel.")
        if not matches:
            hint = nearest(name, ids, 0.4) or " Zie keten sources voor alle bronnen."
            raise KetenError(f"Er is geen bron '{name}'.{hint}")
        found += matches
    return list(dict.fromkeys(found))


def addresses(given: list[str], known: set[str]) -> dict[str, str]:
    """Addresses by name of server, from NAME=URL."""
    from keten.model.naming import nearest

    servers: dict[str, str] = {}
    names = sorted({*known, *SERVERS})
    for text in given:
        name, _, url = text.partition("=")
        if name not in names:
            hint = nearest(name, names, 0.4) or f" Kies uit {', '.join(names)}."
            raise KetenError(f"Geen kaart noemt een server '{name}' (--server {text}).{hint}")
        try:
            parts = urlsplit(url)
            correct = parts.scheme in ("http", "https") and parts.hostname and not parts.query and parts.port != 0
        except ValueError:
            correct = False
        if not correct:
            raise KetenError(f"Bij --server hoort NAAM=URL, zoals {name}=https://spiegel.example; '{url}' is geen URL.")
        if servers.get(name, url) != url:
            raise KetenError(f"De server {name} heeft twee adressen: {servers[name]} en {url}; kies er een.")
        servers[name] = url
    return servers


def seconds(text: str) -> float:
    """A number of seconds above zero."""
    if not re.fullmatch(r"\d{1,5}([.,]\d+)?", text, re.ASCII) or not float(text.replace(",", ".")):
        raise KetenError(f"De optie --timeout moet een aantal seconden boven nul zijn, niet '{text}'.")
    return float(text.replace(",", "."))


def discovered(
    update: Any, data: Path, cards: list["Card"], servers: dict[str, str], timeout: float, quiet: bool
) -> bool:
    """Tell of datasets that have no card yet; False when the server could not tell."""
    try:
        found = update.discover(data, cards, servers, timeout)
    except KetenError as fault:
        say(f"{_word('failed')} zoeken naar nieuwe datasets: {fault}", sys.stderr if quiet else sys.stdout)
        return False
    for title, name in found:
        if not quiet:
            say(
                f"{'ontdekt':<12} {title}: nog zonder kaart; maak er een in data/sources/ met onder [fetch] "
                f'kind = "ckan" en dataset = "{name}" (zie README.md daar).'
            )
    return True


def tell_all(outcomes: list["Outcome"], offline: bool, quiet: bool) -> None:
    """A line on each source, in the order of their names; what stops several of them is said once."""
    causes = Counter(outcome.cause for outcome in outcomes if outcome.cause)
    told: set[str] = set()
    for outcome in sorted(outcomes, key=lambda one: one.source):
        count, cause = causes[outcome.cause], outcome.cause
        if offline and outcome.offline:
            count, cause = sum(one.offline for one in outcomes), NO_NETWORK
        if count < 2:
            tell(outcome, quiet)
        elif cause not in told:
            told.add(cause)
            say(f"{_word('failed')} {count} bronnen  {cause}", sys.stderr if quiet else sys.stdout)


def tell(outcome: "Outcome", quiet: bool) -> None:
    """One line on a source, and one for each warning."""
    wrong = outcome.state in ("failed", "refused")
    if quiet and not wrong:
        return
    stream = sys.stderr if quiet else sys.stdout
    parts = [outcome.reason] if outcome.reason else []
    if outcome.resources:
        figures = f"{outcome.figures:,}".replace(",", ".")
        files = ", ".join(outcome.resources)
        parts.append(f"{'wel nieuw: ' if wrong else ''}{files} ({figures} cijfers)")
    say(f"{_word(outcome.state)} {outcome.source}  {'; '.join(parts)}".rstrip(), stream)
    for warning in outcome.warnings:
        say(f"{'':<12} let op: {warning}", stream)


def say(line: str, stream: Any = None) -> None:
    """Print one line; what a server said cannot steer the terminal."""
    lines = "; ".join(part.strip() for part in line.splitlines())
    print("".join(sign if sign.isprintable() else " " for sign in lines), file=stream or sys.stdout, flush=True)


def _word(state: str) -> str:
    from keten.sources.validation.gate import STATE_WORDS

    return f"{STATE_WORDS.get(state, 'mislukt'):<12}"


class Progress:
    """A bar on the terminal: sources that are done and megabytes received. Nothing elsewhere."""

    def __init__(self, total: int, quiet: bool):
        from tqdm import tqdm

        form = "{desc}: {n_fmt}/{total_fmt} |{bar}| {elapsed}{postfix}"
        hidden = quiet or not sys.stderr.isatty()
        self.bar = tqdm(total=total, desc="Bronnen", disable=hidden, bar_format=form, leave=False, file=sys.stderr)
        self.bytes, self.lock = 0, Lock()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *error: object) -> None:
        self.bar.close()

    def heard(self, count: int) -> None:
        """Bytes came in, in any thread."""
        with self.lock:
            self.bytes += count
            megabytes = f"{self.bytes / 1_000_000:.1f}".replace(".", ",")
            self.bar.set_postfix_str(f"{megabytes} MB", refresh=False)
            self.bar.update(0)

    def done(self, outcome: "Outcome") -> None:
        """A source is ready."""
        with self.lock:
            self.bar.update(1)
