"""The seasonally adjusted course of a measure beside its published figures, as a chart."""

from dataclasses import replace

import pandas as pd

from keten.errors import KetenError
from keten.model.figures import FIGURE_COLUMNS
from keten.model.periods import Period
from keten.presentation import prose
from keten.presentation.charts.axes import nice_top
from keten.presentation.charts.drawing import plain_figure
from keten.presentation.charts.lines import OURS, PUBLISHED, drawn, points
from keten.presentation.output import Output, gap, withheld
from keten.presentation.tables import behind, series_grid
from keten.sections.calculations import course
from keten.statistics.timeseries.seasonal import end_revision, seasonally_adjusted, strength
from keten.workbook.one_publisher import longest
from keten.workbook.workbook import Workbook

FINEST_FIRST = ("month", "quarter")
LATEST = 3  # months that a series may end before the report's period does
WEAK = 0.64  # see `statistics.timeseries.seasonal.strength`
STYLES = (PUBLISHED, replace(OURS, name="seizoensgecorrigeerd (eigen berekening)"))


def chart(chain: Workbook, measure: str, title: str, by: str = "", category: str = "") -> Output:
    """Published and adjusted figures of one measure: per month where that can be, else per quarter, else a reason.

    Of the publisher with the longest series without a gap (`one_publisher.longest`), which has to go on to the report's
    period. Method and limits: `statistics.timeseries.seasonal.seasonally_adjusted`.
    """
    reasons = []
    chain.about(measure)
    for kind in FINEST_FIRST:
        raw = longest(chain, measure, by, category, kind)
        if raw.empty:
            continue
        try:
            _is_recent(raw, chain)
            adjusted = seasonally_adjusted(raw)
        except KetenError as fault:
            reasons.append(str(fault))
            continue
        return _shown(raw, adjusted, title, chain)
    return withheld(title, reasons[0]) if reasons else gap(title)


def _shown(raw: pd.DataFrame, adjusted: pd.DataFrame, title: str, chain: Workbook) -> Output:
    subtitle = prose.capital(course(raw))
    frames = [chain.hand_out(raw), adjusted[FIGURE_COLUMNS]]
    top = nice_top(max(raw.value.max(), adjusted.value.max()))
    lines = [
        points(frame, "value", style, number, top, chain)
        for number, (style, frame) in enumerate(zip(STYLES, frames, strict=True))
    ]
    unit = chain.catalogue.unit_words(raw.unit.iloc[0]).axis
    chart = drawn(pd.concat(lines, ignore_index=True), STYLES, top, unit)
    grid = series_grid(pd.concat(frames, ignore_index=True), title, subtitle)
    picture = plain_figure(chart, title, subtitle, _words(raw.label.iloc[0], adjusted))
    return behind(picture, grid, chain.catalogue, [pd.concat(frames)], _remark(raw, adjusted))


def _words(label: str, adjusted: pd.DataFrame) -> str:
    """The text alternative: the last figure both ways, and the highest adjusted one."""
    last, high = adjusted.iloc[-1], adjusted.iloc[adjusted.value.argmax()]
    return (
        f"{label}, {Period.parse(last.period).label}: gepubliceerd {prose.number(last.published)}, "
        f"seizoensgecorrigeerd {prose.number(last.value)}; hoogste seizoensgecorrigeerde {prose.number(high.value)} "
        f"({Period.parse(high.period).label})."
    )


def _is_recent(raw: pd.DataFrame, chain: Workbook) -> None:
    """Raises KetenError for a series that ended long before the period: what it says is no news."""
    last = raw.end.max()
    if last + pd.DateOffset(months=LATEST) < pd.Timestamp(chain.period.end):
        raise KetenError(
            f"De langste reeks zonder onderbreking van één uitgever eindigt {prose.when(raw.period.iloc[-1])}, "
            "ruim voor deze periode; een seizoenscorrectie zou over een ander moment gaan."
        )


def _remark(raw: pd.DataFrame, adjusted: pd.DataFrame) -> str:
    power, moved = strength(adjusted), end_revision(raw)
    weak = "; dat is zwak, dus zegt de correctie weinig" if power < WEAK else ""
    so_far = f", tot nu toe met gemiddeld {prose.number(moved, 1)}%" if pd.notna(moved) else ""
    return (
        "Seizoensgecorrigeerd is een eigen berekening (STL, robuust) en vervangt het gepubliceerde cijfer niet. "
        f"Sterkte van het seizoenspatroon: {prose.number(power, 2)} op een schaal van 0 tot 1{weak}. De laatste "
        f"punten verschuiven nog als er perioden bij komen{so_far}."
    )
