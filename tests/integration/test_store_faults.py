"""What becomes of deliveries that were damaged or refused, and of many corrections."""

import time

import pandas as pd
import pytest
from helpers_data import figure, small_data
from helpers_sources import CARD, CATALOGUE, card_from, imported, table, written

from keten.cli import main
from keten.observations import corrections
from keten.observations.dataset import catalogue_of, known_on, load
from keten.observations.vintages import history
from keten.sources import store
from keten.sources.validation import checks
from keten.sources.validation.interpret import BASE

FIRST = ["2017-01;Totaal;2.000", "2017-01;Syrië;1.200", "2017-02;Totaal;2.100"]
SECOND = [*FIRST[:2], "2017-02;Totaal;2.200", "2017-03;Totaal;2.300"]
THIRD = [*SECOND, "2017-04;Totaal;2.400"]


@pytest.fixture
def place(tmp_path):
    """A data folder with nothing but deliveries, and a card beside it."""
    data = tmp_path / "data"
    data.mkdir()
    return data, written(tmp_path, CARD)


def kept(data, date):
    return data / "snapshots" / "grens" / date / "levering.csv"


def shown(data) -> dict[str, float]:
    """The newest total of every month."""
    rows = history(data, catalogue_of(data))[0]
    rows = rows[(rows.dimension == "") & rows.value.notna()]
    return dict(zip(rows.period, rows.value, strict=True))  # sorted: the last edition stays


# -- damage --


@pytest.mark.parametrize("remembered", [True, False])
def test_a_damaged_delivery_is_passed_over_by_name(place, remembered, capsys):
    data, card = place
    imported(data, card, table(*FIRST), "2017-03-05")
    imported(data, card, table(*SECOND), "2017-04-05")
    capsys.readouterr()
    if remembered:
        assert shown(data)["2017-02"] == 2200
    text = kept(data, "2017-04-05").read_text(encoding="utf-8")
    kept(data, "2017-04-05").write_text(text.replace("2.200", "9.900"), encoding="utf-8")
    for _ in range(2):  # also when the rest is remembered
        assert shown(data) == {"2017-01": 2000, "2017-02": 2100}
        (fault,) = history(data, catalogue_of(data))[2]
        assert fault.startswith("De bron grens mist een levering: snapshots/grens/2017-04-05/levering.csv: ")
    assert load(data).faults == [fault]
    assert main(["data", "--source", "grens", "--data", str(data)]) == 0
    said = capsys.readouterr()
    assert said.err == f"let op: {fault}\n" and ",2200," not in said.out and ",2100," in said.out
    kept(data, "2017-04-05").write_text(text, encoding="utf-8")
    assert shown(data)["2017-02"] == 2200 and load(data).faults == []


def test_a_source_of_which_all_is_damaged_does_not_stop_another(place, tmp_path):
    data, card = place
    imported(data, card, table(*FIRST), "2017-03-05")
    imported(data, written(tmp_path, CARD, "ander.toml"), table(*FIRST), "2017-03-05")
    kept(data, "2017-03-05").write_bytes(b"\0")
    found = load(data)
    assert set(found.observations.source) == {"ander"} and len(found.faults) == 1


@pytest.mark.parametrize("damage", [b"", b"\0\0", table(*FIRST).replace("2.100", "9.900.000").encode()])
def test_a_damaged_delivery_does_not_keep_a_good_one_out(place, damage):
    data, card = place
    imported(data, card, table(*FIRST), "2017-03-05")
    kept(data, "2017-03-05").write_bytes(damage)
    assert imported(data, card, table(*SECOND), "2017-04-05") == 0
    assert shown(data)["2017-03"] == 2300


def test_the_same_file_again_takes_the_place_of_a_damaged_one(place, capsys):
    data, card = place
    imported(data, card, table(*FIRST), "2017-03-05")
    kept(data, "2017-03-05").write_bytes(b"")
    assert imported(data, card, table(*FIRST), "2017-03-05") == 0
    assert "nieuw " in capsys.readouterr().out
    assert [one.path.parent.name for one in store.receipts(data) if store.intact(one)] == ["2017-03-05_2"]
    assert shown(data)["2017-02"] == 2100


def test_a_card_is_replaced_beside_a_damaged_delivery(place, tmp_path):
    data, card = place
    imported(data, card, table(*FIRST), "2017-03-05")
    kept(data, "2017-03-05").write_bytes(b"")
    other = written(tmp_path / "nieuw", CARD.replace("Geweigerd aan de grens", "Andere titel"))
    assert imported(data, other, table(*SECOND), "2017-04-05") == 0


# -- refusals --


def test_a_refusal_stands_until_somebody_clears_it(place, capsys):
    data, card = place
    imported(data, card, table(*FIRST), "2017-03-05")
    assert imported(data, card, "<html>", "2017-04-05") == 1
    capsys.readouterr()
    assert main(["check", "--data", str(data)]) == 1
    said = capsys.readouterr().out
    assert "is geweigerd: " in said and "keten check --clear grens" in said and "in orde" not in said
    assert main(["check", "--clear", "gre", "--data", str(data)]) == 0
    assert capsys.readouterr().out.splitlines() == ["weggezet: grens, 1 weigering", "Alle gegevens zijn in orde."]
    assert main(["check", "--data", str(data)]) == 0
    (aside,) = store.refused(data)
    assert aside.path.read_text(encoding="utf-8") == "<html>" and aside.about["cleared"]
    assert store.verify(data) == []
    main(["sources", "--data", str(data)])
    assert "geweigerd" not in capsys.readouterr().out


