"""The evaluation of the LVV pilots: published outcomes with both denominators, and the analysis of participant records.

Records are personal data: only `analysis.outcomes_published` reads them here, and it never gives a count of 1 to 4.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from keten.errors import KetenError
from keten.model.catalogue import Catalogue
from keten.model.figures import as_figures
from keten.model.periods import Period
from keten.presentation import prose, tables
from keten.presentation.charts import estimates
from keten.presentation.grid import Cell, Grid, number_cell
from keten.presentation.output import Output, gap, too_few
from keten.statistics.proportions import circa_range, unexplained, wilson
from keten.statistics.shelter import protected_outcomes
from keten.statistics.shelter.participants import read_participants
from keten.workbook.workbook import Workbook

FIRST_EVALUATION = "2019-07-01/2020-10-31"
WAITING, UNKNOWN = "wacht op beslissing IND over nieuwe asielaanvraag", "onbekende bestemming"
UNEXPLAINED = "niet verklaard door de bron"
NO_FILE = Output(
    "<p>Er is geen bestand met deelnemers opgegeven (parameter <code>participants</code>). Met een bestand geeft dit "
    "deel de stroom, de bezetting en de uitkomsten van de deelnemers.</p>"
)
NOTHING = Output("")


def published_outcomes(chain: Workbook) -> Output:
    """What became of the people who had left by 1 November 2020, as far as the interim evaluation tells.

    Each exact count has its share of those who left and of all who took part, with a 95% Wilson interval; the two
    shares that the source gives by approximation are ranges; what no outcome covers is shown as unexplained.
    """
    participants = chain.value("lvv_participants", period=FIRST_EVALUATION)
    left = chain.value("lvv_outflow", period=FIRST_EVALUATION)
    if participants.value.isna().any() or left.value.isna().any():
        return gap("Uitkomsten tot 1 november 2020", "uitkomsten van de pilots")
    total, everyone = int(left.value.iloc[0]), int(participants.value.iloc[0])
    counts = chain.compare("lvv_outflow", "outcome", period=FIRST_EVALUATION)
    counts = counts[(counts.period == FIRST_EVALUATION) & counts.value.notna()]
    shown, figures = [], [participants, left, counts]
    for row in counts.itertuples():
        n = int(row.value)
        shares = _with_interval(n, total), _with_interval(n, everyone)
        shown.append([prose.capital(row.category), prose.number(n), *shares])
        figures += [_shares(counts[counts.category == row.category], n, total, "lvv_outflow"),
                    _shares(counts[counts.category == row.category], n, everyone, "lvv_participants")]  # fmt: skip
    ranges, sources = {}, {}
    for category in (WAITING, UNKNOWN):
        share = chain.value("lvv_outflow_share", "outcome", category, period=FIRST_EVALUATION)
        ranges[category] = circa_range(float(share.value.iloc[0]), total)
        sources[category] = share
        figures.append(share)
    known = {row.category: int(row.value) for row in counts.itertuples()}
    ranges[UNEXPLAINED] = unexplained(total, known, ranges)
    for category, (low, high) in ranges.items():
        of_left, of_all = ([round(100 * bound / whole) for bound in (low, high)] for whole in (total, everyone))
        published = sources.get(category)
        circa = f"ca. {prose.number(published.value.iloc[0], unit='percent')}" if published is not None else ""
        shown.append(
            [
                prose.capital(category),
                prose.range_text(low, high),
                circa or prose.range_text(*of_left, unit="percent"),
                prose.range_text(*of_all, unit="percent"),
            ]
        )
        about = left.assign(dimension="outcome", category=category, status="circa")
        figures.append(_bounds(about, low, high, "persons", ""))
        figures.append(_bounds(about, *of_all, "percent", ";denominator=lvv_participants"))
        if not circa:
            figures.append(_bounds(about, *of_left, "percent", ";denominator=lvv_outflow"))
    shown.append(["Vertrokken", prose.number(total), "100%", _with_interval(total, everyone)])
    figures.append(_shares(left, total, everyone, "lvv_participants"))
    figures.append(left.assign(value=100.0, unit="percent", statistic="share;denominator=lvv_outflow"))
    rows = pd.DataFrame(
        shown,
        columns=[
            "Uitkomst",
            "Personen",
            f"Van de {prose.number(total)} vertrokken",
            f"Van de {prose.number(everyone)} deelnemers",
        ],
    )
    note = (
        "Tussen haakjes het 95%-interval van Wilson. De bron noemt 'ongeveer een derde' en 'circa een vijfde'; dat "
        "lezen we met een marge van 2,5 procentpunt. De bron laat open of wie op een beslissing wacht bij de "
        "vertrokken personen hoort. Wie nog in de opvang verblijft, kan later een andere uitkomst krijgen."
    )
    title = "Uitkomsten tot 1 november 2020"
    return tables.plain(rows, title, chain.catalogue, "Personen en percentages", note, figures)


def _with_interval(n: int, of: int) -> str:
    share, low, high = wilson(n, of)
    return f"{prose.number(100 * share, 1)}% ({prose.number(100 * low, 1)}-{prose.number(100 * high, 1)}%)"


def _bounds(figure: pd.DataFrame, low: float, high: float, unit: str, of: str) -> pd.DataFrame:
    """Both ends of a range as figures."""
    ends = [
        figure.assign(value=float(end), unit=unit, statistic=f"{name}{of}")
        for name, end in (("low", low), ("high", high))
    ]
    return pd.concat(ends, ignore_index=True)


def _shares(figure: pd.DataFrame, n: int, of: int, denominator: str) -> pd.DataFrame:
    share, low, high = wilson(n, of)
    one = figure.assign(unit="percent")
    return pd.concat(
        [
            one.assign(value=100 * value, statistic=f"{statistic};denominator={denominator}")
            for statistic, value in (("share", share), ("share_low_95", low), ("share_high_95", high))
        ],
        ignore_index=True,
    )


@dataclass(frozen=True)
class Stays:
    """Participant records up to a reference date, with the name of their file. Never shown as they are."""

    records: pd.DataFrame
    reference: Period
    file: str
    catalogue: Catalogue

    def figures(self, rows: pd.DataFrame, dimension: str = "") -> pd.DataFrame:
        """Rows of `category`, `value` (and `unit`, `statistic`, `status`, `period`) as figures of these records."""
        known = pd.Timestamp(self.reference.end)
        return as_figures(rows, "participant_records", dimension, str(self.reference), known, self.file, self.catalogue)


def stays(participants: str, chain: Workbook, reference_date: str = "") -> Stays | None:
    """Read the participants file; None when none is given. `reference_date`: '' = the end of the report's period."""
    if not participants:
        return None
    reference = Period.parse(reference_date or chain.period.end)
    if reference.kind != "date":
        raise KetenError(
            f"De peildatum (reference_date) '{reference_date}' is geen dag; geef een datum zoals 2020-10-31."
        )
    names = list(chain.catalogue.municipalities.name)
    return Stays(read_participants(Path(participants), names), reference, participants, chain.catalogue)


