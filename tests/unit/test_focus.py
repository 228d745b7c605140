"""The nationality in focus: beside the total of the same publisher in every section, or a sentence; else no trace."""

import re

import pytest
from bs4 import BeautifulSoup
from helpers_data import dutch, figure, rows_of, small_data, tree

from keten import Workbook
from keten.sections import focus

SECTIONS = {
    "Asielinstroom": ["asylum_inflow_total", "asylum_first_applications", "asylum_repeat_applications",
                      "asylum_family_reunification"],
    "AMV": ["asylum_unaccompanied_minors"],
    "Beslissingen": ["asylum_first_instance_decisions", "asylum_first_instance_positive",
                     "asylum_first_instance_rejected"],
    "Toegang": ["border_refusals"],
    "Toezicht": ["illegally_present_found"],
    "Vertrek": ["departure_chain", "departure_demonstrable", "departure_dtv", "iom_assisted_departures"],
    "Plicht": ["ordered_to_leave", "returned_following_order"],
}  # fmt: skip
PERIODS = ["2016", "2017-H1", "2017-06", "2020"]
ASKED = [(name, period) for name in ("Eritrea", "Syrië", "Albanië", "Staatloos") for period in PERIODS]
GRANTS = ("asylum_first_instance_positive", "asylum_first_instance_decisions", "Inwilligingen")
ALL = "alle nationaliteiten"


@pytest.fixture(scope="module", params=ASKED, ids=lambda asked: "-".join(asked))
def chain(request) -> Workbook:
    name, period = request.param
    return Workbook(period, nationality=name)


def texts(shown) -> str:
    return "".join(tree(shown.html).itertext())


def bodies(shown) -> list[tuple[list[str], list[list[str]]]]:
    """Heads and rows of each table."""
    return [(table["columns"], [[cell["text"] for cell in row] for row in table["rows"]]) for table in shown.tables]


@pytest.mark.parametrize("title", SECTIONS)
def test_every_measure_stands_in_a_table_or_in_a_sentence(chain, title):
    shown = focus.beside_total(chain, SECTIONS[title], title)
    assert (shown is None) == (not any(chain.has(measure, "nationality") for measure in SECTIONS[title]))
    if shown is None:
        return
    said, rows = texts(shown), [row[0] for _, table in bodies(shown) for row in table]
    for measure in SECTIONS[title]:
        if not chain.has(measure, "nationality"):  # nobody breaks it down, so far
            continue
        label = chain.catalogue.measure(measure).label
        in_table = any(row.startswith(f"{label}: {chain.nationality}") for row in rows)
        small = re.escape(f"{label[0].lower()}{label[1:]}")
        in_words = re.search(rf"(geen cijfer bekend|alleen cijfers over andere perioden) van: [^.]*{small}", said)
        assert in_table != bool(in_words), (measure, said)


def half_step(text: str) -> float:
    """How far a printed percentage may lie from the exact one: half its last digit, of which its margin tells."""
    return 0.051 if "," in text else 0.501


@pytest.mark.parametrize("title", SECTIONS)
def test_a_share_is_that_of_the_total_beside_it(chain, title):
    """A total is of the same publisher and period, not below its part, and what the share was worked out from."""
    shown = focus.beside_total(chain, SECTIONS[title], title)
    for heads, rows in bodies(shown) if shown else []:
        now = max(place for place, head in enumerate(heads) if head != "aandeel" and not head.startswith("t.o.v."))
        named = {row[0].partition(f", {ALL}")[0]: row for row in rows if ALL in row[0]}
        totals = {re.sub(r" \([^)]*\)$", "", name): row for name, row in named.items()} | named  # or with its publisher
        for row in rows:
            label = row[0].rpartition(":")[0]
            if not label or heads[-1] != "aandeel" or not row[-1]:
                continue
            part, whole = dutch(row[now]), dutch(totals[label][now])
            assert part <= whole and dutch(row[-1]) == pytest.approx(100 * part / whole, abs=half_step(row[-1])), row


