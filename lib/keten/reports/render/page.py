"""What the page of a report holds beside its sections: banners, what has changed, how it was made."""

import re
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from keten.model.periods import CALENDAR_KINDS
from keten.presentation.markup import plain_number
from keten.reports import notebook as contents
from keten.reports import proof
from keten.reports.own_figures import words
from keten.reports.periods import in_words, period_or_none
from keten.reports.render.cells import ID, notices, sections
from keten.reports.render.dates import dates_of

UNPROVED = "GEEN RAPPORT"  # in the title of what is not proved, which also stands on every page in print
CHART = 'class="keten-chart'
TABLE = '<p class="downloads">'
ANNEXES = (("xlsx", "Tabellen voor Excel"), ("ods", "Tabellen voor LibreOffice"))
PARAMETER_LABELS = {
    "period": "Periode",
    "compare_years": "Vergeleken met eerdere jaren",
    "nationality": "Nationaliteit",
    "as_of": "Stand van de gegevens",
    "respondents": "Respondenten",
    "participants": "Deelnemers",
    "reference_date": "Peildatum",
}
EMPTY_PARAMETERS = {"nationality": "alle", "as_of": "nieuwste", "reference_date": "einde van de periode"}


def page(nb: dict, stem: str) -> dict[str, Any]:
    """Everything that the template shows of the executed notebook `nb`, whose file is called `stem`.

    Depends on the notebook alone, so that every way of rendering it gives the same page.
    """
    head, *every = sections(nb)
    body = [section for section in every if not section.is_account]
    heading, below = _heading(head.body.shown)
    title = contents.title(nb) or stem
    made = nb["metadata"].get("keten", {})
    label = made.get("label") or in_words(period_of(nb)) + _known_on(nb)
    doubt = proof.doubt(nb)
    title = f"{UNPROVED}: {title}" if doubt else title
    parts = [part for section in [head, *every] for part in (section.body, section.annex)]
    ids = {name for part in parts for name in ID.findall(part.html)}
    return {
        "title": title,
        "doubt": doubt,
        "remedy": proof.remedy(nb),
        "running_title": css_text(", ".join(filter(None, [title, label]))),
        "heading": Markup(heading),
        "head": Markup("\n".join(below)),
        "dates": dates_of(nb),
        "own": words(len(contents.key_figures(nb)), contents.key_figures_of(nb)),
        "sections": body,
        "account": [group for section in every if section.is_account for group in section.groups],
        "opening": bool(body) and body[0].opens,
        "charts": any(CHART in part.html for part in parts),
        "tables": any(TABLE in part.html for part in parts),
        "provisional": provisional(nb),
        "empty": [section.heading for section in body if section.gaps and not section.figures],
        "samples": notices(nb, "samples"),
        "changes": changes(made.get("changes"), ids, _units(nb)),
        "made": made,
        "label": label,
        "period": "" if made else period_of(nb),
        "version": version("keten"),
        "parameters": shown_parameters(nb),
        "licences": notices(nb, "licences"),
        "contact": contact(made.get("contact", "")),
        "annexes": [(quote(f"{stem}.{kind}"), words) for kind, words in ANNEXES] if made else [],
    }


def period_of(nb: dict) -> str:
    """The period that the executed notebook is about, such as `2017-06`; '' for one that does not say so."""
    told = period_or_none(next(iter(notices(nb, "period")), ""))
    return str(told) if told and told.kind in CALENDAR_KINDS else ""


def _known_on(nb: dict) -> str:
    return "".join(f", stand van {in_words(day)}" for day in notices(nb, "as_of"))


def _heading(parts: list[str]) -> tuple[str, list[str]]:
    """The title of a report, '' where it has none, and what stands below it before the first section."""
    shown = [part for part in parts if part]
    return (shown[0], shown[1:]) if shown and shown[0].startswith("<h1 ") else ("", shown)


def css_text(text: str) -> str:
    """The text as a CSS string that can end neither the string nor the style sheet."""
    return '"' + re.sub(r"[^\w ,.-]", lambda found: f"\\{ord(found[0]):06x}", text) + '"'


def provisional(nb: dict) -> int:
    """How many published figures of the report are provisional; what is derived from them does not count."""
    rows = contents.figures(nb, "")
    return len(
        {
            (row["measure"], row["dimensions"], row["period"])
            for row in rows
            if row["status"] == "provisional" and "statistic=" not in (row["dimensions"] or "")
        }
    )


def _units(nb: dict) -> dict[tuple[str, str], str]:
    """Units of the key figures in words, by measure and label: a share and a number can be of one measure."""
    figures = contents.key_figures(nb)
    return {(figure.get("measure", ""), figure["label"]): figure.get("unit_words", "") for figure in figures}


def changes(told: dict | None, ids: set[str], units: dict[tuple[str, str], str]) -> dict[str, Any] | None:
    """What has changed since another edition, ready to show; None when that was never looked at.

    `ids`: those of the page, so that a number only leads to an explanation that is there.
    """
    if told is None:
        return None

    def row(figure: dict, before: str, now: str) -> dict[str, Any]:
        target = f"begrip-{figure['measure']}"
        return {
            "label": figure["label"],
            "unit": units.get((figure["measure"], figure["label"]), ""),
            "period": figure.get("period", ""),
            "target": target if target in ids else "",
            "before": _number(figure[before]),
            "now": _number(figure[now]),
            "change": figure.get("change", ""),
        }

    previous, revised = told.get("previous"), told.get("revised")
    return {
        "previous": previous and {**previous, "rows": [row(one, "before", "now") for one in previous["key_figures"]]},
        "revised": revised and [row(one, "old", "new") for one in revised["figures"]],
    }


def _number(cell: dict) -> dict[str, str]:
    number = cell.get("number")
    machine = "" if number is None else plain_number(number)
    return {"text": cell["text"], "value": machine, "period": cell.get("period", "")}


def contact(text: str) -> Markup | str:
    """The contact line; an e-mail address or a web address becomes a link."""
    if re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", text):
        return Markup('<a href="mailto:{0}">{0}</a>').format(text)
    if re.fullmatch(r"https://\S+", text):
        return Markup('<a href="{0}">{0}</a>').format(text)
    return text


def shown_parameters(nb: dict) -> list[tuple[str, str]]:
    """Label and value of every parameter with which the notebook ran, in its own order."""
    return [
        (PARAMETER_LABELS.get(name, name), shown(name, contents.displayed(value)))
        for name, value in contents.given(nb).items()
    ]


def shown(name: str, value: Any) -> str:
    """A parameter's value for a reader; an empty one in words."""
    if value is True or value is False:
        return "ja" if value else "nee"
    return str(value) if value not in ("", None) else EMPTY_PARAMETERS.get(name, "niet opgegeven")
