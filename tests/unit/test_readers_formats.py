"""Readers of Eurostat, CBS and UNHCR: real files against published figures, small files of every dialect, any bytes."""

import csv
import gzip
import io
import json
import random
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keten.errors import KetenError
from keten.sources.cards.types import Card, Checks, Fetch, Format, Marks, Measure, PeriodColumn
from keten.sources.readers import cells as cells_module
from keten.sources.readers import envelope
from keten.sources.readers.cbs_odata import cbs_odata
from keten.sources.readers.eurostat_csv import eurostat_csv
from keten.sources.readers.eurostat_json import eurostat_json
from keten.sources.readers.eurostat_tsv import eurostat_tsv
from keten.sources.readers.sdmx_csv import sdmx_csv
from keten.sources.readers.statline_csv import statline_csv
from keten.sources.readers.unhcr import unhcr_csv, unhcr_json

READERS = (
    eurostat_json, sdmx_csv, eurostat_tsv, eurostat_csv, cbs_odata, statline_csv, unhcr_json, unhcr_csv,
)  # fmt: skip


def card(keep=None, where=None, path="", column="", **form) -> Card:
    """A card that reads all, or what `keep` and the `where` of each measure ask."""
    wheres = where if isinstance(where, list) else [where or {}]
    return Card(
        id="proef", path=Path("proef.toml"), title="Proef", publisher="Proef", organisation="Proef", licence="Proef",
        goal="2_asiel", unit="persons", url="", rounding=0, note="", parts=False,
        fetch=Fetch("proef", "https://example.org", path=path) if path else None,
        format=Format("proef", **form),
        period=PeriodColumn(("time",)),
        keep={name: (codes,) if isinstance(codes, str) else codes for name, codes in (keep or {}).items()},
        dimensions={},
        measures={
            f"maat_{number}": Measure(column=column, where={name: (code,) for name, code in one.items()})
            for number, one in enumerate(wheres)
        },
        marks=Marks((), (), ()), checks=Checks(),
    )  # fmt: skip


def read(reader, content: bytes | str, **settings_of_card) -> pd.DataFrame:
    """What the reader makes of these bytes; every cell must be text."""
    content = content.encode() if isinstance(content, str) else content
    table = reader(io.BytesIO(content), card(**settings_of_card))
    for name in table:
        assert all(type(text) is str for text in table[name]), name
    return table


def refusal(reader, content: bytes | str, **settings_of_card) -> str:
    """The sentence with which the reader refuses these bytes."""
    with pytest.raises(KetenError) as fault:
        read(reader, content, **settings_of_card)
    return str(fault.value)


def rows(table: pd.DataFrame) -> list[tuple[str, ...]]:
    return list(table.itertuples(index=False, name=None))


def zipped(**members: object) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(f"{name.replace('__', '-')}.json", json.dumps(member))
    return content.getvalue()


# -- real files --


@pytest.fixture(scope="module")
def published(repository) -> pd.DataFrame:
    return pd.read_csv(repository / "data" / "published" / "figures.csv", dtype=str, keep_default_na=False)


def opened(folder, name, reader, **settings_of_card) -> pd.DataFrame:
    return read(reader, (folder / name).read_bytes(), **settings_of_card)


def totals(published, source, measure) -> dict[str, str]:
    mine = published[(published.source == source) & (published.dimension == "") & (published.measure == measure)]
    assert not mine.empty
    return dict(zip(mine.period, mine.value, strict=True))


BULK = "real/eurostat/migr_asyappctzm__custom_39520_20201006_200227.tsv"


def test_real_bulk_tsv_gives_the_published_months(origin, publisher_files, published):
    table = opened(publisher_files, BULK, eurostat_tsv)
    assert list(table) == ["freq", "unit", "citizen", "sex", "age", "asyl_app", "geo", "time", "value", "flag"]
    assert len(table) == {"excerpt": 11, "real": 210}[origin] * 152
    assert (table.value == ":").sum() == {"excerpt": 1388, "real": 6642}[origin]
    for kind, measure in (("ASY_APP", "asylum_applicants"), ("NASY_APP", "asylum_first_applications")):
        mine = table[(table.geo == "NL") & (table.citizen == "TOTAL") & (table.asyl_app == kind)]
        found = dict(zip(mine.time, mine.value, strict=True))
        wanted = totals(published, "eurostat-asyappctzm", measure)
        assert len(wanted) == 92
        assert {month: found[month] for month in wanted} == wanted
    assert set(table.flag) == {"", "d", "p"}


def test_real_bulk_tsv_is_filtered_while_read(publisher_files):
    whole = opened(publisher_files, BULK, eurostat_tsv)
    some = opened(publisher_files, BULK, eurostat_tsv, keep={"geo": ("NL", "DE")}, where={"asyl_app": "ASY_APP"})
    wanted = whole[whole.geo.isin(["NL", "DE"]) & (whole.asyl_app == "ASY_APP")]  # with their own lines
    pd.testing.assert_frame_equal(some, wanted)
    assert 0 < len(some) < len(whole)


