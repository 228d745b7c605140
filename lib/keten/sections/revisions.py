"""The section 'Herzieningen': what later editions made of the figures of a report, and corrected faults."""

from dataclasses import replace

import pandas as pd

from keten import asked
from keten.model.margins import margin_of_sum
from keten.model.periods import Period
from keten.model.units import is_rate
from keten.observations import corrections
from keten.presentation import prose
from keten.presentation.behind import figure_cell, figure_table
from keten.presentation.dates import stated
from keten.presentation.grid import Cell, Grid, number_cell
from keten.presentation.markup import note
from keten.presentation.output import Output, as_shown, name_of
from keten.sections.calculations import rows_of
from keten.sections.revision_triangle import drawn, largest_series
from keten.statistics.timeseries.revisions import FIGURE, editions
from keten.workbook.workbook import Workbook

MOST_ROWS = 15
NONE = "Van de cijfers in dit rapport is geen herziening bekend."
DIFFERENCE = "Verschil: het cijfer van de latere uitgave min het eerst gepubliceerde."
CALCULATION = "herziening: het cijfer van deze uitgave min het eerst gepubliceerde"


def revisions(chain: Workbook) -> pd.DataFrame:
    """All editions of the revised figures that matter to the report, the largest revision first.

    They are those of the measures that were asked for so far, about the years that the report compares. The same
    revision in two publications of one organisation stands here once. Columns: those of `revisions.editions` in
    `statistics.timeseries`, with the percentage (only of counts, on a base that can carry it) and the margin of the
    whole revision.
    """
    known = chain.editions(chain.used_measures())
    first = pd.Timestamp(chain.period.end) - pd.DateOffset(years=chain.compare_years + 1)
    found = editions(known[known.end > first])
    last = found.drop_duplicates("number", keep="last")
    last = last[~last.duplicated([*FIGURE, "first_value", "value"])]
    sizes = found.total_revision.abs().groupby(found.number).max()
    order = last.assign(size=last.number.map(sizes)).sort_values(
        ["size", "end", "number"], ascending=[False, False, True], kind="stable", na_position="last"
    )
    found = found[found.number.isin(order.number)]
    margins = found.number.map(found[found["first"]].set_index("number").margin)
    place = found.number.map({number: place for place, number in enumerate(order.number)})
    counted = (found.first_value >= prose.SMALL_BASE) & ~found.unit.map(is_rate).astype(bool)
    margin = [margin_of_sum(pair) for pair in zip(found.margin, margins, strict=True)]
    told = counted & ~(found.total_revision.abs() <= margin)  # what cannot be told from rounding has no percentage
    percent = (100 * found.total_revision / found.first_value).where(told)
    found = found.assign(place=place, revision_percent=percent, revision_margin=margin)
    return found.sort_values(["place", "known", "edition"], kind="stable").drop(columns="place").reset_index(drop=True)


def table(found: pd.DataFrame, chain: Workbook) -> Output:
    """The largest revisions, a row per later edition, and the corrections; a sentence when nothing was revised.

    found: from `revisions`.
    """
    corrected = corrections_table(chain)
    if found.empty:
        return Output.together([Output(note(NONE)), *([corrected] if corrected else [])])
    shown, left = _largest(found)
    first = {row["number"]: row for row in _editions(shown[shown["first"]])}
    later = _editions(shown[~shown["first"]])
    rows = [_row(row, first[row["number"]]) for row in later]
    names = ["Onderwerp", "Periode", "Eerst gepubliceerd", "Latere uitgave", "Verschil", "In procenten", "Uitgever"]
    years = prose.count(chain.compare_years + 1, "jaar", "jaar")
    subtitle = f"Cijfers over {years}, tot en met {prose.named(chain.period)}; de grootste herziening eerst"
    more = f"Niet getoond: {prose.count(left, 'cijfer', 'cijfers')} met een kleinere herziening." if left else ""
    every = chain.hand_out(pd.DataFrame([*first.values(), *later]))
    sizes = [revision_figures(shown), revision_figures(shown, percent=True)]
    grid = Grid("Herziene cijfers", subtitle, names, rows, frozenset(names[2:6]))
    made = figure_table(grid, chain.catalogue, [every, *sizes], DIFFERENCE, more)
    return Output.together([made, corrected]) if corrected else made


