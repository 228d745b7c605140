"""What an analyst can ask the workbook about itself: which measures there are, what one of them means, what it holds.

The answers are for JupyterLab; none of them counts as a figure of the report. They tell of all figures that were known
on the as-of date, also those after the period.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape

import pandas as pd

from keten.errors import KetenError
from keten.model.catalogue import Catalogue
from keten.model.naming import folded, nearest
from keten.model.periods import CALENDAR_KINDS, Period
from keten.model.row_numbers import each_row
from keten.model.units import FREQUENCIES
from keten.observations import availability
from keten.observations.dataset import Data, known_on
from keten.presentation import prose
from keten.presentation.grid import Cell, Grid, number_cell
from keten.presentation.markup import more, note
from keten.presentation.origin import MEASURE_KINDS
from keten.presentation.output import Output
from keten.workbook.scope import Scope
from keten.workbook.search import alike, search

MOST_MEASURES, MOST_SOURCES, MOST_CALLS = 30, 12, 5  # that are shown; the tables hold all
SHORT_KINDS = {kind: words.partition(" (")[0] for kind, words in MEASURE_KINDS.items()}
COLUMNS = [
    "measure", "label", "label_en", "unit", "kind", "goal", "organisation", "first", "last", "dimensions", "figures",
]  # fmt: skip
NO_FIGURES = (
    "Van deze maat zijn er geen cijfers: ze zijn nog niet opgehaald (keten update) of staan in een eigen bestand."
)


@dataclass(frozen=True)
class Answer(Output):
    """What the workbook answers: HTML in JupyterLab, `text` elsewhere, and `table` to go on with in pandas."""

    text: str = ""
    table: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)

    def __repr__(self) -> str:
        return self.text


# -- which measures there are --


def find(words: str, catalogue: Catalogue, present: pd.DataFrame) -> Answer:
    """The measures that fit the words (see `search`), best first; the table has the columns `COLUMNS`.

    present: from `availability.present`. `first` and `last` are periods as `periods` prints them, '' for a measure
    without figures. Raises KetenError for what is no text.
    """
    if not isinstance(words, str):
        raise KetenError(f'{words!r} is geen tekst; zoek met woorden tussen aanhalingstekens, zoals find("bewaring").')
    ids, taken = search(words, catalogue.measures, present.breakdowns.to_dict(), present.figures.to_dict())
    table = catalogue.measures.loc[ids].join(present)[COLUMNS].reset_index(drop=True)
    asked = " ".join(words.split())
    if table.empty:
        close = alike(words, catalogue.measures)
        hint = f" Woorden die erop lijken: {', '.join(close)}." if close else ""
        text = f"Er is geen maat gevonden bij '{asked}'.{hint} Met find(\"\") ziet u alle maten."
        return Answer(note(text), text=text, table=table)
    remarks = [
        f"'{word}' is gelezen als '{other}'." if other else f"'{word}' komt in geen maat voor."
        for word, other in taken.items()
    ]
    return _listed(table, catalogue, f"Maten bij '{asked}'" if asked else "Alle maten", remarks)


def _listed(table: pd.DataFrame, catalogue: Catalogue, title: str, remarks: Sequence[str]) -> Answer:
    """The found measures as a table, with what to ask next."""
    names = ["Maat", "Naam in code", "Telt", "Doel", "Perioden", "Uitsplitsingen"]
    rows = []
    for row in each_row(table.head(MOST_MEASURES)):
        periods = list(dict.fromkeys(Period.parse(text).short for text in (row.first, row.last) if text))
        over = Cell(" tot en met ".join(periods)) if periods else Cell("geen cijfers", missing=True)
        counts = f"{catalogue.unit_words(row.unit).plural} ({SHORT_KINDS[row.kind]})"
        by = ", ".join(catalogue.dimension_label(name) for name in row.dimensions)
        rows.append([Cell(row.label), Cell(row.measure), Cell(counts), Cell(row.goal), over, Cell(by)])
    left = len(table) - MOST_MEASURES
    after = [
        *remarks,
        *[f"Niet getoond: {prose.count(left, 'maat', 'maten')}; alle staan in .table."] * (left > 0),
        *["Maten zonder cijfers zijn nog niet opgehaald (keten update) of staan in een eigen bestand."]
        * (not table.figures.all()),
        f"Meer over een maat: chain.describe({_quoted(table.measure.iloc[0])}).",
    ]
    grid = Grid(title, prose.count(len(table), "maat", "maten"), names, rows)
    html = grid.figure("".join(map(note, after)) + more(grid.download()))
    return Answer(html, tables=[grid.payload(after, [])], text="\n".join([_as_text(grid), *after]), table=table)


# -- what one of them is --


def measure_of(name: str, catalogue: Catalogue) -> str:
    """The id of the measure with this id, or with this Dutch or English name when only one has it.

    Raises KetenError with the nearest ones.
    """
    measures = catalogue.measures
    if name in measures.index:
        return name
    spellings = {row.measure: map(folded, (row.measure, row.label, row.label_en)) for row in each_row(measures)}
    named = [measure for measure, own in spellings.items() if folded(name) in own]
    if len(named) == 1:
        return str(named[0])
    if named:
        raise KetenError(f"'{name}' heet meer dan één maat; kies uit {prose.listing(named, 'of')}.")
    hint = nearest(str(name), list(measures.index)) or nearest(str(name), list(measures.label), cutoff=0.5)
    raise KetenError(f"Er is geen maat '{name}'; zoek haar met chain.find(\"een woord\").{hint}")


def describe(measure: str, scope: Scope, sources: pd.DataFrame) -> Answer:
    """What a measure means, who publishes it, which figures there are and where its series break.

    measure: id or name; sources: `Workbook.sources`. The table is that of `availability.coverage`. Raises KetenError
    with the nearest names.
    """
    data, as_of = scope.data, scope.as_of
    row = data.catalogue.measure(measure_of(measure, data.catalogue))
    known = known_on(data, as_of)
    used = availability.chosen(known, row.measure, data.catalogue)
    covered = availability.coverage(used)
    facts = {
        "Naam in code": row.measure,
        "Engelse naam": row.label_en,
        "Eenheid": data.catalogue.unit_words(row.unit).plural,
        "Soort": MEASURE_KINDS[row.kind],
        "Doel": row.goal,
        "Organisatie": row.organisation,
    }
    grids: list[Grid] = []
    points: dict[str, list[str]] = {"Let op": [NO_FIGURES]}
    if len(covered):
        grids = [_coverage_grid(covered, data.catalogue), _source_grid(availability.sources_of(used, sources))]
        later = (
            f"Dit werkboek toont cijfers tot en met {prose.date_text(scope.period.end)}; kies een latere periode voor "
            "latere cijfers."
        )
        hidden = used.end.max().date() > scope.period.end
        points = {"Let op": [later] * hidden, **_points(row, used, known, data, as_of)}
    code = {"Zo vraagt u de cijfers op": _calls(row.measure, covered, used)}
    return _about(row.label, row.definition, facts, points, code, grids, covered)


def _points(
    row: pd.Series, used: pd.DataFrame, known: pd.DataFrame, data: Data, as_of: date | None
) -> dict[str, list[str]]:
    """What to know before comparing figures of a measure, under Dutch heads."""
    policy = availability.policy_breaks(data.catalogue.policy_measures, row.goal, as_of)
    breaks, remarks = availability.notes(used, row.definition)
    revised = availability.revised(known, row.measure)
    later = (
        f"Van {prose.count(revised, 'cijfer', 'cijfers')} gaf dezelfde uitgever meer dan één waarde, later of met een "
        f"andere afronding; zie keten revisions --measure {row.measure}."
    )
    corrected = [
        f"{Period.parse(one.period).label}: {one.note}."
        for one in data.corrections
        if one.measure == row.measure and (as_of is None or one.since <= as_of)
    ]
    return {
        "Reeks van verschillende uitgevers; een verschil kan daarvan komen": availability.publishers(used),
        "Waarschuwingen van de bronnen": breaks,
        f"Breuken in reeksen van {row.goal}": policy,
        "Afronding en status": availability.statuses(used),
        "Herzieningen en correcties": [*[later] * (revised > 0), *corrected],
        "Opmerkingen van de bronnen": remarks,
    }


def _coverage_grid(covered: pd.DataFrame, catalogue: Catalogue) -> Grid:
    rows = []
    for row in each_row(covered):
        by = catalogue.dimension_label(row.dimension)
        name = f"{prose.capital(by)} ({row.categories})" if by else "Totaal"
        periods = [Cell(Period.parse(text).short) for text in (row.first, row.last)]
        gaps = availability.in_words(row.gaps) if row.kind in CALENDAR_KINDS else ""
        rows.append([Cell(name), Cell(FREQUENCIES[row.kind][0]), *periods, _count(row.figures), Cell(gaps)])
    names = ["Uitsplitsing", "Per", "Eerste", "Laatste", "Cijfers", "Perioden zonder cijfer"]
    return Grid("Welke cijfers er zijn", "tussen haakjes het aantal categorieën", names, rows, frozenset(names[4:5]))


def _source_grid(sources: pd.DataFrame) -> Grid:
    rows = []
    for row in each_row(sources.head(MOST_SOURCES)):
        published = prose.date_text(row.published) if row.published else "niet vermeld"
        texts = [Cell(row.publisher), Cell(published), Cell(row.licence)]
        rows.append([Cell(row.title, url=row.url), *texts, _count(row.figures)])
    left = sources.figures[MOST_SOURCES:]
    if len(left):
        rows.append([Cell(f"{len(left)} andere bronnen"), Cell(""), Cell(""), Cell(""), _count(int(left.sum()))])
    names = ["Titel", "Uitgever", "Gepubliceerd", "Licentie", "Cijfers"]
    return Grid("Bronnen van deze maat", "", names, rows, frozenset(names[-1:]))


def _calls(measure: str, covered: pd.DataFrame, used: pd.DataFrame) -> list[str]:
    """Lines of code that give figures of the measure: over time, beside earlier years, per breakdown."""
    name = _quoted(measure)
    calls = [f"chain.series({name})", f"chain.compare({name})"] * ("" in set(covered.dimension))
    broken_down = covered[covered.dimension != ""].groupby("dimension").figures.sum()
    for dimension in broken_down.sort_values(ascending=False, kind="stable").index:
        category = used[(used.dimension == dimension) & used.value.notna()].category.value_counts().index[0]
        calls.append(f"chain.series({name}, by={_quoted(dimension)}, only=[{_quoted(category)}])")
    return calls[:MOST_CALLS]


# -- the workbook itself --


def portrait(scope: Scope) -> Answer:
    """What a workbook shows: its period and choices, how much there is, and what to try next."""
    data, as_of, period = scope.data, scope.as_of, scope.period
    known = known_on(data, as_of)
    seen = known[known.value.notna() & (known.end <= pd.Timestamp(period.end))]
    dated = seen[~seen.assumed].known.max()
    earlier = [one.label for one in reversed(period.earlier_years(scope.compare_years))]
    newest_day = prose.date_text(dated.date()) if pd.notna(dated) else prose.UNKNOWN
    facts = {
        "Periode": f"{period.label} ({period})",
        "Vergeleken met": prose.listing(earlier) or "geen eerdere jaren",
        "Stand van de gegevens": f"zoals bekend op {prose.date_text(as_of)}" if as_of else "de nieuwste",
        "Nieuwste gegevens van": newest_day,
        "Nationaliteit in beeld": scope.nationality or "geen",
        "Maten met cijfers": f"{seen.measure.nunique()} van de {len(data.catalogue.measures)}",
        "Doet niet mee": " ".join(data.faults),
    }
    calls = ['chain.find("bewaring")', 'chain.describe("asylum_first_applications")',
             'chain.series("asylum_first_applications", by="nationality", only=["Syrië"])']  # fmt: skip
    text = "Alle cijfers over de vreemdelingenketen tot en met deze periode."
    return _about(f"Ketenwerkboek over {period.label}", text, facts, {}, {"Probeer": calls})


# -- pieces --


def _about(
    title: str,
    text: str,
    facts: Mapping[str, str],
    points: Mapping[str, Sequence[str]],
    code: Mapping[str, Sequence[str]],
    grids: Sequence[Grid] = (),
    table: pd.DataFrame | None = None,
) -> Answer:
    """One thing as HTML and as text: its facts, tables, points to know and code to go on with; what is empty not."""
    facts = {term: words for term, words in facts.items() if words}
    heads = {head: words for head, words in {**points, **code}.items() if words}
    listed = "".join(f"<div><dt>{escape(term)}</dt><dd>{escape(words)}</dd></div>" for term, words in facts.items())
    html = f'<div class="origin-of"><p class="title">{escape(title)}</p><p>{escape(text)}</p><dl>{listed}</dl></div>'
    html += "".join(grid.figure(more(grid.download())) for grid in grids)
    lines = [title, text, *[f"{term}: {words}" for term, words in facts.items()], *map(_as_text, grids)]
    for head, words in heads.items():
        form = "<li><code>{}</code></li>" if head in code else "<li>{}</li>"
        html += f'<p class="title">{escape(head)}</p><ul>{"".join(form.format(escape(word)) for word in words)}</ul>'
        lines += [f"{head}:", *[f"- {word}" for word in words]]
    payloads = [grid.payload([], []) for grid in grids]
    shown = pd.DataFrame() if table is None else table
    return Answer(f'<div class="origin">{html}</div>', tables=payloads, text="\n".join(lines), table=shown)


def _as_text(grid: Grid) -> str:
    """A table for who reads no HTML."""
    table = pd.DataFrame([[cell.text for cell in row] for row in grid.rows], columns=list(grid.columns))
    return f"{grid.title}\n{table.to_string(index=False)}"


def _count(number: int) -> Cell:
    return number_cell(prose.number(int(number)), float(number))


def _quoted(text: str) -> str:
    """A text as it is written in code."""
    return json.dumps(text, ensure_ascii=False)
