"""What later editions made of figures: the analysis, the command, and the section of the reports."""

import csv
import io
import re

import pandas as pd
import pytest
from helpers_data import figure, published, small_data, tree, whole

from keten import Workbook
from keten.cli import main
from keten.observations.dataset import load
from keten.observations.wide import wide
from keten.sections import revisions as revised
from keten.statistics.timeseries.revisions import editions, per_figure, publication, revisions, summary, triangle

SVG = "{http://www.w3.org/2000/svg}"
TRENDS = "ind-asieltrends-2017"
USUAL = {
    "measure": "asylum_inflow_total", "organisation": "IND", "dimension": "", "category": "", "period": "2017-06",
    "kind": "month", "value": 100.0, "unit": "persons", "status": "exact", "source": "a", "margin": 0.0,
    "start": "2017-06-01", "end": "2017-06-30", "known": "2017-07-31", "assumed": False, "edition": 1,
}  # fmt: skip


def known(*rows):
    """Observations with these cells; those that are not named are of the first edition of one figure."""
    frame = pd.DataFrame([USUAL | row for row in rows], columns=list(USUAL))
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in ("start", "end", "known")})


def later(value, day="2017-09-30", edition=2, **cells):
    return {"value": value, "known": day, "edition": edition, **cells}


def suppressed(row=None):
    return {**(row or {}), "value": float("nan"), "status": "suppressed", "margin": float("nan")}


# -- what is a revision ------------------------------------------------------------------------------------


def test_each_later_edition_against_the_one_before_and_the_first():
    found = revisions(known({}, later(110.0), later(95.0, "2018-06-30", 3)))
    assert found.value.tolist() == [110.0, 95.0] and found.previous_value.tolist() == [100.0, 110.0]
    assert found.first_value.tolist() == [100.0, 100.0]
    assert found.revision.tolist() == [10.0, -15.0] and found.total_revision.tolist() == [10.0, -5.0]
    assert found.revision_percent.tolist() == pytest.approx([10.0, -100 * 15 / 110])
    assert found.lag.tolist() == [3, 12] and found.edition.tolist() == [2, 3]


def test_the_order_of_rows_does_not_matter():
    rows = [{}, later(110.0), later(95.0, "2018-06-30", 3), later(7.0, period="2017-05")]
    pd.testing.assert_frame_equal(revisions(known(*rows)), revisions(known(*rows[::-1])))


@pytest.mark.parametrize(
    "other",
    [
        {"organisation": "CBS"},
        {"source": "b"},
        {"measure": "asylum_applicants"},
        {"period": "2017-05"},
        {"dimension": "nationality", "category": "Syrië"},
        {"unit": "applications"},
    ],
)
def test_another_figure_or_publisher_is_no_revision(other):
    assert revisions(known({}, later(110.0, **other))).empty


def test_documents_of_one_publication_are_its_editions():
    assert publication("ind-asielinstroom-2020-02") == publication("ind-asielinstroom-2021-01") == "ind-asielinstroom"
    assert (
        publication("cbs-asylum-2018-q1") == "cbs-asylum" and publication("ind-asieltrends-2015") == "ind-asieltrends"
    )
    assert publication("migr_asyappctzm") == "migr_asyappctzm" and publication("nji-coa-2011-2019") != "nji-coa"
    found = revisions(known({"source": "x-2017-06"}, later(110.0, source="x-2017-09")))
    assert found.revision.tolist() == [10.0] and found.source.tolist() == ["x-2017-09"]


def test_suppressed_is_never_zero():
    found = revisions(known(suppressed(), later(7.0), suppressed(later(0, "2018-01-31", 3))))
    assert found.value.isna().tolist() == [False, True]
    assert found.previous_status.tolist() == ["suppressed", "exact"]
    for column in ("revision", "total_revision", "revision_percent"):
        assert found[column].isna().all(), column


def test_a_withdrawn_figure_is_a_revision_and_a_first_one_is_not():
    missing = {"value": float("nan"), "status": "missing"}
    assert revisions(known(missing, later(7.0))).empty
    found = revisions(known({}, later(0) | missing, later(0, "2018-01-31", 3) | missing))
    assert found.status.tolist() == ["missing"] and found.revision.isna().all()


