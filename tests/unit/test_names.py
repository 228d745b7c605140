"""Every publisher's spelling of a country or nationality leads to one Dutch name."""

import csv
import io
from collections import Counter

import pandas as pd
import pytest

from keten.errors import KetenError
from keten.model.catalogue import Catalogue
from keten.model.country_codes import AGGREGATE, MEMBER, UNKNOWN, Names

COLUMNS = ["scheme", "spelling", "code", "note"]
# Labels of the publishers' own files, with what each means.
SPELLINGS = {
    "Former Yugoslav Republic of Macedonia, the": "Noord-Macedonië",
    "Kosovo (under United Nations Security Council Resolution 1244/99)": "Kosovo",
    "Germany (until 1990 former territory of the FRG)": "Duitsland",
    "China (including Hong Kong)": "China",
    "Czech Republic": "Tsjechië",
    "Gambia, The": "Gambia",
    "Recognised non-citizens": "Erkende niet-burgers van Letland en Estland",
    "STLS": "Staatloos",
    "EL": "Griekenland",
    "UK": "Verenigd Koninkrijk",
    "UK_OCT": "Brits overzees burger",
    "Iran (Islamic Rep. of)": "Iran",
    "Dem. Rep. of the Congo": "Democratische Republiek Congo",
    "Congo": "Congo-Brazzaville",
    "Dem. People's Rep. of Korea": "Noord-Korea",
    "Rep. of Korea": "Zuid-Korea",
    "Serbia and Kosovo (S/RES/1244 (1999))": "Servië en Kosovo",
    "Serbia and Kosovo: S/RES/1244 (1999)": "Servië en Kosovo",
    "Various/unknown": "Onbekend",
    "Palestinian": "Palestijnse Gebieden",
    "Tibetan": "Tibet",
    "Stateless": "Staatloos",
    "Syrisch": "Syrië",
    "Burger Servië": "Servië",
    "Burger Servië en Montenegro": "Servië en Montenegro",
    "Burger van de Bondsrepubliek Duitsland": "Duitsland",
    "Congolees": "Congo-Brazzaville",
    "Congolees (Democratische Republiek)": "Democratische Republiek Congo",
    "Sovjet-Russisch": "Sovjet-Unie",
    "Nigerees": "Niger",
    "Nigeriaans": "Nigeria",
    "Nigerien": "Niger",
    "Nigerian": "Nigeria",
    "Guinees": "Guinee",
    "Equatoriaal-Guinees": "Equatoriaal-Guinea",
    "Papua New Guinean": "Papoea-Nieuw-Guinea",
    "Guinee-Bissau": "Guinee-Bissau",
    "Samoa": "Samoa",
    "American Samoa": "Amerikaans-Samoa",
    "Burger van Dominica": "Dominica",
    "Dominican Republic": "Dominicaanse Republiek",
    "Soedanees": "Soedan",
    "Zuid-Soedanees": "Zuid-Soedan",
    "NAT9444": "Syrië",
    "ROM": "Roemenië",
    "ZAR": "Democratische Republiek Congo",
    "TMP": "Oost-Timor",
    "BUR": "Myanmar",
    "SUN": "Sovjet-Unie",
    "YUG": "Joegoslavië",
    "ANT": "Nederlandse Antillen",
    "STL": "Staatloos",
    "Syrian": "Syrië",
    "Syrische": "Syrië",
    "Wit-Rusland": "Belarus",
    "Birma": "Myanmar",
    "Türkiye": "Turkije",
    "Overige nationaliteiten": "Overig",
}
AGGREGATES = [
    "TOTAL", "Total", "Totaal nationaliteit", "EU27_2020", "EU28", "EXT_EU27_2020", "EXT_EU28", "EFTA", "CC",
    "Extra-EU",
    "European Union (28 countries)", "European Union - 27 countries (from 2020)", "(voormalige) Sovjet-Unie",
    "EU27_2020_EFTA_FOR", "T001059",
]  # fmt: skip


@pytest.fixture(scope="module")
def catalogue(repository) -> Catalogue:
    return Catalogue.read(repository / "data")


@pytest.fixture(scope="module")
def names(catalogue) -> Names:
    return catalogue.names


def test_spellings_of_all_publishers(names):
    assert {text: names.resolve(text) for text in SPELLINGS} == {
        text: (name, MEMBER) for text, name in SPELLINGS.items()
    }


def test_totals_are_no_nationalities(names):
    assert {text: names.resolve(text) for text in AGGREGATES} == {text: (text, AGGREGATE) for text in AGGREGATES}


def test_what_nobody_knows_keeps_its_text(names):
    for text in ["Atlantis", "Koreaans", "n.a.", "-", "*", "", "?", "NAT0000", "X1"]:
        assert names.resolve(text) == (text, UNKNOWN)


@pytest.mark.parametrize(
    "text", ["SYRIË", "syrie", " Syrië ", "Syrie\u0308", "Syrië*", "Syrië **", "sy", "syr", "Syrische"]
)
def test_case_blanks_accents_and_stars_do_not_matter(names, text):
    assert names.resolve(text) == ("Syrië", MEMBER)


def test_every_country_of_iso_3166_is_known_by_codes_and_names(names, catalogue):
    pycountry = pytest.importorskip("pycountry", reason="pycountry, de lijst van ISO 3166, is niet geïnstalleerd")
    codes = catalogue.nationalities.set_index("code").name
    wrong = {}
    for country in pycountry.countries:
        given = [country.alpha_3, country.alpha_2, country.name, getattr(country, "official_name", country.name)]
        for text in given:
            if names.resolve(text, "iso2") != (codes[country.alpha_3], MEMBER):
                wrong[text] = names.resolve(text, "iso2")
    assert not wrong
    assert len(codes[codes.index != ""]) >= 249