@pytest.mark.parametrize(
    ("name", "missing", "years"),
    [
        ("migr_eirfs_1_Data_mit2012", {"excerpt": 8, "real": 1100}, "2,515 1,990 2,310 2,295 2,700"),
        ("migr_eiord_Data_allcitizens", {"excerpt": 12, "real": 2310}, "27,265 32,435 33,735 23,765 32,950"),
        ("migr_eipre_1_Data_allcitizens", {"excerpt": 16, "real": 2308}, ": : : 2,340 2,685"),
    ],
)
def test_real_browser_csv(origin, publisher_files, name, missing, years):
    table = opened(publisher_files, f"real/eurostat/{name}.csv", eurostat_csv)
    assert list(table)[-2:] == ["Value", "flag"]
    assert (table.Value == ":").sum() == missing[origin]
    mine = table[(table.GEO == "Netherlands") & (table.CITIZEN == "Total")]
    assert list(mine.TIME) == ["2012", "2013", "2014", "2015", "2016"]
    assert " ".join(mine.Value) == years
    assert any(name.startswith("São Tomé") for name in table.CITIZEN)  # it is not UTF-8


def test_real_browser_csv_equals_published_nationalities(publisher_files, published):
    table = opened(publisher_files, "real/eurostat/migr_eirfs_1_Data_mit2012.csv", eurostat_csv)
    mine = table[(table.GEO == "Netherlands") & (table.TIME == "2016")]
    found = dict(zip(mine.CITIZEN, mine.Value.str.replace(",", ""), strict=True))
    figures = published[(published.source == "eurostat-eirfs-nationality") & (published.period == "2016")]
    wanted = dict(zip(figures.category, figures.value, strict=True))
    for english, dutch in (
        ("Turkey", "Turkije"),
        ("Suriname", "Suriname"),
        ("Albania", "Albanië"),
        ("Brazil", "Brazilië"),
    ):
        if dutch in wanted:
            assert found[english] == wanted[dutch]
    assert set(wanted.values()) <= set(found.values())


def test_real_sdmx_csv_with_labels(origin, publisher_files):
    table = opened(publisher_files, "real/eurostat/migration_permits_issued.csv", sdmx_csv)
    assert list(table) == ["freq", "reason", "citizen", "duration", "unit", "geo", "TIME_PERIOD", "OBS_VALUE", "flag"]
    mine = table[table.geo == "Netherlands"]
    assert list(mine.OBS_VALUE[mine.TIME_PERIOD == "2023"]) == ["131785"]
    counts = {
        "excerpt": {"": 31, "b": 2, "u": 2, "d": 1, "p": 1},
        "real": {"": 369, "u": 7, "b": 5, "d": 5, "p": 1},
    }
    assert table.flag.value_counts().to_dict() == counts[origin]


def test_real_sdmx_csv_with_codes_and_labels(origin, publisher_files):
    table = opened(publisher_files, "real/eurostat/temporary_protection_beneficiaries_monthly.csv", sdmx_csv)
    assert list(table) == ["freq", "unit", "citizen", "sex", "age", "geo", "TIME_PERIOD", "OBS_VALUE", "flag"]
    mine = table[(table.geo == "NL") & (table.TIME_PERIOD == "2025-03")]
    assert rows(mine) == [("M", "PER", "UA", "T", "TOTAL", "NL", "2025-03", "120960", "")]
    counts = {"excerpt": {"": 6, "d": 5, "b": 2, "e": 1}, "real": {"": 920, "d": 210, "b": 4, "e": 2}}
    assert table.flag.value_counts().to_dict() == counts[origin]
    assert len(table) == sum(counts[origin].values())


def test_captured_answers_of_eurostat(publisher_files):
    table = opened(publisher_files, "formats/eurostat_jsonstat_UNE_RT_A_captured_2026-10-05.json", eurostat_json)
    assert list(table) == ["freq", "age", "unit", "sex", "geo", "time", "value", "flag"]
    assert rows(table) == [("A", "Y15-74", "PC_ACT", "T", "DE", "2019", "2.9", "")]
    table = opened(publisher_files, "formats/eurostat_sdmxcsv_MIGR_RESFIRST_captured_2026-06-19.csv", sdmx_csv)
    assert list(table.OBS_VALUE[table.geo == "FR"]) == ["287179", "326948"]


def test_real_statline_download_equals_published_years(origin, publisher_files, published):
    table = opened(publisher_files, "real/cbs/CBS_83102NED_Asielverzoeken.csv", statline_csv)
    first, family = "Eerste asielverzoeken (personen) (aantal)", "Nareizigers (personen) (aantal)"
    assert list(table) == ["Geslacht", "Leeftijd", "Nationaliteit", "Perioden", first, family]
    assert len(table) == {"excerpt": 36, "real": 114}[origin]
    total = table[table.Nationaliteit == "Totaal nationaliteit"]
    wanted = published[
        (published.source == "cbs-83102ned")
        & (published.measure == "asylum_family_reunification")
        & (published.dimension == "")
    ]
    assert dict(zip(total.Perioden, total[family], strict=True)) == dict(zip(wanted.period, wanted.value, strict=True))
    assert set(table.Geslacht) == {"Totaal mannen en vrouwen"}


def test_real_months_of_statline(origin, publisher_files):
    name = "real/cbs/CBS_83102NED_monthly_2015_2025_7_nationalities_transcribed.csv"
    table = opened(publisher_files, name, statline_csv)
    assert table.shape == ({"excerpt": 9, "real": 924}[origin], 4)
    assert rows(table)[0] == ("2015MM01", "Syrië", "315", "405")


