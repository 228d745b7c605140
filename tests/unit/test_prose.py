"""Prose: every number and sentence as a reader gets it, and nothing that the data do not say."""

import csv
import re
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keten.errors import KetenError
from keten.model.periods import Period
from keten.presentation import prose
from keten.presentation.prose import change

MISSING = [None, float("nan"), float("inf"), pd.NA, pd.NaT, np.float64("nan"), Decimal("NaN"), "", "nan"]


@pytest.mark.parametrize(
    ("value", "options", "text"),
    [
        (1297, {}, "1.297"),
        (3.6, {}, "3,6"),
        (-5, {"unit": "percent"}, "-5%"),
        (3.6, {"unit": "percent"}, "3,6%"),
        (4_600_000, {"unit": "EUR"}, "€ 4.600.000"),
        (0, {}, "0"),
        (-0.001, {}, "0"),
        (1.0, {}, "1"),
        (100, {}, "100"),
        (2.675, {}, "2,68"),
        (0.125, {}, "0,13"),  # halves away from zero
        (2.5, {"decimals": 0}, "3"),
        (-2.5, {"decimals": 0}, "-3"),
        (3.6, {"decimals": 2}, "3,60"),
        ("3.60", {}, "3,60"),
        ("3.60", {"decimals": 1}, "3,6"),
        (Decimal("3.60"), {}, "3,6"),
        (1297, {"unit": "applications"}, "1.297"),
        (np.int64(43099), {}, "43.099"),
        (np.float32(3.6), {}, "3,6"),
        (1e15, {}, "1.000.000.000.000.000"),
        *((missing, {}, "onbekend") for missing in MISSING),
        *((missing, {"decimals": 1, "unit": "percent"}, "onbekend") for missing in MISSING),
    ],
)
def test_number(value, options, text):
    assert prose.number(value, **options) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1 aanvraag"),
        (1.0, "1 aanvraag"),
        (-1, "-1 aanvraag"),
        (0, "0 aanvragen"),
        (1.5, "1,5 aanvragen"),
        (np.int64(1297), "1.297 aanvragen"),
        (None, "een onbekend aantal aanvragen"),
    ],
)
def test_count(value, text):
    assert prose.count(value, "aanvraag", "aanvragen") == text


def test_date_text():
    for day in (date(2017, 12, 31), "2017-12-31", pd.Timestamp(2017, 12, 31, 8)):
        assert prose.date_text(day) == "31 december 2017"
    assert prose.date_text(None) == prose.date_text("") == prose.date_text(pd.NaT) == "onbekend"
    with pytest.raises(KetenError, match="31 december"):
        prose.date_text("31 december 2017")


def test_listing():
    assert prose.listing([]) == ""
    assert prose.listing(["a"]) == "a"
    assert prose.listing(["a", "b"]) == "a en b"
    assert prose.listing(iter("abc"), last="of") == "a, b of c"


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        ("2017-06", "in juni 2017"),
        ("2017-Q2", "in het tweede kwartaal van 2017"),
        ("2017-H1", "in de eerste helft van 2017"),
        ("2017", "in 2017"),
        ("2017-12-31", "op 31 december 2017"),
        ("2017-01-01/2017-05-31", "van januari tot en met mei 2017"),
        ("2020-02-01/2020-03-31", "in februari en maart 2020"),
        (Period.parse("2017-Q4"), "in het vierde kwartaal van 2017"),
        ("de vorige meting", "in de vorige meting"),
    ],
)
def test_when(moment, text):
    assert prose.when(moment) == text


def test_range_text():
    assert prose.range_text(160, 200) == "tussen 160 en 200"
    assert prose.range_text(30.5, 35.5, "percent") == "tussen 30,5% en 35,5%"
    assert prose.range_text(160, 160) == "160"
    assert prose.range_text(160, None) == "ten minste 160"
    assert prose.range_text(np.nan, 200) == "ten hoogste 200"
    assert prose.range_text(None, None) == "onbekend"
    with pytest.raises(ValueError, match="above"):
        prose.range_text(200, 160)


