"""Dutch numbers and sentences that never state more than the data.

Missing is said in words, never printed as a number; a change that may be rounding is "binnen de afronding"; a
percentage is only given on a base that can carry it. No sentence names a cause or a trend.

`unit` is a unit code of the data: `percent`, `EUR` and scores change how a number reads, others print bare.
A moment is a `Period`, its printed form (`2016-Q2`), or other words that fit behind "in".
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from keten.errors import KetenError
from keten.model.margins import margin_of_sum, step_within
from keten.model.periods import Period

UNKNOWN = "onbekend"
UP_OR_DOWN = "{hoger|lager}"  # of a template: which of the two, the sign of the number tells
SMALL_BASE = 100  # below this a percentage says more than the number does
WITHIN = "een verschil binnen de afronding met "
SPAN = "de periode "  # before the first and last month or year of a span
SAME, WITHIN_ROUNDING = "gelijk", "binnen de afronding"  # verdicts on two figures without a difference that can be told

Number = float | int | Decimal | str | None  # also NaN, pandas' NA and NaT, and numpy's numbers
# What to make of a printed number: its text, its exact value, and what it is ("" = the figure, or a kind of change).
Mark = Callable[[str, float, str], str]

_ALTERNATIVES = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}")  # of one and of more, in a template
_MISSING_TEXTS = {"", "None", "NaT", "<NA>"}
_WIDE = Context(prec=1000)  # wide enough to round any float without losing a digit
_DUTCH_MARKS = str.maketrans(",.", ".,")


def number(value: Number, decimals: int | None = None, unit: str | None = None) -> str:
    """A number as Dutch readers write it: `1.297`, `3,6`, `-5%`, `€ 4.600.000`; `onbekend` when missing.

    decimals: how many to print; None = as many as needed, two at most, and for a str as many as are written.
    Halves are rounded away from zero, as statistical offices do.

    >>> number(1297.0), number(3.55, unit="percent"), number(None)
    ('1.297', '3,55%', 'onbekend')
    """
    exact = _decimal(value)
    if exact is None:
        return UNKNOWN
    if decimals is None and isinstance(value, str):
        decimals = max(0, -int(exact.as_tuple().exponent))
    return _in_unit(_digits(exact, 2) if decimals is None else _fixed(exact, decimals), unit)


def capital(text: str) -> str:
    """The text with a capital in front."""
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """The text with a small letter in front, as it stands within a sentence."""
    return text[:1].lower() + text[1:]


def signed(value: float, decimals: int | None = None) -> str:
    """A difference with its sign: `+12`, `-0,5`."""
    return f"{'+' if value > 0 else ''}{number(value, decimals)}"


def around(unit: str | None) -> tuple[str, str]:
    """What stands before and after a number in this unit: the sign of the euro, that of percent."""
    return {"percent": ("", "%"), "EUR": ("€ ", "")}.get(unit or "", ("", ""))


def points_word(unit: str | None) -> str:
    """What stands after a difference between rates: `3 procentpunt`, `0,1 punt`."""
    return " procentpunt" if unit in (None, "", "percent") else " punt" if unit.startswith("score") else ""


def unmarked(text: str, value: float, statistic: str) -> str:
    """A printed number as it is."""
    return text


def count(value: Number, singular: str, plural: str, mark: Mark = unmarked) -> str:
    """A number with its word in the right form: `1 aanvraag`, `1.297 aanvragen`, `0 aanvragen`.

    >>> count(1297, "aanvraag", "aanvragen")
    '1.297 aanvragen'
    """
    text, exact = number(value), _decimal(value)
    if exact is None:
        return f"een onbekend aantal {plural}"
    return f"{mark(text, float(exact), '')} {singular if text.lstrip('-') == '1' else plural}"


def date_text(day: date | str | None) -> str:
    """A day in words: `31 december 2017`; takes `2017-12-31` as well. `onbekend` when missing.

    >>> date_text("2017-12-31")
    '31 december 2017'
    """
    return UNKNOWN if day is None or str(day) in _MISSING_TEXTS else Period.parse(day).label


def when(moment: Period | str) -> str:
    """The moment with its preposition: `in juni 2017`, `in het tweede kwartaal van 2017`, `op 1 mei 2017`.

    >>> when("2017-Q2"), when("2017-01-01/2017-05-31")
    ('in het tweede kwartaal van 2017', 'van januari tot en met mei 2017')
    """
    words = named(moment)
    if words.startswith(SPAN):
        return f"van {words.removeprefix(SPAN)}"
    return f"{'op' if _is_day(moment) else 'in'} {words}"


def named(moment: Period | str) -> str:
    """The moment as a noun: `het tweede kwartaal van 2017`, `de periode 2015 tot en met 2017`.

    >>> named("2017-H1")
    'de eerste helft van 2017'
    """
    period = _as_period(moment)
    if period is None:
        return str(moment)
    words, _, year = period.label.rpartition(" ")
    match period.kind:
        case "quarter":
            return f"het {words} van {year}"
        case "half_year":
            return f"de {words} van {year}"
        case "span":
            return f"{SPAN}{period.label}" if " tot en met " in period.label else period.label
    return period.label


def over(*moments: Period | str) -> str:
    """What a figure is about: `over de eerste helft van 2017`, `over 2014 en 2015`, `op 31 december 2016`.

    >>> over("2016-H1"), over("2016-12-31")
    ('over de eerste helft van 2016', 'op 31 december 2016')
    """
    return f"{'op' if _is_day(moments[0]) else 'over'} {listing(map(named, moments))}"


def listing(items: Iterable[object], last: str = "en") -> str:
    """The items in one phrase: `a, b en c`; empty for none.

    >>> listing(["IND", "CBS", "COA"])
    'IND, CBS en COA'
    """
    *head, tail = [str(item) for item in items] or [""]
    return f"{', '.join(head)} {last} {tail}" if head else tail


def range_text(low: Number, high: Number, unit: str | None = None) -> str:
    """Two bounds in words: `tussen 160 en 200`; one of them missing: `ten minste 160`, `ten hoogste 200`.

    Raises ValueError when the low bound lies above the high one.

    >>> range_text(1200, 1300)
    'tussen 1.200 en 1.300'
    """
    least, most = _decimal(low), _decimal(high)
    if least is None:
        return UNKNOWN if most is None else f"ten hoogste {number(high, unit=unit)}"
    if most is None:
        return f"ten minste {number(low, unit=unit)}"
    if least > most:
        raise ValueError(f"the low bound {low} lies above the high bound {high}")
    first, second = number(low, unit=unit), number(high, unit=unit)
    return first if first == second else f"tussen {first} en {second}"


@dataclass(frozen=True)
class Change:
    """How a figure compares with an earlier one.

    absolute: now minus before, None when either is missing; percent: the same in percent of before, None also for a
    rate, on a small base and when not even tens of percents are certain; verdict: `toegenomen`, `afgenomen`, `gelijk`
    (exactly), `binnen de afronding` or `onbekend`. The percentage, and the difference of a rate, have the digits that
    the margins allow; rough: these are tens. about, now_about: whether the earlier figure and the later one are
    approximations.
    """

    now: float | None
    before: float | None
    absolute: float | None
    percent: float | None
    verdict: str
    rate: bool = False
    rough: bool = False
    about: bool = False
    now_about: bool = False


def change(
    now: Number,
    before: Number,
    now_margin: Number = 0,
    before_margin: Number = 0,
    rate: bool = False,
    about: bool = False,
    now_about: bool = False,
) -> Change:
    """Compare a figure with an earlier one, both as they are printed, so that the three agree to a reader.

    The margins are the half-widths of the rounding, in the figure's own unit. The two were rounded apart from each
    other, so their difference has the margin of a sum of both (`model.rounding.margin_of_sum`); one that is not larger
    is `binnen de afronding`. So 5 and 10, both rounded to fives, differ: they stand for 3 to 7 and 8 to 12 persons.
    Of the quotient that a percentage rests on, the two relative margins are taken together in the same way; whether it
    is given in whole percents or in tens: `model.rounding.step_within`. A margin that is not known (NaN) widens
    nothing, but keeps two equal figures from being called exactly equal.

    rate: true for percentages, scores and means, which change by points and not by percent; about, now_about: whether
    the source gives the earlier and the later figure as an approximation. There is no percentage of a base below
    `SMALL_BASE`.

    >>> change_short(change(1335, 1110)), change_short(change(4000, 1980, 500, 5))
    ('+20%', 'ca. +100%')
    """
    new, old = _decimal(now), _decimal(before)
    about_both = {"about": about, "now_about": now_about}
    if new is None or old is None:
        return Change(_float(new), _float(old), None, None, UNKNOWN, rate, **about_both)
    difference = new - old
    margins = [_decimal(now_margin), _decimal(before_margin)]
    now_half, before_half = (float(margin or 0) for margin in margins)
    margin = margin_of_sum([now_half, before_half])
    if margins == [0, 0] and difference == 0:
        verdict = SAME
    elif abs(difference) <= Decimal(str(margin)):
        verdict = WITHIN_ROUNDING
    else:
        verdict = "toegenomen" if difference > 0 else "afgenomen"
    percent, step = None, 1.0
    if rate:
        step = step_within(margin, 0.1)
        difference = _carried(difference, step, 0.1)
    elif old >= SMALL_BASE:
        halves = [now_half / float(old), before_half / float(old) * abs(float(new) / float(old))]
        step = step_within(100 * margin_of_sum(halves), 1)
        percent = None if step > 10 else _carried(100 * difference / old, step, 1)
    rough = step >= 10 and (rate or percent is not None)
    return Change(_float(new), _float(old), _float(difference), _float(percent), verdict, rate, rough, **about_both)


def _carried(value: Decimal, step: float, finest: float) -> Decimal:
    """The value to this step, or to the finest one when it would be 0 or -100 without being so; else as it is."""
    for place in (step, finest):
        unit = Decimal(str(place))
        rounded = (value / unit).quantize(Decimal(1), rounding=ROUND_HALF_UP, context=_WIDE) * unit
        if rounded == value or rounded not in (0, -100):
            return rounded
    return value


def change_words(change: Change, before: Period | str, unit: str | None = None, mark: Mark = unmarked) -> str:
    """The change as the tail of a sentence: `5% meer dan in juni 2016 (2.045)`.

    >>> change_words(change(1335, 1110), "2016-06"), change_words(change(180, 55), "2016-06")
    ('20% meer dan in juni 2016 (1.110)', 'meer dan in juni 2016 (55)')
    """
    if change.before is None:
        return f"geen cijfer {over(before)} om mee te vergelijken"
    then = when(before)
    base = f"{'ca. ' * change.about}{mark(_shown(change.before, unit), change.before, '')}"
    if change.now is None or change.absolute is None:
        return f"niet te vergelijken met {named(before)} ({base})"
    if change.verdict == WITHIN_ROUNDING and change.now != change.before:
        return f"{WITHIN}{named(before)} ({base})"
    if change.verdict in (SAME, WITHIN_ROUNDING):
        rounded = "afgerond " if change.verdict == WITHIN_ROUNDING else ""
        return f"{rounded}{'even hoog' if change.rate else 'evenveel'} als {then} ({base})"
    more, roughly = change.absolute > 0, "ongeveer " * change.rough
    if change.rate:
        points = mark(_points(change.absolute, unit), change.absolute, "change_points")
        return f"{roughly}{points} {'hoger' if more else 'lager'} dan {then} ({base})"
    comparative = f"{'meer' if more else 'minder'} dan {then} ({base})"
    if change.percent is None:
        return comparative
    percentage = mark(_percentage(change.percent, change.now == 0), change.percent, "change_percent")
    return f"{roughly}{percentage} {comparative}"


def change_short(change: Change, unit: str | None = None, mark: Mark = unmarked) -> str:
    """The change in a cell or key figure: `+5%`, `ca. +40%`, `binnen de afronding`, `van 12 naar 18`."""
    if change.absolute is None or change.now is None or change.before is None:
        return "geen vergelijking"
    if change.verdict in (SAME, WITHIN_ROUNDING):
        return "gelijk gebleven" if change.verdict == SAME else change.verdict
    sign, roughly = "+" if change.absolute > 0 else "-", "ca. " * change.rough
    if change.rate:
        return roughly + mark(_points(change.absolute, unit, sign), change.absolute, "change_points")
    if change.percent is None:
        before, now = (mark(_shown(value, unit), value, "") for value in (change.before, change.now))
        return f"van {'ca. ' * change.about}{before} naar {'ca. ' * change.now_about}{now}"
    return roughly + mark(_percentage(change.percent, change.now == 0, sign), change.percent, "change_percent")


def comparison_sentence(
    label: str,
    period: Period | str,
    now: Number,
    unit_words: tuple[str, str] | str,
    changes: Sequence[tuple[Period | str, Change]],
    about: bool = False,
    mark: Mark = unmarked,
    template: str = "",
    alone: bool = False,
) -> str:
    """One sentence: the figure, and how it compares with earlier ones.

    `In juni 2017 vroegen 2.316 mensen voor het eerst asiel aan, 12% meer dan in juni 2016 (2.060).`
    label: what is measured, put in front; unit_words: singular and plural of what is counted, or a unit code for what
    is not counted (`percent`, `EUR`, a score); about: whether the source itself gives the figure as an approximation;
    mark: what to make of each number, such as a link; template: what follows the period, from the column `sentence` of
    the catalogue (see `filled`); alone: whether the template says what the label says, so that it needs none.

    >>> comparison_sentence("Nareis", "2017-06", 700, ("persoon", "personen"), [("2016-06", change(700, 900))])
    'Nareis: in juni 2017 ging het om 700 personen, 22% minder dan in juni 2016 (900).'
    """
    exact = _decimal(now)
    if exact is None:
        return f"{capital(label)}: {over(period)} is geen cijfer bekend."
    roughly, unit = "ongeveer " * about, unit_words if isinstance(unit_words, str) else None
    if UP_OR_DOWN in template:
        template = template.replace(UP_OR_DOWN, "lager" if exact < 0 else "hoger")
        now = abs(exact)
    shown = f"{roughly}{mark(_shown(now, unit), float(exact), '')}"
    if template:
        said = filled(template, shown, one=number(now) == "1")
    elif isinstance(unit_words, str):
        said = f"was dit {shown}"
    else:
        said = f"ging het om {roughly}{count(now, *unit_words, mark)}"
    sentence = f"{when(period)} {said}" if template and alone else f"{label}: {when(period)} {said}"
    known = [change_words(change, before, unit, mark) for before, change in changes if change.before is not None]
    unknown = [before for before, change in changes if change.before is None]
    if known:
        before = ["", *known[:-1]]
        once = [
            words.removeprefix(WITHIN) if of.startswith(WITHIN) else words
            for words, of in zip(known, before, strict=True)
        ]
        sentence += f", {listing(once)}"
    if unknown:
        sentence += f"; er is geen cijfer {over(*unknown)} om mee te vergelijken"
    return f"{capital(sentence)}."


def filled(template: str, number: str, one: bool) -> str:
    """A template of the catalogue with its number: `{n}` is its place, `{was|waren}` a word for one and for more.

    >>> filled("{vroeg|vroegen} {n} {persoon|mensen} asiel aan", "1.335", one=False)
    'vroegen 1.335 mensen asiel aan'
    """
    words = _ALTERNATIVES.sub(lambda found: found[1 if one else 2], template)
    return words.replace("{n}", number)


def _percentage(percent: float | Decimal, is_exact: bool, sign: str = "") -> str:
    """The size of a percentage in whole percents; 0% and 100% are said only of what is exactly that."""
    size = abs(Decimal(str(percent)))
    whole = _fixed(size, 0)
    if whole == "0" and not is_exact:
        return f"minder dan {sign}1%"
    if whole == "100" and size < 100:
        return f"meer dan {sign}99%"
    return f"{sign}{whole}%"


def _points(difference: float, unit: str | None, sign: str = "") -> str:
    """The size of a difference between rates, to one decimal: `3 procentpunt`, `0,1 punt`."""
    word = points_word(unit)
    text = _digits(abs(Decimal(str(difference))), 1)
    return f"minder dan {sign}0,1{word}" if text == "0" else f"{sign}{text}{word}"


def _shown(value: Number, unit: str | None) -> str:
    """A figure within a sentence."""
    exact = _decimal(value)
    return UNKNOWN if exact is None else _in_unit(_digits(exact, 2), unit)


def _in_unit(text: str, unit: str | None) -> str:
    before, after = around(unit)
    return f"{before}{text}{after}"


def _digits(value: Decimal, most: int) -> str:
    """With as many decimals as needed, `most` (one or more) at most."""
    return _fixed(value, most).rstrip("0").rstrip(",")


def _fixed(value: Decimal, decimals: int) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_WIDE)
    return f"{abs(rounded) if rounded == 0 else rounded:,f}".translate(_DUTCH_MARKS)


def _decimal(value: Number) -> Decimal | None:
    """The number exactly as it prints; None when missing or not finite."""
    text = str(value)
    if text in _MISSING_TEXTS:
        return None
    exact = Decimal(text)
    return exact if exact.is_finite() else None


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _is_day(moment: Period | str) -> bool:
    period = _as_period(moment)
    return period is not None and period.kind == "date"


def _as_period(moment: Period | str) -> Period | None:
    """None for words that are not a period as printed, such as `de vorige meting`."""
    try:
        return Period.parse(moment)
    except KetenError:
        return None
