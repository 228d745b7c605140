"""The code as a whole: no import goes up the rooms of the library, and ruff finds nothing."""

import subprocess
import sys

from importlinter.cli import lint_imports
from places import REPOSITORY


def test_imports_keep_their_direction(capsys, monkeypatch):
    """The contracts in pyproject.toml hold."""
    monkeypatch.syspath_prepend(REPOSITORY / "lib")
    failed = lint_imports(str(REPOSITORY / "pyproject.toml"), no_cache=True, no_logo=True)
    said = capsys.readouterr().out
    assert not failed, said
    assert "0 broken" in said and "0 kept" not in said


def test_ruff_finds_nothing():
    ruff = [sys.executable, "-m", "ruff", "check", "--quiet", "--no-cache", "."]
    done = subprocess.run(ruff, cwd=REPOSITORY, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