def test_codes_of_unhcr_hold_for_unhcr_only(names):
    assert names.resolve("AUS") == ("Australië", MEMBER)
    assert names.resolve("AUS", "unhcr") == ("Oostenrijk", MEMBER)
    assert names.resolve("ARE", "unhcr") == ("Egypte", MEMBER)
    assert names.resolve("GFR") == ("GFR", UNKNOWN)
    assert names.resolve("SRB", "unhcr") == ("Servië en Kosovo", MEMBER)
    assert names.resolve("Rep. of Korea", "unhcr") == ("Zuid-Korea", MEMBER)
    assert names.resolve("Syrisch", "unhcr") == ("Syrië", MEMBER), "a hint does not hide the other schemes"


def test_an_adjective_of_statline_is_known_in_both_forms(names, catalogue):
    labels = catalogue.nationality_codes.query("scheme == 'cbs-label'")
    assert labels.code.nunique() > 190
    for row in labels[labels.spelling.str.endswith("isch")].itertuples():
        assert names.resolve(row.spelling + "e") == names.resolve(row.spelling)


def test_a_user_may_type_any_spelling(catalogue):
    assert {catalogue.nationality(text) for text in ["Syrian", "SY", "Syrisch", "SYR", "syrië"]} == {"Syrië"}
    assert catalogue.nationality("") == ""
    with pytest.raises(KetenError, match="Bedoelde u Albanië"):
        catalogue.nationality("Albanje")
    with pytest.raises(KetenError, match="niet bekend"):
        catalogue.nationality("EU28")


def test_a_spelling_for_two_countries_is_refused(catalogue):
    double = pd.DataFrame([["english", "Land", "SYR", ""], ["dutch", "land", "IRQ", ""]], columns=COLUMNS)
    with pytest.raises(KetenError, match="'land' betekent meer dan één land"):
        Names(catalogue.nationalities, double)


def test_a_code_without_a_name_is_refused(catalogue):
    with pytest.raises(KetenError, match=r"regel 2.*QQQ"):
        Names(catalogue.nationalities, pd.DataFrame([["english", "Nergens", "QQQ", ""]], columns=COLUMNS))


def test_members_of_the_union(repository, names):
    members = pd.read_csv(repository / "data" / "catalogue" / "eu_members.csv", keep_default_na=False)
    assert len(members) == 28
    assert (members.query("until == ''").code.nunique(), members.query("until != ''").code.to_list()) == (27, ["GBR"])
    assert [names.resolve(code)[0] for code in members.code] == members.name.to_list()
    at = {year: ((members.since <= f"{year}-12-31") & ((members.until == "") | (members.until > f"{year}-12-31"))).sum()
          for year in (1958, 1973, 1995, 2004, 2012, 2013, 2019, 2020)}  # fmt: skip
    assert list(at.values()) == [6, 9, 15, 25, 27, 28, 28, 27]


def labels_of(table: pd.DataFrame) -> set[str]:
    wanted = {"citizen", "geo", "country of citizenship", "geopolitical entity (reporting)", "nat", "nationaliteit"}
    return {text for column in table.columns if column.lower() in wanted for text in table[column].unique()}


def every_label(real) -> set[str]:
    """Each citizenship, origin and country in the real files."""
    found = set()
    for path in [*(real / "eurostat").glob("*.csv"), real / "frontex" / "frontex_monthly_detections.csv"]:
        text = path.read_bytes()
        encoding = "cp1252" if path.name.startswith("migr_ei") else "utf-8-sig"
        found |= labels_of(pd.read_csv(io.BytesIO(text), dtype=str, keep_default_na=False, encoding=encoding))
    for path in (real / "eurostat").glob("*.tsv"):
        for line in path.read_text(encoding="utf-8").splitlines()[1:]:
            key = line.split("\t")[0].split(",")
            found |= {key[2].strip(), key[-1].strip()}
    for path in (real / "unhcr").glob("*.csv"):
        rows = [row for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))) if len(row) == 5]
        found |= {text for row in rows if row[1] != "Origin" for text in row[:2]}
    statline = pd.read_csv(real / "cbs" / "CBS_83102NED_Asielverzoeken.csv", sep=";", dtype=str, encoding="utf-8-sig")
    return found | labels_of(statline)


def test_every_label_of_the_real_files_is_known(origin, publisher_files, names):
    labels = every_label(publisher_files / "real")
    assert len(labels) > {"excerpt": 150, "real": 450}[origin]
    kinds = {text: names.resolve(text)[1] for text in labels}
    assert [text for text, kind in kinds.items() if kind == UNKNOWN] == []
    aggregates = {text for text, kind in kinds.items() if kind == AGGREGATE}
    assert len(aggregates) < 15 and all("EU" in text or "Tot" in text or "TOT" in text or "Europe" in text
                                        for text in aggregates - {"America"})  # fmt: skip


def test_no_two_labels_of_one_file_mean_the_same_country(publisher_files, names):
    """Otherwise two rows of one publisher would fall on one figure."""
    paths = sorted((publisher_files / "real" / "unhcr").glob("*.csv"))
    assert len(paths) == 3
    for path in paths:
        rows = [row for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))) if len(row) == 5]
        for column in (0, 1):
            found = Counter(names.resolve(text)[0] for text in {row[column] for row in rows})
            assert max(found.values()) == 1, found.most_common(3)
