"""The Netherlands among the member states of the European Union: applications, per inhabitant, and the Dutch share.

Member states report at their own pace. A period counts only when most of them have reported it; a newer one is passed
over in words, and a member state without a figure stays a gap.
"""

import pandas as pd

from keten.model.figures import figures_of
from keten.model.periods import Period
from keten.presentation import tables
from keten.presentation.charts import series
from keten.presentation.output import Output
from keten.workbook.workbook import Workbook

MEASURE, BY, NETHERLANDS = "eu_asylum_first_applications", "country", "Nederland"
ENOUGH = 0.8  # of the members that reported a year earlier
PER = 100_000  # inhabitants
MOST_BACK = 24  # periods to look back for one that enough members have reported


def ranking(chain: Workbook) -> Output | None:
    """A chart of the ten member states with most first applications, the Netherlands always among them."""
    frame = _members(chain)
    if frame is None:
        return None
    return series.ranking(
        _ten(frame), "Eerste asielaanvragers in de Europese Unie: de tien grootste", chain, _why(frame, chain)
    )


def comparison(chain: Workbook) -> Output | None:
    """All member states against the same period of earlier years."""
    frame = _members(chain)
    if frame is None:
        return None
    share = chain.share_of_total(frame)
    return tables.comparison(frame, "Eerste asielaanvragers per lidstaat", chain, share, remark=_why(frame, chain))


def per_inhabitant(chain: Workbook) -> Output | None:
    """First applications per 100,000 inhabitants on 1 January of the year, member states from high to low."""
    frame = _members(chain)
    rates = None if frame is None else _rates(frame, chain)
    if rates is None or rates.value.isna().all():
        return None
    return series.ranking(
        _ten(rates), f"Eerste asielaanvragers per {PER:,} inwoners".replace(",", "."), chain, _why(frame, chain)
    )


def dutch_share(chain: Workbook) -> Output | None:
    """The Dutch part of all first applications in the Union over time; only months of which Eurostat gives a total."""
    if not chain.has(MEASURE, BY):
        return None
    share = chain.share_of_category(MEASURE, BY, NETHERLANDS)
    return series.trend(share, "Nederlands aandeel in de eerste asielaanvragers van de Europese Unie", chain)


def _members(chain: Workbook) -> pd.DataFrame | None:
    """Member states in the report's period, or in the newest earlier one of its kind that enough of them reported."""
    if not chain.has(MEASURE, BY):
        return None
    period = chain.period
    for _ in range(MOST_BACK):
        names = _in_union(chain, period)
        frame = chain.compare(MEASURE, BY, names, period=period)
        reported = frame[frame.period == str(period)].dropna(subset="value")
        before = frame[frame.period == str(period.years_earlier(1))].dropna(subset="value")
        if len(reported) and len(reported) >= ENOUGH * max(len(before), len(names) / 2):
            order = reported.sort_values(["value", "category"], ascending=[False, True]).category
            rank = {name: place for place, name in enumerate([*order, *(set(names) - set(order))])}
            return frame.sort_values("category", key=lambda column: column.map(rank), kind="stable")
        period = period.previous()
    return None


def _in_union(chain: Workbook, period: Period) -> list[str]:
    """Names of the countries that were members on the last day of the period, of which there is any figure."""
    members = chain.catalogue.eu_members
    day = period.end.isoformat()
    names = members.name[(members.since <= day) & ((members.until == "") | (members.until >= day))]
    present = set(chain.categories(MEASURE, BY))
    return sorted(name for name in names if name in present)


def _ten(frame: pd.DataFrame) -> pd.DataFrame:
    """The ten first categories, and the Netherlands in the place of the tenth when it is further down."""
    names = list(dict.fromkeys(frame.dropna(subset="value").category))
    chosen = names[:10]
    if NETHERLANDS in names and NETHERLANDS not in chosen:
        chosen = [*chosen[:9], NETHERLANDS]
    return frame[frame.category.isin(chosen)]


def _rates(frame: pd.DataFrame, chain: Workbook) -> pd.DataFrame | None:
    """Applications per `PER` inhabitants on 1 January of the year in which the period ends, high to low."""
    if not chain.has("population", BY):
        return None
    years = sorted({Period.parse(text).end.year for text in frame.period})
    inhabitants = {
        year: chain.compare("population", BY, sorted(set(frame.category)), period=f"{year}-01-01") for year in years
    }
    people = {
        (one.category, year): one
        for year, rows in inhabitants.items()
        for one in figures_of(rows[rows.period == f"{year}-01-01"])
    }
    wholes = [people.get((row.category, Period.parse(row.period).end.year)) for row in frame.itertuples()]
    rates = chain.ratio(frame, wholes, "population", PER)
    last = rates.groupby("category").tail(1).set_index("category").value
    return rates.sort_values("category", key=lambda names: -names.map(last).fillna(-1), kind="stable")


def _why(frame: pd.DataFrame, chain: Workbook) -> str:
    """A remark when an earlier period stands in for the report's own."""
    shown = Period.parse(frame.period.iloc[-1])
    if str(shown) == str(chain.period):
        return ""
    return f"Over {chain.period.label} hebben nog niet genoeg lidstaten gemeld; hier staat {shown.label}."
