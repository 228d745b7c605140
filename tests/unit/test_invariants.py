"""What holds for the statements of every report over every period, on the default data.

Each of these was broken somewhere by figures that were chosen cell by cell: a total below its part, "geen cijfer"
beside a published one, a change between publishers, a month in the place of a year.
"""

from collections import defaultdict
from functools import cache
from itertools import pairwise

import pandas as pd
import pytest
from helpers_statements import EVERY, KEY_FIGURES, STATEMENTS, report

from keten import Workbook
from keten.model.breaks import crossed
from keten.model.figures import figures_of
from keten.model.periods import Period
from keten.presentation.changes import changes_of

NOTEBOOKS = ("1_werk_studie_gezin", "2_asiel", "3_toegang_grensbewaking", "4_toezicht", "5_terugkeer")
FIRST, LAST, LAST_OF_MONTHS = 2013, 2025, 2021  # of later months few figures are known, and none that is added up
PERIODS = {
    "year": [str(year) for year in range(FIRST, LAST + 1)],
    "half_year": [f"{year}-H{half}" for year in range(FIRST, LAST + 1) for half in (1, 2)],
    "quarter": [f"{year}-Q{quarter}" for year in range(FIRST, LAST + 1) for quarter in (1, 2, 3, 4)],
    "month": [f"{year}-{month:02}" for year in range(FIRST, LAST_OF_MONTHS + 1) for month in range(1, 13)],
}
CELLS = {"year": EVERY, "half_year": STATEMENTS, "quarter": STATEMENTS, "month": KEY_FIGURES}  # to keep it quick
PARTS = {
    "asylum_inflow_total": ("asylum_first_applications", "asylum_repeat_applications", "asylum_family_reunification")
}


@cache
def said(notebook: str, period: str) -> tuple[Workbook, tuple[tuple[str, pd.DataFrame], ...]]:
    chain, tables = report(notebook, period, CELLS[Period.parse(period).kind])
    return chain, tuple(tables)


@cache
def compared(notebook: str, period: str) -> tuple[tuple[Workbook, pd.DataFrame], ...]:
    """The rows of each category in a comparison with earlier years, oldest first."""
    chain, tables = said(notebook, period)
    return tuple(
        (chain, rows)
        for by, frame in tables
        if by.endswith(("summary.key_figures", "tables.comparison", "rankings.table", "rankings.chart"))
        for _, rows in frame.groupby(["measure", "dimension", "category", "statistic"], sort=False)
        if len(rows) > 1 and rows.period.is_unique
    )


@pytest.fixture(params=NOTEBOOKS, scope="module")
def notebook(request) -> str:
    return request.param


@pytest.fixture(params=list(PERIODS), scope="module")
def periods(request) -> list[str]:
    return PERIODS[request.param]


def test_statements_hold_for_every_period(notebook, periods):
    faults = []
    for period in periods:
        chain, _ = said(notebook, period)
        for check in (shorter_spans, denied_figures, changes_across_counts, totals_below_parts, several_values, latest):
            faults += [f"{notebook} {period}: {fault}" for fault in check(chain, notebook, period)]
        said.cache_clear()
        compared.cache_clear()
    assert faults == []


@pytest.mark.parametrize("period", ["2020", "2021", "2021-12"])
@pytest.mark.parametrize("stem", [*NOTEBOOKS, "6_klantervaring"])
def test_what_is_counted_over_odd_spans_alone_is_told(stem, period):
    """The first weeks of an entry ban are as long as no report: a table in which each figure has its own period."""
    chain, shown = report(stem, period)
    about = ["measure", "dimension"]
    told = {pair for _, frame in shown for pair in frame.loc[frame.value.notna(), about].itertuples(index=False)}
    rows = chain.editions(chain.used_measures())
    alone = rows[rows.groupby("measure").kind.transform(lambda kinds: set(kinds) == {"span"})]
    assert set(alone[about].itertuples(index=False)) - told == set()


