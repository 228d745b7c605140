"""Tables on people in municipal shelters that a report may show.

The same questions as `keten.statistics.shelter.outcomes`, answered without a count of 1 to 4 people (`THRESHOLD`), also
for a reader who subtracts tables from each other or multiplies shares by their base. The rules:

* If fewer than `THRESHOLD` people (but not nobody) took part, left or are still in, nothing else is
  published.
* Outcomes with too few people are joined to "Overige uitkomsten"; municipalities with too few departures or
  people still in are joined to each other ("Eindhoven en Groningen"). All totals that the tables share are
  then 0 or large enough, and the same in every table.
* Outcome by municipality: `keten.disclosure.suppress`, with outcomes joined until no total has to be hidden.
* Flow: months become quarters, half-years or years, and some of them are joined to their neighbours, until
  every inflow, outflow and occupancy is 0 or large enough.
* What all of these tables together would still give away is found by an attack (`statistics.attack`, on the system of
  `statistics.shelter.system`) and withheld: a line of the incidence first, then the flow, the municipalities, all.
* Cumulative incidence: not a step for every person, but only days (multiples of `GRID_DAYS`) between which
  0 or at least `THRESHOLD` people left with that outcome, the time after the last day included; only while
  `MINIMUM_BASE` people are followed; rounded to whole percentages (tenths from 1,000 people on), and the
  number at risk to tens. There are no curves by municipality: with the tables above they could be
  unravelled.

Limits: a record is a stay, so someone with five stays counts as five. Two editions with reference dates
shortly after each other differ by the few people who came or went in between: publish them a quarter or
more apart.
"""

from dataclasses import dataclass
from datetime import date
from weakref import ReferenceType, ref

import numpy as np
import pandas as pd

from keten.disclosure import MINIMUM_BASE, THRESHOLD, TOTAL, is_small, suppress
from keten.statistics.attack import Key, to_withhold
from keten.statistics.records import Decision
from keten.statistics.shelter import outcomes
from keten.statistics.shelter.outcomes import at_reference, flow, month_ends, with_shares
from keten.statistics.shelter.system import Tables, order, system_of

OTHER_OUTCOMES = "Overige uitkomsten"
GRID_DAYS = 30
MONTHS_PER_PERIOD = (1, 3, 6, 12)
AT_RISK_STEP = 10
WITHHELD = {
    "incidence": "lijn weggelaten",
    "flow": "stroom en bezetting weggelaten",
    "municipalities": "uitkomsten per gemeente weggelaten",
    "outcomes": "uitkomsten weggelaten",
}


def publish_totals(records: pd.DataFrame, reference: date) -> pd.DataFrame:
    """How many took part, left and are still in, and how many arrived too late to count.

    Returns label (Dutch), people (Int64; hidden = <NA>) and status (`exact` or `suppressed`).
    """
    known = at_reference(records, reference)
    left, late = int(known["date_out"].notna().sum()), len(records) - len(known)
    counts = [len(known), left, len(known) - left]
    part_hidden = any(map(is_small, counts))
    rows = [
        ("Deelnemers tot en met de peildatum", counts[0], is_small(len(known))),
        ("waarvan vertrokken", counts[1], part_hidden),
        ("waarvan nog in de opvang", counts[2], part_hidden),
        ("Ingestroomd na de peildatum (niet meegeteld)", late, is_small(late)),
    ]
    table = pd.DataFrame(rows, columns=["label", "people", "hidden"]).astype({"people": "Int64"})
    status = table.pop("hidden").map({True: "suppressed", False: "exact"})
    return table.assign(people=table["people"].where(status == "exact"), status=status)


@dataclass(frozen=True)
class _Remembered:
    """The tables of records that are still in memory: each part of a report asks for one of them."""

    records: ReferenceType[pd.DataFrame]
    reference: date
    tables: Tables
    withheld: frozenset[Key]


_last: list[_Remembered] = []


