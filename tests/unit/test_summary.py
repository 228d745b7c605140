"""The opening of a report: key figures and sentences that say what the figures say, and no more."""

import pytest
from helpers_data import figure, monthly, published, small_data, tree

from keten import Workbook, charts, tables
from keten.model.figure_id import figure_id
from keten.sections import summary

INFLOW = "asylum_inflow_total"


def book(folder, rows, period="2017", **options) -> Workbook:
    return Workbook(period, data=small_data(folder, rows), **options)


def two_years(folder, before: str, now: str, **cells: str) -> tuple[Workbook, object]:
    values = {"2016": before, "2017": now}
    rows = [figure(period=period, value=value, **cells) for period, value in values.items() if value]
    chain = book(folder, rows, compare_years=1)
    return chain, chain.compare(INFLOW)


@pytest.fixture(scope="module")
def year() -> Workbook:
    return published("2017")


def text_of(shown) -> str:
    return "".join(tree(shown.html).itertext())


def test_the_opening_says_period_and_comparison():
    text = text_of(summary.opening(Workbook("2017-H1", as_of="2018-03-31", nationality="ALB")))
    assert (
        "eerste helft 2017" in text and "vergeleken met de eerste helft van 2015 en de eerste helft van 2016." in text
    )
    assert "Albanië" in text
    alone = text_of(summary.opening(published("2017-06", compare_years=0)))
    assert "juni 2017" in alone and "vergeleken" not in alone


def test_a_key_figure_has_value_unit_period_and_change(year):
    shown = summary.key_figures([year.compare(INFLOW), year.compare("coa_occupancy")], year, ["", "Bewoners"])
    assert [(row["label"], row["value"], row["period"]) for row in shown.keyfigures] == [
        ("Totale asielinstroom", "31.327", "2017"),
        ("Bewoners", "21.037", "31 december 2017"),
    ]
    assert shown.keyfigures[0]["change"] == "-1% t.o.v. 2016"
    ids = [row["id"] for row in shown.keyfigures]
    assert {*ids} <= {*map(figure_id, shown.figures)} and len({*ids}) == len(ids)
    assert all(f"<code>{one}</code>" in shown.html for one in ids)
    terms = [element.tag for element in tree(shown.html).find(".//dl")[0]]
    assert terms[0] == "dt" and set(terms[1:]) == {"dd"}
    listed = {(row["measure"], row["period"], row["value"]) for row in shown.figures if not row["dimensions"]}
    assert {(INFLOW, "2017", 31327.0), (INFLOW, "2016", 31642.0), ("coa_occupancy", "2017-12-31", 21037.0)} <= listed
    assert all(row["source"] for row in shown.figures)


def test_a_key_figure_without_a_figure_is_left_out_or_said_in_words(tmp_path):
    chain = book(tmp_path, [figure()], compare_years=1)
    shown = summary.key_figures([chain.compare(INFLOW), chain.compare("coa_occupancy")], chain)
    assert [row["label"] for row in shown.keyfigures] == ["Totale asielinstroom"]
    assert shown.keyfigures[0]["change"] == "geen cijfer over 2016"
    none = summary.key_figures([chain.compare("coa_occupancy")], chain)
    assert none.figures == [] and none.keyfigures == [] and "geen passende kerncijfers" in none.html


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        ("31642", "31327", "In 2017 telde de totale asielinstroom 31.327 personen, 1% minder dan in 2016 (31.642)."),
        ("31327", "31327", "evenveel als in 2016 (31.327)."),
        ("12", "18", ", meer dan in 2016 (12)."),
        ("0", "18", ", meer dan in 2016 (0)."),
        ("", "18", "asielinstroom 18 personen; er is geen cijfer over 2016 om mee te vergelijken."),
        ("100", "1", "telde de totale asielinstroom 1 persoon, 99% minder dan in 2016 (100)."),
    ],
)
def test_a_sentence_says_the_figure_and_its_change(tmp_path, before, now, words):
    chain, frame = two_years(tmp_path, before, now)
    sentence = summary.sentence(frame, chain, "Totale asielinstroom")
    assert sentence.startswith("In 2017 telde de totale asielinstroom ") and sentence.endswith(words)
    assert summary.sentence(frame, chain, "Instroom").startswith("Instroom: in 2017 telde "), "under another name"


def test_a_change_inside_the_rounding_is_no_change(tmp_path):
    chain, frame = two_years(tmp_path, "1000", "1050", status="circa")  # 1.000 stands for 500 to 1.500
    assert "een verschil binnen de afronding met 2016 (ca. 1.000)" in summary.sentence(frame, chain, "Instroom")


