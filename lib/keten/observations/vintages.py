"""What every delivery of every source said: one table in which a figure has a row for each time that it changed.

Built from the files in `snapshots/` and their cards. The result is kept beside them in a hidden folder, so that reading
it again is quick; throwing that folder away loses nothing.
"""

import hashlib
import zlib
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import keten
from keten.errors import KetenError
from keten.model.catalogue import Catalogue
from keten.model.country_codes import Names
from keten.model.figures import KEY
from keten.sources import store
from keten.sources.cards.card import read_card
from keten.sources.cards.types import Card
from keten.sources.validation import checks, gate
from keten.sources.validation.interpret import BETWEEN, fold

HISTORY_COLUMNS = [*KEY, "freq", "value", "status", "note", "parts", "known", "edition"]
NUMBERS = {"value": float, "parts": int, "edition": int}
WITHDRAWN = "in deze levering niet meer gegeven"
UNFINISHED = "de periode liep nog op de dag van levering"
OURS = (UNFINISHED, WITHDRAWN)  # notes that no source gives
FOLDER = ".read"  # below snapshots/


def notes_apart(notes: pd.Series) -> dict[str, pd.Series]:
    """The notes of a history in two columns: `note`, what the source says, and `editor_note`, what we say."""
    told = {text: text.split("; ") for text in notes.unique()}
    return {
        "note": notes.map({text: "; ".join(one for one in parts if one not in OURS) for text, parts in told.items()}),
        "editor_note": notes.map(
            {text: "; ".join(one for one in parts if one in OURS) for text, parts in told.items()}
        ),
    }


def history(data: Path, catalogue: Catalogue) -> tuple[pd.DataFrame, dict[str, Card], list[str]]:
    """All figures of all accepted deliveries, the cards that they were read with, and what could not be read.

    The table has the columns of `HISTORY_COLUMNS` and `source`: `known` is the day (text) of the delivery in which the
    value first stood, `edition` its number among the deliveries of the source.
    """
    tables, used, faults = [], {}, []
    receipts = store.receipts(data)
    for source in dict.fromkeys(one.source for one in receipts):
        mine = [one for one in receipts if one.source == source]
        try:
            card = read_card(data / "sources" / f"{source}.toml", catalogue)
            table, damaged = _remembered(data, card, mine, catalogue)
            faults += [f"De bron {source} mist een levering: {store.damage(one, data)}" for one in damaged]
            if table is not None:
                tables.append(table.assign(source=source))
                used[source] = card
        except KetenError as fault:
            faults.append(f"De bron {source} doet niet mee: {fault}")
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=[*HISTORY_COLUMNS, "source"])
    return table, used, faults


def _remembered(
    data: Path, card: Card, receipts: list[store.Receipt], catalogue: Catalogue
) -> tuple[pd.DataFrame | None, list[store.Receipt]]:
    """The history of one source, read again only when a file, the card, the names or this library changed.

    Of a later delivery only that one is read. With it the deliveries that are no longer what was received: they are
    passed over. None when no other is left.
    """
    receipts = sorted(receipts, key=lambda one: one.order)
    folder = data / "snapshots" / FOLDER
    if (table := _kept(folder / _file(card, receipts, catalogue))) is not None:
        return table, []
    damaged = [one for one in receipts if not store.intact(one)]
    receipts = [one for one in receipts if one not in damaged]
    kept = folder / _file(card, receipts, catalogue)
    if not receipts or (damaged and (table := _kept(kept)) is not None):
        return table, damaged
    earlier, count = None, len(receipts)
    while earlier is None and count > 1 and not card.parts:  # of a table in parts the files are each a series
        count -= 1
        earlier = _kept(folder / _file(card, receipts[:count], catalogue))
    table = _built(card, receipts, catalogue.names, earlier, count if earlier is not None else 0)
    # A folder that may not be written costs time and nothing else.
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
        half = kept.with_suffix(".part")
        table.to_csv(half, index=False, compression={"method": "gzip", "mtime": 0, "compresslevel": 1})
        half.replace(kept)
        for old in folder.glob(f"{card.id}-*.csv.gz"):
            if old != kept and len(old.name) == len(kept.name):
                old.unlink()
    return table, damaged


def _file(card: Card, receipts: list[store.Receipt], catalogue: Catalogue) -> str:
    """The name of what is remembered of these deliveries, which depends on all that it was made from.

    Also on size and time of change of each file, so that one that was changed is looked at again.
    """
    parts = [card.path.read_bytes(), _words(catalogue), _code()]
    for one in receipts:
        stat = one.path.stat()
        state = (one.date, one.number, one.resource, one.about.get("sha256"), stat.st_size, stat.st_mtime_ns)
        parts.append(" ".join(map(str, state)).encode())
    mark = hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]
    return f"{card.id}-{mark}.csv.gz"


