"""One card per file of records of persons: a second would count the same people otherwise.

By month and by year together, a hidden month is the year minus the other months. Each card protects its own counts and
knows nothing of the other's.
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

Rows = Counter[tuple[str, ...]]


def refuse_second(data: Path, card: Card, path: Path) -> None:
    """Raise KetenError when another card has counted this file of records, or another delivery of it."""
    others = [one for one in store.receipts(data) if one.source != card.id and _of_records(data, one.source)]
    mine: Rows | None = None
    for one in filter(store.intact, others):
        same = one.about.get("sha256") == store.digest(path)
        if not same:
            mine = _rows(path) if mine is None else mine
            theirs = _rows(one.path)
            same = (mine & theirs).total() >= ALIKE * max(1, min(mine.total(), theirs.total()))
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


def _rows(path: Path) -> Rows:
    """The rows of a file, whatever the order of rows and columns and the sign between cells."""
    with path.open("rb") as stream:
        try:
            if is_zip(stream):
                return Counter(_row(cells) for _, cells in sheet_rows(stream))
            with open_text(stream) as text:
                return Counter(_row(cells) for cells in csv.reader(text, delimiter=sniffed(text)) if any(cells))
        except (KetenError, csv.Error):  # whether it can be read at all is for its reader to tell
            return Counter()


def _row(cells: list[str]) -> tuple[str, ...]:
    return tuple(sorted(filter(None, map(str.strip, cells))))
