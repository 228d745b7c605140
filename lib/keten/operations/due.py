"""Which editions a month has to make: the newest that the data allow and that do not stand there as they should."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keten.errors import KetenError
from keten.model.periods import Period
from keten.reports.publish import manifest
from keten.reports.result import SUCCEEDED
from keten.workbook.default_edition import GOALS_NEEDED, Choice, newest

# Months and quarters are published by few; a half-year or year is complete as the default edition has to be.
WANTED = ((("month", "quarter"), 1), (("half_year",), GOALS_NEEDED), (("year",), GOALS_NEEDED))


@dataclass(frozen=True)
class Candidate:
    """A period that the data allow: `why` it was chosen and what its edition is now, in Dutch; whether it is `due`."""

    period: str
    why: str
    due: bool


def candidates(data: Path, out: Path, commit: str) -> list[Candidate]:
    """The newest month or quarter, the newest complete half-year and the newest complete year, oldest first.

    An edition is due when it is not there, when a report of it failed, or when it was made from other data or by
    another version (`commit`) than there are now. data: the data that the editions would be made from.
    """
    prints = manifest.fingerprints(data, manifest.files_below(data), prefix="data/")
    state = manifest.data_state(prints, {})["fingerprint"]
    found = [choice for kinds, goals in WANTED if (choice := newest(kinds, goals, data))]
    if not found:
        raise KetenError(
            f"De gegevens in {data} zijn voor geen enkele maand, kwartaal, halfjaar of jaar genoeg voor een uitgave; "
            "geef keten run --period PERIODE om er toch een te maken."
        )
    ordered = sorted(found, key=lambda one: (Period.parse(one.period).end, Period.parse(one.period).days))
    return [_candidate(choice, out, state, commit) for choice in ordered]


def _candidate(choice: Choice, out: Path, state: str, commit: str) -> Candidate:
    own = f"{choice.own} van de {choice.key_figures} kerncijfers gaan over die periode zelf"
    reason = _reason(out / choice.period, state, commit)
    return Candidate(choice.period, f"{own}; {reason or 'de uitgave is bij'}", bool(reason))


def _reason(edition: Path, state: str, commit: str) -> str:
    """Why the edition has to be made, '' when it has not."""
    try:
        present = manifest.load(edition)
    except KetenError:
        return "de uitgave is niet te lezen"
    if present is None:
        return "de uitgave is er nog niet"
    reports: list[dict[str, Any]] = list(present["notebooks"].values())
    if any(one["state"] != SUCCEEDED for one in reports):
        return "niet alle rapporten zijn gelukt"
    if any(one["report"]["data"]["fingerprint"] != state for one in reports):
        return "de gegevens zijn sindsdien gewijzigd"
    if ((present.get("git") or {}).get("commit") or "") != commit:
        return "de uitgave is met een andere versie van het werkboek gemaakt"
    return ""
