"""Tables that a reader sees: caption, column and row scopes, units, Dutch numbers and a note per status."""

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from keten import prose
from keten.display import Shown, escape, figure_rows, link, name_of, notes_html, source_line
from keten.periods import Period
from keten.workbook import Workbook

NO_FIGURE = "geen cijfer"
NUMERIC = re.compile(r"[<€+-]?\s?\d|ca\. ")  # how the text of a number begins


def cell_text(row: Mapping) -> str:
    """One figure as a reader sees it: Dutch number with its mark, `geen cijfer` or `<5`."""
    if row["status"] == "suppressed":
        return "minder dan 5"
    if pd.isna(row["value"]):
        return NO_FIGURE
    text = prose.number(row["value"], decimals=decimals(row["unit"], row["statistic"]), unit=row["unit"])
    return {"circa": f"ca. {text}", "provisional": f"{text}*"}.get(row["status"], text)


def decimals(unit: str, statistic: str) -> int | None:
    """Decimals to print: published numbers as published, a percentage of ours with one."""
    return 1 if unit == "percent" and statistic else None


def change_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """The change of each category's last period against each earlier one, as figures.

    `frame` as `Workbook.compare` gives it. Columns of a figure plus `before`, `verdict`, `short` (Dutch words for a
    table) and `other_publisher`. `value` is the change in percent (in points for a rate), NaN when it cannot be given
    in a number.
    """
    rows = []
    for _, group in frame.groupby(["measure", "category"], sort=False):
        *earlier, now = group.to_dict("records")
        rate = is_rate(now["unit"])
        for before in earlier:
            change = prose.change(now["value"], before["value"], now["margin"], before["margin"], rate=rate)
            value = change.absolute if rate else change.percent
            publishers = {now["organisation"], before["organisation"]} - {""}
            rows.append(
                {
                    **now,
                    "value": float("nan") if value is None else value,
                    "unit": now["unit"] if rate else "percent",
                    "statistic": f"change_{'points' if rate else 'percent'};reference={before['period']}",
                    "source_title": " | ".join(
                        dict.fromkeys(filter(None, [now["source_title"], before["source_title"]]))
                    ),
                    "source_url": " ".join(dict.fromkeys(filter(None, [now["source_url"], before["source_url"]]))),
                    "before": before["period"],
                    "verdict": change.verdict,
                    "short": prose.change_short(change, now["unit"]),
                    "other_publisher": len(publishers) > 1,
                }
            )
    changes = pd.DataFrame(rows, columns=[*frame.columns, "before", "verdict", "short", "other_publisher"])
    return changes.astype({"value": float, "other_publisher": bool})


def is_rate(unit: str) -> bool:
    """Whether figures in this unit differ by points instead of percents: shares, scores and durations."""
    return unit in ("percent", "months", "days") or unit.startswith("score")


def comparison(
    frame: pd.DataFrame,
    title: str,
    chain: Workbook,
    row_header: str = "",
    names: Mapping[str, str] | None = None,
    share_of: pd.DataFrame | None = None,
    note: str = "",
) -> Shown:
    """The period beside the same period of earlier years, with the change against each.

    frame: from `Workbook.compare` or `top`, or several of them concatenated; rows are categories, or measures when there
    is only one category. names: other Dutch row names by category or measure; share_of: one-row-per-period table of
    totals for a share column. A table without any figure becomes a named gap.
    """
    if frame.empty or frame.value.isna().all():
        return gap(title, frame.label.iloc[0] if len(frame) else title)
    changes = change_frame(frame)
    key = "category" if frame.category.nunique() > 1 or frame.measure.nunique() == 1 else "measure"
    years = max(len(group) for _, group in frame.groupby(["measure", "category"], sort=False))
    periods = _column_periods(frame, chain, years)
    share_rows = _share_rows(frame, share_of) if share_of is not None else None
    body, any_other = [], False
    for (measure, category), group in frame.groupby(["measure", "category"], sort=False):
        name = (
            (names or {}).get(category if key == "category" else measure)
            or category.replace(" + ", ", ")
            or group.label.iloc[0]
        )
        cells = [_number_cell(row, periods[place]) for place, row in enumerate(group.to_dict("records"))]
        mine = changes[(changes.measure == measure) & (changes.category == category)]
        any_other |= bool(mine.other_publisher.any())
        cells += [
            f'<td class="change">{escape(row.short)}{"†" if row.other_publisher else ""}</td>'
            for row in mine.itertuples()
        ]
        if share_rows is not None:
            share = share_rows[(share_rows.measure == measure) & (share_rows.category == category)]
            cells.append(f'<td class="number">{escape(cell_text(share.iloc[0])) if len(share) else ""}</td>')
        body.append(f'<tr><th scope="row">{escape(name)}</th>{"".join(cells)}</tr>')
    head = [f'<th scope="col">{escape(row_header or _row_header(frame, chain, key))}</th>']
    head += [f'<th scope="col" class="number">{escape(_heading(period))}</th>' for period in periods]
    head += [f'<th scope="col">t.o.v. {escape(_heading(period))}</th>' for period in periods[:-1]]
    head += ['<th scope="col" class="number">aandeel</th>'] if share_rows is not None else []
    figures = [frame, changes[changes.value.notna()], *([share_rows] if share_rows is not None else [])]
    other = "† Het eerdere cijfer komt van een andere uitgever; de verandering kan daarvan komen." if any_other else ""
    return _table(title, _unit_line(frame, chain), "".join(head), "".join(body), figures, frame, note, other)


