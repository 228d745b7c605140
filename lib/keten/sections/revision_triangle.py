"""The revision triangle as a chart: a row per period, a column per age of the edition, the change in the cell."""

import altair as alt
import pandas as pd

from keten.model.periods import CALENDAR_KINDS, Period
from keten.presentation import prose
from keten.presentation.behind import behind
from keten.presentation.charts import axes
from keten.presentation.charts.channels import MARK, TIP
from keten.presentation.charts.drawing import keyed, plain_figure
from keten.presentation.charts.palette import ANSWERS, AXIS, BLUE, PALE, Style
from keten.presentation.charts.words import described, main_points, with_unit
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
CELL_WIDTH, CELL_HEIGHT = 72, 26  # pixels
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
    plotted = pd.DataFrame([_plotted(row, largest, chain) for row in rows.to_dict("records")])
    found = [Style("naar boven bijgesteld", UP, kind="bar"), Style("naar beneden bijgesteld", DOWN, kind="bar")]
    chart = keyed(_chart(plotted, ages), found)
    words = list(plotted.says)
    names = ["Periode", *ages]
    body = [
        [Cell(Period.parse(period).short), *[_cell(cells.loc[period, age], about) for age in ages]]
        for period in cells.index
    ]
    grid = Grid(title, subtitle, names, body, frozenset(ages))
    picture = plain_figure(chart, title, subtitle, main_points(words, ("andere herziening", "andere herzieningen")))
    return behind(picture, grid, chain.catalogue, [rows], EMPTY)


def _age(lag: int) -> str:
    """How long after the period an edition appeared, in bands of months."""
    return next((name for most, name in AGES if lag <= most), OLDER)


def _cell(value: float, about: pd.Series) -> Cell:
    if pd.isna(value):
        return Cell("")
    size = as_shown(value, about.unit, "revision")
    return number_cell(prose.signed(size), size, about.unit, about.status)


def _plotted(row: dict, largest: float, chain: Workbook) -> dict:
    """One cell of the picture."""
    value = as_shown(row["value"], row["unit"], "revision")
    series, shade = int(value < 0), min(2, int(3 * abs(row["value"]) / largest)) if largest else 0
    fill = SHADES[-1 if value < 0 else 1][shade] if value else NEUTRAL
    day = stated(row["known"].date(), row["assumed"]).label
    unit = with_unit(value, row["unit"], chain.catalogue) if row["unit"] != "percent" else " procentpunt"
    says = f"{Period.parse(row['period']).label}, uitgave van {day}: {prose.signed(value)}{unit}"
    return {
        "period": Period.parse(row["period"]).short,
        "age": row["age"],
        "text": prose.signed(value),
        "fill": fill,
        "ink": "white" if fill in (UP, DOWN) else "#1a1a1a",
        "mark": described(series),
        "tip": described(series, says),
        "says": says,
    }


def _chart(plotted: pd.DataFrame, ages: list[str]) -> alt.LayerChart | alt.FacetChart:
    periods = list(dict.fromkeys(plotted.period))
    x = alt.X(
        "age:N",
        sort=ages,
        title="maanden van het einde van de periode tot de uitgave",
        axis=alt.Axis(labelAngle=0, ticks=False, domain=False),
    )
    y = alt.Y("period:N", sort=periods, title=None, axis=axes.categories())
    base = alt.Chart()
    fill, ink = (alt.Color(f"{name}:N", scale=None) for name in ("fill", "ink"))
    boxes = base.mark_rect(stroke=AXIS, strokeWidth=0.8).encode(x=x, y=y, color=fill, description=TIP)
    texts = base.mark_text().encode(x=x, y=y, text=alt.Text("text:N"), color=ink, description=MARK)
    size = {"width": max(340, CELL_WIDTH * len(ages)), "height": CELL_HEIGHT * len(periods)}
    return alt.layer(boxes, texts, data=plotted.drop(columns="says"), **size)