def shorter_spans(chain, notebook, period):
    """A count over a shorter span never stands in the place of the edition's."""
    kinds = chain.catalogue.measures.kind
    for _, rows in compared(notebook, period):
        now = rows.iloc[-1]
        if (
            kinds[now.measure] == "flow"
            and pd.notna(now.value)
            and Period.parse(now.period).days < chain.period.days - 3
        ):
            yield f"{now.measure} {now.category} over {now.period}"


def denied_figures(chain, notebook, period):
    """No "geen cijfer" over a period of which any publisher has a figure that may be seen."""
    for _, rows in compared(notebook, period):
        for row in rows[rows.value.isna() & (rows.status == "missing") & (rows.reason == "")].itertuples():
            if row.statistic:
                continue
            offered = chain.offered(row.measure, row.dimension)
            offered = offered[offered.value.notna() & ~offered.running]
            if ((offered.category == row.category) & (offered.period == row.period)).any():
                yield f"{row.measure} {row.category} over {row.period} is published"


def changes_across_counts(chain, notebook, period):
    """A change is one of a single count, and crosses no break and no period that still runs."""
    for _, rows in compared(notebook, period):
        now = rows.iloc[-1]
        about = figures_of(rows)
        for change in changes_of(rows).itertuples():
            if change.change.absolute is None:
                continue
            before = next(one for one in about if str(one.period) == change.before)
            counts = {chain.catalogue.count(one.measure, one.organisation, one.source) for one in (before, about[-1])}
            broken = crossed(chain.catalogue.breaks_of(now.measure), now.organisation, before.period, about[-1].period)
            if len(counts) > 1 or broken or now.reason:
                yield f"{now.measure} {now.category}: {now.period} with {change.before} ({counts})"


def totals_below_parts(chain, notebook, period):
    """A total is not below a part of it, nor below one of its categories of the same count."""
    found = {}
    for _, rows in compared(notebook, period):
        for row in rows[rows.value.notna() & (rows.statistic == "")].itertuples():
            found[row.measure, row.dimension, row.category, row.period] = row
    for (measure, dimension, category, at), row in found.items():
        for part in PARTS.get(measure, ()) if not dimension else ():
            other = found.get((part, "", "", at))
            if other is not None and row.value + row.margin < other.value - other.margin:
                yield f"{measure} over {at} is below {part}"
        total = found.get((measure, "", "", at)) if dimension else None
        is_flow = chain.catalogue.measures.kind[measure] == "flow"
        if total is not None and is_flow and total.value + total.margin < row.value - row.margin:
            yield f"{measure} over {at} is below {category}"


def several_values(chain, notebook, period):
    """One figure has one value in key figure, sentence, table and chart."""
    values = defaultdict(set)
    for by, frame in said(notebook, period)[1]:
        if by.endswith("tables.rolling") or "by_publisher" in by:
            continue
        for row in frame[frame.value.notna()].itertuples():
            if not row.statistic:
                values[row.measure, row.dimension, row.category, row.period].add(round(row.value, 6))
    for key, found in values.items():
        if len(found) > 1:
            yield f"{key}: {sorted(found)}"


def latest(chain, notebook, period):
    """What is missing is told with the latest period that the statements spoke of."""
    spoken = defaultdict(list)
    for _, rows in compared(notebook, period):
        now = rows.iloc[-1]
        if pd.notna(now.value) and not now.statistic:
            spoken[now.measure].append(Period.parse(now.period))
    coverage = chain.coverage(list(spoken))
    for measure, rows in coverage.groupby("measure"):
        told = max((Period.parse(text) for text in rows["last"] if text), key=Period.by_end)
        if max(spoken[measure], key=Period.by_end).by_end() > told.by_end():
            yield f"{measure}: {told} is not the latest"


def test_the_periods_are_all_there():
    for kind, periods in PERIODS.items():
        assert {Period.parse(one).kind for one in periods} == {kind}
        assert all(one.previous(-1) == other for one, other in pairwise(map(Period.parse, periods)))
