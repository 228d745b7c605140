"""Every notation of a period, number or mark that publishers use is read as what it says, or not at all."""

from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from keten.model.periods import calendar_period
from keten.sources.readers.notation import is_provisional, mark, number, period, period_of

DUTCH = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
]
ENGLISH = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
SHORT = ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"]
TO_OCTOBER = "2023-01-01/2023-10-31"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((text, "2017") for text in ("2017", "2017JJ00", " 2017 ", "2017*", "2017 **", "2017 (voorlopig)", "2017.0")),
        *((text, "2017-Q1") for text in ("2017KW01", "2017-Q1", "2017Q1", "2017 q1", "Q1 2017", "1e kwartaal 2017")),
        *((text, "2017-Q1") for text in ("2017 1e kwartaal", "2017 1e kwartaal*", "Kwartaal 1, 2017", "2017-K1")),
        *((text, "2017-Q3") for text in ("derde kwartaal van 2017", "third quarter of 2017", "2017 kwartaal 3")),
        *((text, "2017-H2") for text in ("2017-S2", "2017S2", "2017-H2", "2e halfjaar 2017", "2017 2e halfjaar")),
        *((text, "2017-H2") for text in ("tweede helft 2017", "tweede helft van 2017 (voorlopig)", "H2 2017")),
        *((text, "2017-06") for text in ("2017MM06", "2017M06", "2017-06", "201706", "06-2017", "6/2017", "2017-6")),
        *((text, "2017-06") for text in ("juni 2017", "2017 juni", "jun-17", "Jun. 2017", "June 2017", "JUNI 2017*")),
        *((text, "2017-06-01") for text in ("2017-06-01", "01-06-2017", "1/6/2017", "20170601", "1 juni 2017")),
        *((text, "2017-06-01") for text in ("2017-06-01 00:00:00", "2017-06-01T00:00:00Z", "June 1, 2017")),
        *((text, "2017-07-01") for text in ("2017-06-30T22:00:00Z", "2017-06-30 18:00-04:00", "2017-07-01T06:00+08")),
        *((text, "2017-06-30") for text in ("2017-06-30T22:00:00", "2017-06-30T21:59:59Z", "2017-07-01T05:59+0900")),
        *((text, "2018-01-01") for text in ("2017-12-31T23:00:00.5Z", "2018-01-01T00:00+01:00")),
        *((text, "2017-01-30/2017-02-05") for text in ("2017-W05", "2017W105", "week 5 2017", "2017 week 5")),
        *((text, TO_OCTOBER) for text in ("tot en met oktober 2023", "t/m oktober 2023", "2023 (t/m oktober)")),
        *((text, TO_OCTOBER) for text in ("januari t/m oktober 2023", "2023* (t/m oktober)", "jan-okt 2023")),
        *(
            (text, TO_OCTOBER)
            for text in ("2023 tot en met oktober", "1 januari t/m 31 oktober 2023", "2023-01/2023-10")
        ),
        ("2023 t/m 3e kwartaal", "2023-01-01/2023-09-30"),
        ("jan-75", "1975-01"),
        ("2020-W53", "2020-12-28/2021-01-03"),
        ("2017-02-01/2017-05-31", "2017-02-01/2017-05-31"),
    ],
)
def test_a_period_is_read_in_each_notation(text, expected):
    assert str(period(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "Totaal",
        "juni",
        "2017-13",
        "2017-Q5",
        "2017-H3",
        "31-06-2017",
        "2017-W54",
        "1899",
        "2101",
        "jan 1899",
        "2017/2018",
        "2017²",
        "20171",
        "1230",
        "t/m 2023",
        "t/m oktober",
        "okt-jan 2023",
        "1.230",
        "2017.1",
        "2017,1",
        "2017" * 99,
    ],
)
def test_what_is_no_period_is_not_guessed(text):
    assert period(text) is None


@given(st.integers(1950, 2049), st.integers(0, 11))
def test_names_of_months_are_read_in_two_languages_and_short(year, index):
    expected = calendar_period("month", year, index + 1)
    for name in (DUTCH[index], ENGLISH[index], SHORT[index], SHORT[index].upper() + "."):
        for text in (f"{name} {year}", f"{year} {name}", f"{name}-{year % 100:02}"):
            assert period(text) == expected
        assert period(name) is None
        assert period_of([str(year), name]) == expected


@pytest.mark.parametrize(
    ("freq", "expected"),
    [
        ("month", "2017-05"),
        ("quarter", "2017-Q2"),
        ("half_year", "2017-H1"),
        ("year", "2017"),
        ("date", "2017-05-31"),
        (("month", "year"), "2017-05"),
        (("year", "date"), "2017-05-31"),
        ((), "2017-05-31"),
    ],
)
def test_a_day_stands_for_the_period_of_the_table(freq, expected):
    assert str(period("31-05-2017", freq)) == expected


def test_a_bare_number_is_what_the_table_counts_in():
    assert str(period("2017-2", "quarter")) == "2017-Q2"
    assert str(period("2017-02", "quarter")) == "2017-02"
    assert str(period_of(["2017", "2"], ("quarter", "year"))) == "2017-Q2"
    assert str(period_of(["2017", "2"], names=["Jaar", "Kwartaal"])) == "2017-Q2"
    assert str(period_of(["2017", "2"], names=["Year", "Month"])) == "2017-02"


