"""Links from a report to the page on which its figures can be explored: of each chart and key figure to its own view.

They are put in while the page is made, so that a notebook's outputs are the same with that page and without.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape, unescape
from typing import Any
from urllib.parse import quote

from keten.model.quality import MARKS
from keten.presentation.mime import FIGURES, KEY_FIGURES
from keten.presentation.output import REST
from keten.reports.periods import period_or_none

MOST_LINES = 7  # categories that the page draws in a colour of their own; of more it shows the largest
_MEASURE = re.compile(r'<div class="origin-of" id="h-[0-9a-f]+-(\w+)">')
_TILE = re.compile(r"<dt>(?P<name>[^<]*)</dt>(?P<value><dd class='value'>.*?</dd>)", re.DOTALL)
_TARGET = re.compile(r'href="#h-[0-9a-f]+-(\w+)"')

Row = Mapping[str, Any]


def linked(html: str, data: Mapping[str, Any], page: str) -> str:
    """The HTML of an output with its links. data: what else the output carries; page: its file name, '' for none."""
    rows = [row for row in data.get(FIGURES, {}).get("figures", []) if row.get("confidentiality") not in MARKS]
    if not page or not rows:
        return html
    if KEY_FIGURES in data:
        told = {escape(one["label"]): one for one in data[KEY_FIGURES].get("keyfigures", [])}
        return _TILE.sub(lambda tile: _tile(tile, told, rows, page), html)
    head, *charts = re.split(r'(?=<figure class="chart")', html)
    return head + "".join(_chart(chart, rows, page) for chart in charts)


def _chart(html: str, rows: Sequence[Row], page: str) -> str:
    """A chart with the link as its last line."""
    head, end, after = html.partition("</figure>")
    measures = [name for name in _MEASURE.findall(head) if any(row["measure"] == name for row in rows)]
    if not measures:
        return html
    found = re.search(r'<span class="title">(.*?)</span>', html)
    hidden = f'<span class="visually-hidden">: {found[1]}</span>' if found else ""
    link = f'<a href="{_href(page, rows, measures[0])}">Verken deze cijfers{hidden}</a>'
    return f'{head}<p class="note">{link}</p>{end}{after}'


def _tile(tile: re.Match[str], told: Mapping[str, Row], rows: Sequence[Row], page: str) -> str:
    """A key figure whose name leads to its view; one that is not of the period leads to its measure."""
    target = _TARGET.search(tile["value"])
    measure = target[1] if target else ""
    mine = [row for row in rows if row["measure"] == measure]
    if not mine:
        return tile[0]
    one = told.get(tile["name"])
    if one is not None:
        mine = [row for row in mine if _alike(row, one)] or mine
    link = f'<a href="{_href(page, mine, measure)}">{tile["name"]}<span class="visually-hidden">: verkennen</span></a>'
    return f"<dt>{link}</dt>{tile['value']}"


def _alike(row: Row, key_figure: Row) -> bool:
    return (row["dimensions"], row["period"]) == (key_figure.get("dimensions"), key_figure.get("moment"))


def _href(page: str, rows: Iterable[Row], measure: str) -> str:
    return escape(f"{page}#{address([row for row in rows if row['measure'] == measure], measure)}")


def address(rows: Sequence[Row], measure: str) -> str:
    """The view of these figures of one measure as the page writes it in its address.

    >>> rows = [{"dimensions": "nationality=Syrië", "period": str(year)} for year in (2016, 2017)]
    >>> address(rows, "asylum_first_applications")
    'm=asylum_first_applications&d=nationality&n=Syri%C3%AB&k=year&p=2017&s=2016'
    """
    parts = [(row, *_parts(row["dimensions"] or "")) for row in rows]
    shares = [one for one in parts if one[2].startswith("share;denominator=")]
    shown = [one for one in parts if not one[2]] or shares or parts
    pairs = [("m", measure)]
    if shown:
        _, first, statistic = shown[0]
        by = first[0] if len(first) == 2 else ""
        mine = [one for one in shown if (one[1][0] if len(one[1]) == 2 else "") == by and one[2] == statistic]
        pairs += [("w", statistic.partition("share;denominator=")[2]), ("d", by)]
        names = [name for name in dict.fromkeys(one[1][1] for one in mine if by) if name != REST]
        pairs += [("n", name) for name in names if len(names) <= MOST_LINES]
        pairs += _when([row["period"] for row, *_ in mine])
    return "&".join(f"{key}={quote(unescape(value), safe='')}" for key, value in pairs if value)


def _parts(dimensions: str) -> tuple[tuple[str, ...], str]:
    """Dimension and category, nothing for a total or several, and the statistic, '' for a published figure."""
    breakdown, mark, statistic = dimensions.partition("statistic=")
    pairs = [tuple(pair.split("=", 1)) for pair in breakdown.strip(";").split(";") if "=" in pair]
    return pairs[0] if len(pairs) == 1 else (), statistic if mark else ""


def _when(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Kind of period, the last one of that kind, and since which year where there are more."""
    periods = [period for text in texts if (period := period_or_none(text))]
    if not periods:
        return []
    last = max(periods, key=lambda one: (one.end, one.days))
    alike = [one for one in periods if one.kind == last.kind]
    since = [("s", str(min(alike).start.year))] if min(alike) != last else []
    return [("k", last.kind), ("p", str(last)), *since]
