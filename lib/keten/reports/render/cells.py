"""The cells of an executed notebook as the sections of a page: Markdown and outputs become HTML."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape, unescape
from itertools import pairwise
from typing import Any

import mistune
from markupsafe import Markup

from keten.presentation.mime import FIGURES, KEY_FIGURES, NOTICES
from keten.reports import notebook as contents

IMAGES = ("image/png", "image/jpeg")
OWN_IDS = ("boven", "inhoud", "inhoudsopgave", "over-dit-rapport", "wat-is-er-veranderd")  # of the template
ID = re.compile(r'\bid="([^"]*)"')


@dataclass(frozen=True)
class Heading:
    """A heading in the text: its id in the page and its words as HTML without tags."""

    id: str
    words: Markup


@dataclass
class Section:
    """What stands under one heading of level 2; what stands above the first of them has no heading.

    `headings`: those of level 3. `figures`: how many numbers its outputs give. `gaps`: titles of figures without data.
    `opens`: whether it has the key figures, with which a report opens.
    """

    heading: Heading | None = None
    headings: list[Heading] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    figures: int = 0
    gaps: list[str] = field(default_factory=list)
    opens: bool = False

    @property
    def html(self) -> Markup:
        """The section, its heading included."""
        return Markup("\n".join(filter(None, self.parts)))


def sections(nb: dict) -> list[Section]:
    """The sections of a notebook in order; the first is what stands above the first heading of level 2.

    A section of which nothing is shown, such as figures that were never fetched, is left out.
    """
    cells = [cell for cell in nb["cells"] if contents.LAB_ONLY not in contents.tags(cell)]
    shown = {id(cell): [fragment(output) for output in cell.get("outputs", [])] for cell in cells}
    ids = {name for fragments in shown.values() for text in fragments for name in ID.findall(text)}
    renderer = _Renderer(ids.union(OWN_IDS))
    markdown = mistune.create_markdown(renderer=renderer, plugins=["table", "strikethrough"])
    for cell in cells:
        if cell["cell_type"] == "markdown":
            markdown(contents.source(cell))
        elif cell["cell_type"] == "code":
            section = renderer.sections[-1]
            section.parts += shown[id(cell)]
            for output in cell["outputs"]:
                data = output.get("data", {})
                section.figures += len(data.get(FIGURES, {}).get("figures", []))
                section.gaps += data.get(NOTICES, {}).get("gaps", [])
                section.opens |= KEY_FIGURES in data
    for section in renderer.sections:
        _drop_bare_headings(section)
    head, *body = renderer.sections
    return [head, *(section for section in body if not all(part.startswith("<h2 ") for part in section.parts))]


def _drop_bare_headings(section: Section) -> None:
    """Leave out the headings of level 3 below which nothing is shown, such as an analysis without its file."""
    parts = [part for part in section.parts if part]
    bare = {part for part, after in pairwise([*parts, "<h3 "]) if _opens(part) and _opens(after)}
    section.parts = [part for part in parts if part not in bare]
    section.headings = [one for one in section.headings if not any(f'id="{one.id}"' in part for part in bare)]


def _opens(part: str) -> bool:
    """Whether this is a heading of level 3."""
    return part.startswith("<h3 ")


def notices(nb: dict, name: str) -> list[str]:
    """Every notice of one kind (`samples`, `licences`) in the outputs, once each, in order."""
    return list(dict.fromkeys(text for _, payload in contents.payloads(nb, NOTICES) for text in payload.get(name, [])))


class _Renderer(mistune.HTMLRenderer):
    """Markdown to HTML, dealt out over sections, with a unique id for each heading."""

    def __init__(self, taken: set[str]):
        super().__init__(escape=False)
        self.taken = taken
        self.sections = [Section()]
        self.latest: Heading

    def __call__(self, tokens: Iterable[dict[str, Any]], state: mistune.BlockState) -> str:
        for token in tokens:
            level = token["attrs"]["level"] if token["type"] == "heading" else 0
            html = self.render_token(token, state)
            if level == 2:
                self.sections.append(Section(self.latest))
            elif level == 3:
                self.sections[-1].headings.append(self.latest)
            self.sections[-1].parts.append(html.rstrip("\n"))
        return ""

    def heading(self, text: str, level: int, **_: Any) -> str:
        words = re.sub(r"<[^>]*>", "", text)
        slug = re.sub(r"[^\w]+", "-", unescape(words).lower()).strip("-") or "deel"
        name, number = slug, 2
        while name in self.taken:
            name, number = f"{slug}-{number}", number + 1
        self.taken.add(name)
        self.latest = Heading(name, Markup(words))
        return f'<h{level} id="{name}">{text}</h{level}>\n'


def fragment(output: dict) -> str:
    """HTML of one output of a cell; empty for what a program printed on the side."""
    data = output.get("data", {})
    if "text/html" in data:
        return contents.joined(data["text/html"])
    if "text/markdown" in data:
        return str(mistune.html(contents.joined(data["text/markdown"])))
    if "image/svg+xml" in data:
        return contents.joined(data["image/svg+xml"])
    for kind in IMAGES:
        if kind in data:
            content = "".join(contents.joined(data[kind]).split())
            return f'<img src="data:{kind};base64,{content}" alt="Afbeelding zonder beschrijving">'
    if "text/plain" in data:
        return f"<pre>{escape(contents.joined(data['text/plain']))}</pre>"
    return ""
