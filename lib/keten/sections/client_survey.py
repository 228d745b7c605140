"""The client-experience survey: findings that a source gives in words, and the analysis of respondent records.

Records are personal data: `statistics.survey` protects every table that is shown here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

import pandas as pd

from keten import asked
from keten.disclosure import THRESHOLD
from keten.model.own_data import read_tables
from keten.model.periods import Period
from keten.paths import records_file
from keten.presentation import markup, prose, tables
from keten.presentation.charts import bars, estimates
from keten.presentation.charts.bars import Dot
from keten.presentation.charts.figure import figure
from keten.presentation.charts.palette import BLUE, Style
from keten.presentation.charts.words import main_points
from keten.presentation.grid import Cell, Grid
from keten.presentation.markup import escape, link
from keten.presentation.output import Output, gap, too_few
from keten.sections.records import HIDDEN, Records, account_for, nothing_told, of_file, texts
from keten.statistics.survey import tables as survey
from keten.statistics.survey.comparison import differences
from keten.statistics.survey.decisions import decisions
from keten.statistics.survey.importance import importance
from keten.statistics.survey.respondents import Respondents, read_respondents
from keten.workbook.workbook import Workbook

NO_FILE = Output(
    "<p>Voor deze uitgave is geen bestand met antwoorden van respondenten gebruikt. Met zo'n bestand geeft dit deel de "
    "respons, de verdeling en het gemiddelde per vraag, verschillen tussen organisaties en groepen, en een "
    "vergelijking van metingen.</p>"
)
Numbers = Mapping[str, tuple[str, str]]
"""The column and the unit of the numbers of a table, by their statistic."""


def findings(chain: Workbook) -> Output:
    """What the survey of 2017 found in words: best items, organisations, points to improve; with the source."""
    title = "Bevindingen van het klantervaringsonderzoek"
    asked.note(f"{asked.FILE}published/survey_findings.csv")
    with asked.quietly():
        table = read_tables(chain.data, "published").tables["survey_findings"]
    about = chain.sources_of(table.source)
    known = pd.to_datetime(table.source.map(about.published))
    seen = table.period.map(lambda text: Period.parse(text).end <= chain.period.end)
    if chain.as_of is not None:
        seen &= known <= pd.Timestamp(chain.as_of)
    table = table[seen]
    if table.empty:
        return gap(title, "een klantervaringsonderzoek van IND, COA en DT&V")
    groups = list(dict.fromkeys(table.respondent_group))
    rows = [
        [
            Cell(str(topic)),
            *[Cell(prose.listing(list(mine.finding[mine.respondent_group == group]))) for group in groups],
        ]
        for topic, mine in table.groupby("topic", sort=False)
    ]
    subtitle = f"Veldwerk {Period.parse(table.period.iloc[0]).label}"
    grid = Grid(title, subtitle, ["Onderwerp", *[group.capitalize() for group in groups]], rows)
    remark = "De bron geeft deze bevindingen zonder cijfers. De verschillen tussen de organisaties zijn klein."
    sources = [link(about.title[source], about.url[source]) for source in about.index]
    below = f'{markup.note(remark)}<p class="source">Bron: {"; ".join(sources)}.</p>{markup.more(grid.download())}'
    return Output(grid.figure(below), tables=[grid.payload([remark], [])])


def agreement(chain: Workbook) -> Output:
    """Per item of the survey of 2017 the lowest and the highest share of the three organisations."""
    title = "Aandeel dat positief oordeelt: laagste en hoogste van de drie organisaties"
    remark = "De bron noemt alleen de bandbreedte over de drie organisaties."
    items = chain.categories("survey_share_agree_max", "item")
    ends = {name: [chain.value(f"survey_share_agree_{end}", "item", name) for end in ("min", "max")] for name in items}
    whole = {name: pair for name, pair in ends.items() if all(len(one) and one.value.notna().all() for one in pair)}
    frame = tables.known([one for pair in whole.values() for one in pair])
    if frame.empty:
        return gap(title, title)
    bounds = {name: [float(one.value.iloc[0]) for one in pair] for name, pair in whole.items()}
    said = {name: f"{prose.number(low)}% tot {prose.number(high)}%" for name, (low, high) in bounds.items()}
    made = [
        (prose.capital(name), [Dot(0, high, low, high, said[name], f"{prose.capital(name)}: {said[name]}", both=True)])
        for name, (low, high) in bounds.items()
    ]
    period = Period.parse(frame.period.iloc[0]).label
    drawn = figure(
        lambda width: bars.dots(made, [Style("", BLUE, kind="point")], width, [0, 25, 50, 75, 100], prose.number),
        title,
        f"Procent van de asielzoekers, {period}; de lijn loopt van de laagste naar de hoogste organisatie",
        main_points([f"{name} {text}" for name, text in said.items()]),
    )
    return tables.behind(drawn, tables.single_grid(frame, title, chain), chain.catalogue, [frame], remark)


ITEM: dict[str, tuple[Any, ...]] = {"Vraag": (str, "item"), "Organisatie": (str, "organisation")}
WILSON = "Met 95%-interval van Wilson"
METHODS = {
    "genoemd": "belang zoals respondenten het noemden",
    "vastgesteld": "belang zoals in de instellingen vastgesteld",
    "afgeleid": "afgeleid belang: samenhang met het oordeel over de andere vragen (rangcorrelatie)",
}


@dataclass(frozen=True)
class Survey(Records):
    """Respondent records, with their file and the reference day of the report."""

    measure: ClassVar[str] = "respondent_records"

    answers: Respondents

    def numbers(self, table: pd.DataFrame, numbers: Numbers) -> list[pd.DataFrame]:
        """Numbers per organisation, group and item as figures, shares in percent; hidden ones without a value."""
        names = [
            name for name in ("organisation", "group", "item") if name in table.columns and table[name].notna().all()
        ]
        parts = table[names].astype(str).apply(lambda column: column.str.replace(" + ", "+", regex=False))
        category = parts.agg(" + ".join, axis=1) if len(parts) else pd.Series(dtype=str)
        status = table.status if "status" in table else pd.Series("exact", index=table.index)
        found = []
        for statistic, (column, unit) in numbers.items():
            value = (100 * table[column]).round(0) if unit == "percent" else table[column]
            about = {"statistic": statistic, "status": status.where(value.notna(), "suppressed")}
            rows = pd.DataFrame({"category": category, "value": value, **about, **({"unit": unit} if unit else {})})
            found.append(self.figures(rows, "+".join(names)))
        return found

    def table(
        self,
        title: str,
        subtitle: str,
        table: pd.DataFrame,
        columns: Mapping[str, tuple[Any, ...]],
        numbers: Numbers,
        remark: str = "",
    ) -> Output:
        """A table with its texts (`columns`, as `records.texts` takes them) and the figures in it."""
        figures = self.numbers(table, numbers)
        return tables.plain(texts(table, columns), title, self.catalogue, subtitle, remark, figures)

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
    with nothing_told(respondents):
        answers = read_respondents(records_file("respondents", respondents))
        account_for("respondents", lambda: decisions(answers))
        return Survey(respondents, day, chain.catalogue, answers)


def response(known: Survey | None) -> Output:
    """Who answered: records, records with an answer and, when known, the share of those invited."""
    return NO_FILE if known is None else _response(known)


@of_file
def _response(known: Survey) -> Output:
    table = survey.response(known.answers)
    table["invited"] = table.invited.where(table.records.notna() & (table.invited >= THRESHOLD))
    table["share"] = table.share.where(table.invited.notna())
    notice = known.answers.notice
    columns = {
        "Organisatie": (str, "organisation"),
        "Respondenten": (_whole, "records"),
        "Met een antwoord": (_whole, "with_answers"),
        "Gevraagd": (partial(_whole, missing="niet bekend"), "invited"),
        "Respons": (partial(_percent, missing="niet bekend"), "share"),
    }
    counts = {"records": ("records", ""), "records_with_answers": ("with_answers", "")}
    figures = known.numbers(table, counts)
    figures += known.numbers(
        table[table.invited.notna()], {"invited": ("invited", ""), "response": ("share", "percent")}
    )
    shown = tables.plain(texts(table, columns), "Respons", known.catalogue, known.answers.title, notice, figures)
    return replace(shown, notices={"samples": [notice]}) if notice else shown


@of_file
def nonresponse(known: Survey) -> Output:
    """Which items were skipped."""
    columns = {
        **ITEM,
        "Antwoorden": (_whole, "n"),
        "Overgeslagen": (_whole, "missing"),
        "Aandeel": (_percent, "share"),
    }
    numbers = {"answers": ("n", ""), "item_nonresponse": ("share", "percent")}
    table = survey.item_nonresponse(known.answers)
    return known.table("Overgeslagen vragen", "Per vraag en organisatie", table, columns, numbers)


@of_file
def distribution(known: Survey) -> Output:
    """Diverging bars of the answers per item, one chart per organisation."""

    def chart(organisation: str, mine: pd.DataFrame) -> Output:
        title = f"Antwoorden over {organisation}"
        named = mine[mine.answer.notna()].assign(text=lambda rows: [_percent(share) for share in rows.share])
        drawn = named[named.share.notna()]
        if drawn.empty:
            return too_few(title)
        middle = (drawn.lowest.astype(float) + drawn.highest.astype(float)) / 2
        shares = drawn[["item", "answer"]].astype(str).rename(columns={"answer": "answer_label"})
        shares = shares.assign(answer=middle, share=100 * drawn.share, text=drawn.text)
        hidden = mine["item"].nunique() - drawn["item"].nunique()
        note = f"{prose.count(hidden, 'vraag', 'vragen')} niet getoond: te kleine aantallen." if hidden else ""
        (figures,) = known.numbers(named, {"share": ("share", "percent")})
        figures = figures.assign(statistic="share;answer=" + named.answer.astype(str).to_numpy())
        rows = (
            named.pivot_table("text", "item", "answer", "first", sort=False, observed=True).fillna(HIDDEN).reset_index()
        )
        grid = tables.text_grid(rows.rename(columns={"item": "Vraag"}), title, "Verdeling van de antwoorden per vraag")
        return tables.behind(estimates.likert(shares, title), grid, known.catalogue, [figures], note)

    return _per_organisation(survey.distribution(known.answers), chart)


@of_file
def means(known: Survey) -> Output:
    """Mean per item with its 95% interval, a dot per organisation."""
    table = survey.means(known.answers)
    title, subtitle = "Gemiddelde per vraag", "Gemiddelde met 95%-interval van Student"
    columns = {
        **ITEM,
        "Gemiddelde (95%-interval)": (_interval, "mean", "low", "high"),
        "Antwoorden": (_whole, "n"),
    }
    rows = texts(table, columns)
    dots = (
        rows.iloc[:, :3]
        .set_axis(["name", "group", "text"], axis=1)
        .assign(value=table["mean"], low=table.low, high=table.high)
        .assign(short=[prose.number(mean, 1) for mean in table["mean"]])
    )
    low, high = known.answers.scale
    chart = estimates.intervals(dots, title, f"gemiddelde score ({low}-{high})", subtitle, domain=(low, high))
    figures = known.numbers(table, _with_bounds("mean", "mean", known.score_unit))
    return tables.behind(chart, tables.text_grid(rows, title, subtitle), known.catalogue, figures)


@of_file
def top_two(known: Survey) -> Output:
    """Share that gave one of the two highest scores, with its Wilson interval."""
    columns = {**ITEM, "Twee hoogste scores": (_percent_interval, "share", "low", "high")}
    title = "Aandeel met een van de twee hoogste scores"
    numbers = _with_bounds("top_two", "share", "percent")
    table = survey.top_two(known.answers)
    rows = texts(table, columns)
    dots = rows.set_axis(["name", "group", "text"], axis=1).assign(
        **{name: 100 * table[of] for name, of in (("value", "share"), ("low", "low"), ("high", "high"))},
        short=[_percent(share) for share in table.share],
    )
    chart = estimates.intervals(dots, title, "procent van de antwoorden", WILSON)
    return tables.behind(chart, tables.text_grid(rows, title, WILSON), known.catalogue, known.numbers(table, numbers))


@of_file
def compare_organisations(known: Survey) -> Output:
    """Differences of means between organisations, corrected for the number of comparisons."""
    return _differences(known, "organisation", "Verschillen tussen organisaties")


@of_file
def compare_groups(known: Survey) -> Output:
    """Differences of means between the groups of every grouping in the file."""
    if not known.answers.groupings:
        return Output("<p>Het bestand noemt geen groepen van respondenten.</p>")
    parts = [_differences(known, grouping, f"Verschillen naar {grouping}") for grouping in known.answers.groupings]
    return Output.together(parts)


@of_file
def compare_waves(known: Survey) -> Output:
    """Differences of means between each measurement and the one before."""
    if not known.answers.has_waves:
        return Output("<p>Het bestand bevat één meting; er is niets om mee te vergelijken.</p>")
    return _differences(known, "wave", "Verschillen tussen metingen")


def _differences(known: Survey, between: str, title: str) -> Output:
    table = differences(known.answers, between)
    if table.empty:
        return Output(f"<p>{escape(title)}: er is niets om met elkaar te vergelijken.</p>")
    table["group"] = table["first"].astype(str) + " - " + table["second"].astype(str)
    columns = {
        **ITEM,
        "Eerste": (str, "first"),
        "Tweede": (str, "second"),
        "Verschil (95%-interval)": (_interval, "difference", "low", "high"),
        "p na correctie": (_probability, "p_holm"),
        "Methode": (_words, "method"),
        "Oordeel": (_words, "verdict"),
    }
    if between == "organisation":
        table = table.drop(columns="organisation")
        del columns["Organisatie"]
    note = (
        "Verschil: tweede min eerste. p is met de methode van Holm gecorrigeerd voor alle vergelijkingen in de tabel; "
        "het oordeel rust daarop. Het interval is niet gecorrigeerd."
    )
    numbers = {**_with_bounds("difference", "difference", known.score_unit), "p_holm": ("p_holm", "probability")}
    between_numbers = {f"{statistic};between={between}": number for statistic, number in numbers.items()}
    return known.table(title, "Verschil van gemiddelden", table, columns, between_numbers, note)


@of_file
def importances(known: Survey) -> Output:
    """Importance against performance per organisation, with intervals on both axes and what it suggests."""
    table = importance(known.answers)
    derived = (table.method == "afgeleid").all()
    units = {"performance": known.score_unit, "importance": "correlation" if derived else known.score_unit}
    ends = {f"{name}{end}": (name, end) for name in units for end in ("", "_low", "_high")}
    columns = {
        "Vraag": (str, "item"),
        "Beoordeling (95%-interval)": (_interval, *list(ends)[:3]),
        "Belang (95%-interval)": (_interval, *list(ends)[3:]),
        "Advies": (_words, "advice"),
    }

    def chart(organisation: str, mine: pd.DataFrame) -> Output:
        items = mine["item"].astype(str) + mine.advice.map(lambda text: f" ({text})" if text else "")
        points = mine[list(ends)].set_axis(["x", "x_low", "x_high", "y", "y_low", "y_high"], axis=1).assign(item=items)
        method = next((name for name in mine.method if isinstance(name, str)), "")
        note = "Samenhang is geen bewijs van oorzaak." if method == "afgeleid" else ""
        title, y_title = f"Belang en beoordeling: {organisation}", METHODS.get(method, "belang")
        drawn = estimates.quadrant(points, title, "beoordeling (gemiddelde score)", y_title)
        figures = known.numbers(mine, {column: (column, units[name]) for column, (name, _) in ends.items()})
        return tables.behind(drawn, tables.text_grid(texts(mine, columns), title), known.catalogue, figures, note)

    return _per_organisation(table, chart)


@of_file
def straight_lining(known: Survey) -> Output:
    """Share of respondents who gave one and the same answer to everything."""
    columns = {
        "Organisatie": (str, "organisation"),
        "Beoordeelbare respondenten": (_whole, "judged"),
        "Eén antwoord op alles": (_percent_interval, "share", "low", "high"),
    }
    numbers = {"judged": ("judged", ""), **_with_bounds("straight_lining", "share", "percent")}
    title = "Respondenten die overal hetzelfde antwoord gaven"
    note = "Een groot aandeel maakt verschillen tussen vragen kleiner dan ze zijn."
    return known.table(title, WILSON, survey.straight_lining(known.answers), columns, numbers, note)


def _per_organisation(table: pd.DataFrame, chart: Callable[[str, pd.DataFrame], Output]) -> Output:
    return Output.together([chart(str(name), mine) for name, mine in table.groupby("organisation", observed=True)])


def _with_bounds(statistic: str, column: str, unit: str) -> dict[str, tuple[str, str]]:
    """A number and the bounds of its interval, as `Numbers`."""
    return {
        statistic: (column, unit),
        f"{statistic}_low_95": ("low", unit),
        f"{statistic}_high_95": ("high", unit),
    }


def _words(text: str | None) -> str:
    return "" if pd.isna(text) else str(text)


def _whole(value: float, missing: str = HIDDEN) -> str:
    return missing if pd.isna(value) else prose.number(int(value))


def _percent(value: float, missing: str = HIDDEN) -> str:
    return missing if pd.isna(value) else f"{prose.number(100 * float(value), 0)}%"


def _percent_interval(value: float, low: float, high: float) -> str:
    return HIDDEN if pd.isna(value) else f"{_percent(value)} ({_percent(low)}-{_percent(high)})"


def _probability(p: float) -> str:
    return HIDDEN if pd.isna(p) else "< 0,001" if p < 0.001 else prose.number(float(p), 3)


def _interval(value: float, low: float, high: float) -> str:
    if pd.isna(value):
        return HIDDEN
    between = "" if pd.isna(low) else f" ({prose.number(float(low), 2)} tot {prose.number(float(high), 2)})"
    return f"{prose.number(float(value), 2)}{between}"
