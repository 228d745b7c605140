"""Records of people in shelter: reading them, the statistics, and what a report may show of them."""

import itertools
import shutil
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from places import SAMPLES
from scipy.optimize import linprog
from sksurv.nonparametric import cumulative_incidence_competing_risks
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from keten.errors import KetenError
from keten.model.periods import Period
from keten.statistics.shelter.outcomes import at_times, cumulative_incidence, flow, with_shares
from keten.statistics.shelter.participants import read_participants
from keten.statistics.shelter.protected_outcomes import (
    publish_flow,
    publish_incidence,
    publish_outcomes,
    publish_totals,
)

MUNICIPALITIES = ["Amsterdam", "Eindhoven", "Groningen", "Rotterdam", "Utrecht"]
SAMPLE = SAMPLES / "participants_sample.csv"
REFERENCE = date(2020, 6, 30)


def stays(*rows: tuple) -> pd.DataFrame:
    """Records from (day of arrival, day of departure or None, outcome), days counted from 1 January 2020."""
    start = pd.Timestamp(2020, 1, 1)
    return pd.DataFrame(
        {
            "municipality": [row[3] if len(row) > 3 else "Utrecht" for row in rows],
            "date_in": [start + pd.Timedelta(days=row[0]) for row in rows],
            "date_out": pd.to_datetime(
                [start + pd.Timedelta(days=row[1]) if row[1] is not None else None for row in rows]
            ),
            "outcome": pd.Series([row[2] for row in rows], dtype="str"),
        }
    )


# --- reading --------------------------------------------------------------------------------------


def test_read_sample():
    records = read_participants(SAMPLE, MUNICIPALITIES)
    assert records["municipality"].tolist() == ["Utrecht"] * 2 + ["Groningen"] * 2 + ["Eindhoven"] * 2
    assert records["outcome"].fillna("-").tolist() == [
        "-",
        "Verblijfsvergunning",
        "Verblijfsvergunning",
        "Onbekend",
        "Terugkeer; land van herkomst",
        "-",
    ]
    assert records["date_in"][1] == pd.Timestamp(2020, 1, 6)
    assert records["date_out"].isna().tolist() == [True, False, False, False, False, True]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_dialects(tmp_path, encoding, separator):
    rows = ["OUTCOME|date_out|Municipality|Date in", "Traject beëindigd|2020-04-01|Utrecht|2020-03-01"]
    path = tmp_path / "deelnemers.csv"
    path.write_bytes("\r\n".join(rows).replace("|", separator).encode(encoding))
    records = read_participants(path, MUNICIPALITIES)
    assert records["outcome"].tolist() == ["Traject beëindigd"]
    assert records["date_out"].tolist() == [pd.Timestamp(2020, 4, 1)]


HEADER = "id;gemeente;instroom;uitstroom;uitkomst"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["bevat geen deelnemers"]),
        (HEADER, ["bevat geen deelnemers"]),
        (
            "gemeente;instroom;uitkomst\nUtrecht;2020-01-01;",
            ["regel 1", "datum_uit staat niet in de kopregel"],
        ),
        (f"{HEADER};datum_in\n1;Utrecht;2020-01-01;;;", ["regel 1", "kolommen 3 en 6"]),
        (f"{HEADER}\n\n1;Utrecht;2020-13-01;;", ["regel 3", "datum in", "'2020-13-01'", "31-03-2020"]),
        (f"{HEADER}\n1;Utrecht;;;", ["regel 2", "datum in", "ontbreekt"]),
        (f"{HEADER}\n1;Utrecht;0202-01-01;;", ["regel 2", "voor het jaar 2000"]),
        (
            f"{HEADER}\n1;Utrecht;2020-03-01;2020-02-01;Weg",
            ["regel 2", "datum uit", "2020-02-01", "2020-03-01"],
        ),
        (f"{HEADER}\n1;Utrecht;2020-03-01;;Weg", ["regel 2", "datum uit", "'Weg'", "geen datum"]),
        (f"{HEADER}\n1;Utrect;2020-03-01;;", ["regel 2", "gemeente", "'Utrect'", "bedoelt u Utrecht?"]),
        (f"{HEADER}\n1;Xyz;2020-03-01;;", ["'Xyz'", "kies uit Amsterdam, Eindhoven"]),
        (f"{HEADER}\n1;Utrecht;2020-03-01;", ["regel 2", "4 velden", "5"]),
        (f"{HEADER}\n1;Utrecht;2020-03-01;;\n1;Utrecht;01-03-2020;;", ["regel 3", "regel 2", "zelfde id"]),
        (f'{HEADER}\n1;"Utr"echt;2020-03-01;;', ["regel 2", "aanhalingstekens"]),
    ],
)
def test_faults_name_file_line_and_remedy(tmp_path, text, words):
    path = tmp_path / "deelnemers.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KetenError) as error:
        read_participants(path, MUNICIPALITIES)
    for word in ["deelnemers.csv", *words]:
        assert word in error.value.on_terminal


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("1;Q7x;2020-03-01;;", "kolom gemeente"),
        ("1;Utrecht;Q7x;;", "kolom datum in"),
        ("1;Utrecht;2020-03-01;Q7x;", "kolom datum uit"),
        ("1;Utrecht;2020-03-01;;Q7x", "kolom datum uit"),
        ("1;Utrecht;2020-03-01;2020-02-29;", "kolom datum uit"),
        ("1;Utrecht;1957-03-01;;", "kolom datum in"),
    ],
)
def test_a_fault_tells_where_it_is_and_not_what_stands_there(tmp_path, line, place):
    path = tmp_path / "deelnemers.csv"
    path.write_text(f"{HEADER}\n{line}", encoding="utf-8")
    with pytest.raises(KetenError) as error:
        read_participants(path, MUNICIPALITIES)
    assert f"regel 2, {place}" in str(error.value)
    assert not any(content in str(error.value) for content in ("Q7x", "02-29", "1957"))
    assert any(content in error.value.on_terminal for content in ("Q7x", "02-29", "1957"))