def _share_rows(frame: pd.DataFrame, totals: pd.DataFrame) -> pd.DataFrame:
    """Share of each category's last figure in the total of the same period."""
    last = frame.groupby(["measure", "category"], sort=False).tail(1)
    total = totals.set_index("period").value
    whole = totals.measure.iloc[0]
    value = 100 * last.value / last.period.map(total)
    return last.assign(value=value, unit="percent", statistic=f"share;denominator={whole}")


def _column_periods(frame: pd.DataFrame, chain: Workbook, years: int) -> list[str]:
    """Heads of the columns: the report's period when a row has it, else the latest one, and the years before."""
    last = frame.groupby(["measure", "category"], sort=False).tail(1).dropna(subset="value")
    periods = [Period.parse(period) for period in last.period]
    now = (
        chain.period
        if chain.period in periods
        else max(periods, key=lambda period: (period.end, period.start), default=chain.period)
    )
    return [str(period) for period in [*now.earlier_years(years - 1), now]]


def _number_cell(row: Mapping, column_period: str) -> str:
    text = escape(cell_text(row))
    if row["period"] != column_period and pd.notna(row["value"]):
        text += f" <small>({escape(Period.parse(row['period']).short)})</small>"
    missing = " missing" if pd.isna(row["value"]) else ""
    return f'<td class="number{missing}">{text}</td>'


def _heading(period: str) -> str:
    return Period.parse(period).short


def _row_header(frame: pd.DataFrame, chain: Workbook, key: str) -> str:
    dimension = frame.dimension.iloc[0]
    label = chain.catalogue.dimension_label(dimension) if key == "category" and dimension else "Onderwerp"
    return label[:1].upper() + label[1:]


def _unit_line(frame: pd.DataFrame, chain: Workbook) -> str:
    units = [chain.catalogue.unit_words(unit).axis for unit in dict.fromkeys(frame[frame.value.notna()].unit)]
    return f"In {prose.listing(units, 'of')}" if units else ""


def _table(
    title: str,
    subtitle: str,
    head: str,
    body: str,
    figures: Sequence[pd.DataFrame],
    frame: pd.DataFrame,
    *more: str,
) -> Shown:
    caption = f'<span class="title">{escape(title)}</span>'
    caption += f' <span class="subtitle">{escape(subtitle)}</span>' if subtitle else ""
    html = (
        f'<figure class="table"><div class="scroll" role="region" tabindex="0" aria-label="Tabel: {escape(title)}"><table>'
        f"<caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        f"<figcaption>{notes_html(frame, *more)}{source_line(frame)}</figcaption></figure>"
    )
    return Shown(html, [row for part in figures for row in figure_rows(part)])


def series(frame: pd.DataFrame, title: str, chain: Workbook, note: str = "") -> Shown:
    """Figures over time: a row per period, a column per category (or per measure), gaps named."""
    if frame.empty or frame.value.isna().all():
        return gap(title, frame.label.iloc[0] if len(frame) else title)
    head, body = series_rows(frame)
    return _table(title, _unit_line(frame, chain), head, body, [frame], frame, note)


