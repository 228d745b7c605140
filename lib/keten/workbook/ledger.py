"""What a notebook was given, so that 'Bronnen' and 'Begrippen' are complete without a list by hand."""

import pandas as pd

from keten.model.figures import FIGURE_COLUMNS, KEY, table_of
from keten.model.row_numbers import as_list

IDENTITY = [*KEY, "statistic", "source", "organisation"]  # what makes a figure another one


class Ledger:
    """Remembers the figures that were handed out and the measures that were asked for, in order."""

    def __init__(self) -> None:
        self._handed: list[pd.DataFrame] = []
        self._known: set[tuple[str, ...]] = set()  # which figures those are
        self._asked: dict[str, None] = {}  # in order of first use

    def asked(self, measure: str) -> None:
        """Remember that the report is about a measure, whether it has figures or not."""
        self._asked[measure] = None

    def hand_out(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Remember each figure once; gives the table with rows numbered anew."""
        frame = frame.reset_index(drop=True)
        keys = list(zip(*(as_list(frame[name]) for name in IDENTITY), strict=True))
        fresh = [place for place, key in enumerate(keys) if key not in self._known]
        if fresh:
            self._known.update(keys)
            self._handed.append(frame[FIGURE_COLUMNS] if len(fresh) == len(frame) else frame.loc[fresh, FIGURE_COLUMNS])
        return frame

    def measures(self) -> list[str]:
        """Ids of the measures asked for so far."""
        return list(self._asked)

    def figures(self) -> pd.DataFrame:
        """All figures handed out so far, each once."""
        return pd.concat(self._handed, ignore_index=True) if self._handed else table_of([])

    def sources(self, sources: pd.DataFrame) -> pd.DataFrame:
        """Those of `sources` (indexed by id) that figures came from: `figures` of each, `assumed` days or not."""
        handed = self.figures()
        each = handed.assign(source=handed.source.str.split(";")).explode("source")
        ids = each.drop_duplicates([*KEY, "source"]).source
        counts = ids[ids.isin(sources.index)].value_counts()
        assumed = handed[handed.assumed.fillna(False).astype(bool)].source.str.split(";").explode().unique()
        used = sources.loc[sorted(counts.index)]
        return used.assign(figures=counts, assumed=used.index.isin(assumed)).reset_index(drop=True)
