"""The page of a report as it goes to paper: without what only a screen can do, with the numbers of pages."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

STYLE = Path(__file__).resolve().parents[1] / "templates" / "ketenrapport" / "paper.css"
CONTENTS = re.compile(r'<nav aria-labelledby="inhoudsopgave">(.*?)</nav>', re.DOTALL)
UNKNOWN = "–"  # until it is known on which page a section begins
LONGEST = 120  # characters of what a link leads to
ENDS = {"dt", "h1", "h2", "h3", "h4", "p", "caption", "figcaption", "li", "tr"}  # of the first words of a place
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def printable(html: str, pages: Mapping[str, int]) -> str:
    """The report for print: with its contents, without scripts, and with only links that lead somewhere from a PDF.

    `pages`: on which page each section begins, by its id; the others get a dash of the same width. A link to a file
    beside the report would carry the folder where it was printed; one to data is of no use. What is a figure in HTML,
    a picture with title, notes and table, is a group in a PDF: there a figure is the picture itself, with its words.
    """
    html = re.sub(r"<script\b.*?</script>", "", html, flags=re.DOTALL | re.IGNORECASE)
    html = re.sub(r"<figure\b(?![^>]*\srole=)", '<figure role="group"', html, flags=re.IGNORECASE)
    html = re.sub(r"(<(td|th)\b[^>]*>)(?=</\2>)", r"\1&nbsp;", html)  # a browser drops an empty cell from the row
    html = re.sub(r"<a\b[^>]*>", _printable_link, html, flags=re.IGNORECASE)
    html = CONTENTS.sub(lambda nav: _numbered(nav, pages), html)
    style = STYLE.read_text(encoding="utf-8")
    return re.sub(r"(?=</head>)", lambda _: f"<style>{style}</style>", html, count=1, flags=re.IGNORECASE)


def has_contents(html: str) -> bool:
    """Whether the report has a list of its sections."""
    return bool(CONTENTS.search(html))


def places(html: str) -> dict[str, str]:
    """What a link leads to, by its address without a last slash: the first words of a place, or those of the link."""
    reader = _Places()
    reader.feed(html)
    reader.close()
    found = {unquote(address).rstrip("/"): " ".join(text.split())[:LONGEST] for address, text in reader.texts.items()}
    return {address: words for address, words in found.items() if words}


def _printable_link(tag: re.Match) -> str:
    return re.sub(r"""\s(?:href|download)=(?!["'](?:#|https?:|mailto:))(?:"[^"]*"|'[^']*')""", "", tag[0])


def _numbered(nav: re.Match, pages: Mapping[str, int]) -> str:
    def number(link: re.Match) -> str:
        return f'{link[0][:-4]}<span class="page">{pages.get(unquote(link[1]), UNKNOWN)}</span></a>'

    return f'<nav class="contents">{re.sub("<a href=.#([^>]*).>.*?</a>", number, nav[1], flags=re.DOTALL)}</nav>'


class _Places(HTMLParser):
    """Gathers the text of places with an id, up to the end of their first line, and of links elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.open: list[tuple[str, str]] = []  # tags, each with the address of which it holds the text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        address = given.get("href") if tag == "a" else f"#{given['id']}" if given.get("id") else ""
        if not address or address in self.texts or (tag == "a" and address.startswith("#")):
            address = ""
        else:
            self.texts[address] = ""
        if tag not in VOID:
            self.open.append((tag, address))

    def handle_endtag(self, tag: str) -> None:
        while self.open and tag in (one for one, _ in self.open) and self.open.pop()[0] != tag:
            pass
        if tag in ENDS:
            self.open = [(one, "" if self.texts.get(address, "").strip() else address) for one, address in self.open]

    def handle_data(self, data: str) -> None:
        for address in {address for _, address in self.open if address}:
            self.texts[address] += data
