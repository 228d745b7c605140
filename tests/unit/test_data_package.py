"""The data folder: valid as a Data Package, complete against its source material, and dated soundly."""

import json
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from frictionless import Package
from helpers_material import FILES, carried_over, fingerprints, material

from keten.model.periods import Period

ROWS = {
    ("figures", "1_werk_studie_gezin"): 437,
    ("figures", "2_asiel"): 8325,
    ("figures", "3_toegang_grensbewaking"): 162,
    ("figures", "4_toezicht"): 525,
    ("figures", "5_terugkeer"): 760,
    ("survey", "6_klantervaring"): 107,
    ("lvv", "7_lvv"): 76,
}
SOURCES = 371
SPELLINGS, NATIONALITIES, MEMBER_STATES = 2182, 270, 28
# Figures about a time after their source appeared: plans, and a month named as a whole in the middle of it.
AHEAD_OF_TIME = {
    "coa_capacity_planned",
    "coa_occupancy",
    "coa_occupancy_status_holders",
    "lvv_budget",
    "lvv_occupancy",
}


@pytest.fixture(scope="module")
def tables(repository: Path) -> dict[str, pd.DataFrame]:
    """Every CSV of the data folder by name, as printed."""
    paths = sorted((repository / "data").glob("*/*.csv"))
    return {path.stem: pd.read_csv(path, dtype=str, keep_default_na=False) for path in paths}


@pytest.fixture(scope="module")
def figures(tables) -> pd.DataFrame:
    """The three files of figures below each other."""
    return pd.concat([tables[name].assign(file=name) for name in FILES], ignore_index=True)


def test_package_is_valid_with_its_foreign_keys(repository):
    report = Package(str(repository / "data" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "title", "message"])[:10]
    checked = {task.name: task.stats["rows"] for task in report.tasks}
    assert checked["figures"] == 10209, "the figures themselves were not read"


def test_package_describes_every_table(repository):
    data = repository / "data"
    package = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    described = {resource["path"]: resource for resource in package["resources"]}
    assert set(described) == {path.relative_to(data).as_posix() for path in data.glob("*/*.csv")}
    fields = [field for resource in described.values() for field in resource["schema"]["fields"]]
    assert all(field["title"] and field["description"] for field in fields)
    optional = [field for field in fields if not field.get("constraints", {}).get("required")]
    assert all(field["missingValues"][0]["label"] for field in optional), "an empty cell has no meaning"


def test_files_are_utf8_with_unix_line_ends_and_sorted(repository, tables):
    for path in (repository / "data").glob("*/*.csv"):
        text = path.read_bytes()
        assert b"\r" not in text and text.endswith(b"\n") and not text.startswith(b"\xef\xbb\xbf"), path.name
        assert text.decode("utf-8")
    order = ["measure", "dimension", "category", "period", "source", "published"]
    for name in FILES:
        keys = list(tables[name][order].itertuples(index=False, name=None))
        assert keys == sorted(keys), f"{name}.csv is not sorted"


def test_row_counts(tables, figures):
    goals = figures.measure.map(tables["measures"].set_index("measure").goal)
    assert Counter(zip(figures.file, goals, strict=True)) == ROWS
    assert len(tables["sources"]) == SOURCES
    names = ("nationality_codes", "nationalities", "eu_members")
    assert tuple(len(tables[name]) for name in names) == (SPELLINGS, NATIONALITIES, MEMBER_STATES)


@pytest.fixture(scope="module")
def expected(origin, publisher_files) -> pd.DataFrame:
    """Fingerprints of the material that was carried over: those committed, and those of the material itself."""
    folder = publisher_files / "published"
    if origin == "excerpt":
        return pd.read_csv(folder / "fingerprints.csv", dtype=str, keep_default_na=False)
    return pd.concat([fingerprints(material(folder, name), name) for name in (*FILES, "policy_measures")])


@pytest.mark.parametrize("name", [*FILES, "policy_measures"])
def test_every_published_row_is_carried_over_once(expected, tables, name):
    ours = fingerprints(carried_over(tables, name), name)
    columns = ["file", "group", "rows", "checksum"]
    wanted = expected.loc[expected.file == name, columns]
    assert ours[columns].to_dict("records") == wanted.to_dict("records")


