"""The words of a file: names of dimensions, nationalities in every spelling, and records that are spelled unlike."""

import csv
import io

import pandas as pd
import pytest
from helpers_sources import CATALOGUE, card_from, written

from keten.cli import main
from keten.errors import KetenError
from keten.model.naming import alike, one_spelling
from keten.sources.cards.card import inspect
from keten.sources.validation.gate import read
from keten.sources.validation.interpret import fold
from keten.statistics.survey.respondents import read_respondents

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
OWN_NAMES = [
    "measure",
    "period",
    "freq",
    "value",
    "status",
    "note",
    "parts",
    "flag",
    "level",
    "title",
    "source",
    "known",
]


def reading(tmp_path, text, card=CARD):
    path = tmp_path / "bestand.csv"
    path.write_text(text, encoding="utf-8")
    return read(path, card_from(tmp_path, card), CATALOGUE.names)


def countries(tmp_path, *texts, card=CARD):
    """The nationality of each text, all in one column."""
    rows = "".join(f'2021;"{text}";{number}\n' for number, text in enumerate(texts, 1))
    found = reading(tmp_path, f"Jaar;Land;Aantal\n{rows}", card)
    by_number = dict(zip(found.observations.value, found.observations.by_nationality, strict=True))
    return [by_number[number] for number in range(1, len(texts) + 1)], found.warnings


# -- names of dimensions --


def of_dimension(name, column):
    label = "" if name in CATALOGUE.dimensions.index else f'label = "{name}"\n'
    return CARD.replace(
        '[dimensions.nationality]\ncolumn = "Land"\ncodes = "nationality"',
        f'[dimensions.{name}]\ncolumn = "{column}"\ntotal = "Totaal"\n{label}',
    )


@pytest.mark.parametrize("name", [*CATALOGUE.dimensions.index, *OWN_NAMES])
def test_every_name_of_a_dimension_leaves_the_figure_alone(tmp_path, name):
    text = f"Jaar;{name};Aantal\n2021;Totaal;9\n2021;p;4\n2021;missing;5\n"
    found = fold(reading(tmp_path, text, of_dimension(name, name)).observations)
    rows = found[["measure", "period", "freq", "dimension", "category", "value", "status", "note", "parts"]]
    assert rows.to_numpy().tolist() == [
        ["telling", "2021", "year", "", "", 9, "exact", "", 1],
        ["telling", "2021", "year", name, "p", 4, "exact", "", 1],
        ["telling", "2021", "year", name, "missing", 5, "exact", "", 1],
    ]


@pytest.mark.parametrize("name", ["status", "freq", "value", "reason", "note"])
def test_a_dimension_comes_out_of_keten_data_as_it_went_in(tmp_path, capsys, empty_data, name):
    card = written(tmp_path, of_dimension(name, "Soort"), "proef.toml")
    file = written(tmp_path, "Jaar;Soort;Aantal\n2021;Totaal;9\n2021;open;4\n", "proef.csv")
    assert main(["import", str(card), str(file), "--date", "2022-01-31", "--data", str(empty_data)]) == 0
    capsys.readouterr()
    assert main(["data", "--source", "proef", "--data", str(empty_data)]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    column = next(column for column in (f"by_{name}", name) if column in rows[0])
    assert {(row[column], row["value"], row["status"], row["freq"]) for row in rows} == {
        ("", "9", "exact", "year"),
        ("open", "4", "exact", "year"),
    }


@pytest.fixture
def empty_data(tmp_path, repository):
    """A data folder with a catalogue and published figures only."""
    data = tmp_path / "data"
    (data / "sources").mkdir(parents=True)
    for name in ("catalogue", "published", "datapackage.json", "corrections.toml"):
        (data / name).symlink_to(repository / "data" / name)
    return data


def test_columns_may_be_categories_of_a_dimension_that_is_called_status(tmp_path):
    text = CARD.replace('column = "Aantal"', 'dimension = "status"\ncolumns = { Open = "open", Dicht = "dicht" }')
    found = reading(tmp_path, "Jaar;Land;Open;Dicht\n2021;Irak;4;<5\n", text).observations
    assert found.by_status.tolist() == ["open", "dicht"] and found.status.tolist() == ["exact", "suppressed"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("[dimensions.nationality]", '[dimensions."a+b"]\nlabel = "a"'), "alleen kleine letters"),
        (('column = "Aantal"', 'dimension = "nationality"\ncolumns = { Irak = "Irak" }'), "staat ook bij [dimensions]"),
    ],
)
def test_names_that_would_mislead_are_faults(tmp_path, change, fault):
    _, faults = inspect(written(tmp_path, CARD.replace(*change)), CATALOGUE)
    assert len(faults) == 1 and fault in faults[0]


# -- nationalities --


