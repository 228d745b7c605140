"""What became of the people in municipal shelters: flow, occupancy, outcomes and cumulative incidence.

All functions take the records of `keten.statistics.shelter.participants.read_participants` (one row per stay; who
returns counts twice) and a reference date, the only clock. Someone who arrived after it is not counted;
someone who left after it, or has not left, is still in.

These tables are for the analyst: they count single people. A report takes its tables from
`keten.statistics.shelter.protected_outcomes`.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd
from scipy.special import ndtri

from keten.model.periods import span


def at_reference(records: pd.DataFrame, reference: date) -> pd.DataFrame:
    """The stays as they were known on the reference date.

    Rows: those who had arrived. Columns: municipality, date_in, date_out and outcome (both missing while
    still in), and days: from arrival to departure, or to the reference date for who is still in.
    """
    day = pd.Timestamp(reference)
    known = records[records["date_in"] <= day].reset_index(drop=True)
    left = known["date_out"] <= day
    known["date_out"] = known["date_out"].where(left)
    known["outcome"] = known["outcome"].where(left)
    known["days"] = (known["date_out"].fillna(day) - known["date_in"]).dt.days
    return known


def flow(records: pd.DataFrame, reference: date, ends: Sequence[date] | None = None) -> pd.DataFrame:
    """Arrivals and departures per period, and how many people are in at its end.

    `ends`: last days of the periods; by default those of the months from the first arrival on, with the reference date
    as the last. The first period starts with the month of the first arrival.

    Returns period (as `keten.model.periods` prints it), inflow, outflow and occupancy. Inflow and outflow add up over
    time; occupancy is a stock and does not.
    """
    known = at_reference(records, reference)
    if known.empty:
        return pd.DataFrame(columns=["period", "inflow", "outflow", "occupancy"])
    ends = month_ends(known, reference) if ends is None else list(ends)
    starts = [known["date_in"].min().date().replace(day=1), *(end + timedelta(days=1) for end in ends[:-1])]
    arrived, gone = (
        np.searchsorted(known[column].dropna().sort_values(), pd.to_datetime(ends), side="right")
        for column in ("date_in", "date_out")
    )
    return pd.DataFrame(
        {
            "period": [str(span(start, end)) for start, end in zip(starts, ends, strict=True)],
            "inflow": np.diff(arrived, prepend=0),
            "outflow": np.diff(gone, prepend=0),
            "occupancy": arrived - gone,
        }
    )


def month_ends(known: pd.DataFrame, reference: date) -> list[date]:
    """Last days of the months from the first arrival on; the last one is the reference date."""
    first = known["date_in"].min().date()
    ends = [month.end for month in span(first, first).last_month.until(reference)]
    return [*ends[:-1], reference]


def with_shares(counts: pd.DataFrame) -> pd.DataFrame:
    """Add two shares, share_of_left and share_of_all (0 to 1), to a table of counts.

    Needs the columns people, left and participants; a missing count, and a share of nobody, is missing. Everyone is
    counted, so no sampling interval belongs to a share. Who is still in may yet leave: a share of all who took part can
    only grow, a share of those who left can go either way.
    """
    people = counts["people"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)

    def share_of(name: str) -> np.ndarray:
        whole = counts[name].to_numpy(dtype=float)
        shares: np.ndarray = np.divide(people, whole, out=np.full(len(people), np.nan), where=whole > 0)
        return shares

    return counts.assign(share_of_left=share_of("left"), share_of_all=share_of("participants"))


def cumulative_incidence(records: pd.DataFrame, reference: date) -> pd.DataFrame:
    """Share of all arrivals that has left with each outcome within so many days (Aalen-Johansen estimator).

    Outcomes compete: who leaves with one cannot leave with another. Who is still in is censored at the
    reference date, assuming that those who arrived later fare like those who arrived earlier. On one day
    departures come before censoring; a departure on the day of arrival counts at day 0. Unlike one minus
    Kaplan-Meier per outcome, the incidences of all outcomes add up to the share that has left.

    Sources: Aalen and Johansen, Scandinavian Journal of Statistics 5 (1978) 141-150. Variance by the delta
    method: Dinse and Larson, Biometrika 73 (1986) 379-386, eq. 6; Marubini and Valsecchi, Analysing
    Survival Data (1995), section 10.2. Pointwise 95% interval on the log(-log) scale: Choudhury, Statistics
    in Medicine 21 (2002) 1129-1144; it has no bounds (NaN) where the incidence is 0 or 1.

    Returns outcome, days (0 and each day on which someone left or was last seen), incidence, low, high
    (between 0 and 1) and at_risk: people in and followed on that day, before that day's departures. No rows
    when nobody has left.
    """
    known = at_reference(records, reference)
    outcomes = sorted(known["outcome"].dropna().unique())
    if not outcomes:
        return pd.DataFrame(columns=["outcome", "days", "incidence", "low", "high", "at_risk"])
    times, at_risk, left = _risk_table(known, outcomes)
    incidence, error = _aalen_johansen(at_risk, left)
    low, high = _log_log_interval(incidence, error)
    return pd.DataFrame(
        {
            "outcome": np.repeat(outcomes, len(times)),
            "days": np.tile(times, len(outcomes)),
            "incidence": incidence.ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
            "at_risk": np.tile(at_risk, len(outcomes)),
        }
    )


def at_times(curve: pd.DataFrame, days: Sequence[int] | np.ndarray) -> pd.DataFrame:
    """A curve of `cumulative_incidence` read at these days; same columns, one row per outcome and day.

    Beyond the last day that anyone was followed nothing is known: a missing incidence, nobody at risk.
    """
    tables = []
    for _, line in curve.groupby("outcome", sort=False):
        last = np.searchsorted(line["days"], days, side="right") - 1  # the step that holds on that day
        table = line.iloc[last].assign(days=list(days)).reset_index(drop=True)
        following = np.searchsorted(line["days"], days, side="left")  # who is at risk is last seen then or later
        table["at_risk"] = np.append(line["at_risk"], 0)[following]
        table.loc[table["days"] > line["days"].max(), ["incidence", "low", "high"]] = np.nan
        tables.append(table)
    return pd.concat(tables, ignore_index=True) if tables else curve.copy()


def _risk_table(group: pd.DataFrame, outcomes: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct days [times], people at risk [times] and departures [outcomes x times]."""
    days = group["days"].to_numpy()
    times = np.union1d([0], days)
    at_risk = len(days) - np.searchsorted(np.sort(days), times, side="left")
    left = [np.isin(group["outcome"], [outcome]) for outcome in outcomes]
    counts = [np.bincount(np.searchsorted(times, days[mask]), minlength=len(times)) for mask in left]
    return times, at_risk, np.array(counts).reshape(len(outcomes), len(times))


