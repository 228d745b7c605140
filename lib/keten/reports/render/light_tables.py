"""The tables of a page in fewer words: what most of their cells are is said once, and no number twice.

In a notebook's output a cell of a figure says that it is one, and has its number for programs beside the text. In a
page the table says that its cells are figures, but for those marked as words; and a number that its text tells exactly,
as *1.297* or *80,9%*, has no second form. The link that saves a table comes from
`templates/ketenrapport/table.js`, which makes the file of the table itself.
"""

import re
from decimal import Decimal

_DOWNLOAD = re.compile(r'<p class="downloads"><a download="[^"]*" href="data:text/csv[^"]*">.*?</a></p>', re.DOTALL)
_TABLE = re.compile(r"<table(?: class=\"([^\"]*)\")?([^>]*)>(.*?)</table>", re.DOTALL)
_CELL = re.compile(r"<td(?: class=\"([^\"]*)\")?( data-head=\"[^\"]*\")?>(.*?)</td>", re.DOTALL)
_DATA = re.compile(r'^<data value="([^"]*)">([^<]*)</data>$')
_EXACT = re.compile(r"(?:ca\. )?([-+]?\d{1,3}(?:\.\d{3})*(?:,\d+)?)(?:%| procentpunt)?[*†]*")  # as `table.js` reads it
_PHRASE = re.compile(r"^(?!ca\.)[^\W\d]+ \w")  # as *binnen de afronding*
FIGURES, WORDS = "figures", "words"  # a table whose cells are figures, and a cell of it that is none
PHRASE = "phrase"  # a cell of a figure that is told in words, which may stand on more lines


def lighter(html: str) -> str:
    """The page with every table in fewer words."""
    return _TABLE.sub(_table, _DOWNLOAD.sub("", html))


def _table(found: re.Match[str]) -> str:
    """A table of more figures than words; any other, or one that is laid out otherwise, keeps its marks."""
    kinds, others, inner = (found[1] or "").split(), found[2], found[3]
    figures, every = inner.count('<td class="number'), inner.count("<td")
    if 2 * figures <= every or "span=" in inner:
        return _CELL.sub(lambda part: part[0].replace(part[3], _DATA.sub(_number, part[3])), found[0])
    long = "long" in kinds

    def cell(part: re.Match[str]) -> str:
        told = (part[1] or "").split()
        kept = [kind for kind in told if kind != "number" and (long or kind != "change")]
        kept += [WORDS] if "number" not in told else [PHRASE] * bool(_PHRASE.search(part[3]))
        css = f' class="{" ".join(kept)}"' if kept else ""
        return f"<td{css}{(part[2] or '') * long}>{_DATA.sub(_number, part[3])}</td>"

    return f'<table class="{" ".join([*kinds, FIGURES])}"{others}>{_CELL.sub(cell, inner)}</table>'


def _number(found: re.Match[str]) -> str:
    """The text alone where it tells the number exactly."""
    exact = _EXACT.fullmatch(found[2])
    same = exact and Decimal(exact[1].replace(".", "").replace(",", ".")) == Decimal(found[1])
    return found[2] if same else found[0]
