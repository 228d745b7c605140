"""What a source says of a figure and what the workbook remarks on it are two things, and are shown as two."""

import re

import pandas as pd
import pytest
from helpers_data import figure, small_data, tree, whole

from keten import Workbook
from keten.model.figures import added_up, figures_of
from keten.model.own_data import OF_FIGURES, read_tables
from keten.observations.vintages import UNFINISHED, WITHDRAWN, notes_apart
from keten.paths import REPOSITORY_DATA
from keten.presentation import tables
from keten.reports.render.annex import book_of

INFLOW = "asylum_inflow_total"
OURS = re.compile(
    r"tweedehands|kopie|zie vorige|gecodeerd|afgeleid|onderscheid|ander onderzoek|\bbron (noemt|zegt|schrijft|laat)|"
    r"\b(niet|exact) genoemd|twijfel|let op|kennelijk|fragment|artikel (gedateerd|zelf|uit)|"
    r"noemt (een|ook|circa|\d)|COA-site|overgenomen",
    re.IGNORECASE,
)
"""Words of the compiler on how a figure was read, and on other sources."""


@pytest.fixture
def chain(tmp_path) -> Workbook:
    cells = {"note": "editie juni 2018", "editor_note": "RVK 2017 noemt 31.300"}
    return Workbook("2017", compare_years=0, data=small_data(tmp_path, [figure(**cells)]))


@pytest.mark.parametrize("name", OF_FIGURES)
def test_no_note_of_a_source_holds_a_remark_of_ours(name):
    table = read_tables(REPOSITORY_DATA, "published").tables[name]
    wrong = [note for note in table.note.unique() if OURS.search(note)]
    assert wrong == []
    assert table.editor_note.map(bool).any()


def test_no_note_only_repeats_what_the_measure_is_called():
    labels = read_tables(REPOSITORY_DATA, "catalogue").tables["measures"].set_index("measure").label
    for name in OF_FIGURES:
        table = read_tables(REPOSITORY_DATA, "published").tables[name]
        assert not (table.note.str.casefold() == table.measure.map(labels).str.casefold()).any()


def test_only_the_note_of_the_source_stands_as_its_explanation(chain):
    shown = tables.single([chain.value(INFLOW)], "Instroom", chain)
    assert whole(shown)[-1][-1] == "editie juni 2018"


def test_the_remark_of_the_workbook_stands_with_the_origin_on_request(chain):
    shown = tables.single([chain.value(INFLOW)], "Instroom", chain)
    terms = {term.text: "".join(words.itertext()) for term, words in pairs(shown.html)}
    assert terms["Opmerking van het werkboek"] == "RVK 2017 noemt 31.300"
    without = tables.single([chain.value(INFLOW).assign(editor_note="")], "Instroom", chain)
    assert "Opmerking van het werkboek" not in {term.text for term, _ in pairs(without.html)}


def pairs(html: str) -> list[tuple]:
    """The terms of the origins with their words."""
    return [tuple(line) for line in tree(html).iter("div") if [tag.tag for tag in line] == ["dt", "dd"]]


def test_the_annex_has_the_remark_in_a_column_of_its_own(chain):
    shown = tables.single([chain.value(INFLOW)], "Instroom", chain)
    output = {"data": shown._repr_mimebundle_()}
    cell = {"cell_type": "code", "source": "", "metadata": {}, "outputs": [output]}
    book = book_of({"cells": [cell], "metadata": {}}, "proef")
    (origin,) = [sheet for sheet in book.sheets if sheet.name == "Herkomst"]
    heads = [column.name for column in origin.columns]
    assert origin.rows[0][heads.index("Opmerking van het werkboek")] == "RVK 2017 noemt 31.300"


def test_a_sum_has_the_remarks_on_all_its_parts_once(chain):
    (one,) = figures_of(chain.value(INFLOW))
    other = figures_of(chain.value(INFLOW).assign(editor_note="RVK 2017 noemt 31.300; nog iets"))[0]
    assert added_up([one, other, one]).editor_note == "RVK 2017 noemt 31.300; nog iets"


def test_notes_of_live_sources_are_told_apart_too():
    notes = pd.Series(["", WITHDRAWN, UNFINISHED, f"voorlopig volgens de bron; {UNFINISHED}"])
    apart = notes_apart(notes)
    assert apart["note"].tolist() == ["", "", "", "voorlopig volgens de bron"]
    assert apart["editor_note"].tolist() == ["", WITHDRAWN, UNFINISHED, UNFINISHED]
