"""The edition that is made when nobody names a period: the newest that most of the chain has figures of its own for."""

import ast
import json

import goal_notebooks
import pytest
from goal_notebooks import FIRST_OF_EACH, TWO_EACH, of, of_each
from helpers_data import monthly, replace_once, small_data
from places import REPOSITORY

from keten import Workbook
from keten.errors import KetenError
from keten.sections import summary
from keten.workbook.declared import KeyFigure, declared, of_goals
from keten.workbook.default_edition import default_edition

FOUR, THREE = FIRST_OF_EACH[:4], FIRST_OF_EACH[:3]
MONTHS = [f"2017-{number:02}" for number in range(1, 13)]


@pytest.fixture
def chosen(tmp_path, monkeypatch):
    """The default edition of made-up figures, with two key figures for each of five goals unless others are given."""

    def choose(rows, goals=TWO_EACH, **options):
        monkeypatch.setenv("KETEN_NOTEBOOKS", str(goal_notebooks.write(tmp_path / "notebooks", goals)))
        return default_edition(small_data(tmp_path, rows), **options)

    return choose


@pytest.mark.parametrize("newer", ["2017", "2017-H1", "2017-Q1", "2017-01"])
def test_it_is_the_newest_period_of_whatever_kind(chosen, newer):
    assert chosen([*of_each(FOUR, newer), *of_each(FIRST_OF_EACH, "2016")]).period == newer


def test_of_periods_that_end_together_it_is_the_longest(chosen):
    assert chosen(of_each(FOUR, "2017-12", "2017-H2", "2017", "2017-Q4")).period == "2017"


def test_four_of_the_five_goals_need_half_of_their_key_figures(chosen):
    found = chosen([*of_each(THREE, "2017"), *of_each(FOUR, "2016"), *of_each(FIRST_OF_EACH, "2015")])
    assert (found.period, found.own, found.key_figures, found.goals, found.enough) == ("2016", 4, 10, 4, True)
    assert "is 2016" in found.sentence and "4 van de 10" in found.sentence


def test_less_than_half_of_a_goal_does_not_count(chosen):
    goals = TWO_EACH | {"4_toezicht": ["illegally_present_found", "entry_bans", "mtv_illegal_found"]}
    rows = [*of_each(FOUR, "2017", "2016"), of("entry_bans", "2016")]
    assert chosen(rows, goals).period == "2016", "one of three is less than half, two are more"


def test_months_that_make_up_a_year_are_a_figure_of_that_year(chosen):
    others = [*of_each(THREE, "2017", "2016"), of(FOUR[3], "2016")]
    assert chosen([*others, *of_each(FOUR[3:], *MONTHS)]).period == "2017"


def test_a_year_without_one_of_its_months_is_none(chosen):
    others = [*of_each(THREE, "2017", "2016"), of(FOUR[3], "2016")]
    assert chosen([*others, *of_each(FOUR[3:], *MONTHS[1:])]).period == "2016"


def test_a_stock_is_of_the_period_in_which_its_day_lies(chosen):
    rows = [*of_each(["first_residence_permits", *FIRST_OF_EACH[2:4]], "2017"), of("coa_occupancy", "2017-11-01")]
    assert chosen([*rows, *of_each(FIRST_OF_EACH, "2016")]).period == "2017"


def test_a_period_that_still_ran_never_counts(chosen):
    halfway = of_each(FIRST_OF_EACH, "2017", published="2017-07-31")
    assert chosen([*halfway, *of_each(FOUR, "2016", published="2017-03-31")]).period == "2016"


def test_a_year_that_has_not_ended_is_not_chosen_for_its_stocks(chosen):
    goals = {stem: ["coa_occupancy"] for stem in TWO_EACH}
    days = [of("coa_occupancy", day, published="2017-07-15") for day in ("2016-12-31", "2017-07-01")]
    assert chosen(days, goals).period == "2016", "neither July nor 2017 had ended"


def test_what_became_known_later_does_not_count(chosen):
    rows = [*of_each(FOUR, "2017", published="2018-06-30"), *of_each(FOUR, "2016", published="2017-06-30")]
    assert chosen(rows, as_of="2018-01-01").period == "2016"


def test_the_as_of_day_must_have_figures_of_a_period_that_had_ended(chosen):
    with pytest.raises(KetenError, match=r"^Op 2012-01-01 waren .* kies een latere datum \(as_of\)\.$"):
        chosen(of_each(FOUR, "2017"), as_of="2012-01-01")


