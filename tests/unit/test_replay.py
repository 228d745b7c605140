"""How a published figure follows from the stored bytes: worked out again, not repeated from the edition."""

import hashlib
from pathlib import Path

import pandas as pd
import pytest
from helpers_sources import CARD, imported, table, written
from test_slot import edition

from keten.cli import main
from keten.model.figure_id import figure_id
from keten.observations.dataset import load
from keten.presentation.output import figure_rows
from keten.reports.publish.replay import replay
from keten.workbook.workbook import Workbook

FIRST, GRANTED, DECIDED = (
    "asylum_first_applications", "asylum_first_instance_positive", "asylum_first_instance_decisions",
)  # fmt: skip


@pytest.fixture(scope="module")
def again(repository):
    """Work the last figure of a table out again, with some of its cells changed."""
    data = repository / "data"

    def work(frame: pd.DataFrame, **cells: object) -> tuple[bool, str]:
        same, lines = replay({**figure_rows(frame)[-1], **cells}, data, load(data))
        return same, "\n".join(lines)

    return work


def line_of(repository: Path, text: str) -> str:
    """The line of the file that a replay names."""
    number = int(text.partition("published/figures.csv, regel ")[2].partition(" ")[0])
    return (repository / "data" / "published" / "figures.csv").read_text(encoding="utf-8").splitlines()[number - 1]


def test_a_published_figure_leads_to_its_line_and_to_what_it_was_chosen_from(again, repository):
    same, text = again(Workbook("2017-06").compare(FIRST, "", [""]))
    assert same and text.endswith("De uitgave zegt hetzelfde.")
    cells = line_of(repository, text).split(",")
    assert FIRST in cells and "2017-06" in cells and "1335" in cells
    assert hashlib.sha256((repository / "data/published/figures.csv").read_bytes()).hexdigest() in text
    assert text.count("(gebruikt)") == 1 and "Keuze 1: " in text
    assert "van 1.332,5 tot 1.337,5" in text


def test_what_the_edition_says_otherwise_is_told(again):
    frame = Workbook("2017-06").compare(FIRST, "", [""])
    same, text = again(frame, value=1353.0)
    assert not same and text.endswith("De uitgave zegt 1.353; uit de gegevens volgt 1.335.")


def test_a_sum_leads_to_the_line_of_each_of_its_parts(again):
    frame = Workbook("2017-H1").compare(FIRST, "nationality", ["Syrië"])
    same, text = again(frame)
    row = figure_rows(frame)[-1]
    assert row["calculation"].startswith("som van ") and same
    parts = int(row["calculation"].split()[2])
    assert text.count("Bron: ") == parts and f" = {row['value']:,.0f}".replace(",", ".") in text
    assert "Niet gevonden" in again(frame, period="1990-H1")[1]


def test_a_share_is_divided_again_and_rounded_as_a_reader_sees_it(again):
    frame = Workbook("2023").share_in_period(GRANTED, DECIDED, "", [""])
    row = figure_rows(frame)[-1]
    assert row["dimensions"].startswith("statistic=share")
    same, text = again(frame)
    assert same and "Teller:" in text and "Noemer:" in text and "Deling: 100 x " in text
    assert not again(frame, value=row["value"] + 0.5)[0]


def test_a_change_needs_both_figures(again):
    row = {"dimensions": "statistic=change_absolute;reference=2016-06", "calculation": ""}
    frame = Workbook("2017-06").compare(FIRST, "", [""])
    every = {one["period"]: one["value"] for one in figure_rows(frame)}
    change = every["2017-06"] - every["2016-06"]
    assert again(frame, **row, value=change)[0] and not again(frame, **row, value=change + 5)[0]
    assert again(frame, **row | {"dimensions": "statistic=change_absolute;reference=1990-06"}, value=change)[0] is False


