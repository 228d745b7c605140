"""The seasonally adjusted course of a measure beside its published figures, as a chart; a sentence without a season."""

from dataclasses import replace

import pandas as pd

from keten.errors import KetenError
from keten.model.figures import FIGURE_COLUMNS
from keten.model.periods import Period
from keten.presentation import prose
from keten.presentation.behind import behind, series_grid
from keten.presentation.charts import lines
from keten.presentation.charts.calculated import OURS, PUBLISHED, line, plot
from keten.presentation.charts.figure import figure
from keten.presentation.markup import escape
from keten.presentation.output import Output, gap
from keten.sections.calculations import course
from keten.statistics.timeseries.seasonal import LOOK_BACK, largest_move, seasonally_adjusted
from keten.statistics.timeseries.seasonality import CHANCE, STRONG, Seasonality, seasonality
from keten.statistics.timeseries.unbroken import PER_YEAR, WORDS
from keten.workbook.one_publisher import longest
from keten.workbook.workbook import Workbook

FINEST_FIRST = ("month", "quarter")
LATEST = 3  # months that a series may end before the report's period does
STYLES = (PUBLISHED, replace(OURS, name="seizoensgecorrigeerd (eigen berekening)"))


def chart(chain: Workbook, measure: str, title: str, by: str = "", category: str = "") -> Output:
    """Published and adjusted figures of one measure: per month where that can be, else per quarter, else a reason.

    Of the publisher with the longest series without a gap (`one_publisher.longest`), which has to go on to the report's
    period. The first series that is long and recent enough decides: it is shown when it has a season by the QS test
    (p at most `CHANCE`) and by its strength (at least `STRONG`), and otherwise a sentence says that none can be told.
    Method and limits: `statistics.timeseries.seasonal.seasonally_adjusted` and `seasonality.seasonality` beside it.
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
        season = seasonality(adjusted, PER_YEAR[kind])
        return _shown(raw, adjusted, season, title, chain) if season.stable else _sentence(_no_season(raw, season))
    return _sentence(reasons[0]) if reasons else gap(title)


def _sentence(reason: str) -> Output:
    return Output(f"<p>{escape(reason)}</p>")


def _no_season(raw: pd.DataFrame, season: Seasonality) -> str:
    return (
        f"Voor {prose.small(raw.label.iloc[0])} ({course(raw)}) is geen vast seizoenspatroon vast te stellen "
        f"(QS-toets: p = {prose.number(season.p, 2)}, nodig is ten hoogste {prose.number(CHANCE)}; sterkte van het "
        f"patroon: {prose.number(season.strength, 2)}, nodig is ten minste {prose.number(STRONG)}); daarom staat hier "
        "geen gecorrigeerde reeks."
    )


def _shown(raw: pd.DataFrame, adjusted: pd.DataFrame, season: Seasonality, title: str, chain: Workbook) -> Output:
    subtitle = prose.capital(course(raw))
    frames = [chain.hand_out(raw), adjusted[FIGURE_COLUMNS]]
    made = [line(frame, "value", style, chain) for style, frame in zip(STYLES, frames, strict=True)]
    drawn = plot(made, raw)
    grid = series_grid(pd.concat(frames, ignore_index=True), title, subtitle)
    words = _words(raw.label.iloc[0], adjusted)
    about = f"{prose.capital(chain.catalogue.unit_words(raw.unit.iloc[0]).axis)}. {subtitle}"
    picture = figure(lambda width: lines.draw(drawn, width), title, about, words)
    return behind(picture, grid, chain.catalogue, [pd.concat(frames)], _remark(raw, season))


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


def _remark(raw: pd.DataFrame, season: Seasonality) -> str:
    move, plural = largest_move(raw), WORDS[PER_YEAR[raw.kind.iloc[0]]][1]
    so_far = ""
    if move:
        then, now = prose.number(round(move.then)), prose.number(round(move.now))
        so_far = (
            f"; de grootste verschuiving door de laatste {LOOK_BACK} {plural}: {Period.parse(move.period).label}, van "
            f"{then} naar {now}"
        )
    return (
        "Seizoensgecorrigeerd is een eigen berekening (STL, robuust) en vervangt het gepubliceerde cijfer niet. Er is "
        f"een vast seizoenspatroon: QS-toets p ten hoogste {prose.number(CHANCE)}, sterkte "
        f"{prose.number(season.strength, 2)} op een schaal van 0 tot 1 (nodig is ten minste {prose.number(STRONG)}). "
        f"Punten verschuiven nog als er {plural} bij komen{so_far}."
    )
