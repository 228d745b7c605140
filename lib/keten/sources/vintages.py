"""What every delivery of every source said: one table in which a figure has a row for each time that it changed.

Built from the files in `snapshots/` and their cards. The result is kept beside them in a hidden folder, so that reading
it again is quick; throwing that folder away loses nothing.
"""

import hashlib
from contextlib import suppress
from functools import cache
from pathlib import Path

import pandas as pd

from keten.catalogue import Catalogue
from keten.errors import KetenError
from keten.names import Names
from keten.sources import checks, door, store
from keten.sources.card import read_card
from keten.sources.card_types import Card
from keten.sources.interpret import fold

KEY = ["measure", "dimension", "category", "period"]
COLUMNS = [*KEY, "freq", "value", "status", "note", "parts", "known", "edition"]
NUMBERS = {"value": float, "parts": int, "edition": int}
WITHDRAWN = "in deze levering niet meer gegeven"
UNFINISHED = "de periode liep nog op de dag van levering"
FOLDER = ".read"  # below snapshots/


def history(data: Path, catalogue: Catalogue) -> tuple[pd.DataFrame, dict[str, Card], list[str]]:
    """All figures of all accepted deliveries, the cards that they were read with, and what could not be read.

    The table has the columns of `COLUMNS` and `source`: `known` is the day (text) of the delivery in which the value
    first stood, `edition` its number among the deliveries of the source.
    """
    tables, used, faults = [], {}, []
    receipts = store.receipts(data)
    for source in dict.fromkeys(one.source for one in receipts):
        mine = [one for one in receipts if one.source == source]
        try:
            card = read_card(data / "sources" / f"{source}.toml", catalogue)
            tables.append(_remembered(data, card, mine, catalogue).assign(source=source))
            used[source] = card
        except KetenError as fault:
            faults.append(f"De bron {source} doet niet mee: {fault}")
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=[*COLUMNS, "source"])
    return table, used, faults


def _remembered(data: Path, card: Card, receipts: list[store.Receipt], catalogue: Catalogue) -> pd.DataFrame:
    """The history of one source, read again only when a file, the card, the names or this library changed."""
    parts = [card.path.read_bytes(), _words(catalogue), _library().encode()]
    parts += [f"{one.date} {one.number} {one.resource} {one.about.get('sha256')}".encode() for one in receipts]
    mark = hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]
    kept = data / "snapshots" / FOLDER / f"{card.id}-{mark}.csv.gz"
    with suppress(OSError, ValueError, EOFError):
        table = pd.read_csv(kept, dtype=NUMBERS, keep_default_na=False, na_values={"value": ""})
        if list(table.columns) == COLUMNS:
            return table.astype({name: str for name in COLUMNS if name not in NUMBERS})
    table = _built(card, receipts, catalogue.names)
    # A folder that may not be written costs time and nothing else.
    with suppress(OSError):
        kept.parent.mkdir(exist_ok=True)
        half = kept.with_suffix(".part")
        table.to_csv(half, index=False, compression={"method": "gzip", "mtime": 0, "compresslevel": 1})
        half.replace(kept)
        for old in kept.parent.glob(f"{card.id}-*.csv.gz"):
            if old != kept and len(old.name) == len(kept.name):
                old.unlink()
    return table


def _words(catalogue: Catalogue) -> bytes:
    """What the names of nationalities depend on."""
    tables = (catalogue.nationalities, catalogue.nationality_codes)
    return b"".join(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes() for table in tables)


@cache
def _library() -> str:
    """A fingerprint of the code that reads files: other code may read them otherwise."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _built(card: Card, receipts: list[store.Receipt], names: Names) -> pd.DataFrame:
    """Every delivery read, oldest first, and reduced to the rows that differ from the delivery before."""
    # The files of a table in parts that came together are one edition.
    moment = {one: one.order[:2] if card.parts else one.order for one in receipts}
    edition = {one: place for place, one in enumerate(sorted(set(moment.values())), 1)}
    files: dict[str, list[pd.DataFrame]] = {}
    for one in sorted(receipts, key=lambda one: one.order):
        observations = door.read(one.path, card, names).observations
        early = checks.unfinished(observations, one.date)
        observations.loc[early & (observations.status != "suppressed"), "status"] = "provisional"
        observations.loc[early & (observations.note == ""), "note"] = UNFINISHED
        told = fold(observations).assign(known=one.date, edition=edition[moment[one]])[COLUMNS]
        files.setdefault(one.resource if card.parts else "", []).append(told)
    changed = [part for deliveries in files.values() for part in _changes(deliveries)]
    return pd.concat(changed, ignore_index=True).sort_values([*KEY, "edition"], kind="stable", ignore_index=True)


def _changes(deliveries: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """The first delivery, and of each later one what is new, what changed and what was withdrawn."""
    changes, now = [deliveries[0]], deliveries[0]
    for delivery in deliveries[1:]:
        both = delivery.merge(now[[*KEY, "value", "status"]], how="left", on=KEY, suffixes=("", "_before"))
        same = (both.value == both.value_before) | (both.value.isna() & both.value_before.isna())
        same &= both.status == both.status_before
        absent = _without(now, delivery)
        withdrawn = absent.note == WITHDRAWN
        gone = absent[~withdrawn].assign(
            value=float("nan"),
            status="missing",
            note=WITHDRAWN,
            known=delivery.known.iloc[0],
            edition=delivery.edition.iloc[0],
        )
        changes += [delivery[~same.to_numpy()], gone]
        now = pd.concat([delivery, gone, absent[withdrawn]], ignore_index=True)
    return changes


def _without(table: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """The rows of which the key is not in the other table."""
    found = table.merge(other[KEY], how="left", on=KEY, indicator=True)
    return found.loc[found["_merge"] == "left_only", COLUMNS]
