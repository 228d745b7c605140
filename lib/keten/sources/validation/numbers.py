"""How the numbers of one column are written and what they are multiplied by; and whether a value can be one at all."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from math import inf

import pandas as pd

from keten.errors import KetenError
from keten.sources.cards.formats import FORMATS
from keten.sources.cards.types import Card, Measure
from keten.sources.readers.factors import factor_in, unit_factor
from keten.sources.readers.notation import EITHER, decimal_sign_in
from keten.sources.readers.text import same_name

OTHER = {".": ",", ",": "."}
SIGN_WORDS = {".": "punt", ",": "komma"}
UNITS = ("unit", "eenheid", "unitmeasure", "unitofmeasure", "measure:unit")
PERCENT = re.compile(r"\((?:in )?(?:%|procent|percent)")
PERCENT_UNIT = re.compile(r"(?:in )?(?:%|pc(?:_\w+)?|procent(?:en)?|percent(?:ages?)?)(?!\w)", re.IGNORECASE)
PER_MILLE = re.compile(r"‰|\bpro ?mill?e|\bper ?mille\b|\bpermill", re.IGNORECASE)
MULTIPLIERS = ("unitmult", "unitmultiplier")  # SDMX: the power of ten that a value is to be multiplied by


def factors(rows: pd.DataFrame, head: str, measure: Measure) -> pd.Series:
    """What the values of every row are multiplied by, as the card, the head or the columns of the unit say.

    KetenError when the head or the unit says that these are percentages and the measure has none, and for parts of a
    thousand.
    """
    units = [column for column in rows.columns if same_name(column) in UNITS]
    texts = ((column, text) for column in units for text in rows[column].unique())
    of_rows = [(f"de eenheid '{text}' in de kolom {column}", text) for column, text in texts]
    if measure.unit not in ("", "percent"):
        if PERCENT.search(head.casefold()):
            raise KetenError(f"de kolom '{head}' bevat percentages, maar de maat telt iets anders; verbeter de kaart")
        if wrong := next((where for where, text in of_rows if PERCENT_UNIT.match(text)), ""):
            raise KetenError(f"{wrong} is een percentage, maar de maat telt iets anders; verbeter de kaart")
    if measure.factor is not None:
        return pd.Series(measure.factor, rows.index)
    if wrong := next((where for where, text in [(f"de kop '{head}'", head), *of_rows] if PER_MILLE.search(text)), ""):
        raise KetenError(f"{wrong} noemt promille; zet factor = 0.1 bij de maat in de kaart als zij procenten meet")
    found = pd.Series(factor_in(head), rows.index)
    for column in rows.columns:
        if column not in units and same_name(column) not in MULTIPLIERS:
            continue
        stated = {
            text: unit_factor(text) if column in units else _power(text, column) for text in rows[column].unique()
        }
        more = rows[column].map(stated).astype(float)
        if ((found != 1) & (more != 1) & (found != more)).any():
            raise KetenError(
                f"de kop '{head}' en de kolom {column} noemen elk een andere factor; zet factor bij de maat in de kaart"
            )
        found = found.where(found != 1, more)
    return found


def _power(text: str, column: str) -> float:
    if not re.fullmatch(r"-?[0-9]{1,2}|", text):
        raise KetenError(f"in de kolom {column} staat '{text}'; dat is geen macht van tien. Zet factor bij de maat")
    return 10.0 ** int(text or 0)


def decimal_sign(texts: Iterable[str], fractions: bool, place: Callable[[str], str], typed: bool = False) -> str:
    """The decimal sign of a column, from all of its different texts.

    One number settles it. Where none does, 1.125 is a thousand and some, unless the column may have `fractions`.
    `place`: where a text stands, in Dutch; `typed`: a point may be none that somebody wrote, so it settles no fraction
    (the numbers of a spreadsheet themselves are never written as 1.125). KetenError when two numbers contradict each
    other, or none settles it.
    """
    sure: dict[str, str] = {}
    doubtful: dict[str, str] = {}
    blanks = False
    for text in texts:
        sign = decimal_sign_in(text)
        if sign.startswith(EITHER):
            doubtful.setdefault(sign.removeprefix(EITHER), text)
        elif sign:
            sure.setdefault(sign, text)
        blanks = blanks or re.search(r"[0-9][\s'’][0-9]", text) is not None
    clash = sure if len(sure) > 1 else doubtful if not sure and len(doubtful) > 1 else {}
    if clash:
        written = " en ".join(f"'{text}' ({place(text)}) met een {SIGN_WORDS[sign]}" for sign, text in clash.items())
        raise KetenError(
            f"de getallen zijn niet op één manier geschreven: {written}; verbeter het bestand, of zet in [format] van "
            "de kaart decimal of thousands"
        )
    if not doubtful or (sure and not (typed and fractions and "." in sure)):
        return next(iter(sure), ".")
    sign, text = next(iter(doubtful.items()))
    if blanks:  # the thousands are marked otherwise
        return sign
    if fractions:
        raise KetenError(
            f"'{text}' ({place(text)}) kan {text.replace(sign, '')} zijn of een breuk, en geen ander getal in de kolom "
            f'beslist dat; zet in [format] van de kaart decimal = "{sign}" of thousands = "{sign}"'
        )
    return OTHER[sign]


def signs(card: Card) -> tuple[str, str]:
    """The decimal and the thousands sign that the card or its format states; "" for what is left open."""
    habits = FORMATS[card.format.name]
    if card.format.decimal or card.format.thousands:
        return card.format.decimal, card.format.thousands
    return habits.decimal, habits.thousands


def multiplied(value: float, factor: float) -> float:
    """The product as on paper: 16.655 times a thousand is 16655."""
    return value if factor == 1 else float(Decimal(repr(value)) * Decimal(repr(factor)))


def why_not(value: float, measure: Measure) -> str:
    """Why the measure cannot have this value, as the rest of a Dutch sentence; "" when it can."""
    low, high = measure.range
    if not low <= value <= high:
        ends = (f"{low:g} of meer",) * (low > -inf) + (f"{high:g} of minder",) * (high < inf)
        return f"hoort {' en '.join(ends)} te zijn; klopt het cijfer, zet dan range bij de maat in de kaart"
    if not measure.fractions and value != int(value):
        return (
            "is geen heel getal, en de maat telt hele; is het teken er een voor duizendtallen, zet dan thousands in "
            "[format], en klopt het cijfer, zet dan fractions = true bij de maat in de kaart"
        )
    return ""


def may_be_shares(measure: Measure) -> bool:
    """Whether percentages may be parts of one, for all that the card says."""
    return measure.unit == "percent" and measure.factor is None


def refuse_shares(values: Iterable[tuple[str, float]]) -> None:
    """KetenError when percentages (text and value) seem parts of one: all that have no % lie from 0 to 1."""
    bare = [value for text, value in values if "%" not in text and value == value]
    if bare and min(bare) >= 0 and 0 < max(bare) <= 1:
        raise KetenError(
            "alle percentages liggen van 0 tot en met 1; zijn het delen van één, zet dan factor = 100 bij de maat in "
            "de kaart, en zijn het echt zulke kleine percentages, factor = 1"
        )
