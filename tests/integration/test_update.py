"""`keten update` against a server that answers, and fails, as the publishers' servers do."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
import source_server as fake

from keten import cli
from keten.errors import KetenError
from keten.observations import dataset
from keten.sources import attempts, store
from keten.sources.cards.types import Fetch
from keten.sources.fetch import http
from keten.sources.fetch.connection import BUNDLES
from keten.sources.fetch.faults import FetchFailed, public
from keten.sources.fetch.http import Client
from keten.sources.fetch.place import place

EUROSTAT_PATH = "/eurostat/api/dissemination/statistics/1.0/data/migr_eirfs"
CBS_PATH = "/ODataFeed/odata/83102NED"
V4_PATH = "/odata/v1/CBS/83102NED"
UNHCR_PATH = "/population/v1/asylum-applications"

HEAD = 'publisher = "{0}"\nlicence = "CC BY 4.0"\ngoal = "{1}"\nunit = "{2}"\nurl = "https://{0}.example"\n'

CARDS = {
    "eurostat_eirfs": 'title = "Geweigerd aan de grens"\n'
    + HEAD.format("Eurostat", "3_toegang_grensbewaking", "persons")
    + """
[fetch]
server = "eurostat"
base = "https://ec.europa.eu/eurostat/api/dissemination"
path = "statistics/1.0/data/migr_eirfs"
query = { format = "JSON", lang = "EN", geo = "NL" }
max_mb = 1
[format]
name = "eurostat-json"
[dimensions.nationality]
column = "citizen"
codes = "nationality"
total = "TOTAL"
[measures.border_refusals]
""",
    "cbs_83102NED": 'title = "Asielverzoeken"\n'
    + HEAD.format("CBS", "2_asiel", "applications")
    + """
[fetch]
server = "cbs"
base = "https://opendata.cbs.nl/ODataFeed/odata"
kind = "cbs"
dataset = "83102NED"
[format]
name = "cbs-odata"
[dimensions.nationality]
column = "Nationaliteit"
codes = "nationality"
total = "T001059"
[measures.asylum_first_applications]
column = "EersteAsielverzoekenPersonen_2"
""",
    "unhcr_aanvragen": 'title = "Asielaanvragen"\n'
    + HEAD.format("UNHCR", "2_asiel", "applications")
    + """
[fetch]
server = "unhcr"
base = "https://api.unhcr.org/population/v1"
kind = "unhcr"
path = "asylum-applications"
query = { coa = "NLD", coo_all = "true" }
[format]
name = "unhcr-json"
[dimensions.nationality]
column = "coo_iso"
codes = "nationality"
add_up = true
[measures.unhcr_applications]
column = "applied"
label = "Asielaanvragen bij UNHCR"
definition = "Aanvragen zoals de UNHCR ze telt."
kind = "flow"
""",
    "dtv_instroom": 'title = "Instroom DT&V"\nrounding = 10\n'
    + HEAD.format("DTenV", "5_terugkeer", "persons")
    + """
[fetch]
server = "overheid"
base = "https://data.overheid.nl/data/api/3/action"
kind = "ckan"
dataset = "immigratie-vertrek-dtenv-instroom"
[format]
name = "migratieketen"
[measures.dtv_inflow_open_data]
column = "Aantal"
label = "Instroom bij DT&V"
definition = "Zaken die bij DT&V instroomden."
kind = "flow"
""",
}  # fmt: skip
SERVERS = {"eurostat_eirfs": "eurostat", "cbs_83102NED": "cbs", "unhcr_aanvragen": "unhcr", "dtv_instroom": "overheid"}


def eurostat(values=(30, 40, 10, 20)):
    """JSON-stat: two citizenships in two years."""
    return {
        "version": "2.0", "class": "dataset", "id": ["freq", "citizen", "geo", "time"], "size": [1, 2, 1, 2],
        "dimension": {
            "freq": {"category": {"index": {"A": 0}, "label": {"A": "Annual"}}},
            "citizen": {"category": {"index": {"TOTAL": 0, "SY": 1}, "label": {"TOTAL": "Total", "SY": "Syria"}}},
            "geo": {"category": {"index": {"NL": 0}, "label": {"NL": "Netherlands"}}},
            "time": {"category": {"index": {"2023": 0, "2024": 1}, "label": {"2023": "2023", "2024": "2024"}}},
        },
        "value": {str(place): value for place, value in enumerate(values) if value is not None},
        "extension": {"id": "MIGR_EIRFS"},
    }  # fmt: skip


PERIODS = ["2025MM01", "2025MM02", "2025MM03"]


def cbs_rows(numbers=(100, 200, 300)):
    """Rows of OData v3, with the padded keys that CBS gives."""
    keys = [(period, key) for period in PERIODS for key in ("T001059", "NAT9444  ")]
    return [
        {"ID": place, "Nationaliteit": key, "Perioden": period,
         "EersteAsielverzoekenPersonen_2": numbers[PERIODS.index(period)] // (1 if key == "T001059" else 2)}
        for place, (period, key) in enumerate(keys)
    ]  # fmt: skip


def dimensions(key="Key"):
    """The code lists of the table."""
    return {
        "Nationaliteit": [{key: "T001059", "Title": "Totaal"}, {key: "NAT9444  ", "Title": "Syrisch"}],
        "Perioden": [{key: period, "Title": period, "Status": "Voorlopig"} for period in PERIODS],
    }


def v4_rows(numbers=(100, 200, 300)):
    """The same as observations of version 4."""
    name = "EersteAsielverzoekenPersonen_2"
    return [
        {"Id": row["ID"], "Measure": name, "Nationaliteit": row["Nationaliteit"].strip(), "Perioden": row["Perioden"],
         "Value": row[name], "StringValue": None, "ValueAttribute": "None"}
        for row in cbs_rows(numbers)
    ]  # fmt: skip


ORIGINS = ("SYR", "AFG", "IRQ", "ERI", "SOM", "IRN", "TUR", "CHN", "NGA", "YEM")


def unhcr(years=25):
    """Rows of the population API: ten origins in as many years."""
    return [
        {"year": 2000 + year, "coo_iso": origin, "coa_iso": "NLD", "applied": 100 + year}
        for year in range(years)
        for origin in ORIGINS
    ]


def yearly(year, *numbers):
    """A file of one year as data.overheid.nl has them: stacked totals."""
    months = [f"Jaar, Maand;{year};{month};{number}" for month, number in enumerate(numbers, 1)]
    return "\r\n".join(["Totaal van;Jaar;Maand;Aantal", f"Jaar;{year};;{sum(numbers)}", *months]).encode()


def fill(server):
    """What every server has at first."""
    server.put(EUROSTAT_PATH, eurostat())
    server.put_v3("83102NED", cbs_rows(), dimensions(), "2026-01-05T02:00:00", per_page=4)
    server.put_unhcr(UNHCR_PATH, unhcr())
    years = {f"Vertrek - DTenV Instroom {year}": yearly(year, 10) for year in (2023, 2024)}
    server.package("immigratie-vertrek-dtenv-instroom", "Migratieketen: Vertrek - DT&V instroom", years)


@pytest.fixture
def servers():
    """One server for each publisher."""
    made = {name: fake.SourceServer() for name in SERVERS.values()}
    for server in made.values():
        server.__enter__()
        fill(server)
    yield SimpleNamespace(**made, all=made)
    for server in made.values():
        server.__exit__()


@pytest.fixture
def data(tmp_path):
    """A data folder with the cards of all publishers."""
    return data_with(tmp_path, *CARDS)


def data_with(tmp_path, *sources):
    """A data folder with these cards."""
    folder = tmp_path / "data"
    (folder / "sources").mkdir(parents=True, exist_ok=True)
    for source in sources:
        (folder / "sources" / f"{source}.toml").write_text(CARDS[source], encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    """The project's catalogue, read once."""
    return dataset.catalogue_of(tmp_path_factory.mktemp("leeg"))


