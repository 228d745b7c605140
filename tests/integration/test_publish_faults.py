"""An edition and the machine: at every step of publishing the disk refuses, or the process is asked to end or killed.

What stands is then the earlier edition or the new one, whole; and the next run, of any period, leaves nothing behind.
KETEN_FUZZ=1 tries every step (minutes); without it a part of them.
"""

import errno
import json
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from edition_folders import TELL_TIME

from keten.errors import KetenError
from keten.locks import locked
from keten.reports.publish import edition as editions
from keten.reports.publish import exchange, frontpage, manifest
from keten.reports.publish.edition import Edition, check, publish
from keten.reports.result import FAILED, SUCCEEDED, Result
from keten.reports.signals import interruptible

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="stappen worden geteld met fork en audit hooks")
EVERY = bool(os.environ.get("KETEN_FUZZ"))
STRIDE = 1 if EVERY else 11
STEPS = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.listdir", "os.scandir", "exchange", "fsync"}
KEPT, INTERRUPTED, FULL = 0, 30, 31  # exit codes of a child: published, KeyboardInterrupt, KetenError


def results(place: Path, text: str) -> list[Result]:
    """Two reports with this text and a third that failed."""
    place.mkdir(exist_ok=True)
    made = []
    for stem in ("a", "b"):
        files = {"html": place / f"{stem}.html", "notebook": place / f"{stem}.ipynb"}
        for path in files.values():
            path.write_text(text * 1000, encoding="utf-8")
        made.append(Result(stem, stem, SUCCEEDED, None, {}, "2017-07-01T10:00:00.000Z", 1.0, files))
    return [*made, Result("c", "c", FAILED, "Stuk.", {}, "2017-07-01T10:00:00.000Z", 1.0, log="spoor")]


def made(edition: Edition, place: Path, text: str) -> None:
    account = {"started": "2017-07-01T10:00:00.000Z", "parameters": {}, "inputs": {}}
    edition.out.mkdir(exist_ok=True)
    publish(edition, results(place, text), {**account, "finished": account["started"]})
    frontpage.write(edition.out)


@pytest.fixture
def edition(tmp_path) -> Edition:
    """One that was published before, with reports that say `oud`."""
    edition = Edition(tmp_path / "uit", "2017-06", "juni 2017")
    check(edition)
    made(edition, tmp_path / "klad", "oud")
    return edition


def in_child(edition: Edition, place: Path, at_step: Callable[[int], None]) -> int:
    """Publish `nieuw` in a child process; `at_step` is called before each file operation with its number."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    try:
        made_results, count = results(place, "nieuw"), 0

        def step(event: str, arguments: tuple) -> None:
            nonlocal count
            place_of = str(arguments[0]) if arguments else ""
            if event in STEPS and (event in ("exchange", "fsync") or str(edition.out) in place_of):
                count += 1
                at_step(count)

        for name in ("sync", "exchange"):
            original = getattr(editions, name)
            setattr(
                editions, name, lambda *paths, of=original: (step("exchange", paths), of(*paths), step("fsync", ()))[1]
            )
        sys.addaudithook(step)
        account = {"started": "2017-07-02T10:00:00.000Z", "parameters": {}, "inputs": {}}
        account["finished"] = account["started"]
        with interruptible():
            publish(edition, made_results, account)
            frontpage.write(edition.out)
        os._exit(KEPT)
    except KeyboardInterrupt:
        os._exit(INTERRUPTED)
    except KetenError as error:
        os._exit(FULL if "\n" not in str(error) else 99)
    except BaseException:
        os._exit(98)


def text_of(edition: Edition) -> str:
    """What the reports say, after all of the edition was found to be of one run and as that run wrote it."""
    content = json.loads((edition.folder / "manifest.json").read_text(encoding="utf-8"))
    there = manifest.fingerprints(edition.folder, manifest.files_below(edition.folder))
    assert {name: print for name, print in there.items() if name not in TELL_TIME} == content["outputs"]
    said = {(edition.folder / f"{stem}.html").read_text(encoding="utf-8")[:3] for stem in ("a", "b")}
    assert len(said) == 1
    return said.pop()


def recovered(edition: Edition) -> None:
    """A run of another period finds the edition whole and leaves nothing of a killed run."""
    check(Edition(edition.out, "2018-01", "januari 2018"))
    assert text_of(edition) in ("oud", "nie")
    left = sorted(path.name for path in edition.out.iterdir() if path.name.endswith((".vorige", ".nieuw")))
    assert [name for name in left if "2017-06" in name] == []


def number_of_steps(edition: Edition, place: Path) -> int:
    counted = place.with_name("aantal")
    assert in_child(edition, place, lambda count: counted.write_text(str(count))) == KEPT
    assert text_of(edition) == "nie"
    count = int(counted.read_text())
    assert count > 60, "the steps are not seen"
    return count


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


ENDS = {  # what happens at a step, and with which exit codes the child may end then
    "kill": (lambda: os.kill(os.getpid(), signal.SIGKILL), {-signal.SIGKILL}),
    "term": (lambda: os.kill(os.getpid(), signal.SIGTERM), {INTERRUPTED, KEPT}),
    "int": (lambda: os.kill(os.getpid(), signal.SIGINT), {INTERRUPTED, KEPT}),
    "full": (full_disk, {FULL, KEPT}),  # a failure's log or a left-over that could not be removed stops nobody
}


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("end", ENDS)
def test_at_every_step_the_edition_is_whole(edition, tmp_path, end):
    happens, codes = ENDS[end]
    steps = number_of_steps(edition, tmp_path / "klad")
    tried, seen = 0, set()
    for number in range(1, steps + 1, STRIDE):
        made(edition, tmp_path / "klad", "oud")

        def at_step(count: int, number: int = number) -> None:
            if count == number:
                happens()

        code = in_child(edition, tmp_path / "klad", at_step)
        assert code in codes, f"step {number} of {steps}"
        if code == FULL and end == "full":
            assert text_of(edition) in ("oud", "nie")
        recovered(edition)
        seen.add(text_of(edition))
        tried += 1
    assert seen == {"oud", "nie"} and tried >= 6
    print(f"{end}: {tried} injected, {tried} held")


def test_a_file_that_cannot_grow_is_one_sentence(edition, tmp_path):
    """The limit of the system on a file's size refuses a write half-way, whichever file it is."""
    for limit in range(1, 30_000, 1000 if EVERY else 5000):

        def at_step(count: int, limit: int = limit) -> None:
            if count == 1:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        assert in_child(edition, tmp_path / "klad", at_step) in (FULL, KEPT), limit
        recovered(edition)


