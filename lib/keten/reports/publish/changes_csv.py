"""How the figures of an edition differ from earlier ones, as `changes.csv`: enough to make the one of the other again.

Row by row of `figures.csv`, so that a program can follow every cell. Per report it is set against what it said on
earlier data (`eerder/figures.csv`), and against the edition of the period before. What was counted from records of
persons is left out on both sides: the difference of two counts may stand for fewer people than either.
"""

import csv
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path

from keten.reports.notebook import FIGURE_COLUMNS
from keten.reports.publish.baseline import from_records
from keten.reports.publish.difference import NEW, REDEFINED, REVISED, WITHDRAWN, change_of

FILE = "changes.csv"
DESCRIBED = "described"
CHANGES = (NEW, REVISED, REDEFINED, WITHDRAWN, DESCRIBED)
BEFORE = ("value", "unit", "publisher", "status")
COLUMNS = ("against", "change", "row_before", "row", *(f"{name}_from" for name in BEFORE), *FIGURE_COLUMNS)
MEANING = {
    "against": "waarmee is vergeleken: de naam van een eerdere uitgave, of eerder voor eerder/figures.csv van deze",
    "change": "new, revised (waarde of status), redefined (eenheid of uitgever), withdrawn, of described: hetzelfde "
    "cijfer op een andere plaats of met andere woorden",
    "row_before": "de hoeveelste rij het was van dat rapport; cijfers uit bestanden met personen tellen niet mee",
    "row": "de hoeveelste rij het nu is van dat rapport, op dezelfde manier geteld",
    "value_from": "het getal in de eerdere uitgave",
    "unit_from": "de eenheid in de eerdere uitgave",
    "publisher_from": "de uitgever in de eerdere uitgave",
    "status_from": "de status in de eerdere uitgave",
}
"""What the columns beside those of `figures.csv` mean."""
KEYS = (("section", "measure", "dimensions", "period"), ("measure", "dimensions", "period"))

Row = dict[str, str]


def write(path: Path, now: Iterable[Row], before: Mapping[str, Mapping[str, Sequence[Row]]]) -> None:
    """Write the file.

    now: the edition's, as `figures_csv.texts` gives them; before: those of earlier ones, by what they are called and by
    report.
    """
    reports: dict[str, list[Row]] = {}
    for row in now:
        reports.setdefault(row["notebook"], []).append(row)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n", restval="")
        writer.writeheader()
        for against, earlier in before.items():
            for stem, rows in sorted(earlier.items()):
                writer.writerows({"against": against} | one for one in between(rows, reports.get(stem, [])))


def between(before: Iterable[Row], now: Iterable[Row]) -> Iterator[dict[str, str]]:
    """The changes of one report: those in `now` by row, then what is gone. Rows are told from 1, without records."""
    old, new = ([row for row in rows if not from_records(row)] for rows in (before, now))
    stayed = _unmoved([tuple(row.values()) for row in old], [tuple(row.values()) for row in new])
    gone = sorted(set(range(len(old))) - set(stayed.values()))
    came = [place for place in range(len(new)) if place not in stayed]
    pairs = _paired(old, new, gone, came)
    for place in came:
        was = pairs.get(place)
        row = new[place]
        numbers = {"row": str(place + 1)} | ({} if was is None else {"row_before": str(was + 1)})
        change = NEW if was is None else change_of(old[was], row) or DESCRIBED
        yield {"change": change} | numbers | ({} if was is None else _before(old[was])) | row
    for place in sorted(set(gone) - set(pairs.values())):
        numbers = {"change": WITHDRAWN, "row_before": str(place + 1)}
        yield numbers | _before(old[place]) | old[place] | dict.fromkeys(BEFORE, "")


def _unmoved(old: Sequence[tuple[str, ...]], new: Sequence[tuple[str, ...]]) -> dict[int, int]:
    """Of the rows that are in both, the most that stand in the same order: place in `new` to place in `old`."""
    places: dict[tuple[str, ...], list[int]] = {}
    for place, cells in reversed(list(enumerate(old))):
        places.setdefault(cells, []).append(place)
    shared = [(place, where.pop()) for place, cells in enumerate(new) if (where := places.get(cells))]
    ends: list[int] = []  # of the best run of each length, its last place in `old`
    last: list[int] = []  # the same, as a place in `shared`
    previous: list[int] = []
    for index, (_, place) in enumerate(shared):
        length = bisect_left(ends, place)
        ends[length : length + 1], last[length : length + 1] = [place], [index]
        previous.append(last[length - 1] if length else -1)
    found, index = {}, last[-1] if last else -1
    while index >= 0:
        found[shared[index][0]] = shared[index][1]
        index = previous[index]
    return found


def _paired(old: Sequence[Row], new: Sequence[Row], gone: Iterable[int], came: Sequence[int]) -> dict[int, int]:
    """Which row of `old` each row that came is now: the same cells, else the same figure, first in its section."""
    found: dict[int, int] = {}
    for key in (FIGURE_COLUMNS, *KEYS):
        cells = itemgetter(*key)
        waiting: dict[tuple[str, ...], list[int]] = {}
        for place in sorted(set(gone) - set(found.values()), reverse=True):
            waiting.setdefault(cells(old[place]), []).append(place)
        for place in came:
            if place not in found and (where := waiting.get(cells(new[place]))):
                found[place] = where.pop()
    return found


def _before(row: Row) -> dict[str, str]:
    return {f"{name}_from": row[name] for name in BEFORE}
