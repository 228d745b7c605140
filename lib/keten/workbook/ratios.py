"""Shares and ratios: one figure divided by another of the same publisher."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from keten.model.catalogue import Catalogue
from keten.model.figures import Figure, figures_of, joined_ids, joined_notes, joined_sources, table_of
from keten.model.quality import MISSING, combine


@dataclass(frozen=True)
class Ratio:
    """What figures are divided by: the measure `whole`, times `per`; how the result is told, in `unit` and words."""

    whole: str
    per: int
    unit: str
    statistic: str
    words: str


def percentage_of(whole: str, catalogue: Catalogue) -> Ratio:
    """A part as a percentage of a measure."""
    return Ratio(whole, 100, "percent", f"share;denominator={whole}", f"percentage van {_in_words(whole, catalogue)}")


def per_so_many(whole: str, per: int, catalogue: Catalogue) -> Ratio:
    """A number per so many of a measure."""
    words = f"aantal per {per:,} van {_in_words(whole, catalogue)}".replace(",", ".")
    return Ratio(whole, per, f"per_{per}", f"ratio;denominator={whole}", words)


def _in_words(measure: str, catalogue: Catalogue) -> str:
    label = catalogue.measure(measure).label
    return f"{label[0].lower()}{label[1:]}"


def row_by_row(parts: pd.DataFrame, wholes: Sequence[Figure | None], ratio: Ratio) -> pd.DataFrame:
    """Each part divided by the whole beside it."""
    return table_of([divided(part, whole, ratio) for part, whole in zip(figures_of(parts), wholes, strict=True)])


def divided(part: Figure, whole: Figure | None, ratio: Ratio) -> Figure:
    """`part` divided by `whole`; a figure without a value when that is absent or not above zero.

    The margin is the widest that both margins allow; the quality is that of the worse of the two.
    """
    about: dict[str, Any] = {"unit": ratio.unit, "statistic": ratio.statistic, "calculation": ratio.words}
    if not whole or not whole.value > 0:
        return replace(part, value=float("nan"), margin=float("nan"), quality=MISSING, **about)
    value, least = ratio.per * part.value / whole.value, whole.value - whole.margin
    widest = ratio.per * (part.value + part.margin) / least if least > 0 else float("nan")
    return replace(
        part,
        value=value,
        margin=abs(widest - value),
        quality=combine([part.quality, whole.quality]),
        joined=part.joined or whole.joined,
        assumed=part.assumed or whole.assumed,
        known=max(part.known, whole.known),
        source=joined_ids((part.source, whole.source)),
        editor_note=joined_notes((part.editor_note, whole.editor_note)),
        **joined_sources((part.source_title, whole.source_title), (part.source_url, whole.source_url)),
        **about | {"calculation": _with_sums(ratio.words, part, whole)},
    )


def _with_sums(words: str, part: Figure, whole: Figure) -> str:
    """The words for a share, with what its two figures are sums of."""
    sums = {"teller": part.calculation, "noemer": whole.calculation}
    return "; ".join([words, *(f"{name}: {calculation}" for name, calculation in sums.items() if calculation)])
