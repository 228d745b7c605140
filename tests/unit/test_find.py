"""`chain.find` and `chain.describe`: the right measure first, the truth about what there is, text that stays text."""

import itertools
import json
import os
import subprocess
import sys
from functools import cache

import pandas as pd
import pytest
from helpers_data import REPOSITORY_DATA, figure, links, monthly, published, replace_once, rows_of, small_data, tree

from keten import Workbook
from keten.errors import KetenError
from keten.model.periods import Period
from keten.observations.availability import coverage, publishers

FIRST = "asylum_first_applications"


@cache
def chain() -> Workbook:
    return published("2017-06")


def found(words: str) -> list[str]:
    return list(chain().find(words).table.measure)


def heads(html: str) -> list[str]:
    return ["".join(p.itertext()) for p in tree(html).iter("p") if p.get("class") == "title"]


def under(html: str, head: str) -> list[str]:
    """The items of the list under a head; none when it is not there."""
    parts = list(tree(html)[0])
    for part, following in itertools.pairwise(parts):
        if part.get("class") == "title" and "".join(part.itertext()).startswith(head):
            return ["".join(item.itertext()) for item in following]
    return []


# Finding


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("eerste asielaanvragen", FIRST),
        ("asielaanvragen eerste", FIRST),
        ("EERSTE  Asielaanvragen!", FIRST),
        ("first asylum applications", FIRST),
        ("asylum_first_applications", FIRST),
        ("nareis", "asylum_family_reunification"),
        ("toegangsweigeringen grens", "border_refusals"),
        ("geweigerd aan de grens", "border_refusals"),
        ("bezetting opvang", "coa_occupancy"),
        ("instroom vreemdelingenbewaring", "detention_inflow"),
        ("inwilligingspercentage asiel", "asylum_recognition_rate"),
        ("schengenvisum", "schengen_visas_issued"),
        ("Financiële rijksbijdrage lvv", "lvv_budget"),
    ],
)
def test_the_measure_that_is_meant_comes_first(words, first):
    assert found(words)[0] == first


@pytest.mark.parametrize("words", ["bewaring", "detentie", "detention", "vreemdelingendetentie"])
def test_related_words_and_both_languages_find_the_same_subject(words):
    assert {"detention_inflow", "detention_occupancy", "detention_departures"} <= set(found(words))


@pytest.mark.parametrize(("typed", "meant"), [("bewarign", "bewaring"), ("toegangswijgering", "toegangsweigering")])
def test_a_typing_mistake_is_forgiven_and_told(typed, meant):
    answer = chain().find(typed)
    assert set(answer.table.measure) & set(found(meant))
    assert f"'{typed}' is gelezen als" in answer.text and "is gelezen als" in answer.html


def test_every_word_counts():
    assert set(found("minderjarigen opvang")) <= set(found("minderjarigen")) & set(found("opvang"))
    answer = chain().find("opvang xqzxqz")
    assert list(answer.table.measure) == found("opvang") and "'xqzxqz' komt in geen maat voor" in answer.text


def test_a_category_finds_the_measures_that_have_it():
    assert FIRST in found("Syrië") and FIRST in found("evacués")
    for measure in found("evacués"):
        rows = published("2026-07").observations.query("measure == @measure")
        about = chain().catalogue.measure(measure)
        assert rows.category.str.contains("evacu").any() or "evacu" in f"{about.label} {about.definition}".lower()


def test_nothing_found_names_what_is_near():
    answer = chain().find("opzwanger")
    assert answer.table.empty and "Er is geen maat gevonden bij 'opzwanger'" in answer.text
    assert "lijken: " in answer.text and answer.text.split("lijken: ")[1].split(".")[0]
    assert list(chain().find("xqzxqz").table.columns) == list(chain().find("opvang").table.columns)


def test_without_words_all_measures_are_there():
    table = chain().find().table
    assert sorted(table.measure) == sorted(chain().catalogue.measures.index)
    assert "Niet getoond" in chain().find().html


def test_only_words_can_be_looked_for():
    with pytest.raises(KetenError, match="2017 is geen tekst"):
        chain().find(2017)


def test_the_table_says_what_there_is():
    answer = chain().find("eerste asielaanvragen")
    row = answer.table.set_index("measure").loc[FIRST]
    every = published("2026-07").observations.query("measure == @FIRST and value.notna()")
    assert row.figures == len(every) and "nationality" in row.dimensions
    assert Period.parse(row["first"]).start == every.start.min().date()
    assert Period.parse(row["last"]).end == every.end.max().date()
    shown = next(cells for cells in rows_of(answer.html) if cells[1] == FIRST)
    assert shown[:4] == ["Eerste asielaanvragen", FIRST, "aanvragen (stroom)", "2_asiel"]


def test_a_measure_without_figures_says_so():
    answer = chain().find("bevolking")
    row = answer.table.set_index("measure").loc["population"]
    assert (row["first"], row["last"], row.figures) == ("", "", 0)
    assert "geen cijfers" in next(cells for cells in rows_of(answer.html) if cells[1] == "population")


