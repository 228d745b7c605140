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
    assert found.warnings == ["cijfers die de som van meer rijen zijn (add_rows): 1, uit 3 rijen"]


@pytest.mark.parametrize("cell", ["<5", ":"])
def test_a_sum_of_rows_is_withheld_where_one_is_not_shown(tmp_path, cell):
    found = read(tmp_path, f"{ROWS}2017-01;Syrië;{cell};D\n", ADDED)
    syria = found.observations.set_index("by_nationality").loc["Syrië"]
    assert pd.isna(syria.value) and syria.status == "missing"
    assert syria.note == "1 van 4 rijen onderdrukt of ontbrekend"


def test_a_sum_of_rows_has_the_margin_of_them_all(tmp_path, capsys):
    (data := tmp_path / "data").mkdir()
    assert imported(data, written(tmp_path, ADDED), ROWS, "2017-03-01") == 0
    assert "de som van meer rijen" in capsys.readouterr().out
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


# -- periods in the head --

HEADS = CARD.replace('column = "maand"', "heads = true").replace('column = "aantal"\n', "")


def workbook(rows, engine):
    """A spreadsheet with these cells."""
    buffer = io.BytesIO()
    pd.DataFrame(rows).to_excel(buffer, engine=engine, header=False, index=False)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("heads", "periods"),
    [
        (("JAN2009", "FEB2009"), ("2009-01", "2009-02")),
        (("2017M01", "2017M02"), ("2017-01", "2017-02")),
        (("Y2015M01", "Y2015M02"), ("2015-01", "2015-02")),
        (("2008", "2009"), ("2008", "2009")),
        (("Y2008", "Y2009"), ("2008", "2009")),
        (("Q1 2017", "Q2 2017"), ("2017-Q1", "2017-Q2")),
        (("jan_2017", "feb_2017"), ("2017-01", "2017-02")),
        (("januari 2017", "jan-feb 2017"), ("2017-01", "2017-01-01/2017-02-28")),
    ],
)
@pytest.mark.parametrize("engine", ["csv", "openpyxl", "odf"])
def test_heads_that_are_periods_become_rows(tmp_path, heads, periods, engine):
    rows = [("Titel", "", "", ""), ("land", "", *heads), ("Syrië", "a", "2010", "2011"), ("Irak", "b", "0", "<5")]
    rows = [("land", "grens", *heads) if row[0] == "land" else row for row in rows]
    content = "\n".join(map(";".join, rows)) if engine == "csv" else workbook(rows, engine)
    found = read(tmp_path, content, HEADS)
    first, second = periods
    assert values(found) == {
        (first, "Syrië"): 2010,
        (second, "Syrië"): 2011,
        (first, "Irak"): 0,
        (second, "Irak"): None,
    }
    assert found.observations.status.tolist().count("suppressed") == 1


def test_dates_in_the_head_of_a_workbook_are_months_when_the_card_says_so(tmp_path):
    days = (pd.Timestamp("2009-01-01"), pd.Timestamp("2009-02-01"))
    text = HEADS.replace("heads = true", 'heads = true\nfreq = "month"')
    found = read(tmp_path, workbook([("land", *days), ("Syrië", 7, 8)], "openpyxl"), text)
    assert values(found) == {("2009-01", "Syrië"): 7, ("2009-02", "Syrië"): 8}


EXPORT = [
    ("Data extracted on 05/06/2024 11:00:00 from [ESTAT]", "", "", "", ""),
    ("Time frequency", "", "Annual", "", ""),
    ("TIME", "2015", "", "2016", ""),
    ("GEO (Labels)", "", "", "", ""),
    ("Syria", "123", "b", "456", "p"),
    ("Iraq", ":", "", "7", "u"),
    ("Special value", "", "", "", ""),
    (":", "not available", "", "", ""),
    ("Available flags:", "", "", "", ""),
    ("b", "break in time series", "", "", ""),
]


