"""The page on which a reader explores all figures of an edition: one file, without requests, that decides nothing."""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterable

from markupsafe import Markup

from keten.explorer.answers import subjects
from keten.explorer.packing import newest, packed
from keten.presentation.charts.palette import AXIS, GRID, INKS, PALETTE, QUIET
from keten.presentation.markup import harmless
from keten.presentation.output import name_of
from keten.presentation.tables import cell_text
from keten.reports.publish.index import EXPLORER, TEMPLATES, environment
from keten.workbook.workbook import Workbook

FILE = EXPLORER
STYLES = ("report.css", "explorer.css")
SCRIPTS = ("explorer.js", "explorer_page.js")
LINES = (QUIET, GRID, AXIS)
_ON_DARK = re.compile(r'(figure\.chart \[(?:fill|stroke)="(#\w+)"\] \{.*?\})')
# Rules on what only reports have; the page is small enough to mail without them.
_OF_REPORTS = re.compile(
    r"^\s*(?:nav|dl\.(?:keyfigures|parameters)|\.(?:report|last-known|gap|top|banner\.unproved|glance|account)|ul\.summary|"
    r"ol\.events|figure\.(?:events|yearly|said)|p\.(?:finding|status)|table\.numbers|:where\(table)\b[^\n{}]*\{[^{}]*\}$",
    re.MULTILINE,
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_INDENT = re.compile(r"\n\s*")


def page(chain: Workbook, label: str, shares: Iterable[tuple[str, str]] = ()) -> str:
    """HTML of the page. label: the edition in words; shares: pairs of a measure and what it is shown as a part of."""
    found = subjects(chain, shares)
    content = packed(chain, found)
    plain = harmless(json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
    data = gzip.compress(plain.encode(), 9, mtime=0)
    style = _short(_OF_REPORTS.sub("", "\n".join([*map(_template, STYLES), _dark_lines()])))
    script = _short("\n".join(map(_template, SCRIPTS)))
    last = newest(found)
    measures = [
        {
            "id": name,
            "label": name_of(chain.catalogue.measure(name).label, one.category),
            "value": cell_text(one.row),
            "period": one.period.short,
        }
        for name, one in sorted(last.items(), key=lambda pair: str(chain.catalogue.measure(pair[0]).label).lower())
    ]
    html = environment().get_template("explorer.html.j2").render(
        label=label,
        figures=f"{sum(len(of) for one in content['subjects'] for of in one['f'][:1]):,}".replace(",", "."),
        measures=measures,
        style=Markup(style),
        style_hash=_hash(style),
        script=Markup(script),
        script_hash=_hash(script),
        sha256=hashlib.sha256(data).hexdigest(),
        data=base64.b64encode(data).decode(),
    )  # fmt: skip
    return html


def _template(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _dark_lines() -> str:
    """How the colours of a line stand on dark paper: as in the charts of the reports."""
    rules = [
        rule
        for rule, colour in _ON_DARK.findall(_template("chart.css"))
        if colour in {*PALETTE, *INKS.values(), *LINES}
    ]
    return f"@media screen and (prefers-color-scheme: dark) {{\n{chr(10).join(rules)}\n}}"


def _short(text: str) -> str:
    """Without comments and indents, which no browser needs."""
    return _INDENT.sub("\n", _COMMENT.sub("", text)).strip()


def _hash(text: str) -> str:
    """How a Content-Security-Policy names a script or style that may be used."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
