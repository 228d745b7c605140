"""How recent an edition is, in words: how many key figures are of the period itself, and which are not kept up."""

from collections.abc import Iterable, Mapping
from typing import Any

from keten.model.periods import Period
from keten.presentation import prose
from keten.reports.periods import in_words, period_or_none

MOST_NAMED = 5  # key figures in one sentence; the manifest and the index have them all


def words(own: int, of: int) -> str:
    """One Dutch sentence; '' for a report without key figures.

    >>> words(3, 5)
    '3 van de 5 kerncijfers gaan over deze periode zelf.'
    """
    if not of:
        return ""
    if of == 1:
        return f"Het enige kerncijfer gaat {'' if own else 'niet '}over deze periode zelf."
    if own == of:
        return f"Alle {of} kerncijfers gaan over deze periode zelf."
    return f"{own or 'Geen'} van de {of} kerncijfers {'gaan' if own > 1 else 'gaat'} over deze periode zelf."


def of_reports(reports: Iterable[Mapping[str, Any] | None]) -> str:
    """The sentence on all reports of an edition together; reports of an earlier version do not tell of how many."""
    told = [report for report in reports if report and "key_figures_of" in report]
    return words(sum(len(one["key_figures"]) for one in told), sum(one["key_figures_of"] for one in told))


def own(figures: Iterable[Mapping[str, Any]], period: Period | None) -> list[Mapping[str, Any]]:
    """The key figures in a manifest that are of the edition's period; earlier versions kept older ones among them."""
    return [figure for figure in figures if _is_of(period_or_none(figure.get("moment")), period)]


def _is_of(moment: Period | None, period: Period | None) -> bool:
    return not moment or not period or moment == period or (moment.kind == "date" and period.contains(moment))


def outdated_words(told: Mapping[str, Any]) -> str:
    """That key figures have no recent figure, in one sentence with the first of them. told: from the manifest."""
    late = told["key_figures"]
    named = [outdated_item(one) for one in late[:MOST_NAMED]]
    rest = [f"{len(late) - MOST_NAMED} andere (zie manifest.json)"] if len(late) > MOST_NAMED else []
    return f"{outdated_opening(told)}: {prose.listing([*named, *rest])}."


def outdated_opening(told: Mapping[str, Any]) -> str:
    """How many key figures that are, without a full stop."""
    late, day = told["key_figures"], in_words(told["day"])
    subject = "van 1 kerncijfer" if len(late) == 1 else f"van {len(late)} kerncijfers"
    return f"{subject} is het nieuwste cijfer meer dan 18 maanden ouder dan {day}"


def outdated_item(one: Mapping[str, Any]) -> str:
    """What the key figure is called, and of when its newest figure is."""
    return f"{one['label']} ({in_words(one['newest']) or 'nog nooit een cijfer'})"
