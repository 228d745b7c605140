"""Tables and key figures: every number is listed with its source, and what is not known is said in words."""

import re

import pandas as pd
import pytest
from helpers_data import dutch, figure, links, monthly, published, rows_of, small_data, tree, whole

from keten import Workbook, charts
from keten.presentation import tables
from keten.presentation.changes import NOT_ALIKE, changes_of
from keten.presentation.grid import NO_FIGURE, Cell, Grid
from keten.presentation.markup import link, plain_number
from keten.presentation.origin import origins
from keten.presentation.output import Output, source_line, too_few
from keten.sections import provenance
from keten.sources import attempts, store

INFLOW = "asylum_inflow_total"
MANY = ["Irak", "Iran", "Syrië", "Turkije", "Eritrea", "Somalië", "Jemen"]
NOT_WORDS = ("nan", "none", "inf", "<na>", "nat")


@pytest.fixture(scope="module")
def year() -> Workbook:
    return published("2017")


@pytest.fixture(scope="module")
def month() -> Workbook:
    return published("2017-06")


def book(folder, rows, period="2017", **options) -> Workbook:
    return Workbook(period, data=small_data(folder, rows), **options)


def two_years(folder, before: str, now: str, **cells: str) -> tuple[Workbook, pd.DataFrame]:
    """Inflow of 2016 and 2017; an empty text leaves the year out."""
    values = {"2016": before, "2017": now}
    rows = [figure(period=period, value=value, **cells) for period, value in values.items() if value]
    chain = book(folder, rows, compare_years=1)
    return chain, chain.compare(INFLOW)


def number_cells(html: str) -> list[str]:
    """Texts of the cells that hold a figure, without the small print beside it."""
    cells = [cell for cell in tree(html).iter("td") if "number" in cell.get("class", "")]
    return [cell.findtext("data", cell.text or "") for cell in cells]


def assert_listed(shown) -> None:
    """Every number in a figure's cell is among the figures, as it is printed, and every figure has a source."""
    values = [row["value"] for row in shown.figures if row["value"] is not None]
    cells = [
        text for text in number_cells(shown.html) if any(sign.isdigit() for sign in text) and text != "minder dan 5"
    ]
    assert cells and values
    for text in cells:
        decimals = len(text.partition(",")[2].rstrip("%*"))
        at_hand = {round(value + 1e-9, decimals) for value in values}
        assert dutch(text) in at_hand, f"{text} is shown and not listed"
    assert all(row["source"] and row["unit"] and row["status"] and row["period"] for row in shown.figures)


# What a table shows


def test_a_comparison_has_caption_scopes_unit_and_periods(year):
    shown = tables.comparison(year.compare([INFLOW, "asylum_first_applications"]), "Instroom", year)
    root = tree(shown.html)
    caption = "".join(root.find(".//caption").itertext())
    assert "Instroom" in caption and "personen" in caption and "aanvragen" in caption
    assert [cell.get("scope") for cell in root.find(".//thead/tr")] == ["col"] * 5
    assert [row[0].get("scope") for row in root.find(".//tbody").iter("tr")] == ["row", "row"]
    head, first, _ = whole(shown)
    assert head[1:4] == ["2015", "2016", "2017"] and [cell[-4:] for cell in head[4:]] == ["2015", "2016"]
    assert first[1:4] == ["58.880", "31.642", "31.327"]
    assert first[4:] == ["-47%", "-1%"], "31,327 is 46.8% under 58,880 and 1.0% under 31,642"
    newest, row, *_ = rows_of(shown.html)
    assert newest[1:] == ["2017", "2016", "2015", "t.o.v. 2016"], "a reader sees the newest first"
    assert row[1:] == ["31.327", "31.642", "58.880", "-1%"]
    _, folded = root.findall(".//table")
    assert "".join(folded.find(".//thead").itertext()) == "".join(head), "the whole is folded below it"


def test_one_row_is_a_sentence_with_the_table_folded_below_it(year):
    shown = tables.comparison(year.compare(INFLOW), "Instroom", year)
    said, *_ = tree(shown.html).iter("p")
    assert "".join(said.itertext()) == (
        "In 2017 telde de totale asielinstroom 31.327 personen, 1% minder dan in 2016 (31.642) en 47% minder dan in "
        "2015 (58.880)."
    )
    assert {data.get("value") for data in said.iter("data")} == {"31327", "-1", "31642", "-47", "58880"}
    assert [row[1:4] for row in rows_of(shown.html)] == [row[1:4] for row in whole(shown)]
    assert not [tag for tag in tree(shown.html).iter() if tag.get("tabindex")], "folded, or no stop of the Tab key"


