"""The drawings of a page in fewer words: the same picture, its marks and their texts written once.

In a notebook's output each mark is an element with its own text, so that an output stands alone. In a page the columns
of a series are one path, the unseen places of its points are those of its line, and the texts of all are one list on
the series: `templates/ketenrapport/chart.js` makes elements of them again. What does not have this shape stays.
"""

import re
from collections.abc import Sequence

_CHART = re.compile(
    r'<svg [^>]*class="keten-chart wide".*?</svg><svg [^>]*class="keten-chart narrow".*?</svg>', re.DOTALL
)
_GROUP = re.compile(r'<g data-name="[^"]*"( fill="[^"]*")?>.*?</g>', re.DOTALL)
_TIP = re.compile(r' data-tip="([^"]*)"')
_AT = re.compile(r' data-at="(\d+)"')
_SAYS = r' data-(?:tip|at)="[^"]*"/>'
_BOX = re.compile(rf'<rect x="([^"]*)" y="([^"]*)" width="([^"]*)" height="([^"]*)" ?( fill="[^"]*")?{_SAYS}')
_POINT = re.compile(rf'<circle cx="([^"]*)" cy="([^"]*)" r="6"{_SAYS}')
_VERTICES = re.compile(r'<path (?:d="([^"]*)" fill="none"|transform="translate\(([^)]*)\)")')
_PLACE = re.compile(r"([-\d.]+),([-\d.]+)|H([-\d.]+)V([-\d.]+)")
_SAID = re.compile(r"^(?:(.*?): )?((?:ca\. )?[-+]?[\d.,]*\d)(.*)$", re.DOTALL)
_ALIKE = r'( [a-z-]+="[^"]*"(?: [a-z-]+="[^"]*")*)'
_TEXTS = re.compile(rf'<text x="[^"]*" y="[^"]*"{_ALIKE}>[^<]*</text>(?:<text x="[^"]*" y="[^"]*"\1>[^<]*</text>)+')
_RULES = re.compile(rf'<path d="M[-\d.,]+L[-\d.,]+"{_ALIKE}/>(?:<path d="M[-\d.,]+L[-\d.,]+"\1/>)+')
_RULE = re.compile(r"M([-\d.]+),([-\d.]+)L([-\d.]+),([-\d.]+)(?=[M\"])")
OWN_LETTERS = ('fill="white"', 'fill="#1a1a1a"')  # of which dark paper has its own for texts alone
STEPS = (
    "januari februari maart april mei juni juli augustus september oktober november december".split(),  # noqa: SIM905
    [f"{which} kwartaal" for which in ("eerste", "tweede", "derde", "vierde")],
)  # periods of a year in order, as `chart.js` knows them


def lighter(html: str) -> str:
    """The page with every drawing in fewer words."""
    return _CHART.sub(lambda found: _drawings(found[0]), html)


def _drawings(both: str) -> str:
    """The two drawings of a chart; their marks only when each of the narrow one stands for one of the wide one."""
    wide, narrow = re.split(r"(?<=</svg>)(?=<svg )", both)
    tips = _TIP.findall(wide)
    places = {tip: place for place, tip in enumerate(dict.fromkeys(tips))}
    alike = [places[tip] for tip in tips] == [int(place) for place in _AT.findall(narrow)]
    if alike and not re.search("[|~]", "".join(tips)):
        wide, narrow = _GROUP.sub(_series, wide), _GROUP.sub(_series, narrow)
    return "".join(_TEXTS.sub(_together, _RULE.sub(_rule, _RULES.sub(_one_path, one))) for one in (wide, narrow))


def _series(found: re.Match[str]) -> str:
    """A series with the texts of its marks as one list, and its marks as one path."""
    group, colour = found[0], found[1] or ""
    tips = _TIP.findall(group)
    boxes, points = _BOX.findall(group), _POINT.findall(group)
    if len(tips) + len(_AT.findall(group)) != len(boxes) + len(points) or bool(boxes) == bool(points):
        return group
    if len({fill for *_, fill in boxes}) > 1:
        return group
    whole, mark = (_columns(boxes, colour), _BOX) if boxes else (_places(points, group), _POINT)
    start = mark.search(group)
    bare = mark.sub("", group)
    bare = f"{bare[: start.start()]}{whole}{bare[start.start() :]}" if start else bare
    return bare.replace("<g ", f'<g data-tips="{_list(tips)}" ', 1) if tips else bare


def _columns(boxes: Sequence[tuple[str, ...]], colour: str) -> str:
    """The boxes of a series as one path: as strokes where they are equally wide and of the colour of the series."""
    widths = {wide for _, _, wide, *_ in boxes}
    if colour and len(widths) == 1 and not boxes[0][4]:
        width = widths.pop()
        path = "".join(f"M{round(float(x) + float(width) / 2, 2):g},{y}v{high}" for x, y, _, high, _ in boxes)
        return f'<path class="boxes" d="{path}"{colour.replace("fill", "stroke")} stroke-width="{width}"/>'
    path = "".join(f"M{x},{y}h{wide}v{high}h-{wide}z" for x, y, wide, high, _ in boxes)
    return f'<path class="boxes" d="{path}"{boxes[0][4]}/>'


def _places(points: Sequence[tuple[str, str]], group: str) -> str:
    """The unseen places of a series as one path; an empty group where they are those of its line."""
    drawn = {
        (x or across, y or down)
        for pair in _VERTICES.findall(group)
        for x, y, across, down in _PLACE.findall("".join(pair))
    }
    if sorted(drawn, key=lambda place: float(place[0])) == list(points):
        return '<g class="points"/>'
    path = "".join(f"M{x},{y}" for x, y in points)
    return f'<path class="points" d="{path}"/>'


def _list(tips: Sequence[str]) -> str:
    """The texts of marks: a period that follows the one before is not named, nor are the same words behind a number."""
    words, period, tail = [], "", ""
    for tip in tips:
        said = _SAID.match(tip)
        when, number, behind = said.groups() if said else (None, tip, "")
        head = number if when is None else f": {number}" if when == following(period) else f"{when}: {number}"
        words.append(head if behind == tail else f"{head}~{behind}")
        period, tail = when or "", behind
    return "|".join(words)


def following(period: str) -> str:
    """The month or quarter after this one; '' for another period."""
    name, _, year = period.rpartition(" ")
    for names in STEPS:
        if name in names and year.isdigit():
            place = names.index(name) + 1
            return f"{names[place % len(names)]} {int(year) + place // len(names)}"
    return ""


def _together(found: re.Match[str]) -> str:
    """Texts after each other that look alike: how they look is said of the group."""
    looks = found[1]
    if any(colour in looks for colour in OWN_LETTERS):
        return found[0]
    return f"<g{looks}>{found[0].replace(looks, '')}</g>"


def _one_path(found: re.Match[str]) -> str:
    """Lines after each other that look alike, as one path."""
    whole = "".join(re.findall(r' d="([^"]*)"', found[0]))
    return f'<path d="{whole}"{found[1]}/>'


def _rule(found: re.Match[str]) -> str:
    """A straight line across or upright in fewer signs."""
    x1, y1, x2, y2 = found.groups()
    return f"M{x1},{y1}V{y2}" if x1 == x2 else f"M{x1},{y1}H{x2}" if y1 == y2 else found[0]
