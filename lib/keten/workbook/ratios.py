"""Shares and ratios: one figure divided by another of the same publisher."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from keten.model.catalogue import Catalogue
from keten.model.figures import Figure, figures_of, joined_ids, joined_sources, table_of
from keten.model.quality import MISSING, combine


def shares(parts: pd.DataFrame, wholes: Sequence[Figure | None], whole: str, catalogue: Catalogue) -> pd.DataFrame:
    """`parts` as percentages of `wholes` (a figure of measure `whole` per row, or None), row by row."""
    words = f"percentage van {_in_words(whole, catalogue)}"
    return _divided(parts, wholes, f"share;denominator={whole}", 100, "percent", words)


def per_so_many(
    parts: pd.DataFrame, wholes: Sequence[Figure | None], whole: str, per: int, catalogue: Catalogue
) -> pd.DataFrame:
    """`parts` per so many of `wholes`, row by row."""
    words = f"aantal per {per:,} van {_in_words(whole, catalogue)}".replace(",", ".")
    return _divided(parts, wholes, f"ratio;denominator={whole}", per, f"per_{per}", words)


def _in_words(measure: str, catalogue: Catalogue) -> str:
    label = catalogue.measure(measure).label
    return f"{label[0].lower()}{label[1:]}"


def _divided(
    parts: pd.DataFrame, wholes: Sequence[Figure | None], statistic: str, per: int, unit: str, words: str
) -> pd.DataFrame:
    """`per` times each part divided by its whole; none where the two figures come from different publishers.

    The margin is the widest that both margins allow; the quality is that of the worse of the two.
    """
    about: dict[str, Any] = {"unit": unit, "statistic": statistic, "calculation": words}
    rows = []
    for part, bottom in zip(figures_of(parts), wholes, strict=True):
        if not bottom or not bottom.value > 0 or bottom.organisation != part.organisation:
            rows.append(replace(part, value=float("nan"), margin=float("nan"), quality=MISSING, **about))
            continue
        value, least = per * part.value / bottom.value, bottom.value - bottom.margin
        widest = per * (part.value + part.margin) / least if least > 0 else float("nan")
        share = replace(
            part,
            value=value,
            margin=abs(widest - value),
            quality=combine([part.quality, bottom.quality]),
            joined=part.joined or bottom.joined,
            assumed=part.assumed or bottom.assumed,
            known=max(part.known, bottom.known),
            source=joined_ids((part.source, bottom.source)),
            **joined_sources((part.source_title, bottom.source_title), (part.source_url, bottom.source_url)),
            **about | {"calculation": _with_sums(words, part, bottom)},
        )
        rows.append(share)
    return table_of(rows)


def _with_sums(words: str, part: Figure, bottom: Figure) -> str:
    """The words for a share, with what its two figures are sums of."""
    sums = {"teller": part.calculation, "noemer": bottom.calculation}
    return "; ".join([words, *(f"{name}: {calculation}" for name, calculation in sums.items() if calculation)])
