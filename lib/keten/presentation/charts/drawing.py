"""What all charts share: the theme, the step from specification to image, the key, the figure around it.

The image is complete as it is. `templates/ketenrapport/chart.js` reads what its marks say: `data-series`, the number of
the series, and `data-tip`, the figure in words. Both come from the channel `description` of the specification
(`chartwords.described`).
"""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import altair as alt
import vl_convert

from keten.presentation.charts.axes import HEIGHT, WIDTH
from keten.presentation.charts.palette import AXIS, GRID, INK, PALE, PALETTE, QUIET, Style
from keten.presentation.charts.words import SIGN
from keten.presentation.markup import caption, escape, region
from keten.presentation.output import Output

FONT = "Arial, Helvetica, sans-serif"
NAMESPACE = "{http://www.w3.org/2000/svg}"
LONG_DECIMALS = re.compile(r"(\d+\.\d)\d+")
PLACE = re.compile(r"translate\(([^,]+),([^)]+)\)")
HIDDEN = ' hidden=""'
NEEDLESS = ("role", "pointer-events", "font-family")
USUAL = (("opacity", "1"), ("font-weight", "normal"))
SYMBOLS = {
    "circle": '<circle cx="14" cy="7" r="4"/>',
    "diamond": '<path d="M14 1.5L18 7L14 12.5L10 7Z"/>',
    "square": '<path d="M10.5 3.5h7v7h-7Z"/>',
    "triangle-up": '<path d="M14 2.5L18.5 11H9.5Z"/>',
    "triangle-down": '<path d="M14 11.5L18.5 3H9.5Z"/>',
    "cross": '<path d="M12.5 2.5h3v3h3v3h-3v3h-3v-3h-3v-3h3Z"/>',
    "triangle-right": '<path d="M10 2.5L18.5 7L10 11.5Z"/>',
}


@alt.theme.register("keten", enable=True)
def _theme() -> alt.theme.ThemeConfig:
    text = {
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    }
    config: Any = {
        "font": FONT,
        "view": {"stroke": None, "continuousWidth": WIDTH, "continuousHeight": HEIGHT},
        "axis": {
            **text,
            "gridColor": GRID,
            "domainColor": AXIS,
            "tickColor": AXIS,
            "labelPadding": 6,
            "labelFlush": False,
        },
        "axisY": {
            "domain": False,
            "ticks": False,
            "titleAngle": 0,
            "titleAlign": "left",
            "titleAnchor": "end",
            "titleX": 0,
            "titleY": -16,
        },
        "axisX": {"grid": False, "titlePadding": 8},
        "line": {"strokeWidth": 2.2, "strokeJoin": "round"},
        "text": {"fontSize": 12, "font": FONT, "color": INK},
        "range": {"category": list(PALETTE)},
    }
    return {"background": "white", "padding": {"left": 2, "right": 6, "top": 4, "bottom": 4}, "config": config}


def keyed(
    chart: alt.TopLevelMixin,
    series: Sequence[Style],
    named: bool = False,
    publishers: Sequence[Style] = (),
    numbered: Sequence[str] = (),
) -> alt.TopLevelMixin:
    """The chart with what its key has to tell.

    named: whether the series have their names in the picture, so that the key is for interaction only; publishers:
    what tells them apart within a series; numbered: what the numbers in it mean, from 1.
    """
    keys = {"series": [asdict(one) for one in series], "named": named, "numbered": list(numbered)}
    return chart.properties(usermeta={**keys, "publishers": [asdict(one) for one in publishers]})


def svg(spec: dict, label: str) -> str:
    """A Vega-Lite chart as static SVG with Dutch numbers and dates: one image, with `label` as its text."""
    drawn = vl_convert.vegalite_to_svg(spec, format_locale="nl-NL", time_format_locale="nl-NL")
    ElementTree.register_namespace("", "http://www.w3.org/2000/svg")
    root = ElementTree.fromstring(drawn)
    take_out(root, _invisible)
    for element in root.iter():
        _clean(element)
    root.set("role", "img")
    root.set("aria-label", label)
    root.set("class", "keten-chart")
    root.set("font-family", FONT)
    root.set("style", f"--wide:{round(float(root.get('width', '0')))}")
    return ElementTree.tostring(root, encoding="unicode")


def take_out(root: ElementTree.Element, unwanted: Callable[[ElementTree.Element], bool]) -> None:
    """Take the unwanted elements out of a picture."""
    for parent in list(root.iter()):
        for child in filter(unwanted, list(parent)):
            parent.remove(child)


