"""Survey records: reading them, the statistics, and that small counts stay hidden."""

import itertools
import pickle
import re
import shutil
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from places import SAMPLES
from scipy import stats
from scipy.optimize import Bounds, LinearConstraint, milp

from keten.errors import KetenError
from keten.statistics.survey import tables as survey
from keten.statistics.survey.comparison import differences
from keten.statistics.survey.importance import importance
from keten.statistics.survey.protected_cells import MERGED, Cell, protected_fields
from keten.statistics.survey.respondents import SAMPLE_NOTICE, Respondents, read_respondents
from keten.statistics.survey.shown_cells import score_cells

SCORES = range(1, 6)


def respondents_of(*records: tuple, items=("vraag",), linked=False, **more) -> Respondents:
    """Records (respondent, organisation, wave, group, score of each item) as the reader would give them."""
    rows = [
        (who, organisation, wave, group, item, score)
        for who, organisation, wave, group, *scores in records
        for item, score in zip(items, scores, strict=True)
    ]
    answers = pd.DataFrame(rows, columns=["respondent", "organisation", "wave", "Taal", "item", "score"])
    answers["score"] = answers["score"].astype("Int64")
    for column in ("organisation", "wave", "Taal", "item"):
        order = list(items) if column == "item" else sorted(answers[column].dropna().unique())
        answers[column] = pd.Categorical(answers[column], categories=order, ordered=True)
    return Respondents("Proef", (1, 5), answers, groupings=("Taal",), linked=linked, **more)


def survey_of(*groups: tuple) -> Respondents:
    """One item; each group: organisation, wave, group, scores (None = no answer)."""
    number = itertools.count()
    return respondents_of(
        *[
            (str(next(number)), organisation, wave, group, score)
            for organisation, wave, group, scores in groups
            for score in scores
        ]
    )


def repeated(*counts: int) -> list[int]:
    """Scores of which 1 occurs the first number of times, and so on."""
    return [score for score, count in zip(SCORES, counts, strict=False) for _ in range(count)]


# Reading


def write(folder: Path, toml: str, table: str = "a,b\n1,2\n", encoding: str = "utf-8") -> Path:
    (folder / "ervaring.toml").write_text(toml, encoding="utf-8")
    (folder / "ervaring.csv").write_bytes(table.encode(encoding))
    return folder / "ervaring.csv"


WIDE = 'title = "Proef"\nlayout = "wide"\nscale = [1, 5]\nitems = ["a", "b"]\n'
LONG = 'title = "Proef"\nlayout = "long"\nscale = [1, 5]\nrespondent = "wie"\nitem = "vraag"\nscore = "cijfer"\n'


def test_sample_file_becomes_tidy_answers():
    sample = read_respondents(SAMPLES / "survey_sample.csv")
    assert sample.notice == SAMPLE_NOTICE
    assert sample.linked and not sample.has_waves
    assert sample.groupings == ("Taal",)
    assert sample.invited == {"IND": 8, "COA": 4}
    answers = sample.answers
    assert list(answers["organisation"].cat.categories) == ["IND", "COA"]
    assert list(answers["Taal"].cat.categories) == ["Arabisch", "Tigrinya", "Onbekend"]
    assert len(answers) == 5 * 2
    ind = answers[answers["organisation"] == "IND"].pivot(index="respondent", columns="item", values="score")
    assert ind["Kreeg ik genoeg uitleg?"].tolist() == [4, pd.NA, 1]
    coa = answers[(answers["organisation"] == "COA") & (answers["item"] == "Was men vriendelijk?")]
    assert coa["score"].isna().all()  # code 9 and an empty cell
    assert sample.importance["score"].tolist()[:2] == [5, 3]


def test_long_layout_gives_the_same_as_wide(tmp_path):
    table = "wie;vraag;cijfer\nx;a;1\nx;b;2\ny;a;5\n"
    answers = read_respondents(write(tmp_path, LONG, table)).answers
    assert answers["respondent"].tolist() == ["x", "x", "y", "y"]
    assert answers["item"].tolist() == ["a", "b", "a", "b"]
    assert answers["score"].tolist() == [1, 2, 5, pd.NA]
    assert answers["organisation"].unique().tolist() == ["Proef"]


def test_encoding_separator_and_quoted_line_ends(tmp_path):
    toml = WIDE + 'encoding = "cp1252"\ngroup = "land"\n'
    table = 'a;b;land\n1;2;"Côte\nd’Ivoire"\n4;5;Syrië\n'
    answers = read_respondents(write(tmp_path, toml, table, "cp1252")).answers
    assert list(answers["land"].cat.categories) == ["Côte\nd’Ivoire", "Syrië"]


