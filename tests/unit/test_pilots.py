"""The shelter pilots: published outcomes with both denominators, and records of which no small count gets out."""

import random
import re
from datetime import date, timedelta

import pytest
from helpers_data import published as workbook_of
from helpers_data import rows_of

from keten import Workbook
from keten.errors import KetenError
from keten.sections import shelter_pilots

PERMIT = "Verblijfsvergunning"
OUTCOMES = ("Verblijfsvergunning", "Terugkeer", "Onbekend", "Traject beëindigd", "Doormigratie")
SHARES = (0.4, 0.3, 0.2, 0.08, 0.02)
MUNICIPALITIES = ("Amsterdam", "Rotterdam", "Utrecht", "Eindhoven", "Groningen")
PARTS = tuple(getattr(shelter_pilots, name) for name in ("totals", "outcomes", "flow", "occupancy", "incidence"))


@pytest.fixture(scope="module")
def chain() -> Workbook:
    return workbook_of("2020-12")


@pytest.fixture(scope="module")
def published(chain):
    return shelter_pilots.published_outcomes(chain)


@pytest.fixture(scope="module")
def table(published) -> dict[str, dict[str, str]]:
    """The published outcomes by row and column name."""
    head, *body = rows_of(published.html)
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in body}


# Published outcomes


@pytest.mark.parametrize(
    ("outcome", "people", "of_left", "of_all"),
    [
        # of 537 and of 1,297, by hand
        (PERMIT, "43", "8,0%", "3,3%"),
        ("Terugkeer naar land van herkomst", "50", "9,3%", "3,9%"),
        ("Traject beëindigd door LVV", "76", "14,2%", "5,9%"),
        ("Vertrek naar derde land", "2", "0,4%", "0,2%"),
    ],
)
def test_each_outcome_has_both_denominators(table, outcome, people, of_left, of_all):
    assert list(table[outcome].values()) == [people, of_left, of_all]
    assert list(table[outcome]) == ["Personen", "Van de 537 vertrokken", "Van de 1.297 deelnemers"]


def test_what_the_source_gives_by_approximation_is_a_range(table):
    """A third of 537, read as 30.8% to 35.8%: 165.6 to 192.4; a fifth as 17.5% to 22.5%: 94.0 to 120.8.

    166 / 537 = 30.9%, 192 / 537 = 35.8%, 94 / 537 = 17.5%, 120 / 537 = 22.3%; of 1,297: 12.8, 14.8, 7.2 and 9.3%.
    """
    waiting = ["tussen 166 en 192", "tussen 31% en 36%", "tussen 13% en 15%"]
    assert list(table["Wacht op beslissing IND over nieuwe asielaanvraag"].values()) == waiting
    assert list(table["Onbekende bestemming"].values()) == ["tussen 94 en 120", "tussen 18% en 22%", "tussen 7% en 9%"]


def test_a_full_count_has_no_sampling_interval(published, shown):
    for one in (published, shown["outcomes"], shown["by_municipality"]):
        assert "Wilson" not in one.html and "geen steekproefmarge" in one.html
        assert not [row for row in one.figures if "_95" in row["dimensions"]]
    assert "95%-interval zegt hoe ver" in shown["incidence"].html


def test_what_is_left_unexplained_is_shown_as_such(table):
    """537 - 43 - 50 - 2 - 76 = 366; less 192 + 120 leaves 54, less 166 + 94 leaves 106."""
    unexplained = table["Niet verklaard door de bron"]
    assert unexplained["Personen"] == "tussen 54 en 106"
    assert unexplained["Van de 537 vertrokken"] == "tussen 10% en 20%"
    assert unexplained["Van de 1.297 deelnemers"] == "tussen 4% en 8%"


def test_published_outcomes_are_listed_with_their_source(published):
    values = {(row["dimensions"], row["value"]) for row in published.figures}
    permit = "outcome=verblijfsvergunning"
    assert (permit, 43) in values and ("", 1297) in values and ("", 537) in values
    assert (f"{permit};statistic=share;denominator=lvv_outflow", 8.0) in values
    assert (f"{permit};statistic=share;denominator=lvv_participants", 3.3) in values
    assert all("Verwey-Jonker" in row["source"] and row["as_of"] == "2021-03-09" for row in published.figures)


def test_the_ranges_that_are_shown_are_listed_too(published):
    values = {row["value"] for row in published.figures}
    assert {166, 192, 94, 120, 54, 106, 31, 36} <= values


def test_before_the_evaluation_there_is_a_gap():
    for earlier in (workbook_of("2017"), Workbook("2020-12", as_of="2021-03-08")):
        shown = shelter_pilots.published_outcomes(earlier)
        assert shown.figures == [] and "<table" not in shown.html and "geen passend cijfer bekend" in shown.html
    assert shelter_pilots.published_outcomes(Workbook("2020-12", as_of="2021-03-09")).figures