def test_a_good_delivery_clears_the_refusal_before_it(place, capsys):
    data, card = place
    imported(data, card, "<html>", "2017-03-05")
    assert imported(data, card, table(*FIRST), "2017-03-05", "ander.csv") == 0
    capsys.readouterr()
    assert main(["check", "--data", str(data)]) == 0
    assert imported(data, card, "<html></html>", "2017-04-05") == 1
    assert main(["check", "--data", str(data)]) == 1


def test_of_a_table_in_parts_only_the_same_part_clears(place, tmp_path, capsys):
    data, _ = place
    card = written(tmp_path, CARD.replace("rounding = 5", "rounding = 5\nparts = true"))
    imported(data, card, "<html>", "2017-03-05", "2017.csv")
    imported(data, card, table(*FIRST), "2017-03-05", "2018.csv")
    assert main(["check", "--data", str(data)]) == 1
    imported(data, card, table("2017-05;Totaal;2.000"), "2017-06-05", "2017.csv")
    capsys.readouterr()
    assert main(["check", "--data", str(data)]) == 0, capsys.readouterr().out


def test_what_was_not_refused_cannot_be_cleared(place, capsys):
    data, card = place
    imported(data, card, table(*FIRST), "2017-03-05")
    assert main(["check", "--clear", "grens", "--data", str(data)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


# -- names --


def test_a_card_is_found_by_a_part_of_its_name(place, capsys):
    data, card = place
    imported(data, card, table(*FIRST), "2017-03-05")
    file = written(data.parent, table(*SECOND), "x.csv")
    assert main(["import", "GREN", str(file), "--date", "2017-04-05", "--data", str(data)]) == 0
    written(data / "sources", CARD, "grensregio.toml")
    file.write_text(table(*THIRD), encoding="utf-8")
    assert main(["import", "gre", str(file), "--date", "2017-05-05", "--data", str(data)]) == 2
    assert "'gre' past op meer bronnen: grens, grensregio" in capsys.readouterr().err
    assert main(["import", "grens", str(file), "--date", "2017-05-05", "--data", str(data)]) == 0


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 3000])
def test_a_card_that_toml_cannot_hold_does_not_hide_the_faults_of_the_next(place, capsys, value):
    data, _ = place
    written(data / "sources", f"title = {value}\n", "aaa.toml")
    written(data / "sources", CARD.replace("rounding = 5", "rounding = 7"), "zzz.toml")
    assert main(["check", "--data", str(data)]) == 1
    said = capsys.readouterr().out
    assert "aaa.toml, regel 1: dit is geen geldige TOML" in said and "zzz.toml, regel 6: rounding is 0" in said


# -- cost --

CORRECTION = """\
[[correction]]
source = "ind-asieltrends-2017"
measure = "asylum_inflow_total"
period = "{period}"
published = 31327
value = 31000
reason = "telfout"
reference = "https://ind.nl/"
since = "2018-06-30"
"""


def test_corrections_are_worked_out_once_per_day(tmp_path, monkeypatch):
    years = range(2000, 2010)
    data = small_data(tmp_path, [figure(period=str(year)) for year in years])
    written(data, "\n".join(CORRECTION.format(period=year) for year in years), corrections.NAME)
    found = load(data)
    applied, apply = [], corrections.apply
    monkeypatch.setattr(corrections, "apply", lambda *given: applied.append(1) or apply(*given))
    days = [None, pd.Timestamp("2018-06-30").date(), pd.Timestamp("2018-06-29").date()]
    for day in days * 5:
        known = known_on(found, day)
        assert known.equals(apply(found.observations, found.corrections, day)[0])
        assert set(known.value) == {31327 if day == days[2] else 31000}
    assert len(applied) == len(days)
    assert known_on(found, None, [("asylum_inflow_total", "sex")]).empty


def test_jumps_are_looked_for_in_the_time_that_the_rows_ask(tmp_path):
    """50,000 rows took 8.7 seconds when the time grew with the square of the periods."""
    card = card_from(tmp_path)
    months = [f"{year}-{month:02}" for year in range(1900, 2000) for month in range(1, 13)]
    names = CATALOGUE.nationalities.name[:42]
    rows = pd.DataFrame(
        [(month, name) for month in months for name in ["", *names]], columns=["period", "by_nationality"]
    ).assign(measure="border_refusals", freq="month", value=2000.0, status="exact", note="")
    assert len(rows) > 50_000 and set(BASE) <= set(rows)
    later = rows.copy()
    later.loc[rows.index[-1], "value"] = 9_000_000
    begun = time.perf_counter()
    (sentence,) = checks._jumps(later, rows, card)
    assert "1999-12" in sentence and time.perf_counter() - begun < 2
