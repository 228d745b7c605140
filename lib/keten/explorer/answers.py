"""What an edition answers: of every measure, breakdown and period the statement that a report would make.

The choice of publisher and definition is that of `workbook.lookup`, for each period as a report on that period sees the
data, as the panel in JupyterLab does.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan

from keten.model.figures import Figure
from keten.model.periods import CALENDAR_KINDS, Period
from keten.model.quality import SHOWN
from keten.workbook import ratios
from keten.workbook.calendar import calendar
from keten.workbook.choosing import Panel
from keten.workbook.lookup import Lookup
from keten.workbook.ratios import Ratio
from keten.workbook.workbook import Workbook

Asked = tuple[str, str, str]
Panels = dict[str, dict[Period, dict[str, Panel]]]


@dataclass(frozen=True)
class Subject:
    """A measure in one breakdown ("" = its totals), or its share in the measure `whole`, and what is said of it.

    panels: per kind of period and period, what is said of each category that has a figure over it or beside it;
    leading: the count that goes first, by period in which there are several; others: figures of counts that do not
    speak, by category and count.
    """

    measure: str
    by: str
    whole: str
    panels: Mapping[str, Mapping[Period, Mapping[str, Panel]]]
    leading: Mapping[Period, str] = field(default_factory=dict)
    others: Mapping[tuple[str, str], Mapping[Period, Figure]] = field(default_factory=dict)


def subjects(chain: Workbook, shares: Iterable[tuple[str, str]] = ()) -> list[Subject]:
    """All that the workbook can be asked, in order of measure and breakdown; shares: pairs of a part and its whole."""
    present = [(measure, by) for measure in chain.measures() for by in sorted(chain.breakdowns(measure))]
    asked = [(measure, by, "") for measure, by in present]
    asked += [(part, by, whole) for part, whole in sorted(set(shares)) for name, by in present if name == part]
    found, leading = _said(chain, asked)
    return [_subject(chain, one, said, leading.get(one, {})) for one, said in found.items() if said]


def _said(chain: Workbook, asked: Sequence[Asked]) -> tuple[dict[Asked, Panels], dict[Asked, dict[Period, str]]]:
    """What is said of each subject. Where more than one count can speak, a report on that very period chooses."""
    found: dict[Asked, Panels] = {one: {} for one in asked}
    leading: dict[Asked, dict[Period, str]] = {}
    disputed: dict[Period, list[Asked]] = {}
    for one in asked:
        measure, by, whole = one
        for kind, texts in calendar(chain, measure, by).items():
            for period in map(Period.parse, texts):
                own, ratio = chain.about(measure, by), _ratio(chain, whole)
                if kind in CALENDAR_KINDS and own.several_speak(measure, by, period, ratio):
                    disputed.setdefault(period, []).append(one)
                found[one].setdefault(kind, {})[period] = (
                    {} if one in disputed.get(period, ()) else own.every_panel(measure, by, period, ratio)
                )
    for period, those in disputed.items():
        book = chain.earlier(period)
        for one in those:
            measure, by, whole = one
            found[one][period.kind][period] = book.every_panel(measure, by, period, _ratio(chain, whole))
            leading.setdefault(one, {})[period] = book.leading(measure, by)
    return {one: _filled(panels) for one, panels in found.items()}, leading


def _ratio(chain: Workbook, whole: str) -> Ratio | None:
    return ratios.percentage_of(whole, chain.catalogue) if whole else None


def _filled(panels: Panels) -> Panels:
    """Without the categories of which a statement has no figure, and with the periods in between that have none."""
    kept = {
        kind: {period: {name: one for name, one in said.items() if _tells(one)} for period, said in of.items()}
        for kind, of in panels.items()
    }
    kept = {kind: {period: said for period, said in of.items() if said} for kind, of in kept.items()}
    return {kind: _without_holes(kind, of) for kind, of in kept.items() if of}


def _without_holes(kind: str, of: dict[Period, dict[str, Panel]]) -> dict[Period, dict[str, Panel]]:
    """With all calendar periods from the first to the last, so that no line runs over one without a figure."""
    if kind not in CALENDAR_KINDS:
        return of
    return {period: of.get(period, {}) for period in min(of).until(max(of).end)}


def _subject(chain: Workbook, asked: Asked, panels: Panels, leading: Mapping[Period, str]) -> Subject:
    measure, by, whole = asked
    return Subject(
        *asked, panels, leading, _others(chain.about(measure, by), measure, by, _ratio(chain, whole), panels)
    )


def _others(
    found: Lookup,
    measure: str,
    by: str,
    ratio: Ratio | None,
    panels: Mapping[str, Mapping[Period, Mapping[str, Panel]]],
) -> dict[tuple[str, str], dict[Period, Figure]]:
    """The figures of each count that speaks somewhere over the periods in which another one does."""
    counts = found.answers(measure, by, ratio)
    spoken = {(name, one.count) for of in panels.values() for said in of.values() for name, one in said.items()}
    others: dict[tuple[str, str], dict[Period, Figure]] = {}
    for name, count in sorted(spoken):
        for period, said in periods_of(panels):
            if name in said and said[name].count == count:
                continue
            if one := counts[count].over(name, period) if count in counts else None:
                others.setdefault((name, count), {})[period] = one.figure
    return others


def periods_of(
    panels: Mapping[str, Mapping[Period, Mapping[str, Panel]]],
) -> Iterator[tuple[Period, Mapping[str, Panel]]]:
    """Every period with what is said of each category, kind by kind."""
    for of in panels.values():
        yield from of.items()


def _tells(panel: Panel) -> bool:
    return any(not isnan(one.value) or one.quality.confidentiality not in SHOWN for one in panel.figures)
