"""What a notebook shows: an HTML fragment together with the figures that are in it.

Every chart, table and sentence is an `Output`. Its HTML is for the reader; its figures and tables travel in the
notebook's output under types of our own, so that a run can list every number with its source and make the annexes.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from keten.model.catalogue import Catalogue
from keten.model.figures import records
from keten.model.margins import step_within
from keten.model.periods import Period
from keten.model.quality import IN_DUTCH, REMARKS, ROUNDED, STATUSES
from keten.model.row_numbers import as_list
from keten.presentation import dates, prose
from keten.presentation.made import made
from keten.presentation.markup import GAP, TOO_FEW, box, escape, link
from keten.presentation.mime import CHART, FIGURES, KEY_FIGURES, NOTICES, TABLES

REST = "overige en onbekend"  # the category of what is left of a total
# Statistics of numbers that were worked out from figures, whose rounding is no longer that of the source.
DERIVED = (
    "share;denominator",
    "ratio;denominator",
    "change_",
    "difference",
    "remainder",
    "seasonally_adjusted",
    "model;",
    "expected",
    "level_change",
    "slope_change",
    "completed",
)
MOST_SOURCES = 2  # documents that a figure names below it
IN_WORDS = {
    "change_percent": "verandering: het cijfer min het eerdere cijfer, gedeeld door het eerdere cijfer, maal 100",
    "change_points": "verandering: het cijfer min het eerdere cijfer",
    "change_absolute": "verandering: het cijfer min het eerdere cijfer",
    "difference": "verschil: ander cijfer min het cijfer in dit rapport",
    "remainder": "overige en onbekend: het totaal min de som van wat is getoond",
}
"""How statistics were worked out, where the figure itself does not say so."""


@dataclass(frozen=True)
class Output:
    """An HTML fragment for the reader and what a run makes more of.

    figures: rows of figures.csv; keyfigures: those of the report's own period, for the index, of the `keyfigures_of`
    that it asks for, and finding: what they say, as plain text; spec: a chart's texts and its drawing; tables: what
    `Grid.payload` gives, for the annexes; notices: `gaps` (titles without any figure), `samples` (sentences that say
    records are invented), `licences` (of the data), `period` and `as_of` (on what the report is), for the head and foot
    of a report.
    """

    html: str
    figures: list[dict] = field(default_factory=list)
    keyfigures: list[dict] = field(default_factory=list)
    spec: dict | None = None
    tables: list[dict] = field(default_factory=list)
    notices: dict[str, list[str]] = field(default_factory=dict)
    keyfigures_of: int = 0
    finding: str = ""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:
        # One element around it, by which JupyterLab knows our outputs from those of others (see `lab.style`).
        html = f'<div class="keten" lang="nl">{self.html}</div>' if self.html else ""
        rows = {FIGURES: "figures", TABLES: "tables"}
        listed = {kind: {name: getattr(self, name)} for kind, name in rows.items() if getattr(self, name)}
        told = {"keyfigures": self.keyfigures, "of": self.keyfigures_of, "finding": self.finding}
        key_figures = told if self.keyfigures_of else None
        others = ((KEY_FIGURES, key_figures), (CHART, self.spec), (NOTICES, self.notices))
        whole = {kind: content for kind, content in others if content}
        return {"text/html": html, **listed, **whole, **made()}

    @classmethod
    def together(cls, parts: "Sequence[Output]") -> "Output":
        """Several fragments below each other as one; it carries the specification of the first chart."""
        notices: dict[str, list[str]] = {}
        for name, words in [pair for part in parts for pair in part.notices.items()]:
            notices[name] = list(dict.fromkeys([*notices.get(name, []), *words]))
        return cls(
            "".join(part.html for part in parts),
            [row for part in parts for row in part.figures],
            [row for part in parts for row in part.keyfigures],
            next((part.spec for part in parts if part.spec), None),
            [table for part in parts for table in part.tables],
            notices,
            sum(part.keyfigures_of for part in parts),
            next((part.finding for part in parts if part.finding), ""),
        )


def name_of(label: str, category: str) -> str:
    """How a figure is called: its measure and, when it is broken down, the category."""
    return f"{label}: {category.replace(' + ', ', ')}" if category and category != "totaal" else label


def series_names(frame: pd.DataFrame) -> pd.Series:
    """What each figure of a series is called: its category, or its measure where there is none.

    Of a share the measure says of what, so that no percentage carries the name of what was counted.
    """
    of_what = ", " + frame.calculation.str.partition(";")[0]
    measures = frame.label.where(~frame.statistic.str.startswith(("share;", "ratio;")), frame.label + of_what)
    return measures.where(frame.category == "", frame.category)


def figure_rows(frame: pd.DataFrame) -> list[dict]:
    """The figures of a table from the workbook as rows of `figures.csv`; a gap is no figure and is left out.

    `dimensions` is `name=value` of the data's dimension and category, then of the statistic for a number that was
    derived (a share, a change), which names what it was derived from; `period` as `periods` prints it; `calculation`
    how it was worked out and of what it is a sum; `source` and `source_id` the titles and ids of all its sources;
    `as_of` the day from which the figure was known, `as_of_assumed` whether no source states that day.
    """
    return [
        {
            "measure": row["measure"],
            "label": name_of(row["label"], row["category"]),
            "dimensions": dimensions_of(row),
            "period": row["period"],
            "value": as_shown(row["value"], row["unit"], row["statistic"], row["margin"]) if has_value(row) else None,
            "unit": row["unit"],
            "status": row["status"],
            "confidentiality": row["confidentiality"],
            "precision": row["precision"],
            "calculation": calculation_of(row["statistic"], row["calculation"]),
            "source": row["source_title"],
            "source_id": row["source"].replace(";", " | "),
            "publisher": row["organisation"],
            "as_of": "" if pd.isna(row["known"]) else f"{row['known']:%Y-%m-%d}",
            "as_of_assumed": "yes" if row["assumed"] else "",
        }
        for row in records(frame)
        if has_value(row) or row["status"] == "suppressed"
    ]


def has_value(row: Mapping[str, Any]) -> bool:
    """Whether a row of a table of figures has a number."""
    return bool(row["value"] == row["value"])  # NaN is not itself


def as_shown(value: float, unit: str, statistic: str, margin: float = 0) -> float:
    """A number as the report rounds it: published ones as they are, a derived one to the digits that a reader sees.

    margin: that of a share or a ratio, which has no decimal that its margin does not carry.
    """
    if not statistic:
        return round(float(value), 4)
    exact = Decimal(str(float(value)))
    if statistic.startswith("change_percent"):
        return float(_whole_percents(exact))
    places = share_decimals(unit, statistic, margin)
    digits = {"probability": 3}.get(unit, 2) if places is None else places
    return float(_rounded(exact, 1 if statistic.startswith("change_points") else digits))


def _whole_percents(exact: Decimal) -> Decimal:
    """Without decimals, unless that makes 0 of a change or 100 of less: a reader sees "minder dan 1%" there."""
    for digits in range(5):
        shown = _rounded(exact, digits)
        if shown == exact or (shown != 0 and not (abs(shown) == 100 and abs(exact) < 100)):
            break
    return shown


def _rounded(exact: Decimal, digits: int) -> Decimal:
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def calculation_of(statistic: str, calculation: str) -> str:
    """How a figure was worked out, in Dutch: of what it is a sum, a share or a change; '' for a published one."""
    words = IN_WORDS.get(statistic.partition(";")[0], "")
    return f"{words}; het cijfer zelf: {calculation}" if words and calculation else words or calculation


def share_decimals(unit: str, statistic: str, margin: float = 0) -> int | None:
    """Decimals of a percentage or a rate of ours: one, or none where a quotient's margin carries none; else None."""
    if not statistic or unit not in ("percent", "per_100000"):
        return None
    return 0 if statistic.startswith(("share;", "ratio;")) and step_within(margin, 0.1) >= 1 else 1


