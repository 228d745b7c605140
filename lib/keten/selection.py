"""Which of several printed figures a report uses: one publisher per series, its most precise and newest edition.

The order of publishers stands in `catalogue/precedence.csv`. A series of two publishers exists only where that table
gives both a place; a measure without a line there keeps to its leading organisation. The rest stays visible.
"""

import pandas as pd

from keten.catalogue import Catalogue
from keten.observations import KEY
from keten.periods import Period

PRECISION = {"exact": 0, "provisional": 1, "rounded_5": 2, "rounded_10": 3, "circa": 4, "suppressed": 5, "missing": 6}
SCOPE = ["measure", "dimension", "kind"]


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
    scope = observations[SCOPE].apply(tuple, axis=1) if len(observations) else pd.Series(dtype=object)
    has_rule = scope.map(lambda s: s in scopes_with_rule or (s[0], s[1], "") in scopes_with_rule).astype(bool)
    leading = observations.measure.map(catalogue.measures.organisation)
    rank = rank.where(has_rule, _ranked_by_leader(observations, leading))
    ordered = observations.assign(rank=rank, precision=observations.status.map(PRECISION)).sort_values(
        [*KEY, "rank", "precision", "known", "source"],
        ascending=[True] * len(KEY) + [True, True, False, True],
        kind="stable",
        na_position="last",
    )
    chosen = ordered["rank"].notna() & ~ordered.duplicated(KEY)
    series = ["measure", "dimension", "category", "kind"]
    publishers = ordered[chosen].groupby(series).organisation.nunique().rename("publishers").reset_index()
    joined = ordered[series].merge(publishers, how="left", on=series).publishers.gt(1).to_numpy()
    return ordered.assign(chosen=chosen, joined=joined & chosen).drop(columns="precision")


def _ranked_by_rule(observations: pd.DataFrame, catalogue: Catalogue) -> pd.Series:
    """Rank by the first matching line of the precedence table; NaN where none matches."""
    rank = pd.Series(float("nan"), index=observations.index)
    for rule in catalogue.precedence.itertuples():
        fits = (observations.measure == rule.measure) & (observations.dimension == rule.dimension)
        fits &= observations.organisation == rule.organisation
        if rule.frequency:
            fits &= observations.kind == rule.frequency
        if rule.category:
            fits &= observations.category == rule.category
        if rule.source:
            fits &= observations.source.str.startswith(rule.source)
        if rule.first:
            fits &= observations.start >= pd.Timestamp(Period.parse(rule.first).start)
        if rule.last:
            fits &= observations.end <= pd.Timestamp(Period.parse(rule.last).end)
        rank = rank.mask(fits & ~(rank <= int(rule.rank)), int(rule.rank))
    return rank


def _ranked_by_leader(observations: pd.DataFrame, leading: pd.Series) -> pd.Series:
    """Rank 1 for one publisher per measure, dimension and kind of period: the leading one, else the one with most rows."""
    counts = observations.groupby([*SCOPE, "organisation"]).size().rename("rows").reset_index()
    counts["leads"] = counts.organisation == counts.measure.map(dict(zip(observations.measure, leading, strict=True)))
    best = counts.sort_values(
        [*SCOPE, "leads", "rows", "organisation"], ascending=[True] * len(SCOPE) + [False, False, True]
    ).drop_duplicates(SCOPE)
    keys = [*SCOPE, "organisation"]
    mine = observations[keys].merge(best[keys].assign(rank=1.0), how="left", on=keys)["rank"]
    return pd.Series(mine.to_numpy(), index=observations.index)
