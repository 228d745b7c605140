"""Which recent months are not complete yet, and what they will probably become: a table under 'Herzieningen'."""

import pandas as pd

from keten.model.figures import FIGURE_COLUMNS
from keten.model.periods import Period
from keten.presentation.grid import Cell, Grid
from keten.presentation.output import Output
from keten.presentation.tables import figure_cell, figure_table
from keten.statistics.timeseries.completion import LEAST, MOST_AGE, by_age, expected
from keten.workbook.workbook import Workbook

TITLE = "Maanden die nog niet volledig zijn"
LABEL = "verwacht na aanvulling"
BOUNDS = {"expected": "completed", "low": "completed_low_80", "high": "completed_high_80"}


def table(chain: Workbook) -> Output | None:
    """The expected final figures of recent months, of the totals that the report uses; None without enough deliveries.

    Only of live sources, whose deliveries say again what has not changed, and only of months that are expected to
    change. Method and limits: `analysis.completion.expected`.
    """
    found = [_incomplete(rows) for rows in _series(chain)]
    rows = pd.concat(found, ignore_index=True) if found else pd.DataFrame()
    if rows.empty:
        return None
    published = chain.hand_out(rows[FIGURE_COLUMNS])
    figures = {name: _figures(rows, name, statistic) for name, statistic in BOUNDS.items()}
    lines = []
    for place, row in enumerate(rows.to_dict("records")):
        numbers = [figure_cell(part.iloc[place]) for part in figures.values()]
        cells = [figure_cell(row), *numbers, Cell(f"{row['periods']} maanden")]
        lines.append([Cell(row["label"]), Cell(Period.parse(row["period"]).short), *cells])
    names = ["Onderwerp", "Periode", "Gepubliceerd", "Verwacht", "Ten minste (80%)", "Ten hoogste (80%)", "Gezien bij"]
    subtitle = f"Verwacht eindcijfer, {MOST_AGE} maanden na afloop; eigen berekening uit eerdere herzieningen"
    grid = Grid(TITLE, subtitle, names, lines, frozenset(names[2:6]))
    return figure_table(grid, chain.catalogue, [published, *figures.values()], _remark())


def _remark() -> str:
    return (
        f"De verwachting volgt uit hoeveel eerdere maanden op dezelfde leeftijd nog groeiden (ten minste {LEAST}); zij "
        "vervangt geen cijfer, en geldt zolang de uitgever werkt zoals voorheen."
    )


def _series(chain: Workbook) -> list[pd.DataFrame]:
    """The editions of every monthly total that the report uses and a live source delivers."""
    known = chain.editions(chain.used_measures())
    rows = known[known.live & (known.kind == "month") & (known.dimension == "")]
    return [mine for _, mine in rows.groupby(["measure", "source"], sort=True)]


def _incomplete(editions: pd.DataFrame) -> pd.DataFrame:
    """The newest figures of one series that are expected to change, with `expected`, `low`, `high` and `periods`."""
    found = expected(by_age(editions, editions.known.max()))
    found = found[found.expected.round() != found.value]
    newest = editions.sort_values(["end", "known", "edition"], kind="stable").drop_duplicates("period", keep="last")
    return newest.merge(found[["period", "expected", "low", "high", "periods"]], on="period")


def _figures(rows: pd.DataFrame, name: str, statistic: str) -> pd.DataFrame:
    about = {
        "label": rows.label + f", {LABEL}",
        "statistic": statistic,
        "calculation": "verwachting uit eerdere herzieningen (kettingladder), eigen berekening",
        "margin": float("nan"),
    }
    return rows.assign(value=rows[name].round(), **about)[FIGURE_COLUMNS]