def test_kind_of_every_period_survives(expected, tables):
    """The printed form says the kind; only a cumulative span over one calendar year or half becomes that."""
    ours = pd.concat([fingerprints(carried_over(tables, name), name) for name in FILES])
    wanted = expected[expected.file.isin(FILES)]
    changed = set(zip(ours.group, ours.kinds, strict=True)) ^ set(zip(wanted.group, wanted.kinds, strict=True))
    assert {measure for measure, _ in changed} == {"status_holders_employed_share", "detention_inflow"}


def test_known_figures(figures):
    """Figures that a publication states, found again as printed."""
    values = figures.set_index(["measure", "category", "period", "source"]).value
    spring, safety = "2017-02-01/2017-03-31", "veiligheid in en rond opvanglocatie"
    known = {
        ("lvv_participants", "", "2019-07-01/2020-10-31", "verwey-jonker-2021-03-lvv"): "1297",
        ("survey_mean_quality", "asielzoekers", spring, "venj-nieuwsbrief-2017"): "3.6",
        ("survey_coa_resident_score", safety, "2020", "coa-bewonerstevredenheid"): "3.70",
        ("coa_inflow_growth", "", "2018", "coa-2019-05-rvk-2018"): "-7",
        ("voorwerk_locations", "", "2017-09-30", "venj-nieuwsbrief-2017"): "20",
    }
    assert {key: values[key] for key in known} == known


def test_no_figure_stands_twice_for_one_source_and_edition(figures):
    key = ["measure", "dimension", "category", "period", "organisation", "source", "published"]
    assert not figures.duplicated(key).any()


@pytest.fixture(scope="module")
def cards(repository) -> dict[str, dict]:
    """The cards of live sources as their TOML says, by name."""
    return {path.stem: tomllib.loads(path.read_text()) for path in (repository / "data" / "sources").glob("*.toml")}


def test_measures_are_those_of_the_figures_and_the_cards(tables, figures, cards):
    measures = tables["measures"].set_index("measure")
    of_records = {"participant_records", "respondent_records"}  # counted from a file of the analyst's own
    live = {name for card in cards.values() for name in card["measures"]}
    begins = measures.valid_from[list(measures.index.difference({*figures.measure, *of_records, *live}))]
    assert set(begins) == {"2026-06-12"} and len(begins) == 7, "a measure without a figure is one that has yet to begin"
    assert len(measures) == 205 + len(of_records) + len(begins)
    units = figures.groupby("measure").unit.agg(set).to_dict()
    for card in cards.values():
        for name, measure in card["measures"].items():
            units.setdefault(name, set()).add(measure.get("unit", card["unit"]))
    for measure, met in units.items():
        assert met == {measures.unit[measure], measures.also_unit[measure]} - {""}, measure
    calculated_only = {"correlation", "probability", "score", "per_100000"}
    assert set(tables["units"].unit) == set().union(*units.values()) | calculated_only
    parts = {part for dimension in set(figures.dimension) - {""} for part in dimension.split("+")}
    parts |= {name for card in cards.values() for name in card.get("dimensions", {})}
    parts |= {
        entry["dimension"] for card in cards.values() for entry in card["measures"].values() if "dimension" in entry
    }
    assert set(tables["dimensions"].dimension) == parts


def test_kind_follows_from_unit_and_period(tables, figures):
    measures = tables["measures"].set_index("measure")
    never_added = {"percent", "score_1_5", "score_1_10", "days", "months", "weeks"}
    assert set(measures.kind[measures.unit.isin(never_added)]) == {"rate"}
    kinds = figures.period.map(lambda period: Period.parse(period).kind)
    kind = figures.measure.map(measures.kind)
    assert set(figures.measure[(kinds == "date") & (kind != "stock")]) == {"asylum_decision_time_months"}
    assert not figures.measure[(kinds == "span") & (kind == "stock")].any()


def test_measures_read_well(tables):
    measures = tables["measures"]
    assert measures.label.str.match(r"^[(A-Z].*[^.]$").all()
    assert measures.definition.str.match(r"^[(A-Z].*\.$").all()
    assert (measures.definition.str.lower() != measures.label.str.lower() + ".").all()


