"""The door: what comes in, what is kept aside, and what the data say afterwards."""

import csv
import io
import shutil
from datetime import date
from pathlib import Path

import pytest
from helpers_sources import CARD, imported, table, written

import keten
from keten import Workbook, disclosure, revised
from keten.cli import main
from keten.commands.run import account_for_cases
from keten.model import country_codes
from keten.observations import vintages
from keten.observations.dataset import catalogue_of, load
from keten.observations.hidden_cases import hidden_cases
from keten.observations.vintages import history
from keten.sources.readers import notation

FIRST = ["2017-01;Totaal;2.000", "2017-01;Syrië;1.200", "2017-01;Irak;<5", "2017-02;Totaal;2.100", "2017-02;Syrië;:"]


@pytest.fixture
def place(tmp_path):
    """An empty data folder and a card beside it."""
    data = tmp_path / "data"
    data.mkdir()
    return data, written(tmp_path, CARD)


def rows_of(capsys, data, *options):
    """What `keten data` prints, as dictionaries."""
    capsys.readouterr()
    assert main(["data", "--data", str(data), *options]) == 0
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def test_a_file_is_read_kept_as_it_was_and_told(place, capsys):
    data, card = place
    assert imported(data, card, table(*FIRST), "2017-03-05") == 0
    kept = data / "snapshots" / "grens" / "2017-03-05" / "levering.csv"
    assert kept.read_text(encoding="utf-8") == table(*FIRST)
    assert (data / "sources" / "grens.toml").read_text(encoding="utf-8") == CARD
    rows = rows_of(capsys, data)
    assert list(rows[0]) == [
        "measure", "period", "freq", "nationality", "value", "status", "confidentiality", "precision", "source",
        "as_of", "note", "editor_note",
    ]  # fmt: skip
    found = {(row["period"], row["nationality"]): (row["value"], row["status"]) for row in rows}
    assert found == {
        ("2017-01", ""): ("2000", "rounded_5"),
        ("2017-01", "Syrië"): ("1200", "rounded_5"),
        ("2017-01", "Irak"): ("", "suppressed"),
        ("2017-02", ""): ("2100", "rounded_5"),
        ("2017-02", "Syrië"): ("", "missing"),
    }
    assert {row["as_of"] for row in rows} == {"2017-03-05"}


def test_the_same_file_again_changes_nothing(place, capsys):
    data, card = place
    imported(data, card, table(*FIRST), "2017-03-05")
    assert imported(data, card, table(*FIRST), "2017-04-05") == 0
    assert "ongewijzigd" in capsys.readouterr().out
    assert [path.name for path in (data / "snapshots" / "grens").iterdir()] == ["2017-03-05"]


