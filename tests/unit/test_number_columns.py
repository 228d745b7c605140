"""A number is read as its column is written, multiplied by what the file says, and is one that the measure can have."""

import io
import json
import zipfile

import pandas as pd
import pytest
from helpers_sources import CATALOGUE, card_from, written

from keten.errors import KetenError
from keten.sources.cards.card import inspect
from keten.sources.readers.factors import factor_in, unit_factor
from keten.sources.validation.checks import refusals
from keten.sources.validation.gate import read

CARD = """\
title = "Proef"
publisher = "IND"
licence = "CC0 1.0"
goal = "2_asiel"
unit = "persons"

[format]
name = "table"

[period]
column = "Jaar"

[dimensions.nationality]
column = "Land"
codes = "nationality"

[measures.telling]
column = "Aantal"
label = "Telling"
definition = "Personen."
kind = "flow"
"""
LANDS = ("Syrië", "Irak", "Iran", "Turkije", "Eritrea", "Jemen")
RATE, PERCENT, SCORE = (
    CARD.replace('kind = "flow"', 'kind = "rate"').replace('unit = "persons"', f'unit = "{unit}"')
    for unit in ("months", "percent", "score_1_10")
)


def table(*numbers, head="Aantal"):
    """A file with these numbers, each of another country."""
    return f"Jaar;Land;{head}\n" + "".join(
        f"2021;{land};{number}\n" for land, number in zip(LANDS, numbers, strict=False)
    )


def reading(tmp_path, text, card=CARD, name="bestand.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(path, card_from(tmp_path, card), CATALOGUE.names)


def values(tmp_path, text, card=CARD):
    return [None if pd.isna(value) else value for value in reading(tmp_path, text, card).observations.value]


def refusal(tmp_path, text, card=CARD):
    with pytest.raises(KetenError) as fault:
        reading(tmp_path, text, card)
    return str(fault.value)


def with_keys(text, *lines):
    """The card with keys added to its measure."""
    return text + "".join(f"{line}\n" for line in lines)


def in_format(text, *lines):
    return text.replace('name = "table"\n', 'name = "table"\n' + "".join(f"{line}\n" for line in lines))


# -- decimal and thousands marks --


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (("0.5", "1.25", "1.125", "2.5"), [0.5, 1.25, 1.125, 2.5]),
        (("0,5", "1,25", "1,125", "2,5"), [0.5, 1.25, 1.125, 2.5]),
        (("1.125", "2", "1.125,5"), [1125, 2, 1125.5]),
        (("1,125", "1,125,000"), [1125, 1125000]),
        (("1.125", "1 250"), [1.125, 1250]),
        (("1,125", "1.250"), None),
        (("0.5", "1,25"), None),
        (("1.125", "0,5 %"), None),
        (("1.125", "3"), None),
        (("3", "4"), [3, 4]),
        (("1.125*", "0.5*"), [1.125, 0.5]),
        (("1.125", "<5.5", "x"), None),
    ],
)
def test_the_decimal_sign_is_that_of_the_column(tmp_path, numbers, expected):
    if expected is None:
        assert refusal(tmp_path, table(*numbers), RATE)
    else:
        assert values(tmp_path, table(*numbers), RATE) == expected
        # In whatever order the rows stand.
        assert values(tmp_path, table(*reversed(numbers)), RATE) == expected[::-1]


def test_contradictions_name_both_cells_and_their_lines(tmp_path):
    said = refusal(tmp_path, table("7", "0.5", "9", "1,25"), RATE)
    assert "'0.5' (regel 3) met een punt" in said and "'1,25' (regel 5) met een komma" in said
    said = refusal(tmp_path, table("1.125", "1,250"))
    assert "'1.125' (regel 2)" in said and "'1,250' (regel 3)" in said


