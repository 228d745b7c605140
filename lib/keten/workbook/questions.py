"""The questions that a notebook asks: a series, one figure, a comparison, the largest, the last twelve months.

Each takes the look-up and gives a table of figures; `Workbook` explains them and keeps what it hands out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from keten.model.figures import Figure, table_of, with_gaps
from keten.model.periods import KINDS, Period
from keten.workbook import ratios
from keten.workbook.candidates import Offer, is_known
from keten.workbook.choosing import Panel
from keten.workbook.declared import KeyFigure
from keten.workbook.lookup import Lookup, Spoken
from keten.workbook.ratios import Ratio, divided
from keten.workbook.scope import Scope


def series(found: Lookup, measure: str, by: str, only: Sequence[str], kind: str, years: int | None) -> pd.DataFrame:
    """The figures over time, gaps as rows without a value; of each category one count, see `_continued`."""
    offers = _of_kind(found, measure, by, only, kind)
    said = _said(found, measure, by, offers)
    return _within_years(found, measure, by, _as_stated(_continued(offers, said), said), years)


def share_series(
    found: Lookup, measure: str, by: str, only: Sequence[str], kind: str, years: int | None, ratio: Ratio
) -> pd.DataFrame:
    """`series` of the measure as a part of another one, of counts that have both."""

    def whole(one: Figure) -> Figure | None:
        return found.alike(one, ratio.whole, by, one.category)

    offers = [one for one in _of_kind(found, measure, by, only, kind) if whole(one.figure) is not None]
    said = _said(found, measure, by, offers, ratio)
    shares = [divided(one, whole(one), ratio) for one in _continued(offers, said)]
    return _within_years(found, measure, by, _as_stated(shares, said), years)


def _of_kind(found: Lookup, measure: str, by: str, only: Sequence[str], kind: str) -> list[Offer]:
    """The best figures of every count at one frequency ('' = the finest), of whole periods alone."""
    offers = [one for one in found.visible.offers(measure, by) if one.best and not one.running]
    offers = [one for one in offers if one.figure.category in only] if only else offers
    present = {one.figure.period.kind for one in offers}
    kind = kind or next((one for one in KINDS if one in present), "month")
    return [one for one in offers if one.figure.period.kind == kind]


def _said(
    found: Lookup, measure: str, by: str, offers: Sequence[Offer], ratio: Ratio | None = None
) -> dict[str, Panel]:
    """What the report says of each category of a series, where that is about periods of its kind."""
    if not offers:
        return {}
    categories = list(dict.fromkeys(one.figure.category for one in offers))
    return found.speaking(measure, by, categories, offers[0].figure.period.kind, ratio)


def _continued(offers: Sequence[Offer], said: Mapping[str, Panel]) -> list[Figure]:
    """Of each category the figures of one count, continued by others only where the precedence table names them.

    The count that speaks of the category in this report gives the periods that it speaks of, and all others too where
    it has at least half of them, so that a line and the key figure beside it agree. For the rest goes the order of
    precedence; of counts that the table does not name, the one with the latest and the most figures. A series of more
    than one count is `joined`.
    """
    by_category: dict[str, list[Offer]] = {}
    for one in offers:
        by_category.setdefault(one.figure.category, []).append(one)
    return [figure for name in sorted(by_category) for figure in _of_category(by_category[name], said.get(name))]


def _of_category(offers: Sequence[Offer], said: Panel | None) -> list[Figure]:
    speaker, named = said.count if said else "", {one.counted for one in offers if one.ruled}
    spoken = {one.period for one in said.figures} if said else set()
    has_most = sum(one.counted == speaker for one in offers) >= len({one.figure.period for one in offers}) / 2
    told = {speaker, *(named if speaker in named else ())}  # one that the table does not name speaks alone
    counts = told if speaker else named or _fullest(offers)

    def place(one: Offer) -> tuple[bool, float]:
        return not (one.counted == speaker and (has_most or one.figure.period in spoken)), one.rank

    kept: dict[Period, Offer] = {}
    for one in sorted((one for one in offers if one.counted in counts), key=place):
        kept.setdefault(one.figure.period, one)
    several = len({one.counted for one in kept.values() if one.known}) > 1
    return [replace(one.figure, joined=True) if several else one.figure for one in kept.values()]


def _fullest(offers: Sequence[Offer]) -> set[str]:
    """The count with the latest figure, of two alike that with most figures, then by precedence; or none."""
    by_count: dict[str, list[Offer]] = {}
    for one in offers:
        if one.known:
            by_count.setdefault(one.counted, []).append(one)
    scored = [
        (-max(one.figure.period.end for one in mine).toordinal(), -len(mine), min(one.rank for one in mine), count)
        for count, mine in by_count.items()
    ]
    return {min(scored)[-1]} if scored else set()


def _as_stated(figures: Sequence[Figure], said: Mapping[str, Panel]) -> list[Figure]:
    """The figures of the statements in their place in a series: an exact sum for what was published as about."""
    joined = {one.category for one in figures if one.joined}
    stated = [
        replace(one, reason="", joined=name in joined)
        for name, panel in said.items()
        for one in panel.figures
        if is_known(one)
    ]
    keys = {(one.category, one.period) for one in stated}
    return [*(one for one in figures if (one.category, one.period) not in keys), *stated]


def _within_years(found: Lookup, measure: str, by: str, figures: Sequence[Figure], years: int | None) -> pd.DataFrame:
    if years is not None:
        first = date(found.scope.period.end.year - years, 1, 1)
        figures = [one for one in figures if one.period.start >= first]
    found.drew(measure, by, figures)
    return table_of(with_gaps(figures))


def value(found: Lookup, measure: str, by: str, category: str, period: str | Period) -> pd.DataFrame:
    """One figure as a table of one row."""
    wanted = Period.parse(period) if period else None
    now = found.panels(measure, by, [category], wanted)[category].now
    return table_of([replace(now, fallback=_stands_in(found, now, wanted))])


def compare(
    found: Lookup,
    measure: str,
    by: str,
    categories: Sequence[str],
    period: str | Period,
    ratio: Ratio | None = None,
) -> pd.DataFrame:
    """Per category the period and the same period of earlier years, oldest first, of one count."""
    wanted = Period.parse(period) if period else None
    panels = found.panels(measure, by, categories, wanted, ratio)
    rows = [
        replace(one, fallback=_stands_in(found, said.now, wanted)) for said in panels.values() for one in said.figures
    ]
    return table_of(rows)


def _stands_in(found: Lookup, now: Figure, wanted: Period | None) -> bool:
    """Whether a figure is about another period than the report (or day, for a stock), where no period was asked for."""
    return wanted is None and not _within_own(found.scope, now.measure, now.period)


def _within_own(scope: Scope, measure: str, period: Period) -> bool:
    """Whether a period is that of the report, or for a stock a day in it."""
    stock = scope.data.catalogue.measure(measure).kind == "stock"
    return period == scope.period or (stock and scope.period.contains(period))


def is_own(scope: Scope, figure: Figure) -> bool:
    """Whether a figure is there and about the whole of the report's period: not another one, nor one that still ran."""
    return is_known(figure) and not figure.reason and _within_own(scope, figure.measure, figure.period)