def _invisible(element: ElementTree.Element) -> bool:
    """Vega's empty frames and lines, and labels that it hides because they would touch others."""
    if element.tag == f"{NAMESPACE}text":
        return element.get("opacity") == "0"
    return element.get("class") in ("background", "foreground") or (
        element.tag == f"{NAMESPACE}path" and not element.get("d")
    )


def _clean(element: ElementTree.Element) -> None:
    """Roles, descriptions and needless digits out; number of the series and tip in."""
    says = element.get("aria-label", "")
    unseen = element.get("opacity") == "0"
    for name in list(element.attrib):
        value = element.get(name, "")
        if name in NEEDLESS or name.startswith("aria-") or (name, value) in USUAL:
            del element.attrib[name]
        elif name in ("d", "transform", "x2", "y2"):
            element.set(name, LONG_DECIMALS.sub(r"\1", value))
    if element.get("class", "").startswith("mark-"):
        del element.attrib["class"]
    if says.startswith(SIGN):
        series, _, tip = says[len(SIGN) :].partition("|")
        if unseen:  # a point that only carries a tip
            x, y = PLACE.findall(element.get("transform", ""))[0]
            element.tag = f"{NAMESPACE}circle"
            element.attrib.clear()
            element.attrib.update({"cx": x, "cy": y, "r": "6"})
        element.set("data-series", series)
        if tip:
            element.set("data-tip", tip)
    lines = len(element.findall(f"{NAMESPACE}tspan"))
    if lines > 1 and element.get("text-anchor") != "middle":  # Vega sets the first line in the middle
        x, y = PLACE.findall(element.get("transform", ""))[0]
        element.set("transform", f"translate({x},{round(float(y) - 7 * (lines - 1), 1)})")


def plain_figure(chart: alt.TopLevelMixin, title: str, subtitle: str, words: str, after: str = "") -> Output:
    """The picture of a chart as a figure; `words`: its text alternative; `after`: what stands below it."""
    spec = chart.to_dict(validate=False)  # Altair has checked the parts as they were made
    spec["usermeta"] = {**spec.get("usermeta", {}), "title": title, "subtitle": subtitle, "words": words}
    image = region(f"Grafiek: {title}", svg(spec, f"{title}. {words}"))
    head = f"<figcaption>{caption(title, subtitle)}</figcaption>"
    html = f'<figure class="chart">{head}{image}{_keys(spec["usermeta"])}{after}</figure>'
    return Output(html, spec=spec)


def _keys(meta: Mapping[str, Any]) -> str:
    """The key below a picture; hidden where the picture itself names the series, until there is something to press."""
    publishers, series = key_styles(meta)
    html = _key(publishers, 'class="chart-key"') if publishers else ""
    if len(series) > 1:
        html += _key(series, f'class="chart-key series"{HIDDEN if meta["named"] else ""}')
    return html


def key_styles(meta: Mapping[str, Any]) -> list[list[Style]]:
    """What the keys of a picture tell apart: its publishers, and its series."""
    return [[Style(**one) for one in meta.get(name, [])] for name in ("publishers", "series")]


def _key(items: Sequence[Style], attributes: str) -> str:
    rows = "".join(f"<li>{swatch(one)}<span>{escape(one.name)}</span></li>" for one in items)
    return f'<ul {attributes} role="list">{rows}</ul>'


def swatch(style: Style) -> str:
    """A small picture of how a series is drawn."""
    inner = swatch_marks(style)
    return f'<svg class="swatch" width="28" height="14" viewBox="0 0 28 14" aria-hidden="true">{inner}</svg>'


def swatch_marks(style: Style) -> str:
    """What stands in the 28 by 14 pixels of a swatch."""
    colour = style.colour
    match style.kind:
        case "bar":
            inner = f'<path d="M7 0h14v14H7Z" fill="{colour}" stroke="{QUIET}" stroke-width="0.6"/>'
        case "outline":
            inner = f'<path d="M7 1h14v12H7Z" fill="{PALE.get(colour, "white")}" stroke="{colour}" stroke-width="2"/>'
        case "tick":
            inner = f'<path d="M12 0h4v14h-4Z" fill="{colour}"/>'
        case "point":
            inner = (
                f'<path d="M0 7H28" stroke="{colour}" stroke-width="2"/><g fill="{colour}">{SYMBOLS[style.shape]}</g>'
            )
        case _:
            dash = ",".join(map(str, style.dash))
            inner = f'<path d="M0 7H28" stroke="{colour}" stroke-width="{style.width}" stroke-dasharray="{dash}"/>'
            if style.kind == "marked":
                inner += f'<g fill="{colour}">{SYMBOLS[style.shape]}</g>'
    return inner