@pytest.mark.parametrize(
    ("text", "notation", "expected"),
    [
        ("03/04/2017", "%m/%d/%Y", "2017-03-04"),
        ("03/04/2017", "%d/%m/%Y", "2017-04-03"),
        ("17mei", "%y%b", "2017-05"),
        ("Oktober, 2017", "%B, %Y", "2017-10"),
        ("J2017", "J%Y", "2017"),
        ("2017-05", "%d-%m-%Y", "None"),
        ("1017-05", "%Y-%m", "None"),
        ("2017", "%Q", "None"),
    ],
)
def test_the_notation_of_a_card_goes_before_ours(text, notation, expected):
    assert str(period(text, notation=notation)) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (["2017", ""], "2017"),
        (["2017*", "Totaal"], "2017"),
        (["2017", "2017JJ00"], "2017"),
        *(
            (["2017", month], "2017-01")
            for month in ("1", "01", "1.0", "jan", "Januari", "January", "jan-17", "2017M01")
        ),
        *((["2017", month], "2017-01") for month in ("2017MM01", "201701", "maand 1", "MM01")),
        *((["2017", quarter], "2017-Q1") for quarter in ("Q1", "KW01", "1e kwartaal", "2017KW01")),
        (["juni", "2017"], "2017-06"),
        (["2017", "6", "3"], "2017-06-03"),
        (["tot en met oktober 2023", ""], TO_OCTOBER),
        (["2023", "t/m oktober"], TO_OCTOBER),
        (["2017", "2018MM01"], "None"),
        (["2017", "13"], "None"),
        (["2017", "onbekend"], "None"),
        (["", "6"], "None"),
        (["", ""], "None"),
    ],
)
def test_columns_together_make_a_period(parts, expected):
    assert str(period_of(parts)) == expected


def test_a_provisional_period_is_seen():
    assert all(map(is_provisional, ["2017*", "2018 **", "2018 (voorlopig)", "2018 (p)", "1e kwartaal 2018 voorlopig"]))
    assert not any(map(is_provisional, ["2017", "*", "", "voorlopig", "2018 (definitief)", "p"]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((text, 1230) for text in ("1230", "1.230", "1,230", "1 230", "1\u00a0230", "1\u202f230", "1'230", "1230,0")),
        ("12,5", 12.5),
        ("12.5", 12.5),
        ("0,125", 0.125),
        (".5", 0.5),
        ("1.230,5", 1230.5),
        ("1,230.5", 1230.5),
        ("1.234.567", 1234567),
        ("1 234 567,25", 1234567.25),
        ("1234.567", 1234.567),
        ("-3", -3),
        ("− 3", -3),
        ("+3", 3),
        ("12,5 %", 12.5),
        ("1,5e3", 1500),
        ("1.234E+03", 1234),
    ],
)
def test_a_number_is_read_in_each_notation(text, expected):
    assert number(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "*",
        "<5",
        "x",
        ":",
        "inf",
        "-Infinity",
        "nan",
        "NaN",
        "1e999",
        "1 2",
        "12 34",
        "1.23.456",
        "1,2,3",
        "5-6",
        "1²",
        "½",
        "12a",
        "0x10",
        "1_000",
        "١٢",
        "1.230*",
        "()",
        "%",
        "e5",
        "9" * 200,
    ],
)
def test_what_is_no_number_is_none(text):
    assert number(text) is None


def test_the_card_settles_which_separator_is_which():
    assert number("1.234", decimal=".") == 1.234
    assert number("1,234", decimal=".") == 1234
    assert number("1,234", decimal=",") == 1.234
    assert number("1.234", thousands=",") == 1.234
    assert number("1,234", thousands=",") == 1234
    assert number("1.23", decimal=",") is None
    assert number("1 234", thousands=",") is None


@given(st.integers(-(10**12), 10**12), st.sampled_from([".", ",", " ", "\u00a0", "'"]))
def test_whole_numbers_survive_grouping(value, separator):
    assert number(f"{value:,}".replace(",", separator)) == value


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from([".,", ",.", ", "]))
def test_two_decimals_survive_each_dialect(value, signs):
    decimal, thousands = signs
    text = f"{value:,}".replace(",", "_").replace(".", decimal).replace("_", thousands)
    assert number(text) == float(value)
    assert number(text, decimal, thousands) == float(value)


MARKS = SimpleNamespace(suppressed=("<5", "*", "x"), missing=("", ":", "n.b."), zero=())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<5", "suppressed"),
        ("< 5", "suppressed"),
        ("<10", "suppressed"),
        ("*", "suppressed"),
        ("X", "suppressed"),
        ("", "missing"),
        (" ", "missing"),
        (":", "missing"),
        ("N.B.", "missing"),
        ("0", ""),
        ("5", ""),
        ("-", ""),
    ],
)
def test_marks_are_told_from_numbers(text, expected):
    assert mark(text, MARKS) == expected
    assert not expected or number(text) is None


def test_one_mark_means_what_the_card_says():
    stacked = SimpleNamespace(suppressed=("", "-", "."), missing=(), zero=())
    assert [mark(text, stacked) for text in ("", "-", ".", "*")] == ["suppressed"] * 3 + [""]


@given(st.text(max_size=40), st.sampled_from(["", "month", "year"]), st.sampled_from(["", "%d-%m-%Y", "%b %y", "%"]))
@example("٢٠١٧", "", "")
def test_any_text_is_read_or_refused_quietly(text, freq, notation):
    read = period(text, freq, notation)
    assert read is None or 1900 <= read.start.year <= read.end.year <= 2100
    assert period_of([text, "6"], freq) is None or any(sign.isdigit() for sign in text)
    value = number(text)
    assert value is None or abs(value) < float("inf")
