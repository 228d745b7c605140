"""Reports on records of persons: what plain sums say, and nothing from which a small group can be worked out."""

import json
import random
import re
import shutil
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
import pytest
from report_checks import CHART, numbers

SMALL = range(1, 5)
PILOTS = "7_lvv"
SURVEY = "6_klantervaring"
TOML = 'title = "Proef"\nlayout = "wide"\nscale = [1, 5]\n'


# -- participants of the shelter pilots --------------------------------------------------------------------


@pytest.fixture(scope="module")
def stays():
    """Made-up stays: gemeente, in, uit, uitkomst; with small outcomes, a small municipality and quiet months."""
    chance = random.Random(5)
    rows = []

    def add(town, outcome, people):
        for _ in range(people):
            start = date(2019, 7, 1) + timedelta(days=chance.randrange(400))
            end = start + timedelta(days=20 + chance.randrange(260)) if outcome else None
            rows.append((town, start, end, outcome))

    for town, people in (("Amsterdam", 60), ("Rotterdam", 45), ("Groningen", 25), ("Utrecht", 3)):
        add(town, "Onbekende bestemming", people // 3)
        add(town, "Terugkeer", people // 4)
        add(town, "", people - people // 3 - people // 4)
    add("Amsterdam", "Verblijfsvergunning", 7)
    add("Groningen", "Verblijfsvergunning", 2)
    add("Rotterdam", "Opname in een kliniek", 3)
    add("Eindhoven", "Naar een derde land", 1)
    return pd.DataFrame(rows, columns=["gemeente", "datum_in", "datum_uit", "uitkomst"])


@pytest.fixture(scope="module")
def pilots(stays, edition_of, kept):
    """The edition of the pilots with those stays, at the end of 2020."""
    path = kept("deelnemers.csv", stays.to_csv(index=False))
    return edition_of(PILOTS, "--period", "2020", "-p", "participants", path)


@pytest.fixture(scope="module")
def people(pilots):
    """Counts of people in figures.csv by section and dimensions and period; None where hidden."""
    return {
        (row["dimensions"], row["period"]): int(float(row["value"])) if row["value"] else None
        for row in pilots.of(PILOTS, "participant_records")
        if row["unit"] == "persons" and "statistic=" not in row["dimensions"]
    }


def test_the_totals_of_participants_are_plain_sums(stays, people):
    left = departed(stays)
    totals = [count for (key, _), count in people.items() if key.startswith("group=")]
    assert totals == [len(stays), len(left), len(stays) - len(left), 0]
    outcomes = {key: count for (key, _), count in people.items() if key.startswith("outcome=")}
    assert outcomes["outcome=Terugkeer"] == (left.uitkomst == "Terugkeer").sum() > 20
    assert sum(outcomes.values()) == len(left) < stays.datum_uit.notna().sum(), "later departures are still in"


def departed(stays):
    """Who had left by the reference date."""
    return stays[pd.to_datetime(stays.datum_uit) <= "2020-12-31"]


def test_small_groups_of_participants_stay_out_of_the_report(stays, pilots):
    """Neither count nor name of an outcome of fewer than five people, in page, images, chart data or figures."""
    rare = {name for name, count in Counter(stays.uitkomst).items() if name and count < 5}
    assert rare == {"Opname in een kliniek", "Naar een derde land"}
    everything = [
        (pilots.folder / f"{PILOTS}.html").read_text(encoding="utf-8"),
        (pilots.folder / f"{PILOTS}.ipynb").read_text(encoding="utf-8"),
        (pilots.folder / "figures.csv").read_text(encoding="utf-8"),
        (pilots.folder / "index.html").read_text(encoding="utf-8"),
        (pilots.folder / "manifest.json").read_text(encoding="utf-8"),
    ]
    for text in everything:
        assert not [name for name in rare if name in text]
    counted = [row for row in pilots.of(PILOTS, "participant_records") if row["unit"] == "persons"]
    assert counted and not [row for row in counted if row["value"] and float(row["value"]) in SMALL]
    analysis = [cell for cell in pilots.report(PILOTS).cells if cell.section == "Analyse van een deelnemersbestand"]
    columns = {"Personen", "Instroom", "Uitstroom", "Bezetting aan het einde"}
    shown = [numbers(cell.text) for cell in analysis if cell.column in columns]
    assert len(shown) > 20 and not [number for found in shown for number in found if number.value in SMALL]


def test_chart_data_hold_no_single_person(pilots):
    """The points behind an image are as coarse as the table: occupancy in whole people is never 1 to 4."""
    charts = [data[CHART] for data in pilots.outputs(PILOTS) if CHART in data]
    titles = {
        "Uitkomsten van de deelnemers",
        "Instroom, uitstroom en bezetting",
        "Bezetting aan het einde van de maand",
    }
    mine = [chart["picture"] for chart in charts if chart["title"] in titles]
    told = [tip for picture in mine for tip in re.findall(r'data-tip="([^"]*)"', picture)]
    people = [tip.rpartition(": ")[2].partition(" (")[0] for tip in told]
    assert len(mine) == 3 and len(people) > 10
    assert not [text for text in people for number in numbers(text) if number.value in SMALL]


def test_no_participant_by_subtraction(stays, people):
    """What is left of a total when all that is shown is taken off: per outcome, per municipality, of all."""
    left = departed(stays)
    naive = pd.crosstab(left.gemeente, left.uitkomst)
    assert naive.isin(SMALL).any(axis=None), "made-up stays without small cells test nothing"
    outcomes = {key.removeprefix("outcome="): count for (key, _), count in people.items() if key.startswith("outcome=")}
    cells = {
        tuple(part.partition("=")[2] for part in key.split(";")): count or 0
        for (key, _), count in people.items()
        if key.startswith("municipality=")
    }
    assert len({town for town, _ in cells}) > 1
    assert len(left) - sum(count or 0 for count in outcomes.values()) not in SMALL
    for outcome, total in outcomes.items():
        rest = [count for (_, name), count in cells.items() if name == outcome]
        assert not rest or total - sum(rest) not in SMALL, outcome
    for towns in {town for town, _ in cells}:
        total = sum(left.gemeente.map(lambda town, towns=towns: town in towns))
        assert total - sum(count for (name, _), count in cells.items() if name == towns) not in SMALL, towns


def test_no_participant_from_the_flow(people):
    """In, out and occupancy of neighbouring periods give each other away: none of the three may be small."""
    flow = {
        (key.removeprefix("flow="), period): count for (key, period), count in people.items() if key.startswith("flow=")
    }
    stock = sorted((period, count) for (name, period), count in flow.items() if name == "bezetting")
    assert len(stock) > 3 and stock[-1][0] == "2020-12-31"
    moves = {
        name: sum(count for (kind, _), count in flow.items() if kind == name) for name in ("instroom", "uitstroom")
    }
    assert moves["instroom"] - moves["uitstroom"] == stock[-1][1]
    assert not [count for count in flow.values() if count in SMALL]


def test_no_participant_from_the_curve(stays, pilots):
    """A step of the incidence curve stands for nobody or for at least five people."""
    curves = {}
    for row in pilots.of(PILOTS, "participant_records"):
        if match := re.fullmatch(r"outcome=(.*);statistic=cumulative_incidence;days=(\d+)", row["dimensions"]):
            curves.setdefault(match[1], []).append((int(match[2]), float(row["value"])))
    assert curves
    for points in curves.values():
        heights = [height for _, height in sorted(points)]
        assert heights == sorted(heights)
        steps = [(later - earlier) / 100 * len(stays) for earlier, later in pairwise(heights)]
        assert not [step for step in steps if 1 < step < 3.5], "whole percents of so many people blur less than this"


def test_a_broken_participant_file_is_named(runs, tmp_path):
    """Before anything runs; the sentence says file, line and column, and not what stands there."""
    path = tmp_path / "deelnemers.csv"
    path.write_text("gemeente;datum_in;datum_uit;uitkomst\nUtrechk;2020-01-01;;\n", encoding="utf-8")
    done, _ = runs(PILOTS, "--period", "2020", "-p", "participants", path)
    assert done.returncode == 2
    assert "deelnemers.csv, regel 2, kolom gemeente" in done.stderr and "Utrecht" in done.stderr
    assert "Utrechk" not in done.stderr + done.stdout


# -- respondents of a survey -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(repository, edition_of):
    """The edition of the survey notebook on five made-up respondents."""
    path = repository / "tests" / "data_samples" / "survey_sample.csv"
    return edition_of(SURVEY, "--period", "2017-H1", "-p", "respondents", path)


def test_five_respondents_are_too_few_for_anything(sample):
    assert "oorbeeldgegevens" in sample.report(SURVEY).text
    rows = sample.of(SURVEY, "respondent_records")
    assert rows and not [row for row in rows if row["value"] and float(row["value"]) in SMALL and not row["unit"]]
    assert not [row for row in rows if row["status"] != "suppressed" and row["unit"] in ("percent", "score_1_5")]
    charts = sample.report(SURVEY).page.select("figure.chart")
    assert "Analyse van een respondentenbestand" not in {chart.find_previous("h2").get_text() for chart in charts}


ITEMS = ["uitleg", "bejegening", "snelheid"]
ANSWERS = {  # per organisation and item how many gave 1, 2, 3, 4, 5
    ("IND", "uitleg"): (3, 10, 20, 30, 17),
    ("IND", "bejegening"): (9, 11, 20, 25, 15),
    ("IND", "snelheid"): (20, 25, 20, 13, 2),
    ("COA", "uitleg"): (5, 6, 7, 12, 10),
    ("COA", "bejegening"): (0, 1, 9, 15, 15),
    ("COA", "snelheid"): (6, 8, 10, 8, 8),
    ("DT&V", "uitleg"): (1, 1, 1, 1, 0),
    ("DT&V", "bejegening"): (0, 0, 2, 1, 1),
    ("DT&V", "snelheid"): (4, 0, 0, 0, 0),
}


@pytest.fixture(scope="module")
def survey(edition_of, kept):
    """The edition on made-up respondents: 80 on IND, 40 on COA, four on DT&V."""
    tables = []
    for organisation in ("IND", "COA", "DT&V"):
        columns = {
            item: [score for score, people in enumerate(ANSWERS[organisation, item], 1) for _ in range(people)]
            for item in ITEMS
        }
        tables.append(pd.DataFrame(columns).assign(org=organisation))
    records = pd.concat(tables, ignore_index=True)
    records.insert(0, "nr", range(len(records)))
    settings = f'respondent = "nr"\norganisation = "org"\nitems = {json.dumps(ITEMS)}\n'
    kept("enquete.toml", TOML + settings)
    return edition_of(
        SURVEY, "--period", "2017-H1", "-p", "respondents", kept("enquete.csv", records.to_csv(index=False))
    )


def statistics(edition, statistic):
    """Values in figures.csv of one statistic on the records, by the other dimensions; None where hidden."""
    found = {}
    for row in edition.of(SURVEY, "respondent_records"):
        parts = dict(part.split("=", 1) for part in row["dimensions"].split(";"))
        if parts.pop("statistic", "") == statistic:
            found[tuple(parts.values())] = float(row["value"]) if row["value"] else None
    return found


def test_no_answer_of_a_few_by_sums(survey):
    """Shares of answers times the answers, and what is left of all: nobody, or five people or more."""
    shares = statistics(survey, "share")
    shown = 0
    for (organisation, item), counts in ANSWERS.items():
        mine = {key[2]: share for key, share in shares.items() if key[:2] == (organisation, item) and share is not None}
        people = [share / 100 * sum(counts) for share in mine.values()]
        shown += len(mine)
        assert not [count for count in people if 0.5 < count < 4.5], (organisation, item, mine)
        assert not mine or not 0.5 < abs(sum(counts) - sum(people)) < 4.5
        assert not mine or organisation != "DT&V"
    assert shown >= 15


def test_four_respondents_leave_no_trace(survey):
    for statistic in ("mean", "top_two", "straight_lining", "performance", "importance", "answers", "records"):
        values = statistics(survey, statistic)
        assert [key for key in values if key[0] == "IND"], statistic
        assert all(value is None for key, value in values.items() if key[0] == "DT&V"), statistic
    for row in survey.of(SURVEY, "respondent_records"):
        assert "DT&V" not in row["dimensions"] or not row["value"], row
    charts = [data[CHART] for data in survey.outputs(SURVEY) if CHART in data]
    assert [chart for chart in charts if 'data-name="IND"' in chart["picture"]]
    assert not [chart for chart in charts if 'data-name="DT&amp;V"' in chart["picture"]]
    assert not [chart for chart in charts if chart["title"] in ("Antwoorden over DT&V", "Belang en beoordeling: DT&V")]


def test_a_real_survey_equals_plain_pandas(publisher_files, edition_of, tmp_path_factory):
    """5,820 evaluations of three units, or our excerpt: means and shares of the report against those of pandas."""
    folder = tmp_path_factory.mktemp("evaluatie")
    source = publisher_files / "real" / "survey" / "turkiye-student-evaluation_generic.csv"
    shutil.copyfile(source, folder / "evaluatie.csv")
    raw = pd.read_csv(source)
    items = list(raw.columns[5:])
    settings = f'organisation = "instcode"\nitems = {json.dumps(items)}\nsample = true\n'
    (folder / "evaluatie.toml").write_text(TOML + settings, encoding="utf-8")
    edition = edition_of(SURVEY, "--period", "2017-H1", "-p", "respondents", folder / "evaluatie.csv")
    means = raw.groupby("instcode")[items].mean().stack()
    top = raw[items].ge(4).groupby(raw.instcode).mean().stack() * 100
    for statistic, by_hand, rounding in (("mean", means, 0.005), ("top_two", top, 0.5)):
        expected = {(str(unit), item): value for (unit, item), value in by_hand.items()}
        assert statistics(edition, statistic) == pytest.approx(expected, abs=rounding + 1e-9)
