"""Where a card's server stands, and where it is really asked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from keten.sources.cards.types import Fetch
from keten.sources.fetch.faults import FetchFailed, origin, public


@dataclass(frozen=True)
class Place:
    """`original`: the base address on the card; `actual`: the one that is asked, after `--server NAME=URL`."""

    original: str
    actual: str

    def url(self, path: str, query: Mapping[str, object] | None = None) -> str:
        """The address of a path below the base, with a query; a list gives its name once per value."""
        path, _, given = path.partition("?")
        added = urlencode(query or {}, doseq=True, safe="$,:/()'*", quote_via=quote)
        asked = "&".join(filter(None, [given, added]))
        address = "/".join(filter(None, [self.actual, quote(path, safe="/%+,;:@$&=.()'!*~-_")]))
        return f"{address}?{asked}" if asked else address

    def translate(self, url: str, card: str, hosts: Collection[str] = ()) -> str:
        """Where to ask for an address that an answer gave. `hosts`: others that the card allows, as safe as its own.

        Raises FetchFailed for an address at another host.
        """
        here, card_says = origin(self.actual), origin(self.original)
        try:
            there = origin(url)
        except ValueError:
            there = None
        if there == here or (there and there[1] in hosts and there[0] in ("https", here[0])):
            return url
        # A server that says http of itself is asked in the way that the card says.
        if there and (there == card_says or (there[1] == card_says[1] and there[2] == 80)):
            base, parts = urlsplit(self.original).path, urlsplit(url)
            tail = parts.path + (f"?{parts.query}" if parts.query else "")
            if (tail + "/").startswith(base + "/"):
                return self.actual + tail.removeprefix(base)
            return _server(self.actual) + tail
        raise FetchFailed(
            f"{public(url) if there else repr(url[:100])} staat op een andere host dan {public(self.original)} en "
            f"wordt niet opgehaald; hoort dat zo, zet die host dan bij hosts onder [fetch] in de kaart {card}."
        )


def place(fetch: Fetch, servers: Mapping[str, str]) -> Place:
    """The place of a card's server.

    An address in `servers` without a path takes the place of https://host only; one with a path, of the whole base.
    """
    original = fetch.base.rstrip("/")
    override = servers.get(fetch.server, "").rstrip("/")
    if not override:
        return Place(original, original)
    if urlsplit(override).path:
        return Place(original, override)
    return Place(original, override + urlsplit(original).path)


def _server(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
