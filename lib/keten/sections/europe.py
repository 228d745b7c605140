"""The Netherlands among the member states of the European Union: applications, per inhabitant, and the Dutch share.

Member states report at their own pace. A period counts only when most of them have reported it; a newer one is passed
over in words, and a member state without a figure stays a gap.
"""

from dataclasses import dataclass

from keten.model.figures import Figure, table_of
from keten.model.periods import Period
from keten.presentation import prose, tables
from keten.presentation.charts import series
from keten.presentation.output import Output
from keten.sections import rankings
from keten.workbook import questions
from keten.workbook.workbook import Workbook

MEASURE, BY, NETHERLANDS = "eu_asylum_first_applications", "country", "Nederland"
ENOUGH = 0.8  # of the members that reported a year earlier
PER = 100_000  # inhabitants
MOST_BACK = 24  # periods to look back for one that enough members have reported


@dataclass(frozen=True)
class Members:
    """The member states in a period: those that reported it, most applications first, and the others by name."""

    period: Period
    reported: list[str]
    silent: list[str]
    remark: str  # when an earlier period stands in for the report's own

    @property
    def remarks(self) -> str:
        """The remark, and for a list that leaves them out who did not report."""
        silent = f"Zonder cijfer {prose.when(self.period)}: {prose.listing(self.silent)}." if self.silent else ""
        return " ".join(filter(None, [self.remark, silent]))


def ranking(chain: Workbook) -> Output | None:
    """A chart of the ten member states with most first applications, the Netherlands among them if it reported."""
    members = _members(chain)
    if members is None:
        return None
    frame = chain.compare(MEASURE, BY, _ten(members.reported), members.period)
    title = f"Eerste asielaanvragers in de Europese Unie: {_largest(chain, members)}"
    return series.ranking(frame, title, chain, members.remarks)


def comparison(chain: Workbook) -> Output | None:
    """All member states against the same period of earlier years."""
    members = _members(chain)
    if members is None:
        return None
    frame = chain.compare(MEASURE, BY, [*members.reported, *members.silent], members.period)
    share = chain.share_of_total(frame)
    return tables.comparison(frame, "Eerste asielaanvragers per lidstaat", chain, share, remark=members.remark)


def per_inhabitant(chain: Workbook) -> Output | None:
    """First applications per 100,000 inhabitants on 1 January of the year, ten member states from high to low."""
    members = _members(chain)
    if members is None or not chain.has("population", BY):
        return None
    found = chain.about("population")

    def inhabitants(name: str, period: Period) -> Figure | None:
        return found.figure("population", BY, name, Period.parse(f"{period.end.year}-01-01"))

    rates = {}
    for name in members.reported:
        part, whole = found.figure(MEASURE, BY, name, members.period), inhabitants(name, members.period)
        if part and whole:
            rates[name] = part.value / whole.value
    if not rates:
        return None
    frame = chain.compare(MEASURE, BY, _ten(sorted(rates, key=rates.__getitem__, reverse=True)), members.period)
    wholes = [inhabitants(name, Period.parse(at)) for name, at in zip(frame.category, frame.period, strict=True)]
    chain.hand_out(table_of(filter(None, wholes)))
    title = f"Eerste asielaanvragers per {PER:,} inwoners".replace(",", ".")
    return series.ranking(chain.ratio(frame, wholes, "population", PER), title, chain, members.remarks)


def dutch_share(chain: Workbook) -> Output | None:
    """The Dutch part of all first applications in the Union over time; only months of which Eurostat gives a total."""
    if not chain.has(MEASURE, BY):
        return None
    share = chain.share_of_category(MEASURE, BY, NETHERLANDS)
    return series.trend(share, "Nederlands aandeel in de eerste asielaanvragers van de Europese Unie", chain)


def _members(chain: Workbook) -> Members | None:
    """Member states in the report's period, or in the newest earlier one of its kind that enough of them reported."""
    if not chain.has(MEASURE, BY):
        return None
    period = chain.period
    for _ in range(MOST_BACK):
        names = _in_union(chain, period)
        frame = questions.compare(chain.about(MEASURE), MEASURE, BY, names, period)
        known = frame.dropna(subset="value")
        reported = known[known.period == str(period)].sort_values(["value", "category"], ascending=[False, True])
        before = known[known.period == str(period.years_earlier(1))]
        if len(reported) and len(reported) >= ENOUGH * max(len(before), len(names) / 2):
            order = list(reported.category)
            asked, shown = prose.capital(prose.over(chain.period)), prose.named(period)
            words = f"{asked} hebben nog niet genoeg lidstaten gemeld; hier staat {shown}."
            return Members(period, order, sorted(set(names) - set(order)), words if period != chain.period else "")
        period = period.previous()
    return None


def _in_union(chain: Workbook, period: Period) -> list[str]:
    """Names of the countries that were members on the last day of the period, of which there is any figure."""
    members = chain.catalogue.eu_members
    day = period.end.isoformat()
    names = members.name[(members.since <= day) & ((members.until == "") | (members.until >= day))]
    return sorted(set(names) & set(chain.categories(MEASURE, BY)))


def _largest(chain: Workbook, members: Members) -> str:
    """What the ten of `_ten` are together, by the rule of `rankings.can_carry`."""
    names = [name for place, name in enumerate(_ten(members.reported)) if name == members.reported[place]]
    found = chain.about(MEASURE)
    known = {name: found.figure(MEASURE, BY, name, members.period) for name in members.reported}
    figures = [one for one in known.values() if one]
    total = rankings.total_of(chain, figures[0], members.period)
    carried = rankings.can_carry([one for name in names if (one := known[name])], figures, total)
    asked = 10 if len(names) == len(_ten(members.reported)) else 9
    words = rankings.in_words("lidstaten", len(names), asked, len(figures), carried)
    return words if asked == 10 else f"{words}, en Nederland"


def _ten(names: list[str]) -> list[str]:
    """The ten first names, and the Netherlands in the place of the tenth when it is further down."""
    if NETHERLANDS in names[10:]:
        return [*names[:9], NETHERLANDS]
    return names[:10]
