"""The exploring panel without a browser: what can be chosen, what it shows, what it gives away."""

import gc
import re
from dataclasses import replace
from datetime import date

import ipywidgets as widgets
import pandas as pd
import pytest
from helpers_data import figure, replace_once, small_data

from keten import Workbook
from keten.errors import KetenError
from keten.lab import chart, choices, explore
from keten.lab import view as views
from keten.lab.controls import Panel
from keten.lab.picture import drawing
from keten.lab.state import first_view
from keten.lab.view import View
from keten.model.periods import CALENDAR_KINDS, Period
from keten.presentation.markup import escape
from keten.workbook.calendar import calendar

FIRST, DECISIONS, GRANTS = (
    "asylum_first_applications",
    "asylum_first_instance_decisions",
    "asylum_first_instance_positive",
)
SYRIA = View(FIRST, "2017-H1", by="nationality", categories=("Syrië",))


@pytest.fixture(scope="module")
def chain() -> Workbook:
    return Workbook("2017-H1")


@pytest.fixture(scope="module")
def wide(chain) -> Workbook:
    return choices.widest(chain, "")


@pytest.fixture
def panel(chain, monkeypatch) -> Panel:
    """A fresh panel on the nationalities of first applications."""
    monkeypatch.setattr("keten.lab.state._latest", {})
    return Panel(chain, (FIRST, "nationality"))


def values(frame: pd.DataFrame) -> dict[str, float]:
    return dict(zip(frame.period, frame.value, strict=True))


# -- what can be chosen --


def test_every_choice_has_figures(wide):
    for _, measure in choices.measures(wide):
        for _, by in choices.breakdowns(wide, measure):
            found = calendar(wide, measure, by)
            assert found, (measure, by)
            for kind, periods in found.items():
                assert {Period.parse(text).kind for text in periods} == {kind}


@pytest.mark.parametrize(
    ("measure", "by"),
    [(FIRST, ""), (FIRST, "nationality"), (DECISIONS, "nationality"), ("coa_occupancy", ""), ("border_refusals", "")],
)
def test_the_calendar_is_what_the_workbook_can_answer(chain, wide, measure, by):
    """A period is offered exactly when the workbook has a figure over it for some category."""
    offered = calendar(wide, measure, by)
    for kind in CALENDAR_KINDS:
        for year in (2014, 2016, 2017, 2020):
            for period in Period.parse(str(year)).parts(kind):
                found = wide.compare(measure, by, period=period) if by else wide.value(measure, period=period)
                assert (str(period) in offered.get(kind, [])) == found.value.notna().any(), period


def test_measures_of_the_own_goal_go_first(wide):
    goals = [wide.catalogue.measure(measure).goal for _, measure in choices.measures(wide, "border_refusals")]
    first = goals.count("3_toegang_grensbewaking")
    assert goals[:first] == ["3_toegang_grensbewaking"] * first
    assert first >= 8


def test_groups_of_nationalities(chain):
    largest = choices.members(chain, FIRST, "nationality", choices.LARGEST)
    assert largest[0] == "Syrië" and len(largest) == 9, "all that CBS gives by quarter; no other publisher fills in"
    safe = choices.members(chain, FIRST, "nationality", choices.SAFE)
    assert "Albanië" in safe and "Syrië" not in safe
    assert choices.groups(chain, "reason") == [choices.LARGEST]


def test_a_share_is_of_a_flow_that_counts_the_same(wide):
    others = [other for _, other in choices.denominators(wide, GRANTS, "nationality")]
    assert DECISIONS in others and FIRST not in others
    assert choices.denominators(wide, "coa_occupancy", "") == []


def test_the_nearest_period(wide):
    months = ["2016-01", "2016-02", "2016-05"]
    assert choices.nearest(months, "2016-02") == "2016-02"
    assert choices.nearest(months, "2016-04") == "2016-02"
    assert choices.nearest(months, "2016") == "2016-05"
    assert choices.nearest(["2015-Q3", "2015-Q4", "2016-Q1"], "2015-10") == "2015-Q4"
    assert choices.nearest(months, "2015") == "2016-01"


# -- what is shown --


def test_how_many_syrians_applied(chain):
    """The sum of the months that CBS published, and the same half a year earlier."""
    found = views.figures(chain, SYRIA)
    assert values(found.compared) == {"2015-H1": 2130, "2016-H1": 1605, "2017-H1": 1490}
    assert views.answer(chain, SYRIA, found.compared) == [
        "Eerste asielaanvragen: Syrië: in de eerste helft van 2017 vroegen 1.490 mensen voor het eerst asiel aan, "
        "7% minder dan in de eerste helft van 2016 (1.605) en 30% minder dan in de eerste helft van 2015 (2.130)."
    ]