def test_na_is_namibia_in_a_column_of_codes_only(tmp_path):
    found, warnings = countries(tmp_path, "SY", "NA", "IQ")
    assert found == ["Syrië", "Namibië", "Irak"] and warnings == []
    found, warnings = countries(tmp_path, "Syrië", "NA", "Irak")
    assert found == ["Syrië", "NA", "Irak"] and "onbekende code: 'NA'" in warnings[0]
    found, warnings = countries(tmp_path, "Syria", "Namibia", "NI", "nr")
    assert found == ["Syrië", "Namibië", "NI", "nr"] and len(warnings) == 1
    found, _ = countries(tmp_path, "SYR", "NAM", "NA")
    assert found[1] != found[2]
    assert countries(tmp_path, "Syrië", "UK", "VS", "Irak")[0] == [
        "Syrië",
        "Verenigd Koninkrijk",
        "Verenigde Staten",
        "Irak",
    ]
    assert countries(tmp_path, "NA")[0] == ["NA"]


def test_namibia_stays_where_a_publisher_has_codes(tmp_path):
    text = CARD.replace('"table"', '"sdmx-csv"').replace('"Jaar"', '"TIME_PERIOD"').replace('"Land"', '"citizen"')
    text = text.replace('"Aantal"', '"OBS_VALUE"')
    file = "citizen,TIME_PERIOD,OBS_VALUE\nTOTAL,2021,9\nNA,2021,5\n"
    assert reading(tmp_path, file, text).observations.by_nationality.tolist() == ["Namibië"]


@pytest.mark.parametrize("order", [1, -1])
def test_spellings_of_other_years_are_one_nationality(tmp_path, order):
    rows = ["2021;Turkey;130\n", "2022;Türkiye;900\n", "2022;Czech Republic;7\n", "2021;Czechia;8\n"][::order]
    found = reading(tmp_path, "Jaar;Land;Aantal\n" + "".join(rows))
    values = {(row.period, row.by_nationality): row.value for row in found.observations.itertuples()}
    assert values == {
        ("2021", "Turkije"): 130, ("2022", "Turkije"): 900, ("2021", "Tsjechië"): 8, ("2022", "Tsjechië"): 7,
    }  # fmt: skip
    assert found.warnings == []


@pytest.mark.parametrize("order", [1, -1])
def test_spellings_clash_within_one_cell_only(tmp_path, order):
    """Which of two figures of one cell is meant is not said: both stay, in whatever order they stand."""
    rows = ["2021;Turkey;130\n", "2021;Türkiye;900\n", "2022;Turkey;7\n", "2021;Irak;5\n"][::order]
    found = reading(tmp_path, "Jaar;Land;Aantal\n" + "".join(rows))
    values = {(row.period, row.by_nationality): row.value for row in found.observations.itertuples()}
    assert values == {
        ("2021", "Turkije"): 130, ("2022", "Turkije"): 7, ("2021", "Turkije (Türkiye)"): 900, ("2021", "Irak"): 5,
    }  # fmt: skip
    assert found.warnings == ["in de kolom Land betekenen 'Turkey' en 'Türkiye' beide Turkije; ze staan apart"]


def test_codes_of_other_cells_are_one_category(tmp_path):
    text = CARD.replace('codes = "nationality"', 'codes = { A = "open", B = "open" }')
    text = text + '\n[dimensions.age]\ncolumn = "Leeftijd"\n'
    file = "Jaar;Land;Leeftijd;Aantal\n2021;A;jong;1\n2021;B;oud;2\n"
    found = reading(tmp_path, file, text)
    assert found.observations.by_nationality.tolist() == ["open", "open"] and found.warnings == []
    clash = reading(tmp_path, file + "2021;B;jong;3\n", text)
    assert clash.observations.by_nationality.tolist() == ["open", "open (B)", "open (B)"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Russian Federation (the)", "Russische Federatie"),
        ("Bahamas, The", "Bahama’s"),
        ("St Kitts and Nevis", "Saint Kitts en Nevis"),
        ("Occupied Palestinian Territories", "Palestijnse Gebieden"),
        ("Sudan (the)", "Soedan"),
        ("Korea (the Republic of)", "Zuid-Korea"),
        ("Korea (the Democratic People's Republic of)", "Noord-Korea"),
        ("Congo (the Democratic Republic of the)", "Democratische Republiek Congo"),
        ("Congo (the)", "Congo-Brazzaville"),
        ("Tanzania, the United Republic of", "Tanzania"),
        ("St. Vincent & the Grenadines", "Saint Vincent en de Grenadines"),
        ("Trinidad & Tobago", "Trinidad en Tobago"),
        ("Iran, Islamic Rep.", "Iran"),
        ("Niger (the)", "Niger"),
        ("Dominican Republic (the)", "Dominicaanse Republiek"),
    ],
)
def test_names_of_countries_are_known_as_others_write_them(text, name):
    assert CATALOGUE.names.resolve(text) == (name, "member")


def test_no_two_countries_have_the_same_words():
    """So that a name in another order never means another country."""
    assert {words: found for words, found in CATALOGUE.names._general.by_words.items() if len(found) > 1} == {}


