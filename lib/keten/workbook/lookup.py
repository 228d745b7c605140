"""The figures of a report, found per statement: one publisher and definition throughout, the same in every place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import NamedTuple

from keten.model.figures import Figure
from keten.model.periods import Period
from keten.workbook.candidates import Counted, Ranked, is_known
from keten.workbook.choosing import Answers, Panel, Question, nothing, order_of, panel, span_of
from keten.workbook.ratios import Ratio, divided
from keten.workbook.visible import Visible


class Lookup:
    """Finds figures among those that a report may see.

    What was answered is remembered, so that key figure, sentence, table and chart speak of the same figures and 'Wat
    ontbreekt' knows what they said.
    """

    def __init__(self, visible: Visible) -> None:
        self.visible, self.scope = visible, visible.scope
        self.catalogue = visible.scope.data.catalogue
        self.spoken: dict[tuple[str, str], Spoken] = {}  # by measure and dimension
        self._answers: dict[tuple[str, str, str], dict[str, Answers]] = {}
        self._orders: dict[tuple[str, str, str, Period], list[str]] = {}
        self._leading: dict[tuple[str, str], str] = {}

    def panels(
        self,
        measure: str,
        by: str,
        categories: Sequence[str],
        wanted: Period | None = None,
        ratio: Ratio | None = None,
        years: int | None = None,
    ) -> dict[str, Panel]:
        """Per category what a statement says; one without a figure where there is none.

        wanted: exactly this period (None = that of the report, or the span that may stand in for it); ratio: of the
        measure as a part of another one, in place of the measure itself; years: beside it (None = as the report).
        """
        found = self._panels(self._asked(measure, by, wanted, ratio, years, categories), categories)
        told = years is None and wanted in (None, self.scope.period)
        self.said(measure, by, [one.now.period for one in found.values() if told and is_known(one.now)])
        return found

    def every_panel(self, measure: str, by: str, wanted: Period, ratio: Ratio | None = None) -> dict[str, Panel]:
        """What a statement on exactly this period says of each category that ever has a figure; looking is no use.

        The same as `panels` for all categories together, and quicker where one count alone can speak.
        """
        counts = self.answers(measure, by, ratio)
        names = list(dict.fromkeys(category for each in counts.values() for category in each.known))
        speaking = [name for name, each in counts.items() if any(each.over(one, wanted) for one in names)]
        asked = self._asked(measure, by, wanted, ratio)
        order = speaking if len(speaking) < 2 else self._order(asked, wanted)
        span = wanted if speaking else None
        found = {name: panel(asked.question, counts, wanted, order, name) for name in names}
        return {name: said or self._nothing(asked, name, span) for name, said in found.items()}

    def several_speak(self, measure: str, by: str, wanted: Period, ratio: Ratio | None = None) -> bool:
        """Whether more than one count has a figure over the period, so that it must be chosen which speaks."""
        counts = self.answers(measure, by, ratio)
        return sum(any(each.over(name, wanted) for name in each.known) for each in counts.values()) > 1

    def said(self, measure: str, by: str, periods: Iterable[Period]) -> None:
        """Remember that a statement was asked for, and the periods of the figures that it gives."""
        self.spoken.setdefault((measure, by), Spoken()).statements.update(periods)

    def drew(self, measure: str, by: str, figures: Iterable[Figure]) -> None:
        """Remember that a series of these figures was asked for."""
        self.spoken.setdefault((measure, by), Spoken()).drawn.update(one.period for one in figures if is_known(one))

    def speaking(
        self, measure: str, by: str, categories: Sequence[str], kind: str, ratio: Ratio | None = None
    ) -> dict[str, Panel]:
        """What is said of each category in the report, where that is about periods of this kind."""
        said = self._panels(self._asked(measure, by, None, ratio), categories)
        return {name: one for name, one in said.items() if one.count and one.now.period.kind == kind}

    def figure(self, measure: str, by: str, category: str, period: Period) -> Figure | None:
        """The figure for exactly this period as statements have it, looked at only; None when there is none."""
        said = self._panels(self._asked(measure, by, period, only=[category]), [category])[category]
        return said.now if said.count and is_known(said.now) else None

    def leading(self, measure: str, by: str) -> str:
        """The count that speaks first of the categories of a breakdown; '' when none does."""
        if (measure, by) not in self._leading:
            asked = self._asked(measure, by, None)
            span = span_of(asked.question, asked.counts, asked.question.everything)
            self._leading[measure, by] = next(iter(self._order(asked, span)), "") if span else ""
        return self._leading[measure, by]

    def answers(self, measure: str, by: str, ratio: Ratio | None = None) -> dict[str, Answers]:
        """What each count has of a measure in one breakdown, or of its share in another measure."""
        key = (measure, by, ratio.statistic if ratio else "")
        if key not in self._answers:
            plain = {name: _plain(each) for name, each in self._counted(measure, by).items()}
            self._answers[key] = {
                name: self._divided(each, by, ratio) if ratio else each for name, each in plain.items()
            }
        return self._answers[key]

    def missing(self, measure: str, by: str, category: str, period: Period, ratio: Ratio | None = None) -> Figure:
        """The figure that says that there is none, or no share."""
        about = self.catalogue.measure(measure)
        none = Figure(measure, about.label, by, category, period, about.unit)
        if ratio is None:
            return none
        return replace(none, unit=ratio.unit, statistic=ratio.statistic, calculation=ratio.words)

    def alike(self, figure: Figure, measure: str, by: str, category: str) -> Figure | None:
        """The figure of another measure or category over the same period: of its publisher, else of its count."""
        own = self.visible.published_by(figure.organisation, measure, by).get((category, figure.period))
        if own and measure == figure.measure and self.count_of(own) != self.count_of(figure):
            own = None  # the publisher counts it in two ways
        return own or self._of_count(self.count_of(figure), figure, measure, by, category)

    def count_of(self, figure: Figure) -> str:
        """By what count a figure was made."""
        return self.catalogue.count(figure.measure, figure.organisation, figure.source)

    def _panels(self, asked: "_Asked", categories: Sequence[str]) -> dict[str, Panel]:
        span = span_of(asked.question, asked.counts, categories)
        order = self._order(asked, span) if span else []
        found = {}
        for category in categories:
            said = panel(asked.question, asked.counts, span, order, category) if span else None
            found[category] = said or self._nothing(asked, category, span)
        return found

    def _of_count(self, count: str, figure: Figure, measure: str, by: str, category: str) -> Figure | None:
        answers = self.answers(measure, by)
        publisher = figure.organisation.split(", ")[0]
        for name in dict.fromkeys([count, publisher]):
            if name in answers and (found := answers[name].over(category, figure.period)):
                return found.figure
            if measure == figure.measure:
                return None  # another count of the same measure is no whole of this one
        found_others = (each.over(category, figure.period) for each in answers.values())
        return next((one.figure for one in found_others if one and one.figure.organisation == publisher), None)

    def _asked(
        self,
        measure: str,
        by: str,
        wanted: Period | None,
        ratio: Ratio | None = None,
        years: int | None = None,
        only: Sequence[str] = (),
    ) -> "_Asked":
        """only: the categories by which the counts are put in order, when a period of its own is asked for."""
        counts = self.answers(measure, by, ratio)
        everything = list(dict.fromkeys(category for each in counts.values() for category in each.known))
        other = wanted is not None and wanted != self.scope.period
        question = Question(
            wanted or self.scope.period,
            self.scope.compare_years if years is None else years,
            self.catalogue.measure(measure).kind,
            lambda category, period: self.missing(measure, by, category, period, ratio),
            list(only) if other and only else everything,
            self.catalogue.breaks_of(measure),
            self.catalogue.validity(measure),
            exact=wanted is not None,
            leading=self.leading(measure, by) if other else "",
            beside=other and wanted in self.scope.compared,
        )
        return _Asked(measure, by, ratio.statistic if ratio else "", question, counts)

    def _order(self, asked: "_Asked", span: Period) -> list[str]:
        if asked.question.wanted != self.scope.period:
            return order_of(asked.question, asked.counts, span)
        key = (asked.measure, asked.by, asked.statistic, span)
        if key not in self._orders:
            question = replace(asked.question, years=self.scope.compare_years)  # one order, whatever stands beside it
            self._orders[key] = order_of(question, asked.counts, span)
        return self._orders[key]

    def _nothing(self, asked: "_Asked", category: str, span: Period | None) -> Panel:
        """Gaps for the span of the statement, or for the report's period when nothing stands in for it."""
        said = nothing(asked.question, asked.counts, span or asked.question.wanted, category)
        if asked.statistic:
            return said
        running = self.visible.running(asked.measure, asked.by)
        return replace(said, now=running.get((category, said.now.period), said.now))

    def _counted(self, measure: str, by: str) -> dict[str, dict[str, Counted]]:
        """The figures of each count per category, also of a total that is known by its parts alone."""
        kind, breaks = self.catalogue.measure(measure).kind, tuple(self.catalogue.breaks_of(measure))
        found = {
            count: {category: Counted(figures, kind, breaks) for category, figures in categories.items()}
            for count, categories in self.visible.candidates(measure, by).items()
        }
        for dimension, total, parts in self.catalogue.totals(measure):
            if by != (dimension if total else ""):
                continue
            for count, categories in (found if by else self._counted(measure, dimension)).items():
                if all(name in categories for name in parts):
                    mine = found.setdefault(count, {})
                    own = mine.get(total, Counted({}, kind, breaks))
                    members = tuple(categories[name] for name in parts)
                    mine[total] = replace(own, partitions=(*own.partitions, members), dimension=by, category=total)
        return found

    def _divided(self, parts: Answers, by: str, ratio: Ratio) -> Answers:
        """The answers of a share: those of its numerator, each divided by the figure of the same publisher."""

        def share(one: Ranked | None) -> Ranked | None:
            whole = one and self.alike(one.figure, ratio.whole, by, one.figure.category)
            figure = divided(one.figure, whole, ratio) if one and whole else None
            return Ranked(figure, one.rank) if one and figure and is_known(figure) else None

        return Answers(
            cache(lambda category, period: share(parts.over(category, period))),
            cache(lambda category, period: share(parts.near(category, period))),
            parts.known,
        )


@dataclass(frozen=True)
class Spoken:
    """The periods of the figures that a report gave in statements, and of those that it drew over time."""

    statements: set[Period] = field(default_factory=set)
    drawn: set[Period] = field(default_factory=set)


class _Asked(NamedTuple):
    """A question about a measure in one breakdown (statistic: of a share), and what may answer it."""

    measure: str
    by: str
    statistic: str
    question: Question
    counts: dict[str, Answers]


def _plain(categories: Mapping[str, Counted]) -> Answers:
    return Answers(
        cache(lambda category, period: categories[category].over(period) if category in categories else None),
        cache(lambda category, period: categories[category].near(period) if category in categories else None),
        {name: one.known for name, one in categories.items()},
    )
