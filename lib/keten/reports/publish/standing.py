"""What became of an edition since it was made: told at the top of its pages, in their slot.

That there is a newer one of its kind, how many of its figures later editions revised, what was rectified, and whether
it is under embargo. All of it follows from the editions that are kept and `data/rectifications.toml`, no clock.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from keten.errors import KetenError, why
from keten.locks import Busy, locked
from keten.model.periods import Period
from keten.presentation import prose
from keten.presentation.markup import harmless
from keten.reports.periods import in_words, is_plain, period_of
from keten.reports.publish import baseline, index, slot
from keten.reports.publish.changes import SUPPRESSED
from keten.reports.publish.difference import REVISED, differences
from keten.reports.publish.replace import replaced

Row = dict[str, Any]
Key = tuple[str, str, str]


def pages(out: Path, editions: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, str]]]:
    """By edition what goes into the slot of each of its pages (HTML, '' for nothing).

    editions: as `overview.editions` gives them, also those under embargo, of which no other tells.
    """
    public = [one for one in editions if not one["problem"] and not one["embargo"]]
    latest: dict[Key, Row] = {}
    for edition in sorted(editions, key=lambda one: (one["finished"], one["name"]), reverse=True):
        if edition["problem"]:
            continue
        rows = _rows(out / edition["name"]) if is_plain(edition["name"]) else {}
        yield edition["name"], dict(_pages(edition, _newer(edition, public), rows, latest))
        if not edition["embargo"]:
            for row in baseline.comparable(row for mine in rows.values() for row in mine):
                latest.setdefault(_key(row), row)


def write(out: Path, name: str, pages: Mapping[str, str]) -> None:
    """Fill the slots of an edition's pages.

    An edition that a run is publishing is left to that run; one in which this user may not write is told of.
    """
    try:
        with locked(out / f".{name}.lock", patience=0, busy=""):
            for file, html in pages.items():
                _fill(out / name / file, html)
    except Busy:
        return
    except OSError as error:
        print(f"Let op: bovenaan {out / name} is niet bijgewerkt wat er sindsdien is veranderd ({why(error)}).",
            file=sys.stderr)  # fmt: skip


def _fill(path: Path, html: str) -> None:
    if not path.is_file():
        return
    present = path.read_bytes().decode("utf-8", "surrogateescape")
    wanted = slot.filled(present, html)
    if wanted != present:
        replaced(path, wanted)


def _rows(edition: Path) -> dict[str, list[Row]]:
    """The figures of an edition by report; none of one that cannot be read, which the list of editions tells."""
    try:
        return baseline.present_rows(edition)
    except KetenError:
        return {}


def _pages(
    edition: Mapping[str, Any],
    newer: Sequence[Mapping[str, Any]],
    rows: Mapping[str, list[Row]],
    latest: Mapping[Key, Row],
) -> Iterator[tuple[str, str]]:
    every = [row for mine in rows.values() for row in mine]
    yield "index.html", _html(_leads_to(newer, "index.html"), _revised(every, latest))
    for stem, entry in edition["notebooks"].items():
        if report := entry["report"]:
            known = [one for one in newer if (one["notebooks"].get(stem) or {}).get("report")]
            file = known[-1]["notebooks"][stem]["report"]["html"] if known else ""
            yield report["html"], _html(_leads_to(known, file), _revised(rows.get(stem, []), latest))


def _html(newer: Mapping[str, str] | None, revised: Mapping[str, str] | None) -> str:
    page = index.environment().get_template("standing.html.j2").render(newer=newer, revised=revised)
    return harmless(page)


def _newer(edition: Mapping[str, Any], public: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The editions of the same kind of period, made with the same other parameters, that end later; newest last."""
    mine = period_of(edition["name"])
    found = [
        (other.end, one)
        for one in public
        if mine
        and (other := period_of(one["name"]))
        and _kind(other, one["name"]) == _kind(mine, edition["name"])
        and other.end > mine.end
    ]
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _kind(period: Period, name: str) -> tuple[str, int, str]:
    return period.kind, len(period.months), "" if is_plain(name) else name.partition("_")[2]


def _leads_to(newer: Sequence[Mapping[str, Any]], file: str) -> dict[str, str] | None:
    if not newer:
        return None
    return {"label": newer[-1]["label"], "address": f"../{quote(newer[-1]['name'])}/{quote(file)}"}


def _revised(rows: list[Row], latest: Mapping[Key, Row]) -> dict[str, str] | None:
    """How many figures have another value in later editions, and the one that changed most; None when none has."""
    before = baseline.comparable(rows)
    now = [latest[key] for row in before if (key := _key(row)) in latest]
    found = [one for one in differences(before, now) if one["change"] == REVISED and one["from"] != one["to"]]
    if not found:
        return None
    numbers = [one for one in found if one["from"] and one["to"]]
    largest = max(numbers, key=_size, default=None)
    count = prose.count(len(found), "cijfer van deze pagina is", "cijfers van deze pagina zijn")
    return {"count": f"{count} in een latere uitgave anders", "largest": _told(largest) if largest else ""}


def _size(change: Mapping[str, str]) -> float:
    """How large a revision is next to the figure itself; at most 2."""
    was, now = float(change["from"]), float(change["to"])
    return abs(now - was) / (max(abs(was), abs(now)) or 1)


def _told(change: Mapping[str, str]) -> str:
    was, now = (_value(change[name], change["unit"]) for name in ("from", "to"))
    of = [part.partition("=")[2] for part in change["dimensions"].split(";") if part]
    return f"{', '.join([change['label'], *of, in_words(change['period'])])}: was {was}, is {now}"


def _value(text: str, unit: str) -> str:
    return prose.number(float(text), unit=unit) if text else SUPPRESSED


def _key(row: Mapping[str, Any]) -> Key:
    return row["measure"], row["dimensions"] or "", row["period"]