def series_rows(frame: pd.DataFrame) -> tuple[str, str]:
    """Head cells and body rows of a table of figures over time."""
    column = "category" if frame.category.nunique() > 1 else "label"
    columns = list(dict.fromkeys(frame[column]))
    cells = {(row["period"], row[column]): row for row in frame.to_dict("records")}
    periods = sorted({Period.parse(period) for period in frame.period}, key=lambda period: (period.end, period.start))
    head = '<th scope="col">Periode</th>' + "".join(
        f'<th scope="col" class="number">{escape(name)}</th>' for name in columns
    )
    body = ""
    for period in periods:
        shown = [cells.get((str(period), name)) for name in columns]
        body += f'<tr><th scope="row">{escape(period.short)}</th>'
        body += "".join(
            _number_cell(row, str(period)) if row else f'<td class="number missing">{NO_FIGURE}</td>' for row in shown
        )
        body += "</tr>"
    return head, body


def single(frames: Sequence[pd.DataFrame], title: str, chain: Workbook, note: str = "") -> Shown:
    """Figures that stand alone: one row each with its own period, publisher and note."""
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"value": []})
    frame = frame[frame.value.notna()]
    if frame.empty:
        return gap(title, title)
    body = ""
    for row in frame.to_dict("records"):
        words = chain.catalogue.unit_words(row["unit"])
        name = name_of(row["label"], row["category"])
        unit = "" if row["unit"] in ("percent", "EUR") else words.singular if row["value"] == 1 else words.plural
        body += (
            f'<tr><th scope="row">{escape(name)}</th><td>{escape(Period.parse(row["period"]).label)}</td>'
            f'<td class="number">{escape(cell_text(row))}</td><td>{escape(unit)}</td>'
            f"<td>{escape(row['organisation'])}</td><td>{escape(row['note'])}</td></tr>"
        )
    head = "".join(
        f'<th scope="col"{css}>{name}</th>'
        for name, css in (
            ("Onderwerp", ""), ("Periode", ""), ("Aantal of aandeel", ' class="number"'), ("Eenheid", ""),
            ("Uitgever", ""), ("Toelichting van de bron", ""),
        )
    )  # fmt: skip
    return _table(title, "", head, body, [frame], frame, note)


def plain(
    rows: pd.DataFrame, title: str, subtitle: str = "", note: str = "", figures: Sequence[pd.DataFrame] = ()
) -> Shown:
    """A table of texts that are ready to read: the columns of `rows` are the heads, its first column the row names.

    figures: the numbers in it as tables of figures; they give the notes, the source and the rows of figures.csv.
    """
    texts = {name: [str(text) for text in rows[name]] for name in rows.columns}
    css = {name: ' class="number"' if any(map(NUMERIC.match, column)) else "" for name, column in texts.items()}
    first, *more = texts
    body = ""
    for place, row_name in enumerate(texts[first]):
        cells = "".join(f"<td{css[name]}>{escape(texts[name][place])}</td>" for name in more)
        body += f'<tr><th scope="row">{escape(row_name)}</th>{cells}</tr>'
    head = f'<th scope="col">{escape(first)}</th>'
    head += "".join(f'<th scope="col"{css[name]}>{escape(name)}</th>' for name in more)
    filled = [frame for frame in figures if len(frame)]
    every = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()
    return _table(title, subtitle, head, body, filled, every, note)


