"""The page of an edition for who makes it: what became of each notebook, with what, and up to when there are figures.

Like the manifest it tells how long things took, so it is no part of what the same data give again byte for byte.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import quote

from keten.model.periods import Period
from keten.presentation.prose import listing, number
from keten.reports.periods import in_words, period_of
from keten.reports.publish import coverage, index, parquet

NAME = "beheer.html"
FORMATS = {"html": "Rapport", "xlsx": "Excel", "ods": "OpenDocument", "pdf": "Pdf", "ipynb": "Notebook"}


def page(
    content: Mapping[str, Any],
    *,
    rows: Iterable[Mapping[str, Any]] = (),
    publishers: Mapping[str, str] | None = None,
    files: Collection[str] = (),
) -> str:
    """HTML of the page. content: the manifest. rows, publishers, files: as for `index.page`."""
    entries, period = content["notebooks"], period_of(content["edition"])
    refused = content.get("refused", [])
    return (
        index.environment()
        .get_template("beheer.html.j2")
        .render(
            label=content["label"],
            package=index.PACKAGE in files,
            parquet=parquet.FILE in files,
            summary=index.summary(entries),
            run=content.get("run", ""),
            times=[(words, index.moment(content[key])) for key, words in TIMES.items() if content.get(key)],
            entries=[_shown(stem, entry, content["started"], files) for stem, entry in entries.items()],
            faults=[*content.get("faults", []), *_not_fetched(content.get("sources", {}))],
            refused=[one | {"date": in_words(one["date"])} for one in refused],
            git=content.get("git"),
            packages=content.get("packages", {}),
            coverage=_coverage(list(rows), publishers, entries, period) if publishers is not None else None,
        )
    )


TIMES = {"started": "Begonnen", "finished": "Klaar"}


def _not_fetched(sources: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The sources that could not be fetched the last time, each in a sentence."""
    failed = {name: one for name, one in sources.items() if one["state"] == "failed"}
    return [
        f"{name}: niet opgehaald sinds {in_words(one['since'] or one['day'])}. {one['reason']}".rstrip()
        for name, one in failed.items()
    ]


def _shown(stem: str, entry: Mapping[str, Any], run: str, files: Collection[str]) -> dict[str, Any]:
    words = index.status(entry["state"], entry["reason"])
    names = {kind: f"{stem}.{kind}" for kind in FORMATS}
    return {
        "id": f"rapport-{stem}",
        "title": entry["title"],
        "state": entry["state"],
        "status": words[0].upper() + words[1:],
        "kept": index.kept(entry["state"], entry["report"] or {}, run),
        "pdf_reason": (entry["report"] or {}).get("pdf_reason", ""),
        "seconds": number(entry.get("seconds"), 1),
        "files": [(quote(name), FORMATS[kind]) for kind, name in names.items() if entry["report"] and name in files],
    }


def _coverage(
    rows: list[Mapping[str, Any]],
    publishers: Mapping[str, str],
    entries: Mapping[str, Mapping[str, Any]],
    period: Period | None,
) -> dict[str, Any]:
    """The table of coverage: a column per notebook, a row per publisher, in each cell the last period."""
    table = coverage.table(rows, publishers)
    every = coverage.latest(table)
    without = [entry["title"] for stem, entry in entries.items() if stem not in every]

    def cells(found: Mapping[str, Period]) -> list[dict[str, Any] | None]:
        return [_cell(found[stem], period) if stem in found else None for stem in entries]

    return {
        "titles": [_short(entry["title"]) for entry in entries.values()],
        "every": cells(every),
        "rows": [(publisher, cells(found)) for publisher, found in table],
        "without": listing(without),
    }


def _short(title: str) -> str:
    """The abbreviation in brackets at the end of a title, where there is one: columns are narrow."""
    found = re.search(r"\((\w+)\)$", title)
    return found[1] if found else title


def _cell(last: Period, period: Period | None) -> dict[str, Any]:
    return {"text": last.short, "current": period is not None and period.start <= last.end}
