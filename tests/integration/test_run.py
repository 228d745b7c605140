"""`keten run` end to end, with small notebooks: faults, exit codes, publication, processes."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
import small_notebooks

from keten.cli import main
from keten.reports.execute import pool
from keten.reports.result import FAILED, SUCCEEDED, Job, Result

PERIOD = ("--period", "2017-06")
COMMAND = [sys.executable, "-m", "keten.cli", "run", *PERIOD]


@pytest.fixture
def notebooks(tmp_path, monkeypatch) -> Path:
    """An empty folder from which `keten run` takes its notebooks."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    monkeypatch.setenv("KETEN_NOTEBOOKS", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


def read_json(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def test_every_fault_is_named_and_spoils_nothing_else(notebooks, tmp_path, capsys):
    small_notebooks.good(notebooks, "1_goed", 5)
    small_notebooks.write(notebooks, "2_stuk", "print('nog goed')", "1/0")
    raise_error = "from keten.errors import KetenError\nraise KetenError('Kolom x ontbreekt; voeg haar toe.')"
    small_notebooks.write(notebooks, "3_invoer", raise_error)
    small_notebooks.write(notebooks, "4_dood", "import os\nos._exit(3)")
    (notebooks / "5_kapot.ipynb").write_text('{"cells": [', encoding="utf-8")

    assert main(["run", *PERIOD, "--out", "uit"]) == 1

    entries = read_json(tmp_path / "uit/2017-06/manifest.json")["notebooks"]
    assert {stem: (entry["state"], entry["reason"]) for stem, entry in entries.items()} == {
        "1_goed": ("SUCCEEDED", None),
        "2_stuk": ("FAILED", 'De cel onder "Deel 2" gaf een fout: ZeroDivisionError: division by zero.'),
        "3_invoer": ("FAILED", "Kolom x ontbreekt; voeg haar toe."),
        "4_dood": ("FAILED", 'De rekenkern is onverwacht gestopt, onder "Deel 1".'),
        "5_kapot": ("FAILED", "Het bestand 5_kapot.ipynb is geen leesbaar notebook; herstel of vervang het."),
    }
    assert (tmp_path / "uit/2017-06/1_goed.html").exists()
    assert not list((tmp_path / "uit/2017-06").glob("2_stuk*"))
    failures = tmp_path / "uit/mislukt/2017-06"
    partial = nbformat.read(failures / "2_stuk.ipynb", as_version=4)
    assert any("nog goed" in str(cell.get("outputs")) for cell in partial.cells)
    assert "ZeroDivisionError" in (failures / "2_stuk.log").read_text(encoding="utf-8")
    printed = capsys.readouterr().out
    assert "[5/5]" in printed and "1_goed  gelukt" in printed and "2_stuk  mislukt: De cel onder" in printed


def test_a_notebook_that_takes_too_long_is_a_timeout(notebooks, tmp_path, capsys):
    small_notebooks.write(notebooks, "1_traag", "x = 1", "import time\ntime.sleep(3)", "time.sleep(300)")
    assert main(["run", *PERIOD, "--out", "uit", "--timeout", "8", "-q"]) == 1
    entry = read_json(tmp_path / "uit/2017-06/manifest.json")["notebooks"]["1_traag"]
    assert entry["state"] == "TIMEOUT"
    assert entry["reason"] == 'Het notebook was na 8 seconden niet klaar; het bleef steken onder "Deel 3".'
    printed = capsys.readouterr()
    assert printed.out == "" and "tijd overschreden" in printed.err


def test_figures_parameters_and_lab_only_cells(notebooks, tmp_path):
    (tmp_path / "antwoorden.csv").write_text("a\n1\n", encoding="utf-8")
    settings = 'title = "Proef"\nlayout = "wide"\nscale = [1, 5]\nitems = ["a"]\n'
    (tmp_path / "antwoorden.toml").write_text(settings, encoding="utf-8")
    path = small_notebooks.good(notebooks, "1_goed", 1297, 43)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("raise SystemError('lab')", metadata={"tags": ["verkennen"]}))
    repeat = "### Nog eens\n\n```\n# geen kop\n```"
    notebook.cells += [nbformat.v4.new_markdown_cell(repeat), nbformat.v4.new_code_cell("show(43)\nshow(43)")]
    nbformat.write(notebook, path)

    options = ["-p", "code", "008", "-p", "respondents", str(tmp_path / "antwoorden.csv"), "--out", "uit"]
    assert main(["run", *PERIOD, *options]) == 0

    (edition,) = (tmp_path / "uit").glob("2017-06_respondenten-antwoorden-*_code-008-*")
    with (edition / "figures.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["section"], row["value"]) for row in rows] == [
        ("Deel 1", "1297"),
        ("Deel 2", "43"),
        ("Nog eens", "43"),
    ]
    assert rows[0]["measure"] == "asylum_first_applications" and rows[0]["as_of"] == "2017-07-01"
    assert "Eerste aanvragen: 1297 (008)" in (edition / "1_goed.html").read_text(encoding="utf-8")
    content = read_json(edition / "manifest.json")
    assert content["notebooks"]["1_goed"]["parameters"] == {
        "period": "2017-06",
        "compare_years": 2,
        "nationality": "",
        "as_of": "",
        "code": "008",
        "respondents": "antwoorden.csv",
    }
    assert content["parameters"] == content["notebooks"]["1_goed"]["parameters"]
    assert {"respondents/antwoorden.csv", "notebooks/1_goed.ipynb"} <= content["inputs"].keys()
    text = (edition / "manifest.json").read_text(encoding="utf-8")
    text += (edition / "1_goed.html").read_text(encoding="utf-8")
    text += (edition / "1_goed.ipynb").read_text(encoding="utf-8")
    assert str(tmp_path) not in text and "antwoorden.csv" in text
    assert "verkennen" not in (edition / "1_goed.ipynb").read_text(encoding="utf-8")


