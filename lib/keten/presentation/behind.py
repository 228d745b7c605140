"""Figures as cells, and what stands behind a chart or a table: notes, source, all numbers, their origin."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from keten.model.catalogue import Catalogue
from keten.model.context import Context
from keten.model.figures import KEY, records, together
from keten.model.periods import Period
from keten.presentation import condensed, prose
from keten.presentation.changes import NOT_ALIKE
from keten.presentation.grid import BY_PERIOD, NO_FIGURE, Cell, Grid, number_cell
from keten.presentation.markup import below, folded
from keten.presentation.origin import origin_parts, origins
from keten.presentation.output import (
    Output,
    as_shown,
    cautions,
    figure_rows,
    name_of,
    notes,
    series_names,
    share_decimals,
    small_print,
    source_line,
)

WITHHELD = {"confidential": "vertrouwelijk", "secondary": "afgeschermd"}  # what else is hidden is small


def cell_text(row: Mapping[str, Any]) -> str:
    """One figure as a reader sees it: Dutch number with its mark, `geen cijfer` or `minder dan 5`."""
    return figure_cell(row).text


def figure_cell(row: Mapping[str, Any]) -> Cell:
    """One figure as a cell."""
    if row["status"] == "suppressed":
        return Cell(WITHHELD.get(row["confidentiality"], "minder dan 5"), missing=True)
    if pd.isna(row["value"]):
        return Cell(NOT_ALIKE if row.get("reason") else NO_FIGURE, missing=True)
    unit, about = row["unit"], (row["unit"], row["statistic"], row["margin"])
    before, after = prose.around(unit)
    in_words = prose.signed if row["measure"].endswith("_growth") else prose.number
    return number_cell(
        in_words(row["value"], share_decimals(*about)),
        as_shown(row["value"], *about),
        unit,
        row["status"],
        "ca. " * (row["precision"] == "circa") + before,
        after + "*" * (row["status"] == "provisional"),
        mark="†" if row.get("reason") else "",
    )


def change_cell(row: Mapping[str, Any]) -> Cell:
    """One change in words."""
    unit, status = row["unit"], row["status"]
    known = pd.notna(row["value"])
    value = as_shown(row["value"], unit, row["statistic"]) if known else None
    suffix = prose.points_word(row["figure_unit"]) if row["change"].rate else "%"
    prefix = "ca. " * row["short"].startswith("ca. ")
    digits = row["short"].removeprefix(prefix).removesuffix(suffix)
    if value is None or not digits.startswith(("+", "-")):
        return Cell(row["short"], value, unit, status)
    return number_cell(digits, value, unit, status, prefix, suffix)


def units_of(frame: pd.DataFrame, chain: Context) -> str:
    """The units of the figures as a subtitle."""
    used = dict.fromkeys(frame[frame.value.notna()].unit)
    return f"In {prose.listing([chain.catalogue.unit_words(unit).axis for unit in used], 'of')}" if used else ""


def figure_table(
    grid: Grid,
    catalogue: Catalogue,
    figures: Sequence[pd.DataFrame],
    *remarks: str,
    shown: Grid | None = None,
    said: str = "",
    dated: bool = False,
) -> Output:
    """A table of figures with its notes, source, download and origin. The first of `figures` is what it is about.

    shown: what of it a reader sees at once, with the whole table folded below; said: HTML that says it instead; dated:
    whether each figure stands there with its period.
    """
    if said:
        sentence = Output(f'<figure class="said"><p>{said}</p></figure>')
        return behind(sentence, grid, catalogue, figures, *remarks, dated=True)
    return behind(Output(""), grid, catalogue, figures, *remarks, shown=shown, dated=dated)


def behind(
    chart: Output,
    grid: Grid,
    catalogue: Catalogue,
    figures: Sequence[pd.DataFrame],
    *remarks: str,
    shown: Grid | None = None,
    dated: bool = False,
) -> Output:
    """A chart with its notes, source, the figures behind it as a folded table, and their origin, inside its figure.

    Where nothing could be drawn the table itself is shown, or of it what `shown` holds.
    """
    filled = [part for part in figures if len(part)]
    about = filled[0] if filled else pd.DataFrame()
    found = origins(filled, catalogue)
    drawn = chart.html.endswith("</figure>")
    warned = cautions(about, catalogue) if len(about) else []
    words = [*(notes(about, dated) if len(about) else []), *warned, *filter(None, remarks)]
    sentence = drawn and not chart.spec  # which itself warns of what it compares
    told = [word for word in words if not (sentence and word in warned)]
    above, last = below(small_print(told) + source_line(about)), grid.download() + origin_parts(grid.title, found)
    whole = condensed.without_empty(grid).newest_first()
    if drawn:
        more = folded("Cijfers en herkomst", grid.title, whole.table(hidden_caption=True) + last)
        html = f"{chart.html.removesuffix('</figure>')}{above}{more}</figure>"
    elif shown and shown != whole:
        more = folded("Alle cijfers en herkomst", grid.title, whole.table(hidden_caption=True) + last)
        html = shown.figure(above + more)
    else:
        html = whole.figure(above + folded("Herkomst en download", grid.title, last))
    rows = [row for part in filled for row in figure_rows(part)]
    return replace(chart, html=html, figures=rows, tables=[grid.payload(words, found)])


def series_grid(frame: pd.DataFrame, title: str, subtitle: str) -> Grid:
    """Figures over time as a table."""
    names = frame.category if frame.category.nunique() > 1 else series_names(frame.assign(category=""))
    columns = list(dict.fromkeys(names))
    cells = {(row["period"], name): row for row, name in zip(records(frame), names, strict=True)}
    periods = sorted({Period.parse(period) for period in frame.period}, key=Period.by_end)
    rows = []
    for period in periods:
        shown = [cells.get((str(period), name)) for name in columns]
        figures = [figure_cell(row) if row else Cell(NO_FIGURE, missing=True) for row in shown]
        rows.append([Cell(period.short), *figures])
    return Grid(title, subtitle, [BY_PERIOD, *columns], rows, frozenset(columns))


def known(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """All figures that there are, below each other; one that answers two questions once."""
    frame = together([*[frame[frame.value.notna()] for frame in frames if len(frame)], pd.DataFrame()])
    return frame if frame.empty else frame.drop_duplicates([*KEY, "organisation", "statistic", "value"])


def single_grid(frame: pd.DataFrame, title: str, chain: Context) -> Grid:
    """Figures that stand alone as a table."""
    rows = []
    for row in records(frame):
        words = chain.catalogue.unit_words(row["unit"])
        unit = words.singular if row["value"] == 1 else words.plural
        name, period = name_of(row["label"], row["category"]), Period.parse(row["period"]).label
        rows.append(
            [Cell(name), Cell(period), figure_cell(row), Cell(unit), Cell(row["organisation"]), Cell(row["note"])]
        )
    names = ["Onderwerp", "Periode", "Cijfer", "Eenheid", "Uitgever", "Toelichting van de bron"]
    return Grid(title, "", names, rows, frozenset(names[2:3]))
