"""Tables that a reader sees: caption, column and row scopes, units, Dutch numbers and a note per status."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from keten.model.catalogue import Catalogue
from keten.model.context import Context, PolicyContext
from keten.model.figures import records, together
from keten.model.periods import Period
from keten.presentation import condensed, prose
from keten.presentation.behind import (
    behind,
    cell_text,
    change_cell,
    figure_cell,
    figure_table,
    known,
    series_grid,
    single_grid,
    units_of,
)
from keten.presentation.changes import by_row, changes_of
from keten.presentation.charts import series as drawn
from keten.presentation.grid import Cell, Grid
from keten.presentation.markup import caption, escape, link, note, plain_number
from keten.presentation.output import Output, as_shown, gap, name_of
from keten.presentation.sentences import sentence

__all__ = [
    "behind", "cell_text", "comparison", "figure_table", "plain", "policy", "rolling", "safe_countries",
    "series", "single", "single_grid", "text_grid",
]  # fmt: skip
MOST_PERIODS, MOST_LINES = 4, 6  # beside each other in a table; in the chart that takes its place

NUMERIC = re.compile(r"[<€+-]?\s?\d|ca\. ")  # how the text of a number begins
NO_POLICY = (
    "Tot en met deze periode zijn hiervoor geen beleidsmaatregelen vastgelegd; dat wil niet zeggen dat er geen waren."
)
WINDOWS = {"year_to_date": "Sinds 1 januari", "trailing_12": "Twaalf maanden"}


def comparison(
    frame: pd.DataFrame, title: str, chain: Context, shares: pd.DataFrame | None = None, remark: str = ""
) -> Output:
    """The period beside the same period of earlier years, with the change against each.

    frame: from `Workbook.compare` or `top`; a row per category, or per measure where there is no category. shares:
    from `Workbook.share_of_total`, for a column with each category's share. A column holds one period: what is about
    other periods stands in a table of its own below. A table without any figure is a named gap.

    >>> shown = tables.comparison(chain.compare("asylum_first_applications"), "Eerste asielaanvragen", chain)
    >>> shown.tables[0]["columns"]
    ['Onderwerp', 'jun 2015', 'jun 2016', 'jun 2017', 't.o.v. jun 2015', 't.o.v. jun 2016']
    """
    if frame.empty or frame.value.isna().all():
        return gap(title, frame.label.iloc[0] if len(frame) else title)
    shares = frame.iloc[:0] if shares is None or shares.value.isna().all() else shares
    shown = []
    for place, part in enumerate(_by_periods(frame, chain)):
        keys = part[["measure", "category"]].drop_duplicates()
        mine = shares.merge(keys, on=["measure", "category"]) if len(shares) else shares
        name = f"{title}: {Period.parse(part.period.iloc[-1]).label}" if place else title
        shown.append(_one_comparison(part, name, chain, mine, remark))
    return shown[0] if len(shown) == 1 else Output.together(shown)


def _by_periods(frame: pd.DataFrame, chain: Context) -> list[pd.DataFrame]:
    """The rows by the periods that they are about, the report's own first, then the latest.

    A category without any figure is a row of gaps where a table is about its periods, and is left out elsewhere.
    """
    periods = frame.groupby(["measure", "category"], sort=False).period.transform(" ".join)
    known = frame.value.notna().groupby(periods, sort=False).transform("any")
    filled = list(dict.fromkeys(periods[known])) or list(dict.fromkeys(periods))

    def place(text: str) -> tuple[bool, int, int]:
        last = Period.parse(text.split(" ")[-1])
        return (last != chain.period, -last.end.toordinal(), -len(text))

    return [frame[periods == text] for text in sorted(filled, key=place)]


def _one_comparison(frame: pd.DataFrame, title: str, chain: Context, shares: pd.DataFrame, remark: str) -> Output:
    """A table of rows that are all about the same periods."""
    changes = changes_of(frame)
    change_of, share_of = by_row(changes), by_row(shares)
    rows = []
    for (measure, category), group in by_row(frame).items():
        name = category.replace(" + ", ", ") or group[0]["label"]
        changed = [change_cell(row) for row in change_of.get((measure, category), [])]
        last = [figure_cell(row) for row in share_of.get((measure, category), [])] or [Cell("")] * bool(len(shares))
        rows.append([_head(name, group[-1], frame, chain), *map(figure_cell, group), *changed, *last])
    numbers = [Period.parse(period).short for period in dict.fromkeys(frame.period)]
    first = chain.catalogue.dimension_label(frame.dimension.iloc[0]) or "onderwerp"
    names = [prose.capital(first), *numbers, *[f"t.o.v. {name}" for name in numbers[:-1]]]
    names += ["aandeel"] if len(shares) else []
    grid = Grid(title, units_of(frame, chain), names, rows, frozenset([*numbers, "aandeel"]))
    known = [frame, changes[changes.value.notna()], shares]
    remarks = [_publishers_of_rows(frame, chain.catalogue), remark]
    if len(numbers) > MOST_PERIODS and (chart := _over_the_years(frame, title, chain)):
        return behind(chart, grid, chain.catalogue, known, *remarks)
    shown = condensed.comparison(grid, numbers)
    row = _filled(frame)
    whole = len(row) == len(numbers) and row.value.notna().iloc[-1] and not (frame.status == "suppressed").any()
    if whole and len(shown.rows) == 1 and shares.empty:
        said = _said(row, chain, title, frame)
        return figure_table(grid, chain.catalogue, known, *remarks, condensed.left_out(grid, shown), said=said)
    return figure_table(grid, chain.catalogue, known, *remarks, condensed.left_out(grid, shown, numbers), shown=shown)


def _filled(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of the categories that have a figure."""
    return frame[frame.value.notna().groupby([frame.measure, frame.category], sort=False).transform("any")]