def test_a_hidden_figure_is_no_sentence_that_there_is_none(tmp_path):
    rows = [figure(value="", status="suppressed"), figure(period="2016", value="30")]
    chain = book(tmp_path, rows, compare_years=1)
    shown = tables.comparison(chain.compare(INFLOW, period="2017"), "T", chain)
    assert rows_of(shown.html)[1][1] == "minder dan 5" and "geen cijfer bekend" not in shown.html


def test_rows_and_columns_without_a_figure_are_named_and_not_drawn(tmp_path):
    rows = [figure(dimension="nationality", category=name, period="2017", value="20") for name in ("Irak", "Iran")]
    rows.append(figure(dimension="nationality", category="Syrië", period="2014", value="20"))
    rows.append(figure(dimension="nationality", category="Irak", period="2016", value="10"))
    rows.append(figure(dimension="nationality", category="Iran", period="2016", value="10"))
    chain = book(tmp_path, rows, compare_years=2)
    frame = chain.compare(INFLOW, "nationality", ["Irak", "Iran"])
    shown = tables.comparison(frame, "T", chain)
    assert rows_of(shown.html)[0] == ["Nationaliteit", "2017", "2016", "t.o.v. 2016"]
    assert "Over 2015 is er geen cijfer" in shown.html and whole(shown)[0][1] == "2015"


def test_a_table_that_is_mostly_gaps_lists_the_last_figures(tmp_path):
    rows = [
        figure(dimension="nationality", category=name, period=period, value="20")
        for name, period in (
            ("Irak", "2017"),
            ("Iran", "2017"),
            ("Syrië", "2017"),
            ("Turkije", "2017"),
            ("Irak", "2015"),
        )
    ]
    chain = book(tmp_path, rows, compare_years=2)
    shown = tables.comparison(chain.compare(INFLOW, "nationality", ["Irak", "Iran", "Syrië", "Turkije"]), "T", chain)
    assert rows_of(shown.html)[:2] == [["Nationaliteit", "Laatste cijfer", "Periode"], ["Irak", "20", "2017"]]


@pytest.mark.parametrize(("names", "drawn"), [(["Irak"], True), (["Irak", "Iran"], True), (MANY, False)])
def test_many_years_are_a_chart_where_a_chart_can_carry_them(tmp_path, names, drawn):
    rows = [
        figure(dimension="nationality", category=name, period=str(year), value="20")
        for name in names for year in range(2011, 2018)
    ]  # fmt: skip
    chain = book(tmp_path, rows, compare_years=10)
    shown = tables.comparison(chain.compare(INFLOW, "nationality", names), "T", chain)
    assert bool(shown.spec) == drawn
    assert len(whole(shown)[0]) == 22, "all stand in the spreadsheet"
    if drawn:
        assert "2007" not in "".join(tree(shown.html).itertext()), "and no year before the first figure in the report"


def test_every_number_of_a_table_is_listed_with_its_source(year, month):
    top = year.top("asylum_first_applications", "nationality")
    decisions = year.compare("asylum_first_instance_decisions", "nationality", ["Syrië", "Irak"])
    shown = [
        tables.comparison(year.compare([INFLOW, "asylum_first_applications"]), "A", year),
        tables.comparison(top, "B", year),
        tables.comparison(decisions, "C", year, shares=year.share_of_total(decisions)),
        tables.comparison(year.compare("departure_dtv", "departure_kind"), "D", year),
        tables.series(year.series("departure_dtv", "departure_kind", kind="year"), "E", year),
        tables.rolling(month.rolling("asylum_first_applications"), "F", month),
        tables.single([year.value("coa_occupancy"), year.value("asylum_recognition_rate")], "G", year),
    ]
    for one in shown:
        assert_listed(one)


def test_every_number_under_other_sources_is_listed():
    chain = Workbook("2017-02", compare_years=0)
    chain.compare(INFLOW)
    assert_listed(provenance.others(chain))