# (now, before, options of change, unit) -> verdict, percent, words, short
CHANGES = [
    ((2147, 2045, {}, "persons"), ("toegenomen", 5, "5% meer dan in juni 2016 (2.045)", "+5%")),
    ((1800, 2045, {}, None), ("afgenomen", -12, "12% minder dan in juni 2016 (2.045)", "-12%")),
    ((1250, 100, {}, None), ("toegenomen", 1150, "1.150% meer dan in juni 2016 (100)", "+1.150%")),
    (
        (10040, 10000, {}, None),
        ("toegenomen", 0.4, "minder dan 1% meer dan in juni 2016 (10.000)", "minder dan +1%"),
    ),
    (
        (9960, 10000, {}, None),
        ("afgenomen", -0.4, "minder dan 1% minder dan in juni 2016 (10.000)", "minder dan -1%"),
    ),
    (
        (1, 1000, {}, None),
        ("afgenomen", -99.9, "meer dan 99% minder dan in juni 2016 (1.000)", "meer dan -99%"),
    ),
    ((0, 150, {}, None), ("afgenomen", -100, "100% minder dan in juni 2016 (150)", "-100%")),
    ((450, 150, {}, "EUR"), ("toegenomen", 200, "200% meer dan in juni 2016 (€ 150)", "+200%")),
    # no percentage
    (
        (12, 0, {}, None),
        (
            "toegenomen",
            None,
            "meer dan in juni 2016 (0)",
            "van 0 naar 12",
        ),
    ),
    (
        (18, 12, {}, None),
        ("toegenomen", None, "meer dan in juni 2016 (12)", "van 12 naar 18"),
    ),
    (
        (1000, 19, {}, None),
        (
            "toegenomen",
            None,
            "meer dan in juni 2016 (19)",
            "van 19 naar 1.000",
        ),
    ),
    # No more digits than the margin allows. 180 and 55, to fives: 209% to 248%, so both numbers. 1.080 and 330, to
    # tens: 100 x 5/330 and 100 x 1080/330 x 5/330 make 2 x sqrt((1.52^2 + 4.96^2) / 3) = 6.0 points, so tens. 3.060
    # and 930, to fives: 0.27 and 0.88 make 1.1 points, so whole percents.
    (
        (180, 55, {"now_margin": 2.5, "before_margin": 2.5}, None),
        ("toegenomen", None, "meer dan in juni 2016 (55)", "van 55 naar 180"),
    ),
    (
        (1080, 330, {"now_margin": 5, "before_margin": 5}, None),
        ("toegenomen", 230, "ongeveer 230% meer dan in juni 2016 (330)", "ca. +230%"),
    ),
    (
        (3060, 930, {"now_margin": 2.5, "before_margin": 2.5}, None),
        ("toegenomen", 229, "229% meer dan in juni 2016 (930)", "+229%"),
    ),
    # 4.000 and 1.980, both circa: 500/1980 = 25.3 points and 2.02 x 5/1980 = 0.5 points; at most 25.8 together.
    (
        (4000, 1980, {"now_margin": 500, "before_margin": 5, "about": True, "now_about": True}, None),
        ("toegenomen", 100, "ongeveer 100% meer dan in juni 2016 (ca. 1.980)", "ca. +100%"),
    ),
    # 100 and 300, both circa: 50 and 150 points of margin carry no percentage.
    (
        (300, 100, {"now_margin": 50, "before_margin": 50, "about": True, "now_about": True}, None),
        ("toegenomen", None, "meer dan in juni 2016 (ca. 100)", "van ca. 100 naar ca. 300"),
    ),
    # Tens would say 100% of what is not nothing.
    (
        (8, 200, {"now_margin": 10, "before_margin": 2.5}, None),
        ("afgenomen", -96, "ongeveer 96% minder dan in juni 2016 (200)", "ca. -96%"),
    ),
    # equal, and equal within the rounding
    ((2045, 2045, {}, None), ("gelijk", 0, "evenveel als in juni 2016 (2.045)", "gelijk gebleven")),
    ((0, 0, {}, None), ("gelijk", None, "evenveel als in juni 2016 (0)", "gelijk gebleven")),
    # Two figures that were rounded to fives: margin 2 x sqrt(2 x 2.5^2 / 3) = 4.08, so one step is a change.
    (
        (105, 100, {"now_margin": 2.5, "before_margin": 2.5}, None),
        ("toegenomen", 5, "5% meer dan in juni 2016 (100)", "+5%"),
    ),
    (
        (200, 140, {"now_margin": 2.5, "before_margin": 2.5}, None),
        ("toegenomen", 43, "43% meer dan in juni 2016 (140)", "+43%"),
    ),
    # Sums of twelve: margin 10 each, 2 x sqrt((10^2 + 10^2) / 3) = 16.3 for their difference.
    (
        (156, 140, {"now_margin": 10, "before_margin": 10, "about": True}, None),
        (
            "binnen de afronding",
            10,
            "een verschil binnen de afronding met juni 2016 (ca. 140)",
            "binnen de afronding",
        ),
    ),
    (
        (157, 140, {"now_margin": 10, "before_margin": 10}, None),
        ("toegenomen", 10, "ongeveer 10% meer dan in juni 2016 (140)", "ca. +10%"),
    ),
    (
        (110, 100, {"now_margin": 2.5, "before_margin": 2.5}, None),
        ("toegenomen", 10, "10% meer dan in juni 2016 (100)", "+10%"),
    ),
    (
        (100, 100, {"now_margin": 5}, None),
        ("binnen de afronding", 0, "afgerond evenveel als in juni 2016 (100)", "binnen de afronding"),
    ),
    (
        (100, 100, {"now_margin": float("nan")}, None),
        ("binnen de afronding", 0, "afgerond evenveel als in juni 2016 (100)", "binnen de afronding"),
    ),
    (
        (10, 0, {"now_margin": 10, "before_margin": 5}, None),
        ("binnen de afronding", None, "een verschil binnen de afronding met juni 2016 (0)", "binnen de afronding"),
    ),
    # rates change by points
    (
        (28, 25, {"rate": True}, "percent"),
        ("toegenomen", None, "3 procentpunt hoger dan in juni 2016 (25%)", "+3 procentpunt"),
    ),
    (
        (25.36, 28.04, {"rate": True}, "percent"),
        ("afgenomen", None, "2,7 procentpunt lager dan in juni 2016 (28,04%)", "-2,7 procentpunt"),
    ),
    # Shares change by what their print differs, in whole points from a margin of half a point on, in tens from 5 on.
    (
        (36.7, 35.1, {"rate": True, "now_margin": 0.2, "before_margin": 0.2}, "percent"),
        ("toegenomen", None, "1,6 procentpunt hoger dan in juni 2016 (35,1%)", "+1,6 procentpunt"),
    ),
    (
        (37, 35, {"rate": True, "now_margin": 0.6, "before_margin": 0.6}, "percent"),
        ("toegenomen", None, "2 procentpunt hoger dan in juni 2016 (35%)", "+2 procentpunt"),
    ),
    (
        (82, 39, {"rate": True, "now_margin": 6, "before_margin": 5}, "percent"),
        ("toegenomen", None, "ongeveer 40 procentpunt hoger dan in juni 2016 (39%)", "ca. +40 procentpunt"),
    ),
    (
        (3.6, 3.5, {"rate": True}, "score_1_5"),
        ("toegenomen", None, "0,1 punt hoger dan in juni 2016 (3,5)", "+0,1 punt"),
    ),
    (
        (3.58, 3.6, {"rate": True}, "score_1_5"),
        ("afgenomen", None, "minder dan 0,1 punt lager dan in juni 2016 (3,6)", "minder dan -0,1 punt"),
    ),
    (
        (33, 33, {"rate": True, "now_margin": 2.5, "about": True}, "percent"),
        ("binnen de afronding", None, "afgerond even hoog als in juni 2016 (ca. 33%)", "binnen de afronding"),
    ),
    ((10, 7, {"rate": True}, "months"), ("toegenomen", None, "3 hoger dan in juni 2016 (7)", "+3")),
    (
        (5, 5, {"rate": True}, "percent"),
        ("gelijk", None, "even hoog als in juni 2016 (5%)", "gelijk gebleven"),
    ),
    (
        (33, 31, {"rate": True, "now_margin": 2.5}, "percent"),
        (
            "binnen de afronding",
            None,
            "een verschil binnen de afronding met juni 2016 (31%)",
            "binnen de afronding",
        ),
    ),
    # missing
    (
        (12, None, {}, None),
        ("onbekend", None, "geen cijfer over juni 2016 om mee te vergelijken", "geen vergelijking"),
    ),
    (
        (pd.NA, float("nan"), {}, None),
        ("onbekend", None, "geen cijfer over juni 2016 om mee te vergelijken", "geen vergelijking"),
    ),
    (
        (np.nan, 2045, {}, None),
        ("onbekend", None, "niet te vergelijken met juni 2016 (2.045)", "geen vergelijking"),
    ),
]


