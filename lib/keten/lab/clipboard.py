"""Tables as they are pasted: HTML for Word, Outlook and Excel, tab-separated text for what takes text only.

What is pasted has no style sheet, so each element carries its own look. Word and Outlook show the numbers as the
reports do; a Dutch Excel reads them as numbers.
"""

import re
from html import escape

from keten.lab.citation import source_words
from keten.presentation.grid import Cell, grid_of
from keten.presentation.markup import inert, link
from keten.presentation.output import Output
from keten.presentation.spreadsheet.book import clean

FONT = "font-family:Arial,sans-serif"
BLUE, LINE, QUIET = "#154273", "#c8c8c8", "#595959"
# `+3,5 procentpunt`, `-12%`: a sign that belongs to a number is no formula.
_SIGNED = re.compile(r"[+-]\d{1,3}(\.?\d{3})*(,\d+)?( ?[%a-z]+)*†?( \(.*\))?")


def html(shown: Output) -> str:
    """The tables with title, notes and source as HTML."""
    tables = "".join(_table(table) for table in shown.tables)
    return f'<div lang="nl" style="{FONT};font-size:10pt">{tables}{_source(shown)}</div>'


def text(shown: Output) -> str:
    """The tables with title, notes and source as lines of tab-separated cells."""
    blocks = []
    for table in shown.tables:
        above = [inert(clean(words)) for words in (table["title"], table["subtitle"]) if words]
        rows = ["\t".join(map(clean, line)) for line in grid_of(table).lines()]
        blocks.append("\r\n".join([*above, *rows, *[inert(clean(note)) for note in table["notes"]]]))
    return "\r\n\r\n".join(blocks) + "".join(f"\r\n{words}" for words in [source_words(shown)] if words) + "\r\n"


def _table(table: dict) -> str:
    grid = grid_of(table)
    sides = ["right" if number else "left" for number in table["numeric"]]
    heads = "".join(
        f'<th scope="col" style="text-align:{side};vertical-align:bottom;padding:3pt 6pt;'
        f'border-bottom:1.5pt solid {BLUE}">{escape(_harmless(name))}</th>'
        for name, side in zip(grid.columns, sides, strict=True)
    )
    rows = ""
    for row in grid.rows:
        cells = "".join(_cell(cell, side) for cell, side in zip(row, sides, strict=True))
        rows += f"<tr>{cells}</tr>"
    small = f"margin:4pt 0 0 0;font-size:9pt;color:{QUIET}"
    above = f'<p style="margin:6pt 0 0 0;font-size:11pt;color:{BLUE}"><b>{_paragraph(table["title"])}</b></p>'
    if table["subtitle"]:
        above += f'<p style="margin:0 0 4pt 0;color:{QUIET}">{_paragraph(table["subtitle"])}</p>'
    notes = f'<p style="{small}">{_paragraph(" ".join(table["notes"]))}</p>' if table["notes"] else ""
    grid_html = (
        f'<table border="0" cellspacing="0" cellpadding="0" style="border-collapse:collapse;{FONT};font-size:10pt">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )
    return f"{above}{grid_html}{notes}"


def _cell(cell: Cell, side: str) -> str:
    shown = cell.whole if cell.value is not None else _harmless(cell.whole)
    words = link(shown, cell.url) if cell.url else escape(shown)
    fixed = ";white-space:nowrap" if side == "right" else ""
    look = f"text-align:{side};vertical-align:top;padding:2pt 6pt;border-bottom:0.5pt solid {LINE}{fixed}"
    return f'<td style="{look}">{words}</td>'


def _source(shown: Output) -> str:
    """The source line, its documents as links."""
    words = source_words(shown, link)
    if not words:
        return ""
    return f'<p style="margin:4pt 0 0 0;font-size:9pt;color:{QUIET}">{words}</p>'


def _harmless(text: str) -> str:
    """The text, and never a formula once it stands in a cell."""
    return text if _SIGNED.fullmatch(text) else inert(text)


def _paragraph(text: str) -> str:
    return escape(_harmless(clean(text)))
