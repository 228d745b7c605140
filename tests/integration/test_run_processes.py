"""What processes, kernels and their output may do to a run: it fails where it must, and nothing outlives it.

KETEN_FUZZ=1 asks a run to end, or kills it, at twenty moments and tries forty hostile notebooks (minutes); without it
at two, and the first of them.
"""

import contextlib
import errno
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
import small_notebooks
from edition_folders import TELL_TIME

from keten.reports.execute import pool
from keten.reports.execute.output_limit import FORM, MESSAGE, PRINTED, OutputLimit
from keten.reports.publish import manifest
from keten.reports.result import Job

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="alleen op Linux vorken de kernen")
EVERY = bool(os.environ.get("KETEN_FUZZ"))
MOMENTS = 20 if EVERY else 2
ASKED = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
ENDED = "Afgebroken; wat er al stond is niet gewijzigd.\n"
KILL = """
import os, signal, time
def parent(pid):
    return int(open(f"/proc/{{pid}}/stat").read().rpartition(")")[2].split()[1])
ancestors = [os.getppid()]
while "keten.cli" not in open(f"/proc/{{parent(ancestors[-1])}}/cmdline").read():
    ancestors.append(parent(ancestors[-1]))
if {when}:
    open({mark!r}, "w").close()
    os.kill(ancestors[{which}], signal.SIGKILL)
    time.sleep(60)
"""
STRAY = """
import os, subprocess, sys
stray = "import os, time; os.fork() and os._exit(0); os.setsid(); open('zwerver', 'w').write(str(os.getpid())); " \\
       "time.sleep(600)"
subprocess.run([sys.executable, "-c", stray], start_new_session=True)
import time
while not os.path.exists("zwerver") or not open("zwerver").read():
    time.sleep(0.01)
"""


@pytest.fixture(scope="module")
def patch():
    """Changes that last as long as the tests in this file."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def surroundings(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """A folder with notebooks, a temporary folder of its own and modules that hide Python's."""
    for name in ("calendar", "token", "random"):
        (folder / f"{name}.py").write_text("raise RuntimeError('in the way')", encoding="utf-8")
    (folder / "tmp").mkdir()
    patch.setenv("TMPDIR", str(folder / "tmp"))
    patch.setenv("KETEN_NOTEBOOKS", str(folder / "notebooks"))
    patch.chdir(folder)
    return folder


@pytest.fixture
def place(tmp_path, monkeypatch):
    return surroundings(tmp_path, monkeypatch)


def run(*options: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "keten.cli", "run", "--period", "2017-06", "--out", "uit", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=900 if EVERY else 120)


def entries(place: Path) -> dict[str, tuple[str, str | None]]:
    notebooks = manifest.load(place / "uit/2017-06")["notebooks"]
    return {stem: (entry["state"], entry["reason"]) for stem, entry in notebooks.items()}