FAULTS = {
    "unknown key": (WIDE + 'organisatie = "a"', "a,b\n1,2\n", "ervaring.toml.*organisatie.*organisation"),
    "wrong type": (WIDE + 'sample = "ja"', "a,b\n1,2\n", "sample.*true of false"),
    "missing key": ('title = "x"\nlayout = "wide"\nscale = [1, 5]', "a\n1\n", "bij `items`"),
    "no toml syntax": (
        WIDE + "group = [",
        "a,b\n1,2\n",
        "(regel|het einde).*geen geldige TOML",
    ),
    "scale upside down": (WIDE.replace("[1, 5]", "[5, 1]"), "a,b\n1,2\n", "scale"),
    "score as missing code": (WIDE + "missing = [5]", "a,b\n1,2\n", "missing.*5 ligt op de schaal"),
    "nonsense encoding": (WIDE + 'encoding = "utf-9"', "a,b\n1,2\n", "encoding.*cp1252"),
    "missing column": (WIDE + 'wave = "jaren"', "a,b,jaar\n1,2,3\n", "kolom 'jaren'.*`wave`.*jaar"),
    "score off the scale": (WIDE, "a,b\n1,2\n3,4\n1,6\n7,1\n", "regel 4, kolom 'b': '6'.*1 tot en met 5"),
    "score that is no number": (WIDE, "a,b\n1,goed\n", "regel 2, kolom 'b': 'goed'"),
    "empty file": (WIDE, "", "ervaring.csv is leeg"),
    "only a header": (WIDE, "a,b\n", "geen regels"),
    "no answers": (WIDE, "a,b\n,\n \n, \n", "geen (regels|enkel antwoord)"),
    "fields missing": (WIDE, "a,b\n1,2\n3\n", "regel 3: hier staan 1 velden, in de kopregel 2"),
    "double column": (WIDE, "a,b,a\n1,2,3\n", "kolommen 1 en 3 heten allebei 'a'"),
    "double respondent": (WIDE + 'respondent = "r"', "a,b,r\n1,2,x\n3,4,x\n", "regel 3: .*al op regel 2"),
    "double answer": (LONG, "wie,vraag,cijfer\nx,a,1\nx,a,2\n", "regel 3: .*nog een keer"),
    "respondent empty": (LONG, "wie,vraag,cijfer\n,a,1\n", "regel 2, kolom 'wie': dit veld is leeg"),
    "unknown item": (LONG + 'items = ["uitleg"]', "wie,vraag,cijfer\nx,uitlef,1\n", "'uitlef'.*uitleg"),
    "unknown code": (
        WIDE + 'group = "c"\n[values.c]\n1 = "man"',
        "a,b,c\n1,2,3\n",
        "regel 2, kolom 'c': '3'",
    ),
    "importance of nothing": (WIDE + "importance = { c = 3 }", "a,b\n1,2\n", "importance.*'c'"),
    "invited unknown": (WIDE + "invited = { IND = 4 }", "a,b\n1,2\n", "invited.*'IND'"),
}


