"""`keten new`: a notebook for a single question, and what `keten run` makes of it and of one saved from JupyterLab."""

import csv
import json
import os
from pathlib import Path

import nbformat
import pytest
import small_notebooks
from report_checks import LAST_SECTIONS, keten_here

from keten.cli import main
from keten.reports.choice import available, chosen, one
from keten.reports.notebook import LAB_ONLY, ON_REQUEST, REPORT, read, section_at, title

WIDGETS = {"application/vnd.jupyter.widget-state+json": {"state": {"f00": {"model_name": "DropdownModel"}}}}


@pytest.fixture
def folder(tmp_path, monkeypatch, repository):
    """A folder with the asylum notebook and a small one."""
    notebooks = tmp_path / "notebooks"
    small_notebooks.good(notebooks, "1_klein", 5)
    text = (repository / "notebooks" / "2_asiel.ipynb").read_text(encoding="utf-8")
    (notebooks / "2_asiel.ipynb").write_text(text, encoding="utf-8")
    monkeypatch.setenv("KETEN_NOTEBOOKS", str(notebooks))
    monkeypatch.chdir(tmp_path)
    return notebooks


def cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def texts(path, lab=False):
    """The texts of the cells, those for JupyterLab only or all others."""
    return ["".join(cell["source"]) for cell in cells(path) if (LAB_ONLY in cell["metadata"].get("tags", [])) is lab]


def refused(capsys, *arguments):
    code = main(["new", *arguments])
    printed = capsys.readouterr()
    assert code == 2 and printed.out == "" and printed.err.count("\n") == 1
    return printed.err


def test_the_new_notebook_has_the_parts_of_its_example(folder, capsys):
    assert main(["new", "kamervraag_syrie", "--like", "asiel", "--title", "Syrië & de eerste helft van 2017"]) == 0
    path = folder / "kamervraag_syrie.ipynb"
    assert "keten run kamervraag_syrie" in capsys.readouterr().out
    notebook, example = read(path), read(folder / "2_asiel.ipynb")
    assert notebook.title == "Syrië & de eerste helft van 2017"
    assert notebook.parameters == example.parameters and len(notebook.parameters) == 4
    assert notebook.on_request and not example.on_request
    assert texts(path)[1:] == texts(folder / "2_asiel.ipynb")[1:]
    assert [section_at({"cells": cells(path)}, n) for n in range(len(cells(path)))][-1] == LAST_SECTIONS[-1]
    guide, find = texts(path, lab=True)[-2:]
    assert "eigen onderdelen" in guide and find.startswith("chain.find(")


def test_the_new_notebook_is_committed_clean(folder):
    main(["new", "vraag", "--like", "2_asiel"])
    notebook = nbformat.read(folder / "vraag.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & {cell["id"] for cell in cells(folder / "2_asiel.ipynb")}
    assert title(notebook) == "Vraag"


def test_the_guide_stands_after_the_summary_and_before_the_other_sections(folder):
    main(["new", "vraag", "--like", "2_asiel"])
    path = folder / "vraag.ipynb"
    place = next(n for n, cell in enumerate(cells(path)) if "eigen onderdelen" in "".join(cell["source"]))
    assert section_at({"cells": cells(path)}, place) == "Samenvatting"
    assert "".join(cells(path)[place + 2]["source"]) == "## Instroom naar soort"


def test_what_an_analyst_saved_from_jupyterlab_is_not_copied(folder):
    path = folder / "2_asiel.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["metadata"] |= {"widgets": WIDGETS, "toc-autonumbering": True}
    for number, cell in enumerate(content["cells"]):
        cell["metadata"] |= {"execution": {"iopub.status.busy": "2026-01-01"}, "scrolled": True}
        if cell["cell_type"] == "code":
            cell |= {"execution_count": number, "outputs": [{"output_type": "stream", "name": "stdout", "text": "oud"}]}
    injected = {**content["cells"][1], "id": "ingevoegd", "metadata": {"tags": ["injected-parameters"]}}
    content["cells"].insert(2, injected)
    path.write_text(json.dumps(content), encoding="utf-8")
    main(["new", "vraag", "--like", "2_asiel"])
    made = json.loads((folder / "vraag.ipynb").read_text(encoding="utf-8"))
    assert set(made["metadata"]) == {"kernelspec", "language_info", ON_REQUEST, REPORT}
    assert made["metadata"][REPORT] == "vraag"
    code = [cell for cell in made["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert {name for cell in made["cells"] for name in cell["metadata"]} == {"tags"}
    assert len([cell for cell in code if "period = " in "".join(cell["source"])]) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["2_ASIEL", "--like", "2_asiel"], "'2_asiel' bestaat al en wordt niet overschreven"),
        (["2_asiel.ipynb", "--like", "2_asiel"], "bestaat al"),
        (["map/vraag", "--like", "2_asiel"], "De naam 'map/vraag' kan niet"),
        (["..", "--like", "2_asiel"], "De naam '..' kan niet"),
        (["syrië", "--like", "2_asiel"], "letters zonder accent"),
        (["a" * 61, "--like", "2_asiel"], "ten hoogste 60"),
        (["CON", "--like", "2_asiel"], "heeft al een andere betekenis"),
        (["index", "--like", "2_asiel"], "heeft al een andere betekenis"),
        (["vraag", "--like", "2_aziel"], "bedoelt u 2_asiel"),
        (["vraag"], "Er ontbreekt iets: --like"),
        (["vraag", "--like", "2_asiel", "--title", "<b>vet</b>"], "De titel '<b>vet</b>' kan niet"),
        (["vraag", "--like", "2_asiel", "--title", "  "], "De titel '' kan niet"),
    ],
)
def test_refusals_write_nothing(folder, capsys, arguments, words):
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert words in refused(capsys, *arguments)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_broken_example_is_named(folder, capsys):
    (folder / "3_stuk.ipynb").write_text("{", encoding="utf-8")
    assert "Het notebook 3_stuk is niet te lezen" in refused(capsys, "vraag", "--like", "3_stuk")
    assert not (folder / "vraag.ipynb").exists()


