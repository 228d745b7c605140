"""The project's own tables: what is no such table is refused with its file and line, what was changed unawares too."""

import re
import shutil
from pathlib import Path

import pytest
from helpers_data import REPOSITORY_DATA, figure, replace_once, small_data

from keten.cli import main
from keten.errors import KetenError
from keten.model import own_data
from keten.observations import published
from keten.observations.dataset import load

INFLOW = "asylum_first_applications"


@pytest.fixture
def data(tmp_path):
    """A copy of the project's data that a test may spoil, without cards."""
    for name in ("catalogue", "published"):
        shutil.copytree(REPOSITORY_DATA / name, tmp_path / "data" / name)
    shutil.copy(REPOSITORY_DATA / own_data.DESCRIPTION, tmp_path / "data")
    return tmp_path / "data"


def refusal(data: Path) -> str:
    with pytest.raises(KetenError) as caught:
        load(data)
    return str(caught.value)


def changed(path: Path, change) -> None:
    """The file with its lines (without line ends) as `change` gives them."""
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("".join(f"{line}\n" for line in change(lines)), encoding="utf-8")


def added(data: Path, path: str, row: str) -> str:
    """The table with one more row; where that row stands."""
    changed(data / path, lambda lines: [*lines, row])
    return f"{path}, regel {len((data / path).read_text(encoding='utf-8').splitlines())}: "


def row(**cells: str) -> str:
    return ",".join(figure(**cells).values())


def test_the_project_s_data_are_what_their_description_says(data):
    load(data)
    assert own_data.accept(data) == []


# -- files --


@pytest.mark.parametrize("path", ["catalogue/precedence.csv", "catalogue/units.csv", "published/sources.csv"])
@pytest.mark.parametrize("lines", ["all", "one"])
def test_a_comma_too_many_is_refused(data, path, lines):
    """To pandas the first column would be an index, and all cells stand one column further."""
    where = slice(1, None) if lines == "all" else slice(7, 8)
    changed(data / path, lambda rows: [f"{one}," if one in rows[where] else one for one in rows])
    message = refusal(data)
    assert f"{path}, regel {where.start + 1}: deze regel heeft" in message


def test_a_comma_too_few_is_refused(data):
    changed(data / "published/lvv.csv", lambda rows: [*rows[:4], rows[4].replace(",", "", 1), *rows[5:]])
    assert "published/lvv.csv, regel 5: deze regel heeft" in refusal(data)