@pytest.mark.parametrize("engine", ["csv", "openpyxl"])
def test_an_export_of_the_browser_has_flags_beside_each_period(tmp_path, engine):
    content = "\n".join(map("\t".join, EXPORT)) if engine == "csv" else workbook(EXPORT, engine)
    text = HEADS.replace('column = "land"', 'column = "GEO (Labels)"').replace("rounding = 5", "rounding = 0")
    rows = read(tmp_path, content, text).observations.set_index(["by_nationality", "period"])
    assert rows.value.dropna().to_dict() == {("Syrië", "2015"): 123, ("Syrië", "2016"): 456, ("Irak", "2016"): 7}
    assert rows.status.to_dict() == {
        ("Syrië", "2015"): "break", ("Syrië", "2016"): "provisional", ("Irak", "2015"): "missing",
        ("Irak", "2016"): "exact",
    }  # fmt: skip
    assert rows.note["Irak", "2016"] == "weinig betrouwbaar volgens de bron"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("land;JAN2009;FBE2009;MAR2009\nSyrië;1;2;3\n", "staat 'FBE2009'; dat is geen periode"),
        ("land;aantal\nSyrië;1\n", "geen kop met perioden"),
        ("land;2009\nSyrië;2009-01-01\n", "'2009-01-01' in de kolom 2009"),
        ("land;maand;aantal\nSyrië;2009-01;1\nSyrië;2009-02;2\n", "zij staan in een kolom .'2009-01', '2009-02'"),
        ("land;2009;2009\nSyrië;1;2\n", "'2009' staat twee keer"),
        ("land;2009;2010\nSyrië;1;veel\n", "regel 2: 'veel' in de kolom 2010"),
        ("land;2009;JJ2009;2010\nSyrië;1;1;2\n", "staat 'JJ2009'"),
        ("land;2009;Y2009\nSyrië;1;4\n", r"dubbele telling: regel 2 \(1\) en regel 2 \(4\)"),
    ],
)
def test_heads_that_are_not_understood_are_refused(tmp_path, content, words):
    with pytest.raises(KetenError, match=words):
        read(tmp_path, content, HEADS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEADS.replace("heads = true", 'heads = true\ncolumn = "maand"'), "zonder column of columns"),
        (HEADS.replace('name = "table"', 'name = "statline-csv"'), 'hoort bij format "table"'),
        (HEADS + 'column = "aantal"\n', "laat column en columns weg"),
        (CARD.replace('[period]\ncolumn = "maand"\n', ""), "of heads = true als de perioden in de kop staan"),
        (CARD.replace('column = "maand"', 'column = "maand"\nfirst_month = 13'), "first_month hoort een maand te zijn"),
    ],
)
def test_a_card_that_contradicts_itself_about_its_period_is_told_so(tmp_path, text, words):
    _, faults = inspect(written(tmp_path, text), CATALOGUE)
    assert any(words in fault for fault in faults), faults


# -- years that do not begin in January --


def years(*texts):
    return "maand;land;aantal\n" + "".join(f"{text};Irak;{at + 1}\n" for at, text in enumerate(texts))


JULY = CARD.replace('column = "maand"', 'column = "maand"\nfirst_month = 7')
MONTHLY = CARD.replace('column = "maand"', 'column = "maand"\nfreq = "month"')


@pytest.mark.parametrize(
    "texts",
    [("2017/18",), ("2016/17", "2017/18"), ("FY2017-18",), ("2017-2018",), ("2010-11",), ("2010-11", "2011-12"),
     ("2010-11", "2013-14"), ("2009", "2010-11"), ("2010/11",), ("boekjaar 2017/2018",),
     ("2010–11",), ("2010-11*",), ("2010—11 (voorlopig)",), ("2010/'11",)],
)  # fmt: skip
def test_a_year_across_two_years_is_never_taken_for_a_month(tmp_path, texts):
    with pytest.raises(
        KetenError, match=r"regel \d: '.*' in de kolom maand is een jaar dat .*of een maand; .*first_mon"
    ):
        read(tmp_path, years(*texts))
    years_alone = [text for text in texts if len(text) > 4]
    found = read(tmp_path, years(*years_alone), JULY).observations
    assert found.period.str.fullmatch(r"20\d\d-07-01/20\d\d-06-30").all() and set(found.freq) == {"span"}


