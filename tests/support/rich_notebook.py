"""An executed notebook with everything that a report has to deal with, and its page."""

import copy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from keten.reports.render.exporter import ReportExporter

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" role="img" aria-label="Staaf" class="keten-chart">'
    "<rect/></svg>"
)
HOSTILE = '"]}</style></title><script>document.title="mis"</script>'


def shown(**bundle) -> nbformat.NotebookNode:
    """An output with the data of one display; `html=` stands for text/html, `notices=` for a type of our own."""
    kinds = {"html": "text/html", "plain": "text/plain", "markdown": "text/markdown"}
    own = "application/vnd.keten.{}+json"
    data = {kinds.get(kind, own.format(kind)): value for kind, value in bundle.items()}
    return new_output("display_data", data)


def table(columns: int) -> str:
    """A figure with a table of one row of long numbers."""
    heads = "".join(f"<th scope='col' class='number'>kop {number}</th>" for number in range(columns))
    cells = "".join(f"<td class='number'>{number:09d}</td>" for number in range(columns))
    grid = f"<table><thead><tr>{heads}</tr></thead><tbody><tr>{cells}</tr></tbody></table>"
    return f'<figure class="table"><div class="scroll" tabindex="0" role="region">{grid}</div></figure>'


def executed(report: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook with its cells numbered as if they had run, one after another."""
    code = [cell for cell in report.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, 1):
        cell.execution_count = number
    return report


def figure(measure: str, status: str, dimensions: str = "") -> dict:
    """A row of figures.csv."""
    return {"measure": measure, "dimensions": dimensions, "period": "2017-06", "status": status}


@pytest.fixture(scope="module")
def notebook() -> nbformat.NotebookNode:
    """An executed notebook with everything that a report has to deal with."""
    report = new_notebook()
    parameters = 'period = "2017-06"\nnationality = ""\nrespondents = ""'
    report.cells = [
        new_markdown_cell("# Asiel & opvang"),
        new_code_cell(parameters, metadata={"tags": ["parameters"]}),
        new_code_cell(
            'period = "2017-H1"\nrespondents = "/Users/iemand/a.csv"', metadata={"tags": ["injected-parameters"]}
        ),
        new_code_cell("import geheim", outputs=[shown(html="<p>juni 2017</p>", plain="<object>")]),
        new_markdown_cell("## Instroom *per* maand\n\nKosten $5 en $6, zie [bron](https://example.org/a)."),
        new_code_cell(
            "print(1)",
            outputs=[
                new_output("stream", name="stdout", text="op stdout"),
                new_output("stream", name="stderr", text="op stderr"),
                shown(
                    html=f'<figure class="chart"><div class="scroll" tabindex="0">{SVG}</div>'
                    '<details class="behind"><summary>Cijfers</summary><p>tabel</p></details>'
                    '<details><summary>Maatregelen</summary><ol class="events"><li>een</li></ol></details></figure>'
                ),
                shown(plain="<b>5</b>"),
            ],
        ),
        new_markdown_cell("## Instroom per maand\n\n### Tabel"),
        new_code_cell("tabel", outputs=[shown(html=table(9)), shown(html=table(20))]),
        new_code_cell("w", metadata={"tags": ["verkennen"]}, outputs=[shown(html="<p>alleen in het lab</p>")]),
        new_code_cell("x", outputs=[shown(html='<script src="https://example.org/x.js"></script>')]),
        new_code_cell("y", outputs=[shown(html='<img src="https://example.org/y.png" alt="">')]),
        new_code_cell("z", outputs=[shown(html="<script>document.title = 'mis'</script>")]),
    ]
    report.metadata.papermill = {"parameters": {"period": "2017-H1", "respondents": "/Users/iemand/a.csv"}}
    return executed(report)


@pytest.fixture(scope="module")
def edition(notebook) -> nbformat.NotebookNode:
    """The same notebook as `keten run` leaves it, with all that its page can tell."""
    report = copy.deepcopy(notebook)
    rows = [
        figure("aanvragen", "provisional"),
        figure("aanvragen", "provisional"),  # the same figure in another place
        figure("aanvragen", "provisional", "statistic=change_percent"),
        figure("nareis", "provisional", "nationality=Syrië"),
        figure("opvang", "exact"),
    ]
    notices = {"samples": ["De respondenten zijn verzonnen."], "licences": ["CC BY 4.0", "CC0 <1.0>"]}
    report.cells += [
        new_code_cell("f", outputs=[shown(html="<p>cijfers</p>", figures={"figures": rows}, notices=notices)]),
        new_code_cell("g", outputs=[shown(html="<p>gat</p>", notices={"gaps": ["Leeg"]} | notices)]),
        new_markdown_cell("## Wat ontbreekt"),
        new_code_cell("h", outputs=[shown(html="<p>gat</p>", notices={"gaps": ["Leeg"]})]),
        new_markdown_cell("## Begrippen"),
        new_code_cell("b", outputs=[shown(html='<dl><div id="begrip-aanvragen"><dt>Aanvragen</dt></div></dl>')]),
    ]
    figures = [
        {
            "label": label, "measure": measure, "unit": "percent", "change": "+5%",
            "now": {"text": "45,3%", "number": 45.3, "period": "juni 2017"},
            "before": {"text": before, "number": number, "period": "eerste kwartaal 2017"},
        }
        for label, measure, before, number in [("Aanvragen", "aanvragen", "1.234.567,5", 1234567.5),
                                               ("Nareis <a>", "nareis", "geen cijfer", None)]
    ]  # fmt: skip
    revised = {"label": "Nareis", "measure": "nareis", "period": "maart 2017", "unit": "person",
               "old": {"text": "12", "number": 12.0}, "new": {"text": "15", "number": 15.0}}  # fmt: skip
    report.metadata.keten = {
        "edition": "2017-H1", "label": "eerste helft van 2017", "run": "0123456789ab", "commit": "abcdef0" + "1" * 33,
        "clean": False, "contact": "cijfers@example.org",
        "changes": {"previous": {"edition": "2016-H2", "label": "tweede helft van 2016", "key_figures": figures},
                    "revised": {"figures": [revised]}},
    }  # fmt: skip
    return executed(nbformat.from_dict(report))


def render(report: nbformat.NotebookNode) -> str:
    """The page as `keten run` makes it."""
    return ReportExporter().from_notebook_node(report, {"metadata": {"name": "2_asiel"}})[0]
