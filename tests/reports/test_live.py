"""From an empty folder to enriched reports with two plain commands, then nothing new, then a revision.

The servers stand on this machine and their figures are invented (`live_data`).
"""

import csv
import io
import json
import re
import shutil
from collections import defaultdict
from datetime import date
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from helpers_data import REPOSITORY_DATA
from live_data import UNKNOWN_DATASET, Publishers, by_hand
from live_figures import REVISED, Figures
from report_checks import STEMS, Edition, keten, keten_here

from keten import Workbook
from keten.observations.dataset import load
from keten.reports.result import SUCCEEDED
from keten.sources import store

PERIOD = ("--period", "2017-06")
TOUCHED = ("2_asiel", "3_toegang_grensbewaking")  # a report with what was revised, and one without
FIRST, SECOND, THIRD, BETWEEN = "2017-08-01", "2017-09-01", "2017-10-02", "2017-09-15"
UNUSED = "cbs_83102NED_download"  # the same table as cbs_83102NED, by hand
AGREES = "eurostat_migr_asyappctzm"  # gives the numbers of CBS, so there is no difference to tell
BY_HAND = {"frontex_detections", "dtv_website_instroom", "dtv_website_vertrek", "unhcr_monthly", UNUSED}
# What each report takes from live sources, and the section where it can be seen.
SHOWN = {
    "1_werk_studie_gezin": {
        "eurostat_migr_resfirst": "Eerste verblijfsvergunningen",
        "eurostat_migr_resvalid": "Geldige verblijfsvergunningen",
        "cbs_82027NED": "Naar nationaliteit en reden",
        "overheid_ind_eu_documenten_beslissingen": "Beslissingen en inwilliging",
        "overheid_ind_werk_studie_gezin_beslissingen": "Beslissingen en inwilliging",
    },
    "2_asiel": {
        "cbs_83102NED": "Instroom naar soort",
        "cbs_80059ned": "Tellingen van verschillende uitgevers",
        "cbs_85400NED": "Beslissingen en inwilliging",
        "eurostat_migr_asydcfstq": "Beslissingen en inwilliging",
        "eurostat_migr_asypenctzm": "Openstaande zaken",
        "eurostat_migr_asyappctzm_eu": "Nederland in de Europese Unie",
        "eurostat_demo_population": "Nederland in de Europese Unie",
        "eurostat_migr_asytpsm": "Tijdelijke bescherming van ontheemden uit Oekraïne",
        "unhcr_applications": "Tellingen van verschillende uitgevers",
        "unhcr_decisions": "Volgens UNHCR",
        "unhcr_monthly": "Andere bronnen en latere uitgaven",
    },
    "3_toegang_grensbewaking": {
        "eurostat_migr_eirfs": "Naar nationaliteit",
        "frontex_detections": "Detecties aan de buitengrens van de Europese Unie",
    },
    "4_toezicht": {"eurostat_migr_eipre": "Aangetroffen zonder verblijfsrecht"},
    "5_terugkeer": {
        "eurostat_migr_eiord": "Verplichting tot vertrek en terugkeer",
        "eurostat_migr_eirtn": "Verplichting tot vertrek en terugkeer",
        "eurostat_migr_eirtn_bestemming": "Naar bestemming",
        "cbs_85333NED": "Verplichting tot vertrek en terugkeer",
        "overheid_vertrek_ketenbreed": "Vertrek in de hele keten",
        "overheid_vertrek_dtv_instroom": "Instroom van zaken bij de DT&V",
        "overheid_vertrek_lp_teno_verzoeken": "Reisdocumenten",
        "dtv_website_instroom": "Instroom van zaken bij de DT&V",
        "dtv_website_vertrek": "Vertrek uit de caseload van de DT&V",
    },
}


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """The whole story, told once: what each command said, and the editions that it made."""
    folder = tmp_path_factory.mktemp("bronnen")
    data = folder / "data"
    shutil.copytree(REPOSITORY_DATA, data, ignore=shutil.ignore_patterns("snapshots"))
    told = SimpleNamespace(data=data, folder=folder, kept=files(data / "snapshots"))
    with pytest.MonkeyPatch.context() as patch, Publishers() as site:
        patch.setenv("NO_PROXY", "127.0.0.1")

        here = partial(keten_here, cwd=folder)  # it saves the seconds in which a process of its own starts

        def update(day, command=here):
            site.forget()
            done = command("update", "--data", data, "--date", day, *site.servers)
            done.sent, done.files = site.sent(), files(data / "snapshots")
            return done

        def run(out, *more, command=here):
            done = command("run", *PERIOD, "--data", data, "--out", folder / out, "-q", *more)
            return done, Edition(next((folder / out).glob("2017-06*")))

        told.first = update(FIRST, keten)
        told.imports = {
            source: here("import", source, path, "--date", FIRST, "--data", data)
            for source, path in by_hand(folder / "met de hand").items()
        }
        told.run, told.edition = run("eerst", command=keten)
        told.kept = files(data / "snapshots")
        told.second = update(SECOND)
        told.before, told.as_of_before = run("stand-voor", "--as-of", BETWEEN, *TOUCHED)
        site.revise()
        told.third = update(THIRD)
        told.after, told.as_of_after = run("stand-na", "--as-of", BETWEEN, *TOUCHED)
        told.revised, told.newest = run("nieuwste", "2_asiel")
        shutil.rmtree(data / "snapshots" / ".read")
        told.again, told.same = run("weer", "2_asiel", command=keten)
    return told


