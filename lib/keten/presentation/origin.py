"""Where the figures of a chart, table or sentence come from: everything that a reader needs to find them back."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from keten.model.catalogue import Catalogue
from keten.model.figures import joined_notes, records
from keten.model.quality import IN_DUTCH, ROUNDED
from keten.presentation import prose
from keten.presentation.markup import escape, link
from keten.presentation.output import IN_WORDS, documents, has_value, newest_source, publishers_of, quality_words

MEASURE_KINDS = {
    "flow": "stroom (telt over een periode)",
    "stock": "stand (op een moment)",
    "rate": "aandeel of gemiddelde",
}


def origins(frames: Sequence[pd.DataFrame], catalogue: Catalogue) -> list[dict]:
    """The origin of each measure in the tables of figures, in order of appearance; all values are Dutch text.

    Keys: `measure`, `label`, `definition`, `unit`, `kind`, `publisher`, `sources` (`title` and `url` each), `known`
    (day from which the newest figure was known), `rounding`, `status`, `calculation` and `remark` (of the workbook).
    """
    shown = [row for frame in frames for row in records(frame) if has_value(row) or row["status"] == "suppressed"]
    by_measure: dict[str, list[dict[str, Any]]] = {}
    for row in shown:
        by_measure.setdefault(row["measure"], []).append(row)
    return [_origin(measure, mine, catalogue) for measure, mine in by_measure.items()]


def _origin(measure: str, rows: Sequence[Mapping[str, Any]], catalogue: Catalogue) -> dict:
    about = catalogue.measure(measure)
    precisions = {row["precision"] for row in rows if has_value(row)}
    roundings = [quality_words(precision) for precision in ROUNDED if precision in precisions]
    known = newest_source(rows)
    return {
        "measure": measure,
        "label": about.label,
        "definition": about.definition,
        "unit": catalogue.unit_words(about.unit).plural,
        "kind": MEASURE_KINDS[about.kind],
        "publisher": prose.listing(publishers_of(rows)),
        "sources": [{"title": title, "url": url} for title, url in documents(rows).items() if title],
        "known": known.label if known else "",
        "rounding": prose.listing([*(["zoals gepubliceerd"] if precisions - {*ROUNDED} else []), *roundings]),
        "status": _status({row["status"] for row in rows}),
        "calculation": "; ".join(_calculations(rows)),
        "remark": joined_notes(row["editor_note"] for row in rows if row["editor_note"] == row["editor_note"]),
    }


def _status(present: set[str]) -> str:
    told = [word for word in ("provisional", "estimated", "break") if word in present]
    words = ["deels " * (len(present) > 1) + IN_DUTCH[word] for word in told]
    words += ["kleine aantallen worden niet getoond"] * ("suppressed" in present)
    return prose.listing(words) or "niet als voorlopig gemerkt"


def _calculations(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """In words: sums, shares and changes; a figure that is shown as published needs none."""
    derived = [IN_WORDS.get(row["statistic"].partition(";")[0], "") for row in rows]
    parts = [part for row in rows for part in row["calculation"].split("; ")]  # of several shares each part once
    return [words for words in dict.fromkeys([*parts, *derived]) if words]


def identifier(title: str, found: Sequence[dict]) -> str:
    """An id for the origin of one figure that is the same in every run."""
    return "h-" + hashlib.sha256(repr((title, found)).encode()).hexdigest()[:10]


def origin_html(title: str, found: Sequence[dict], below: str = "") -> str:
    """The origins as a part that unfolds, each measure with an id of its own for links from running text.

    below: HTML that stands below them.
    """
    if not found:
        return ""
    hidden = f'<span class="visually-hidden">: {escape(title)}</span>'
    summary = f"<summary>Herkomst en uitleg{hidden}</summary>"
    return f'<details class="origin">{summary}{origin_parts(title, found)}{below}</details>'


def origin_parts(title: str, found: Sequence[dict]) -> str:
    """The origins below each other; '' for none."""
    name = identifier(title, found)
    parts = "".join(_part(name, origin) for origin in found)
    return f'<div class="origin" id="{name}">{parts}</div>' if found else ""


def _part(name: str, origin: dict) -> str:
    return (
        f'<div class="origin-of" id="{name}-{escape(origin["measure"])}"><p class="title">{escape(origin["label"])}</p>'
        f"{origin_list(origin)}</div>"
    )


def origin_list(origin: dict, definition: bool = True) -> str:
    """One origin as a list of terms; `definition`: with what the measure means.

    Without it stands among the definitions, before the list of sources: there the documents need no address, and the
    name of the measure in the data is not for a reader.
    """
    titles = [(source["title"], source["url"] if definition else "") for source in origin["sources"]]
    documents = "; ".join(link(title, url) for title, url in titles)
    lines = {
        "Begrip": escape(origin["definition"]) if definition else "",
        "Eenheid": escape(f"{origin['unit']}; {origin['kind']}"),
        "Uitgever": escape(origin["publisher"]),
        "Bron": documents,
        "Gegevens van": escape(origin["known"]),
        "Afronding": escape(origin["rounding"]),
        "Status": escape(origin["status"]),
        "Berekening": escape(origin["calculation"]),
        "Opmerking van het werkboek": escape(origin["remark"]),
        "Maat": f"<code>{escape(origin['measure'])}</code>" if definition else "",
    }
    listed = "".join(f"<div><dt>{term}</dt><dd>{words}</dd></div>" for term, words in lines.items() if words)
    return f"<dl>{listed}</dl>"
