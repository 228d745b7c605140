"""The client-experience survey: findings that a source gives in words, and the analysis of respondent records.

Records are personal data: `analysis.survey` protects every table that is shown here.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from keten.disclosure import THRESHOLD
from keten.model.catalogue import Catalogue, read_table
from keten.model.figures import as_figures
from keten.model.periods import Period
from keten.presentation import markup, prose, tables
from keten.presentation.charts import estimates
from keten.presentation.grid import Cell, Grid
from keten.presentation.markup import escape, link
from keten.presentation.output import Output, gap, too_few
from keten.statistics.survey import tables as survey
from keten.statistics.survey.comparison import differences
from keten.statistics.survey.importance import importance
from keten.statistics.survey.respondents import Respondents, read_respondents
from keten.workbook.workbook import Workbook

NO_FILE = Output(
    "<p>Er is geen bestand met respondenten opgegeven (parameter <code>respondents</code>). Met een bestand geeft dit "
    "deel de respons, de verdeling en het gemiddelde per vraag, verschillen tussen organisaties en groepen, en een "
    "vergelijking van metingen.</p>"
)
NOTHING = Output("")
HIDDEN = "niet getoond"


def findings(chain: Workbook) -> Output:
    """What the survey of 2017 found in words: best items, organisations, points to improve; with the source."""
    title = "Bevindingen van het klantervaringsonderzoek"
    table = read_table(chain.data / "published" / "survey_findings.csv", "topic respondent_group finding period source")
    known = pd.to_datetime(table.source.map(chain.sources.published))
    seen = table.period.map(lambda text: Period.parse(text).end <= chain.period.end)
    if chain.as_of is not None:
        seen &= known <= pd.Timestamp(chain.as_of)
    table = table[seen]
    if table.empty:
        return gap(title, "een klantervaringsonderzoek van IND, COA en DT&V")
    groups = list(dict.fromkeys(table.respondent_group))
    rows = [
        [Cell(topic), *[Cell(prose.listing(list(mine.finding[mine.respondent_group == group]))) for group in groups]]
        for topic, mine in table.groupby("topic", sort=False)
    ]
    subtitle = f"Veldwerk {Period.parse(table.period.iloc[0]).label}"
    grid = Grid(title, subtitle, ["Onderwerp", *[group.capitalize() for group in groups]], rows)
    remark = "De bron geeft deze bevindingen zonder cijfers. De verschillen tussen de organisaties zijn klein."
    sources = [link(chain.sources.title[source], chain.sources.url[source]) for source in dict.fromkeys(table.source)]
    below = f'{markup.note(remark)}<p class="source">Bron: {"; ".join(sources)}.</p>{markup.more(grid.download())}'
    return Output(grid.figure(below), tables=[grid.payload([remark], [])])


@dataclass(frozen=True)
class Survey:
    """Respondent records with the name of their file and the reference day of the report."""

    answers: Respondents
    file: str
    reference: Period
    catalogue: Catalogue

    def figures(self, table: pd.DataFrame, value: pd.Series, statistic: str, unit: str = "") -> pd.DataFrame:
        """Numbers per organisation, group and item as figures; hidden ones without a value."""
        names = [
            name for name in ("organisation", "group", "item") if name in table.columns and table[name].notna().all()
        ]
        parts = table[names].astype(str).apply(lambda column: column.str.replace(" + ", "+", regex=False))
        status = table.status if "status" in table else pd.Series("exact", index=table.index)
        rows = pd.DataFrame(
            {
                "category": parts.agg(" + ".join, axis=1) if len(parts) else pd.Series(dtype=str),
                "value": value.round(0) if unit == "percent" else value,
                "statistic": statistic,
                "status": status.where(value.notna(), "suppressed"),
                **({"unit": unit} if unit else {}),
            }
        )
        known = pd.Timestamp(self.reference.end)
        period, dimension = str(self.reference), "+".join(names)
        return as_figures(rows, "respondent_records", dimension, period, known, self.file, self.catalogue)

    @property
    def score_unit(self) -> str:
        """Unit code of a mean on the scale of the survey."""
        unit = f"score_{self.answers.scale[0]}_{self.answers.scale[1]}"
        return unit if unit in self.catalogue.units.index else "score"


def read(respondents: str, chain: Workbook) -> Survey | None:
    """Read the respondents file and the TOML beside it; None when none is given."""
    if not respondents:
        return None
    day = Period.parse(chain.period.end)
    return Survey(read_respondents(Path(respondents)), respondents, day, chain.catalogue)


def response(known: Survey | None) -> Output:
    """Who answered: records, records with an answer and, when known, the share of those invited."""
    if known is None:
        return NO_FILE
    table = survey.response(known.answers)
    invited = table.invited.where(table.records.notna() & (table.invited >= THRESHOLD))
    rows = pd.DataFrame(
        {
            "Organisatie": table.organisation.astype(str),
            "Respondenten": [_whole(value) for value in table.records],
            "Met een antwoord": [_whole(value) for value in table.with_answers],
            "Gevraagd": [_whole(value, "niet bekend") for value in invited],
            "Respons": [_percent(value, "niet bekend") for value in table.share.where(invited.notna())],
        }
    )
    notice = known.answers.notice
    counts = {"records": table.records, "records_with_answers": table.with_answers}
    figures = [known.figures(table, column.astype("Float64"), name) for name, column in counts.items()]
    asked = table[invited.notna()]
    figures.append(known.figures(asked, asked.invited.astype("Float64"), "invited"))
    figures.append(known.figures(asked, 100 * asked.share, "response", "percent"))
    shown = tables.plain(rows, "Respons", known.catalogue, known.answers.title, notice, figures)
    return replace(shown, notices={"samples": [notice]}) if notice else shown


def nonresponse(known: Survey | None) -> Output:
    """Which items were skipped."""
    if known is None:
        return NOTHING
    table = survey.item_nonresponse(known.answers)
    rows = pd.DataFrame(
        {
            "Vraag": table.item.astype(str),
            "Organisatie": table.organisation.astype(str),
            "Antwoorden": [_whole(value) for value in table.n],
            "Overgeslagen": [_whole(value) for value in table.missing],
            "Aandeel": [_percent(value) for value in table.share],
        }
    )
    figures = [
        known.figures(table, table.n.astype("Float64"), "answers"),
        known.figures(table, 100 * table.share, "item_nonresponse", "percent"),
    ]
    return tables.plain(rows, "Overgeslagen vragen", known.catalogue, "Per vraag en organisatie", figures=figures)


def distribution(known: Survey | None) -> Output:
    """Diverging bars of the answers per item, one chart per organisation."""
    if known is None:
        return NOTHING
    table = survey.distribution(known.answers)

    def chart(organisation: str, mine: pd.DataFrame) -> Output:
        title = f"Antwoorden over {organisation}"
        drawn = mine[mine.share.notna()]
        if drawn.empty:
            return too_few(title)
        shares = pd.DataFrame(
            {
                "item": drawn["item"].astype(str),
                "answer": (drawn.lowest.astype(float) + drawn.highest.astype(float)) / 2,
                "answer_label": drawn.answer.astype(str),
                "share": 100 * drawn.share,
                "text": [_percent(value) for value in drawn.share],
            }
        )
        hidden = mine["item"].nunique() - drawn["item"].nunique()
        note = f"{prose.count(hidden, 'vraag', 'vragen')} niet getoond: te kleine aantallen." if hidden else ""
        named = mine[mine.answer.notna()]
        figures = known.figures(named, 100 * named.share, "share", "percent")
        figures = figures.assign(statistic="share;answer=" + named.answer.astype(str).to_numpy())
        shown = named.assign(text=[_percent(value) for value in named.share])
        rows = (
            shown.pivot_table("text", "item", "answer", "first", sort=False, observed=True).fillna(HIDDEN).reset_index()
        )
        grid = tables.text_grid(rows.rename(columns={"item": "Vraag"}), title, "Verdeling van de antwoorden per vraag")
        return tables.behind(estimates.likert(shares, title), grid, known.catalogue, [figures], note)

    return _per_organisation(table, chart)


def means(known: Survey | None) -> Output:
    """Mean per item with its 95% interval, a dot per organisation."""
    if known is None:
        return NOTHING
    table = survey.means(known.answers)
    dots = pd.DataFrame(
        {
            "name": table["item"].astype(str),
            "group": table.organisation.astype(str),
            "value": table["mean"],
            "low": table.low,
            "high": table.high,
            "text": [_interval(*row) for row in zip(table["mean"], table.low, table.high, strict=True)],
        }
    )
    low, high = known.answers.scale
    title, subtitle = "Gemiddelde per vraag", "Gemiddelde met 95%-interval van Student"
    chart = estimates.intervals(dots, title, f"gemiddelde score ({low}-{high})", subtitle, domain=(low, high))
    rows = dots[["name", "group", "text"]].assign(n=[_whole(value) for value in table.n])
    rows = rows.rename(
        columns={
            "name": "Vraag",
            "group": "Organisatie",
            "text": "Gemiddelde (95%-interval)",
            "n": "Antwoorden",
        }
    )
    figures = [
        known.figures(table, table[column], statistic, known.score_unit)
        for statistic, column in (("mean", "mean"), ("mean_low_95", "low"), ("mean_high_95", "high"))
    ]
    return tables.behind(chart, tables.text_grid(rows, title, subtitle), known.catalogue, figures)


def top_two(known: Survey | None) -> Output:
    """Share that gave one of the two highest scores, with its Wilson interval."""
    if known is None:
        return NOTHING
    table = survey.top_two(known.answers)
    rows = pd.DataFrame(
        {
            "Vraag": table["item"].astype(str),
            "Organisatie": table.organisation.astype(str),
            "Twee hoogste scores": [
                HIDDEN if pd.isna(share) else f"{_percent(share)} ({_percent(low)}-{_percent(high)})"
                for share, low, high in zip(table.share, table.low, table.high, strict=True)
            ],
        }
    )
    columns = {"top_two": table.share, "top_two_low_95": table.low, "top_two_high_95": table.high}
    figures = [known.figures(table, 100 * column, statistic, "percent") for statistic, column in columns.items()]
    title = "Aandeel met een van de twee hoogste scores"
    return tables.plain(rows, title, known.catalogue, "Met 95%-interval van Wilson", figures=figures)


def compare_organisations(known: Survey | None) -> Output:
    """Differences of means between organisations, corrected for the number of comparisons."""
    return _differences(known, "organisation", "Verschillen tussen organisaties")


def compare_groups(known: Survey | None) -> Output:
    """Differences of means between the groups of every grouping in the file."""
    if known is None:
        return NOTHING
    if not known.answers.groupings:
        return Output("<p>Het bestand noemt geen groepen van respondenten.</p>")
    parts = [_differences(known, grouping, f"Verschillen naar {grouping}") for grouping in known.answers.groupings]
    return Output.together(parts)


def compare_waves(known: Survey | None) -> Output:
    """Differences of means between each measurement and the one before."""
    if known is None:
        return NOTHING
    if not known.answers.has_waves:
        return Output("<p>Het bestand bevat één meting; er is niets om mee te vergelijken.</p>")
    return _differences(known, "wave", "Verschillen tussen metingen")


def _differences(known: Survey | None, between: str, title: str) -> Output:
    if known is None:
        return NOTHING
    table = differences(known.answers, between)
    if table.empty:
        return Output(f"<p>{escape(title)}: er is niets om met elkaar te vergelijken.</p>")
    rows = pd.DataFrame(
        {
            "Vraag": table["item"].astype(str),
            **({"Organisatie": table.organisation.astype(str)} if between != "organisation" else {}),
            "Eerste": table["first"].astype(str),
            "Tweede": table["second"].astype(str),
            "Verschil (95%-interval)": [
                _interval(*row) for row in zip(table.difference, table.low, table.high, strict=True)
            ],
            "p na correctie": [
                HIDDEN if pd.isna(p) else ("< 0,001" if p < 0.001 else prose.number(float(p), 3)) for p in table.p_holm
            ],
            "Methode": table.method.fillna("").astype(str),
            "Oordeel": table.verdict.fillna("").astype(str),
        }
    )
    note = (
        "Verschil: tweede min eerste. p is met de methode van Holm gecorrigeerd voor alle vergelijkingen in de tabel; "
        "het oordeel rust daarop. Het interval is niet gecorrigeerd."
    )
    pairs = table.assign(group=table["first"].astype(str) + " - " + table["second"].astype(str))
    pairs = pairs.drop(columns="organisation") if between == "organisation" else pairs
    columns = {"difference": "difference", "difference_low_95": "low", "difference_high_95": "high"}
    figures = [
        known.figures(pairs, pairs[column], f"{statistic};between={between}", known.score_unit)
        for statistic, column in columns.items()
    ]
    figures.append(known.figures(pairs, pairs.p_holm, f"p_holm;between={between}", "probability"))
    return tables.plain(rows, title, known.catalogue, "Verschil van gemiddelden", note, figures)


def importances(known: Survey | None) -> Output:
    """Importance against performance per organisation, with intervals on both axes and what it suggests."""
    if known is None:
        return NOTHING
    table = importance(known.answers)
    units = {"performance": known.score_unit}
    units["importance"] = "correlation" if (table.method == "afgeleid").all() else known.score_unit
    methods = {
        "genoemd": "belang zoals respondenten het noemden",
        "vastgesteld": "belang zoals in de instellingen vastgesteld",
        "afgeleid": "afgeleid belang: samenhang met het oordeel over de andere vragen (rangcorrelatie)",
    }

    def chart(organisation: str, mine: pd.DataFrame) -> Output:
        points = pd.DataFrame(
            {
                "item": mine["item"].astype(str) + mine.advice.map(lambda text: f" ({text})" if text else ""),
                "x": mine.performance, "x_low": mine.performance_low, "x_high": mine.performance_high,
                "y": mine.importance, "y_low": mine.importance_low, "y_high": mine.importance_high,
            }
        )  # fmt: skip
        method = next((name for name in mine.method if isinstance(name, str)), "")
        note = "Samenhang is geen bewijs van oorzaak." if method == "afgeleid" else ""
        title, y_title = f"Belang en beoordeling: {organisation}", methods.get(method, "belang")
        drawn = estimates.quadrant(points, title, "beoordeling (gemiddelde score)", y_title)
        rows = pd.DataFrame(
            {
                "Vraag": mine["item"].astype(str),
                "Beoordeling (95%-interval)": [
                    _interval(*row)
                    for row in zip(mine.performance, mine.performance_low, mine.performance_high, strict=True)
                ],
                "Belang (95%-interval)": [
                    _interval(*row)
                    for row in zip(mine.importance, mine.importance_low, mine.importance_high, strict=True)
                ],
                "Advies": mine.advice.fillna("").astype(str),
            }
        )
        figures = [
            known.figures(mine, mine[axis + end], f"{axis}{end}", unit)
            for axis, unit in units.items()
            for end in ("", "_low", "_high")
        ]
        return tables.behind(drawn, tables.text_grid(rows, title), known.catalogue, figures, note)

    return _per_organisation(table, chart)


def straight_lining(known: Survey | None) -> Output:
    """Share of respondents who gave one and the same answer to everything."""
    if known is None:
        return NOTHING
    table = survey.straight_lining(known.answers)
    rows = pd.DataFrame(
        {
            "Organisatie": table.organisation.astype(str),
            "Beoordeelbare respondenten": [_whole(value) for value in table.judged],
            "Eén antwoord op alles": [
                HIDDEN if pd.isna(share) else f"{_percent(share)} ({_percent(low)}-{_percent(high)})"
                for share, low, high in zip(table.share, table.low, table.high, strict=True)
            ],
        }
    )
    note = "Een groot aandeel maakt verschillen tussen vragen kleiner dan ze zijn."
    columns = {
        "straight_lining": table.share,
        "straight_lining_low_95": table.low,
        "straight_lining_high_95": table.high,
    }
    figures = [known.figures(table, table.judged.astype("Float64"), "judged")]
    figures += [known.figures(table, 100 * column, name, "percent") for name, column in columns.items()]
    title = "Respondenten die overal hetzelfde antwoord gaven"
    return tables.plain(rows, title, known.catalogue, "Met 95%-interval van Wilson", note, figures)


def _per_organisation(table: pd.DataFrame, chart: Callable[[str, pd.DataFrame], Output]) -> Output:
    return Output.together([chart(str(name), mine) for name, mine in table.groupby("organisation", observed=True)])


def _whole(value: object, missing: str = HIDDEN) -> str:
    return missing if pd.isna(value) else prose.number(int(value))


def _percent(value: float, missing: str = HIDDEN) -> str:
    return missing if pd.isna(value) else f"{prose.number(100 * float(value), 0)}%"


def _interval(value: float, low: float, high: float) -> str:
    if pd.isna(value):
        return HIDDEN
    between = "" if pd.isna(low) else f" ({prose.number(float(low), 2)} tot {prose.number(float(high), 2)})"
    return f"{prose.number(float(value), 2)}{between}"
