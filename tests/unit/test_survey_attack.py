"""All tables of a survey held side by side: no count of fewer than five can be worked out from them."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from test_survey import SCORES, repeated, respondents_of, survey_of

from keten.disclosure import CannotProtectError, is_small
from keten.statistics import attack
from keten.statistics.attack import KNOWN, System
from keten.statistics.survey import tables as survey
from keten.statistics.survey.comparison import differences
from keten.statistics.survey.decisions import CLOSE, TOGETHER, decisions
from keten.statistics.survey.importance import importance
from keten.statistics.survey.respondents import Respondents
from keten.statistics.survey.shown_cells import withheld
from keten.statistics.survey.system import system_of


def kinds(respondents: Respondents) -> set[str]:
    return {key[0] for key in withheld(respondents)}


# -- the engine --


def order(key):
    return key


def test_what_pins_a_count_is_withheld_and_nothing_more():
    system = System()
    some, others = system.count(3, 60), system.count(50, 60)
    system.tell_exactly(("a",), {some: 1, others: 1})
    system.tell_exactly(("b",), {others: 1})
    system.tell(("c",), {some: 1}, 0, 60)
    system.watch({some: 1})
    assert [one.true for one in attack.pinned(system)] == [3], "53 - 50"
    assert attack.to_withhold(system, order) == {("a",)}
    assert attack.pinned(system, {("a",)}) == []


def test_whole_numbers_tell_more_than_their_bounds():
    """3 a + 5 b = 19 with whole numbers is a = 3, b = 2 only; as fractions a could be 6."""
    system = System()
    a, b = system.count(3, 60), system.count(2, 60)
    system.tell_exactly(("sum",), {a: 3, b: 5})
    system.watch({a: 1})
    assert attack.pinned(system) and attack.to_withhold(system, order) == {("sum",)}


def test_who_is_known_to_be_few_may_not_be_counted():
    def told(low, high):
        system = System()
        few = system.count(3, 60)
        system.tell(("few",), {few: 1}, low, high)
        system.watch({few: 1}, few=True)
        return attack.to_withhold(system, order)

    assert told(1, 4) == set() and told(2, 3) == set() and told(3, 3) == {("few",)}
    assert told(0, 3.5) == set(), "1 and 2 are possible as well"


def test_what_everybody_knows_cannot_be_withheld():
    system = System()
    few = system.count(3, 60)
    system.tell_exactly(KNOWN, {few: 1})
    system.watch({few: 1})
    with pytest.raises(CannotProtectError):
        attack.to_withhold(system, order)


# -- what was open --


def test_an_answer_to_something_but_not_to_this():
    """Of 60 records 50 have an answer, and 47 to the second item: 3 answered but not that."""
    records = [(str(who), "IND", None, "x", 1 + who % 5, 1 + who % 5) for who in range(45)]
    records += [(f"a{who}", "IND", None, "x", 3, None) for who in range(3)]
    records += [(f"b{who}", "IND", None, "x", None, 3) for who in range(2)]
    records += [(f"n{who}", "IND", None, "x", None, None) for who in range(10)]
    respondents = respondents_of(*records, items=("a", "b"))
    some = survey.response(respondents).iloc[0]
    n = survey.item_nonresponse(respondents).set_index("item")["n"]
    assert some["records"] == 60
    assert pd.isna(some["with_answers"]) or n.isna().all(), "50 - 47 = 3"
    assert survey.response(respondents, protect=False)["with_answers"].tolist() == [50]


def test_who_was_asked_and_did_not_answer():
    answers = survey_of(("IND", None, "x", repeated(10, 10, 10, 10, 10)))
    asked = Respondents("Proef", (1, 5), answers.answers, invited={"IND": 53})
    row = survey.response(asked).iloc[0]
    assert row["records"] == 50 and pd.isna(row["invited"]) and pd.isna(row["share"]), "53 - 50 = 3"
    more = Respondents("Proef", (1, 5), answers.answers, invited={"IND": 55})
    assert survey.response(more)["invited"].tolist() == [55]


def test_a_difference_within_respondents_does_not_open_a_hidden_cell():
    """Nobody changed by more than a point and five by one: then at most 3 of the second rated 1."""
    pairs = [(2, 1)] * 3 + [(2, 2)] * 2 + [(3, 2)] * 2 + [(3, 3)] * 8 + [(4, 4)] * 10 + [(5, 5)] * 15
    records = [
        (str(who), organisation, None, "x", score)
        for who, scores in enumerate(pairs)
        for organisation, score in zip(("COA", "IND"), scores, strict=True)
    ]
    respondents = respondents_of(*records, linked=True)
    shown = survey.distribution(respondents)
    assert shown[shown["organisation"] == "IND"]["answer"].tolist()[0] in ("1–2", "1–3", None)
    row = differences(respondents).iloc[0]
    assert row["method"] == "gepaard" and row["status"] == "suppressed"
    assert row[["difference", "low", "high", "p"]].isna().all()
    assert not np.isnan(differences(respondents, protect=False)["difference"]).any()


def test_a_rounded_mean_does_not_open_three_shares():
    """Of 20 answers 14 are a 4 or a 5; a mean that rounds to 4,5 leaves room for at most three fours."""
    respondents = survey_of(("IND", None, "x", repeated(0, 0, 6, 3, 11)))
    assert kinds(respondents) == {"mean"}
    means, shares = survey.means(respondents).iloc[0], survey.distribution(respondents)
    assert np.isnan(means["mean"]) and means["status"] == "suppressed" and means["n"] == 20
    assert shares["count"].tolist() == [0, 6, 14], "what gives nothing away stays"
    assert importance(respondents)["performance"].isna().all()
    told = decisions(respondents)
    assert ("gemiddelde weggelaten", "IND: vraag", TOGETHER) in told
    assert not any(character.isdigit() for row in told for text in row for character in text)


def nested(*groups: tuple[str, str, int]) -> Respondents:
    """Answers by continent and country: continent, country, number of people."""
    records = [(f"{country}{who}", "IND", None, country, 1 + who % 5) for _, country, n in groups for who in range(n)]
    continent = {country: name for name, country, _ in groups}
    made = respondents_of(*records)
    names = pd.Categorical(made.answers["Taal"].astype(str).map(continent), ordered=True)
    return Respondents("Proef", (1, 5), made.answers.assign(Werelddeel=names), groupings=("Taal", "Werelddeel"))


def test_groupings_that_nest_are_one_table():
    """38 of Eritrea and 40 of Africa are shown: then 2 are of the other country of Africa."""
    respondents = nested(("Afrika", "Eritrea", 38), ("Afrika", "Somalië", 2), ("Azië", "Syrië", 20))
    assert "grouping" in kinds(respondents)
    shown = [survey.means(respondents, by=by) for by in respondents.groupings]
    assert sum(map(len, shown)) == 2, "one of the two groupings is left"
    apart = nested(("Afrika", "Eritrea", 38), ("Afrika", "Somalië", 25), ("Azië", "Syrië", 20))
    assert "grouping" not in kinds(apart)


# -- what two items say of each other --


def paired(*groups: tuple[int | None, int | None, int]) -> Respondents:
    """Answers to two items: the first, the second, by how many people."""
    pairs = [pair[:2] for pair in groups for _ in range(pair[2])]
    return respondents_of(*((str(who), "IND", None, "x", *pair) for who, pair in enumerate(pairs)), items=("a", "b"))


def test_who_gave_one_answer_to_everything_is_held_beside_each_item():
    """54 of 60 answered alike and nobody gave `a` a two: then at most 6 gave it to `b`, of the 20 with 1-3."""
    respondents = paired((1, 1, 14), (1, 2, 2), (1, 3, 4), (5, 5, 40))
    assert survey.straight_lining(respondents)["judged"].tolist() == [60]
    system = system_of(respondents)
    bounds = [one for one in system.statements if one.key == ("judged", "IND") and system.value(one.terms) == 2]
    assert min(one.high for one in bounds) == 6
    assert attack.pinned(system, withheld(respondents)) == []


def test_skipping_of_all_items_together_bounds_who_is_not_judged():
    """No more than ten skipped something, each of them half of the items: nor are more left out."""
    system = system_of(paired((1, 1, 20), (2, 2, 20), (None, 1, 5), (2, None, 5)))
    bounds = [one for one in system.statements if one.key == KNOWN and one.high == 10 and len(one.terms) == 1]
    assert [system.value(one.terms) for one in bounds] == [10]


def test_an_importance_that_was_derived_does_not_tell_who_skipped_the_item():
    """One of 61 skipped it. An interval on 60 answers would tell that; that of 50 does not."""
    pairs = [(1 + n % 5, 1 + (n + n // 9) % 5) for n in range(60)]
    respondents = paired(*((*pair, 1) for pair in pairs), (None, 3, 1))
    item, whole = (importance(respondents, protect).set_index("item").loc["a"] for protect in (True, False))
    assert survey.item_nonresponse(respondents)["n"].isna().tolist() == [True, False]
    width, exact = (row["importance_high"] - row["importance_low"] for row in (item, whole))
    assert width > exact * (57 / 47) ** 0.5, "an interval on 50 answers, and wider for the rounding"


def test_items_that_agree_too_well_do_not_tell_each_other():
    """`b` has one answer that `a` has not: a correlation of 1,00 would leave no room for five."""
    respondents = paired((1, 1, 29), (1, 2, 1), (5, 5, 30))
    assert importance(respondents, protect=False)["importance"].min() > 0.98
    assert importance(respondents)["importance"].isna().all()
    assert ("belang weggelaten", "IND: a", CLOSE) in decisions(respondents)
    apart = paired((1, 1, 20), (1, 2, 1), (1, 5, 10), (5, 5, 20), (5, 1, 10))
    shown = importance(apart)["importance"]
    assert shown.notna().all() and (10 * shown % 1).round(6).isin([0, 1]).all(), "in tenths"


def test_the_analyst_sees_everything():
    respondents = survey_of(("IND", None, "x", repeated(0, 0, 6, 3, 11)))
    assert survey.means(respondents, protect=False)["mean"].tolist() == [4.25]


# -- random surveys, attacked from what their tables say --

SEEDS = range(17)  # of nine tables each and nine by group: some 300


def random_survey(seed: int) -> Respondents:
    """Three organisations, three items, groups; some skip an item, some answer nothing."""
    chance = np.random.default_rng(seed)
    size = int(chance.choice([15, 20, 25, 40, 60, 100]))
    likely = {name: chance.dirichlet([0.7] * 5) for name in ("IND", "COA", "DT&V")}
    skips = float(chance.choice([0, 0.03, 0.1]))
    records = []
    for who in range(size):
        group = str(chance.choice(["a", "b", "c"], p=[0.5, 0.35, 0.15]))
        for name, weights in likely.items():
            scores = [None if chance.random() < skips else int(chance.choice(SCORES, p=weights)) for _ in range(3)]
            records.append((str(who), name, None, group, *scores))
    return respondents_of(*records, items=("p", "q", "r"), linked=seed % 4 == 1)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_surveys_do_not_give_a_small_count_away(seed):
    respondents = random_survey(seed)
    answers = respondents.answers
    groups = sorted(answers["Taal"].unique())
    shown = {by: _shown(respondents, by) for by in (None, "Taal")}
    checked = 0
    for (organisation, item), mine in answers.groupby(["organisation", "item"], observed=True):
        counts = pd.crosstab(mine["Taal"], mine["score"].fillna(0).astype(int))
        counts = counts.reindex(index=groups, columns=[0, *SCORES], fill_value=0)
        true = counts.to_numpy().ravel()
        cells = [(groups, cell) for cell in shown[None].get((organisation, item, None), [])]
        named = {key[2] for key in shown["Taal"] if key[:2] == (organisation, item)}
        for name in named:
            inside = [group for group in groups if group == name or (group not in named and name not in groups)]
            cells += [(inside, cell) for cell in shown["Taal"][organisation, item, name]]
        known = _equations(cells, groups, true)
        for place in np.flatnonzero((true > 0) & (true < 5)):
            checked += 1
            most = _extreme(known, place, len(true), -1)
            # Of a score not even that it is small may be found; of who skipped an item the empty place says so.
            assert most >= 5 or (place % 6 == 0 and most > _extreme(known, place, len(true), 1)), (organisation, item)
    assert checked > 5 or len(answers) > 500


def _extreme(known, place, size, sign):
    """The least (1) or the most (-1) that a count can be."""
    aim = sign * np.eye(size)[place]
    return round(sign * milp(aim, constraints=known, integrality=np.ones(size), bounds=Bounds(0)).fun)


def _shown(respondents: Respondents, by: str | None) -> dict[tuple, list[tuple[str, pd.Series]]]:
    """What the tables say of each organisation, item and group."""
    found: dict[tuple, list[tuple[str, pd.Series]]] = {}
    for kind, table in (("mean", survey.means(respondents, by)), ("part", survey.distribution(respondents, by))):
        for _, row in table.iterrows():
            found.setdefault((row["organisation"], row["item"], row["group"] if by else None), []).append((kind, row))
    return found


def _equations(cells, groups, true):
    """Linear statements on the counts by group and score (0 = skipped), as a reader of the tables would write them."""
    score = np.tile([0, *SCORES], len(groups))
    owner = np.repeat(groups, 6)
    left, low, high = [np.zeros(len(true))], [0.0], [0.0]

    def add(row, least, most):
        left.append(row.astype(float))
        low.append(least)
        high.append(most)

    for inside, (kind, row) in cells:
        mine = np.isin(owner, inside)
        answered = mine & (score > 0)
        if not pd.isna(row["records"]):
            add(mine, row["records"], row["records"])
        if not pd.isna(row["n"]):
            add(answered, row["n"], row["n"])
        if kind == "mean" and not pd.isna(row["mean"]):
            half = row["step"] / 2 + 1e-9
            add(answered * (score - row["mean"] + half), 0, np.inf)
            add(answered * (score - row["mean"] - half), -np.inf, 0)
        if kind == "part" and not pd.isna(row["share"]):
            members = answered & (score >= row["lowest"]) & (score <= row["highest"])
            half = 1e-9 if row["status"] == "exact" else 0.005 + 1e-9
            add(members - answered * (row["share"] - half), 0, np.inf)
            add(members - answered * (row["share"] + half), -np.inf, 0)
    known = np.array(left)
    assert np.all(known @ true >= np.array(low) - 1e-6) and np.all(known @ true <= np.array(high) + 1e-6)
    return LinearConstraint(known, low, high)


@pytest.mark.parametrize("seed", range(6))
def test_the_attacker_is_told_nothing_but_the_truth(seed):
    """A system that the true counts do not fit would attack another survey than the one that is shown."""
    system = system_of(random_survey(seed))
    assert any(is_small(one.true) for one in system.watched)
    for one in system.statements:
        assert one.low - 1e-9 <= system.value(one.terms) <= one.high + 1e-9, one
