"""An edition under embargo: it stands in its folder, and nothing leads to it or tells what it says."""

import json
from argparse import Namespace
from pathlib import Path

import pytest
from edition_folders import FIGURE, entry
from test_slot import edition, row, told

from keten.cli import main
from keten.commands.run import under_embargo
from keten.errors import KetenError
from keten.model.periods import Period
from keten.operations import notice
from keten.operations.account import Account
from keten.reports.publish import baseline, embargo, frontpage
from keten.reports.publish.edition import Edition

PAST, AHEAD = "2017-07-07T04:30:00.000Z", "2999-01-01T00:00:00.000Z"
SECRET = {**FIGURE, "value": "9.871", "label": "Geheim"}


@pytest.fixture
def out(tmp_path) -> Path:
    """A public edition, and a later one under embargo that revises one of its figures."""
    (tmp_path / "gegevens").mkdir()
    folder = tmp_path / "uit"
    edition(folder, "2017-05", "2017-05-31T00:00:00.000Z", row(1330))
    hold(folder, "2017-06", AHEAD)
    return folder


def hold(out: Path, name: str, until: str) -> None:
    kept = {"2_asiel": entry(figure=SECRET)}
    edition(out, name, "2017-07-05T00:00:00.000Z", row(9871), embargo=until, notebooks=kept)


def texts(out: Path) -> str:
    """All that is told outside the edition."""
    return "".join(
        path.read_text(encoding="utf-8")
        for path in out.rglob("*")
        if path.is_file() and "2017-06" not in path.relative_to(out).parts
    )


def release(out: Path, *more: str) -> int:
    return main(["release", "--out", str(out), "--data", str(out.parent / "gegevens"), *more])


def test_nothing_leads_to_it_or_tells_what_it_says_until_it_is_released(out):
    frontpage.write(out)
    assert "2017-06" not in texts(out) and "9.871" not in texts(out)
    assert told(out / "2017-06") == told(out / "2017-06", "index.html")
    assert told(out / "2017-06").startswith("Onder embargo tot 1 januari 2999 om 01:00 uur.")
    assert told(out / "2017-05") == ""
    assert release(out, "2017-06", "--early") == 0
    assert "2017-06/index.html" in (out / "feed.xml").read_text(encoding="utf-8")
    assert "../2017-06/2_asiel.html" in (out / "nieuwste" / "2_asiel.html").read_text(encoding="utf-8")
    assert "Er is een nieuwere uitgave" in told(out / "2017-05") and "is 9.871" in told(out / "2017-05")
    assert told(out / "2017-06") == ""
    content = json.loads((out / "2017-06" / "manifest.json").read_text(encoding="utf-8"))
    assert "embargo" not in content and content["released"]


def test_a_release_before_the_moment_is_refused(out, capsys):
    assert release(out, "2017-06") == 2 and "duurt tot 1 januari 2999 om 01:00 uur" in capsys.readouterr().err
    assert release(out, "2017-05") == 2 and "is niet onder embargo (onder embargo: 2017-06)" in capsys.readouterr().err
    assert release(out, "--early") == 2 and "hoort de naam" in capsys.readouterr().err
    assert embargo.of(out / "2017-06") == AHEAD


def test_without_a_name_what_is_past_its_moment_is_released(out, capsys):
    hold(out, "2017-07", PAST)
    assert release(out) == 0 and capsys.readouterr().out == "Openbaar: 2017-07.\n"
    assert release(out) == 0 and "Geen uitgave" in capsys.readouterr().out
    assert embargo.of(out / "2017-06") == AHEAD and embargo.of(out / "2017-07") == ""


def test_a_message_of_a_month_holds_no_figure_of_it(out):
    made = [{"period": name, "why": "daarom", "due": True, "code": 0} for name in ("2017-05", "2017-06")]
    text = notice.text(Account("2017-07-05T00:00:00.000Z", editions=made), out, "https://x.nl/")
    assert "9.871" not in text and "Geheim" not in text and "https://x.nl/2017-06" not in text
    assert "juni 2017 (daarom): onder embargo tot 1 januari 2999 om 01:00 uur" in text
    assert FIGURE["label"] in text and "https://x.nl/2017-05/index.html" in text


def test_no_later_report_compares_with_it(out):
    assert baseline.previous(baseline.earlier(out, Period.parse("2017-07")), "2_asiel", {})["edition"] == "2017-05"


def test_an_edition_stays_under_embargo_when_it_is_made_again(out, capsys):
    again = under_embargo(Namespace(embargo=None), Edition(out, "2017-06", ""))
    assert again == {"embargo": AHEAD} and "blijft onder embargo" in capsys.readouterr().err
    other = under_embargo(Namespace(embargo="2017-07-07 06:30"), Edition(out, "2017-06", ""))
    assert other == {"embargo": PAST}
    assert under_embargo(Namespace(embargo=None), Edition(out, "2017-05", "")) == {}
    assert under_embargo(Namespace(embargo="2017-07-07 06:30"), Edition(out, "2018", "")) == {"embargo": PAST}


def test_what_is_public_cannot_be_called_back(out):
    with pytest.raises(KetenError, match="is al openbaar"):
        under_embargo(Namespace(embargo="2999-01-01T00:00"), Edition(out, "2017-05", ""))


@pytest.mark.parametrize("text", ["", "morgen", "2017-07-07", "2017-13-01T00:00", "0001-01-01T00:00+10:00"])
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(KetenError, match="is geen moment"):
        embargo.moment_of(text)
