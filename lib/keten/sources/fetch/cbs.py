"""CBS StatLine: OData version 3, and version 4 for tables that version 3 no longer has.

All answers go into one ZIP, <table>.zip. Version 3: TableInfos.json, DataProperties.json, one <Dimension>.json each and
the rows as page-1.json, ... Version 4: Properties.json, Dimensions.json, MeasureCodes.json, one <Dimension>Codes.json
each and the observations as page-1.json, ...

Version 4 is asked at https://datasets.cbs.nl/odata/v1/CBS when the card's base is at opendata.cbs.nl; for any other
server, such as one given with `--server`, at /odata/v1/CBS of that server (below the path of its address, when that has
one). A base that holds /odata/v1 itself is version 4 only.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from keten.sources.cards.types import Card
from keten.sources.fetch.bundle import GONE, Bundle
from keten.sources.fetch.fetched import Fetched
from keten.sources.fetch.http import Client, FetchFailed
from keten.sources.fetch.place import Place, place
from keten.sources.store import Receipt, safe_name

V4 = "/odata/v1"
HOME, V4_HOME = "opendata.cbs.nl", "https://datasets.cbs.nl/odata/v1/CBS"
DIMENSIONS = ("Dimension", "TimeDimension", "GeoDimension")


def fetch(card: Card, client: Client, known: list[Receipt], servers: Mapping[str, str]) -> list[Fetched]:
    """The table with its code lists, unless nothing was modified."""
    where = place(card.fetch, servers)
    if V4 in where.actual or V4 in where.original:
        return [_gather(card, client, known, where, _v4)]
    try:
        return [_gather(card, client, known, where, _v3)]
    except FetchFailed as fault:
        if fault.status not in GONE:
            raise
        try:
            return [_gather(card, client, known, _v4_place(card, servers), _v4)]
        except FetchFailed as other:
            if other.status in GONE:
                raise fault from other  # of a table that is nowhere the card's own address says most
            raise


def _v4_place(card: Card, servers: Mapping[str, str]) -> Place:
    override = servers.get(card.fetch.server, "").rstrip("/")
    if override and urlsplit(override).path:
        return Place(V4_HOME, f"{override}{V4}/CBS")
    parts = urlsplit(override or card.fetch.base)
    here = V4_HOME if parts.hostname == HOME else f"{parts.scheme}://{parts.netloc}{V4}/CBS"
    return Place(V4_HOME, here)


def _gather(card: Card, client: Client, known: list[Receipt], where: Place, version) -> Fetched:
    bundle = Bundle(card, client, known, safe_name(f"{card.fetch.dataset}.zip"))
    try:
        return version(card, where, bundle)
    except BaseException:
        bundle.drop()
        raise


def _v3(card: Card, where: Place, bundle: Bundle) -> Fetched:
    def url(table: str, **query: Any) -> str:
        return where.url(f"{card.fetch.dataset}/{table}", {**query, "$format": "json"})

    data = url("TypedDataSet", **card.fetch.query)
    infos = _rows(bundle.get_if_there("TableInfos.json", url("TableInfos")))
    if any(row.get("Modified") for row in infos) and _not_modified(bundle, data):
        return bundle.unchanged()
    for row in _rows(bundle.get_if_there("DataProperties.json", url("DataProperties"))):
        if row.get("Type") in DIMENSIONS:
            name = _name(bundle, row.get("Key"), url("DataProperties"))
            bundle.get(f"{name}.json", url(name))
    _pages(card, where, bundle, data, "odata.nextLink")
    return bundle.close(data)


def _v4(card: Card, where: Place, bundle: Bundle) -> Fetched:
    def url(table: str, **query: Any) -> str:
        return where.url(f"{card.fetch.dataset}/{table}", query)

    data = url("Observations", **card.fetch.query)
    properties = bundle.get_if_there("Properties.json", url("Properties"))
    if properties.get("Modified") and _not_modified(bundle, data):
        return bundle.unchanged()
    dimensions = _rows(bundle.get_if_there("Dimensions.json", url("Dimensions")))
    bundle.get_if_there("MeasureCodes.json", url("MeasureCodes"))
    for row in dimensions:
        name = _name(bundle, row.get("Identifier"), url("Dimensions")) + "Codes"
        bundle.get(f"{name}.json", url(name))
    _pages(card, where, bundle, data, "@odata.nextLink")
    return bundle.close(data)


def _not_modified(bundle: Bundle, data: str) -> bool:
    """Whether the table's own description is the last one again, where the server knows no better sign of change.

    A server that marks its pages (ETag, Last-Modified) is asked for each page: that costs little and misses nothing.
    """
    pages = [entry for name, entry in bundle.before.items() if name.startswith("page-")]
    first = next((entry for entry in pages if entry["name"] == "page-1.json"), {})
    marked = any("etag" in entry or "last_modified" in entry for entry in pages)
    return first.get("url") == data and not marked and bundle.same()


def _pages(card: Card, where: Place, bundle: Bundle, url: str, link: str) -> None:
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
        url = where.translate(urljoin(url, following), card.path.name) if following else ""


def _rows(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of an answer; of one that is not there or is otherwise made, none."""
    rows = content.get("value")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _name(bundle: Bundle, name: Any, url: str) -> str:
    """The name of a dimension, which becomes part of an address and of a file name."""
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,99}", name):
        raise bundle.fault(url, f"noemt een dimensie {str(name)[:50]!r} die geen naam kan zijn")
    return name
