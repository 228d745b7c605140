"""The revision triangle as a chart: a row per period, a column per age of the edition, the change in the cell."""

import pandas as pd

from keten.model.periods import CALENDAR_KINDS, Period
from keten.presentation import prose
from keten.presentation.behind import behind
from keten.presentation.charts import bars
from keten.presentation.charts.bars import Box
from keten.presentation.charts.figure import figure
from keten.presentation.charts.palette import ANSWERS, BLUE, PALE
from keten.presentation.charts.words import main_points, with_unit
from keten.presentation.dates import stated
from keten.presentation.grid import Cell, Grid, number_cell
from keten.presentation.output import Output, as_shown, name_of
from keten.statistics.timeseries.revisions import SERIES, triangle
from keten.workbook.workbook import Workbook

FEWEST, MOST = 3, 24  # periods in a triangle
AGES = ((0, "0"), (1, "1"), (2, "2"), (3, "3"), (6, "4-6"), (12, "7-12"), (24, "13-24"))
OLDER = "25 of meer"
DOWN, LESS, NEUTRAL, MORE, UP = ANSWERS[5]
SHADES = {1: (PALE[BLUE], MORE, UP), -1: ("#fbe6d1", LESS, DOWN)}  # from a small to a large change
EMPTY = "Een leeg vak: geen herziening in die uitgaven."


def largest_series(found: pd.DataFrame) -> pd.DataFrame:
    """The editions of the calendar series with most revised periods; empty when none has `FEWEST`.

    One with editions of several ages goes first, for the others give no triangle but a single column; of two alike the
    total. found: from `revisions.revisions`.
    """
    sized = found[~found["first"] & found.total_revision.notna() & found.kind.isin(CALENDAR_KINDS)]
    aged = sized.assign(age=sized.lag.map(_age)).groupby(SERIES, sort=False)
    counts = aged.agg(periods=("period", "nunique"), ages=("age", "nunique")).reset_index()
    counts = counts[counts.periods >= FEWEST].assign(several=counts.ages > 1, part=counts.dimension != "")
    if counts.empty:
        return found.iloc[:0]
    best = counts.sort_values(["several", "periods", "part"], ascending=[False, False, True], kind="stable").iloc[:1]
    return found.merge(best[SERIES], on=SERIES)


def drawn(series: pd.DataFrame, chain: Workbook) -> Output:
    """The chart. series: revisions since the first edition as figures, of one series (`revisions.revision_figures`)."""
    periods = series.sort_values("end").period.drop_duplicates().tail(MOST)
    rows = series[series.period.isin(periods)].assign(age=series.lag.map(_age))
    cells = triangle(rows, "age", "value")
    ages = [name for name in [*[name for _, name in AGES], OLDER] if name in cells.columns]
    rows = rows.drop_duplicates(["period", "age"], keep="last").sort_values(["end", "lag"], kind="stable")
    about = rows.iloc[0]
    label = name_of(about.label, about.category)
    title = f"Wat latere uitgaven veranderden: {prose.small(label)}"
    unit = chain.catalogue.unit_words(about.unit).axis
    subtitle = f"{about.organisation}, alleen herziene perioden; verandering sinds de eerste uitgave, in {unit}"
    largest = rows.value.abs().max()
    boxes = {(row["period"], row["age"]): _box(row, largest, chain) for row in rows.to_dict("records")}
    named = [
        (Period.parse(period).short, [boxes.get((period, age), Box("")) for age in ages]) for period in cells.index
    ]
    words = [box.tip for box in boxes.values()]
    names = ["Periode", *ages]
    body = [
        [Cell(Period.parse(period).short), *[_cell(cells.loc[period, age], about) for age in ages]]
        for period in cells.index
    ]
    grid = Grid(title, subtitle, names, body, frozenset(ages))
    picture = figure(
        lambda width: bars.heat(ages, named, width),
        title,
        f"{subtitle}. Boven de kolommen: maanden van het einde van de periode tot de uitgave",
        main_points(words, ("andere herziening", "andere herzieningen")),
    )
    return behind(picture, grid, chain.catalogue, [rows], EMPTY)


def _age(lag: int) -> str:
    """How long after the period an edition appeared, in bands of months."""
    return next((name for most, name in AGES if lag <= most), OLDER)


def _cell(value: float, about: pd.Series) -> Cell:
    if pd.isna(value):
        return Cell("")
    size = as_shown(value, about.unit, "revision")
    return number_cell(prose.signed(size), size, about.unit, about.status)


def _box(row: dict, largest: float, chain: Workbook) -> Box:
    """One cell of the picture."""
    value = as_shown(row["value"], row["unit"], "revision")
    shade = min(2, int(3 * abs(row["value"]) / largest)) if largest else 0
    fill = SHADES[-1 if value < 0 else 1][shade] if value else NEUTRAL
    day = stated(row["known"].date(), row["assumed"]).label
    unit = with_unit(value, row["unit"], chain.catalogue) if row["unit"] != "percent" else " procentpunt"
    says = f"{Period.parse(row['period']).label}, uitgave van {day}: {prose.signed(value)}{unit}"
    return Box(prose.signed(value), says, fill, "white" if fill in (UP, DOWN) else "#1a1a1a")
