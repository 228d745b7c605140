"""The source line that goes along with a figure or table into a letter."""

from collections import Counter
from collections.abc import Callable

import pandas as pd

from keten.errors import KetenError
from keten.model.figure_id import figure_id
from keten.presentation import prose
from keten.presentation.output import Output, figure_rows

MOST_SOURCES = 4  # named in a line; the spreadsheet names all


def source(shown: Output) -> str:
    """One line of plain text, such as `Bron: IND Asieltrends 2015; stand van 29 februari 2016`.

    The documents of most figures come first, at most four of them; the day is the newest that a source states: an
    assumed one is no fact. A `KetenError` when no source is known.
    """
    words = source_words(shown)
    if not words:
        raise KetenError("Bij dit onderdeel is geen bron vastgelegd; kies een figuur of tabel met cijfers.")
    return words


def source_words(shown: Output, written: Callable[[str, str], str] = lambda title, url: title) -> str:
    """As `source`; '' when no source is known. written: how a document stands in it, from its title and address."""
    titles = [written(title, url) for title, url in documents(shown)]
    if not titles:
        return ""
    others = len(titles) - MOST_SOURCES
    more = f" en {prose.count(others, 'andere publicatie', 'andere publicaties')}" if others > 0 else ""
    days = [row["as_of"] for row in shown.figures if row["as_of"] and not row["as_of_assumed"]]
    known = f"; stand van {prose.date_text(max(days))}" if days else "; publicatiedatum niet vermeld"
    return f"Bron: {'; '.join(titles[:MOST_SOURCES])}{more}{known}."


def ids(frame: pd.DataFrame) -> str:
    """A line with the ids of the last figure of each category, by which they can be checked later; '' for none.

    frame: as `Workbook.compare` gives it, a category after another.
    """
    rows = figure_rows(frame.groupby(["measure", "category"], sort=False).tail(1))
    return f"Kenmerk: {', '.join(dict.fromkeys(map(figure_id, rows)))}." if rows else ""


def documents(shown: Output) -> list[tuple[str, str]]:
    """Title and address ('' = none) of every document behind the figures, that of most figures first."""
    found = {
        source["title"]: source["url"]
        for table in shown.tables
        for origin in table["origins"]
        for source in origin["sources"]
    }
    uses = Counter(title for row in shown.figures for title in row["source"].split(" | "))
    return sorted(found.items(), key=lambda document: -uses[document[0]])
