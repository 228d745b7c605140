"""Throw-away notebooks for the tests of the run."""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

PARAMETERS = 'period = "2017-06"\ncompare_years = 2\nnationality = ""\nas_of = ""\ncode = "007"\nrespondents = ""'

SHOW = """
from IPython.display import display

def show(value, label="Eerste aanvragen", dimensions=""):
    figure = {"measure": "asylum_first_applications", "label": label, "dimensions": dimensions,
              "period": period, "value": value, "unit": "count", "status": "exact", "source": "bron",
              "as_of": "2017-07-01"}
    key = {"label": label, "value": str(value), "period": "juni 2017", "change": "+5%"}
    display({
        "text/html": f"<p>{label}: {value} ({code})</p>",
        "application/vnd.keten.figures+json": {"figures": [figure]},
        "application/vnd.keten.keyfigures+json": {"keyfigures": [key]},
    }, raw=True)
"""


def write(folder: Path, stem: str, *code: str, tags: tuple[str, ...] = (), parameters: str = PARAMETERS) -> Path:
    """Write a notebook with a title, parameters and one section per piece of code; returns its path."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(metadata={"kernelspec": kernel, "keten_report": stem})
    first = new_code_cell(parameters, metadata={"tags": ["parameters"]})
    notebook.cells = [new_markdown_cell(f"# Rapport {stem}"), first]
    for number, piece in enumerate(code, 1):
        cell = new_code_cell(piece, metadata={"tags": list(tags)} if tags else {})
        notebook.cells += [new_markdown_cell(f"## Deel {number}"), cell]
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{stem}-{number}"
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / f"{stem}.ipynb")
    return folder / f"{stem}.ipynb"


def good(folder: Path, stem: str, *values: int) -> Path:
    """A notebook that shows one figure per value, each in a section of its own."""
    return write(folder, stem, *[f"{SHOW if not n else ''}\nshow({value})" for n, value in enumerate(values)])
