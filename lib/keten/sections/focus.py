"""The nationality in focus beside the total, in every section of a report; and countries with new policy.

Without a nationality in focus these give nothing, so that no trace of them is in a report.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from keten.model.figures import figures_of, table_of, together
from keten.model.periods import Period
from keten.presentation import prose, tables
from keten.presentation.behind import change_cell, figure_cell, figure_table, units_of
from keten.presentation.changes import by_row, changes_of
from keten.presentation.charts import series
from keten.presentation.charts.policy_lines import events_within
from keten.presentation.grid import Cell, Grid
from keten.presentation.markup import note
from keten.presentation.output import Output, name_of
from keten.sections import rankings
from keten.workbook.workbook import Workbook

BY = "nationality"
PLURALS = ("Staten", "Emiraten", "Filipijnen", "Malediven", "Seychellen", "Comoren", "Bahama’s", "Gebieden", "Antillen")
WITH_ARTICLE = {**dict.fromkeys(["Federatie", "Republiek", "Sovjet-Unie", *PLURALS], "de"), "Koninkrijk": "het"}
STATELESS = "Staatloos"  # the one nationality that is no name of a country


class Pair(NamedTuple):
    """The figures of the nationality over the compared periods, and the totals over the same; empty without any."""

    own: pd.DataFrame
    total: pd.DataFrame

    @property
    def periods(self) -> tuple[str, ...]:
        """The periods of the columns, oldest first."""
        return tuple(self.own.period)


def beside_total(chain: Workbook, measures: Sequence[str], title: str) -> Output | None:
    """The nationality in focus beside the total of the same publisher: earlier years, changes and its share.

    Measures that nobody breaks down by nationality are passed over; of those that have no figure for this one a
    sentence says so. Figures over different periods stand in tables of their own. None without a nationality.

    >>> focus.beside_total(chain, ["asylum_first_applications"], "Asielaanvragen") is None
    True
    """
    if not chain.nationality:
        return None
    broken_down = [measure for measure in measures if chain.has(measure, BY)]
    pairs = {measure: _pair(chain, measure) for measure in broken_down}
    return _shown(chain, pairs, title, with_shares=True) if pairs else None


def share_beside_total(chain: Workbook, part: str, whole: str, title: str) -> Output | None:
    """`part` as a percentage of `whole` for the nationality in focus, beside the same for all; None without one."""
    if not chain.nationality or not chain.has(part, BY):
        return None
    own = chain.share_in_period(part, whole, BY, [chain.nationality])
    total = chain.share_in_period(part, whole, period=own.period.iloc[-1])
    same = total.organisation.iloc[-1] == own.organisation.iloc[-1]
    pair = Pair(own, total if same and tuple(total.period) == tuple(own.period) else total.iloc[:0])
    return _shown(chain, {part: pair}, title, with_shares=False)


def portrait(chain: Workbook, measures: Sequence[str]) -> Output | None:
    """The nationality in focus over time, in figures that stand alone, and in policy; None without one.

    measures: the first is drawn per month; of all stand the last whole year, the period and the last odd span of days.
    """
    return _portrait(chain, chain.nationality, measures) if chain.nationality else None


def new_policy(chain: Workbook, nationality: str, measures: Sequence[str], remark: str = "") -> Output | None:
    """`portrait` of a country about which policy was made in the year up to the end of the period, or soon after it.

    None without such policy, and for the nationality in focus, which has its own portrait. remark: what to know of it.
    """
    events = chain.policy_measures(nationality=nationality, after=True)
    recent = events[events.date > pd.Timestamp(chain.period.end) - pd.DateOffset(years=1)]
    if recent.empty or nationality == chain.nationality:
        return None
    return Output.together([*([Output(note(remark))] if remark else []), _portrait(chain, nationality, measures)])


def _pair(chain: Workbook, measure: str) -> Pair:
    own = chain.compare(measure, BY, [chain.nationality])
    last = figures_of(own)[-1]
    if own.value.isna().iloc[-1] or chain.catalogue.measure(measure).kind == "rate":
        return Pair(own, own.iloc[:0])
    found = [rankings.total_of(chain, last, Period.parse(period)) for period in own.period]
    if found[-1] is None:
        return Pair(own, own.iloc[:0])
    missing = chain.about(measure).missing
    spans = map(Period.parse, own.period)
    totals = [one or missing(measure, "", "", span) for one, span in zip(found, spans, strict=True)]
    return Pair(own, chain.hand_out(table_of(totals)))


def _shown(chain: Workbook, pairs: dict[str, Pair], title: str, with_shares: bool) -> Output:
    """A table per set of periods, and a sentence on the measures without a figure."""
    known = {measure: pair for measure, pair in pairs.items() if pair.own.value.notna().iloc[-1]}
    absent = [measure for measure in pairs if measure not in known]
    groups: dict[tuple[str, ...], list[Pair]] = {}
    for pair in known.values():
        groups.setdefault(pair.periods, []).append(pair)
    parts = []
    newest_first = sorted(groups.items(), key=lambda pair: Period.parse(pair[0][-1]).by_end(), reverse=True)
    for periods, mine in newest_first:
        about = f"{title}: {chain.nationality} naast het totaal"
        about += f", {Period.parse(periods[-1]).label}" if len(groups) > 1 else ""
        parts.append(_table(chain, mine, about, with_shares))
    return Output.together([*parts, *_absent(chain, chain.nationality, absent)])


def _absent(chain: Workbook, nationality: str, measures: Sequence[str]) -> list[Output]:
    """A sentence on the measures without any figure of the nationality, and on those with figures that do not fit."""
    of, rows = _people(nationality), {measure: chain.offered(measure, BY) for measure in measures}
    other = [name for name, one in rows.items() if (one.value.notna() & (one.category == nationality)).any()]
    told = {
        f"Over {of} is geen cijfer bekend van": [name for name in measures if name not in other],
        f"Over {of} zijn er alleen cijfers over andere perioden van": other,
    }
    labels = {name: prose.small(chain.catalogue.measure(name).label) for name in measures}
    return [
        Output(note(f"{words}: {'; '.join(labels[name] for name in names)}.")) for words, names in told.items() if names
    ]


def _table(chain: Workbook, pairs: Sequence[Pair], title: str, with_shares: bool) -> Output:
    periods = [Period.parse(period) for period in pairs[0].periods]
    frame = together([part for pair in pairs for part in pair])
    changes, shares = changes_of(frame), [chain.share_of_total(pair.own) for pair in pairs] if with_shares else []
    shared = together([*[one for one in shares if one.value.notna().any()], frame.iloc[:0]])
    figures, changed, share_of = by_row(frame), by_row(changes), by_row(shared)
    rows, several_units = [], frame.unit.nunique() > 1
    for (measure, category), mine in figures.items():
        label = mine[0]["label"]
        name = name_of(label, category) if category else f"{label}, alle nationaliteiten"
        name += f" ({chain.catalogue.unit_words(mine[-1]['unit']).plural})" if several_units else ""
        last = [figure_cell(row) for row in share_of.get((measure, category), [])] or [Cell("")]
        moves = map(change_cell, changed.get((measure, category), []))
        rows.append([Cell(name), *map(figure_cell, mine), *moves, *last[: len(shared) > 0]])
    heads = [period.short for period in periods]
    names = ["Onderwerp", *heads, *[f"t.o.v. {head}" for head in heads[:-1]], *["aandeel"][: len(shared) > 0]]
    without = [prose.small(pair.own.label.iloc[0]) for pair in pairs if pair.total.empty and not _is_rate(chain, pair)]
    remark = f"Van dezelfde uitgever is geen totaal bekend bij: {prose.listing(without)}." if without else ""
    grid = Grid(title, units_of(frame, chain), names, rows, frozenset([*heads, "aandeel"]))
    return figure_table(grid, chain.catalogue, [frame, changes[changes.value.notna()], shared], remark)


def _is_rate(chain: Workbook, pair: Pair) -> bool:
    return bool(chain.catalogue.measure(pair.own.measure.iloc[0]).kind == "rate")


def _portrait(chain: Workbook, nationality: str, measures: Sequence[str]) -> Output:
    events = chain.policy_measures(nationality=nationality, after=True)
    parts = []
    first = chain.catalogue.measure(measures[0])
    months = chain.series(measures[0], BY, [nationality], kind="month")
    drawn = months[months.value.notna()]
    if len(drawn):
        parts.append(series.trend(months, f"{first.label} per maand: {nationality}", chain, events))
    # By the chart, with their sources.
    told: Sequence[int] = list(events_within(events, drawn).index) if len(drawn) > 1 else []
    alone = _alone(chain, nationality, measures)
    if len(alone):
        parts.append(tables.single([alone], f"{nationality} in cijfers", chain))
    parts += _absent(chain, nationality, [measure for measure in measures if measure not in {*alone.measure}])
    if events.empty:
        words = f"Voor {_people(nationality)} zijn geen maatregelen vastgelegd; dat wil niet zeggen dat er geen waren."
        parts.append(Output(note(words)))
    elif len(rest := events.drop(index=told)):
        others = "Andere maatregelen" if len(told) else "Maatregelen"
        parts.append(tables.policy(rest, f"{others} en gebeurtenissen: {nationality}"))
    return Output.together(parts)


def _alone(chain: Workbook, nationality: str, measures: Sequence[str]) -> pd.DataFrame:
    """The last whole year, the period or what stands in for it, and an odd span that ends later; each figure once."""
    found = []
    for measure in measures:
        year = chain.value(measure, BY, nationality, period=chain.last_year)
        now = chain.value(measure, BY, nationality)
        odd = chain.latest_span(measure, BY, nationality)
        known = [one[one.value.notna()] for one in (year, now)]
        latest = max((one.end.iloc[0] for one in known if len(one)), default=pd.Timestamp.min)
        found += [*known, odd[odd.end > latest]]
    return together(found).drop_duplicates(["measure", "period"])


def _people(nationality: str) -> str:
    """The nationality as it stands within a sentence, with the article that the name of the country takes."""
    if nationality == STATELESS:
        return "staatlozen"
    article = next((WITH_ARTICLE[word] for word in nationality.split() if word in WITH_ARTICLE), "")
    return f"{article} {nationality}".strip()
