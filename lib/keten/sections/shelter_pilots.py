"""The evaluation of the LVV pilots: published outcomes with both denominators, and the analysis of participant records.

Records are personal data: only `statistics.shelter.protected_outcomes` counts them; it never gives a count of 1 to 4.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from keten.errors import KetenError
from keten.model.figures import together
from keten.model.periods import Period
from keten.model.quality import Quality
from keten.paths import records_file
from keten.presentation import prose, tables
from keten.presentation.charts import bars, estimates
from keten.presentation.charts.bars import Bar
from keten.presentation.charts.figure import figure
from keten.presentation.charts.palette import styles
from keten.presentation.charts.words import main_points
from keten.presentation.grid import Cell, Grid, number_cell
from keten.presentation.output import Output, gap, too_few
from keten.sections.records import HIDDEN, Records, account_for, nothing_told, of_file, texts
from keten.statistics.proportions import circa_range, unexplained
from keten.statistics.shelter import protected_outcomes
from keten.statistics.shelter.participants import read_participants
from keten.workbook.workbook import Workbook

FIRST_EVALUATION = "2019-07-01/2020-10-31"
WAITING, UNKNOWN = "wacht op beslissing IND over nieuwe asielaanvraag", "onbekende bestemming"
UNEXPLAINED = "niet verklaard door de bron"
LEFT, EVERYONE = ";denominator=lvv_outflow", ";denominator=lvv_participants"
BOUNDS = ("", "_low_95", "_high_95")  # how the statistics of an estimate and its interval end
NO_FILE = Output(
    "<p>Voor deze uitgave is geen bestand met deelnemers gebruikt. Met zo'n bestand geeft dit deel de stroom, de "
    "bezetting en de uitkomsten van de deelnemers.</p>"
)


def published_outcomes(chain: Workbook) -> Output:
    """What became of the people who had left by 1 November 2020, as far as the interim evaluation tells.

    Each exact count has its share of those who left and of all who took part. All are counted, so there is no sampling
    interval. The two shares that the source gives by approximation are ranges; what no outcome covers is unexplained.
    """
    title = "Uitkomsten tot 1 november 2020"
    participants = chain.value("lvv_participants", period=FIRST_EVALUATION)
    left = chain.value("lvv_outflow", period=FIRST_EVALUATION)
    if participants.value.isna().any() or left.value.isna().any():
        return gap(title, "uitkomsten van de pilots")
    total, everyone = int(left.value.iloc[0]), int(participants.value.iloc[0])
    counts = chain.compare("lvv_outflow", "outcome", period=FIRST_EVALUATION)
    counts = counts[(counts.period == FIRST_EVALUATION) & counts.value.notna()]
    shown, figures = [], [participants, left, counts]
    known = dict(zip(counts.category, counts.value.astype(int), strict=True))
    for category, n in known.items():
        shown.append([category, prose.number(n), _share(n / total), _share(n / everyone)])
        one = counts[counts.category == category]
        figures += [_share_figure(one, n, total, LEFT), _share_figure(one, n, everyone, EVERYONE)]
    ranges = {}
    for category in (WAITING, UNKNOWN):
        share = chain.value("lvv_outflow_share", "outcome", category, period=FIRST_EVALUATION)
        ranges[category] = circa_range(float(share.value.iloc[0]), total)
        figures.append(share)
    ranges[UNEXPLAINED] = unexplained(total, known, ranges)
    for category, bounds in ranges.items():
        of_left, of_all = (
            (round(100 * bounds[0] / whole), round(100 * bounds[1] / whole)) for whole in (total, everyone)
        )
        shares = [prose.range_text(*ends, "percent") for ends in (of_left, of_all)]
        shown.append([category, prose.range_text(*bounds), *shares])
        about = left.assign(dimension="outcome", category=category, **Quality(precision="circa").columns)
        figures += [_bounds(about, bounds, "persons"), _bounds(about, of_left, "percent", LEFT)]
        figures.append(_bounds(about, of_all, "percent", EVERYONE))
    shown.append(["vertrokken", prose.number(total), "100%", _share(total / everyone)])
    figures.append(_share_figure(left, total, everyone, EVERYONE))
    figures.append(left.assign(value=100.0, unit="percent", statistic=f"share{LEFT}"))
    heads = [f"Van de {prose.number(total)} vertrokken", f"Van de {prose.number(everyone)} deelnemers"]
    rows = pd.DataFrame(shown, columns=["Uitkomst", "Personen", *heads])
    rows["Uitkomst"] = rows.Uitkomst.map(prose.capital)
    note = (
        "Iedereen is geteld; een aandeel heeft dus geen steekproefmarge. De bron noemt 'ongeveer een derde' en 'circa "
        "een vijfde'; dat lezen we als 2,5 procentpunt meer of minder. De bron laat open of wie op een beslissing "
        "wacht bij de vertrokken personen hoort. Wie nog in de opvang verblijft, kan later een andere uitkomst krijgen."
    )
    made = [
        *[
            _bar(name, n, n, f"{prose.number(n)} ({_share(n / total)})")
            for name, n in sorted(known.items(), key=lambda one: -one[1])
        ],
        *[_bar(name, low, high, prose.range_text(low, high)) for name, (low, high) in ranges.items()],
    ]
    drawn = _outcomes(
        made,
        title,
        f"Personen, van de {prose.number(total)} die vertrokken; bleek: waar het aantal tussen ligt",
        f"Van {prose.number(sum(known.values()))} van de {prose.number(total)} vertrokkenen is de uitkomst geteld",
    )
    grid = tables.text_grid(rows, title, "Personen en percentages")
    return tables.behind(drawn, grid, chain.catalogue, [together([*figures, pd.DataFrame()])], note)


def _bar(name: str, low: float, high: float, text: str) -> Bar:
    """An outcome, paler up to the most that it can be."""
    (style,) = styles([name])
    return Bar(
        prose.capital(name),
        low,
        text,
        f"{prose.capital(name)}: {text}",
        style.colour,
        most=high if high > low else None,
    )


def _outcomes(made: list[Bar], title: str, subtitle: str, headline: str = "") -> Output:
    """Outcomes as bars."""
    words = main_points([f"{bar.name} {bar.text}" for bar in made])
    return figure(lambda width: bars.rows(made, width), title, subtitle, words, headline=headline)


def _bounds(figure: pd.DataFrame, bounds: Iterable[float], unit: str, of: str = "") -> pd.DataFrame:
    """Both ends of a range as figures."""
    return _calculated(figure, unit, {f"{name}{of}": end for name, end in zip(("low", "high"), bounds, strict=True)})


def _share_figure(figure: pd.DataFrame, n: int, of: int, denominator: str) -> pd.DataFrame:
    """A share as a figure."""
    return _calculated(figure, "percent", {f"share{denominator}": 100 * n / of})


def _calculated(figure: pd.DataFrame, unit: str, values: Mapping[str, float]) -> pd.DataFrame:
    """Numbers by their statistic, as figures about the same as this one."""
    parts = [figure.assign(value=float(value), unit=unit, statistic=name) for name, value in values.items()]
    return pd.concat(parts, ignore_index=True)


@dataclass(frozen=True)
class Stays(Records):
    """Participant records up to a reference date, with their file. Never shown as they are."""

    measure: ClassVar[str] = "participant_records"

    records: pd.DataFrame


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
    with nothing_told(participants):
        read = read_participants(records_file("participants", participants), names)
        account_for("participants", lambda: protected_outcomes.decisions(read, reference.end))
        return Stays(participants, reference, chain.catalogue, read)


def totals(known: Stays | None) -> Output:
    """How many people took part, left and are still in at the reference date."""
    return NO_FILE if known is None else _totals(known)


@of_file
def _totals(known: Stays) -> Output:
    table = protected_outcomes.publish_totals(known.records, known.reference.end)
    rows = texts(table, {"Onderwerp": (str, "label"), "Personen": (_people, "people")})
    figures = known.figures(table.rename(columns={"label": "category", "people": "value"}), "group")
    title = f"Deelnemers en vertrek op {known.reference.label}"
    return tables.plain(rows, title, known.catalogue, "Personen", figures=[figures])


@of_file
def outcomes(known: Stays, by_municipality: bool = False) -> Output:
    """Outcomes with both denominators, for all together or per municipality. All are counted: no sampling interval."""
    table = protected_outcomes.publish_outcomes(known.records, known.reference.end, by_municipality)
    title = "Uitkomsten per gemeente" if by_municipality else "Uitkomsten van de deelnemers"
    if table.empty:
        return too_few(title)
    columns = {
        **({"Gemeente": (str, "municipality")} if by_municipality else {}),
        "Uitkomst": (str, "outcome"),
        "Personen": (_people, "people"),
        "Van de vertrokken deelnemers": (_share, "share_of_left"),
        "Van alle deelnemers": (_share, "share_of_all"),
    }
    dimension, category = "outcome", table.outcome
    if by_municipality:
        dimension, category = "municipality+outcome", table.municipality + " + " + table.outcome
    parts = [pd.DataFrame({"category": category, "value": table.people, "status": table.status})]
    for whole, name in (("left", "left"), ("all", "participants")):
        about = {"unit": "percent", "statistic": f"share;denominator={name}"}
        parts.append(pd.DataFrame({"category": category, "value": 100 * table[f"share_of_{whole}"], **about}))
    note = (
        "Alle deelnemers zijn geteld; een aandeel heeft dus geen steekproefmarge. Kleine gemeenten en uitkomsten zijn "
        "samengenomen."
    )
    figures = [known.figures(part, dimension) for part in parts]
    subtitle = "Personen en percentages"
    if by_municipality:
        return tables.plain(texts(table, columns), title, known.catalogue, subtitle, note, figures)
    made = [
        _bar(
            row["outcome"],
            row["people"],
            row["people"],
            f"{prose.number(int(row['people']))} ({_share(row['share_of_all'])})",
        )
        for row in table.to_dict("records")
        if pd.notna(row["people"])
    ]
    if not made:
        return tables.plain(texts(table, columns), title, known.catalogue, subtitle, note, figures)
    drawn = _outcomes(made, title, "Personen, en hun aandeel in alle deelnemers")
    grid = tables.text_grid(texts(table, columns), title, subtitle)
    return tables.behind(drawn, grid, known.catalogue, [together(figures)], note)


def _people(count: int) -> Cell:
    if pd.isna(count):
        return Cell("verborgen", missing=True)
    return number_cell(prose.number(int(count)), float(count), "persons", "exact")


def _share(share: float, low: float = math.nan, high: float = math.nan) -> str:
    if pd.isna(share):
        return HIDDEN
    between = "" if pd.isna(low) else f" ({prose.number(100 * low, 1)}-{prose.number(100 * high, 1)}%)"
    return f"{prose.number(100 * share, 1)}%{between}"


def _flow(known: Stays) -> pd.DataFrame:
    """What may be shown of the flow, with the last day of each period and its name."""
    table = protected_outcomes.publish_flow(known.records, known.reference.end)
    periods = [Period.parse(period) for period in table.period]
    return table.assign(end=[period.end.isoformat() for period in periods], name=[period.short for period in periods])


@of_file
def flow(known: Stays) -> Output:
    """People in and out per month (or longer, where months are too small) and the occupancy at the end of each."""
    table, title = _flow(known), "Instroom, uitstroom en bezetting"
    if table.empty:
        return too_few(title)
    columns = {
        "Periode": (str, "name"),
        "Instroom": (_people, "inflow"),
        "Uitstroom": (_people, "outflow"),
        "Bezetting aan het einde": (_people, "occupancy"),
    }
    moments = {"inflow": ("instroom", "period"), "outflow": ("uitstroom", "period"), "occupancy": ("bezetting", "end")}
    figures = [
        known.figures(pd.DataFrame({"category": name, "value": table[column], "period": table[at]}), "flow")
        for column, (name, at) in moments.items()
    ]
    note = "De bezetting is een stand en wordt niet opgeteld. Maanden met te kleine aantallen zijn samengenomen."
    shown = table[table.inflow.notna() | table.outflow.notna()]
    if shown.empty:
        return tables.plain(texts(table, columns), title, known.catalogue, "Personen", note, figures)
    (style,) = styles(["instroom"])
    made = [_in_and_out(row, style.colour) for row in shown.to_dict("records")]
    words = main_points([f"{bar.name}: {bar.text}" for bar in made])
    drawn = figure(
        lambda width: bars.rows(made, width, ("instroom", "uitstroom")),
        title,
        "Personen; instroom (balk) en uitstroom (dunne grijze balk)",
        words,
    )
    grid = tables.text_grid(texts(table, columns), title, "Personen")
    return tables.behind(drawn, grid, known.catalogue, [together(figures)], note)


def _in_and_out(row: Mapping[Any, Any], colour: str) -> Bar:
    """A period with who came in and who left; a hidden number has no bar and says so."""
    into, out = (None if pd.isna(row[name]) else float(row[name]) for name in ("inflow", "outflow"))
    came, left = ("verborgen" if one is None else prose.number(int(one)) for one in (into, out))
    return Bar(
        row["name"],
        into,
        f"{came} in, {left} uit",
        f"{row['name']}: {came}" if into is not None else "",
        colour,
        out,
        f"{row['name']}: {left}" if out is not None else "",
    )


@of_file
def occupancy(known: Stays) -> Output:
    """Chart of the occupancy at the end of each published month."""
    table = _flow(known)
    if table.empty:
        return too_few("Bezetting")
    points = pd.DataFrame(
        {"time": pd.to_datetime(table.end), "people": table.occupancy.astype(float), "name": "bezetting"}
    )
    title, subtitle = "Bezetting aan het einde van de maand", f"Tot en met {known.reference.label}"
    chart = estimates.curves(points, title, "time", "people", "name", "", "personen", subtitle)
    rows = [[Cell(name), _people(count)] for name, count in zip(table.name, table.occupancy, strict=True)]
    grid = Grid(title, subtitle, ["Periode", "Personen"], rows, frozenset(["Personen"]))
    figures = known.figures(
        pd.DataFrame({"category": "bezetting", "value": table.occupancy, "period": table.end}), "flow"
    )
    return tables.behind(chart, grid, known.catalogue, [figures])


@of_file
def incidence(known: Stays) -> Output:
    """Cumulative incidence per outcome by days since arrival (Aalen-Johansen), with 95% interval and number at risk."""
    table = protected_outcomes.publish_incidence(known.records, known.reference.end)
    title = "Kans op elke uitkomst naar verblijfsduur"
    if table.empty:
        return too_few(title)
    columns = {
        "Uitkomst": (str, "outcome"),
        "Dagen sinds instroom": (prose.number, "days"),
        "Kans": (_share, "incidence", "low", "high"),
        "Nog gevolgd (afgerond op tientallen)": (prose.number, "at_risk"),
    }
    percent = table.assign(incidence=100 * table.incidence, low=100 * table.low, high=100 * table.high)
    chart = estimates.curves(
        percent, title, "days", "incidence", "outcome", "dagen sinds de instroom", "procent van de deelnemers",
        "Schatting van Aalen en Johansen met 95%-interval", band=("low", "high"),
    )  # fmt: skip
    at = ";days=" + table.days.astype(int).astype(str)
    parts = [
        pd.DataFrame({"value": percent[column], "statistic": f"cumulative_incidence{end}" + at, "unit": "percent"})
        for column, end in zip(("incidence", "low", "high"), BOUNDS, strict=True)
    ]
    parts.append(pd.DataFrame({"value": table.at_risk, "statistic": "at_risk" + at, "status": "rounded_10"}))
    rows = [part.assign(category=table.outcome).dropna(subset="value") for part in parts]
    figures = [known.figures(part, "outcome") for part in rows]
    remark = (
        "De kans is een schatting, want wie nog in de opvang verblijft, is niet tot het einde gevolgd en telt mee tot "
        "de peildatum. Het 95%-interval zegt hoe ver zij door toeval kan afwijken van de kans in een grote groep "
        "mensen in dezelfde omstandigheden. De uitkomsten sluiten elkaar uit."
    )
    return tables.behind(chart, tables.text_grid(texts(table, columns), title), known.catalogue, figures, remark)