def own_figure(found: Lookup, asked: KeyFigure) -> bool:
    """Whether a key figure, as a report would show it, is of the report's own period; looking is no use."""
    catalogue = found.catalogue
    if not {*asked.measures} <= {*catalogue.measures.index}:
        return False
    ratio = ratios.percentage_of(asked.whole, catalogue) if asked.whole else None
    said = found.panels(asked.measure, asked.by, [asked.category], ratio=ratio)[asked.category]
    return is_own(found.scope, said.now)


def rolling(found: Lookup, measure: str, by: str, category: str) -> pd.DataFrame:
    """Year to date and trailing twelve months, each with the same a year earlier before it; only for a flow.

    Column `window` is `year_to_date` (1 January to the end of the period) or `trailing_12` (the twelve months up to
    that end); of a period that ends a year the two are one, and only the first is given. Where the period has no figure
    both end with what stands in for it. A window is a published figure or the sum of all its months or quarters, of one
    count for both years; with one of them missing it has no value (status `missing`). Twelve months hold every season
    once, so they compare at any moment; a peak stays in them for a year. Empty for a stock and a rate.
    """
    anchor = found.panels(measure, by, [category])[category].now.period
    if found.catalogue.measure(measure).kind != "flow" or not anchor.months:
        return table_of([]).assign(window=[])
    spans = {"year_to_date": anchor.year_to_date(), "trailing_12": anchor.trailing(12)}
    if spans["year_to_date"] == spans["trailing_12"]:
        del spans["trailing_12"]
    pairs = [(window, one) for window, span in spans.items() for one in _pair(found, measure, by, category, span)]
    return table_of([one for _, one in pairs]).assign(window=[window for window, _ in pairs])


def _pair(found: Lookup, measure: str, by: str, category: str, span: Period) -> list[Figure]:
    """The figure over a span of time, and before it that of a year earlier or a gap."""
    said = found.panels(measure, by, [category], span, years=1)[category]
    return [*(said.before or [found.missing(measure, by, category, span.years_earlier(1))]), said.now]


