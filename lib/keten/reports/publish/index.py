"""The page that leads to the reports of one edition: the whole chain at a glance."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from keten.presentation.prose import capital, listing
from keten.reports import own_figures
from keten.reports.periods import period_of
from keten.reports.publish import chain, sparkline
from keten.reports.result import FAILED, SUCCEEDED, TIMEOUT

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "ketenrapport"
STATES = {SUCCEEDED: "gelukt", FAILED: "mislukt", TIMEOUT: "tijd overschreden"}
PACKAGE = "datapackage.json"  # what the columns of figures.csv mean
EXPLORER = "verken.html"  # the page on which all figures can be explored


def page(
    label: str,
    entries: dict[str, dict[str, Any]],
    run: str,
    *,
    name: str = "",
    rows: Iterable[Mapping[str, Any]] = (),
    files: Collection[str] = (),
    default: Mapping[str, Any] | None = None,
    outdated: Mapping[str, Any] | None = None,
    cited: str = "",
    data_set: str = "",
) -> str:
    """HTML of the index: the chain in one picture, then what each report found.

    `label`: the period in words. `entries`: the manifest's `notebooks`, in order. `run`: start of this run; a
    report of an earlier one is shown with a remark. `name`: the edition's (`2017-06`). `rows`: those of its
    `figures.csv`. `files`: names of what stands in the edition, to link to. `default` and `outdated`: what the manifest
    says of the default edition and of key figures without a recent figure. `cited`: how to cite the edition;
    `data_set`: the same for search engines, as JSON-LD that may stand in a page.
    """
    shown = [_shown(stem, entry, run, files, name) for stem, entry in entries.items()]
    return (
        environment()
        .get_template("edition.html.j2")
        .render(
            label=label,
            steps=chain.picture(entries, rows, period_of(name)),
            own=own_figures.of_reports(entry["report"] for entry in entries.values()),
            explorer=EXPLORER if EXPLORER in files else "",
            why=default["sentence"] if default and default["period"] == name else "",
            outdated=_outdated(outdated, entries) if outdated and outdated["key_figures"] else None,
            failed=[entry for entry in shown if entry["state"] != SUCCEEDED],
            entries=shown,
            cited=cited,
            data_set=Markup(data_set),
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
    pdf = f"{stem}.pdf"
    return {
        "id": f"rapport-{stem}",
        "title": entry["title"],
        "state": entry["state"],
        "html": quote(report["html"]) if report else "",
        "pdf": quote(pdf) if report and pdf in files else "",
        "finding": _finding(report, name),
        "dates": report.get("dates") or "",
        "kept": kept(entry["state"], report, run),
    }


def _finding(report: Mapping[str, Any], name: str) -> str:
    """What a report found; one of an earlier version does not tell and gives its first key figure."""
    if not report or report.get("finding"):
        return report.get("finding") or ""
    for one in headlines(report, name):
        value = " ".join(filter(None, [one["value"], one.get("unit_words")]))
        change = f", {one['change']}" if one.get("change") else ""
        return f"{one['label']}: {value} ({one['period']}){change}."
    return "Over deze periode zelf zijn geen kerncijfers bekend."


def headlines(report: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The key figures of a report that are of the edition's own period. name: the edition's."""
    return own_figures.own(report.get("key_figures", []), period_of(name))


def kept(state: str, report: Mapping[str, Any], run: str) -> str:
    """That a report is of an earlier run, or that there is none; '' for one of this run."""
    if not report:
        return "Er is nog geen rapport over deze periode."
    if report["run"] == run:
        return ""
    if state == SUCCEEDED:
        return f"Dit rapport is van een eerdere run, op {moment(report['run'])}."
    return f"Het eerdere rapport blijft staan, van de run op {moment(report['run'])}."