def test_without_a_header_no_person_is_named(tmp_path):
    path = tmp_path / "deelnemers.csv"
    path.write_text("Q7x;2020-03-01;;\nQ7y;2020-03-01;;", encoding="utf-8")
    with pytest.raises(KetenError, match=r"regel 1: .* staat niet in de kopregel") as error:
        read_participants(path, MUNICIPALITIES)
    assert "Q7x" not in str(error.value) and "Q7x" in error.value.on_terminal


def test_no_file_and_no_text(tmp_path):
    with pytest.raises(KetenError, match="kan niet worden gelezen"):
        read_participants(tmp_path / "weg.csv", MUNICIPALITIES)
    path = tmp_path / "werkboek.csv"
    path.write_bytes(HEADER.encode("utf-16"))
    with pytest.raises(KetenError, match="bewaar het als CSV"):
        read_participants(path, MUNICIPALITIES)


# --- statistics -----------------------------------------------------------------------------------


def test_flow_and_occupancy():
    records = stays(
        (0, 40, "Weg"),  # 1 January to 10 February
        (5, None, None),
        (35, 35, "Weg"),  # arrives and leaves on 5 February
        (60, 500, "Weg"),  # left after the reference date: still in
        (300, None, None),  # arrived after the reference date: does not count
    )
    table = flow(records, date(2020, 3, 15))
    assert table.to_dict("list") == {
        "period": ["2020-01", "2020-02", "2020-03-01/2020-03-15"],
        "inflow": [2, 1, 1],
        "outflow": [0, 2, 0],
        "occupancy": [2, 1, 2],
    }
    assert flow(records, date(2019, 1, 1)).empty


def test_shares_have_both_denominators():
    table = with_shares(pd.DataFrame({"outcome": ["A", "B"], "people": [2, 1], "left": 3, "participants": 5}))
    assert table["share_of_left"].tolist() == [2 / 3, 1 / 3]
    assert table["share_of_all"].tolist() == [2 / 5, 1 / 5]
    hidden = pd.DataFrame({"people": pd.array([pd.NA, 0], dtype="Int64"), "left": [6, 0], "participants": [8, 3]})
    shares = with_shares(hidden)
    assert shares["share_of_left"].isna().all() and shares["share_of_all"].fillna(-1).tolist() == [-1, 0]


HAND_WORKED = stays(
    (0, 0, "A"),
    (0, 2, "A"),
    (0, 2, "B"),
    (0, 5, "B"),
    (0, 7, "A"),
    (7, None, None),  # in for 2 days on the reference date
    (4, None, None),  # 5 days
    (0, None, None),  # 9 days
)


