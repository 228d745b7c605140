"""Colours, dashes and markers of charts. The same concept has the same colour in every report.

A colour never stands alone: a series also has its name at its end and a marker of its own; what was calculated is
dashed. Marks keep a contrast of 3:1 with the paper, their text a contrast of 4.5:1 (`INKS`);
`templates/ketenrapport/chart.css` gives each colour its counterpart on dark paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from keten.presentation import prose

BLUE, ORANGE, SKY, PLUM = "#154273", "#e17000", "#007bc7", "#a90061"
BROWN, VIOLET, GREY = "#94710a", "#8a63c4", "#696969"
PALETTE = (BLUE, ORANGE, SKY, PLUM, BROWN, VIOLET, GREY)
INK, QUIET, GRID, AXIS = "#333333", "#595959", "#e4e4e4", "#8f8f8f"
INKS = {ORANGE: "#a94f00", SKY: "#0068a8", BROWN: "#7d5f08", VIOLET: "#7450b0", GREY: QUIET}
PALE = {BLUE: "#dbe4ee", ORANGE: "#fbe6d1", SKY: "#d9ebf7", PLUM: "#f5dcea"}  # inside an outline of the full colour
DASHES = ((1, 0), (7, 3), (2, 2), (9, 3, 2, 3), (12, 5), (4, 2), (6, 2, 2, 2, 2, 2))
SHAPES = ("circle", "diamond", "square", "triangle-up", "triangle-down", "cross", "triangle-right")
# From strongest "no" to strongest "yes", per number of answers.
ANSWERS = {
    2: ("#a94f00", BLUE),
    3: ("#a94f00", "#e3e3e3", BLUE),
    4: ("#a94f00", "#f3b27a", "#8fb3d9", BLUE),
    5: ("#a94f00", "#f3b27a", "#e3e3e3", "#8fb3d9", BLUE),
}
CONCEPT_COLOURS = {
    "Eerste asielaanvragen": BLUE, "Herhaalde asielaanvragen": ORANGE, "Nareis": SKY,
    "Beslissingen op asielaanvragen in eerste aanleg": BLUE, "Positieve asielbeslissingen in eerste aanleg": SKY,
    "Afwijzende asielbeslissingen in eerste aanleg": ORANGE,
    "Bezetting van de COA-opvang": BLUE, "Vergunninghouders in de COA-opvang": SKY,
    "Minderjarigen in de COA-opvang": ORANGE,
    "zelfstandig": BLUE, "gedwongen": ORANGE, "zelfstandig zonder toezicht": GREY,
    "Vreemdelingen met een verplichting tot vertrek": BLUE, "Aantoonbaar vertrek na een terugkeerbesluit": ORANGE,
    "gezin": BLUE, "studie": ORANGE, "arbeid": SKY, "arbeid (arbeidsmigranten)": SKY, "vluchtelingenstatus": PLUM,
    "subsidiaire bescherming": VIOLET, "kennismigrant": BROWN, "kennis en talent, loondienst of studie": VIOLET,
    "overig": GREY,
    "IND": BLUE, "COA": ORANGE, "DT&V": SKY, "KMar": BLUE, "Eurostat": ORANGE, "CBS": PLUM, "UNHCR": SKY,
    "Syrië": BLUE, "Eritrea": ORANGE, "Irak": SKY, "Afghanistan": PLUM,
    "Amsterdam": BLUE, "Rotterdam": ORANGE, "Utrecht": SKY, "Eindhoven": PLUM, "Groningen": BROWN,
    "bestendige oplossing": BLUE, "semi-bestendige oplossing": SKY, "geen oplossing": ORANGE, "onbekend": GREY,
}  # fmt: skip


@dataclass(frozen=True)
class Style:
    """How a series looks.

    kind: what a key shows: `line` (with its marker), `point`, `bar` or `tick`.
    """

    name: str
    colour: str
    dash: tuple[int, ...] = DASHES[0]
    shape: str = SHAPES[0]
    width: float = 2.5
    kind: str = "line"

    @property
    def ink(self) -> str:
        """Colour of text about the series."""
        return INKS.get(self.colour, self.colour)


def colour_of(label: str) -> str:
    """The colour of a measure that stands alone in a chart."""
    return CONCEPT_COLOURS.get(label) or CONCEPT_COLOURS.get(prose.small(label)) or BLUE


def styles(names: Sequence[str], kind: str = "line") -> list[Style]:
    """A style per series, in the order of `names`: its concept's colour, or one that no other in the chart has.

    What has no colour of its own gets the next free one in the order of the alphabet, so that it has the same one in
    every edition with the same series, whatever is largest.
    """
    if len(names) == 1:
        return [Style(names[0], colour_of(names[0]), kind=kind)]
    free = [colour for colour in PALETTE if colour not in map(_wanted, names)]
    chosen: dict[str, Style] = {}
    for place, name in enumerate(sorted(names, key=lambda name: (_wanted(name) is None, name))):
        colour = _wanted(name)
        if colour is None or colour in {style.colour for style in chosen.values()}:
            colour = free.pop(0) if free else GREY
        chosen[name] = Style(name, colour, shape=SHAPES[place % len(SHAPES)], kind=kind)
    return [chosen[name] for name in names]


def _wanted(name: str) -> str | None:
    return CONCEPT_COLOURS.get(name) or CONCEPT_COLOURS.get(prose.small(name))
