"""The few pieces of HTML that every figure is made of, and what keeps text from data text.

In HTML it is escaped here or by the caller, never twice; in a spreadsheet `inert` keeps it from being a formula; and
`harmless` takes out what would change the text around it or tell a password.
Numbers for programs are written by `plain_number`.
"""

import html
import re
from decimal import Decimal

GAP = "Hiervoor is tot en met deze periode geen passend cijfer bekend"
TOO_FEW = "Niet getoond: de aantallen zijn te klein om herleiding tot personen te voorkomen."


# Signs that turn the direction of what follows, as they stand and as JSON writes them.
_TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]|\\u(?:202[a-e]|206[6-9])", re.IGNORECASE)
_USER = re.compile(r"""(https?://)[^\s/?#\\"'<>]*@""", re.IGNORECASE)


def harmless(text: str) -> str:
    """The text without overrides and isolates of direction, and addresses in it without user and password."""
    if text.isprintable() and "@" not in text and "\\" not in text:
        return text
    return _USER.sub(r"\1", _TURNING.sub("", text))


def escape(text: str) -> str:
    """Text from data as HTML shows it."""
    return html.escape(harmless(text))


def region(label: str, inner: str) -> str:
    """A part of the page that scrolls sideways when it is too wide, by keyboard too."""
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(label)}">{inner}</div>'


def caption(title: str, subtitle: str = "") -> str:
    """Headline and, under it, unit and period."""
    under = f' <span class="subtitle">{escape(subtitle)}</span>' if subtitle else ""
    return f'<span class="title">{escape(title)}</span>{under}'


def slug(text: str) -> str:
    """A name for a file or an id: letters, digits and hyphens."""
    return re.sub(r"[^\w]+", "-", text.lower()).strip("-") or "tabel"


def box(title: str, text: str) -> str:
    """What stands in the place of a figure that cannot be shown, and why."""
    return f'<div class="gap"><p class="title">{escape(title)}</p><p>{escape(text)}</p></div>'


def more(inner: str) -> str:
    """What a reader may unfold or take away, in one row below a figure."""
    return f'<div class="more">{inner}</div>' if inner else ""


def below(inner: str) -> str:
    """Notes and source below a figure, as one small text."""
    return f'<div class="below">{inner}</div>' if inner else ""


def folded(words: str, title: str, inner: str) -> str:
    """What a reader may unfold below the figure with this title; '' for nothing."""
    hidden = f'<span class="visually-hidden">: {escape(title)}</span>'
    return f'<details class="behind"><summary>{words}{hidden}</summary>{inner}</details>' if inner else ""


def note(text: str) -> str:
    """A remark in small print; '' for no text."""
    return f'<p class="note">{escape(text)}</p>' if text else ""


def link(title: str, url: str) -> str:
    """The title as a link when the address is a web address; anything else stays text."""
    if url.startswith(("https://", "http://")):
        return f'<a href="{escape(url)}">{escape(title)}</a>'
    return escape(title)


def inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula, and that is `harmless`."""
    text = harmless(text)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def plain_number(value: float) -> str:
    """A number as programs read it: `1297`, `3.6`, `0.00001`; at most six decimals and never an exponent."""
    return f"{(Decimal(repr(round(float(value), 6))) + 0).normalize():f}"  # adding zero turns -0 into 0