def test_what_was_not_known_yet_is_not_there():
    then = published("2017-06", as_of="2017-07-31").find("eerste asielaanvragen").table.set_index("measure").loc[FIRST]
    now = chain().find("eerste asielaanvragen").table.set_index("measure").loc[FIRST]
    assert Period.parse(then["last"]).end <= Period.parse("2017-07").end < Period.parse(now["last"]).end
    assert then.figures < now.figures


# Describing


def test_a_description_has_meaning_kind_and_how_to_ask():
    answer = chain().describe(FIRST)
    about = chain().catalogue.measure(FIRST)
    assert heads(answer.html)[0] == "Eerste asielaanvragen"
    for words in (about.definition, about.label_en, "aanvragen", "stroom (telt over een periode)", "2_asiel"):
        assert words in "".join(tree(answer.html).itertext()) and words in answer.text


@pytest.mark.parametrize("measure", [FIRST, "coa_occupancy", "lvv_outflow", "asylum_recognition_rate"])
def test_the_code_that_it_shows_gives_figures(measure):
    lines = under(chain().describe(measure).html, "Zo vraagt u de cijfers op")
    assert lines
    latest = published("2026-07")
    for line in lines:
        assert eval(line, {"chain": latest}).value.notna().any(), line


def test_coverage_agrees_with_the_series():
    table = chain().describe(FIRST).table.set_index(["dimension", "kind"])
    months = published("2026-07").series(FIRST, kind="month")
    row = table.loc[("", "month")]
    assert row.figures == months.value.notna().sum()
    known = months.dropna(subset="value").period
    assert (row["first"], row["last"]) == (known.iloc[0], known.iloc[-1])
    assert row.gaps == list(months[months.value.isna()].period)


def test_gaps_and_hidden_figures_are_counted_not_filled(tmp_path):
    rows = monthly(1, ["5", "6", "", "8", "", "10"])
    rows[2] |= {"status": "suppressed"}
    rows = [row for n, row in enumerate(rows) if n != 4]
    row = Workbook("2017", data=small_data(tmp_path, rows)).describe("asylum_inflow_total").table.iloc[0]
    assert (row.figures, row.suppressed, row.gaps) == (4, 1, ["2017-03", "2017-05"])


def test_a_change_of_publisher_is_told(tmp_path):
    rows = [figure(period=str(year), value="10", organisation="IND" if year < 2016 else "CBS") for year in (2014, 2015)]
    rows += [figure(period="2016", value="10", organisation="CBS", source="cbs-83102-q1-2019")]
    data = small_data(tmp_path, rows)
    sources = (data / "published" / "sources.csv").read_text(encoding="utf-8").splitlines()
    cbs = next(line.split(",")[0] for line in sources if line.lower().startswith("cbs"))
    text = (data / "published" / "figures.csv").read_text(encoding="utf-8")
    (data / "published" / "figures.csv").write_text(text.replace("cbs-83102-q1-2019", cbs), encoding="utf-8")
    with (data / "catalogue" / "precedence.csv").open("a", encoding="utf-8") as file:
        file.write("asylum_inflow_total,,year,,,2015,1,IND,,eerst\nasylum_inflow_total,,year,,2016,,1,CBS,,daarna\n")
    html = Workbook("2016", data=data).describe("asylum_inflow_total").html
    assert under(html, "Reeks van verschillende") == ["Per jaar: IND (2014 tot en met 2015) en daarna CBS (2016)."]


def test_one_publisher_is_no_break():
    rows = published("2026-07").observations.query("measure == 'asylum_inflow_total' and chosen")
    alone = rows[rows.organisation == rows.organisation.iloc[0]]
    assert publishers(alone) == [] and not coverage(alone).empty


def test_breaks_that_are_known_are_told():
    html = chain().describe(FIRST).html
    policy = under(html, "Breuken in reeksen van 2_asiel")
    assert len(policy) == 1 and policy[0].startswith("31 maart 2014: ") and "breuk in de reeks" in policy[0]
    assert "CBS: vanaf 2016 incl. relocatie" in under(html, "Waarschuwingen van de bronnen")
    assert any("afgerond op vijftallen" in words for words in under(html, "Afronding en status"))
    before = published("2013-06", as_of="2014-02-01").describe(FIRST).html
    assert under(before, "Breuken in reeksen") == []


def test_sources_stand_there_with_link_and_licence():
    answer = chain().describe("schengen_visas_issued")
    used = published("2026-07").observations.query("measure == 'schengen_visas_issued' and chosen")
    assert set(used.source_title) == set(links(answer.html)) & set(used.source_title)
    rows = rows_of(answer.html)
    assert ["Titel", "Uitgever", "Gepubliceerd", "Licentie", "Cijfers"] in rows


def test_later_figures_are_announced_not_shown():
    assert "tot en met 30 juni 2017" in under(chain().describe(FIRST).html, "Let op")[0]
    assert under(published("2026-07").describe(FIRST).html, "Let op") == []


