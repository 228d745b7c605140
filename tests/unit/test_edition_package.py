"""An edition for programs: its Data Package holds for its figures and fails on others, and it can be cited."""

import csv
import json
import re

import pytest
from frictionless import Package

from keten.cli import main
from keten.reports.notebook import FIGURE_COLUMNS
from keten.reports.publish import citation, columns, datapackage, difference, figures_csv, formats

TIMES = ["2025-S1", "2025", "2025-01-01/P5M"]
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
    name, label = "2025_nationaliteit-Eritrea", "2025, nationaliteit Eritrea"
    formats.write(tmp_path, ROWS, name, label, RUN, earlier={"2024": {"2_asiel": ROWS[1:]}}, as_parquet=True)
    return tmp_path


def test_the_package_is_valid_and_gives_the_figures_back(edition):
    package = Package(str(edition / datapackage.FILE))
    report = package.validate()
    assert report.valid, report.flatten(["type", "message"])
    read = package.get_resource("figures").read_rows()
    assert [(row["period"], row["value"] if row["value"] is None else float(row["value"])) for row in read] == [
        (row["period"], row["value"]) for row in ROWS
    ]
    assert [row["change"] for row in package.get_resource("changes").read_rows()] == ["new"]
    assert [row["TIME_PERIOD"] for row in package.get_resource("figures_sdmx").read_rows()] == TIMES
    told = json.loads((edition / datapackage.FILE).read_text(encoding="utf-8"))
    there = {path.name for path in edition.iterdir()} - {datapackage.FILE, citation.FILE, figures_csv.EXCEL_FILE}
    assert {one["path"] for one in told["resources"]} == there
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
    assert tuple(columns.MEANING) == FIGURE_COLUMNS


def test_the_citation_tells_title_edition_run_and_version():
    cited = citation.bibtex(ROWS, "2025", "2025 {50% & meer}", RUN)
    assert cited.startswith("@misc{ketenwerkboek-2025,\n") and cited.count("{") == cited.count("}")
    fields = dict(re.findall(r"^  (\w+) = \{(.*)\},$", cited, re.MULTILINE))
    assert fields["date"] == "2026-01-01" and fields["note"] == "uitgave 2025, run 0123456789ab, versie fffffff"
    assert "%" not in cited and "&" not in cited
    assert "versie" not in citation.bibtex(ROWS, "2025", "2025", {**RUN, "git": None})


def changed(row, **cells):
    return {**row, **cells}


def test_two_editions_differ_by_new_revised_redefined_and_withdrawn_figures():
    """By figure; of what was counted from records of persons nothing is told."""
    half, year, span = ROWS
    records = changed(half, measure="client_score", confidentiality="records")
    before = [half, year, span, records]
    now = [
        changed(half, value="1295"), changed(year, unit="applications"), changed(half, period="2025-H2"),
        changed(records, value="7"),
    ]  # fmt: skip
    found = [(one["change"], one["period"], one["from"], one["to"]) for one in difference.differences(before, now)]
    assert found == [
        ("revised", "2025-H1", "1290.0", "1295"),
        ("redefined", "2025", "12.5", "12.5"),
        ("new", "2025-H2", "", "1290.0"),
        ("withdrawn", "2025-01-01/2025-05-31", "", ""),
    ]
    assert difference.differences(before, before) == []


def test_the_commands_on_editions(edition, capsys):
    out = edition.parent
    later = out / "later"
    later.mkdir()
    figures_csv.write(later / "figures.csv", [changed(ROWS[0], value=1295.0), *ROWS[1:]])
    assert main(["diff", edition.name, "later", "--out", str(out)]) == 0
    told = capsys.readouterr()
    assert told.err == "1 herzien.\n" and told.out.splitlines()[1].startswith("revised,asylum_inflow_total,,2025-H1,")
    assert main(["data", "--edition", str(later)]) == 0
    assert capsys.readouterr().out == (later / "figures.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["diff", "2031", "2032"], "De uitgave '2031' staat niet in "),
        (["data", "--edition", "2031"], "De uitgave '2031' staat niet in "),
        (["data", "--edition", "2031", "--measure", "coa_locations"], "--measure kiest uit de gegevens"),
    ],
)
def test_an_edition_that_is_not_there_is_one_sentence(tmp_path, capsys, command, words):
    assert main([*command, "--out", str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert told.err.startswith(words) and told.err.count("\n") == 1 and told.out == ""