@pytest.mark.parametrize(("given_change", "expected"), CHANGES)
def test_change(given_change, expected):
    now, before, options, unit = given_change
    verdict, percent, words, short = expected
    found = change(now, before, **options)
    assert found.verdict == verdict
    assert found.percent == (None if percent is None else pytest.approx(percent, abs=0.005))
    assert prose.change_words(found, "2016-06", unit) == words
    assert prose.change_short(found, unit) == short


def test_change_keeps_the_numbers_and_is_exact_in_decimals():
    found = change(np.int64(2153), np.float64(2045))
    assert (found.now, found.before, found.absolute) == (2153.0, 2045.0, 108.0)
    # 0.3 - 0.2 is a little less than 0.1 in binary: the margin must still cover it, and no more than it.
    assert change(0.3, 0.2, 0.1, rate=True).verdict == "binnen de afronding"
    assert change(0.3, 0.2, 0.09, rate=True).verdict == "toegenomen"
    assert change(12, None).absolute is None


FIRST = ("eerste asielaanvraag", "eerste asielaanvragen")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (11.0, "In 2019 was de instroom 11% hoger dan een jaar eerder."),
        (-5.5, "In 2019 was de instroom 5,5% lager dan een jaar eerder."),
    ],
)
def test_what_grew_or_shrank_says_so(value, expected):
    template = f"was de instroom {{n}} {prose.UP_OR_DOWN} dan een jaar eerder"
    assert prose.comparison_sentence("x", "2019", value, "percent", [], template=template, alone=True) == expected