def test_what_is_repeated_or_has_no_order_is_no_revision():
    assert revisions(known({}, later(100.0), later(100.0, "2018-01-31", 3, status="provisional"))).empty
    assert revisions(known({}, {"value": 110.0})).empty, "two values of one day"
    assert revisions(known({}, later(110.0, assumed=True))).empty, "a document without a date"
    assert len(revisions(known({}, later(110.0, "2017-07-31")))) == 1, "deliveries of one day are numbered"


def test_a_period_that_still_runs_is_not_revised_by_what_is_added():
    year = {"period": "2017", "kind": "year", "end": "2017-12-31"}
    running = [later(10.0 * month, f"2017-{month:02}-28", month, **year) for month in range(7, 12)]
    assert revisions(known(*running, later(120.0, "2018-01-31", 12, **year))).empty
    whole = [later(120.0, "2018-01-31", 12, **year), later(121.0, "2018-02-28", 13, **year)]
    assert revisions(known(*running, *whole)).first_value.tolist() == [120.0]


def test_a_revision_has_the_margin_of_both_roundings():
    found = revisions(known({"margin": 2.5, "status": "rounded_5"}, later(105.0, margin=5.0, status="rounded_10")))
    assert found.revision.tolist() == [5.0]
    assert found.revision_margin.tolist() == [pytest.approx(6.455, abs=0.001)], "2 x sqrt((2.5^2 + 5^2) / 3)"


def test_editions_of_publications_have_no_number():
    found = revisions(known({}, later(110.0)).drop(columns="edition"))
    assert found.revision.tolist() == [10.0] and found.edition.tolist() == [2]


def test_no_observations_no_revisions():
    assert revisions(known()).empty and summary(revisions(known())).empty


def test_the_summary_is_worked_out_by_hand():
    may = {"period": "2017-05", "start": "2017-05-01", "end": "2017-05-31"}
    hidden = {"period": "2017-04", "start": "2017-04-01", "end": "2017-04-30"}
    rows = [{}, later(110.0), later(80.0, "2018-01-31", 3), may, later(104.0, **may), suppressed(hidden)]
    found = editions(known(*rows, later(9.0, **hidden)))
    (line,) = summary(found[~found["first"]]).itertuples()
    assert (line.figures, line.revisions, line.sized) == (3, 4, 3)
    assert line.mean_revision == pytest.approx((10 - 30 + 4) / 3)
    assert line.mean_absolute_revision == pytest.approx((10 + 30 + 4) / 3)
    assert line.relative_mean_absolute_revision == pytest.approx(100 * 44 / (110 + 80 + 104))
    assert (line.largest, line.largest_period) == (-30.0, "2017-06")
    each = per_figure(found).set_index(found.drop_duplicates("number").period)
    assert each.mean_revision["2017-06"] == -10 and each.largest_revision["2017-06"] == -30
    assert each.loc["2017-04"].isna().all()


def test_the_triangle_has_a_row_per_period_and_a_column_per_edition():
    may = {"period": "2017-05", "start": "2017-05-01", "end": "2017-05-31"}
    rows = known({}, later(110.0), later(80.0, "2018-01-31", 3), may, later(104.0, **may))
    by_age = triangle(revisions(rows), values="total_revision")
    assert by_age.index.tolist() == ["2017-05", "2017-06"] and by_age.columns.tolist() == [3, 4, 7]
    assert by_age.loc["2017-06", [3, 7]].tolist() == [10.0, -20.0] and by_age.loc["2017-05", 4] == 4.0
    assert by_age.isna().sum().sum() == 3
    by_day = triangle(editions(rows), "known")
    assert by_day.loc["2017-06"].tolist() == [100.0, 110.0, 80.0]


def test_wide_gives_a_column_per_dimension():
    rows = known(
        {"dimension": "nationality+outcome", "category": "Servië + Kosovo"},
        {"dimension": "status", "category": "x"},
        {},
    )
    result = wide(rows)
    assert list(result.columns)[2:5] == ["by_status", "nationality", "outcome"]
    assert result[["by_status", "nationality", "outcome"]].to_numpy().tolist() == [
        ["", "Servië", "Kosovo"], ["x", "", ""], ["", "", ""],
    ]  # fmt: skip
    assert result.status.tolist() == ["exact"] * 3


