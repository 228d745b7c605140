"""Charts of figures beside each other: bars or dots of figures that stand alone, and a table of shades."""

from collections.abc import Sequence

import pandas as pd

from keten.model.context import Context
from keten.model.figures import records
from keten.model.periods import Period
from keten.presentation import prose
from keten.presentation.behind import behind, cell_text, known, series_grid, single_grid
from keten.presentation.charts import bars
from keten.presentation.charts.bars import Bar, Box, Dot
from keten.presentation.charts.figure import figure
from keten.presentation.charts.palette import BLUE, PALE, Style, colour_of
from keten.presentation.charts.words import axis_title, figure_tip, main_points, own_scale
from keten.presentation.markup import note
from keten.presentation.output import Output, gap, series_names

SHADES = (PALE[BLUE], "#8fb3d9", BLUE)  # from a small to a large figure
MOST_PERIODS = 12  # of a table of shades


def single(frames: Sequence[pd.DataFrame], title: str, chain: Context, remark: str = "") -> Output:
    """Figures that stand alone, of one unit: a bar each, or a dot on the scale that a score was given on.

    >>> kinds = [chain.value("asylum_first_applications", "nationality", name) for name in ("Syrië", "Irak")]
    >>> len(charts.single(kinds, "Eerste aanvragen", chain).figures)
    2
    """
    frame = known(frames)
    if frame.empty:
        return gap(title, title)
    rows = records(frame)
    names = _names(frame)
    units = set(frame.unit)
    scale = own_scale(next(iter(units))) if len(units) == 1 else None
    tips = [figure_tip(row, chain.catalogue, name) for name, row in zip(names, rows, strict=True)]
    periods = list(dict.fromkeys(Period.parse(period).label for period in frame.period))
    counted = prose.capital(axis_title(frame, chain.catalogue))
    subtitle = f"{counted}, {periods[0]}" if len(periods) == 1 else counted
    words = main_points([f"{name} {cell_text(row)}" for name, row in zip(names, rows, strict=True)])
    if scale:
        ends = bars.axis(list(frame.value), scale)
        items = [
            (name, [Dot(0, row["value"], row["value"], row["value"], cell_text(row), tip)])
            for name, row, tip in zip(names, rows, tips, strict=True)
        ]
        found = [Style("", colour_of(frame.label.iloc[0]), kind="point")]
        drawn = figure(lambda width: bars.dots(items, found, width, ends, prose.number), title, subtitle, words)
    else:
        made = [
            Bar(name, row["value"], cell_text(row), tip, colour_of(row["category"] or row["label"]))
            for name, row, tip in zip(names, rows, tips, strict=True)
        ]
        drawn = figure(lambda width: bars.rows(made, width), title, subtitle, words)
    return behind(drawn, single_grid(frame, title, chain), chain.catalogue, [frame], remark)


def _names(frame: pd.DataFrame) -> list[str]:
    """What the figures are called beside each other; with their period where they have not the same one."""
    names = [prose.capital(name) for name in series_names(frame)]
    if frame.period.nunique() == 1:
        return names
    return [f"{name}, {Period.parse(period).short}" for name, period in zip(names, frame.period, strict=True)]


def matrix(frame: pd.DataFrame, title: str, chain: Context, remark: str = "") -> Output:
    """A table of shades: a row per category, a column per period, darker for more; the largest category first.

    frame: from `Workbook.series`; the last `MOST_PERIODS`, and as many of them as there is room for, are shaded; all
    are in the table.

    >>> years = chain.series("asylum_first_applications", "nationality", ["Syrië", "Irak"], kind="year")
    >>> charts.matrix(years, "Eerste aanvragen", chain).figures[-1]["period"]
    '2016'
    """
    drawn = frame[frame.value.notna()]
    if drawn.empty:
        return gap(title)
    if drawn.period.nunique() < 2 or drawn.category.nunique() < 2:
        return Output(note(f"{title}: voor een grafiek zijn er nog te weinig cijfers."))
    periods = sorted(set(drawn.period), key=lambda text: Period.parse(text).by_end())[-MOST_PERIODS:]
    shown = drawn[drawn.period.isin(periods)]
    cells = {(row["category"], row["period"]): row for row in records(shown)}
    latest = {str(name): max(mine.end) for name, mine in shown.groupby("category")}
    last = {str(name): mine.sort_values("end").value.iloc[-1] for name, mine in shown.groupby("category")}
    names = sorted(latest, key=lambda name: (-latest[name].toordinal(), -last[name], name))
    highest = shown.value.max() or 1

    def box(name: str, period: str) -> Box:
        row = cells.get((name, period))
        if row is None:
            return Box("")
        shade = min(2, int(3 * max(row["value"], 0) / highest))
        tip = figure_tip(row, chain.catalogue, name)
        return Box(cell_text(row), tip, SHADES[shade], "white" if shade == 2 else "#1a1a1a")

    named = [(name, [box(name, period) for period in periods]) for name in names]
    heads = [Period.parse(period).short for period in periods]
    subtitle = f"{prose.capital(axis_title(shown, chain.catalogue))}, {heads[0]} tot en met {heads[-1]}"
    finals = [mine.sort_values("end").iloc[-1:] for _, mine in shown.groupby("category", sort=False)]
    words = main_points(
        [
            f"{row['category']} {cell_text(row)} ({Period.parse(row['period']).label})"
            for one in finals
            for row in records(one)
        ]
    )
    picture = figure(lambda width: bars.heat(heads, named, width), title, subtitle, words)
    more = "Een leeg vak: geen cijfer." if any(not one.text for _, mine in named for one in mine) else ""
    remarks = " ".join(filter(None, [remark, more]))
    return behind(picture, series_grid(frame, title, subtitle), chain.catalogue, [frame], remarks)