def test_a_measure_without_any_figure_is_described_as_such():
    answer = chain().describe("population")
    assert answer.table.empty and "Van deze maat zijn er geen cijfers" in answer.text
    assert "Zo vraagt u" not in answer.text


@pytest.mark.parametrize("name", [FIRST, "Eerste asielaanvragen", "eerste ASIELAANVRAGEN", "First asylum applications"])
def test_a_name_is_as_good_as_an_id(name):
    assert chain().describe(name).text == chain().describe(FIRST).text


@pytest.mark.parametrize(
    ("name", "hint"), [("asylum_first_aplications", FIRST), ("Eerste asielanvragen", "Eerste asielaanvragen"), (7, "")]
)
def test_an_unknown_name_gets_the_nearest(name, hint):
    with pytest.raises(KetenError, match=f"Er is geen maat '{name}'.*{hint}"):
        chain().describe(name)


def test_text_from_the_data_stays_text(tmp_path):
    rows = [figure(note="let op <script>alert(1)</script>", period="2017")]
    data = small_data(tmp_path, rows)
    replace_once(data / "catalogue" / "measures.csv", "Totale asielinstroom,Total", "<b>Totale</b> asielinstroom,Total")
    book = Workbook("2017", data=data)
    for html in (
        book.describe("asylum_inflow_total").html,
        book.find("asielinstroom").html,
        book.find("<i>x</i>").html,
    ):
        assert not {element.tag for element in tree(html).iter()} & {"script", "b", "i"}
    assert "<script>" in book.describe("asylum_inflow_total").text


def test_questions_do_not_count_as_figures_of_the_report():
    book = Workbook("2017-06")
    book.find("bewaring")
    book.describe(FIRST)
    assert book.used_figures().empty and book.used_measures() == []


# Objects that show themselves


def test_a_workbook_shows_its_choices():
    book = Workbook("2017-H1", compare_years=1, as_of="2018-01-31", nationality="SYR")
    terms = [
        [part.text for part in pair] for pair in tree(book._repr_html_()).iter("div") if pair.find("dt") is not None
    ]
    shown = {term: words for term, words in (pair for pair in terms if len(pair) == 2)}
    assert shown["Periode"] == "eerste helft 2017 (2017-H1)"
    assert shown["Vergeleken met"] == "eerste helft 2016"
    assert shown["Stand van de gegevens"] == "zoals bekend op 31 januari 2018"
    assert shown["Nationaliteit in beeld"] == "Syrië"
    seen = book.observations[book.observations.value.notna()].measure.nunique()
    assert shown["Maten met cijfers"] == f"{seen} van de {len(book.catalogue.measures)}"
    assert repr(book) == "Workbook('2017-H1', 1, '2018-01-31', 'Syrië')"
    assert repr(eval(repr(book))) == repr(book)


@pytest.mark.parametrize("text", ["2017-06", "2017-Q2", "2017", "2017-12-31", "2017-01-01/2017-05-20"])
def test_a_period_shows_itself(text):
    period = Period.parse(text)
    assert eval(repr(period)) == period and repr(period) == f"Period.parse('{text}')"
    assert period.label in "".join(tree(period._repr_html_()).itertext())


def test_answers_show_as_html_and_as_text():
    answer = chain().find("bewaring")
    assert answer.html in answer._repr_mimebundle_()["text/html"]
    assert repr(answer) == answer.text and isinstance(answer.table, pd.DataFrame)


# Completion by tab

ASK_SHELL = """
import json, sys
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from keten import Workbook, charts

shell = InteractiveShell(user_ns={"chain": Workbook("2017-06"), "charts": charts})
offered = {}
for jedi in (False, True):
    shell.Completer.use_jedi = jedi
    for code in json.loads(sys.argv[1]):
        with provisionalcompleter():
            found = [one.text.lstrip(".") for one in shell.Completer.completions(code, len(code))]
        offered.setdefault(code, []).append(found)
print(json.dumps(offered))
"""


@pytest.fixture(scope="module")
def offered(tmp_path_factory):
    """What the tab key offers after a piece of code, by IPython's own completer and with jedi."""
    codes = ["chain.", "chain.series(", "chain.describe(", "from keten import ", "charts.tr"]
    done = subprocess.run(
        [sys.executable, "-c", ASK_SHELL, json.dumps(codes)],
        env={**os.environ, "IPYTHONDIR": str(tmp_path_factory.mktemp("ipython"))},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("chain.", ["compare", "describe", "find", "period", "series", "top", "value"]),
        ("chain.series(", ["measure=", "by=", "only=", "kind=", "years="]),
        ("chain.describe(", ["measure="]),
        ("from keten import ", ["Workbook", "KetenError", "charts", "tables", "summary", "provenance"]),
        ("charts.tr", ["trend"]),
    ],
)
def test_tab_offers_what_there_is(offered, code, wanted):
    for names in offered[code]:
        assert set(wanted) <= set(names)


def test_tab_offers_nothing_private(offered):
    assert not [name for names in offered["chain."] for name in names if name.startswith("_")]


def test_the_data_are_the_project_s_own():
    assert chain().data == REPOSITORY_DATA