def test_how_many_of_the_decisions_were_grants(chain):
    view = replace(SYRIA, measure=GRANTS, share_of=DECISIONS)
    found = views.figures(chain, view)
    assert found.compared.value.round(1).tolist() == [97.8, 98.5, 85.5]  # 3,595/3,675, 9,590/9,740, 1,410/1,650
    assert found.series.kind.unique().tolist() == ["quarter"]
    (sentence,) = views.answer(chain, view, found.compared)
    assert "85,5%" in sentence and sentence.endswith(" Dat zijn er 1.410 van de 1.650.")


def test_a_stretch_of_time_beside_earlier_years(chain):
    """Of the publisher that has all three years: UNHCR, as CBS has no months of 2014."""
    frame = views.within(chain, SYRIA, "2016-03", "2016-05")
    rows = chain.offered(FIRST, "nationality").query("category == 'Syrië' and organisation == 'UNHCR'")
    months, found = rows.set_index("period").value, values(frame)
    for year in (2014, 2015, 2016):
        parts = [months[f"{year}-{month:02}"] for month in (3, 4, 5)]
        assert found[f"{year}-03-01/{year}-05-31"] == sum(parts)
    assert set(frame.organisation) <= {"UNHCR", "UNHCR, IND"}


def test_lines_are_drawn_at_the_frequency_that_has_most():
    """The DT&V published two half-years and eight years: years make the better line."""
    chain = Workbook("2017")
    found = views.figures(chain, View("departure_dtv", "2017", by="departure_kind"))
    assert set(found.series.kind) == {"year"} and found.series.period.nunique() > 2
    assert set(views.figures(chain, replace(SYRIA, period="2017")).series.kind) == {"month"}


def test_an_odd_span_of_days(wide, chain):
    found = calendar(wide, "lvv_outflow", "outcome")
    view = View("lvv_outflow", found["span"][0], years=1, by="outcome")
    book = Workbook(views.book_period(view), 1)
    compared = views.figures(book, view).compared
    assert compared.value.notna().all() and set(compared.period) == {found["span"][0]}


def drawn(chain, view):
    """The panel's two charts of a view."""
    found = views.figures(chain, view)
    title = views.title(chain, view)
    lines = chart.trend(chain, found.series, title, views.chosen_events(chain, view))
    return lines, chart.ranking(chain, found.compared, title)


def tips(html):
    return re.findall('data-tip="([^"]*)"', html)


def test_the_charts_are_those_of_the_reports_and_each_mark_stands_for_something(chain):
    lines, bars = drawn(chain, View(FIRST, "2017-H1", by="nationality"))
    assert set(lines.points) == {"Syrië", "Eritrea", "Irak", "Iran", "Albanië"}
    assert "juni 2017: 260 aanvragen (afgerond op vijftallen, CBS)" in tips(lines.html)
    groups = re.findall('<g data-name="([^"]*)"', lines.html)
    assert sorted(groups) == sorted(lines.points)
    assert len(tips(lines.html)) == sum(map(len, lines.points.values()))
    ((period, categories),) = bars.points.items()
    assert period == "eerste helft 2017" and categories[:2] == ["Syrië", "Eritrea"]
    told = tips(bars.html)[: len(categories)]
    assert all(tip.startswith(f"{name}, ") for name, tip in zip(categories, told, strict=True))


def test_a_category_without_a_figure_comes_last(chain):
    """Three sentences are shown, and they are on figures; a chart has no bar for what is not known."""
    names = ("Albanië", "Georgië", "Algerije", "Marokko")
    view = View(FIRST, "2020-Q2", by="nationality", categories=names)
    book = Workbook("2020-Q2")
    found = views.figures(book, view)
    now = found.compared[found.compared.period == "2020-Q2"]
    known = now.value.notna().tolist()
    assert known == sorted(known, reverse=True) and not all(known) and any(known)
    _, bars = drawn(book, view)
    ((_, categories),) = bars.points.items()
    assert categories == now[now.value.notna()].sort_values("value", ascending=False).category.tolist()


@pytest.mark.parametrize("words", ["syr", "Syrie", "syrië", "SYR", "Syria", " Syrië "])
def test_a_nationality_however_it_is_typed(panel, words):
    panel.add.value = words
    assert panel.view.categories == ("Syrië",) and panel.add.value == "" and panel.fault.value == ""