@pytest.mark.parametrize(
    ("edition", "count", "suppressed", "october"),
    [
        ("20151021_with_preamble", {"excerpt": 131, "real": 72555}, {"excerpt": 9, "real": 16162}, 0),
        ("20160106", {"excerpt": 142, "real": 76182}, {"excerpt": 11, "real": 17894}, 9921),
        ("20170809", {"excerpt": 178, "real": 106038}, {"excerpt": 10, "real": 12418}, 9995),
    ],
)
def test_real_unhcr_export(origin, publisher_files, edition, count, suppressed, october):
    name = f"real/unhcr/unhcr_popstats_asylum_seekers_monthly_vintage_{edition}.csv"
    table = opened(publisher_files, name, unhcr_csv)
    asylum = "Country / territory of asylum/residence"
    assert list(table) == [asylum, "Origin", "Year", "Month", "Value"]
    assert len(table) == count[origin]
    assert (table.Value == "*").sum() == suppressed[origin]
    mine = table[(table[asylum] == "Netherlands") & (table.Year == "2015") & (table.Month == "October")]
    assert sum(int(value) for value in mine.Value if value != "*") == october


def test_real_unhcr_months_are_the_published_months(publisher_files, published):
    table = opened(
        publisher_files,
        "real/unhcr/unhcr_popstats_asylum_seekers_monthly_vintage_20170809.csv",
        unhcr_csv,
        keep={"country / territory of asylum/residence": "Netherlands"},
    )
    assert set(table.iloc[:, 0]) == {"Netherlands"}
    months = pd.to_datetime(table.Year + table.Month, format="%Y%B").dt.strftime("%Y-%m")
    wanted = totals(published, "unhcr-asylum-seekers-2017-08", "asylum_first_applications")
    assert len(wanted) == 24
    shown = months.isin(list(wanted))
    assert "*" in set(table.Value[~shown])
    found = table.Value[shown].astype(int).groupby(months[shown]).sum().astype(str).to_dict()
    assert found == wanted


# -- Eurostat: JSON-stat --


def json_stat(**changes) -> dict:
    dataset = {
        "version": "2.0",
        "class": "dataset",
        "id": ["citizen", "geo", "time"],
        "size": [2, 1, 3],
        "value": {"0": 10, "2": 2.50, "4": 1.5e3},
        "status": {"2": "p", "3": "c", "5": ":", "4": "b|C"},
        "dimension": {
            "citizen": {"category": {"index": {"UA": 1, "SY": 0}}},
            "geo": {"category": {"label": {"NL": "Netherlands"}}},
            "time": {"category": {"index": ["2023", "2024", "2025"]}},
        },
        "extension": {"id": "MIGR_EIRFS"},
    }
    return dataset | changes


def test_json_stat_files_only_what_was_filed():
    assert rows(read(eurostat_json, json.dumps(json_stat()))) == [
        ("SY", "NL", "2023", "10", ""),
        ("SY", "NL", "2025", "2.5", "p"),
        ("UA", "NL", "2023", "", "c"),
        ("UA", "NL", "2024", "1500.0", "b|C"),
        ("UA", "NL", "2025", ":", ""),
    ]


def test_json_stat_with_lists_and_one_status():
    dataset = json_stat(value=[1, None, 0, None, None, 287179], status="e")
    assert rows(read(eurostat_json, json.dumps(dataset))) == [
        ("SY", "NL", "2023", "1", "e"),
        ("SY", "NL", "2025", "0", "e"),
        ("UA", "NL", "2025", "287179", "e"),
    ]


def test_json_stat_digits_stay_as_written():
    text = json.dumps(json_stat(status={})).replace('"2": 2.5', '"2": 0.1000000000000000055').replace("1500.0", "1.5E3")
    assert list(read(eurostat_json, text).value) == ["10", "0.1000000000000000055", "1500"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"size": [0, 1, 3]}, "lege dimensie 'citizen'"),
        ({"class": "collection"}, "'collection'"),
        ({"size": [2, 1, 2]}, "'time' 2 codes, gevonden 3"),
        ({"size": [2, 1]}, "even lange lijsten"),
        ({"size": [2, 1, -3]}, "gehele getallen"),
        ({"value": {"6": 1}}, "buiten de 6 cellen"),
        ({"value": {"-1": 1}}, "buiten de 6 cellen"),
        ({"value": [1, 2, 3, 4, 5, 6, 7]}, "7 waarden"),
        ({"value": {"0": [1]}}, "iets anders dan getallen"),
        ({"value": {}, "status": {}}, "geen enkele rij"),
        ({"dimension": {}}, "'citizen' ontbreekt"),
        ({"id": ["geo", "geo", "time"]}, "twee keer"),
    ],
)
def test_json_stat_that_contradicts_itself_is_refused(changes, sentence):
    assert sentence in refusal(eurostat_json, json.dumps(json_stat(**changes)))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"error": [{"status": 400, "id": 150, "label": "Dimension asyl_app unknown"}]}, "Dimension asyl_app unknown"),
        ({"warning": {"status": 413, "label": "ASYNCHRONOUS_RESPONSE"}}, "waarschuwing in plaats van gegevens: 'ASYNC"),
        ({"warning": {"status": 413}}, "'413'"),
        ([1, 2], "losse waarde"),
    ],
)
def test_answer_without_data_is_quoted(answer, sentence):
    assert sentence in refusal(eurostat_json, json.dumps(answer))


