"""What a notebook was given, so that 'Bronnen' and 'Begrippen' are complete without a list by hand."""

import pandas as pd

from keten.model.figures import FIGURE_COLUMNS, table_of


class Ledger:
    """Remembers the figures that were handed out and the measures that were asked for, in order."""

    def __init__(self) -> None:
        self._handed: list[pd.DataFrame] = []
        self._asked: dict[str, None] = {}  # in order of first use

    def asked(self, measure: str) -> None:
        """Remember that the report is about a measure, whether it has figures or not."""
        self._asked[measure] = None

    def hand_out(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Remember figures; gives the table with rows numbered anew."""
        self._handed.append(frame[FIGURE_COLUMNS])
        return frame.reset_index(drop=True)

    def measures(self) -> list[str]:
        """Ids of the measures asked for so far."""
        return list(self._asked)

    def figures(self) -> pd.DataFrame:
        """All figures handed out so far; one that was asked for more often stands there as often."""
        return pd.concat(self._handed, ignore_index=True) if self._handed else table_of([])

    def sources(self, sources: pd.DataFrame) -> pd.DataFrame:
        """Those of `sources` (indexed by id) that figures came from: `figures` from each, `assumed` days among them."""
        handed = self.figures()
        key = ["measure", "dimension", "category", "period", "source"]
        ids = handed.drop_duplicates(key).source.str.split(";").explode()
        counts = ids[ids.isin(sources.index)].value_counts()
        assumed = handed[handed.assumed.fillna(False).astype(bool)].source.str.split(";").explode().unique()
        used = sources.loc[sorted(counts.index)]
        return used.assign(figures=counts, assumed=used.index.isin(assumed)).reset_index(drop=True)
