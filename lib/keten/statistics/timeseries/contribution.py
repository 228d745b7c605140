"""Which categories made the change of a total."""

import pandas as pd

from keten.model.figures import joined_sources
from keten.model.quality import combined


def contributions(frame: pd.DataFrame, n: int = 8) -> pd.DataFrame:
    """Change of each category between its last two periods, the largest movements first.

    frame: from `Workbook.compare` with a dimension: rows of one measure, oldest period first per category. The
    contribution of a category to the change of the total is its own change in numbers, now minus before; the
    contributions of all categories add up to the change of the total as far as the source names every category.
    Categories without a figure in either period have no contribution and are left out.

    Limits: it says where a change was counted, not why; a category of which the publisher changed moves for that reason
    alone; a contribution within its margin may be rounding.

    Returns the rows of the last period, as figures, with the change as `value`, the margins added and statistic
    `change_absolute`; at most `n` rows, sorted from increase to decrease.

    >>> from keten import Workbook
    >>> changed = contributions(Workbook("2017").compare("asylum_first_applications", "nationality"), n=1000)
    >>> changed[changed.category.isin(["Syrië", "Albanië"])][["category", "value", "margin"]].to_dict("records")
    [{'category': 'Syrië', 'value': 105.0, 'margin': 5.0}, {'category': 'Albanië', 'value': -1300.0, 'margin': 5.0}]
    """
    rows = []
    for _, group in frame.groupby("category", sort=False):
        if len(group) < 2 or group.value.iloc[-2:].isna().any():
            continue
        before, now = group.iloc[-2], group.iloc[-1]
        rows.append(
            {
                **now.to_dict(),
                "value": now.value - before.value,
                "margin": now.margin + before.margin,
                "statistic": f"change_absolute;reference={before.period}",
                "organisation": ", ".join(dict.fromkeys([now.organisation, before.organisation])),
                **combined([now, before]),
                **joined_sources([now.source_title, before.source_title], [now.source_url, before.source_url]),
            }
        )
    changes = pd.DataFrame(rows, columns=frame.columns)
    largest = changes.loc[changes.value.abs().sort_values(ascending=False, kind="stable").index].head(n)
    return largest.sort_values("value", ascending=False, kind="stable").reset_index(drop=True)
