"""`nieuwste/`: addresses that stay the same and always lead to the newest edition, and to the newest of each report.

Small pages rather than links of the file system, which Windows and archives lose.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from keten.presentation.markup import harmless
from keten.reports.publish import index
from keten.reports.publish.replace import replaced

FOLDER = "nieuwste"


def pages(first: Mapping[str, Any] | None, editions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """HTML of each page by its name.

    first: the edition that the index opens with; editions: those that may be led to, newest first. A report that the
    first does not have leads to the newest edition that does.
    """
    if first is None:
        return {}
    order = [first, *(one for one in editions if one is not first)]
    found = {"index.html": _page(first["label"], f"../{quote(first['name'])}/index.html")}
    for edition in order:
        for entry in edition["notebooks"].values():
            if (report := entry["report"]) and report["html"] not in found:
                address = f"../{quote(edition['name'])}/{quote(report['html'])}"
                found[report["html"]] = _page(f"{entry['title']}, {edition['label']}", address)
    return found


def write(out: Path, found: Mapping[str, str]) -> None:
    """Put the pages in their folder, and take away those that lead nowhere any more. Raises OSError."""
    folder = out / FOLDER
    if found:
        folder.mkdir(exist_ok=True)
    for path in folder.glob("*.html"):
        if path.name not in found:
            path.unlink()
    for name, page in found.items():
        replaced(folder / name, harmless(page))


def _page(label: str, address: str) -> str:
    return index.environment().get_template("newest.html.j2").render(label=label, address=address)
