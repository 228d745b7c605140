"""Which of several figures a report uses: one publisher per series, its live data, its most precise, newest edition.

The order of publishers stands in `catalogue/precedence.csv`. A series of two publishers exists only where that table
gives both a place; a measure without a line there keeps to its leading organisation. The rest stays visible.
"""

import pandas as pd

from keten.catalogue import Catalogue
from keten.observations import KEY
from keten.periods import Period

PRECISION = {
    "exact": 0,
    "provisional": 1,
    "rounded_5": 2,
    "rounded_10": 3,
    "circa": 4,
    "suppressed": 5,
    "missing": 6,
}
SERIES = ["measure", "dimension", "category", "kind"]


def choose(observations: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Mark the default figure of every key.

    `observations` as `observations.load` gives them, cut to what may be seen. Returns the same rows, sorted by key and
    preference, with `rank` (NaN: another publisher than the catalogue allows), `chosen` (exactly one row per key that
    has a ranked row) and `joined` (the chosen series of this category has more than one publisher).
    """
    rank = _ranked_by_rule(observations, catalogue)
    ruled = catalogue.precedence
    scopes_with_rule = set(
        zip(ruled.measure, ruled.dimension, ruled.frequency, strict=True)
    )  # an empty frequency holds for all
    scopes = zip(observations.measure, observations.dimension, observations.kind, strict=True)
    has_rule = [scope in scopes_with_rule or (*scope[:2], "") in scopes_with_rule for scope in scopes]
    leading = observations.measure.map(catalogue.measures.organisation)
    rank = rank.where(has_rule, _ranked_by_leader(observations, leading))
    # Of an undated source the newest period that it reports tells how recent the edition is.
    reported = observations.groupby("source").end.transform("max")
    recency = observations.known.mask(observations.assumed, reported)
    ordered = observations.assign(rank=rank, precision=observations.status.map(PRECISION), recency=recency).sort_values(
        [*KEY, "rank", "live", "precision", "recency", "source"],
        ascending=[True] * len(KEY) + [True, False, True, False, True],
        kind="stable",
        na_position="last",
    )
    chosen = ordered["rank"].notna() & ~ordered.duplicated(KEY)
    publishers = ordered[chosen].groupby(SERIES).organisation.nunique().rename("publishers").reset_index()
    joined = ordered[SERIES].merge(publishers, how="left", on=SERIES).publishers.gt(1).to_numpy()
    return ordered.assign(chosen=chosen, joined=joined & chosen).drop(columns=["precision", "recency"])


def _ranked_by_rule(observations: pd.DataFrame, catalogue: Catalogue) -> pd.Series:
    """Rank by the first matching line of the precedence table; NaN where none matches."""
    rank = pd.Series(float("nan"), index=observations.index)
    rows_of = observations.groupby(["measure", "dimension"]).groups
    for rule in catalogue.precedence.itertuples():
        rows = observations.loc[rows_of.get((rule.measure, rule.dimension), [])]
        rows = rows[rows.organisation == rule.organisation]
        if rule.frequency:
            rows = rows[rows.kind == rule.frequency]
        if rule.category:
            rows = rows[rows.category == rule.category]
        if rule.source:
            rows = rows[rows.source.str.startswith(rule.source)]
        if rule.first:
            rows = rows[rows.start >= pd.Timestamp(Period.parse(rule.first).start)]
        if rule.last:
            rows = rows[rows.end <= pd.Timestamp(Period.parse(rule.last).end)]
        rank.loc[rows.index] = rank.loc[rows.index].fillna(float("inf")).clip(upper=int(rule.rank))
    return rank


def _ranked_by_leader(observations: pd.DataFrame, leading: pd.Series) -> pd.Series:
    """Rank 1 for one publisher per series: the leading organisation, else the one with most figures."""
    publishers = [*SERIES, "organisation"]
    counts = (
        observations.assign(leads=observations.organisation == leading).groupby(publishers).leads.agg(["first", "size"])
    )
    best = (
        counts.reset_index()
        .sort_values([*SERIES, "first", "size", "organisation"], ascending=[True] * len(SERIES) + [False, False, True])
        .drop_duplicates(SERIES)
    )
    mine = observations[publishers].merge(best[publishers].assign(rank=1.0), how="left", on=publishers)["rank"]
    return pd.Series(mine.to_numpy(), index=observations.index)
