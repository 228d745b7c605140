"""The gate for files: read, check, and keep as accepted or as refused with the reason."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from keten.errors import KetenError, RecordsError
from keten.model.country_codes import Names
from keten.sources import store
from keten.sources.cards.types import Card
from keten.sources.readers import READERS, RECONCILED
from keten.sources.readers.eurostat_dialect import fitted
from keten.sources.readers.text import is_zip
from keten.sources.readers.unread import is_unread
from keten.sources.states import NEW, REFUSED, UNCHANGED
from keten.sources.validation import checks
from keten.sources.validation.interpret import Reading, interpret
from keten.sources.validation.one_card import RECORDS, refuse_second


@dataclass(frozen=True)
class Entry:
    """What became of one file: `state` is new, unchanged or refused; `reason` why it was refused."""

    source: str
    resource: str
    state: str
    reason: str = ""
    warnings: list[str] = field(default_factory=list)
    figures: int = 0


STATE_WORDS = {NEW: "nieuw", UNCHANGED: "ongewijzigd", REFUSED: "geweigerd"}


def sentence(entry: Entry) -> str:
    """One Dutch line on what became of a file."""
    about = entry.reason or (f"{entry.figures} cijfer{'s' * (entry.figures != 1)}" if entry.state == NEW else "")
    return f"{STATE_WORDS[entry.state]:<11}  {entry.source}  {entry.resource}" + (f": {about}" if about else "")


def read(path: Path, card: Card, names: Names) -> Reading:
    """The observations in a file. Raises KetenError that names the source when they cannot be read."""
    try:
        with path.open("rb") as stream:
            card, told = fitted(stream, card)
            typed = is_zip(stream)
            cells = READERS[card.format.name](stream, card)
        compared = RECONCILED.get(card.format.name)
        reading = interpret(cells, card, names, typed)
        contradictions = compared(cells, card) if compared else []
        return replace(reading, warnings=[*told, *reading.warnings], contradictions=contradictions)
    except KetenError as fault:
        raise _named(card, fault) from None


def _named(card: Card, fault: KetenError) -> KetenError:
    """The fault with its source; of records without what stands in them."""
    if card.format.name != RECORDS:
        return KetenError(f"{card.id}: {fault}")
    declared = card.path.read_text(encoding="utf-8", errors="replace")

    def told(found: re.Match[str]) -> str:
        text = found[0][1:-1]
        return found[0] if text in declared or is_unread(text) else "de waarde"

    bare = re.sub(r"; het bestand heeft [^;]*", "", str(fault))
    quoted = r"'.*'" if bare.count("'") % 2 else r"'[^']*'"
    bare = re.sub(quoted, told, bare)
    return RecordsError(lambda say: f"{card.id}: {say(str(fault), bare)}")


def refuse_unfit(data: Path, card: Card, names: Names) -> None:
    """Raise KetenError when deliveries that came in with an earlier card cannot be read with this one."""
    for one in filter(store.intact, store.receipts(data, card.id)):
        try:
            read(one.path, card, names)
        except KetenError as fault:
            raise KetenError(
                f"De kaart {card.path.name} past niet op de levering van {one.date}, die met een eerdere kaart van die "
                f"naam is opgenomen ({fault}); geef uw kaart een andere naam."
            ) from None


def receive(
    data: Path,
    card: Card,
    path: Path,
    resource: str,
    about: dict[str, Any],
    date: str,
    names: Names,
    assumed: bool = False,
) -> Entry:
    """Let a file in, or keep it aside. `about`: what is known of where it came from; `date`: day of receipt.

    The file is kept exactly as it is. The same bytes as the delivery before are not kept twice. An older delivery
    may come in after a newer one: it is checked against the one before its own date. `assumed`: nobody gave the date;
    raises KetenError when it decides what the figures mean. Records of persons that cannot be read are not kept, nor is
    what is wrong in them: KetenError tells. It also refuses a second card on the same records.
    """
    resource = store.safe_name(resource)
    mine = [one for one in store.receipts(data, card.id) if not card.parts or one.resource == resource]
    earlier_ones = sorted((one for one in mine if one.date <= date), key=lambda one: one.order, reverse=True)
    before = next(filter(store.intact, earlier_ones), None)  # a damaged file says nothing of what was known
    digest = store.digest(path)
    if before is not None and before.about.get("sha256") == digest:
        return Entry(card.id, resource, UNCHANGED)
    if card.format.name == RECORDS:
        refuse_second(data, card, path)
    warnings: list[str] = []
    figures = 0
    try:
        reading = read(path, card, names)
        earlier = read(before.path, card, names) if before is not None else None
        reason = "; ".join(checks.refusals(reading, earlier, card, date))
        warnings = checks.warnings(reading, earlier, card)
        figures = len(reading.observations)
        running = checks.running(reading.observations, date) if assumed else ""
    except KetenError as fault:
        if card.format.name == RECORDS:
            raise
        reason, running = str(fault).removeprefix(f"{card.id}: "), ""
    if running:
        raise KetenError(
            f"{card.id}: {resource} telt {running} als lopende periode, en van welke dag het bestand is, staat er niet "
            "in; geef met --date de dag waarop u het ophaalde."
        )
    aside = [one for one in store.refused(data, card.id) if one.about.get("sha256") == digest]
    withdrawn = [str(one.about.get("reason")) for one in aside if one.about.get("withdrawn")]
    warnings += [f"ditzelfde bestand is eerder teruggenomen: {why}" for why in withdrawn]
    if reason and any(one.resource == resource for one in aside):
        return Entry(card.id, resource, REFUSED, reason, warnings)
    about = {"title": card.title, "licence": card.licence, **about, "warnings": warnings}
    store.keep(data, card.id, resource, path, about, date, reason)
    return Entry(card.id, resource, REFUSED if reason else NEW, reason, warnings, 0 if reason else figures)


def standing(data: Path, cards: Mapping[str, Card]) -> list[store.Receipt]:
    """The refusals that nobody has dealt with: none cleared them and no file in their place came in since."""
    accepted = store.receipts(data)
    found = []
    for one in store.refused(data):
        parts = one.source in cards and cards[one.source].parts
        later = (
            other.received > one.received and (other.resource == one.resource or not parts)
            for other in accepted
            if other.source == one.source
        )
        if not (one.about.get("withdrawn") or one.about.get("cleared") or any(later)):
            found.append(one)
    return found
