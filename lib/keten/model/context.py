"""What a chart or a table must know beside its figures."""

from typing import Protocol

from keten.model.catalogue import Catalogue
from keten.model.periods import Period


class Context(Protocol):
    """The catalogue that explains the figures, and the period of the report; a Workbook is one."""

    catalogue: Catalogue
    period: Period
