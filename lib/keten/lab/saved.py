"""What a notebook keeps of a panel: a picture of what it showed last, for whoever opens it without running it."""

import base64
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence

from keten.lab.chart import Chart
from keten.lab.picture import drawing
from keten.presentation.grid import grid_of
from keten.presentation.markup import escape
from keten.presentation.output import Output

GO_ON = "Voer deze cel uit om verder te gaan."


def saved(sentences: Sequence[str], chart: Chart, title: str, about: str, table: Output) -> str:
    """The last answer as HTML that also JupyterLab's filter for notebooks of others lets through.

    sentences, about: HTML; title: that of the chart. Of a view without a chart its table.
    """
    if chart.picture:
        picture = base64.b64encode(ElementTree.tostring(drawing(chart.picture))).decode()
        shown = f'<img src="data:image/svg+xml;base64,{picture}" alt="{escape(title)}">{about}'
    else:
        shown = "".join(grid_of(one).table() for one in table.tables)
    said = "".join(f"<p>{one}</p>" for one in sentences)
    return f'<div class="keten keten-saved" lang="nl"><p><strong>{GO_ON}</strong></p>{said}{shown}</div>'
