"""All editions of a folder: newest first, failures in sight, and a feed that readers of feeds accept."""

import json
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
import valid_atom
from bs4 import BeautifulSoup
from edition_folders import FIGURE, FINISHED, entry, write

from keten.reports.publish import decisions, overview
from keten.reports.publish.edition import Edition

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = '<script>alert("1")</script>'


def log(out: Path, name: str, stem: str) -> None:
    folder = out / "mislukt" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{stem}.log").write_text("spoor", encoding="utf-8")


def page(out: Path) -> BeautifulSoup:
    return BeautifulSoup(overview.page(overview.editions(out)), "html.parser")


def summaries(out: Path) -> list[str]:
    return [one.text or "" for one in feed(out).iter(f"{ATOM}summary")]


def feed(out: Path) -> ElementTree.Element:
    return ElementTree.fromstring(overview.feed(overview.editions(out)))


def rows(page: BeautifulSoup) -> list[list[str]]:
    lines = page.select("table tbody tr")
    return [[" ".join(cell.get_text(" ").split()) for cell in line.find_all(["th", "td"])] for line in lines]


# -- which editions ----------------------------------------------------------------------------------------


def test_newest_period_first_and_the_longest_of_those_that_end_together(tmp_path):
    for name in ("2016", "2017-06", "2016-12", "2017-H1", "2017-05", "2017-01-01_2017-05-31", "2017-Q2", "proef"):
        write(tmp_path, name)
    found = overview.editions(tmp_path)
    assert [edition["name"] for edition in found] == [
        "2017-H1", "2017-Q2", "2017-06", "2017-01-01_2017-05-31", "2017-05", "2016", "2016-12", "proef",
    ]  # fmt: skip
    assert [edition["label"] for edition in found][3:5] == ["januari tot en met mei 2017", "mei 2017"]


def test_only_editions_count(tmp_path):
    write(tmp_path, "2017-06")
    write(tmp_path, ".2017-06.vorige")
    (tmp_path / "kladjes").mkdir()
    (tmp_path / "2018").write_text("een bestand", encoding="utf-8")
    assert [edition["name"] for edition in overview.editions(tmp_path)] == ["2017-06"]
    assert overview.editions(tmp_path / "bestaat niet") == []


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"finished": "2017-07-05T06:01:02.000Z"}',
        '{"finished": "gisteren", "notebooks": {}}',
        '{"finished": 5, "notebooks": {}}',
        '{"finished": "", "notebooks": {}}',
        '{"finished": "2017-07-05T06:01:02.000Z", "notebooks": []}',
        '{"finished": "2017-07-05T06:01:02.000Z", "notebooks": {"a": {"title": "A"}}}',
        json.dumps({"finished": FINISHED, "notebooks": {"a": entry(state="ONTPLOFT")}}),
        json.dumps({"finished": FINISHED, "notebooks": {"a": entry(figure=["geen", "kerncijfer"])}}),
        json.dumps({"finished": FINISHED, "notebooks": {}, "default": ["2017"]}),
    ],
)
def test_an_unreadable_edition_is_a_row_that_says_so(tmp_path, text):
    write(tmp_path, "2017-05")
    write(tmp_path, "2017-06")
    (tmp_path / "2017-06" / "manifest.json").write_text(text, encoding="utf-8")
    found = page(tmp_path)
    assert rows(found)[0][0] == "juni 2017" and "manifest.json) is niet te lezen" in rows(found)[0][3]
    assert rows(found)[1][0] == "mei 2017" and "niet te lezen" not in rows(found)[1][3]
    assert "Nieuwste uitgave: mei 2017" in found.main.get_text()
    assert [title.text for title in feed(tmp_path).iter(f"{ATOM}title")][1:] == ["Migratieketen: mei 2017"]


def test_an_edition_that_lost_its_manifest_or_all_but_its_logs_is_not_forgotten(tmp_path):
    (tmp_path / "2017-06").mkdir()
    log(tmp_path, "2017-05", "2_asiel")
    found = page(tmp_path)
    assert [row[0] for row in rows(found)] == ["juni 2017", "mei 2017"]
    assert "er niet meer" in rows(found)[1][3] and "2_asiel : mislukt" in rows(found)[1][3]
    assert [link["href"] for link in found.select("table a")] == ["mislukt/2017-05/2_asiel.log"]


