"""The store of received files: nothing overwritten, nothing half-written, names harmless, damage found."""

import json
import multiprocessing
import os
import shutil

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from keten.errors import KetenError
from keten.sources import store


@pytest.fixture
def data(tmp_path):
    """An empty data folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def deliver(data, tmp_path):
    """Keep a text as a file of source `cbs`."""

    def keep(text, date="2026-01-05", resource="tabel.csv", reason="", source="cbs"):
        content = tmp_path / "ontvangen"
        content.write_bytes(text.encode())
        return store.keep(data, source, resource, content, {"url": "https://opendata.cbs.nl/x"}, date, reason)

    return keep


def below(data):
    """All files of the store but the lock."""
    files = (path for path in (data / "snapshots").rglob("*") if path.is_file() and path.name != ".lock")
    return sorted(path.relative_to(data / "snapshots").as_posix() for path in files)


def test_a_file_is_kept_as_received_with_its_receipt(data, deliver):
    receipt = deliver("a;b\r\n1;2")
    assert receipt.path == data / "snapshots" / "cbs" / "2026-01-05" / "tabel.csv"
    assert receipt.path.read_bytes() == b"a;b\r\n1;2"
    sidecar = json.loads((receipt.path.parent / "tabel.csv.receipt.json").read_text(encoding="utf-8"))
    assert sidecar == receipt.about
    assert (sidecar["bytes"], sidecar["date"], sidecar["url"]) == (8, "2026-01-05", "https://opendata.cbs.nl/x")
    assert store.receipts(data) == [receipt]
    assert store.verify(data) == []


def test_later_deliveries_of_a_day_are_numbered_and_sorted(data, deliver):
    texts = [f"versie {number}" for number in range(1, 12)]
    for text in texts:
        deliver(text)
    deliver("eerder", date="2025-12-31")
    found = store.receipts(data, "cbs")
    assert [receipt.path.read_text() for receipt in found] == ["eerder", *texts]
    assert [receipt.number for receipt in found] == [1, *range(1, 12)]
    assert found[-1].path.parent.name == "2026-01-05_11"


def test_resources_of_one_delivery_share_a_folder(data, deliver):
    deliver("a", resource="2025.csv")
    deliver("b", resource="2026.csv")
    assert {receipt.path.parent.name for receipt in store.receipts(data)} == {"2026-01-05"}
    assert deliver("c", resource="2026.CSV").number == 2  # one file on a disk that does not see case


def test_the_same_bytes_again_are_not_a_new_delivery(data, deliver):
    first = deliver("zelfde")
    assert deliver("zelfde", date="2026-02-05") == first
    deliver("anders", date="2026-03-05")
    back = deliver("zelfde", date="2026-04-05")
    earlier = deliver("zelfde", date="2025-11-05")
    assert [receipt.date for receipt in store.receipts(data)] == [
        "2025-11-05",
        "2026-01-05",
        "2026-03-05",
        "2026-04-05",
    ]
    assert back.date == "2026-04-05" and earlier.date == "2025-11-05"


def test_refused_files_stand_aside_with_their_reason(data, deliver):
    good = deliver("goed")
    bad = deliver("<html>", reason="Dit is een webpagina.")
    assert bad.path == data / "snapshots/cbs/refused/2026-01-05/tabel.csv"
    assert bad.about["reason"] == "Dit is een webpagina."
    assert store.receipts(data) == [good] and store.refused(data) == [bad]
    assert deliver("<html>", reason="Dit is een webpagina.", date="2026-02-05") == bad
    assert deliver("<html>", reason="Een andere reden.", date="2026-02-05") != bad
    assert store.verify(data) == []


@pytest.mark.parametrize("source", ["", "..", "a/b", "a\\b", ".verborgen", "x" * 200])
def test_a_source_is_never_a_path(data, deliver, source):
    with pytest.raises(KetenError, match="naam van een bron"):
        deliver("a", source=source)
    assert not (data / "snapshots").exists()


@pytest.mark.parametrize("date", ["2026-13-01", "20260105", "gisteren", "", "../2026-01-05"])
def test_a_date_is_a_day(data, deliver, date):
    with pytest.raises(KetenError, match="geef een dag"):
        deliver("a", date=date)


NASTY = [
    "../../etc/passwd", "/etc/passwd", "C:\\Windows\\x.csv", "CON", "con.csv", "nul.tar.gz", "COM1.csv", "", " ", ".",
    "..", "...", ".lock", ".receipt.json", "x.receipt.json", "Syrië é.csv", "叙利亚.csv", "叙利亚", "x" * 300,
    "x" * 300 + ".csv", "y" * 299 + ".csv", "a\x00b", "a\nb.csv", "-rf", "~root", "a:b", "a?b*c", "naam.", "\ud800",
    "refused", "a.csv\u202e", "%2e%2e%2fpasswd",
]  # fmt: skip


def test_names_are_harmless_and_each_their_own():
    names = [store.safe_name(text) for text in NASTY]
    assert len({name.lower() for name in names}) == len(NASTY)
    for name in names:
        assert is_harmless(name), name
        assert store.safe_name(name) == name
    assert store.safe_name("Vertrek - DTenV instroom 2022.csv") == "Vertrek_-_DTenV_instroom_2022.csv"
    assert store.safe_name("x" * 300 + ".csv").endswith(".csv")


def is_harmless(name):
    """Whether a name stands for one visible file on any system."""
    stem = name.split(".")[0].lower()
    return (
        name.isascii()
        and 0 < len(name) <= store.LONGEST
        and not set(name) & set('<>:"/\\|?*% ')
        and name[0] not in ".-~"
        and name[-1] not in ". "
        and ".." not in name
        and not name.endswith(".receipt.json")
        and stem not in {"con", "prn", "aux", "nul", "com1", "lpt1"}
    )


@given(st.text(max_size=400) | st.text("ab.-_ é", min_size=60, max_size=140))
def test_any_text_gives_a_harmless_name(text):
    name = store.safe_name(text)
    assert is_harmless(name)
    assert store.safe_name(name) == name


def test_damage_is_found_and_named(data, deliver):
    for number, text in enumerate("abcdef"):
        deliver(text, resource=f"{number}.csv")
    folder = data / "snapshots/cbs/2026-01-05"
    (folder / "0.csv").write_text("b")
    (folder / "1.csv.receipt.json").unlink()
    (folder / "2.csv.receipt.json").write_text('{"sha256": ')
    (folder / "3.csv").unlink()
    (folder / "4.csv.receipt.json").write_text(
        (folder / "4.csv.receipt.json").read_text().replace("2026-01-05", "2026-01-06")
    )
    (data / "snapshots/cbs/oud").mkdir()
    findings = store.verify(data)
    assert len(findings) == 6
    for part in ("0.csv: het bestand is gewijzigd", "1.csv: het ontvangstbewijs (.receipt.json) ontbreekt",
                 "2.csv: het ontvangstbewijs (.receipt.json) is onleesbaar", "3.csv.receipt.json: het bestand bij",
                 "4.csv: het ontvangstbewijs hoort bij date '2026-01-06'", "snapshots/cbs/oud"):  # fmt: skip
        assert sum(part in finding for finding in findings) == 1, part
    assert [receipt.resource for receipt in store.receipts(data)] == ["0.csv", "4.csv", "5.csv"]


@pytest.mark.parametrize("renames", [0, 1, 2])
def test_a_killed_process_leaves_all_or_nothing(data, deliver, renames, monkeypatch):
    """The process dies before, between and after the two moves that publish a delivery."""
    deliver("eerste", date="2025-12-05")
    move, done = os.rename, []

    def dying(source, target):
        if len(done) == renames:
            raise SystemExit
        done.append(target)
        move(source, target)

    monkeypatch.setattr(os, "rename", dying)
    monkeypatch.setattr(shutil, "rmtree", lambda *arguments, **options: None)  # the dead do not clean up
    if renames < 2:
        with pytest.raises(SystemExit):
            deliver("tweede")
    else:
        deliver("tweede")
    monkeypatch.undo()
    assert len(store.receipts(data)) == (2 if renames == 2 else 1)
    deliver("andere bron", source="eurostat")
    assert [receipt.path.read_text() for receipt in store.receipts(data, "cbs")] == ["eerste", "tweede"][: renames + 1]
    assert len(below(data)) == 2 * len(store.receipts(data))
    assert store.verify(data) == []


def test_another_process_that_holds_the_store_is_named(data, deliver, monkeypatch):
    monkeypatch.setattr(store, "PATIENCE", 0.1)
    deliver("a")
    with FileLock(data / "snapshots/.lock"), pytest.raises(KetenError, match="houdt"):
        deliver("b")
    assert len(store.receipts(data)) == 1


def _keep_some(data, content, name):
    for number in range(10):
        store.keep(data, "cbs", f"{name}{number}.csv", content, {}, "2026-01-05")


def test_processes_at_once_lose_nothing(data, tmp_path):
    (tmp_path / "inhoud").write_text("a")
    start = multiprocessing.get_context("spawn").Process
    processes = [start(target=_keep_some, args=(data, tmp_path / "inhoud", name)) for name in "xy"]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert len(store.receipts(data)) == 20
    assert store.verify(data) == []


def test_a_folder_that_cannot_be_written_is_said(data, deliver, tmp_path):
    (data / "snapshots").write_text("geen map")
    with pytest.raises(KetenError, match="kon niet worden geschreven"):
        deliver("a")
    with pytest.raises(KetenError, match="niet te lezen"):
        store.keep(data, "cbs", "a.csv", tmp_path / "weg.csv", {}, "2026-01-05")
