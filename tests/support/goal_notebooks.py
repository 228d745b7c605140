"""Notebooks of the five goals that declare key figures and are never run, and figures for them."""

import csv
import json
from functools import cache
from pathlib import Path

from helpers_data import figure
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
        cells = [f"headlines = [{', '.join(calls)}]", "summary.key_figures(headlines, chain)"]
        content = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": [text]} for text in cells]
        notebook = {"cells": content, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
        (folder / f"{stem}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
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
