"""The formats of an edition, read back by the software of others: equal values, half-years and suppressed cells too."""

import csv
import json
import random
from datetime import date

import pandas as pd
import pyarrow.parquet as pq
import pytest
import sdmx as sdmx1
from csvw import CSVW
from edition_changes import replayed
from pysdmx.io import get_datasets, read_sdmx

from keten.errors import KetenError
from keten.reports.notebook import FIGURE_COLUMNS
from keten.reports.publish import changes_csv, citation, figures_csv, formats, parquet, sdmx

RUN = {"run": "0123456789ab", "git": {"commit": "f" * 40, "clean": True}}


def row(period, value, status="exact", secrecy="free", **cells):
    """One row of `figures.csv`."""
    about = {
        "notebook": "2_asiel",
        "section": "Instroom",
        "measure": "asylum_inflow_total",
        "label": "Instroom: €, <b>",
    }
    quality = {"status": status, "confidentiality": secrecy, "precision": "exact"}
    told = {"source": "IND: a", "source_id": "ind-a", "publisher": "IND", "as_of": "2026-01-31"}
    return (
        dict.fromkeys(FIGURE_COLUMNS, "")
        | {"period": period, "value": value, "unit": "persons"}
        | about
        | quality
        | told
        | cells
    )


ROWS = [
    row("2025-H1", 1290.0),
    row("2025-H1", 600.0, "provisional", dimensions="nationality=Côte d'Ivoire, Mali"),
    row("2025", None, "suppressed", "suppressed"),
    row("2025", None, "suppressed", "records_suppressed", measure="participant_records", section='Wie "meededen"'),
    row("2025-12-31", 12.5, "break", unit="percent"),
    row("2024-03-01/2025-02-28", 0.0, "rounded_5", precision="rounded_5"),
    row("2025", 40.0, dimensions="statistic=share;denominator=asylum_inflow_total", unit="percent"),
    row("2025-02-03/2025-02-09", None, "missing", source_id="", publisher="", as_of=""),
]
OBSERVED = [one for one in ROWS if "statistic=" not in one["dimensions"]]
TIMES = ["2025-S1", "2025-S1", "2025", "2025", "2025-12-31", "2024-03-01/P12M", "2025-02-03/P7D"]
STATUSES = ["A", "P", "Q", "Q", "B", "A", "O"]
SECRECY = ["F", "F", "A", "A", "F", "F", "F"]


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    folder = tmp_path_factory.mktemp("uitgave")
    formats.write(folder, ROWS, "2025", "2025 & <later>", RUN, earlier={}, as_parquet=True)
    return folder


def values(found):
    return [None if pd.isna(one) or one == "" else float(one) for one in found]


def test_pysdmx_reads_the_figures_and_finds_the_structure_valid(edition):
    read_sdmx(edition / sdmx.STRUCTURE, validate=True)
    [found] = get_datasets(edition / sdmx.FILE, edition / sdmx.STRUCTURE)
    assert values(found.data.OBS_VALUE.tolist()) == [one["value"] for one in OBSERVED]
    assert found.data.TIME_PERIOD.tolist() == TIMES
    assert (found.data.OBS_STATUS.tolist(), found.data.CONF_STATUS.tolist()) == (STATUSES, SECRECY)
    assert found.data.BREAKDOWN.tolist()[:2] == ["_T", "nationality=Côte d'Ivoire, Mali"]
    coded = {
        one.id: {code.id for code in one.enumeration.codes} for one in found.structure.components if one.enumeration
    }
    assert set(coded) == sdmx.CODED
    for column, codes in coded.items():
        assert set(found.data[column]) <= codes


def test_sdmx1_reads_the_same(edition):
    structure = sdmx1.read_sdmx(edition / sdmx.STRUCTURE).structure[sdmx.ID]
    [found] = sdmx1.read_sdmx(edition / sdmx.FILE, structure=structure).data
    assert values(one.value for one in found.obs) == [one["value"] for one in OBSERVED]
    assert [one.dimension.values["TIME_PERIOD"].value for one in found.obs] == TIMES
    told = [[one.attached_attribute[name].value for one in found.obs] for name in ("OBS_STATUS", "CONF_STATUS")]
    assert told == [STATUSES, SECRECY]


def test_a_figure_that_stands_twice_is_one_observation():
    """Where another source and the report itself have the same key, the report's own goes first."""
    twice = [row("2025", 1.0, section="Andere bronnen en latere uitgaven"), row("2025", 2.0), row("2025", 2.0)]
    assert [one["OBS_VALUE"] for one in sdmx.observations(figures_csv.texts(twice))] == ["2"]


