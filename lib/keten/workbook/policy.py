"""What the catalogue tells of policy up to the end of a report's period."""

import pandas as pd

from keten.workbook.scope import Scope


def policy_measures(
    scope: Scope, goal: str = "", nationality: str = "", years: int | None = None, after: bool = False
) -> pd.DataFrame:
    """Dated policy measures up to the end of the period: `date` (day), `title`, `nationalities`, `later`, source.

    goal: notebook stem or its end (`asiel`), without what concerns all reports alike (`alle`); nationality: only
    measures that name it; years: how many years back; after: also those of the three months after the period (`later`),
    known by the time such a report is written.

    >>> chain.policy_measures(nationality="Albanië").title[0]
    'Eerste nationale lijst veilige landen van herkomst (westelijke Balkan)'
    """
    events = scope.data.catalogue.policy_measures
    events = events.assign(date=pd.to_datetime(events.date))
    keep = (events.date <= scope.last_day) | (after & (events.date <= _aftermath(scope)))
    if goal:
        keep &= events.goal.str.endswith(goal)
    if nationality:
        keep &= events.nationalities.str.split(";").map(lambda names: nationality in names)
    if years is not None:
        keep &= events.date.dt.year >= scope.period.end.year - years
    shown = events[keep].reset_index(drop=True)
    return shown.assign(later=shown.date > pd.Timestamp(scope.period.end))


def safe_countries(scope: Scope) -> pd.DataFrame:
    """Nationalities on the Dutch safe-countries list by the end of the period: `name`, `safe_since`, source.

    >>> chain.safe_countries().name.head(3).tolist()
    ['Albanië', 'Algerije', 'Bosnië en Herzegovina']
    """
    listed = scope.data.catalogue.nationalities
    listed = listed[listed.safe_since != ""].assign(safe_since=lambda rows: pd.to_datetime(rows.safe_since))
    return listed[listed.safe_since <= scope.last_day].reset_index(drop=True)


def _aftermath(scope: Scope) -> pd.Timestamp:
    """Three months after the period, or the as-of date when that comes first."""
    end = pd.Timestamp(scope.period.end) + pd.DateOffset(months=3)
    return end if scope.as_of is None else min(end, pd.Timestamp(scope.as_of))