def _attacked(records: pd.DataFrame, reference: date) -> _Remembered:
    """All tables by the rules above, and what of them must be withheld when they are held side by side."""
    if _last and _last[0].records() is records and _last[0].reference == reference:
        return _last[0]
    known = _publishable(records, reference)
    tables = Tables(
        _outcomes(known), _outcomes_by_municipality(known), _flow_of(known, reference), _incidence(known, reference)
    )
    withheld: set[Key] = set()
    if len(known):
        system = system_of(at_reference(records, reference), known, tables, OTHER_OUTCOMES, AT_RISK_STEP)
        withheld = to_withhold(system, order)
    shown = Tables(
        tables.outcomes.iloc[: 0 if ("outcomes",) in withheld else None],
        tables.municipalities.iloc[: 0 if ("municipalities",) in withheld else None],
        tables.flow.iloc[: 0 if ("flow",) in withheld else None],
        tables.incidence[[("incidence", name) not in withheld for name in tables.incidence["outcome"]]],
    )
    _last[:] = [_Remembered(ref(records), reference, shown, frozenset(withheld))]
    return _last[0]


def publish_outcomes(records: pd.DataFrame, reference: date, by_municipality: bool = False) -> pd.DataFrame:
    """Departures by outcome with both denominators, overall or for each municipality.

    Returns [municipality], outcome, people (Int64; hidden = <NA>), status (`exact` or `suppressed`), left,
    participants and the shares of `keten.statistics.shelter.outcomes.with_shares` (missing where people is). The most
    frequent outcome comes first. No rows where the rules above leave nothing to show, or, by municipality, when all
    municipalities had to be joined.
    """
    tables = _attacked(records, reference).tables
    return (tables.municipalities if by_municipality else tables.outcomes).copy()


COLUMNS = ["outcome", "people", "status", "left", "participants"]


def _outcomes(known: pd.DataFrame) -> pd.DataFrame:
    table = known["outcome"].value_counts().sort_index().rename_axis("outcome").reset_index(name="people")
    table = table.astype({"people": "Int64"})
    table = table.assign(status="exact", left=int(known["date_out"].notna().sum()), participants=len(known))
    return with_shares(table.sort_values("people", ascending=False, kind="stable", ignore_index=True)[COLUMNS])


def _outcomes_by_municipality(known: pd.DataFrame) -> pd.DataFrame:
    columns = ["municipality", *COLUMNS]
    cells = pd.crosstab(known["municipality"], known["outcome"])
    if known["municipality"].nunique() < 2 or cells.empty:
        return with_shares(pd.DataFrame(columns=columns))
    values, status = _suppress_within(cells)
    groups = known.groupby("municipality")["date_out"]
    table = pd.DataFrame({"people": values.stack(), "status": status.stack()}).reset_index()
    table["left"] = table["municipality"].map(groups.count())
    table["participants"] = table["municipality"].map(groups.size())
    return with_shares(table[columns])


def publish_flow(records: pd.DataFrame, reference: date) -> pd.DataFrame:
    """Inflow, outflow and occupancy in the shortest periods that show no small count.

    Returns period (as `keten.model.periods` prints it), inflow, outflow and occupancy at its end. No rows where the
    rules above leave nothing to show.
    """
    return _attacked(records, reference).tables.flow.copy()


def _flow_of(known: pd.DataFrame, reference: date) -> pd.DataFrame:
    return flow(known, reference, _safe_periods(known, reference))


def publish_incidence(records: pd.DataFrame, reference: date) -> pd.DataFrame:
    """Cumulative incidence by outcome on a coarse grid of days, one line of points per outcome.

    Returns outcome, days, incidence, low, high (between 0 and 1, rounded) and at_risk (Int64, rounded to
    tens): the people who were in and followed longer than that number of days. Each line starts with 0 on
    arrival and has its own days; between two of them the curve is not known to the reader. No rows where
    nothing can be shown.
    """
    return _attacked(records, reference).tables.incidence.reset_index(drop=True)