def test_one_step_of_the_rounding_is_a_change(tmp_path):
    chain, frame = two_years(tmp_path, "1010", "1020", status="rounded_10")  # 1.006 to 1.014, 1.016 to 1.024
    assert "1% meer dan in 2016 (1.010)" in summary.sentence(frame, chain, "Instroom")


def test_an_approximate_figure_is_called_so(tmp_path):
    chain, frame = two_years(tmp_path, "", "1700", status="circa")
    assert "ongeveer 1.700 personen" in summary.sentence(frame, chain, "Instroom")


def test_a_rate_changes_by_points(year):
    sentence = summary.sentence(year.compare("asylum_recognition_rate"), year, "Inwilligingspercentage")
    assert (
        "was het inwilligingspercentage van asielaanvragen 30%" in sentence
        and "24 procentpunt lager dan in 2016 (54%)" in sentence
    )


def test_a_part_is_not_told_in_the_words_of_the_whole():
    """In 2016 DT&V counted 17.080 departures, of which 6.760 independent."""
    chain = Workbook("2016")
    of = "departure_dtv", "departure_kind"
    whole, part = chain.compare(*of, ["totaal"]), chain.compare(*of, ["zelfstandig"])
    text = text_of(summary.sentences([whole, part], chain, ["", "Zelfstandig vertrek (DT&V)"]))
    assert "vertrokken 17.080 vreemdelingen uit de caseload van de DT&V" in text
    assert "Zelfstandig vertrek (DT&V): in 2016 ging het om 6.760 personen," in text
    assert "6.760 vreemdelingen uit de caseload" not in text


def test_a_sentence_compares_within_one_publisher():
    chain = published("2021", compare_years=1)
    first = summary.sentence(chain.compare("asylum_first_applications"), chain, "Eerste asielaanvragen")
    assert "80% meer dan in 2020 (13.720)" in first, "CBS with CBS; the IND has 13.673 over 2020"
    chain = published("2020", compare_years=1)
    inflow = summary.sentence(chain.compare("asylum_inflow_total"), chain, "Totale asielinstroom")
    assert "19.180" in inflow and "geen vergelijkbaar cijfer over 2019" in inflow and "%" not in inflow


def test_no_figure_makes_a_sentence_that_says_so(tmp_path):
    chain = book(tmp_path, monthly(1, ["4"]))
    shown = summary.sentences([chain.compare("coa_occupancy", only=[""])], chain)
    assert text_of(shown) == "Bezetting van de COA-opvang: over 2017 is geen cijfer bekend." and shown.figures == []


def test_sentences_never_name_a_cause_or_a_trend(year):
    frames = [
        year.compare(measure) for measure in (INFLOW, "asylum_first_applications", "coa_occupancy", "border_refusals")
    ]
    text = " ".join("".join(item.itertext()) for item in tree(summary.sentences(frames, year).html).iter("li")).lower()
    assert text and not [word for word in ("door ", "omdat", "dankzij", "trend", "stijging", "daling") if word in text]


def test_names_from_the_data_stay_text(year):
    frame = year.compare("asylum_first_applications", "nationality", ["Syrië"]).assign(category="<script>x</script>")
    for shown in (summary.key_figures([frame], year), summary.sentences([frame], year)):
        assert tree(shown.html).find(".//script") is None and "<script>x</script>" in text_of(shown)


def test_what_to_mind_in_a_comparison_is_said_beside_it():
    """In some years permits for asylum count too: under key figure, table and chart, and in the sentence."""
    chain = published("2021")
    frame, words = chain.compare("first_residence_permits"), "in sommige jaren tellen asielvergunningen mee"
    assert f"Eerste verblijfsvergunningen, alle redenen: {words}" in text_of(summary.key_figures([frame], chain))
    assert f"Let op: {words}" in summary.sentence(frame, chain, "Eerste vergunningen")
    shown = tables.comparison(frame, "T", chain)
    assert words in text_of(shown) and any(words in note for note in shown.tables[0]["notes"])
    assert words in text_of(charts.columns(chain.series("first_residence_permits"), "T", chain))
    alone = frame.tail(1)
    assert words not in text_of(summary.key_figures([alone], chain)) + summary.sentence(alone, chain, "Vergunningen")
    assert words not in text_of(tables.comparison(alone, "T", chain)).split("Herkomst")[0]
