"""What a report found: of its key figures the largest change outside the noise, in one sentence.

What counts as noise is decided in one place, `presentation.prose.change`: a change within the rounding of both figures
has no number here either, nor has one on a base too small for a percentage.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from keten.model.periods import Period
from keten.model.units import is_rate
from keten.presentation import prose
from keten.presentation.changes import NOT_ALIKE, changes_of
from keten.presentation.markup import escape
from keten.presentation.output import as_shown, name_of
from keten.workbook.workbook import Workbook

NEAR_THE_END = 7  # days from the end of a period within which a stock says how the period ended


class Named(NamedTuple):
    """A comparison with what it is called, its last figure, and its changes."""

    frame: pd.DataFrame
    name: str
    now: pd.Series
    changes: pd.DataFrame


def named(frames: Sequence[pd.DataFrame], names: Sequence[str]) -> list[Named]:
    """The frames that have a row, with their own label where `names` has none."""
    pairs = zip(frames, [*names, *[""] * len(frames)], strict=False)
    return [
        Named(frame, name or name_of(frame.label.iloc[-1], frame.category.iloc[-1]), frame.iloc[-1], changes_of(frame))
        for frame, name in pairs
        if len(frame)
    ]


def foremost(items: Sequence[Named], chain: Workbook) -> Named | None:
    """Of these key figures the one that the report opens with; None for none.

    The one with the largest change since a year earlier, of those that can be told from the noise. Counts go by the
    number by which they changed, so that a small group does not speak for all; they go before rates, which go by their
    points. After these come, in this order: a stock that was counted elsewhere than at the end of the period, a measure
    of which a comparison has a caution, a change without a percentage, and what did not change or cannot be compared.
    """
    ranked = [(_rank(item, chain), -place, item) for place, item in enumerate(items)]
    return max(ranked, key=lambda one: one[:2])[2] if ranked else None


def _rank(item: Named, chain: Workbook) -> tuple[bool, bool, bool, bool, bool, float]:
    told: list[prose.Change] = item.changes.change.tail(1).tolist()
    outside = [one for one in told if one.verdict in ("toegenomen", "afgenomen")]
    sized = any(one.rate or one.percent is not None for one in outside)
    moment = Period.parse(item.now.period)
    ends = moment.kind != "date" or abs((chain.period.end - moment.end).days) <= NEAR_THE_END
    counted = not is_rate(item.now.unit)
    size = max((abs(one.absolute or 0) for one in outside), default=0.0)
    return bool(outside), sized, not chain.catalogue.measure(item.now.measure).caution, ends, counted, size


def since_a_year(item: Named) -> pd.DataFrame:
    """The figure beside the one that its change is told against: the last two rows."""
    return item.frame.tail(2)


def sentence(frame: pd.DataFrame, chain: Workbook, name: str, mark: prose.Mark = prose.unmarked) -> str:
    """One figure and its comparison with earlier years as one Dutch sentence; what is not comparable is said so."""
    now = frame.iloc[-1]
    rate = is_rate(now.unit)
    compared = changes_of(frame)[::-1]
    alike = compared[compared.reason == ""]
    apart = compared[compared.reason != ""]
    changes = [(Period.parse(before), change) for before, change in zip(alike.before, alike.change, strict=True)]
    words = chain.catalogue.unit_words(now.unit)
    unit = now.unit if rate or now.unit == "EUR" else (escape(words.singular), escape(words.plural))
    value = None if pd.isna(now.value) else as_shown(now.value, now.unit, now.statistic, now.margin)
    about = now.precision == "circa"
    measure = chain.catalogue.measure(now.measure)
    usual = not now.statistic and now.unit in (measure.unit, measure.also_unit)  # no share or ratio of the measure
    # Of a part, the words of the whole would say too much; people of one nationality do what all people do.
    usual = usual and (rate or now.category in ("", "totaal") or now.dimension == "nationality")
    template, alone = escape(measure.sentence) if usual else "", name == escape(measure.label)
    text = prose.comparison_sentence(name, Period.parse(now.period), value, unit, changes, about, mark, template, alone)
    if now.reason and pd.notna(now.value):
        return f"{text} Let op: {escape(now.reason)}."
    if len(apart) and pd.notna(now.value):
        text += f" Er is {NOT_ALIKE} {escape(prose.over(*apart.before))}."
    caution = measure.caution
    if caution and any(change.absolute is not None for _, change in changes):
        text += f" Let op: {escape(prose.small(caution))}"
    return text
