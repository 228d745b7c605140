"""data.overheid.nl's CKAN: a dataset with one CSV file per year, found by name or by title.

Metadata are asked anew every time; the files themselves only when they have changed.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from keten.sources.cards.types import Card
from keten.sources.fetch.fetched import FAILED, Fetched, fetch_one
from keten.sources.fetch.http import Client, FetchFailed, public
from keten.sources.fetch.place import Place, place
from keten.sources.store import Receipt, safe_name

SUBJECTS = ("migratieketen", "vreemdelingenketen")
ROWS = 100  # packages in one answer to a search
MOST_PACKAGES = 10_000
METADATA_MB = 50


def fetch(card: Card, client: Client, known: list[Receipt], servers: Mapping[str, str]) -> list[Fetched]:
    """The CSV files of a dataset, oldest year first; one that fails does not hold up the others."""
    where = place(card.fetch, servers)
    name = card.fetch.dataset or _by_title(card, client, where)
    url = where.url("package_show", {"id": name})
    package = _ask(client, url, card.path.name)
    files = list(_files(package))
    if not files:
        raise FetchFailed(f"{public(url)} noemt geen CSV-bestanden; controleer de kaart {card.path.name}.")
    return [_one(card, client, known, where, *file) for file in files]


def discover(cards: Iterable[Card], client: Client, servers: Mapping[str, str]) -> list[tuple[str, str]]:
    """Title and name of each dataset on the migration chain that no card names, sorted by title.

    Asks each CKAN server that a card names. Raises FetchFailed.
    """
    cards = [card for card in cards if card.fetch and card.fetch.kind == "ckan"]
    named = {text for card in cards for text in (card.fetch.dataset.lower(), _plain(card.fetch.title)) if text}
    found: dict[str, str] = {}
    for where, name in {place(card.fetch, servers): card.path.name for card in cards}.items():
        for subject in SUBJECTS:
            for package in _search(client, where, subject, name):
                title = _text(package, "title")
                names = {_text(package, "name").lower(), _text(package, "id").lower(), _plain(title)}
                if _plain(title).startswith(SUBJECTS) and not names & named:
                    found[_text(package, "name") or _text(package, "id")] = " ".join(title.split())
    return sorted((title, name) for name, title in found.items())


def _one(
    card: Card, client: Client, known: list[Receipt], where: Place, resource: str, title: str, url: str, year: str
) -> Fetched:
    about = {"year": year} if year else {}
    try:
        return fetch_one(card, client, known, where.translate(url, card.path.name), resource, title, **about)
    except FetchFailed as fault:
        return Fetched(resource, FAILED, reason=str(fault))


def _files(package: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """File name, title, address and year of each CSV file of a package, oldest year first."""
    resources = package.get("resources")
    found = []
    for resource in resources if isinstance(resources, list) else []:
        if isinstance(resource, dict) and (url := _address(resource)):
            title = _text(resource, "name") or url.rpartition("/")[2]
            name = safe_name(title if title.lower().endswith(".csv") else title + ".csv")
            years = [re.search(r"(?<!\d)(19|20)\d{2}(?!\d)", text) for text in (title, url.rpartition("/")[2])]
            found.append((name, title, url, next((year[0] for year in years if year), ""), _text(resource, "id")))
    names = [name.lower() for name, *_ in found]
    for name, title, url, year, key in sorted(found, key=lambda entry: (entry[3], entry[0])):
        if names.count(name.lower()) > 1:  # each file needs a name of its own, the same one every month
            name = safe_name(f"{name.removesuffix('.csv')}-{key or url}.csv")
        yield name, title, url, year


def _address(resource: dict[str, Any]) -> str:
    """Where the file of a resource is; '' when it is not a CSV file."""
    downloads = resource.get("download_url")
    downloads = downloads if isinstance(downloads, list) else [downloads]
    url = next((text for text in [*downloads, resource.get("url")] if isinstance(text, str) and text.strip()), "")
    form = _text(resource, "format").rstrip("/").upper()
    is_csv = form == "CSV" or form.endswith("/CSV") or url.partition("?")[0].lower().endswith(".csv")
    return url.strip() if is_csv else ""


def _by_title(card: Card, client: Client, where: Place) -> str:
    wanted = _plain(card.fetch.title)
    subject = next((subject for subject in SUBJECTS if wanted.startswith(subject)), SUBJECTS[0])
    found = {
        _text(package, "name") or _text(package, "id")
        for package in _search(client, where, subject, card.path.name)
        if _plain(_text(package, "title")) == wanted
    }
    if len(found) != 1:
        problem = f"meer datasets ({', '.join(sorted(found))})" if found else "geen dataset"
        raise FetchFailed(
            f"{public(where.actual)} heeft {problem} met de titel '{card.fetch.title}'; zet in de kaart "
            f'{card.path.name} onder [fetch] de naam uit het webadres: dataset = "...".'
        )
    return found.pop()


def _search(client: Client, where: Place, subject: str, card: str) -> Iterator[dict[str, Any]]:
    """All packages that a search finds, page after page."""
    start = 0
    while start < MOST_PACKAGES:
        query = {"q": subject, "rows": str(ROWS)} | ({"start": str(start)} if start else {})
        url = where.url("package_search", query)
        result = _ask(client, url, card)
        packages, count = result.get("results"), result.get("count")
        if not isinstance(packages, list) or not isinstance(count, int):
            raise _unexpected(url, card)
        yield from (package for package in packages if isinstance(package, dict))
        start += len(packages)
        if not packages or start >= count:
            return


def _ask(client: Client, url: str, card: str) -> dict[str, Any]:
    """The result of a CKAN action."""
    answer = client.get(url, card, METADATA_MB, accept="application/json")
    try:
        content = json.loads(answer.path.read_bytes())
    except (ValueError, RecursionError):
        content = None
    finally:
        answer.path.unlink()
    if not isinstance(content, dict) or not content.get("success") or not isinstance(content.get("result"), dict):
        raise _unexpected(url, card)
    return content["result"]


def _unexpected(url: str, card: str) -> FetchFailed:
    return FetchFailed(
        f"{public(url)} gaf geen antwoord zoals CKAN dat geeft; controleer de kaart {card} of probeer het later "
        "opnieuw met keten update."
    )


def _text(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    return value.strip() if isinstance(value, str) else ""


def _plain(title: str) -> str:
    """A title for comparison: without case, entities and extra blanks."""
    return " ".join(html.unescape(title).casefold().split())
