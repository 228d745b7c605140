"""The parameters that reports share: their values when nobody gives one, and which of them name files with records."""

import re
from typing import Any

DEFAULTS: dict[str, Any] = {
    "period": "",
    "compare_years": 2,
    "nationality": "",
    "as_of": "",
    "respondents": "",
    "participants": "",
    "reference_date": "",
}
RECORD_PARAMETERS = ("respondents", "participants")


def without_folder(name: str, value: Any) -> Any:
    """The value; of a file with records only its name, so that nothing tells where such a file is kept.

    >>> without_folder("respondents", "C:/eigen/enquete.csv"), without_folder("as_of", "2017-01-31")
    ('enquete.csv', '2017-01-31')
    """
    return re.split(r"[/\\]", value)[-1] if name in RECORD_PARAMETERS and isinstance(value, str) else value
