"""Interrupted time series: exact series, intervals by hand, placebo dates, a control series, and what is refused."""

import csv
import doctest
import math

import numpy as np
import pandas as pd
import pytest
from helpers_data import figure, published, rows_of, small_data
from scipy.stats import t as student

from keten import KetenError, Workbook
from keten.sections import policy_effect
from keten.statistics.timeseries import interrupted
from keten.statistics.timeseries.interrupted import effect, lag_of
from keten.workbook.one_publisher import longest, total

FIRST = "asylum_first_applications"
DAY, STEP = "2015-11-03", 22  # and how many months from January 2014 lie before it
ABOUT = {
    "measure": FIRST, "label": "Eerste asielaanvragen", "dimension": "nationality", "category": "Albanië",
    "unit": "applications", "status": "exact", "organisation": "UNHCR",
}  # fmt: skip


def series(values, start="2014-01", **cells):
    """A monthly table as the workbook gives it."""
    months = pd.period_range(start, periods=len(values), freq="M")
    frame = pd.DataFrame({"period": months.astype(str), "value": np.asarray(values, dtype=float)})
    frame = frame.assign(start=months.start_time, end=months.end_time.normalize())
    return frame.assign(**({"kind": "month"} | ABOUT | cells))


def course(months, before, base, slope, level, change):
    """A straight line with a step and a bend."""
    time = np.arange(months)
    after = time >= before
    return base + slope * time + after * (level + change * (time - before))


def noise(months, seed=3):
    """Autocorrelated noise."""
    shocks = np.random.default_rng(seed).normal(size=months)
    found = [shocks[0]]
    for shock in shocks[1:]:
        found.append(0.6 * found[-1] + shock)
    return np.array(found)


def estimate(found, term, model="alone"):
    rows = found.estimates.set_index(["model", "term"])
    return rows.loc[(model, term)]


def newey_west(y, design):
    """Estimates and standard errors from the formulas of Newey and West, one lag at a time."""
    count, columns = design.shape
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ y
    scores = design * (y - design @ beta)[:, None]
    middle = scores.T @ scores
    lags = lag_of(count)
    for lag in range(1, lags + 1):
        cross = scores[lag:].T @ scores[:-lag]
        middle += (1 - lag / (lags + 1)) * (cross + cross.T)
    covariance = inverse @ middle @ inverse * count / (count - columns)
    return beta, np.sqrt(np.diag(covariance)), student.ppf(0.975, count - columns)