def test_changes_are_listed_beside_the_figures(year):
    """31,327 against 58,880 is -46.8%, against 31,642 -1.0%."""
    shown = tables.comparison(year.compare(INFLOW), "Instroom", year)
    changes = [row for row in shown.figures if "change" in row["dimensions"]]
    assert {row["dimensions"].partition("reference=")[2]: row["value"] for row in changes} == {"2015": -47, "2016": -1}
    assert all(row["unit"] == "percent" and row["period"] == "2017" for row in changes)


def test_listed_figures_name_their_dimensions(year):
    frame = year.compare("temporary_permits_regular", "nationality+reason", period="2020")
    assert frame.empty, "2020 is not seen from 2017"
    later = published("2020", compare_years=0).top("temporary_permits_regular", "nationality+reason", 1)
    row = tables.comparison(later, "T", year).figures[0]
    nationality, reason = later.category.iloc[0].split(" + ")
    assert row["dimensions"] == f"nationality={nationality};reason={reason}"
    assert row["period"] == "2020" and row["measure"] == "temporary_permits_regular"


def test_a_series_has_a_row_per_period_and_a_column_per_category(year):
    kinds = ["zelfstandig", "gedwongen", "zelfstandig zonder toezicht"]
    shown = tables.series(year.series("departure_dtv", "departure_kind", kinds, kind="year"), "Vertrek", year)
    head, *body = rows_of(shown.html)
    assert [row[0] for row in body] == sorted((row[0] for row in body), reverse=True), "the newest first"
    assert head[0] == "Periode" and set(head[1:]) == set(kinds)
    cells = {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in body}
    assert cells["2017"] == dict(zip(kinds, ["3.400", "2.700", "9.020"], strict=True))
    assert cells["2014"]["zelfstandig zonder toezicht"] == NO_FIGURE


def test_a_column_holds_one_period(tmp_path):
    """What is about another period stands in a table of its own; an odd span has no earlier years beside it."""
    rows = [figure(period=month, value=value) for month, value in (("2016-05", "30"), ("2017-05", "40"))]
    span = figure(measure="asylum_repeat_applications", unit="applications", period="2017-01-01/2017-05-31", value="7")
    chain = book(tmp_path, [*rows, span], period="2017-05", compare_years=1)
    frame = pd.concat([chain.compare(INFLOW), chain.compare("asylum_repeat_applications")], ignore_index=True)
    shown = tables.comparison(frame, "T", chain)
    assert [table["title"] for table in shown.tables] == ["T", "T: januari tot en met mei 2017"]
    assert [table["columns"] for table in shown.tables] == [
        ["Onderwerp", "mei 2016", "mei 2017", "t.o.v. mei 2016"],
        ["Onderwerp", "jan-mei 2017"],
    ]
    assert [[cell["text"] for cell in table["rows"][0]][1:] for table in shown.tables] == [
        ["30", "40", "van 30 naar 40"],
        ["7"],
    ]


# What is not known


@pytest.mark.parametrize(
    ("before", "now", "words", "percent"),
    [
        ("0", "5", "van 0 naar 5", None),
        ("12", "18", "van 12 naar 18", None),
        ("99", "125", "van 99 naar 125", None),
        ("100", "125", "+25%", 25),
        ("100", "100", "gelijk gebleven", 0),
        ("", "18", "geen vergelijking", None),
        ("18", "0", "van 18 naar 0", None),
        ("50", "0", "van 50 naar 0", None),
        ("150", "0", "-100%", -100),
    ],
)
def test_the_change_column_says_in_words_what_a_percentage_cannot(tmp_path, before, now, words, percent):
    chain, frame = two_years(tmp_path, before, now)
    shown = tables.comparison(frame, "T", chain)
    assert whole(shown)[1][-1] == words
    listed = [row["value"] for row in shown.figures if "change" in row["dimensions"]]
    assert listed == ([] if percent is None else [percent])


def test_a_change_within_the_rounding_is_said_to_be_so(tmp_path):
    _, frame = two_years(tmp_path, "1000", "1050", status="circa")  # 1.000 stands for 500 to 1.500
    changes = changes_of(frame)
    assert changes.short.tolist() == changes.verdict.tolist() == ["binnen de afronding"] and changes.value.isna().all()


