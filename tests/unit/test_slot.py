"""What became of an edition since: told in the slot of its pages, outside their fingerprints."""

import hashlib
import json
from pathlib import Path

from bs4 import BeautifulSoup
from edition_folders import entry, write

from keten.reports.notebook import FIGURE_COLUMNS
from keten.reports.publish import figures_csv, frontpage, slot

HOSTILE = "<script>alert(1)</script><!--/keten:sindsdien-->"
PAGE = f"<html><body><header>{slot.EMPTY}</header><p>Tekst {slot.EMPTY}</p></body></html>"


def row(value: float | str, period: str = "2016-06", **more: str) -> dict:
    about = {"notebook": "2_asiel", "section": "Deel", "measure": "asylum_first_applications", "label": "Aanvragen"}
    about |= {"dimensions": "", "period": period, "value": value, "unit": "count", "status": "exact"}
    return {**dict.fromkeys(FIGURE_COLUMNS, ""), **about, **more}


def edition(out: Path, name: str, finished: str, *rows: dict, **more: object) -> Path:
    """An edition with an index, one report and its figures, each with its fingerprint."""
    write(out, name, finished=finished)
    folder = out / name
    for file in ("index.html", "2_asiel.html"):
        (folder / file).write_text(PAGE, encoding="utf-8")
    figures_csv.write(folder / "figures.csv", rows)
    path = folder / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    prints = {file: slot.sha256(folder / file) for file in ("index.html", "2_asiel.html", "figures.csv")}
    path.write_text(json.dumps({**content, "label": name, "outputs": prints, **more}), encoding="utf-8")
    return folder


def told(folder: Path, file: str = "2_asiel.html") -> str:
    header = BeautifulSoup((folder / file).read_text(encoding="utf-8"), "html.parser").header
    return " ".join(header.get_text(" ").split())


def test_only_the_first_slot_counts_and_the_fingerprint_does_not_change(tmp_path):
    path = tmp_path / "a.html"
    path.write_text(PAGE, encoding="utf-8")
    filled = slot.filled(PAGE, "<p>Iets</p>")
    assert filled.count("Iets") == 1 and filled.index("Iets") < filled.index("Tekst")
    before = hashlib.sha256(PAGE.encode()).hexdigest()
    path.write_text(filled, encoding="utf-8")
    assert slot.sha256(path) == before and slot.filled(filled, "") == PAGE


def test_an_edition_says_that_there_is_a_newer_one_of_its_kind_and_leads_to_the_same_report(tmp_path):
    old = edition(tmp_path, "2017-05", "2017-06-05T00:00:00.000Z")
    middle = edition(tmp_path, "2017-06", "2017-07-05T00:00:00.000Z")
    edition(tmp_path, "2017-H1", "2017-08-05T00:00:00.000Z")
    edition(tmp_path, "2017-08_nationaliteit-eritrea", "2017-09-05T00:00:00.000Z")
    frontpage.write(tmp_path)
    assert told(old) == "Er is een nieuwere uitgave: 2017-06 ." and told(middle) == ""
    page = BeautifulSoup((old / "2_asiel.html").read_text(encoding="utf-8"), "html.parser")
    assert page.header.a["href"] == "../2017-06/2_asiel.html"
    assert (old / page.header.a["href"]).resolve() == (middle / "2_asiel.html").resolve()
    content = json.loads((old / "manifest.json").read_text(encoding="utf-8"))
    assert content["outputs"]["2_asiel.html"] == slot.sha256(old / "2_asiel.html")
    bytes_then = (old / "2_asiel.html").read_bytes()
    frontpage.write(tmp_path)
    assert (old / "2_asiel.html").read_bytes() == bytes_then


def test_a_slot_is_emptied_once_nothing_is_left_to_tell(tmp_path):
    old = edition(tmp_path, "2017-05", "2017-06-05T00:00:00.000Z")
    newer = edition(tmp_path, "2017-06", "2017-07-05T00:00:00.000Z")
    frontpage.write(tmp_path)
    for path in newer.iterdir():
        path.unlink()
    newer.rmdir()
    frontpage.write(tmp_path)
    assert (old / "2_asiel.html").read_text(encoding="utf-8") == PAGE


def test_an_edition_tells_how_many_of_its_figures_were_revised_and_the_largest(tmp_path):
    other = {"measure": "asylum_repeat_applications", "label": HOSTILE}
    then = [row(1330), row(100, **other), row(7, "2015-06"), row(50, "2014-06", confidentiality="records")]
    now = [row(1335), row(150, **other), row(7, "2015-06"), row(53, "2014-06", confidentiality="records")]
    old = edition(tmp_path, "2017-05", "2017-06-05T00:00:00.000Z", *then)
    edition(tmp_path, "2017-H1", "2017-07-05T00:00:00.000Z", *now)
    frontpage.write(tmp_path)
    words = told(old)
    assert "2 cijfers van deze pagina zijn in een latere uitgave anders" in words
    assert f"{HOSTILE}, juni 2016: was 100, is 150" in words and "53" not in words
    assert "<script" not in (old / "2_asiel.html").read_text(encoding="utf-8")
    assert told(old, "index.html") == words and told(tmp_path / "2017-H1") == ""


def test_another_count_or_an_earlier_edition_revises_nothing(tmp_path):
    late = edition(tmp_path, "2017-05", "2017-09-05T00:00:00.000Z", row(1335), row(9, "2015-06", publisher="IND"))
    edition(tmp_path, "2016", "2017-06-05T00:00:00.000Z", row(1330))
    edition(tmp_path, "2017", "2017-10-05T00:00:00.000Z", row(8, "2015-06", publisher="COA"))
    frontpage.write(tmp_path)
    assert told(late) == ""


def test_newest_leads_to_the_newest_edition_and_to_the_newest_that_has_a_report(tmp_path):
    write(tmp_path, "2017-05", a=entry() | {"report": entry()["report"] | {"html": "5_terugkeer.html"}})
    write(tmp_path, "2017-06")
    write(tmp_path, "2017-07_nationaliteit-eritrea")
    frontpage.write(tmp_path)
    leads = {
        path.name: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").a["href"]
        for path in (tmp_path / "nieuwste").iterdir()
    }
    assert leads == {
        "index.html": "../2017-06/index.html",
        "2_asiel.html": "../2017-06/2_asiel.html",
        "5_terugkeer.html": "../2017-05/5_terugkeer.html",
    }
    page = BeautifulSoup((tmp_path / "nieuwste" / "2_asiel.html").read_text(encoding="utf-8"), "html.parser")
    assert page.find("meta", {"http-equiv": "refresh"})["content"] == "0; url=../2017-06/2_asiel.html"
    assert "Asiel, juni 2017" in page.main.get_text()
    assert not (tmp_path / "nieuwste" / "2_asiel.html").is_symlink()


def test_newest_forgets_what_is_no_longer_there(tmp_path):
    write(tmp_path, "2017-06")
    frontpage.write(tmp_path)
    for path in (tmp_path / "2017-06").iterdir():
        path.unlink()
    (tmp_path / "2017-06").rmdir()
    frontpage.write(tmp_path)
    assert list((tmp_path / "nieuwste").iterdir()) == []
