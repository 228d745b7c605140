"""Every shipped card reads a file of its publisher's format to the right figures; the samples' figures are invented."""

from pathlib import Path

import pandas as pd
import pytest
from places import REPOSITORY

from keten.model.catalogue import Catalogue
from keten.model.periods import Period
from keten.sources.cards.card import read_card
from keten.sources.readers import READERS
from keten.sources.validation import checks
from keten.sources.validation.gate import read
from keten.sources.validation.interpret import BY, fold

CARDS = {path.stem: path for path in sorted((REPOSITORY / "data" / "sources").glob("*.toml"))}
SAMPLES = {path.stem: path for path in (REPOSITORY / "tests" / "data_samples" / "sources").glob("*.[cj]s*")}
FIRST, AGAIN, FAMILY = "asylum_first_applications", "asylum_repeat_applications", "asylum_family_reunification"
RETURNED, DECIDED = "returned_following_order", "unhcr_asylum_decisions"
DETECTED, PERMITS = "frontex_detections", "temporary_permits_regular"
# Per card: how many figures its sample gives, and some of them: measure, period, dimension, category, value, status.
CHAIN_FILE = [("", "2026", 2340), ("", "2026-01", 1200), ("", "2026-02", 1140)]
EXPECTED = {
    "cbs_80059ned": (16, [
        ("asylum_inflow_total", "1976", "", "", 900, "rounded_5"),
        (FIRST, "1976", "nationality", "Afghanistan", 100, "rounded_5"),
        (AGAIN, "1975", "", "", None, "missing"),
        (FAMILY, "1976", "", "", 300, "rounded_5"),
    ]),
    "cbs_82027NED": (20, [
        ("temporary_permits_asylum", "2025", "", "", 20000, "rounded_5"),
        ("temporary_permits_asylum", "2025", "permit_kind", "vluchtelingenstatus/subsidiair", 18000, "rounded_5"),
        (PERMITS, "2025", "", "", 70000, "rounded_5"),
        (PERMITS, "2025", "nationality+reason", "China + studie", 2500, "rounded_5"),
        (PERMITS, "2025", "nationality+reason", "China + slachtoffer mensenhandel", None, "missing"),
        ("single_permits_gvva", "2025", "", "", 3000, "rounded_5"),
    ]),
    "cbs_83102NED": (36, [
        (FIRST, "2025", "", "", 24000, "rounded_5"),
        (FIRST, "2026-Q1", "nationality", "Syrië", 3000, "rounded_5"),
        (FIRST, "2026-01", "nationality", "Eritrea", 500, "rounded_5"),
        (AGAIN, "2026-02", "", "", 100, "rounded_5"),
        (FAMILY, "2026-02", "nationality", "Eritrea", None, "missing"),
    ]),
    "cbs_83102NED_download": (8, [
        (FIRST, "2024", "", "", 30000, "rounded_5"),
        (FIRST, "2025", "nationality", "Servië", 60, "provisional"),
        (FAMILY, "2024", "nationality", "Servië", None, "missing"),
        (FAMILY, "2025", "nationality", "Servië", 0, "provisional"),
    ]),
    "cbs_85333NED": (4, [
        ("ordered_to_leave", "2025", "", "", 22000, "rounded_5"),
        ("ordered_to_leave", "2025", "nationality", "Afghanistan", None, "missing"),
    ]),
    "cbs_85400NED": (6, [
        ("asylum_permits_granted", "2025", "permit_kind", "humanitair", 1000, "rounded_5"),
        ("asylum_permits_granted", "2025", "nationality+permit_kind", "Syrië + subsidiaire bescherming", 2500,
         "rounded_5"),
    ]),
    "dtv_website_instroom": (8, [
        ("return_case_inflow", "2024", "referring_organisation", "Politie", 2900, "rounded_10"),
        ("return_case_inflow", "2025", "referring_organisation", "Overige", 2400, "rounded_10"),
    ]),
    "dtv_website_vertrek": (6, [
        ("departure_dtv", "2024", "departure_kind", "zelfstandig", 3200, "rounded_10"),
        ("departure_dtv", "2025-01-01/2025-10-31", "departure_kind", "gedwongen", 2000, "rounded_10"),
    ]),
    "eurostat_demo_population": (6, [
        ("population", "2024-01-01", "", "", 450_000_000, "exact"),
        ("population", "2025-01-01", "country", "Nederland", 18_000_000, "exact"),
    ]),
    "eurostat_migr_asyappctzm": (22, [
        (FIRST, "2026-01", "", "", 1000, "rounded_5"),
        (FIRST, "2026-02", "", "", 1200, "provisional"),
        (FIRST, "2026-02", "nationality", "Kosovo", None, "missing"),
        (AGAIN, "2026-01", "nationality", "Syrië", 300, "rounded_5"),
        ("asylum_applicants", "2026-02", "nationality", "Staatloos", 400, "rounded_5"),
    ]),
    "eurostat_migr_asyappctzm_eu": (10, [
        ("eu_asylum_first_applications", "2026-01", "", "", 9000, "rounded_5"),
        ("eu_asylum_first_applications", "2026-02", "country", "Griekenland", 900, "rounded_5"),
    ]),
    "eurostat_migr_asydcfstq": (24, [
        ("asylum_first_instance_decisions", "2026-Q2", "", "", 2100, "rounded_5"),
        ("asylum_first_instance_positive", "2026-Q1", "", "", 1200, "rounded_5"),
        ("asylum_first_instance_geneva", "2026-Q1", "nationality", "Syrië", 250, "rounded_5"),
        ("asylum_first_instance_subsidiary", "2026-Q1", "", "", 600, "rounded_5"),
        ("asylum_first_instance_humanitarian", "2026-Q1", "", "", 100, "rounded_5"),
        ("asylum_first_instance_rejected", "2026-Q1", "nationality", "Syrië", 400, "rounded_5"),
    ]),
    "eurostat_migr_asypenctzm": (8, [
        ("asylum_pending_persons", "2026-01-31", "", "", 50000, "rounded_5"),
        ("asylum_pending_persons", "2026-02-28", "nationality", "Syrië", 21000, "rounded_5"),
    ]),
    "eurostat_migr_asytpsm": (6, [
        ("temporary_protection_beneficiaries", "2026-02-28", "", "", 121000, "rounded_5"),
        ("temporary_protection_beneficiaries", "2026-01-31", "nationality", "Oekraïne", 118000, "rounded_5"),
    ]),
    "eurostat_migr_eiord": (7, [("ordered_to_leave", "2025", "nationality", "Albanië", 600, "rounded_5")]),
    "eurostat_migr_eipre": (8, [
        ("illegally_present_found", "2025", "", "", 3100, "rounded_5"),
        ("illegally_present_found", "2025", "nationality", "Onbekend", None, "missing"),
    ]),
    "eurostat_migr_eirfs": (7, [("border_refusals", "2025", "nationality", "Kosovo", 50, "rounded_5")]),
    "eurostat_migr_eirtn": (7, [(RETURNED, "2025", "nationality", "Albanië", 600, "rounded_5")]),
    "eurostat_migr_eirtn_bestemming": (10, [
        (RETURNED, "2025", "", "", 3100, "rounded_5"),
        (RETURNED, "2025", "destination", "land van nationaliteit", 2100, "rounded_5"),
        (RETURNED, "2024", "destination", "ander land in de EU of de EVA", 700, "rounded_5"),
    ]),
    "eurostat_migr_resfirst": (20, [
        ("first_residence_permits", "2025", "", "", 1002, "exact"),
        ("first_residence_permits", "2024", "reason", "gezin", 401, "exact"),
        ("first_residence_permits", "2024", "nationality", "India", 100, "exact"),
    ]),
    "eurostat_migr_resvalid": (10, [
        ("valid_residence_permits", "2024-12-31", "reason", "studie", 20000, "exact"),
        ("valid_residence_permits", "2025-12-31", "", "", 100_101, "exact"),
    ]),
    "frontex_detections": (54, [
        (DETECTED, "2025-01", "", "", 55, "exact"),
        (DETECTED, "2025-01", "route", "centrale Middellandse Zee", 50, "exact"),
        (DETECTED, "2025-01", "nationality", "Bangladesh", 45, "exact"),
        (DETECTED, "2025-01", "nationality", "Onbekend", 10, "exact"),
        (DETECTED, "2025-01", "border_kind", "land", 5, "exact"),
        (DETECTED, "2025-02", "", "", 0, "exact"),
        (DETECTED, "2025-03", "nationality", "Bangladesh", 100, "exact"),
    ]),
    "unhcr_applications": (4, [
        ("unhcr_asylum_applications", "2025", "nationality", "Syrië", 4000, "rounded_5"),
        ("unhcr_asylum_applications", "2025", "nationality", "Servië en Kosovo", 50, "rounded_5"),
    ]),
    "unhcr_decisions": (15, [
        (DECIDED, "2025", "nationality", "Eritrea", 1000, "rounded_5"),
        (DECIDED, "2025", "nationality+outcome", "Syrië + andere bescherming", 1500, "rounded_5"),
    ]),
    "unhcr_monthly": (6, [
        (FIRST, "2015-05", "", "", 600, "exact"),
        (FIRST, "2015-05", "nationality", "Servië en Kosovo", 100, "exact"),
        (FIRST, "2015-06", "nationality", "Onbekend", None, "suppressed"),
        (FIRST, "2015-06", "", "", None, "missing"),
    ]),
    **{
        card: (3, [(measure, period, "", "", value, "rounded_10") for _, period, value in CHAIN_FILE])
        for card, measure in {
            "overheid_vertrek_dtv_instroom": "return_case_inflow",
            "overheid_vertrek_lp_teno_verzoeken": "lp_teno_requests",
            "overheid_vertrek_ketenbreed": "departure_chain",
            "overheid_ind_eu_documenten_beslissingen": "eu_document_decisions",
            "overheid_ind_werk_studie_gezin_beslissingen": "regular_decisions",
        }.items()
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.read(REPOSITORY / "data")


def reading(card, sample: Path, catalogue: Catalogue):
    if card.format.name not in READERS:
        pytest.skip(f"het formaat {card.format.name} heeft in deze checkout nog geen lezer")
    return read(sample, card, catalogue.names)


def test_every_card_has_a_sample_and_every_sample_a_card():
    assert set(CARDS) == set(SAMPLES) == set(EXPECTED)


@pytest.mark.parametrize("name", CARDS)
def test_the_card_reads_a_file_of_its_format(name, catalogue):
    card = read_card(CARDS[name], catalogue)
    found = reading(card, SAMPLES[name], catalogue)
    assert checks.refusals(found, None, card, "2026-11-01") == []
    assert checks.warnings(found, None, card) == []
    rows = fold(found.observations)
    figures = rows.set_index(["measure", "period", "dimension", "category"])
    assert figures.index.is_unique
    count, expected = EXPECTED[name]
    assert len(figures) == count
    for *key, value, status in expected:
        row = figures.loc[tuple(key)]
        assert (None if pd.isna(row.value) else row.value, row.status) == (value, status), key


@pytest.mark.parametrize("name", CARDS)
def test_figures_of_a_card_are_of_the_catalogue(name, catalogue):
    """Measures, dimensions, units and stocks mean what published figures of that name mean."""
    card = read_card(CARDS[name], catalogue)
    for measure, entry in card.measures.items():
        row = catalogue.measure(measure)
        assert (entry.unit or card.unit) in {row.unit, row.also_unit} - {""}
        assert not entry.label and not entry.definition, "the meaning stands in the catalogue"
    assert card.goal in {catalogue.measure(measure).goal for measure in card.measures}
    used = {*card.dimensions, *(entry.dimension for entry in card.measures.values())} - {""}
    assert used <= set(catalogue.dimensions.index)
    kinds = {catalogue.measure(measure).kind for measure in card.measures}
    assert (kinds == {"stock"}) == bool(card.period.moment)
    rows = reading(card, SAMPLES[name], catalogue).observations
    assert all((Period.parse(text).kind == "date") == (kinds == {"stock"}) for text in rows.period)


def test_categories_are_those_of_published_figures(catalogue):
    """A live series continues a published one only when the Dutch words are the same."""
    figures = pd.read_csv(REPOSITORY / "data" / "published" / "figures.csv", dtype=str, keep_default_na=False)
    compared = 0
    for name, path in CARDS.items():
        card = read_card(path, catalogue)
        if card.format.name not in READERS:
            continue
        rows = fold(read(SAMPLES[name], card, catalogue.names).observations)
        for (measure, dimension), mine in rows.groupby(["measure", "dimension"]):
            theirs = figures[(figures.measure == measure) & (figures.dimension == dimension)]
            if dimension in ("reason", "permit_kind", "departure_kind", "referring_organisation") and len(theirs):
                assert set(mine.category) <= set(theirs.category), (name, measure)
                compared += 1
    assert compared >= 6


def test_cards_of_one_server_have_one_base_address(catalogue):
    servers = {}
    for path in CARDS.values():
        card = read_card(path, catalogue)
        if card.fetch:
            servers.setdefault(card.fetch.server, set()).add(card.fetch.base)
    assert {name: len(bases) for name, bases in servers.items()} == {"overheid": 1, "cbs": 1, "eurostat": 1, "unhcr": 1}


def test_precedence_names_live_sources_that_exist(catalogue):
    live = catalogue.precedence[catalogue.precedence["rank"] == "0"]
    assert len(live) > 10 and set(live.source) <= set(CARDS)
    for row in live.itertuples():
        card = read_card(CARDS[row.source], catalogue)
        assert row.measure in card.measures and row.organisation == card.organisation


# The file of a card as its publisher gave it, and the number of figures that must at least be read from each.
REAL = {
    "cbs_83102NED_download": ("cbs/CBS_83102NED_Asielverzoeken.csv", {"excerpt": 70, "real": 200}),
    "unhcr_monthly": (
        "unhcr/unhcr_popstats_asylum_seekers_monthly_vintage_20170809.csv",
        {"excerpt": 70, "real": 1000},
    ),
}


@pytest.mark.parametrize("name", REAL)
def test_the_card_reads_the_real_file(name, origin, publisher_files, catalogue):
    path, least = REAL[name]
    card = read_card(CARDS[name], catalogue)
    found = reading(card, publisher_files / "real" / path, catalogue)
    assert checks.refusals(found, None, card, "2026-11-01") == [] and found.warnings == []
    assert len(found.observations) > least[origin]


MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]


def as_published(long: pd.DataFrame, path: Path) -> Path:
    """Detections as Frontex publishes them: a workbook with a column per month, zeros written out."""
    heads = long.t.map(lambda day: f"{MONTHS[int(day[5:7]) - 1]}{day[:4]}")
    ordered = list(dict.fromkeys(heads.loc[long.t.sort_values().index]))
    rows = long.assign(head=heads).pivot(index=["route", "type", "nat"], columns="head", values="n")[ordered]
    rows.index.names = ["Route", "Border type or inland", "Nationality"]
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"About": ["Monthly detections"]}).to_excel(book, sheet_name="Readme", index=False)
        rows.fillna(0).astype(int).reset_index().to_excel(book, sheet_name="Detections_of_IBC", index=False, startrow=1)
    return path