def _said(row: pd.DataFrame, chain: Context, title: str = "", table: pd.DataFrame | None = None) -> str:
    """What one row of a table says, as a sentence; a part of a whole is called as the table is."""
    last = row.iloc[-1]
    part = last.category not in ("", "totaal")
    name = name_of(last.label, last.category)
    if part and table is not None:
        name = f"{title}, {last.category.replace(' + ', ', ')}" if table.category.nunique() > 1 else title
    return sentence(row, chain, escape(name), _machine_value(last))


def _machine_value(figure: pd.Series) -> prose.Mark:
    """What gives a number in a sentence its machine value."""

    def mark(text: str, value: float, statistic: str) -> str:
        unit = "percent" if statistic == "change_percent" else figure.unit
        exact = plain_number(as_shown(value, unit, statistic or figure.statistic))
        return f'<data value="{exact}">{text}</data>'

    return mark


def _over_the_years(frame: pd.DataFrame, title: str, chain: Context) -> Output | None:
    """A chart of many periods, from the first that has a figure; None for more lines than a chart can carry."""
    rows = _filled(frame)
    first = rows.start[rows.value.notna()].min()
    rows = rows[rows.start >= first]
    lines = rows.groupby(["measure", "category"], sort=False).ngroups
    if lines > MOST_LINES or rows.period.nunique() < 2:
        return None
    return drawn.columns(rows, title, chain) if lines == 1 else drawn.trend(rows, title, chain)


def _publishers_of_rows(frame: pd.DataFrame, catalogue: Catalogue) -> str:
    """Which rows are of which publisher, where the categories of one measure are of several counts; '' otherwise."""
    last = frame[frame.value.notna()].groupby(["measure", "category"], sort=False).tail(1)
    counts = {catalogue.count(row["measure"], row["organisation"], row["source"]) for row in records(last)}
    if len(counts) < 2 or last.measure.nunique() > 1:
        return ""
    rows: dict[str, list[str]] = {}
    for row in records(last):
        rows.setdefault(prose.listing(row["organisation"].split(", ")), []).append(row["category"])
    told = "; ".join(f"{publisher}: {prose.listing(names)}" for publisher, names in rows.items())
    return f"Niet alle rijen zijn van één uitgever, dus vergelijk ze niet met elkaar. {told}."