ASKED = "{vroeg|vroegen} {n} {persoon|mensen} voor het eerst asiel aan"


def test_comparison_sentence_of_a_count():
    sentence = prose.comparison_sentence(
        "Eerste asielaanvragen",
        Period.parse("2017-06"),
        2316,
        FIRST,
        [("2016-06", change(2316, 2060)), ("2015-06", change(2316, 3850))],
        template=ASKED,
        alone=True,
    )
    assert sentence == (
        "In juni 2017 vroegen 2.316 mensen voor het eerst asiel aan, 12% meer dan in juni 2016 (2.060) "
        "en 40% minder dan in juni 2015 (3.850)."
    )


@pytest.mark.parametrize(
    ("label", "now", "options", "sentence"),
    [
        ("Aanvragen", 1, {"alone": True}, "In 2017 vroeg 1 persoon voor het eerst asiel aan."),
        ("Aanvragen", 0, {"alone": True}, "In 2017 vroegen 0 mensen voor het eerst asiel aan."),
        ("Syrië", 35, {}, "Syrië: in 2017 vroegen 35 mensen voor het eerst asiel aan."),
        ("Syrië", 4000, {"about": True}, "Syrië: in 2017 vroegen ongeveer 4.000 mensen voor het eerst asiel aan."),
        ("Syrië", None, {"alone": True}, "Syrië: over 2017 is geen cijfer bekend."),
    ],
)
def test_a_template_gives_the_sentence_its_verb(label, now, options, sentence):
    assert prose.comparison_sentence(label, "2017", now, FIRST, [], template=ASKED, **options) == sentence


def test_the_number_of_a_template_has_its_unit_and_its_mark():
    rate = change(30, 54, rate=True)
    text = prose.comparison_sentence(
        "Inwilliging", "2017", 30, "percent", [("2016", rate)], False, lambda text, value, of: f"<{text}>",
        "was het inwilligingspercentage {n}", True,
    )  # fmt: skip
    assert text == "In 2017 was het inwilligingspercentage <30%>, <24 procentpunt> lager dan in 2016 (<54%>)."


def test_every_template_of_the_catalogue_is_filled_in(repository):
    with (repository / "data" / "catalogue" / "measures.csv").open(encoding="utf-8", newline="") as file:
        templates = {row["measure"]: row["sentence"] for row in csv.DictReader(file) if row["sentence"]}
    assert len(templates) > 140
    for measure, template in templates.items():
        for number, one in (("1", True), ("23", False)):
            text = prose.filled(template, number, one)
            assert text.split().count(number) == 1 and not set("{}|,.") & set(text), measure
            assert text[0].islower() and text == text.strip() and "  " not in text, measure


