"""The chain in one picture: who came in, on what was decided, who was received, who left, over one period.

Made of figures that the reports of the edition show; one that none of them shows over the period is a gap.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from keten.model.periods import Period
from keten.presentation import prose
from keten.reports import own_figures
from keten.reports.periods import in_words, period_or_none


@dataclass(frozen=True)
class Fact:
    """What stands in a step: its name, and the figures that can tell it, the best one first (measure, dimensions)."""

    name: str
    figures: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Step:
    """One step of the chain, with the figure that stands for it and those beside it."""

    name: str
    main: Fact
    others: tuple[Fact, ...] = ()


STEPS = (
    Step(
        "Wie komt binnen",
        Fact("asielinstroom", (("asylum_inflow_total", ""),)),
        (
            Fact("eerste vergunningen voor werk", (("temporary_permits_regular", "reason=arbeid"),)),
            Fact("eerste vergunningen voor studie", (("temporary_permits_regular", "reason=studie"),)),
            Fact("geweigerd aan de grens", (("border_refusals", ""),)),
        ),
    ),
    Step(
        "Waarop is beslist",
        Fact(
            "beslissingen op asielaanvragen",
            (("asylum_first_instance_decisions", ""), ("asylum_first_decisions", "")),
        ),
        (
            Fact(
                "deel dat is ingewilligd",
                (("asylum_first_instance_positive", "statistic=share;denominator=asylum_first_instance_decisions"),),
            ),
        ),
    ),
    Step(
        "Wie wordt opgevangen",
        Fact("bewoners van de COA-opvang", (("coa_occupancy", ""),)),
        (Fact("onder wie vergunninghouders", (("coa_occupancy_status_holders", ""),)),),
    ),
    Step(
        "Wie vertrekt",
        Fact("uit de caseload van de DT&V", (("departure_dtv", "departure_kind=totaal"),)),
        (
            Fact("zelfstandig", (("departure_dtv", "departure_kind=zelfstandig"),)),
            Fact("gedwongen", (("departure_dtv", "departure_kind=gedwongen"),)),
            Fact("zelfstandig zonder toezicht", (("departure_dtv", "departure_kind=zelfstandig zonder toezicht"),)),
        ),
    ),
)


def picture(
    entries: Mapping[str, Mapping[str, Any]], rows: Iterable[Mapping[str, Any]], period: Period | None
) -> list[dict[str, Any]]:
    """The steps with what is known of each; empty when nothing is, or the edition is not of one period.

    entries: the manifest's notebooks; rows: those of `figures.csv`. A key figure goes before another figure, as it is
    what its report says; of others the first that a report shows.
    """
    if period is None:
        return []
    known: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        if _told(row, period):
            known.setdefault((row.get("measure", ""), row.get("dimensions") or ""), _of_row(row, period))
    for entry in entries.values():
        for figure in own_figures.own((entry["report"] or {}).get("key_figures", []), period):
            known[figure.get("measure", ""), figure.get("dimensions") or ""] = _of_key_figure(figure, period)
    steps = [(step.name, _shown(step.main, known), [_shown(one, known) for one in step.others]) for step in STEPS]
    if not any(one["value"] for _, main, others in steps for one in (main, *others)):
        return []
    return [{"name": name, "main": main, "others": others} for name, main, others in steps]


def _told(row: Mapping[str, Any], period: Period) -> bool:
    """Whether a row is a figure of the period: over the whole of it, or of a day in it."""
    moment = period_or_none(row.get("period"))
    if moment is None or row.get("value") in (None, ""):
        return False
    return moment == period or (moment.kind == "date" and period.contains(moment))


def _shown(fact: Fact, known: Mapping[tuple[str, str], Mapping[str, Any]]) -> dict[str, Any]:
    found = next((known[one] for one in fact.figures if one in known), {})
    return {"name": fact.name, "value": "", "number": "", **found}


def _of_row(row: Mapping[str, Any], period: Period) -> dict[str, str]:
    text = prose.number(row["value"], unit=row.get("unit") or None)
    about = "ca. " * (row.get("precision") == "circa")
    return {
        "value": f"{about}{text}{'*' * (row.get('status') == 'provisional')}",
        "number": f"{float(row['value']):.15g}",
        "on": _on(row["period"], period),
        "change": "",
    }


def _of_key_figure(figure: Mapping[str, Any], period: Period) -> dict[str, str]:
    number = figure.get("number")
    return {
        "value": str(figure.get("value") or ""),
        "number": f"{number:.15g}" if isinstance(number, (int, float)) else "",
        "on": _on(figure.get("moment"), period),
        "change": str(figure.get("change") or ""),
    }


def _on(moment: Any, period: Period) -> str:
    """The day of a stock; of a figure over the whole period nothing."""
    return "" if moment in (None, "", str(period)) else f"op {in_words(moment)}"
