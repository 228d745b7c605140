"""How sure a figure is: observation status, confidentiality and precision, kept apart as in SDMX.

Cards and the files in `published/` give one word per figure; `Quality.of_word` splits it when it is read, and
`Quality.word` is the one word that `figures.csv` keeps in its column `status`. SDMX has the first two as OBS_STATUS
(normal A, provisional P, estimated E, break B, missing O) and CONF_STATUS (free F, suppressed A, confidential C,
secondary D); precision stands in its attributes UNIT_MULT, DECIMALS and PRE_BREAK_VALUE only in part.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

STATUSES = ("normal", "provisional", "estimated", "break", "missing")  # from best to worst
FROM_RECORDS = "records"
"""The confidentiality of what was counted from records of persons and may be shown. It is a mark for life: what is made
of such a figure has it too, and nothing tells by how much one edition or delivery differs from another.
"""
HIDDEN_RECORDS = "records_suppressed"
"""The same mark on what was counted from records of persons and may not be shown."""
MARKS = (FROM_RECORDS, HIDDEN_RECORDS)
CONFIDENTIALITIES = ("free", FROM_RECORDS, "suppressed", HIDDEN_RECORDS, "confidential", "secondary")
SHOWN = ("free", FROM_RECORDS)
ROUNDED = ("rounded_5", "rounded_10", "circa")
ROUNDED_TO = {0: "exact", 5: "rounded_5", 10: "rounded_10"}
WORDS = ("exact", "provisional", "rounded_5", "rounded_10", "circa", "suppressed", "missing")
"""The words that a file of published figures may use, the most precise first."""
RANK = {word: place for place, word in enumerate(WORDS)} | {"estimated": 1, "break": 1}
IN_DUTCH = {
    "rounded_5": "afgerond op vijftallen",
    "rounded_10": "afgerond op tientallen",
    "circa": "bij benadering",
    "provisional": "voorlopig",
    "estimated": "geschat",
    "break": "breuk in de reeks",
}
DEVIATING = "de definitie wijkt af volgens de bron"
UNRELIABLE = "weinig betrouwbaar volgens de bron"
REMARKS = (DEVIATING, UNRELIABLE)  # in the note of a figure; a report tells them beside its quality
COLUMNS_OF_QUALITY = ("status", "confidentiality", "precision")


@dataclass(frozen=True)
class Quality:
    """The quality of one figure; what is not said is normal, free and exact."""

    status: str = "normal"
    confidentiality: str = "free"
    precision: str = "exact"

    @classmethod
    @cache
    def of_word(cls, word: str, precision: str = "") -> "Quality":
        """What one word of a source says; `precision`: what the source rounds to, where it says so elsewhere.

        >>> Quality.of_word("provisional", "rounded_5")
        Quality(status='provisional', confidentiality='free', precision='rounded_5')
        """
        if word in CONFIDENTIALITIES and word not in SHOWN:
            return cls(confidentiality=word)
        if word in STATUSES[1:]:
            return cls(word, precision=precision or ("exact" if word == "missing" else "unknown"))
        return cls(precision=precision or word)

    @property
    def word(self) -> str:
        """The one word that says most: why there is no value, else the status, else the precision.

        >>> Quality("provisional", precision="rounded_5").word
        'provisional'
        """
        if self.confidentiality not in SHOWN:
            return "suppressed"
        return self.precision if self.status == "normal" else self.status

    @property
    def columns(self) -> dict[str, str]:
        """The three columns of a table, of which `status` is the one word."""
        return {"status": self.word, "confidentiality": self.confidentiality, "precision": self.precision}


@cache
def quality_of(status: str, confidentiality: str, precision: str) -> Quality:
    """The quality that three columns of a table tell, in which `status` is the one word."""
    return Quality(status if status in STATUSES else "normal", confidentiality, precision)


MISSING = Quality("missing")


def combine(parts: Iterable[Quality]) -> Quality:
    """The quality of what was worked out from several figures: of each of the three the worst.

    Margins are not part of it: whoever adds figures adds their margins.

    >>> combine([Quality(precision="rounded_5"), Quality("provisional", precision="exact")])
    Quality(status='provisional', confidentiality='free', precision='rounded_5')
    """
    every = list(parts)
    secrecy = max((one.confidentiality for one in every), key=CONFIDENTIALITIES.index, default="free")
    if any(one.confidentiality in MARKS for one in every):
        secrecy = FROM_RECORDS if secrecy in SHOWN else HIDDEN_RECORDS
    return Quality(
        max((one.status for one in every), key=STATUSES.index, default="normal"),
        secrecy,
        max((one.precision for one in every), key=_vagueness, default="exact"),
    )


def combined(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The three columns of what was worked out from these rows of a table."""
    return combine(quality_of(*(row[name] for name in COLUMNS_OF_QUALITY)) for row in rows).columns


def rounded_to(precision: str) -> float:
    """The step that figures of this precision are multiples of: 0 for exact, NaN for circa and unknown."""
    if precision == "exact":
        return 0.0
    _, is_rounded, step = precision.partition("rounded_")
    return float(step) if is_rounded else float("nan")


def marked(columns: Mapping[str, pd.Series], where: pd.Series | bool = True) -> dict[str, pd.Series]:
    """The columns of `columns_of`, with the mark of records on what is shown there and on what is hidden."""
    secrecy = columns["confidentiality"]
    for plain, mark in (("free", FROM_RECORDS), ("suppressed", HIDDEN_RECORDS)):
        secrecy = secrecy.mask((secrecy == plain) & where, mark)
    return {**columns, "confidentiality": secrecy}


def comparable(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of which editions may be compared: those of no source that was counted from records of persons.

    The difference of two counts may stand for fewer people than either.
    """
    counted = table.source[table.confidentiality.isin(MARKS)].unique()
    return table[~table.source.isin(counted)]


def _vagueness(precision: str) -> float:
    step = rounded_to(precision)
    return step if step == step else {"circa": 1e6}.get(precision, 1e7)  # NaN is not itself


def columns_of(words: pd.Series, precision: pd.Series | None = None) -> dict[str, pd.Series]:
    """The columns `status`, `confidentiality` and `precision` of a table from its words (and roundings), row by row."""
    precisions = [""] * len(words) if precision is None else precision
    found = [Quality.of_word(word, rounding) for word, rounding in zip(words, precisions, strict=True)]
    return {
        name: pd.Series([one.columns[name] for one in found], words.index, dtype=str) for name in COLUMNS_OF_QUALITY
    }
