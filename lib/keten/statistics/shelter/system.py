"""All that a report says of people in shelter, as one system of statements on counts that the reader does not know.

Three views of the same people: by municipality and outcome (still in is one), by outcome and length of stay, and by
period of arrival and of departure. They share the totals. How long people stayed who arrived in a period is not in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from keten.model.periods import Period
from keten.statistics.attack import KNOWN, Key, System, Terms, times, total

STILL_IN = ""
KINDS = ("incidence", "flow", "municipalities", "outcomes")
"""What may be withheld, the least worth first."""


@dataclass(frozen=True)
class Tables:
    """The tables of a report, as `statistics.shelter.protected_outcomes` makes them."""

    outcomes: pd.DataFrame
    municipalities: pd.DataFrame
    flow: pd.DataFrame
    incidence: pd.DataFrame


def order(key: Key) -> tuple[object, ...]:
    """What is withheld first."""
    return KINDS.index(key[0]), key


def system_of(known: pd.DataFrame, joined: pd.DataFrame, tables: Tables, other: str, at_risk_step: int) -> System:
    """The system of these tables.

    known: the stays at the reference date (`outcomes.at_reference`); joined: the same, with small outcomes and
    municipalities taken together; other: the name of outcomes that were; at_risk_step: to what those at risk are
    rounded.
    """
    system = System()
    people = pd.DataFrame({
        "town": known["municipality"],
        "end": known["outcome"].fillna(STILL_IN),
        "joined_town": joined["municipality"],
        "joined_end": joined["outcome"].fillna(STILL_IN),
        "days": known["days"],
    })  # fmt: skip
    cells = _places(system, people, tables, other)
    by_end = {str(end): total(*part.terms) for end, part in cells.groupby("joined_end")}
    _stays(system, people, by_end, tables.incidence, at_risk_step)
    _moves(system, known, tables.flow)
    return system


def _places(system: System, people: pd.DataFrame, tables: Tables, other: str) -> pd.DataFrame:
    """Municipality by outcome: a row per pair, with the names under which it is shown and its count as `terms`."""
    towns = people[["town", "joined_town"]].drop_duplicates()
    ends = people[["end", "joined_end"]].drop_duplicates()
    sizes = people.groupby(["town", "end"]).size()
    cells = towns.merge(ends, how="cross")
    pairs = zip(cells.town, cells.end, strict=True)
    terms = [{system.count(int(sizes.get(pair, 0)), len(people)): 1.0} for pair in pairs]
    cells = cells.assign(terms=pd.Series(terms, dtype=object))
    own = set(tables.municipalities["outcome"]) | {STILL_IN}
    cells["shown_end"] = cells.joined_end.where(cells.joined_end.isin(own), other)
    left = cells.end != STILL_IN
    for inside in (cells.terms, cells.terms[left], cells.terms[~left]):
        system.tell_exactly(KNOWN, total(*inside))
    for outcome in tables.outcomes["outcome"]:
        system.tell_exactly(("outcomes",), total(*cells.terms[cells.joined_end == outcome]))
    shown = tables.municipalities
    for town, outcome, is_shown in zip(shown["municipality"], shown["outcome"], shown["people"].notna(), strict=True):
        here = cells.joined_town == town
        if is_shown:
            system.tell_exactly(("municipalities",), total(*cells.terms[here & (cells.shown_end == outcome)]))
        for inside in (here, here & left):
            system.tell_exactly(("municipalities",), total(*cells.terms[inside]))
    for names in (["town", "end"], ["town"], ["end"], ["town", "joined_end"], ["joined_town", "shown_end"]):
        for _, part in cells.groupby(names):
            system.watch(total(*part.terms))
    return cells


def _stays(system: System, people: pd.DataFrame, by_end: dict[str, Terms], incidence: pd.DataFrame, step: int) -> None:
    """Outcome by length of stay, in the finest steps that any line of the incidence has."""
    days = np.unique(incidence["days"].to_numpy(dtype=int))
    if not len(days):
        return
    length = np.searchsorted(days, people["days"], side="left")
    spans = range(len(days) + 1)
    counts: dict[str, list[Terms]] = {}
    for end, whole in by_end.items():
        mine = np.bincount(length[people["joined_end"] == end], minlength=len(spans))
        counts[end] = [{system.count(int(mine[span]), len(people)): 1.0} for span in spans]
        system.tell(KNOWN, total(*counts[end], times(-1, whole)), 0, 0)
    everyone, digits = len(people), 3 if len(people) >= 1000 else 2
    half = 0.5 * 10**-digits
    columns = (incidence[name].tolist() for name in ("outcome", "days", "incidence", "at_risk"))
    for outcome, day, share, at_risk in zip(*columns, strict=True):
        key, until = ("incidence", outcome), int(np.searchsorted(days, day))
        gone = total(*counts[outcome][: until + 1])
        followed = everyone - int(((people["joined_end"] == STILL_IN) & (people["days"] < day)).sum())
        if day:  # those who are still in count for who stayed longer: the share is of between these two numbers
            system.tell(key, gone, (share - half) * followed - 1e-6, (share + half) * everyone + 1e-6)
            longer = total(*(one for part in counts.values() for one in part[until + 1 :]))
            system.tell(key, longer, at_risk - step / 2, at_risk + step / 2 - 1)
    for outcome, line in incidence.groupby("outcome"):
        kept = np.searchsorted(days, line["days"])
        for first, last in zip([0, *(kept + 1)], [*(kept + 1), len(spans)], strict=True):
            system.watch(total(*counts[str(outcome)][first:last]))
    for part in counts.values():
        for one in part:
            system.watch(one)


def _moves(system: System, known: pd.DataFrame, flow: pd.DataFrame) -> None:
    """Period of arrival by period of departure; who is still in departs after the last."""
    if flow.empty:
        return
    ends = pd.to_datetime([Period.parse(period).end for period in flow["period"]])
    arrived = np.searchsorted(ends, known["date_in"], side="left")
    left = np.where(known["date_out"].isna(), len(ends), np.searchsorted(ends, known["date_out"], side="left"))
    spans = range(len(ends))
    counts = {
        (start, end): {system.count(int(((arrived == start) & (left == end)).sum()), len(known)): 1.0}
        for start in spans
        for end in range(start, len(ends) + 1)
    }

    def those(pairs: Iterable[tuple[int, int]]) -> Terms:
        return total(*(counts[pair] for pair in pairs))

    for span in spans:
        system.tell_exactly(("flow",), those(pair for pair in counts if pair[0] == span))
        system.tell_exactly(("flow",), those(pair for pair in counts if pair[1] == span))
        system.tell_exactly(("flow",), those(pair for pair in counts if pair[0] <= span < pair[1]))
    for one in counts.values():
        system.watch(one)
