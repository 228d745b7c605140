"""What a chart or a table must know beside its figures."""

from typing import Protocol

import pandas as pd

from keten.model.catalogue import Catalogue
from keten.model.periods import Period


class Context(Protocol):
    """The catalogue that explains the figures, and the period of the report; a Workbook is one."""

    catalogue: Catalogue
    period: Period


class PolicyContext(Context, Protocol):
    """Also what the policy was by the end of the period."""

    def safe_countries(self) -> pd.DataFrame:
        """Countries on the Dutch list of safe countries of origin: `name`, `safe_since` and source."""