def design_of(count, before):
    """One, step, bend, time, and from three years on a yearly wave."""
    time = np.arange(count, dtype=float)
    after = (time >= before).astype(float)
    columns = [np.ones(count), after, after * (time - before), time]
    for number in range(1, min(count // 36, 2) + 1):
        columns += [np.sin(2 * np.pi * number * time / 12), np.cos(2 * np.pi * number * time / 12)]
    return np.array(columns).T


# -- the model ---------------------------------------------------------------------------------------------


def test_step_and_bend_of_a_line_are_found():
    """0, 2, 4, ... up to 42; then 30 higher, and 5 less each month. A zero keeps it from the logarithm."""
    found = effect(series(course(35, STEP, 0, 2, 30, -5)), DAY)
    assert not found.log and (found.before, found.after, found.first_after) == (22, 13, "2015-11")
    assert estimate(found, "level").value == pytest.approx(30)
    assert estimate(found, "slope").value == pytest.approx(-5)
    last = found.series.iloc[-1]
    assert last.expected == pytest.approx(2 * 34) and last.fitted == pytest.approx(last.value)


def test_on_the_logarithm_changes_are_percentages():
    """Two percent growth a month; then half of it, and five percent a month less growth."""
    found = effect(series(np.exp(course(35, STEP, 5, math.log(1.02), math.log(0.5), math.log(0.95)))), DAY)
    assert found.log
    assert estimate(found, "level").value == pytest.approx(-50)
    assert estimate(found, "slope").value == pytest.approx(-5)
    assert found.series.expected.iloc[-1] == pytest.approx(math.exp(5) * 1.02**34)


def test_a_season_is_no_effect_once_there_are_three_years():
    wave = 0.4 * np.sin(2 * np.pi * np.arange(48) / 12 + 1)
    found = effect(series(np.exp(course(48, STEP, 5, 0.01, 0.2, -0.03) + wave)), DAY)
    assert found.harmonics == 1
    assert estimate(found, "level").value == pytest.approx(100 * math.expm1(0.2))
    assert effect(series(np.exp(course(35, STEP, 5, 0.01, 0.2, -0.03))), DAY).harmonics == 0


def test_intervals_are_those_of_newey_and_west():
    y = course(50, STEP, 5, 0.01, 0.3, -0.02) + 0.2 * noise(50)
    found = effect(series(np.exp(y)), DAY)
    assert found.lag == 3 == math.floor(4 * (50 / 100) ** (2 / 9))
    beta, error, wide = newey_west(y, design_of(50, STEP))
    for term, column in (("level", 1), ("slope", 2)):
        row = estimate(found, term)
        assert row.value == pytest.approx(100 * math.expm1(beta[column]))
        assert row.low == pytest.approx(100 * math.expm1(beta[column] - wide * error[column]))
        assert row.high == pytest.approx(100 * math.expm1(beta[column] + wide * error[column]))
    before, after = found.series.iloc[:STEP], found.series.iloc[STEP:]
    assert before.expected.tolist() == pytest.approx(before.fitted.tolist())
    assert (after.expected_low < after.expected).all() and (after.expected < after.expected_high).all()


def test_a_change_that_the_control_series_shares_is_no_effect():
    """Both halve; the control series has the peaks of both."""
    shared = course(40, STEP, 8, 0.02, math.log(0.5), 0) + noise(40)
    control = series(np.exp(shared), category="")
    none = effect(series(np.exp(shared - 3)), DAY, control)
    assert estimate(none, "level", "control").value == pytest.approx(0, abs=1e-6)
    halved = effect(series(np.exp(shared - 3 + course(40, STEP, 0, 0, math.log(0.5), 0))), DAY, control)
    assert estimate(halved, "level", "control").value == pytest.approx(-50)
    assert halved.series.expected.to_numpy() == pytest.approx(np.exp(shared - 3))
    assert set(halved.estimates.model) == {"alone", "control"}


def test_placebo_dates_use_only_what_came_before():
    """22 months before leave seven dates with eight on either side; a step of a thousand is larger than all."""
    quiet = 100 + noise(40)
    step = series(quiet + 1000 * (np.arange(40) >= STEP))
    row = estimate(effect(step, DAY), "level")
    assert (row.placebos, row.as_large) == (22 - 8 - 8 + 1, 0)
    y = np.log(quiet)
    real = abs(newey_west(y, design_of(40, STEP))[0][1])
    by_hand = [abs(newey_west(y[:STEP], design_of(STEP, date))[0][1]) >= real for date in range(8, 15)]
    assert estimate(effect(series(quiet), DAY), "level").as_large == sum(by_hand)


@pytest.mark.parametrize(
    ("day", "first"),
    [("2015-11-01", "2015-11"), ("2015-11-03", "2015-11"), ("2015-11-16", "2015-11"), ("2015-11-17", "2015-12"),
     ("2015-10-31", "2015-11"), ("2015-12-31", "2016-01")],
)  # fmt: skip
def test_the_month_of_the_measure_counts_as_after_when_most_of_it_is(day, first):
    assert effect(series(100 + noise(40)), day).first_after == first


GAP = series([*noise(15) + 50, math.nan, *noise(24) + 50])


@pytest.mark.parametrize(
    ("frame", "day", "control", "reason"),
    [
        (series(noise(40) + 50), "2014-08-01", None, r"te weinig maanden voor de maatregel \(7; ten minste 8"),
        (series(noise(40) + 50), "2016-10-01", None, r"te weinig maanden na de maatregel \(7; ten minste 8"),
        (series(noise(40) + 50), "2017-07-20", None, r"na de maatregel \(0;"),
        (series(noise(40) + 50), "2013-01-01", None, r"voor de maatregel \(0;"),
        (GAP, DAY, None, r"voor de maatregel \(6;"),
        (series(noise(40) + 50).assign(organisation=["CBS"] * 20 + ["IND"] * 20), DAY, None, r"voor de maatregel \(2;"),
        (series([5.0] * 40), DAY, None, "verandert niet"),
        (series(noise(40) + 50), DAY, series([0.0] * 40), "groter dan nul"),
        (series(noise(40) + 50), DAY, series(noise(40) + 50, start="2020-01"), "geen enkele periode"),
        (series(noise(40) + 50), DAY, GAP, r"voor de maatregel \(6;"),
        (series(noise(40) + 50), "2015-11", None, "geen dag"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_refused(frame, day, control, reason):
    with pytest.raises(KetenError, match=reason):
        effect(frame, day, control)


def test_the_examples_in_the_documentation():
    failed, attempted = doctest.testmod(interrupted)
    assert failed == 0 < attempted


# -- in the report -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chain():
    return published("2017-06")


@pytest.fixture(scope="module")
def listing(chain):
    return policy_effect.of(chain, FIRST, "Albanië", DAY)


CONTROL = ["Afghanistan", "Eritrea", "Irak", "Iran", "Nigeria", "Soedan", "Somalië", "Syrië"]


def test_albania_worked_out_from_the_published_rows(listing, repository):
    """From the CSV, with the formulas above: the figures of UNHCR, alone and against eight nationalities."""
    with (repository / "data" / "published" / "figures.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if (row["measure"], row["dimension"], row["organisation"]) == (FIRST, "nationality", "UNHCR")
            and len(row["period"]) == 7
            and "2014-01" <= row["period"] <= "2017-05"
        ]
    values = {(row["category"], row["period"]): float(row["value"]) for row in rows if row["value"]}
    months = sorted({row["period"] for row in rows})
    albania = np.log([values["Albanië", month] for month in months])
    others = np.log([sum(values[name, month] for name in CONTROL) for month in months])
    assert len(months) == 41 and listing.compared == CONTROL
    for model, y in (("alone", albania), ("control", albania - others)):
        beta, error, wide = newey_west(y, design_of(41, STEP))
        for term, column in (("level", 1), ("slope", 2)):
            row = estimate(listing.found, term, model)
            bounds = beta[column] + wide * error[column] * np.array([0, -1, 1])
            assert [row.value, row.low, row.high] == pytest.approx(100 * np.expm1(bounds), rel=1e-6)


def test_the_control_series_was_not_touched_by_the_measure(chain, listing):
    assert not set(listing.compared) & set(chain.safe_countries().name)
    sums = total([longest(chain, FIRST, "nationality", name, publisher="UNHCR") for name in CONTROL])
    assert listing.found.series.control.tolist() == sums.value.tolist()


def test_what_cannot_be_told_of_albania_is_one_sentence(chain, listing):
    """The jump has an interval from -18% to +2,136%; the slope one from -25% to -3% a month, 0.03 to 0.69 in a year."""
    shown = policy_effect.chart(listing, "Titel", chain)
    assert shown.html == (
        "<p>Of het aantal eerste asielaanvragen (Albanië) na de maatregel van 3 november 2015 (‘Eerste nationale lijst "
        "veilige landen van herkomst (westelijke Balkan)’) anders verliep, is met deze cijfers niet vast te stellen: "
        "het verschil direct erna kan ook toeval zijn en de verandering van het verloop is te onzeker.</p>"
    )
    assert not shown.figures and not shown.tables and not shown.spec and not shown.notices
    assert policy_effect.table(listing, "Titel", chain) is None


@pytest.mark.parametrize(
    ("period", "day", "answer"),
    [
        ("2015-10", DAY, ""),  # before the measure
        ("2015-11", DAY, "te weinig maanden na de maatregel (1; ten minste 8 zijn nodig)"),
        ("2017-10", DAY, "verschil direct erna kan ook toeval zijn"),
        ("2017-11", DAY, ""),  # ends on the 30th, 24 months after the 3rd were over
        ("2017-H1", "2017-07-20", ""),
        ("2017-07", "2017-07-20", "te weinig maanden na de maatregel (0; "),
        ("2019-06", "2017-07-20", "te weinig maanden na de maatregel (0; "),
        ("2019-07", "2017-07-20", ""),
    ],
)  # fmt: skip
def test_a_report_speaks_of_measures_of_its_own_time(period, day, answer):
    chain = published(period)
    shown = policy_effect.chart(policy_effect.of(chain, FIRST, "Albanië", day), "Titel", chain)
    assert (answer in shown.html) if answer else shown is None


def test_an_analyst_may_ask_about_any_measure():
    chain = published("2020-12")
    assert policy_effect.of(chain, FIRST, "Albanië", DAY).found is None
    asked = policy_effect.of(chain, FIRST, "Albanië", DAY, window=None)
    assert len(asked.estimates) == 4 and "kan ook toeval zijn" in policy_effect.chart(asked, "Titel", chain).html
    assert "niet vast te stellen" in policy_effect.chart(asked, "Titel", chain).html


def test_decisions_are_asked_when_applications_end_too_soon():
    """Applications end in May 2017; decisions per quarter go on. What comes of either does not count."""
    chain, campaign = published("2019-06"), "2017-07-20"
    months = policy_effect.of(chain, FIRST, "Albanië", campaign)
    quarters = policy_effect.of(chain, "asylum_first_instance_decisions", "Albanië", campaign, "quarter")
    assert months.found is None and policy_effect.first([months, quarters]) is quarters and not quarters.tells
    assert policy_effect.first([months, months]) is months
    assert (quarters.found.before, quarters.found.after, quarters.found.first_after) == (10, 8, "2017-Q3")


def test_nobody_has_a_figure_of_this_nationality(chain):
    nobody = policy_effect.of(chain, FIRST, "Brazilië", DAY)
    assert nobody.found is None and "geen reeks" in policy_effect.chart(nobody, "Titel", chain).html


# -- an effect that can be told, on invented figures -------------------------------------------------------


SEASONS = [1.0, 1.1, 0.9, 1.0, 1.05, 0.95, 1.0, 1.1, 0.9, 1.0, 0.95, 1.05]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Albania halves on the day of the measure, Syria and Irak go on. 46 months before, 14 after."""
    halved = 0.5 ** (np.arange(60) >= 46)
    rows = []
    for category, level, change, seed in (("Albanië", 900, halved, 1), ("Syrië", 700, 1, 2), ("Irak", 500, 1, 3)):
        values = level * np.resize(SEASONS, 60) * np.exp(0.05 * noise(60, seed)) * change
        months = pd.period_range("2012-01", periods=60, freq="M").astype(str)
        about = {"measure": FIRST, "dimension": "nationality", "category": category, "unit": "applications"}
        rows += [
            figure(**about, organisation="CBS", period=month, value=str(round(value)))
            for month, value in zip(months, values, strict=True)
        ]
    chain = Workbook("2016-12", data=small_data(tmp_path_factory.mktemp("told"), rows))
    return chain, policy_effect.of(chain, FIRST, "Albanië", DAY)


def test_the_chart_says_what_it_is_and_names_rivals(told):
    chain, answer = told
    assert answer.tells and answer.compared == ["Irak", "Syrië"]
    shown = policy_effect.chart(answer, "Titel", chain)
    assert "Samenhang, geen bewijs" in shown.html and "kunnen het verschil ook verklaren" in shown.html
    assert "Sporenbeleid ingevoerd" in shown.html and "EU-Turkije" not in shown.html
    assert "bewijst niet dat de maatregel dat deed" in shown.html and "begint in november 2015" in shown.html
    head, *rows = rows_of(shown.html)
    assert head[:3] == ["Periode", "Gepubliceerd", "Model"] and len(rows) == 60
    expected = [row for row in shown.figures if "statistic=expected;" in row["dimensions"]]
    assert len(expected) == 60 and expected[-1]["value"] == round(answer.found.series.expected.iloc[-1])


def test_the_table_says_only_what_can_be_told_and_why_not_the_rest(told):
    chain, answer = told
    shown = policy_effect.table(answer, "Titel", chain)
    _, *rows = rows_of(shown.html)
    kept = answer.estimates[answer.estimates.failed == ""]
    assert len(rows) == len(kept) < 4 and set(kept.term) == {"level"}
    for row, one in zip(rows, kept.itertuples(), strict=True):
        assert row[0].startswith("Sprong direct na de maatregel") and -60 < one.value < -40
        assert row[1:4] == [f"{number:+.0f}%" for number in (one.value, one.low, one.high)], "no decimals"
        assert row[4] == f"{one.as_large} van de {one.placebos} even groot of groter"
    assert [row["value"] for row in shown.figures] == kept[["value", "low", "high"]].to_numpy().ravel().tolist()
    assert {row["period"] for row in shown.figures} == {"2012-01-01/2016-12-31"}
    for words in (
        "Samenhang, geen bewijs",
        "Niet vast te stellen: verandering van de helling, zonder vergelijkingsgroep (",
        f"Het model volgt {100 * answer.found.estimates.fit.iloc[-1]:.0f}% van de verschillen van maand tot maand (R²)",
        "ten minste 19 placebodata, waarvan met de maatregel zelf erbij hoogstens een op de 20 zo groot is",
        "grenzen ten hoogste een factor 3 uiteenliggen (een helling: over een jaar)",
        "tot 24 maanden na de maatregel (Bernal e.a., 2017; Abadie e.a., 2015)",
    ):
        assert words in shown.html


def test_a_control_series_is_whole(told, tmp_path, monkeypatch):
    """One that is longest on another stretch of time does not serve."""
    chain, _ = told
    real = policy_effect.longest

    def cut(*asked, **named):
        found = real(*asked, **named)
        return found[found.period < "2016-06"] if asked[3] == "Irak" else found

    monkeypatch.setattr(policy_effect, "longest", cut)
    assert policy_effect.of(chain, FIRST, "Albanië", DAY).compared == ["Syrië"]


def test_only_the_series_that_is_shown_counts_as_used():
    chain = Workbook("2017-06")
    answer = policy_effect.of(chain, FIRST, "Albanië", DAY)
    policy_effect.chart(answer, "Albanië", chain)
    assert answer.found and chain.used_figures().empty and chain.used_measures() == [FIRST]


def test_what_is_drawn_counts_as_used(told):
    chain, answer = told
    policy_effect.chart(answer, "Albanië", chain)
    assert list(chain.used_figures().period) == list(answer.found.series.period)