def test_the_frontex_card_reads_what_frontex_publishes(origin, publisher_files, catalogue, tmp_path):
    """Every cell of the workbook is the figure of its row and month, as a plain reading of the long file has it."""
    path = publisher_files / "real" / "frontex" / "frontex_monthly_detections.csv"
    long = pd.read_csv(path, dtype={"nat": str}, keep_default_na=False)
    assert len(long) == {"excerpt": 69, "real": 34273}[origin]
    card = read_card(CARDS["frontex_detections"], catalogue)
    found = reading(card, as_published(long, tmp_path / "ibc.xlsx"), catalogue)
    assert checks.refusals(found, None, card, "2026-01-31") == [] and found.warnings == []
    rows = found.observations
    rows = rows.rename(columns=lambda name: name.removeprefix(BY))
    figures = rows[(rows.nationality != "") & (rows.route != "") & (rows.border_kind != "") & (rows.value > 0)]
    wanted = long.assign(
        nationality=long.nat.map(lambda code: catalogue.names.resolve(code)[0]),
        route=long.route.map(card.dimensions["route"].codes),
        border_kind=long.type.map(card.dimensions["border_kind"].codes),
        period=long.t.str[:7],
    )
    key = ["period", "route", "border_kind", "nationality"]
    pd.testing.assert_series_equal(
        figures.set_index(key).value.sort_index(),
        wanted[wanted.n > 0].set_index(key).n.astype(float).rename("value").sort_index(),
    )
    totals = rows[(rows.nationality == "") & (rows.route == "") & (rows.border_kind == "")].set_index("period").value
    assert totals.to_dict() == wanted.groupby("period").n.sum().to_dict()


def test_real_figures_agree_with_published_ones(publisher_files, catalogue):
    """StatLine's totals of 2015 and UNHCR's month of the peak, as the publications state them."""

    def totals(name):
        path = publisher_files / "real" / REAL[name][0]
        rows = fold(reading(read_card(CARDS[name], catalogue), path, catalogue).observations)
        return rows[rows.dimension == ""].set_index(["measure", "period"]).value

    statline, unhcr = totals("cbs_83102NED_download"), totals("unhcr_monthly")
    assert statline[FIRST, "2015"] == 43095 and statline[FAMILY, "2015"] == 13845
    assert unhcr[FIRST, "2015-10"] == 9995
