"""Older than the period, older than 18 months, no figure of its own: each is said, and nothing passes for new."""

from datetime import date

import pytest
from goal_notebooks import of, of_each
from helpers_data import figure, monthly, small_data, tree
from index_entries import ENTRIES, key_figure

from keten import Workbook
from keten.errors import KetenError
from keten.model.periods import Period
from keten.reports import own_figures
from keten.reports.publish import index
from keten.sections import summary
from keten.workbook.declared import KeyFigure
from keten.workbook.outdated import outdated
from keten.workbook.own_periods import refuse_without_own

INFLOW, STOCK = "asylum_inflow_total", "coa_occupancy"
REPORTS = {"2_asiel": {INFLOW, STOCK, "no measure"}, "5_terugkeer": {"departure_chain"}}


def text_of(element) -> str:
    return "".join(element.itertext())


# -- in a report --


@pytest.fixture
def chain(tmp_path) -> Workbook:
    rows = [of(INFLOW, "2017"), of("departure_chain", "2015"), of(STOCK, "2017-11-01"), of("border_refusals", "2017")]
    rows[3]["published"] = "2017-07-31"  # the year still ran
    return Workbook("2017", 0, data=small_data(tmp_path, rows))


def test_what_is_not_of_the_period_stands_apart_and_is_no_key_figure(chain):
    measures = [INFLOW, "departure_chain", STOCK, "border_refusals", "entry_bans"]
    shown = summary.key_figures([chain.compare(one) for one in measures], chain)
    assert [one["measure"] for one in shown.keyfigures] == [INFLOW, STOCK] and shown.keyfigures_of == 5
    own, apart = tree(shown.html).findall(".//dl[@class='keyfigures']")
    assert [text_of(one) for one in own.iter("dt")] == ["Totale asielinstroom", "Bezetting van de COA-opvang"]
    assert [text_of(one) for one in apart.findall(".//dd[@class='period']")] == ["2015", "2017"]
    (block,) = tree(shown.html).findall(".//div[@class='last-known']")
    assert block.find("p").text == "Laatst bekende cijfers"
    assert "stand van 31 juli 2017" in text_of(block) and "stand van" not in text_of(own)


def test_sentences_on_older_figures_stand_apart_too(chain):
    found = tree(
        summary.sentences([chain.compare(one) for one in ("departure_chain", INFLOW, "entry_bans")], chain).html
    )
    own = found.find("ul")
    (block,) = found.findall("div[@class='last-known']")
    assert [text_of(one)[:7] for one in own] == ["In 2017", "Opgeleg"], "a gap of the period belongs to the period"
    assert text_of(block).startswith("Laatst bekende cijfers:") and "2015" in text_of(block)


def test_without_any_of_the_period_the_report_says_so(tmp_path):
    chain = Workbook("2017", 0, data=small_data(tmp_path, [of(INFLOW, "2015"), of(STOCK, "2017-12-01")]))
    shown = summary.key_figures([chain.compare(INFLOW)], chain)
    assert shown.keyfigures == [] and shown.keyfigures_of == 1
    assert "Over 2017 zelf zijn geen kerncijfers bekend." in shown.html and "Laatst bekende cijfers" in shown.html


@pytest.mark.parametrize(
    ("own", "of", "words"),
    [
        (0, 0, ""),
        (0, 1, "Het enige kerncijfer gaat niet over deze periode zelf."),
        (1, 1, "Het enige kerncijfer gaat over deze periode zelf."),
        (0, 5, "Geen van de 5 kerncijfers gaat over deze periode zelf."),
        (1, 5, "1 van de 5 kerncijfers gaat over deze periode zelf."),
        (5, 5, "Alle 5 kerncijfers gaan over deze periode zelf."),
    ],
)
def test_how_many_key_figures_are_of_the_period_is_said_in_words(own, of, words):
    assert own_figures.words(own, of) == words


# -- in the index --


def page_of(report: dict, **options) -> str:
    entry = ENTRIES["2_asiel"] | {"report": ENTRIES["2_asiel"]["report"] | report}
    return index.page("juni 2017", {"2_asiel": entry}, "2017-07-01T10:00:00.000Z", name="2017-06", **options)


def test_the_index_shows_no_older_figure_that_an_earlier_version_kept_among_the_key_figures():
    figures = [
        key_figure("Oud", moment="2016", measure="asylum_inflow_total"),
        key_figure("Nieuw", moment="2017-06"),
        key_figure("Dag", moment="2017-06-30", measure="coa_occupancy", value="21.037"),
    ]
    page = page_of({"key_figures": figures, "finding": ""})
    assert "Nieuw: 2.316 aanvragen" in page and ">21.037</data>" in page
    assert "Oud" not in page and page.count(">2.316</data>") == 0


def test_the_index_counts_the_key_figures_of_the_period():
    page = page_of({"key_figures": [key_figure(moment="2017-06")], "key_figures_of": 4})
    assert page.count("1 van de 4 kerncijfers gaat over deze periode zelf.") == 1


def test_the_index_of_the_default_edition_says_why_it_was_chosen():
    default = {"period": "2017-06", "sentence": "Daarom <deze>."}
    assert "Daarom &lt;deze&gt;.</p>" in page_of({}, default=default)
    assert "Daarom" not in page_of({}, default=default | {"period": "2017"})


LATE = {"notebook": "2_asiel", "measure": INFLOW, "label": "Instroom <totaal>", "newest": "2015-06"}


def test_the_index_names_key_figures_without_a_recent_figure():
    page = page_of({}, outdated={"day": "2017-07-31", "key_figures": [LATE]})
    assert "Van 1 kerncijfer is het nieuwste cijfer meer dan 18 maanden ouder dan 31 juli 2017." in page
    assert "<li>Asiel: Instroom &lt;totaal&gt; (juni 2015)</li>" in page
    assert "Niet bijgehouden" not in page_of({}, outdated={"day": "2017-07-31", "key_figures": []})


