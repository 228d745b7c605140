"""Charts of published figures: a headline that says what changed, direct labels, gaps as gaps, a text alternative.

Each function takes a table from the workbook and gives an `Output`: a figure with two static drawings (for a page and
for a telephone), its notes and source, and the figures as a table.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from keten.model.context import Context
from keten.model.figures import records, together
from keten.model.periods import Period
from keten.model.units import FREQUENCIES
from keten.presentation import prose
from keten.presentation.behind import behind, cell_text, series_grid
from keten.presentation.charts import bars, finding, lines, scales
from keten.presentation.charts.annotations import Moment
from keten.presentation.charts.bars import Bar
from keten.presentation.charts.figure import Draw, figure
from keten.presentation.charts.lines import Line, Plot, Point
from keten.presentation.charts.palette import GREY, Style, colour_of, styles
from keten.presentation.charts.policy_lines import event_list, event_texts, events_within, moments
from keten.presentation.charts.side_by_side import matrix as matrix  # notebooks know all charts by this module
from keten.presentation.charts.side_by_side import single as single
from keten.presentation.charts.words import axis_title, figure_tip, main_points, number_of, own_scale, with_unit
from keten.presentation.markup import note
from keten.presentation.output import Output, as_shown, gap, series_names

THIN = "Waar een lijn dun is, komt het volgende cijfer van een andere telling."
MOST_BREAKS = 3  # that are written above a plot; more of them are a matter for the notes


@dataclass(frozen=True)
class Drawn:
    """A chart before it stands in a figure: how it is drawn, what it counts, says and needs below it."""

    draw: Draw
    subtitle: str
    words: str
    remark: str = ""
    after: str = ""
    numbered: Sequence[str] = ()


def trend(
    frame: pd.DataFrame,
    title: str,
    chain: Context,
    events: pd.DataFrame | None = None,
    remark: str = "",
    subtitle: str = "",
) -> Output:
    """Lines over time, one per category (or per measure), each labelled at its end.

    A missing period breaks the line; series that are more gap than data become columns, a plot each. A provisional
    figure is a hollow marker. Where a series goes on by another count, its line is thin and a marker says so. events:
    policy measures from `Workbook.policy_measures`, written above the plot where there is room, else numbered, and
    listed below. No figures at all: a named gap.

    >>> months = chain.series("asylum_first_applications", kind="month", years=1)
    >>> charts.trend(months, "Eerste asielaanvragen per maand", chain).figures[-1]["period"]
    '2017-06'
    """
    drawn = frame[frame.value.notna()]
    if drawn.empty:
        return gap(title)
    if drawn.period.nunique() < 2:
        return Output(note(f"{title}: voor een grafiek zijn er nog te weinig perioden met een cijfer."))
    made = over_time(frame, chain, events)
    return _figure(
        made.draw,
        title,
        subtitle or made.subtitle,
        made.words,
        frame,
        chain,
        remark=" ".join(filter(None, [remark, made.remark])),
        after=made.after,
        headline=finding.over_time(frame, chain),
        numbered=made.numbered,
    )


def over_time(frame: pd.DataFrame, chain: Context, events: pd.DataFrame | None = None) -> Drawn:
    """How lines over time are drawn, for `trend` and the panel; the frame has figures over two periods or more."""
    drawn = frame[frame.value.notna()]
    rows = _by_series(frame)
    known = {name: [row for row in mine if pd.notna(row["value"])] for name, mine in rows.items()}
    ordered = sorted((name for name, mine in known.items() if mine), key=lambda name: -known[name][-1]["value"])
    latest = drawn.end.max()
    found = [_line(style, rows[style.name], known[style.name][-1], latest, chain) for style in styles(ordered)]
    apart = any(line.is_confetti for line in found)
    listed = events_within(events, drawn)
    breaks, told = _breaks({name: known[name] for name in ordered}, chain)
    plot = Plot(
        found,
        _first(drawn),
        drawn.end.max().toordinal() + 1,
        scales.time(set(drawn.kind)),
        number_of(drawn),
        [*moments(listed), *([] if apart else breaks)],
        _whole(drawn),
    )
    written = lines.written_out(plot, apart)
    remarks = [one for one in told if not (apart and one == THIN)]
    if any(point.hollow for line in found for point in line.known):
        remarks.append("Een open teken is een voorlopig cijfer.")
    if any(len(line.fragments) > 1 for line in found):
        of = "Waar geen kolom staat," if apart else "Waar een lijn is onderbroken,"
        remarks.append(f"{of} is geen cijfer bekend.")
    return Drawn(
        (lambda width: lines.panels(plot, width)) if apart else (lambda width: lines.draw(plot, width)),
        _time_subtitle(drawn, chain),
        _trend_words(rows),
        " ".join(remarks),
        event_list(listed, written),
        [] if written else event_texts(listed),
    )


def columns(frame: pd.DataFrame, title: str, chain: Context, remark: str = "", subtitle: str = "") -> Output:
    """A column per period with its number on top, for a short series of one category; a gap says so in words.

    Where the figures go on by another count stands a line that says so; a provisional figure has a dashed outline. On a
    narrow page they are rows, the newest first.

    >>> years = chain.series("asylum_inflow_total", kind="year")
    >>> charts.columns(years, "Totale asielinstroom per jaar", chain).figures[-1]["period"]
    '2016'
    """
    drawn = frame[frame.value.notna()]
    if drawn.empty:
        return gap(title)
    rows = records(frame)
    several = drawn.organisation.nunique() > 1
    colour = colour_of(series_names(drawn).iloc[0])
    made = [
        Bar(
            Period.parse(row["period"]).short,
            None if pd.isna(row["value"]) else row["value"],
            cell_text(row),
            figure_tip(row, chain.catalogue, publisher=several) if pd.notna(row["value"]) else "",
            colour,
            dashed=row["status"] == "provisional",
        )
        for row in rows
    ]
    breaks, told = _column_breaks(rows, chain)
    name = series_names(drawn).iloc[0]
    return _figure(
        lambda width: bars.columns(made, width, breaks, name),
        title,
        subtitle or _time_subtitle(drawn, chain),
        _trend_words(_by_series(frame)),
        frame,
        chain,
        remark=" ".join(filter(None, [remark, *told])),
        headline=finding.over_time(frame, chain),
    )


def ranking(
    frame: pd.DataFrame, title: str, chain: Context, remark: str = "", rest: pd.DataFrame | None = None
) -> Output:
    """Horizontal bars of the last period per category, with a thin grey bar for the same period a year earlier.

    frame: from `Workbook.top` or `compare`, largest first; rest: what all other categories are together, for a grey bar
    below these (`sections.rankings` works it out, and makes a title that counts the bars).

    >>> top = chain.top("asylum_first_applications", "nationality", 3)
    >>> charts.ranking(top, "De drie grootste nationaliteiten", chain).figures[-1]["dimensions"]
    'nationality=Irak'
    """
    frame = together([frame, frame.iloc[:0] if rest is None else rest])
    others = set() if rest is None else set(rest.category)
    now = _latest(frame)
    if all(pd.isna(row["value"]) for row in now):
        return gap(title)
    made = ranked(frame, chain, others)
    return _figure(
        made.draw,
        title,
        made.subtitle,
        made.words,
        frame,
        chain,
        remark=remark,
        headline=finding.at_the_top([row for row in now if row["category"] not in others], chain),
    )


def _latest(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The last row of each category."""
    return records(frame.groupby(["measure", "category"], sort=False).tail(1))


