"""The client-experience survey: findings in words, and records of which no small count reaches the report."""

import random
import re
import traceback
from dataclasses import replace

import pytest
from helpers_data import published, rows_of, tree
from places import SAMPLES

from keten import Workbook
from keten.errors import KetenError
from keten.sections import client_survey

SAMPLE = SAMPLES / "survey_sample.csv"
ITEMS = ("uitleg", "bejegening", "snelheid")
ORGANISATIONS = ("IND", "COA", "DT&V")
PARTS = (
    client_survey.response,
    client_survey.nonresponse,
    client_survey.distribution,
    client_survey.means,
    client_survey.top_two,
    client_survey.compare_organisations,
    client_survey.compare_groups,
    client_survey.compare_waves,
    client_survey.importances,
    client_survey.straight_lining,
)
TOML = """
title = "Proef klantervaring"
layout = "wide"
scale = [1, 5]
respondent = "nr"
organisation = "org"
group = { taal = "Taal" }
sample = true

[items]
uitleg = "Kreeg ik genoeg uitleg?"
bejegening = "Was men vriendelijk?"
snelheid = "Ging het <snel> genoeg?"
"""


@pytest.fixture(scope="module")
def chain() -> Workbook:
    return published("2017-06")


@pytest.fixture(scope="module")
def sample(chain):
    return client_survey.read(str(SAMPLE), chain)


@pytest.fixture(scope="module")
def larger(tmp_path_factory, chain):
    """Made-up answers of 120 people about three organisations; a few never answer, one language is rare."""
    draw = random.Random(2017)
    lines = ["nr;org;taal;" + ";".join(ITEMS)]
    for person in range(120):
        language = draw.choices(("Arabisch", "Tigrinya", "Dari"), weights=(70, 27, 3))[0]
        for organisation in ORGANISATIONS:
            scores = [draw.choices(("1", "2", "3", "4", "5", ""), weights=(4, 8, 20, 45, 20, 3))[0] for _ in ITEMS]
            lines.append(f"p{person};{organisation};{language};{';'.join(scores)}")
    path = tmp_path_factory.mktemp("records") / "respondenten.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path.with_suffix(".toml").write_text(TOML, encoding="utf-8")
    return client_survey.read(str(path), chain)


@pytest.fixture(scope="module")
def shown(sample, larger) -> dict:
    """Every part of the notebook on both files: `shown["larger", "means"]`."""
    files = {"sample": sample, "larger": larger}
    return {(name, part.__name__): part(known) for name, known in files.items() for part in PARTS}


def of_file(shown: dict, file: str) -> list:
    return [one for (name, _), one in shown.items() if name == file]


def text_of(shown) -> str:
    return "".join(tree(shown.html).itertext())


def counts(shown) -> list[float]:
    """Listed numbers of people or answers."""
    rows = [
        row for row in shown.figures if row["unit"] == "persons" and "statistic=importance" not in row["dimensions"]
    ]
    return [row["value"] for row in rows if row["value"] is not None]


# Findings in words


def test_findings_are_shown_once_the_survey_is_held_and_published():
    shown = client_survey.findings(published("2017-06"))
    text = text_of(shown)
    assert "Asielzoekers" in text and "Ketenpartners" in text and "Bron: " in text
    assert "februari" in text and "maart 2017" in text, "the field work"
    for unseen in (Workbook("2017-01"), Workbook("2017-Q2", as_of="2017-04-30")):
        gap = client_survey.findings(unseen)
        assert "<table" not in gap.html and "geen passend cijfer bekend" in gap.html


# Records


def test_no_count_of_one_to_four_is_listed_or_shown(shown):
    for key, one in shown.items():
        assert not [value for value in counts(one) if 0 < value < 5], key
        head, *body = rows_of(one.html) or [[]]
        numbers = [place for place, name in enumerate(head) if name in COUNTED]
        assert not [row[place] for row in body for place in numbers if re.fullmatch("[1-4]", row[place])], key
    assert len(counts(shown["larger", "nonresponse"])) >= 3, "the larger file does give counts"


COUNTED = {"Respondenten", "Met een antwoord", "Antwoorden", "Overgeslagen", "Beoordeelbare respondenten"}


def test_a_sample_of_three_people_gives_no_number_about_them(shown):
    for one in of_file(shown, "sample"):
        assert not [row for row in one.figures if row["value"]]
        assert "<svg" not in one.html