# -- the page ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("default", "first"), [("2017-05", "Uitgave: mei 2017"), ("2016", "Nieuwste uitgave: juni 2017")]
)
def test_it_opens_with_the_default_edition_of_the_last_run_where_that_is_there(tmp_path, default, first):
    later = FINISHED.replace("2017", "2018")
    write(tmp_path, "2017-05", finished=later, default={"period": default, "sentence": "Daarom <deze>."})
    write(tmp_path, "2017-06", default={"period": "2017-06", "sentence": "Van een eerdere run."})
    found = page(tmp_path).main.get_text()
    assert found.split("\n\n")[0].strip().startswith(first) and "Van een eerdere run." not in found
    assert ("Daarom <deze>." in found) == (default == "2017-05")


def test_an_older_figure_of_an_earlier_version_is_no_headline(tmp_path):
    write(tmp_path, "2017-06", **{"2_asiel": entry(figure=FIGURE | {"moment": "2016", "label": "Oude instroom"})})
    assert "Oude instroom" not in page(tmp_path).get_text()
    assert not [one for one in feed(tmp_path).iter(f"{ATOM}summary") if "Oude instroom" in one.text]


def test_a_row_tells_what_was_made_when_and_what_failed(tmp_path):
    failed = {"5_terugkeer": entry("Terugkeer", "TIMEOUT", "Na 600 seconden niet klaar.")}
    write(tmp_path, "2017-06", **{"2_asiel": entry()}, **failed)
    write(tmp_path, "2017-05")
    log(tmp_path, "2017-06", "5_terugkeer")
    found = page(tmp_path)
    assert rows(found) == [
        [
            "juni 2017",
            "1 van de 2 rapporten gelukt.",
            "5 juli 2017 om 06:01 uur (UTC)",
            "Terugkeer : tijd overschreden: Na 600 seconden niet klaar. Verslag van Terugkeer, juni 2017",
        ],
        ["mei 2017", "1 rapport, gelukt.", "5 juli 2017 om 06:01 uur (UTC)", "– niets"],
    ]
    for link in found.select("main a"):
        assert (tmp_path / unquote(link["href"])).is_file(), link
    assert found.find("link", rel="alternate")["href"] == "feed.xml"


def test_the_newest_edition_shows_its_headline_figures(tmp_path):
    trend = [["2016-06", 2045.0], ["2017-06", 2316.0]]
    write(tmp_path, "2017-06", a=entry(figure={**FIGURE, "number": 2316.0, "unit_words": "aanvragen", "trend": trend}))
    write(tmp_path, "2017-05", a=entry(figure={**FIGURE, "label": "Van eerder"}))
    found = page(tmp_path)
    assert [tag.get_text() for tag in found.select("dl.keyfigures dt")] == ["Totale asielinstroom"]
    assert found.select_one("dd.value").get_text() == "2.316 aanvragen"
    assert found.svg["aria-label"] == "Totale asielinstroom: van 2.045 in juni 2016 naar 2.316 in juni 2017"


def test_without_editions_the_page_says_so(tmp_path):
    found = page(tmp_path)
    assert "Er zijn nog geen uitgaven." in found.main.get_text() and found.table is None


def test_text_from_data_stays_text(tmp_path):
    figure = {**FIGURE, "label": HOSTILE, "value": HOSTILE}
    write(tmp_path, "2017-06", a=entry(HOSTILE, "FAILED", HOSTILE + "\x1b[31m \x00", figure))
    write(tmp_path, 'a"b#c?')
    text = overview.page(overview.editions(tmp_path))
    assert "<script" not in text and BeautifulSoup(text, "html.parser").find_all("script") == []
    hrefs = [link["href"] for link in page(tmp_path).select("table a")]
    assert hrefs == ["2017-06/index.html", "a%22b%23c%3F/index.html"]
    summaries = [summary.text for summary in feed(tmp_path).iter(f"{ATOM}summary")]
    assert HOSTILE in summaries[0] and "\x00" not in summaries[0]


# -- the feed ----------------------------------------------------------------------------------------------


def test_the_feed_has_what_atom_requires(tmp_path):
    write(tmp_path, "2017-06", finished="2017-07-05T06:01:02.000Z")
    write(tmp_path, "2017-05", finished="2017-08-01T10:00:00.000Z")
    root = feed(tmp_path)
    assert valid_atom.faults(root) == []
    assert root.tag == f"{ATOM}feed" and root.find(f"{ATOM}author/{ATOM}name").text
    assert root.find(f"{ATOM}updated").text == "2017-08-01T10:00:00.000Z"
    assert {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")} == {
        "self": "feed.xml",
        "alternate": "index.html",
    }
    entries = root.findall(f"{ATOM}entry")
    assert [[item.find(f"{ATOM}{name}").text for name in ("title", "updated")] for item in entries] == [
        ["Migratieketen: juni 2017", "2017-07-05T06:01:02.000Z"],
        ["Migratieketen: mei 2017", "2017-08-01T10:00:00.000Z"],
    ]
    assert [item.find(f"{ATOM}link").get("href") for item in entries] == ["2017-06/index.html", "2017-05/index.html"]
    assert "Totale asielinstroom: 2.316 (juni 2017)." in entries[0].find(f"{ATOM}summary").text
    names = [name.text for name in root.iter(f"{ATOM}id")]
    assert len(set(names)) == 3 and all(name.startswith("urn:uuid:") for name in names)


