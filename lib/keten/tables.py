"""Tables that a reader sees: caption, column and row scopes, units, Dutch numbers and a note per status."""

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from keten import prose
from keten.changes import changes_of
from keten.display import Shown, figure_rows, name_of, notes_html, source_line
from keten.markup import GAP, box, caption, escape, heads, link, note, table
from keten.periods import Period
from keten.workbook import Workbook

NO_FIGURE = "geen cijfer"
NUMERIC = re.compile(r"[<€+-]?\s?\d|ca\. ")  # how the text of a number begins
OTHER_PUBLISHER = "† Het eerdere cijfer komt van een andere uitgever; de verandering kan daarvan komen."
WINDOWS = {"year_to_date": "Dit jaar tot en met de periode", "trailing_12": "Laatste twaalf maanden"}


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


def comparison(
    frame: pd.DataFrame, title: str, chain: Workbook, shares: pd.DataFrame | None = None, remark: str = ""
) -> Shown:
    """The period beside the same period of earlier years, with the change against each.

    frame: from `Workbook.compare` or `top`; a row per category, or per measure where there is no category. shares:
    from `Workbook.share_of_total`, for a column with each category's share. A table without any figure is a named gap.
    """
    if frame.empty or frame.value.isna().all():
        return gap(title, frame.label.iloc[0] if len(frame) else title)
    changes = changes_of(frame)
    rows_of = ["measure", "category"]
    periods = _column_periods(frame, chain, years=frame.groupby(rows_of).size().max())
    with_shares = shares is not None and shares.value.notna().any()
    shares = shares if with_shares else frame.iloc[:0]
    body = ""
    for (measure, category), group in frame.groupby(rows_of, sort=False):
        name = category.replace(" + ", ", ") or group.label.iloc[0]
        mine = changes[(changes.measure == measure) & (changes.category == category)]
        absent = ["<td></td>"] * (len(periods) - len(group))  # a row that knows fewer years starts further right
        columns = periods[len(absent) :]
        cells = absent + [_number_cell(row, at) for row, at in zip(group.to_dict("records"), columns, strict=True)]
        cells += absent
        cells += [_change_cell(row, at) for row, at in zip(mine.to_dict("records"), columns[:-1], strict=True)]
        share = shares[(shares.measure == measure) & (shares.category == category)]
        if with_shares:
            cells += [f'<td class="number">{escape(cell_text(row))}</td>' for row in share.to_dict("records")] or [
                "<td></td>"
            ]
        body += f'<tr><th scope="row">{escape(name)}</th>{"".join(cells)}</tr>'
    numbers = [Period.parse(period).short for period in periods]
    names = [_row_header(frame, chain), *numbers, *[f"t.o.v. {name}" for name in numbers[:-1]]]
    names += ["aandeel"] if with_shares else []
    figures = [frame, changes[changes.value.notna()], shares]
    other = OTHER_PUBLISHER if changes.other_publisher.any() else ""
    return figure_table(title, chain, heads(names, [*numbers, "aandeel"]), body, figures, remark, other)


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


def _change_cell(row: Mapping, column_period: str) -> str:
    text = escape(row["short"]) + ("†" if row["other_publisher"] else "")
    if row["before"] != column_period and row["verdict"] != prose.UNKNOWN:
        text += f" <small>(t.o.v. {escape(Period.parse(row['before']).short)})</small>"
    return f"<td>{text}</td>"


def _row_header(frame: pd.DataFrame, chain: Workbook) -> str:
    label = chain.catalogue.dimension_label(frame.dimension.iloc[0]) or "onderwerp"
    return label[:1].upper() + label[1:]


def figure_table(
    title: str,
    chain: Workbook,
    head: str,
    body: str,
    figures: Sequence[pd.DataFrame],
    *remarks: str,
    units: bool = True,
) -> Shown:
    """A table of published figures with its units, notes and source. The first of `figures` is what it is about."""
    frame = figures[0]
    used = dict.fromkeys(frame[frame.value.notna()].unit)
    axes = [chain.catalogue.unit_words(unit).axis for unit in used]
    subtitle = f"In {prose.listing(axes, 'of')}" if units and axes else ""
    below = notes_html(frame, *remarks) + source_line(frame)
    return Shown(table(title, subtitle, head, body, below), [row for part in figures for row in figure_rows(part)])


def series(frame: pd.DataFrame, title: str, chain: Workbook, remark: str = "") -> Shown:
    """Figures over time: a row per period, a column per category (or per measure), gaps named."""
    if frame.empty or frame.value.isna().all():
        return gap(title, frame.label.iloc[0] if len(frame) else title)
    return figure_table(title, chain, *series_rows(frame), [frame], remark)


def series_rows(frame: pd.DataFrame) -> tuple[str, str]:
    """Head cells and body rows of a table of figures over time."""
    column = "category" if frame.category.nunique() > 1 else "label"
    columns = list(dict.fromkeys(frame[column]))
    cells = {(row["period"], row[column]): row for row in frame.to_dict("records")}
    periods = sorted({Period.parse(period) for period in frame.period}, key=lambda period: (period.end, period.start))
    empty = f'<td class="number missing">{NO_FIGURE}</td>'
    body = ""
    for period in periods:
        shown = [cells.get((str(period), name)) for name in columns]
        numbers = "".join(_number_cell(row, str(period)) if row else empty for row in shown)
        body += f'<tr><th scope="row">{escape(period.short)}</th>{numbers}</tr>'
    return heads(["Periode", *columns], columns), body