def test_the_terminal_names_a_few_of_them_and_counts_the_rest():
    told = {"day": "2017-07-31", "key_figures": [LATE | {"newest": ""}] * 7}
    words = own_figures.outdated_words(told)
    assert words.startswith("van 7 kerncijfers is het nieuwste cijfer meer dan 18 maanden ouder dan 31 juli 2017: ")
    assert words.count("(nog nooit een cijfer)") == 5 and words.endswith("en 2 andere (zie manifest.json).")


# -- in the data --


def late(tmp_path, rows, today: str, *figures: KeyFigure, **options) -> list[tuple[str, str]]:
    data = small_data(tmp_path, rows)
    found = outdated({"2_asiel": figures or [KeyFigure(INFLOW)]}, date.fromisoformat(today), data, **options)
    return [(one.label, str(one.newest or "")) for one in found]


@pytest.mark.parametrize(("today", "names"), [("2018-06-30", []), ("2018-07-01", [("Totale asielinstroom", "2016")])])
def test_a_newest_figure_of_more_than_18_months_before_the_day_is_outdated(tmp_path, today, names):
    assert late(tmp_path, [of(INFLOW, "2016"), of(INFLOW, "2015")], today) == names


def test_the_newest_figure_counts_whatever_its_kind_but_not_one_of_a_period_that_still_ran(tmp_path):
    rows = [of(INFLOW, "2016-12"), of(INFLOW, "2015"), of(INFLOW, "2018", published="2018-05-31")]
    assert late(tmp_path, rows, "2018-06-30") == []
    assert late(tmp_path / "later", rows, "2018-07-01") == [("Totale asielinstroom", "2016-12")]


def test_a_figure_that_was_not_known_yet_does_not_count(tmp_path):
    rows = [of(INFLOW, "2015", published="2016-02-01"), of(INFLOW, "2017", published="2018-02-01")]
    assert late(tmp_path, rows, "2018-01-31", as_of="2018-01-31") == [("Totale asielinstroom", "2015")]


def test_a_category_has_its_own_newest_figure_and_a_share_that_of_the_older_part(tmp_path):
    about = {"dimension": "nationality", "category": "Syrië"}
    rows = [of(INFLOW, "2017"), of(INFLOW, "2015", **about), of(STOCK, "2015-12-31")]
    asked = (KeyFigure(INFLOW, "nationality", "Syrië"), KeyFigure(INFLOW, whole=STOCK, name="Deel"))
    found = late(tmp_path, rows, "2018-06-30", *asked)
    assert found == [("Totale asielinstroom: Syrië", "2015"), ("Deel", "2015-12-31")]


def test_a_key_figure_that_never_had_a_figure_is_named_and_an_unknown_measure_is_not(tmp_path):
    asked = (KeyFigure("entry_bans"), KeyFigure("no_such_measure"))
    assert late(tmp_path, [of(INFLOW, "2017")], "2018-06-30", *asked) == [("Opgelegde inreisverboden", "")]


# -- which periods a run accepts --


def refusal(data, period: str, reports=REPORTS, **options) -> str:
    try:
        refuse_without_own(Period.parse(period), reports, data, **options)
    except KetenError as fault:
        return str(fault)
    return ""


def test_a_period_without_any_figure_of_its_own_is_refused_with_the_nearest_and_the_reach_of_each_report(tmp_path):
    data = small_data(tmp_path, [*of_each([INFLOW], "2015", "2016-03"), of("departure_chain", "2017")])
    assert refusal(data, "2016-05") == (
        "Over mei 2016 heeft geen enkel rapport een eigen cijfer: de cijfers lopen in 2_asiel van 2015-01 tot en met "
        "2016-03 en in 5_terugkeer van 2017-01 tot en met 2017-12; het dichtstbij ligt maart 2016 (--period 2016-03)."
    )
    assert "--period 2017)" in refusal(data, "2035") and "--period 2015)" in refusal(data, "1999-01")
    assert [refusal(data, period) for period in ("2015", "2016-03", "2017")] == ["", "", ""]


def test_the_sum_of_all_months_and_a_day_of_a_stock_are_figures_of_a_period(tmp_path):
    data = small_data(tmp_path, [*monthly(1, "123456"), of(STOCK, "2016-05-01")])
    assert [refusal(data, period) for period in ("2017-Q1", "2017-H1", "2016-05")] == ["", "", ""]
    assert all(refusal(data, period) for period in ("2017-Q3", "2017", "2016-06"))


def test_a_figure_of_a_period_that_still_ran_is_none_of_its_own(tmp_path):
    rows = [of(INFLOW, "2017", published="2017-06-30"), of(INFLOW, "2016", published="2017-06-30")]
    assert "--period 2016)" in refusal(small_data(tmp_path, rows), "2017")


def test_a_measure_of_no_report_does_not_make_a_period_acceptable(tmp_path):
    data = small_data(tmp_path, [of("border_refusals", "2017"), of(INFLOW, "2015")])
    assert "--period 2015)" in refusal(data, "2017")
    assert refusal(data, "2035", {"eigen": {"no measure"}}) == "", "of such a report nothing can be known beforehand"


def test_a_figure_of_later_is_none_on_an_earlier_as_of_day(tmp_path):
    rows = [figure(period="2015", published="2016-02-01"), figure(period="2016", published="2018-02-01")]
    data = small_data(tmp_path, rows)
    assert refusal(data, "2016") == "" and "--period 2015)" in refusal(data, "2016", as_of="2017-06-30")
