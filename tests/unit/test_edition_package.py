"""An edition for programs: its Data Package holds for its figures and fails on others, and it can be cited."""

import csv
import json
import re

import pytest
from frictionless import Package

from keten.reports.notebook import FIGURE_COLUMNS
from keten.reports.publish import datapackage, figures_csv

RUN = {"run": "0123456789ab", "git": {"commit": "f" * 40, "clean": True}}
ROWS = [
    dict.fromkeys(FIGURE_COLUMNS, "")
    | {"notebook": "2_asiel", "measure": "asylum_inflow_total", "period": period, "value": value, "unit": "persons"}
    | {"status": status, "confidentiality": confidentiality, "source": "IND: a | CBS: b", "as_of": "2026-01-01"}
    for period, value, status, confidentiality in (
        ("2025-H1", 1290.0, "exact", "free"),
        ("2025", 12.5, "provisional", "free"),
        ("2025-01-01/2025-05-31", None, "suppressed", "suppressed"),
    )
]


@pytest.fixture
def edition(tmp_path):
    figures = tmp_path / "figures.csv"
    figures_csv.write(figures, ROWS)
    package = datapackage.descriptor(figures, ROWS, "2025_nationaliteit-Eritrea", "2025, nationaliteit Eritrea", RUN)
    (tmp_path / datapackage.FILE).write_text(package, encoding="utf-8")
    return tmp_path


def test_the_package_is_valid_and_gives_the_figures_back(edition):
    package = Package(str(edition / datapackage.FILE))
    report = package.validate()
    assert report.valid, report.flatten(["type", "message"])
    read = package.get_resource("figures").read_rows()
    assert [(row["period"], row["value"] if row["value"] is None else float(row["value"])) for row in read] == [
        (row["period"], row["value"]) for row in ROWS
    ]
    told = json.loads((edition / datapackage.FILE).read_text(encoding="utf-8"))
    assert told["$schema"] == datapackage.PROFILE and told["name"] == "ketenwerkboek-2025_nationaliteit-eritrea"
    assert told["sources"] == [{"title": "CBS: b"}, {"title": "IND: a"}]


@pytest.mark.parametrize(
    ("column", "cell", "fault"),
    [
        ("value", "veel", "type-error"),
        ("period", "", "constraint-error"),
        ("confidentiality", "geheim", "constraint-error"),
        ("as_of", "gisteren", "type-error"),
    ],
)
def test_the_package_refuses_another_figure(edition, column, cell, fault):
    figures = edition / "figures.csv"
    with figures.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0][column] = cell
    with figures.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIGURE_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    found = {one[0] for one in Package(str(edition / datapackage.FILE)).validate().flatten(["type"])}
    assert {fault, "hash-count"} <= found


def test_every_column_has_a_meaning():
    assert tuple(datapackage.MEANING) == FIGURE_COLUMNS


def test_the_citation_tells_title_edition_run_and_version():
    cited = datapackage.citation(ROWS, "2025", "2025 {50% & meer}", RUN)
    assert cited.startswith("@misc{ketenwerkboek-2025,\n") and cited.count("{") == cited.count("}")
    fields = dict(re.findall(r"^  (\w+) = \{(.*)\},$", cited, re.MULTILINE))
    assert fields["date"] == "2026-01-01" and fields["note"] == "Uitgave 2025, run 0123456789ab, versie fffffff"
    assert "%" not in cited and "&" not in cited
    assert "versie" not in datapackage.citation(ROWS, "2025", "2025", {**RUN, "git": None})
