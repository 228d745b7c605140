"""Ketenwerkboek: official figures on the Dutch migration chain, from data to report.

What notebooks use is imported when it is first asked for, so that the command line answers at once.
"""

import sys
from importlib import import_module

# jsonschema, below Altair, would compile the grammars of this optional package (it comes with JupyterLab) for three
# seconds in every kernel, to check IRIs that we lack.
sys.modules.setdefault("rfc3987_syntax", None)

_MODULES = {
    "charts": "keten.presentation.charts.series",
    "completeness": "keten.sections.completeness",
    "europe": "keten.sections.europe",
    "experience": "keten.sections.client_survey",
    "explore": "keten.lab.explore",
    "live": "keten.sections.if_available",
    "pilots": "keten.sections.shelter_pilots",
    "policy_effect": "keten.sections.policy_effect",
    "prose": "keten.presentation.prose",
    "provenance": "keten.sections.provenance",
    "revised": "keten.sections.revisions",
    "seasons": "keten.sections.seasonal",
    "summary": "keten.sections.summary",
    "tables": "keten.presentation.tables",
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
