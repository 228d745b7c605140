"""What a delivery must satisfy before it may take the place of the one before it.

`refusals` keep a file out; `warnings` are told and let it in. A card may allow what is right for its table ([checks]).
"""

import numpy as np
import pandas as pd

from keten.model.periods import Period
from keten.sources.cards.types import Card
from keten.sources.readers.text import same_name
from keten.sources.validation.interpret import BASE, BY, Reading

LARGE = 1000  # below this a tenfold change may be real
EARLY = 0.8  # with fewer countries than this share of the period before, the newest period is not complete
CALENDAR = ("month", "quarter", "half_year", "year")


def refusals(reading: Reading, before: Reading | None, card: Card, date: str) -> list[str]:
    """Dutch sentences on why this delivery, received on `date` (ISO day), may not come in; empty when it may."""
    new, old = reading.observations, None if before is None else before.observations
    found = [*reading.contradictions, *_empty_measures(reading, card), *_to_come(new, date)]
    if not card.checks.gaps:
        found += _gaps(new)
    found += _sums_above_totals(reading, card)
    if old is not None:
        if not card.checks.fewer_rows and len(new) < len(old):
            told = f"{len(new)} cijfer{'s' * (len(new) != 1)}"
            found.append(f"het bestand geeft {told}, minder dan de {len(old)} van de vorige levering")
        found += _jumps(new, old, card)
    return found


def warnings(reading: Reading, before: Reading | None, card: Card) -> list[str]:
    """Dutch sentences on what a reader of the data should know."""
    found = list(reading.warnings)
    found += _early_reporters(reading.observations)
    days = reading.observations[reading.observations.freq == "date"].measure.unique()
    if flows := [name for name in days if card.measures[name].kind == "flow"]:
        found.append(
            f"{', '.join(flows)} telt per dag; staat een datum voor een maand of jaar, geef dan freq in [period] "
            "van de kaart"
        )
    if before is None:
        return found
    known = {same_name(name) for name in before.columns}
    if added := [name for name in reading.columns if same_name(name) not in known]:
        found.append(f"nieuwe kolom: {', '.join(added)}")
    for name in _dimensions(reading.observations):
        earlier = before.observations.get(name, reading.observations[name])
        if fresh := sorted(set(reading.observations[name]) - set(earlier)):
            shown = ", ".join(fresh[:10]) + (f" en nog {len(fresh) - 10}" if len(fresh) > 10 else "")
            found.append(f"nieuw in de dimensie {name.removeprefix(BY)}: {shown}")
    return found


def unfinished(observations: pd.DataFrame, date: str) -> pd.Series:
    """Rows over a period that was not over on the day of delivery: their figures are not final."""
    ends = observations.period.map({text: str(Period.parse(text).end) for text in observations.period.unique()})
    return (ends > date) & observations.value.notna()


def running(observations: pd.DataFrame, date: str) -> str:
    """The newest quarter, half-year or year when it was not over as the file was made; '' when it was or who knows.

    It was not over when it is not over on `date`, or when the months or quarters beside it stop before its end.
    """
    filled = observations[observations.value.notna() & observations.freq.isin(CALENDAR)]
    newest = {
        freq: max(map(Period.parse, rows.unique()), key=Period.by_end) for freq, rows in filled.groupby("freq").period
    }
    for place, freq in enumerate(CALENDAR[1:], 1):
        finer = [newest[name].end for name in CALENDAR[:place] if name in newest]
        if freq in newest and (str(newest[freq].end) > date or (finer and max(finer) < newest[freq].end)):
            return newest[freq].label
    return ""


def _to_come(new: pd.DataFrame, date: str) -> list[str]:
    """Figures over a period that begins after the day on which they were received."""
    filled = new[new.value.notna()]
    late = [period for text in filled.period.unique() if str((period := Period.parse(text)).start) > date]
    if not late:
        return []
    return [
        f"het bestand heeft cijfers over {min(late).label}, een periode die na de dag van ontvangst ({date}) begint; "
        "controleer de datum en de kolom van de periode"
    ]


def _dimensions(observations: pd.DataFrame) -> list[str]:
    return [name for name in observations.columns if name.startswith(BY)]


def _empty_measures(reading: Reading, card: Card) -> list[str]:
    new = reading.observations
    shown = {*new[new.status != "missing"].measure.unique(), *reading.absent}
    return [f"de maat {name} heeft in dit bestand geen enkel cijfer" for name in card.measures if name not in shown]