DEAD = 'De rekenkern is onverwacht gestopt, onder "Deel 1".'
GOOD, LATE = None, "niet klaar"
UNREADABLE = "is geen leesbaar notebook"
# Name: the code of its cell, or the text of its file, and words of the reason for which it fails.
HOSTILE = {
    "zwerver": (STRAY, GOOD),
    "werker": (
        KILL.format(when="True", which=1, mark="werker"),
        "Het proces dat het rapport maakte is onverwacht gestopt; start opnieuw.",
    ),
    "kernserver": (KILL.format(when="True", which=0, mark="kernserver"), DEAD),
    "daarna": ("import calendar, token, random\nprint(calendar.__file__, random.__file__)", GOOD),
    # The first time it kills what all workers come from; the second time it is good.
    "alles": (KILL.format(when="not os.path.exists('al')", which=-1, mark="al"), GOOD),
    "diep": ("[" * 200_000, UNREADABLE),
    # From here on with KETEN_FUZZ only.
    "dood": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", DEAD),
    "segfault": ("import ctypes\nctypes.string_at(0)", DEAD),
    "abort": ("import os\nos.abort()", DEAD),
    "groep": ("import os, signal\nos.killpg(0, signal.SIGKILL)", DEAD),
    "stil": ("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", LATE),
    "stille_server": ("import os, signal, time\nos.kill(os.getppid(), signal.SIGSTOP)\ntime.sleep(60)", DEAD),
    "doof": ("import signal, time\nfor n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)\ntime.sleep(60)", LATE),
    "lus": ("while True: pass", LATE),
    "vragen": ("input('naam')", "StdinNotImplementedError"),
    "diepte": ("def f(): f()\nf()", "RecursionError"),
    "geheugen": ("'x' * 10**15", "MemoryError"),
    "veel": ("for n in range(100): print('x' * 999_999)", GOOD),
    "regels": ("for n in range(200_000): print(n)", GOOD),
    "veel_fout": ("raise ValueError('x' * 100_000_000)", "ValueError: xxx"),
    "veel_tekst": ("'x' * 100_000_000", GOOD),
    "veel_html": ("from IPython.display import HTML\nHTML('x' * 50_000_000)", GOOD),
    "buizen": ("import os\nfor n in (0, 1, 2): os.close(n)", GOOD),
    "stromen": ("import sys\nsys.stdout = sys.stderr = None", "De rekenkern antwoordt na de laatste cel niet meer"),
    "wissen": ("import shutil, tempfile\nshutil.rmtree(tempfile.gettempdir())", GOOD),
    "map": ("import os, tempfile\nos.chdir(d := tempfile.mkdtemp())\nos.rmdir(d)", GOOD),
    "omgeving": ("import os\nos.environ.clear()", GOOD),
    "draad": ("import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()", GOOD),
    "afsluiten": ("import atexit, time\natexit.register(time.sleep, 600)", GOOD),
    "kinderen": ("import subprocess\nfor n in range(50): subprocess.Popen(['sleep', '600'])", GOOD),
    "kleinkinderen": (
        "import subprocess\nsubprocess.run('(setsid sleep 600 &) ; (nohup sleep 600 &)', shell=True)",
        GOOD,
    ),
    "vork": ("import os\nif os.fork() == 0: os._exit(0)", GOOD),
    "magie": ("%bestaat_niet", 'De cel onder "Deel 1"'),
    "taal": ("dit is geen python", "SyntaxError"),
    "leeg": ("", UNREADABLE),
    "nul": ("\0\0\0", UNREADABLE),
    "lijst": ("[]", UNREADABLE),
    "cellen": ('{"cells": 5, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', UNREADABLE),
    "getal": ('{"cells": [], "metadata": {"keten_report": "NAAM"}, "nbformat": 1e999}', UNREADABLE),
    "halfweg": ('{"cells": [', UNREADABLE),
    "webpagina": ("<!doctype html><p>Meld u aan", UNREADABLE),
}
FILES = {"diep", "leeg", "nul", "lijst", "cellen", "getal", "halfweg", "webpagina"}


def test_hostile_notebooks_fail_alone_and_leave_nothing(place):
    """In order, one at a time; the first kill a worker, the server of its kernels, and the server of all workers."""
    chosen = list(HOSTILE)[: None if EVERY else 6]
    for number, stem in enumerate(chosen):
        path = place / "notebooks" / f"{number:02}_{stem}.ipynb"
        path.parent.mkdir(exist_ok=True)
        if stem in FILES:
            path.write_text(HOSTILE[stem][0].replace("NAAM", path.stem), encoding="utf-8")
        else:
            small_notebooks.write(path.parent, path.stem, HOSTILE[stem][0])

    done = run("--jobs", "1", "--timeout", "20")

    assert (done.returncode, done.stderr) == (1, "")
    found = {stem[3:]: outcome for stem, outcome in entries(place).items()}
    wrong = {}
    for stem in chosen:
        state, reason = found[stem]
        words = HOSTILE[stem][1]
        if (words is None) != (state == "SUCCEEDED") or (words or "") not in (reason or ""):
            wrong[stem] = (state, reason)
    assert wrong == {}
    assert all(len(reason or "") < 500 for _, reason in found.values())
    assert not Path("/proc", (place / "zwerver").read_text(encoding="utf-8")).exists()
    all_end(place)
    assert list((place / "tmp").iterdir()) == []
    printed = nbformat.read(place / "uit/2017-06/03_daarna.ipynb", as_version=4).cells[-1].outputs[0].text
    assert str(place) not in printed
    print(f"{len(chosen)} hostile notebooks, {len(chosen)} held")