def ranked(frame: pd.DataFrame, chain: Context, others: Collection[str] = ()) -> Drawn:
    """How bars per category are drawn, for `ranking` and the panel; others: categories with a grey bar."""
    groups = [records(group) for _, group in frame.groupby(["measure", "category"], sort=False)]
    now = [group[-1] for group in groups]
    before = [group[-2] if len(group) > 1 and pd.notna(group[-2]["value"]) else None for group in groups]
    names = list(series_names(pd.DataFrame(now)))
    colour = colour_of(frame.label.iloc[0])
    made = [
        Bar(
            name,
            None if pd.isna(row["value"]) else row["value"],
            cell_text(row),
            figure_tip(row, chain.catalogue, name) if pd.notna(row["value"]) else "",
            GREY if row["category"] in others else colour,
            earlier["value"] if earlier else None,
            figure_tip(earlier, chain.catalogue, name) if earlier else "",
        )
        for name, row, earlier in zip(names, now, before, strict=True)
    ]
    period = Period.parse(now[0]["period"]).label
    subtitle = f"{prose.capital(axis_title(pd.DataFrame(now), chain.catalogue))}, {period}"
    compared = next((row["period"] for row in before if row), "")
    earlier_period = Period.parse(compared).label if compared else ""
    subtitle += f" (balk en getal) en {earlier_period} (dunne grijze balk)" if compared else ""
    places = [f"{bar.name} {bar.text}" for bar in made]
    return Drawn(
        lambda width: bars.rows(made, width, (period, earlier_period)),
        subtitle,
        f"Van groot naar klein: {main_points(places)}",
    )


