"""What the figures mean: measures, units, nationalities, municipalities, policy measures and the order of sources.

Read once from `data/catalogue/`. Nothing here knows about values or periods of a report.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from keten.errors import KetenError
from keten.model.country_codes import MEMBER, Names
from keten.model.naming import nearest

COLUMNS = {
    "measures": "measure label label_en definition unit also_unit kind goal organisation range",
    "units": "unit singular plural axis range whole",
    "dimensions": "dimension label",
    "nationalities": "code name group labels safe_since safe_source safe_source_url",
    "nationality_codes": "scheme spelling code note",
    "municipalities": "code name pilot_start source source_url",
    "eu_members": "code name since until",
    "policy_measures": "date title goal nationalities source_title source_url",
    "precedence": "measure dimension frequency category first last rank organisation source why",
}


def read_table(path: Path, columns: str) -> pd.DataFrame:
    """Read a CSV of the data folder as text, empty cells as "".

    `columns`: the names that must be there, blank-separated. Raises KetenError when the file is missing, is not
    UTF-8 CSV, or lacks a column.
    """
    name = f"{path.parent.name}/{path.name}"
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except FileNotFoundError:
        raise KetenError(
            f"Het bestand {name} ontbreekt in de gegevensmap; zet het terug of wijs met --data een andere map aan."
        ) from None
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as fault:
        detail = " ".join(str(fault).split())
        raise KetenError(
            f"Het bestand {name} is niet te lezen als CSV in UTF-8 ({detail}); herstel het of zet een eerdere "
            "versie terug."
        ) from None
    missing = [column for column in columns.split() if column not in table.columns]
    if missing:
        raise KetenError(
            f"In het bestand {name} ontbreekt de kolom {', '.join(missing)}; "
            f"verwacht worden {', '.join(columns.split())}."
        )
    return table


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

    @classmethod
    def read(cls, data: Path) -> "Catalogue":
        """Read all tables below `data`; KetenError names the file and column at fault."""
        tables = {name: read_table(data / "catalogue" / f"{name}.csv", columns) for name, columns in COLUMNS.items()}
        for name, key in {"measures": "measure", "units": "unit", "dimensions": "dimension"}.items():
            doubles = tables[name].loc[tables[name][key].duplicated(), key]
            if len(doubles):
                raise KetenError(f"In catalogue/{name}.csv staat {doubles.iloc[0]} dubbel; houd er één regel van over.")
            tables[name] = tables[name].set_index(key, drop=False)
        return cls(**tables)

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

    def dimension_label(self, dimension: str) -> str:
        """Dutch name of a dimension; parts of a compound are joined by 'en'."""
        parts = [self.dimensions.label.get(part, part) for part in dimension.split("+") if part]
        return " en ".join(parts)

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