def test_a_card_can_add_spellings(tmp_path):
    text = CARD.replace(
        'codes = "nationality"', 'codes = "nationality"\nspellings = { Brabantia = "NLD", NA = "Namibië" }'
    )
    found, warnings = countries(tmp_path, "Irak", "BRABANTIA", "NA", "Iran", card=text)
    assert found == ["Irak", "Nederland", "Namibië", "Iran"] and warnings == []


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ('codes = "nationality"\nspellings = { X = "Wakanda" }', "'Wakanda' staat niet in catalogue/nationalities.csv"),
        ('spellings = { X = "Irak" }', 'spellings hoort bij codes = "nationality"'),
    ],
)
def test_spellings_of_a_card_are_checked(tmp_path, keys, fault):
    _, faults = inspect(written(tmp_path, CARD.replace('codes = "nationality"', keys)), CATALOGUE)
    assert len(faults) == 1 and fault in faults[0]


# -- records --

RECORDS = CARD.replace('"table"', '"records"').replace('"Jaar"', '"Datum"\nfreq = "year"').replace(
    'column = "Aantal"\n', ""
)  # fmt: skip


def counted(tmp_path, cells, card=RECORDS):
    text = "Datum;Land\n" + "".join(f'2021-03-01;"{cell}"\n' for cell in cells)
    found = reading(tmp_path, text, card).observations
    return {row.by_nationality: row.value for row in found.itertuples() if pd.notna(row.value)}


def test_records_that_are_spelled_unlike_count_together(tmp_path):
    assert counted(tmp_path, ["Irak"] * 3 + ["irak ", "IRAK"] + ["Iran"] * 6) == {"": 11, "Irak": 5, "Iran": 6}
    text = RECORDS.replace('codes = "nationality"', "")
    assert counted(tmp_path, ["IND"] * 3 + ["ind", "IND "] + ["COA"] * 6, text) == {"": 11, "IND": 5, "COA": 6}
    assert counted(tmp_path, ["<18"] * 5 + ["18+"] * 6, text) == {"": 11, "<18": 5, "18+": 6}
    codes = RECORDS.replace('codes = "nationality"', 'codes = { m = "man", v = "vrouw" }')
    assert counted(tmp_path, ["M"] * 5 + ["v"] * 6, codes) == {"": 11, "man": 5, "vrouw": 6}


def test_records_are_chosen_by_a_value_however_it_is_spelled(tmp_path):
    text = "Datum;Land;Org\n" + "2021-03-01;Irak;IND\n" * 3 + "2021-03-02;Irak;ind \n" * 4 + "2021-03-01;Irak;COA\n" * 9
    found = reading(tmp_path, text, RECORDS + 'where = { Org = "IND" }\n').observations
    assert found[found.by_nationality == ""].value.tolist() == [7]


def survey(tmp_path, cells, *lines):
    settings = [
        "title = 'Proef'",
        "layout = 'wide'",
        "scale = [1, 5]",
        "items = ['vraag']",
        "organisation = 'org'",
        *lines,
    ]
    (tmp_path / "ervaring.toml").write_text("\n".join(settings), encoding="utf-8")
    rows = "".join(f"{cell};{place % 5 + 1}\n" for place, cell in enumerate(cells))
    (tmp_path / "ervaring.csv").write_text(f"org;vraag\n{rows}", encoding="utf-8")
    return read_respondents(tmp_path / "ervaring.csv").answers


def test_an_organisation_of_a_survey_is_one_however_it_is_spelled(tmp_path):
    answers = survey(tmp_path, ["ind", "IND", "IND ", "IND", "COA", "DT&V", "dtv", "DT&V"])
    assert answers.organisation.value_counts().to_dict() == {"IND": 4, "DT&V": 3, "COA": 1}
    answers = survey(tmp_path, ["ind", "ind", "coa"], "invited = { IND = 9, COA = 8 }")
    assert answers.organisation.value_counts().to_dict() == {"IND": 2, "COA": 1}
    answers = survey(tmp_path, ["i", "I ", "c"], "[values.org]", "I = 'IND'", "c = 'COA'")
    assert answers.organisation.value_counts().to_dict() == {"IND": 2, "COA": 1}


def test_groups_of_a_survey_keep_their_signs(tmp_path):
    answers = survey(tmp_path, ["Jong"] * 2 + ["jong "], "group = ['org']")
    assert answers.org.value_counts().to_dict() == {"Jong": 3}
    assert alike("<18") != alike("18+") and alike("Één  keer") == alike("een keer")


def test_the_spelling_that_is_kept_does_not_depend_on_the_order():
    for counts in ({"ind": 2, "IND": 3}, {"IND": 3, "ind": 2}):
        assert one_spelling(counts) == {"ind": "IND", "IND": "IND"}
    assert one_spelling({"ind": 1, "IND": 1}) == {"ind": "IND", "IND": "IND"}
    assert one_spelling({"IND": 9, "": 1}, ["ind", "*"]) == {"IND": "ind", "": ""}


def test_a_word_that_no_spelling_explains_is_refused_as_before(tmp_path):
    with pytest.raises(KetenError, match="staat niet bij `values"):
        survey(tmp_path, ["x", "I"], "[values.org]", "I = 'IND'")