def test_csv_on_the_web_finds_every_number(edition):
    """The metadata are found by their name, beside the file, and have types: an empty cell is no zero."""
    web = CSVW(str(edition / figures_csv.FILE), validate=True)
    assert web.is_valid, [str(one.message) for one in web.warnings]
    [table] = web.tables
    found = list(table)
    assert values(one["value"] for one in found) == [one["value"] for one in ROWS]
    assert [one["label"] for one in found] == [one["label"] for one in ROWS]
    assert found[0]["as_of"].isoformat()[:10] == "2026-01-31" and found[-1]["as_of"] is None
    assert all(column.common_props["dc:description"] for column in table.tableSchema.columns)


def test_parquet_holds_numbers_and_days(edition):
    table = pq.read_table(edition / parquet.FILE)
    assert tuple(table.column_names) == FIGURE_COLUMNS
    assert table["value"].to_pylist() == [one["value"] for one in ROWS]
    assert table["as_of"].to_pylist()[0] == date(2026, 1, 31) and table["as_of"].null_count == 1
    again = edition / "nog eens.parquet"
    parquet.write(again, figures_csv.texts(ROWS))
    assert again.read_bytes() == (edition / parquet.FILE).read_bytes()
    again.unlink()


def test_parquet_without_its_package_is_one_sentence(monkeypatch):
    monkeypatch.setattr(parquet, "find_spec", lambda name: None)
    with pytest.raises(KetenError, match=r"Voor --parquet is het pakket pyarrow nodig; .*\[parquet\]"):
        parquet.refuse_without()


def test_the_line_to_cite_is_complete(edition):
    told = citation.line(ROWS, "2025", "2025 & <later>", RUN)
    assert told == (
        "Ketenwerkboek contributors. Ketenwerkboek: cijfers over de Nederlandse migratieketen, 2025 & <later> "
        "(uitgave 2025, stand van 31 januari 2026, run 0123456789ab, versie fffffff)."
    )
    page = citation.data_set(ROWS, "2025", "2025 </script><b>", RUN, {path.name for path in edition.iterdir()})
    assert "<" not in page
    found = json.loads(page)
    assert (found["@type"], found["temporalCoverage"]) == ("Dataset", "2025-01-01/2025-12-31")
    assert found["name"].endswith("2025 </script><b>") and "versie fffffff" in found["description"]
    assert [one["contentUrl"] for one in found["distribution"]] == list(citation.KINDS)


def changes_of(before, now, folder):
    changes_csv.write(folder / changes_csv.FILE, now, before)
    with (folder / changes_csv.FILE).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_changes_say_what_became_of_each_figure(tmp_path):
    before = figures_csv.texts([*ROWS[:3], row("2024", 9.0), row("2023", 7.0), ROWS[3]])
    now = figures_csv.texts(
        [row("2023", 7.0, section="Elders"), ROWS[2], row("2025-H1", 1295.0), row("2024", 9.0, publisher="CBS"),
         row("2026", 4.0), ROWS[3] | {"value": 7.0}]
    )  # fmt: skip
    found = changes_of({"2024": {"2_asiel": before}}, now, tmp_path)
    told = [
        (one["change"], one["period"], one["value_from"], one["value"], one["row_before"], one["row"]) for one in found
    ]
    assert told == [
        ("described", "2023", "7", "7", "5", "1"),
        ("revised", "2025-H1", "1290", "1295", "1", "3"),
        ("redefined", "2024", "9", "9", "4", "4"),
        ("new", "2026", "", "4", "", "5"),
        ("withdrawn", "2025-H1", "600", "", "2", ""),
    ]
    assert {one["against"] for one in found} == {"2024"} and found[2]["publisher_from"] == "IND"
    assert not any("participant_records" in one.values() for one in found)  # counted from records of persons
    assert changes_of({"2024": {"2_asiel": now}}, now, tmp_path) == []
    assert changes_of({"2024": {}}, now, tmp_path) == []  # a report of which nothing was said before


@pytest.mark.parametrize("seed", range(20))
def test_replaying_the_changes_gives_the_edition_again(tmp_path, seed):
    """Of whatever was changed, moved, doubled or dropped; by a program that only knows the columns."""
    chance = random.Random(seed)

    def some():
        every = [
            row(str(chance.randint(2015, 2020)), float(chance.randint(0, 2)), section=chance.choice("ab"),
                notebook=chance.choice(["2_asiel", "5_terugkeer"]), measure=chance.choice(["x", "participant_records"]))
            for _ in range(chance.randint(0, 40))
        ]  # fmt: skip
        return figures_csv.texts(sorted(every, key=lambda one: one["notebook"]))

    before, now = some(), some()
    reports = {stem: [one for one in before if one["notebook"] == stem] for stem in ("2_asiel", "5_terugkeer")}
    changes = changes_of({"eerder": reports}, now, tmp_path)
    without = [one for one in now if one["measure"] != "participant_records"]
    assert replayed(before, changes, "eerder") == without
