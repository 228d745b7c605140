"""The examples in the docstrings do what they say, on the figures of this repository."""

import doctest
import importlib
import inspect
from pathlib import Path

import pandas as pd
import pytest
from helpers_data import published

import keten
from keten import Workbook
from keten.model.periods import Period

LIBRARY = Path(keten.__file__).parent
MODULES = [
    ".".join(path.relative_to(LIBRARY.parent).with_suffix("").parts)
    for path in sorted(LIBRARY.rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]
# What analysts ask most; each shows how.
ASKED = {
    "workbook": "series value compare top share share_in_period categories policy_measures find describe",
    "charts": "trend columns ranking contributions",
    "tables": "comparison series single rolling plain",
    "prose": "number count date_text when listing change comparison_sentence",
    "periods": "parse label previous years_earlier trailing",
}


@pytest.fixture(scope="module")
def names():
    """What the examples may use without importing it, as in a notebook after its first cells."""
    rooms = {name: getattr(keten, name) for name in ("charts", "focus", "prose", "rankings", "tables", "vega")}
    return {"chain": published("2017-06"), "Workbook": Workbook, "Period": Period, "pd": pd, **rooms}


@pytest.mark.parametrize("name", MODULES)
def test_examples(name, names):
    module = importlib.import_module(name)
    outcome = doctest.testmod(module, extraglobs=names, optionflags=doctest.ELLIPSIS | doctest.REPORT_NDIFF)
    assert outcome.attempted > 0 and outcome.failed == 0


@pytest.mark.parametrize("name", ASKED)
def test_what_analysts_ask_most_has_an_example(name):
    owner = {"workbook": Workbook, "periods": Period}.get(name) or getattr(keten, name)
    without = [
        one for one in ASKED[name].split() if ">>>" not in (inspect.getdoc(inspect.getattr_static(owner, one)) or "")
    ]
    assert without == []