def contributions(frame: pd.DataFrame, title: str, chain: Context, remark: str = "") -> Output:
    """Bars to the left and right of zero: what each category added to or took from the change of the total.

    frame: from `statistics.timeseries.contribution`: figures of statistic `change_absolute` with the change as value.

    >>> from keten.statistics.timeseries.contribution import contributions as made
    >>> change = made(chain.compare("asylum_first_applications", "nationality", ["Syrië", "Albanië"], period="2016"))
    >>> charts.contributions(change, "Bijdrage aan de verandering", chain).figures[0]["value"]
    660.0
    """
    if frame.empty:
        return gap(title)
    rows = records(frame)
    texts = ["ca. " * (row["precision"] == "circa") + prose.signed(row["value"]) for row in rows]
    colour = colour_of(frame.label.iloc[0])
    made = [
        Bar(
            row["category"],
            row["value"],
            text,
            f"{row['category']}: {text}{with_unit(row['value'], row['unit'], chain.catalogue)}",
            colour,
        )
        for row, text in zip(rows, texts, strict=True)
    ]
    reference = frame.statistic.iloc[0].partition("reference=")[2].partition(";")[0]
    now = Period.parse(frame.period.iloc[0]).label
    about = prose.capital(f"verandering in {axis_title(frame, chain.catalogue)}")
    return _figure(
        lambda width: bars.rows(made, width),
        title,
        f"{about}, {now} vergeleken met {prose.named(reference)}",
        main_points([f"{bar.name} {bar.text}" for bar in made]),
        frame,
        chain,
        remark=remark,
        headline=finding.largest_change(rows),
    )


def _figure(
    draw: Any,
    title: str,
    subtitle: str,
    words: str,
    frame: pd.DataFrame,
    chain: Context,
    remark: str = "",
    after: str = "",
    headline: str = "",
    numbered: Any = (),
) -> Output:
    drawn = figure(draw, title, subtitle, words, after, headline, numbered)
    return behind(drawn, series_grid(frame, title, subtitle), chain.catalogue, [frame], remark)


