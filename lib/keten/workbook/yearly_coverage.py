"""How much of each report is about its own period: per year the share of key figures that are of the year itself."""

from pathlib import Path

from keten.model.periods import Period
from keten.observations.dataset import load
from keten.workbook.declared import of_goals
from keten.workbook.default_edition import look_up
from keten.workbook.questions import own_figure

Counts = dict[str, dict[int, tuple[int, int]]]
"""Per notebook and year: how many key figures are of that year itself, of how many."""


def yearly_coverage(folder: Path, notebooks: Path, years: range) -> Counts:
    """Counts for the notebooks of the five goals; what counts as own is what the report of that year shows as such."""
    data, goals = load(folder), of_goals(notebooks)
    counts: Counts = {stem: {} for stem in goals}
    for year in years:
        lookup = look_up(folder, data, Period.parse(str(year)), None)
        for stem, asked in goals.items():
            counts[stem][year] = (sum(own_figure(lookup, one) for one in asked), len(asked))
    return counts


def as_markdown(counts: Counts) -> str:
    """A table with a row per report and a column per year, in whole percent."""
    years = sorted({year for row in counts.values() for year in row})
    head = ["report", *map(str, years)]
    lines = [head, ["---", *["--:"] * len(years)]]
    lines += [[stem, *(f"{100 * own / all_:.0f}%" for own, all_ in row.values())] for stem, row in counts.items()]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
