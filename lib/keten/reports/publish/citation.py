"""How to cite an edition: as a line, for BibTeX, and for search engines that list data sets (schema.org)."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from keten.presentation.markup import harmless
from keten.reports.periods import in_words, period_of

FILE = "CITATION.bib"
AUTHOR = "Ketenwerkboek contributors"  # as in CITATION.cff
LICENCE = "De cijfers houden de licentie van hun uitgever; noem die."
DESCRIPTION = "Elk cijfer met zijn bron. Tel cijfers van verschillende uitgevers nooit op."
KINDS = {
    "figures.csv": "text/csv",
    "figures_sdmx.csv": "application/vnd.sdmx.data+csv;version=2.0.0",
    "figures.parquet": "application/vnd.apache.parquet",
    "changes.csv": "text/csv",
}
"""Media types of the files with figures that an edition may have."""


def title(label: str) -> str:
    """What an edition is called where it is cited."""
    return f"Ketenwerkboek: cijfers over de Nederlandse migratieketen, {label}"


def day_of(rows: Iterable[Mapping[str, Any]]) -> str:
    """The day of the newest figure, so that the same input is cited alike on any day; '' without figures."""
    return max((str(row.get("as_of") or "") for row in rows), default="")


def line(rows: Iterable[Mapping[str, Any]], name: str, label: str, run: Mapping[str, Any]) -> str:
    """The edition in one line: author, title, period, edition, day and version."""
    day = day_of(rows)
    told = [f"uitgave {name}", *([f"stand van {in_words(day)}"] if day else []), *_made(run)]
    return f"{AUTHOR}. {title(label)} ({', '.join(told)})."


def bibtex(rows: Iterable[Mapping[str, Any]], name: str, label: str, run: Mapping[str, Any]) -> str:
    """The edition as an entry for BibTeX: title, period, edition, day and commit."""
    lines = {
        "author": f"{{{AUTHOR}}}",
        "title": f"{{{_plain(title(label))}}}",
        "date": day_of(rows),
        "edition": _plain(name),
        "note": ", ".join([f"uitgave {_plain(name)}", *_made(run)]),
        "language": "dutch",
    }
    fields = "".join(f"  {key} = {{{words}}},\n" for key, words in lines.items() if words)
    return f"@misc{{ketenwerkboek-{slug(name)},\n{fields}}}\n"


def data_set(
    rows: Iterable[Mapping[str, Any]], name: str, label: str, run: Mapping[str, Any], files: Iterable[str]
) -> str:
    """The edition as a Dataset of schema.org, in JSON-LD that can stand in a page. files: names of what is there."""
    every = list(rows)
    period, day, there = period_of(name), day_of(every), set(files)
    found = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": title(label),
        "description": f"{DESCRIPTION} Verwijs naar deze uitgave als: {line(every, name, label, run)}",
        "identifier": f"ketenwerkboek-{slug(name)}",
        "inLanguage": "nl",
        **({"temporalCoverage": f"{period.start}/{period.end}"} if period else {}),
        **({"dateModified": day} if day else {}),
        **({"version": run["run"]} if run.get("run") else {}),
        "spatialCoverage": {"@type": "Place", "name": "Nederland"},
        "creator": {"@type": "Organization", "name": AUTHOR},
        "license": {"@type": "CreativeWork", "name": LICENCE},
        "isAccessibleForFree": True,
        "distribution": [
            {"@type": "DataDownload", "name": file, "contentUrl": file, "encodingFormat": kind}
            for file, kind in KINDS.items()
            if file in there
        ],
    }
    plain = harmless(json.dumps(found, ensure_ascii=False, separators=(",", ":")))
    return plain.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")


def slug(edition: str) -> str:
    """The edition's name in the signs that every format allows."""
    return re.sub(r"[^a-z0-9._-]+", "-", edition.lower())


def _made(run: Mapping[str, Any]) -> list[str]:
    commit = (run.get("git") or {}).get("commit") or ""
    told = {"run": run.get("run"), "versie": commit[:7]}
    return [f"{word} {text}" for word, text in told.items() if text]


def _plain(text: str) -> str:
    """Text that BibTeX takes as it is."""
    return re.sub(r"[{}\\%&#$~^]", " ", text)