def test_an_edition_keeps_its_identity_when_made_again(tmp_path):
    write(tmp_path / "a", "2017-06")
    write(tmp_path / "b", "2017-06", finished="2018-01-01T00:00:00.000Z", x=entry("Anders", "FAILED", "Stuk."))
    write(tmp_path / "b", "2017-05")
    first, second = [[name.text for name in feed(tmp_path / out).iter(f"{ATOM}id")][:2] for out in ("a", "b")]
    assert first == second
    assert "Niet gelukt: Anders." in feed(tmp_path / "b").find(f"{ATOM}entry/{ATOM}summary").text


def test_an_empty_feed_is_still_a_feed(tmp_path):
    root = feed(tmp_path)
    assert valid_atom.faults(root) == []
    assert root.find(f"{ATOM}updated").text and root.find(f"{ATOM}entry") is None


def test_the_same_editions_give_the_same_bytes(tmp_path):
    for name in ("2017-06", "2016", "2017-H1"):
        write(tmp_path, name)
    assert overview.feed(overview.editions(tmp_path)) == overview.feed(overview.editions(tmp_path))
    text = overview.page(overview.editions(tmp_path)) + overview.feed(overview.editions(tmp_path))
    assert str(tmp_path) not in text and tmp_path.name not in text


# -- editions with other parameters --------------------------------------------------------------------------


def test_an_edition_with_other_parameters_says_so_and_is_not_the_newest(tmp_path):
    write(tmp_path, "2017-05")
    last = {"finished": "2030-01-01T00:00:00.000Z", "default": {"period": "2016", "sentence": "Toen wel."}}
    write(tmp_path, "2017-06_nationaliteit-eritrea", **last)
    write(tmp_path, "2016")
    path = tmp_path / "2017-06_nationaliteit-eritrea" / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**content, "label": "juni 2017, nationaliteit Eritrea"}), encoding="utf-8")
    found = overview.editions(tmp_path)
    assert [edition["label"] for edition in found] == ["juni 2017, nationaliteit Eritrea", "mei 2017", "2016"]
    tree = page(tmp_path)
    assert rows(tree)[0][0].startswith("juni 2017, nationaliteit Eritrea")
    assert tree.find("h2").get_text() == "Nieuwste uitgave: mei 2017"
    path.write_text("{", encoding="utf-8")
    assert overview.editions(tmp_path)[0]["label"] == "2017-06_nationaliteit-eritrea"


@pytest.mark.parametrize(
    "mark",
    [{"confidentiality": "records"}, {"confidentiality": "records_suppressed"}, {"measure": "respondent_records"}],
)
def test_the_feed_sets_no_two_editions_of_figures_from_records_beside_each_other(tmp_path, mark):
    """53 in the one and 50 in the other are three people."""
    write(tmp_path, "2017-05", **{"2_asiel": entry(figure=FIGURE | {"value": "50"} | mark)})
    write(tmp_path, "2017-06", **{"2_asiel": entry(figure=FIGURE | {"value": "53"} | mark)})
    assert not any(FIGURE["label"] in told for told in summaries(tmp_path)) and len(summaries(tmp_path)) == 2
    write(tmp_path, "2017-04")
    assert sum(FIGURE["label"] in told for told in summaries(tmp_path)) == 1


def test_the_maker_hears_of_another_edition_on_other_records(tmp_path):
    for name, mark in (("2017-05", "a"), ("2017-06_x", "b")):
        write(tmp_path, name)
        path = tmp_path / name / "manifest.json"
        content = json.loads(path.read_text(encoding="utf-8")) | {"outputs": {}}
        content["inputs"] = {"respondents/enquete.csv": mark, "respondents/enquete.toml": "t"}
        path.write_text(json.dumps(content), encoding="utf-8")
    edition = Edition(tmp_path, "2017-06_x", "juni 2017")
    mine = {"respondents/nieuw.csv": "b", "respondents/nieuw.toml": "u", "data/x.csv": "c"}
    (told,) = decisions.other_records(edition, ["respondents", "participants"], mine)
    assert told.startswith(f"Let op: 2017-05 in {tmp_path} rust op een ander bestand van de parameter respondents.")
    assert decisions.other_records(edition, ["participants"], mine) == []