def test_the_known_revisions_of_the_published_figures(repository):
    """The inflow of June 2017 fell by 43; IND and CBS, or the press, are never mixed."""
    found = revisions(load(repository / "data").observations)
    june = found[(found.measure == "asylum_inflow_total") & (found.period == "2017-06")]
    assert (june.first_value.iloc[0], june.value.iloc[0], june.revision.iloc[0]) == (2359, 2316, -43)
    january = found[(found.measure == "asylum_inflow_total") & (found.period == "2020-01")]
    assert january.value.tolist() == [2601, 2587] and january.total_revision.tolist() == [16, 2]
    assert len(found) > 30 and set(found.organisation) == {"IND", "CBS"}


# -- the command -------------------------------------------------------------------------------------------


def revised_data(folder, *more):
    rows = [
        figure(period="2017-06", value="2359", source=TRENDS, published="2017-06-30"),
        figure(period="2017-06", value="2316", source=TRENDS, published="2017-07-31"),
        figure(period="2017-07", value="2000", source=TRENDS, published="2017-07-31"),
        *more,
    ]
    return small_data(folder, rows)


def asked(capsys, *arguments):
    """Exit code, rows and lines on standard error of `keten revisions`."""
    code = main(["revisions", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, list(csv.DictReader(io.StringIO(out))), err.splitlines()


def test_the_command_gives_a_row_per_edition(tmp_path, capsys):
    syria = {"dimension": "nationality", "category": "Syrië", "measure": "asylum_first_applications",
             "unit": "applications", "period": "2017-06", "source": TRENDS}  # fmt: skip
    hidden = figure(**syria, value="", status="suppressed", published="2017-07-31")
    data = revised_data(tmp_path, hidden, figure(**syria, value="7", published="2017-09-30"))
    code, rows, said = asked(capsys, "--data", data)
    assert code == 0
    assert list(rows[0]) == [
        "measure", "period", "freq", "nationality", "source", "as_of", "value", "status", "first_value",
        "previous_value", "revision", "revision_percent", "mean_revision", "largest_revision",
    ]  # fmt: skip
    mine = [row for row in rows if row["measure"] == "asylum_inflow_total"]
    assert [row["as_of"] for row in mine] == ["2017-06-30", "2017-07-31"]
    assert [row["value"] for row in mine] == ["2359", "2316"] and [row["revision"] for row in mine] == ["", "-43"]
    assert (
        mine[1]["revision_percent"] == "-1.822806" and mine[1]["mean_revision"] == mine[1]["largest_revision"] == "-43"
    )
    first, second = (row for row in rows if row["nationality"] == "Syrië")
    assert (first["value"], first["status"], second["value"]) == ("", "suppressed", "7")
    assert second["revision"] == second["mean_revision"] == second["revision_percent"] == ""
    assert said == [
        "Eerste asielaanvragen (IND, ind-asieltrends): 1 cijfer, 1 keer herzien, steeds van of naar een cijfer zonder "
        "getal.",
        "Totale asielinstroom (IND, ind-asieltrends): 1 cijfer, 1 keer herzien; gemiddeld -43 personen, gemiddelde "
        "omvang 43 (1,9% van de herziene cijfers), grootste -43 (juni 2017).",
    ]


@pytest.mark.parametrize(
    ("options", "values"),
    [
        (["--measure", "asylum_inflow_total"], ["2359", "2316"]),
        (["--measure", "coa_occupancy"], []),
        (["--period", "2017-06"], ["2359", "2316"]),
        (["--period", "2017-07"], []),
        (["--source", TRENDS], ["2359", "2316"]),
        (["--source", "ind-asieltrends"], ["2359", "2316"]),
        (["--source", "cbs-83102ned"], []),
        (["--as-of", "2017-07-31"], ["2359", "2316"]),
        (["--as-of", "2017-07-30"], []),
    ],
)
def test_the_command_cuts_to_what_is_asked(tmp_path, capsys, options, values):
    code, rows, said = asked(capsys, "--data", revised_data(tmp_path), *options)
    assert code == 0 and [row["value"] for row in rows] == values
    if not values:
        assert said == ["Van deze cijfers is geen herziening bekend."]


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--measure", "asylum_inflow_totl", "Bedoelde u asylum_inflow_total"),
        ("--source", "ind-asieltrend-2017", "Bedoelde u ind-asieltrends-2017"),
        ("--period", "juni", "'juni' is geen periode"),
        ("--as-of", "2017-07", "2017-07"),
    ],
)
def test_a_choice_that_cannot_be_is_named(tmp_path, capsys, option, value, words):
    code, rows, said = asked(capsys, "--data", revised_data(tmp_path), option, value)
    assert code == 2 and rows == [] and len(said) == 1 and words in said[0]


