"""What happened to a nationality around a policy measure: chart and table of an interrupted time series.

Every title, table and line says what it is: association, no proof.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import altair as alt
import pandas as pd

from keten.errors import KetenError
from keten.model.figures import FIGURE_COLUMNS, figures_of, joined_sources
from keten.model.periods import Period
from keten.model.quality import combine
from keten.presentation import prose
from keten.presentation.charts.axes import nice_top
from keten.presentation.charts.drawing import plain_figure
from keten.presentation.charts.lines import OURS, PUBLISHED, drawn, points
from keten.presentation.charts.palette import DASHES, GREY, Style
from keten.presentation.charts.policy_lines import event_list, events_within
from keten.presentation.grid import Cell, Grid, number_cell
from keten.presentation.output import Output, as_shown, withheld
from keten.presentation.tables import behind, figure_cell, figure_table
from keten.sections.calculations import calculated, course, rows_of
from keten.statistics.timeseries.interrupted import Effect, effect
from keten.statistics.timeseries.unbroken import WORDS
from keten.workbook.one_publisher import longest, total
from keten.workbook.workbook import Workbook

LABEL = "Samenhang, geen bewijs van oorzaak en gevolg"
CALCULATION = "onderbroken tijdreeks"
NEAR = 6  # months within which another measure is named
MOST_TIMES = 2.2  # highest point of the axis, as a multiple of the highest figure
EXPECTED = replace(OURS, name="verwacht zonder maatregel")
MODEL = Style("model", GREY, DASHES[2], width=1.6)
STYLES = (PUBLISHED, EXPECTED, MODEL)
LINES = {  # column of the model, its statistic, what it is called
    "fitted": ("model", MODEL.name),
    "expected": ("expected", EXPECTED.name),
    "expected_low": ("expected_low_95", f"{EXPECTED.name}, ten minste"),
    "expected_high": ("expected_high_95", f"{EXPECTED.name}, ten hoogste"),
}
TERMS = {"level": "Sprong direct na de maatregel", "slope": "Verandering van de helling"}
BOUNDS = {"value": "", "low": "_low_95", "high": "_high_95"}


@dataclass(frozen=True)
class Answer:
    """What was asked and what came of it.

    found: None when it cannot be told, and `reason` says why; compared: the nationalities of the control series;
    rivals: other policy measures within `NEAR` months (as `Workbook.policy_measures`), which may explain the same.
    """

    nationality: str
    found: Effect | None
    reason: str = ""
    compared: list[str] = field(default_factory=list)
    rivals: pd.DataFrame = field(default_factory=pd.DataFrame)


def of(chain: Workbook, measure: str, nationality: str, day: str, kind: str = "month") -> Answer:
    """The interrupted time series of one nationality around the day of a measure, alone and against others.

    The figures are the longest unbroken ones of one publisher. The control series is the sum of all other nationalities
    of that publisher that have a figure in each of these periods and were not on the list of safe countries by then;
    without any, the nationality stands alone. Method and limits: `statistics.timeseries.interrupted.effect`.
    """
    chain.about(measure)
    mine = longest(chain, measure, "nationality", nationality, kind)
    if mine.empty:
        return Answer(nationality, None, "Er is over deze nationaliteit geen reeks.")
    others = _others(chain, mine, nationality)
    try:
        found = effect(mine, day, total(others) if others else None)
    except KetenError as fault:
        return Answer(nationality, None, str(fault))
    names = [frame.category.iloc[0] for frame in others]
    return Answer(nationality, found, compared=names, rivals=_rivals(chain, found, nationality))


def first(answers: Sequence[Answer]) -> Answer:
    """The first of several answers that tells something, else the first of all."""
    return next((answer for answer in answers if answer.found), answers[0])


def _others(chain: Workbook, mine: pd.DataFrame, nationality: str) -> list[pd.DataFrame]:
    """The series of the same publisher that may serve as control."""
    about, end = mine.iloc[0], mine.end.max()
    listed = chain.safe_countries()
    countries = chain.catalogue.nationalities.query("group == 'land'").name
    possible = set(countries) - set(listed[listed.safe_since <= end].name) - {nationality}
    rows = chain.offered(about.measure, "nationality")
    rows = rows[
        (rows.organisation == about.organisation)
        & rows.category.isin(possible)
        & rows.period.isin(mine.period)
        & rows.value.notna()
    ]
    counts = rows.groupby("category").period.nunique()
    names = sorted(counts.index[counts == len(mine)])
    found = [longest(chain, about.measure, "nationality", name, about.kind, about.organisation) for name in names]
    return [other[other.period.isin(mine.period)] for other in found]


def _rivals(chain: Workbook, found: Effect, nationality: str) -> pd.DataFrame:
    """Other measures of the asylum policy, or about this nationality, at most `NEAR` months before or after."""
    events = chain.policy_measures()
    day = pd.Timestamp(found.day)
    near = (events.date >= day - pd.DateOffset(months=NEAR)) & (events.date <= day + pd.DateOffset(months=NEAR))
    named = events.nationalities.str.split(";").map(lambda names: nationality in names)
    ours = events.goal.eq("2_asiel") & events.nationalities.eq("")
    return events[near & (named | ours) & (events.date != day)].reset_index(drop=True)


def chart(answer: Answer, title: str, chain: Workbook) -> Output:
    """The published figures, the model, and what it expects without the measure with its 95% interval.

    answer: from `of`; one that tells nothing is a gap with the reason. Rival measures are numbered lines, listed below.
    """
    found = answer.found
    if found is None:
        return withheld(title, answer.reason)
    series = found.series
    lines = [
        calculated(series, column, name, f"{statistic};date={found.day}", CALCULATION)
        for column, (statistic, name) in LINES.items()
    ]
    frames = [chain.hand_out(series[FIGURE_COLUMNS]), *lines]
    subtitle = _subtitle(series)
    listed = events_within(_listed(answer), series)
    picture = plain_figure(_drawn(found, listed, chain), title, subtitle, _words(found), event_list(listed))
    return behind(picture, _grid(series, title, subtitle), chain.catalogue, frames, *_remarks(answer, found, chain))


def _grid(series: pd.DataFrame, title: str, subtitle: str) -> Grid:
    heads = [PUBLISHED.name, *[name for _, name in LINES.values()]]
    rows = []
    for row in rows_of(series):
        lines = [_whole(row[column], row) for column in LINES]
        rows.append([Cell(Period.parse(row["period"]).short), figure_cell(row), *lines])
    columns = [prose.capital(head) for head in heads]
    return Grid(title, subtitle, ["Periode", *columns], rows, frozenset(columns))


def _whole(value: float, row: dict) -> Cell:
    size = as_shown(round(value), row["unit"], "model")
    return number_cell(prose.number(size), size, row["unit"], row["status"])


def _subtitle(series: pd.DataFrame) -> str:
    return f"{LABEL}. {series.label.iloc[0]} {course(series)}"


def _drawn(found: Effect, listed: pd.DataFrame, chain: Workbook) -> alt.TopLevelMixin:
    series, after = found.series, found.series.iloc[found.before :]
    highest = series.value.max()
    top = nice_top(min(max(series.fitted.max(), series.expected_high.max(), highest), MOST_TIMES * highest))
    parts = [
        points(series, "value", PUBLISHED, 0, top, chain),
        points(after, "expected", EXPECTED, 1, top, chain),
        points(series.iloc[: found.before], "fitted", MODEL, 2, top, chain),  # the model breaks at the measure
        points(after, "fitted", MODEL, 2, top, chain).assign(run=lambda rows: rows.run + "-after"),
    ]
    band = parts[1].assign(low=after.expected_low.clip(upper=top), high=after.expected_high.clip(upper=top))
    unit = chain.catalogue.unit_words(series.unit.iloc[0]).axis
    between = series.start.iloc[found.before - 1] + (after.start.iloc[0] - series.start.iloc[found.before - 1]) / 2
    return drawn(pd.concat(parts, ignore_index=True), STYLES, top, unit, band, between, listed)


def _listed(answer: Answer) -> pd.DataFrame | None:
    return answer.rivals if len(answer.rivals) else None


def _words(found: Effect) -> str:
    """The text alternative: both ends of what was published and expected after the measure."""
    after = found.series.iloc[found.before :]
    parts = []
    for row in (after.iloc[0], after.iloc[-1]):
        at = Period.parse(row.period).label
        low, high = prose.number(round(row.expected_low)), prose.number(round(row.expected_high))
        parts.append(
            f"{at}: gepubliceerd {prose.number(row.value)}, zonder de maatregel verwacht "
            f"{prose.number(round(row.expected))} (95%-interval {low} tot {high})"
        )
    return f"{LABEL}. " + "; ".join(parts) + "."


def _remarks(answer: Answer, found: Effect, chain: Workbook) -> list[str]:
    series = found.series
    remarks = [
        f"De doorgetrokken verticale lijn scheidt voor en na de maatregel van {prose.date_text(found.day)}; de "
        f"periode erna begint {prose.when(found.first_after)}.",
    ]
    if answer.compared:
        remarks.append(
            "De verwachting volgt de vergelijkingsgroep: nationaliteiten die niet op de lijst van veilige landen "
            f"stonden ({prose.listing(answer.compared)})."
        )
    if series.expected_high.max() > MOST_TIMES * series.value.max():
        remarks.append("De band loopt boven de grafiek door; de cijfers staan in de tabel.")
    if len(answer.rivals):
        remarks.append(
            f"De genummerde maatregelen vielen binnen {NEAR} maanden van deze en kunnen het verschil ook verklaren."
        )
    if series.end.max() < pd.Timestamp(chain.period.end):
        remarks.append(f"De reeks eindigt {prose.when(series.period.iloc[-1])}.")
    return remarks


def table(answer: Answer, title: str, chain: Workbook) -> Output | None:
    """Change of level and of slope with 95% intervals, alone and against the control series, beside the placebo dates.

    answer: from `of`. Nothing when it tells nothing: the chart has said why.
    """
    found = answer.found
    if found is None:
        return None
    rows, figures = [], []
    for one in found.estimates.to_dict("records"):
        against = "tegen de vergelijkingsgroep" if one["model"] == "control" else "zonder vergelijkingsgroep"
        mine = _estimate_figures(found, one)
        numbers = [_estimate(figure, found, one["term"]) for figure in mine]
        rows.append([Cell(f"{TERMS[one['term']]}, {against}"), *numbers, Cell(_placebo_words(one))])
        figures += mine
    names = ["Onderdeel", "Schatting", "Ten minste (95%)", "Ten hoogste (95%)", "Placebodata"]
    grid = Grid(title, _subtitle(found.series), names, rows, frozenset(names[1:4]))
    return figure_table(grid, chain.catalogue, [pd.DataFrame(figures)], *_table_remarks(found))


def _estimate_figures(found: Effect, one: Mapping[Hashable, Any]) -> list[dict[str, Any]]:
    """One estimate and its bounds as rows of figures over the whole series."""
    series = found.series
    span = Period(series.start.iloc[0].date(), series.end.iloc[-1].date())
    about = {
        **{str(name): value for name, value in series[FIGURE_COLUMNS].iloc[-1].items()},
        **combine(one.quality for one in figures_of(series)).columns,
        **joined_sources(series.source_title, series.source_url),
        "label": f"{series.label.iloc[-1]}, {TERMS[one['term']].lower()}",
        "period": str(span),
        "start": series.start.iloc[0],
        "kind": span.kind,
        "margin": float("nan"),
        "unit": "percent" if found.log else series.unit.iloc[-1],
        "known": series.known.max(),
        "calculation": f"{CALCULATION}, eigen berekening",
    }
    of = f"date={found.day};model={one['model']}"
    return [
        {**about, "value": one[bound], "statistic": f"{one['term']}_change{suffix};{of}"}
        for bound, suffix in BOUNDS.items()
    ]


def _estimate(row: dict, found: Effect, term: str) -> Cell:
    size = as_shown(row["value"], row["unit"], row["statistic"])
    before, after = prose.around(row["unit"])
    made = number_cell(prose.signed(size, 1 if found.log else None), size, row["unit"], row["status"], before, after)
    return made if term != "slope" else replace(made, text=f"{made.text} per {WORDS[found.per_year][0]}", form=None)


def _placebo_words(one: Mapping[Hashable, Any]) -> str:
    if not one["placebos"]:
        return "te weinig perioden vóór de maatregel"
    return f"{one['as_large']} van de {one['placebos']} even groot of groter"


def _table_remarks(found: Effect) -> list[str]:
    plural = WORDS[found.per_year][1]
    season = f", met {prose.count(found.harmonics, 'paar', 'paar')} seizoenstermen" if found.harmonics else ""
    scale = "op de logaritme, dus in procenten" if found.log else "in aantallen"
    return [
        f"Segmentregressie {scale}, over {found.before} {plural} voor en {found.after} na de maatregel{season}; "
        f"intervallen volgens Newey en West, met een vertraging van {found.lag} {plural}.",
        "Placebodata: hetzelfde model op alleen de cijfers van voor de maatregel, met een andere datum. Zijn die "
        "schattingen even groot, dan is die van de maatregel niet bijzonder.",
        "Een rechte lijn door een tijd van pieken voorspelt slecht; die onzekerheid zit niet in de intervallen.",
    ]