def others(chain: Workbook) -> Shown:
    """Other publishers and later editions beside the figures that the report uses, with the difference."""
    measures = chain.used_measures()
    frame, elsewhere = chain.others(measures), chain.published_only_elsewhere(measures)
    if frame.empty and elsewhere.empty:
        return Shown(
            '<p class="note">Er zijn voor deze periode geen afwijkende cijfers van andere uitgevers of edities bekend.</p>'
        )
    rows = pd.concat(
        [frame, elsewhere.assign(used=float("nan"), used_source="", difference=float("nan"))],
        ignore_index=True,
    )
    body = ""
    for row in rows.to_dict("records"):
        name = name_of(row["label"], row["category"])
        used = cell_text({**row, "value": row["used"], "status": "exact"}) if pd.notna(row["used"]) else "niet gebruikt"
        difference = prose.number(row["difference"], unit=row["unit"]) if pd.notna(row["difference"]) else ""
        sign = "+" if pd.notna(row["difference"]) and row["difference"] > 0 else ""
        body += (
            f'<tr><th scope="row">{escape(name)}</th><td>{escape(Period.parse(row["period"]).short)}</td>'
            f'<td class="number">{escape(used)}</td><td class="number">{escape(cell_text(row))}</td>'
            f'<td class="number">{sign}{escape(difference)}</td><td>{escape(row["organisation"])}: {link(row["source_title"], row["source_url"])}'
            f"{_edition(row['note'])}</td></tr>"
        )
    head = "".join(
        f'<th scope="col"{css}>{name}</th>'
        for name, css in (
            ("Onderwerp", ""), ("Periode", ""), ("In dit rapport", ' class="number"'), ("Ander cijfer", ' class="number"'),
            ("Verschil", ' class="number"'), ("Uitgever en bron", ""),
        )
    )  # fmt: skip
    html = (
        '<figure class="table"><div class="scroll" role="region" tabindex="0" aria-label="Tabel: andere bronnen"><table>'
        '<caption><span class="title">Andere bronnen en latere uitgaven</span></caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        f'<figcaption>{notes_html(rows)}<p class="note">Verschil: ander cijfer min het cijfer in dit rapport.</p></figcaption></figure>'
    )
    return Shown(html, figure_rows(rows))


def _edition(note: str) -> str:
    parts = [part.strip() for part in note.split(";") if "edit" in part.lower() or "stand" in part.lower()]
    return f" <small>({escape('; '.join(parts))})</small>" if parts else ""


def gap(title: str, what: str) -> Shown:
    """A named gap in the place of a figure."""
    return Shown(
        f'<div class="gap"><p class="title">{escape(title)}</p><p>Hierover is voor deze periode of eerder geen cijfer bekend: '
        f"{escape(what[:1].lower() + what[1:])}.</p></div>"
    )


def gaps(chain: Workbook, not_published: Sequence[str] = ()) -> Shown:
    """'Wat ontbreekt': measures of the report without a figure in the period, with their last one.

    not_published: subjects that belong in the report and of which no open figures are known.
    """
    coverage = chain.coverage(chain.used_measures())
    items = [
        f"<li>{escape(row.label)}: {_last_words(row.last)}</li>" for row in coverage[~coverage.in_period].itertuples()
    ]
    items += [f"<li>{escape(text)}: geen open cijfers gevonden.</li>" for text in not_published]
    if not items:
        return Shown("<p>Alle onderdelen van dit rapport hebben een cijfer over de periode.</p>")
    return Shown(
        f"<p>Over {escape(chain.period.label)} ontbreken deze cijfers. Een ontbrekend cijfer is niet nul.</p>"
        f'<ul class="gaps">{"".join(items)}</ul>'
    )


def rolling(frame: pd.DataFrame, title: str, chain: Workbook, note: str = "") -> Shown:
    """Year to date and the last twelve months beside the same a year earlier; frame from `Workbook.rolling`."""
    if frame.empty or frame.value.isna().all():
        return gap(
            title,
            "het jaar tot nu toe en de laatste twaalf maanden, omdat niet alle maanden gepubliceerd zijn",
        )
    words = {"year_to_date": "Dit jaar tot en met de periode", "trailing_12": "Laatste twaalf maanden"}
    body, changed = "", []
    for (_, window), pair in frame.groupby(["measure", "window"], sort=False):
        if pair.value.isna().all():
            continue
        before, now = pair.to_dict("records")
        changes = change_frame(pair)
        changed.append(changes[changes.value.notna()])
        body += (
            f'<tr><th scope="row">{escape(now["label"])}</th><td>{words[window]}</td><td>{escape(Period.parse(now["period"]).short)}</td>'
            f"{_number_cell(now, now['period'])}{_number_cell(before, before['period'])}<td>{escape(changes.short.iloc[0])}</td></tr>"
        )
    head = (
        '<th scope="col">Onderwerp</th><th scope="col">Venster</th><th scope="col">Periode</th><th scope="col" class="number">Nu</th>'
        '<th scope="col" class="number">Een jaar eerder</th><th scope="col">Verandering</th>'
    )
    return _table(title, _unit_line(frame, chain), head, body, [frame, *changed], frame, note)


def _last_words(last: str) -> str:
    return (
        f"laatste cijfer over {escape(Period.parse(last).label)}." if last else "geen cijfer tot en met deze periode."
    )


