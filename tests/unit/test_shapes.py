"""Shapes of tables: rows that are added, rows that are left out, periods in the head, years that begin in July."""

import io

import pandas as pd
import pytest
from helpers_sources import CARD, CATALOGUE, card_from, imported, written

from keten.errors import KetenError
from keten.model.rounding import margin
from keten.sources.cards.card import inspect
from keten.sources.readers import READERS
from keten.sources.validation.interpret import interpret

TOP = "rounding = 5\n"


def read(tmp_path, content, text=CARD):
    """What a card says of a file with these lines, or of these bytes."""
    card = card_from(tmp_path, text)
    content = content if isinstance(content, bytes) else content.encode()
    return interpret(READERS[card.format.name](io.BytesIO(content), card), card, CATALOGUE.names)


def values(reading):
    rows = reading.observations
    return {(row.period, row.by_nationality): None if pd.isna(row.value) else row.value for row in rows.itertuples()}


# -- several rows of one figure --

ROWS = "maand;land;aantal;grens\n2017-01;Syrië;120;A\n2017-01;Irak;7;A\n2017-01;Syrië;35;B\n2017-01;Syrië;10*;C\n"
ADDED = CARD.replace(TOP, f"{TOP}add_rows = true\n")


def test_rows_of_one_figure_are_added_only_where_the_card_says_so(tmp_path):
    with pytest.raises(
        KetenError,
        match=r"dubbele telling: regel 2 \(120\) en regel 4 \(35\) en regel 5 \(10\) geven beide .*Syrië; de kolom "
        "grens verschilt.*of zet add_rows = true",
    ):
        read(tmp_path, ROWS)
    found = read(tmp_path, ROWS, ADDED)
    assert values(found) == {("2017-01", "Syrië"): 165, ("2017-01", "Irak"): 7}
    syria = found.observations.set_index("by_nationality").loc["Syrië"]
    assert (syria.status, syria.note, syria["parts"]) == ("provisional", "som van 3 rijen", 3)
    assert found.warnings == ["1 cijfers zijn elk de som van meer rijen (add_rows), samen 3 rijen"]


@pytest.mark.parametrize("cell", ["<5", ":"])
def test_a_sum_of_rows_is_withheld_where_one_is_not_shown(tmp_path, cell):
    found = read(tmp_path, f"{ROWS}2017-01;Syrië;{cell};D\n", ADDED)
    syria = found.observations.set_index("by_nationality").loc["Syrië"]
    assert pd.isna(syria.value) and syria.status == "missing"
    assert syria.note == "1 van 4 rijen onderdrukt of ontbrekend"


def test_a_sum_of_rows_has_the_margin_of_them_all(tmp_path, capsys):
    (data := tmp_path / "data").mkdir()
    assert imported(data, written(tmp_path, ADDED), ROWS, "2017-03-01") == 0
    assert "som van meer rijen" in capsys.readouterr().out
    from keten.observations.dataset import load

    rows = load(data).observations.set_index("category")
    one = margin(pd.Series([7.0]), pd.Series(["rounded_5"]), pd.Series(["persons"])).iloc[0]
    assert rows.margin["Irak"] == one > 0 and rows.margin["Syrië"] == 3 * one


def test_totals_over_added_rows_count_every_row(tmp_path):
    text = ADDED.replace('total = "Totaal"', "add_up = true")
    total = read(tmp_path, ROWS, text).observations.set_index("by_nationality").loc[""]
    assert (total.value, total["parts"], total.status) == (172, 4, "provisional")


def test_rates_are_never_added(tmp_path):
    text = ADDED.replace("border_refusals", "proef") + 'label = "Aandeel"\ndefinition = "Deel"\nkind = "rate"\n'
    _, faults = inspect(written(tmp_path, text), CATALOGUE)
    assert any("proef is een verhouding" in fault for fault in faults)


# -- rows that are left out --

LANDS = "maand;land;aantal\n2017-01;Syrië;120\n2017-01;Irak;7\n2017-01;Elders;35\n"


@pytest.mark.parametrize(
    ("keep", "left"),
    [
        ('land = { not = "Elders" }', {"Syrië", "Irak"}),
        ('land = { not = ["Elders", "Irak"] }', {"Syrië"}),
        ('land = ["Irak", "Elders"]', {"Irak", "Elders"}),
    ],
)
@pytest.mark.parametrize("where", [False, True])
def test_a_card_can_say_which_rows_it_does_not_want(tmp_path, keep, left, where):
    text = f"{CARD}where = {{ {keep} }}\n" if where else f"{CARD}\n[keep]\n{keep}\n"
    assert {land for _, land in values(read(tmp_path, LANDS, text))} == left


def test_a_card_that_leaves_out_everything_is_told_so(tmp_path):
    with pytest.raises(KetenError, match="Geen rij heeft land = anders dan Syrië of Irak of Elders"):
        read(tmp_path, LANDS, f'{CARD}\n[keep]\nland = {{ not = ["Syrië", "Irak", "Elders"] }}\n')


def test_only_not_is_understood_in_a_choice(tmp_path):
    _, faults = inspect(written(tmp_path, f'{CARD}\n[keep]\nland = {{ niet = ["Syrië"] }}\n'), CATALOGUE)
    assert len(faults) == 1 and "land hoort tekst of een lijst van teksten te zijn" in faults[0]
