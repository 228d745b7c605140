"""The types of the library hold, as pyproject.toml asks them per room."""

import subprocess
import sys

from places import REPOSITORY


def test_mypy_finds_nothing(tmp_path):
    mypy = [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path), "--no-color-output"]
    done = subprocess.run(mypy, cwd=REPOSITORY, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Success: no issues found in" in done.stdout
