"""What a notebook file tells without running it: title, parameters, sections, figures.

A notebook is taken as plain JSON (a dict), so that the command line need not load Jupyter to read one.
"""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from keten.presentation.mime import FIGURES, KEY_FIGURES
from keten.workbook.declared import REPORT

LAB_ONLY = "verkennen"  # tag of cells that only serve an analyst in JupyterLab
IN_ANNEX = "bijlage"  # tag of cells whose outputs stand behind the report, under "Meer cijfers"
INJECTED = "injected-parameters"  # tag of the cell in which papermill puts the values that it was given
LONGEST_QUOTE = 60  # characters of a line that come back in a sentence
ON_REQUEST = "keten_on_request"  # in the metadata of a notebook that is only made when its name is given
FIGURE_COLUMNS = (
    "notebook",
    "section",
    "measure",
    "label",
    "dimensions",
    "period",
    "value",
    "unit",
    "status",
    "confidentiality",
    "precision",
    "calculation",
    "source",
    "source_id",
    "publisher",
    "as_of",
    "as_of_assumed",
)


@dataclass(frozen=True)
class Notebook:
    """A notebook file; `parameters` holds its defaults by name, or None when they cannot be read.

    report: the name under which it says to be a report, '' for a notebook that does not say so. on_request: it answers
    a question of its own and is left out of a run that names no notebooks. readable: whether the file is a notebook.
    """

    path: Path
    title: str
    parameters: dict[str, Any] | None
    report: str = ""
    on_request: bool = False
    readable: bool = True

    @property
    def stem(self) -> str:
        """File name without extension: the notebook's name on the command line and in an edition."""
        return self.path.stem

    @property
    def regular(self) -> bool:
        """Whether a run without names makes it; one that cannot be read is, so that the run tells of it."""
        return not self.readable or (self.report == self.stem and not self.on_request)