def dimensions_of(row: Mapping[str, Any] | pd.Series) -> str:
    """`name=value` of a figure's dimension and category, then of its statistic when it was derived."""
    dimension, category = row["dimension"], row["category"]
    names = dimension.split("+") if dimension else []
    values = category.split(" + ") if len(names) > 1 else [category]
    if len(values) != len(names):  # a remainder is of all dimensions at once
        names, values = [dimension] if names else [], [category]
    pairs = [f"{name}={value}" for name, value in zip(names, values, strict=False)]
    return ";".join([*pairs, *([f"statistic={row['statistic']}"] if row["statistic"] else [])])


def publisher_and_title(publisher: str, title: str) -> str:
    """Whose figure it is and in what it stands; a title that begins with the publisher says both.

    >>> publisher_and_title("CBS", "CBS: Minder asielzoekers in maart"), publisher_and_title("IND", "NOS: Asiel")
    ('CBS: Minder asielzoekers in maart', 'IND: NOS: Asiel')
    """
    named = re.match(rf"{re.escape(publisher)}\b", title, re.IGNORECASE)
    return title if named else f"{publisher}: {title}"


def quality_words(word: str) -> str:
    """A status or a precision in words, with the sign that stands at such a figure."""
    sign = {"circa": " (ca.)", "provisional": " (*)"}.get(word, "")
    return f"{IN_DUTCH[word]}{sign}"


