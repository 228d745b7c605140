"""Source cards: what they may say, and that every fault is named with its line."""

import pytest
from helpers_sources import CARD, CATALOGUE, card_from, written

from keten.cli import main
from keten.sources.cards.card import inspect


def test_a_card_is_read_with_the_habits_of_its_format(tmp_path):
    card = card_from(tmp_path)
    assert (card.id, card.organisation, card.rounding, card.parts) == ("grens", "Eurostat", 5, False)
    assert card.period.columns == ("maand",)
    assert card.dimensions["nationality"].total == ("Totaal",)
    assert card.measures["border_refusals"].kind == "flow"
    assert "" in card.marks.missing and "<5" in card.marks.suppressed


def test_own_marks_take_the_place_of_those_of_the_format(tmp_path):
    card = card_from(tmp_path, CARD + '\n[marks]\nsuppressed = ["-"]\n')
    assert card.marks.suppressed == ("-",)
    assert "-" not in card.marks.missing and ":" in card.marks.missing


WRONG = [
    ("rounding = 5", "rounding = 7", 6, "rounding is 0"),
    ('unit = "persons"', 'unit = "personen"', 5, "unit"),
    ('goal = "3_toegang_grensbewaking"', 'goal = "3"', 4, "2_asiel"),
    ('publisher = "Eurostat"\n', "", 1, "publisher ontbreekt"),
    ('name = "table"', 'name = "tabel"', 9, "kies uit"),
    ('column = "maand"', 'colum = "maand"', 12, "Bedoelde u column"),
    ('codes = "nationality"', 'codes = "landen"', 16, "nationality"),
    ("[dimensions.nationality]", "[dimensions.nationaliteit]", 14, "label"),
    ("[measures.border_refusals]", "[measures.border_refusal]", 19, "Bedoelde u border_refusals"),
    ("[measures.border_refusals]", "[measures.schengen_visas_issued]", 19, "telt in visas"),
    ('column = "aantal"', 'column = "aantal"\nwher = {}', 21, "Bedoelde u where"),
    ('column = "aantal"', "", 19, "welke kolom"),
    ('title = "Geweigerd aan de grens"', "title = Geweigerd", 1, "geen geldige TOML"),
    ('title = "Geweigerd aan de grens"', 'title = "a"\ntitle = "b"', 2, "geen geldige TOML"),
]


@pytest.mark.parametrize(("old", "new", "line", "words"), WRONG)
def test_a_fault_is_named_with_file_and_line(tmp_path, capsys, old, new, line, words):
    assert old in CARD
    path = written(tmp_path, CARD.replace(old, new))
    assert main(["sources", "check", str(path)]) == 1
    shown = capsys.readouterr().out
    assert f"grens.toml, regel {line}: " in shown
    assert words in shown


def test_every_fault_is_told_at_once(tmp_path):
    text = CARD.replace("rounding = 5", "rounding = 7").replace('name = "table"', 'name = "x"')
    assert len(inspect(written(tmp_path, text), CATALOGUE)[1]) == 2


def test_a_card_that_is_no_text_does_not_hide_the_faults_of_the_next(tmp_path, capsys):
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "aaa.toml").write_bytes(b'title = "\xff"')
    written(tmp_path / "sources", CARD.replace("rounding = 5", "rounding = 7"), "zzz.toml")
    main(["check", "--data", str(tmp_path)])
    shown = capsys.readouterr().out
    assert "Het bestand aaa.toml is niet te lezen" in shown and "zzz.toml, regel 6: rounding is 0" in shown


@pytest.mark.parametrize("sign", ['\\"', "\\n", "ab"])
def test_a_sign_between_cells_is_one_that_can_be_one(tmp_path, sign):
    text = CARD.replace('name = "table"', f'name = "table"\ndelimiter = "{sign}"')
    assert "delimiter hoort één teken te zijn" in inspect(written(tmp_path, text), CATALOGUE)[1][0]


def test_a_right_card_is_said_to_be_right(tmp_path, capsys):
    assert main(["sources", "check", str(written(tmp_path, CARD))]) == 0
    assert capsys.readouterr().out == "grens.toml: de kaart klopt.\n"


def test_a_card_that_is_not_there_is_told_with_the_nearest_name(tmp_path, capsys):
    written(tmp_path / "sources", CARD)
    assert main(["sources", "check", "grenz", "--data", str(tmp_path)]) == 2
    assert "Bedoelde u grens?" in capsys.readouterr().err


def test_a_new_measure_is_described_by_the_card(tmp_path):
    text = CARD.replace(
        "[measures.border_refusals]",
        '[measures.gate_refusals]\nlabel = "Weigeringen bij de poort"\ndefinition = "Wie"\nkind = "flow"',
    )
    measure = card_from(tmp_path, text).measures["gate_refusals"]
    assert (measure.label, measure.kind, measure.column) == ("Weigeringen bij de poort", "flow", "aantal")
