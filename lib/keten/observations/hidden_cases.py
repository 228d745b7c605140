"""What is hidden of the counts of case records: an account for who makes the edition."""

from datetime import date

import pandas as pd

from keten.model.quality import HIDDEN_RECORDS
from keten.observations.dataset import Data, known_on, newest
from keten.statistics.records import Decision

HIDDEN = "aantal verborgen"
FEW = "minder dan vijf dossiers, of nodig om zo'n aantal niet te laten uitrekenen"


def hidden_cases(data: Data, last: date, as_of: date | None) -> list[Decision]:
    """The counts of live cards of records that no report up to a day may show, with source, category and period.

    as_of: the day on which they had to be known (None = the newest). Which of them is small, and which only protects
    one that is, nobody is told: not even here, as the reading of records forgets it.
    """
    known = newest(known_on(data, as_of))
    rows = known[(known.confidentiality == HIDDEN_RECORDS) & (known.end <= pd.Timestamp(last))]
    rows = rows.sort_values(["source", "measure", "dimension", "start", "category"], kind="stable")
    names = zip(rows.source, rows.measure.map(data.catalogue.measures.label), rows.category, rows.period, strict=True)
    return [(HIDDEN, ": ".join(filter(None, parts)), FEW) for parts in names]
