"""The answers of an edition as compact data for its page: every text once, every figure once, panels by number.

All is plain JSON. A list of numbers that mostly repeat or climb holds differences, since those compress well.
"""

import math
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from keten.explorer.answers import Subject, periods_of
from keten.model.catalogue import Catalogue
from keten.model.figures import Figure
from keten.model.periods import Period
from keten.model.quality import REMARKS
from keten.model.units import is_rate
from keten.presentation import prose
from keten.presentation.origin import MEASURE_KINDS
from keten.presentation.output import as_shown, share_decimals
from keten.workbook.choosing import Panel
from keten.workbook.search import NO_SUBJECT, RELATED, WEIGHTS
from keten.workbook.workbook import NO_RANK, Workbook

NOTHING = -1


class Table:
    """Things with a number each, in order of first use."""

    def __init__(self) -> None:
        self._places: dict[Hashable, int] = {}

    def place(self, thing: Hashable) -> int:
        """The number of a thing."""
        return self._places.setdefault(thing, len(self._places))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._places)


class Packed:
    """The tables that all subjects share, and each subject in their numbers."""

    def __init__(self) -> None:
        self.names, self.texts, self.periods = Table(), Table(), Table()
        self.qualities, self.origins, self.sources = Table(), Table(), Table()

    def subject(self, one: Subject) -> dict[str, Any]:
        """A subject: its figures in columns, and of each panel the numbers of its figures."""
        figures, counts, reasons = Table(), Table(), Table()
        reasons.place("")
        said = list(periods_of(one.panels))
        names = list(dict.fromkeys(name for _, panels in said for name in panels))
        for name in names:
            for _, panels in said:
                if name in panels and not _is_gap(panels[name].now):
                    figures.place(self._figure(panels[name].now))
            for panel in (panels[name] for _, panels in said if name in panels):
                for before in panel.before:
                    if not _is_gap(before):
                        figures.place(self._figure(before))
        placed = [self._panel(of.get(name), figures, counts, reasons) for name in names for _, of in said]
        others = [
            [names.index(name), counts.place(count), self.period(period), figures.place(self._figure(figure))]
            for (name, count), of in one.others.items()
            for period, figure in of.items()
        ]
        columns = list(zip(*figures, strict=True))
        every = list(self.periods)
        moments = [*(every[period] for period in columns[0]), *(period for period, _ in said)]
        most = max(len(of) for *_, of in placed)
        return {
            "m": one.measure,
            "b": one.by,
            "w": one.whole,
            "c": [self.names.place(name) for name in names],
            "k": {kind: steps(self.period(period) for period in of) for kind, of in one.panels.items()},
            "f": [steps(columns[0]), list(columns[1]), steps(columns[2]), steps(columns[3])],
            "n": _ahead(now for now, *_ in placed),
            "u": _seldom(count for _, count, *_ in placed),
            "y": _seldom(len(before) for *_, before in placed),
            "e": [self._years(placed, moments, len(said), year) for year in range(most)],
            "r": [
                [place, year, reason]
                for place, (*_, before) in enumerate(placed)
                for year, (_, reason) in enumerate(before)
                if reason
            ],
            "t": list(reasons),
            "o": others,
            "l": [[self.period(period), counts.place(count)] for period, count in one.leading.items()],
            "s": list(counts),
        }

    @staticmethod
    def _years(
        panels: Sequence[tuple[int, int, Sequence[tuple[int, int]]]],
        moments: Sequence[Period],
        columns: int,
        year: int,
    ) -> list[int]:
        """Of each panel the figure of an earlier year, from 1 on, and `NOTHING` for none.

        0 where it is what the page finds by itself: the figure that is spoken of over that very period, if any.
        """
        found: list[int] = []
        for row in range(0, len(panels), columns):
            mine = panels[row : row + columns]
            own: dict[str, int] = {}
            for now, *_ in mine:
                if now != NOTHING:
                    own.setdefault(str(moments[now]), now)
            for place, (now, _, before) in enumerate(mine):
                if year >= len(before):
                    found.append(0)
                    continue
                period = str(moments[now]) if now != NOTHING else str(moments[len(moments) - columns + place])
                expected = own.get(years_back(period, len(before) - year), NOTHING)
                actual = before[year][0]
                found.append(0 if actual == expected else actual + 1 if actual != NOTHING else NOTHING)
        return _seldom(found)

    def _panel(
        self, panel: Panel | None, figures: Table, counts: Table, reasons: Table
    ) -> tuple[int, int, list[tuple[int, int]]]:
        """The number of its figure, of its count, and of each earlier year the figure and the reason."""
        if panel is None:
            return NOTHING, 0, []
        before = [
            (NOTHING if _is_gap(one) else figures.place(self._figure(one)), reasons.place(one.reason))
            for one in panel.before
        ]
        now = NOTHING if _is_gap(panel.now) else figures.place(self._figure(panel.now))
        return now, counts.place(panel.count), before

    def period(self, period: Period) -> int:
        """The number of a period."""
        return self.periods.place(period)

    def _figure(self, one: Figure) -> tuple[int, float | int | None, int, int]:
        """Period, value as a reader sees it, quality and origin."""
        suppressed = math.isnan(one.value)
        value = None if suppressed else number(as_shown(one.value, one.unit, one.statistic, one.margin))
        margin = None if math.isnan(one.margin) else number(float(f"{one.margin:.6g}"))
        decimals = share_decimals(one.unit, one.statistic, one.margin)
        columns = one.quality.columns
        quality = (one.unit, columns["status"], columns["confidentiality"], columns["precision"], margin, decimals)
        titles, urls = one.source_title.split(" | "), one.source_url.split(" | ")
        documents = tuple(dict.fromkeys(self.sources.place(pair) for pair in zip(titles, urls, strict=False)))
        remarks = "; ".join(remark for remark in REMARKS if remark in one.note)
        known = "" if one.known is None or one.known != one.known else f"{one.known:%Y-%m-%d}"
        told = (one.organisation, one.calculation, one.editor_note, remarks, known)
        origin = (documents, *[self.texts.place(text) for text in told], int(one.assumed))
        return self.period(one.period), value, self.qualities.place(quality), self.origins.place(origin)


