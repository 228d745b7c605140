"""Whether an executed notebook proves what it shows: every cell ran, in order, without a fault, on its own parameters.

For a run, which fails a notebook that does not, and for a page that somebody makes of a notebook by hand.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from keten.model.parameters import without_folder
from keten.presentation.made import digest
from keten.presentation.mime import MADE
from keten.reports import notebook as contents
from keten.reports.notebook import LAB_ONLY, source, tags

RUN_AGAIN = "Kies in JupyterLab Kernel herstarten en Alle cellen uitvoeren, en exporteer daarna opnieuw."
TAKE_AGAIN = "Neem het notebook opnieuw uit de uitgave, of maak een rapport van het notebook in de map notebooks."
SEAL = "seal"  # in what a run writes in the metadata of a notebook that it publishes


@dataclass(frozen=True)
class Fault:
    """Why a notebook proves nothing: the cell, and a Dutch clause without capital and full stop."""

    index: int
    words: str


def code_cells(content: Mapping[str, Any]) -> Iterator[tuple[int, Any]]:
    """Index and cell of everything that has to run: code, but for what only serves an analyst in JupyterLab."""
    for index, cell in enumerate(content["cells"]):
        if cell["cell_type"] == "code" and LAB_ONLY not in tags(cell) and source(cell).strip():
            yield index, cell


def fault(content: Any, asked: Mapping[str, Any]) -> Fault | None:
    """The first thing that a notebook does not prove; None when all is well. `asked`: the parameters that it tells."""
    last = 0
    for index, cell in code_cells(content):
        below = f'onder "{contents.section_at(content, index)}"'
        errors = [output for output in cell.get("outputs", []) if output["output_type"] == "error"]
        count = cell.get("execution_count")
        if errors:
            return Fault(index, f"de cel {below} gaf een fout ({_first_line(errors[0])})")
        if not isinstance(count, int):
            return Fault(index, f"een cel {below} is niet uitgevoerd")
        if count <= last:
            return Fault(index, f"een cel {below} is eerder uitgevoerd dan een cel erboven")
        last = count
        for output in cell.get("outputs", []):
            if words := _made_otherwise(output.get("data", {}).get(MADE), cell, asked):
                return Fault(index, f"wat {below} staat, {words}")
    return None


def _first_line(error: Mapping[str, Any]) -> str:
    return f"{error['ename']}: {error['evalue']}".splitlines()[0].rstrip(". ")


def _made_otherwise(made: Any, cell: dict[str, Any], asked: Mapping[str, Any]) -> str:
    """What the mark of an output gives away; '' when it agrees with its cell and the parameters, or is not there."""
    if made is None:
        return ""
    if not isinstance(made, Mapping) or made.get("cell") != digest(source(cell)):
        return "is gemaakt voordat de cel is gewijzigd"
    for name, value in made.get("parameters", {}).items():
        if name in asked and without_folder(name, asked[name]) != value:
            told = f"{name} = {value!r}; het notebook zegt nu {without_folder(name, asked[name])!r}"
            return f"is gemaakt met {told}"
    return ""


def seal(content: Any) -> str:
    """A digest of everything that a reader can see of a published notebook, by which a later change shows.

    The same after JupyterLab has saved the notebook unchanged: that folds texts and writes 5.0 as 5.
    """
    cells = [
        (
            cell["cell_type"],
            source(cell),
            cell.get("execution_count"),
            [_folded({**output, "metadata": None}) for output in cell.get("outputs", [])],
        )
        for cell in content["cells"]
    ]
    about = {name: value for name, value in content["metadata"].get("keten", {}).items() if name != SEAL}
    text = json.dumps([cells, _folded(about)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _folded(value: Any) -> Any:
    """JSON in one spelling: a list of lines as one text, a whole number without decimals."""
    if isinstance(value, Mapping):
        return {name: _folded(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        if value and all(isinstance(one, str) for one in value):
            return "".join(value)
        return [_folded(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def doubt(content: Any) -> str:
    """Why a page of this notebook must not pass for a report, as a Dutch clause; '' when all is proved."""
    found = fault(content, contents.given(content))
    if found:
        return found.words
    sealed = content["metadata"].get("keten", {}).get(SEAL)
    if sealed is not None and sealed != seal(content):
        return "het notebook is gewijzigd nadat de run het had geschreven"
    return ""


def remedy(content: Any) -> str:
    """What to do about a doubt: to run the cells again does not make a changed notebook that of its edition."""
    return TAKE_AGAIN if SEAL in content["metadata"].get("keten", {}) else RUN_AGAIN
