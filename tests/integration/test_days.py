"""Days of receipt: none after today, none that hides what follows, and a delivery that can be taken back."""

import csv
import io
import json
import shutil

import pytest
from helpers_sources import CARD, imported, table, written

from keten import clock
from keten.cli import main
from keten.model.periods import as_of_date
from keten.sources import store

TODAY = "2026-03-05"
FIRST = ["2017-01;Totaal;2.000", "2017-02;Totaal;2.100"]
SECOND = ["2017-01;Totaal;2.000", "2017-02;Totaal;2.200"]


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    """A clock that stands still."""
    for place in ("keten.commands.parser.today", "keten.sources.store.today"):
        monkeypatch.setattr(place, lambda: TODAY)


@pytest.fixture
def place(tmp_path):
    """An empty data folder and a card beside it."""
    data = tmp_path / "data"
    data.mkdir()
    return data, written(tmp_path, CARD)


@pytest.fixture
def keten(place, capsys):
    """Run a command on the data folder: exit code and all that it said."""

    def run(*arguments):
        capsys.readouterr()
        code = main([*map(str, arguments), "--data", str(place[0])])
        return code, "".join(capsys.readouterr())

    return run


def shown(keten, *options):
    """Value by period, as `keten data` gives them."""
    code, text = keten("data", *options)
    assert code == 0
    return {row["period"]: row["value"] for row in csv.DictReader(io.StringIO(text))}


# -- the day of receipt --


@pytest.mark.parametrize("command", ["import", "update"])
@pytest.mark.parametrize("day", ["2026-03-06", "2099-01-01", "06-03-2026"])
def test_a_delivery_of_a_day_to_come_is_refused(place, keten, command, day):
    file = written(place[0].parent, table(*FIRST), "levering.csv")
    arguments = [place[1], file] if command == "import" else []
    code, said = keten(command, *arguments, "--date", day)
    assert code == 2 and said.count("\n") == 1
    assert "ligt na vandaag (2026-03-05)" in said and "--date" in said
    assert store.receipts(place[0]) == []


@pytest.mark.parametrize("day", ["2018-01-31", "31-01-2018", "31/1/2018", "31.01.2018"])
def test_a_day_is_understood_as_it_is_written_here(place, keten, day):
    file = written(place[0].parent, table(*FIRST), "levering.csv")
    assert keten("import", place[1], file, "--date", day)[0] == 0
    assert [one.date for one in store.receipts(place[0])] == ["2018-01-31"]
    assert str(as_of_date(day)) == "2018-01-31"
    assert shown(keten, "--as-of", day)["2017-02"] == "2100"


@pytest.mark.parametrize("day", ["31-02-2018", "2018-31-01", "januari", "2018-01"])
def test_what_is_no_day_is_refused_in_the_words_of_the_option(place, keten, day):
    file = written(place[0].parent, table(*FIRST), "levering.csv")
    code, said = keten("import", place[1], file, "--date", day)
    assert code == 2 and f"--date '{day}' is geen dag" in said


@pytest.mark.parametrize(
    ("rows", "label"),
    [([*FIRST, "2017-03;Totaal;2.100"], "maart 2017"), ([*FIRST, "2017-03;Totaal;"], ""), (FIRST, "")],
)
def test_a_figure_over_a_period_to_come_is_refused(place, keten, rows, label):
    code = imported(*place, table(*rows), "2017-02-28")
    assert code == (1 if label else 0)
    reasons = [one.about["reason"] for one in store.refused(place[0])]
    assert len(reasons) == code and all(f"cijfers over {label}, een periode die na de dag" in one for one in reasons)


def test_a_stock_of_a_day_to_come_is_refused(tmp_path, keten, place):
    card = written(tmp_path, CARD.replace('column = "maand"', 'column = "maand"\nmoment = "end"'), "stand.toml")
    assert imported(place[0], card, table(*FIRST), "2017-02-27") == 1
    assert "28 februari 2017" in store.refused(place[0])[0].about["reason"]


