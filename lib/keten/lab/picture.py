"""A chart as a picture that stands alone: title, subtitle, key, notes and source are in the image.

The PNG is the SVG, drawn at print resolution: both look the same.
"""

import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from html import escape

import vl_convert

from keten.errors import KetenError
from keten.lab.citation import source_words
from keten.lab.lettering import lines, width
from keten.presentation.charts import drawing
from keten.presentation.charts.palette import BLUE, INK, QUIET, Style
from keten.presentation.output import Output
from keten.presentation.spreadsheet.book import clean

PAPER_WIDTH = 160  # millimetres: the text of an A4 letter
DOTS_PER_INCH = 300
SCREEN, VEGA = 96, 72  # dots per inch: of a pixel in SVG, and what vl-convert calls a scale of one
MARGIN, GAP = 14, 10  # pixels
NARROWEST = 620  # pixels of a chart: a narrower one would get letters that are much larger on paper than others
TITLE, SUBTITLE, TEXT = 17, 13, 12  # pixels of type
LEADING = 1.3
SWATCH, AFTER_SWATCH, BETWEEN = 28, 6, 20  # pixels of a key
SVG = drawing.NAMESPACE
CIRCLE = f"{SVG}circle"


def png(shown: Output) -> bytes:
    """The chart as PNG on white, 16 cm wide at 300 dots per inch; a `KetenError` when there is no chart."""
    return vl_convert.svg_to_png(svg(shown).decode(), scale=VEGA / SCREEN, ppi=DOTS_PER_INCH)


def svg(shown: Output) -> bytes:
    """The chart as SVG with its texts as text, 16 cm wide; a `KetenError` when there is no chart."""
    if not shown.spec:
        raise KetenError(
            "Hier is geen grafiek om als afbeelding te bewaren; kies een grafiek, of bewaar de tabel als .xlsx of .csv."
        )
    chart = _chart(shown.spec)
    wide, high = float(chart.get("width", "0")), float(chart.get("height", "0"))
    room = max(wide, NARROWEST)
    meta = shown.spec["usermeta"]
    page = _Page(room)
    page.text(meta["title"], TITLE, BLUE, bold=True)
    page.text(meta["subtitle"], SUBTITLE, QUIET)
    page.space(GAP)
    page.add(f'<g class="chart" transform="translate({page.left},{page.height:g})"/>', high)
    publishers, series = drawing.key_styles(meta)
    for key in (publishers, series if len(series) > 1 and not meta["named"] else []):
        page.key(key)
    page.numbered(meta.get("numbered", []))
    page.space(GAP)
    page.text(" ".join(_notes(shown, meta["title"])), TEXT, QUIET)
    page.text(source_words(shown), TEXT, QUIET)
    return page.drawn(meta["title"], f"{meta['subtitle']}. {meta['words']}", chart)


def _chart(spec: dict) -> ElementTree.Element:
    """The chart alone, without what is there for a mouse; a narrow one gets a wider plot."""
    drawn = ElementTree.fromstring(drawing.svg(spec, ""))
    lacking = NARROWEST - float(drawn.get("width", "0"))
    if lacking > 0 and isinstance(spec.get("width"), int | float):
        drawn = ElementTree.fromstring(drawing.svg({**spec, "width": spec["width"] + lacking}, ""))
    drawing.take_out(drawn, lambda one: one.get("opacity") == "0" or bool(one.tag == CIRCLE and one.get("data-tip")))
    for element in drawn.iter():
        for name in ("data-series", "data-tip"):
            element.attrib.pop(name, None)
    return drawn


def _notes(shown: Output, title: str) -> list[str]:
    """The notes of the table behind the chart."""
    return next((table["notes"] for table in shown.tables if table["title"] == title), [])


class _Page:
    """A picture that grows downwards; `height` is where the next part begins."""

    def __init__(self, room: float) -> None:
        self.room, self.left, self.height = room, MARGIN, float(MARGIN)
        self._parts: list[str] = []

    def space(self, pixels: float) -> None:
        """Leave so much white."""
        self.height += pixels

    def add(self, part: str, high: float) -> None:
        """Put a part of so many pixels high."""
        self._parts.append(part)
        self.height += high

    def text(self, text: str, size: float, colour: str, bold: bool = False, indent: float = 0) -> None:
        """Put a text, in as many lines as it needs; nothing for no text."""
        broken = lines(clean(text), self.room - indent, size, bold)
        if broken:
            leading = round(LEADING * size)
            self.add(
                _text_element(broken, self.left + indent, self.height + size, size, colour, bold), leading * len(broken)
            )

    def key(self, items: Sequence[Style]) -> None:
        """Put a key: as many swatches with their names on a row as fit."""
        if not items:
            return
        self.space(GAP / 2)
        x, row = 0.0, 18
        for item in items:
            shown = lines(clean(item.name), self.room - SWATCH - AFTER_SWATCH, TEXT)
            needed = SWATCH + AFTER_SWATCH + max((width(line, TEXT) for line in shown), default=0)
            if x and x + needed > self.room:
                x = 0
                self.space(row)
            at = self.left + x
            mark = f'<g transform="translate({at:g},{self.height + 2:g})">{drawing.swatch_marks(item)}</g>'
            words = _text_element(shown, at + SWATCH + AFTER_SWATCH, self.height + 13, TEXT, INK)
            self.add(mark + words, round(LEADING * TEXT) * (len(shown) - 1))
            x += needed + BETWEEN
        self.space(row)

    def numbered(self, texts: Sequence[str]) -> None:
        """Put what the numbers in the chart mean."""
        if not texts:
            return
        self.space(GAP)
        indent = width(f"{len(texts)}", TEXT, bold=True) + 8
        for number, text in enumerate(texts, 1):
            digits = _text_element([str(number)], self.left, self.height + TEXT, TEXT, QUIET, bold=True)
            self.add(digits, 0)
            self.text(text, TEXT, INK, indent=indent)

    def drawn(self, title: str, description: str, chart: ElementTree.Element) -> bytes:
        """The whole picture, with the chart in its place."""
        wide, high = self.room + 2 * MARGIN, self.height + MARGIN
        millimetres = f"{PAPER_WIDTH * high / wide:.2f}"
        root = ElementTree.fromstring(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{PAPER_WIDTH}mm" height="{millimetres}mm" '
            f'viewBox="0 0 {wide:g} {high:g}" font-family="{drawing.FONT}" role="img" lang="nl">'
            f"<title>{_escaped(title)}</title><desc>{_escaped(description)}</desc>"
            f'<rect width="100%" height="100%" fill="white"/>{"".join(self._parts)}</svg>'
        )
        (place,) = root.iterfind(f"{SVG}g[@class='chart']")
        del place.attrib["class"]
        place.extend(chart)
        return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _text_element(broken: Sequence[str], x: float, y: float, size: float, colour: str, bold: bool = False) -> str:
    """Lines of text, the first on the height `y`."""
    weight = ' font-weight="bold"' if bold else ""
    spans = "".join(
        f'<tspan x="{x:g}" y="{y + place * round(LEADING * size):g}">{_escaped(line)}</tspan>'
        for place, line in enumerate(broken)
    )
    return f'<text font-size="{size:g}" fill="{colour}"{weight}>{spans}</text>'


def _escaped(text: str) -> str:
    return escape(clean(text), quote=False)