@pytest.fixture
def keten(data, servers, capsys, monkeypatch, catalogue):
    """Run `keten update` against the servers; gives exit code, output, errors and the state of each source."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(dataset, "catalogue_of", lambda data: catalogue)

    def run(*arguments, folder=data):
        overrides = [part for name, server in servers.all.items() for part in ("--server", f"{name}={server.url}")]
        for server in servers.all.values():
            server.asked.clear()
        capsys.readouterr()
        code = cli.main(["update", "--data", str(folder), *overrides, *map(str, arguments)])
        out, err = capsys.readouterr()
        lines = (re.match(r"(nieuw|ongewijzigd|geweigerd|mislukt) +(\S+)", line) for line in out.splitlines())
        assert store.verify(folder) == []
        assert leftovers(folder) == []
        return SimpleNamespace(code=code, out=out, err=err, states={line[2]: line[1] for line in lines if line})

    return run


def leftovers(data):
    """Working files that should not be there after a run."""
    lasting = (".lock", ".update.lock", ".read", attempts.FILE)
    return [path for path in (data / "snapshots").glob(".*") if path.name not in lasting]


def values(data, source):
    """What is stored of a source: the bytes of each file, in order."""
    return [receipt.path.read_bytes() for receipt in store.receipts(data, source)]


ALL_NEW = dict.fromkeys(CARDS, "nieuw")


# -- when all goes well --


def test_first_update_fetches_all_and_the_second_nothing(keten, data, servers):
    first = keten("--date", "2026-01-06")
    assert (first.code, first.states, first.err) == (0, ALL_NEW, "")
    assert {receipt.source: receipt.date for receipt in store.receipts(data)} == dict.fromkeys(CARDS, "2026-01-06")
    second = keten("--date", "2026-02-06")
    assert (second.code, second.states) == (0, dict.fromkeys(CARDS, "ongewijzigd"))
    assert [path for server in servers.all.values() for path in server.sent()] == []
    assert {receipt.date for receipt in store.receipts(data)} == {"2026-01-06"}


def test_the_file_is_kept_as_sent_and_the_receipt_says_from_where(keten, data, servers):
    keten("eirfs", "--date", "2026-01-06")
    (receipt,) = store.receipts(data, "eurostat_eirfs")
    assert receipt.path.name == "migr_eirfs.json"
    assert receipt.path.read_bytes() == servers.eurostat.files[EUROSTAT_PATH]
    about = receipt.about
    assert about["url"] == f"{servers.eurostat.url}{EUROSTAT_PATH}?format=JSON&lang=EN&geo=NL"
    assert (about["title"], about["licence"]) == ("Geweigerd aan de grens", "CC BY 4.0")
    assert about["http"]["status"] == 200 and about["http"]["last_modified"] == fake.MODIFIED
    assert about["http"]["etag"].startswith('"') and about["received"].endswith("Z")


def test_a_revision_is_a_new_delivery_of_that_source_only(keten, data, servers):
    keten("--date", "2026-01-06")
    servers.eurostat.put(EUROSTAT_PATH, eurostat((30, 40, 11, 20)))
    again = keten("--date", "2026-02-06")
    assert (again.code, again.states) == (0, dict.fromkeys(CARDS, "ongewijzigd") | {"eurostat_eirfs": "nieuw"})
    dates = [receipt.date for receipt in store.receipts(data, "eurostat_eirfs")]
    assert dates == ["2026-01-06", "2026-02-06"]


@pytest.mark.parametrize("squeeze", [False, True])
def test_a_server_without_marks_of_change_is_compared_by_content(tmp_path, capsys, monkeypatch, squeeze):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    data = data_with(tmp_path, *CARDS)
    with fake.SourceServer(validators=False, squeeze=squeeze) as server:
        fill(server)
        arguments = [part for name in SERVERS.values() for part in ("--server", f"{name}={server.url}")]
        assert cli.main(["update", "--data", str(data), *arguments]) == 0
        before = len(store.receipts(data))
        server.asked.clear()
        assert cli.main(["update", "--data", str(data), *arguments]) == 0
        assert capsys.readouterr().out.count("ongewijzigd") == 4
        assert len(store.receipts(data)) == before
        # Of CBS the description alone tells that nothing was modified.
        assert [path for path in server.sent() if path.startswith(CBS_PATH)] == [f"{CBS_PATH}/TableInfos"]


def test_unpacked_bytes_are_stored(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    data = data_with(tmp_path, "eurostat_eirfs")
    with fake.SourceServer(squeeze=True) as server:
        fill(server)
        assert cli.main(["update", "--data", str(data), "--server", f"eurostat={server.url}"]) == 0
        assert values(data, "eurostat_eirfs") == [server.files[EUROSTAT_PATH]]


# -- CBS --


def members(data, source="cbs_83102NED"):
    """The answers in the last ZIP of a source, by name, in order."""
    with zipfile.ZipFile(store.receipts(data, source)[-1].path) as archive:
        return {name: json.loads(archive.read(name)) for name in archive.namelist()}


def test_cbs_pages_and_code_lists_are_one_zip(keten, data):
    keten("cbs")
    answers = members(data)
    assert list(answers) == [
        "TableInfos.json", "DataProperties.json", "Nationaliteit.json", "Perioden.json", "page-1.json", "page-2.json",
    ]  # fmt: skip
    assert [row for page in ("page-1", "page-2") for row in answers[f"{page}.json"]["value"]] == cbs_rows()
    about = store.receipts(data, "cbs_83102NED")[0].about
    assert [entry["name"] for entry in about["answers"]] == list(answers)
    assert all(entry["etag"] and entry["sha256"] for entry in about["answers"])


def test_cbs_zip_is_the_same_for_the_same_answers(keten, tmp_path):
    folders = [data_with(tmp_path / name, "cbs_83102NED") for name in "ab"]
    for folder in folders:
        keten("cbs", folder=folder)
    assert values(folders[0], "cbs_83102NED") == values(folders[1], "cbs_83102NED")
    with zipfile.ZipFile(store.receipts(folders[0])[0].path) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}  # no clock in it


def test_cbs_takes_unchanged_pages_from_the_last_delivery(keten, data, servers):
    keten("cbs", "--date", "2026-01-06")
    servers.cbs.put_v3("83102NED", cbs_rows((100, 200, 320)), dimensions(), "2026-02-05T02:00:00", per_page=4)
    again = keten("cbs", "--date", "2026-02-06")
    assert again.states == {"cbs_83102NED": "nieuw"}
    assert [path.removeprefix(CBS_PATH + "/") for path in servers.cbs.sent()] == ["TableInfos", "TypedDataSet"]
    answers = members(data)
    assert [row for page in ("page-1", "page-2") for row in answers[f"{page}.json"]["value"]] == cbs_rows(
        (100, 200, 320)
    )


def test_cbs_goes_on_in_version_4_when_version_3_has_ended(keten, data, servers):
    server = servers.cbs
    server.files = {path: body for path, body in server.files.items() if not path.startswith(CBS_PATH)}
    server.put_v4("83102NED", v4_rows(), dimensions("Identifier"), "2026-01-05T02:00:00", per_page=4)
    assert keten("cbs").states == {"cbs_83102NED": "nieuw"}
    assert list(members(data)) == [
        "Properties.json", "Dimensions.json", "MeasureCodes.json", "NationaliteitCodes.json", "PeriodenCodes.json",
        "page-1.json", "page-2.json",
    ]  # fmt: skip
    assert keten("cbs").states == {"cbs_83102NED": "ongewijzigd"}
    assert server.sent() == []


def test_cbs_version_4_address_on_the_card(keten, data, servers):
    card = data / "sources" / "cbs_83102NED.toml"
    base = "https://opendata.cbs.nl/ODataFeed/odata"
    card.write_text(
        card.read_text(encoding="utf-8").replace(base, "https://datasets.cbs.nl/odata/v1/CBS"), encoding="utf-8"
    )
    servers.cbs.put_v4("83102NED", v4_rows(), dimensions("Identifier"), "2026-01-05T02:00:00")
    assert keten("cbs").states == {"cbs_83102NED": "nieuw"}
    assert not any(path.startswith(CBS_PATH) for path, _, _ in servers.cbs.asked)


def test_cbs_table_that_is_nowhere(keten, servers):
    servers.cbs.files.clear()
    run = keten("cbs")
    assert run.code == 2
    assert "bestaat niet (HTTP 404" in run.out and "/ODataFeed/odata/83102NED/TypedDataSet" in run.out
    assert "controleer de kaart cbs_83102NED.toml" in run.out


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ({"value": [], "odata.nextLink": "TypedDataSet?$format=json"}, "verwijst als volgende bladzijde naar zichzelf"),
        ({"value": [], "odata.nextLink": "http://elders.example/x"}, "staat op een andere host"),
        ({"value": [], "odata.nextLink": ["x"]}, "geen adres"),
        ({"odata.error": {"message": {"value": "kapot"}}}, "zonder rijen"),
        ([1, 2], "geen JSON zoals"),
        ("<html>onderhoud</html>", "geen JSON zoals"),
        ("", "geen JSON zoals"),
        ("[" * 100_000, "geen JSON zoals"),
    ],
)
def test_cbs_page_that_makes_no_sense(keten, data, servers, page, sentence):
    servers.cbs.put(f"{CBS_PATH}/TypedDataSet", page)
    run = keten("cbs")
    assert run.code == 2 and sentence in run.out
    assert store.receipts(data) == []


def test_cbs_dimension_is_never_a_path(keten, data, servers):
    servers.cbs.put(f"{CBS_PATH}/DataProperties", {"value": [{"Key": "../../x", "Type": "Dimension"}]})
    run = keten("cbs")
    assert run.code == 2 and "geen naam kan zijn" in run.out


# -- UNHCR --


def test_unhcr_pages_are_one_zip(keten, data, servers):
    assert keten("unhcr").states == {"unhcr_aanvragen": "nieuw"}
    answers = members(data, "unhcr_aanvragen")
    assert list(answers) == ["page-1.json", "page-2.json", "page-3.json"]
    assert [row for page in answers.values() for row in page["items"]] == unhcr()
    assert {query for _, query, _ in servers.unhcr.asked} == {
        f"limit=100&coa=NLD&coo_all=true&page={number}" for number in (1, 2, 3)
    }


@pytest.mark.parametrize("told", ["3", 3])
def test_unhcr_number_of_pages_as_text(keten, data, servers, told):
    servers.unhcr.pages[UNHCR_PATH] = [page | {"maxPages": told} for page in servers.unhcr.pages[UNHCR_PATH]]
    assert keten("unhcr").states == {"unhcr_aanvragen": "nieuw"}
    with zipfile.ZipFile(store.receipts(data, "unhcr_aanvragen")[0].path) as archive:
        assert archive.namelist() == ["page-1.json", "page-2.json", "page-3.json"]


@pytest.mark.parametrize("pages", [10**9, "veel", 2.5, "-1", "", True, None, str(10**9)])
def test_unhcr_impossible_number_of_pages(keten, servers, pages):
    servers.unhcr.pages[UNHCR_PATH] = [{"maxPages": pages, "items": []}]
    run = keten("unhcr")
    assert run.code == 2 and "onmogelijk aantal bladzijden" in run.out


# -- CKAN --

DATASET = "immigratie-vertrek-dtenv-instroom"
TITLE = "Migratieketen: Vertrek - DT&V instroom"


def test_ckan_each_year_is_a_series_of_its_own(keten, data, servers):
    keten("dtv", "--date", "2026-01-06")
    years = {"Vertrek - DTenV Instroom 2023": yearly(2023, 10), "Vertrek - DTenV Instroom 2024": yearly(2024, 20)}
    servers.overheid.package(DATASET, TITLE, years)
    assert keten("dtv", "--date", "2026-02-06").states == {"dtv_instroom": "nieuw"}
    found = [(receipt.resource, receipt.date) for receipt in store.receipts(data)]
    assert found == [
        ("Vertrek_-_DTenV_Instroom_2023.csv", "2026-01-06"),
        ("Vertrek_-_DTenV_Instroom_2024.csv", "2026-01-06"),
        ("Vertrek_-_DTenV_Instroom_2024.csv", "2026-02-06"),
    ]
    assert {receipt.about["year"] for receipt in store.receipts(data)} == {"2023", "2024"}
    assert len(servers.overheid.sent()) == 1


def test_ckan_file_that_fails_does_not_hold_up_the_others(keten, data, servers):
    (path,) = [path for path in servers.overheid.files if path.endswith("2023.csv")]
    servers.overheid.breaks(path, fake.status(404))
    run = keten("dtv")
    assert run.code == 2 and run.states == {"dtv_instroom": "mislukt"}
    assert "Vertrek_-_DTenV_Instroom_2023.csv:" in run.out and "wel nieuw: Vertrek_-_DTenV_Instroom_2024.csv" in run.out
    assert [receipt.resource for receipt in store.receipts(data)] == ["Vertrek_-_DTenV_Instroom_2024.csv"]
    servers.overheid.mend()
    assert keten("dtv").code == 0
    assert len(store.receipts(data)) == 2


def test_ckan_dataset_by_its_title(keten, data, servers):
    card = data / "sources" / "dtv_instroom.toml"
    by_title = 'title = "migratieketen:  vertrek - DT&V Instroom"'
    card.write_text(card.read_text(encoding="utf-8").replace(f'dataset = "{DATASET}"', by_title), encoding="utf-8")
    for number in range(150):
        servers.overheid.package(f"ander-{number}", f"Iets over migratieketen {number}", {})
    servers.overheid.packages.sort(key=lambda package: package["name"] == DATASET)  # on the second page
    assert keten("dtv").states == {"dtv_instroom": "nieuw"}
    servers.overheid.package("dubbel", TITLE, {})
    assert f"meer datasets (dubbel, {DATASET})" in keten("dtv").out


def test_ckan_new_datasets_are_told(keten, servers):
    servers.overheid.package("coa-bezetting", "Migratieketen: Opvang - \x1b[31mCOA bezetting", {})
    servers.overheid.package("oud", "vreemdelingenketen: toezicht", {})
    servers.overheid.package("niets", "Rapport over de migratieketen", {})
    run = keten()
    assert run.code == 0
    lines = [line for line in run.out.splitlines() if line.startswith("ontdekt")]
    assert len(lines) == 2
    assert 'dataset = "coa-bezetting"' in lines[0] and 'dataset = "oud"' in lines[1]
    assert "\x1b" not in run.out


NASTY = ["../../../etc/passwd 2024", "CON", "", "x" * 300, "Opvang é 叙利亚 2024", "a/b\\c 2024", "x.receipt.json"]


def test_ckan_names_are_text_and_never_paths(keten, data, servers):
    files = {name or "leeg": yearly(2024, number) for number, name in enumerate(NASTY)}
    package = servers.overheid.package(DATASET, TITLE, files)
    for resource in package["resources"]:
        resource["name"] = resource["name"].replace("leeg", "")
    assert keten("dtv").states == {"dtv_instroom": "nieuw"}
    assert sorted(values(data, "dtv_instroom")) == sorted(files.values())
    assert {receipt.path.parent.parent for receipt in store.receipts(data)} == {data / "snapshots" / "dtv_instroom"}
    assert {path.name for path in data.iterdir()} == {"sources", "snapshots"}
    assert keten("dtv").states == {"dtv_instroom": "ongewijzigd"}


def test_ckan_files_of_one_name_are_kept_apart(keten, data, servers):
    package = servers.overheid.package(DATASET, TITLE, {"a 2023": yearly(2023, 1), "b 2024": yearly(2024, 2)})
    for resource in package["resources"]:
        resource["name"] = "Download"
    assert keten("dtv").states == {"dtv_instroom": "nieuw"}
    assert len({receipt.resource for receipt in store.receipts(data)}) == 2
    assert keten("dtv").states == {"dtv_instroom": "ongewijzigd"}


@pytest.mark.parametrize(
    "url", ["http://elders.example/a.csv", "file:///etc/passwd.csv", "//x/a.csv", "a.csv", "http://["]
)
def test_ckan_file_at_another_host_is_not_fetched(keten, data, servers, url):
    package = servers.overheid.package(DATASET, TITLE, {"a 2023": yearly(2023, 1), "b 2024": yearly(2024, 2)})
    package["resources"][0] |= {"url": url, "format": "CSV"}
    run = keten("dtv")
    assert run.code == 2 and "staat op een andere host" in run.out
    assert [receipt.resource for receipt in store.receipts(data)] == ["b_2024.csv"]


@pytest.mark.parametrize("hosts", ['"127.0.0.1"', '["elders.example", "127.0.0.1"]'])
def test_ckan_file_at_a_host_that_the_card_allows(keten, data, servers, hosts):
    card = data / "sources" / "dtv_instroom.toml"
    card.write_text(card.read_text("utf-8").replace("[format]", f"hosts = {hosts}\n[format]"), encoding="utf-8")
    package = servers.overheid.package(DATASET, TITLE, {"a 2023": yearly(2023, 1), "b 2024": yearly(2024, 2)})
    servers.cbs.put("/a.csv", yearly(2023, 1))
    package["resources"][0]["url"] = f"{servers.cbs.url}/a.csv"
    assert keten("dtv").states == {"dtv_instroom": "nieuw"}
    assert [receipt.resource for receipt in store.receipts(data)] == ["a_2023.csv", "b_2024.csv"]


def test_ckan_file_at_an_allowed_host_is_as_safe_as_the_card(data):
    where = place(Fetch("overheid", "https://data.overheid.nl/data/api/3/action"), {})
    assert where.translate("https://elders.nl/a.csv", "x", ("elders.nl",)) == "https://elders.nl/a.csv"
    for url in ("http://elders.nl/a.csv", "https://x.elders.nl/a.csv", "https://elders.nl@kwaad.nl/a.csv"):
        with pytest.raises(KetenError, match="andere host"):
            where.translate(url, "x", ("elders.nl",))


def test_ckan_host_on_a_card_is_a_name(data, capsys):
    card = data / "sources" / "dtv_instroom.toml"
    card.write_text(card.read_text("utf-8").replace("[format]", 'hosts = "https://x.nl/"\n[format]'), encoding="utf-8")
    assert cli.main(["sources", "check", str(card), "--data", str(data)]) == 1
    assert "'https://x.nl/' is geen naam van een host" in capsys.readouterr().out


def test_ckan_deleted_files_and_datasets_are_passed_over(keten, data, servers):
    package = servers.overheid.package(DATASET, TITLE, {"a 2023": yearly(2023, 1), "b 2024": yearly(2024, 2)})
    package["resources"][0]["state"] = "deleted"
    package["resources"][1]["state"] = "active"
    servers.overheid.package("oud", "Migratieketen: weg", {"x 2023": b""}, state="deleted")
    run = keten()
    assert [receipt.resource for receipt in store.receipts(data, "dtv_instroom")] == ["b_2024.csv"]
    assert not [path for path, _, _ in servers.overheid.asked if "a%202023" in path or "a 2023" in path]
    assert "ontdekt" not in run.out


@pytest.mark.parametrize(
    "answer",
    [b"", b"<html>", b"[]", b'{"success": false}', b'{"success": true, "result": []}',
     b'{"success": true, "result": {"resources": [1, {"url": 5}, null]}}'],
)  # fmt: skip
def test_ckan_answer_that_makes_no_sense(keten, servers, answer):
    servers.overheid.breaks(f"{fake.ACTION}/package_show", fake.replaced(answer))
    run = keten("dtv")
    assert run.code == 2
    assert "zoals CKAN dat geeft" in run.out or "noemt geen CSV-bestanden" in run.out


# -- faults --

PASSING = {
    "429 met seconden": fake.status(429, Retry_After="1"),
    "429 met datum": fake.status(
        429, Retry_After="Mon, 05 Jan 2026 10:00:01 GMT", Date="Mon, 05 Jan 2026 10:00:00 GMT"
    ),
    "429 met onzin": fake.status(429, Retry_After="straks"),
    "500": fake.status(500),
    "503": fake.status(503),
    "afgebroken": fake.cut,
    "afgebroken in een chunk": fake.cut_chunk,
    "afgebroken gzip": fake.cut_gzip,
    "geen gzip": fake.replaced(b"geen gzip", Content_Encoding="gzip"),
    "lengte te groot": fake.wrong_length,
    "opgehangen": fake.hangs_up,
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_a_passing_fault_is_tried_again(keten, data, servers, fault):
    servers.eurostat.fail(EUROSTAT_PATH, fault)
    run = keten("eirfs")
    assert (run.code, run.states) == (0, {"eurostat_eirfs": "nieuw"})
    assert values(data, "eurostat_eirfs") == [servers.eurostat.files[EUROSTAT_PATH]]
    assert len(servers.eurostat.asked) == 2


# -- a server that takes its time --

SAID = "ASYNCHRONOUS_RESPONSE. Your request will be treated asynchronously. Please try again later"
BEING_MADE = {
    "413": fake.status(413, b'{ "error": [{"status": 413,"id": 413,"label": "%s."}]}' % SAID.encode()),
    "200 met waarschuwing": fake.replaced(b'{"warning":{"status":413,"label":"%s."}}' % SAID.encode()),
    "413 in XML": fake.status(
        413,
        b'<S:Fault xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><faultcode>413</faultcode><faultstring>%s'
        b"</faultstring></S:Fault>" % SAID.encode(),
    ),
    "200 in XML": fake.replaced(
        b"<env:Envelope><env:Body><ns0:syncResponse><queued><id>7</id><status>SUBMITTED</status></queued>"
        b"</ns0:syncResponse></env:Body></env:Envelope>"
    ),
}


@pytest.fixture
def waits(monkeypatch):
    """The seconds that would have been waited."""
    asked = []
    monkeypatch.setattr(http, "pause", asked.append)
    return asked


@pytest.mark.parametrize("watched", [True, False])
@pytest.mark.parametrize("fault", BEING_MADE.values(), ids=BEING_MADE.keys())
def test_an_answer_that_is_being_made_is_waited_for(keten, data, servers, waits, monkeypatch, fault, watched):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: watched)
    servers.eurostat.fail(EUROSTAT_PATH, fault, fault)
    run = keten("eirfs")
    assert (run.code, run.states) == (0, {"eurostat_eirfs": "nieuw"})
    assert values(data, "eurostat_eirfs") == [servers.eurostat.files[EUROSTAT_PATH]] and store.refused(data) == []
    assert waits == ([10, 30] if watched else [60, 300])


def test_an_answer_that_is_being_made_is_asked_again_at_the_end(keten, data, servers, waits):
    """The other table of that server is not held up for good, and the answer is there when the run ends."""
    other = CARDS["eurostat_eirfs"].replace("data/migr_eirfs", "data/migr_eipre").replace("border_refusals", "found")
    other += 'label = "Aangetroffen"\ndefinition = "Personen."\nkind = "flow"\n'
    (data / "sources" / "eurostat_eipre.toml").write_text(other, encoding="utf-8")
    first = EUROSTAT_PATH.replace("eirfs", "eipre")
    servers.eurostat.put(first, eurostat() | {"extension": {"id": "MIGR_EIPRE"}})
    servers.eurostat.fail(first, *[BEING_MADE["413"]] * 4)
    assert keten("eipre", "eirfs").states == {"eurostat_eipre": "nieuw", "eurostat_eirfs": "nieuw"}
    asked = [path.rpartition("_")[2] for path, _, _ in servers.eurostat.asked]
    assert asked == ["eipre"] * 3 + ["eirfs"] + ["eipre"] * 2


def test_an_answer_that_never_comes_is_told_in_the_servers_words(keten, data, servers, waits):
    servers.eurostat.breaks(EUROSTAT_PATH, BEING_MADE["413"])
    run = keten("eirfs", "cbs")
    assert (run.code, run.states) == (1, {"eurostat_eirfs": "mislukt", "cbs_83102NED": "nieuw"})
    assert f"maakt het antwoord nog (HTTP 413: {SAID}), ook na 3 pogingen; probeer het later opnieuw" in run.out
    assert len(servers.eurostat.asked) == 6


@pytest.mark.parametrize("wrapped", ['{"error":[{"status":413,"label":"%s"}]}', "<faultstring>%s</faultstring>"])
@pytest.mark.parametrize("code", [413, 200])
def test_a_question_that_is_too_large_says_how_to_narrow_it(keten, servers, waits, wrapped, code):
    said = (
        "EXTRACTION_TOO_BIG: The requested extraction is too big, estimated 7644780 rows, max authorised is 5000000, "
        "please change your filters to reduce the extraction size"
    )
    servers.eurostat.breaks(EUROSTAT_PATH, fake.status(code, (wrapped % said).encode()))
    run = keten("eirfs")
    assert f"vindt de vraag te groot (HTTP {code}: {said[:150]}" in run.out and "vraag minder" in run.out
    assert "eurostat_eirfs.toml" in run.out and waits == [] and len(servers.eurostat.asked) == 1


@pytest.mark.parametrize("code", [503, 429])
@pytest.mark.parametrize("after", [120, 300])
def test_a_server_may_ask_for_minutes(keten, servers, waits, code, after):
    servers.eurostat.fail(EUROSTAT_PATH, fake.status(code, Retry_After=str(after)))
    assert keten("eirfs").states == {"eurostat_eirfs": "nieuw"}
    assert waits == [after]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            b'{"error": {"code": "", "message": {"value": "Onderhoud\\u001b[31m tot 12 uur."}}}',
            "Onderhoud [31m tot 12 uur",
        ),
        (
            b"<Error><Text xml:lang='en'>Down &lt;b&gt;for&lt;/b&gt;\nmaintenance</Text></Error>",
            "Down <b>for</b> maintenance",
        ),
        (b'{"error": [{"label": "%s"}]}' % (b"x" * 900), "x" * 197 + "..."),
        (b'{"message": "Te veel\\u202etxet"}', "Te veeltxet"),
        (b'{"error": 5}', ""),
        (b"[" * 100_000, ""),
    ],
)
@pytest.mark.parametrize("code", [503, 400])
def test_the_servers_own_sentence_is_shown(keten, servers, waits, body, said, code):
    servers.eurostat.breaks(EUROSTAT_PATH, fake.status(code, body))
    (line,) = keten("eirfs").out.splitlines()
    assert (f"(HTTP {code}: {said})" if said else f"(HTTP {code})") in line and line.isprintable()


# -- what stops many cards is said once --


@pytest.fixture
def alone(data, capsys, monkeypatch, catalogue, waits):
    """Run `keten update` without servers of ours: exit code and lines."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", *BUNDLES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(dataset, "catalogue_of", lambda data: catalogue)

    def run(*arguments):
        capsys.readouterr()
        code = cli.main(["update", "--data", str(data), *arguments])
        return code, "".join(capsys.readouterr()).splitlines()

    return run