REFUSED = [
    ("maand;land\n2017-01;Syrië\n", "de kolom 'aantal' ontbreekt"),
    (table("2017-01;Syrië;veel"), "geen getal"),
    (table("januari ooit;Syrië;5"), "geen periode"),
    (table("2017-01;Syrië;5", "2017-01;Syrië;10"), "dubbele telling"),
    (table("2017-01;Totaal;100", "2017-01;Syrië;95", "2017-01;Irak;95"), "meer dan het totaal"),
    (table("2017-01;Syrië;5", "2017-03;Syrië;5"), "gat: februari 2017"),
    (table("2017-01;Syrië;:"), "geen enkel cijfer"),
    ("<!DOCTYPE html><html><body>Even geduld</body></html>", "webpagina"),
    ("", "leeg"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_a_file_that_fails_its_checks_is_kept_aside_with_the_reason(place, capsys, text, reason):
    data, card = place
    imported(data, card, table(*FIRST), "2017-03-05")
    before = rows_of(capsys, data)
    assert imported(data, card, text, "2017-04-05") == 1
    assert reason in capsys.readouterr().out
    aside = data / "snapshots" / "grens" / "refused" / "2017-04-05" / "levering.csv"
    assert aside.read_text(encoding="utf-8") == text
    assert reason in (aside.parent / "levering.csv.receipt.json").read_text(encoding="utf-8")
    assert rows_of(capsys, data) == before


LATER = [
    (["2017-01;Totaal;2.000", "2017-01;Syrië;1.200", "2017-02;Totaal;2.100"], "minder dan de 5"),
    ([*FIRST[:3], "2017-02;Totaal;210.000", FIRST[4]], "sprong van 2100 naar 210000"),
    ([*FIRST, "2017-03;Totaal;26.000"], "sprong van 2100 (2017-02) naar 26000 (2017-03)"),
]


@pytest.mark.parametrize(("rows", "reason"), LATER)
def test_a_delivery_must_not_fall_behind_the_one_before(place, capsys, rows, reason):
    data, card = place
    imported(data, card, table(*FIRST), "2017-03-05")
    assert imported(data, card, table(*rows), "2017-04-05") == 1
    assert reason in capsys.readouterr().out


def test_a_card_may_allow_what_is_right_for_its_table(place):
    data, card = place
    card.write_text(CARD + "\n[checks]\ngaps = true\nfewer_rows = true\njump = 200\n", encoding="utf-8")
    imported(data, card, table(*FIRST), "2017-03-05")
    assert imported(data, card, table("2017-01;Totaal;210.000", "2017-05;Totaal;2.000"), "2017-06-05") == 0


def test_as_of_gives_what_was_known_and_the_newest_is_the_default(place, capsys):
    data, card = place
    imported(data, card, table(*FIRST), "2017-03-05")
    revised = [row.replace("2.100", "2.150") for row in FIRST]
    imported(data, card, table(*revised, "2017-03;Totaal;1.900"), "2017-04-05")

    def total(month, *options):
        return [row["value"] for row in rows_of(capsys, data, "--period", month, *options) if not row["nationality"]]

    assert total("2017-02") == ["2150"]
    assert total("2017-02", "--as-of", "2017-04-04") == ["2100"]
    assert total("2017-03", "--as-of", "2017-04-04") == []
    assert rows_of(capsys, data, "--as-of", "2017-03-04") == []


def test_two_deliveries_of_one_day_are_both_kept_and_the_last_one_holds(place, capsys):
    data, card = place
    imported(data, card, table(*FIRST), "2017-03-05")
    imported(data, card, table(*[row.replace("2.100", "2.150") for row in FIRST]), "2017-03-05", "nieuw.csv")
    assert [row["value"] for row in rows_of(capsys, data, "--period", "2017-02") if not row["nationality"]] == ["2150"]
    assert main(["revisions", "--data", str(data)]) == 0
    lines = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(line["value"], line["revision"]) for line in lines] == [("2100", ""), ("2150", "50")]


def test_an_older_delivery_may_come_in_later(place, capsys):
    data, card = place
    imported(data, card, table(*[row.replace("2.100", "2.150") for row in FIRST]), "2017-04-05")
    assert imported(data, card, table(*FIRST), "2017-03-05") == 0
    assert [row["value"] for row in rows_of(capsys, data, "--period", "2017-02") if not row["nationality"]] == ["2150"]


def test_a_figure_that_is_withdrawn_is_missing_and_not_kept_alive(place, capsys):
    data, card = place
    card.write_text(CARD + "\n[checks]\nfewer_rows = true\n", encoding="utf-8")
    imported(data, card, table(*FIRST), "2017-03-05")
    imported(data, card, table(*FIRST[:1], *FIRST[2:]), "2017-04-05")
    gone = [row for row in rows_of(capsys, data, "--period", "2017-01") if row["nationality"] == "Syrië"]
    assert [(row["value"], row["status"], row["as_of"]) for row in gone] == [("", "missing", "2017-04-05")]


def test_a_name_that_no_table_knows_is_listed_and_kept(place, capsys):
    data, card = place
    assert imported(data, card, table(*FIRST, "2017-02;Wakanda;300"), "2017-03-05") == 0
    assert "'Wakanda'" in capsys.readouterr().out
    assert [row["value"] for row in rows_of(capsys, data) if row["nationality"] == "Wakanda"] == ["300"]


def test_a_subtotal_that_keten_knows_is_never_a_member(place, capsys):
    data, card = place
    imported(data, card, table(*FIRST, "2017-02;EU27_2020;300"), "2017-03-05")
    assert "EU27_2020" not in {row["nationality"] for row in rows_of(capsys, data)}


def test_a_card_that_cannot_read_earlier_deliveries_takes_no_ones_place(place, capsys):
    data, card = place
    imported(data, card, table(*FIRST), "2017-03-05")
    card.write_text(CARD.replace('"aantal"', '"getal"'), encoding="utf-8")
    assert imported(data, card, table(*FIRST), "2017-04-05") == 2
    assert "past niet op de levering van 2017-03-05" in capsys.readouterr().err
    assert (data / "sources" / "grens.toml").read_text(encoding="utf-8") == CARD


def test_a_better_card_takes_the_place_of_its_namesake(place, capsys):
    data, card = place
    imported(data, card, table(*FIRST), "2017-03-05")
    better = CARD.replace("rounding = 5", "rounding = 10")
    card.write_text(better, encoding="utf-8")
    assert imported(data, card, table(*FIRST), "2017-04-05") == 0
    assert "is vervangen" in capsys.readouterr().out
    assert (data / "sources" / "grens.toml").read_text(encoding="utf-8") == better
    assert (data / "sources" / "grens.toml.vorige").read_text(encoding="utf-8") == CARD
    assert {row["status"] for row in rows_of(capsys, data) if row["value"]} == {"rounded_10"}


def test_a_flow_on_days_is_told(place, capsys):
    data, card = place
    assert imported(data, card, table("2017-01-01;Syrië;10"), "2017-03-05") == 0
    assert "geef dan freq" in capsys.readouterr().out


def test_what_cannot_be_tried_is_told_in_one_sentence(place, capsys, tmp_path):
    data, card = place
    file = written(tmp_path, table(*FIRST), "x.csv")
    for words, arguments in (
        ("bestaat niet", [str(card), str(tmp_path / "weg.csv")]),
        ("heeft geen kaart", ["onbekend", str(file)]),
        ("geen dag", [str(card), str(file), "--date", "2017-02-30"]),
    ):
        assert main(["import", *arguments, "--data", str(data)]) == 2
        error = capsys.readouterr().err
        assert words in error and error.count("\n") == 1
    assert not (data / "snapshots").exists()


def test_check_finds_a_file_that_was_changed_and_a_card_that_no_longer_fits(place, capsys):
    data, card = place
    imported(data, card, table(*FIRST), "2017-03-05")
    assert main(["check", "--data", str(data)]) == 0
    kept = data / "snapshots" / "grens" / "2017-03-05" / "levering.csv"
    kept.write_text(table(*FIRST).replace("2.100", "2.200"), encoding="utf-8")
    capsys.readouterr()
    assert main(["check", "--data", str(data)]) == 1
    assert "levering.csv" in capsys.readouterr().out
    kept.write_text(table(*FIRST), encoding="utf-8")
    own = data / "sources" / "grens.toml"
    own.write_text(CARD.replace('"aantal"', '"getal"'), encoding="utf-8")
    assert main(["check", "--data", str(data)]) == 1
    assert "de kolom 'getal' ontbreekt" in capsys.readouterr().out


def test_sources_tells_how_each_source_stands(place, capsys):
    data, card = place
    imported(data, card, table(*FIRST), "2017-03-05")
    written(data / "sources", CARD.replace("rounding = 5", "rounding = 6"), "stuk.toml")
    capsys.readouterr()
    assert main(["sources", "--data", str(data)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["bron", "levering", "periode", "toestand"]
    assert (
        lines[2].split() == ["grens", "2017-03-05", "2017-02", "in", "orde"]
        and lines[3] == "    Eurostat: Geweigerd aan de grens"
    )
    assert lines[4].split() == ["stuk", "kaart", "met", "een", "fout"] and "regel 6" in " ".join(lines[5:])
    assert all(len(line) <= 100 for line in lines)


def test_reading_again_gives_the_same_with_and_without_what_was_remembered(place, capsys):
    data, card = place
    imported(data, card, table(*FIRST), "2017-03-05")
    imported(data, card, table(*FIRST, "2017-03;Totaal;1.900"), "2017-04-05")
    first = rows_of(capsys, data)
    remembered = list((data / "snapshots" / ".read").iterdir())
    assert len(remembered) == 1
    remembered[0].write_bytes(b"geen gzip")
    assert rows_of(capsys, data) == first


def test_what_was_remembered_and_is_damaged_is_read_again(place):
    data, card = place
    imported(data, card, table(*FIRST), "2017-03-05")
    history(data, catalogue_of(data))
    (remembered,) = (data / "snapshots" / ".read").iterdir()
    content = remembered.read_bytes()
    whole = vintages._kept(remembered)
    for at in range(len(content)):
        remembered.write_bytes(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
        found = vintages._kept(remembered)
        assert found is None or found.equals(whole)


def test_other_code_reads_what_was_remembered_again(tmp_path, monkeypatch):
    """Not only that of the readers: also what hides small numbers, names countries and reads periods."""
    package = Path(keten.__path__[0])
    changed = list(map(Path, (disclosure.__file__, country_codes.__file__, notation.__file__)))
    shutil.copytree(package, tmp_path / "keten", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(keten, "__path__", [str(tmp_path / "keten")])
    marks = set()
    for path in changed:
        with (tmp_path / "keten" / path.relative_to(package)).open("a", encoding="utf-8") as file:
            file.write("# anders\n")
        vintages._code.cache_clear()
        marks.add(vintages._code())
    vintages._code.cache_clear()
    assert len(marks) == len(changed)


def test_the_worked_example_of_the_documentation_works(tmp_path, capsys, repository):
    text = (repository / "data" / "sources" / "README.md").read_text(encoding="utf-8")
    blocks = [block.split("\n", 1) for block in text.split("```")[1::2]]
    file = next(body for kind, body in blocks if kind == "" and '"TIME"' in body)
    card = next(body for kind, body in blocks if kind == "toml")
    data = tmp_path / "data"
    data.mkdir()
    path = written(tmp_path, card, "voorbeeld.toml")
    assert main(["import", str(path), str(written(tmp_path, file, "x.csv")), "--data", str(data)]) == 0
    found = {row["nationality"]: (row["value"], row["status"]) for row in rows_of(capsys, data)}
    assert found == {"": ("2700", "rounded_5"), "Albanië": ("445", "rounded_5"), "Andorra": ("", "missing")}


# -- records of persons --

CASES = """\
title = "Dossiers"
publisher = "Uitgever"
licence = "CC0"
goal = "3_toegang_grensbewaking"
unit = "persons"

[format]
name = "records"

[period]
column = "datum"
freq = "month"

[dimensions.border_kind]
column = "grens"

[measures.border_refusals]
"""


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("datum;grens\n2017-01-05;lucht\nQ7x;zee\n", "Regel 3: de waarde in datum is geen datum"),
        ("datum;grens\n2017-01-05;lucht\nO'Q7x;zee\n", "Regel 3: de waarde in datum is geen datum"),
        ("Q7x;zee\n2017-01-05;lucht\n", "De kolom 'datum' ontbreekt"),
        ("datum;grens\n2017-01-05;lucht;Q7x\n", "Regel 2 heeft 3 cellen"),
    ],
)
def test_faulty_records_are_neither_kept_nor_told(tmp_path, capsys, content, place):
    (data := tmp_path / "data").mkdir()
    assert imported(data, written(tmp_path, CASES), content, "2017-03-05") == 2
    told = capsys.readouterr()
    assert place in told.err and "Q7x" not in told.err + told.out
    assert not [path for path in data.rglob("*") if path.is_file() and b"Q7x" in path.read_bytes()]


def test_no_two_deliveries_of_records_are_compared(tmp_path, capsys):
    """Two refusals more in a later delivery of the same month: the difference stands for two people."""
    (data := tmp_path / "data").mkdir()
    card = written(tmp_path, CASES)

    def delivered(refusals, day):
        assert imported(data, card, "datum;grens\n" + "2017-01-05;lucht\n" * refusals, day) == 0

    delivered(50, "2017-03-05")
    delivered(52, "2017-04-05")
    rows = rows_of(capsys, data)
    assert {(row["value"], row["confidentiality"]) for row in rows} == {("52", "records")}
    assert hidden_cases(load(data), date(2017, 12, 31), None) == []
    assert main(["revisions", "--data", str(data)]) == 0
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 1 and "geen herziening bekend" in told.err
    (data / "published").mkdir()
    chain = Workbook("2017-01", data=data)
    assert chain.compare("border_refusals").confidentiality.tolist()[-1] == "records"
    assert chain.editions(["border_refusals"]).empty
    assert revised.revisions(chain).empty and chain.others(["border_refusals"]).empty


def test_what_is_hidden_of_cases_keeps_the_mark_and_is_told_to_the_maker_alone(tmp_path, capsys):
    """Three by sea in February: hidden, and with them what would give them away; none is told of March."""
    (data := tmp_path / "data").mkdir()
    text = "datum;grens\n" + "2017-02-05;lucht\n" * 50 + "2017-02-05;zee\n" * 3 + "2017-03-05;zee\n" * 2
    assert imported(data, written(tmp_path, CASES), text, "2017-04-05") == 0
    hidden = [row for row in rows_of(capsys, data) if row["status"] == "suppressed"]
    assert {row["confidentiality"] for row in hidden} == {"records_suppressed"}
    account_for_cases(data, tmp_path, "2017-02", "")
    rows = list(csv.reader((tmp_path / "dossiers.csv").open(encoding="utf-8")))
    assert rows[0] == ["besluit", "waarover", "waarom"]
    assert [row[1] for row in rows[1:]] == [
        f"grens: Toegangsweigeringen aan de grens: {row['border_kind']}: 2017-02"
        for row in hidden
        if row["period"] == "2017-02"
    ]
    assert any(row["period"] == "2017-03" for row in hidden) and hidden_cases(load(data), date(2017, 1, 31), None) == []


@pytest.mark.parametrize("later", [False, True], ids=["the same file", "its next delivery"])
def test_a_second_card_on_the_same_records_is_refused(tmp_path, capsys, later):
    """By month and by year together April is the year minus the other months."""
    (data := tmp_path / "data").mkdir()
    days = ["2017-01-05"] * 20 + ["2017-04-05"] * 3 + ["2017-06-05"] * 30
    rows = [f"{day};lucht\n" for day in days]
    assert imported(data, written(tmp_path, CASES, "maanden.toml"), "datum;grens\n" + "".join(rows), "2017-08-05") == 0
    per_year = written(tmp_path, CASES.replace('"month"', '"year"'), "jaren.toml")
    if later:
        rows = ["lucht;2018-01-05\n"] * 6 + [f"lucht;{day}\n" for day in days[2:]]
        again = "grens;datum\n" + "".join(rows)
    else:
        again = "datum;grens\n" + "".join(rows)
    capsys.readouterr()
    assert imported(data, per_year, again, "2018-03-05", "jaren.csv") == 2
    told = capsys.readouterr().err
    assert "al geteld met de kaart maanden" in told and "keten withdraw maanden" in told
    assert not (data / "snapshots" / "jaren").exists()
    assert main(["withdraw", "maanden", "2017-08-05", "--reason", "opnieuw per jaar", "--data", str(data)]) == 0
    assert imported(data, per_year, again, "2018-03-05", "jaren.csv") == 0


@pytest.mark.parametrize("kept", [("datum",), ("datum", "grens"), ("nr", "datum")], ids=",".join)
@pytest.mark.parametrize("wide_first", [True, False])
def test_columns_that_were_taken_out_do_not_make_other_records(tmp_path, capsys, kept, wide_first):
    """Nor a later month beside them."""
    (data := tmp_path / "data").mkdir()
    rows = [
        {"nr": str(n), "datum": f"2017-0{1 + n % 5 % 4}-05", "grens": ("lucht", "zee")[n % 3 % 2]} for n in range(70)
    ]

    def text(names, some):
        return ";".join(names) + "\n" + "".join(";".join(row[name] for name in names) + "\n" for row in some)

    later = [{"nr": str(n), "datum": "2017-07-05", "grens": "zee"} for n in range(70, 76)]
    whole, part = text(["grens", "nr", "datum"], rows), text(kept, rows + later)
    bare = CASES.replace('[dimensions.border_kind]\ncolumn = "grens"\n', "").replace('"month"', '"year"')
    first, second = (whole, part) if wide_first else (part, whole)
    assert imported(data, written(tmp_path, bare, "een.toml"), first, "2017-08-05") == 0
    assert imported(data, written(tmp_path, bare, "twee.toml"), second, "2017-09-05", "twee.csv") == 2
    assert "al geteld met de kaart een" in capsys.readouterr().err


def test_other_records_have_a_card_of_their_own(tmp_path):
    """They have a column in common, and about as many of each month."""
    (data := tmp_path / "data").mkdir()
    first = "datum;grens\n" + "".join(f"2017-0{1 + n % 6}-1{n % 10};lucht\n" for n in range(600))
    second = "datum;grens;nr\n" + "".join(f"2017-0{1 + n % 7 % 6}-1{n % 9};lucht;{n}\n" for n in range(620))
    assert imported(data, written(tmp_path, CASES, "een.toml"), first, "2017-08-05") == 0
    assert imported(data, written(tmp_path, CASES, "twee.toml"), second, "2017-08-05") == 0