def _by_series(frame: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """The rows of each series in order of time."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in records(frame.assign(name=series_names(frame)).sort_values("start", kind="stable")):
        found.setdefault(row["name"], []).append(row)
    return found


def _line(style: Style, rows: list[dict[str, Any]], last: dict[str, Any], latest: pd.Timestamp, chain: Context) -> Line:
    joined = any(row["joined"] for row in rows)
    breaks = chain.catalogue.breaks_of(last["measure"])
    points = []
    for row in rows:
        passed = sum(one.concerns(row["organisation"]) and one.day <= row["end"].date() for one in breaks)
        missing = pd.isna(row["value"])
        points.append(
            Point(
                scales.moment(row["start"], row["end"], row["kind"]),
                None if missing else as_shown(row["value"], row["unit"], row["statistic"], row["margin"]),
                "" if missing else figure_tip(row, chain.catalogue, publisher=joined),
                row["status"] == "provisional",
                "" if missing else f"{_count(row, chain)}|{passed}",
            )
        )
    until = "" if last["end"] == latest else f"tot en met {Period.parse(last['period']).short}"
    return Line(style, points, cell_text(last), until)


def _count(row: dict[str, Any], chain: Context) -> str:
    return chain.catalogue.count(row["measure"], row["organisation"], row["source"])


def _breaks(rows: dict[str, list[dict[str, Any]]], chain: Context) -> tuple[list[Moment], list[str]]:
    """Where the series go on by another count, as moments of the plot, and what is to be said of it below."""
    at: dict[float, dict[str, list[str]]] = {}
    for name, mine in rows.items():
        for before, now in pairwise(mine):
            if _count(before, chain) != _count(now, chain):
                text = f"Vanaf {Period.parse(now['period']).short}: cijfers van {now['organisation']}"
                at.setdefault(float(now["start"].toordinal()), {}).setdefault(text, []).append(name)
    found, told = _defined(rows, chain)
    if len(at) > MOST_BREAKS:
        return found, [*told, THIN]
    for day, texts in at.items():
        for text, names in texts.items():
            of = f" ({prose.listing(names)})" if len(names) < len(rows) else ""
            found.append(Moment(day, f"{text}{of}", is_break=True))
    return found, told


def _defined(rows: dict[str, list[dict[str, Any]]], chain: Context) -> tuple[list[Moment], list[str]]:
    """Days on which a count itself changed, within the drawn figures."""
    days: dict[Any, str] = {}
    for mine in rows.values():
        first, last = mine[0]["start"].date(), mine[-1]["end"].date()
        for one in chain.catalogue.breaks_of(mine[0]["measure"]):
            if first < one.day <= last and any(one.concerns(row["organisation"]) for row in mine):
                days[one.day] = one.reason
    marks = [
        Moment(float(day.toordinal()), f"Andere telling vanaf {prose.date_text(day)}", is_break=True) for day in days
    ]
    return marks, [f"Andere telling vanaf {prose.date_text(day)}: {prose.small(why)}." for day, why in days.items()]


def _column_breaks(rows: list[dict[str, Any]], chain: Context) -> tuple[list[tuple[int, str]], list[str]]:
    """Before which columns the count became another one, and what is to be said of it below."""
    known = [(place, row) for place, row in enumerate(rows) if pd.notna(row["value"])]
    found = []
    for (_, before), (place, now) in pairwise(known):
        if _count(before, chain) != _count(now, chain):
            found.append((place, f"Vanaf {Period.parse(now['period']).short}: {now['organisation']}"))
    days, told = _defined({"": [row for _, row in known]}, chain)
    for day in days:
        after = next((place for place, row in known if row["start"].toordinal() >= day.at), None)
        if after and after not in dict(found):
            found.append((after, day.text))
    return sorted(found), told


def _first(drawn: pd.DataFrame) -> int:
    """The first day of the axis: of a stock at the end of a year, the first of that year."""
    first = drawn.sort_values("start").iloc[0]
    if first.kind != "date":
        return int(first.start.toordinal())
    yearly = drawn.start.dt.year.nunique() == drawn.start.nunique()
    return int(first.start.replace(day=1, **({"month": 1} if yearly else {})).toordinal())


def _whole(drawn: pd.DataFrame) -> tuple[float, float] | None:
    units = set(drawn.unit)
    return own_scale(units.pop()) if len(units) == 1 else None


def _time_subtitle(drawn: pd.DataFrame, chain: Context) -> str:
    kinds = dict.fromkeys(drawn.kind)
    words = prose.listing([f"{'op' if kind == 'date' else 'per'} {FREQUENCIES[kind][0]}" for kind in kinds])
    texts = [drawn.sort_values("start").period.iloc[0], drawn.sort_values("end").period.iloc[-1]]
    first, last = map(prose.named, texts)
    counted = prose.capital(axis_title(drawn, chain.catalogue))
    return f"{counted} {words}, " + (first if first == last else f"van {first} tot en met {last}")


def _trend_words(series: dict[str, list[dict[str, Any]]]) -> str:
    """Per line: first, highest, lowest and last value with their periods, and how many periods have none."""
    parts = []
    for name, mine in series.items():
        shown = [row for row in mine if pd.notna(row["value"])]
        if not shown:
            continue
        turning = {
            "eerste": shown[0],
            "hoogste": max(shown, key=lambda row: row["value"]),
            "laagste": min(shown, key=lambda row: row["value"]),
            "laatste": shown[-1],
        }
        words = [f"{word} {cell_text(row)} ({Period.parse(row['period']).label})" for word, row in turning.items()]
        text = f"{name}: {', '.join(words)}" if len(shown) > 1 else f"{name}: {words[0].removeprefix('eerste ')}"
        if missing := len(mine) - len(shown):
            text += f", {prose.count(missing, 'periode', 'perioden')} zonder cijfer"
        parts.append(text)
    return main_points(parts, ("andere reeks", "andere reeksen"))