@pytest.mark.parametrize("quiet", [(), ("-q",)])
def test_no_network_is_one_sentence(alone, monkeypatch, quiet):
    def unknown(*arguments, **options):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    code, (line,) = alone(*quiet)
    assert code == 2 and re.fullmatch(r"mislukt +4 bronnen  Er is geen netwerk: geen enkele server .*", line)


def test_a_bundle_that_is_not_there_is_one_sentence(alone, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/bestaat/niet.pem")
    code, (line,) = alone()
    assert code == 2 and "4 bronnen  De omgevingsvariabele REQUESTS_CA_BUNDLE noemt /bestaat/niet.pem" in line


def test_one_server_that_is_away_is_no_lack_of_network(keten, data, servers, waits):
    text = CARDS["eurostat_eirfs"]
    (data / "sources" / "eurostat_eirfs2.toml").write_text(text, encoding="utf-8")
    servers.eurostat.__exit__()
    run = keten()
    (line,) = [line for line in run.out.splitlines() if line.startswith("mislukt")]
    where = servers.eurostat.url.removeprefix("http://")
    assert f"2 bronnen  De server {where} is niet bereikbaar (de verbinding werd geweigerd)" in line
    assert run.code == 1 and "geen netwerk" not in run.out and len(waits) == 2


# -- faults that last --

LASTING = {
    "404": (fake.status(404), 1, "bestaat niet (HTTP 404)"),
    "400 met uitleg": (
        fake.status(400, b'{"error": [{"status": 400, "id": 150, "label": "Dimension asyl_app\\u001b unknown."}]}'),
        1,
        "gaf geen bestand (HTTP 400: Dimension asyl_app unknown)",
    ),
    "403": (fake.status(403), 1, "geeft geen toegang (HTTP 403)"),
    "204": (fake.status(204), 1, "gaf geen bestand (HTTP 204)"),
    "429 te lang": (fake.status(429, Retry_After="3600"), 1, "vraagt om 3600 seconden te wachten (HTTP 429)"),
    "500": (fake.status(500), 3, "heeft een storing (HTTP 500), ook na 3 pogingen"),
    "afgebroken": (fake.cut, 3, "gaf een afgebroken antwoord, ook na 3 pogingen"),
    "afgebroken gzip": (fake.cut_gzip, 3, "gaf een beschadigd of afgebroken antwoord (gzip), ook na 3 pogingen"),
    "lengte te groot": (fake.wrong_length, 3, "gaf een afgebroken antwoord, ook na 3 pogingen"),
    "opgehangen": (fake.hangs_up, 3, "is niet bereikbaar (de verbinding werd verbroken), ook na 3 pogingen"),
    "stil": (fake.silent, 3, "zweeg 0.3 seconden lang, ook na 3 pogingen"),
    "halverwege stil": (fake.stalled, 3, "zweeg 0.3 seconden lang, ook na 3 pogingen"),
    "andere host": (fake.redirect("http://elders.example/x"), 1, "verwijst door naar een andere host"),
    "andere poort": (fake.redirect("http://127.0.0.1:9/x"), 1, "verwijst door naar een andere host"),
    "geen adres": (fake.redirect("http://["), 1, "verwijst door naar een andere host"),
    "bestand": (fake.redirect("file:///etc/passwd"), 1, "verwijst door naar een andere host"),
    "kring": (fake.redirect(EUROSTAT_PATH), 6, "blijft doorverwijzen"),
    "zonder einde": (fake.endless, 1, "is groter dan max_mb toestaat"),
    "bom": (fake.bomb, 1, "is groter dan max_mb toestaat"),
    "te groot gezegd": (fake.replaced(b"", Content_Length="99999999999"), 1, "is groter dan max_mb toestaat"),
    "vreemde verpakking": (fake.replaced(b"x", Content_Encoding="br"), 1, "verpakt op een manier"),
}


@pytest.mark.parametrize(("fault", "tries", "sentence"), LASTING.values(), ids=LASTING.keys())
def test_a_lasting_fault_loses_nothing_and_blocks_no_one(keten, data, servers, fault, tries, sentence):
    """Before, during and after the fault: good data stay, other servers go on, the next run continues."""
    keten("eirfs", "--date", "2026-01-06")
    (good,) = values(data, "eurostat_eirfs")
    servers.eurostat.breaks(EUROSTAT_PATH, fault)
    run = keten("eirfs", "cbs", "--timeout", "0.3", "--date", "2026-02-06")
    assert (run.code, run.states) == (1, {"eurostat_eirfs": "mislukt", "cbs_83102NED": "nieuw"})
    (line,) = [line for line in run.out.splitlines() if line.startswith("mislukt")]
    assert sentence in line and f"{servers.eurostat.url}{EUROSTAT_PATH}" in line and "\x1b" not in line
    assert "eurostat_eirfs.toml" in line or "keten update" in line or "uitgever" in line
    assert values(data, "eurostat_eirfs") == [good] and store.refused(data) == []
    assert len([path for path, _, _ in servers.eurostat.asked if path == EUROSTAT_PATH]) == tries
    servers.eurostat.mend()
    servers.eurostat.put(EUROSTAT_PATH, eurostat((30, 40, 11, 20)))
    assert keten("eirfs", "cbs").states == {"eurostat_eirfs": "nieuw", "cbs_83102NED": "ongewijzigd"}


WRONG = {
    "webpagina": b"<!DOCTYPE html><html><body>Onderhoud</body></html>",
    "leeg": b"",
    "verkeerde codering": "é".encode("utf-16"),
    "andere kolom": json.dumps(eurostat()).replace("citizen", "citizenship").encode(),
    "lege dimensie": json.dumps(eurostat() | {"size": [1, 0, 1, 2], "value": {}}).encode(),
    "andere tabel": json.dumps(eurostat()).replace("MIGR_EIRFS", "MIGR_EIPRE").encode(),
    "half": json.dumps(eurostat())[:200].encode(),
}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_file_is_kept_aside_and_replaces_nothing(keten, data, servers, body):
    keten("eirfs", "--date", "2026-01-06")
    good = store.receipts(data)
    servers.eurostat.breaks(EUROSTAT_PATH, fake.replaced(body))
    run = keten("eirfs", "cbs", "--date", "2026-02-06")
    assert (run.code, run.states) == (1, {"eurostat_eirfs": "geweigerd", "cbs_83102NED": "nieuw"})
    assert store.receipts(data, "eurostat_eirfs") == good
    (aside,) = store.refused(data)
    assert aside.path.read_bytes() == body and aside.about["reason"]
    assert aside.about["reason"].splitlines()[0] in run.out
    assert keten("eirfs", "--date", "2026-03-06").code == 1
    assert len(store.refused(data)) == 1  # the same refusal is kept once


def test_not_changed_is_no_answer_to_a_first_question(keten, data, servers):
    servers.eurostat.breaks(EUROSTAT_PATH, fake.status(304))
    run = keten("eirfs")
    assert run.code == 2 and "gaf geen bestand (HTTP 304)" in run.out


def test_a_redirect_on_the_same_server_is_followed(keten, data, servers):
    servers.eurostat.fail(EUROSTAT_PATH, fake.redirect("/nieuw/adres?a=b"))
    servers.eurostat.put("/nieuw/adres", eurostat())
    assert keten("eirfs").states == {"eurostat_eirfs": "nieuw"}


def test_a_server_that_is_not_there(keten, data, servers):
    servers.eurostat.__exit__()
    run = keten("eirfs", "unhcr")
    assert (run.code, run.states) == (1, {"eurostat_eirfs": "mislukt", "unhcr_aanvragen": "nieuw"})
    assert "is niet bereikbaar (de verbinding werd geweigerd), ook na 3 pogingen" in run.out


def test_a_slow_server_does_not_make_the_others_wait(keten, servers):
    for server in servers.all.values():
        server.files = {path: body for path, body in server.files.items()}
    servers.eurostat.breaks(EUROSTAT_PATH, fake.slow(1.5))
    servers.unhcr.breaks(UNHCR_PATH, fake.slow(0.5))  # three pages
    start = time.monotonic()
    assert keten("eirfs", "unhcr").states == {"eurostat_eirfs": "nieuw", "unhcr_aanvragen": "nieuw"}
    assert time.monotonic() - start < 2.8


def test_an_answer_has_a_deadline(tmp_path, servers, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    servers.eurostat.breaks("/traag", fake.dripping)
    with pytest.raises(FetchFailed, match=r"was na 0\.5 seconden nog niet binnen"):
        Client(tmp_path, timeout=5, deadline=0.5).get(f"{servers.eurostat.url}/traag", "x.toml", 10)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["http://", "http://a b/", "ftp://x/y", "http://[::1", "http://" + "a" * 300 + "/"])
def test_an_address_that_cannot_be(tmp_path, url):
    with pytest.raises(FetchFailed, match="is geen adres"):
        Client(tmp_path).get(url, "x.toml", 10)


# -- interruptions --


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize(("signal_number", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 130)])
@pytest.mark.skipif(os.name != "posix", reason="signalen van POSIX")
def test_an_interrupted_update_leaves_nothing_half_and_goes_on(keten, data, servers, signal_number, code):
    servers.eurostat.breaks(EUROSTAT_PATH, fake.stalled)
    overrides = [part for name, server in servers.all.items() for part in ("--server", f"{name}={server.url}")]
    command = [sys.executable, "-m", "keten.cli", "update", "--data", str(data), *overrides]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        end = time.monotonic() + 120
        while len({receipt.source for receipt in store.receipts(data)}) < 3 and time.monotonic() < end:
            time.sleep(0.05)
        assert servers.eurostat.asked
        process.send_signal(signal_number)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == code and "Traceback" not in err
    assert store.verify(data) == [] and store.receipts(data, "eurostat_eirfs") == []
    assert (leftovers(data) == []) == (signal_number != signal.SIGKILL)
    servers.eurostat.mend()
    again = keten()
    assert again.code == 0 and again.states["eurostat_eirfs"] == "nieuw"
    # A dataset of several files may have been caught halfway.
    assert set(again.states) == set(CARDS) and set(again.states.values()) <= {"nieuw", "ongewijzigd"}
    assert again.states["cbs_83102NED"] == "ongewijzigd"


