"""The page that leads to the reports of one edition."""

from datetime import datetime
from pathlib import Path
from typing import Any

from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader

from keten.runs.job import FAILED, SUCCEEDED, TIMEOUT

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "ketenrapport"
STATES = {SUCCEEDED: "gelukt", FAILED: "mislukt", TIMEOUT: "tijd overschreden"}


def page(label: str, entries: dict[str, dict[str, Any]], run: str) -> str:
    """HTML of the index.

    `label`: the period in words. `entries`: the manifest's `notebooks`, in order. `run`: start of this run; a
    report of an earlier one is shown with a remark.
    """
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    return environment.get_template("edition.html.j2").render(
        label=label,
        summary=_summary(entries),
        entries=[_shown(stem, entry, run) for stem, entry in entries.items()],
    )


def status(state: str, reason: str | None) -> str:
    """What became of a notebook: `gelukt`, or what went wrong."""
    return STATES[state] if reason is None else f"{STATES[state]}: {reason}"


def _summary(entries: dict[str, dict[str, Any]]) -> str:
    good = sum(entry["state"] == SUCCEEDED for entry in entries.values())
    if good == len(entries):
        return "1 rapport." if good == 1 else f"{good} rapporten, alle gelukt."
    return f"{good} van de {len(entries)} rapporten gelukt."


def _shown(stem: str, entry: dict[str, Any], run: str) -> dict[str, Any]:
    report = entry["report"] or {}
    words = status(entry["state"], entry["reason"])
    return {
        "id": f"rapport-{stem}",
        "title": entry["title"],
        "state": entry["state"],
        "status": words[0].upper() + words[1:],
        "html": report.get("html"),
        "kept": _kept(entry["state"], report, run),
        "key_figures": report.get("key_figures", []),
    }


def _kept(state: str, report: dict[str, Any], run: str) -> str:
    if not report:
        return "Er is nog geen rapport over deze periode."
    if report["run"] == run:
        return ""
    moment = format_datetime(datetime.fromisoformat(report["run"]), "d MMMM y 'om' HH:mm 'uur' (z)", locale="nl")
    if state == SUCCEEDED:
        return f"Dit rapport is van een eerdere run, op {moment}."
    return f"Het eerdere rapport blijft staan, van de run op {moment}."
