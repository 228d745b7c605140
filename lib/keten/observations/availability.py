"""What figures of a measure there are: over which periods, how fine, from whom, with which gaps and which breaks.

Everything here takes observations as `observations.known_on` gives them and looks past the period of a report: who asks
what there is wants to know it all. Only `as_of` limits it.
"""

import re
from collections.abc import Sequence
from datetime import date

import pandas as pd

from keten.model.catalogue import Catalogue
from keten.model.figures import KEY
from keten.model.periods import CALENDAR_KINDS, Period, span
from keten.model.quality import IN_DUTCH
from keten.model.row_numbers import each_row
from keten.model.units import FREQUENCIES
from keten.observations.dataset import newest
from keten.observations.selection import choose
from keten.presentation import prose

COVERAGE = ["dimension", "kind", "categories", "first", "last", "figures", "gaps", "suppressed"]
BETWEEN_REMARKS = r";(?![^()]*\))"  # not within brackets
BREAK = re.compile(r"\b(breuk|definitie|methode|niet vergelijkbaar|vanaf|met ingang van|let op|verwisselt)", re.I)
POLICY_BREAK = "breuk in de reeks"
MOST_SWITCHES = 4  # of publisher, that are told one by one
MOST_NOTES = 8
MOST_GAPS = 3  # that are named


def chosen(known: pd.DataFrame, measure: str, catalogue: Catalogue) -> pd.DataFrame:
    """The figures of a measure that a report would use, over all periods; columns as `selection.choose` gives them."""
    rows = choose(newest(known[known.measure == measure]), catalogue)
    return rows[rows.chosen].reset_index(drop=True)


