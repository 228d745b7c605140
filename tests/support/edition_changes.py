"""Making the figures of an edition again from earlier ones and `changes.csv`, by what its columns say and no more."""

from keten.reports.notebook import FIGURE_COLUMNS
from keten.reports.publish.baseline import from_records


def replayed(before, changes, against):
    """The rows of the later edition, report by report in the order of their names, without records of persons.

    before: rows of the earlier `figures.csv`; changes: rows of `changes.csv`; against: which of them.
    """
    mine = [one for one in changes if one["against"] == against]
    stems = sorted({one["notebook"] for one in [*before, *mine]})
    return [row for stem in stems for row in _report([one for one in before if one["notebook"] == stem],
                                                     [one for one in mine if one["notebook"] == stem])]  # fmt: skip


def _report(before, changes):
    left = {int(one["row_before"]) for one in changes if one["row_before"]}
    rows = [one for one in before if not from_records(one)]
    kept = [one for number, one in enumerate(rows, start=1) if number not in left]
    for one in sorted((one for one in changes if one["row"]), key=lambda one: int(one["row"])):
        kept.insert(int(one["row"]) - 1, {name: one[name] for name in FIGURE_COLUMNS})
    return kept
