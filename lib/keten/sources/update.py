"""Fetch what is new of every source and let it in through the door; no source is held up by another's server."""

import queue
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from keten.errors import KetenError
from keten.model.country_codes import Names
from keten.sources import store
from keten.sources.cards.types import Card
from keten.sources.fetch import ckan, fetch
from keten.sources.fetch.fetched import FAILED, NEW, UNCHANGED, Fetched
from keten.sources.fetch.http import TIMEOUT, Client, origin
from keten.sources.fetch.place import place
from keten.sources.validation import gate as door

REFUSED = door.REFUSED
WORST_FIRST = (FAILED, REFUSED, NEW, UNCHANGED)
_WORK = ".ophalen-"


@dataclass(frozen=True)
class Outcome:
    """What became of one source. `state`: new, unchanged, refused or failed, the worst of its files.

    `reason`: what failed or was refused; `resources`: the files that came in; `figures`: how many figures they hold.
    """

    source: str
    state: str
    reason: str = ""
    resources: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    figures: int = 0


def update(
    data: Path,
    cards: Sequence[Card],
    servers: Mapping[str, str],
    date: str,
    names: Names,
    timeout: float = TIMEOUT,
    heard: Callable[[int], object] = lambda count: None,
    done: Callable[[Outcome], object] = lambda outcome: None,
) -> list[Outcome]:
    """Fetch the sources of these cards and give what became of each, in the order of the cards.

    `servers`: other addresses by name of server; `date`: ISO day of receipt; `timeout`: seconds that a server may be
    silent; `heard` is told of received bytes and `done` of each outcome. Servers are asked at the same time, the
    sources of one server after each other. Raises KetenError when another update is running or nothing can be kept.
    """
    with store.locked(data, ".update.lock") as snapshots:
        for left in snapshots.glob(_WORK + "*"):  # of an update that was killed
            store.remove(left)
        with tempfile.TemporaryDirectory(prefix=_WORK, dir=snapshots, ignore_cleanup_errors=True) as work:
            gate = threading.Lock()  # one file at a time is read: reading takes memory

            def one(card: Card, client: Client) -> Outcome:
                return _one(card, client, data, servers, date, names, gate)

            outcomes = _at_once(_by_server(cards, servers), one, lambda: Client(Path(work), timeout, heard=heard), done)
    return [outcomes[card.id] for card in cards]


def discover(
    data: Path, cards: Sequence[Card], servers: Mapping[str, str], timeout: float = TIMEOUT
) -> list[tuple[str, str]]:
    """Title and name of each dataset on the chain for which there is no card. Raises KetenError (FetchFailed)."""
    with tempfile.TemporaryDirectory(prefix="keten-") as work:
        return ckan.discover(cards, Client(Path(work), timeout), servers)


def _by_server(cards: Sequence[Card], servers: Mapping[str, str]) -> list[list[Card]]:
    groups: dict[object, list[Card]] = {}
    for card in cards:
        base = place(card.fetch, servers).actual
        try:
            groups.setdefault(origin(base), []).append(card)
        except ValueError:  # an impossible port; fetching says so
            groups.setdefault(base, []).append(card)
    return list(groups.values())


def _at_once(
    groups: list[list[Card]],
    one: Callable[[Card, Client], Outcome],
    client: Callable[[], Client],
    done: Callable[[Outcome], object],
) -> dict[str, Outcome]:
    """Every group in a thread of its own. A fault of ours is raised when the others are ready.

    The threads end with the process, so an interruption does not wait for a silent server.
    """
    results: queue.Queue[Outcome | BaseException | None] = queue.Queue()

    def work(group: list[Card]) -> None:
        try:
            mine = client()
            for card in group:
                results.put(one(card, mine))
        except BaseException as fault:
            results.put(fault)
        results.put(None)

    for group in groups:
        threading.Thread(target=work, args=(group,), daemon=True).start()
    outcomes: dict[str, Outcome] = {}
    faults: list[BaseException] = []
    running = len(groups)
    while running:
        match results.get():
            case None:
                running -= 1
            case Outcome() as outcome:
                outcomes[outcome.source] = outcome
                done(outcome)
            case fault:
                faults.append(fault)
    if faults:
        raise faults[0]
    return outcomes


def _one(
    card: Card, client: Client, data: Path, servers: Mapping[str, str], date: str, names: Names, gate: threading.Lock
) -> Outcome:
    try:
        files = fetch(card, client, store.receipts(data, card.id), servers)
    except KetenError as fault:
        return Outcome(card.id, FAILED, str(fault))
    entries = []
    for file in files:
        entries.append(_received(file, card, data, date, names, gate))
    return _summary(card, entries)


def _received(file: Fetched, card: Card, data: Path, date: str, names: Names, gate: threading.Lock) -> door.Entry:
    """Let one file in, when it is new."""
    if file.state != NEW:
        return door.Entry(card.id, file.resource, file.state, file.reason)
    try:
        with gate:
            return door.receive(data, card, file.path, file.resource, file.about, date, names)
    except KetenError as fault:
        return door.Entry(card.id, file.resource, FAILED, str(fault))
    finally:
        file.path.unlink(missing_ok=True)


def _summary(card: Card, entries: list[door.Entry]) -> Outcome:
    """One outcome for the files of a source."""
    worst = min((entry.state for entry in entries), key=WORST_FIRST.index)
    wrong = [entry for entry in entries if entry.state in (FAILED, REFUSED)]
    reasons = [f"{entry.resource}: {entry.reason}" if len(entries) > 1 else entry.reason for entry in wrong]
    return Outcome(
        card.id,
        worst,
        "; ".join(reasons),
        [entry.resource for entry in entries if entry.state == NEW],
        [warning for entry in entries for warning in entry.warnings],
        sum(entry.figures for entry in entries),
    )
