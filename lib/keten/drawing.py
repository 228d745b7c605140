"""What all charts share: the theme, the colours, the step from specification to image, the figure around it."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence

import altair as alt
import vl_convert

from keten.display import Shown
from keten.markup import caption, note, region

BLUE, ORANGE, SKY, PLUM, GREY = "#154273", "#e17000", "#007bc7", "#a90061", "#696969"
PALETTE = (BLUE, ORANGE, SKY, PLUM, GREY)
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [10, 4])
SHAPES = ("circle", "diamond", "square", "triangle-up", "triangle-down")
# The same concept has the same colour everywhere.
CONCEPT_COLOURS = {
    "Eerste asielaanvragen": BLUE, "Herhaalde asielaanvragen": ORANGE, "Ingereisde nareizigers": SKY,
    "zelfstandig": BLUE, "gedwongen": ORANGE, "zelfstandig zonder toezicht": GREY,
}  # fmt: skip
WIDTH, HEIGHT = 640, 300
FONT = "Arial, Helvetica, sans-serif"
LABEL_GAP = 15  # pixels between two direct labels


@alt.theme.register("keten", enable=True)
def _theme() -> alt.theme.ThemeConfig:
    text = {
        "labelColor": "#333333",
        "titleColor": "#333333",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    }
    return {
        "background": "white",
        "config": {
            "font": FONT,
            "view": {"stroke": None, "continuousWidth": WIDTH, "continuousHeight": HEIGHT},
            "axis": {
                **text,
                "gridColor": "#e4e4e4",
                "domainColor": "#8f8f8f",
                "tickColor": "#8f8f8f",
                "labelPadding": 5,
            },
            "axisY": {
                "domain": False,
                "ticks": False,
                "titleAngle": 0,
                "titleAlign": "left",
                "titleAnchor": "end",
                "titleX": 0,
                "titleY": -14,
            },
            "axisX": {"grid": False},
            "legend": {**text, "orient": "top", "title": None, "symbolStrokeWidth": 2},
            "line": {"strokeWidth": 2.2},
            "text": {"fontSize": 12, "font": FONT, "color": "#333333"},
            "range": {"category": list(PALETTE)},
        },
    }


def svg(spec: dict, label: str) -> str:
    """A Vega-Lite chart as static SVG with Dutch numbers and dates: one image, with `label` as its text."""
    drawn = vl_convert.vegalite_to_svg(spec, format_locale="nl-NL", time_format_locale="nl-NL")
    ElementTree.register_namespace("", "http://www.w3.org/2000/svg")
    root = ElementTree.fromstring(drawn)
    for element in root.iter():
        for attribute in [name for name in element.attrib if name == "role" or name.startswith("aria-")]:
            del element.attrib[attribute]
    root.set("role", "img")
    root.set("aria-label", label)
    root.set("class", "keten-chart")
    return ElementTree.tostring(root, encoding="unicode")


def plain_figure(
    chart: alt.TopLevelMixin, title: str, subtitle: str, words: str, remark: str = "", after: str = ""
) -> Shown:
    spec = chart.to_dict(validate=False)  # Altair has checked the parts as they were made
    image = region(f"Grafiek: {title}", svg(spec, f"{title}. {words}"))
    head = f"<figcaption>{caption(title, subtitle)}</figcaption>"
    html = f'<figure class="chart">{head}{image}{note(remark)}{after}</figure>'
    return Shown(html, spec=spec)


def colours(order: Sequence[str], field: str = "name") -> alt.Color:
    free = [colour for colour in PALETTE if colour not in {CONCEPT_COLOURS.get(name) for name in order}]
    chosen = [CONCEPT_COLOURS.get(name) or (free.pop(0) if free else GREY) for name in order]
    return alt.Color(f"{field}:N", scale=alt.Scale(domain=list(order), range=chosen), legend=None)


def nice_top(highest: float) -> float:
    """Upper end of an axis: a little above the highest value, never zero."""
    return float(highest) * 1.08 or 1.0


def apart(values: Sequence[float], top: float, height: int = HEIGHT) -> list[float]:
    """Positions for labels of descending values, at least `LABEL_GAP` pixels from each other."""
    step, placed = top * LABEL_GAP / height, []
    for value in values:
        placed.append(min(value, placed[-1] - step) if placed else value)
    lowest = placed[-1] if placed else 0
    return [position - min(lowest, 0) for position in placed]
