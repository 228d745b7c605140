"""What a report depends on: what is recorded of a notebook, what that says later, which reports a delivery touches."""

import json
import os
import subprocess
import sys

import edition_folders
import pytest
import small_notebooks

from keten import asked
from keten.cli import main
from keten.reports import reuse

RECORDED = """
import os
from pathlib import Path
from keten import asked
from keten.workbook.workbook import Workbook
asked.start()
chain = Workbook("2017-06")
chain.compare("border_refusals")
chain.has("detention_inflow", "nationality")
with asked.quietly():
    chain.sources
os.environ.get("KETEN_PROEF")
os.environ.get("KETEN_DATA")
(Path(os.environ["KETEN_DATA"]) / "README.md").read_text()
EXTRA
print(asked.told())
"""


@pytest.mark.parametrize(
    ("extra", "more"),
    [
        ("", set()),
        ("chain.observations", {asked.EVERYTHING}),
        ("chain.sources", {asked.SOURCES}),
        ("chain.catalogue.policy_measures", {"tabel:policy_measures"}),
        ("open('eigen.txt').close()", {asked.OUTSIDE}),
        ("import subprocess; subprocess.run(['true'])", {"onzeker:een ander programma of een server"}),
    ],
)
def test_what_a_notebook_asks_is_recorded(tmp_path, repository, extra, more):
    (tmp_path / "eigen.txt").write_text("", encoding="utf-8")
    environment = {**os.environ, "KETEN_DATA": str(repository / "data")}
    done = subprocess.run(
        [sys.executable, "-c", RECORDED.replace("EXTRA", extra)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    told = set(json.loads(done.stdout.splitlines()[-1]))
    found = {one for one in told if not one.startswith(asked.VARIABLE)}
    assert {"maat:border_refusals", "maat:detention_inflow", "bestand:README.md"} <= found
    assert found - {"maat:border_refusals", "maat:detention_inflow", "bestand:README.md", "tabel:dimensions"} == more
    assert f"{asked.VARIABLE}KETEN_PROEF" in told and f"{asked.VARIABLE}KETEN_DATA" not in told


@pytest.mark.parametrize(
    ("cell", "moves"),
    [
        ("print(period)", False),
        ("import datetime\nprint(datetime.date.today())", True),
        ("import random", True),
        ("from numpy import random as r", True),
        ("print('now')", False),
        ("dit is geen Python", True),
    ],
)
def test_a_notebook_that_names_clock_or_chance_is_always_executed(tmp_path, cell, moves):
    assert reuse.unsteady(small_notebooks.write(tmp_path, "1_proef", cell)) is moves


def test_the_code_of_kernels_leaves_out_what_is_done_after_them():
    assert reuse.code() != reuse.code(left_out=())


def test_a_delivery_touches_the_reports_that_asked_about_its_measures(tmp_path, capsys):
    def report(*questions: str) -> dict:
        entry = edition_folders.entry()
        known = {"asked": dict.fromkeys(questions, "x")} if questions else {}
        return {**entry, "report": {**entry["report"], "made_of": known}}

    reports = {
        "2_asiel": report("maat:asylum_first_applications"),
        "3_grens": report("maat:border_refusals"),
        "4_alles": report(asked.EVERYTHING),
        "5_oud": report(),
    }
    edition_folders.write(tmp_path, "2017-06", **reports)
    path = tmp_path / "2017-06/manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "outputs": {}}), encoding="utf-8")
    assert main(["affected", "eurostat_migr_eirfs", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out == (
        "2017-06: 3_grens (border_refusals); 4_alles (vraagt naar alle gegevens); 5_oud (onbekend wat het heeft "
        "gevraagd)\n"
    )
    assert main(["affected", "onbekend", "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["affected", "eurostat_migr_eirfs", "--out", str(tmp_path / "leeg")]) == 0
    assert "raakt geen enkel rapport" in capsys.readouterr().out
