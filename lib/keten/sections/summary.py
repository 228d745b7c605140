"""The opening of a report: what it found, key figures with their change, and one of them over the years.

Every number in them carries its machine value and leads to where it comes from.
"""

from collections.abc import Sequence
from html import unescape
from typing import Any, NamedTuple

import pandas as pd

from keten.model.figure_id import figure_id
from keten.model.periods import Period
from keten.presentation import prose, yearly
from keten.presentation.behind import cell_text
from keten.presentation.changes import NOT_ALIKE
from keten.presentation.markup import escape, more, plain_number
from keten.presentation.origin import identifier, origin_html, origins
from keten.presentation.output import (
    Output,
    as_shown,
    cautions,
    dimensions_of,
    figure_rows,
    notes,
    small_print,
)
from keten.presentation.sentences import sentence
from keten.sections import finding
from keten.sections.calculations import rows_of
from keten.sections.finding import Named
from keten.workbook.workbook import Workbook

LAST_KNOWN = "Laatst bekende cijfers"
NONE_KNOWN = "Tot en met deze periode zijn geen passende kerncijfers bekend."
MOST_LARGE = 3  # key figures on the first screen of a report
YEARS_DRAWN = 9  # how far back the columns of a report go
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
    about = {"period": [str(chain.period)], "as_of": [str(chain.as_of)] if chain.as_of else []}
    return Output(f'<p class="period">{escape(text)}{focus}</p>{why}', notices=about)


def key_figures(frames: Sequence[pd.DataFrame], chain: Workbook, names: Sequence[str] = ()) -> Output:
    """What a reader sees first: the finding in one sentence, three figures with their change, one of them over years.

    The other key figures follow, smaller. Only those of the report's own period are its key figures, here and in the
    index; what is older, or about a period that still ran, stands apart below them. frames: one item per key figure,
    from `Workbook.compare` for one category, or `share_in_period`; names: other Dutch labels in the same order.
    """
    title = "Kerncijfers"
    every = finding.named(frames, names)
    shown = [item for item in every if pd.notna(item.now.value)]
    if not shown:
        return Output(f'<p class="finding">{NONE_KNOWN}</p>', keyfigures_of=len(every), finding=NONE_KNOWN)
    own, older = _apart(shown, chain)
    first = finding.foremost(own or _newest(older), chain) or shown[0]
    drawn = _drawn([first, *own, *older], chain) or _beside(own or older, chain)
    figures = [table for item in shown for table in (item.frame, item.changes[item.changes.value.notna()])]
    figures += [drawn.frame] if drawn else []
    found = origins(figures, chain.catalogue)
    key = identifier(title, found)
    head, rest = _dealt(own or older, first)
    html = "".join(f'<p class="finding">{words}</p>' for words in _found(first, own, chain, _marker(key, first.now)))
    html += f'<div class="glance">{_group(head, own, chain, key)}{drawn.html if drawn else ""}</div>'
    html += _tiles(rest, chain, key)
    html += _small_print([item for item in every if not any(item is one for one in older)], chain) if own else ""
    html += _group(older, own, chain, key, _small_print(older, chain)) if own else _small_print(older, chain)
    html += more(origin_html(title, found, _ids(shown)))
    return Output(
        html,
        [row for table in figures for row in figure_rows(table)],
        [_told(item, chain) for item in own],
        keyfigures_of=len(every),
        finding=unescape(" ".join(_found(first, own, chain))),
    )


def _found(first: Named, own: Sequence[Named], chain: Workbook, mark: prose.Mark = prose.unmarked) -> list[str]:
    """The finding; where the period has no key figure of its own that, and after it what is known last."""
    words = sentence(finding.since_a_year(first), chain, escape(first.name), mark)
    return [words] if own else [escape(f"Over {chain.period.label} zelf zijn geen kerncijfers bekend."), words]


def _newest(items: Sequence[Named]) -> list[Named]:
    """Those that end last."""
    last = max(Period.parse(item.now.period).end for item in items)
    return [item for item in items if Period.parse(item.now.period).end == last]


def _dealt(items: Sequence[Named], first: Named) -> tuple[list[Named], list[Named]]:
    """The few that are shown large, in their own order and the first among them, and the others."""
    head = [*items[:MOST_LARGE]]
    if not any(item is first for item in head):
        head[-1] = first
    return head, [item for item in items if not any(item is one for one in head)]


