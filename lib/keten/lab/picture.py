"""A chart as a picture that stands alone: headline, subtitle, notes and source are in the image.

The PNG is the SVG, drawn at print resolution: both look the same, and as the chart in a report.
"""

import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from html import escape

from keten.errors import KetenError
from keten.lab.citation import source_words
from keten.presentation.charts.lettering import lines, width
from keten.presentation.charts.palette import BLUE, INK, QUIET
from keten.presentation.charts.svg import FONT, SIZE
from keten.presentation.output import Output
from keten.presentation.spreadsheet.book import clean

PAPER_WIDTH = 160  # millimetres: the text of an A4 letter
DOTS_PER_INCH = 300
SCREEN, VEGA = 96, 72  # dots per inch: of a pixel in SVG, and what vl-convert calls a scale of one
MARGIN, GAP = 14, 12  # pixels
TITLE, SUBTITLE, TEXT = 20, 15, 13  # pixels of type
LEADING = 1.3
SVG = "{http://www.w3.org/2000/svg}"


def png(shown: Output) -> bytes:
    """The chart as PNG on white, 16 cm wide at 300 dots per inch; a `KetenError` when there is no chart."""
    import vl_convert  # an engine, which nobody waits for who keeps no picture

    return vl_convert.svg_to_png(svg(shown).decode(), scale=VEGA / SCREEN, ppi=DOTS_PER_INCH)


def svg(shown: Output) -> bytes:
    """The chart as SVG with its texts as text, 16 cm wide; a `KetenError` when there is no chart."""
    if not shown.spec:
        raise KetenError(
            "Hier is geen grafiek om als afbeelding te bewaren; kies een grafiek, of bewaar de tabel als .xlsx of .csv."
        )
    spec = shown.spec
    chart = drawing(spec["picture"])
    page = _Page(float(chart.get("width", "0")))
    page.text(spec["headline"], TITLE, BLUE, bold=True)
    page.text(spec["subtitle"], SUBTITLE, QUIET)
    page.space(GAP)
    place = f'transform="translate({page.left},{page.height:g})" font-size="{SIZE}" fill="{INK}"'
    page.add(f'<g class="chart" {place}/>', float(chart.get("height", "0")))
    page.numbered(spec["numbered"])
    page.space(GAP)
    page.text(" ".join(_notes(shown, spec["title"])), TEXT, QUIET)
    page.text(source_words(shown), TEXT, QUIET)
    return page.drawn(spec["headline"], f"{spec['subtitle']}. {spec['words']}", chart)


def drawing(picture: str) -> ElementTree.Element:
    """The chart alone, without what is there for a mouse."""
    drawn = ElementTree.fromstring(clean(picture, len(picture) + 1))  # no cell of a spreadsheet
    for parent in list(drawn.iter()):
        for child in parent.findall(f"{SVG}circle"):
            parent.remove(child)
        for name in ("data-name", "data-tip", "class", "role", "aria-label"):
            parent.attrib.pop(name, None)
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
            f'viewBox="0 0 {wide:g} {high:g}" font-family="{FONT}" role="img" lang="nl">'
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
