"""The accessibility statement of an edition, as Dutch law has it (Besluit digitale toegankelijkheid overheid).

It claims what was found and no more. `tests/record_accessibility.py` writes what programs found on the pages to a file
of this package; the statement reads that, and says so when the templates of the pages are no longer those that were
looked at.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

from babel.dates import format_date

from keten.presentation.prose import listing
from keten.reports.publish import index, manifest
from keten.reports.render.page import contact as contact_words

NAME = "toegankelijkheid.html"
RECORD = index.TEMPLATES.parent / "accessibility.json"
SUBJECTS = {  # what was looked at, by the name that the tests have for it
    "axe": "WCAG 2.2, niveau A en AA, voor zover een programma dat kan nagaan",
    "colours": "Contrast van tekst, ook in grafieken: licht, donker, met eigen kleuren van de lezer en op papier",
    "structure": "Taal, koppen, koppen van tabellen, namen van afbeeldingen en van verwijzingen",
    "reflow": "Lezen zonder zijwaarts te schuiven, op 320 en 640 pixels breed",
    "keyboard": "Bediening met het toetsenbord, met zichtbare focus",
    "motion": "Geen beweging voor wie daarom vraagt",
    "paper": "Niets valt buiten het papier",
    "html": "Geldige HTML",
    "pdf": "PDF/UA-1 (ISO 14289-1), voor zover een programma dat kan nagaan",
}


def page(label: str, contact: str) -> str:
    """HTML of the statement. `label`: the edition in words; `contact`: whom a reader may ask, '' when nobody said."""
    record = recorded()
    return (
        index.environment()
        .get_template("accessibility.html.j2")
        .render(
            label=label,
            contact=contact_words(contact),
            date=format_date(date.fromisoformat(record["date"]), "d MMMM y", locale="nl"),
            version=record["version"],
            browser=record["browser"],
            editions=f"de uitgave{'n' * (len(record['editions']) > 1)} {listing(record['editions'])}",
            widths=record["widths"],
            checks=[{**check, "subject": SUBJECTS[check["check"]]} for check in record["checks"]],
            findings=sum(check["findings"] for check in record["checks"]),
            changed=record["templates"] != templates(),
        )
    )


def recorded() -> dict[str, Any]:
    """What the last time was found.

    `date`, `version` of this library, names of the `editions`, `browser`, `widths` in pixels, `templates` (see there)
    and `checks`: of each the name (one of `SUBJECTS`), the program, how many pages or PDFs, and how many findings.
    """
    content: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return content


def templates(folder: Path = index.TEMPLATES) -> str:
    """Twelve hexadecimal digits that stand for the templates, styles and scripts of all pages as they are now."""
    return manifest.digest(manifest.fingerprints(folder, manifest.files_below(folder)))
