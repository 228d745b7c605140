"""The pages in Markdown keep their promises: commands, options, names, files and links that exist."""

import csv
import importlib
import io
import re
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from places import REPOSITORY

import keten
from keten import Workbook, charts
from keten.cli import main
from keten.sources.cards.formats import FORMATS, Habits
from keten.sources.readers import READERS

PAGES = sorted(
    path
    for path in REPOSITORY.rglob("*.md")
    if not {".venv", "build", "node_modules", ".pytest_cache"} & set(path.relative_to(REPOSITORY).parts)
)
ROOMS = sorted(path.stem for path in Path(keten.__file__).parent.iterdir() if not path.name.startswith("_"))
NAME = re.compile(rf"`((?:keten\.)?(?:{'|'.join(ROOMS)})(?:\.\w+)*)`")
PATH = re.compile(r"`((?:data|lib|notebooks|reports|tests)/[\w./-]*)`")
CARD = """
title = "Proef"
publisher = "Proef"
licence = "CC0"
goal = "2_asiel"
unit = "persons"
[format]
name = "json-lines"
[period]
column = "maand"
[dimensions.nationality]
column = "land"
codes = "nationality"
[measures.asylum_first_applications]
column = "aantal"
"""
MADE = (  # by a command, not kept
    "data/snapshots/", "reports/index.html", "reports/feed.xml", "reports/kalender.ics", "reports/nieuwste/",
    "reports/mislukt/", "reports/gerectificeerd/",
)  # fmt: skip


def text_of(page: str) -> str:
    return (REPOSITORY / page).read_text(encoding="utf-8")