def test_hidden_numbers_are_listed_as_suppressed(shown):
    listed = [row for one in of_file(shown, "sample") for row in one.figures]
    assert listed and {row["status"] for row in listed if row["value"] is None} == {"suppressed"}


def test_made_up_records_say_so(shown):
    for file in ("sample", "larger"):
        (notice,) = shown[file, "response"].notices["samples"]
        assert "oorbeeld" in notice


def test_response_is_that_of_the_records(shown):
    assert {row[0]: row[1] for row in rows_of(shown["larger", "response"].html)[1:]} == dict.fromkeys(
        ORGANISATIONS, "120"
    )


def test_means_are_those_of_the_records_within_their_rounding(larger, shown):
    """A mean whose count is protected is rounded and `circa`, so that it does not give the count away."""
    answers = larger.answers.answers
    found = [row for row in shown["larger", "means"].figures if row["dimensions"].endswith("statistic=mean")]
    assert len(found) == len(ITEMS) * len(ORGANISATIONS)
    for row in found:
        names = dict(part.split("=") for part in row["dimensions"].split(";"))
        mine = answers[(answers.organisation == names["organisation"]) & (answers["item"] == names["item"])]
        room = {"exact": 0.005, "circa": 0.051}[row["status"]]
        assert abs(row["value"] - mine.score.dropna().astype(float).mean()) <= room


def test_an_importance_is_no_number_of_people(shown):
    """Derived importance is a rank correlation between -1 and 1."""
    rows = [row for row in shown["larger", "importances"].figures if "statistic=importance" in row["dimensions"]]
    assert rows and all(-1 <= row["value"] <= 1 for row in rows if row["value"] is not None)
    assert "persons" not in {row["unit"] for row in rows}


def test_every_figure_of_the_records_has_a_scale_a_source_and_a_day(shown):
    rows = [row for one in of_file(shown, "larger") for row in one.figures]
    assert len(rows) > 50
    assert {row["source"] for row in rows} == {"Bestand respondenten.csv"}
    assert {row["as_of"] for row in rows} == {"2017-06-30"}
    means = [row for row in shown["larger", "means"].figures if row["value"] is not None]
    assert {row["unit"] for row in means} == {"score_1_5"}


def test_a_rare_language_is_not_shown_on_its_own(shown):
    compared = shown["larger", "compare_groups"]
    named = {name for row in rows_of(compared.html)[1:] for name in row[2:4]}
    assert "Arabisch" in named and "Dari" not in named
    assert not [row for row in compared.figures if "Dari" in row["dimensions"]]


def test_text_of_the_file_stays_text(shown):
    for one in of_file(shown, "larger"):
        assert not [element for element in tree(one.html).iter() if element.tag == "snel"]
    assert "<snel>" in text_of(shown["larger", "nonresponse"])


def test_one_wave_is_not_compared_with_another(shown):
    waves = shown["larger", "compare_waves"]
    assert waves.figures == [] and "één meting" in waves.html


def test_without_a_file_the_report_says_what_one_would_give(chain):
    known = client_survey.read("", chain)
    assert known is None and "geen bestand met antwoorden van respondenten" in client_survey.response(known).html
    assert all(part(known).figures == [] for part in PARTS) and all(part(known).html == "" for part in PARTS[1:])


@pytest.mark.parametrize("part", PARTS)
def test_a_defect_of_ours_tells_nothing_that_stands_in_a_record(sample, monkeypatch, part):
    """An error of a library may quote the answer on which it fell."""

    def fails(*_, **__):
        raise ValueError("invalid literal: 'Q7x'")

    for name in ("item_nonresponse", "response", "distribution", "means", "top_two", "straight_lining"):
        monkeypatch.setattr(client_survey.survey, name, fails)
    for name in ("differences", "importance"):
        monkeypatch.setattr(client_survey, name, fails)
    if part is client_survey.compare_waves:
        sample = replace(sample, answers=two_waves(sample.answers))
    with pytest.raises(KetenError, match=r"survey_sample\.csv .*ValueError in test_experience\.py") as fault:
        part(sample)
    assert "Q7x" not in "".join(traceback.format_exception(fault.value))


def two_waves(answers):
    """The same answers, of two measurements."""
    late = answers.answers.index % 2 == 1
    return replace(answers, answers=answers.answers.assign(wave=["2024" if one else "2023" for one in late]))
