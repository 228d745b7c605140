"""An edition is replaced as a whole or not at all, and never loses a good report."""

import csv
import json
import os
import signal
from pathlib import Path

import pytest

from keten.commands.run import lost_pdfs
from keten.errors import KetenError
from keten.presentation.mime import FIGURES
from keten.reports.publish import baseline, figures_csv, manifest
from keten.reports.publish import edition as editions
from keten.reports.publish.edition import Edition, publish
from keten.reports.result import FAILED, SUCCEEDED, Result

FIGURE = {"section": "Instroom", "measure": "m", "period": "2017-06", "value": 2153.0, "status": "exact"}


@pytest.fixture
def edition(tmp_path) -> Edition:
    return Edition(tmp_path / "uit", "2017-06", "juni 2017")


@pytest.fixture
def run(tmp_path, edition):
    """Publish results given as `stem=text` (a report with that text) or `stem=None` (a failure).

    Before them: the content of the data, and the as-of date, of this run; `pdf`: whether the reports have a PDF.
    """
    moments = iter(f"2017-07-{day:02d}T10:00:00.000Z" for day in range(1, 28))

    def run_(data: str = "", as_of: str = "", pdf: bool = False, **reports: str | None) -> Path:
        edition.out.mkdir(exist_ok=True)
        folder = tmp_path / "kladmap"
        folder.mkdir(exist_ok=True)
        results = []
        for stem, text in reports.items():
            kinds = ["html", "notebook", "xlsx", "ods", *(["pdf"] if pdf else [])]
            files = [folder / f"{stem}.{kind}" for kind in ("html", "ipynb", "xlsx", "ods", "pdf")]
            html, notebook, *more = files
            html.write_text(text or "half", encoding="utf-8")
            figure = {"notebook": stem, "label": text, **FIGURE}
            notebook.write_text(json.dumps(executed(figure)), encoding="utf-8")
            for path in more:
                path.write_text(f"{text} {path.suffix}", encoding="utf-8")
            good = text is not None
            results.append(
                Result(
                    stem,
                    f"Titel {stem}",
                    SUCCEEDED if good else FAILED,
                    None if good else "Cel stuk.",
                    {"period": "2017-06", "as_of": as_of},
                    "2017-07-01T10:00:00.000Z",
                    1.5,
                    dict(zip(kinds, files, strict=False)) if good else {"notebook": notebook},
                    "spoor",
                    [figure] if good else [],
                    [{"label": "Aanvragen", "value": text, "period": "juni 2017", "change": "+5%"}],
                )
            )
        account = {"started": next(moments), "parameters": {}, "inputs": {"data/a.csv": data}}
        return publish(edition, results, account)

    return run_


def executed(figure: dict) -> dict:
    """An executed notebook that shows this figure."""
    output = {"output_type": "display_data", "data": {FIGURES: {"figures": [figure]}}, "metadata": {}}
    heading = {"cell_type": "markdown", "source": f"## {figure['section']}", "metadata": {}}
    return {"cells": [heading, {"cell_type": "code", "source": "", "outputs": [output], "metadata": {}}]}


