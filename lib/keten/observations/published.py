"""The figures of publications: read, validated once, handed on as one tidy table.

One row is one printed figure. Several sources for one figure stay beside each other; choosing is `selection`'s work.
"""

from pathlib import Path

import pandas as pd

from keten.errors import KetenError
from keten.model.catalogue import Catalogue, read_table
from keten.model.country_codes import MEMBER
from keten.model.figures import KEY
from keten.model.periods import Period
from keten.model.quality import ROUNDED_TO, WORDS, columns_of
from keten.model.rounding import margin
from keten.observations.wide import named

FILES = ("figures", "survey", "lvv")
WITHOUT_VALUE = ("suppressed", "missing")
FIGURE_FILE_COLUMNS = "measure organisation dimension category period value unit status source published note"
SOURCE_COLUMNS = "source title publisher url read_from published licence"


def read(data: Path, catalogue: Catalogue) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The observations of `published/` and their sources (indexed by source id).

    The observations have the columns of the CSV files plus `start`, `end` (days), `kind` of period, `value` (float,
    NaN when suppressed or missing), `margin` (half-width of rounding), `known` (day from which the figure can be
    known) and `assumed` (True when no publication date is stated and the end of the period stands in for it).
    Raises KetenError with all failures in one message.
    """
    sources = read_table(data / "published" / "sources.csv", SOURCE_COLUMNS).set_index("source", drop=False)
    if sources.index.has_duplicates:
        double = sources.index[sources.index.duplicated()][0]
        raise KetenError(f"In published/sources.csv staat {double} dubbel; houd er één regel van over.")
    tables = []
    for name in FILES:
        table = read_table(data / "published" / f"{name}.csv", FIGURE_FILE_COLUMNS)
        tables.append(table.assign(line=range(2, len(table) + 2), file=f"published/{name}.csv"))
    observations = pd.concat(tables, ignore_index=True)

    failures: list[str] = []
    observations = _typed(observations, sources, failures)
    failures += _unknown_words(observations, catalogue, sources)
    failures += _wrong_values(observations, catalogue)
    failures += _parts_against_totals(observations, data)
    if failures:
        points = "dit punt" if len(failures) == 1 else f"deze {len(failures)} punten"
        shown = "\n".join(f"- {failure}" for failure in failures[:40])
        more = f"\n- en nog {len(failures) - 40}" if len(failures) > 40 else ""
        raise KetenError(f"De gegevens zijn niet bruikbaar; herstel {points} en probeer het opnieuw:\n{shown}{more}")
    return observations.drop(columns=["file", "line", "published"]), sources


def _place(row: pd.Series) -> str:
    return f"{row.file}, regel {row.line}"


def _failures(observations: pd.DataFrame, checks: dict[str, pd.Series]) -> list[str]:
    """One sentence per faulty row of every check. checks: by sentence, which may name columns in braces, the faulty."""
    return [
        f"{_place(row)}: {sentence.format(**row)}"
        for sentence, faulty in checks.items()
        for _, row in observations[faulty].iterrows()
    ]


def _roundings(observations: pd.DataFrame) -> pd.Series:
    """To what a source rounds a measure, where all its figures that tell so agree; '' elsewhere.

    A figure that is said to be provisional has no room to say so itself.
    """
    unsaid = observations.status == "provisional"
    told = observations[observations.status.isin(list(ROUNDED_TO.values()))]
    roundings = told.groupby(["source", "measure"]).status.agg(lambda words: "".join(set(words)))
    roundings = roundings[roundings.isin(ROUNDED_TO.values())]
    keys = pd.MultiIndex.from_frame(observations[["source", "measure"]])
    return pd.Series(roundings.reindex(keys).to_numpy(), observations.index).where(unsaid).fillna("")


def _typed(observations: pd.DataFrame, sources: pd.DataFrame, failures: list[str]) -> pd.DataFrame:
    """Give text its types; what cannot be read is added to `failures` and left empty."""
    periods: dict[str, Period | None] = {}
    for text in observations.period.unique():
        try:
            periods[text] = Period.parse(text)
        except KetenError:
            periods[text] = None
    parsed = observations.period.map(periods)
    value = pd.to_numeric(observations.value.replace("", None), errors="coerce").astype(float)
    value = value.where(value.abs() < float("inf"))
    status, empty = observations.status, observations.value == ""
    stated = observations.published.where(observations.published != "", observations.source.map(sources.published))
    known = pd.to_datetime(stated.replace("", None), errors="coerce", format="%Y-%m-%d")
    needed = ~status.isin(WITHOUT_VALUE)
    failures += _failures(
        observations,
        {
            "de periode '{period}' is niet te lezen; schrijf bijvoorbeeld 2017-06, 2017-Q2, 2017-H1, 2017 of een "
            "datum.": parsed.isna(),
            "'{value}' is geen getal; schrijf een getal met een decimale punt.": value.isna() & ~empty,
            f"de status '{{status}}' is niet een van {', '.join(WORDS)}.": ~status.isin(WORDS),
            "de waarde is leeg; vul haar in of geef de status suppressed of missing.": empty & needed,
            "de status {status} en de waarde {value} gaan niet samen; maak de waarde leeg of kies een andere "
            "status.": ~empty & ~needed,
            "de publicatiedatum is niet te lezen; verwacht wordt jjjj-mm-dd.": known.isna() & stated.fillna("").ne(""),
        },
    )
    end = pd.to_datetime(parsed.map(lambda period: period.end, na_action="ignore"))
    quality = columns_of(status, _roundings(observations))
    return observations.assign(
        **quality,
        value=value,
        start=pd.to_datetime(parsed.map(lambda period: period.start, na_action="ignore")),
        end=end,
        kind=parsed.map(lambda period: period.kind, na_action="ignore"),
        period=parsed.map(str, na_action="ignore").fillna(observations.period),
        margin=margin(value, quality["precision"], observations.unit),
        known=known.fillna(end),
        assumed=known.isna(),
    )


def _unknown_words(observations: pd.DataFrame, catalogue: Catalogue, sources: pd.DataFrame) -> list[str]:
    """Measures, units, nationalities and sources that no table of the data folder knows."""
    measures, unit = observations.measure, observations.unit
    expected, other = measures.map(catalogue.measures.unit), measures.map(catalogue.measures.also_unit)
    wrong_unit = (expected.notna() & (unit != expected) & (unit != other)) | ~unit.isin(catalogue.units.index)
    dimension, category = observations.dimension, observations.category
    half = (dimension == "") != (category == "")
    known = [name for name in dimension.unique() if set(name.split("+")) - {""} <= set(catalogue.dimensions.index)]
    nationalities = [named(*pair).get("nationality", "") for pair in zip(dimension, category, strict=True)]
    foreign = [
        "nationality" in names.split("+") and catalogue.names.resolve(name)[1] != MEMBER
        for names, name in zip(dimension, nationalities, strict=True)
    ]
    return _failures(
        observations,
        {
            "de maat {measure} staat niet in catalogue/measures.csv.": ~measures.isin(catalogue.measures.index),
            "de bron {source} staat niet in published/sources.csv.": ~observations.source.isin(sources.index),
            "de eenheid {unit} hoort niet bij de maat {measure}.": wrong_unit,
            "dimensie '{dimension}' en categorie '{category}' horen samen ingevuld of samen leeg te zijn.": half,
            "de dimensie {dimension} staat niet in catalogue/dimensions.csv.": ~dimension.isin(known),
            "de nationaliteit '{category}' staat niet in catalogue/nationalities.csv.": pd.Series(
                foreign, observations.index, dtype=bool
            ),
        },
    )


def _wrong_values(observations: pd.DataFrame, catalogue: Catalogue) -> list[str]:
    """Duplicate keys, impossible percentages and counts, stocks that were summed over a span."""
    one = [*KEY, "organisation", "source", "known"]
    double = observations.duplicated([*one, "unit"], keep=False) & observations.duplicated([*one, "unit", "note"])
    is_share = (observations.unit == "percent") & ~observations.measure.str.endswith("_growth")
    kind, value = observations.measure.map(catalogue.measures.kind), observations.value
    same = observations.duplicated([*one, "value", "note"])
    summed = (kind == "stock") & (observations.kind == "span")
    return _failures(
        observations,
        {
            "dit cijfer van {measure} over {period} staat er twee keer met dezelfde bron.": same,
            "de bron geeft voor {measure} over {period} twee waarden zonder dat de noot een editie noemt.": double,
            "het percentage {value:g} ligt niet tussen 0 en 100.": is_share & ~value.between(0, 100) & value.notna(),
            "{measure} telt en kan niet negatief zijn, maar is {value:g}.": (kind == "flow") & (value < 0),
            "{measure} is een stand; een stand heeft een peildatum en wordt niet over een tijdvak opgeteld.": summed,
        },
    )


def _parts_against_totals(observations: pd.DataFrame, data: Path) -> list[str]:
    """Published parts that do not add up to the published total of the same source within their rounding."""
    partitions = read_table(data / "catalogue" / "partitions.csv", "measure dimension total parts why")
    failures = []
    for measure, dimension, whole, listed, _ in partitions.itertuples(index=False, name=None):
        parts = str(listed).split(";")
        rows = observations[(observations.measure == measure) & observations.dimension.isin(["", dimension])]
        for (source, period), group in rows.groupby(["source", "period"]):
            in_total = (group.category == whole) & group.dimension.isin(["", dimension])
            total = group[in_total if whole else group.dimension == ""]
            members = group[(group.dimension == dimension) & group.category.isin(parts)]
            if len(total) != 1 or set(members.category) != set(parts) or members.value.isna().any():
                continue
            gap = abs(members.value.sum() - total.value.iloc[0])
            if gap > members.margin.sum() + total.margin.iloc[0]:
                failures.append(
                    f"{_place(total.iloc[0])}: de delen van {measure} over {period} ({source}) wijken "
                    f"{gap:g} af van het gepubliceerde totaal {total.value.iloc[0]:g}; dat is meer dan hun afronding."
                )
    return failures