def definitions(chain: Workbook) -> Shown:
    """'Begrippen': definition, unit, kind and organisation of every measure that the report used."""
    kinds = {
        "flow": "stroom (telt over een periode)",
        "stock": "stand (op een moment)",
        "rate": "aandeel of gemiddelde",
    }
    items = ""
    for measure in chain.used_measures():
        row = chain.catalogue.measure(measure)
        items += (
            f'<div id="begrip-{escape(measure)}"><dt>{escape(row.label)}</dt><dd>{escape(row.definition)} '
            f"<small>Eenheid: {escape(chain.catalogue.unit_words(row.unit).plural)}; {kinds[row.kind]}; "
            f"{escape(row.organisation)}; <code>{escape(measure)}</code>.</small></dd></div>"
        )
    return Shown(f'<dl class="definitions">{items}</dl>')


def sources(chain: Workbook) -> Shown:
    """'Bronnen': every source of the report with publisher, link, date of publication, licence and number of figures."""
    body, used = "", chain.used_sources()
    assumed = (
        '<p class="note">‡ Van deze bron is geen publicatiedatum bekend. Haar cijfers gelden als bekend vanaf het einde van hun periode.</p>'
        if used.assumed.any()
        else ""
    )
    for row in used.itertuples():
        published = prose.date_text(row.published) if row.published else "niet vermeld" + (" ‡" if row.assumed else "")
        copy = f" (overgenomen uit een {link('kopie van de tabel', row.read_from)})" if row.read_from else ""
        body += (
            f'<tr><th scope="row">{link(row.title, row.url)}{copy}</th><td>{escape(row.publisher)}</td><td>{escape(published)}</td>'
            f'<td>{escape(row.licence)}</td><td class="number">{prose.number(row.figures)}</td></tr>'
        )
    return Shown(
        '<figure class="table"><div class="scroll" role="region" tabindex="0" aria-label="Tabel: bronnen"><table>'
        '<caption><span class="title">Bronnen van dit rapport</span></caption><thead><tr><th scope="col">Titel</th>'
        '<th scope="col">Uitgever</th><th scope="col">Gepubliceerd</th><th scope="col">Licentie</th>'
        f'<th scope="col" class="number">Cijfers</th></tr></thead><tbody>{body}</tbody></table></div>'
        f"<figcaption>{assumed}</figcaption></figure>"
    )


def safe_countries(chain: Workbook) -> Shown:
    """Countries on the Dutch list of safe countries of origin by the end of the period, with date and source."""
    listed = chain.safe_countries()
    if listed.empty:
        return Shown(
            '<p class="note">Er was in deze periode nog geen nationale lijst van veilige landen van herkomst.</p>'
        )
    body = "".join(
        f'<tr><th scope="row">{escape(row.name)}</th><td>{escape(prose.date_text(row.safe_since.date()))}</td>'
        f"<td>{link(row.safe_source, row.safe_source_url)}</td></tr>"
        for row in listed.sort_values(["safe_since", "name"]).itertuples(index=False)
    )
    head = '<th scope="col">Land</th><th scope="col">Op de lijst sinds</th><th scope="col">Bron</th>'
    note = "Alleen landen waarvan een bron de datum van plaatsing noemt."
    return _table(
        "Landen op de nationale lijst van veilige landen van herkomst",
        "",
        head,
        body,
        [],
        listed.iloc[:0],
        note,
    )


def policy(events: pd.DataFrame, title: str = "Beleidsmaatregelen en gebeurtenissen") -> Shown:
    """Dated policy measures with their source; a paragraph that says so when there are none."""
    if events.empty:
        return Shown('<p class="note">Er zijn tot en met deze periode geen beleidsmaatregelen vastgelegd.</p>')
    items = "".join(
        f"<li><time datetime='{row.date:%Y-%m-%d}'>{escape(prose.date_text(row.date.date()))}</time>: {escape(row.title)}"
        f"{' <strong>(na afloop van de periode)</strong>' if row.later else ''} <small>({link(row.source_title, row.source_url)})</small></li>"
        for row in events.itertuples()
    )
    return Shown(
        f'<figure class="events"><figcaption><span class="title">{escape(title)}</span></figcaption><ol>{items}</ol></figure>'
    )
