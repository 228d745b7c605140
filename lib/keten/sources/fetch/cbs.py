"""CBS StatLine: OData version 3, and version 4 for tables that version 3 no longer has.

All answers go into one ZIP, <table>.zip. Version 3: TableInfos.json, DataProperties.json, one <Dimension>.json each and
the rows as page-1.json, ... Version 4: Properties.json, Dimensions.json, MeasureCodes.json, one <Dimension>Codes.json
each and the observations as page-1.json, ...

Version 4 is asked at https://datasets.cbs.nl/odata/v1/CBS when the card's base is at opendata.cbs.nl; for any other
server, such as one given with `--server`, at /odata/v1/CBS of that server (below the path of its address, when that has
one). A base that holds /odata/v1 itself is version 4 only.
"""

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from keten.sources.fetch.bundle import GONE, Bundle
from keten.sources.fetch.faults import FetchFailed
from keten.sources.fetch.fetched import Fetched, Retrieval
from keten.sources.fetch.place import Place
from keten.sources.store import safe_name

V4 = "/odata/v1"
HOME, V4_HOME = "opendata.cbs.nl", "https://datasets.cbs.nl/odata/v1/CBS"
DIMENSIONS = ("Dimension", "TimeDimension", "GeoDimension")


def fetch(retrieval: Retrieval) -> list[Fetched]:
    """The table with its code lists, unless nothing was modified."""
    where = retrieval.place
    if V4 in where.actual or V4 in where.original:
        return [_table(retrieval, where, 4)]
    try:
        return [_table(retrieval, where, 3)]
    except FetchFailed as fault:
        if fault.status not in GONE:
            raise
        try:
            return [_table(retrieval, _v4_place(retrieval), 4)]
        except FetchFailed as other:
            if other.status in GONE:
                raise fault from other  # of a table that is nowhere the card's own address says most
            raise


def _v4_place(retrieval: Retrieval) -> Place:
    override = retrieval.servers.get(retrieval.fetch.server, "").rstrip("/")
    if override and urlsplit(override).path:
        return Place(V4_HOME, f"{override}{V4}/CBS")
    parts = urlsplit(override or retrieval.fetch.base)
    here = V4_HOME if parts.hostname == HOME else f"{parts.scheme}://{parts.netloc}{V4}/CBS"
    return Place(V4_HOME, here)


def _table(retrieval: Retrieval, where: Place, version: int) -> Fetched:
    dataset, v4 = retrieval.fetch.dataset, version == 4

    def url(table: str, **query: Any) -> str:
        return where.url(f"{dataset}/{table}", query if v4 else query | {"$format": "json"})

    about, dimensions = ("Properties", "Dimensions") if v4 else ("TableInfos", "DataProperties")
    data = url("Observations" if v4 else "TypedDataSet", **retrieval.fetch.query)
    with Bundle(retrieval, safe_name(f"{dataset}.zip")) as bundle:
        told = bundle.get_if_there(f"{about}.json", url(about))
        if any(row.get("Modified") for row in [told, *_rows(told)]) and _not_modified(bundle, data):
            return bundle.unchanged()
        described = _rows(bundle.get_if_there(f"{dimensions}.json", url(dimensions)))
        if v4:
            bundle.get_if_there("MeasureCodes.json", url("MeasureCodes"))
        for row in described:
            if v4 or row.get("Type") in DIMENSIONS:
                name = _name(bundle, row.get("Identifier" if v4 else "Key"), url(dimensions)) + ("Codes" if v4 else "")
                bundle.get(f"{name}.json", url(name))
        _pages(retrieval, where, bundle, data, "@odata.nextLink" if v4 else "odata.nextLink")
        return bundle.close(data)


def _not_modified(bundle: Bundle, data: str) -> bool:
    """Whether the table's own description is the last one again, where the server knows no better sign of change.

    A server that marks its pages (ETag, Last-Modified) is asked for each page: that costs little and misses nothing.
    """
    pages = [entry for name, entry in bundle.before.items() if name.startswith("page-")]
    first = bundle.before.get("page-1.json", {})
    marked = any("etag" in entry or "last_modified" in entry for entry in pages)
    return first.get("url") == data and not marked and bundle.same()


def _pages(retrieval: Retrieval, where: Place, bundle: Bundle, url: str, link: str) -> None:
    asked: set[str] = set()
    number = 0
    while url:
        if url in asked:
            raise bundle.fault(url, "verwijst als volgende bladzijde naar zichzelf")
        asked.add(url)
        number += 1
        content = bundle.get(f"page-{number}.json", url)
        if "value" not in content:
            raise bundle.fault(url, "gaf een antwoord zonder rijen (value)")
        following = content.get(link)
        if following is not None and not isinstance(following, str):
            raise bundle.fault(url, "noemt een volgende bladzijde die geen adres is")
        url = where.translate(urljoin(url, following), retrieval.card.path.name) if following else ""


def _rows(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of an answer; of one that is not there or is otherwise made, none."""
    rows = content.get("value")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _name(bundle: Bundle, name: Any, url: str) -> str:
    """The name of a dimension, which becomes part of an address and of a file name."""
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,99}", name):
        raise bundle.fault(url, f"noemt een dimensie {str(name)[:50]!r} die geen naam kan zijn")
    return name
