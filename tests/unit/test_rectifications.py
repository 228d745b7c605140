"""A mistake in a published report: declared once, told wherever the report is found, and the report is kept."""

import tomllib
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
import valid_atom
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as some
from test_slot import edition, row, told

from keten.cli import main
from keten.errors import KetenError
from keten.reports.publish import rectifications, slot
from keten.reports.publish.rectifications import NAME, Rectification

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = '<script>alert("1")</script> "]] = \\u0000'
TEXT = some.text(min_size=1, max_size=60).filter(lambda text: rectifications.is_line(text))


@pytest.fixture
def out(tmp_path) -> Path:
    (tmp_path / "gegevens").mkdir()
    folder = tmp_path / "uit"
    edition(folder, "2017-06", "2017-07-05T00:00:00.000Z", row(1353))
    return folder


def rectify(out: Path, *more: str, report: str = "asiel", wrong: str = "Er stond 1.353", name: str = "2017-06") -> int:
    given = ["rectify", name, report, "--wrong", wrong, "--right", "Het is 1.335.", "--date", "2017-08-01"]
    return main([*given, "--out", str(out), "--data", str(out.parent / "gegevens"), *more])


def test_a_rectification_is_told_on_the_report_the_list_and_in_the_feed_and_the_report_is_kept(out):
    was = (out / "2017-06" / "2_asiel.html").read_text(encoding="utf-8")
    assert rectify(out) == 0
    words = "Onjuist: Er stond 1.353. Juist: Het is 1.335."
    assert told(out / "2017-06").startswith(f"Gerectificeerd op 1 augustus 2017. {words}")
    assert told(out / "2017-06", "index.html").startswith(f"Gerectificeerd op 1 augustus 2017: Asiel. {words}")
    listed = BeautifulSoup((out / "index.html").read_text(encoding="utf-8"), "html.parser").main.get_text(" ")
    assert words in listed
    feed = ElementTree.parse(out / "feed.xml").getroot()
    assert valid_atom.faults(feed) == []
    last = feed.findall(f"{ATOM}entry")[-1]
    assert [last.find(f"{ATOM}{name}").text for name in ("title", "updated", "summary")] == [
        "Rectificatie: Asiel, 2017-06",
        "2017-08-01T00:00:00.000Z",
        words,
    ]
    assert feed.find(f"{ATOM}updated").text == "2017-08-01T00:00:00.000Z"
    (kept,) = (out / "gerectificeerd" / "2017-06").glob("*.html")
    assert slot.filled(kept.read_text(encoding="utf-8"), "") == was
    now = BeautifulSoup(kept.read_text(encoding="utf-8"), "html.parser").header.a["href"]
    assert (kept.parent / now).resolve() == (out / "2017-06" / "2_asiel.html").resolve()
    back = BeautifulSoup((out / "2017-06" / "2_asiel.html").read_text(encoding="utf-8"), "html.parser").header.a["href"]
    assert (out / "2017-06" / back).resolve() == kept.resolve()
    assert kept.with_suffix(".csv").read_bytes() == (out / "2017-06" / "figures.csv").read_bytes()


def test_a_report_that_was_made_again_says_so_and_the_old_one_stays(out):
    rectify(out)
    page = out / "2017-06" / "2_asiel.html"
    page.write_text(page.read_text(encoding="utf-8").replace("Tekst", "Juiste tekst"), encoding="utf-8")
    assert rectify(out, wrong="Ook dit") == 0
    first, second = told(page.parent).split("Gerectificeerd op")[1:]
    assert "opnieuw gemaakt" in second and "opnieuw gemaakt" not in first
    assert len(list((out / "gerectificeerd" / "2017-06").glob("*.html"))) == 2


@given(wrong=TEXT, right=TEXT)
@settings(max_examples=60, deadline=None)
def test_any_line_of_text_comes_back_from_the_file_as_it_was(tmp_path_factory, wrong, right):
    entry = Rectification(date(2017, 8, 1), "2017-06", "2_asiel", wrong, right, "a" * 64, ("kw-0123456789ab",))
    assert tomllib.loads(entry.as_toml)["rectification"] == [
        {
            "date": date(2017, 8, 1), "edition": "2017-06", "report": "2_asiel", "wrong": wrong, "right": right,
            "sha256": "a" * 64, "figures": ["kw-0123456789ab"],
        }
    ]  # fmt: skip