@pytest.mark.parametrize(("key", "value"), [("decimal", 1.125), ("thousands", 1125)])
def test_an_undecidable_column_of_a_rate_is_refused_with_the_key_that_decides(tmp_path, key, value):
    said = refusal(tmp_path, table("1.125", "12"), RATE)
    assert "'1.125' (regel 2)" in said and f'{key} = "."' in said
    assert values(tmp_path, table("1.125", "12"), in_format(RATE, f'{key} = "."')) == [value, 12]


def test_an_undecidable_column_of_a_count_has_thousands(tmp_path):
    assert values(tmp_path, table("1.125", "12", "2.500")) == [1125, 12, 2500]
    assert values(tmp_path, table("1,125", "12", "2,500")) == [1125, 12, 2500]
    # In thousands a count may have a fraction, so that nothing settles it.
    assert "1.125" in refusal(tmp_path, table("1.125", "12", head="Aantal (x 1 000)"))


def test_statline_writes_a_column_in_one_way(tmp_path):
    text = RATE.replace('"table"', '"statline-csv"').replace('column = "Jaar"', 'column = "Perioden"')
    file = '"Perioden";"Land";"Aantal"\n"2021";"Syrië";"0.5"\n"2021";"Irak";"1.125"\n"Bron: CBS"\n'
    assert values(tmp_path, file, text) == [0.5, 1.125]
    assert values(tmp_path, file.replace(".", ","), text) == [0.5, 1.125]


# -- factors --


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("Bevolking (x 1 000)", 1000), ("Aantal (x 1.000)", 1000), ("Aantal x1000", 1000), ("Aantal (× 1000)", 1000),
        ("Aantal (1 000 personen)", 1000), ("In duizenden", 1000), ("Population (thousands)", 1000),
        ("Aantal (duizendtallen)", 1000), ("Kosten (x mln euro)", 1e6), ("Cost (in millions)", 1e6),
        ("Aantal ('000)", 1000), ("Kosten (miljard euro)", 1e9), ("Aantal (x 100)", 100), ("Aantal", 1),
        ("Aantal (x 10 000)", 1e4), ("Aantal x 100.000", 1e5), ("Aantal (x 1 000 000)", 1e6), ("Aantal (dzd.)", 1000),
        ("Kosten (mln. euro)", 1e6), ("Kosten (in mln. euro)", 1e6), ("Aantal, in honderden", 100),
        ("Aantal (tienduizenden)", 1e4), ("Number (hundred thousands)", 1e5), ("Aantal (x 1)", 1),
        ("Gemeenten (100 000 inwoners of meer)", 1), ("Aantal (2000)", 1), ("Index (10)", 1),
        ("per 1 000 inwoners", 1), ("Aantal (personen)", 1), ("Max 1000", 1), ("JAN2009", 1), ("Box 1 000", 1),
    ],
)  # fmt: skip
def test_a_head_says_what_numbers_are_multiplied_by(text, factor):
    assert factor_in(text) == factor


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("THS_PER", 1000), ("THS", 1000), ("Hundreds", 100), ("MIO_EUR", 1e6),
        ("Thousand persons", 1000), ("1 000 personen", 1000), ("PER", 1),
        ("Person", 1), ("Per 1 000 inwoners", 1),
    ],
)  # fmt: skip
def test_a_unit_says_what_numbers_are_multiplied_by(unit, factor):
    assert unit_factor(unit) == factor


def test_a_factor_of_the_head_is_applied_and_told(tmp_path):
    found = reading(tmp_path, table("16.655", "0.5", head="Aantal (x 1 000)"))
    assert found.observations.value.tolist() == [16655, 500]
    assert set(found.observations.status) == {"circa"}
    assert found.warnings == ["maat telling: de getallen van de bron zijn vermenigvuldigd met 1000"]


def test_the_factor_of_the_card_goes_before_that_of_the_file(tmp_path):
    assert values(tmp_path, table("16", head="Aantal (x 1 000)"), with_keys(CARD, "factor = 1")) == [16]
    assert values(tmp_path, table("16"), with_keys(CARD, "factor = 1000")) == [16000]


