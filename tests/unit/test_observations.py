"""The door of the data folder: what may come in, and how a refusal reads."""

import re
import shutil

import pandas as pd
import pytest
from helpers_data import REPOSITORY_DATA, figure, replace_once, small_data

from keten.errors import KetenError
from keten.model.quality import WORDS
from keten.observations import dataset
from keten.observations.dataset import load

DEPARTURES = figure(
    measure="departure_dtv",
    organisation="DT&V",
    dimension="departure_kind",
    source="dtv-vertrekcijfers-2020-06",
    status="rounded_10",
)
DEPARTURES_OF_2017 = {
    "totaal": "15120",
    "zelfstandig": "3400",
    "gedwongen": "2700",
    "zelfstandig zonder toezicht": "9020",
}


def departures(**changed: str) -> list[dict]:
    return [DEPARTURES | {"category": name, "value": n} for name, n in (DEPARTURES_OF_2017 | changed).items()]


def refusal(data) -> str:
    with pytest.raises(KetenError) as caught:
        load(data)
    return str(caught.value)


def test_the_project_s_own_data_come_in_whole():
    data = load(REPOSITORY_DATA)
    printed = sum(
        len((REPOSITORY_DATA / "published" / f"{name}.csv").read_text("utf-8").splitlines()) - 1
        for name in ("figures", "survey", "lvv")
    )
    assert len(data.observations) == printed == 10392
    assert set(data.observations.status) <= set(WORDS)
    assert data.observations[["start", "end", "kind", "known"]].notna().all(axis=None)


