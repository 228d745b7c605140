"""Rows by number: the same order, groups and cells as pandas gives for their text."""

import numpy as np
import pandas as pd
import pytest

from keten.model import row_numbers
from keten.observations.dataset import load
from keten.paths import REPOSITORY_DATA

COLUMNS = ["measure", "dimension", "category", "period"]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """The project's own figures, shuffled."""
    return load(REPOSITORY_DATA).observations.sample(frac=1, random_state=1)


@pytest.mark.parametrize("largest", [row_numbers.LARGEST, 1_000_000])
def test_numbers_sort_and_group_as_the_cells_do(table, monkeypatch, largest):
    monkeypatch.setattr(row_numbers, "LARGEST", largest)  # a small one makes numbers that would not fit
    numbers = row_numbers.numbered(table, COLUMNS)
    by_number = table.iloc[np.argsort(numbers, kind="stable")]
    pd.testing.assert_frame_equal(by_number, table.sort_values(COLUMNS, kind="stable"))
    ordered = np.sort(numbers)
    assert row_numbers.first_of(ordered).sum() == len(table.drop_duplicates(COLUMNS)) < len(table)
    assert (~row_numbers.first_of(ordered) == by_number.duplicated(COLUMNS).to_numpy()).all()


def test_cells_are_those_of_pandas(table):
    columns = [*COLUMNS, "value", "start", "known", "assumed", "live"]
    found, expected = {name: row_numbers.as_list(table[name]) for name in columns}, table[columns].to_dict("list")
    assert [list(map(type, found[name])) for name in columns] == [list(map(type, expected[name])) for name in columns]
    assert pd.DataFrame(found).equals(pd.DataFrame(expected))


def test_nothing_has_no_numbers(table):
    empty = table.iloc[:0]
    assert row_numbers.numbered(empty, COLUMNS).size == row_numbers.first_of(np.array([], dtype=int)).size == 0
    assert row_numbers.as_list(empty[COLUMNS[0]]) == []
