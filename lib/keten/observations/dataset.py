"""All figures of a data folder: those of publications and those of live sources, in one tidy table.

One row is one figure as one source gave it. Several sources for one figure stay beside each other, and so do the
editions of one source; choosing is `selection`'s work.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from keten import asked
from keten.errors import KetenError
from keten.model import own_data
from keten.model.catalogue import Catalogue
from keten.model.figures import KEY
from keten.model.periods import Period
from keten.model.quality import ROUNDED_TO, columns_of, marked
from keten.model.rounding import margin
from keten.model.row_numbers import first_of, numbered
from keten.observations import corrections, published, vintages
from keten.observations.corrections import Correction
from keten.paths import REPOSITORY_DATA
from keten.sources.cards.types import Card

State = tuple[tuple[str, int, int], ...]
"""Name, size and time of change of each file."""


@dataclass(frozen=True, eq=False)
class Data:
    """Everything in a data folder: the catalogue, the observations and the sources (indexed by source id).

    `rows_of`: the row numbers of the observations by measure and dimension, so that a question about one of them does
    not go through all; `corrections`: declared faults of publishers, see `known_on`; `faults`: Dutch sentences on live
    sources that cannot take part.
    """

    catalogue: Catalogue
    observations: pd.DataFrame
    sources: pd.DataFrame
    rows_of: dict[tuple[str, str], np.ndarray]
    corrections: list[Correction] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def load(data: Path) -> Data:
    """Read the data folder: `catalogue/`, `published/` (checked) and the deliveries in `snapshots/`.

    The observations have the columns that `published.read` gives, plus `live` (from a delivery) and `edition` (number
    of the delivery; 0 for a publication). Raises KetenError with all failures of `published/` in one message.
    """
    if not data.is_dir():
        raise KetenError(
            f"De gegevensmap {data.name} bestaat niet; wijs met --data een map aan met published/ en catalogue/."
        )
    asked.note(asked.EVERYTHING)
    with asked.quietly():
        return _loaded(data, _state(data))


def forget() -> None:
    """Let go of what was read: for a process that only waits for others from here on."""
    _loaded.cache_clear()
    _corrected.cache_clear()


def known_on(data: Data, as_of: date | None, keys: Iterable[tuple[str, str]] | None = None) -> pd.DataFrame:
    """The observations that were known on a day (None = now), with the corrections of faults known by then.

    keys: only of these measures and dimensions.
    """
    known = data.observations
    if keys is not None:
        places = [data.rows_of[key] for key in keys if key in data.rows_of]
        known = known.iloc[np.sort(np.concatenate([np.array([], dtype=np.int64), *places]))]
    known = as_of_day(known, as_of)
    corrected = _corrected(data, as_of)
    at = known.index[known.index.isin(corrected.index)]
    if at.empty:
        return known
    known = known.copy()
    for name in corrections.CHANGED:
        known.loc[at, name] = corrected.loc[at, name]
    return known


@lru_cache(maxsize=4)
def _corrected(data: Data, as_of: date | None) -> pd.DataFrame:
    """The corrected rows among the observations, worked out once per state of the data and day."""
    concerned = corrections.concerned(data.observations, data.corrections)
    rows = corrections.apply(concerned, data.corrections, as_of)[0]
    return rows[rows.editor_note != concerned.editor_note]


def as_of_day(rows: pd.DataFrame, as_of: date | None) -> pd.DataFrame:
    """The rows that were known on a day (None = now)."""
    return rows if as_of is None else rows[rows.known <= pd.Timestamp(as_of)]


def sources_on(data: Data, as_of: date | None) -> pd.DataFrame:
    """The sources, of a live one with the day of the last delivery that has figures and was known on a day."""
    rows = as_of_day(data.observations[["source", "known", "live"]], as_of)
    last = rows[rows.live].groupby("source").known.max().dt.strftime("%Y-%m-%d")
    return data.sources.assign(published=last.reindex(data.sources.index).fillna(data.sources.published))


def newest(observations: pd.DataFrame) -> pd.DataFrame:
    """Of every figure of a live source what its latest delivery says; figures of publications as they are."""
    live = observations[observations.live]
    if live.empty:
        return observations
    figure = numbered(live, [*KEY, "source"])
    order = np.lexsort((-live.edition.to_numpy(), -live.known.to_numpy().astype(np.int64), figure))
    parts: list[pd.DataFrame] = [observations[~observations.live], live.iloc[order[first_of(figure[order])]]]
    return pd.concat(parts)


def catalogue_of(data: Path) -> Catalogue:
    """The catalogue of a data folder, or that of this project for a folder with nothing but deliveries."""
    return Catalogue.read(REPOSITORY_DATA if _deliveries_only(data) else data)


def _deliveries_only(data: Path) -> bool:
    return not any((data / name).is_dir() for name in ("published", "catalogue"))


def _state(data: Path) -> State:
    """Name, size and time of change of every file: reading again is needed only when one of them differs."""
    folders = ("catalogue", "published", "sources", "snapshots")
    files = [path for folder in folders for path in _files(str(data / folder))]
    stats = []
    for path in [*sorted(files), *(str(data / name) for name in (corrections.NAME, own_data.DESCRIPTION))]:
        with suppress(FileNotFoundError):  # there is no such file, or another process took it away meanwhile
            stats.append((path, os.stat(path)))
    return tuple((path, stat.st_size, stat.st_mtime_ns) for path, stat in stats)


def _files(folder: str) -> Iterator[str]:
    """The files in a folder and in those below it, without what is hidden."""
    for place, inside, names in os.walk(folder):
        inside[:] = [name for name in inside if not name.startswith(".")]
        yield from (os.path.join(place, name) for name in names if not name.startswith("."))


@lru_cache(maxsize=2)
def _loaded(data: Path, state: State) -> Data:
    catalogue = catalogue_of(data)
    if _deliveries_only(data):
        observations, sources = None, pd.DataFrame(columns=own_data.columns("sources"), dtype=str)
    else:
        observations, sources = published.read(data, catalogue)
        observations = observations.assign(live=False, edition=0)
    history, cards, faults = vintages.history(data, catalogue)
    if len(history):
        catalogue = _with_words_of(cards, catalogue)
        live = _typed(history, cards)
        observations = live if observations is None else pd.concat([observations, live], ignore_index=True)
        sources = pd.concat([sources, _source_rows(history, cards)])
    if observations is None:
        reason = faults[0] if faults else "haal gegevens op met keten update of keten import."
        raise KetenError(f"De gegevensmap {data.name} bevat geen bruikbare gegevens; {reason}")
    rows_of: dict[Any, Any] = observations.groupby(["measure", "dimension"]).indices
    return Data(catalogue, observations, sources, rows_of, corrections.read(data), faults)


def _typed(history: pd.DataFrame, cards: dict[str, Card]) -> pd.DataFrame:
    """The history of live sources with the columns of published figures."""
    periods = {text: Period.parse(text) for text in history.period.unique()}
    units = {
        (card.id, name): measure.unit or card.unit for card in cards.values() for name, measure in card.measures.items()
    }
    measures = zip(*(history[name].to_numpy(dtype=object) for name in ("source", "measure")), strict=True)
    unit = pd.Series(list(map(units.__getitem__, measures)), index=history.index, dtype=str)
    known = pd.to_datetime(history.known)
    # A mark such as "provisional" takes the place of the word for rounding, which holds for all figures of a card.
    rounding = history.source.map({card.id: ROUNDED_TO[card.rounding] for card in cards.values()})
    counted = [card.id for card in cards.values() if card.format.name == "records"]
    quality = marked(columns_of(history.status, rounding), history.source.isin(counted))
    return history.assign(
        **quality,
        **vintages.notes_apart(history.note),
        organisation=history.source.map({card.id: card.organisation for card in cards.values()}),
        unit=unit,
        start=pd.to_datetime(history.period.map({text: period.start for text, period in periods.items()})),
        end=pd.to_datetime(history.period.map({text: period.end for text, period in periods.items()})),
        kind=history.freq,
        margin=margin(history.value, quality["precision"], unit) * history.parts,
        known=known,
        assumed=False,
        live=True,
    ).drop(columns=["freq", "parts"])


def _with_words_of(cards: dict[str, Card], catalogue: Catalogue) -> Catalogue:
    """The catalogue with the measures and dimensions that only a card describes."""
    dimensions = {
        name: {"dimension": name, "label": one.label, "plural": "onderdelen"}
        for card in cards.values()
        for name, one in card.dimensions.items()
    }
    measures = {
        name: {
            "measure": name,
            "label": one.label,
            "label_en": one.label_en or one.label,
            "definition": one.definition,
            "unit": one.unit or card.unit,
            "kind": one.kind,
            "goal": card.goal,
            "organisation": card.organisation,
        }
        for card in cards.values()
        for name, one in card.measures.items()
    }
    return replace(
        catalogue,
        measures=_longer(catalogue.measures, measures),
        dimensions=_longer(catalogue.dimensions, dimensions),
    )


def _longer(table: pd.DataFrame, rows: dict[str, dict[str, str]]) -> pd.DataFrame:
    """The table with those rows that it lacks; of what they do not say the cells are empty."""
    new = {name: row for name, row in rows.items() if name not in table.index}
    return pd.concat([table, pd.DataFrame.from_dict(new, orient="index")]).fillna("") if new else table


def _source_rows(history: pd.DataFrame, cards: dict[str, Card]) -> pd.DataFrame:
    """One row per live source in the shape of `published/sources.csv`; published = its newest delivery."""
    last = history.groupby("source").known.max()
    rows = {
        card.id: {
            "source": card.id,
            "title": card.title if card.publisher in card.title else f"{card.publisher}: {card.title}",
            "publisher": card.publisher,
            "url": card.url,
            "read_from": "",
            "published": last[card.id],
            "licence": card.licence,
        }
        for card in cards.values()
    }
    return pd.DataFrame.from_dict(rows, orient="index")
