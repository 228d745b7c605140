"""Data and catalogue as a notebook gets them: what is taken from them is noted (`keten.asked`).

All about one measure is one question. Whoever takes a whole table is about the whole table, and whoever takes the
observations themselves is about everything: `Visible` alone looks behind this, and notes which measures it looks for.
"""

from datetime import date
from typing import Any

import pandas as pd

from keten import asked
from keten.model.breaks import Break
from keten.model.catalogue import Catalogue
from keten.model.country_codes import Names
from keten.observations.dataset import Data

_PARTS = {"sources": asked.SOURCES, "corrections": asked.CORRECTIONS, "faults": asked.FAULTS}


def watched(data: Data) -> Data:
    """The same data, with a note of what is taken from them."""
    return data if isinstance(data, Watched) else Watched(data)


def plain(data: Data) -> Data:
    """The data without notes, for a door that notes more precisely itself."""
    return data.plain if isinstance(data, Watched) else data


class Watched(Data):
    """Data of which every part that is taken is noted."""

    plain: Data

    def __init__(self, data: Data) -> None:
        object.__setattr__(self, "plain", data)
        object.__setattr__(self, "catalogue", WatchedCatalogue(data.catalogue))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "plain":
            raise AttributeError(name)
        asked.note(_PARTS.get(name, asked.EVERYTHING))
        return getattr(self.plain, name)


class WatchedCatalogue(Catalogue):
    """A catalogue of which every question is noted."""

    plain: Catalogue

    def __init__(self, catalogue: Catalogue) -> None:
        object.__setattr__(self, "plain", catalogue)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "plain":
            raise AttributeError(name)
        asked.note(f"{asked.TABLE}{name}")
        return getattr(self.plain, name)

    def measure(self, measure: str) -> "pd.Series":
        """As `Catalogue.measure`."""
        return self._about(measure).measure(measure)

    def validity(self, measure: str) -> tuple[date, date]:
        """As `Catalogue.validity`."""
        return self._about(measure).validity(measure)

    def breaks_of(self, measure: str) -> list[Break]:
        """As `Catalogue.breaks_of`."""
        return self._about(measure).breaks_of(measure)

    def count(self, measure: str, organisation: str, source: str) -> str:
        """As `Catalogue.count`."""
        return self._about(measure).count(measure, organisation, source)

    def totals(self, measure: str) -> list[tuple[str, str, list[str]]]:
        """As `Catalogue.totals`."""
        return self._about(measure).totals(measure)

    def unit_words(self, unit: str) -> "pd.Series":
        """As `Catalogue.unit_words`."""
        asked.note(f"{asked.TABLE}units")
        return self.plain.unit_words(unit)

    def dimension_label(self, dimension: str) -> str:
        """As `Catalogue.dimension_label`."""
        if dimension:
            asked.note(f"{asked.TABLE}dimensions")
        return self.plain.dimension_label(dimension)

    @property
    def names(self) -> Names:
        """As `Catalogue.names`."""
        asked.note(f"{asked.TABLE}nationalities")
        asked.note(f"{asked.TABLE}nationality_codes")
        return self.plain.names

    def nationality(self, text: str) -> str:
        """As `Catalogue.nationality`."""
        return self.plain.nationality(text) if text == "" else super().nationality(text)

    def _about(self, measure: str) -> Catalogue:
        asked.note(f"{asked.MEASURE}{measure}")
        return self.plain
