"""What a report says of its changes: against the edition before it, and against itself on earlier data."""

import json

import pytest

from keten.model import quality
from keten.model.periods import Period
from keten.reports.publish import baseline, figures_csv, manifest
from keten.reports.publish.baseline import MARKS
from keten.reports.publish.changes import changes, compared, revised

KEY = {
    "label": "Eerste aanvragen",
    "value": "2.316",
    "period": "juni 2017",
    "change": "+5% t.o.v. juni 2016",
    "measure": "asylum_first_applications",
    "dimensions": "",
    "moment": "2017-06",
    "number": 2316.0,
    "unit": "applications",
    "status": "exact",
}
BEFORE = {**KEY, "value": "2.205", "period": "mei 2017", "moment": "2017-05", "number": 2205.0}
ROW = {
    "notebook": "2_asiel",
    "section": "Instroom",
    "measure": "asylum_first_applications",
    "label": "Eerste aanvragen",
    "dimensions": "nationality=Syrië",
    "period": "2017-06",
    "value": 1297.0,
    "unit": "applications",
    "status": "exact",
    "source": "bron",
    "as_of": "2017-07-01",
}
OLD = {**ROW, "value": "1280"}  # as a CSV gives it


# -- against the edition before --


def test_a_key_figure_is_compared_with_the_edition_before():
    assert compared([KEY], [BEFORE]) == [
        {
            "label": "Eerste aanvragen",
            "measure": "asylum_first_applications",
            "unit": "applications",
            "now": {"text": "2.316", "number": 2316.0, "period": "juni 2017"},
            "before": {"text": "2.205", "number": 2205.0, "period": "mei 2017"},
            "change": "+5%",
        }
    ]


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        ({"number": 43.25, "unit": "percent"}, {"number": 40.0, "unit": "percent"}, "+3,3 procentpunt"),
        ({"number": 120.0, "status": "rounded_10"}, {"number": 110.0, "status": "rounded_10"}, "ca. +10%"),
        ({"number": 1050.0, "status": "circa"}, {"number": 1000.0, "status": "circa"}, "binnen de afronding"),
        ({"number": 120.0, "status": "rounded_10"}, {"number": 110.0}, "+9%"),
        ({"number": 2205.0}, {}, "gelijk gebleven"),
        ({}, {**KEY}, "geen nieuwer cijfer"),
        ({}, {"period": "juni 2017"}, "herzien: +5%"),
        ({}, {"period": "juni 2017", "value": "2.316*", "number": 2316.0}, "geen nieuwer cijfer"),
        ({"number": None}, {"period": "juni 2017"}, "geen vergelijking"),
        ({"number": 1 / 3, "unit": "percent"}, {"number": 1 / 3 + 1e-9, "unit": "percent"}, "gelijk gebleven"),
        ({"number": 18.0}, {"number": 12.0}, "van 12 naar 18"),
        ({"number": None}, {}, "geen vergelijking"),
        ({"unit": "persons"}, {}, "geen vergelijking"),
    ],
)
def test_the_change_in_words_never_says_more_than_the_figures(now, before, words):
    assert compared([{**KEY, **now}], [{**BEFORE, **before}])[0]["change"] == words


def test_a_month_is_not_set_against_a_quarter():
    quarter = {**BEFORE, "moment": "2017-Q1", "period": "eerste kwartaal 2017", "number": 6100.0, "value": "6.100"}
    (shown,) = compared([KEY], [quarter])
    assert shown["change"] == "niet te vergelijken: een andere duur" and shown["before"]["text"] == "6.100"
    earlier_quarter = {**quarter, "moment": "2016-Q4", "period": "vierde kwartaal 2016", "number": 5000.0}
    assert compared([quarter], [earlier_quarter])[0]["change"] == "+22%"
    day = {**BEFORE, "moment": "2016-12-31", "period": "31 december 2016", "number": 2000.0, "value": "2.000"}
    assert compared([KEY], [day])[0]["change"] == "+16%", "a stock on a day has no duration"


def test_only_the_same_figure_is_compared():
    other = [{**BEFORE, "label": "Nareis"}, {**BEFORE, "measure": "m"}, {**BEFORE, "dimensions": "nationality=Syrië"}]
    assert compared([KEY], other) == []


