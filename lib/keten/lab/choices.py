"""What an analyst can choose: only measures, breakdowns, categories and periods of which there are figures."""

import unicodedata
from collections.abc import Iterable, Sequence

from keten.errors import KetenError
from keten.model.catalogue import Catalogue
from keten.model.periods import Period, as_of_date
from keten.observations.dataset import known_on
from keten.workbook.workbook import Workbook

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


def meant(words: str, names: Iterable[str], catalogue: Catalogue) -> list[str]:
    """The categories that were meant: by the whole name, a code or an English name, the beginning, any part.

    Letters count without accents and case. The first way that finds any decides.
    """
    wanted, known = plain(words), {name: plain(name) for name in sorted(names)}
    codes = {catalogue.names.resolve(words)[0]}
    for suits in (
        lambda name: known[name] == wanted,
        lambda name: name in codes,
        lambda name: any(part.startswith(wanted) for part in (known[name], *known[name].split())),
        lambda name: wanted in known[name],
    ):
        if found := [name for name in known if suits(name)]:
            return found
    return []


def plain(text: str) -> str:
    """A text without accents, case and outer space."""
    signs = unicodedata.normalize("NFD", text.strip().casefold())
    return "".join(sign for sign in signs if not unicodedata.combining(sign))


def breakdowns(wide: Workbook, measure: str) -> list[tuple[str, str]]:
    """Dutch name and id of each dimension of which the measure has figures; the total first."""
    found = wide.breakdowns(measure)
    total = [("geen (totaal)", "")] if "" in found else []
    return total + sorted((wide.catalogue.dimension_label(one), one) for one in found if one)


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