FAULTS = {
    "unknown measure": (figure(measure="asylum_inflow_totaal"), "asylum_inflow_totaal"),
    "unknown unit": (figure(unit="heads"), "heads"),
    "unit of another measure": (figure(unit="percent"), "percent"),
    "unknown nationality": (figure(dimension="nationality", category="Atlantis"), "Atlantis"),
    "unknown nationality in two dimensions": (
        figure(measure="temporary_permits_regular", unit="permits", dimension="nationality+reason",
               category="Atlantis + studie"),
        "Atlantis",
    ),
    "unknown source": (figure(source="nowhere"), "nowhere"),
    "unreadable period": (figure(period="2017-13"), "'2017-13'"),
    "text for a value": (figure(value="circa 3000"), "'circa 3000'"),
    "decimal comma": (figure(value="3,6"), "'3,6'"),
    "no number at all": (figure(value="nan"), "'nan'"),
    "not finite": (figure(value="inf"), "'inf'"),
    "empty value": (figure(value=""), "de waarde is leeg"),
    "hidden, yet printed": (figure(value="3", status="suppressed"), "de waarde 3"),
    "missing, yet printed": (figure(value="3", status="missing"), "de waarde 3"),
    "unknown status": (figure(status="estimated"), "'estimated'"),
    "unreadable date": (figure(published="31-12-2017"), "publicatiedatum"),
    "percentage over 100": (
        figure(measure="asylum_recognition_rate", unit="percent", value="101"), "ligt binnen 0..100, maar is 101.",
    ),
    "percentage under 0": (
        figure(measure="asylum_recognition_rate", unit="percent", value="-1"), "ligt binnen 0..100, maar is -1.",
    ),
    "negative count": (figure(value="-5"), "maar is -5"),
    "stock over a span": (
        figure(measure="coa_occupancy", organisation="COA", period="2017-01-01/2017-05-31"), "is een stand",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_row_is_named_with_its_line(tmp_path, name):
    row, words = FAULTS[name]
    message = refusal(small_data(tmp_path, [figure(period="2016"), row]))
    assert "published/figures.csv, regel 3:" in message and words in message
    assert "regel 2:" not in message, "a sound row is blamed as well"


def test_all_failures_come_in_one_message(tmp_path):
    rows = [row for row, _ in FAULTS.values()]
    message = refusal(small_data(tmp_path, rows))
    named = {int(line) for line in re.findall(r"figures\.csv, regel (\d+):", message)}
    assert named == set(range(2, len(rows) + 2))


def test_a_long_list_of_failures_says_how_many_more_there_are(tmp_path):
    rows = [figure(source=f"nowhere-{n}", period=f"{1950 + n}") for n in range(45)]
    message = refusal(small_data(tmp_path, rows))
    assert "deze 45 punten" in message and message.endswith("en nog 5")


def test_hidden_and_missing_figures_come_in_without_a_value(tmp_path):
    rows = [
        figure(value="", status="suppressed"),
        figure(value="", status="missing", period="2016"),
        figure(value="0", period="2015"),
    ]
    values = load(small_data(tmp_path, rows)).observations.set_index("period")[["value", "margin"]]
    assert values.loc[["2016", "2017"]].isna().all(axis=None)
    assert values.value["2015"] == 0, "a printed zero is a figure"


def test_a_growth_may_be_negative_and_over_a_hundred(tmp_path):
    growth = figure(measure="coa_inflow_growth", organisation="COA", unit="percent")
    rows = [growth | {"value": "-7"}, growth | {"value": "140", "period": "2018"}]
    assert load(small_data(tmp_path, rows)).observations.value.tolist() == [-7, 140]


@pytest.mark.parametrize(
    ("second", "refused"),
    [
        ({}, True),  # the same row twice
        ({"value": "31330"}, True),  # two values of one edition
        ({"value": "31330", "published": "2018-06-30", "note": "editie juni 2018"}, False),
        ({"value": "31330", "note": "editie juni 2018"}, False),
        ({"source": "ind-asylum-influx-2018"}, False),  # another source may say the same
        ({"period": "2016"}, False),
    ],
)
def test_one_source_gives_one_figure_per_key_and_edition(tmp_path, second, refused):
    data = small_data(tmp_path, [figure(), figure(**second)])
    if refused:
        assert "figures.csv, regel 3" in refusal(data)
    else:
        assert len(load(data).observations) == 2


def test_parts_must_make_their_published_total_within_the_rounding(tmp_path):
    assert len(load(small_data(tmp_path / "sound", departures())).observations) == 4
    # four figures rounded to tens may be 20 apart, no more
    assert len(load(small_data(tmp_path / "within", departures(totaal="15140"))).observations) == 4
    message = refusal(small_data(tmp_path / "beyond", departures(totaal="15150")))
    assert "regel 2" in message and "departure_dtv" in message and "30" in message and "15150" in message


def test_parts_are_not_judged_when_one_is_hidden_or_absent(tmp_path):
    rows = departures(totaal="99990")
    hidden = [*rows[:3], rows[3] | {"value": "", "status": "suppressed"}]
    for folder, incomplete in (("hidden", hidden), ("absent", rows[:3])):
        assert len(load(small_data(tmp_path / folder, incomplete)).observations) == len(incomplete)


def test_a_figure_is_known_from_its_edition_else_its_source_else_the_end_of_its_period(tmp_path):
    rows = [
        figure(source="eurostat-eirfs-total", published="2018-01-31"),
        figure(source="ind-asieltrends-2017"),
        figure(source="venj-nieuwsbrief-2017", period="2017-06"),
    ]
    data = small_data(tmp_path, rows)
    sources = data / "published" / "sources.csv"
    table = pd.read_csv(sources, dtype=str, keep_default_na=False).set_index("source")
    table.loc["ind-asieltrends-2017", "published"] = "2018-02-28"
    table.loc["venj-nieuwsbrief-2017", "published"] = ""
    table.reset_index().to_csv(sources, index=False)
    loaded = load(data).observations
    assert loaded.known.dt.strftime("%Y-%m-%d").tolist() == ["2018-01-31", "2018-02-28", "2017-06-30"]
    assert loaded.assumed.tolist() == [False, False, True]


def test_a_missing_folder_or_file_is_named(tmp_path):
    assert "De gegevensmap nergens bestaat niet" in refusal(tmp_path / "nergens")
    data = small_data(tmp_path, [figure()])
    for path in ("catalogue/precedence.csv", "published/lvv.csv", "published/sources.csv"):
        shutil.move(data / path, tmp_path / "aside")
        assert f"Het bestand {path} ontbreekt" in refusal(data)
        shutil.move(tmp_path / "aside", data / path)


def test_a_file_that_vanishes_while_the_folder_is_looked_at_is_passed_over(tmp_path, monkeypatch):
    data = small_data(tmp_path, figures=[figure()])
    found = dataset._files
    monkeypatch.setattr(dataset, "_files", lambda folder: [*found(folder), f"{folder}/weg.csv"])
    assert len(load(data).observations) == 1


def test_a_missing_column_is_named(tmp_path):
    data = small_data(tmp_path, [figure()])
    replace_once(data / "published" / "figures.csv", "status,", "staat,")
    message = refusal(data)
    assert "published/figures.csv, regel 1: hier ontbreekt de kolom status; verwacht" in message


@pytest.mark.parametrize(
    "content",
    [
        "maat\nBezetting coördinatie\n".encode("cp1252"),
        b"",
        b'measure,"value\n1,2\n',
        "a,b\n".encode("utf-16"),
    ],
)
def test_a_file_that_is_no_csv_in_utf8_is_named(tmp_path, content):
    data = small_data(tmp_path, [figure()])
    (data / "published" / "survey.csv").write_bytes(content)
    message = refusal(data)
    assert "published/survey.csv" in message and ("niet te lezen als CSV in UTF-8" in message or "kolom" in message)


def test_a_file_saved_by_excel_with_a_byte_order_mark_comes_in(tmp_path):
    data = small_data(tmp_path, [figure()])
    figures = data / "published" / "figures.csv"
    figures.write_bytes(b"\xef\xbb\xbf" + figures.read_bytes().replace(b"\n", b"\r\n"))
    assert load(data).observations.value.tolist() == [31327]


def test_a_source_or_measure_that_stands_twice_is_named(tmp_path):
    data = small_data(tmp_path, [figure()])
    for path, key in (
        ("published/sources.csv", "ind-asieltrends-2017"),
        ("catalogue/measures.csv", "asylum_inflow_total"),
    ):
        text = (data / path).read_text("utf-8")
        row = next(line for line in text.splitlines() if line.startswith(f"{key},"))
        (data / path).write_text(f"{text}{row}\n", "utf-8")
        message = refusal(data)
        assert path in message and key in message
        (data / path).write_text(text, "utf-8")