def test_a_key_figure_with_words_only_is_shown_without_a_change():
    words = {"label": "Aanvragen", "value": "5", "period": "juni 2017", "change": "+5%"}
    (row,) = compared([words], [{**words, "period": "mei 2017"}])
    assert row["change"] == "geen vergelijking" and row["now"] == {"text": "5", "number": None, "period": "juni 2017"}


# -- against the same report on earlier data --


def test_a_revised_figure_has_its_old_and_new_value():
    assert revised([ROW], [OLD]) == [
        {
            "label": "Eerste aanvragen",
            "measure": "asylum_first_applications",
            "period": "juni 2017",
            "unit": "applications",
            "old": {"text": "1.280", "number": 1280.0},
            "new": {"text": "1.297", "number": 1297.0},
        }
    ]


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ({}, {"value": "1297"}),
        ({"dimensions": "nationality=Syrië;statistic=share"}, {"dimensions": "nationality=Syrië;statistic=share"}),
        ({"section": baseline.LATER_SOURCES}, {}),
        ({}, {"section": baseline.LATER_SOURCES}),
        ({}, {"period": "2017-05"}),
        ({}, {"measure": "asylum_repeat_applications"}),
        ({}, {"dimensions": "nationality=Eritrea"}),
    ],
)
def test_what_is_no_revision(now, before):
    assert revised([{**ROW, **now}], [{**OLD, **before}]) == []


def test_hidden_small_counts_and_units_in_a_revision():
    (hidden,) = revised([{**ROW, "value": None, "status": "suppressed"}], [{**OLD, "value": "7"}])
    assert hidden["old"] == {"text": "7", "number": 7.0} and hidden["new"] == {"text": "minder dan 5", "number": None}
    (share,) = revised([{**ROW, "unit": "percent", "value": 43.2}], [{**OLD, "unit": "percent", "value": "43"}])
    assert (share["old"]["text"], share["new"]["text"]) == ("43%", "43,2%")


def test_a_figure_shown_twice_is_one_revision():
    again = {**ROW, "section": "Nationaliteiten"}
    assert len(revised([ROW, again], [OLD, {**OLD, "section": "Nationaliteiten"}])) == 1


def test_nothing_to_compare_with_and_nothing_revised_differ():
    assert changes([KEY], [ROW], None, []) == {"previous": None, "revised": None}
    assert changes([KEY], [ROW], None, [{**OLD, "value": "1297"}])["revised"] == {"figures": []}
    before = {"edition": "2017-05", "label": "mei 2017", "key_figures": [BEFORE]}
    said = changes([KEY], [ROW], before, [])["previous"]
    assert (said["edition"], said["label"], said["key_figures"][0]["change"]) == ("2017-05", "mei 2017", "+5%")


# -- what was said before --


def write_edition(out, name, stems=("2_asiel",), content=None):
    """An edition with reports of these notebooks, whose key figure tells the edition."""
    folder = out / name
    folder.mkdir(parents=True)
    notebooks = {stem: {"report": {"key_figures": [{"label": name}]}} for stem in stems}
    text = content or json.dumps({"outputs": {}, "notebooks": notebooks})
    (folder / "manifest.json").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("period", "name"),
    [
        ("2017-06", "2017-04"),  # 2017-05 holds no report of this notebook
        ("2017-02", None),
        ("2017-Q2", "2016-Q3"),
        ("2018", "2016"),
        ("2016", None),
    ],
)
def test_the_previous_edition_is_the_newest_earlier_one_of_its_kind(tmp_path, period, name):
    for edition in ("2017-02", "2017-04", "2017-07", "2016-Q1", "2016-Q3", "2016", "2017-H1", "los", ".2017-03.vorige"):
        write_edition(tmp_path, edition)
    write_edition(tmp_path, "2017-05", stems=("5_terugkeer",))
    write_edition(tmp_path, "2017-03", content="{}")  # cannot be read
    found = baseline.previous(baseline.earlier(tmp_path, Period.parse(period)), "2_asiel", {})
    assert (found and found["key_figures"]) == (name and [{"label": name}])
    assert not found or (found["edition"], found["label"]) == (name, Period.parse(name).label)