@pytest.mark.parametrize("moment", ["_write", "_publish", "sync", "remove"])
def test_an_interruption_while_a_file_is_kept_leaves_nothing(keten, data, monkeypatch, moment):
    """Keeping is the work of the main thread, which is the one that is interrupted, and is finished or undone."""
    done = getattr(store, moment)

    def interrupted(*arguments):
        assert threading.current_thread() is threading.main_thread()
        monkeypatch.setattr(store, moment, done)
        raise KeyboardInterrupt

    monkeypatch.setattr(store, moment, interrupted)
    assert keten("eirfs").code == 130
    assert keten("eirfs").states["eurostat_eirfs"] in ("nieuw", "ongewijzigd")
    assert len(store.receipts(data, "eurostat_eirfs")) == 1


def test_a_second_update_at_the_same_time_is_refused(keten, data, monkeypatch, capsys):
    monkeypatch.setattr(store, "PATIENCE", 0.1)
    with store.locked(data, ".update.lock"):
        assert cli.main(["update", "--data", str(data)]) == 2
    assert "bezet" in capsys.readouterr().err


# -- the command line --


def test_sources_by_part_of_their_name(keten):
    assert set(keten("CBS", "dtv_instroom.toml").states) == {"cbs_83102NED", "dtv_instroom"}


