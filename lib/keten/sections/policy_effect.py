"""What happened to a nationality around a policy measure: chart and table of an interrupted time series.

A report shows them only when they tell something (`statistics.timeseries.informative.judged`) about a measure that is
no more than `WINDOW` months old; otherwise one sentence says why it cannot be told, or nothing is said at all. Every
title, table and line says what it is: association, no proof.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from keten.errors import KetenError
from keten.model.figures import FIGURE_COLUMNS, figures_of, joined_ids, joined_sources
from keten.model.periods import Period
from keten.model.quality import combine
from keten.model.units import is_rate
from keten.presentation import prose
from keten.presentation.behind import behind, figure_cell, figure_table
from keten.presentation.charts import lines as drawing
from keten.presentation.charts.annotations import Moment
from keten.presentation.charts.calculated import OURS, PUBLISHED, line, plot
from keten.presentation.charts.figure import figure
from keten.presentation.charts.lines import Plot
from keten.presentation.charts.palette import DASHES, GREY, Style
from keten.presentation.charts.policy_lines import event_list, event_texts, events_within, moments
from keten.presentation.grid import Cell, Grid, number_cell
from keten.presentation.markup import escape
from keten.presentation.output import Output, as_shown
from keten.sections.calculations import calculated, course, rows_of
from keten.statistics.timeseries import informative
from keten.statistics.timeseries.informative import judged
from keten.statistics.timeseries.interrupted import Effect, effect
from keten.statistics.timeseries.unbroken import WORDS
from keten.workbook.one_publisher import longest, total
from keten.workbook.workbook import Workbook

LABEL = "Samenhang, geen bewijs van oorzaak en gevolg"
CALCULATION = "onderbroken tijdreeks"
WINDOW = 24  # months after a measure in which a report speaks of it
NEAR = 6  # months within which another measure is named
MOST_TIMES = 2.2  # highest point of the axis, as a multiple of the highest figure
EXPECTED = replace(OURS, name="verwacht zonder maatregel")
MODEL = Style("model", GREY, DASHES[2], width=1.6)
LINES = {  # column of the model, its statistic, what it is called
    "fitted": ("model", MODEL.name),
    "expected": ("expected", EXPECTED.name),
    "expected_low": ("expected_low_95", f"{EXPECTED.name}, ten minste"),
    "expected_high": ("expected_high_95", f"{EXPECTED.name}, ten hoogste"),
}
TERMS = {"level": "Sprong direct na de maatregel", "slope": "Verandering van de helling"}
PLAIN = {"level": "het verschil direct erna", "slope": "de verandering van het verloop"}  # the same in a sentence
FAILED = {  # why an estimate says too little
    informative.INTERVAL: "kan ook toeval zijn",
    informative.WIDTH: "is te onzeker",
    informative.FEW: "is niet met genoeg andere datums te vergelijken",
    informative.LARGE: "was op andere datums even groot",
}
BOUNDS = {"value": "", "low": "_low_95", "high": "_high_95"}


@dataclass(frozen=True)
class Answer:
    """What was asked and what came of it.

    question: what may have changed, in words; found: None when there can be no estimate, and `reason` says why;
    current: whether the measure lies within the months that a report speaks of it (nothing is worked out for others);
    compared: the nationalities of the control series; rivals: other policy measures within `NEAR` months (as
    `Workbook.policy_measures`), which may explain the same.
    """

    question: str
    found: Effect | None
    reason: str = ""
    current: bool = True
    compared: list[str] = field(default_factory=list)
    rivals: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def estimates(self) -> pd.DataFrame:
        """The estimates as `informative.judged` gives them; none when nothing was found."""
        return pd.DataFrame(columns=["model", "failed"]) if self.found is None else judged(self.found)

    @property
    def tells(self) -> bool:
        """Whether one of the estimates may be printed: against the control series where there is one."""
        return bool((self._main.failed == "").any())

    @property
    def why_not(self) -> str:
        """Why nothing can be told, as the end of a sentence."""
        if self.found is None:
            return prose.small(self.reason)
        terms: dict[str, list[str]] = {}
        for term, failed in zip(self._main.term, self._main.failed, strict=True):
            terms.setdefault(FAILED[failed], []).append(PLAIN[term])
        told = (
            f"{one}{''.join(f', net als {other},' for other in others)} {why}" for why, (one, *others) in terms.items()
        )
        return f"{prose.listing(told)}."

    @property
    def _main(self) -> pd.DataFrame:
        return self.estimates[self.estimates.model == ("control" if self.compared else "alone")]


def of(
    chain: Workbook, measure: str, nationality: str, day: str, kind: str = "month", window: int | None = WINDOW
) -> Answer:
    """The interrupted time series of one nationality around the day of a measure, alone and against others.

    The figures are the longest unbroken ones of one publisher. The control series is the sum of all other nationalities
    of that publisher that have a figure in each of these periods and were not on the list of safe countries by then;
    without any, the nationality stands alone. Method and limits: `statistics.timeseries.interrupted.effect`; what it
    takes to be printed: `statistics.timeseries.informative.judged`. `Answer.estimates` has them either way.

    window: how many months after the measure the report's period may end; None = any number, for a question of one's
    own. Of a measure after the period, or longer ago, `chart` and `table` show nothing.
    """
    chain.about(measure)
    about = chain.catalogue.measure(measure)
    question = f"{'de reeks' if is_rate(about.unit) else 'het aantal'} {prose.small(about.label)} ({nationality})"
    asked = Answer(f"{question} na {_named(chain, nationality, day)}", None, current=_is_current(chain, day, window))
    if not asked.current:
        return asked
    mine = longest(chain, measure, "nationality", nationality, kind)
    if mine.empty:
        return replace(asked, reason="Er is over deze nationaliteit geen reeks.")
    others = _others(chain, mine, nationality)
    try:
        found = effect(mine, day, total(others) if others else None)
    except KetenError as fault:
        return replace(asked, reason=str(fault))
    names = [frame.category.iloc[0] for frame in others]
    return replace(asked, found=found, compared=names, rivals=_rivals(chain, found, nationality))


def first(answers: Sequence[Answer]) -> Answer:
    """The first of several answers that has estimates, whatever they are, else the first of all."""
    return next((answer for answer in answers if answer.found), answers[0])


def _is_current(chain: Workbook, day: str, window: int | None) -> bool:
    """Whether the measure was taken by the end of the period, and not too long before it."""
    moment, end = pd.Timestamp(day), pd.Timestamp(chain.period.end)
    return moment <= end and (window is None or end <= moment + pd.DateOffset(months=window))


def _named(chain: Workbook, nationality: str, day: str) -> str:
    """The measure of that day in words."""
    events = chain.policy_measures(nationality=nationality)
    titles = events[events.date == pd.Timestamp(day)].title
    return f"de maatregel van {prose.date_text(day)}{''.join(f' (‘{title}’)' for title in titles.head(1))}"


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
    alongside = [other[other.period.isin(mine.period)] for other in found]
    return [other for other in alongside if len(other) == len(mine)]  # not one that is longer on another stretch


def _rivals(chain: Workbook, found: Effect, nationality: str) -> pd.DataFrame:
    """Other measures of the asylum policy, or about this nationality, at most `NEAR` months before or after."""
    events = chain.policy_measures()
    day = pd.Timestamp(found.day)
    near = (events.date >= day - pd.DateOffset(months=NEAR)) & (events.date <= day + pd.DateOffset(months=NEAR))
    named = events.nationalities.str.split(";").map(lambda names: nationality in names)
    ours = events.goal.eq("2_asiel") & events.nationalities.eq("")
    return events[near & (named | ours) & (events.date != day)].reset_index(drop=True)


def chart(answer: Answer, title: str, chain: Workbook) -> Output | None:
    """The published figures, the model, and what it expects without the measure with its 95% interval.

    answer: from `of`. One that tells nothing is a sentence with the reason; one about a measure that is not of this
    time is nothing. Rival measures are numbered lines, listed below.
    """
    found = answer.found
    if not answer.current:
        return None
    if found is None or not answer.tells:
        unknown = f"Of {answer.question} anders verliep, is met deze cijfers niet vast te stellen: {answer.why_not}"
        return Output(f"<p>{escape(unknown)}</p>")
    series = found.series
    lines = [
        calculated(series, column, name, f"{statistic};date={found.day}", CALCULATION)
        for column, (statistic, name) in LINES.items()
    ]
    frames = [chain.hand_out(series[FIGURE_COLUMNS]), *lines]
    subtitle = _subtitle(series)
    listed = events_within(_listed(answer), series)
    drawn = _drawn(found, moments(listed), chain)
    written = drawing.written_out(drawn)
    about = f"{subtitle}, in {chain.catalogue.unit_words(series.unit.iloc[0]).axis}"
    picture = figure(
        lambda width: drawing.draw(drawn, width),
        title,
        about,
        _words(found),
        event_list(listed, written),
        numbered=[] if written else event_texts(listed),
    )
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


def _drawn(found: Effect, listed: list[Moment], chain: Workbook) -> Plot:
    series, after = found.series, found.series.iloc[found.before :]
    highest = series.value.max()
    top = min(max(series.fitted.max(), series.expected_high.max(), highest), MOST_TIMES * highest)
    between = series.start.iloc[found.before - 1] + (after.start.iloc[0] - series.start.iloc[found.before - 1]) / 2
    made = [
        line(series, "value", PUBLISHED, chain, top),
        line(after, "expected", EXPECTED, chain, top, ("expected_low", "expected_high")),
        line(series, "fitted", MODEL, chain, top, apart=after.start.iloc[0]),  # the model breaks at the measure
    ]
    return plot(made, series, listed, top=top, upright=float(between.toordinal()))


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
        "Een onderbroken tijdreeks laat zien of een reeks na een maatregel anders loopt dan ervoor. Zij bewijst niet "
        "dat de maatregel dat deed.",
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

    answer: from `of`. Only the estimates that tell something, the others by name; nothing when there are none, for the
    chart has said why.
    """
    found = answer.found
    if found is None or not answer.current or not answer.tells:
        return None
    rows, figures, vague = [], [], []
    for one in answer.estimates.to_dict("records"):
        against = "tegen de vergelijkingsgroep" if one["model"] == "control" else "zonder vergelijkingsgroep"
        name = f"{TERMS[one['term']]}, {against}"
        if one["failed"]:
            vague.append(f"{prose.small(name)} ({FAILED[one['failed']]})")
            continue
        mine = _estimate_figures(found, one)
        numbers = [_estimate(figure, found, one["term"]) for figure in mine]
        placebos = f"{one['as_large']} van de {one['placebos']} even groot of groter"
        rows.append([Cell(name), *numbers, Cell(placebos)])
        figures += mine
    names = ["Onderdeel", "Schatting", "Ten minste (95%)", "Ten hoogste (95%)", "Placebodata"]
    grid = Grid(title, _subtitle(found.series), names, rows, frozenset(names[1:4]))
    unknown = [f"Niet vast te stellen: {prose.listing(vague)}."] if vague else []
    return figure_table(grid, chain.catalogue, [pd.DataFrame(figures)], *unknown, *_table_remarks(found))


