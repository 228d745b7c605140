"""Flags: status and confidentiality have codes of their own, and none of them gets lost on the way to a reader."""

import csv
import io

import pandas as pd
import pytest
from helpers_sources import CATALOGUE, card_from, imported, written

from keten.cli import main
from keten.observations.dataset import load
from keten.presentation.output import notes
from keten.sources.validation import gate
from keten.sources.validation.flags import Flags, read
from keten.workbook.workbook import Workbook

DEFINITION, RELIABILITY = "de definitie wijkt af volgens de bron", "weinig betrouwbaar volgens de bron"
SDMX = """\
title = "Geweigerd aan de grens"
publisher = "Eurostat"
licence = "Hergebruik met bronvermelding"
goal = "3_toegang_grensbewaking"
unit = "persons"

[format]
name = "sdmx-csv"

[dimensions.nationality]
column = "citizen"
codes = "nationality"
total = "TOTAL"

[measures.border_refusals]
"""


@pytest.mark.parametrize(
    ("text", "status", "withheld"),
    [
        ("", "", ""),
        ("A|F", "", ""),
        ("P", "provisional", ""),
        ("|P", "", "suppressed"),  # P of confidentiality is not provisional
        ("|N", "", "suppressed"),
        ("A|A", "", "suppressed"),
        ("|C", "", "confidential"),
        ("p|C", "provisional", "confidential"),
        ("|D", "", "secondary"),
        ("|S", "", "secondary"),
        ("|X", "", "confidential"),  # every code but F says that it may not be shown
        ("|Confidential", "", "confidential"),
        ("|Impossible", "", ""),  # CBS's word for a cell that cannot have a figure
        ("c", "", "confidential"),
        ("Q", "", "suppressed"),
        ("E", "estimated", ""),
        ("e", "estimated", ""),
        ("s", "estimated", ""),
        ("S", "", ""),
        ("F", "estimated", ""),
        ("I", "estimated", ""),
        ("B", "break", ""),
        ("M", "missing", ""),
        ("O", "missing", ""),
        ("bip", "break", ""),
        ("ep", "estimated", ""),
        ("Voorlopig", "provisional", ""),
    ],
)
def test_each_attribute_has_its_own_codes(text, status, withheld):
    found = read(text, ("p", "*", "Voorlopig"))
    assert (found.status, found.withheld) == (status, withheld)


TABLE = """\
title = "Proef"
publisher = "Uitgever"
licence = "CC0"
goal = "2_asiel"
unit = "persons"
[format]
name = "table"
[period]
column = "Jaar"
[measures.border_refusals]
column = "Aantal"
"""


@pytest.mark.parametrize(
    ("head", "cell", "status"),
    [
        ("CONF_STATUS", "C", "confidential"),
        ("CONF_STATUS", "P", "suppressed"),
        ("CONF_STATUS", "F", "exact"),
        ("OBS_STATUS", "P", "provisional"),
        ("OBS_FLAG", "bp", "break"),
    ],
)
def test_columns_of_sdmx_are_flags_in_any_table(tmp_path, head, cell, status):
    (path := tmp_path / "tabel.csv").write_text(f"Jaar;Aantal;{head}\n2021;7;{cell}\n", encoding="utf-8")
    (row,) = gate.read(path, card_from(tmp_path, TABLE), CATALOGUE.names).observations.itertuples()
    assert row.status == status and (row.value == 7) == (status in ("exact", "provisional", "break"))
    chosen = card_from(tmp_path, f'{TABLE}[keep]\n{head} = "{cell}"\n')
    assert gate.read(path, chosen, CATALOGUE.names).observations.value.tolist() == [7]


@pytest.mark.parametrize("letter", ["b", "d", "e", "u"])
def test_no_flag_hides_another(letter):
    alone, beside = read(letter, ("p",)), read(f"{letter}p", ("p",))
    assert alone.note and set(alone.note.split("; ")) <= set(beside.note.split("; "))
    assert beside.status == "provisional" or "voorlopig volgens de bron" in beside.note
    assert read(letter.upper(), ("p",)) == alone


def test_a_card_says_which_flag_is_provisional():
    assert read("v", ("v",)) == Flags("provisional") and read("p", ("v",)) == Flags()


