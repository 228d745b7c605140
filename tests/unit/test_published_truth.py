"""Changes, shares, sums and ranks that publications state, or that were worked out by hand from their figures.

What the reports say must be these numbers: of the period asked for, and of one publisher. The table is
`data_samples/published/statements.csv`; its arithmetic and its sources are checked here as well, without the library.
"""

import csv
import re
from collections import Counter
from decimal import Decimal
from itertools import product

import pandas as pd
import pytest
from helpers_data import published, tree, whole
from helpers_truth import Statement, said, statements, worked_out
from places import REPOSITORY_DATA

from keten.model.periods import Period
from keten.presentation import tables
from keten.sections import summary

STATEMENTS = statements()
KINDS_OF_PERIOD = {"month", "quarter", "half_year", "year"}
GOALS = {"1", "2", "3", "4", "5", "6", "7"}
OPERAND = re.compile(r"(?<![\d.])(?!100\*|1\)$)\d[\d.]*")  # a number but the 100 and the 1 of a percentage
REPRINTED = Decimal(1)  # how far a printed percentage may lie from that of the rounded figures printed beside it


def named(statement: Statement) -> str:
    """The name of a case."""
    about = [statement.measure, statement.category, statement.edition, statement.reference or statement.denominator]
    return "-".join([statement.id, *filter(None, about)])


@pytest.mark.parametrize("statement", STATEMENTS, ids=named)
def test_the_workbook_says_what_is_true(statement):
    found = said(statement)
    assert found.value == pytest.approx(float(statement.value), abs=float(statement.tolerance) + 1e-9), statement.worked
    period = Period.parse(statement.period)
    assert period.contains(Period.parse(found.period)), "a figure of another period"
    assert found.publishers and found.publishers <= set(statement.publisher.split(";"))


def test_the_table_is_wide_enough():
    assert len(STATEMENTS) >= 150 and len({one.id for one in STATEMENTS}) == len(STATEMENTS)
    editions = {one.edition for one in STATEMENTS}
    assert len(editions) >= 12 and {Period.parse(one).kind for one in editions} == KINDS_OF_PERIOD
    kinds = Counter(one.kind.split("_")[0] for one in STATEMENTS)
    assert set(kinds) == {"change", "share", "sum", "rank"} and min(kinds.values()) >= 10
    goals = published("2017").catalogue.measures.goal
    assert {goals[one.measure][0] for one in STATEMENTS} == GOALS


def test_the_arithmetic_is_right():
    for one in (one for one in STATEMENTS if one.kind != "rank"):
        half = Decimal(1).scaleb(-1 if "." in one.value else 0) / 2
        assert abs(worked_out(one.worked) - Decimal(one.value)) <= half, one.id


def test_a_rank_follows_from_the_figures_above_it():
    for one in (one for one in STATEMENTS if one.kind == "rank"):
        values = [Decimal(text) for text in one.worked.split(" > ")]
        assert len(values) == int(one.value) and values == sorted(set(values), reverse=True), one.id


def test_what_a_publication_prints_agrees_with_its_figures():
    printed = [one for one in STATEMENTS if one.published]
    assert len(printed) >= 20
    far = [one.id for one in printed if abs(Decimal(one.published) - Decimal(one.value)) > REPRINTED]
    assert far == []


