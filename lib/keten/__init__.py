"""Ketenwerkboek: official figures on the Dutch migration chain, from data to report.

What notebooks use is imported when it is first asked for, so that the command line answers at once.
"""

import sys
from importlib import import_module

# jsonschema, below Altair, would compile the grammars of this optional package (it comes with JupyterLab) for three
# seconds in every kernel, to check IRIs that we lack.
sys.modules.setdefault("rfc3987_syntax", None)

_ROOMS = ("charts", "completeness", "europe", "experience", "explore", "live", "pilots", "policy_effect", "prose",
          "provenance", "revised", "seasons", "summary", "tables")  # fmt: skip
_NAMES = {"KetenError": "keten.errors", "Workbook": "keten.workbook"}

__all__ = ["KetenError", "Workbook", *_ROOMS]


def __getattr__(name: str) -> object:
    if name in _ROOMS:
        return import_module(f"keten.{name}")
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'keten' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