def _aalen_johansen(at_risk: np.ndarray, left: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Incidence and standard error [outcomes x times] of a risk table; sources in `cumulative_incidence`."""
    total = left.sum(axis=0)
    still_in = np.cumprod(1 - total / at_risk)
    before = np.concatenate([[1.0], still_in[:-1]])
    incidence = np.cumsum(before * left / at_risk, axis=1)
    remaining = at_risk - total
    # when everyone leaves at once nobody is left to vary: the first term has weight zero from there on
    hazard = np.divide(total, at_risk * remaining, out=np.zeros(len(total)), where=remaining > 0)
    error = np.empty_like(incidence)
    for place, (curve, events) in enumerate(zip(incidence, left, strict=True)):
        growth = np.tril(curve[:, None] - curve[None, :])  # from each earlier day [columns] to each day [rows]
        variance = (
            growth**2 @ hazard
            + np.cumsum(before**2 * events * (at_risk - events) / at_risk**3)
            - 2 * growth @ (before * events / at_risk**2)
        )
        error[place] = np.sqrt(np.clip(variance, 0, None))
    return incidence, error


def _log_log_interval(incidence: np.ndarray, error: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of the 95% interval that is symmetric on the log(-log) scale; NaN where that is not defined."""
    inside = (incidence > 0) & (incidence < 1) & (error > 0)
    share = np.where(inside, incidence, np.nan)
    width = ndtri(0.975) * error / (share * -np.log(share))
    return share ** np.exp(width), share ** np.exp(-width)