# Records


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """Made-up stays of 400 people in five municipalities, two of which are small; with rare outcomes."""
    draw = random.Random(20201101)
    lines = ["gemeente;datum in;datum uit;uitkomst"]
    for place in draw.choices(MUNICIPALITIES, weights=(60, 25, 10, 3, 2), k=400):
        arrived = date(2019, 7, 1) + timedelta(days=draw.randrange(480))
        left = arrived + timedelta(days=draw.randrange(20, 700))
        gone = left <= date(2020, 10, 31)
        outcome = draw.choices(OUTCOMES, weights=SHARES)[0] if gone else ""
        lines.append(f"{place};{arrived};{left if gone else ''};{outcome}")
    path = tmp_path_factory.mktemp("records") / "deelnemers.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def stays(records, chain):
    return shelter_pilots.stays(str(records), chain, "2020-10-31")


@pytest.fixture(scope="module")
def shown(stays) -> dict:
    """Every part of the notebook on these records, by the name of its function."""
    parts = {part.__name__: part(stays) for part in PARTS}
    return parts | {"by_municipality": shelter_pilots.outcomes(stays, by_municipality=True)}


def people(shown) -> list[dict]:
    return [row for row in shown.figures if row["measure"] == "participant_records" and row["unit"] == "persons"]


def test_no_count_of_one_to_four_people_is_listed_or_drawn(shown):
    counts = [row["value"] for one in shown.values() for row in people(one)]
    assert sum(value is not None for value in counts) > 20
    assert not [value for value in counts if value is not None and 0 < value < 5]
    for one in shown.values():
        for row in rows_of(one.html):
            assert not [text for text in row[1:] if re.fullmatch(r"[1-4]", text)]
    told = [
        tip
        for name in ("outcomes", "flow", "occupancy")
        for tip in re.findall(r'data-tip="[^"]*: (\d+)', shown[name].html)
    ]
    assert len(told) > 10 and not set(told) & set("1234")


def test_what_is_left_over_of_a_total_is_nothing_or_five_and_more(shown):
    """A reader who takes what is shown from the totals that are shown finds no small group."""
    everyone, left, still = [row["value"] for row in people(shown["totals"])][:3]
    assert everyone == left + still
    parts = [(left, [row["value"] for row in people(shown["outcomes"])])]
    for kind, total in (("instroom", everyone), ("uitstroom", left)):
        flow = [row["value"] for row in people(shown["flow"]) if row["dimensions"] == f"flow={kind}"]
        parts.append((total, flow))
    for total, values in parts:
        rest = total - sum(value for value in values if value is not None)
        assert len(values) > 2 and (rest == 0 or rest >= 5)


def test_shares_of_records_have_both_denominators(shown):
    counts = {row["dimensions"]: row["value"] for row in people(shown["outcomes"])}
    shares = {row["dimensions"]: row["value"] for row in shown["outcomes"].figures if row["unit"] == "percent"}
    everyone, left = [row["value"] for row in people(shown["totals"])][:2]
    permit = f"outcome={PERMIT}"
    for denominator, whole in (("left", left), ("participants", everyone)):
        share = shares[f"{permit};statistic=share;denominator={denominator}"]
        assert share == pytest.approx(100 * counts[permit] / whole, abs=0.05)


def test_records_are_named_by_their_file_and_day_and_never_by_their_folder(shown, records):
    listed = [row for one in shown.values() for row in one.figures]
    assert {row["source"] for row in listed} == {"Bestand deelnemers.csv"}
    assert {row["as_of"] for row in listed} == {"2020-10-31"}
    assert all(str(records.parent) not in one.html for one in shown.values())


def test_the_reference_date_decides_who_is_still_in(records, chain):
    def still_in(day: str) -> float:
        people_on_the_day = people(shelter_pilots.totals(shelter_pilots.stays(str(records), chain, day)))
        return [row["value"] for row in people_on_the_day][2]

    lines = [line.split(";") for line in records.read_text("utf-8").splitlines()[1:]]
    for day in ("2020-03-31", "2020-10-31"):
        assert still_in(day) == sum(arrived <= day and (not gone or gone > day) for _, arrived, gone, _ in lines)


def test_without_a_file_the_report_says_what_one_would_give(chain):
    known = shelter_pilots.stays("", chain)
    assert known is None and "geen bestand met deelnemers" in shelter_pilots.totals(known).html
    assert all(part(known).figures == [] for part in PARTS)
    assert all(part(known).html == "" for part in PARTS[1:])


def test_too_few_people_give_nothing_at_all(tmp_path, chain):
    path = tmp_path / "klein.csv"
    rows = [f"Utrecht;2020-01-0{day};2020-03-01;Terugkeer" for day in (1, 2, 3)]
    path.write_text("\n".join(["gemeente;datum in;datum uit;uitkomst", *rows]), encoding="utf-8")
    known = shelter_pilots.stays(str(path), chain, "2020-10-31")
    for part in PARTS:
        shown = part(known)
        assert not [row["value"] for row in people(shown) if row["value"]]
        texts = [text for row in rows_of(shown.html) for text in row]
        assert not [text for text in texts if re.search(r"\b[1-3]\b", text.replace("31 oktober 2020", ""))]


@pytest.mark.parametrize("day", ["2020", "2020-02-30", "oktober"])
def test_a_reference_date_must_be_a_day(records, chain, day):
    with pytest.raises(KetenError) as caught:
        shelter_pilots.stays(str(records), chain, day)
    assert day in str(caught.value) and "\n" not in str(caught.value)
