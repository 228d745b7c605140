"""The date line of a report: made of the figures that it shows, once it has run, and the same in every form."""

from keten.presentation.dates import line
from keten.reports import notebook as contents
from keten.reports.periods import in_words, period_or_none


def dates_of(notebook: dict) -> str:
    """Until when the figures of an executed notebook go, and from when its newest source is; '' without figures.

    Any notebook may show figures: a row whose period or day cannot be read has no part in it.
    """
    rows = [row for row in contents.figures(notebook, "") if period_or_none(row["period"])]
    dated = [row | ({} if period_or_none(row["as_of"]) else {"as_of": ""}) for row in rows]
    return line(dated, in_words(contents.given(notebook).get("as_of")))
