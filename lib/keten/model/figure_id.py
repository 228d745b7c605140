"""The id of a published figure: short enough to go along in a letter, and worked out from what the figure says.

Whoever has the editions or the data can so find the figure again, without a list of ids that somebody has to keep. It
says what was published (measure, breakdown, period, value, unit and publisher), not where: the same figure in two
reports has one id, and a revised figure another.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

PREFIX, DIGITS = "kw-", 12
COLUMNS = ("measure", "dimensions", "period", "value", "unit", "publisher")  # of `figures.csv`, in this order
_ID = re.compile(rf"(?<![\w-]){PREFIX}[0-9a-f]{{{DIGITS}}}(?![\w-])")


def figure_id(row: Mapping[str, Any]) -> str:
    """The id of a row of `figures.csv`: `kw-` and twelve hexadecimal digits of a SHA-256.

    Cells as that file has them: texts, a value also as a number; None and '' are the same.

    >>> row = {"measure": "asylum_first_applications", "period": "2017-06", "value": 1335.0, "unit": "count"}
    >>> figure_id(row) == figure_id({**row, "value": "1335", "dimensions": ""})
    True
    """
    cells = [_text(row.get(name)) for name in COLUMNS]
    content = json.dumps(cells, ensure_ascii=False, separators=(",", ":"))
    return PREFIX + hashlib.sha256(content.encode()).hexdigest()[:DIGITS]


def ids_in(text: str) -> list[str]:
    """The ids in a text, each once, in order.

    >>> ids_in("In juni 2017 waren er 1.335 (kw-0123456789ab).")
    ['kw-0123456789ab']
    """
    return list(dict.fromkeys(_ID.findall(text)))


def _text(cell: Any) -> str:
    if isinstance(cell, (int, float)):
        return "" if cell != cell else f"{round(float(cell), 6):.6f}".rstrip("0").rstrip(".")
    return "" if cell is None else str(cell)
