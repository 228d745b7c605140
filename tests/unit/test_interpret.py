"""From cells to observations: every number gets its meaning from the card, and nothing is lost or made up."""

import pandas as pd
import pytest
from helpers_sources import CARD, CATALOGUE, card_from
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keten.errors import KetenError
from keten.sources.validation.interpret import fold, interpret

MARKS = ["<5", "*", "x", ":", ".", "-", ""]
NUMBERS = ["0", "5", "1.230", "1230", "12", "7*"]
LANDS = ["Totaal", "Syrië", "syria", "SYR", "Irak", "EU27_2020", "Wakanda", "*", " "]
MONTHS = ["2017-01", "2017MM02", "januari 2017", "2017", "2017-Q1", "nooit", ""]


def cells(rows, columns=("maand", "land", "aantal")):
    return pd.DataFrame(rows, columns=list(columns), dtype=str)


def read(tmp_path, rows, text=CARD, columns=("maand", "land", "aantal")):
    return interpret(cells(rows, columns), card_from(tmp_path, text), CATALOGUE.names)


@pytest.fixture(scope="module")
def card(tmp_path_factory):
    return card_from(tmp_path_factory.mktemp("kaart"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(MONTHS) | st.text(max_size=8),
            st.sampled_from(LANDS) | st.text(max_size=8),
            st.sampled_from(NUMBERS + MARKS) | st.text(max_size=8),
        ),
        max_size=8,
    )
)
def test_whatever_the_cells_are_a_mark_never_becomes_a_number(card, rows):
    said = None
    try:
        reading = interpret(cells(rows), card, CATALOGUE.names)
    except KetenError as fault:
        said = str(fault)
    if said is not None:
        assert said
        return
    found = reading.observations
    kept = [row for row in rows if row[1] != "EU27_2020"]
    assert found.value.notna().sum() <= sum(row[2] not in MARKS for row in kept)
    assert found[found.status.isin(["suppressed", "missing"])].value.isna().all()
    assert found[~found.status.isin(["suppressed", "missing"])].value.notna().all()
    assert not found.duplicated(["measure", "period", "by_nationality"]).any()


def test_columns_are_found_but_for_case_accents_and_units(tmp_path):
    found = read(tmp_path, [("2017-01", "Irak", "10")], columns=("MAAND", "Land ", "Aantal (personen) (aantal)"))
    assert found.observations.value.tolist() == [10]


def test_two_columns_that_a_name_may_mean_are_a_fault(tmp_path):
    with pytest.raises(KetenError, match="schrijf in de kaart de hele kop"):
        read(tmp_path, [("2017-01", "Irak", "10", "2")], columns=("maand", "land", "aantal (n)", "aantal (%)"))


def test_a_column_that_nobody_declared_may_not_tell_rows_apart(tmp_path):
    rows = [("2017-01", "Irak", "10", "man"), ("2017-01", "Irak", "12", "vrouw")]
    with pytest.raises(KetenError, match="de kolom geslacht verschilt"):
        read(tmp_path, rows, columns=("maand", "land", "aantal", "geslacht"))


def test_a_provisional_mark_holds_for_its_figure_or_its_period(tmp_path):
    rows = [("2017-01", "Irak", "10*"), ("2017-02*", "Irak", "10"), ("2017-03", "Irak", "10")]
    assert read(tmp_path, rows).observations.status.tolist() == ["provisional", "provisional", "rounded_5"]


def test_flags_become_a_status_and_a_note(tmp_path):
    text = CARD.replace('name = "table"', 'name = "eurostat-json"')
    rows = [
        ("2017-01", "IQ", "10", "bp"),
        ("2017-02", "IQ", "", "|C"),
        ("2017-03", "IQ", "", ""),
        ("2017-04", "IQ", "5", "d"),
    ]
    found = read(tmp_path, rows, text, ("maand", "land", "aantal", "flag")).observations
    assert found.status.tolist() == ["break", "confidential", "missing", "rounded_5"]
    assert found.note.tolist() == [
        "reeksbreuk volgens de bron; voorlopig volgens de bron", "", "", "de definitie wijkt af volgens de bron",
    ]  # fmt: skip


def test_columns_may_be_the_categories_of_a_dimension(tmp_path):
    text = CARD.replace(
        'column = "aantal"', 'dimension = "border_kind"\ncolumns = { zee = "zee", lucht = "lucht" }'
    ).replace('total = "Totaal"', "add_up = true").replace("rounding = 5", "rounding = 0")  # fmt: skip
    rows = [("2017-01", "Irak", "10", "4"), ("2017-01", "Syrië", "1", "<5")]
    found = fold(read(tmp_path, rows, text, ("maand", "land", "zee", "lucht")).observations)
    values = {(row.dimension, row.category): (row.value, row.status, row.parts) for row in found.itertuples()}
    assert values["border_kind+nationality", "zee + Irak"] == (10, "exact", 1)
    assert values["border_kind", "zee"] == (11, "exact", 2)
    assert pd.isna(values["border_kind", "lucht"][0]) and values["border_kind", "lucht"][1] == "missing"


def test_an_empty_cell_is_the_total_only_when_the_card_says_so(tmp_path):
    with pytest.raises(KetenError, match="de kolom land is leeg"):
        read(tmp_path, [("2017-01", "", "10")])
    text = CARD.replace('total = "Totaal"', 'total = ""')
    assert read(tmp_path, [("2017-01", "", "10")], text).observations.by_nationality.tolist() == [""]


def test_an_all_word_among_members_is_a_fault(tmp_path):
    text = CARD.replace('codes = "nationality"\ntotal = "Totaal"\n', "")
    with pytest.raises(KetenError, match="naast delen"):
        read(tmp_path, [("2017-01", "Totaal", "10"), ("2017-01", "Irak", "10")], text)


def test_a_stock_holds_on_a_day_of_its_period(tmp_path):
    text = CARD.replace('column = "maand"', 'column = "maand"\nmoment = "end"')
    found = read(tmp_path, [("2017-02", "Irak", "10")], text).observations
    assert found[["period", "freq"]].to_numpy().tolist() == [["2017-02-28", "date"]]


def test_only_the_frequencies_that_are_asked_for_are_read(tmp_path):
    text = CARD.replace('column = "maand"', 'column = "maand"\nfreq = ["month", "year"]')
    rows = [("2017", "Irak", "10"), ("2017-Q1", "Irak", "5"), ("2017-01", "Irak", "1")]
    assert read(tmp_path, rows, text).observations.period.tolist() == ["2017", "2017-01"]
    with pytest.raises(KetenError, match="geen rijen met freq"):
        read(tmp_path, [("2017-Q1", "Irak", "5")], text)