def figures(folder: Path) -> list[dict]:
    with (folder / "figures.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ABOUT_THE_RUN = ("manifest.json", "beheer.html")  # with times, so never the same


def test_an_edition_is_complete_and_its_fingerprints_are_right(run):
    folder = run(b="tweede", a="eerste")
    content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert list(content["notebooks"]) == ["a", "b"]
    assert sorted(content["outputs"]) == [
        "CITATION.bib", "a.html", "a.ipynb", "a.ods", "a.xlsx", "b.html", "b.ipynb", "b.ods", "b.xlsx",
        "changes.csv", "datapackage.json", "figures.csv", "figures.csv-metadata.json", "figures_excel.csv",
        "figures_sdmx.csv", "figures_sdmx.xml", "index.html", "toegankelijkheid.html",
    ]  # fmt: skip
    assert content["outputs"] == {
        name: manifest.sha256(folder / name)
        for name in sorted(path.name for path in folder.iterdir() if path.name not in ABOUT_THE_RUN)
    }
    assert [(row["notebook"], row["label"], row["value"]) for row in figures(folder)] == [
        ("a", "eerste", "2153"),
        ("b", "tweede", "2153"),
    ]
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert '<html lang="nl">' in page and "juni 2017" in page and '<a href="a.html">Titel a</a>' in page


def test_a_failure_keeps_the_earlier_report_and_says_so(run, edition):
    run(a="oud a", b="oud b")
    folder = run(a=None, b="nieuw b")
    assert (folder / "a.html").read_text(encoding="utf-8") == "oud a"
    assert (folder / "b.html").read_text(encoding="utf-8") == "nieuw b"
    assert [row["label"] for row in figures(folder)] == ["oud a", "nieuw b"]
    entry = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["notebooks"]["a"]
    assert (entry["state"], entry["reason"]) == (FAILED, "Cel stuk.")
    assert entry["report"]["run"] == "2017-07-01T10:00:00.000Z"
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "Mislukt: Cel stuk." in (folder / "beheer.html").read_text(encoding="utf-8")
    assert "Niet gelukt:" in page and "Het eerdere rapport blijft staan, van de run op 1 juli 2017" in page
    assert "oud a" in page  # its key figures stay as well
    assert (edition.out / "mislukt/2017-06/a.ipynb").is_file()
    assert "spoor" in (edition.out / "mislukt/2017-06/a.log").read_text(encoding="utf-8")


def test_a_failure_keeps_every_file_of_the_earlier_report(run):
    run(pdf=True, a="oud")
    folder = run(pdf=True, a=None)
    report = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["notebooks"]["a"]["report"]
    names = {"html": "a.html", "notebook": "a.ipynb", "xlsx": "a.xlsx", "ods": "a.ods", "pdf": "a.pdf"}
    assert {kind: report[kind] for kind in names} == names
    assert (folder / "a.pdf").read_text(encoding="utf-8") == "oud .pdf"
    assert (folder / "a.xlsx").read_text(encoding="utf-8") == "oud .xlsx"


def test_no_pdf_of_an_earlier_report_stays_beside_a_new_one(run):
    run(pdf=True, a="oud", b="oud")
    folder = run(a="nieuw")
    assert not (folder / "a.pdf").exists() and (folder / "b.pdf").exists()
    entries = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["notebooks"]
    assert "pdf" not in entries["a"]["report"] and entries["b"]["report"]["pdf"] == "b.pdf"
    assert entries["a"]["report"]["pdf_reason"] == manifest.PDF_GONE and "pdf_reason" not in entries["b"]["report"]


def test_a_run_says_which_pdfs_go(run):
    folder = run(pdf=True, a="oud", b="oud")
    run(c="zonder")
    present = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["notebooks"]
    (sentence,) = lost_pdfs(present, ["a", "b", "c", "nieuw"])
    assert sentence.startswith("van a en b vervalt de PDF") and "--pdf" in sentence
    assert lost_pdfs(present, ["c"]) == []


def test_an_edition_without_annexes_from_an_earlier_version_is_taken_over(run):
    folder = run(a="oud")
    content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for kind in ("xlsx", "ods", "data"):
        del content["notebooks"]["a"]["report"][kind]
    for name in ("a.xlsx", "a.ods"):
        (folder / name).unlink()
        del content["outputs"][name]
    (folder / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    run(b="b")
    assert (folder / "a.html").read_text(encoding="utf-8") == "oud" and not (folder / "a.xlsx").exists()
    run("other data", a="nieuw")
    assert (folder / "a.html").read_text(encoding="utf-8") == "nieuw" and not (folder / "eerder").exists()


# -- what the reports said on earlier data --


def test_figures_of_earlier_data_stay_until_the_data_change_again(run):
    folder = run("data 1", a="a1", b="b1")
    assert not (folder / "eerder").exists()
    run("data 2", a="a2", b="b2")
    assert [row["label"] for row in figures(folder / "eerder")] == ["a1", "b1"]
    before = (folder / "eerder/figures.csv").read_bytes()
    run("data 2", a="a2 again", b="b2 again")
    assert (folder / "eerder/figures.csv").read_bytes() == before
    run("data 3", a="a3", b="b3")
    assert [row["label"] for row in figures(folder / "eerder")] == ["a2 again", "b2 again"]


def test_each_report_has_its_own_earlier_data(run):
    folder = run("data 1", a="a1", b="b1")
    run("data 2", a="a2", b=None)
    assert [row["label"] for row in figures(folder / "eerder")] == ["a1"]
    run("data 3", b="b3")
    assert [row["label"] for row in figures(folder / "eerder")] == ["a1", "b1"]
    assert [row["label"] for row in figures(folder)] == ["a2", "b3"]


def test_newer_data_by_a_later_as_of_date_and_a_step_back_in_time(run):
    folder = run(as_of="2018-01-31", a="a1")
    run(as_of="2018-06-30", a="a2")
    assert [row["label"] for row in figures(folder / "eerder")] == ["a1"]
    run(a="newest")
    assert [row["label"] for row in figures(folder / "eerder")] == ["a2"]
    run(as_of="2018-06-30", a="a2")
    assert not (folder / "eerder").exists()


def test_success_clears_what_an_earlier_failure_left(run, edition):
    run(a=None)
    run(a="goed")
    assert not (edition.out / "mislukt").exists()


def test_a_partial_run_keeps_the_other_reports(run):
    run(a="a1", b="b1")
    folder = run(b="b2")
    assert (folder / "a.html").read_text(encoding="utf-8") == "a1"
    assert [row["label"] for row in figures(folder)] == ["a1", "b2"]
    assert "Dit rapport is van een eerdere run" in (folder / "index.html").read_text(encoding="utf-8")


def test_when_all_fail_there_is_an_index_that_says_so(run):
    folder = run(a=None)
    assert sorted(path.name for path in folder.iterdir()) == [
        "CITATION.bib", "beheer.html", "changes.csv", "datapackage.json", "figures.csv", "figures.csv-metadata.json",
        "figures_excel.csv", "figures_sdmx.csv", "figures_sdmx.xml", "index.html", "manifest.json",
        "toegankelijkheid.html",
    ]  # fmt: skip
    assert "Er is nog geen rapport" in (folder / "index.html").read_text(encoding="utf-8")


SPLIT = str.maketrans({",": ";", ".": ","})
SAVED = {  # what is left of figures.csv after a program opened and saved it
    "Dutch Excel": lambda text: (
        text.translate(SPLIT).replace("2017-06", "jun-17").replace("\n", "\r\n").encode("utf-8-sig")
    ),
    "byte order mark": lambda text: text.encode("utf-8-sig"),
    "another encoding": lambda text: text.replace("a1", "é").encode("cp1252"),
    "other line ends": lambda text: text.replace("\n", "\r\n").encode(),
    "another number": lambda text: text.replace("2153", "2154").encode(),
    "nothing left": lambda text: b"",
}


@pytest.mark.parametrize("saved", SAVED.values(), ids=SAVED)
def test_a_file_that_another_program_saved_breaks_nothing(run, edition, saved):
    folder = run("data 1", a="a1", b="b1")
    before, path = (folder / "figures.csv").read_bytes(), folder / "figures.csv"
    assert baseline.distrusted(folder) == []
    path.write_bytes(saved(before.decode()))
    (sentence,) = baseline.distrusted(folder)
    assert str(path) in sentence and sentence.count(".") == str(path).count(".") + 1 and "\n" not in sentence
    earlier = baseline.figures(folder, editions.check(edition), {"a": {"fingerprint": "other", "as_of": ""}})
    assert [(row["label"], row["value"], row["period"]) for row in earlier["a"]] == [("a1", 2153.0, "2017-06")]
    run("data 1", b="b2")
    assert path.read_bytes() == before.replace(b"b1", b"b2"), "the report that was not made anew keeps its rows"


def test_an_earlier_notebook_that_cannot_be_read_is_named(run, edition):
    folder = run(a="a1", b="b1")
    content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "figures.csv").write_text("stuk", encoding="utf-8")
    (folder / "a.ipynb").write_text("stuk", encoding="utf-8")
    assert content["outputs"] and "behalve uit a.ipynb" in baseline.distrusted(folder)[0]
    assert [row["label"] for row in figures(run(b="b2"))] == ["b2"]


@pytest.mark.parametrize("saved", SAVED.values(), ids=SAVED)
def test_earlier_figures_that_another_program_saved_do_not_count(run, edition, saved):
    run("data 1", a="a1")
    folder = run("data 2", a="a2")
    path = folder / "eerder/figures.csv"
    path.write_bytes(saved(path.read_text(encoding="utf-8")))
    (sentence,) = baseline.distrusted(folder)
    assert str(path) in sentence and "telt niet mee" in sentence
    entries = editions.check(edition)
    assert baseline.figures(folder, entries, {"a": entries["a"]["report"]["data"]}) == {"a": []}
    assert not (run("data 2", a="a2") / "eerder").exists()


def test_the_copy_for_excel_holds_the_same_figures(run):
    folder = run(a="met; en , erin", b="b1")
    text = (folder / "figures_excel.csv").read_bytes().decode("utf-8")
    assert text.startswith("\ufeff") and text.count("\r\n") == text.count("\n") == 3
    rows = list(csv.DictReader(text[1:].splitlines(), delimiter=";"))
    assert [{**row, "period": row["period"].replace("-M", "-")} for row in rows] == figures(folder)
    assert {row["period"] for row in rows} == {"2017-M06"}, "Excel would make a date of 2017-06"


def test_numbers_and_texts_as_a_dutch_excel_reads_them(tmp_path):
    rows = [
        {"label": "=1+1", "value": 36.75, "period": "2017-Q2"},
        {"label": "aantal", "value": -1297.0, "period": "2017"},
        {"label": "onderdrukt", "value": None, "period": "2017-06-30"},
    ]
    figures_csv.write_for_excel(tmp_path / "uit.csv", figures_csv.texts(rows))
    found = csv.DictReader((tmp_path / "uit.csv").read_text(encoding="utf-8-sig").splitlines(), delimiter=";")
    assert [(row["label"], row["value"], row["period"]) for row in found] == [
        ("'=1+1", "36,75", "2017-Q2"), ("aantal", "-1297", "2017"), ("onderdrukt", "", "2017-06-30"),
    ]  # fmt: skip


def test_a_run_killed_between_the_renames_is_put_right(run, edition):
    run(a="a1")
    edition.folder.rename(edition.previous)
    (edition.out / ".2017-06.nieuw").mkdir()
    folder = run(b="b1")
    assert (folder / "a.html").read_text(encoding="utf-8") == "a1"
    assert sorted(path.name for path in edition.out.iterdir()) == [".2017-06.lock", "2017-06"]


def test_a_fault_while_building_leaves_the_present_edition(run, edition, monkeypatch):
    run(a="a1")
    before = {path.name: path.read_bytes() for path in edition.folder.iterdir()}

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(editions.formats.figures_csv, "write_texts", full_disk)
    with pytest.raises(KetenError, match=r"kon niet worden gemaakt \(de schijf is vol\).+maak ruimte"):
        run(a="a2")
    assert {path.name: path.read_bytes() for path in edition.folder.iterdir()} == before
    assert not edition.staging.exists()


@pytest.mark.usefixtures("interruptible")
@pytest.mark.skipif(os.name != "posix", reason="op Windows bereikt Ctrl-C alleen een hele console")
def test_ctrl_c_waits_until_the_swap_is_done(run, edition, monkeypatch):
    run(a="a1")
    rename = Path.rename

    def interrupted_rename(path, target):
        os.kill(os.getpid(), signal.SIGINT)
        return rename(path, target)

    monkeypatch.setattr(editions, "exchange", lambda *_: False)
    monkeypatch.setattr(Path, "rename", interrupted_rename)
    with pytest.raises(KeyboardInterrupt, match="Afgebroken toen de rapporten al klaar waren"):
        run(a="a2")
    assert (edition.folder / "a.html").read_text(encoding="utf-8") == "a2"
    assert not edition.previous.exists()


def test_an_incomplete_edition_is_refused_before_anything_runs(run, edition):
    folder = run(a="a1")
    (folder / "a.html").unlink()
    with pytest.raises(KetenError, match=r"ontbreekt a\.html"):
        editions.check(edition)


def test_output_that_cannot_be_written_is_refused(edition):
    edition.out.write_text("een bestand", encoding="utf-8")
    with pytest.raises(KetenError, match="kan niet worden geschreven"):
        editions.check(edition)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root mag overal schrijven")
def test_a_read_only_folder_is_refused(edition):
    edition.out.mkdir()
    edition.out.chmod(0o500)
    with pytest.raises(KetenError, match="kan niet worden geschreven"):
        editions.check(edition)
