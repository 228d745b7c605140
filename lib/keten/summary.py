"""The opening of a report: key figures with their change, and a few sentences that say what the figures say."""

from collections.abc import Sequence

import pandas as pd

from keten import prose
from keten.changes import changes_of, is_rate
from keten.display import Shown, figure_rows, name_of, notes_html
from keten.markup import escape
from keten.periods import Period
from keten.tables import cell_text
from keten.workbook import Workbook


def opening(chain: Workbook) -> Shown:
    """The first line of a report: its period, what it is compared with, and the date of the data."""
    earlier = chain.period.earlier_years(chain.compare_years)
    compared = f", vergeleken met {prose.listing([period.label for period in earlier])}" if earlier else ""
    known = chain.as_of or chain.observations.known.max().date()
    words = "Gegevens zoals bekend op" if chain.as_of else "Nieuwste gegevens van"
    focus = f" Nationaliteit in beeld: {escape(chain.nationality)}." if chain.nationality else ""
    text = f"Periode: {chain.period.label}{compared}. {words} {prose.date_text(known)}."
    return Shown(f'<p class="period">{escape(text)}{focus}</p>')


def key_figures(frames: Sequence[pd.DataFrame], chain: Workbook, names: Sequence[str] = ()) -> Shown:
    """The most important figures, large, each with its own period and the change from a year earlier.

    frames: one item per key figure, from `Workbook.compare` for one category, or `share_in_period`; names: other Dutch
    labels in the same order.
    """
    tiles, keyfigures, figures = "", [], []
    for place, frame in enumerate(frames):
        if frame.empty or pd.isna(frame.value.iloc[-1]):
            continue
        now = frame.iloc[-1]
        changes = changes_of(frame)
        name = names[place] if place < len(names) and names[place] else name_of(now.label, now.category)
        period = Period.parse(now.period)
        change = _key_change(changes)
        unit = _unit(now, chain)
        tiles += (
            f"<div><dt>{escape(name)}</dt><dd class='value'>{escape(cell_text(now))}{unit}</dd>"
            f"<dd class='period'>{escape(period.label)}</dd><dd class='change'>{escape(change)}</dd></div>"
        )
        keyfigures.append({"label": name, "value": cell_text(now), "period": period.label, "change": change})
        figures += figure_rows(frame) + figure_rows(changes[changes.value.notna()])
    every = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    html = f'<dl class="keyfigures">{tiles}</dl>{notes_html(every)}' if tiles else ""
    return Shown(
        html or '<p class="gap">Voor deze periode of eerder zijn geen kerncijfers bekend.</p>',
        figures,
        keyfigures,
    )


def _key_change(changes: pd.DataFrame) -> str:
    if changes.empty:
        return ""
    last = changes.iloc[-1]
    before = Period.parse(last.before)
    if last.short == "geen vergelijking":
        return f"geen cijfer over {before.label}"
    other = " (andere uitgever)" if last.other_publisher else ""
    return f"{last.short} t.o.v. {before.label}{other}"


def _unit(row: pd.Series, chain: Workbook) -> str:
    if row.unit in ("percent", "EUR") or row.unit.startswith("score"):
        return ""
    words = chain.catalogue.unit_words(row.unit)
    return f" <small>{escape(words.singular if row.value == 1 else words.plural)}</small>"


def sentences(frames: Sequence[pd.DataFrame], chain: Workbook, names: Sequence[str] = ()) -> Shown:
    """A list of generated sentences: each figure with its change against the earlier years that have one.

    A frame without a figure gives the sentence that there is none; frames and names as for `key_figures`.
    """
    items, figures = "", []
    for place, frame in enumerate(frames):
        if frame.empty:
            continue
        now = frame.iloc[-1]
        name = names[place] if place < len(names) and names[place] else name_of(now.label, now.category)
        items += f"<li>{escape(sentence(frame, chain, name))}</li>"
        changes = changes_of(frame)
        figures += figure_rows(frame) + figure_rows(changes[changes.value.notna()])
    return Shown(f'<ul class="summary">{items}</ul>' if items else "", figures)


def sentence(frame: pd.DataFrame, chain: Workbook, name: str) -> str:
    """One figure and its comparison with earlier years as one Dutch sentence."""
    now = frame.iloc[-1]
    rate = is_rate(now.unit)
    changes = [
        (
            Period.parse(before.period),
            prose.change(now.value, before.value, now.margin, before.margin, rate=rate),
        )
        for _, before in frame.iloc[:-1][::-1].iterrows()
    ]
    words = chain.catalogue.unit_words(now.unit)
    unit = now.unit if rate or now.unit == "EUR" else (words.singular, words.plural)
    value = round(now.value, 1) if now.statistic and pd.notna(now.value) else now.value
    text = prose.comparison_sentence(name, Period.parse(now.period), value, unit, changes, about=now.status == "circa")
    publishers = {row.organisation for row in frame.itertuples() if row.organisation}
    return (
        f"{text} Let op: de cijfers komen van verschillende uitgevers ({prose.listing(sorted(publishers))})."
        if len(publishers) > 1
        else text
    )