def _incidence(known: pd.DataFrame, reference: date) -> pd.DataFrame:
    curve = outcomes.cumulative_incidence(known, reference)
    followed = np.sort(known["days"].to_numpy())
    days = np.arange(GRID_DAYS, followed.max(initial=0) + 1, GRID_DAYS)
    at_risk = len(followed) - np.searchsorted(followed, days, side="right")
    days = days[at_risk >= MINIMUM_BASE]
    lines = []
    for outcome, line in curve.groupby("outcome"):
        left = known.loc[known["outcome"] == outcome, "days"]
        kept = days[_safe_days(left, days)]
        if kept.size:
            lines.append(outcomes.at_times(line, kept))
            lines.append(line.head(1).assign(days=0, incidence=0.0, low=np.nan, high=np.nan))
    if not lines:
        return curve.iloc[:0].astype({"at_risk": "Int64"})
    table = pd.concat(lines).sort_values(["outcome", "days"], ignore_index=True)
    shown = ["incidence", "low", "high"]
    table[shown] = table[shown].round(3 if len(known) >= 1000 else 2)
    longer = len(followed) - np.searchsorted(followed, table["days"], side="right")
    longer = np.where(table["days"] == 0, len(followed), longer)
    rounded = (longer + AT_RISK_STEP // 2) // AT_RISK_STEP * AT_RISK_STEP
    return table.assign(at_risk=pd.array(rounded, dtype="Int64"))


def decisions(records: pd.DataFrame, reference: date) -> list[Decision]:
    """What was hidden, joined or left out of these tables, and why; without a name that only a few have."""
    few = "een aantal onder vijf"
    known, shown = at_reference(records, reference), _publishable(records, reference)
    if shown.empty:
        return [("alles weggelaten", "deelnemers, vertrokken of nog in de opvang", few)] if len(known) else []
    found: list[Decision] = []
    if OTHER_OUTCOMES in set(shown["outcome"].dropna()) - set(known["outcome"].dropna()):
        found.append(("uitkomsten samengevoegd", OTHER_OUTCOMES, few))
    if shown["municipality"].nunique() < known["municipality"].nunique():
        found.append(("gemeenten samengevoegd", "uitkomsten per gemeente", few))
    per_municipality = publish_outcomes(records, reference, by_municipality=True)
    if (per_municipality["status"] == "suppressed").any():
        found.append(("cellen verborgen", "uitkomsten per gemeente", f"{few}, of nodig om dat verborgen te houden"))
    if len(publish_flow(records, reference)) < len(month_ends(known, reference)):
        found.append(("maanden samengevoegd", "instroom, uitstroom en bezetting", few))
    curves = set(publish_incidence(records, reference)["outcome"])
    if curves < set(shown["outcome"].dropna()):
        found.append(("lijn weggelaten", "kans op een uitkomst naar verblijfsduur", few))
    kinds = sorted({key[0] for key in _attacked(records, reference).withheld})
    return [*found, *((WITHHELD[kind], "met al het andere in het rapport", few) for kind in kinds)]


def _publishable(records: pd.DataFrame, reference: date) -> pd.DataFrame:
    """The stays of `at_reference`, small outcomes and municipalities joined; none if nothing may be shown."""
    known = at_reference(records, reference)
    left = known["date_out"].notna()
    if any(is_small(count) for count in (len(known), left.sum(), (~left).sum())):
        return known.iloc[:0]
    small = _too_small(known["outcome"].value_counts().to_frame())
    known["outcome"] = known["outcome"].replace(dict.fromkeys(small, OTHER_OUTCOMES))
    joined = _too_small(pd.crosstab(known["municipality"], left))
    known["municipality"] = known["municipality"].replace(dict.fromkeys(joined, _in_words(joined)))
    return known


def _too_small(cells: pd.DataFrame) -> list[str]:
    """Rows that must be taken together so that all sums, theirs and the others', are 0 or large enough."""
    cells = cells.loc[sorted(cells.index)]
    cells = cells.loc[cells.sum(axis=1).sort_values(kind="stable").index]  # the smallest first
    small = [not _is_safe(row) for row in cells.to_numpy()]
    pool = list(cells.index[small])
    others = list(cells.index[~np.array(small, dtype=bool)])
    while pool and others and not _is_safe(cells.loc[pool].sum().to_numpy()):
        pool.append(others.pop(0))
    return sorted(pool)


def _suppress_within(cells: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hide small counts of a table whose totals are all known to the reader; the most frequent column first.

    The smallest columns are joined until no total needs hiding, and further where that lets more people be
    seen under an outcome of their own. Returns values and statuses as `keten.disclosure.suppress` does.
    """
    most = -1
    while True:
        cells = cells[cells.sum().sort_values(ascending=False, kind="stable").index]
        values, status = suppress(cells)
        named = int(values.iloc[:-1, :-1].drop(columns=OTHER_OUTCOMES, errors="ignore").sum().sum())
        totals_shown = "suppressed" not in [*status.loc[TOTAL], *status[TOTAL]]
        if totals_shown and named > most:
            best, most = (values.iloc[:-1, :-1], status.iloc[:-1, :-1]), named
        if len(cells.columns) == 1:
            return best
        smallest = cells.columns.isin(cells.columns[-2:])
        cells = cells.T.groupby(cells.columns.where(~smallest, OTHER_OUTCOMES)).sum().T
        cells.columns.name = "outcome"


def _safe_periods(known: pd.DataFrame, reference: date) -> list[date]:
    """Ends of the periods, made of months, that show no small count.

    Of months, quarters, half-years and years it takes what leaves the most periods, provided that two thirds
    of them can stay, so that most are alike (a slow start is what needs joining); else what leaves the most.
    """
    best: list[date] = []
    merit = (False, 0)
    for months in MONTHS_PER_PERIOD if len(known) else ():
        ends = [end for end in month_ends(known, reference) if end == reference or end.month % months == 0]
        table = flow(known, reference, ends)
        kept = _safe_blocks(table[["inflow", "outflow"]].to_numpy(), table[["occupancy"]].to_numpy())
        alike = len(ends) > 1 and 3 * len(kept) >= 2 * len(ends)
        if (alike, len(kept)) > merit:
            best, merit = [ends[place] for place in kept], (alike, len(kept))
    return best


def _safe_days(left: pd.Series, days: np.ndarray) -> list[int]:
    """Places in `days` between which 0 or at least `THRESHOLD` left; the time after the last one included."""
    cells = np.bincount(np.searchsorted(days, left, side="left"), minlength=len(days) + 1)[:, None]
    return [place for place in _safe_blocks(cells, np.zeros_like(cells)) if place < len(days)]


def _safe_blocks(cells: np.ndarray, stocks: np.ndarray) -> list[int]:
    """Join consecutive rows so that in each block every summed cell, and every stock at its end, is safe.

    Returns the last row of each block. What remains at the end is joined to the blocks before it; an empty
    list means that even all rows together show a small count.
    """
    last = len(cells) - 1
    kept: list[int] = []
    for row in range(len(cells)):
        first = kept[-1] + 1 if kept else 0
        if _is_safe(cells[first : row + 1].sum(axis=0)) and _is_safe(stocks[row]):
            kept.append(row)
    while kept and kept[-1] != last:
        kept.pop()
        first = kept[-1] + 1 if kept else 0
        if _is_safe(cells[first:].sum(axis=0)) and _is_safe(stocks[last]):
            kept.append(last)
    return kept


def _is_safe(counts: np.ndarray) -> bool:
    return bool(np.all((counts == 0) | (counts >= THRESHOLD)))


def _in_words(names: list[str]) -> str:
    """`Eindhoven, Groningen en Utrecht`."""
    return " en ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
