"""Declared corrections of publishers' faults: only the declared figure, only as long as the fault is there."""

import pandas as pd
import pytest
from helpers_data import figure, rows_of, small_data

from keten import Workbook
from keten.errors import KetenError
from keten.model.quality import columns_of
from keten.observations import corrections
from keten.observations.dataset import load
from keten.sections import revisions

ENTRY = {
    "source": '"ind-asieltrends-2017"',
    "measure": '"asylum_inflow_total"',
    "period": '"2017-06"',
    "published": "1234",
    "value": "1243",
    "reason": '"cijfers verwisseld"',
    "reference": '"https://example.org/erratum"',
    "since": "2018-03-01",
}
SYRIA = {"dimension": "nationality", "category": "Syrië"}


def written(folder, *entries, before=""):
    """A data folder below `folder` with a file of these entries; a key with the value None is left out."""
    text = before
    for entry in entries:
        lines = [f"{key} = {value}\n" for key, value in (ENTRY | entry).items() if value is not None]
        text += "[[correction]]\n" + "".join(lines)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / corrections.NAME).write_text(text, encoding="utf-8")
    return folder


def observed(*rows):
    """Observations with these cells; a cell that is not named is that of an inflow of 1234 in June 2017."""
    usual = {
        "measure": "asylum_inflow_total", "dimension": "", "category": "", "period": "2017-06", "value": 1234.0,
        "unit": "persons", "status": "exact", "source": "ind-asieltrends-2017", "note": "",
        "editor_note": "", "margin": 0.0, "known": "2017-07-31",
    }  # fmt: skip
    frame = pd.DataFrame([usual | row for row in rows])
    frame = frame.assign(**columns_of(frame.status))
    return frame.assign(known=pd.to_datetime(frame.known))


def one(tmp_path, **entry):
    (correction,) = corrections.read(written(tmp_path, entry))
    return correction


def test_only_the_declared_figure_with_the_declared_value_is_corrected(tmp_path):
    correction = one(tmp_path)
    others = [{"value": 1235.0}, {"period": "2017-05"}, {"measure": "x"}, {"source": "cbs-83102ned"}, SYRIA]
    before = observed({"editor_note": "editie juli"}, *others)
    after, applied, _ = corrections.apply(before, [correction])
    assert after.value.tolist() == [1243.0, 1235.0, 1234.0, 1234.0, 1234.0, 1234.0]
    assert after.editor_note[0].startswith("editie juli; gecorrigeerd: de bron geeft 1.234; cijfers verwisseld")
    assert after.editor_note[1:].tolist() == [""] * 5 and before.value[0] == 1234.0
    assert applied.published_value.tolist() == [1234.0] and applied.value.tolist() == [1243.0]
    assert applied.reference.tolist() == ["https://example.org/erratum"]


def test_where_names_the_category_of_every_dimension(tmp_path):
    two = {"dimension": "outcome+nationality", "category": "geweigerd + Syrië"}
    before = observed({}, SYRIA, SYRIA | {"category": "Irak"}, two)
    after = corrections.apply(before, [one(tmp_path, where='{ nationality = "Syrië" }')])[0]
    assert after.value.tolist() == [1234.0, 1243.0, 1234.0, 1234.0]
    after = corrections.apply(before, [one(tmp_path, where='{ nationality = "Syrië", outcome = "geweigerd" }')])[0]
    assert after.value.tolist() == [1234.0, 1234.0, 1234.0, 1243.0]


def test_a_figure_may_become_missing_and_is_then_no_number(tmp_path):
    after = corrections.apply(observed({}), [one(tmp_path, value=None, status='"missing"')])[0]
    assert after.value.isna().all() and after.margin.isna().all() and after.status.tolist() == ["missing"]


def test_the_margin_is_that_of_the_new_value(tmp_path):
    before = observed({"value": 1200.0, "status": "circa", "margin": 50.0})
    after = corrections.apply(before, [one(tmp_path, published="1200", value="1210")])[0]
    assert after.margin.tolist() == [5.0] and after.status.tolist() == ["circa"]


def test_a_correction_that_does_nothing_says_so(tmp_path):
    found, repaired, elsewhere = corrections.read(written(tmp_path, {}, {"published": "9"}, {"period": "2016"}))
    assert corrections.apply(observed({}), [found])[2] == []
    (sentence,) = corrections.apply(observed({}), [repaired])[2]
    assert sentence.startswith(f"corrections.toml, regel {repaired.line}: ")
    assert "nu 1.234 en niet meer 9; haal de correctie weg" in sentence
    (sentence,) = corrections.apply(observed({}), [elsewhere])[2]
    assert f"regel {elsewhere.line}" in sentence and "geen cijfer asylum_inflow_total over 2016" in sentence


