"""The analyst's folder of `keten lab`: copies that are renewed, own work that stays, shipped notebooks untouched."""

import json
import os
import shutil

import nbformat
import pytest

from keten.errors import KetenError
from keten.lab.work import STATE, edited, prepare
from keten.reports.choice import available, chosen


def notebook(path, code, outputs=()):
    cell = nbformat.v4.new_code_cell(code, outputs=list(outputs), id="c")
    content = nbformat.v4.new_notebook(cells=[cell], metadata={"keten_report": path.stem})
    path.write_text(json.dumps(content), encoding="utf-8")


def code_of(path):
    return nbformat.read(path, as_version=4).cells[0].source


@pytest.fixture
def shipped(tmp_path):
    folder = tmp_path / "checkout" / "notebooks"
    folder.mkdir(parents=True)
    notebook(folder / "2_asiel.ipynb", "een")
    (folder / "start.md").write_text("# Begin")
    return folder


@pytest.fixture
def work(tmp_path):
    return tmp_path / "werk"


def test_what_an_analyst_saves_stays_and_never_reaches_the_shipped_notebook(shipped, work):
    assert prepare(work, shipped) == []
    assert (work / "start.md").read_text() == "# Begin" and edited(work, ["2_asiel"]) == []
    notebook(work / "2_asiel.ipynb", "van mij")
    assert prepare(work, shipped) == []
    assert code_of(work / "2_asiel.ipynb") == "van mij" and code_of(shipped / "2_asiel.ipynb") == "een"
    assert edited(work, ["2_asiel"]) == ["2_asiel"]


def test_a_copy_that_only_ran_is_renewed(shipped, work):
    prepare(work, shipped)
    notebook(work / "2_asiel.ipynb", "een", [nbformat.v4.new_output("stream", text="cijfers")])
    notebook(shipped / "2_asiel.ipynb", "twee")
    assert prepare(work, shipped) == ["2_asiel.ipynb is vernieuwd."]
    assert code_of(work / "2_asiel.ipynb") == "twee" and prepare(work, shipped) == []


def test_own_changes_are_kept_beside_the_new_copy_each_time(shipped, work):
    prepare(work, shipped)
    for number, new in enumerate(("twee", "drie"), 1):
        notebook(work / "2_asiel.ipynb", f"van mij {number}")
        notebook(shipped / "2_asiel.ipynb", new)
        (told,) = prepare(work, shipped)
        assert told == f"2_asiel.ipynb is vernieuwd; uw eigen versie staat in 2_asiel_eigen_{number}.ipynb."
        assert code_of(work / "2_asiel.ipynb") == new
        assert code_of(work / f"2_asiel_eigen_{number}.ipynb") == f"van mij {number}"


def test_own_work_survives_a_lost_state_and_a_broken_file(shipped, work):
    prepare(work, shipped)
    (work / STATE).write_text("{")
    (work / "2_asiel.ipynb").write_text("geen json")
    assert "2_asiel_eigen_1.ipynb" in prepare(work, shipped)[0]
    assert (work / "2_asiel_eigen_1.ipynb").read_text() == "geen json"


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_link_to_a_shipped_notebook_becomes_a_copy(shipped, work, link):
    prepare(work, shipped)
    (work / "2_asiel.ipynb").unlink()
    link(shipped / "2_asiel.ipynb", work / "2_asiel.ipynb")
    prepare(work, shipped)
    notebook(work / "2_asiel.ipynb", "van mij")
    assert code_of(shipped / "2_asiel.ipynb") == "een"


def test_folders_that_cannot_serve_are_refused_in_one_sentence_and_left_alone(shipped, work, tmp_path):
    (tmp_path / "via").symlink_to(shipped)
    (tmp_path / "bestand").write_text("x")
    for folder, words in {
        shipped: "in de map met notebooks zelf",
        shipped / "werk": "in de map met notebooks zelf",
        tmp_path / "via" / "werk": "in de map met notebooks zelf",
        shipped.parent: "al iets anders",
        tmp_path / "bestand": "is geen map",
        tmp_path / "bestand" / "werk": "kan niet worden",
    }.items():
        with pytest.raises(KetenError, match=words) as refused:
            prepare(folder, shipped)
        assert "\n" not in str(refused.value) and "--work" in str(refused.value)
    assert {path.name for path in shipped.iterdir()} == {"2_asiel.ipynb", "start.md"}


def test_of_two_checkouts_each_has_its_folder_and_one_that_moved_keeps_its_own(shipped, work, tmp_path):
    prepare(work, shipped)
    other = shutil.copytree(shipped, tmp_path / "ander")
    with pytest.raises(KetenError, match="hoort bij de notebooks in"):
        prepare(work, other)
    notebook(work / "2_asiel.ipynb", "van mij")
    shutil.rmtree(shipped)
    assert prepare(work, other) == [] and code_of(work / "2_asiel.ipynb") == "van mij"


def test_a_run_takes_a_notebook_of_the_analyst_only_by_its_path(shipped, work):
    prepare(work, shipped)
    there = available(shipped)
    assert [one.path.parent for one in chosen(["asiel"], there)] == [shipped]
    assert [one.path for one in chosen([str(work / "2_asiel.ipynb")], there)] == [work / "2_asiel.ipynb"]
    with pytest.raises(KetenError, match="Er is geen notebook"):
        chosen([str(work / "weg.ipynb")], there)
    with pytest.raises(KetenError, match="heten 2_asiel"):
        chosen(["asiel", str(work / "2_asiel.ipynb")], there)
