"""What the columns of `figures.csv` mean, as CSV on the Web tells it: a file that such software finds by its name.

https://www.w3.org/TR/tabular-metadata/
"""

import json
from typing import Any

from keten.presentation.markup import harmless
from keten.reports.notebook import FIGURE_COLUMNS
from keten.reports.publish import columns, figures_csv

FILE = f"{figures_csv.FILE}-metadata.json"


def metadata(label: str) -> str:
    """The description as JSON. label: the edition's."""
    found = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "nl"}],
        "url": figures_csv.FILE,
        "dc:title": f"Alle cijfers in de rapporten van {label}",
        "dialect": {"encoding": "utf-8", "delimiter": ",", "header": True},
        "tableSchema": {"columns": [_column(name) for name in FIGURE_COLUMNS]},
    }
    return harmless(json.dumps(found, ensure_ascii=False, indent=2)) + "\n"


def _column(name: str) -> dict[str, Any]:
    required = {"required": True} if columns.CONSTRAINTS.get(name, {}).get("required") else {}
    kind = columns.TYPES.get(name, "string")
    return {"name": name, "titles": name, "dc:description": columns.MEANING[name], "datatype": kind, **required}