@pytest.mark.parametrize(
    "text",
    [
        "Personen (x 1 000);;\nJaar;Land;Aantal\n2021;Irak;5\n",
        "Jaar;Land;Aantal\n2021;Irak;5\nToelichting: aantallen x 1 000\n",
    ],
)
def test_a_factor_beside_the_table_asks_for_a_word_of_the_card(tmp_path, text):
    assert "factor = 1000" in refusal(tmp_path, text)
    assert values(tmp_path, text, with_keys(CARD, "factor = 1000")) == [5000]


SDMX = CARD.replace('"table"', '"sdmx-csv"').replace('column = "Jaar"', 'column = "TIME_PERIOD"')
SDMX = SDMX.replace('"Land"', '"citizen"').replace('column = "Aantal"', 'column = "OBS_VALUE"')


@pytest.mark.parametrize(
    ("head", "cell", "expected"),
    [
        ("UNIT_MULT", "3", [5500.0]),
        ("UNIT_MULT", "0", [5.0]),
        ("UNIT_MULT", "", [5.0]),
        ("UNIT_MULT", "veel", None),
        ("UNIT_MULT", "3: Thousands", [5500.0]),
        ("UNIT_MULTIPLIER", "3", [5500.0]),
        ("unit", "THS_PER", [5500.0]),
        ("unit", "PER", [5.0]),
    ],
)
def test_factors_of_sdmx_are_applied(tmp_path, head, cell, expected):
    value = "5.5" if expected == [5500] else "5"
    text = f"citizen,TIME_PERIOD,OBS_VALUE,{head}\nSY,2021,{value},{cell}\n"
    if expected is None:
        assert "UNIT_MULT" in refusal(tmp_path, text, SDMX)
    else:
        assert values(tmp_path, text, SDMX) == expected


def test_two_factors_that_contradict_are_refused(tmp_path):
    text = "citizen,TIME_PERIOD,OBS_VALUE,UNIT_MULT,unit\nSY,2021,5,6,THS_PER\n"
    assert "andere factor" in refusal(tmp_path, text, SDMX)
    assert values(tmp_path, text.replace(",6,", ",3,"), SDMX) == [5000]


def test_statline_says_its_factor_below_or_above_the_head(tmp_path):
    text = CARD.replace('"table"', '"statline-csv"').replace('column = "Jaar"', 'column = "Perioden"')
    below = '"Perioden";"Land";"Aantal"\n"";"";"x 1 000"\n"2021";"Syrië";"5,5"\n'
    topics = '"Onderwerp";"Onderwerp";"Aantal"\n"Perioden";"Land";"x 1 000"\n"2021";"Syrië";"5,5"\n'
    assert values(tmp_path, below, text) == values(tmp_path, topics, text) == [5500]


@pytest.mark.parametrize("v4", [False, True])
def test_the_unit_of_a_cbs_table_is_applied(tmp_path, v4):
    members = {
        "page-1": {"value": [{"Perioden": "2021JJ00", "Land": "Syrië", "Aantal": 5.5}]},
        "DataProperties": {"value": [{"Key": "Aantal", "Title": "Aantal", "Unit": "x 1 000"}]},
    }
    if v4:
        members = {
            "page-1": {"value": [{"Measure": "Aantal", "Perioden": "2021JJ00", "Land": "Syrië", "Value": 5.5}]},
            "MeasureCodes": {"value": [{"Identifier": "Aantal", "Title": "Aantal", "Unit": "x 1 000"}]},
        }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, member in members.items():
            archive.writestr(f"{name}.json", json.dumps(member))
    text = CARD.replace('"table"', '"cbs-odata"').replace('column = "Jaar"', 'column = "Perioden"')
    assert values(tmp_path, content.getvalue(), text) == [5500]


