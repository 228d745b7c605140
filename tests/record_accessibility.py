"""Record what programs find on the pages of editions, for their accessibility statement.

    keten run --pdf --out MAP && keten run --pdf --period 2011 --out MAP
    python tests/record_accessibility.py MAP/2024 MAP/2011

Runs the checks of tests/browser on every page and PDF of these editions and writes the outcome to the package, whatever
it is. Takes some minutes; do it after pages have changed, and when a test says that the record is of other programs.
"""

import json
import sys
import tempfile
from importlib.metadata import version
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))
import audit
import valid_html
from browser import chromium
from page import validate_pdf
from programs import PROGRAMS, browser_name

from keten.clock import time_stamp
from keten.reports.publish import accessibility


def main(folders: list[Path]) -> None:
    """Look at all pages and PDFs, and write the record."""
    pages = [page for folder in folders for page in sorted(folder.glob("*.html"))]
    files = [file for folder in folders for file in sorted(folder.glob("*.pdf"))]
    if not pages or not files:
        raise SystemExit("Geen pagina's of geen PDF's gevonden; maak de uitgaven met keten run --pdf.")
    found: dict[str, list[str]] = {check: [] for check in accessibility.SUBJECTS}
    with tempfile.TemporaryDirectory() as folder:
        for page, checks in audit.audit(pages, Path(folder), narrow=True).items():
            for check in checks.keys() & found.keys():
                found[check] += [f"{page.parent.name}/{page.name}: {check}: {finding}" for finding in checks[check]]
        with chromium(Path(folder) / "naam") as browser:
            name = browser_name(browser)
    found["html"] = valid_html.errors(*pages)
    found["pdf"] = [
        f"{file.parent.name}/{file.name}: {fault.message}"
        for file in files
        for fault in validate_pdf(file, profile="ua1").failures
    ]
    print(*chain.from_iterable(found.values()), sep="\n")
    record = {
        "date": time_stamp()[:10],
        "version": version("keten"),
        "editions": [folder.name for folder in folders],
        "browser": name,
        "widths": [audit.WIDE, *audit.NARROW],
        "templates": accessibility.templates(),
        "checks": [
            {
                "check": check,
                "program": PROGRAMS[check],
                "pages": len(files if check == "pdf" else pages),
                "findings": len(findings),
            }
            for check, findings in found.items()
        ],
    }
    accessibility.RECORD.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"{accessibility.RECORD}: {len(pages)} pagina's, {len(files)} PDF's, {sum(map(len, found.values()))} fouten")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit("Gebruik: python tests/record_accessibility.py MAP_VAN_EEN_UITGAVE...")
    main([Path(folder) for folder in sys.argv[1:]])
