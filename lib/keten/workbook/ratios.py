"""Shares and ratios: one figure divided by another of the same publisher."""

from collections.abc import Sequence

import pandas as pd

from keten.model.catalogue import Catalogue
from keten.model.figures import FIGURE_COLUMNS, Figure, frame_of, joined_sources


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
    """`per` times each part divided by its whole; none where the two figures come from different publishers."""
    about = {"unit": unit, "statistic": statistic, "calculation": words}
    rows = []
    for part, bottom in zip(parts[FIGURE_COLUMNS].to_dict("records"), wholes, strict=True):
        if bottom and bottom["value"] > 0 and bottom["organisation"] == part["organisation"]:
            value = per * part["value"] / bottom["value"]
            least = bottom["value"] - bottom["margin"]
            widest = per * (part["value"] + part["margin"]) / least if least > 0 else float("nan")
            known = max(part["known"], bottom["known"])
            rows.append({**part, "value": value, "margin": abs(widest - value), "known": known, **about})
            rows[-1] |= joined_sources([part, bottom])
        else:
            rows.append({**part, "value": float("nan"), "margin": float("nan"), "status": "missing", **about})
    return frame_of(rows)
