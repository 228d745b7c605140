"""The back matter of a report: other sources, what is missing, what the terms mean, where the figures come from."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pandas as pd

from keten.model.periods import Period
from keten.model.quality import COLUMNS_OF_QUALITY
from keten.presentation import prose
from keten.presentation.behind import figure_cell, figure_table
from keten.presentation.dates import stated
from keten.presentation.grid import Cell, Grid, number_cell
from keten.presentation.markup import escape, note
from keten.presentation.origin import MEASURE_KINDS, origin_list, origins
from keten.presentation.output import Output, as_shown, name_of, publisher_and_title
from keten.sections.calculations import rows_of
from keten.sources.states import FAILED
from keten.workbook.workbook import Workbook

MOST_OTHERS = 10


def others(chain: Workbook) -> Output:
    """Where another publisher or edition gives another number than this report: the largest differences.

    At most `MOST_OTHERS` that cannot be rounding; all others stand in the spreadsheet.
    """
    rows = chain.others(chain.used_measures())
    if rows.empty:
        return Output(note("Er zijn voor deze periode geen afwijkende cijfers van andere uitgevers of edities bekend."))
    shown = rows[rows.beyond].head(MOST_OTHERS)
    rest = len(rows) - len(shown)
    figures = [rows, _used(rows), rows.assign(
        value=rows.difference, statistic="difference;compared_with=" + rows.source.astype(str)
    )]  # fmt: skip
    remark = "Verschil: ander cijfer min het cijfer in dit rapport."
    whole = figure_table(_grid_of_others(rows), chain.catalogue, figures, remark)
    stands = "staat" if rest == 1 else "staan"
    more = f" In het rekenblad {stands} {prose.count(rest, 'ander verschil', 'andere verschillen')}." if rest else ""
    if shown.empty:
        words = f"Geen enkel ander gepubliceerd cijfer wijkt meer af dan door afronding kan komen.{more}"
        return replace(whole, html=note(words))
    listed = figure_table(_grid_of_others(shown), chain.catalogue, [shown], remark + more)
    return replace(whole, html=listed.html)


def _grid_of_others(rows: pd.DataFrame) -> Grid:
    names = ["Onderwerp", "Periode", "In dit rapport", "Ander cijfer", "Verschil", "Uitgever en bron"]
    cells = [_other(row) for row in rows.to_dict("records")]
    return Grid("Andere bronnen en latere uitgaven", "", names, cells, frozenset(names[2:5]))


def _used(rows: pd.DataFrame) -> pd.DataFrame:
    """The figures of the report that stand beside the others."""
    quality = {name: rows[f"used_{name}"] for name in COLUMNS_OF_QUALITY}
    about = {"source": rows.used_id, "source_title": rows.used_source, "organisation": rows.used_organisation}
    about["calculation"] = rows.used_calculation
    return rows.assign(**quality, **about, value=rows.used, known=rows.used_known)


def _other(row: dict) -> list[Cell]:
    quality = {name: row[f"used_{name}"] for name in COLUMNS_OF_QUALITY}
    size = as_shown(row["difference"], row["unit"], "difference")
    about = (row["unit"], row["status"], *prose.around(row["unit"]))
    source = publisher_and_title(row["organisation"], row["source_title"])
    return [
        Cell(name_of(row["label"], row["category"])),
        Cell(Period.parse(row["period"]).short),
        figure_cell({**row, **quality, "value": row["used"]}),
        figure_cell(row),
        number_cell(prose.signed(size), size, *about),
        Cell(source, url=row["source_url"], remark=_edition(row["note"])),
    ]


def _edition(text: str) -> str:
    """What a note says of the edition."""
    parts = [part.strip() for part in text.split(";") if "edit" in part.lower() or "stand" in part.lower()]
    return "; ".join(parts)


def gaps(
    chain: Workbook,
    not_published: Sequence[str] = (),
    not_fetched: Mapping[str, tuple[str, str]] = MappingProxyType({}),
    begun: Sequence[str] = (),
) -> Output:
    """'Wat ontbreekt': measures of the report without a figure in the period, with their last one.

    not_published: subjects that belong in the report and of which no open figures are known; not_fetched: subjects of
    which a live source has figures, with the measure and dimension that these would have.
    """
    coverage = chain.coverage(chain.used_measures())
    missing = coverage[~coverage.in_period]
    over_period = [
        f"{row['label']}: {_last_words(chain, row['measure'], row['last'], row['later'])}" for row in rows_of(missing)
    ]
    items = [f"{subject}: geen open cijfers gevonden." for subject in not_published]
    items += [
        f"{subject}: de uitgever heeft cijfers, maar ze zijn nog niet opgehaald."
        for subject, (measure, by) in not_fetched.items()
        if not chain.has(measure, by)
    ]
    items += [_begun_words(chain, measure) for measure in begun if _has_begun(chain, measure)]
    items += chain.faults
    opening = f"{prose.capital(prose.over(chain.period))} ontbreken deze cijfers. Een ontbrekend cijfer is niet nul."
    filled = "Alle onderdelen van dit rapport hebben een cijfer over de periode."
    html = _listed(opening, over_period) if over_period else f"<p>{filled}</p>"
    return Output(html + (_listed("Los van de periode ontbreekt:", items) if items else ""))


def _listed(opening: str, items: Sequence[str]) -> str:
    listed = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f'<p>{escape(opening)}</p><ul class="gaps">{listed}</ul>'


def _has_begun(chain: Workbook, measure: str) -> bool:
    first, _ = chain.catalogue.validity(measure)
    return first <= chain.period.end and not chain.has(measure)


def _begun_words(chain: Workbook, measure: str) -> str:
    first, _ = chain.catalogue.validity(measure)
    label = chain.catalogue.measure(measure).label
    return f"{label}: geteld vanaf {prose.date_text(first)}, nog niet gepubliceerd."


def _last_words(chain: Workbook, measure: str, last: str, later: str) -> str:
    """Of when the last figure is; and one of another length that ends later, which could not stand in."""
    first, end = chain.catalogue.validity(measure)
    if chain.period.end < first:
        return f"deze telling bestaat vanaf {prose.date_text(first)}."
    if chain.period.start > end:
        return f"deze telling bestaat tot en met {prose.date_text(end)}."
    if not last:
        if not later:
            return "geen cijfer tot en met deze periode."
        length = "korter" if Period.parse(later).days < chain.period.days else "ander"
        return f"alleen een cijfer over een {length} tijdvak: {prose.named(later)}."
    words = f"laatste cijfer {prose.over(last)}"
    if not later:
        return f"{words}."
    length = "korter" if Period.parse(later).days < Period.parse(last).days else "langer"
    return f"{words}; er is ook een over een {length} tijdvak: {prose.named(later)}."


SPANS = (
    "Een uitspraak gaat over de periode van het rapport. Is daarover geen cijfer bekend, dan staat er het laatste over "
    "een even lange periode, en anders dat over een langere; een korter tijdvak komt nooit in de plaats. Van een "
    "stand is het de laatste dag. Een aandeel of gemiddelde mag ook gaan over de weken waarin is gemeten, zoals bij "
    "een enquête. Is er dan nog niets, dan is er geen passend cijfer."
)


ROUNDING = (
    "Een verandering is het cijfer min het eerdere cijfer; in procenten is dat gedeeld door het eerdere cijfer, maal "
    "100. "
    "Een afgerond cijfer wijkt hoogstens een halve afrondingsstap af van het werkelijke aantal: bij afronding op "
    "vijftallen 2,5. In een som of een verschil van n zulke cijfers heffen de afwijkingen elkaar deels op. De marge "
    "ervan is daarom twee standaardafwijkingen, 2 × r / (2√3) × √n met r als afrondingsstap, en nooit meer dan "
    "n × r / 2. Een verschil dat niet groter is dan zijn marge, heet hier “binnen de afronding”."
)  # as `model.rounding.margin_of_sum`


def definitions(chain: Workbook) -> Output:
    """'Begrippen': what every measure of the report means and, folded, where its figures come from.

    The last terms say which period may stand in for that of the report, and how rounded figures are compared.
    """
    found = {origin["measure"]: origin for origin in origins([chain.used_figures()], chain.catalogue)}
    items = ""
    for measure in chain.used_measures():
        row = chain.catalogue.measure(measure)
        unit = chain.catalogue.unit_words(row.unit).plural
        about = f"Eenheid: {unit}; {MEASURE_KINDS[row.kind]}; organisatie: {row.organisation}."
        origin = ""
        if measure in found:
            summary = f'Herkomst<span class="visually-hidden">: {escape(row.label)}</span>'
            listed = origin_list(found[measure], definition=False)
            origin = f'<details class="origin"><summary>{summary}</summary>{listed}</details>'
        items += (
            f'<div id="begrip-{escape(measure)}"><dt>{escape(row.label)}</dt><dd>{escape(row.definition)} '
            f"<small>{escape(about)}</small>{origin}</dd></div>"
        )
    items += f'<div id="begrip-periode"><dt>Welke periode een cijfer heeft</dt><dd>{escape(SPANS)}</dd></div>'
    items += f'<div id="begrip-afronding"><dt>Afronding en verschillen</dt><dd>{escape(ROUNDING)}</dd></div>'
    return Output(f'<dl class="definitions">{items}</dl>')


def sources(chain: Workbook) -> Output:
    """'Bronnen': the sources of the report with publisher, link, date, licence and number of figures from each."""
    used, rows = chain.used_sources(), []
    if used.empty:
        return Output(note("Dit rapport heeft geen cijfers, en dus geen bronnen."))
    copied = (used.read_from != "").any()
    for row in used.to_dict("records"):
        undated = "niet vermeld ‡" if row["assumed"] else "niet vermeld"
        published = stated(date.fromisoformat(row["published"])).label if row["published"] else undated
        copy = Cell("kopie van de tabel", url=row["read_from"]) if row["read_from"] else Cell("de bron zelf")
        about = [Cell(row["title"], url=row["url"]), Cell(row["publisher"]), Cell(published), Cell(row["licence"])]
        count = number_cell(prose.number(row["figures"]), float(row["figures"]))
        rows.append([*about, *([copy] if copied else []), count])
    assumed = "‡ Van deze bron is geen publicatiedatum bekend. Haar cijfers gelden als bekend na hun periode."
    names = ["Titel", "Uitgever", "Gepubliceerd", "Licentie", *(["Overgenomen uit"] if copied else []), "Cijfers"]
    grid = Grid("Bronnen van dit rapport", "", names, rows, frozenset(names[-1:]))
    shown = figure_table(grid, chain.catalogue, [], assumed if used.assumed.any() else "")
    if late := _late(chain, used):
        shown = replace(shown, html=note(late) + shown.html)
    return replace(shown, notices={"licences": sorted({licence for licence in used.licence if licence})})


def _late(chain: Workbook, used: pd.DataFrame) -> str:
    """Of which of the sources the newest delivery could not be fetched, or was refused; '' when of none."""
    failing = chain.not_fetched()
    told = []
    for row in used.to_dict("records"):
        if one := failing.get(row["source"]):
            day, known = prose.date_text(one.day), prose.date_text(row["published"])
            what = "kon deze bron niet worden opgehaald" if one.state == FAILED else "is een levering geweigerd"
            told.append(f"{row['title']}: stand van {known}; op {day} {what}.")
    return " ".join(told)
