"""The figures of publications: read, validated once, handed on as one tidy table.

One row is one printed figure. Several sources for one figure stay beside each other; choosing is `selection`'s work.
"""

from itertools import chain
from pathlib import Path

import pandas as pd

from keten.clock import today
from keten.errors import KetenError
from keten.model import own_data
from keten.model.catalogue import Catalogue
from keten.model.country_codes import MEMBER
from keten.model.figures import KEY
from keten.model.naming import nearest
from keten.model.periods import Period
from keten.model.quality import ROUNDED_TO, columns_of
from keten.model.rounding import margin
from keten.model.units import bounds
from keten.observations.wide import named
from keten.paths import REPOSITORY_DATA

WITHOUT_VALUE = ("suppressed", "missing")
NOTES = ("note", "editor_note")
PLANS = ("_planned", "_budget")  # measures that end so are about a time to come


def read(data: Path, catalogue: Catalogue) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The observations of `published/` and their sources (indexed by source id).

    The observations have the columns of the CSV files plus `start`, `end` (days), `kind` of period, `value` (float,
    NaN when suppressed or missing), `margin` (half-width of rounding), `known` (day from which the figure can be
    known) and `assumed` (True when no publication date is stated and the end of the period stands in for it).
    Raises KetenError with all failures in one message.
    """
    tables, wrong_cells = own_data.read_tables(data, "published")
    own_data.refuse(wrong_cells["sources"])
    failures = [*chain.from_iterable(wrong_cells.values())]
    failures += own_data.unknown({**vars(catalogue), **tables}, tables)
    sources = tables["sources"].set_index("source", drop=False)
    observations = pd.concat(
        [
            tables[name].assign(line=range(2, len(tables[name]) + 2), file=f"published/{name}.csv")
            for name in own_data.OF_FIGURES
        ],
        ignore_index=True,
    )
    observations = _typed(observations, sources, failures)
    failures += _unknown_words(observations, catalogue)
    failures += _wrong_values(observations, catalogue)
    failures += _still_to_come(observations, sources)
    failures += _parts_against_totals(observations, catalogue.partitions)
    failures += _rules_of_nothing(catalogue, sources, data)
    own_data.refuse(failures)
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
    """Give text its types; what cannot be read is left empty, what does not go together is added to `failures`."""
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
            "de waarde is leeg; vul haar in of geef de status suppressed of missing.": empty & needed,
            "de status {status} en de waarde {value} gaan niet samen; maak de waarde leeg of kies een andere "
            "status.": ~empty & ~needed,
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


def _unknown_words(observations: pd.DataFrame, catalogue: Catalogue) -> list[str]:
    """Units that do not go with their measure, halves of a breakdown, and nationalities that nothing knows."""
    measures, unit = observations.measure, observations.unit
    expected, other = measures.map(catalogue.measures.unit), measures.map(catalogue.measures.also_unit)
    wrong_unit = expected.notna() & unit.isin(catalogue.units.index) & (unit != expected) & (unit != other)
    dimension, category = observations.dimension, observations.category
    half = (dimension == "") != (category == "")
    nationalities = [named(*pair).get("nationality", "") for pair in zip(dimension, category, strict=True)]
    foreign = [
        "nationality" in names.split("+") and catalogue.names.resolve(name) != (name, MEMBER)
        for names, name in zip(dimension, nationalities, strict=True)
    ]
    return _failures(
        observations,
        {
            "de eenheid {unit} hoort niet bij de maat {measure}.": wrong_unit,
            "dimensie '{dimension}' en categorie '{category}' horen samen ingevuld of samen leeg te zijn.": half,
            "de nationaliteit '{category}' staat niet in catalogue/nationalities.csv.": pd.Series(
                foreign, observations.index, dtype=bool
            ),
        },
    )


def _wrong_values(observations: pd.DataFrame, catalogue: Catalogue) -> list[str]:
    """Duplicate keys, impossible percentages and counts, stocks that were summed over a span."""
    one = [*KEY, "organisation", "source", "known"]
    double = observations.duplicated([*one, "unit"], keep=False) & observations.duplicated([*one, "unit", *NOTES])
    kind, value = observations.measure.map(catalogue.measures.kind), observations.value
    own, general = observations.measure.map(catalogue.measures.range), observations.unit.map(catalogue.units.range)
    range_ = own.where(own != "", general).fillna("")
    limits = {text: bounds(text) for text in range_.unique()}
    beyond = (value < range_.map(lambda text: limits[text][0])) | (value > range_.map(lambda text: limits[text][1]))
    broken = (observations.unit.map(catalogue.units.whole) == "yes") & (kind != "rate") & (value % 1 > 0)
    same = observations.duplicated([*one, "value", *NOTES])
    summed = (kind == "stock") & (observations.kind == "span")
    first, last = (
        pd.to_datetime(observations.measure.map(catalogue.measures[name]).replace("", None), format="%Y-%m-%d")
        for name in ("valid_from", "valid_to")
    )
    outside = (observations.end < first) | (observations.start > last)
    return _failures(
        observations.assign(range=range_),
        {
            "dit cijfer van {measure} over {period} staat er twee keer met dezelfde bron.": same,
            "de bron geeft voor {measure} over {period} twee waarden zonder dat de noot een editie noemt.": double,
            "{measure} ligt binnen {range}, maar is {value:g}.": beyond,
            "{measure} telt in hele {unit}, maar is {value:g}.": broken,
            "{measure} is een stand; een stand heeft een peildatum en wordt niet over een tijdvak opgeteld.": summed,
            "{measure} bestaat niet over {period}; zie valid_from en valid_to in catalogue/measures.csv.": outside,
        },
    )


def _still_to_come(observations: pd.DataFrame, sources: pd.DataFrame) -> list[str]:
    """Periods that have yet to begin, but of plans, and days of publication after today: slips of the pen in a year."""
    now = today()
    planned = observations.measure.str.endswith(PLANS)
    return _failures(
        observations,
        {
            f"de periode {{period}} begint na vandaag ({now}); herstel haar.": ~planned
            & (observations.start > pd.Timestamp(now)),
            f"de publicatiedatum '{{published}}' ligt na vandaag ({now}).": observations.published > now,
        },
    ) + [
        f"published/sources.csv, regel {line}: de publicatiedatum '{day}' ligt na vandaag ({now})."
        for line, day in enumerate(sources.published, 2)
        if day > now
    ]


def _rules_of_nothing(catalogue: Catalogue, sources: pd.DataFrame, data: Path) -> list[str]:
    """Rules of precedence that name a source which is neither a publication nor a card, here or in the project."""
    cards = [path.stem for folder in (data, REPOSITORY_DATA) for path in (folder / "sources").glob("*.toml")]
    known = [*sources.index, *cards]
    return [
        f"catalogue/precedence.csv, regel {line}: de bron {name} is geen regel van published/sources.csv en geen kaart "
        f"in sources/.{nearest(name, known)}"
        for line, name in enumerate(catalogue.precedence.source, 2)
        if not any(one.startswith(name) for one in known)
    ]


def _parts_against_totals(observations: pd.DataFrame, partitions: pd.DataFrame) -> list[str]:
    """Published parts that do not add up to the published total of the same source within their rounding."""
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
