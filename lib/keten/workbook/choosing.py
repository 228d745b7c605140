"""Which publisher and which span a statement speaks of: chosen for the statement as a whole, not figure by figure.

A statement is about a measure, some categories, a period and the same period of earlier years. It is answered by one
publisher and definition throughout (a *count*), so that what it compares is alike.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import inf

from keten.model.breaks import Break, crossed
from keten.model.figures import Figure
from keten.model.periods import CALENDAR_KINDS, Period
from keten.presentation import prose
from keten.workbook.candidates import Ranked, is_known

OTHER_COUNT = "wat er is, komt van {} en is een andere telling"
BROKEN = "sinds {} wordt anders geteld: {}"
BEGAN, ENDED = "deze telling bestaat vanaf {}", "deze telling bestaat tot en met {}"


@dataclass(frozen=True)
class Answers:
    """What can be had of one count: `over` a period, and for an earlier year `near` it, by category.

    known: the periods of which a figure is published, per category.
    """

    over: Callable[[str, Period], Ranked | None]
    near: Callable[[str, Period], Ranked | None]
    known: Mapping[str, Sequence[Period]]


@dataclass(frozen=True)
class Panel:
    """What a statement speaks of for one category: its figure, those of earlier years (oldest first), and its count.

    Where there is no figure it is one without a value, with the reason.
    """

    now: Figure
    before: list[Figure]
    count: str = ""

    @property
    def figures(self) -> list[Figure]:
        """All figures, oldest first."""
        return [*self.before, self.now]


@dataclass(frozen=True)
class Question:
    """What a statement asks for: `wanted` and the `years` before it, of a measure of this kind.

    missing: makes the figure that says that there is none, of a category and period; breaks: of the measure; valid: the
    first and last day on which it exists; exact: no other span may stand in for the wanted one; everything: all
    categories of the breakdown, by which the counts are put in one order for all statements; leading: the count that
    speaks of the report's own period; beside: `wanted` stands beside that, as one of the earlier years.
    """

    wanted: Period
    years: int
    kind: str
    missing: Callable[[str, Period], Figure]
    everything: Sequence[str]
    breaks: Sequence[Break] = field(default=())
    valid: tuple[date, date] = (date.min, date.max)
    exact: bool = False
    leading: str = ""
    beside: bool = False


def span_of(question: Question, counts: Mapping[str, Answers], categories: Sequence[str]) -> Period | None:
    """The span that is spoken of: the first of `spans` over which any of these categories has a figure."""
    known = [one for each in counts.values() for category in categories for one in each.known.get(category, ())]
    for span in [question.wanted] if question.exact else spans(question.wanted, question.kind, known):
        if any(each.over(category, span) for each in counts.values() for category in categories):
            return span
    return None


def spans(wanted: Period, kind: str, known: Sequence[Period]) -> Iterator[Period]:
    """The spans that may be spoken of, best first: never a shorter one than was asked for.

    The wanted one; the latest earlier one of the same length; a longer one that covers it; the latest longer one. For a
    stock, which is about a day, the month of the latest day; for a rate at last also an odd span, such as the weeks in
    which a survey was held. known: the periods of which a figure is published.
    """
    yield wanted
    if not known:
        return
    if kind == "stock":
        last = max(known, key=Period.by_end)
        yield last.last_month if last.kind == "date" else last
        return
    if wanted.months:
        first, earlier = min(one.start for one in known), wanted.previous()
        while earlier.start >= first:
            yield earlier
            earlier = earlier.previous()
    longer = sorted({one for one in known if one.days > wanted.days}, key=lambda one: (-one.end.toordinal(), one.days))
    around = {one for one in longer if one.contains(wanted)} | {
        one for one in _calendar_spans(wanted) if one.days > wanted.days
    }
    yield from sorted(around, key=lambda one: one.days)
    yield from longer
    if kind == "rate":
        yield from sorted({one for one in known if one.kind in ("span", "date")}, key=Period.by_end, reverse=True)


def _calendar_spans(wanted: Period) -> Iterator[Period]:
    """The calendar periods that hold a period and end with it."""
    year = Period.parse(str(wanted.end.year))
    for kind in CALENDAR_KINDS:
        parts = [year] if kind == "year" else year.parts(kind)
        yield from (one for one in parts if one.end == wanted.end and one.contains(wanted))


def order_of(question: Question, counts: Mapping[str, Answers], span: Period) -> list[str]:
    """The counts that have a figure over the span, best first.

    A stock nearest to the end of the span, by month; then, for a year beside the report's period, the count that speaks
    of that; then most figures that can be compared, over all categories of the breakdown; then, of what is added up,
    the count that speaks of the report's period; then the order of precedence, that of the span itself first; then what
    was published before what was added up; then the newest.
    """
    scored = []
    for name, answers in counts.items():
        found = [(one, category) for category in question.everything if (one := answers.over(category, span))]
        if not found:
            continue
        pairs = [(one, before) for one, category in found for before in _before(question, answers, one, category)]
        alike = [one for now, one in pairs if one and not _break(question, one.figure, now.figure)]
        used = [one for one in (*(one for one, _ in found), *alike) if is_known(one.figure)]
        month = max(one.figure.period.end.year * 12 + one.figure.period.end.month for one, _ in found)
        newest = max(one.figure.known for one, _ in found).value
        now, all_of_it = (max((one.rank for one in of), default=inf) for of in ([one for one, _ in found], used))
        sums = sum(one.figure.calculation != "" for one in used)
        sums_up = any(one.figure.calculation for one, _ in found)
        passed_over = question.beside and name != question.leading
        scored.append(
            (-month, passed_over, -len(used), sums_up and name != question.leading, now, all_of_it, sums, -newest, name)
        )
    return [name for *_, name in sorted(scored)]


def panel(
    question: Question, counts: Mapping[str, Answers], span: Period, order: Sequence[str], category: str
) -> Panel | None:
    """What is said of one category over the span; None when no count has a figure. order: from `order_of`."""
    for name in order:
        if not (found := counts[name].over(category, span)):
            continue
        now = found.figure
        before = []
        years = now.period.earlier_years(question.years)
        for period, one in zip(years, _before(question, counts[name], found, category), strict=True):
            if not one:
                reason = _outside(question, period) or _other_counts(counts, name, category, period)
                before.append(replace(question.missing(category, period), reason=reason))
                continue
            broken = _break(question, one.figure, now)
            before.append(replace(one.figure, reason=broken) if broken else one.figure)
        if now.period.kind == "span" and not any(map(is_known, before)):
            before = []  # odd spans seldom return a year later
        return Panel(now, before, name)
    return None


def nothing(question: Question, counts: Mapping[str, Answers], span: Period, category: str) -> Panel:
    """What is said of a category without a figure over the span: a gap, beside the count with most earlier figures."""
    years = span.earlier_years(question.years)
    found = [[each.near(category, one) for one in years] for each in counts.values()]
    best = max(found, key=lambda each: sum(one is not None for one in each), default=[None] * len(years))
    before = [
        one.figure if one else question.missing(category, period) for period, one in zip(years, best, strict=True)
    ]
    return Panel(question.missing(category, span), before)


def _before(question: Question, answers: Answers, now: Ranked, category: str) -> list[Ranked | None]:
    return [answers.near(category, period) for period in now.figure.period.earlier_years(question.years)]


def _break(question: Question, one: Figure, other: Figure) -> str:
    """Why two figures of one count cannot be compared; '' when they can."""
    found = crossed(question.breaks, other.organisation, one.period, other.period)
    return BROKEN.format(prose.date_text(found.day), prose.small(found.reason)) if found else ""


def _outside(question: Question, period: Period) -> str:
    """That the measure did not exist in a period; '' when it did."""
    first, last = question.valid
    if period.end < first:
        return BEGAN.format(prose.date_text(first))
    return ENDED.format(prose.date_text(last)) if period.start > last else ""


def _other_counts(counts: Mapping[str, Answers], own: str, category: str, period: Period) -> str:
    """That only others have a figure; '' when nobody has."""
    found = [one for name, each in counts.items() if name != own and (one := each.near(category, period))]
    ranked = sorted(found, key=lambda one: one.rank)
    publishers = list(dict.fromkeys(name for one in ranked for name in one.figure.organisation.split(", ")))
    return OTHER_COUNT.format(prose.listing(publishers)) if publishers else ""