def test_every_nationality_is_known_and_spelled_once(tables, figures):
    nationalities = tables["nationalities"]
    spellings = [
        spelling for row in nationalities.itertuples() for spelling in [row.name, *filter(None, row.labels.split(";"))]
    ]
    assert len(spellings) == len(set(spellings)), "one spelling points to two nationalities"
    met = set(filter(None, tables["policy_measures"].nationalities.str.split(";").explode()))
    for row in figures[["dimension", "category"]].drop_duplicates().itertuples():
        parts = row.dimension.split("+")
        if "nationality" in parts:
            met.add(row.category.split(" + ")[parts.index("nationality")])
    assert len(met) > 50 and met <= set(spellings)
    groups = nationalities.set_index("name").group
    assert groups["Syrië"] == "land" and groups["Staatloos"] == "Staatloos"
    assert groups["Overig/onbekend"] == "Overig" and groups["Eritrea en Syrië"] == "Combinatie"


def test_nationalities_of_the_material_are_carried_over(origin, publisher_files, tables):
    labels = pd.read_csv(publisher_files / "published" / "nationalities.csv", dtype=str, keep_default_na=False)
    assert len(labels) == {"excerpt": 60, "real": 156}[origin]
    ours = tables["nationalities"].set_index("name")
    for row in labels.itertuples():
        assert row.iso3.startswith(ours.code[row.name_nl]) and bool(row.iso3) == bool(ours.code[row.name_nl])
        assert row.label in [row.name_nl, *ours.labels[row.name_nl].split(";")]


def test_safe_countries_are_those_that_a_policy_measure_names(tables):
    safe = tables["nationalities"].query("safe_since != ''")
    assert dict(zip(safe.code, safe.safe_since, strict=True)) == {
        **dict.fromkeys(["ALB", "BIH", "XKX", "MKD", "MNE", "SRB"], "2015-11-03"),
        "MAR": "2016-02-01",
        **dict.fromkeys(["DZA", "GEO", "UKR", "TUN"], "2016-10-11"),
        **dict.fromkeys(["BRA", "TTO"], "2017-04-24"),
    }
    policy = tables["policy_measures"]
    for row in safe.itertuples():
        named = policy[(policy.date == row.safe_since) & (policy.source_url == row.safe_source_url)]
        assert row.name in named.nationalities.item().split(";")


def test_municipalities_of_the_pilots(tables):
    codes = tables["municipalities"].set_index("name").code
    assert codes.to_dict() == {
        "Groningen": "GM0014",
        "Utrecht": "GM0344",
        "Amsterdam": "GM0363",
        "Rotterdam": "GM0599",
        "Eindhoven": "GM0772",
    }


def test_no_figure_is_published_before_its_period_ended(tables, figures):
    stated = figures.published.where(
        figures.published != "", figures.source.map(tables["sources"].set_index("source").published)
    )
    ends = figures.period.map(lambda period: Period.parse(period).end.isoformat())
    early = figures[(stated != "") & (stated < ends)]
    assert set(early.measure) == AHEAD_OF_TIME


def test_a_figure_has_a_date_of_its_own_only_where_its_note_names_an_edition(tables, figures):
    own = figures[figures.published != ""]
    assert len(own) > 100 and own.note.str.contains("editi").all()
    july = figures.query("source == 'ind-asieltrends-2015' and dimension == '' and period == '2015-07'")
    july = july[july.measure == "asylum_first_applications"].set_index("published").value
    assert july.to_dict() == {"2015-08-31": "2992", "2015-09-30": "2987"}


def test_dates_of_sources_follow_title_and_address(tables):
    published = tables["sources"].set_index("source").published
    assert published["cbs-minder-mensen-geweigerd-2021"] == date.fromisocalendar(2021, 49, 7).isoformat()
    assert published["rijksoverheid-2020-01-asielinstroom"] == "2020-01-22"
    assert published["dtv-vertrekcijfers-2020-06"] == "2020-06-30"
    assert published["eurostat-asyappctzm"] == "2020-10-06"
    assert published["ind-asielinstroom-2020-03"] == "2020-03-31", "a monthly report is out after its month"
    news = tables["sources"][tables["sources"].publisher == "CBS"]
    weeks = news.url.str.extract(r"/(\d{4})/(\d{2})/").dropna().astype(int)
    sundays = [date.fromisocalendar(*week, 7).isoformat() for week in weeks.itertuples(index=False)]
    assert len(sundays) == 17 and news.published[weeks.index].to_list() == sundays
