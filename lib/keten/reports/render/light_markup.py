"""The markup of a page in fewer signs, as HTML allows: the end of a cell is where the next one begins, and so on.

What an empty cell says, and where the first words of a place end, `reports.render.paper` sees by end tags: those stay.
"""

import re

_HIDDEN = re.compile(
    r'<caption class="visually-hidden"><span class="title">([^<]*)</span>(?: <span class="subtitle">([^<]*)</span>)?'
)
_CELL_END = re.compile(r"(?:(?<=[^>])|(?<=</data>)|(?<=</small>)|(?<=</a>))</td>(?=<t[dh][ >]|</tr>)")
_ROW_END = re.compile(r"</tr>(?=\s*(?:<tr[ >]|</tbody>))")
_DENSE = re.compile(r"<(table|svg)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[a-z][^<>]*>")
_QUOTED = re.compile(r'(?<= )((?!href|id|aria)[a-z-]+)="([\w.#%,:()-]+)"(?=[ >])')
_NARROW = re.compile(
    r'<svg ([^>]*class="keten-chart wide"[^>]*)>(.*?)<svg ([^>]*class="keten-chart narrow"[^>]*)>', re.DOTALL
)
_NAMED = re.compile(r' aria-label="[^"]*"')
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
_BRACE = re.compile(r"\s*([{}])\s*")
_REMARK = re.compile(r"^\s*(?://.*|/\*[^*]*\*/)$\n", re.MULTILINE)


def lighter(html: str) -> str:
    """The page with its markup in fewer signs."""
    html = _HIDDEN.sub(lambda found: f'<caption class="visually-hidden">{_sentence(*found.groups())}', html)
    for end in (_CELL_END, _ROW_END):
        html = end.sub("", html)
    html = _STYLE.sub(lambda found: _BRACE.sub(r"\1", bare(found[0])), html)
    places = iter(range(1, html.count("keten-chart") + 1))
    html = _NARROW.sub(lambda found: _same_name(found, f"g{next(places)}"), html)
    return _DENSE.sub(lambda found: _TAG.sub(_unquoted, found[0]), html)


def bare(code: str) -> str:
    """A style sheet or script without the remarks that have lines of their own, and without indents."""
    return re.sub(r"^[ \t]+", "", _REMARK.sub("", code), flags=re.MULTILINE)


def _unquoted(tag: re.Match[str]) -> str:
    """A tag of a table or a drawing without quotes that it does not need; names and addresses keep theirs."""
    return _QUOTED.sub(r"\1=\2", tag[0])


def _sentence(title: str, subtitle: str | None) -> str:
    """A caption that is heard, not seen."""
    return f'<span class="title">{title}</span>' + (f". {subtitle}" if subtitle else "")


def _same_name(found: re.Match[str], name: str) -> str:
    """The drawing for a telephone, which takes its words from the other."""
    wide, between, narrow = found.groups()
    return f'<svg id="{name}" {wide}>{between}<svg {_NAMED.sub("", narrow)} aria-labelledby="{name}">'
