"""The largest categories of a measure, with a title that counts what is drawn and a bar for all that is not.

A ranking is of one publisher over one span. What the list leaves out stands under the chart and under the table alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from keten.model.figures import (
    Figure,
    added_up,
    figures_of,
    joined_ids,
    joined_sources,
    records,
    table_of,
    together,
    within,
)
from keten.model.margins import margin_of_sum
from keten.model.periods import Period
from keten.model.quality import combine
from keten.presentation import prose, tables
from keten.presentation.charts import series
from keten.presentation.output import REST, Output, gap
from keten.statistics.timeseries import contribution
from keten.workbook import questions
from keten.workbook.workbook import NO_RANK, Workbook

TOTAL = "totaal"  # the category of all together, in a breakdown by two things
MOST_NAMES = 8  # of categories that are left out, before they are counted
MOST_CHANGES = 8  # bars of the contributions to a change
WORDS = ("nul", "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf")


@dataclass(frozen=True)
class Ranking:
    """The largest categories and what is beside them.

    frame: their figures, as from `Workbook.top`; rest: the total minus the sum of these, over the same periods (empty
    where it cannot be told); words: what they are together, such as `de tien grootste nationaliteiten`; remark: what
    the list leaves out.
    """

    frame: pd.DataFrame
    rest: pd.DataFrame
    words: str
    remark: str

    @property
    def names(self) -> list[str]:
        """The categories, largest first."""
        return list(dict.fromkeys(self.frame.category))


def of(chain: Workbook, measure: str, by: str, n: int = 10) -> Ranking:
    """The `n` largest categories of a measure in the report's period, or the latest earlier one that has figures.

    >>> rankings.of(chain, "asylum_first_instance_decisions", "nationality", 3).words
    'de drie grootste van 14 nationaliteiten met een cijfer'
    """
    every = _of_one_count(chain, measure, by)
    last = _last(every)
    shown = chain.hand_out(every[every.category.isin(last.category.head(n))])
    plural = chain.catalogue.dimension_plural(by)
    if shown.empty:
        return Ranking(shown, shown, f"{plural} met een cijfer (0)", "")
    totals = _totals(chain, shown)
    chain.hand_out(table_of(filter(None, totals)))
    rest = _rest(shown, totals)
    carried = can_carry(figures_of(last.head(n)), figures_of(last), totals[-1])
    words = in_words(plural, len(last.head(n)), n, len(last), carried)
    remarks = [_total_remark(totals[-1]), _rest_remark(chain, shown, rest, totals[-1], plural)]
    remarks += [_left_out(chain, every, by)]
    shown_rest = rest if len(rest) and rest.value.iloc[-1] > 0 else rest.iloc[:0]
    return Ranking(shown, shown_rest, words, " ".join(filter(None, remarks)))


def chart(ranked: Ranking, name: str, chain: Workbook, remark: str = "") -> Output:
    """Bars of the ranking; the title is `name` and what the bars are together.

    >>> ranked = rankings.of(chain, "asylum_first_instance_decisions", "nationality", 3)
    >>> rankings.chart(ranked, "Beslissingen", chain).spec["title"]
    'Beslissingen: de drie grootste van 14 nationaliteiten met een cijfer'
    """
    remarks = " ".join(filter(None, [ranked.remark, remark]))
    return series.ranking(ranked.frame, f"{name}: {ranked.words}", chain, remarks, ranked.rest)


def table(ranked: Ranking, title: str, chain: Workbook, remark: str = "") -> Output:
    """The ranking against the same period of earlier years, with the share of the total where there is a total."""
    frame = together([ranked.frame, ranked.rest])
    if frame.empty:
        return gap(title)
    remarks = " ".join(filter(None, [ranked.remark, remark]))
    return tables.comparison(frame, title, chain, chain.share_of_total(frame), remarks)


def contributions(chain: Workbook, measure: str, by: str, title: str) -> Output:
    """The largest changes of categories since a year earlier, and what all others changed together.

    Of one publisher: that of the change of the total. The rest is the change of its total minus the changes shown.
    """
    frame = _of_one_count(chain, measure, by)
    pairs = frame.groupby("category", sort=False).tail(2)
    comparable = frame[~frame.category.isin(pairs.category[pairs.reason != ""])]
    known = contribution.contributions(comparable, len(frame))
    changes = contribution.contributions(comparable, MOST_CHANGES)
    if changes.empty:
        return gap(title)
    plural = chain.catalogue.dimension_plural(by)
    largest = f"{len(changes)} grootste veranderingen van de " if len(changes) < len(known) else ""
    words = f"Getoond zijn de {largest}{len(known)} {plural} met een cijfer over beide perioden."
    chain.hand_out(pairs[pairs.category.isin(changes.category)])
    rest = _rest_of_change(chain, changes)
    if rest is None:
        words += (
            " Van dezelfde uitgever is de verandering van het totaal niet bekend; wat de overige bijdroegen evenmin."
        )
    bars = changes if rest is None else together([changes, table_of([rest])])
    return series.contributions(bars, title, chain, f"{words} {_left_out(chain, frame, by)}".strip())


def in_words(plural: str, shown: int, asked: int, known: int, carried: bool) -> str:
    """What the bars are together: `de tien grootste` only of as many as were asked for and when `can_carry` says so.

    known: how many categories have a figure. Otherwise the number that there is.
    """
    number = WORDS[shown] if shown < len(WORDS) else str(shown)
    if shown == asked and carried:
        return f"de {number} grootste {plural}"
    if known > shown:
        return f"de {number} grootste van {known} {plural} met een cijfer"
    return f"{plural} met een cijfer ({shown})"


def can_carry(shown: Sequence[Figure], known: Sequence[Figure], total: Figure | None) -> bool:
    """Whether the list proves that nothing outside it is larger than the smallest that is shown.

    The publisher's total minus all categories that it names is what the list hides. Even if that were one category, it
    must not be larger than the smallest bar, with the margins of all these figures against it. Without the publisher's
    total over the same span nothing is proved.
    """
    if total is None or not shown:
        return False
    hidden = total.value - sum(one.value for one in known) + _margin(total) + sum(map(_margin, known))
    return min(one.value - _margin(one) for one in shown) >= hidden


def _margin(one: Figure) -> float:
    return 0.0 if np.isnan(one.margin) else one.margin


def _of_one_count(chain: Workbook, measure: str, by: str) -> pd.DataFrame:
    """All categories of the count that speaks first of the breakdown, largest first, only looked at.

    Of a breakdown by two things (`India + studie`) the totals of one of them (`India + totaal`) where there are any: a
    total and its own parts do not add up to anything.
    """
    names = _alongside(chain.categories(measure, by), by)
    return questions.largest(questions.top(chain.about(measure, by), measure, by, names), len(names), NO_RANK)


def _alongside(names: Sequence[str], by: str) -> list[str]:
    """The categories that can stand in one list: not a total beside its own parts, and none of people unknown."""
    if "+" not in by:
        return list(names)
    totals = [name for name in names if TOTAL in name.split(" + ")]
    nameless = set(NO_RANK) - {TOTAL}
    return [name for name in totals or names if not nameless & set(name.split(" + "))]


def _last(frame: pd.DataFrame) -> pd.DataFrame:
    """The last figure of each category, those that have one, in order of the frame."""
    return frame.groupby("category", sort=False).tail(1).dropna(subset="value")


def _totals(chain: Workbook, shown: pd.DataFrame) -> list[Figure | None]:
    """The total per period of the frame, oldest first, by the count or publisher of its figures; None without one.

    None for all when the categories are of several periods or cannot be added up.
    """
    last = figures_of(_last(shown))
    periods = [Period.parse(period) for period in dict.fromkeys(shown.period)]
    measure = last[0].measure
    if chain.catalogue.measure(measure).kind == "rate" or len({one.period for one in last}) > 1:
        return [None] * len(periods)
    return [total_of(chain, last[0], period) for period in periods]


def total_of(chain: Workbook, one: Figure, period: Period) -> Figure | None:
    """The total over a period by the count or publisher of a figure of a category.

    Where another count speaks of the total in this report, it carries the name of its publisher.
    """
    found = chain.about(one.measure)
    total = found.alike(replace(one, period=period), one.measure, "", "")
    stated = found.figure(one.measure, "", "", period)
    if total is None or (stated and stated.value == total.value):
        return total
    name = total.organisation
    return replace(total, statistic=f"publisher;name={name}", label=f"{total.label} ({name})")


def _rest(shown: pd.DataFrame, totals: Sequence[Figure | None]) -> pd.DataFrame:
    """Per period the total minus the sum of the categories; missing where one of these has no figure.

    Empty without a total over the last period.
    """
    if not totals[-1]:
        return shown.iloc[:0]
    names = shown.category.nunique()
    rows = []
    for total, period in zip(totals, dict.fromkeys(shown.period), strict=False):
        parts = [one for one in figures_of(shown[shown.period == period]) if not np.isnan(one.value)]
        whole = total if len(parts) == names else None
        rows.append(_minus(whole, parts) if whole else _none_of(figures_of(shown)[-1], period))
    return table_of(rows)


def _minus(total: Figure, parts: Sequence[Figure]) -> Figure:
    shown = added_up(parts)
    value = total.value - shown.value
    return replace(
        total,
        label=parts[0].label,
        dimension=parts[0].dimension,
        category=REST,
        value=value if value >= 0 else float("nan"),
        margin=margin_of_sum([total.margin, shown.margin]),
        quality=combine([total.quality, shown.quality]),
        statistic=f"remainder;of_largest={len(parts)}",
        calculation="het totaal min de som van wat is getoond",
        fallback=parts[0].fallback,
        reason=next((one.reason for one in parts if one.reason), ""),
        source=joined_ids([total.source, shown.source]),
        **joined_sources([total.source_title, shown.source_title], [total.source_url, shown.source_url]),
    )


def _none_of(like: Figure, period: str) -> Figure:
    about = (like.measure, like.label, like.dimension, REST, Period.parse(period), like.unit)
    return Figure(*about, statistic="remainder")


def _total_remark(total: Figure | None) -> str:
    """Whose total the shares and the rest are of, where the report elsewhere gives another figure for the total."""
    if total is None or not total.statistic.startswith("publisher;"):
        return ""
    number = "ca. " * (total.quality.precision == "circa") + prose.number(total.value)
    return f"Het totaal is hier dat van {total.organisation}: {number}; elders in dit rapport staat een ander cijfer."


def _rest_remark(chain: Workbook, shown: pd.DataFrame, rest: pd.DataFrame, total: Figure | None, plural: str) -> str:
    """Why there is no bar for the rest; '' when there is one, and for a rate."""
    last = records(_last(shown))[-1]
    when = prose.when(Period.parse(last["period"]))
    if chain.catalogue.measure(last["measure"]).kind == "rate":
        return ""
    if total is None:
        return (
            f"Van dezelfde uitgever is er {when} geen totaal bekend; hoeveel er buiten de lijst vallen, is daarom niet "
            "te zeggen."
        )
    if np.isnan(rest.value.iloc[-1]):
        return (
            f"De getoonde {plural} zijn {when} samen meer dan het totaal van dezelfde uitgever "
            f"({prose.number(total.value)}); hoeveel er buiten de lijst vallen, is daarom niet te zeggen."
        )
    return f"De getoonde {plural} zijn samen het totaal." if rest.value.iloc[-1] == 0 else ""


def _left_out(chain: Workbook, frame: pd.DataFrame, by: str) -> str:
    """A sentence on categories that lack a figure over the span, and have one within it or in a year before."""
    last = _last(frame)
    when = prose.when(Period.parse(last.period.iloc[-1]))
    rows = chain.offered(frame.measure.iloc[0], by)
    rows = rows[rows.category.isin(_alongside(list(rows.category.unique()), by))]
    inside = np.logical_or.reduce([within(rows, Period.parse(period)) for period in dict.fromkeys(frame.period)])
    sizes = (
        rows[inside & (rows.value > 0)]
        .groupby("category")
        .value.max()
        .drop([*last.category, *NO_RANK], errors="ignore")
    )
    if sizes.empty:
        return ""
    shown = sorted(sizes.index, key=lambda name: (-sizes[name], name))[:MOST_NAMES]  # what matters most is not cut off
    left = len(sizes) - len(shown)
    named = [name.replace(" + ", ", ") for name in shown]
    listed = prose.listing([*named, *([prose.count(left, "andere", "andere")] if left else [])])
    return f"Zonder cijfer van dezelfde uitgever {when}, en daarom niet in de lijst: {listed}."


def _rest_of_change(chain: Workbook, changes: pd.DataFrame) -> Figure | None:
    """The change of the total minus the changes shown; None without totals of the same publisher over both periods."""
    shown = figures_of(changes)
    before = Period.parse(shown[0].statistic.partition("reference=")[2])
    if len({(one.period, one.statistic) for one in shown}) > 1:
        return None
    totals = [total_of(chain, shown[0], period) for period in (before, shown[0].period)]
    if not totals[0] or not totals[1]:
        return None
    chain.hand_out(table_of([totals[0], totals[1]]))
    change, parts = contribution.change(totals[0], totals[1]), added_up(shown)
    return replace(
        change,
        label=shown[0].label,
        statistic=shown[0].statistic,
        dimension=shown[0].dimension,
        category=REST,
        value=change.value - parts.value,
        margin=margin_of_sum([change.margin, parts.margin]),
        quality=combine([change.quality, parts.quality]),
        calculation="verandering van het totaal min de getoonde veranderingen",
        fallback=shown[0].fallback,
    )