def test_entries_are_put_below_what_stands_in_the_file(out):
    file = out.parent / "gegevens" / NAME
    file.write_text("# Van ons\n", encoding="utf-8")
    rectify(out)
    rectify(out, wrong=HOSTILE)
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# Van ons\n\n[[rectification]]\ndate = 2017-08-01\n")
    assert [one.wrong for one in rectifications.read(file.parent)] == [f"{HOSTILE}.", "Er stond 1.353."]
    page = (out / "2017-06" / "2_asiel.html").read_text(encoding="utf-8")
    assert "<script" not in page + (out / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "2017-07"}, "De uitgave '2017-07' staat niet in"),
        ({"name": "../uit/2017-06"}, "staat niet in"),
        ({"report": "terugkeer"}, "staat niet in 2017-06: 2_asiel"),
        ({"wrong": " "}, "Bij --wrong hoort tekst"),
        ({"wrong": "x" * 1001}, "Bij --wrong hoort tekst"),
    ],
)
def test_what_cannot_be_rectified_is_told_and_changes_nothing(out, capsys, change, words):
    assert rectify(out, **change) == 2
    told_now = capsys.readouterr().err
    assert words in told_now and told_now.count("\n") == 1
    assert not (out.parent / "gegevens" / NAME).exists() and not (out / "gerectificeerd").exists()


def test_an_id_that_is_none_is_refused(out, capsys):
    assert rectify(out, "--figure", "kw-1") == 2 and "'kw-1' is geen kenmerk" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('date = "2017-08-01"', "date hoort een dag te zijn"),
        ("date = 2017-08-01T10:00:00Z", "date hoort een dag te zijn"),
        ('edition = "../../etc"', "edition hoort de naam van een map"),
        ("wrong = 5", "wrong hoort een regel tekst te zijn"),
        ('wrong = "a\\u0007"', "wrong hoort een regel tekst te zijn"),
        ('rigth = "x"', "'rigth' is onbekend"),
        ('sha256 = "abc"', "sha256 hoort 64 tekens"),
        ('figures = "kw-0123456789ab"', "figures hoort een lijst"),
    ],
)
def test_a_fault_in_the_file_is_told_with_its_line(tmp_path, line, words):
    good = ["[[rectification]]", "date = 2017-08-01", 'edition = "2017-06"', 'report = "2_asiel"', 'wrong = "A."']
    good.append('right = "B."')
    key = line.partition(" ")[0]
    lines = [one for one in good if not one.startswith(f"{key} ")] + [line]
    (tmp_path / NAME).write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(KetenError, match=rf"^{NAME}, regel {len(lines)}: ") as fault:
        rectifications.read(tmp_path)
    assert words in str(fault.value)


def test_an_entry_about_an_edition_that_is_not_here_is_told_nowhere(out):
    rectify(out)
    file = out.parent / "gegevens" / NAME
    file.write_text(file.read_text(encoding="utf-8").replace('"2017-06"', '"2016-06"'), encoding="utf-8")
    edition(out, "2017-H1", "2017-09-05T00:00:00.000Z")
    rectify(out, name="2017-H1", wrong="Anders")
    assert "2016-06" not in (out / "index.html").read_text(encoding="utf-8")
    assert told(out / "2017-06") == ""


def test_the_links_of_the_feed_are_those_of_the_site(out, monkeypatch):
    monkeypatch.setenv("KETEN_SITE", "https://cijfers.example.nl/keten")
    rectify(out)
    feed = ElementTree.parse(out / "feed.xml").getroot()
    assert valid_atom.faults(feed) == []
    links = {link.get("href") for link in feed.iter(f"{ATOM}link")}
    base = "https://cijfers.example.nl/keten/"
    names = {"feed.xml", "index.html", "2017-06/index.html", "2017-06/2_asiel.html"}
    assert links == {base + name for name in names}


@pytest.mark.parametrize("site", ["ftp://x", "https://", 'https://x/"><script>', "https://naam:geheim@x/", "x.nl"])
def test_a_site_that_is_no_address_is_refused(out, monkeypatch, capsys, site):
    monkeypatch.setenv("KETEN_SITE", site)
    assert rectify(out) == 2 and "KETEN_SITE moet een webadres zijn" in capsys.readouterr().err


def test_the_file_of_this_project_can_be_read(repository):
    assert isinstance(rectifications.read(repository / "data"), list)
