"""Whatever the terminal, the pipe, the disk or the system does to a command: one Dutch sentence and the right code."""

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from keten import workspace
from keten.cli import main
from keten.commands import sources, terminal
from keten.errors import KetenError, why

COMMAND = [sys.executable, "-m", "keten.cli"]
linux = pytest.mark.skipif(sys.platform != "linux", reason="/dev/full en sh")


class Full(io.RawIOBase):
    """A file on a full disk, or a pipe that nobody reads."""

    def __init__(self, fault: OSError):
        self.fault = fault

    def writable(self) -> bool:
        return True

    def write(self, _: object) -> int:
        raise self.fault


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [
        (OSError(errno.ENOSPC, "No space"), 1, "Niet alle uitvoer kon worden geschreven (de schijf is vol).\n"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 0, ""),
    ],
)
def test_output_that_is_not_taken_is_told_afterwards(monkeypatch, capsys, fault, code, told):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BufferedWriter(Full(fault)), encoding="utf-8"))
    assert main(["sources"]) == code
    assert capsys.readouterr().err == told


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_what_cannot_be_encoded_becomes_a_question_mark(monkeypatch, encoding):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding))
    print_arrow = lambda _: print("één → twee") or 0  # noqa: E731
    monkeypatch.setattr(sources, "run", print_arrow)
    assert main(["sources"]) == 0
    assert written.getvalue() in (b"??n ? twee\n", "één ? twee\n".encode("cp1252"))


def test_without_any_stream_a_command_just_runs(monkeypatch):
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    assert main(["sources"]) == 0
    assert main(["sources", "--data", "weg"]) == 2


@linux
@pytest.mark.parametrize("streams", [">/dev/full", ">/dev/full 2>&1", ">&-", "<&- >&- 2>&-"])
def test_real_streams_that_are_full_or_closed(streams, tmp_path):
    command = f'exec "$0" -m keten.cli --version 2>"$1" {streams}'
    done = subprocess.run(["sh", "-c", command, sys.executable, tmp_path / "err"], timeout=60)
    told = (tmp_path / "err").read_text(encoding="utf-8")
    assert "Traceback" not in told and "Exception" not in told
    assert done.returncode == ("full" in streams) and bool(told) == (streams == ">/dev/full")


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (
            OSError(errno.ENOSPC, "x", "data/a.csv"),
            "De opdracht kon niet worden afgemaakt (de schijf is vol: data/a.csv)",
        ),
        (PermissionError(errno.EACCES, "x"), "(de rechten ontbreken); pas de rechten aan"),
        (MemoryError(), "Er is te weinig geheugen"),
        (RecursionError("x"), "Er ging iets mis dat niet had mogen gebeuren (RecursionError); meld het."),
        (RuntimeError("regel 1\nregel 2"), "Er ging iets mis dat niet had mogen gebeuren (RuntimeError); meld het."),
        (KetenError("Kolom x ontbreekt."), "Kolom x ontbreekt."),
        (KetenError("x" * 5000), "x" * terminal.LONGEST_WORD + "…"),
    ],
)
def test_every_fault_is_one_sentence_and_the_rest_is_in_a_log(monkeypatch, tmp_path, capsys, fault, sentence):
    def raise_fault(_: object) -> int:
        raise fault

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(sources, "run", raise_fault)
    assert main(["sources"]) == 2
    told = capsys.readouterr().err
    assert sentence in told and told.count("\n") == 1 and "Traceback" not in told
    logs = list(tmp_path.glob("keten-fout-*.log"))
    if isinstance(fault, KetenError):
        assert logs == []
    else:
        (log,) = logs
        assert str(log) in told and "raise_fault" in log.read_text(encoding="utf-8")
        assert os.name != "posix" or log.stat().st_mode & 0o777 == 0o600


def test_without_a_place_for_a_log_the_sentence_stands(monkeypatch, capsys):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    monkeypatch.setattr(sources, "run", lambda _: 1 / 0)
    assert main(["sources"]) == 2
    assert capsys.readouterr().err == "Er ging iets mis dat niet had mogen gebeuren (ZeroDivisionError); meld het.\n"


def test_an_interruption_says_what_was_done(monkeypatch, capsys):
    def interrupt(_: object) -> int:
        raise KeyboardInterrupt("Afgebroken toen de rapporten al klaar waren.")

    monkeypatch.setattr(sources, "run", interrupt)
    assert main(["sources"]) == 130
    assert capsys.readouterr().err == "Afgebroken toen de rapporten al klaar waren.\n"


def test_reasons_of_the_system_are_dutch():
    assert why(OSError(errno.EDQUOT, "Disk quota exceeded")) == "het quotum op de schijf is op"
    assert why(OSError("vreemd")) == "vreemd"


# -- temporary folders --


@pytest.fixture
def fresh(monkeypatch, tmp_path) -> Path:
    """The temporary folder of a process that has made none yet."""
    monkeypatch.setattr(workspace, "_held", {})
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    yield tmp_path
    workspace._remove_all(os.getpid())


def test_a_temporary_folder_that_is_not_there_is_one_sentence(fresh, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(fresh / "weg"))
    with pytest.raises(KetenError, match=r"geen map voor tijdelijke bestanden .+ TMPDIR\.$"):
        workspace.folder()


def test_what_killed_processes_left_is_removed_and_what_others_use_stays(fresh):
    for name in ("dood", "leeg"):
        (fresh / f"{workspace.PREFIX}{name}").mkdir()
    (fresh / f"{workspace.PREFIX}dood/{workspace.LOCK}").touch()
    (fresh / f"{workspace.PREFIX}dood/run-1").mkdir()
    (fresh / "keten-anders").mkdir()
    code = "import sys\nfrom keten import workspace\nprint(workspace.folder(), flush=True)\nsys.stdin.read()"
    alive = subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, "TMPDIR": str(fresh)}, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    theirs = Path(alive.stdout.readline().strip())
    with workspace.temporary("run-") as made:
        ours = workspace.folder()
        assert made.parent == ours and workspace.folder() == ours
        assert {path.name for path in fresh.iterdir()} == {ours.name, theirs.name, "keten-anders"}
    assert not made.exists()
    alive.communicate("")
    assert not theirs.exists(), "a process clears its own when it ends"


def test_sockets_get_a_short_path(fresh, monkeypatch):
    long = fresh / ("a" * 104)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    assert workspace.folder().parent == long
    assert len(os.fsencode(workspace.for_sockets())) <= workspace.LONGEST_FOR_SOCKETS