def test_cumulative_incidence_by_hand():
    """Eight people; departures on day 0, ties of departures and of departure with censoring."""
    curve = cumulative_incidence(HAND_WORKED, date(2020, 1, 10))
    table = curve.pivot(index="days", columns="outcome", values="incidence")
    expected = {
        0: (Fraction(1, 8), Fraction(0)),
        2: (Fraction(1, 8) + Fraction(7, 8) * Fraction(1, 7), Fraction(7, 8) * Fraction(1, 7)),
        5: (Fraction(1, 4), Fraction(1, 8) + Fraction(5, 8) * Fraction(1, 4)),
        7: (Fraction(1, 4) + Fraction(15, 32) * Fraction(1, 2), Fraction(9, 32)),
        9: (Fraction(31, 64), Fraction(9, 32)),
    }
    assert table.index.tolist() == list(expected)
    np.testing.assert_allclose(table, np.array(list(expected.values()), dtype=float), rtol=1e-12)
    assert curve.loc[curve["outcome"] == "A", "at_risk"].tolist() == [8, 7, 4, 2, 1]
    # before any censoring the variance is that of a share: 1/4 x 3/4 / 8
    low, high = curve.loc[(curve["outcome"] == "A") & (curve["days"] == 2), ["low", "high"]].iloc[0]
    width = 1.959963984540054 * np.sqrt(3 / 128) / (0.25 * np.log(4))
    np.testing.assert_allclose([low, high], [0.25 ** np.exp(width), 0.25 ** np.exp(-width)], rtol=1e-12)


def test_at_times_reads_the_step_that_holds():
    curve = cumulative_incidence(HAND_WORKED, date(2020, 1, 10))
    table = at_times(curve, days=(2, 4, 9, 30))
    a = table[table["outcome"] == "A"]
    assert a["incidence"].tolist()[:3] == pytest.approx([1 / 4, 1 / 4, 31 / 64])
    assert a["at_risk"].tolist() == [7, 4, 1, 0]
    assert a["incidence"].isna().tolist() == [False, False, False, True]


@pytest.mark.parametrize("seed", range(5))
def test_cumulative_incidence_equals_other_implementations(seed):
    random = np.random.default_rng(seed)
    size = 150
    arrivals = random.integers(0, 180, size)
    lengths = random.integers(1, 120, size)
    arrivals[0], lengths[0] = (
        0,
        400,
    )  # the last one is censored: scikit-survival's variance needs someone left
    outcome = random.choice(["A", "B", "C"], size)
    records = stays(*zip(arrivals.tolist(), (arrivals + lengths).tolist(), outcome, strict=True))
    observed = np.minimum(lengths, 181 - arrivals)  # 30 June is day 181
    cause = np.where(lengths <= 181 - arrivals, np.searchsorted(["A", "B", "C"], outcome) + 1, 0)

    curve = cumulative_incidence(records, REFERENCE)
    curve = curve[curve["days"] > 0]
    ours = {name: curve.pivot(index="outcome", columns="days", values=name) for name in ("incidence", "low", "high")}

    times, theirs, bounds = cumulative_incidence_competing_risks(
        cause, observed, conf_type="log-log", var_type="Dinse_Approx"
    )
    assert ours["incidence"].columns.tolist() == times.tolist()
    np.testing.assert_allclose(ours["incidence"], theirs[1:], atol=1e-9)
    inside = ours["low"].notna().to_numpy()
    np.testing.assert_allclose(ours["low"].to_numpy()[inside], bounds[1:, 0][inside], atol=1e-9)
    np.testing.assert_allclose(ours["high"].to_numpy()[inside], bounds[1:, 1][inside], atol=1e-9)

    statsmodels = CumIncidenceRight(observed, cause)
    np.testing.assert_allclose(ours["incidence"], np.array(statsmodels.cinc), atol=1e-9)

    overall = SurvfuncRight(observed, cause > 0)
    left = ours["incidence"].sum().loc[overall.surv_times]
    np.testing.assert_allclose(left, 1 - overall.surv_prob, atol=1e-9)


def test_before_the_first_arrival_there_is_no_incidence():
    assert cumulative_incidence(stays((0, 3, "A")), date(2019, 1, 1)).empty


# --- what a report may show -----------------------------------------------------------------------


def crowd(seed: int, size: int) -> pd.DataFrame:
    """Made-up records with rare outcomes, a small municipality and a slow start."""
    random = np.random.default_rng(seed)
    arrivals = np.sort(random.triangular(0, 250, 400, size).astype(int))
    lengths = random.exponential(220, size).astype(int)
    outcome = random.choice(
        ["Verblijfsvergunning", "Terugkeer", "Onbekend", "Beëindigd", "Derde land", "Dublin"],
        size,
        p=[0.2, 0.2, 0.3, 0.25, 0.03, 0.02],
    )
    where = random.choice(MUNICIPALITIES, size, p=[0.4, 0.04, 0.21, 0.1, 0.25])
    return stays(*zip(arrivals.tolist(), (arrivals + lengths).tolist(), outcome, where, strict=True))


