"""Observation status, confidentiality and precision stay apart, from one word of a source to what a reader sees."""

import math

import pandas as pd
import pytest
from helpers_data import figure, monthly, rows_of, small_data

from keten import Workbook, tables
from keten.model.quality import WORDS, Quality, columns_of, combine, quality_of, rounded_to
from keten.presentation.output import figure_rows
from keten.presentation.tables import cell_text
from keten.statistics.timeseries.contribution import contributions

INFLOW = "asylum_inflow_total"
BY_NATIONALITY = {
    "measure": "asylum_first_applications",
    "organisation": "CBS",
    "dimension": "nationality",
    "unit": "applications",
}


def chain(folder, rows, period="2017") -> Workbook:
    return Workbook(period, data=small_data(folder, rows))


def only(frame: pd.DataFrame) -> pd.Series:
    assert len(frame) == 1
    return frame.iloc[0]


@pytest.mark.parametrize(
    ("word", "expected"),
    {
        "exact": Quality(),
        "rounded_10": Quality(precision="rounded_10"),
        "circa": Quality(precision="circa"),
        "provisional": Quality("provisional", precision="unknown"),
        "suppressed": Quality(confidentiality="suppressed"),
        "confidential": Quality(confidentiality="confidential"),
        "missing": Quality("missing"),
    }.items(),
)
def test_one_word_is_split(word, expected):
    assert Quality.of_word(word) == expected
    assert quality_of(*expected.columns.values()) == expected
    assert word == "confidential" or expected.word == word


def test_the_worst_of_each_part_counts_for_what_is_made_of_several():
    parts = [Quality("estimated", precision="rounded_10"), Quality("provisional", "suppressed", "rounded_5"), Quality()]
    assert combine(parts) == Quality("estimated", "suppressed", "rounded_10")
    assert combine([Quality(precision="circa"), Quality(precision="rounded_50")]).precision == "circa"
    assert combine([]) == Quality()
    marked = Quality(confidentiality="records")
    assert combine([Quality("estimated"), marked]).confidentiality == "records", "a mark for life"
    assert marked.word == "exact" and Quality("provisional", "records").word == "provisional"
    assert rounded_to("rounded_50") == 50 and math.isnan(rounded_to("circa"))


def test_words_of_a_table_are_split_row_by_row():
    columns = columns_of(pd.Series(WORDS, index=range(5, 12)))
    assert columns["status"].tolist() == list(WORDS) and columns["status"].index[0] == 5
    assert columns["confidentiality"].tolist() == ["free"] * 5 + ["suppressed", "free"]


@pytest.fixture
def half_year(tmp_path):
    """Six months rounded to fives, the last two of them provisional: 100, 105, 110, 95, 100 and 115."""
    rows = [*monthly(1, ["100", "105", "110", "95"], status="rounded_5")]
    return chain(tmp_path, [*rows, *monthly(5, ["100", "115"], status="provisional")], "2017-H1")


def test_a_sum_of_rounded_months_of_which_two_are_provisional_is_both(half_year):
    total = only(half_year.value(INFLOW))
    assert (total.value, total.margin) == (625, pytest.approx(2 * 2.5 * (6 / 3) ** 0.5))
    assert (total.status, total.confidentiality, total.precision) == ("provisional", "free", "rounded_5")
    assert cell_text(total) == "625*"


def test_a_provisional_figure_keeps_its_rounding(half_year):
    june = only(half_year.value(INFLOW, period="2017-06"))
    assert (june.status, june.precision, june.margin) == ("provisional", "rounded_5", 2.5)
    (row,) = figure_rows(half_year.value(INFLOW, period="2017-06"))
    assert (row["status"], row["confidentiality"], row["precision"]) == ("provisional", "free", "rounded_5")


def test_a_provisional_figure_of_a_source_that_does_not_tell_its_rounding_has_no_margin(tmp_path):
    row = only(chain(tmp_path, [figure(status="provisional")]).value(INFLOW))
    assert row.precision == "unknown" and math.isnan(row.margin)


def test_a_change_within_the_rounding_of_a_provisional_figure_is_none(tmp_path):
    rows = [figure(period="2016", value="1000", status="circa"), figure(value="1005", status="provisional")]
    shown = tables.comparison(chain(tmp_path, rows).compare(INFLOW), "Instroom", chain(tmp_path / "b", rows)).html
    texts = [text for row in rows_of(shown) for text in row]
    assert "1.005*" in texts and "+1%" not in texts and "binnen de afronding" in texts


@pytest.mark.parametrize(
    ("other", "joined"),
    [("free", "records"), ("suppressed", "records_suppressed"), ("confidential", "records_suppressed")],
)
def test_what_is_made_of_records_keeps_their_mark(other, joined):
    parts = [Quality(confidentiality="records"), Quality(confidentiality=other)]
    assert combine(parts).confidentiality == joined
    assert combine(parts).word == ("exact" if other == "free" else "suppressed")


def test_a_share_takes_its_quality_from_both_its_figures(tmp_path):
    total = figure(**BY_NATIONALITY | {"dimension": ""}, value="22500", status="circa")
    syria = figure(**BY_NATIONALITY, category="Syrië", value="3675", status="rounded_5")
    book = chain(tmp_path, [total, syria])
    share = only(book.share_of_total(book.compare("asylum_first_applications", "nationality", ["Syrië"], "2017")))
    assert (round(share.value, 1), share.status, share.precision) == (16.3, "circa", "circa")
    assert cell_text(share) == "ca. 16,3%"
    assert share.margin == pytest.approx(100 * (3675 + 2.5) / (22500 - 50) - 100 * 3675 / 22500)


def test_a_contribution_takes_its_quality_from_both_its_figures(tmp_path):
    years = {"2016": ("100", "circa"), "2017": ("150", "rounded_5")}
    rows = [
        figure(**BY_NATIONALITY, category="Syrië", period=year, value=value, status=status)
        for year, (value, status) in years.items()
    ]
    book = chain(tmp_path, rows)
    change = only(contributions(book.compare("asylum_first_applications", "nationality")))
    assert (change.value, change.margin, change.precision) == (50, 52.5, "circa")


def test_a_window_of_twelve_months_is_provisional_when_one_month_is(tmp_path):
    rows = [*monthly(1, ["10"] * 11, status="rounded_5"), *monthly(12, ["10"], status="provisional")]
    window = chain(tmp_path, rows, "2017-12").rolling(INFLOW).iloc[-1]
    assert (window.value, window.margin, window.status, window.precision) == (
        120,
        pytest.approx(10),
        "provisional",
        "rounded_5",
    )