def test_a_rate_changes_by_points():
    changes = changes_of(published("2017").compare("asylum_recognition_rate"))
    assert changes.short.tolist() == ["-40 procentpunt", "-24 procentpunt"], "70% and 54% against 30%"
    assert changes.value.tolist() == [-40, -24]


def test_rows_of_different_counts_are_not_one_column_to_compare():
    """Of the safe countries CBS, Eurostat and UNHCR each have some; UNHCR has the count of the IND."""
    chain = published("2016")
    first = "asylum_first_applications"
    shown = tables.comparison(chain.compare(first, "nationality", ["Albanië", "Kosovo", "Marokko"]), "T", chain)
    assert "CBS: Albanië en Marokko; Eurostat: Kosovo." in "".join(tree(shown.html).itertext())
    alike = tables.comparison(chain.compare(first, "nationality", ["Albanië", "Marokko"]), "T", chain)
    assert "Niet alle rijen" not in alike.html


def test_a_column_of_shares_says_of_what(year):
    positive, decisions = "asylum_first_instance_positive", "asylum_first_instance_decisions"
    shown = tables.series(year.share(positive, decisions, kind="year"), "T", year)
    head = shown.tables[0]["columns"][1]
    assert head == (
        "Positieve asielbeslissingen in eerste aanleg, percentage van beslissingen op asielaanvragen in eerste aanleg"
    )
    assert tables.series(year.series(positive, kind="year"), "T", year).tables[0]["columns"][1] == head.split(",")[0]


def test_a_window_is_named_after_what_it_holds():
    chain = published("2017-H1")
    shown = tables.rolling(chain.rolling(["asylum_inflow_total", "asylum_first_applications"]), "T", chain).tables[0]
    assert shown["columns"][3] == "Cijfer"
    windows = [[cell["text"] for cell in row[1:3]] for row in shown["rows"]]
    assert windows == [
        ["Sinds 1 januari", "2016"], ["Sinds 1 januari", "1e helft 2017"], ["Twaalf maanden", "jul 2016-jun 2017"],
    ]  # fmt: skip


def test_no_policy_measure_on_record_is_not_told_as_none_taken():
    assert "dat wil niet zeggen dat er geen waren" in tables.policy(published("2016").policy_measures("7_lvv")).html


def test_publishers_side_by_side_are_told_apart_by_what_they_count():
    """What CBS took from the KMar is the count of Eurostat, and not the KMar's own."""
    found = published("2016").by_publisher(["border_refusals", "border_refusals_kmar"])
    assert list(dict.fromkeys(found.label)) == [
        "Toegangsweigeringen aan de grens (Eurostat)",
        "Toegangsweigeringen aan de grens (KMar, derdelanders volgens Eurostat)",
        "Toegangsweigeringen aan de grens (telling KMar)",
    ]


def test_figures_of_different_publishers_are_not_compared():
    """The inflow of 2020 is known from CBS, that of the years before from the IND alone."""
    chain = published("2020")
    shown = tables.comparison(chain.compare(INFLOW), "T", chain)
    assert whole(shown)[1][1:] == [NOT_ALIKE, NOT_ALIKE, "19.180", NOT_ALIKE, NOT_ALIKE]
    assert "wat er is, komt van IND en is een andere telling" in shown.html
    assert not [row for row in shown.figures if "change" in row["dimensions"]]


@pytest.mark.parametrize("status", ["suppressed", "missing"])
def test_a_hidden_or_missing_figure_is_words_and_never_a_number(tmp_path, status):
    rows = [figure(value="", status=status), figure(period="2016", value="30"), *monthly(1, ["4"])]
    chain = book(tmp_path, rows)
    for shown in (
        tables.series(chain.series(INFLOW, kind="year"), "T", chain),
        tables.comparison(chain.compare(INFLOW, period="2017"), "T", chain),
    ):
        texts = [text for row in whole(shown)[1:] for text in row[1:]]
        assert any(text in ("minder dan 5", NO_FIGURE) for text in texts)
        assert not any(text.strip().lower() in (*NOT_WORDS, "0", "") for text in texts)
        listed = [row["value"] for row in shown.figures if row["period"] == "2017" and not row["dimensions"]]
        assert listed in ([], [None])