def _largest(found: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The figures of which all later editions fit in the table, at least one, and how many others there are."""
    later = found.groupby("number", sort=False)["first"].size() - 1
    fit = later.cumsum() <= MOST_ROWS
    fit.iloc[0] = True
    return found[found.number.isin(later.index[fit])], int((~fit).sum())


def _editions(rows: pd.DataFrame) -> list[dict]:
    """Editions as figures of their own: what a publication said on a day is not what the report uses."""
    return rows.assign(statistic="edition;" + _edition_name(rows)).to_dict("records")


def _edition_name(rows: pd.DataFrame) -> pd.Series:
    return "of=" + rows.source + ";known=" + rows.known.dt.strftime("%Y-%m-%d")


def revision_figures(found: pd.DataFrame, percent: bool = False) -> pd.DataFrame:
    """The revisions since the first edition as figures: in the unit of the figure (points for a rate), or in percent.

    Revisions without a size are left out. Each names the edition that it counts from, which is in `found` too.
    """
    first = found[found["first"]].set_index("number")
    column = "revision_percent" if percent else "total_revision"
    rows = found[~found["first"] & found[column].notna()]
    return rows.assign(
        value=rows[column],
        margin=rows.revision_margin,
        unit="percent" if percent else rows.unit,
        statistic=("revision_percent;" if percent else "revision;")
        + _edition_name(rows)
        + rows.number.map(";since=" + first.source + ";since_known=" + first.known.dt.strftime("%Y-%m-%d")),
        calculation=f"{CALCULATION}, in procenten daarvan" if percent else CALCULATION,
    )


def _row(row: dict, first: dict) -> list[Cell]:
    difference = percent = Cell("")
    if pd.notna(row["total_revision"]):
        size = as_shown(row["total_revision"], row["unit"], "revision")
        within = "binnen de afronding" if 0 < row["revision_margin"] >= abs(row["total_revision"]) else ""
        points = " procentpunt" if row["unit"] == "percent" else ""
        about = (row["unit"], row["status"], "€ " * (row["unit"] == "EUR"), points)
        difference = number_cell(prose.signed(size), size, *about, remark=within)
    if pd.notna(row["revision_percent"]):
        size = as_shown(row["revision_percent"], "percent", "revision_percent")
        percent = number_cell(prose.signed(size), size, "percent", row["status"], suffix="%")
    return [
        Cell(name_of(row["label"], row["category"])),
        Cell(Period.parse(row["period"]).short),
        _dated(first),
        _dated(row),
        difference,
        percent,
        Cell(row["organisation"]),
    ]


def _dated(row: dict) -> Cell:
    """The figure of an edition with its day, no more precisely than its source states that."""
    return replace(figure_cell(row), remark=stated(row["known"].date(), row["assumed"]).short)


def triangle(found: pd.DataFrame, chain: Workbook) -> Output:
    """The revision triangle of the series with most revised periods; nothing when none has a few.

    found: from `revisions`.
    """
    series = largest_series(found)
    return Output("") if series.empty else drawn(revision_figures(series), chain)


def corrections_table(chain: Workbook) -> Output | None:
    """The declared corrections among the figures of the report; None when there are none."""
    used = chain.editions(chain.used_measures())
    with asked.quietly():  # of measures that were noted, corrections and all
        declared = corrections.read(chain.data)
    found = corrections.applied(used, declared)
    if found.empty:
        return None
    found = found.assign(statistic="edition;" + _edition_name(found))
    names = ["Onderwerp", "Periode", "Bron", "De bron geeft", "In dit rapport", "Reden", "Verwijzing"]
    rows = [
        [
            Cell(name_of(row["label"], row["category"])),
            Cell(Period.parse(row["period"]).short),
            Cell(row["source_title"], url=row["source_url"]),
            Cell(prose.number(row["published_value"], unit=row["unit"])),
            figure_cell({**row, "reason": ""}),  # that of the correction, which has a column of its own
            Cell(row["reason"]),
            Cell(row["reference"], url=row["reference"]),
        ]
        for row in rows_of(found)
    ]
    grid = Grid("Gecorrigeerde fouten van uitgevers", "", names, rows, frozenset(names[4:5]))
    return figure_table(grid, chain.catalogue, [found])