def packed(chain: Workbook, found: Sequence[Subject]) -> dict[str, Any]:
    """All that the page needs to answer, as plain data."""
    catalogue, pack = chain.catalogue, Packed()
    subjects = [pack.subject(one) for one in found]
    measures = dict.fromkeys(name for one in found for name in (one.measure, one.whole) if name)
    units = dict.fromkeys([catalogue.measure(name).unit for name in measures] + [one[0] for one in pack.qualities])
    dimensions = dict.fromkeys(one.by for one in found)
    return {
        "edition": str(chain.period),
        "label": chain.period.label,
        "subjects": subjects,
        "measures": {name: _measure(catalogue, name) for name in measures},
        "units": {unit: _unit(catalogue, unit) for unit in units},
        "dimensions": {name: catalogue.dimension_label(name) for name in dimensions},
        "periods": [
            [str(one), one.kind, one.short, one.label, prose.named(one), str(one.start), str(one.end)]
            for one in pack.periods
        ],
        "names": list(pack.names),
        "texts": list(pack.texts),
        "qualities": list(pack.qualities),
        "origins": list(pack.origins),
        "sources": list(pack.sources),
        "search": {"weights": WEIGHTS, "related": RELATED, "nothing": NO_SUBJECT.split()},
        "unranked": list(NO_RANK),
    }


def _measure(catalogue: Catalogue, name: str) -> dict[str, Any]:
    about = catalogue.measure(name)
    found = {
        "label": about.label,
        "english": about.label_en,
        "definition": about.definition,
        "unit": about.unit,
        "also": about.also_unit,
        "kind": MEASURE_KINDS[about.kind],
        "goal": about.goal,
        "sentence": about.sentence,
        "caution": about.caution,
        "breaks": [[str(one.day), one.organisation, one.reason] for one in catalogue.breaks_of(name)],
    }
    return {key: words for key, words in found.items() if words}


def _unit(catalogue: Catalogue, unit: str) -> list[Any]:
    words = catalogue.unit_words(unit)
    before, after = prose.around(unit)
    return [words.singular, words.plural, words.axis, int(is_rate(unit)), before, after, prose.points_word(unit)]


def years_back(text: str, years: int) -> str:
    """The printed form of the same period so many years earlier; the end of February stays that.

    >>> years_back("2024-02-29", 1), years_back("2017-Q2", 2)
    ('2023-02-28', '2015-Q2')
    """
    return str(Period.parse(text).years_earlier(years))


def _is_gap(one: Figure) -> bool:
    return math.isnan(one.value) and one.quality.confidentiality == "free"


def number(value: float) -> float | int:
    """A number as JSON writes it shortest."""
    return int(value) if value == int(value) else value


def steps(numbers: Iterable[int]) -> list[int]:
    """The first number, then the difference of each with the one before it."""
    found, before = [], 0
    for one in numbers:
        found.append(one - before)
        before = one
    return found


def _ahead(numbers: Iterable[int]) -> list[int]:
    """0 for `NOTHING`, else how far each number lies ahead of the last one; of none or less one less than that."""
    found, last = [], NOTHING
    for one in numbers:
        if one == NOTHING:
            found.append(0)
            continue
        ahead = one - last
        found.append(ahead if ahead > 0 else ahead - 1)
        last = one
    return found


def _seldom(numbers: Iterable[int]) -> list[int]:
    """A list of numbers of which most are like the one before: pairs of a number and how often it comes."""
    found: list[list[int]] = []
    for one in numbers:
        if found and found[-1][0] == one:
            found[-1][1] += 1
        else:
            found.append([one, 1])
    return [one for pair in found for one in pair]


def newest(found: Sequence[Subject]) -> dict[str, Figure]:
    """The newest figure of the total of each measure, or of its first category where there is no total."""
    latest: dict[str, Figure] = {}
    for one in found:
        if one.whole or (one.measure in latest and one.by):
            continue
        last: tuple[tuple[date, int], Figure] | None = None
        for period, panels in periods_of(one.panels):
            for panel in panels.values():
                rank = (period.end, period.days)
                if not math.isnan(panel.now.value) and (last is None or rank > last[0]):
                    last = (rank, panel.now)
        if last:
            latest[one.measure] = last[1]
    return latest
