"""The few pieces of HTML that every figure is made of. Text from data is escaped here or by the caller, never twice."""

from collections.abc import Iterable
from html import escape

GAP = "Hierover is voor deze periode of eerder geen cijfer bekend"
TOO_FEW = "Niet getoond: de aantallen zijn te klein om herleiding tot personen te voorkomen."


def region(label: str, inner: str) -> str:
    """A part of the page that scrolls sideways when it is too wide, by keyboard too."""
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(label)}">{inner}</div>'


def caption(title: str, subtitle: str = "") -> str:
    """Headline and, under it, unit and period."""
    under = f' <span class="subtitle">{escape(subtitle)}</span>' if subtitle else ""
    return f'<span class="title">{escape(title)}</span>{under}'


def heads(names: Iterable[str], numbers: Iterable[str] = ()) -> str:
    """Column heads; those in `numbers` stand to the right, above their numbers."""
    right = set(numbers)
    cells = [(name, ' class="number"' if name in right else "") for name in names]
    return "".join(f'<th scope="col"{css}>{escape(name)}</th>' for name, css in cells)


def table(title: str, subtitle: str, head: str, body: str, after: str = "") -> str:
    """A captioned table in a figure; `head` are its column heads, `body` its rows, `after` what stands below it."""
    grid = f"<caption>{caption(title, subtitle)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    below = f"<figcaption>{after}</figcaption>" if after else ""
    return f'<figure class="table">{region(f"Tabel: {title}", f"<table>{grid}</table>")}{below}</figure>'


def box(title: str, text: str) -> str:
    """What stands in the place of a figure that cannot be shown, and why."""
    return f'<div class="gap"><p class="title">{escape(title)}</p><p>{escape(text)}</p></div>'


def note(text: str) -> str:
    """A remark in small print; '' for no text."""
    return f'<p class="note">{escape(text)}</p>' if text else ""


def link(title: str, url: str) -> str:
    """The title as a link when the address is a web address; anything else stays text."""
    if url.startswith(("https://", "http://")):
        return f'<a href="{escape(url)}">{escape(title)}</a>'
    return escape(title)
