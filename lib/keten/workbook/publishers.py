"""The same figures from several publishers, beside the one that a report uses."""

from collections.abc import Sequence

import pandas as pd

from keten.model.figures import FIGURE_COLUMNS, KEY
from keten.model.quality import COLUMNS_OF_QUALITY, MARKS, RANK
from keten.workbook.visible import Visible


def publishers_of(visible: Visible, measure: str, kind: str = "year") -> list[str]:
    """The organisations that have a total of a measure over such periods, used by the report or not."""
    known = [one.figure for one in visible.offers(measure, "") if one.known]
    return sorted({one.organisation for one in known if one.period.kind == kind})


def by_publisher(visible: Visible, measures: Sequence[str], kind: str = "year") -> pd.DataFrame:
    """Totals of each publisher side by side, never joined: `label` names both, and a count of another.

    Of several figures of one publisher its live, most precise and newest one; of whole periods alone. Their statistic
    is `publisher`, as another one may speak in the statements of the report.

    >>> chain.by_publisher(["asylum_first_applications"])[["label", "period", "value"]].tail(1)
                             label period    value
    5  Eerste asielaanvragen (IND)   2016  18171.0
    """
    rows = visible.of(measures, "")
    rows = rows[(rows.kind == kind) & ~rows.running]
    rows = rows.assign(
        place=rows.measure.map({measure: place for place, measure in enumerate(measures)}),
        vague=rows.status.map(RANK),
        label=[
            _column(label, publisher, count)
            for label, publisher, count in zip(rows.label, rows.organisation, rows["count"], strict=True)
        ],
        statistic="publisher;name=" + rows.organisation,
        joined=False,
    )
    order = ["place", "organisation", "start", "live", "vague", "known"]
    rows = rows.sort_values(order, ascending=[True, True, True, False, True, False], kind="stable")
    return rows.drop_duplicates(["measure", "organisation", "period"])[FIGURE_COLUMNS]


def _column(label: str, publisher: str, count: str) -> str:
    """The measure with who published it, once, and with whose count it is when that is someone else's."""
    if publisher not in count:
        return f"{label} ({publisher}, {count})"
    return label if publisher in label else f"{label} ({publisher})"


def others(visible: Visible, used: pd.DataFrame) -> pd.DataFrame:
    """Other figures for the same key than those in `used` (as the ledger has them), the largest difference first.

    Columns: those of a figure plus `used` (the value in the report) with its quality, source and day, `difference`, and
    `beyond`: the two cannot be roundings of one number. Only in the report's period and compared years; of the same
    value by one publisher the newest. Nothing is told of what was counted from records of persons.

    >>> first = chain.compare("asylum_first_applications")
    >>> bool(chain.others(["asylum_first_applications"]).beyond.any())
    True
    """
    about = ["value", "margin", *COLUMNS_OF_QUALITY, "source", "source_title", "organisation", "known", "calculation"]
    own = used[(used.statistic == "") & used.period.isin(map(str, visible.scope.compared)) & used.value.notna()]
    own = own.drop_duplicates(KEY)[[*KEY, *about]].rename(columns={name: f"used_{name}" for name in about})
    rows = visible.of(dict.fromkeys(own.measure))
    rows = rows[rows.value.notna() & ~rows.running].sort_values("known", ascending=False, kind="stable")
    rows = rows.drop_duplicates([*KEY, "organisation", "value"])
    pairs = rows.merge(own, on=KEY, how="inner")
    from_records = pairs.confidentiality.isin(MARKS) | pairs.used_confidentiality.isin(MARKS)
    pairs = pairs[(pairs.value != pairs.used_value) & ~from_records]
    difference = pairs.value - pairs.used_value
    pairs = pairs.assign(
        difference=difference,
        beyond=difference.abs() > pairs.margin.fillna(0) + pairs.used_margin.fillna(0),
        size=(difference / pairs.used_value.where(pairs.used_value != 0)).abs().fillna(float("inf")),
    )
    pairs = pairs.sort_values(["beyond", "size", *KEY, "source"], ascending=[False, False, *[True] * 5])
    pairs = pairs.rename(columns={"used_value": "used", "used_source": "used_id", "used_source_title": "used_source"})
    quality = [f"used_{name}" for name in COLUMNS_OF_QUALITY]
    more = ["used", *quality, "used_id", "used_source", "used_organisation", "used_known"]
    more += ["used_calculation", "difference", "beyond"]
    return pairs[[*FIGURE_COLUMNS, *more]]
