"""data.overheid.nl's CKAN: a dataset with one CSV file per year, found by name or by title.

Metadata are asked anew every time; the files themselves only when they have changed.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from keten.sources.cards.types import Card
from keten.sources.fetch.faults import FetchFailed, public
from keten.sources.fetch.fetched import Fetched, Retrieval
from keten.sources.fetch.http import Client, json_object, whole_number
from keten.sources.fetch.place import Place, place
from keten.sources.states import FAILED
from keten.sources.store import safe_name

SUBJECTS = ("migratieketen", "vreemdelingenketen")
ROWS = 100  # packages in one answer to a search
MOST_PACKAGES = 10_000
METADATA_MB = 50


def fetch(retrieval: Retrieval) -> list[Fetched]:
    """The CSV files of a dataset, oldest year first; one that fails does not hold up the others."""
    where, card = retrieval.place, retrieval.card.path.name
    url = where.url("package_show", {"id": retrieval.fetch.dataset or _by_title(retrieval)})
    files = list(_files(_ask(retrieval.client, url, card)))
    if not files:
        raise FetchFailed(f"{public(url)} noemt geen CSV-bestanden; controleer de kaart {card}.")
    found = []
    for resource, title, address, year in files:
        try:
            about = {"year": year} if year else {}
            found.append(
                retrieval.file(where.translate(address, card, retrieval.fetch.hosts), resource, title, **about)
            )
        except FetchFailed as fault:
            found.append(Fetched(resource, FAILED, reason=str(fault)))
    return found


def discover(cards: Iterable[Card], client: Client, servers: Mapping[str, str]) -> list[tuple[str, str]]:
    """Title and name of each dataset on the migration chain that no card names, sorted by title.

    Asks each CKAN server that a card names. Raises FetchFailed.
    """
    asked = {card.path.name: card.fetch for card in cards if card.fetch and card.fetch.kind == "ckan"}
    named = {text for one in asked.values() for text in (one.dataset.lower(), _comparable(one.title)) if text}
    found: dict[str, str] = {}
    for where, card in {place(one, servers): name for name, one in asked.items()}.items():
        for subject in SUBJECTS:
            for package in _search(client, where, subject, card):
                title = _stripped(package, "title")
                names = {*(_stripped(package, key).lower() for key in ("name", "id")), _comparable(title)}
                if _comparable(title).startswith(SUBJECTS) and not names & named:
                    found[_dataset(package)] = " ".join(title.split())
    return sorted((title, name) for name, title in found.items())


def _files(package: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """File name, title, address and year of each CSV file of a package, oldest year first."""
    resources = package.get("resources")
    found = []
    for resource in resources if isinstance(resources, list) else []:
        if isinstance(resource, dict) and not _deleted(resource) and (url := _address(resource)):
            title = _stripped(resource, "name") or url.rpartition("/")[2]
            name = safe_name(title if title.lower().endswith(".csv") else title + ".csv")
            years = [re.search(r"(?<!\d)(19|20)\d{2}(?!\d)", text) for text in (title, url.rpartition("/")[2])]
            found.append((name, title, url, next((year[0] for year in years if year), ""), _stripped(resource, "id")))
    names = [name.lower() for name, *_ in found]
    for name, title, url, year, key in sorted(found, key=lambda entry: (entry[3], entry[0])):
        if names.count(name.lower()) > 1:  # each file needs a name of its own, the same one every month
            name = safe_name(f"{name.removesuffix('.csv')}-{key or url}.csv")
        yield name, title, url, year


def _deleted(entry: dict[str, Any]) -> bool:
    """Whether CKAN keeps a dataset or file only as one that is gone."""
    return _stripped(entry, "state").lower() == "deleted"


def _address(resource: dict[str, Any]) -> str:
    """Where the file of a resource is; '' when it is not a CSV file."""
    downloads = resource.get("download_url")
    downloads = downloads if isinstance(downloads, list) else [downloads]
    url = next((text for text in [*downloads, resource.get("url")] if isinstance(text, str) and text.strip()), "")
    form = _stripped(resource, "format").rstrip("/").upper()
    is_csv = form == "CSV" or form.endswith("/CSV") or url.partition("?")[0].lower().endswith(".csv")
    return url.strip() if is_csv else ""


def _by_title(retrieval: Retrieval) -> str:
    where, card, title = retrieval.place, retrieval.card.path.name, retrieval.fetch.title
    wanted = _comparable(title)
    subject = next((subject for subject in SUBJECTS if wanted.startswith(subject)), SUBJECTS[0])
    packages = _search(retrieval.client, where, subject, card)
    found = {_dataset(package) for package in packages if _comparable(_stripped(package, "title")) == wanted}
    if len(found) != 1:
        problem = f"meer datasets ({', '.join(sorted(found))})" if found else "geen dataset"
        raise FetchFailed(
            f"{public(where.actual)} heeft {problem} met de titel '{title}'; zet in de kaart {card} onder [fetch] de "
            'naam uit het webadres: dataset = "...".'
        )
    return found.pop()


def _search(client: Client, where: Place, subject: str, card: str) -> Iterator[dict[str, Any]]:
    """All packages that a search finds, page after page."""
    start = 0
    while start < MOST_PACKAGES:
        query = {"q": subject, "rows": str(ROWS)} | ({"start": str(start)} if start else {})
        url = where.url("package_search", query)
        result = _ask(client, url, card)
        packages, count = result.get("results"), whole_number(result.get("count"))
        if not isinstance(packages, list) or count is None:
            raise _unexpected(url, card)
        yield from (package for package in packages if isinstance(package, dict) and not _deleted(package))
        start += len(packages)
        if not packages or start >= count:
            return


def _ask(client: Client, url: str, card: str) -> dict[str, Any]:
    """The result of a CKAN action."""
    content = json_object(client.get(url, card, METADATA_MB, accept="application/json").take()) or {}
    result = content.get("result")
    if not content.get("success") or not isinstance(result, dict):
        raise _unexpected(url, card)
    return result


def _unexpected(url: str, card: str) -> FetchFailed:
    return FetchFailed(
        f"{public(url)} gaf geen antwoord zoals CKAN dat geeft; controleer de kaart {card} of probeer het later "
        "opnieuw met keten update."
    )


def _dataset(package: dict[str, Any]) -> str:
    """The name by which a card asks for a dataset."""
    return _stripped(package, "name") or _stripped(package, "id")


def _stripped(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    return value.strip() if isinstance(value, str) else ""


def _comparable(title: str) -> str:
    """A title for comparison: without case, entities and extra blanks."""
    return " ".join(html.unescape(title).casefold().split())
