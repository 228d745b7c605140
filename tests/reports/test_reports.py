"""The reports as readers get them: seven notebooks run by the command on the real data, then read back.

Every number that a page shows is looked up in figures.csv, and every row of figures.csv is worked out anew
from the published rows.
"""

import functools
import itertools
import math
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import nbformat
import pytest
from browser import chromium, requests_of, width
from places import REPOSITORY
from report_checks import LAST_SECTIONS, STEMS, Number, Published, displayed, names_of_period, numbers, parts_of

from keten.model.periods import Period
from keten.reports.publish import chain
from keten.workbook.declared import declared

PERIODS = ["2016", "2017-H1", "2017-06", "2011", ""]  # 2011: hardly any figures
PRECISE = {"exact", "rounded_5", "rounded_10", "circa"}
STATUSES = PRECISE | {"provisional", "suppressed", "missing"}
CONFIDENTIALITIES = {"free", "records", "suppressed", "records_suppressed", "confidential", "secondary"}


FOCUS = ("2_asiel", "5_terugkeer", "--period", "2017", "-p", "nationality", "eri")  # one run for two tests

# Sections in which publishers stand side by side.
OTHER_COUNTS = (LAST_SECTIONS[0], "Twee tellingen naast elkaar", "Tellingen van verschillende uitgevers")


@pytest.fixture(scope="session", params=PERIODS, ids=lambda period: period or "default")
def arguments(request):
    """The arguments of a run of all notebooks."""
    return ("--period", request.param) if request.param else ()


@pytest.fixture(scope="session")
def edition(edition_of, arguments):
    return edition_of(*arguments)


@pytest.fixture(params=STEMS)
def stem(request):
    return request.param


@pytest.fixture
def report(edition, stem):
    return edition.report(stem)


# -- the edition -------------------------------------------------------------------------------------------


