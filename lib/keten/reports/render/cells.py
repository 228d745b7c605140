"""The cells of an executed notebook as the sections of a page: Markdown and outputs become HTML."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any

import mistune
from markupsafe import Markup

from keten.presentation.markup import GAP
from keten.presentation.mime import FIGURES, KEY_FIGURES, NOTICES
from keten.reports import notebook as contents
from keten.reports.render import explored

IMAGES = ("image/png", "image/jpeg")
# Of the template.
OWN_IDS = (
    "boven",
    "inhoud",
    "inhoudsopgave",
    "over-dit-rapport",
    "wat-is-er-veranderd",
    "verantwoording",
    "meer-cijfers",
)
ACCOUNT = "Verantwoording"  # the heading of level 2 under which stands how a report was made, for who wants to know
MORE = "meer-"  # begins the id of what a section has in the annex
IN_BODY, IN_ANNEX = 3, 5  # levels of the headings within a section
ID = re.compile(r'\bid="([^"]*)"')
WRAPPED = re.compile(r'<div class="keten"[^>]*>(.*)</div>', re.DOTALL)
UNKNOWN = re.compile(rf'<div class="gap"><p class="title">(.*?)</p><p>{GAP}[^<]*</p></div>')


@dataclass(frozen=True)
class Heading:
    """A heading in the text: its id in the page and its words as HTML without tags."""

    id: str
    words: Markup


@dataclass
class Part:
    """Fragments of a page in order; `unknown`: titles of figures of which nothing is known, told at the end."""

    level: int
    fragments: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    under: Heading | None = None

    def add(self, html: str, heading: Heading | None) -> None:
        """Take a fragment under a heading, which it opens with if it is the first; a heading alone is not shown.

        A figure without any data becomes a name in the last line.
        """
        if found := UNKNOWN.fullmatch(html):
            self.unknown.append(found[1])
        elif html:
            if heading and heading != self.under:
                name = heading.id if self.level == IN_BODY else MORE + heading.id
                self.fragments.append(f'<h{self.level} id="{name}">{heading.words}</h{self.level}>')
                self.under = heading
            self.fragments.append(html)

    @property
    def shown(self) -> list[str]:
        """The fragments, and after them what is not known."""
        shown = list(self.fragments)
        if self.unknown:
            names = "; ".join(dict.fromkeys(self.unknown))
            shown.append(f'<p class="gap">Tot en met deze periode is geen passend cijfer bekend voor: {names}.</p>')
        return shown

    @property
    def html(self) -> Markup:
        """The fragments below each other."""
        return Markup("\n".join(self.shown))


@dataclass
class Section:
    """What stands under one heading of level 2; what stands above the first of them has no heading.

    body: for every reader; annex: what stands behind the report. `figures`: how many numbers its outputs give. `gaps`:
    titles of figures without data. `opens`: whether it has the key figures, with which a report opens.
    """

    heading: Heading | None = None
    body: Part = field(default_factory=lambda: Part(IN_BODY))
    annex: Part = field(default_factory=lambda: Part(IN_ANNEX))
    figures: int = 0
    gaps: list[str] = field(default_factory=list)
    opens: bool = False

    @property
    def is_account(self) -> bool:
        """Whether it tells how the report was made."""
        return self.heading is not None and self.heading.words == ACCOUNT

    @property
    def html(self) -> Markup:
        """The section without its heading."""
        return self.body.html

    @property
    def groups(self) -> list[tuple[Markup, Markup]]:
        """Each heading of level 3 with what stands under it; what stands above the first has an empty heading."""
        found: list[tuple[str, list[str]]] = [("", [])]
        for part in self.body.shown:
            if part.startswith("<h3 "):
                found.append((part, []))
            else:
                found[-1][1].append(part)
        return [(Markup(heading), Markup("\n".join(parts))) for heading, parts in found if parts]


def sections(nb: dict) -> list[Section]:
    """The sections of a notebook in order; the first is what stands above the first heading of level 2.

    A section of which nothing is shown, such as figures that were never fetched, is left out.
    """
    cells = [cell for cell in nb["cells"] if contents.LAB_ONLY not in contents.tags(cell)]
    page = nb["metadata"].get("keten", {}).get("explorer", "")
    shown = {
        id(cell): [
            explored.linked(fragment(output), output.get("data", {}), page) for output in cell.get("outputs", [])
        ]
        for cell in cells
    }
    ids = {name for fragments in shown.values() for text in fragments for name in ID.findall(text)}
    renderer = _Renderer(ids.union(OWN_IDS))
    markdown = mistune.create_markdown(renderer=renderer, plugins=["table", "strikethrough"])
    for cell in cells:
        renderer.behind = contents.IN_ANNEX in contents.tags(cell)
        if cell["cell_type"] == "markdown":
            markdown(contents.source(cell))
        elif cell["cell_type"] == "code":
            section = renderer.sections[-1]
            for html in shown[id(cell)]:
                renderer.show(html)
            for output in cell["outputs"]:
                data = output.get("data", {})
                section.figures += len(data.get(FIGURES, {}).get("figures", []))
                section.gaps += data.get(NOTICES, {}).get("gaps", [])
                section.opens |= KEY_FIGURES in data
    head, *body = renderer.sections
    return [head, *(section for section in body if section.html or section.annex.html)]


def notices(nb: dict, name: str) -> list[str]:
    """Every notice of one kind (`samples`, `licences`) in the outputs, once each, in order."""
    return list(dict.fromkeys(text for _, payload in contents.payloads(nb, NOTICES) for text in payload.get(name, [])))


class _Renderer(mistune.HTMLRenderer):
    """Markdown to HTML, dealt out over sections, with a unique id for each heading.

    behind: whether what comes is for the annex; under: the heading of level 3 that it stands under.
    """

    def __init__(self, taken: set[str]):
        super().__init__(escape=False)
        self.taken = taken
        self.sections = [Section()]
        self.behind = False
        self.under: Heading | None = None
        self.latest: Heading

    def show(self, html: str) -> None:
        """Put a fragment where it belongs."""
        section = self.sections[-1]
        (section.annex if self.behind else section.body).add(html, self.under)

    def __call__(self, tokens: Iterable[dict[str, Any]], state: mistune.BlockState) -> str:
        for token in tokens:
            level = token["attrs"]["level"] if token["type"] == "heading" else 0
            html = self.render_token(token, state)
            if level == 2:
                self.sections.append(Section(self.latest))
                self.under = None
            elif level == 3:
                self.under = self.latest
            else:
                self.show(html.rstrip("\n"))
        return ""

    def heading(self, text: str, level: int, **_: Any) -> str:
        words = re.sub(r"<[^>]*>", "", text)
        slug = re.sub(r"[^\w]+", "-", unescape(words).lower()).strip("-") or "deel"
        name, number = slug, 2
        while {name, MORE + name} & self.taken:
            name, number = f"{slug}-{number}", number + 1
        self.taken |= {name, MORE + name}
        self.latest = Heading(name, Markup(words))
        return f'<h{level} id="{name}">{text}</h{level}>\n'


def fragment(output: dict) -> str:
    """HTML of one output of a cell; empty for what a program printed on the side."""
    data = output.get("data", {})
    if "text/html" in data:
        return _unwrapped(contents.joined(data["text/html"]))
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


def _unwrapped(html: str) -> str:
    """Without the element by which JupyterLab knows our outputs from those of others."""
    found = WRAPPED.fullmatch(html)
    return found[1] if found else html