def totals(known: Stays | None) -> Output:
    """How many people took part, left and are still in at the reference date."""
    if known is None:
        return NO_FILE
    table = protected_outcomes.publish_totals(known.records, known.reference.end)
    if table.empty:
        return too_few("Deelnemers en vertrek")
    rows = pd.DataFrame({"Onderwerp": table.label, "Personen": [_people(row) for row in table.itertuples()]})
    figures = known.figures(
        table.rename(columns={"label": "category", "people": "value"})[["category", "value", "status"]],
        "group",
    )
    title = f"Deelnemers en vertrek op {known.reference.label}"
    return tables.plain(rows, title, known.catalogue, "Personen", figures=[figures])


def outcomes(known: Stays | None, by_municipality: bool = False) -> Output:
    """Outcomes with both denominators and Wilson intervals, for all together or per municipality."""
    if known is None:
        return NOTHING
    table = protected_outcomes.publish_outcomes(known.records, known.reference.end, by_municipality)
    title = "Uitkomsten per gemeente" if by_municipality else "Uitkomsten van de deelnemers"
    if table.empty:
        return too_few(title)
    rows = pd.DataFrame(
        {
            **({"Gemeente": table.municipality} if by_municipality else {}),
            "Uitkomst": table.outcome,
            "Personen": [_people(row) for row in table.itertuples()],
            "Van de vertrokken deelnemers": [
                _share(row.share_of_left, row.low_of_left, row.high_of_left) for row in table.itertuples()
            ],
            "Van alle deelnemers": [
                _share(row.share_of_all, row.low_of_all, row.high_of_all) for row in table.itertuples()
            ],
        }
    )
    category = table.municipality + " + " + table.outcome if by_municipality else table.outcome
    dimension = "municipality+outcome" if by_municipality else "outcome"
    parts = [pd.DataFrame({"category": category, "value": table.people, "status": table.status})]
    for whole, name in (("of_left", "left"), ("of_all", "participants")):
        for column, statistic in (("share", "share"), ("low", "share_low_95"), ("high", "share_high_95")):
            share = {"value": 100 * table[f"{column}_{whole}"], "statistic": f"{statistic};denominator={name}"}
            parts.append(pd.DataFrame({"category": category, **share, "unit": "percent"}))
    note = "Tussen haakjes het 95%-interval van Wilson. Kleine gemeenten en uitkomsten zijn samengenomen."
    figures = [known.figures(part.reset_index(drop=True), dimension) for part in parts]
    return tables.plain(rows, title, known.catalogue, "Personen en percentages", note, figures)


def _people(row: object) -> Cell:
    if row.status == "suppressed":
        return Cell("verborgen", missing=True)
    return number_cell(prose.number(int(row.people)), float(row.people), "persons", row.status)


def _share(share: float, low: float, high: float) -> str:
    if pd.isna(share):
        return "niet getoond"
    return f"{prose.number(100 * share, 1)}% ({prose.number(100 * low, 1)}-{prose.number(100 * high, 1)}%)"