def test_several_nationalities_are_named_and_none_is_said(panel):
    panel.add.value = "ira"
    assert "Bij &#x27;ira&#x27; horen: Irak en Iran. Typ er een" in panel.fault.value
    assert panel.view.categories == () and panel.add.value == ""
    panel.add.value = "qqq"
    assert "Bij &#x27;qqq&#x27; is geen nationaliteit met cijfers gevonden" in panel.fault.value
    panel.add.value = "Irak"
    assert panel.view.categories == ("Irak",) and panel.fault.value == ""


def test_what_was_chosen_comes_back(panel):
    """A measure without it shows its nearest, and says so."""
    panel.kind.value = "month"
    panel.add.value = "Syrië"
    panel.measure.value = "Positieve asielbeslissingen in eerste aanleg"
    assert panel.view.period == "2017-Q2"
    told = (
        "Over juni 2017 is geen cijfer van &#x27;Positieve asielbeslissingen in eerste aanleg: Syrië&#x27;; getoond: "
    )
    assert f"{told}het tweede kwartaal van 2017." in panel.fault.value
    panel.measure.value = "Eerste asielaanvragen"
    assert (panel.view.period, panel.view.categories, panel.fault.value) == ("2017-06", ("Syrië",), "")
    panel.measure.value = "Positieve asielbeslissingen in eerste aanleg"
    panel.period.value = "2016-Q4"
    panel.measure.value = "Eerste asielaanvragen"
    assert panel.view.period == "2016-Q4"  # a new choice goes before an old one


def test_a_field_that_does_nothing_is_off_and_says_why(panel):
    panel.measure.value = "Bezetting van de COA-opvang"
    assert panel.share_of.disabled and panel.share_of.options[0][0] == "(geen maat waarvan dit een deel is)"
    panel.by.value = ""
    assert panel.add.disabled and panel.add.placeholder == "(kies eerst een uitsplitsing)"
    panel.measure.value = "Uitstroom uit de LVV"
    assert panel.first.disabled and panel.last.disabled and panel.canvas.trend == ""
    if not panel.events.options:
        assert panel.events.disabled and panel.events.description.endswith("geen bij deze maat")


def test_a_notebook_keeps_a_small_picture_of_the_last_answer(panel):
    kept = []
    panel.when_kept(kept.append)
    panel.add.value = "Syrië"
    (html,) = kept
    assert html == panel.saved and html.startswith('<div class="keten keten-saved"')
    assert "Voer deze cel uit om verder te gaan." in html and "1.490" in html
    assert '<img src="data:image/svg+xml;base64,' in html and "<svg" not in html  # JupyterLab drops that of others
    assert len(html) < 50_000


def test_a_drawing_of_many_points_is_kept_whole():
    """Long lines make more text than a cell of a spreadsheet holds, which is no limit here."""
    points = "".join(f'<circle cx="{one}" cy="1" r="6" data-tip="januari 2017: {one}"/>' for one in range(1000))
    picture = f'<svg xmlns="http://www.w3.org/2000/svg">{points}<path d="M0,0L1,1"/></svg>'
    assert len(picture) > 40_000 and [one.tag[-4:] for one in drawing(picture)] == ["path"]


def test_a_panel_that_was_closed_leaves_nothing(panel):
    before = len(widgets.Widget._instance_registry) if hasattr(widgets.Widget, "_instance_registry") else 0
    panel.close()
    assert panel.box.comm is None and panel.canvas.comm is None
    assert before == 0 or len(widgets.Widget._instance_registry) < before


# -- the panel --


def test_the_panel_opens_on_the_parameters(panel):
    assert panel.view == View(FIRST, "2017-H1", by="nationality")
    assert panel.measure.value == "Eerste asielaanvragen"
    assert "1.490" in panel.table.value and "Eritrea" in panel.table.value


def test_choosing_a_nationality(panel):
    panel.add.value = "Syrië"
    assert panel.view.categories == ("Syrië",)
    assert panel.add.value == "" and "Syrië" not in panel.add.options
    assert [chip.description for chip in panel.chips.children] == ["Syrië ×"]
    assert "1.490" in panel.said.value and "Eritrea" not in panel.table.value
    assert "Reeks van verschillende uitgevers (UNHCR, CBS)" in panel.about.value and "Bron: " in panel.about.value
    panel.chips.children[0].click()
    assert panel.view.categories == ()