def test_the_same_input_gives_the_same_bytes(notebooks, tmp_path):
    code = "import random\nsorted({'b', 'a', 'c'}, key=hash), object()"
    small_notebooks.write(notebooks, "1_goed", small_notebooks.SHOW + "show(5)", code, "{'x', 'y', 'z'}")
    small_notebooks.good(notebooks, "2_ook", 6)
    assert main(["run", *PERIOD, "--out", "een"]) == 0
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONHASHSEED"}
    subprocess.run([*COMMAND, "--out", "twee", "-q"], check=True, timeout=300, env=environment)
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / out / "2017-06").iterdir()} for out in ("een", "twee")
    )
    manifests = [json.loads(files.pop("manifest.json")) for files in (first, second)]
    assert all(b"Begonnen op" in files.pop("beheer.html") for files in (first, second))
    assert sorted(first) == [
        "1_goed.html", "1_goed.ipynb", "1_goed.ods", "1_goed.xlsx",
        "2_ook.html", "2_ook.ipynb", "2_ook.ods", "2_ook.xlsx",
        "CITATION.bib", "changes.csv", "datapackage.json", "figures.csv", "figures.csv-metadata.json",
        "figures_excel.csv", "figures_sdmx.csv", "figures_sdmx.xml", "index.html", "toegankelijkheid.html",
    ]  # fmt: skip
    assert first == second
    for content in manifests:
        del content["started"], content["finished"]
        for entry in content["notebooks"].values():
            del entry["started"], entry["seconds"], entry["report"]["run"]
    assert manifests[0] == manifests[1]


