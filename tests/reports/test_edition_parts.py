"""Parts of a real edition against the data behind them: the annexes and the table of publishers."""

import csv
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from annex_files import KINDS, Annex
from report_checks import STEMS

from keten.presentation.grid import grid_of
from keten.presentation.mime import TABLES


def test_every_number_in_the_tables_of_a_real_report_is_in_both_annexes(edition_of, tmp_path):
    edition = edition_of("--period", "2017-H1")
    content = json.loads((edition.folder / "2_asiel.ipynb").read_text(encoding="utf-8"))
    tables = [
        each
        for cell in content["cells"]
        for output in cell.get("outputs", [])
        for each in output.get("data", {}).get(TABLES, {}).get("tables", [])
    ]
    assert len(tables) > 10
    files = Annex(content, tmp_path)
    for kind in KINDS:
        sheets = files.sheets(kind)
        for place, expected in enumerate(tables, 1):
            found = sheets[f"Tabel_{place}"][-len(expected["rows"]) :]
            assert found and None not in [row[0] for row in found]
            for row, cells in zip(found, grid_of(expected).rows, strict=True):
                for value, cell in zip(row, cells, strict=False):
                    assert value == (cell.whole or value if cell.value is None else cell.value), expected["title"]


def test_coverage_of_a_real_edition(edition_of, repository):
    """Every publisher is one of the sources' table; a notebook is a gap throughout when it has no figures."""
    edition = edition_of("--period", "2017-H1")
    found = edition.report("beheer").page.select_one("table.coverage")
    with (repository / "data/published/sources.csv").open(encoding="utf-8", newline="") as file:
        publishers = {line["publisher"] for line in csv.DictReader(file)}
    every, *lines = found.tbody.find_all("tr")
    names = [line.th.get_text() for line in lines]
    assert {"CBS", "DT&V", "Eurostat", "IND"} <= set(names) <= publishers and len(set(names)) == len(names)
    with_figures = {line["notebook"] for line in edition.rows if line["value"]}
    gaps = ["missing" in cell.get("class", []) for cell in every.find_all("td")]
    assert gaps == [stem not in with_figures for stem in edition.manifest["notebooks"]]


@pytest.mark.parametrize("arguments", [("--period", "2017-H1"), ("--period", "2017-02", "--as-of", "2017-04-30")])
def test_every_form_of_a_report_has_the_same_dates(edition_of, tmp_path, arguments):
    """The page, both spreadsheets, the index and the feed; and they are those of its own figures."""
    edition = edition_of(*arguments)
    feed = (edition.folder.parent / "feed.xml").read_text(encoding="utf-8")
    found = []
    for stem in STEMS:
        rows, report = edition.of(stem), edition.manifest["notebooks"][stem]["report"]
        words = report["dates"]
        shown = [words] if words else []
        content = json.loads((edition.folder / f"{stem}.ipynb").read_text(encoding="utf-8"))
        files = Annex(content, tmp_path)
        for kind in KINDS:
            cover = files.column_a(kind, "Voorblad")
            assert [text for head, text in pairwise(cover) if head == "Gegevens"] == shown
        heads = [tag.get_text() for tag in edition.report(stem).page.select(".of-which p.period")]
        assert [text for text in heads if "ijfers" in text] == shown
        article = edition.report("index").page.find(id=f"rapport-{stem}").parent
        assert [tag.get_text() for tag in article.select("p.dates")] == shown
        assert words in feed or not report["key_figures"]
        assert ("zoals bekend op 30 april 2017" in words) == bool(rows and "--as-of" in arguments)
        if rows:
            newest = max(row["as_of"] for row in rows)
            assert re.findall(r"20\d\d", words)[-1] == newest[:4], words
        found += shown
    assert len(set(found)) > 2, "a line for each report, not one for all data"
    assert "Nieuwste gegevens" not in Path(edition.folder / "index.html").read_text(encoding="utf-8")
