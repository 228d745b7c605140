"""A figure and its comparison with earlier years as one sentence."""

import pandas as pd

from keten.model.context import Context
from keten.model.periods import Period
from keten.model.units import is_rate
from keten.presentation import prose
from keten.presentation.changes import NOT_ALIKE, changes_of
from keten.presentation.markup import escape
from keten.presentation.output import as_shown

MOST_COMPARED = 3  # earlier years in one sentence; a table or chart beside it has all


def sentence(frame: pd.DataFrame, chain: Context, name: str, mark: prose.Mark = prose.unmarked) -> str:
    """One figure and its comparison with earlier years as one Dutch sentence; what is not comparable is said so."""
    now = frame.iloc[-1]
    rate = is_rate(now.unit)
    compared = changes_of(frame)[::-1][:MOST_COMPARED]
    alike = compared[compared.reason == ""]
    apart = compared[compared.reason != ""]
    if now.measure.endswith("_growth"):  # what grew by 11% did not grow by 2 points more than before
        alike = alike[:0]
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
