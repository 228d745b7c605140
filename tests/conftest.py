"""Shared fixtures: where the repository is, files in the publishers' own formats, and editions that were run once."""

import functools
import hashlib
import os
import pickle
import shutil
import signal
from pathlib import Path

import pytest
import report_checks
from browser import chromium
from filelock import FileLock
from places import REPOSITORY, SAMPLES

pytest.register_assert_rewrite("lab_page")

SHARED = REPOSITORY.parent / "shared"
# Fast folders first; in a folder the files that take longest, so that no worker is left with one at the end.
FOLDERS = ("unit", "integration", "reports", "browser", "lab")
# Excerpts of our own making in the shape of the publishers' files are always read, the files themselves where they are.
ORIGINS = {"excerpt": SAMPLES}
if (SHARED / "real").is_dir():
    ORIGINS["real"] = SHARED
FIRST = ("test_accessibility.py", "test_reports.py", "test_live.py", "test_run.py", "test_report_records.py")

# For the processes that the tests start; this one imports the library itself before anything imports jsonschema.
QUICK = str(REPOSITORY / "tests" / "quick")
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (QUICK, os.environ.get("PYTHONPATH"))))


def pytest_collection_modifyitems(items):
    """In the order of FOLDERS, then of FIRST, then as they are; tests of one file stay together."""

    def rank(item):
        folder, name = item.path.parent.name, item.path.name
        if folder not in FOLDERS:
            raise pytest.UsageError(f"{name} belongs in one of the folders {', '.join(FOLDERS)} of tests/")
        return FOLDERS.index(folder), FIRST.index(name) if name in FIRST else len(FIRST)

    items.sort(key=rank)


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
def common(tmp_path_factory) -> Path:
    """A folder that all processes of this session of pytest share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def kept(common):
    """Write a text in the common folder once, so that editions on such a file have the same arguments everywhere."""

    def write(name: str, text: str) -> Path:
        path = common / "records" / name
        with FileLock(f"{common / name}.lock"):
            if not path.is_file():
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text, f"another {name} is there"
        return path

    return write


@pytest.fixture(scope="session")
def runs(common):
    """The outcome of `keten run` with these arguments and the folder it wrote in.

    Each run is made once for all tests, also when pytest divides them over several processes. Without arguments it is
    the command as a user gives it; with them the same code in this process, where all that a run needs is loaded.
    """

    @functools.cache
    def run(*arguments):
        folder = common / ("run-" + hashlib.sha256(repr(arguments).encode()).hexdigest()[:12])
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