@pytest.mark.parametrize("measure", ["asylum_inflow_total", "coa_occupancy", "asylum_recognition_rate"])
def test_a_measure_without_any_figure_becomes_a_named_gap(tmp_path, measure):
    chain = book(
        tmp_path, [figure(measure="border_refusals", organisation="KMar", source="cbs-minder-mensen-geweigerd-2021")]
    )
    for shown in (
        tables.comparison(chain.compare(measure), "Titel", chain),
        tables.series(chain.series(measure), "Titel", chain),
        tables.rolling(chain.rolling(measure), "Titel", chain),
        tables.single([chain.value(measure)], "Titel", chain),
    ):
        text = "".join(tree(shown.html).itertext())
        assert "Titel" in text and "<table" not in shown.html and shown.figures == []
        assert not any(word in text.lower().split() for word in NOT_WORDS)


def shares_in(shown) -> list[float]:
    return [row["value"] for row in shown.figures if "denominator" in row["dimensions"] and row["value"] is not None]


def test_a_share_of_nothing_is_no_number(tmp_path):
    of = {"dimension": "nationality", "source": "ind-asieltrends-2017"}
    rows = [figure(value="0", period="2017-06"), figure(category="Syrië", value="0", period="2017-06", **of)]
    chain = book(tmp_path, rows, "2017-06", compare_years=0)
    frame = chain.compare(INFLOW, "nationality")
    assert frame.value.tolist() == [0]
    shown = tables.comparison(frame, "T", chain, shares=chain.share_of_total(frame))
    assert shares_in(shown) == []
    assert not [text for row in rows_of(shown.html) for text in row if text.lower() in NOT_WORDS]


def test_a_share_column_never_divides_one_publisher_by_another(year):
    """CBS counts the Syrians of 2017 (2,970); the IND's total (14,716) is another count than CBS's (16,145)."""
    top = year.top("asylum_first_applications", "nationality", 3)
    assert {*top.organisation} == {"CBS"}
    assert year.value("asylum_first_applications").organisation.tolist() == ["IND"]
    shown = tables.comparison(top, "T", year, shares=year.share_of_total(top))
    assert all(abs(share - 100 * 2970 / 14716) > 0.5 for share in shares_in(shown))


def test_a_share_column_divides_by_the_total_of_the_same_publisher_and_period(year):
    measure = "asylum_first_instance_decisions"
    total, syria = year.compare(measure), year.compare(measure, "nationality", ["Syrië"])
    assert total.organisation.iloc[-1] == syria.organisation.iloc[-1] == "Eurostat"
    shown = tables.comparison(syria, "T", year, shares=year.share_of_total(syria))
    (share,) = shares_in(shown)
    assert share == pytest.approx(100 * syria.value.iloc[-1] / total.value.iloc[-1], abs=0.05) and 0 < share < 100
    assert rows_of(shown.html)[0][-1] == "aandeel"


def test_gaps_are_listed_with_their_last_figure():
    chain = Workbook("2017-06")
    chain.compare(["asylum_first_applications", "border_refusals"])
    text = "".join(tree(provenance.gaps(chain, ["Vertrek per maand"]).html).itertext())
    assert "Toegangsweigeringen aan de grens: laatste cijfer over 2016." in text
    assert "Eerste asielaanvragen" not in text
    assert text.endswith("Los van de periode ontbreekt:Vertrek per maand: geen open cijfers gevonden.")


def test_what_is_missing_names_the_moment_in_dutch_and_what_could_not_stand_in():
    chain = Workbook("2017-H1")
    family, inflow, occupancy = "regular_family_applications", "asylum_repeat_applications", "coa_occupancy"
    chain.compare([family, inflow, occupancy])
    text = "".join(tree(provenance.gaps(chain).html).itertext())
    assert text.startswith("Over de eerste helft van 2017 ontbreken deze cijfers.")
    assert "familie en gezin: laatste cijfer over de eerste helft van 2016." in text
    assert (
        "Herhaalde asielaanvragen: laatste cijfer over 2016; er is ook een over een korter tijdvak: juni 2017." in text
    )
    assert "Bezetting van de COA-opvang: laatste cijfer op 31 december 2016." in text