def test_the_share_granted_stands_beside_that_of_all(chain):
    ((heads, (mine, every)),) = bodies(focus.share_beside_total(chain, *GRANTS)) or [([], ([], []))]
    if not mine:  # no grants to Albanians are known
        assert chain.nationality == "Albanië"
        return
    assert chain.nationality in mine[0] and ALL in every[0] and len(mine) == len(every) == len(heads)
    own = chain.compare("asylum_first_instance_positive", "nationality", [chain.nationality]).iloc[-1]
    decided = chain.value("asylum_first_instance_decisions", "nationality", chain.nationality, own.period).value.iloc[0]
    shown = mine[heads.index(heads[-1].removeprefix("t.o.v. ")) + 1]
    assert dutch(shown) == pytest.approx(100 * own.value / decided, abs=half_step(shown))


def test_the_portrait_says_what_policy_there_is(chain):
    shown = focus.portrait(chain, ["asylum_first_applications", "departure_demonstrable"])
    events = chain.policy_measures(nationality=chain.nationality, after=True)
    name = "staatlozen" if chain.nationality == "Staatloos" else chain.nationality
    assert (f"Voor {name} zijn geen maatregelen vastgelegd" in texts(shown)) == events.empty
    for title in events.title:
        assert title in texts(shown)


@pytest.mark.parametrize("period", PERIODS)
def test_without_a_nationality_there_is_no_trace(period):
    chain = Workbook(period)
    for title, measures in SECTIONS.items():
        assert focus.beside_total(chain, measures, title) is None
    assert focus.share_beside_total(chain, *GRANTS) is None
    assert focus.portrait(chain, ["asylum_first_applications"]) is None
    assert set(chain.used_measures()) == set()


@pytest.mark.parametrize(
    ("period", "nationality", "shown"),
    [
        ("2017-H1", "Albanië", True),
        ("2017-H1", "Russische Federatie", True),  # its policy of 30 August 2017 came soon after the period
        ("2016", "Albanië", True),
        ("2016", "Russische Federatie", False),
        ("2014", "Albanië", False),
        ("2021-12", "Albanië", False),
        ("2017-H1", "Eritrea", False),
    ],
)
def test_a_country_has_a_block_when_there_was_new_policy(period, nationality, shown):
    chain = Workbook(period)
    found = focus.new_policy(chain, nationality, ["asylum_first_applications"], "Let op.")
    assert (found is not None) == shown
    if found:
        assert texts(found).startswith("Let op.")
        listed = [item.get_text() for item in BeautifulSoup(found.html, "html.parser").select("ol > li")]
        for title in chain.policy_measures(nationality=nationality, after=True).title:
            assert sum(title in item for item in listed) == 1, f"{title}: once, below the chart or in a list of its own"
    mine = Workbook(period, nationality=nationality)
    assert focus.new_policy(mine, nationality, ["asylum_first_applications"]) is None


def test_by_hand(tmp_path):
    """30 of 120, a year before 20 of 100; the total of another publisher is no total."""
    of = {"measure": "illegally_present_found", "organisation": "Eurostat"}
    rows = [figure(period=year, value=value, **of) for year, value in (("2016", "100"), ("2017", "120"))]
    rows += [
        figure(period=year, value=value, dimension="nationality", category="Eritrea", **of)
        for year, value in (("2016", "20"), ("2017", "30"))
    ]
    chain = Workbook("2017", compare_years=1, nationality="ERI", data=small_data(tmp_path, rows))
    shown = focus.beside_total(chain, ["illegally_present_found"], "Toezicht")
    label = "Aangetroffen vreemdelingen zonder verblijfsrecht"
    assert [row[:3] + row[4:] for row in rows_of(shown.html)[1:]] == [
        [f"{label}: Eritrea", "20", "30", "25,0%"],
        [f"{label}, {ALL}", "100", "120", ""],
    ]
    other = [row | {"organisation": "IND"} if not row["dimension"] else row for row in rows]
    (tmp_path / "other").mkdir()
    alone = Workbook("2017", compare_years=1, nationality="ERI", data=small_data(tmp_path / "other", other))
    shown = focus.beside_total(alone, ["illegally_present_found"], "Toezicht")
    assert len(rows_of(shown.html)) == 2 and "Van dezelfde uitgever is geen totaal bekend bij" in texts(shown)


def test_names_of_countries_stand_in_a_sentence_with_their_article():
    chain = Workbook("2017-H1")
    shown = focus.new_policy(chain, "Russische Federatie", ["departure_demonstrable"])
    assert "Over de Russische Federatie is geen cijfer bekend van: aantoonbaar vertrek." in texts(shown)