def present(known: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """What there is of each measure of the catalogue (index).

    Columns: `first` and `last` period, as `periods` prints it; `dimensions` (ids, without the total), `breakdowns`
    (those dimensions and their categories in words, to search) and the number of `figures`.
    """
    rows = newest(known)
    rows = rows[rows.value.notna()]
    rows = rows.assign(length=rows.end - rows.start)  # of two that begin alike the shorter one tells more
    first = rows.sort_values(["start", "length"], kind="stable").drop_duplicates("measure")
    last = rows.sort_values(["end", "length"], ascending=[False, True], kind="stable").drop_duplicates("measure")
    by = rows.loc[rows.dimension != "", ["measure", "dimension", "category"]].drop_duplicates()
    labels = by.dimension.map({name: catalogue.dimension_label(name) for name in by.dimension.unique()})
    words = (labels + " " + by.category).groupby(by.measure).agg(" ".join)
    dimensions = by.groupby("measure").dimension.agg(lambda names: sorted(set(names)))
    periods = {"first": first.set_index("measure").period, "last": last.set_index("measure").period}
    found = {**periods, "dimensions": dimensions, "breakdowns": words, "figures": rows.measure.value_counts()}
    table = pd.DataFrame(found, index=catalogue.measures.index).fillna({"figures": 0}).astype({"figures": int})
    dimensions = table.dimensions.map(lambda names: names if isinstance(names, list) else [])
    return table.assign(dimensions=dimensions).fillna("")


def coverage(rows: pd.DataFrame) -> pd.DataFrame:
    """What there is per breakdown and frequency. rows: from `chosen`.

    Columns: `dimension`, `kind`, `categories` (how many), `first` and `last` period with a figure, `figures`, `gaps`
    (periods between the first and the last one without any figure) and `suppressed` (figures that the source hides).
    """
    found = []
    for by, mine in rows.groupby(["dimension", "kind"]):
        there = mine[mine.value.notna()].sort_values(["start", "end"])
        if len(there):
            last = there.sort_values(["end", "start"]).period.iloc[-1]
            hidden = int((mine.status == "suppressed").sum())
            about = (there.category.nunique(), there.period.iloc[0], last, len(there), _gaps(there), hidden)
            found.append((*by, *about))
    table = pd.DataFrame(found, columns=COVERAGE)
    by_length = table.sort_values("kind", key=lambda kinds: kinds.map(list(FREQUENCIES).index))
    return by_length.sort_values("dimension", kind="stable", ignore_index=True)


def _gaps(there: pd.DataFrame) -> list[str]:
    """The periods between the first and the last one that are not there; none for days, which have no fixed step."""
    if there.kind.iloc[0] not in CALENDAR_KINDS:
        return []
    present = set(there.period)
    tiles = span(there.start.iloc[0], there.end.iloc[0]).until(there.end.max().date())
    return [text for text in map(str, tiles) if text not in present]


def publishers(rows: pd.DataFrame) -> list[str]:
    """Sentences on series of more than one publisher: a difference can come from the change of publisher."""
    found = []
    for (dimension, kind), mine in rows[rows.value.notna()].groupby(["dimension", "kind"], sort=False):
        if mine.organisation.nunique() < 2 or kind == "span":  # odd spans are no series
            continue
        name = f"Per {FREQUENCIES[str(kind)][0]}"
        if dimension:
            found.append(f"{name}, uitgesplitst: cijfers van {prose.listing(sorted(set(mine.organisation)))}.")
            continue
        runs = _runs(mine.sort_values(["start", "end"]))
        if len(runs) > MOST_SWITCHES:
            found.append(f"{name}: wisselend van {prose.listing(sorted(set(mine.organisation)))}.")
        else:
            found.append(f"{name}: {prose.listing(runs, 'en daarna')}.")
    return found


def _runs(ordered: pd.DataFrame) -> list[str]:
    """Publishers of a series one after another, each with its first and last period."""
    run = ordered.organisation.ne(ordered.organisation.shift()).cumsum()
    words = []
    for _, mine in ordered.groupby(run):
        first, last = (span(mine.start.iloc[at], mine.end.iloc[at]) for at in (0, -1))
        over = first.short if first == last else f"{first.short} tot en met {last.short}"
        words.append(f"{mine.organisation.iloc[0]} ({over})")
    return words


def notes(rows: pd.DataFrame, definition: str) -> tuple[list[str], list[str]]:
    """What sources say beside the figures: first what sounds like a break, then the most frequent other remarks.

    Editions, roundings (see `statuses`) and what `definition` says already are left out.
    """
    parts = rows[rows.note != ""].note.str.split(BETWEEN_REMARKS, regex=True).explode().str.strip()
    parts = parts[(parts != "") & ~parts.str.contains("editie|afgerond op", case=False)]
    parts = parts[~parts.map(lambda part: part.casefold() in definition.casefold())]
    counted = parts.value_counts(sort=True)
    breaks = [part for part in counted.index if BREAK.search(part)]
    others = [part for part in counted.index if part not in breaks]
    return breaks[:MOST_NOTES], others[:MOST_NOTES]


def policy_breaks(policy: pd.DataFrame, goal: str, as_of: date | None) -> list[str]:
    """The policy measures of a goal of which the catalogue says that they break series, with their day."""
    mine = policy[(policy.goal == goal) & policy.title.str.contains(POLICY_BREAK, case=False)]
    if as_of is not None:
        mine = mine[pd.to_datetime(mine.date) <= pd.Timestamp(as_of)]
    return [f"{prose.date_text(row.date)}: {row.title}." for row in each_row(mine)]


def statuses(rows: pd.DataFrame) -> list[str]:
    """How exact the figures are: how many of them are rounded, provisional or near enough."""
    there = rows[rows.value.notna()]
    counted = {**there.status.value_counts(), **there.precision.value_counts()}
    present = [word for word in IN_DUTCH if word in counted]
    return [f"{prose.count(counted[word], 'cijfer', 'cijfers')} {IN_DUTCH[word]}" for word in present]


def revised(known: pd.DataFrame, measure: str) -> int:
    """For how many figures of a measure one and the same publisher gave more than one value."""
    mine = known[(known.measure == measure) & known.value.notna()]
    return int((mine.groupby([*KEY, "organisation", "unit"]).value.nunique() > 1).sum())


def sources_of(rows: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """The sources of these figures with the number of `figures` from each, the most important first."""
    counts = rows[rows.value.notna()].source.value_counts()
    used = sources.loc[[source for source in counts.index if source in sources.index]]
    return used.assign(figures=counts).reset_index(drop=True)


def in_words(periods: Sequence[str]) -> str:
    """How many periods, and which when they are few: `2 (mrt 2016, mei 2016)`."""
    if not periods:
        return "geen"
    named = ", ".join(Period.parse(period).short for period in periods[:MOST_GAPS])
    return f"{len(periods)} ({named}{', …' if len(periods) > MOST_GAPS else ''})"