def flow(known: Stays | None) -> Output:
    """People in and out per month (or longer, where months are too small) and the occupancy at the end of each."""
    if known is None:
        return NOTHING
    table = protected_outcomes.publish_flow(known.records, known.reference.end)
    if table.empty:
        return too_few("Instroom, uitstroom en bezetting")
    periods = [Period.parse(period) for period in table.period]
    rows = pd.DataFrame(
        {
            "Periode": [period.short for period in periods],
            "Instroom": [_hidden(value) for value in table.inflow],
            "Uitstroom": [_hidden(value) for value in table.outflow],
            "Bezetting aan het einde": [_hidden(value) for value in table.occupancy],
        }
    )
    figures = []
    for column, name in (("inflow", "instroom"), ("outflow", "uitstroom"), ("occupancy", "bezetting")):
        at = table.period if column != "occupancy" else [period.end.isoformat() for period in periods]
        part = pd.DataFrame({"category": name, "value": table[column], "period": at})
        figures.append(
            known.figures(part.assign(status=part.value.isna().map({True: "suppressed", False: "exact"})), "flow")
        )
    note = "De bezetting is een stand en wordt niet opgeteld. Maanden met te kleine aantallen zijn samengenomen."
    return tables.plain(rows, "Instroom, uitstroom en bezetting", known.catalogue, "Personen", note, figures)


def _hidden(value: object) -> Cell:
    if pd.isna(value):
        return Cell("verborgen", missing=True)
    return number_cell(prose.number(int(value)), float(value), "persons", "exact")


def occupancy(known: Stays | None) -> Output:
    """Chart of the occupancy at the end of each published month."""
    if known is None:
        return NOTHING
    table = protected_outcomes.publish_flow(known.records, known.reference.end)
    shown = table[table.occupancy.notna()] if len(table) else table
    if shown.empty:
        return too_few("Bezetting")
    points = pd.DataFrame(
        {
            "time": pd.to_datetime([Period.parse(period).end for period in shown.period]),
            "people": shown.occupancy.astype(float).to_numpy(),
            "name": "bezetting",
        }
    )
    title, subtitle = "Bezetting aan het einde van de maand", f"Tot en met {known.reference.label}"
    chart = estimates.curves(points, title, "time", "people", "name", "", "personen", subtitle)
    periods = [Period.parse(period) for period in shown.period]
    rows = [[Cell(period.short), _hidden(value)] for period, value in zip(periods, shown.occupancy, strict=True)]
    grid = Grid(title, subtitle, ["Periode", "Personen"], rows, frozenset(["Personen"]))
    days = [period.end.isoformat() for period in periods]
    figures = pd.DataFrame({"category": "bezetting", "value": shown.occupancy.to_numpy(), "period": days})
    return tables.behind(chart, grid, known.catalogue, [known.figures(figures, "flow")])


def incidence(known: Stays | None) -> Output:
    """Cumulative incidence per outcome by days since arrival (Aalen-Johansen), with 95% interval and number at risk."""
    if known is None:
        return NOTHING
    table = protected_outcomes.publish_incidence(known.records, known.reference.end)
    title = "Kans op elke uitkomst naar verblijfsduur"
    if table.empty:
        return too_few(title)
    percent = table.assign(incidence=100 * table.incidence, low=100 * table.low, high=100 * table.high)
    chart = estimates.curves(
        percent, title, "days", "incidence", "outcome", "dagen sinds de instroom", "procent van de deelnemers",
        "Schatting van Aalen en Johansen met 95%-interval", band=("low", "high"),
    )  # fmt: skip
    rows = pd.DataFrame(
        {
            "Uitkomst": table.outcome,
            "Dagen sinds instroom": [prose.number(int(days)) for days in table.days],
            "Kans": [
                _share(row.incidence, row.low, row.high)
                if pd.notna(row.low)
                else f"{prose.number(100 * row.incidence, 1)}%"
                for row in table.itertuples()
            ],
            "Nog gevolgd (afgerond op tientallen)": [prose.number(int(n)) for n in table.at_risk],
        }
    )
    figures = []
    for statistic, column in (
        ("cumulative_incidence", "incidence"),
        ("cumulative_incidence_low_95", "low"),
        ("cumulative_incidence_high_95", "high"),
        ("at_risk", "at_risk"),
    ):
        part = percent.rename(columns={"outcome": "category", column: "value"})[["category", "value", "days"]].dropna()
        part = part.assign(statistic=statistic + ";days=" + part.days.astype(int).astype(str))
        about = {"status": "rounded_10"} if column == "at_risk" else {"unit": "percent"}
        figures.append(known.figures(part.assign(**about).reset_index(drop=True), "outcome"))
    remark = "Wie nog in de opvang verblijft, telt mee tot de peildatum. De uitkomsten sluiten elkaar uit."
    return tables.behind(chart, tables.text_grid(rows, title), known.catalogue, figures, remark)
