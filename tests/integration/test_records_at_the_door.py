"""Files with records of persons: refused before anything runs, and nothing of them in what a run keeps."""

import json
import os
import pty
import re
import subprocess
import sys

import pytest
import small_notebooks
from places import SAMPLES

from keten.cli import main

PERIOD = ["--period", "2017-06"]
SECRET = "Q7x"
TOML = 'title = "Proef"\nlayout = "wide"\nscale = [1, 5]\nitems = ["a", "b"]\n'
FAULTY = {
    "respondents": (f"a,b\n1,2\n3,{SECRET}\n", "bestand.csv, regel 3, kolom 'b'"),
    "participants": (f"gemeente;datum_in;datum_uit;uitkomst\nUtrecht;{SECRET};;\n", "regel 2, kolom datum in"),
}


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    monkeypatch.setenv("KETEN_NOTEBOOKS", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


def faulty(tmp_path, parameter):
    content, place = FAULTY[parameter]
    (tmp_path / "bestand.csv").write_text(content, encoding="utf-8")
    (tmp_path / "bestand.toml").write_text(TOML, encoding="utf-8")
    return place


def with_parameter(folder, parameter, *cells):
    code = f'period = "2017-06"\n{parameter} = ""'
    small_notebooks.write(folder, "1_goed", *cells, parameters=code)


@pytest.mark.parametrize("parameter", FAULTY)
def test_a_faulty_file_stops_the_run_at_the_door(notebooks, tmp_path, capsys, parameter):
    with_parameter(notebooks, parameter, "1")
    place = faulty(tmp_path, parameter)
    assert main(["run", *PERIOD, "-p", parameter, "bestand.csv", "--out", "uit"]) == 2
    told = capsys.readouterr().err
    assert place in told and SECRET not in told, "what is no terminal may be a log"
    assert not (tmp_path / "uit").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_the_terminal_alone_hears_the_value(notebooks, tmp_path):
    with_parameter(notebooks, "respondents", "1")
    place = faulty(tmp_path, "respondents")
    near, far = pty.openpty()
    command = [sys.executable, "-m", "keten.cli", "run", *PERIOD, "-p", "respondents", "bestand.csv", "--out", "uit"]
    done = subprocess.run(command, stderr=far, stdout=subprocess.PIPE, check=False, timeout=120)
    os.close(far)
    told = os.read(near, 10_000).decode()
    os.close(near)
    assert done.returncode == 2 and place in told and f"'{SECRET}'" in told
    assert SECRET not in done.stdout.decode()


@pytest.mark.parametrize("fails", [False, True], ids=["made", "failed"])
def test_nothing_that_is_kept_tells_where_the_file_lies(notebooks, tmp_path, fails):
    place = tmp_path / "geheime map" / "deelnemers.csv"
    place.parent.mkdir()
    place.write_bytes((SAMPLES / "participants_sample.csv").read_bytes())
    code = "from keten.paths import records_file\nrecords_file('participants', participants).is_file(), 'daar'"
    with_parameter(notebooks, "participants", code, "1 / 0" if fails else "1")
    assert main(["run", *PERIOD, "-p", "participants", str(place), "--out", "uit", "-q"]) == int(fails)
    kept = [path for path in (tmp_path / "uit").rglob("*") if path.is_file()]
    texts = {path.name: path.read_text(encoding="utf-8", errors="replace") for path in kept}
    assert "deelnemers.csv" in texts["1_goed.ipynb"] and "manifest.json" in texts
    assert "(True, 'daar')" in texts["1_goed.ipynb"], "the notebook did find the file"
    assert ("1_goed.log" in texts) is fails
    assert not [name for name, text in texts.items() if "geheime map" in text]
    parameters = json.loads(texts["manifest.json"])["parameters"]
    assert parameters["participants"] == "deelnemers.csv"


def test_what_was_decided_lies_outside_what_is_published(tmp_path, monkeypatch):
    """The producer reads which numbers were hidden and why; neither a count nor the name of a few stands there."""
    monkeypatch.chdir(tmp_path)
    stays = ["gemeente;datum_in;datum_uit;uitkomst"]
    stays += ["Utrecht;2016-01-04;2016-03-01;Terugkeer"] * 12 + ["Groningen;2016-02-04;2016-05-01;Vergunning"] * 9
    stays += ["Utrecht;2016-02-04;2016-05-01;Q7x"] * 2 + ["Groningen;2016-02-04;;"] * 11
    (tmp_path / "deelnemers.csv").write_text("\n".join(stays), encoding="utf-8")
    assert main(["run", "7_lvv", *PERIOD, "-p", "participants", "deelnemers.csv", "--out", "uit", "-q"]) == 0
    (account,) = (tmp_path / "uit.geheimhouding").glob("2017-06_*/participants.csv")
    rows = account.read_text(encoding="utf-8").splitlines()
    assert rows[0] == "besluit,waarover,waarom" and len(rows) > 1
    assert any(row.startswith("uitkomsten samengevoegd,") for row in rows)
    assert not re.search(r"\d|Q7x", "".join(rows))
    assert not [path for path in (tmp_path / "uit").rglob("*") if "geheimhouding" in path.name]