def _head(name: str, row: Mapping[str, Any], frame: pd.DataFrame, chain: Context) -> Cell:
    """The head of a row; with its unit where the numbers of the table do not show which is counted in what."""
    counted = {unit for unit in frame[frame.value.notna()].unit if unit != "percent"}
    of_several = len(counted) > 1 and row["unit"] in counted
    return Cell(name, remark=chain.catalogue.unit_words(row["unit"]).plural if of_several else "")


def series(frame: pd.DataFrame, title: str, chain: Context, remark: str = "") -> Output:
    """Figures over time: a row per period, a column per category (or per measure), gaps named.

    >>> shown = tables.series(chain.series("asylum_inflow_total", kind="year"), "Asielinstroom per jaar", chain)
    >>> [cell["text"] for cell in shown.tables[0]["rows"][-1]]
    ['2016', '31.642']
    """
    if frame.empty or frame.value.isna().all():
        return gap(title, frame.label.iloc[0] if len(frame) else title)
    grid = series_grid(frame, title, units_of(frame, chain))
    shown = condensed.without_empty(grid).newest_first()
    return figure_table(grid, chain.catalogue, [frame], remark, shown=shown)


def single(frames: Sequence[pd.DataFrame], title: str, chain: Context, remark: str = "") -> Output:
    """Figures that stand alone: one row each with its own period, publisher and note.

    >>> shown = tables.single([chain.value("coa_occupancy")], "Bezetting", chain)
    >>> [cell["text"] for cell in shown.tables[0]["rows"][0][:3]]
    ['Bezetting van de COA-opvang', '31 december 2016', '27.028']
    """
    frame = known(frames)
    if frame.empty:
        return gap(title, title)
    grid = single_grid(frame, title, chain)
    if len(frame) == 1:
        return figure_table(grid, chain.catalogue, [frame], remark, said=_said(frame, chain))
    return figure_table(grid, chain.catalogue, [frame], remark, shown=_alone(grid, frame, chain), dated=True)


def _alone(grid: Grid, frame: pd.DataFrame, chain: Context) -> Grid:
    """Name, figure with its unit, and period; what is the same in all rows is said once, above them."""
    one_unit, one_period, one_part = (frame[name].nunique() == 1 for name in ("unit", "period", "category"))
    rows = []
    for cells, row in zip(grid.rows, records(frame), strict=True):
        name, period, figure, unit, *_ = cells
        name = Cell(row["label"]) if one_part else name
        told = one_unit or row["unit"] in ("percent", "EUR")  # above the table, or by the sign at the number
        rows.append([name, replace(figure, remark="" if told else unit.text), *([] if one_period else [period])])
    subtitle = ", ".join([units_of(frame, chain)] * one_unit + [grid.rows[0][1].text] * one_period)
    columns = ["Onderwerp", "Cijfer", *([] if one_period else ["Periode"])]
    return Grid(grid.title, subtitle, columns, rows, frozenset(["Cijfer"]))


