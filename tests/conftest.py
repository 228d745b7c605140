"""Shared fixtures: where the repository is, the real files that may lie beside it, and editions that were run once."""

import functools
from pathlib import Path

import pytest
import report_checks

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"


@pytest.fixture(scope="session")
def repository() -> Path:
    """Root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with real publisher files; outside the workplace it is absent and its tests skip."""
    if not SHARED.is_dir():
        pytest.skip("de map shared/ met echte bestanden ligt niet naast deze checkout")
    return SHARED


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """The outcome of `keten run` with these arguments and the folder it wrote in; each run is made once."""
    made = {}

    def run(*arguments):
        if arguments not in made:
            out = tmp_path_factory.mktemp("uit")
            made[arguments] = (
                report_checks.keten("run", *arguments, "--out", out, cwd=tmp_path_factory.getbasetemp()),
                out,
            )
        return made[arguments]

    return run


@pytest.fixture(scope="session")
def edition_of(runs):
    """The edition that a run published; each is read once."""

    @functools.cache
    def edition(*arguments):
        done, out = runs(*arguments)
        written = [path.parent for path in out.glob("*/manifest.json")]
        assert len(written) == 1, done.stderr
        return report_checks.Edition(written[0])

    return edition
