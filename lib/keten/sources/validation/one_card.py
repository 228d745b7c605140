"""One card per file of records of persons: a second would count the same people otherwise.

By month and by year together, a hidden month is the year minus the other months. Each card protects its own counts and
knows nothing of the other's. A file from which columns were taken, or to which some were added, is known by the columns
that are left; one whose values were written otherwise (a date as a year) is not.
"""

import csv
import tomllib
from collections import Counter
from pathlib import Path

from keten.errors import KetenError
from keten.sources import store
from keten.sources.cards.types import Card
from keten.sources.readers.sheets import sheet_rows
from keten.sources.readers.text import is_zip, open_text, sniffed

RECORDS = "records"
"""The format of cards of which each row is a person or a case."""

ALIKE = 0.5
"""With this share of the rows of the smaller file in the other too, both are deliveries of one file."""

ALMOST_ALL = 0.95
"""That share where the columns that both have tell few rows apart: other people may have the same few values."""

AS_MANY = 0.8
"""And with this share of the values as often in the one as in the other."""

Columns = list[tuple[str, ...]]
"""The cells of a file by column, from top to bottom."""


def refuse_second(data: Path, card: Card, path: Path) -> None:
    """Raise KetenError when another card has counted this file of records, or another delivery of it."""
    others = [one for one in store.receipts(data) if one.source != card.id and _of_records(data, one.source)]
    mine: Columns | None = None
    for one in filter(store.intact, others):
        same = one.about.get("sha256") == store.digest(path)
        if not same:
            mine = _columns(path) if mine is None else mine
            same = _same(mine, _columns(one.path))
        if same:
            raise KetenError(
                f"{card.id}: dit bestand met dossiers is al geteld met de kaart {one.source}; twee tellingen van "
                "dezelfde mensen verraden samen kleine aantallen. Gebruik die kaart, of neem eerst haar leveringen "
                f"terug met `keten withdraw {one.source}`."
            )


def _of_records(data: Path, source: str) -> bool:
    """Whether the card of a source counts records; also one that is wrong otherwise, or gone, may have counted them."""
    try:
        content = tomllib.loads((data / "sources" / f"{source}.toml").read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return True
    about = content.get("format")
    return isinstance(about, dict) and about.get("name") == RECORDS


def _columns(path: Path) -> Columns:
    """The columns of a file in which anything stands, without its first row."""
    with path.open("rb") as stream:
        try:
            if is_zip(stream):
                rows = [list(map(str.strip, cells)) for _, cells in sheet_rows(stream)]
            else:
                with open_text(stream) as text:
                    rows = [list(map(str.strip, cells)) for cells in csv.reader(text, delimiter=sniffed(text)) if cells]
        except (KetenError, csv.Error):  # whether it can be read at all is for its reader to tell
            return []
    width = max(map(len, rows), default=0)
    columns = zip(*(row + [""] * (width - len(row)) for row in rows[1:]), strict=True)
    return [column for column in columns if any(column)]


def _same(some: Columns, others: Columns) -> bool:
    """Whether two files have rows of the same people, by the columns that both have."""
    pairs = _pairs(some, others)
    if not pairs:
        return False
    mine, theirs = (Counter(zip(*(pair[place] for pair in pairs), strict=True)) for place in (0, 1))
    smaller = min(mine, theirs, key=Counter.total)
    share = (mine & theirs).total() / smaller.total()
    if len(pairs) == max(len(some), len(others)) or len(smaller) >= ALIKE * smaller.total():
        return share >= ALIKE
    shared = mine.keys() & theirs.keys()
    return share >= ALMOST_ALL and sum(mine[row] == theirs[row] for row in shared) >= AS_MANY * len(shared)


def _pairs(some: Columns, others: Columns) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The columns of two files that hold the same values, each once; those most alike first."""
    counts = [[Counter(column) for column in columns] for columns in (some, others)]
    size = min((len(columns[0]) for columns in (some, others) if columns), default=0)
    alike = sorted(
        ((one & other).total() / size, -here, -there)
        for here, one in enumerate(counts[0])
        for there, other in enumerate(counts[1])
    )
    found: dict[int, int] = {}
    for share, here, there in reversed(alike):
        if share >= ALIKE and -here not in found and -there not in found.values():
            found[-here] = -there
    return [(some[here], others[there]) for here, there in sorted(found.items())]