def test_a_figure_of_a_shorter_period_alone_is_not_hidden_behind_no_figure():
    chain = Workbook("2016")
    shown = tables.comparison(chain.compare("regular_family_applications"), "Gezin", chain)
    text = "".join(tree(provenance.gaps(chain).html).itertext())
    assert "gezin: alleen een cijfer over een korter tijdvak: de eerste helft van 2016." in text
    assert "geen passend cijfer bekend" in shown.html and "geen cijfer bekend" not in shown.html


def test_the_latest_odd_span_that_is_shown_is_the_latest_that_is_named():
    chain = Workbook("2016")
    transfers = "dublin_transfers_out"
    shown = tables.single([chain.value(transfers), chain.latest_span(transfers)], "Dublin", chain)
    periods = [row[1]["text"] for row in shown.tables[0]["rows"]]
    assert periods == ["2014", "2014 tot en met 2016"]
    text = "".join(tree(provenance.gaps(chain).html).itertext())
    assert "laatste cijfer over de periode 2014 tot en met 2016." in text


def test_one_figure_that_answers_two_questions_stands_there_once():
    chain = Workbook("2017-H1")
    frames = [chain.value("dublin_transfers_out"), chain.latest_span("dublin_transfers_out")]
    shown = tables.single(frames, "Dublin", chain)
    assert [row[2]["text"] for row in shown.tables[0]["rows"]] == ["2.953"] and len(shown.figures) == 1


@pytest.mark.parametrize("method", ["compare", "series", "value"])
def test_a_measure_that_has_no_figure_yet_is_listed_as_a_gap(tmp_path, method):
    chain = book(tmp_path, [figure()])
    getattr(chain, method)("coa_occupancy")
    text = "".join(tree(provenance.gaps(chain).html).itertext())
    assert "Bezetting van de COA-opvang: geen cijfer tot en met deze periode." in text


def test_a_stock_of_a_month_in_the_period_is_no_gap(tmp_path):
    chain = book(tmp_path, [figure(measure="coa_occupancy", period="2017-09", organisation="COA")])
    assert not chain.value("coa_occupancy").fallback.any()
    assert "Bezetting" not in "".join(tree(provenance.gaps(chain).html).itertext())


def test_a_span_that_is_longer_than_the_period_is_not_called_shorter():
    """What became of people in shelter is known over sixteen months, and is told in a table of its own."""
    chain = Workbook("2020")
    chain.about("lvv_outflow_share")
    chain.series("lvv_outflow_share", "outcome", kind="year")
    text = "".join(tree(provenance.gaps(chain).html).itertext())
    assert "alleen een cijfer over een ander tijdvak: de periode juli 2019 tot en met oktober 2020." in text


def test_a_row_says_what_it_counts_where_the_table_counts_two_things(tmp_path):
    rows = [
        figure(period="2017"),
        figure(period="2017", measure="asylum_repeat_applications", unit="applications"),
        figure(period="2017", measure="coa_incidents_growth", unit="percent", value="4"),
    ]
    chain = book(tmp_path, rows)
    both = tables.comparison(chain.compare([INFLOW, "asylum_repeat_applications", "coa_incidents_growth"]), "T", chain)
    heads = [row[0] for row in whole(both)[1:]]
    assert [head.partition(" (")[2] for head in heads] == ["personen)", "aanvragen)", ""]
    alone = tables.comparison(chain.compare([INFLOW, "coa_incidents_growth"]), "T", chain)
    assert whole(alone)[1][0] == "Totale asielinstroom", "a percentage shows what it is"


def test_an_origin_says_each_step_of_a_calculation_once(tmp_path):
    rows = [
        figure(dimension="nationality", category=name, period=month, value="20")
        for name in ("Irak", "Iran")
        for month in (f"2017-{number:02}" for number in range(1, 13))
    ]
    peru = figure(dimension="nationality", category="Peru", period="2017")
    chain = book(tmp_path, [*rows, peru, figure(period="2017")])
    shares = chain.share_of_total(chain.compare(INFLOW, "nationality"))
    assert set(shares.calculation) == {
        "percentage van totale asielinstroom",
        "percentage van totale asielinstroom; teller: som van 12 maanden",
    }
    (origin,) = origins([shares], chain.catalogue)
    assert origin["calculation"] == "percentage van totale asielinstroom; teller: som van 12 maanden"


# Notes and sources


