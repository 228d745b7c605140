"""Dutch numbers and sentences that never state more than the data.

Missing is said in words, never printed as a number; a change that may be rounding is "binnen de afronding"; a
percentage is only given on a base that can carry it. No sentence names a cause or a trend.

`unit` is a unit code of the data: `percent`, `EUR` and scores change how a number reads, others print bare.
A moment is a `Period`, its printed form (`2016-Q2`), or other words that fit behind "in".
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from keten.errors import KetenError
from keten.model.periods import Period
from keten.model.rounding import margin_of_sum

UNKNOWN = "onbekend"
SMALL_BASE = 20  # below this a percentage says more than the number does
SAME, WITHIN_ROUNDING = "gelijk", "binnen de afronding"  # verdicts on two figures without a difference that can be told

Number = float | int | Decimal | str | None  # also NaN, pandas' NA and NaT, and numpy's numbers
# What to make of a printed number: its text, its exact value, and what it is ("" = the figure, or a kind of change).
Mark = Callable[[str, float, str], str]

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

    >>> when("2017-Q2")
    'in het tweede kwartaal van 2017'
    """
    return f"{'op' if _is_day(moment) else 'in'} {_name(moment)}"


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

    absolute: now minus before, None when either is missing; percent: the same in percent of before, not
    rounded, None also for a rate and on a small base; verdict: `toegenomen`, `afgenomen`, `gelijk` (exactly),
    `binnen de afronding` or `onbekend`; about: whether the earlier figure is an approximation.
    """

    now: float | None
    before: float | None
    absolute: float | None
    percent: float | None
    verdict: str
    rate: bool = False
    about: bool = False


def change(
    now: Number,
    before: Number,
    now_margin: Number = 0,
    before_margin: Number = 0,
    rate: bool = False,
    about: bool = False,
) -> Change:
    """Compare a figure with an earlier one.

    The margins are the half-widths of the rounding, in the figure's own unit. The two were rounded apart from each
    other, so their difference has the margin of a sum of both (`model.rounding.margin_of_sum`); one that is not larger
    is `binnen de afronding`. So 5 and 10, both rounded to fives, differ: they stand for 3 to 7 and 8 to 12 persons.
    A margin that is not known (NaN) widens nothing, but keeps two equal figures from being called exactly equal.
    rate: true for percentages, scores and means, which change by points and not by percent; about: whether the source
    gives the earlier figure as an approximation. There is no percentage of a base below `SMALL_BASE`.

    >>> change_short(change(1335, 1110))
    '+20%'
    """
    new, old = _decimal(now), _decimal(before)
    if new is None or old is None:
        return Change(_float(new), _float(old), None, None, UNKNOWN, rate, about)
    difference = new - old
    margins = [_decimal(now_margin), _decimal(before_margin)]
    if margins == [0, 0] and difference == 0:
        verdict = SAME
    elif abs(difference) <= Decimal(str(margin_of_sum(float(margin or 0) for margin in margins))):
        verdict = WITHIN_ROUNDING
    else:
        verdict = "toegenomen" if difference > 0 else "afgenomen"
    percent = None if rate or old < SMALL_BASE else 100 * difference / old
    return Change(_float(new), _float(old), _float(difference), _float(percent), verdict, rate, about)


def change_words(change: Change, before: Period | str, unit: str | None = None, mark: Mark = unmarked) -> str:
    """The change as the tail of a sentence: `5% meer dan in juni 2016 (2.045)`.

    >>> change_words(change(1335, 1110), "2016-06")
    '20% meer dan in juni 2016 (1.110)'
    """
    if change.before is None:
        return f"geen cijfer over {_name(before)} om mee te vergelijken"
    then = when(before)
    base = f"{'ca. ' * change.about}{mark(_shown(change.before, unit), change.before, '')}"
    if change.now is None or change.absolute is None:
        return f"niet te vergelijken met {_name(before)} ({base})"
    if change.verdict == WITHIN_ROUNDING and change.absolute:
        return f"een verschil binnen de afronding met {_name(before)} ({base})"
    if change.verdict in (SAME, WITHIN_ROUNDING):
        rounded = "afgerond " if change.verdict == WITHIN_ROUNDING else ""
        return f"{rounded}{'even hoog' if change.rate else 'evenveel'} als {then} ({base})"
    more = change.absolute > 0
    if change.rate:
        points = mark(_points(change.absolute, unit), change.absolute, "change_points")
        return f"{points} {'hoger' if more else 'lager'} dan {then} ({base})"
    comparative = f"{'meer' if more else 'minder'} dan {then}"
    if change.percent is None:
        size = mark(_shown(abs(change.absolute), unit), change.absolute, "change_absolute")
        return f"{size} {comparative} ({base}; {_no_percentage(change)})"
    percentage = mark(_percentage(change.percent, change.now == 0), change.percent, "change_percent")
    return f"{percentage} {comparative} ({base})"


def change_short(change: Change, unit: str | None = None, mark: Mark = unmarked) -> str:
    """The change in a cell or key figure: `+5%`, `binnen de afronding`, `van 12 naar 18`, `+3 procentpunt`."""
    if change.absolute is None or change.now is None or change.before is None:
        return "geen vergelijking"
    if change.verdict in (SAME, WITHIN_ROUNDING):
        return "gelijk gebleven" if change.verdict == SAME else change.verdict
    sign = "+" if change.absolute > 0 else "-"
    if change.rate:
        return mark(_points(change.absolute, unit, sign), change.absolute, "change_points")
    if change.percent is None:
        before, now = (mark(_shown(value, unit), value, "") for value in (change.before, change.now))
        return f"van {'ca. ' * change.about}{before} naar {now}"
    return mark(_percentage(change.percent, change.now == 0, sign), change.percent, "change_percent")


def comparison_sentence(
    label: str,
    period: Period | str,
    now: Number,
    unit_words: tuple[str, str] | str,
    changes: Sequence[tuple[Period | str, Change]],
    about: bool = False,
    mark: Mark = unmarked,
) -> str:
    """One sentence: the figure, and how it compares with earlier ones.

    `In juni 2017 waren er 2.316 eerste asielaanvragen: 12% meer dan in juni 2016 (2.060).`
    label: what is measured, put in front unless the plural says the same; unit_words: singular and plural of
    what is counted, or a unit code for what is not counted (`percent`, `EUR`, a score); about: whether the
    source itself gives the figure as an approximation; mark: what to make of each number, such as a link.

    >>> comparison_sentence("Nareis", "2017-06", 700, ("persoon", "personen"), [("2016-06", change(700, 900))])
    'Nareis: in juni 2017 waren er 700 personen, 22% minder dan in juni 2016 (900).'
    """
    exact = _decimal(now)
    if exact is None:
        return f"{capital(label)}: over {_name(period)} is geen cijfer bekend."
    roughly = "ongeveer " if about else ""
    if isinstance(unit_words, str):
        unit, named = unit_words, False
        sentence = f"{when(period)} was dit {roughly}{mark(_shown(now, unit), float(exact), '')}"
    else:
        unit, named = None, label.lower() == unit_words[1].lower()
        verb = "was" if number(now) == "1" else "waren"
        sentence = f"{when(period)} {verb} er {roughly}{count(now, *unit_words, mark)}"
    if not named:
        sentence = f"{label}: {sentence}"
    known = [change_words(change, before, unit, mark) for before, change in changes if change.before is not None]
    unknown = [_name(before) for before, change in changes if change.before is None]
    if known:
        sentence += (": " if named else ", ") + listing(known)
    if unknown:
        sentence += f"; er is geen cijfer over {listing(unknown)} om mee te vergelijken"
    return f"{capital(sentence)}."


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


def _no_percentage(change: Change) -> str:
    if change.before == 0:
        return "een percentage is dan niet te berekenen"
    return "te klein voor een percentage"


def _shown(value: Number, unit: str | None) -> str:
    """A figure within a sentence; a percentage with one decimal at most."""
    exact = _decimal(value)
    return UNKNOWN if exact is None else _in_unit(_digits(exact, 1 if unit == "percent" else 2), unit)


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


def _name(moment: Period | str) -> str:
    """The moment as a noun: `het tweede kwartaal van 2017`, `de periode 2015 tot en met 2017`."""
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
            return f"de periode {period.label}"
    return period.label


def _is_day(moment: Period | str) -> bool:
    period = _as_period(moment)
    return period is not None and period.kind == "date"


def _as_period(moment: Period | str) -> Period | None:
    """None for words that are not a period as printed, such as `de vorige meting`."""
    try:
        return Period.parse(moment)
    except KetenError:
        return None
