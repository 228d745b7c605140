"""Notebooks of the five goals that hold little more than key figures, and figures for them."""

import csv
from functools import cache
from pathlib import Path

import nbformat
from helpers_data import figure
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from places import REPOSITORY_DATA

TWO_EACH = {
    "1_verblijf": ["first_residence_permits", "naturalisation_requests"],
    "2_asiel": ["asylum_inflow_total", "coa_occupancy"],
    "3_grens": ["border_refusals", "stowaways_uk_route"],
    "4_toezicht": ["illegally_present_found", "entry_bans"],
    "5_terugkeer": ["departure_chain", "iom_assisted_departures"],
}
FIRST_OF_EACH = [measures[0] for measures in TWO_EACH.values()]


def write(folder: Path, goals: dict[str, list[str]] = TWO_EACH) -> Path:
    """A folder with a notebook per goal, whose key figures are these measures, or calls of the workbook."""
    folder.mkdir(parents=True, exist_ok=True)
    for stem, measures in goals.items():
        calls = [one if "(" in one else f'chain.compare("{one}")' for one in measures]
        cells = [
            new_markdown_cell(f"# Doel {stem}"),
            new_code_cell('period = ""\ncompare_years = 2\nas_of = ""', metadata={"tags": ["parameters"]}),
            new_code_cell(
                "from keten import Workbook, summary\n\nchain = Workbook(period, compare_years, as_of)\n"
                "summary.opening(chain)"
            ),
            new_markdown_cell("## Samenvatting"),
            new_code_cell(f"headlines = [{', '.join(calls)}]\nsummary.key_figures(headlines, chain)"),
        ]
        for number, cell in enumerate(cells):
            cell.id = f"cel-{number}"
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        nbformat.write(new_notebook(cells=cells, metadata={**kernel, "keten_report": stem}), folder / f"{stem}.ipynb")
    return folder


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    with (REPOSITORY_DATA / "catalogue" / "measures.csv").open(encoding="utf-8", newline="") as file:
        return {row["measure"]: row for row in csv.DictReader(file)}


def of(measure: str, period: str, value: str = "100", published: str = "2018-06-30", **cells: str) -> dict[str, str]:
    """A figure of a measure over a period, made known on a day."""
    about = _catalogue()[measure]
    named = {"measure": measure, "unit": about["unit"], "organisation": about["organisation"]}
    return figure(**named, period=period, value=value, published=published, **cells)


def of_each(measures: list[str], *periods: str, **cells: str) -> list[dict[str, str]]:
    """A figure of each measure over each period."""
    return [of(measure, period, **cells) for measure in measures for period in periods]
