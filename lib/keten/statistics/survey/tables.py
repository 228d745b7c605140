"""Analysis of survey records: each function takes `Respondents` and gives a plain table.

With `protect=True`, the default and the only setting fit for a report, no count of 1 to 4 people can be read
or worked out from the tables (see `protected_cells` and `shown_cells` for how, and what it costs in precision). With
`protect=False` everything is exact, for the analyst's own eyes.

Columns that return: organisation; group (only with `by`: a grouping or "wave"); item; records (respondents);
n (answers; <NA> where it may not be shown); low and high (bounds of a 95% interval); status (exact, circa =
rounded, suppressed, missing). A suppressed number is <NA>, never 0. Shares run from 0 to 1.

All intervals assume independent answers of people drawn at random from those whom the survey is about; they
say nothing of who did not answer at all.
"""

from collections.abc import Sequence
from math import ceil, floor, isnan, nan, sqrt

import pandas as pd
from scipy.special import stdtrit

from keten.disclosure import MINIMUM_BASE
from keten.statistics.proportions import wilson
from keten.statistics.survey.facts import answering, shown_counts, straight_lines
from keten.statistics.survey.protected_cells import Cell
from keten.statistics.survey.respondents import Respondents
from keten.statistics.survey.shown_cells import is_withheld, score_cells

LEVEL = 0.95

COUNTS = (
    "records", "with_answers", "invited", "n", "missing", "lowest", "highest", "count", "n_first", "n_second",
    "n_pairs", "judged", "straight",
)  # fmt: skip


def response(respondents: Respondents, protect: bool = True) -> pd.DataFrame:
    """Records, and records with at least one answer, per organisation; as share of those invited if known.

    Columns: organisation, records, with_answers, invited, share (records / invited), status.
    """
    rows = []
    for organisation, parts in answering(respondents).items():
        counts, records = shown_counts(parts, protect)
        if is_withheld(respondents, protect, "answered", organisation):
            counts = counts.mask(counts >= 0)
        gone = is_withheld(respondents, protect, "invited", organisation)
        invited = None if gone else respondents.invited.get(organisation)
        share = records / invited if records and invited else nan
        status = "suppressed" if pd.isna(counts[0]) else "exact"
        rows.append((organisation, records, counts[0], invited, share, status))
    return table_of(rows, "organisation records with_answers invited share status")


def item_nonresponse(respondents: Respondents, protect: bool = True) -> pd.DataFrame:
    """How many skipped each item.

    Columns: organisation, item, records, n, missing, share (missing / records), status.
    """
    rows = []
    for cell in score_cells(respondents, protect=protect):
        if cell.n is None or cell.records is None:
            rows.append((*key_of(cell), None, nan, "suppressed"))
        else:
            missing = cell.records - cell.n
            rows.append((*key_of(cell), missing, missing / cell.records, "exact"))
    return table_of(rows, "organisation item records n missing share status")


def distribution(respondents: Respondents, by: str | None = None, protect: bool = True) -> pd.DataFrame:
    """Share of each answer, for diverging bars: a row per cell and answer.

    Further columns: answer (`4`, or `4–5` where scores are taken together), lowest and highest (the scores in
    it), count, share. A cell of which nothing may be shown has one row without answer and share.
    """
    rows: list[tuple[object, ...]] = []
    for cell in score_cells(respondents, by, protect):
        for part in cell.classes:
            status = "exact" if part.count is not None else "circa"
            rows.append((*key_of(cell), part.label, part.low, part.high, part.count, part.share, status))
        if not cell.classes:
            rows.append((*key_of(cell), None, None, None, None, nan, _unseen(cell)))
    return table_of(rows, f"{_key(by)} records n answer lowest highest count share status")