@pytest.mark.parametrize(
    ("label", "period", "now", "words", "earlier", "sentence"),
    [
        ("Aanvragen", "2017", 2316, FIRST, {}, "Aanvragen: in 2017 ging het om 2.316 eerste asielaanvragen."),
        (
            "Eerste asielaanvragen",
            "2017-H1",
            1,
            FIRST,
            {"2016-H1": 0},
            "Eerste asielaanvragen: in de eerste helft van 2017 ging het om 1 eerste asielaanvraag, meer dan in de "
            "eerste helft van 2016 (0).",
        ),
        (
            "eerste asielaanvragen",
            "2017-06",
            None,
            FIRST,
            {"2016-06": 2060},
            "Eerste asielaanvragen: over juni 2017 is geen cijfer bekend.",
        ),
        (
            "Bezetting van de opvang",
            "2017-12-31",
            21037,
            ("persoon", "personen"),
            {"2016-12-31": 21037, "2015-12-31": None, "2014-12-31": None},
            "Bezetting van de opvang: op 31 december 2017 ging het om 21.037 personen, evenveel als op "
            "31 december 2016 (21.037); er is geen cijfer op 31 december 2015 en 31 december 2014 "
            "om mee te vergelijken.",
        ),
    ],
)
def test_comparison_sentence_grammar(label, period, now, words, earlier, sentence):
    changes = [(before, change(now, value)) for before, value in earlier.items()]
    assert prose.comparison_sentence(label, period, now, words, changes) == sentence


def test_comparison_sentence_of_a_rate_and_of_rounded_figures():
    rate = change(25.4, 22, rate=True)
    assert prose.comparison_sentence("Inwilligingspercentage", "2017-Q2", 25.4, "percent", [("2016-Q2", rate)]) == (
        "Inwilligingspercentage: in het tweede kwartaal van 2017 was dit 25,4%, "
        "3,4 procentpunt hoger dan in het tweede kwartaal van 2016 (22%)."
    )
    near = change(1700, 1710, 50, 5)
    assert prose.comparison_sentence(
        "Aanvragen", "2016", 1700, ("aanvraag", "aanvragen"), [("2015", near)], about=True
    ) == ("Aanvragen: in 2016 ging het om ongeveer 1.700 aanvragen, een verschil binnen de afronding met 2015 (1.710).")
    shares = [(year, change(75, share, 2.5, 2.5, True, about=True)) for year, share in (("2018", 74), ("2017", 77))]
    assert prose.comparison_sentence("Aandeel", "2019", 75, "percent", shares, about=True) == (
        "Aandeel: in 2019 was dit ongeveer 75%, een verschil binnen de afronding met 2018 (ca. 74%) en 2017 (ca. 77%)."
    )


numbers = st.one_of(
    st.sampled_from(MISSING),
    st.integers(-(10**12), 10**12),
    st.integers(0, 200),
    st.floats(-1e12, 1e12),
    st.decimals(-(10**9), 10**9, places=2),
)
units = st.sampled_from(["percent", "EUR", "score_1_5", "applications", "", None])
NOT_FOR_READERS = re.compile(r"\b(nan|inf|infinity|none|nat|na)\b|-0(?![,\d])|[eE][+-]?\d|\d\.\d{1,2}\b", re.IGNORECASE)


@given(numbers, numbers, numbers, numbers, st.booleans(), units, st.booleans())
def test_no_text_shows_the_machine(now, before, margin, other_margin, rate, unit, about):
    found = change(now, before, margin, other_margin, rate=rate)
    words = unit if unit in ("percent", "EUR", "score_1_5") else ("aanvraag", "aanvragen")
    texts = [
        prose.number(now, unit=unit),
        prose.count(now, "aanvraag", "aanvragen"),
        prose.change_words(found, "2016-06", unit),
        prose.change_short(found, unit),
        prose.comparison_sentence("Aanvragen", "2017-06", now, words, [("2016-06", found)], about),
    ]
    for text in texts:
        assert text and not NOT_FOR_READERS.search(text), text


@given(st.floats(allow_nan=True, allow_infinity=True), st.one_of(st.none(), st.integers(0, 4)))
def test_a_printed_number_reads_back(value, decimals):
    text = prose.number(value, decimals)
    if text != "onbekend":
        read = Decimal(text.replace(".", "").replace(",", "."))
        assert abs(read - Decimal(str(value))) <= Decimal("0.5").scaleb(-(2 if decimals is None else decimals))
    else:
        assert not np.isfinite(value)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from([0, 2.5, 5]))
def test_a_change_inside_the_rounding_has_no_direction(now, before, margin):
    found = change(now, before, margin, margin)
    words = f" {prose.change_words(found, '2016')}"
    inside = abs(now - before) <= 2 * margin * (2 / 3) ** 0.5  # two standard deviations of two even spreads
    assert (" meer " in words or " minder " in words) == (not inside)
    assert found.verdict == (
        ("binnen de afronding" if margin else "gelijk") if inside else "toegenomen" if now > before else "afgenomen"
    )
