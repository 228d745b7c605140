"""One table of Eurostat in all that it is downloaded as: the shipped card gives the same figures, or one sentence."""

import contextlib
import json
from pathlib import Path

import pytest
from helpers_sources import CATALOGUE, card_from
from hypothesis import given
from hypothesis import strategies as st

from keten.cli import main
from keten.errors import KetenError
from keten.paths import REPOSITORY_DATA
from keten.sources.cards.card import read_card
from keten.sources.validation import gate

# Shipped card, file, measure, and totals of the Netherlands by period that the publisher gives.
REAL = [
    ("migr_asyappctzm", "migr_asyappctzm__custom_39520_20201006_200227.tsv", "asylum_first_applications",
     {"2020-07": 1205, "2020-08": 1425}),
    ("migr_asyappctzm", "migr_asyappctzm__custom_39520_20201006_200227.tsv", "asylum_applicants",
     {"2020-07": 1440, "2020-08": 1560}),
    ("migr_eiord", "migr_eiord_Data_allcitizens.csv", "ordered_to_leave", {"2015": 23765, "2016": 32950}),
    ("migr_eipre", "migr_eipre_1_Data_allcitizens.csv", "illegally_present_found", {"2015": 2340, "2016": 2685}),
    ("migr_eirfs", "migr_eirfs_1_Data_mit2012.csv", "border_refusals", {"2015": 2295, "2016": 2700}),
    ("migr_resfirst", "migration_permits_issued.csv", "first_residence_permits", {"2021": 105879, "2023": 131785}),
]  # fmt: skip


def shipped(table):
    """A card that comes with the workbook."""
    return read_card(REPOSITORY_DATA / "sources" / f"eurostat_{table}.toml", CATALOGUE)


def figures(path, card):
    """Value by measure, period and categories."""
    reading = gate.read(Path(path), card, CATALOGUE.names)
    names = [name for name in reading.observations if name not in ("freq", "value", "status", "note", "parts")]
    rows = reading.observations[reading.observations.value.notna()]
    names.sort(key=lambda name: name.removeprefix("by_"))
    return dict(zip(rows[names].itertuples(index=False, name=None), rows.value, strict=True)), reading


@pytest.mark.parametrize(("table", "name", "measure", "expected"), REAL)
def test_a_real_file_is_accepted_by_the_shipped_card(publisher_files, table, name, measure, expected):
    _, reading = figures(publisher_files / "real" / "eurostat" / name, shipped(table))
    rows = reading.observations[reading.observations.measure == measure]
    dimensions = [column for column in ("by_nationality", "by_reason") if column in rows]
    totals = rows[(rows[dimensions] == "").all(axis=1)].set_index("period").value
    assert {period: totals[period] for period in expected} == expected


def test_a_real_file_of_one_nationality_is_accepted(publisher_files):
    name = "temporary_protection_beneficiaries_monthly.csv"
    found, _ = figures(publisher_files / "real" / "eurostat" / name, shipped("migr_asytpsm"))
    assert {nationality for _, nationality, _ in found} == {"Oekraïne"}
    assert {period[:4] for _, _, period in found} <= {"2022", "2023", "2024", "2025"} and len(found) > 3


def test_a_real_file_comes_in_through_the_door(publisher_files, tmp_path, capsys):
    file = publisher_files / "real" / "eurostat" / "migr_eirfs_1_Data_mit2012.csv"
    data = tmp_path / "data"
    data.mkdir()
    card = REPOSITORY_DATA / "sources" / "eurostat_migr_eirfs.toml"
    assert main(["import", str(card), str(file), "--date", "2018-01-31", "--data", str(data)]) == 0
    said = capsys.readouterr().out
    assert "het bestand heeft geen kolom border (TOTAL); controleer" in said
    assert main(["data", "--measure", "border_refusals", "--period", "2016", "--data", str(data)]) == 0
    assert "border_refusals,2016,year,,2700" in capsys.readouterr().out


# -- one table in every dialect --

CODES = [("TOTAL", "Total"), ("SY", "Syria"), ("AL", "Albania")]
VALUES = {("TOTAL", "2023"): 1300, ("TOTAL", "2024"): 1450, ("SY", "2023"): 30, ("SY", "2024"): 40, ("AL", "2024"): 445}


def as_json():
    """As the API gives it."""
    axes = {"freq": ["A"], "reason": ["TOTAL"], "citizen": [code for code, _ in CODES], "border": ["TOTAL"],
            "geo": ["NL"], "time": ["2023", "2024"]}  # fmt: skip
    flat = [(code, year) for code, _ in CODES for year in axes["time"]]
    return json.dumps({
        "version": "2.0", "class": "dataset", "id": list(axes), "size": [len(codes) for codes in axes.values()],
        "dimension": {name: {"category": {"index": codes}} for name, codes in axes.items()},
        "value": {str(at): VALUES[key] for at, key in enumerate(flat) if key in VALUES},
        "extension": {"id": "MIGR_EIRFS"},
    })  # fmt: skip


def as_tsv():
    """Bulk."""
    lines = ["freq,reason,citizen,border,geo\\TIME_PERIOD\t2023 \t2024 "]
    for code, _ in CODES:
        cells = "\t".join(f"{VALUES.get((code, year), ':')} " for year in ("2023", "2024"))
        lines.append(f"A,TOTAL,{code},TOTAL,NL\t{cells}")
    return "\r\n".join(lines) + "\r\n"


