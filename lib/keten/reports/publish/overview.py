"""All editions in one folder: their index and an Atom feed, made from their manifests."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from keten.model.periods import Period
from keten.presentation.prose import listing
from keten.reports.periods import in_words, is_plain, period_of
from keten.reports.publish import baseline, embargo, index, manifest
from keten.reports.publish.manifest import FAILURES
from keten.reports.publish.rectifications import Rectification
from keten.reports.result import SUCCEEDED

TITLE = "Rapporten over de migratieketen"
ATOM = "http://www.w3.org/2005/Atom"
NEVER = "1970-01-01T00:00:00.000Z"  # a feed without editions still has to say when it changed
NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def editions(out: Path) -> list[dict[str, Any]]:
    """Every edition in a folder, newest period first, and of equal ends the longest period first.

    Each has `name`, `label` (Dutch), `finished` (time stamp, '' when unknown), `notebooks` and `default` (as in the
    manifest, {} when unreadable), `embargo` (until when, '' for a public one), `logs` (of failed notebooks, by stem,
    relative to `out`) and `problem`: why it cannot be read, or ''.
    """
    if not out.is_dir():
        return []
    names = {path.parent.name for path in out.glob(f"*/{manifest.NAME}")}
    # A folder that is called after a period and lacks its manifest is an edition that something happened to.
    names |= {path.name for path in out.iterdir() if path.is_dir() and period_of(path.name)}
    names |= {path.parent.name for path in out.glob(f"{FAILURES}/*/*.log")}
    found = [_edition(out, name) for name in sorted(names) if not name.startswith(".")]
    return sorted(found, key=_age)


def page(
    editions: list[dict[str, Any]], declared: Sequence[Rectification] = (), days: Sequence[tuple[date, Period]] = ()
) -> str:
    """HTML of the index of all editions; it opens with the default one, as the last run found it, if it is there.

    An edition with other parameters, such as an as-of date, has no say in it and is not the first. declared: all
    rectifications; of an edition that is not there nothing is told. days: on which the next editions come out.
    """
    first, why = opening(editions)
    return (
        index.environment()
        .get_template("overview.html.j2")
        .render(
            title=TITLE,
            first=first and {**_row(first), "tiles": [tile for tile, _ in _headlines(first)]},
            why=why,
            rows=[_row(edition) for edition in editions],
            days=[(in_words(day), period.label) for day, period in days],
            rectified=[_rectified(*pair) for pair in _rectifications(editions, declared)],
        )
    )


def opening(editions: list[dict[str, Any]]) -> tuple[dict[str, Any] | None, str]:
    """The edition that the index opens with, None when there is none, and why, '' when it is simply the newest."""
    plain = [edition for edition in editions if not edition["problem"] and is_plain(edition["name"])]
    default = max(plain, key=lambda edition: edition["finished"])["default"] if plain else {"period": ""}
    chosen = next((edition for edition in plain if edition["name"] == default["period"]), None)
    return chosen or next(iter(plain), None), default["sentence"] if chosen else ""


def feed(editions: list[dict[str, Any]], declared: Sequence[Rectification] = (), site: str = "") -> str:
    """The readable editions, as they are ordered, and below them what was rectified, as an Atom feed (RFC 4287).

    site: the address with which its links begin; '' for relative ones.
    """
    shown = [edition for edition in editions if not edition["problem"]]
    root = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": "nl"})
    _add(root, "id", _identity("uitgaven"))
    _add(root, "title", TITLE)
    rectified = _rectifications(editions, declared)
    days = [_moment_of(one) for one, _ in rectified]
    _add(root, "updated", max([*(edition["finished"] for edition in shown), *days], default=NEVER))
    _add(_add(root, "author"), "name", "Ketenwerkboek")
    _add(root, "link", rel="self", type="application/atom+xml", href=f"{site}feed.xml")
    _add(root, "link", rel="alternate", type="text/html", href=f"{site}index.html")
    for edition in shown:
        entry = _add(root, "entry")
        _add(entry, "id", _identity(f"uitgaven/{edition['name']}"))
        _add(entry, "title", f"Migratieketen: {edition['label']}")
        _add(entry, "updated", edition["finished"])
        _add(entry, "link", rel="alternate", type="text/html", href=site + _address(edition))
        _add(entry, "summary", _sentences(edition))
    for one, edition in rectified:
        told = _rectified(one, edition)
        entry = _add(root, "entry")
        _add(entry, "id", _identity(f"rectificaties/{one.edition}/{one.report}/{one.date}/{one.wrong}"))
        _add(entry, "title", f"Rectificatie: {told['title']}, {told['label']}")
        _add(entry, "updated", _moment_of(one))
        _add(entry, "link", rel="alternate", type="text/html", href=site + told["address"])
        _add(entry, "summary", f"Onjuist: {one.wrong} Juist: {one.right}")
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


# -- reading --


def _edition(out: Path, name: str) -> dict[str, Any]:
    period = period_of(name)
    logs = sorted((out / FAILURES / name).glob("*.log"))
    edition = {
        "name": name,
        "label": period.label if period and is_plain(name) else name,
        "finished": "",
        "notebooks": {},
        "default": {},
        "embargo": "",
        "logs": {path.stem: f"{FAILURES}/{quote(name)}/{quote(path.name)}" for path in logs},
        "problem": "",
    }
    if not (out / name).is_dir():
        return edition | {"problem": "Deze uitgave is er niet meer; wel wat van een mislukte run overbleef."}
    try:
        content = json.loads((out / name / manifest.NAME).read_text(encoding="utf-8"))
        known = {name: content[name] for name in ("finished", "notebooks")}
        default = content.get("default", {})  # an earlier version chose none
        label = str(content.get("label") or edition["label"])  # nor did it write this
        choice = {name: str(default.get(name, "")) for name in ("period", "sentence")}
        until = str(content.get(embargo.KEY) or "")
        read = edition | known | {"label": label, "default": choice, "embargo": until and embargo.normal(until)}
        index.moment(read["finished"]), _row(read), _sentences(read)  # what cannot be shown cannot be read
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return edition | {
            "problem": "Het verslag van de run (manifest.json) is niet te lezen; maak de uitgave opnieuw."
        }
    return read


def _age(edition: Mapping[str, Any]) -> tuple:
    """Newest first; editions that are not called after a period come last, by name."""
    period = period_of(edition["name"])
    if period is None:
        return 1, 0, 0, edition["name"]
    return 0, -period.end.toordinal(), -period.days, edition["name"]


# -- what a reader sees --


def _row(edition: Mapping[str, Any]) -> dict[str, Any]:
    notebooks = edition["notebooks"]
    return {
        "label": edition["label"],
        "address": "" if edition["problem"] else _address(edition),
        "problem": edition["problem"],
        "made": index.moment(edition["finished"]) if edition["finished"] else "",
        "summary": "" if edition["problem"] else index.summary(notebooks),
        "failures": _failures(edition),
    }


def _failures(edition: Mapping[str, Any]) -> list[dict[str, str]]:
    """What failed; where the manifest cannot be read only the logs tell."""
    if edition["problem"]:
        return [{"title": stem, "words": "mislukt", "log": log} for stem, log in edition["logs"].items()]
    return [
        {
            "title": entry["title"],
            "words": index.status(entry["state"], entry["reason"]),
            "log": edition["logs"].get(stem, ""),
        }
        for stem, entry in edition["notebooks"].items()
        if entry["state"] != SUCCEEDED
    ]


def _headlines(edition: Mapping[str, Any], from_records: bool = True) -> list[tuple[dict[str, Any], str]]:
    """The first key figure of each report that has one of its own period, with the report's date line."""
    reports = [entry["report"] or {} for entry in edition["notebooks"].values()]
    return [
        (index.tile(own[0]), report.get("dates") or "")
        for report in reports
        if (own := index.headlines(report, edition["name"])) and (from_records or not baseline.from_records(own[0]))
    ]


