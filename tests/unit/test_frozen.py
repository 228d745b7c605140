"""The data of a run as they are when it starts: every byte of them, also through links, and no later one."""

import os
import shutil
from pathlib import Path

import pytest

from keten.errors import KetenError
from keten.locks import Busy, locked
from keten.observations.dataset import load
from keten.reports import frozen
from keten.reports.publish import manifest
from keten.reports.result import FAILED, SUCCEEDED, Result
from keten.sources import store

DELIVERY = "snapshots/bron/2017-01-31"


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


@pytest.fixture
def data(tmp_path) -> Path:
    folder = tmp_path / "gegevens"
    write(folder, published__figures="1", catalogue__measures="2", corrections="3", README="4")
    write(folder, **{f"{DELIVERY}/a.json": "{}", f"{DELIVERY}/a.json{store.SIDECAR}": "bon"})
    return folder


@pytest.fixture
def own(tmp_path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    return folder


def test_the_view_holds_every_file_and_nothing_that_comes_later(data, own):
    write(data, **{".verborgen": "x", "published/.~lock": "x"})
    before = {name: text for name, text in contents(data).items() if "/." not in name and name[0] != "."}
    view = frozen.data_view(data, own)
    assert contents(view) == before and view.name == data.name
    write(data, published__figures="anders", nieuw="5")
    (data / f"{DELIVERY}/b.json").write_text("{}", encoding="utf-8")
    receipt = data / f"{DELIVERY}/a.json{store.SIDECAR}"
    receipt.write_text("ingetrokken", encoding="utf-8")  # as `keten withdraw` does
    (data / "README").unlink()
    shutil.rmtree(data / "catalogue")
    assert contents(view) == before


def test_links_are_followed_and_fingerprints_see_what_is_behind_them(data, own, tmp_path):
    elsewhere = tmp_path / "elders"
    write(elsewhere, bron__2018__b="6", losse="7")
    (data / "snapshots/ver").symlink_to(elsewhere / "bron")
    (data / "published/figures2").symlink_to(elsewhere / "losse")
    (data / "published/weg").symlink_to(elsewhere / "bestaat niet")
    (data / "snapshots/rond").symlink_to(data)  # a circle
    view = frozen.data_view(data, own)
    found = manifest.fingerprints(view, manifest.files_below(view))
    assert {"snapshots/ver/2018/b", "published/figures2"} <= found.keys()
    assert not [name for name in found if name.startswith("snapshots/rond") or name.endswith("weg")]
    assert None not in found.values()
    write(elsewhere, losse="anders")
    assert contents(view)["published/figures2"] == "7"


def test_files_as_received_are_linked_and_what_people_write_is_copied(data, own):
    view = frozen.data_view(data, own)
    same = {name for name in contents(view) if os.path.samefile(view / name, data / name)}
    assert same == {f"{DELIVERY}/a.json"}
    assert (view / "published/figures").stat().st_mtime_ns == (data / "published/figures").stat().st_mtime_ns


def test_where_links_cannot_be_made_all_is_copied(data, own, monkeypatch):
    def refuse(*_):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    assert contents(frozen.data_view(data, own)) == contents(data)


def test_what_may_not_be_read_is_told_by_who_needs_it(data, own, monkeypatch):
    def refuse(source, target):
        if Path(source).name == "README":
            raise PermissionError(13, "Permission denied")
        return shutil.copyfile(source, target)

    monkeypatch.setattr(shutil, "copy2", refuse)
    view = frozen.data_view(data, own)
    assert (view / "README").is_symlink() and not (view / "published/figures").is_symlink()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (OSError(28, "No space left on device"), "zorg voor ruimte en leesrechten en start opnieuw"),
        (FileNotFoundError(2, "No such file", "figures"), "veranderden terwijl de run ze overnam"),
    ],
)
def test_data_that_cannot_be_taken_over_are_one_sentence(data, own, monkeypatch, fault, words):
    def fail(*_):
        raise fault

    monkeypatch.setattr(shutil, "copy2", fail)
    with pytest.raises(KetenError, match=words) as told:
        frozen.data_view(data, own)
    assert str(data) in str(told.value) and str(own) not in str(told.value) and "\n" not in str(told.value)


def test_a_file_that_changes_while_it_is_copied_is_not_taken(data, own, monkeypatch):
    def slow(source, target):
        shutil.copyfile(source, target)
        os.utime(source, ns=(1, 1))

    monkeypatch.setattr(shutil, "copy2", slow)
    with pytest.raises(KetenError, match="veranderden terwijl"):
        frozen.data_view(data, own)


def test_nobody_keeps_a_delivery_while_the_view_is_made(data, own, monkeypatch):
    waited = []

    def look(source, target):
        with pytest.raises(Busy), locked(data / "snapshots/.lock", 0, "bezet"):
            pass
        waited.append(source)
        return shutil.copyfile(source, target)

    monkeypatch.setattr(shutil, "copy2", look)
    frozen.data_view(data, own)
    assert len(waited) == 5
    with locked(data / "snapshots/.lock", 0, "bezet"):
        pass  # nobody holds it any more


def test_an_error_names_the_file_of_the_user(repository, own, tmp_path):
    shutil.copytree(repository / "data", tmp_path / "mijn")
    figures = tmp_path / "mijn/published/figures.csv"
    figures.write_text(figures.read_text(encoding="utf-8").replace("measure", "maat", 1), encoding="utf-8")
    view = frozen.data_view(tmp_path / "mijn", own)
    with pytest.raises(KetenError) as told, frozen.told_as(view, tmp_path / "mijn"):
        load(view)
    assert str(own) not in str(told.value)


def test_records_that_change_during_the_run_fail_the_report_that_read_them(tmp_path):
    write(tmp_path, **{"enquete.csv": "a", "enquete.toml": "b"})
    records = {"respondents": str(tmp_path / "enquete.csv")}
    values = {"period": "2017", "respondents": "enquete.csv", "participants": ""}
    inputs = frozen.record_prints(records)
    assert set(inputs) == {"respondents/enquete.csv", "respondents/enquete.toml"}
    good = Result("6", "Klant", SUCCEEDED, None, values, "", 1.0, {"html": tmp_path / "6.html"})
    assert frozen.on_same_records(good, records, inputs) is good
    write(tmp_path, **{"enquete.toml": "c"})
    failed = frozen.on_same_records(good, records, inputs)
    assert (failed.state, failed.files) == (FAILED, {})
    assert failed.reason == "Het bestand enquete.toml werd tijdens de run gewijzigd; start opnieuw."
    other = Result("2", "Asiel", SUCCEEDED, None, {"period": "2017"}, "", 1.0)
    assert frozen.on_same_records(other, records, inputs) is other
