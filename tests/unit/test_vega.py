"""The Altair chart of a table: what was not published is a gap, and the drawing is made here."""

import pytest
from helpers_data import published

from keten import vega


@pytest.fixture(scope="module")
def chain():
    return published("2017-06")


def test_a_missing_figure_breaks_the_line_and_is_no_zero(chain):
    months = chain.series("asylum_first_applications", kind="month", years=1)
    months.loc[months.index[3], "value"] = float("nan")
    values = vega.chart(months, "Eerste asielaanvragen", chain).data["value"]
    assert values.isna().tolist() == [place == 3 for place in range(len(months))] and 0 not in values.tolist()


def test_a_series_has_the_colour_that_it_has_in_the_reports(chain):
    lines = chain.series("asylum_first_applications", by="nationality", only=["Eritrea", "Syrië"], years=2)
    scale = vega.chart(lines, "Naar nationaliteit", chain).to_dict()["encoding"]["color"]["scale"]
    assert dict(zip(scale["domain"], scale["range"], strict=True)) == {"Eritrea": "#e17000", "Syrië": "#154273"}


def test_a_notebook_shows_it_as_a_drawing_without_a_request(chain):
    months = chain.series("asylum_first_applications", kind="month", years=1)
    shown = vega.chart(months, "Eerste <b>asielaanvragen</b>", chain)._repr_mimebundle_(None, None)
    drawing = shown["image/svg+xml"]
    assert list(shown) == ["image/svg+xml"] and "Eerste &lt;b&gt;asielaanvragen" in drawing
    assert ">1.000<" in drawing
    assert "http" not in drawing.replace("http://www.w3.org/", "")
