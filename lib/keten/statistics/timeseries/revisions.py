"""What later editions made of a figure: every revision of it, how large they are, and the revision triangle.

A revision is a difference between two editions of one publication of one organisation: two deliveries of a table, or
two documents that appear under one name with another date. Two publications are never a revision of each other.
"""

import re

import pandas as pd

from keten.model.margins import margin_of_sum

FIGURE = ["measure", "organisation", "dimension", "category", "period", "unit"]
SERIES = ["measure", "organisation", "dimension", "category", "unit", "publication", "kind"]
EDITION_OF = re.compile(r"-(19|20)\d\d(-(\d\d|q[1-4]|h[12]))?$")


def publication(source: str) -> str:
    """What a source is an edition of: its id without the year, month or quarter at the end.

    `ind-asielinstroom-2020-02` is an edition of `ind-asielinstroom`; a table that is delivered again is one itself.
    """
    return EDITION_OF.sub("", source)


def editions(known: pd.DataFrame) -> pd.DataFrame:
    """All editions of the figures that were revised at least once, the first one included.

    known: observations with the columns of `FIGURE` and `kind`, `source`, `value`, `status`, `margin`, `known`, `end`
    and `assumed`; `edition` (a number, later is higher) orders deliveries of one day. Rows without a stated date, and
    two of one day without such a number, have no order and do not count; nor does an edition that repeats the one
    before it, that appeared while the period still ran (what is added later revises nothing), or that had no figure yet
    (`missing`).

    Returns the same columns, sorted by figure and edition, and `publication`, `number` (of the figure), `first` (True
    for the first edition), `first_value`, `previous_value`, `previous_status`, `revision` (value minus previous),
    `total_revision` (value minus first), `revision_percent` (of the previous value), `revision_margin` (of
    both, as `model.rounding.margin_of_sum`) and `lag` (calendar months from the end of the period to the edition). What
    has no number on either side, because it is suppressed or missing, has no size: NaN, never zero.
    """
    key = [*FIGURE, "publication"]
    delivered = "edition" in known.columns
    rows = known.assign(
        publication=known.source.map({source: publication(source) for source in known.source.unique()}),
        edition=known.edition.fillna(0).astype(int) if delivered else 0,
    )
    rows = rows[~rows.assumed.astype(bool) & (rows.known >= rows.end)]
    rows = rows[rows.duplicated(key, keep=False)]
    rows = rows.drop_duplicates([*key, "known", "edition", "value", "status"])
    rows = rows[~rows.duplicated([*key, "known", "edition"], keep=False)]
    rows = rows.sort_values([*key, "known", "edition"], kind="stable")
    said = (rows.status != "missing").groupby([rows[name] for name in key]).cummax()
    rows = rows[said.astype(bool)]
    rows = rows[~_repeats(rows, key)]
    rows = rows[rows.duplicated(key, keep=False)].reset_index(drop=True)
    return _measured(rows, key)


def _repeats(rows: pd.DataFrame, key: list[str]) -> pd.Series:
    """Whether a row says what the edition before it said: the same number, or none for the same reason."""
    before = rows.groupby(key)[["value", "status"]].shift()
    none = rows.value.isna() & before.value.isna() & (rows.status == before.status)
    return (rows.value == before.value) | none