def test_choosing_a_group_and_another_breakdown(panel):
    panel.group.value = choices.SAFE
    assert "Albanië" in panel.view.categories
    panel.by.value = ""
    assert panel.view.categories == () and panel.add.disabled and panel.group.disabled


def test_choosing_periods(panel):
    assert [kind for _, kind in panel.kind.options] == ["month", "quarter", "half_year", "year", "span"]
    panel.kind.value = "month"
    assert panel.view.period == "2017-06"
    panel.period.value = "2015-10"
    panel.kind.value = "quarter"
    assert panel.view.period == "2015-Q4"
    panel.years.value = 1
    assert "4e kw 2014" in panel.table.value and "4e kw 2013" not in panel.table.value


def test_another_measure_keeps_what_it_can(panel):
    panel.kind.value = "month"
    panel.add.value = "Syrië"
    panel.measure.value = "Positieve asielbeslissingen in eerste aanleg"
    assert panel.view == View(GRANTS, "2017-Q2", by="nationality", categories=("Syrië",))
    panel.share_of.value = DECISIONS
    assert "%" in panel.table.value
    panel.measure.value = "Bezetting van de COA-opvang"
    assert (panel.view.by, panel.view.categories, panel.view.share_of) == ("", (), "")


def test_a_measure_without_figures_yet_gives_way(chain, monkeypatch):
    """The shelter figures of 2020 were not known in 2016: the notebook still runs, on another measure."""
    early = Workbook("2015-12", as_of="2016-06-30")
    made = Panel(early, ("lvv_outflow", "outcome"))
    assert made.view.measure != "lvv_outflow" and made.table.value


def test_an_empty_name_changes_nothing(panel):
    panel.measure.value = ""
    assert panel.measure.value == "Eerste asielaanvragen" and panel.fault.value == ""


def test_files_are_named_after_the_view(panel):
    panel.measure.value = "Uitstroom uit de LVV"
    panel.by.value = "outcome"
    name, (content,) = panel.canvas._makers["csv"].make()
    assert name == "uitstroom-uit-de-lvv-naar-uitkomst-2019-07-01_2020-10-31.csv"
    assert "terugkeer naar land van herkomst;50" in content.decode("utf-8-sig")
    assert panel.canvas._makers["png"].make()[1][0].startswith(b"\x89PNG")


def test_searching_a_measure_by_another_word(panel):
    panel.measure.value = "inwilligingen"
    assert "Bij &#x27;inwilligingen&#x27; horen: " in panel.fault.value and panel.view.measure == FIRST
    assert "Positieve asielbeslissingen in eerste aanleg" in panel.measure.options
    panel.measure.value = "Positieve asielbeslissingen in eerste aanleg"
    assert panel.view.measure == GRANTS and panel.fault.value == ""
    assert "Eerste asielaanvragen" in panel.measure.options
    panel.measure.value = "qqqzzz"
    assert "Er is geen maat gevonden bij 'qqqzzz'" in panel.fault.value.replace("&#x27;", "'")
    panel.measure.value = "<b>"
    assert "<b>" not in panel.fault.value


def test_what_was_known_on_a_day(panel):
    panel.as_of.value = date(2017, 8, 31)
    assert panel.view.as_of == "2017-08-31" and panel.fault.value == ""
    before = panel.table.value
    panel.as_of.value = date(2003, 1, 1)
    assert "Op 2003-01-01 waren er nog geen cijfers bekend" in panel.fault.value
    assert panel.as_of.value == date(2017, 8, 31) and panel.table.value == before


def test_a_click_on_a_nationality_filters_the_table(panel):
    panel.canvas.picked = "Eritrea"
    assert "Eritrea" in panel.table.value and "Syrië" not in panel.table.value
    assert "Eritrea: in " in panel.saved and "Syrië: in " not in panel.saved
    panel.canvas.picked = ""
    assert "Syrië" in panel.table.value


def test_brushing_a_stretch_of_time(panel):
    panel.add.value = "Syrië"
    panel.canvas.brush = ["2016-03", "2016-05"]
    assert (panel.first.value, panel.last.value) == ("2016-03", "2016-05")
    assert "maart tot en met mei 2016" in panel.window_table.value
    panel.last.value = "2016-06"
    assert "maart tot en met juni 2016" in panel.window_table.value
    panel.first.value = ""
    assert panel.window is None and panel.last.value == "" and panel.window_table.value == ""