def test_every_number_is_a_row_of_its_source():
    """Each operand stands in the data folder, in one of the sources that the statement names."""
    rows, known = set(), set()
    for name in ("figures", "survey", "lvv"):
        with (REPOSITORY_DATA / "published" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                known.add(row["source"])
                if row["value"]:
                    rows.add((row["source"], row["organisation"], row["measure"], Decimal(row["value"])))
    for one in STATEMENTS:
        sources, publishers = one.sources.split(";"), one.publisher.split(";")
        assert set(sources) <= known, one.id
        measures = {one.measure, one.denominator.partition("|")[0]}
        places = list(product(sources, publishers, measures))
        for number in OPERAND.findall(one.worked):
            assert any((*place, Decimal(number)) in rows for place in places), (
                f"{one.id}: {number} is in none of {sources}"
            )


def test_a_part_of_a_year_never_stands_for_the_year():
    """62% of January to September 2020 is no figure over 2020; the last whole year is 2019, with 75%."""
    row = published("2020").compare("detention_departure_share").iloc[-1]
    assert (row.period, row.value) == ("2019", 75)


PRINTED = [  # edition, measure, dimension, category; in the table: now, before, change; in the sentence: the change
    ("2020", "asylum_inflow_total", "", "", "19.180", "", ""),
    ("2021", "asylum_inflow_total", "", "", "36.675", "19.180", "+91%"),
    ("2017", "asylum_inflow_total", "", "", "31.327", "58.880", "-47%"),
    ("2021", "asylum_first_applications", "", "", "24.740", "13.720", "+80%"),
    ("2017", "asylum_first_applications", "", "", "14.716", "18.171", "-19%"),
    ("2017-H1", "asylum_first_applications", "", "", "7.825", "8.660", "-10%"),
    ("2017-06", "asylum_first_applications", "", "", "1.335", "1.110", "+20%"),
    ("2017-Q2", "asylum_first_applications", "", "", "3.795", "3.080", "+23%"),
    ("2016-H2", "asylum_first_applications", "", "", "10.705", "34.345", "-69%"),
    ("2021-H2", "asylum_first_applications", "", "", "18.690", "8.000", "+134%"),
    ("2021", "asylum_family_reunification", "", "", "10.120", "3.865", "+162%"),
    ("2017-H1", "asylum_family_reunification", "", "", "9.395", "3.215", "+192%"),
    ("2017", "coa_occupancy", "", "", "21.037", "27.028", "-22%"),
    ("2017-11", "asylum_inflow_total", "", "", "2.305", "4.004", "-42%"),
    ("2020", "border_refusals", "", "", "1.980", "2.900", "-32%"),
    ("2021", "border_refusals", "", "", "3.745", "1.980", "+89%"),
    ("2021", "illegally_present_found", "", "", "5.010", "3.640", "+38%"),
    ("2016", "detention_inflow", "", "", "2.560", "2.180", "+17%"),
    ("2020", "departure_dtv", "departure_kind", "totaal", "11.160", "16.880", "-34%"),
    ("2021", "departure_dtv", "departure_kind", "totaal", "9.330", "11.160", "-16%"),
    ("2017", "departure_dtv", "departure_kind", "gedwongen", "2.700", "2.220", "+22%"),
    ("2016", "ordered_to_leave", "", "", "32.950", "23.765", "+39%"),
    ("2021", "first_residence_permits", "", "", "105.879", "73.511", "+44%"),
    ("2021", "naturalisation_requests", "", "", "59.680", "43.660", "+37%"),
    ("2020", "regular_applications", "purpose", "studie", "12.310", "20.430", "-40%"),
    ("2019", "schengen_visas_issued", "", "", "628.941", "581.540", "+8%"),
]


def prints(number: str, text: str) -> bool:
    """Whether a number stands in a text as a whole, not as a part of a longer one."""
    return bool(re.search(rf"(?<![\d.,]){re.escape(number)}(?![.,]?\d)", text))


def text_of_table(frame: pd.DataFrame, chain) -> str:
    """The texts of all cells below the head."""
    _, *rows = whole(tables.comparison(frame, "Tabel", chain))
    return " | ".join(cell for row in rows for cell in row)


@pytest.mark.parametrize(("edition", "measure", "by", "category", "now", "before", "change"), PRINTED)
def test_the_page_prints_it(edition, measure, by, category, now, before, change):
    chain = published(edition)
    frame = chain.compare(measure, by, [category])
    table = text_of_table(frame, chain)
    sentence = "".join(tree(summary.sentence(frame, chain, "Naam")).itertext())
    for number in filter(None, (now, before)):
        assert prints(number, table) and prints(number, sentence), number
    assert change in table and prints(change.lstrip("+-"), sentence)


@pytest.mark.parametrize(
    ("edition", "measure", "category", "share"),
    [
        ("2021", "asylum_first_applications", "Syrië", "33,9%"),
        ("2016", "border_refusals", "Albanië", "7,4%"),
        ("2016", "asylum_family_reunification", "Syrië", "71,1%"),
        ("2021", "asylum_inflow_total", "Afghanistan", "9,3%"),
    ],
)
def test_the_table_prints_the_share(edition, measure, category, share):
    chain = published(edition)
    frame = chain.compare(measure, "nationality", [category])
    shown = tables.comparison(frame, "Tabel", chain, chain.share_of_total(frame))
    assert prints(share, whole(shown)[-1][-1])
