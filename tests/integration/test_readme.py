"""The README keeps its promises: commands that exist, units that systemd accepts, files that are there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from keten.cli import main


@pytest.fixture(scope="module")
def readme(repository) -> str:
    return (repository / "README.md").read_text(encoding="utf-8")


def test_two_commands_set_themselves_up(readme):
    commands = [line for line in readme.splitlines() if line.startswith("python3 -m venv")]
    assert len(commands) == 2
    assert all("pip install -q -c constraints.txt -e " in command for command in commands)
    assert commands[0].endswith(".venv/bin/keten run") and commands[1].endswith(".venv/bin/python -m pytest")


def test_systemd_accepts_the_units(readme, tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is hier niet aanwezig")
    for name, text in re.findall(r"`(keten\.\w+)`:\n\n```ini\n(.*?)```", readme, re.DOTALL):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert {path.name for path in tmp_path.iterdir()} == {"keten.service", "keten.timer"}
    verdict = subprocess.run(
        ["systemd-analyze", "verify", "--user", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
    )
    complaints = [line for line in verdict.stderr.splitlines() if "keten." in line]
    assert not complaints


def test_every_option_that_the_readme_shows_exists(readme, capsys):
    with pytest.raises(SystemExit):
        main(["run", "--help"])
    usage = capsys.readouterr().out
    shown = set(re.findall(r"^keten run .*?(--[a-z-]+)", readme, re.MULTILINE))
    assert shown and all(option in usage for option in shown)


def test_named_files_are_there(readme, repository):
    for target in re.findall(r"\]\(([^)#:]+)\)", readme):
        assert (repository / target).exists(), target


def test_nothing_points_outside_the_project(repository):
    tracked = subprocess.run(["git", "ls-files"], cwd=repository, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("dit is geen git-checkout")
    for name in tracked.stdout.split():
        path = Path(repository, name)
        if path.suffix in {".py", ".md", ".toml", ".txt", ".json", ".ipynb", ".j2"} and path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"(^|[\s\"'=(])/(work|farm|root|home)/", text), name
