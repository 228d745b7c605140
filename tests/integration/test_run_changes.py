"""What a run tells each report: its edition and run, and what changed; the same by `keten run` and by hand."""

import csv
import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
import small_notebooks
from edition_changes import replayed
from edition_folders import TELL_TIME

from keten.cli import main
from keten.reports.publish import manifest
from keten.reports.render.exporter import ReportExporter

STEM = "1_goed"


@pytest.fixture
def run(tmp_path, monkeypatch, repository):
    """Run a notebook that shows this value, on this state of the data; returns the edition's folder."""
    monkeypatch.setenv("KETEN_NOTEBOOKS", str(tmp_path / "notebooks"))
    monkeypatch.setenv("KETEN_CONTACT", " vragen@example.nl ")
    monkeypatch.chdir(tmp_path)
    shutil.copytree(repository / "data", tmp_path / "gegevens")

    def run_(value: int, period: str = "2017-06", data: str = "stand 1") -> Path:
        small_notebooks.good(tmp_path / "notebooks", STEM, value)
        (tmp_path / "gegevens/README.md").write_text(data, encoding="utf-8")
        assert main(["run", "--period", period, "--data", "gegevens", "--out", "uit"]) == 0
        return tmp_path / "uit" / period

    return run_


def told(edition: Path) -> dict:
    """What the executed notebook says of its edition."""
    return nbformat.read(edition / f"{STEM}.ipynb", as_version=4).metadata.keten


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def contents(edition: Path) -> dict[str, bytes]:
    """All files of an edition, but for the manifest with its time stamps."""
    files = [path for path in edition.rglob("*") if path.is_file() and path.name not in TELL_TIME]
    return {path.relative_to(edition).as_posix(): path.read_bytes() for path in files}


def test_a_report_knows_its_edition_and_what_changed(run, tmp_path):
    run(4, "2017-05")
    first = told(run(5))
    run_id = json.loads((tmp_path / "uit/2017-06/manifest.json").read_text(encoding="utf-8"))["run"]
    assert re.fullmatch("[0-9a-f]{12}", run_id)
    assert (first.edition, first.label, first.run, first.contact) == (
        "2017-06", "juni 2017", run_id, "vragen@example.nl",
    )  # fmt: skip
    assert re.fullmatch("([0-9a-f]{40})?", first.commit) and isinstance(first.clean, bool)
    assert (first.changes.previous.edition, first.changes.previous.label) == ("2017-05", "mei 2017")
    (key,) = first.changes.previous.key_figures
    assert (key.label, key.now.text, key.before.text) == ("Eerste aanvragen", "5", "4")
    assert first.changes.revised is None

    edition = run(6, data="stand 2")
    second = told(edition)
    assert second.run != first.run
    (revision,) = second.changes.revised.figures
    assert (revision.label, revision.period, revision.old.text, revision.new.text) == (
        "Eerste aanvragen", "juni 2017", "5", "6",
    )  # fmt: skip

    # And `changes.csv` says it so that a program can make the figures again.
    changes, now = rows(edition / "changes.csv"), rows(edition / "figures.csv")
    earlier = {"eerder": rows(edition / "eerder/figures.csv"), "2017-05": rows(tmp_path / "uit/2017-05/figures.csv")}
    assert {(one["against"], one["change"]) for one in changes} >= {("eerder", "revised"), ("2017-05", "new")}
    assert all(replayed(before, changes, against) == now for against, before in earlier.items())

    before = contents(edition)
    assert "eerder/figures.csv" in before
    assert contents(run(6, data="stand 2")) == before
    by_hand, _ = ReportExporter().from_filename(str(edition / f"{STEM}.ipynb"))
    assert by_hand.encode() == before[f"{STEM}.html"]

    # Every edition is on the front page, which is written anew by each run.
    page = (tmp_path / "uit/index.html").read_text(encoding="utf-8")
    assert "2017-05" in page and "2017-06" in page
    assert (tmp_path / "uit/feed.xml").stat().st_size
    assert not list((tmp_path / "uit").glob(".*.nieuw"))


@pytest.mark.parametrize("stem", ["2_asiel", "5_terugkeer", "6_klantervaring", "7_lvv"])
def test_nbconvert_gives_the_report_of_the_edition(edition_of, stem):
    folder = edition_of("--period", "2017-06").folder
    page, _ = ReportExporter().from_filename(str(folder / f"{stem}.ipynb"))
    assert page == (folder / f"{stem}.html").read_text(encoding="utf-8")


ACCOUNT = {
    "parameters": {"period": "2017-06"},
    "inputs": {"notebooks/a.ipynb": "1", "data/a.csv": "2", "respondents/x.csv": "3"},
    "packages": {"python": "3.11"},
    "git": {"commit": "c", "clean": True},
    "default": {"period": "2017", "sentence": "De nieuwste."},
}


@pytest.mark.parametrize("part", ACCOUNT)
def test_another_input_parameter_package_or_commit_is_another_run(part):
    assert manifest.run_id(ACCOUNT) == manifest.run_id(dict(reversed(ACCOUNT.items())))
    assert manifest.run_id(ACCOUNT) != manifest.run_id({**ACCOUNT, part: None})
    assert manifest.run_id(ACCOUNT) == manifest.run_id({**ACCOUNT, "started": "now"})


def test_the_data_of_a_report_are_the_figures_and_its_own_records():
    inputs = ACCOUNT["inputs"]
    state = manifest.data_state(inputs, {"period": "2017-06"})
    assert state == manifest.data_state({**inputs, "notebooks/a.ipynb": "9", "respondents/x.csv": "9"}, {})
    assert state != manifest.data_state({**inputs, "data/a.csv": "9"}, {})
    with_records = {"respondents": "somewhere/x.csv"}
    state = manifest.data_state(inputs, with_records)
    assert state != manifest.data_state({**inputs, "respondents/x.csv": "9"}, with_records)
