"""The figure around a drawing: headline, subtitle, and the drawing at the width of a page and at that of a telephone.

Both drawings are complete as they are; a style sheet shows one. `templates/ketenrapport/chart.js` reads `data-tip`,
what a mark says of itself (in the narrow drawing `data-at`, the place of that text in the wide one), and `data-name`,
the series around it.
"""

import re
from collections.abc import Callable, Sequence

from keten.presentation.charts.svg import NARROW, WIDE, Drawing
from keten.presentation.markup import caption, escape
from keten.presentation.output import Output

Draw = Callable[[int], Drawing]
"""Makes the drawing at one of the two widths."""
_TIP = re.compile(r'data-tip="([^"]*)"')


def figure(
    draw: Draw,
    title: str,
    subtitle: str,
    words: str,
    after: str = "",
    headline: str = "",
    numbered: Sequence[str] = (),
) -> Output:
    """A drawing as a figure; words: its text alternative; after: what stands below it.

    title: what it is about; headline: what it says, which then stands above the title; numbered: what the numbers in it
    mean, from 1.
    """
    under = ". ".join(filter(None, [title.rstrip("."), subtitle])) if headline else subtitle
    says = f"{headline or title}. {words}"
    wide = draw(WIDE).svg(says, "wide")
    places = {tip: place for place, tip in enumerate(dict.fromkeys(_TIP.findall(wide)))}
    narrow = _TIP.sub(lambda found: f'data-at="{places[found[1]]}"', draw(NARROW).svg(says, "narrow"))
    html = (
        f'<figure class="chart"><figcaption>{caption(headline or title, under)}</figcaption>'
        f'<div class="picture" role="region" tabindex="0" aria-label="Grafiek: {escape(title)}">{wide}{narrow}</div>'
        f"{after}</figure>"
    )
    spec = {
        "title": title,
        "headline": headline or title,
        "subtitle": under,
        "words": words,
        "numbered": list(numbered),
        "picture": wide,
    }
    return Output(html, spec=spec)
