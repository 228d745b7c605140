"""Which recent months are not complete yet, and what they will probably become: a table under 'Herzieningen'."""

import pandas as pd

from keten.model.figures import FIGURE_COLUMNS
from keten.model.periods import Period
from keten.presentation.behind import figure_cell, figure_table
from keten.presentation.grid import Cell, Grid
from keten.presentation.output import Output
from keten.sections.calculations import calculated
from keten.statistics.timeseries.completion import LEAST, MOST_AGE, by_age, expected
from keten.workbook.workbook import Workbook

TITLE = "Maanden die nog niet volledig zijn"
LABEL = "verwacht na aanvulling"
CALCULATION = "verwachting uit eerdere herzieningen (kettingladder)"
BOUNDS = {"expected": "completed", "low": "completed_low_80", "high": "completed_high_80"}


def table(chain: Workbook) -> Output | None:
    """The expected final figures of recent months, of the totals that the report uses; None without enough deliveries.

    Only of live sources, whose deliveries say again what has not changed, and only of months that are expected to
    change. Method and limits: `statistics.timeseries.completion.expected`.
    """
    rows = pd.concat([pd.DataFrame(), *map(_incomplete, _series(chain))], ignore_index=True)
    if rows.empty:
        return None
    published = chain.hand_out(rows[FIGURE_COLUMNS])
    figures = [calculated(rows, name, LABEL, statistic, CALCULATION) for name, statistic in BOUNDS.items()]
    lines = []
    for row, *numbers in zip(*(frame.to_dict("records") for frame in (rows, *figures)), strict=True):
        about = [Cell(row["label"]), Cell(Period.parse(row["period"]).short)]
        lines.append([*about, *map(figure_cell, (row, *numbers)), Cell(f"{row['periods']} maanden")])
    names = ["Onderwerp", "Periode", "Gepubliceerd", "Verwacht", "Ten minste (80%)", "Ten hoogste (80%)", "Gezien bij"]
    subtitle = f"Verwacht eindcijfer, {MOST_AGE} maanden na afloop; eigen berekening uit eerdere herzieningen"
    remark = (
        f"De verwachting volgt uit hoeveel eerdere maanden op dezelfde leeftijd nog groeiden (ten minste {LEAST}); zij "
        "vervangt geen cijfer. In vier van de vijf gevallen ligt het eindcijfer naar verwachting tussen de grenzen, "
        "zolang de uitgever werkt zoals voorheen."
    )
    grid = Grid(TITLE, subtitle, names, lines, frozenset(names[2:6]))
    return figure_table(grid, chain.catalogue, [published, *figures], remark)


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
