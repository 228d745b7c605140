"""The rows of figures.csv: each says what it was made from, and carries the digits that a reader sees."""

import re

import pytest
from helpers_data import dutch, figure, published, small_data

from keten import Workbook
from keten.presentation import prose, tables
from keten.presentation.changes import changes_of
from keten.presentation.output import as_shown, figure_rows, publisher_and_title
from keten.sections import provenance
from keten.statistics.timeseries.contribution import contributions

POSITIVE, DECISIONS = "asylum_first_instance_positive", "asylum_first_instance_decisions"


@pytest.fixture(scope="module")
def half() -> Workbook:
    return published("2017-H1")


def statistics_of(rows: list[dict]) -> set[str]:
    return {row["dimensions"].partition("statistic=")[2] for row in rows}


def test_a_change_of_a_share_names_its_denominator(half):
    shares = half.share_in_period(POSITIVE, DECISIONS)
    (before, _) = rows = figure_rows(changes_of(shares))
    assert statistics_of(rows) == {
        f"change_points;reference={period};figure=share;denominator={DECISIONS}" for period in ("2015-H1", "2016-H1")
    }
    assert before["calculation"] == (
        "verandering: het cijfer min het eerdere cijfer; het cijfer zelf: percentage van beslissingen op "
        "asielaanvragen in eerste aanleg; teller: som van 2 kwartalen; noemer: som van 2 kwartalen"
    )


def test_a_change_of_a_count_and_a_contribution_name_the_earlier_period(half):
    frame = half.compare("asylum_first_applications", "nationality", ["Syrië", "Eritrea"])
    assert statistics_of(figure_rows(contributions(frame))) == {"change_absolute;reference=2016-H1"}
    assert "change_percent;reference=2016-H1" in statistics_of(figure_rows(changes_of(frame)))


def test_a_sum_says_of_what(half):
    (*_, row) = figure_rows(half.compare("asylum_family_reunification"))
    assert row["calculation"].startswith("som van") and "statistic" not in row["dimensions"]
    (whole,) = figure_rows(half.value("asylum_family_reunification", period="2016"))
    assert whole["calculation"] == ""


def test_a_row_names_the_ids_and_the_publisher_of_all_its_sources(tmp_path):
    """Also of the earlier figure, and of the whole that a share is of."""
    rows = [
        figure(measure=DECISIONS, period="2016", value="100", unit="decisions", source="cbs-83102ned"),
        figure(measure=DECISIONS, period="2017", value="200", unit="decisions", source="cbs-80059ned"),
        figure(measure=POSITIVE, period="2016", value="60", unit="decisions", source="ind-asieltrends-2017"),
        figure(measure=POSITIVE, period="2017", value="90", unit="decisions", source="ind-asieltrends-2017"),
    ]
    chain = Workbook("2017", compare_years=1, data=small_data(tmp_path, rows))
    shares = chain.share_in_period(POSITIVE, DECISIONS)
    (before, now), (change,) = figure_rows(shares), figure_rows(changes_of(shares))
    assert before["source_id"] == "ind-asieltrends-2017 | cbs-83102ned" and before["publisher"] == "IND"
    assert now["source_id"] == "ind-asieltrends-2017 | cbs-80059ned"
    assert change["source_id"] == "ind-asieltrends-2017 | cbs-80059ned | cbs-83102ned"
    assert {row["source"].count(" | ") for row in (before, now)} == {1} and change["source"].count(" | ") == 2
    counts = chain.used_sources().set_index("source").figures
    assert counts["ind-asieltrends-2017"] == 2, "a share is no further figure of the source"


@pytest.mark.parametrize(
    ("before", "now", "text", "value"),
    [
        (1000, 1006, "+1%", 1),  # review of 2017-H1: the text said 1%, the file 0.6
        (1000, 994, "-1%", -1),
        (1000, 1004, "minder dan +1%", 0.4),
        (10000, 10004, "minder dan +1%", 0.04),
        (10000, 44, "meer dan -99%", -99.6),
        (1000, 0, "-100%", -100),
        (1000, 2003, "+100%", 100),
        (1000, 1555, "+56%", 56),
    ],
)
def test_text_and_file_round_a_percentage_alike(before, now, text, value):
    change = prose.change(now, before)
    assert prose.change_short(change) == text
    assert as_shown(change.percent, "percent", "change_percent;reference=2016") == value


@pytest.mark.parametrize(("unit", "difference"), [("percent", 1.46), ("score_1_5", 0.25), ("score_1_10", -0.36)])
def test_text_and_file_round_points_alike(unit, difference):
    change = prose.change(3 + difference, 3, rate=True)
    printed = dutch(prose.change_short(change, unit).split(" ")[0])
    assert as_shown(change.absolute, unit, "change_points;reference=2016") == printed


def test_the_cell_of_a_change_has_the_value_of_its_row(half):
    frame = half.compare("asylum_first_applications", "nationality", ["Syrië", "Eritrea", "Irak"])
    shown = tables.comparison(frame, "Instroom", half)
    values = {row["value"] for row in shown.figures if "statistic=change" in row["dimensions"]}
    cells = [cell for row in shown.tables[0]["rows"] for cell in row if cell.get("text", "").endswith("%")]
    assert cells and {cell["value"] for cell in cells} <= values
    assert all(round(cell["value"]) == cell["value"] for cell in cells if "minder" not in cell["text"])


@pytest.mark.parametrize(
    ("publisher", "title", "words"),
    [
        ("CBS", "CBS: Minder asielzoekers", "CBS: Minder asielzoekers"),
        ("IND", "IND Asieltrends 2017", "IND Asieltrends 2017"),
        ("IND", "Indiase asielzoekers", "IND: Indiase asielzoekers"),
        ("DT&V", "DT&V: Vertrekcijfers", "DT&V: Vertrekcijfers"),
        ("IND", "NOS: Asielaanvragen (IND)", "IND: NOS: Asielaanvragen (IND)"),
    ],
)
def test_a_publisher_is_named_once(publisher, title, words):
    assert publisher_and_title(publisher, title) == words


def test_other_sources_name_no_publisher_twice():
    chain = Workbook("2020")  # a year of which two publishers have another number
    chain.compare(["asylum_first_applications", "asylum_family_reunification"])
    payload = provenance.others(chain).tables[0]
    last = [row[-1]["text"] for row in payload["rows"]]
    assert last and not [text for text in last if re.match(r"(.+?): \1\b", text)]