def commands(text: str) -> list[str]:
    """The lines of the blocks of shell commands."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def slug(heading: str) -> str:
    """The anchor of a heading, as forges make it."""
    return re.sub(r"[^\w -]", "", heading.strip().lower()).replace(" ", "-")


def is_there(dotted: str) -> bool:
    """Whether a dotted name below `keten` is a module, or something in one; a module goes before its namesake."""
    found: object = keten
    for name in dotted.removeprefix("keten.").split("."):
        try:
            found = importlib.import_module(f"{found.__name__}.{name}" if isinstance(found, ModuleType) else "")
        except (ModuleNotFoundError, ValueError):
            if not hasattr(found, name):
                return False
            found = getattr(found, name)
    return True


def test_all_pages_are_looked_at():
    names = {page.relative_to(REPOSITORY).as_posix() for page in PAGES}
    assert {"README.md", "CONTRIBUTING.md", "lib/README.md", "notebooks/README.md", "reports/README.md"} <= names


def test_two_commands_set_themselves_up():
    lines = [line for line in text_of("README.md").splitlines() if line.startswith("python3 -m venv")]
    assert len(lines) == 2
    assert all("pip install -q -c constraints.txt -e " in line for line in lines)
    assert lines[0].endswith(".venv/bin/keten run") and lines[1].endswith(".venv/bin/python -m pytest")


def test_every_command_and_option_that_a_page_shows_exists(capsys):
    """Each `keten` command in a block of commands, with each of its options."""
    shown: dict[str, set[str]] = {}
    for page in PAGES:
        for line in commands(page.read_text(encoding="utf-8")):
            if given := re.match(r"(?:\.venv/bin/)?keten (\w+)([^#]*)", line):
                shown.setdefault(given[1], set()).update(re.findall(r"(?<!\S)--?[a-z][a-z-]*", given[2]))
    assert {
        "run",
        "month",
        "schedule",
        "doctor",
        "lab",
        "new",
        "update",
        "import",
        "sources",
        "check",
        "data",
        "revisions",
    } <= shown.keys()
    assert {"--period", "--as-of", "-p", "--pdf"} <= shown["run"]
    for command, options in shown.items():
        assert main([command, "--help"]) == 0, command
        usage = capsys.readouterr().out
        assert {option for option in options if not re.search(rf"(?<!\S){option}\b", usage)} == set(), command


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_links_lead_somewhere(page):
    """Every link to a file of ours, also to a heading in it."""
    wrong = []
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"https?://", link):
            continue
        file, _, anchor = link.partition("#")
        target = page.parent / file if file else page
        if not target.exists():
            wrong.append(link)
        elif anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            wrong += [link] * (anchor not in map(slug, headings))
    assert wrong == []


@pytest.mark.parametrize(
    "page", ["README.md", "data/README.md", "lib/README.md", "reports/README.md", "CONTRIBUTING.md"]
)
def test_named_paths_are_there(page):
    named = set(PATH.findall(text_of(page))) - set(MADE)
    new = set(re.findall(r"^\d\. Write `([^`]+)`", text_of(page), re.MULTILINE))  # what a worked example makes
    assert {path for path in named - new if not (REPOSITORY / path).exists()} == set()


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "lib/README.md"])
def test_named_modules_and_functions_are_there(page):
    named = set(NAME.findall(text_of(page)))
    assert len(named) > 5
    assert {name for name in named if not is_there(name)} == set()


def test_a_name_that_is_gone_is_found():
    assert is_there("workbook.scope.checked") and is_there("keten.model.periods.Period.label")
    assert not is_there("workbook.scope.gone") and not is_there("gone.scope")


def test_the_picture_of_the_rooms_is_the_contract_on_imports():
    picture = re.search(r"```\n(cli\n.*?)```", text_of("lib/README.md"), re.DOTALL)[1]
    words = "|".join(ROOMS)
    drawn = [re.findall(rf"(?:^|\| +)({words})\b(?=  |$)", line) for line in picture.splitlines()]
    contract = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"][0]["layers"]
    assert drawn == [layer.split(" | ") for layer in contract]


def test_tests_are_in_the_folders_that_have_a_command():
    folders = {path.parent.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / "tests").rglob("test_*.py")}
    told = set(re.findall(r"^\|.*`python -m pytest (tests/\w+)` \|$", text_of("CONTRIBUTING.md"), re.MULTILINE))
    assert told == folders


def test_one_command_counts_lines_of_code(tmp_path):
    (tmp_path / "one.py").write_text('"""What it is."""\n\n# why\nnumber = (\n    1\n)\n', encoding="utf-8")
    counted = run("tests/count_lines.py", tmp_path)
    assert counted.stdout.split() == ["3"]


def test_one_command_makes_the_reference(tmp_path):
    done = run("tests/api_reference.py", tmp_path, "keten.errors")
    page = (tmp_path / "keten.html").read_text(encoding="utf-8")
    assert 'id="Workbook.compare"' in page and 'id="KetenError"' in page, done.stderr
    assert "keten.presentation.charts.series" in page and (tmp_path / "keten" / "errors.html").is_file()


def worked_example(first: str) -> str:
    """The Python in CONTRIBUTING that begins like this."""
    (block,) = re.findall(rf"^ *```python\n( *{re.escape(first)}.*?)^ *```", text_of("CONTRIBUTING.md"), re.S | re.M)
    return textwrap.dedent(block)


def test_the_chart_of_the_worked_example_can_be_drawn():
    shown = eval(worked_example("charts.columns("), {"charts": charts, "chain": Workbook("2016")})
    assert {row["measure"] for row in shown.figures} == {"illegally_present_found"}
    assert {row["dimensions"].removeprefix("nationality=") for row in shown.figures} >= {"Albanië", "Marokko", "Syrië"}


def test_the_reader_of_the_worked_example_reads(tmp_path, monkeypatch, capsys):
    exec(worked_example('"""JSON Lines'), made := {})
    monkeypatch.setitem(READERS, "json-lines", made["json_lines"])
    monkeypatch.setitem(FORMATS, "json-lines", Habits(period=(), decimal="."))
    (tmp_path / "data").mkdir()
    (tmp_path / "proef.toml").write_text(CARD, encoding="utf-8")
    lines = [
        '{"maand": "2017-05", "land": "Eritrea", "aantal": 10}',
        '{"maand": "2017-06", "land": "Eritrea", "aantal": 15}',
    ]
    (tmp_path / "een.jsonl").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["import", "proef.toml", "een.jsonl", "--data", "data"]) == 0
    capsys.readouterr()
    assert main(["data", "--data", "data"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    told = [(row["period"], row["nationality"], row["value"]) for row in rows]
    assert told == [("2017-05", "Eritrea", "10"), ("2017-06", "Eritrea", "15")]
    (tmp_path / "twee.jsonl").write_bytes(b"3\n")
    assert main(["import", "proef.toml", "twee.jsonl", "--data", "data"]) != 0
    assert "geen JSON Lines" in capsys.readouterr().out


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a script of this repository on this library."""
    call = [sys.executable, str(REPOSITORY / script), *map(str, arguments)]
    return subprocess.run(call, capture_output=True, text=True, check=True, cwd=REPOSITORY)


def test_nothing_points_outside_the_project(repository):
    tracked = subprocess.run(["git", "ls-files"], cwd=repository, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("dit is geen git-checkout")
    for name in tracked.stdout.split():
        path = Path(repository, name)
        if path.suffix in {".py", ".md", ".toml", ".txt", ".json", ".ipynb", ".j2", ".cff", ".yaml"} and path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"(^|[\s\"'=(])/(work|farm|root|home)/", text), name