def means(respondents: Respondents, by: str | None = None, protect: bool = True) -> pd.DataFrame:
    """Mean score with its 95% t-interval: further columns mean, sd, low, high, step.

    The interval is mean +- t(n - 1) * sd / sqrt(n), cut off at the ends of the scale; it takes scores as
    equally spaced and serves from about 10 answers (Norman 2010, "Likert scales, levels of measurement and
    the laws of statistics", Adv. Health Sci. Educ. 15). When all give the same score it has no width, which
    says little for few answers. `step`: to what the mean is rounded (0 = not); the interval takes it into
    account.
    """
    rows = []
    for cell in score_cells(respondents, by, protect):
        low, high = interval_of(cell, respondents.scale)
        rows.append((*key_of(cell), cell.mean, cell.sd, low, high, cell.step, cell.status))
    return table_of(rows, f"{_key(by)} records n mean sd low high step status")


def top_two(respondents: Respondents, by: str | None = None, protect: bool = True) -> pd.DataFrame:
    """Share that gave one of the two highest scores, with its Wilson 95% interval.

    Further columns share, low, high. See `keten.statistics.proportions.wilson` for the source.
    """
    rows = []
    for cell in score_cells(respondents, by, protect):
        part = cell.top_two
        share, low, high, status = nan, nan, nan, _unseen(cell)
        if part and part.count is not None and cell.n is not None:
            (share, low, high), status = wilson(part.count, cell.n), "exact"
        elif part:
            share, status = part.share, "circa"
            fewest = max(floor((share - 0.01) * cell.base), 0)  # two whole percents were added up
            most = min(ceil((share + 0.01) * cell.base), cell.base)
            low, high = wilson(fewest, cell.base)[1], wilson(most, cell.base)[2]
        rows.append((*key_of(cell), share, low, high, status))
    return table_of(rows, f"{_key(by)} records n share low high status")


def straight_lining(respondents: Respondents, protect: bool = True) -> pd.DataFrame:
    """Share of records that give one and the same answer to everything, with its Wilson interval.

    Only records with at least half of the items (and two) answered are judged. Columns: organisation,
    records, judged, straight, share, low, high, status. Such records may be true opinions; a large share is
    a warning that differences between items are flattened (Krosnick 1991, Applied Cognitive Psychology 5).
    """
    rows = []
    for organisation, parts in straight_lines(respondents).items():
        counts, records = shown_counts(parts, protect, MINIMUM_BASE)
        if is_withheld(respondents, protect, "judged", organisation):
            counts = counts.mask(counts >= 0)
        known = counts[:2].notna().all() and counts[:2].sum() > 0
        straight, judged = (int(counts[0]), int(counts[:2].sum())) if known else (None, None)
        share, low, high = wilson(straight, judged) if straight is not None and judged else (nan, nan, nan)
        status = "exact" if known else "suppressed" if counts.isna().any() else "missing"
        rows.append((organisation, records, judged, straight, share, low, high, status))
    return table_of(rows, "organisation records judged straight share low high status")


def key_of(cell: Cell) -> tuple[str | int | None, ...]:
    """What a row says of the cell that it is about: organisation, group if there is one, item, records and n."""
    group = () if cell.group is None else (cell.group,)
    return (cell.organisation, *group, cell.item, cell.records, cell.n)


def _unseen(cell: Cell) -> str:
    """The status of what may not be shown of a cell, or is not there."""
    return "missing" if cell.status == "missing" else "suppressed"


def _key(by: str | None) -> str:
    return "organisation group item" if by else "organisation item"


def table_of(rows: Sequence[Sequence[object]], columns: str) -> pd.DataFrame:
    """Rows as a table with these columns, also when there are none; counts as nullable whole numbers."""
    table = pd.DataFrame(rows, columns=columns.split())
    return table.astype({column: "Int64" for column in COUNTS if column in table})


def interval_of(cell: Cell, scale: tuple[int, int]) -> tuple[float, float]:
    """The interval of the mean of a cell."""
    if isnan(cell.sd):
        return nan, nan
    half = cell.step / 2 + two_sided(cell.base - 1) * cell.sd / sqrt(cell.base)
    return max(cell.mean - half, scale[0]), min(cell.mean + half, scale[1])


def two_sided(degrees: float) -> float:
    """How many standard errors a 95% t-interval reaches to each side."""
    return float(stdtrit(degrees, (1 + LEVEL) / 2))