def test_parts_in_thousands_may_differ_from_their_total_by_their_rounding(tmp_path):
    text = CARD.replace('codes = "nationality"', 'codes = "nationality"\ntotal = "Totaal"')
    file = "Jaar;Land;Aantal (x 1 000)\n2021;Totaal;{}\n2021;Irak;1\n2021;Iran;1\n"
    assert refusals(reading(tmp_path, file.format(1), text), None, card_from(tmp_path, text), "2022-01-31") == []
    wrong = file.replace("Irak;1", "Irak;5").format(1)
    assert "tellen op" in refusals(reading(tmp_path, wrong, text), None, card_from(tmp_path, text), "2022-01-31")[0]


# -- what a measure can be --


@pytest.mark.parametrize(
    ("card", "number", "key"),
    [
        (CARD, "12,5", "fractions = true"),
        (CARD, "-3", "range"),
        (PERCENT, "100,1", "range"),
        (PERCENT, "-7", "range"),
        (SCORE, "0,5", "range"),
        (SCORE, "11", "range"),
        (RATE, "-1", "range"),
        (CARD, "8 %", "percentage"),
    ],
)
def test_what_a_measure_cannot_be_is_refused_with_line_and_remedy(tmp_path, card, number, key):
    said = refusal(tmp_path, table("7", number), card)
    assert f"regel 3: '{number}' in de kolom Aantal" in said and key in said


@pytest.mark.parametrize(
    ("card", "number", "value"),
    [
        (with_keys(CARD, "fractions = true"), "12,5", 12.5),
        (with_keys(CARD, 'range = ".."'), "-3", -3),
        (with_keys(PERCENT, 'range = "-100..300"'), "250", 250),
        (PERCENT, "8,3 %", 8.3),
        (SCORE, "7,4", 7.4),
        (CARD, "12,0", 12),
        (CARD.replace('kind = "flow"', 'kind = "rate"'), "12,5", 12.5),
    ],
)
def test_what_a_measure_can_be_is_read(tmp_path, card, number, value):
    assert values(tmp_path, table("7", number), card)[1] == value


def test_a_head_of_percentages_is_not_counted(tmp_path):
    assert "bevat percentages" in refusal(tmp_path, table("7", "8", head="Aantal (%)"))
    assert values(tmp_path, table("7", "8", head="Aantal (in procenten)"), PERCENT) == [7, 8]


@pytest.mark.parametrize("unit", ["PC", "%", "Percentage", "percent", "in %", "PC_POP", "procent van het totaal"])
def test_a_unit_of_percentages_is_not_counted(tmp_path, unit):
    text = f"Jaar;Land;Aantal;Eenheid\n2021;Irak;12;{unit}\n"
    assert f"'{unit}' in de kolom Eenheid is een percentage" in refusal(tmp_path, text)
    assert values(tmp_path, text, PERCENT) == [12]
    assert values(tmp_path, text.replace(unit, "PERSON"), CARD) == [12]


def test_another_measure_may_have_percentages_in_the_same_file(tmp_path):
    text = "Jaar;Land;Aantal;Eenheid\n2021;Irak;12;Aantal\n2021;Irak;15;%\n"
    assert values(tmp_path, text, with_keys(CARD, 'where = { Eenheid = "Aantal" }')) == [12]


@pytest.mark.parametrize("head", ["Aantal (‰)", "Aantal (promille)", "Aantal (per mille)"])
def test_parts_of_a_thousand_ask_for_a_factor(tmp_path, head):
    file = table("12", "25", head=head)
    assert "factor = 0.1" in refusal(tmp_path, file, PERCENT) and "promille" in refusal(tmp_path, file)
    assert values(tmp_path, file, with_keys(PERCENT, "factor = 0.1")) == [1.2, 2.5]


