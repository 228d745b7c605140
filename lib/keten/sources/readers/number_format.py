"""What a number format of XLSX (`#,##0`, `0.0%`, `mmm-yy`) makes of a number."""

import operator
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from keten.sources.readers.sheet_cells import day_text, dressed, duration_text, number_text
from keten.sources.readers.unread import NO_DAY, NOT_SHOWN

_TOKEN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|[^"\\_*\[]', re.DOTALL)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[0-9.]+)\]")
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DIGITS = "0#?@"
_SCALE = re.compile(r"(?<=[0#?]),+(?![^.]*[0#?])")
_COMPARE = {
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
    "<=": operator.le,
    ">=": operator.ge,
    "<>": operator.ne,
}
_LAST_DAY = 2_958_466  # the day after 31 December 9999


@dataclass(frozen=True)
class Section:
    """One of the forms between semicolons.

    `before`, `after`: the texts around the number; `digits`: whether it shows the number; `zeros`: how many digits at
    least, when it shows nothing else; `percents`: how many signs; `thousands`: how often it divides by a thousand;
    `days`: the parts of a moment that it shows; `elapsed`: it shows a duration; `condition`: the numbers that it is
    meant for.
    """

    before: str
    after: str = ""
    digits: bool = False
    zeros: int = 0
    percents: int = 0
    thousands: int = 0
    days: frozenset[str] = frozenset()
    elapsed: bool = False
    condition: tuple[str, float] | None = None


@lru_cache(maxsize=10_000)
def sections(code: str) -> tuple[Section, ...]:
    """The forms for numbers in a format."""
    found: list[list[str]] = [[]]
    for token in _TOKEN.findall(re.sub("general", "0", code, flags=re.IGNORECASE)):
        if token == ";":
            found.append([])
        else:
            found[-1].append(token)
    return tuple(map(_section, found[:3]))


def _section(tokens: list[str]) -> Section:
    codes, before, after, elapsed, condition = "", "", "", False, None
    for token in tokens:
        if token[0] == "[":
            elapsed = elapsed or bool(_ELAPSED.fullmatch(token))
            if found := _CONDITION.fullmatch(token):
                condition = found[1], float(found[2])
        elif len(token) == 1 and (token in "0#?.,%/@" or token.isalpha()):
            codes += token
            after = "" if token in _DIGITS else after  # what stands between digits only groups them
        elif token[0] not in "_*":  # those make blanks
            literal = token.strip('"').removeprefix("\\")
            before, after = (
                (before, after + literal) if any(map(_DIGITS.__contains__, codes)) else (before + literal, after)
            )
            codes += " "
    codes = codes.strip()
    return Section(
        before,
        after,
        digits=any(map(_DIGITS.__contains__, codes)),
        zeros=len(codes) if re.fullmatch("0{2,}", codes) else 0,
        percents=codes.count("%"),
        thousands=sum(map(len, _SCALE.findall(codes))),
        days=_days(re.sub("am/pm|a/p", "h", codes.casefold())),
        elapsed=elapsed,
        condition=condition,
    )


def _days(codes: str) -> frozenset[str]:
    """Parts of a moment that codes show; `m` beside hours or seconds is minutes."""
    month = "m" in re.sub(r"h\W*m+|m+\W*s", "", codes)
    shows = {"day": "d" in codes, "month": month, "year": "y" in codes, "clock": bool(re.search("[hs]", codes))}
    return frozenset(name for name, there in shows.items() if there)


def shown(value: float, code: str, decimal: str, since: datetime) -> str:
    """A number as this format shows it, but with all its decimals; `since`: the day 0 of the workbook."""
    form = _for(value, sections(code))
    if form.elapsed:
        return duration_text(round(value * 86_400))
    if form.days:
        return _moment(value, form.days, since)
    if not form.digits:
        # "-" for zero is a way to write zero; any other text in place of the number is what the reader sees.
        word = form.before.strip()
        return "0" if value == 0 and word in ("", "-", "–", "—") else word or NOT_SHOWN
    text = number_text(value, decimal, 2 * form.percents - 3 * form.thousands)
    if text.isdigit():
        text = text.zfill(form.zeros)
    return dressed(text + "%" * form.percents, form.before, form.after)


def _for(value: float, forms: tuple[Section, ...]) -> Section:
    """The form that a number takes: by its condition, else those for positive, negative and zero."""
    if any(form.condition for form in forms):
        for form in forms:
            if form.condition is None or _COMPARE[form.condition[0]](value, form.condition[1]):
                return form
        return Section("#######")
    if value == 0:
        return forms[2] if len(forms) == 3 else forms[0]
    return forms[1] if value < 0 and len(forms) > 1 else forms[0]


def _moment(value: float, days: frozenset[str], since: datetime) -> str:
    if not 0 <= value < _LAST_DAY:
        return NO_DAY
    if since.year == 1899 and value < 60:  # spreadsheets count a 29 February 1900 that was not
        value += 1
    return day_text(since + timedelta(seconds=round(value * 86_400)), days)