def single(frames: Sequence[pd.DataFrame], title: str, chain: Workbook, remark: str = "") -> Shown:
    """Figures that stand alone: one row each with its own period, publisher and note."""
    filled = [frame[frame.value.notna()] for frame in frames if len(frame)]
    frame = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()
    if frame.empty:
        return gap(title, title)
    body = ""
    for row in frame.to_dict("records"):
        words = chain.catalogue.unit_words(row["unit"])
        unit = "" if row["unit"] in ("percent", "EUR") else words.singular if row["value"] == 1 else words.plural
        after = "".join(f"<td>{escape(text)}</td>" for text in (unit, row["organisation"], row["note"]))
        body += (
            f'<tr><th scope="row">{escape(name_of(row["label"], row["category"]))}</th>'
            f"<td>{escape(Period.parse(row['period']).label)}</td>"
            f'<td class="number">{escape(cell_text(row))}</td>{after}</tr>'
        )
    names = ["Onderwerp", "Periode", "Aantal of aandeel", "Eenheid", "Uitgever", "Toelichting van de bron"]
    return figure_table(title, chain, heads(names, names[2:3]), body, [frame], remark, units=False)


def rolling(frame: pd.DataFrame, title: str, chain: Workbook, remark: str = "") -> Shown:
    """Year to date and the last twelve months beside the same a year earlier; frame from `Workbook.rolling`."""
    body, changed = "", []
    for (_, window), pair in frame.groupby(["measure", "window"], sort=False):
        if pair.value.isna().all():
            continue
        before, now = pair.to_dict("records")
        change = changes_of(pair)
        changed.append(change[change.value.notna()])
        body += (
            f'<tr><th scope="row">{escape(now["label"])}</th><td>{WINDOWS[window]}</td>'
            f"<td>{escape(Period.parse(now['period']).short)}</td>{_number_cell(now, now['period'])}"
            f"{_number_cell(before, before['period'])}<td>{escape(change.short.iloc[0])}</td></tr>"
        )
    if not body:
        return gap(title, "het jaar tot nu toe en de laatste twaalf maanden, omdat niet alle maanden gepubliceerd zijn")
    names = ["Onderwerp", "Venster", "Periode", "Nu", "Een jaar eerder", "Verandering"]
    return figure_table(title, chain, heads(names, names[3:5]), body, [frame, *changed], remark)


def plain(
    rows: pd.DataFrame, title: str, subtitle: str = "", remark: str = "", figures: Sequence[pd.DataFrame] = ()
) -> Shown:
    """A table of texts that are ready to read: the columns of `rows` are the heads, its first column the row names.

    figures: the numbers in it as tables of figures; they give the notes, the source and the rows of figures.csv.
    """
    texts = {name: [str(text) for text in rows[name]] for name in rows.columns}
    numbers = [name for name, column in texts.items() if any(map(NUMERIC.match, column))]
    css = {name: ' class="number"' if name in numbers else "" for name in texts}
    first, *rest = texts
    body = ""
    for place, row_name in enumerate(texts[first]):
        cells = "".join(f"<td{css[name]}>{escape(texts[name][place])}</td>" for name in rest)
        body += f'<tr><th scope="row">{escape(row_name)}</th>{cells}</tr>'
    filled = [frame for frame in figures if len(frame)]
    every = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()
    html = table(title, subtitle, heads(texts, numbers), body, notes_html(every, remark) + source_line(every))
    return Shown(html, [row for part in filled for row in figure_rows(part)])


def safe_countries(chain: Workbook) -> Shown:
    """Countries on the Dutch list of safe countries of origin by the end of the period, with date and source."""
    listed = chain.safe_countries()
    if listed.empty:
        return Shown(note("Er was in deze periode nog geen nationale lijst van veilige landen van herkomst."))
    body = "".join(
        f'<tr><th scope="row">{escape(row.name)}</th><td>{escape(prose.date_text(row.safe_since.date()))}</td>'
        f"<td>{link(row.safe_source, row.safe_source_url)}</td></tr>"
        for row in listed.sort_values(["safe_since", "name"]).itertuples(index=False)
    )
    title = "Landen op de nationale lijst van veilige landen van herkomst"
    below = note("Alleen landen waarvan een bron de datum van plaatsing noemt.")
    return Shown(table(title, "", heads(["Land", "Op de lijst sinds", "Bron"]), body, below))


def policy(events: pd.DataFrame, title: str = "Beleidsmaatregelen en gebeurtenissen") -> Shown:
    """Dated policy measures with their source; a sentence that says so when there are none."""
    if events.empty:
        return Shown(note("Er zijn tot en met deze periode geen beleidsmaatregelen vastgelegd."))
    items = ""
    for row in events.itertuples():
        later = " <strong>(na afloop van de periode)</strong>" if row.later else ""
        items += (
            f'<li><time datetime="{row.date:%Y-%m-%d}">{escape(prose.date_text(row.date.date()))}</time>: '
            f"{escape(row.title)}{later} <small>({link(row.source_title, row.source_url)})</small></li>"
        )
    return Shown(f'<figure class="events"><figcaption>{caption(title)}</figcaption><ol>{items}</ol></figure>')


def gap(title: str, what: str) -> Shown:
    """A named gap in the place of a figure."""
    return Shown(box(title, f"{GAP}: {what[:1].lower()}{what[1:]}."))
