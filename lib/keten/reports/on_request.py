"""A notebook for a question that comes by once, made from one of the regular ones.

It has the parameters, sections and provenance of its example, and room for sections of its own. Its metadata say that
it is made on request only, so that a monthly run leaves it out.
"""

import re
from typing import Any
from uuid import uuid4

from keten.errors import KetenError
from keten.reports.notebook import INJECTED, LAB_ONLY, ON_REQUEST, REPORT, headings, source, tags

LONGEST_NAME, LONGEST_TITLE = 60, 150
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
# Windows keeps these for devices; `index` is the page of an edition.
RESERVED = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]|index", re.IGNORECASE)
MARKS = "<>`*[]\\#"  # would be more than text in a heading
FORMAT = {"nbformat": 4, "nbformat_minor": 5}
KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
OF_A_RUN = {INJECTED, "papermill-error-cell-tag"}  # cells that papermill adds
GUIDE = (
    "**Hier is plaats voor uw eigen onderdelen.** Zoek een maat met `chain.find`, lees met `chain.describe` wat zij "
    "betekent, en zet onder een eigen kop (`## …`) per cel één grafiek, tabel of zin. Haal gerust weg wat de vraag "
    "niet raakt, maar laat Wat ontbreekt, Begrippen en Bronnen staan: zij vullen zichzelf. Deze cel en die hieronder "
    "dragen het label `verkennen` en komen niet in het rapport."
)
EXAMPLE = 'chain.find("")'


def checked_name(name: str, taken: list[str]) -> str:
    """The name of a new notebook, without `.ipynb`; taken: the names that are in use.

    Raises KetenError for a name that is taken, or that is no file name on every system.
    """
    stem = name.removesuffix(".ipynb")
    if not NAME.fullmatch(stem) or len(stem) > LONGEST_NAME:
        raise KetenError(
            f"De naam '{name}' kan niet; gebruik alleen letters zonder accent, cijfers, _ en -, ten hoogste "
            f"{LONGEST_NAME} en zonder map ervoor, zoals kamervraag_syrie."
        )
    if RESERVED.fullmatch(stem):
        raise KetenError(f"De naam '{name}' heeft al een andere betekenis; kies een andere, zoals kamervraag_{stem}.")
    if same := [other for other in taken if other.lower() == stem.lower()]:
        raise KetenError(f"Het notebook '{same[0]}' bestaat al en wordt niet overschreven; kies een andere naam.")
    return stem


def checked_title(title: str | None, stem: str) -> str:
    """The title of a new notebook, made of its name when none is given. Raises KetenError for what is not a title."""
    if title is None:
        return stem.replace("_", " ").replace("-", " ").strip().capitalize() or stem
    words = " ".join(title.split())
    if not words or len(words) > LONGEST_TITLE or not words.isprintable() or set(words) & set(MARKS):
        raise KetenError(
            f"De titel '{words}' kan niet; geef één regel tekst van ten hoogste {LONGEST_TITLE} tekens, zonder "
            f"{' '.join(MARKS)}."
        )
    return words


def made_like(example: dict[str, Any], stem: str, title: str, example_title: str) -> dict[str, Any]:
    """A new notebook `stem` with the cells of `example`, without anything that a run or JupyterLab left in it.

    Raises KeyError or TypeError when the example is no notebook of format 4.
    """
    cells = [_clean(cell) for cell in example["cells"] if not OF_A_RUN & set(tags(cell))]
    head = _cell("markdown", f"# {title}\n\nOp verzoek gemaakt, naar het voorbeeld van het rapport {example_title}.")
    titles = [place for place, cell in enumerate(cells) if _has_heading(cell, 1)][:1]
    cells = [head, *[cell for place, cell in enumerate(cells) if place not in titles]]
    sections = [n for n, cell in enumerate(cells) if _has_heading(cell, 2) and LAB_ONLY not in tags(cell)]
    after_summary = sections[1] if len(sections) > 1 else len(cells)
    cells[after_summary:after_summary] = [_cell("markdown", GUIDE, LAB_ONLY), _cell("code", EXAMPLE, LAB_ONLY)]
    return {"cells": cells, "metadata": {**KERNEL, ON_REQUEST: True, REPORT: stem}, **FORMAT}


def _clean(cell: dict[str, Any]) -> dict[str, Any]:
    """The cell as it would be committed: its text and tags, and pictures in a text."""
    kept = {"attachments": cell["attachments"]} if "attachments" in cell else {}
    return {**_cell(cell["cell_type"], source(cell), *tags(cell)), **kept}


def _cell(kind: str, text: str, *names: str) -> dict[str, Any]:
    cell = {"cell_type": kind, "id": uuid4().hex[:8], "metadata": {"tags": list(names)} if names else {}}
    code: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {**cell, **code, "source": text.splitlines(keepends=True)}


def _has_heading(cell: dict[str, Any], level: int) -> bool:
    return cell["cell_type"] == "markdown" and level in [found for found, _ in headings(source(cell))]
