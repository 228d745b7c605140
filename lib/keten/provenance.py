"""The back matter of a report: other sources, what is missing, what the terms mean, where the figures come from."""

from collections.abc import Sequence

import pandas as pd

from keten import prose
from keten.display import Shown, figure_rows, name_of, notes_html
from keten.markup import escape, heads, link, note, table
from keten.periods import Period
from keten.tables import cell_text
from keten.workbook import Workbook

KINDS = {"flow": "stroom (telt over een periode)", "stock": "stand (op een moment)", "rate": "aandeel of gemiddelde"}


def others(chain: Workbook) -> Shown:
    """Other publishers and later editions beside the figures that the report uses, with the difference."""
    measures = chain.used_measures()
    beside, elsewhere = chain.others(measures), chain.published_only_elsewhere(measures)
    rows = pd.concat([part for part in (beside, elsewhere) if len(part)] or [beside], ignore_index=True)
    if rows.empty:
        return Shown(note("Er zijn voor deze periode geen afwijkende cijfers van andere uitgevers of edities bekend."))
    rows = rows.reindex(columns=[*beside.columns])
    body = "".join(_other(row) for row in rows.to_dict("records"))
    names = ["Onderwerp", "Periode", "In dit rapport", "Ander cijfer", "Verschil", "Uitgever en bron"]
    below = notes_html(rows) + note("Verschil: ander cijfer min het cijfer in dit rapport.")
    html = table("Andere bronnen en latere uitgaven", "", heads(names, names[2:5]), body, below)
    differences = rows.assign(value=rows.difference, statistic="difference;compared_with=" + rows.source.astype(str))
    return Shown(html, [*figure_rows(rows), *figure_rows(_used(rows)), *figure_rows(differences)])


def _used(rows: pd.DataFrame) -> pd.DataFrame:
    """The figures of the report that stand beside the others."""
    known = rows[rows.used.notna()]
    return known.assign(
        value=known.used, status=known.used_status, source_title=known.used_source, known=known.used_known
    )


def _other(row: dict) -> str:
    used = (
        cell_text({**row, "value": row["used"], "status": row["used_status"]})
        if pd.notna(row["used"])
        else "niet gebruikt"
    )
    difference = ""
    if pd.notna(row["difference"]):
        difference = ("+" if row["difference"] > 0 else "") + prose.number(row["difference"], unit=row["unit"])
    numbers = "".join(f'<td class="number">{escape(text)}</td>' for text in (used, cell_text(row), difference))
    return (
        f'<tr><th scope="row">{escape(name_of(row["label"], row["category"]))}</th>'
        f"<td>{escape(Period.parse(row['period']).short)}</td>{numbers}"
        f"<td>{escape(row['organisation'])}: {link(row['source_title'], row['source_url'])}"
        f"{_edition(row['note'])}</td></tr>"
    )


def _edition(text: str) -> str:
    parts = [part.strip() for part in text.split(";") if "edit" in part.lower() or "stand" in part.lower()]
    return f" <small>({escape('; '.join(parts))})</small>" if parts else ""


def gaps(chain: Workbook, not_published: Sequence[str] = ()) -> Shown:
    """'Wat ontbreekt': measures of the report without a figure in the period, with their last one.

    not_published: subjects that belong in the report and of which no open figures are known.
    """
    coverage = chain.coverage(chain.used_measures())
    missing = coverage[~coverage.in_period]
    items = [f"{row.label}: {_last_words(row.last)}" for row in missing.itertuples()]
    items += [f"{subject}: geen open cijfers gevonden." for subject in not_published]
    if not items:
        return Shown("<p>Alle onderdelen van dit rapport hebben een cijfer over de periode.</p>")
    listed = "".join(f"<li>{escape(item)}</li>" for item in items)
    opening = f"Over {chain.period.label} ontbreken deze cijfers. Een ontbrekend cijfer is niet nul."
    return Shown(f'<p>{escape(opening)}</p><ul class="gaps">{listed}</ul>')


def _last_words(last: str) -> str:
    if not last:
        return "geen cijfer tot en met deze periode."
    return f"laatste cijfer over {Period.parse(last).label}."


def definitions(chain: Workbook) -> Shown:
    """'Begrippen': definition, unit, kind and organisation of every measure that the report used."""
    items = ""
    for measure in chain.used_measures():
        row = chain.catalogue.measure(measure)
        unit = chain.catalogue.unit_words(row.unit).plural
        about = f"Eenheid: {unit}; {KINDS[row.kind]}; {row.organisation};"
        items += (
            f'<div id="begrip-{escape(measure)}"><dt>{escape(row.label)}</dt><dd>{escape(row.definition)} '
            f"<small>{escape(about)} <code>{escape(measure)}</code>.</small></dd></div>"
        )
    return Shown(f'<dl class="definitions">{items}</dl>')


def sources(chain: Workbook) -> Shown:
    """'Bronnen': the sources of the report with publisher, link, date, licence and number of figures from each."""
    body, used = "", chain.used_sources()
    for row in used.itertuples():
        published = prose.date_text(row.published) if row.published else "niet vermeld" + (" ‡" if row.assumed else "")
        copy = f" (overgenomen uit een {link('kopie van de tabel', row.read_from)})" if row.read_from else ""
        cells = "".join(f"<td>{escape(text)}</td>" for text in (row.publisher, published, row.licence))
        body += f'<tr><th scope="row">{link(row.title, row.url)}{copy}</th>{cells}'
        body += f'<td class="number">{prose.number(row.figures)}</td></tr>'
    undated = "‡ Van deze bron is geen publicatiedatum bekend. Haar cijfers gelden als bekend na hun periode."
    names = ["Titel", "Uitgever", "Gepubliceerd", "Licentie", "Cijfers"]
    below = note(undated) if used.assumed.any() else ""
    return Shown(table("Bronnen van dit rapport", "", heads(names, names[-1:]), body, below))
