"""What a run makes, of what and under which name: only reports, on its own parameters, on the data that it found."""

import json
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
import small_notebooks
from edition_folders import TELL_TIME
from places import SAMPLES

from keten.cli import main
from keten.commands import request
from keten.commands import run as command
from keten.errors import KetenError
from keten.model.parameters import DEFAULTS
from keten.model.periods import Period
from keten.reports.choice import available, chosen, left_out, one, typed
from keten.reports.frozen import record_prints
from keten.reports.notebook import read
from keten.reports.publish import baseline, manifest
from keten.reports.publish.variant import variant_of

SPOIL = """
import pathlib
(path,) = pathlib.Path("gegevens/published").glob("figures.csv")
path.write_text("kapot", encoding="utf-8")
pathlib.Path("gegevens/nieuw.csv").write_text("x", encoding="utf-8")
"""
READ = "from keten import Workbook\nprint(len(Workbook(period).series('asylum_first_applications')) > 50)"


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The folder with notebooks; `keten run` works beside it."""
    monkeypatch.setenv("KETEN_NOTEBOOKS", str(tmp_path / "notebooks"))
    monkeypatch.chdir(tmp_path)
    small_notebooks.good(tmp_path / "notebooks", "2_asiel", 5)
    small_notebooks.good(tmp_path / "notebooks", "3_toegang", 6)
    return tmp_path / "notebooks"


def account(out: Path) -> dict:
    return json.loads((out / manifest.NAME).read_text(encoding="utf-8"))


def with_cell(path: Path, source: str) -> None:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source = source
    nbformat.write(notebook, path)


@pytest.fixture
def copies(folder) -> Path:
    """What JupyterLab leaves beside the reports, and a file that cannot be read."""
    shutil.copyfile(folder / "3_toegang.ipynb", folder / "3_toegang-Copy1.ipynb")
    draft = small_notebooks.good(folder, "Untitled", 7)
    notebook = nbformat.read(draft, as_version=4)
    del notebook.metadata["keten_report"]
    nbformat.write(notebook, draft)
    (folder / "9_stuk.ipynb").write_text("{", encoding="utf-8")
    return folder


def test_only_reports_under_their_own_name_join_a_run_without_names(copies):
    main(["new", "vraag", "--like", "2_asiel"])
    notebooks = available(copies)
    assert [notebook.stem for notebook in chosen([], notebooks)] == ["2_asiel", "3_toegang", "9_stuk"]
    assert left_out(notebooks) == [
        "Let op: niet gemaakt, want geen rapport onder de eigen naam: 3_toegang-Copy1 (een kopie van 3_toegang) en "
        "Untitled.",
        "Niet gemaakt, want alleen op verzoek: vraag.",
    ]


def test_a_copy_makes_no_name_ambiguous_and_can_be_asked_for(copies):
    notebooks = available(copies)
    assert one("toegang", notebooks).stem == "3_toegang"
    assert one("Copy1", notebooks).stem == "3_toegang-Copy1"
    assert [notebook.stem for notebook in chosen(["Untitled"], notebooks)] == ["Untitled"]
    shutil.copyfile(copies / "3_toegang.ipynb", copies / "3_toegang-Copy2.ipynb")
    with pytest.raises(KetenError, match="past op meer notebooks: 3_toegang-Copy1, 3_toegang-Copy2"):
        one("Copy", available(copies))


@pytest.mark.parametrize("about", [None, 5, {}, [], True, "2_ASIEL", "2_asiel.ipynb", "", "\x1b[2J", "a\nb"])
def test_a_notebook_has_to_say_its_very_name(folder, about):
    path = folder / "2_asiel.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["metadata"]["keten_report"] = about
    path.write_text(json.dumps(content), encoding="utf-8")
    notebooks = available(folder)
    assert [notebook.stem for notebook in chosen([], notebooks)] == ["3_toegang"]
    assert ("een kopie van" in left_out(notebooks)[0]) == (
        isinstance(about, str) and about.isprintable() and about != ""
    )


def test_what_is_left_out_is_told_also_when_the_rest_is_quiet(copies, capsys):
    (copies / "9_stuk.ipynb").unlink()
    assert main(["run", "--period", "2017-06", "--out", "uit", "-q"]) == 0
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.count("\n") == 1 and "3_toegang-Copy1" in printed.err
    assert account(Path("uit/2017-06"))["notebooks"].keys() == {"2_asiel", "3_toegang"}
    assert main(["run", "asiel", "--period", "2017-06", "--out", "uit", "-q"]) == 0
    assert capsys.readouterr().err == ""  # who names a notebook knows what is left out


def test_no_parameter_comes_from_what_someone_left_in_a_notebook(folder, capsys):
    left = 'period = "2016-01"\ncompare_years = 7\nnationality = "Eritrea"\nas_of = "2017-03-31"\ncode = "9"'
    with_cell(folder / "2_asiel.ipynb", left)
    code = "print(period, compare_years, repr(nationality), repr(as_of), code)"
    small_notebooks.write(folder, "4_toont", code)
    with_cell(folder / "4_toont.ipynb", left)
    assert main(["run", "asiel", "toont", "--period", "2017-06", "--as-of", "2017-12-31", "--out", "uit", "-q"]) == 0
    told = capsys.readouterr().err
    assert (
        "Let op: In 4_toont staat compare_years = 7 en nationality = 'Eritrea'; dat telt in een run niet mee. "
        "Geef het zo nodig mee: -p compare_years WAARDE.\n" in told
    )
    edition = Path("uit/2017-06_stand-2017-12-31")
    shown = nbformat.read(edition / "4_toont.ipynb", as_version=4).cells[-1].outputs[0].text
    assert shown == "2017-06 2 '' '2017-12-31' 9\n"
    held = {"period": "2017-06", "compare_years": 2, "nationality": "", "as_of": "2017-12-31"}
    assert account(edition)["notebooks"]["4_toont"]["parameters"] == {**held, "code": "9"}
    assert account(edition)["parameters"] == held


def test_the_notebooks_of_the_repository_have_the_defaults_of_a_run(repository):
    for notebook in available(repository / "notebooks"):
        assert notebook.report == notebook.stem
        own = {name: value for name, value in notebook.parameters.items() if name != "period"}
        assert own == {name: DEFAULTS[name] for name in own}


def git(folder: Path, *arguments: str) -> None:
    name = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", folder, *name, *arguments], check=True, capture_output=True, timeout=60)


def test_notebooks_that_differ_from_the_commit_are_named(folder, tmp_path, monkeypatch, capsys):
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "notebooks")
    git(tmp_path, "commit", "-qm", "eerste")
    paths = sorted(folder.glob("*.ipynb"))
    assert manifest.git(tmp_path, paths)["changed_notebooks"] == []
    with_cell(folder / "3_toegang.ipynb", f"{small_notebooks.PARAMETERS}\n# anders")
    (tmp_path / ".gitignore").write_text("notebooks/4*", encoding="utf-8")
    small_notebooks.good(folder, "4_nieuw", 5)  # also one that git was told to pass over
    elsewhere = small_notebooks.good(tmp_path.parent / f"{tmp_path.name}-elders", "5_elders", 5)
    paths = [*sorted(folder.glob("*.ipynb")), elsewhere]
    names = ["3_toegang.ipynb", "4_nieuw.ipynb", "5_elders.ipynb"]
    assert manifest.git(tmp_path, paths)["changed_notebooks"] == names
    for module in (command, request):
        monkeypatch.setattr(module, "repository", lambda: tmp_path)
    assert main(["run", "toegang", "asiel", "--period", "2017-06", "--out", "uit", "-q"]) == 0
    assert "Let op: anders dan in de vastgelegde versie (" in (told := capsys.readouterr().err)
    assert told.endswith("): 3_toegang.ipynb.\n")
    assert account(Path("uit/2017-06"))["git"]["changed_notebooks"] == ["3_toegang.ipynb"]


@pytest.mark.parametrize("linked", [False, True])
def test_data_that_change_in_the_middle_change_nothing_in_the_run(folder, tmp_path, repository, linked):
    shutil.copytree(repository / "data", tmp_path / "gegevens")
    if linked:
        (tmp_path / "gegevens/published").rename(tmp_path / "elders")
        (tmp_path / "gegevens/published").symlink_to(tmp_path / "elders")
    before = manifest.sha256(tmp_path / "gegevens/published/figures.csv")
    small_notebooks.write(folder, "1_bederft", SPOIL, READ)
    small_notebooks.write(folder, "9_leest", READ)
    names = ["1_bederft", "9_leest"]
    options = ["--period", "2017-06", "--data", "gegevens", "--jobs", "1", "--out", "uit"]
    assert main(["run", *names, *options]) == 0
    assert (tmp_path / "gegevens/published/figures.csv").read_text(encoding="utf-8") == "kapot"
    edition = Path("uit/2017-06")
    for name in names:
        assert nbformat.read(edition / f"{name}.ipynb", as_version=4).cells[-1].outputs[0].text == "True\n"
    told = account(edition)["inputs"]
    assert told["data/published/figures.csv"] == before and "data/nieuw.csv" not in told
    assert main(["run", *names, *options]) == 2  # the next run has them


def test_a_notebook_that_writes_in_the_data_of_the_run_publishes_nothing(folder, capsys):
    code = "from keten import Workbook\n(Workbook(period).data / 'published' / 'figures.csv').write_text('kapot')"
    small_notebooks.write(folder, "1_bederft", code)
    assert main(["run", "1_bederft", "asiel", "--period", "2017-06", "--out", "uit", "-q"]) == 1
    assert {entry["state"] for entry in account(Path("uit/2017-06"))["notebooks"].values()} == {"FAILED"}
    assert not list(Path("uit/2017-06").glob("*_*.html"))
    told = "Geen rapport is vernieuwd: het bestand data/published/figures.csv werd tijdens de run gewijzigd.\n"
    assert capsys.readouterr().err.endswith(told)


def test_a_notebook_that_is_saved_in_the_middle_changes_nothing_in_the_run(folder, tmp_path):
    path = small_notebooks.good(folder, "9_later", 5)
    before = manifest.sha256(path)
    small_notebooks.write(folder, "1_eerst", f"import pathlib\npathlib.Path({str(path)!r}).write_text('kapot')")
    assert main(["run", "1_eerst", "9_later", "--period", "2017-06", "--jobs", "1", "--out", "uit"]) == 0
    assert path.read_text(encoding="utf-8") == "kapot"
    assert account(Path("uit/2017-06"))["inputs"]["notebooks/9_later.ipynb"] == before


# -- other parameters --


def test_other_parameters_make_an_edition_of_their_own(folder):
    run = ["run", "asiel", "--period", "2017-06", "--out", "uit", "-q"]
    assert main(run) == 0
    plain = {path.name: path.read_bytes() for path in Path("uit/2017-06").iterdir()}
    assert main([*run, "-p", "nationality", "eri"]) == 0
    assert main([*run, "--compare-years", "2", "-p", "nationality", ""]) == 0  # the defaults
    found = sorted(path.parent.name for path in Path("uit").glob("*/manifest.json"))
    assert found == ["2017-06", "2017-06_nationaliteit-eritrea"]
    again = {path.name: path.read_bytes() for path in Path("uit/2017-06").iterdir() if path.name not in TELL_TIME}
    assert again == {name: content for name, content in plain.items() if name not in TELL_TIME}
    edition = Path("uit/2017-06_nationaliteit-eritrea")
    label = "juni 2017, nationaliteit Eritrea"
    assert account(edition)["label"] == label
    assert label in (edition / "index.html").read_text(encoding="utf-8")
    assert f"uitgave {label}" in (edition / "2_asiel.html").read_text(encoding="utf-8")
    assert label in Path("uit/index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"nationality": "eri"}, "_nationaliteit-eritrea"),
        ({"nationality": "Eritrea"}, "_nationaliteit-eritrea"),
        ({"as_of": "2017-12-31"}, "_stand-2017-12-31"),
        ({"compare_years": "0"}, "_jaren-0"),
        ({"compare_years": "2", "nationality": ""}, ""),
        ({"code": "../../x"}, "_code-x-"),
        ({"respondents": "enquete.csv"}, "_respondenten-enquete-"),
    ],
)
def test_every_parameter_is_in_the_name_of_the_edition(folder, repository, given, name):
    shutil.copy(SAMPLES / "survey_sample.csv", "enquete.csv")
    notebook = read(folder / "2_asiel.ipynb")
    values = {notebook.stem: typed(notebook, given)}
    prints = record_prints({key: value for key, value in given.items() if key == "respondents"})
    found = variant_of(command.apart([notebook], values, repository / "data"), prints).name
    assert found == name or (name.endswith("-") and found.startswith(name) and "." not in found)


def test_what_has_changed_compares_like_with_like(folder):
    def made(*given: str) -> Path:
        """The newest edition."""
        assert main(["run", "asiel", "--out", "uit", "-q", *given]) == 0
        return max(Path("uit").glob("2017*"), key=lambda path: account(path)["started"])

    def previous(**given: str) -> str | None:
        """The edition with which June would be compared."""
        values = typed(read(folder / "2_asiel.ipynb"), {"period": "2017-06", **given})
        editions = baseline.earlier(Path("uit"), Period.parse("2017-06"))
        told = baseline.previous(editions, "2_asiel", values)
        return told and told["edition"]

    focus = {"nationality": "Eritrea"}
    made("--period", "2017-05", "-p", "nationality", "Eritrea")
    assert previous() is None
    made("--period", "2017-04")
    assert (previous(), previous(**focus)) == ("2017-04", "2017-05_nationaliteit-eritrea")
    assert previous(as_of="2017-12-31") is None
    edition = made("--period", "2017-06", "-p", "nationality", "Eritrea")
    told = nbformat.read(edition / "2_asiel.ipynb", as_version=4).metadata.keten.changes.previous
    assert told.edition == previous(**focus)