def read(path: Path) -> Notebook:
    """Read title and parameters of the notebook at `path`.

    A broken file gives a notebook without parameters: it is the run that reports it, as this one's failure.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        about = content["metadata"]
        report = name if isinstance(name := about.get(REPORT), str) and name.isprintable() else ""
        known = Notebook(path, title(content) or path.stem, None, report, about.get(ON_REQUEST) is True)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, MemoryError):
        return Notebook(path, path.stem, None, readable=False)
    try:
        return replace(known, parameters=parameters(content))
    except (ValueError, SyntaxError):
        return known


def title(content: dict) -> str:
    """Text of the first heading of level 1, or an empty string."""
    for cell in content["cells"]:
        if cell["cell_type"] == "markdown":
            for level, text in headings(source(cell)):
                if level == 1:
                    return text
    return ""


def parameters(content: dict) -> dict[str, Any]:
    """Names and literal default values in the cell with the tag `parameters`.

    Raises SyntaxError or ValueError when that cell holds something else than `name = literal`.
    """
    for cell in content["cells"]:
        if cell["cell_type"] == "code" and "parameters" in tags(cell):
            return dict(_assignments(source(cell)))
    return {}


def given(content: dict) -> dict[str, Any]:
    """Name and value of every parameter with which the notebook ran, in its own order.

    What the cells say goes before what papermill noted when it ran: somebody may have changed and run them since.
    """
    noted = content["metadata"].get("papermill", {}).get("parameters", {})
    values: dict[str, Any] = {}
    for tag in ("parameters", INJECTED):
        for cell in content["cells"]:
            if cell["cell_type"] == "code" and tag in tags(cell):
                try:
                    values |= dict(_assignments(source(cell)))
                except (SyntaxError, ValueError):
                    values |= noted
    return values or dict(noted)


def slip(code: str) -> str:
    """One Dutch sentence on the first line of a parameters cell that Python cannot read; '' when it can read all."""
    try:
        ast.parse(code)
    except SyntaxError as error:
        number = min(max(error.lineno or 1, 1), len(code.splitlines()) or 1)
        line = next(iter(code.splitlines()[number - 1 : number]), "").strip()
        return slip_at(number, line)
    return ""


def slip_at(number: int, line: str) -> str:
    """What is wrong with a line of a parameters cell, and how it is written."""
    shown = line if len(line) <= LONGEST_QUOTE else f"{line[:LONGEST_QUOTE]}…"
    return (
        f"Regel {number} van de cel met parameters klopt niet: {shown}. Schrijf naam = waarde, met een tekst tussen "
        'aanhalingstekens, zoals period = "2017-06".'
    )


def _assignments(code: str) -> Iterator[tuple[str, Any]]:
    for statement in ast.parse(code).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, ast.literal_eval(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, ast.literal_eval(value)


def source(cell: dict) -> str:
    """Text of a cell."""
    return joined(cell["source"])


def joined(text: str | list[str]) -> str:
    """A text of a notebook file, which may be kept there as a list of lines."""
    return text if isinstance(text, str) else "".join(text)


def tags(cell: dict) -> list[str]:
    """Tags of a cell."""
    return cell.get("metadata", {}).get("tags", [])


def headings(markdown: str) -> list[tuple[int, str]]:
    """Level and plain text of the `#` headings in a Markdown text, code fences left out."""
    found, fenced = [], False
    for line in markdown.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        elif not fenced and (match := re.match(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$", line)):
            found.append((len(match[1]), plain(match[2])))
    return found


def plain(markdown: str) -> str:
    """Inline Markdown without its links, emphasis and code marks."""
    return re.sub(r"[*`]", "", re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", markdown)).strip()


def section_at(content: dict, index: int) -> str:
    """Text of the nearest heading above cell `index` (or in it); the title when there is none."""
    for cell in reversed(content["cells"][: index + 1]):
        if cell["cell_type"] == "markdown" and (found := headings(source(cell))):
            return found[-1][1]
    return title(content)


def figures(content: dict, stem: str) -> list[dict[str, Any]]:
    """Every figure that the executed notebook shows, in order of appearance, without exact duplicates.

    Each is a dict with the keys of `FIGURE_COLUMNS`.
    """
    rows: dict[tuple, dict] = {}
    for index, payload in payloads(content, FIGURES):
        section = section_at(content, index)
        for figure in payload.get("figures", []):
            row = {"notebook": stem, "section": section, **figure}
            row = {column: row.get(column) for column in FIGURE_COLUMNS}
            rows.setdefault(tuple(row.values()), row)
    return list(rows.values())


def key_figures(content: dict) -> list[dict[str, str]]:
    """The key figures (label, value, period, change) of its own period that the executed notebook shows."""
    return [figure for _, payload in payloads(content, KEY_FIGURES) for figure in payload.get("keyfigures", [])]


def key_figures_of(content: dict) -> int:
    """Of how many key figures `key_figures` are those that the report has over its own period."""
    every = [payload for _, payload in payloads(content, KEY_FIGURES)]
    return sum(payload.get("of", len(payload.get("keyfigures", []))) for payload in every)


def finding(content: dict) -> str:
    """What the key figures of the executed notebook say, as plain text; '' where they do not tell."""
    return next((text for _, payload in payloads(content, KEY_FIGURES) if (text := payload.get("finding"))), "")


def payloads(content: dict, kind: str) -> Iterator[tuple[int, dict]]:
    """What the cells show of this MIME type, each with its cell's index; cells for JupyterLab only are left out."""
    for index, cell in enumerate(content["cells"]):
        for output in cell.get("outputs", []):
            if kind in output.get("data", {}) and LAB_ONLY not in tags(cell):
                yield index, output["data"][kind]


def displayed(value: Any) -> Any:
    """The value; of an absolute path only the file name: a report does not tell where files are kept."""
    if isinstance(value, str):
        for flavour in (PurePosixPath, PureWindowsPath):
            if flavour(value).is_absolute():
                return flavour(value).name
    return value
