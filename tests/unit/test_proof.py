"""A page made by hand of a notebook that proves nothing says so: not run, failed, out of order, changed since."""

import copy

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from rich_notebook import edition, notebook, render  # noqa: F401  # fixtures

from keten.presentation.made import digest
from keten.presentation.mime import MADE
from keten.presentation.output import Output
from keten.reports import notebook as contents
from keten.reports import proof

PARAMETERS = 'period = "2017-06"\ncompare_years = 2\nrespondents = ""'
VALUES = {"period": "2017-06", "compare_years": 2, "respondents": ""}


def code(source: str, count: int | None, tag: str = "", **made) -> nbformat.NotebookNode:
    """A cell that ran, and showed something of ours with these parameters."""
    mark = {"cell": digest(source), "parameters": VALUES | made}
    shown = [new_output("display_data", {"text/html": "<p>5</p>", MADE: mark})] if count and not tag else []
    return new_code_cell(source, execution_count=count, outputs=shown, metadata={"tags": [tag]} if tag else {})


@pytest.fixture
def ran() -> nbformat.NotebookNode:
    """A notebook that was run from top to bottom."""
    cells = [
        new_markdown_cell("# Asiel"), code(PARAMETERS, 1, "parameters"), code("panel", 9, "verkennen"),
        new_markdown_cell("## Instroom"), code("show(1)", 2), new_code_cell("  \n"),
        new_markdown_cell("## Opvang"), code("show(2)", 3),
    ]  # fmt: skip
    return new_notebook(cells=cells)


def inject(report, source: str) -> None:
    report.cells.insert(2, code(source, 1, "injected-parameters"))
    report.cells[1].execution_count, report.cells[2].execution_count = 1, 2
    report.cells[5].execution_count, report.cells[8].execution_count = 3, 4
    report.metadata.papermill = {"parameters": {"period": "2017-H1"}}


def test_a_notebook_that_ran_from_top_to_bottom_is_not_doubted(ran):
    assert proof.doubt(ran) == ""
    page = BeautifulSoup(render(ran), "lxml")
    assert page.title.text == "Asiel" and not page.select(".unproved")


def not_run(report):
    report.cells[4].execution_count, report.cells[4].outputs = None, []


def outputs_without_a_run(report):
    report.cells[4].execution_count = None


def failed(report):
    report.cells[7].outputs = [new_output("error", ename="ValueError", evalue="x\ny.", traceback=[])]


def again_in_the_middle(report):
    report.cells[4].execution_count = 10


def parameters_run_later(report):
    report.cells[1].execution_count = 10


def run_twice_over(report):
    report.cells[4].execution_count = report.cells[7].execution_count = 3


def parameters_edited(report):
    report.cells[1].source = PARAMETERS.replace("2017-06", "2016-06")


def years_edited(report):
    report.cells[1].source = PARAMETERS.replace("= 2", "= 3")


def records_edited(report):
    report.cells[1].source = PARAMETERS.replace('respondents = ""', 'respondents = "/ergens/a.csv"')


def cell_edited(report):
    report.cells[4].source = "show(99)"


def mark_edited(report):
    report.cells[4].outputs[0].data[MADE] = ["x"]


def of_an_earlier_session(report):
    report.cells[7] = code("show(2)", 3, period="2016-06")


def injected_edited(report):
    inject(report, 'period = "2016-06"')


def injected_not_run(report):
    inject(report, 'period = "2017-06"')
    report.cells[2].execution_count = None


INSTROOM, OPVANG, ASIEL = 'onder "Instroom"', 'onder "Opvang"', 'onder "Asiel"'
CASES = {
    not_run: f"een cel {INSTROOM} is niet uitgevoerd",
    outputs_without_a_run: f"een cel {INSTROOM} is niet uitgevoerd",
    failed: f"de cel {OPVANG} gaf een fout (ValueError: x)",
    again_in_the_middle: f"een cel {OPVANG} is eerder uitgevoerd dan een cel erboven",
    parameters_run_later: f"een cel {INSTROOM} is eerder uitgevoerd dan een cel erboven",
    run_twice_over: f"een cel {OPVANG} is eerder uitgevoerd dan een cel erboven",
    parameters_edited: f"wat {INSTROOM} staat, is gemaakt met period = '2017-06'; het notebook zegt nu '2016-06'",
    years_edited: f"wat {INSTROOM} staat, is gemaakt met compare_years = 2; het notebook zegt nu 3",
    records_edited: f"wat {INSTROOM} staat, is gemaakt met respondents = ''; het notebook zegt nu 'a.csv'",
    cell_edited: f"wat {INSTROOM} staat, is gemaakt voordat de cel is gewijzigd",
    mark_edited: f"wat {INSTROOM} staat, is gemaakt voordat de cel is gewijzigd",
    of_an_earlier_session: f"wat {OPVANG} staat, is gemaakt met period = '2016-06'; het notebook zegt nu '2017-06'",
    injected_edited: f"wat {INSTROOM} staat, is gemaakt met period = '2017-06'; het notebook zegt nu '2016-06'",
    injected_not_run: f"een cel {ASIEL} is niet uitgevoerd",
}


