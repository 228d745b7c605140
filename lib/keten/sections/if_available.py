"""Charts and tables of figures that not every data folder or period has: shown where there are any, else left out.

Asking for figures that nobody has fetched does not make a gap in the report; "Wat ontbreekt" names what could be there.
"""

from collections.abc import Sequence

from keten.presentation import tables
from keten.presentation.charts import series as lines
from keten.presentation.output import Output
from keten.sections import rankings
from keten.workbook.workbook import Workbook


def trend(
    chain: Workbook,
    measure: str,
    title: str,
    by: str = "",
    only: Sequence[str] = (),
    kind: str = "",
    years: int | None = None,
    remark: str = "",
) -> Output | None:
    """`charts.trend` of a series of at least two periods; None without it."""
    if not chain.has(measure, by, kind, least=2):
        return None
    return lines.trend(chain.series(measure, by, only, kind, years), title, chain, remark=remark)


def series(
    chain: Workbook,
    measure: str,
    title: str,
    by: str = "",
    kind: str = "",
    years: int | None = None,
    remark: str = "",
) -> Output | None:
    """`tables.series`: a row per period; None without figures.

    kind, years: as of `Workbook.series`.
    """
    known = chain.series(measure, by, kind=kind, years=years) if chain.has(measure, by, kind) else None
    if known is None or known.value.isna().all():
        return None
    return tables.series(known, title, chain, remark=remark)


def spans(chain: Workbook, measures: Sequence[str], title: str, remark: str = "") -> Output | None:
    """`tables.series` of what is counted over spans of its own, such as from a first day on; None without figures."""
    known = [measure for measure in measures if chain.has(measure, kind="span")]
    if not known:
        return None
    return tables.series(chain.series(known, kind="span"), title, chain, remark=remark)


def single(chain: Workbook, measure: str, title: str, remark: str = "") -> Output | None:
    """`tables.single` of one total; None without a figure that may stand here."""
    found = chain.value(measure) if chain.has(measure) else None
    if found is None or found.value.isna().all():
        return None
    return tables.single([found], title, chain, remark=remark)


def largest(
    chain: Workbook,
    measure: str,
    title: str,
    by: str,
    n: int,
    kind: str = "",
    years: int | None = None,
    remark: str = "",
) -> Output | None:
    """`trend` of the `n` categories that are largest in the period, which the title counts; None without figures."""
    if not chain.has(measure, by, kind, least=2):
        return None
    ranked = rankings.of(chain, measure, by, n)
    remarks = " ".join(filter(None, [ranked.remark, remark]))
    return trend(chain, measure, f"{title}: {ranked.words}", by, ranked.names, kind, years, remarks)


def comparison(chain: Workbook, measure: str, title: str, by: str = "", n: int = 0, remark: str = "") -> Output | None:
    """`rankings.table` of the `n` largest categories, or `tables.comparison` of all (0); None without figures."""
    if not chain.has(measure, by):
        return None
    if n:
        return rankings.table(rankings.of(chain, measure, by, n), title, chain, remark)
    return tables.comparison(chain.compare(measure, by), title, chain, remark=remark)


def ranking(chain: Workbook, measure: str, title: str, by: str, n: int = 10, remark: str = "") -> Output | None:
    """`rankings.chart` of the `n` largest categories; None without figures."""
    if not chain.has(measure, by):
        return None
    return rankings.chart(rankings.of(chain, measure, by, n), title, chain, remark)


def matrix(chain: Workbook, measure: str, title: str, by: str, names: Sequence[str], remark: str = "") -> Output | None:
    """`charts.matrix` of these categories per year; None without at least two of each."""
    if not names or not chain.has(measure, by, "year", least=2):
        return None
    known = chain.series(measure, by, names, "year")
    drawn = known[known.value.notna()]
    if drawn.period.nunique() < 2 or drawn.category.nunique() < 2:
        return None
    return lines.matrix(known, title, chain, remark)


def publishers(chain: Workbook, measures: Sequence[str], title: str, remark: str = "") -> Output | None:
    """Totals per year of each publisher side by side; None when there is but one."""
    if len({publisher for measure in measures for publisher in chain.publishers_of(measure)}) < 2:
        return None
    return tables.series(chain.by_publisher(measures), title, chain, remark=remark)
