"""The opening of a report: key figures with their change, and a few sentences that say what the figures say.

Every number in them carries its machine value and leads to where it comes from.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

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

LAST_KNOWN = "Laatst bekende cijfers"
TREND_YEARS = 5  # how far back the small line of a key figure goes


def opening(chain: Workbook) -> Output:
    """The first line of a report: its period and what it is compared with; its dates follow once it has run.

    A period that nobody gave is followed by the sentence that says why it was chosen.
    """
    earlier = chain.period.earlier_years(chain.compare_years)
    compared = f", vergeleken met {prose.listing(map(prose.named, earlier))}" if earlier else ""
    focus = f" Nationaliteit in beeld: {escape(chain.nationality)}." if chain.nationality else ""
    text = f"Periode: {chain.period.label}{compared}."
    why = f'<p class="why">{escape(chain.choice.sentence)}</p>' if chain.choice else ""
    return Output(f'<p class="period">{escape(text)}{focus}</p>{why}')


def key_figures(frames: Sequence[pd.DataFrame], chain: Workbook, names: Sequence[str] = ()) -> Output:
    """The most important figures, large, each with its own period and the change from a year earlier.

    Only those of the report's own period are its key figures, here and in the index; what is older, or about a period
    that still ran, stands apart below them. frames: one item per key figure, from `Workbook.compare` for one category,
    or `share_in_period`; names: other Dutch labels in the same order.
    """
    title = "Kerncijfers"
    every = _named(frames, names)
    shown = [item for item in every if pd.notna(item.now.value)]
    if not shown:
        gap = '<p class="gap">Tot en met deze periode zijn geen passende kerncijfers bekend.</p>'
        return Output(gap, keyfigures_of=len(every))
    own, older = _apart(shown, chain)
    figures = [table for item in shown for table in (item.frame, item.changes[item.changes.value.notna()])]
    found = origins(figures, chain.catalogue)
    key = identifier(title, found)
    here = escape(f"Over {chain.period.label} zelf zijn geen kerncijfers bekend.")
    html = _tiles(own, chain, key) if own else f'<p class="gap">{here}</p>'
    html += _small_print([item for item in every if not any(item is one for one in older)], chain)
    if older:
        html += f'<div class="last-known"><p class="part">{LAST_KNOWN}</p>{_tiles(older, chain, key)}'
        html += f"{_small_print(older, chain)}</div>"
    html += more(origin_html(title, found))
    told = [_told(item, chain) for item in own]
    return Output(html, [row for table in figures for row in figure_rows(table)], told, keyfigures_of=len(every))


def _apart(items: "Sequence[Named]", chain: Workbook) -> "tuple[list[Named], list[Named]]":
    """Those of the report's own period, and those that are not."""
    own = [item for item in items if chain.is_own(item.now)]
    return own, [item for item in items if not chain.is_own(item.now)]


def _tiles(items: "Sequence[Named]", chain: Workbook, key: str) -> str:
    tiles = ""
    for item in items:
        now, mark, words = item.now, _marker(key, item.now), _unit_words(item.now, chain)
        unit = f" <small>{escape(words)}</small>" if words else ""
        value = mark(escape(_value_text(item)), _number(now), now.statistic)
        tiles += (
            f"<div><dt>{escape(item.name)}</dt><dd class='value'>{value}{unit}</dd>"
            f"<dd class='period'>{escape(Period.parse(now.period).label)}</dd>"
            f"<dd class='change'>{_key_change(item.changes, mark)}</dd></div>"
        )
    return f'<dl class="keyfigures">{tiles}</dl>'


def _told(item: "Named", chain: Workbook) -> dict[str, Any]:
    """A key figure as the index and the next edition have it."""
    now = item.now
    return {
        "label": item.name,
        "value": _value_text(item),
        "period": Period.parse(now.period).label,
        "change": _key_change(item.changes),
        "measure": now.measure,
        "publisher": now.organisation,
        "dimensions": dimensions_of(now),
        "moment": now.period,
        "number": _number(now),
        "unit": now.unit,
        "status": now.status,
        "precision": now.precision,
        "confidentiality": now.confidentiality,
        "unit_words": _unit_words(now, chain),
        "trend": _trend(item.frame, chain),
    }


def _value_text(item: "Named") -> str:
    (row,) = rows_of(item.frame.tail(1))
    return cell_text(row)


def _number(now: pd.Series) -> float:
    return as_shown(now.value, now.unit, now.statistic, now.margin)


def _small_print(items: "Sequence[Named]", chain: Workbook) -> str:
    if not items:
        return ""
    every = pd.concat([item.frame for item in items], ignore_index=True)
    return small_print([*notes(every), *cautions(every, chain.catalogue)])


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
    if last.change.absolute is None:
        return f"{NOT_ALIKE if last.reason else 'geen cijfer'} {prose.over(last.before)}"
    return f"{prose.change_short(last.change, last.figure_unit, mark)} t.o.v. {prose.named(last.before)}"


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

    A frame without a figure gives the sentence that there is none; what is not of the report's own period stands apart,
    below the others. Frames and names as for `key_figures`.
    """
    title = "Samenvatting in zinnen"
    shown = _named(frames, names)
    _, older = _apart([item for item in shown if pd.notna(item.now.value)], chain)
    figures = []
    for item in shown:
        figures += [item.frame, item.changes[item.changes.value.notna()]]
    found = origins(figures, chain.catalogue)
    key = identifier(title, found)

    def listed(items: Sequence[Named]) -> str:
        said = [sentence(item.frame, chain, escape(item.name), _marker(key, item.now)) for item in items]
        return f'<ul class="summary">{"".join(f"<li>{words}</li>" for words in said)}</ul>' if said else ""

    html = listed([item for item in shown if not any(item is one for one in older)])
    if older:
        html += f'<div class="last-known"><p>{LAST_KNOWN}:</p>{listed(older)}</div>'
    html += more(origin_html(title, found)) if html else ""
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
