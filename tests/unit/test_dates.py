"""The date line of a report: made of the figures that it shows, and no more precise than what is known."""

import pytest
from helpers_data import published

from keten.presentation.dates import line
from keten.presentation.output import figure_rows
from keten.reports.render.dates import dates_of

LINE = "Cijfers tot en met juni 2017; nieuwste bron van 20 augustus 2017."


def row(period: str = "2017-06", as_of: str = "2017-08-20", assumed: str = "", **cells) -> dict:
    about = {"value": 5.0, "source_id": "ind-asieltrends-2017", "as_of_assumed": assumed}
    return about | {"period": period, "as_of": as_of} | cells


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row()], LINE),
        ([row("2017-Q1"), row("2016")], "Cijfers tot en met maart 2017; nieuwste bron van 20 augustus 2017."),
        ([row("2016", as_of="2017-02-28")], "Cijfers tot en met december 2016; nieuwste bron van februari 2017."),
        ([row("2016-03-14")], "Cijfers tot en met 14 maart 2016; nieuwste bron van 20 augustus 2017."),
        ([row(as_of="2024-12-31"), row()], "Cijfers tot en met juni 2017; nieuwste bron van 2024."),
        ([row(as_of="2017-06-13", assumed="yes")], "Cijfers tot en met juni 2017; nieuwste bron van 2017."),
        ([row(as_of="2017-06-30", assumed="yes"), row()], LINE),
        ([row("2017-07", value=None), row()], LINE),
        ([row(as_of="2017-06-30", source_id="")], "Cijfers tot en met juni 2017."),  # a file with records
        ([row("2017", as_of="2017-09-30")], "Cijfers tot en met september 2017; nieuwste bron van september 2017."),
        ([row("2017", as_of="2016-09-20")], "Cijfers tot en met december 2017; nieuwste bron van 20 september 2016."),
        ([row(as_of="")], "Cijfers tot en met juni 2017."),
        ([], ""),
    ],
)  # fmt: skip
def test_a_report_tells_until_when_its_figures_go_and_from_when_its_newest_source_is(rows, words):
    assert line(rows) == words


def test_with_an_as_of_date_the_line_says_so():
    words = "Cijfers tot en met juni 2017, zoals bekend op 30 september 2017; nieuwste bron van 20 augustus 2017."
    assert line([row()], "30 september 2017") == words
    assert line([], "30 september 2017") == "Geen cijfers bekend op 30 september 2017."


def test_the_year_of_a_source_without_a_date_is_marked_in_the_rows():
    frame = published("2017").compare("asylum_inflow_total")
    assert figure_rows(frame.assign(assumed=True))[0]["as_of_assumed"] == "yes"
    assert figure_rows(frame.assign(assumed=False))[0]["as_of_assumed"] == ""


def test_a_notebook_of_somebody_elses_making_still_becomes_a_report():
    output = {"application/vnd.keten.figures+json": {"figures": [{"period": "ooit", "value": 1.0}, {"value": 2.0}]}}
    cell = {"cell_type": "code", "source": "", "metadata": {}, "outputs": [{"data": output}]}
    assert dates_of({"cells": [cell], "metadata": {}}) == ""