def test_a_repair_by_the_publisher_switches_it_off_for_the_newest_data(tmp_path):
    before = observed({}, {"value": 1300.0, "known": "2018-06-30"})
    after, applied, (sentence,) = corrections.apply(before, [one(tmp_path)])
    assert after.value.tolist() == [1243.0, 1300.0] and len(applied) == 1
    assert "nu 1.300" in sentence and "alleen nog voor eerdere uitgaven" in sentence


def test_a_fault_that_was_not_known_yet_is_not_corrected(tmp_path):
    correction = one(tmp_path)
    for day, value in (("2018-02-28", 1234.0), ("2018-03-01", 1243.0)):
        after = corrections.apply(observed({}), [correction], pd.Timestamp(day).date())[0]
        assert after.value.tolist() == [value]


@pytest.mark.parametrize(
    ("entry", "line", "words"),
    [
        ({"source": None}, 1, "source ontbreekt"),
        ({"published": '"1234"'}, 5, "published hoort een getal"),
        ({"published": "true"}, 5, "published hoort een getal"),
        ({"published": "nan"}, 5, "published hoort een getal"),
        ({"period": '"juni 2017"'}, 4, "geen periode"),
        ({"since": '"gisteren"'}, 9, "since hoort een datum"),
        ({"value": "1234"}, 6, "gelijk aan published"),
        ({"value": None}, 1, "geef óf value"),
        ({"status": '"missing"'}, 1, "geef óf value"),
        ({"value": None, "status": '"exact"'}, 9, "status hoort missing of suppressed"),
        ({"reason": '""'}, 7, "reason hoort een tekst"),
        ({"wher": "{}"}, 10, "Bedoelde u where?"),
        ({"where": '"Syrië"'}, 10, "where hoort per dimensie"),
        ({"where": "{ nationality = 5 }"}, 10, "where hoort per dimensie"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path, entry, line, words):
    with pytest.raises(KetenError) as fault:
        corrections.read(written(tmp_path, entry))
    assert any(text.startswith(f"corrections.toml, regel {line}: ") for text in str(fault.value).splitlines())
    assert words in str(fault.value)


def test_the_line_is_that_of_the_right_correction(tmp_path):
    with pytest.raises(KetenError) as fault:
        corrections.read(written(tmp_path, {}, {"published": "[]"}, before="# toelichting\n"))
    assert str(fault.value).startswith("corrections.toml, regel 15: published") and "\n" not in str(fault.value)


@pytest.mark.parametrize(
    "text", ["[[correction]\n", "correction = 5\n", "[correction]\nsource = 1\n", "x = 1\n", "\xff"]
)
def test_a_file_that_is_no_list_of_corrections_is_refused(tmp_path, text):
    (tmp_path / corrections.NAME).write_bytes(text.encode("latin-1"))
    with pytest.raises(KetenError, match=r"corrections\.toml"):
        corrections.read(tmp_path)


def test_without_a_file_nothing_is_corrected(tmp_path):
    before = observed({})
    after, applied, idle = corrections.apply(before, corrections.read(tmp_path))
    pd.testing.assert_frame_equal(before, after)
    assert applied.empty and idle == []


def test_the_corrections_of_this_project_are_all_needed(repository):
    loaded = load(repository / "data")
    assert corrections.apply(loaded.observations, corrections.read(repository / "data"))[2] == []


def test_the_report_names_the_correction(tmp_path):
    data = small_data(tmp_path, [figure(period="2017-06", value="1234", published="2017-07-31")])
    written(data, {})
    chain = Workbook("2017-06", data=data)
    assert chain.value("asylum_inflow_total").value.tolist() == [1243.0]
    shown = revisions.table(revisions.revisions(chain), chain)
    (row,) = [cells for cells in rows_of(shown.html) if cells[0] == "Totale asielinstroom"]
    assert row[3:6] == ["1.234", "1.243", "cijfers verwisseld"]
    assert "https://example.org/erratum" in shown.html
    earlier = Workbook("2017-06", as_of="2018-02-28", data=data)
    assert earlier.value("asylum_inflow_total").value.tolist() == [1234.0]
    assert "Gecorrigeerde" not in revisions.table(revisions.revisions(earlier), earlier).html