@pytest.fixture(scope="module")
def after_kill(tmp_path_factory, patch) -> tuple[Path, subprocess.CompletedProcess, float]:
    """A folder in which a run was killed, and what the next run there printed, and how long it took."""
    place = surroundings(tmp_path_factory.mktemp("gedood"), patch)
    small_notebooks.write(place / "notebooks", "1_zwerver", STRAY + "time.sleep(600)")
    command = [sys.executable, "-m", "keten.cli", "run", "--period", "2017-06", "--out", "uit"]
    killed = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + 240  # however busy the machine is
    while not (place / "zwerver").exists() or not (place / "zwerver").read_text(encoding="utf-8"):
        assert time.monotonic() < deadline and killed.poll() is None
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    printed, _ = killed.communicate(timeout=20)  # ends when nobody holds the pipe
    assert printed == b""
    stray = Path("/proc", (place / "zwerver").read_text(encoding="utf-8"))
    while stray.exists() and "Z" not in (stray / "stat").read_text(encoding="utf-8").rpartition(")")[2]:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert list((place / "tmp").iterdir()) != []

    (place / "notebooks/1_zwerver.ipynb").unlink()
    small_notebooks.write(place / "notebooks", "2_veel", "print('x' * 3_000_000)", "'x' * 3_000_000")
    begin = time.monotonic()
    done = run("-q")
    return place, done, time.monotonic() - begin


def test_a_killed_run_leaves_no_process_no_open_pipe_and_no_file_after_the_next(after_kill):
    place, done, _ = after_kill
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list((place / "tmp").iterdir()) == []
    told = "[Afgekapt: van deze uitvoer zijn 2.800.00{} tekens weggelaten.]"
    report = (place / "uit/2017-06/2_veel.html").read_text(encoding="utf-8")
    notebook = (place / "uit/2017-06/2_veel.ipynb").read_text(encoding="utf-8")
    assert told.format(2) in report and told.format(2) in notebook and told.format(1) in notebook
    assert len(report) < 300_000 and len(notebook) < 500_000


def test_every_kind_of_output_is_cut():
    limit = OutputLimit()
    kept = ""
    for _ in range(100):
        content = {"text": "x" * 1_000_000}
        if limit.cut("stream", content, 3):
            kept += content["text"]
    assert len(kept) == PRINTED and "99.800.000 tekens" in limit.told(3) and limit.told(2) == ""
    fault = {"ename": "E", "evalue": "x" * 10**7, "traceback": ["x" * 10**7]}
    limit.cut("error", fault, 4)
    assert len(fault["evalue"]) < MESSAGE + 100 and len(fault["traceback"][0]) < 30_000
    large = {"data": {"text/html": "x" * (FORM + 1), "application/json": {"a": 1}}}
    limit.cut("display_data", large, 5)
    assert large["data"].keys() == {"application/json", "text/plain"} and "20.000.001" in large["data"]["text/plain"]
    small = {"data": {"text/html": "<p>", "text/plain": "p"}}
    assert limit.cut("display_data", small, 5) and small == {"data": {"text/html": "<p>", "text/plain": "p"}}