def test_another_table_than_asked_is_refused():
    path = "statistics/1.0/data/migr_eirfs"
    assert len(read(eurostat_json, json.dumps(json_stat()), path=path)) == 5
    other = json.dumps(json_stat(extension={"id": "MIGR_EIORD"}))
    assert "tabel migr_eiord" in refusal(eurostat_json, other, path=path)
    sdmx = "DATAFLOW,LAST UPDATE,geo,TIME_PERIOD,OBS_VALUE\nESTAT:MIGR_EIRFS(1.0),x,NL,2024,5\n"
    assert len(read(sdmx_csv, sdmx, path="sdmx/2.1/data/MIGR_EIRFS/A..NL")) == 1
    assert "tabel migr_eirfs" in refusal(sdmx_csv, sdmx, path="sdmx/2.1/data/migr_eiord/A..NL")


# -- Eurostat: CSV and TSV --


def test_sdmx_csv_both_flavours_of_codes_and_labels():
    pairs = (
        "STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,citizen,Country of citizenship,geo,Country,TIME_PERIOD,Time,OBS_VALUE,"
        "Observation value,OBS_FLAG,Flag,CONF_STATUS,Confidentiality\n"
        'dataflow,ESTAT:X(1.0),"Name, long",SY,Syria,NL,"Nether, lands",2024,,12,,p,provisional,C,confidential\n'
        'dataflow,ESTAT:X(1.0),"Name, long",UA,Ukraine,NL,"Nether, lands",2024,,:,,,,,\n'
    )
    glued = (
        "STRUCTURE,STRUCTURE_ID,citizen: Country of citizenship,geo: Country,TIME_PERIOD: Time,OBS_VALUE: Value,"
        "OBS_FLAG: Flag,CONF_STATUS: Status\n"
        "dataflow,ESTAT:X(1.0): Name,SY: Syria,NL: Netherlands,2024,12,p: provisional,C: confidential\n"
        "dataflow,ESTAT:X(1.0): Name,UA: Ukraine,NL: Netherlands,2024,:,,\n"
    )
    wanted = [("SY", "NL", "2024", "12", "p|C"), ("UA", "NL", "2024", ":", "")]
    for text in (pairs, glued):
        table = read(sdmx_csv, text)
        assert list(table) == ["citizen", "geo", "TIME_PERIOD", "OBS_VALUE", "flag"]
        assert rows(table) == wanted
    assert len(read(sdmx_csv, pairs, keep={"citizen": "SY"})) == 1


def test_labels_with_a_colon_stay_whole():
    text = "DATAFLOW,geo,TIME_PERIOD,OBS_VALUE\nX,EU: all,2024,1\nX,Serbia and Kosovo: S/RES/1244,2024,2\n"
    assert list(read(sdmx_csv, text).geo) == ["EU: all", "Serbia and Kosovo: S/RES/1244"]


TSV = "freq,unit,geo\\TIME_PERIOD\t2008-01 \t2008-02 \nM,PER,NL\t1295 p\t: c\nM,PER,DE\t12bp\t:\nM,PER,EU\t0 \t2.5 \n"


def test_tsv_flags_are_taken_off():
    wanted = [
        ("M", "PER", "NL", "2008-01", "1295", "p"),
        ("M", "PER", "NL", "2008-02", ":", "c"),
        ("M", "PER", "DE", "2008-01", "12", "bp"),
        ("M", "PER", "DE", "2008-02", ":", ""),
        ("M", "PER", "EU", "2008-01", "0", ""),
        ("M", "PER", "EU", "2008-02", "2.5", ""),
    ]
    for text in (TSV, TSV.replace("\n", "\r\n"), TSV.replace("TIME_PERIOD", "time"), "\ufeff" + TSV):
        assert rows(read(eurostat_tsv, text)) == wanted
    assert rows(read(eurostat_tsv, gzip.compress(TSV.encode()))) == wanted


def test_tsv_cut_in_the_middle_is_refused():
    assert "Regel 3" in refusal(eurostat_tsv, TSV[: TSV.index("12bp") + 2])
    assert "kop" in refusal(eurostat_tsv, "geo,time\n1,2\n")
    assert "geen enkele rij" in refusal(eurostat_tsv, TSV.splitlines()[0])


def test_truncated_gzip_is_refused_by_every_reader():
    packed = gzip.compress(random.Random(1).randbytes(4000).hex().encode())
    for reader in READERS:
        assert "afgebroken" in refusal(reader, packed[:2000]), reader


def test_browser_csv_with_a_comma_at_every_end():
    text = '"TIME","GEO","Value","Flag and Footnotes",\n"2012","Netherlands","1,405","d",\n'
    assert rows(read(eurostat_csv, text)) == [("2012", "Netherlands", "1,405", "d")]
    assert list(read(eurostat_csv, '"TIME","GEO","Value"\n"2012","NL",":"\n')) == ["TIME", "GEO", "Value"]


def test_csv_cut_in_the_middle_is_refused():
    text = '"TIME","GEO","Value","Flag and Footnotes"\n"2012","NL","5",""\n"2013","N'
    assert "Regel 3" in refusal(eurostat_csv, text)
    assert "Regel 3" in refusal(eurostat_csv, text.removesuffix(',"N'))


# -- what a card asks --


def test_rows_of_any_measure_are_kept():
    where = [{"citizen": "SY"}, {"geo": "NL"}]
    text = "citizen,geo,TIME_PERIOD,OBS_VALUE\nSY,DE,2024,1\nUA,NL,2024,2\nUA,DE,2024,3\n"
    assert list(read(sdmx_csv, text, where=where).OBS_VALUE) == ["1", "2"]
    assert list(read(sdmx_csv, text, where=[*where, {}]).OBS_VALUE) == ["1", "2", "3"]
    assert list(read(sdmx_csv, text, where=where[:1], keep={"GEO": "DE"}).OBS_VALUE) == ["1"]