def test_policy_measures_in_the_chart(panel):
    titles = [title for _, title in panel.events.options]
    panel.events.value = titles[-2:]
    assert all(escape(title) in panel.canvas.trend for title in titles[-2:])
    assert not any(escape(title) in panel.canvas.trend for title in titles[:-2])


def test_the_view_stays_when_the_cell_runs_again(panel, chain):
    panel.add.value = "Syrië"
    panel.period.value = "2016-H2"
    asked = (FIRST, "nationality")
    assert first_view(asked, chain) == Panel(chain, asked).view == panel.view
    assert first_view(asked, Workbook("2016-H1")) == replace(panel.view, period="2016-H1")
    assert first_view(asked, Workbook("2017-H1", nationality="Irak")).categories == ("Irak",)


def test_two_panels_of_one_notebook_keep_their_own_view(panel, chain):
    panel.add.value = "Syrië"
    other = Panel(chain, (GRANTS, ""))
    assert other.view == View(GRANTS, "2017-H1")
    other.years.value = 1
    panel.period.value = "2016-H2"
    assert Panel(chain, (FIRST, "nationality")).view == panel.view
    assert Panel(chain, (GRANTS, "")).view == other.view == View(GRANTS, "2017-H1", 1)


def test_a_panel_keeps_few_workbooks(panel):
    def alive() -> int:
        gc.collect()
        return sum(isinstance(one, Workbook) for one in gc.get_objects())

    before = alive()
    for _, period in panel.period.options[:8]:
        panel.period.value = period
    for years in range(6):
        panel.years.value = years
    panel.as_of.value = date(2017, 8, 31)
    assert panel.view.years == 5 and panel.view.as_of == "2017-08-31"
    assert alive() <= before + 3


def test_a_panel_shows_the_state_of_the_data_that_its_workbook_holds(tmp_path, monkeypatch):
    monkeypatch.setattr("keten.lab.state._latest", {})
    rows = [figure(period=year, value=value) for year, value in {"2016": "6021", "2017": "6022"}.items()]
    chain = Workbook("2017", data=small_data(tmp_path, rows))
    replace_once(chain.data / "published" / "figures.csv", "6022", "8044")
    panel = Panel(chain, ("asylum_inflow_total", ""))
    panel.period.value = "2016"
    panel.period.value = "2017"
    assert "6.022" in panel.table.value and "6.021" in panel.table.value
    newer = Panel(Workbook("2017", data=chain.data), ("asylum_inflow_total", ""))
    assert "8.044" in newer.table.value and "6.022" not in newer.table.value


def test_without_the_packages_for_widgets_a_sentence(chain, monkeypatch):
    monkeypatch.setattr(explore, "WIDGETS", ("een_pakket_dat_er_niet_is",))
    assert "pip install -c constraints.txt" in explore.panel(chain, FIRST).html


def test_hostile_names_stay_text(chain):
    compared = views.figures(chain, SYRIA).compared.assign(category="<img src=x onerror=alert(1)>")
    assert "<img" not in "".join(views.answer(chain, SYRIA, compared))


# -- freezing --


@pytest.mark.parametrize(
    "view",
    [
        SYRIA,
        View(FIRST, "2017-H1", by="nationality"),
        View(FIRST, "2017-06", 3),
        replace(SYRIA, measure=GRANTS, share_of=DECISIONS),
        replace(SYRIA, events=("Kamerbrief over verhoogde asielinstroom",)),
        View("lvv_outflow", "2019-07-01/2020-10-31", 1, by="outcome"),
    ],
)
def test_the_frozen_cell_shows_the_view(view):
    """The parameter lines and the cell, run as they stand, give the view's own numbers."""
    shown, found = [], {}
    names = {"display": lambda *parts: shown.extend(parts)}
    exec("from keten import Workbook, charts, tables\n" + views.parameter_lines(view), names, found)
    book = Workbook(found["period"], found["compare_years"], found["as_of"])
    exec(views.cell(book, view), {**names, "chain": book, "charts": found["charts"], "tables": found["tables"]})
    expected = views.figures(book, view).compared
    rows = [row for part in shown for row in part.figures if row["period"] == view.period]
    numbers = {row["value"] for row in rows}
    assert {round(value, 1) for value in expected[expected.period == view.period].value.dropna()} <= numbers


def test_no_measure_known_yet():
    with pytest.raises(KetenError, match="Op 2003-01-01 waren er nog geen cijfers bekend"):
        choices.widest(Workbook("2017-H1"), "2003-01-01")
