"""An edition for programs: what `figures.csv` holds as a Data Package (version 2), and how to cite the edition.

https://datapackage.org/standard/data-package/
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from keten.model.quality import CONFIDENTIALITIES
from keten.presentation.markup import harmless
from keten.reports.notebook import FIGURE_COLUMNS
from keten.reports.publish.index import PACKAGE

FILE, CITATION = PACKAGE, "CITATION.bib"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
AUTHOR = "Ketenwerkboek contributors"  # as in CITATION.cff
MEANING = {
    "notebook": "het rapport waarin het cijfer staat",
    "section": "het onderdeel van dat rapport",
    "measure": "de maat; wat zij betekent staat in het rapport onder Begrippen",
    "label": "hoe het cijfer in het Nederlands heet",
    "dimensions": "dimensie=onderdeel, en bij een berekend cijfer statistic=; leeg is het totaal",
    "period": "2017-06, 2017-Q2, 2017-H1, 2017, 2017-12-31 of 2017-01-01/2017-05-31",
    "value": "het getal; leeg is onderdrukt of ontbrekend, nooit nul",
    "unit": "waarin is geteld",
    "status": "het ene woord dat het meest zegt over de zekerheid",
    "confidentiality": "waarom een cijfer niet is getoond",
    "precision": "hoe is afgerond",
    "calculation": "waarvan het een som, een deel of een verandering is; leeg is zoals gepubliceerd",
    "source": "titels van de bronnen, gescheiden door |",
    "source_id": "dezelfde bronnen bij hun naam in de gegevens",
    "publisher": "wiens cijfer het is",
    "as_of": "de dag vanaf welke het cijfer bekend was",
    "as_of_assumed": "yes als geen bron die dag noemt",
}
TYPES = {"value": "number", "as_of": "date"}
CONSTRAINTS: dict[str, dict[str, Any]] = {
    "measure": {"required": True},
    "period": {"required": True},
    "unit": {"required": True},
    "confidentiality": {"enum": list(CONFIDENTIALITIES)},
    "as_of_assumed": {"enum": ["yes"]},
}


def descriptor(figures: Path, rows: Iterable[Mapping[str, Any]], name: str, label: str, run: Mapping[str, Any]) -> str:
    """The Data Package of an edition as JSON.

    figures: its `figures.csv`; rows: what stands in it; name, label: the edition's; run: as the manifest tells it.
    """
    content = figures.read_bytes()
    sources = sorted({title for row in rows for title in str(row.get("source") or "").split(" | ") if title})
    resource = {
        "name": "figures",
        "path": figures.name,
        "type": "table",
        "title": f"Alle cijfers in de rapporten van {label}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {"missingValues": [""], "fields": [_field(column) for column in FIGURE_COLUMNS]},
    }
    found = {
        "$schema": PROFILE,
        "name": f"ketenwerkboek-{_name(name)}",
        "title": title(label),
        "description": "Elk cijfer met zijn bron. Tel cijfers van verschillende uitgevers nooit op.",
        **({"version": run["run"]} if run.get("run") else {}),
        "contributors": [{"title": AUTHOR, "roles": ["author"]}],
        "sources": [{"title": one} for one in sources] or [{"title": "geen"}],
        "licenses": [{"name": "other-at", "title": "De cijfers houden de licentie van hun uitgever; noem die."}],
        "resources": [resource],
    }
    return harmless(json.dumps(found, ensure_ascii=False, indent=2)) + "\n"


def citation(rows: Iterable[Mapping[str, Any]], name: str, label: str, run: Mapping[str, Any]) -> str:
    """The edition as an entry for BibTeX: title, period, edition, day and commit.

    The day is that of the newest figure, so that the same input gives the same entry on any day.
    """
    commit = (run.get("git") or {}).get("commit") or ""
    day = max((str(row.get("as_of") or "") for row in rows), default="")
    made = {"uitgave": _plain(name), "run": run.get("run"), "versie": commit[:7]}
    lines = {
        "author": f"{{{AUTHOR}}}",
        "title": f"{{{_plain(title(label))}}}",
        "date": day,
        "edition": _plain(name),
        "note": ", ".join(f"{word} {text}" for word, text in made.items() if text),
        "language": "dutch",
    }
    fields = "".join(f"  {key} = {{{words}}},\n" for key, words in lines.items() if words)
    return f"@misc{{ketenwerkboek-{_name(name)},\n{fields}}}\n"


def title(label: str) -> str:
    """What an edition is called where it is cited."""
    return f"Ketenwerkboek: cijfers over de Nederlandse migratieketen, {label}"


def _field(column: str) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column, "type": TYPES.get(column, "string"), "description": MEANING[column]}
    return field | ({"constraints": CONSTRAINTS[column]} if column in CONSTRAINTS else {})


def _name(edition: str) -> str:
    """The edition's name in the signs that both formats allow."""
    return re.sub(r"[^a-z0-9._-]+", "-", edition.lower())


def _plain(text: str) -> str:
    """Text that BibTeX takes as it is."""
    return re.sub(r"[{}\\%&#$~^]", " ", text)
