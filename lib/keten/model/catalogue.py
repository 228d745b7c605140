"""What the figures mean: measures, units, nationalities, municipalities, policy measures and the order of sources.

Read once from `data/catalogue/`. Nothing here knows about values or periods of a report.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain
from pathlib import Path

import pandas as pd

from keten.errors import KetenError
from keten.model import own_data
from keten.model.breaks import Break
from keten.model.country_codes import MEMBER, Names
from keten.model.naming import nearest


@dataclass(frozen=True)
class Catalogue:
    """The tables of `data/catalogue/` as plain DataFrames of text; `measures` is indexed by measure id."""

    measures: pd.DataFrame
    units: pd.DataFrame
    dimensions: pd.DataFrame
    nationalities: pd.DataFrame
    nationality_codes: pd.DataFrame
    municipalities: pd.DataFrame
    eu_members: pd.DataFrame
    policy_measures: pd.DataFrame
    precedence: pd.DataFrame
    partitions: pd.DataFrame
    definitions: pd.DataFrame
    breaks: pd.DataFrame

    @classmethod
    def read(cls, data: Path) -> "Catalogue":
        """Read all tables below `data`. Raises KetenError with every fault, each with file and line."""
        tables, faults = own_data.read_tables(data, "catalogue")
        own_data.refuse([*chain.from_iterable(faults.values()), *own_data.unknown(tables, tables)])
        keys = {"measures": "measure", "units": "unit", "dimensions": "dimension"}
        indexed = {name: tables[name].set_index(key, drop=False) for name, key in keys.items()}
        return cls(**tables | indexed)

    def measure(self, measure: str) -> pd.Series:
        """The row of one measure; KetenError with the nearest ids when it is not known."""
        if measure not in self._measures_by_id:
            raise KetenError(
                f"De maat {measure} staat niet in catalogue/measures.csv.{nearest(measure, list(self.measures.index))}"
            )
        return self._measures_by_id[measure]

    def unit_words(self, unit: str) -> pd.Series:
        """Dutch singular, plural and axis title of a unit code."""
        return self._units_by_code[unit]

    @cached_property
    def _measures_by_id(self) -> dict[str, pd.Series]:
        return {str(name): row for name, row in self.measures.iterrows()}

    @cached_property
    def _units_by_code(self) -> dict[str, pd.Series]:
        return {str(code): row for code, row in self.units.iterrows()}

    def validity(self, measure: str) -> tuple[date, date]:
        """The first and last day on which a measure exists; without a known one the first or last that there is."""
        row = self.measure(measure)
        return (
            date.fromisoformat(row.valid_from) if row.valid_from else date.min,
            date.fromisoformat(row.valid_to) if row.valid_to else date.max,
        )

    def breaks_of(self, measure: str) -> list[Break]:
        """The breaks in the series of a measure."""
        return self._breaks_by_measure.get(measure, [])

    @cached_property
    def _breaks_by_measure(self) -> dict[str, list[Break]]:
        found: dict[str, list[Break]] = {}
        for measure, organisation, day, *about in self.breaks.itertuples(index=False, name=None):
            found.setdefault(measure, []).append(Break(date.fromisoformat(day), organisation, *about))
        return found

    def count(self, measure: str, organisation: str, source: str) -> str:
        """By what count a figure was made: the name in `definitions.csv`, else its publisher.

        Figures of one measure are compared within one count only; two publishers with the same name in that table give
        the same count. Of a figure from several publishers or sources ("CBS, IND", "a;b") the first tells.
        """
        publisher, first = organisation.split(", ")[0], source.split(";")[0]
        for name, start, definition in self._definitions.get(measure, []):
            if name == publisher and first.startswith(start):
                return definition
        return publisher

    @cached_property
    def _definitions(self) -> dict[str, list[tuple[str, str, str]]]:
        found: dict[str, list[tuple[str, str, str]]] = {}
        for measure, organisation, source, definition, _ in self.definitions.itertuples(index=False, name=None):
            found.setdefault(measure, []).append((organisation, source, definition))
        return found

    def totals(self, measure: str) -> list[tuple[str, str, list[str]]]:
        """The declared partitions of a measure: dimension, category of the total ("" = no breakdown), its parts."""
        return self._totals_by_measure.get(measure, [])

    @cached_property
    def _totals_by_measure(self) -> dict[str, list[tuple[str, str, list[str]]]]:
        found: dict[str, list[tuple[str, str, list[str]]]] = {}
        for measure, dimension, total, parts, _ in self.partitions.itertuples(index=False, name=None):
            found.setdefault(str(measure), []).append((str(dimension), str(total), str(parts).split(";")))
        return found

    def dimension_label(self, dimension: str) -> str:
        """Dutch name of a dimension; parts of a compound are joined by 'en'."""
        parts = [self.dimensions.label.get(part, part) for part in dimension.split("+") if part]
        return " en ".join(parts)

    def dimension_plural(self, dimension: str) -> str:
        """What the categories of a dimension are together, such as `nationaliteiten`."""
        first, *more = dimension.split("+")
        if more:
            return f"combinaties van {self.dimension_label(dimension)}"
        return str(self.dimensions.plural.get(first, "onderdelen"))

    @cached_property
    def names(self) -> Names:
        """Every publisher's spelling of a country or nationality."""
        return Names(self.nationalities, self.nationality_codes)

    def nationality(self, text: str) -> str:
        """Dutch name for a code or a spelling in Dutch or English, '' for ''; KetenError with the nearest otherwise."""
        if text == "":
            return ""
        name, kind = self.names.resolve(str(text))
        if kind != MEMBER:
            raise KetenError(
                f"De nationaliteit '{text}' is niet bekend; geef een Nederlandse landnaam of een ISO-code van drie "
                f"letters.{nearest(str(text), list(self.nationalities.name), cutoff=0.7)}"
            )
        return name