def test_what_the_row_does_not_tell_enough_of_is_not_made_up(again):
    frame = Workbook("2017-06").compare(FIRST, "", [""])
    rest = {"dimensions": "nationality=overige;statistic=remainder;of_largest=10"}
    same, text = again(frame, **rest, calculation="het totaal min de som van wat is getoond")
    assert not same and "niet helemaal na te rekenen" in text and "Afronding" not in text


def test_a_figure_is_worked_out_on_what_was_known_on_its_day(again):
    frame = Workbook("2017-06").compare(FIRST, "", [""])
    same, text = again(frame, as_of="1990-01-01")
    assert not same and "Niet gevonden" in text


# -- the command -----------------------------------------------------------------------------------------------------


def test_the_command_finds_the_figure_by_its_id(tmp_path, capsys):
    row = {**figure_rows(Workbook("2017-06").compare(FIRST, "", [""]))[-1], "notebook": "2_asiel", "section": "Deel"}
    edition(tmp_path, "2017-06", "2017-07-05T00:00:00.000Z", row)
    assert main(["replay", figure_id(row), "--out", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"{figure_id(row)}  ") and "uitgave 2017-06, rapport 2_asiel, Deel" in told


def test_a_figure_of_no_edition_or_of_records_is_refused(tmp_path, capsys):
    row = {**figure_rows(Workbook("2017-06").compare(FIRST, "", [""]))[-1], "notebook": "2_asiel", "section": "Deel"}
    secret = {**row, "confidentiality": "records", "value": 3.0}
    edition(tmp_path, "2017-06", "2017-07-05T00:00:00.000Z", secret)
    assert main(["replay", figure_id(row), "--out", str(tmp_path)]) == 2
    assert "Geen openbare uitgave" in capsys.readouterr().err
    assert main(["replay", figure_id(secret), "--out", str(tmp_path)]) == 2
    assert "bestand met personen" in capsys.readouterr().err
    assert main(["replay", "kw-1", "--out", str(tmp_path)]) == 2 and "geen kenmerk" in capsys.readouterr().err


def test_a_figure_of_a_delivery_leads_to_the_file_as_received_and_is_told_once_revised(tmp_path, capsys):
    data = tmp_path / "gegevens"
    card = written(data / "sources", CARD)
    assert imported(data, card, table("2017-01;Totaal;1000", "2017-01;Syrië;105"), "2017-02-28") == 0
    assert imported(data, card, table("2017-01;Totaal;1005", "2017-01;Syrië;105"), "2017-03-31") == 0
    about = {"notebook": "3", "section": "Deel", "measure": "border_refusals", "period": "2017-01", "unit": "persons"}
    about |= {"publisher": "Eurostat", "source_id": "grens", "as_of": "2017-02-28", "label": "Weigeringen"}
    total, syria = (
        {**about, "value": 1000, "dimensions": ""},
        {**about, "value": 105, "dimensions": "nationality=Syrië"},
    )
    edition(tmp_path / "uit", "2017-01", "2017-03-05T00:00:00.000Z", total, syria)
    there = ["--out", str(tmp_path / "uit"), "--data", str(data)]
    capsys.readouterr()
    assert main(["replay", figure_id(total), *there]) == 0
    told = capsys.readouterr().out
    (file,) = [path for path in (data / "snapshots").rglob("levering.csv") if "2017-02-28" in str(path)]
    sha = hashlib.sha256(file.read_bytes()).hexdigest()
    assert f"Bron: {file.relative_to(data).as_posix()}, zoals ontvangen (sha256 {sha})" in told
    assert "border_refusals, januari 2017: 1.000" in told
    assert main(["verify", figure_id(total), *there]) == 1 and main(["verify", figure_id(syria), *there]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert "herzien sinds 31 maart 2017 (was 1.000, is 1.005)" in first and "nog gelijk" in second
    file.write_text(file.read_text(encoding="utf-8").replace("1000", "1001"), encoding="utf-8")
    main(["replay", figure_id(total), *there])
    assert "zoals ontvangen (sha" not in capsys.readouterr().out.replace("NIET meer zoals ontvangen", "")
