"""The figures of a report's statements without its pictures: the cells of a notebook, run with nothing drawn."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from types import CodeType, ModuleType
from typing import Any

import nbformat
import pandas as pd
from places import REPOSITORY

from keten import Workbook

DRAWING = (
    "charts", "tables", "summary", "rankings", "revised", "completeness", "seasons", "policy_effect", "europe", "live",
    "provenance", "focus", "experience", "pilots", "records",
)  # fmt: skip
REAL = ("of", "first")  # choose figures, and draw nothing
NEEDED = r"Parameters|Workbook\("
EVERY = re.compile("")
STATEMENTS = re.compile(rf"{NEEDED}|compare|share_in_period|rankings|^\w+ = \[", re.M)
KEY_FIGURES = re.compile(rf"{NEEDED}|headlines")
FOR_ANALYSTS = "verkennen"


@dataclass
class Recorder:
    """Stands in for a module that draws: keeps the tables of figures that its functions are given."""

    module: Any
    kept: list[tuple[str, pd.DataFrame]] = field(default_factory=list)

    def __getattr__(self, function: str) -> Any:
        if function in REAL:
            return getattr(self.module, function)

        def keep(*given: Any, **named: Any) -> None:
            self.kept.extend((f"{self.module.__name__}.{function}", one) for one in _tables([*given, *named.values()]))

        return keep


def _tables(given: list[Any]) -> Iterator[pd.DataFrame]:
    for one in given:
        if isinstance(one, pd.DataFrame) and {"measure", "period", "value", "reason"} <= {*one.columns}:
            yield one
        elif isinstance(one, list | tuple):
            yield from _tables([*one])
        elif is_dataclass(one):
            yield from _tables([getattr(one, each.name) for each in fields(one)])


@cache
def _code_of(notebook: str) -> list[tuple[bool, str, CodeType]]:
    """The cells for readers: whether they hold the parameters, their text, and this compiled without the opening."""
    tagged = [
        (cell.metadata.get("tags", []), cell.source)
        for cell in nbformat.read(REPOSITORY / "notebooks" / f"{notebook}.ipynb", as_version=4).cells
        if cell.cell_type == "code"
    ]
    return [
        ("parameters" in tags, source, compile(source.replace("summary.opening(chain)", ""), notebook, "exec"))
        for tags, source in tagged
        if FOR_ANALYSTS not in tags
    ]


def report(
    notebook: str, period: str, cells: re.Pattern[str] = EVERY
) -> tuple[Workbook, list[tuple[str, pd.DataFrame]]]:
    """The workbook of a report after its cells, and every table of figures that would be shown, with by what.

    cells: those to run beside the parameters, as charts over time take most of the time.
    """
    names: dict[str, Any] = {}
    kept: list[tuple[str, pd.DataFrame]] = []
    for is_parameters, source, code in _code_of(notebook):
        if not cells.search(source):
            continue
        exec(code, names)
        if is_parameters:
            names |= {"period": period}
            continue
        names |= {name: Recorder(names[name], kept) for name in DRAWING if isinstance(names.get(name), ModuleType)}
    return names["chain"], kept