LATE = date(2021, 2, 3)
CROWDS = [(0, 40), (1, 150), (2, 150), (3, 600), (1, 1300)]


def is_small(counts) -> bool:
    counts = np.asarray(counts)
    return bool(((counts > 0) & (counts < 5)).any())


def known_at(records: pd.DataFrame, reference: date) -> pd.DataFrame:
    known = records[records["date_in"] <= pd.Timestamp(reference)].copy()
    known.loc[known["date_out"] > pd.Timestamp(reference), ["date_out", "outcome"]] = [pd.NaT, None]
    known["days"] = (known["date_out"].fillna(pd.Timestamp(reference)) - known["date_in"]).dt.days
    return known


@pytest.mark.parametrize(("seed", "size"), CROWDS)
def test_flow_shows_no_small_count_even_when_periods_are_subtracted(seed, size):
    records = crowd(seed, size)
    known = known_at(records, LATE)
    overall = publish_flow(records, LATE)
    ends = [Period.parse(text).end for text in overall["period"]]
    assert not is_small(overall[["inflow", "outflow", "occupancy"]].to_numpy(dtype=int))
    for first, last in itertools.combinations(sorted({date(2019, 12, 31), *ends}), 2):
        for column in ("date_in", "date_out"):
            assert not is_small(known[column].between(pd.Timestamp(first), pd.Timestamp(last), inclusive="right").sum())
    assert overall["inflow"].sum() == len(known)
    assert overall["outflow"].sum() == known["date_out"].notna().sum()


def feasible(cells: pd.DataFrame, name: tuple[str, str], rows: pd.Series, columns: pd.Series) -> tuple[float, float]:
    """Least and most that a hidden cell can be, given shown cells and all totals; hidden cells are not 0."""
    hidden = [(row, column) for row in cells.index for column in cells.columns if pd.isna(cells.loc[row, column])]
    equations, totals = [], []
    for row in cells.index:
        equations.append([float(place[0] == row) for place in hidden])
        totals.append(rows[row] - cells.loc[row].sum())
    for column in cells.columns:
        equations.append([float(place[1] == column) for place in hidden])
        totals.append(columns[column] - cells[column].sum())
    target = np.array([float(place == name) for place in hidden])
    bounds = [(1, None)] * len(hidden)
    found = [linprog(sign * target, A_eq=equations, b_eq=totals, bounds=bounds) for sign in (1, -1)]
    return found[0].fun, -found[1].fun


@pytest.mark.parametrize(("seed", "size"), CROWDS)
def test_hidden_outcomes_cannot_be_worked_out(seed, size):
    records = crowd(seed, size)
    overall = publish_outcomes(records, LATE)
    table = publish_outcomes(records, LATE, by_municipality=True)
    assert not is_small(overall["people"])
    assert overall["people"].sum() == known_at(records, LATE)["date_out"].notna().sum()
    assert not is_small(table["people"].dropna())
    assert not is_small(table[["left", "participants"]].to_numpy())
    assert not is_small(table["participants"] - table["left"])
    assert (table["people"].isna() == (table["status"] == "suppressed")).all()
    assert table.loc[table["people"].isna(), "share_of_left":].isna().all(axis=None)
    # the reader knows all totals: they are printed, or sums of rows of the overall table
    known = known_at(records, LATE)
    names = {part: name for name in table["municipality"].unique() for part in name.replace(" en ", ", ").split(", ")}
    known["municipality"] = known["municipality"].map(names)
    known["outcome"] = known["outcome"].where(
        known["outcome"].isin(table["outcome"]) | known["outcome"].isna(), "Overige uitkomsten"
    )
    cells = table.pivot(index="municipality", columns="outcome", values="people").astype(float)
    truth = pd.crosstab(known["municipality"], known["outcome"]).reindex_like(cells).fillna(0)
    pd.testing.assert_frame_equal(truth.where(cells.notna()), cells, check_dtype=False, check_names=False)
    for row, column in itertools.product(cells.index, cells.columns):
        if pd.isna(cells.loc[row, column]) and truth.loc[row, column] < 5:
            low, high = feasible(cells, (row, column), truth.sum(axis=1), truth.sum(axis=0))
            assert low < high
            assert high >= 5