@pytest.mark.parametrize("change", CASES, ids=lambda change: change.__name__)
def test_what_is_not_proved_stands_under_an_unmistakable_banner(ran, change):
    change(ran)
    assert proof.doubt(ran) == CASES[change]
    page = BeautifulSoup(render(ran), "lxml")
    assert page.title.text == "GEEN RAPPORT: Asiel"
    assert '"GEEN RAPPORT\\00003a Asiel"' in str(page)  # on every page in print
    (banner,) = page.select("header > p.unproved")
    assert CASES[change] in banner.text and page.header.find("p") is banner
    assert banner.text.endswith(f". {proof.RUN_AGAIN}")


def test_a_notebook_as_it_is_committed_gives_no_report(repository):
    report = nbformat.read(repository / "notebooks" / "4_toezicht.ipynb", as_version=4)
    assert proof.doubt(report) == 'een cel onder "Toezicht" is niet uitgevoerd'


def test_what_the_cells_say_goes_before_what_papermill_noted(ran):
    inject(ran, 'period = "2016-06"')
    assert contents.given(ran) == {"period": "2016-06", "compare_years": 2, "respondents": ""}


def test_an_output_says_by_which_cell_and_with_which_parameters_it_was_made(monkeypatch):
    class History:
        input_hist_raw = ("", "period = 1", "show(1)\n")

    class Shell:
        history_manager = History

        def __init__(self):
            self.user_ns = dict(VALUES, respondents="/ergens/a.csv", nationality=object(), geheim="x")

    assert MADE not in Output("<p>x</p>")._repr_mimebundle_()
    monkeypatch.setattr("IPython.get_ipython", Shell)
    (made,) = [data for kind, data in Output("<p>x</p>")._repr_mimebundle_().items() if kind == MADE]
    assert made == {"cell": digest("show(1)"), "parameters": VALUES | {"respondents": "a.csv"}}


# -- what a run published -----------------------------------------------------------------------------------


@pytest.fixture
def published(ran) -> nbformat.NotebookNode:
    """As a run leaves it, with numbers and texts that JupyterLab writes in another way."""
    data = {"application/vnd.keten.figures+json": {"figures": [{"value": 5.0, "note": ["a", "b"]}]}}
    ran.cells[7].outputs.append(new_output("display_data", data | {"text/html": "<p>a</p>\n<p>b</p>"}))
    ran.metadata.keten = {"edition": "2017-06", "label": "juni 2017", "run": "1", "commit": "", "contact": ""}
    ran.metadata.keten[proof.SEAL] = proof.seal(ran)
    return ran


def test_a_published_notebook_stays_proved_when_jupyterlab_saves_it(published):
    text = nbformat.writes(published)
    assert text.count("5.0") == 1
    text = text.replace("5.0", "5")  # as JavaScript writes numbers
    saved = nbformat.reads(text, as_version=4)
    for cell in saved.cells:
        cell.metadata["trusted"] = True
    saved.metadata["toc"] = {}
    assert proof.doubt(published) == proof.doubt(saved) == ""


@pytest.mark.parametrize("change", ["number", "text", "label", "heading", "run again"])
def test_a_published_notebook_that_was_changed_is_no_report(published, change):
    changed = copy.deepcopy(published)
    match change:
        case "number":
            changed.cells[7].outputs[1].data["application/vnd.keten.figures+json"]["figures"][0]["value"] = 6.0
        case "text":
            changed.cells[7].outputs[1].data["text/html"] = "<p>anders</p>"
        case "label":
            changed.metadata.keten.label = "mei 2017"
        case "heading":
            changed.cells[6].source = "## Iets anders"
        case "run again":
            changed.cells[7].execution_count = 30
    assert proof.doubt(published) == ""
    assert proof.doubt(changed) == "het notebook is gewijzigd nadat de run het had geschreven"
    assert proof.remedy(changed) == proof.TAKE_AGAIN
    assert "Neem het notebook opnieuw uit de uitgave" in BeautifulSoup(render(changed), "html.parser").header.text


def test_the_rich_notebook_is_proved(notebook, edition):  # noqa: F811
    """So that what other tests see of its page is that of a report."""
    assert proof.doubt(notebook) == proof.doubt(edition) == ""