# -- receipts from a day to come --


def test_a_day_to_come_is_named_and_hides_nothing(place, keten, monkeypatch):
    """A receipt of 2099, as a wrong clock left it, does not stand before the deliveries that follow."""
    data, card = place
    imported(data, card, table(*FIRST), "2018-01-01")
    monkeypatch.setattr("keten.commands.parser.today", lambda: "2099-01-01")
    imported(data, card, table("2017-01;Totaal;2.000", "2017-02;Totaal;2.900"), "2099-01-01")
    monkeypatch.setattr("keten.commands.parser.today", lambda: TODAY)
    assert imported(data, card, table(*SECOND), "2026-02-01") == 0
    assert shown(keten)["2017-02"] == "2200"
    code, said = keten("check")
    assert code == 1 and "in orde" not in said
    assert "snapshots/grens/2099-01-01: de dag van ontvangst ligt na vandaag (2026-03-05)" in said
    assert "keten withdraw grens 2099-01-01" in said
    assert "2026-02-01" in keten("sources")[1]
    assert keten("withdraw", "grens", "2099-01-01", "--reason", "klok stond verkeerd")[0] == 0
    assert keten("check")[0] == 0


def test_a_receipt_counts_from_its_day_on(place, keten, monkeypatch):
    data, card = place
    imported(data, card, table(*FIRST), "2026-03-05")
    assert shown(keten)["2017-02"] == "2100"
    monkeypatch.setattr("keten.sources.store.today", lambda: "2026-03-04")
    assert store.receipts(data) == []


# -- taking back --


def test_a_delivery_is_taken_back_and_the_one_before_it_holds(place, keten):
    data, card = place
    imported(data, card, table(*FIRST), "2018-01-01")
    imported(data, card, table(*SECOND), "2018-02-01")
    assert shown(keten)["2017-02"] == "2200"
    code, said = keten("withdraw", "gre", "01-02-2018", "--reason", "verkeerd  bestand")
    assert (code, said.split()[:2]) == (0, ["teruggenomen", "grens"])
    assert shown(keten)["2017-02"] == "2100"
    (aside,) = store.refused(data)
    assert aside.path.read_text(encoding="utf-8") == table(*SECOND)
    assert (aside.date, aside.about["reason"], aside.fate) == ("2018-02-01", "verkeerd bestand", "teruggenomen")
    assert store.verify(data) == []
    code, said = keten("check")
    assert code == 0 and "let op: grens: levering.csv van 2018-02-01 is teruggenomen: verkeerd bestand" in said
    assert imported(data, card, table(*SECOND), "2018-03-01") == 0  # the right day
    assert shown(keten)["2017-02"] == "2200"
    assert "eerder teruggenomen: verkeerd bestand" in store.receipts(data)[-1].about["warnings"][-1]


def test_one_of_two_deliveries_of_a_day_is_taken_back(place, keten):
    data, card = place
    imported(data, card, table(*FIRST), "2018-01-01")
    imported(data, card, table(*SECOND), "2018-01-01")
    code, said = keten("withdraw", "grens", "2018-01-01", "--reason", "x")
    assert code == 2 and "2018-01-01, 2018-01-01_2; noem er een" in said
    assert keten("withdraw", "grens", "2018-01-01_2", "--reason", "x")[0] == 0
    assert shown(keten)["2017-02"] == "2100"
    assert keten("withdraw", "grens", "2018-01-01", "--reason", "ook")[0] == 0
    assert [one.about["reason"] for one in store.refused(data)] == ["x", "ook"]
    assert store.receipts(data) == [] and store.verify(data) == []