@pytest.mark.skipif(sys.platform != "linux", reason="elders start elke kern als nieuwe Python")
def test_kernels_start_with_everything_imported_and_their_own_random_numbers(notebooks, tmp_path):
    code = (
        "import sys\nwarm = {'pandas', 'keten.presentation.charts.series'} <= set(sys.modules)\n"
        "import numpy\nprint(warm, numpy.random.random())"
    )
    for stem in ("1_a", "2_b"):
        small_notebooks.write(notebooks, stem, code)
    assert main(["run", *PERIOD, "--out", "uit", "--jobs", "1"]) == 0
    printed = [
        nbformat.read(tmp_path / f"uit/2017-06/{stem}.ipynb", as_version=4).cells[-1].outputs[0].text
        for stem in ("1_a", "2_b")
    ]
    assert all(text.startswith("True ") for text in printed)
    assert printed[0] != printed[1]


@pytest.mark.skipif(sys.platform != "linux", reason="elders start elke kern als nieuwe Python")
def test_what_is_imported_before_a_fork_is_all_there_and_starts_no_thread():
    """A module that fails to import is passed over in silence there, so a mistake would only cost time."""
    code = (
        "import sys, threading\nfrom keten.reports.execute import preload\n"
        "names = preload.modules()\nprint([name for name in names if name not in sys.modules])\n"
        "print('keten.sections.summary' in names, 'keten.presentation.spreadsheet.ods' in names)\n"
        "print(threading.active_count())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout == "[]\nTrue True\n1\n", done.stderr


@pytest.mark.usefixtures("interruptible")
@pytest.mark.skipif(os.name != "posix", reason="Windows kent deze signalen niet")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_ended_run_leaves_the_edition_and_no_processes(notebooks, tmp_path, end):
    small_notebooks.good(notebooks, "1_goed", 5)
    assert main(["run", *PERIOD, "--out", "uit"]) == 0
    edition = tmp_path / "uit/2017-06"
    before = {path.name: path.read_bytes() for path in edition.iterdir()}
    slow = (
        "import os, pathlib, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "pathlib.Path('pids.deel').write_text(f'{os.getpid()} {child.pid}')\n"
        "os.rename('pids.deel', 'pids')\n"
        "time.sleep(600)"
    )
    small_notebooks.write(notebooks, "2_traag", slow)
    run = subprocess.Popen([*COMMAND, "--out", "uit"], start_new_session=True, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: (tmp_path / "pids").exists())
    if end == signal.SIGINT:
        os.killpg(run.pid, end)  # as a terminal does: every process of the run gets it
    else:
        run.send_signal(end)
    _, errors = run.communicate(timeout=120)
    if end == signal.SIGKILL:
        assert run.returncode == -signal.SIGKILL
    else:
        assert run.returncode == 130
        assert errors == "Afgebroken; wat er al stond is niet gewijzigd.\n"
    assert {path.name: path.read_bytes() for path in edition.iterdir()} == before
    for pid in (tmp_path / "pids").read_text(encoding="utf-8").split():
        wait_until(lambda pid=int(pid): not runs(pid))
    assert not list((tmp_path / "uit").glob(".*.nieuw"))


def wait_until(condition, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "het wachten duurde te lang"
        time.sleep(0.05)


def runs(pid: int) -> bool:
    """Whether a process runs; one that has ended but is not yet collected does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return bool(state.stdout.strip()) and not state.stdout.strip().startswith("Z")


def test_two_runs_at_once_do_not_mix(notebooks, tmp_path):
    for stem in ("1_een", "2_twee", "3_drie"):
        small_notebooks.good(notebooks, stem, 5)
    both = [
        subprocess.Popen([*COMMAND, "--out", "uit", "-q", *names], env={**os.environ, "KETEN_CONTACT": contact})
        for contact, names in (("A", []), ("B", ["1_een", "2_twee"]))
    ]
    assert [run.wait(timeout=300) for run in both] == [0, 0]
    edition = tmp_path / "uit/2017-06"
    pages = {path.stem: path.read_text(encoding="utf-8") for path in edition.glob("[123]*.html")}
    contacts = {stem: re.search("<h3>Contact</h3>\\s*<p>(.)</p>", page)[1] for stem, page in pages.items()}
    assert contacts in (
        {"1_een": "A", "2_twee": "A", "3_drie": "A"},
        {"1_een": "B", "2_twee": "B", "3_drie": "A"},
    )
    runs_ = {stem: entry["report"]["run"] for stem, entry in read_json(edition / "manifest.json")["notebooks"].items()}
    assert (runs_["1_een"] == runs_["3_drie"]) == (contacts["1_een"] == "A") and runs_["1_een"] == runs_["2_twee"]


def test_jobs_run_on_any_executor_also_with_kernels_that_start_cold(notebooks, tmp_path):
    path = small_notebooks.good(notebooks, "1_goed", 5)
    job = Job(path, {"code": "9"}, tmp_path, 60)
    (result,) = pool.conduct([job], 1, lambda _: None, make_pool=ThreadPoolExecutor)
    assert (result.state, result.reason) == (SUCCEEDED, None)
    assert [figure["value"] for figure in result.figures] == [5]


def test_a_worker_that_dies_costs_one_report_only(tmp_path):
    """The first pool breaks under two jobs; run alone, one is good and the other breaks its pool again."""

    class Breaking:
        def __init__(self, size):
            self.size = size

        def submit(self, _, job):
            future = Future()
            if self.size == 1 and job.stem == "goed":
                future.set_result(Result("goed", "Goed", SUCCEEDED, None, {}, "", 0.1))
            else:
                future.set_exception(BrokenExecutor())
            return future

    @contextmanager
    def make_pool(size):
        yield Breaking(size)

    told = []
    jobs = [Job(tmp_path / f"{stem}.ipynb", {}, tmp_path, 60) for stem in ("fataal", "goed")]
    results = pool.conduct(jobs, 2, told.append, make_pool)
    assert [(result.stem, result.state) for result in results] == [("fataal", FAILED), ("goed", SUCCEEDED)]
    assert "onverwacht gestopt" in results[0].reason
    assert len(told) == 2


def test_by_hand_with_papermill_and_nbconvert(notebooks, tmp_path):
    code = "from keten.presentation.output import Output\nOutput(f'<p>Over {period}</p>')"
    path = small_notebooks.write(notebooks, "1_goed", code)
    tools = Path(sys.executable).parent
    small_notebooks.write(notebooks, "2_traag", "import os\nos._exit(1)")
    run = {"check": True, "timeout": 300, "capture_output": True}
    subprocess.run([tools / "papermill", path, "uit.ipynb", "-p", "period", "2017-H1"], **run)
    subprocess.run([tools / "jupyter", "nbconvert", "--to", "ketenrapport", "uit.ipynb"], **run)
    page = (tmp_path / "uit.html").read_text(encoding="utf-8")
    assert '<html lang="nl">' in page and "<dd>2017-H1</dd>" in page and "Over 2017-H1" in page
    assert "Geen rapport" not in page
    executed = (tmp_path / "uit.ipynb").read_text(encoding="utf-8")
    (tmp_path / "uit.ipynb").write_text(
        executed.replace('period = \\"2017-H1\\"', 'period = \\"2016\\"'), encoding="utf-8"
    )
    subprocess.run([tools / "jupyter", "nbconvert", "--to", "ketenrapport", "uit.ipynb"], **run)
    page = (tmp_path / "uit.html").read_text(encoding="utf-8")
    assert "<title>GEEN RAPPORT" in page and "is gemaakt met period = &#39;2017-H1&#39;" in page
    dead = subprocess.run(
        [tools / "papermill", "--engine", "keten", notebooks / "2_traag.ipynb", "dood.ipynb"],
        timeout=300,
        capture_output=True,
    )
    assert dead.returncode != 0
    cells = nbformat.read(tmp_path / "dood.ipynb", as_version=4).cells
    assert "failed" in [cell.metadata.get("papermill", {}).get("status") for cell in cells]
