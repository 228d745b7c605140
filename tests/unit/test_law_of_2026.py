"""The procedures of 12 June 2026: named as not yet published, and never compared with what was there before."""

import pytest
from helpers_data import figure, published, small_data, tree

from keten import Workbook
from keten.errors import KetenError
from keten.presentation.changes import changes_of
from keten.sections import provenance

BEGUN = ["asylum_status_refugee", "responsibility_requests_out"]


def said(chain: Workbook) -> str:
    return "".join(tree(provenance.gaps(chain, begun=BEGUN).html).itertext())


def test_a_count_that_has_begun_is_named_until_there_is_a_figure(tmp_path):
    text = said(published("2026-06"))
    assert (
        "Verleende vluchtelingenstatus (tweestatusstelsel): geteld vanaf 12 juni 2026, nog niet gepubliceerd." in text
    )
    assert "(AMMR): geteld vanaf 12 juni 2026" in text
    assert "12 juni 2026" not in said(published("2025"))
    data = small_data(
        tmp_path, [figure(measure="asylum_status_refugee", period="2026-07", unit="decisions", value="10")]
    )
    assert "tweestatusstelsel" not in said(Workbook("2026-07", data=data))


@pytest.mark.parametrize(
    ("measure", "unit"), [("asylum_recognition_rate", "percent"), ("asylum_first_decisions", "decisions")]
)
def test_nothing_is_compared_across_the_day_on_which_the_procedures_changed(tmp_path, measure, unit):
    rows = [figure(measure=measure, unit=unit, value=value, period=month) for month, value in MONTHS]
    table = Workbook("2026-07", 1, data=small_data(tmp_path, rows)).compare(measure)
    (change,) = changes_of(table).itertuples()
    assert change.change.absolute is None and "Asiel- en migratiepact" in table.reason.iloc[0]


@pytest.mark.parametrize("measure", ["dublin_transfers_out", "asylum_procedure_decisions", "asylum_procedure_pending"])
def test_what_ended_with_the_law_has_no_figure_after_it(tmp_path, measure):
    unit = {"dublin_transfers_out": "persons", "asylum_procedure_decisions": "decisions"}.get(measure, "applications")
    rows = [figure(measure=measure, unit=unit, period="2026-07-31" if unit == "applications" else "2026-07")]
    with pytest.raises(KetenError, match=rf"{measure} bestaat niet over 2026-07"):
        Workbook("2026-07", data=small_data(tmp_path, rows))


MONTHS = [("2025-07", "30"), ("2026-07", "40")]