def test_quiet_tells_only_what_goes_wrong(keten, servers):
    run = keten("-q")
    assert (run.code, run.out, run.err) == (0, "", "")
    servers.eurostat.breaks(EUROSTAT_PATH, fake.status(404))
    run = keten("-q")
    assert (run.code, run.out) == (1, "") and run.err.startswith("mislukt")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["eurstat"], "Er is geen bron 'eurstat'. Bedoelde u eurostat_eirfs?"),
        (["zzzz"], "Er is geen bron 'zzzz'. Zie keten sources voor alle bronnen."),
        (["n"], "'n' past op meer bronnen: "),
        (["--server", "eurostaat=http://x"], "Geen kaart noemt een server 'eurostaat'"),
        (["--server", "cbs"], "Bij --server hoort NAAM=URL"),
        (["--server", "cbs=x:80"], "Bij --server hoort NAAM=URL"),
        (["--server", "cbs=ftp://x"], "Bij --server hoort NAAM=URL"),
        (["--server", "cbs=http://x:99999"], "Bij --server hoort NAAM=URL"),
        (["--server", "cbs=http://a", "--server", "cbs=http://b"], "De server cbs heeft twee adressen"),
        (["--date", "31-02-2026"], "De datum --date '31-02-2026' is geen dag"),
        (["--timeout", "0"], "De optie --timeout moet een aantal seconden boven nul zijn"),
        (["--timeout", "veel"], "De optie --timeout moet een aantal seconden boven nul zijn"),
        (["--data", "/bestaat/niet"], "De map met gegevens '/bestaat/niet' bestaat niet"),
    ],
)
def test_a_wrong_question_is_said_in_one_sentence(data, capsys, arguments, sentence):
    assert cli.main(["update", "--data", str(data), *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith(sentence) and err.count("\n") == 1
    assert not (data / "snapshots").exists()


def test_a_wrong_card_fails_alone(keten, data):
    card = data / "sources" / "unhcr_aanvragen.toml"
    card.write_text(card.read_text(encoding="utf-8") + "kind = 5\n", encoding="utf-8")
    run = keten()
    assert (run.code, run.states) == (1, ALL_NEW | {"unhcr_aanvragen": "mislukt"})
    assert re.search(r"mislukt +unhcr_aanvragen  .*regel \d+", run.out)


def test_a_card_without_an_address_is_for_import(keten, data):
    card = data / "sources" / "unhcr_aanvragen.toml"
    text = card.read_text(encoding="utf-8")
    card.write_text(re.sub(r"\[fetch\][^[]*", "", text), encoding="utf-8")
    assert "unhcr_aanvragen" not in keten().out
    run = keten("unhcr")
    assert run.code == 2 and "komt binnen met keten import" in run.out


def test_a_folder_without_cards(tmp_path, capsys):
    assert cli.main(["update", "--data", str(tmp_path)]) == 2
    assert "staat geen kaart met [fetch]" in capsys.readouterr().err


def test_all_failed_is_nothing_done(keten, servers):
    for server in servers.all.values():
        server.files.clear()
        server.packages.clear()
        server.pages.clear()
    run = keten()
    assert (run.code, set(run.states.values())) == (2, {"mislukt"})


# -- addresses --


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("", "https://data.overheid.nl/data/api/3/action/package_show?id=a"),
        ("http://127.0.0.1:80", "http://127.0.0.1:80/data/api/3/action/package_show?id=a"),
        ("http://127.0.0.1:80/", "http://127.0.0.1:80/data/api/3/action/package_show?id=a"),
        ("http://spiegel/ckan/", "http://spiegel/ckan/package_show?id=a"),
    ],
)
def test_another_address_replaces_the_host_or_the_whole_base(override, expected):
    where = place(Fetch("overheid", "https://data.overheid.nl/data/api/3/action"), {"overheid": override})
    assert where.url("package_show", {"id": "a"}) == expected


