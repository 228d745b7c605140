"""What a publisher says that its numbers are to be multiplied by: "(x 1 000)" in a head, "THS_PER" as a unit."""

import re
from collections.abc import Iterable

from keten.errors import KetenError
from keten.sources.cards.types import Card

_TIMES = {
    **dict.fromkeys(("hundred thousand", "honderdduizend"), 5),
    **dict.fromkeys(("ten thousand", "tienduizend"), 4),
    **dict.fromkeys(("hundred", "honderd"), 2),
    **dict.fromkeys(("thousand", "duizend", "ths", "thsd", "thous", "duiz", "dzd", "tsd"), 3),
    **dict.fromkeys(("million", "miljoen", "mln", "mio"), 6),
    **dict.fromkeys(("billion", "miljard", "mld", "mrd"), 9),
}
_WORD = rf"(?P<word>{'|'.join(sorted(_TIMES, key=len, reverse=True))})(?:s|en|tal|tallen|\.)?"
_ZEROS = r"(?P<zeros>1(?:[ .,']?000)+|['’]?000)s?"
_TENS = r"(?P<zeros>10*(?:[ .,'’]?000)*|['’]?000)s?(?![ .,'’]?[0-9])"
_FACTORS = [
    re.compile(pattern)
    for pattern in (
        rf"(?<!\w)[x×*]\s*(?:(?:1\s*)?{_WORD}(?![0-9])|{_TENS})",
        rf"\((?:in\s+)?(?:1\s*)?(?:{_ZEROS}|{_WORD})(?:\s[^()0-9]*)?\)",
        rf"\bin\s+(?:{_ZEROS}|{_WORD})(?!\w|\s*[0-9])",
    )
]
_UNIT_CODE = re.compile(rf"{_WORD}(?:_\w+)?")


def factor_in(text: str) -> float:
    """The factor that a head states; 1 when it states none.

    >>> [factor_in(text) for text in ("Bevolking (x 1 000)", "in duizenden", "(mln euro)", "per 1 000 inwoners")]
    [1000.0, 1000.0, 1000000.0, 1.0]
    """
    plain = " ".join(text.casefold().split())
    found = next((found for pattern in _FACTORS if (found := pattern.search(plain))), None)
    if found is None:
        return 1.0
    named = found.groupdict()
    word = named.get("word")
    return 10.0 ** (_TIMES[word] if word else named["zeros"].count("0"))


def unit_factor(text: str) -> float:
    """The factor of a unit: `THS_PER`, `Thousand persons`, `x 1 000`; 1 when it has none."""
    found = _UNIT_CODE.fullmatch(text.casefold())
    return 10.0 ** _TIMES[found["word"]] if found else max(factor_in(text), factor_in(f"({text})"))


def with_factor(name: str, unit: str) -> str:
    """The name of a column, and behind it its unit when that has a factor, so that it is not lost with the unit."""
    return f"{name} (x {unit_factor(unit):.0f})" if unit_factor(unit) != 1 else name


def refuse_factor(texts: Iterable[str], line: int, card: Card) -> None:
    """KetenError when a remark above or below a table names a factor, of which only the reader knows what it is for."""
    for text in texts:
        if factor_in(text) != 1 and any(measure.factor is None for measure in card.measures.values()):
            raise KetenError(
                f"Regel {line} noemt een factor ('{text}'); zet in de kaart bij elke maat "
                f"factor = {factor_in(text):.0f}, of factor = 1 als die niet voor haar geldt."
            )
