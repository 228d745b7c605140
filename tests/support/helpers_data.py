"""A small data folder that a test may spoil, and ways to read what a report shows."""

import csv
import re
import shutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
from places import REPOSITORY_DATA

from keten import Workbook
from keten.model.periods import Period
from keten.observations import published as published_figures
from keten.observations.dataset import load
from keten.presentation.output import Output
from keten.workbook.scope import Scope

COLUMNS = [
    "measure", "organisation", "dimension", "category", "period", "value", "unit", "status", "source",
    "published", "note", "editor_note",
]  # fmt: skip
PUBLISHED_INFLOW = {
    "measure": "asylum_inflow_total",
    "organisation": "IND",
    "period": "2017",
    "value": "31327",
    "unit": "persons",
    "status": "exact",
    "source": "ind-asieltrends-2017",
}


@cache
def published(period: str, **options) -> Workbook:
    """The project's own figures; one workbook for all tests that only read from it."""
    return Workbook(period, **options)


def figure(**cells: str) -> dict[str, str]:
    """One row of figures.csv; a cell that is not named is that of the published inflow of 2017."""
    return dict.fromkeys(COLUMNS, "") | PUBLISHED_INFLOW | cells


def monthly(first: int, values: Iterable[str], year: int = 2017, **cells: str) -> list[dict[str, str]]:
    """Rows for consecutive months of a year, from the month with number `first`."""
    return [figure(period=f"{year}-{first + n:02}", value=value, **cells) for n, value in enumerate(values)]


def small_data(folder: Path, figures: Iterable[Mapping[str, str]]) -> Path:
    """A data folder below `folder` in which figures.csv holds these rows, and survey.csv and lvv.csv none."""
    data = folder / "data"
    shutil.copytree(REPOSITORY_DATA / "catalogue", data / "catalogue")
    (data / "published").mkdir()
    for name in ("sources", "survey_findings"):
        shutil.copy(REPOSITORY_DATA / "published" / f"{name}.csv", data / "published")
    for name, rows in (("figures", figures), ("survey", []), ("lvv", [])):
        with (data / "published" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return data


def in_memory(figures: Iterable[Mapping[str, str]], period: str, **options) -> Workbook:
    """A workbook on these rows with the project's catalogue and sources, without files: for many small questions."""
    base = load(REPOSITORY_DATA)
    end = str(Period.parse(period).end)  # so that the period lies within the data, whatever else there is
    within = figure(measure="coa_locations", organisation="COA", unit="locations", period=end, value="1")
    rows = pd.DataFrame([*figures, within], columns=COLUMNS).assign(line=0, file="published/figures.csv")
    failures: list[str] = []
    typed = published_figures._typed(rows, base.sources, failures)
    assert failures == []
    typed = typed.drop(columns=["file", "line", "published"]).assign(live=False, edition=0)
    rows_of = typed.groupby(["measure", "dimension"]).indices
    data = replace(base, observations=typed, rows_of=rows_of, corrections=[])
    return Workbook(period, data=Scope(REPOSITORY_DATA, data, Period.parse(period), 2, None, ""), **options)


def replace_once(path: Path, old: str, new: str) -> None:
    """Replace a text that occurs in the file exactly once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def tree(html: str) -> ElementTree.Element:
    """A shown fragment as a tree; text that was not escaped would break it or add elements."""
    return ElementTree.fromstring(f"<div>{html}</div>")


def rows_of(html: str) -> list[list[str]]:
    """The texts of every table row, heads included."""
    return [["".join(cell.itertext()) for cell in row] for row in tree(html).iter("tr")]


def whole(shown: Output) -> list[list[str]]:
    """The texts of every row of the first table behind what is shown, heads included."""
    table = shown.tables[0]
    rows = [
        [cell["text"] + (f" ({cell['remark']})" if "remark" in cell else "") for cell in row] for row in table["rows"]
    ]
    return [table["columns"], *rows]


def links(html: str) -> dict[str, str]:
    """Text and address of every link that leads out of the page; downloads that lie in it are left out."""
    return {
        "".join(a.itertext()): a.get("href")
        for a in tree(html).iter("a")
        if not a.get("href").startswith(("data:text/csv;charset=utf-8,", "#h-"))
    }


def dutch(text: str) -> float:
    """The number in a cell such as `ca. 1.297`, `3,6%` or `12*`."""
    found = re.search(r"-?[0-9][0-9.]*(,[0-9]+)?", text)
    assert found, f"{text!r} holds no number"
    return float(found.group().replace(".", "").replace(",", "."))
