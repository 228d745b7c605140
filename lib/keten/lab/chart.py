"""The charts of the exploring panel: the drawings of the reports, with what a mouse chooses in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from keten.model.figures import records
from keten.model.periods import Period
from keten.presentation.charts.series import over_time, ranked
from keten.presentation.charts.svg import WIDE
from keten.presentation.markup import caption, escape
from keten.presentation.output import series_names, small_print
from keten.workbook.workbook import Workbook


@dataclass(frozen=True)
class Chart:
    """A chart as HTML, '' for none, and the drawing in it.

    Its marks with a tip stand for `points` by the name of their series, in order.
    """

    html: str = ""
    picture: str = ""
    points: Mapping[str, Sequence[str]] = field(default_factory=dict)


def trend(chain: Workbook, series: pd.DataFrame, title: str, events: pd.DataFrame) -> Chart:
    """Lines over time; none where there is but one period to show. points: the periods of each line."""
    drawn = series[series.value.notna()]
    if drawn.period.nunique() < 2:
        return Chart()
    made = over_time(series, chain, events)
    points: dict[str, list[str]] = {}
    for row in records(drawn.assign(name=series_names(drawn)).sort_values("start", kind="stable")):
        points.setdefault(row["name"], []).append(row["period"])
    wide = made.draw(WIDE).svg(f"{title}. {made.words}", "wide")
    below = made.after + small_print([made.remark] * bool(made.remark))
    return Chart(_figure(wide, title, made.subtitle, below), wide, points)


def ranking(chain: Workbook, compared: pd.DataFrame, title: str) -> Chart:
    """Bars of the categories, largest first; none where fewer than two have a figure. points: the categories."""
    last = compared.groupby(["measure", "category"], sort=False).tail(1)
    known = last[last.value.notna()].sort_values("value", ascending=False, kind="stable")
    if len(known) < 2:
        return Chart()
    place = {name: number for number, name in enumerate(known.category)}
    rows = compared[compared.category.isin(place)]
    rows = rows.sort_values("category", key=lambda names: names.map(place), kind="stable")
    made = ranked(rows, chain)
    wide = made.draw(WIDE).svg(f"{title}. {made.words}", "wide")
    period = Period.parse(known.period.iloc[0]).label
    return Chart(_figure(wide, f"{title}, {period}", made.subtitle), wide, {period: list(place)})


def _figure(picture: str, title: str, subtitle: str, after: str = "") -> str:
    return (
        f'<figure class="chart"><figcaption>{caption(title, subtitle)}</figcaption>'
        f'<div class="picture" role="region" tabindex="0" aria-label="Grafiek: {escape(title)}">{picture}</div>'
        f"{after}</figure>"
    )
