"""Which parameters an edition was made with stands in the name of its folder, whatever the values are."""

import re

import pytest

from keten.reports.periods import is_plain, period_of
from keten.reports.publish.variant import alike, variant_of

HOSTILE = ["../../x", "a/b", "", " ", "..", "CON", "\x00", "é" * 300, "x" * 300, "‮", "a_b", "2017-06", "\n", "%s{}"]


def test_a_plain_edition_has_no_words():
    assert variant_of({}) == variant_of({"period": "2017-06"})
    assert (variant_of({}).name, variant_of({}).words) == ("", "")


@pytest.mark.parametrize(
    ("values", "name", "words"),
    [
        ({"nationality": "Syrië"}, "_nationaliteit-syrie", "nationaliteit Syrië"),
        ({"compare_years": 0}, "_jaren-0", "eerdere jaren ernaast: 0"),
        ({"reference_date": "2020-10-31"}, "_peildatum-2020-10-31", "peildatum 31 oktober 2020"),
        (
            {"as_of": "2017-04-30", "nationality": "Irak"},
            "_nationaliteit-irak_stand-2017-04-30",
            "nationaliteit Irak; stand van 30 april 2017",
        ),
    ],
)
def test_names_and_words(values, name, words):
    found = variant_of(values)
    assert (found.name, found.words) == (name, words)
    edition = f"2017-H1{name}"
    assert str(period_of(edition)) == "2017-H1" and not is_plain(edition) and is_plain("2017-H1")


@pytest.mark.parametrize("name", ["code", "nationality", "as_of", "../..", "a b"])
def test_no_value_leaves_the_folder_or_shares_it_with_another(name):
    names = [variant_of({name: value}).name for value in HOSTILE]
    assert all(re.fullmatch(r"(_[a-z0-9]*-[a-z0-9-]+)", one) and len(one) < 130 for one in names), names
    words = [variant_of({name: value}).words for value in HOSTILE]
    assert all(text.isprintable() for text in words)
    if name == "code":
        assert len(set(names)) == len(names)


def test_many_parameters_make_a_name_that_a_disk_can_hold():
    many = {f"eigen_parameter_{number}": "x" * 30 for number in range(20)}
    first, second = variant_of(many).name, variant_of({**many, "eigen_parameter_9": "y"}).name
    assert len(first.encode()) <= 160 and first != second


def test_records_are_told_apart_by_what_is_in_them():
    for mark in ("1a2b3c4d", "ffffffff"):
        found = variant_of(
            {"respondents": "/ergens/Enquête 2017.csv"},
            {"respondents/Enquête 2017.csv": mark, "respondents/x.csv": "0"},
        )
        assert found.name == f"_respondenten-enquete-2017-{mark[:6]}"
        assert found.words == "respondenten uit Enquête 2017.csv"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({}, {"compare_years": 2, "as_of": ""}, True),
        ({"period": "2017-05"}, {"period": "2017-06"}, True),
        ({"compare_years": 3}, {}, False),
        ({"participants": "/a/b.csv"}, {"participants": "b.csv"}, True),
        ({"code": "1"}, {"code": "2"}, False),
    ],
)
def test_alike(one, other, same):
    assert alike(one, other) is alike(other, one) is same