def _group(items: Sequence[Named], own: Sequence[Named], chain: Workbook, key: str, under: str = "") -> str:
    """Tiles; of what is not of the period in a part of its own that says so, with what is said under them."""
    if not items:
        return ""
    tiles = _tiles(items, chain, key)
    if any(items[0] is one for one in own):
        return tiles
    return f'<div class="last-known"><p class="part">{LAST_KNOWN}</p>{tiles}{under}</div>'


class Drawn(NamedTuple):
    """A figure over the years, and the columns that show it."""

    frame: pd.DataFrame
    html: str


def _drawn(items: Sequence[Named], chain: Workbook) -> Drawn | None:
    """The first of these that has a past, over the years."""
    for item in items:
        frame = chain.over_years(item.now, YEARS_DRAWN)
        if not len(frame):
            frame = item.frame
        comparable = frame[(frame.reason == "") | (frame.period == item.now.period)]
        rows = [
            yearly.Column(
                Period.parse(row["period"]).short,
                cell_text(row),
                None if pd.isna(row["value"]) or row["reason"] else _number(pd.Series(row)),
            )
            for row in rows_of(frame)
        ]
        if html := yearly.columns(item.name, _unit_words(item.now, chain), rows):
            return Drawn(comparable, html)
    return None


def _beside(items: Sequence[Named], chain: Workbook) -> Drawn | None:
    """Where nothing has a past: as many as are of one unit and period, beside each other; a score has no zero."""
    alike: dict[tuple[str, str], list[Named]] = {}
    for item in items:
        if not item.now.unit.startswith("score"):
            alike.setdefault((item.now.unit, item.now.period), []).append(item)
    most = max(alike.values(), key=len, default=[])
    given = [yearly.Column(item.name, _value_text(item), _number(item.now)) for item in most]
    if not most:
        return None
    moment, unit = Period.parse(most[0].now.period).label, _unit_words(most[0].now, chain)
    whole = 100 if most[0].now.unit == "percent" else 0
    html = yearly.rows(prose.capital(unit or "aandelen"), moment, given, whole)
    return Drawn(pd.concat([item.frame.tail(1) for item in most]), html) if html else None


def _apart(items: Sequence[Named], chain: Workbook) -> tuple[list[Named], list[Named]]:
    """Those of the report's own period, and those that are not."""
    own = [item for item in items if chain.is_own(item.now)]
    return own, [item for item in items if not chain.is_own(item.now)]


def _tiles(items: Sequence[Named], chain: Workbook, key: str) -> str:
    if not items:
        return ""
    tiles = ""
    for item in items:
        now, mark, words = item.now, _marker(key, item.now), _unit_words(item.now, chain)
        unit = f" <small>{escape(words)}</small>" if words else ""
        value = mark(escape(_value_text(item)), _number(now), now.statistic)
        moment = Period.parse(now.period)
        period = (
            f"<dd class='period'>{escape(moment.label)}</dd>" if moment != chain.period or not chain.is_own(now) else ""
        )
        change = _key_change(item.changes, mark)
        tiles += f"<div><dt>{escape(item.name)}</dt><dd class='value'>{value}{unit}</dd>"
        tiles += period + (f"<dd class='change'>{change}</dd>" if change else "") + "</div>"
    return f'<dl class="keyfigures">{tiles}</dl>'


def _ids(items: Sequence[Named]) -> str:
    """By what the key figures can be found again: `keten verify` says of each whether it still holds."""
    told = "; ".join(f"{escape(item.name)} <code>{_id(item)}</code>" for item in items)
    return f'<p class="note">Kenmerken, om later na te gaan of een cijfer nog geldt: {told}.</p>'


def _id(item: Named) -> str:
    (row,) = figure_rows(item.frame.tail(1))
    return figure_id(row)


def _told(item: Named, chain: Workbook) -> dict[str, Any]:
    """A key figure as the index and the next edition have it."""
    now = item.now
    return {
        "label": item.name,
        "value": _value_text(item),
        "period": Period.parse(now.period).label,
        "change": _key_change(item.changes),
        "id": _id(item),
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


def _value_text(item: Named) -> str:
    (row,) = rows_of(item.frame.tail(1))
    return cell_text(row)


def _number(now: pd.Series) -> float:
    return as_shown(now.value, now.unit, now.statistic, now.margin)


def _small_print(items: Sequence[Named], chain: Workbook) -> str:
    if not items:
        return ""
    every = pd.concat([item.frame for item in items], ignore_index=True)
    return small_print([*notes(every), *cautions(every, chain.catalogue)])


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
    shown = finding.named(frames, names)
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
