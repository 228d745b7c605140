"""Analysis of survey records: each function takes `Respondents` and gives a plain table.

With `protect=True`, the default and the only setting fit for a report, no count of 1 to 4 people can be read
or worked out from the tables (see `protected_cells` for how, and what it costs in precision). With
`protect=False` everything is exact, for the analyst's own eyes.

Columns that return: organisation; group (only with `by`: a grouping or "wave"); item; records (respondents);
n (answers; <NA> where it may not be shown); low and high (bounds of a 95% interval); status (exact, circa =
rounded, suppressed, missing). A suppressed number is <NA>, never 0. Shares run from 0 to 1.

All intervals assume independent answers of people drawn at random from those whom the survey is about; they
say nothing of who did not answer at all.
"""

from collections.abc import Iterator
from math import ceil, floor, isnan, nan, sqrt

import pandas as pd
from scipy.stats import t as student

from keten.disclosure import MINIMUM_BASE, is_small, suppress_series
from keten.statistics.proportions import wilson
from keten.statistics.survey.protected_cells import Cell, score_cells
from keten.statistics.survey.respondents import Respondents

LEVEL = 0.95
LEAST_ANSWERED = 0.5  # share of the items (and at least two) that makes a record fit to judge as a whole

COUNTS = (
    "records", "with_answers", "invited", "n", "missing", "lowest", "highest", "count", "n_first", "n_second",
    "n_pairs", "judged", "straight",
)  # fmt: skip


def response(respondents: Respondents, protect: bool = True) -> pd.DataFrame:
    """Records, and records with at least one answer, per organisation; as share of those invited if known.

    Columns: organisation, records, with_answers, invited, share (records / invited), status.
    """
    rows = []
    for organisation, answers in per_organisation(respondents):
        any_answer = answers.groupby(["respondent", "wave"], dropna=False, observed=True)["score"].count() > 0
        with_answers, without = int(any_answer.sum()), int((~any_answer).sum())
        records = with_answers + without
        invited = respondents.invited.get(organisation)
        shown = pd.Series([with_answers, without], dtype="Int64")
        if protect:
            shown, _ = suppress_series(shown)
            records = None if is_small(records) else records
        rows.append(
            {
                "organisation": organisation,
                "records": records,
                "with_answers": shown[0],
                "invited": invited,
                "share": records / invited if records and invited else nan,
                "status": "suppressed" if pd.isna(shown[0]) else "exact",
            }
        )
    return table_of(rows, "organisation records with_answers invited share status")


def item_nonresponse(respondents: Respondents, protect: bool = True) -> pd.DataFrame:
    """How many skipped each item.

    Columns: organisation, item, records, n, missing, share (missing / records), status.
    """
    rows = []
    for cell in score_cells(respondents, protect=protect):
        known = cell.n is not None and cell.records is not None
        missing = cell.records - cell.n if known else None
        rows.append(
            {
                **where(cell),
                "missing": missing,
                "share": missing / cell.records if known else nan,
                "status": "exact" if known else "suppressed",
            }
        )
    return table_of(rows, "organisation item records n missing share status")


def distribution(respondents: Respondents, by: str | None = None, protect: bool = True) -> pd.DataFrame:
    """Share of each answer, for diverging bars: a row per cell and answer.

    Further columns: answer (`4`, or `4–5` where scores are taken together), lowest and highest (the scores in
    it), count, share. A cell of which nothing may be shown has one row without answer and share.
    """
    rows = []
    for cell in score_cells(respondents, by, protect):
        key = where(cell)
        for part in cell.classes:
            rows.append(
                {
                    **key,
                    "answer": part.label,
                    "lowest": part.low,
                    "highest": part.high,
                    "count": part.count,
                    "share": part.share,
                    "status": "exact" if part.count is not None else "circa",
                }
            )
        if not cell.classes:
            status = "missing" if cell.status == "missing" else "suppressed"
            rows.append({**key, "status": status})
    return table_of(rows, f"{_key(by)} records n answer lowest highest count share status")


def means(respondents: Respondents, by: str | None = None, protect: bool = True) -> pd.DataFrame:
    """Mean score with its 95% t-interval: further columns mean, sd, low, high, step.

    The interval is mean +- t(n - 1) * sd / sqrt(n), cut off at the ends of the scale; it takes scores as
    equally spaced and serves from about 10 answers (Norman 2010, "Likert scales, levels of measurement and
    the laws of statistics", Adv. Health Sci. Educ. 15). When all give the same score it has no width, which
    says little for few answers. `step`: to what the mean is rounded (0 = not); the interval takes it into
    account.
    """
    rows = [
        {**where(cell), **mean_of(cell, respondents.scale), "status": cell.status}
        for cell in score_cells(respondents, by, protect)
    ]
    return table_of(rows, f"{_key(by)} records n mean sd low high step status")