def test_without_an_exchange_two_renames_do(edition, tmp_path, monkeypatch):
    monkeypatch.setattr(editions, "exchange", lambda *_: False)
    made(edition, tmp_path / "klad", "nieuw")
    assert text_of(edition) == "nie" and not edition.previous.exists() and not edition.staging.exists()


def test_an_exchange_that_the_system_refuses_is_no_exchange(tmp_path):
    for name in ("een", "twee"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    assert exchange.exchange(tmp_path / "een", tmp_path / "twee")
    assert (tmp_path / "een/twee").exists() and (tmp_path / "twee/een").exists()
    with pytest.raises(OSError, match="No such file"):
        exchange.exchange(tmp_path / "een", tmp_path / "drie")


# -- two users --


def as_nobody(act: Callable[[], object]) -> str:
    """What another user, with the usual umask, is told who does this: '' when it went well."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.umask(0o022)
        os.setgid(65534)
        os.setuid(65534)
        try:
            act()
            told = ""
        except KetenError as error:
            told = f"KetenError: {error}"
        except BaseException as error:
            told = repr(error)
        os.write(writing, told.encode())
        os._exit(0)
    os.close(writing)
    with open(reading, encoding="utf-8") as file:
        told = file.read()
    os.wait()
    return told


two_users = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="alleen root kan twee zijn")


@pytest.fixture
def shared(tmp_path_factory) -> Path:
    """A folder in which everybody may write, below folders that everybody may enter."""
    folder = tmp_path_factory.mktemp("gedeeld")
    for path in (folder, *folder.parents):
        if Path(tempfile.gettempdir()).resolve() in path.parents:
            path.chmod(0o755)
    folder.chmod(0o777)
    return folder


@two_users
def test_another_user_takes_over_a_lock_an_edition_and_what_was_left(shared):
    umask = os.umask(0o022)
    try:
        edition = Edition(shared / "uit", "2017-06", "juni 2017")
        made(edition, shared / "klad", "oud")
    finally:
        os.umask(umask)
    edition.out.chmod(0o777)
    (edition.out / ".2017-06.lock").chmod(0o644)  # of an earlier version
    edition.staging.mkdir()
    (edition.staging / "a.html").touch()
    (edition.out / ".2017-05.nieuw").mkdir()
    told = []

    def act() -> None:
        check(edition, told.append)
        os.mkdir(shared / "van_nobody")
        publish(
            edition,
            results(shared / "van_nobody", "nieuw"),
            {"started": "2017-07-01T10:00:00.000Z", "parameters": {}, "inputs": {}},
            tell=told.append,
        )
        assert len(told) == 2 and all("de rechten ontbreken" in sentence for sentence in told), told

    assert as_nobody(act) == ""
    assert text_of(edition) == "nie"
    recovered(edition)


@two_users
def test_a_folder_where_another_user_may_not_replace_is_refused_beforehand(shared):
    edition = Edition(shared / "uit", "2017-06", "juni 2017")
    made(edition, shared / "klad", "oud")
    edition.out.chmod(0o1777)
    assert "is van een andere gebruiker" in as_nobody(lambda: check(edition))
    edition.out.chmod(0o755)
    assert "kan niet worden geschreven (de rechten ontbreken)" in as_nobody(lambda: check(edition))


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.EIO])
def test_a_lock_that_cannot_be_had_is_one_sentence(edition, monkeypatch, number):
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", refuse)
    with pytest.raises(KetenError, match=r"Het slot .+\.2017-06\.lock kan niet worden gezet \(.+\); .+\.$"):
        check(edition)


def test_a_lock_keeps_others_out_and_ends_with_its_process(tmp_path):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with locked(tmp_path / "slot", 0, "bezet"):
            os.write(writing, b"x")
            signal.pause()
    os.read(reading, 1)
    with pytest.raises(KetenError, match="bezet"), locked(tmp_path / "slot", 0.1, "bezet"):
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with locked(tmp_path / "slot", 0, "bezet"):
        assert (tmp_path / "slot").stat().st_mode & 0o777 == 0o666
