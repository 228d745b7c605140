"""The opening of a report: key figures with their change, and a few sentences that say what the figures say.

Every number in them carries its machine value and leads to where it comes from.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from keten.model.periods import Period
from keten.model.units import is_rate
from keten.presentation import prose
from keten.presentation.changes import NOT_ALIKE, changes_of
from keten.presentation.markup import escape, more, plain_number
from keten.presentation.origin import identifier, origin_html, origins
from keten.presentation.output import (
    Output,
    as_shown,
    cautions,
    dimensions_of,
    figure_rows,
    name_of,
    notes,
    small_print,
)
from keten.presentation.tables import cell_text
from keten.sections.calculations import rows_of
from keten.workbook.workbook import Workbook

TREND_YEARS = 5  # how far back the small line of a key figure goes


def opening(chain: Workbook) -> Output:
    """The first line of a report: its period and what it is compared with; its dates follow once it has run."""
    earlier = chain.period.earlier_years(chain.compare_years)
    compared = f", vergeleken met {prose.listing([period.label for period in earlier])}" if earlier else ""
    focus = f" Nationaliteit in beeld: {escape(chain.nationality)}." if chain.nationality else ""
    text = f"Periode: {chain.period.label}{compared}."
    return Output(f'<p class="period">{escape(text)}{focus}</p>')


def key_figures(frames: Sequence[pd.DataFrame], chain: Workbook, names: Sequence[str] = ()) -> Output:
    """The most important figures, large, each with its own period and the change from a year earlier.

    frames: one item per key figure, from `Workbook.compare` for one category, or `share_in_period`; names: other Dutch
    labels in the same order.
    """
    title = "Kerncijfers"
    shown = [item for item in _named(frames, names) if pd.notna(item.now.value)]
    if not shown:
        return Output('<p class="gap">Voor deze periode of eerder zijn geen kerncijfers bekend.</p>')
    figures = [table for item in shown for table in (item.frame, item.changes[item.changes.value.notna()])]
    found = origins(figures, chain.catalogue)
    key = identifier(title, found)
    tiles, keyfigures = "", []
    for item in shown:
        now, period, words = item.now, Period.parse(item.now.period), _unit_words(item.now, chain)
        (row,) = rows_of(item.frame.tail(1))
        mark = _marker(key, now)
        unit = f" <small>{escape(words)}</small>" if words else ""
        number = as_shown(now.value, now.unit, now.statistic, now.margin)
        value = mark(escape(cell_text(row)), number, now.statistic)
        tiles += (
            f"<div><dt>{escape(item.name)}</dt><dd class='value'>{value}{unit}</dd>"
            f"<dd class='period'>{escape(period.label)}</dd>"
            f"<dd class='change'>{_key_change(item.changes, mark)}</dd></div>"
        )
        keyfigures.append(
            {
                "label": item.name,
                "value": cell_text(row),
                "period": period.label,
                "change": _key_change(item.changes),
                "measure": now.measure,
                "dimensions": dimensions_of(now),
                "moment": now.period,
                "number": number,
                "unit": now.unit,
                "status": now.status,
                "precision": now.precision,
                "confidentiality": now.confidentiality,
                "unit_words": words,
                "trend": _trend(item.frame, chain),
            }
        )
    every = pd.concat(frames, ignore_index=True)
    small = small_print([*notes(every), *cautions(every, chain.catalogue)])
    html = f'<dl class="keyfigures">{tiles}</dl>{small}{more(origin_html(title, found))}'
    return Output(html, [row for table in figures for row in figure_rows(table)], keyfigures)


class Named(NamedTuple):
    """A comparison with what it is called, its last figure, and its changes."""

    frame: pd.DataFrame
    name: str
    now: pd.Series
    changes: pd.DataFrame


def _named(frames: Sequence[pd.DataFrame], names: Sequence[str]) -> list[Named]:
    """The frames that have a row, with their own label where `names` has none."""
    pairs = zip(frames, [*names, *[""] * len(frames)], strict=False)
    return [
        Named(frame, name or name_of(frame.label.iloc[-1], frame.category.iloc[-1]), frame.iloc[-1], changes_of(frame))
        for frame, name in pairs
        if len(frame)
    ]


def _marker(key: str, figure: pd.Series) -> prose.Mark:
    """What makes of a printed number its machine value and a link to its origin."""
    target = escape(f"#{key}-{figure.measure}")

    def mark(text: str, value: float, statistic: str) -> str:
        unit = "percent" if statistic == "change_percent" else figure.unit
        exact = plain_number(as_shown(value, unit, statistic or figure.statistic))
        return f'<a class="figure-link" href="{target}"><data value="{exact}">{text}</data></a>'

    return mark


def _key_change(changes: pd.DataFrame, mark: prose.Mark = prose.unmarked) -> str:
    """The change since a year earlier in a few words."""
    if changes.empty:
        return ""
    last = changes.iloc[-1]
    before = Period.parse(last.before)
    if last.change.absolute is None:
        return f"{NOT_ALIKE if last.reason else 'geen cijfer'} over {before.label}"
    return f"{prose.change_short(last.change, last.figure_unit, mark)} t.o.v. {before.label}"


def _trend(frame: pd.DataFrame, chain: Workbook) -> list[list]:
    """Moments and values of the years before, up to the key figure itself; None where there is no figure."""
    now = frame.iloc[-1]
    before = chain.history(now, TREND_YEARS).query("period != @now.period")
    points = pd.concat([before, frame.tail(1)]) if len(before) >= len(frame) and not now.statistic else frame
    return [
        [period, None if pd.isna(value) else as_shown(value, *about)]
        for period, value, *about in zip(
            points.period, points.value, points.unit, points.statistic, points.margin, strict=True
        )
    ]


def _unit_words(row: pd.Series, chain: Workbook) -> str:
    if row.unit in ("percent", "EUR") or row.unit.startswith("score"):
        return ""
    words = chain.catalogue.unit_words(row.unit)
    return words.singular if row.value == 1 else words.plural


def sentences(frames: Sequence[pd.DataFrame], chain: Workbook, names: Sequence[str] = ()) -> Output:
    """A list of generated sentences: each figure with its change against the earlier years that have one.

    A frame without a figure gives the sentence that there is none; frames and names as for `key_figures`.
    """
    title = "Samenvatting in zinnen"
    shown = _named(frames, names)
    figures = []
    for item in shown:
        figures += [item.frame, item.changes[item.changes.value.notna()]]
    found = origins(figures, chain.catalogue)
    key = identifier(title, found)
    items = "".join(
        f"<li>{sentence(item.frame, chain, escape(item.name), _marker(key, item.now))}</li>" for item in shown
    )
    html = f'<ul class="summary">{items}</ul>{more(origin_html(title, found))}' if items else ""
    return Output(html, [row for table in figures for row in figure_rows(table)])


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
    template, alone = escape(measure.sentence) if usual else "", name == escape(measure.label)
    text = prose.comparison_sentence(name, Period.parse(now.period), value, unit, changes, about, mark, template, alone)
    if now.reason and pd.notna(now.value):
        return f"{text} Let op: {escape(now.reason)}."
    if len(apart) and pd.notna(now.value):
        text += f" Er is {NOT_ALIKE} over {escape(prose.listing(Period.parse(one).label for one in apart.before))}."
    caution = measure.caution
    if caution and any(change.absolute is not None for _, change in changes):
        text += f" Let op: {escape(prose.small(caution))}"
    return text