def test_code_that_no_row_has_is_told_with_those_there_are():
    found = refusal(eurostat_tsv, TSV, keep={"unit": "PER", "geo": ("UK", "GR")})
    assert "Geen rij heeft geo = UK of GR ([keep] in de kaart); het bestand heeft 'DE', 'EU', 'NL'." in found
    found = refusal(eurostat_tsv, TSV, where=[{"geo": "NL"}, {"geo": "BE"}])
    assert "[measures.maat_1.where]" in found


def test_more_rows_than_fit_is_refused(monkeypatch):
    monkeypatch.setattr(cells_module, "MOST_ROWS", 1)
    text = "geo,TIME_PERIOD,OBS_VALUE\nNL,2024,1\nDE,2024,2\n"
    assert "[keep]" in refusal(sdmx_csv, text)
    assert len(read(sdmx_csv, text, keep={"geo": "NL"})) == 1


# -- CBS --

V3 = {
    "odata.metadata": "https://opendata.cbs.nl/...",
    "value": [
        {"ID": 0, "Nationaliteit": "T001059  ", "Perioden": "2024JJ00", "Totaal_1": 5, "Eerste_2": None},
        {"ID": 1, "Nationaliteit": "NAT9444  ", "Perioden": "2025MM03", "Totaal_1": 12.5, "Eerste_2": "       ."},
    ],
}


def test_odata_v3():
    table = read(cbs_odata, json.dumps(V3))
    assert list(table) == ["ID", "Nationaliteit", "Perioden", "Totaal_1", "Eerste_2", "flag"]
    assert rows(table) == [("0", "T001059", "2024JJ00", "5", "", ""), ("1", "NAT9444", "2025MM03", "12.5", ".", "")]
    assert len(read(cbs_odata, json.dumps(V3), keep={"Nationaliteit": "NAT9444"})) == 1


def v4(*observations: tuple) -> dict:
    names = ("Id", "Measure", "Nationaliteit", "Perioden", "Value", "StringValue", "ValueAttribute")
    return {"@odata.context": "x", "value": [dict(zip(names, one, strict=True)) for one in observations]}


def test_odata_v4():
    answer = v4(
        (0, "M1", "NAT9444 ", "2025MM03", 5, None, "None"),
        (1, "M1", "NAT9444 ", "2025MM04", None, None, "Confidential"),
        (2, "M1", "NAT9444 ", "2025MM05", None, "x", "None"),
    )
    table = read(cbs_odata, json.dumps(answer))
    assert list(table) == ["Id", "Measure", "Nationaliteit", "Perioden", "Value", "flag"]
    assert [row[-2:] for row in rows(table)] == [("5", ""), ("", "|Confidential"), ("x", "")]


def test_odata_row_without_a_key_has_an_empty_cell():
    answer = {"value": [{"Id": 0, "Value": 5}, {"Id": 1, "StringValue": "x"}, {"Id": 2, "Value": 6}]}
    assert list(read(cbs_odata, json.dumps(answer)).Value) == ["5", "x", "6"]


def test_odata_zip_joins_pages_and_titles():
    second = {"value": [V3["value"][1] | {"ID": 2}]}
    content = zipped(
        page__2=second,
        page__1=V3 | {"odata.nextLink": "more"},
        Nationaliteit={"value": [{"Key": "NAT9444  ", "Title": "Syrisch "}, {"Key": "T001059  ", "Title": "Totaal"}]},
        Perioden={
            "value": [
                {"Key": "2024JJ00", "Title": "2024", "Status": "Definitief"},
                {"Key": "2025MM03", "Title": "2025 maart*", "Status": "NaderVoorlopig"},
            ]
        },
        TableInfos={"value": [{"Title": "Asielverzoeken"}]},
    )
    table = read(cbs_odata, content)
    assert list(table.ID) == ["0", "1", "2"]
    assert list(table["Nationaliteit:title"]) == ["Totaal", "Syrisch", "Syrisch"]
    assert list(table["Perioden:title"]) == ["2024", "2025 maart*", "2025 maart*"]
    assert list(table["Perioden:status"]) == ["Definitief", "NaderVoorlopig", "NaderVoorlopig"]
    assert list(table.flag) == ["", "p", "p"]