@pytest.mark.parametrize("path", own_data.paths())
def test_half_a_file_is_refused(data, path):
    content = (data / path).read_bytes()
    (data / path).write_bytes(content[: len(content) // 2])
    assert re.search(rf"{path}(, regel \d+: |: dit is niet het bestand)", refusal(data))


@pytest.mark.parametrize("path", own_data.paths())
def test_a_file_with_nothing_but_its_head_is_refused(data, path):
    changed(data / path, lambda rows: rows[:1])
    assert path in refusal(data)


@pytest.mark.parametrize("path", ["catalogue/precedence.csv", "published/sources.csv"])
def test_a_file_without_rows_is_refused_without_a_description_too(data, path):
    changed(data / path, lambda rows: rows[:1])
    (data / own_data.DESCRIPTION).unlink()
    assert f"{path}, regel 1: " in refusal(data)


@pytest.mark.parametrize("path", ["published/figures.csv", "catalogue/partitions.csv"])
def test_a_file_that_lost_its_last_lines_is_refused_by_name(data, path, capsys):
    changed(data / path, lambda rows: rows[:-1])
    message = refusal(data)
    assert f"{path}: dit is niet het bestand dat datapackage.json beschrijft" in message
    assert "keten check --accept" in message
    assert main(["check", "--data", str(data)]) == 1
    assert path in capsys.readouterr().out


def test_columns_that_changed_places_are_refused(data):
    changed(data / "catalogue/precedence.csv", lambda rows: [rows[0].replace("first,last", "last,first"), *rows[1:]])
    assert "catalogue/precedence.csv, regel 1: dit zijn niet de kolommen" in refusal(data)


def test_a_quotation_mark_that_is_not_closed_is_refused_at_its_line(data):
    changed(data / "catalogue/units.csv", lambda rows: [*rows[:3], '"' + rows[3], *rows[4:]])
    assert "catalogue/units.csv, regel 4: " in refusal(data)


# -- cells --

CELLS = {
    "period to come": ("published/figures.csv", row(measure=INFLOW, unit="applications", period="2099-12")),
    "year to come": ("published/figures.csv", row(period="2098")),
    "score off its scale": (
        "published/survey.csv",
        row(measure="survey_mean_quality", organisation="COA", value="12", unit="score_1_10"),
    ),
    "score under its scale": (
        "published/survey.csv",
        row(measure="survey_coa_resident_score", organisation="COA", value="0.5", unit="score_1_5"),
    ),
    "negative stock": ("published/figures.csv", row(measure="coa_occupancy", organisation="COA", value="-5")),
    "negative duration": (
        "published/figures.csv", row(measure="asylum_decision_time_months", value="-1", unit="months"),
    ),
    "broken count": ("published/figures.csv", row(value="31327.5")),
    "organisation that is none": ("published/figures.csv", row(organisation="NaN")),
    "category that is none": ("published/figures.csv", row(dimension="sex", category="NULL")),
    "category that says nothing": ("published/figures.csv", row(dimension="safe_country", category="ja")),
    "half a category that says nothing": (
        "published/figures.csv", row(dimension="nationality+safe_country", category="Syrië + nee"),
    ),
    "day of publication that is none": ("published/figures.csv", row(published="2017-02-30")),
    "day of publication to come": ("published/figures.csv", row(published="2098-01-31")),
    "day of a policy measure": ("catalogue/policy_measures.csv", "2017-02-30,Iets,alle,,Kamerbrief,"),
    "day of a member state": ("catalogue/eu_members.csv", "TUR,Turkije,2017-02-30,"),
    "day of a source": ("published/sources.csv", "x,X,X,,,2017-02-30,CC0 1.0"),
    "kind of a measure": ("catalogue/measures.csv", "x,X,X,Iets.,persons,,stok,2_asiel,IND,,,,,"),
    "sentence without a number": ("catalogue/measures.csv", "x,X,X,Iets.,persons,,stock,2_asiel,IND,,werden geteld,,,"),
    "sentence with two numbers": ("catalogue/measures.csv", "x,X,X,Iets.,persons,,stock,2_asiel,IND,,{n} of {n},,,"),
    "sentence with half a choice": ("catalogue/measures.csv", "x,X,X,Iets.,persons,,stock,2_asiel,IND,,{was} {n},,,"),
    "unit of a measure": ("catalogue/measures.csv", "x,X,X,Iets.,personen,,stock,2_asiel,IND,,,,,"),
    "range of a measure": ("catalogue/measures.csv", "x,X,X,Iets.,persons,,stock,2_asiel,IND,9..1,,,,"),
    "measure of a rule": ("catalogue/precedence.csv", "asiel,,,,,,1,IND,,reden"),
    "dimension of a rule": ("catalogue/precedence.csv", f"{INFLOW},land,,,,,1,IND,,reden"),
    "source of a rule": ("catalogue/precedence.csv", f"{INFLOW},,,,,,1,IND,nergens,reden"),
    "kind of period of a rule": ("catalogue/precedence.csv", f"{INFLOW},,maand,,,,1,IND,,reden"),
    "rank of a rule": ("catalogue/precedence.csv", f"{INFLOW},,,,,,1.5,IND,,reden"),
    "measure of parts": ("catalogue/partitions.csv", "vertrek,departure_kind,,a;b,reden"),
    "dimension of parts": ("catalogue/partitions.csv", "departure_dtv,soort,,a;b,reden"),
    "code of a spelling": ("catalogue/nationality_codes.csv", "cbs,Utopia,UTO,"),
    "nationality of a policy measure": (
        "catalogue/policy_measures.csv", "2017-02-28,Iets,alle,Syrië;Utopia,Kamerbrief,",
    ),
    "source of a finding": ("published/survey_findings.csv", "Te verbeteren,asielzoekers,iets,2017,nergens"),
    "period of a finding": (
        "published/survey_findings.csv", "Te verbeteren,asielzoekers,iets,2017-13,venj-nieuwsbrief-2017",
    ),
    "measure": ("published/figures.csv", row(measure="asylum_inflow_totaal")),
    "unit": ("published/lvv.csv", row(unit="heads")),
    "dimension": ("published/figures.csv", row(dimension="land", category="Syrië")),
    "source": ("published/survey.csv", row(source="nergens")),
    "sign that nobody sees": ("published/figures.csv", row(organisation="IND\u200b")),
    "digits of another script": ("published/figures.csv", row(value="٣١")),
}  # fmt: skip


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("described", [True, False])
def test_a_cell_that_cannot_be_is_refused_with_its_line(data, name, described):
    """Also when somebody said that the change was meant."""
    where = added(data, *CELLS[name])
    if described:
        own_data.accept(data)
    else:
        (data / own_data.DESCRIPTION).unlink()
    assert where in refusal(data)


def test_a_plan_may_lie_ahead(tmp_path):
    planned = figure(measure="coa_capacity_planned", organisation="COA", unit="places", period="2098-12-31")
    assert len(load(small_data(tmp_path, [planned])).observations) == 1


def test_namibia_is_no_word_for_nothing(data):
    assert "NA" in set(own_data.read_tables(data, "catalogue").tables["nationality_codes"].spelling)


def test_every_fault_of_a_folder_is_told_at_once(data):
    places = [added(data, *CELLS[name]) for name in ("unit of a measure", "rank of a rule", "day of a member state")]
    message = refusal(data)
    assert all(where in message for where in places)


# -- the description --


def test_a_change_that_was_meant_is_accepted_with_one_command(data, capsys):
    before = len(load(data).observations)
    added(data, "published/figures.csv", row(period="2011"))
    assert "keten check --accept" in refusal(data)
    assert main(["check", "--accept", "--data", str(data)]) == 0
    assert capsys.readouterr().out.splitlines() == ["vastgelegd: published/figures.csv", "Alle gegevens zijn in orde."]
    assert len(load(data).observations) == before + 1


def test_what_cannot_be_is_not_accepted(data, capsys):
    where = added(data, *CELLS["kind of a measure"])
    assert main(["check", "--accept", "--data", str(data)]) == 1
    said = capsys.readouterr().out
    assert where in said and "vastgelegd" not in said
    changed(data / "catalogue/measures.csv", lambda lines: lines[:-1])
    load(data)


def test_half_a_file_is_not_accepted_either_and_an_absent_one_is_named(data, capsys):
    figures = data / "published/figures.csv"
    whole = figures.read_bytes()
    figures.write_bytes(whole[: len(whole) // 2])
    assert main(["check", "--accept", "--data", str(data)]) == 1
    figures.unlink()
    assert main(["check", "--accept", "--data", str(data)]) == 1
    said = capsys.readouterr().out
    assert "figures.csv, regel " in said and "figures.csv ontbreekt" in said and "vastgelegd" not in said
    figures.write_bytes(whole)
    load(data)


@pytest.mark.parametrize("name", ["Syria", "SYR", "syrië", "Utopia"])
def test_a_nationality_has_its_dutch_name(data, name):
    (data / own_data.DESCRIPTION).unlink()
    where = added(data, "published/figures.csv", row(dimension="nationality", category=name, period="2011"))
    assert f"{where}de nationaliteit '{name}' staat niet in catalogue/nationalities.csv" in refusal(data)


def test_a_digit_that_changed_in_a_file_of_one_size_is_found(data):
    replace_once(data / "published/lvv.csv", "2018-12,345,places", "2018-12,354,places")
    assert "published/lvv.csv: dit is niet het bestand" in refusal(data)


@pytest.mark.parametrize(
    ("text", "line"), [("", 1), ("{}", 1), ('{\n"resources": [\n', 3), ("[" * 100_000, 1), ('{"resources": []}', 1)]
)
def test_a_description_that_is_none_is_refused(data, text, line):
    (data / own_data.DESCRIPTION).write_text(text, encoding="utf-8")
    assert f"datapackage.json, regel {line}: " in refusal(data)


def test_a_folder_without_description_has_nothing_to_state(tmp_path, capsys):
    assert main(["check", "--accept", "--data", str(small_data(tmp_path, [figure()]))]) == 2
    assert "heeft geen datapackage.json" in capsys.readouterr().err


def test_the_folder_is_read_once_per_state(data, monkeypatch):
    read = []
    fingerprint = own_data._fingerprint
    monkeypatch.setattr(own_data, "_fingerprint", lambda content: read.append(1) or fingerprint(content))
    load(data)
    first = len(read)
    load(data)
    own_data.read_tables(data, "catalogue")
    assert first == len(read) == len(own_data.paths())


def test_measures_about_a_time_to_come_are_named_so():
    measures = set(own_data.read_tables(REPOSITORY_DATA, "catalogue").tables["measures"].measure)
    assert {"coa_capacity_planned", "lvv_budget"} <= {name for name in measures if name.endswith(published.PLANS)}