def test_notes_follow_the_status_of_the_figures(tmp_path):
    rows = [
        figure(period="2015", value="1000", status="circa"),
        figure(period="2016", value="1010", status="rounded_10"),
        figure(period="2017", value="1012", status="provisional"),
    ]
    chain = book(tmp_path, rows)
    shown = tables.series(chain.series(INFLOW), "T", chain)
    assert [row[1] for row in whole(shown)[1:]] == ["ca. 1.000", "1.010", "1.012*"]
    note = "".join(tree(shown.html).find(".//p[@class='note']").itertext())
    assert all(words in note for words in ("tientallen", "ca.", "voorlopig (*)"))


def test_a_fall_back_says_which_period_it_shows(month):
    frame = month.compare(["coa_occupancy", "coa_occupancy_minors"])
    shown = tables.comparison(frame[frame.period == "2016-12-31"], "Bezetting", month)
    assert "31-12-2016" in rows_of(shown.html)[0]
    assert "31 december 2016" in "".join(tree(shown.html).find(".//p[@class='note']").itertext())
    said = tables.comparison(month.compare("coa_occupancy"), "Bezetting", month)
    assert "Op 31 december 2016 " in said.html and "het laatste" not in said.html, "a sentence has its period"


def test_a_sum_and_a_join_say_so(month):
    note = tree(tables.rolling(month.rolling("asylum_first_applications"), "T", month).html).find(".//p[@class='note']")
    text = "".join(note.itertext())
    assert "Opgeteld: 6 maanden; 12 maanden." in text
    half = published("2017-H1")
    drawn = charts.trend(half.series("asylum_first_applications", kind="month"), "T", half)
    assert "verschillende uitgevers" in drawn.html and "UNHCR" in drawn.html and "Eurostat" in drawn.html


def test_each_source_is_linked_to_its_own_address(tmp_path):
    """The first half-year comes from a source without an address: its title must not get that of the other."""
    without, with_address = "venj-nieuwsbrief-2017", "ind-asieltrends-2017"
    rows = [*monthly(1, ["5"] * 6, source=without), *monthly(7, ["6"] * 6, source=with_address)]
    chain = book(tmp_path, rows)
    assert chain.sources.url[without] == "" and chain.sources.url[with_address]
    shown = tables.comparison(chain.compare(INFLOW), "T", chain)
    assert chain.sources.title[without] in "".join(tree(shown.html).itertext())
    assert links(shown.html) == {chain.sources.title[with_address]: chain.sources.url[with_address]}


def test_the_source_line_names_publisher_documents_and_the_date_of_the_data(year):
    line = "".join(tree(source_line(year.compare(INFLOW))).itertext())
    assert line.startswith("Bron: ") and re.search(r"\. Nieuwste bron van [\w ]*20\d\d\.$", line)
    assert line.startswith("Bron: IND (3 documenten).")
    two = year.compare(INFLOW)[1:]
    assert all(title in "".join(tree(source_line(two)).itertext()) for title in two.source_title)
    assert set(year.compare(INFLOW).source_title) <= set(links(tables.comparison(year.compare(INFLOW), "T", year).html))


def test_a_source_that_could_not_be_fetched_is_told_beside_its_figures(tmp_path):
    rows = [figure(period="2020-01", value="2585", source="ind-asielinstroom-2020-01")]
    data = small_data(tmp_path, rows)
    snapshots = data / store.FOLDER
    snapshots.mkdir()
    outcomes = [("ind-asielinstroom-2020-01", "failed", "x"), ("een-andere-bron", "failed", "x")]
    attempts.remember(snapshots, outcomes, "2020-04-05")

    def told(**as_of):
        chain = Workbook("2020-01", data=data, **as_of)
        chain.compare("asylum_inflow_total")
        return "".join(tree(provenance.sources(chain).html).itertext())

    assert "; op 5 april 2020 kon deze bron niet worden opgehaald." in told() and "een-andere" not in told()
    assert "opgehaald" not in told(as_of="2024-01-01"), "the fetching of later says nothing of what was known then"