def test_a_share_needs_both_of_its_figures(chosen):
    part, whole = "asylum_first_instance_positive", "asylum_first_instance_decisions"
    goals = TWO_EACH | {"4_toezicht": [f'chain.share_in_period("{part}", "{whole}")']}
    rows = [*of_each(THREE, "2017", "2016"), *of_each([part], "2017", "2016")]
    assert chosen([*rows, *of_each([whole], "2016", value="200")], goals).period == "2016"


def test_a_key_figure_of_a_category_needs_a_figure_of_that_category(chosen):
    goals = TWO_EACH | {"4_toezicht": ['chain.compare("departure_dtv", "departure_kind", ["gedwongen"])']}
    by_kind = {"dimension": "departure_kind"}
    rows = [
        *of_each(THREE, "2017", "2016"),
        of("departure_dtv", "2017", category="zelfstandig", **by_kind),
        of("departure_dtv", "2016", category="gedwongen", **by_kind),
    ]
    assert chosen(rows, goals).period == "2016"


@pytest.mark.parametrize(
    ("rows", "period", "words"),
    [
        ([*of_each(THREE, "2015"), *of_each(FOUR[:2], "2017")], "2015", "meeste doelen heeft (3), met in totaal 3 van"),
        (
            [*of_each(THREE, "2016", "2015"), of("coa_occupancy", "2015-12-31")],
            "2015",
            "meeste doelen heeft (3), met in totaal 4 van",
        ),
        (of_each(THREE, "2016", "2015"), "2016", "meeste doelen heeft (3), met in totaal 3 van"),
    ],
    ids=["most goals", "then most key figures", "then the newest"],
)
def test_when_no_period_has_enough_it_is_the_best_there_is_and_says_so(chosen, rows, period, words):
    found = chosen(rows)
    assert found.period == period and not found.enough
    assert found.sentence.startswith("Geen enkele periode heeft") and words in found.sentence


def test_without_key_figures_it_is_the_newest_period_with_a_figure(chosen):
    found = chosen(of_each(FOUR, "2015", "2016"), {"kamervraag": FOUR})
    assert found.period == "2016" and found.sentence.startswith("De nieuwste periode met cijfers is 2016;")


def test_a_workbook_without_a_period_is_about_it_and_its_report_says_why(chosen, tmp_path):
    found = chosen([*of_each(FOUR, "2017-Q1"), *monthly(1, ["4", "5"])])
    chain = Workbook(data=tmp_path / "data")
    assert str(chain.period) == found.period == "2017-Q1" and found.sentence in summary.opening(chain).html
    asked = Workbook("2017-Q1", data=tmp_path / "data")
    assert asked.choice is None and found.sentence not in summary.opening(asked).html


# -- what notebooks declare --


@pytest.mark.parametrize("path", sorted((REPOSITORY / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_key_figure_of_our_notebooks_is_known_without_running_them(path):
    """Each item of the list that `summary.key_figures` is given; one that is not read would not count."""
    code = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    calls = [node for cell in code for node in ast.walk(ast.parse("".join(cell["source"]))) if is_opening(node)]
    lists = [
        node.value.elts
        for cell in code
        for node in ast.walk(ast.parse("".join(cell["source"])))
        if isinstance(node, ast.Assign) and node.targets[0].id == calls[0].args[0].id
    ]
    found = declared(path).key_figures
    assert len(calls) == 1 and len(found) == len(lists[0]) > 0
    known = Workbook("2017").catalogue.measures.index
    assert all(name in known for one in found for name in one.measures)


def is_opening(node) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "key_figures"


def test_the_goals_are_the_notebooks_one_to_five():
    assert [stem[0] for stem in of_goals(REPOSITORY / "notebooks")] == list("12345")


def test_names_and_calls_are_read_as_they_are_written(tmp_path):
    calls = ['chain.compare("a", by="b", only=["c"])', 'chain.share_in_period("d", "e")', "chain.top(f)"]
    path = goal_notebooks.write(tmp_path, {"1_x": calls}) / "1_x.ipynb"
    replace_once(path, "key_figures(headlines, chain)", "key_figures(headlines, chain, names)")
    replace_once(path, '"headlines = [', '"names = [\\"Ene\\"]\\n",\n    "headlines = [')
    assert declared(path).key_figures == (KeyFigure("a", "b", "c", name="Ene"), KeyFigure("d", whole="e"))


@pytest.mark.parametrize("text", ["", "[]", '{"cells": [{"cell_type": "code", "source": "x ="}]}'])
def test_a_notebook_that_cannot_be_read_declares_nothing(tmp_path, text):
    (tmp_path / "1_x.ipynb").write_text(text, encoding="utf-8")
    assert declared(tmp_path / "1_x.ipynb").key_figures == () and of_goals(tmp_path) == {}