def test_odata_zip_of_v4():
    content = zipped(
        page__1=v4(
            (0, "M1", "NAT9444", "2025MM03", 5, None, "None"), (1, "M1", "N1", "2024JJ00", None, None, "Secret")
        ),
        NationaliteitCodes={"value": [{"Identifier": "NAT9444", "Title": "Syrisch"}]},
        PeriodenCodes={"value": [{"Identifier": "2025MM03", "Title": "maart 2025", "Status": "Voorlopig"}]},
        MeasureCodes={"value": [{"Identifier": "M1", "Title": "Totaal"}]},
    )
    table = read(cbs_odata, content)
    assert list(table["Nationaliteit:title"]) == ["Syrisch", ""]
    assert list(table["Measure:title"]) == ["Totaal", "Totaal"]
    assert list(table.flag) == ["p", "|Secret"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            json.dumps({"odata.error": {"code": "", "message": {"lang": "nl", "value": "Tabel bestaat niet"}}}),
            "Tabel best",
        ),
        (json.dumps({"error": {"code": "404", "message": "Not found"}}), "Not found"),
        (json.dumps(V3 | {"odata.nextLink": "https://x"}), "niet volledig"),
        (json.dumps({"value": []}), "geen enkele rij"),
        (json.dumps({"value": [1]}), "lijst 'value'"),
        (json.dumps({"value": [{}]}), "geen enkele rij"),
        (zipped(page__1={"value": [{"a": 1}]}, page__2={"value": [{"b": 1}]}), "eerste bladzijde heeft geen 'b'"),
        (json.dumps({"value": [{"a": [1]}]}), "lijst of object"),
        (json.dumps(V3)[:-20], "volledige JSON"),
        (zipped(page__2=V3), "page-1.json"),
        (zipped(Perioden=V3), "geen page-1.json"),
        (zipped(page__1=V3)[:-30], "beschadigd"),
        ("<!DOCTYPE html><html>Onderhoud</html>", "webpagina"),
        ("", "leeg"),
    ],
)
def test_odata_that_is_none_is_refused(content, sentence):
    assert sentence in refusal(cbs_odata, content)


def test_zip_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(envelope, "MOST_BYTES", 100)
    assert "groter dan" in refusal(cbs_odata, zipped(page__1=V3))
    assert "groter dan" in refusal(cbs_odata, json.dumps(V3))


STATLINE = (
    '"Geslacht";"Nationaliteit";"Perioden";"Eerste asielverzoeken (aantal)";"Nareizigers (aantal)"\n'
    '"Totaal ";"Syrisch ";"2018* ";5;.\n'
    '"Totaal ";"Syrisch ";"2019 1e kwartaal*";10;x\n'
)


@pytest.mark.parametrize(
    "text",
    [
        STATLINE,
        "\ufeff" + STATLINE.replace("\n", "\r\n"),
        '"Asielverzoeken; nationaliteit, geslacht"\n' + STATLINE + '"Bron: CBS"\n',
        '"Asielverzoeken; nationaliteit";;;;\n"Gewijzigd op 1-2-2020";;;;\n'
        + STATLINE
        + '\n"© Centraal Bureau voor de Statistiek, Den Haag/Heerlen 10-10-2017"\n"Bron: CBS; 2017"\n',
        STATLINE.replace('"\n', '"\n"";"";"";"aantal";"personen"\n', 1),
        STATLINE.replace(";", "\t"),
    ],
)
def test_statline_download(text):
    table = read(statline_csv, text)
    header = ["Geslacht", "Nationaliteit", "Perioden", "Eerste asielverzoeken (aantal)", "Nareizigers (aantal)"]
    assert list(table) == header
    assert rows(table) == [
        ("Totaal", "Syrisch", "2018*", "5", "."),
        ("Totaal", "Syrisch", "2019 1e kwartaal*", "10", "x"),
    ]


def test_a_unit_of_statline_with_a_factor_stays_with_its_column():
    text = STATLINE.replace('"\n', '"\n"";"";"";"aantal";"x 1 000"\n', 1)
    assert list(read(statline_csv, text))[3:] == ["Eerste asielverzoeken (aantal)", "Nareizigers (aantal) (x 1000)"]


def test_statline_topics_above_the_header():
    text = (
        '"Asielverzoeken"\n"Onderwerpen";"Onderwerpen";"Instroom";"Instroom"\n'
        '"Onderwerpen";"Onderwerpen";"Eerste verzoeken";"Nareizigers"\n'
        '"Nationaliteit";"Perioden";"aantal";"aantal"\n"Syrisch";"2018";"5";"6"\n"Bron: CBS"\n'
    )
    assert list(read(statline_csv, text)) == ["Nationaliteit", "Perioden", "Eerste verzoeken", "Nareizigers"]
    asked = read(statline_csv, text, column="Nareizigers (aantal)")
    assert list(asked) == ["Nationaliteit", "Perioden", "Eerste verzoeken", "Nareizigers (aantal)"]


def test_statline_observations():
    text = (
        '"Id";"Measure";"ValueAttribute";"Value";"StringValue";"Nationaliteit";"Perioden"\n'
        '0;"M1";"None";5;"";"NAT9444";"2018JJ00"\n1;"M1";"Confidential";"";"";"NAT9444";"2019JJ00"\n'
    )
    table = read(statline_csv, text)
    assert list(table) == ["Id", "Measure", "Value", "Nationaliteit", "Perioden", "flag"]
    assert list(table.flag) == ["", "|Confidential"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('"Perioden";"2018";"2019"\n"Syrisch";5;6\n', "perioden als kolommen"),
        ('"Nationaliteit";"aantal";"aantal"\n"Syrisch";5;6\n', "'aantal' staat twee keer"),
        (STATLINE + '"Totaal ";"Syri', "Regel 4"),
        (STATLINE + '"Totaal ";"Syrisch "', "Regel 4 heeft 2 cellen"),
        (STATLINE + '"Bron: CBS"\n' + STATLINE.splitlines()[1], "Regel 5 staat onder het slot"),
        ("een regel\n", "geen CSV van StatLine"),
        (STATLINE.splitlines()[0], "geen enkele rij"),
    ],
)
def test_statline_that_is_no_table_is_refused(text, sentence):
    assert sentence in refusal(statline_csv, text)


# -- UNHCR --

