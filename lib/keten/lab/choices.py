"""What an analyst can choose: only measures, breakdowns, categories and periods of which there are figures."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import cache

from keten.errors import KetenError
from keten.model.periods import CALENDAR_KINDS, Period, as_of_date
from keten.observations.dataset import known_on
from keten.workbook.workbook import Workbook

ORDER = (*CALENDAR_KINDS, "span", "date")  # of kinds of period to choose from
LARGEST, SAFE, UNION = "de tien grootste", "veilige landen van herkomst", "lidstaten van de Europese Unie"
PLACES = ("nationality", "country")  # dimensions of which the categories are countries
MOST_FOUND = 8  # measures to choose from after a search


def widest(chain: Workbook, as_of: str) -> Workbook:
    """The workbook on the same data without an end: over the last year that has any figure known on `as_of`."""
    known = known_on(chain.scope.data, as_of_date(as_of))
    if known.empty:
        raise KetenError(f"Op {as_of} waren er nog geen cijfers bekend; kies een latere datum.")
    return Workbook(str(known.end.max().year), 0, as_of, data=chain.scope)


def measures(wide: Workbook, first: str = "") -> list[tuple[str, str]]:
    """Label and id of every measure that has a figure; those of the chain goal of measure `first` go first."""
    about = wide.catalogue.measures
    goal = about.goal.get(first, "")
    found = about[about.index.isin(wide.measures())]
    found = found.assign(elsewhere=found.goal != goal).sort_values(["elsewhere", "label"], kind="stable")
    return list(zip(found.label, found.index, strict=True))


def sought(wide: Workbook, words: str, first: str = "") -> list[tuple[str, str]]:
    """Label and id of the measures with figures that fit some words best, those of the goal of `first` in front."""
    order = list(wide.find(words).table.measure)
    found = [pair for pair in measures(wide, first) if pair[1] in order]
    goal = wide.catalogue.measures.goal
    found.sort(key=lambda pair: (goal[pair[1]] != goal.get(first, ""), order.index(pair[1])))
    return found[:MOST_FOUND]


def breakdowns(wide: Workbook, measure: str) -> list[tuple[str, str]]:
    """Dutch name and id of each dimension of which the measure has figures; the total first."""
    found = wide.breakdowns(measure)
    total = [("geen (totaal)", "")] if "" in found else []
    return total + sorted((wide.catalogue.dimension_label(one), one) for one in found if one)


def calendar(wide: Workbook, measure: str, by: str) -> dict[str, list[str]]:
    """Per kind of period (`ORDER`) those over which the measure has a figure, oldest first; kinds without any left out.

    A flow counts as known where it is published or all its months, quarters or half-years are; a stock where a
    reference date lies within the period. `wide` as `widest` gives it.
    """
    rows = wide.offered(measure, by)
    rows = rows[rows.chosen & rows.value.notna()]
    known: dict[str, set[tuple[str, Period]]] = {kind: set() for kind in ORDER}
    for category, text, kind in zip(rows.category, rows.period, rows.kind, strict=True):
        known[kind].add((category, Period.parse(text)))
    match wide.catalogue.measure(measure).kind:
        case "stock":
            moments = set().union(*known.values())
            for kind in CALENDAR_KINDS:
                around = {(category, moment, _around(moment.start, kind)) for category, moment in moments}
                known[kind] |= {(category, period) for category, moment, period in around if period.contains(moment)}
        case "flow":
            _add_sums(known)
    found = {kind: sorted({period for _, period in known[kind]}) for kind in ORDER}
    return {kind: [str(period) for period in periods] for kind, periods in found.items() if periods}


@cache
def _around(day: date, kind: str) -> Period:
    """The calendar period of this kind that the day lies in."""
    return next(part for part in Period.parse(str(day.year)).parts(kind) if part.contains(day))


def _add_sums(known: dict[str, set[tuple[str, Period]]]) -> None:
    """Add the longer periods of which every part of one frequency is there, category by category."""
    published = {kind: set(pairs) for kind, pairs in known.items()}
    for place, kind in enumerate(CALENDAR_KINDS):
        for shorter in CALENDAR_KINDS[:place]:
            counts = Counter((category, _around(part.start, kind)) for category, part in published[shorter])
            known[kind] |= {pair for pair, count in counts.items() if count == len(pair[1].parts(shorter))}


def groups(wide: Workbook, by: str) -> list[str]:
    """The ready-made groups of categories that a breakdown has."""
    return [LARGEST, SAFE, UNION] if by in PLACES else [LARGEST]


def members(chain: Workbook, measure: str, by: str, group: str) -> list[str]:
    """The categories of a group that the measure has figures of: the largest by size in the period, others by name."""
    if group == LARGEST:
        found = chain.top(measure, by, 10)
        return list(dict.fromkeys(found.category)) if len(found) else []
    kept = set(chain.safe_countries().name if group == SAFE else chain.catalogue.eu_members.name)
    return sorted(kept.intersection(chain.categories(measure, by)))


def denominators(wide: Workbook, measure: str, by: str) -> list[tuple[str, str]]:
    """Label and id of the measures that this one can be a percentage of: flows of the same goal, unit and publisher."""
    about = wide.catalogue.measures
    if about.kind.get(measure) != "flow":
        return []
    own = _publishers(wide, measure, by)
    found = [
        (about.label[other], other)
        for other in wide.measures()
        if other != measure
        and about.kind[other] == "flow"
        and about.goal[other] == about.goal[measure]
        and about.unit[other] == about.unit[measure]
        and own & _publishers(wide, other, by)
    ]
    return sorted(found)


def _publishers(wide: Workbook, measure: str, by: str) -> set[tuple[str, str]]:
    rows = wide.offered(measure, by)
    return set(zip(rows.organisation, rows.kind, strict=True))


def nearest(periods: Sequence[str], wanted: str) -> str:
    """The wanted period if it is there, else the one around its end, else the last before it, else the first."""
    if wanted in periods:
        return wanted
    end = Period.parse(wanted).end
    found = [Period.parse(text) for text in periods]
    for suits in (lambda period: period.contains(end), lambda period: period.end <= end):
        if some := [period for period in found if suits(period)]:
            return str(some[-1])
    return periods[0]