def _measured(rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    grouped = rows.groupby(key, sort=False)
    place, number = grouped.cumcount(), grouped.ngroup()
    first = number.map(rows.value[place == 0].set_axis(number[place == 0]))
    before = grouped[["value", "status", "margin"]].shift()
    base = before.value.abs().where(before.value != 0)
    lag = 12 * (rows.known.dt.year - rows.end.dt.year) + rows.known.dt.month - rows.end.dt.month
    return rows.assign(
        number=number,
        edition=rows.edition.where(rows.edition > 0, place + 1),
        first=place == 0,
        first_value=first.astype(float),
        previous_value=before.value,
        previous_status=before.status.fillna(""),
        revision=rows.value - before.value,
        total_revision=(rows.value - first).where(place > 0).astype(float),
        revision_percent=100 * (rows.value - before.value) / base,
        revision_margin=[margin_of_sum(pair) for pair in zip(rows.margin, before.margin, strict=True)],
        lag=lag.astype(int),
    )


def revisions(known: pd.DataFrame) -> pd.DataFrame:
    """One row per figure and later edition in which it changed: `editions` without the first ones."""
    rows = editions(known)
    return rows[~rows["first"]].reset_index(drop=True)


def summary(revisions: pd.DataFrame) -> pd.DataFrame:
    """How much figures are revised, per measure, organisation, publication and unit.

    revisions: from `revisions`. The measures are those of the OECD and Eurostat guidelines on revision analysis
    (McKenzie and Gamba, "Interpreting the results of revision analyses", 2008): mean revision (the direction: do later
    editions go up or down), mean absolute revision (the size), and relative mean absolute revision (the sum of absolute
    revisions in percent of the sum of the revised values). A revision is an edition against the one before it.

    Columns: the four, `figures` and `revisions` (how many), `sized` (revisions between two numbers; the means are over
    these), `mean_revision`, `mean_absolute_revision`, `relative_mean_absolute_revision`, `largest` (with its sign) and
    the `largest_period`, `largest_dimension` and `largest_category` of that one.
    """
    by = ["measure", "organisation", "publication", "unit"]
    rows = [
        {**dict(zip(by, key, strict=True)), **_summary(mine)} for key, mine in revisions.groupby(by, sort=True)
    ]  # fmt: skip
    columns = [*by, *_summary(revisions.iloc[:0])]
    return pd.DataFrame(rows, columns=columns)


def _summary(mine: pd.DataFrame) -> dict[str, object]:
    sized = mine.dropna(subset="revision")
    size, level = sized.revision.abs(), sized.value.abs().sum()
    largest = sized.iloc[int(size.argmax())] if len(sized) else None
    about = ("period", "dimension", "category")
    return {
        "figures": mine.number.nunique(),
        "revisions": len(mine),
        "sized": len(sized),
        "mean_revision": sized.revision.mean(),
        "mean_absolute_revision": size.mean(),
        "relative_mean_absolute_revision": 100 * size.sum() / level if level else float("nan"),
        "largest": float("nan") if largest is None else largest.revision,
        **{f"largest_{name}": "" if largest is None else largest[name] for name in about},
    }


def per_figure(editions: pd.DataFrame) -> pd.DataFrame:
    """Mean and largest (by size, with its sign) revision of each figure: `mean_revision`, `largest_revision`.

    editions: from `editions`. Indexed by `number`; NaN for a figure without a revision between two numbers.
    """
    ordered = editions.sort_values("revision", key=lambda sizes: sizes.abs(), kind="stable")
    largest = ordered.dropna(subset="revision").groupby("number").revision.last()
    mean = editions.groupby("number").revision.mean()
    return pd.DataFrame({"mean_revision": mean, "largest_revision": largest.reindex(mean.index)})


def triangle(revisions: pd.DataFrame, columns: str = "lag", values: str = "value") -> pd.DataFrame:
    """The revision triangle of one series: a row per period in order of time, a column per edition.

    revisions: rows of `revisions` (or of `editions`) about one measure, category and publication. columns: `lag`
    (months after the period), `known` (day of the edition) or `edition`; values: `value`, `revision` or
    `total_revision`. Of two editions in one column the later one stands. A cell without an edition is NaN.
    """
    rows = revisions.sort_values(["end", "start", "known", "edition"], kind="stable")
    last = rows.drop_duplicates(["period", columns], keep="last")
    table = last.pivot(index="period", columns=columns, values=values)
    return table.reindex(list(dict.fromkeys(rows.period)))[sorted(table.columns)]
