"""The Netherlands among the member states: who comes first, who has not reported, and what counts as used."""

import pytest
from helpers_data import figure, small_data, whole

from keten import Workbook
from keten.sections import europe

REPORTED = [
    "Duitsland", "Frankrijk", "Italië", "Griekenland", "Spanje", "Oostenrijk", "België", "Zweden", "Bulgarije",
    "Finland", "Polen", "Nederland",
]  # fmt: skip
SILENT = ["Cyprus", "Estland", "Hongarije", "Ierland", "Letland", "Malta"]
COUNTRY = {"measure": europe.MEASURE, "dimension": "country", "organisation": "Eurostat", "unit": "persons"}
PEOPLE = COUNTRY | {"measure": "population"}


@pytest.fixture
def chain(tmp_path) -> Workbook:
    """June 2017, in which all but six members reported; Poland has few inhabitants."""
    rows = [
        figure(period="2017-06", category=name, value=str(100 * (len(REPORTED) - place)), **COUNTRY)
        for place, name in enumerate(REPORTED)
    ]
    rows += [figure(period="2016-01", category=name, value="5", **COUNTRY) for name in SILENT]
    rows += [
        figure(period="2017-01-01", category=name, value="1000" if name == "Polen" else "1000000", **PEOPLE)
        for name in [*REPORTED, *SILENT]
    ]
    return Workbook("2017-06", data=small_data(tmp_path, rows))


def test_members_that_did_not_report_stand_last_by_name(chain):
    shown = europe.comparison(chain)
    assert [row[0] for row in whole(shown)[1:]] == [*REPORTED, *SILENT]


def test_the_quarter_that_stands_in_is_named_in_dutch(tmp_path):
    rows = [figure(period="2017-Q2", category=name, value="100", **COUNTRY) for name in [*REPORTED, *SILENT]]
    rows.append(figure(period="2017-Q3", category=REPORTED[0], value="90", **COUNTRY))
    shown = europe.comparison(Workbook("2017-Q3", data=small_data(tmp_path, rows)))
    assert "Over het derde kwartaal van 2017 hebben nog niet genoeg lidstaten gemeld" in shown.html
    assert "hier staat het tweede kwartaal van 2017." in shown.html


def test_the_netherlands_is_among_the_ten_and_only_they_count_as_used(chain):
    shown = europe.ranking(chain)
    ten = [*REPORTED[:9], "Nederland"]
    assert [row["label"].partition(": ")[2] for row in shown.figures if row["period"] == "2017-06"] == ten
    assert set(chain.used_figures().category) == set(ten)


def test_per_inhabitant_another_comes_first_and_only_the_ten_count_as_used(chain):
    shown = europe.per_inhabitant(chain)
    ten = ["Polen", *REPORTED[:8], "Nederland"]
    assert [row["label"].partition(": ")[2] for row in shown.figures if row["period"] == "2017-06"] == ten
    assert {row["dimensions"]: row["value"] for row in shown.figures}[
        "country=Polen;statistic=ratio;denominator=population"
    ] == 100_000 * 200 / 1000
    assert set(chain.used_figures().category) == set(ten)
    assert europe.MEASURE in chain.used_measures() and "population" in chain.used_measures()