def _kept(path: Path) -> pd.DataFrame | None:
    """The history in a file; None when it is not there or not whole."""
    with suppress(OSError, ValueError, EOFError, zlib.error):
        table = pd.read_csv(path, dtype=NUMBERS, keep_default_na=False, na_values={"value": ""})
        if list(table.columns) == HISTORY_COLUMNS:
            return table.astype({name: str for name in HISTORY_COLUMNS if name not in NUMBERS})
    return None


def _words(catalogue: Catalogue) -> bytes:
    """What the names of nationalities depend on."""
    tables = (catalogue.nationalities, catalogue.nationality_codes)
    return b"".join(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes() for table in tables)


@cache
def _code() -> bytes:
    """A fingerprint of this library: other code may read or protect figures otherwise."""
    digest = hashlib.sha256()
    for path in sorted(Path(keten.__path__[0]).rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()


def _built(
    card: Card, receipts: list[store.Receipt], names: Names, earlier: pd.DataFrame | None = None, known: int = 0
) -> pd.DataFrame:
    """Every delivery read, oldest first, and reduced to the rows that differ from the delivery before.

    `earlier`: the history of the first `known` deliveries, when that is there already.
    """
    # The files of a table in parts that came together are one edition.
    moment = {one: one.order[:2] if card.parts else one.order for one in receipts}
    edition = {one: place for place, one in enumerate(sorted(set(moment.values())), 1)}
    series: dict[str, _Series] = {} if earlier is None else {"": _Series.after(earlier)}
    for one in receipts[known:]:
        observations = gate.read(one.path, card, names).observations
        early = checks.unfinished(observations, one.date)
        observations.loc[early, "status"] = "provisional"
        notes = observations.note.where(observations.note == "", observations.note + "; ") + UNFINISHED
        observations["note"] = observations.note.mask(early, notes)
        told = fold(observations).assign(known=one.date, edition=edition[moment[one]])[HISTORY_COLUMNS]
        series.setdefault(one.resource if card.parts else "", _Series()).add(told)
    changes = [part for one in series.values() for part in one.changes]
    return pd.concat(changes, ignore_index=True).sort_values([*KEY, "edition"], kind="stable", ignore_index=True)


class _Series:
    """Deliveries that each take the place of the one before; `changes`: what each of them changed."""

    def __init__(self) -> None:
        self.changes: list[pd.DataFrame] = []
        self.now: pd.DataFrame | None = None
        self.keys = pd.Index([])

    @classmethod
    def after(cls, history: pd.DataFrame) -> "_Series":
        """The series of which this is the history so far."""
        found = cls()
        found.changes = [history]
        found.now = history.drop_duplicates(KEY, keep="last").reset_index(drop=True)
        found.keys = _keys(found.now)
        return found

    def add(self, delivery: pd.DataFrame) -> None:
        """What is new in the next delivery, what changed and what was withdrawn."""
        keys = _keys(delivery)
        if self.now is None:
            self.changes, self.now, self.keys = [delivery], delivery, keys
            return
        at = self.keys.get_indexer(keys)
        value, before = delivery.value.to_numpy(), self.now.value.to_numpy()[at]
        same = (value == before) | (np.isnan(value) & np.isnan(before))
        same &= (delivery.status.to_numpy(dtype=object) == self.now.status.to_numpy(dtype=object)[at]) & (at >= 0)
        given = np.zeros(len(self.now), dtype=bool)
        given[at[at >= 0]] = True
        absent = self.now[~given]
        withdrawn = (absent.note == WITHDRAWN).to_numpy()
        gone = absent[~withdrawn].assign(
            value=float("nan"),
            status="missing",
            note=WITHDRAWN,
            known=delivery.known.iloc[0],
            edition=delivery.edition.iloc[0],
        )
        self.changes += [delivery[~same], gone]
        # Of what did not change the row that first said so stays: the history knows no other.
        self.now = pd.concat([delivery[~same], self.now.iloc[at[same]], gone, absent[withdrawn]], ignore_index=True)
        left = self.keys[~given]
        parts = [keys[~same], keys[same], left[~withdrawn], left[withdrawn]]
        self.keys = pd.Index(np.concatenate([part.to_numpy(dtype=object) for part in parts]), dtype=object)


def _keys(table: pd.DataFrame) -> pd.Index:
    """The key of every row as one text."""
    columns = (table[name].to_numpy(dtype=object) for name in KEY)
    return pd.Index(list(map(BETWEEN.join, zip(*columns, strict=True))), dtype=object)
