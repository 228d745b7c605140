"""One figure over the years, or a few beside each other, as bars that are text: at any width, in the dark, on paper.

For the first screen of a report, where a drawing that scales would have letters of any size. A list, so that a screen
reader tells period and figure of each; the height of a column says what the number beside it says.
"""

from collections.abc import Sequence
from typing import NamedTuple

from keten.presentation.markup import caption, escape, plain_number

NONE = "geen vergelijkbaar cijfer"


class Column(NamedTuple):
    """A period or a name in few words, and its figure as printed and as a number; None for one not to compare with."""

    period: str
    text: str
    value: float | None


def columns(title: str, subtitle: str, given: Sequence[Column]) -> str:
    """HTML of the columns, oldest first, the last one in full colour; '' for fewer than two figures.

    The scale begins at zero and holds negative numbers. What lies before the first figure is left out; a gap later on
    stays a gap.
    """
    known = [place for place, one in enumerate(given) if one.value is not None]
    if len(known) < 2:
        return ""
    shown = given[known[0] :]
    values = [one.value for one in shown if one.value is not None]
    low, high = min(0, *values), max(0, *values)
    items = "".join(_item(one, low, (high - low) or 1) for one in shown)
    gap = f' <span class="note">–: {NONE}.</span>' if len(values) < len(shown) else ""
    return (
        f'<figure class="yearly"><figcaption>{caption(title, subtitle)}{gap}</figcaption>'
        f'<ol class="{"below" if low < 0 else "above"}">{items}</ol></figure>'
    )


def rows(title: str, subtitle: str, given: Sequence[Column], whole: float = 0) -> str:
    """HTML of figures of one unit and period below each other, by name; '' for fewer than two, or a negative one.

    whole: the number that takes the full width, such as 100 percent; else the largest does.
    """
    values = [one.value for one in given if one.value is not None]
    if len(values) < 2 or len(values) < len(given) or min(values) < 0:
        return ""
    full = max(whole, *values) or 1
    items = "".join(
        f'<li><span class="when">{escape(one.period)}</span> <span class="room" style="--share:{value / full:.3f}">'
        f'<span class="figure"><data value="{plain_number(value)}">{escape(one.text)}</data></span></span></li>'
        for one, value in zip(given, values, strict=True)
    )
    return f'<figure class="yearly beside"><figcaption>{caption(title, subtitle)}</figcaption><ul>{items}</ul></figure>'


def _item(one: Column, low: float, span: float) -> str:
    period = f'<span class="when">{escape(one.period)}</span>'
    if one.value is None:
        told = f'<span aria-hidden="true">–</span><span class="visually-hidden">{NONE}</span>'
        return f'<li>{period}<span class="room"><span class="figure">{told}</span></span></li>'
    foot, top = (min(0, one.value) - low) / span, (max(0, one.value) - low) / span
    number = f'<data value="{plain_number(one.value)}">{escape(one.text)}</data>'
    place = f"--foot:{100 * foot:.1f}%;--top:{100 * top:.1f}%"
    return f'<li>{period}<span class="room" style="{place}"><span class="figure">{number}</span></span></li>'