def rolling(frame: pd.DataFrame, title: str, chain: Context, remark: str = "") -> Output:
    """Year to date and the last twelve months beside the same a year earlier; frame from `Workbook.rolling`.

    >>> shown = tables.rolling(chain.rolling("asylum_first_applications"), "Langer venster", chain)
    >>> [row[1]["text"] for row in shown.tables[0]["rows"]]
    ['Sinds 1 januari', 'Twaalf maanden']
    """
    rows, changed = [], []
    for (_, window), pair in frame.groupby(["measure", "window"], sort=False):
        if pair.value.isna().all():
            continue
        before, now = records(pair)
        change = changes_of(pair)
        changed.append(change[change.value.notna()])
        about = [
            _head(now["label"], now, frame, chain),
            Cell(WINDOWS[str(window)]),
            Cell(Period.parse(now["period"]).short),
        ]
        rows.append([*about, figure_cell(now), figure_cell(before), change_cell(records(change)[0])])
    if not rows:
        return gap(title, "de tijd sinds 1 januari en de twaalf maanden, omdat niet alle maanden gepubliceerd zijn")
    names = ["Onderwerp", "Tijdvak", "Periode", "Cijfer", "Een jaar eerder", "Verandering"]
    grid = Grid(title, units_of(frame, chain), names, rows, frozenset(names[3:5]))
    return figure_table(grid, chain.catalogue, [frame, *changed], remark)


def plain(
    rows: pd.DataFrame,
    title: str,
    catalogue: Catalogue,
    subtitle: str = "",
    remark: str = "",
    figures: Sequence[pd.DataFrame] = (),
) -> Output:
    """A table of texts that are ready to read: the columns of `rows` are the heads, its first column the row names.

    A cell may be a `Cell` with its machine value. figures: the numbers in it as tables of figures; they give the notes,
    the source, the origin and the rows of figures.csv.

    >>> rows = pd.DataFrame({"Vraag": ["Instroom"], "Antwoord": ["gestegen"]})
    >>> tables.plain(rows, "Antwoorden", chain.catalogue).tables[0]["columns"]
    ['Vraag', 'Antwoord']
    """
    return figure_table(text_grid(rows, title, subtitle), catalogue, [together([*figures, pd.DataFrame()])], remark)


def text_grid(rows: pd.DataFrame, title: str, subtitle: str = "") -> Grid:
    """A table of texts, or of cells, as a grid; columns with a number in them stand to the right."""
    cells = [[value if isinstance(value, Cell) else Cell(str(value)) for value in row] for row in rows.to_numpy()]
    numeric = [name for place, name in enumerate(rows.columns) if any(NUMERIC.match(row[place].text) for row in cells)]
    return Grid(title, subtitle, list(rows.columns), cells, frozenset(numeric))


def safe_countries(chain: PolicyContext) -> Output:
    """Countries on the Dutch list of safe countries of origin by the end of the period, with date and source.

    >>> len(tables.safe_countries(chain).tables[0]["rows"])
    13
    """
    listed = chain.safe_countries()
    if listed.empty:
        return Output(note("Er was in deze periode nog geen nationale lijst van veilige landen van herkomst."))
    rows = [
        [
            Cell(row["name"]),
            Cell(prose.date_text(row["safe_since"].date())),
            Cell(row["safe_source"], url=row["safe_source_url"]),
        ]
        for row in records(listed.sort_values(["safe_since", "name"]))
    ]
    title = "Landen op de nationale lijst van veilige landen van herkomst"
    remark = "Alleen landen waarvan een bron de datum van plaatsing noemt."
    return figure_table(Grid(title, "", ["Land", "Op de lijst sinds", "Bron"], rows), chain.catalogue, [], remark)


def policy(events: pd.DataFrame, title: str = "Beleidsmaatregelen en gebeurtenissen") -> Output:
    """Dated policy measures with their source; a sentence that says so when there are none.

    >>> shown = tables.policy(chain.policy_measures(nationality="Albanië"))
    >>> "3 november 2015" in shown.html
    True
    """
    if events.empty:
        return Output(note(NO_POLICY))
    items = ""
    for row in records(events):
        later = " <strong>(na afloop van de periode)</strong>" if row["later"] else ""
        items += (
            f'<li><time datetime="{row["date"]:%Y-%m-%d}">{escape(prose.date_text(row["date"].date()))}</time>: '
            f"{escape(row['title'])}{later} <small>({link(row['source_title'], row['source_url'])})</small></li>"
        )
    return Output(f'<figure class="events"><figcaption>{caption(title)}</figcaption><ol>{items}</ol></figure>')
