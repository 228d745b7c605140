"""Whether a figure that somebody copied still holds: told from what is kept, and never guessed."""

import io
from datetime import date
from pathlib import Path

import pytest
from test_slot import edition, row

from keten.cli import main
from keten.lab import citation
from keten.model.figure_id import figure_id, ids_in
from keten.reports.publish import slot, verification
from keten.reports.publish.rectifications import Rectification
from keten.reports.publish.verification import NEVER, RECTIFIED, REVISED, SAME
from keten.workbook.workbook import Workbook

OURS = {"publisher": "IND"}


@pytest.fixture
def out(tmp_path) -> Path:
    edition(tmp_path, "2017-05", "2017-06-05T00:00:00.000Z", row(1330, **OURS), row(7, "2015-06", **OURS))
    edition(tmp_path, "2017-H1", "2017-07-05T00:00:00.000Z", row(1335, **OURS))
    return tmp_path


def said(out: Path, *rows: dict, declared: tuple[Rectification, ...] = ()) -> list[verification.Outcome]:
    return verification.outcomes([figure_id(one) for one in rows], out, None, declared)


def test_a_figure_is_the_same_revised_or_was_never_published(out):
    same, revised, newest, never = said(
        out, row(7, "2015-06", **OURS), row(1330, **OURS), row(1335, **OURS), row(1336, **OURS)
    )
    assert (same.verdict, newest.verdict, never.verdict) == (SAME, SAME, NEVER)
    assert same.words == "Aanvragen, juni 2015, IND: 7; gepubliceerd in 2017-05."
    assert revised.verdict == REVISED
    assert "herzien sinds de uitgave 2017-H1 (was 1.330, is 1.335); gepubliceerd in 2017-05" in revised.words


def test_another_publisher_unit_or_breakdown_is_another_figure(out):
    others = [row(1335, publisher="CBS"), row(1335, **OURS, unit="percent"), row(1335, dimensions="sex=man", **OURS)]
    assert [one.verdict for one in said(out, *others)] == [NEVER] * 3


def test_an_edition_under_embargo_has_published_nothing(out):
    edition(out, "2017-07", "2017-08-05T00:00:00.000Z", row(1340, **OURS), embargo="2999-01-01T00:00:00.000Z")
    now, held = said(out, row(1335, **OURS), row(1340, **OURS))
    assert (now.verdict, held.verdict) == (SAME, NEVER) and "1.340" not in now.words


def test_a_figure_that_was_rectified_says_what_is_right(out):
    sha = slot.sha256(out / "2017-05" / "2_asiel.html")
    about = (date(2017, 8, 1), "2017-05", "2_asiel", "Er stond 7.", "Het is 8.")
    mine = row(7, "2015-06", **OURS)
    (whole,) = said(out, mine, declared=(Rectification(*about, sha),))
    assert whole.verdict == RECTIFIED and whole.words.endswith("onjuist: Er stond 7. Juist: Het is 8.")
    one = Rectification(*about, sha, (figure_id(mine),))
    assert [one.verdict for one in said(out, mine, row(1330, **OURS), declared=(one,))] == [RECTIFIED, REVISED]
    (again,) = said(out, mine, declared=(Rectification(*about, "0" * 64),))
    assert again.verdict == SAME  # the report was made again since


def test_what_only_a_rectified_edition_said_was_published(out):
    (out / "gerectificeerd" / "2017-05").mkdir(parents=True)
    old = edition(out / "elders", "x", "2017-05-05T00:00:00.000Z", row(1353, **OURS))
    (old / "figures.csv").rename(out / "gerectificeerd" / "2017-05" / "2_asiel-00000000.csv")
    about = (date(2017, 8, 1), "2017-05", "2_asiel", "Er stond 1.353.", "Het is 1.335.", "0" * 64)
    (found,) = said(out, row(1353, **OURS), declared=(Rectification(*about),))
    assert found.verdict == RECTIFIED
    (found,) = said(out, row(1353, **OURS))
    assert found.verdict == REVISED and "(was 1.353, is 1.335)" in found.words


def test_of_a_figure_from_records_no_other_value_is_told(out):
    mark = {"confidentiality": "records", "measure": "respondent_records"}
    edition(out, "2016", "2017-01-05T00:00:00.000Z", row(53, "2014", **mark))
    edition(out, "2018", "2019-01-05T00:00:00.000Z", row(50, "2014", **mark))
    (found,) = said(out, row(53, "2014", **mark))
    assert found.verdict == SAME and "50" not in found.words and "wordt niet gezegd" in found.words


# -- the command and the data ----------------------------------------------------------------------------------------


def verify(out: Path, *ids: str) -> int:
    return main(["verify", *ids, "--out", str(out)])


def test_a_sentence_with_its_id_is_checked_against_the_data(tmp_path, monkeypatch, capsys):
    """What the panel copies carries an id that no edition need have."""
    frame = Workbook("2017-06").compare("asylum_first_applications", "", [""])
    line = citation.ids(frame)
    (name,) = ids_in(line)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"In juni 2017 waren er 1.335 eerste aanvragen.\n{line}\n"))
    assert verify(tmp_path) == 0
    assert f"{name}  nog gelijk: " in capsys.readouterr().out


def test_the_exit_code_is_that_of_the_worst(out, capsys):
    mine, other = figure_id(row(1335, **OURS, measure="no_such_measure")), figure_id(row(1, **OURS))
    edition(out, "2018", "2019-01-05T00:00:00.000Z", row(1335, **OURS, measure="no_such_measure"))
    assert verify(out, mine) == 0 and verify(out, mine, other) == 2
    assert capsys.readouterr().out.count("\n") == 3


@pytest.mark.parametrize(("ids", "words"), [(["kw-1"], "is geen kenmerk"), ([], "staat geen kenmerk van een cijfer")])
def test_without_an_id_nothing_is_said(out, monkeypatch, capsys, ids, words):
    monkeypatch.setattr("sys.stdin", io.StringIO("In juni 2017 waren er 1.335."))
    assert verify(out, *ids) == 2
    told = capsys.readouterr()
    assert words in told.err and told.out == ""


def test_an_id_says_what_was_published_and_nothing_of_where():
    base = row(1335.0, **OURS)
    assert figure_id(base) == figure_id({**base, "notebook": "x", "section": "y", "value": "1335", "as_of": "z"})
    others = [{**base, name: "anders"} for name in ("measure", "dimensions", "period", "value", "unit", "publisher")]
    assert len({figure_id(one) for one in [base, *others]}) == 7
    assert figure_id({**base, "value": None}) == figure_id({**base, "value": float("nan")})
    assert ids_in("x-kw-0123456789ab kw-0123456789abc KW-0123456789ab") == []
