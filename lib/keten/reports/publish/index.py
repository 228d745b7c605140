"""The page that leads to the reports of one edition: the whole chain at a glance."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from keten.model.periods import Period
from keten.presentation.prose import capital, listing
from keten.reports import own_figures
from keten.reports.periods import period_of
from keten.reports.publish import coverage, sparkline
from keten.reports.result import FAILED, SUCCEEDED, TIMEOUT

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "ketenrapport"
STATES = {SUCCEEDED: "gelukt", FAILED: "mislukt", TIMEOUT: "tijd overschreden"}
PACKAGE = "datapackage.json"  # what the columns of figures.csv mean
EXPLORER = "verken.html"  # the page on which all figures can be explored
KEY_FIGURES = 3  # per goal; the report has them all
FORMATS = {"xlsx": "Excel (xlsx)", "ods": "OpenDocument (ods)", "pdf": "Pdf", "ipynb": "Notebook (ipynb)"}


def page(
    label: str,
    entries: dict[str, dict[str, Any]],
    run: str,
    *,
    name: str = "",
    rows: Iterable[Mapping[str, Any]] = (),
    publishers: Mapping[str, str] | None = None,
    files: Collection[str] = (),
    default: Mapping[str, Any] | None = None,
    outdated: Mapping[str, Any] | None = None,
) -> str:
    """HTML of the index.

    `label`: the period in words. `entries`: the manifest's `notebooks`, in order. `run`: start of this run; a
    report of an earlier one is shown with a remark. `name`: the edition's (`2017-06`). `rows`: those of its
    `figures.csv`. `publishers`: publisher by title of a source; without it there is no table of coverage. `files`:
    names of what stands in the edition, to link to. `default` and `outdated`: what the manifest says of the default
    edition and of key figures without a recent figure.
    """
    rows = list(rows)
    shown = [_shown(stem, entry, run, files, name) for stem, entry in entries.items()]
    return (
        environment()
        .get_template("edition.html.j2")
        .render(
            label=label,
            summary=summary(entries),
            own=own_figures.of_reports(entry["report"] for entry in entries.values()),
            package=PACKAGE in files,
            explorer=EXPLORER if EXPLORER in files else "",
            why=default["sentence"] if default and default["period"] == name else "",
            outdated=_outdated(outdated, entries) if outdated and outdated["key_figures"] else None,
            failed=[entry for entry in shown if entry["state"] != SUCCEEDED],
            entries=shown,
            coverage=_coverage(rows, publishers, entries, period_of(name)) if publishers is not None else None,
        )
    )


def environment() -> Environment:
    """The templates of the pages around the reports; text in them is escaped."""
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)


def status(state: str, reason: str | None) -> str:
    """What became of a notebook: `gelukt`, or what went wrong."""
    return STATES[state] if reason is None else f"{STATES[state]}: {reason}"


def summary(entries: Mapping[str, Mapping[str, Any]]) -> str:
    """How many of the reports succeeded, in one sentence."""
    good = sum(entry["state"] == SUCCEEDED for entry in entries.values())
    if good == len(entries):
        return "1 rapport, gelukt." if good == 1 else f"{good} rapporten, alle gelukt."
    if len(entries) == 1:
        return "Het enige rapport is niet gelukt."
    return f"{good} van de {len(entries)} rapporten gelukt."


def moment(stamp: str) -> str:
    """A time stamp of a manifest in words: `1 juli 2017 om 10:00 uur (UTC)`."""
    return format_datetime(datetime.fromisoformat(stamp), "d MMMM y 'om' HH:mm 'uur' (z)", locale="nl")


def tile(figure: Mapping[str, Any]) -> dict[str, Any]:
    """What a page shows of a key figure; older manifests lack the number, the unit in words and the trend."""
    number = figure.get("number")
    trend, unit = figure.get("trend"), figure.get("unit") or ""
    line = sparkline.svg(str(figure.get("label") or ""), trend, unit)
    first = period_of(sparkline.first_moment(trend)) if line else None
    return {
        **{key: figure.get(key) or "" for key in ("label", "value", "period", "change", "unit_words")},
        "number": f"{number:.15g}" if isinstance(number, (int, float)) else "",
        "sparkline": Markup(line),
        "since": first.short if first else "",
    }


def _outdated(told: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Which key figures have no recent figure, by report."""
    by_report: dict[str, list[str]] = {}
    for one in told["key_figures"]:
        title = entries[one["notebook"]]["title"] if one["notebook"] in entries else one["notebook"]
        by_report.setdefault(title, []).append(own_figures.outdated_item(one))
    opening = capital(own_figures.outdated_opening(told))
    return {"opening": f"{opening}.", "reports": [(title, listing(items)) for title, items in by_report.items()]}


def _shown(stem: str, entry: Mapping[str, Any], run: str, files: Collection[str], name: str) -> dict[str, Any]:
    report = entry["report"] or {}
    words = status(entry["state"], entry["reason"])
    names = {kind: f"{stem}.{kind}" for kind in FORMATS}
    return {
        "id": f"rapport-{stem}",
        "title": entry["title"],
        "state": entry["state"],
        "status": words[0].upper() + words[1:],
        "html": quote(report["html"]) if report else "",
        "others": [(quote(file), FORMATS[kind]) for kind, file in names.items() if report and file in files],
        "dates": report.get("dates") or "",
        "own": own_figures.of_reports([report]),
        "kept": _kept(entry["state"], report, run),
        "key_figures": list(map(tile, headlines(report, name)[:KEY_FIGURES])),
    }


def headlines(report: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The key figures of a report that are of the edition's own period. name: the edition's."""
    return own_figures.own(report.get("key_figures", []), period_of(name))


def _kept(state: str, report: Mapping[str, Any], run: str) -> str:
    if not report:
        return "Er is nog geen rapport over deze periode."
    if report["run"] == run:
        return ""
    if state == SUCCEEDED:
        return f"Dit rapport is van een eerdere run, op {moment(report['run'])}."
    return f"Het eerdere rapport blijft staan, van de run op {moment(report['run'])}."


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