def test_a_damaged_delivery_can_be_taken_back(place, keten):
    data, card = place
    imported(data, card, table(*FIRST), "2018-01-01")
    imported(data, card, table(*SECOND), "2018-02-01")
    folder = data / "snapshots" / "grens" / "2018-02-01"
    (folder / "levering.csv").write_text("half", encoding="utf-8")
    (folder / "levering.csv.receipt.json").unlink()
    assert store.verify(data)
    assert keten("withdraw", "grens", "2018-02-01", "--reason", "beschadigd")[0] == 0
    assert store.verify(data) == [] and shown(keten)["2017-02"] == "2100"
    told = json.loads(next((data / "snapshots" / "grens" / "refused").rglob("*.receipt.json")).read_text("utf-8"))
    assert told["source"] == "grens" and told["date"] == "2018-02-01"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["grenz", "2018-01-01", "--reason", "x"], "Er is geen bron 'grenz'"),
        (["grens", "2018-01-02", "--reason", "x"], "geen levering van 2018-01-02; wel van 2018-01-01"),
        (["grens", "2018-01-01_3", "--reason", "x"], "geen levering van 2018-01-01_3"),
        (["grens", "../../x", "--reason", "x"], "is geen dag"),
        (["grens", "2018-01-01_/../x", "--reason", "x"], "geen levering van"),
        (["grens", "2018-01-01", "--reason", " "], "--reason hoort een regel tekst"),
        (["grens", "2018-01-01"], "Er ontbreekt iets: --reason"),
    ],
)
def test_what_cannot_be_taken_back_is_one_sentence(place, keten, capsys, arguments, sentence):
    imported(*place, table(*FIRST), "2018-01-01")
    capsys.readouterr()
    code, said = keten("withdraw", *arguments)
    assert code == 2 and sentence in said and said.count("\n") == 1
    assert len(store.receipts(place[0])) == 1


# -- the day that nobody gave --

RUNNING = """\
title = "Instroom"
publisher = "DTenV"
licence = "CC0"
goal = "5_terugkeer"
unit = "persons"
[format]
name = "migratieketen"
[measures.instroom]
label = "Instroom"
definition = "Zaken."
kind = "flow"
"""


def stacked(year, months):
    """A year that has run for some months."""
    rows = [f"Jaar, Maand;{year};{month};12" for month in range(1, months + 1)]
    return "\n".join(["Totaal van;Jaar;Maand;Aantal", f"Jaar;{year};;{12 * months}", *rows]) + "\n"


@pytest.mark.parametrize(
    ("year", "months", "asked"), [(2025, 2, True), (2026, 2, True), (2025, 12, False), (2024, 11, True)]
)
def test_the_day_is_asked_for_where_a_year_was_running(place, keten, year, months, asked):
    """Two months of 2025, taken in a year later without a date, would be a whole year."""
    data = place[0]
    card = written(data.parent, RUNNING, "instroom.toml")
    file = written(data.parent, stacked(year, months), "instroom.csv")
    code, said = keten("import", card, file)
    assert code == (2 if asked else 0)
    if asked:
        assert f"telt {year} als lopende periode" in said and "--date" in said and said.count("\n") == 1
        assert not list(data.rglob("instroom.csv"))
        assert keten("import", card, file, "--date", f"{year}-{months + 1:02}-01" if months < 12 else TODAY)[0] == 0
        shutil.rmtree(data / "snapshots")


@pytest.mark.parametrize(("rows", "asked"), [(["2025"], False), (["2025", "2026"], True)])
def test_the_day_is_asked_for_where_a_year_still_runs(place, keten, rows, asked):
    file = written(place[0].parent, table(*(f"{year};Totaal;100" for year in rows)), "jaren.csv")
    assert keten("import", place[1], file)[0] == (2 if asked else 0)


def test_the_clock_is_the_default(place, keten):
    file = written(place[0].parent, table(*FIRST), "levering.csv")
    assert keten("import", place[1], file)[0] == 0
    assert store.receipts(place[0])[0].date == TODAY <= clock.today()