def test_spans_are_only_compared_with_spans_as_long(tmp_path):
    write_edition(tmp_path, "2016-01-01_2016-05-31")
    write_edition(tmp_path, "2016-06-01_2016-10-31")
    write_edition(tmp_path, "2016-11-01_2016-12-31")
    found = baseline.previous(baseline.earlier(tmp_path, Period.parse("2017-01-01/2017-05-31")), "2_asiel", {})
    assert found["edition"] == "2016-06-01_2016-10-31"


@pytest.mark.parametrize(
    ("ours", "theirs", "words"),
    [
        ("IND", "CBS", "niet te vergelijken: een andere uitgever"),
        ("CBS", "CBS", "+9%"),
        ("CBS", None, "+9%"),  # an edition of an earlier version does not tell
    ],
)
def test_figures_of_two_publishers_are_not_compared(ours, theirs, words):
    figures = {**KEY, "number": 1090.0, "publisher": ours}, {**BEFORE, "number": 1000.0, "publisher": theirs}
    (shown,) = compared([figures[0]], [figures[1]])
    assert shown["change"] == words


@pytest.mark.parametrize(
    ("parameters", "edition"),
    [
        ({}, "2017-05"),
        ({"period": "2017-06", "compare_years": 2, "nationality": ""}, "2017-05"),
        ({"nationality": "Eritrea"}, "2017-04_nationaliteit-eritrea"),
        ({"nationality": "Irak"}, None),
        ({"as_of": "2017-12-31"}, None),
        ({"respondents": "/elders/enquete.csv"}, "2017-03_respondenten-enquete-aaaaaa"),
        ({"code": "9"}, "2017-05"),  # a parameter that the earlier notebook did not have
    ],
)
def test_the_previous_edition_was_made_with_the_same_parameters(tmp_path, parameters, edition):
    made = {
        "2017-03_respondenten-enquete-aaaaaa": {"period": "2017-03", "respondents": "enquete.csv"},
        "2017-04_nationaliteit-eritrea": {"period": "2017-04", "nationality": "Eritrea"},
        "2017-05": {"period": "2017-05"},
    }
    for name, told in made.items():
        write_edition(tmp_path, name)
        path = tmp_path / name / "manifest.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        content["notebooks"]["2_asiel"]["parameters"] = told
        path.write_text(json.dumps(content), encoding="utf-8")
    found = baseline.previous(baseline.earlier(tmp_path, Period.parse("2017-06")), "2_asiel", parameters)
    assert (found and found["edition"]) == edition


# -- figures from records of persons --


@pytest.mark.parametrize("mark", MARKS)
def test_of_figures_from_records_no_two_editions_are_compared(mark):
    """53 - 50 = 3 people: neither the difference nor the number of the other edition is told."""
    marked = {"confidentiality": mark}
    assert compared([{**KEY, **marked}], [BEFORE]) == compared([KEY], [{**BEFORE, **marked}]) == []
    now, before = {**ROW, "value": 53.0}, {**ROW, "value": "50"}
    assert len(revised([now], [before])) == 1
    assert revised([{**now, **marked}], [before]) == revised([now], [{**before, **marked}]) == []
    assert baseline.MARKS == quality.MARKS
    of_before_the_mark = {"measure": "participant_records"}
    assert revised([{**now, **of_before_the_mark}], [{**before, **of_before_the_mark}]) == []


def test_figures_from_records_do_not_go_along_as_earlier_ones(tmp_path):
    """`eerder/figures.csv` would tell what the edition said of the delivery before."""
    rows = [{**ROW, "value": 53.0, "confidentiality": "records"}, {**ROW, "period": "2017-05"}]
    edition = written_edition(tmp_path, rows)
    report = {"2_asiel": {"report": {"data": {"fingerprint": "old", "as_of": ""}}}}
    states = {"2_asiel": {"fingerprint": "new", "as_of": ""}}
    assert [row["period"] for row in baseline.figures(edition, report, states)["2_asiel"]] == ["2017-05"]


def written_edition(folder, rows):
    """An edition with these figures."""
    figures_csv.write(folder / "figures.csv", rows)
    outputs = manifest.fingerprints(folder, [folder / "figures.csv"])
    content = {"outputs": outputs, "notebooks": {}}
    (folder / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    return folder