def test_addresses_in_answers_follow_the_override():
    fetch = Fetch("cbs", "https://opendata.cbs.nl/ODataFeed/odata")
    original = "https://opendata.cbs.nl/ODataFeed/odata/1NED/T?$skip=5"
    assert place(fetch, {}).translate(original, "x") == original
    assert place(fetch, {}).translate(original.replace("https", "http"), "x") == original
    assert place(fetch, {"cbs": "http://h:1"}).translate(original, "x") == "http://h:1/ODataFeed/odata/1NED/T?$skip=5"
    assert place(fetch, {"cbs": "http://h:1/m"}).translate(original, "x") == "http://h:1/m/1NED/T?$skip=5"
    assert place(fetch, {"cbs": "http://h:1/m"}).translate("https://opendata.cbs.nl/x/y", "x") == "http://h:1/x/y"
    assert place(fetch, {"cbs": "http://h:1"}).translate("http://h:1/x", "x") == "http://h:1/x"
    with pytest.raises(KetenError, match="andere host"):
        place(fetch, {"cbs": "http://h:1"}).translate("http://h:2/x", "x")


def test_a_query_may_name_a_value_more_than_once():
    where = place(Fetch("eurostat", "https://h/api", path="data/x"), {})
    url = where.url("data/x", {"geo": ["NL", "EU27_2020"], "citizen": "een twee&drie"})
    assert url == "https://h/api/data/x?geo=NL&geo=EU27_2020&citizen=een%20twee%26drie"


def test_keys_do_not_appear_in_messages():
    assert public("https://ik:geheim@h.nl:8/a?b=1&api_key=xyz") == "https://h.nl:8/a?b=1&api_key=***"
    assert Path(public("https://h.nl/a?geo=NL")).name == "a?geo=NL"
