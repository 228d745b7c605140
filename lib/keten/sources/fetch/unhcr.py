"""UNHCR's population API: pages with a number, until `maxPages`."""

from keten.sources.fetch.bundle import MOST_PAGES, Bundle
from keten.sources.fetch.fetched import Fetched, Retrieval
from keten.sources.fetch.file import resource_name
from keten.sources.fetch.http import whole_number

LIMIT = 100  # rows on a page


def fetch(retrieval: Retrieval) -> list[Fetched]:
    """All pages, as page-1.json, page-2.json, .. in one ZIP."""
    where, path = retrieval.place, retrieval.fetch.path
    query = {"limit": str(LIMIT), **retrieval.fetch.query}
    with Bundle(retrieval, resource_name(retrieval, ".zip")) as bundle:
        number, last = 1, 1
        while number <= last:
            url = where.url(path, {**query, "page": str(number)})
            told = bundle.get(f"page-{number}.json", url).get("maxPages", 1)
            pages = whole_number(told)
            if pages is None or pages > MOST_PAGES:
                raise bundle.fault(url, f"noemt een onmogelijk aantal bladzijden ({str(told)[:20]})")
            last = pages
            number += 1
        return [bundle.close(where.url(path, query))]