ITEMS = [
    {"year": 2024, "coo_iso": "SYR", "coa_iso": "NLD", "applied": "10495", "dec_level": "FI"},
    {"year": 2024, "coo_iso": "-", "coa_iso": "NLD", "applied": "*", "dec_level": None},
]


def answer(page=1, last=1, items=ITEMS) -> dict:
    return {"page": page, "short-url": "", "maxPages": last, "total": [], "items": items}


def test_unhcr_api():
    table = read(unhcr_json, json.dumps(answer()))
    assert rows(table) == [("2024", "SYR", "NLD", "10495", "FI"), ("2024", "-", "NLD", "*", "")]
    content = zipped(page__2=answer(2, 2, ITEMS[1:]), page__1=answer(1, 2, ITEMS[:1]))
    pd.testing.assert_frame_equal(read(unhcr_json, content), table)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (json.dumps(answer(1, 3)), "1 van 3 bladzijden"),
        (zipped(page__1=answer(1, 2)), "1 van 2 bladzijden"),
        (zipped(page__1=answer(1, 3), page__3=answer(3, 3)), "page-2.json"),
        (zipped(page__1=answer(1, 2), page__2=answer(1, 2)), "Bladzijde 2 noemt zich bladzijde 1"),
        (json.dumps({"error": "wrong year"}), "wrong year"),
        (json.dumps(answer(items=[])), "geen enkele rij"),
        (json.dumps(answer(items=[5])), "iets anders dan objecten"),
    ],
)
def test_unhcr_api_that_is_incomplete_is_refused(content, sentence):
    assert sentence in refusal(unhcr_json, content)


def test_unhcr_annual_export_and_own_columns():
    annual = (
        '"Extracted from the UNHCR Population Statistics Reference Database","UNHCR"\n\n'
        "Year,Country / territory of asylum/residence,Origin,Population type,Value\n2014,Netherlands,Stateless,x,5\n"
    )
    assert list(read(unhcr_csv, annual))[3] == "Population type"
    bare = "2014,Netherlands,Stateless,5\n"
    assert "columns in de kaart" in refusal(unhcr_csv, bare)
    table = read(unhcr_csv, bare, columns=("Year", "Asylum", "Origin", "Value"))
    assert rows(table) == [("2014", "Netherlands", "Stateless", "5")]


# -- any table, any dialect --

CODE = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", min_size=1, max_size=6)
NUMBER = st.one_of(
    st.integers(-9, 10**7).map(str), st.decimals(0, 1000, places=2, allow_nan=False).map(lambda number: f"{number:f}")
)
VALUE = st.one_of(NUMBER, st.just(":"))
FLAG = st.sampled_from(["", "p", "bp", "d"])
LABEL = st.text(st.sampled_from("abcDE ,;'\"éß()/&."), min_size=1, max_size=12).map(str.strip).filter(bool)
QUICK = settings(max_examples=40, deadline=None)


@st.composite
def cubes(draw, value=VALUE):
    """Codes of three dimensions and cells (value, flag) of all their combinations, the last dimension fastest."""
    axes = [draw(st.lists(CODE, min_size=1, max_size=3, unique=True)) for _ in range(3)]
    keys = [(first, second, third) for first in axes[0] for second in axes[1] for third in axes[2]]
    return axes, [(*key, draw(value), draw(FLAG)) for key in keys]


def as_csv(header: list[str], body: list, delimiter: str = ",", quoting: int = csv.QUOTE_MINIMAL) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting)
    writer.writerows([header, *body])
    return text.getvalue()


@QUICK
@given(cubes(value=NUMBER), st.booleans())
def test_any_cube_survives_json_stat(cube, as_lists):
    axes, body = cube
    numbers = [row[3] for row in body]
    flags = [row[4] or None for row in body]
    shown = (
        "[" + ",".join(numbers) + "]" if as_lists else "{" + ",".join(f'"{n}":{x}' for n, x in enumerate(numbers)) + "}"
    )
    dataset = {
        "class": "dataset",
        "id": ["citizen", "geo", "time"],
        "size": [len(axis) for axis in axes],
        "status": flags if as_lists else {str(n): flag for n, flag in enumerate(flags) if flag},
        "dimension": {
            name: {"category": {"index": {code: n for n, code in enumerate(axis)}}}
            for name, axis in zip(["citizen", "geo", "time"], axes, strict=True)
        },
    }
    text = json.dumps(dataset)[:-1] + f', "value": {shown}}}'
    assert rows(read(eurostat_json, text)) == body