# -- the section of the report -----------------------------------------------------------------------------


def section(chain, *measures):
    for measure in measures or ("asylum_inflow_total",):
        chain.series(measure)
    found = revised.revisions(chain)
    return found, revised.table(found, chain), revised.triangle(found, chain)


def test_the_table_names_first_and_later_with_their_date(tmp_path):
    """Of sources that are dated by month the data hold its last day: that is no day to print."""
    chain = Workbook("2017-07", data=revised_data(tmp_path))
    _, table, picture = section(chain)
    head, row = whole(table)
    assert head == [
        "Onderwerp",
        "Periode",
        "Eerst gepubliceerd",
        "Latere uitgave",
        "Verschil",
        "In procenten",
        "Uitgever",
    ]
    assert row[:6] == ["Totale asielinstroom", "jun 2017", "2.359 (jun 2017)", "2.316 (jul 2017)", "-43", "-1,8%"]
    assert picture.html == "", "one period is no triangle"
    values = {row["dimensions"].partition(";of=")[0]: row["value"] for row in table.figures}
    assert values == {"statistic=edition": 2316.0, "statistic=revision": -43.0, "statistic=revision_percent": -1.8}
    assert {row["value"] for row in table.figures} == {2359.0, 2316.0, -43.0, -1.8}


def test_a_report_of_before_the_revision_does_not_know_it(tmp_path):
    found, table, picture = section(Workbook("2017-06", as_of="2017-07-30", data=revised_data(tmp_path)))
    assert found.empty and picture.html == "" and table.figures == []
    assert "geen herziening bekend" in table.html


def test_only_measures_of_the_report_in_its_years(tmp_path):
    data = revised_data(tmp_path)
    chain = Workbook("2017-07", data=data)
    assert section(chain, "coa_occupancy")[0].empty
    rows = [
        figure(period=f"{year}-06", value=value, source=TRENDS, published=day)
        for year in (2014, 2015)
        for value, day in (("10", "2017-06-30"), ("20", "2017-07-31"))
    ]
    data = revised_data(tmp_path / "longer", *rows)
    assert set(section(Workbook("2017-06", 2, data=data))[0].period) == {"2017-06", "2015-06"}
    assert set(section(Workbook("2017-06", 0, data=data))[0].period) == {"2017-06"}


def many(first, count, sizes):
    """Revised months: from 1000 by each of `sizes` in turn, a month and two months after the period."""
    rows = []
    for place in range(count):
        month = pd.Period(first, "M") + place
        for age, value in enumerate([0, *sizes]):
            day = (month + age).end_time.strftime("%Y-%m-%d")
            grown = str(1000 + (place + 1) * value)
            rows.append(figure(period=str(month), value=grown, source=TRENDS, published=day, note=f"editie {day}"))
    return rows


def test_the_largest_come_first_and_the_rest_is_counted(tmp_path):
    chain = Workbook("2017-08", data=small_data(tmp_path, many("2016-01", 20, [1, -2])))
    _, table, picture = section(chain)
    rows = whole(table)[1:]
    assert len(rows) == 14, "seven figures of two later editions each"
    assert [row[1] for row in rows[:4]] == ["aug 2017", "aug 2017", "jul 2017", "jul 2017"]
    assert [row[4] for row in rows[:2]] == ["+20", "-40"]
    assert "Niet getoond: 13 cijfers met een kleinere herziening." in table.html
    body = whole(picture)
    assert body[0] == ["Periode", "1", "2"] and len(body) == 21
    assert body[1] == ["jan 2016", "+1", "-2"] and body[-1] == ["aug 2017", "+20", "-40"]