def as_sdmx(show, head="{0}"):
    """SDMX-CSV; `show`: how a code and its label are written; `head`: how a name of a column is."""
    names = ["freq", "reason", "citizen", "border", "geo", "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG", "CONF_STATUS"]
    lines = [",".join(["DATAFLOW", "LAST UPDATE", *(head.format(name) for name in names)])]
    for (code, year), value in VALUES.items():
        pairs = [("A", "Annual"), ("TOTAL", "Total"), (code, dict(CODES)[code]), ("TOTAL", "Total"),
                 ("NL", "Netherlands")]  # fmt: skip
        cells = ",".join(show(*pair) for pair in pairs)
        lines.append(f"ESTAT:MIGR_EIRFS(1.0),01/01/25 11:00:00,{cells},{year},{value},,")
    return "\n".join(lines) + "\n"


def as_browser():
    """The CSV of the former data browser."""
    lines = ['"TIME","GEO","REASON","CITIZEN","BORDER","Value","Flag and Footnotes"']
    lines += [
        f'"{year}","Netherlands","Total","{dict(CODES)[code]}","Total","{value:,}",""'
        for (code, year), value in VALUES.items()
    ]
    return "\n".join(lines) + "\n"


DIALECTS = {
    "json": as_json(),
    "tsv": as_tsv(),
    "codes": as_sdmx(lambda code, label: code),
    "labels": as_sdmx(lambda code, label: label),
    "beide": as_sdmx(lambda code, label: f"{code}: {label}", "{0}: Uitleg"),
    "puntkomma": as_sdmx(lambda code, label: code).replace(",", ";"),
    "browser": as_browser(),
}
EXPECTED = {
    ("border_refusals", "", "2023"): 1300,
    ("border_refusals", "", "2024"): 1450,
    ("border_refusals", "Syrië", "2023"): 30,
    ("border_refusals", "Syrië", "2024"): 40,
    ("border_refusals", "Albanië", "2024"): 445,
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("text", DIALECTS.values(), ids=DIALECTS.keys())
def test_every_dialect_gives_the_same_figures(tmp_path, text, encoding):
    file = tmp_path / "tabel"
    file.write_bytes(text.encode(encoding))
    if encoding == "utf-16" and text.startswith("{"):
        with pytest.raises(KetenError):
            figures(file, shipped("migr_eirfs"))  # JSON is UTF-8 by its own rules
        return
    found, reading = figures(file, shipped("migr_eirfs"))
    assert found == EXPECTED and reading.warnings == []


@pytest.mark.parametrize("text", DIALECTS.values(), ids=DIALECTS.keys())
def test_a_card_of_another_format_reads_them_too(tmp_path, text):
    card = (REPOSITORY_DATA / "sources" / "eurostat_migr_eirfs.toml").read_text("utf-8")
    card = card.replace("eurostat-json", "eurostat-tsv")
    file = tmp_path / "tabel"
    file.write_text(text, encoding="utf-8")
    assert figures(file, card_from(tmp_path, card, "eirfs.toml"))[0] == EXPECTED


# -- what is refused --


def test_another_table_is_refused(tmp_path):
    file = tmp_path / "tabel"
    file.write_text(DIALECTS["codes"].replace("MIGR_EIRFS", "MIGR_EIORD"), encoding="utf-8")
    with pytest.raises(KetenError, match="is tabel migr_eiord, verwacht migr_eirfs"):
        figures(file, shipped("migr_eirfs"))


@pytest.mark.parametrize("other", ["tps00170", "migr_resvalid"])
def test_a_table_with_the_same_figures_is_named_on_the_card(tmp_path, other):
    text = "DATAFLOW,freq,reason,citizen,duration,unit,geo,TIME_PERIOD,OBS_VALUE\n"
    file = tmp_path / "tabel"
    file.write_text(text + f"ESTAT:{other.upper()}(1.0),A,TOTAL,TOTAL,TOTAL,PER,NL,2023,131785\n", encoding="utf-8")
    if other == "tps00170":
        assert list(figures(file, shipped("migr_resfirst"))[0].values()) == [131785]
    else:
        with pytest.raises(KetenError):
            figures(file, shipped("migr_resfirst"))


def test_another_choice_of_codes_is_refused(tmp_path):
    """A column that is there must hold what the card asks for."""
    file = tmp_path / "tabel"
    file.write_text(DIALECTS["browser"].replace('"Total","Total"', '"Total","Land"'), encoding="utf-8")
    file.write_text(file.read_text("utf-8").replace('","Total","', '","No valid visa","'), encoding="utf-8")
    with pytest.raises(KetenError, match="REASON = TOTAL of Total"):
        figures(file, shipped("migr_eirfs"))


def test_a_file_without_any_measure_of_the_card_is_refused(tmp_path):
    file = tmp_path / "tabel"
    file.write_text(
        "freq,citizen,sex,age,asyl_app,geo\\TIME_PERIOD\t2024-01\nM,TOTAL,T,TOTAL,X,NL\t5\n", encoding="utf-8"
    )
    with pytest.raises(KetenError, match="Geen rij heeft asyl_app = FRST of NASY_APP"):
        figures(file, shipped("migr_asyappctzm"))


@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode), st.sampled_from(
    [text.encode()[:cut] for text in DIALECTS.values() for cut in (1, 20, 60, 200)] + [b"\x1f\x8b\x08half"]
)))  # fmt: skip
def test_any_bytes_are_figures_or_one_sentence(tmp_path_factory, content):
    file = tmp_path_factory.mktemp("bytes") / "tabel"
    file.write_bytes(content)
    with contextlib.suppress(KetenError):  # nothing else may be raised
        found, _ = figures(file, shipped("migr_eirfs"))
        assert all(value == value for value in found.values())  # whatever table the bytes happen to be
