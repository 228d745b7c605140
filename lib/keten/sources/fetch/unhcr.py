"""UNHCR's population API: pages with a number, until `maxPages`."""

from collections.abc import Mapping

from keten.sources.cards.types import Card
from keten.sources.fetch.bundle import MOST_PAGES, Bundle
from keten.sources.fetch.fetched import Fetched
from keten.sources.fetch.file import resource_name
from keten.sources.fetch.http import Client
from keten.sources.fetch.place import place
from keten.sources.store import Receipt

LIMIT = 100  # rows on a page


def fetch(card: Card, client: Client, known: list[Receipt], servers: Mapping[str, str]) -> list[Fetched]:
    """All pages, as page-1.json, page-2.json, .. in one ZIP."""
    where = place(card.fetch, servers)
    bundle = Bundle(card, client, known, resource_name(card, ".zip"))
    query = {"limit": str(LIMIT), **card.fetch.query}
    try:
        number, last = 1, 1
        while number <= last:
            url = where.url(card.fetch.path, {**query, "page": str(number)})
            last = bundle.get(f"page-{number}.json", url).get("maxPages", 1)
            if not isinstance(last, int) or last > MOST_PAGES:
                raise bundle.fault(url, f"noemt een onmogelijk aantal bladzijden ({str(last)[:20]})")
            number += 1
        return [bundle.close(where.url(card.fetch.path, query))]
    except BaseException:
        bundle.drop()
        raise