def test_the_triangle_is_a_picture_with_words_numbers_and_two_colours(tmp_path):
    chain = Workbook("2016-04", data=small_data(tmp_path, many("2016-01", 4, [10, -20])))
    picture = section(chain)[2]
    image, _ = (svg for svg in tree(picture.html).iter(f"{SVG}svg") if svg.get("role") == "img")
    assert "januari 2016, uitgave van februari 2016: +10 personen" in image.get("aria-label")
    texts = [text.text for text in image.iter(f"{SVG}text")]
    assert [text for text in texts if text and re.match(r"[+-]", text)] == [
        "+10", "-20", "+20", "-40", "+30", "-60", "+40", "-80",
    ]  # fmt: skip
    boxes = [box for box in image.iter(f"{SVG}rect") if box.get("data-tip")]
    fills: dict[bool, set[str]] = {True: set(), False: set()}
    for box in boxes:
        fills[": +" in box.get("data-tip")].add(box.get("fill"))
    assert len(boxes) == 8 and len(fills[False]) == 3 and not fills[True] & fills[False]
    assert [row["value"] for row in picture.figures] == [10.0, -20.0, 20.0, -40.0, 30.0, -60.0, 40.0, -80.0]


def test_small_numbers_suppressed_before_or_after_have_no_difference(tmp_path):
    rows = [
        figure(period="2017-06", value="", status="suppressed", source=TRENDS, published="2017-07-05"),
        figure(period="2017-06", value="7", source=TRENDS, published="2017-07-31"),
    ]
    _, table, _ = section(Workbook("2017-06", data=small_data(tmp_path, rows)))
    row = whole(table)[1]
    assert row[2:6] == ["minder dan 5 (5-7-2017)", "7 (jul 2017)", "", ""]
    assert [figure["value"] for figure in table.figures] == [None, 7.0]


def test_a_difference_within_the_rounding_says_so_and_a_small_base_has_no_percentage(tmp_path):
    rows = [
        figure(period="2017-06", value="15", status="circa", source=TRENDS, published="2017-06-30"),
        figure(period="2017-06", value="17", status="circa", source=TRENDS, published="2017-07-31"),
    ]
    _, table, _ = section(Workbook("2017-06", data=small_data(tmp_path, rows)))
    assert whole(table)[1][4:6] == ["+2 (binnen de afronding)", ""], "2,5 and 0,5 make 2,9"


def test_a_difference_within_the_rounding_has_no_percentage(tmp_path):
    rows = [
        figure(period="2017-06", value="4000", status="circa", source=TRENDS, published="2017-06-30"),
        figure(period="2017-06", value="4030", status="circa", source=TRENDS, published="2017-07-31"),
    ]
    _, table, _ = section(Workbook("2017-06", data=small_data(tmp_path, rows)))
    assert whole(table)[1][4:6] == ["+30 (binnen de afronding)", ""]
    assert not [row for row in table.figures if "revision_percent" in row["dimensions"]]


def test_the_same_revision_in_two_documents_stands_there_once():
    """The inflow of August 2017 fell by 4 in two publications of the IND."""
    found, _, _ = section(published("2017-12"))
    mine = found[(found.measure == "asylum_inflow_total") & (found.period == "2017-08")]
    assert mine.value.tolist() == [2264, 2260]


def test_sources_of_earlier_editions_are_among_the_sources_of_the_report(tmp_path):
    rows = [
        figure(period="2020-01", value="2585", source="ind-asielinstroom-2020-01"),
        figure(period="2020-01", value="2601", source="ind-asielinstroom-2020-02"),
    ]
    chain = Workbook("2020-01", data=small_data(tmp_path, rows))
    section(chain)
    assert set(chain.used_sources().source) == {"ind-asielinstroom-2020-01", "ind-asielinstroom-2020-02"}


def test_text_of_a_source_stays_text(tmp_path):
    data = revised_data(tmp_path)
    path = data / "published" / "sources.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("IND Asieltrends 2017", "<b>x</b>"), encoding="utf-8")
    _, table, _ = section(Workbook("2017-07", data=data))
    assert "<b>" not in table.html and "&lt;b&gt;x" in table.html