def _estimate_figures(found: Effect, one: Mapping[Hashable, Any]) -> list[dict[str, Any]]:
    """One estimate and its bounds as rows of figures over the whole series."""
    series = found.series
    span = Period(series.start.iloc[0].date(), series.end.iloc[-1].date())
    about = {
        **{str(name): value for name, value in series[FIGURE_COLUMNS].iloc[-1].items()},
        **combine(one.quality for one in figures_of(series)).columns,
        "source": joined_ids(series.source),
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
    made = number_cell(prose.signed(size), size, row["unit"], row["status"], before, after)
    return made if term != "slope" else replace(made, text=f"{made.text} per {WORDS[found.per_year][0]}", form=None)


def _table_remarks(found: Effect) -> list[str]:
    one, plural = WORDS[found.per_year]
    season = f", met {prose.count(found.harmonics, 'paar', 'paar')} seizoenstermen" if found.harmonics else ""
    scale = "op de logaritme, dus in procenten" if found.log else "in aantallen"
    fit = prose.number(round(100 * found.estimates.fit.iloc[-1]))
    apart = (
        f"waarvan de grenzen ten hoogste een factor {informative.WIDEST} uiteenliggen"
        if found.log
        else "dat niet breder is dan het gemiddelde voor de maatregel"
    )
    return [
        f"Segmentregressie {scale}, over {found.before} {plural} voor en {found.after} na de maatregel{season}; "
        f"intervallen volgens Newey en West, met een vertraging van {found.lag} {plural}. Het model volgt {fit}% van "
        f"de verschillen van {one} tot {one} (R²).",
        "Het 95%-interval zegt hoe ver de schatting door toeval van de werkelijke verandering kan liggen, als het "
        "model klopt.",
        "Placebodata: hetzelfde model op alleen de cijfers van voor de maatregel, met een andere datum.",
        f"Een schatting staat hier alleen met een interval dat nul uitsluit en {apart} (een helling: over een jaar), "
        f"met ten minste {informative.FEWEST_PLACEBOS} placebodata, waarvan met de maatregel zelf erbij hoogstens een "
        f"op de {round(1 / informative.CHANCE)} zo groot is, en tot {WINDOW} maanden na de maatregel (Bernal e.a., "
        "2017; Abadie e.a., 2015).",
        "Een rechte lijn door een tijd van pieken voorspelt slecht; die onzekerheid zit niet in de intervallen.",
    ]