def test_the_catalogue_says_which_measures_go_beyond_their_unit(tmp_path):
    text = PERCENT.split("[measures")[0] + '[measures.coa_inflow_growth]\ncolumn = "Aantal"\n'
    assert values(tmp_path, table("-7", "130"), text) == [-7, 130]
    assert "-100 of meer" in refusal(tmp_path, table("-101"), text)


def test_percentages_that_may_be_parts_of_one_are_questioned(tmp_path):
    assert "factor = 100" in refusal(tmp_path, table("0,083", "0,5", "1"), PERCENT)
    assert "factor = 100" in refusal(tmp_path, table("0,083", "8,3 %"), PERCENT)
    assert values(tmp_path, table("0,083", "0,5", "1"), with_keys(PERCENT, "factor = 100")) == [8.3, 50, 100]
    assert values(tmp_path, table("0,083", "0,5"), with_keys(PERCENT, "factor = 1")) == [0.083, 0.5]
    assert values(tmp_path, table("0,5 %", "1 %"), PERCENT) == [0.5, 1]
    assert values(tmp_path, table("0", "0"), PERCENT) == [0, 0]
    assert values(tmp_path, table("0,5", "1,5"), PERCENT) == [0.5, 1.5]


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        ("factor = 0", "factor hoort"),
        ("factor = true", "factor hoort"),
        ('range = "5"', "range hoort"),
        ('range = "5..1"', "range hoort"),
        ('range = "a..b"', "range hoort"),
        ('fractions = "ja"', "fractions is true of false"),
    ],
)
def test_keys_of_a_measure_are_checked(tmp_path, key, fault):
    _, faults = inspect(written(tmp_path, with_keys(CARD, key)), CATALOGUE)
    assert len(faults) == 1 and fault in faults[0] and "regel 22" in faults[0]


# -- marks --


def marked(*lines):
    return CARD + "\n[marks]\n" + "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize(
    ("mark", "status"),
    [
        ("<10", "suppressed"), ("< 5", "suppressed"), ("≤4", "suppressed"), ("X", "suppressed"), ("x", "suppressed"),
        ("N.A.", "missing"), ("na", "missing"), ("–", "missing"), ("..", "missing"),
    ],
)  # fmt: skip
def test_the_reader_knows_a_mark_in_every_spelling(tmp_path, mark, status):
    assert reading(tmp_path, table("7", mark)).observations.status.tolist() == ["exact", status]


def test_a_mark_can_mean_zero(tmp_path):
    text = marked('zero = ["-"]')
    found = reading(tmp_path, table("7", "-", "–", ":"), text).observations
    assert [None if pd.isna(value) else value for value in found.value] == [7, 0, 0, None]
    assert found.status.tolist() == ["exact", "exact", "exact", "missing"]
    found = reading(tmp_path, table("7", ""), marked('zero = [""]')).observations
    assert found.value.tolist() == [7, 0]


def test_a_mark_means_one_thing(tmp_path):
    _, faults = inspect(written(tmp_path, marked('zero = ["-"]', 'missing = ["–"]')), CATALOGUE)
    assert len(faults) == 1 and "kies een van beide" in faults[0]
    # What the card says of a mark goes before what is usual in the format, in every spelling.
    found = reading(tmp_path, table("7", "x", "X"), marked('missing = ["X"]')).observations
    assert found.status.tolist() == ["exact", "missing", "missing"]


def test_a_zero_of_the_chain_counts_in_its_total(tmp_path):
    text = marked('zero = ["-"]').replace('"table"', '"migratieketen"')
    text = text.replace('column = "Jaar"\n', "").replace(
        '[dimensions.nationality]\ncolumn = "Land"\ncodes = "nationality"\n', ""
    )
    file = "Totaal van;Jaar;Maand;Aantal\nJaar;2021;;{}\n" + "Jaar, Maand;2021;1;10\nJaar, Maand;2021;2;-\n"
    assert reading(tmp_path, file.format(10), text).contradictions == []
    assert "het totaal is 12" in reading(tmp_path, file.format(12), text).contradictions[0]
