"""The files of an edition that hold figures, as a Data Package (version 2).

https://datapackage.org/standard/data-package/
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from keten.presentation.markup import harmless
from keten.reports.notebook import FIGURE_COLUMNS
from keten.reports.publish import changes_csv, columns, csvw, figures_csv, parquet, sdmx
from keten.reports.publish.citation import AUTHOR, DESCRIPTION, KINDS, LICENCE, slug, title
from keten.reports.publish.index import PACKAGE

FILE = PACKAGE
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
CSV = {"type": "table", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
ROW_NUMBER: dict[str, Any] = {"type": "integer", "constraints": {"minimum": 1}}
OF_CHANGES: dict[str, dict[str, Any]] = {
    "against": {"constraints": {"required": True}},
    "change": {"constraints": {"required": True, "enum": list(changes_csv.CHANGES)}},
    "row_before": ROW_NUMBER,
    "row": ROW_NUMBER,
    "value_from": {"type": "number"},
}


def descriptor(folder: Path, rows: Iterable[Mapping[str, Any]], name: str, label: str, run: Mapping[str, Any]) -> str:
    """The Data Package of an edition as JSON.

    folder: where its files are; rows: of its `figures.csv`; name, label: the edition's; run: as the manifest tells it.
    """
    sources = sorted({title for row in rows for title in str(row.get("source") or "").split(" | ") if title})
    found = {
        "$schema": PROFILE,
        "name": f"ketenwerkboek-{slug(name)}",
        "title": title(label),
        "description": DESCRIPTION,
        **({"version": run["run"]} if run.get("run") else {}),
        "contributors": [{"title": AUTHOR, "roles": ["author"]}],
        "sources": [{"title": one} for one in sources] or [{"title": "geen"}],
        "licenses": [{"name": "other-at", "title": LICENCE}],
        "resources": [
            {**one, "path": path, **_state(folder / path)}
            for path, one in _resources(label).items()
            if (folder / path).is_file()
        ],
    }
    return harmless(json.dumps(found, ensure_ascii=False, indent=2)) + "\n"


def _resources(label: str) -> dict[str, dict[str, Any]]:
    """What is told of each file with figures, by its path."""
    figures = {"missingValues": [""], "fields": [_field(column) for column in FIGURE_COLUMNS]}
    changes = {"missingValues": [""], "fields": [_field_of_changes(column) for column in changes_csv.COLUMNS]}
    observations = {"missingValues": [""], "fields": [_field_of_sdmx(column) for column in sdmx.COLUMNS]}
    every = f"Alle cijfers in de rapporten van {label}"
    return {
        figures_csv.FILE: {"name": "figures", **CSV, "title": every, "schema": figures},
        changes_csv.FILE: {
            "name": "changes", **CSV, "title": "Wat sinds eerdere uitgaven nieuw, herzien of verdwenen is",
            "schema": changes,
        },
        sdmx.FILE: {
            "name": "figures_sdmx", **CSV, "mediatype": KINDS[sdmx.FILE],
            "title": "De gepubliceerde cijfers in SDMX-CSV 2.0", "schema": observations,
        },
        sdmx.STRUCTURE: {
            "name": "figures_sdmx_structure", "title": "Wat de kolommen van figures_sdmx.csv zijn, in SDMX-ML 3.0",
            "format": "xml", "mediatype": "application/vnd.sdmx.structure+xml;version=3.0.0", "encoding": "utf-8",
        },
        parquet.FILE: {
            "name": "figures_parquet", "title": f"{every}, in Apache Parquet", "format": "parquet",
            "mediatype": KINDS[parquet.FILE],
        },
        csvw.FILE: {
            "name": "figures_csvw", "title": "Wat de kolommen van figures.csv betekenen, als CSVW",
            "format": "json", "mediatype": "application/csvm+json", "encoding": "utf-8",
        },
    }  # fmt: skip


def _state(path: Path) -> dict[str, Any]:
    """Size and fingerprint of a file; without the size where frictionless reads tables but counts no bytes."""
    content = path.read_bytes()
    size = {} if path.name == parquet.FILE else {"bytes": len(content)}
    return {**size, "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}


def _field(column: str) -> dict[str, Any]:
    kind, meaning = columns.TYPES.get(column, "string"), columns.MEANING[column]
    field: dict[str, Any] = {"name": column, "type": kind, "description": meaning}
    return field | ({"constraints": columns.CONSTRAINTS[column]} if column in columns.CONSTRAINTS else {})


def _field_of_changes(column: str) -> dict[str, Any]:
    if column in FIGURE_COLUMNS:
        field = _field(column)
        return field | {"description": f"{field['description']}; nu, en van wat verdwenen is toen"}
    return {"name": column, "type": "string", "description": changes_csv.MEANING[column]} | OF_CHANGES.get(column, {})


def _field_of_sdmx(column: str) -> dict[str, Any]:
    told = sdmx.DIMENSIONS | sdmx.ATTRIBUTES
    kind = {"OBS_VALUE": "number", "AS_OF": "date"}.get(column, "string")
    return {"name": column, "type": kind} | ({"description": told[column]} if column in told else {})