def delivered(tmp_path, *rows):
    """The data of an SDMX-CSV file with these rows."""
    (data := tmp_path / "data").mkdir()
    lines = ["DATAFLOW,citizen,TIME_PERIOD,OBS_VALUE,OBS_STATUS,CONF_STATUS"]
    text = "\n".join([*lines, *(f"X:GRENS(1.0),{row}" for row in rows)]) + "\n"
    assert imported(data, written(tmp_path, SDMX, "eurostat_migr_eirfs.toml"), text, "2020-01-31") == 0
    return data


ROWS = (
    "IQ,2017,100,A,F", "IQ,2018,200,E,F", "IQ,2019,300,B,", "SY,2017,40,P,", "SY,2018,50,A,N", "SY,2019,0,M,",
    "AF,2017,60,A,P", "AF,2018,,O,C", "AF,2019,70,D,D", "ER,2017,80,U,F", "ER,2018,90,D,F", "ER,2019,99,F,F",
)  # fmt: skip
TOLD = {
    "Irak 2017": ("100", "exact", "free", ""),
    "Irak 2018": ("200", "estimated", "free", "schatting volgens de bron"),
    "Irak 2019": ("300", "break", "free", "reeksbreuk volgens de bron"),
    "Syrië 2017": ("40", "provisional", "free", ""),
    "Syrië 2018": ("", "suppressed", "suppressed", ""),
    "Syrië 2019": ("", "missing", "free", ""),
    "Afghanistan 2017": ("", "suppressed", "suppressed", ""),
    "Afghanistan 2018": ("", "suppressed", "confidential", ""),
    "Afghanistan 2019": ("", "suppressed", "secondary", ""),
    "Eritrea 2017": ("80", "exact", "free", RELIABILITY),
    "Eritrea 2018": ("90", "exact", "free", DEFINITION),
    "Eritrea 2019": ("99", "estimated", "free", "prognose volgens de bron"),
}


def test_what_the_source_says_of_a_figure_is_what_keten_data_says(tmp_path, capsys):
    data = delivered(tmp_path, *ROWS)
    capsys.readouterr()
    assert main(["data", "--data", str(data), "--source", "eurostat_migr_eirfs"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    found = {
        f"{row['nationality']} {row['period']}": tuple(
            row[name] for name in ("value", "status", "confidentiality", "note")
        )
        for row in rows
    }
    assert found == TOLD
    assert {row["precision"] for row in rows if row["value"]} == {"exact"}


def test_a_report_tells_estimates_breaks_and_remarks(tmp_path):
    chain = Workbook(data=delivered(tmp_path, *ROWS), period="2019")

    def told(nationality):
        frame = chain.series("border_refusals", by="nationality", only=[nationality])
        return " ".join(notes(frame))

    iraq, eritrea, syria, afghanistan = map(told, ("Irak", "Eritrea", "Syrië", "Afghanistan"))
    assert "deels geschat, deels breuk in de reeks" in iraq.lower()
    assert f"Deels: {RELIABILITY}." in eritrea and f"Deels: {DEFINITION}." in eritrea
    assert "Kleine aantallen" in syria and "vertrouwelijk" not in syria
    assert "vertrouwelijk noemt" in afghanistan


def test_a_withheld_figure_keeps_its_reason_in_a_later_delivery(tmp_path):
    data = delivered(tmp_path, "IQ,2017,100,A,F", "SY,2017,,A,C")
    text = "DATAFLOW,citizen,TIME_PERIOD,OBS_VALUE,OBS_STATUS,CONF_STATUS\nX,IQ,2017,100,A,F\nX,SY,2017,,A,D\n"
    assert imported(data, tmp_path / "eurostat_migr_eirfs.toml", text, "2020-02-28") == 0
    rows = load(data).observations.sort_values("known")
    syria = rows[rows.category == "Syrië"]
    assert syria.confidentiality.tolist() == ["confidential", "secondary"] and syria.value.isna().all()


def test_the_flags_of_a_running_period_are_told_beside_it(tmp_path):
    data = delivered(tmp_path, "IQ,2020,100,B,F", "SY,2020,,A,C")
    rows = load(data).observations.set_index("category")
    assert rows.status["Irak"] == "provisional"
    assert rows.note["Irak"] == "reeksbreuk volgens de bron"
    assert rows.editor_note["Irak"] == "de periode liep nog op de dag van levering"
    assert rows.confidentiality["Syrië"] == "confidential" and pd.isna(rows.value["Syrië"])