TWO_COLUMNS = CARD.replace('column = "maand"', 'columns = ["maand", "deel"]')


def test_a_year_across_two_years_is_none_in_two_columns_either(tmp_path):
    content = "maand;deel;land;aantal\n2010-11;;Irak;5\n"
    with pytest.raises(KetenError, match="'2010-11' in de kolom maand en deel is een jaar dat"):
        read(tmp_path, content, TWO_COLUMNS)
    text = TWO_COLUMNS.replace("[dimensions", "first_month = 7\n\n[dimensions", 1)
    assert values(read(tmp_path, content, text)) == {("2010-07-01/2011-06-30", "Irak"): 5}


@pytest.mark.parametrize("text", ["FY2017", "FY 17", "boekjaar 2017", "fiscal year 2017"])
def test_a_financial_year_by_one_year_says_not_where_it_begins(tmp_path, text):
    for card in (CARD, JULY):
        with pytest.raises(KetenError, match="is een boekjaar, maar zegt niet in welke maand het begint"):
            read(tmp_path, years(text), card)


def test_months_stay_months(tmp_path):
    assert set(read(tmp_path, years("2010-10", "2010-11")).observations.period) == {"2010-10", "2010-11"}
    assert set(read(tmp_path, years("2010-11"), MONTHLY).observations.period) == {"2010-11"}
    written_out = CARD.replace('column = "maand"', 'column = "maand"\nnotation = "%Y-%m"')
    assert set(read(tmp_path, years("2010-11"), written_out).observations.period) == {"2010-11"}


@pytest.mark.parametrize("text", ["2016-07/2017-06", "juli 2016 t/m juni 2017"])
def test_a_year_from_july_to_june_is_a_period(tmp_path, text):
    assert read(tmp_path, years(text)).observations.period.tolist() == ["2016-07-01/2017-06-30"]


def test_years_across_two_years_may_be_heads(tmp_path):
    text = HEADS.replace("heads = true", "heads = true\nfirst_month = 4")
    found = read(tmp_path, "land;2016/17;2017/18\nIrak;5;6\n", text)
    assert values(found) == {("2016-04-01/2017-03-31", "Irak"): 5, ("2017-04-01/2018-03-31", "Irak"): 6}
    with pytest.raises(KetenError, match="first_month"):
        read(tmp_path, "land;2010-11;2011-12\nIrak;5;6\n", HEADS)


def test_the_line_of_the_heads_may_be_stated(tmp_path):
    content = "2001;2002;2003;2004\nland;2016;2017;\nIrak;5;6;\n"
    with pytest.raises(KetenError, match="de kolom 'land' ontbreekt"):
        read(tmp_path, content, HEADS)
    assert values(read(tmp_path, content, HEADS.replace('name = "table"', 'name = "table"\nheader = 2'))) == {
        ("2016", "Irak"): 5, ("2017", "Irak"): 6,
    }  # fmt: skip


# -- case records --

RECORDS = CARD.replace('name = "table"', 'name = "records"').replace('"maand"', '"datum"\nfreq = "month"')
RECORDS = RECORDS.replace('total = "Totaal"\n', "").replace('column = "aantal"\n', "").replace(TOP, "")
OTHER = """
[measures.border_refusals_air]
label = "Lucht"
definition = "Lucht"
kind = "flow"
where = { grens = "lucht" }
"""


def test_records_are_chosen_by_what_they_are_not(tmp_path):
    rows = [("zee", 6), ("lucht", 8), ("land", 20)]
    content = "datum;land;grens\n" + "".join(f"2017-01-02;Irak;{border}\n" * count for border, count in rows)
    text = RECORDS + 'where = { grens = { not = ["lucht", "zee"] } }\n' + OTHER
    found = read(tmp_path, content, text).observations
    totals = found[found.by_nationality == ""].set_index("measure").value
    assert totals.to_dict() == {"border_refusals": 20, "border_refusals_air": 8}
    with pytest.raises(KetenError, match="tellen deels dezelfde dossiers"):
        read(tmp_path, content, RECORDS + 'where = { grens = { not = "zee" } }\n' + OTHER)
