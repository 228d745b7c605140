"""What RFC 4287 asks of a feed, as far as a feed of editions can break it."""

import re
from xml.etree import ElementTree

ATOM = "{http://www.w3.org/2005/Atom}"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")  # RFC 3339, section 3.3 of RFC 4287
IRI = re.compile(r"[a-z][a-z0-9+.-]*:\S+")
ONCE = ("id", "title", "updated")


def faults(root: ElementTree.Element) -> list[str]:
    """Every fault of a feed, by section of the RFC."""
    entries = root.findall(f"{ATOM}entry")
    found = [] if root.tag == f"{ATOM}feed" else ["4.1.1: no feed"]
    authors = root.findall(f"{ATOM}author")
    found += [] if authors and all(_texts(one, "name") for one in authors) else ["4.1.1: no author"]
    found += [] if any(link.get("rel") == "self" for link in root.findall(f"{ATOM}link")) else ["4.1.1: no self link"]
    for one in (root, *entries):
        found += [f"4.1: {name} is not there once: {texts}" for name in ONCE if len(texts := _texts(one, name)) != 1]
        found += [f"4.2.6: no IRI: {text}" for text in _texts(one, "id") if not IRI.fullmatch(text)]
        found += [f"3.3: no date: {text}" for text in _texts(one, "updated") if not DATE.fullmatch(text)]
        links = one.findall(f"{ATOM}link")
        pairs = [(link.get("type"), link.get("hreflang")) for link in links if link.get("rel") == "alternate"]
        found += ["4.1: two alternate links alike"] if len(set(pairs)) < len(pairs) else []
        found += [f"4.2.7.1: a link without href in {one.tag}" for link in links if not link.get("href")]
    found += ["4.1.2: no content and no alternate link" for one in entries if not one.findall(f"{ATOM}link")]
    ids = [text for one in (root, *entries) for text in _texts(one, "id")]
    found += ["4.2.6: an id twice"] if len(set(ids)) < len(ids) else []
    newest = max((text for one in entries for text in _texts(one, "updated")), default="")
    return found + (["4.2.15: older than an entry"] if "".join(_texts(root, "updated")) < newest else [])


def _texts(element: ElementTree.Element, name: str) -> list[str]:
    return [one.text for one in element.findall(f"{ATOM}{name}") if one.text]