def documents(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The title of each document behind these figures, and its address ('' = none)."""
    found: dict[str, str] = {}
    for titles, urls in dict.fromkeys((row["source_title"], row["source_url"]) for row in rows):
        found |= dict(zip(titles.split(" | "), urls.split(" | "), strict=False))
    return found


def publishers_of(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Who published these figures, each once."""
    return list(dict.fromkeys(", ".join(filter(None, (row["organisation"] for row in rows))).split(", ")))


def newest_source(rows: Iterable[Mapping[str, Any]]) -> Period | None:
    """The day of the newest source of these figures, as far as it is known; None when none has a day."""
    return dates.newest((row["known"].date(), bool(row["assumed"])) for row in rows if pd.notna(row["known"]))


def source_line(frame: pd.DataFrame, linked: bool = False) -> str:
    """One paragraph that says whose figures are shown: the documents when they are few, else their publishers.

    The addresses of all stand with the origin; linked: here as well, where no origin stands below.
    """
    rows = [row for row in records(frame) if has_value(row)]
    found = documents(rows)
    if not any(found):
        return ""
    publishers = publishers_of(rows)
    told = [link(title, url) if linked else escape(title) for title, url in found.items()]
    if len(found) > MOST_SOURCES and not linked:
        told = [f"{escape(prose.listing(publishers))} ({len(found)} documenten)"]
    known = newest_source(rows)
    date = f' Nieuwste bron van <time datetime="{known}">{known.label}</time>.' if known else ""
    return f'<p class="source">Bron: {"; ".join(told)}.{date}</p>'


def notes(frame: pd.DataFrame, dated: bool = False) -> list[str]:
    """Dutch notes that the shown figures call for: rounding, approximations, gaps, fall-backs, joins, sums.

    dated: whether each figure stands there with its own period and none is missing, so that neither need be told.
    """
    every = records(frame)
    rows = [row for row in every if has_value(row)]
    empty = [row for row in every if not has_value(row)]
    found = []
    derived = [row for row in rows if row["statistic"].startswith(DERIVED)]
    plain = [row for row in rows if not row["statistic"].startswith(DERIVED)]
    status = {row["status"] if row["status"] in STATUSES else "normal" for row in plain}
    told = [{row["precision"] for row in plain}, status]
    qualities = [f"{'deels ' * (len(of) > 1)}{quality_words(word)}" for of in told for word in IN_DUTCH if word in of]
    if qualities:
        found.append(f"{prose.capital(', '.join(qualities))}.")
    if any(row["precision"] in ROUNDED for row in derived):
        found.append("Berekend uit afgeronde cijfers.")
    if not dated and any(row["status"] == "missing" and not row.get("reason") for row in empty):
        found.append("Geen cijfer is niet nul.")
    confidential = [row["confidentiality"] == "confidential" for row in every]
    if any(row["status"] == "suppressed" and not kept for row, kept in zip(every, confidential, strict=True)):
        found.append("Kleine aantallen zijn niet getoond, om herleiding tot personen te voorkomen.")
    if any(confidential):
        found.append("Wat de bron vertrouwelijk noemt, is niet getoond.")
    found += [f"Geen vergelijkbaar cijfer: {reason}." for reason in _reasons(empty)]
    found += [f"† {prose.capital(reason)}." for reason in _reasons(rows)]
    for remark in REMARKS:
        concerned = [remark in row["note"] for row in rows]
        if any(concerned):
            found.append(f"{prose.capital('deels: ' * (not all(concerned)) + remark)}.")
    latest = {(row["measure"], row["category"]): row for row in rows if row["fallback"]}  # not the years before it
    fallbacks = {Period.parse(row["period"]) for row in latest.values()}
    if fallbacks and not dated:
        which = f": {next(iter(fallbacks)).label}" if len(fallbacks) == 1 else " dat er is, met de eigen periode"
        found.append(f"Waar over de periode van dit rapport geen cijfer is, staat het laatste{which}.")
    publishers = dict.fromkeys(", ".join(row["organisation"] for row in rows).split(", "))
    if any(row["joined"] for row in rows) and len(publishers) > 1:
        found.append(f"Reeks van verschillende uitgevers ({', '.join(publishers)}); een verschil kan daarvan komen.")
    sums = [words for words in dict.fromkeys(row["calculation"] for row in rows) if words.startswith("som")]
    if sums:
        found.append(f"Opgeteld: {'; '.join(words.removeprefix('som van ') for words in sums)}.")
    return found


def _reasons(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Why these figures cannot be compared."""
    return [reason for reason in dict.fromkeys(row.get("reason") for row in rows) if reason]


def cautions(frame: pd.DataFrame, catalogue: Catalogue) -> list[str]:
    """What the catalogue warns of where figures of a measure are compared: of which two or more are shown."""
    shown = Counter(as_list(frame.measure[frame.value.notna()]))
    about = [catalogue.measure(measure) for measure, times in shown.items() if times > 1]
    return [f"{one.label}: {prose.small(one.caution)}" for one in about if one.caution]


def small_print(words: Sequence[str]) -> str:
    """Notes as one small paragraph; '' when there are none."""
    return f'<p class="note">{" ".join(escape(text) for text in words)}</p>' if words else ""


def gap(title: str, what: str = "") -> Output:
    """A named gap in the place of a figure; `what` says which figures there are none of."""
    return withheld(title, f"{GAP}: {prose.small(what)}." if what else f"{GAP}.")


def withheld(title: str, reason: str) -> Output:
    """What stands in the place of a calculation that cannot be made, and why; `reason`: one Dutch sentence."""
    return Output(box(title, reason), notices={"gaps": [title]})


def too_few(title: str) -> Output:
    """What stands in the place of a figure whose numbers could be traced to persons."""
    return withheld(title, TOO_FEW)
