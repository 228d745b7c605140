"""How outputs look in JupyterLab: the style and the script that a report carries itself."""

import functools
import json
from pathlib import Path

from keten.presentation.output import Output

KETEN = Path(__file__).resolve().parents[1]
OF_THE_LAB = KETEN / "lab" / "jupyterlab"
OF_A_REPORT = KETEN / "reports" / "templates" / "ketenrapport"
UNSEEN = """
.jp-OutputArea-child:has(.keten > script:only-child),
.jp-OutputArea:has(.keten-panel) .jp-OutputArea-child:has(.keten-saved),
.jp-OutputArea:has(.keten-saved)
  .jp-OutputArea-child:has(.jupyter-widgets, [data-mime-type*="widget-view"]):not(:has(.keten-panel)) {
  display: none;
}
"""  # the second and third: of a panel either itself or, once it is gone, what was saved of it
SCOPE = ".keten:not(#jupyterlab)"  # our outputs alone, and before every rule of JupyterLab for what stands in an output


def styling() -> Output:
    """An output that nobody sees, and that styles all outputs of the library in the same page.

    It works for outputs that appear later, in every open notebook, without a network, and again in a trusted notebook
    that is opened without running it, since the output is saved. Running it twice does no harm.
    """
    return Output(f"<script>{_script()}</script>")


@functools.cache
def _script() -> str:
    lab, charts = _content(OF_THE_LAB / "lab.js"), _content(OF_A_REPORT / "chart.js")
    script = f"({lab.strip()})({json.dumps(style())}, () => {{\n{charts}}});"
    return script.replace("</", "<\\/")  # nothing in it ends the element


def style() -> str:
    """The style of a report within the outputs of the library only; dark when JupyterLab's theme is."""
    sheets = _content(OF_A_REPORT / "report.css") + _content(OF_A_REPORT / "chart.css")
    for medium in ("@media (prefers-color-scheme: dark)", "@media screen and (prefers-color-scheme: dark)"):
        sheets = sheets.replace(medium, '[data-jp-theme-light="false"] &')
    sheets = sheets.replace(":root", "&")
    return f"{SCOPE} {{\n{sheets}{_content(OF_THE_LAB / 'lab.css')}}}\n{UNSEEN}\n"


def _content(path: Path) -> str:
    return path.read_text(encoding="utf-8")