def started(place: Path, *options: str) -> subprocess.Popen:
    """A run of which the first line of ours was reached."""
    reading, writing = os.pipe()
    code = (
        f"import os, sys\nfrom keten.cli import main\nos.write({writing}, b'x')\nos.close({writing})\n"
        "sys.argv[1:] = ['run', '--period', '2017-06', '--out', 'uit', *sys.argv[1:]]\nsys.exit(main())"
    )
    run = subprocess.Popen(
        [sys.executable, "-P", "-c", code, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        pass_fds=[writing], start_new_session=True,
    )  # fmt: skip
    os.close(writing)
    os.read(reading, 1)
    os.close(reading)
    return run


def processes_of(place: Path) -> list[str]:
    """Command lines of processes that have this test's temporary folder in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if str(place / "tmp").encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_text(encoding="utf-8").replace("\0", " "))
        except OSError:  # it has ended
            continue
    return found


def all_end(place: Path, moment: str = "") -> None:
    """The server of the workers sees that the run is gone, and may still be importing then."""
    deadline = time.monotonic() + 30
    while left := processes_of(place):
        assert time.monotonic() < deadline, [moment, left]
        time.sleep(0.05)


def whole(edition: Path) -> None:
    there = manifest.fingerprints(edition, manifest.files_below(edition))
    assert {name: print for name, print in there.items() if name not in TELL_TIME} == manifest.load(edition)["outputs"]


@pytest.mark.usefixtures("interruptible")
def test_at_any_moment_a_run_ends_in_one_sentence_with_a_whole_edition(after_kill):
    """A terminal's Ctrl-C reaches every process of the run, the others the run alone."""
    place, _, length = after_kill
    kinds = [signal.SIGINT, signal.SIGKILL, signal.SIGTERM, signal.SIGHUP]
    held, late = 0, r"Afgebroken toen de rapporten al klaar waren: \S+; het overzicht .+\.\n"
    for number in range(MOMENTS):
        stop = kinds[number % len(kinds)]
        before = manifest.load(place / "uit/2017-06")["started"]
        run = started(place, "--force")
        time.sleep(length * (number + 0.5) / MOMENTS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, stop) if stop == signal.SIGINT else run.send_signal(stop)
        _, errors = run.communicate(timeout=60)
        moment = f"{stop.name} na {length * (number + 0.5) / MOMENTS:.1f} s: {run.returncode} {errors}"
        replaced = manifest.load(place / "uit/2017-06")["started"] != before
        if run.returncode == 0:
            assert errors == "" and replaced, moment
        elif stop == signal.SIGKILL:
            assert (run.returncode, errors) == (-signal.SIGKILL, ""), moment
        else:
            assert run.returncode == 130 and re.fullmatch(late if replaced else re.escape(ENDED), errors), moment
        all_end(place, moment)
        whole(place / "uit/2017-06")
        held += 1
    if EVERY:  # `after_kill` has shown it once
        assert started(place, "-q", "--force").wait(timeout=120) == 0
        assert list((place / "tmp").iterdir()) == []
        assert sorted(path.name for path in (place / "uit").iterdir()) == [
            ".2017-06.lock", ".nagezien", ".overzicht.lock", "2017-06", "feed.xml", "index.html", "kalender.ics",
            "nieuwste",
        ]  # fmt: skip
    print(f"{MOMENTS} moments, {held} held")


@pytest.mark.parametrize("stop", ASKED)
@pytest.mark.usefixtures("interruptible")
def test_a_request_to_end_during_imports_is_one_sentence(place, stop):
    """Sent as soon as the interpreter has read our first module, and some time after."""
    small_notebooks.good(place / "notebooks", "1_goed", 5)
    delays = (0.0, 0.2, 0.8)
    for delay in delays if EVERY else [delays[ASKED.index(stop)]]:
        code = (
            "import os, signal, sys\nfrom keten.cli import main\n"
            f"os.fork() or (__import__('time').sleep({delay}), os.kill(os.getppid(), {int(stop)}), os._exit(0))\n"
            "sys.exit(main(['run', '--period', '2017-06', '--out', 'uit']))"
        )
        done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, timeout=60)
        if delay or done.returncode == 130:  # at once it may come before the first line of ours
            assert (done.returncode, done.stderr) == (130, ENDED), delay
    assert not os.path.exists("uit/2017-06")


class Refusing(ThreadPoolExecutor):
    """An executor of which the system starts no process."""

    def submit(self, *_: object, **__: object) -> Future:
        future: Future = Future()
        future.set_exception(OSError(errno.EAGAIN, "Resource temporarily unavailable"))
        return future


def test_a_disk_or_a_system_that_refuses_fails_the_report_in_dutch(place):
    path = small_notebooks.good(place / "notebooks", "1_goed", 5)
    (result,) = pool.conduct([Job(path, {}, place / "weg", 60)], 1, lambda _: None, make_pool=ThreadPoolExecutor)
    assert result.state == "FAILED" and "Traceback" in result.log
    assert result.reason == (
        "Het rapport kon niet worden gemaakt (het bestand of de map bestaat niet); "
        "controleer de schijf en start opnieuw."
    )
    (result,) = pool.conduct([Job(path, {}, place, 60)], 1, lambda _: None, make_pool=Refusing)
    assert result.state == "FAILED" and "te veel processen of te weinig geheugen" in result.reason


def test_kernels_start_also_where_the_standard_streams_are_closed(place):
    small_notebooks.good(place / "notebooks", "1_goed", 5)
    command = 'exec "$0" -m keten.cli run --period 2017-06 --out uit <&- >&- 2>&-'
    assert subprocess.run(["sh", "-c", command, sys.executable], timeout=120).returncode == 0
    assert entries(place) == {"1_goed": ("SUCCEEDED", None)}
