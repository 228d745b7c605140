"""Shared fixtures: where the repository is, files in the publishers' own formats, and editions that were run once."""

import functools
import hashlib
import os
import pickle
import shutil
import signal
import sys
from pathlib import Path

import pytest
import report_checks
from browser import chromium
from filelock import FileLock

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"
# Excerpts of our own making in the shape of the publishers' files are always read, the files themselves where they are.
ORIGINS = {"excerpt": REPOSITORY / "tests" / "data_samples"}
if (SHARED / "real").is_dir():
    ORIGINS["real"] = SHARED
# The files that take longest begin first, so that no worker is left with one while the other has nothing to do.
FIRST = ("test_accessibility.py", "test_reports.py", "test_live.py", "test_run.py", "test_report_records.py")

# For this process, where jsonschema may look before anything else, and for those that it starts.
sys.path.insert(0, QUICK := str(REPOSITORY / "tests" / "quick"))
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (QUICK, os.environ.get("PYTHONPATH"))))


def pytest_collection_modifyitems(items):
    """Files in the order of FIRST, then the others; tests of one file stay as they are."""
    items.sort(key=lambda item: FIRST.index(item.path.name) if item.path.name in FIRST else len(FIRST))


@pytest.fixture(scope="session")
def repository() -> Path:
    """Root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="module", params=ORIGINS)
def origin(request) -> str:
    """Whose files a test reads: our "excerpt" always, and the "real" ones where they lie beside the checkout."""
    return request.param


@pytest.fixture(scope="module")
def publisher_files(origin) -> Path:
    """Folder with files as publishers give them, of that origin."""
    return ORIGINS[origin]


@pytest.fixture
def interruptible():
    """Let SIGINT interrupt this process and those it starts: a shell has a pytest in the background ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A browser of the test module's own."""
    with chromium(tmp_path_factory.mktemp("profiel")) as opened:
        yield opened


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """The outcome of `keten run` with these arguments and the folder it wrote in.

    Each run is made once for all tests, also when pytest divides them over several processes. Without arguments it is
    the command as a user gives it; with them the same code in this process, where all that a run needs is loaded.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    @functools.cache
    def run(*arguments):
        folder = shared / ("run-" + hashlib.sha256(repr(arguments).encode()).hexdigest()[:12])
        with FileLock(f"{folder}.lock"):
            outcome = folder / "outcome.pickle"
            if not outcome.is_file():
                shutil.rmtree(folder, ignore_errors=True)
                (folder / "uit").mkdir(parents=True)
                keten = report_checks.keten_here if arguments else report_checks.keten
                done = keten("run", *arguments, "--out", folder / "uit", cwd=folder)
                outcome.write_bytes(pickle.dumps(done))
            return pickle.loads(outcome.read_bytes()), folder / "uit"

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
