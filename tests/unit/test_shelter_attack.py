"""All tables on people in shelter held side by side: no count of fewer than five can be worked out from them."""

import gc

import pandas as pd
import pytest
from test_outcomes import CROWDS, LATE, crowd, stays

from keten.disclosure import is_small
from keten.statistics.attack import pinned, to_withhold
from keten.statistics.shelter import protected_outcomes
from keten.statistics.shelter.outcomes import at_reference
from keten.statistics.shelter.system import Tables, order, system_of


def system(records: pd.DataFrame, **replaced: pd.DataFrame):
    """The system of what is shown of these records, with some tables in another form."""
    publish = protected_outcomes
    tables = {
        "outcomes": publish.publish_outcomes(records, LATE),
        "municipalities": publish.publish_outcomes(records, LATE, by_municipality=True),
        "flow": publish.publish_flow(records, LATE),
        "incidence": publish.publish_incidence(records, LATE),
    }
    joined = publish._publishable(records, LATE)
    return system_of(at_reference(records, LATE), joined, Tables(**tables | replaced), publish.OTHER_OUTCOMES, 10)


@pytest.mark.parametrize(("seed", "size"), [*CROWDS, *((seed, 60 + 9 * seed) for seed in range(4, 16))])
def test_nothing_small_is_pinned_by_all_tables_together(seed, size):
    made = system(crowd(seed, size))
    for one in made.statements:
        assert one.low - 1e-6 <= made.value(one.terms) <= one.high + 1e-6, "the attacker is told the truth"
    assert any(is_small(one.true) for one in made.watched)
    assert pinned(made) == []


def test_a_table_that_would_give_a_small_count_away_is_withheld():
    """An exact table by municipality, as the analyst sees it, beside what is shown."""
    records = crowd(2, 150)
    known = at_reference(records, LATE)
    groups = known.groupby("municipality")["date_out"]
    cells = known.groupby(["municipality", "outcome"]).size().rename("people").reset_index()
    exact = cells.assign(
        left=cells.municipality.map(groups.count()), participants=cells.municipality.map(groups.size())
    )
    assert is_small(int(exact.people.min()))
    made = system_of(known, known, Tables(exact.iloc[:0], exact, exact.iloc[:0], _no_incidence()), "Overige", 10)
    assert pinned(made) and to_withhold(made, order) == {("municipalities",)}


def test_a_finer_incidence_is_withheld():
    """A step after ten days, when three had left: 4% of 68 people is three."""
    rows = [(0, 10, "A")] * 3 + [(0, 100, "A")] * 30 + [(0, 120, "B")] * 25 + [(0, None, None)] * 10
    records = stays(*rows)
    coarse = protected_outcomes.publish_incidence(records, LATE)
    assert "A" in set(coarse["outcome"]) and pinned(system(records)) == []
    step = pd.DataFrame({"outcome": ["A"], "days": [10], "incidence": [0.04], "at_risk": [70]})
    made = system(records, incidence=pd.concat([step, coarse], ignore_index=True))
    assert to_withhold(made, order) == {("incidence", "A")}


def test_what_is_withheld_is_not_shown(monkeypatch):
    records = crowd(2, 150)
    assert len(protected_outcomes.publish_flow(records, LATE))
    gc.collect()
    kinds = {("flow",), ("municipalities",), ("incidence", "Terugkeer")}
    monkeypatch.setattr(protected_outcomes, "to_withhold", lambda *_: kinds)
    again = records.copy()
    assert protected_outcomes.publish_flow(again, LATE).empty
    assert protected_outcomes.publish_outcomes(again, LATE, by_municipality=True).empty
    assert len(protected_outcomes.publish_outcomes(again, LATE))
    assert "Terugkeer" not in set(protected_outcomes.publish_incidence(again, LATE)["outcome"])
    told = [what for what, *_ in protected_outcomes.decisions(again, LATE)]
    assert {"stroom en bezetting weggelaten", "uitkomsten per gemeente weggelaten"} <= set(told)


def test_records_of_nobody_have_no_tables():
    assert protected_outcomes.publish_outcomes(stays((0, 3, "A")), LATE).empty


def _no_incidence() -> pd.DataFrame:
    return pd.DataFrame({"outcome": [], "days": [], "incidence": [], "at_risk": []})