def test_the_edition_is_whole(runs, arguments, edition):
    done, _ = runs(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    files = {f"{stem}{ending}" for stem in STEMS for ending in (".html", ".ipynb", ".xlsx", ".ods")}
    assert {path.name for path in edition.folder.iterdir()} == files | {
        "CITATION.bib",
        "datapackage.json",
        "index.html",
        "beheer.html",
        "figures.csv",
        "figures.csv-metadata.json",
        "figures_excel.csv",
        "figures_sdmx.csv",
        "figures_sdmx.xml",
        "changes.csv",
        "manifest.json",
        "toegankelijkheid.html",
    }
    assert [entry["state"] for entry in edition.manifest["notebooks"].values()] == ["SUCCEEDED"] * 7
    assert edition.folder.name == (arguments[1] if arguments else edition.manifest["parameters"]["period"])


def test_the_index_leads_to_all_and_says_what_each_report_says(edition):
    page = edition.report("index").page
    assert {tag["href"] for tag in page.select("a[href]")} >= {f"{stem}.html" for stem in [*STEMS, "beheer"]}
    links = {tag["href"] for tag in edition.report("beheer").page.select("a[href]")}
    assert links >= {f"{stem}.xlsx" for stem in STEMS} | {"figures.csv", "manifest.json", "datapackage.json"}
    found = [" ".join(tag.get_text() for tag in edition.report(stem).page.select("p.finding")) for stem in STEMS]
    assert [tag.get_text() for tag in page.select("article p.found")] == found


def test_the_chain_shows_figures_of_the_period_that_the_reports_show(edition):
    """Each number of the picture is a figure of a report over the edition's period, or of a day in it."""
    own = Period.parse(edition.folder.name.partition("_")[0])
    rows = [row for row in edition.rows if row["value"]]
    values = {float(row["value"]) for row in rows if own.contains(Period.parse(row["period"]))}
    shown = [float(tag["value"]) for tag in edition.report("index").page.select(".chain data")]
    assert set(shown) <= values
    assert (
        len(shown) + len(edition.report("index").page.select(".chain .none"))
        == sum(1 + len(step.others) for step in chain.STEPS)
        or not shown
    )


def test_the_default_edition_has_half_of_the_key_figures_of_four_goals(edition_of):
    """Counted in the reports themselves: what was chosen without running a notebook is what they show."""
    edition = edition_of()
    told, entries = edition.manifest["default"], edition.manifest["notebooks"]
    counts = {
        stem: (len(one["report"]["key_figures"]), one["report"]["key_figures_of"]) for stem, one in entries.items()
    }
    goals = [counts[stem] for stem in STEMS[:5]]
    assert edition.folder.name == told["period"]
    assert sum(2 * own >= of for own, of in goals) == told["goals"] >= 4
    assert (sum(own for own, _ in goals), sum(of for _, of in goals)) == (told["own"], told["key_figures"])
    assert all(told["sentence"] in edition.report(stem).text for stem in [*STEMS, "index"])
    asked = [len(declared(REPOSITORY / "notebooks" / f"{stem}.ipynb").key_figures) for stem in STEMS]
    assert [of for _, of in counts.values()] == asked


# -- figures.csv -------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def published(repository):
    return Published(repository / "data")


def test_every_row_keeps_the_contract(edition, published):
    end = Period.parse(edition.folder.name).end
    for row in edition.rows:
        assert row["notebook"] in STEMS and row["label"] and row["section"], row
        assert row["measure"] in published.measures and row["unit"] in published.units, row
        assert row["status"] in STATUSES, row
        assert row["precision"] in {*PRECISE, "unknown"} and row["confidentiality"] in CONFIDENTIALITIES, row
        assert row["status"] not in PRECISE or row["status"] == row["precision"], row
        assert (row["status"] == "suppressed") == (row["confidentiality"] != "free"), row
        assert str(Period.parse(row["period"])) == row["period"] and Period.parse(row["period"]).end <= end, row
        assert row["value"] and math.isfinite(float(row["value"])), row
        titles = {published.sources[name]["title"] for name in row["source_id"].split(" | ")}
        assert row["source"] and set(row["source"].split(" | ")) == titles and row["publisher"], row
        assert date.fromisoformat(row["as_of"]), row
    assert [count for count in Counter(tuple(row.values()) for row in edition.rows).values() if count > 1] == []
    text = (edition.folder / "figures.csv").read_bytes().decode("utf-8")
    assert not text.startswith("\ufeff") and not re.search(r"\b(nan|inf|None|NaT)\b", text, re.IGNORECASE)


def test_every_section_is_a_heading_of_its_report(edition):
    for stem in STEMS:
        headings = {text for _, text in edition.report(stem).headings}
        assert {row["section"] for row in edition.of(stem)} <= headings


def test_every_plain_figure_is_published_or_a_sum(edition, published):
    """A published value comes with its own source and date; any other is the sum of all its parts."""
    for row in edition.rows:
        dimensions, statistic = parts_of(row)
        if statistic["name"]:
            continue
        key, value = (row["measure"], dimensions, row["period"]), float(row["value"])
        is_sum = (value, row["source"], row["as_of"], row["status"]) not in published.rows.get(key, [])
        assert not is_sum or value in published.sums(*key, row["source"]), row
        assert re.fullmatch(SUM, row["calculation"]) or not is_sum, row


def test_every_derived_figure_can_be_worked_out(edition, published):
    """Shares and changes from the published rows; a change of a rate or a share is in points."""
    for row in edition.rows:
        dimensions, statistic = parts_of(row)
        value = float(row["value"])
        key = (row["measure"], dimensions, row["period"], row["source"])
        now = published.values(*key)
        match statistic["name"]:
            case "":
                continue
            case _ if dimensions.endswith(f"={REST}"):
                possible = of_the_rest(edition, published, row, dimensions, statistic)
            case "share":
                possible = published.shares(*key, statistic["of"])
            case "publisher":  # a figure beside the one that the report uses
                possible = now
            case "edition" | "revision" | "revision_percent":  # what a source said on a day, and the first edition
                every = published.rows[key[:3]]
                mine = {value for value, title, known, _ in every if (title, known) == (row["source"], row["as_of"])}
                firsts = {value for value, *_ in every}
                possible = {REVISIONS[statistic["name"]](new, first) for new in mine for first in firsts}
            case "low" | "high":  # ranges of the LVV evaluation, worked out by hand in test_pilots
                assert row["measure"] == "lvv_outflow" and 0 <= value <= 537, row
                continue
            case name if name.startswith(MODELLED):  # worked out anew in the tests of each analysis
                assert value >= -100, row
                continue
            case "difference":
                known = published.rows[key[:3]]
                other = published.sources[statistic["of"]]["title"]
                section = [
                    one for one in edition.of(row["notebook"], row["measure"]) if one["section"] == row["section"]
                ]
                used = {float(one["value"]) for one in section if parts_of(one)[1]["name"] == ""}
                possible = {value - ours for value, title, *_ in known if title == other for ours in used}
            case name:
                before = published.values(row["measure"], dimensions, statistic["of"], row["source"])
                possible = {CHANGES[name](new, old) for new, old in itertools.product(now, before)}
                if name == "change_points":
                    possible |= changes_of_shares(published, row, dimensions, statistic)
        assert any(abs(value - one) <= rounding(row) + 1e-6 for one in possible), row


MODELLED = ("seasonally_adjusted", "model", "expected", "level_change", "slope_change", "completed")
REVISIONS = {
    "edition": lambda new, first: new,
    "revision": lambda new, first: new - first,
    "revision_percent": lambda new, first: 100 * (new - first) / first if first else math.nan,
}
SUM = r"som van (\d+ (maanden|kwartalen|halfjaren)|[A-Za-z ]+(, [A-Za-z ]+)+)"  # of shorter periods, or of parts
CHANGES = {
    "change_percent": lambda new, old: 100 * (new - old) / old if old else math.nan,
    "change_points": lambda new, old: new - old,
    "change_absolute": lambda new, old: new - old,
}


REST = "overige en onbekend"


def of_the_rest(edition, published, row, dimensions, statistic):
    """The total minus the categories that a ranking shows, its share and its change; and the rest of a change."""
    section = [one for one in edition.of(row["notebook"], row["measure"]) if one["section"] == row["section"]]
    told = [(*parts_of(one), one["period"], float(one["value"])) for one in section]
    told = [one for one in told if names_of(one[0]) == names_of(dimensions)]
    total = functools.partial(published.values, row["measure"], "", titles=row["source"])
    rests = {period: value for _, about, period, value in told if about["name"] == "remainder"}
    now, value = row["period"], rests.get(row["period"])
    match statistic["name"]:
        case "remainder":
            plain = {(of, period): value for of, about, period, value in told if not about["name"]}
            last = max((period for _, period in plain), key=lambda period: Period.parse(period).by_end())
            largest = sorted((of for of, period in plain if period == last), key=lambda of: -plain[of, last])
            shown = sum(plain[of, now] for of in largest[: int(statistic["of"])])
            return {one - shown for one in total(period=now)}
        case "share":
            return {100 * value / one for one in total(period=now)}
        case "change_absolute":
            shown = [one for of, about, _, one in told if about == statistic and of != dimensions]
            moves = itertools.product(total(period=now), total(period=statistic["of"]))
            return {new - old - sum(shown) for new, old in moves}
        case name:
            return {CHANGES[name](value, rests[statistic["of"]])}


def names_of(dimensions):
    """The dimensions of a figure, as those of a remainder are written."""
    return "+".join(pair.partition("=")[0] for pair in dimensions.split(";"))


def rounding(row):
    """Half a unit of the last digit that a report shows of a derived number; only of rounded figures fewer digits."""
    value, inexact = float(row["value"]), row["precision"] != "exact"
    if "change_percent" in row["dimensions"]:
        coarse = inexact and abs(value) >= 0.5 and value % 10 == 0
        return 5 if coarse else 0.5 * 10 ** -len(row["value"].partition(".")[2])
    if "change_points" in row["dimensions"] and inexact and value % 10 == 0:
        return 5
    if row["unit"] == "percent":
        return 0.5 if inexact and value % 1 == 0 else 0.05
    return 0.05 if "change_points" in row["dimensions"] else 0.005


def changes_of_shares(published, row, dimensions, statistic):
    """Differences between shares as they are printed, by what the row itself says: none unless it names its whole."""
    if statistic.get("figure") != "share":
        assert published.measures[row["measure"]]["kind"] == "rate", row
        return set()
    now, before = (
        published.shares(row["measure"], dimensions, period, row["source"], statistic["figure_of"])
        for period in (row["period"], statistic["of"])
    )
    return {
        printed(new, places) - printed(old, places_before)
        for new, old in itertools.product(now, before)
        for places, places_before in itertools.product(("0.1", "1"), repeat=2)
    }


def printed(share, places):
    """A share with one decimal, or in whole percents where its margin carries no decimal."""
    return float(Decimal(str(share)).quantize(Decimal(places), rounding=ROUND_HALF_UP))


def test_a_key_has_one_value(edition):
    """Within a notebook, whoever looks up a key finds one number; other sources have their own section."""
    values = defaultdict(set)
    for row in edition.rows:
        if row["section"] not in OTHER_COUNTS:
            key = ("notebook", "measure", "dimensions", "period", "unit")
            values[tuple(row[name] for name in key)].add(row["value"])
    assert {key: found for key, found in values.items() if len(found) > 1} == {}


# -- ground truth ------------------------------------------------------------------------------------------


def test_the_year_2017(edition_of):
    edition = edition_of(*FOCUS)
    assert edition.value("2_asiel", "asylum_inflow_total", "2017") == {31327}
    assert edition.value("2_asiel", "asylum_first_applications", "2015") == {43099}
    kinds = {"zelfstandig": 3400, "gedwongen": 2700, "zelfstandig zonder toezicht": 9020, "totaal": 15120}
    for kind, people in kinds.items():
        assert edition.value("5_terugkeer", "departure_dtv", "2017", f"departure_kind={kind}") == {people}
    text = edition.report("5_terugkeer").text
    assert "15.120" in text and "31.327" in edition.report("2_asiel").text


def test_the_story_of_albania(edition_of):
    """About 1,700 applications in 2016, 225 (CBS) in the first half of 2017, and the campaign that followed."""
    edition = edition_of("--period", "2017-H1")
    albania = "nationality=Albanië"
    assert edition.value("2_asiel", "asylum_first_applications", "2017-H1", albania) == {225}
    assert 1650 <= max(edition.value("2_asiel", "asylum_first_applications", "2016", albania)) <= 1700
    left = {
        (row["period"], float(row["value"]))
        for row in edition.of("5_terugkeer", "departure_demonstrable")
        if row["dimensions"] == albania
    }
    assert left == {("2016", 1840), ("2017-01-01/2017-05-31", 490)}
    for stem in ("2_asiel", "5_terugkeer"):
        events = [tag.get_text(" ", strip=True) for tag in edition.report(stem).page.select("figure.events li")]
        assert any("juli 2017" in event and "nformatiecampagne in Albanië" in event for event in events)


def test_nothing_later_than_the_date_of_the_data(edition_of):
    """The inflow of February 2017 as first published, before the correction to 3,418."""
    edition = edition_of("--period", "2017-02", "--as-of", "2017-04-30")  # as other tests have it too
    assert [entry["state"] for entry in edition.manifest["notebooks"].values()] == ["SUCCEEDED"] * len(STEMS)
    assert edition.value("2_asiel", "asylum_inflow_total", "2017-02") == {3437}
    assert len(edition.rows) > 300 and max(row["as_of"] for row in edition.rows) <= "2017-04-30"
    for stem in STEMS:
        dates = {tag["datetime"] for tag in edition.report(stem).page.select("time[datetime]")}
        assert all(day <= "2017-04-30" for day in dates)


@pytest.mark.parametrize(("stem", "subjects"), [
    ("1_werk_studie_gezin", "naar doel|familie en gezin|inwilliging|eerste verblijfsvergunningen.*\\bnaar reden|"
     "geldige verblijfsvergunningen|erkende referenten|langdurig verblijvende kinderen|naturalisatie|"
     "visum kort verblijf|procedures"),
    ("2_asiel", "instroom naar soort|per maand|herplaatsing|hervestiging|eerste asielaanvragen: [^\\n]*nationaliteiten|"
     "bijdrage van nationaliteiten|alleenstaande minderjarige|veilige landen|beslissingen|inwilliging|"
     "lopende asielaanvraag|bezetting|vergunninghouders|locaties|incidenten|vergunning naar werk"),
    ("3_toegang_grensbewaking", "per jaar|naar nationaliteit|naar reden|naar plaats|na een|inklimmers|"
     "inreisverbod van maart 2020|twee tellingen"),
    ("4_toezicht", "mobiel toezicht veiligheid|zonder verblijfsrecht naar nationaliteit|"
     "instroom in vreemdelingenbewaring|herkomst van de zaak|bezetting|vertrek vanuit bewaring|isolatie|"
     "smokkel|inreisverboden"),
    ("5_terugkeer", "dt&v naar soort|hele keten naar soort|aantoonbaar vertrek|organisatie die overdraagt|"
     "verplichting tot vertrek naar nationaliteit|per 100 verplichtingen|laissez-passer|iom|dublin"),
])  # fmt: skip
def test_every_subject_of_the_chain_appears(edition, stem, subjects):
    """With data, or as a named gap."""
    found = edition.report(stem).subjects.lower().replace("\n", "\n ")
    missing = [subject for subject in subjects.split("|") if not re.search(subject, found, re.DOTALL)]
    assert missing == []


# -- the pages ---------------------------------------------------------------------------------------------


def test_a_page_for_every_reader(edition):
    for stem in (*STEMS, "index"):
        report = edition.report(stem)
        assert report.page.html["lang"] == "nl" and report.page.title.get_text(strip=True)
        levels = [level for level, _ in report.headings]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(below <= above + 1 for above, below in itertools.pairwise(levels))
        identities = [tag["id"] for tag in report.page.find_all(id=True)]
        assert len(set(identities)) == len(identities)
        for link in report.page.select('a[href^="#"]'):
            assert link["href"][1:] in identities
        for table in report.page.find_all("table"):
            assert table.caption.get_text(strip=True) and table.thead
            assert all(cell.get("scope") in ("col", "row") for cell in table.find_all("th"))
        for image in report.page.select("svg:not([aria-hidden=true])"):
            other = image.get("aria-labelledby")  # of the drawing for a telephone
            assert image["role"] == "img" and (report.page.find(id=other) if other else image)["aria-label"]


def test_a_page_stands_alone(edition):
    """Nothing is fetched: only links that a reader follows lead elsewhere."""
    for stem in (*STEMS, "index"):
        report = edition.report(stem)
        page = report.page
        assert page.find_all(["iframe", "object", "embed", "form", "base"]) == []
        told = [script.attrs for script in page.find_all("script") if script.attrs]  # a script lies in the page itself
        assert told == [{"type": "application/ld+json"}] * (stem == "index"), "and only the index has data for programs"
        for tag in page.find_all(True):
            for name in ("src", "srcset", "href", "xlink:href", "data", "poster", "background"):
                if name in tag.attrs and not (tag.name == "a" and name == "href"):
                    assert tag[name].startswith(("data:", "#")), tag
            assert not [name for name in tag.attrs if name.startswith("on")], tag
            assert not re.search(r"url\(\s*['\"]?(?!#|data:)", tag.get("style", "")), tag
        for link in page.select("a[href]"):
            inside = "data:text/csv;charset=utf-8," if link.has_attr("download") else "#"
            assert re.match(rf"https?://|{inside}|(\.\./)?[\w.-]+$", link["href"]), link
        style = "".join(tag.get_text() for tag in page.find_all("style"))
        assert "@import" not in style and not re.search(r"url\(\s*['\"]?(?!#|data:)", style)


def test_no_trace_of_the_machine(edition):
    for stem in (*STEMS, "index"):
        text = edition.report(stem).text
        assert not re.search(r"\b(nan|NaN|None|inf|NaT|Traceback|Error|undefined|null)\b|<NA>|\{\w*\}", text)
        source = (edition.folder / f"{stem}.html").read_text(encoding="utf-8")
        assert str(edition.folder.parent) not in source and str(Path.home()) not in source


def test_the_first_screen(report, stem, edition):
    """A finding, at most three large key figures, none twice, and a figure over the years where one has a past."""
    opening = report.page.select_one("section.opening")
    assert 1 <= len(opening.select("p.finding")) <= 2
    assert all(tag.get_text().endswith(".") for tag in opening.select("p.finding"))
    assert len(opening.select(".glance dl.keyfigures > div")) <= 3 and not report.page.select("ul.summary")
    names = [tag.get_text() for tag in opening.select("dl.keyfigures dt")]
    assert len(set(names)) == len(names)
    rows = [row for row in edition.of(stem) if row["section"] == "Samenvatting"]
    assert bool(names) == bool(rows)
    past = {(row["label"], row["dimensions"]) for row in rows}
    assert opening.select("figure.yearly") or len(past) == len(rows)


def test_every_number_of_the_first_screen_is_in_the_figures(report, stem, edition):
    values = [float(row["value"]) for row in edition.of(stem) if row["section"] == "Samenvatting"]
    for tag in report.page.select("p.finding"):
        said = tag.get_text().replace("minder dan 1% meer", "").replace("minder dan 1% minder", "")
        text = re.sub(r"\(schaal 1-5\)|\b(\d{1,2} (?=[a-z]+ \d{4})|(19|20)\d\d\b)", "", said)
        for number in numbers(text):
            assert any(number.rounds(abs(value)) for value in values), (number, tag.get_text())
    for tag in report.page.select("figure.yearly data"):
        assert float(tag["value"]) in values, tag


TEXT_COLUMNS = {"Vraag", "Organisatie", "Eerste", "Tweede", "Methode", "Oordeel", "Gemeente", "Uitkomst", "Periode"}


def figure_cells(report):
    """The cells whose numbers must be in figures.csv.

    Left out: the numbers of figures in 'Bronnen', which count rows; and columns of text. 'Andere bronnen' has
    a test of its own.
    """
    return [
        cell
        for cell in report.cells
        if {"number", "value", "change"} & set(cell.classes)
        and cell.section not in (LAST_SECTIONS[0], "Bronnen")
        and cell.column not in TEXT_COLUMNS
    ]


def test_every_number_of_a_page_is_in_the_figures(report, stem, edition):
    """Same section, same period, same subject and, as printed, the same value."""
    sections = defaultdict(list)
    for row in edition.of(stem):
        sections[row["section"]].append(row)
    not_found = [
        (cell.section, cell.title, cell.row, cell.column, cell.text)
        for cell in figure_cells(report)
        for number in shown_numbers(cell)
        if not any(number.rounds(float(row["value"])) for row in about(cell, sections[cell.section]))
    ]
    assert not_found == []


def shown_numbers(cell) -> list[Number]:
    """The numbers of a cell; a change's own, without those that name its period or are a bound."""
    if "change" not in cell.classes:
        return numbers(cell.text)
    own = re.split(" t.o.v. |geen (?:vergelijkbaar )?cijfer over ", cell.text)[0]
    return numbers(re.sub(r"(minder dan [+-]?1|meer dan [+-]?99)%", "", own))


def about(cell, rows):
    """The rows of figures.csv that a cell can be about, by its change, its period and its subject."""
    change = "change" in cell.classes and not cell.text.startswith("van ")
    if change:
        rows = [row for row in rows if "statistic=change" in row["dimensions"]]
        named = {cell.column.removeprefix("t.o.v. "), cell.text.partition(" t.o.v. ")[2].split(" (")[0]}
        rows = [row for row in rows if names_of_period(parts_of(row)[1]["of"]) & named] or rows
    own = cell.own_period if cell.title != "Herziene cijfers" else ""  # there it is the day of an edition
    period = {own} if own else {cell.row, cell.column}
    rows = [row for row in rows if names_of_period(row["period"]) & period] or rows
    for name in (cell.row, cell.column):
        rows = [row for row in rows if name.lower() in row["label"].lower()] or rows
    return rows


def test_other_sources_say_the_difference(report, stem, edition):
    """Other figure minus ours; all three are in figures.csv."""
    section = LAST_SECTIONS[0]
    values = [float(row["value"]) for row in edition.of(stem) if row["section"] == section]
    table = defaultdict(list)
    for cell in report.cells:
        if cell.section == section:
            table[cell.column].append(cell.text)
    columns = (table["In dit rapport"], table["Ander cijfer"], table["Verschil"])
    for used, other, difference in zip(*columns, strict=True):
        (other_number,) = numbers(other)
        assert any(other_number.rounds(value) for value in values), other
        if used == "niet gebruikt":
            assert difference == ""
            continue
        (used_number,), (gap,) = numbers(used), numbers(difference)
        assert gap.value == pytest.approx(other_number.value - used_number.value)
        assert all(any(number.rounds(value) for value in values) for number in (used_number, gap)), (used, difference)


# -- parameters, and by hand -------------------------------------------------------------------------------


def test_a_nationality_in_focus(edition_of):
    """Given as a code in small letters, shown by its name: a portrait, and in each section its share of the total."""
    edition = edition_of(*FOCUS)
    sections = {
        "2_asiel": ["Nationaliteiten", "Beslissingen en inwilliging"],
        "5_terugkeer": ["Verplichting tot vertrek en terugkeer"],
    }
    for stem, names in sections.items():
        report = edition.report(stem)
        assert "Eritrea" in report.page.header.get_text()
        assert "Voor Eritrea zijn geen maatregelen vastgelegd" in report.text
        shares = {
            row["section"]
            for row in edition.of(stem)
            if row["dimensions"].startswith("nationality=Eritrea;statistic=share")
        }
        assert shares >= set(names)
        focus = [row for row in edition.of(stem) if row["section"] == "Nationaliteit in beeld"]
        assert {row["dimensions"].partition(";")[0] for row in focus} <= {"nationality=Eritrea"}
        assert bool(focus) == (stem in ("2_asiel", "5_terugkeer"))


def test_without_a_nationality_there_is_none_in_focus(edition):
    for stem in STEMS:
        headings = {text for _, text in edition.report(stem).headings}
        assert "Nationaliteit in beeld" not in headings and "naast het totaal" not in edition.report(stem).text


def test_an_unknown_nationality_runs_nothing(runs):
    done, out = runs("2_asiel", "--period", "2017-H1", "-p", "nationality", "Eritreea")
    assert done.returncode == 2 and "Eritrea" in done.stderr and done.stderr.count("\n") == 1
    assert list(out.iterdir()) == []


def test_by_hand_with_papermill(edition_of, repository, tmp_path):
    """By hand in JupyterLab: see the tests of the lab."""
    out = tmp_path / "out.ipynb"
    command = [sys.executable, "-m", "papermill", "notebooks/4_toezicht.ipynb", str(out), "-p", "period", "2017-H1"]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr
    executed = nbformat.read(edition_of("--period", "2017-H1").folder / "4_toezicht.ipynb", as_version=4)
    assert displayed(nbformat.read(out, as_version=4)) == displayed(executed)


# -- a browser ---------------------------------------------------------------------------------------------


def test_in_a_browser(edition_of, tmp_path):
    """No request beyond the file itself, no error in the console, no sideways scrolling on a telephone."""
    edition = edition_of("--period", "2017-H1")
    with chromium(tmp_path / "profiel") as browser:
        for name in ("2_asiel", "7_lvv", "index"):
            file = edition.folder / f"{name}.html"
            width(browser, 400)
            browser.get(file.as_uri())
            assert requests_of(browser) == [file.as_uri()]
            assert browser.get_log("browser") == []
            overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert browser.execute_script(overflow) == 0
