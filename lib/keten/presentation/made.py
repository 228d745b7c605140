"""By what an output was made: a mark of the cell that showed it, and the values of the parameters at that moment.

A notebook that was run keeps its outputs when somebody changes a cell above them; the mark gives that away.
"""

import hashlib
import sys
from typing import Any

from keten.model.parameters import DEFAULTS, without_folder
from keten.presentation.mime import MADE


def made() -> dict[str, dict[str, Any]]:
    """The mark as a part of an output's MIME bundle; nothing where no notebook runs."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        return {}
    run = shell.history_manager.input_hist_raw[-1:]
    values = {name: shell.user_ns[name] for name in DEFAULTS if name in shell.user_ns}
    plain = {
        name: without_folder(name, value)
        for name, value in values.items()
        if isinstance(value, str | int | float | None)
    }
    return {MADE: {"cell": digest(run[0] if run else ""), "parameters": plain}}


def digest(source: str) -> str:
    """Twelve hexadecimal digits that stand for the text of a cell."""
    return hashlib.sha256(source.strip().encode()).hexdigest()[:12]
