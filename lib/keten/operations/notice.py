"""What a message about a month says: a subject that says it all, then what went wrong, what is new and where it is."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from keten.errors import KetenError
from keten.model.periods import Period
from keten.operations.account import Account
from keten.reports.publish import embargo, manifest
from keten.reports.result import SUCCEEDED

MOST_CHANGES = 10


def subject(account: Account) -> str:
    """One line: whether it went well, and what did not."""
    wrong = [one["state"] for one in account.sources.values() if one["since"]]
    made = [one for one in account.editions if one["code"] == 0]
    half = [one for one in account.editions if one["code"]]
    parts = [
        f"{_number(len(made), 'uitgave', 'uitgaven')} gemaakt" if made else "niets nieuws gemaakt",
        f"{_number(len(half), 'uitgave', 'uitgaven')} niet of niet helemaal gelukt" if half else "",
        f"{_number(wrong.count('failed'), 'bron', 'bronnen')} mislukt" if "failed" in wrong else "",
        f"{_number(wrong.count('refused'), 'bron', 'bronnen')} geweigerd" if "refused" in wrong else "",
    ]
    return f"Ketenwerkboek {'in orde' if not account.code else 'LET OP'}: {', '.join(filter(None, parts))}"


def text(account: Account, out: Path, site: str) -> str:
    """The message, in lines. site: where `out` is published (`publish.site.address`), '' = name the folder."""
    return "\n".join(_lines(account, out, site)) + "\n"


def _lines(account: Account, out: Path, site: str) -> Iterator[str]:
    yield subject(account) + "."
    for sentence in account.refusals:
        yield from ("", sentence)
    for state, words in (("refused", "Geweigerd"), ("failed", "Niet opgehaald")):
        wrong = {source: one for source, one in account.sources.items() if one["state"] == state and one["since"]}
        if wrong:
            yield from ("", f"{words}:")
            yield from (f"- {source}, sinds {one['since']}: {one['reason']}" for source, one in wrong.items())
    manifests = {one["period"]: _manifest(out / one["period"]) for one in account.editions if one["code"] is not None}
    yield from ("", "Uitgaven:")
    for one in account.editions:
        held = (manifests.get(one["period"]) or {}).get(embargo.KEY)
        label = Period.parse(one["period"]).label
        if one["code"] is None:
            yield f"- {label}: niet opnieuw gemaakt ({one['why']})"
            continue
        where = f"onder embargo tot {embargo.words(held)}" if held else _address(out, site, one["period"])
        yield f"- {label} ({one['why']}): {where}"
        yield from (f"  {line}" for line in _failures(manifests[one["period"]]))
    if changes := list(_changes(manifests.values()))[:MOST_CHANGES]:
        yield from ("", "De grootste veranderingen in de kerncijfers:")
        yield from (f"- {line}" for line in changes)
    if account.removed:
        yield from ("", f"Opgeruimd: {', '.join(account.removed)}.")


def _number(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _address(out: Path, site: str, period: str) -> str:
    return f"{site}{period}/index.html" if site else str(out / period / "index.html")


def _manifest(edition: Path) -> dict[str, Any]:
    try:
        return manifest.load(edition) or {"notebooks": {}}
    except KetenError:
        return {"notebooks": {}}


def _failures(told: Mapping[str, Any]) -> list[str]:
    failed = [one for one in told["notebooks"].values() if one["state"] != SUCCEEDED]
    return [f"mislukt: {one['title']}: {one['reason']}" for one in failed]


def _changes(manifests: Iterable[Mapping[str, Any]]) -> list[str]:
    """The key figures with the largest changes in words, largest first; percentages before percentage points."""
    found: dict[str, tuple[bool, float]] = {}
    for told in manifests:
        for entry in told["notebooks"].values() if not told.get(embargo.KEY) else ():
            for one in (entry["report"] or {}).get("key_figures", []):
                if size := re.search(r"(\d+(?:,\d+)?)(%| procentpunt)", one["change"]):
                    line = f"{one['label']}, {one['period']}: {one['value']} ({one['change']})"
                    found[line] = size[2] == "%", float(size[1].replace(",", "."))
    return sorted(found, key=found.__getitem__, reverse=True)