def test_the_list_of_sources_is_complete():
    chain = Workbook("2017", compare_years=0)
    figures = tables.comparison(chain.compare([INFLOW, "coa_occupancy"]), "T", chain).figures
    shown = "".join(tree(provenance.sources(chain).html).itertext())
    assert figures and all(title in shown for row in figures for title in row["source"].split(" | "))
    terms = "".join(tree(provenance.definitions(chain).html).itertext())
    assert "2 × r / (2√3) × √n" in terms and "nooit meer dan n × r / 2" in terms, "how a margin of a sum is told"
    assert (
        "Totale asielinstroom" in terms and "Bezetting van de COA-opvang" in terms and "stand (op een moment)" in terms
    )


# Text from data is text

ATTACK = '<script>alert("x")</script>'


def test_markup_in_names_notes_titles_and_addresses_stays_text(year):
    frame = year.compare("asylum_first_applications", "nationality", ["Syrië", "Irak"])
    bad = frame.assign(
        category=frame.category.replace("Syrië", ATTACK),
        source_title=ATTACK,
        source_url="javascript:alert(1)",
        organisation=ATTACK,
        note=f"edition {ATTACK}",
    )
    events = year.policy_measures("asiel").head(1).assign(title=ATTACK, source_title=ATTACK, source_url="javascript:1")
    shown = [
        tables.comparison(bad, ATTACK, year, remark=ATTACK),
        tables.series(bad, ATTACK, year),
        tables.single([bad], ATTACK, year),
        tables.plain(pd.DataFrame({ATTACK: [ATTACK], "b": [ATTACK]}), ATTACK, year.catalogue, ATTACK, ATTACK),
        tables.policy(events, ATTACK),
        tables.gap(ATTACK, ATTACK),
    ]
    for one in shown:
        root = tree(one.html)
        assert root.find(".//script") is None and ATTACK in "".join(root.itertext())
        assert not [address for address in links(one.html).values() if not address.startswith("http")]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", " https://x", "", "//x.nl"])
def test_only_web_addresses_become_links(address):
    assert "<a" not in link("titel", address)


def test_a_quote_in_an_address_stays_in_the_address():
    (anchor,) = tree(link("titel", 'https://x.nl/"onclick="alert(1)')).iter("a")
    assert set(anchor.attrib) <= {"href", "rel"} and anchor.get("href").endswith('"onclick="alert(1)')


def test_notices_of_several_outputs_are_all_kept_once():
    parts = [too_few("Antwoorden over IND"), too_few("Antwoorden over COA"), too_few("Antwoorden over IND")]
    samples = Output("", notices={"samples": ["Verzonnen."]})
    assert Output.together([*parts, samples]).notices == {
        "gaps": ["Antwoorden over IND", "Antwoorden over COA"],
        "samples": ["Verzonnen."],
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1297.0, "1297"),
        (3.6, "3.6"),
        (0.00001, "0.00001"),
        (-2.5e-5, "-0.000025"),
        (1e16, "10000000000000000"),
        (-1e-9, "0"),
        (1 / 3, "0.333333"),
        (100000000000.1, "100000000000.1"),
    ],
)
def test_a_number_for_programs_has_plain_decimals(value, text):
    assert plain_number(value) == text
    row = [Cell("Syrië"), Cell("ja", value, "percent", "exact")]
    assert Grid("T", "", ["Land", "Aandeel"], [row]).csv().endswith(f"\r\nSyrië;{text.replace('.', ',')}\r\n")


def test_a_figure_that_stands_alone_has_its_unit_in_words():
    chain = Workbook("2021")
    shown = tables.single([chain.value("detention_departure_share"), chain.value("entry_bans")], "T", chain)
    head, *rows = rows_of(shown.html)
    assert whole(shown)[0][2:4] == ["Cijfer", "Eenheid"]
    assert [row[3] for row in whole(shown)[1:]] == ["procent", "beslissingen"]
    assert head == ["Onderwerp", "Cijfer", "Periode"] and rows[1][1].endswith(" (beslissingen)")


def test_the_policy_of_one_report_is_not_what_concerns_all():
    chain = Workbook("2017")
    assert "Open datasets" in "".join(chain.policy_measures().title)
    for goal in ("werk_studie_gezin", "asiel", "grensbewaking", "toezicht", "terugkeer", "klantervaring", "lvv"):
        assert "Open datasets" not in "".join(chain.policy_measures(goal).title)


def test_terms_are_explained_without_the_names_of_the_data():
    chain = Workbook("2017")
    chain.compare("asylum_inflow_total")
    assert "<code>" not in provenance.definitions(chain).html
