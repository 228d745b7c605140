"""A table says its units alike in every form: as it is pasted, as CSV, in Excel, in LibreOffice and on screen."""

import csv
import io

import nbformat
import pytest
from report_checks import STEMS

from keten.lab import clipboard
from keten.presentation.grid import grid_of
from keten.presentation.mime import TABLES
from keten.presentation.output import Output
from keten.presentation.spreadsheet.sheet import REMARKS, table_sheet
from keten.reports.notebook import payloads


@pytest.mark.parametrize("stem", STEMS)
def test_heads_of_every_table_in_every_form(edition_of, stem):
    notebook = nbformat.read(edition_of("--period", "2017-06").folder / f"{stem}.ipynb", as_version=4)
    tables = [table for _, payload in payloads(notebook, TABLES) for table in payload["tables"]]
    assert len(tables) > 1
    for table in tables:
        grid = grid_of(table)
        heads = next(csv.reader(io.StringIO(grid.csv().removeprefix("\ufeff")), delimiter=";"))
        sheet = [column.name for column in table_sheet("Tabel", table).columns if column.name != REMARKS]
        pasted = clipboard.text(Output("", tables=[table]))
        assert "\t".join(heads) in pasted
        if sheet:
            assert sheet == heads, table["title"]
        for place, head in enumerate(heads):
            texts = [row[place].text for row in grid.rows if row[place].form]
            if texts and all("procentpunt" in text for text in texts):
                assert "procentpunt" in head, table["title"]
            if any("procentpunt" in text for text in texts):
                assert "(%)" not in head, table["title"]