def files(folder: Path) -> dict[str, bytes]:
    """The files below a folder, without hidden ones."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in found
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def states(done) -> dict[str, str]:
    """The state of each source in the summary of an update."""
    lines = (re.match(r"(nieuw|ongewijzigd|geweigerd|mislukt) +(\S+)", line) for line in done.stdout.splitlines())
    return {line[2]: line[1] for line in lines if line}


def cards() -> set[str]:
    """Every card that is shipped."""
    return {path.stem for path in (REPOSITORY_DATA / "sources").glob("*.toml")}


def titles(data: Path) -> dict[str, str]:
    """The sources by the title that reports give them."""
    sources = load(data).sources
    return {sources.title[source]: source for source in cards() if source in sources.index}


def shown(edition: Edition, data: Path) -> dict[tuple[str, str], set[str]]:
    """Sections that show a figure of a live source, by notebook and source."""
    name, found = titles(data), defaultdict(set)
    for row in edition.rows:
        for title in row["source"].split(" | "):
            if title in name:
                found[row["notebook"], name[title]].add(row["section"])
    return found


def comparable(edition: Edition) -> dict[str, str]:
    """The pages and the figures of an edition, without the number of its run: what its manifest declares."""
    found = {}
    for path in sorted(edition.folder.iterdir()):
        if path.suffix in (".html", ".csv") and path.name in edition.manifest["outputs"]:
            text = path.read_text(encoding="utf-8")
            for entry in edition.manifest["notebooks"].values():
                text = text.replace(entry["report"]["run"], "run")
            found[path.name] = text.replace(run_number(edition), "run")
    return found


def run_number(edition: Edition) -> str:
    """The number of a run as its reports print it."""
    return re.search(r", run <code>(\w+)</code>", edition.report(STEMS[1]).source)[1]


# -- the first update --


def test_every_shipped_card_that_can_be_fetched_is_new(live):
    assert (live.first.returncode, live.first.stderr) == (0, "")
    assert states(live.first) == dict.fromkeys(cards() - BY_HAND, "nieuw")


def test_a_dataset_without_a_card_is_reported(live):
    found = [line for line in live.first.stdout.splitlines() if line.startswith("ontdekt")]
    assert len(found) == 1 and UNKNOWN_DATASET in found[0]


def test_files_of_the_other_cards_come_in_by_hand(live):
    for source, done in live.imports.items():
        assert done.returncode == 0, (source, done.stdout, done.stderr)
    assert {receipt.source for receipt in store.receipts(live.data)} == cards() - {UNUSED}
    assert store.verify(live.data) == []


# -- the reports --


def test_all_reports_succeed(live):
    assert live.run.returncode == 0, live.run.stderr
    states_of = {stem: entry["state"] for stem, entry in live.edition.manifest["notebooks"].items()}
    assert states_of == dict.fromkeys(STEMS, SUCCEEDED)


def test_every_source_is_seen_in_its_section(live):
    found = shown(live.edition, live.data)
    expected = [(stem, source, section) for stem, sections in SHOWN.items() for source, section in sections.items()]
    assert [
        (stem, source, section) for stem, source, section in expected if section not in found.get((stem, source), ())
    ] == []
    assert {source for _, source, _ in expected} == cards() - {UNUSED, AGREES}


def test_the_printed_figures_are_the_invented_ones(live):
    """What the servers gave arrives in the reports, rounded as there."""
    first = Figures().first("2017-06")
    assert live.edition.value("2_asiel", "asylum_first_applications", "2017-06") == {5 * round(first / 5)}
    country = live.edition.value("2_asiel", "eu_asylum_first_applications", "2017-06", "country=Nederland")
    assert country == {5 * round(first / 5)}
    pending = live.edition.value("2_asiel", "asylum_pending_persons", "2017-06-30")
    assert pending == {5 * round(Figures().pending("2017-06") / 5)}


def test_reports_stand_alone(live):
    for stem in (*STEMS, "index"):
        source = live.edition.report(stem).source
        assert re.findall(r'(?:src|srcset|poster)="(?!data:|#)[^"]*', source) == [], stem
        assert re.findall(r"url\((?![\"']?(?:data:|#))[^)]*|@import[^;]*", source) == [], stem
        page = live.edition.report(stem).page
        assert page.find_all(["iframe", "object", "embed"]) == [], stem
        assert {link["href"] for link in page.find_all("link")} <= {"data:,"}, stem
        assert "127.0.0.1" not in source, stem


# -- nothing new --


def test_a_second_update_fetches_nothing(live):
    assert (live.second.returncode, live.second.stderr, live.second.sent) == (0, "", [])
    assert states(live.second) == dict.fromkeys(cards() - BY_HAND, "ongewijzigd")
    assert live.second.files == live.kept


# -- a revision --


def test_a_third_update_brings_what_was_revised_and_keeps_the_rest(live):
    assert live.third.returncode == 0, live.third.stdout
    new = {source for source, state in states(live.third).items() if state == "nieuw"}
    assert new == {"cbs_83102NED", "eurostat_migr_asyappctzm", "eurostat_migr_asyappctzm_eu"}
    assert {name: live.third.files[name] for name in live.kept} == live.kept
    added = {name.split("/")[0] for name in live.third.files.keys() - live.kept.keys()}
    assert added == new


def test_the_report_shows_the_revision(live):
    assert live.revised.returncode == 0, live.revised.stderr
    _, month, more = REVISED
    cells = [cell for cell in live.newest.report("2_asiel").cells if cell.section == "Herzieningen"]
    differences = {cell.row: cell.text for cell in cells if cell.column == "Verschil"}
    assert differences["Eerste asielaanvragen: Syrië"].startswith(f"+{more}")
    assert any(cell.text.startswith("1.300") for cell in cells if cell.column == "Latere uitgave")
    was, now = Figures().first(month), Figures(revised=True).first(month)
    assert live.edition.value("2_asiel", "asylum_first_applications", month) == {5 * round(was / 5)}
    assert 5 * round(now / 5) in live.newest.value("2_asiel", "asylum_first_applications", month)


def test_the_command_tells_the_same_revision(live):
    asked = ("--measure", "asylum_first_applications", "--source", "cbs_83102NED")
    done = keten_here("revisions", *asked, "--data", live.data, cwd=live.folder)
    rows = [row for row in csv.DictReader(io.StringIO(done.stdout)) if row["period"] == REVISED[1]]
    of_all = [row for row in rows if row["nationality"] == ""]
    assert [(row["as_of"], row["revision"]) for row in of_all] == [(FIRST, ""), (THIRD, str(REVISED[2]))]
    assert "4 keer herzien" in done.stderr  # the month and its quarter, of Syria and of all


def test_what_was_known_before_is_the_same_report_after(live):
    assert live.before.returncode == live.after.returncode == 0
    first, second = comparable(live.as_of_before), comparable(live.as_of_after)
    assert len(first) == len(TOUCHED) + 6  # the pages, the index, the statement, the figures in three forms, changes
    assert [name for name in first if first[name] != second[name]] == []


def test_a_source_is_dated_by_what_was_known(live):
    then = Workbook("2017-06", as_of=BETWEEN, data=live.data)
    assert then.sources.published["cbs_83102NED"] == FIRST
    assert Workbook("2017-06", data=live.data).sources.published["cbs_83102NED"] == THIRD
    assert then.observations.known.max().date() <= date.fromisoformat(BETWEEN)


def test_the_same_data_give_the_same_bytes_also_when_they_are_read_anew(live):
    first, second = live.newest.folder, live.same.folder
    names = sorted(path.name for path in first.iterdir())
    assert names == sorted(path.name for path in second.iterdir())
    manifests = [json.loads((folder / "manifest.json").read_text(encoding="utf-8")) for folder in (first, second)]
    assert manifests[0]["outputs"] == manifests[1]["outputs"]
    alike = [name for name in names if name not in ("manifest.json", "beheer.html")]  # these two hold times
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in alike)


def test_all_data_pass_the_checks(live):
    done = keten_here("check", "--data", live.data, cwd=live.folder)
    assert (done.returncode, done.stdout + done.stderr) == (0, "Alle gegevens zijn in orde.\n")