def top(found: Lookup, measure: str, by: str, categories: Sequence[str]) -> pd.DataFrame:
    """The comparison of all categories that the count which speaks first of the breakdown has in the period."""
    leading = found.leading(measure, by)
    panels = found.panels(measure, by, categories)
    kept = [said for said in panels.values() if said.count == leading and said.count]
    return table_of(replace(one, fallback=_stands_in(found, said.now, None)) for said in kept for one in said.figures)


def largest(frame: pd.DataFrame, n: int, leave_out: Sequence[str]) -> pd.DataFrame:
    """Of a comparison the `n` categories that are largest in their last period, largest first."""
    if frame.empty:
        return frame
    last = frame.groupby("category").tail(1).dropna(subset="value")
    kept = last[~last.category.isin(leave_out)].sort_values(["value", "category"], ascending=[False, True]).head(n)
    order = {category: place for place, category in enumerate(kept.category)}
    rows = frame[frame.category.isin(order)]
    return rows.sort_values("category", key=lambda names: names.map(order), kind="stable").reset_index(drop=True)


def history(found: Lookup, figure: pd.Series, years: int) -> pd.DataFrame:
    """The figures like this one, of its own count, in the years before it, itself last, gaps as rows without value."""
    count = found.catalogue.count(figure.measure, figure.organisation, figure.source)
    alike = _of_kind(found, figure.measure, figure.dimension, [figure.category], figure.kind)
    first, last = (figure.start - pd.DateOffset(years=years)).date(), figure.end.date()
    own = [one.figure for one in alike if one.counted == count]
    return table_of(with_gaps([one for one in own if one.period.start >= first and one.period.end <= last]))


def over_years(found: Lookup, figure: pd.Series, years: int) -> pd.DataFrame:
    """A figure of a statement beside the same period of so many earlier years, oldest first, all of its own count.

    Nothing where the figure is not the one that is found so, such as a ratio.
    """
    kind, _, whole = figure.statistic.partition(";denominator=")
    if kind not in ("", "share"):
        return table_of([])
    ratio = ratios.percentage_of(whole, found.catalogue) if whole else None
    moment = Period.parse(figure.period)
    wanted = None if _within_own(found.scope, figure.measure, moment) else moment
    asked = figure.measure, figure.dimension, [figure.category]
    said = found.panels(*asked, wanted, ratio, years)[figure.category]
    same = said.now.period == moment and said.now.value == figure.value
    return table_of(said.figures if same else [])


def latest_span(found: Lookup, measure: str, by: str, category: str) -> pd.DataFrame:
    """The figure over the last odd span of days."""
    chosen = [one.figure for one in found.visible.offers(measure, by) if one.chosen and not one.running]
    spans = [one for one in chosen if one.category == category and one.period.kind == "span"]
    last = sorted(spans, key=lambda one: one.period.by_end())[-1:]
    found.said(measure, by, [one.period for one in last])
    return table_of(last)


def coverage(found: Lookup, measures: Sequence[str]) -> pd.DataFrame:
    """What the report said: a row per measure and breakdown that it speaks of, those without any statement last.

    Columns `measure`, `label` (with the breakdown), `last` period spoken of, `in_period` (that is the report's own, or
    of a stock a moment in it), `later`: the last period with a figure that ends after that, of a length that could not
    stand in; '' for none.
    """
    own, rows = found.scope.period, []
    for measure in measures:
        about = found.catalogue.measure(measure)
        spoken = {by: of for (name, by), of in found.spoken.items() if name == measure} or {"": Spoken()}
        for by, of in spoken.items():
            periods = of.statements or of.drawn
            inside = any(
                own == one or (own.contains(one) and (about.kind == "stock" or one.kind == "date" or not of.statements))
                for one in periods
            )
            named = f"{about.label} naar {found.catalogue.dimension_label(by)}" if by else about.label
            last = max(periods, key=Period.by_end, default=None)
            rows.append((measure, named, str(last or ""), inside, _later(found, measure, by, last)))
    return pd.DataFrame(rows, columns=["measure", "label", "last", "in_period", "later"])


def _later(found: Lookup, measure: str, by: str, last: Period | None) -> str:
    """The last period of which a figure is published, when it ends after `last`; '' for none and for a stock.

    Of a stock the last day is spoken of, or one within a week of it.
    """
    periods = {one.figure.period for one in found.visible.offers(measure, by) if one.known}
    if not periods or found.catalogue.measure(measure).kind == "stock":
        return ""
    newest = max(periods, key=Period.by_end)
    return str(newest) if last is None or newest.end > last.end else ""
