"""What charts say in words: the tip of a mark and the text alternative of the picture."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from keten.model.catalogue import Catalogue
from keten.model.periods import Period
from keten.model.quality import IN_DUTCH
from keten.presentation import prose
from keten.presentation.behind import cell_text

MOST_CHARACTERS = 600  # of a text alternative


def figure_tip(row: Mapping[str, Any], catalogue: Catalogue, name: str = "", publisher: bool = False) -> str:
    """One published figure: `juni 2017: 1.335 aanvragen (afgerond op vijftallen, Eurostat)`.

    name: what the figure is about, said first; publisher: whether to name who published it.
    """
    about = ", ".join(filter(None, [name, Period.parse(row["period"]).label]))
    unit = with_unit(row["value"], row["unit"], catalogue)
    qualities = dict.fromkeys([row["precision"], row["status"]])
    details = [*(IN_DUTCH.get(word, "") for word in qualities), row["organisation"] if publisher else ""]
    more = ", ".join(filter(None, details))
    return f"{about}: {cell_text(row)}{unit}{f' ({more})' if more else ''}"


def with_unit(value: float, unit: str, catalogue: Catalogue) -> str:
    """The unit as it stands behind a number, with its blank; '' where the number itself shows the unit."""
    if unit in ("percent", "EUR"):
        return ""
    words = catalogue.unit_words(unit)
    return f" {words.singular if abs(value) == 1 else words.plural}"


def number_of(frame: pd.DataFrame) -> Callable[[float], str]:
    """How an axis prints the values of these figures: with the sign of their unit where they have but one."""
    units = set(frame.unit)
    unit = units.pop() if len(units) == 1 else None
    return lambda value: prose.number(round(value, 6), unit=unit if unit in ("percent", "EUR") else None)


def own_scale(unit: str) -> tuple[float, float] | None:
    """The ends of the scale that a score was given on; None for other units.

    >>> own_scale("score_1_5"), own_scale("persons")
    ((1.0, 5.0), None)
    """
    found = re.fullmatch(r"score_(\d+)_(\d+)", unit)
    return (float(found[1]), float(found[2])) if found else None


def axis_title(frame: pd.DataFrame, catalogue: Catalogue) -> str:
    """The units of these figures, as a subtitle has them."""
    return prose.listing([catalogue.unit_words(unit).axis for unit in dict.fromkeys(frame.unit)], "of")


def main_points(parts: Sequence[str], more: tuple[str, str] = ("andere", "andere")) -> str:
    """As many parts as a text alternative holds, then how many others there are (`more`: singular and plural)."""
    shown: list[str] = []
    for part in parts:
        if shown and sum(map(len, shown)) + 2 * len(shown) + len(part) > MOST_CHARACTERS:
            break
        shown.append(part)
    left = len(parts) - len(shown)
    return "; ".join(shown) + (f"; en {prose.count(left, *more)}" if left else "") + "."