def _gaps(new: pd.DataFrame) -> list[str]:
    """Calendar periods that no row of a measure has, between the first and the last that it has."""
    found = []
    for (measure, _), rows in new[new.freq.isin(CALENDAR)].groupby(["measure", "freq"], sort=False):
        present = {Period.parse(text) for text in rows.period.unique()}
        at, last, absent = min(present), max(present), []
        while at < last:
            at = at.previous(-1)
            if at not in present:
                absent.append(at)
        if absent:
            more = f" en nog {len(absent) - 1}" if len(absent) > 1 else ""
            found.append(
                f"de reeks van {measure} heeft een gat: {absent[0].label}{more}; ontbreekt die bij de uitgever zelf, "
                "zet dan gaps = true bij [checks] in de kaart"
            )
    return found


def _sums_above_totals(reading: Reading, card: Card) -> list[str]:
    """Members of one dimension that add up to more than their total, beyond rounding: something counts twice."""
    new = reading.observations
    names = _dimensions(new)
    found = []
    for name in names:
        dimension = card.dimensions.get(name.removeprefix(BY))
        if dimension is not None and dimension.overlapping:
            continue
        key = [*BASE, *(other for other in names if other != name)]
        members = new[(new[name] != "") & new.value.notna() & (_kind_of(new, card) != "rate")]
        totals = new[(new[name] == "") & new.value.notna()].set_index(key).value
        if members.empty or totals.empty:
            continue
        sums = members.groupby(key).value.agg(parts="sum", count="size")
        both = sums.join(totals.rename("total"), how="inner")
        steps = both.index.get_level_values("measure").map({name: reading.steps.get(name, 0) for name in card.measures})
        allowed = np.maximum(steps, card.rounding) / 2 * (both["count"] + 1) + 1e-6
        found += [
            f"de delen naar {name.removeprefix(BY)} van {row.measure} over {row.period} tellen op tot {row.parts:g}, "
            f"meer dan het totaal {row.total:g}; staat er een subtotaal tussen de delen, zet dat dan bij leave_out"
            for row in both[both["parts"] - both.total > allowed].head(3).reset_index().itertuples()
        ]
    return found


def _kind_of(new: pd.DataFrame, card: Card) -> pd.Series:
    return new.measure.map({name: measure.kind for name, measure in card.measures.items()})


def _jumps(new: pd.DataFrame, old: pd.DataFrame, card: Card) -> list[str]:
    """Figures that the publisher changed by an impossible factor, without a note that says why."""
    names = [name for name in _dimensions(new) if name in old.columns]
    key = [*BASE, *names]
    again = new[[*key, "value", "note"]].merge(old[[*key, "value"]], on=key, suffixes=("", "_before"))
    found = [
        f"{row.measure} over {row.period} sprong van {row.value_before:g} naar {row.value:g}"
        for row in _impossible(again, card).head(3).itertuples()
    ]
    totals = new[(new[names] == "").all(axis=1) & new.value.notna()].sort_values("period", kind="stable")
    before = totals.groupby(["measure", "freq"])[["value", "period"]].shift().add_suffix("_before")
    later = totals.join(before).sort_index()
    found += [
        f"{row.measure} sprong van {row.value_before:g} ({row.period_before}) naar {row.value:g} ({row.period})"
        for row in _impossible(later[~later.period.isin(old.period)], card).itertuples()
    ]
    return [f"{sentence}, een factor die niet kan; klopt het, verhoog dan jump bij [checks]" for sentence in found[:5]]


def _impossible(rows: pd.DataFrame, card: Card) -> pd.DataFrame:
    """Those of which the value differs by an impossible factor from the one before, without a note."""
    low, high = rows[["value", "value_before"]].min(axis=1), rows[["value", "value_before"]].max(axis=1)
    both = rows.value.notna() & rows.value_before.notna() & (rows.note == "")
    return rows[both & (high >= LARGE) & (high > low * card.checks.jump)]


def _early_reporters(new: pd.DataFrame) -> list[str]:
    """The newest period of a table by country, when many countries have not reported yet."""
    country = f"{BY}country"
    if country not in new.columns:
        return []
    found = []
    for (measure, freq), rows in new[(new[country] != "") & new.value.notna()].groupby(["measure", "freq"]):
        counts = rows.groupby("period")[country].nunique().sort_index()
        if len(counts) > 1 and counts.iloc[-1] < EARLY * counts.iloc[-2]:
            found.append(
                f"over {counts.index[-1]} hebben nog maar {counts.iloc[-1]} landen {measure} gemeld (periode ervoor: "
                f"{counts.iloc[-2]}); die periode telt nog niet mee in een vergelijking ({freq})"
            )
    return found