@pytest.mark.parametrize(("toml", "table", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_faults_are_named_in_one_dutch_sentence(tmp_path, toml, table, message):
    with pytest.raises(KetenError) as fault:
        read_respondents(write(tmp_path, toml, table))
    assert re.search(message, fault.value.on_terminal)
    assert str(tmp_path) not in str(fault.value)


SECRET = "Q7x"
IN_A_RECORD = {
    "score": (WIDE, f"a,b\n1,2\n3,{SECRET}\n", "regel 3, kolom 'b'"),
    "item": (LONG + 'items = ["Q7y"]', f"wie,vraag,cijfer\nx,{SECRET},1\n", "regel 2, kolom 'vraag'"),
    "answer": (LONG, f"wie,vraag,cijfer\nx,{SECRET},1\nx,{SECRET},2\n", "regel 3"),
    "code": (WIDE + 'group = "c"\n[values.c]\n1 = "man"', f"a,b,c\n1,2,{SECRET}\n", "regel 2, kolom 'c'"),
    "no header": (WIDE, f"{SECRET},2\n3,4\n", "regel 1"),
    "no header, twice": (WIDE, f"{SECRET},{SECRET}\n3,4\n", "regel 1: de kolommen 1 en 2"),
    "organisation": (
        WIDE + 'organisation = "o"\ninvited = { Q7y = 4 }',
        f"a,b,o\n1,2,{SECRET}\n",
        "`invited`",
    ),
    "organisations": (
        WIDE + 'organisation = "o"\ninvited = 4',
        f"a,b,o\n1,2,{SECRET}\n1,2,tweede\n",
        "`invited`",
    ),
}


@pytest.mark.parametrize(("toml", "table", "place"), IN_A_RECORD.values(), ids=IN_A_RECORD.keys())
def test_a_fault_tells_where_it_is_and_not_what_stands_there(tmp_path, toml, table, place):
    with pytest.raises(KetenError) as fault:
        read_respondents(write(tmp_path, toml, table))
    assert SECRET not in str(fault.value) and "de waarde (" not in str(fault.value)
    assert place in str(fault.value) and place in fault.value.on_terminal
    assert str(pickle.loads(pickle.dumps(fault.value))) == str(fault.value)


def test_wrong_encoding_names_the_line_and_the_setting(tmp_path):
    path = write(tmp_path, WIDE + 'group = "c"', "a,b,c\n1,2,x\n1,2,Syrië\n", "cp1252")
    with pytest.raises(KetenError, match=r'regel 3: het bestand is geen UTF-8.*encoding = "cp1252"'):
        read_respondents(path)


def test_absent_files_are_named(tmp_path):
    with pytest.raises(KetenError, match=r"ontbreekt ervaring\.toml"):
        read_respondents(tmp_path / "ervaring.csv")
    write(tmp_path, WIDE).unlink()
    with pytest.raises(KetenError, match=r"ervaring\.csv bestaat niet"):
        read_respondents(tmp_path / "ervaring.csv")


# Statistics


def test_mean_and_t_interval_by_hand():
    # 2, 4, 4, 5: mean 15/4; squares 3.0625 + 2 x 0.0625 + 1.5625 = 4.75; sd = sqrt(4.75 / 3) = 1.25831
    # half = t(3; 0.975) x sd / 2 = 3.18245 x 0.62915 = 2.00225; the top is cut off at 5
    row = survey.means(survey_of(("IND", None, "x", [2, 4, 4, 5])), protect=False).iloc[0]
    assert row["mean"] == 3.75
    assert row["sd"] == pytest.approx(1.25831, abs=1e-5)
    assert (row["low"], row["high"]) == (pytest.approx(1.74775, abs=1e-5), 5)


def test_top_two_with_the_wilson_interval_of_newcombe():
    # 81 of 263: 0.2553 to 0.3662 (Newcombe 1998, table I, method 3)
    row = survey.top_two(survey_of(("IND", None, "x", repeated(60, 60, 62, 40, 41)))).iloc[0]
    assert (row["n"], row["status"]) == (263, "exact")
    assert [round(row[column], 4) for column in ("share", "low", "high")] == [0.3080, 0.2553, 0.3662]


def test_organisations_are_compared_as_welch_does():
    ind, coa, dtv = repeated(10, 20, 30, 20, 10), repeated(5, 8, 12, 30, 25), repeated(9, 11, 30, 12, 8)
    table = differences(survey_of(("IND", None, "x", ind), ("COA", None, "x", coa), ("DT&V", None, "x", dtv)))
    row = table[(table["first"] == "COA") & (table["second"] == "IND")].iloc[0]
    welch = stats.ttest_ind(ind, coa, equal_var=False)
    interval = welch.confidence_interval(0.95)
    assert (row["method"], row["status"]) == ("Welch", "exact")
    assert row["difference"] == pytest.approx(np.mean(ind) - np.mean(coa))
    assert (row["low"], row["high"]) == (pytest.approx(interval.low), pytest.approx(interval.high))
    assert row["p"] == pytest.approx(welch.pvalue)
    assert row["verdict"] == "aantoonbaar lager"


def test_holm_corrects_for_all_comparisons_by_hand():
    table = differences(
        survey_of(
            ("A", None, "x", repeated(10, 20, 30, 20, 10)),
            ("B", None, "x", repeated(8, 15, 30, 25, 16)),
            ("C", None, "x", repeated(5, 12, 25, 30, 22)),
        )
    )
    ordered = table.sort_values("p")
    smallest, middle, largest = ordered["p"]
    by_hand = [min(3 * smallest, 1), max(3 * smallest, 2 * middle), max(3 * smallest, 2 * middle, largest)]
    assert ordered["p_holm"].tolist() == pytest.approx(by_hand)
    assert smallest < 0.05 < largest
    assert set(table["verdict"]) == {"aantoonbaar hoger", "geen aantoonbaar verschil"}


def test_the_same_respondents_are_compared_within_themselves():
    random = np.random.default_rng(1)
    first = random.integers(1, 5, 200)
    second = first + (random.random(200) < 0.3)
    records = [(str(who), "IND", None, "x", int(score)) for who, score in enumerate(first)]
    records += [(str(who), "COA", None, "x", int(score)) for who, score in enumerate(second)]
    row = differences(respondents_of(*records, linked=True)).iloc[0]
    paired = stats.ttest_rel(first, second)
    assert (row["method"], row["n_pairs"], row["status"]) == ("gepaard", 200, "exact")
    assert row["difference"] == pytest.approx(np.mean(first - second))
    assert row["low"] == pytest.approx(paired.confidence_interval().low)
    assert row["p"] == pytest.approx(paired.pvalue)
    assert differences(respondents_of(*records)).iloc[0]["method"] == "Welch"


def test_waves_are_compared_each_with_the_one_before():
    flat, better = repeated(9, 9, 9, 9, 9), repeated(5, 9, 9, 9, 19)
    waves = [("IND", "2015", "x", flat), ("IND", "2016", "x", better), ("IND", "2017", "x", flat)]
    table = differences(survey_of(*waves), between="wave")
    assert list(zip(table["first"], table["second"], strict=True)) == [("2015", "2016"), ("2016", "2017")]
    assert table["difference"].tolist() == pytest.approx([181 / 51 - 3, 3 - 181 / 51])
    assert table["organisation"].unique().tolist() == ["IND"]
    assert differences(survey_of(waves[0]), between="wave").columns.tolist() == table.columns.tolist()


def test_derived_importance_is_the_rank_correlation_with_the_other_items():
    random = np.random.default_rng(3)
    base = random.integers(1, 5, 300)
    scores = np.column_stack([base, base + random.integers(0, 2, 300), random.integers(1, 6, 300)])
    records = [(str(who), "IND", None, "x", *map(int, row)) for who, row in enumerate(scores)]
    table = importance(respondents_of(*records, items=("a", "b", "c")), protect=False).set_index("item")
    expected = stats.spearmanr(scores[:, 0], scores[:, 1:].mean(axis=1)).statistic
    assert table.loc["a", "importance"] == pytest.approx(expected)
    assert table["method"].unique().tolist() == ["afgeleid"]
    # Fisher's z with the standard error of Bonett and Wright, sqrt((1 + r^2 / 2) / (n - 3))
    z_half = 1.959964 * np.sqrt((1 + expected**2 / 2) / 297)
    assert np.arctanh(table.loc["a", "importance_high"]) == pytest.approx(np.arctanh(expected) + z_half)
    assert table.loc["c", "importance_low"] < 0 < table.loc["c", "importance_high"]


def test_stated_importance_divides_items_into_quadrants():
    scores = {"slecht": repeated(30, 20, 10, 10, 10), "goed": repeated(10, 10, 10, 20, 30)}
    records = [(str(who), "IND", None, "x", *pair) for who, pair in enumerate(zip(*scores.values(), strict=True))]
    given = respondents_of(*records, items=tuple(scores))
    fixed = pd.Series({"slecht": 4.5, "goed": 2.0})
    table = importance(Respondents("Proef", (1, 5), given.answers, importance=fixed)).set_index("item")
    assert table["advice"].to_dict() == {"slecht": "eerst verbeteren", "goed": "geen extra inzet nodig"}
    stated = importance(Respondents("Proef", (1, 5), given.answers, importance=given.answers))
    assert stated["method"].unique().tolist() == ["genoemd"]
    assert stated["importance"].tolist() == stated["performance"].tolist()


def test_response_and_nonresponse_count_records():
    answers = survey_of(("IND", None, "x", [*repeated(5, 5, 5, 5, 5), *[None] * 6]))
    row = survey.response(Respondents("Proef", (1, 5), answers.answers, invited={"IND": 62})).iloc[0]
    assert (row["records"], row["with_answers"], row["share"]) == (31, 25, 0.5)
    row = survey.item_nonresponse(answers).iloc[0]
    assert (row["records"], row["n"], row["missing"], row["share"]) == (31, 25, 6, 6 / 31)


def test_straight_lining_needs_half_of_the_items():
    items = ("a", "b", "c", "d")
    records = [(f"s{who}", "IND", None, "x", 3, 3, None, 3) for who in range(6)]  # judged, one answer
    records += [(f"v{who}", "IND", None, "x", 3, 4, None, None) for who in range(9)]  # judged, two answers
    records += [(f"w{who}", "IND", None, "x", 3, None, None, None) for who in range(5)]  # too few answers
    row = survey.straight_lining(respondents_of(*records, items=items)).iloc[0]
    assert (row["records"], row["judged"], row["straight"], row["share"]) == (20, 15, 6, 0.4)
    # one more answer would make 4 "too few": then nothing may be shown
    assert survey.straight_lining(respondents_of(*records[:-1], items=items)).iloc[0]["status"] == "suppressed"


@pytest.fixture(scope="module")
def evaluation(publisher_files, tmp_path_factory):
    """A real file of 5,820 respondents, or our excerpt: 28 items, three units."""
    folder = tmp_path_factory.mktemp("survey")
    source = publisher_files / "real" / "survey" / "turkiye-student-evaluation_generic.csv"
    path = Path(shutil.copyfile(source, folder / "evaluatie.csv"))
    items = list(pd.read_csv(path, nrows=0).columns[5:])
    toml = f'title = "Evaluatie"\nlayout = "wide"\nscale = [1, 5]\nitems = {items}\norganisation = "instcode"\n'
    toml += 'group = { repeat = "Herhaling", "course code" = "Vak" }\nsample = true\n'
    path.with_suffix(".toml").write_text(toml.replace("'", '"'))
    return read_respondents(path), pd.read_csv(path), items


def test_real_records_give_what_plain_pandas_counts(origin, evaluation):
    respondents, raw, items = evaluation
    straight = survey.straight_lining(respondents).set_index("organisation")["straight"]
    by_hand = raw[raw[items].eq(raw[items[0]], axis=0).all(axis=1)].groupby("instcode").size()
    assert straight.tolist() == by_hand.tolist()
    assert 0.45 < straight.sum() / len(raw) < 0.55  # half of them, as the description of the file says
    means = survey.means(respondents)
    assert len(means) == 3 * 28 and (means["status"] == "exact").all()
    assert means["mean"].to_numpy().reshape(3, 28) == pytest.approx(raw.groupby("instcode")[items].mean().to_numpy())
    shares = survey.distribution(respondents)
    assert shares.groupby(["organisation", "item"])["share"].sum().to_numpy() == pytest.approx(1)
    assert shares["count"].sum() == len(raw) * 28
    assert differences(respondents)["p_holm"].notna().sum() == 3 * 28
    assert importance(respondents)["importance"].between(0, 1).all()
    groups = survey.means(respondents, by="Vak")
    units = {"excerpt": [70], "real": [775, 1444, 3601]}
    assert groups.groupby(["organisation", "item"])["records"].sum().unique().tolist() == units[origin]


# Disclosure


def test_scores_are_taken_together_until_no_small_count_is_left():
    def answers_of(*counts):
        table = survey.distribution(survey_of(("IND", None, "x", repeated(*counts))))
        return dict(zip(table["answer"].astype(object).fillna("-"), table["count"], strict=True))

    assert answers_of(5, 0, 6, 7, 20) == {"1": 5, "2": 0, "3": 6, "4": 7, "5": 20}
    assert answers_of(3, 2, 6, 1, 20) == {"1–2": 5, "3": 6, "4–5": 21}
    assert answers_of(0, 3, 4, 1, 20) == {"1–3": 7, "4–5": 21}
    assert answers_of(0, 1, 2, 30, 60) == {"-": pd.NA}


def test_a_few_who_skipped_the_item_cannot_be_counted():
    respondents = survey_of(("IND", None, "x", [*repeated(17, 23, 31, 19, 12), None, None]))
    row = survey.item_nonresponse(respondents).iloc[0]
    assert row["records"] == 104 and row[["n", "missing"]].isna().all()
    table = survey.distribution(respondents)
    assert table["share"].tolist() == [0.17, 0.23, 0.30, 0.19, 0.12] and table["count"].isna().all()
    means = survey.means(respondents).iloc[0]
    assert (means["mean"], means["step"], means["status"]) == (2.9, 0.1, "circa")
    # of 98 to 101 answers only 100 can be five times 20%: that would tell how many skipped the item
    even = survey.distribution(survey_of(("IND", None, "x", [*repeated(20, 20, 20, 20, 20), None, None])))
    assert even["answer"].tolist() == ["1–2", "3", "4–5"]


def test_rounded_intervals_contain_the_exact_ones():
    scores = [*repeated(2, 9, 40, 60, 30), None]
    for function in (survey.means, survey.top_two):
        shown, exact = (
            function(survey_of(("IND", None, "x", scores)), protect=protect).iloc[0] for protect in (True, False)
        )
        assert shown["status"] == "circa"
        assert shown["low"] <= exact["low"] < exact["high"] <= shown["high"]


def test_small_groups_are_merged_and_small_organisations_hidden():
    respondents = survey_of(
        ("IND", None, "groot", repeated(5, 5, 5, 5, 5)),
        ("IND", None, "klein", repeated(1, 1, 1)),
        ("IND", None, "midden", repeated(5, 5, 5)),
        ("COA", None, "klein", repeated(1, 1, 1)),
    )
    groups = survey.means(respondents, by="Taal")
    assert dict(zip(groups["group"], groups["records"], strict=True)) == {"groot": 25, MERGED: 18}
    coa = survey.means(respondents).set_index("organisation").loc["COA"]
    assert coa[["records", "n", "mean", "low", "high"]].isna().all() and coa["status"] == "suppressed"
    tables = [survey.response(respondents), survey.item_nonresponse(respondents), differences(respondents)]
    tables += [survey.distribution(respondents), survey.top_two(respondents), importance(respondents)]
    for table in tables:
        numbers = table[table.eq("COA").any(axis=1)].select_dtypes("number")
        assert not ((numbers > 0) & (numbers < 5) & (numbers % 1 == 0)).any(axis=None)


def compositions(total: int, parts: int):
    """Every way to spread a number of people over scores."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in compositions(total - first, parts - 1):
            yield (first, *rest)


@pytest.mark.parametrize("records", [10, 12])
def test_who_tries_every_possible_survey_cannot_pin_a_small_count(records):
    """An attacker who knows our rules lists all surveys that would give the table that he sees."""
    surveys = defaultdict(list)
    for missing in range(5):
        for counts in compositions(records - missing, 5):
            shown = protected_fields(SCORES, [(records, np.array(counts))])
            surveys[repr(shown)].append([*counts, missing])
    for candidates in map(np.array, surveys.values()):
        sums = [candidates[:, list(places)].sum(axis=1) for places in ([0], [1], [2], [3], [4], [5], [0, 1], [3, 4])]
        for possible in [*sums, candidates[:, :3].sum(axis=1)]:
            assert not (0 < possible.min() == possible.max() < 5)


@pytest.mark.parametrize("seed", range(25))
def test_groups_beside_their_total_do_not_give_a_small_count_away(seed):
    """An attacker puts everything shown of groups and total into equations over whole numbers of people."""
    random = np.random.default_rng(seed)
    chances = random.dirichlet([0.6] * 5)
    counts = [random.multinomial(n, chances) for n in random.choice([12, 20, 30, 60, 120], size=3)]
    cells = _cells([(sum(group), group) for group in counts])
    (total,) = _cells([(sum(map(sum, counts)), sum(counts))])
    score = np.tile(SCORES, 3)
    place = np.repeat(range(3), 5)
    equations = []
    for cell, inside in [(total, place >= 0), *[(cell, place == group) for group, cell in enumerate(cells)]]:
        if cell.n is not None:
            equations.append((inside, cell.n, cell.n))
        for part in cell.classes:
            members = inside & (score >= part.low) & (score <= part.high)
            equations.append((members, part.count, part.count))
        if not np.isnan(cell.mean):
            low, high = (cell.n * (cell.mean + sign * cell.step / 2) + sign * 1e-6 for sign in (-1, 1))
            equations.append((inside * score, low, high))
    left, low, high = zip(*equations, strict=True)
    known = LinearConstraint(np.array(left, dtype=float), low, high)
    true = np.concatenate(counts)
    for hidden in np.flatnonzero((true > 0) & (true < 5)):
        aim = np.eye(15)[hidden]
        bounds = [
            sign * milp(sign * aim, constraints=known, integrality=np.ones(15), bounds=Bounds(0)).fun
            for sign in (1, -1)
        ]
        assert round(bounds[0]) < round(bounds[1])


def _cells(groups: list[tuple[int, tuple[int, ...]]]) -> list[Cell]:
    """Protected cells of groups, given their records and counts per score."""
    names = "abcdefgh"
    rows = [
        ("IND", None, names[place], [*repeated(*counts), *[None] * int(records - sum(counts))])
        for place, (records, counts) in enumerate(groups)
    ]
    return score_cells(survey_of(*rows), by="Taal" if len(groups) > 1 else None)