@pytest.mark.parametrize(("seed", "size"), CROWDS)
def test_incidence_shows_no_single_departure(seed, size):
    records = crowd(seed, size)
    known = known_at(records, LATE)
    curve = publish_incidence(records, LATE)
    overall = publish_outcomes(records, LATE)
    assert set(curve["outcome"]) <= set(overall["outcome"])
    separate = known["outcome"].isin(overall["outcome"]) | known["outcome"].isna()
    known["outcome"] = known["outcome"].where(separate, "Overige uitkomsten")
    exact = cumulative_incidence(known, LATE)
    for outcome, line in curve.groupby("outcome"):
        days = known.loc[known["outcome"] == outcome, "days"]
        assert not is_small(np.histogram(days, bins=[-1, *(line["days"][1:] + 0.5), np.inf])[0])
        true = at_times(exact[exact["outcome"] == outcome], line["days"].tolist())
        step = 0.0005 if len(known) >= 1000 else 0.005
        np.testing.assert_allclose(line["incidence"][1:], true["incidence"][1:], atol=step + 1e-12)
        longer = [(known["days"] > day).sum() for day in line["days"][1:]]
        assert min(longer, default=10) >= 10
        np.testing.assert_allclose(line["at_risk"][1:].astype(int), longer, atol=5)
        assert (line["at_risk"] % 10 == 0).all()
        assert line["incidence"].iloc[0] == 0


def test_crowds_do_give_tables():
    """The tests above would be empty if nothing were published."""
    records = crowd(1, 1300)
    assert len(publish_flow(records, LATE)) >= 10
    assert (publish_outcomes(records, LATE, by_municipality=True)["status"] == "exact").sum() >= 10
    assert publish_incidence(records, LATE).groupby("outcome").size().max() >= 5


@pytest.mark.parametrize("left", [0, 3, 10])
@pytest.mark.parametrize("still", [0, 2, 10])
def test_totals_hide_small_groups(left, still):
    rows = [(0, 20, "A")] * left + [(0, None, None)] * still + [(300, None, None)] * 4
    table = publish_totals(stays(*rows), REFERENCE).set_index("label")
    shown = table["people"].dropna()
    assert not is_small(shown)
    assert table["status"].iloc[3] == "suppressed"
    if 3 in (left, still) or 2 in (left, still):
        assert table["people"].iloc[1:3].isna().all()
        assert publish_outcomes(stays(*rows), REFERENCE).empty
        assert publish_flow(stays(*rows), REFERENCE).empty
        assert publish_incidence(stays(*rows), REFERENCE).empty
    else:
        assert table["people"].iloc[:3].tolist() == [left + still, left, still]


def test_one_rare_outcome_does_not_show_itself_as_the_rest():
    rows = [(0, 20, "A")] * 30 + [(0, 40, "B")] * 8 + [(0, 25, "C")] * 2 + [(0, None, None)] * 20
    table = publish_outcomes(stays(*rows), REFERENCE)
    assert dict(zip(table["outcome"], table["people"], strict=True)) == {"A": 30, "Overige uitkomsten": 10}
    assert set(publish_incidence(stays(*rows), REFERENCE)["outcome"]) == {"A", "Overige uitkomsten"}


def test_small_municipalities_are_joined():
    rows = [(day, day + 30, "A", "Utrecht") for day in range(20)]
    rows += [(0, None, None, name) for name in ("Utrecht", "Groningen", "Eindhoven") for _ in range(8)]
    rows += [(0, 20, "B", "Groningen")] * 7 + [(0, 20, "B", "Eindhoven")] * 2
    names = set(publish_outcomes(stays(*rows), REFERENCE, by_municipality=True)["municipality"])
    assert names == {"Utrecht", "Eindhoven en Groningen"}


def test_same_records_same_tables(tmp_path):
    shutil.copy(SAMPLE, tmp_path / "kopie.csv")
    first, second = (read_participants(path, MUNICIPALITIES) for path in (SAMPLE, tmp_path / "kopie.csv"))
    pd.testing.assert_frame_equal(first, second)
    shuffled = crowd(2, 600).sample(frac=1, random_state=1)
    for publish in (publish_totals, publish_flow, publish_outcomes, publish_incidence):
        pd.testing.assert_frame_equal(publish(crowd(2, 600), LATE), publish(shuffled, LATE))
