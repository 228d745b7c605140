"""Fetch what is new of every source, validate it and let it in; no source is held up by another's server."""

import queue
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from keten.errors import KetenError
from keten.model.country_codes import Names
from keten.sources import attempts, store
from keten.sources.cards.types import Card, Fetch
from keten.sources.fetch import ckan, fetch
from keten.sources.fetch.faults import FetchFailed, origin
from keten.sources.fetch.fetched import Fetched
from keten.sources.fetch.http import TIMEOUT, Client
from keten.sources.fetch.place import place
from keten.sources.states import FAILED, NEW, REFUSED, UNCHANGED
from keten.sources.validation.gate import Entry, receive
from keten.workspace import temporary

WORST_FIRST = (FAILED, REFUSED, NEW, UNCHANGED)
_WORK = ".ophalen-"


@dataclass(frozen=True)
class Outcome:
    """What became of one source. `state`: new, unchanged, refused or failed, the worst of its files.

    `reason`: what failed or was refused; `resources`: the files that came in; `figures`: how many figures they hold.
    `cause`: what stops every source of that server, `offline`: it was not found or reached at all (see FetchFailed).
    """

    source: str
    state: str
    reason: str = ""
    resources: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    figures: int = 0
    cause: str = ""
    offline: bool = False


def update(
    data: Path,
    cards: Sequence[Card],
    servers: Mapping[str, str],
    date: str,
    names: Names,
    timeout: float = TIMEOUT,
    heard: Callable[[int], object] = lambda count: None,
    done: Callable[[Outcome], object] = lambda outcome: None,
    patient: bool = False,
) -> list[Outcome]:
    """Fetch the sources of these cards and give what became of each, in the order of the cards.

    `servers`: other addresses by name of server; `date`: ISO day of receipt; `timeout`: seconds that a server may be
    silent; `heard` is told of received bytes and `done` of each outcome; `patient`: nobody watches (see Client).
    Servers are asked at the same time, the sources of one server after each other, and at the end once more those for
    which it was still making an answer. What became of each is remembered (`sources.attempts`). Raises KetenError when
    another update is running or nothing can be kept.
    """
    wanted = [(card, card.fetch) for card in cards if card.fetch]
    outcomes: dict[str, Outcome] = {}
    faults: list[Exception] = []  # of ours: told when the other sources are ready
    with store.locked(data, ".update.lock") as snapshots, _working_folder(snapshots) as work:
        groups = [(group, Client(work, timeout, heard=heard, patient=patient)) for group in _by_server(wanted, servers)]
        # What was fetched is read and kept in this thread alone: reading takes memory, and an interruption of it is
        # cleaned up after, while a thread in the background just ends, halfway a file.
        for card, found in _fetched(groups, data, servers):
            try:
                if isinstance(found, BaseException):
                    raise found
                outcome = _summary(card, [_received(file, card, data, date, names) for file in found])
            except FetchFailed as fault:
                outcome = Outcome(card.id, FAILED, str(fault), cause=fault.cause, offline=fault.offline)
            except KetenError as fault:
                outcome = Outcome(card.id, FAILED, str(fault))
            except Exception as fault:
                faults.append(fault)
                continue
            outcomes[card.id] = outcome
            done(outcome)
        attempts.remember(snapshots, [(one.source, one.state, one.reason) for one in outcomes.values()], date)
    if faults:
        raise faults[0]
    return [outcomes[card.id] for card, _ in wanted]


def discover(
    data: Path, cards: Sequence[Card], servers: Mapping[str, str], timeout: float = TIMEOUT
) -> list[tuple[str, str]]:
    """Title and name of each dataset on the chain for which there is no card. Raises KetenError (FetchFailed)."""
    with temporary("zoeken-") as work:
        return ckan.discover(cards, Client(work, timeout), servers)


@contextmanager
def _working_folder(snapshots: Path) -> Iterator[Path]:
    """A folder for what is being fetched; nothing of it, nor of a file that was being kept, is left afterwards."""
    for left in snapshots.glob(_WORK + "*"):  # of an update that was killed
        store.remove(left)
    work = Path(tempfile.mkdtemp(prefix=_WORK, dir=snapshots))
    try:
        yield work
    finally:
        with suppress(OSError):  # under another name first: what is still fetching can put nothing in it then
            work = work.rename(work.with_name(work.name + "-klaar"))
        store.remove(work)
        with suppress(KetenError):
            store.recover(snapshots.parent)


def _by_server(wanted: Sequence[tuple[Card, Fetch]], servers: Mapping[str, str]) -> list[list[tuple[Card, Fetch]]]:
    groups: dict[object, list[tuple[Card, Fetch]]] = {}
    for card, where in wanted:
        base = place(where, servers).actual
        try:
            groups.setdefault(origin(base), []).append((card, where))
        except ValueError:  # an impossible port; fetching says so
            groups.setdefault(base, []).append((card, where))
    return list(groups.values())


def _fetched(
    groups: list[tuple[list[tuple[Card, Fetch]], Client]], data: Path, servers: Mapping[str, str]
) -> Iterator[tuple[Card, list[Fetched] | BaseException]]:
    """What came of every card, as soon as it is there; every group is fetched by a thread of its own.

    The threads end with the process, so an interruption does not wait for a silent server.
    """
    results: queue.Queue[tuple[Card, list[Fetched] | BaseException]] = queue.Queue()

    def ask(card: Card, where: Fetch, client: Client) -> list[Fetched] | BaseException:
        try:
            return fetch(card, where, client, store.receipts(data, card.id), servers)
        except BaseException as fault:
            return fault

    def work(group: list[tuple[Card, Fetch]], client: Client) -> None:
        again = []
        for card, where in group:
            found = ask(card, where, client)
            if isinstance(found, FetchFailed) and found.later:
                again.append((card, where))
            else:
                results.put((card, found))
        for card, where in again:
            results.put((card, ask(card, where, client)))

    for group in groups:
        threading.Thread(target=work, args=group, daemon=True).start()
    for _ in range(sum(len(cards) for cards, _ in groups)):
        yield results.get()


def _received(file: Fetched, card: Card, data: Path, date: str, names: Names) -> Entry:
    """Let one file in, when it is new."""
    if file.path is None:
        return Entry(card.id, file.resource, file.state, file.reason)
    try:
        return receive(data, card, file.path, file.resource, file.about, date, names)
    except KetenError as fault:
        return Entry(card.id, file.resource, FAILED, str(fault))
    finally:
        file.path.unlink(missing_ok=True)


def _summary(card: Card, entries: list[Entry]) -> Outcome:
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
