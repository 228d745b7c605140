"""What a page says of the origin of its figures, said once: definitions in *Begrippen*, documents in *Bronnen*.

In a notebook's output the origin of a table is whole, with definition and addresses, so that an output stands alone. In
a page it is a line per measure, that leads to the definition and names its documents by their numbers in the list of
sources, which lead to them. An origin to which a number in running text leads stays a list of terms.
"""

import re
from itertools import count

from keten.presentation.output import IN_WORDS

_SOURCES = re.compile(
    r'<table[^>]*><caption[^>]*><span class="title">Bronnen van dit rapport</span>.*?</table>', re.DOTALL
)
_SOURCE = re.compile(r'<tr><th scope="row">(?:<a href="([^"]*)">)?([^<]*)(</a>)?</th>')
_ORIGIN = re.compile(r'<div class="origin" id="([^"]*)">')
_PART = re.compile(
    r'<div class="origin-of" id="([^"]*)"><p class="title">([^<]*)</p><dl>(.*?)'
    r"<div><dt>Maat</dt><dd><code>([^<]*)</code></dd></div></dl></div>",
    re.DOTALL,
)
_LISTED = re.compile(r'</small><details class="origin"><summary>Herkomst<.*?</summary><dl>(.*?)</dl></details>')
_TERM = re.compile(r"<div><dt>([^<]*)</dt><dd>(.*?)</dd></div>", re.DOTALL)
_DOCUMENTS = re.compile(r"<div><dt>Bron</dt><dd>(.*?)</dd></div>")
_LINK = re.compile(r'<a href="([^"]*)">([^<]*)</a>')
CHANGES = {
    IN_WORDS["change_percent"]: "verandering in procenten",
    IN_WORDS["change_points"]: "verandering",
}  # in fewer words: *Afronding en verschillen* in *Begrippen* says what they are
USUAL = "niet als voorlopig gemerkt"  # a status that needs no words
Numbers = dict[tuple[str, str], int]  # of a document in the list of sources, by its address and title


def lighter(html: str) -> str:
    """The page with its origins in fewer words; without a list of sources its documents keep their names."""
    numbers: Numbers = {}
    html = _SOURCES.sub(lambda found: _numbered(found[0], numbers), html)
    html = _DOCUMENTS.sub(lambda found: _by_number(found, numbers), html)
    ids, linked = set(re.findall(r' id="([^"]*)"', html)), set(re.findall(r' href="#([^"]*)"', html))

    def part(found: re.Match[str]) -> str:
        name, label, terms, measure = found.groups()
        if name in linked or f"begrip-{measure}" not in ids:
            return found[0]
        return f'<p><a href="#begrip-{measure}">{label}</a>: {_line(dict(_TERM.findall(terms)))}</p>'

    html = _PART.sub(part, html)
    html = _LISTED.sub(lambda found: f" Herkomst: {_line(dict(_TERM.findall(found[1])))}</small>", html)
    return _ORIGIN.sub(lambda found: found[0] if found[1] in linked else '<div class="origin">', html)


def _line(terms: dict[str, str]) -> str:
    """One origin as a line; in which unit is counted stands with what the measure means."""
    status = terms.get("Status", USUAL)
    every = [
        terms.get("Uitgever", ""),
        f"bron {terms['Bron']}" if "Bron" in terms else "",
        f"gegevens van {terms['Gegevens van']}" if "Gegevens van" in terms else "",
        terms.get("Afronding", ""),
        status * (status != USUAL),
    ]
    for whole, short in CHANGES.items():
        terms["Berekening"] = terms.get("Berekening", "").replace(whole, short)
    more = [f"{name}: {terms[name]}." for name in ("Berekening", "Opmerking van het werkboek") if terms.get(name)]
    return " ".join([f"{'; '.join(filter(None, every))}.", *more])


def _numbered(table: str, numbers: Numbers) -> str:
    """The list of sources with a number before each, which `numbers` learns."""
    rows = count(1)

    def row(found: re.Match[str]) -> str:
        url, title, end = found[1] or "", found[2], found[3] or ""
        number = next(rows)
        numbers.setdefault((url, title), number)
        link = f'<a href="{url}">' if url else ""
        return f'<tr><th id="b{number}" scope="row">{number}. {link}{title}{end}</th>'

    return _SOURCE.sub(row, table)


def _by_number(found: re.Match[str], numbers: Numbers) -> str:
    """The documents of an origin by number, if each has one."""
    links = _LINK.findall(found[1])
    if not links:
        named = _named(found[1], {title: number for (_, title), number in reversed(numbers.items())})
    elif _LINK.sub("", found[1]).strip("; "):
        return found[0]
    else:
        named = [numbers.get(link, 0) for link in links]
    if not named or not all(named):
        return found[0]
    return f"<div><dt>Bron</dt><dd>{_spans(sorted(set(named)))}</dd></div>"


def _named(titles: str, numbers: dict[str, int]) -> list[int]:
    """The numbers of titles that stand after each other with semicolons; 0 for the rest from one without a number."""
    found: list[int] = []
    rest = f"{titles}; "
    while rest:
        title = max((one for one in numbers if rest.startswith(f"{one}; ")), key=len, default=None)
        if title is None:
            return [*found, 0]
        found.append(numbers[title])
        rest = rest[len(title) + 2 :]
    return found


def _spans(numbers: list[int]) -> str:
    """Numbers as links, of three or more that follow each other the first and the last."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    shown = [f"{_to(run[0])}-{_to(run[-1])}" if len(run) > 2 else ", ".join(map(_to, run)) for run in runs]
    return ", ".join(shown)


def _to(number: int) -> str:
    return f'<a href="#b{number}">{number}</a>'
