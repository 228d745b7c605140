"""Where data and notebooks are found, which day it is, and what importing the library does and leaves alone."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from keten import clock, paths
from keten.commands.parser import day_given


@pytest.fixture
def installed(tmp_path, repository):
    """Run Python in a folder of its own with a copy of the library that does not lie in a checkout."""
    shutil.copytree(repository / "lib" / "keten", tmp_path / "site" / "keten")
    folder = tmp_path / "werkmap"
    folder.mkdir()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KETEN_")}

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess:
        environment = {**inherited, **more, "PYTHONPATH": str(tmp_path / "site")}
        return subprocess.run(
            [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
        )

    return run, folder


def test_the_caller_goes_before_the_environment_and_that_before_the_checkout(monkeypatch, repository):
    monkeypatch.delenv("KETEN_DATA", raising=False)
    monkeypatch.delenv("KETEN_NOTEBOOKS", raising=False)
    assert (paths.data_folder(), paths.notebooks_folder()) == (repository / "data", repository / "notebooks")
    monkeypatch.setenv("KETEN_DATA", "elders")
    monkeypatch.setenv("KETEN_NOTEBOOKS", "schrift")
    assert (paths.data_folder(), paths.notebooks_folder()) == (Path("elders"), Path("schrift"))
    assert paths.data_folder("hier") == Path("hier")


def test_an_installed_copy_finds_what_is_in_the_current_folder(installed, repository):
    run, folder = installed
    question = ("-m", "keten.cli", "data", "--measure", "border_refusals", "--period", "2017")
    without = run(*question)
    assert (without.returncode, without.stdout) == (2, "")
    assert without.stderr == ("De map met gegevens 'data' bestaat niet; maak haar aan of kies een andere met --data.\n")
    (folder / "data").symlink_to(repository / "data")
    (folder / "notebooks").mkdir()
    here = run(*question)
    assert here.returncode == 0, here.stderr
    assert here.stdout == run(*question, "--data", str(repository / "data")).stdout
    assert here.stdout.count("\n") > 1
    # The command line, a notebook and the account of a run look in the same place.
    code = (
        "from keten import Workbook, paths; from keten.commands.run import inputs\n"
        "data = Workbook('2017').data\n"
        "assert data == paths.data_folder() and data.is_dir() and paths.notebooks_folder().is_dir()\n"
        "print(len(inputs([], {}, data)) > 10, paths.repository())"
    )
    done = run("-c", code)
    assert done.stdout == "True None\n", done.stderr


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 4, 22, 59, tzinfo=UTC), "2026-03-04"),
        (datetime(2026, 3, 4, 23, 30, tzinfo=UTC), "2026-03-05"),
        (datetime(2026, 7, 4, 21, 59, tzinfo=UTC), "2026-07-04"),
        (datetime(2026, 7, 4, 22, 0, tzinfo=UTC), "2026-07-05"),
    ],
)
def test_a_day_begins_at_midnight_in_the_netherlands(monkeypatch, moment, day):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return moment.astimezone(tz)

    monkeypatch.setattr(clock, "datetime", Clock)
    assert clock.today() == day_given("") == day
    assert clock.time_stamp() == f"{moment:%Y-%m-%dT%H:%M}:00.000Z"  # time stamps stay in UTC
    assert day_given("2017-02-28") == "2017-02-28"


IRIS = """
import sys
import keten, jsonschema
assert "rfc3987_syntax" not in sys.modules, "its grammars were compiled for an import"
check = jsonschema.FormatChecker().conforms
assert check("https://voorbeeld.nl/é", "iri") and not check("geen iri", "iri")
assert check("é/b", "iri-reference") and not check("a b", "iri-reference")
import rfc3987_syntax
assert rfc3987_syntax.__file__ and rfc3987_syntax.parse
"""
OTHERS = """
import keten
import rfc3987_syntax
assert rfc3987_syntax.parse, "another library gets the package itself"
import jsonschema
assert jsonschema._format._rfc3987_is_valid_syntax is rfc3987_syntax.is_valid_syntax
"""
ABSENT = """
import sys
sys.modules["rfc3987_syntax"] = None
import keten, jsonschema
assert "iri" not in jsonschema.FormatChecker.checkers, "a check that could only fail"
assert jsonschema.FormatChecker().conforms("1.2.3.4", "ipv4")
"""


@pytest.mark.parametrize("code", [IRIS, OTHERS, ABSENT], ids=["first", "others", "absent"])
def test_importing_the_library_leaves_other_imports_alone(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("asked", ["--version", "--help", "run --help"])
def test_the_command_line_answers_without_loading_what_only_a_run_needs(asked):
    slow = {"jinja2", "jupyter_client", "numpy", "pandas", "requests"}
    code = f"import sys, keten.cli\nketen.cli.main({asked.split()})\nprint(sorted({slow} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.splitlines()[1:] and done.stdout.splitlines()[-1] == "[]", done.stderr


def test_what_few_reports_need_is_not_imported_for_all_of_them():
    slow = {"openpyxl", "pikepdf", "scipy.sparse", "scipy.stats", "statsmodels", "vl_convert"}
    code = f"import sys, keten.reports.execute.preload\nprint(sorted({slow} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout == "[]\n", done.stderr
