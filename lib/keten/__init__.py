"""Ketenwerkboek: official figures on the Dutch migration chain, from data to report.

What notebooks use is imported when it is first asked for, so that the command line answers at once.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_MODULES = {
    "charts": "keten.presentation.charts.series",
    "completeness": "keten.sections.completeness",
    "europe": "keten.sections.europe",
    "experience": "keten.sections.client_survey",
    "explore": "keten.lab.explore",
    "focus": "keten.sections.focus",
    "live": "keten.sections.if_available",
    "pilots": "keten.sections.shelter_pilots",
    "policy_effect": "keten.sections.policy_effect",
    "prose": "keten.presentation.prose",
    "provenance": "keten.sections.provenance",
    "rankings": "keten.sections.rankings",
    "revised": "keten.sections.revisions",
    "seasons": "keten.sections.seasonal",
    "summary": "keten.sections.summary",
    "tables": "keten.presentation.tables",
    "vega": "keten.presentation.charts.vega",
}
_NAMES = {"KetenError": "keten.errors", "Workbook": "keten.workbook.workbook"}

__all__ = ["KetenError", "Workbook", *_MODULES]


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return import_module(_MODULES[name])
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'keten' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


class _QuickFormats:
    """Import jsonschema, which is below Jupyter, without an optional package that takes seconds to load.

    `rfc3987_syntax` compiles its grammars as soon as it is imported, in every kernel. Here jsonschema gets its check
    of IRIs from a stand-in, which imports the package at the first IRI; nobody else's import ever meets the stand-in.
    """

    FORMATS, SLOW = "jsonschema._format", "rfc3987_syntax"

    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> ModuleSpec | None:
        """The module `jsonschema._format`, to be executed with the stand-in in place of the slow package."""
        if name != self.FORMATS or self.SLOW in sys.modules or not PathFinder.find_spec(self.SLOW):
            return None
        spec = PathFinder.find_spec(name, path)
        if spec and spec.loader:
            self.execute, spec.loader = spec.loader.exec_module, self  # type: ignore[assignment]  # one by shape
        return spec

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave the module's creation to Python."""

    def exec_module(self, module: ModuleType) -> None:
        """Execute the module with the stand-in, which is gone after that."""
        stand_in: Any = ModuleType(self.SLOW)
        stand_in.is_valid_syntax = lambda *text: import_module(self.SLOW).is_valid_syntax(*text)
        sys.modules[self.SLOW] = stand_in
        try:
            self.execute(module)
        finally:
            del sys.modules[self.SLOW]


sys.meta_path.insert(0, _QuickFormats())