def _sentences(edition: Mapping[str, Any]) -> str:
    """An edition in a few sentences: what succeeded, what failed, the headline figures.

    None that was counted from records of persons: in the feed all editions stand beside each other.
    """
    failed = [failure["title"] for failure in _failures(edition)]
    figures = []
    for tile, dates in _headlines(edition, from_records=False):
        value = " ".join(filter(None, [tile["value"], tile["unit_words"]]))
        figures.append(f"{tile['label']}: {value} ({tile['period']}). {dates}".rstrip())
    wrong = [f"Niet gelukt: {listing(failed)}."] if failed else []
    return " ".join([index.summary(edition["notebooks"]), *wrong, *figures])


def _rectifications(
    editions: Sequence[dict[str, Any]], declared: Sequence[Rectification]
) -> list[tuple[Rectification, dict[str, Any]]]:
    """The rectifications of reports that are there, with their edition."""
    known = {edition["name"]: edition for edition in editions if not edition["problem"]}
    return [
        (one, known[one.edition]) for one in declared if one.report in known.get(one.edition, {}).get("notebooks", {})
    ]


def _rectified(one: Rectification, edition: Mapping[str, Any]) -> dict[str, str]:
    entry = edition["notebooks"][one.report]
    file = entry["report"]["html"] if entry["report"] else "index.html"
    about = {"title": entry["title"], "label": edition["label"], "wrong": one.wrong, "right": one.right}
    return {**about, "day": in_words(one.date), "address": f"{quote(edition['name'])}/{quote(file)}"}


def _moment_of(one: Rectification) -> str:
    """When a rectification holds from, as a time stamp: it has a day and no hour."""
    return f"{one.date.isoformat()}T00:00:00.000Z"


def _address(edition: Mapping[str, Any]) -> str:
    return f"{quote(edition['name'])}/index.html"


# -- Atom --


def _identity(name: str) -> str:
    """An identity that stays the same when an edition is made again or moves elsewhere."""
    return uuid5(NAMESPACE_URL, f"urn:ketenwerkboek:{name}").urn


def _add(parent: ElementTree.Element, tag: str, text: str = "", **attributes: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, tag, attributes)
    element.text = NOT_IN_XML.sub(" ", text) or None
    return element