@pytest.mark.parametrize("fails", [(Path, "open"), (Path, "write_text"), (os, "replace")])
def test_a_folder_that_cannot_be_written_in_is_named_and_left_as_it_was(folder, capsys, monkeypatch, fails):
    def refuse(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    notebooks = available(folder)
    monkeypatch.setattr("keten.commands.new.available", lambda _: notebooks)
    example = (folder / "2_asiel.ipynb").read_text(encoding="utf-8")
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: example)
    with monkeypatch.context() as patched:
        patched.setattr(*fails, refuse)
        assert "kan niet worden geschreven (de rechten ontbreken)" in refused(capsys, "vraag", "--like", "2_asiel")
    assert sorted(path.name for path in folder.iterdir()) == ["1_klein.ipynb", "2_asiel.ipynb"]


def test_only_a_run_that_names_it_makes_it(folder):
    main(["new", "kamervraag_asiel", "--like", "2_asiel"])
    notebooks = available(folder)
    assert [notebook.stem for notebook in chosen([], notebooks)] == ["1_klein", "2_asiel"]
    assert [notebook.stem for notebook in chosen(["kamervraag"], notebooks)] == ["kamervraag_asiel"]
    assert one("asiel", notebooks).stem == "2_asiel"  # the names that a monthly script uses keep their meaning


def test_a_folder_with_nothing_but_questions_says_so(folder, capsys):
    main(["new", "vraag", "--like", "1_klein"])
    for name in ("1_klein", "2_asiel"):
        (folder / f"{name}.ipynb").unlink()
    capsys.readouterr()
    assert main(["run"]) == 2
    assert "alleen notebooks op verzoek" in capsys.readouterr().err


def test_its_report_stands_in_the_edition_and_stays_there(folder, tmp_path):
    main(["new", "vraag", "--like", "1_klein", "--title", "Een losse vraag"])
    (folder / "2_asiel.ipynb").unlink()
    edition = tmp_path / "uit" / "2017-06"
    asked = keten_here("run", "vraag", "--period", "2017-06", "--out", "uit", cwd=tmp_path)
    assert asked.returncode == 0, asked.stderr
    report = (edition / "vraag.html").read_text(encoding="utf-8")
    assert "<title>Een losse vraag" in report and "eigen onderdelen" not in report
    with (edition / "figures.csv").open(encoding="utf-8", newline="") as file:
        assert {row["notebook"] for row in csv.DictReader(file)} == {"vraag"}
    monthly = keten_here("run", "--period", "2017-06", "--out", "uit", cwd=tmp_path)
    assert monthly.returncode == 0 and "[1/1] 1_klein" in monthly.stdout
    assert "Niet gemaakt, want alleen op verzoek: vraag." in monthly.stdout and monthly.stderr == ""
    page = (edition / "index.html").read_text(encoding="utf-8")
    assert "Een losse vraag" in page and "Rapport 1_klein" in page
    made = json.loads((edition / "manifest.json").read_text(encoding="utf-8"))["notebooks"]
    assert (edition / "vraag.html").read_text(encoding="utf-8") == report
    assert made["vraag"]["report"]["run"] < made["1_klein"]["report"]["run"]


def test_a_run_leaves_out_what_jupyterlab_saved(tmp_path, monkeypatch):
    path = small_notebooks.good(tmp_path / "notebooks", "1_bewaard", 5)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["metadata"]["widgets"] = WIDGETS
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    old = {"output_type": "display_data", "metadata": {}, "data": {"text/plain": "oude uitvoer"}}
    for cell in code:
        cell |= {"execution_count": 9, "outputs": [old]}
    explored = {**code[-1], "id": "verkennen", "metadata": {"tags": [LAB_ONLY]}, "source": "nergens.bekend"}
    content["cells"].append(explored)
    path.write_text(json.dumps(content), encoding="utf-8")
    monkeypatch.setenv("KETEN_NOTEBOOKS", str(path.parent))
    done = keten_here("run", "--period", "2017-06", "--out", "uit", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    executed = (tmp_path / "uit" / "2017-06" / "1_bewaard.ipynb").read_text(encoding="utf-8")
    assert "widget" not in executed and "oude uitvoer" not in executed and "nergens.bekend" not in executed
    report = (tmp_path / "uit" / "2017-06" / "1_bewaard.html").read_text(encoding="utf-8")
    assert "oude uitvoer" not in report and "Eerste aanvragen: 5" in report
