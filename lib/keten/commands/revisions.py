"""The command `keten revisions`: what each later edition made of a figure, as CSV."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from keten.commands.parser import SUCCESS, choice_options, data_given
from keten.errors import KetenError

if TYPE_CHECKING:
    import pandas as pd

REVISION_COLUMNS = [
    "source", "as_of", "value", "status", "first_value", "previous_value", "revision", "revision_percent",
    "mean_revision", "largest_revision",
]  # fmt: skip


def add(commands: Any) -> None:
    """Put the command on the command line."""
    command = commands.add_parser(
        "revisions",
        help="toon wat latere uitgaven van cijfers maakten",
        description="Schrijft als CSV naar standaarduitvoer elk cijfer dat minstens een keer is herzien: een regel per "
        "uitgave, de eerste voorop, met de herziening ten opzichte van de uitgave ervoor en per cijfer de gemiddelde "
        "en de grootste herziening. Per maat en bron komt er een samenvatting op de foutuitvoer. Cijfers van "
        "verschillende uitgevers gelden nooit als herziening van elkaar. Cijfers die uit dossiers van personen zijn "
        "geteld staan er niet bij: een verschil kan voor een paar mensen staan.",
    )
    choice_options(
        command,
        "alleen deze bron, of alle uitgaven van deze publicatie",
        "alleen uitgaven die op deze datum bekend waren",
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out `keten revisions`. Raises KetenError for a choice that cannot be."""
    from keten.observations.dataset import load
    from keten.statistics.timeseries.revisions import editions, summary

    loaded = load(data_given(arguments))
    found = editions(_asked(loaded, arguments))
    if arguments.source:
        found = _of_source(found, arguments.source, loaded)
    sys.stdout.write(table(found).to_csv(index=False, lineterminator="\n"))
    sentences = [sentence(row, loaded.catalogue) for row in summary(found[~found["first"]]).itertuples()]
    for line in sentences or ["Van deze cijfers is geen herziening bekend."]:
        print(line, file=sys.stderr)
    return SUCCESS


def _asked(loaded: Any, arguments: argparse.Namespace) -> "pd.DataFrame":
    """The observations that the options leave, as the sources gave them; all editions of all sources."""
    import pandas as pd

    from keten.model.periods import as_of_date
    from keten.model.quality import comparable
    from keten.model.typed_period import typed_period

    rows = comparable(loaded.observations)
    if arguments.measure:
        loaded.catalogue.measure(arguments.measure)
        rows = rows[rows.measure == arguments.measure]
    if arguments.period:
        period = typed_period(arguments.period)
        inside = (rows.start >= pd.Timestamp(period.start)) & (rows.end <= pd.Timestamp(period.end))
        rows = rows[(rows.period == str(period)) | (inside & (rows.kind == "date"))]
    if (day := as_of_date(arguments.as_of)) is not None:
        rows = rows[rows.known <= pd.Timestamp(day)]
    return rows


def _of_source(found: "pd.DataFrame", source: str, loaded: Any) -> "pd.DataFrame":
    """The figures of which this source is an edition, with all their editions."""
    from keten.model.naming import nearest
    from keten.statistics.timeseries.revisions import publication

    ids = dict.fromkeys([*loaded.observations.source, *loaded.sources.index])
    choices = list(dict.fromkeys([*ids, *map(publication, ids)]))
    if source not in choices:
        raise KetenError(f"De bron {source} is niet bekend.{nearest(source, choices)}")
    figures = found.number[(found.source == source) | (found.publication == source)]
    return found[found.number.isin(figures)]


def table(found: "pd.DataFrame") -> "pd.DataFrame":
    """The CSV: a row per edition of each revised figure, a column per dimension, numbers as text, nothing as "".

    found: from `analysis.revisions.editions`.
    """
    import pandas as pd

    from keten.observations.wide import wide
    from keten.presentation.markup import plain_number
    from keten.statistics.timeseries.revisions import per_figure

    rows = found.join(per_figure(found), on="number").assign(as_of=found.known.dt.strftime("%Y-%m-%d"))
    rows = rows[["measure", "period", "kind", "dimension", "category", *REVISION_COLUMNS]]
    rows = wide(rows.rename(columns={"kind": "freq"}))
    for name in REVISION_COLUMNS[2:]:
        if name != "status":
            rows[name] = [plain_number(value) if pd.notna(value) else "" for value in rows[name]]
    return rows


def sentence(row: Any, catalogue: Any) -> str:
    """One line of `analysis.revisions.summary` in words."""
    import pandas as pd

    from keten.model.periods import Period
    from keten.presentation import prose
    from keten.presentation.output import name_of

    label = catalogue.measure(row.measure).label
    together = "samen " if row.figures > 1 else ""
    start = (
        f"{label} ({row.organisation}, {row.publication}): {prose.count(row.figures, 'cijfer', 'cijfers')}, "
        f"{together}{row.revisions} keer herzien"
    )
    if not row.sized:
        return f"{start}, steeds van of naar een cijfer zonder getal."
    unit = row.unit if row.unit in ("percent", "EUR") else ""
    names = catalogue.unit_words(row.unit)
    words = "" if unit else f" {names.singular if abs(row.mean_revision) == 1 else names.plural}"
    about = Period.parse(row.largest_period).label
    if row.largest_category:
        about = f"{name_of('', row.largest_category).removeprefix(': ')}, {about}"
    mean, size, largest = (
        f"{'+' if value > 0 else ''}{prose.number(value, unit=unit)}"
        for value in (row.mean_revision, row.mean_absolute_revision, row.largest)
    )
    relative = row.relative_mean_absolute_revision
    share = f" ({prose.number(relative, 1)}% van de herziene cijfers)" if pd.notna(relative) else ""
    size = size.removeprefix("+")
    return f"{start}; gemiddeld {mean}{words}, gemiddelde omvang {size}{share}, grootste {largest} ({about})."
