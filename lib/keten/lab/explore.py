"""Exploring in JupyterLab: the panel of a notebook, the style of its outputs, and figures to take away."""

import sys
from importlib.util import find_spec
from typing import Any

from keten.lab.export import save
from keten.lab.kernel import watch
from keten.lab.style import styling
from keten.presentation.markup import note
from keten.presentation.output import Output
from keten.workbook.workbook import Workbook

__all__ = ["dress", "panel", "save"]
WIDGETS = ("ipywidgets", "anywidget")  # of the extra `lab`


def dress() -> Output:
    """Style the outputs of the library in the page, and let a workbook that cannot be made leave no older one."""
    ipython = sys.modules.get("IPython")
    if shell := ipython.get_ipython() if ipython else None:
        watch(shell)
    return styling()


def panel(chain: Workbook, measure: str, by: str = "") -> Any:
    """The exploring panel of a notebook, a widget; without the packages for it a sentence that names them.

    measure, by: ids of what it opens with. When the cell runs again it shows what it showed before, save for the
    parameters that were changed.
    """
    if not all(map(find_spec, WIDGETS)):
        return Output(
            note("Verkennen kan in JupyterLab; installeer het met: pip install -c constraints.txt -e '.[lab]'")
        )
    from keten.lab import controls

    return controls.panel(chain, measure, by)