def top_two(respondents: Respondents, by: str | None = None, protect: bool = True) -> pd.DataFrame:
    """Share that gave one of the two highest scores, with its Wilson 95% interval.

    Further columns share, low, high. See `keten.statistics.proportions.wilson` for the source.
    """
    rows = []
    for cell in score_cells(respondents, by, protect):
        part = cell.top_two
        share, low, high, status = nan, nan, nan, "missing" if cell.status == "missing" else "suppressed"
        if part and part.count is not None:
            (share, low, high), status = wilson(part.count, cell.n), "exact"
        elif part:
            share, status = part.share, "circa"
            fewest = max(floor((share - 0.01) * cell.base), 0)  # two whole percents were added up
            most = min(ceil((share + 0.01) * cell.base), cell.base)
            low, high = wilson(fewest, cell.base)[1], wilson(most, cell.base)[2]
        rows.append({**where(cell), "share": share, "low": low, "high": high, "status": status})
    return table_of(rows, f"{_key(by)} records n share low high status")


def straight_lining(respondents: Respondents, protect: bool = True) -> pd.DataFrame:
    """Share of records that give one and the same answer to everything, with its Wilson interval.

    Only records with at least half of the items (and two) answered are judged. Columns: organisation,
    records, judged, straight, share, low, high, status. Such records may be true opinions; a large share is
    a warning that differences between items are flattened (Krosnick 1991, Applied Cognitive Psychology 5).
    """
    rows = []
    for organisation, answers in per_organisation(respondents):
        scores = answers.groupby(["respondent", "wave"], dropna=False, observed=True)["score"]
        enough = scores.count() >= max(2, ceil(LEAST_ANSWERED * answers["item"].nunique()))
        one_answer = scores.nunique() == 1
        counts = pd.Series([(enough & one_answer).sum(), (enough & ~one_answer).sum(), (~enough).sum()], dtype="Int64")
        records = int(counts.sum())
        if protect:
            counts, _ = suppress_series(counts)
            if records < MINIMUM_BASE:
                counts[:] = pd.NA
            records = None if is_small(records) else records
        known = counts[:2].notna().all() and counts[:2].sum() > 0
        judged = counts[0] + counts[1] if known else None
        share, low, high = wilson(counts[0], judged) if known else (nan, nan, nan)
        status = "exact" if known else "suppressed" if counts.isna().any() else "missing"
        rows.append(
            {
                "organisation": organisation,
                "records": records,
                "judged": judged,
                "straight": counts[0] if known else None,
                "share": share,
                "low": low,
                "high": high,
                "status": status,
            }
        )
    return table_of(rows, "organisation records judged straight share low high status")


def per_organisation(respondents: Respondents) -> Iterator[tuple[str, pd.DataFrame]]:
    yield from respondents.answers.groupby("organisation", observed=True)


def where(cell: Cell) -> dict:
    """The columns that say which cell a row is about."""
    group = {} if cell.group is None else {"group": cell.group}
    return {
        "organisation": cell.organisation,
        **group,
        "item": cell.item,
        "records": cell.records,
        "n": cell.n,
    }


def _key(by: str | None) -> str:
    return "organisation group item" if by else "organisation item"


def table_of(rows: list[dict], columns: str) -> pd.DataFrame:
    """Rows as a table with these columns, also when there are none; counts as nullable whole numbers."""
    table = pd.DataFrame(rows, columns=columns.split())
    return table.astype({column: "Int64" for column in COUNTS if column in table})


def mean_of(cell: Cell, scale: tuple[int, int]) -> dict:
    """Mean, spread and interval of a cell."""
    low, high = nan, nan
    if not isnan(cell.sd):
        half = cell.step / 2 + two_sided(cell.base - 1) * cell.sd / sqrt(cell.base)
        low, high = max(cell.mean - half, scale[0]), min(cell.mean + half, scale[1])
    return {"mean": cell.mean, "sd": cell.sd, "low": low, "high": high, "step": cell.step}


def two_sided(degrees: float) -> float:
    """How many standard errors a 95% t-interval reaches to each side."""
    return student.ppf((1 + LEVEL) / 2, degrees)