@QUICK
@given(cubes(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.booleans())
def test_any_cube_survives_tsv(cube, encoding, packed):
    axes, body = cube
    lines = ["\t".join(["citizen,geo\\TIME_PERIOD", *(f"{time} " for time in axes[2])])]
    width = len(axes[2])
    for start in range(0, len(body), width):
        cells = "\t".join(f"{row[3]} {row[4]}" for row in body[start : start + width])
        lines.append(f"{body[start][0]},{body[start][1]}\t{cells}")
    content = "\n".join(lines).encode(encoding)
    assert rows(read(eurostat_tsv, gzip.compress(content) if packed else content)) == body


@QUICK
@given(cubes(), st.sampled_from(["codes", "both", "glued"]), st.sampled_from([",", ";"]), st.data())
def test_any_cube_survives_sdmx_csv(cube, flavour, delimiter, data):
    _, body = cube
    label = data.draw(LABEL)
    names = ["citizen", "geo", "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG"]
    start = ["STRUCTURE", "STRUCTURE_ID"]
    if flavour == "codes":
        header, lines = [*start, *names], [["dataflow", "ESTAT:X(1.0)", *row] for row in body]
    elif flavour == "both":
        header = [*start, "STRUCTURE_NAME", *(text for name in names for text in (name, f"Label of {name}"))]
        lines = [["dataflow", "ESTAT:X(1.0)", label, *(text for cell in row for text in (cell, label))] for row in body]
    else:
        header = [*start, *(f"{name}: Label of it" for name in names)]
        lines = [
            [
                "dataflow",
                "X",
                f"{row[0]}: {label}",
                f"{row[1]}: {label}",
                row[2],
                row[3],
                row[4] and f"{row[4]}: {label}",
            ]
            for row in body
        ]
    table = read(sdmx_csv, as_csv(header, lines, delimiter))
    assert list(table) == ["citizen", "geo", "TIME_PERIOD", "OBS_VALUE", "flag"]
    assert rows(table) == body


@QUICK
@given(st.lists(st.tuples(LABEL, LABEL, VALUE, FLAG), min_size=1, max_size=8), st.sampled_from(["utf-8", "cp1252"]))
def test_any_labels_survive_the_csv_formats(body, encoding):
    text = as_csv(["TIME", "GEO", "Value", "Flag and Footnotes"], body, quoting=csv.QUOTE_ALL)
    assert rows(read(eurostat_csv, text.encode(encoding))) == body
    text = as_csv(["Country of asylum", "Origin", "Year", "Value"], [(a, b, "2015", v) for a, b, v, _ in body])
    assert [row[3] for row in rows(read(unhcr_csv, text.encode(encoding)))] == [row[2] for row in body]
    lines = [(f"x{a}", b, v) for a, b, v, _ in body]
    text = as_csv(["Nationaliteit", "Perioden", "Nareizigers (aantal)"], lines, ";", csv.QUOTE_ALL)
    assert rows(read(statline_csv, text.encode(encoding))) == lines


@QUICK
@given(
    st.lists(st.tuples(CODE, CODE, st.one_of(st.none(), st.integers(), LABEL)), min_size=1, max_size=8), st.booleans()
)
def test_any_table_survives_the_json_of_cbs_and_unhcr(body, paged):
    wanted = [(a, b, "" if value is None else str(value)) for a, b, value in body]
    records = [{"Nationaliteit": f"{a}  ", "Perioden": b, "Totaal_1": value} for a, b, value in body]
    cut = len(records) // 2 if paged else 0
    parts = [part for part in (records[:cut], records[cut:]) if part]
    content = zipped(**{f"page__{n}": {"value": part} for n, part in enumerate(parts, 1)})
    assert [row[:3] for row in rows(read(cbs_odata, content))] == wanted
    observations = [(n, "M1", a, b, None, value, "None") for n, (a, b, value) in enumerate(body)]
    table = read(cbs_odata, json.dumps(v4(*observations)))
    assert [(row[2], row[3], row[4]) for row in rows(table)] == wanted
    items = zipped(**{f"page__{n}": answer(n, len(parts), part) for n, part in enumerate(parts, 1)})
    assert rows(read(unhcr_json, items)) == wanted


# -- any bytes --

SEEDS = [
    json.dumps(json_stat()).encode(),
    TSV.encode(),
    gzip.compress(TSV.encode()),
    STATLINE.encode(),
    json.dumps(V3).encode(),
    zipped(page__1=V3, Perioden={"value": [{"Key": "2024JJ00", "Title": "2024", "Status": "Voorlopig"}]}),
    json.dumps(answer()).encode(),
    b"STRUCTURE,STRUCTURE_ID,citizen,Label,TIME_PERIOD,Time,OBS_VALUE,Value\nx,E:X(1),SY,Syria,2024,,5,\n",
    b'"TIME","GEO","Value","Flag and Footnotes"\n"2012","NL","1,405","d"\n',
    b'"Date extracted"\n\nOrigin,Year,Value\nSyria,2015,*\n',
]


def only_refuses(content: bytes) -> None:
    for reader in READERS:
        try:
            table = reader(io.BytesIO(content), card())
        except KetenError:
            continue
        assert len(table) > 0 and len(table.columns) > 0


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_are_only_refused(content):
    only_refuses(content)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SEEDS), st.data())
def test_changed_files_are_read_or_refused(seed, data):
    content = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content)))
        piece = data.draw(
            st.one_of(st.binary(max_size=3), st.sampled_from([b'"', b",", b"\n", b"{", b"[", b"\t", b"-1"]))
        )
        content[place : place + data.draw(st.integers(0, 5))] = piece
    only_refuses(bytes(content))


def test_deep_json_and_long_numbers_are_refused():
    for text in (
        "[" * 100_000,
        '{"value":' * 50_000,
        '{"class":"dataset","size":[' + "9" * 5000 + "]}",
        "{} {}",
        "NaN",
    ):
        for reader in (eurostat_json, cbs_odata, unhcr_json):
            assert refusal(reader, text)


def test_changed_real_files_are_read_or_refused(publisher_files):
    chance = random.Random(4)
    paths = sorted(publisher_files.glob("real/*/*.*sv"))
    assert len(paths) == 14
    for path in paths:
        content = bytearray(path.read_bytes()[:20_000])
        for _ in range(3):
            for _ in range(5):
                content[chance.randrange(len(content))] = chance.randrange(256)
            only_refuses(bytes(content))
